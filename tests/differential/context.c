// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contexts: their options, what their end does to sockets and to calls that wait, and
 * the errors of calls on nothing. Tests of limits and ends make contexts of their own.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "diff.h"

static void say_ctx_get(void *ctx, const char *what, int option)
{
	int value = zmq_ctx_get(ctx, option);

	/* -1 is a value, too. */
	if (value < 0 && errno)
		say("%s=%s", what, zd_errno(errno));
	else
		say("%s=%d", what, value);
	errno = 0;
}

/* Sets, says what became of it and what is read then. */
static void say_ctx_set(void *ctx, const char *what, int option, int value)
{
	errno = 0;
	say("%s:%d", what, value);
	say_rc("set", zmq_ctx_set(ctx, option, value));
	errno = 0;
	say_ctx_get(ctx, "get", option);
}

static void defaults(void)
{
	void *ctx = za_ctx();

	errno = 0;
	say_ctx_get(ctx, "io-threads", ZMQ_IO_THREADS);
	say_ctx_get(ctx, "max-sockets", ZMQ_MAX_SOCKETS);
	say_ctx_get(ctx, "socket-limit", ZMQ_SOCKET_LIMIT);
	say_ctx_get(ctx, "max-msgsz", ZMQ_MAX_MSGSZ);
	say_ctx_get(ctx, "msg-t-size", ZMQ_MSG_T_SIZE);
	say_ctx_get(ctx, "ipv6", ZMQ_IPV6);
	say_ctx_get(ctx, "blocky", ZMQ_BLOCKY);
}

static void io_threads(void)
{
	void *ctx = za_ctx();

	say_ctx_set(ctx, "io", ZMQ_IO_THREADS, -1);
	say_ctx_set(ctx, "io", ZMQ_IO_THREADS, 0);
	say_ctx_set(ctx, "io", ZMQ_IO_THREADS, 4);
}

static void max_sockets_range(void)
{
	void *ctx = za_ctx();

	say_ctx_set(ctx, "max", ZMQ_MAX_SOCKETS, -1);
	say_ctx_set(ctx, "max", ZMQ_MAX_SOCKETS, 0);
	say_ctx_set(ctx, "max", ZMQ_MAX_SOCKETS, 1);
	say_ctx_set(ctx, "max", ZMQ_MAX_SOCKETS, 65535);
}

static void flags(void)
{
	void *ctx = za_ctx();

	say_ctx_set(ctx, "ipv6", ZMQ_IPV6, -1);
	say_ctx_set(ctx, "ipv6", ZMQ_IPV6, 2);
	say_ctx_set(ctx, "blocky", ZMQ_BLOCKY, -1);
	say_ctx_set(ctx, "blocky", ZMQ_BLOCKY, 0);
	say_ctx_set(ctx, "msgsz", ZMQ_MAX_MSGSZ, -1);
	say_ctx_set(ctx, "msgsz", ZMQ_MAX_MSGSZ, 1000);
	say_ctx_set(ctx, "msg-t", ZMQ_MSG_T_SIZE, 64);
}

/* Scheduling of threads can be asked for, not read. */
static void threads(void)
{
	void *ctx = za_ctx();

	say_rc("priority", zmq_ctx_set(ctx, ZMQ_THREAD_PRIORITY, -1));
	say_rc("priority", zmq_ctx_set(ctx, ZMQ_THREAD_PRIORITY, 1));
	say_rc("policy", zmq_ctx_set(ctx, ZMQ_THREAD_SCHED_POLICY, -1));
	say_rc("policy", zmq_ctx_set(ctx, ZMQ_THREAD_SCHED_POLICY, 0));
	say_rc("add", zmq_ctx_set(ctx, ZMQ_THREAD_AFFINITY_CPU_ADD, 0));
	say_rc("add", zmq_ctx_set(ctx, ZMQ_THREAD_AFFINITY_CPU_ADD, -1));
	say_rc("remove", zmq_ctx_set(ctx, ZMQ_THREAD_AFFINITY_CPU_REMOVE, 0));
	say_rc("again", zmq_ctx_set(ctx, ZMQ_THREAD_AFFINITY_CPU_REMOVE, 0));
	say_rc("prefix", zmq_ctx_set(ctx, ZMQ_THREAD_NAME_PREFIX, 1234));
	say_rc("prefix", zmq_ctx_set(ctx, ZMQ_THREAD_NAME_PREFIX, -1));
}

/* A set of numbers, whether there is such a processor or not. */
static void cpus(void)
{
	static const int cpus[] = { 0, 1023, 1024, INT_MAX };
	void *ctx = za_ctx();
	size_t i;

	for (i = 0; i < ZT_ARRAY(cpus); i++) {
		say("%d", cpus[i]);
		say_rc("add", zmq_ctx_set(ctx, ZMQ_THREAD_AFFINITY_CPU_ADD, cpus[i]));
		say_rc("add", zmq_ctx_set(ctx, ZMQ_THREAD_AFFINITY_CPU_ADD, cpus[i]));
	}
	for (i = 0; i < ZT_ARRAY(cpus); i++) {
		say("%d", cpus[i]);
		say_rc("remove", zmq_ctx_set(ctx, ZMQ_THREAD_AFFINITY_CPU_REMOVE, cpus[i]));
		say_rc("remove", zmq_ctx_set(ctx, ZMQ_THREAD_AFFINITY_CPU_REMOVE, cpus[i]));
	}
	say_rc("add", zmq_ctx_set(ctx, ZMQ_THREAD_AFFINITY_CPU_ADD, 5));
	say_rc("term", zmq_ctx_term(ctx));
}

static void unknown_option(void)
{
	static const int options[] = { -1, 0, 11, 41, 43, 500 };
	void *ctx = za_ctx();
	char name[16];
	size_t i;

	for (i = 0; i < ZT_ARRAY(options); i++) {
		sprintf(name, "%d", options[i]);
		say_rc(name, zmq_ctx_set(ctx, options[i], 1));
		say_rc(name, zmq_ctx_get(ctx, options[i]));
	}
}

static void null_context(void)
{
	say_rc("set", zmq_ctx_set(NULL, ZMQ_IO_THREADS, 1));
	say_rc("get", zmq_ctx_get(NULL, ZMQ_IO_THREADS));
	say_rc("shutdown", zmq_ctx_shutdown(NULL));
	say_rc("term", zmq_ctx_term(NULL));
	say_rc("destroy", zmq_ctx_destroy(NULL));
	say("socket=%s", zmq_socket(NULL, ZMQ_PAIR) ? "made" : zd_errno(errno));
}

static void null_socket(void)
{
	char byte;

	say_rc("close", zmq_close(NULL));
	say_rc("send", zmq_send(NULL, "", 0, 0));
	say_rc("recv", zmq_recv(NULL, &byte, 1, 0));
}

static void closed_twice(void)
{
	void *s = zd_socket(ZMQ_PULL);
	char byte;

	say_rc("first", zmq_close(s));
	say_rc("second", zmq_close(s));
	say_rc("recv", zmq_recv(s, &byte, 1, ZMQ_DONTWAIT));
}

/* Not a socket at all. */
static void not_a_socket(void)
{
	static char nothing[4096];

	say_rc("close", zmq_close(nothing));
	say_rc("send", zmq_send(nothing, "", 0, ZMQ_DONTWAIT));
	say_rc("bind", zmq_bind(nothing, "tcp://127.0.0.1:*"));
	say_rc("term", zmq_ctx_term(nothing));
	say("socket=%s", zmq_socket(nothing, ZMQ_PAIR) ? "made" : zd_errno(errno));
}

static void init(void)
{
	void *ctx = zmq_init(2);

	say_ctx_get(ctx, "threads", ZMQ_IO_THREADS);
	say_rc("term", zmq_term(ctx));
	say("negative=%s", zmq_init(-1) ? "made" : zd_errno(errno));
	ctx = zmq_init(0);
	say_ctx_get(ctx, "zero", ZMQ_IO_THREADS);
}

/* The limit is of those open, and was fixed by the first. */
static void max_sockets(void)
{
	void *ctx = za_ctx(), *s[4];
	int n = 0;

	zt_ok(zmq_ctx_set(ctx, ZMQ_MAX_SOCKETS, 3));
	while (n < 4 && (s[n] = zmq_socket(ctx, ZMQ_PAIR)))
		n++;
	say("made=%d %s", n, zd_errno(errno));
	say_rc("late", zmq_ctx_set(ctx, ZMQ_MAX_SOCKETS, 10));
	say("%s", zmq_socket(ctx, ZMQ_PAIR) ? "made" : zd_errno(errno));
	say_rc("close", zmq_close(s[0]));
	/* It is given back in the background. */
	zt_until((s[0] = zmq_socket(ctx, ZMQ_PAIR)) != NULL, ZA_TIMEO);
	say("made");
}

static void inherited_ipv6(void)
{
	void *ctx = za_ctx(), *before = za_socket(ctx, ZMQ_PULL), *after;

	zt_ok(zmq_ctx_set(ctx, ZMQ_IPV6, 1));
	after = za_socket(ctx, ZMQ_PULL);
	say_get(before, "before", ZMQ_IPV6);
	say_get(after, "after", ZMQ_IPV6);
	za_set(after, ZMQ_IPV6, 0);
	say_get(after, "own", ZMQ_IPV6);
}

static void inherited_linger(void)
{
	void *ctx = za_ctx(), *before = zmq_socket(ctx, ZMQ_PUSH), *after;

	zt_ok(zmq_ctx_set(ctx, ZMQ_BLOCKY, 0));
	after = zmq_socket(ctx, ZMQ_PUSH);
	say_get(before, "before", ZMQ_LINGER);
	say_get(after, "after", ZMQ_LINGER);
}

/* Everything says ETERM, but a socket can be closed. */
static void shutdown_calls(void)
{
	void *s = zd_socket(ZMQ_DEALER);
	zmq_pollitem_t item = { .socket = s, .events = ZMQ_POLLIN };
	char byte;

	say_rc("shutdown", zmq_ctx_shutdown(zd_ctx()));
	say_rc("again", zmq_ctx_shutdown(zd_ctx()));
	say_get(s, "events", ZMQ_EVENTS);
	say_rc("send", zmq_send(s, "x", 1, ZMQ_DONTWAIT));
	say_rc("recv", zmq_recv(s, &byte, 1, 0));
	say_rc("poll", zmq_poll(&item, 1, 0));
	say_get(s, "get", ZMQ_LINGER);
	say("socket=%s", zmq_socket(zd_ctx(), ZMQ_PAIR) ? "made" : zd_errno(errno));
	say_rc("close", zmq_close(s));
	say_rc("term", zmq_ctx_term(zd_ctx()));
}

/* Options of a context outlive its shutdown. */
static void shutdown_options(void)
{
	void *ctx = za_ctx();

	zt_ok(zmq_ctx_shutdown(ctx));
	say_rc("set", zmq_ctx_set(ctx, ZMQ_BLOCKY, 0));
	say_ctx_get(ctx, "get", ZMQ_BLOCKY);
	say_rc("term", zmq_ctx_term(ctx));
}

static void *shut_down(void *ctx)
{
	zt_until(zt_others_asleep(), ZA_TIMEO);
	zt_ok(zmq_ctx_shutdown(ctx));
	return NULL;
}

static void in_background(void *(*run)(void *arg), void *arg)
{
	pthread_t thread;

	zt_check(!pthread_create(&thread, NULL, run, arg));
}

static void shutdown_wakes_recv(void)
{
	void *s = zd_socket(ZMQ_PULL);
	char byte;

	za_set(s, ZMQ_RCVTIMEO, -1);
	in_background(shut_down, zd_ctx());
	say_rc("recv", zmq_recv(s, &byte, 1, 0));
}

static void shutdown_wakes_send(void)
{
	void *s = zd_socket(ZMQ_PUSH);

	za_set(s, ZMQ_SNDTIMEO, -1);
	in_background(shut_down, zd_ctx());
	say_rc("send", zmq_send(s, "x", 1, 0));
}

static void shutdown_wakes_poll(void)
{
	zmq_pollitem_t items[] = {
		{ .socket = zd_socket(ZMQ_PULL), .events = ZMQ_POLLIN },
		{ .socket = zd_socket(ZMQ_REP), .events = ZMQ_POLLIN },
	};

	in_background(shut_down, zd_ctx());
	say_rc("poll", zmq_poll(items, 2, -1));
}

static void *term(void *ctx)
{
	za_term(ctx);
	return ctx;
}

/* It wakes those who wait, and waits for their close. */
static void term_waits_for_close(void)
{
	void *s = zd_socket(ZMQ_PULL), *ended = NULL;
	pthread_t thread;
	char byte;

	za_set(s, ZMQ_RCVTIMEO, -1);
	zt_check(!pthread_create(&thread, NULL, term, zd_ctx()));
	say_rc("recv", zmq_recv(s, &byte, 1, 0));
	zd_settle();
	say("%s", pthread_tryjoin_np(thread, &ended) ? "waits" : "over");
	say_rc("close", zmq_close(s));
	zt_check(!pthread_join(thread, &ended));
	say("%s", ended ? "over" : "failed");
}

static void term_empty(void)
{
	void *ctx = za_ctx();

	say_rc("term", zmq_ctx_term(ctx));
	ctx = za_ctx();
	say_rc("shutdown", zmq_ctx_shutdown(ctx));
	say_rc("term", zmq_ctx_term(ctx));
}

static void term_twice(void)
{
	void *ctx = za_ctx();

	za_close(za_socket(ctx, ZMQ_PULL));
	say_rc("term", zmq_ctx_term(ctx));
	say_rc("again", zmq_ctx_term(ctx));
	say_rc("shutdown", zmq_ctx_shutdown(ctx));
	say_rc("get", zmq_ctx_get(ctx, ZMQ_IO_THREADS));
}

/* Messages pass between contexts; the end of one is nothing to the other. */
static void two_contexts(void)
{
	void *other = za_ctx(), *pull = zd_socket(ZMQ_PULL), *push = za_socket(other, ZMQ_PUSH);

	zd_link(pull, push);
	zd_put(push, "1", NULL);
	say_recv(pull);
	zt_ok(zmq_ctx_shutdown(other));
	say_get(push, "events", ZMQ_EVENTS);
	za_close(push);
	za_term(other);
	say_recv_now(pull);
	push = zd_socket(ZMQ_PUSH);
	zd_link(pull, push);
	zd_put(push, "3", NULL);
	say_recv(pull);
}

/* What is always there is none of its words. */
static void has(void)
{
	say("tcp=%d inproc=%d plain=%d nonsense=%d", zmq_has("tcp"), zmq_has("inproc"),
	    zmq_has("plain"), zmq_has("nonsense"));
}

static void error_texts(void)
{
	say("[%s]", zmq_strerror(EFSM));
	say("[%s]", zmq_strerror(ENOCOMPATPROTO));
	say("[%s]", zmq_strerror(ETERM));
	say("[%s]", zmq_strerror(EMTHREAD));
	say("[%s]", zmq_strerror(EHOSTUNREACH));
	say("[%s]", zmq_strerror(EAGAIN));
	errno = EMTHREAD;
	say("%s", zmq_errno() == EMTHREAD ? "errno" : "other");
}

static const struct zd_behaviour behaviours[] = {
	{ "defaults", "API 3", defaults,
	  "io-threads=1 max-sockets=1023 socket-limit=65535 max-msgsz=2147483647 msg-t-size=64 ipv6=0 blocky=1",
	},
	{ "io_threads", "API 3", io_threads,
	  "io:-1 set=EINVAL get=1 io:0 set=ok get=0 io:4 set=ok get=4",
	},
	{ "max_sockets_range", "API 3", max_sockets_range,
	  "max:-1 set=EINVAL get=1023 max:0 set=EINVAL get=1023 max:1 set=ok get=1 max:65535 set=ok get=65535",
	},
	{ "flags", "API 3", flags,
	  "ipv6:-1 set=EINVAL get=0 ipv6:2 set=ok get=1 blocky:-1 set=EINVAL get=1 blocky:0 set=ok get=0 msgsz:-1 set=EINVAL get=2147483647 msgsz:1000 set=ok get=1000 msg-t:64 set=EINVAL get=64",
	},
	{ "threads", "API 3", threads,
	  "priority=EINVAL priority=ok policy=EINVAL policy=ok add=ok add=EINVAL remove=ok again=EINVAL prefix=ok prefix=ok",
	},
	{ "cpus", "API 3", cpus,
	  "0 add=ok add=ok 1023 add=ok add=ok 1024 add=ok add=ok 2147483647 add=ok add=ok 0 remove=ok remove=EINVAL 1023 remove=ok remove=EINVAL 1024 remove=ok remove=EINVAL 2147483647 remove=ok remove=EINVAL add=ok term=ok",
	},
	{ "unknown_option", "API 3", unknown_option,
	  "-1=EINVAL -1=EINVAL 0=EINVAL 0=EINVAL 11=EINVAL 11=EINVAL 41=EINVAL 41=EINVAL 43=EINVAL 43=EINVAL 500=EINVAL 500=EINVAL",
	},
	{ "null_context", "API 6.2", null_context,
	  "set=EFAULT get=EFAULT shutdown=EFAULT term=EFAULT destroy=EFAULT socket=EFAULT",
	},
	{ "null_socket", "API 6.2", null_socket,
	  "close=ENOTSOCK send=ENOTSOCK recv=ENOTSOCK",
	},
	{ "closed_twice", "API 6.2", closed_twice,
	  "first=ok second=ENOTSOCK recv=ENOTSOCK",
	},
	{ "not_a_socket", "API 6.2", not_a_socket,
	  "close=ENOTSOCK send=ENOTSOCK bind=ENOTSOCK term=EFAULT socket=EFAULT",
	},
	{ "init", "API 6.2", init,
	  "threads=2 term=ok negative=EINVAL zero=0",
	},
	{ "max_sockets", "API 3", max_sockets,
	  "made=3 EMFILE late=ok EMFILE close=ok made",
	},
	{ "inherited_ipv6", "API 3", inherited_ipv6,
	  "before=0 after=1 own=0",
	},
	{ "inherited_linger", "API 3", inherited_linger,
	  "before=-1 after=0",
	},
	{ "shutdown_calls", "API 3", shutdown_calls,
	  "shutdown=ok again=ok events=ETERM send=ETERM recv=ETERM poll=ETERM get=ETERM socket=ETERM close=ok term=ok",
	},
	{ "shutdown_options", "API 3", shutdown_options,
	  "set=ok get=0 term=ok",
	},
	{ "shutdown_wakes_recv", "API 3", shutdown_wakes_recv,
	  "recv=ETERM",
	},
	{ "shutdown_wakes_send", "API 3", shutdown_wakes_send,
	  "send=ETERM",
	},
	{ "shutdown_wakes_poll", "API 3", shutdown_wakes_poll,
	  "poll=ETERM",
	},
	{ "term_waits_for_close", "API 3", term_waits_for_close,
	  "recv=ETERM waits close=ok over",
	},
	{ "term_empty", "API 3", term_empty,
	  "term=ok shutdown=ok term=ok",
	},
	{ "term_twice", "API 3", term_twice,
	  "term=ok again=EFAULT shutdown=EFAULT get=EFAULT",
	},
	{ "two_contexts", "API 3", two_contexts,
	  "[1] events=ETERM EAGAIN [3]",
	},
	{ "has", "API 6.2", has,
	  "tcp=0 inproc=0 plain=0 nonsense=0",
	},
	{ "error_texts", "API 5", error_texts,
	  "[Operation cannot be accomplished in current state] [The protocol is not compatible with the socket type] [Context was terminated] [No thread available] [Host unreachable] [Resource temporarily unavailable] errno",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
