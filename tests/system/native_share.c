// SPDX-License-Identifier: GPL-2.0-only
/* One socket in many hands: threads, processes, namespaces, the module itself. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

#define MESSAGES 2000
#define PARTS 4
#define SENDERS 2

/* Two threads send multipart messages: never mixed, each thread's in order. */
TEST(two_senders)
{
	struct nz_sender senders[SENDERS];
	unsigned int i, count = zt_count(MESSAGES);
	pthread_t threads[SENDERS];
	struct nz_pair p;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	for (i = 0; i < SENDERS; i++) {
		senders[i] = (struct nz_sender){ p.b, i, count };
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, nz_send_many, &senders[i]));
	}
	nz_want_many(p.a, SENDERS, count);
	for (i = 0; i < SENDERS; i++)
		pthread_join(threads[i], NULL);
	nz_quiet(p.a, 10);
	nz_pair_close(&p);
}

struct reader {
	int fd;
	unsigned int got;
	bool mixed;
};

static void *read_many(void *arg)
{
	struct reader *r = arg;
	char first[32], text[32];
	unsigned int part;
	ssize_t n;

	for (;;) {
		n = recv(r->fd, first, sizeof(first) - 1, 0);
		if (n <= 0 || !memcmp(first, "end", 3))
			return NULL;
		first[n] = 0;
		for (part = 1; part < PARTS; part++) {
			n = recv(r->fd, text, sizeof(text) - 1, 0);
			if (n <= 0) {
				r->mixed = true;
				return NULL;
			}
			text[n] = 0;
			first[strlen(first) - 1] = '0' + part;
			if (strcmp(first, text))
				r->mixed = true;
		}
		r->got++;
	}
}

/* Two threads receive: each gets whole messages, together they get all. */
TEST(two_readers)
{
	struct reader readers[2] = { 0 };
	unsigned int count = zt_count(MESSAGES);
	struct nz_sender sender = { .count = count };
	pthread_t threads[2];
	struct nz_pair p;
	int i;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	for (i = 0; i < 2; i++) {
		readers[i].fd = p.a;
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, read_many, &readers[i]));
	}
	sender.fd = p.b;
	nz_send_many(&sender);
	nz_put(p.b, "end", 0);
	nz_put(p.b, "end", 0);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	EXPECT_EQ(count, readers[0].got + readers[1].got);
	EXPECT_FALSE(readers[0].mixed || readers[1].mixed);
	nz_pair_close(&p);
}

static bool stop;

static void *close_race(void *arg)
{
	int fd = *(int *)arg;
	char c;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		send(fd, "x", 1, MSG_DONTWAIT);
		recv(fd, &c, 1, MSG_DONTWAIT);
		nz_poll(fd, POLLIN | POLLOUT, 0);
	}
	return NULL;
}

/* Endpoints come and go while two threads use the socket. */
TEST(endpoints_change_under_traffic)
{
	unsigned int i, count = zt_count(200);
	int a = nz_socket(ZMQ_PAIR), b = nz_socket(ZMQ_PAIR);
	pthread_t threads[2];
	char ep[256];

	ASSERT_EQ(0, pthread_create(&threads[0], NULL, close_race, &a));
	ASSERT_EQ(0, pthread_create(&threads[1], NULL, close_race, &b));
	for (i = 0; i < count; i++) {
		nz_bind_any(a, ep);
		ASSERT_EQ(0, nz_connect(b, ep));
		zt_nap(i % 4);
		ASSERT_EQ(0, nz_set_str(i % 2 ? a : b, ZMQ_NATIVE_UNBIND, ep));
		ASSERT_EQ(0, nz_set_str(i % 2 ? b : a, ZMQ_NATIVE_UNBIND, ep));
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	close(a);
	close(b);
}

static int in_child(void (*run)(int fd), int fd)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		run(fd);
		_exit(0);
	}
	zt_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static void child_sends(int fd)
{
	nz_put(fd, "from the child", 0);
	close(fd);
}

/* fork and dup: the socket lives until its last descriptor goes. */
TEST(fork_and_dup)
{
	struct nz_pair p;
	int copy;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	EXPECT_EQ(0, in_child(child_sends, p.b));
	nz_want(p.a, "from the child", 0);
	copy = dup(p.b);
	ASSERT_GE(copy, 0);
	close(p.b);
	nz_put(copy, "from the copy", 0);
	nz_want(p.a, "from the copy", 0);
	close(copy);
	close(p.a);
}

static void child_takes(int channel)
{
	int fd = nz_take_fd(channel);

	nz_want(fd, "question", 0);
	nz_put(fd, "answer", 0);
}

/* A socket made here serves in a process that was given it. */
TEST(passed_to_another_process)
{
	struct nz_pair p;
	int channel[2], status;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	nz_pair(&p, ZMQ_REP, ZMQ_REQ);
	pid = fork();
	if (!pid) {
		close(p.a);
		close(p.b);
		child_takes(channel[1]);
		_exit(0);
	}
	nz_pass_fd(channel[0], p.a);
	close(p.a);
	nz_put(p.b, "question", 0);
	nz_want(p.b, "answer", 0);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	close(p.b);
}

/* A namespace dies with sockets open, connecting, connected, full of messages. */
static void doomed(int linger)
{
	int pair[6], lost, i;
	char ep[256];

	zt_ok(unshare(CLONE_NEWNET));
	zt_netns();
	pair[0] = nz_socket(ZMQ_PULL);
	nz_set(pair[0], ZMQ_RCVHWM, 1);
	nz_bind_any(pair[0], ep);
	for (i = 1; i < 6; i++) {
		pair[i] = nz_socket(ZMQ_PUSH);
		nz_set(pair[i], ZMQ_LINGER, linger);
		zt_ok(nz_connect(pair[i], i < 4 ? ep : "tcp://127.0.0.1:9"));
		while (send(pair[i], ep, sizeof(ep), MSG_DONTWAIT) > 0)
			;
	}
	lost = nz_socket(ZMQ_REQ);
	nz_set(lost, ZMQ_LINGER, linger);
	zt_ok(nz_connect(lost, "tcp://192.0.2.1:9"));
	nz_put(lost, "x", 0);
}

TEST(namespace_dies)
{
	long before = nz_module_refs(), linger_max;

	if (geteuid())
		SKIP(return, "needs root");
	linger_max = nz_parameter("linger_max");
	EXPECT_EQ(0, in_child(doomed, 0));
	zt_until(nz_module_refs() <= before, NZ_TIMEO);
	EXPECT_EQ(0, in_child(doomed, 500));
	zt_until(nz_module_refs() <= before, 2 * NZ_TIMEO);
	/* LINGER -1 towards nobody ends with the limit for sockets that nobody holds. */
	nz_set_parameter("linger_max", 1000);
	EXPECT_EQ(0, in_child(doomed, -1));
	zt_until(nz_module_refs() <= before, 2 * NZ_TIMEO);
	nz_set_parameter("linger_max", linger_max);
}

/* The module can't go while a socket, or what one left behind, needs it. */
TEST(unload_is_refused)
{
	int fd = nz_socket(ZMQ_PUSH);

	if (geteuid())
		SKIP(return, "needs root");
	EXPECT_GT(nz_module_refs(), 0);
	EXPECT_EQ(-1, syscall(SYS_delete_module, "af_zmq", O_NONBLOCK));
	EXPECT_EQ(EWOULDBLOCK, errno);
	nz_set(fd, ZMQ_LINGER, zt_scaled(3000));
	ASSERT_EQ(0, nz_connect(fd, "tcp://127.0.0.1:9"));
	nz_put(fd, "unsent", 0);
	close(fd);
	EXPECT_EQ(-1, syscall(SYS_delete_module, "af_zmq", O_NONBLOCK));
	EXPECT_EQ(EWOULDBLOCK, errno);
	zt_until(nz_module_refs() == 0, 10000);
}

TEST_HARNESS_MAIN
