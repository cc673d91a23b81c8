// SPDX-License-Identifier: GPL-2.0-only
/* inproc between threads, processes and users: nothing mixed or lost, memory given back. */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

#include "znl_ctx.h"

#define NAME "inproc://name"
#define MIB (1024L * 1024)
#define USER_MAX (4 * MIB)
#define PARAMETER "user_mem_max"
#define MESSAGES 2000

static int bound(int type, const char *ep)
{
	int fd = nz_socket(type);

	zt_ok(nz_bind(fd, ep));
	return fd;
}

/* Two threads on one socket and two with one each, full queues all the time. */
TEST(threads)
{
	int pull = nz_socket(ZMQ_PULL), shared = nz_socket(ZMQ_PUSH), own[2], i;
	unsigned int count = zt_count(MESSAGES);
	struct nz_sender senders[4];
	pthread_t threads[4];

	nz_set(pull, ZMQ_RCVHWM, 3);
	nz_set(shared, ZMQ_SNDHWM, 3);
	ASSERT_EQ(0, nz_bind(pull, NAME));
	ASSERT_EQ(0, nz_connect(shared, NAME));
	for (i = 0; i < 2; i++) {
		own[i] = nz_socket(ZMQ_PUSH);
		nz_set(own[i], ZMQ_SNDHWM, 3);
		ASSERT_EQ(0, nz_connect(own[i], NAME));
	}
	for (i = 0; i < 4; i++) {
		senders[i] = (struct nz_sender){ i < 2 ? shared : own[i - 2], i, count };
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, nz_send_many, &senders[i]));
	}
	nz_want_many(pull, 4, count);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	close(pull);
	close(shared);
	close(own[0]);
	close(own[1]);
}

static void *echo(void *arg)
{
	int fd = *(int *)arg;
	unsigned int i;
	char text[16];

	for (i = 0; i < zt_count(5000); i++) {
		sprintf(text, "%u", i);
		nz_want(fd, text, 0);
		nz_put(fd, text, 0);
	}
	return NULL;
}

/* A thread that sleeps in recv() is woken by each message. */
TEST(no_lost_wakeups)
{
	int a = bound(ZMQ_PAIR, NAME), b = nz_socket(ZMQ_PAIR);
	pthread_t thread;
	unsigned int i;
	char text[16];

	ASSERT_EQ(0, nz_connect(b, NAME));
	ASSERT_EQ(0, pthread_create(&thread, NULL, echo, &a));
	for (i = 0; i < zt_count(5000); i++) {
		sprintf(text, "%u", i);
		nz_put(b, text, 0);
		if (i % 2)
			nz_until(b, POLLIN);
		nz_want(b, text, 0);
	}
	pthread_join(thread, NULL);
	close(a);
	close(b);
}

/* A child, which does @run with a socket; killed if it is to wait. */
static pid_t child(void (*run)(int fd), int fd)
{
	pid_t pid = fork();

	zt_check(pid >= 0);
	if (pid)
		return pid;
	run(fd);
	_exit(0);
}

static void ended(pid_t pid)
{
	int status;

	zt_eq(waitpid(pid, &status, 0), pid);
	if (status)
		zt_fail("a child's status is %#x", status);
}

static void send_by_number(int id)
{
	struct nz_sender s = { nz_socket(ZMQ_PUSH), 0, zt_count(MESSAGES) };

	zt_ok(nz_set(s.fd, ZMQ_NATIVE_CTX, id));
	zt_ok(nz_connect(s.fd, NAME));
	nz_send_many(&s);
	close(s.fd);
}

/* Another process comes by the context's number, and without it to nobody. */
TEST(processes)
{
	int nl = znl_socket(), pull = nz_socket(ZMQ_PULL), stray = nz_socket(ZMQ_PULL);
	struct znl_ctx c;
	pid_t pid;

	ASSERT_EQ(0, znl_ctx_new(nl, NULL, &c));
	ASSERT_EQ(0, nz_set(pull, ZMQ_NATIVE_CTX, c.id));
	nz_set(pull, ZMQ_RCVHWM, 3);
	ASSERT_EQ(0, nz_bind(pull, NAME));
	ASSERT_EQ(0, nz_bind(stray, NAME));
	pid = child(send_by_number, c.id);
	nz_want_many(pull, 1, zt_count(MESSAGES));
	ended(pid);
	nz_quiet(stray, 0);
	close(pull);
	close(stray);
	ASSERT_EQ(0, znl_ctx_term(nl, c.id, 1));
	znl_ctx_ended(nl, c.id, 1, zt_scaled(NZ_TIMEO));
	close(nl);
}

static int friend_of(int fd, int type)
{
	int own = nz_socket(type);

	zt_ok(nz_set(own, ZMQ_SNDHWM, 0));
	zt_ok(nz_set(own, ZMQ_RCVHWM, 0));
	zt_ok(nz_set(own, ZMQ_NATIVE_CTX_OF, fd));
	zt_ok(nz_connect(own, NAME));
	return own;
}

/* Sends until it is refused; returns the bytes that were taken. */
static long stuff(int fd, long max)
{
	static char body[64 * 1024];
	long total = 0;

	while (total < max && send(fd, body, sizeof(body), MSG_DONTWAIT) > 0)
		total += sizeof(body);
	if (total < max && errno != EAGAIN && errno != ENOMEM && errno != ENOBUFS)
		zt_fail("full: expected EAGAIN, ENOMEM or ENOBUFS, got %s", strerror(errno));
	return total;
}

static int report[2];

/* Another user, with a descriptor: fills what they may have, tells, and waits. */
static void fill_and_wait(int fd)
{
	long total;
	int own;

	zt_drop_root();
	own = friend_of(fd, ZMQ_PUSH);
	total = stuff(own, 2 * USER_MAX);
	zt_check(write(report[1], &total, sizeof(total)) == sizeof(total));
	pause();
}

/* Another user: there is room now, or is not. */
static void has_room(int fd)
{
	int own;

	zt_drop_root();
	own = friend_of(fd, ZMQ_PUSH);
	zt_until(stuff(own, USER_MAX / 2) >= USER_MAX / 2, NZ_TIMEO);
	close(own);
}

static void has_no_room(int fd)
{
	int own;

	zt_drop_root();
	own = nz_socket(ZMQ_PUSH);
	zt_ok(nz_set(own, ZMQ_NATIVE_CTX_OF, fd));
	/* The connection itself may be too much. */
	if (!nz_connect(own, NAME))
		zt_check(stuff(own, USER_MAX) < USER_MAX / 4);
	close(own);
}

FIXTURE(users)
{
	long old_max;
	int pull;
};

FIXTURE_SETUP(users)
{
	if (geteuid())
		SKIP(return, "needs root");
	self->old_max = nz_parameter(PARAMETER);
	ASSERT_GE(self->old_max, 0);
	nz_set_parameter(PARAMETER, USER_MAX);
	ASSERT_EQ(0, pipe(report));
	self->pull = nz_socket(ZMQ_PULL);
	nz_set(self->pull, ZMQ_RCVHWM, 0);
	ASSERT_EQ(0, nz_bind(self->pull, NAME));
}

FIXTURE_TEARDOWN(users)
{
	nz_set_parameter(PARAMETER, self->old_max);
}

/* A sender's messages are charged to them, wherever they wait; to nobody else. */
static long sent_by_another(int pull)
{
	pid_t pid = child(fill_and_wait, pull);
	long total;
	int status;

	zt_eq(read(report[0], &total, sizeof(total)), sizeof(total));
	if (total > USER_MAX || total < USER_MAX / 2)
		zt_fail("%ld bytes were taken, %ld are allowed", total, USER_MAX);
	/* Others have room: root, in the same context. */
	zt_check(stuff(friend_of(pull, ZMQ_PUSH), USER_MAX / 2) == USER_MAX / 2);
	zt_ok(kill(pid, SIGKILL));
	zt_eq(waitpid(pid, &status, 0), pid);
	/* The messages are still there, and so is the charge. */
	ended(child(has_no_room, pull));
	return total + USER_MAX / 2;
}

TEST_F(users, given_back_by_recv)
{
	static char body[64 * 1024];
	long total = sent_by_another(self->pull);

	while (total > 0) {
		ssize_t n = recv(self->pull, body, sizeof(body), 0);

		ASSERT_GT(n, 0);
		total -= n;
	}
	ended(child(has_room, self->pull));
	close(self->pull);
}

TEST_F(users, given_back_by_close)
{
	sent_by_another(self->pull);
	close(self->pull);
	self->pull = bound(ZMQ_PULL, NAME);
	nz_set(self->pull, ZMQ_RCVHWM, 0);
	ended(child(has_room, self->pull));
	close(self->pull);
}

/* A message that waits for a bind() is the sender's, who was killed. */
TEST_F(users, given_back_by_bind)
{
	long total;

	/* The socket that lends its context is bound to nothing now. */
	ASSERT_EQ(0, nz_set_str(self->pull, ZMQ_NATIVE_UNBIND, NAME));
	total = sent_by_another(self->pull);
	ASSERT_EQ(0, nz_bind(self->pull, NAME));
	while (total > 0) {
		static char body[64 * 1024];
		ssize_t n = recv(self->pull, body, sizeof(body), 0);

		ASSERT_GT(n, 0);
		total -= n;
	}
	ended(child(has_room, self->pull));
	close(self->pull);
}

static void answer_one(int fd)
{
	int own;

	zt_drop_root();
	own = friend_of(fd, ZMQ_REP);
	nz_want(own, "question", 0);
	nz_put(own, "answer", 0);
	close(own);
}

/* The other way: one user binds, another one comes and answers. */
TEST_F(users, both_ways)
{
	int req = nz_socket(ZMQ_REQ);
	pid_t pid;

	ASSERT_EQ(0, nz_set_str(self->pull, ZMQ_NATIVE_UNBIND, NAME));
	ASSERT_EQ(0, nz_bind(req, NAME));
	pid = child(answer_one, req);
	nz_put(req, "question", 0);
	nz_want(req, "answer", 0);
	ended(pid);
	close(req);
	close(self->pull);
}

/* Processes that are killed at any moment leave nothing behind. */
static void run_wild(int fd)
{
	int own = friend_of(fd, ZMQ_DEALER);
	char c[64];

	for (;;) {
		send(own, c, sizeof(c), MSG_DONTWAIT);
		recv(own, c, sizeof(c), MSG_DONTWAIT);
	}
}

TEST(killed)
{
	int router = bound(ZMQ_DEALER, NAME), i, k;
	long refs = nz_module_refs();
	char c[64];

	for (i = 0; i < (int)zt_count(100); i++) {
		pid_t pid = child(run_wild, router);

		for (k = 0; k < 20; k++) {
			if (recv(router, c, sizeof(c), 0) > 0)
				send(router, c, sizeof(c), MSG_DONTWAIT);
		}
		ASSERT_EQ(0, kill(pid, SIGKILL));
		ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	}
	zt_until(nz_module_refs() <= refs, NZ_TIMEO);
	close(router);
}

TEST_HARNESS_MAIN
