// SPDX-License-Identifier: GPL-2.0-only
/*
 * Greeting (kmod/zmtp/greeting.c): the same bytes in any pieces mean the same,
 * and nothing of what follows the greeting is taken.
 */
#include "fuzz.h"
#include "zmtp/greeting.h"

static const char *const mechanisms[] = { "NULL", "PLAIN", "CURVE", "12345678901234567890" };

/**
 * struct heard - what came of a greeting
 * @g: its state at the end
 * @taken: bytes it has taken
 * @result: of the last zmq_greeting_feed(): the sign only
 * @said: our bytes, in the order in which they went out
 * @said_len: how many
 */
struct heard {
	struct zmq_greeting g;
	size_t taken;
	int result;
	u8 said[2 * ZMQ_GREETING_LEN];
	size_t said_len;
};

static void say(struct heard *h)
{
	u8 *room = zf_room(ZMQ_GREETING_LEN);
	size_t n = zmq_greeting_output(&h->g, room);

	zf_check(n <= ZMQ_GREETING_LEN - h->said_len);
	memcpy(h->said + h->said_len, room, n);
	h->said_len += n;
	zf_check(zmq_greeting_output(&h->g, room) == 0);
	zf_drop(room);
}

/* Pieces of @step bytes, or for 0 of one to eight in turn. */
static void hear(struct heard *h, u8 how, const u8 *data, size_t len, size_t step)
{
	size_t at = 0, n, i = 0;
	const u8 *piece;

	memset(h, 0, sizeof(*h));
	zmq_greeting_init(&h->g, mechanisms[how & 3], how >> 4, how);
	say(h);
	while (at < len) {
		n = min(step ? step : 1 + (how + i++) % 8, len - at);
		piece = zf_copy(data + at, n);
		h->result = zmq_greeting_feed(&h->g, piece, n);
		zf_drop(piece);
		say(h);
		if (h->result < 0) {
			zf_check(h->result == -EPROTO && h->g.have == ZMQ_GREETING_LEN);
			break;
		}
		zf_check((size_t)h->result <= n);
		h->taken += h->result;
		if ((size_t)h->result < n) {
			zf_check(zmq_greeting_done(&h->g));
			break;
		}
		at += n;
	}
	h->result = h->result < 0 ? -1 : 0;
}

static void same(const struct heard *a, const struct heard *b)
{
	zf_check(a->g.version == b->g.version);
	zf_check(a->g.have == b->g.have && !memcmp(a->g.in, b->g.in, a->g.have));
	zf_check(a->result == b->result);
	zf_check(a->result < 0 || a->taken == b->taken);
	zf_check(a->said_len == b->said_len && !memcmp(a->said, b->said, a->said_len));
}

/* Two of us understand each other. */
static void meet(u8 how)
{
	u8 there[ZMQ_GREETING_LEN], back[ZMQ_GREETING_LEN];
	struct zmq_greeting a, b;
	size_t n, m;

	zmq_greeting_init(&a, mechanisms[how & 3], how >> 4, how);
	zmq_greeting_init(&b, mechanisms[how & 3], how & 15, 0);
	do {
		n = zmq_greeting_output(&a, there);
		m = zmq_greeting_output(&b, back);
		zf_check(zmq_greeting_feed(&b, there, n) == (int)n);
		zf_check(zmq_greeting_feed(&a, back, m) == (int)m);
	} while (n || m);
	zf_check(a.version == ZMQ_PEER_V31 && b.version == ZMQ_PEER_V31);
	zf_check(!memcmp(a.in, b.out, ZMQ_GREETING_LEN) && !memcmp(b.in, a.out, ZMQ_GREETING_LEN));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard whole, bytes, pieces;
	u8 how;

	if (!size)
		return 0;
	how = data[0];
	hear(&whole, how, data + 1, size - 1, size);
	hear(&bytes, how, data + 1, size - 1, 1);
	hear(&pieces, how, data + 1, size - 1, 0);
	same(&whole, &bytes);
	same(&whole, &pieces);
	zf_check(whole.taken <= ZMQ_GREETING_LEN);
	meet(how);
	return 0;
}
