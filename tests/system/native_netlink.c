// SPDX-License-Identifier: GPL-2.0-only
/*
 * Malformed and hostile requests: each is answered by an errno and by words, and by
 * nothing else. What is sent follows from one table of all commands.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_test.h"

#include "znl_dump.h"

#define MAX_ATTRS 8

/**
 * struct attr - an attribute that a request may have
 * @type: its type
 * @len: bytes of its value: numbers have exactly so many, strings at most
 * @text: it is a string
 */
struct attr {
	int type;
	size_t len;
	bool text;
};

/**
 * struct command - a request
 * @cmd: its number
 * @flags: NLM_F_DUMP for a dump, else NLM_F_ACK
 * @bare: errno of one without attributes
 * @attrs: what it may have, up to a type of 0; no other type
 */
static const struct command {
	int cmd;
	int flags;
	int bare;
	struct attr attrs[MAX_ATTRS];
} commands[] = {
	{ ZMQ_CMD_SOCKET_GET, NLM_F_ACK, EINVAL, {
		{ ZMQ_A_SOCKET_ID, 8 }, { ZMQ_A_SOCKET_INODE, 8 }, { ZMQ_A_SOCKET_COOKIE, 8 } } },
	{ ZMQ_CMD_SOCKET_GET, NLM_F_DUMP, 0, {
		{ ZMQ_A_SOCKET_ID, 8 }, { ZMQ_A_SOCKET_INODE, 8 }, { ZMQ_A_SOCKET_COOKIE, 8 } } },
	{ ZMQ_CMD_ENDPOINT_GET, NLM_F_DUMP, 0, { { ZMQ_A_ENDPOINT_SOCKET_ID, 8 } } },
	{ ZMQ_CMD_PEER_GET, NLM_F_DUMP, 0, { { ZMQ_A_PEER_SOCKET_ID, 8 } } },
};

/* A large value is no attribute's. */
static const char junk[4096];

static void ignore(const struct nlattr **attrs, void *arg)
{
	(void)attrs;
	(void)arg;
}

/* It fails, with this errno and some words. */
static void want(int fd, const struct znl_msg *msg, int err, const char *what, int type)
{
	struct znl_answer a = znl_ask(fd, msg, ignore, NULL);

	if (a.err != err || !a.text[0])
		zt_fail("command %d, flags %#x, attribute %d %s: expected errno %d and words, got %d \"%s\"",
			msg->genl.cmd, msg->nl.nlmsg_flags, type, what, err, a.err, a.text);
}

static const struct attr *find(const struct command *c, int type)
{
	const struct attr *a;

	for (a = c->attrs; a->type; a++)
		if (a->type == type)
			return a;
	return NULL;
}

FIXTURE(netlink)
{
	int fd;
	struct znl_msg msg;
};

FIXTURE_SETUP(netlink)
{
	self->fd = znl_socket();
}

/* Afterwards the socket still answers. */
FIXTURE_TEARDOWN(netlink)
{
	zt_eq(znl_socks(self->fd, NULL, 0), 0);
	close(self->fd);
}

TEST_F(netlink, bare)
{
	const struct command *c;

	for (c = commands; c < commands + ZT_ARRAY(commands); c++) {
		znl_request(&self->msg, self->fd, c->cmd, c->flags);
		if (c->bare)
			want(self->fd, &self->msg, c->bare, "missing", 0);
		else
			EXPECT_EQ(0, znl_ask(self->fd, &self->msg, ignore, NULL).err);
	}
}

/* Too short, empty, too long, much too long. */
TEST_F(netlink, length)
{
	const struct command *c;
	const struct attr *a;

	for (c = commands; c < commands + ZT_ARRAY(commands); c++) {
		for (a = c->attrs; a->type; a++) {
			const size_t lengths[] = { 0, a->len - 1, a->len + 1, sizeof(junk) };
			size_t i;

			for (i = 0; i < ZT_ARRAY(lengths); i++) {
				/* A shorter string is one. */
				if (a->text && lengths[i] && lengths[i] <= a->len)
					continue;
				znl_request(&self->msg, self->fd, c->cmd, c->flags);
				znl_add(&self->msg, a->type, junk, lengths[i]);
				want(self->fd, &self->msg,
				     a->text && lengths[i] ? ERANGE : EINVAL, "of a wrong length",
				     a->type);
			}
		}
	}
}

/* A number or string that says it is a nest. */
TEST_F(netlink, nested)
{
	const struct command *c;
	const struct attr *a;

	for (c = commands; c < commands + ZT_ARRAY(commands); c++) {
		for (a = c->attrs; a->type; a++) {
			znl_request(&self->msg, self->fd, c->cmd, c->flags);
			znl_add(&self->msg, a->type | NLA_F_NESTED, junk, a->len);
			want(self->fd, &self->msg, EINVAL, "nested", a->type);
		}
	}
}

/* Types that the command has no use for, those of its answers among them. */
TEST_F(netlink, unknown)
{
	const struct command *c;
	int type;

	for (c = commands; c < commands + ZT_ARRAY(commands); c++) {
		for (type = 0; type < 64; type++) {
			if (find(c, type))
				continue;
			znl_request(&self->msg, self->fd, c->cmd, c->flags);
			znl_add_u64(&self->msg, type, 1);
			want(self->fd, &self->msg, EINVAL, "unknown", type);
		}
	}
}

/* The attribute says it is longer than what is there, or shorter than itself. */
TEST_F(netlink, truncated)
{
	const struct command *c;
	const struct attr *a;

	for (c = commands; c < commands + ZT_ARRAY(commands); c++) {
		for (a = c->attrs; a->type; a++) {
			const int lengths[] = { 0, 1, NLA_HDRLEN - 1, NLA_HDRLEN + a->len + 4,
						0xffff };
			size_t i;

			for (i = 0; i < ZT_ARRAY(lengths); i++) {
				znl_request(&self->msg, self->fd, c->cmd, c->flags);
				znl_add(&self->msg, a->type, junk, a->len);
				((struct nlattr *)self->msg.data)->nla_len = lengths[i];
				want(self->fd, &self->msg, EINVAL, "truncated", a->type);
			}
		}
	}
}

/* Bytes behind the attributes. */
TEST_F(netlink, trailing)
{
	const struct command *c;
	int extra;

	for (c = commands; c < commands + ZT_ARRAY(commands); c++) {
		for (extra = 1; extra < NLA_HDRLEN; extra++) {
			znl_request(&self->msg, self->fd, c->cmd, c->flags);
			znl_add_u64(&self->msg, c->attrs[0].type, 1);
			self->msg.nl.nlmsg_len += extra;
			want(self->fd, &self->msg, EINVAL, "and a rest", c->attrs[0].type);
		}
	}
}

/* Fields and flags that mean nothing yet. */
TEST_F(netlink, reserved)
{
	const struct command *c;

	for (c = commands; c < commands + ZT_ARRAY(commands); c++) {
		znl_request(&self->msg, self->fd, c->cmd, c->flags);
		self->msg.genl.reserved = 1;
		want(self->fd, &self->msg, EINVAL, "reserved", 0);
	}
}

/* Too short for a header of the family; a command that there is not. The core has no words for these. */
TEST_F(netlink, headers)
{
	znl_request(&self->msg, self->fd, ZMQ_CMD_SOCKET_GET, NLM_F_ACK);
	self->msg.nl.nlmsg_len = NLMSG_HDRLEN + 2;
	EXPECT_EQ(EINVAL, znl_ask(self->fd, &self->msg, ignore, NULL).err);
	znl_request(&self->msg, self->fd, 200, NLM_F_ACK);
	EXPECT_EQ(EOPNOTSUPP, znl_ask(self->fd, &self->msg, ignore, NULL).err);
	znl_request(&self->msg, self->fd, ZMQ_CMD_EVENT_NTF, NLM_F_ACK);
	EXPECT_EQ(EOPNOTSUPP, znl_ask(self->fd, &self->msg, ignore, NULL).err);
	znl_request(&self->msg, self->fd, ZMQ_CMD_PEER_GET, NLM_F_ACK);
	EXPECT_EQ(EOPNOTSUPP, znl_ask(self->fd, &self->msg, ignore, NULL).err);
}

/* Well-formed, and of nothing that exists. */
TEST_F(netlink, nothing)
{
	static const uint64_t ids[] = { 0, 1ULL << 40, INT64_MAX, UINT64_MAX };
	int type, cmd;
	size_t i;

	for (i = 0; i < ZT_ARRAY(ids); i++) {
		for (type = ZMQ_A_SOCKET_ID; type <= ZMQ_A_SOCKET_COOKIE; type++) {
			znl_request(&self->msg, self->fd, ZMQ_CMD_SOCKET_GET, NLM_F_ACK);
			znl_add_u64(&self->msg, type, ids[i]);
			want(self->fd, &self->msg, ENOENT, "of nothing", type);
		}
		for (cmd = ZMQ_CMD_SOCKET_GET; cmd <= ZMQ_CMD_PEER_GET; cmd++) {
			znl_request(&self->msg, self->fd, cmd, NLM_F_DUMP);
			znl_add_u64(&self->msg, ZMQ_A_PEER_SOCKET_ID, ids[i]);
			want(self->fd, &self->msg, ENOENT, "of nothing", ZMQ_A_PEER_SOCKET_ID);
		}
	}
}

/* A socket is named once, and in a dump by its number. */
TEST_F(netlink, ambiguous)
{
	int a, b, type;

	for (a = ZMQ_A_SOCKET_ID; a <= ZMQ_A_SOCKET_COOKIE; a++) {
		for (b = a + 1; b <= ZMQ_A_SOCKET_COOKIE; b++) {
			znl_request(&self->msg, self->fd, ZMQ_CMD_SOCKET_GET, NLM_F_ACK);
			znl_add_u64(&self->msg, a, 1);
			znl_add_u64(&self->msg, b, 1);
			want(self->fd, &self->msg, EINVAL, "and another", a);
		}
	}
	for (type = ZMQ_A_SOCKET_INODE; type <= ZMQ_A_SOCKET_COOKIE; type++) {
		znl_request(&self->msg, self->fd, ZMQ_CMD_SOCKET_GET, NLM_F_DUMP);
		znl_add_u64(&self->msg, type, 1);
		want(self->fd, &self->msg, EINVAL, "in a dump", type);
	}
}

/* Random bytes behind a good header: always an answer. */
TEST_F(netlink, garbage)
{
	const struct command *c;
	unsigned int seed = 1, i, k, rounds = zt_count(2000);

	for (i = 0; i < rounds; i++) {
		c = &commands[i % ZT_ARRAY(commands)];
		znl_request(&self->msg, self->fd, c->cmd, c->flags);
		self->msg.nl.nlmsg_len += rand_r(&seed) % 256;
		for (k = 0; k < 256; k++)
			self->msg.data[k] = rand_r(&seed) >> 8;
		/* Half of them begin like an attribute. */
		if (i & 8) {
			((struct nlattr *)self->msg.data)->nla_len = rand_r(&seed) % 64;
			((struct nlattr *)self->msg.data)->nla_type = rand_r(&seed) % 8;
		}
		znl_ask(self->fd, &self->msg, ignore, NULL);
	}
}

TEST_HARNESS_MAIN
