// SPDX-License-Identifier: GPL-2.0-only
/*
 * SOCKS5 (kmod/zmtp/socks.c): a proxy's answers mean the same in any pieces,
 * and not a byte of the peer behind it is taken.
 */
#include "fuzz.h"
#include "zmtp/socks.h"

/**
 * struct talk - a conversation and what came of it
 * @k: its state
 * @taken: bytes of the proxy
 * @said: bytes of ours, all of them
 * @said_len: how many
 */
struct talk {
	struct zmq_socks k;
	size_t taken;
	u8 said[3 * ZMQ_SOCKS_OUT_MAX];
	size_t said_len;
};

static void say(struct talk *t, const struct zmq_socks_dest *d)
{
	u8 *room = zf_room(ZMQ_SOCKS_OUT_MAX);
	size_t n = zmq_socks_output(&t->k, d, room);

	zf_check(n <= ZMQ_SOCKS_OUT_MAX && n <= sizeof(t->said) - t->said_len);
	memcpy(t->said + t->said_len, room, n);
	t->said_len += n;
	zf_check(!zmq_socks_output(&t->k, d, room));
	zf_drop(room);
}

static void listen_to(struct talk *t, const struct zmq_socks_dest *d, const u8 *data, size_t len,
		      size_t step)
{
	memset(t, 0, sizeof(*t));
	zmq_socks_init(&t->k);
	say(t, d);
	while (t->taken < len && t->k.state < ZMQ_SOCKS_DONE) {
		size_t n = min(step, len - t->taken), done;
		const u8 *piece = zf_copy(data + t->taken, n);

		done = zmq_socks_feed(&t->k, d, piece, n);
		zf_drop(piece);
		zf_check(done && done <= n);
		t->taken += done;
		say(t, d);
	}
	if (t->k.state >= ZMQ_SOCKS_DONE)
		zf_check(!zmq_socks_feed(&t->k, d, data, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const u8 name[] = "example.org", pass[255];
	struct zf_input in = { data, size };
	u8 how = zf_byte(&in);
	struct zmq_socks_dest d = {
		.atyp = how & 1 ? ZMQ_SOCKS_NAME : ZMQ_SOCKS_IPV4,
		.addr = name,
		.len = how & 1 ? sizeof(name) - 1 : 4,
		.port = 5555,
		.user = how & 2 ? name : NULL,
		.user_len = how & 2 ? sizeof(name) - 1 : 0,
		.pass = how & 4 ? pass : NULL,
		.pass_len = how & 4 ? sizeof(pass) : 0,
	};
	struct talk whole, bytes;

	listen_to(&whole, &d, in.p, in.left, in.left);
	listen_to(&bytes, &d, in.p, in.left, 1);
	zf_check(whole.k.state == bytes.k.state && whole.taken == bytes.taken);
	zf_check(whole.said_len == bytes.said_len);
	zf_check(!memcmp(whole.said, bytes.said, whole.said_len));
	/* Method, user, head, the longest name, port */
	zf_check(whole.taken <= 2 + 2 + 4 + 1 + 255 + 2);
	return 0;
}
