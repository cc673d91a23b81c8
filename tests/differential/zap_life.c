// SPDX-License-Identifier: GPL-2.0-only
/*
 * ZAP without a handler, with one that is slow, mute, late or goes away, and what
 * ZMQ_ZAP_ENFORCE_DOMAIN changes (wire.md section 6).
 */
#define ZMQ_BUILD_DRAFT_API
#include <stdlib.h>
#include <unistd.h>

#include "diff.h"
#include "ends.h"
#include "../system/zgate.h"
#include "../system/zsec.h"

static struct ends ends_of(int mechanism, const char *domain, bool enforce)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	zs_server(e.server, mechanism);
	zs_client(e.client, mechanism);
	if (domain)
		za_text(e.server, ZMQ_ZAP_DOMAIN, domain);
	if (enforce)
		za_set(e.server, ZMQ_ZAP_ENFORCE_DOMAIN, 1);
	return e;
}

/* The next failure without a code, with its errno. */
static void say_failure(void *watched)
{
	struct zm_event event;

	do {
		if (!zm_next(watched, &event, zt_scaled(ZA_TIMEO))) {
			say("nothing");
			return;
		}
	} while (event.number != ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL);
	/* How the end of a connection looks is up to TCP. */
	if (event.value == EPIPE || event.value == ECONNRESET)
		say("failed=ended");
	else
		say("failed=%s", zd_errno(event.value));
}

/* --- nobody answers --------------------------------------------------------------------- */

static void nobody(int mechanism, const char *domain)
{
	struct ends e = ends_of(mechanism, domain, false);

	ends_meet(&e);
}

static void nobody_null(void)
{
	nobody(ZMQ_NULL, "global");
}

static void nobody_curve(void)
{
	nobody(ZMQ_CURVE, NULL);
}

static void nobody_curve_domain(void)
{
	nobody(ZMQ_CURVE, "global");
}

/* PLAIN without anybody who knows passwords lets nobody in. */
static void nobody_lets_in(int mechanism, const char *domain, bool enforce)
{
	struct ends e = ends_of(mechanism, domain, enforce);

	zd_link(e.server, e.client);
	zmq_send(e.client, "x", 1, ZMQ_DONTWAIT);
	say_failure(e.ours);
	say_none(e.server);
}

static void nobody_plain(void)
{
	nobody_lets_in(ZMQ_PLAIN, NULL, false);
}

static void nobody_plain_domain(void)
{
	nobody_lets_in(ZMQ_PLAIN, "global", false);
}

/* What the client sees of it. */
static void nobody_plain_client(void)
{
	void *theirs, *server = zd_socket(ZMQ_ROUTER), *client = watch_new(ZMQ_DEALER, &theirs);

	zs_plain_server(server);
	zs_plain_client(client, ZS_USER, ZS_PASSWORD);
	zd_link(server, client);
	say_watched(theirs, 5);
	say_quiet(theirs);
}

static void enforced_null(void)
{
	nobody_lets_in(ZMQ_NULL, "global", true);
}

static void enforced_plain(void)
{
	nobody_lets_in(ZMQ_PLAIN, "global", true);
}

static void enforced_curve(void)
{
	nobody_lets_in(ZMQ_CURVE, "global", true);
}

/* NULL that must ask and can not: on the side that connects. */
static void enforced_connecting(void)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	za_text(e.client, ZMQ_ZAP_DOMAIN, "global");
	za_set(e.client, ZMQ_ZAP_ENFORCE_DOMAIN, 1);
	zd_link(e.server, e.client);
	zmq_send(e.client, "x", 1, ZMQ_DONTWAIT);
	say_failure(e.theirs);
	say_none(e.server);
}

/* --- ENFORCE_DOMAIN with a handler, which answers "no" --------------------------------------- */

static void judge_no(const struct zg_request *request, struct zg_reply *reply)
{
	(void)request;
	reply->status = "400";
}

/* Without a domain nothing is enforced, and nobody is asked. */
static void enforced_without_domain(int mechanism)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, judge_no);
	struct ends e = ends_of(mechanism, NULL, true);
	struct zg_request r;

	ends_meet(&e);
	say("%s", zg_next(gate, &r, 0) ? "asked" : "not-asked");
}

static void enforced_null_no_domain(void)
{
	enforced_without_domain(ZMQ_NULL);
}

static void enforced_curve_no_domain(void)
{
	enforced_without_domain(ZMQ_CURVE);
}

/* libzmq's process ends here. */
static void enforced_plain_no_domain(void)
{
	struct ends e = ends_of(ZMQ_PLAIN, NULL, true);
	int rc = zmq_bind(e.server, "tcp://127.0.0.1:*");

	say_rc("bind", rc);
	if (rc)
		return;
	zg_start(zd_ctx(), ZMQ_REP, NULL);
	zd_link(e.server, e.client);
	say_failure(e.ours);
}

static void enforced_and_answered(int mechanism, bool let_in)
{
	struct ends e = ends_of(mechanism, "global", true);

	zg_start(zd_ctx(), ZMQ_REP, let_in ? NULL : judge_no);
	if (let_in)
		ends_meet(&e);
	else
		ends_refused(&e, 4, 4);
}

static void enforced_null_yes(void)
{
	enforced_and_answered(ZMQ_NULL, true);
}

static void enforced_plain_yes(void)
{
	enforced_and_answered(ZMQ_PLAIN, true);
}

static void enforced_curve_yes(void)
{
	enforced_and_answered(ZMQ_CURVE, true);
}

static void enforced_null_no(void)
{
	enforced_and_answered(ZMQ_NULL, false);
}

static void enforced_curve_no(void)
{
	enforced_and_answered(ZMQ_CURVE, false);
}

/* --- handlers that come and go -------------------------------------------------------------- */

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
	struct ends e = ends_of(mechanism, "global", false);

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
	struct ends e = ends_of(mechanism, "global", false);

	za_set(e.client, ZMQ_HANDSHAKE_IVL, zt_scaled(300));
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
	struct ends e = ends_of(mechanism, "global", false);

	za_set(e.server, ZMQ_HANDSHAKE_IVL, zt_scaled(300));
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
	struct ends e = ends_of(mechanism, "global", false);

	za_set(e.client, ZMQ_HANDSHAKE_IVL, zt_scaled(500));
	zd_link(e.server, e.client);
	say_asked(gate);
	say_failure(e.ours);
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
	zd_link(server, client);
	say_watched(ours, 4);
	gate = zg_start(zd_ctx(), ZMQ_REP, NULL);
	say_asked(gate);
	zd_put(client, "1", NULL);
	say_recv(server);
}

static void replaced(void)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, judge_no);
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
	{ "nobody_null", "API 7.4", nobody_null,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "nobody_curve", "API 7.4", nobody_curve,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "nobody_curve_domain", "API 7.4", nobody_curve_domain,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "nobody_plain", "API 7.4", nobody_plain,
	  "failed=EFAULT none",
	},
	{ "nobody_plain_domain", "API 7.4", nobody_plain_domain,
	  "failed=EFAULT none",
	},
	{ "nobody_plain_client", "API 7.4", nobody_plain_client,
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED CONNECT_RETRIED quiet",
	},
	{ "enforced_null", "API 9.5", enforced_null,
	  "failed=EFAULT none",
	},
	{ "enforced_plain", "API 9.5", enforced_plain,
	  "failed=EFAULT none",
	},
	{ "enforced_curve", "API 9.5", enforced_curve,
	  "failed=EFAULT none",
	},
	{ "enforced_connecting", "API 7.4", enforced_connecting,
	  "failed=EFAULT none",
	},
	{ "enforced_null_no_domain", "API 7.4", enforced_null_no_domain,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet not-asked",
	},
	{ "enforced_curve_no_domain", "API 7.4", enforced_curve_no_domain,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet not-asked",
	},
	{ "enforced_plain_no_domain", "API 9.6", enforced_plain_no_domain,
	  "bind=ok !Aborted",
	  .ours = "bind=EPROTONOSUPPORT",
	  .why = "A PLAIN server with ZMQ_ZAP_ENFORCE_DOMAIN",
	},
	{ "enforced_null_yes", "API 7.4", enforced_null_yes,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "enforced_plain_yes", "API 7.4", enforced_plain_yes,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "enforced_curve_yes", "API 7.4", enforced_curve_yes,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "enforced_null_no", "API 7.4", enforced_null_no,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED quiet quiet EAGAIN",
	  .ours =
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	  .why = "After a protocol error",
	},
	{ "enforced_curve_no", "API 7.4", enforced_curve_no,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED quiet quiet EAGAIN",
	  .ours =
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	  .why = "After a protocol error",
	},
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
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED asked [1]",
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
