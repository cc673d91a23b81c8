// SPDX-License-Identifier: GPL-2.0-only
/* What hostile's peers understand of the other side: which commands have come. */
#include <endian.h>
#include <string.h>

#include "hostile_session.h"
#include "wire.h"

void hs_ear_open(struct hs_ear *ear, enum hs_speech speech)
{
	memset(ear, 0, sizeof(*ear));
	ear->frames = speech < HS_V2;
}

/* A frame is complete. */
static void understand(struct hs_ear *ear)
{
	static const struct {
		const char *name;
		enum hs_heard heard;
	} words[] = {
		{ "\5HELLO", HS_HEARD_HELLO }, { "\7WELCOME", HS_HEARD_WELCOME },
		{ "\10INITIATE", HS_HEARD_INITIATE }, { "\5READY", HS_HEARD_READY },
		{ "\5ERROR", HS_HEARD_ERROR }, { "\x5eRROR", HS_HEARD_ERROR },
	};
	size_t i;

	for (i = 0; i < ZT_ARRAY(words); i++) {
		size_t len = strlen(words[i].name);

		if (ear->got >= len && !memcmp(ear->body, words[i].name, len)) {
			ear->heard |= words[i].heard;
			return;
		}
	}
	ear->heard |= HS_HEARD_TRAFFIC;
}

static size_t hear_head(struct hs_ear *ear, uint8_t byte)
{
	uint64_t len;

	ear->head[ear->have++] = byte;
	if (ear->have < (ear->head[0] & WIRE_LONG ? sizeof(ear->head) : 2))
		return 1;
	memcpy(&len, ear->head + 1, sizeof(len));
	ear->left = ear->head[0] & WIRE_LONG ? be64toh(len) : ear->head[1];
	ear->have = 0;
	ear->got = 0;
	if (!ear->left)
		understand(ear);
	return 1;
}

static size_t hear_body(struct hs_ear *ear, const uint8_t *p, size_t n)
{
	size_t room = sizeof(ear->body) - ear->got;

	if (n > ear->left)
		n = ear->left;
	memcpy(ear->body + ear->got, p, n < room ? n : room);
	ear->got += n < room ? n : room;
	ear->left -= n;
	if (!ear->left)
		understand(ear);
	return n;
}

void hs_listen(struct hs_ear *ear, const uint8_t *p, size_t n)
{
	size_t greeting = ear->bytes < WIRE_GREETING ? WIRE_GREETING - ear->bytes : 0, took;

	ear->bytes += n;
	if (ear->bytes > 10)
		ear->heard |= HS_HEARD_VERSION;
	if (!ear->frames || ear->bytes < WIRE_GREETING)
		return;
	ear->heard |= HS_HEARD_GREETING;
	p += greeting;
	n -= greeting;
	for (; n; p += took, n -= took)
		took = ear->left ? hear_body(ear, p, n) : hear_head(ear, *p);
}
