// SPDX-License-Identifier: GPL-2.0-only
/* inproc: somebody binds, connects, sends and closes at the same time; nothing sent is lost. */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_test.h"

#define NAME "inproc://name"

static void *close_it(void *arg)
{
	close(*(int *)arg);
	return NULL;
}

/* Either end, or both, are closed while messages go both ways. */
TEST(close_races)
{
	unsigned int i, count = zt_count(500);
	pthread_t thread;
	int a, b, k;

	for (i = 0; i < count; i++) {
		a = nz_socket(ZMQ_DEALER);
		b = nz_socket(ZMQ_DEALER);
		nz_set(a, ZMQ_RCVHWM, 2);
		if (i % 2)
			ASSERT_EQ(0, nz_connect(b, NAME));
		ASSERT_EQ(0, nz_bind(a, NAME));
		if (i % 2 == 0)
			ASSERT_EQ(0, nz_connect(b, NAME));
		for (k = 0; k < 8; k++) {
			send(b, "x", 1, MSG_DONTWAIT | (k % 3 ? MSG_MORE : 0));
			send(a, "x", 1, MSG_DONTWAIT);
		}
		ASSERT_EQ(0, pthread_create(&thread, NULL, close_it, i % 4 < 2 ? &a : &b));
		for (k = 0; k < 8; k++)
			send(i % 4 < 2 ? b : a, "x", 1, MSG_DONTWAIT);
		close(i % 4 < 2 ? b : a);
		pthread_join(thread, NULL);
	}
	/* Nothing is left of them. */
	a = nz_socket(ZMQ_PULL);
	ASSERT_EQ(0, nz_bind(a, NAME));
	nz_quiet(a, 10);
	close(a);
}

static void *bind_unbind(void *arg)
{
	int fd = *(int *)arg, on;
	unsigned int i;

	for (i = 0; i < zt_count(1000); i++) {
		on = nz_bind(fd, NAME);
		if (!on)
			zt_ok(nz_set_str(fd, ZMQ_NATIVE_UNBIND, NAME));
	}
	return NULL;
}

/* The name changes hands while others connect to it: whoever connected is joined in the end. */
TEST(bind_races)
{
	int binders[2] = { nz_socket(ZMQ_PULL), nz_socket(ZMQ_PULL) }, i, got = 0;
	unsigned int count = zt_count(300), k;
	pthread_t threads[2];
	char text[16];

	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, bind_unbind, &binders[i]));
	for (k = 0; k < count; k++) {
		int fd = nz_socket(ZMQ_PUSH);

		ASSERT_EQ(0, nz_connect(fd, NAME));
		nz_put(fd, "x", 0);
		close(fd);
	}
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	ASSERT_EQ(0, nz_bind(binders[0], NAME));
	while (got < (int)count) {
		struct pollfd pfd[2] = { { binders[0], POLLIN }, { binders[1], POLLIN } };

		ASSERT_GT(poll(pfd, 2, zt_scaled(NZ_TIMEO)), 0);
		for (i = 0; i < 2; i++)
			if (pfd[i].revents && recv(binders[i], text, sizeof(text), 0) == 1)
				got++;
	}
	nz_quiet(binders[0], 10);
	nz_quiet(binders[1], 0);
	close(binders[0]);
	close(binders[1]);
}

/* A thread that binds a PULL the moment it is told to, round by round. */
struct binding {
	int fd;
	unsigned int round;	/* written by who tells */
	unsigned int done;	/* by the thread */
	bool over;
};

static void *bind_when_told(void *arg)
{
	struct binding *b = arg;
	unsigned int i;

	for (i = 1;; i++) {
		/* Without sleeping, so that both are at it at the same time. */
		while (__atomic_load_n(&b->round, __ATOMIC_ACQUIRE) != i)
			sched_yield();
		if (b->over)
			return NULL;
		zt_ok(nz_bind(b->fd, NAME));
		__atomic_store_n(&b->done, i, __ATOMIC_RELEASE);
	}
}

static void next_round(struct binding *b)
{
	__atomic_store_n(&b->round, b->round + 1, __ATOMIC_RELEASE);
}

static void round_over(struct binding *b)
{
	while (__atomic_load_n(&b->done, __ATOMIC_ACQUIRE) != b->round)
		sched_yield();
}

static void no_more_rounds(struct binding *b, pthread_t thread)
{
	b->over = true;
	next_round(b);
	pthread_join(thread, NULL);
	close(b->fd);
}

/* A PUSH that has connected before anybody was bound, and a bind() that begins now. */
static int one_round(struct binding *b, unsigned int i)
{
	int fd = nz_socket(ZMQ_PUSH);
	unsigned int k;

	zt_ok(nz_connect(fd, NAME));
	if (i % 2)
		nz_put(fd, "x", 0);
	next_round(b);
	/* Meet it at another point each time. */
	for (k = 0; k < i % 64; k++)
		getppid();
	if (i % 2)
		close(fd);
	else
		nz_put(fd, "x", 0);
	round_over(b);
	return i % 2 ? -1 : fd;
}

/*
 * What was sent before close() arrives, also if somebody binds at that moment; and
 * what is sent while somebody binds does without anything else being sent.
 */
TEST(while_bound)
{
	struct binding b = { .fd = nz_socket(ZMQ_PULL) };
	pthread_t thread;
	unsigned int i;
	int fd;

	ASSERT_EQ(0, pthread_create(&thread, NULL, bind_when_told, &b));
	for (i = 0; i < zt_count(2000); i++) {
		fd = one_round(&b, i);
		nz_want(b.fd, "x", 0);
		if (fd >= 0)
			close(fd);
		ASSERT_EQ(0, nz_set_str(b.fd, ZMQ_NATIVE_UNBIND, NAME));
	}
	no_more_rounds(&b, thread);
}

TEST_HARNESS_MAIN
