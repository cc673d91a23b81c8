// SPDX-License-Identifier: GPL-2.0-only
/* What each pattern does, alike on tcp, ipc and inproc. */
#include <stdlib.h>

#include "transport.h"

static void pair(void)
{
	void *b, *a = transport_pair(ZMQ_PAIR, ZMQ_PAIR, &b);

	zd_put(b, "1", "2", "", NULL);
	say_recv(a);
	zd_put(a, "3", NULL);
	zd_put(a, "", NULL);
	say_recv_many(b, 2);
	say_events(a);
}

static void push_rotates(void)
{
	void *pull[3], *push = transport_fan(ZMQ_PUSH, ZMQ_PULL, pull, 3);
	int i;

	zd_put(push, "1", NULL);
	zd_put(push, "2", "a", "b", NULL);
	zd_put(push, "3", NULL);
	zd_put(push, "4", NULL);
	zd_put(push, "5", NULL);
	zd_put(push, "6", NULL);
	for (i = 0; i < 3; i++)
		say_recv_many(pull[i], 2);
}

/* All of each, each in its order. */
static void pull_collects(void)
{
	void *push[3], *pull = transport_fan(ZMQ_PULL, ZMQ_PUSH, push, 3);
	int next[3] = { 0 }, i, k, n, from;
	char text[8];

	for (i = 0; i < 3; i++)
		for (k = 0; k < 20; k++) {
			sprintf(text, "%d%d", i, k);
			zd_put(push[i], text, NULL);
		}
	for (i = 0; i < 60; i++) {
		n = zmq_recv(pull, text, sizeof(text) - 1, 0);
		zt_check(n > 1);
		text[n] = 0;
		from = text[0] - '0';
		zt_eq(atoi(text + 1), next[from]++);
	}
	say("%d %d %d", next[0], next[1], next[2]);
	say_none(pull);
}

static void req_rep(void)
{
	void *req, *rep = transport_pair(ZMQ_REP, ZMQ_REQ, &req);

	say_send(rep, "rep", "early", ZMQ_DONTWAIT);
	zd_put(req, "q", "more", NULL);
	say_send(req, "req", "again", ZMQ_DONTWAIT);
	say_recv(rep);
	zd_put(rep, "", "r", NULL);
	say_recv(req);
	zd_put(req, "next", NULL);
	say_recv(rep);
	zd_put(rep, "reply", NULL);
	say_recv(req);
}

static void req_rotates(void)
{
	void *rep[3], *req = transport_fan(ZMQ_REQ, ZMQ_REP, rep, 3);
	int i;

	for (i = 0; i < 6; i++) {
		zd_put(req, "q", NULL);
		say_recv(rep[i % 3]);
		zd_put(rep[i % 3], i % 2 ? "odd" : "even", NULL);
		say_recv(req);
	}
}

static void req_correlates(void)
{
	void *req = zd_socket(ZMQ_REQ), *router = zd_socket(ZMQ_ROUTER);
	char id[2][16], number[2][16], text[16];
	int size, i;

	za_set(req, ZMQ_REQ_CORRELATE, 1);
	za_set(req, ZMQ_REQ_RELAXED, 1);
	transport_couple(router, req);
	for (i = 0; i < 2; i++) {
		zd_put(req, i ? "second" : "first", NULL);
		size = zmq_recv(router, id[i], 16, 0);
		zt_eq(zmq_recv(router, number[i], 16, 0), 4);
		zt_eq(zmq_recv(router, text, 16, 0), 0);
		say_recv(router);
	}
	/* The answer to the question that was given up comes first. */
	for (i = 0; i < 2; i++) {
		zmq_send(router, id[i], size, ZMQ_SNDMORE);
		zmq_send(router, number[i], 4, ZMQ_SNDMORE);
		zd_put(router, "", i ? "to second" : "to first", NULL);
	}
	say_recv(req);
}

static void req_correlates_rep(void)
{
	void *req = zd_socket(ZMQ_REQ), *rep = zd_socket(ZMQ_REP);
	int i;

	za_set(req, ZMQ_REQ_CORRELATE, 1);
	transport_couple(rep, req);
	for (i = 0; i < 2; i++) {
		zd_put(req, "question", "two", NULL);
		say_recv(rep);
		zd_put(rep, "answer", "two", NULL);
		say_recv(req);
	}
}

/* What is before the empty frame comes back as it was. */
static void rep_envelope(void)
{
	void *dealer, *rep = transport_pair(ZMQ_REP, ZMQ_DEALER, &dealer);

	zd_put(dealer, "X", "Y", "", "A", NULL);
	say_recv(rep);
	zd_put(rep, "B", NULL);
	say_recv(dealer);
	zd_put(dealer, "no delimiter", NULL);
	zd_put(dealer, "", "C", NULL);
	say_recv(rep);
}

static void dealer_router(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = zd_named("a"), *b = zd_named("b");
	const char *ep = transport_bind(router);

	za_connect(a, ep);
	zd_put(a, "1", "x", NULL);
	say_recv(router);
	za_connect(b, ep);
	zd_put(b, "2", NULL);
	say_recv(router);
	zd_put(router, "b", "to b", NULL);
	zd_put(router, "a", "to", "a", NULL);
	say_recv(a);
	say_recv(b);
	/* Nobody's: gone without a word. */
	zd_put(router, "c", "to c", NULL);
	say_none(a);
}

static void router_mandatory(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *dealer = zd_named("a");

	za_set(router, ZMQ_ROUTER_MANDATORY, 1);
	say_events(router);
	transport_couple(router, dealer);
	za_ready(router, ZMQ_POLLOUT);
	say_send(router, "a", "a", ZMQ_SNDMORE | ZMQ_DONTWAIT);
	say_send(router, "text", "hi", ZMQ_DONTWAIT);
	say_recv(dealer);
	say_send(router, "b", "b", ZMQ_SNDMORE | ZMQ_DONTWAIT);
	za_close(dealer);
	zd_until_events(router, 0);
	say_send(router, "a", "a", ZMQ_SNDMORE | ZMQ_DONTWAIT);
}

static void router_handover(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = zd_named("a"), *b = zd_named("a");
	const char *ep;

	za_set(router, ZMQ_ROUTER_HANDOVER, 1);
	/* Once evicted it must not come back for its name. */
	za_set(a, ZMQ_RECONNECT_IVL, -1);
	ep = transport_bind(router);
	za_connect(a, ep);
	zd_put(a, "first", NULL);
	say_recv(router);
	za_connect(b, ep);
	zd_put(b, "second", NULL);
	say_recv(router);
	zd_put(router, "a", "answer", NULL);
	say_recv(b);
}

static void router_probe(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *dealer = zd_named("a");

	za_set(dealer, ZMQ_PROBE_ROUTER, 1);
	transport_couple(router, dealer);
	say_recv(router);
	zd_put(router, "a", "welcome", NULL);
	say_recv(dealer);
}

static void connect_routing_id(void)
{
	void *a = zd_socket(ZMQ_ROUTER), *b = zd_socket(ZMQ_ROUTER);

	zd_set_text(a, ZMQ_ROUTING_ID, "a");
	zd_set_text(b, ZMQ_ROUTING_ID, "b");
	zd_set_text(b, ZMQ_CONNECT_ROUTING_ID, "mine");
	transport_couple(a, b);
	zd_put(b, "mine", "question", NULL);
	say_recv(a);
	zd_put(a, "b", "answer", NULL);
	say_recv(b);
}

static void pub_sub(void)
{
	void *pub = zd_socket(ZMQ_PUB), *sub = zd_socket(ZMQ_SUB);

	transport_couple(pub, sub);
	zd_set_text(sub, ZMQ_SUBSCRIBE, "A");
	zd_set_text(sub, ZMQ_SUBSCRIBE, "B");
	zd_subscribed(pub, sub, "B");
	zd_put(pub, "A1", "x", NULL);
	zd_put(pub, "C1", "x", NULL);
	zd_put(pub, "B1", NULL);
	say_recv_many(sub, 2);
	zd_set_text(sub, ZMQ_UNSUBSCRIBE, "A");
	zd_put(pub, "A2", NULL);
	zd_put(pub, "B2", NULL);
	say_recv(sub);
	say_send(sub, "sub", "x", ZMQ_DONTWAIT);
}

static void xpub_xsub(void)
{
	void *sub, *pub = transport_pair(ZMQ_XPUB, ZMQ_XSUB, &sub);

	zt_eq(zmq_send(sub, "\1T", 2, 0), 2);
	say_recv(pub);
	zd_put(sub, "upstream", "words", NULL);
	say_recv(pub);
	zd_put(pub, "T", "1", NULL);
	say_recv(sub);
	zt_eq(zmq_send(sub, "\0T", 2, 0), 2);
	say_recv(pub);
	zd_put(pub, "T", "2", NULL);
	say_none(sub);
}

/* The last of a topic's subscribers counts, gone or not. */
static void xpub_counts(void)
{
	void *pub = zd_socket(ZMQ_XPUB), *a = zd_socket(ZMQ_SUB), *b = zd_socket(ZMQ_SUB);
	const char *ep = transport_bind(pub);

	za_connect(a, ep);
	za_connect(b, ep);
	zd_set_text(a, ZMQ_SUBSCRIBE, "T");
	say_recv(pub);
	zd_set_text(b, ZMQ_SUBSCRIBE, "T");
	zd_set_text(b, ZMQ_SUBSCRIBE, "U");
	say_recv(pub);
	zd_set_text(a, ZMQ_UNSUBSCRIBE, "T");
	say_none(pub);
	zt_ok(zmq_disconnect(b, ep));
	zt_until((za_get(b, ZMQ_EVENTS), za_get(pub, ZMQ_EVENTS) & ZMQ_POLLIN), ZA_TIMEO);
	say_recv_two(pub);
}

static void xpub_manual(void)
{
	void *pub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);

	za_set(pub, ZMQ_XPUB_MANUAL, 1);
	transport_couple(pub, sub);
	zd_set_text(sub, ZMQ_SUBSCRIBE, "A");
	say_recv(pub);
	zd_set_text(pub, ZMQ_SUBSCRIBE, "AB");
	zd_put(pub, "A", NULL);
	zd_put(pub, "ABC", NULL);
	say_recv(sub);
	say_none(sub);
}

static const struct transport_row rows[] = {
	{ "pair", "API 1.4", pair,
	  "[1][2][] [3] [] events=2",
	},
	{ "push_rotates", "API 1.3, 9.1 test_spec_pushpull", push_rotates,
	  "[1] [4] [2][a][b] [5] [3] [6]",
	},
	{ "pull_collects", "API 1.3, 9.1 test_spec_pushpull", pull_collects,
	  "20 20 20 none",
	},
	{ "req_rep", "API 1.5, 1.6, test_reqrep_tcp/ipc/inproc", req_rep,
	  "rep=EFSM req=EFSM [q][more] [][r] [next] [reply]",
	},
	{ "req_rotates", "API 9.1 test_spec_req", req_rotates,
	  "[q] [even] [q] [odd] [q] [even] [q] [odd] [q] [even] [q] [odd]",
	},
	{ "req_correlates", "API 1.5", req_correlates,
	  "[first] [second] [to\\x20second]",
	},
	{ "req_correlates_rep", "API 1.5", req_correlates_rep,
	  "[question][two] [answer][two] [question][two] [answer][two]",
	},
	{ "rep_envelope", "API 9.1 test_spec_rep", rep_envelope,
	  "[A] [X][Y][][B] [C]",
	},
	{ "dealer_router", "API 1.8, 9.1 test_spec_router", dealer_router,
	  "[a][1][x] [b][2] [to][a] [to\\x20b] none",
	},
	{ "router_mandatory", "API 1.8", router_mandatory,
	  "events=0 a=1 text=2 [hi] b=EHOSTUNREACH a=EHOSTUNREACH",
	},
	{ "router_handover", "API 1.8", router_handover,
	  "[a][first] [a][second] [answer]",
	},
	{ "router_probe", "API 1.8", router_probe,
	  "[a][] [welcome]",
	},
	{ "connect_routing_id", "API 9.1 test_connect_rid", connect_routing_id,
	  "[b][question] [mine][answer]",
	},
	{ "pub_sub", "API 1.10, 1.11", pub_sub,
	  "[A1][x] [B1] [B2] sub=ENOTSUP",
	},
	{ "xpub_xsub", "API 1.10, 1.11", xpub_xsub,
	  "[\\x01T] [upstream][words] [T][1] [\\x00T] none",
	},
	{ "xpub_counts", "API 1.10, 9.1 test_disconnect_inproc", xpub_counts,
	  "[\\x01T] [\\x01U] none [\\x00T] [\\x00U]",
	},
	{ "xpub_manual", "API 1.10", xpub_manual,
	  "[\\x01A] [ABC] none",
	},
};

int main(int argc, char **argv)
{
	return transport_main(argc, argv, rows, ZT_ARRAY(rows));
}
