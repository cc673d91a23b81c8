// SPDX-License-Identifier: GPL-2.0-only
/* A ZAP handler that always answers the same, and ends of a connection that is guarded. */
#define ZMQ_BUILD_DRAFT_API
#include "diff.h"
#include "guard.h"
#include "../system/zsec.h"

struct zg_reply zap_answer;

struct zg_reply *zap_answer_with(void)
{
	zap_answer = (struct zg_reply) {
		.delimiter = "", .version = "1.0", .id = "1", .status = "200", .text = "OK",
		.user = "", .meta = "", .parts = 6,
	};
	return &zap_answer;
}

static void judge(const struct zg_request *request, struct zg_reply *reply)
{
	(void)request;
	*reply = zap_answer;
}

void zap_judge_no(const struct zg_request *request, struct zg_reply *reply)
{
	(void)request;
	reply->status = "400";
}

void zap_guard(int type)
{
	zg_start(zd_ctx(), type, judge);
}

struct ends zap_ends(int mechanism, const char *domain, bool enforce)
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

void zap_say_failure(void *watched)
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

struct ends zap_guarded(int type, int mechanism)
{
	zap_guard(type);
	return zap_ends(mechanism, "global", false);
}
