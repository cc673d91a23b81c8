// SPDX-License-Identifier: GPL-2.0-only
/* inproc: what is particular to a socket type. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_test.h"

#define NAME "inproc://name"

FIXTURE(pair)
{
	int a;
	int b;
};

/* Which of the two comes first. */
FIXTURE_VARIANT(pair)
{
	bool bind_first;
};

FIXTURE_VARIANT_ADD(pair, bind_first)
{
	.bind_first = true,
};

FIXTURE_VARIANT_ADD(pair, connect_first)
{
	.bind_first = false,
};

FIXTURE_SETUP(pair)
{
	self->a = -1;
	self->b = -1;
}

FIXTURE_TEARDOWN(pair)
{
	close(self->a);
	close(self->b);
}

/* self->a binds, self->b connects. */
static void start(int a, int b, bool bind_first)
{
	if (bind_first)
		zt_ok(nz_bind(a, NAME));
	zt_ok(nz_connect(b, NAME));
	if (!bind_first)
		zt_ok(nz_bind(a, NAME));
}

static void make(int *a, int type_a, int *b, int type_b, bool bind_first)
{
	*a = nz_socket(type_a);
	*b = nz_socket(type_b);
	start(*a, *b, bind_first);
}

static void want_bytes(int fd, const void *want, size_t len)
{
	char buf[64];

	zt_eq(recv(fd, buf, sizeof(buf), 0), len);
	zt_check(!memcmp(buf, want, len));
}

TEST_F(pair, request)
{
	int i;

	make(&self->a, ZMQ_REP, &self->b, ZMQ_REQ, variant->bind_first);
	for (i = 0; i < 3; i++) {
		zt_err(recv(self->b, &i, 1, MSG_DONTWAIT), ZMQ_EFSM);
		nz_put(self->b, "question", MSG_MORE);
		nz_put(self->b, "", 0);
		zt_err(send(self->b, "x", 1, MSG_DONTWAIT), ZMQ_EFSM);
		nz_want(self->a, "question", 1);
		nz_want(self->a, "", 0);
		nz_put(self->a, "answer", 0);
		nz_want(self->b, "answer", 0);
	}
}

/* A request that was made before anybody was there. */
TEST(request_waits)
{
	int b = nz_socket(ZMQ_REQ), a;

	ASSERT_EQ(0, nz_connect(b, NAME));
	EXPECT_EQ(POLLOUT, nz_poll(b, POLLOUT, 0));
	nz_put(b, "early", 0);
	a = nz_socket(ZMQ_REP);
	ASSERT_EQ(0, nz_bind(a, NAME));
	nz_want(a, "early", 0);
	nz_put(a, "answer", 0);
	nz_want(b, "answer", 0);
	close(a);
	close(b);
}

/* Types are not compared: a PAIR sees the delimiter, and without one its reply is skipped. */
TEST_F(pair, request_to_pair)
{
	make(&self->a, ZMQ_PAIR, &self->b, ZMQ_REQ, variant->bind_first);
	nz_put(self->b, "q", 0);
	nz_want(self->a, "", 1);
	nz_want(self->a, "q", 0);
	nz_put(self->a, "no delimiter", 0);
	nz_put(self->a, "", MSG_MORE);
	nz_put(self->a, "r", 0);
	nz_want(self->b, "r", 0);
	close(self->a);
	close(self->b);
	make(&self->a, ZMQ_PULL, &self->b, ZMQ_PAIR, variant->bind_first);
	nz_put(self->b, "to a PULL", 0);
	nz_want(self->a, "to a PULL", 0);
}

/* An id is that of connect(), and an unnamed peer gets one of 5 bytes. */
TEST_F(pair, router)
{
	unsigned char id[16];

	self->a = nz_socket(ZMQ_ROUTER);
	self->b = nz_socket(ZMQ_DEALER);
	ASSERT_EQ(0, nz_set_str(self->b, ZMQ_ROUTING_ID, "me"));
	if (variant->bind_first)
		ASSERT_EQ(0, nz_bind(self->a, NAME));
	ASSERT_EQ(0, nz_connect(self->b, NAME));
	ASSERT_EQ(0, nz_set_str(self->b, ZMQ_ROUTING_ID, "another"));
	if (!variant->bind_first)
		ASSERT_EQ(0, nz_bind(self->a, NAME));
	nz_put(self->b, "hi", 0);
	nz_want(self->a, "me", 1);
	nz_want(self->a, "hi", 0);
	nz_put(self->a, "me", MSG_MORE);
	nz_put(self->a, "back", 0);
	nz_want(self->b, "back", 0);
	close(self->b);

	self->b = nz_socket(ZMQ_DEALER);
	ASSERT_EQ(0, nz_connect(self->b, NAME));
	nz_put(self->b, "hi", 0);
	ASSERT_EQ(5, recv(self->a, id, sizeof(id), 0));
	EXPECT_EQ(0, id[0]);
	nz_want(self->a, "hi", 0);
	ASSERT_EQ(5, send(self->a, id, 5, MSG_MORE));
	nz_put(self->a, "back", 0);
	nz_want(self->b, "back", 0);
}

/* A message to a peer, unless the ROUTER says that it has none of this name. */
static bool reaches(int fd, const char *id)
{
	if (send(fd, id, strlen(id), MSG_MORE) < 0) {
		zt_eq(errno, EHOSTUNREACH);
		return false;
	}
	nz_put(fd, "x", 0);
	return true;
}

/* Both know the other at once, and nobody before. */
TEST_F(pair, routers)
{
	self->a = nz_socket(ZMQ_ROUTER);
	self->b = nz_socket(ZMQ_ROUTER);
	nz_set(self->a, ZMQ_ROUTER_MANDATORY, 1);
	nz_set(self->b, ZMQ_ROUTER_MANDATORY, 1);
	ASSERT_EQ(0, nz_set_str(self->a, ZMQ_ROUTING_ID, "A"));
	ASSERT_EQ(0, nz_set_str(self->b, ZMQ_ROUTING_ID, "B"));
	if (!variant->bind_first) {
		ASSERT_EQ(0, nz_connect(self->b, NAME));
		zt_err(send(self->b, "A", 1, MSG_MORE), EHOSTUNREACH);
		ASSERT_EQ(0, nz_bind(self->a, NAME));
	} else {
		start(self->a, self->b, true);
	}
	nz_put(self->b, "A", MSG_MORE);
	nz_put(self->b, "to A", 0);
	nz_put(self->a, "B", MSG_MORE);
	nz_put(self->a, "to B", 0);
	nz_want(self->a, "B", 1);
	nz_want(self->a, "to A", 0);
	nz_want(self->b, "A", 1);
	nz_want(self->b, "to B", 0);
	close(self->b);
	zt_until(!reaches(self->a, "B"), NZ_TIMEO);
	self->b = -1;
}

/* A name given to the peer is good before the peer is there. */
TEST_F(pair, connect_routing_id)
{
	self->a = nz_socket(ZMQ_ROUTER);
	self->b = nz_socket(ZMQ_ROUTER);
	ASSERT_EQ(0, nz_set_str(self->a, ZMQ_ROUTING_ID, "A"));
	ASSERT_EQ(0, nz_set_str(self->b, ZMQ_ROUTING_ID, "B"));
	ASSERT_EQ(0, nz_set_str(self->b, ZMQ_CONNECT_ROUTING_ID, "local"));
	nz_set(self->b, ZMQ_ROUTER_MANDATORY, 1);
	if (variant->bind_first)
		ASSERT_EQ(0, nz_bind(self->a, NAME));
	ASSERT_EQ(0, nz_connect(self->b, NAME));
	nz_put(self->b, "local", MSG_MORE);
	nz_put(self->b, "x", 0);
	zt_err(send(self->b, "A", 1, MSG_MORE), EHOSTUNREACH);
	if (!variant->bind_first)
		ASSERT_EQ(0, nz_bind(self->a, NAME));
	nz_want(self->a, "B", 1);
	nz_want(self->a, "x", 0);
}

/* The second of a name is mute; with HANDOVER it takes the first one's place. */
TEST(router_duplicate)
{
	int a, first, second, handover;

	for (handover = 0; handover < 2; handover++) {
		a = nz_socket(ZMQ_ROUTER);
		nz_set(a, ZMQ_ROUTER_HANDOVER, handover);
		ASSERT_EQ(0, nz_bind(a, NAME));
		first = nz_socket(ZMQ_DEALER);
		second = nz_socket(ZMQ_DEALER);
		ASSERT_EQ(0, nz_set_str(first, ZMQ_ROUTING_ID, "id"));
		ASSERT_EQ(0, nz_set_str(second, ZMQ_ROUTING_ID, "id"));
		ASSERT_EQ(0, nz_connect(first, NAME));
		nz_put(first, "1", 0);
		nz_want(a, "id", 1);
		nz_want(a, "1", 0);
		ASSERT_EQ(0, nz_connect(second, NAME));
		if (handover)
			nz_put(second, "2", 0);
		else
			send(second, "2", 1, MSG_DONTWAIT);
		if (handover) {
			nz_want(a, "id", 1);
			nz_want(a, "2", 0);
			zt_until(send(first, "x", 1, MSG_DONTWAIT) < 0 && errno == EAGAIN,
				 NZ_TIMEO);
		}
		nz_put(a, "id", MSG_MORE);
		nz_put(a, "for the one", 0);
		nz_want(handover ? second : first, "for the one", 0);
		nz_quiet(handover ? first : second, 10);
		nz_quiet(a, 10);
		close(first);
		close(second);
		close(a);
	}
}

TEST_F(pair, probe)
{
	self->a = nz_socket(ZMQ_ROUTER);
	self->b = nz_socket(ZMQ_DEALER);
	nz_set(self->b, ZMQ_PROBE_ROUTER, 1);
	ASSERT_EQ(0, nz_set_str(self->b, ZMQ_ROUTING_ID, "C"));
	start(self->a, self->b, variant->bind_first);
	nz_want(self->a, "C", 1);
	nz_want(self->a, "", 0);
	nz_quiet(self->a, 0);
}

/* Without wire there are no connections to tell of: a STREAM is a plain router here. */
TEST_F(pair, stream)
{
	unsigned char id[16];

	make(&self->a, ZMQ_STREAM, &self->b, ZMQ_DEALER, variant->bind_first);
	nz_quiet(self->a, 10);
	nz_put(self->b, "data", 0);
	ASSERT_EQ(5, recv(self->a, id, sizeof(id), 0));
	nz_want(self->a, "data", 0);
	ASSERT_EQ(5, send(self->a, id, 5, MSG_MORE));
	nz_put(self->a, "back", 0);
	nz_want(self->b, "back", 0);
}

/* A PAIR has one peer; the other one's connect() succeeds and is good for nothing. */
TEST_F(pair, second)
{
	int second = nz_socket(ZMQ_PAIR);

	self->a = nz_socket(ZMQ_PAIR);
	self->b = nz_socket(ZMQ_PAIR);
	if (variant->bind_first)
		ASSERT_EQ(0, nz_bind(self->a, NAME));
	ASSERT_EQ(0, nz_connect(self->b, NAME));
	ASSERT_EQ(0, nz_connect(second, NAME));
	if (!variant->bind_first)
		ASSERT_EQ(0, nz_bind(self->a, NAME));
	zt_until(!(nz_poll(second, POLLOUT, 0) & POLLOUT), NZ_TIMEO);
	zt_err(send(second, "x", 1, MSG_DONTWAIT), EAGAIN);
	nz_put(self->b, "first", 0);
	nz_want(self->a, "first", 0);
	close(self->b);
	zt_until(!(nz_poll(self->a, POLLOUT, 0) & POLLOUT), NZ_TIMEO);
	/* It is not adopted now, but may come again. */
	zt_err(send(second, "x", 1, MSG_DONTWAIT), EAGAIN);
	self->b = nz_socket(ZMQ_PAIR);
	ASSERT_EQ(0, nz_connect(self->b, NAME));
	nz_put(self->b, "next", 0);
	nz_want(self->a, "next", 0);
	close(second);
}

/* To oneself, twice to the same: each connect() makes a pipe. */
TEST(to_oneself)
{
	int a = nz_socket(ZMQ_DEALER), pair = nz_socket(ZMQ_PAIR);

	ASSERT_EQ(0, nz_bind(a, NAME));
	ASSERT_EQ(0, nz_connect(a, NAME));
	nz_put(a, "echo", 0);
	nz_want(a, "echo", 0);
	nz_put(a, "echo", 0);
	close(a);
	ASSERT_EQ(0, nz_bind(pair, "inproc://pair"));
	ASSERT_EQ(0, nz_connect(pair, "inproc://pair"));
	zt_err(send(pair, "x", 1, MSG_DONTWAIT), EAGAIN);
	close(pair);
}

TEST_F(pair, twice)
{
	make(&self->a, ZMQ_PUB, &self->b, ZMQ_SUB, variant->bind_first);
	ASSERT_EQ(0, nz_connect(self->b, NAME));
	ASSERT_EQ(0, nz_set_str(self->b, ZMQ_SUBSCRIBE, ""));
	nz_put(self->a, "x", 0);
	nz_want(self->b, "x", 0);
	nz_want(self->b, "x", 0);
	nz_quiet(self->b, 0);
	/* One undoes both. */
	ASSERT_EQ(0, nz_set_str(self->b, ZMQ_NATIVE_DISCONNECT, NAME));
	zt_err(nz_set_str(self->b, ZMQ_NATIVE_DISCONNECT, NAME), ENOENT);
}

/* A subscription is there when bind() or connect() returns, and so is each later one. */
TEST_F(pair, subscription)
{
	self->a = nz_socket(ZMQ_PUB);
	self->b = nz_socket(ZMQ_SUB);
	ASSERT_EQ(0, nz_set_str(self->b, ZMQ_SUBSCRIBE, "A"));
	start(self->a, self->b, variant->bind_first);
	nz_put(self->a, "A1", 0);
	nz_put(self->a, "B1", 0);
	nz_want(self->b, "A1", 0);
	ASSERT_EQ(0, nz_set_str(self->b, ZMQ_SUBSCRIBE, "B"));
	nz_put(self->a, "B2", 0);
	ASSERT_EQ(0, nz_set_str(self->b, ZMQ_UNSUBSCRIBE, "A"));
	nz_put(self->a, "A2", 0);
	nz_put(self->a, "B3", 0);
	nz_want(self->b, "B2", 0);
	nz_want(self->b, "B3", 0);
	nz_quiet(self->b, 0);
}

TEST_F(pair, xpub)
{
	self->a = nz_socket(ZMQ_XPUB);
	self->b = nz_socket(ZMQ_SUB);
	ASSERT_EQ(0, nz_set_str(self->b, ZMQ_SUBSCRIBE, "A"));
	start(self->a, self->b, variant->bind_first);
	want_bytes(self->a, "\1A", 2);
	ASSERT_EQ(0, nz_set_str(self->b, ZMQ_SUBSCRIBE, "B"));
	ASSERT_EQ(0, nz_set_str(self->b, ZMQ_UNSUBSCRIBE, "A"));
	want_bytes(self->a, "\1B", 2);
	want_bytes(self->a, "\0A", 2);
	close(self->b);
	want_bytes(self->a, "\0B", 2);

	self->b = nz_socket(ZMQ_XSUB);
	ASSERT_EQ(0, nz_connect(self->b, NAME));
	ASSERT_EQ(2, send(self->b, "\1T", 2, 0));
	want_bytes(self->a, "\1T", 2);
	/* What is no subscription is a message. */
	nz_put(self->b, "upstream", 0);
	nz_want(self->a, "upstream", 0);
	ASSERT_EQ(0, nz_set_str(self->b, ZMQ_NATIVE_DISCONNECT, NAME));
	want_bytes(self->a, "\0T", 2);
}

/* What a PUB says before anybody is bound has no hearer. */
TEST(pub_connects)
{
	int pub = nz_socket(ZMQ_PUB), sub = nz_socket(ZMQ_SUB);

	ASSERT_EQ(0, nz_set_str(sub, ZMQ_SUBSCRIBE, ""));
	ASSERT_EQ(0, nz_connect(pub, NAME));
	nz_put(pub, "before", 0);
	ASSERT_EQ(0, nz_bind(sub, NAME));
	nz_put(pub, "after", 0);
	nz_want(sub, "after", 0);
	nz_quiet(sub, 0);
	close(pub);
	close(sub);
}

/* All of many subscriptions are told, whoever is first, and taken back. */
#define TOPICS 10000

TEST_F(pair, many_subscriptions)
{
	int i, topics = zt_count(TOPICS);
	char text[32];

	self->a = nz_socket(ZMQ_PUB);
	self->b = nz_socket(ZMQ_SUB);
	nz_set(self->b, ZMQ_RCVHWM, 0);
	nz_set(self->a, ZMQ_SNDHWM, 0);
	if (variant->bind_first)
		start(self->a, self->b, true);
	for (i = 0; i < topics; i++) {
		sprintf(text, "%05d ", i);
		ASSERT_EQ(0, nz_set_str(self->b, ZMQ_SUBSCRIBE, text));
	}
	if (!variant->bind_first)
		start(self->a, self->b, false);
	for (i = 0; i < topics; i++) {
		sprintf(text, "%05d x", i);
		nz_put(self->a, text, 0);
	}
	/* One too many. */
	sprintf(text, "%05d x", topics);
	nz_put(self->a, text, 0);
	for (i = 0; i < topics; i++) {
		sprintf(text, "%05d x", i);
		nz_want(self->b, text, 0);
	}
	nz_quiet(self->b, 0);
	for (i = 1; i < topics; i++) {
		sprintf(text, "%05d ", i);
		ASSERT_EQ(0, nz_set_str(self->b, ZMQ_UNSUBSCRIBE, text));
	}
	sprintf(text, "%05d x", topics - 1);
	nz_put(self->a, text, 0);
	nz_put(self->a, "00000 x", 0);
	nz_want(self->b, "00000 x", 0);
	nz_quiet(self->b, 0);
}

TEST_HARNESS_MAIN
