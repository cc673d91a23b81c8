// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an AF_ZMQ socket puts on the wire, byte by byte, and what it takes from
 * a peer after the handshake: odd frames, commands, cuts.
 */
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native.h"
#include "wire.h"

#define SILENT_MS 100
#define CLOSED_MS ((int)zt_scaled(3000))

static int listener_port(int fd)
{
	char ep[256];

	nz_bind_any(fd, ep);
	return nz_port_of(ep);
}

/* Our greeting comes in stages of 10, 1 and 53 bytes, READY behind the last. */
static void staged_greeting(const void *arg)
{
	static const uint8_t signature[] = { 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f };
	uint8_t ours[WIRE_GREETING], theirs[WIRE_GREETING];
	int fd = nz_socket(ZMQ_PULL), peer = wire_connect(listener_port(fd));

	(void)arg;
	wire_greeting(ours);
	wire_recv(peer, theirs, 10);
	zt_check(!memcmp(theirs, signature, 10));
	wire_silent(peer, SILENT_MS);
	wire_send(peer, ours, 9);
	wire_silent(peer, SILENT_MS);
	wire_send(peer, ours + 9, 1);
	wire_recv(peer, theirs + 10, 1);
	zt_eq(theirs[10], 3);
	wire_silent(peer, SILENT_MS);
	wire_send(peer, ours + 10, 1);
	wire_recv(peer, theirs + 11, 53);
	zt_check(!memcmp(theirs, ours, WIRE_GREETING));
	wire_silent(peer, SILENT_MS);
	wire_send(peer, ours + 11, 53);
	wire_want_ready(peer);
	close(peer);
	close(fd);
}

struct ready {
	int type;
	const char *bytes;
	size_t len;
};

#define READY(type, s) { type, s, sizeof(s) - 1 }

static const struct ready readies[] = {
	READY(ZMQ_PAIR, "\4\32\5READY\13Socket-Type\0\0\0\4PAIR"),
	READY(ZMQ_PUSH, "\4\32\5READY\13Socket-Type\0\0\0\4PUSH"),
	READY(ZMQ_PULL, "\4\32\5READY\13Socket-Type\0\0\0\4PULL"),
	READY(ZMQ_REP, "\4\31\5READY\13Socket-Type\0\0\0\3REP"),
	READY(ZMQ_REQ, "\4\46\5READY\13Socket-Type\0\0\0\3REQ\10Identity\0\0\0\0"),
};

static void ready_bytes(const void *arg)
{
	uint8_t got[64];
	size_t i;

	(void)arg;
	for (i = 0; i < ZT_ARRAY(readies); i++) {
		int fd = nz_socket(readies[i].type), peer = wire_connect(listener_port(fd));

		wire_greet(peer);
		wire_recv(peer, got, readies[i].len);
		if (memcmp(got, readies[i].bytes, readies[i].len))
			zt_fail("READY of type %d is different", readies[i].type);
		wire_silent(peer, SILENT_MS);
		close(peer);
		close(fd);
	}
}

/* libzmq drops a peer whose data arrives before it has read that peer's READY. */
static void no_early_data(const void *arg)
{
	int push = nz_socket(ZMQ_PUSH), listener, peer, flags;
	uint8_t body[64];
	int port = zt_port();
	char ep[64];

	(void)arg;
	listener = wire_listen(port);
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	zt_ok(nz_connect(push, ep));
	nz_put(push, "queued", MSG_MORE);
	nz_put(push, "before", 0);
	peer = wire_accept(listener);
	wire_greet(peer);
	wire_want_ready(peer);
	nz_put(push, "after", 0);
	wire_silent(peer, SILENT_MS);
	wire_frame(peer, WIRE_COMMAND, body, wire_ready(body, "PULL"));
	zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), 6);
	zt_check(flags == WIRE_MORE && !memcmp(body, "queued", 6));
	zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), 6);
	zt_check(flags == 0 && !memcmp(body, "before", 6));
	zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), 5);
	zt_check(flags == 0 && !memcmp(body, "after", 5));
	close(peer);
	close(listener);
	close(push);
}

/* Short form up to 255 bytes, long form beyond; REQ's envelope. */
static void frame_forms(const void *arg)
{
	static const size_t sizes[] = { 0, 1, 254, 255, 256, 65536 };
	static uint8_t body[70000];
	int req = nz_socket(ZMQ_REQ), peer = wire_connect(listener_port(req)), flags;
	size_t i;

	(void)arg;
	wire_handshake(peer, "REP");
	for (i = 0; i < ZT_ARRAY(sizes); i++) {
		nz_put_big(req, sizes[i], i, 0);
		zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), 0);
		zt_eq(flags, WIRE_MORE);
		zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), sizes[i]);
		zt_eq(flags, sizes[i] > 255 ? WIRE_LONG : 0);
		zt_check(zt_same(body, sizes[i], i));
		wire_frame(peer, WIRE_MORE, "", 0);
		zt_fill(body, sizes[i], i + 9);
		wire_frame(peer, 0, body, sizes[i]);
		nz_want_big(req, sizes[i], i + 9, 0);
	}
	close(peer);
	close(req);
}

static int pull_peer(int *pull)
{
	int peer;

	*pull = nz_socket(ZMQ_PULL);
	peer = wire_connect(listener_port(*pull));
	wire_handshake(peer, "PUSH");
	return peer;
}

/* Reserved bits and long form for short frames: taken as they are meant. */
static void odd_frames(const void *arg)
{
	int pull, peer = pull_peer(&pull);
	char body[255];

	(void)arg;
	wire_frame(peer, 0xf8 | WIRE_MORE, "one", 3);
	wire_frame_long(peer, 0xf8, 3, "two", 3);
	nz_want(pull, "one", 1);
	nz_want(pull, "two", 0);
	wire_frame_long(peer, WIRE_MORE, 0, "", 0);
	wire_frame_long(peer, 0, 255, memset(body, 'a', sizeof(body)), sizeof(body));
	nz_want(pull, "", 1);
	zt_eq(recv(pull, NULL, 0, MSG_TRUNC), 255);
	close(peer);
	close(pull);
}

/* Commands that mean nothing here, also between the parts of a message. */
static void unknown_commands(const void *arg)
{
	static const char *const commands[] = {
		"", "\5HELLO", "\4JOINgroup", "\377x", "\3abcdef", "\5READY", "\5ERROR\3bad",
		"\4PONG", "\4PONGxyz", "\4pingxyzabc", "\5PINGX\1\1\1",
	};
	int pull, peer = pull_peer(&pull);
	size_t i;

	(void)arg;
	for (i = 0; i < ZT_ARRAY(commands); i++) {
		wire_frame(peer, WIRE_MORE, "one", 3);
		wire_frame(peer, WIRE_COMMAND | (i % 2 ? WIRE_MORE : 0), commands[i],
			   strlen(commands[i]));
		wire_frame(peer, 0, "two", 3);
		nz_want(pull, "one", 1);
		nz_want(pull, "two", 0);
	}
	wire_silent(peer, SILENT_MS);
	close(peer);
	close(pull);
}

/*
 * A subscription is no command to a type without subscribers but a message, and
 * none of the parts it stands between.
 */
static void stray_subscription(const void *arg)
{
	int pull, peer = pull_peer(&pull);

	(void)arg;
	wire_frame(peer, WIRE_COMMAND, "\11SUBSCRIBEab", 12);
	nz_want(pull, "\11SUBSCRIBEab", 0);
	wire_frame(peer, WIRE_MORE, "one", 3);
	wire_frame(peer, WIRE_COMMAND | WIRE_MORE, "\6CANCELab", 9);
	wire_frame(peer, 0, "two", 3);
	nz_want(pull, "\6CANCELab", 0);
	nz_want(pull, "one", 1);
	nz_want(pull, "two", 0);
	close(peer);
	close(pull);
}

/* PING is answered, with its context, also between parts. */
static void ping(const void *arg)
{
	int pull, peer = pull_peer(&pull), flags;
	uint8_t body[64];

	(void)arg;
	wire_frame(peer, WIRE_COMMAND, "\4PING\0\0", 7);
	zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), 5);
	zt_check(flags == WIRE_COMMAND && !memcmp(body, "\4PONG", 5));
	wire_frame(peer, WIRE_MORE, "one", 3);
	wire_frame(peer, WIRE_COMMAND, "\4PING\0\0context", 14);
	zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), 12);
	zt_check(flags == WIRE_COMMAND && !memcmp(body, "\4PONGcontext", 12));
	wire_frame(peer, 0, "two", 3);
	nz_want(pull, "one", 1);
	nz_want(pull, "two", 0);
	/* No more than 16 bytes of context come back. */
	wire_frame(peer, WIRE_COMMAND, "\4PING\0\0" "0123456789abcdefghij", 27);
	zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), 21);
	zt_check(!memcmp(body, "\4PONG0123456789abcdef", 21));
	close(peer);
	close(pull);
}

/* A PING too short for its TTL gets no PONG: libzmq would send stray memory. */
static void short_ping(const void *arg)
{
	struct pollfd pfd = { .events = POLLIN };
	int pull, peer, flags;
	uint8_t body[64];
	size_t len;

	(void)arg;
	for (len = 5; len < 7; len++) {
		peer = pull_peer(&pull);
		wire_frame(peer, WIRE_COMMAND, "\4PING\0\0", len);
		wire_try_send(peer, "\4\11\4PING\0\0AB", 11);
		pfd.fd = peer;
		zt_check(poll(&pfd, 1, zt_scaled(NZ_TIMEO)) == 1);
		/* Closed, or ignored: then the next PONG belongs to the good PING. */
		if (recv(peer, body, 1, MSG_PEEK) == 1) {
			zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), 7);
			zt_check(!memcmp(body, "\4PONGAB", 7));
		}
		close(peer);
		close(pull);
	}
}

/* Whatever is cut is gone: the reader sees whole messages only. */
static void cuts(const void *arg)
{
	static const char message[] = "\1\3one\1\3two\0\5three";
	int pull = nz_socket(ZMQ_PULL), port = listener_port(pull), peer;
	size_t cut;

	(void)arg;
	for (cut = 0; cut < sizeof(message) - 1; cut++) {
		peer = wire_connect(port);
		wire_handshake(peer, "PUSH");
		wire_frame(peer, 0, "whole", 5);
		wire_send(peer, message, cut);
		if (cut % 2)
			close(peer);
		nz_want(pull, "whole", 0);
		if (!(cut % 2))
			wire_reset(peer);
		nz_quiet(pull, 5);
	}
	peer = wire_connect(port);
	wire_handshake(peer, "PUSH");
	wire_send(peer, message, sizeof(message) - 1);
	nz_want(pull, "one", 1);
	nz_want(pull, "two", 1);
	nz_want(pull, "three", 0);
	close(peer);
	close(pull);
}

/* MAXMSGSIZE stops a frame at its head. */
static void max_message(const void *arg)
{
	int pull = nz_socket(ZMQ_PULL), port, peer;
	int64_t max = 100;

	(void)arg;
	zt_ok(setsockopt(pull, SOL_ZMQ, ZMQ_MAXMSGSIZE, &max, sizeof(max)));
	port = listener_port(pull);
	peer = wire_connect(port);
	wire_handshake(peer, "PUSH");
	wire_frame(peer, 0, "fine", 4);
	nz_want(pull, "fine", 0);
	wire_frame(peer, WIRE_MORE, "part", 4);
	wire_frame_long(peer, 0, 101, "x", 1);
	wire_closed(peer, CLOSED_MS);
	nz_quiet(pull, 10);
	/* It counts for READY, too. */
	peer = wire_connect(port);
	wire_greet(peer);
	wire_frame_long(peer, WIRE_COMMAND, 101, "\5READY", 6);
	wire_closed(peer, CLOSED_MS);
	close(pull);
}

/* Urgent data makes no sense in ZMTP; it must not wedge anybody else. */
static void urgent_data(const void *arg)
{
	int pull, peer = pull_peer(&pull), other;
	struct sockaddr_in in;
	socklen_t len = sizeof(in);

	(void)arg;
	wire_send(peer, "\0\4ab", 4);
	zt_eq(send(peer, "!", 1, MSG_OOB), 1);
	wire_try_send(peer, "cd", 2);
	zt_ok(getpeername(peer, (void *)&in, &len));
	other = wire_connect(ntohs(in.sin_port));
	wire_handshake(other, "PUSH");
	wire_frame(other, 0, "good", 4);
	/* What the urgent byte did to its own stream is its sender's business. */
	nz_until(pull, POLLIN);
	for (;;) {
		char buf[16] = "";

		zt_ok(recv(pull, buf, sizeof(buf), 0));
		if (!memcmp(buf, "good", 4))
			break;
	}
	close(peer);
	close(other);
	close(pull);
}

/* Data to a PUSH, a request without delimiter to a REP: dropped, nothing more. */
static void unwanted_data(const void *arg)
{
	int push = nz_socket(ZMQ_PUSH), rep = nz_socket(ZMQ_REP), peer, flags;
	uint8_t body[64];

	(void)arg;
	peer = wire_connect(listener_port(push));
	wire_handshake(peer, "PULL");
	wire_frame(peer, 0, "unwanted", 8);
	nz_until(push, POLLOUT);
	nz_put(push, "wanted", 0);
	zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), 6);
	close(peer);
	peer = wire_connect(listener_port(rep));
	wire_handshake(peer, "REQ");
	wire_frame(peer, 0, "no delimiter", 12);
	wire_frame(peer, WIRE_MORE, "no", 2);
	wire_frame(peer, 0, "delimiter", 9);
	wire_frame(peer, WIRE_MORE, "id", 2);
	wire_frame(peer, WIRE_MORE, "", 0);
	wire_frame(peer, 0, "question", 8);
	nz_want(rep, "question", 0);
	nz_put(rep, "answer", 0);
	zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), 2);
	zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), 0);
	zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), 6);
	zt_eq(flags, 0);
	close(peer);
	close(push);
	close(rep);
}

static const struct zt_case cases[] = {
	{ "staged_greeting", staged_greeting },
	{ "ready_bytes", ready_bytes },
	{ "no_early_data", no_early_data },
	{ "frame_forms", frame_forms },
	{ "odd_frames", odd_frames },
	{ "unknown_commands", unknown_commands },
	{ "stray_subscription", stray_subscription },
	{ "ping_pong", ping },
	{ "short_ping", short_ping },
	{ "cuts", cuts },
	{ "maxmsgsize", max_message },
	{ "urgent_data", urgent_data },
	{ "unwanted_data", unwanted_data },
};

int main(int argc, char **argv)
{
	zt_netns();
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
