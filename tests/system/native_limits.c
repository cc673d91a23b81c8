// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an ordinary user can make the kernel hold: bounded for each user, also
 * with HWM 0; charged to his memory cgroup; given back when he goes.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

#define MIB (1024L * 1024)
#define USER_MAX (4 * MIB)
#define PARAMETER "user_mem_max"
#define CGROUP_ROOT "/sys/fs/cgroup"
#define CGROUP CGROUP_ROOT "/zmq_test"

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return ok;
}

static long read_value(const char *path)
{
	FILE *file = fopen(path, "re");
	long value = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%ld", &value) != 1)
		value = -1;
	fclose(file);
	return value;
}

static bool full(int error)
{
	return error == EAGAIN || error == ENOMEM || error == ENOBUFS;
}

/* What others held is given back when they have gone, but some of it a little later. */
static void bind_any(int fd)
{
	zt_until(!nz_bind(fd, "tcp://127.0.0.1:*"), NZ_TIMEO);
}

static void connect_to(int fd, const char *ep)
{
	zt_until(!nz_connect(fd, ep), NZ_TIMEO);
}

/* Sends until it is refused; returns the bytes that were taken. */
static long stuff(int fd, size_t frame, int flags, long max)
{
	static char body[MIB];
	long total = 0;

	while (total < max) {
		if (send(fd, body, frame, MSG_DONTWAIT | flags) < 0) {
			if (!full(errno))
				zt_fail("full: expected EAGAIN, ENOMEM or ENOBUFS, got %s",
					strerror(errno));
			return total;
		}
		/* What one frame costs at least, an empty one included. */
		total += frame + 32;
	}
	return total;
}

static int unlimited(int type)
{
	int fd = nz_socket(type);

	zt_ok(nz_set(fd, ZMQ_SNDHWM, 0));
	zt_ok(nz_set(fd, ZMQ_RCVHWM, 0));
	return fd;
}

/* Nobody reads, no HWM: the user's limit is the end. */
static void stuff_sender(size_t frame, int flags)
{
	int fd = unlimited(ZMQ_PUSH), again = unlimited(ZMQ_PUSH);
	long first;

	connect_to(fd, "tcp://127.0.0.1:9");
	connect_to(again, "tcp://127.0.0.1:9");
	first = stuff(fd, frame, flags, 2 * USER_MAX);
	if (first > USER_MAX)
		zt_fail("frames of %zu: expected at most %ld bytes, %ld were taken", frame,
			USER_MAX, first);
	zt_check(first > USER_MAX / 32);
	/* It stays full, for other sockets of this user as well. */
	zt_check(stuff(again, frame, flags, USER_MAX) <= (long)frame + 64);
	/* A close gives all of it back, at once or a little later. */
	close(fd);
	fd = unlimited(ZMQ_PUSH);
	connect_to(fd, "tcp://127.0.0.1:9");
	zt_until(stuff(fd, frame, flags, USER_MAX / 64) >= USER_MAX / 64, NZ_TIMEO);
	close(fd);
	close(again);
}

static void as_user(void (*run)(size_t frame, int flags), size_t frame, int flags)
{
	int status;
	pid_t pid;

	/* Not before those of the last one have gone. */
	nz_baseline(0);
	pid = fork();
	if (!pid) {
		zt_drop_root();
		run(frame, flags);
		_exit(0);
	}
	zt_eq(waitpid(pid, &status, 0), pid);
	if (status)
		zt_fail("status %#x", status);
}

FIXTURE(limits)
{
	long old_max;
};

FIXTURE_SETUP(limits)
{
	if (geteuid())
		SKIP(return, "needs root");
	self->old_max = nz_parameter(PARAMETER);
	ASSERT_GE(self->old_max, 0);
	nz_set_parameter(PARAMETER, USER_MAX);
}

FIXTURE_TEARDOWN(limits)
{
	nz_set_parameter(PARAMETER, self->old_max);
}

TEST_F(limits, big_frames)
{
	as_user(stuff_sender, MIB, 0);
}

TEST_F(limits, small_frames)
{
	as_user(stuff_sender, 8, 0);
}

TEST_F(limits, empty_frames)
{
	as_user(stuff_sender, 0, 0);
}

/* One message without an end. */
static void stuff_endless(size_t frame, int flags)
{
	int fd = unlimited(ZMQ_PUSH);

	connect_to(fd, "tcp://127.0.0.1:9");
	zt_check(stuff(fd, frame, flags, 2 * USER_MAX) <= USER_MAX);
	close(fd);
}

TEST_F(limits, endless_message)
{
	as_user(stuff_endless, 4096, MSG_MORE);
	as_user(stuff_endless, 0, MSG_MORE);
}

/* A reader that does not read: its queue is bounded as the sender's is. */
static void stuff_reader(size_t frame, int flags)
{
	int push = unlimited(ZMQ_PUSH), pull = unlimited(ZMQ_PULL);
	char ep[256];

	bind_any(pull);
	nz_name(pull, ep);
	connect_to(push, ep);
	/* Kernel buffers of the tcp connection hold some more. */
	zt_check(stuff(push, frame, flags, 8 * USER_MAX) < 4 * USER_MAX);
	close(push);
	close(pull);
}

TEST_F(limits, reader_does_not_read)
{
	as_user(stuff_reader, 100, 0);
	as_user(stuff_reader, MIB, 0);
}

/* One user at his limit does not stop another. */
TEST_F(limits, users_do_not_share)
{
	int ready[2], fd;
	pid_t pid;
	char c;

	ASSERT_EQ(0, pipe(ready));
	pid = fork();
	if (!pid) {
		zt_drop_root();
		fd = unlimited(ZMQ_PUSH);
		zt_ok(nz_connect(fd, "tcp://127.0.0.1:9"));
		stuff(fd, MIB, 0, 2 * USER_MAX);
		zt_eq(write(ready[1], "x", 1), 1);
		pause();
	}
	ASSERT_EQ(1, read(ready[0], &c, 1));
	fd = unlimited(ZMQ_PUSH);
	ASSERT_EQ(0, nz_connect(fd, "tcp://127.0.0.1:9"));
	EXPECT_GE(stuff(fd, MIB, 0, USER_MAX / 2), USER_MAX / 2);
	close(fd);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Descriptors bound sockets: as for every other family. */
static void many_sockets(size_t count, int flags)
{
	/* Two endpoints of 8 KiB, and a pipe, for each: they fit the account. */
	struct rlimit limit = { 240, 240 };
	size_t i;
	int fd = -1;

	(void)flags;
	zt_ok(setrlimit(RLIMIT_NOFILE, &limit));
	for (i = 0; i < count; i++) {
		fd = socket(nz_family(), SOCK_SEQPACKET, i % 2 ? ZMQ_PUSH : ZMQ_PULL);
		if (fd < 0)
			break;
		bind_any(fd);
		connect_to(fd, "tcp://127.0.0.1:9");
	}
	zt_check(fd < 0 && errno == EMFILE);
	zt_check(i > 200);
}

TEST_F(limits, descriptors)
{
	as_user(many_sockets, 1000, 0);
}

/* One socket can't have endpoints without end. */
static void many_endpoints(size_t count, int flags)
{
	int fd = nz_socket(ZMQ_PUSH);
	char ep[64];
	size_t i;

	(void)flags;
	for (i = 0; i < count; i++) {
		sprintf(ep, "tcp://127.1.%d.%d:9", (int)(i / 250), (int)(i % 250 + 1));
		if (nz_connect(fd, ep))
			break;
	}
	if (i < count)
		zt_check(full(errno) || errno == EMFILE || errno == ENFILE || errno == EPERM);
	close(fd);
}

TEST_F(limits, endpoints)
{
	as_user(many_endpoints, zt_count(3000), 0);
}

static bool cgroup_make(long max)
{
	char text[32];

	if (access(CGROUP_ROOT "/cgroup.controllers", R_OK) &&
	    mount("cgroup2", CGROUP_ROOT, "cgroup2", 0, NULL))
		return false;
	write_text(CGROUP_ROOT "/cgroup.subtree_control", "+memory");
	if (mkdir(CGROUP, 0755) && errno != EEXIST)
		return false;
	sprintf(text, "%ld", max);
	return write_text(CGROUP "/memory.max", text);
}

/* Queued bytes count for the sender's memory cgroup, and come back. */
TEST_F(limits, memory_cgroup)
{
	long peak, left;
	int status, fd;
	pid_t pid;

	if (!cgroup_make(24 * MIB))
		SKIP(return, "no memory cgroup");
	/* The user's own limit is out of the way: the cgroup has to hold. */
	nz_set_parameter(PARAMETER, 512 * MIB);
	pid = fork();
	if (!pid) {
		zt_check(write_text(CGROUP "/cgroup.procs", "0"));
		zt_drop_root();
		fd = unlimited(ZMQ_PUSH);
		zt_ok(nz_connect(fd, "tcp://127.0.0.1:9"));
		stuff(fd, 65536, 0, 256 * MIB);
		_exit(read_value(CGROUP "/memory.current") > 16 * MIB ? 0 : 3);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	/* Refused or killed: both are ends. */
	EXPECT_TRUE((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) ||
		    (WIFEXITED(status) && !WEXITSTATUS(status)));
	peak = read_value(CGROUP "/memory.current");
	zt_until((left = read_value(CGROUP "/memory.current")) < 8 * MIB, NZ_TIMEO);
	TH_LOG("after the end: %ld bytes, then %ld", peak, left);
	zt_until(!rmdir(CGROUP), NZ_TIMEO);
}

TEST_HARNESS_MAIN
