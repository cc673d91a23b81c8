// SPDX-License-Identifier: GPL-2.0-only
/*
 * CURVE through somebody in the middle, who passes frames on as they are, twice,
 * changed, or not at all (wire page, 5.3 and 12). A connection that ends for that is
 * made anew, and the sockets live on.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_test.h"
#include "nsec.h"
#include "wire.h"

#define BIG (4 * 1024 * 1024)
/* Outside of what is sealed, from the MESSAGE to the flags inside. */
#define OVERHEAD 33
#define SECONDS 1000

/**
 * struct frame - a frame on its way
 * @flags: those outside
 * @len: of @body
 * @body: the frame without its header
 */
struct frame {
	int flags;
	size_t len;
	uint8_t body[8192];
};

/**
 * struct middle - two sockets, and who is between them
 * @server: a PULL that is bound
 * @client: a PUSH that has connected to @listener
 * @to_port: where @server is
 * @listener: of the one in the middle
 * @c: their connection with the client
 * @s: and with the server
 */
struct middle {
	int server;
	int client;
	int to_port;
	int listener;
	int c;
	int s;
};

static void take(int from, struct frame *f)
{
	f->len = wire_read_frame(from, &f->flags, f->body, sizeof(f->body));
}

static void give(int to, const struct frame *f)
{
	if (f->len > 255)
		wire_frame_long(to, f->flags, f->len, f->body, f->len);
	else
		wire_frame(to, f->flags, f->body, f->len);
}

static void pass(int from, int to)
{
	struct frame f;

	take(from, &f);
	give(to, &f);
}

/* Some of the greeting, if there is some; how much. */
static size_t pass_some(int from, int to, size_t left)
{
	uint8_t buf[WIRE_GREETING];
	ssize_t n = recv(from, buf, left, MSG_DONTWAIT);

	if (n <= 0)
		return 0;
	wire_send(to, buf, n);
	return n;
}

/* Each side waits for parts of the other's before it says more. */
static void pass_greetings(struct middle *m)
{
	size_t c = 0, s = 0;
	int64_t end = zt_now() + zt_scaled(10 * SECONDS);

	while (c < WIRE_GREETING || s < WIRE_GREETING) {
		struct pollfd pfds[] = {
			{ .fd = c < WIRE_GREETING ? m->c : -1, .events = POLLIN },
			{ .fd = s < WIRE_GREETING ? m->s : -1, .events = POLLIN },
		};

		zt_check(zt_now() < end);
		zt_ok(poll(pfds, 2, 100));
		c += pass_some(m->c, m->s, WIRE_GREETING - c);
		s += pass_some(m->s, m->c, WIRE_GREETING - s);
	}
}

/* A connection of the client's, up to the end of the handshake. */
static void join(struct middle *m)
{
	m->c = wire_accept(m->listener);
	m->s = wire_connect(m->to_port);
	pass_greetings(m);
	pass(m->c, m->s);	/* HELLO */
	pass(m->s, m->c);	/* WELCOME */
	pass(m->c, m->s);	/* INITIATE */
	pass(m->s, m->c);	/* READY */
}

/* The server has ended its connection: so does the other one. */
static void part(struct middle *m)
{
	wire_closed(m->s, zt_scaled(10 * SECONDS));
	wire_reset(m->c);
}

FIXTURE(middle)
{
	struct middle m;
};

FIXTURE_SETUP(middle)
{
	struct middle *m = &self->m;
	int port = zt_port(), small = 65536;
	char ep[256];

	m->server = nz_socket(ZMQ_PULL);
	m->client = nz_socket(ZMQ_PUSH);
	nz_curve_server(m->server);
	nz_curve_client(m->client);
	nz_bind_any(m->server, ep);
	m->to_port = nz_port_of(ep);
	m->listener = wire_listen(port);
	zt_ok(nz_set(m->client, ZMQ_RECONNECT_IVL, 10));
	/* What the lower sockets have taken is sent: they must not take all of BIG. */
	zt_ok(setsockopt(m->listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)));
	zt_ok(nz_set(m->client, ZMQ_SNDBUF, small));
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	zt_ok(nz_connect(m->client, ep));
	join(m);
}

FIXTURE_TEARDOWN(middle)
{
	close(self->m.client);
	close(self->m.server);
	close(self->m.listener);
}

/* The next connection works, with what is sent from now on. */
static void lives_on(struct middle *m)
{
	join(m);
	nz_put(m->client, "again", 0);
	pass(m->c, m->s);
	nz_want(m->server, "again", 0);
}

/* What a frame looks like to those who have no key. */
TEST_F(middle, on_the_wire)
{
	struct middle *m = &self->m;
	uint64_t nonce, last = 0;
	struct frame f;
	int i;

	for (i = 0; i < 3; i++)
		nz_put_big(m->client, 100 * i, i, i < 2 ? MSG_MORE : 0);
	for (i = 0; i < 3; i++) {
		take(m->c, &f);
		EXPECT_EQ(0, f.flags & ~WIRE_LONG);
		EXPECT_EQ(100 * i + OVERHEAD, (int)f.len);
		EXPECT_EQ(0, memcmp(f.body, "\7MESSAGE", 8));
		memcpy(&nonce, f.body + 8, 8);
		nonce = be64toh(nonce);
		EXPECT_GT(nonce, last);
		last = nonce;
		EXPECT_EQ(false, zt_same(f.body + OVERHEAD, f.len - OVERHEAD, i) && i);
		give(m->s, &f);
	}
	nz_want_big(m->server, 0, 0, 1);
	nz_want_big(m->server, 100, 1, 1);
	nz_want_big(m->server, 200, 2, 0);
}

/* Two messages, of which the first has to arrive, and the second is in @f. */
static void send_two(struct middle *m, struct frame *f)
{
	struct frame first;

	nz_put(m->client, "first", 0);
	nz_put(m->client, "second", 0);
	take(m->c, &first);
	take(m->c, f);
	give(m->s, &first);
}

/* The server ends the connection for @reason, and goes on with the next one. */
static void ends_for(struct middle *m, const char *reason, long before)
{
	nz_want(m->server, "first", 0);
	part(m);
	zt_eq(nz_stat(reason), before + 1);
	lives_on(m);
	zt_eq(nz_stat(reason), before + 1);
}

/* A byte is changed, counted from the end if @at is negative. */
static void spoil(struct middle *m, int at, const char *reason)
{
	long before = nz_stat(reason);
	struct frame f;

	send_two(m, &f);
	f.body[at < 0 ? (int)f.len + at : at] ^= 1;
	give(m->s, &f);
	ends_for(m, reason, before);
}

TEST_F(middle, changed)
{
	struct middle *m = &self->m;

	spoil(m, 16, "cryptographic");	/* the tag */
	spoil(m, 32, "cryptographic");	/* the flags inside */
	spoil(m, -1, "cryptographic");	/* the last byte */
	spoil(m, 7, "unexpected_command");	/* the name */
}

TEST_F(middle, cut)
{
	struct middle *m = &self->m;
	long before = nz_stat("malformed_message");
	struct frame f;

	send_two(m, &f);
	f.len = OVERHEAD - 1;
	give(m->s, &f);
	ends_for(m, "malformed_message", before);
}

TEST_F(middle, replayed)
{
	struct middle *m = &self->m;
	long before = nz_stat("invalid_sequence");
	struct frame f;

	nz_put(m->client, "first", 0);
	take(m->c, &f);
	give(m->s, &f);
	give(m->s, &f);
	ends_for(m, "invalid_sequence", before);
}

TEST_F(middle, out_of_order)
{
	struct middle *m = &self->m;
	long before = nz_stat("invalid_sequence");
	struct frame early, f;

	nz_put(m->client, "late", 0);
	take(m->c, &early);
	send_two(m, &f);
	give(m->s, &f);
	nz_want(m->server, "first", 0);
	nz_want(m->server, "second", 0);
	give(m->s, &early);
	part(m);
	zt_eq(nz_stat("invalid_sequence"), before + 1);
	lives_on(m);
}

/* What is missing nobody asks for: nonces only have to grow. */
TEST_F(middle, lost)
{
	struct middle *m = &self->m;
	struct frame f;

	nz_put(m->client, "lost", 0);
	take(m->c, &f);
	send_two(m, &f);
	give(m->s, &f);
	nz_want(m->server, "first", 0);
	nz_want(m->server, "second", 0);
}

/* A command or message in clear text behind the handshake. */
static void in_clear(struct middle *m, int flags, const char *body, size_t len,
		     const char *reason)
{
	long before = nz_stat(reason);
	struct frame f;

	send_two(m, &f);
	wire_frame(m->s, flags, body, len);
	ends_for(m, reason, before);
}

TEST_F(middle, clear_text)
{
	struct middle *m = &self->m;

	in_clear(m, WIRE_COMMAND, "\4PING\0\0", 7, "unexpected_command");
	in_clear(m, WIRE_COMMAND, "\5ERROR\003400", 10, "unexpected_command");
	in_clear(m, 0, "\4text", 5, "unexpected_command");
	in_clear(m, 0, "no command", 10, "malformed_command");
	in_clear(m, WIRE_MORE, "", 0, "malformed_command");
}

/* Nobody vouches for flags outside: a command there is thrown away, MORE is nothing. */
TEST_F(middle, flags_outside)
{
	long before = nz_stat("drop_sealed_command");
	struct middle *m = &self->m;
	struct frame f;

	send_two(m, &f);
	f.flags |= WIRE_COMMAND;
	give(m->s, &f);
	nz_want(m->server, "first", 0);
	zt_until(nz_stat("drop_sealed_command") == before + 1, NZ_TIMEO);
	send_two(m, &f);
	f.flags |= WIRE_MORE;
	give(m->s, &f);
	nz_want(m->server, "first", 0);
	nz_want(m->server, "second", 0);
	send_two(m, &f);
	give(m->s, &f);
	nz_want(m->server, "first", 0);
	nz_want(m->server, "second", 0);
}

/* Frames that come with the bad one, but before it, arrive. */
TEST_F(middle, one_burst)
{
	struct middle *m = &self->m;
	uint8_t burst[4 * 256];
	size_t len = 0;
	struct frame f;
	char text[8];
	int i;

	for (i = 0; i < 4; i++) {
		sprintf(text, "no. %d", i);
		nz_put(m->client, text, 0);
		take(m->c, &f);
		burst[len++] = f.flags;
		burst[len++] = f.len;
		memcpy(burst + len, f.body, f.len);
		len += f.len;
		if (i == 2)
			burst[len - 1] ^= 1;
	}
	wire_send(m->s, burst, len);
	nz_want(m->server, "no. 0", 0);
	nz_want(m->server, "no. 1", 0);
	part(m);
	lives_on(m);
}

/* ZMQ_MAXMSGSIZE is of what is on the wire, as in libzmq. */
TEST_F(middle, largest)
{
	struct middle *m = &self->m;
	long before = nz_stat("frame_too_big");
	const int64_t limit = 1000;
	char ep[256];
	struct frame f;

	wire_reset(m->c);
	close(m->s);
	nz_name(m->server, ep);
	zt_ok(nz_set_str(m->server, ZMQ_NATIVE_UNBIND, ep));
	zt_ok(setsockopt(m->server, SOL_ZMQ, ZMQ_MAXMSGSIZE, &limit, sizeof(limit)));
	nz_bind_any(m->server, ep);
	m->to_port = nz_port_of(ep);
	join(m);
	nz_put_big(m->client, 1000 - OVERHEAD, 1, 0);
	pass(m->c, m->s);
	nz_want_big(m->server, 1000 - OVERHEAD, 1, 0);
	nz_put_big(m->client, 1001 - OVERHEAD, 1, 0);
	take(m->c, &f);
	wire_frame_long(m->s, f.flags, f.len, f.body, 0);
	part(m);
	zt_eq(nz_stat("frame_too_big"), before + 1);
	lives_on(m);
}

static void pass_big(struct middle *m, size_t len)
{
	static uint8_t buf[65536];

	while (len) {
		size_t n = len < sizeof(buf) ? len : sizeof(buf);

		wire_recv(m->c, buf, n);
		wire_send(m->s, buf, n);
		len -= n;
	}
}

/* What was not sent to its last byte goes to the next peer, whole and once. */
TEST_F(middle, in_the_middle_of_a_message)
{
	struct middle *m = &self->m;

	nz_put(m->client, "before", 0);
	nz_put(m->client, "part", MSG_MORE);
	nz_put_big(m->client, BIG, 1, MSG_MORE);
	nz_put(m->client, "last part", 0);
	nz_put(m->client, "after", 0);
	pass(m->c, m->s);
	nz_want(m->server, "before", 0);
	pass(m->c, m->s);
	pass_big(m, BIG / 3);
	wire_reset(m->c);
	close(m->s);
	join(m);
	pass(m->c, m->s);
	pass_big(m, 9 + OVERHEAD + BIG);
	pass(m->c, m->s);
	pass(m->c, m->s);
	nz_want(m->server, "part", 1);
	nz_want_big(m->server, BIG, 1, 1);
	nz_want(m->server, "last part", 0);
	nz_want(m->server, "after", 0);
	nz_quiet(m->server, 20);
}

TEST_HARNESS_MAIN
