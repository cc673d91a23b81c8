// SPDX-License-Identifier: GPL-2.0-only
/*
 * inproc: what becomes of messages and of those who wait when an end goes.
 * What was sent is with the peer, or waits for one; LINGER has no say in it: API 4.4.
 */
#define _GNU_SOURCE
#include <pthread.h>

#include "diff.h"

#define NAME "inproc://name"

static void *send_five(int linger)
{
	void *push = zd_socket(ZMQ_PUSH);
	int i;

	za_set(push, ZMQ_LINGER, linger);
	za_connect(push, NAME);
	for (i = 0; i < 5; i++)
		za_put(push, "x", 0);
	return push;
}

static void say_five(void *pull)
{
	say_recv_many(pull, 5);
	say_none(pull);
}

static void closed(int linger, bool waiting)
{
	void *pull = zd_socket(ZMQ_PULL);

	if (!waiting)
		za_bind(pull, NAME);
	za_close(send_five(linger));
	if (linger > 0)
		zt_nap(3 * linger);
	if (waiting)
		za_bind(pull, NAME);
	say_five(pull);
}

static void close_lingering(void) { closed(-1, false); }
static void close_at_once(void) { closed(0, false); }
static void close_lingering_waiting(void) { closed(-1, true); }
static void close_at_once_waiting(void) { closed(0, true); }
static void close_for_a_while_waiting(void) { closed(100, true); }

static void disconnected(int linger, bool waiting)
{
	void *pull = zd_socket(ZMQ_PULL), *push;

	if (!waiting)
		za_bind(pull, NAME);
	push = send_five(linger);
	zt_ok(zmq_disconnect(push, NAME));
	if (linger > 0)
		zt_nap(3 * linger);
	if (waiting)
		za_bind(pull, NAME);
	say_five(pull);
}

static void disconnect_lingering(void) { disconnected(-1, false); }
static void disconnect_at_once(void) { disconnected(0, false); }
static void disconnect_at_once_waiting(void) { disconnected(0, true); }
static void disconnect_for_a_while_waiting(void) { disconnected(100, true); }

/* disconnect() takes the other end along, it does not begin to: who looks next finds no peer. */
static void disconnect_is_known(void)
{
	void *push = zd_bound(ZMQ_PUSH, NAME), *pull = zd_socket(ZMQ_PULL);
	int i, late = 0;

	for (i = 0; i < 200; i++) {
		za_connect(pull, NAME);
		za_put(push, "x", 0);
		za_want(pull, "x", 0);
		zt_ok(zmq_disconnect(pull, NAME));
		late += za_get(push, ZMQ_EVENTS) != 0;
	}
	say("late=%d", late);
	say_send(push, "send", "x", ZMQ_DONTWAIT);
}

/* More than RCVHWM alone would take. */
static void close_full(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);

	za_set(pull, ZMQ_RCVHWM, 2);
	za_set(push, ZMQ_SNDHWM, 2);
	za_bind(pull, NAME);
	za_connect(push, NAME);
	say("sent=%d", zd_fill(push, 100));
	za_close(push);
	say_recv_many(pull, 4);
	say_none(pull);
}

/* Half a message is none. */
static void close_midway(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *push = zd_connect(ZMQ_PUSH, NAME);

	zd_put(push, "1", NULL);
	za_put(push, "2a", ZMQ_SNDMORE);
	za_close(push);
	say_recv(pull);
	say_none(pull);
}

static void close_midway_waiting(void)
{
	void *push = zd_connect(ZMQ_PUSH, NAME), *pull;

	zd_put(push, "1", NULL);
	za_put(push, "2a", ZMQ_SNDMORE);
	za_close(push);
	pull = zd_bound(ZMQ_PULL, NAME);
	say_recv(pull);
	say_none(pull);
}

/* The binder reads half a message, then its sender goes: the rest is there. */
static void close_while_read(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *push = zd_connect(ZMQ_PUSH, NAME);

	zd_put(push, "a", "b", "c", NULL);
	za_want(pull, "a", 1);
	za_close(push);
	zd_settle();
	za_want(pull, "b", 1);
	za_want(pull, "c", 0);
	say("whole");
	say_none(pull);
}

/* What the binder did not read is gone with it, and so is the connection. */
static void binder_closes(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *push = zd_connect(ZMQ_PUSH, NAME);

	zd_put(push, "1", NULL);
	zd_put(push, "2", NULL);
	say_recv(pull);
	za_close(pull);
	zd_until_events(push, 0);
	say_send(push, "send", "3", ZMQ_DONTWAIT);
	pull = zd_socket(ZMQ_PULL);
	zt_until(!zmq_bind(pull, NAME), ZA_TIMEO);
	say_none(pull);
	say_events(push);
	say_rc("disconnect", zmq_disconnect(push, NAME));
	za_connect(push, NAME);
	zd_put(push, "4", NULL);
	say_recv(pull);
}

/* What it has sent is not gone. */
static void binder_closes_after_send(void)
{
	void *push = zd_bound(ZMQ_PUSH, NAME), *pull = zd_connect(ZMQ_PULL, NAME);

	zd_put(push, "1a", "1b", NULL);
	zd_put(push, "2", NULL);
	za_close(push);
	say_recv_many(pull, 2);
	say_none(pull);
	say_events(pull);
}

static void binder_closes_unbound(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *push = zd_connect(ZMQ_PUSH, NAME);

	zt_ok(zmq_unbind(pull, NAME));
	zd_put(push, "1", NULL);
	say_recv(pull);
	za_close(pull);
	zd_until_events(push, 0);
	say_send(push, "send", "2", ZMQ_DONTWAIT);
}

/* Others of the binder's peers don't notice. */
static void one_of_two_closes(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME);
	void *a = zd_connect(ZMQ_PUSH, NAME), *b = zd_connect(ZMQ_PUSH, NAME);

	zd_put(a, "a1", NULL);
	say_recv(pull);
	za_close(a);
	zd_put(b, "b1", NULL);
	say_recv(pull);
	a = zd_connect(ZMQ_PUSH, NAME);
	zd_put(a, "a2", NULL);
	say_recv(pull);
	zd_put(b, "b2", NULL);
	say_recv(pull);
}

/* --- the end of the context -------------------------------------------------------- */

/* Nobody will ever bind: nothing to wait for, whatever LINGER says. */
static void term_waiting(void)
{
	void *ctx = za_ctx(), *s[20];
	size_t i;

	for (i = 0; i < ZT_ARRAY(s); i++) {
		s[i] = zmq_socket(ctx, ZMQ_DEALER);
		za_connect(s[i], NAME);
		za_put(s[i], "x", 0);
	}
	for (i = 0; i < ZT_ARRAY(s); i++)
		za_close(s[i]);
	say_rc("term", zmq_ctx_term(ctx));
}

static void term_unread(void)
{
	void *ctx = za_ctx(), *pull = zmq_socket(ctx, ZMQ_PULL), *push = zmq_socket(ctx, ZMQ_PUSH);

	za_bind(pull, NAME);
	za_connect(push, NAME);
	za_put(push, "x", 0);
	za_close(push);
	za_close(pull);
	say_rc("term", zmq_ctx_term(ctx));
}

static void *term(void *ctx)
{
	za_term(ctx);
	return ctx;
}

/* The binder is told about the end before it can read the last message. */
static void term_with_binder(void)
{
	void *ctx = za_ctx(), *pull = za_socket(ctx, ZMQ_PULL), *push = za_socket(ctx, ZMQ_PUSH);
	void *ended = NULL;
	int events;
	size_t size = sizeof(events);
	pthread_t thread;
	char byte;

	za_bind(pull, NAME);
	za_connect(push, NAME);
	za_put(push, "x", 0);
	za_close(push);
	zt_check(!pthread_create(&thread, NULL, term, ctx));
	zt_until(zmq_getsockopt(pull, ZMQ_EVENTS, &events, &size) < 0 && errno == ETERM, ZA_TIMEO);
	say_rc("recv", zmq_recv(pull, &byte, 1, 0));
	say("%s", pthread_tryjoin_np(thread, &ended) ? "waits" : "over");
	za_close(pull);
	zt_check(!pthread_join(thread, &ended));
	say("%s", ended ? "over" : "failed");
}

static void shutdown_calls(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *push = zd_connect(ZMQ_PUSH, NAME);
	void *waits = zd_connect(ZMQ_PUSH, "inproc://nobody");

	zd_put(push, "x", NULL);
	zt_ok(zmq_ctx_shutdown(zd_ctx()));
	say_get(pull, "pull", ZMQ_EVENTS);
	say_get(push, "push", ZMQ_EVENTS);
	say_get(waits, "waits", ZMQ_EVENTS);
	say_recv_now(pull);
	say_send(push, "send", "x", ZMQ_DONTWAIT);
	say_rc("bind", zmq_bind(pull, "inproc://other"));
	say_rc("connect", zmq_connect(push, "inproc://other"));
	say_rc("unbind", zmq_unbind(pull, NAME));
	say_rc("disconnect", zmq_disconnect(push, NAME));
	za_close(pull);
	za_close(push);
	za_close(waits);
	say_rc("term", zmq_ctx_term(zd_ctx()));
}

static const struct zd_behaviour behaviours[] = {
	{ "close_lingering", "API 4.4", close_lingering,
	  "[x] [x] [x] [x] [x] none",
	},
	{ "close_at_once", "API 4.4", close_at_once,
	  "[x] [x] [x] [x] [x] none",
	},
	{ "close_lingering_waiting", "API 4.4", close_lingering_waiting,
	  "[x] [x] [x] [x] [x] none",
	},
	{ "close_at_once_waiting", "API 4.4", close_at_once_waiting,
	  "[x] [x] [x] [x] [x] none",
	},
	{ "close_for_a_while_waiting", "API 4.4", close_for_a_while_waiting,
	  "[x] [x] [x] [x] [x] none",
	},
	{ "disconnect_lingering", "API 4.8", disconnect_lingering,
	  "[x] [x] [x] [x] [x] none",
	},
	{ "disconnect_at_once", "API 4.8", disconnect_at_once,
	  "[x] [x] [x] [x] [x] none",
	},
	{ "disconnect_at_once_waiting", "API 4.8", disconnect_at_once_waiting,
	  "[x] [x] [x] [x] [x] none",
	},
	{ "disconnect_for_a_while_waiting", "API 4.8", disconnect_for_a_while_waiting,
	  "[x] [x] [x] [x] [x] none",
	},
	{ "disconnect_is_known", "API 4.8, pyzmq's test_connectbind_context_managers",
	  disconnect_is_known,
	  "late=0 send=EAGAIN",
	},
	{ "close_full", "API 2.3", close_full,
	  "sent=4 [x] [x] [x] [x] none",
	},
	{ "close_midway", "API 1.3", close_midway,
	  "[1] none",
	},
	{ "close_midway_waiting", "API 1.3", close_midway_waiting,
	  "[1] none",
	},
	{ "close_while_read", "API 1.3", close_while_read,
	  "whole none",
	},
	{ "binder_closes", "API 4.4", binder_closes,
	  "[1] send=EAGAIN none events=0 disconnect=ENOENT [4]",
	},
	{ "binder_closes_after_send", "API 4.4", binder_closes_after_send,
	  "[1a][1b] [2] none events=0",
	},
	{ "binder_closes_unbound", "API 4.4", binder_closes_unbound,
	  "[1] send=EAGAIN",
	},
	{ "one_of_two_closes", "API 4.4", one_of_two_closes,
	  "[a1] [b1] [a2] [b2]",
	},
	{ "term_waiting", "API 3, test_inproc_connect", term_waiting,
	  "term=ok",
	},
	{ "term_unread", "API 3", term_unread,
	  "term=ok",
	},
	{ "term_with_binder", "API 3", term_with_binder,
	  "recv=ETERM waits over",
	},
	{ "shutdown_calls", "API 3, test_inproc_connect", shutdown_calls,
	  "pull=ETERM push=ETERM waits=ETERM ETERM send=ETERM bind=ETERM connect=ETERM unbind=ETERM disconnect=ETERM term=ok",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
