// SPDX-License-Identifier: GPL-2.0-only
/*
 * library_use WAY: a program that knows nothing of AF_ZMQ, for library_test.py, which
 * compares what it prints on both libraries.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "library_exchange.h"

#define RACERS 8

static void report(const char *what, int rc)
{
	printf("%s: %s\n", what, rc < 0 ? strerrorname_np(zmq_errno()) : "ok");
}

/* Everything but sockets works where there are none. */
static int no_socket(void)
{
	int major, minor, patch;
	void *ctx, *socket;
	zmq_msg_t msg;

	zmq_version(&major, &minor, &patch);
	printf("version %d\n", major);
	ctx = zmq_ctx_new();
	report("ctx_new", ctx ? 0 : -1);
	report("ctx_set", zmq_ctx_set(ctx, ZMQ_MAX_SOCKETS, 5));
	printf("ctx_get: %d\n", zmq_ctx_get(ctx, ZMQ_MAX_SOCKETS));
	report("msg_init_size", zmq_msg_init_size(&msg, 1000));
	report("msg_close", zmq_msg_close(&msg));
	socket = zmq_socket(ctx, ZMQ_REQ);
	report("socket", socket ? 0 : -1);
	report("send", zmq_send(socket, "x", 1, ZMQ_DONTWAIT));
	if (socket)
		zmq_close(socket);
	report("ctx_term", zmq_ctx_term(ctx));
	return 0;
}

/* The first call of any function is one that reads errno. */
static int first_errno(void)
{
	errno = ENOTTY;
	report("errno", -1);
	return 0;
}

static void *race(void *arg)
{
	void *ctx;

	pthread_barrier_wait(arg);
	ctx = zmq_ctx_new();
	zmq_ctx_set(ctx, ZMQ_MAX_SOCKETS, 7);
	return ctx;
}

/* First calls by many threads at a time; their contexts are all of one library. */
static int racers(void)
{
	pthread_barrier_t start;
	pthread_t threads[RACERS];
	int i, wrong = 0;
	void *ctx;

	pthread_barrier_init(&start, NULL, RACERS);
	for (i = 0; i < RACERS; i++)
		pthread_create(&threads[i], NULL, race, &start);
	for (i = 0; i < RACERS; i++) {
		pthread_join(threads[i], &ctx);
		wrong += zmq_ctx_get(ctx, ZMQ_MAX_SOCKETS) != 7 || zmq_ctx_term(ctx);
	}
	printf("wrong: %d\n", wrong);
	return 0;
}

/* The choice is not made again: not by a child, and not for another wish. */
static int inherit(void)
{
	pid_t pid;
	int status;

	if (library_exchange())
		return 1;
	setenv("AF_ZMQ", library_threads() > 1 ? "kernel" : "stock", 1);
	fflush(stdout);
	pid = fork();
	if (!pid)
		exit(library_exchange());
	if (waitpid(pid, &status, 0) != pid || status)
		return 1;
	return library_exchange();
}

/* Functions of the stock library that call others of it by their exported names. */
static int inner(void)
{
	void *ctx = zmq_init(2), *watch = zmq_stopwatch_start();
	void *pull = zmq_socket(ctx, ZMQ_PULL), *push = zmq_socket(ctx, ZMQ_PUSH);
	void *monitor = zmq_socket(ctx, ZMQ_PAIR);
	struct iovec in = { "text", 4 }, out = {};
	uint16_t event = 0;
	size_t count = 1;

	printf("io threads %d\n", zmq_ctx_get(ctx, ZMQ_IO_THREADS));
	report("monitor", zmq_socket_monitor(pull, "inproc://monitor", ZMQ_EVENT_ALL));
	report("connect", zmq_connect(monitor, "inproc://monitor"));
	report("bind", zmq_bind(pull, "tcp://127.0.0.1:*"));
	report("event", zmq_recv(monitor, &event, sizeof(event), 0));
	printf("event %d\n", event);
	report("bind", zmq_bind(push, "inproc://push"));
	report("connect", zmq_connect(pull, "inproc://push"));
	report("sendiov", zmq_sendiov(push, &in, 1, 0));
	report("recviov", zmq_recviov(pull, &out, &count, 0));
	printf("parts %zu, the first %zu\n", count, out.iov_len);
	free(out.iov_base);
	printf("watch %d\n", zmq_stopwatch_stop(watch) > 0);
	zmq_close(monitor);
	zmq_close(push);
	zmq_close(pull);
	report("term", zmq_term(ctx));
	return 0;
}

static const struct {
	const char *name;
	int (*run)(void);
} ways[] = {
	{ "exchange", library_exchange },
	{ "no_socket", no_socket },
	{ "errno", first_errno },
	{ "inner", inner },
	{ "racers", racers },
	{ "inherit", inherit },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (argc == 2 && !strcmp(argv[1], ways[i].name))
			return ways[i].run();
	fputs("library_use: which way?\n", stderr);
	return 2;
}
