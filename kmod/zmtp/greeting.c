// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include "common.h"
#include "compat/compat.h"
#include "zmtp/greeting.h"

/**
 * zmq_greeting_init() - start a greeting
 * @g: the greeting
 * @mechanism: name of our mechanism, at most 20 bytes
 * @type: number of our socket type
 * @routing_id_len: bytes of our routing id, 0 if there is none
 *
 * A ZMTP 1.0 peer reads the padding as the size of our identity's frame, of
 * which the tenth byte (7F) is the flags: hence the size of the id plus one.
 *
 * As-server stays 0 for a server too: libzmq never sets it, nobody looks.
 */
void zmq_greeting_init(struct zmq_greeting *g, const char *mechanism, u8 type,
		       size_t routing_id_len)
{
	memset(g, 0, sizeof(*g));
	g->type = type;
	g->out[0] = ZMQ_SIGNATURE_FIRST;
	put_unaligned_be64((u64)routing_id_len + 1,
			   g->out + ZMQ_GREETING_OFF_PADDING);
	g->out[ZMQ_GREETING_OFF_SIGNATURE_END] = ZMQ_SIGNATURE_LAST;
	g->out[ZMQ_GREETING_OFF_MAJOR] = ZMQ_VERSION_MAJOR;
	g->out[ZMQ_GREETING_OFF_MINOR] = ZMQ_VERSION_MINOR;
	memcpy(g->out + ZMQ_GREETING_OFF_MECHANISM, mechanism,
	       strnlen(mechanism, ZMQ_GREETING_MECHANISM_LEN));
}
EXPORT_SYMBOL_KUNIT(zmq_greeting_init);

static bool zmq_greeting_signed(const struct zmq_greeting *g)
{
	return g->have >= ZMQ_GREETING_SIGNATURE_LEN &&
	       g->in[0] == ZMQ_SIGNATURE_FIRST &&
	       (g->in[ZMQ_GREETING_OFF_SIGNATURE_END] &
		ZMQ_SIGNATURE_VERSIONED);
}

/* Does a peer that is versioned say that it has no more than ZMTP 2.0? */
static bool zmq_greeting_is_old(const struct zmq_greeting *g)
{
	u8 major = g->in[ZMQ_GREETING_OFF_MAJOR];

	return g->have > ZMQ_GREETING_OFF_MAJOR &&
	       (major == ZMQ_VERSION_MAJOR_REV0 ||
		major == ZMQ_VERSION_MAJOR_V2);
}

/*
 * What the peer's last byte tells about its version. Only the bytes that
 * libzmq looks at count: a stricter check would lock peers out.
 */
static enum zmq_peer_version zmq_greeting_judge(const struct zmq_greeting *g)
{
	switch (g->have) {
	case 1:
		if (g->in[0] != ZMQ_SIGNATURE_FIRST)
			return ZMQ_PEER_V1;
		break;
	case ZMQ_GREETING_SIGNATURE_LEN:
		if (!zmq_greeting_signed(g))
			return ZMQ_PEER_V1;
		break;
	case ZMQ_GREETING_OLD_LEN:
		/* The type is not checked: wire page, 1.2. */
		if (zmq_greeting_is_old(g))
			return g->in[ZMQ_GREETING_OFF_MAJOR] ==
			       ZMQ_VERSION_MAJOR_V2 ? ZMQ_PEER_V2 :
						      ZMQ_PEER_V1_REV0;
		break;
	case ZMQ_GREETING_LEN:
		if (g->in[ZMQ_GREETING_OFF_MAJOR] == ZMQ_VERSION_MAJOR &&
		    g->in[ZMQ_GREETING_OFF_MINOR] == 0)
			return ZMQ_PEER_V30;
		/* RFC 37 asks a newer peer to come down to our version. */
		return ZMQ_PEER_V31;
	}
	return ZMQ_PEER_UNKNOWN;
}

static bool zmq_greeting_mechanism_is_ours(const struct zmq_greeting *g)
{
	return !memcmp(g->in + ZMQ_GREETING_OFF_MECHANISM,
		       g->out + ZMQ_GREETING_OFF_MECHANISM,
		       ZMQ_GREETING_MECHANISM_LEN);
}

/**
 * zmq_greeting_feed() - take received bytes
 * @g: the greeting
 * @p: the bytes
 * @n: how many there are
 *
 * Takes no byte behind the greeting: those belong to the first frame. Of a
 * peer without signature it takes 1 or 10 bytes, which are in @g->in: they are
 * the beginning of its first frame.
 *
 * Return: bytes taken, 0 to 64; -EPROTO when the peer's mechanism is not ours,
 * and again at each further call.
 */
int zmq_greeting_feed(struct zmq_greeting *g, const u8 *p, size_t n)
{
	size_t taken = 0;

	while (!zmq_greeting_done(g) && g->have < ZMQ_GREETING_LEN &&
	       taken < n) {
		g->in[g->have++] = p[taken++];
		if (g->have < ZMQ_GREETING_LEN ||
		    zmq_greeting_mechanism_is_ours(g))
			g->version = zmq_greeting_judge(g);
	}
	if (g->have == ZMQ_GREETING_LEN && !zmq_greeting_done(g))
		return -EPROTO;
	return taken;
}
EXPORT_SYMBOL_KUNIT(zmq_greeting_feed);

/*
 * How much of our greeting the peer may see by now. Each stage waits for the
 * proof that the peer is new enough to understand it: an older peer would
 * take the rest for the frames of its own protocol.
 */
static u8 zmq_greeting_limit(const struct zmq_greeting *g)
{
	if (!zmq_greeting_signed(g))
		return ZMQ_GREETING_SIGNATURE_LEN;
	if (g->have <= ZMQ_GREETING_OFF_MAJOR)
		return ZMQ_GREETING_OFF_MAJOR + 1;
	if (zmq_greeting_is_old(g))
		return ZMQ_GREETING_OLD_LEN;
	return ZMQ_GREETING_LEN;
}

/**
 * zmq_greeting_output() - bytes of our greeting that may go out now
 * @g: the greeting
 * @buf: where to put them
 *
 * To be called once at the start and again after each zmq_greeting_feed(),
 * also after a failed one: libzmq's peers report a mechanism mismatch only
 * when they see our mechanism.
 *
 * Return: bytes in @buf, which count as sent from now on; 0 if there are none.
 */
size_t zmq_greeting_output(struct zmq_greeting *g, u8 buf[ZMQ_GREETING_LEN])
{
	u8 limit = zmq_greeting_limit(g);
	size_t n = limit - g->sent;

	/* There an older peer has its type, a newer one its minor version. */
	if (zmq_greeting_is_old(g))
		g->out[ZMQ_GREETING_OFF_TYPE] = g->type;
	memcpy(buf, g->out + g->sent, n);
	g->sent = limit;
	return n;
}
EXPORT_SYMBOL_KUNIT(zmq_greeting_output);
