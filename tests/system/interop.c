// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two processes, each on stock libzmq or on the shim, exchange every kind of
 * message over tcp and ipc: all sizes, many parts, many connections, heartbeats, long topics.
 */
#include <stdlib.h>

#include "zpair.h"

#define MIB (1024 * 1024)
#define STREAM_COUNT 2000
#define BURST_COUNT 20000
#define ROUND_TRIPS 100
#define CONNECTIONS 200
#define MANY_PARTS 100
#define SHORT_TOPICS 240
#define LONG_TOPICS 260
/* Scaled; no stall of the machine must look like a dead peer. */
#define BEAT_MS 500

static const size_t sizes[] = {
	0, 1, 2, 33, 34, 254, 255, 256, 257, 4096, 65535, 65536, 65537,
	1 * MIB, 2 * MIB, 8 * MIB,
};

static void *side_bind(struct zp_side *side, int type)
{
	void *s = za_socket(side->ctx, type);

	za_bind(s, side->ep);
	return s;
}

static void *side_connect(struct zp_side *side, int type)
{
	void *s = za_socket(side->ctx, type);

	za_connect(s, side->ep);
	return s;
}

/* A sender may close only when everything was read: LINGER is 0 here. */
static void sender_end(struct zp_side *side, void *s)
{
	zt_expect(side->peer, "read");
	za_close(s);
}

static void reader_end(struct zp_side *side, void *s)
{
	zt_tell(side->peer, "read");
	za_close(s);
}

/* PAIR: two parts there, two parts back. */
static void pair_bind(struct zp_side *side)
{
	void *s = side_bind(side, ZMQ_PAIR);

	za_want(s, "hello", 1);
	za_want(s, "world", 0);
	za_put(s, "goodbye", ZMQ_SNDMORE);
	za_put(s, "moon", 0);
	sender_end(side, s);
}

static void pair_conn(struct zp_side *side)
{
	void *s = side_connect(side, ZMQ_PAIR);

	za_put(s, "hello", ZMQ_SNDMORE);
	za_put(s, "world", 0);
	za_want(s, "goodbye", 1);
	za_want(s, "moon", 0);
	reader_end(side, s);
}

/* A stream of numbered messages of one to five parts, in order. */
static void stream_send(struct zp_side *side, void *s)
{
	unsigned int i, part;
	char text[32];

	for (i = 0; i < zt_count(STREAM_COUNT); i++) {
		for (part = 0; part <= i % 5; part++) {
			snprintf(text, sizeof(text), "%u.%u", i, part);
			za_put(s, text, part < i % 5 ? ZMQ_SNDMORE : 0);
		}
	}
	sender_end(side, s);
}

static void stream_recv(struct zp_side *side, void *s)
{
	unsigned int i, part;
	char text[32];

	for (i = 0; i < zt_count(STREAM_COUNT); i++) {
		for (part = 0; part <= i % 5; part++) {
			snprintf(text, sizeof(text), "%u.%u", i, part);
			za_want(s, text, part < i % 5);
		}
	}
	za_quiet(s, 20);
	reader_end(side, s);
}

static void pull_bind(struct zp_side *side)
{
	stream_recv(side, side_bind(side, ZMQ_PULL));
}

static void push_conn(struct zp_side *side)
{
	stream_send(side, side_connect(side, ZMQ_PUSH));
}

static void push_bind(struct zp_side *side)
{
	stream_send(side, side_bind(side, ZMQ_PUSH));
}

static void pull_conn(struct zp_side *side)
{
	stream_recv(side, side_connect(side, ZMQ_PULL));
}

/* Both sides of a PAIR send a stream while they receive one. */
static void duplex(struct zp_side *side, void *s)
{
	zmq_pollitem_t item = { .socket = s, .events = ZMQ_POLLIN | ZMQ_POLLOUT };
	unsigned int in = 0, out = 0, count = zt_count(STREAM_COUNT);
	char text[32];

	while (in < count || out < count) {
		item.events = ZMQ_POLLIN | (out < count ? ZMQ_POLLOUT : 0);
		zt_check(zmq_poll(&item, 1, zt_scaled(ZA_TIMEO)) > 0);
		if (item.revents & ZMQ_POLLOUT) {
			snprintf(text, sizeof(text), "%u", out++);
			za_put(s, text, ZMQ_DONTWAIT);
		}
		if (item.revents & ZMQ_POLLIN) {
			snprintf(text, sizeof(text), "%u", in++);
			za_want(s, text, 0);
		}
	}
	zt_tell(side->peer, "read");
	sender_end(side, s);
}

static void duplex_bind(struct zp_side *side)
{
	duplex(side, side_bind(side, ZMQ_PAIR));
}

static void duplex_conn(struct zp_side *side)
{
	duplex(side, side_connect(side, ZMQ_PAIR));
}

static void ask(struct zp_side *side, void *s)
{
	char text[32];
	unsigned int i;

	for (i = 0; i < zt_count(ROUND_TRIPS); i++) {
		snprintf(text, sizeof(text), "question %u", i);
		za_put(s, text, i % 2 ? ZMQ_SNDMORE : 0);
		if (i % 2)
			za_put(s, "", 0);
		snprintf(text, sizeof(text), "answer %u", i);
		za_want(s, text, 1);
		za_want(s, "", 0);
	}
	reader_end(side, s);
}

static void answer(struct zp_side *side, void *s)
{
	char text[32];
	unsigned int i;

	for (i = 0; i < zt_count(ROUND_TRIPS); i++) {
		snprintf(text, sizeof(text), "question %u", i);
		za_want(s, text, i % 2);
		if (i % 2)
			za_want(s, "", 0);
		snprintf(text, sizeof(text), "answer %u", i);
		za_put(s, text, ZMQ_SNDMORE);
		za_put(s, "", 0);
	}
	sender_end(side, s);
}

static void rep_bind(struct zp_side *side)
{
	answer(side, side_bind(side, ZMQ_REP));
}

static void req_conn(struct zp_side *side)
{
	ask(side, side_connect(side, ZMQ_REQ));
}

static void req_bind(struct zp_side *side)
{
	ask(side, side_bind(side, ZMQ_REQ));
}

static void rep_conn(struct zp_side *side)
{
	answer(side, side_connect(side, ZMQ_REP));
}

/* ROUTER and DEALER see the envelope: [id] "" body, for REP "" body. */
static void route(struct zp_side *side, void *s)
{
	char id[256], text[32];
	unsigned int i;
	int len;

	for (i = 0; i < zt_count(ROUND_TRIPS); i++) {
		len = zmq_recv(s, id, sizeof(id), 0);
		zt_check(len > 0 && len < 256);
		za_want(s, "", 1);
		snprintf(text, sizeof(text), "question %u", i);
		za_want(s, text, i % 2);
		if (i % 2)
			za_want(s, "", 0);
		zt_eq(zmq_send(s, id, len, ZMQ_SNDMORE), len);
		za_put(s, "", ZMQ_SNDMORE);
		snprintf(text, sizeof(text), "answer %u", i);
		za_put(s, text, ZMQ_SNDMORE);
		za_put(s, "", 0);
	}
	sender_end(side, s);
}

static void router_bind(struct zp_side *side)
{
	route(side, side_bind(side, ZMQ_ROUTER));
}

static void router_conn(struct zp_side *side)
{
	route(side, side_connect(side, ZMQ_ROUTER));
}

/* REP must give back whatever stands before the first empty part. */
static void deal(struct zp_side *side, void *s)
{
	char text[32];
	unsigned int i;

	/* No delimiter: discarded, and the next request is served. */
	za_put(s, "stray", 0);
	for (i = 0; i < zt_count(ROUND_TRIPS); i++) {
		za_put(s, "X", ZMQ_SNDMORE);
		za_put(s, "Y", ZMQ_SNDMORE);
		za_put(s, "", ZMQ_SNDMORE);
		snprintf(text, sizeof(text), "question %u", i);
		za_put(s, text, i % 2 ? ZMQ_SNDMORE : 0);
		if (i % 2)
			za_put(s, "", 0);
		za_want(s, "X", 1);
		za_want(s, "Y", 1);
		za_want(s, "", 1);
		snprintf(text, sizeof(text), "answer %u", i);
		za_want(s, text, 1);
		za_want(s, "", 0);
	}
	reader_end(side, s);
}

static void dealer_conn(struct zp_side *side)
{
	deal(side, side_connect(side, ZMQ_DEALER));
}

static void dealer_bind(struct zp_side *side)
{
	deal(side, side_bind(side, ZMQ_DEALER));
}

/* Every size alone, then all in one message, there and back. */
static void sizes_send(void *s)
{
	size_t i;

	for (i = 0; i < ZT_ARRAY(sizes); i++)
		za_put_big(s, sizes[i], i, 0);
	for (i = 0; i < ZT_ARRAY(sizes); i++)
		za_put_big(s, sizes[i], 100 + i, i + 1 < ZT_ARRAY(sizes) ? ZMQ_SNDMORE : 0);
}

static void sizes_recv(void *s)
{
	size_t i;

	for (i = 0; i < ZT_ARRAY(sizes); i++)
		za_want_big(s, sizes[i], i, 0);
	for (i = 0; i < ZT_ARRAY(sizes); i++)
		za_want_big(s, sizes[i], 100 + i, i + 1 < ZT_ARRAY(sizes));
}

static void sizes_bind(struct zp_side *side)
{
	void *s = side_bind(side, ZMQ_PAIR);

	sizes_recv(s);
	sizes_send(s);
	sender_end(side, s);
}

static void sizes_conn(struct zp_side *side)
{
	void *s = side_connect(side, ZMQ_PAIR);

	sizes_send(s);
	sizes_recv(s);
	reader_end(side, s);
}

static void parts_bind(struct zp_side *side)
{
	void *s = side_bind(side, ZMQ_REP);
	int i;

	for (i = 0; i < MANY_PARTS; i++)
		za_want_big(s, i * 7, i, i + 1 < MANY_PARTS);
	for (i = 0; i < MANY_PARTS; i++)
		za_put_big(s, i * 11, i, i + 1 < MANY_PARTS ? ZMQ_SNDMORE : 0);
	sender_end(side, s);
}

static void parts_conn(struct zp_side *side)
{
	void *s = side_connect(side, ZMQ_REQ);
	int i;

	for (i = 0; i < MANY_PARTS; i++)
		za_put_big(s, i * 7, i, i + 1 < MANY_PARTS ? ZMQ_SNDMORE : 0);
	for (i = 0; i < MANY_PARTS; i++)
		za_want_big(s, i * 11, i, i + 1 < MANY_PARTS);
	reader_end(side, s);
}

/* 200 connections at once to one listener: each asks and gets its answer. */
static void crowd_bind(struct zp_side *side)
{
	void *s = side_bind(side, ZMQ_REP);
	char text[32];
	int i, len;

	for (i = 0; i < CONNECTIONS; i++) {
		len = zmq_recv(s, text, sizeof(text), 0);
		zt_check(len > 0);
		text[0] = 'a';
		zt_eq(zmq_send(s, text, len, 0), len);
	}
	sender_end(side, s);
}

static void crowd_conn(struct zp_side *side)
{
	static void *crowd[CONNECTIONS];
	char text[32];
	int i;

	for (i = 0; i < CONNECTIONS; i++)
		crowd[i] = side_connect(side, ZMQ_REQ);
	for (i = 0; i < CONNECTIONS; i++) {
		snprintf(text, sizeof(text), "q%d", i);
		za_put(crowd[i], text, 0);
	}
	for (i = 0; i < CONNECTIONS; i++) {
		snprintf(text, sizeof(text), "a%d", i);
		za_want(crowd[i], text, 0);
	}
	zt_tell(side->peer, "read");
	for (i = 0; i < CONNECTIONS; i++)
		za_close(crowd[i]);
}

/*
 * Idle with short heartbeats on both sides: still the same connection. A lost
 * one would show, as a ROUTER makes up a new name for each.
 */
static void beat_bind(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_ROUTER);
	char first[8], second[8];

	za_set(s, ZMQ_HEARTBEAT_IVL, 20);
	za_set(s, ZMQ_HEARTBEAT_TIMEOUT, zt_scaled(BEAT_MS));
	za_set(s, ZMQ_HEARTBEAT_TTL, zt_scaled(BEAT_MS));
	za_bind(s, side->ep);
	zt_eq(zmq_recv(s, first, sizeof(first), 0), 5);
	za_want(s, "before", 0);
	za_quiet(s, 2 * zt_scaled(BEAT_MS));
	zt_tell(side->peer, "go on");
	zt_eq(zmq_recv(s, second, sizeof(second), 0), 5);
	za_want(s, "after", 0);
	zt_check(!memcmp(first, second, 5));
	sender_end(side, s);
}

static void beat_conn(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_DEALER);

	za_set(s, ZMQ_HEARTBEAT_IVL, 30);
	za_set(s, ZMQ_HEARTBEAT_TIMEOUT, zt_scaled(BEAT_MS));
	za_set(s, ZMQ_HEARTBEAT_TTL, zt_scaled(BEAT_MS));
	za_connect(s, side->ep);
	za_put(s, "before", 0);
	zt_expect(side->peer, "go on");
	za_put(s, "after", 0);
	reader_end(side, s);
}

/*
 * Topics around the length where libzmq 4.3.4 spoils SUBSCRIBE and CANCEL
 * (wire.md 3.5); its own publishers lose the subscriber then.
 */
static char *long_topic(size_t len)
{
	static char topic[LONG_TOPICS + 1];

	memset(topic, 't', len);
	topic[len] = 0;
	return topic;
}

static void long_topics_bind(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_SUB);
	char got[2 * LONG_TOPICS];
	size_t len;

	for (len = SHORT_TOPICS; len <= LONG_TOPICS; len++)
		zt_ok(zmq_setsockopt(s, ZMQ_SUBSCRIBE, long_topic(len), len));
	za_bind(s, side->ep);
	zt_eq(zmq_recv(s, got, sizeof(got), 0), LONG_TOPICS);
	zt_check(!memcmp(got, long_topic(LONG_TOPICS), LONG_TOPICS));
	for (len = SHORT_TOPICS; len <= LONG_TOPICS; len++)
		zt_ok(zmq_setsockopt(s, ZMQ_UNSUBSCRIBE, long_topic(len), len));
	sender_end(side, s);
}

static void long_topics_conn(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_XPUB);
	char got[2 * LONG_TOPICS];
	size_t len;
	int on;

	za_connect(s, side->ep);
	for (on = 1; on >= 0; on--) {
		for (len = SHORT_TOPICS; len <= LONG_TOPICS; len++) {
			zt_eq(zmq_recv(s, got, sizeof(got), 0), 1 + len);
			zt_check(got[0] == on && !memcmp(got + 1, long_topic(len), len));
		}
		if (on)
			za_put(s, long_topic(LONG_TOPICS), 0);
	}
	reader_end(side, s);
}

/*
 * A sender that closes at once while its reader is far behind, with queues that
 * hold next to nothing: all that was accepted arrives. Between two stock ones some
 * gets lost over ipc: the reader gives up what it has not read when it sees the
 * connection go.
 */
static void burst_send(struct zp_side *side, void *s)
{
	unsigned int i, count = zt_count(BURST_COUNT);
	char text[100] = "";

	za_set(s, ZMQ_LINGER, -1);
	for (i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "%u", i);
		zt_eq(zmq_send(s, text, sizeof(text), 0), sizeof(text));
	}
	zt_tell(side->peer, "closing");
	za_close(s);
}

static void burst_recv(struct zp_side *side, void *s)
{
	unsigned int i, count = zt_count(BURST_COUNT);
	char text[100];

	zt_expect(side->peer, "closing");
	for (i = 0; i < count; i++) {
		zt_eq(zmq_recv(s, text, sizeof(text), 0), sizeof(text));
		zt_eq(strtoul(text, NULL, 10), i);
	}
	za_close(s);
}

static void *burst_socket(struct zp_side *side, int type)
{
	void *s = za_socket(side->ctx, type);

	za_set(s, ZMQ_RCVHWM, 10);
	za_set(s, ZMQ_SNDHWM, 0);
	return s;
}

static void burst_pull_bind(struct zp_side *side)
{
	void *s = burst_socket(side, ZMQ_PULL);

	za_bind(s, side->ep);
	burst_recv(side, s);
}

static void burst_push_conn(struct zp_side *side)
{
	void *s = burst_socket(side, ZMQ_PUSH);

	za_connect(s, side->ep);
	burst_send(side, s);
}

static void burst_push_bind(struct zp_side *side)
{
	void *s = burst_socket(side, ZMQ_PUSH);

	za_bind(s, side->ep);
	burst_send(side, s);
}

static void burst_pull_conn(struct zp_side *side)
{
	void *s = burst_socket(side, ZMQ_PULL);

	za_connect(s, side->ep);
	burst_recv(side, s);
}

static const struct zp_scenario scenarios[] = {
	{ "pair", pair_bind, pair_conn, .ipc = true },
	{ "pair_duplex", duplex_bind, duplex_conn, .ipc = true },
	{ "push_connects_to_pull", pull_bind, push_conn, .ipc = true },
	{ "pull_connects_to_push", push_bind, pull_conn, .ipc = true },
	{ "req_connects_to_rep", rep_bind, req_conn, .ipc = true },
	{ "rep_connects_to_req", req_bind, rep_conn, .ipc = true },
	{ "req_connects_to_router", router_bind, req_conn, .ipc = true },
	{ "router_connects_to_req", req_bind, router_conn },
	{ "dealer_connects_to_rep", rep_bind, dealer_conn, .ipc = true },
	{ "rep_connects_to_dealer", dealer_bind, rep_conn },
	{ "sizes_0_to_8_mib", sizes_bind, sizes_conn, .ipc = true, .limit = 60 },
	{ "hundred_parts", parts_bind, parts_conn, .ipc = true },
	{ "heartbeats", beat_bind, beat_conn, .ipc = true },
	{ "long_topics", long_topics_bind, long_topics_conn, .conn_shim = true },
	{ "sender_closes", burst_pull_bind, burst_push_conn, .ipc = true, .conn_shim = true },
	{ "reader_is_behind", burst_push_bind, burst_pull_conn, .ipc = true, .conn_shim = true },
	{ "200_connections", crowd_bind, crowd_conn, .ipc = true, .limit = 60 },
};

int main(int argc, char **argv)
{
	return zp_main(argc, argv, scenarios, ZT_ARRAY(scenarios));
}
