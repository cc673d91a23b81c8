// SPDX-License-Identifier: GPL-2.0-only
/* A ZMTP peer byte by byte, over a plain tcp socket. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire.h"

#define PATIENCE_MS 10000

static struct sockaddr_in loopback(int port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return in;
}

int wire_connect(int port)
{
	struct sockaddr_in in = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	zt_check(fd >= 0);
	zt_ok(connect(fd, (void *)&in, sizeof(in)));
	zt_ok(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)));
	return fd;
}

int wire_listen(int port)
{
	struct sockaddr_in in = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	zt_check(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	zt_ok(bind(fd, (void *)&in, sizeof(in)));
	zt_ok(listen(fd, 16));
	return fd;
}

bool wire_readable(int fd, int ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return poll(&pfd, 1, ms) == 1;
}

bool wire_knocks(int listener, int ms)
{
	return wire_readable(listener, ms);
}

int wire_accept(int listener)
{
	int fd, one = 1;

	if (!wire_knocks(listener, zt_scaled(PATIENCE_MS)))
		zt_fail("nobody connects");
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	zt_check(fd >= 0);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

void wire_try_send(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;
	ssize_t n;

	while (len) {
		n = send(fd, p, len, MSG_NOSIGNAL);
		if (n < 0)
			return;
		p += n;
		len -= n;
	}
}

static void send_all(int fd, const void *bytes, size_t len, int flags)
{
	const char *p = bytes;
	ssize_t n;

	while (len) {
		n = send(fd, p, len, MSG_NOSIGNAL | flags);
		if (n < 0)
			zt_fail("the other side has closed: %s", strerror(errno));
		p += n;
		len -= n;
	}
}

void wire_send(int fd, const void *bytes, size_t len)
{
	send_all(fd, bytes, len, 0);
}

void wire_recv(int fd, void *bytes, size_t len)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char *p = bytes;
	ssize_t n;

	while (len) {
		if (poll(&pfd, 1, zt_scaled(PATIENCE_MS)) != 1)
			zt_fail("%zu more bytes never came", len);
		n = recv(fd, p, len, 0);
		if (n <= 0)
			zt_fail("closed, %zu more bytes expected", len);
		p += n;
		len -= n;
	}
}

bool wire_ended(int fd)
{
	uint8_t byte;

	return recv(fd, &byte, 1, MSG_PEEK) <= 0;
}

void wire_silent(int fd, int ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN | POLLRDHUP };
	uint8_t byte = 0;
	ssize_t n;

	if (!poll(&pfd, 1, ms))
		return;
	n = recv(fd, &byte, 1, 0);
	zt_fail("expected silence, got %s %#x", n == 1 ? "a byte" : "the end", byte);
}

bool wire_closes(int fd, int ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int64_t end = zt_now() + ms;
	char buf[4096];

	for (;;) {
		int64_t left = end - zt_now();

		if (left < 0 || !poll(&pfd, 1, left))
			return false;
		if (recv(fd, buf, sizeof(buf), 0) <= 0)
			break;
	}
	close(fd);
	return true;
}

void wire_closed(int fd, int ms)
{
	if (!wire_closes(fd, ms))
		zt_fail("still open after %d ms", ms);
}

void wire_reset(int fd)
{
	struct linger linger = { 1, 0 };

	zt_ok(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	close(fd);
}

void wire_greeting(uint8_t *greeting)
{
	static const uint8_t head[] = { 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1,
					'N', 'U', 'L', 'L' };

	memset(greeting, 0, WIRE_GREETING);
	memcpy(greeting, head, sizeof(head));
}

size_t wire_ready(uint8_t *body, const char *socket_type)
{
	static const char head[] = "\5READY\13Socket-Type\0\0\0";
	size_t n = sizeof(head) - 1, len = strlen(socket_type);

	memcpy(body, head, n);
	body[n++] = len;
	memcpy(body + n, socket_type, len);
	return n + len;
}

void wire_frame_long(int fd, int flags, uint64_t announced, const void *body, size_t len)
{
	uint64_t size = htobe64(announced);
	uint8_t head[9];

	head[0] = flags | WIRE_LONG;
	memcpy(head + 1, &size, 8);
	/* In one piece, as below. */
	send_all(fd, head, sizeof(head), len ? MSG_MORE : 0);
	/* Who announces nonsense may be thrown out before the first byte of it. */
	if (announced == len)
		wire_send(fd, body, len);
	else
		wire_try_send(fd, body, len);
}

void wire_frame(int fd, int flags, const void *body, size_t len)
{
	uint8_t frame[2 + 255];

	if (len > 255) {
		wire_frame_long(fd, flags, len, body, len);
		return;
	}
	/* In one piece: a peer that closes on the head should not spoil the test. */
	frame[0] = flags;
	frame[1] = len;
	memcpy(frame + 2, body, len);
	wire_send(fd, frame, 2 + len);
}

size_t wire_read_frame(int fd, int *flags, void *body, size_t size)
{
	uint8_t head[9];
	uint64_t len;

	wire_recv(fd, head, 1);
	*flags = head[0];
	if (head[0] & WIRE_LONG) {
		wire_recv(fd, head + 1, 8);
		memcpy(&len, head + 1, 8);
		len = be64toh(len);
	} else {
		wire_recv(fd, head + 1, 1);
		len = head[1];
	}
	if (len > size)
		zt_fail("a frame of %llu bytes, expected at most %zu",
			(unsigned long long)len, size);
	wire_recv(fd, body, len);
	return len;
}

void wire_greet(int fd)
{
	uint8_t ours[WIRE_GREETING], theirs[WIRE_GREETING];

	wire_greeting(ours);
	wire_send(fd, ours, sizeof(ours));
	wire_recv(fd, theirs, sizeof(theirs));
	zt_check(theirs[0] == 0xff && (theirs[9] & 1) && theirs[10] == 3);
	zt_check(!memcmp(theirs + 12, "NULL\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20));
}

void wire_want_ready(int fd)
{
	uint8_t body[512];
	int flags;
	size_t len = wire_read_frame(fd, &flags, body, sizeof(body));

	zt_check(flags & WIRE_COMMAND);
	zt_check(len > 6 && !memcmp(body, "\5READY", 6));
}

void wire_handshake(int fd, const char *socket_type)
{
	uint8_t body[64];

	wire_greet(fd);
	wire_frame(fd, WIRE_COMMAND, body, wire_ready(body, socket_type));
	wire_want_ready(fd);
}
