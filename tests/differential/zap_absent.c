// SPDX-License-Identifier: GPL-2.0-only
/* ZAP without a handler, and what ZMQ_ZAP_ENFORCE_DOMAIN changes (wire.md section 6). */
#define ZMQ_BUILD_DRAFT_API
#include <stdlib.h>
#include <unistd.h>

#include "diff.h"
#include "guard.h"
#include "../system/zgate.h"
#include "../system/zsec.h"

/* --- nobody answers --------------------------------------------------------------------- */

static void nobody(int mechanism, const char *domain)
{
	struct ends e = zap_ends(mechanism, domain, false);

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
	struct ends e = zap_ends(mechanism, domain, enforce);

	zd_link(e.server, e.client);
	zmq_send(e.client, "x", 1, ZMQ_DONTWAIT);
	zap_say_failure(e.ours);
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
	zap_say_failure(e.theirs);
	say_none(e.server);
}

/* --- ENFORCE_DOMAIN with a handler, which answers "no" --------------------------------------- */

/* Without a domain nothing is enforced, and nobody is asked. */
static void enforced_without_domain(int mechanism)
{
	struct zg *gate = zg_start(zd_ctx(), ZMQ_REP, zap_judge_no);
	struct ends e = zap_ends(mechanism, NULL, true);
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
	struct ends e = zap_ends(ZMQ_PLAIN, NULL, true);
	int rc = zmq_bind(e.server, "tcp://127.0.0.1:*");

	say_rc("bind", rc);
	if (rc)
		return;
	zg_start(zd_ctx(), ZMQ_REP, NULL);
	zd_link(e.server, e.client);
	zap_say_failure(e.ours);
}

static void enforced_and_answered(int mechanism, bool let_in)
{
	struct ends e = zap_ends(mechanism, "global", true);

	zg_start(zd_ctx(), ZMQ_REP, let_in ? NULL : zap_judge_no);
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
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
