// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions as libzmq's peers lead them (wire page, 1 to 5), to be spoilt: bytes, frames,
 * and the time at which they come. Those of CURVE are in hostile_curve.c.
 */
#include <endian.h>
#include <linux/zmq.h>
#include <string.h>

#include "hostile_parts.h"
#include "wire.h"

#define MESSAGES 100
/* Milliseconds until a peer gives up that waits for what may never come. */
#define PATIENCE_MS 100

uint32_t hs_draw(struct hs_session *s)
{
	s->x ^= s->x << 13;
	s->x ^= s->x >> 7;
	s->x ^= s->x << 17;
	return s->x >> 16;
}

unsigned int hs_below(struct hs_session *s, unsigned int n)
{
	return hs_draw(s) % n;
}

/* --- parts ------------------------------------------------------------------- */

bool hs_add_part(struct hs_session *s, const void *a, size_t a_len, const void *b, size_t b_len)
{
	if (s->parts >= HS_PARTS || a_len + b_len > HS_BYTES - s->len)
		return false;
	memcpy(s->bytes + s->len, a, a_len);
	memcpy(s->bytes + s->len + a_len, b, b_len);
	s->len += a_len + b_len;
	s->part[++s->parts] = s->len;
	return true;
}

void hs_drop_part(struct hs_session *s)
{
	s->len = s->part[--s->parts];
}

void hs_add_clear(struct hs_session *s, int flags, const void *p, size_t len)
{
	uint64_t size = htobe64(len);
	uint8_t head[9] = { flags, len };
	size_t n = 2;

	if (s->speech == HS_RAW) {
		n = 0;
	} else if (s->speech == HS_V1) {
		head[0] = len + 1;
		head[1] = flags & WIRE_MORE;
	} else if (len > 255) {
		head[0] |= WIRE_LONG;
		memcpy(head + 1, &size, sizeof(size));
		n = sizeof(head);
	}
	hs_add_part(s, head, n, p, len);
}

void hs_add_frame(struct hs_session *s, int flags, const void *p, size_t len)
{
	if (s->sealed)
		hs_curve_frame(s, flags, p, len);
	else
		hs_add_clear(s, flags, p, len);
}

void hs_add_command(struct hs_session *s, const char *name, const void *data, size_t len)
{
	uint8_t body[600];
	size_t n = strlen(name);

	body[0] = n;
	memcpy(body + 1, name, n);
	memcpy(body + 1 + n, data, len);
	hs_add_frame(s, WIRE_COMMAND, body, 1 + n + len);
}

void hs_add_gate(struct hs_session *s, enum hs_heard heard)
{
	s->gate[s->gates++] = (struct hs_gate){ s->len, heard };
}

void hs_lose_gates(struct hs_session *s)
{
	if (hs_below(s, 8))
		return;
	s->gates = 0;
	s->cases++;
}

/* --- a session as it should be ----------------------------------------------- */

void hs_add_greeting(struct hs_session *s, const char *mechanism)
{
	uint8_t greeting[WIRE_GREETING];

	wire_greeting(greeting);
	memset(greeting + 12, 0, 20);
	memcpy(greeting + 12, mechanism, strlen(mechanism));
	if (s->speech == HS_NULL_30)
		greeting[11] = 0;
	hs_add_part(s, greeting, 10, "", 0);
	hs_add_part(s, greeting + 10, 2, "", 0);
	hs_add_part(s, greeting + 12, WIRE_GREETING - 12, "", 0);
}

/* A name that the socket takes for a peer of its own. */
static const char *peer_of(int type)
{
	static const char *const names[] = {
		[ZMQ_PAIR] = "PAIR", [ZMQ_PUB] = "SUB", [ZMQ_SUB] = "PUB", [ZMQ_REQ] = "REP",
		[ZMQ_REP] = "REQ", [ZMQ_DEALER] = "ROUTER", [ZMQ_ROUTER] = "DEALER",
		[ZMQ_PULL] = "PUSH", [ZMQ_PUSH] = "PULL", [ZMQ_XPUB] = "XSUB", [ZMQ_XSUB] = "XPUB",
		[ZMQ_STREAM] = "STREAM",
	};

	return names[type];
}

size_t hs_metadata(struct hs_session *s, uint8_t *out)
{
	static const uint8_t more[] = "\10Identity\0\0\0\2id\3X-a\0\0\0\5value";
	uint8_t ready[HS_METADATA_MAX];
	/* Behind the name of the command. */
	size_t n = wire_ready(ready, peer_of(s->type)) - 6;

	memcpy(out, ready + 6, n);
	switch (hs_below(s, 3)) {
	case 0:
		return n;
	case 1:
		memcpy(out + n, more, 15);
		/* One of their own: a router keeps the first of two peers with the same. */
		out[n + 13] = hs_draw(s);
		out[n + 14] = hs_draw(s);
		return n + 15;
	default:
		memcpy(out + n, more, sizeof(more) - 1);
		out[n + 13] = hs_draw(s);
		out[n + 14] = hs_draw(s);
		return n + sizeof(more) - 1;
	}
}

static void add_handshake(struct hs_session *s)
{
	static const uint8_t hello[] = "\4user\4pass";
	uint8_t meta[HS_METADATA_MAX];
	size_t n = hs_metadata(s, meta);

	switch (s->speech) {
	case HS_PLAIN_CLIENT:
		hs_add_greeting(s, "PLAIN");
		hs_add_command(s, "HELLO", hello, sizeof(hello) - 1);
		hs_add_gate(s, HS_HEARD_WELCOME);
		hs_add_command(s, "INITIATE", meta, n);
		hs_add_gate(s, HS_HEARD_READY);
		break;
	case HS_PLAIN_SERVER:
		hs_add_greeting(s, "PLAIN");
		hs_add_gate(s, HS_HEARD_HELLO);
		hs_add_command(s, "WELCOME", "", 0);
		hs_add_gate(s, HS_HEARD_INITIATE);
		hs_add_command(s, "READY", meta, n);
		break;
	default:
		hs_add_greeting(s, "NULL");
		hs_add_command(s, "READY", meta, n);
		hs_add_gate(s, HS_HEARD_READY);
	}
}

/* Greetings of old: a signature, the version, the type, an identity's frame. */
static void add_old_greeting(struct hs_session *s)
{
	static const uint8_t v2[] = { 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 1, 5, 0, 0 };
	static const uint8_t v1[] = { 1, 0 };

	if (s->speech == HS_V2)
		hs_add_part(s, v2, sizeof(v2), "", 0);
	else
		hs_add_part(s, v1, sizeof(v1), "", 0);
	hs_add_gate(s, HS_HEARD_VERSION);
}

static void add_subscription(struct hs_session *s)
{
	bool add = hs_below(s, 3);
	uint8_t topic[16];
	size_t len = hs_below(s, 6), i;

	for (i = 0; i <= len; i++)
		topic[i] = 'a' + hs_below(s, 3);
	if (s->speech < HS_V2 && s->speech != HS_NULL_30) {
		hs_add_command(s, add ? "SUBSCRIBE" : "CANCEL", topic, len);
		return;
	}
	topic[0] = add;
	hs_add_frame(s, 0, topic, 1 + len);
}

/* Of a message: short ones mostly, and some that take more than one piece of memory. */
static size_t body_length(struct hs_session *s)
{
	if (hs_below(s, 8))
		return hs_below(s, 60);
	if (s->speech == HS_V1)
		return hs_below(s, 250);
	return hs_below(s, hs_below(s, 8) ? 510 : HS_LONGEST);
}

static void add_message(struct hs_session *s)
{
	static char data[HS_LONGEST];
	size_t len = body_length(s);

	if (s->speech < HS_V2 && !hs_below(s, 6)) {
		hs_add_command(s, hs_below(s, 8) ? "PING" : "PONG", "\0\12ctx", hs_below(s, 6));
		return;
	}
	if ((s->type == ZMQ_PUB || s->type == ZMQ_XPUB) && hs_below(s, 4)) {
		add_subscription(s);
		return;
	}
	sprintf(data, HS_MARK "%08x", s->number);
	if (s->type == ZMQ_REP || s->type == ZMQ_REQ)
		hs_add_frame(s, WIRE_MORE, "", 0);
	if (!hs_below(s, 3))
		hs_add_frame(s, WIRE_MORE, data, len);
	hs_add_frame(s, 0, data, len);
}

void hs_add_traffic(struct hs_session *s, unsigned int messages)
{
	while (messages--)
		add_message(s);
}

/* --- and as it is ---------------------------------------------------------------- */

static void choose_timing(struct hs_session *s)
{
	static const size_t steps[] = { 1, 1, 2, 3, 9, 63, 200 };

	s->end = hs_below(s, 4) ? HS_CLOSE : hs_below(s, HS_END_NR);
	s->cases += s->end != HS_CLOSE;
	if (hs_below(s, 8))
		return;
	s->step = steps[hs_below(s, ZT_ARRAY(steps))];
	s->pause = hs_below(s, 2);
	s->cases++;
}

static void build(struct hs_session *s)
{
	if (s->speech == HS_V1 || s->speech == HS_V2)
		add_old_greeting(s);
	else if (s->speech != HS_RAW)
		add_handshake(s);
	hs_add_traffic(s, hs_below(s, 3) ? hs_below(s, MESSAGES) : 0);
}

static void spoil(struct hs_session *s)
{
	unsigned int i, count, spare;

	if (!s->parts)
		return;
	/* A handshake that stays whole leads to the traffic behind it. */
	spare = s->parts > 8 && hs_below(s, 4) ? 4 : 0;
	count = s->parts - spare;
	for (i = 0; i < 1 + count / 2; i++)
		hs_spoil_part(s, spare + hs_below(s, count));
	hs_lose_gates(s);
}

void hs_make(struct hs_session *s, uint64_t seed, enum hs_speech speech, int type,
	     uint32_t number)
{
	unsigned int i;

	memset(s, 0, offsetof(struct hs_session, bytes));
	memset(&s->len, 0, sizeof(*s) - offsetof(struct hs_session, len));
	s->speech = speech;
	s->type = type;
	s->number = number;
	s->patience = PATIENCE_MS;
	s->x = seed * 0x9e3779b97f4a7c15ULL | 1;
	for (i = 0; i < 4; i++)
		hs_draw(s);
	choose_timing(s);
	if (speech == HS_CURVE_CLIENT || speech == HS_CURVE_SERVER) {
		hs_curve_begin(s);
		return;
	}
	build(s);
	spoil(s);
}
