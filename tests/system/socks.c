// SPDX-License-Identifier: GPL-2.0-only
/*
 * ZMQ_SOCKS_PROXY: a proxy played byte by byte (RFC 1928, 1929), good and bad,
 * and one that really connects.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native.h"
#include "wire.h"

#define INTERVAL_MS 50
#define BYTES(s) s, sizeof(s) - 1
#define HELLO BYTES("\5\1\0")
#define YES BYTES("\5\0\0\1\177\0\0\1\0\0")

struct socks {
	int listener;
	int fd;
};

/* A PUSH whose connections go by a proxy at @port. */
static int client(int port)
{
	int fd = nz_socket(ZMQ_PUSH);
	char proxy[64];

	/* A name, which is looked up here. */
	sprintf(proxy, "localhost:%d", port);
	zt_ok(nz_set_str(fd, ZMQ_SOCKS_PROXY, proxy));
	zt_ok(nz_set(fd, ZMQ_RECONNECT_IVL, INTERVAL_MS));
	zt_ok(nz_set(fd, ZMQ_HANDSHAKE_IVL, zt_scaled(1000)));
	return fd;
}

static void open_client(struct socks *s, const char *ep)
{
	int port = zt_port();

	s->listener = wire_listen(port);
	s->fd = client(port);
	zt_ok(nz_connect(s->fd, ep));
}

static void close_client(struct socks *s)
{
	close(s->fd);
	close(s->listener);
}

static void want(int peer, const char *bytes, size_t len)
{
	char got[512];

	wire_recv(peer, got, len);
	zt_check(!memcmp(got, bytes, len));
}

/* From here on the proxy is the peer. */
static void want_message(int fd, int peer)
{
	uint8_t body[16];
	int flags;

	wire_handshake(peer, "PULL");
	nz_put(fd, "hello", 0);
	zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), 5);
	zt_check(!flags && !memcmp(body, "hello", 5));
}

/**
 * struct request - how a destination is asked for
 * @ep: given to connect()
 * @bytes: what the proxy gets
 * @len: how many
 */
struct request {
	const char *ep;
	const char *bytes;
	size_t len;
};

static const struct request requests[] = {
	{ "tcp://peer.test:5555", BYTES("\5\1\0\3\11peer.test\25\263") },
	{ "tcp://10.1.2.3:5555", BYTES("\5\1\0\1\12\1\2\3\25\263") },
	{ "tcp://[2001:db8::7]:5555",
	  BYTES("\5\1\0\4\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\7\25\263") },
	{ "tcp://[fe80::1%nowhere]:5555", BYTES("\5\1\0\3\17fe80::1%nowhere\25\263") },
	{ "tcp://127.0.0.5:0;peer.test:1", BYTES("\5\1\0\3\11peer.test\0\1") },
};

static void destinations(const void *arg)
{
	size_t i;

	(void)arg;
	for (i = 0; i < ZT_ARRAY(requests); i++) {
		struct sockaddr_in in;
		socklen_t len = sizeof(in);
		struct socks s;
		int peer;

		printf("# %s\n", requests[i].ep);
		open_client(&s, requests[i].ep);
		peer = wire_accept(s.listener);
		want(peer, HELLO);
		/* Nothing is said before the answer. */
		wire_silent(peer, 20);
		wire_send(peer, BYTES("\5\0"));
		want(peer, requests[i].bytes, requests[i].len);
		wire_silent(peer, 20);
		wire_send(peer, YES);
		want_message(s.fd, peer);
		zt_ok(getpeername(peer, (void *)&in, &len));
		zt_eq(ntohl(in.sin_addr.s_addr),
		      strchr(requests[i].ep, ';') ? 0x7f000005 : 0x7f000001);
		close(peer);
		close_client(&s);
	}
}

static void password(const void *arg)
{
	int port = zt_port(), listener = wire_listen(port), fd = client(port), peer;

	(void)arg;
	zt_ok(nz_set_str(fd, ZMQ_SOCKS_USERNAME, "someone"));
	zt_ok(nz_set_str(fd, ZMQ_SOCKS_PASSWORD, "secret"));
	zt_ok(nz_connect(fd, "tcp://peer.test:5555"));
	/* Wrong for once: it is asked for again. */
	peer = wire_accept(listener);
	want(peer, BYTES("\5\1\2"));
	wire_send(peer, BYTES("\5\2"));
	want(peer, BYTES("\1\7someone\6secret"));
	wire_send(peer, BYTES("\1\1"));
	wire_closed(peer, zt_scaled(3000));
	peer = wire_accept(listener);
	want(peer, BYTES("\5\1\2"));
	wire_send(peer, BYTES("\5\2"));
	want(peer, BYTES("\1\7someone\6secret"));
	wire_send(peer, BYTES("\1\0"));
	want(peer, BYTES("\5\1\0\3\11peer.test\25\263"));
	wire_send(peer, YES);
	want_message(fd, peer);
	close(peer);
	close(fd);
	close(listener);
}

/* Whatever a proxy does, it is called again, and its peer is found in the end. */
static void bad_proxy(const void *arg)
{
	static const struct {
		const char *first;
		size_t first_len;
		const char *second;
		size_t second_len;
		bool stays;
	} faults[] = {
		{ BYTES("") },
		{ BYTES("\5") },
		{ BYTES("\5\0") },
		{ BYTES("\5\0"), BYTES("\5\0\0\1\0\0") },
		{ BYTES("\5\377"), .stays = true },
		{ BYTES("\5\2"), .stays = true },
		{ BYTES("\4\132"), .stays = true },
		{ BYTES("HTTP/1.0 400 Bad request\r\n"), .stays = true },
		{ BYTES("\5\0"), BYTES("\5\5\0\1\0\0\0\0\0\0"), true },
		{ BYTES("\5\0"), BYTES("\5\1"), true },
		{ BYTES("\5\0"), BYTES("\5\0\0\2"), true },
	};
	struct socks s;
	size_t i;
	int peer;

	(void)arg;
	open_client(&s, "tcp://peer.test:5555");
	for (i = 0; i < ZT_ARRAY(faults); i++) {
		printf("# fault %zu\n", i);
		peer = wire_accept(s.listener);
		want(peer, HELLO);
		wire_send(peer, faults[i].first, faults[i].first_len);
		if (faults[i].second_len) {
			want(peer, BYTES("\5\1\0\3\11peer.test\25\263"));
			wire_send(peer, faults[i].second, faults[i].second_len);
		}
		/* Either side may be the one to end it. */
		if (faults[i].stays)
			wire_closed(peer, zt_scaled(3000));
		else
			close(peer);
	}
	peer = wire_accept(s.listener);
	want(peer, HELLO);
	wire_send(peer, BYTES("\5\0"));
	want(peer, BYTES("\5\1\0\3\11peer.test\25\263"));
	wire_send(peer, YES);
	want_message(s.fd, peer);
	close(peer);
	close_client(&s);
}

/* A proxy that says nothing has as much time as a handshake. */
static void mute_proxy(const void *arg)
{
	struct socks s;
	int i, peer;

	(void)arg;
	open_client(&s, "tcp://peer.test:5555");
	for (i = 0; i < 2; i++) {
		peer = wire_accept(s.listener);
		wire_closed(peer, zt_scaled(5000));
	}
	/* Neither does it have longer for its second answer. */
	peer = wire_accept(s.listener);
	want(peer, HELLO);
	wire_send(peer, BYTES("\5\0"));
	wire_closed(peer, zt_scaled(5000));
	close_client(&s);
}

/* The proxy's last answer, and a peer's greeting and READY behind it. */
static size_t reply_and_handshake(uint8_t *all)
{
	size_t n = 10, len;

	memcpy(all, "\5\0\0\1\0\0\0\0\0\0", n);
	wire_greeting(all + n);
	n += WIRE_GREETING;
	len = wire_ready(all + n + 2, "PULL");
	all[n] = WIRE_COMMAND;
	all[n + 1] = len;
	return n + 2 + len;
}

static void late_proxy(const void *arg)
{
	struct zmq_sock_stats stats = { 0 };
	socklen_t len = sizeof(stats);
	int port = zt_port(), fd = client(port), listener, peer;
	uint8_t all[256];

	(void)arg;
	/* Refusing is the proxy's, so it does not end the endpoint. */
	zt_ok(nz_set(fd, ZMQ_RECONNECT_STOP, ZMQ_RECONNECT_STOP_CONN_REFUSED));
	zt_ok(nz_connect(fd, "tcp://127.0.0.1:9"));
	zt_until(!getsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_STATS, &stats, &len) && stats.failures >= 3,
		 NZ_TIMEO);
	listener = wire_listen(port);
	peer = wire_accept(listener);
	want(peer, HELLO);
	wire_send(peer, BYTES("\5\0"));
	want(peer, BYTES("\5\1\0\1\177\0\0\1\0\11"));
	/* All at once: the proxy's last byte and the peer's first. */
	wire_send(peer, all, reply_and_handshake(all));
	nz_until(fd, POLLOUT);
	zt_until(!getsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_STATS, &stats, &len) && stats.connects == 1,
		 NZ_TIMEO);
	close(peer);
	close(listener);
	close(fd);
}

static void malformed(const void *arg)
{
	static const char *const names[] = { "nowhere", "localhost:", ":", "a b:1080", "-:1" };
	size_t i;

	(void)arg;
	for (i = 0; i < ZT_ARRAY(names); i++) {
		int fd = nz_socket(ZMQ_PUSH);

		zt_ok(nz_set_str(fd, ZMQ_SOCKS_PROXY, names[i]));
		zt_err(nz_connect(fd, "tcp://127.0.0.1:5555"), EINVAL);
		/* Listening needs no proxy. */
		zt_ok(nz_bind(fd, "tcp://127.0.0.1:*"));
		close(fd);
	}
}

/* Passes bytes on in both directions until one side ends. */
static void pass_on(int a, int b)
{
	struct pollfd pfd[] = { { a, POLLIN }, { b, POLLIN } };
	char buf[4096];
	ssize_t n;
	int i;

	while (poll(pfd, 2, -1) > 0) {
		for (i = 0; i < 2; i++) {
			if (!pfd[i].revents)
				continue;
			n = recv(pfd[i].fd, buf, sizeof(buf), 0);
			if (n <= 0 || send(pfd[!i].fd, buf, n, MSG_NOSIGNAL) != n)
				_exit(0);
		}
	}
	_exit(1);
}

/* A peer behind a proxy that really connects. */
static void real_proxy(const void *arg)
{
	int port = zt_port(), listener = wire_listen(port), pull = nz_socket(ZMQ_PULL);
	int fd = client(port), peer, i;
	unsigned char request[10];
	char ep[256];

	(void)arg;
	nz_bind_any(pull, ep);
	zt_ok(nz_connect(fd, ep));
	peer = wire_accept(listener);
	want(peer, HELLO);
	wire_send(peer, BYTES("\5\0"));
	wire_recv(peer, request, sizeof(request));
	zt_eq(request[8] << 8 | request[9], nz_port_of(ep));
	wire_send(peer, YES);
	if (!fork())
		pass_on(peer, wire_connect(request[8] << 8 | request[9]));
	close(peer);
	for (i = 0; i < 10; i++) {
		nz_put_big(fd, 100000, i, 0);
		nz_want_big(pull, 100000, i, 0);
	}
	close(fd);
	close(pull);
	close(listener);
}

static const struct zt_case cases[] = {
	{ "destinations", destinations },
	{ "password", password },
	{ "bad_proxy_is_called_again", bad_proxy, .limit = 60 },
	{ "mute_proxy_is_left", mute_proxy, .limit = 60 },
	{ "late_proxy_is_found", late_proxy },
	{ "malformed_option", malformed },
	{ "real_proxy", real_proxy },
};

int main(int argc, char **argv)
{
	zt_netns();
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
