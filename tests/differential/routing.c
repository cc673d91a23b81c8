// SPDX-License-Identifier: GPL-2.0-only
/* Which peer a message goes to, and what does not fit: API 1.3, HWM of 2.3. */
#include <stdlib.h>

#include "diff.h"

/* PUSH connected to @count PULLs, in this order. */
static void *fan(void **pull, int count)
{
	void *push = zd_socket(ZMQ_PUSH);
	int i;

	for (i = 0; i < count; i++) {
		pull[i] = zd_socket(ZMQ_PULL);
		zd_link(pull[i], push);
	}
	return push;
}

static void lb_rotates(void)
{
	void *pull[3], *push = fan(pull, 3);
	int i;

	zd_put(push, "1", NULL);
	zd_put(push, "2", NULL);
	zd_put(push, "3", NULL);
	zd_put(push, "4", NULL);
	zd_put(push, "5", NULL);
	zd_put(push, "6", NULL);
	for (i = 0; i < 3; i++)
		say_recv_many(pull[i], 2);
}

/* All parts of a message go to one peer; the pointer moves after the last. */
static void lb_whole_messages(void)
{
	void *pull[2], *push = fan(pull, 2);

	zd_put(push, "1", "a", "b", NULL);
	zd_put(push, "2", "a", NULL);
	zd_put(push, "3", NULL);
	zd_put(push, "4", "a", "b", "c", NULL);
	say_recv_many(pull[0], 2);
	say_recv_many(pull[1], 2);
}

static void lb_newcomer(void)
{
	void *pull[3], *push = fan(pull, 2);

	zd_put(push, "1", NULL);
	pull[2] = zd_socket(ZMQ_PULL);
	zd_link(pull[2], push);
	zd_put(push, "2", NULL);
	zd_put(push, "3", NULL);
	zd_put(push, "4", NULL);
	say_recv_many(pull[0], 2);
	say_recv(pull[1]);
	say_recv(pull[2]);
}

/* A newcomer in the middle of a message gets nothing of it. */
static void lb_newcomer_midway(void)
{
	void *pull[2], *push = fan(pull, 1);

	za_put(push, "1", ZMQ_SNDMORE);
	pull[1] = zd_socket(ZMQ_PULL);
	zd_link(pull[1], push);
	za_put(push, "a", ZMQ_SNDMORE);
	za_put(push, "b", 0);
	zd_put(push, "2", NULL);
	zd_put(push, "3", NULL);
	say_recv_many(pull[0], 2);
	say_recv(pull[1]);
}

/* Nobody is there, but the message has a place: until the peer's queue is full. */
static void lb_skips_full(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);
	const char *absent = zd_free_endpoint();

	za_set(push, ZMQ_SNDHWM, 1);
	za_connect(push, absent);
	zd_link(pull, push);
	zd_put(push, "1", NULL);
	zd_put(push, "2", NULL);
	zd_put(push, "3", NULL);
	zd_put(push, "4", NULL);
	say_recv_many(pull, 3);
	pull = zd_socket(ZMQ_PULL);
	za_bind(pull, absent);
	say_recv(pull);
}

static void *push_to_nobody(int hwm)
{
	void *push = zd_socket(ZMQ_PUSH);

	za_set(push, ZMQ_SNDHWM, hwm);
	za_connect(push, zd_free_endpoint());
	return push;
}

static void hwm_counts_messages(void)
{
	static const int hwm[] = { 1, 2, 3, 10, 100 };
	size_t i;

	for (i = 0; i < ZT_ARRAY(hwm); i++)
		say("%d:%d", hwm[i], zd_fill(push_to_nobody(hwm[i]), 1000));
}

static void hwm_default(void)
{
	void *push = zd_socket(ZMQ_PUSH);

	za_connect(push, zd_free_endpoint());
	say_get(push, "sndhwm", ZMQ_SNDHWM);
	say_get(push, "rcvhwm", ZMQ_RCVHWM);
	say("%d", zd_fill(push, 5000));
	say_rc("then", zmq_send(push, "x", 1, ZMQ_DONTWAIT));
	say_events(push);
}

static void hwm_unlimited(void)
{
	say("%d", zd_fill(push_to_nobody(0), 20000));
}

/* After the first part was taken all others are. */
static void hwm_counts_whole(void)
{
	void *push = push_to_nobody(1);
	int i;

	for (i = 0; i < 5; i++)
		say_send(push, "more", "part", ZMQ_DONTWAIT | ZMQ_SNDMORE);
	say_send(push, "last", "part", ZMQ_DONTWAIT);
	say_send(push, "next", "part", ZMQ_DONTWAIT | ZMQ_SNDMORE);
}

static void hwm_raised(void)
{
	void *push = push_to_nobody(3);

	say("%d", zd_fill(push, 2));
	za_set(push, ZMQ_SNDHWM, 5);
	say("%d", zd_fill(push, 2));
	za_set(push, ZMQ_SNDHWM, 0);
	say("%d", zd_fill(push, 3000));
}

static void hwm_lowered(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);
	const char *ep = zd_free_endpoint();

	za_set(push, ZMQ_SNDHWM, 10);
	za_connect(push, ep);
	zd_put(push, "1", NULL);
	zd_put(push, "2", NULL);
	zd_put(push, "3", NULL);
	za_set(push, ZMQ_SNDHWM, 2);
	say_get(push, "hwm", ZMQ_SNDHWM);
	say_send(push, "send", "4", ZMQ_DONTWAIT);
	za_bind(pull, ep);
	say_recv_many(pull, 3);
	zd_put(push, "5", NULL);
	say_recv(pull);
}

static void hwm_blocks(void)
{
	void *push = push_to_nobody(2);
	int64_t start = zt_now();

	za_set(push, ZMQ_SNDTIMEO, 250);
	say("%d", zd_fill(push, 100));
	say_send(push, "send", "x", 0);
	say("%s", zt_now() - start >= 220 ? "late" : "early");
}

/* Sends @count messages "NAME1".. from each of @n connected PUSHes; all have arrived. */
static void crowd(void *pull, void **push, int n, int count)
{
	char text[3] = "";
	int i, k;

	for (i = 0; i < n; i++) {
		push[i] = zd_socket(ZMQ_PUSH);
		zd_link(pull, push[i]);
		zd_put(push[i], "hello", NULL);
		za_want(pull, "hello", 0);
	}
	for (k = 0; k < count; k++) {
		for (i = 0; i < n; i++) {
			text[0] = 'A' + i;
			text[1] = '1' + k;
			zd_put(push[i], text, NULL);
		}
	}
	zd_settle();
	/* libzmq may read from one peer for long before it looks who else is there. */
	za_get(pull, ZMQ_EVENTS);
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* One of each in every round, though the order within a round is free. */
static void fq_takes_turns(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push[4];
	char got[4][4];
	int round, i;

	crowd(pull, push, 4, 3);
	for (round = 0; round < 3; round++) {
		memset(got, 0, sizeof(got));
		for (i = 0; i < 4; i++)
			zt_eq(zmq_recv(pull, got[i], 3, 0), 2);
		qsort(got, 4, sizeof(got[0]), compare);
		for (i = 0; i < 4; i++)
			say("%s", got[i]);
	}
}

/* The part read first holds its peer; a newcomer waits for the last. */
static void fq_whole_messages(void)
{
	void *pull = zd_socket(ZMQ_PULL), *a = zd_socket(ZMQ_PUSH), *b = zd_socket(ZMQ_PUSH);
	char c[2];

	zd_link(pull, a);
	zd_put(a, "a1", "a2", "a3", NULL);
	za_ready(pull, ZMQ_POLLIN);
	zt_eq(zmq_recv(pull, c, 2, 0), 2);
	say("%.2s:%d", c, za_get(pull, ZMQ_RCVMORE));
	zd_link(pull, b);
	zd_put(b, "b1", "b2", NULL);
	zd_settle();
	say_recv(pull);
	say_recv(pull);
}

/* Messages of a peer that has gone can still be read. */
static void fq_after_close(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);

	za_set(push, ZMQ_LINGER, 10000);
	zd_link(pull, push);
	zd_put(push, "1", NULL);
	zd_put(push, "2", "a", NULL);
	zd_put(push, "3", NULL);
	za_ready(pull, ZMQ_POLLIN);
	za_close(push);
	zd_settle();
	say_events(pull);
	say_recv_many(pull, 3);
	say_none(pull);
}

/* But not after the socket itself has disconnected. */
static void disconnect_discards(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);
	char ep[256];

	zd_link(push, pull);
	zd_put(push, "1", NULL);
	zd_put(push, "2", NULL);
	za_ready(pull, ZMQ_POLLIN);
	za_last(push, ep);
	say_rc("disconnect", zmq_disconnect(pull, ep));
	say_none(pull);
	say_events(pull);
}

/* unbind() ends the accepted connections, and keeps what has come of them. */
static void unbind_keeps(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);
	const char *ep = zd_bind(pull);

	za_connect(push, ep);
	zd_put(push, "1", NULL);
	za_ready(pull, ZMQ_POLLIN);
	say_rc("unbind", zmq_unbind(pull, ep));
	say_none(pull);
}

/*
 * The peer goes in the middle of a message. Depending on how far that has got, a
 * part is refused once, and one begins again, or all parts are lost with it; a
 * part of a message never arrives.
 */
static void lb_peer_lost_midway(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);
	const char *ep = zd_free_endpoint();
	char first[2] = "";
	int rc;

	za_connect(push, ep);
	zd_link(pull, push);
	say_send(push, "1", "1", ZMQ_DONTWAIT | ZMQ_SNDMORE);
	say_rc("disconnect", zmq_disconnect(push, ep));
	rc = zmq_send(push, "a", 1, ZMQ_DONTWAIT | ZMQ_SNDMORE);
	zt_check(rc == 1 || errno == EAGAIN);
	if (rc < 0) {
		say_send(push, "1", "1", ZMQ_DONTWAIT | ZMQ_SNDMORE);
		zt_eq(zmq_send(push, "a", 1, ZMQ_DONTWAIT | ZMQ_SNDMORE), 1);
	} else {
		say("1=1");
	}
	say_send(push, "b", "b", ZMQ_DONTWAIT);
	say_send(push, "2", "2", ZMQ_DONTWAIT);
	zt_eq(zmq_recv(pull, first, 1, 0), 1);
	if (first[0] == '1') {
		za_want(pull, "a", 1);
		za_want(pull, "b", 0);
		zt_eq(zmq_recv(pull, first, 1, 0), 1);
	}
	say("%s", first);
	say_none(pull);
}

/* A send that may block never fails for that. */
static void lb_peer_lost_midway_blocking(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);
	const char *ep = zd_free_endpoint();

	za_connect(push, ep);
	zd_link(pull, push);
	say_send(push, "1", "1", ZMQ_SNDMORE);
	say_rc("disconnect", zmq_disconnect(push, ep));
	say_send(push, "a", "a", ZMQ_SNDMORE);
	say_send(push, "b", "b", ZMQ_SNDMORE);
	say_send(push, "c", "c", 0);
	say_send(push, "2", "2", 0);
	say_recv(pull);
	say_none(pull);
}

/*
 * An XSUB sends to all, but one whose queue of 4 is full gets no copy. EVENTS
 * makes libzmq take note of what the other peer has taken from its queue.
 */
static void dist_skips_full(void)
{
	void *xsub = zd_socket(ZMQ_XSUB), *there = zd_socket(ZMQ_XPUB), *late = zd_socket(ZMQ_XPUB);
	static const char *const words[] = { "u1", "u2", "u3", "u4", "u5", "u6" };
	const char *ep = zd_free_endpoint();
	size_t i;

	za_set(xsub, ZMQ_SNDHWM, 4);
	za_connect(xsub, ep);
	zd_link(there, xsub);
	for (i = 0; i < ZT_ARRAY(words); i++) {
		zd_put(xsub, words[i], NULL);
		say_recv(there);
		za_get(xsub, ZMQ_EVENTS);
	}
	say("late");
	za_bind(late, ep);
	say_recv_many(late, 4);
	say_none(late);
	za_get(xsub, ZMQ_EVENTS);
	zd_put(xsub, "u7", "a", NULL);
	say_recv(late);
	say_recv(there);
}

/* Who comes in the middle of a message gets nothing of that one. */
static void dist_newcomer_midway(void)
{
	void *xpub = zd_socket(ZMQ_XPUB), *one = zd_socket(ZMQ_SUB), *two = zd_socket(ZMQ_SUB);

	za_set(xpub, ZMQ_XPUB_VERBOSE, 1);
	zd_link(xpub, one);
	zd_link(xpub, two);
	zd_set_text(one, ZMQ_SUBSCRIBE, "t");
	say_recv(xpub);
	za_put(xpub, "t1", ZMQ_SNDMORE);
	zd_set_text(two, ZMQ_SUBSCRIBE, "t");
	say_recv(xpub);
	za_put(xpub, "a", 0);
	zd_put(xpub, "t2", "a", NULL);
	say_recv_many(one, 2);
	say_recv(two);
	say_none(two);
}

/* RCVMORE is that of the part read last, whatever else has arrived. */
static void rcvmore(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);
	char c;

	say_get(pull, "new", ZMQ_RCVMORE);
	zd_link(pull, push);
	zd_put(push, "1", "2", NULL);
	za_ready(pull, ZMQ_POLLIN);
	say_get(pull, "ready", ZMQ_RCVMORE);
	zt_eq(zmq_recv(pull, &c, 1, 0), 1);
	say_get(pull, "first", ZMQ_RCVMORE);
	say_events(pull);
	say_get(pull, "first", ZMQ_RCVMORE);
	zt_eq(zmq_recv(pull, &c, 1, 0), 1);
	say_get(pull, "last", ZMQ_RCVMORE);
	say_rc("recv", zmq_recv(pull, &c, 1, ZMQ_DONTWAIT));
	say_get(pull, "none", ZMQ_RCVMORE);
}

/* The receiver gets whole messages only, however the sender's turn out. */
static void atomic_drop(void)
{
	static char big[1 << 22];
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);
	const char *ep;

	za_set(push, ZMQ_SNDHWM, 1);
	za_set(pull, ZMQ_RCVHWM, 1);
	ep = zd_bind(push);
	za_connect(pull, ep);
	za_put(push, "0", ZMQ_SNDMORE);
	za_put(push, "0", ZMQ_SNDMORE);
	say_rc("big", zmq_send(push, big, sizeof(big), 0));
	say_recv(pull);
	za_put(push, "1", ZMQ_SNDMORE);
	za_put(push, "1", ZMQ_SNDMORE);
	say_rc("disconnect", zmq_disconnect(pull, ep));
	zd_settle();
	za_connect(pull, ep);
	say_rc("big", zmq_send(push, big, sizeof(big), 0));
	za_put(push, "5", ZMQ_SNDMORE);
	za_put(push, "5", ZMQ_SNDMORE);
	say_rc("big", zmq_send(push, big, sizeof(big), 0));
	say_recv(pull);
	say_none(pull);
}

static const struct zd_behaviour behaviours[] = {
	{ "lb_rotates", "API 1.3", lb_rotates,
	  "[1] [4] [2] [5] [3] [6]",
	},
	{ "lb_whole_messages", "API 1.3", lb_whole_messages,
	  "[1][a][b] [3] [2][a] [4][a][b][c]",
	},
	{ "lb_newcomer", "API 1.3", lb_newcomer,
	  "[1] [4] [2] [3]",
	},
	{ "lb_newcomer_midway", "API 1.3", lb_newcomer_midway,
	  "[1][a][b] [3] [2]",
	},
	{ "lb_skips_full", "API 1.3", lb_skips_full,
	  "[2] [3] [4] [1]",
	},
	{ "hwm_counts_messages", "API 2.3", hwm_counts_messages,
	  "1:1 2:2 3:3 10:10 100:100",
	},
	{ "hwm_default", "API 2.3", hwm_default,
	  "sndhwm=1000 rcvhwm=1000 1000 then=EAGAIN events=0",
	},
	{ "hwm_unlimited", "API 2.3", hwm_unlimited,
	  "20000",
	},
	{ "hwm_counts_whole", "API 2.3", hwm_counts_whole,
	  "more=4 more=4 more=4 more=4 more=4 last=4 next=EAGAIN",
	},
	{ "hwm_raised", "API 2.3", hwm_raised,
	  "2 2 3000",
	},
	{ "hwm_lowered", "API 2.3", hwm_lowered,
	  "hwm=2 send=EAGAIN [1] [2] [3] [5]",
	},
	{ "hwm_blocks", "API 2.3", hwm_blocks,
	  "2 send=EAGAIN late",
	},
	{ "fq_takes_turns", "API 1.3", fq_takes_turns,
	  "A1 B1 C1 D1 A2 B2 C2 D2 A3 B3 C3 D3",
	},
	{ "fq_whole_messages", "API 1.3", fq_whole_messages,
	  "a1:1 [a2][a3] [b1][b2]",
	},
	{ "fq_after_close", "API 1.3", fq_after_close,
	  "events=1 [1] [2][a] [3] none",
	},
	{ "disconnect_discards", "API 1.3", disconnect_discards,
	  "disconnect=ok none events=0",
	},
	{ "unbind_keeps", "API 4.8", unbind_keeps,
	  "unbind=ok [1]",
	},
	{ "lb_peer_lost_midway", "API 1.3", lb_peer_lost_midway,
	  "1=1 disconnect=ok 1=1 b=1 2=1 2 none",
	},
	{ "lb_peer_lost_midway_blocking", "API 1.3", lb_peer_lost_midway_blocking,
	  "1=1 disconnect=ok a=1 b=1 c=1 2=1 [2] none",
	},
	{ "dist_skips_full", "API 1.3", dist_skips_full,
	  "[u1] [u2] [u3] [u4] [u5] [u6] late [u1] [u2] [u3] [u4] none [u7][a] [u7][a]",
	},
	{ "dist_newcomer_midway", "API 1.3", dist_newcomer_midway,
	  "[\\x01t] [\\x01t] [t1][a] [t2][a] [t2][a] none",
	},
	{ "rcvmore", "API 1.3", rcvmore,
	  "new=0 ready=0 first=1 events=1 first=1 last=0 recv=EAGAIN none=0",
	},
	{ "atomic_drop", "API 1.3", atomic_drop,
	  "big=4194304 [0][0][<4194304>] disconnect=ok big=4194304 big=4194304 [5][5][<4194304>] none",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
