// SPDX-License-Identifier: GPL-2.0-only
/*
 * Latency and throughput of a libzmq: whichever libzmq.so.5 the dynamic
 * linker finds. Written to libzmq's public API only, in the manner of
 * libzmq's own perf/local_lat, remote_lat, local_thr and remote_thr: zmq_msg_t
 * in both directions, default options.
 *
 * lat: REQ -> REP and back; the REQ side measures.
 * thr: PUSH -> PULL; the PULL side binds, counts and measures.
 *
 * Each over tcp, ipc and, in two threads that share a context, inproc; and over tcp
 * by CURVE.
 */
#include "link.h"

#include <dlfcn.h>
#include <string.h>

/*
 * libzmq loses messages over ipc when the sender closes while the receiver is
 * behind. Who waits so long for one that was sent waits for ever.
 */
#define LOST_MS		10000

static void lat_peer(const struct bench *b)
{
	struct link l = link_open(b, ZMQ_REP);
	zmq_msg_t msg;
	uint64_t i;

	link_bind(&l, b);
	link_check(!zmq_msg_init(&msg), "zmq_msg_init");
	for (i = 0; i < b->warmup + b->count; i++) {
		link_check(zmq_msg_recv(&msg, l.sock, 0) >= 0, "zmq_msg_recv");
		bench_verify(b, zmq_msg_data(&msg), zmq_msg_size(&msg), i);
		link_check(zmq_msg_send(&msg, l.sock, 0) >= 0, "zmq_msg_send");
	}
	link_check(!zmq_msg_close(&msg), "zmq_msg_close");
	link_close(&l);
}

static uint64_t lat_measure(const struct bench *b)
{
	struct link l = link_open(b, ZMQ_REQ);
	uint64_t start = 0, end, i;
	zmq_msg_t msg;

	link_connect(&l, b);
	link_check(!zmq_msg_init_size(&msg, b->size), "zmq_msg_init_size");
	memset(zmq_msg_data(&msg), 0, b->size);
	for (i = 0; i < b->warmup + b->count; i++) {
		if (i == b->warmup)
			start = bench_now();
		bench_stamp(zmq_msg_data(&msg), i);
		link_check(zmq_msg_send(&msg, l.sock, 0) >= 0, "zmq_msg_send");
		link_check(zmq_msg_recv(&msg, l.sock, 0) >= 0, "zmq_msg_recv");
		bench_verify(b, zmq_msg_data(&msg), zmq_msg_size(&msg), i);
	}
	end = bench_now();
	link_check(!zmq_msg_close(&msg), "zmq_msg_close");
	link_close(&l);
	return end - start;
}

static void thr_send(const struct bench *b, const struct link *l, uint64_t seq)
{
	zmq_msg_t msg;

	link_check(!zmq_msg_init_size(&msg, b->size), "zmq_msg_init_size");
	bench_stamp(zmq_msg_data(&msg), seq);
	link_check(zmq_msg_send(&msg, l->sock, 0) >= 0, "zmq_msg_send");
}

static void thr_peer(const struct bench *b)
{
	struct link l = link_open(b, ZMQ_PUSH);
	char go[8];
	uint64_t i;

	link_connect(&l, b);
	thr_send(b, &l, 0);
	bench_ask(b, go, sizeof(go));
	for (i = 1; i <= b->count; i++)
		thr_send(b, &l, i);
	link_close(&l);
}

/* The time until the last message, when no further one comes. */
static uint64_t thr_lost(const struct bench *b, uint64_t start, uint64_t received)
{
	link_check(zmq_errno() == EAGAIN, "zmq_msg_recv");
	*b->received = received;
	return bench_now() - start - LOST_MS * 1000000ull;
}

/*
 * Message 0 proves the connection and starts the clock; only then may the
 * stream begin. Otherwise a sender that ran ahead into the queues would have
 * done part of the work before the clock started.
 */
static uint64_t thr_measure(const struct bench *b)
{
	struct link l = link_open(b, ZMQ_PULL);
	uint64_t start, elapsed = 0, i;
	int patience = LOST_MS;
	zmq_msg_t msg;

	link_bind(&l, b);
	link_check(!zmq_msg_init(&msg), "zmq_msg_init");
	link_check(zmq_msg_recv(&msg, l.sock, 0) >= 0, "zmq_msg_recv");
	bench_verify(b, zmq_msg_data(&msg), zmq_msg_size(&msg), 0);
	link_check(!zmq_setsockopt(l.sock, ZMQ_RCVTIMEO, &patience, sizeof(patience)), "RCVTIMEO");
	start = bench_now();
	bench_tell(b, "go");
	for (i = 1; i <= b->count; i++) {
		if (zmq_msg_recv(&msg, l.sock, 0) < 0) {
			elapsed = thr_lost(b, start, i - 1);
			break;
		}
		bench_verify(b, zmq_msg_data(&msg), zmq_msg_size(&msg), i);
	}
	if (i > b->count)
		elapsed = bench_now() - start;
	link_check(!zmq_msg_close(&msg), "zmq_msg_close");
	link_close(&l);
	return elapsed;
}

static const struct bench_mode modes[] = {
	{ .name = "lat", .peer = lat_peer, .measure = lat_measure, .transport = "tcp" },
	{ .name = "thr", .peer = thr_peer, .measure = thr_measure, .transport = "tcp" },
	{ .name = "ipc-lat", .peer = lat_peer, .measure = lat_measure, .transport = "ipc" },
	{ .name = "ipc-thr", .peer = thr_peer, .measure = thr_measure, .transport = "ipc" },
	{ .name = "curve-lat", .peer = lat_peer, .measure = lat_measure, .transport = "tcp",
	  .curve = true },
	{ .name = "curve-thr", .peer = thr_peer, .measure = thr_measure, .transport = "tcp",
	  .curve = true },
	{ .name = "inproc-lat", .peer = lat_peer, .measure = lat_measure, .transport = "inproc",
	  .threads = true },
	{ .name = "inproc-thr", .peer = thr_peer, .measure = thr_measure, .transport = "inproc",
	  .threads = true },
	{ },
};

int main(int argc, char **argv)
{
	Dl_info info = { .dli_fname = "?" };

	dladdr((void *)zmq_msg_send, &info);
	return bench_main(argc, argv, modes, info.dli_fname);
}
