// SPDX-License-Identifier: GPL-2.0-only
/* ZMTP 3.1 peers made of plain TCP sockets: next to no memory, no threads. */
#include "scale.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GREETING	64
#define COMMAND		4
#define LONG		2

/**
 * crowd_alloc() - room for connections
 * @c: the crowd
 * @count: how many
 */
void crowd_alloc(struct crowd *c, unsigned int count)
{
	c->fds = malloc(count * sizeof(*c->fds));
	if (!c->fds)
		bench_fail("no memory");
	/* Now, not while memory is measured. */
	memset(c->fds, 0xff, count * sizeof(*c->fds));
	c->count = count;
}

/**
 * crowd_write() - send bytes
 * @c: the crowd
 * @i: which connection
 * @bytes: what
 * @len: how many
 */
void crowd_write(struct crowd *c, unsigned int i, const void *bytes, size_t len)
{
	const char *p = bytes;
	ssize_t n;

	while (len) {
		n = send(c->fds[i], p, len, MSG_NOSIGNAL);
		if (n < 0)
			bench_fail("connection %u: %s", i, strerror(errno));
		p += n;
		len -= n;
	}
}

/**
 * crowd_read() - wait for bytes
 * @c: the crowd
 * @i: which connection
 * @bytes: where they go
 * @len: how many, exactly
 */
void crowd_read(struct crowd *c, unsigned int i, void *bytes, size_t len)
{
	ssize_t n = recv(c->fds[i], bytes, len, MSG_WAITALL);

	if (n != (ssize_t)len)
		bench_fail("connection %u: %zd of %zu bytes came", i, n, len);
}

/**
 * crowd_send() - send a frame
 * @c: the crowd
 * @i: which connection
 * @flags: of the frame
 * @body: its body
 * @len: bytes of it, at most CROWD_BODY
 */
void crowd_send(struct crowd *c, unsigned int i, int flags, const void *body,
		size_t len)
{
	unsigned char frame[2 + CROWD_BODY] = { flags, len };

	memcpy(frame + 2, body, len);
	crowd_write(c, i, frame, 2 + len);
}

/**
 * crowd_recv() - wait for a frame
 * @c: the crowd
 * @i: which connection
 * @flags: of the frame
 * @body: room for CROWD_BODY bytes
 *
 * Return: bytes of the body.
 */
size_t crowd_recv(struct crowd *c, unsigned int i, int *flags, void *body)
{
	unsigned char head[2];

	crowd_read(c, i, head, sizeof(head));
	if (head[0] & LONG)
		bench_fail("connection %u: a long frame", i);
	*flags = head[0];
	crowd_read(c, i, body, head[1]);
	return head[1];
}

/**
 * crowd_connect() - make a connection and do the handshake
 * @c: the crowd
 * @i: which connection
 * @port: of the listener on the loopback interface
 * @type: socket type of the peer, as in READY
 */
void crowd_connect(struct crowd *c, unsigned int i, int port, const char *type)
{
	static const unsigned char head[] = {
		0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1, 'N', 'U', 'L', 'L',
	};
	static const char ready[] = "\5READY\13Socket-Type\0\0";
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	unsigned char bytes[CROWD_BODY] = { 0 };
	int flags, one = 1;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fds[i] < 0 || connect(c->fds[i], (void *)&in, sizeof(in)))
		bench_fail("connection %u: %s", i, strerror(errno));
	setsockopt(c->fds[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (!type)
		return;
	memcpy(bytes, head, sizeof(head));
	crowd_write(c, i, bytes, GREETING);
	crowd_read(c, i, bytes, GREETING);
	memcpy(bytes, ready, sizeof(ready));
	bytes[sizeof(ready)] = strlen(type);
	memcpy(bytes + sizeof(ready) + 1, type, strlen(type));
	crowd_send(c, i, COMMAND, bytes, sizeof(ready) + 1 + strlen(type));
	crowd_recv(c, i, &flags, bytes);
	if (!(flags & COMMAND) || memcmp(bytes, "\5READY", 6))
		bench_fail("connection %u: no READY", i);
}
