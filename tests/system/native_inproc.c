// SPDX-License-Identifier: GPL-2.0-only
/* inproc as libzmq 4.3.4 does it: who is connected to whom, what arrives, what is lost. */
#define _GNU_SOURCE
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_test.h"

#define NAME "inproc://name"

static int bound(int type, const char *ep)
{
	int fd = nz_socket(type);

	zt_ok(nz_bind(fd, ep));
	return fd;
}

static int connected(int type, const char *ep)
{
	int fd = nz_socket(type);

	zt_ok(nz_connect(fd, ep));
	return fd;
}

/* Either is first, type by type. */
static void make(int *a, int type_a, int *b, int type_b, int bind_first)
{
	if (bind_first)
		*a = bound(type_a, NAME);
	*b = connected(type_b, NAME);
	if (!bind_first)
		*a = bound(type_a, NAME);
}

static void put_many(int fd, int first, int last)
{
	char text[16];

	for (; first <= last; first++) {
		sprintf(text, "%d", first);
		nz_put(fd, text, 0);
	}
}

static void want_many(int fd, int first, int last)
{
	char text[16];

	for (; first <= last; first++) {
		sprintf(text, "%d", first);
		nz_want(fd, text, 0);
	}
}

/* How many messages are taken at once. */
static int fill(int fd)
{
	int n = 0;

	while (send(fd, "x", 1, MSG_DONTWAIT) == 1)
		n++;
	zt_eq(errno, EAGAIN);
	return n;
}

TEST(both_ways)
{
	int a, b, first;

	for (first = 0; first < 2; first++) {
		make(&a, ZMQ_PAIR, &b, ZMQ_PAIR, first);
		put_many(b, 1, 5);
		want_many(a, 1, 5);
		nz_put(a, "one", MSG_MORE);
		nz_put(a, "", MSG_MORE);
		nz_put(a, "three", 0);
		nz_want(b, "one", 1);
		nz_want(b, "", 1);
		nz_want(b, "three", 0);
		close(a);
		close(b);
	}
}

/* What was sent before anybody was bound is there when bind() returns. */
TEST(waits_for_bind)
{
	int b[3], a, i;

	for (i = 0; i < 3; i++) {
		b[i] = connected(ZMQ_PUSH, NAME);
		EXPECT_EQ(POLLOUT, nz_poll(b[i], POLLOUT, 0));
	}
	for (i = 2; i >= 0; i--)
		put_many(b[i], i, i);
	/* The first part of a message is not one. */
	nz_put(b[0], "half", MSG_MORE);
	a = bound(ZMQ_PULL, NAME);
	EXPECT_EQ(POLLIN, nz_poll(a, POLLIN, 0));
	want_many(a, 0, 2);
	nz_quiet(a, 0);
	nz_put(b[0], "whole", 0);
	nz_want(a, "half", 1);
	nz_want(a, "whole", 0);
	for (i = 0; i < 3; i++)
		close(b[i]);
	close(a);
}

/* ZMQ_IMMEDIATE has no say here. */
TEST(immediate)
{
	int b = nz_socket(ZMQ_PUSH), a;

	ASSERT_EQ(0, nz_set(b, ZMQ_IMMEDIATE, 1));
	ASSERT_EQ(0, nz_connect(b, NAME));
	nz_put(b, "early", 0);
	a = bound(ZMQ_PULL, NAME);
	nz_want(a, "early", 0);
	close(a);
	close(b);
}

/* unbind takes the name alone: who is connected stays so, and the next one to bind is another's. */
TEST(unbind)
{
	int a = bound(ZMQ_PAIR, NAME), b = connected(ZMQ_PAIR, NAME), next, late;

	nz_put(b, "unread", 0);
	ASSERT_EQ(0, nz_set_str(a, ZMQ_NATIVE_UNBIND, NAME));
	zt_err(nz_set_str(a, ZMQ_NATIVE_UNBIND, NAME), ENOENT);
	late = connected(ZMQ_PUSH, NAME);
	nz_put(late, "for the next", 0);
	next = bound(ZMQ_PULL, NAME);
	nz_want(next, "for the next", 0);
	nz_want(a, "unread", 0);
	nz_put(a, "there", 0);
	nz_put(b, "and back", 0);
	nz_want(b, "there", 0);
	nz_want(a, "and back", 0);
	nz_quiet(next, 0);
	close(a);
	close(b);
	close(next);
	close(late);
}

/* Several names of one socket; by libzmq's other call, too. */
TEST(unbind_one_of_two)
{
	int a = bound(ZMQ_PULL, NAME), b, c;

	ASSERT_EQ(0, nz_bind(a, "inproc://other"));
	zt_err(nz_bind(a, NAME), EADDRINUSE);
	b = nz_socket(ZMQ_PULL);
	zt_err(nz_bind(b, NAME), EADDRINUSE);
	zt_err(nz_set_str(b, ZMQ_NATIVE_UNBIND, NAME), ENOENT);
	zt_err(nz_set_str(b, ZMQ_NATIVE_DISCONNECT, NAME), ENOENT);
	ASSERT_EQ(0, nz_set_str(a, ZMQ_NATIVE_DISCONNECT, NAME));
	zt_err(nz_set_str(a, ZMQ_NATIVE_DISCONNECT, NAME), ENOENT);
	ASSERT_EQ(0, nz_bind(b, NAME));
	c = connected(ZMQ_PUSH, "inproc://other");
	nz_put(c, "x", 0);
	nz_want(a, "x", 0);
	close(c);
	/* The name is free as soon as close() has returned. */
	close(b);
	b = bound(ZMQ_PULL, NAME);
	close(a);
	close(b);
}

/* The bound socket goes: what it sent can be read, what it has not read is lost. */
TEST(binder_closes)
{
	int a = bound(ZMQ_PAIR, NAME), b = connected(ZMQ_PAIR, NAME);

	put_many(a, 1, 2);
	nz_put(b, "lost", 0);
	close(a);
	zt_until(!(nz_poll(b, POLLOUT, 0) & POLLOUT), NZ_TIMEO);
	a = bound(ZMQ_PAIR, NAME);
	want_many(b, 1, 2);
	nz_quiet(b, 0);
	zt_err(send(b, "x", 1, MSG_DONTWAIT), EAGAIN);
	zt_until(nz_set_str(b, ZMQ_NATIVE_DISCONNECT, NAME) && errno == ENOENT, NZ_TIMEO);
	nz_quiet(a, 0);
	/* A new connect() is joined. */
	ASSERT_EQ(0, nz_connect(b, NAME));
	nz_put(b, "again", 0);
	nz_want(a, "again", 0);
	close(a);
	close(b);
}

/* The connected socket goes: all whole messages that it has sent arrive, beyond the marks. */
static void connector_goes(int linger, bool disconnect)
{
	int a = nz_socket(ZMQ_PULL), b = nz_socket(ZMQ_PUSH), n;

	nz_set(a, ZMQ_RCVHWM, 2);
	nz_set(b, ZMQ_SNDHWM, 2);
	nz_set(b, ZMQ_LINGER, linger);
	zt_ok(nz_bind(a, NAME));
	zt_ok(nz_connect(b, NAME));
	for (n = 0; n < 3; n++)
		put_many(b, n, n);
	nz_put(b, "half", MSG_MORE);
	if (disconnect)
		zt_ok(nz_set_str(b, ZMQ_NATIVE_DISCONNECT, NAME));
	else
		close(b);
	want_many(a, 0, 2);
	nz_quiet(a, 20);
	if (disconnect) {
		zt_err(nz_set_str(b, ZMQ_NATIVE_DISCONNECT, NAME), ENOENT);
		zt_err(send(b, "x", 1, MSG_DONTWAIT), EAGAIN);
		zt_ok(nz_connect(b, NAME));
		nz_put(b, "anew", 0);
		nz_want(a, "anew", 0);
		close(b);
	}
	close(a);
}

TEST(connector_closes)
{
	connector_goes(0, false);
	connector_goes(-1, false);
}

TEST(connector_disconnects)
{
	connector_goes(0, true);
	connector_goes(-1, true);
}

/* What a socket sent and then was closed waits for the bind(), whatever its LINGER. */
static void pending_goes(int linger, bool disconnect)
{
	int b = nz_socket(ZMQ_PUSH), a;

	nz_set(b, ZMQ_LINGER, linger);
	zt_ok(nz_connect(b, NAME));
	put_many(b, 1, 5);
	if (disconnect) {
		zt_ok(nz_set_str(b, ZMQ_NATIVE_DISCONNECT, NAME));
		zt_err(nz_set_str(b, ZMQ_NATIVE_DISCONNECT, NAME), ENOENT);
		zt_err(send(b, "x", 1, MSG_DONTWAIT), EAGAIN);
	} else {
		close(b);
	}
	/* Time to do what is not to be done. */
	if (linger > 0)
		zt_nap(3 * linger);
	a = bound(ZMQ_PULL, NAME);
	want_many(a, 1, 5);
	nz_quiet(a, 0);
	close(a);
	if (disconnect)
		close(b);
}

TEST(pending_closes)
{
	pending_goes(0, false);
	pending_goes(-1, false);
	pending_goes(50, false);
}

TEST(pending_disconnects)
{
	pending_goes(0, true);
	pending_goes(-1, true);
	pending_goes(50, true);
}

/* One that has nothing to say is forgotten. */
TEST(pending_empty)
{
	long refs;
	int b;

	b = connected(ZMQ_PUSH, NAME);
	refs = nz_module_refs();
	close(b);
	zt_until(nz_module_refs() < refs, NZ_TIMEO);
}

/* Both marks count, either being 0 means no limit; before the bind() only the sender's. */
static void marks(int snd, int rcv, int bind_first)
{
	int a = nz_socket(ZMQ_PULL), b = nz_socket(ZMQ_PUSH), sum = snd + rcv, i;

	nz_set(a, ZMQ_RCVHWM, rcv);
	nz_set(b, ZMQ_SNDHWM, snd);
	if (bind_first)
		zt_ok(nz_bind(a, NAME));
	zt_ok(nz_connect(b, NAME));
	if (!bind_first) {
		zt_eq(fill(b), snd);
		zt_ok(nz_bind(a, NAME));
		zt_eq(fill(b), rcv);
	} else {
		zt_eq(fill(b), sum);
	}
	for (i = 0; i < sum; i++)
		nz_want(a, "x", 0);
	nz_quiet(a, 0);
	/* Room comes back in lumps. */
	i = fill(b);
	zt_check(i >= sum / 2 && i <= sum);
	close(a);
	close(b);
}

TEST(hwm)
{
	int bind_first;

	for (bind_first = 0; bind_first < 2; bind_first++) {
		marks(1, 1, bind_first);
		marks(2, 3, bind_first);
		marks(20, 3, bind_first);
		marks(3, 20, bind_first);
		marks(1000, 1000, bind_first);
	}
}

TEST(hwm_unlimited)
{
	int i, a, b, k, count = zt_count(50000);

	for (k = 0; k < 2; k++) {
		a = nz_socket(ZMQ_PULL);
		b = nz_socket(ZMQ_PUSH);
		nz_set(a, ZMQ_RCVHWM, k ? 5 : 0);
		nz_set(b, ZMQ_SNDHWM, k ? 0 : 5);
		ASSERT_EQ(0, nz_bind(a, NAME));
		ASSERT_EQ(0, nz_connect(b, NAME));
		for (i = 0; i < count; i++)
			ASSERT_EQ(1, send(b, "x", 1, MSG_DONTWAIT));
		for (i = 0; i < count; i++)
			ASSERT_EQ(1, recv(a, &(char){ 0 }, 1, MSG_DONTWAIT));
		close(a);
		close(b);
	}
}

/* Multipart messages count once; PUB drops what is beyond both. */
TEST(hwm_pub)
{
	int pub = nz_socket(ZMQ_PUB), sub = nz_socket(ZMQ_SUB), i;

	nz_set(pub, ZMQ_SNDHWM, 3);
	nz_set(sub, ZMQ_RCVHWM, 4);
	ASSERT_EQ(0, nz_set_str(sub, ZMQ_SUBSCRIBE, ""));
	ASSERT_EQ(0, nz_bind(pub, NAME));
	ASSERT_EQ(0, nz_connect(sub, NAME));
	for (i = 0; i < 50; i++) {
		nz_put(pub, "a", MSG_MORE);
		nz_put(pub, "b", 0);
	}
	for (i = 0; i < 7; i++) {
		nz_want(sub, "a", 1);
		nz_want(sub, "b", 0);
	}
	nz_quiet(sub, 0);
	close(pub);
	close(sub);
}

/* The connector's option alone counts, for both directions. */
TEST(conflate)
{
	int who, a, b;

	for (who = 0; who < 2; who++) {
		a = nz_socket(ZMQ_PULL);
		b = nz_socket(ZMQ_PUSH);
		nz_set(who ? b : a, ZMQ_CONFLATE, 1);
		ASSERT_EQ(0, nz_bind(a, NAME));
		ASSERT_EQ(0, nz_connect(b, NAME));
		put_many(b, 1, 3);
		if (!who)
			want_many(a, 1, 2);
		want_many(a, 3, 3);
		nz_quiet(a, 0);
		close(a);
		close(b);
	}
}

/* Any bytes, their case counts, the longest name that there is. */
TEST(names)
{
	static const char *const good[] = {
		"inproc:///", "inproc://*", "inproc://*:*", "inproc://a b", "inproc://\xc3\xa4\x01\n",
		"inproc://://", "inproc://a;b", "inproc://@", "inproc://A", "inproc://a",
	};
	static const struct { const char *ep; int err; } bad[] = {
		{ "inproc://", EINVAL }, { "inproc:/x", EINVAL }, { "inproc:x", EINVAL },
		{ "inproc", EINVAL }, { "INPROC://x", EPROTONOSUPPORT },
		{ " inproc://x", EPROTONOSUPPORT },
	};
	int fds[ZT_ARRAY(good)], a = nz_socket(ZMQ_PULL);
	char last[512];
	size_t i;

	for (i = 0; i < ZT_ARRAY(good); i++) {
		fds[i] = bound(ZMQ_PULL, good[i]);
		nz_name(fds[i], last);
		EXPECT_STREQ(good[i], last);
	}
	for (i = 0; i < ZT_ARRAY(good); i++)
		close(fds[i]);
	for (i = 0; i < ZT_ARRAY(bad); i++) {
		zt_err(nz_bind(a, bad[i].ep), bad[i].err);
		zt_err(nz_connect(a, bad[i].ep), bad[i].err);
	}
	close(a);
}

TEST(long_names)
{
	static const size_t lengths[] = { 127, 256, ZMQ_ENDPOINT_MAX };
	char ep[ZMQ_ENDPOINT_MAX + 2] = "inproc://", last[ZMQ_ENDPOINT_MAX + 1];
	socklen_t len;
	size_t i;
	int a, b;

	for (i = 0; i < ZT_ARRAY(lengths); i++) {
		memset(ep + 9, 'n', sizeof(ep) - 9);
		ep[lengths[i]] = 0;
		a = nz_socket(ZMQ_PULL);
		b = nz_socket(ZMQ_PUSH);
		ASSERT_EQ(0, nz_set_str(a, ZMQ_NATIVE_BIND, ep));
		ASSERT_EQ(0, nz_set_str(b, ZMQ_NATIVE_CONNECT, ep));
		nz_put(b, "x", 0);
		nz_want(a, "x", 0);
		len = sizeof(last);
		ASSERT_EQ(0, getsockopt(a, SOL_ZMQ, ZMQ_LAST_ENDPOINT, last, &len));
		EXPECT_STREQ(ep, last);
		/* The last byte counts. */
		ep[lengths[i] - 1] = 'm';
		zt_err(nz_set_str(a, ZMQ_NATIVE_UNBIND, ep), ENOENT);
		ep[lengths[i] - 1] = 'n';
		ASSERT_EQ(0, nz_set_str(a, ZMQ_NATIVE_UNBIND, ep));
		close(a);
		close(b);
	}
	memset(ep + 9, 'n', sizeof(ep) - 9);
	ep[ZMQ_ENDPOINT_MAX + 1] = 0;
	a = nz_socket(ZMQ_PULL);
	EXPECT_NE(0, nz_set_str(a, ZMQ_NATIVE_BIND, ep));
	close(a);
}

/* Big messages are handed over whole. */
TEST(big)
{
	int a, b, first;

	for (first = 0; first < 2; first++) {
		make(&a, ZMQ_PULL, &b, ZMQ_PUSH, first);
		/* The receiver's limit is for wires. */
		nz_set(a, ZMQ_MAXMSGSIZE, 10);
		nz_put_big(b, 16 << 20, 1, MSG_MORE);
		nz_put_big(b, 3, 2, MSG_MORE);
		nz_put_big(b, 1 << 20, 3, 0);
		nz_want_big(a, 16 << 20, 1, 1);
		nz_want_big(a, 3, 2, 1);
		nz_want_big(a, 1 << 20, 3, 0);
		close(a);
		close(b);
	}
}

/* poll() and epoll, level and edge, on each side. */
TEST(edges)
{
	struct epoll_event in = { .events = EPOLLIN | EPOLLET }, got;
	struct epoll_event out = { .events = EPOLLOUT | EPOLLET };
	int a = nz_socket(ZMQ_PULL), b = nz_socket(ZMQ_PUSH), ein = epoll_create1(0);
	int eout = epoll_create1(0), i;

	nz_set(a, ZMQ_RCVHWM, 1);
	nz_set(b, ZMQ_SNDHWM, 1);
	ASSERT_EQ(0, epoll_ctl(ein, EPOLL_CTL_ADD, a, &in));
	ASSERT_EQ(0, epoll_ctl(eout, EPOLL_CTL_ADD, b, &out));
	EXPECT_EQ(0, epoll_wait(ein, &got, 1, 0));
	EXPECT_EQ(0, epoll_wait(eout, &got, 1, 0));
	ASSERT_EQ(0, nz_connect(b, NAME));
	EXPECT_EQ(1, epoll_wait(eout, &got, 1, zt_scaled(NZ_TIMEO)));
	ASSERT_EQ(0, nz_bind(a, NAME));
	for (i = 0; i < 20; i++) {
		EXPECT_EQ(2, fill(b));
		EXPECT_EQ(1, epoll_wait(ein, &got, 1, zt_scaled(NZ_TIMEO)));
		EXPECT_EQ(0, nz_poll(b, POLLOUT, 0));
		while (epoll_wait(eout, &got, 1, 0))
			;
		nz_want(a, "x", 0);
		nz_want(a, "x", 0);
		EXPECT_EQ(1, epoll_wait(eout, &got, 1, zt_scaled(NZ_TIMEO)));
		EXPECT_EQ(POLLOUT, nz_poll(b, POLLOUT, 0));
		EXPECT_EQ(0, nz_poll(a, POLLIN, 0));
		while (epoll_wait(ein, &got, 1, 0))
			;
	}
	close(a);
	close(b);
	close(ein);
	close(eout);
}

/* A thousand connect to one name, half of them before it is bound. */
#define CROWD 1000

TEST(crowd)
{
	struct rlimit limit = { CROWD + 100, CROWD + 100 };
	static int fds[CROWD];
	bool seen[CROWD] = { false };
	char text[16];
	int a = 0, i;

	if (setrlimit(RLIMIT_NOFILE, &limit))
		SKIP(return, "too few descriptors");
	for (i = 0; i < CROWD; i++) {
		if (i == CROWD / 2)
			a = bound(ZMQ_PULL, NAME);
		fds[i] = connected(ZMQ_PUSH, NAME);
		put_many(fds[i], i, i);
	}
	for (i = 0; i < CROWD; i++) {
		ssize_t n = recv(a, text, sizeof(text) - 1, 0);

		ASSERT_GT(n, 0);
		text[n] = 0;
		ASSERT_FALSE(seen[atoi(text)]);
		seen[atoi(text)] = true;
	}
	nz_quiet(a, 0);
	for (i = 0; i < CROWD; i++)
		close(fds[i]);
	close(a);
}

/* One socket, many names; another one connects to all of them. */
TEST(many_names)
{
	int a = nz_socket(ZMQ_PULL), b = nz_socket(ZMQ_PUSH), i;
	char ep[32];

	for (i = 0; i < CROWD; i++) {
		sprintf(ep, "inproc://%d", i * 7919 % CROWD);
		if (i % 2)
			ASSERT_EQ(0, nz_connect(b, ep));
		ASSERT_EQ(0, nz_bind(a, ep));
		if (i % 2 == 0)
			ASSERT_EQ(0, nz_connect(b, ep));
	}
	/* One to each. */
	put_many(b, 1, CROWD);
	for (i = 0; i < CROWD; i++)
		ASSERT_GT(recv(a, ep, sizeof(ep), 0), 0);
	for (i = 0; i < CROWD; i += 3) {
		sprintf(ep, "inproc://%d", i);
		ASSERT_EQ(0, nz_set_str(a, ZMQ_NATIVE_UNBIND, ep));
		ASSERT_EQ(0, nz_set_str(b, ZMQ_NATIVE_DISCONNECT, ep));
	}
	nz_put(b, "x", 0);
	nz_want(a, "x", 0);
	close(a);
	close(b);
}

TEST_HARNESS_MAIN
