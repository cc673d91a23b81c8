// SPDX-License-Identifier: GPL-2.0-only
/* Whose a context is, how many there may be, and when it goes without being asked. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

#include "znl_ctx.h"

#define NAME "inproc://name"
#define MODULE "/usr/local/lib/af_zmq/af_zmq.ko"
#define PARAMETER "user_mem_max"
/* A context is charged as much as an endpoint. */
#define CHARGE 8192
#define FEW 32
/* A context whose process has gone is found within 10 s. */
#define REAPED 30000

static int bound(const char *ep)
{
	int fd = nz_socket(ZMQ_PULL);

	zt_ok(nz_bind(fd, ep));
	return fd;
}

static int connected(const char *ep)
{
	int fd = nz_socket(ZMQ_PUSH);

	zt_ok(nz_connect(fd, ep));
	return fd;
}

static pid_t child(void (*run)(int arg), int arg)
{
	pid_t pid = fork();

	zt_check(pid >= 0);
	if (pid)
		return pid;
	run(arg);
	_exit(0);
}

static void in_child(void (*run)(int arg), int arg)
{
	pid_t pid = child(run, arg);
	int status;

	zt_eq(waitpid(pid, &status, 0), pid);
	if (status)
		zt_fail("a child's status is %#x", status);
}

static void ended(int nl, uint32_t id)
{
	zt_eq(znl_ctx_term(nl, id, 1), 0);
	znl_ctx_ended(nl, id, 1, zt_scaled(NZ_TIMEO));
}

static uint32_t made(int nl)
{
	struct znl_ctx c;

	zt_eq(znl_ctx_new(nl, NULL, &c), 0);
	return c.id;
}

static void meets_nobody(int there)
{
	int fd = bound(NAME), push = connected(NAME);

	/* Its own, not what it was given. */
	zt_check(nz_get(fd, ZMQ_NATIVE_CTX) != nz_get(there, ZMQ_NATIVE_CTX));
	nz_put(push, "in the child", 0);
	nz_want(fd, "in the child", 0);
	nz_put(there, "by the child", 0);
	close(fd);
	close(push);
}

/* Sockets that nobody put anywhere are in the context of the process that made them. */
TEST(of_the_process)
{
	int pull = bound(NAME), push = connected(NAME), nl = znl_socket();
	struct znl_ctx c;

	EXPECT_EQ(nz_get(pull, ZMQ_NATIVE_CTX), nz_get(push, ZMQ_NATIVE_CTX));
	ASSERT_EQ(0, znl_ctx_get(nl, nz_get(pull, ZMQ_NATIVE_CTX), &c));
	EXPECT_EQ((uint32_t)getpid(), c.pid);
	EXPECT_EQ(INT_MAX, c.max_sockets);
	EXPECT_STREQ("", c.name);
	EXPECT_EQ(2, c.open);
	in_child(meets_nobody, push);
	nz_want(pull, "by the child", 0);
	nz_quiet(pull, 0);
	close(pull);
	close(push);
	/* It goes with its last socket. */
	zt_until(znl_ctx_get(nl, c.id, NULL) == ENOENT, NZ_TIMEO);
	close(nl);
}

/* A context of its own can be ended like any other; the next socket gets a new one. */
TEST(of_the_process_ended)
{
	int pull = bound(NAME), nl = znl_socket(), late = nz_socket(ZMQ_PULL);
	uint32_t id = nz_get(pull, ZMQ_NATIVE_CTX);

	ASSERT_EQ(0, znl_ctx_term(nl, id, 4));
	zt_err(nz_bind(late, NAME), ZMQ_ETERM);
	close(pull);
	znl_ctx_ended(nl, id, 4, zt_scaled(NZ_TIMEO));
	zt_until(znl_ctx_get(nl, id, NULL) == ENOENT, NZ_TIMEO);
	ASSERT_EQ(0, nz_bind(late, NAME));
	EXPECT_NE((int)id, nz_get(late, ZMQ_NATIVE_CTX));
	close(late);
	close(nl);
}

static int channel[2];

static void make_two(int pull)
{
	int nl = znl_socket();
	uint32_t ids[2] = { made(nl), made(nl) };

	zt_ok(nz_set(pull, ZMQ_LINGER, 0));
	zt_check(write(channel[1], ids, sizeof(ids)) == sizeof(ids));
	/* Until the other end has what it wants. */
	zt_check(!read(channel[1], ids, 1));
}

/* Who made it has gone: it goes, too, but not from those who are in it. */
TEST(process_ends)
{
	int pull = nz_socket(ZMQ_PULL), push = nz_socket(ZMQ_PUSH), nl = znl_socket();
	uint32_t ids[2];
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel));
	pid = fork();
	if (!pid) {
		close(channel[0]);
		make_two(pull);
		_exit(0);
	}
	close(channel[1]);
	ASSERT_EQ(sizeof(ids), read(channel[0], ids, sizeof(ids)));
	ASSERT_EQ(0, nz_set(pull, ZMQ_NATIVE_CTX, ids[0]));
	close(channel[0]);
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	/* Contexts are looked at by number: the first was looked at before. */
	zt_until(znl_ctx_get(nl, ids[1], NULL) == ENOENT, REAPED);
	EXPECT_EQ(0, znl_ctx_get(nl, ids[0], NULL));
	ASSERT_EQ(0, nz_bind(pull, NAME));
	ASSERT_EQ(0, nz_set(push, ZMQ_NATIVE_CTX, ids[0]));
	ASSERT_EQ(0, nz_connect(push, NAME));
	nz_put(push, "still", 0);
	nz_want(pull, "still", 0);
	close(pull);
	close(push);
	zt_until(znl_ctx_get(nl, ids[0], NULL) == ENOENT, REAPED);
	close(nl);
}

FIXTURE(limit)
{
	long old_max;
};

FIXTURE_SETUP(limit)
{
	if (geteuid())
		SKIP(return, "needs root");
	self->old_max = nz_parameter(PARAMETER);
	nz_set_parameter(PARAMETER, FEW * CHARGE);
}

FIXTURE_TEARDOWN(limit)
{
	nz_set_parameter(PARAMETER, self->old_max);
}

static int fill(int nl, uint32_t *ids, int max)
{
	struct znl_ctx c;
	int n = 0;

	while (n < max && !znl_ctx_new(nl, NULL, &c))
		ids[n++] = c.id;
	return n;
}

static void make_many(int max)
{
	uint32_t ids[2 * FEW];
	int nl, n, i;

	zt_drop_root();
	nl = znl_socket();
	n = fill(nl, ids, 2 * FEW);
	if (n > max || n < max / 2)
		zt_fail("expected at most %d contexts, got %d", max, n);
	zt_eq(znl_ctx_new(nl, NULL, NULL), ENOMEM);
	/* One less, one more. */
	ended(nl, ids[0]);
	zt_until(fill(nl, ids, 1) == 1, NZ_TIMEO);
	for (i = 0; i < n; i++)
		ended(nl, ids[i]);
}

/* A user can't have contexts without end. */
TEST_F(limit, contexts)
{
	in_child(make_many, FEW);
}

static void leave_many(int max)
{
	uint32_t ids[2 * FEW];

	zt_ok(unshare(CLONE_NEWNET));
	zt_drop_root();
	zt_check(fill(znl_socket(), ids, 2 * FEW) <= max);
}

static void can_make(int count)
{
	uint32_t ids[2 * FEW];
	int nl, n = 0, i;

	zt_drop_root();
	nl = znl_socket();
	zt_until((n += fill(nl, ids + n, count - n)) == count, NZ_TIMEO);
	for (i = 0; i < n; i++)
		ended(nl, ids[i]);
}

/* A network namespace goes with the contexts in it, and their memory is given back. */
TEST_F(limit, namespace_ends)
{
	in_child(leave_many, FEW);
	in_child(can_make, FEW / 2 + 1);
}

static void wait_note(int nl)
{
	struct znl_note note;

	(void)nl;
	nl = znl_socket();
	zt_eq(znl_name_watch(nl, made(nl), 1), 0);
	zt_check(write(channel[1], "", 1) == 1);
	znl_note(nl, &note, -1);
}

/* The module goes, though contexts are left and somebody waits for a note. */
TEST(unload)
{
	int file = open(MODULE, O_RDONLY | O_CLOEXEC);
	char c;
	pid_t pid;

	if (file < 0 || geteuid())
		SKIP(return, "no module to load again");
	zt_until(nz_module_refs() == 0, NZ_TIMEO);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel));
	pid = child(wait_note, 0);
	ASSERT_EQ(1, read(channel[0], &c, 1));
	zt_until(!syscall(SYS_delete_module, "af_zmq", O_NONBLOCK), NZ_TIMEO);
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	ASSERT_EQ(0, syscall(SYS_finit_module, file, "", 0));
	close(file);
	close(bound(NAME));
}

TEST_HARNESS_MAIN
