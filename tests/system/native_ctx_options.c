// SPDX-License-Identifier: GPL-2.0-only
/* Options of contexts, by netlink, and what they do to sockets. */
#include <limits.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_ctx.h"

TEST_F(ctx, defaults)
{
	struct znl_ctx c = get(self->nl, self->c.id);

	EXPECT_EQ(0, memcmp(&c, &self->c, sizeof(c)));
	EXPECT_NE(0, c.id);
	EXPECT_STREQ("", c.name);
	EXPECT_EQ(1, c.io_threads);
	EXPECT_EQ(ZMQ_CTX_MAX_SOCKETS, c.max_sockets);
	EXPECT_EQ(INT_MAX, c.max_msgsz);
	EXPECT_EQ(-1, c.sched_policy);
	EXPECT_EQ(-1, c.priority);
	EXPECT_EQ(0, c.ipv6);
	EXPECT_EQ(1, c.blocky);
	EXPECT_EQ(geteuid(), c.uid);
	EXPECT_EQ((uint32_t)getpid(), c.pid);
	EXPECT_EQ(0, c.open);
	EXPECT_EQ(0, c.alive);
	EXPECT_FALSE(c.terminated);
}

/* An option, where it is in a row, and its range. */
static const struct option {
	int attr;
	size_t at;
	int min;
	int max;
} options[] = {
	{ ZMQ_A_CTX_IO_THREADS, offsetof(struct znl_ctx, io_threads), 0, INT_MAX },
	{ ZMQ_A_CTX_MAX_SOCKETS, offsetof(struct znl_ctx, max_sockets), 1, INT_MAX },
	{ ZMQ_A_CTX_MAX_MSGSZ, offsetof(struct znl_ctx, max_msgsz), 0, INT_MAX },
	{ ZMQ_A_CTX_SCHED_POLICY, offsetof(struct znl_ctx, sched_policy), 0, INT_MAX },
	{ ZMQ_A_CTX_PRIORITY, offsetof(struct znl_ctx, priority), 0, INT_MAX },
	{ ZMQ_A_CTX_IPV6, offsetof(struct znl_ctx, ipv6), 0, 1 },
	{ ZMQ_A_CTX_BLOCKY, offsetof(struct znl_ctx, blocky), 0, 1 },
};

static int value_of(const struct znl_ctx *c, const struct option *o)
{
	return *(const int *)((const char *)c + o->at);
}

/* Each is read back as it was set, changes no other, and keeps its value on an error. */
TEST_F(ctx, options)
{
	const struct option *o, *other;
	struct znl_ctx before, after;

	for (o = options; o < options + ZT_ARRAY(options); o++) {
		before = get(self->nl, self->c.id);
		ASSERT_EQ(0, znl_ctx_set(self->nl, self->c.id, o->attr, o->max));
		after = get(self->nl, self->c.id);
		EXPECT_EQ(o->max, value_of(&after, o));
		for (other = options; other < options + ZT_ARRAY(options); other++)
			if (other != o)
				EXPECT_EQ(value_of(&before, other), value_of(&after, other));
		ASSERT_EQ(0, znl_ctx_set(self->nl, self->c.id, o->attr, o->min));
		EXPECT_EQ(ERANGE, znl_ctx_set(self->nl, self->c.id, o->attr, o->min - 1));
		EXPECT_EQ(ERANGE, znl_ctx_set(self->nl, self->c.id, o->attr, INT_MIN));
		if (o->max < INT_MAX)
			EXPECT_EQ(ERANGE, znl_ctx_set(self->nl, self->c.id, o->attr, o->max + 1));
		after = get(self->nl, self->c.id);
		EXPECT_EQ(o->min, value_of(&after, o));
	}
}

static void ignore(const struct nlattr **attrs, void *arg)
{
	(void)attrs;
	(void)arg;
}

/* All options of a new context at once; with a bad one there is no context. */
TEST_F(ctx, new_with_options)
{
	const struct option *o;
	struct znl_msg msg;
	struct znl_ctx c;
	int value;

	znl_request(&msg, self->nl, ZMQ_CMD_CTX_NEW, NLM_F_ACK);
	znl_add(&msg, ZMQ_A_CTX_NAME, "full", sizeof("full"));
	for (o = options; o < options + ZT_ARRAY(options); o++) {
		value = o->max > 5 ? 5 : o->max;
		znl_add(&msg, o->attr, &value, sizeof(value));
	}
	ASSERT_EQ(0, znl_ask(self->nl, &msg, ignore, NULL).err);
	ASSERT_EQ(0, znl_ctx_find(self->nl, "full", &c));
	for (o = options; o < options + ZT_ARRAY(options); o++)
		EXPECT_EQ(o->max > 5 ? 5 : o->max, value_of(&c, o));
	ASSERT_EQ(0, znl_ctx_term(self->nl, c.id, 1));
	znl_ctx_ended(self->nl, c.id, 1, zt_scaled(NZ_TIMEO));

	value = -1;
	znl_add(&msg, ZMQ_A_CTX_PRIORITY, &value, sizeof(value));
	EXPECT_EQ(ERANGE, znl_ask(self->nl, &msg, ignore, NULL).err);
	EXPECT_EQ(ENOENT, znl_ctx_find(self->nl, "full", NULL));
}

TEST_F(ctx, max_sockets)
{
	int fds[3], late = nz_socket(ZMQ_PULL), i;

	ASSERT_EQ(0, znl_ctx_set(self->nl, self->c.id, ZMQ_A_CTX_MAX_SOCKETS, 3));
	for (i = 0; i < 3; i++)
		fds[i] = joined(ZMQ_PULL, self->c.id);
	zt_err(nz_set(late, ZMQ_NATIVE_CTX, self->c.id), EMFILE);
	/* The first socket has frozen it, though it can be set and read. */
	ASSERT_EQ(0, znl_ctx_set(self->nl, self->c.id, ZMQ_A_CTX_MAX_SOCKETS, 4));
	EXPECT_EQ(4, get(self->nl, self->c.id).max_sockets);
	zt_err(nz_set(late, ZMQ_NATIVE_CTX, self->c.id), EMFILE);
	/* A failed attempt leaves the socket free for another context. */
	close(fds[1]);
	ASSERT_EQ(0, nz_set(late, ZMQ_NATIVE_CTX, self->c.id));
	EXPECT_EQ(3, get(self->nl, self->c.id).open);
	for (i = 0; i < 3; i++)
		if (i != 1)
			close(fds[i]);
	close(late);
}

TEST_F(ctx, io_threads)
{
	int a, b;

	ASSERT_EQ(0, znl_ctx_set(self->nl, self->c.id, ZMQ_A_CTX_IO_THREADS, 0));
	a = joined(ZMQ_PULL, self->c.id);
	b = joined(ZMQ_PUSH, self->c.id);
	zt_err(nz_bind(a, "tcp://127.0.0.1:*"), ZMQ_EMTHREAD);
	zt_err(nz_connect(b, "tcp://127.0.0.1:9"), ZMQ_EMTHREAD);
	/* What is wrong with the endpoint is said first. */
	zt_err(nz_bind(a, "tcp://"), EINVAL);
	ASSERT_EQ(0, nz_bind(a, "inproc://a"));
	ASSERT_EQ(0, nz_connect(b, "inproc://a"));
	nz_put(b, "x", 0);
	nz_want(a, "x", 0);
	/* Too late. */
	ASSERT_EQ(0, znl_ctx_set(self->nl, self->c.id, ZMQ_A_CTX_IO_THREADS, 1));
	zt_err(nz_bind(a, "tcp://127.0.0.1:*"), ZMQ_EMTHREAD);
	close(a);
	close(b);
}

/* Set to 0 after the first socket it has no effect either. */
TEST_F(ctx, io_threads_late)
{
	int a = joined(ZMQ_PULL, self->c.id), b;

	ASSERT_EQ(0, znl_ctx_set(self->nl, self->c.id, ZMQ_A_CTX_IO_THREADS, 0));
	EXPECT_EQ(0, get(self->nl, self->c.id).io_threads);
	b = joined(ZMQ_PULL, self->c.id);
	EXPECT_EQ(0, nz_bind(a, "tcp://127.0.0.1:*"));
	EXPECT_EQ(0, nz_bind(b, "tcp://127.0.0.1:*"));
	close(a);
	close(b);
}

TEST_F(ctx, inherited)
{
	int plain = socket(nz_family(), SOCK_SEQPACKET, ZMQ_PULL), a;

	ASSERT_GE(plain, 0);
	ASSERT_EQ(0, nz_set(plain, ZMQ_NATIVE_CTX, self->c.id));
	EXPECT_EQ(-1, nz_get(plain, ZMQ_LINGER));
	EXPECT_EQ(0, nz_get(plain, ZMQ_IPV6));
	ASSERT_EQ(0, znl_ctx_set(self->nl, self->c.id, ZMQ_A_CTX_IPV6, 1));
	ASSERT_EQ(0, znl_ctx_set(self->nl, self->c.id, ZMQ_A_CTX_BLOCKY, 0));
	a = socket(nz_family(), SOCK_SEQPACKET, ZMQ_PULL);
	ASSERT_GE(a, 0);
	ASSERT_EQ(0, nz_set(a, ZMQ_NATIVE_CTX, self->c.id));
	EXPECT_EQ(0, nz_get(a, ZMQ_LINGER));
	EXPECT_EQ(1, nz_get(a, ZMQ_IPV6));
	EXPECT_EQ(-1, nz_get(plain, ZMQ_LINGER));
	EXPECT_EQ(0, nz_get(plain, ZMQ_IPV6));
	/* The socket's own setting counts. */
	ASSERT_EQ(0, nz_set(a, ZMQ_LINGER, 5));
	EXPECT_EQ(5, nz_get(a, ZMQ_LINGER));
	close(a);
	close(plain);
}

TEST_HARNESS_MAIN
