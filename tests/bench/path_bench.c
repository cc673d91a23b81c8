// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a message costs on each way through libzmq's API: zmq_send(), zmq_msg_t
 * with memory of the library or of the program, and zmq_sendiov(). PUSH sends
 * to PULL over tcp; the PULL side binds and measures. There is one PUSH, or
 * there are several that send by turns.
 *
 * A mode PATH tells the time, PATH-calls instead how many system calls both
 * processes made, their I/O threads included.
 */
#include "link.h"

#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define TRACING		"/sys/kernel/tracing"
#define CALLS		"-calls"
#define NAME_MAX_LEN	32

/* Parts of a message of the paths with "8", and size of the small ones. */
#define PARTS		8
#define SMALL		64

/* PUSH sockets of the path "turns". */
#define PEERS		4

/**
 * struct path - a way through the API
 * @name: as given on the command line
 * @parts: frames of a message
 * @mixed: every other message has SMALL bytes
 * @peers: PUSH sockets that take turns
 * @send: sends message @seq of @b->size bytes a part
 * @recv: receives and verifies it
 */
struct path {
	const char *name;
	int parts;
	bool mixed;
	int peers;
	void (*send)(const struct path *p, const struct bench *b, void *sock, uint64_t seq);
	void (*recv)(const struct path *p, const struct bench *b, void *sock, uint64_t seq);
};

static unsigned char *payload;

static void send_buffer(const struct path *p, const struct bench *b, void *sock, uint64_t seq)
{
	int i;

	bench_stamp(payload, seq);
	for (i = 1; i <= p->parts; i++)
		link_check(zmq_send(sock, payload, b->size, i < p->parts ? ZMQ_SNDMORE : 0) >= 0,
			   "zmq_send");
}

static void recv_buffer(const struct path *p, const struct bench *b, void *sock, uint64_t seq)
{
	int i, n;

	for (i = 1; i <= p->parts; i++) {
		n = zmq_recv(sock, payload, b->size, 0);
		link_check(n >= 0, "zmq_recv");
		bench_verify(b, payload, n, seq);
	}
}

static void send_msg(const struct path *p, const struct bench *b, void *sock, uint64_t seq)
{
	zmq_msg_t msg;
	int i;

	for (i = 1; i <= p->parts; i++) {
		link_check(!zmq_msg_init_size(&msg, b->size), "zmq_msg_init_size");
		bench_stamp(zmq_msg_data(&msg), seq);
		link_check(zmq_msg_send(&msg, sock, i < p->parts ? ZMQ_SNDMORE : 0) >= 0,
			   "zmq_msg_send");
	}
}

static void recv_msg(const struct path *p, const struct bench *b, void *sock, uint64_t seq)
{
	zmq_msg_t msg;
	int i;

	for (i = 1; i <= p->parts; i++) {
		link_check(!zmq_msg_init(&msg), "zmq_msg_init");
		link_check(zmq_msg_recv(&msg, sock, 0) >= 0, "zmq_msg_recv");
		bench_verify(b, zmq_msg_data(&msg), zmq_msg_size(&msg), seq);
		link_check(!zmq_msg_close(&msg), "zmq_msg_close");
	}
}

/* Messages of one peer come in order, those of several may overtake. */
static void recv_any(const struct path *p, const struct bench *b, void *sock, uint64_t seq)
{
	static uint64_t turns[PEERS];
	uint64_t got = seq;
	zmq_msg_t msg;
	int from;

	link_check(!zmq_msg_init(&msg), "zmq_msg_init");
	link_check(zmq_msg_recv(&msg, sock, 0) >= 0, "zmq_msg_recv");
	if (zmq_msg_size(&msg) >= sizeof(got))
		memcpy(&got, zmq_msg_data(&msg), sizeof(got));
	from = got % p->peers;
	bench_verify(b, zmq_msg_data(&msg), zmq_msg_size(&msg), turns[from]++ * p->peers + from);
	link_check(!zmq_msg_close(&msg), "zmq_msg_close");
}

static void give_back(void *data, void *hint)
{
	(void)hint;
	free(data);
}

/* Memory of the program's, made for this message as a serializer would. */
static void send_data(const struct path *p, const struct bench *b, void *sock, uint64_t seq)
{
	void *data = malloc(b->size);
	zmq_msg_t msg;

	(void)p;
	if (!data)
		bench_fail("malloc: %s", strerror(errno));
	bench_stamp(data, seq);
	link_check(!zmq_msg_init_data(&msg, data, b->size, give_back, NULL), "zmq_msg_init_data");
	link_check(zmq_msg_send(&msg, sock, 0) >= 0, "zmq_msg_send");
}

static void send_iov(const struct path *p, const struct bench *b, void *sock, uint64_t seq)
{
	struct iovec iov[PARTS];
	int i;

	bench_stamp(payload, seq);
	for (i = 0; i < p->parts; i++)
		iov[i] = (struct iovec){ payload, b->size };
	link_check(zmq_sendiov(sock, iov, p->parts, ZMQ_SNDMORE) >= 0, "zmq_sendiov");
}

static void recv_iov(const struct path *p, const struct bench *b, void *sock, uint64_t seq)
{
	struct iovec iov[PARTS];
	size_t count = PARTS, i;

	link_check(zmq_recviov(sock, iov, &count, 0) == p->parts, "zmq_recviov");
	for (i = 0; i < count; i++) {
		bench_verify(b, iov[i].iov_base, iov[i].iov_len, seq);
		free(iov[i].iov_base);
	}
}

static const struct path paths[] = {
	{ "send", 1, false, 1, send_buffer, recv_buffer },
	{ "msg", 1, false, 1, send_msg, recv_msg },
	{ "data", 1, false, 1, send_data, recv_msg },
	{ "iov", 1, false, 1, send_iov, recv_iov },
	{ "mixed", 1, true, 1, send_msg, recv_msg },
	{ "turns", 1, false, PEERS, send_msg, recv_any },
	{ "send8", PARTS, false, 1, send_buffer, recv_buffer },
	{ "msg8", PARTS, false, 1, send_msg, recv_msg },
	{ "iov8", PARTS, false, 1, send_iov, recv_iov },
};

#define NR_PATHS (sizeof(paths) / sizeof(paths[0]))

static const struct path *path;

/* Counts system calls of this process and all that it will start; or -1. */
static int counter = -1;

static uint64_t read_counter(void)
{
	uint64_t n;

	if (read(counter, &n, sizeof(n)) != sizeof(n))
		bench_fail("perf event: %s", strerror(errno));
	return n;
}

static uint64_t reading(void)
{
	return counter < 0 ? bench_now() : read_counter();
}

/* Message @seq of the measurement @b. */
static struct bench bench_of(const struct bench *b, uint64_t seq)
{
	struct bench one = *b;

	if (path->mixed && seq % 2)
		one.size = SMALL;
	return one;
}

static void path_send(const struct bench *b, void *sock, uint64_t seq)
{
	struct bench one = bench_of(b, seq);

	path->send(path, &one, sock, seq);
}

static void path_recv(const struct bench *b, void *sock, uint64_t seq)
{
	struct bench one = bench_of(b, seq);

	path->recv(path, &one, sock, seq);
}

/* The end is told, so that no call of closing is counted. */
static void path_peer(const struct bench *b)
{
	struct link l[PEERS];
	char text[8];
	uint64_t i;
	int k;

	for (k = 0; k < path->peers; k++) {
		l[k] = link_open(b, ZMQ_PUSH);
		link_connect(&l[k], b);
	}
	for (i = 0; i < b->warmup; i++)
		path_send(b, l[i % path->peers].sock, i);
	bench_ask(b, text, sizeof(text));
	for (; i < b->warmup + b->count; i++)
		path_send(b, l[i % path->peers].sock, i);
	bench_ask(b, text, sizeof(text));
	for (k = 0; k < path->peers; k++)
		link_close(&l[k]);
}

static uint64_t path_measure(const struct bench *b)
{
	struct link l = link_open(b, ZMQ_PULL);
	uint64_t start, end, i;
	char endpoint[256];
	size_t size = sizeof(endpoint);
	int k;

	link_bind(&l, b);
	link_check(!zmq_getsockopt(l.sock, ZMQ_LAST_ENDPOINT, endpoint, &size), "LAST_ENDPOINT");
	for (k = 1; k < path->peers; k++)
		bench_tell(b, endpoint);
	for (i = 0; i < b->warmup; i++)
		path_recv(b, l.sock, i);
	start = reading();
	bench_tell(b, "go");
	for (; i < b->warmup + b->count; i++)
		path_recv(b, l.sock, i);
	end = reading();
	bench_tell(b, "end");
	link_close(&l);
	return end - start;
}

static int open_counter(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr),
					.inherit = 1 };
	const char *name = TRACING "/events/raw_syscalls/sys_enter/id";
	FILE *f = fopen(name, "r");
	long fd;

	if (!f && !mount("tracefs", TRACING, "tracefs", 0, NULL))
		f = fopen(name, "r");
	if (!f || fscanf(f, "%" SCNu64, (uint64_t *)&attr.config) != 1)
		bench_fail("%s: %s", name, strerror(errno));
	fclose(f);
	fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		bench_fail("perf_event_open: %s", strerror(errno));
	return fd;
}

int main(int argc, char **argv)
{
	static char names[NR_PATHS][NAME_MAX_LEN];
	static struct bench_mode modes[2 * NR_PATHS + 1];
	Dl_info info = { .dli_fname = "?" };
	size_t i;

	for (i = 0; i < 2 * NR_PATHS; i++) {
		const struct path *p = &paths[i / 2];

		snprintf(names[i / 2], NAME_MAX_LEN, "%s" CALLS, p->name);
		modes[i] = (struct bench_mode){ .name = i % 2 ? names[i / 2] : p->name,
						.peer = path_peer, .measure = path_measure,
						.transport = "tcp" };
		if (argc != 4 || strcmp(argv[1], modes[i].name))
			continue;
		path = p;
		if (i % 2)
			counter = open_counter();
	}
	if (argc == 4) {
		payload = calloc(1, strtoul(argv[2], NULL, 10) + sizeof(uint64_t));
		if (!payload)
			bench_fail("calloc: %s", strerror(errno));
	}
	dladdr((void *)zmq_msg_send, &info);
	return bench_main(argc, argv, modes, info.dli_fname);
}
