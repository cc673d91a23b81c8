// SPDX-License-Identifier: GPL-2.0-only
/*
 * The frame of a measurement: arguments, two processes, the clock, the checks.
 *
 * The parent measures, the child is its peer. They are forked before any
 * library is touched, so each has a context of its own, as two programs
 * would. Where both have to share one they are two threads. Nothing is timed
 * by the library under test.
 */
#include "bench.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * A lost message would block its reader for ever. Both processes die of
 * SIGALRM instead, and the repetition counts as failed.
 */
#define BENCH_LIMIT_SECONDS	180

/**
 * bench_fail() - end this process, and with it the measurement
 * @fmt: printf() format of what went wrong
 */
void bench_fail(const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	_exit(1);
}

/**
 * bench_now() - the clock of all figures
 *
 * Return: CLOCK_MONOTONIC in nanoseconds.
 */
uint64_t bench_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/**
 * bench_tell() - send a short text to the other process
 * @b: the measurement
 * @text: the text, not empty
 */
void bench_tell(const struct bench *b, const char *text)
{
	if (send(b->ctl, text, strlen(text), MSG_NOSIGNAL) < 0)
		bench_fail("control socket: %s", strerror(errno));
}

/**
 * bench_ask() - wait for the other process's next text
 * @b: the measurement
 * @text: where the text goes, with a NUL
 * @size: room at @text
 */
void bench_ask(const struct bench *b, char *text, size_t size)
{
	ssize_t n = recv(b->ctl, text, size - 1, 0);

	if (n <= 0)
		bench_fail("the other process ended too early");
	text[n] = '\0';
}

/**
 * bench_stamp() - write a message's sequence number into it
 * @data: the message
 * @seq: its number
 */
void bench_stamp(void *data, uint64_t seq)
{
	memcpy(data, &seq, sizeof(seq));
}

/**
 * bench_verify() - check that a message is the expected one
 * @b: the measurement
 * @data: the message
 * @size: its length
 * @seq: the number that it must have: none lost, doubled or overtaken
 */
void bench_verify(const struct bench *b, const void *data, size_t size,
		  uint64_t seq)
{
	uint64_t got;

	if (size != b->size)
		bench_fail("message %" PRIu64 ": %zu bytes, sent were %zu",
			   seq, size, b->size);
	memcpy(&got, data, sizeof(got));
	if (got != seq)
		bench_fail("message %" PRIu64 " came in the place of %" PRIu64,
			   got, seq);
}

/**
 * bench_mode_find() - look up a measurement
 * @modes: table of them
 * @name: which one
 *
 * Return: it, or NULL.
 */
const struct bench_mode *bench_mode_find(const struct bench_mode *modes,
					 const char *name)
{
	for (; modes->name; modes++)
		if (!strcmp(modes->name, name))
			return modes;
	return NULL;
}

/**
 * struct peer - what the second process or thread gets
 * @b: its half of the measurement
 * @mode: what to run
 */
struct peer {
	struct bench b;
	const struct bench_mode *mode;
};

static void *peer_thread(void *arg)
{
	struct peer *peer = arg;

	peer->mode->peer(&peer->b);
	return NULL;
}

static uint64_t pair_of_threads(const struct bench *b, struct peer *peer)
{
	uint64_t elapsed;
	pthread_t thread;

	alarm(BENCH_LIMIT_SECONDS);
	errno = pthread_create(&thread, NULL, peer_thread, peer);
	if (errno)
		bench_fail("pthread_create: %s", strerror(errno));
	elapsed = peer->mode->measure(b);
	pthread_join(thread, NULL);
	return elapsed;
}

static uint64_t pair_of_processes(const struct bench *b, struct peer *peer)
{
	uint64_t elapsed;
	int status;
	pid_t pid;

	pid = fork();
	if (pid < 0)
		bench_fail("fork: %s", strerror(errno));
	/* Not inherited by fork(): each process sets its own. */
	alarm(BENCH_LIMIT_SECONDS);
	/* Each keeps its end only, and so sees the end of the other. */
	close(pid ? peer->b.ctl : b->ctl);
	if (pid == 0) {
		peer->mode->peer(&peer->b);
		_exit(0);
	}
	elapsed = peer->mode->measure(b);
	if (waitpid(pid, &status, 0) < 0)
		bench_fail("waitpid: %s", strerror(errno));
	if (status)
		bench_fail("the peer process failed (status %#x)", status);
	return elapsed;
}

/**
 * bench_pair() - run one measurement in two processes, or two threads
 * @b: the measurement, all but @b->ctl set
 * @mode: what to run
 *
 * Return: what the measuring side returns.
 */
uint64_t bench_pair(struct bench *b, const struct bench_mode *mode)
{
	struct peer peer = { .b = *b, .mode = mode };
	int ctl[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ctl) < 0)
		bench_fail("socketpair: %s", strerror(errno));
	b->ctl = ctl[0];
	peer.b.ctl = ctl[1];
	return mode->threads ? pair_of_threads(b, &peer) : pair_of_processes(b, &peer);
}

/**
 * bench_main() - main() of a bench program
 * @argc: from main()
 * @argv: from main(): MODE SIZE COUNT
 * @modes: the program's measurements
 * @library: file of the library that is measured, for the record
 *
 * Prints "MODE SIZE COUNT RECEIVED NANOSECONDS LIBRARY".
 *
 * Return: exit status.
 */
int bench_main(int argc, char **argv, const struct bench_mode *modes,
	       const char *library)
{
	const struct bench_mode *mode;
	struct bench b = { 0 };
	uint64_t elapsed, received;

	mode = argc == 4 ? bench_mode_find(modes, argv[1]) : NULL;
	if (!mode)
		bench_fail("usage: MODE SIZE COUNT");
	b.size = strtoul(argv[2], NULL, 10);
	b.count = strtoull(argv[3], NULL, 10);
	b.warmup = b.count / 10;
	b.transport = mode->transport;
	b.curve = mode->curve;
	b.received = &received;
	received = b.count;
	if (b.size < sizeof(uint64_t) || !b.count)
		bench_fail("SIZE is at least 8, COUNT at least 1");
	elapsed = bench_pair(&b, mode);
	printf("%s %zu %" PRIu64 " %" PRIu64 " %" PRIu64 " %s\n", mode->name, b.size,
	       b.count, received, elapsed, library);
	return 0;
}
