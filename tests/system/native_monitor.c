// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order and the values of socket events (libzmq API page, 7.2), as a monitor
 * socket tells them and as netlink does.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_test.h"

#include "monitor.h"
#include "wire.h"

#define IVL 50

#define CONNECTED ZMQ_EVENT_CONNECTED
#define DELAYED ZMQ_EVENT_CONNECT_DELAYED
#define RETRIED ZMQ_EVENT_CONNECT_RETRIED
#define LISTENING ZMQ_EVENT_LISTENING
#define BIND_FAILED ZMQ_EVENT_BIND_FAILED
#define ACCEPTED ZMQ_EVENT_ACCEPTED
#define CLOSED ZMQ_EVENT_CLOSED
#define DISCONNECTED ZMQ_EVENT_DISCONNECTED
#define SUCCEEDED ZMQ_EVENT_HANDSHAKE_SUCCEEDED
#define NO_DETAIL ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
#define PROTOCOL ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
#define AUTH ZMQ_EVENT_HANDSHAKE_FAILED_AUTH

FIXTURE(version) {
	struct monitor m;
	char ep[256];
	int fd;
};

FIXTURE_VARIANT(version) {
	int version;
};

FIXTURE_VARIANT_ADD(version, 1) {
	.version = 1,
};

FIXTURE_VARIANT_ADD(version, 2) {
	.version = 2,
};

FIXTURE_SETUP(version)
{
	self->fd = nz_socket(ZMQ_PAIR);
	zt_ok(nz_set(self->fd, ZMQ_RECONNECT_IVL, IVL));
	zt_ok(nz_set(self->fd, ZMQ_HANDSHAKE_IVL, zt_scaled(300)));
	monitor_open(&self->m, self->fd, variant->version);
	sprintf(self->ep, "tcp://127.0.0.1:%d", zt_port());
}

/* Whatever happened, the end is one event and nothing after it. */
FIXTURE_TEARDOWN(version)
{
	if (self->fd >= 0)
		close(self->fd);
	monitor_close(&self->m);
}

/* The pause that follows a failure, and the next attempt; no other events. */
static void retried(struct monitor *m, const char *ep)
{
	int64_t pause = monitor_connector(m, RETRIED, MONITOR_ANY, ep);

	if (pause < IVL || pause > 2 * IVL)
		zt_fail("a pause of %lld ms", (long long)pause);
	monitor_connector(m, DELAYED, EINPROGRESS, ep);
}

static uint64_t connected(struct monitor *m, const char *ep)
{
	uint64_t number;

	monitor_connector(m, DELAYED, EINPROGRESS, ep);
	number = monitor_connector(m, CONNECTED, MONITOR_NUMBER, ep);
	monitor_connector(m, SUCCEEDED, 0, ep);
	return number;
}

static uint64_t accepted(struct monitor *m, const char *ep)
{
	uint64_t number = monitor_binder(m, ACCEPTED, MONITOR_NUMBER, ep);

	monitor_binder(m, SUCCEEDED, 0, ep);
	return number;
}

TEST_F(version, connect)
{
	uint64_t first, second;
	int peer = nz_socket(ZMQ_PAIR);

	zt_ok(nz_bind(peer, self->ep));
	zt_ok(nz_connect(self->fd, self->ep));
	first = connected(&self->m, self->ep);
	close(peer);
	EXPECT_EQ(first, monitor_connector(&self->m, DISCONNECTED, MONITOR_NUMBER, self->ep));
	retried(&self->m, self->ep);
	second = monitor_connector(&self->m, CLOSED, MONITOR_NUMBER, self->ep);
	EXPECT_NE(first, second);
	close(self->fd);
	self->fd = -1;
}

/* The peer comes back: after any number of attempts it is as in the beginning. */
TEST_F(version, reconnect)
{
	struct znl_event ev = {};
	int peer = nz_socket(ZMQ_PAIR);

	zt_ok(nz_bind(peer, self->ep));
	zt_ok(nz_connect(self->fd, self->ep));
	connected(&self->m, self->ep);
	close(peer);
	monitor_connector(&self->m, DISCONNECTED, MONITOR_NUMBER, self->ep);
	peer = nz_socket(ZMQ_PAIR);
	zt_ok(nz_bind(peer, self->ep));
	zt_until(znl_read(self->m.nl, &ev, 0) == 1 && ev.cookie == self->m.cookie &&
		 ev.event == SUCCEEDED, NZ_TIMEO);
	close(peer);
}

TEST_F(version, refused)
{
	int i;

	zt_ok(nz_connect(self->fd, self->ep));
	monitor_connector(&self->m, DELAYED, EINPROGRESS, self->ep);
	for (i = 0; i < 3; i++) {
		monitor_connector(&self->m, CLOSED, MONITOR_NUMBER, self->ep);
		retried(&self->m, self->ep);
	}
}

TEST_F(version, refused_without_second_attempt)
{
	zt_ok(nz_set(self->fd, ZMQ_RECONNECT_IVL, -1));
	zt_ok(nz_connect(self->fd, self->ep));
	monitor_connector(&self->m, DELAYED, EINPROGRESS, self->ep);
	monitor_connector(&self->m, CLOSED, MONITOR_NUMBER, self->ep);
	monitor_quiet(&self->m, 4 * IVL);
}

TEST_F(version, unresolvable)
{
	const char *ep = "tcp://no-such-name.invalid:5555";
	int i;

	zt_ok(nz_connect(self->fd, ep));
	for (i = 0; i < 3; i++) {
		uint64_t pause = monitor_connector(&self->m, RETRIED, MONITOR_ANY, ep);

		EXPECT_GE(pause, IVL);
		EXPECT_LE(pause, 2 * IVL);
	}
}

TEST_F(version, bind)
{
	int peer = nz_socket(ZMQ_PAIR);
	uint64_t listener, number;

	zt_ok(nz_bind(self->fd, self->ep));
	listener = monitor_binder(&self->m, LISTENING, MONITOR_NUMBER, self->ep);
	zt_ok(nz_connect(peer, self->ep));
	number = accepted(&self->m, self->ep);
	EXPECT_NE(listener, number);
	close(peer);
	EXPECT_EQ(number, monitor_binder(&self->m, DISCONNECTED, MONITOR_NUMBER, self->ep));
	monitor_quiet(&self->m, 2 * IVL);
}

/* What was bound to all addresses says which one a peer came to. */
TEST_F(version, bind_wildcard)
{
	char wild[64], ep[64];
	int peer = nz_socket(ZMQ_PAIR);

	zt_ok(nz_bind(self->fd, "tcp://*:*"));
	nz_name(self->fd, wild);
	monitor_binder(&self->m, LISTENING, MONITOR_NUMBER, wild);
	sprintf(ep, "tcp://127.0.0.1:%d", nz_port_of(wild));
	zt_ok(nz_connect(peer, ep));
	accepted(&self->m, ep);
	close(peer);
	monitor_binder(&self->m, DISCONNECTED, MONITOR_NUMBER, ep);
}

TEST_F(version, ipv6)
{
	int peer = nz_socket(ZMQ_PAIR);
	char ep[64];

	sprintf(ep, "tcp://[::1]:%d", nz_port_of(self->ep));
	zt_ok(nz_set(self->fd, ZMQ_IPV6, 1));
	zt_ok(nz_set(peer, ZMQ_IPV6, 1));
	zt_ok(nz_bind(self->fd, ep));
	monitor_binder(&self->m, LISTENING, MONITOR_NUMBER, ep);
	zt_ok(nz_connect(peer, ep));
	monitor_want(&self->m, ACCEPTED, MONITOR_NUMBER, ep, "tcp://[::1]:*", true);
	monitor_want(&self->m, SUCCEEDED, 0, ep, "tcp://[::1]:*", true);
	close(peer);
	monitor_want(&self->m, DISCONNECTED, MONITOR_NUMBER, ep, "tcp://[::1]:*", true);
}

TEST_F(version, own_disconnect)
{
	int peer = nz_socket(ZMQ_PAIR);
	struct monitor other;

	monitor_open(&other, peer, variant->version);
	zt_ok(nz_bind(peer, self->ep));
	monitor_binder(&other, LISTENING, MONITOR_NUMBER, self->ep);
	zt_ok(nz_connect(self->fd, self->ep));
	connected(&self->m, self->ep);
	accepted(&other, self->ep);
	zt_ok(nz_set_str(self->fd, ZMQ_NATIVE_DISCONNECT, self->ep));
	monitor_binder(&other, DISCONNECTED, MONITOR_NUMBER, self->ep);
	monitor_quiet(&self->m, 2 * IVL);
	close(peer);
	monitor_close(&other);
}

TEST_F(version, own_unbind)
{
	int peer = nz_socket(ZMQ_PAIR);
	struct monitor other;
	uint64_t listener;

	monitor_open(&other, peer, variant->version);
	zt_ok(nz_bind(self->fd, self->ep));
	listener = monitor_binder(&self->m, LISTENING, MONITOR_NUMBER, self->ep);
	zt_ok(nz_connect(peer, self->ep));
	accepted(&self->m, self->ep);
	connected(&other, self->ep);
	zt_ok(nz_set_str(self->fd, ZMQ_NATIVE_UNBIND, self->ep));
	EXPECT_EQ(listener, monitor_binder(&self->m, CLOSED, MONITOR_NUMBER, self->ep));
	monitor_connector(&other, DISCONNECTED, MONITOR_NUMBER, self->ep);
	monitor_quiet(&self->m, 2 * IVL);
	close(peer);
	monitor_close(&other);
}

/* Read after both the socket and its monitor were closed. */
TEST_F(version, close)
{
	char second[64];

	sprintf(second, "tcp://127.0.0.1:%d", zt_port());
	zt_ok(nz_bind(self->fd, self->ep));
	zt_ok(nz_bind(self->fd, second));
	close(self->fd);
	self->fd = -1;
	close(self->m.pair.a);
	monitor_binder(&self->m, LISTENING, MONITOR_NUMBER, self->ep);
	monitor_binder(&self->m, LISTENING, MONITOR_NUMBER, second);
	monitor_binder(&self->m, CLOSED, MONITOR_NUMBER, self->ep);
	monitor_binder(&self->m, CLOSED, MONITOR_NUMBER, second);
	monitor_want_stopped(&self->m);
	monitor_quiet(&self->m, 2 * IVL);
	self->m.pair.a = -1;
}

/* Closing in the middle of a connection: the peer's side is none of ours. */
TEST_F(version, close_connected)
{
	int peer = nz_socket(ZMQ_PAIR);

	zt_ok(nz_bind(peer, self->ep));
	zt_ok(nz_connect(self->fd, self->ep));
	connected(&self->m, self->ep);
	close(self->fd);
	self->fd = -1;
	monitor_want_stopped(&self->m);
	monitor_quiet(&self->m, 2 * IVL);
	close(peer);
}

TEST_F(version, address_in_use)
{
	int other = nz_socket(ZMQ_PAIR);

	zt_ok(nz_bind(other, self->ep));
	zt_err(nz_bind(self->fd, self->ep), EADDRINUSE);
	monitor_binder(&self->m, CLOSED, MONITOR_NUMBER, "");
	monitor_binder(&self->m, BIND_FAILED, EADDRINUSE, self->ep + 6);
	close(other);
}

/* Without a socket there is nothing to be closed. */
TEST_F(version, bind_without_address)
{
	zt_err(nz_bind(self->fd, "tcp://eth99:5"), ENODEV);
	monitor_binder(&self->m, BIND_FAILED, ENODEV, "eth99:5");
	zt_err(nz_bind(self->fd, "tcp://127.0.0.1"), EINVAL);
	monitor_binder(&self->m, BIND_FAILED, EINVAL, "127.0.0.1");
	/* What has no transport for its type, or none at all, is no address. */
	zt_err(nz_bind(self->fd, "nonsense"), EINVAL);
	zt_err(nz_bind(self->fd, "nope://127.0.0.1:5"), EPROTONOSUPPORT);
	zt_err(nz_set_str(self->fd, ZMQ_NATIVE_UNBIND, "tcp://127.0.0.1"), ENOENT);
	monitor_quiet(&self->m, 2 * IVL);
}

/* A bad peer of ours: what it sends, and what we say of it. */
struct bad {
	const char *what;
	void (*act)(int fd);
	uint32_t event;
	uint32_t value;
};

static void bad_mechanism(int fd)
{
	uint8_t greeting[WIRE_GREETING];

	wire_greeting(greeting);
	memcpy(greeting + 12, "PLAIN", 5);
	wire_send(fd, greeting, sizeof(greeting));
}

static void bad_type(int fd)
{
	uint8_t body[64];

	wire_greet(fd);
	wire_frame(fd, WIRE_COMMAND, body, wire_ready(body, "SUB"));
}

static void bad_metadata(int fd)
{
	uint8_t body[64];

	wire_greet(fd);
	wire_frame(fd, WIRE_COMMAND, body, wire_ready(body, "PAIR") - 1);
}

static void bad_end(int fd)
{
	wire_greet(fd);
	wire_want_ready(fd);
	shutdown(fd, SHUT_WR);
}

static void bad_reset(int fd)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	wire_greet(fd);
	wire_want_ready(fd);
	zt_ok(connect(fd, &none, sizeof(none)));
}

static void bad_silence(int fd)
{
	wire_greet(fd);
}

static void bad_command(int fd)
{
	wire_greet(fd);
	wire_frame(fd, WIRE_COMMAND, "\5HELLO", 6);
}

static void bad_data(int fd)
{
	wire_greet(fd);
	wire_frame(fd, 0, "data", 4);
}

/* Both in one piece, so before it can have seen ours. */
static void bad_second_ready(int fd)
{
	uint8_t burst[WIRE_GREETING + 128], body[64];
	size_t len = wire_ready(body, "PAIR"), n = WIRE_GREETING;
	int i;

	wire_greeting(burst);
	for (i = 0; i < 2; i++) {
		burst[n++] = WIRE_COMMAND;
		burst[n++] = len;
		memcpy(burst + n, body, len);
		n += len;
	}
	wire_send(fd, burst, n);
}

static void bad_refusal(int fd)
{
	wire_greet(fd);
	wire_frame(fd, WIRE_COMMAND, "\5ERROR\003400", 10);
}

static void bad_refusal_text(int fd)
{
	wire_greet(fd);
	wire_frame(fd, WIRE_COMMAND, "\5ERROR\004oops", 11);
}

static void bad_refusal_form(int fd)
{
	wire_greet(fd);
	wire_frame(fd, WIRE_COMMAND, "\5ERROR\011oops", 11);
}

static const struct bad bads[] = {
	{ "mechanism", bad_mechanism, PROTOCOL, ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH },
	{ "type", bad_type },
	{ "metadata", bad_metadata },
	{ "closes", bad_end, NO_DETAIL, EPIPE },
	{ "resets", bad_reset, NO_DETAIL, ECONNRESET },
	{ "silent", bad_silence, NO_DETAIL, EAGAIN },
	{ "command", bad_command, PROTOCOL, ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND },
	{ "data", bad_data, PROTOCOL, ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND },
	{ "second READY", bad_second_ready, PROTOCOL,
	  ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND },
	{ "ERROR 400", bad_refusal, AUTH, 400 },
	{ "ERROR text", bad_refusal_text },
	{ "ERROR malformed", bad_refusal_form, PROTOCOL,
	  ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_ERROR },
};

TEST_F(version, bad_clients)
{
	uint64_t number;
	size_t i;

	zt_ok(nz_bind(self->fd, self->ep));
	monitor_binder(&self->m, LISTENING, MONITOR_NUMBER, self->ep);
	for (i = 0; i < ZT_ARRAY(bads); i++) {
		int peer = wire_connect(nz_port_of(self->ep));

		printf("# %s\n", bads[i].what);
		number = monitor_binder(&self->m, ACCEPTED, MONITOR_NUMBER, self->ep);
		bads[i].act(peer);
		if (bads[i].event)
			monitor_binder(&self->m, bads[i].event, bads[i].value, self->ep);
		EXPECT_EQ(number,
			  monitor_binder(&self->m, DISCONNECTED, MONITOR_NUMBER, self->ep));
		close(peer);
	}
	monitor_quiet(&self->m, 2 * IVL);
}

TEST_F(version, bad_servers)
{
	int listener = wire_listen(nz_port_of(self->ep));
	uint64_t number;
	size_t i;

	/* Without it, pauses after failed handshakes grow up to seconds. */
	zt_ok(nz_set(self->fd, ZMQ_RECONNECT_IVL_MAX, 2 * IVL));
	zt_ok(nz_connect(self->fd, self->ep));
	monitor_connector(&self->m, DELAYED, EINPROGRESS, self->ep);
	for (i = 0; i < ZT_ARRAY(bads); i++) {
		int peer = wire_accept(listener);

		printf("# %s\n", bads[i].what);
		number = monitor_connector(&self->m, CONNECTED, MONITOR_NUMBER, self->ep);
		bads[i].act(peer);
		if (bads[i].event)
			monitor_connector(&self->m, bads[i].event, bads[i].value, self->ep);
		EXPECT_EQ(number, monitor_connector(&self->m, DISCONNECTED, MONITOR_NUMBER,
						    self->ep));
		retried(&self->m, self->ep);
		close(peer);
	}
	close(listener);
}

TEST_F(version, frame_too_big)
{
	int listener = wire_listen(nz_port_of(self->ep)), peer;

	zt_eq(setsockopt(self->fd, SOL_ZMQ, ZMQ_MAXMSGSIZE, &(int64_t){ 64 }, 8), 0);
	zt_ok(nz_connect(self->fd, self->ep));
	peer = wire_accept(listener);
	wire_handshake(peer, "PAIR");
	connected(&self->m, self->ep);
	wire_frame_long(peer, 0, 65, NULL, 0);
	monitor_connector(&self->m, DISCONNECTED, MONITOR_NUMBER, self->ep);
	monitor_connector(&self->m, RETRIED, MONITOR_ANY, self->ep);
	close(peer);
	close(listener);
}

/* A peer of ZMTP 2.0 has no handshake; at its end libzmq says that one failed. */
TEST_F(version, old_peer)
{
	static const uint8_t hello[] = { 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 1, ZMQ_PAIR,
					 0, 0, 0, 2, 'h', 'i' };
	int peer;

	zt_ok(nz_bind(self->fd, self->ep));
	monitor_binder(&self->m, LISTENING, MONITOR_NUMBER, self->ep);
	peer = wire_connect(nz_port_of(self->ep));
	monitor_binder(&self->m, ACCEPTED, MONITOR_NUMBER, self->ep);
	wire_send(peer, hello, sizeof(hello));
	nz_want(self->fd, "hi", 0);
	monitor_quiet(&self->m, 2 * IVL);
	shutdown(peer, SHUT_WR);
	monitor_binder(&self->m, NO_DETAIL, EPIPE, self->ep);
	monitor_binder(&self->m, DISCONNECTED, MONITOR_NUMBER, self->ep);
	close(peer);
}

/* The same without ZMTP. */
TEST_F(version, raw_peer)
{
	int fd = nz_socket(ZMQ_STREAM), peer;
	struct monitor m;

	monitor_open(&m, fd, variant->version);
	zt_ok(nz_bind(fd, self->ep));
	monitor_binder(&m, LISTENING, MONITOR_NUMBER, self->ep);
	peer = wire_connect(nz_port_of(self->ep));
	monitor_binder(&m, ACCEPTED, MONITOR_NUMBER, self->ep);
	monitor_quiet(&m, 2 * IVL);
	close(peer);
	monitor_binder(&m, NO_DETAIL, EPIPE, self->ep);
	monitor_binder(&m, DISCONNECTED, MONITOR_NUMBER, self->ep);
	close(fd);
	monitor_close(&m);
}

/* What is no ZMTP looks like an old peer that never comes to an end. */
TEST_F(version, http)
{
	static const char get[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
	int peer;

	zt_ok(nz_bind(self->fd, self->ep));
	monitor_binder(&self->m, LISTENING, MONITOR_NUMBER, self->ep);
	peer = wire_connect(nz_port_of(self->ep));
	monitor_binder(&self->m, ACCEPTED, MONITOR_NUMBER, self->ep);
	wire_send(peer, get, sizeof(get) - 1);
	shutdown(peer, SHUT_WR);
	monitor_binder(&self->m, NO_DETAIL, EPIPE, self->ep);
	monitor_binder(&self->m, DISCONNECTED, MONITOR_NUMBER, self->ep);
	close(peer);
}

TEST_HARNESS_MAIN
