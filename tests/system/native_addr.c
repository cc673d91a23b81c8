// SPDX-License-Identifier: GPL-2.0-only
/* socket, bind, connect, getsockname: arguments, addresses and their errors. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

TEST(types_and_protocols)
{
	static const int good[] = { ZMQ_PAIR, ZMQ_REQ, ZMQ_REP, ZMQ_PULL, ZMQ_PUSH };
	static const int bad[] = { 12, 21, 255, 256, 1000, 0x7fffffff };
	static const int kinds[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_RDM };
	int family = nz_family(), fd, value, pair[2];
	socklen_t len = sizeof(value);
	size_t i;

	for (i = 0; i < ZT_ARRAY(good); i++) {
		fd = socket(family, SOCK_SEQPACKET, good[i]);
		ASSERT_GE(fd, 0);
		EXPECT_EQ(good[i], nz_get(fd, ZMQ_TYPE));
		ASSERT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &value, &len));
		EXPECT_EQ(good[i], value);
		ASSERT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len));
		EXPECT_EQ(SOCK_SEQPACKET, value);
		ASSERT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &value, &len));
		EXPECT_EQ(family, value);
		close(fd);
	}
	for (i = 0; i < ZT_ARRAY(bad); i++)
		zt_err(socket(family, SOCK_SEQPACKET, bad[i]), EPROTONOSUPPORT);
	EXPECT_EQ(-1, socket(family, SOCK_SEQPACKET, -1));
	for (i = 0; i < ZT_ARRAY(kinds); i++)
		zt_err(socket(family, kinds[i], ZMQ_PAIR), ESOCKTNOSUPPORT);
	EXPECT_EQ(-1, socketpair(family, SOCK_SEQPACKET, ZMQ_PAIR, pair));
}

TEST(creation_flags)
{
	int fd = socket(nz_family(), SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, ZMQ_PAIR);

	ASSERT_GE(fd, 0);
	EXPECT_NE(0, fcntl(fd, F_GETFL) & O_NONBLOCK);
	EXPECT_NE(0, fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	fd = socket(nz_family(), SOCK_SEQPACKET, ZMQ_PAIR);
	EXPECT_EQ(0, fcntl(fd, F_GETFL) & O_NONBLOCK);
	EXPECT_EQ(0, fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
}

/* What a message socket does not do. */
TEST(calls_that_make_no_sense)
{
	int fd = nz_socket(ZMQ_PAIR);
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	zt_err(listen(fd, 5), EOPNOTSUPP);
	zt_err(accept(fd, NULL, NULL), EOPNOTSUPP);
	EXPECT_EQ(-1, getpeername(fd, (void *)&ss, &len));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
	EXPECT_EQ(-1, lseek(fd, 0, SEEK_CUR));
	close(fd);
}

static int bind_raw(int fd, const void *bytes, socklen_t len, int family)
{
	struct sockaddr_storage ss = { .ss_family = family };

	memcpy((char *)&ss + sizeof(sa_family_t), bytes, len);
	return bind(fd, (void *)&ss, sizeof(sa_family_t) + len);
}

TEST(addresses)
{
	static const char ep[] = "tcp://127.0.0.1:*";
	struct sockaddr_storage ss = { .ss_family = nz_family() };
	int fd = nz_socket(ZMQ_PULL), family = nz_family();
	char name[256], longest[126];

	zt_err(bind(fd, (void *)&ss, 0), EINVAL);
	zt_err(bind(fd, (void *)&ss, 1), EINVAL);
	zt_err(bind(fd, (void *)&ss, sizeof(sa_family_t)), EINVAL);
	zt_err(connect(fd, (void *)&ss, 0), EINVAL);
	zt_err(connect(fd, (void *)&ss, sizeof(sa_family_t)), EINVAL);
	zt_err(bind(fd, (void *)8, 30), EFAULT);
	zt_err(bind(fd, (void *)&ss, sizeof(ss) + 1), EINVAL);
	zt_err(bind_raw(fd, ep, strlen(ep), AF_INET), EAFNOSUPPORT);
	zt_err(bind_raw(fd, ep, strlen(ep), AF_UNSPEC), EAFNOSUPPORT);
	zt_err(bind_raw(fd, "tcp://127.0.0.1:*\0x", 19, family), EINVAL);
	/* With and without the NUL. */
	EXPECT_EQ(0, bind_raw(fd, ep, strlen(ep), family));
	EXPECT_EQ(0, bind_raw(fd, ep, strlen(ep) + 1, family));
	nz_name(fd, name);
	EXPECT_EQ(0, strncmp(name, "tcp://127.0.0.1:", 16));
	/* All of sockaddr_storage, without any NUL. */
	memset(longest, 'a', sizeof(longest));
	memcpy(longest, "tcp://", 6);
	memcpy(longest + sizeof(longest) - 4, ".x:5", 4);
	zt_err(bind_raw(fd, longest, sizeof(longest), family), ENODEV);
	close(fd);
}

TEST(names)
{
	int fd = nz_socket(ZMQ_PULL);
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	char name[256], last[256];

	nz_name(fd, name);
	EXPECT_EQ(0, strcmp(name, ""));
	nz_bind_any(fd, name);
	len = sizeof(last);
	ASSERT_EQ(0, getsockopt(fd, SOL_ZMQ, ZMQ_LAST_ENDPOINT, last, &len));
	EXPECT_EQ(0, strcmp(name, last));
	EXPECT_EQ(strlen(last) + 1, len);
	ASSERT_EQ(0, nz_connect(fd, "tcp://localhost:9"));
	nz_name(fd, name);
	EXPECT_EQ(0, strcmp(name, "tcp://localhost:9"));
	/* Too short a buffer is cut, and the whole length told (getsockname(2)). */
	len = 4;
	memset(&ss, '?', sizeof(ss));
	ASSERT_EQ(0, getsockname(fd, (void *)&ss, &len));
	EXPECT_GT(len, 4);
	EXPECT_EQ('?', ((char *)&ss)[4]);
	close(fd);
}

static void long_endpoint(char *ep, size_t len)
{
	size_t i;

	memset(ep, 0, len + 1);
	strcpy(ep, "tcp://");
	for (i = 6; i < len - 2; i++)
		ep[i] = i % 50 ? 'a' : '.';
	strcpy(ep + len - 2, ":5");
}

/* Endpoints beyond sockaddr_storage go by option, and so does their removal. */
TEST(long_endpoints)
{
	char ep[ZMQ_ENDPOINT_MAX + 20], last[ZMQ_ENDPOINT_MAX + 20];
	int fd = nz_socket(ZMQ_PUSH);
	socklen_t len = sizeof(last);

	long_endpoint(ep, 250);
	ASSERT_EQ(0, nz_set_str(fd, ZMQ_NATIVE_CONNECT, ep));
	ASSERT_EQ(0, getsockopt(fd, SOL_ZMQ, ZMQ_LAST_ENDPOINT, last, &len));
	EXPECT_EQ(0, strcmp(ep, last));
	ASSERT_EQ(0, nz_set_str(fd, ZMQ_NATIVE_DISCONNECT, ep));
	zt_err(nz_set_str(fd, ZMQ_NATIVE_DISCONNECT, ep), ENOENT);
	long_endpoint(ep, ZMQ_ENDPOINT_MAX + 1);
	EXPECT_EQ(-1, nz_set_str(fd, ZMQ_NATIVE_CONNECT, ep));
	zt_err(setsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_CONNECT, NULL, 0), EINVAL);
	zt_err(nz_set_str(fd, ZMQ_NATIVE_CONNECT, ""), EINVAL);
	zt_err(nz_set_str(fd, ZMQ_NATIVE_CONNECT, "nonsense"), EINVAL);
	zt_err(nz_set_str(fd, ZMQ_NATIVE_BIND, "xyz://1"), EPROTONOSUPPORT);
	zt_err(setsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_BIND, (void *)8, 30), EFAULT);
	close(fd);
}

TEST(bind_and_unbind)
{
	int a = nz_socket(ZMQ_PULL), b = nz_socket(ZMQ_PULL);
	char ep[256];

	ASSERT_EQ(0, nz_set_str(a, ZMQ_NATIVE_BIND, "tcp://127.0.0.1:*"));
	nz_name(a, ep);
	zt_err(nz_bind(b, ep), EADDRINUSE);
	zt_err(nz_set_str(b, ZMQ_NATIVE_UNBIND, ep), ENOENT);
	ASSERT_EQ(0, nz_set_str(a, ZMQ_NATIVE_UNBIND, ep));
	zt_err(nz_set_str(a, ZMQ_NATIVE_UNBIND, ep), ENOENT);
	/* Eager: the port is free when the call returns. */
	ASSERT_EQ(0, nz_bind(b, ep));
	close(b);
	ASSERT_EQ(0, nz_bind(a, ep));
	close(a);
}

/* Why did it fail? A sentence, not only a number. */
TEST(last_error_is_told)
{
	int fd = nz_socket(ZMQ_PULL);
	char text[256] = "";
	socklen_t len = sizeof(text);

	zt_err(nz_bind(fd, "tcp://127.0.0.1"), EINVAL);
	ASSERT_EQ(0, getsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_LAST_ERROR, text, &len));
	EXPECT_GT(strlen(text), 5);
	EXPECT_EQ(strlen(text) + 1, len);
	close(fd);
}

/* Ports below 1024 need the right that they always need. */
TEST(low_ports)
{
	int fd, status;
	pid_t pid = fork();

	if (!pid) {
		zt_drop_root();
		fd = nz_socket(ZMQ_PULL);
		zt_err(nz_bind(fd, "tcp://127.0.0.1:80"), EACCES);
		zt_err(nz_bind(fd, "tcp://*:1023"), EACCES);
		zt_err(nz_set_str(fd, ZMQ_NATIVE_BIND, "tcp://127.0.0.1:443"), EACCES);
		zt_ok(nz_bind(fd, "tcp://127.0.0.1:*"));
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

/* A second socket type can't be tricked into the family by its options. */
TEST(foreign_levels)
{
	int fd = nz_socket(ZMQ_PULL), value = 1;
	socklen_t len = sizeof(value);

	EXPECT_EQ(-1, setsockopt(fd, IPPROTO_TCP, 1, &value, len));
	EXPECT_EQ(-1, getsockopt(fd, IPPROTO_IP, 1, &value, &len));
	EXPECT_EQ(-1, setsockopt(fd, SOL_ZMQ + 1, ZMQ_LINGER, &value, len));
	close(fd);
}

TEST_HARNESS_MAIN
