// SPDX-License-Identifier: GPL-2.0-only
/* Who may see which sockets by netlink. */
#define _GNU_SOURCE
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

#include "znl_dump.h"

/* A child could not be what it was to be. */
#define CANT 200

/**
 * struct seen - what a reader sees
 * @socks: rows of each dump
 * @endpoints: same
 * @peers: same
 * @one: errno of asking for one socket by its number
 */
struct seen {
	int socks;
	int endpoints;
	int peers;
	int one;
};

static struct seen look(int nl, uint64_t id)
{
	struct znl_sock row;

	return (struct seen){
		.socks = znl_socks(nl, NULL, 0),
		.endpoints = znl_endpoints(nl, 0, NULL, 0),
		.peers = znl_peers(nl, 0, NULL, 0),
		.one = znl_get_id(nl, id, &row),
	};
}

/* A child's status, of a function that returns it. */
static int in_child(int (*run)(int nl, uint64_t id), int nl, uint64_t id)
{
	int status;
	pid_t pid = fork();

	zt_check(pid >= 0);
	if (!pid)
		_exit(run(nl, id));
	zt_eq(waitpid(pid, &status, 0), pid);
	zt_check(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int sees(const struct seen *s, int socks, int endpoints, int peers, int one)
{
	return s->socks != socks ? 1 : s->endpoints != endpoints ? 2 :
	       s->peers != peers ? 3 : s->one != one ? 4 : 0;
}

FIXTURE(rights)
{
	int nl;
	struct nz_pair p;
	uint64_t id;
};

FIXTURE_SETUP(rights)
{
	struct znl_sock row;

	if (geteuid())
		SKIP(return, "needs root");
	self->nl = znl_socket();
	nz_pair(&self->p, ZMQ_PULL, ZMQ_PUSH);
	zt_eq(znl_get_sock(self->nl, self->p.a, &row), 0);
	self->id = row.id;
}

FIXTURE_TEARDOWN(rights)
{
	nz_pair_close(&self->p);
	close(self->nl);
}

TEST_F(rights, root)
{
	struct seen s = look(self->nl, self->id);

	EXPECT_EQ(0, sees(&s, 2, 2, 2, 0));
}

/* Another user's are not there; own ones are, and root sees them. */
static int as_nobody(int nl, uint64_t id)
{
	struct seen s;
	int fd;

	(void)nl;
	zt_drop_root();
	nl = znl_socket();
	s = look(nl, id);
	if (sees(&s, 0, 0, 0, ENOENT))
		return 10 + sees(&s, 0, 0, 0, ENOENT);
	fd = nz_socket(ZMQ_PULL);
	zt_ok(nz_bind(fd, "tcp://127.0.0.1:*"));
	s = look(nl, id);
	return sees(&s, 1, 1, 0, ENOENT);
}

TEST_F(rights, other_user)
{
	EXPECT_EQ(0, in_child(as_nobody, self->nl, self->id));
}

static int use_given(int nl, uint64_t id)
{
	struct seen s;

	zt_drop_root();
	s = look(nl, id);
	return sees(&s, 0, 0, 0, ENOENT);
}

/* Who is given root's descriptor has not got root's eyes. */
TEST_F(rights, sender_counts)
{
	EXPECT_EQ(0, in_child(use_given, self->nl, self->id));
}

/* Nor has root any for whom it works: a setuid program with the user's descriptor. */
TEST_F(rights, opener_counts)
{
	struct seen s;
	int nl;

	zt_ok(seteuid(65534));
	nl = znl_socket();
	zt_ok(seteuid(0));
	s = look(nl, self->id);
	EXPECT_EQ(0, sees(&s, 0, 0, 0, ENOENT));
	close(nl);
}

static int in_own_net(int nl, uint64_t id)
{
	struct seen s;
	int own, fd;

	if (unshare(CLONE_NEWNET))
		return CANT;
	own = znl_socket();
	s = look(own, id);
	if (sees(&s, 0, 0, 0, ENOENT))
		return 10 + sees(&s, 0, 0, 0, ENOENT);
	fd = nz_socket(ZMQ_PULL);
	s = look(own, id);
	if (s.socks != 1)
		return 20;
	/* The descriptor belongs to the namespace that it was made in. */
	s = look(nl, id);
	close(fd);
	return sees(&s, 2, 2, 2, 0);
}

TEST_F(rights, network_namespace)
{
	EXPECT_EQ(0, in_child(in_own_net, self->nl, self->id));
}

/* Root of a user namespace: the network namespace's owner is who counts. */
static int as_own_root(int nl, uint64_t id)
{
	struct seen s;
	int fd;

	zt_drop_root();
	if (unshare(CLONE_NEWUSER))
		return CANT;
	nl = znl_socket();
	s = look(nl, id);
	if (sees(&s, 0, 0, 0, ENOENT))
		return 10 + sees(&s, 0, 0, 0, ENOENT);
	if (unshare(CLONE_NEWNET))
		return CANT;
	nl = znl_socket();
	fd = nz_socket(ZMQ_PULL);
	s = look(nl, id);
	close(fd);
	return s.socks == 1 ? 0 : 20;
}

TEST_F(rights, user_namespace)
{
	int status = in_child(as_own_root, self->nl, self->id);

	if (status == CANT)
		SKIP(return, "no user namespaces here");
	EXPECT_EQ(0, status);
}

/* A process of another pid namespace has no number here: 0. */
static int in_pid_namespace(int nl, uint64_t id)
{
	struct znl_sock row;
	pid_t pid;
	int status;

	if (unshare(CLONE_NEWPID))
		return CANT;
	pid = fork();
	zt_check(pid >= 0);
	if (!pid)
		_exit(znl_get_id(nl, id, &row) ? 1 : row.pid ? 2 : 0);
	zt_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

TEST_F(rights, pid_namespace)
{
	EXPECT_EQ(0, in_child(in_pid_namespace, self->nl, self->id));
}

TEST_HARNESS_MAIN
