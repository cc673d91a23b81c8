// SPDX-License-Identifier: GPL-2.0-only
/*
 * Subscriptions (kmod/zmtp/subscription.c): in each peer's form they say the
 * same topic, and a header that libzmq spoils is recognised byte by byte.
 */
#include "fuzz.h"
#include "zmtp/frame.h"
#include "zmtp/subscription.h"

static int header(enum zmq_peer_version v, const u8 *p, size_t n, struct zmq_frame_hdr *h)
{
	if (v == ZMQ_PEER_LOCAL) {
		h->len = n;
		h->flags = 0;
		return 0;
	}
	if (v == ZMQ_PEER_V1 || v == ZMQ_PEER_V1_REV0)
		return zmq_frame_v1_get(p, n, h);
	return zmq_frame_hdr_get(p, n, h);
}

static void check_form(enum zmq_peer_version v, bool add, const u8 *p, int n, const u8 *topic,
		       size_t len)
{
	struct zmq_frame_hdr h;
	int at = header(v, p, n, &h);
	bool was = !add;

	zf_check(at >= 0 && h.len == (u64)(n - at));
	zf_check(h.flags == (v == ZMQ_PEER_V31 ? ZMQ_FRAME_COMMAND : 0));
	if (v == ZMQ_PEER_V31) {
		unsigned int skip = zmq_sub_command(p + at, n - at, &was);

		zf_check(skip && was == add);
		at += skip;
	} else {
		zf_check(p[at++] == (add ? ZMQ_SUB_ADD : ZMQ_SUB_CANCEL));
	}
	zf_check((size_t)(n - at) == len && !memcmp(p + at, topic, len));
}

static void check_put(enum zmq_peer_version v, bool add, const u8 *topic, size_t len)
{
	size_t cap = len + ZMQ_SUB_HDR_MAX;
	u8 *buf = zf_room(cap);
	int n = zmq_sub_put(buf, cap, v, add, topic, len);

	zf_check(n > 0 && (size_t)n <= cap);
	zf_drop(buf);
	buf = zf_room(n);
	zf_check(zmq_sub_put(buf, n - 1, v, add, topic, len) == -EMSGSIZE);
	zf_check(zmq_sub_put(buf, n, v, add, topic, len) == n);
	check_form(v, add, buf, n, topic, len);
	zf_drop(buf);
}

static void check_read(const u8 *data, size_t len)
{
	const u8 *body = zf_copy(data, len), *part;
	bool add = false, lost = true, now;
	unsigned int skip = zmq_sub_command(body, len, &add);
	size_t n;

	zf_check(skip <= len);
	if (skip)
		zf_check(skip == 1u + body[0] && (add ? skip == 10 : skip == 7));
	zf_drop(body);
	if (!len || data[0] != ZMQ_FRAME_COMMAND)
		return;
	/* What is none with some of its bytes is none with more. */
	for (n = 1; n <= len && n <= ZMQ_FRAME_HDR_MAX; n++) {
		part = zf_copy(data, n);
		now = zmq_sub_lost_flag(part, n);
		zf_check(lost || !now);
		lost = now;
		zf_drop(part);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zf_input in = { data, size };
	u8 how = zf_byte(&in);

	check_put(ZMQ_PEER_V1 + how % (ZMQ_PEER_LOCAL - ZMQ_PEER_V1 + 1), how & 0x80, in.p,
		  in.left);
	check_read(data, size);
	return 0;
}
