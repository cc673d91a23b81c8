// SPDX-License-Identifier: GPL-2.0-only
/*
 * Monitors without a descriptor (ZMQ_MONITOR_KEEP), of sockets that linger, and how full
 * pipes are (ZMQ_NATIVE_MONITOR_STATS).
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

#include "monitor.h"

/* A bind() that fails: an event, at once, in this thread. */
#define FAILING "tcp://127.0.0.1"
#define KEEP ZMQ_MONITOR_KEEP

/* The next event of a monitor of version 1: its number; its address into @ep. */
static int heard(int fd, char ep[256])
{
	struct __attribute__((packed)) {
		uint16_t event;
		uint32_t value;
	} head;
	ssize_t n;

	zt_eq(recv(fd, &head, sizeof(head), 0), sizeof(head));
	n = recv(fd, ep, 255, 0);
	zt_check(n >= 0);
	ep[n] = 0;
	return head.event;
}

static void fails_and_tells(int fd, int consumer)
{
	char ep[256];

	zt_err(nz_bind(fd, FAILING), EINVAL);
	zt_eq(heard(consumer, ep), ZMQ_EVENT_BIND_FAILED);
}

FIXTURE(keep) {
	int fd;
	struct nz_pair p;
	long refs;
};

FIXTURE_SETUP(keep)
{
	self->refs = nz_module_refs();
	self->fd = nz_socket(ZMQ_PAIR);
	self->p.a = nz_socket(ZMQ_PAIR);
	self->p.b = nz_socket(ZMQ_PAIR);
	zt_ok(nz_bind(self->p.a, "inproc://events"));
	zt_ok(nz_connect(self->p.b, "inproc://events"));
}

/* Whatever was kept, in the end there is nothing left. */
FIXTURE_TEARDOWN(keep)
{
	close(self->fd);
	nz_pair_close(&self->p);
	zt_until(nz_module_refs() <= self->refs, NZ_TIMEO);
}

/* Closed by its user, open as long as it has something to tell. */
TEST_F(keep, without_descriptor)
{
	char ep[256];

	zt_ok(monitor_set(self->fd, self->p.a, 1 | KEEP, ZMQ_EVENT_ALL));
	close(self->p.a);
	fails_and_tells(self->fd, self->p.b);
	fails_and_tells(self->fd, self->p.b);
	zt_ok(monitor_set(self->fd, -1, 0, 0));
	zt_eq(heard(self->p.b, ep), ZMQ_EVENT_MONITOR_STOPPED);
	self->p.a = nz_socket(ZMQ_PAIR);
}

/* Its name is free as soon as the call returns that ends it. */
TEST_F(keep, name)
{
	const char *name = "inproc://kept";
	int i, fd;

	for (i = 0; i < 10; i++) {
		fd = nz_socket(ZMQ_PAIR);
		zt_ok(nz_bind(fd, name));
		zt_ok(monitor_set(self->fd, fd, 2 | KEEP, ZMQ_EVENT_ALL));
		close(fd);
		fd = nz_socket(ZMQ_PAIR);
		zt_err(nz_bind(fd, name), EADDRINUSE);
		close(fd);
		if (i % 2) {
			zt_ok(monitor_set(self->fd, -1, 0, 0));
		} else {
			close(self->fd);
			self->fd = nz_socket(ZMQ_PAIR);
		}
	}
}

/* Nothing would ever close two that keep each other, or a ring of them. */
TEST_F(keep, no_circle)
{
	int a = self->fd, b = self->p.a, c = self->p.b;

	zt_ok(monitor_set(a, b, 1 | KEEP, 1));
	zt_err(monitor_set(b, a, 1 | KEEP, 1), ELOOP);
	zt_err(monitor_set(b, c, 1 | KEEP, 1), ELOOP);
	zt_err(monitor_set(c, a, 1 | KEEP, 1), ELOOP);
	/* Not kept it is no matter; nor is it that two keep the same. */
	zt_ok(monitor_set(b, a, 1, 1));
	zt_ok(monitor_set(c, b, 1 | KEEP, 1));
	zt_ok(monitor_set(a, b, 1 | KEEP, 1));
	zt_ok(monitor_set(a, b, 2, 1));
	zt_err(monitor_set(b, a, 1 | KEEP, 1), ELOOP);
	zt_ok(monitor_set(c, -1, 0, 0));
	zt_ok(monitor_set(b, a, 1 | KEEP, 1));
	zt_err(monitor_set(a, b, 1 | KEEP, 1), ELOOP);
}

TEST_F(keep, by_two)
{
	int other = nz_socket(ZMQ_PULL);
	char ep[256];

	zt_ok(monitor_set(self->fd, self->p.a, 1 | KEEP, ZMQ_EVENT_ALL));
	zt_ok(monitor_set(other, self->p.a, 1 | KEEP, ZMQ_EVENT_ALL));
	close(self->p.a);
	fails_and_tells(self->fd, self->p.b);
	fails_and_tells(other, self->p.b);
	close(other);
	zt_eq(heard(self->p.b, ep), ZMQ_EVENT_MONITOR_STOPPED);
	fails_and_tells(self->fd, self->p.b);
	self->p.a = nz_socket(ZMQ_PAIR);
}

/* A monitor is the socket's: a child that closes its copy stops nothing. */
TEST_F(keep, child)
{
	int status;
	pid_t pid;

	zt_ok(monitor_set(self->fd, self->p.a, 1 | KEEP, ZMQ_EVENT_ALL));
	close(self->p.a);
	pid = fork();
	zt_check(pid >= 0);
	if (!pid) {
		close(self->fd);
		close(self->p.b);
		_exit(0);
	}
	zt_eq(waitpid(pid, &status, 0), pid);
	zt_eq(status, 0);
	fails_and_tells(self->fd, self->p.b);
	self->p.a = nz_socket(ZMQ_PAIR);
}

TEST_F(keep, process_killed)
{
	int status;
	pid_t pid = fork();

	zt_check(pid >= 0);
	if (!pid) {
		zt_ok(monitor_set(self->fd, self->p.a, 1 | KEEP, ZMQ_EVENT_ALL));
		raise(SIGKILL);
	}
	zt_eq(waitpid(pid, &status, 0), pid);
	zt_check(WIFSIGNALED(status));
}

static void *keeps_again(void *arg)
{
	int *fds = arg, i;

	for (i = 0; i < 2000; i++) {
		if (monitor_set(fds[0], fds[1], 1 | KEEP, ZMQ_EVENT_ALL) && errno != ELOOP)
			zt_fail("errno %d", errno);
		zt_ok(monitor_set(fds[0], -1, 0, 0));
	}
	return NULL;
}

/* Either one is first; never both. */
TEST_F(keep, race)
{
	int there[2] = { self->fd, self->p.a }, back[2] = { self->p.a, self->fd };
	pthread_t thread;

	zt_eq(pthread_create(&thread, NULL, keeps_again, there), 0);
	keeps_again(back);
	zt_eq(pthread_join(thread, NULL), 0);
	zt_ok(monitor_set(self->fd, self->p.a, 1 | KEEP, 1));
	zt_err(monitor_set(self->p.a, self->fd, 1 | KEEP, 1), ELOOP);
}

/* --- lingering --------------------------------------------------------------------- */

/* Closed, and still trying: its events go on, and MONITOR_STOPPED is the last one. */
TEST_F(keep, lingering)
{
	int push = nz_socket(ZMQ_PUSH), pull = nz_socket(ZMQ_PULL), event, succeeded = 0;
	char ep[256], told[256];

	sprintf(ep, "tcp://127.0.0.1:%d", zt_port());
	zt_ok(nz_set(push, ZMQ_RECONNECT_IVL, 20));
	zt_ok(nz_set(push, ZMQ_LINGER, -1));
	zt_ok(monitor_set(push, self->p.a, 1 | KEEP, ZMQ_EVENT_ALL));
	zt_ok(nz_connect(push, ep));
	nz_put(push, "late", 0);
	close(push);
	/* Once more at least, after it was closed. */
	zt_eq(heard(self->p.b, told), ZMQ_EVENT_CONNECT_DELAYED);
	while (heard(self->p.b, told) != ZMQ_EVENT_CONNECT_DELAYED)
		zt_check(!strcmp(told, ep));
	zt_ok(nz_bind(pull, ep));
	nz_want(pull, "late", 0);
	while ((event = heard(self->p.b, told)) != ZMQ_EVENT_MONITOR_STOPPED) {
		zt_check(event != ZMQ_EVENT_DISCONNECTED);
		succeeded += event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
	}
	EXPECT_EQ(1, succeeded);
	nz_quiet(self->p.b, 50);
	close(pull);
}

/* Given up when time is over. */
TEST_F(keep, lingering_in_vain)
{
	int push = nz_socket(ZMQ_PUSH);
	char ep[256], told[256];
	int64_t start;

	sprintf(ep, "tcp://127.0.0.1:%d", zt_port());
	zt_ok(nz_set(push, ZMQ_RECONNECT_IVL, 60000));
	zt_ok(nz_set(push, ZMQ_LINGER, 300));
	zt_ok(monitor_set(push, self->p.a, 1 | KEEP, ZMQ_EVENT_ALL));
	zt_ok(nz_connect(push, ep));
	nz_put(push, "never", 0);
	zt_eq(heard(self->p.b, told), ZMQ_EVENT_CONNECT_DELAYED);
	zt_eq(heard(self->p.b, told), ZMQ_EVENT_CLOSED);
	zt_eq(heard(self->p.b, told), ZMQ_EVENT_CONNECT_RETRIED);
	start = zt_now();
	zt_ok(nz_set(push, ZMQ_NATIVE_CLOSE, 1));
	zt_eq(heard(self->p.b, told), ZMQ_EVENT_MONITOR_STOPPED);
	EXPECT_GE(zt_now() - start, 300 - ZT_EARLY_MS);
	nz_until(push, POLLHUP);
	close(push);
}

/* --- pipes -------------------------------------------------------------------------- */

struct stats {
	uint64_t out;
	uint64_t in;
	char local[256];
	char remote[256];
};

static uint64_t number(int fd)
{
	uint64_t n;

	zt_eq(recv(fd, &n, sizeof(n), 0), sizeof(n));
	return n;
}

static struct stats told_stats(int fd)
{
	struct stats s = {};

	zt_eq(number(fd), ZMQ_EVENT_PIPES_STATS);
	zt_eq(number(fd), 2);
	s.out = number(fd);
	s.in = number(fd);
	zt_ok(recv(fd, s.local, sizeof(s.local) - 1, 0));
	zt_ok(recv(fd, s.remote, sizeof(s.remote) - 1, 0));
	return s;
}

static int ask(int fd)
{
	return nz_set(fd, ZMQ_NATIVE_MONITOR_STATS, 1);
}

/* The events of the one pipe. */
static struct stats asked(int fd, int consumer)
{
	zt_ok(ask(fd));
	return told_stats(consumer);
}

TEST_F(keep, stats_refused)
{
	socklen_t len = sizeof(int);
	char ep[64];
	int i;

	zt_err(ask(self->fd), EINVAL);
	zt_ok(monitor_set(self->fd, self->p.a, 1, ZMQ_EVENT_ALL));
	zt_err(ask(self->fd), EINVAL);
	zt_ok(monitor_set(self->fd, self->p.a, 2, ZMQ_EVENT_ALL));
	zt_err(ask(self->fd), EINVAL);
	zt_ok(monitor_set(self->fd, self->p.a, 2, ZMQ_EVENT_PIPES_STATS));
	zt_err(ask(self->fd), EAGAIN);
	zt_err(nz_set(self->fd, ZMQ_NATIVE_MONITOR_STATS, 0), EINVAL);
	zt_eq(getsockopt(self->fd, SOL_ZMQ, ZMQ_NATIVE_MONITOR_STATS, &i, &len), -1);
	nz_bind_any(self->fd, ep);
	zt_err(ask(self->fd), EAGAIN);
	zt_ok(monitor_set(self->fd, -1, 0, 0));
	zt_err(ask(self->fd), EINVAL);
	/* MONITOR_STOPPED of the first two only, which had asked for it. */
	nz_until(self->p.b, POLLIN);
	zt_ok(shutdown(self->fd, SHUT_RDWR));
	zt_err(ask(self->fd), ZMQ_ETERM);
}

/* Out: all that nobody takes. It has an address of its own once it is connected. */
TEST_F(keep, stats_unconnected)
{
	int push = nz_socket(ZMQ_PUSH), i;
	struct stats s;
	char ep[64];

	sprintf(ep, "tcp://127.0.0.1:%d", zt_port());
	zt_ok(nz_set(push, ZMQ_LINGER, 0));
	zt_ok(nz_connect(push, ep));
	zt_ok(monitor_set(push, self->p.a, 2, ZMQ_EVENT_PIPES_STATS));
	for (i = 0; i < 7; i++) {
		/* An attempt that is about to fail has an address as well. */
		zt_until((s = asked(push, self->p.b)).local[0] == 0, NZ_TIMEO);
		zt_eq(s.out, i);
		zt_eq(s.in, 0);
		zt_check(!strcmp(s.remote, ep));
		nz_put(push, "x", 0);
	}
	close(push);
}

/* The events of all @n pipes. */
static void ask_all(int fd, int consumer, struct stats s[4], int n)
{
	int i;

	zt_ok(ask(fd));
	for (i = 0; i < n; i++)
		s[i] = told_stats(consumer);
	nz_quiet(consumer, 5);
}

/* Connections whose handshake is complete. */
static unsigned int connects(int fd)
{
	struct zmq_sock_stats s;
	socklen_t len = sizeof(s);

	zt_ok(getsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_STATS, &s, &len));
	return s.connects;
}

/* In: what was not received yet, peer by peer, in the order in which they came. */
TEST_F(keep, stats_of_peers)
{
	int pull = nz_socket(ZMQ_PULL), peer[3], i, j;
	struct stats s[4], before[4];
	char ep[64];

	nz_bind_any(pull, ep);
	zt_ok(monitor_set(pull, self->p.a, 2, ZMQ_EVENT_PIPES_STATS));
	for (i = 0; i < 3; i++) {
		peer[i] = nz_socket(ZMQ_PUSH);
		zt_ok(nz_connect(peer[i], ep));
		for (j = 0; j <= i; j++)
			nz_put(peer[i], "x", 0);
		zt_until(connects(pull) == i + 1U, NZ_TIMEO);
		zt_until((ask_all(pull, self->p.b, before, i + 1), before[i].in == i + 1ULL),
			 NZ_TIMEO);
	}
	nz_want(pull, "x", 0);
	ask_all(pull, self->p.b, s, 3);
	for (i = 0; i < 3; i++) {
		zt_eq(s[i].in, i ? i + 1 : 0);
		zt_eq(s[i].out, 0);
		zt_check(!strcmp(s[i].local, ep) && strcmp(s[i].remote, ep));
		zt_check(!strcmp(s[i].remote, before[i].remote));
		close(peer[i]);
	}
	close(pull);
}

/* So many wait for the first of four peers, and for each of the others. */
static bool out_is(const struct stats s[4], uint64_t first, uint64_t others)
{
	return s[0].out == first && s[1].out == others && s[2].out == others &&
	       s[3].out == others;
}

/*
 * libzmq's own test: with small buffers 4000 messages of 8 KiB fit into 4 pipes of 500 at
 * each end, and what is on its way between them is in none of the numbers.
 */
TEST_F(keep, stats_in_lumps)
{
	int push = nz_socket(ZMQ_PUSH), pull[4], i;
	char body[8192] = "", ep[64];
	struct stats s[4];

	zt_ok(nz_set(push, ZMQ_SNDHWM, 500));
	zt_ok(nz_set(push, ZMQ_SNDBUF, 4096));
	zt_ok(nz_set(push, ZMQ_LINGER, 0));
	nz_bind_any(push, ep);
	for (i = 0; i < 4; i++) {
		pull[i] = nz_socket(ZMQ_PULL);
		zt_ok(nz_set(pull[i], ZMQ_RCVHWM, 500));
		zt_ok(nz_set(pull[i], ZMQ_RCVBUF, 4096));
		zt_ok(nz_connect(pull[i], ep));
		/* One after the other, for the order of the events. */
		zt_until(connects(push) == i + 1U, NZ_TIMEO);
	}
	zt_ok(monitor_set(push, self->p.a, 2, ZMQ_EVENT_PIPES_STATS));
	/* In halves, so that no queue is full for a while and others get more. */
	for (i = 0; i < 2000; i++)
		zt_eq(send(push, body, sizeof(body), 0), sizeof(body));
	zt_until((ask_all(push, self->p.b, s, 4), out_is(s, 0, 0)), NZ_TIMEO);
	for (i = 0; i < 2000; i++)
		zt_eq(send(push, body, sizeof(body), 0), sizeof(body));
	for (i = 0; i < 1000; i++)
		zt_eq(recv(pull[0], body, sizeof(body), 0), sizeof(body));
	zt_until((ask_all(push, self->p.b, s, 4), out_is(s, 0, 500)), NZ_TIMEO);
	for (i = 0; i < 4; i++) {
		zt_eq(s[i].in, 0);
		zt_check(!strcmp(s[i].local, ep));
		close(pull[i]);
	}
	close(push);
}

TEST_HARNESS_MAIN
