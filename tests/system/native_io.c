// SPDX-License-Identifier: GPL-2.0-only
/* send(2) and recv(2) on AF_ZMQ: one frame a call, nothing half lost. */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "native_test.h"

/* So late an answer may be where other machines run, too. */
#define LATE_MS zt_scaled(5000)
#define MIB (1024 * 1024)
#define BATCH 64

FIXTURE(io)
{
	struct nz_pair pair;
};

FIXTURE_SETUP(io)
{
	nz_pair(&self->pair, ZMQ_PAIR, ZMQ_PAIR);
}

FIXTURE_TEARDOWN(io)
{
	nz_pair_close(&self->pair);
}

static ssize_t recv_flags(int fd, void *buf, size_t len, int flags, int *out)
{
	struct iovec iov = { buf, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_flags = 0 };
	ssize_t rc = recvmsg(fd, &msg, flags);

	*out = msg.msg_flags;
	return rc;
}

TEST_F(io, more_and_end_of_record)
{
	nz_put(self->pair.b, "one", MSG_MORE);
	nz_put(self->pair.b, "two", MSG_MORE);
	/* Only a whole message can be read. */
	nz_quiet(self->pair.a, 50);
	nz_put(self->pair.b, "three", 0);
	nz_want(self->pair.a, "one", 1);
	EXPECT_EQ(1, nz_get(self->pair.a, ZMQ_RCVMORE));
	nz_want(self->pair.a, "two", 1);
	nz_want(self->pair.a, "three", 0);
	EXPECT_EQ(0, nz_get(self->pair.a, ZMQ_RCVMORE));
}

TEST_F(io, empty_frames_are_not_end_of_file)
{
	int flags;
	char c;

	nz_put(self->pair.b, "", MSG_MORE);
	nz_put(self->pair.b, "", MSG_MORE);
	nz_put(self->pair.b, "", 0);
	nz_put(self->pair.b, "", 0);
	nz_until(self->pair.a, POLLIN);
	nz_want(self->pair.a, "", 1);
	nz_want(self->pair.a, "", 1);
	nz_want(self->pair.a, "", 0);
	ASSERT_EQ(0, recv_flags(self->pair.a, &c, 1, 0, &flags));
	EXPECT_EQ(MSG_EOR, flags & (MSG_EOR | MSG_TRUNC));
	EXPECT_EQ(0, nz_poll(self->pair.a, POLLIN | POLLHUP | POLLRDHUP, 0));
	/* A NULL buffer is enough for one. */
	nz_put(self->pair.b, "", 0);
	EXPECT_EQ(0, recv(self->pair.a, NULL, 0, 0));
}

TEST_F(io, peek_leaves_the_frame)
{
	char buf[16] = "";
	int flags, i;

	nz_put(self->pair.b, "first", MSG_MORE);
	nz_put(self->pair.b, "second", 0);
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(5, recv_flags(self->pair.a, buf, sizeof(buf), MSG_PEEK, &flags));
		EXPECT_EQ(0, memcmp(buf, "first", 5));
		EXPECT_EQ(0, flags & MSG_EOR);
		EXPECT_EQ(POLLIN, nz_poll(self->pair.a, POLLIN, 0));
	}
	/* How long is it? */
	EXPECT_EQ(5, recv(self->pair.a, NULL, 0, MSG_PEEK | MSG_TRUNC));
	nz_want(self->pair.a, "first", 1);
	EXPECT_EQ(POLLIN, nz_poll(self->pair.a, POLLIN, 0));
	ASSERT_EQ(6, recv_flags(self->pair.a, buf, sizeof(buf), MSG_PEEK, &flags));
	EXPECT_NE(0, flags & MSG_EOR);
	nz_want(self->pair.a, "second", 0);
	nz_quiet(self->pair.a, 10);
}

TEST_F(io, short_buffer_loses_nothing)
{
	char buf[4];
	int flags;

	nz_put(self->pair.b, "abcdefgh", MSG_MORE);
	nz_put(self->pair.b, "next", 0);
	zt_err(recv(self->pair.a, buf, 4, 0), EMSGSIZE);
	zt_err(recv(self->pair.a, buf, 0, 0), EMSGSIZE);
	zt_err(recv(self->pair.a, buf, 4, MSG_PEEK), EMSGSIZE);
	EXPECT_EQ(POLLIN, nz_poll(self->pair.a, POLLIN, 0));
	EXPECT_EQ(8, recv_flags(self->pair.a, buf, 4, MSG_PEEK | MSG_TRUNC, &flags));
	EXPECT_NE(0, flags & MSG_TRUNC);
	nz_want(self->pair.a, "abcdefgh", 1);
	nz_want(self->pair.a, "next", 0);
}

TEST_F(io, truncation_by_request)
{
	char buf[5] = "????";
	int flags;

	nz_put(self->pair.b, "abcdefgh", MSG_MORE);
	nz_put(self->pair.b, "next", 0);
	ASSERT_EQ(8, recv_flags(self->pair.a, buf, 3, MSG_TRUNC, &flags));
	EXPECT_EQ(MSG_TRUNC, flags & (MSG_TRUNC | MSG_EOR));
	EXPECT_EQ(0, memcmp(buf, "abc?", 4));
	/* The rest of the frame has gone, the message has not. */
	ASSERT_EQ(4, recv_flags(self->pair.a, buf, 4, MSG_TRUNC, &flags));
	EXPECT_EQ(MSG_EOR, flags & (MSG_TRUNC | MSG_EOR));
	EXPECT_EQ(0, memcmp(buf, "next", 4));
}

TEST_F(io, bad_memory_loses_nothing)
{
	void *bad = (void *)8;

	nz_put(self->pair.b, "precious", 0);
	nz_until(self->pair.a, POLLIN);
	zt_err(recv(self->pair.a, bad, 100, 0), EFAULT);
	nz_want(self->pair.a, "precious", 0);
	zt_err(send(self->pair.b, bad, 100, 0), EFAULT);
	zt_err(send(self->pair.b, bad, 100, MSG_MORE), EFAULT);
	/* The failed frame was no first part. */
	nz_put(self->pair.b, "whole", 0);
	nz_want(self->pair.a, "whole", 0);
}

TEST_F(io, gather_and_scatter)
{
	char a[3], b[4], c[8];
	struct iovec out[] = { { "ab", 2 }, { "", 0 }, { "cdefg", 5 } };
	struct iovec in[] = { { a, 3 }, { b, 4 }, { c, 8 } };

	ASSERT_EQ(7, writev(self->pair.b, out, 3));
	ASSERT_EQ(7, readv(self->pair.a, in, 3));
	EXPECT_EQ(0, memcmp(a, "abc", 3));
	EXPECT_EQ(0, memcmp(b, "defg", 4));
	ASSERT_EQ(5, write(self->pair.b, "write", 5));
	ASSERT_EQ(5, read(self->pair.a, c, 8));
	EXPECT_EQ(0, memcmp(c, "write", 5));
}

TEST_F(io, many_frames_a_call)
{
	struct mmsghdr out[BATCH] = { 0 }, in[BATCH] = { 0 };
	struct iovec iov_out[BATCH], iov_in[BATCH];
	char text[BATCH][8], buf[BATCH][8];
	int i, got = 0, n;

	for (i = 0; i < BATCH; i++) {
		iov_out[i] = (struct iovec){ text[i], sprintf(text[i], "%d", i) };
		iov_in[i] = (struct iovec){ buf[i], sizeof(buf[i]) };
		out[i].msg_hdr.msg_iov = &iov_out[i];
		out[i].msg_hdr.msg_iovlen = 1;
		in[i].msg_hdr.msg_iov = &iov_in[i];
		in[i].msg_hdr.msg_iovlen = 1;
	}
	/* The flags are those of the call: one message of 63 parts, and its end. */
	ASSERT_EQ(BATCH - 1, sendmmsg(self->pair.b, out, BATCH - 1, MSG_MORE));
	ASSERT_EQ(1, sendmmsg(self->pair.b, out + BATCH - 1, 1, 0));
	while (got < BATCH) {
		n = recvmmsg(self->pair.a, in + got, BATCH - got, MSG_WAITFORONE, NULL);
		ASSERT_GT(n, 0);
		got += n;
	}
	for (i = 0; i < BATCH; i++) {
		EXPECT_EQ(strlen(text[i]), in[i].msg_len);
		EXPECT_EQ(0, memcmp(buf[i], text[i], in[i].msg_len));
		EXPECT_EQ(i == BATCH - 1, !!(in[i].msg_hdr.msg_flags & MSG_EOR));
	}
}

/* What a call with many frames could not do is the next call's errno. */
TEST(some_of_many_frames)
{
	struct iovec iov = { "x", 1 };
	struct mmsghdr many[10] = { 0 };
	int push = nz_socket(ZMQ_PUSH), pull = nz_socket(ZMQ_PULL);
	char ep[256], c[10];
	size_t i;

	nz_bind_any(pull, ep);
	ASSERT_EQ(0, nz_set_str(pull, ZMQ_NATIVE_UNBIND, ep));
	for (i = 0; i < ZT_ARRAY(many); i++) {
		many[i].msg_hdr.msg_iov = &iov;
		many[i].msg_hdr.msg_iovlen = 1;
	}
	ASSERT_EQ(0, nz_set(push, ZMQ_SNDHWM, 3));
	ASSERT_EQ(0, nz_connect(push, ep));
	EXPECT_EQ(3, sendmmsg(push, many, ZT_ARRAY(many), MSG_DONTWAIT));
	zt_err(sendmmsg(push, many, ZT_ARRAY(many), MSG_DONTWAIT), EAGAIN);
	zt_until(!nz_bind(pull, ep), NZ_TIMEO);
	iov.iov_base = c;
	nz_until(pull, POLLIN);
	/* It waits for the first two, and would for a third and fourth. */
	EXPECT_EQ(2, recvmmsg(pull, many, 2, 0, NULL));
	EXPECT_EQ(1, recvmmsg(pull, many, 2, MSG_WAITFORONE, NULL));
	zt_err(recvmmsg(pull, many, 2, MSG_DONTWAIT, NULL), EAGAIN);
	close(push);
	close(pull);
}

TEST_F(io, sizes)
{
	static const size_t sizes[] = { 0, 1, 255, 256, 4095, 4096, 4097, 65535, 65536,
					MIB, 8 * MIB };
	size_t i;

	for (i = 0; i < ZT_ARRAY(sizes); i++)
		nz_put_big(self->pair.b, sizes[i], i, i + 1 < ZT_ARRAY(sizes) ? MSG_MORE : 0);
	for (i = 0; i < ZT_ARRAY(sizes); i++)
		nz_want_big(self->pair.a, sizes[i], i, i + 1 < ZT_ARRAY(sizes));
}

TEST_F(io, dontwait_and_timeouts)
{
	struct timeval tv = { 0, 200000 };
	int64_t start;
	char c;

	zt_err(recv(self->pair.a, &c, 1, MSG_DONTWAIT), EAGAIN);
	/* SO_RCVTIMEO and ZMQ_RCVTIMEO are two names of one thing. */
	ASSERT_EQ(0, setsockopt(self->pair.a, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	start = zt_now();
	zt_err(recv(self->pair.a, &c, 1, 0), EAGAIN);
	EXPECT_GE(zt_now() - start, 200 - ZT_EARLY_MS);
	EXPECT_LT(zt_now() - start, 200 + LATE_MS);
	ASSERT_EQ(0, nz_set(self->pair.a, ZMQ_RCVTIMEO, 100));
	start = zt_now();
	zt_err(recv(self->pair.a, &c, 1, 0), EAGAIN);
	EXPECT_GE(zt_now() - start, 100 - ZT_EARLY_MS);
	EXPECT_LT(zt_now() - start, 100 + LATE_MS);
}

TEST(send_timeouts)
{
	struct timeval tv = { 0, 200000 };
	int fd = nz_socket(ZMQ_PUSH);
	int64_t start;

	zt_err(send(fd, "x", 1, MSG_DONTWAIT), EAGAIN);
	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)));
	start = zt_now();
	zt_err(send(fd, "x", 1, 0), EAGAIN);
	EXPECT_GE(zt_now() - start, 200 - ZT_EARLY_MS);
	EXPECT_LT(zt_now() - start, 200 + LATE_MS);
	close(fd);
}

TEST(nonblocking_descriptor)
{
	int fd = socket(nz_family(), SOCK_SEQPACKET | SOCK_NONBLOCK, ZMQ_PAIR);
	char c;

	ASSERT_GE(fd, 0);
	zt_err(recv(fd, &c, 1, 0), EAGAIN);
	zt_err(send(fd, &c, 1, 0), EAGAIN);
	close(fd);
}

/* Native errno values of libzmq's private ones, and directions that are not. */
TEST(wrong_direction_and_turn)
{
	struct nz_pair pp, rr;
	char c;

	nz_pair(&pp, ZMQ_PULL, ZMQ_PUSH);
	nz_pair(&rr, ZMQ_REP, ZMQ_REQ);
	zt_err(send(pp.a, "x", 1, 0), EOPNOTSUPP);
	zt_err(recv(pp.b, &c, 1, 0), EOPNOTSUPP);
	zt_err(recv(rr.b, &c, 1, 0), ZMQ_EFSM);
	zt_err(send(rr.a, "x", 1, 0), ZMQ_EFSM);
	EXPECT_EQ(0, nz_poll(rr.a, POLLIN | POLLOUT, 0));
	EXPECT_EQ(POLLOUT, nz_poll(rr.b, POLLIN | POLLOUT, 0));
	nz_put(rr.b, "question", 0);
	zt_err(send(rr.b, "x", 1, 0), ZMQ_EFSM);
	EXPECT_EQ(0, nz_poll(rr.b, POLLIN | POLLOUT, 0));
	nz_pair_close(&pp);
	nz_pair_close(&rr);
}

TEST_HARNESS_MAIN
