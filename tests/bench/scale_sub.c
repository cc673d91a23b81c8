// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many subscriptions on one socket: memory of each, the time they take, and
 * what it costs to find the one that a message matches.
 *
 * sub: a SUB of the library, the publisher is made of bytes.
 * xpub: an XPUB of the library, the subscriber is made of bytes.
 * both: library on both sides.
 */
#include "scale.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#define ENDPOINT_MAX	256
/* "topic/" and 8 digits: what a name of an instrument or a device takes. */
#define TOPIC_LEN	14
#define SUBSCRIBE	"\11SUBSCRIBE"
#define SUBSCRIBE_LEN	10
#define COMMAND		4
/* So many messages are on their way at a time: less than any queue or window. */
#define WINDOW		100
/* Prime to any number of topics in use: visits all, in no obvious order. */
#define STRIDE		7919
/* Of the bytes sent in one piece: a peer that only writes is no bottleneck. */
#define BATCH		1000

static void check(int ok, const char *what)
{
	if (!ok)
		bench_fail("%s: %s", what, zmq_strerror(zmq_errno()));
}

static void topic_of(uint64_t i, char *topic)
{
	snprintf(topic, TOPIC_LEN + 1, "topic/%08u", (unsigned int)(i % 100000000));
}

/**
 * struct link - a socket of the library
 * @ctx: its context
 * @s: the socket
 */
struct link {
	void *ctx;
	void *s;
};

static void link_open(struct link *l, int type)
{
	int unlimited = 0;

	l->ctx = zmq_ctx_new();
	l->s = zmq_socket(l->ctx, type);
	check(!!l->s, "zmq_socket");
	/* libzmq drops subscriptions for which a queue has no room. */
	check(!zmq_setsockopt(l->s, ZMQ_SNDHWM, &unlimited, sizeof(unlimited)), "SNDHWM");
	check(!zmq_setsockopt(l->s, ZMQ_RCVHWM, &unlimited, sizeof(unlimited)), "RCVHWM");
}

static void link_bind(struct link *l, const struct bench *b)
{
	char text[ENDPOINT_MAX];
	size_t size = sizeof(text);

	check(!zmq_bind(l->s, "tcp://127.0.0.1:*"), "zmq_bind");
	check(!zmq_getsockopt(l->s, ZMQ_LAST_ENDPOINT, text, &size), "LAST_ENDPOINT");
	bench_tell(b, text);
}

static void link_close(struct link *l)
{
	int none = 0;

	check(!zmq_setsockopt(l->s, ZMQ_LINGER, &none, sizeof(none)), "LINGER");
	check(!zmq_close(l->s) && !zmq_ctx_term(l->ctx), "zmq_ctx_term");
}

static void crowd_one(struct crowd *c, const struct bench *b, const char *type)
{
	char text[ENDPOINT_MAX];

	crowd_alloc(c, 1);
	bench_ask(b, text, sizeof(text));
	crowd_connect(c, 0, atoi(strrchr(text, ':') + 1), type);
}

/* Subscribes to everything of which a message will match exactly one. */
static uint64_t subscribe_all(void *s, const struct bench *b)
{
	char topic[TOPIC_LEN + 1];
	uint64_t start = bench_now();
	unsigned int i;

	for (i = 0; i < b->peers; i++) {
		topic_of(i, topic);
		check(!zmq_setsockopt(s, ZMQ_SUBSCRIBE, topic, TOPIC_LEN), "SUBSCRIBE");
	}
	return bench_now() - start;
}

/* Messages whose topics are all over the set; each reader counts and checks. */
static void message_of(const struct bench *b, uint64_t n, char *body)
{
	topic_of(n * STRIDE % b->peers, body);
}

static void message_check(const struct bench *b, uint64_t n, const char *body, size_t len)
{
	char want[TOPIC_LEN + 1];

	message_of(b, n, want);
	if (len != b->size || memcmp(body, want, TOPIC_LEN))
		bench_fail("message %llu: %zu bytes, '%.*s', expected '%s'",
			   (unsigned long long)n, len, TOPIC_LEN, body, want);
}

/* A publisher of bytes: reads the subscriptions, in the order they were made. */
static void sub_peer(const struct bench *b)
{
	char body[CROWD_BODY + 1], topic[TOPIC_LEN + 1];
	struct crowd c;
	int flags;
	uint64_t n;
	size_t len;

	crowd_one(&c, b, "PUB");
	len = crowd_recv(&c, 0, &flags, body);
	if (len != SUBSCRIBE_LEN + 4)
		bench_fail("the first subscription has %zu bytes", len);
	bench_tell(b, "up");
	for (n = 0; n < b->peers; n++) {
		len = crowd_recv(&c, 0, &flags, body);
		topic_of(n, topic);
		if (flags != COMMAND || len != SUBSCRIBE_LEN + TOPIC_LEN ||
		    memcmp(body + SUBSCRIBE_LEN, topic, TOPIC_LEN))
			bench_fail("subscription %llu is different", (unsigned long long)n);
	}
	bench_tell(b, "all");
	for (n = 0; n < b->count; n++) {
		if (n % WINDOW == 0)
			bench_ask(b, body, sizeof(body));
		memset(body, 0, sizeof(body));
		message_of(b, n, body);
		crowd_send(&c, 0, 0, body, b->size);
	}
	bench_ask(b, body, sizeof(body));
}

/* A bound SUB of libzmq sees its new peer within calls of the API. */
static void first_subscription(struct link *l, const struct bench *b)
{
	zmq_pollitem_t items[] = {
		{ .socket = l->s, .events = ZMQ_POLLIN },
		{ .fd = b->ctl, .events = ZMQ_POLLIN },
	};
	char text[64];

	check(!zmq_setsockopt(l->s, ZMQ_SUBSCRIBE, "here", 4), "SUBSCRIBE");
	do
		check(zmq_poll(items, 2, -1) >= 0, "zmq_poll");
	while (!items[1].revents);
	bench_ask(b, text, sizeof(text));
}

static uint64_t sub(const struct bench *b)
{
	struct scale_memory before;
	uint64_t start, n, elapsed;
	char body[CROWD_BODY];
	struct link l;
	int len;

	link_open(&l, ZMQ_SUB);
	link_bind(&l, b);
	first_subscription(&l, b);
	scale_memory_get(&before);
	start = bench_now();
	scale_value("subscribe_us", subscribe_all(l.s, b) / 1000.0 / b->peers);
	bench_ask(b, body, sizeof(body));
	scale_value("told_us", (bench_now() - start) / 1000.0 / b->peers);
	scale_memory_values(&before, b->peers);
	start = bench_now();
	for (n = 0; n < b->count; n++) {
		if (n % WINDOW == 0)
			bench_tell(b, "go");
		len = zmq_recv(l.s, body, sizeof(body), 0);
		check(len >= 0, "zmq_recv");
		message_check(b, n, body, len);
	}
	elapsed = bench_now() - start;
	scale_value("message_ns", (double)elapsed / b->count);
	bench_tell(b, "end");
	link_close(&l);
	return elapsed;
}

/* A subscriber of bytes. */
static void xpub_peer(const struct bench *b)
{
	const size_t frame = 2 + SUBSCRIBE_LEN + TOPIC_LEN;
	char *batch = malloc(BATCH * frame + 1), body[CROWD_BODY];
	unsigned int i, n = 0;
	struct crowd c;
	uint64_t m;
	size_t len;
	int flags;

	if (!batch)
		bench_fail("no memory");
	memset(batch, 0, BATCH * frame);
	crowd_one(&c, b, "SUB");
	crowd_send(&c, 0, 0, "\1here", 5);
	bench_ask(b, body, sizeof(body));
	for (i = 0; i < b->peers; i++) {
		char *p = batch + n++ * frame;

		p[0] = COMMAND;
		p[1] = SUBSCRIBE_LEN + TOPIC_LEN;
		memcpy(p + 2, SUBSCRIBE, SUBSCRIBE_LEN);
		topic_of(i, p + 2 + SUBSCRIBE_LEN);
		if (n == BATCH || i + 1 == b->peers) {
			crowd_write(&c, 0, batch, n * frame);
			n = 0;
		}
	}
	for (m = 0; m < b->count; m++) {
		len = crowd_recv(&c, 0, &flags, body);
		message_check(b, m, body, len);
		if (m % WINDOW == WINDOW - 1)
			bench_tell(b, "read");
	}
	bench_ask(b, body, sizeof(body));
}

static void want_subscription(void *s, const char *topic)
{
	char got[CROWD_BODY];
	int len = zmq_recv(s, got, sizeof(got), 0);

	check(len >= 0, "zmq_recv");
	if (len != 1 + (int)strlen(topic) || got[0] != 1 || memcmp(got + 1, topic, len - 1))
		bench_fail("expected the subscription '%s', got '%.*s'", topic, len - 1, got + 1);
}

/* All subscriptions, as an XPUB reads them. */
static void want_all(void *s, const struct bench *b)
{
	char topic[TOPIC_LEN + 1];
	unsigned int i;

	for (i = 0; i < b->peers; i++) {
		topic_of(i, topic);
		want_subscription(s, topic);
	}
}

static uint64_t publish_all(void *s, const struct bench *b)
{
	char body[CROWD_BODY] = { 0 }, text[64];
	uint64_t start = bench_now(), n;

	for (n = 0; n < b->count; n++) {
		message_of(b, n, body);
		check(zmq_send(s, body, b->size, 0) == (int)b->size, "zmq_send");
		if (n % WINDOW == WINDOW - 1)
			bench_ask(b, text, sizeof(text));
	}
	return bench_now() - start;
}

static uint64_t xpub(const struct bench *b)
{
	struct scale_memory before;
	uint64_t start, elapsed;
	struct link l;

	link_open(&l, ZMQ_XPUB);
	link_bind(&l, b);
	want_subscription(l.s, "here");
	scale_memory_get(&before);
	start = bench_now();
	bench_tell(b, "go");
	want_all(l.s, b);
	scale_value("told_us", (bench_now() - start) / 1000.0 / b->peers);
	scale_memory_values(&before, b->peers);
	elapsed = publish_all(l.s, b);
	scale_value("message_ns", (double)elapsed / b->count);
	bench_tell(b, "end");
	link_close(&l);
	return elapsed;
}

/* The subscriber of "both". */
static void both_peer(const struct bench *b)
{
	char body[CROWD_BODY];
	struct link l;
	uint64_t n;
	int len;

	link_open(&l, ZMQ_SUB);
	bench_ask(b, body, sizeof(body));
	check(!zmq_setsockopt(l.s, ZMQ_SUBSCRIBE, "here", 4), "SUBSCRIBE");
	check(!zmq_connect(l.s, body), "zmq_connect");
	bench_ask(b, body, sizeof(body));
	subscribe_all(l.s, b);
	for (n = 0; n < b->count; n++) {
		len = zmq_recv(l.s, body, sizeof(body), 0);
		check(len >= 0, "zmq_recv");
		message_check(b, n, body, len);
		if (n % WINDOW == WINDOW - 1)
			bench_tell(b, "read");
	}
	bench_ask(b, body, sizeof(body));
	link_close(&l);
}

static const struct bench_mode modes[] = {
	{ .name = "sub", .peer = sub_peer, .measure = sub },
	{ .name = "xpub", .peer = xpub_peer, .measure = xpub },
	{ .name = "both", .peer = both_peer, .measure = xpub },
	{ },
};

int main(int argc, char **argv)
{
	Dl_info info = { .dli_fname = "?" };

	dladdr((void *)zmq_msg_send, &info);
	return scale_main(argc, argv, modes, info.dli_fname);
}
