/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What zmq_bench, raw_bench and unix_bench share: two processes (two threads
 * for what stays within one), one clock, one line of output. Only the sockets
 * in between differ, so their figures compare.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct bench - one measurement, the same in both of its processes
 * @size: payload of a message in bytes, at least sizeof(uint64_t): each
 *	message begins with its sequence number
 * @count: messages (throughput) or round trips (latency) inside the time
 * @warmup: round trips before the clock starts
 * @received: messages that arrived; a mode that finds some lost writes it
 * @peers: connections or subscriptions; of the scale programs only
 * @transport: "tcp", "ipc" or "inproc"; not of the scale programs
 * @curve: by the mechanism CURVE
 * @ctl: control socket to the other process, for the address and for "go"
 */
struct bench {
	size_t size;
	uint64_t count;
	uint64_t warmup;
	uint64_t *received;
	unsigned int peers;
	const char *transport;
	bool curve;
	int ctl;
};

/**
 * struct bench_mode - one kind of measurement
 * @name: as given on the command line; the entry with NULL ends a table
 * @peer: what the child process does
 * @measure: what the parent process does; returns the time in ns
 * @transport: goes to struct bench
 * @curve: same
 * @threads: two threads, not two processes
 */
struct bench_mode {
	const char *name;
	void (*peer)(const struct bench *b);
	uint64_t (*measure)(const struct bench *b);
	const char *transport;
	bool curve;
	bool threads;
};

const struct bench_mode *bench_mode_find(const struct bench_mode *modes,
					 const char *name);
uint64_t bench_pair(struct bench *b, const struct bench_mode *mode);
int bench_main(int argc, char **argv, const struct bench_mode *modes,
	       const char *library);
void bench_tell(const struct bench *b, const char *text);
void bench_ask(const struct bench *b, char *text, size_t size);
uint64_t bench_now(void);
void bench_stamp(void *data, uint64_t seq);
void bench_verify(const struct bench *b, const void *data, size_t size,
		  uint64_t seq);
void bench_fail(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), noreturn));

#endif /* BENCH_H */
