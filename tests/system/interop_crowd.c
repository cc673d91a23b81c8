// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two processes, each on stock libzmq or on the shim: 1,000 subscribers of one
 * publisher, 2,000 peers of one ROUTER, 100,000 subscriptions of one socket.
 * The numbers are requirements, so no stress factor makes them smaller.
 */
#include <stdlib.h>
#include <sys/resource.h>

#include "zpair.h"

#define SUBSCRIBERS 1000
#define NEWS 20
#define DEALERS 2000
#define FILES 20000
#define TOPICS 100000
/* Prime to TOPICS: visits topics all over the set. */
#define STRIDE 7919

/* libzmq takes some descriptors for each socket, and 1,023 sockets. */
static void many_sockets(struct zp_side *side)
{
	const struct rlimit files = { FILES, FILES };

	zt_ok(setrlimit(RLIMIT_NOFILE, &files));
	zt_ok(zmq_ctx_set(side->ctx, ZMQ_MAX_SOCKETS, 2 * DEALERS));
}

static void **crowd_connect(struct zp_side *side, int type, unsigned int count)
{
	void **crowd = calloc(count, sizeof(*crowd));
	unsigned int i;

	zt_check(crowd);
	many_sockets(side);
	for (i = 0; i < count; i++) {
		crowd[i] = za_socket(side->ctx, type);
		if (type == ZMQ_SUB)
			zt_ok(zmq_setsockopt(crowd[i], ZMQ_SUBSCRIBE, "", 0));
		za_connect(crowd[i], side->ep);
	}
	return crowd;
}

static void crowd_close(void **crowd, unsigned int count)
{
	while (count--)
		za_close(crowd[count]);
	free(crowd);
}

/* VERBOSE reports each of the subscriptions, though they are all the same. */
static void publisher(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_XPUB);
	char text[32];
	int i;

	many_sockets(side);
	za_set(s, ZMQ_XPUB_VERBOSE, 1);
	za_bind(s, side->ep);
	zt_tell(side->peer, "bound");
	for (i = 0; i < SUBSCRIBERS; i++)
		za_want(s, "\1", 0);
	for (i = 0; i < NEWS; i++) {
		snprintf(text, sizeof(text), "news %d", i);
		za_put(s, text, ZMQ_SNDMORE);
		za_put(s, "", 0);
	}
	zt_expect(side->peer, "read");
	za_close(s);
}

static void subscribers(struct zp_side *side)
{
	void **crowd;
	char text[32];
	int i, n;

	zt_expect(side->peer, "bound");
	crowd = crowd_connect(side, ZMQ_SUB, SUBSCRIBERS);
	for (i = 0; i < SUBSCRIBERS; i++) {
		for (n = 0; n < NEWS; n++) {
			snprintf(text, sizeof(text), "news %d", n);
			za_want(crowd[i], text, 1);
			za_want(crowd[i], "", 0);
		}
	}
	for (i = 0; i < SUBSCRIBERS; i++)
		za_quiet(crowd[i], 0);
	zt_tell(side->peer, "read");
	crowd_close(crowd, SUBSCRIBERS);
}

/* Answers each when all have asked: 2,000 requests wait at once. */
static void router(struct zp_side *side)
{
	static char ids[DEALERS][5], texts[DEALERS][32];
	void *s = za_socket(side->ctx, ZMQ_ROUTER);
	int i, len;

	many_sockets(side);
	za_set(s, ZMQ_ROUTER_MANDATORY, 1);
	za_bind(s, side->ep);
	zt_tell(side->peer, "bound");
	for (i = 0; i < DEALERS; i++) {
		zt_eq(zmq_recv(s, ids[i], sizeof(ids[i]), 0), sizeof(ids[i]));
		len = zmq_recv(s, texts[i], sizeof(texts[i]) - 1, 0);
		zt_check(len > 0 && len < (int)sizeof(texts[i]));
	}
	while (i--) {
		zt_eq(zmq_send(s, ids[i], sizeof(ids[i]), ZMQ_SNDMORE), sizeof(ids[i]));
		za_put(s, texts[i], 0);
	}
	zt_expect(side->peer, "read");
	za_close(s);
}

static void dealers(struct zp_side *side)
{
	char text[32];
	void **crowd;
	int i;

	zt_expect(side->peer, "bound");
	crowd = crowd_connect(side, ZMQ_DEALER, DEALERS);
	for (i = 0; i < DEALERS; i++) {
		snprintf(text, sizeof(text), "dealer %d", i);
		za_put(crowd[i], text, 0);
	}
	for (i = 0; i < DEALERS; i++) {
		snprintf(text, sizeof(text), "dealer %d", i);
		za_want(crowd[i], text, 0);
	}
	zt_tell(side->peer, "read");
	crowd_close(crowd, DEALERS);
}

static void topic_of(unsigned int i, char *topic, size_t size)
{
	snprintf(topic, size, "topic/%u/", i);
}

/* libzmq drops subscriptions for which a queue has no room. */
static void *unlimited(struct zp_side *side, int type)
{
	void *s = za_socket(side->ctx, type);

	za_set(s, ZMQ_SNDHWM, 0);
	za_set(s, ZMQ_RCVHWM, 0);
	return s;
}

static void many_topics_publisher(struct zp_side *side)
{
	void *s = unlimited(side, ZMQ_XPUB);
	char topic[32], got[32];
	bool *there = calloc(TOPICS, sizeof(*there));
	unsigned int i, n;
	int len;

	zt_check(there);
	za_bind(s, side->ep);
	zt_tell(side->peer, "bound");
	for (i = 0; i < TOPICS; i++) {
		topic_of(i, topic, sizeof(topic));
		len = zmq_recv(s, got, sizeof(got), 0);
		zt_check(len == 1 + (int)strlen(topic) && got[0] == 1 &&
			 !memcmp(got + 1, topic, len - 1));
		there[i] = true;
	}
	for (i = 0; i < NEWS; i++) {
		topic_of(i * STRIDE % TOPICS, topic, sizeof(topic));
		za_put(s, topic, 0);
		topic_of(TOPICS + i, topic, sizeof(topic));
		za_put(s, topic, 0);
	}
	zt_expect(side->peer, "read");
	/* The subscriber has gone, and with it each topic, once. */
	for (i = 0; i < TOPICS; i++) {
		len = zmq_recv(s, got, sizeof(got) - 1, 0);
		zt_check(len > 7 && !got[0]);
		got[len] = 0;
		zt_check(sscanf(got + 1, "topic/%u/", &n) == 1 && n < TOPICS && there[n]);
		there[n] = false;
	}
	za_quiet(s, 20);
	free(there);
	za_close(s);
}

static void many_topics_subscriber(struct zp_side *side)
{
	void *s = unlimited(side, ZMQ_SUB);
	char topic[32];
	unsigned int i;

	zt_expect(side->peer, "bound");
	za_connect(s, side->ep);
	for (i = 0; i < TOPICS; i++) {
		topic_of(i, topic, sizeof(topic));
		zt_ok(zmq_setsockopt(s, ZMQ_SUBSCRIBE, topic, strlen(topic)));
	}
	for (i = 0; i < NEWS; i++) {
		topic_of(i * STRIDE % TOPICS, topic, sizeof(topic));
		za_want(s, topic, 0);
	}
	za_quiet(s, 20);
	zt_tell(side->peer, "read");
	za_close(s);
}

static const struct zp_scenario scenarios[] = {
	{ "1000_subscribers", publisher, subscribers, .limit = 60 },
	{ "2000_dealers", router, dealers, .limit = 60 },
	{ "100000_topics", many_topics_publisher, many_topics_subscriber, .limit = 60 },
};

int main(int argc, char **argv)
{
	return zp_main(argc, argv, scenarios, ZT_ARRAY(scenarios));
}
