// SPDX-License-Identifier: GPL-2.0-only
/* ZAP handlers that are slow, mute, late or go away (wire.md section 6). */
#define ZMQ_BUILD_DRAFT_API
#include <stdlib.h>
#include <unistd.h>

#include "diff.h"
#include "guard.h"
#include "../system/zgate.h"
#include "../system/zsec.h"

static void judge_hold(const struct zg_request *request, struct zg_reply *reply)
{
	(void)request;
	reply->manner = ZG_HOLD;
}

static void judge_leave(const struct zg_request *request, struct zg_reply *reply)
{
	(void)request;
	reply->manner = ZG_LEAVE;
}

static void say_asked(struct zg *gate)
{
	struct zg_request r;

	say("%s", zg_next(gate, &r, zt_scaled(ZA_TIMEO)) ? "asked" : "not-asked");
}

/* Nobody is in as long as nothing is said; then all is well. */
static void slow(int mechanism)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, judge_hold);
	struct ends e = zap_ends(mechanism, "global", false);

	zd_link(e.server, e.client);
	zmq_send(e.client, "x", 1, ZMQ_DONTWAIT);
	say_asked(gate);
	say_watched(e.ours, 2);
	say_quiet(e.ours);
	say_watched(e.theirs, 2);
	say_quiet(e.theirs);
	say_recv_now(e.server);
	zg_go(gate);
	say_recv(e.server);
	say_watched(e.ours, 1);
	say_watched(e.theirs, 1);
}

static void slow_null(void)
{
	slow(ZMQ_NULL);
}

static void slow_plain(void)
{
	slow(ZMQ_PLAIN);
}

static void slow_curve(void)
{
	slow(ZMQ_CURVE);
}

/* Somebody who waits for the handler holds up nobody else. */
static void slow_beside_others(void)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, judge_hold);
	void *server = zd_socket(ZMQ_PULL), *waiting = zd_socket(ZMQ_PUSH);
	void *clear = zd_socket(ZMQ_PUSH);
	const char *ep = zd_bind(server);

	zs_plain_server(server);
	zs_plain_client(waiting, ZS_USER, ZS_PASSWORD);
	za_connect(waiting, zd_bind(server));
	say_asked(gate);
	za_connect(clear, ep);
	zd_put(clear, "1", NULL);
	say_recv(server);
	zd_put(waiting, "2", NULL);
	zg_go(gate);
	say_recv(server);
}

/* The handler never answers: the client's time ends, then the server sees it go. */
static void mute(int mechanism)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, judge_hold);
	struct ends e = zap_ends(mechanism, "global", false);

	za_set(e.client, ZMQ_HANDSHAKE_IVL, zt_scaled(1500));
	zd_link(e.server, e.client);
	say_asked(gate);
	say_watched(e.ours, 4);
	say_watched(e.theirs, 5);
	/* Too late: the one it is about has gone. */
	zg_go(gate);
	say_quiet(e.ours);
}

static void mute_null(void)
{
	mute(ZMQ_NULL);
}

static void mute_plain(void)
{
	mute(ZMQ_PLAIN);
}

static void mute_curve(void)
{
	mute(ZMQ_CURVE);
}

/* The server's own time ends. */
static void mute_timeout(int mechanism)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, judge_hold);
	struct ends e = zap_ends(mechanism, "global", false);

	za_set(e.server, ZMQ_HANDSHAKE_IVL, zt_scaled(1500));
	zd_link(e.server, e.client);
	say_asked(gate);
	say_watched(e.ours, 4);
	zg_go(gate);
	say_quiet(e.ours);
}

static void timeout_null(void)
{
	mute_timeout(ZMQ_NULL);
}

static void timeout_plain(void)
{
	mute_timeout(ZMQ_PLAIN);
}

static void timeout_curve(void)
{
	mute_timeout(ZMQ_CURVE);
}

/* Closes its socket in place of an answer. */
static void leaves(int mechanism)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, judge_leave);
	struct ends e = zap_ends(mechanism, "global", false);

	za_set(e.client, ZMQ_HANDSHAKE_IVL, zt_scaled(1500));
	zd_link(e.server, e.client);
	say_asked(gate);
	zap_say_failure(e.ours);
	say_none(e.server);
}

static void leaves_null(void)
{
	leaves(ZMQ_NULL);
}

static void leaves_plain(void)
{
	leaves(ZMQ_PLAIN);
}

static void leaves_curve(void)
{
	leaves(ZMQ_CURVE);
}

/* Who was let in stays in. */
static void stopped_later(void)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, NULL);
	void *server = zd_socket(ZMQ_PULL), *client = zd_socket(ZMQ_PUSH);

	zs_plain_server(server);
	zs_plain_client(client, ZS_USER, ZS_PASSWORD);
	zd_link(server, client);
	zd_put(client, "1", NULL);
	say_recv(server);
	zg_stop(gate);
	zd_put(client, "2", NULL);
	say_recv(server);
}

/* A listener is older than its handler. */
static void started_later(void)
{
	void *server = zd_socket(ZMQ_PULL), *client = zd_socket(ZMQ_PUSH);
	struct zg *gate;

	zs_plain_server(server);
	zd_bind(server);
	gate = zg_start(zd_ctx(), ZMQ_REP, NULL);
	zs_plain_client(client, ZS_USER, ZS_PASSWORD);
	zd_link(server, client);
	say_asked(gate);
	zd_put(client, "1", NULL);
	say_recv(server);
}

/* A client that could not get in comes back when there is a handler. */
static void started_after_refusal(void)
{
	void *ours, *server = watch_new(ZMQ_PULL, &ours), *client = zd_socket(ZMQ_PUSH);
	struct zg *gate;

	zs_plain_server(server);
	zs_plain_client(client, ZS_USER, ZS_PASSWORD);
	za_set(client, ZMQ_RECONNECT_IVL, 20);
	/* A libzmq server may refuse without ending the connection. */
	za_set(client, ZMQ_HANDSHAKE_IVL, zt_scaled(1500));
	zd_link(server, client);
	/* What follows is not the same each time in libzmq. */
	say_watched(ours, 3);
	gate = zg_start(zd_ctx(), ZMQ_REP, NULL);
	zd_put(client, "1", NULL);
	say_recv(server);
	say_asked(gate);
}

static void replaced(void)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, zap_judge_no);
	void *server = zd_socket(ZMQ_PULL), *client = zd_socket(ZMQ_PUSH);

	zs_plain_server(server);
	zs_plain_client(client, ZS_USER, ZS_PASSWORD);
	zg_stop(gate);
	gate = zg_start(zd_ctx(), ZMQ_ROUTER, NULL);
	zd_link(server, client);
	say_asked(gate);
	zd_put(client, "1", NULL);
	say_recv(server);
}

/* There is one handler in a context. */
static void second_handler(void)
{
	void *second = zd_socket(ZMQ_REP);

	zg_start(zd_ctx(), ZMQ_REP, NULL);
	say_rc("bind", zmq_bind(second, ZG_ENDPOINT));
}

/* The server is closed, and its context ends, while somebody waits for an answer. */
static void closed_while_asking(int mechanism)
{
	void *ctx = za_ctx(), *server = za_socket(ctx, ZMQ_ROUTER);
	struct zg *gate = zg_start(ctx, ZMQ_REP, judge_hold);
	void *client = zd_socket(ZMQ_DEALER);

	zs_server(server, mechanism);
	zs_client(client, mechanism);
	za_text(server, ZMQ_ZAP_DOMAIN, "global");
	zd_link(server, client);
	say_asked(gate);
	za_close(server);
	za_term(ctx);
	say("ended");
}

static void closed_null(void)
{
	closed_while_asking(ZMQ_NULL);
}

static void closed_plain(void)
{
	closed_while_asking(ZMQ_PLAIN);
}

static void closed_curve(void)
{
	closed_while_asking(ZMQ_CURVE);
}

/* An application may talk to a handler itself. */
static void asked_by_hand(void)
{
	void *req = zd_socket(ZMQ_REQ);

	zg_start(zd_ctx(), ZMQ_REP, NULL);
	za_connect(req, ZG_ENDPOINT);
	zd_put(req, "1.0", "77", "domain", "address", "id", "NULL", NULL);
	say_recv(req);
}

static const struct zd_behaviour behaviours[] = {
	{ "slow_null", "API 7.4", slow_null,
	  "asked LISTENING ACCEPTED quiet CONNECT_DELAYED CONNECTED quiet EAGAIN [id][x] HANDSHAKE_SUCCEEDED HANDSHAKE_SUCCEEDED",
	},
	{ "slow_plain", "API 7.4", slow_plain,
	  "asked LISTENING ACCEPTED quiet CONNECT_DELAYED CONNECTED quiet EAGAIN [id][x] HANDSHAKE_SUCCEEDED HANDSHAKE_SUCCEEDED",
	},
	{ "slow_curve", "API 7.4", slow_curve,
	  "asked LISTENING ACCEPTED quiet CONNECT_DELAYED CONNECTED quiet EAGAIN [id][x] HANDSHAKE_SUCCEEDED HANDSHAKE_SUCCEEDED",
	},
	{ "slow_beside_others", "API 7.4", slow_beside_others,
	  "asked [1] [2]",
	},
	{ "mute_null", "API 7.2", mute_null,
	  "asked LISTENING ACCEPTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED CONNECT_RETRIED quiet",
	},
	{ "mute_plain", "API 7.2", mute_plain,
	  "asked LISTENING ACCEPTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED CONNECT_RETRIED quiet",
	},
	{ "mute_curve", "API 7.2", mute_curve,
	  "asked LISTENING ACCEPTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED CONNECT_RETRIED quiet",
	},
	{ "timeout_null", "API 7.2", timeout_null,
	  "asked LISTENING ACCEPTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED quiet",
	},
	{ "timeout_plain", "API 7.2", timeout_plain,
	  "asked LISTENING ACCEPTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED quiet",
	},
	{ "timeout_curve", "API 7.2", timeout_curve,
	  "asked LISTENING ACCEPTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED quiet",
	},
	{ "leaves_null", "API 9.5", leaves_null,
	  "asked failed=ended none",
	},
	{ "leaves_plain", "API 9.5", leaves_plain,
	  "asked failed=ended none",
	},
	{ "leaves_curve", "API 9.5", leaves_curve,
	  "asked failed=ended none",
	},
	{ "stopped_later", "API 7.4", stopped_later,
	  "[1] [2]",
	},
	{ "started_later", "API 7.4", started_later,
	  "asked [1]",
	},
	{ "started_after_refusal", "API 7.4", started_after_refusal,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_NO_DETAIL [1] asked",
	},
	{ "replaced", "API 7.4", replaced,
	  "asked [1]",
	},
	{ "second_handler", "API 7.4", second_handler,
	  "bind=EADDRINUSE",
	},
	{ "closed_null", "API 7.4", closed_null,
	  "asked ended",
	},
	{ "closed_plain", "API 7.4", closed_plain,
	  "asked ended",
	},
	{ "closed_curve", "API 7.4", closed_curve,
	  "asked ended",
	},
	{ "asked_by_hand", "API 7.4", asked_by_hand,
	  "[1.0][77][200][OK][][]",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
