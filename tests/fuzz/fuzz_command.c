// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands (kmod/zmtp/command.c): what is parsed lies within the body, what is
 * built is parsed again, and not a byte is written where there is no room.
 */
#include "fuzz.h"
#include <linux/zmq.h>

#include "zmtp/command.h"
#include "zmtp/meta.h"
#include "zmtp/wire.h"

/* READY, as a mechanism builds it: its name, then metadata. */
static int build_ready(u8 *buf, size_t cap, const u8 *id, size_t len)
{
	int at = zmq_cmd_put_name(buf, cap, ZMQ_CMD_READY, 0), n;

	if (at < 0)
		return at;
	n = zmq_ready_put(buf + at, cap - at, ZMQ_DEALER, id, len);
	return n < 0 ? n : at + n;
}

/* Every form of a command that is built, by number. */
static int build(int what, u8 *buf, size_t cap, u16 ttl, const u8 *p, size_t n)
{
	switch (what) {
	case 0:
		return build_ready(buf, cap, p, n);
	case 1:
		return zmq_cmd_put_error(buf, cap, p, n);
	case 2:
		return zmq_cmd_put_ping(buf, cap, ttl, p, n);
	case 3:
		return zmq_cmd_put_pong(buf, cap, p, n);
	case 4:
		return zmq_cmd_put_subscribe(buf, cap, p, n);
	default:
		return zmq_cmd_put_cancel(buf, cap, p, n);
	}
}

static void check_ready(const struct zmq_cmd *c, const u8 *p, size_t n)
{
	const u8 *id;
	size_t len;

	zf_check(zmq_cmd_is(c, ZMQ_CMD_READY));
	zf_check(zmq_ready_check(ZMQ_ROUTER, c->data, c->len, &id, &len) ==
		 (n > ZMQ_IDENTITY_MAX ? -EPROTO : 0));
	if (n <= ZMQ_IDENTITY_MAX)
		zf_check(len == n && !memcmp(id, p, n));
}

static void check_built(int what, const struct zmq_cmd *c, u16 ttl, const u8 *p, size_t n)
{
	static const char *const names[] = { ZMQ_CMD_READY, ZMQ_CMD_ERROR, ZMQ_CMD_PING,
					     ZMQ_CMD_PONG, ZMQ_CMD_SUBSCRIBE, ZMQ_CMD_CANCEL };
	const u8 *text;
	size_t len;
	u16 was;

	zf_check(zmq_cmd_is(c, names[what]));
	switch (what) {
	case 0:
		check_ready(c, p, n);
		return;
	case 1:
		zf_check(!zmq_cmd_parse_error(c, &text, &len));
		break;
	case 2:
		zf_check(!zmq_cmd_parse_ping(c, &was, &text, &len) && was == ttl);
		break;
	default:
		text = c->data;
		len = c->len;
	}
	zf_check(len == n && !memcmp(text, p, n));
}

static void check_put(int what, u16 ttl, const u8 *p, size_t n)
{
	struct zmq_cmd c;
	u8 *buf = zf_room(n + 600);
	int want = build(what, buf, n + 600, ttl, p, n), cap;

	zf_drop(buf);
	if (want < 0) {
		zf_check(want == -EMSGSIZE);
		zf_check(n > (what == 1 ? ZMQ_CMD_REASON_MAX : ZMQ_PING_CONTEXT_MAX));
		return;
	}
	for (cap = want - min(want, 3); cap <= want; cap++) {
		buf = zf_room(cap);
		zf_check(build(what, buf, cap, ttl, p, n) == (cap < want ? -EMSGSIZE : want));
		if (cap == want) {
			zf_check(!zmq_cmd_parse(&c, buf, want));
			check_built(what, &c, ttl, p, n);
		}
		zf_drop(buf);
	}
}

static void check_parse(const u8 *body, size_t len)
{
	const u8 *text = NULL;
	struct zmq_cmd c;
	size_t n = 0;
	u16 ttl;

	if (zmq_cmd_parse(&c, body, len)) {
		zf_check(!len || body[0] >= len);
		return;
	}
	zf_check(zf_within(c.name, c.name_len, body, len));
	zf_check(c.data == c.name + c.name_len && zf_within(c.data, c.len, body, len));
	zf_check(1 + c.name_len + c.len == len);
	if (!zmq_cmd_parse_error(&c, &text, &n)) {
		zf_check(n <= ZMQ_CMD_REASON_MAX && zf_within(text, n, c.data, c.len));
		zf_check(!zmq_cmd_status(text, n) || n == 3);
	}
	if (!zmq_cmd_parse_ping(&c, &ttl, &text, &n)) {
		zf_check(n <= ZMQ_PING_CONTEXT_MAX && zf_within(text, n, c.data, c.len));
		zf_check(c.len >= 2 + n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zf_input in = { data, size };
	const u8 *body = zf_copy(data, size);
	int what = zf_byte(&in) % 6;
	u16 ttl = zf_number(&in, 2);

	check_parse(body, size);
	zf_drop(body);
	check_put(what, ttl, in.p, in.left);
	return 0;
}
