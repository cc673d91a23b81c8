// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of zmq_bench on plain TCP sockets: the same work with ZMTP's frame
 * header and nothing else, as the measure of what the transport itself costs.
 *
 * lat:   one send() a message, TCP_NODELAY.
 * thr:   one send() a message with MSG_MORE: the best that one system call a
 *	  message can reach.
 * thr4k: frames collected into 4 KiB writes: what a sender that may batch in
 *	  user space can reach.
 */
#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER_MAX	9
#define BATCH_SIZE	4096
#define READ_SIZE	65536

/* RFC 23 (ZMTP 3.x) framing: flags, then one or eight bytes of length. */
#define FLAG_LONG	0x02

static void check(bool ok, const char *what)
{
	if (!ok)
		bench_fail("%s: %s", what, strerror(errno));
}

/**
 * struct reader - frames out of a stream
 * @buf: room for READ_SIZE bytes and one whole frame
 * @size: of @buf
 * @begin: first byte that is not yet handed out
 * @end: end of what was received
 * @fd: TCP socket
 */
struct reader {
	unsigned char *buf;
	size_t size;
	size_t begin;
	size_t end;
	int fd;
};

static size_t header_put(unsigned char *at, size_t size)
{
	int i;

	if (size <= 255) {
		at[0] = 0;
		at[1] = (unsigned char)size;
		return 2;
	}
	at[0] = FLAG_LONG;
	for (i = 0; i < 8; i++)
		at[1 + i] = (unsigned char)((uint64_t)size >> (56 - 8 * i));
	return HEADER_MAX;
}

static size_t header_get(const unsigned char *at, size_t *size)
{
	uint64_t value = 0;
	int i;

	if (!(at[0] & FLAG_LONG)) {
		*size = at[1];
		return 2;
	}
	for (i = 0; i < 8; i++)
		value = value << 8 | at[1 + i];
	*size = value;
	return HEADER_MAX;
}

static void reader_init(struct reader *r, int fd, const struct bench *b)
{
	r->size = READ_SIZE + HEADER_MAX + b->size;
	r->buf = malloc(r->size);
	check(r->buf, "malloc");
	r->begin = 0;
	r->end = 0;
	r->fd = fd;
}

static void reader_need(struct reader *r, size_t bytes)
{
	ssize_t n;

	while (r->end - r->begin < bytes) {
		if (r->begin + bytes > r->size) {
			memmove(r->buf, r->buf + r->begin, r->end - r->begin);
			r->end -= r->begin;
			r->begin = 0;
		}
		n = recv(r->fd, r->buf + r->end, r->size - r->end, 0);
		check(n >= 0, "recv");
		if (n == 0)
			bench_fail("the stream ended too early");
		r->end += (size_t)n;
	}
}

static void reader_next(struct reader *r, const struct bench *b, uint64_t seq)
{
	size_t head, size;

	if (r->begin == r->end) {
		r->begin = 0;
		r->end = 0;
	}
	reader_need(r, 2);
	if (r->buf[r->begin] & FLAG_LONG)
		reader_need(r, HEADER_MAX);
	head = header_get(r->buf + r->begin, &size);
	if (size != b->size)
		bench_fail("frame of %zu bytes", size);
	reader_need(r, head + size);
	bench_verify(b, r->buf + r->begin + head, size, seq);
	r->begin += head + size;
}

/**
 * struct writer - one message behind its header, or a batch of them
 * @frame: header and payload of one message
 * @head: length of the header
 * @size: length of the frame
 * @batch: BATCH_SIZE bytes of frames not yet sent
 * @used: bytes in @batch
 * @fd: TCP socket
 */
struct writer {
	unsigned char *frame;
	size_t head;
	size_t size;
	unsigned char batch[BATCH_SIZE];
	size_t used;
	int fd;
};

static void writer_init(struct writer *w, int fd, const struct bench *b)
{
	w->frame = calloc(1, HEADER_MAX + b->size);
	check(w->frame, "calloc");
	w->head = header_put(w->frame, b->size);
	w->size = w->head + b->size;
	w->used = 0;
	w->fd = fd;
}

static void send_all(int fd, const unsigned char *data, size_t size, int flags)
{
	ssize_t n;

	while (size) {
		n = send(fd, data, size, MSG_NOSIGNAL | flags);
		check(n >= 0, "send");
		data += n;
		size -= (size_t)n;
	}
}

static void writer_send(struct writer *w, uint64_t seq, int flags)
{
	bench_stamp(w->frame + w->head, seq);
	send_all(w->fd, w->frame, w->size, flags);
}

static void writer_flush(struct writer *w)
{
	send_all(w->fd, w->batch, w->used, 0);
	w->used = 0;
}

static void writer_collect(struct writer *w, uint64_t seq)
{
	const unsigned char *data = w->frame;
	size_t left = w->size;
	size_t part;

	bench_stamp(w->frame + w->head, seq);
	while (left) {
		part = BATCH_SIZE - w->used;
		if (part > left)
			part = left;
		memcpy(w->batch + w->used, data, part);
		w->used += part;
		data += part;
		left -= part;
		if (w->used == BATCH_SIZE)
			writer_flush(w);
	}
}

static void set_nodelay(int fd)
{
	int on = 1;

	check(!setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)),
	      "TCP_NODELAY");
}

static int tcp_accept(const struct bench *b)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	char port[16];
	int listener, fd;

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	check(listener >= 0, "socket");
	check(!bind(listener, (void *)&addr, len), "bind");
	check(!listen(listener, 1), "listen");
	check(!getsockname(listener, (void *)&addr, &len), "getsockname");
	snprintf(port, sizeof(port), "%u", ntohs(addr.sin_port));
	bench_tell(b, port);
	fd = accept(listener, NULL, NULL);
	check(fd >= 0, "accept");
	close(listener);
	set_nodelay(fd);
	return fd;
}

static int tcp_connect(const struct bench *b)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	char port[16];
	int fd;

	bench_ask(b, port, sizeof(port));
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	addr.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	fd = socket(AF_INET, SOCK_STREAM, 0);
	check(fd >= 0, "socket");
	check(!connect(fd, (void *)&addr, sizeof(addr)), "connect");
	set_nodelay(fd);
	return fd;
}

static void lat_peer(const struct bench *b)
{
	int fd = tcp_accept(b);
	struct reader r;
	struct writer w;
	uint64_t i;

	reader_init(&r, fd, b);
	writer_init(&w, fd, b);
	for (i = 0; i < b->warmup + b->count; i++) {
		reader_next(&r, b, i);
		writer_send(&w, i, 0);
	}
}

static uint64_t lat_measure(const struct bench *b)
{
	uint64_t start = 0, i;
	int fd = tcp_connect(b);
	struct reader r;
	struct writer w;

	reader_init(&r, fd, b);
	writer_init(&w, fd, b);
	for (i = 0; i < b->warmup + b->count; i++) {
		if (i == b->warmup)
			start = bench_now();
		writer_send(&w, i, 0);
		reader_next(&r, b, i);
	}
	return bench_now() - start;
}

static void thr_peer(const struct bench *b)
{
	int fd = tcp_connect(b);
	struct writer w;
	char go[8];
	uint64_t i;

	writer_init(&w, fd, b);
	writer_send(&w, 0, 0);
	bench_ask(b, go, sizeof(go));
	for (i = 1; i < b->count; i++)
		writer_send(&w, i, MSG_MORE);
	writer_send(&w, i, 0);
}

static void thr4k_peer(const struct bench *b)
{
	int fd = tcp_connect(b);
	struct writer w;
	char go[8];
	uint64_t i;

	writer_init(&w, fd, b);
	writer_send(&w, 0, 0);
	bench_ask(b, go, sizeof(go));
	for (i = 1; i <= b->count; i++)
		writer_collect(&w, i);
	writer_flush(&w);
}

/* As in zmq_bench: message 0 starts the clock, then the stream may begin. */
static uint64_t thr_measure(const struct bench *b)
{
	int fd = tcp_accept(b);
	struct reader r;
	uint64_t start, i;

	reader_init(&r, fd, b);
	reader_next(&r, b, 0);
	start = bench_now();
	bench_tell(b, "go");
	for (i = 1; i <= b->count; i++)
		reader_next(&r, b, i);
	return bench_now() - start;
}

static const struct bench_mode modes[] = {
	{ .name = "lat", .peer = lat_peer, .measure = lat_measure, .transport = "tcp" },
	{ .name = "thr", .peer = thr_peer, .measure = thr_measure, .transport = "tcp" },
	{ .name = "thr4k", .peer = thr4k_peer, .measure = thr_measure, .transport = "tcp" },
	{ },
};

int main(int argc, char **argv)
{
	return bench_main(argc, argv, modes, "-");
}
