// SPDX-License-Identifier: GPL-2.0-only
/* What becomes of a session in bad hands: changes of bytes and of frames. */
#include <endian.h>
#include <string.h>

#include "hostile_parts.h"
#include "wire.h"

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
	/* Also what was put behind the last byte belongs to the last part. */
	s->part[s->parts] = s->len;
	return true;
}

static void spoil(struct hs_session *s, uint8_t *byte)
{
	static const uint8_t odd[] = { 0, 1, 2, 4, 5, 6, 0x7f, 0x80, 0xfe, 0xff };

	switch (hs_below(s, 3)) {
	case 0:
		*byte ^= 1 << hs_below(s, 8);
		break;
	case 1:
		*byte = odd[hs_below(s, sizeof(odd))];
		break;
	default:
		*byte = hs_draw(s);
	}
}

static bool spoil_byte(struct hs_session *s, size_t at, size_t len)
{
	spoil(s, s->bytes + at + hs_below(s, len));
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

/* To the place of another one that has not been sent. */
static bool move_part(struct hs_session *s, size_t at, size_t len)
{
	uint8_t copy[1024];

	if (len > sizeof(copy))
		return false;
	memcpy(copy, s->bytes + at, len);
	splice(s, at, len, NULL, 0);
	return splice(s, s->part[s->first + hs_below(s, s->parts - s->first)], 0,
		      copy, len);
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

/* What ends or confuses all that follows comes rarely. */
void hs_spoil_part(struct hs_session *s, unsigned int part)
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

void hs_spoil_text(struct hs_session *s, size_t skip)
{
	static bool (*const ways[])(struct hs_session *s, size_t at, size_t len) = {
		spoil_byte, spoil_byte, spoil_byte, insert_bytes, remove_bytes, repeat_part,
		cut_off,
	};
	size_t at = s->part[s->parts - 1] + skip, len = s->len - at;

	if (len)
		s->cases += ways[hs_below(s, ZT_ARRAY(ways))](s, at, len);
}

void hs_spoil_bytes(struct hs_session *s, uint8_t *p, size_t len)
{
	spoil(s, p + hs_below(s, len));
	s->cases++;
}
