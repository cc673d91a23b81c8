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
#define NOT_HERE 200

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

/* A context's number, for a request that ends well. */
static void take_ctx(const struct nlattr **attrs, void *arg)
{
	*(uint32_t *)arg = znl_u32(attrs[ZMQ_A_CTX_ID]);
}

/* All that can be asked of a context by its number; 0 if it is never there. */
static int ask_ctx(int nl, uint64_t id)
{
	static const struct {
		int cmd;
		int attr;
	} requests[] = {
		{ ZMQ_CMD_CTX_GET, ZMQ_A_CTX_ID },
		{ ZMQ_CMD_CTX_SET, ZMQ_A_CTX_ID },
		{ ZMQ_CMD_CTX_SHUTDOWN, ZMQ_A_CTX_ID },
		{ ZMQ_CMD_CTX_TERM, ZMQ_A_CTX_ID },
		{ ZMQ_CMD_NAME_GET, ZMQ_A_NAME_CTX },
		{ ZMQ_CMD_NAME_WATCH, ZMQ_A_NAME_CTX },
	};
	struct znl_answer answer;
	struct znl_msg msg;
	uint32_t n = id;
	size_t i;

	for (i = 0; i < ZT_ARRAY(requests); i++) {
		znl_request(&msg, nl, requests[i].cmd, NLM_F_ACK);
		znl_add(&msg, requests[i].attr, &n, sizeof(n));
		if (requests[i].cmd == ZMQ_CMD_NAME_GET)
			znl_add(&msg, ZMQ_A_NAME_ENDPOINT, "inproc://x", 11);
		answer = znl_ask(nl, &msg, take_ctx, &n);
		if (answer.err != ENOENT || !answer.text[0])
			return 1 + i;
	}
	return 0;
}

static int ask_ctx_as_nobody(int nl, uint64_t id)
{
	(void)nl;
	zt_drop_root();
	return ask_ctx(znl_socket(), id);
}

static int ask_ctx_elsewhere(int nl, uint64_t id)
{
	(void)nl;
	return unshare(CLONE_NEWNET) ? NOT_HERE : ask_ctx(znl_socket(), id);
}

/* Contexts: another user's, and another network namespace's, are not there. */
TEST_F(rights, contexts)
{
	struct znl_msg msg;
	uint32_t id = 0;

	znl_request(&msg, self->nl, ZMQ_CMD_CTX_NEW, NLM_F_ACK);
	zt_eq(znl_ask(self->nl, &msg, take_ctx, &id).err, 0);
	zt_check(id);
	EXPECT_EQ(0, in_child(ask_ctx_as_nobody, self->nl, id));
	EXPECT_EQ(0, in_child(ask_ctx_elsewhere, self->nl, id));
	znl_request(&msg, self->nl, ZMQ_CMD_CTX_GET, NLM_F_ACK);
	znl_add(&msg, ZMQ_A_CTX_ID, &id, sizeof(id));
	EXPECT_EQ(0, znl_ask(self->nl, &msg, take_ctx, &id).err);
}

static int in_own_net(int nl, uint64_t id)
{
	struct seen s;
	int own, fd;

	if (unshare(CLONE_NEWNET))
		return NOT_HERE;
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
		return NOT_HERE;
	nl = znl_socket();
	s = look(nl, id);
	if (sees(&s, 0, 0, 0, ENOENT))
		return 10 + sees(&s, 0, 0, 0, ENOENT);
	if (unshare(CLONE_NEWNET))
		return NOT_HERE;
	nl = znl_socket();
	fd = nz_socket(ZMQ_PULL);
	s = look(nl, id);
	close(fd);
	return s.socks == 1 ? 0 : 20;
}

TEST_F(rights, user_namespace)
{
	int status = in_child(as_own_root, self->nl, self->id);

	if (status == NOT_HERE)
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
		return NOT_HERE;
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
