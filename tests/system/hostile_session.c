// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions as libzmq's peers lead them (wire page, 1 to 5), and changes to them:
 * of bytes, of frames, and of the time at which they come.
 */
#include <endian.h>
#include <linux/zmq.h>
#include <string.h>

#include "hostile_session.h"
#include "wire.h"

#define MESSAGES 100

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

/* --- a session as it should be ----------------------------------------------- */

static void add_part(struct hs_session *s, const void *p, size_t len)
{
	if (s->parts >= HS_PARTS || len > HS_BYTES - s->len)
		return;
	memcpy(s->bytes + s->len, p, len);
	s->len += len;
	s->part[++s->parts] = s->len;
}

static void add_frame(struct hs_session *s, enum hs_speech speech, int flags, const void *p,
		      size_t len)
{
	uint8_t frame[700];
	size_t n;

	if (speech == HS_RAW) {
		n = 0;
	} else if (speech == HS_V1) {
		frame[0] = len + 1;
		frame[1] = flags & WIRE_MORE;
		n = 2;
	} else if (len > 255) {
		uint64_t size = htobe64(len);

		frame[0] = flags | WIRE_LONG;
		memcpy(frame + 1, &size, sizeof(size));
		n = 9;
	} else {
		frame[0] = flags;
		frame[1] = len;
		n = 2;
	}
	memcpy(frame + n, p, len);
	add_part(s, frame, n + len);
}

static void add_gate(struct hs_session *s, size_t heard)
{
	s->gate[s->gates++] = (struct hs_gate){ s->len, heard };
}

static void add_greeting(struct hs_session *s, enum hs_speech speech)
{
	uint8_t greeting[WIRE_GREETING];

	wire_greeting(greeting);
	memset(greeting + 12, 0, 20);
	switch (speech) {
	case HS_PLAIN_CLIENT:
	case HS_PLAIN_SERVER:
		memcpy(greeting + 12, "PLAIN", 5);
		break;
	case HS_CURVE_CLIENT:
	case HS_CURVE_SERVER:
		memcpy(greeting + 12, "CURVE", 5);
		break;
	default:
		memcpy(greeting + 12, "NULL", 4);
	}
	if (speech == HS_NULL_30)
		greeting[11] = 0;
	add_part(s, greeting, 10);
	add_part(s, greeting + 10, 2);
	add_part(s, greeting + 12, WIRE_GREETING - 12);
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

/* Socket-Type, an Identity, and what an application has to say. */
static size_t metadata(struct hs_session *s, uint8_t *body, int type)
{
	static const uint8_t more[] = "\10Identity\0\0\0\2id\3X-a\0\0\0\5value";
	size_t n = wire_ready(body, peer_of(type));

	switch (hs_below(s, 3)) {
	case 0:
		return n;
	case 1:
		memcpy(body + n, more, 15);
		/* One of their own: a router keeps the first of two peers with the same. */
		body[n + 13] = hs_draw(s);
		body[n + 14] = hs_draw(s);
		return n + 15;
	default:
		memcpy(body + n, more, sizeof(more) - 1);
		body[n + 13] = hs_draw(s);
		body[n + 14] = hs_draw(s);
		return n + sizeof(more) - 1;
	}
}

static void add_command(struct hs_session *s, const char *name, const void *data, size_t len)
{
	uint8_t body[600];
	size_t n = strlen(name);

	body[0] = n;
	memcpy(body + 1, name, n);
	memcpy(body + 1 + n, data, len);
	add_frame(s, HS_NULL, WIRE_COMMAND, body, 1 + n + len);
}

/* Random where it should be sealed, and of the right size: RFC 26. */
static void add_sealed(struct hs_session *s, const char *name, const char *start, size_t start_len,
		       size_t size)
{
	uint8_t data[600];
	size_t i;

	size -= 1 + strlen(name);
	for (i = 0; i < size; i++)
		data[i] = hs_draw(s);
	memcpy(data, start, start_len);
	add_command(s, name, data, size);
}

static void add_handshake(struct hs_session *s, enum hs_speech speech, int type)
{
	/* wire_ready() writes name and metadata. */
	uint8_t body[256];
	size_t n = metadata(s, body, type);
	static const uint8_t hello[] = "\4user\4pass";

	switch (speech) {
	case HS_PLAIN_CLIENT:
		add_command(s, "HELLO", hello, sizeof(hello) - 1);
		add_gate(s, WIRE_GREETING);
		add_command(s, "INITIATE", body + 6, n - 6);
		add_gate(s, WIRE_GREETING + 10);
		break;
	case HS_PLAIN_SERVER:
		add_gate(s, WIRE_GREETING);
		add_command(s, "WELCOME", "", 0);
		add_gate(s, WIRE_GREETING + 18);
		add_command(s, "READY", body + 6, n - 6);
		break;
	case HS_CURVE_CLIENT:
		add_sealed(s, "HELLO", "\1\0", 2, 200);
		add_gate(s, WIRE_GREETING);
		add_sealed(s, "INITIATE", "", 0, 257 + hs_below(s, 100));
		add_sealed(s, "MESSAGE", "", 0, 33 + hs_below(s, 100));
		break;
	case HS_CURVE_SERVER:
		add_gate(s, WIRE_GREETING);
		add_sealed(s, "WELCOME", "", 0, 168);
		add_sealed(s, "READY", "", 0, 30 + hs_below(s, 100));
		add_sealed(s, "MESSAGE", "", 0, 33 + hs_below(s, 100));
		break;
	default:
		add_frame(s, speech, WIRE_COMMAND, body, n);
		add_gate(s, WIRE_GREETING + 2);
	}
}

/* Greetings of old: a signature, the version, the type, an identity's frame. */
static void add_old_greeting(struct hs_session *s, enum hs_speech speech)
{
	static const uint8_t v2[] = { 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 1, 5, 0, 0 };
	static const uint8_t v1[] = { 1, 0 };

	if (speech == HS_V2)
		add_part(s, v2, sizeof(v2));
	else
		add_part(s, v1, sizeof(v1));
	add_gate(s, 10);
}

static void add_subscription(struct hs_session *s, enum hs_speech speech)
{
	bool add = hs_below(s, 3);
	uint8_t topic[16];
	size_t len = hs_below(s, 6), i;

	for (i = 0; i <= len; i++)
		topic[i] = 'a' + hs_below(s, 3);
	if (speech == HS_NULL || speech == HS_PLAIN_CLIENT || speech == HS_PLAIN_SERVER) {
		add_command(s, add ? "SUBSCRIBE" : "CANCEL", topic, len);
		return;
	}
	topic[0] = add;
	add_frame(s, speech, 0, topic, 1 + len);
}

static void add_traffic(struct hs_session *s, enum hs_speech speech, int type)
{
	static const uint8_t data[600] = "a message";
	size_t len = hs_below(s, 8) ? hs_below(s, 60) : hs_below(s, sizeof(data) - 90);

	if (speech == HS_V1 && len > 250)
		len = 250;
	if (speech < HS_V2 && !hs_below(s, 6)) {
		add_command(s, "PING", "\0\12ctx", hs_below(s, 6));
		return;
	}
	if ((type == ZMQ_PUB || type == ZMQ_XPUB) && hs_below(s, 4)) {
		add_subscription(s, speech);
		return;
	}
	if (type == ZMQ_REP || type == ZMQ_REQ)
		add_frame(s, speech, WIRE_MORE, "", 0);
	if (!hs_below(s, 3))
		add_frame(s, speech, WIRE_MORE, data, len);
	add_frame(s, speech, 0, data, len);
}

static void build(struct hs_session *s, enum hs_speech speech, int type)
{
	unsigned int i, messages = hs_below(s, 3) ? hs_below(s, MESSAGES) : 0;

	if (speech == HS_V1 || speech == HS_V2) {
		add_old_greeting(s, speech);
	} else if (speech != HS_RAW) {
		add_greeting(s, speech);
		add_handshake(s, speech, type);
	}
	if (speech == HS_CURVE_CLIENT || speech == HS_CURVE_SERVER)
		return;
	for (i = 0; i < messages; i++)
		add_traffic(s, speech, type);
}

/* --- and in bad hands ---------------------------------------------------------- */

/* Replaces @old bytes at @at by @new bytes; gates and parts behind move along. */
static bool splice(struct hs_session *s, size_t at, size_t old, const void *p, size_t new)
{
	unsigned int i;

	if (s->len - old + new > HS_BYTES)
		return false;
	memmove(s->bytes + at + new, s->bytes + at + old, s->len - at - old);
	if (new)
		memmove(s->bytes + at, p, new);
	s->len += new - old;
	for (i = 0; i <= s->parts; i++)
		if (s->part[i] > at)
			s->part[i] = s->part[i] < at + old ? at : s->part[i] + new - old;
	for (i = 0; i < s->gates; i++)
		if (s->gate[i].at > at)
			s->gate[i].at = s->gate[i].at < at + old ? at : s->gate[i].at + new - old;
	return true;
}

static bool spoil_byte(struct hs_session *s, size_t at, size_t len)
{
	static const uint8_t odd[] = { 0, 1, 2, 4, 5, 6, 0x7f, 0x80, 0xfe, 0xff };

	at += hs_below(s, len);
	switch (hs_below(s, 3)) {
	case 0:
		s->bytes[at] ^= 1 << hs_below(s, 8);
		break;
	case 1:
		s->bytes[at] = odd[hs_below(s, sizeof(odd))];
		break;
	default:
		s->bytes[at] = hs_draw(s);
	}
	return true;
}

static bool insert_bytes(struct hs_session *s, size_t at, size_t len)
{
	uint8_t noise[32];
	size_t n = 1 + hs_below(s, sizeof(noise)), i;

	for (i = 0; i < n; i++)
		noise[i] = hs_below(s, 4) ? hs_draw(s) : 0;
	return splice(s, at + hs_below(s, len + 1), 0, noise, n);
}

static bool remove_bytes(struct hs_session *s, size_t at, size_t len)
{
	size_t from = hs_below(s, len), n = 1 + hs_below(s, len - from);

	return splice(s, at + from, n, NULL, 0);
}

static bool repeat_part(struct hs_session *s, size_t at, size_t len)
{
	uint8_t copy[1024];

	if (len > sizeof(copy))
		return false;
	memcpy(copy, s->bytes + at, len);
	return splice(s, at, 0, copy, len);
}

/* To the place of another one. */
static bool move_part(struct hs_session *s, size_t at, size_t len)
{
	uint8_t copy[1024];

	if (len > sizeof(copy))
		return false;
	memcpy(copy, s->bytes + at, len);
	splice(s, at, len, NULL, 0);
	return splice(s, s->part[hs_below(s, s->parts)], 0, copy, len);
}

static bool huge_length(struct hs_session *s, size_t at, size_t len)
{
	static const uint64_t odd[] = { 0, 1, 255, 256, 1 << 16, 1ULL << 20, 1ULL << 31, 1ULL << 32,
					1ULL << 40, 1ULL << 62, INT64_MAX, 1ULL << 63, UINT64_MAX };
	uint64_t size = htobe64(odd[hs_below(s, ZT_ARRAY(odd))]);
	uint8_t head[9] = { s->bytes[at] | WIRE_LONG };

	memcpy(head + 1, &size, sizeof(size));
	return splice(s, at, len < 2 ? len : 2, head, sizeof(head));
}

static bool cut_off(struct hs_session *s, size_t at, size_t len)
{
	size_t keep = at + hs_below(s, len);

	return splice(s, keep, s->len - keep, NULL, 0);
}

static bool set_flags(struct hs_session *s, size_t at, size_t len)
{
	(void)len;
	s->bytes[at] = hs_below(s, 2) ? hs_below(s, 8) : hs_draw(s);
	return true;
}

/* Any of them to any part; what ends or confuses all that follows comes rarely. */
static void spoil_part(struct hs_session *s, unsigned int part)
{
	static bool (*const often[])(struct hs_session *s, size_t at, size_t len) = {
		repeat_part, repeat_part, move_part, set_flags, spoil_byte,
	};
	static bool (*const rarely[])(struct hs_session *s, size_t at, size_t len) = {
		spoil_byte, insert_bytes, remove_bytes, huge_length, cut_off,
	};
	size_t at = s->part[part], len = s->part[part + 1] - at;

	if (!len)
		return;
	if (hs_below(s, 4)) {
		/* The body only: the frame stays one. */
		if (len > 2 && hs_below(s, 3))
			s->cases += spoil_byte(s, at + 2, len - 2);
		else
			s->cases += often[hs_below(s, ZT_ARRAY(often))](s, at, len);
		return;
	}
	s->cases += rarely[hs_below(s, ZT_ARRAY(rarely))](s, at, len);
}

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

void hs_make(struct hs_session *s, uint64_t seed, enum hs_speech speech, int type)
{
	unsigned int i, first, spare;

	memset(s, 0, offsetof(struct hs_session, bytes));
	memset(&s->len, 0, sizeof(*s) - offsetof(struct hs_session, len));
	s->x = seed * 0x9e3779b97f4a7c15ULL | 1;
	for (i = 0; i < 4; i++)
		hs_draw(s);
	build(s, speech, type);
	choose_timing(s);
	if (!s->parts)
		return;
	/* A handshake that stays whole leads to the traffic behind it. */
	spare = s->parts > 8 && hs_below(s, 4) ? 4 : 0;
	first = s->parts - spare;
	for (i = 0; i < 1 + first / 2; i++)
		spoil_part(s, spare + hs_below(s, first));
	/* Once in a while, what follows does not wait for anybody. */
	if (!hs_below(s, 8)) {
		s->gates = 0;
		s->cases++;
	}
}
