// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bad peers knock at an AF_ZMQ listener. Whatever one does, no message of it is
 * invented, it is got rid of in time, and the next good peer is served.
 */
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native.h"
#include "wire.h"

#define HANDSHAKE_MS 300
#define CLOSED_MS ((int)zt_scaled(3000))
#define CROWD 300

struct server {
	int fd;
	int port;
};

static void server_open_for(struct server *s, int handshake_ms)
{
	char ep[256];

	s->fd = nz_socket(ZMQ_PULL);
	zt_ok(nz_set(s->fd, ZMQ_HANDSHAKE_IVL, handshake_ms));
	nz_bind_any(s->fd, ep);
	s->port = nz_port_of(ep);
}

static void server_open(struct server *s)
{
	server_open_for(s, zt_scaled(HANDSHAKE_MS));
}

/* A good peer gets through, and nothing else was delivered before. */
static void server_serves(struct server *s)
{
	int peer = wire_connect(s->port);

	wire_handshake(peer, "PUSH");
	wire_frame(peer, WIRE_MORE, "good", 4);
	wire_frame(peer, 0, "", 0);
	nz_want(s->fd, "good", 1);
	nz_want(s->fd, "", 0);
	nz_quiet(s->fd, 5);
	close(peer);
}

static void server_close(struct server *s)
{
	server_serves(s);
	close(s->fd);
}

/**
 * struct bytes - something sent instead of, or behind, a part of the handshake
 * @text: the bytes
 * @len: how many
 */
struct bytes {
	const char *text;
	size_t len;
};

#define BYTES(s) { s, sizeof(s) - 1 }

/* Instead of a greeting. */
static const struct bytes garbage[] = {
	BYTES(""), BYTES("\0"), BYTES("\xff"), BYTES("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
	BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), BYTES("SSH-2.0-OpenSSH_9.2\r\n"),
	BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
	BYTES("\xff\0\0\0\0\0\0\0\2\0"), BYTES("\xff\0\0\0\0\0\0\0\1\x7f\0\0"),
	BYTES("\xff\0\0\0\0\0\0\0\1\x7f\1\0"), BYTES("\1\0\0\0sneaky"),
	BYTES("\xff\0\0\0\0\0\0\0\1\x7f\3\1" "CURVE\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
};

static void not_a_greeting(const void *arg)
{
	struct server s;
	size_t i;

	(void)arg;
	server_open(&s);
	for (i = 0; i < ZT_ARRAY(garbage); i++) {
		int peer = wire_connect(s.port);

		wire_try_send(peer, garbage[i].text, garbage[i].len);
		if (!wire_closes(peer, CLOSED_MS))
			zt_fail("row %zu of garbage: still open", i);
	}
	server_close(&s);
}

/* The beginning of a greeting, then silence: closed by the timer, not before. */
static void half_greeting(const void *arg)
{
	static const size_t cuts[] = { 0, 1, 9, 10, 11, 12, 32, 63, 64 };
	uint8_t greeting[WIRE_GREETING];
	struct server s;
	int64_t start;
	size_t i;

	(void)arg;
	server_open(&s);
	wire_greeting(greeting);
	for (i = 0; i < ZT_ARRAY(cuts); i++) {
		int peer = wire_connect(s.port);

		start = zt_now();
		wire_send(peer, greeting, cuts[i]);
		wire_closed(peer, CLOSED_MS);
		if (zt_now() - start < HANDSHAKE_MS - 50)
			zt_fail("%zu bytes: closed after %d ms already", cuts[i],
				(int)(zt_now() - start));
	}
	server_close(&s);
}

/* HANDSHAKE_IVL is over when the handshake is. */
static void handshake_timer_ends(const void *arg)
{
	struct server s;
	int peer;

	(void)arg;
	server_open(&s);
	peer = wire_connect(s.port);
	wire_handshake(peer, "PUSH");
	wire_silent(peer, zt_scaled(3 * HANDSHAKE_MS));
	wire_frame(peer, 0, "late", 4);
	nz_want(s.fd, "late", 0);
	close(peer);
	server_close(&s);
}

/* A byte at a time is slow, but no fault. */
static void slow_drip(const void *arg)
{
	uint8_t bytes[WIRE_GREETING + 64] = { 0 };
	struct server s;
	size_t len, i;
	int peer;

	(void)arg;
	server_open_for(&s, 0);
	peer = wire_connect(s.port);
	wire_greeting(bytes);
	bytes[WIRE_GREETING] = WIRE_COMMAND;
	len = wire_ready(bytes + WIRE_GREETING + 2, "PUSH");
	bytes[WIRE_GREETING + 1] = len;
	len += WIRE_GREETING + 2;
	for (i = 0; i < len; i++)
		wire_send(peer, bytes + i, 1);
	wire_recv(peer, bytes, WIRE_GREETING);
	wire_want_ready(peer);
	for (i = 0; i < 6; i++)
		wire_send(peer, "\1\1a\0\1b" + i, 1);
	nz_want(s.fd, "a", 1);
	nz_want(s.fd, "b", 0);
	close(peer);
	server_close(&s);
}

/* Mechanisms that are not exactly NULL. */
static void wrong_mechanism(const void *arg)
{
	static const struct bytes names[] = {
		BYTES("PLAIN"), BYTES("CURVE"), BYTES("null"), BYTES("NUL"), BYTES("NULLX"),
		BYTES(""), BYTES("NULL\0x"), BYTES("NULL\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0x"),
		BYTES("XXXXXXXXXXXXXXXXXXXX"),
	};
	uint8_t greeting[WIRE_GREETING];
	struct server s;
	size_t i;

	(void)arg;
	server_open(&s);
	for (i = 0; i < ZT_ARRAY(names); i++) {
		int peer = wire_connect(s.port);

		wire_greeting(greeting);
		memset(greeting + 12, 0, 20);
		memcpy(greeting + 12, names[i].text, names[i].len);
		wire_send(peer, greeting, sizeof(greeting));
		wire_closed(peer, CLOSED_MS);
	}
	server_close(&s);
}

/* Greetings that look odd and are good. */
static void odd_greetings(const void *arg)
{
	static const struct { int at; uint8_t value; } odd[] = {
		{ 11, 0 },	/* ZMTP 3.0 */
		{ 11, 9 },	/* 3.9 */
		{ 10, 4 },	/* 4.1 */
		{ 10, 255 },
		{ 8, 77 },	/* length of an identity */
		{ 1, 0xff },
		{ 9, 0x01 },	/* only bit 0 counts */
		{ 32, 1 },	/* as-server */
		{ 40, 0xaa },	/* filler */
	};
	uint8_t bytes[WIRE_GREETING];
	struct server s;
	size_t i;

	(void)arg;
	server_open(&s);
	for (i = 0; i < ZT_ARRAY(odd); i++) {
		int peer = wire_connect(s.port);

		wire_greeting(bytes);
		bytes[odd[i].at] = odd[i].value;
		wire_send(peer, bytes, sizeof(bytes));
		wire_recv(peer, bytes, sizeof(bytes));
		wire_frame(peer, WIRE_COMMAND, bytes, wire_ready(bytes, "PUSH"));
		wire_want_ready(peer);
		wire_frame(peer, 0, "odd", 3);
		nz_want(s.fd, "odd", 0);
		close(peer);
	}
	server_close(&s);
}

/* First command, instead of a good READY: the connection ends. */
static const struct bytes bad_ready[] = {
	BYTES(""),					/* empty command */
	BYTES("\0"), BYTES("\5"), BYTES("\5REA"), BYTES("\4READ"), BYTES("\5ready"),
	BYTES("\5READX"), BYTES("\xff" "READY"), BYTES("\4PING\0\0"), BYTES("\4PONG"),
	BYTES("\5HELLO"), BYTES("\x09SUBSCRIBE"), BYTES("\x08INITIATE"),
	BYTES("\5ERROR"), BYTES("\5ERROR\0"), BYTES("\5ERROR\3" "400"), BYTES("\5ERROR\377x"),
	BYTES("\5READYx"), BYTES("\5READY\13Socket-Type"), BYTES("\5READY\13Socket-Type\0\0"),
	BYTES("\5READY\13Socket-Type\0\0\0\5PUSH"), BYTES("\5READY\13Socket-Type\0\0\0\4PUSHx"),
	BYTES("\5READY\13Socket-Type\377\377\377\377PUSH"),
	BYTES("\5READY\13Socket-Type\177\377\377\377PUSH"),
	BYTES("\5READY\13Socket-Type\200\0\0\0PUSH"), BYTES("\5READY\377Socket-Type\0\0\0\4PUSH"),
	BYTES("\5READY\13Socket-Type\0\0\0\0"), BYTES("\5READY\13Socket-Type\0\0\0\4PULL"),
	BYTES("\5READY\13Socket-Type\0\0\0\3REQ"), BYTES("\5READY\13Socket-Type\0\0\0\4push"),
	BYTES("\5READY\13Socket-Type\0\0\0\5PUSHX"), BYTES("\5READY\13Socket-Type\0\0\0\3PUS"),
	BYTES("\5READY\13Socket-Type\0\0\0\4PUSH\13Socket-Type\0\0\0\4PULL"),
};

static void not_ready(const void *arg)
{
	struct server s;
	size_t i;

	(void)arg;
	server_open(&s);
	for (i = 0; i < ZT_ARRAY(bad_ready); i++) {
		int peer = wire_connect(s.port);

		wire_greet(peer);
		wire_frame(peer, WIRE_COMMAND, bad_ready[i].text, bad_ready[i].len);
		wire_try_send(peer, "\0\4evil", 6);
		if (!wire_closes(peer, CLOSED_MS))
			zt_fail("row %zu of bad_ready: still open", i);
	}
	server_close(&s);
}

/* READY in unusual clothes is READY (wire facts: what libzmq accepts). */
static void odd_ready(const void *arg)
{
	static const char bare[] = "\5READY", empty_name[] = "\5READY\0\0\0\0\0";
	static const char more[] = "\5READY\13socket-type\0\0\0\4PULL\3X-a\0\0\0\1b";
	static const struct { int flags; const char *body; size_t len; } odd[] = {
		{ WIRE_COMMAND, bare, sizeof(bare) - 1 }, { 0, bare, sizeof(bare) - 1 },
		{ WIRE_COMMAND | WIRE_MORE, bare, sizeof(bare) - 1 },
		{ WIRE_COMMAND | 0xf8, bare, sizeof(bare) - 1 },
		{ WIRE_COMMAND, empty_name, sizeof(empty_name) - 1 },
		{ WIRE_COMMAND, more, sizeof(more) - 1 },
		{ WIRE_COMMAND | WIRE_LONG, more, sizeof(more) - 1 },
	};
	struct server s;
	size_t i;

	(void)arg;
	server_open(&s);
	for (i = 0; i < ZT_ARRAY(odd); i++) {
		int peer = wire_connect(s.port);

		wire_greet(peer);
		if (odd[i].flags & WIRE_LONG)
			wire_frame_long(peer, odd[i].flags, odd[i].len, odd[i].body, odd[i].len);
		else
			wire_frame(peer, odd[i].flags, odd[i].body, odd[i].len);
		wire_want_ready(peer);
		wire_frame(peer, 0, "odd", 3);
		nz_want(s.fd, "odd", 0);
		close(peer);
	}
	server_close(&s);
}

/* Data where READY should be, also in one burst with the greeting. */
static void data_before_ready(const void *arg)
{
	uint8_t greeting[WIRE_GREETING];
	struct server s;
	int peer;

	(void)arg;
	server_open(&s);
	peer = wire_connect(s.port);
	wire_greet(peer);
	wire_frame(peer, 0, "evil", 4);
	wire_closed(peer, CLOSED_MS);
	peer = wire_connect(s.port);
	wire_greeting(greeting);
	wire_send(peer, greeting, sizeof(greeting));
	wire_try_send(peer, "\0\4evil", 6);
	wire_closed(peer, CLOSED_MS);
	server_close(&s);
}

static const uint64_t huge[] = {
	1ULL << 63, (1ULL << 63) + 5, ~0ULL, ~0ULL - 8, (1ULL << 63) - 1, 1ULL << 62, 1ULL << 40,
};

/* Announced sizes that nobody will ever send: as a command, then as data. */
static void huge_sizes(const void *arg)
{
	static char body[65536];
	struct server s;
	size_t i;
	int peer;

	(void)arg;
	server_open(&s);
	for (i = 0; i < ZT_ARRAY(huge); i++) {
		peer = wire_connect(s.port);
		wire_greet(peer);
		wire_frame_long(peer, WIRE_COMMAND, huge[i], "\5READY", 6);
		wire_closed(peer, CLOSED_MS);
		peer = wire_connect(s.port);
		wire_handshake(peer, "PUSH");
		wire_frame_long(peer, 0, huge[i], "x", 1);
		wire_try_send(peer, body, sizeof(body));
		/* No size_t or off_t holds these: the frame can never end. */
		if (huge[i] >> 63)
			wire_closed(peer, CLOSED_MS);
		else
			close(peer);
		nz_quiet(s.fd, 10);
	}
	server_close(&s);
}

static void silent_crowd(const void *arg)
{
	static int crowd[CROWD];
	struct server s;
	int i;

	(void)arg;
	server_open(&s);
	for (i = 0; i < CROWD; i++)
		crowd[i] = wire_connect(s.port);
	server_serves(&s);
	for (i = 0; i < CROWD; i++)
		wire_closed(crowd[i], CLOSED_MS + zt_scaled(2000));
	server_close(&s);
}

static void resets(const void *arg)
{
	uint8_t bytes[WIRE_GREETING];
	struct server s;
	size_t i;

	(void)arg;
	server_open(&s);
	wire_greeting(bytes);
	for (i = 0; i <= WIRE_GREETING; i += 8) {
		int peer = wire_connect(s.port);

		wire_send(peer, bytes, i);
		wire_reset(peer);
		peer = wire_connect(s.port);
		wire_handshake(peer, "PUSH");
		wire_frame_long(peer, WIRE_MORE, 4, "evil", i % 5);
		wire_reset(peer);
	}
	server_close(&s);
}

static const struct zt_case cases[] = {
	{ "not_a_greeting", not_a_greeting, .limit = 60 },
	{ "half_greeting_times_out", half_greeting, .limit = 60 },
	{ "handshake_timer_ends", handshake_timer_ends },
	{ "slow_drip", slow_drip },
	{ "wrong_mechanism", wrong_mechanism },
	{ "odd_greetings_accepted", odd_greetings },
	{ "not_ready", not_ready, .limit = 60 },
	{ "odd_ready_accepted", odd_ready },
	{ "data_before_ready", data_before_ready },
	{ "huge_announced_sizes", huge_sizes },
	{ "silent_crowd", silent_crowd, .limit = 60 },
	{ "resets", resets },
};

int main(int argc, char **argv)
{
	zt_netns();
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
