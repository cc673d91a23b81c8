// SPDX-License-Identifier: GPL-2.0-only
/* inproc: ids that are known without a handshake, ROUTER, STREAM: API 1.8, 1.9. */
#include "diff.h"

#define NAME "inproc://name"

static void *named(int type, const char *id)
{
	void *s = zd_socket(type);

	zd_set_text(s, ZMQ_ROUTING_ID, id);
	return s;
}

/* --- ids --------------------------------------------------------------------- */

static void router_ids(void)
{
	void *router = zd_bound(ZMQ_ROUTER, NAME), *me = zd_named("me"), *other;

	za_connect(me, NAME);
	zd_put(me, "hi", NULL);
	say_recv(router);
	zd_put(router, "me", "yo", NULL);
	say_recv(me);
	other = zd_connect(ZMQ_DEALER, NAME);
	zd_put(other, "hi", NULL);
	say_recv(router);
}

static void router_ids_waiting(void)
{
	void *me = zd_named("me"), *router;

	za_connect(me, NAME);
	zd_put(me, "hi", NULL);
	router = zd_bound(ZMQ_ROUTER, NAME);
	say_recv(router);
	zd_put(router, "me", "yo", NULL);
	say_recv(me);
}

/* Each knows the other's id at once. */
static void router_router(void)
{
	void *a = named(ZMQ_ROUTER, "a"), *b = named(ZMQ_ROUTER, "b");

	za_bind(a, NAME);
	za_connect(b, NAME);
	zd_put(b, "a", "from b", NULL);
	say_recv(a);
	zd_put(a, "b", "from a", NULL);
	say_recv(b);
}

static void router_router_waiting(void)
{
	void *a = named(ZMQ_ROUTER, "a"), *b = named(ZMQ_ROUTER, "b");

	za_set(b, ZMQ_ROUTER_MANDATORY, 1);
	za_connect(b, NAME);
	say_send(b, "unbound", "a", ZMQ_SNDMORE | ZMQ_DONTWAIT);
	za_bind(a, NAME);
	za_get(b, ZMQ_EVENTS);
	say_send(b, "bound", "a", ZMQ_SNDMORE | ZMQ_DONTWAIT);
	za_put(b, "from b", 0);
	say_recv(a);
}

/* The option may change; the peer has been told. */
static void id_of_connect(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *dealer = zd_named("one");

	za_connect(dealer, NAME);
	zd_set_text(dealer, ZMQ_ROUTING_ID, "two");
	za_bind(router, NAME);
	zd_put(dealer, "x", NULL);
	say_recv(router);
}

static void connect_routing_id(void)
{
	void *a = named(ZMQ_ROUTER, "a"), *b = zd_socket(ZMQ_ROUTER);
	char id[16], text[16];
	int size;

	zd_set_text(b, ZMQ_CONNECT_ROUTING_ID, "mine");
	za_bind(a, NAME);
	za_connect(b, NAME);
	zd_put(b, "mine", "1", NULL);
	size = zmq_recv(a, id, sizeof(id), 0);
	zt_check(size > 0);
	say("%s", zd_frame(id, size));
	zt_eq(zmq_recv(a, text, sizeof(text), 0), 1);
	zt_eq(zmq_send(a, id, size, ZMQ_SNDMORE), size);
	za_put(a, "2", 0);
	say_recv(b);
	za_set(b, ZMQ_ROUTER_MANDATORY, 1);
	say_send(b, "its-own", "a", ZMQ_SNDMORE | ZMQ_DONTWAIT);
}

static void connect_routing_id_waiting(void)
{
	void *a = named(ZMQ_ROUTER, "a"), *b = named(ZMQ_ROUTER, "b");

	zd_set_text(b, ZMQ_CONNECT_ROUTING_ID, "mine");
	za_set(b, ZMQ_ROUTER_MANDATORY, 1);
	za_connect(b, NAME);
	zd_put(b, "mine", "early", NULL);
	za_bind(a, NAME);
	say_recv(a);
	zd_put(a, "b", "back", NULL);
	say_recv(b);
}

static void duplicate_id(void)
{
	void *first = zd_named("me"), *second = zd_named("me");
	void *router = zd_bound(ZMQ_ROUTER, NAME);

	za_connect(first, NAME);
	zd_put(first, "1", NULL);
	say_recv(router);
	za_connect(second, NAME);
	zd_put(second, "2", NULL);
	say_none(router);
	zd_put(router, "me", "3", NULL);
	say_recv(first);
	say_none(second);
}

static void handover(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *first = zd_named("me"), *second = zd_named("me");

	za_set(router, ZMQ_ROUTER_HANDOVER, 1);
	za_bind(router, NAME);
	za_connect(first, NAME);
	zd_put(first, "1", NULL);
	say_recv(router);
	za_connect(second, NAME);
	zd_put(second, "2", NULL);
	say_recv(router);
	zd_put(router, "me", "3", NULL);
	say_recv(second);
	/* Nobody makes another connection for it. */
	zd_until_events(first, 0);
	say_send(first, "first", "4", ZMQ_DONTWAIT);
	say_none(router);
}

static void peer_gone(void)
{
	void *router = zd_bound(ZMQ_ROUTER, NAME), *dealer = zd_named("me");

	za_set(router, ZMQ_ROUTER_MANDATORY, 1);
	za_connect(dealer, NAME);
	zd_put(dealer, "1", NULL);
	say_recv(router);
	za_close(dealer);
	/* Nobody is there to be written to. */
	zd_until_events(router, 0);
	say_send(router, "id", "me", ZMQ_SNDMORE);
}

/* --- probes ------------------------------------------------------------------- */

static void probe(void)
{
	void *router = zd_bound(ZMQ_ROUTER, NAME), *dealer = zd_named("me");

	za_set(dealer, ZMQ_PROBE_ROUTER, 1);
	za_connect(dealer, NAME);
	say_recv(router);
	say_none(router);
}

static void probe_waiting(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *dealer = zd_named("me");

	za_set(dealer, ZMQ_PROBE_ROUTER, 1);
	za_connect(dealer, NAME);
	za_bind(router, NAME);
	say_recv(router);
	say_none(router);
}

static void probe_by_binder(void)
{
	void *a = named(ZMQ_ROUTER, "a"), *b = zd_socket(ZMQ_ROUTER);

	za_set(a, ZMQ_PROBE_ROUTER, 1);
	za_bind(a, NAME);
	za_connect(b, NAME);
	say_recv_from(b, a);
	say_none(b);
}

/* --- raw types: there is nothing raw here ---------------------------------------------- */

static void stream_stream(void)
{
	void *a = zd_bound(ZMQ_STREAM, NAME), *b = zd_connect(ZMQ_STREAM, NAME);
	char id[256];
	size_t size = sizeof(id);

	say_none(a);
	say_none(b);
	zt_ok(zmq_getsockopt(b, ZMQ_ROUTING_ID, id, &size));
	zt_eq(zmq_send(b, id, size, ZMQ_SNDMORE), size);
	za_put(b, "data", 0);
	say_recv(a);
}

static void stream_dealer(void)
{
	void *stream = zd_bound(ZMQ_STREAM, NAME), *dealer = zd_connect(ZMQ_DEALER, NAME);

	zd_put(dealer, "x", NULL);
	say_recv(stream);
	say_none(stream);
}

static void router_raw(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *dealer;

	za_set(router, ZMQ_ROUTER_RAW, 1);
	za_bind(router, NAME);
	dealer = zd_connect(ZMQ_DEALER, NAME);
	zd_put(dealer, "x", NULL);
	say_recv(router);
	say_none(router);
}

static const struct zd_behaviour behaviours[] = {
	{ "router_ids", "API 1.8", router_ids,
	  "[me][hi] [yo] [id][hi]",
	},
	{ "router_ids_waiting", "API 9.1 test_inproc_connect", router_ids_waiting,
	  "[me][hi] [yo]",
	},
	{ "router_router", "API 1.8", router_router,
	  "[b][from\\x20b] [a][from\\x20a]",
	},
	{ "router_router_waiting", "API 1.8", router_router_waiting,
	  "unbound=EHOSTUNREACH bound=1 [b][from\\x20b]",
	},
	{ "id_of_connect", "API 2.3 ROUTING_ID", id_of_connect,
	  "[one][x]",
	},
	{ "connect_routing_id", "API 1.8", connect_routing_id,
	  "[id] [mine][2] its-own=EHOSTUNREACH",
	},
	{ "connect_routing_id_waiting", "API 1.8", connect_routing_id_waiting,
	  "[b][early] [mine][back]",
	},
	{ "duplicate_id", "API 1.8", duplicate_id,
	  "[me][1] none [3] none",
	},
	{ "handover", "API 1.8", handover,
	  "[me][1] [me][2] [3] first=EAGAIN none",
	},
	{ "peer_gone", "API 1.8", peer_gone,
	  "[me][1] id=EHOSTUNREACH",
	},
	{ "probe", "API 1.8", probe,
	  "[me][] none",
	},
	{ "probe_waiting", "API 1.8", probe_waiting,
	  "[me][] none",
	},
	{ "probe_by_binder", "API 1.8", probe_by_binder,
	  "[a][] none",
	},
	{ "stream_stream", "API 4.1", stream_stream,
	  "none none [id][data]",
	},
	{ "stream_dealer", "API 4.1", stream_dealer,
	  "[id][x] none",
	},
	{ "router_raw", "API 4.1", router_raw,
	  "[id][x] none",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
