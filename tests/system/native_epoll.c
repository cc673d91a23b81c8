// SPDX-License-Identifier: GPL-2.0-only
/*
 * epoll beyond the level: edges that are never lost, exclusive and one-shot
 * waiters; signals, and what ioctl() says.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "native_test.h"

#define BIG 20000
#define SMALL 8
#define MARK 10
#define TCP_BUFFER 65536
#define WAITERS 3

static void want_edge(int ep, unsigned int events)
{
	unsigned int got = nz_report(ep, zt_scaled(NZ_TIMEO));

	if ((got & events) != events)
		zt_fail("expected an edge of %#x, got %#x", events, got);
}

/* A writer and a reader that wait for edges only. */

FIXTURE(edge)
{
	int writer;
	int reader;
	char ep[256];
};

FIXTURE_VARIANT(edge)
{
	int writer;
	int reader;
	size_t len;
	const char *any;
};

#define EDGE(name, w, r, l) EDGE_ON(name, w, r, l, "tcp://127.0.0.1:*")
#define EDGE_ON(name, w, r, l, a) \
FIXTURE_VARIANT_ADD(edge, name) \
{ \
	.writer = (w), \
	.reader = (r), \
	.len = (l), \
	.any = (a), \
}

EDGE(push_small, ZMQ_PUSH, ZMQ_PULL, SMALL);
EDGE(push_big, ZMQ_PUSH, ZMQ_PULL, BIG);
EDGE(dealer_small, ZMQ_DEALER, ZMQ_DEALER, SMALL);
EDGE(dealer_big, ZMQ_DEALER, ZMQ_DEALER, BIG);
EDGE(pair_big, ZMQ_PAIR, ZMQ_PAIR, BIG);
EDGE(router_small, ZMQ_ROUTER, ZMQ_DEALER, SMALL);
EDGE(router_big, ZMQ_ROUTER, ZMQ_DEALER, BIG);
EDGE(xpub_small, ZMQ_XPUB, ZMQ_SUB, SMALL);
EDGE(xpub_big, ZMQ_XPUB, ZMQ_SUB, BIG);
EDGE_ON(inproc_push, ZMQ_PUSH, ZMQ_PULL, BIG, "inproc://edge");
EDGE_ON(inproc_dealer, ZMQ_DEALER, ZMQ_DEALER, SMALL, "inproc://edge");
EDGE_ON(inproc_pair, ZMQ_PAIR, ZMQ_PAIR, BIG, "inproc://edge");
EDGE_ON(inproc_router, ZMQ_ROUTER, ZMQ_DEALER, SMALL, "inproc://edge");
EDGE_ON(inproc_xpub, ZMQ_XPUB, ZMQ_SUB, BIG, "inproc://edge");

FIXTURE_SETUP(edge)
{
	self->writer = nz_socket(variant->writer);
	self->reader = nz_socket(variant->reader);
	ASSERT_EQ(0, nz_set(self->writer, ZMQ_SNDHWM, MARK));
	ASSERT_EQ(0, nz_set(self->reader, ZMQ_RCVHWM, MARK));
	if (variant->writer == ZMQ_ROUTER)
		ASSERT_EQ(0, nz_set(self->writer, ZMQ_ROUTER_MANDATORY, 1));
	if (variant->writer == ZMQ_XPUB)
		ASSERT_EQ(0, nz_set(self->writer, ZMQ_XPUB_NODROP, 1));
	if (variant->reader == ZMQ_DEALER)
		ASSERT_EQ(0, nz_set_str(self->reader, ZMQ_ROUTING_ID, "peer"));
	if (variant->reader == ZMQ_SUB)
		ASSERT_EQ(0, nz_set_str(self->reader, ZMQ_SUBSCRIBE, ""));
	/* TCP's own buffers grow, and take a hundred big ones then. */
	ASSERT_EQ(0, nz_set(self->writer, ZMQ_SNDBUF, TCP_BUFFER));
	ASSERT_EQ(0, nz_set(self->reader, ZMQ_RCVBUF, TCP_BUFFER));
	nz_bind_on(self->writer, variant->any, self->ep);
}

FIXTURE_TEARDOWN(edge)
{
	close(self->writer);
	close(self->reader);
}

/* False and errno: the next edge has to be waited for. */
static bool try_send(int fd, int type, const void *body, size_t len)
{
	if (type == ZMQ_ROUTER && send(fd, "peer", 4, MSG_MORE | MSG_DONTWAIT) < 0) {
		zt_check(errno == EAGAIN || errno == EHOSTUNREACH);
		return false;
	}
	if (send(fd, body, len, MSG_DONTWAIT) < 0) {
		/* A ROUTER has the place since it took the id. */
		zt_check(errno == EAGAIN && type != ZMQ_ROUTER);
		return false;
	}
	return true;
}

struct edge_reader {
	int fd;
	unsigned int count;
	size_t len;
};

static void *read_by_edges(void *arg)
{
	struct edge_reader *r = arg;
	int ep = nz_watch(r->fd, EPOLLIN | EPOLLET);
	unsigned int i = 0;
	char body[BIG];

	while (i < r->count) {
		if (recv(r->fd, body, sizeof(body), MSG_DONTWAIT) == (ssize_t)r->len) {
			zt_check(zt_same(body, r->len, i));
			i++;
			continue;
		}
		zt_eq(errno, EAGAIN);
		want_edge(ep, EPOLLIN);
	}
	close(ep);
	return NULL;
}

TEST_F(edge, none_is_lost)
{
	struct edge_reader r = { self->reader, zt_count(2000), variant->len };
	int ep = nz_watch(self->writer, EPOLLOUT | EPOLLET);
	unsigned int i, refused = 0;
	pthread_t thread;
	char body[BIG];

	ASSERT_EQ(0, nz_connect(self->reader, self->ep));
	/* Nobody has subscribed before that. */
	if (variant->writer == ZMQ_XPUB)
		nz_want(self->writer, "\1", 0);
	for (i = 0; i < r.count; i++) {
		zt_fill(body, variant->len, i);
		while (!try_send(self->writer, variant->writer, body, variant->len)) {
			/* The first one waits for the connection, not for the reader. */
			if (i && !refused++)
				zt_eq(pthread_create(&thread, NULL, read_by_edges, &r), 0);
			want_edge(ep, EPOLLOUT);
		}
	}
	TH_LOG("%u of %u refused", refused, r.count);
	/* TCP may take all of the small ones, nothing else takes more than the marks. */
	EXPECT_TRUE(refused || (variant->len == SMALL && *variant->any == 't'));
	if (!refused)
		zt_eq(pthread_create(&thread, NULL, read_by_edges, &r), 0);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	close(ep);
}

/* Each whole message is an edge, whether the last one was read or not. */
TEST(each_message_is_an_edge)
{
	struct nz_pair p;
	int ep, i;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	ep = nz_watch(p.a, EPOLLIN | EPOLLET);
	for (i = 0; i < 20; i++) {
		nz_put(p.b, "a part", MSG_MORE);
		/* That nothing comes of half a message is the point. */
		EXPECT_EQ(0, nz_report(ep, i ? 0 : 50));
		nz_put(p.b, "the last", 0);
		want_edge(ep, EPOLLIN);
		/* One each. */
		EXPECT_EQ(0, nz_report(ep, 0));
	}
	/* Reading is no edge. */
	nz_want(p.a, "a part", 1);
	EXPECT_EQ(0, nz_report(ep, 0));
	nz_want(p.a, "the last", 0);
	EXPECT_EQ(0, nz_report(ep, 0));
	close(ep);
	nz_pair_close(&p);
}

/* Each time the mark gave way after a refusal is an edge; none before. */
TEST(each_room_is_an_edge)
{
	int push = nz_socket(ZMQ_PUSH), pull, ep, round, got;
	char body[BIG] = "", name[256];

	nz_set(push, ZMQ_SNDHWM, 4);
	ASSERT_EQ(0, nz_set(push, ZMQ_SNDBUF, TCP_BUFFER));
	ep = nz_watch(push, EPOLLOUT | EPOLLET);
	EXPECT_EQ(0, nz_report(ep, 0));
	pull = nz_socket(ZMQ_PULL);
	nz_set(pull, ZMQ_RCVHWM, 1);
	ASSERT_EQ(0, nz_set(pull, ZMQ_RCVBUF, TCP_BUFFER));
	nz_bind_any(pull, name);
	ASSERT_EQ(0, nz_connect(push, name));
	want_edge(ep, EPOLLOUT);
	for (round = 0; round < 5; round++) {
		/* TCP takes what it can first, the last of it with a probe after 200 ms. */
		do {
			while (send(push, body, sizeof(body), MSG_DONTWAIT) > 0)
				;
			EXPECT_EQ(EAGAIN, errno);
		} while (nz_report(ep, zt_scaled(250)));
		EXPECT_EQ(0, nz_poll(push, POLLOUT, 0));
		for (got = 0; !nz_poll(push, POLLOUT, 0); got++)
			ASSERT_EQ(BIG, recv(pull, body, sizeof(body), 0));
		EXPECT_GT(got, 0);
		want_edge(ep, EPOLLOUT);
	}
	close(ep);
	close(push);
	close(pull);
}

/* A type that takes turns: what waits for its turn is an edge when that comes. */
TEST(turns_are_edges)
{
	int rep = nz_socket(ZMQ_REP), req[2], ep, ep_req, i;
	char name[256];

	nz_bind_any(rep, name);
	ep = nz_watch(rep, EPOLLIN | EPOLLOUT | EPOLLET);
	for (i = 0; i < 2; i++) {
		req[i] = nz_socket(ZMQ_REQ);
		ASSERT_EQ(0, nz_connect(req[i], name));
		nz_put(req[i], "question", 0);
	}
	ep_req = nz_watch(req[0], EPOLLIN | EPOLLOUT | EPOLLET);
	for (i = 0; i < 2; i++) {
		want_edge(ep, EPOLLIN);
		nz_want(rep, "question", 0);
		want_edge(ep, EPOLLOUT);
		nz_put(rep, "answer", 0);
	}
	want_edge(ep_req, EPOLLIN);
	nz_want(req[0], "answer", 0);
	want_edge(ep_req, EPOLLOUT);
	nz_want(req[1], "answer", 0);
	close(ep);
	close(ep_req);
	for (i = 0; i < 2; i++)
		close(req[i]);
	close(rep);
}

TEST(one_shot)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLONESHOT };
	struct nz_pair p;
	int ep;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	ep = nz_watch(p.a, EPOLLIN | EPOLLONESHOT);
	nz_put(p.b, "one", 0);
	want_edge(ep, EPOLLIN);
	nz_put(p.b, "two", 0);
	nz_until(p.a, POLLIN);
	nz_want(p.a, "one", 0);
	nz_until(p.a, POLLIN);
	EXPECT_EQ(0, nz_report(ep, 0));
	/* Armed again it tells what is there already. */
	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_MOD, p.a, &ev));
	want_edge(ep, EPOLLIN);
	EXPECT_EQ(0, nz_report(ep, 0));
	close(ep);
	nz_pair_close(&p);
}

struct waiter {
	int fd;
	int ep;
	unsigned int got;
};

static void *wait_exclusively(void *arg)
{
	struct waiter *w = arg;
	char body[16];

	for (;;) {
		unsigned int events = nz_report(w->ep, zt_scaled(NZ_TIMEO));

		if (events & EPOLLHUP)
			return NULL;
		zt_eq(events, EPOLLIN);
		while (recv(w->fd, body, sizeof(body), MSG_DONTWAIT) >= 0)
			w->got++;
		zt_eq(errno == EAGAIN || errno == ZMQ_ETERM, 1);
	}
}

/* Several epoll instances share the messages; the end is told to all of them. */
TEST(exclusive)
{
	struct waiter waiters[WAITERS] = { 0 };
	unsigned int i, sum, count = zt_count(1000);
	pthread_t threads[WAITERS];
	struct nz_pair p;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	for (i = 0; i < WAITERS; i++) {
		waiters[i].fd = p.a;
		waiters[i].ep = nz_watch(p.a, EPOLLIN | EPOLLEXCLUSIVE);
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, wait_exclusively, &waiters[i]));
	}
	for (i = 0; i < count; i++)
		nz_put(p.b, "x", 0);
	do {
		for (i = 0, sum = 0; i < WAITERS; i++)
			sum += __atomic_load_n(&waiters[i].got, __ATOMIC_RELAXED);
		zt_nap(1);
	} while (sum < count);
	ASSERT_EQ(0, shutdown(p.a, SHUT_RDWR));
	for (i = 0, sum = 0; i < WAITERS; i++) {
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
		close(waiters[i].ep);
		sum += waiters[i].got;
	}
	EXPECT_EQ(count, sum);
	nz_pair_close(&p);
}

/* The next signal of the descriptor; its band, 0 for none within @ms. */
static int signalled(int fd, int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	if (sigtimedwait(&set, &info, &ts) < 0) {
		zt_eq(errno, EAGAIN);
		return 0;
	}
	zt_eq(info.si_fd, fd);
	return info.si_band;
}

static void ask_for_signals(int fd)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	zt_ok(sigprocmask(SIG_BLOCK, &set, NULL));
	zt_ok(fcntl(fd, F_SETOWN, getpid()));
	zt_ok(fcntl(fd, F_SETSIG, SIGRTMIN));
	zt_ok(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_ASYNC));
}

TEST(signals)
{
	int push = nz_socket(ZMQ_PUSH), pull = nz_socket(ZMQ_PULL);
	char name[256];

	nz_bind_any(pull, name);
	ask_for_signals(push);
	ASSERT_EQ(0, nz_connect(push, name));
	EXPECT_TRUE(signalled(push, zt_scaled(NZ_TIMEO)) & POLLOUT);
	nz_put(push, "hello", 0);
	nz_want(pull, "hello", 0);
	ASSERT_EQ(0, fcntl(push, F_SETFL, 0));
	while (signalled(push, 0))
		;
	ask_for_signals(pull);
	nz_put(push, "x", 0);
	EXPECT_TRUE(signalled(pull, zt_scaled(NZ_TIMEO)) & POLLIN);
	nz_want(pull, "x", 0);
	/* By ioctl as well. */
	ASSERT_EQ(0, ioctl(pull, FIOASYNC, &(int){ 0 }));
	while (signalled(pull, 0))
		;
	nz_put(push, "y", 0);
	nz_until(pull, POLLIN);
	EXPECT_EQ(0, signalled(pull, 0));
	close(push);
	close(pull);
}

/* There are no bytes to be counted, only messages; nothing is disturbed by asking. */
TEST(ioctls)
{
	static const unsigned long unknown[] = { FIONREAD, TIOCOUTQ, SIOCATMARK, SIOCGIFINDEX,
						 TCGETS, 0, ~0UL };
	char buf[256] = "", c;
	struct nz_pair p;
	size_t i;
	int pid;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	nz_put(p.b, "message", 0);
	nz_until(p.a, POLLIN);
	for (i = 0; i < ZT_ARRAY(unknown); i++) {
		zt_check(ioctl(p.a, unknown[i], buf) < 0);
		if (errno != EOPNOTSUPP && errno != ENOTTY)
			zt_fail("ioctl %#lx: %s", unknown[i], strerror(errno));
	}
	/* What belongs to descriptors and sockets in general works. */
	ASSERT_EQ(0, ioctl(p.a, SIOCSPGRP, &(int){ getpid() }));
	ASSERT_EQ(0, ioctl(p.a, SIOCGPGRP, &pid));
	EXPECT_EQ(getpid(), pid);
	nz_want(p.a, "message", 0);
	ASSERT_EQ(0, ioctl(p.a, FIONBIO, &(int){ 1 }));
	zt_err(recv(p.a, &c, 1, 0), EAGAIN);
	EXPECT_TRUE(fcntl(p.a, F_GETFL) & O_NONBLOCK);
	nz_pair_close(&p);
}

TEST_HARNESS_MAIN
