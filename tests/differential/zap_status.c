// SPDX-License-Identifier: GPL-2.0-only
/* What the status of a ZAP handler's answer does, with every mechanism (wire.md section 6). */
#include "diff.h"
#include "ends.h"
#include "guard.h"
#include "../system/zsec.h"

static void good(int mechanism)
{
	struct ends e = zap_guarded(ZMQ_REP, mechanism);

	zap_answer_with();
	ends_meet(&e);
}

static void good_null(void)
{
	good(ZMQ_NULL);
}

static void good_plain(void)
{
	good(ZMQ_PLAIN);
}

static void good_curve(void)
{
	good(ZMQ_CURVE);
}

static void status(int mechanism, const char *code)
{
	struct ends e = zap_guarded(ZMQ_REP, mechanism);

	zap_answer_with()->status = code;
	ends_refused(&e, 4, 4);
}

static void null_400(void)
{
	status(ZMQ_NULL, "400");
}

static void plain_400(void)
{
	status(ZMQ_PLAIN, "400");
}

static void curve_400(void)
{
	status(ZMQ_CURVE, "400");
}

static void null_500(void)
{
	status(ZMQ_NULL, "500");
}

static void plain_500(void)
{
	status(ZMQ_PLAIN, "500");
}

static void curve_500(void)
{
	status(ZMQ_CURVE, "500");
}

/* "Not now": the client hears nothing, and tries again when its time is over. */
static void status_300(int mechanism)
{
	struct ends e = zap_guarded(ZMQ_REP, mechanism);

	za_set(e.client, ZMQ_HANDSHAKE_IVL, zt_scaled(1000));
	zap_answer_with()->status = "300";
	ends_refused(&e, 4, 5);
}

static void null_300(void)
{
	status_300(ZMQ_NULL);
}

static void plain_300(void)
{
	status_300(ZMQ_PLAIN);
}

static void curve_300(void)
{
	status_300(ZMQ_CURVE);
}

/* NULL on the side that connects. */
static void connecting(const char *code)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	zap_guard(ZMQ_REP);
	za_text(e.client, ZMQ_ZAP_DOMAIN, "global");
	zap_answer_with()->status = code;
	if (*code == '2') {
		ends_meet(&e);
		return;
	}
	zd_link(e.server, e.client);
	say_watched(e.ours, 4);
	/* Who closes first decides whether it tries again. */
	say_watched(e.theirs, 4);
	say_none(e.server);
}

static void connecting_200(void)
{
	connecting("200");
}

static void connecting_400(void)
{
	connecting("400");
}

/* Let in at the second attempt. */
static void judge_second(const struct zg_request *request, struct zg_reply *reply)
{
	static int attempts;

	(void)request;
	reply->status = attempts++ ? "200" : "300";
}

static void later_300(int mechanism)
{
	struct ends e = ends_new(ZMQ_ROUTER, ZMQ_DEALER);

	zg_start(zd_ctx(), ZMQ_REP, judge_second);
	zs_server(e.server, mechanism);
	zs_client(e.client, mechanism);
	za_text(e.server, ZMQ_ZAP_DOMAIN, "global");
	za_set(e.client, ZMQ_HANDSHAKE_IVL, zt_scaled(1000));
	/* Long enough for the server to see the end of the first before the second. */
	za_set(e.client, ZMQ_RECONNECT_IVL, zt_scaled(200));
	zd_link(e.server, e.client);
	zd_put(e.client, "x", NULL);
	say_recv(e.server);
	say_watched(e.ours, 6);
}

static void later_null(void)
{
	later_300(ZMQ_NULL);
}

static void later_plain(void)
{
	later_300(ZMQ_PLAIN);
}

static void later_curve(void)
{
	later_300(ZMQ_CURVE);
}

/* One client is let in, the other is not. */
static void judge_user(const struct zg_request *request, struct zg_reply *reply)
{
	if (strcmp(zg_text(request, ZG_CREDENTIALS), "good"))
		reply->status = "400";
}

static void one_of_two(void)
{
	void *watched, *server = watch_new(ZMQ_ROUTER, &watched);
	void *good = zd_socket(ZMQ_DEALER), *bad = zd_socket(ZMQ_DEALER);

	zg_start(zd_ctx(), ZMQ_REP, judge_user);
	zs_plain_server(server);
	zs_plain_client(good, "good", "x");
	zs_plain_client(bad, "bad", "x");
	za_set(bad, ZMQ_RECONNECT_IVL, 600000);
	zd_link(server, bad);
	zd_put(bad, "bad", NULL);
	say_watched(watched, 4);
	zd_link(server, good);
	zd_put(good, "good", NULL);
	say_recv(server);
	say_watched(watched, 2);
	say_none(server);
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
	{ "null_400", "API 7.2", null_400,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED quiet quiet EAGAIN",
	  .ours =
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	  .why = "After a protocol error",
	},
	{ "plain_400", "API 7.2", plain_400,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED quiet quiet EAGAIN",
	  .ours =
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	  .why = "After a protocol error",
	},
	{ "curve_400", "API 7.2", curve_400,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED quiet quiet EAGAIN",
	  .ours =
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	  .why = "After a protocol error",
	},
	{ "null_500", "API 7.2", null_500,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=500 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=500 DISCONNECTED quiet quiet EAGAIN",
	  .ours =
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=500 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=500 DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	  .why = "After a protocol error",
	},
	{ "plain_500", "API 7.2", plain_500,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=500 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=500 DISCONNECTED quiet quiet EAGAIN",
	  .ours =
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=500 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=500 DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	  .why = "After a protocol error",
	},
	{ "curve_500", "API 7.2", curve_500,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=500 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=500 DISCONNECTED quiet quiet EAGAIN",
	  .ours =
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=500 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=500 DISCONNECTED quiet CONNECT_RETRIED EAGAIN",
	  .why = "After a protocol error",
	},
	{ "null_300", "API 7.2", null_300,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=300 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED CONNECT_RETRIED quiet quiet EAGAIN",
	},
	{ "plain_300", "API 7.2", plain_300,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=300 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED CONNECT_RETRIED quiet quiet EAGAIN",
	},
	{ "curve_300", "API 7.2", curve_300,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=300 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED CONNECT_RETRIED quiet quiet EAGAIN",
	},
	{ "connecting_200", "API 7.4", connecting_200,
	  "both-ways LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "connecting_400", "API 7.4", connecting_400,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED none",
	},
	{ "later_null", "API 2.3", later_null,
	  "[id][x] LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=300 DISCONNECTED ACCEPTED HANDSHAKE_SUCCEEDED",
	},
	{ "later_plain", "API 2.3", later_plain,
	  "[id][x] LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=300 DISCONNECTED ACCEPTED HANDSHAKE_SUCCEEDED",
	},
	{ "later_curve", "API 2.3", later_curve,
	  "[id][x] LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=300 DISCONNECTED ACCEPTED HANDSHAKE_SUCCEEDED",
	},
	{ "one_of_two", "API 9.5", one_of_two,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED [id][good] ACCEPTED HANDSHAKE_SUCCEEDED none",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
