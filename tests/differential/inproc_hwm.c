// SPDX-License-Identifier: GPL-2.0-only
/*
 * inproc: how much fits. There is one queue each way, and its limit is the sum of what
 * both ends allow: API 2.3.
 */
#include "diff.h"

#define NAME "inproc://name"
#define MANY 20000

/* Both ends with limits; the socket named first binds. */
static void ends(void **pull, int rcvhwm, void **push, int sndhwm)
{
	*pull = zd_socket(ZMQ_PULL);
	*push = zd_socket(ZMQ_PUSH);
	za_set(*pull, ZMQ_RCVHWM, rcvhwm);
	za_set(*push, ZMQ_SNDHWM, sndhwm);
}

static void say_fill(void *s, const char *what)
{
	int n = zd_fill(s, MANY);

	say(n < MANY ? "%s=%d" : "%s=many", what, n);
}

/* What fits with these limits, whoever binds and whoever is first. */
static void say_sums(bool push_binds, bool connect_first)
{
	static const int hwm[][2] = {
		{ 1000, 1000 }, { 1, 1 }, { 2, 3 }, { 3, 10 }, { 10, 3 }, { 100, 1 }, { 0, 3 },
		{ 3, 0 }, { 0, 0 },
	};
	size_t i;

	for (i = 0; i < ZT_ARRAY(hwm); i++) {
		void *pull, *push;
		char what[16];

		ends(&pull, hwm[i][1], &push, hwm[i][0]);
		sprintf(what, "inproc://%zu", i);
		if (connect_first)
			za_connect(push_binds ? pull : push, what);
		za_bind(push_binds ? push : pull, what);
		if (!connect_first)
			za_connect(push_binds ? pull : push, what);
		za_ready(push, ZMQ_POLLOUT);
		sprintf(what, "%d+%d", hwm[i][0], hwm[i][1]);
		say_fill(push, what);
	}
}

static void sum(void) { say_sums(false, false); }
static void sum_connect_first(void) { say_sums(false, true); }
static void sum_push_binds(void) { say_sums(true, false); }
static void sum_push_binds_late(void) { say_sums(true, true); }

static void sum_of_defaults(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *push = zd_connect(ZMQ_PUSH, NAME);

	say_fill(push, "fit");
	say_rc("next", zmq_send(push, "x", 1, ZMQ_DONTWAIT));
	say_events(push);
	say("got=%d", zd_drain(pull));
	za_ready(push, ZMQ_POLLOUT);
	zd_put(push, "on", NULL);
	say_recv(pull);
}

static void each_way(void)
{
	void *a = zd_socket(ZMQ_DEALER), *b = zd_socket(ZMQ_DEALER);

	za_set(a, ZMQ_SNDHWM, 1);
	za_set(a, ZMQ_RCVHWM, 2);
	za_set(b, ZMQ_SNDHWM, 3);
	za_set(b, ZMQ_RCVHWM, 5);
	za_bind(a, NAME);
	za_connect(b, NAME);
	say_fill(b, "to-binder");
	za_ready(a, ZMQ_POLLOUT);
	say_fill(a, "to-connector");
}

/* Before the bind there is the connector's half only. */
static void waiting(void)
{
	void *pull, *push;

	ends(&pull, 3, &push, 2);
	za_connect(push, NAME);
	say_fill(push, "waiting");
	say_events(push);
	za_bind(pull, NAME);
	za_ready(push, ZMQ_POLLOUT);
	say_fill(push, "bound");
	say("got=%d", zd_drain(pull));
}

static void waiting_unlimited(void)
{
	void *push = zd_socket(ZMQ_PUSH);

	za_set(push, ZMQ_SNDHWM, 0);
	za_connect(push, NAME);
	say_fill(push, "waiting");
}

/* The sender has gone, and nobody was there: test_hwm's last case. */
static void waiting_closed(void)
{
	void *pull, *push;

	ends(&pull, 0, &push, 1);
	za_connect(push, NAME);
	say_fill(push, "waiting");
	za_close(push);
	za_bind(pull, NAME);
	say_recv_now(pull);
	say_recv_now(pull);
}

/* A sender waits in vain while nobody binds. */
static void waiting_blocks(void)
{
	void *push = zd_socket(ZMQ_PUSH);
	int64_t start;

	za_set(push, ZMQ_SNDHWM, 2);
	za_set(push, ZMQ_SNDTIMEO, 250);
	za_connect(push, NAME);
	say_fill(push, "waiting");
	start = zt_now();
	say_send(push, "send", "x", 0);
	say("%s", zt_now() - start >= 220 ? "late" : "early");
}

static void counts_whole(void)
{
	void *pull, *push;
	int n = 0;

	ends(&pull, 1, &push, 1);
	za_bind(pull, NAME);
	za_connect(push, NAME);
	while (n < 10 && zmq_send(push, "a", 1, ZMQ_SNDMORE | ZMQ_DONTWAIT) == 1) {
		zd_put(push, "b", "c", "d", NULL);
		n++;
	}
	say("fit=%d", n);
	say_recv_many(pull, 2);
}

/* Room comes back when half of what fits has been read: then, at the latest. */
static void room_again(void)
{
	void *pull, *push;

	ends(&pull, 2, &push, 2);
	za_bind(pull, NAME);
	za_connect(push, NAME);
	say_fill(push, "fit");
	say_recv_many(pull, 2);
	za_ready(push, ZMQ_POLLOUT);
	say_fill(push, "again");
	say("got=%d", zd_drain(pull));
	za_ready(push, ZMQ_POLLOUT);
	say_fill(push, "empty");
}

static void room_lumps(void)
{
	void *pull, *push;
	int n;

	ends(&pull, 10, &push, 10);
	za_bind(pull, NAME);
	za_connect(push, NAME);
	say_fill(push, "fit");
	for (n = 0; n < 20 && !(za_get(push, ZMQ_EVENTS) & ZMQ_POLLOUT); n++)
		zt_eq(zmq_recv(pull, &(char){ 0 }, 1, ZMQ_DONTWAIT), 1);
	say("read=%d", n);
	say_fill(push, "again");
}

static void send_timeout(void)
{
	void *pull, *push;
	int64_t start;

	ends(&pull, 1, &push, 1);
	za_bind(pull, NAME);
	za_connect(push, NAME);
	say_fill(push, "fit");
	za_set(push, ZMQ_SNDTIMEO, 250);
	start = zt_now();
	say_send(push, "send", "x", 0);
	say("%s", zt_now() - start >= 220 ? "late" : "early");
}

/* test_sockopt_hwm: a limit of a connection that lives. */
static void raised(void)
{
	void *pull, *push;

	ends(&pull, 1, &push, 1);
	za_bind(pull, NAME);
	za_connect(push, NAME);
	za_set(push, ZMQ_SNDHWM, 5);
	say_fill(push, "fit");
	say("got=%d", zd_drain(pull));
}

static void raised_by_binder(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);

	za_set(pull, ZMQ_RCVHWM, 3);
	za_set(push, ZMQ_SNDHWM, 20);
	za_bind(push, NAME);
	za_connect(pull, NAME);
	za_ready(push, ZMQ_POLLOUT);
	za_set(push, ZMQ_SNDHWM, 40);
	say_fill(push, "fit");
}

/* Nothing that was taken is lost, and less is taken from then on. */
static void lowered(void)
{
	void *pull, *push;
	int n;

	ends(&pull, 1, &push, 100);
	za_bind(pull, NAME);
	za_connect(push, NAME);
	say_fill(push, "fit");
	za_set(push, ZMQ_SNDHWM, 70);
	say_get(push, "hwm", ZMQ_SNDHWM);
	say("got=%d", zd_drain(pull));
	za_ready(push, ZMQ_POLLOUT);
	n = zd_fill(push, MANY);
	say("%s", n > 7 && n <= 71 ? "less" : n <= 7 ? "too few" : "too many");
	say("%s", zd_drain(pull) == n ? "all" : "lost");
}

/* The limits of connect() count, as for every other option. */
static void changed_while_waiting(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);

	za_set(pull, ZMQ_RCVHWM, 2);
	za_connect(pull, NAME);
	za_set(pull, ZMQ_RCVHWM, 4);
	za_set(push, ZMQ_SNDHWM, 3);
	za_bind(push, NAME);
	za_ready(push, ZMQ_POLLOUT);
	say_fill(push, "fit");
}

static void pub_drops(void)
{
	void *pub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);
	int i;

	za_set(pub, ZMQ_SNDHWM, 3);
	za_set(sub, ZMQ_RCVHWM, 4);
	zd_set_text(sub, ZMQ_SUBSCRIBE, "");
	za_bind(pub, NAME);
	za_connect(sub, NAME);
	say_recv(pub);
	for (i = 0; i < 50; i++)
		za_put(pub, "x", 0);
	say_events(pub);
	say("got=%d", zd_drain(sub));
}

/* One slow peer takes nothing from the other. */
static void pub_drops_for_one(void)
{
	void *pub = zd_socket(ZMQ_XPUB), *slow = zd_socket(ZMQ_SUB), *fast = zd_socket(ZMQ_SUB);
	int i;

	za_set(pub, ZMQ_SNDHWM, 3);
	za_set(slow, ZMQ_RCVHWM, 4);
	za_bind(pub, NAME);
	za_connect(slow, NAME);
	za_connect(fast, NAME);
	zd_set_text(slow, ZMQ_SUBSCRIBE, "a");
	zd_set_text(fast, ZMQ_SUBSCRIBE, "b");
	say_recv_many(pub, 2);
	zd_set_text(slow, ZMQ_SUBSCRIBE, "x");
	zd_set_text(fast, ZMQ_SUBSCRIBE, "x");
	say_recv(pub);
	/* The other one's is not told, but has arrived where "y" has. */
	zd_set_text(slow, ZMQ_SUBSCRIBE, "y");
	zd_set_text(fast, ZMQ_SUBSCRIBE, "z");
	say_recv_many(pub, 2);
	for (i = 0; i < 50; i++)
		za_put(pub, "x", 0);
	say("slow=%d fast=%d", zd_drain(slow), zd_drain(fast));
}

static void pub_nodrop(void)
{
	void *pub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);

	za_set(pub, ZMQ_SNDHWM, 3);
	za_set(pub, ZMQ_XPUB_NODROP, 1);
	za_set(sub, ZMQ_RCVHWM, 4);
	zd_set_text(sub, ZMQ_SUBSCRIBE, "");
	za_bind(pub, NAME);
	za_connect(sub, NAME);
	say_recv(pub);
	say_fill(pub, "fit");
	say("got=%d", zd_drain(sub));
}

/* SNDHWM is set when the peer is there already: test_hwm_pubsub. */
static void pub_hwm_late(void)
{
	void *pub = zd_bound(ZMQ_XPUB, NAME), *sub = zd_socket(ZMQ_SUB);

	zd_set_text(sub, ZMQ_SUBSCRIBE, "");
	za_connect(sub, NAME);
	za_set(pub, ZMQ_SNDHWM, 100);
	say_recv(pub);
	say("sent=%d", zd_fill(pub, 100));
	say("got=%d", zd_drain(sub));
}

static void router_full(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *dealer = zd_named("a");
	int n = 0;

	za_set(router, ZMQ_ROUTER_MANDATORY, 1);
	za_set(router, ZMQ_SNDHWM, 2);
	za_set(dealer, ZMQ_RCVHWM, 3);
	za_bind(router, NAME);
	za_connect(dealer, NAME);
	za_ready(router, ZMQ_POLLOUT);
	while (n < MANY && zmq_send(router, "a", 1, ZMQ_SNDMORE | ZMQ_DONTWAIT) == 1) {
		za_put(router, "x", ZMQ_DONTWAIT);
		n++;
	}
	say("fit=%d %s", n, zd_errno(errno));
	say_events(router);
	say("got=%d", zd_drain(dealer));
}

/* Without MANDATORY what does not fit is dropped, and sent for all who ask. */
static void router_drops(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *dealer = zd_named("a");
	int i;

	za_set(router, ZMQ_SNDHWM, 2);
	za_set(dealer, ZMQ_RCVHWM, 3);
	za_bind(router, NAME);
	za_connect(dealer, NAME);
	zd_put(dealer, "hello", NULL);
	say_recv(router);
	for (i = 0; i < 50; i++)
		zd_put(router, "a", "x", NULL);
	say("got=%d", zd_drain(dealer));
}

/* A full peer is left out until it reads. */
static void push_skips_full(void)
{
	void *a = zd_socket(ZMQ_PULL), *b = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);

	za_set(a, ZMQ_RCVHWM, 1);
	za_set(b, ZMQ_RCVHWM, 9);
	za_set(push, ZMQ_SNDHWM, 1);
	za_bind(a, "inproc://a");
	za_bind(b, "inproc://b");
	za_connect(push, "inproc://a");
	za_connect(push, "inproc://b");
	say_fill(push, "fit");
	say("a=%d b=%d", zd_drain(a), zd_drain(b));
}

static const struct zd_behaviour behaviours[] = {
	{ "sum", "API 2.3, test_hwm", sum,
	  "1000+1000=2000 1+1=2 2+3=5 3+10=13 10+3=13 100+1=101 0+3=many 3+0=many 0+0=many",
	},
	{ "sum_connect_first", "API 2.3, test_hwm", sum_connect_first,
	  "1000+1000=2000 1+1=2 2+3=5 3+10=13 10+3=13 100+1=101 0+3=many 3+0=many 0+0=many",
	},
	{ "sum_push_binds", "API 2.3", sum_push_binds,
	  "1000+1000=2000 1+1=2 2+3=5 3+10=13 10+3=13 100+1=101 0+3=many 3+0=many 0+0=many",
	},
	{ "sum_push_binds_late", "API 2.3", sum_push_binds_late,
	  "1000+1000=2000 1+1=2 2+3=5 3+10=13 10+3=13 100+1=101 0+3=many 3+0=many 0+0=many",
	},
	{ "sum_of_defaults", "API 2.3, test_hwm", sum_of_defaults,
	  "fit=2000 next=EAGAIN events=0 got=2000 [on]",
	},
	{ "each_way", "API 2.3", each_way,
	  "to-binder=5 to-connector=6",
	},
	{ "waiting", "API 2.3", waiting,
	  "waiting=2 events=0 bound=3 got=5",
	},
	{ "waiting_unlimited", "API 2.3", waiting_unlimited,
	  "waiting=many",
	},
	{ "waiting_closed", "API 9.1 test_hwm", waiting_closed,
	  "waiting=1 [x] EAGAIN",
	},
	{ "waiting_blocks", "API 2.3", waiting_blocks,
	  "waiting=2 send=EAGAIN late",
	},
	{ "counts_whole", "API 2.3", counts_whole,
	  "fit=2 [a][b][c][d] [a][b][c][d]",
	},
	{ "room_again", "API 2.3", room_again,
	  "fit=4 [x] [x] again=2 got=4 empty=4",
	},
	{ "room_lumps", "API 2.3", room_lumps,
	  "fit=20 read=10 again=10",
	  .ours = "fit=20 read=5 again=5",
	  .why = "By inproc a sender has room again sooner",
	},
	{ "send_timeout", "API 2.3", send_timeout,
	  "fit=2 send=EAGAIN late",
	},
	{ "raised", "API 9.1 test_sockopt_hwm", raised,
	  "fit=6 got=6",
	},
	{ "raised_by_binder", "API 9.1 test_sockopt_hwm", raised_by_binder,
	  "fit=43",
	},
	{ "lowered", "API 9.1 test_sockopt_hwm", lowered,
	  "fit=101 hwm=70 got=101 less all",
	},
	{ "changed_while_waiting", "API 2.3", changed_while_waiting,
	  "fit=5",
	  .ours = "fit=7",
	  .why = "By inproc both high-water marks are live",
	},
	{ "pub_drops", "API 1.3", pub_drops,
	  "[\\x01] events=2 got=7",
	},
	{ "pub_drops_for_one", "API 1.3", pub_drops_for_one,
	  "[\\x01a] [\\x01b] [\\x01x] [\\x01y] [\\x01z] slow=7 fast=50",
	},
	{ "pub_nodrop", "API 1.10", pub_nodrop,
	  "[\\x01] fit=7 got=7",
	},
	{ "pub_hwm_late", "API 9.1 test_hwm_pubsub", pub_hwm_late,
	  "[\\x01] sent=100 got=100",
	},
	{ "router_full", "API 1.8", router_full,
	  "fit=5 EAGAIN events=0 got=5",
	},
	{ "router_drops", "API 1.8", router_drops,
	  "[a][hello] got=5",
	},
	{ "push_skips_full", "API 1.3", push_skips_full,
	  "fit=12 a=2 b=10",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
