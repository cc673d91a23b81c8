// SPDX-License-Identifier: GPL-2.0-only
/*
 * Traffic of mechanisms that seal frames (zmq_mech_ops.seal and .open).
 *
 * Reading: what arrives only wakes the session's work. That takes whole frames from
 * the lower socket, opens them without its lock, so that neither softirq nor who
 * writes has to wait, and hands them on as if they had come so. A work of an
 * unbound queue, so what it takes is its own time, and no other connection's.
 *
 * Writing: messages stay as they are, since this peer's keys are not the next one's,
 * until their last byte went. Right before they are written they get images, a
 * batch at a time, in the order of the mechanism's nonces: under tx_lock.
 */
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "conn/conn.h"
#include "conn/session.h"
#include "queue/pipe.h"
#include "sock.h"

/*
 * Frames read at a time, where a large one counts as one for each KiB: who waits
 * for the first gets it before the last is opened.
 */
#define ZMQ_SEALED_FRAMES	128
#define ZMQ_SEALED_WEIGHT	SZ_1K

/* How often before the work looks at the rest of its session. */
#define ZMQ_SEALED_ROUNDS	16

/* Bytes of images made at a time. */
#define ZMQ_SEALED_BATCH	SZ_64K

/**
 * zmq_sealed_admit() - how many sealed frames may be read now?
 * @c: a connection in phase TRAFFIC, its lower socket's lock held
 *
 * Each of them may turn out to be a message, and none of what was opened has to
 * wait for room. One that continues a message does not ask for room.
 *
 * Return: the number, for zmq_rx.credit.
 */
u64 zmq_sealed_admit(const struct zmq_conn *c)
{
	u64 begun = c->rx.msg || c->rx.delimited;

	return clamp_t(u64, zmq_queue_credit(&c->pipe->in), begun,
		       ZMQ_SEALED_FRAMES);
}

/**
 * zmq_sealed_keep() - a sealed frame is complete
 * @rx: of the connection, its lower socket's lock held
 * @f: the frame; owned by @rx from now on
 */
void zmq_sealed_keep(struct zmq_rx *rx, struct zmq_frame *f)
{
	rx->bytes -= f->len;
	rx->credit -= min_t(u64, rx->credit, 1 + f->len / ZMQ_SEALED_WEIGHT);
	*rx->sealed_tail = f;
	rx->sealed_tail = &f->next;
}

/*
 * Open what was read. The first that does not open ends the connection, once what
 * came before it was handed on; with what follows it is freed.
 *
 * Nobody vouches for the flags outside. libzmq adds them to those inside, so who is
 * on the way could join two messages; here MORE has no meaning there, and a frame
 * that says it is a command is thrown away, as by libzmq (wire page, 5.3).
 */
static enum zmq_reason zmq_sealed_open(struct zmq_conn *c)
{
	struct zmq_frame **link = &c->rx.sealed, *f;
	enum zmq_reason why;

	while ((f = *link)) {
		bool command = f->seg.flags & ZMQ_FRAME_COMMAND;

		why = c->mech.ops->open(&c->mech, f);
		if (why != ZMQ_R_NONE) {
			*link = NULL;
			zmq_chain_free_slowly(f);
			return why;
		}
		if (command) {
			*link = f->next;
			zmq_frame_free(f);
			zmq_sock_drop_one(c->zs, ZMQ_R_DROP_SEALED_COMMAND);
		} else {
			link = &f->next;
		}
		cond_resched();
	}
	return ZMQ_R_NONE;
}

/* Hand on what was opened; then the connection fails if there is a reason. */
static void zmq_sealed_hand_on(struct zmq_conn *c, enum zmq_reason why)
{
	struct zmq_rx *rx = &c->rx;
	struct zmq_frame *f, *next = rx->sealed;
	/* Of a frame that is being read: it is no part of these messages. */
	u64 begun = rx->frame ? rx->frame->got : 0;

	rx->sealed = NULL;
	rx->sealed_tail = &rx->sealed;
	rx->credit = zmq_queue_credit(&c->pipe->in);
	rx->bytes -= begun;
	while ((f = next) && c->phase == ZMQ_PHASE_TRAFFIC) {
		next = f->next;
		f->next = NULL;
		zmq_conn_rx_frame(c, f);
	}
	rx->bytes += begun;
	zmq_chain_free(next);
	zmq_conn_rx_deliver(c);
	if (why != ZMQ_R_NONE)
		zmq_conn_fail(c, why);
}

/**
 * zmq_sealed_read() - read what has arrived, as zmq_conn_rx() does
 * @c: a connection whose zmq_conn.sealed is set
 *
 * Until there is no more, or no more room. If there is very much, the work comes
 * again.
 *
 * Context: the session's work.
 */
void zmq_sealed_read(struct zmq_conn *c)
{
	struct sock *sk = c->lower.sock->sk;
	enum zmq_reason why = ZMQ_R_NONE;
	int rounds = ZMQ_SEALED_ROUNDS;

	for (;;) {
		lock_sock(sk);
		zmq_sealed_hand_on(c, why);
		if (rounds)
			zmq_conn_rx(c);
		release_sock(sk);
		if (!c->rx.sealed)
			break;
		why = zmq_sealed_open(c);
		rounds--;
	}
	if (!rounds)
		zmq_session_kick(zmq_conn_session(c));
}

/* An image of the next frame to be sealed was made; @last: it is the whole of it. */
static void zmq_sealed_add(struct zmq_tx *tx, struct zmq_frame *image, bool last)
{
	if (last) {
		tx->seal = tx->seal->next;
		tx->seal_at = 0;
	} else {
		image->seg.flags |= ZMQ_FRAME_MORE;
	}
	*tx->images_tail = image;
	tx->images_tail = &image->next;
}

/*
 * Subscriptions and PINGs are ready images, one or many in a frame: seal the next
 * of these. All of it is in the frame's first segment, and short.
 */
static struct zmq_frame *zmq_sealed_raw(struct zmq_conn *c)
{
	struct zmq_tx *tx = &c->tx;
	const struct zmq_seg *seg = &tx->seal->seg;
	const u8 *p = seg->data + tx->seal_at;
	struct zmq_frame_hdr h = {};
	int hdr = zmq_frame_hdr_get(p, seg->used - tx->seal_at, &h);
	struct zmq_frame *body = zmq_frame_image(tx->seal->mem, h.len);
	struct zmq_frame *image;

	if (!body)
		return NULL;
	memcpy(body->seg.data, p + hdr, h.len);
	image = c->mech.ops->seal(&c->mech, body, h.flags & ZMQ_FRAME_COMMAND ?
				  ZMQ_SEAL_COMMAND : 0);
	zmq_frame_free(body);
	if (!image)
		return NULL;
	tx->seal_at += hdr + h.len;
	zmq_sealed_add(tx, image, tx->seal_at == seg->used);
	return image;
}

/* The empty frame in front of one with ZMQ_FRAME_DELIMITED. */
static struct zmq_frame *zmq_sealed_delimiter(struct zmq_conn *c)
{
	const struct zmq_frame empty = { .mem = c->tx.seal->mem };
	struct zmq_frame *image;

	image = c->mech.ops->seal(&c->mech, &empty, ZMQ_SEAL_MORE);
	if (image) {
		c->tx.seal_at = 1;
		zmq_sealed_add(&c->tx, image, false);
	}
	return image;
}

/* Make the next image; NULL for lack of memory. */
static struct zmq_frame *zmq_sealed_next(struct zmq_conn *c)
{
	struct zmq_frame *f = c->tx.seal, *image;

	if (f->seg.flags & ZMQ_FRAME_RAW)
		return zmq_sealed_raw(c);
	if (f->seg.flags & ZMQ_FRAME_DELIMITED && !c->tx.seal_at)
		return zmq_sealed_delimiter(c);
	image = c->mech.ops->seal(&c->mech, f,
				  zmq_frame_more(f) ? ZMQ_SEAL_MORE : 0);
	if (image)
		zmq_sealed_add(&c->tx, image, true);
	return image;
}

/**
 * zmq_sealed_fill() - seal what is to be written next, unless some of it is
 * @c: a connection whose zmq_conn.sealed is set, its tx_lock held; there is
 *	something to be written
 *
 * Context: may sleep.
 * Return: false if there was no memory for any of it.
 */
bool zmq_sealed_fill(struct zmq_conn *c)
{
	struct zmq_tx *tx = &c->tx;
	size_t bytes = 0;
	int n;

	if (tx->images)
		return true;
	for (n = 0; tx->seal && n < ZMQ_TX_IOVS && bytes < ZMQ_SEALED_BATCH; n++) {
		struct zmq_frame *image = zmq_sealed_next(c);

		if (!image)
			break;
		bytes += image->len;
	}
	return tx->images;
}

/**
 * zmq_sealed_pass() - so many bytes of images went
 * @tx: of the connection, its tx_lock held
 * @sent: the bytes
 *
 * Return: true if a message's last was among them.
 */
bool zmq_sealed_pass(struct zmq_tx *tx, size_t sent)
{
	bool ended = false;

	while (sent) {
		struct zmq_frame *image = tx->images;
		u64 left = image->len - tx->off;

		if (sent < left) {
			tx->off += sent;
			break;
		}
		sent -= left;
		tx->off = 0;
		tx->images = image->next;
		if (!zmq_frame_more(image)) {
			ended |= !zmq_frame_more(tx->cur);
			tx->cur = tx->cur->next;
		}
		zmq_frame_free(image);
	}
	if (!tx->images)
		tx->images_tail = &tx->images;
	return ended;
}

/**
 * zmq_sealed_reset() - forget all images
 * @tx: of the connection, its tx_lock held
 */
void zmq_sealed_reset(struct zmq_tx *tx)
{
	zmq_chain_free(tx->images);
	tx->images = NULL;
	tx->images_tail = &tx->images;
	tx->seal = NULL;
	tx->seal_at = 0;
}
