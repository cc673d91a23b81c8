// SPDX-License-Identifier: GPL-2.0-only
/*
 * Peers of ZMTP 1.0, 2.0, 3.0 and 3.1: greetings step by step, frames,
 * routing ids, envelopes (wire.md sections 1, 2 and 3.7).
 */
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "oldwire.h"

#define SILENT_MS 30
#define CLOSED_MS ((int)zt_scaled(3000))
#define BIG 65536

/**
 * struct couple - types that may talk
 * @type: the socket's
 * @peer: the peer's
 * @named: sends its routing id in READY, too
 */
struct couple {
	int type;
	int peer;
	bool named;
};

static const struct couple couples[] = {
	{ ZMQ_PAIR, ZMQ_PAIR }, { ZMQ_PUB, ZMQ_SUB }, { ZMQ_SUB, ZMQ_PUB },
	{ ZMQ_REQ, ZMQ_REP, true }, { ZMQ_REP, ZMQ_REQ }, { ZMQ_DEALER, ZMQ_DEALER, true },
	{ ZMQ_ROUTER, ZMQ_ROUTER, true }, { ZMQ_PULL, ZMQ_PUSH }, { ZMQ_PUSH, ZMQ_PULL },
	{ ZMQ_XPUB, ZMQ_XSUB }, { ZMQ_XSUB, ZMQ_XPUB },
};

/* Exactly the bytes of each step, of every type, and nothing behind them. */
static void greeting(const struct ow_case *c)
{
	struct ow_link l;
	size_t i;

	for (i = 0; i < ZT_ARRAY(couples); i++) {
		ow_open(&l, c, couples[i].type);
		ow_meet(&l);
		ow_shake(&l, couples[i].peer, "", "");
		wire_silent(l.fd, SILENT_MS);
		ow_close(&l);
	}
}

/* A socket with a routing id tells it in the signature's padding (wire.md 1.1). */
static void greeting_with_id(const struct ow_case *c)
{
	struct ow_link l;
	size_t i;

	for (i = 0; i < ZT_ARRAY(couples); i++) {
		if (!couples[i].named)
			continue;
		ow_open(&l, c, couples[i].type);
		zt_ok(zmq_setsockopt(l.s, ZMQ_ROUTING_ID, "my name", 7));
		ow_meet(&l);
		ow_shake(&l, couples[i].peer, "", "my name");
		wire_silent(l.fd, SILENT_MS);
		ow_close(&l);
	}
}

/* The socket waits for each byte that decides what it says next. */
static void stages(const struct ow_case *c)
{
	static const size_t cuts[] = { 9, 10, 11, 12, 64 };
	uint8_t hello[512];
	size_t len = ow_hello(c->version, ZMQ_PUSH, "", hello), at = 0, i, got;
	/* What it has sent in all at each cut: signature, version, then more. */
	const size_t old[] = { 10, 11, 12, 14 }, v3[] = { 10, 11, 64, 64, 64 + 2 + 26 };
	const size_t *want = c->version >= OW_V30 ? v3 : old;
	size_t sent = 0;
	struct ow_link l;
	uint8_t bytes[128];

	ow_open(&l, c, ZMQ_PULL);
	ow_meet(&l);
	for (i = 0; i < ZT_ARRAY(cuts) && cuts[i] <= len; i++) {
		wire_send(l.fd, hello + at, cuts[i] - at);
		at = cuts[i];
		got = want[i] - sent;
		wire_recv(l.fd, bytes, got);
		sent = want[i];
		wire_silent(l.fd, SILENT_MS);
	}
	wire_send(l.fd, hello + at, len - at);
	ow_puts(&l, 0, "x");
	za_want(l.s, "x", 0);
	ow_close(&l);
}

/* A byte at a time: any read may end anywhere. */
static void drip(const struct ow_case *c)
{
	uint8_t bytes[512];
	size_t len, i;
	struct ow_link l;

	ow_open(&l, c, ZMQ_PULL);
	ow_meet(&l);
	len = ow_hello(c->version, ZMQ_PUSH, "id", bytes);
	len += ow_head(c->version, WIRE_MORE, 3, bytes + len);
	memcpy(bytes + len, "one", 3);
	len += 3;
	len += ow_head_long(c->version, 0, 3, bytes + len);
	memcpy(bytes + len, "two", 3);
	len += 3;
	for (i = 0; i < len; i++) {
		wire_send(l.fd, bytes + i, 1);
		zt_nap(1);
	}
	za_want(l.s, "one", 1);
	za_want(l.s, "two", 0);
	ow_close(&l);
}

/* Nothing is negotiated with old peers: they may send all they have at once. */
static void burst(const struct ow_case *c)
{
	uint8_t bytes[512];
	struct ow_link l;
	size_t len;

	ow_open(&l, c, ZMQ_PULL);
	ow_meet(&l);
	len = ow_hello(c->version, ZMQ_PUSH, "id", bytes);
	len += ow_head(c->version, 0, 5, bytes + len);
	memcpy(bytes + len, "early", 5);
	wire_send(l.fd, bytes, len + 5);
	za_want(l.s, "early", 0);
	ow_close(&l);
}

/* Every border between the short and the long form, both ways, MORE and not. */
static void frames(const struct ow_case *c)
{
	static const size_t sizes[] = { 0, 1, 252, 253, 254, 255, 256, 257, BIG };
	static uint8_t body[BIG];
	struct ow_link l;
	size_t i;

	ow_open(&l, c, ZMQ_DEALER);
	ow_meet(&l);
	ow_shake(&l, ZMQ_DEALER, "somebody", "");
	for (i = 0; i < ZT_ARRAY(sizes); i++) {
		zt_fill(body, sizes[i], i);
		ow_put(&l, WIRE_MORE, body, sizes[i]);
		za_put_big(l.s, sizes[i], i, ZMQ_SNDMORE);
	}
	ow_puts(&l, 0, "");
	za_put(l.s, "", 0);
	for (i = 0; i < ZT_ARRAY(sizes); i++) {
		za_want_big(l.s, sizes[i], i, 1);
		zt_fill(body, sizes[i], i);
		ow_want(&l, WIRE_MORE, body, sizes[i]);
	}
	za_want(l.s, "", 0);
	ow_wants(&l, 0, "");
	for (i = 0; i < ZT_ARRAY(sizes); i++) {
		za_put_big(l.s, sizes[i], i, 0);
		zt_fill(body, sizes[i], i);
		ow_want(&l, 0, body, sizes[i]);
		ow_put(&l, 0, body, sizes[i]);
		za_want_big(l.s, sizes[i], i, 0);
	}
	wire_silent(l.fd, SILENT_MS);
	ow_close(&l);
}

/* The long form for what fits the short one; bits that mean nothing. */
static void odd_frames(const struct ow_case *c)
{
	static const size_t sizes[] = { 0, 1, 253, 254, 255 };
	/* 04 would be a command from ZMTP 3.0 on. */
	int bits = c->version == OW_V10 || c->version == OW_REV0 ? 0xfe : 0xf8;
	uint8_t head[10], body[255];
	struct ow_link l;
	size_t i, n;

	ow_up(&l, c, ZMQ_PULL, ZMQ_PUSH);
	for (i = 0; i < ZT_ARRAY(sizes); i++) {
		zt_fill(body, sizes[i], i);
		n = ow_head_long(l.version, bits | WIRE_MORE, sizes[i], head);
		wire_send(l.fd, head, n);
		wire_send(l.fd, body, sizes[i]);
		ow_put(&l, bits & ~WIRE_LONG, "short", 5);
		za_want_big(l.s, sizes[i], i, 1);
		za_want(l.s, "short", 0);
	}
	ow_close(&l);
}

/* A length of 0 has no room for the flags: the end (wire.md 2.2). */
static void no_flags(const struct ow_case *c)
{
	static const char *const faults[] = { "\0", "\xff\0\0\0\0\0\0\0\0\0" };
	static const size_t lengths[] = { 1, 10 };
	struct ow_link l;
	size_t i;

	for (i = 0; i < ZT_ARRAY(faults); i++) {
		ow_up(&l, c, ZMQ_PULL, ZMQ_PUSH);
		ow_puts(&l, 0, "good");
		za_want(l.s, "good", 0);
		wire_send(l.fd, faults[i], lengths[i]);
		wire_closed(l.fd, CLOSED_MS);
		l.fd = -1;
		za_quiet(l.s, SILENT_MS);
		ow_close(&l);
	}
}

/* What is cut off with the connection is gone; the next one begins anew. */
static void cut(const struct ow_case *c)
{
	struct ow_link l;
	int i;

	ow_open(&l, c, ZMQ_PULL);
	for (i = 0; i < 2; i++) {
		ow_meet(&l);
		ow_shake(&l, ZMQ_PUSH, "", "");
		ow_puts(&l, 0, "whole");
		ow_puts(&l, WIRE_MORE, "half");
		za_want(l.s, "whole", 0);
		za_quiet(l.s, SILENT_MS);
		close(l.fd);
		l.fd = -1;
	}
	ow_close(&l);
}

/* What a ROUTER calls the peer; 5 bytes of its own for one without a name. */
static int want_id(struct ow_link *l, const char *id, char *got)
{
	int len = zmq_recv(l->s, got, 256, 0);

	zt_check(za_get(l->s, ZMQ_RCVMORE));
	if (!*id)
		zt_check(len == 5 && !got[0]);
	else if (len != (int)strlen(id) || memcmp(got, id, len))
		zt_fail("expected routing id '%s', got %d bytes", id, len);
	return len;
}

/*
 * The first frame of an old peer, or Identity of a new one, is its name, which
 * no other type than ROUTER shows.
 */
static void router_ids(const struct ow_case *c)
{
	static char long_id[256];
	static const char *const ids[] = { "", "x", "some name", long_id };
	char got[256];
	struct ow_link l;
	size_t i;
	int len;

	memset(long_id, 'n', 255);
	for (i = 0; i < ZT_ARRAY(ids); i++) {
		ow_open(&l, c, ZMQ_ROUTER);
		za_set(l.s, ZMQ_ROUTER_MANDATORY, 1);
		ow_meet(&l);
		ow_shake(&l, ZMQ_DEALER, ids[i], "");
		ow_puts(&l, WIRE_MORE, "one");
		ow_puts(&l, 0, "");
		len = want_id(&l, ids[i], got);
		za_want(l.s, "one", 1);
		za_want(l.s, "", 0);
		zt_eq(zmq_send(l.s, got, len, ZMQ_SNDMORE), len);
		za_put(l.s, "", ZMQ_SNDMORE);
		za_put(l.s, "two", 0);
		ow_wants(&l, WIRE_MORE, "");
		ow_wants(&l, 0, "two");
		ow_close(&l);
	}
}

/* Flags of the frame with the name mean nothing (wire.md 1.3): no part follows. */
static void id_flags(const struct ow_case *c)
{
	uint8_t hello[512];
	struct ow_link l;
	size_t len, at;
	char got[256];

	ow_open(&l, c, ZMQ_ROUTER);
	ow_meet(&l);
	len = ow_hello(c->version, ZMQ_DEALER, "", hello);
	at = c->version == OW_V10 ? 0 : 12;
	hello[at + (c->version != OW_V20)] |= WIRE_MORE;
	wire_send(l.fd, hello, len);
	ow_puts(&l, 0, "alone");
	want_id(&l, "", got);
	za_want(l.s, "alone", 0);
	ow_close(&l);
}

/* The peer comes back under its name, and is still known by it. */
static void same_id_again(const struct ow_case *c)
{
	struct ow_link l;
	char got[256];
	int i;

	ow_open(&l, c, ZMQ_ROUTER);
	za_set(l.s, ZMQ_ROUTER_HANDOVER, 1);
	for (i = 0; i < 3; i++) {
		ow_meet(&l);
		ow_shake(&l, ZMQ_DEALER, "again", "");
		ow_puts(&l, 0, "question");
		want_id(&l, "again", got);
		za_want(l.s, "question", 0);
		zt_eq(zmq_send(l.s, "again", 5, ZMQ_SNDMORE), 5);
		za_put(l.s, "answer", 0);
		ow_wants(&l, 0, "answer");
		close(l.fd);
		l.fd = -1;
	}
	ow_close(&l);
}

/* REQ asks "" body; REP keeps what is in front of the empty frame. */
static void envelopes(const struct ow_case *c)
{
	struct ow_link l;

	ow_up(&l, c, ZMQ_REQ, ZMQ_ROUTER);
	za_put(l.s, "question", 0);
	ow_wants(&l, WIRE_MORE, "");
	ow_wants(&l, 0, "question");
	ow_puts(&l, WIRE_MORE, "");
	ow_puts(&l, WIRE_MORE, "answer");
	ow_puts(&l, 0, "");
	za_want(l.s, "answer", 1);
	za_want(l.s, "", 0);
	ow_close(&l);

	ow_open(&l, c, ZMQ_REP);
	ow_meet(&l);
	ow_shake(&l, ZMQ_DEALER, "client", "");
	ow_puts(&l, 0, "no delimiter");
	ow_puts(&l, WIRE_MORE, "a");
	ow_puts(&l, WIRE_MORE, "b");
	ow_puts(&l, WIRE_MORE, "");
	ow_puts(&l, 0, "question");
	za_want(l.s, "question", 0);
	za_put(l.s, "answer", 0);
	ow_wants(&l, WIRE_MORE, "a");
	ow_wants(&l, WIRE_MORE, "b");
	ow_wants(&l, WIRE_MORE, "");
	ow_wants(&l, 0, "answer");
	ow_close(&l);
}

/*
 * HANDSHAKE_IVL ends with the handshake, which for old peers is their name.
 * libzmq 4.3.4 drops them all the same when the time is over (wire.md 10.2).
 */
static void handshake_timer(const struct ow_case *c)
{
	int ivl = zt_scaled(300);
	struct ow_link l;

	ow_open(&l, c, ZMQ_PULL);
	za_set(l.s, ZMQ_HANDSHAKE_IVL, ivl);
	ow_meet(&l);
	ow_shake(&l, ZMQ_PUSH, "", "");
	wire_silent(l.fd, 2 * ivl);
	ow_puts(&l, 0, "late");
	za_want(l.s, "late", 0);
	ow_close(&l);
}

/* Whoever never says its name is thrown out in the end. */
static void never_named(const struct ow_case *c)
{
	uint8_t hello[512];
	struct ow_link l;

	ow_open(&l, c, ZMQ_PULL);
	za_set(l.s, ZMQ_HANDSHAKE_IVL, zt_scaled(200));
	ow_meet(&l);
	ow_hello(c->version, ZMQ_PUSH, "name", hello);
	wire_send(l.fd, hello, c->version == OW_V10 ? 2 : 12 + 2);
	wire_closed(l.fd, CLOSED_MS);
	l.fd = -1;
	ow_close(&l);
}

/* No commands in old versions: no PING, whatever the options say (wire.md 10.3). */
static void no_heartbeat(const struct ow_case *c)
{
	struct ow_link l;

	ow_open(&l, c, ZMQ_DEALER);
	za_set(l.s, ZMQ_HEARTBEAT_IVL, 20);
	za_set(l.s, ZMQ_HEARTBEAT_TIMEOUT, 20);
	za_set(l.s, ZMQ_HEARTBEAT_TTL, 100);
	ow_meet(&l);
	ow_shake(&l, ZMQ_DEALER, "", "");
	wire_silent(l.fd, 300);
	ow_puts(&l, 0, "alive");
	za_want(l.s, "alive", 0);
	za_put(l.s, "me too", 0);
	ow_wants(&l, 0, "me too");
	ow_close(&l);
}

static const struct ow_test tests[] = {
	{ "greeting", greeting, OW_ALL },
	{ "greeting_with_id", greeting_with_id, OW_ALL },
	{ "stages", stages, OW_ALL & ~OW_BIT(OW_V10) },
	{ "drip", drip, OW_ALL },
	{ "burst", burst, OW_OLD },
	{ "frames", frames, OW_ALL },
	{ "odd_frames", odd_frames, OW_ALL },
	{ "no_flags", no_flags, OW_V1 },
	{ "cut", cut, OW_ALL },
	{ "router_ids", router_ids, OW_ALL },
	{ "id_flags", id_flags, OW_OLD },
	{ "same_id_again", same_id_again, OW_ALL },
	{ "envelopes", envelopes, OW_ALL },
	{ "handshake_timer", handshake_timer, OW_ALL, .shim = true },
	{ "never_named", never_named, OW_OLD },
	{ "no_heartbeat", no_heartbeat, OW_OLD },
};

int main(int argc, char **argv)
{
	return ow_main(argc, argv, tests, ZT_ARRAY(tests));
}
