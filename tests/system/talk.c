// SPDX-License-Identifier: GPL-2.0-only
/* A conversation of two sockets of any types that may talk. */
#include <poll.h>
#include <stdlib.h>

#include "talk.h"

#define TOPIC "A"
#define OTHER_TOPIC "C"
#define PARTS_MAX 6
#define QUIET_MS 20

/**
 * struct shape - a message
 * @parts: number of frames
 * @len: bytes in each
 */
struct shape {
	int parts;
	size_t len[PARTS_MAX];
};

static const struct shape shapes[] = {
	{ 1, { 1 } }, { 1, { 0 } }, { 2, { 0, 0 } }, { 3, { 0, 1, 0 } }, { 2, { 255, 256 } },
	{ 1, { 100000 } }, { 2, { 65535, 65536 } },
	{ PARTS_MAX, { 100000, 0, 1, 256, 255, 100000 } },
};

static bool publishes(int type)
{
	return type == ZMQ_PUB || type == ZMQ_XPUB;
}

/* REQ and REP have the empty frame on the wire; who sees it has to add it. */
static bool delimits(const struct tk_talk *t)
{
	return (t->me == ZMQ_DEALER || t->me == ZMQ_ROUTER) &&
	       (t->peer == ZMQ_REQ || t->peer == ZMQ_REP);
}

/*
 * An XPUB takes any frame that begins with 0 or 1 for a subscription, so no
 * content may begin so.
 */
static uint32_t seed_of(size_t message, int part, bool answer)
{
	uint32_t seed = message * 100 + part * 2 + answer;
	uint8_t first;

	for (;; seed += 1000) {
		zt_fill(&first, 1, seed);
		if (first > 1)
			return seed;
	}
}

/*
 * Sends the frames that go in front. A ROUTER may have to wait for the peer it
 * names: MANDATORY says so.
 */
static void put_head(struct tk_talk *t, const char *topic)
{
	if (t->me == ZMQ_ROUTER)
		zt_until(zmq_send(t->s, t->id, t->id_len, ZMQ_SNDMORE) == t->id_len, ZA_TIMEO);
	if (delimits(t))
		za_put(t->s, "", ZMQ_SNDMORE);
	if (publishes(t->me))
		za_put(t->s, topic, ZMQ_SNDMORE);
}

static void want_head(struct tk_talk *t)
{
	char id[256];
	int len;

	if (t->me == ZMQ_ROUTER || t->me == ZMQ_STREAM) {
		len = zmq_recv(t->s, id, sizeof(id), 0);
		zt_eq(len, t->id_len ? t->id_len : 5);
		if (t->id_len)
			zt_check(!memcmp(id, t->id, len));
		else
			zt_eq(id[0], 0);
		memcpy(t->id, id, len);
		t->id_len = len;
	}
	if (delimits(t))
		za_want(t->s, "", 1);
	if (publishes(t->peer))
		za_want(t->s, TOPIC, 1);
}

static void put_message(struct tk_talk *t, size_t n, bool answer)
{
	const struct shape *shape = &shapes[n];
	int i;

	put_head(t, TOPIC);
	for (i = 0; i < shape->parts; i++)
		za_put_big(t->s, shape->len[i], seed_of(n, i, answer),
			   i + 1 < shape->parts ? ZMQ_SNDMORE : 0);
}

static void want_message(struct tk_talk *t, size_t n, bool answer)
{
	const struct shape *shape = &shapes[n];
	int i;

	want_head(t);
	for (i = 0; i < shape->parts; i++)
		za_want_big(t->s, shape->len[i], seed_of(n, i, answer), i + 1 < shape->parts);
}

static void want_subscription(struct tk_talk *t, bool on, const char *topic)
{
	char got[16];

	zt_eq(zmq_recv(t->s, got, sizeof(got), 0), 1 + strlen(topic));
	zt_eq(got[0], on);
	zt_check(!memcmp(got + 1, topic, strlen(topic)));
}

static void subscribe(struct tk_talk *t, bool on, const char *topic)
{
	size_t len = strlen(topic);
	char message[16];

	if (t->me == ZMQ_SUB) {
		zt_ok(zmq_setsockopt(t->s, on ? ZMQ_SUBSCRIBE : ZMQ_UNSUBSCRIBE, topic, len));
		return;
	}
	message[0] = on;
	memcpy(message + 1, topic, len);
	zt_eq(zmq_send(t->s, message, 1 + len, 0), 1 + len);
}

/*
 * What a PUB sends before the subscription has reached it is lost: it repeats
 * itself until it was heard. An XPUB reads the subscription, also those made
 * while the connection is up.
 */
static void publish_begin(struct tk_talk *t)
{
	struct pollfd heard = { .fd = t->chat, .events = POLLIN };

	if (t->me == ZMQ_XPUB)
		want_subscription(t, true, TOPIC);
	while (t->me == ZMQ_PUB && !poll(&heard, 1, 5)) {
		put_head(t, TOPIC);
		za_put(t->s, "hello?", 0);
	}
	if (t->me == ZMQ_PUB)
		zt_expect(t->chat, "heard");
	put_head(t, TOPIC);
	za_put(t->s, "begin", 0);
	if (t->me == ZMQ_XPUB) {
		want_subscription(t, true, "B");
		want_subscription(t, false, "B");
	}
}

static void subscribe_begin(struct tk_talk *t)
{
	bool told = t->peer == ZMQ_XPUB;
	char text[16];
	int len;

	for (;;) {
		want_head(t);
		len = zmq_recv(t->s, text, sizeof(text), 0);
		if (len == 5 && !memcmp(text, "begin", 5))
			break;
		zt_check(len == 6 && !memcmp(text, "hello?", 6));
		if (!told)
			zt_tell(t->chat, "heard");
		told = true;
	}
	subscribe(t, true, "B");
	subscribe(t, false, "B");
}

/* Messages, and between them some that nobody has subscribed to. */
static void put_all(struct tk_talk *t, bool answer)
{
	size_t n;

	for (n = 0; n < ZT_ARRAY(shapes); n++) {
		put_message(t, n, answer);
		if (!publishes(t->me))
			continue;
		put_head(t, OTHER_TOPIC);
		za_put(t->s, "unwanted", 0);
	}
}

static void want_all(struct tk_talk *t, bool answer)
{
	size_t n;

	for (n = 0; n < ZT_ARRAY(shapes); n++)
		want_message(t, n, answer);
}

/*
 * The other side has sent its last and closes. An XPUB that was bound is told
 * that the subscriber has gone; one that connected keeps the subscriptions for
 * the next connection.
 */
static void want_end(struct tk_talk *t)
{
	if (t->me == ZMQ_XPUB && t->binds)
		want_subscription(t, false, TOPIC);
	za_quiet(t->s, QUIET_MS);
}

static void lead(struct tk_talk *t)
{
	size_t n;

	if (publishes(t->me))
		publish_begin(t);
	if (t->me != ZMQ_REQ)
		put_all(t, false);
	for (n = 0; t->me == ZMQ_REQ && n < ZT_ARRAY(shapes); n++) {
		put_message(t, n, false);
		want_message(t, n, true);
	}
	if (t->me != ZMQ_REQ && t->both_ways)
		want_all(t, true);
	if (t->both_ways)
		want_end(t);
}

static void follow(struct tk_talk *t)
{
	bool in_turn = t->peer == ZMQ_REQ || t->me == ZMQ_REP;
	size_t n;

	if (publishes(t->peer))
		subscribe_begin(t);
	for (n = 0; n < ZT_ARRAY(shapes); n++) {
		want_message(t, n, false);
		if (in_turn)
			put_message(t, n, true);
	}
	if (t->both_ways && !in_turn)
		put_all(t, true);
	if (!t->both_ways)
		za_quiet(t->s, QUIET_MS);
}

/* STREAM has no messages: what counts is the sequence of bytes. */
static uint8_t *stream_bytes(bool answer, size_t *total)
{
	uint8_t *bytes = malloc(ZT_ARRAY(shapes) * PARTS_MAX * 100000);
	size_t n;
	int i;

	zt_check(bytes);
	*total = 0;
	for (n = 0; n < ZT_ARRAY(shapes); n++) {
		for (i = 0; i < shapes[n].parts; i++) {
			zt_fill(bytes + *total, shapes[n].len[i], seed_of(n, i, answer));
			*total += shapes[n].len[i];
		}
	}
	return bytes;
}

/* Connection and end are messages without a body. */
static void stream_event(struct tk_talk *t)
{
	want_head(t);
	za_want(t->s, "", 0);
}

static void stream_put_all(struct tk_talk *t, bool answer)
{
	size_t n;
	int i;

	for (n = 0; n < ZT_ARRAY(shapes); n++) {
		for (i = 0; i < shapes[n].parts; i++) {
			/* An empty chunk would close the connection. */
			if (!shapes[n].len[i])
				continue;
			zt_eq(zmq_send(t->s, t->id, t->id_len, ZMQ_SNDMORE), t->id_len);
			za_put_big(t->s, shapes[n].len[i], seed_of(n, i, answer), 0);
		}
	}
}

static void stream_want_all(struct tk_talk *t, bool answer)
{
	size_t total, done = 0;
	uint8_t *want = stream_bytes(answer, &total), chunk[16384];
	int len;

	while (done < total) {
		want_head(t);
		len = zmq_recv(t->s, chunk, sizeof(chunk), 0);
		zt_check(len > 0 && len <= 8192 && done + len <= total);
		if (memcmp(chunk, want + done, len))
			zt_fail("bytes %zu to %zu arrived changed", done, done + len);
		done += len;
	}
	free(want);
}

/* An empty chunk closes the connection. libzmq does it in later calls of its API. */
static void stream_end(struct tk_talk *t)
{
	struct pollfd closed = { .fd = t->chat, .events = POLLIN };

	zt_eq(zmq_send(t->s, t->id, t->id_len, ZMQ_SNDMORE), t->id_len);
	za_put(t->s, "", 0);
	zt_until(za_get(t->s, ZMQ_EVENTS) >= 0 && poll(&closed, 1, 0), ZA_TIMEO);
	zt_expect(t->chat, "closed");
}

static void stream_lead(struct tk_talk *t)
{
	stream_event(t);
	stream_put_all(t, false);
	stream_want_all(t, true);
	za_quiet(t->s, QUIET_MS);
	stream_end(t);
}

static void stream_follow(struct tk_talk *t)
{
	stream_event(t);
	stream_want_all(t, false);
	stream_put_all(t, true);
	stream_event(t);
	zt_tell(t->chat, "closed");
}

/*
 * ROUTERs name each other, so both must have a name; elsewhere a ROUTER that
 * leads to a bound peer calls it by its name, one that is bound makes one up.
 */
static void name_ends(struct tk_talk *t)
{
	const char *mine = t->binds ? "bound" : "connected";
	const char *theirs = t->binds ? "connected" : "bound";
	bool names = t->me == ZMQ_ROUTER && t->peer == ZMQ_ROUTER;

	if (t->me == ZMQ_ROUTER)
		za_set(t->s, ZMQ_ROUTER_MANDATORY, 1);
	if ((names || t->binds) && (t->me == ZMQ_REQ || t->me == ZMQ_DEALER || t->me == ZMQ_ROUTER))
		zt_ok(zmq_setsockopt(t->s, ZMQ_ROUTING_ID, mine, strlen(mine)));
	if (!names && (t->binds || t->me != ZMQ_ROUTER))
		return;
	t->id_len = strlen(theirs);
	memcpy(t->id, theirs, t->id_len);
}

bool tk_sends_last(const struct tk_talk *t)
{
	return t->leads != t->both_ways;
}

void tk_open(struct tk_talk *t, void *ctx, int chat, const struct tk_pair *pair, bool binds)
{
	bool leads = pair->lead_binds == binds;

	*t = (struct tk_talk) {
		.chat = chat,
		.me = leads ? pair->lead : pair->follow,
		.peer = leads ? pair->follow : pair->lead,
		.leads = leads,
		.binds = binds,
		/* PUB would not read what an XSUB sends. */
		.both_ways = pair->lead != ZMQ_PUB && pair->follow != ZMQ_SUB &&
			     pair->follow != ZMQ_PULL,
	};
	t->s = za_socket(ctx, t->me);
	/* Who sends last closes at once: LINGER has to deliver what is queued. */
	if (tk_sends_last(t))
		za_set(t->s, ZMQ_LINGER, zt_scaled(ZA_TIMEO));
	name_ends(t);
	if (publishes(t->peer))
		subscribe(t, true, TOPIC);
}

void tk_talk(struct tk_talk *t)
{
	if (t->me == ZMQ_STREAM)
		(t->leads ? stream_lead : stream_follow)(t);
	else
		(t->leads ? lead : follow)(t);
}
