// SPDX-License-Identifier: GPL-2.0-only
/*
 * PING and PONG with peers of ZMTP 3.0 and 3.1 made of bytes: what they look
 * like, when they come, and who is given up (wire.md sections 3.3 and 10.3,
 * api.md section 9.4 "test_heartbeats").
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "oldwire.h"

/* Long enough that a PING which comes early is a fault, and not a slow machine. */
#define IVL ((int)zt_scaled(40))
#define SILENT_MS 50
#define CLOSED_MS ((int)zt_scaled(5000))
#define PING "\4PING"
#define PONG "\4PONG"

/* A socket of @type with a patient heartbeat, and a peer that is up. */
static void beating(struct ow_link *l, const struct ow_case *c, int type, int peer)
{
	ow_open(l, c, type);
	za_set(l->s, ZMQ_HEARTBEAT_IVL, IVL);
	za_set(l->s, ZMQ_HEARTBEAT_TIMEOUT, zt_scaled(3000));
	ow_meet(l);
	ow_shake(l, peer, "", "");
}

/* The other side gives up, not before @ms have passed since @start. */
static void given_up(struct ow_link *l, int64_t start, int ms)
{
	wire_closed(l->fd, CLOSED_MS);
	l->fd = -1;
	if (zt_now() - start < ms - ZT_EARLY_MS)
		zt_fail("given up after %d ms already, expected %d", (int)(zt_now() - start), ms);
}

/* It was no error: whoever has connected connects again, and all is well. */
static void comes_back(struct ow_link *l, int peer)
{
	ow_meet(l);
	ow_shake(l, peer, "", "");
}

static void put_ping(struct ow_link *l, unsigned int ttl, const char *context)
{
	uint8_t body[128] = PING;
	size_t len = strlen(context);

	body[5] = ttl >> 8;
	body[6] = ttl;
	memcpy(body + 7, context, len);
	ow_put(l, WIRE_COMMAND, body, 7 + len);
}

static void want_pong(struct ow_link *l, const char *context)
{
	char body[64];

	snprintf(body, sizeof(body), PONG "%s", context);
	ow_wants(l, WIRE_COMMAND, body);
}

static void want_ping(struct ow_link *l)
{
	ow_want(l, WIRE_COMMAND, PING "\0\0", 7);
}

/* On a slow machine the next PING is due before what we wait for has come. How many? */
static int skip_pings(struct ow_link *l)
{
	uint8_t head[2];
	int count = 0;

	while (recv(l->fd, head, sizeof(head), MSG_PEEK | MSG_WAITALL) == sizeof(head) &&
	       head[1] == 7) {
		want_ping(l);
		count++;
	}
	return count;
}

struct ttl {
	int ms;
	const char *bytes;
};

/* The TTL in tenths of a second, rounded down; no context. */
static void ping_bytes(const struct ow_case *c)
{
	static const struct ttl ttls[] = {
		{ 0, PING "\0\0" }, { 99, PING "\0\0" }, { 100, PING "\0\1" },
		{ 1234, PING "\0\14" }, { 65500, PING "\2\217" },
	};
	struct ow_link l;
	size_t i;

	for (i = 0; i < ZT_ARRAY(ttls); i++) {
		ow_open(&l, c, ZMQ_DEALER);
		za_set(l.s, ZMQ_HEARTBEAT_IVL, IVL);
		za_set(l.s, ZMQ_HEARTBEAT_TTL, ttls[i].ms);
		ow_meet(&l);
		ow_shake(&l, ZMQ_DEALER, "", "");
		ow_want(&l, WIRE_COMMAND, ttls[i].bytes, 7);
		ow_close(&l);
	}
}

/* libzmq takes 656 and more modulo 65536 ms: 65.5 s is the most to announce. */
static void ping_ttl_limit(const struct ow_case *c)
{
	struct ow_link l;

	ow_open(&l, c, ZMQ_DEALER);
	za_set(l.s, ZMQ_HEARTBEAT_IVL, IVL);
	za_set(l.s, ZMQ_HEARTBEAT_TTL, 100000);
	ow_meet(&l);
	ow_shake(&l, ZMQ_DEALER, "", "");
	ow_want(&l, WIRE_COMMAND, PING "\2\217", 7);
	ow_close(&l);
}

struct couple {
	int type;
	int peer;
};

/* Every type beats, the ones that only send or only receive, too. */
static void every_type(const struct ow_case *c)
{
	static const struct couple couples[] = {
		{ ZMQ_PAIR, ZMQ_PAIR }, { ZMQ_PUB, ZMQ_SUB }, { ZMQ_SUB, ZMQ_PUB },
		{ ZMQ_REQ, ZMQ_REP }, { ZMQ_REP, ZMQ_REQ }, { ZMQ_DEALER, ZMQ_ROUTER },
		{ ZMQ_ROUTER, ZMQ_DEALER }, { ZMQ_PULL, ZMQ_PUSH }, { ZMQ_PUSH, ZMQ_PULL },
		{ ZMQ_XPUB, ZMQ_XSUB }, { ZMQ_XSUB, ZMQ_XPUB },
	};
	struct ow_link l;
	size_t i, n;

	for (i = 0; i < ZT_ARRAY(couples); i++) {
		beating(&l, c, couples[i].type, couples[i].peer);
		for (n = 0; n < 3; n++) {
			want_ping(&l);
			ow_puts(&l, WIRE_COMMAND, PONG);
			put_ping(&l, 0, "from here");
			skip_pings(&l);
			want_pong(&l, "from here");
		}
		ow_close(&l);
	}
}

/* One PING each IVL, whatever else is going on. */
static void period(const struct ow_case *c)
{
	struct ow_link l;
	int64_t start = zt_now();
	int n, pings = 0;

	/* Before the handshake, when the first period can't have begun. */
	beating(&l, c, ZMQ_PAIR, ZMQ_PAIR);
	for (n = 0; n < 8; n++) {
		want_ping(&l);
		ow_puts(&l, 0, "data");
		za_want(l.s, "data", 0);
		za_put(l.s, "more", 0);
		pings += 1 + skip_pings(&l);
		ow_wants(&l, 0, "more");
	}
	/* Late by what the machine is slow, never early by more than a tick. */
	if (zt_now() - start < (pings - 1) * IVL)
		zt_fail("%d periods of %d ms took %d ms", pings, IVL, (int)(zt_now() - start));
	ow_close(&l);
}

/* Nothing before READY has come: libzmq drops a peer for it (wire.md 3.1). */
static void not_before_ready(const struct ow_case *c)
{
	uint8_t hello[512];
	struct ow_link l;
	size_t len;

	ow_open(&l, c, ZMQ_DEALER);
	za_set(l.s, ZMQ_HEARTBEAT_IVL, 10);
	ow_meet(&l);
	len = ow_hello(c->version, ZMQ_DEALER, "", hello);
	wire_send(l.fd, hello, WIRE_GREETING);
	wire_recv(l.fd, hello + 256, WIRE_GREETING + 2 + 41);
	wire_silent(l.fd, 150);
	wire_send(l.fd, hello + WIRE_GREETING, len - WIRE_GREETING);
	want_ping(&l);
	ow_close(&l);
}

/* A mute peer: given up when TIMEOUT is over, which is IVL unless it was set. */
static void mute_peer(const struct ow_case *c)
{
	static const int timeouts[] = { -1, 300 };
	struct ow_link l;
	int64_t start;
	size_t i;

	for (i = 0; i < ZT_ARRAY(timeouts); i++) {
		ow_open(&l, c, ZMQ_DEALER);
		za_set(l.s, ZMQ_HEARTBEAT_IVL, IVL);
		if (timeouts[i] > 0)
			za_set(l.s, ZMQ_HEARTBEAT_TIMEOUT, timeouts[i]);
		ow_meet(&l);
		start = zt_now();
		ow_shake(&l, ZMQ_DEALER, "", "");
		want_ping(&l);
		given_up(&l, start, timeouts[i] > 0 ? timeouts[i] : 2 * IVL);
		comes_back(&l, ZMQ_DEALER);
		want_ping(&l);
		ow_close(&l);
	}
}

/* Whatever the peer sends shows that it lives: no PONG is needed. */
static void anything_counts(const struct ow_case *c)
{
	static const struct {
		int flags;
		const char *text;
	} answers[] = { { WIRE_COMMAND, "\7unknown" }, { WIRE_COMMAND, PONG }, { 0, "data" } };
	int timeout = zt_scaled(500), n = 0;
	struct ow_link l;
	int64_t end;
	size_t i;

	ow_open(&l, c, ZMQ_PULL);
	za_set(l.s, ZMQ_HEARTBEAT_IVL, IVL);
	za_set(l.s, ZMQ_HEARTBEAT_TIMEOUT, timeout);
	ow_meet(&l);
	ow_shake(&l, ZMQ_PUSH, "", "");
	/* Each alone, for longer than the peer could be silent. */
	for (i = 0; i < ZT_ARRAY(answers); i++) {
		for (end = zt_now() + timeout + 4 * IVL; zt_now() < end; n += !answers[i].flags) {
			want_ping(&l);
			ow_puts(&l, answers[i].flags, answers[i].text);
		}
	}
	while (n--)
		za_want(l.s, "data", 0);
	ow_close(&l);
}

/* PING with a TTL and then nothing: given up when it is over. */
static void ttl_expires(const struct ow_case *c)
{
	struct ow_link l;
	int64_t start;

	ow_up(&l, c, ZMQ_DEALER, ZMQ_DEALER);
	start = zt_now();
	put_ping(&l, 3, "");
	want_pong(&l, "");
	given_up(&l, start, 300);
	comes_back(&l, ZMQ_DEALER);
	wire_silent(l.fd, 400);
	ow_close(&l);
}

/* Each PING starts it anew, another frame stops it until the next PING. */
static void ttl_stops(const struct ow_case *c)
{
	int tenths = zt_scaled(3), ms = tenths * 100, n;
	struct ow_link l;
	int64_t start;

	ow_up(&l, c, ZMQ_PULL, ZMQ_PUSH);
	for (n = 0; n < 6; n++) {
		put_ping(&l, tenths, "again");
		want_pong(&l, "again");
		wire_silent(l.fd, ms / 4);
	}
	ow_puts(&l, 0, "alive");
	za_want(l.s, "alive", 0);
	wire_silent(l.fd, 2 * ms);
	start = zt_now();
	put_ping(&l, tenths, "");
	want_pong(&l, "");
	given_up(&l, start, ms);
	ow_close(&l);
}

/* 65.6 s are not the 64 ms that libzmq makes of them. */
static void ttl_long(const struct ow_case *c)
{
	static const unsigned int ttls[] = { 655, 656, 700, 65535 };
	struct ow_link l;
	size_t i;

	ow_up(&l, c, ZMQ_DEALER, ZMQ_DEALER);
	for (i = 0; i < ZT_ARRAY(ttls); i++) {
		put_ping(&l, ttls[i], "");
		want_pong(&l, "");
		wire_silent(l.fd, 300);
	}
	ow_close(&l);
}

/* The context comes back, its first 16 bytes; between parts of a message, too. */
static void pong_context(const struct ow_case *c)
{
	static const char context[] = "0123456789abcdef";
	struct ow_link l;
	char part[17];
	size_t i;

	ow_up(&l, c, ZMQ_PULL, ZMQ_PUSH);
	for (i = 0; i <= 16; i++) {
		snprintf(part, sizeof(part), "%.*s", (int)i, context);
		ow_puts(&l, WIRE_MORE, "one");
		put_ping(&l, 0, part);
		ow_puts(&l, 0, "two");
		want_pong(&l, part);
		za_want(l.s, "one", 1);
		za_want(l.s, "two", 0);
	}
	put_ping(&l, 0, "0123456789abcdefg");
	put_ping(&l, 0, "0123456789abcdef and 44 bytes that do not come back...");
	want_pong(&l, context);
	want_pong(&l, context);
	/* One that nobody asked for. */
	ow_puts(&l, WIRE_COMMAND, PONG "what?");
	ow_puts(&l, 0, "data");
	za_want(l.s, "data", 0);
	wire_silent(l.fd, SILENT_MS);
	ow_close(&l);
}

/* Behind READY in the same segment, as test_heartbeats does. */
static void ping_at_once(const struct ow_case *c)
{
	static const char ping[] = "\4\12" PING "\0\0LOL";
	uint8_t bytes[512];
	struct ow_link l;
	size_t len;

	ow_open(&l, c, ZMQ_DEALER);
	ow_meet(&l);
	len = ow_hello(c->version, ZMQ_DEALER, "", bytes);
	wire_send(l.fd, bytes, WIRE_GREETING);
	wire_recv(l.fd, bytes + 256, WIRE_GREETING + 2 + 41);
	memcpy(bytes + len, ping, sizeof(ping) - 1);
	wire_send(l.fd, bytes + WIRE_GREETING, len - WIRE_GREETING + sizeof(ping) - 1);
	want_pong(&l, "LOL");
	ow_close(&l);
}

/* A PING without room for its TTL ends the connection, and no PONG was sent. */
static void short_ping(const struct ow_case *c)
{
	struct ow_link l;
	size_t len;

	for (len = 5; len < 7; len++) {
		ow_up(&l, c, ZMQ_DEALER, ZMQ_DEALER);
		ow_put(&l, WIRE_COMMAND, PING "\0\0", len);
		zt_check(wire_readable(l.fd, CLOSED_MS));
		zt_check(wire_ended(l.fd));
		ow_close(&l);
	}
}

/* Without the flag it is a message; before READY it is out of place. */
static void not_a_ping(const struct ow_case *c)
{
	uint8_t hello[512];
	struct ow_link l;

	ow_up(&l, c, ZMQ_PULL, ZMQ_PUSH);
	ow_put(&l, WIRE_MORE, PING "\0\0", 7);
	ow_puts(&l, 0, PONG);
	zt_eq(zmq_recv(l.s, hello, sizeof(hello), 0), 7);
	za_want(l.s, PONG, 0);
	wire_silent(l.fd, SILENT_MS);
	ow_close(&l);

	ow_open(&l, c, ZMQ_PULL);
	ow_meet(&l);
	ow_hello(c->version, ZMQ_PUSH, "", hello);
	wire_send(l.fd, hello, WIRE_GREETING);
	put_ping(&l, 0, "");
	wire_closed(l.fd, CLOSED_MS);
	l.fd = -1;
	ow_close(&l);
}

/* TTL is kept in tenths; TIMEOUT's -1 can be read, not set. */
static void options(const struct ow_case *c)
{
	int over = 6553600, minus = -1;
	struct ow_link l;

	ow_open(&l, c, ZMQ_DEALER);
	zt_eq(za_get(l.s, ZMQ_HEARTBEAT_IVL), 0);
	zt_eq(za_get(l.s, ZMQ_HEARTBEAT_TTL), 0);
	zt_eq(za_get(l.s, ZMQ_HEARTBEAT_TIMEOUT), -1);
	za_set(l.s, ZMQ_HEARTBEAT_TTL, 6553599);
	zt_eq(za_get(l.s, ZMQ_HEARTBEAT_TTL), 6553500);
	za_set(l.s, ZMQ_HEARTBEAT_TTL, 99);
	zt_eq(za_get(l.s, ZMQ_HEARTBEAT_TTL), 0);
	zt_err(zmq_setsockopt(l.s, ZMQ_HEARTBEAT_TTL, &over, sizeof(over)), EINVAL);
	zt_err(zmq_setsockopt(l.s, ZMQ_HEARTBEAT_IVL, &minus, sizeof(minus)), EINVAL);
	zt_err(zmq_setsockopt(l.s, ZMQ_HEARTBEAT_TIMEOUT, &minus, sizeof(minus)), EINVAL);
	ow_close(&l);
}

static const struct ow_test tests[] = {
	{ "ping_bytes", ping_bytes, OW_V3 },
	{ "ping_ttl_limit", ping_ttl_limit, OW_V3, .shim = true },
	{ "every_type", every_type, OW_V3 },
	{ "period", period, OW_V3 },
	{ "not_before_ready", not_before_ready, OW_V3 },
	{ "mute_peer", mute_peer, OW_V3 },
	{ "anything_counts", anything_counts, OW_V3 },
	{ "ttl_expires", ttl_expires, OW_V3 },
	{ "ttl_stops", ttl_stops, OW_V3 },
	{ "ttl_long", ttl_long, OW_V3, .shim = true },
	{ "pong_context", pong_context, OW_V3 },
	{ "ping_at_once", ping_at_once, OW_V3 },
	{ "short_ping", short_ping, OW_V3, .shim = true },
	{ "not_a_ping", not_a_ping, OW_V3 },
	{ "options", options, OW_BIT(OW_V31) },
};

int main(int argc, char **argv)
{
	return ow_main(argc, argv, tests, ZT_ARRAY(tests));
}
