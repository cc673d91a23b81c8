// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a ZAP handler is asked, and when (wire.md section 6): every part of a request as
 * a REP and a ROUTER receive it, and what a good answer does to messages.
 */
#define ZMQ_BUILD_DRAFT_API
#include <stdlib.h>
#include <unistd.h>

#include "diff.h"
#include "ends.h"
#include "../system/zgate.h"
#include "../system/zsec.h"

/* Says a part; a key and who we are by ipc by name. */
static void say_part(const char *part, size_t len)
{
	uint8_t key[32];
	char own[64];

	sprintf(own, "localhost:%d:%d:%d", getuid(), getgid(), getpid());
	zt_check(zmq_z85_decode(key, zs_client_keys.public));
	if (len == sizeof(key) && !memcmp(part, key, len))
		say("[key]");
	else if (!strcmp(part, own))
		say("[own]");
	else
		say("%s", zd_frame(part, len));
}

static void say_request(struct zg *gate)
{
	struct zg_request r;
	int i;

	if (!zg_next(gate, &r, zt_scaled(ZA_TIMEO))) {
		say("nothing");
		return;
	}
	for (i = 0; i < r.parts; i++)
		say_part(r.part[i], r.len[i]);
}

static void say_no_request(struct zg *gate)
{
	struct zg_request r;

	say("%s", zg_next(gate, &r, 0) ? "asked" : "not-asked");
}

/* A handler of @type is asked about a client that has everything a request can show. */
static void request(int type, int mechanism)
{
	struct zg *gate = zg_start(zd_ctx(), type, NULL);
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	zs_server(e.server, mechanism);
	zs_client(e.client, mechanism);
	za_text(e.server, ZMQ_ZAP_DOMAIN, "global");
	za_text(e.server, ZMQ_ROUTING_ID, "server");
	za_text(e.client, ZMQ_ROUTING_ID, "client");
	zd_link(e.server, e.client);
	say_request(gate);
	zd_put(e.client, "x", NULL);
	say_recv(e.server);
	say_no_request(gate);
}

static void request_null(void)
{
	request(ZMQ_REP, ZMQ_NULL);
}

static void request_plain(void)
{
	request(ZMQ_REP, ZMQ_PLAIN);
}

static void request_curve(void)
{
	request(ZMQ_REP, ZMQ_CURVE);
}

static void request_null_router(void)
{
	request(ZMQ_ROUTER, ZMQ_NULL);
}

static void request_plain_router(void)
{
	request(ZMQ_ROUTER, ZMQ_PLAIN);
}

static void request_curve_router(void)
{
	request(ZMQ_ROUTER, ZMQ_CURVE);
}

/* Nothing is set but what has to be. */
static void request_bare(int mechanism)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, NULL);
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	zs_server(e.server, mechanism);
	zs_client(e.client, mechanism);
	ends_meet(&e);
	if (mechanism)
		say_request(gate);
	say_no_request(gate);
}

static void bare_null(void)
{
	request_bare(ZMQ_NULL);
}

static void bare_plain(void)
{
	request_bare(ZMQ_PLAIN);
}

static void bare_curve(void)
{
	request_bare(ZMQ_CURVE);
}

/* A PLAIN client with a name, and one with a password only. */
static void half_plain(void)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, NULL);
	void *server = zd_socket(ZMQ_PULL), *client = zd_socket(ZMQ_PUSH);

	zs_plain_server(server);
	za_text(client, ZMQ_PLAIN_USERNAME, "name");
	zd_link(server, client);
	say_request(gate);
	client = zd_socket(ZMQ_PUSH);
	za_text(client, ZMQ_PLAIN_PASSWORD, "word");
	zd_link(server, client);
	say_request(gate);
}

/* As long as they may be. */
static void longest(void)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, NULL);
	void *server = zd_socket(ZMQ_ROUTER), *client = zd_socket(ZMQ_DEALER);
	char text[256];

	memset(text, 'a', 255);
	text[255] = 0;
	zs_plain_server(server);
	zs_plain_client(client, text, text);
	za_text(server, ZMQ_ZAP_DOMAIN, text);
	za_text(server, ZMQ_ROUTING_ID, text);
	zd_link(server, client);
	say_request(gate);
	zd_put(client, "x", NULL);
	say_recv(server);
}

/* Bytes that are no text. */
static void odd_bytes(void)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, NULL);
	void *server = zd_socket(ZMQ_PULL), *client = zd_socket(ZMQ_PUSH);

	zs_plain_server(server);
	zs_plain_client(client, "\1\377 a", "\n");
	za_text(server, ZMQ_ZAP_DOMAIN, "a b");
	zd_link(server, client);
	say_request(gate);
}

static void by_ipc(int mechanism)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, NULL);
	void *server = zd_socket(ZMQ_PULL), *client = zd_socket(ZMQ_PUSH);

	zs_server(server, mechanism);
	zs_client(client, mechanism);
	za_text(server, ZMQ_ZAP_DOMAIN, "global");
	za_bind(server, zd_ipc("a"));
	za_connect(client, zd_ipc("a"));
	say_request(gate);
	zd_put(client, "x", NULL);
	say_recv(server);
}

static void ipc_null(void)
{
	by_ipc(ZMQ_NULL);
}

static void ipc_plain(void)
{
	by_ipc(ZMQ_PLAIN);
}

static void ipc_curve(void)
{
	by_ipc(ZMQ_CURVE);
}

static void ipv6(void)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, NULL);
	void *server = zd_socket(ZMQ_PULL), *client = zd_socket(ZMQ_PUSH);
	char ep[256];

	za_set(server, ZMQ_IPV6, 1);
	za_set(client, ZMQ_IPV6, 1);
	za_text(server, ZMQ_ZAP_DOMAIN, "global");
	za_bind(server, "tcp://[::1]:*");
	za_last(server, ep);
	za_connect(client, ep);
	say_request(gate);
	zd_put(client, "x", NULL);
	say_recv(server);
}

/* NULL asks on the side that connects just as on the one that is bound. */
static void null_connecting(void)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, NULL);
	void *server = zd_socket(ZMQ_ROUTER), *client = zd_socket(ZMQ_DEALER);

	za_text(server, ZMQ_ROUTING_ID, "server");
	za_text(client, ZMQ_ROUTING_ID, "client");
	za_text(client, ZMQ_ZAP_DOMAIN, "global");
	zd_link(server, client);
	say_request(gate);
	zd_put(client, "x", NULL);
	say_recv(server);
	say_no_request(gate);
}

/* Both sides have a domain. Either may be the first. */
static void null_both(void)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, NULL);
	void *server = zd_socket(ZMQ_PULL), *client = zd_socket(ZMQ_PUSH);
	struct zg_request r;
	int ours = 0, theirs = 0, i;

	za_text(server, ZMQ_ZAP_DOMAIN, "ours");
	za_text(client, ZMQ_ZAP_DOMAIN, "theirs");
	zd_link(server, client);
	zd_put(client, "x", NULL);
	say_recv(server);
	for (i = 0; i < 2 && zg_next(gate, &r, zt_scaled(ZA_TIMEO)); i++) {
		ours += !strcmp(zg_text(&r, ZG_DOMAIN), "ours");
		theirs += !strcmp(zg_text(&r, ZG_DOMAIN), "theirs");
	}
	say("ours=%d theirs=%d", ours, theirs);
	say_no_request(gate);
}

/* A domain does not make a client of PLAIN or CURVE ask. */
static void clients_never(int mechanism)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, NULL);
	void *server = zd_socket(ZMQ_PULL), *client = zd_socket(ZMQ_PUSH);

	zs_server(server, mechanism);
	zs_client(client, mechanism);
	za_text(server, ZMQ_ZAP_DOMAIN, "ours");
	za_text(client, ZMQ_ZAP_DOMAIN, "theirs");
	zd_link(server, client);
	zd_put(client, "x", NULL);
	say_recv(server);
	say_request(gate);
	say_no_request(gate);
}

static void plain_client_never(void)
{
	clients_never(ZMQ_PLAIN);
}

static void curve_client_never(void)
{
	clients_never(ZMQ_CURVE);
}

/* Of another mechanism: ended before anybody is asked. */
static void mismatch_not_asked(void)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, NULL);
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	zs_curve_server(e.server);
	za_text(e.server, ZMQ_ZAP_DOMAIN, "global");
	zs_plain_client(e.client, ZS_USER, ZS_PASSWORD);
	zd_link(e.server, e.client);
	say_watched(e.ours, 4);
	say_no_request(gate);
}

/* Each endpoint asks for the domain that was set when it was bound. */
static void domain_of_the_endpoint(void)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, NULL);
	void *server = zd_socket(ZMQ_PULL);
	const char *first, *second;

	za_text(server, ZMQ_ZAP_DOMAIN, "first");
	first = zd_bind(server);
	za_text(server, ZMQ_ZAP_DOMAIN, "second");
	second = zd_bind(server);
	zd_put(zd_connect(ZMQ_PUSH, first), "1", NULL);
	say_recv(server);
	say_request(gate);
	zd_put(zd_connect(ZMQ_PUSH, second), "2", NULL);
	say_recv(server);
	say_request(gate);
}

/* A connection that comes back is a new one. */
static void asked_again(void)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, NULL);
	void *server = zd_socket(ZMQ_PULL), *client = zd_socket(ZMQ_PUSH);
	const char *ep;

	za_text(server, ZMQ_ZAP_DOMAIN, "global");
	ep = zd_bind(server);
	za_connect(client, ep);
	say_request(gate);
	zd_put(client, "1", NULL);
	say_recv(server);
	zt_ok(zmq_disconnect(client, ep));
	za_connect(client, ep);
	say_request(gate);
	zd_put(client, "2", NULL);
	say_recv(server);
}

/* Many at once, and a handler that takes one after the other. */
static void crowd(void)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, NULL);
	void *server = zd_socket(ZMQ_PULL);
	struct zg_request r;
	int i, asked = 0, came = 0;
	const char *ep;
	char byte;

	zs_plain_server(server);
	ep = zd_bind(server);
	for (i = 0; i < 30; i++) {
		void *client = zd_socket(ZMQ_PUSH);

		zs_plain_client(client, ZS_USER, ZS_PASSWORD);
		za_connect(client, ep);
		za_put(client, "x", 0);
	}
	while (came < 30 && zmq_recv(server, &byte, 1, 0) == 1)
		came++;
	while (zg_next(gate, &r, 0))
		asked += !strcmp(zg_text(&r, ZG_ID), "1");
	say("came=%d asked=%d", came, asked);
}

/* Handlers of two contexts know nothing of each other. */
static void other_context(void)
{
	void *other = za_ctx(), *client = za_socket(other, ZMQ_PUSH), *server = zd_socket(ZMQ_PULL);
	struct zg *gate = zg_start(other, ZMQ_REP, NULL);

	/* Nobody answers for ours: NULL lets everybody in. */
	za_text(server, ZMQ_ZAP_DOMAIN, "global");
	zd_link(server, client);
	zd_put(client, "x", NULL);
	say_recv(server);
	say_no_request(gate);
}

static const struct zd_behaviour behaviours[] = {
	{ "request_null", "API 7.4", request_null,
	  "[1.0] [1] [global] [127.0.0.1] [server] [NULL] [client][x] not-asked",
	},
	{ "request_plain", "API 7.4", request_plain,
	  "[1.0] [1] [global] [127.0.0.1] [server] [PLAIN] [admin] [secret] [client][x] not-asked",
	},
	{ "request_curve", "API 7.4", request_curve,
	  "[1.0] [1] [global] [127.0.0.1] [server] [CURVE] [key] [client][x] not-asked",
	},
	{ "request_null_router", "API 7.4", request_null_router,
	  "[id] [] [1.0] [1] [global] [127.0.0.1] [server] [NULL] [client][x] not-asked",
	},
	{ "request_plain_router", "API 7.4", request_plain_router,
	  "[id] [] [1.0] [1] [global] [127.0.0.1] [server] [PLAIN] [admin] [secret] [client][x] not-asked",
	},
	{ "request_curve_router", "API 7.4", request_curve_router,
	  "[id] [] [1.0] [1] [global] [127.0.0.1] [server] [CURVE] [key] [client][x] not-asked",
	},
	{ "bare_null", "API 7.4", bare_null,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet not-asked",
	},
	{ "bare_plain", "API 7.4", bare_plain,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet [1.0] [1] [] [127.0.0.1] [] [PLAIN] [admin] [secret] not-asked",
	},
	{ "bare_curve", "API 7.4", bare_curve,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet [1.0] [1] [] [127.0.0.1] [] [CURVE] [key] not-asked",
	},
	{ "half_plain", "API 2.2", half_plain,
	  "[1.0] [1] [] [127.0.0.1] [] [PLAIN] [name] [] [1.0] [1] [] [127.0.0.1] [] [PLAIN] [] [word]",
	},
	{ "longest", "API 9.5", longest,
	  "[1.0] [1] [<255>] [127.0.0.1] [<255>] [PLAIN] [<255>] [<255>] [id][x]",
	},
	{ "odd_bytes", "API 7.4", odd_bytes,
	  "[1.0] [1] [a\\x20b] [127.0.0.1] [] [PLAIN] [\\x01\\xff\\x20a] [\\x0a]",
	},
	{ "ipc_null", "API 7.4", ipc_null,
	  "[1.0] [1] [global] [own] [] [NULL] [x]",
	},
	{ "ipc_plain", "API 7.4", ipc_plain,
	  "[1.0] [1] [global] [own] [] [PLAIN] [admin] [secret] [x]",
	},
	{ "ipc_curve", "API 7.4", ipc_curve,
	  "[1.0] [1] [global] [own] [] [CURVE] [key] [x]",
	},
	{ "ipv6", "API 7.4", ipv6,
	  "[1.0] [1] [global] [::1] [] [NULL] [x]",
	},
	{ "null_connecting", "API 7.4", null_connecting,
	  "[1.0] [1] [global] [127.0.0.1] [client] [NULL] [client][x] not-asked",
	},
	{ "null_both", "API 7.4", null_both,
	  "[x] ours=1 theirs=1 not-asked",
	},
	{ "plain_client_never", "API 7.4", plain_client_never,
	  "[x] [1.0] [1] [ours] [127.0.0.1] [] [PLAIN] [admin] [secret] not-asked",
	},
	{ "curve_client_never", "API 7.4", curve_client_never,
	  "[x] [1.0] [1] [ours] [127.0.0.1] [] [CURVE] [key] not-asked",
	},
	{ "mismatch_not_asked", "API 9.5", mismatch_not_asked,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED not-asked",
	},
	{ "domain_of_the_endpoint", "API 2.1", domain_of_the_endpoint,
	  "[1] [1.0] [1] [first] [127.0.0.1] [] [NULL] [2] [1.0] [1] [second] [127.0.0.1] [] [NULL]",
	},
	{ "asked_again", "API 7.4", asked_again,
	  "[1.0] [1] [global] [127.0.0.1] [] [NULL] [1] [1.0] [1] [global] [127.0.0.1] [] [NULL] [2]",
	},
	{ "crowd", "API 7.4", crowd,
	  "came=30 asked=30",
	},
	{ "other_context", "API 7.4", other_context,
	  "[x] not-asked",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
