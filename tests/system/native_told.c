// SPDX-License-Identifier: GPL-2.0-only
/* ZMQ_RECV_KNOWN(), ZMQ_CMSG_KNOWN: who keeps properties of peers is told of changes only. */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

/* recvmsg() of a caller who keeps the properties of @known. */
static ssize_t get(int fd, struct nz_got *got, uint32_t known, size_t space, int flags)
{
	ssize_t n = nz_get_with(fd, got, space, flags | ZMQ_RECV_KNOWN(known));

	if (n >= 0)
		zt_eq(got->flags & MSG_CTRUNC, 0);
	return n;
}

/* The next frame, whose peer is not @known. Returns its number. */
static uint32_t told(int fd, const char *body, uint32_t known)
{
	struct nz_got got;

	zt_eq(get(fd, &got, known, NZ_CONTROL, 0), strlen(body));
	zt_check(!strcmp(got.body, body));
	zt_check(got.number > ZMQ_KNOWN_NONE && got.number <= ZMQ_KNOWN_MAX);
	zt_check(got.number != known);
	zt_check(got.props_len > 0);
	return got.number;
}

/* The next frame, whose peer is @known, by recv() or by recvmsg(). */
static void plain(int fd, const char *body, uint32_t known)
{
	char buf[64] = "";

	zt_eq(recv(fd, buf, sizeof(buf), MSG_EOR | ZMQ_RECV_KNOWN(known)), strlen(body));
	zt_check(!strcmp(buf, body));
}

static void silent(int fd, const char *body, uint32_t known)
{
	struct nz_got got;

	zt_eq(get(fd, &got, known, NZ_CONTROL, 0), strlen(body));
	zt_check(!strcmp(got.body, body));
	zt_eq(got.number, 0);
	zt_eq(got.props_len, 0);
}

/* @known are not the next frame's: recv() leaves it. */
static void refused(int fd, uint32_t known)
{
	char c;

	zt_err(recv(fd, &c, 1, MSG_TRUNC | ZMQ_RECV_KNOWN(known)), ENOMSG);
}

TEST(once_for_a_peer)
{
	struct nz_pair p;
	uint32_t number;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	nz_put(p.b, "1", 0);
	refused(p.a, ZMQ_KNOWN_NONE);
	refused(p.a, 77);
	number = told(p.a, "1", ZMQ_KNOWN_NONE);
	nz_put(p.b, "2", 0);
	nz_put(p.b, "3", 0);
	nz_put(p.b, "4", 0);
	plain(p.a, "2", number);
	silent(p.a, "3", number);
	/* Who doesn't ask isn't told, and nothing changes for who does. */
	nz_want(p.a, "4", 0);
	nz_put(p.b, "5", 0);
	plain(p.a, "5", number);
	nz_pair_close(&p);
}

/* Two peers by turns: each change is told, with another number. */
TEST(each_change)
{
	int pull = nz_socket(ZMQ_PULL), push[2], i;
	uint32_t number = ZMQ_KNOWN_NONE, was;
	char ep[256], body[8];

	nz_bind_any(pull, ep);
	for (i = 0; i < 2; i++) {
		push[i] = nz_socket(ZMQ_PUSH);
		ASSERT_EQ(0, nz_connect(push[i], ep));
	}
	for (i = 0; i < 10; i++) {
		sprintf(body, "%d", i);
		nz_put(push[i % 2], body, 0);
		was = number;
		refused(pull, was);
		number = told(pull, body, was);
		nz_put(push[i % 2], "same", 0);
		plain(pull, "same", number);
	}
	/* The other one's, which was told before. */
	nz_put(push[0], "last", 0);
	refused(pull, was);
	told(pull, "last", was);
	for (i = 0; i < 2; i++)
		close(push[i]);
	close(pull);
}

/* All parts of a message, also when it is taken up in the middle. */
TEST(parts)
{
	struct nz_pair p;
	char id[16];
	uint32_t number;

	nz_pair(&p, ZMQ_ROUTER, ZMQ_DEALER);
	zt_ok(nz_set(p.a, ZMQ_NATIVE_MULTIPART, ZMQ_MULTIPART_SOCKET));
	nz_put(p.b, "1", MSG_MORE);
	nz_put(p.b, "2", MSG_MORE);
	nz_put(p.b, "3", 0);
	zt_eq(recv(p.a, id, sizeof(id), 0), 5);
	refused(p.a, ZMQ_KNOWN_NONE);
	number = told(p.a, "1", ZMQ_KNOWN_NONE);
	silent(p.a, "2", number);
	plain(p.a, "3", number);
	nz_pair_close(&p);
}

/* Not enough room for all there is to tell: the frame stays, nothing is lost. */
TEST(room)
{
	struct nz_pair p;
	struct nz_got got;
	size_t space;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	nz_put(p.b, "text", 0);
	for (space = 0; space <= CMSG_SPACE(4) + CMSG_LEN(8); space += 8)
		zt_err(get(p.a, &got, ZMQ_KNOWN_NONE, space, 0), ENOMSG);
	told(p.a, "text", ZMQ_KNOWN_NONE);
	nz_pair_close(&p);
}

/* By inproc there is nothing to know; a change to it is told as well. */
TEST(no_properties)
{
	int pull = nz_socket(ZMQ_PULL), tcp = nz_socket(ZMQ_PUSH), local = nz_socket(ZMQ_PUSH);
	uint32_t number;
	struct nz_got got;
	char ep[256];

	nz_bind_any(pull, ep);
	ASSERT_EQ(0, nz_bind(pull, "inproc://told"));
	ASSERT_EQ(0, nz_connect(local, "inproc://told"));
	ASSERT_EQ(0, nz_connect(tcp, ep));
	nz_put(local, "local", 0);
	plain(pull, "local", ZMQ_KNOWN_NONE);
	nz_put(local, "local", 0);
	silent(pull, "local", ZMQ_KNOWN_NONE);
	nz_put(tcp, "tcp", 0);
	number = told(pull, "tcp", ZMQ_KNOWN_NONE);
	nz_put(local, "local", 0);
	refused(pull, number);
	EXPECT_EQ(5, get(pull, &got, number, NZ_CONTROL, 0));
	EXPECT_EQ((uint32_t)ZMQ_KNOWN_NONE, got.number);
	EXPECT_EQ(0ul, got.props_len);
	close(tcp);
	close(local);
	close(pull);
}

/* A peer that comes again is told again, though it says the same. */
TEST(reconnect)
{
	int pull = nz_socket(ZMQ_PULL), push, i;
	uint32_t number = ZMQ_KNOWN_NONE;
	char ep[256];

	nz_bind_any(pull, ep);
	for (i = 0; i < 3; i++) {
		push = nz_socket(ZMQ_PUSH);
		ASSERT_EQ(0, nz_connect(push, ep));
		nz_put(push, "text", 0);
		number = told(pull, "text", number);
		close(push);
	}
	close(pull);
}

/* A process that shares the socket has a number of before, or none. */
TEST(shared_socket)
{
	struct nz_pair p;
	uint32_t number;
	int status;
	pid_t pid;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	nz_put(p.b, "1", 0);
	number = told(p.a, "1", ZMQ_KNOWN_NONE);
	nz_put(p.b, "2", 0);
	nz_put(p.b, "3", 0);
	pid = fork();
	if (!pid) {
		struct nz_got got;

		/* The same peer has the same number. */
		_exit(get(p.a, &got, ZMQ_KNOWN_NONE, NZ_CONTROL, 0) != 1 || got.number != number ||
		      !got.props_len);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	plain(p.a, "3", number);
	nz_pair_close(&p);
}

/* MSG_PEEK tells without taking. */
TEST(peek)
{
	struct nz_pair p;
	struct nz_got got;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	nz_put(p.b, "text", 0);
	EXPECT_EQ(4, get(p.a, &got, ZMQ_KNOWN_NONE, NZ_CONTROL, MSG_PEEK));
	EXPECT_TRUE(got.props_len > 0);
	plain(p.a, "text", got.number);
	nz_pair_close(&p);
}

/* Numbers come again after a while, but never one that was told just before. */
TEST(numbers_wrap)
{
	int pull = nz_socket(ZMQ_PULL), push[2], i;
	uint32_t number = ZMQ_KNOWN_NONE;
	char ep[256];

	nz_bind_on(pull, "ipc://*", ep);
	for (i = 0; i < 2; i++) {
		push[i] = nz_socket(ZMQ_PUSH);
		ASSERT_EQ(0, nz_connect(push[i], ep));
	}
	for (i = 0; i < ZMQ_KNOWN_MAX + 10; i++) {
		nz_put(push[i % 2], "x", 0);
		number = told(pull, "x", number);
	}
	for (i = 0; i < 2; i++)
		close(push[i]);
	close(pull);
}

/* --- ZMQ_NATIVE_PEER_STATE ------------------------------------------------------ */

static int state_of(int fd, const char *id, uint32_t len, uint32_t *events)
{
	struct zmq_peer_query query = { .len = len };
	socklen_t size = sizeof(query);

	strncpy((char *)query.id, id, sizeof(query.id) - 1);
	if (getsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_PEER_STATE, &query, &size))
		return -1;
	zt_eq(size, sizeof(query));
	*events = query.events;
	return 0;
}

/* By inproc there is no buffer but the queues: full is full. */
TEST(peer_state)
{
	int router = nz_socket(ZMQ_ROUTER), dealer = nz_socket(ZMQ_DEALER), sent;
	uint32_t events = 77;
	char buf[8];

	zt_ok(nz_set(router, ZMQ_SNDHWM, 3));
	zt_ok(nz_set(router, ZMQ_ROUTER_MANDATORY, 1));
	zt_ok(nz_set(dealer, ZMQ_RCVHWM, 3));
	zt_ok(nz_set_str(dealer, ZMQ_ROUTING_ID, "bob"));
	zt_ok(nz_bind(router, "inproc://state"));
	zt_err(state_of(router, "bob", 3, &events), EHOSTUNREACH);
	zt_ok(nz_connect(dealer, "inproc://state"));
	nz_until(router, POLLOUT);
	zt_ok(state_of(router, "bob", 3, &events));
	EXPECT_EQ((uint32_t)ZMQ_POLLOUT, events);
	for (sent = 0; send(router, "bob", 3, MSG_MORE | MSG_DONTWAIT) == 3; sent++)
		nz_put(router, "x", 0);
	EXPECT_EQ(6, sent);
	zt_ok(state_of(router, "bob", 3, &events));
	EXPECT_EQ(0u, events);
	while (sent--)
		zt_eq(recv(dealer, buf, sizeof(buf), 0), 1);
	zt_ok(state_of(router, "bob", 3, &events));
	EXPECT_EQ((uint32_t)ZMQ_POLLOUT, events);
	close(dealer);
	close(router);
}

TEST(peer_state_errors)
{
	static const int others[] = { ZMQ_PAIR, ZMQ_PUB, ZMQ_SUB, ZMQ_REQ, ZMQ_REP, ZMQ_DEALER,
				      ZMQ_PULL, ZMQ_PUSH, ZMQ_XPUB, ZMQ_XSUB, ZMQ_STREAM };
	struct zmq_peer_query query = { .len = 3, .id = "bob" };
	int router = nz_socket(ZMQ_ROUTER), fd;
	socklen_t size = sizeof(query);
	uint32_t events;
	size_t i;

	zt_err(state_of(router, "bob", 3, &events), EHOSTUNREACH);
	zt_err(state_of(router, "", 0, &events), EHOSTUNREACH);
	zt_err(state_of(router, "bob", sizeof(query.id) + 1, &events), EHOSTUNREACH);
	zt_err(state_of(router, "bob", UINT32_MAX, &events), EHOSTUNREACH);
	size--;
	zt_err(getsockopt(router, SOL_ZMQ, ZMQ_NATIVE_PEER_STATE, &query, &size), EINVAL);
	size += 2;
	zt_err(getsockopt(router, SOL_ZMQ, ZMQ_NATIVE_PEER_STATE, &query, &size), EINVAL);
	size--;
	zt_err(getsockopt(router, SOL_ZMQ, ZMQ_NATIVE_PEER_STATE, NULL, &size), EFAULT);
	zt_err(setsockopt(router, SOL_ZMQ, ZMQ_NATIVE_PEER_STATE, &query, size), EINVAL);
	for (i = 0; i < ZT_ARRAY(others); i++) {
		fd = nz_socket(others[i]);
		zt_err(state_of(fd, "bob", 3, &events), EOPNOTSUPP);
		close(fd);
	}
	close(router);
}

TEST_HARNESS_MAIN
