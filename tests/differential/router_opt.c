// SPDX-License-Identifier: GPL-2.0-only
/* Options of a ROUTER: HANDOVER, PROBE_ROUTER, CONNECT_ROUTING_ID, RAW: API 1.8. */
#include "../system/wire.h"
#include "diff.h"

static void handover(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = zd_named("X"), *b;

	/* Once evicted it must not come back for its name. */
	za_set(a, ZMQ_RECONNECT_IVL, -1);
	zd_link(router, a);
	zd_put(a, "hello", NULL);
	say_recv(router);
	say_set(router, "set", ZMQ_ROUTER_HANDOVER, 1);
	b = zd_known(router, "X");
	zd_put(router, "X", "two", NULL);
	say_recv(b);
	say_none(a);
}

/* What the first one had sent before can still be read, under a new name. */
static void handover_keeps_message(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *a = zd_named("X"), *b = zd_named("X");
	char id[8];

	/* Once evicted it must not come back for its name. */
	za_set(a, ZMQ_RECONNECT_IVL, -1);
	zd_link(router, a);
	zd_put(a, "hello", NULL);
	say_recv(router);
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
	void *router = zd_socket(ZMQ_ROUTER), *s = zd_named("X");

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
	void *binder = zd_socket(ZMQ_DEALER), *a = zd_socket(ZMQ_ROUTER);
	void *b = zd_socket(ZMQ_ROUTER);

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

/* Bytes without ZMTP, an id for each connection; an empty body closes it. */
static void raw(void)
{
	void *router = zd_socket(ZMQ_ROUTER);
	char id[8], bytes[8];
	int fd;

	say_set(router, "set", ZMQ_ROUTER_RAW, 1);
	fd = wire_connect(zd_port(zd_bind(router)));
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

static const struct zd_behaviour behaviours[] = {
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
	{ "raw", "API 1.8", raw,
	  "set=ok [id][] [id] [abc] send=5 [hello] send=0 closed",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
