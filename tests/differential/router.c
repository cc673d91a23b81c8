// SPDX-License-Identifier: GPL-2.0-only
/* ROUTER: ids, where a message goes by them, and its options: API 1.8. */
#include "../system/wire.h"
#include "diff.h"
#include "watch.h"

static void auto_id(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = zd_socket(ZMQ_DEALER);
	void *b = zd_socket(ZMQ_DEALER);
	unsigned char one[5], two[5];

	zd_link(router, a);
	zd_put(a, "x", NULL);
	zt_eq(zmq_recv(router, one, 5, 0), 5);
	say_get(router, "more", ZMQ_RCVMORE);
	say_recv(router);
	zd_link(router, b);
	zd_put(b, "y", NULL);
	zt_eq(zmq_recv(router, two, 5, 0), 5);
	say_recv(router);
	say("%d %d +%u", one[0], two[0],
	    (two[1] << 24 | two[2] << 16 | two[3] << 8 | two[4]) -
	    (unsigned int)(one[1] << 24 | one[2] << 16 | one[3] << 8 | one[4]));
	zt_eq(zmq_send(router, one, 5, ZMQ_SNDMORE), 5);
	zd_put(router, "to", "a", NULL);
	zt_eq(zmq_send(router, two, 5, ZMQ_SNDMORE), 5);
	zd_put(router, "to", "b", NULL);
	say_recv(a);
	say_recv(b);
}

/* Ids of every legal length, and all bytes, are the peer's. */
static void chosen_id(void)
{
	void *router = zd_socket(ZMQ_ROUTER);
	static const int sizes[] = { 1, 5, 254, 255 };
	char id[256], got[256];
	size_t i;

	for (i = 0; i < ZT_ARRAY(sizes); i++) {
		void *s = zd_socket(ZMQ_DEALER);

		memset(id, 0xa0 + i, sizeof(id));
		say_set_bytes(s, "set", ZMQ_ROUTING_ID, id, sizes[i]);
		zd_link(router, s);
		zd_put(s, "x", NULL);
		say("%d", zmq_recv(router, got, sizeof(got), 0));
		say("%s", memcmp(id, got, sizes[i]) ? "changed" : "same");
		say_recv(router);
		zt_eq(zmq_send(router, got, sizes[i], ZMQ_SNDMORE), sizes[i]);
		zd_put(router, "y", NULL);
		say_recv(s);
	}
}

/* One that looks like those that a ROUTER makes up is taken as it is. */
static void chosen_id_with_zero(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *s = zd_socket(ZMQ_DEALER);

	say_set_bytes(s, "set", ZMQ_ROUTING_ID, "\0ab", 3);
	zd_link(router, s);
	zd_put(s, "x", NULL);
	say_recv(router);
	zt_eq(zmq_send(router, "\0ab", 3, ZMQ_SNDMORE), 3);
	zd_put(router, "y", NULL);
	say_recv(s);
}

static void id_option(void)
{
	void *s = zd_socket(ZMQ_ROUTER);
	char id[256] = "x", got[256];
	size_t size = sizeof(got);

	say_rc("get", zmq_getsockopt(s, ZMQ_ROUTING_ID, got, &size));
	say("%zu", size);
	say_set_bytes(s, "0", ZMQ_ROUTING_ID, id, 0);
	say_set_bytes(s, "256", ZMQ_ROUTING_ID, id, 256);
	say_set_bytes(s, "zero", ZMQ_ROUTING_ID, "\0a", 2);
	say_set_bytes(s, "255", ZMQ_ROUTING_ID, id, 255);
	size = sizeof(got);
	say_rc("get", zmq_getsockopt(s, ZMQ_ROUTING_ID, got, &size));
	say("%zu", size);
	size = 100;
	say_rc("short", zmq_getsockopt(s, ZMQ_ROUTING_ID, got, &size));
}

/* An id that is set after connect() is for later connections. */
static void id_set_late(void)
{
	void *a = zd_socket(ZMQ_ROUTER), *b = zd_socket(ZMQ_ROUTER), *s = zd_named("first");

	zd_link(a, s);
	zd_put(s, "x", NULL);
	say_recv(a);
	zd_set_text(s, ZMQ_ROUTING_ID, "second");
	zd_link(b, s);
	zd_put(s, "y", NULL);
	zd_put(s, "z", NULL);
	say_recv(a);
	say_recv(b);
}

static void by_id(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = zd_known(router, "a");
	void *b = zd_known(router, "b");

	zd_put(router, "b", "1", "2", NULL);
	zd_put(router, "a", "3", NULL);
	zd_put(router, "b", "4", NULL);
	zd_put(router, "a", "", NULL);
	say_recv_many(a, 2);
	say_recv_many(b, 2);
}

static void fair_queue(void)
{
	void *router = zd_socket(ZMQ_ROUTER);
	static const char *const names[] = { "a", "b", "c" };
	int seen[3] = { 0 }, i, k;
	void *s[3];
	char id[4];

	for (i = 0; i < 3; i++)
		s[i] = zd_known(router, names[i]);
	for (i = 0; i < 9; i++)
		zd_put(s[i % 3], "x", "y", NULL);
	zd_settle();
	say_events(router);
	for (k = 0; k < 3; k++) {
		for (i = 0; i < 3; i++) {
			zt_eq(zmq_recv(router, id, 4, 0), 1);
			say_recv(router);
			seen[id[0] - 'a']++;
		}
		say("%d,%d,%d", seen[0], seen[1], seen[2]);
	}
}

/* Without MANDATORY all of it is accepted and thrown away. */
static void unknown_id(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = zd_known(router, "a");

	say_send(router, "id", "UNKNOWN", ZMQ_SNDMORE);
	say_send(router, "part", "1", ZMQ_SNDMORE);
	say_send(router, "last", "2", 0);
	say_send(router, "empty", "", ZMQ_SNDMORE);
	say_send(router, "last", "x", 0);
	say_send(router, "lone", "a", 0);
	say_send(router, "lone", "b", 0);
	zd_put(router, "a", "x", NULL);
	say_recv(a);
	say_none(a);
}

static void mandatory(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a;

	say_set(router, "set", ZMQ_ROUTER_MANDATORY, 1);
	say_events(router);
	say_send(router, "id", "UNKNOWN", ZMQ_SNDMORE);
	say_send(router, "id", "UNKNOWN", ZMQ_SNDMORE | ZMQ_DONTWAIT);
	a = zd_known(router, "a");
	say_events(router);
	say_send(router, "id", "a", ZMQ_SNDMORE);
	say_send(router, "body", "x", 0);
	say_recv(a);
	say_send(router, "id", "b", ZMQ_SNDMORE);
	zd_put(router, "a", "y", NULL);
	say_recv(a);
	say_set(router, "off", ZMQ_ROUTER_MANDATORY, 0);
	say_send(router, "id", "b", ZMQ_SNDMORE);
	say_send(router, "body", "x", 0);
	say_set(router, "bad", ZMQ_ROUTER_MANDATORY, -1);
}

/* A DEALER on the wire that reads nothing, called "a": the queue fills. */
static int deaf(int port, const char *name)
{
	char ready[64] = "\5READY\13Socket-Type\0\0\0\6DEALER\10Identity\0\0\0\1";
	int fd = wire_connect(port);

	ready[41] = name[0];
	wire_greet(fd);
	wire_frame(fd, WIRE_COMMAND, ready, 42);
	wire_want_ready(fd);
	wire_frame(fd, 0, "hello", 5);
	return fd;
}

/* Sends to "a" until it fails or @limit were accepted; bodies never fail. */
static int fill_a(void *router, int limit)
{
	static char body[65536];
	int n;

	for (n = 0; n < limit && zmq_send(router, "a", 1, ZMQ_SNDMORE | ZMQ_DONTWAIT) == 1; n++)
		zt_eq(zmq_send(router, body, sizeof(body), ZMQ_DONTWAIT), sizeof(body));
	return n;
}

/* In the end nothing moves any more. */
static void mandatory_full(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *b;

	za_set(router, ZMQ_SNDHWM, 1);
	za_set(router, ZMQ_ROUTER_MANDATORY, 1);
	deaf(zd_port(zd_bind(router)), "a");
	say_recv(router);
	while (fill_a(router, 1000))
		zd_settle();
	say_rc("id", zmq_send(router, "a", 1, ZMQ_SNDMORE | ZMQ_DONTWAIT));
	say_events(router);
	za_set(router, ZMQ_SNDTIMEO, 100);
	say_send(router, "id", "a", ZMQ_SNDMORE);
	b = zd_known(router, "b");
	say_events(router);
	zd_put(router, "b", "x", NULL);
	say_recv(b);
}

/* Buffers of a connection are small: what a peer does not read stays few. */
static void mandatory_hwm(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = zd_named("a");
	int n;

	za_set(router, ZMQ_ROUTER_MANDATORY, 1);
	za_set(router, ZMQ_SNDHWM, 1);
	za_set(a, ZMQ_RCVHWM, 1);
	zd_link(router, a);
	zd_put(a, "hello", NULL);
	say_recv(router);
	n = fill_a(router, 1000);
	say("%s", n && n < 10 ? "few" : "many");
	/* Nothing is to become of more time. */
	zt_nap(1000);
	say("%s", n + fill_a(router, 1000) < 20 ? "few" : "many");
}

/* Not MANDATORY: what does not fit is dropped, and POLLOUT never goes. */
static void full_drops(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *b;

	za_set(router, ZMQ_SNDHWM, 1);
	deaf(zd_port(zd_bind(router)), "a");
	say_recv(router);
	say("%d", fill_a(router, 1000));
	say_events(router);
	b = zd_known(router, "b");
	zd_put(router, "b", "x", NULL);
	say_recv(b);
}

/* Is @id nobody's? A MANDATORY socket knows, and libzmq notices when it tries to read. */
static bool is_unknown(void *router, const char *id)
{
	za_get(router, ZMQ_EVENTS);
	if (zmq_send(router, id, strlen(id), ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
		return errno == EHOSTUNREACH;
	zd_put(router, "to who goes", NULL);
	return false;
}

/* The second of a name is ignored for ever; the first keeps it. */
static void duplicate_id(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = zd_known(router, "X"), *b = zd_named("X");

	zd_link(router, b);
	zd_put(b, "second", NULL);
	say_none(router);
	zd_put(router, "X", "one", NULL);
	say_recv(a);
	say_none(b);
	za_close(a);
	za_set(router, ZMQ_ROUTER_MANDATORY, 1);
	zt_until(is_unknown(router, "X"), ZA_TIMEO);
	zd_put(b, "still", NULL);
	say_none(router);
	zd_known(router, "X");
}

/* A message that was fetched ahead for EVENTS does not lead sends astray. */
static void prefetch(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = zd_known(router, "a");
	void *b = zd_known(router, "b");

	zd_put(a, "1", "2", NULL);
	za_ready(router, ZMQ_POLLIN);
	say_get(router, "more", ZMQ_RCVMORE);
	zd_put(router, "b", "x", NULL);
	say_recv(b);
	say_none(a);
	say_events(router);
	say_recv(router);
	say_events(router);
}

/* Fetched ahead, and then the peer goes. */
static void prefetch_peer_gone(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = zd_known(router, "a");

	zd_put(a, "1", "2", NULL);
	zd_put(a, "3", NULL);
	za_ready(router, ZMQ_POLLIN);
	za_set(a, ZMQ_LINGER, 10000);
	za_close(a);
	zd_settle();
	say_recv_many(router, 2);
	say_none(router);
}

/*
 * After the peer has gone its id is unknown, until it is back. libzmq notices
 * when it tries to read.
 */
static void peer_gone(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = zd_known(router, "a");

	za_set(router, ZMQ_ROUTER_MANDATORY, 1);
	za_close(a);
	zt_until(is_unknown(router, "a"), ZA_TIMEO);
	say_none(router);
	say_send(router, "id", "a", ZMQ_SNDMORE);
	a = zd_known(router, "a");
	zd_put(router, "a", "x", NULL);
	say_recv(a);
}

/* A connecting peer that loses its connection comes back under its name. */
static void peer_back(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = zd_named("a"), *watched = watch(a);
	const char *ep = zd_bind(router);

	za_set(a, ZMQ_RECONNECT_IVL, 20);
	za_connect(a, ep);
	zd_put(a, "1", NULL);
	say_recv(router);
	za_close(router);
	/* What is sent before it notices is lost. */
	zm_until(watched, ZMQ_EVENT_DISCONNECTED);
	router = zd_socket(ZMQ_ROUTER);
	zd_bind_again(router, ep);
	zd_put(a, "2", NULL);
	say_recv(router);
	zd_put(router, "a", "x", NULL);
	say_recv(a);
}

/* Waiting with short pauses until the id is known: then the message arrives. */
static void mandatory_retry(void)
{
	void *router = zd_socket(ZMQ_ROUTER);
	char name[] = "name-0";
	int i;

	za_set(router, ZMQ_ROUTER_MANDATORY, 1);
	for (i = 0; i < 10; i++) {
		void *s;

		name[5] = '0' + i;
		s = zd_named(name);
		zd_link(router, s);
		zt_until(zmq_send(router, name, 6, ZMQ_SNDMORE) == 6, ZA_TIMEO);
		za_put(router, "HELLO", 0);
		say_recv(s);
		za_close(s);
	}
}

static const struct zd_behaviour behaviours[] = {
	{ "auto_id", "API 1.8", auto_id,
	  "more=1 [x] [y] 0 0 +1 [to][a] [to][b]",
	},
	{ "chosen_id", "API 1.8", chosen_id,
	  "set=ok 1 same [x] [y] set=ok 5 same [x] [y] set=ok 254 same [x] [y] set=ok 255 same [x] [y]",
	},
	{ "id_option", "API 1.8", id_option,
	  "get=ok 0 0=EINVAL 256=EINVAL zero=ok 255=ok get=ok 255 short=EINVAL",
	},
	{ "id_set_late", "API 1.8", id_set_late,
	  "[first][x] [first][y] [second][z]",
	},
	{ "by_id", "API 1.8", by_id,
	  "[a][hello] [b][hello] [3] [] [1][2] [4]",
	},
	{ "fair_queue", "API 1.8", fair_queue,
	  "[a][hello] [b][hello] [c][hello] events=3 [x][y] [x][y] [x][y] 1,1,1 [x][y] [x][y] [x][y] 2,2,2 [x][y] [x][y] [x][y] 3,3,3",
	},
	{ "unknown_id", "API 1.8", unknown_id,
	  "[a][hello] id=7 part=1 last=1 empty=0 last=1 lone=1 lone=1 [x] none",
	},
	{ "mandatory", "API 1.8, 9.4", mandatory,
	  "set=ok events=0 id=EHOSTUNREACH id=EHOSTUNREACH [a][hello] events=2 id=1 body=1 [x] id=EHOSTUNREACH [y] off=ok id=1 body=1 bad=EINVAL",
	},
	{ "mandatory_full", "API 1.8", mandatory_full,
	  "[a][hello] id=EAGAIN events=0 id=EAGAIN [b][hello] events=2 [x]",
	},
	{ "full_drops", "API 1.8", full_drops,
	  "[a][hello] 1000 events=2 [b][hello] [x]",
	},
	{ "duplicate_id", "API 1.8, 9.4", duplicate_id,
	  "[X][hello] none [one] none none [X][hello]",
	},
	{ "prefetch", "API 1.8, 9.1", prefetch,
	  "[a][hello] [b][hello] more=0 [x] none events=3 [a][1][2] events=2",
	},
	{ "prefetch_peer_gone", "API 1.8", prefetch_peer_gone,
	  "[a][hello] [a][1][2] [a][3] none",
	},
	{ "peer_gone", "API 1.8", peer_gone,
	  "[a][hello] none id=EHOSTUNREACH [a][hello] [x]",
	},
	{ "peer_back", "API 1.8", peer_back,
	  "[a][1] [a][2] [x]",
	},
	{ "mandatory_retry", "API 1.8", mandatory_retry,
	  "[HELLO] [HELLO] [HELLO] [HELLO] [HELLO] [HELLO] [HELLO] [HELLO] [HELLO] [HELLO]",
	},
	{ "mandatory_hwm", "API 1.8, 9.1", mandatory_hwm,
	  "[a][hello] few few",
	},
	{ "chosen_id_with_zero", "API 1.8", chosen_id_with_zero,
	  "set=ok [\\x00ab][x] [y]",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
