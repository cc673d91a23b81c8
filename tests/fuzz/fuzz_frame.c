// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frame headers (kmod/zmtp/frame.h), ZMTP 1.0 and 2.0 on: a part of a header
 * never says other than the whole, and what is written is read again.
 */
#include "fuzz.h"
#include "zmtp/frame.h"

typedef int (*get_fn)(const u8 *p, size_t n, struct zmq_frame_hdr *h);
typedef unsigned int (*put_fn)(u8 *buf, u8 flags, u64 len);

static void check_get(get_fn get, put_fn put, const u8 *data, size_t len, unsigned int longest)
{
	const struct zmq_frame_hdr untouched = { .len = 0x1122334455667788, .flags = 0x5a };
	struct zmq_frame_hdr h, first = untouched;
	u8 buf[ZMQ_FRAME_V1_HDR_MAX];
	const u8 *part;
	int result = 0;
	size_t n;

	for (n = 0; n <= len && n <= longest + 4u; n++) {
		h = untouched;
		part = zf_copy(data, n);
		if (!result) {
			result = get(part, n, &h);
			first = h;
		} else {
			zf_check(get(part, n, &h) == result);
			zf_check(h.len == first.len && h.flags == first.flags);
		}
		zf_drop(part);
		zf_check(result <= (int)n);
		if (result <= 0)
			zf_check(h.len == untouched.len && h.flags == untouched.flags);
	}
	if (result <= 0) {
		zf_check(!result || result == -EPROTO);
		zf_check(result || len < longest);
		return;
	}
	zf_check(first.len <= S64_MAX);
	zf_check(!(first.flags & ~(ZMQ_FRAME_MORE | ZMQ_FRAME_COMMAND)));
	/* Ours may be shorter: the long form may carry a short size. */
	n = put(buf, first.flags, first.len);
	zf_check(n <= longest && (int)n <= result);
	zf_check(get(buf, n, &h) == (int)n);
	zf_check(h.len == first.len && h.flags == first.flags);
}

static void check_put(get_fn get, put_fn put, u8 flags, u64 len, unsigned int longest)
{
	u8 *buf = zf_room(longest);
	struct zmq_frame_hdr h;
	unsigned int n = put(buf, flags, len);

	zf_check(n == ZMQ_FRAME_HDR_SHORT || n == longest);
	zf_check(get(buf, n, &h) == (int)n);
	zf_check(h.len == len && h.flags == flags);
	zf_drop(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zf_input in = { data, size };
	u8 flags = zf_byte(&in);
	u64 len = zf_number(&in, 8) >> (flags >> 2);

	check_put(zmq_frame_hdr_get, zmq_frame_hdr_put,
		  flags & 1 ? ZMQ_FRAME_COMMAND : flags & ZMQ_FRAME_LARGE ? ZMQ_FRAME_MORE : 0,
		  len & S64_MAX, ZMQ_FRAME_HDR_MAX);
	check_put(zmq_frame_v1_get, zmq_frame_v1_put, flags & ZMQ_FRAME_MORE,
		  min(len & S64_MAX, (u64)S64_MAX - 1), ZMQ_FRAME_V1_HDR_MAX);
	check_get(zmq_frame_hdr_get, zmq_frame_hdr_put, data, size, ZMQ_FRAME_HDR_MAX);
	check_get(zmq_frame_v1_get, zmq_frame_v1_put, data, size, ZMQ_FRAME_V1_HDR_MAX);
	return 0;
}
