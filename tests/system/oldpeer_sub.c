// SPDX-License-Identifier: GPL-2.0-only
/*
 * Subscriptions between AF_ZMQ or libzmq and peers of every version of ZMTP:
 * commands since 3.1, messages that begin with 01 or 00 before, none at all
 * from 1.0 (wire.md sections 1.3 and 3.5).
 */
#include <stdlib.h>
#include <unistd.h>

#include "oldwire.h"

#define SILENT_MS 50
#define TOPIC_MAX 300

/* A subscription as the peer's version writes it: the command, or the message. */
struct sub {
	int flags;
	size_t len;
	uint8_t body[TOPIC_MAX + 16];
};

static void sub_message(struct sub *sub, bool on, const char *topic)
{
	sub->flags = 0;
	sub->len = 1 + strlen(topic);
	sub->body[0] = on;
	memcpy(sub->body + 1, topic, strlen(topic));
}

static void sub_command(struct sub *sub, bool on, const char *topic)
{
	const char *name = on ? "\11SUBSCRIBE" : "\6CANCEL";

	sub->flags = WIRE_COMMAND;
	sub->len = strlen(name) + strlen(topic);
	memcpy(sub->body, name, strlen(name));
	memcpy(sub->body + strlen(name), topic, strlen(topic));
}

static void want_sub(struct ow_link *l, bool on, const char *topic)
{
	struct sub sub;

	if (l->version == OW_V31)
		sub_command(&sub, on, topic);
	else
		sub_message(&sub, on, topic);
	/* libzmq tells a new peer within calls of its API. */
	zt_until(za_get(l->s, ZMQ_EVENTS) >= 0 && wire_readable(l->fd, 1), ZA_TIMEO);
	ow_want(l, sub.flags, sub.body, sub.len);
}

static void put_sub(struct ow_link *l, bool command, bool on, const char *topic)
{
	struct sub sub;

	if (command)
		sub_command(&sub, on, topic);
	else
		sub_message(&sub, on, topic);
	ow_put(l, sub.flags, sub.body, sub.len);
}

/* What the application reads from an XPUB: always the message. */
static void want_xpub(struct ow_link *l, bool on, const char *topic)
{
	struct sub sub;
	uint8_t got[TOPIC_MAX + 16];
	int len = zmq_recv(l->s, got, sizeof(got), 0);

	sub_message(&sub, on, topic);
	if (len != (int)sub.len || memcmp(got, sub.body, len))
		zt_fail("expected subscription %d of '%s', got %d bytes, the first %d", on, topic,
			len, len > 0 ? got[0] : -1);
	zt_eq(za_get(l->s, ZMQ_RCVMORE), 0);
}

static void subscribe(struct ow_link *l, bool on, const char *topic)
{
	zt_ok(zmq_setsockopt(l->s, on ? ZMQ_SUBSCRIBE : ZMQ_UNSUBSCRIBE, topic, strlen(topic)));
}

static char *topic_of(size_t len)
{
	static char topic[TOPIC_MAX + 1];

	memset(topic, 't', len);
	topic[len] = 0;
	return topic;
}

/* A SUB tells each subscription, made before or after the handshake. */
static void sub_tells(const struct ow_case *c)
{
	struct ow_link l;

	ow_open(&l, c, ZMQ_SUB);
	subscribe(&l, true, "early");
	ow_meet(&l);
	ow_shake(&l, ZMQ_PUB, "", "");
	want_sub(&l, true, "early");
	subscribe(&l, true, "");
	want_sub(&l, true, "");
	subscribe(&l, true, "late");
	want_sub(&l, true, "late");
	/* Repeated: told again; taken back once: still wanted, nothing told. */
	subscribe(&l, true, "late");
	want_sub(&l, true, "late");
	subscribe(&l, false, "late");
	wire_silent(l.fd, SILENT_MS);
	subscribe(&l, false, "late");
	want_sub(&l, false, "late");
	subscribe(&l, false, "");
	want_sub(&l, false, "");
	subscribe(&l, false, "unknown");
	wire_silent(l.fd, SILENT_MS);
	/* What the peer sends is filtered here, too. */
	ow_puts(&l, 0, "early bird");
	ow_puts(&l, 0, "bird");
	ow_puts(&l, WIRE_MORE, "early");
	ow_puts(&l, 0, "worm");
	za_want(l.s, "early bird", 0);
	za_want(l.s, "early", 1);
	za_want(l.s, "worm", 0);
	za_quiet(l.s, SILENT_MS);
	ow_close(&l);
}

/* After a lost connection all subscriptions are told again, each topic once. */
static void told_again(const struct ow_case *c)
{
	struct ow_link l;
	int i;

	ow_open(&l, c, ZMQ_SUB);
	subscribe(&l, true, "a");
	subscribe(&l, true, "b");
	subscribe(&l, true, "b");
	subscribe(&l, true, "c");
	subscribe(&l, false, "c");
	for (i = 0; i < 3; i++) {
		ow_meet(&l);
		ow_shake(&l, ZMQ_PUB, "", "");
		want_sub(&l, true, "a");
		want_sub(&l, true, "b");
		ow_puts(&l, 0, "a message");
		za_want(l.s, "a message", 0);
		wire_silent(l.fd, SILENT_MS);
		close(l.fd);
		l.fd = -1;
		za_quiet(l.s, SILENT_MS);
	}
	ow_close(&l);
}

/* A SUB that knows its peer. */
static void open_sub(struct ow_link *l, const struct ow_case *c)
{
	ow_open(l, c, ZMQ_SUB);
	subscribe(l, true, "first");
	ow_meet(l);
	ow_shake(l, ZMQ_PUB, "", "");
	want_sub(l, true, "first");
}

/*
 * The border between short and long frames. 246 to 255 bytes and 255 bytes are
 * those that libzmq 4.3.4 spoils towards 3.1 and towards older peers.
 */
static void sub_lengths(const struct ow_case *c)
{
	static const size_t sizes[] = { 0, 1, 244, 245, 252, 253, 254, 256, TOPIC_MAX };
	struct ow_link l;
	size_t i;

	open_sub(&l, c);
	for (i = 0; i < ZT_ARRAY(sizes); i++) {
		if (c->version == OW_V31 && sizes[i] > 245 && sizes[i] < 256)
			continue;
		subscribe(&l, true, topic_of(sizes[i]));
		want_sub(&l, true, topic_of(sizes[i]));
		subscribe(&l, false, topic_of(sizes[i]));
		want_sub(&l, false, topic_of(sizes[i]));
	}
	ow_close(&l);
}

static void sub_lengths_all(const struct ow_case *c)
{
	struct ow_link l;
	size_t i;

	open_sub(&l, c);
	for (i = 240; i < 260; i++) {
		subscribe(&l, true, topic_of(i));
		want_sub(&l, true, topic_of(i));
		subscribe(&l, false, topic_of(i));
		want_sub(&l, false, topic_of(i));
	}
	ow_close(&l);
}

/*
 * What an XSUB's application sends to a peer stays a message, even to 3.1; only
 * what it has sent before the peer came is told by the library.
 */
static void xsub_messages(const struct ow_case *c)
{
	struct ow_link l;

	ow_open(&l, c, ZMQ_XSUB);
	za_put(l.s, "\1first", 0);
	ow_meet(&l);
	ow_shake(&l, ZMQ_XPUB, "", "");
	want_sub(&l, true, "first");
	za_put(l.s, "\1topic", 0);
	ow_wants(&l, 0, "\1topic");
	za_put(l.s, "\2anything", ZMQ_SNDMORE);
	za_put(l.s, "else", 0);
	ow_wants(&l, WIRE_MORE, "\2anything");
	ow_wants(&l, 0, "else");
	ow_puts(&l, 0, "topic of today");
	za_want(l.s, "topic of today", 0);
	zt_eq(zmq_send(l.s, "\0topic", 6, 0), 6);
	ow_want(&l, 0, "\0topic", 6);
	ow_close(&l);
}

/* XPUB takes messages from everybody, commands from who has commands. */
static void xpub_takes(const struct ow_case *c)
{
	static const char *const topics[] = { "", "A", "a longer topic" };
	struct ow_link l;
	size_t i;
	int command;

	ow_up(&l, c, ZMQ_XPUB, ZMQ_SUB);
	if (c->version == OW_V10)
		want_xpub(&l, true, "");
	/* A 1.0 peer has subscribed to everything, no need to tell again. */
	for (i = c->version == OW_V10; i < ZT_ARRAY(topics); i++) {
		for (command = 0; command <= (c->version >= OW_V30); command++) {
			put_sub(&l, command, true, topics[i]);
			want_xpub(&l, true, topics[i]);
			za_put(l.s, "A", ZMQ_SNDMORE);
			za_put(l.s, "B", 0);
			if (i < 2 || c->version == OW_V10) {
				ow_wants(&l, WIRE_MORE, "A");
				ow_wants(&l, 0, "B");
			}
			put_sub(&l, !command && c->version >= OW_V30, false, topics[i]);
			want_xpub(&l, false, topics[i]);
		}
	}
	/* Other first bytes, and nothing at all: the application's. */
	ow_puts(&l, WIRE_MORE, "\2user");
	ow_puts(&l, 0, "message");
	ow_puts(&l, 0, "");
	za_want(l.s, "\2user", 1);
	za_want(l.s, "message", 0);
	za_want(l.s, "", 0);
	ow_close(&l);
}

static void xpub_lengths(const struct ow_case *c)
{
	int command, longest = c->version >= OW_V30;
	struct ow_link l;
	size_t i;

	ow_up(&l, c, ZMQ_XPUB, ZMQ_SUB);
	if (c->version == OW_V10)
		want_xpub(&l, true, "");
	for (i = 240; i < 260; i++) {
		for (command = 0; command <= longest; command++) {
			put_sub(&l, command, true, topic_of(i));
			want_xpub(&l, true, topic_of(i));
			put_sub(&l, command, false, topic_of(i));
			want_xpub(&l, false, topic_of(i));
		}
	}
	ow_close(&l);
}

/* One topic, one connection: told twice, taken back once (wire.md 3.5). */
static void publisher_counts_once(const struct ow_case *c)
{
	struct ow_link l;

	ow_up(&l, c, ZMQ_XPUB, ZMQ_SUB);
	if (c->version == OW_V10)
		want_xpub(&l, true, "");
	put_sub(&l, false, true, "A");
	put_sub(&l, c->version >= OW_V30, true, "A");
	put_sub(&l, false, false, "A");
	want_xpub(&l, true, "A");
	want_xpub(&l, false, "A");
	za_put(l.s, "A", 0);
	if (c->version == OW_V10)
		ow_wants(&l, 0, "A");
	wire_silent(l.fd, SILENT_MS);
	ow_close(&l);
}

/* The next frame, of up to 15 bytes of text. */
static void read_text(struct ow_link *l, char *text)
{
	uint8_t head[2];
	size_t len;

	wire_recv(l->fd, head, sizeof(head));
	len = l->version == OW_V10 || l->version == OW_REV0 ? head[0] - 1 : head[1];
	zt_check(len < 16);
	wire_recv(l->fd, text, len);
	text[len] = 0;
}

/* PUB reads subscriptions and drops whatever else comes. */
static void pub_drops(const struct ow_case *c)
{
	char text[16], first[16], second[16];
	struct ow_link l;
	int i;

	ow_up(&l, c, ZMQ_PUB, ZMQ_SUB);
	ow_puts(&l, WIRE_MORE, "\2user");
	ow_puts(&l, 0, "message");
	ow_puts(&l, 0, "");
	put_sub(&l, false, true, "yes");
	for (i = 0; !wire_readable(l.fd, 1) || i < 10; i++) {
		za_put(l.s, "no", 0);
		snprintf(text, sizeof(text), "yes %d", i);
		za_put(l.s, text, 0);
	}
	read_text(&l, first);
	read_text(&l, second);
	if (c->version == OW_V10)
		zt_eq(!strcmp(first, "no") + !strcmp(second, "no"), 1);
	else
		zt_check(!memcmp(first, "yes ", 4) && atoi(second + 4) == atoi(first + 4) + 1);
	ow_close(&l);
}

/* Filters itself, never subscribes: gets everything. Revision 0 does not. */
static void everything(const struct ow_case *c)
{
	struct ow_link l;
	int type;

	for (type = ZMQ_PUB; type <= ZMQ_XPUB; type += ZMQ_XPUB - ZMQ_PUB) {
		ow_up(&l, c, type, ZMQ_SUB);
		if (c->version == OW_V10 && type == ZMQ_XPUB)
			want_xpub(&l, true, "");
		if (c->version == OW_V10) {
			/* A PUB may see its new peer later than this says. */
			do
				za_put(l.s, "news", 0);
			while (!wire_readable(l.fd, 5));
			ow_wants(&l, 0, "news");
		} else {
			za_put(l.s, "news", 0);
			wire_silent(l.fd, SILENT_MS);
		}
		ow_close(&l);
	}
}

/*
 * libzmq 4.3.4 forgets that it has written a long size: SUBSCRIBE of 246 to 255
 * bytes, CANCEL of 249 to 255 (wire.md 3.5). Stock publishers lose such a
 * connection; the shim's read it as it was meant.
 */
static void put_spoilt(struct ow_link *l, bool on, size_t len)
{
	struct sub sub;
	uint8_t head[10];

	sub_command(&sub, on, topic_of(len));
	ow_head_long(l->version, WIRE_COMMAND, sub.len, head);
	head[0] &= ~WIRE_LONG;
	wire_send(l->fd, head, 9);
	wire_send(l->fd, sub.body, sub.len);
}

static void forgotten_flag(const struct ow_case *c)
{
	struct ow_link l;
	size_t i;

	ow_up(&l, c, ZMQ_XPUB, ZMQ_SUB);
	for (i = 246; i <= 255; i++) {
		put_spoilt(&l, true, i);
		want_xpub(&l, true, topic_of(i));
		za_put(l.s, topic_of(i), 0);
		ow_wants(&l, 0, topic_of(i));
		if (i >= 249)
			put_spoilt(&l, false, i);
		else
			put_sub(&l, true, false, topic_of(i));
		want_xpub(&l, false, topic_of(i));
	}
	/* A command that is empty stays one. */
	ow_put(&l, WIRE_COMMAND, "", 0);
	put_sub(&l, true, true, "next");
	want_xpub(&l, true, "next");
	ow_close(&l);
}

static const struct ow_test tests[] = {
	{ "sub_tells", sub_tells, OW_ALL },
	{ "told_again", told_again, OW_ALL },
	{ "sub_lengths", sub_lengths, OW_ALL },
	{ "sub_lengths_all", sub_lengths_all, OW_ALL, .shim = true },
	{ "xsub_messages", xsub_messages, OW_ALL },
	{ "xpub_takes", xpub_takes, OW_ALL },
	{ "xpub_lengths", xpub_lengths, OW_ALL },
	{ "publisher_counts_once", publisher_counts_once, OW_ALL },
	{ "pub_drops", pub_drops, OW_ALL },
	{ "everything", everything, OW_ALL },
	{ "forgotten_flag", forgotten_flag, OW_BIT(OW_V31), .shim = true },
};

int main(int argc, char **argv)
{
	return ow_main(argc, argv, tests, ZT_ARRAY(tests));
}
