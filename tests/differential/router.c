// SPDX-License-Identifier: GPL-2.0-only
/* ROUTER: ids, where a message goes by them, and its options: API 1.8. */
#include <stdlib.h>
#include <unistd.h>

#include "../system/wire.h"
#include "diff.h"

static int port_of(const char *ep)
{
	return atoi(strrchr(ep, ':') + 1);
}

/* A DEALER called @name. */
static void *named(const char *name)
{
	void *s = zd_socket(ZMQ_DEALER);

	zd_set_text(s, ZMQ_ROUTING_ID, name);
	return s;
}

/* A DEALER called @name that @router knows. */
static void *known(void *router, const char *name)
{
	void *s = named(name);

	zd_link(router, s);
	zd_put(s, "hello", NULL);
	say_recv(router);
	return s;
}

static void auto_id(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = zd_socket(ZMQ_DEALER), *b = zd_socket(ZMQ_DEALER);
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
	void *a = zd_socket(ZMQ_ROUTER), *b = zd_socket(ZMQ_ROUTER), *s = named("first");

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
	void *router = zd_socket(ZMQ_ROUTER), *a = known(router, "a"), *b = known(router, "b");

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
		s[i] = known(router, names[i]);
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
	void *router = zd_socket(ZMQ_ROUTER), *a = known(router, "a");

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
	a = known(router, "a");
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
	deaf(port_of(zd_bind(router)), "a");
	say_recv(router);
	while (fill_a(router, 1000))
		zd_settle();
	say_rc("id", zmq_send(router, "a", 1, ZMQ_SNDMORE | ZMQ_DONTWAIT));
	say_events(router);
	za_set(router, ZMQ_SNDTIMEO, 100);
	say_send(router, "id", "a", ZMQ_SNDMORE);
	b = known(router, "b");
	say_events(router);
	zd_put(router, "b", "x", NULL);
	say_recv(b);
}

/* Buffers of a connection are small: what a peer does not read stays few. */
static void mandatory_hwm(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = named("a");
	int n;

	za_set(router, ZMQ_ROUTER_MANDATORY, 1);
	za_set(router, ZMQ_SNDHWM, 1);
	za_set(a, ZMQ_RCVHWM, 1);
	zd_link(router, a);
	zd_put(a, "hello", NULL);
	say_recv(router);
	n = fill_a(router, 1000);
	say("%s", n && n < 10 ? "few" : "many");
	zt_nap(1000);
	say("%s", n + fill_a(router, 1000) < 20 ? "few" : "many");
}

/* Not MANDATORY: what does not fit is dropped, and POLLOUT never goes. */
static void full_drops(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *b;

	za_set(router, ZMQ_SNDHWM, 1);
	deaf(port_of(zd_bind(router)), "a");
	say_recv(router);
	say("%d", fill_a(router, 1000));
	say_events(router);
	b = known(router, "b");
	zd_put(router, "b", "x", NULL);
	say_recv(b);
}

/* The second of a name is ignored for ever; the first keeps it. */
static void duplicate_id(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = known(router, "X"), *b = named("X");

	zd_link(router, b);
	zd_put(b, "second", NULL);
	say_none(router);
	zd_put(router, "X", "one", NULL);
	say_recv(a);
	say_none(b);
	za_close(a);
	zd_settle();
	zd_put(b, "still", NULL);
	say_none(router);
	known(router, "X");
}

static void handover(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = known(router, "X"), *b;

	say_set(router, "set", ZMQ_ROUTER_HANDOVER, 1);
	b = known(router, "X");
	zd_put(router, "X", "two", NULL);
	say_recv(b);
	say_none(a);
}

/* What the first one had sent before can still be read, under a new name. */
static void handover_keeps_message(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = known(router, "X"), *b = named("X");
	char id[8];

	za_set(router, ZMQ_ROUTER_HANDOVER, 1);
	zd_put(a, "1", "2", "3", NULL);
	zt_eq(zmq_recv(router, id, sizeof(id), 0), 1);
	zt_eq(zmq_recv(router, id, sizeof(id), 0), 1);
	zd_link(router, b);
	zd_put(b, "new", NULL);
	zd_settle();
	say_recv(router);
	say_recv(router);
	zd_put(router, "X", "x", NULL);
	say_recv(b);
}

static void probe_from_dealer(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *s = named("X");

	say_set(s, "probe", ZMQ_PROBE_ROUTER, 1);
	say_set(s, "bad", ZMQ_PROBE_ROUTER, -1);
	zd_link(router, s);
	say_recv(router);
	zd_put(router, "X", "Hello", NULL);
	say_recv(s);
	zd_put(s, "x", NULL);
	say_recv(router);
}

static void probe_from_router(void)
{
	void *server = zd_socket(ZMQ_ROUTER), *s = zd_socket(ZMQ_ROUTER);

	zd_set_text(s, ZMQ_ROUTING_ID, "X");
	za_set(s, ZMQ_PROBE_ROUTER, 1);
	zd_link(server, s);
	say_recv(server);
	zd_put(server, "X", "Hello", NULL);
	say_recv(s);
}

/* A REQ's probe has no envelope, so a REP throws it away. */
static void probe_from_req(void)
{
	void *rep = zd_socket(ZMQ_REP), *router = zd_socket(ZMQ_ROUTER);
	void *req = zd_socket(ZMQ_REQ);

	za_set(req, ZMQ_PROBE_ROUTER, 1);
	zd_link(router, req);
	say_recv(router);
	req = zd_socket(ZMQ_REQ);
	za_set(req, ZMQ_PROBE_ROUTER, 1);
	zd_link(rep, req);
	zd_put(req, "ask", NULL);
	say_recv(rep);
	zd_put(rep, "so", NULL);
	say_recv(req);
}

/* A probe for each connection, also one that the other side has made. */
static void probe_from_binder(void)
{
	void *binder = zd_socket(ZMQ_DEALER), *a = zd_socket(ZMQ_ROUTER), *b = zd_socket(ZMQ_ROUTER);

	zd_set_text(binder, ZMQ_ROUTING_ID, "X");
	za_set(binder, ZMQ_PROBE_ROUTER, 1);
	zd_link(binder, a);
	za_ready(binder, ZMQ_POLLOUT);
	say_recv(a);
	zd_link(binder, b);
	zd_settle();
	say_events(binder);
	say_recv(b);
}

/* The name is ours, whatever the peer says; it can be used at once. */
static void connect_routing_id(void)
{
	void *server = zd_socket(ZMQ_ROUTER), *s = zd_socket(ZMQ_ROUTER);
	char id[8];
	int len;

	zd_set_text(server, ZMQ_ROUTING_ID, "server");
	za_set(s, ZMQ_ROUTER_MANDATORY, 1);
	say_set_bytes(s, "set", ZMQ_CONNECT_ROUTING_ID, "conn1", 5);
	zd_link(server, s);
	zd_put(s, "conn1", "hi", "1", NULL);
	len = zmq_recv(server, id, sizeof(id), 0);
	say("%s", zd_frame(id, len));
	say_recv(server);
	zt_eq(zmq_send(server, id, len, ZMQ_SNDMORE), len);
	zd_put(server, "back", NULL);
	say_recv(s);
	say_send(s, "server", "server", ZMQ_SNDMORE);
}

/* It is for the next connect() only. */
static void connect_routing_id_once(void)
{
	void *a = zd_socket(ZMQ_ROUTER), *b = zd_socket(ZMQ_ROUTER), *s = zd_socket(ZMQ_ROUTER);

	zd_set_text(s, ZMQ_ROUTING_ID, "me");
	za_set(s, ZMQ_ROUTER_MANDATORY, 1);
	zd_set_text(b, ZMQ_ROUTING_ID, "bee");
	say_set_bytes(s, "empty", ZMQ_CONNECT_ROUTING_ID, "", 0);
	zd_set_text(s, ZMQ_CONNECT_ROUTING_ID, "conn1");
	zd_link(a, s);
	zd_link(b, s);
	zd_put(s, "conn1", "x", NULL);
	say_recv(a);
	zt_until(zmq_send(s, "bee", 3, ZMQ_SNDMORE) == 3, ZA_TIMEO);
	za_put(s, "y", 0);
	say_recv(b);
}

/* A message that was fetched ahead for EVENTS does not lead sends astray. */
static void prefetch(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = known(router, "a"), *b = known(router, "b");

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
	void *router = zd_socket(ZMQ_ROUTER), *a = known(router, "a");

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
	void *router = zd_socket(ZMQ_ROUTER), *a = known(router, "a");

	za_set(router, ZMQ_ROUTER_MANDATORY, 1);
	za_close(a);
	say_none(router);
	say_none(router);
	say_send(router, "id", "a", ZMQ_SNDMORE);
	a = known(router, "a");
	zd_put(router, "a", "x", NULL);
	say_recv(a);
}

/* A connecting peer that loses its connection comes back under its name. */
static void peer_back(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = named("a");
	const char *ep = zd_bind(router);

	za_set(a, ZMQ_RECONNECT_IVL, 20);
	za_connect(a, ep);
	zd_put(a, "1", NULL);
	say_recv(router);
	za_close(router);
	zd_settle();
	router = zd_socket(ZMQ_ROUTER);
	za_bind(router, ep);
	zd_put(a, "2", NULL);
	say_recv(router);
	zd_put(router, "a", "x", NULL);
	say_recv(a);
}

/* Bytes without ZMTP, an id for each connection; an empty body closes it. */
static void raw(void)
{
	void *router = zd_socket(ZMQ_ROUTER);
	char id[8], bytes[8];
	int fd;

	say_set(router, "set", ZMQ_ROUTER_RAW, 1);
	fd = wire_connect(port_of(zd_bind(router)));
	say_recv(router);
	wire_send(fd, "abc", 3);
	zt_eq(zmq_recv(router, id, sizeof(id), 0), 5);
	say("%s", zd_frame(id, 5));
	say_recv(router);
	zt_eq(zmq_send(router, id, 5, ZMQ_SNDMORE), 5);
	say_send(router, "send", "hello", 0);
	wire_recv(fd, bytes, 5);
	say("%s", zd_frame(bytes, 5));
	zt_eq(zmq_send(router, id, 5, ZMQ_SNDMORE), 5);
	say_send(router, "send", "", 0);
	/* libzmq goes on with it in calls of the application. */
	zt_until((za_get(router, ZMQ_EVENTS), wire_closes(fd, 5)), 5000);
	say("closed");
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
		s = named(name);
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
	{ "handover", "API 1.8, 9.4", handover,
	  "[X][hello] set=ok [X][hello] [two] none",
	},
	{ "handover_keeps_message", "API 1.8", handover_keeps_message,
	  "[X][hello] [2][3] [X][new] [x]",
	},
	{ "probe_from_dealer", "API 1.8, 9.4", probe_from_dealer,
	  "probe=ok bad=EINVAL [X][] [Hello] [X][x]",
	},
	{ "probe_from_router", "API 1.8, 9.4", probe_from_router,
	  "[X][] [id][Hello]",
	},
	{ "probe_from_req", "API 1.8", probe_from_req,
	  "[id][] [ask] [so]",
	},
	{ "probe_from_binder", "API 1.8", probe_from_binder,
	  "[X][] events=2 [X][]",
	},
	{ "connect_routing_id", "API 1.8, 9.1", connect_routing_id,
	  "set=ok [id] [hi][1] [conn1][back] server=EHOSTUNREACH",
	},
	{ "connect_routing_id_once", "API 1.8", connect_routing_id_once,
	  "empty=EINVAL [me][x] [me][y]",
	},
	{ "prefetch", "API 1.8, 9.1", prefetch,
	  "[a][hello] [b][hello] more=0 [x] none events=3 [a][1][2] events=2",
	},
	{ "prefetch_peer_gone", "API 1.8", prefetch_peer_gone,
	  "[a][hello] [a][1][2] [a][3] none",
	},
	{ "peer_gone", "API 1.8", peer_gone,
	  "[a][hello] none none id=EHOSTUNREACH [a][hello] [x]",
	},
	{ "peer_back", "API 1.8", peer_back,
	  "[a][1] [a][2] [x]",
	},
	{ "raw", "API 1.8", raw,
	  "set=ok [id][] [id] [abc] send=5 [hello] send=0 closed",
	},
	{ "mandatory_retry", "API 1.8", mandatory_retry,
	  "[HELLO] [HELLO] [HELLO] [HELLO] [HELLO] [HELLO] [HELLO] [HELLO] [HELLO] [HELLO]",
	},
	{ "mandatory_hwm", "API 1.8, 9.1", mandatory_hwm,
	  "[a][hello] few few",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
