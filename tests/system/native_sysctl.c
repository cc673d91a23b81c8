// SPDX-License-Identifier: GPL-2.0-only
/* net.zmq.*, linger_max above all: whose they are, and who can change what by them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

#define LINGER_MAX "/proc/sys/net/zmq/linger_max"

FIXTURE(limit)
{
	long before;
	long refs;
	long machine;
	long own;
};

FIXTURE_SETUP(limit)
{
	if (geteuid())
		SKIP(return, "needs root");
	self->before = nz_baseline(0);
	self->refs = nz_module_refs();
	self->machine = nz_parameter("linger_max");
	self->own = nz_number_in(LINGER_MAX);
}

FIXTURE_TEARDOWN(limit)
{
	char text[32];

	nz_set_parameter("linger_max", self->machine);
	sprintf(text, "%ld", self->own);
	nz_write_file(LINGER_MAX, text);
}

/* A socket with LINGER -1, a message, and nobody to take it, is left behind. */
static void leave_behind(void)
{
	int fd = nz_socket(ZMQ_PUSH);

	zt_ok(nz_set(fd, ZMQ_LINGER, -1));
	zt_ok(nz_connect(fd, "tcp://127.0.0.1:9"));
	nz_put(fd, "unsent", 0);
	close(fd);
}

/* It is there for @ms, and then gone. */
static void lasts(long before, int64_t ms)
{
	int64_t start = zt_now();

	leave_behind();
	zt_until(nz_sockets() == before, NZ_TIMEO);
	if (zt_now() - start < ms - ZT_EARLY_MS)
		zt_fail("gone after %d ms, not %d", (int)(zt_now() - start), (int)ms);
}

TEST_F(limit, namespace_has_its_own)
{
	EXPECT_EQ(60000, self->own);
	nz_write_file(LINGER_MAX, "300");
	EXPECT_EQ(300, nz_number_in(LINGER_MAX));
	EXPECT_EQ(self->machine, nz_parameter("linger_max"));
	lasts(self->before, 300);
	nz_write_file(LINGER_MAX, "0");
	leave_behind();
	zt_until(nz_sockets() == self->before, NZ_TIMEO);
}

TEST_F(limit, machine_has_the_last_word)
{
	nz_write_file(LINGER_MAX, "2147483647");
	nz_set_parameter("linger_max", 400);
	lasts(self->before, 400);
}

/* In the initial namespace the parameter and the sysctl are one. */
TEST_F(limit, two_names_of_one_limit)
{
	int net = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int init = open("/proc/1/ns/net", O_RDONLY | O_CLOEXEC);

	ASSERT_GE(init, 0);
	ASSERT_EQ(0, setns(init, CLONE_NEWNET));
	EXPECT_EQ(self->machine, nz_number_in(LINGER_MAX));
	nz_write_file(LINGER_MAX, "12345");
	EXPECT_EQ(12345, nz_parameter("linger_max"));
	nz_set_parameter("linger_max", self->machine);
	EXPECT_EQ(self->machine, nz_number_in(LINGER_MAX));
	ASSERT_EQ(0, setns(net, CLONE_NEWNET));
	/* A namespace starts with the machine's limit of that time. */
	nz_set_parameter("linger_max", 4321);
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	EXPECT_EQ(4321, nz_number_in(LINGER_MAX));
	ASSERT_EQ(0, setns(net, CLONE_NEWNET));
	EXPECT_EQ(self->own, nz_number_in(LINGER_MAX));
	close(init);
	close(net);
}

/* Limits that can't be 0, all of a kind: a namespace's own, the machine's as a start. */
TEST_F(limit, those_that_let_one_in)
{
	static const char *const names[] = {
		"handshake_max", "half_open_max", "half_open_source_max",
		"peer_subs_max", "peer_subs_bytes_max",
	};
	size_t i;

	for (i = 0; i < ZT_ARRAY(names); i++) {
		char path[64];
		long machine = nz_parameter(names[i]);
		int fd;

		EXPECT_GT(machine, 0);
		EXPECT_EQ(machine, nz_sysctl(names[i]));
		nz_set_sysctl(names[i], 7);
		EXPECT_EQ(7, nz_sysctl(names[i]));
		EXPECT_EQ(machine, nz_parameter(names[i]));
		snprintf(path, sizeof(path), "/proc/sys/net/zmq/%s", names[i]);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		ASSERT_GE(fd, 0);
		zt_err(write(fd, "0", 1), EINVAL);
		close(fd);
		nz_set_sysctl(names[i], machine);
	}
	/* 4096, or what a little memory gives; of these a quarter. */
	EXPECT_GE(4096, nz_parameter("half_open_max"));
	EXPECT_LE(64, nz_parameter("half_open_max"));
	EXPECT_EQ((nz_parameter("half_open_max") + 3) / 4, nz_parameter("half_open_source_max"));
}

TEST_F(limit, nonsense)
{
	static const char *const bad[] = { "-1", "2147483648", "99999999999999999999", "soon" };
	int fd = open(LINGER_MAX, O_WRONLY | O_CLOEXEC);
	size_t i;

	ASSERT_GE(fd, 0);
	for (i = 0; i < ZT_ARRAY(bad); i++)
		zt_err(pwrite(fd, bad[i], strlen(bad[i]), 0), EINVAL);
	EXPECT_EQ(self->own, nz_number_in(LINGER_MAX));
	close(fd);
}

/* Root of a user namespace of his own may write what he likes: it changes nothing. */
static void ordinary_user(void)
{
	zt_drop_root();
	zt_err(open(LINGER_MAX, O_WRONLY), EACCES);
	zt_err(open("/sys/module/af_zmq/parameters/linger_max", O_WRONLY), EACCES);
	if (unshare(CLONE_NEWUSER))
		_exit(4);
	nz_write_file("/proc/self/setgroups", "deny");
	nz_write_file("/proc/self/uid_map", "0 65534 1");
	nz_write_file("/proc/self/gid_map", "0 65534 1");
	/* Root there, but of no network namespace yet. */
	zt_err(open(LINGER_MAX, O_WRONLY), EACCES);
	zt_netns();
	nz_write_file(LINGER_MAX, "2000000000");
	zt_eq(nz_number_in(LINGER_MAX), 2000000000);
	leave_behind();
	_exit(0);
}

TEST_F(limit, users_can_not_raise_it)
{
	int status;
	pid_t pid;

	nz_set_parameter("linger_max", 500);
	pid = fork();
	ASSERT_GE(pid, 0);
	if (!pid)
		ordinary_user();
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 4)
		SKIP(return, "no user namespaces for users");
	ASSERT_EQ(0, status);
	zt_until(nz_module_refs() <= self->refs, NZ_TIMEO);
}

TEST_HARNESS_MAIN
