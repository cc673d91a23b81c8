// SPDX-License-Identifier: GPL-2.0-only
/* What netlink shows of sockets, endpoints and peers is what was done to them. */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

#include "znl_dump.h"

static struct znl_sock sock_of(int nl, int fd)
{
	struct znl_sock row;

	zt_eq(znl_get_sock(nl, fd, &row), 0);
	return row;
}

/* How many peers it has, and one of them: what moves during a dump can be in it twice. */
static int peers_of(int nl, int fd, struct znl_peer *peer)
{
	return znl_peers(nl, sock_of(nl, fd).id, peer, 1);
}

/* Every type, as it was born. */
TEST(newborn)
{
	int nl = znl_socket(), type;

	zt_ok(prctl(PR_SET_NAME, "newborn socket!"));
	for (type = ZMQ_PAIR; type <= ZMQ_STREAM; type++) {
		int fd = nz_socket(type);
		struct znl_sock s = sock_of(nl, fd), again;
		uint64_t cookie;
		socklen_t len = sizeof(cookie);
		struct stat st;

		zt_ok(fstat(fd, &st));
		zt_ok(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len));
		EXPECT_EQ(type, s.type);
		EXPECT_EQ(st.st_ino, s.inode);
		EXPECT_EQ(cookie, s.cookie);
		EXPECT_EQ(ZMQ_SOCKET_STATE_OPEN, s.state);
		EXPECT_EQ(geteuid(), s.uid);
		EXPECT_EQ(getpid(), s.pid);
		EXPECT_FALSE(s.gone);
		EXPECT_STREQ("newborn socket!", s.comm);
		EXPECT_EQ(1000, s.sndhwm);
		EXPECT_EQ(1000, s.rcvhwm);
		EXPECT_EQ(0, s.linger);
		EXPECT_EQ(0, s.sessions + s.pipes);
		EXPECT_EQ(0, s.msgs_in + s.msgs_out + s.bytes_in + s.bytes_out);
		EXPECT_EQ(0, s.drops + s.connects + s.failures);
		EXPECT_STREQ("", s.drop);
		EXPECT_STREQ("no error", s.error);
		EXPECT_FALSE(s.readable);
		EXPECT_EQ(!!nz_poll(fd, POLLOUT, 0), s.writable);
		EXPECT_EQ(0, znl_peers(nl, s.id, NULL, 0));
		EXPECT_EQ(0, znl_endpoints(nl, s.id, NULL, 0));
		zt_eq(znl_get_id(nl, s.id, &again), 0);
		EXPECT_EQ(0, memcmp(&s, &again, sizeof(s)));
		close(fd);
		EXPECT_EQ(ENOENT, znl_get_id(nl, s.id, &again));
	}
	close(nl);
}

TEST(endpoints)
{
	int nl = znl_socket(), fd = nz_socket(ZMQ_ROUTER);
	struct znl_endpoint rows[4];
	struct znl_sock s;
	char first[256], second[256];

	nz_bind_any(fd, first);
	nz_bind_any(fd, second);
	zt_ok(nz_connect(fd, "tcp://127.0.0.1:9"));
	s = sock_of(nl, fd);
	EXPECT_EQ(1, s.sessions);
	zt_eq(znl_endpoints(nl, s.id, rows, 4), 3);
	EXPECT_EQ(s.id, rows[0].socket);
	EXPECT_EQ(ZMQ_ENDPOINT_KIND_BIND, rows[0].kind);
	EXPECT_STREQ(first, rows[0].uri);
	EXPECT_EQ(ZMQ_ENDPOINT_KIND_BIND, rows[1].kind);
	EXPECT_STREQ(second, rows[1].uri);
	EXPECT_NE(rows[0].number, rows[1].number);
	EXPECT_EQ(ZMQ_ENDPOINT_KIND_CONNECT, rows[2].kind);
	EXPECT_STREQ("tcp://127.0.0.1:9", rows[2].uri);
	zt_ok(nz_set_str(fd, ZMQ_NATIVE_UNBIND, first));
	zt_ok(nz_set_str(fd, ZMQ_NATIVE_DISCONNECT, "tcp://127.0.0.1:9"));
	zt_eq(znl_endpoints(nl, s.id, rows, 4), 1);
	EXPECT_STREQ(second, rows[0].uri);
	close(fd);
	close(nl);
}

/* Both ends of a connection say the same of it. */
TEST(ready)
{
	int nl = znl_socket(), router = nz_socket(ZMQ_ROUTER), dealer = nz_socket(ZMQ_DEALER);
	struct znl_endpoint ep;
	struct znl_peer r, d;
	char bound[256];

	nz_bind_any(router, bound);
	zt_ok(nz_set_str(dealer, ZMQ_ROUTING_ID, "worker \x01\xff"));
	zt_ok(nz_connect(dealer, bound));
	nz_put(dealer, "hello", 0);
	nz_until(router, POLLIN);
	zt_eq(znl_endpoints(nl, sock_of(nl, router).id, &ep, 1), 1);
	zt_until(peers_of(nl, dealer, &d) == 1 && d.state == ZMQ_PEER_STATE_READY && d.local[0],
		 NZ_TIMEO);
	zt_until(peers_of(nl, router, &r) == 1 && r.local[0], NZ_TIMEO);
	EXPECT_EQ(ZMQ_PEER_STATE_READY, r.state);
	EXPECT_EQ(9, r.id_len);
	EXPECT_EQ(0, memcmp(r.routing_id, "worker \x01\xff", 9));
	EXPECT_STREQ("DEALER", r.type);
	EXPECT_STREQ("ROUTER", d.type);
	EXPECT_STREQ(bound, d.endpoint);
	EXPECT_STREQ(bound, d.remote);
	EXPECT_STREQ(bound, r.local);
	EXPECT_STREQ(d.local, r.remote);
	EXPECT_STREQ("", r.endpoint);
	EXPECT_EQ(ep.number, r.listener);
	EXPECT_EQ(0, d.listener);
	EXPECT_EQ(0x301, r.zmtp);
	EXPECT_EQ(1, r.connects);
	EXPECT_EQ(1, d.connects);
	EXPECT_EQ(0, d.attempts);
	EXPECT_STREQ("", d.reason);
	EXPECT_EQ(0, r.flags);
	EXPECT_EQ(1, r.in.depth);
	EXPECT_EQ(5, r.in.bytes);
	EXPECT_EQ(1, r.in.msgs);
	EXPECT_EQ(1, d.out.msgs);
	EXPECT_TRUE(sock_of(nl, router).readable);
	EXPECT_TRUE(sock_of(nl, dealer).writable);
	close(router);
	close(dealer);
	close(nl);
}

/* Messages wait where they wait, and are counted where they go. */
TEST(queues)
{
	int nl = znl_socket(), i;
	struct nz_pair p;
	struct znl_sock s;
	struct znl_peer peer;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	s = sock_of(nl, p.a);
	for (i = 0; i < 10; i++)
		nz_put(p.b, "0123456789", 0);
	zt_until(peers_of(nl, p.a, &peer) == 1 && peer.in.depth == 10, NZ_TIMEO);
	EXPECT_EQ(100, peer.in.bytes);
	EXPECT_EQ(1000, peer.in.hwm);
	EXPECT_EQ(s.msgs_in + 10, peer.in.msgs);
	for (i = 0; i < 4; i++)
		nz_want(p.a, "0123456789", 0);
	peer = znl_peer_of(nl, p.a);
	EXPECT_EQ(6, peer.in.depth);
	EXPECT_EQ(60, peer.in.bytes);
	EXPECT_EQ(s.msgs_in + 10, peer.in.msgs);
	EXPECT_EQ(s.msgs_in + 4, sock_of(nl, p.a).msgs_in);
	EXPECT_EQ(s.bytes_in + 40, sock_of(nl, p.a).bytes_in);
	EXPECT_EQ(0, znl_peer_of(nl, p.b).out.depth);
	/* The peer goes, what it sent stays. */
	close(p.b);
	zt_until(peers_of(nl, p.a, &peer) == 1 && peer.state == ZMQ_PEER_STATE_GONE, NZ_TIMEO);
	EXPECT_EQ(6, peer.in.depth);
	for (i = 0; i < 6; i++)
		nz_want(p.a, "0123456789", 0);
	EXPECT_EQ(0, znl_peers(nl, s.id, NULL, 0));
	close(p.a);
	close(nl);
}

/* Both ends of an inproc connection, and each knows the other's number. */
TEST(inproc)
{
	int nl = znl_socket(), pull = nz_socket(ZMQ_PULL), push = nz_socket(ZMQ_PUSH);
	struct znl_endpoint ep;
	struct znl_peer a, b;

	zt_ok(nz_connect(push, "inproc://dump"));
	nz_put(push, "early", 0);
	b = znl_peer_of(nl, push);
	EXPECT_EQ(ZMQ_PEER_STATE_WAITING, b.state);
	EXPECT_STREQ("inproc://dump", b.endpoint);
	EXPECT_EQ(1, b.out.depth);
	EXPECT_EQ(0, b.to);
	zt_ok(nz_bind(pull, "inproc://dump"));
	zt_until(peers_of(nl, push, &b) == 1 && b.state == ZMQ_PEER_STATE_READY, NZ_TIMEO);
	zt_until(peers_of(nl, pull, &a) == 1 && a.in.depth == 1, NZ_TIMEO);
	EXPECT_EQ(sock_of(nl, push).id, a.to);
	EXPECT_EQ(sock_of(nl, pull).id, b.to);
	EXPECT_STREQ("PUSH", a.type);
	EXPECT_STREQ("PULL", b.type);
	EXPECT_EQ(0, a.zmtp);
	EXPECT_EQ(5, a.in.bytes);
	EXPECT_NE(0, sock_of(nl, pull).ctx);
	EXPECT_EQ(sock_of(nl, pull).ctx, sock_of(nl, push).ctx);
	zt_eq(znl_endpoints(nl, sock_of(nl, pull).id, &ep, 1), 1);
	EXPECT_STREQ("inproc://dump", ep.uri);
	EXPECT_EQ(ep.number, a.listener);
	close(push);
	close(pull);
	close(nl);
}

/* Nobody is there: when it is tried again, how often it was, and why it failed. */
TEST(refused)
{
	int nl = znl_socket(), fd = nz_socket(ZMQ_PUSH), i;
	struct znl_peer peer;

	zt_ok(nz_set(fd, ZMQ_SNDHWM, 5));
	zt_ok(nz_set(fd, ZMQ_RECONNECT_IVL, 50));
	zt_ok(nz_connect(fd, "tcp://127.0.0.1:9"));
	for (i = 0; i < 5; i++)
		nz_put(fd, "x", 0);
	zt_until((peer = znl_peer_of(nl, fd)).state == ZMQ_PEER_STATE_WAITING && peer.limited &&
		 peer.attempts >= 3, NZ_TIMEO);
	EXPECT_GE(100, peer.ms_left);
	EXPECT_STREQ("connect_refused", peer.reason);
	EXPECT_STREQ("connection refused", peer.error);
	EXPECT_STREQ("tcp://127.0.0.1:9", peer.endpoint);
	EXPECT_STREQ("", peer.remote);
	EXPECT_EQ(0, peer.connects);
	EXPECT_EQ(5, peer.out.depth);
	EXPECT_EQ(5, peer.out.hwm);
	EXPECT_EQ(0, peer.out.msgs);
	EXPECT_FALSE(sock_of(nl, fd).writable);
	EXPECT_LE(3, sock_of(nl, fd).failures);
	close(fd);
	close(nl);
}

TEST(reconnected)
{
	int nl = znl_socket(), push = nz_socket(ZMQ_PUSH), pull = nz_socket(ZMQ_PULL);
	struct znl_peer peer;
	char ep[256];

	zt_ok(nz_set(push, ZMQ_RECONNECT_IVL, 20));
	nz_bind_any(pull, ep);
	zt_ok(nz_connect(push, ep));
	zt_until(znl_peer_of(nl, push).connects == 1, NZ_TIMEO);
	close(pull);
	pull = nz_socket(ZMQ_PULL);
	zt_until(!nz_bind(pull, ep), NZ_TIMEO);
	zt_until((peer = znl_peer_of(nl, push)).connects == 2, NZ_TIMEO);
	EXPECT_NE(0, strlen(peer.reason));
	EXPECT_EQ(0, peer.attempts);
	close(push);
	close(pull);
	close(nl);
}

/* What is dropped has a reason. */
TEST(drops)
{
	int nl = znl_socket(), fd = nz_socket(ZMQ_ROUTER);
	struct znl_sock s;

	nz_put(fd, "nobody", MSG_MORE);
	nz_put(fd, "x", 0);
	s = sock_of(nl, fd);
	EXPECT_EQ(1, s.drops);
	EXPECT_EQ(1, s.dropped);
	EXPECT_STREQ("drop_no_peer", s.drop);
	close(fd);
	close(nl);
}

TEST(last_error)
{
	int nl = znl_socket(), fd = nz_socket(ZMQ_PAIR);
	char why[128] = "";
	socklen_t len = sizeof(why);

	zt_err(nz_bind(fd, "tcp://127.0.0.1"), EINVAL);
	zt_ok(getsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_LAST_ERROR, why, &len));
	EXPECT_STREQ(why, sock_of(nl, fd).error);
	EXPECT_STRNE("no error", why);
	zt_ok(shutdown(fd, SHUT_RDWR));
	EXPECT_EQ(ZMQ_SOCKET_STATE_TERMINATED, sock_of(nl, fd).state);
	close(fd);
	close(nl);
}

/* Sockets that nobody has open any more, nor their process runs, are shown as long as they are. */
TEST(lingering)
{
	FILE *limit = fopen("/proc/sys/net/zmq/linger_max", "we");
	int nl = znl_socket(), tell[2];
	struct znl_sock s;
	uint64_t id;
	pid_t pid;

	if (geteuid())
		SKIP(return, "needs root");
	zt_check(limit && fprintf(limit, "3000") > 0 && !fclose(limit));
	zt_ok(pipe(tell));
	pid = fork();
	zt_check(pid >= 0);
	if (!pid) {
		int fd = nz_socket(ZMQ_PUSH);

		zt_ok(nz_set(fd, ZMQ_LINGER, -1));
		zt_ok(nz_connect(fd, "tcp://127.0.0.1:9"));
		nz_put(fd, "last words", 0);
		id = sock_of(znl_socket(), fd).id;
		_exit(write(tell[1], &id, sizeof(id)) != sizeof(id));
	}
	zt_eq(read(tell[0], &id, sizeof(id)), sizeof(id));
	zt_eq(waitpid(pid, NULL, 0), pid);
	zt_eq(znl_get_id(nl, id, &s), 0);
	EXPECT_EQ(ZMQ_SOCKET_STATE_LINGERING, s.state);
	EXPECT_EQ(0, s.inode);
	EXPECT_EQ(pid, s.pid);
	EXPECT_TRUE(s.gone);
	EXPECT_FALSE(s.writable);
	zt_until(znl_get_id(nl, id, &s) == ENOENT, NZ_TIMEO);
	close(nl);
}

/* Many peers take many reads. */
TEST(many_peers)
{
	static struct znl_peer rows[600];
	int nl = znl_socket(), fd = nz_socket(ZMQ_DEALER), i, n = 500;
	struct znl_sock s = sock_of(nl, fd);
	char uri[64];

	for (i = 0; i < n; i++) {
		sprintf(uri, "tcp://127.0.0.1:%d", 20000 + i);
		zt_ok(nz_connect(fd, uri));
	}
	zt_eq(znl_peers(nl, s.id, rows, 600), n);
	for (i = 0; i < n; i++) {
		sprintf(uri, "tcp://127.0.0.1:%d", 20000 + i);
		zt_eq(strcmp(rows[i].endpoint, uri), 0);
	}
	zt_eq(znl_endpoints(nl, 0, NULL, 0), n);
	close(fd);
	close(nl);
}

TEST_HARNESS_MAIN
