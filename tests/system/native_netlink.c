// SPDX-License-Identifier: GPL-2.0-only
/*
 * Malformed and hostile requests: each is answered by an errno and by words, and by
 * nothing else. What is sent follows from one table of all commands.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_test.h"

#include "znl_dump.h"

#define MAX_ATTRS 10

/**
 * struct attr - an attribute that a request may have
 * @type: its type
 * @len: bytes of its value: numbers have exactly so many, strings with their end at most
 * @text: it is a string
 */
struct attr {
	int type;
	size_t len;
	bool text;
};

#define CTX_KEY { ZMQ_A_CTX_ID, 4 }, { ZMQ_A_CTX_NAME, ZMQ_CTX_NAME_MAX + 1, true }
#define CTX_OPTIONS { ZMQ_A_CTX_IO_THREADS, 4 }, { ZMQ_A_CTX_MAX_SOCKETS, 4 }, \
	{ ZMQ_A_CTX_MAX_MSGSZ, 4 }, { ZMQ_A_CTX_SCHED_POLICY, 4 }, { ZMQ_A_CTX_PRIORITY, 4 }, \
	{ ZMQ_A_CTX_IPV6, 4 }, { ZMQ_A_CTX_BLOCKY, 4 }
#define NAME_ENDPOINT { ZMQ_A_NAME_ENDPOINT, ZMQ_ENDPOINT_MAX + 1, true }

/**
 * struct command - a request
 * @cmd: its number
 * @flags: NLM_F_DUMP for a dump, else NLM_F_ACK
 * @bare: errno of one without attributes
 * @attrs: what it may have, up to a type of 0; no other type
 */
struct command {
	int cmd;
	int flags;
	int bare;
	struct attr attrs[MAX_ATTRS];
};

static const struct command commands[] = {
	{ ZMQ_CMD_SOCKET_GET, NLM_F_ACK, EINVAL, {
		{ ZMQ_A_SOCKET_ID, 8 }, { ZMQ_A_SOCKET_INODE, 8 }, { ZMQ_A_SOCKET_COOKIE, 8 } } },
	{ ZMQ_CMD_SOCKET_GET, NLM_F_DUMP, 0, {
		{ ZMQ_A_SOCKET_ID, 8 }, { ZMQ_A_SOCKET_INODE, 8 }, { ZMQ_A_SOCKET_COOKIE, 8 } } },
	{ ZMQ_CMD_ENDPOINT_GET, NLM_F_DUMP, 0, { { ZMQ_A_ENDPOINT_SOCKET_ID, 8 } } },
	{ ZMQ_CMD_PEER_GET, NLM_F_DUMP, 0, { { ZMQ_A_PEER_SOCKET_ID, 8 } } },
	{ ZMQ_CMD_CTX_NEW, NLM_F_ACK, 0, { CTX_KEY, CTX_OPTIONS } },
	{ ZMQ_CMD_CTX_GET, NLM_F_ACK, EINVAL, { CTX_KEY } },
	{ ZMQ_CMD_CTX_GET, NLM_F_DUMP, 0, { CTX_KEY } },
	{ ZMQ_CMD_CTX_SET, NLM_F_ACK, EINVAL, { CTX_KEY, CTX_OPTIONS } },
	{ ZMQ_CMD_CTX_SHUTDOWN, NLM_F_ACK, EINVAL, { CTX_KEY } },
	{ ZMQ_CMD_CTX_TERM, NLM_F_ACK, EINVAL, { CTX_KEY } },
	{ ZMQ_CMD_NAME_NEW, NLM_F_ACK, EINVAL, { NAME_ENDPOINT, { ZMQ_A_NAME_FD, 4 } } },
	{ ZMQ_CMD_NAME_DEL, NLM_F_ACK, EINVAL, { NAME_ENDPOINT, { ZMQ_A_NAME_FD, 4 } } },
	{ ZMQ_CMD_NAME_GET, NLM_F_ACK, EINVAL, { { ZMQ_A_NAME_CTX, 4 }, NAME_ENDPOINT } },
	{ ZMQ_CMD_NAME_GET, NLM_F_DUMP, 0, { { ZMQ_A_NAME_CTX, 4 }, NAME_ENDPOINT } },
	{ ZMQ_CMD_NAME_WATCH, NLM_F_ACK, EINVAL, { { ZMQ_A_NAME_CTX, 4 } } },
};

/*
 * A well-formed request that fails.
 * @cmd: the command
 * @flags: NLM_F_DUMP for a dump
 * @type: of the attribute
 * @number: its value, or
 * @text: if not NULL
 * @err: errno
 */
struct refusal {
	int cmd;
	int flags;
	int type;
	int number;
	const char *text;
	int err;
};

static const struct refusal refusals[] = {
	{ ZMQ_CMD_CTX_NEW, NLM_F_ACK, ZMQ_A_CTX_ID, 1, NULL, EINVAL },
	{ ZMQ_CMD_CTX_NEW, NLM_F_ACK, ZMQ_A_CTX_IO_THREADS, -1, NULL, ERANGE },
	{ ZMQ_CMD_CTX_NEW, NLM_F_ACK, ZMQ_A_CTX_MAX_SOCKETS, 0, NULL, ERANGE },
	{ ZMQ_CMD_CTX_NEW, NLM_F_ACK, ZMQ_A_CTX_MAX_SOCKETS, -1, NULL, ERANGE },
	{ ZMQ_CMD_CTX_NEW, NLM_F_ACK, ZMQ_A_CTX_MAX_MSGSZ, -1, NULL, ERANGE },
	{ ZMQ_CMD_CTX_NEW, NLM_F_ACK, ZMQ_A_CTX_IPV6, 2, NULL, ERANGE },
	{ ZMQ_CMD_CTX_NEW, NLM_F_ACK, ZMQ_A_CTX_BLOCKY, -1, NULL, ERANGE },
	{ ZMQ_CMD_CTX_SET, NLM_F_ACK, ZMQ_A_CTX_IPV6, 2, NULL, ERANGE },
	{ ZMQ_CMD_CTX_SET, NLM_F_ACK, ZMQ_A_CTX_ID, 0, NULL, ERANGE },
	{ ZMQ_CMD_CTX_SET, NLM_F_ACK, ZMQ_A_CTX_ID, INT32_MAX, NULL, ENOENT },
	{ ZMQ_CMD_CTX_SET, NLM_F_ACK, ZMQ_A_CTX_NAME, 0, "nothing", ENOENT },
	{ ZMQ_CMD_CTX_GET, NLM_F_ACK, ZMQ_A_CTX_ID, 0, NULL, ERANGE },
	{ ZMQ_CMD_CTX_GET, NLM_F_ACK, ZMQ_A_CTX_ID, -1, NULL, ENOENT },
	{ ZMQ_CMD_CTX_GET, NLM_F_ACK, ZMQ_A_CTX_NAME, 0, "", EINVAL },
	{ ZMQ_CMD_CTX_GET, NLM_F_DUMP, ZMQ_A_CTX_ID, 1, NULL, EINVAL },
	{ ZMQ_CMD_CTX_GET, NLM_F_DUMP, ZMQ_A_CTX_NAME, 0, "x", EINVAL },
	{ ZMQ_CMD_CTX_SHUTDOWN, NLM_F_ACK, ZMQ_A_CTX_ID, -1, NULL, ENOENT },
	{ ZMQ_CMD_CTX_SHUTDOWN, NLM_F_ACK, ZMQ_A_CTX_NAME, 0, "nothing", ENOENT },
	{ ZMQ_CMD_CTX_TERM, NLM_F_ACK, ZMQ_A_CTX_ID, -1, NULL, ENOENT },
	{ ZMQ_CMD_CTX_TERM, NLM_F_ACK, ZMQ_A_CTX_NAME, 0, "nothing", ENOENT },
	{ ZMQ_CMD_NAME_NEW, NLM_F_ACK, ZMQ_A_NAME_CTX, 1, NULL, EINVAL },
	{ ZMQ_CMD_NAME_NEW, NLM_F_ACK, ZMQ_A_NAME_ENDPOINT, 0, "tcp://127.0.0.1:1", EINVAL },
	{ ZMQ_CMD_NAME_NEW, NLM_F_ACK, ZMQ_A_NAME_ENDPOINT, 0, "inproc://x", EINVAL },
	{ ZMQ_CMD_NAME_NEW, NLM_F_ACK, ZMQ_A_NAME_FD, -1, NULL, ERANGE },
	{ ZMQ_CMD_NAME_NEW, NLM_F_ACK, ZMQ_A_NAME_FD, 0, NULL, EINVAL },
	{ ZMQ_CMD_NAME_DEL, NLM_F_ACK, ZMQ_A_NAME_CTX, 1, NULL, EINVAL },
	{ ZMQ_CMD_NAME_DEL, NLM_F_ACK, ZMQ_A_NAME_ENDPOINT, 0, "", EINVAL },
	{ ZMQ_CMD_NAME_GET, NLM_F_ACK, ZMQ_A_NAME_ENDPOINT, 0, "inproc://x", EINVAL },
	{ ZMQ_CMD_NAME_GET, NLM_F_ACK, ZMQ_A_NAME_CTX, 1, NULL, EINVAL },
	{ ZMQ_CMD_NAME_GET, NLM_F_DUMP, ZMQ_A_NAME_ENDPOINT, 0, "inproc://x", EINVAL },
	{ ZMQ_CMD_NAME_WATCH, NLM_F_ACK, ZMQ_A_NAME_CTX, 0, NULL, ERANGE },
	{ ZMQ_CMD_NAME_WATCH, NLM_F_ACK, ZMQ_A_NAME_CTX, -1, NULL, ENOENT },
};

/* A number 1, a string; all of it is no attribute's. */
static const char junk[4096] = { 1 };

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
		zt_fail("command %d, flags %#x, attribute %d %s: want errno %d, got %d \"%s\"",
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
			znl_add(&self->msg, c->attrs[0].type, junk, c->attrs[0].len);
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

/* Too short for a header; no such command. The core has no words for these. */
TEST_F(netlink, headers)
{
	znl_request(&self->msg, self->fd, ZMQ_CMD_SOCKET_GET, NLM_F_ACK);
	self->msg.nl.nlmsg_len = NLMSG_HDRLEN + 2;
	EXPECT_EQ(EINVAL, znl_ask(self->fd, &self->msg, ignore, NULL).err);
	znl_request(&self->msg, self->fd, 200, NLM_F_ACK);
	EXPECT_EQ(EOPNOTSUPP, znl_ask(self->fd, &self->msg, ignore, NULL).err);
	znl_request(&self->msg, self->fd, ZMQ_CMD_EVENT_NTF, NLM_F_ACK);
	EXPECT_EQ(EOPNOTSUPP, znl_ask(self->fd, &self->msg, ignore, NULL).err);
	znl_request(&self->msg, self->fd, ZMQ_CMD_CTX_NTF, NLM_F_ACK);
	EXPECT_EQ(EOPNOTSUPP, znl_ask(self->fd, &self->msg, ignore, NULL).err);
	znl_request(&self->msg, self->fd, ZMQ_CMD_NAME_NTF, NLM_F_ACK);
	EXPECT_EQ(EOPNOTSUPP, znl_ask(self->fd, &self->msg, ignore, NULL).err);
	/* A dump, and nothing else. */
	znl_request(&self->msg, self->fd, ZMQ_CMD_PEER_GET, NLM_F_ACK);
	want(self->fd, &self->msg, EOPNOTSUPP, "no dump", 0);
	znl_request(&self->msg, self->fd, ZMQ_CMD_ENDPOINT_GET, NLM_F_ACK);
	want(self->fd, &self->msg, EOPNOTSUPP, "no dump", 0);
	znl_request(&self->msg, self->fd, ZMQ_CMD_CTX_SET, NLM_F_DUMP);
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

/* A context that there is not, a number that none has. */
TEST_F(netlink, no_context)
{
	static const uint32_t ids[] = { 0, INT_MAX, 1U << 31, UINT32_MAX };
	const struct command *c;
	size_t i;

	for (c = commands; c < commands + ZT_ARRAY(commands); c++) {
		if (c->flags == NLM_F_DUMP || c->cmd < ZMQ_CMD_CTX_GET ||
		    c->cmd > ZMQ_CMD_CTX_TERM)
			continue;
		for (i = 0; i < ZT_ARRAY(ids); i++) {
			znl_request(&self->msg, self->fd, c->cmd, c->flags);
			znl_add(&self->msg, ZMQ_A_CTX_ID, &ids[i], sizeof(ids[i]));
			want(self->fd, &self->msg, ids[i] ? ENOENT : ERANGE, "of nothing",
			     ZMQ_A_CTX_ID);
		}
		/* Named twice. */
		znl_request(&self->msg, self->fd, c->cmd, c->flags);
		znl_add(&self->msg, ZMQ_A_CTX_ID, &ids[1], sizeof(ids[1]));
		znl_add(&self->msg, ZMQ_A_CTX_NAME, "x", 2);
		want(self->fd, &self->msg, EINVAL, "and another", ZMQ_A_CTX_NAME);
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

/* A string without an end. */
TEST_F(netlink, unterminated)
{
	char text[ZMQ_ENDPOINT_MAX + 1];
	const struct command *c;
	const struct attr *a;

	memset(text, 'x', sizeof(text));
	for (c = commands; c < commands + ZT_ARRAY(commands); c++) {
		for (a = c->attrs; a->type; a++) {
			if (!a->text)
				continue;
			znl_request(&self->msg, self->fd, c->cmd, c->flags);
			znl_add(&self->msg, a->type, text, a->len);
			want(self->fd, &self->msg, EINVAL, "without end", a->type);
			znl_request(&self->msg, self->fd, c->cmd, c->flags);
			znl_add(&self->msg, a->type, text, 1);
			want(self->fd, &self->msg, EINVAL, "without end", a->type);
		}
	}
}

TEST_F(netlink, refused)
{
	const struct refusal *r;

	for (r = refusals; r < refusals + ZT_ARRAY(refusals); r++) {
		znl_request(&self->msg, self->fd, r->cmd, r->flags);
		if (r->text)
			znl_add(&self->msg, r->type, r->text, strlen(r->text) + 1);
		else
			znl_add(&self->msg, r->type, &r->number, sizeof(r->number));
		want(self->fd, &self->msg, r->err, r->text ? r->text : "of that value", r->type);
	}
}

/* Descriptors that are no sockets of the family. */
TEST_F(netlink, descriptor)
{
	int tcp = socket(AF_INET, SOCK_STREAM, 0), fds[] = { 999, self->fd, tcp, 0 }, cmd;
	size_t i;

	for (i = 0; i < ZT_ARRAY(fds); i++) {
		for (cmd = ZMQ_CMD_NAME_NEW; cmd <= ZMQ_CMD_NAME_DEL; cmd++) {
			znl_request(&self->msg, self->fd, cmd, NLM_F_ACK);
			znl_add(&self->msg, ZMQ_A_NAME_ENDPOINT, "inproc://x", 11);
			znl_add(&self->msg, ZMQ_A_NAME_FD, &fds[i], sizeof(fds[i]));
			want(self->fd, &self->msg, i ? ENOTSOCK : EBADF, "of no socket",
			     ZMQ_A_NAME_FD);
		}
	}
	close(tcp);
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
