// SPDX-License-Identifier: GPL-2.0-only
/*
 * AF_ZMQ connects to bad servers: whatever they do, it comes back after a pause
 * (libzmq gives up for ever after a breach of the protocol; this is a documented
 * difference), and no half message is ever repeated.
 */
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native.h"
#include "wire.h"

#define INTERVAL_MS 100
#define BIG (1024 * 1024)

struct client {
	int fd;
	int listener;
};

static void client_open(struct client *c, int type)
{
	int port = zt_port();
	char ep[64];

	sprintf(ep, "tcp://127.0.0.1:%d", port);
	c->listener = wire_listen(port);
	c->fd = nz_socket(type);
	zt_ok(nz_set(c->fd, ZMQ_RECONNECT_IVL, INTERVAL_MS));
	zt_ok(nz_set(c->fd, ZMQ_HANDSHAKE_IVL, zt_scaled(300)));
	zt_ok(nz_connect(c->fd, ep));
}

static void client_close(struct client *c)
{
	close(c->fd);
	close(c->listener);
}

/* A server that fails without breaking the protocol is tried again. */
static void loss_is_retried(const void *arg)
{
	uint8_t greeting[WIRE_GREETING];
	struct client c;
	size_t cut;
	int peer;

	(void)arg;
	client_open(&c, ZMQ_PULL);
	wire_greeting(greeting);
	for (cut = 0; cut <= WIRE_GREETING; cut += 16) {
		printf("# greeting cut at %zu\n", cut);
		peer = wire_accept(c.listener);
		wire_send(peer, greeting, cut);
		if (cut % 32)
			wire_reset(peer);
		else
			close(peer);
	}
	/* After the handshake, in the middle of a message. */
	for (cut = 0; cut < 3; cut++) {
		printf("# cut %zu after the handshake\n", cut);
		peer = wire_accept(c.listener);
		wire_handshake(peer, "PUSH");
		wire_frame(peer, WIRE_MORE, "half", 4);
		close(peer);
	}
	peer = wire_accept(c.listener);
	wire_handshake(peer, "PUSH");
	wire_frame(peer, 0, "whole", 5);
	nz_want(c.fd, "whole", 0);
	nz_quiet(c.fd, 10);
	close(peer);
	client_close(&c);
}

static void silence_is_retried(const void *arg)
{
	struct client c;
	int first, second;

	(void)arg;
	client_open(&c, ZMQ_PULL);
	first = wire_accept(c.listener);
	wire_closed(first, zt_scaled(3000));
	second = wire_accept(c.listener);
	wire_greet(second);
	wire_closed(second, zt_scaled(3000));
	second = wire_accept(c.listener);
	wire_handshake(second, "PUSH");
	wire_frame(second, 0, "x", 1);
	nz_want(c.fd, "x", 0);
	close(second);
	client_close(&c);
}

/**
 * struct fault - a breach of the protocol
 * @name: for the report
 * @mechanism: the greeting's mechanism
 * @ready: first command, NULL: none
 * @ready_len: its length
 */
struct fault {
	const char *name;
	const char *mechanism;
	const char *ready;
	size_t ready_len;
};

#define COMMAND(s) s, sizeof(s) - 1

static const struct fault faults[] = {
	{ "mechanism", "PLAIN" },
	{ "mechanism", "null" },
	{ "type", "NULL", COMMAND("\5READY\13Socket-Type\0\0\0\4PULL") },
	{ "type", "NULL", COMMAND("\5READY\13Socket-Type\0\0\0\4NONE") },
	{ "metadata", "NULL", COMMAND("\5READY\13Socket-Type\0\0\0\7PUSH") },
	{ "metadata", "NULL", COMMAND("\5READYx") },
	{ "error", "NULL", COMMAND("\5ERROR\3" "400") },
	{ "error", "NULL", COMMAND("\5ERROR\7because") },
	{ "command", "NULL", COMMAND("\5HELLO") },
	{ "ping", "NULL", COMMAND("\4PING\0\0") },
	{ "empty", "NULL", COMMAND("") },
};

/* The next attempt comes after a pause, and a good server is served by it. */
static void comes_back(struct client *c, int64_t since, const char *after, size_t row)
{
	int peer = wire_accept(c->listener);

	if (zt_now() - since < INTERVAL_MS - ZT_EARLY_MS)
		zt_fail("%s (row %zu): came back after %d ms already", after, row,
			(int)(zt_now() - since));
	wire_handshake(peer, "PUSH");
	wire_frame(peer, 0, "good", 4);
	nz_want(c->fd, "good", 0);
	nz_quiet(c->fd, 5);
	close(peer);
}

static void breach(const void *arg)
{
	const struct fault *fault;
	uint8_t greeting[WIRE_GREETING];
	struct client c;
	int64_t start;
	size_t i;
	int peer;

	(void)arg;
	client_open(&c, ZMQ_PULL);
	for (i = 0; i < ZT_ARRAY(faults); i++) {
		fault = &faults[i];
		printf("# row %zu\n", i);
		peer = wire_accept(c.listener);
		wire_greeting(greeting);
		memset(greeting + 12, 0, 20);
		memcpy(greeting + 12, fault->mechanism, strlen(fault->mechanism));
		start = zt_now();
		wire_send(peer, greeting, sizeof(greeting));
		if (fault->ready) {
			wire_recv(peer, greeting, sizeof(greeting));
			wire_want_ready(peer);
			wire_frame(peer, WIRE_COMMAND, fault->ready, fault->ready_len);
		}
		wire_closed(peer, zt_scaled(3000));
		comes_back(&c, start, fault->name, i);
	}
	client_close(&c);
}

/* Refuses @peer as a server does that gives a reason, or as one that gives none. */
static void refuse(int peer, bool reason)
{
	if (!reason) {
		wire_greet(peer);
		close(peer);
		return;
	}
	wire_greet(peer);
	wire_want_ready(peer);
	wire_frame(peer, WIRE_COMMAND, "\5ERROR\3" "400", 10);
	wire_closed(peer, zt_scaled(3000));
	close(peer);
}

/* What hears how long the pauses of @fd are; its first is the next one. */
static struct nz_pair hear_pauses(int fd)
{
	struct zmq_monitor_req req = { .version = 1, .events = ZMQ_EVENT_CONNECT_RETRIED };
	struct nz_pair pair;

	nz_pair(&pair, ZMQ_PAIR, ZMQ_PAIR);
	req.fd = pair.a;
	zt_ok(setsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_MONITOR, &req, sizeof(req)));
	return pair;
}

static uint32_t next_pause(const struct nz_pair *pair)
{
	struct __attribute__((packed)) {
		uint16_t event;
		uint32_t value;
	} head;
	char address[256];

	zt_eq(recv(pair->b, &head, sizeof(head), 0), sizeof(head));
	zt_eq(head.event, ZMQ_EVENT_CONNECT_RETRIED);
	zt_ok(recv(pair->b, address, sizeof(address), 0));
	return head.value;
}

/*
 * Who is refused comes back after longer and longer pauses, also without
 * ZMQ_RECONNECT_IVL_MAX, until somebody lets him in.
 */
static void refusals_slow_down(const void *arg)
{
	struct nz_pair pauses;
	struct client c;
	int64_t start;
	int peer, i;

	client_open(&c, ZMQ_PULL);
	peer = wire_accept(c.listener);
	for (i = 0; i < 5; i++) {
		start = zt_now();
		refuse(peer, *(const bool *)arg);
		peer = wire_accept(c.listener);
		if (zt_now() - start < (INTERVAL_MS << i) - ZT_EARLY_MS)
			zt_fail("back after %d ms already", (int)(zt_now() - start));
	}
	wire_handshake(peer, "PUSH");
	pauses = hear_pauses(c.fd);
	close(peer);
	/* The interval, and less than another one so that not all come at once. */
	zt_check(next_pause(&pauses) < 2 * INTERVAL_MS);
	close(wire_accept(c.listener));
	client_close(&c);
	nz_pair_close(&pauses);
}

/* The same after the handshake. */
static void breach_later(const void *arg)
{
	struct client c;
	int64_t start;
	int peer;

	(void)arg;
	client_open(&c, ZMQ_PULL);
	peer = wire_accept(c.listener);
	wire_handshake(peer, "PUSH");
	wire_frame(peer, 0, "before", 6);
	start = zt_now();
	wire_frame_long(peer, 0, 1ULL << 63, "x", 1);
	wire_closed(peer, zt_scaled(3000));
	/* What came before stays readable. */
	nz_want(c.fd, "before", 0);
	comes_back(&c, start, "size", 0);
	client_close(&c);
	client_open(&c, ZMQ_REQ);
	nz_put(c.fd, "question", 0);
	peer = wire_accept(c.listener);
	wire_handshake(peer, "REP");
	wire_frame(peer, 0, "answer without delimiter", 24);
	wire_closed(peer, zt_scaled(3000));
	nz_quiet(c.fd, 10);
	close(wire_accept(c.listener));
	client_close(&c);
}

/* Reads the first @len bytes of the message that stuck() sent. */
static int take_part(struct client *c, size_t len)
{
	static char body[BIG];
	int peer = wire_accept(c->listener);

	wire_handshake(peer, "PULL");
	wire_recv(peer, body, len);
	return peer;
}

/* A message that was half transmitted is sent again whole, or not at all. */
static void half_sent(const void *arg)
{
	static uint8_t body[BIG];
	struct client c;
	int peer, flags, whole = 0;
	size_t len;

	(void)arg;
	client_open(&c, ZMQ_PUSH);
	nz_put_big(c.fd, BIG, 1, MSG_MORE);
	nz_put_big(c.fd, BIG, 2, 0);
	close(take_part(&c, BIG / 2));
	peer = wire_accept(c.listener);
	wire_handshake(peer, "PULL");
	/* Only now: what a dead connection's buffers held may be lost. */
	nz_put(c.fd, "next", 0);
	for (;;) {
		len = wire_read_frame(peer, &flags, body, sizeof(body));
		if (len == 4) {
			zt_check(!flags && !memcmp(body, "next", 4));
			break;
		}
		zt_check(len == BIG && flags == (WIRE_LONG | WIRE_MORE) && zt_same(body, BIG, 1));
		len = wire_read_frame(peer, &flags, body, sizeof(body));
		zt_check(len == BIG && flags == WIRE_LONG && zt_same(body, BIG, 2));
		zt_check(!whole++);
	}
	wire_silent(peer, 50);
	close(peer);
	client_close(&c);
}

/* Nothing listens, then somebody does: found within the interval. */
static void refused_then_found(const void *arg)
{
	int push = nz_socket(ZMQ_PUSH), port = zt_port(), listener, peer, flags;
	uint8_t body[16];
	char ep[64];

	(void)arg;
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	zt_ok(nz_set(push, ZMQ_RECONNECT_IVL, INTERVAL_MS));
	zt_ok(nz_connect(push, ep));
	nz_put(push, "patient", 0);
	zt_nap(4 * INTERVAL_MS);
	listener = wire_listen(port);
	zt_check(wire_knocks(listener, 2 * INTERVAL_MS + zt_scaled(200)));
	peer = wire_accept(listener);
	wire_handshake(peer, "PULL");
	zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), 7);
	close(peer);
	close(listener);
	close(push);
}

/* A connection that is not answered at all ends with CONNECT_TIMEOUT. */
static void connect_timeout(const void *arg)
{
	int port = zt_port(), full = wire_listen(port), push = nz_socket(ZMQ_PUSH), i;
	struct zmq_sock_stats stats = { 0 };
	socklen_t len = sizeof(stats);
	char ep[64];

	(void)arg;
	/* A backlog that is full: further SYNs stay without an answer. */
	zt_ok(listen(full, 0));
	for (i = 0; i < 8; i++) {
		struct pollfd pfd = { .events = POLLOUT };
		struct sockaddr_storage ss;
		socklen_t size = sizeof(ss);

		pfd.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		zt_ok(getsockname(full, (void *)&ss, &size));
		connect(pfd.fd, (void *)&ss, size);
		poll(&pfd, 1, 50);
	}
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	zt_ok(nz_set(push, ZMQ_CONNECT_TIMEOUT, 100));
	zt_ok(nz_set(push, ZMQ_RECONNECT_IVL, 10));
	zt_ok(nz_connect(push, ep));
	zt_until(!getsockopt(push, SOL_ZMQ, ZMQ_NATIVE_STATS, &stats, &len) && stats.failures >= 3,
		 NZ_TIMEO);
	zt_eq(stats.connects, 0);
	close(push);
	close(full);
}

/* The endpoint has ended, by itself, and for good. */
static void wait_gone(int fd, int listener, const char *ep)
{
	zt_until(!nz_poll(fd, POLLOUT, 0), NZ_TIMEO);
	zt_check(!wire_knocks(listener, 300));
	zt_err(nz_set_str(fd, ZMQ_NATIVE_DISCONNECT, ep), ENOENT);
}

/*
 * ZMQ_RECONNECT_IVL 0 and -1: an endpoint that was not found stays, and so do
 * the messages for it, but nobody calls it again; one that was lost is gone,
 * and may be connected to anew.
 */
static void never_again(const void *arg)
{
	int port = zt_port(), fd = nz_socket(ZMQ_PUSH), listener, peer;
	struct zmq_sock_stats stats = { 0 };
	socklen_t len = sizeof(stats);
	char ep[64];

	zt_ok(nz_set(fd, ZMQ_RECONNECT_IVL, *(const int *)arg));
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	zt_ok(nz_connect(fd, ep));
	zt_until(!getsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_STATS, &stats, &len) && stats.failures == 1,
		 NZ_TIMEO);
	nz_put(fd, "nobody", 0);
	listener = wire_listen(port);
	zt_check(!wire_knocks(listener, 300));
	zt_ok(nz_set_str(fd, ZMQ_NATIVE_DISCONNECT, ep));
	zt_err(nz_set_str(fd, ZMQ_NATIVE_DISCONNECT, ep), ENOENT);

	zt_ok(nz_connect(fd, ep));
	peer = wire_accept(listener);
	wire_handshake(peer, "PULL");
	close(peer);
	wait_gone(fd, listener, ep);

	zt_ok(nz_connect(fd, ep));
	peer = wire_accept(listener);
	wire_handshake(peer, "PULL");
	close(peer);
	close(listener);
	close(fd);
}

/* Bits of ZMQ_RECONNECT_STOP, each where it applies and where it does not. */
static void reconnect_stop(const void *arg)
{
	int port = zt_port(), fd = nz_socket(ZMQ_PUSH), listener, i;
	char ep[64];

	(void)arg;
	zt_ok(nz_set(fd, ZMQ_RECONNECT_IVL, 10));
	zt_ok(nz_set(fd, ZMQ_RECONNECT_STOP, ZMQ_RECONNECT_STOP_CONN_REFUSED));
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	zt_ok(nz_connect(fd, ep));
	zt_until(!nz_poll(fd, POLLOUT, 0), NZ_TIMEO);
	listener = wire_listen(port);
	wait_gone(fd, listener, ep);

	/* A failed handshake is no refusal. */
	zt_ok(nz_connect(fd, ep));
	for (i = 0; i < 3; i++)
		close(wire_accept(listener));
	zt_ok(nz_set_str(fd, ZMQ_NATIVE_DISCONNECT, ep));
	close(fd);
	/* What it had begun meanwhile. */
	if (wire_knocks(listener, 100))
		close(wire_accept(listener));

	fd = nz_socket(ZMQ_PUSH);
	zt_ok(nz_set(fd, ZMQ_RECONNECT_IVL, 10));
	zt_ok(nz_set(fd, ZMQ_RECONNECT_STOP, ZMQ_RECONNECT_STOP_HANDSHAKE_FAILED));
	zt_ok(nz_connect(fd, ep));
	for (i = 0; i < 3; i++) {
		int peer = wire_accept(listener);

		/* Nor is a lost connection a failed handshake. */
		wire_handshake(peer, "PULL");
		close(peer);
	}
	close(wire_accept(listener));
	wait_gone(fd, listener, ep);
	close(fd);
	close(listener);
}

/* ZMQ_IMMEDIATE: what was not sent to a peer that is lost goes with it. */
static void immediate(const void *arg)
{
	int port = zt_port(), listener = wire_listen(port), fd = nz_socket(ZMQ_PUSH);
	static char message[4096];
	uint8_t body[64];
	char ep[64];
	int peer, flags;

	(void)arg;
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	zt_ok(nz_set(fd, ZMQ_IMMEDIATE, 1));
	zt_ok(nz_set(fd, ZMQ_SNDHWM, 10));
	zt_ok(nz_set(fd, ZMQ_SNDBUF, 4096));
	zt_ok(nz_set(fd, ZMQ_RECONNECT_IVL, INTERVAL_MS));
	zt_ok(nz_connect(fd, ep));
	zt_err(send(fd, "x", 1, MSG_DONTWAIT), EAGAIN);
	peer = wire_accept(listener);
	zt_err(send(fd, "x", 1, MSG_DONTWAIT), EAGAIN);
	wire_handshake(peer, "PULL");
	nz_until(fd, POLLOUT);
	while (send(fd, message, sizeof(message), MSG_DONTWAIT) > 0)
		;
	wire_reset(peer);
	peer = wire_accept(listener);
	zt_err(send(fd, "x", 1, MSG_DONTWAIT), EAGAIN);
	wire_handshake(peer, "PULL");
	nz_put(fd, "new", 0);
	zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), 3);
	zt_check(!memcmp(body, "new", 3));
	close(peer);
	close(fd);
	close(listener);
}

/* A PAIR comes back like all others, with its queue. */
static void pair_reconnects(const void *arg)
{
	uint8_t body[64];
	struct client c;
	int i, peer, flags;

	(void)arg;
	client_open(&c, ZMQ_PAIR);
	for (i = 0; i < 3; i++) {
		peer = wire_accept(c.listener);
		nz_put(c.fd, "queued", 0);
		wire_handshake(peer, "PAIR");
		zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), 6);
		wire_frame(peer, 0, "answer", 6);
		nz_want(c.fd, "answer", 0);
		close(peer);
	}
	client_close(&c);
}

static const struct zt_case cases[] = {
	{ "loss_is_retried", loss_is_retried },
	{ "silence_is_retried", silence_is_retried },
	{ "breach_is_retried", breach, .limit = 60 },
	{ "refusals_slow_down", refusals_slow_down, &(const bool) { true } },
	{ "silent_refusals_slow_down", refusals_slow_down, &(const bool) { false } },
	{ "later_breach_is_retried", breach_later },
	{ "half_sent_message", half_sent },
	{ "refused_then_found", refused_then_found },
	{ "connect_timeout", connect_timeout },
	{ "never_again_0", never_again, &(const int) { 0 } },
	{ "never_again_-1", never_again, &(const int) { -1 } },
	{ "reconnect_stop", reconnect_stop },
	{ "immediate", immediate },
	{ "pair_reconnects", pair_reconnects },
};

int main(int argc, char **argv)
{
	zt_netns();
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
