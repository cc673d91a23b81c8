// SPDX-License-Identifier: GPL-2.0-only
/*
 * Peers of ZMTP 1.0 and 2.0, byte by byte, good and bad, on both sides of a
 * connection. What they see of us is what libzmq 4.3.4 shows (wire page, 1.2).
 */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native.h"
#include "wire.h"

#define CLOSED_MS ((int)zt_scaled(3000))
#define SILENT_MS 100
#define HANDSHAKE_MS 300
#define BIG 70000

/**
 * struct old - what an old peer speaks
 * @name: for messages
 * @major: its revision; -1 for a peer without signature
 * @v1: frames of ZMTP 1.0
 */
struct old {
	const char *name;
	int major;
	bool v1;
};

static const struct old olds[] = {
	{ "1.0", -1, true },
	{ "1.0 with a signature", 0, true },
	{ "2.0", 1, false },
};

static void old_frame(const struct old *old, int fd, int flags, const void *body, size_t len)
{
	uint8_t hdr[10];
	size_t n = 0, i;

	if (!old->v1) {
		wire_frame(fd, flags, body, len);
		return;
	}
	if (len + 1 < 255) {
		hdr[n++] = len + 1;
	} else {
		hdr[n++] = 0xff;
		for (i = 0; i < 8; i++)
			hdr[n++] = (uint64_t)(len + 1) >> (56 - 8 * i);
	}
	hdr[n++] = flags;
	wire_send(fd, hdr, n);
	wire_send(fd, body, len);
}

/* Reads a frame of ours, which has to have the shortest form there is. */
static void old_want(const struct old *old, int fd, int flags, const void *body, size_t len)
{
	static uint8_t got[BIG + 16], want[BIG + 16];
	size_t n;

	if (!old->v1) {
		int seen;

		zt_eq(wire_read_frame(fd, &seen, got, sizeof(got)), len);
		zt_eq(seen & WIRE_MORE, flags);
		zt_check(!memcmp(got, body, len));
		return;
	}
	n = len + 1 < 255 ? 2 : 10;
	memset(want, 0, n);
	want[0] = n == 2 ? len + 1 : 0xff;
	if (n == 10) {
		want[6] = (len + 1) >> 16;
		want[7] = (len + 1) >> 8;
		want[8] = len + 1;
	}
	want[n - 1] = flags;
	wire_recv(fd, got, n + len);
	zt_check(!memcmp(got, want, n));
	zt_check(!memcmp(got + n, body, len));
}

/*
 * Greeting and routing ids: the peer's is @theirs, ours is to be @ours. We send
 * no more than such a peer can understand at each point.
 */
static void old_greet(const struct old *old, int fd, int type, const char *ours, const char *theirs)
{
	uint8_t want[10] = { 0xff, 0, 0, 0, 0, 0, 0, 0, strlen(ours) + 1, 0x7f }, got[16];
	uint8_t signature[10] = { 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f };
	uint8_t revision = old->major, push = 8;

	wire_recv(fd, got, 10);
	zt_check(!memcmp(got, want, 10));
	if (old->major < 0) {
		old_frame(old, fd, 0, theirs, strlen(theirs));
		/* The rest of the frame that our signature began. */
		wire_recv(fd, got, strlen(ours));
		zt_check(!memcmp(got, ours, strlen(ours)));
		return;
	}
	wire_send(fd, signature, 10);
	wire_recv(fd, got, 1);
	zt_eq(got[0], 3);
	wire_send(fd, &revision, 1);
	wire_recv(fd, got, 1);
	zt_eq(got[0], type);
	wire_silent(fd, 20);
	wire_send(fd, &push, 1);
	old_want(old, fd, 0, ours, strlen(ours));
	old_frame(old, fd, 0, theirs, strlen(theirs));
}

static int old_listener(int fd)
{
	char ep[256];

	nz_bind_any(fd, ep);
	return nz_port_of(ep);
}

/* Messages of all forms, both ways, after which the connection is as before. */
static void old_talk(const struct old *old, int peer, int fd)
{
	static const size_t lens[] = { 0, 1, 252, 253, 254, 255, 256, BIG };
	static uint8_t body[BIG];
	size_t i;

	for (i = 0; i < ZT_ARRAY(lens); i++) {
		memset(body, 'a' + i, sizeof(body));
		old_frame(old, peer, WIRE_MORE, "head", 4);
		old_frame(old, peer, 0, body, lens[i]);
		nz_want(fd, "head", 1);
		zt_eq(recv(fd, NULL, 0, MSG_TRUNC), lens[i]);
		zt_eq(send(fd, "head", 4, MSG_MORE), 4);
		zt_eq(send(fd, body, lens[i], 0), lens[i]);
		old_want(old, peer, WIRE_MORE, "head", 4);
		old_want(old, peer, 0, body, lens[i]);
	}
}

static void old_accepted(const void *arg)
{
	const struct old *old = arg;
	int fd = nz_socket(ZMQ_PAIR), peer;

	zt_ok(nz_set_str(fd, ZMQ_ROUTING_ID, "us"));
	peer = wire_connect(old_listener(fd));
	old_greet(old, peer, ZMQ_PAIR, "us", "them");
	old_talk(old, peer, fd);
	close(peer);
	close(fd);
}

static void old_connected(const void *arg)
{
	const struct old *old = arg;
	int fd = nz_socket(ZMQ_PAIR), listener = wire_listen(0), peer;
	struct sockaddr_in in;
	socklen_t len = sizeof(in);
	char ep[64];

	zt_ok(getsockname(listener, (void *)&in, &len));
	snprintf(ep, sizeof(ep), "tcp://127.0.0.1:%d", ntohs(in.sin_port));
	zt_ok(nz_connect(fd, ep));
	peer = wire_accept(listener);
	old_greet(old, peer, ZMQ_PAIR, "", "");
	old_talk(old, peer, fd);
	/* It comes again, and speaks the latest version meanwhile. */
	close(peer);
	peer = wire_accept(listener);
	wire_handshake(peer, "PAIR");
	wire_frame(peer, 0, "new", 3);
	nz_want(fd, "new", 0);
	close(peer);
	close(listener);
	close(fd);
}

/* The delimiters of REQ and REP in old frames. */
static void old_request(const void *arg)
{
	const struct old *old = arg;
	int fd = nz_socket(ZMQ_REP), peer = wire_connect(old_listener(fd)), i;

	old_greet(old, peer, ZMQ_REP, "", "asker");
	for (i = 0; i < 3; i++) {
		old_frame(old, peer, WIRE_MORE, "", 0);
		old_frame(old, peer, 0, "question", 8);
		nz_want(fd, "question", 0);
		nz_put(fd, "answer", 0);
		old_want(old, peer, WIRE_MORE, "", 0);
		old_want(old, peer, 0, "answer", 6);
	}
	close(peer);
	close(fd);
}

/* A peer that sends all it has at once, and in bytes. */
static void old_burst(const void *arg)
{
	static const char burst[] = "\1\0\4\1one\4\0two\5\0last";
	int fd = nz_socket(ZMQ_PULL), port = old_listener(fd), peer;
	size_t step, i;

	(void)arg;
	for (step = 1; step < sizeof(burst); step += step < 4 ? 1 : 7) {
		peer = wire_connect(port);
		for (i = 0; i < sizeof(burst) - 1; i += step)
			wire_send(peer, burst + i, step < sizeof(burst) - 1 - i ?
						   step : sizeof(burst) - 1 - i);
		nz_want(fd, "one", 1);
		nz_want(fd, "two", 0);
		nz_want(fd, "last", 0);
		close(peer);
	}
	/* The first frame in long form looks like a signature at first. */
	peer = wire_connect(port);
	wire_send(peer, "\xff\0\0\0\0\0\0\0\3\0id\4\0msg", 17);
	nz_want(fd, "msg", 0);
	close(peer);
	close(fd);
}

/* No commands, no heartbeats: what would be one is a message. */
static void old_no_commands(const void *arg)
{
	const struct old *old = &olds[2];
	int fd = nz_socket(ZMQ_PULL), peer = wire_connect(old_listener(fd));

	(void)arg;
	old_greet(old, peer, ZMQ_PULL, "", "");
	wire_frame(peer, WIRE_COMMAND, "\4PING!!", 7);
	nz_want(fd, "\4PING!!", 0);
	wire_frame(peer, WIRE_COMMAND | WIRE_MORE, "one", 3);
	wire_frame(peer, 0xf8, "two", 3);
	nz_want(fd, "one", 1);
	nz_want(fd, "two", 0);
	wire_silent(peer, SILENT_MS);
	close(peer);
	close(fd);
}

/* The handshake's time limit ends with the peer's first frame, not before. */
static void old_timer(const void *arg)
{
	const struct old *old = arg;
	int fd = nz_socket(ZMQ_PULL), port, peer;
	uint8_t greeting[12] = { 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, old->major, 8 };

	zt_ok(nz_set(fd, ZMQ_HANDSHAKE_IVL, zt_scaled(HANDSHAKE_MS)));
	port = old_listener(fd);
	peer = wire_connect(port);
	wire_send(peer, old->major < 0 ? (void *)"\5\0id" : greeting, old->major < 0 ? 4 : 12);
	wire_closed(peer, CLOSED_MS);

	peer = wire_connect(port);
	old_greet(old, peer, ZMQ_PULL, "", "");
	wire_silent(peer, zt_scaled(3 * HANDSHAKE_MS));
	old_frame(old, peer, 0, "late", 4);
	nz_want(fd, "late", 0);
	close(peer);
	close(fd);
}

/* Behind the signature's place, or instead of all of it. */
#define DIGITS_64	"0123456789012345678901234567890123456789012345678901234567890123"
#define DIGITS_256	DIGITS_64 DIGITS_64 DIGITS_64 DIGITS_64

static const struct {
	const char *bytes;
	size_t len;
} bad[] = {
#define BAD(s) { s, sizeof(s) - 1 }
	/* A size of 0 has no room for the flags. */
	BAD("\0"), BAD("\1\0\0"), BAD("\1\0\2\1x\0"), BAD("\xff\0\0\0\0\0\0\0\0\0"),
	BAD("\1\0\xff\0\0\0\0\0\0\0\0\0"),
	/* Ids longer than there can be; sizes that nobody can hold. */
	BAD("\xff\0\0\0\0\0\0\1\1\0" DIGITS_256),
	BAD("\xff\0\0\0\0\0\1\0\0\0"), BAD("\xff\xff\xff\xff\xff\xff\xff\xff\xff\0"),
	BAD("\1\0\xff\x80\0\0\0\0\0\0\0\0"), BAD("\1\0\xff\0\0\1\0\0\0\0\0\0"),
	BAD("\xff\0\0\0\0\0\0\0\1\x7f\1\10\2\0\0\0\0\0\0\1\0" DIGITS_256),
	BAD("\xff\0\0\0\0\0\0\0\1\x7f\0\10\0"), BAD("\xff\0\0\0\0\0\0\0\1\x7f\1\10\0\0\2\xff"),
};

static void old_malformed(const void *arg)
{
	int fd = nz_socket(ZMQ_PULL), port = old_listener(fd), peer;
	size_t i;

	(void)arg;
	for (i = 0; i < ZT_ARRAY(bad); i++) {
		peer = wire_connect(port);
		wire_try_send(peer, bad[i].bytes, bad[i].len);
		if (!wire_closes(peer, CLOSED_MS))
			zt_fail("row %zu: still open", i);
	}
	nz_quiet(fd, 5);
	peer = wire_connect(port);
	wire_handshake(peer, "PUSH");
	wire_frame(peer, 0, "good", 4);
	nz_want(fd, "good", 0);
	close(peer);
	close(fd);
}

/* MAXMSGSIZE counts the body, without the flags that the size includes. */
static void old_maxmsgsize(const void *arg)
{
	const struct old *old = arg;
	int fd = nz_socket(ZMQ_PULL), port, peer;
	int64_t max = 4;

	zt_ok(setsockopt(fd, SOL_ZMQ, ZMQ_MAXMSGSIZE, &max, sizeof(max)));
	port = old_listener(fd);
	peer = wire_connect(port);
	old_greet(old, peer, ZMQ_PULL, "", "id");
	old_frame(old, peer, 0, "four", 4);
	nz_want(fd, "four", 0);
	old_frame(old, peer, 0, "five!", 5);
	wire_closed(peer, CLOSED_MS);
	nz_quiet(fd, 5);
	close(fd);
}

#define EACH(name, run) \
	{ name "_1.0", run, &olds[0] }, \
	{ name "_1.0_signed", run, &olds[1] }, \
	{ name "_2.0", run, &olds[2] }

static const struct zt_case cases[] = {
	EACH("accepted", old_accepted),
	EACH("connected", old_connected),
	EACH("request", old_request),
	{ "burst", old_burst },
	{ "no_commands", old_no_commands },
	EACH("timer", old_timer),
	{ "malformed", old_malformed },
	EACH("maxmsgsize", old_maxmsgsize),
};

int main(int argc, char **argv)
{
	zt_netns();
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
