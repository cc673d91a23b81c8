// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handshakes of every mechanism with itself and with the others: who talks to whom, what
 * both monitors tell, and that the connection does not come back. No ZAP handler but
 * where PLAIN needs one: see zap*.c.
 */
#define ZMQ_BUILD_DRAFT_API
#include <stdlib.h>
#include <unistd.h>

#include "diff.h"
#include "ends.h"
#include "../system/wire.h"
#include "../system/zgate.h"
#include "../system/zsec.h"

/* Lets in whoever knows the right password or is somebody else's key. */
static void judge_plain(const struct zg_request *request, struct zg_reply *reply)
{
	if (strcmp(zg_text(request, ZG_MECHANISM), "PLAIN"))
		return;
	if (strcmp(zg_text(request, ZG_CREDENTIALS), ZS_USER) ||
	    strcmp(zg_text(request, ZG_CREDENTIALS + 1), ZS_PASSWORD))
		reply->status = "400";
}

static void good_null(void)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	ends_meet(&e);
}

static void good_plain(void)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	zg_start(zd_ctx(), ZMQ_REP, judge_plain);
	zs_plain_server(e.server);
	zs_plain_client(e.client, ZS_USER, ZS_PASSWORD);
	ends_meet(&e);
}

static void good_curve(void)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	zs_curve_server(e.server);
	zs_curve_client(e.client, &zs_client_keys, zs_server_keys.public);
	ends_meet(&e);
}

/* The server connects, the client is bound. */
static void good_turned(int mechanism)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);
	char ep[256];

	zg_start(zd_ctx(), ZMQ_REP, judge_plain);
	zs_server(e.server, mechanism);
	zs_client(e.client, mechanism);
	za_bind_any(e.client, ep);
	za_connect(e.server, ep);
	ends_exchange(&e);
	say_watched(e.ours, 3);
	say_quiet(e.ours);
	say_watched(e.theirs, 3);
	say_quiet(e.theirs);
}

static void good_plain_turned(void)
{
	good_turned(ZMQ_PLAIN);
}

static void good_curve_turned(void)
{
	good_turned(ZMQ_CURVE);
}

/* A server needs no public key, a client needs only one that fits its secret one. */
static void curve_server_public_key(void)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	zs_curve_server(e.server);
	za_text(e.server, ZMQ_CURVE_PUBLICKEY, zs_client_keys.public);
	zs_curve_client(e.client, zs_other_keys(), zs_server_keys.public);
	ends_meet(&e);
}

static void plain_wrong(const char *user, const char *password)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	zg_start(zd_ctx(), ZMQ_REP, judge_plain);
	zs_plain_server(e.server);
	zs_plain_client(e.client, user, password);
	ends_refused(&e, 4, 4);
}

static void plain_wrong_password(void)
{
	plain_wrong(ZS_USER, "wrong");
}

static void plain_wrong_user(void)
{
	plain_wrong("nobody", ZS_PASSWORD);
}

/* A name without a password is a client as well: the password is empty. */
static void plain_name_only(void)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	zg_start(zd_ctx(), ZMQ_REP, judge_plain);
	zs_plain_server(e.server);
	za_text(e.client, ZMQ_PLAIN_USERNAME, ZS_USER);
	ends_refused(&e, 4, 4);
}

/* Two sides with the given roles, 's', 'c' or '-' for NULL. */
static void roles(int ours, char our_role, int theirs, char their_role, int events,
		  int their_events)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	zg_start(zd_ctx(), ZMQ_REP, judge_plain);
	(our_role == 's' ? zs_server : zs_client)(e.server, ours);
	(their_role == 's' ? zs_server : zs_client)(e.client, theirs);
	ends_refused(&e, events, their_events);
}

static void null_to_plain(void)
{
	roles(ZMQ_PLAIN, 's', ZMQ_NULL, 'c', 4, 4);
}

static void null_to_curve(void)
{
	roles(ZMQ_CURVE, 's', ZMQ_NULL, 'c', 4, 4);
}

static void plain_to_null(void)
{
	roles(ZMQ_NULL, 's', ZMQ_PLAIN, 'c', 4, 4);
}

static void plain_to_curve(void)
{
	roles(ZMQ_CURVE, 's', ZMQ_PLAIN, 'c', 4, 4);
}

static void curve_to_null(void)
{
	roles(ZMQ_NULL, 's', ZMQ_CURVE, 'c', 4, 4);
}

static void curve_to_plain(void)
{
	roles(ZMQ_PLAIN, 's', ZMQ_CURVE, 'c', 4, 4);
}

/* Nobody begins: it is the timer that ends it. */
static void two_servers(int mechanism)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	za_set(e.server, ZMQ_HANDSHAKE_IVL, zt_scaled(1500));
	zg_start(zd_ctx(), ZMQ_REP, judge_plain);
	zs_server(e.server, mechanism);
	zs_server(e.client, mechanism);
	ends_refused(&e, 4, 4);
}

static void two_plain_servers(void)
{
	two_servers(ZMQ_PLAIN);
}

static void two_curve_servers(void)
{
	two_servers(ZMQ_CURVE);
}

/* Both begin; either is the first to see it. */
static void two_clients(int mechanism)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);
	struct zm_event event;
	int64_t end = zt_now() + zt_scaled(ZA_TIMEO);
	int refused = 0;

	zs_client(e.server, mechanism);
	zs_client(e.client, mechanism);
	zd_link(e.server, e.client);
	zmq_send(e.client, "x", 1, ZMQ_DONTWAIT);
	while (!refused && zt_now() < end)
		while (zm_next(e.ours, &event, 10) || zm_next(e.theirs, &event, 10))
			refused += event.number == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL &&
				   event.value == ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND;
	say("%s", refused ? "refused" : "nothing");
	say_recv_now(e.server);
}

static void two_plain_clients(void)
{
	two_clients(ZMQ_PLAIN);
}

static void two_curve_clients(void)
{
	two_clients(ZMQ_CURVE);
}

/* Its HELLO is for somebody else. */
static void curve_wrong_server_key(void)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	zs_curve_server(e.server);
	zs_curve_client(e.client, &zs_client_keys, zs_other_keys()->public);
	ends_refused(&e, 4, 4);
}

/* A public key that is not the secret one's: the vouch does not open. */
static void curve_wrong_pair(void)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);
	const struct zs_keys mixed = { zs_client_keys.public, zs_other_keys()->secret };

	zs_curve_server(e.server);
	zs_curve_client(e.client, &mixed, zs_server_keys.public);
	ends_refused(&e, 4, 4);
}

/* A server that has no key at all: they are zeros. */
static void curve_no_server_secret(void)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	za_set(e.server, ZMQ_CURVE_SERVER, 1);
	zs_curve_client(e.client, &zs_client_keys, zs_server_keys.public);
	ends_refused(&e, 4, 4);
}

/* A client with keys of its own that does not say whom it wants. */
static void curve_no_server_key(void)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	zs_curve_server(e.server);
	za_text(e.client, ZMQ_CURVE_PUBLICKEY, zs_client_keys.public);
	za_text(e.client, ZMQ_CURVE_SECRETKEY, zs_client_keys.secret);
	/* libzmq waits for this before it closes. */
	za_set(e.client, ZMQ_HANDSHAKE_IVL, zt_scaled(1500));
	zd_link(e.server, e.client);
	say_watched(e.theirs, 3);
	say_watched(e.ours, 4);
}

static void curve_no_client_keys(void)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	zs_curve_server(e.server);
	za_text(e.client, ZMQ_CURVE_SERVERKEY, zs_server_keys.public);
	ends_refused(&e, 4, 4);
}

/* The endpoint has what was set before: what comes later is for later ones. */
static void mechanism_set_later(void)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);
	const char *ep = zd_bind(e.server);

	zs_curve_server(e.server);
	za_connect(e.client, ep);
	zs_curve_client(e.client, &zs_client_keys, zs_server_keys.public);
	ends_exchange(&e);
	/* The second listener is another. */
	ep = zd_bind(e.server);
	za_connect(zd_named("null"), ep);
	say_watched(e.ours, 6);
	za_connect(e.client, ep);
	say_watched(e.ours, 2);
}

/* inproc has no handshake. */
static void inproc_has_none(void)
{
	void *server = zd_socket(ZMQ_PULL), *client = zd_socket(ZMQ_PUSH);

	zs_curve_server(server);
	za_text(server, ZMQ_ZAP_DOMAIN, "global");
	say_rc("bind", zmq_bind(server, "inproc://a"));
	say_rc("connect", zmq_connect(client, "inproc://a"));
	zd_put(client, "clear", NULL);
	say_recv(server);
}

/* A stream knows nothing of mechanisms: it has no greeting. */
static void stream_has_none(void)
{
	void *stream = zd_socket(ZMQ_STREAM);
	int fd;

	zs_curve_server(stream);
	fd = wire_connect(zd_port(zd_bind(stream)));
	say_recv(stream);
	wire_send(fd, "clear", 5);
	say_recv(stream);
	close(fd);
}

/* Of ZMTP 1.0, which has no security: its greeting is an id of length 0. */
static void old_peer(int mechanism, const char *domain)
{
	void *ours, *server = watch_new(ZMQ_PULL, &ours);
	int fd;

	zs_server(server, mechanism);
	if (domain)
		za_text(server, ZMQ_ZAP_DOMAIN, domain);
	fd = wire_connect(zd_port(zd_bind(server)));
	say_watched(ours, 2);
	wire_send(fd, "\1\0\6\0sneak", 9);
	if (mechanism || domain) {
		say("%s", wire_closes(fd, zt_scaled(ZA_TIMEO)) ? "closed" : "open");
		say_watched(ours, 1);
	} else {
		say_recv(server);
	}
	say_recv_now(server);
	close(fd);
}

static void old_peer_null(void)
{
	old_peer(ZMQ_NULL, NULL);
}

static void old_peer_domain(void)
{
	old_peer(ZMQ_NULL, "global");
}

static void old_peer_plain(void)
{
	old_peer(ZMQ_PLAIN, NULL);
}

static void old_peer_curve(void)
{
	old_peer(ZMQ_CURVE, NULL);
}

static const struct zd_behaviour behaviours[] = {
	{ "good_null", "API 9.5", good_null,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "good_plain", "API 9.5", good_plain,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "good_curve", "API 9.5", good_curve,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "good_plain_turned", "API 9.5", good_plain_turned,
	  "both-ways CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "good_curve_turned", "API 9.5", good_curve_turned,
	  "both-ways CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "curve_server_public_key", "API 2.2", curve_server_public_key,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "plain_wrong_password", "API 9.5", plain_wrong_password,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED quiet quiet EAGAIN",
	  .ours =
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	  .why = "After a protocol error",
	},
	{ "plain_wrong_user", "API 9.5", plain_wrong_user,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED quiet quiet EAGAIN",
	  .ours =
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	  .why = "After a protocol error",
	},
	{ "plain_name_only", "API 2.2", plain_name_only,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED quiet quiet EAGAIN",
	  .ours =
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	  .why = "After a protocol error",
	},
	{ "null_to_plain", "API 7.2", null_to_plain,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED quiet quiet EAGAIN",
	  .ours =
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	  .why = "After a protocol error",
	},
	{ "null_to_curve", "API 9.5", null_to_curve,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED quiet quiet EAGAIN",
	  .ours =
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	  .why = "After a protocol error",
	},
	{ "plain_to_null", "API 7.2", plain_to_null,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED quiet quiet EAGAIN",
	  .ours =
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	  .why = "After a protocol error",
	},
	{ "plain_to_curve", "API 9.5", plain_to_curve,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED quiet quiet EAGAIN",
	  .ours =
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	  .why = "After a protocol error",
	},
	{ "curve_to_null", "API 7.2", curve_to_null,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED quiet quiet EAGAIN",
	  .ours =
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	  .why = "After a protocol error",
	},
	{ "curve_to_plain", "API 7.2", curve_to_plain,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED quiet quiet EAGAIN",
	  .ours =
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	  .why = "After a protocol error",
	},
	{ "two_plain_servers", "API 7.4", two_plain_servers,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	},
	{ "two_curve_servers", "API 7.4", two_curve_servers,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	},
	{ "two_plain_clients", "API 7.4", two_plain_clients,
	  "refused EAGAIN",
	},
	{ "two_curve_clients", "API 7.4", two_curve_clients,
	  "refused EAGAIN",
	},
	{ "curve_wrong_server_key", "API 9.5", curve_wrong_server_key,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000001 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	},
	{ "curve_wrong_pair", "API 9.5", curve_wrong_pair,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000001 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	},
	{ "curve_no_server_secret", "API 9.5", curve_no_server_secret,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000001 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	},
	{ "curve_no_server_key", "API 9.5", curve_no_server_key,
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_PROTOCOL=0x11000001 LISTENING ACCEPTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED",
	},
	{ "curve_no_client_keys", "API 9.5", curve_no_client_keys,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000001 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	},
	{ "mechanism_set_later", "API 2.1", mechanism_set_later,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED ACCEPTED",
	},
	{ "inproc_has_none", "API 7.2", inproc_has_none,
	  "bind=ok connect=ok [clear]",
	},
	{ "stream_has_none", "API 1.9", stream_has_none,
	  "[id][] [id][clear]",
	},
	{ "old_peer_null", "API 9.5", old_peer_null,
	  "LISTENING ACCEPTED [sneak] EAGAIN",
	},
	{ "old_peer_domain", "API 9.5", old_peer_domain,
	  "LISTENING ACCEPTED closed DISCONNECTED EAGAIN",
	},
	{ "old_peer_plain", "API 9.5", old_peer_plain,
	  "LISTENING ACCEPTED closed DISCONNECTED EAGAIN",
	},
	{ "old_peer_curve", "API 9.5", old_peer_curve,
	  "LISTENING ACCEPTED closed DISCONNECTED EAGAIN",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
