// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two processes, each on stock libzmq or on the shim: 1,000 subscribers of one
 * publisher, 2,000 peers of one ROUTER, 100,000 subscriptions of one socket.
 * The debug kernel, on which a connection takes a third of a second, gets a
 * tenth of that.
 */
#include <stdlib.h>
#include <sys/resource.h>

#include "native.h"
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
	unsigned int i;

	many_sockets(side);
	za_set(s, ZMQ_XPUB_VERBOSE, 1);
	za_bind(s, side->ep);
	zt_tell(side->peer, "bound");
	for (i = 0; i < zt_count(SUBSCRIBERS); i++)
		za_want(s, "\1", 0);
	for (i = 0; i < NEWS; i++) {
		snprintf(text, sizeof(text), "news %u", i);
		za_put(s, text, ZMQ_SNDMORE);
		za_put(s, "", 0);
	}
	zt_expect(side->peer, "read");
	za_close(s);
}

static void subscribers(struct zp_side *side)
{
	const unsigned int count = zt_count(SUBSCRIBERS);
	unsigned int i, n;
	void **crowd;
	char text[32];

	zt_expect(side->peer, "bound");
	crowd = crowd_connect(side, ZMQ_SUB, count);
	for (i = 0; i < count; i++) {
		for (n = 0; n < NEWS; n++) {
			snprintf(text, sizeof(text), "news %u", n);
			za_want(crowd[i], text, 1);
			za_want(crowd[i], "", 0);
		}
	}
	for (i = 0; i < count; i++)
		za_quiet(crowd[i], 0);
	zt_tell(side->peer, "read");
	crowd_close(crowd, count);
}

/* Answers each when all have asked: all requests wait at once. */
static void router(struct zp_side *side)
{
	static char ids[DEALERS][5], texts[DEALERS][32];
	const unsigned int count = zt_count(DEALERS);
	void *s = za_socket(side->ctx, ZMQ_ROUTER);
	unsigned int i;
	int len;

	many_sockets(side);
	za_set(s, ZMQ_ROUTER_MANDATORY, 1);
	za_bind(s, side->ep);
	zt_tell(side->peer, "bound");
	for (i = 0; i < count; i++) {
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
	const unsigned int count = zt_count(DEALERS);
	char text[32];
	void **crowd;
	unsigned int i;

	zt_expect(side->peer, "bound");
	crowd = crowd_connect(side, ZMQ_DEALER, count);
	for (i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "dealer %u", i);
		za_put(crowd[i], text, 0);
	}
	for (i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "dealer %u", i);
		za_want(crowd[i], text, 0);
	}
	zt_tell(side->peer, "read");
	crowd_close(crowd, count);
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

/*
 * Each topic, once, to be added or taken back. In any order: who connects tells
 * what it has by then as it has stored it.
 */
static void want_topics(void *s, bool add)
{
	const unsigned int count = zt_count(TOPICS);
	bool *seen = calloc(count, sizeof(*seen));
	unsigned int i, n;
	char got[32];
	int len;

	zt_check(seen);
	for (i = 0; i < count; i++) {
		len = zmq_recv(s, got, sizeof(got) - 1, 0);
		if (len < 0)
			zt_fail("%u of %u topics came: %s", i, count, zmq_strerror(errno));
		zt_check(len > 7 && len < (int)sizeof(got) && got[0] == add);
		got[len] = 0;
		zt_check(sscanf(got + 1, "topic/%u/", &n) == 1 && n < count && !seen[n]);
		seen[n] = true;
	}
	free(seen);
}

static void many_topics_publisher(struct zp_side *side)
{
	const unsigned int count = zt_count(TOPICS);
	void *s = unlimited(side, ZMQ_XPUB);
	unsigned int i;
	char topic[32];

	za_bind(s, side->ep);
	zt_tell(side->peer, "bound");
	want_topics(s, true);
	for (i = 0; i < NEWS; i++) {
		topic_of(i * STRIDE % count, topic, sizeof(topic));
		za_put(s, topic, 0);
		topic_of(count + i, topic, sizeof(topic));
		za_put(s, topic, 0);
	}
	/* The subscriber goes, and with it each topic. */
	zt_expect(side->peer, "read");
	want_topics(s, false);
	za_quiet(s, 20);
	za_close(s);
}

static void many_topics_subscriber(struct zp_side *side)
{
	const unsigned int count = zt_count(TOPICS);
	void *s = unlimited(side, ZMQ_SUB);
	char topic[32];
	unsigned int i;

	zt_expect(side->peer, "bound");
	za_connect(s, side->ep);
	for (i = 0; i < count; i++) {
		topic_of(i, topic, sizeof(topic));
		zt_ok(zmq_setsockopt(s, ZMQ_SUBSCRIBE, topic, strlen(topic)));
	}
	for (i = 0; i < NEWS; i++) {
		topic_of(i * STRIDE % count, topic, sizeof(topic));
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

/*
 * All come in the same moment and from one address, more than there may be by default
 * in a small machine. Who is thrown out comes back, but a libzmq subscriber asks for its
 * topics again only when its program calls it, and here that waits for the others.
 */
static void let_all_in(void)
{
	nz_set_parameter("half_open_max", 2 * DEALERS);
	nz_set_parameter("half_open_source_max", 2 * DEALERS);
}

int main(int argc, char **argv)
{
	let_all_in();
	return zp_main(argc, argv, scenarios, ZT_ARRAY(scenarios));
}
