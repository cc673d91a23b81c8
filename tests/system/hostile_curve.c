// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions of CURVE (wire page, 5.3): all that follows HELLO or WELCOME is made when
 * that has come, since it is sealed with keys that nobody knew before. A change outside
 * of a box is the end of the connection there, so each session has one aim, and all
 * before it is as it should be.
 */
#include <string.h>

#include "hostile_parts.h"
#include "wire.h"

/* X25519 takes long, and much more of it in a debug kernel; many wait for it. */
#define PATIENCE_MS 3000
/* Where it may be that nothing comes. */
#define DOUBT_MS 500
/* Of messages, if these are what is spoilt, and if they are not. */
#define MANY 40
#define FEW 6
/* What of a sealed text is left when it was spoilt. */
#define TEXT_MAX (HS_LONGEST + 2048)

/* A nonce that no good peer has now. */
static uint64_t odd_nonce(struct hs_session *s)
{
	const uint64_t odd[] = {
		0, 1, s->nonce, s->nonce - 1, s->nonce + (1ULL << 32), INT64_MAX, 1ULL << 63,
		UINT64_MAX,
	};

	s->cases++;
	return odd[hs_below(s, ZT_ARRAY(odd))];
}

/* What comes next is what is spoilt, if that is @aim. */
static bool aims_at(struct hs_session *s, enum hs_aim aim)
{
	if (s->aim != aim)
		return false;
	if (!s->target)
		s->target = s->len;
	return true;
}

/* The last part, once or more often. */
static void spoil_last(struct hs_session *s)
{
	unsigned int i, n = 1 + hs_below(s, 3);

	for (i = 0; i < n; i++)
		hs_spoil_part(s, s->parts - 1);
}

/* --- up to the other side's word ---------------------------------------------- */

static enum hs_aim choose_aim(struct hs_session *s)
{
	static const enum hs_aim client[] = {
		HS_KEYLESS, HS_GREETING, HS_HELLO, HS_HELLO, HS_INITIATE, HS_INITIATE, HS_VOUCH,
		HS_VOUCH, HS_METADATA, HS_METADATA, HS_OUTSIDE, HS_OUTSIDE, HS_OUTSIDE, HS_INSIDE,
		HS_INSIDE, HS_INSIDE,
	};
	static const enum hs_aim server[] = {
		HS_KEYLESS, HS_GREETING, HS_WELCOME, HS_WELCOME, HS_WELCOME, HS_METADATA,
		HS_METADATA, HS_METADATA, HS_READY, HS_READY, HS_OUTSIDE, HS_OUTSIDE, HS_OUTSIDE,
		HS_INSIDE, HS_INSIDE, HS_INSIDE,
	};

	return s->speech == HS_CURVE_SERVER ? server[hs_below(s, ZT_ARRAY(server))] :
					      client[hs_below(s, ZT_ARRAY(client))];
}

/* Random where it should be sealed, and of the right size. */
static void add_random(struct hs_session *s, const char *name, const char *start, size_t start_len,
		       size_t size)
{
	uint8_t data[600];
	size_t i;

	size -= 1 + strlen(name);
	for (i = 0; i < size; i++)
		data[i] = hs_draw(s);
	memcpy(data, start, start_len);
	hs_add_command(s, name, data, size);
}

static void be_keyless(struct hs_session *s)
{
	if (s->speech == HS_CURVE_SERVER) {
		hs_add_gate(s, HS_HEARD_HELLO);
		aims_at(s, HS_KEYLESS);
		add_random(s, "WELCOME", "", 0, CP_WELCOME);
		add_random(s, "READY", "", 0, CP_READY(hs_below(s, 100)));
	} else {
		aims_at(s, HS_KEYLESS);
		add_random(s, "HELLO", "\1\0", 2, CP_HELLO);
		hs_add_gate(s, HS_HEARD_WELCOME);
		add_random(s, "INITIATE", "", 0, CP_INITIATE(CP_INITIATE_TEXT + hs_below(s, 100)));
	}
	add_random(s, "MESSAGE", "", 0, CP_MESSAGE(1 + hs_below(s, 100)));
	s->cases++;
}

static void add_hello(struct hs_session *s)
{
	unsigned int how = aims_at(s, HS_HELLO) ? hs_below(s, 8) : 0;
	uint8_t body[CP_HELLO];

	s->nonce = 1;
	cp_hello(&s->side, body, how == 1 ? odd_nonce(s) : s->nonce);
	if (how == 2) {
		/* Of small order; the box does not open with it either. */
		memset(body + CP_HELLO_OFF_KEY, 0, CP_KEY);
		s->cases++;
	}
	hs_add_frame(s, WIRE_COMMAND, body, sizeof(body));
	if (how > 2)
		spoil_last(s);
}

/* The keys of one connection may serve for many. */
static const struct cp_side *our_side(bool server)
{
	static struct cp_side sides[2];
	static bool made;

	if (!made) {
		cp_client(&sides[0]);
		cp_server(&sides[1]);
		made = true;
	}
	return &sides[server];
}

void hs_curve_begin(struct hs_session *s)
{
	bool server = s->speech == HS_CURVE_SERVER;

	s->side = *our_side(server);
	s->aim = choose_aim(s);
	s->patience = s->aim <= HS_HELLO ? DOUBT_MS : PATIENCE_MS;
	hs_add_greeting(s, "CURVE");
	if (s->aim == HS_KEYLESS) {
		be_keyless(s);
		return;
	}
	if (s->aim == HS_GREETING)
		hs_spoil_part(s, hs_below(s, s->parts));
	if (!server)
		add_hello(s);
	s->open = true;
}

/* --- the rest of the handshake ------------------------------------------------- */

/* C and the vouch for it: what is in it, what is outside of it, or both are spoilt. */
static void make_head(struct hs_session *s, uint8_t *head)
{
	unsigned int how = aims_at(s, HS_VOUCH) ? 1 + hs_below(s, 3) : 0;
	uint8_t vouch[CP_VOUCH_TEXT];

	memcpy(head, s->side.pk, CP_KEY);
	cp_vouch_text(&s->side, vouch);
	if (how & 1)
		hs_spoil_bytes(s, vouch, sizeof(vouch));
	cp_vouch(&s->side, head + CP_KEY, vouch);
	if (how & 2)
		hs_spoil_bytes(s, head, CP_INITIATE_TEXT);
}

/*
 * A text that will be sealed, metadata at its end: a part as long as it may be spoilt.
 * Returns its bytes, at most @max.
 */
static size_t lay_out(struct hs_session *s, const uint8_t *head, size_t head_len,
		      const uint8_t **text, size_t max)
{
	bool spoils = aims_at(s, HS_METADATA);
	uint8_t meta[HS_METADATA_MAX];
	size_t n = hs_metadata(s, meta);
	unsigned int i;

	hs_add_part(s, head, head_len, meta, n);
	for (i = 0; spoils && i < 1 + n / 30; i++)
		hs_spoil_text(s, head_len);
	n = s->len - s->part[s->parts - 1];
	*text = s->bytes + s->part[s->parts - 1];
	return n < max ? n : max;
}

static void add_initiate(struct hs_session *s)
{
	bool spoils = aims_at(s, HS_INITIATE), nonce = spoils && !hs_below(s, 8);
	const size_t max = CP_INITIATE_TEXT + 4 * HS_METADATA_MAX;
	uint8_t head[CP_INITIATE_TEXT], body[CP_INITIATE(max)];
	const uint8_t *text;
	size_t n;

	make_head(s, head);
	n = lay_out(s, head, sizeof(head), &text, max);
	s->nonce = 2;
	n = cp_initiate(&s->side, body, nonce ? odd_nonce(s) : s->nonce, text, n);
	hs_drop_part(s);
	hs_add_frame(s, WIRE_COMMAND, body, n);
	if (spoils && !nonce)
		spoil_last(s);
}

/* What is in the box is S' and the cookie, which only has to come back. */
static void add_welcome(struct hs_session *s)
{
	unsigned int how = aims_at(s, HS_WELCOME) ? hs_below(s, 8) : 0;
	uint8_t text[CP_WELCOME_TEXT], body[CP_WELCOME];

	cp_welcome_text(&s->side, text);
	if (how == 1) {
		memset(text, 0, CP_KEY);
		s->cases++;
	} else if (how == 2 || how == 3) {
		hs_spoil_bytes(s, text, sizeof(text));
	}
	cp_welcome(&s->side, body, text);
	hs_add_frame(s, WIRE_COMMAND, body, sizeof(body));
	if (how > 3)
		spoil_last(s);
}

static void add_ready(struct hs_session *s)
{
	unsigned int how = aims_at(s, HS_READY) ? 1 + hs_below(s, 8) : 0;
	const size_t max = 4 * HS_METADATA_MAX;
	uint8_t body[CP_READY(max)];
	const uint8_t *text;
	size_t n;

	if (how == 1 || how == 2) {
		hs_add_command(s, "ERROR", "\003400", hs_below(s, 5));
		s->cases++;
	}
	n = lay_out(s, body, 0, &text, max);
	s->nonce = 1;
	n = cp_ready(&s->side, body, how == 3 ? odd_nonce(s) : s->nonce, text, n);
	hs_drop_part(s);
	hs_add_frame(s, WIRE_COMMAND, body, n);
	if (how > 3 || how == 1)
		spoil_last(s);
}

/* --- messages ---------------------------------------------------------------------- */

/* Flags there are nobody's word; most of the rest is the end of the connection. */
static void spoil_outside(struct hs_session *s)
{
	static const uint8_t flags[] = { WIRE_MORE, WIRE_COMMAND, WIRE_MORE | WIRE_COMMAND, 8 };
	uint8_t *frame = s->bytes + s->part[s->parts - 1];

	switch (hs_below(s, 8)) {
	case 0:
		hs_add_clear(s, WIRE_COMMAND, "\4PING\0\0", 7);
		s->cases++;
		break;
	case 1:
	case 2:
		hs_spoil_part(s, s->parts - 1);
		break;
	default:
		*frame |= flags[hs_below(s, hs_below(s, 8) ? 3 : 4)];
		s->cases++;
	}
}

/* Flags inside, a command's name and what follows it, or a message. */
static void spoil_inside(struct hs_session *s)
{
	uint8_t *text = s->bytes + s->part[s->parts - 1];
	unsigned int i, n = 1 + hs_below(s, 2);

	for (i = 0; i < n; i++) {
		if (hs_below(s, 3)) {
			hs_spoil_text(s, 1);
		} else {
			*text = hs_below(s, 2) ? hs_below(s, 4) : hs_draw(s);
			s->cases++;
		}
	}
	/* Not even flags. */
	if (!hs_below(s, 50))
		hs_drop_part(s);
}

static uint64_t next_nonce(struct hs_session *s, bool spoils)
{
	if (spoils && !hs_below(s, 32))
		return odd_nonce(s);
	/* Gaps are allowed. */
	s->nonce += spoils && !hs_below(s, 16) ? 1 + hs_draw(s) : 1;
	return s->nonce;
}

void hs_curve_frame(struct hs_session *s, int flags, const void *p, size_t len)
{
	uint8_t inside = (flags & WIRE_MORE ? 1 : 0) | (flags & WIRE_COMMAND ? 2 : 0);
	bool spoils = aims_at(s, HS_OUTSIDE);
	static uint8_t body[CP_MESSAGE(TEXT_MAX)];
	unsigned int parts = s->parts;
	size_t n;

	if (!hs_add_part(s, &inside, 1, p, len))
		return;
	if (aims_at(s, HS_INSIDE) && hs_below(s, 2))
		spoil_inside(s);
	n = s->len - s->part[parts];
	n = cp_message(&s->side, body, next_nonce(s, spoils), s->bytes + s->part[parts],
		       n < TEXT_MAX ? n : TEXT_MAX);
	if (s->parts > parts)
		hs_drop_part(s);
	hs_add_clear(s, 0, body, n);
	if (spoils && s->parts > parts && !hs_below(s, 4))
		spoil_outside(s);
}

bool hs_go_on(struct hs_session *s, const struct hs_ear *ear)
{
	bool many = s->aim == HS_OUTSIDE || s->aim == HS_INSIDE;

	s->first = s->parts;
	if (s->speech == HS_CURVE_SERVER) {
		if (!(ear->heard & HS_HEARD_HELLO) || ear->got != CP_HELLO ||
		    !cp_take_hello(&s->side, ear->body))
			return false;
		add_welcome(s);
		hs_add_gate(s, HS_HEARD_INITIATE);
		add_ready(s);
	} else {
		if (!(ear->heard & HS_HEARD_WELCOME) || ear->got != CP_WELCOME ||
		    !cp_take_welcome(&s->side, ear->body))
			return false;
		add_initiate(s);
		hs_add_gate(s, HS_HEARD_READY);
	}
	s->open = false;
	s->sealed = true;
	s->patience = many ? PATIENCE_MS : DOUBT_MS;
	hs_add_traffic(s, many ? 1 + hs_below(s, MANY) : hs_below(s, FEW));
	hs_lose_gates(s);
	return true;
}
