// SPDX-License-Identifier: GPL-2.0-only
/* AF_ZMQ under io_uring: poll, send and receive, multipart, cancelling. */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

#include "uring.h"

#define BUFFERS 8
#define BUFFER_SIZE 64
#define PARTS 4

FIXTURE(ring)
{
	struct uring u;
	struct nz_pair pair;
};

/* @flags: of each request; 0: tried here, then polled; IOSQE_ASYNC: by a worker */
FIXTURE_VARIANT(ring)
{
	unsigned int setup;
	unsigned int flags;
};

FIXTURE_VARIANT_ADD(ring, polled)
{
	.setup = 0,
	.flags = 0,
};

FIXTURE_VARIANT_ADD(ring, worker)
{
	.setup = 0,
	.flags = IOSQE_ASYNC,
};

FIXTURE_VARIANT_ADD(ring, kernel_thread)
{
	.setup = IORING_SETUP_SQPOLL,
	.flags = 0,
};

FIXTURE_SETUP(ring)
{
	uring_open(&self->u, variant->setup);
	nz_pair(&self->pair, ZMQ_PAIR, ZMQ_PAIR);
	ASSERT_EQ(0, nz_set(self->pair.a, ZMQ_RCVTIMEO, -1));
	ASSERT_EQ(0, nz_set(self->pair.b, ZMQ_SNDTIMEO, -1));
}

FIXTURE_TEARDOWN(ring)
{
	uring_close(&self->u);
	nz_pair_close(&self->pair);
}

/* The same without variants. */
FIXTURE(plain)
{
	struct uring u;
	struct nz_pair pair;
};

FIXTURE_SETUP(plain)
{
	uring_open(&self->u, 0);
	nz_pair(&self->pair, ZMQ_PAIR, ZMQ_PAIR);
}

FIXTURE_TEARDOWN(plain)
{
	uring_close(&self->u);
	nz_pair_close(&self->pair);
}

static struct io_uring_sqe *with(struct io_uring_sqe *sqe, unsigned int flags,
				 unsigned int msg_flags)
{
	sqe->flags = flags;
	sqe->msg_flags = msg_flags;
	return sqe;
}

TEST_F(ring, recv_waits)
{
	struct io_uring_cqe cqe;
	char buf[16];
	int i;

	for (i = 0; i < 10; i++) {
		with(uring_io(&self->u, IORING_OP_RECV, self->pair.a, buf, sizeof(buf), 1),
		     variant->flags, 0);
		uring_submit(&self->u);
		EXPECT_EQ(0, uring_take(&self->u, &cqe, 10));
		nz_put(self->pair.b, "message", 0);
		ASSERT_EQ(7, uring_want(&self->u, 1));
		EXPECT_EQ(0, memcmp(buf, "message", 7));
	}
}

TEST_F(ring, send_waits_for_room)
{
	int push = nz_socket(ZMQ_PUSH), pull = nz_socket(ZMQ_PULL);
	struct io_uring_cqe cqe;
	char ep[256];

	nz_set(push, ZMQ_SNDTIMEO, -1);
	with(uring_io(&self->u, IORING_OP_SEND, push, "message", 7, 1), variant->flags, 0);
	uring_submit(&self->u);
	EXPECT_EQ(0, uring_take(&self->u, &cqe, 20));
	nz_bind_any(pull, ep);
	ASSERT_EQ(0, nz_connect(push, ep));
	EXPECT_EQ(7, uring_want(&self->u, 1));
	nz_want(pull, "message", 0);
	close(push);
	close(pull);
}

TEST_F(ring, without_waiting)
{
	char c;

	with(uring_io(&self->u, IORING_OP_RECV, self->pair.a, &c, 1, 1), variant->flags,
	     MSG_DONTWAIT);
	uring_submit(&self->u);
	EXPECT_EQ(-EAGAIN, uring_want(&self->u, 1));
}

/* Frame ends and messages ends are told by sendmsg and recvmsg. */
TEST_F(ring, messages_and_their_flags)
{
	struct iovec out[2] = { { "mess", 4 }, { "age", 3 } }, in;
	struct msghdr send = { .msg_iov = out, .msg_iovlen = 2 };
	struct msghdr recv = { .msg_iov = &in, .msg_iovlen = 1 };
	char buf[16];
	int i;

	in = (struct iovec){ buf, sizeof(buf) };
	for (i = 0; i < 2; i++) {
		with(uring_io(&self->u, IORING_OP_SENDMSG, self->pair.b, &send, 1, i),
		     variant->flags, i ? 0 : MSG_MORE);
		uring_submit(&self->u);
		ASSERT_EQ(7, uring_want(&self->u, i));
	}
	for (i = 0; i < 2; i++) {
		with(uring_io(&self->u, IORING_OP_RECVMSG, self->pair.a, &recv, 1, i),
		     variant->flags, 0);
		uring_submit(&self->u);
		ASSERT_EQ(7, uring_want(&self->u, i));
		EXPECT_EQ(0, memcmp(buf, "message", 7));
		EXPECT_EQ(i ? MSG_EOR : 0, recv.msg_flags & (MSG_EOR | MSG_TRUNC));
	}
}

/* Parts in a chain of requests are one message, whoever carries them out. */
TEST_F(ring, linked_parts)
{
	static const char *const parts[PARTS] = { "one", "two", "three", "four" };
	char bufs[PARTS][8];
	int i, round;

	for (round = 0; round < 20; round++) {
		for (i = 0; i < PARTS; i++)
			with(uring_io(&self->u, IORING_OP_SEND, self->pair.b, parts[i],
				      strlen(parts[i]), i),
			     variant->flags | (i + 1 < PARTS ? IOSQE_IO_LINK : 0),
			     i + 1 < PARTS ? MSG_MORE : 0);
		uring_submit(&self->u);
		for (i = 0; i < PARTS; i++)
			ASSERT_EQ(strlen(parts[i]), uring_want(&self->u, i));
		if (round % 2) {
			for (i = 0; i < PARTS; i++)
				nz_want(self->pair.a, parts[i], i + 1 < PARTS);
			continue;
		}
		for (i = 0; i < PARTS; i++)
			with(uring_io(&self->u, IORING_OP_RECV, self->pair.a, bufs[i],
				      sizeof(bufs[i]), i),
			     variant->flags | (i + 1 < PARTS ? IOSQE_IO_LINK : 0), 0);
		uring_submit(&self->u);
		for (i = 0; i < PARTS; i++) {
			ASSERT_EQ(strlen(parts[i]), uring_want(&self->u, i));
			EXPECT_EQ(0, memcmp(bufs[i], parts[i], strlen(parts[i])));
		}
	}
	nz_quiet(self->pair.a, 0);
}

/* Each part meets another worker: the last one waits for something else by then. */
TEST_F(plain, parts_by_many_workers)
{
	static const char *const parts[PARTS] = { "one", "two", "three", "four" };
	int idle = nz_socket(ZMQ_PULL), i;
	char c, buf[8];

	nz_set(idle, ZMQ_RCVTIMEO, -1);
	for (i = 0; i < PARTS; i++) {
		with(uring_io(&self->u, IORING_OP_SEND, self->pair.b, parts[i], strlen(parts[i]),
			      i),
		     IOSQE_ASYNC, i + 1 < PARTS ? MSG_MORE : 0);
		uring_submit(&self->u);
		ASSERT_EQ(strlen(parts[i]), uring_want(&self->u, i));
		with(uring_io(&self->u, IORING_OP_RECV, idle, &c, 1, 10), IOSQE_ASYNC, 0);
		uring_submit(&self->u);
	}
	for (i = 0; i < PARTS; i++) {
		with(uring_io(&self->u, IORING_OP_RECV, self->pair.a, buf, sizeof(buf), i),
		     IOSQE_ASYNC, 0);
		uring_submit(&self->u);
		ASSERT_EQ(strlen(parts[i]), uring_want(&self->u, i));
		EXPECT_EQ(0, memcmp(buf, parts[i], strlen(parts[i])));
		with(uring_io(&self->u, IORING_OP_RECV, idle, &c, 1, 10), IOSQE_ASYNC, 0);
		uring_submit(&self->u);
	}
	ASSERT_EQ(0, shutdown(idle, SHUT_RDWR));
	for (i = 0; i < 2 * PARTS; i++)
		EXPECT_EQ(-ZMQ_ETERM, uring_want(&self->u, 10));
	close(idle);
}

TEST_F(ring, read_and_write)
{
	struct io_uring_cqe cqe;
	char buf[16];
	int k;

	with(uring_io(&self->u, IORING_OP_READ, self->pair.a, buf, sizeof(buf), 1),
	     variant->flags, 0);
	uring_submit(&self->u);
	with(uring_io(&self->u, IORING_OP_WRITE, self->pair.b, "written", 7, 2), variant->flags, 0);
	uring_submit(&self->u);
	for (k = 0; k < 2; k++) {
		ASSERT_EQ(1, uring_take(&self->u, &cqe, zt_scaled(NZ_TIMEO)));
		EXPECT_EQ(7, cqe.res);
	}
	EXPECT_EQ(0, memcmp(buf, "written", 7));
}

/*
 * Takes request 1 back. A worker that runs it is only asked to stop (EALREADY), and may
 * just begin to wait in another way, for poll: then it has to be asked again, and may
 * be found nowhere for a moment (ENOENT).
 */
static void cancel(struct uring *u)
{
	bool over = false, told;
	struct io_uring_cqe cqe;
	int tries;

	for (tries = 0; !over; tries++) {
		zt_check(tries < 100);
		uring_io(u, IORING_OP_ASYNC_CANCEL, -1, (void *)1, 0, 2);
		uring_submit(u);
		/* Either may be told first. */
		for (told = false; !told || !over;) {
			if (!uring_take(u, &cqe, told ? 100 : zt_scaled(NZ_TIMEO)))
				break;
			if (cqe.user_data == 1) {
				zt_check(cqe.res == -ECANCELED || cqe.res == -EINTR);
				over = true;
			} else {
				zt_check(!cqe.res || cqe.res == -EALREADY ||
					 cqe.res == -ENOENT);
				told = true;
			}
		}
		zt_check(told);
	}
}

/* A request that is taken back takes no message with it. */
TEST_F(ring, cancelled_recv)
{
	struct io_uring_cqe cqe;
	char buf[16];
	int i;

	for (i = 0; i < 10; i++) {
		with(uring_io(&self->u, IORING_OP_RECV, self->pair.a, buf, sizeof(buf), 1),
		     variant->flags, 0);
		uring_submit(&self->u);
		EXPECT_EQ(0, uring_take(&self->u, &cqe, i));
		cancel(&self->u);
		nz_put(self->pair.b, "mine", 0);
		nz_want(self->pair.a, "mine", 0);
	}
}

TEST_F(ring, shutdown_completes)
{
	char buf[16];

	with(uring_io(&self->u, IORING_OP_RECV, self->pair.a, buf, sizeof(buf), 1),
	     variant->flags, 0);
	uring_submit(&self->u);
	ASSERT_EQ(0, shutdown(self->pair.a, SHUT_RDWR));
	EXPECT_EQ(-ZMQ_ETERM, uring_want(&self->u, 1));
}

static struct io_uring_sqe *poll_add(struct uring *u, int fd, unsigned int events,
				     unsigned int multi, uint64_t id)
{
	struct io_uring_sqe *sqe = uring_sqe(u, IORING_OP_POLL_ADD, fd, id);

	sqe->poll32_events = events;
	sqe->len = multi;
	return sqe;
}

TEST_F(ring, poll_once)
{
	struct io_uring_cqe cqe;

	poll_add(&self->u, self->pair.a, POLLIN, 0, 1);
	uring_submit(&self->u);
	EXPECT_EQ(0, uring_take(&self->u, &cqe, 10));
	nz_put(self->pair.b, "a", MSG_MORE);
	/* Half a message is none. */
	EXPECT_EQ(0, uring_take(&self->u, &cqe, 20));
	nz_put(self->pair.b, "b", 0);
	EXPECT_EQ(POLLIN, uring_want(&self->u, 1));
	/* What is there already is told at once. */
	poll_add(&self->u, self->pair.a, POLLIN | POLLOUT, 0, 2);
	uring_submit(&self->u);
	EXPECT_EQ(POLLIN | POLLOUT, uring_want(&self->u, 2));
	nz_put(self->pair.b, "c", 0);
	EXPECT_EQ(0, uring_take(&self->u, &cqe, 10));
}

TEST_F(ring, poll_many_times)
{
	struct io_uring_cqe cqe;
	int i;

	poll_add(&self->u, self->pair.a, POLLIN, IORING_POLL_ADD_MULTI, 1);
	uring_submit(&self->u);
	for (i = 0; i < 20; i++) {
		nz_put(self->pair.b, "x", 0);
		ASSERT_EQ(1, uring_take(&self->u, &cqe, zt_scaled(NZ_TIMEO)));
		EXPECT_EQ(1, cqe.user_data);
		EXPECT_EQ(POLLIN, cqe.res);
		EXPECT_TRUE(cqe.flags & IORING_CQE_F_MORE);
		nz_want(self->pair.a, "x", 0);
	}
	EXPECT_EQ(0, uring_take(&self->u, &cqe, 10));
	ASSERT_EQ(0, shutdown(self->pair.a, SHUT_RDWR));
	EXPECT_TRUE(uring_want(&self->u, 1) & POLLHUP);
}

TEST_F(ring, cancelled_poll)
{
	struct io_uring_cqe cqe;
	int multi, k, res[3];

	for (multi = 0; multi < 2; multi++) {
		poll_add(&self->u, self->pair.a, POLLIN, multi ? IORING_POLL_ADD_MULTI : 0, 1);
		uring_submit(&self->u);
		EXPECT_EQ(0, uring_take(&self->u, &cqe, 10));
		uring_io(&self->u, IORING_OP_POLL_REMOVE, -1, (void *)1, 0, 2);
		uring_submit(&self->u);
		for (k = 0; k < 2; k++) {
			ASSERT_EQ(1, uring_take(&self->u, &cqe, zt_scaled(NZ_TIMEO)));
			ASSERT_TRUE(cqe.user_data == 1 || cqe.user_data == 2);
			res[cqe.user_data] = cqe.res;
		}
		EXPECT_EQ(-ECANCELED, res[1]);
		EXPECT_EQ(0, res[2]);
	}
	nz_put(self->pair.b, "x", 0);
	nz_want(self->pair.a, "x", 0);
	EXPECT_EQ(0, uring_take(&self->u, &cqe, 0));
}

/* One request for many messages, and what each of them says of the next. */
TEST_F(plain, recv_many_times)
{
	static char space[BUFFERS][BUFFER_SIZE];
	struct io_uring_sqe *sqe;
	struct io_uring_cqe cqe;
	char text[16];
	int i, slot;

	sqe = uring_io(&self->u, IORING_OP_PROVIDE_BUFFERS, BUFFERS, space, BUFFER_SIZE, 9);
	sqe->buf_group = 1;
	uring_submit(&self->u);
	ASSERT_LE(0, uring_want(&self->u, 9));
	sqe = with(uring_io(&self->u, IORING_OP_RECV, self->pair.a, NULL, 0, 1),
		   IOSQE_BUFFER_SELECT, 0);
	sqe->ioprio = IORING_RECV_MULTISHOT;
	sqe->buf_group = 1;
	uring_submit(&self->u);
	for (i = 0; i < BUFFERS; i++) {
		sprintf(text, "message %d", i);
		nz_put(self->pair.b, text, 0);
		ASSERT_EQ(1, uring_take(&self->u, &cqe, zt_scaled(NZ_TIMEO)));
		ASSERT_EQ((int)strlen(text), cqe.res);
		ASSERT_TRUE(cqe.flags & IORING_CQE_F_BUFFER);
		EXPECT_TRUE(cqe.flags & IORING_CQE_F_MORE);
		slot = cqe.flags >> IORING_CQE_BUFFER_SHIFT;
		EXPECT_EQ(0, memcmp(space[slot], text, strlen(text)));
		/* It was the only one. */
		EXPECT_FALSE(cqe.flags & IORING_CQE_F_SOCK_NONEMPTY);
	}
	/* There is no buffer for another; it stays. */
	nz_put(self->pair.b, "one more", 0);
	EXPECT_EQ(-ENOBUFS, uring_want(&self->u, 1));
	nz_want(self->pair.a, "one more", 0);
}

/* Is there more to be read? */
TEST_F(ring, more_is_told)
{
	struct io_uring_cqe cqe;
	char c;
	int i;

	/* One message: all of it arrives at once. */
	for (i = 0; i < 3; i++)
		nz_put(self->pair.b, "x", i < 2 ? MSG_MORE : 0);
	for (i = 0; i < 3; i++) {
		with(uring_io(&self->u, IORING_OP_RECV, self->pair.a, &c, 1, 1),
		     variant->flags, 0);
		uring_submit(&self->u);
		ASSERT_EQ(1, uring_take(&self->u, &cqe, zt_scaled(NZ_TIMEO)));
		ASSERT_EQ(1, cqe.res);
		EXPECT_EQ(i < 2, !!(cqe.flags & IORING_CQE_F_SOCK_NONEMPTY));
	}
}

/* Killed with requests of every kind under way: nothing of the sockets stays. */
TEST_F(ring, killed)
{
	long before = nz_baseline(2);
	int ready[2], status, i;
	pid_t pid;
	char c;

	ASSERT_EQ(0, pipe(ready));
	pid = fork();
	if (!pid) {
		struct uring u;
		char buf[16];

		uring_open(&u, variant->setup);
		for (i = 0; i < 4; i++) {
			int pull = nz_socket(ZMQ_PULL), push = nz_socket(ZMQ_PUSH);

			nz_set(pull, ZMQ_RCVTIMEO, -1);
			nz_set(push, ZMQ_SNDTIMEO, -1);
			with(uring_io(&u, IORING_OP_RECV, pull, buf, sizeof(buf), 1),
			     variant->flags, 0);
			with(uring_io(&u, IORING_OP_SEND, push, "x", 1, 2), variant->flags, 0);
			poll_add(&u, pull, POLLIN, i % 2 ? IORING_POLL_ADD_MULTI : 0, 3);
			uring_submit(&u);
		}
		zt_eq(write(ready[1], "x", 1), 1);
		for (;;)
			pause();
	}
	ASSERT_EQ(1, read(ready[0], &c, 1));
	EXPECT_EQ(before + 8, nz_sockets());
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	zt_until(nz_sockets() == before, NZ_TIMEO);
	close(ready[0]);
	close(ready[1]);
}

TEST_HARNESS_MAIN
