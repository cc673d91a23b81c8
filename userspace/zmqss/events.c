// SPDX-License-Identifier: GPL-2.0-only
/* Follow events as they happen: a line each, of text or of JSON. */
#include <err.h>
#include <inttypes.h>
#include <linux/zmq.h>
#include <linux/zmq_netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attr.h"
#include "events.h"
#include "json.h"
#include "names.h"
#include "text.h"

#define EVENT(kind, attr, member) ZSS_FIELD(kind, ZMQ_A_EVENT_##attr, struct zss_event, member)

/**
 * struct zss_event - an event
 * @seq: its number in the network namespace
 * @socket: number of the socket
 * @type: its type
 * @uid: its owner
 * @event: ZMQ_EVENT_*
 * @value: what belongs to it
 * @local: own endpoint
 * @remote: the peer's
 */
struct zss_event {
	uint64_t seq;
	uint64_t socket;
	uint32_t type;
	uint32_t uid;
	uint32_t event;
	uint64_t value;
	char *local;
	char *remote;
};

static const struct zss_field event_fields[] = {
	EVENT(ZSS_U64, SEQ, seq),
	EVENT(ZSS_U64, SOCKET_ID, socket),
	EVENT(ZSS_U32, SOCKET_TYPE, type),
	EVENT(ZSS_U32, SOCKET_UID, uid),
	EVENT(ZSS_U32, EVENT, event),
	EVENT(ZSS_U64, VALUE, value),
	EVENT(ZSS_TEXT, LOCAL, local),
	EVENT(ZSS_TEXT, REMOTE, remote),
	{}
};

/**
 * struct zss_follower - what is done with events
 * @filter: which are shown
 * @style: how
 * @json: as JSON
 */
struct zss_follower {
	const struct zss_filter *filter;
	const struct zss_style *style;
	bool json;
};

static void zss_event_time(char *buf, size_t size, const char *format)
{
	struct timespec ts;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &ts);
	localtime_r(&ts.tv_sec, &tm);
	n = strftime(buf, size, format, &tm);
	snprintf(buf + n, size - n, ".%03ld", ts.tv_nsec / 1000000);
}

static void zss_event_json(const struct zss_event *e, const struct zss_style *style)
{
	char name[ZSS_NAME_MAX], user[ZSS_USER_MAX], now[40];

	zss_event_time(now, sizeof(now), "%Y-%m-%dT%H:%M:%S");
	zss_json_object(NULL);
	zss_json_text("time", now);
	zss_json_u64("seq", e->seq);
	zss_json_text("event", zss_bit_name(&zss_events, e->event, name));
	zss_json_u64("value", e->value);
	zss_json_u64("socket", e->socket);
	zss_json_text("type", zss_name(&zss_types, e->type, name));
	zss_json_u64("uid", e->uid);
	zss_json_text("user", zss_user(e->uid, style->numeric, user));
	zss_json_text("local", e->local);
	zss_json_text("remote", e->remote);
	zss_json_object_end();
	zss_json_end();
}

/* What the value means to people; the numbers of connections mean nothing. */
static void zss_event_value(const struct zss_event *e)
{
	switch (e->event) {
	case ZMQ_EVENT_CONNECT_RETRIED:
		printf("  in %" PRIu64 " ms", e->value);
		break;
	case ZMQ_EVENT_BIND_FAILED:
	case ZMQ_EVENT_ACCEPT_FAILED:
	case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
		printf("  %s", strerror(e->value));
		break;
	case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
		printf("  %#" PRIx64, e->value);
		break;
	case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
		printf("  status %" PRIu64, e->value);
		break;
	}
}

static void zss_event_end(const char *arrow, const char *endpoint)
{
	char buf[ZSS_ESCAPED(512)];

	if (endpoint && *endpoint)
		printf("  %s %s", arrow,
		       zss_text_escape(buf, sizeof(buf), endpoint, strlen(endpoint)));
}

static void zss_event_text(const struct zss_event *e, const struct zss_style *style)
{
	char name[ZSS_NAME_MAX], type[ZSS_NAME_MAX], user[ZSS_USER_MAX], now[40];

	zss_event_time(now, sizeof(now), "%H:%M:%S");
	printf("%s  %-6" PRIu64 "  %-6s  %-8s  %s", now, e->socket,
	       zss_name(&zss_types, e->type, type), zss_user(e->uid, style->numeric, user),
	       zss_bit_name(&zss_events, e->event, name));
	zss_event_value(e);
	zss_event_end("at", e->local);
	zss_event_end("peer", e->remote);
	putchar('\n');
}

static int zss_event_one(const struct nlmsghdr *nlh, void *arg)
{
	const struct zss_follower *to = arg;
	struct zss_event e = {};

	zss_attr_read(nlh, event_fields, &e);
	if (zss_filter_event(to->filter, e.socket, e.type, e.uid, e.local, e.remote)) {
		if (to->json)
			zss_event_json(&e, to->style);
		else
			zss_event_text(&e, to->style);
		/* Whoever reads a pipe wants it now. */
		if (fflush(stdout))
			err(1, "output");
	}
	free(e.local);
	free(e.remote);
	return MNL_CB_OK;
}

static void zss_events_lost(void)
{
	warnx("events were lost: they came faster than they were shown");
}

void zss_follow(struct zss_nl *nl, const struct zss_filter *f, const struct zss_style *style,
		bool json)
{
	struct zss_follower to = { .filter = f, .style = style, .json = json };

	zss_nl_follow(nl, zss_event_one, zss_events_lost, &to);
}
