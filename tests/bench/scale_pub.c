// SPDX-License-Identifier: GPL-2.0-only
/*
 * One PUB of the library and many subscribers: memory of each, and messages
 * delivered in a second, every one of them counted by its receiver.
 */
#include "scale.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <zmq.h>

#define ENDPOINT_MAX	256
#define EVENTS_MAX	64
/* A message of the stream: short frame, 'S', the number, then zeros. */
#define HEAD		3
#define CHUNK		8192

/**
 * struct reader - a subscriber's place in the stream
 * @next: number of the message that must come next
 * @have: bytes of it that are there
 * @frame: those bytes
 */
struct reader {
	uint64_t next;
	size_t have;
	unsigned char frame[2 + CROWD_BODY];
};

static void check(int ok, const char *what)
{
	if (!ok)
		bench_fail("%s: %s", what, zmq_strerror(zmq_errno()));
}

static void frame_check(const struct bench *b, struct reader *r, unsigned int i)
{
	uint64_t seq;

	if (r->frame[0] || r->frame[1] != b->size)
		bench_fail("subscriber %u: a frame of %u bytes, flags %#x", i, r->frame[1],
			   r->frame[0]);
	r->have = 0;
	/* From before the stream, when not all had subscribed. */
	if (r->frame[2] == 'P' && !r->next)
		return;
	memcpy(&seq, r->frame + HEAD, sizeof(seq));
	if (r->frame[2] != 'S' || seq != r->next)
		bench_fail("subscriber %u: message %llu came in the place of %llu", i,
			   (unsigned long long)seq, (unsigned long long)r->next);
	r->next++;
}

static void readable(const struct bench *b, struct crowd *c, struct reader *r, unsigned int i)
{
	unsigned char chunk[CHUNK];
	ssize_t n = recv(c->fds[i], chunk, sizeof(chunk), MSG_DONTWAIT);
	ssize_t at = 0;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0)
		bench_fail("subscriber %u: connection lost", i);
	while (at < n) {
		size_t want = 2 + b->size - r->have;

		if (want > (size_t)(n - at))
			want = n - at;
		memcpy(r->frame + r->have, chunk + at, want);
		r->have += want;
		at += want;
		if (r->have == 2 + b->size)
			frame_check(b, r, i);
	}
}

/* Reads until every subscriber has @count messages of the stream. */
static void read_all(const struct bench *b, struct crowd *c, struct reader *readers, int epoll)
{
	struct epoll_event events[EVENTS_MAX];
	unsigned int i, done = 0;
	int n;

	while (done < c->count) {
		n = epoll_wait(epoll, events, EVENTS_MAX, -1);
		while (n-- > 0) {
			i = events[n].data.u32;
			if (readers[i].next == b->count)
				bench_fail("subscriber %u: more than was sent", i);
			readable(b, c, &readers[i], i);
			done += readers[i].next == b->count;
		}
	}
}

static void subscribers(const struct bench *b)
{
	struct reader *readers = calloc(b->peers, sizeof(*readers));
	struct epoll_event event = { .events = EPOLLIN };
	int port, flags, epoll = epoll_create1(EPOLL_CLOEXEC);
	unsigned char body[CROWD_BODY];
	struct crowd c;
	char text[64];
	unsigned int i;

	if (!readers || epoll < 0)
		bench_fail("no memory");
	memset(readers, 0, b->peers * sizeof(*readers));
	crowd_alloc(&c, b->peers);
	bench_ask(b, text, sizeof(text));
	port = atoi(text);
	for (i = 0; i < b->peers; i++) {
		crowd_connect(&c, i, port, "SUB");
		crowd_send(&c, i, 0, "\1", 1);
	}
	bench_tell(b, "up");
	/* One message each: they have all subscribed. */
	for (i = 0; i < b->peers; i++) {
		crowd_recv(&c, i, &flags, body);
		event.data.u32 = i;
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, c.fds[i], &event))
			bench_fail("epoll_ctl: %s", strerror(errno));
	}
	bench_tell(b, "ready");
	read_all(b, &c, readers, epoll);
	bench_tell(b, "read");
	bench_ask(b, text, sizeof(text));
}

static void publish(void *s, const struct bench *b, char kind, uint64_t seq)
{
	unsigned char body[CROWD_BODY] = { kind };

	bench_stamp(body + 1, seq);
	check(zmq_send(s, body, b->size, 0) == (int)b->size, "zmq_send");
}

static int ctl_waits(const struct bench *b)
{
	char byte;

	return recv(b->ctl, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

static uint64_t publisher(const struct bench *b)
{
	const struct timespec nap = { .tv_nsec = 5000000 };
	void *ctx = zmq_ctx_new(), *s = zmq_socket(ctx, ZMQ_PUB);
	char text[ENDPOINT_MAX];
	size_t size = sizeof(text);
	struct scale_memory before;
	uint64_t start, elapsed, seq;
	/* A queue holds the whole stream: what is lost was lost by a fault. */
	int hwm = b->count + 1000;

	check(!!s, "zmq_socket");
	check(!zmq_setsockopt(s, ZMQ_SNDHWM, &hwm, sizeof(hwm)), "SNDHWM");
	check(!zmq_bind(s, "tcp://127.0.0.1:*"), "zmq_bind");
	check(!zmq_getsockopt(s, ZMQ_LAST_ENDPOINT, text, &size), "LAST_ENDPOINT");
	scale_memory_get(&before);
	bench_tell(b, strrchr(text, ':') + 1);
	bench_ask(b, text, sizeof(text));
	for (; !ctl_waits(b); nanosleep(&nap, NULL))
		publish(s, b, 'P', 0);
	bench_ask(b, text, sizeof(text));
	scale_memory_values(&before, b->peers);
	start = bench_now();
	for (seq = 0; seq < b->count; seq++)
		publish(s, b, 'S', seq);
	bench_ask(b, text, sizeof(text));
	elapsed = bench_now() - start;
	scale_value("deliveries_s", b->count * 1e9 * b->peers / elapsed);
	scale_value("delivery_ns", (double)elapsed / b->count / b->peers);
	bench_tell(b, "end");
	check(!zmq_close(s) && !zmq_ctx_term(ctx), "zmq_ctx_term");
	return elapsed;
}

static const struct bench_mode modes[] = {
	{ .name = "pub", .peer = subscribers, .measure = publisher },
	{ },
};

int main(int argc, char **argv)
{
	Dl_info info = { .dli_fname = "?" };

	dladdr((void *)zmq_msg_send, &info);
	return scale_main(argc, argv, modes, info.dli_fname);
}
