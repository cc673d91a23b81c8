// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many DEALER peers on one ROUTER: memory of each, and the round trip when any
 * of them asks.
 *
 * router: the ROUTER of the library that the dynamic linker finds.
 * tcp: a plain listener and connections without ZMTP: what TCP takes itself.
 */
#include "scale.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <zmq.h>

#define ID_MAX		256
/* Prime to any number of peers in use: visits all, in no obvious order. */
#define STRIDE		7919

static void check(int ok, const char *what)
{
	if (!ok)
		bench_fail("%s: %s", what, zmq_strerror(zmq_errno()));
}

/* One question and its answer. */
static void round_trip(struct crowd *c, unsigned int i, const struct bench *b, uint64_t seq)
{
	unsigned char body[CROWD_BODY] = { 0 };
	size_t len;
	int flags;

	bench_stamp(body, seq);
	crowd_send(c, i, 0, body, b->size);
	len = crowd_recv(c, i, &flags, body);
	if (flags)
		bench_fail("peer %u: flags %#x", i, flags);
	bench_verify(b, body, len, seq);
}

static void dealers(const struct bench *b)
{
	char text[64];
	struct crowd c;
	unsigned int i;
	uint64_t n, start;
	int port;

	crowd_alloc(&c, b->peers);
	bench_ask(b, text, sizeof(text));
	port = atoi(text);
	for (i = 0; i < b->peers; i++) {
		crowd_connect(&c, i, port, "DEALER");
		round_trip(&c, i, b, i);
	}
	bench_tell(b, "up");
	bench_ask(b, text, sizeof(text));
	start = bench_now();
	for (n = 0; n < b->count; n++)
		round_trip(&c, n * STRIDE % b->peers, b, n);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)(bench_now() - start));
	bench_tell(b, text);
	bench_ask(b, text, sizeof(text));
}

/* @count messages go back to where they came from. */
static void echo(void *s, uint64_t count)
{
	char id[ID_MAX], body[CROWD_BODY];
	int id_len, len;

	while (count--) {
		id_len = zmq_recv(s, id, sizeof(id), 0);
		check(id_len > 0, "zmq_recv");
		len = zmq_recv(s, body, sizeof(body), 0);
		check(len >= 0, "zmq_recv");
		check(zmq_send(s, id, id_len, ZMQ_SNDMORE) == id_len, "zmq_send");
		check(zmq_send(s, body, len, 0) == len, "zmq_send");
	}
}

static uint64_t router(const struct bench *b)
{
	void *ctx = zmq_ctx_new(), *s = zmq_socket(ctx, ZMQ_ROUTER);
	struct scale_memory before;
	char text[ID_MAX];
	size_t size = sizeof(text);
	uint64_t elapsed;

	check(!!s, "zmq_socket");
	check(!zmq_bind(s, "tcp://127.0.0.1:*"), "zmq_bind");
	check(!zmq_getsockopt(s, ZMQ_LAST_ENDPOINT, text, &size), "LAST_ENDPOINT");
	scale_memory_get(&before);
	bench_tell(b, strrchr(text, ':') + 1);
	echo(s, b->peers);
	bench_ask(b, text, sizeof(text));
	scale_memory_values(&before, b->peers);
	bench_tell(b, "go");
	echo(s, b->count);
	bench_ask(b, text, sizeof(text));
	elapsed = strtoull(text, NULL, 10);
	scale_value("round_trip_us", elapsed / 1000.0 / b->count);
	scale_value("round_trip_ns", (double)elapsed / b->count);
	bench_tell(b, "end");
	check(!zmq_close(s) && !zmq_ctx_term(ctx), "zmq_ctx_term");
	return elapsed;
}

static void callers(const struct bench *b)
{
	struct crowd c;
	char text[64];
	unsigned int i;
	int port;

	crowd_alloc(&c, b->peers);
	bench_ask(b, text, sizeof(text));
	port = atoi(text);
	for (i = 0; i < b->peers; i++)
		crowd_connect(&c, i, port, NULL);
	bench_tell(b, "up");
	bench_ask(b, text, sizeof(text));
}

static uint64_t tcp(const struct bench *b)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(in);
	struct scale_memory before;
	char text[64];
	unsigned int i;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (void *)&in, len) || listen(fd, 100) ||
	    getsockname(fd, (void *)&in, &len))
		bench_fail("listener: %s", strerror(errno));
	scale_memory_get(&before);
	snprintf(text, sizeof(text), "%d", ntohs(in.sin_port));
	bench_tell(b, text);
	for (i = 0; i < b->peers; i++)
		if (accept4(fd, NULL, NULL, SOCK_CLOEXEC) < 0)
			bench_fail("accept: %s", strerror(errno));
	bench_ask(b, text, sizeof(text));
	scale_memory_values(&before, b->peers);
	bench_tell(b, "end");
	return 1;
}

static const struct bench_mode modes[] = {
	{ .name = "router", .peer = dealers, .measure = router },
	{ .name = "tcp", .peer = callers, .measure = tcp },
	{ },
};

int main(int argc, char **argv)
{
	Dl_info info = { .dli_fname = "?" };

	dladdr((void *)zmq_msg_send, &info);
	return scale_main(argc, argv, modes, info.dli_fname);
}
