// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a closed socket leaves behind ends when ZMQ_LINGER is over, whatever its
 * peer does or leaves undone; and at once if there is nothing to send.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native.h"
#include "wire.h"

#define LINGER_MS 500
/* Scaled for slow kernels it is still less than the 30 s of drains, handshakes and look-ups. */
#define ENDS_MS 1500
#define RESOLV_CONF "/run/zmq-resolv.conf"

/* A peer that never reads after the handshake; all that it is sent fits the lower socket. */
static void never_reads(int fd, bool say)
{
	int port = zt_port(), listener, peer, small = 2048, i;
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	static char message[1024];
	char ep[64];

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	zt_ok(setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)));
	zt_ok(bind(listener, (void *)&in, sizeof(in)));
	zt_ok(listen(listener, 1));
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	zt_ok(nz_set(fd, ZMQ_SNDBUF, 1024 * 1024));
	zt_ok(nz_connect(fd, ep));
	peer = wire_accept(listener);
	wire_handshake(peer, "PULL");
	for (i = 0; say && i < 64; i++)
		zt_eq(send(fd, message, sizeof(message), 0), sizeof(message));
}

static void connect_and_say(int fd, const char *ep, bool say)
{
	zt_ok(nz_connect(fd, ep));
	if (say)
		nz_put(fd, "unsent", 0);
}

/* A peer that accepts and says nothing. */
static void never_greets(int fd, bool say)
{
	int port = zt_port(), listener = wire_listen(port);
	char ep[64];

	sprintf(ep, "tcp://127.0.0.1:%d", port);
	connect_and_say(fd, ep, say);
	wire_accept(listener);
}

/* A proxy that does not. */
static void mute_proxy(int fd, bool say)
{
	int port = zt_port(), listener = wire_listen(port);
	char proxy[64];

	sprintf(proxy, "127.0.0.1:%d", port);
	zt_ok(nz_set_str(fd, ZMQ_SOCKS_PROXY, proxy));
	connect_and_say(fd, "tcp://127.0.0.1:9", say);
	wire_accept(listener);
}

/* A peer whose backlog is full: SYNs stay without an answer. */
static void never_answers(int fd, bool say)
{
	int port = zt_port(), full = wire_listen(port), i;
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	char ep[64];

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	zt_ok(listen(full, 0));
	for (i = 0; i < 8; i++) {
		struct pollfd pfd = { .events = POLLOUT };

		pfd.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(pfd.fd, (void *)&in, sizeof(in));
		poll(&pfd, 1, 50);
	}
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	connect_and_say(fd, ep, say);
}

/* Nobody is there, and the next attempt is far away. */
static void nobody(int fd, bool say)
{
	zt_ok(nz_set(fd, ZMQ_RECONNECT_IVL, 60000));
	connect_and_say(fd, "tcp://127.0.0.1:9", say);
}

/* A name server that never answers. */
static void no_name(int fd, bool say)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(53) };
	int server = socket(AF_INET, SOCK_DGRAM, 0);
	struct pollfd pfd = { .fd = server, .events = POLLIN };
	FILE *conf = fopen(RESOLV_CONF, "w");

	zt_check(conf);
	fprintf(conf, "nameserver 127.0.0.1\noptions timeout:30 attempts:5\n");
	zt_eq(fclose(conf), 0);
	zt_ok(unshare(CLONE_NEWNS));
	zt_ok(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	zt_ok(mount(RESOLV_CONF, "/etc/resolv.conf", NULL, MS_BIND, NULL));
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	zt_ok(bind(server, (void *)&in, sizeof(in)));
	connect_and_say(fd, "tcp://zmq-peer.test:5555", say);
	/* The look-up is under way. */
	zt_eq(poll(&pfd, 1, zt_scaled(10000)), 1);
}

/**
 * struct holdup - a session that has no end by itself
 * @begin: connects the socket; sends, if that is asked for
 * @linger: ZMQ_LINGER
 * @say: is there anything to be sent?
 */
struct holdup {
	void (*begin)(int fd, bool say);
	int linger;
	bool say;
};

static void ends(const void *arg)
{
	const struct holdup *h = arg;
	int fd = nz_socket(ZMQ_PUSH);
	int64_t closed;

	zt_ok(nz_set(fd, ZMQ_LINGER, h->linger));
	h->begin(fd, h->say);
	closed = zt_now();
	/* As close(), and poll() says when the last session has gone. The module's
	 * references don't: with lockdep, lower sockets have some, too.
	 */
	zt_ok(nz_set(fd, ZMQ_NATIVE_CLOSE, 1));
	zt_until(nz_poll(fd, POLLHUP, 0) & POLLHUP, ENDS_MS);
	if (h->say)
		zt_check(zt_now() - closed >= h->linger - ZT_EARLY_MS);
	close(fd);
}

#define UNSENT(fn) { #fn "_unsent", ends, \
	&(const struct holdup) { fn, LINGER_MS, true }, .limit = 60 }
#define IDLE(fn) { #fn "_idle", ends, \
	&(const struct holdup) { fn, -1, false }, .limit = 60 }

static const struct zt_case cases[] = {
	UNSENT(never_reads),
	UNSENT(never_greets),
	UNSENT(mute_proxy),
	UNSENT(never_answers),
	UNSENT(nobody),
	UNSENT(no_name),
	IDLE(never_reads),
	IDLE(never_greets),
	IDLE(mute_proxy),
	IDLE(never_answers),
	IDLE(nobody),
	IDLE(no_name),
};

int main(int argc, char **argv)
{
	zt_netns();
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
