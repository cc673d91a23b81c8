// SPDX-License-Identifier: GPL-2.0-only
/* CURVE between sockets of AF_ZMQ: whatever is sent arrives as it does without. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_test.h"
#include "nsec.h"

#define TCP "tcp://127.0.0.1:*"
#define IPC "ipc://*"
#define MIB (1024 * 1024)
#define TCP_BUFFER 65536
#define TOPIC_MAX 4000

FIXTURE(pair)
{
	struct nz_pair pair;
};

FIXTURE_VARIANT(pair)
{
	const char *any;
};

FIXTURE_VARIANT_ADD(pair, tcp)
{
	.any = TCP,
};

FIXTURE_VARIANT_ADD(pair, ipc)
{
	.any = IPC,
};

FIXTURE_SETUP(pair)
{
	nz_curve_pair(&self->pair, ZMQ_PAIR, ZMQ_PAIR, variant->any);
}

FIXTURE_TEARDOWN(pair)
{
	nz_pair_close(&self->pair);
}

/* Around the borders of headers, of the mechanism's own bytes, and of memory. */
TEST_F(pair, lengths)
{
	static const size_t lengths[] = {
		0, 1, 63, 64, 65, 221, 222, 223, 255, 256, 1000, 3965, 3966, 3967, 3998, 3999,
		4000, 4031, 4032, 4033, 8000, 32767, 32768, 65536, 100000, MIB, 5 * MIB + 3,
	};
	struct nz_pair *p = &self->pair;
	size_t i;

	for (i = 0; i < ZT_ARRAY(lengths); i++) {
		nz_put_big(p->b, lengths[i], i, 0);
		nz_want_big(p->a, lengths[i], i, 0);
		nz_put_big(p->a, lengths[i], i + 100, 0);
		nz_want_big(p->b, lengths[i], i + 100, 0);
	}
	/* And many at a time. */
	for (i = 0; i < ZT_ARRAY(lengths) - 2; i++)
		nz_put_big(p->b, lengths[i], i, i % 3 ? MSG_MORE : 0);
	nz_put(p->b, "end", 0);
	for (i = 0; i < ZT_ARRAY(lengths) - 2; i++)
		nz_want_big(p->a, lengths[i], i, i % 3 ? 1 : 0);
	nz_want(p->a, "end", 0);
}

TEST_F(pair, parts)
{
	struct nz_pair *p = &self->pair;
	int i;

	nz_put(p->b, "", MSG_MORE);
	nz_put(p->b, "one", MSG_MORE);
	nz_put(p->b, "", MSG_MORE);
	nz_put(p->b, "", 0);
	nz_put(p->b, "", 0);
	nz_want(p->a, "", 1);
	nz_want(p->a, "one", 1);
	nz_want(p->a, "", 1);
	nz_want(p->a, "", 0);
	nz_want(p->a, "", 0);
	for (i = 0; i < 1000; i++)
		nz_put(p->a, "x", MSG_MORE);
	nz_put(p->a, "last", 0);
	for (i = 0; i < 1000; i++)
		nz_want(p->b, "x", 1);
	nz_want(p->b, "last", 0);
}

/* Both ways at the same time, more than the lower sockets hold. */
TEST_F(pair, both_ways)
{
	struct nz_pair *p = &self->pair;
	int i;

	for (i = 0; i < 100; i++) {
		nz_put_big(p->a, 20000, i, 0);
		nz_put_big(p->b, 20000, 1000 + i, 0);
	}
	for (i = 0; i < 100; i++) {
		nz_want_big(p->b, 20000, i, 0);
		nz_want_big(p->a, 20000, 1000 + i, 0);
	}
}

/* The high-water marks hold, and who is at one is told when there is room. */
TEST(marks)
{
	struct nz_pair p = { .a = nz_socket(ZMQ_PULL), .b = nz_socket(ZMQ_PUSH) };
	static char big[10000];
	int sent = 0, got;

	nz_curve_server(p.a);
	nz_curve_client(p.b);
	zt_ok(nz_set(p.a, ZMQ_RCVHWM, 5));
	zt_ok(nz_set(p.b, ZMQ_SNDHWM, 5));
	/* TCP's own buffers grow, and take more later. */
	zt_ok(nz_set(p.a, ZMQ_RCVBUF, TCP_BUFFER));
	zt_ok(nz_set(p.b, ZMQ_SNDBUF, TCP_BUFFER));
	nz_bind_any(p.a, p.ep);
	zt_ok(nz_connect(p.b, p.ep));
	nz_put(p.b, "hello", 0);
	nz_want(p.a, "hello", 0);
	/* Until nothing goes any more, for a while. */
	do {
		while (send(p.b, big, sizeof(big), MSG_DONTWAIT) == sizeof(big))
			sent++;
		zt_eq(errno, EAGAIN);
	} while (nz_poll(p.b, POLLOUT, sent > 9 ? 200 : zt_scaled(NZ_TIMEO)));
	EXPECT_GT(sent, 9);
	EXPECT_LT(sent, 3000);
	for (got = 0; got < sent; got++)
		zt_eq(recv(p.a, big, sizeof(big), 0), sizeof(big));
	nz_quiet(p.a, 10);
	nz_until(p.b, POLLOUT);
	nz_put(p.b, "after", 0);
	nz_want(p.a, "after", 0);
	nz_pair_close(&p);
}

static void number(char *text, int n)
{
	sprintf(text, "message %d", n);
}

/* One stream, faster than it is read; the sender closes before all is read. */
TEST(stream)
{
	const int count = zt_count(20000);
	struct nz_pair p;
	char text[32];
	int i;

	nz_curve_pair(&p, ZMQ_PULL, ZMQ_PUSH, TCP);
	zt_ok(nz_set(p.b, ZMQ_LINGER, -1));
	if (!fork()) {
		for (i = 0; i < count; i++) {
			number(text, i);
			nz_put(p.b, text, 0);
		}
		close(p.b);
		_exit(0);
	}
	close(p.b);
	for (i = 0; i < count; i++) {
		number(text, i);
		nz_want(p.a, text, 0);
	}
	nz_quiet(p.a, 10);
	close(p.a);
}

static void topic(char *text, size_t len, int n)
{
	memset(text, 'a' + n % 26, len);
	text[len] = 0;
	memcpy(text, &n, sizeof(n));
}

static void subscribe(int fd, int option, const char *text, size_t len)
{
	zt_ok(setsockopt(fd, SOL_ZMQ, option, text, len));
}

/* The publisher hears of topics from before and after the connection. */
TEST(topics)
{
	struct nz_pair p = { .a = nz_socket(ZMQ_XPUB), .b = nz_socket(ZMQ_SUB) };
	char text[TOPIC_MAX + 1], got[TOPIC_MAX + 2];
	int n;

	nz_curve_server(p.a);
	nz_curve_client(p.b);
	for (n = 0; n < 1000; n++) {
		topic(text, 20, n);
		subscribe(p.b, ZMQ_SUBSCRIBE, text, 20);
	}
	nz_bind_any(p.a, p.ep);
	zt_ok(nz_connect(p.b, p.ep));
	for (n = 0; n < 1000; n++) {
		zt_eq(recv(p.a, got, sizeof(got), 0), 21);
		zt_eq(got[0], 1);
	}
	topic(text, TOPIC_MAX, 7);
	subscribe(p.b, ZMQ_SUBSCRIBE, text, TOPIC_MAX);
	zt_eq(recv(p.a, got, sizeof(got), 0), TOPIC_MAX + 1);
	zt_eq(got[0], 1);
	zt_check(!memcmp(got + 1, text, TOPIC_MAX));
	subscribe(p.b, ZMQ_UNSUBSCRIBE, text, TOPIC_MAX);
	zt_eq(recv(p.a, got, sizeof(got), 0), TOPIC_MAX + 1);
	zt_eq(got[0], 0);
	subscribe(p.b, ZMQ_SUBSCRIBE, "", 0);
	zt_eq(recv(p.a, got, sizeof(got), 0), 1);
	nz_pair_close(&p);
}

/* Each subscriber has keys of its own: what they share is sealed for each. */
TEST(publish)
{
	int pub = nz_socket(ZMQ_XPUB), sub[4], i, n;
	char ep[256], got[8];

	nz_curve_server(pub);
	zt_ok(nz_set(pub, ZMQ_XPUB_VERBOSE, 1));
	nz_bind_any(pub, ep);
	for (i = 0; i < 4; i++) {
		sub[i] = nz_socket(ZMQ_SUB);
		nz_curve_client(sub[i]);
		subscribe(sub[i], ZMQ_SUBSCRIBE, "b", 1);
		zt_ok(nz_connect(sub[i], ep));
		zt_eq(recv(pub, got, sizeof(got), 0), 2);
	}
	for (n = 0; n < 20; n++) {
		nz_put(pub, "b", MSG_MORE);
		nz_put_big(pub, 5000, n, 0);
		nz_put(pub, "c nobody", 0);
	}
	for (i = 0; i < 4; i++) {
		for (n = 0; n < 20; n++) {
			nz_want(sub[i], "b", 1);
			nz_want_big(sub[i], 5000, n, 0);
		}
		nz_quiet(sub[i], 10);
		close(sub[i]);
	}
	close(pub);
}

/* The delimiter is a frame of its own on the wire, also behind a number. */
TEST(requests)
{
	struct nz_pair p;
	int i;

	nz_curve_pair(&p, ZMQ_REP, ZMQ_REQ, TCP);
	zt_ok(nz_set(p.b, ZMQ_REQ_CORRELATE, 1));
	for (i = 0; i < 50; i++) {
		if (i == 25)
			zt_ok(nz_set(p.b, ZMQ_REQ_CORRELATE, 0));
		nz_put(p.b, "question", MSG_MORE);
		nz_put(p.b, "", 0);
		nz_want(p.a, "question", 1);
		nz_want(p.a, "", 0);
		nz_put(p.a, "", MSG_MORE);
		nz_put_big(p.a, i * 100, i, 0);
		nz_want(p.b, "", 1);
		nz_want_big(p.b, i * 100, i, 0);
	}
	nz_pair_close(&p);
}

/* What REQ and REP don't show. */
TEST(envelopes)
{
	struct nz_pair p;
	char id[8];

	nz_curve_pair(&p, ZMQ_ROUTER, ZMQ_REQ, TCP);
	nz_put(p.b, "question", 0);
	zt_eq(recv(p.a, id, sizeof(id), 0), 5);
	nz_want(p.a, "", 1);
	nz_want(p.a, "question", 0);
	zt_eq(send(p.a, id, 5, MSG_MORE), 5);
	nz_put(p.a, "", MSG_MORE);
	nz_put(p.a, "answer", 0);
	nz_want(p.b, "answer", 0);
	nz_pair_close(&p);

	nz_curve_pair(&p, ZMQ_REP, ZMQ_DEALER, TCP);
	nz_put(p.b, "", MSG_MORE);
	nz_put(p.b, "question", 0);
	nz_want(p.a, "question", 0);
	nz_put(p.a, "answer", 0);
	nz_want(p.b, "", 1);
	nz_want(p.b, "answer", 0);
	nz_pair_close(&p);
}

/* PINGs and PONGs keep a connection that has nothing to say. */
TEST(heartbeats)
{
	struct nz_pair p = { .a = nz_socket(ZMQ_PAIR), .b = nz_socket(ZMQ_PAIR) };
	long ended = nz_stat("heartbeat_timeout");

	nz_curve_server(p.a);
	nz_curve_client(p.b);
	zt_ok(nz_set(p.b, ZMQ_HEARTBEAT_IVL, 50));
	zt_ok(nz_set(p.b, ZMQ_HEARTBEAT_TIMEOUT, zt_scaled(1000)));
	zt_ok(nz_set(p.b, ZMQ_HEARTBEAT_TTL, zt_scaled(1000)));
	nz_bind_any(p.a, p.ep);
	zt_ok(nz_connect(p.b, p.ep));
	nz_put(p.b, "before", 0);
	nz_want(p.a, "before", 0);
	nz_quiet(p.a, zt_scaled(1500));
	nz_put(p.a, "after", 0);
	nz_want(p.b, "after", 0);
	EXPECT_EQ(ended, nz_stat("heartbeat_timeout"));
	nz_pair_close(&p);
}

TEST_HARNESS_MAIN
