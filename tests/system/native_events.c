// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may monitor what by which socket, what becomes of events that nobody takes, and
 * that nothing is held up or kept by it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

#include "monitor.h"
#include "wire.h"

/* A bind() that fails: an event, at once, in this thread. */
#define FAILING "tcp://127.0.0.1"

static uint64_t drops(int fd)
{
	struct zmq_sock_stats s;
	socklen_t len = sizeof(s);

	zt_ok(getsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_STATS, &s, &len));
	return s.drops;
}

static long counted(void)
{
	FILE *file = fopen("/proc/net/zmq_stat", "re");
	char name[64];
	long n;

	zt_check(file);
	while (fscanf(file, "%63s %ld", name, &n) == 2) {
		if (strcmp(name, "drop_event"))
			continue;
		fclose(file);
		return n;
	}
	zt_fail("no drop_event in /proc/net/zmq_stat");
}

TEST(requests)
{
	int fd = nz_socket(ZMQ_PULL), pair = nz_socket(ZMQ_PAIR), push = nz_socket(ZMQ_PUSH);
	int file = open("/dev/null", O_RDONLY | O_CLOEXEC), tcp = socket(AF_INET, SOCK_STREAM, 0);
	struct zmq_monitor_req req = { .fd = pair, .version = 1, .events = 0xffff };

	zt_err(setsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_MONITOR, &req, sizeof(req) - 1), EINVAL);
	zt_err(setsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_MONITOR, &req, sizeof(req) + 1), EINVAL);
	zt_err(setsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_MONITOR, (void *)8, sizeof(req)), EFAULT);
	zt_err(monitor_set(fd, pair, 0, 1), EINVAL);
	zt_err(monitor_set(fd, pair, 3, 1), EINVAL);
	zt_err(monitor_set(fd, pair, 1, 0x10000), EINVAL);
	zt_err(monitor_set(fd, push, 1, 1), EINVAL);
	zt_err(monitor_set(fd, fd, 2, 1), EINVAL);
	zt_err(monitor_set(pair, pair, 1, 1), EINVAL);
	zt_err(monitor_set(fd, -2, 1, 1), EBADF);
	zt_err(monitor_set(fd, 999, 1, 1), EBADF);
	zt_err(monitor_set(fd, file, 1, 1), ENOTSOCK);
	zt_err(monitor_set(fd, tcp, 1, 1), ENOTSOCK);
	zt_ok(monitor_set(fd, -1, 0, 0));
	zt_ok(monitor_set(fd, pair, 1, 0xffff));
	zt_ok(monitor_set(fd, pair, 2, 0x1ffff));
	zt_ok(monitor_set(fd, push, 2, 0x1ffff));
	zt_ok(monitor_set(fd, -1, 7, ~0ULL));
	zt_ok(shutdown(pair, SHUT_RDWR));
	zt_err(monitor_set(fd, pair, 1, 1), ZMQ_ETERM);
	zt_ok(nz_set(push, ZMQ_NATIVE_CLOSE, 1));
	zt_err(monitor_set(fd, push, 2, 1), ENOTSOCK);
	zt_err(monitor_set(push, pair, 2, 1), ENOTSOCK);
	close(fd);
	close(pair);
	close(push);
	close(file);
	close(tcp);
}

/* The old monitor is told, the new one gets what follows; the same for none. */
TEST(one_after_the_other)
{
	struct monitor first, second;
	int fd = nz_socket(ZMQ_PAIR);

	monitor_open(&first, fd, 1);
	zt_err(nz_bind(fd, FAILING), EINVAL);
	monitor_binder(&first, ZMQ_EVENT_BIND_FAILED, EINVAL, FAILING + 6);
	monitor_open(&second, fd, 2);
	monitor_want_stopped(&first);
	zt_err(nz_bind(fd, FAILING), EINVAL);
	monitor_binder(&second, ZMQ_EVENT_BIND_FAILED, EINVAL, FAILING + 6);
	zt_ok(monitor_set(fd, -1, 0, 0));
	monitor_want_stopped(&second);
	zt_err(nz_bind(fd, FAILING), EINVAL);
	nz_quiet(first.pair.b, 50);
	nz_quiet(second.pair.b, 0);
	close(fd);
	nz_quiet(second.pair.b, 50);
	monitor_close(&first);
	monitor_close(&second);
}

/* Only what was asked for, MONITOR_STOPPED included. */
TEST(mask)
{
	struct monitor m;
	int fd = nz_socket(ZMQ_PAIR);
	char buf[64];

	monitor_open(&m, fd, 1);
	zt_ok(monitor_set(fd, m.pair.a, 1, ZMQ_EVENT_LISTENING));
	monitor_want_stopped(&m);
	zt_err(nz_bind(fd, FAILING), EINVAL);
	zt_ok(nz_bind(fd, "tcp://127.0.0.1:*"));
	zt_eq(recv(m.pair.b, buf, sizeof(buf), 0), 6);
	zt_check(recv(m.pair.b, buf, sizeof(buf), 0) > 6);
	close(fd);
	nz_quiet(m.pair.b, 50);
	monitor_close(&m);
}

/* A PUSH shares events out; so may whoever reads them. */
TEST(push)
{
	int fd = nz_socket(ZMQ_PAIR);
	struct nz_pair p;
	uint64_t n;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	zt_ok(monitor_set(fd, p.b, 2, ZMQ_EVENT_ALL));
	zt_err(nz_bind(fd, FAILING), EINVAL);
	zt_eq(recv(p.a, &n, sizeof(n), 0), sizeof(n));
	zt_eq(n, ZMQ_EVENT_BIND_FAILED);
	zt_eq(recv(p.a, &n, sizeof(n), 0), sizeof(n));
	zt_eq(n, 1);
	zt_eq(recv(p.a, &n, sizeof(n), 0), sizeof(n));
	zt_eq(n, EINVAL);
	nz_want(p.a, FAILING + 6, 1);
	nz_want(p.a, "", 0);
	close(fd);
	nz_pair_close(&p);
}

/* A PUB tells everybody who subscribed to the event. */
TEST(pub)
{
	int fd = nz_socket(ZMQ_PAIR), i;
	uint64_t n = ZMQ_EVENT_BIND_FAILED, got;
	struct nz_pair p[2];

	p[0].a = nz_socket(ZMQ_PUB);
	nz_bind_any(p[0].a, p[0].ep);
	for (i = 0; i < 2; i++) {
		p[i].b = nz_socket(ZMQ_SUB);
		zt_ok(setsockopt(p[i].b, SOL_ZMQ, ZMQ_SUBSCRIBE, &n, sizeof(n)));
		zt_ok(nz_set_str(p[i].b, ZMQ_SUBSCRIBE, "ready?"));
		zt_ok(nz_connect(p[i].b, p[0].ep));
		/* The second subscription came after the first one. */
		zt_until((nz_put(p[0].a, "ready?", 0), nz_poll(p[i].b, POLLIN, 10)), NZ_TIMEO);
	}
	zt_ok(monitor_set(fd, p[0].a, 2, ZMQ_EVENT_ALL));
	zt_err(nz_bind(fd, FAILING), EINVAL);
	for (i = 0; i < 2; i++) {
		do {
			got = 0;
			zt_check(recv(p[i].b, &got, sizeof(got), MSG_TRUNC) >= 0);
		} while (!memcmp(&got, "ready?", 6));
		zt_eq(got, ZMQ_EVENT_BIND_FAILED);
		zt_eq(recv(p[i].b, &got, sizeof(got), 0), sizeof(got));
		zt_eq(recv(p[i].b, &got, sizeof(got), 0), sizeof(got));
		zt_eq(got, EINVAL);
		nz_want(p[i].b, FAILING + 6, 1);
		nz_want(p[i].b, "", 0);
		close(p[i].b);
	}
	EXPECT_EQ(0, drops(fd));
	close(fd);
	close(p[0].a);
}

/* Who comes first gets what was before, as far as the mark goes; calls go on. */
TEST(first_consumer)
{
	int fd = nz_socket(ZMQ_PAIR), push = nz_socket(ZMQ_PUSH), pull = nz_socket(ZMQ_PULL), i;
	uint64_t n;

	zt_ok(nz_bind(push, "inproc://events"));
	zt_ok(nz_set(push, ZMQ_SNDHWM, 5));
	zt_ok(monitor_set(fd, push, 2, ZMQ_EVENT_ALL));
	for (i = 0; i < 8; i++)
		zt_err(nz_bind(fd, FAILING), EINVAL);
	EXPECT_EQ(3, drops(fd));
	zt_ok(nz_connect(pull, "inproc://events"));
	zt_err(nz_bind(fd, FAILING), EINVAL);
	for (i = 0; i < 6; i++) {
		zt_eq(recv(pull, &n, sizeof(n), 0), sizeof(n));
		zt_eq(n, ZMQ_EVENT_BIND_FAILED);
		zt_eq(recv(pull, &n, sizeof(n), 0), sizeof(n));
		zt_eq(recv(pull, &n, sizeof(n), 0), sizeof(n));
		nz_want(pull, FAILING + 6, 1);
		nz_want(pull, "", 0);
	}
	nz_quiet(pull, 0);
	/* It had its peer: now what nobody hears is lost. */
	close(pull);
	zt_until((nz_bind(fd, FAILING), drops(fd) > 3), NZ_TIMEO);
	n = drops(fd);
	zt_err(nz_bind(fd, FAILING), EINVAL);
	EXPECT_EQ(n + 1, drops(fd));
	close(fd);
	close(push);
}

/* Nobody ever listens: what was kept is lost with the monitor. */
TEST(without_consumer)
{
	int fd = nz_socket(ZMQ_PAIR), lonely = nz_socket(ZMQ_PAIR);
	long before = counted();
	int i;

	zt_ok(nz_set(lonely, ZMQ_SNDHWM, 40));
	zt_ok(monitor_set(fd, lonely, 1, ZMQ_EVENT_ALL));
	for (i = 0; i < 100; i++)
		zt_err(nz_bind(fd, FAILING), EINVAL);
	EXPECT_EQ(60, drops(fd));
	EXPECT_EQ(before + 60, counted());
	EXPECT_EQ(0, drops(lonely));
	close(lonely);
	EXPECT_EQ(before + 100, counted());
	/* Its descriptor has gone; the socket is kept, but takes nothing. */
	zt_err(nz_bind(fd, FAILING), EINVAL);
	EXPECT_EQ(61, drops(fd));
	close(fd);
}

/* One that is slow: the queue takes as many as its mark says. */
TEST(slow_consumer)
{
	int fd = nz_socket(ZMQ_PAIR), lazy = nz_socket(ZMQ_PAIR), i;

	zt_ok(nz_set(lazy, ZMQ_SNDHWM, 3));
	/* Connecting, so it has a queue, and to nobody, so nothing leaves it. */
	zt_ok(nz_connect(lazy, "tcp://127.0.0.1:9"));
	zt_ok(monitor_set(fd, lazy, 1, ZMQ_EVENT_ALL));
	for (i = 0; i < 10; i++)
		zt_err(nz_bind(fd, FAILING), EINVAL);
	EXPECT_EQ(7, drops(fd));
	close(fd);
	close(lazy);
}

/* Each monitors the other: both can go, and the module's sockets with them. */
TEST(circle)
{
	long refs = nz_module_refs();
	int a = nz_socket(ZMQ_PAIR), b = nz_socket(ZMQ_PAIR);

	zt_ok(monitor_set(a, b, 1, ZMQ_EVENT_ALL));
	zt_ok(monitor_set(b, a, 1, ZMQ_EVENT_ALL));
	zt_err(nz_bind(a, FAILING), EINVAL);
	zt_err(nz_bind(b, FAILING), EINVAL);
	close(a);
	close(b);
	zt_until(nz_module_refs() <= refs, NZ_TIMEO);
}

/* Connected to its own monitor. */
TEST(self_told)
{
	struct nz_pair p;
	char head[6];

	nz_pair(&p, ZMQ_PAIR, ZMQ_PAIR);
	zt_ok(monitor_set(p.b, p.a, 1, ZMQ_EVENT_ALL));
	zt_err(nz_bind(p.b, FAILING), EINVAL);
	zt_eq(recv(p.b, head, sizeof(head), 0), sizeof(head));
	nz_want(p.b, FAILING + 6, 0);
	close(p.a);
	zt_until(drops(p.b) >= 1, NZ_TIMEO);
	close(p.b);
}

/* A thread in the middle of its own message on the monitor socket. */
TEST(between_parts)
{
	struct monitor m;
	int fd = nz_socket(ZMQ_PAIR);

	monitor_open(&m, fd, 1);
	zt_ok(nz_set(m.pair.a, ZMQ_NATIVE_MULTIPART, ZMQ_MULTIPART_SOCKET));
	nz_put(m.pair.a, "one", MSG_MORE);
	zt_err(nz_bind(fd, FAILING), EINVAL);
	nz_put(m.pair.a, "two", 0);
	monitor_binder(&m, ZMQ_EVENT_BIND_FAILED, EINVAL, FAILING + 6);
	nz_want(m.pair.b, "one", 1);
	nz_want(m.pair.b, "two", 0);
	close(fd);
	monitor_close(&m);
}

/*
 * The event of one socket that follows @ev, or its first one. Others, which just go, may
 * have some in between: all are numbered.
 */
static void next_of(int nl, uint64_t cookie, struct znl_event *ev)
{
	uint64_t seq = ev->seq;

	do {
		zt_eq(znl_read(nl, ev, zt_scaled(NZ_TIMEO)), 1);
		if (seq)
			zt_eq(ev->seq, seq + 1);
		seq = ev->seq;
	} while (ev->cookie != cookie);
}

/* Who the socket is. */
TEST(netlink_tells_the_socket)
{
	int fd = nz_socket(ZMQ_PULL), nl = znl_open();
	struct znl_event ev = { 0 };
	uint64_t cookie;
	socklen_t len = sizeof(cookie);
	struct stat st;

	zt_ok(nl);
	zt_ok(fstat(fd, &st));
	zt_ok(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len));
	zt_err(nz_bind(fd, FAILING), EINVAL);
	next_of(nl, cookie, &ev);
	EXPECT_EQ(ZMQ_EVENT_BIND_FAILED, ev.event);
	EXPECT_EQ(ZMQ_PULL, ev.type);
	EXPECT_EQ(geteuid(), ev.uid);
	EXPECT_EQ(st.st_ino, ev.inode);
	zt_err(nz_bind(fd, FAILING), EINVAL);
	next_of(nl, cookie, &ev);
	EXPECT_EQ(ZMQ_EVENT_BIND_FAILED, ev.event);
	close(fd);
	close(nl);
}

/* A child's status, of a function that returns it. */
static int in_child(int (*run)(int arg), int arg)
{
	int status;
	pid_t pid = fork();

	zt_check(pid >= 0);
	if (!pid)
		_exit(run(arg));
	zt_eq(waitpid(pid, &status, 0), pid);
	zt_check(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int join_as_nobody(int arg)
{
	(void)arg;
	zt_drop_root();
	return znl_open() < 0 ? errno : 0;
}

/* Root of a user namespace of its own may hear the network namespace that goes with it. */
static int join_own_namespace(int arg)
{
	zt_drop_root();
	if (unshare(CLONE_NEWUSER))
		return 200;
	if (znl_open() >= 0 || errno != EPERM)
		return 201;
	(void)arg;
	if (unshare(CLONE_NEWNET))
		return 202;
	return znl_open() < 0 ? errno : 0;
}

TEST(netlink_rights)
{
	int status;

	if (geteuid())
		SKIP(return, "needs root");
	EXPECT_EQ(EPERM, in_child(join_as_nobody, 0));
	status = in_child(join_own_namespace, 0);
	EXPECT_TRUE(!status || status == 200);
}

static int fail_elsewhere(int fd)
{
	int other;

	(void)fd;
	if (unshare(CLONE_NEWNET))
		return 200;
	other = nz_socket(ZMQ_PAIR);
	zt_err(nz_bind(other, FAILING), EINVAL);
	return 0;
}

/* Sockets of another network namespace are none of ours. */
TEST(netlink_namespaces)
{
	int fd = nz_socket(ZMQ_PAIR), nl = znl_open();
	struct znl_event before, after;

	if (geteuid())
		SKIP(return, "needs root");
	zt_ok(nl);
	zt_err(nz_bind(fd, FAILING), EINVAL);
	zt_eq(in_child(fail_elsewhere, 0), 0);
	zt_err(nz_bind(fd, FAILING), EINVAL);
	zt_eq(znl_read(nl, &before, zt_scaled(NZ_TIMEO)), 1);
	zt_eq(znl_read(nl, &after, zt_scaled(NZ_TIMEO)), 1);
	EXPECT_EQ(before.seq + 1, after.seq);
	EXPECT_EQ(before.cookie, after.cookie);
	close(fd);
	close(nl);
}

/* Who doesn't read loses events and sees it: ENOBUFS, and a gap in the numbers. */
TEST(netlink_loss)
{
	int fd = nz_socket(ZMQ_PAIR), nl = znl_open(), size = 1, rc, i;
	struct znl_event ev = {};
	bool overrun = false;
	uint64_t first = 0, read = 0;

	zt_ok(nl);
	zt_ok(setsockopt(nl, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)));
	for (i = 0; i < 1000; i++)
		zt_err(nz_bind(fd, FAILING), EINVAL);
	while ((rc = znl_read(nl, &ev, 0))) {
		overrun |= rc < 0 && errno == ENOBUFS;
		if (rc < 0)
			continue;
		first = first ? first : ev.seq;
		read++;
	}
	EXPECT_TRUE(overrun);
	EXPECT_LT(read, 1000);
	zt_err(nz_bind(fd, FAILING), EINVAL);
	zt_eq(znl_read(nl, &ev, zt_scaled(NZ_TIMEO)), 1);
	EXPECT_EQ(first + 1000, ev.seq);
	EXPECT_EQ(0, drops(fd));
	close(fd);
	close(nl);
}

/* There is no memory for one more connection: each attempt to accept says so. */
TEST(accept_failed)
{
	long limit = nz_parameter("user_mem_max");
	int fd = nz_socket(ZMQ_PAIR), nl = znl_open(), peer;
	struct znl_event ev;
	char ep[256];

	if (geteuid())
		SKIP(return, "needs root");
	zt_ok(nl);
	nz_bind_any(fd, ep);
	zt_eq(znl_read(nl, &ev, zt_scaled(NZ_TIMEO)), 1);
	EXPECT_EQ(ZMQ_EVENT_LISTENING, ev.event);
	nz_set_parameter("user_mem_max", 1);
	peer = wire_connect(nz_port_of(ep));
	zt_eq(znl_read(nl, &ev, zt_scaled(NZ_TIMEO)), 1);
	nz_set_parameter("user_mem_max", limit);
	EXPECT_EQ(ZMQ_EVENT_ACCEPT_FAILED, ev.event);
	EXPECT_EQ(ENOMEM, ev.value);
	EXPECT_STREQ(ep, ev.local);
	EXPECT_STREQ("", ev.remote);
	wire_closed(peer, zt_scaled(NZ_TIMEO));
	peer = wire_connect(nz_port_of(ep));
	wire_handshake(peer, "PAIR");
	zt_eq(znl_read(nl, &ev, zt_scaled(NZ_TIMEO)), 1);
	EXPECT_EQ(ZMQ_EVENT_ACCEPTED, ev.event);
	close(peer);
	close(fd);
	close(nl);
}

TEST_HARNESS_MAIN
