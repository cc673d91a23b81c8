// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork() in a process with contexts: parent and child each have some of their own
 * afterwards. Runs on stock libzmq and on the shim.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "zapi.h"

#define CHILDREN 20
#define CALLERS 3

/**
 * struct pair - two connected sockets of a context
 * @ctx: the context
 * @req: asks
 * @rep: answers
 */
struct pair {
	void *ctx;
	void *req;
	void *rep;
};

static void open_pair(struct pair *pair)
{
	char ep[256];

	pair->ctx = za_ctx();
	pair->rep = za_socket(pair->ctx, ZMQ_REP);
	pair->req = za_socket(pair->ctx, ZMQ_REQ);
	za_bind_any(pair->rep, ep);
	za_connect(pair->req, ep);
}

static void talk(struct pair *pair)
{
	za_put(pair->req, "question", 0);
	za_want(pair->rep, "question", 0);
	za_put(pair->rep, "answer", 0);
	za_want(pair->req, "answer", 0);
}

static void close_pair(struct pair *pair)
{
	za_close(pair->req);
	za_close(pair->rep);
	za_term(pair->ctx);
}

static void open_talk_close(void)
{
	struct pair pair;

	open_pair(&pair);
	talk(&pair);
	close_pair(&pair);
}

static pid_t start(void)
{
	pid_t pid = fork();

	zt_check(pid >= 0);
	return pid;
}

static void join(pid_t pid)
{
	int status;

	zt_eq(waitpid(pid, &status, 0), pid);
	zt_eq(status, 0);
}

/* Also when the shim hands the process to the stock library. */
static bool on_stock(void)
{
	const char *wish = getenv("AF_ZMQ");

	return zt_lib_here() == ZT_STOCK || (wish && !strcmp(wish, "stock"));
}

/* What the child does with sockets of its own is nothing to the parent's. */
static void both_sides(const void *arg)
{
	struct pair pair;
	pid_t pid;
	int i;

	(void)arg;
	open_pair(&pair);
	talk(&pair);
	pid = start();
	if (!pid) {
		for (i = 0; i < 10; i++)
			open_talk_close();
		_exit(0);
	}
	for (i = 0; i < 10; i++) {
		talk(&pair);
		open_talk_close();
	}
	join(pid);
	talk(&pair);
	close_pair(&pair);
}

/* A child of who has a pair, with a question on its way. */
static pid_t ask_and_start(struct pair *pair)
{
	open_pair(pair);
	talk(pair);
	za_put(pair->req, "question", 0);
	return start();
}

/*
 * A child may give up what it has inherited: zmq_ctx_term() waits for nobody there. That
 * of the stock library says EINTR, and must not be called again.
 */
static void child_terminates(const void *arg)
{
	struct pair pair;
	pid_t pid;

	(void)arg;
	pid = ask_and_start(&pair);
	if (!pid) {
		if (zmq_ctx_term(pair.ctx))
			zt_check(on_stock() && errno == EINTR);
		open_talk_close();
		_exit(0);
	}
	join(pid);
	za_want(pair.rep, "question", 0);
	za_put(pair.rep, "answer", 0);
	za_want(pair.req, "answer", 0);
	talk(&pair);
	close_pair(&pair);
}

/* A child that ends, in either way, closes nothing of its parent. */
static void child_ends(const void *arg)
{
	struct pair pair;
	pid_t pid;
	int i;

	(void)arg;
	open_pair(&pair);
	for (i = 0; i < 2; i++) {
		pid = start();
		if (!pid) {
			if (i)
				exit(0);
			_exit(0);
		}
		join(pid);
		talk(&pair);
	}
	close_pair(&pair);
}

static _Atomic bool enough;
static _Atomic int begun;

static void *talker(void *arg)
{
	struct pair pair;

	(void)arg;
	open_pair(&pair);
	begun++;
	while (!enough)
		talk(&pair);
	close_pair(&pair);
	return NULL;
}

static void *opener(void *arg)
{
	(void)arg;
	begun++;
	while (!enough)
		open_talk_close();
	return NULL;
}

/* Whatever other threads were doing when it was made, a child can do everything. */
static void fork_while(void *(*work)(void *arg))
{
	pthread_t threads[CALLERS];
	pid_t pids[CHILDREN];
	unsigned int count = zt_count(CHILDREN), i;

	for (i = 0; i < CALLERS; i++)
		zt_eq(pthread_create(&threads[i], NULL, work, NULL), 0);
	zt_until(begun == CALLERS, ZA_TIMEO);
	for (i = 0; i < count; i++) {
		pids[i] = start();
		if (!pids[i]) {
			open_talk_close();
			_exit(0);
		}
		/* Somewhere else in their round each time. */
		zt_nap(i % 5);
	}
	for (i = 0; i < count; i++)
		join(pids[i]);
	enough = true;
	for (i = 0; i < CALLERS; i++)
		zt_eq(pthread_join(threads[i], NULL), 0);
}

static void while_talking(const void *arg)
{
	(void)arg;
	fork_while(talker);
}

static void while_opening(const void *arg)
{
	(void)arg;
	fork_while(opener);
}

/* Generations. */
static void grandchild(const void *arg)
{
	struct pair pair;
	pid_t pid;

	(void)arg;
	open_pair(&pair);
	pid = start();
	if (!pid) {
		open_pair(&pair);
		pid = start();
		if (!pid) {
			open_talk_close();
			_exit(0);
		}
		join(pid);
		talk(&pair);
		close_pair(&pair);
		_exit(0);
	}
	join(pid);
	talk(&pair);
	close_pair(&pair);
}

/* A child may use what it has inherited; who asks first gets the message. */
static void inherited(const void *arg)
{
	struct pair pair;
	void *extra;
	pid_t pid;

	(void)arg;
	pid = ask_and_start(&pair);
	if (!pid) {
		za_want(pair.rep, "question", 0);
		za_put(pair.rep, "answer of the child", 0);
		extra = za_socket(pair.ctx, ZMQ_PUSH);
		za_close(extra);
		za_close(pair.rep);
		za_close(pair.req);
		za_term(pair.ctx);
		_exit(0);
	}
	za_want(pair.req, "answer of the child", 0);
	join(pid);
	talk(&pair);
	close_pair(&pair);
}

static const struct zt_case cases[] = {
	{ "fork_both_sides", both_sides },
	{ "fork_child_terminates", child_terminates },
	{ "fork_child_ends", child_ends },
	{ "fork_grandchild", grandchild },
	{ "fork_while_talking", while_talking, NULL, 60 },
	/* On the stock library a child hangs for ever: in the first now and then. */
	{ "fork_while_opening", while_opening, NULL, 60 },
	{ "fork_inherited", inherited },
};

#define NOT_ON_STOCK 2

int main(int argc, char **argv)
{
	zt_netns();
	zt_lib_check(zt_lib_here());
	return zt_run(argc, argv, cases, ZT_ARRAY(cases) - NOT_ON_STOCK * on_stock());
}
