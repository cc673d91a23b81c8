// SPDX-License-Identifier: GPL-2.0-only
/* Who may have which context: users, network and user namespaces, descriptors given away. */
#define _GNU_SOURCE
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

#include "znl_ctx.h"

#define NAME "inproc://name"
#define SHARED "shared"
/* A child could not be what it was to be. */
#define UNABLE 200

FIXTURE(rights)
{
	int nl;
	struct znl_ctx c;
	int fd;
};

FIXTURE_SETUP(rights)
{
	if (geteuid())
		SKIP(return, "needs root");
	self->nl = znl_socket();
	ASSERT_EQ(0, znl_ctx_new(self->nl, SHARED, &self->c));
	self->fd = nz_socket(ZMQ_PULL);
	ASSERT_EQ(0, nz_set(self->fd, ZMQ_NATIVE_CTX, self->c.id));
	ASSERT_EQ(0, nz_bind(self->fd, NAME));
}

/* Nobody has changed or ended it. */
FIXTURE_TEARDOWN(rights)
{
	struct znl_ctx c;

	zt_eq(znl_ctx_get(self->nl, self->c.id, &c), 0);
	EXPECT_FALSE(c.terminated);
	EXPECT_EQ(0, c.ipv6);
	close(self->fd);
	zt_eq(znl_ctx_term(self->nl, self->c.id, 1), 0);
	znl_ctx_ended(self->nl, self->c.id, 1, zt_scaled(NZ_TIMEO));
	close(self->nl);
}

/* What a child is given. */
struct given {
	int nl;
	uint32_t id;
	int fd;
};

static int in_child(int (*run)(struct given *g), int nl, uint32_t id, int fd)
{
	struct given g = { nl, id, fd };
	int status;
	pid_t pid = fork();

	zt_check(pid >= 0);
	if (!pid)
		_exit(run(&g));
	zt_eq(waitpid(pid, &status, 0), pid);
	zt_check(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* To whoever may not, nothing is there. */
static void sees_nothing(int nl, uint32_t id)
{
	int own = nz_socket(ZMQ_PUSH);

	zt_eq(znl_ctx_get(nl, id, NULL), ENOENT);
	zt_eq(znl_ctx_find(nl, SHARED, NULL), ENOENT);
	zt_eq(znl_ctx_set(nl, id, ZMQ_A_CTX_IPV6, 1), ENOENT);
	zt_eq(znl_ctx_shutdown(nl, id), ENOENT);
	zt_eq(znl_ctx_term(nl, id, 1), ENOENT);
	zt_eq(znl_name_get(nl, id, NAME, NULL), ENOENT);
	zt_eq(znl_name_watch(nl, id, 1), ENOENT);
	zt_eq(znl_ctxs(nl, NULL, 0), 0);
	zt_eq(znl_names(nl, 0, NULL, 0), 0);
	close(own);
}

/* Names are each user's own. */
static void has_own(int nl)
{
	struct znl_ctx c;

	zt_eq(znl_ctx_new(nl, SHARED, &c), 0);
	zt_eq(znl_ctx_new(nl, SHARED, NULL), EEXIST);
	zt_eq(znl_ctx_find(nl, SHARED, NULL), 0);
	zt_eq(znl_ctxs(nl, NULL, 0), 1);
	zt_eq(znl_ctx_set(nl, c.id, ZMQ_A_CTX_IPV6, 1), 0);
	zt_eq(znl_ctx_term(nl, c.id, 1), 0);
	znl_ctx_ended(nl, c.id, 1, zt_scaled(NZ_TIMEO));
}

static int as_nobody(struct given *g)
{
	int nl, own;

	zt_drop_root();
	nl = znl_socket();
	own = nz_socket(ZMQ_PUSH);
	sees_nothing(nl, g->id);
	zt_err(nz_set(own, ZMQ_NATIVE_CTX, g->id), ENOENT);
	has_own(nl);
	return 0;
}

TEST_F(rights, other_user)
{
	EXPECT_EQ(0, in_child(as_nobody, self->nl, self->c.id, self->fd));
}

/* Who was given one of its sockets was given the context, but not to rule it. */
static int with_descriptor(struct given *g)
{
	int nl, own;

	zt_drop_root();
	nl = znl_socket();
	own = nz_socket(ZMQ_PUSH);
	zt_ok(nz_set(own, ZMQ_NATIVE_CTX_OF, g->fd));
	zt_eq(nz_get(own, ZMQ_NATIVE_CTX), g->id);
	zt_ok(nz_connect(own, NAME));
	nz_put(own, "from another", 0);
	zt_eq(znl_name_new(nl, own, "inproc://of another"), 0);
	sees_nothing(nl, g->id);
	zt_eq(znl_name_del(nl, own, "inproc://of another"), 0);
	return 0;
}

TEST_F(rights, given_a_socket)
{
	EXPECT_EQ(0, in_child(with_descriptor, self->nl, self->c.id, self->fd));
	nz_want(self->fd, "from another", 0);
}

static int with_netlink(struct given *g)
{
	zt_drop_root();
	sees_nothing(g->nl, g->id);
	return 0;
}

/* Who is given root's netlink socket has not got root's rights. */
TEST_F(rights, sender_counts)
{
	EXPECT_EQ(0, in_child(with_netlink, self->nl, self->c.id, self->fd));
}

/* Nor has root any for whom it works: a setuid program with the user's netlink socket. */
TEST_F(rights, opener_counts)
{
	int nl;

	zt_ok(seteuid(65534));
	nl = znl_socket();
	zt_ok(seteuid(0));
	sees_nothing(nl, self->c.id);
	close(nl);
}

static int make_and_hold(struct given *g)
{
	struct znl_ctx c;
	int nl, own;
	char x;

	zt_drop_root();
	nl = znl_socket();
	own = nz_socket(ZMQ_PULL);
	zt_eq(znl_ctx_new(nl, SHARED, &c), 0);
	zt_ok(nz_set(own, ZMQ_NATIVE_CTX, c.id));
	zt_ok(nz_bind(own, NAME));
	zt_check(write(g->fd, &c.id, sizeof(c.id)) == sizeof(c.id));
	zt_check(!read(g->fd, &x, 1));
	zt_err(recv(own, &x, 1, MSG_DONTWAIT), ZMQ_ETERM);
	close(own);
	zt_eq(znl_ctx_term(nl, c.id, 1), 0);
	znl_ctx_ended(nl, c.id, 1, zt_scaled(NZ_TIMEO));
	return 0;
}

/* CAP_NET_ADMIN over the network namespace may do all of it. */
TEST_F(rights, admin)
{
	struct znl_name name;
	struct znl_ctx c;
	int channel[2], own = nz_socket(ZMQ_PUSH), watcher = znl_socket(), status;
	uint32_t id;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel));
	pid = fork();
	if (!pid) {
		struct given g = { .fd = channel[1] };

		close(channel[0]);
		/* It will be in the child's context. */
		close(own);
		_exit(make_and_hold(&g));
	}
	close(channel[1]);
	ASSERT_EQ(sizeof(id), read(channel[0], &id, sizeof(id)));
	EXPECT_EQ(2, znl_ctxs(self->nl, NULL, 0));
	EXPECT_EQ(2, znl_names(self->nl, 0, NULL, 0));
	ASSERT_EQ(0, znl_ctx_get(self->nl, id, &c));
	EXPECT_EQ(65534, c.uid);
	EXPECT_EQ((uint32_t)pid, c.pid);
	EXPECT_EQ(0, znl_name_get(self->nl, id, NAME, &name));
	EXPECT_EQ(0, znl_name_watch(watcher, id, 3));
	EXPECT_EQ(0, znl_ctx_set(self->nl, id, ZMQ_A_CTX_BLOCKY, 0));
	/* A name is the asker's own context's. */
	ASSERT_EQ(0, znl_ctx_find(self->nl, SHARED, &c));
	EXPECT_EQ(self->c.id, c.id);
	ASSERT_EQ(0, nz_set(own, ZMQ_NATIVE_CTX, id));
	EXPECT_EQ(0, znl_ctx_shutdown(self->nl, id));
	close(own);
	close(watcher);
	close(channel[0]);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

static int in_own_net(struct given *g)
{
	int nl, own;
	struct znl_ctx c;

	if (unshare(CLONE_NEWNET))
		return UNABLE;
	nl = znl_socket();
	own = nz_socket(ZMQ_PUSH);
	sees_nothing(nl, g->id);
	zt_err(nz_set(own, ZMQ_NATIVE_CTX, g->id), ENOENT);
	zt_err(nz_set(own, ZMQ_NATIVE_CTX_OF, g->fd), EINVAL);
	/* The number may be somebody's here, which is somebody else. */
	do
		zt_eq(znl_ctx_new(nl, NULL, &c), 0);
	while (c.id < g->id);
	zt_eq(c.id, g->id);
	zt_ok(nz_set(own, ZMQ_NATIVE_CTX, c.id));
	zt_eq(znl_name_new(nl, own, NAME), 0);
	/* A socket from elsewhere has no names here. */
	zt_eq(znl_name_new(nl, g->fd, NAME), ENOTSOCK);
	zt_eq(znl_ctx_shutdown(nl, c.id), 0);
	zt_eq(znl_ctx_new(nl, SHARED, NULL), 0);
	/* The netlink socket belongs to the namespace that it was made in. */
	zt_eq(znl_ctx_get(g->nl, g->id, &c), 0);
	zt_eq(c.terminated, 0);
	return 0;
}

TEST_F(rights, network_namespace)
{
	EXPECT_EQ(0, in_child(in_own_net, self->nl, self->c.id, self->fd));
}

/* Root of a user namespace: the network namespace's owner is who counts. */
static int as_own_root(struct given *g)
{
	struct znl_ctx c;
	int nl, own;

	zt_drop_root();
	if (unshare(CLONE_NEWUSER))
		return UNABLE;
	nl = znl_socket();
	own = nz_socket(ZMQ_PUSH);
	sees_nothing(nl, g->id);
	zt_err(nz_set(own, ZMQ_NATIVE_CTX, g->id), ENOENT);
	has_own(nl);
	if (unshare(CLONE_NEWNET))
		return UNABLE;
	nl = znl_socket();
	zt_eq(znl_ctx_new(nl, SHARED, &c), 0);
	zt_eq(c.uid, geteuid());
	zt_eq(znl_ctxs(nl, NULL, 0), 1);
	return 0;
}

TEST_F(rights, user_namespace)
{
	int status = in_child(as_own_root, self->nl, self->c.id, self->fd);

	if (status == UNABLE)
		SKIP(return, "no user namespaces here");
	EXPECT_EQ(0, status);
}

TEST_HARNESS_MAIN
