// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of contexts: what it waits for and whom it wakes, how many sockets there may
 * be: API 3. Each makes contexts of its own.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

#include "diff.h"

/* How often zmq_ctx_term() meets a zmq_close(), and turns of a loop it is later each time. */
#define MEETINGS 200
#define MEETING_STEP 50

static pthread_t begin(void *(*run)(void *arg), void *arg)
{
	pthread_t thread;

	zt_check(!pthread_create(&thread, NULL, run, arg));
	return thread;
}

static void *end(pthread_t thread)
{
	void *result;

	zt_check(!pthread_join(thread, &result));
	return result;
}

static void *term(void *ctx)
{
	za_term(ctx);
	return ctx;
}

/* The socket has been told of the end. */
static void until_told(void *socket)
{
	int events;
	size_t size = sizeof(events);

	zt_until(zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size) && errno == ETERM, ZA_TIMEO);
}

/* --- how many ---------------------------------------------------------------------------- */

static void many_sockets(void)
{
	void *ctx = za_ctx(), *s[1100];
	int n = 0, i, more = 0;

	while (n < 1100 && (s[n] = zmq_socket(ctx, n % 2 ? ZMQ_PUB : ZMQ_DEALER)))
		n++;
	say("%d %s", n, zd_errno(errno));
	for (i = 0; i < 10; i++)
		more += !!zmq_socket(ctx, ZMQ_PAIR);
	say("more=%d", more);
	for (i = 0; i < n; i++)
		za_close(s[i]);
	say_rc("term", zmq_ctx_term(ctx));
}

static void one_socket(void)
{
	void *ctx = za_ctx(), *s;

	zt_ok(zmq_ctx_set(ctx, ZMQ_MAX_SOCKETS, 1));
	s = za_socket(ctx, ZMQ_PAIR);
	say("second=%s", zmq_socket(ctx, ZMQ_PAIR) ? "made" : zd_errno(errno));
	/* Another context has its own count. */
	za_socket(za_ctx(), ZMQ_PAIR);
	za_close(s);
	zt_until((s = zmq_socket(ctx, ZMQ_PAIR)), ZA_TIMEO);
	za_close(s);
	say_rc("term", zmq_ctx_term(ctx));
}

/* An unknown type takes no place. */
static void failed_is_not_counted(void)
{
	void *ctx = za_ctx();
	int i;

	zt_ok(zmq_ctx_set(ctx, ZMQ_MAX_SOCKETS, 2));
	for (i = 0; i < 5; i++)
		zt_check(!zmq_socket(ctx, 77));
	say("%s", zd_errno(errno));
	say("%s", zmq_socket(ctx, ZMQ_PAIR) ? "made" : zd_errno(errno));
	say("%s", zmq_socket(ctx, ZMQ_PAIR) ? "made" : zd_errno(errno));
	say("%s", zmq_socket(ctx, ZMQ_PAIR) ? "made" : zd_errno(errno));
}

/* Nobody to do it: inproc is done by the caller. */
static void no_io_thread(void)
{
	static const char *const eps[] = {
		"tcp://127.0.0.1:5555", "ipc://@diff-no-thread", "inproc://here",
	};
	void *ctx = za_ctx(), *s[2];
	size_t i;

	zt_ok(zmq_ctx_set(ctx, ZMQ_IO_THREADS, 0));
	for (i = 0; i < ZT_ARRAY(eps); i++) {
		s[0] = za_socket(ctx, ZMQ_PAIR);
		s[1] = za_socket(ctx, ZMQ_PAIR);
		say("%.6s", eps[i]);
		say_rc("bind", zmq_bind(s[0], eps[i]));
		say_rc("connect", zmq_connect(s[1], eps[i]));
	}
	zd_put(s[1], "works", NULL);
	say_recv(s[0]);
}

/* The first socket has begun: what is set then is only remembered. */
static void io_threads_late(void)
{
	void *ctx = za_ctx(), *s = za_socket(ctx, ZMQ_PAIR);

	say_rc("set", zmq_ctx_set(ctx, ZMQ_IO_THREADS, 0));
	say("get=%d", zmq_ctx_get(ctx, ZMQ_IO_THREADS));
	say_rc("bind", zmq_bind(s, "tcp://127.0.0.1:*"));
}

static void not_blocky(void)
{
	void *ctx = za_ctx(), *s, *own;
	int64_t start;

	zt_ok(zmq_ctx_set(ctx, ZMQ_BLOCKY, 0));
	s = zmq_socket(ctx, ZMQ_PUSH);
	own = zmq_socket(ctx, ZMQ_PUSH);
	za_set(own, ZMQ_LINGER, 300);
	za_connect(s, zd_free_endpoint());
	za_connect(own, zd_free_endpoint());
	za_put(s, "never", 0);
	za_close(s);
	za_put(own, "never", 0);
	/* ZMQ_LINGER begins in here. */
	start = zt_now();
	za_close(own);
	say_rc("term", zmq_ctx_term(ctx));
	say("%s", zt_now() - start >= 250 ? "own" : "at once");
}

/* --- what it waits for -------------------------------------------------------------------- */

/* Unsent messages hold it as long as they may linger. */
static void term_waits_for_linger(void)
{
	void *ctx = za_ctx(), *push = za_socket(ctx, ZMQ_PUSH);
	int64_t start;

	za_set(push, ZMQ_LINGER, 300);
	za_connect(push, zd_free_endpoint());
	za_put(push, "never", 0);
	start = zt_now();
	za_close(push);
	say_rc("term", zmq_ctx_term(ctx));
	say("%s", zt_now() - start >= 250 ? "waited" : "at once");
}

static void term_waits_for_delivery(void)
{
	void *ctx = za_ctx(), *push = za_socket(ctx, ZMQ_PUSH), *ended = NULL, *pull;
	const char *ep = zd_free_endpoint();
	pthread_t thread;

	za_set(push, ZMQ_LINGER, -1);
	za_connect(push, ep);
	za_put(push, "late", 0);
	za_close(push);
	thread = begin(term, ctx);
	zd_settle();
	say("%s", pthread_tryjoin_np(thread, &ended) ? "waits" : "over");
	pull = zd_bound(ZMQ_PULL, ep);
	say_recv(pull);
	say("%s", end(thread) == ctx ? "over" : "failed");
}

static void term_waits_for_all(void)
{
	void *ctx = za_ctx(), *a = za_socket(ctx, ZMQ_PULL), *b = za_socket(ctx, ZMQ_PUSH), *ended;
	pthread_t thread = begin(term, ctx);

	until_told(a);
	until_told(b);
	za_close(a);
	zd_settle();
	say("%s", pthread_tryjoin_np(thread, &ended) ? "waits" : "over");
	za_close(b);
	say("%s", end(thread) == ctx ? "over" : "failed");
}

static void ignore(int number)
{
	(void)number;
}

static void *term_interrupted(void *interruptions)
{
	while (zmq_ctx_term(zd_ctx())) {
		zt_eq(errno, EINTR);
		__atomic_add_fetch((int *)interruptions, 1, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

/* A signal ends the wait; it can begin again. */
static void interrupt_term(int flags)
{
	struct sigaction action = { .sa_handler = ignore, .sa_flags = flags };
	void *s = zd_socket(ZMQ_PULL);
	int interruptions = 0;
	pthread_t thread;

	zt_ok(sigaction(SIGUSR1, &action, NULL));
	thread = begin(term_interrupted, &interruptions);
	/* Those that come before it sleeps do nothing. */
	zt_until((pthread_kill(thread, SIGUSR1),
		  __atomic_load_n(&interruptions, __ATOMIC_SEQ_CST) >= 2), ZA_TIMEO);
	say("EINTR twice");
	za_close(s);
	end(thread);
	say("over");
}

static void term_eintr(void)
{
	interrupt_term(0);
}

/* Also where system calls begin again by themselves: so signal() has it. */
static void term_eintr_restart(void)
{
	interrupt_term(SA_RESTART);
}

/**
 * struct meeting - zmq_close() and zmq_ctx_term() at the same time
 * @begin: both are ready
 * @socket: what is closed
 * @closing: number of the zmq_close() that begins
 */
struct meeting {
	pthread_barrier_t begin;
	void *socket;
	int closing;
};

static void *close_all(void *arg)
{
	struct meeting *m = arg;
	int i;

	for (i = 1; i <= MEETINGS; i++) {
		pthread_barrier_wait(&m->begin);
		__atomic_store_n(&m->closing, i, __ATOMIC_SEQ_CST);
		za_close(m->socket);
	}
	return NULL;
}

/* Nobody waits for a name to be bound, also if the zmq_close() has only begun. */
static void term_meets_close(void)
{
	struct meeting m = { 0 };
	pthread_t thread;
	int i, idle;

	zt_check(!pthread_barrier_init(&m.begin, NULL, 2));
	thread = begin(close_all, &m);
	for (i = 1; i <= MEETINGS; i++) {
		void *ctx = za_ctx();

		m.socket = za_socket(ctx, ZMQ_PUSH);
		za_set(m.socket, ZMQ_LINGER, -1);
		za_connect(m.socket, "inproc://nobody");
		za_put(m.socket, "never", 0);
		pthread_barrier_wait(&m.begin);
		while (__atomic_load_n(&m.closing, __ATOMIC_SEQ_CST) != i)
			sched_yield();
		/* A bit later each time. */
		for (idle = 0; idle < i * MEETING_STEP; idle++)
			__atomic_thread_fence(__ATOMIC_SEQ_CST);
		za_term(ctx);
	}
	end(thread);
	say("over");
}

/* --- whom it wakes ------------------------------------------------------------------------ */

struct call {
	void *socket;
	int error;
};

static void *in_recv(void *arg)
{
	struct call *call = arg;
	char byte;

	call->error = zmq_recv(call->socket, &byte, 1, 0) < 0 ? errno : 0;
	return NULL;
}

static void *in_poll(void *arg)
{
	struct call *call = arg;
	zmq_pollitem_t item = { .socket = call->socket, .events = ZMQ_POLLIN };

	call->error = zmq_poll(&item, 1, -1) < 0 ? errno : 0;
	return NULL;
}

static void *in_send(void *arg)
{
	struct call *call = arg;

	call->error = zmq_send(call->socket, "x", 1, 0) < 0 ? errno : 0;
	return NULL;
}

/* Three threads, each asleep in another call. */
static void shutdown_wakes_all(void)
{
	static void *(*const calls[])(void *arg) = { in_recv, in_poll, in_send };
	struct call call[ZT_ARRAY(calls)];
	pthread_t thread[ZT_ARRAY(calls)];
	size_t i;

	for (i = 0; i < ZT_ARRAY(calls); i++) {
		call[i] = (struct call){ .socket = zd_socket(ZMQ_PAIR) };
		za_set(call[i].socket, ZMQ_RCVTIMEO, -1);
		za_set(call[i].socket, ZMQ_SNDTIMEO, -1);
		thread[i] = begin(calls[i], &call[i]);
	}
	zd_settle();
	zt_ok(zmq_ctx_shutdown(zd_ctx()));
	for (i = 0; i < ZT_ARRAY(calls); i++) {
		end(thread[i]);
		say("%s", zd_errno(call[i].error));
		za_close(call[i].socket);
	}
	say_rc("term", zmq_ctx_term(zd_ctx()));
}

static void term_wakes_recv(void)
{
	struct call call = { .socket = zd_socket(ZMQ_PULL) };
	pthread_t reader, ender;

	za_set(call.socket, ZMQ_RCVTIMEO, -1);
	reader = begin(in_recv, &call);
	zd_settle();
	ender = begin(term, zd_ctx());
	end(reader);
	say("%s", zd_errno(call.error));
	za_close(call.socket);
	say("%s", end(ender) == zd_ctx() ? "over" : "failed");
}

/* One context's end is nothing to the other's sleepers. */
static void other_context_sleeps_on(void)
{
	void *other = za_ctx(), *push = zd_socket(ZMQ_PUSH), *ended;
	struct call call = { .socket = zd_socket(ZMQ_PULL) };
	pthread_t thread;

	za_set(call.socket, ZMQ_RCVTIMEO, -1);
	zd_link(call.socket, push);
	thread = begin(in_recv, &call);
	za_close(za_socket(other, ZMQ_PULL));
	za_term(other);
	zd_settle();
	say("%s", pthread_tryjoin_np(thread, &ended) ? "asleep" : "awake");
	zd_put(push, "x", NULL);
	end(thread);
	say("%s", zd_errno(call.error));
}

/* Peers elsewhere see that somebody left, and may go on. */
static void shutdown_keeps_sent(void)
{
	void *other = za_ctx(), *push = za_socket(other, ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);

	za_set(push, ZMQ_LINGER, -1);
	zd_link(pull, push);
	za_put(push, "1", 0);
	za_put(push, "2", 0);
	zt_ok(zmq_ctx_shutdown(other));
	until_told(push);
	za_close(push);
	za_term(other);
	say_recv_many(pull, 2);
}

static void names_free_again(void)
{
	void *ctx = za_ctx(), *s = za_socket(ctx, ZMQ_PULL);
	const char *ep = zd_ipc("a");
	char tcp[256];

	za_bind(s, ep);
	za_bind_any(s, tcp);
	za_close(s);
	za_term(ctx);
	/* All is over when term() returns: no waiting here. */
	s = zd_socket(ZMQ_PULL);
	say_rc("tcp", zmq_bind(s, tcp));
	say_rc("ipc", zmq_bind(s, ep));
}

static void socket_after_shutdown(void)
{
	void *ctx = za_ctx();

	zt_ok(zmq_ctx_shutdown(ctx));
	say("%s", zmq_socket(ctx, ZMQ_PAIR) ? "made" : zd_errno(errno));
	say("%s", zmq_socket(ctx, 77) ? "made" : zd_errno(errno));
	say_rc("term", zmq_ctx_term(ctx));
	say("%s", zmq_socket(ctx, ZMQ_PAIR) ? "made" : zd_errno(errno));
}

static void many_contexts(void)
{
	void *ctx[50];
	size_t i;

	for (i = 0; i < ZT_ARRAY(ctx); i++) {
		void *a, *b;

		ctx[i] = za_ctx();
		a = za_socket(ctx[i], ZMQ_PAIR);
		b = za_socket(ctx[i], ZMQ_PAIR);
		za_bind(a, "inproc://same");
		za_connect(b, "inproc://same");
		zd_put(b, "x", NULL);
		za_want(a, "x", 0);
		za_close(a);
		za_close(b);
	}
	for (i = 0; i < ZT_ARRAY(ctx); i++)
		za_term(ctx[i]);
	say("all");
}

static const struct zd_behaviour behaviours[] = {
	{ "many_sockets", "API 9.2 test_many_sockets", many_sockets,
	  "1023 EMFILE more=0 term=ok",
	},
	{ "one_socket", "API 3", one_socket,
	  "second=EMFILE term=ok",
	},
	{ "failed_is_not_counted", "API 3", failed_is_not_counted,
	  "EINVAL made made EMFILE",
	},
	{ "no_io_thread", "API 3, 4.1", no_io_thread,
	  "tcp:// bind=EMTHREAD connect=EMTHREAD ipc:// bind=EMTHREAD connect=EMTHREAD inproc bind=ok connect=ok [works]",
	},
	{ "io_threads_late", "API 3", io_threads_late,
	  "set=ok get=0 bind=ok",
	},
	{ "not_blocky", "API 3", not_blocky,
	  "term=ok own",
	},
	{ "term_waits_for_linger", "API 2.3 LINGER", term_waits_for_linger,
	  "term=ok waited",
	},
	{ "term_waits_for_delivery", "API 3", term_waits_for_delivery,
	  "waits [late] over",
	},
	{ "term_waits_for_all", "API 3, test_term_blocks", term_waits_for_all,
	  "waits over",
	},
	{ "term_eintr", "API 3", term_eintr,
	  "EINTR twice over",
	},
	{ "term_eintr_restart", "API 3", term_eintr_restart,
	  "EINTR twice over",
	},
	{ "term_meets_close", "API 3", term_meets_close,
	  "over",
	},
	{ "shutdown_wakes_all", "API 3, test_ctx_destroy", shutdown_wakes_all,
	  "ETERM ETERM ETERM term=ok",
	},
	{ "term_wakes_recv", "API 3, test_ctx_destroy", term_wakes_recv,
	  "ETERM over",
	},
	{ "other_context_sleeps_on", "API 3", other_context_sleeps_on,
	  "asleep ok",
	},
	{ "shutdown_keeps_sent", "API 3", shutdown_keeps_sent,
	  "[1] [2]",
	},
	{ "names_free_again", "API 3", names_free_again,
	  "tcp=ok ipc=ok",
	},
	{ "socket_after_shutdown", "API 3, test_ctx_destroy", socket_after_shutdown,
	  "ETERM ETERM term=ok EFAULT",
	},
	{ "many_contexts", "API 3", many_contexts,
	  "all",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
