// SPDX-License-Identifier: GPL-2.0-only
/*
 * ZMQ_NATIVE_EVENTS_FD: the descriptor that tells of changes. What makes it rise
 * and what quiets it, that nothing is lost between the two, and who may go first.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

#define BIG 20000
#define MARK 4

/* Bits of ZMQ_EVENTS, as libzmq calls them. */
#define IN 1
#define OUT 2

static int events_fd(int fd)
{
	int got = nz_get(fd, ZMQ_NATIVE_EVENTS_FD);

	zt_check(got > 2 && got != fd);
	return got;
}

/* What poll() says within @ms. */
static int state(int fd, int ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN | POLLOUT };

	zt_ok(poll(&pfd, 1, ms));
	return pfd.revents;
}

static void want_news(int fd)
{
	zt_eq(state(fd, zt_scaled(NZ_TIMEO)), POLLIN);
}

/* Each step up to @events is news; what comes before them need not be the last one. */
static void want_state(int fd, int news, int events)
{
	do
		want_news(news);
	while (nz_get(fd, ZMQ_EVENTS) != events);
}

/* Looks until nothing is new for a while. */
static void settle(int fd, int news)
{
	do
		nz_get(fd, ZMQ_EVENTS);
	while (state(news, zt_scaled(30)));
}

/* What it is */

TEST(descriptor)
{
	int pull = nz_socket(ZMQ_PULL), a = events_fd(pull), b = events_fd(pull);
	char byte;

	EXPECT_NE(a, b);
	EXPECT_EQ(FD_CLOEXEC, fcntl(a, F_GETFD));
	EXPECT_EQ(0, state(a, 0));
	/* For poll() only. */
	zt_err(read(a, &byte, 1), EINVAL);
	zt_err(write(a, &byte, 1), EBADF);
	zt_err(nz_set(a, ZMQ_LINGER, 0), ENOTSOCK);
	close(a);
	close(b);
	close(pull);
}

TEST(refused)
{
	struct rlimit old, none = { 0 };
	int pull = nz_socket(ZMQ_PULL), next, value;
	socklen_t len = 3;

	next = dup(pull);
	close(next);
	zt_err(getsockopt(pull, SOL_ZMQ, ZMQ_NATIVE_EVENTS_FD, &value, &len), EINVAL);
	len = sizeof(value);
	zt_err(getsockopt(pull, SOL_ZMQ, ZMQ_NATIVE_EVENTS_FD, NULL, &len), EFAULT);
	zt_err(getsockopt(pull, SOL_ZMQ, ZMQ_NATIVE_EVENTS_FD, &value, NULL), EFAULT);
	zt_err(nz_set(pull, ZMQ_NATIVE_EVENTS_FD, 1), EINVAL);
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
	none.rlim_max = old.rlim_max;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	zt_err(getsockopt(pull, SOL_ZMQ, ZMQ_NATIVE_EVENTS_FD, &value, &len), EMFILE);
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
	/* None of these has left a descriptor behind. */
	ASSERT_EQ(next, dup(pull));
	close(next);
	/* Closed, but for the descriptor. */
	ASSERT_EQ(0, nz_set(pull, ZMQ_NATIVE_CLOSE, 1));
	zt_err(getsockopt(pull, SOL_ZMQ, ZMQ_NATIVE_EVENTS_FD, &value, &len), ENOTSOCK);
	close(pull);
}

/* What makes it rise, and what quiets it */

TEST(rises_with_what_happens)
{
	int push = nz_socket(ZMQ_PUSH), pull = nz_socket(ZMQ_PULL);
	int out = events_fd(push), in = events_fd(pull);
	char ep[256];

	nz_bind_any(push, ep);
	EXPECT_EQ(POLLIN, state(out, 0));
	EXPECT_EQ(0, nz_get(push, ZMQ_EVENTS));
	EXPECT_EQ(0, state(out, 0));
	ASSERT_EQ(0, nz_connect(pull, ep));
	EXPECT_EQ(POLLIN, state(in, 0));
	EXPECT_EQ(0, nz_get(pull, ZMQ_EVENTS));
	/* Somebody to send to: readable, for want of another word. */
	want_state(push, out, OUT);
	settle(push, out);
	/* That there is a connection now may be news, if none that can be read. */
	settle(pull, in);
	EXPECT_EQ(0, nz_get(pull, ZMQ_EVENTS));
	nz_put(push, "a message", 0);
	want_state(pull, in, IN);
	EXPECT_EQ(0, state(in, 0));
	/* The descriptor of the socket has another opinion. */
	EXPECT_EQ(POLLIN, nz_poll(pull, POLLIN, 0));
	nz_want(pull, "a message", 0);
	close(pull);
	want_news(out);
	EXPECT_EQ(0, state(in, 0) & ~(POLLIN | POLLHUP));
	close(in);
	close(out);
	close(push);
}

TEST(what_is_a_look)
{
	struct nz_pair p;
	int in;
	char byte;

	nz_pair(&p, ZMQ_DEALER, ZMQ_DEALER);
	/* That it is connected must not be news later. */
	nz_put(p.b, "hello", 0);
	nz_want(p.a, "hello", 0);
	/* Made late: see for yourself. */
	in = events_fd(p.a);
	EXPECT_EQ(POLLIN, state(in, 0));
	/* poll() of the socket is none. */
	EXPECT_EQ(0, nz_poll(p.a, POLLIN, 0));
	EXPECT_EQ(POLLIN, state(in, 0));
	/* Nothing to be had. */
	zt_err(recv(p.a, &byte, 1, MSG_DONTWAIT), EAGAIN);
	EXPECT_EQ(0, state(in, 0));
	/* The last that was new. */
	nz_put(p.b, "1", 0);
	nz_put(p.b, "2", 0);
	want_news(in);
	nz_want(p.a, "1", 0);
	nz_until(p.a, POLLIN);
	EXPECT_EQ(POLLIN, state(in, 0));
	nz_want(p.a, "2", 0);
	EXPECT_EQ(0, state(in, 0));
	/* To peek, or to have no room, is not to read. */
	nz_put(p.b, "x", 0);
	nz_until(p.a, POLLIN);
	EXPECT_EQ(1, recv(p.a, &byte, 1, MSG_PEEK));
	EXPECT_EQ(POLLIN, state(in, 0));
	zt_err(recv(p.a, &byte, 0, 0), EMSGSIZE);
	EXPECT_EQ(POLLIN, state(in, 0));
	/* Who sends has not seen what he could read. */
	nz_put(p.a, "y", 0);
	EXPECT_EQ(POLLIN, state(in, 0));
	nz_want(p.a, "x", 0);
	EXPECT_EQ(0, state(in, 0));
	close(in);
	nz_pair_close(&p);
}

/* A part is no message; the rest of one is nothing new. */
TEST(multipart)
{
	struct nz_pair p;
	int in;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	in = events_fd(p.a);
	settle(p.a, in);
	nz_put(p.b, "a part", MSG_MORE);
	EXPECT_EQ(0, state(in, 50));
	nz_put(p.b, "the last", 0);
	want_news(in);
	nz_want(p.a, "a part", 1);
	EXPECT_EQ(POLLIN, state(in, 0));
	nz_want(p.a, "the last", 0);
	EXPECT_EQ(0, state(in, 0));
	close(in);
	nz_pair_close(&p);
}

/* What came while it was not its turn is told when the turn comes. */
TEST(turns)
{
	int rep = nz_socket(ZMQ_REP), req[2], in = events_fd(rep), i;
	char name[256];

	nz_bind_any(rep, name);
	for (i = 0; i < 2; i++) {
		req[i] = nz_socket(ZMQ_REQ);
		ASSERT_EQ(0, nz_connect(req[i], name));
		nz_put(req[i], "question", 0);
	}
	nz_want(rep, "question", 0);
	/* Until the second one is there, which nothing shows. */
	settle(rep, in);
	EXPECT_EQ(OUT, nz_get(rep, ZMQ_EVENTS));
	EXPECT_EQ(0, state(in, zt_scaled(200)));
	nz_put(rep, "answer", 0);
	EXPECT_EQ(POLLIN, state(in, 0));
	EXPECT_EQ(IN, nz_get(rep, ZMQ_EVENTS));
	nz_want(rep, "question", 0);
	EXPECT_EQ(0, state(in, 0));
	close(in);
	close(rep);
	for (i = 0; i < 2; i++)
		close(req[i]);
}

/* Edges, and levels */

TEST(edges_and_levels)
{
	struct nz_pair p;
	int in, edge, level, i;
	char byte;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	in = events_fd(p.a);
	settle(p.a, in);
	edge = nz_watch(in, EPOLLIN | EPOLLET);
	level = nz_watch(in, EPOLLIN);
	for (i = 0; i < 20; i++) {
		nz_put(p.b, "x", 0);
		EXPECT_EQ(EPOLLIN, nz_report(edge, zt_scaled(NZ_TIMEO)));
		EXPECT_EQ(0, nz_report(edge, 0));
		EXPECT_EQ(EPOLLIN, nz_report(level, 0));
		EXPECT_EQ(EPOLLIN, nz_report(level, 0));
		EXPECT_EQ(IN, nz_get(p.a, ZMQ_EVENTS));
		EXPECT_EQ(0, nz_report(level, 0));
		/* As many as one likes, unread: each is new again. */
		if (i % 4 == 3)
			while (recv(p.a, &byte, 1, MSG_DONTWAIT) == 1)
				;
	}
	close(edge);
	close(level);
	close(in);
	nz_pair_close(&p);
}

struct writer {
	int fd;
	unsigned int count;
	size_t len;
};

/* Looks at EVENTS and nothing else; waits for edges of the other descriptor. */
static void *write_by_news(void *arg)
{
	struct writer *w = arg;
	int news = events_fd(w->fd), ep = nz_watch(news, EPOLLIN | EPOLLET);
	char body[BIG];
	unsigned int i;

	for (i = 0; i < w->count; i++) {
		zt_fill(body, w->len, i);
		while (!(nz_get(w->fd, ZMQ_EVENTS) & OUT))
			if (!nz_report(ep, zt_scaled(NZ_TIMEO)))
				zt_fail("message %u: no news", i);
		zt_eq(send(w->fd, body, w->len, MSG_DONTWAIT), w->len);
	}
	close(ep);
	close(news);
	return NULL;
}

/* @looks: asks EVENTS in front of each message; otherwise reads until EAGAIN. */
static void read_by_news(int fd, unsigned int count, size_t len, bool looks)
{
	int news = events_fd(fd), ep = nz_watch(news, EPOLLIN | EPOLLET);
	unsigned int i = 0;
	char body[BIG];

	while (i < count) {
		if (!nz_report(ep, zt_scaled(NZ_TIMEO)))
			zt_fail("message %u: no news", i);
		while (!looks || nz_get(fd, ZMQ_EVENTS) & IN) {
			if (recv(fd, body, sizeof(body), MSG_DONTWAIT) < 0) {
				zt_eq(errno, EAGAIN);
				zt_check(!looks);
				break;
			}
			zt_check(zt_same(body, len, i));
			i++;
		}
	}
	close(ep);
	close(news);
}

FIXTURE(lost)
{
	int unused;
};

FIXTURE_VARIANT(lost)
{
	int writer;
	int reader;
	size_t len;
	bool looks;
	const char *any;
};

#define LOST(name, w, r, l, k, a) \
FIXTURE_VARIANT_ADD(lost, name) \
{ \
	.writer = (w), \
	.reader = (r), \
	.len = (l), \
	.looks = (k), \
	.any = (a), \
}

LOST(push_small, ZMQ_PUSH, ZMQ_PULL, 8, true, "tcp://127.0.0.1:*");
LOST(push_big, ZMQ_PUSH, ZMQ_PULL, BIG, false, "tcp://127.0.0.1:*");
LOST(dealer_big, ZMQ_DEALER, ZMQ_DEALER, BIG, true, "tcp://127.0.0.1:*");
LOST(inproc, ZMQ_PAIR, ZMQ_PAIR, 8, false, "inproc://news");

FIXTURE_SETUP(lost)
{
}

FIXTURE_TEARDOWN(lost)
{
}

/* Two loops that believe in the descriptor: neither stalls. */
TEST_F(lost, none)
{
	int a = nz_socket(variant->writer), b = nz_socket(variant->reader);
	struct writer w = { a, zt_count(2500), variant->len };
	pthread_t thread;
	char ep[256];

	ASSERT_EQ(0, nz_set(a, ZMQ_SNDHWM, MARK));
	ASSERT_EQ(0, nz_set(b, ZMQ_RCVHWM, MARK));
	nz_bind_on(a, variant->any, ep);
	ASSERT_EQ(0, nz_connect(b, ep));
	ASSERT_EQ(0, pthread_create(&thread, NULL, write_by_news, &w));
	read_by_news(b, w.count, variant->len, variant->looks);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	close(a);
	close(b);
}

/* Many hands */

TEST(one_state)
{
	struct nz_pair p;
	int in, other, copy;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	in = events_fd(p.a);
	other = events_fd(p.a);
	copy = dup(in);
	settle(p.a, in);
	nz_put(p.b, "x", 0);
	want_news(in);
	EXPECT_EQ(POLLIN, state(other, 0));
	EXPECT_EQ(POLLIN, state(copy, 0));
	close(in);
	EXPECT_EQ(POLLIN, state(other, 0));
	nz_get(p.a, ZMQ_EVENTS);
	EXPECT_EQ(0, state(other, 0));
	EXPECT_EQ(0, state(copy, 0));
	close(other);
	close(copy);
	/* Nobody has noted it, so it may be new. */
	nz_want(p.a, "x", 0);
	in = events_fd(p.a);
	EXPECT_EQ(POLLIN, state(in, 0));
	close(in);
	nz_pair_close(&p);
}

TEST(forked)
{
	struct nz_pair p;
	int in, status;
	pid_t pid;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	in = events_fd(p.a);
	settle(p.a, in);
	fflush(stdout);
	pid = fork();
	ASSERT_GE(pid, 0);
	if (!pid) {
		want_news(in);
		zt_eq(nz_get(p.a, ZMQ_EVENTS), IN);
		nz_want(p.a, "to the child", 0);
		close(p.a);
		/* The parent's is open. */
		zt_eq(state(in, 0), 0);
		_exit(0);
	}
	nz_put(p.b, "to the child", 0);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, state(in, 0));
	nz_put(p.b, "to the parent", 0);
	want_news(in);
	nz_want(p.a, "to the parent", 0);
	close(in);
	nz_pair_close(&p);
}

/* On the way, it is the only thing that is left of the socket. */
TEST(passed)
{
	int pull = nz_socket(ZMQ_PULL), in = events_fd(pull), ends[2], got;
	long refs = nz_module_refs(), socks = nz_baseline(1);

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
	nz_pass_fd(ends[0], in);
	close(in);
	close(pull);
	EXPECT_EQ(socks, nz_sockets());
	got = nz_take_fd(ends[1]);
	EXPECT_EQ(POLLIN | POLLHUP, state(got, 0));
	close(got);
	/* Never received: goes with the socket that it was sent by. */
	pull = nz_socket(ZMQ_PULL);
	in = events_fd(pull);
	nz_pass_fd(ends[0], in);
	close(in);
	close(pull);
	close(ends[0]);
	close(ends[1]);
	zt_until(nz_sockets() == socks - 1, NZ_TIMEO);
	zt_until(nz_module_refs() < refs, NZ_TIMEO);
}

/* Ends */

TEST(socket_goes_first)
{
	long socks = nz_baseline(0);
	struct nz_pair p;
	int in, ep;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	in = events_fd(p.a);
	settle(p.a, in);
	ep = nz_watch(in, EPOLLIN | EPOLLET);
	nz_report(ep, 0);
	nz_pair_close(&p);
	EXPECT_EQ(EPOLLIN | EPOLLHUP, nz_report(ep, zt_scaled(NZ_TIMEO)));
	EXPECT_EQ(POLLIN | POLLHUP, state(in, 0));
	EXPECT_EQ(POLLIN | POLLHUP, state(in, 0));
	/* It is all that is left. */
	zt_until(nz_sockets() == socks + 1, NZ_TIMEO);
	close(in);
	zt_until(nz_sockets() == socks, NZ_TIMEO);
	close(ep);
}

static void *close_soon(void *arg)
{
	/* That the other thread waits is likely, and not needed. */
	zt_nap(50);
	close(*(int *)arg);
	return NULL;
}

TEST(socket_goes_while_waited_for)
{
	int pull = nz_socket(ZMQ_PULL), in = events_fd(pull);
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, close_soon, &pull));
	EXPECT_EQ(POLLIN | POLLHUP, state(in, zt_scaled(NZ_TIMEO)));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	close(in);
}

/* News until somebody is told, in whatever way. */
TEST(shutdown_is_told)
{
	int pull = nz_socket(ZMQ_PULL), in = events_fd(pull), late;
	char byte;

	ASSERT_EQ(0, shutdown(pull, SHUT_RDWR));
	EXPECT_EQ(POLLIN, state(in, 0));
	EXPECT_EQ(POLLHUP, nz_poll(pull, POLLHUP, 0));
	EXPECT_EQ(POLLIN, state(in, 0));
	zt_err(getsockopt(pull, SOL_ZMQ, ZMQ_EVENTS, &late, &(socklen_t){ 4 }), ZMQ_ETERM);
	EXPECT_EQ(0, state(in, 0));
	ASSERT_EQ(0, shutdown(pull, SHUT_RDWR));
	EXPECT_EQ(POLLIN, state(in, 0));
	zt_err(recv(pull, &byte, 1, 0), ZMQ_ETERM);
	EXPECT_EQ(0, state(in, 0));
	zt_err(getsockopt(pull, SOL_ZMQ, ZMQ_NATIVE_EVENTS_FD, &late, &(socklen_t){ 4 }),
	       ZMQ_ETERM);
	close(pull);
	EXPECT_EQ(POLLIN | POLLHUP, state(in, 0));
	close(in);
}

/* Files come and go while messages do. */

struct churn {
	int fd;
	atomic_bool done;
};

static void *churn_files(void *arg)
{
	struct churn *c = arg;
	char byte;

	while (!atomic_load(&c->done)) {
		int news = events_fd(c->fd), ep = nz_watch(news, EPOLLIN | EPOLLET);

		nz_report(ep, 0);
		close(news);
		nz_get(c->fd, ZMQ_EVENTS);
		recv(c->fd, &byte, 1, MSG_DONTWAIT);
		close(ep);
	}
	return NULL;
}

TEST(churn)
{
	unsigned int i, count = zt_count(5000);
	struct churn c = { 0 };
	pthread_t threads[2];
	struct nz_pair p;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	c.fd = p.a;
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, churn_files, &c));
	for (i = 0; i < count; i++)
		nz_put(p.b, "x", 0);
	atomic_store(&c.done, true);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	nz_pair_close(&p);
}

TEST_HARNESS_MAIN
