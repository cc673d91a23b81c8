// SPDX-License-Identifier: GPL-2.0-only
/* inproc names by netlink: the same registry that bind() and connect() use. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_test.h"

#include "znl_ctx.h"
#include "znl_dump.h"

#define NAME "inproc://name"

FIXTURE(names)
{
	int nl;
	struct znl_ctx c;
	int fd;
	uint64_t id;
};

FIXTURE_SETUP(names)
{
	struct znl_sock row;

	self->nl = znl_socket();
	ASSERT_EQ(0, znl_ctx_new(self->nl, NULL, &self->c));
	self->fd = nz_socket(ZMQ_PULL);
	ASSERT_EQ(0, nz_set(self->fd, ZMQ_NATIVE_CTX, self->c.id));
	ASSERT_EQ(0, znl_get_sock(self->nl, self->fd, &row));
	self->id = row.id;
}

FIXTURE_TEARDOWN(names)
{
	close(self->fd);
	zt_eq(znl_ctx_term(self->nl, self->c.id, 999), 0);
	znl_ctx_ended(self->nl, self->c.id, 999, zt_scaled(NZ_TIMEO));
	close(self->nl);
}

static int friend_of(int fd, int type)
{
	int own = nz_socket(type);

	zt_ok(nz_set(own, ZMQ_NATIVE_CTX_OF, fd));
	return own;
}

/* A name given by netlink is one that connect() finds, and the other way round. */
TEST_F(names, new_and_del)
{
	int push = friend_of(self->fd, ZMQ_PUSH);
	struct znl_name row;

	/* Also for who is there already. */
	ASSERT_EQ(0, nz_connect(push, NAME));
	nz_put(push, "early", 0);
	EXPECT_EQ(ENOENT, znl_name_get(self->nl, self->c.id, NAME, NULL));
	ASSERT_EQ(0, znl_name_new(self->nl, self->fd, NAME));
	nz_want(self->fd, "early", 0);
	ASSERT_EQ(0, znl_name_get(self->nl, self->c.id, NAME, &row));
	EXPECT_EQ(self->c.id, row.ctx);
	EXPECT_STREQ(NAME, row.endpoint);
	EXPECT_EQ(self->id, row.socket);
	EXPECT_TRUE(row.bound);
	EXPECT_EQ(EADDRINUSE, znl_name_new(self->nl, self->fd, NAME));
	ASSERT_EQ(0, znl_name_del(self->nl, self->fd, NAME));
	EXPECT_EQ(ENOENT, znl_name_del(self->nl, self->fd, NAME));
	EXPECT_EQ(ENOENT, znl_name_get(self->nl, self->c.id, NAME, NULL));
	/* The name alone goes. */
	nz_put(push, "still there", 0);
	nz_want(self->fd, "still there", 0);
	ASSERT_EQ(0, nz_bind(self->fd, NAME));
	ASSERT_EQ(0, znl_name_del(self->nl, self->fd, NAME));
	ASSERT_EQ(0, znl_name_new(self->nl, self->fd, NAME));
	ASSERT_EQ(0, nz_set_str(self->fd, ZMQ_NATIVE_UNBIND, NAME));
	close(push);
}

/* What is wrong with a request. */
TEST_F(names, refused)
{
	int file = open("/dev/null", O_RDONLY), inet = socket(AF_INET, SOCK_DGRAM, 0);
	int closed = friend_of(self->fd, ZMQ_PULL);
	char ep[ZMQ_ENDPOINT_MAX + 2];

	EXPECT_EQ(EINVAL, znl_name_new(self->nl, self->fd, "tcp://127.0.0.1:*"));
	EXPECT_EQ(EINVAL, znl_name_new(self->nl, self->fd, "inproc://"));
	EXPECT_EQ(EINVAL, znl_name_new(self->nl, self->fd, ""));
	EXPECT_EQ(EINVAL, znl_name_new(self->nl, self->fd, "INPROC://x"));
	EXPECT_EQ(EINVAL, znl_name_get(self->nl, self->c.id, "tcp://x", NULL));
	EXPECT_EQ(ERANGE, znl_name_new(self->nl, -1, NAME));
	EXPECT_EQ(EBADF, znl_name_new(self->nl, 9999, NAME));
	EXPECT_EQ(ENOTSOCK, znl_name_new(self->nl, file, NAME));
	EXPECT_EQ(ENOTSOCK, znl_name_new(self->nl, inet, NAME));
	EXPECT_EQ(ENOTSOCK, znl_name_new(self->nl, self->nl, NAME));
	ASSERT_EQ(0, nz_set(closed, ZMQ_NATIVE_CLOSE, 1));
	EXPECT_EQ(ENOTSOCK, znl_name_new(self->nl, closed, NAME));
	EXPECT_EQ(ENOTSOCK, znl_name_del(self->nl, closed, NAME));
	memset(ep, 'x', sizeof(ep));
	memcpy(ep, "inproc://", 9);
	ep[ZMQ_ENDPOINT_MAX + 1] = 0;
	EXPECT_EQ(EINVAL, znl_name_new(self->nl, self->fd, ep));
	ep[ZMQ_ENDPOINT_MAX] = 0;
	EXPECT_EQ(0, znl_name_new(self->nl, self->fd, ep));
	EXPECT_EQ(0, znl_name_get(self->nl, self->c.id, ep, NULL));
	EXPECT_EQ(0, znl_name_del(self->nl, self->fd, ep));
	EXPECT_EQ(0, znl_names(self->nl, self->c.id, NULL, 0));
	close(file);
	close(inet);
	close(closed);
}

/* A socket that was in no context gets that of its process by a name. */
TEST_F(names, own_context)
{
	int fd = nz_socket(ZMQ_PULL);
	struct znl_name row;

	ASSERT_EQ(0, znl_name_new(self->nl, fd, NAME));
	EXPECT_EQ(ENOENT, znl_name_get(self->nl, self->c.id, NAME, NULL));
	ASSERT_EQ(0, znl_name_get(self->nl, nz_get(fd, ZMQ_NATIVE_CTX), NAME, &row));
	close(fd);
}

static int request(int nl, int cmd, int flags, uint32_t ctx, const char *ep, int fd)
{
	struct znl_msg msg;

	znl_request(&msg, nl, cmd, flags);
	if (ctx)
		znl_add(&msg, ZMQ_A_NAME_CTX, &ctx, sizeof(ctx));
	if (ep)
		znl_add(&msg, ZMQ_A_NAME_ENDPOINT, ep, strlen(ep) + 1);
	if (fd >= 0)
		znl_add(&msg, ZMQ_A_NAME_FD, &fd, sizeof(fd));
	return znl_ask(nl, &msg, NULL, NULL).err;
}

/* Attributes that a command needs, or has no use for; contexts that there are not. */
TEST_F(names, attributes)
{
	static const uint32_t ids[] = { INT_MAX, 1U << 31, (1U << 31) + 1, UINT32_MAX };
	uint32_t id = self->c.id;
	int nl = self->nl, cmd;
	size_t i;

	for (cmd = ZMQ_CMD_NAME_NEW; cmd <= ZMQ_CMD_NAME_DEL; cmd++) {
		EXPECT_EQ(EINVAL, request(nl, cmd, NLM_F_ACK, 0, NULL, self->fd));
		EXPECT_EQ(EINVAL, request(nl, cmd, NLM_F_ACK, 0, NAME, -1));
		/* The context is the socket's. */
		EXPECT_EQ(EINVAL, request(nl, cmd, NLM_F_ACK, id, NAME, self->fd));
	}
	EXPECT_EQ(EINVAL, request(nl, ZMQ_CMD_NAME_GET, NLM_F_ACK, id, NULL, -1));
	EXPECT_EQ(EINVAL, request(nl, ZMQ_CMD_NAME_GET, NLM_F_ACK, 0, NAME, -1));
	EXPECT_EQ(EINVAL, request(nl, ZMQ_CMD_NAME_WATCH, NLM_F_ACK, 0, NULL, -1));
	EXPECT_EQ(EINVAL, request(nl, ZMQ_CMD_NAME_GET, NLM_F_DUMP, id, NAME, -1));
	EXPECT_EQ(EINVAL, request(nl, ZMQ_CMD_NAME_GET, NLM_F_DUMP, id, NULL, self->fd));
	for (i = 0; i < ZT_ARRAY(ids); i++) {
		EXPECT_EQ(ENOENT, request(nl, ZMQ_CMD_NAME_GET, NLM_F_ACK, ids[i], NAME, -1));
		EXPECT_EQ(ENOENT, request(nl, ZMQ_CMD_NAME_GET, NLM_F_DUMP, ids[i], NULL, -1));
		EXPECT_EQ(ENOENT, request(nl, ZMQ_CMD_NAME_WATCH, NLM_F_ACK, ids[i], NULL, -1));
	}
}

/* More names than one read of a dump has room for, of two contexts. */
#define MANY 600

TEST_F(names, dump)
{
	static struct znl_name rows[MANY + 2];
	int other = nz_socket(ZMQ_PULL), wanted = friend_of(self->fd, ZMQ_PUSH), i;
	uint32_t id;
	char ep[32];

	ASSERT_EQ(0, nz_bind(other, "inproc://of another context"));
	id = nz_get(other, ZMQ_NATIVE_CTX);
	/* One that is wanted is not bound. */
	ASSERT_EQ(0, nz_connect(wanted, "inproc://100b"));
	for (i = 0; i < MANY; i++) {
		sprintf(ep, "inproc://%03d", i * 7 % MANY);
		ASSERT_EQ(0, nz_bind(self->fd, ep));
	}
	ASSERT_EQ(MANY, znl_names(self->nl, self->c.id, rows, ZT_ARRAY(rows)));
	for (i = 0; i < MANY; i++) {
		sprintf(ep, "inproc://%03d", i);
		EXPECT_STREQ(ep, rows[i].endpoint);
		EXPECT_EQ(self->c.id, rows[i].ctx);
		EXPECT_EQ(self->id, rows[i].socket);
		EXPECT_TRUE(rows[i].bound);
	}
	EXPECT_EQ(1, znl_names(self->nl, id, rows, 1));
	EXPECT_STREQ("inproc://of another context", rows[0].endpoint);
	EXPECT_EQ(MANY + 1, znl_names(self->nl, 0, rows, ZT_ARRAY(rows)));
	close(other);
	close(wanted);
}

static void want_note(int nl, uint32_t seq, const char *ep, uint64_t id, bool is_bound)
{
	struct znl_note note;

	zt_check(znl_note(nl, &note, zt_scaled(NZ_TIMEO)));
	zt_eq(note.cmd, ZMQ_CMD_NAME_NTF);
	zt_eq(note.seq, seq);
	zt_eq(note.name.socket, id);
	zt_eq(note.name.bound, is_bound);
	if (strcmp(note.name.endpoint, ep))
		zt_fail("expected a note about %s, got %s", ep, note.name.endpoint);
}

/* Every name that comes or goes, however it does; of this context alone. */
TEST_F(names, watch)
{
	int nl = znl_socket(), other = nz_socket(ZMQ_PULL), wanted = friend_of(self->fd, ZMQ_PUSH);
	struct znl_note note;
	struct znl_sock row;
	int second;

	ASSERT_EQ(0, nz_bind(self->fd, "inproc://before"));
	ASSERT_EQ(0, znl_name_watch(nl, self->c.id, 5));
	ASSERT_EQ(0, nz_bind(self->fd, NAME));
	want_note(nl, 5, NAME, self->id, true);
	zt_err(nz_bind(self->fd, NAME), EADDRINUSE);
	ASSERT_EQ(0, nz_set_str(self->fd, ZMQ_NATIVE_UNBIND, NAME));
	want_note(nl, 5, NAME, self->id, false);
	ASSERT_EQ(0, znl_name_new(self->nl, self->fd, NAME));
	want_note(nl, 5, NAME, self->id, true);
	ASSERT_EQ(0, znl_name_del(self->nl, self->fd, NAME));
	want_note(nl, 5, NAME, self->id, false);
	/* A name that is wanted is none; another context's is not this one's. */
	ASSERT_EQ(0, nz_connect(wanted, "inproc://wanted"));
	ASSERT_EQ(0, nz_bind(other, NAME));
	EXPECT_FALSE(znl_note(nl, &note, 0));

	/* close() gives all names back. Who asks again has the later number. */
	ASSERT_EQ(0, znl_name_watch(nl, self->c.id, 6));
	second = friend_of(self->fd, ZMQ_PULL);
	ASSERT_EQ(0, znl_get_sock(self->nl, second, &row));
	ASSERT_EQ(0, nz_bind(second, "inproc://second"));
	want_note(nl, 6, "inproc://second", row.id, true);
	close(second);
	want_note(nl, 6, "inproc://second", row.id, false);
	EXPECT_FALSE(znl_note(nl, &note, 0));
	close(nl);
	ASSERT_EQ(0, nz_bind(self->fd, NAME));
	close(other);
	close(wanted);
}

/* Who does not read misses some, and hinders nobody. */
TEST_F(names, slow_watcher)
{
	int nl = znl_socket(), small = 4096, i, err = 0;
	struct pollfd pfd = { .fd = nl, .events = POLLIN };
	char buf[512];

	ASSERT_EQ(0, setsockopt(nl, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)));
	ASSERT_EQ(0, znl_name_watch(nl, self->c.id, 5));
	for (i = 0; i < 200; i++) {
		ASSERT_EQ(0, nz_bind(self->fd, NAME));
		ASSERT_EQ(0, nz_set_str(self->fd, ZMQ_NATIVE_UNBIND, NAME));
	}
	while (poll(&pfd, 1, 0) > 0)
		if (recv(nl, buf, sizeof(buf), MSG_DONTWAIT) < 0)
			err = errno;
	EXPECT_EQ(ENOBUFS, err);
	/* It is told of what comes now. */
	ASSERT_EQ(0, nz_bind(self->fd, NAME));
	want_note(nl, 5, NAME, self->id, true);
	close(nl);
}

/* A watch and waiting for the end are two things, and 64 the most of both. */
TEST_F(names, watchers)
{
	int nl[64], late = znl_socket(), fd = friend_of(self->fd, ZMQ_PULL);
	size_t i;

	for (i = 0; i < ZT_ARRAY(nl); i++) {
		nl[i] = znl_socket();
		ASSERT_EQ(0, znl_name_watch(nl[i], self->c.id, i));
	}
	EXPECT_EQ(EBUSY, znl_name_watch(late, self->c.id, 1));
	close(nl[0]);
	ASSERT_EQ(0, znl_name_watch(late, self->c.id, 1));
	ASSERT_EQ(0, nz_bind(fd, NAME));
	for (i = 1; i < ZT_ARRAY(nl); i++) {
		struct znl_note note;

		EXPECT_TRUE(znl_note(nl[i], &note, zt_scaled(NZ_TIMEO)));
		EXPECT_EQ(i, note.seq);
		close(nl[i]);
	}
	close(late);
	close(fd);
}

TEST_HARNESS_MAIN
