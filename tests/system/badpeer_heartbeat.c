// SPDX-License-Identifier: GPL-2.0-only
/*
 * Heartbeats: who is asked, who is given up, and above all who is not (wire
 * page, 3.3 and 10.3).
 */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native.h"
#include "wire.h"

#define IVL_MS 50
#define CLOSED_MS ((int)zt_scaled(3000))
/* Many intervals. */
#define STAYS_MS 1000
/* For peers that stay: no stall of the machine must look like their silence. */
#define PATIENT_MS ((int)zt_scaled(500))

struct beat {
	int fd;
	int peer;
};

/* A PULL with heartbeats, and a peer that has shaken hands. */
static void beat_open(struct beat *b, int ivl, int timeout, int ttl)
{
	char ep[256];

	b->fd = nz_socket(ZMQ_PULL);
	zt_ok(nz_set(b->fd, ZMQ_HEARTBEAT_IVL, ivl));
	zt_ok(nz_set(b->fd, ZMQ_HEARTBEAT_TTL, ttl));
	if (timeout >= 0)
		zt_ok(nz_set(b->fd, ZMQ_HEARTBEAT_TIMEOUT, timeout));
	zt_ok(nz_set(b->fd, ZMQ_RCVHWM, 1));
	nz_bind_any(b->fd, ep);
	b->peer = wire_connect(nz_port_of(ep));
	wire_handshake(b->peer, "PUSH");
}

static void want_command(int peer, const char *body, size_t len)
{
	uint8_t got[64];
	int flags;

	zt_eq(wire_read_frame(peer, &flags, got, sizeof(got)), len);
	zt_eq(flags, WIRE_COMMAND);
	zt_check(!memcmp(got, body, len));
}

/* Reads away what comes; the end must not. */
static void stays(int peer, int ms)
{
	struct pollfd pfd = { .fd = peer, .events = POLLIN };
	int64_t end = zt_now() + ms, left;
	char buf[4096];

	while ((left = end - zt_now()) > 0)
		if (poll(&pfd, 1, left) == 1 && recv(peer, buf, sizeof(buf), 0) <= 0)
			zt_fail("closed after %d ms", (int)(ms - (end - zt_now())));
}

/* TTL in tenths of a second, never more than libzmq can compute. */
static void ping_bytes(const void *arg)
{
	static const struct {
		int ttl;
		const char *body;
	} pings[] = {
		{ 0, "\4PING\0\0" },
		{ 1234, "\4PING\0\14" },
		{ 65500, "\4PING\2\217" },
		{ 65600, "\4PING\2\217" },
		{ 6553599, "\4PING\2\217" },
	};
	struct beat b;
	size_t i;

	(void)arg;
	for (i = 0; i < ZT_ARRAY(pings); i++) {
		beat_open(&b, IVL_MS, zt_scaled(10000), pings[i].ttl);
		want_command(b.peer, pings[i].body, 7);
		want_command(b.peer, pings[i].body, 7);
		close(b.peer);
		close(b.fd);
	}
}

static void mute_client(const void *arg)
{
	int timeout = zt_scaled(20 * IVL_MS);
	struct beat b;

	(void)arg;
	beat_open(&b, IVL_MS, -1, 0);
	wire_closed(b.peer, CLOSED_MS);
	/* Others are welcome. */
	close(b.fd);
	/* The time-out alone decides. */
	beat_open(&b, IVL_MS, timeout, 0);
	stays(b.peer, timeout / 2);
	wire_closed(b.peer, CLOSED_MS);
	close(b.fd);
}

/* A server that is given up is called again. */
static void mute_server(const void *arg)
{
	int port = zt_port(), listener = wire_listen(port), peer, i;
	int fd = nz_socket(ZMQ_PUSH);
	char ep[64];

	(void)arg;
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	zt_ok(nz_set(fd, ZMQ_HEARTBEAT_IVL, IVL_MS));
	zt_ok(nz_connect(fd, ep));
	for (i = 0; i < 2; i++) {
		peer = wire_accept(listener);
		wire_handshake(peer, "PULL");
		wire_closed(peer, CLOSED_MS);
	}
	close(fd);
	close(listener);
}

static void pong(int peer, size_t i)
{
	/* Whatever it says shows that it lives. */
	if (i % 2)
		wire_frame(peer, WIRE_COMMAND, "\4PONG", 5);
	else
		wire_frame(peer, 0, "x", 1);
}

static void live_client(const void *arg)
{
	struct beat b;
	int64_t end;
	size_t i;

	(void)arg;
	beat_open(&b, IVL_MS, PATIENT_MS, 0);
	end = zt_now() + 2 * PATIENT_MS;
	for (i = 0; zt_now() < end; i++) {
		want_command(b.peer, "\4PING\0\0", 7);
		pong(b.peer, i);
		if (!(i % 2))
			nz_want(b.fd, "x", 0);
	}
	close(b.peer);
	close(b.fd);
}

/* The peer says how long its silence can last. */
static void ttl_of_the_peer(const void *arg)
{
	struct beat b;

	(void)arg;
	beat_open(&b, 0, -1, 0);
	wire_frame(b.peer, WIRE_COMMAND, "\4PING\0\1ab", 9);
	want_command(b.peer, "\4PONGab", 7);
	wire_closed(b.peer, CLOSED_MS);
	close(b.fd);

	/* Another frame takes it back. */
	beat_open(&b, 0, -1, 0);
	wire_send(b.peer, "\4\7\4PING\0\1\0\1x", 12);
	want_command(b.peer, "\4PONG", 5);
	wire_silent(b.peer, STAYS_MS);
	nz_want(b.fd, "x", 0);
	/* So does a PING without. */
	wire_send(b.peer, "\4\7\4PING\0\1\4\7\4PING\0\0", 18);
	want_command(b.peer, "\4PONG", 5);
	want_command(b.peer, "\4PONG", 5);
	wire_silent(b.peer, STAYS_MS);
	close(b.peer);
	close(b.fd);
}

/* We don't read because our user does not: that is no silence of the peer. */
static void full_pipe(const void *arg)
{
	int tenths = PATIENT_MS / 100, i;
	uint8_t ping[] = "\4PING\0";
	struct beat b;

	(void)arg;
	beat_open(&b, IVL_MS, PATIENT_MS, 0);
	ping[5] = tenths >> 8;
	ping[6] = tenths;
	wire_frame(b.peer, WIRE_COMMAND, ping, sizeof(ping));
	for (i = 0; i < 20; i++)
		wire_frame(b.peer, 0, "x", 1);
	stays(b.peer, 2 * PATIENT_MS);
	for (i = 0; i < 20; i++)
		nz_want(b.fd, "x", 0);
	/* Now it is. */
	wire_closed(b.peer, CLOSED_MS);
	close(b.fd);
}

static void fill(int fd)
{
	static char message[4096];

	/* What is blocked for a while may have been written meanwhile. */
	do {
		while (send(fd, message, sizeof(message), MSG_DONTWAIT) > 0)
			;
		zt_eq(errno, EAGAIN);
	} while (nz_poll(fd, POLLOUT, 200));
}

/* A peer that does not read is no dead one, but one that has vanished is. */
static void full_network(const void *arg)
{
	int port = zt_port(), listener = socket(AF_INET, SOCK_STREAM, 0), small = 2048;
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sock_filter nothing[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_fprog program = { 1, nothing };
	int fd = nz_socket(ZMQ_PUSH), peer;
	char ep[64];

	(void)arg;
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	zt_ok(setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)));
	zt_ok(bind(listener, (void *)&in, sizeof(in)));
	zt_ok(listen(listener, 4));
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	zt_ok(nz_set(fd, ZMQ_SNDBUF, 4096));
	zt_ok(nz_set(fd, ZMQ_SNDHWM, 10));
	zt_ok(nz_set(fd, ZMQ_RECONNECT_IVL, 10));
	zt_ok(nz_set(fd, ZMQ_HEARTBEAT_IVL, IVL_MS));
	zt_ok(nz_set(fd, ZMQ_HEARTBEAT_TIMEOUT, PATIENT_MS));
	zt_ok(nz_connect(fd, ep));
	peer = wire_accept(listener);
	wire_handshake(peer, "PULL");
	fill(fd);
	zt_check(!wire_knocks(listener, PATIENT_MS + STAYS_MS));
	/* From now on nothing that is sent to it arrives. */
	zt_ok(setsockopt(peer, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)));
	zt_check(wire_knocks(listener, zt_scaled(20000)));
	close(fd);
	close(peer);
	close(listener);
}

static const struct zt_case cases[] = {
	{ "ping_bytes", ping_bytes },
	{ "mute_client_is_given_up", mute_client },
	{ "mute_server_is_called_again", mute_server },
	{ "live_client_is_kept", live_client },
	{ "ttl_of_the_peer", ttl_of_the_peer },
	{ "full_pipe_is_no_silence", full_pipe },
	{ "full_network_is_no_silence", full_network, .limit = 60 },
};

int main(int argc, char **argv)
{
	zt_netns();
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
