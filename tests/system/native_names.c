// SPDX-License-Identifier: GPL-2.0-only
/* Host names: looked up as the caller sees them, and again for each attempt. */
#define _GNU_SOURCE
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_test.h"

#define NAME	"zmq-peer.test"
#define HOSTS	"/run/zmq-hosts"

/* A mount namespace of our own, in which /etc/hosts is HOSTS. */
static void own_hosts(void)
{
	zt_ok(unshare(CLONE_NEWNS));
	zt_ok(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	zt_ok(mount(HOSTS, "/etc/hosts", NULL, MS_BIND, NULL));
}

static void write_hosts(const char *address)
{
	FILE *f = fopen(HOSTS, "w");

	zt_check(f);
	fprintf(f, "127.0.0.1 localhost\n%s %s\n", address, NAME);
	zt_eq(fclose(f), 0);
}

/* A PUSH that is writable only while it has a connection. */
static int dial(int port)
{
	int fd = nz_socket(ZMQ_PUSH);
	char ep[256];

	nz_set(fd, ZMQ_IMMEDIATE, 1);
	nz_set(fd, ZMQ_RECONNECT_IVL, 50);
	snprintf(ep, sizeof(ep), "tcp://" NAME ":%d", port);
	zt_ok(nz_connect(fd, ep));
	return fd;
}

static int serve(const char *address, int port, char *ep)
{
	int fd = nz_socket(ZMQ_PULL);

	sprintf(ep, "tcp://%s:%d", address, port);
	zt_ok(nz_bind(fd, ep));
	return fd;
}

/* What is sent before a loss is noticed goes with the connection: say it again. */
static int arrives(int fd, const char *text, int to)
{
	send(fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL);
	return nz_poll(to, POLLIN, 50);
}

FIXTURE(names)
{
	char ep[256];
	int pull;
	int port;
};

FIXTURE_SETUP(names)
{
	int any = nz_socket(ZMQ_PULL);

	nz_bind_any(any, self->ep);
	self->port = nz_port_of(self->ep);
	close(any);
	self->pull = serve("127.0.0.2", self->port, self->ep);
	write_hosts("127.0.0.2");
}

FIXTURE_TEARDOWN(names)
{
	close(self->pull);
	unlink(HOSTS);
}

/* The same name, two mount namespaces, one of which knows it. */
TEST_F(names, mount_namespace_of_the_caller)
{
	int outside = dial(self->port), inside;

	own_hosts();
	inside = dial(self->port);
	nz_until(inside, POLLOUT);
	nz_put(inside, "hello", 0);
	nz_want(self->pull, "hello", 0);
	EXPECT_EQ(0, nz_poll(outside, POLLOUT, 0));
	close(inside);
	close(outside);
}

/* The server moves, and the name with it: the client follows. */
TEST_F(names, resolved_again_at_reconnect)
{
	char ep[256];
	int fd, moved;

	own_hosts();
	fd = dial(self->port);
	nz_until(fd, POLLOUT);
	nz_put(fd, "first", 0);
	nz_want(self->pull, "first", 0);

	write_hosts("127.0.0.3");
	moved = serve("127.0.0.3", self->port, ep);
	zt_ok(nz_set_str(self->pull, ZMQ_NATIVE_UNBIND, self->ep));
	zt_until(arrives(fd, "second", moved), NZ_TIMEO);
	nz_want(moved, "second", 0);
	close(fd);
	close(moved);
}

TEST_HARNESS_MAIN
