// SPDX-License-Identifier: GPL-2.0-only
/* Options of listeners: who may connect, sockets that the caller brings. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "native_test.h"
#include "wire.h"

static int connect6(const char *addr, int port)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	zt_eq(inet_pton(AF_INET6, addr, &in6.sin6_addr), 1);
	zt_ok(connect(fd, (void *)&in6, sizeof(in6)));
	return fd;
}

/* The peer gets a greeting, or the end of the connection. */
static void served(int fd, bool yes)
{
	char first;

	if (yes)
		wire_recv(fd, &first, 1);
	else
		wire_closed(fd, NZ_TIMEO);
	close(fd);
}

TEST(accept_filter)
{
	int fd = nz_socket(ZMQ_PULL), out, both;
	long dropped = nz_stat("accept_filtered");
	char ep[256];

	ASSERT_EQ(0, dropped);
	ASSERT_EQ(0, nz_set_str(fd, ZMQ_TCP_ACCEPT_FILTER, "127.0.0.255/32"));
	nz_bind_any(fd, ep);
	out = nz_port_of(ep);
	/* Listeners keep what they were bound with. */
	ASSERT_EQ(0, nz_set_str(fd, ZMQ_TCP_ACCEPT_FILTER, "127.0.0.0/8"));
	nz_bind_any(fd, ep);
	both = nz_port_of(ep);
	served(wire_connect(out), false);
	served(wire_connect(both), true);
	EXPECT_EQ(1, nz_stat("accept_filtered"));

	ASSERT_EQ(0, setsockopt(fd, SOL_ZMQ, ZMQ_TCP_ACCEPT_FILTER, NULL, 0));
	nz_bind_any(fd, ep);
	served(wire_connect(nz_port_of(ep)), true);
	served(wire_connect(out), false);
	EXPECT_EQ(2, nz_stat("accept_filtered"));
	zt_err(nz_set_str(fd, ZMQ_TCP_ACCEPT_FILTER, "127.0.0.1/33"), EINVAL);
	zt_err(nz_set_str(fd, ZMQ_TCP_ACCEPT_FILTER, "::1"), EINVAL);
	zt_err(nz_set_str(fd, ZMQ_TCP_ACCEPT_FILTER, ""), EINVAL);
	close(fd);
}

/* A filter of IPv4 addresses means the same on a socket for both families. */
TEST(accept_filter_of_both_families)
{
	int fd = nz_socket(ZMQ_PULL), port;
	char ep[256];

	ASSERT_EQ(0, nz_set(fd, ZMQ_IPV6, 1));
	ASSERT_EQ(0, nz_set_str(fd, ZMQ_TCP_ACCEPT_FILTER, "127.0.0.1/32"));
	ASSERT_EQ(0, nz_bind(fd, "tcp://*:*"));
	nz_name(fd, ep);
	port = nz_port_of(ep);
	served(wire_connect(port), true);
	served(connect6("::1", port), false);
	ASSERT_EQ(0, nz_set_str(fd, ZMQ_TCP_ACCEPT_FILTER, "::/64"));
	ASSERT_EQ(0, nz_bind(fd, "tcp://*:*"));
	nz_name(fd, ep);
	port = nz_port_of(ep);
	/* The first filter is still in the list. */
	served(wire_connect(port), true);
	served(connect6("::1", port), true);
	close(fd);
}

/* A listening socket of our own; its port is kept when it ends its listening. */
static int own_listener(int *port)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	zt_ok(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	*port = zt_port();
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons(*port);
	zt_ok(bind(fd, (void *)&in, sizeof(in)));
	zt_ok(listen(fd, 16));
	return fd;
}

static void bring(int zfd, int fd)
{
	zt_ok(nz_set(zfd, ZMQ_USE_FD, fd));
	/* The address is not used, but it has to be one. */
	zt_ok(nz_bind(zfd, "tcp://127.0.0.1:1"));
}

TEST(use_fd)
{
	int zfd = nz_socket(ZMQ_PULL), push = nz_socket(ZMQ_PUSH), port, fd, early;
	char ep[256], want[64];

	fd = own_listener(&port);
	early = wire_connect(port);
	EXPECT_EQ(-1, nz_get(zfd, ZMQ_USE_FD));
	bring(zfd, fd);
	/* For one bind() only. */
	EXPECT_EQ(-1, nz_get(zfd, ZMQ_USE_FD));
	nz_name(zfd, ep);
	snprintf(want, sizeof(want), "tcp://127.0.0.1:%d", port);
	EXPECT_STREQ(want, ep);
	served(early, true);

	close(fd);
	ASSERT_EQ(0, nz_connect(push, ep));
	nz_put(push, "hello", 0);
	nz_want(zfd, "hello", 0);
	/* Unbind ends what was accepted there, and gives the address back. */
	ASSERT_EQ(0, nz_set_str(zfd, ZMQ_NATIVE_UNBIND, ep));
	zt_until(!nz_bind(zfd, ep), NZ_TIMEO);
	/* The first may go where nobody listens any more. */
	zt_until((nz_put(push, "again", 0), nz_poll(zfd, POLLIN, 20)), NZ_TIMEO);
	nz_want(zfd, "again", 0);
	close(push);
	close(zfd);
}

/* The socket can be shared, ends its listening and begins anew, and outlives us. */
TEST(use_fd_is_borrowed)
{
	int zfd = nz_socket(ZMQ_PULL), port, fd, peer, mine;
	char byte;

	fd = own_listener(&port);
	bring(zfd, fd);
	served(wire_connect(port), true);
	ASSERT_EQ(0, shutdown(fd, SHUT_RDWR));
	ASSERT_EQ(0, listen(fd, 16));
	served(wire_connect(port), true);
	close(zfd);

	peer = wire_connect(port);
	mine = accept(fd, NULL, NULL);
	ASSERT_GE(mine, 0);
	ASSERT_EQ(1, write(peer, "x", 1));
	wire_recv(mine, &byte, 1);
	close(mine);
	close(peer);
	close(fd);
}

TEST(use_fd_wrong)
{
	int zfd = nz_socket(ZMQ_PULL), pair[2], port, fd[6];
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t i;

	fd[0] = socket(AF_INET, SOCK_STREAM, 0);	/* does not listen */
	fd[1] = socket(AF_INET, SOCK_DGRAM, 0);
	fd[2] = socket(AF_UNIX, SOCK_STREAM, 0);
	zt_ok(bind(fd[2], (void *)&un, sizeof(sa_family_t)));
	zt_ok(listen(fd[2], 1));
	fd[3] = nz_socket(ZMQ_PULL);
	fd[4] = own_listener(&port);
	fd[5] = wire_connect(port);			/* is connected */
	for (i = 0; i < ZT_ARRAY(fd); i++) {
		if (i == 4)
			continue;
		ASSERT_EQ(0, nz_set(zfd, ZMQ_USE_FD, fd[i]));
		zt_err(nz_bind(zfd, "tcp://127.0.0.1:*"), EINVAL);
		EXPECT_EQ(fd[i], nz_get(zfd, ZMQ_USE_FD));
	}
	zt_ok(pipe(pair));
	nz_set(zfd, ZMQ_USE_FD, pair[0]);
	zt_err(nz_bind(zfd, "tcp://127.0.0.1:*"), ENOTSOCK);
	nz_set(zfd, ZMQ_USE_FD, 1000000);
	zt_err(nz_bind(zfd, "tcp://127.0.0.1:*"), EBADF);
	zt_err(nz_set(zfd, ZMQ_USE_FD, -2), EINVAL);
	/* Not of our network. */
	nz_set(zfd, ZMQ_USE_FD, fd[4]);
	zt_netns();
	close(fd[3]);
	fd[3] = nz_socket(ZMQ_PULL);
	nz_set(fd[3], ZMQ_USE_FD, fd[4]);
	zt_err(nz_bind(fd[3], "tcp://127.0.0.1:*"), EINVAL);
	ASSERT_EQ(0, nz_bind(zfd, "tcp://127.0.0.1:*"));
	close(zfd);
}

/* What TCP refuses, bind() and connect() fail with. */
TEST(limits_of_tcp)
{
	static const struct { int option, value, err; } rows[] = {
		{ ZMQ_TCP_KEEPALIVE_CNT, 128, EINVAL },
		{ ZMQ_TCP_KEEPALIVE_IDLE, 32768, EINVAL },
		{ ZMQ_TCP_KEEPALIVE_INTVL, 32768, EINVAL },
		{ ZMQ_TCP_KEEPALIVE_CNT, 127, 0 },
		{ ZMQ_TCP_MAXRT, 5000, 0 },
		{ ZMQ_TOS, 0x28, 0 },
		{ ZMQ_PRIORITY, 6, 0 },
		{ ZMQ_PRIORITY, 7, EPERM },
		{ ZMQ_BUSY_POLL, 50, EPERM },
	};
	size_t i;
	int fd;

	zt_drop_root();
	for (i = 0; i < ZT_ARRAY(rows); i++) {
		fd = nz_socket(ZMQ_PULL);
		ASSERT_EQ(0, nz_set(fd, ZMQ_TCP_KEEPALIVE, 1));
		ASSERT_EQ(0, nz_set(fd, rows[i].option, rows[i].value));
		if (rows[i].err) {
			zt_err(nz_bind(fd, "tcp://127.0.0.1:*"), rows[i].err);
			zt_err(nz_connect(fd, "tcp://127.0.0.1:9"), rows[i].err);
		} else {
			EXPECT_EQ(0, nz_bind(fd, "tcp://127.0.0.1:*"));
			EXPECT_EQ(0, nz_connect(fd, "tcp://127.0.0.1:9"));
		}
		close(fd);
	}
}

/* With the right to do so. */
TEST(privileged)
{
	int fd = nz_socket(ZMQ_PULL);

	ASSERT_EQ(0, nz_set(fd, ZMQ_PRIORITY, 7));
	ASSERT_EQ(0, nz_set(fd, ZMQ_BUSY_POLL, 50));
	EXPECT_EQ(50, nz_get(fd, ZMQ_BUSY_POLL));
	EXPECT_EQ(0, nz_bind(fd, "tcp://127.0.0.1:*"));
	close(fd);
}

TEST_HARNESS_MAIN
