// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every legal pair of socket types (ZMTP 3.1 "Socket types", wire.md section 4),
 * each side binding once, each side on stock libzmq or on the shim, over tcp and ipc:
 * messages of all shapes in every direction the pair has, then an orderly
 * close.
 */
#include <poll.h>
#include <stdlib.h>

#include "zpair.h"

#define TOPIC "A"
#define OTHER_TOPIC "C"
#define PARTS_MAX 6
#define QUIET_MS 20

/**
 * struct pair - two socket types, and who has which part
 * @lead: speaks first
 * @follow: reads first, and answers if it can
 * @lead_binds: the other one connects
 */
struct pair {
	int lead;
	int follow;
	bool lead_binds;
};

static const struct pair pairs[] = {
	{ ZMQ_PAIR, ZMQ_PAIR },
	{ ZMQ_PUB, ZMQ_SUB }, { ZMQ_PUB, ZMQ_SUB, true },
	{ ZMQ_PUB, ZMQ_XSUB }, { ZMQ_PUB, ZMQ_XSUB, true },
	{ ZMQ_XPUB, ZMQ_SUB }, { ZMQ_XPUB, ZMQ_SUB, true },
	{ ZMQ_XPUB, ZMQ_XSUB }, { ZMQ_XPUB, ZMQ_XSUB, true },
	{ ZMQ_REQ, ZMQ_REP }, { ZMQ_REQ, ZMQ_REP, true },
	{ ZMQ_REQ, ZMQ_ROUTER }, { ZMQ_REQ, ZMQ_ROUTER, true },
	{ ZMQ_DEALER, ZMQ_REP }, { ZMQ_DEALER, ZMQ_REP, true },
	{ ZMQ_DEALER, ZMQ_DEALER },
	{ ZMQ_DEALER, ZMQ_ROUTER }, { ZMQ_DEALER, ZMQ_ROUTER, true },
	{ ZMQ_ROUTER, ZMQ_ROUTER },
	{ ZMQ_PUSH, ZMQ_PULL }, { ZMQ_PUSH, ZMQ_PULL, true },
	{ ZMQ_STREAM, ZMQ_STREAM },
};

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
	{ 1, { 100000 } }, { PARTS_MAX, { 100000, 0, 1, 256, 255, 100000 } },
};

/**
 * struct talk - one end of a conversation
 * @side: of the process
 * @s: the socket
 * @me: its type
 * @peer: the other one's
 * @leads: speaks first
 * @both_ways: the follower answers
 * @id: what a ROUTER calls its peer
 * @id_len: bytes of @id, 0: not known yet
 */
struct talk {
	struct zp_side *side;
	void *s;
	int me;
	int peer;
	bool leads;
	bool both_ways;
	char id[256];
	int id_len;
};

static bool publishes(int type)
{
	return type == ZMQ_PUB || type == ZMQ_XPUB;
}

/* REQ and REP have the empty frame on the wire; who sees it has to add it. */
static bool delimits(const struct talk *t)
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
static void put_head(struct talk *t, const char *topic)
{
	if (t->me == ZMQ_ROUTER)
		zt_until(zmq_send(t->s, t->id, t->id_len, ZMQ_SNDMORE) == t->id_len, ZA_TIMEO);
	if (delimits(t))
		za_put(t->s, "", ZMQ_SNDMORE);
	if (publishes(t->me))
		za_put(t->s, topic, ZMQ_SNDMORE);
}

static void want_head(struct talk *t)
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

static void put_message(struct talk *t, size_t n, bool answer)
{
	const struct shape *shape = &shapes[n];
	int i;

	put_head(t, TOPIC);
	for (i = 0; i < shape->parts; i++)
		za_put_big(t->s, shape->len[i], seed_of(n, i, answer),
			   i + 1 < shape->parts ? ZMQ_SNDMORE : 0);
}

static void want_message(struct talk *t, size_t n, bool answer)
{
	const struct shape *shape = &shapes[n];
	int i;

	want_head(t);
	for (i = 0; i < shape->parts; i++)
		za_want_big(t->s, shape->len[i], seed_of(n, i, answer), i + 1 < shape->parts);
}

static void want_subscription(struct talk *t, bool on, const char *topic)
{
	char got[16];

	zt_eq(zmq_recv(t->s, got, sizeof(got), 0), 1 + strlen(topic));
	zt_eq(got[0], on);
	zt_check(!memcmp(got + 1, topic, strlen(topic)));
}

static void subscribe(struct talk *t, bool on, const char *topic)
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
static void publish_begin(struct talk *t)
{
	struct pollfd heard = { .fd = t->side->peer, .events = POLLIN };

	if (t->me == ZMQ_XPUB)
		want_subscription(t, true, TOPIC);
	while (t->me == ZMQ_PUB && !poll(&heard, 1, 5)) {
		put_head(t, TOPIC);
		za_put(t->s, "hello?", 0);
	}
	if (t->me == ZMQ_PUB)
		zt_expect(t->side->peer, "heard");
	put_head(t, TOPIC);
	za_put(t->s, "begin", 0);
	if (t->me == ZMQ_XPUB) {
		want_subscription(t, true, "B");
		want_subscription(t, false, "B");
	}
}

static void subscribe_begin(struct talk *t)
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
			zt_tell(t->side->peer, "heard");
		told = true;
	}
	subscribe(t, true, "B");
	subscribe(t, false, "B");
}

/* Messages, and between them some that nobody has subscribed to. */
static void put_all(struct talk *t, bool answer)
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

static void want_all(struct talk *t, bool answer)
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
static void want_end(struct talk *t)
{
	const struct pair *pair = t->side->arg;

	if (t->me == ZMQ_XPUB && pair->lead_binds)
		want_subscription(t, false, TOPIC);
	za_quiet(t->s, QUIET_MS);
}

static void lead(struct talk *t)
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

static void follow(struct talk *t)
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
static void stream_event(struct talk *t)
{
	want_head(t);
	za_want(t->s, "", 0);
}

static void stream_put_all(struct talk *t, bool answer)
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

static void stream_want_all(struct talk *t, bool answer)
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
static void stream_end(struct talk *t)
{
	struct pollfd closed = { .fd = t->side->peer, .events = POLLIN };

	zt_eq(zmq_send(t->s, t->id, t->id_len, ZMQ_SNDMORE), t->id_len);
	za_put(t->s, "", 0);
	zt_until(za_get(t->s, ZMQ_EVENTS) >= 0 && poll(&closed, 1, 0), ZA_TIMEO);
	zt_expect(t->side->peer, "closed");
}

static void stream_lead(struct talk *t)
{
	stream_event(t);
	stream_put_all(t, false);
	stream_want_all(t, true);
	za_quiet(t->s, QUIET_MS);
	stream_end(t);
}

static void stream_follow(struct talk *t)
{
	stream_event(t);
	stream_want_all(t, false);
	stream_put_all(t, true);
	stream_event(t);
	zt_tell(t->side->peer, "closed");
}

/*
 * ROUTERs name each other, so both must have a name; elsewhere a ROUTER that
 * leads to a bound peer calls it by its name, one that is bound makes one up.
 */
static void name_ends(struct talk *t, bool binds)
{
	const char *mine = binds ? "bound" : "connected", *theirs = binds ? "connected" : "bound";
	bool names = t->me == ZMQ_ROUTER && t->peer == ZMQ_ROUTER;

	if (t->me == ZMQ_ROUTER)
		za_set(t->s, ZMQ_ROUTER_MANDATORY, 1);
	if ((names || binds) && (t->me == ZMQ_REQ || t->me == ZMQ_DEALER || t->me == ZMQ_ROUTER))
		zt_ok(zmq_setsockopt(t->s, ZMQ_ROUTING_ID, mine, strlen(mine)));
	if (!names && (binds || t->me != ZMQ_ROUTER))
		return;
	t->id_len = strlen(theirs);
	memcpy(t->id, theirs, t->id_len);
}

static void run_side(struct zp_side *side, bool binds)
{
	const struct pair *pair = side->arg;
	bool leads = pair->lead_binds == binds;
	struct talk t = {
		.side = side,
		.me = leads ? pair->lead : pair->follow,
		.peer = leads ? pair->follow : pair->lead,
		.leads = leads,
		/* PUB would not read what an XSUB sends. */
		.both_ways = pair->lead != ZMQ_PUB && pair->follow != ZMQ_SUB &&
			     pair->follow != ZMQ_PULL,
	};

	t.s = za_socket(side->ctx, t.me);
	/* Who sends last closes at once: LINGER has to deliver what is queued. */
	if (t.leads != t.both_ways)
		za_set(t.s, ZMQ_LINGER, zt_scaled(ZA_TIMEO));
	name_ends(&t, binds);
	if (publishes(t.peer))
		subscribe(&t, true, TOPIC);
	if (binds)
		za_bind(t.s, side->ep);
	else
		za_connect(t.s, side->ep);
	if (t.me == ZMQ_STREAM)
		(leads ? stream_lead : stream_follow)(&t);
	else
		(leads ? lead : follow)(&t);
	za_close(t.s);
}

static void side_bind(struct zp_side *side)
{
	run_side(side, true);
}

static void side_conn(struct zp_side *side)
{
	run_side(side, false);
}

int main(int argc, char **argv)
{
	static struct zp_scenario scenarios[ZT_ARRAY(pairs)];
	static char names[ZT_ARRAY(pairs)][64];
	size_t i;

	for (i = 0; i < ZT_ARRAY(pairs); i++) {
		const struct pair *pair = &pairs[i];

		snprintf(names[i], sizeof(names[i]), "%s_binds_%s_connects",
			 za_type_name(pair->lead_binds ? pair->lead : pair->follow),
			 za_type_name(pair->lead_binds ? pair->follow : pair->lead));
		scenarios[i] = (struct zp_scenario) {
			.name = names[i], .bind = side_bind, .conn = side_conn, .arg = pair,
			.ipc = true,
		};
	}
	return zp_main(argc, argv, scenarios, ZT_ARRAY(pairs));
}
