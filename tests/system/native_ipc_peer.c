// SPDX-License-Identifier: GPL-2.0-only
/* ipc://: peers that are plain AF_UNIX sockets, and what these can send. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"
#include "wire.h"

/* A plain AF_UNIX connection to a path, or to an abstract name ("@x"). */
static int raw_connect(const char *name)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	zt_ok(fd);
	strncpy(un.sun_path, name, sizeof(un.sun_path) - 1);
	if (*name == '@')
		un.sun_path[0] = 0;
	if (connect(fd, (void *)&un, offsetof(struct sockaddr_un, sun_path) + strlen(name) +
		    (*name != '@'))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Descriptors within the stream: cut off before any of it can stay. */
static bool send_fds(int fd, const int *what, int n)
{
	union {
		struct cmsghdr h;
		char buf[CMSG_SPACE(2 * sizeof(int))];
	} c = { .h = { .cmsg_len = CMSG_LEN(n * sizeof(int)), .cmsg_level = SOL_SOCKET,
		       .cmsg_type = SCM_RIGHTS } };
	struct iovec iov = { .iov_base = "\0\1x", .iov_len = 3 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &c,
			      .msg_controllen = CMSG_SPACE(n * sizeof(int)) };

	memcpy(CMSG_DATA(&c.h), what, n * sizeof(int));
	if (sendmsg(fd, &msg, MSG_NOSIGNAL) == 3)
		return true;
	/* Newer kernels refuse to send it at all. */
	zt_eq(errno, EPERM);
	return false;
}

TEST(no_descriptors)
{
	int zfd = nz_socket(ZMQ_PULL), fd, tell[2];
	long cut = nz_stat("ancillary");
	char byte;

	zt_ok(pipe(tell));
	ASSERT_EQ(0, nz_bind(zfd, "ipc://@fds"));
	fd = raw_connect("@fds");
	wire_handshake(fd, "PUSH");
	wire_frame(fd, 0, "a", 1);
	nz_want(zfd, "a", 0);
	send_fds(fd, &tell[1], 1);
	wire_closed(fd, NZ_TIMEO);
	close(fd);
	EXPECT_EQ(cut + 1, nz_stat("ancillary"));
	/* In the greeting, too; and nobody keeps the descriptor. */
	fd = raw_connect("@fds");
	send_fds(fd, &tell[1], 1);
	wire_closed(fd, NZ_TIMEO);
	EXPECT_EQ(cut + 2, nz_stat("ancillary"));
	close(tell[1]);
	EXPECT_EQ(0, read(tell[0], &byte, 1));
	close(fd);
	close(zfd);
}

/* The socket's own descriptor, while it does not read: it must not live for ever. */
TEST(no_cycle)
{
	int zfd = nz_socket(ZMQ_PULL), fd;
	long refs = nz_module_refs();

	nz_set(zfd, ZMQ_RCVHWM, 1);
	ASSERT_EQ(0, nz_bind(zfd, "ipc://@cycle"));
	fd = raw_connect("@cycle");
	wire_handshake(fd, "PUSH");
	wire_frame(fd, 0, "a", 1);
	wire_frame(fd, 0, "b", 1);
	wire_frame(fd, 0, "c", 1);
	nz_until(zfd, POLLIN);
	send_fds(fd, &zfd, 1);
	close(zfd);
	zt_until(nz_module_refs() < refs, NZ_TIMEO);
	close(fd);
}

/*
 * Both ends' own, sent by a peer that does not read, to us who wait for it to: each
 * would keep the other for ever.
 */
TEST(no_cycle_in_the_end)
{
	int zfd, fd, both[2];
	long cut;
	struct pollfd p;

	/* Of other cases. */
	zt_until(!nz_module_refs(), NZ_TIMEO);
	cut = nz_stat("ancillary");
	zfd = nz_socket(ZMQ_PUSH);
	nz_set(zfd, ZMQ_LINGER, -1);
	ASSERT_EQ(0, nz_bind(zfd, "ipc://@end"));
	fd = raw_connect("@end");
	wire_handshake(fd, "PULL");
	nz_until(zfd, POLLOUT);
	nz_put(zfd, "unread", 0);
	ASSERT_EQ(0, nz_set_str(zfd, ZMQ_NATIVE_UNBIND, "ipc://@end"));
	p = (struct pollfd){ .fd = fd, .events = POLLRDHUP };
	ASSERT_EQ(1, poll(&p, 1, zt_scaled(NZ_TIMEO)));
	both[0] = zfd;
	both[1] = fd;
	if (send_fds(fd, both, 2))
		zt_until(nz_stat("ancillary") == cut + 1, NZ_TIMEO);
	close(zfd);
	close(fd);
	zt_until(!nz_module_refs(), NZ_TIMEO);
}

TEST(no_urgent_bytes)
{
	int zfd = nz_socket(ZMQ_PULL), fd;
	long cut = nz_stat("ancillary");

	ASSERT_EQ(0, nz_bind(zfd, "ipc://@oob"));
	fd = raw_connect("@oob");
	wire_handshake(fd, "PUSH");
	if (send(fd, "!", 1, MSG_OOB) != 1)
		SKIP(return, "AF_UNIX without MSG_OOB");
	wire_closed(fd, NZ_TIMEO);
	EXPECT_EQ(cut + 1, nz_stat("ancillary"));
	close(fd);
	close(zfd);
}

/* Bytes that come one by one, and all at once. */
TEST(any_pieces)
{
	int zfd = nz_socket(ZMQ_PULL), fd;
	char buf[3000];
	int i;

	ASSERT_EQ(0, nz_bind(zfd, "ipc://@pieces"));
	fd = raw_connect("@pieces");
	wire_handshake(fd, "PUSH");
	for (i = 0; i < 5; i++)
		wire_send(fd, &"\0\3abc"[i], 1);
	nz_want(zfd, "abc", 0);
	for (i = 0; i < 1000; i++)
		memcpy(buf + 3 * i, "\0\1z", 3);
	wire_send(fd, buf, sizeof(buf));
	for (i = 0; i < 1000; i++)
		nz_want(zfd, "z", 0);
	close(fd);
	close(zfd);
}

/*
 * By sendfile(), piece by piece: before Linux 6.5 each is added to the buffer that
 * was queued last, which may be the one that is being read.
 */
TEST(sendfile_loses_nothing)
{
	unsigned int i, n = zt_count(8000);
	int zfd = nz_socket(ZMQ_PULL), file = memfd_create("frames", 0), fd, status;
	char text[32], frame[34] = { 0, 32 };
	off_t at = 0, end = (off_t)n * sizeof(frame);
	pid_t pid;

	nz_set(zfd, ZMQ_RCVHWM, 2);
	ASSERT_EQ(0, nz_bind(zfd, "ipc://@sendfile"));
	for (i = 0; i < n; i++) {
		snprintf(frame + 2, 32, "%u", i);
		ASSERT_EQ(sizeof(frame), write(file, frame, sizeof(frame)));
	}
	fd = raw_connect("@sendfile");
	wire_handshake(fd, "PUSH");
	pid = fork();
	zt_ok(pid);
	if (!pid) {
		while (at < end)
			zt_check(sendfile(fd, file, &at, 1 + at % 199) > 0);
		_exit(0);
	}
	for (i = 0; i < n; i++) {
		ASSERT_EQ(sizeof(text), recv(zfd, text, sizeof(text), 0));
		ASSERT_EQ(i, (unsigned int)atoi(text));
	}
	zt_eq(waitpid(pid, &status, 0), pid);
	EXPECT_EQ(0, status);
	close(fd);
	close(file);
	close(zfd);
}

/*
 * A peer that has not read all must not see us go: libzmq throws the rest away
 * then. It sees the end of the stream, and we stay until it has read it.
 */
TEST(close_waits_for_the_peer)
{
	char text[64] = "", buf[512];
	struct pollfd p;
	int push, fd, i;

	/* Of other cases. */
	zt_until(!nz_module_refs(), NZ_TIMEO);
	push = nz_socket(ZMQ_PUSH);

	nz_set(push, ZMQ_LINGER, -1);
	ASSERT_EQ(0, nz_bind(push, "ipc://@wait"));
	fd = raw_connect("@wait");
	wire_handshake(fd, "PULL");
	nz_until(push, POLLOUT);
	for (i = 0; i < 100; i++)
		ASSERT_EQ(sizeof(text), send(push, text, sizeof(text), 0));
	close(push);
	p = (struct pollfd){ .fd = fd, .events = POLLRDHUP };
	ASSERT_EQ(1, poll(&p, 1, zt_scaled(NZ_TIMEO)));
	EXPECT_EQ(POLLRDHUP, p.revents);
	EXPECT_LT(0, nz_module_refs());
	for (i = 0; i < 100 * 66; )
		i += read(fd, buf, sizeof(buf));
	/* Now it may go, at once and not when some time is over. */
	zt_until(!nz_module_refs(), 5000);
	ASSERT_EQ(1, poll(&p, 1, zt_scaled(NZ_TIMEO)));
	EXPECT_TRUE(p.revents & POLLHUP);
	close(fd);
}

/* What a peer has sent before it went stays readable, however late we are. */
TEST(peer_goes)
{
	int zfd = nz_socket(ZMQ_DEALER), fd, i;

	nz_set(zfd, ZMQ_RCVHWM, 10);
	ASSERT_EQ(0, nz_bind(zfd, "ipc://@goes"));
	fd = raw_connect("@goes");
	wire_handshake(fd, "DEALER");
	for (i = 0; i < 100; i++)
		wire_frame(fd, 0, "x", 1);
	close(fd);
	nz_until(zfd, POLLIN);
	/* That it can't be sent to any more must not end it before that. */
	for (i = 0; i < 10; i++)
		send(zfd, "y", 1, MSG_DONTWAIT);
	for (i = 0; i < 100; i++)
		nz_want(zfd, "x", 0);
	close(zfd);
}

/* --- who has written it ----------------------------------------------------------------- */

#define CRED_MSGS	1000
#define CRED_LEN	1000
/* With the header. */
#define CRED_BYTES	(CRED_MSGS * (CRED_LEN + 9))

/* Sends more than the connection takes, so that not all can be written by send(). */
static void send_as_user(int tell)
{
	char text[CRED_LEN] = "", done;
	int fd, i;

	zt_drop_root();
	fd = nz_socket(ZMQ_PUSH);
	nz_set(fd, ZMQ_SNDHWM, 0);
	zt_ok(nz_connect(fd, "ipc://@creds"));
	for (i = 0; i < CRED_MSGS; i++)
		zt_eq(send(fd, text, sizeof(text), 0), (int)sizeof(text));
	zt_eq(write(tell, "y", 1), 1);
	/* Until all is read. */
	zt_eq(read(tell, &done, 1), 0);
	_exit(0);
}

/* Reads some; who has written it? */
static ssize_t read_from(int fd, uid_t *uid)
{
	union {
		struct cmsghdr h;
		char buf[CMSG_SPACE(sizeof(struct ucred))];
	} c;
	char buf[4096];
	struct iovec iov = { .iov_base = buf, .iov_len = sizeof(buf) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &c,
			      .msg_controllen = sizeof(c) };
	ssize_t n = recvmsg(fd, &msg, 0);
	struct cmsghdr *h = CMSG_FIRSTHDR(&msg);

	zt_check(n > 0 && h && h->cmsg_type == SCM_CREDENTIALS);
	*uid = ((struct ucred *)CMSG_DATA(h))->uid;
	return n;
}

/* AF_UNIX vouches for it: what a user has sent is not root's, whichever task wrote it. */
TEST(written_by_the_user)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "\0creds" };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), tell[2], fd, status, one = 1;
	struct ucred peer;
	socklen_t len = sizeof(peer);
	ssize_t got = 0;
	uid_t uid;
	char ok;
	pid_t pid;

	zt_ok(setsockopt(listener, SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)));
	zt_ok(bind(listener, (void *)&un, offsetof(struct sockaddr_un, sun_path) + 6));
	zt_ok(listen(listener, 1));
	zt_ok(socketpair(AF_UNIX, SOCK_STREAM, 0, tell));
	pid = fork();
	zt_ok(pid);
	if (!pid) {
		close(tell[0]);
		send_as_user(tell[1]);
	}
	close(tell[1]);
	fd = accept(listener, NULL, NULL);
	zt_ok(fd);
	zt_ok(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len));
	ASSERT_NE(0, peer.uid);
	wire_handshake(fd, "PULL");
	ASSERT_EQ(1, read(tell[0], &ok, 1));
	while (got < CRED_BYTES) {
		got += read_from(fd, &uid);
		ASSERT_EQ(peer.uid, uid);
	}
	EXPECT_EQ(CRED_BYTES, got);
	close(tell[0]);
	zt_eq(waitpid(pid, &status, 0), pid);
	EXPECT_EQ(0, status);
	close(fd);
	close(listener);
}

TEST_HARNESS_MAIN
