// SPDX-License-Identifier: GPL-2.0-only
/* Contexts: made, named, shared, shut down and ended by netlink. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "native_ctx.h"

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
