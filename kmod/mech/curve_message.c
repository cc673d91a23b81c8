// SPDX-License-Identifier: GPL-2.0-only
/*
 * MESSAGE of CURVE: a frame in a box (RFC 26; wire page, 5.3). libzmq sends it as an
 * ordinary frame, not as a command, and so do we.
 */
#include <linux/sched.h>
#include <linux/string.h>

#include "mech/curve.h"
#include "queue/frame.h"
#include "zmtp/frame.h"
#include "zmtp/wire.h"

/* Offsets from the start of the body; flags and text are what is in the box. */
#define ZMQ_CURVE_OFF_NONCE	(1 + sizeof(ZMQ_CMD_MESSAGE) - 1)
#define ZMQ_CURVE_OFF_TAG	(ZMQ_CURVE_OFF_NONCE + ZMQ_CURVE_SHORT_NONCE)
#define ZMQ_CURVE_OFF_FLAGS	(ZMQ_CURVE_OFF_TAG + ZMQ_BOX_TAG)
#define ZMQ_CURVE_OFF_TEXT	(ZMQ_CURVE_OFF_FLAGS + 1)

static const u8 zmq_curve_message[] = "\7" ZMQ_CMD_MESSAGE;

/**
 * zmq_curve_derive() - the handshake is over: what all MESSAGEs have in common
 * @c: our side
 *
 * Nonces begin with the direction, so that the same number is another one; and the
 * part of the work that depends on that alone is done here.
 */
void zmq_curve_derive(struct zmq_curve *c)
{
	static const u8 by_client[] = "CurveZMQMESSAGEC";
	static const u8 by_server[] = "CurveZMQMESSAGES";

	zmq_hsalsa20(c->ours, c->key, c->server ? by_server : by_client);
	zmq_hsalsa20(c->theirs, c->key, c->server ? by_client : by_server);
	memzero_explicit(c->key, sizeof(c->key));
}
EXPORT_SYMBOL_KUNIT(zmq_curve_derive);

/* The text of @f behind the head of @image, which has the memory for it. */
static void zmq_curve_fill(struct zmq_box *b, struct zmq_frame *image, u32 at,
			   const struct zmq_frame *f)
{
	const struct zmq_seg *from;
	struct zmq_seg *to = &image->seg;
	u32 done, n;

	for (from = &f->seg; from; from = from->next) {
		for (done = 0; done < from->used; done += n) {
			if (at == to->used) {
				to = to->next;
				at = 0;
			}
			n = min(from->used - done, to->used - at);
			zmq_box_encrypt(b, to->data + at, from->data + done, n);
			at += n;
			cond_resched();
		}
	}
}

/**
 * zmq_curve_seal() - seal a frame for the wire
 * @m: the handshake, complete
 * @f: the frame; no longer than a system call can move, so its image's length
 *	fits into 32 bits
 * @flags: ZMQ_SEAL_*
 *
 * Context: process context; under zmq_conn.tx_lock. May sleep.
 * Return: the frame's wire image, or NULL for lack of memory.
 */
struct zmq_frame *zmq_curve_seal(struct zmq_mech *m, const struct zmq_frame *f,
				 u8 flags)
{
	u8 head[ZMQ_FRAME_HDR_MAX], *p;
	struct zmq_curve *c = m->priv;
	struct zmq_frame *image;
	struct zmq_box b;
	unsigned int hdr;

	hdr = zmq_frame_hdr_put(head, 0, ZMQ_CURVE_OFF_TEXT + f->len);
	image = zmq_frame_image(f->mem, hdr + ZMQ_CURVE_OFF_TEXT + f->len);
	if (!image)
		return NULL;
	/* All of the head is in the first segment. */
	p = image->seg.data;
	memcpy(p, head, hdr);
	p += hdr;
	memcpy(p, zmq_curve_message, ZMQ_CURVE_OFF_NONCE);
	zmq_curve_next(c, p + ZMQ_CURVE_OFF_NONCE);

	zmq_box_begin_derived(&b, c->ours, p + ZMQ_CURVE_OFF_NONCE);
	zmq_box_encrypt(&b, p + ZMQ_CURVE_OFF_FLAGS, &flags, sizeof(flags));
	zmq_curve_fill(&b, image, hdr + ZMQ_CURVE_OFF_TEXT, f);
	zmq_box_finish(&b, p + ZMQ_CURVE_OFF_TAG);
	return image;
}

/* In libzmq's order. */
static enum zmq_reason zmq_curve_check_head(const struct zmq_curve *c,
					    const struct zmq_frame *f)
{
	const u8 *p = f->seg.data;

	if (f->len <= 1 || f->len <= p[0])
		return ZMQ_R_MALFORMED_COMMAND;
	if (f->len < ZMQ_CURVE_OFF_NONCE ||
	    memcmp(p, zmq_curve_message, ZMQ_CURVE_OFF_NONCE))
		return ZMQ_R_UNEXPECTED_COMMAND;
	if (f->len < ZMQ_CURVE_OFF_TEXT)
		return ZMQ_R_MALFORMED_MESSAGE;
	if (!zmq_curve_is_new(c, p + ZMQ_CURVE_OFF_NONCE))
		return ZMQ_R_INVALID_SEQUENCE;
	return ZMQ_R_NONE;
}

/*
 * All of the text moves up by the length of the head: the start of a segment to the
 * end of the one before it.
 */
static void zmq_curve_drain(struct zmq_box *b, struct zmq_frame *f)
{
	struct zmq_seg *seg = &f->seg, *prev;
	u32 n;

	seg->used -= ZMQ_CURVE_OFF_TEXT;
	zmq_box_decrypt(b, seg->data, seg->data + ZMQ_CURVE_OFF_TEXT, seg->used);
	for (prev = seg; (seg = prev->next); prev = seg) {
		n = min_t(u32, seg->used, ZMQ_CURVE_OFF_TEXT);
		zmq_box_decrypt(b, prev->data + prev->used, seg->data, n);
		prev->used += n;
		seg->used -= n;
		zmq_box_decrypt(b, seg->data, seg->data + n, seg->used);
		cond_resched();
	}
	f->len -= ZMQ_CURVE_OFF_TEXT;
	f->got -= ZMQ_CURVE_OFF_TEXT;
}

/**
 * zmq_curve_open() - open a sealed frame
 * @m: the handshake, complete
 * @f: the frame as it came, complete, with all its bytes its own; if it does not
 *	open it is of no use any more
 *
 * Other flags inside than MORE and COMMAND mean nothing (wire page, 5.3).
 *
 * Context: process context; under zmq_session.run. May sleep.
 * Return: ZMQ_R_NONE, or why the connection has to end.
 */
enum zmq_reason zmq_curve_open(struct zmq_mech *m, struct zmq_frame *f)
{
	u8 *p = f->seg.data, tag[ZMQ_BOX_TAG], flags;
	struct zmq_curve *c = m->priv;
	enum zmq_reason why = zmq_curve_check_head(c, f);
	struct zmq_box b;
	u64 number;

	if (why != ZMQ_R_NONE)
		return why;
	/* What moves up overwrites them. */
	number = get_unaligned_be64(p + ZMQ_CURVE_OFF_NONCE);
	memcpy(tag, p + ZMQ_CURVE_OFF_TAG, sizeof(tag));

	zmq_box_begin_derived(&b, c->theirs, p + ZMQ_CURVE_OFF_NONCE);
	zmq_box_decrypt(&b, &flags, p + ZMQ_CURVE_OFF_FLAGS, sizeof(flags));
	zmq_curve_drain(&b, f);
	if (!zmq_box_check(&b, tag))
		return ZMQ_R_CRYPTOGRAPHIC;
	c->got = number;
	f->seg.flags = (flags & ZMQ_SEAL_MORE ? ZMQ_FRAME_MORE : 0) |
		       (flags & ZMQ_SEAL_COMMAND ? ZMQ_FRAME_COMMAND : 0);
	return ZMQ_R_NONE;
}
