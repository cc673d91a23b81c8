// SPDX-License-Identifier: GPL-2.0-only
/* Contexts: made, named, configured, shared, shut down and ended by netlink. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "native_test.h"

#include "znl_ctx.h"

FIXTURE(ctx)
{
	int nl;
	struct znl_ctx c;
};

FIXTURE_SETUP(ctx)
{
	self->nl = znl_socket();
	ASSERT_EQ(0, znl_ctx_new(self->nl, NULL, &self->c));
}

/* Ended already, or now; nobody is left in it. */
FIXTURE_TEARDOWN(ctx)
{
	int err = znl_ctx_term(self->nl, self->c.id, 999);

	if (!err)
		znl_ctx_ended(self->nl, self->c.id, 999, zt_scaled(NZ_TIMEO));
	else
		EXPECT_EQ(ENOENT, err);
	close(self->nl);
}

static struct znl_ctx get(int nl, uint32_t id)
{
	struct znl_ctx c;

	zt_eq(znl_ctx_get(nl, id, &c), 0);
	return c;
}

static int joined(int type, uint32_t id)
{
	int fd = nz_socket(type);

	zt_ok(nz_set(fd, ZMQ_NATIVE_CTX, id));
	return fd;
}

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

/* A name is its owner's, of 1 to 63 bytes, and free when the context ends. */
TEST_F(ctx, names)
{
	char name[ZMQ_CTX_NAME_MAX + 2];
	struct znl_ctx c, found;

	memset(name, 'n', sizeof(name));
	name[ZMQ_CTX_NAME_MAX + 1] = 0;
	EXPECT_EQ(EINVAL, znl_ctx_new(self->nl, name, NULL));
	EXPECT_EQ(EINVAL, znl_ctx_find(self->nl, name, NULL));
	name[ZMQ_CTX_NAME_MAX] = 0;
	EXPECT_EQ(ENOENT, znl_ctx_find(self->nl, name, NULL));
	ASSERT_EQ(0, znl_ctx_new(self->nl, name, &c));
	EXPECT_STREQ(name, c.name);
	EXPECT_NE(self->c.id, c.id);
	ASSERT_EQ(0, znl_ctx_find(self->nl, name, &found));
	EXPECT_EQ(c.id, found.id);
	EXPECT_EQ(EEXIST, znl_ctx_new(self->nl, name, NULL));
	name[1] = 0;
	EXPECT_EQ(ENOENT, znl_ctx_find(self->nl, name, NULL));
	/* Those without a name are not found by none. */
	EXPECT_EQ(EINVAL, znl_ctx_find(self->nl, "", NULL));
	ASSERT_EQ(0, znl_ctx_term(self->nl, c.id, 1));
	znl_ctx_ended(self->nl, c.id, 1, zt_scaled(NZ_TIMEO));
	EXPECT_EQ(ENOENT, znl_ctx_find(self->nl, c.name, NULL));
	EXPECT_EQ(ENOENT, znl_ctx_get(self->nl, c.id, NULL));
	ASSERT_EQ(0, znl_ctx_new(self->nl, c.name, &found));
	EXPECT_NE(c.id, found.id);
	ASSERT_EQ(0, znl_ctx_term(self->nl, found.id, 2));
	znl_ctx_ended(self->nl, found.id, 2, zt_scaled(NZ_TIMEO));
}

/* Who hears of the end can have the name, also where a work has ended the last socket. */
TEST_F(ctx, name_is_free)
{
	struct znl_ctx c;
	int i, fd;

	for (i = 0; i < 50; i++) {
		ASSERT_EQ(0, znl_ctx_new(self->nl, "again", &c));
		fd = joined(ZMQ_PUSH, c.id);
		ASSERT_EQ(0, nz_connect(fd, "tcp://127.0.0.1:9"));
		ASSERT_EQ(0, znl_ctx_term(self->nl, c.id, i));
		close(fd);
		znl_ctx_ended(self->nl, c.id, i, zt_scaled(NZ_TIMEO));
	}
}

/* More than one read of a dump: each once, in the order of their numbers. */
#define MANY 500

TEST_F(ctx, dump)
{
	static struct znl_ctx rows[MANY + 10];
	uint32_t ids[MANY];
	int i, at = 0, count;

	for (i = 0; i < MANY; i++) {
		ASSERT_EQ(0, znl_ctx_new(self->nl, NULL, &rows[0]));
		ids[i] = rows[0].id;
	}
	count = znl_ctxs(self->nl, rows, ZT_ARRAY(rows));
	ASSERT_EQ(MANY + 1, count);
	EXPECT_EQ(self->c.id, rows[0].id);
	for (i = 1; i < count; i++) {
		EXPECT_LT(rows[i - 1].id, rows[i].id);
		EXPECT_EQ(ids[at++], rows[i].id);
	}
	for (i = 0; i < MANY; i++) {
		ASSERT_EQ(0, znl_ctx_term(self->nl, ids[i], i));
		znl_ctx_ended(self->nl, ids[i], i, zt_scaled(NZ_TIMEO));
	}
	EXPECT_EQ(1, znl_ctxs(self->nl, NULL, 0));
}

/**
 * struct waiter - a thread in a call that only the context's end ends
 * @fd: its socket
 * @tid: the thread, 0 until it runs
 * @error: errno of the call
 * @run: the call
 * @thread: the same, for who joins it
 */
struct waiter {
	int fd;
	pid_t tid;
	int error;
	void *(*run)(void *arg);
	pthread_t thread;
};

static void begin(struct waiter *w)
{
	__atomic_store_n(&w->tid, syscall(SYS_gettid), __ATOMIC_RELEASE);
}

static void *wait_recv(void *arg)
{
	struct waiter *w = arg;
	char c;

	begin(w);
	w->error = recv(w->fd, &c, 1, 0) < 0 ? errno : 0;
	return NULL;
}

static void *wait_send(void *arg)
{
	struct waiter *w = arg;

	begin(w);
	w->error = send(w->fd, "x", 1, 0) < 0 ? errno : 0;
	return NULL;
}

static void *wait_poll(void *arg)
{
	struct waiter *w = arg;
	char c;

	begin(w);
	if (!nz_poll(w->fd, POLLIN, -1))
		return NULL;
	w->error = recv(w->fd, &c, 1, 0) < 0 ? errno : 0;
	return NULL;
}

static bool asleep(struct waiter *w)
{
	pid_t tid = __atomic_load_n(&w->tid, __ATOMIC_ACQUIRE);
	char path[64], state = 0;
	FILE *file;

	if (!tid)
		return false;
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	file = fopen(path, "re");
	if (file && fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	if (file)
		fclose(file);
	return state == 'S';
}

/* Whoever sleeps wakes, whoever comes is refused, a message that is there included. */
TEST_F(ctx, shutdown)
{
	struct waiter waiters[] = {
		{ joined(ZMQ_PULL, self->c.id), .run = wait_recv },
		{ joined(ZMQ_PUSH, self->c.id), .run = wait_send },
		{ joined(ZMQ_PAIR, self->c.id), .run = wait_poll },
	};
	int full = joined(ZMQ_PULL, self->c.id), push = joined(ZMQ_PUSH, self->c.id);
	int late = nz_socket(ZMQ_PULL);
	struct znl_ctx c;
	size_t i;

	ASSERT_EQ(0, nz_bind(full, "inproc://full"));
	ASSERT_EQ(0, nz_connect(push, "inproc://full"));
	nz_put(push, "unread", 0);
	nz_until(full, POLLIN);
	for (i = 0; i < ZT_ARRAY(waiters); i++) {
		nz_set(waiters[i].fd, ZMQ_RCVTIMEO, -1);
		nz_set(waiters[i].fd, ZMQ_SNDTIMEO, -1);
		ASSERT_EQ(0, pthread_create(&waiters[i].thread, NULL, waiters[i].run,
					    &waiters[i]));
		zt_until(asleep(&waiters[i]), NZ_TIMEO);
	}
	ASSERT_EQ(0, znl_ctx_shutdown(self->nl, self->c.id));
	ASSERT_EQ(0, znl_ctx_shutdown(self->nl, self->c.id));
	for (i = 0; i < ZT_ARRAY(waiters); i++) {
		zt_until(!pthread_tryjoin_np(waiters[i].thread, NULL), NZ_TIMEO);
		EXPECT_EQ(ZMQ_ETERM, waiters[i].error);
		zt_err(nz_bind(waiters[i].fd, "inproc://x"), ZMQ_ETERM);
		zt_err(nz_connect(waiters[i].fd, "inproc://full"), ZMQ_ETERM);
		close(waiters[i].fd);
	}
	zt_err(recv(full, &c, 1, MSG_DONTWAIT), ZMQ_ETERM);
	zt_err(nz_set_str(full, ZMQ_NATIVE_UNBIND, "inproc://full"), ZMQ_ETERM);
	zt_err(nz_set(late, ZMQ_NATIVE_CTX, self->c.id), ZMQ_ETERM);
	c = get(self->nl, self->c.id);
	EXPECT_TRUE(c.terminated);
	EXPECT_EQ(2, c.open);
	close(full);
	close(push);
	close(late);
	/* It stays, without sockets as well, until it is ended. */
	zt_until(get(self->nl, self->c.id).alive == 0, NZ_TIMEO);
}

/* The end is told when the last socket has gone. */
TEST_F(ctx, term)
{
	int a = joined(ZMQ_PULL, self->c.id), b = joined(ZMQ_PUSH, self->c.id);
	struct znl_note note;

	ASSERT_EQ(0, znl_ctx_term(self->nl, self->c.id, 7));
	EXPECT_FALSE(znl_note(self->nl, &note, 0));
	zt_err(send(b, "x", 1, MSG_DONTWAIT), ZMQ_ETERM);
	close(a);
	zt_until(get(self->nl, self->c.id).alive == 1, NZ_TIMEO);
	EXPECT_FALSE(znl_note(self->nl, &note, 0));
	close(b);
	znl_ctx_ended(self->nl, self->c.id, 7, zt_scaled(NZ_TIMEO));
	zt_until(znl_ctx_get(self->nl, self->c.id, NULL) == ENOENT, NZ_TIMEO);
}

/* Who asks twice is told once, of the later request; each of two is told. */
TEST_F(ctx, term_by_two)
{
	int a = joined(ZMQ_PULL, self->c.id), other = znl_socket();
	struct znl_note note;

	ASSERT_EQ(0, znl_ctx_term(self->nl, self->c.id, 7));
	ASSERT_EQ(0, znl_ctx_term(self->nl, self->c.id, 8));
	ASSERT_EQ(0, znl_ctx_term(other, self->c.id, 9));
	EXPECT_FALSE(znl_note(self->nl, &note, 0));
	EXPECT_FALSE(znl_note(other, &note, 0));
	close(a);
	znl_ctx_ended(self->nl, self->c.id, 8, zt_scaled(NZ_TIMEO));
	znl_ctx_ended(other, self->c.id, 9, zt_scaled(NZ_TIMEO));
	EXPECT_FALSE(znl_note(self->nl, &note, 0));
	close(other);
}

/* 64 may wait. */
TEST_F(ctx, term_by_many)
{
	int a = joined(ZMQ_PULL, self->c.id), nl[64], late = znl_socket();
	size_t i;

	for (i = 0; i < ZT_ARRAY(nl); i++) {
		nl[i] = znl_socket();
		ASSERT_EQ(0, znl_ctx_term(nl[i], self->c.id, i));
	}
	EXPECT_EQ(EBUSY, znl_ctx_term(late, self->c.id, 1));
	/* Who has gone makes room. */
	close(nl[5]);
	ASSERT_EQ(0, znl_ctx_term(late, self->c.id, 1));
	nl[5] = znl_socket();
	EXPECT_EQ(EBUSY, znl_ctx_term(nl[5], self->c.id, 5));
	close(a);
	for (i = 0; i < ZT_ARRAY(nl); i++) {
		if (i != 5)
			znl_ctx_ended(nl[i], self->c.id, i, zt_scaled(NZ_TIMEO));
		close(nl[i]);
	}
	znl_ctx_ended(late, self->c.id, 1, zt_scaled(NZ_TIMEO));
	close(late);
}

/* A number belongs to who asked, not to who has it afterwards. */
TEST_F(ctx, told_nobody_else)
{
	int a = joined(ZMQ_PULL, self->c.id), asker = znl_socket(), heir;
	struct sockaddr_nl addr;
	socklen_t len = sizeof(addr);
	struct znl_note note;

	ASSERT_EQ(0, znl_ctx_term(asker, self->c.id, 7));
	ASSERT_EQ(0, znl_ctx_term(self->nl, self->c.id, 8));
	ASSERT_EQ(0, getsockname(asker, (void *)&addr, &len));
	close(asker);
	heir = znl_socket();
	ASSERT_EQ(0, bind(heir, (void *)&addr, sizeof(addr)));
	close(a);
	znl_ctx_ended(self->nl, self->c.id, 8, zt_scaled(NZ_TIMEO));
	EXPECT_FALSE(znl_note(heir, &note, 0));
	close(heir);
}

/* A socket that lingers is part of it; then the end comes with the last message. */
TEST_F(ctx, term_lingers)
{
	int push = joined(ZMQ_PUSH, self->c.id), pull = nz_socket(ZMQ_PULL);
	struct znl_note note;
	char ep[256];

	nz_bind_any(pull, ep);
	ASSERT_EQ(0, nz_set_str(pull, ZMQ_NATIVE_UNBIND, ep));
	nz_set(push, ZMQ_LINGER, -1);
	ASSERT_EQ(0, nz_connect(push, ep));
	nz_put(push, "kept", 0);
	close(push);
	EXPECT_EQ(0, get(self->nl, self->c.id).open);
	EXPECT_EQ(1, get(self->nl, self->c.id).alive);
	ASSERT_EQ(0, znl_ctx_term(self->nl, self->c.id, 7));
	EXPECT_FALSE(znl_note(self->nl, &note, 0));
	ASSERT_EQ(0, nz_bind(pull, ep));
	nz_want(pull, "kept", 0);
	znl_ctx_ended(self->nl, self->c.id, 7, zt_scaled(NZ_TIMEO));
	close(pull);
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

/* In by number, or by a descriptor of one that is; once. */
TEST_F(ctx, join)
{
	int a = joined(ZMQ_PULL, self->c.id), b = nz_socket(ZMQ_PUSH), none = nz_socket(ZMQ_PULL);
	int file = open("/dev/null", O_RDONLY), inet = socket(AF_INET, SOCK_DGRAM, 0);
	uint64_t wide = self->c.id;
	uint16_t narrow = 1;

	zt_err(nz_set(b, ZMQ_NATIVE_CTX, 0), ENOENT);
	zt_err(nz_set(b, ZMQ_NATIVE_CTX, INT_MAX), ENOENT);
	zt_err(nz_set(b, ZMQ_NATIVE_CTX, -1), ENOENT);
	zt_err(nz_set(b, ZMQ_NATIVE_CTX_OF, -1), EBADF);
	zt_err(nz_set(b, ZMQ_NATIVE_CTX_OF, 9999), EBADF);
	zt_err(nz_set(b, ZMQ_NATIVE_CTX_OF, file), ENOTSOCK);
	zt_err(nz_set(b, ZMQ_NATIVE_CTX_OF, inet), ENOTSOCK);
	/* One that is in none, which this does not change; and itself. */
	zt_err(nz_set(b, ZMQ_NATIVE_CTX_OF, none), EINVAL);
	zt_err(nz_set(b, ZMQ_NATIVE_CTX_OF, b), EINVAL);
	zt_err(setsockopt(b, SOL_ZMQ, ZMQ_NATIVE_CTX, &wide, sizeof(wide)), EINVAL);
	zt_err(setsockopt(b, SOL_ZMQ, ZMQ_NATIVE_CTX, &narrow, sizeof(narrow)), EINVAL);
	zt_err(setsockopt(b, SOL_ZMQ, ZMQ_NATIVE_CTX_OF, NULL, 4), EFAULT);

	ASSERT_EQ(0, nz_set(b, ZMQ_NATIVE_CTX_OF, a));
	EXPECT_EQ((int)self->c.id, nz_get(b, ZMQ_NATIVE_CTX));
	EXPECT_EQ(2, get(self->nl, self->c.id).open);
	zt_err(nz_set(b, ZMQ_NATIVE_CTX_OF, a), EBUSY);
	zt_err(nz_set(b, ZMQ_NATIVE_CTX, self->c.id), EBUSY);
	zt_err(getsockopt(b, SOL_ZMQ, ZMQ_NATIVE_CTX, &narrow, &(socklen_t){ 2 }), EINVAL);
	zt_err(getsockopt(b, SOL_ZMQ, ZMQ_NATIVE_CTX_OF, &narrow, &(socklen_t){ 4 }), EINVAL);
	/* An inproc endpoint needs one, so it has one then. */
	ASSERT_EQ(0, nz_bind(none, "inproc://x"));
	zt_err(nz_set(none, ZMQ_NATIVE_CTX, self->c.id), EBUSY);
	EXPECT_NE((int)self->c.id, nz_get(none, ZMQ_NATIVE_CTX));
	close(a);
	close(b);
	close(none);
	close(file);
	close(inet);
}

/* A socket that was closed, but whose descriptor was not, is in none and gets in none. */
TEST_F(ctx, join_closed)
{
	int a = nz_socket(ZMQ_PULL), b = joined(ZMQ_PULL, self->c.id), c = nz_socket(ZMQ_PULL);
	int id;

	ASSERT_EQ(0, nz_set(a, ZMQ_NATIVE_CLOSE, 1));
	zt_err(nz_set(a, ZMQ_NATIVE_CTX, self->c.id), ENOTSOCK);
	zt_err(getsockopt(a, SOL_ZMQ, ZMQ_NATIVE_CTX, &id, &(socklen_t){ 4 }), ENOTSOCK);
	/* Its context can still be joined by it: it is there until the socket goes. */
	ASSERT_EQ(0, nz_set(b, ZMQ_NATIVE_CLOSE, 1));
	EXPECT_EQ(0, get(self->nl, self->c.id).open);
	ASSERT_EQ(0, nz_set(c, ZMQ_NATIVE_CTX_OF, b));
	EXPECT_EQ(1, get(self->nl, self->c.id).open);
	close(a);
	close(b);
	close(c);
}

static void *join_again(void *arg)
{
	const int *a = arg;

	nz_set(a[0], ZMQ_NATIVE_CTX, a[1]);
	return NULL;
}

/* Closing and joining at the same time: in or not, and out in the end. */
TEST_F(ctx, join_close_race)
{
	unsigned int i, count = zt_count(2000);

	for (i = 0; i < count; i++) {
		int a[2] = { nz_socket(ZMQ_PULL), self->c.id };
		pthread_t thread;

		ASSERT_EQ(0, pthread_create(&thread, NULL, join_again, a));
		ASSERT_EQ(0, nz_set(a[0], ZMQ_NATIVE_CLOSE, 1));
		pthread_join(thread, NULL);
		close(a[0]);
	}
	EXPECT_EQ(0, get(self->nl, self->c.id).open);
	ASSERT_EQ(0, znl_ctx_shutdown(self->nl, self->c.id));
}

TEST_HARNESS_MAIN
