// SPDX-License-Identifier: GPL-2.0-only
/* PAIR, and DEALER, PUSH, PULL beyond routing: API 1.4, 1.7. */
#include "../system/wire.h"
#include "diff.h"
#include "watch.h"

static void pair_both_ways(void)
{
	void *a = zd_socket(ZMQ_PAIR), *b = zd_socket(ZMQ_PAIR);

	zd_link(a, b);
	zd_put(b, "1", "x", "", NULL);
	say_recv(a);
	zd_put(a, "2", NULL);
	zd_put(a, "3", "y", NULL);
	say_recv_many(b, 2);
	say_events(a);
	say_events(b);
}

/* A second peer stays connected and mute, also after the first has gone. */
static void pair_second_peer(void)
{
	void *a = zd_socket(ZMQ_PAIR), *b = zd_socket(ZMQ_PAIR), *c = zd_socket(ZMQ_PAIR);

	zd_link(a, b);
	zd_put(b, "b1", NULL);
	say_recv(a);
	zd_link(a, c);
	say_send(c, "c1", "c1", ZMQ_DONTWAIT);
	say_none(a);
	zd_put(a, "a1", NULL);
	say_recv(b);
	say_none(c);
	za_close(b);
	zd_until_events(a, 0);
	say_events(a);
	say_send(a, "a2", "a2", ZMQ_DONTWAIT);
	say_send(c, "c2", "c2", ZMQ_DONTWAIT);
	say_none(a);
	say_none(c);
}

/* But one that connects when the first has gone is the peer. */
static void pair_next_peer(void)
{
	void *a = zd_socket(ZMQ_PAIR), *b = zd_socket(ZMQ_PAIR), *c;
	const char *ep = zd_bind(a);

	za_connect(b, ep);
	zd_put(b, "b1", NULL);
	say_recv(a);
	za_close(b);
	zt_until(!(za_get(a, ZMQ_EVENTS) & ZMQ_POLLOUT), ZA_TIMEO);
	say_send(a, "a1", "a1", ZMQ_DONTWAIT);
	c = zd_connect(ZMQ_PAIR, ep);
	zd_put(c, "c1", NULL);
	say_recv(a);
	zd_put(a, "a2", NULL);
	say_recv(c);
}

/* The same with connect() on the one side: the first connect() has the peer. */
static void pair_connects_twice(void)
{
	void *a = zd_socket(ZMQ_PAIR), *b = zd_socket(ZMQ_PAIR), *c = zd_socket(ZMQ_PAIR);

	say_rc("connect", zmq_connect(c, zd_bind(a)));
	say_rc("connect", zmq_connect(c, zd_bind(b)));
	zd_put(c, "1", NULL);
	zd_put(c, "2", NULL);
	say_recv_many(a, 2);
	say_none(b);
	zd_put(a, "3", NULL);
	say_recv(c);
	say_send(b, "4", "4", ZMQ_DONTWAIT);
	say_none(c);
}

static void pair_queues_for_peer(void)
{
	void *a = zd_socket(ZMQ_PAIR), *b = zd_socket(ZMQ_PAIR);
	const char *ep = zd_free_endpoint();

	za_set(a, ZMQ_SNDHWM, 2);
	za_connect(a, ep);
	say_send(a, "1", "1", ZMQ_DONTWAIT);
	say_send(a, "2", "2", ZMQ_DONTWAIT);
	say_send(a, "3", "3", ZMQ_DONTWAIT);
	za_bind(b, ep);
	say_recv_many(b, 2);
	zd_put(a, "4", NULL);
	say_recv(b);
}

/* Messages for a peer that has gone are lost with it; those from it are not. */
static void pair_peer_gone(void)
{
	void *a = zd_socket(ZMQ_PAIR), *b = zd_socket(ZMQ_PAIR);

	zd_link(a, b);
	za_set(b, ZMQ_LINGER, 10000);
	zd_put(b, "1", NULL);
	zd_put(b, "2", NULL);
	za_ready(a, ZMQ_POLLIN);
	za_close(b);
	zt_until(!(za_get(a, ZMQ_EVENTS) & ZMQ_POLLOUT), ZA_TIMEO);
	say_recv_many(a, 2);
	say_events(a);
	say_send(a, "send", "x", ZMQ_DONTWAIT);
	say_recv_now(a);
}

/* The connecting side finds a binder that comes back. */
static void pair_binder_back(void)
{
	void *a = zd_socket(ZMQ_PAIR), *b = zd_socket(ZMQ_PAIR), *watched = watch(b);
	const char *ep = zd_bind(a);

	za_set(b, ZMQ_RECONNECT_IVL, 20);
	za_connect(b, ep);
	zd_put(b, "1", NULL);
	say_recv(a);
	say_rc("unbind", zmq_unbind(a, ep));
	za_close(a);
	/* What is sent before it notices is lost. */
	zm_until(watched, ZMQ_EVENT_DISCONNECTED);
	a = zd_socket(ZMQ_PAIR);
	zd_bind_again(a, ep);
	zd_put(b, "2", NULL);
	say_recv(a);
	zd_put(a, "3", NULL);
	say_recv(b);
}

/* Cut off by unbind(); with RECONNECT_IVL -1 only a new connect() helps. */
static void pair_no_reconnect(void)
{
	void *a = zd_socket(ZMQ_PAIR), *b = zd_socket(ZMQ_PAIR);
	const char *ep = zd_bind(a);

	za_set(b, ZMQ_RECONNECT_IVL, -1);
	za_connect(b, ep);
	zd_put(b, "1", NULL);
	say_recv(a);
	say_rc("unbind", zmq_unbind(a, ep));
	zt_until(!(za_get(a, ZMQ_EVENTS) & ZMQ_POLLOUT), ZA_TIMEO);
	zd_bind_again(a, ep);
	zd_settle();
	say_events(a);
	say_send(a, "a", "a", ZMQ_DONTWAIT);
	say_none(b);
	say_rc("connect", zmq_connect(b, ep));
	za_ready(b, ZMQ_POLLOUT);
	zd_put(b, "2", NULL);
	say_recv(a);
	zd_put(a, "3", NULL);
	say_recv(b);
}

/* A peer may send to a PUSH what it likes. */
static void push_never_reads(void)
{
	void *push = zd_socket(ZMQ_PUSH);
	const char *ep = zd_bind(push);
	int fd = wire_connect(zd_port(ep)), flags;
	char body[8];
	char c;

	wire_handshake(fd, "PULL");
	wire_frame(fd, 0, "x", 1);
	wire_frame(fd, WIRE_MORE, "y", 1);
	za_ready(push, ZMQ_POLLOUT);
	zd_settle();
	say_events(push);
	say_rc("recv", zmq_recv(push, &c, 1, ZMQ_DONTWAIT));
	zd_put(push, "1", NULL);
	zt_eq(wire_read_frame(fd, &flags, body, sizeof(body)), 1);
	say("%s", zd_frame(body, 1));
}

static void pull_multipart(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);
	int i;

	zd_link(push, pull);
	zd_put(push, "", NULL);
	zd_put(push, "", "", "", NULL);
	for (i = 0; i < 300; i++)
		za_put(push, "p", ZMQ_SNDMORE);
	za_put(push, "end", 0);
	say_recv_many(pull, 2);
	for (i = 1; za_want(pull, "p", 1), i < 300; i++)
		;
	say("%d", i);
	say_recv(pull);
}

/* Frames of a DEALER are all the application's. */
static void dealer_plain(void)
{
	void *a = zd_socket(ZMQ_DEALER), *b = zd_socket(ZMQ_DEALER);

	zd_link(a, b);
	zd_put(a, "", "x", NULL);
	zd_put(a, "y", NULL);
	say_recv_many(b, 2);
	zd_put(b, "z", "", NULL);
	say_recv(a);
}

static void dealer_rotates(void)
{
	void *dealer = zd_socket(ZMQ_DEALER), *rep[3];
	int i;

	for (i = 0; i < 3; i++) {
		rep[i] = zd_socket(ZMQ_REP);
		zd_link(rep[i], dealer);
	}
	for (i = 0; i < 3; i++)
		zd_put(dealer, "", "ask", NULL);
	for (i = 2; i >= 0; i--) {
		say_recv(rep[i]);
		zd_put(rep[i], i ? i > 1 ? "two" : "one" : "zero", NULL);
		say_recv(dealer);
	}
}

/* A DEALER's message without an empty frame is no request. */
static void dealer_to_rep(void)
{
	void *dealer = zd_socket(ZMQ_DEALER), *rep = zd_socket(ZMQ_REP);

	zd_link(rep, dealer);
	zd_put(dealer, "no", NULL);
	zd_put(dealer, "no", "no", NULL);
	zd_put(dealer, "", "yes", NULL);
	say_recv(rep);
	zd_put(rep, "so", "be it", NULL);
	say_recv(dealer);
	zd_put(dealer, "", NULL);
	zd_settle();
	say_recv_now(rep);
	zd_put(dealer, "", "", NULL);
	say_recv(rep);
}

/* A second connect() to the same endpoint. */
static void connects_again(int connector, int binder)
{
	void *b = zd_socket(binder), *c = zd_socket(connector);
	const char *ep = zd_bind(b);

	say_rc("connect", zmq_connect(c, ep));
	say_rc("connect", zmq_connect(c, ep));
	say_rc("disconnect", zmq_disconnect(c, ep));
	say_rc("disconnect", zmq_disconnect(c, ep));
}

/* Most types make a second connection, which goes with the same disconnect(). */
static void connect_again(void)
{
	void *push = zd_socket(ZMQ_PUSH);
	const char *ep = zd_free_endpoint();
	int n = 0;

	connects_again(ZMQ_PUSH, ZMQ_PULL);
	connects_again(ZMQ_DEALER, ZMQ_DEALER);
	/* Two queues of one message, or one? */
	za_set(push, ZMQ_SNDHWM, 1);
	za_connect(push, ep);
	za_connect(push, ep);
	while (n < 10 && zmq_send(push, "x", 1, ZMQ_DONTWAIT) == 1)
		n++;
	say("push=%d", n);
	push = zd_socket(ZMQ_DEALER);
	za_set(push, ZMQ_SNDHWM, 1);
	za_connect(push, ep);
	za_connect(push, ep);
	for (n = 0; n < 10 && zmq_send(push, "x", 1, ZMQ_DONTWAIT) == 1; n++)
		;
	say("dealer=%d", n);
}

static const struct zd_behaviour behaviours[] = {
	{ "pair_both_ways", "API 1.4", pair_both_ways,
	  "[1][x][] [2] [3][y] events=2 events=2",
	},
	{ "pair_second_peer", "API 1.4", pair_second_peer,
	  "[b1] c1=2 none [a1] none events=0 a2=EAGAIN c2=2 none none",
	},
	{ "pair_next_peer", "API 1.4", pair_next_peer,
	  "[b1] a1=EAGAIN [c1] [a2]",
	},
	{ "pair_connects_twice", "API 1.4", pair_connects_twice,
	  "connect=ok connect=ok [1] [2] none [3] 4=1 none",
	},
	{ "pair_queues_for_peer", "API 1.4", pair_queues_for_peer,
	  "1=1 2=1 3=EAGAIN [1] [2] [4]",
	},
	{ "pair_peer_gone", "API 1.4", pair_peer_gone,
	  "[1] [2] events=0 send=EAGAIN EAGAIN",
	},
	{ "pair_binder_back", "API 1.4", pair_binder_back,
	  "[1] unbind=ok [2] [3]",
	},
	{ "pair_no_reconnect", "API 1.4", pair_no_reconnect,
	  "[1] unbind=ok events=0 a=EAGAIN none connect=ok [2] [3]",
	},
	{ "push_never_reads", "API 1.7", push_never_reads,
	  "events=2 recv=ENOTSUP [1]",
	},
	{ "pull_multipart", "API 1.7", pull_multipart,
	  "[] [][][] 300 [end]",
	},
	{ "dealer_plain", "API 1.7", dealer_plain,
	  "[][x] [y] [z][]",
	},
	{ "dealer_rotates", "API 1.7", dealer_rotates,
	  "[ask] [][two] [ask] [][one] [ask] [][zero]",
	},
	{ "dealer_to_rep", "API 1.7", dealer_to_rep,
	  "[yes] [][so][be\\x20it] EAGAIN []",
	},
	{ "connect_again", "API 4.8", connect_again,
	  "connect=ok connect=ok disconnect=ok disconnect=ENOENT connect=ok connect=ok disconnect=ok disconnect=ENOENT push=2 dealer=1",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
