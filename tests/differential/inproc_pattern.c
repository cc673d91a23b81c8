// SPDX-License-Identifier: GPL-2.0-only
/* inproc: what patterns do there that they do nowhere else. */
#include "diff.h"

#define NAME "inproc://name"

/* --- one at a time -------------------------------------------------------------- */

static void pair_second(void)
{
	void *a = zd_bound(ZMQ_PAIR, NAME), *b = zd_connect(ZMQ_PAIR, NAME), *c;

	zd_put(b, "b", NULL);
	say_recv(a);
	c = zd_connect(ZMQ_PAIR, NAME);
	say_none(a);
	zd_until_events(c, 0);
	say_send(c, "c", "c", ZMQ_DONTWAIT);
	zd_put(a, "a", NULL);
	say_recv(b);
	say_none(c);
}

/* Who came too late stays out; who comes now is welcome. */
static void pair_next(void)
{
	void *a = zd_bound(ZMQ_PAIR, NAME), *b = zd_connect(ZMQ_PAIR, NAME), *c;
	zmq_pollitem_t item = { .socket = a, .events = ZMQ_POLLIN };

	zd_put(b, "b", NULL);
	say_recv(a);
	c = zd_connect(ZMQ_PAIR, NAME);
	say_none(a);
	zd_until_events(c, 0);
	za_close(b);
	zd_until_events(a, 0);
	say_send(a, "a", "a", ZMQ_DONTWAIT);
	say_events(c);
	/* libzmq still has to hear that the other side has heard: all are too late until then. */
	do
		zd_put(zd_connect(ZMQ_PAIR, NAME), "new", NULL);
	while (!zmq_poll(&item, 1, zt_scaled(200)));
	say_recv(a);
}

static void pair_waiting(void)
{
	void *b = zd_connect(ZMQ_PAIR, NAME), *c = zd_connect(ZMQ_PAIR, NAME), *a;

	zd_put(b, "b", NULL);
	zd_put(c, "c", NULL);
	a = zd_bound(ZMQ_PAIR, NAME);
	say_recv(a);
	say_none(a);
	zd_until_events(c, 0);
	zd_put(a, "a", NULL);
	say_recv(b);
}

/* --- subscriptions -------------------------------------------------------------- */

static void sub_waiting(void)
{
	void *sub = zd_socket(ZMQ_SUB), *pub = zd_socket(ZMQ_PUB);

	zd_set_text(sub, ZMQ_SUBSCRIBE, "A");
	za_connect(sub, NAME);
	zd_put(pub, "A0", NULL);
	za_bind(pub, NAME);
	/* It has subscribed: nothing has to be waited for. */
	zd_put(pub, "A1", NULL);
	zd_put(pub, "B1", NULL);
	say_recv(sub);
	say_none(sub);
}

static void pub_waiting(void)
{
	void *pub = zd_connect(ZMQ_PUB, NAME), *sub = zd_socket(ZMQ_SUB);

	zd_put(pub, "before", NULL);
	zd_set_text(sub, ZMQ_SUBSCRIBE, "");
	za_bind(sub, NAME);
	zd_subscribed(pub, sub, "");
	zd_put(pub, "after", NULL);
	say_recv(sub);
	say_none(sub);
}

static void subscriptions(void)
{
	void *pub = zd_bound(ZMQ_XPUB, NAME), *a = zd_socket(ZMQ_SUB), *b = zd_socket(ZMQ_SUB);

	zd_set_text(a, ZMQ_SUBSCRIBE, "T");
	za_connect(a, NAME);
	say_recv(pub);
	za_connect(b, NAME);
	zd_set_text(b, ZMQ_SUBSCRIBE, "T");
	zd_set_text(b, ZMQ_SUBSCRIBE, "U");
	say_recv(pub);
	zd_set_text(a, ZMQ_UNSUBSCRIBE, "T");
	say_none(pub);
	zd_put(pub, "T", "1", NULL);
	say_recv(b);
	say_none(a);
	za_close(b);
	say_recv_two(pub);
}

/* What a peer's end tells is not lost with it. */
static void disconnect_unsubscribes(void)
{
	void *pub = zd_bound(ZMQ_XPUB, NAME), *sub = zd_socket(ZMQ_SUB);

	zd_set_text(sub, ZMQ_SUBSCRIBE, "T");
	za_connect(sub, NAME);
	say_recv(pub);
	zd_put(pub, "T1", NULL);
	say_recv(sub);
	zt_ok(zmq_disconnect(sub, NAME));
	say_recv_from(pub, sub);
	zd_put(pub, "T2", NULL);
	say_none(sub);
	za_connect(sub, NAME);
	say_recv(pub);
	zd_put(pub, "T3", NULL);
	say_recv(sub);
}

static void xsub_speaks(void)
{
	void *pub = zd_bound(ZMQ_XPUB, NAME), *sub = zd_connect(ZMQ_XSUB, NAME);

	zt_eq(zmq_send(sub, "\1T", 2, 0), 2);
	say_recv(pub);
	zd_put(sub, "user", "words", NULL);
	say_recv(pub);
	zd_put(pub, "T", "x", NULL);
	say_recv(sub);
	zt_eq(zmq_send(sub, "\0T", 2, 0), 2);
	say_recv(pub);
}

/* --- options ---------------------------------------------------------------------- */

static void conflate(bool binder, bool connector, bool waiting)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);

	za_set(pull, ZMQ_CONFLATE, binder);
	za_set(push, ZMQ_CONFLATE, connector);
	if (!waiting)
		za_bind(pull, NAME);
	za_connect(push, NAME);
	zd_put(push, "1", NULL);
	if (waiting)
		za_bind(pull, NAME);
	zd_put(push, "2", NULL);
	zd_put(push, "3", NULL);
	say_recv(pull);
	say_recv_now(pull);
}

static void conflate_both(void) { conflate(true, true, false); }
static void conflate_connector(void) { conflate(false, true, false); }
static void conflate_binder(void) { conflate(true, false, false); }
static void conflate_waiting(void) { conflate(true, true, true); }

static void conflate_sub(void)
{
	void *pub = zd_bound(ZMQ_XPUB, NAME), *sub = zd_socket(ZMQ_SUB);

	za_set(sub, ZMQ_CONFLATE, 1);
	zd_set_text(sub, ZMQ_SUBSCRIBE, "");
	za_connect(sub, NAME);
	say_recv(pub);
	zd_put(pub, "1", NULL);
	zd_put(pub, "2", NULL);
	say_recv(sub);
	say_recv_now(sub);
}

/* Means nothing here. */
static void immediate(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull;

	za_set(push, ZMQ_IMMEDIATE, 1);
	za_connect(push, NAME);
	say_events(push);
	say_send(push, "send", "1", ZMQ_DONTWAIT);
	pull = zd_bound(ZMQ_PULL, NAME);
	zd_put(push, "2", NULL);
	say_recv_many(pull, 2);
}

/* --- requests ---------------------------------------------------------------------- */

static void req_waiting(void)
{
	void *req = zd_connect(ZMQ_REQ, NAME), *rep;

	say_events(req);
	zd_put(req, "q", NULL);
	say_events(req);
	rep = zd_bound(ZMQ_REP, NAME);
	say_recv(rep);
	zd_put(rep, "r", NULL);
	say_recv(req);
}

/* Nobody is left who could answer, and no new binder gets the question. */
static void rep_closes(void)
{
	void *rep = zd_bound(ZMQ_REP, NAME), *req = zd_connect(ZMQ_REQ, NAME);

	zd_put(req, "q", NULL);
	say_recv(rep);
	za_close(rep);
	say_none(req);
	say_events(req);
	say_send(req, "send", "q", ZMQ_DONTWAIT);
	rep = zd_socket(ZMQ_REP);
	zt_until(!zmq_bind(rep, NAME), ZA_TIMEO);
	say_none(rep);
}

static void req_closes(void)
{
	void *rep = zd_bound(ZMQ_REP, NAME), *req = zd_connect(ZMQ_REQ, NAME);

	zd_put(req, "q", NULL);
	say_recv(rep);
	za_close(req);
	say_send(rep, "reply", "r", ZMQ_DONTWAIT);
	req = zd_connect(ZMQ_REQ, NAME);
	zd_put(req, "next", NULL);
	say_recv(rep);
	zd_put(rep, "r", NULL);
	say_recv(req);
}

static const struct zd_behaviour behaviours[] = {
	{ "pair_second", "API 1.4", pair_second,
	  "[b] none c=EAGAIN [a] none",
	},
	{ "pair_next", "API 1.4", pair_next,
	  "[b] none a=EAGAIN events=0 [new]",
	},
	{ "pair_waiting", "API 1.4", pair_waiting,
	  "[b] none [a]",
	},
	{ "sub_waiting", "API 4.4", sub_waiting,
	  "[A1] none",
	},
	{ "pub_waiting", "API 9.1 test_inproc_connect", pub_waiting,
	  "[after] none",
	},
	{ "subscriptions", "API 1.10", subscriptions,
	  "[\\x01T] [\\x01U] none [T][1] none [\\x00T] [\\x00U]",
	},
	{ "disconnect_unsubscribes", "API 9.1 test_disconnect_inproc", disconnect_unsubscribes,
	  "[\\x01T] [T1] [\\x00T] none [\\x01T] [T3]",
	},
	{ "xsub_speaks", "API 1.11", xsub_speaks,
	  "[\\x01T] [user][words] [T][x] [\\x00T]",
	},
	{ "conflate_both", "API 2.3 CONFLATE", conflate_both,
	  "[3] EAGAIN",
	},
	{ "conflate_connector", "API 2.3 CONFLATE", conflate_connector,
	  "[3] EAGAIN",
	},
	{ "conflate_binder", "API 2.3 CONFLATE", conflate_binder,
	  "[1] [2]",
	},
	{ "conflate_waiting", "API 2.3 CONFLATE", conflate_waiting,
	  "[3] EAGAIN",
	},
	{ "conflate_sub", "API 2.3 CONFLATE", conflate_sub,
	  "[\\x01] [2] EAGAIN",
	},
	{ "immediate", "API 2.3 IMMEDIATE", immediate,
	  "events=2 send=1 [1] [2]",
	},
	{ "req_waiting", "API 1.5, 4.4", req_waiting,
	  "events=2 events=0 [q] [r]",
	},
	{ "rep_closes", "API 1.5", rep_closes,
	  "[q] none events=0 send=EFSM none",
	},
	{ "req_closes", "API 1.6", req_closes,
	  "[q] reply=1 [next] [r]",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
