// SPDX-License-Identifier: GPL-2.0-only
/* Questions to a ZAP handler that end otherwise than by an answer. */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_zap.h"

#include "znl_dump.h"

#define CROWD 100

FIXTURE(life) {
	struct zap z;
};

FIXTURE_VARIANT(life) {
	int type;
};

FIXTURE_VARIANT_ADD(life, rep) {
	.type = ZMQ_REP,
};

FIXTURE_VARIANT_ADD(life, router) {
	.type = ZMQ_ROUTER,
};

FIXTURE_SETUP(life)
{
	zap_open(&self->z, variant->type);
}

FIXTURE_TEARDOWN(life)
{
	zap_close(&self->z);
}

/* The peer goes before the handler has read the request: it is taken back. */
TEST_F(life, peer_goes_unread)
{
	struct zap *z = &self->z;
	int fd = zap_knock(z);

	nz_until(z->handler, POLLIN);
	close(fd);
	zt_until(!nz_poll(z->handler, POLLIN, 0), 5000);
	zap_works(z);
}

/* And after that: the answer goes nowhere. */
TEST_F(life, peer_goes_read)
{
	long before = nz_stat("handshake_closed");
	struct zap *z = &self->z;
	int fd = zap_knock(z);

	zap_take(z);
	close(fd);
	zt_until(nz_stat("handshake_closed") == before + 1, 5000);
	zap_put(z, "200", "");
	zap_works(z);
}

/* A peer that does not wait for our READY is out, and so is its request. */
TEST_F(life, peer_goes_on)
{
	long before = nz_stat("unexpected_command");
	struct zap *z = &self->z;
	int fd = zap_knock(z);

	nz_until(z->handler, POLLIN);
	wire_frame(fd, 0, "early", 5);
	wire_closed(fd, zt_scaled(5000));
	zt_until(nz_stat("unexpected_command") == before + 1, 2000);
	zt_until(!nz_poll(z->handler, POLLIN, 0), 5000);
	close(fd);
	zap_works(z);
}

TEST_F(life, server_closes)
{
	struct zap *z = &self->z;
	int unread = zap_knock(z), read;

	nz_until(z->handler, POLLIN);
	close(z->server);
	wire_closed(unread, zt_scaled(5000));
	zt_until(!nz_poll(z->handler, POLLIN, 0), 5000);
	zap_serve(z, zt_scaled(60000));
	read = zap_knock(z);
	zap_take(z);
	close(z->server);
	wire_closed(read, zt_scaled(5000));
	zap_put(z, "200", "");
	zap_serve(z, zt_scaled(60000));
	zap_works(z);
	close(unread);
	close(read);
}

/* Nobody answers any more: the peer waits until its time is over; others get on. */
TEST_F(life, handler_closes)
{
	long before = nz_stat("handshake_timeout");
	int unread, read, fd, nl = znl_socket();
	struct zap *z = &self->z;
	struct znl_sock row;

	close(z->server);
	zap_serve(z, zt_scaled(1000));
	read = zap_knock(z);
	zap_take(z);
	unread = zap_knock(z);
	/* Both were asked about. */
	zt_until(!znl_get_sock(nl, z->handler, &row) && row.sessions == 2, 5000);
	close(nl);
	close(z->handler);
	wire_silent(read, 50);
	zap_bind_handler(z, variant->type);
	fd = zap_knock(z);
	zap_take(z);
	zap_put(z, "200", "");
	zap_welcome(z, fd);
	wire_closed(read, zt_scaled(5000));
	wire_closed(unread, zt_scaled(5000));
	zt_until(nz_stat("handshake_timeout") >= before + 1, 2000);
	close(read);
	close(unread);
	close(fd);
}

/* A reply, and the end: it counts. */
TEST_F(life, handler_answers_and_closes)
{
	struct zap *z = &self->z;
	int fd = zap_knock(z);

	zap_take(z);
	zap_put(z, "200", "");
	close(z->handler);
	zap_welcome(z, fd);
	close(fd);
	zap_bind_handler(z, variant->type);
	zap_works(z);
}

/* unbind stops further questions only. */
TEST_F(life, handler_unbinds)
{
	struct zap *z = &self->z;
	int asked = zap_knock(z), free;

	zap_take(z);
	ASSERT_EQ(0, nz_set_str(z->handler, ZMQ_NATIVE_UNBIND, ZAP_ENDPOINT));
	free = zap_knock(z);
	zap_welcome(z, free);
	wire_silent(asked, 20);
	zap_put(z, "200", "");
	zap_welcome(z, asked);
	close(asked);
	close(free);
}

/* Many at once, with high-water marks of 1: each gets its own answer. */
TEST(crowd)
{
	int fd[CROWD], i, nl = znl_socket();
	long refused = nz_stat("auth_refused");
	struct znl_sock row;
	struct zap z;

	zap_open(&z, -1);
	z.type = ZMQ_ROUTER;
	z.handler = nz_socket(ZMQ_ROUTER);
	ASSERT_EQ(0, nz_set(z.handler, ZMQ_RCVHWM, 1));
	ASSERT_EQ(0, nz_set(z.handler, ZMQ_SNDHWM, 1));
	ASSERT_EQ(0, nz_bind(z.handler, ZAP_ENDPOINT));
	for (i = 0; i < CROWD; i++)
		fd[i] = zap_knock(&z);
	zt_until(!znl_get_sock(nl, z.handler, &row) && row.sessions == CROWD, 10000);
	for (i = 0; i < CROWD; i++) {
		zap_take(&z);
		zap_put(&z, i % 2 ? "200" : "400", "");
	}
	zt_until(nz_stat("auth_refused") == refused + CROWD / 2, 10000);
	zt_until(!znl_get_sock(nl, z.server, &row) && row.sessions == CROWD / 2, 10000);
	zt_until(!znl_get_sock(nl, z.handler, &row) && !row.sessions, 10000);
	for (i = 0; i < CROWD; i++)
		close(fd[i]);
	close(nl);
	zap_works(&z);
	zap_close(&z);
}

/* What is asked shows as a peer of the handler, and says for whom. */
TEST_F(life, shown)
{
	struct zap *z = &self->z;
	int nl = znl_socket(), fd = zap_knock(z);
	struct znl_sock server, handler;
	struct znl_peer peer;

	nz_until(z->handler, POLLIN);
	zt_eq(znl_get_sock(nl, z->server, &server), 0);
	peer = znl_peer_of(nl, z->handler);
	EXPECT_STREQ("ZAP", peer.type);
	EXPECT_EQ(server.id, peer.to);
	EXPECT_EQ(1, peer.in.depth);
	zt_eq(znl_get_sock(nl, z->handler, &handler), 0);
	EXPECT_EQ(0, handler.connects);
	EXPECT_EQ(server.ctx, handler.ctx);
	EXPECT_EQ(ZMQ_PEER_STATE_HANDSHAKE, znl_peer_of(nl, z->server).state);
	zap_take(z);
	zap_put(z, "200", "");
	zap_welcome(z, fd);
	zt_until(!znl_get_sock(nl, z->handler, &handler) && !handler.sessions, 5000);
	close(fd);
	close(nl);
}

/* Another process' sockets are in another context: their handler is not asked. */
TEST_F(life, other_context)
{
	struct zap *z = &self->z, own;
	int status, fd;
	pid_t pid = fork();

	if (!pid) {
		zap_open(&own, -1);
		fd = zap_knock(&own);
		zap_welcome(&own, fd);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, nz_poll(z->handler, POLLIN, 0));
}

/* Unless they join it, as any user; and whoever has the handler can answer. */
TEST_F(life, shared_context)
{
	struct zap *z = &self->z, own = *z;
	int status, fd;
	pid_t pid = fork();

	if (!pid) {
		zt_drop_root();
		own.server = nz_socket(ZMQ_PULL);
		zt_ok(nz_set(own.server, ZMQ_NATIVE_CTX_OF, z->handler));
		zt_ok(nz_set_str(own.server, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN));
		nz_bind_any(own.server, own.ep);
		fd = zap_knock(&own);
		zap_welcome(&own, fd);
		_exit(0);
	}
	zap_take(z);
	zap_put(z, "200", "");
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	pid = fork();
	if (!pid) {
		zap_take(z);
		zap_put(z, "200", "");
		_exit(0);
	}
	fd = zap_knock(z);
	zap_welcome(z, fd);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	close(fd);
}

/* All is given back, whoever of the two goes first. */
TEST(nothing_is_left)
{
	long before = nz_baseline(0);
	int fd[CROWD], i, server_first;
	struct zap z;

	for (server_first = 0; server_first < 2; server_first++) {
		zap_open(&z, ZMQ_ROUTER);
		for (i = 0; i < CROWD; i++)
			fd[i] = zap_knock(&z);
		for (i = 0; i < CROWD / 2; i++)
			zap_take(&z);
		close(server_first ? z.server : z.handler);
		close(server_first ? z.handler : z.server);
		for (i = 0; i < CROWD; i++)
			close(fd[i]);
		zt_until(nz_sockets() == before, 10000);
	}
}

/* As zap_knock(), whatever becomes of it. */
static int churn_knock(const struct zap *z)
{
	int fd = wire_connect(nz_port_of(z->ep));
	uint8_t bytes[WIRE_GREETING + 64];
	size_t len = wire_ready(bytes + WIRE_GREETING + 2, "PUSH");

	wire_greeting(bytes);
	bytes[WIRE_GREETING] = WIRE_COMMAND;
	bytes[WIRE_GREETING + 1] = len;
	wire_try_send(fd, bytes, WIRE_GREETING + 2 + len);
	return fd;
}

/* Answers whatever it is asked, and is somebody else all the time. */
static void *churn_handler(void *arg)
{
	struct zap z = { .type = ZMQ_ROUTER };
	char body[256];
	int i;

	while (!atomic_load((atomic_bool *)arg)) {
		zap_bind_handler(&z, ZMQ_ROUTER);
		for (i = 0; i < 20 && nz_poll(z.handler, POLLIN, 2); i++) {
			z.id_len = recv(z.handler, z.id, sizeof(z.id), MSG_DONTWAIT);
			/* Taken back between poll() and now. */
			if (z.id_len < 0)
				continue;
			while (recv(z.handler, body, sizeof(body), MSG_EOR) < 0)
				zt_ok(recv(z.handler, body, sizeof(body), 0));
			if (i % 3)
				zap_put(&z, i % 2 ? "200" : "400", "");
		}
		close(z.handler);
	}
	return NULL;
}

/* Peers, handlers and servers that come and go at the same time. */
TEST(churn)
{
	long before = nz_baseline(0);
	atomic_bool stop = false;
	pthread_t handler;
	struct zap z;
	int fd, i;

	ASSERT_EQ(0, pthread_create(&handler, NULL, churn_handler, &stop));
	for (i = 0; i < (int)zt_count(1000); i++) {
		if (i % 50 == 0)
			zap_serve(&z, 20);
		fd = churn_knock(&z);
		if (i % 4 == 0)
			wire_readable(fd, 10);
		close(fd);
		if (i % 50 == 49)
			close(z.server);
	}
	atomic_store(&stop, true);
	pthread_join(handler, NULL);
	if (i % 50)
		close(z.server);
	zt_until(nz_sockets() == before, 10000);
	zap_open(&z, ZMQ_REP);
	zap_works(&z);
	zap_close(&z);
}

TEST_HARNESS_MAIN
