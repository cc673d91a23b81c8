// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of zmq_bench on plain AF_UNIX sockets (SEQPACKET, which keeps
 * messages apart as ZMTP does): the same work, one send() and one recv() a
 * message, between two processes (ipc) or two threads (inproc).
 */
#include "bench.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void check(bool ok, const char *what)
{
	if (!ok)
		bench_fail("%s: %s", what, strerror(errno));
}

/* The kernel makes up an abstract name: a zero, and text. */
static int unix_accept(const struct bench *b)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(addr);
	int listener, fd;

	listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	check(listener >= 0, "socket");
	check(!bind(listener, (void *)&addr, sizeof(addr.sun_family)), "bind");
	check(!listen(listener, 1), "listen");
	check(!getsockname(listener, (void *)&addr, &len), "getsockname");
	bench_tell(b, addr.sun_path + 1);
	fd = accept(listener, NULL, NULL);
	check(fd >= 0, "accept");
	close(listener);
	return fd;
}

static int unix_connect(const struct bench *b)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	bench_ask(b, addr.sun_path + 1, sizeof(addr.sun_path) - 1);
	fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	check(fd >= 0, "socket");
	check(!connect(fd, (void *)&addr, offsetof(struct sockaddr_un, sun_path) + 1 +
		       strlen(addr.sun_path + 1)), "connect");
	return fd;
}

static unsigned char *message_new(const struct bench *b)
{
	unsigned char *message = calloc(1, b->size);

	check(message, "calloc");
	return message;
}

static void message_send(int fd, const struct bench *b, unsigned char *message, uint64_t seq)
{
	bench_stamp(message, seq);
	check(send(fd, message, b->size, MSG_NOSIGNAL) == (ssize_t)b->size, "send");
}

static void message_recv(int fd, const struct bench *b, unsigned char *message, uint64_t seq)
{
	ssize_t n = recv(fd, message, b->size, 0);

	check(n >= 0, "recv");
	bench_verify(b, message, (size_t)n, seq);
}

static void lat_peer(const struct bench *b)
{
	unsigned char *message = message_new(b);
	int fd = unix_accept(b);
	uint64_t i;

	for (i = 0; i < b->warmup + b->count; i++) {
		message_recv(fd, b, message, i);
		message_send(fd, b, message, i);
	}
}

static uint64_t lat_measure(const struct bench *b)
{
	unsigned char *message = message_new(b);
	int fd = unix_connect(b);
	uint64_t start = 0, i;

	for (i = 0; i < b->warmup + b->count; i++) {
		if (i == b->warmup)
			start = bench_now();
		message_send(fd, b, message, i);
		message_recv(fd, b, message, i);
	}
	return bench_now() - start;
}

static void thr_peer(const struct bench *b)
{
	unsigned char *message = message_new(b);
	int fd = unix_connect(b);
	char go[8];
	uint64_t i;

	message_send(fd, b, message, 0);
	bench_ask(b, go, sizeof(go));
	for (i = 1; i <= b->count; i++)
		message_send(fd, b, message, i);
}

/* As in zmq_bench: message 0 starts the clock, then the stream may begin. */
static uint64_t thr_measure(const struct bench *b)
{
	unsigned char *message = message_new(b);
	int fd = unix_accept(b);
	uint64_t start, i;

	message_recv(fd, b, message, 0);
	start = bench_now();
	bench_tell(b, "go");
	for (i = 1; i <= b->count; i++)
		message_recv(fd, b, message, i);
	return bench_now() - start;
}

static const struct bench_mode modes[] = {
	{ .name = "ipc-lat", .peer = lat_peer, .measure = lat_measure, .transport = "ipc" },
	{ .name = "ipc-thr", .peer = thr_peer, .measure = thr_measure, .transport = "ipc" },
	{ .name = "inproc-lat", .peer = lat_peer, .measure = lat_measure, .transport = "inproc",
	  .threads = true },
	{ .name = "inproc-thr", .peer = thr_peer, .measure = thr_measure, .transport = "inproc",
	  .threads = true },
	{ },
};

int main(int argc, char **argv)
{
	return bench_main(argc, argv, modes, "-");
}
