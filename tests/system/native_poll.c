// SPDX-License-Identifier: GPL-2.0-only
/* poll, select and epoll tell level-triggered truth; shutdown wakes sleepers. */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_test.h"

#define IN_OUT (POLLIN | POLLOUT)

TEST(no_peer)
{
	static const int types[] = { ZMQ_PAIR, ZMQ_PUSH, ZMQ_PULL, ZMQ_REQ, ZMQ_REP };
	size_t i;

	for (i = 0; i < ZT_ARRAY(types); i++) {
		int fd = nz_socket(types[i]);

		EXPECT_EQ(0, nz_poll(fd, IN_OUT | POLLRDHUP, 0));
		EXPECT_EQ(0, nz_get(fd, ZMQ_EVENTS));
		close(fd);
	}
}

/* Writable while there is room under the HWM, exactly. */
TEST(out_follows_the_hwm)
{
	int push = nz_socket(ZMQ_PUSH), pull = nz_socket(ZMQ_PULL), i;
	char ep[256];

	nz_bind_any(pull, ep);
	ASSERT_EQ(0, nz_set_str(pull, ZMQ_NATIVE_UNBIND, ep));
	ASSERT_EQ(0, nz_set(push, ZMQ_SNDHWM, 3));
	ASSERT_EQ(0, nz_connect(push, ep));
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(POLLOUT, nz_poll(push, IN_OUT, 0));
		EXPECT_EQ(ZMQ_PUSH, nz_get(push, ZMQ_TYPE));
		nz_put(push, "x", MSG_DONTWAIT | MSG_MORE);
		nz_put(push, "y", MSG_DONTWAIT);
	}
	EXPECT_EQ(0, nz_poll(push, IN_OUT, 0));
	zt_err(send(push, "x", 1, MSG_DONTWAIT), EAGAIN);
	zt_until(!nz_bind(pull, ep), NZ_TIMEO);
	nz_until(push, POLLOUT);
	for (i = 0; i < 3; i++) {
		nz_want(pull, "x", 1);
		nz_want(pull, "y", 0);
	}
	close(push);
	close(pull);
}

TEST(in_stays_until_read)
{
	struct nz_pair p;
	int i;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	nz_put(p.b, "one", MSG_MORE);
	nz_quiet(p.a, 50);
	nz_put(p.b, "two", 0);
	nz_until(p.a, POLLIN);
	for (i = 0; i < 3; i++)
		EXPECT_EQ(POLLIN, nz_poll(p.a, IN_OUT, 0));
	nz_want(p.a, "one", 1);
	/* The rest of the message is there, too. */
	EXPECT_EQ(POLLIN, nz_poll(p.a, IN_OUT, 0));
	nz_want(p.a, "two", 0);
	EXPECT_EQ(0, nz_poll(p.a, IN_OUT, 0));
	nz_pair_close(&p);
}

TEST(select_agrees)
{
	struct timeval tv = { 0, 0 };
	struct nz_pair p;
	fd_set in, out;

	nz_pair(&p, ZMQ_PAIR, ZMQ_PAIR);
	nz_put(p.b, "x", 0);
	nz_until(p.a, POLLIN);
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(p.a, &in);
	FD_SET(p.b, &in);
	FD_SET(p.b, &out);
	ASSERT_EQ(2, select((p.a > p.b ? p.a : p.b) + 1, &in, &out, NULL, &tv));
	EXPECT_TRUE(FD_ISSET(p.a, &in));
	EXPECT_FALSE(FD_ISSET(p.b, &in));
	EXPECT_TRUE(FD_ISSET(p.b, &out));
	nz_pair_close(&p);
}

TEST(epoll_level_and_edge)
{
	struct epoll_event ev = { .events = EPOLLIN }, got;
	int ep = epoll_create1(EPOLL_CLOEXEC), i;
	struct nz_pair p;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, p.a, &ev));
	EXPECT_EQ(0, epoll_wait(ep, &got, 1, 0));
	nz_put(p.b, "x", 0);
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(1, epoll_wait(ep, &got, 1, zt_scaled(NZ_TIMEO)));
		EXPECT_EQ(EPOLLIN, got.events);
	}
	nz_want(p.a, "x", 0);
	EXPECT_EQ(0, epoll_wait(ep, &got, 1, 0));
	/* Edge-triggered: each arrival is an edge. */
	ev.events = EPOLLIN | EPOLLET;
	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_MOD, p.a, &ev));
	for (i = 0; i < 3; i++) {
		nz_put(p.b, "x", 0);
		ASSERT_EQ(1, epoll_wait(ep, &got, 1, zt_scaled(NZ_TIMEO)));
		nz_want(p.a, "x", 0);
	}
	close(ep);
	nz_pair_close(&p);
}

struct waiter {
	int fd;
	int error;
	bool (*call)(int fd);
};

static bool wait_recv(int fd)
{
	char c;

	return recv(fd, &c, 1, 0) >= 0;
}

static bool wait_send(int fd)
{
	return send(fd, "x", 1, 0) >= 0;
}

static bool wait_poll(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	poll(&pfd, 1, -1);
	return recv(fd, NULL, 0, MSG_DONTWAIT) >= 0;
}

static void *waiter_run(void *arg)
{
	struct waiter *w = arg;

	w->error = w->call(w->fd) ? 0 : errno;
	return NULL;
}

/* shutdown() is the end of the socket, for whoever sleeps and whoever comes. */
TEST(shutdown_wakes)
{
	struct waiter waiters[] = {
		{ nz_socket(ZMQ_PULL), -1, wait_recv },
		{ nz_socket(ZMQ_PUSH), -1, wait_send },
		{ nz_socket(ZMQ_PAIR), -1, wait_poll },
		{ nz_socket(ZMQ_REP), -1, wait_recv },
		{ nz_socket(ZMQ_REQ), -1, wait_send },
	};
	pthread_t threads[ZT_ARRAY(waiters)];
	size_t i;
	char c;

	for (i = 0; i < ZT_ARRAY(waiters); i++) {
		nz_set(waiters[i].fd, ZMQ_RCVTIMEO, -1);
		nz_set(waiters[i].fd, ZMQ_SNDTIMEO, -1);
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, waiter_run, &waiters[i]));
	}
	zt_until(zt_others_asleep(), NZ_TIMEO);
	for (i = 0; i < ZT_ARRAY(waiters); i++)
		ASSERT_EQ(0, shutdown(waiters[i].fd, SHUT_RDWR));
	for (i = 0; i < ZT_ARRAY(waiters); i++) {
		zt_until(!pthread_tryjoin_np(threads[i], NULL), NZ_TIMEO);
		EXPECT_EQ(ZMQ_ETERM, waiters[i].error);
		EXPECT_NE(0, nz_poll(waiters[i].fd, IN_OUT, 0));
		zt_err(nz_bind(waiters[i].fd, "tcp://127.0.0.1:*"), ZMQ_ETERM);
		zt_err(nz_connect(waiters[i].fd, "tcp://127.0.0.1:1"), ZMQ_ETERM);
		close(waiters[i].fd);
	}
	(void)c;
}

/* A sleeping reader is woken by each arrival, a sleeping writer by each read. */
static void *ping_pong(void *arg)
{
	int fd = *(int *)arg, i;
	char text[16];

	for (i = 0; i < (int)zt_count(500); i++) {
		sprintf(text, "%d", i);
		nz_want(fd, text, 0);
		nz_put(fd, text, 0);
	}
	return NULL;
}

TEST(no_lost_wakeups)
{
	struct nz_pair p;
	pthread_t thread;
	char text[16];
	int i;

	nz_pair(&p, ZMQ_PAIR, ZMQ_PAIR);
	ASSERT_EQ(0, pthread_create(&thread, NULL, ping_pong, &p.a));
	for (i = 0; i < (int)zt_count(500); i++) {
		sprintf(text, "%d", i);
		nz_put(p.b, text, 0);
		nz_until(p.b, POLLIN);
		nz_want(p.b, text, 0);
	}
	pthread_join(thread, NULL);
	nz_pair_close(&p);
}

static void *slow_reader(void *arg)
{
	int fd = *(int *)arg, i;

	for (i = 0; i < (int)zt_count(2000); i++)
		nz_want_big(fd, 3000, i, 0);
	return NULL;
}

/* A writer that outruns its reader sleeps and goes on, nothing is lost. */
TEST(writer_sleeps_and_wakes)
{
	int push = nz_socket(ZMQ_PUSH), pull = nz_socket(ZMQ_PULL), i;
	pthread_t thread;
	char ep[256];

	nz_set(push, ZMQ_SNDHWM, 2);
	nz_set(pull, ZMQ_RCVHWM, 2);
	nz_bind_any(pull, ep);
	ASSERT_EQ(0, nz_connect(push, ep));
	ASSERT_EQ(0, pthread_create(&thread, NULL, slow_reader, &pull));
	for (i = 0; i < (int)zt_count(2000); i++)
		nz_put_big(push, 3000, i, 0);
	pthread_join(thread, NULL);
	close(push);
	close(pull);
}

TEST_HARNESS_MAIN
