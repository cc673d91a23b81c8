// SPDX-License-Identifier: GPL-2.0-only
/* A tcp relay between two sides, to cut a connection at a chosen byte. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib.h"
#include "relay.h"

#define CHUNK 16384
#define PATIENCE_MS 20000

static struct sockaddr_in loopback(int port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return in;
}

void relay_open(struct relay *relay, int port, int to_port)
{
	struct sockaddr_in in = loopback(port);
	int one = 1;

	relay->to_port = to_port;
	relay->fds[0] = -1;
	relay->fds[1] = -1;
	relay->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	zt_check(relay->listener >= 0);
	setsockopt(relay->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	zt_ok(bind(relay->listener, (void *)&in, sizeof(in)));
	zt_ok(listen(relay->listener, 16));
}

void relay_cut(struct relay *relay)
{
	close(relay->fds[0]);
	close(relay->fds[1]);
	relay->fds[0] = -1;
	relay->fds[1] = -1;
}

/* Accepts, connects on; 0 when the other side is not there (yet). */
static int relay_join(struct relay *relay)
{
	struct sockaddr_in in = loopback(relay->to_port);

	relay->fds[0] = accept4(relay->listener, NULL, NULL, SOCK_CLOEXEC);
	zt_check(relay->fds[0] >= 0);
	relay->fds[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	zt_check(relay->fds[1] >= 0);
	if (!connect(relay->fds[1], (void *)&in, sizeof(in)))
		return 1;
	relay_cut(relay);
	return 0;
}

/* Moves a chunk; 0 at the end of the connection. */
static ssize_t relay_chunk(struct relay *relay, int from, size_t max)
{
	char buf[CHUNK];
	ssize_t n, done, sent = 0;

	n = read(relay->fds[from], buf, max < sizeof(buf) ? max : sizeof(buf));
	if (n <= 0)
		return 0;
	for (done = 0; done < n; done += sent) {
		sent = send(relay->fds[!from], buf + done, n - done, MSG_NOSIGNAL);
		if (sent < 0)
			return 0;
	}
	return n;
}

/* 1 when @limit was reached, 0 when the connection ended before. */
static int relay_run(struct relay *relay, int from, size_t limit, int patience)
{
	struct pollfd pfds[2] = {
		{ .fd = relay->fds[0], .events = POLLIN },
		{ .fd = relay->fds[1], .events = POLLIN },
	};
	ssize_t n;
	int i;

	while (limit) {
		if (poll(pfds, 2, patience) <= 0)
			zt_fail("relay: %zu bytes never came", limit);
		for (i = 0; i < 2; i++) {
			if (!pfds[i].revents)
				continue;
			n = relay_chunk(relay, i, limit);
			if (!n)
				return 0;
			if (i == from)
				limit -= n;
		}
	}
	return 1;
}

void relay_until(struct relay *relay, int from, size_t limit)
{
	zt_until(relay_join(relay), PATIENCE_MS);
	zt_check(relay_run(relay, from, limit, zt_scaled(PATIENCE_MS)));
}

void relay_until_end(struct relay *relay)
{
	zt_until(relay_join(relay), PATIENCE_MS);
	zt_check(!relay_run(relay, -1, SIZE_MAX, zt_scaled(PATIENCE_MS)));
	relay_cut(relay);
}

void relay_forever(struct relay *relay)
{
	pid_t pid = fork();

	zt_check(pid >= 0);
	if (pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		if (!relay_join(relay))
			continue;
		relay_run(relay, -1, SIZE_MAX, -1);
		relay_cut(relay);
	}
}
