// SPDX-License-Identifier: GPL-2.0-only
/*
 * zmq_proxy_steerable(): what its control socket does. Where libzmq's would abort, or
 * leave a REP without an answer for ever, only ours is asked.
 */
#include <pthread.h>
#include <stdlib.h>

#include "diff.h"

/* A steerable proxy of PULL and PUSH, its ends, and the other end of control. */
struct steered {
	void *frontend, *backend, *control;
	void *in, *out, *steer;
	pthread_t thread;
};

static void *run(void *arg)
{
	struct steered *s = arg;

	say_rc("proxy", zmq_proxy_steerable(s->frontend, s->backend, NULL, s->control));
	return NULL;
}

static struct steered *prepare(int control, int steer)
{
	struct steered *s = calloc(1, sizeof(*s));

	zt_check(s);
	s->frontend = zd_socket(ZMQ_PULL);
	s->backend = zd_socket(ZMQ_PUSH);
	s->control = zd_socket(control);
	s->in = zd_connect(ZMQ_PUSH, zd_bind(s->frontend));
	s->out = zd_connect(ZMQ_PULL, zd_bind(s->backend));
	if (control == ZMQ_SUB)
		zd_set_text(s->control, ZMQ_SUBSCRIBE, "");
	s->steer = zd_socket(steer);
	za_bind(s->control, "inproc://control");
	za_connect(s->steer, "inproc://control");
	return s;
}

/* From now on three of the sockets are the proxy's. */
static struct steered *begin(int control, int steer)
{
	struct steered *s = prepare(control, steer);

	zt_check(!pthread_create(&s->thread, NULL, run, s));
	return s;
}

static void ends(struct steered *s)
{
	zd_put(s->steer, "TERMINATE", NULL);
	pthread_join(s->thread, NULL);
}

static void terminate(void)
{
	struct steered *s = begin(ZMQ_PAIR, ZMQ_PAIR);

	zd_put(s->in, "through", NULL);
	say_recv(s->out);
	ends(s);
	/* The sockets are as they were. */
	zd_put(s->in, "later", NULL);
	say_recv(s->frontend);
}

/* What is not steered through a PAIR. */
static void terminate_by(int control, int steer)
{
	struct steered *s = begin(control, steer);

	zd_put(s->in, "through", NULL);
	say_recv(s->out);
	ends(s);
}

static void terminate_pull(void)
{
	terminate_by(ZMQ_PULL, ZMQ_PUSH);
}

static void terminate_sub(void)
{
	terminate_by(ZMQ_SUB, ZMQ_PUB);
}

static void terminate_dealer(void)
{
	terminate_by(ZMQ_DEALER, ZMQ_DEALER);
}

static void pause_resume(void)
{
	struct steered *s = begin(ZMQ_PAIR, ZMQ_PAIR);

	zd_put(s->in, "before", NULL);
	say_recv(s->out);
	zd_put(s->steer, "PAUSE", NULL);
	zd_put(s->steer, "PAUSE", NULL);
	zd_put(s->steer, "STATISTICS", NULL);
	za_ready(s->steer, ZMQ_POLLIN);
	zd_drain(s->steer);
	zd_put(s->in, "meanwhile", NULL);
	say_none(s->out);
	zd_put(s->steer, "RESUME", NULL);
	say_recv(s->out);
	zd_put(s->steer, "PAUSE", NULL);
	ends(s);
}

/* Asks for eight numbers: in, bytes, out, bytes of the frontend, then of the backend. */
static int ask_statistics(struct steered *s, uint64_t number[8])
{
	int i = 0;

	zd_put(s->steer, "STATISTICS", NULL);
	do {
		zt_check(i < 8);
		zt_eq(zmq_recv(s->steer, &number[i++], sizeof(*number), 0), sizeof(*number));
	} while (za_get(s->steer, ZMQ_RCVMORE));
	return i;
}

static void say_statistics(struct steered *s)
{
	uint64_t number[8];
	int i, count = ask_statistics(s, number);

	for (i = 0; i < count; i++)
		say("%llu", (unsigned long long)number[i]);
	say("(%d)", count);
}

static void statistics(void)
{
	struct steered *s = begin(ZMQ_PAIR, ZMQ_PAIR);

	say_statistics(s);
	zd_put(s->in, "12345", NULL);
	say_recv(s->out);
	zd_put(s->in, "1", "", "333", NULL);
	say_recv(s->out);
	zd_put(s->steer, "PAUSE", NULL);
	say_statistics(s);
	zd_put(s->in, "waits", NULL);
	say_statistics(s);
	ends(s);
}

/* Both directions, frames that a ROUTER adds included. */
static void statistics_back(void)
{
	struct steered s = {
		.frontend = zd_socket(ZMQ_ROUTER),
		.backend = zd_socket(ZMQ_DEALER),
		.control = zd_socket(ZMQ_PAIR),
		.steer = zd_socket(ZMQ_PAIR),
	};
	void *dealer = zd_named("id"), *rep = zd_connect(ZMQ_REP, zd_bind(s.backend));

	zd_link(s.frontend, dealer);
	zd_link(s.control, s.steer);
	zt_check(!pthread_create(&s.thread, NULL, run, &s));
	zd_put(dealer, "", "ask", NULL);
	say_recv(rep);
	zd_put(rep, "answer", "more", NULL);
	say_recv(dealer);
	say_statistics(&s);
	ends(&s);
}

/* It obeys while a message has nowhere to go. */
static void steers_stuck(void)
{
	struct steered *s = prepare(ZMQ_PAIR, ZMQ_PAIR);

	za_close(s->out);
	/* As of here nobody takes a message. */
	zd_until_events(s->backend, 0);
	zt_check(!pthread_create(&s->thread, NULL, run, s));
	zd_put(s->in, "stuck", NULL);
	zt_nap(100);
	zd_put(s->steer, "STATISTICS", NULL);
	zt_eq(zmq_recv(s->steer, NULL, 0, 0), 8);
	say("answered");
	zd_drain(s->steer);
	ends(s);
}

static void ends_with_context(void)
{
	struct steered *s = begin(ZMQ_PAIR, ZMQ_PAIR);

	zd_put(s->steer, "PAUSE", NULL);
	zt_nap(100);
	zt_ok(zmq_ctx_shutdown(zd_ctx()));
	pthread_join(s->thread, NULL);
}

/* Who can't answer is not asked again. */
static void statistics_pull(void)
{
	struct steered *s = begin(ZMQ_PULL, ZMQ_PUSH);

	zd_put(s->steer, "STATISTICS", NULL);
	pthread_join(s->thread, NULL);
}

/* --- where libzmq 4.3.4 is not asked ------------------------------------------------------- */

/* A REP answers each command, or it could never hear another. */
static void rep(void)
{
	struct steered *s = begin(ZMQ_REP, ZMQ_REQ);

	if (zt_lib_here() == ZT_STOCK)
		return;
	zd_put(s->steer, "PAUSE", NULL);
	say_recv(s->steer);
	zd_put(s->in, "x", NULL);
	say_statistics(s);
	zd_put(s->steer, "RESUME", NULL);
	say_recv(s->steer);
	say_recv(s->out);
	zd_put(s->steer, "nonsense", NULL);
	say_recv(s->steer);
	ends(s);
	say_recv(s->steer);
}

static void no_command(void)
{
	struct steered *s = begin(ZMQ_PAIR, ZMQ_PAIR);

	if (zt_lib_here() == ZT_STOCK)
		return;
	zd_put(s->steer, "", NULL);
	zd_put(s->steer, "terminate", NULL);
	zd_put(s->steer, "TERMINATED", NULL);
	zd_put(s->steer, "TERMINATE WITH A LONG TAIL", NULL);
	zd_put(s->steer, "TERMINATE", "", NULL);
	say_statistics(s);
	zd_put(s->in, "through", NULL);
	say_recv(s->out);
	ends(s);
}

/* A subscriber that is full holds up the messages, not the proxy. */
static void steers_full(void)
{
	struct steered s = {
		.frontend = zd_socket(ZMQ_PULL),
		.backend = zd_socket(ZMQ_XPUB),
		.control = zd_socket(ZMQ_PAIR),
		.steer = zd_socket(ZMQ_PAIR),
	};
	void *sub = zd_socket(ZMQ_SUB), *push = zd_connect(ZMQ_PUSH, zd_bind(s.frontend));
	uint64_t number[8];
	int i;

	if (zt_lib_here() == ZT_STOCK)
		return;
	za_set(s.backend, ZMQ_XPUB_NODROP, 1);
	za_set(s.backend, ZMQ_SNDHWM, 2);
	za_set(sub, ZMQ_RCVHWM, 2);
	zd_set_text(sub, ZMQ_SUBSCRIBE, "");
	za_bind(s.backend, "inproc://full");
	za_connect(sub, "inproc://full");
	zd_link(s.control, s.steer);
	say_recv(s.backend);
	zt_check(!pthread_create(&s.thread, NULL, run, &s));
	for (i = 0; i < 9; i++)
		zd_put(push, "x", NULL);
	/* As many as there is room for, and the one that it holds. */
	zt_until((ask_statistics(&s, number), number[0] == 5 && number[6] == 4), ZA_TIMEO);
	zd_put(s.steer, "PAUSE", NULL);
	zd_put(s.steer, "RESUME", NULL);
	say_recv_many(sub, 9);
	ends(&s);
}

static const struct zd_behaviour behaviours[] = {
	{ "terminate", "API 6.2", terminate,
	  "[through] proxy=ok [later]",
	},
	{ "terminate_pull", "API 6.2", terminate_pull,
	  "[through] proxy=ok",
	},
	{ "terminate_sub", "API 6.2", terminate_sub,
	  "[through] proxy=ok",
	},
	{ "terminate_dealer", "API 6.2", terminate_dealer,
	  "[through] proxy=ok",
	},
	{ "pause_resume", "API 6.2, 9.1 test_proxy_steerable", pause_resume,
	  "[before] none [meanwhile] proxy=ok",
	},
	{ "statistics", "API 6.2, 9.1 test_proxy_steerable", statistics,
	  "0 0 0 0 0 0 0 0 (8) [12345] [1][][333] 2 9 0 0 0 0 2 9 (8) 2 9 0 0 0 0 2 9 (8) proxy=ok",
	},
	{ "statistics_back", "API 6.2", statistics_back,
	  "[ask] [][answer][more] 1 5 1 12 1 12 1 5 (8) proxy=ok",
	},
	{ "statistics_pull", "API 6.2", statistics_pull,
	  "proxy=ENOTSUP",
	},
	{ "steers_stuck", "API 6.2", steers_stuck,
	  "answered proxy=ok",
	},
	{ "ends_with_context", "API 3", ends_with_context,
	  "proxy=ETERM",
	},
	{ "rep", "API 6.2, 9.1 test_proxy_steerable", rep,
	  "",
	  "[] 0 0 0 0 0 0 0 0 (8) [] [x] [] proxy=ok []",
	  .why = "A REP that steers a proxy answers each command",
	},
	{ "no_command", "API 6.2", no_command,
	  "",
	  "0 0 0 0 0 0 0 0 (8) [through] proxy=ok",
	  .why = "A proxy ignores what is no command",
	},
	{ "steers_full", "API 1.10", steers_full,
	  "",
	  "[\\x01] [x] [x] [x] [x] [x] [x] [x] [x] [x] proxy=ok",
	  .why = "A proxy obeys its control socket while it waits for a peer that is full",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
