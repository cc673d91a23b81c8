// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading: bytes of the lower socket become frames, commands and messages.
 *
 * During traffic it runs where the data arrives, in softirq or, with ipc, in the
 * sender, and wakes the receiver with the message in its pipe: no worker is
 * between the two. What can't be done there (the handshake, frames that are
 * sealed, reading on after the pipe was full or memory short) the session's work
 * does.
 *
 * Reading stops while the pipe is full. The bytes stay in the lower socket,
 * its window closes, and the peer has to wait.
 *
 * Peers of STREAM sockets speak no ZMTP: see rx_raw.c.
 */
#include <linux/sched/mm.h>
#include <linux/sizes.h>

#include "conn/conn.h"
#include "conn/old.h"
#include "conn/rx.h"
#include "conn/session.h"
#include "mem.h"
#include "pattern/pattern.h"
#include "sock.h"
#include "trace.h"
#include "zmtp/subscription.h"

/* A frame above this can't be received: a system call moves no more bytes. */
#define ZMQ_RX_FRAME_MAX	MAX_RW_COUNT

/* Commands of the handshake are read into one piece of memory. */
#define ZMQ_RX_COMMAND_MAX	SZ_2K

/*
 * Those of traffic. The longest that we know is a subscription, ZMQ_TOPIC_MAX; one
 * that is longer, or unknown, is ignored, and has to be read to the end for that.
 */
#define ZMQ_RX_CONTROL_MAX	SZ_64K

/**
 * zmq_conn_rx_reset() - forget what was read and not delivered
 * @c: the connection; nobody else reads
 */
void zmq_conn_rx_reset(struct zmq_conn *c)
{
	struct zmq_rx *rx = &c->rx;

	if (rx->frame) {
		/* It may have begun to be a password. */
		rx->frame->seg.flags |= ZMQ_FRAME_SECRET;
		zmq_frame_free(rx->frame);
	}
	zmq_chain_free(rx->msg);
	zmq_chain_free(rx->done);
	zmq_chain_free(rx->sealed);
	memset(rx, 0, sizeof(*rx));
	rx->msg_tail = &rx->msg;
	rx->done_tail = &rx->done;
	rx->sealed_tail = &rx->sealed;
}

/* A frame of a message, or a command, can be read. */
static __always_inline void zmq_rx_traffic(struct zmq_conn *c,
					   struct zmq_frame *f)
{
	struct zmq_rx *rx = &c->rx;

	/* A PING sets it again. */
	if (unlikely(c->ttl_ms))
		WRITE_ONCE(c->ttl_ms, 0);
	if (unlikely(f->seg.flags & ZMQ_FRAME_COMMAND)) {
		rx->bytes -= f->len;
		if (zmq_conn_command(c, f))
			zmq_rx_message(rx, f, &f->next);
		else
			zmq_frame_free(f);
		return;
	}

	*rx->msg_tail = f;
	rx->msg_tail = &f->next;
	if (zmq_frame_more(f)) {
		if (++rx->parts >= ZMQ_PARTS_MAX)
			zmq_conn_fail(c, ZMQ_R_TOO_MANY_PARTS);
		return;
	}

	zmq_rx_message(rx, rx->msg, rx->msg_tail);
	rx->msg = NULL;
	rx->msg_tail = &rx->msg;
	rx->parts = 0;
	rx->bytes = 0;
}

/* A frame of traffic is complete. */
static void zmq_rx_frame(struct zmq_conn *c)
{
	struct zmq_rx *rx = &c->rx;
	struct zmq_frame *f = rx->frame;

	rx->frame = NULL;
	if (unlikely(c->sealed))
		zmq_sealed_keep(rx, f);
	else
		zmq_rx_traffic(c, f);
}

/* Is a frame of this size acceptable? Sealed ones as they are, as in libzmq. */
static enum zmq_reason zmq_rx_check(const struct zmq_conn *c,
				    struct zmq_frame_hdr h)
{
	u64 max = ZMQ_RX_FRAME_MAX;

	if (c->phase == ZMQ_PHASE_HANDSHAKE)
		max = ZMQ_RX_COMMAND_MAX;
	else if (unlikely(h.flags & ZMQ_FRAME_COMMAND))
		max = ZMQ_RX_CONTROL_MAX;
	if (c->maxmsgsize >= 0)
		max = min_t(u64, max, c->maxmsgsize);
	return h.len > max ? ZMQ_R_FRAME_TOO_BIG : ZMQ_R_NONE;
}

/* Has a frame to wait, or is it wrong that there is one? */
static bool zmq_rx_must_stop(struct zmq_conn *c)
{
	if (likely(c->phase == ZMQ_PHASE_TRAFFIC))
		return !c->rx.credit &&
		       (c->sealed || (!c->rx.msg && !c->rx.delimited));

	/* The peer's handshake is complete. It may go on, and be read later,
	 * once it can have seen ours. An older one doesn't wait for ours.
	 */
	if (c->mech.received) {
		if (!c->mech.sent && !c->rx.old && c->mech.ops->in_turn)
			zmq_conn_fail(c, ZMQ_R_UNEXPECTED_COMMAND);
		else if (c->mech.ask == ZMQ_ASK_PENDING || c->mech.refused)
			zmq_conn_fail(c, ZMQ_R_UNSPECIFIED);
		return true;
	}
	return false;
}

/*
 * An empty first frame is a mere mark for types that always have one. @h is that
 * of an empty frame.
 */
static bool zmq_rx_delimiter(struct zmq_conn *c, struct zmq_frame_hdr h)
{
	if (!c->zs->ops->delimited || c->phase != ZMQ_PHASE_TRAFFIC ||
	    h.flags != ZMQ_FRAME_MORE || c->rx.msg || c->rx.delimited)
		return false;
	c->rx.delimited = true;
	return true;
}

/* Decode a header as the peer writes it; see zmq_frame_hdr_get(). */
static int zmq_rx_decode(const struct zmq_rx *rx, struct zmq_frame_hdr *h)
{
	int len;

	if (rx->old && rx->old != ZMQ_PEER_V2)
		return zmq_frame_v1_get(rx->hdr, rx->hdr_have, h);
	len = zmq_frame_hdr_get(rx->hdr, rx->hdr_have, h);
	/* ZMTP 2.0 has no commands: the bit is reserved there. */
	if (len > 0 && rx->old)
		h->flags &= ZMQ_FRAME_MORE;
	return len;
}

/*
 * Does a header look like that of a subscription that lost a flag? Only an
 * empty command does.
 */
static bool zmq_rx_suspect(const struct zmq_conn *c, struct zmq_frame_hdr h)
{
	return unlikely(h.flags & ZMQ_FRAME_COMMAND) && !h.len && !c->sealed &&
	       c->zs->ops->subscribable && c->phase == ZMQ_PHASE_TRAFFIC;
}

/*
 * Read on as long as it looks so. Returns the bytes of the header, which are
 * ZMQ_FRAME_HDR_MAX if it was so to the end; 0 if that remains to be seen. If it
 * is something else, what was read for it stays in hdr[]: the headers of empty
 * messages, and no body.
 */
static int zmq_rx_lost_flag(struct zmq_rx *rx, const u8 *p, size_t n,
			    size_t *took, struct zmq_frame_hdr *h)
{
	while (rx->hdr_have < ZMQ_FRAME_HDR_MAX) {
		if (*took == n)
			return 0;
		rx->hdr[rx->hdr_have] = p[*took];
		if (!zmq_sub_lost_flag(rx->hdr, rx->hdr_have + 1))
			return ZMQ_FRAME_HDR_SHORT;
		rx->hdr_have++;
		(*took)++;
	}
	h->len = get_unaligned_be64(rx->hdr + 1);
	return ZMQ_FRAME_HDR_MAX;
}

/* What zmq_rx_delimiter() has found belongs to this frame. */
static __always_inline void zmq_rx_delimit(struct zmq_rx *rx,
					   struct zmq_frame *f)
{
	if (!rx->delimited || f->seg.flags & ZMQ_FRAME_COMMAND)
		return;
	f->seg.flags |= ZMQ_FRAME_DELIMITED;
	rx->delimited = false;
}

/* A header was decoded; false if its frame can't begin. Runs once a frame. */
static __always_inline bool zmq_rx_begin(struct zmq_conn *c,
					 struct zmq_frame_hdr h)
{
	enum zmq_reason why = zmq_rx_check(c, h);
	struct zmq_rx *rx = &c->rx;

	if (unlikely(why != ZMQ_R_NONE)) {
		zmq_conn_fail(c, why);
		return false;
	}
	if (unlikely(!h.len && !c->sealed && zmq_rx_delimiter(c, h)))
		return true;
	rx->frame = zmq_frame_alloc(c->zs->mem, h.len, GFP_ATOMIC);
	if (unlikely(!rx->frame)) {
		rx->starved = true;
		return false;
	}
	rx->frame->seg.flags = h.flags;
	if (likely(!c->sealed))
		zmq_rx_delimit(rx, rx->frame);
	return true;
}

/*
 * The same as zmq_rx_header() for headers that come in pieces, or are not what
 * they look like, and for old peers: gathered in hdr[], where a header stays
 * until its frame can begin.
 */
static noinline size_t zmq_rx_gather(struct zmq_conn *c, const u8 *p, size_t n)
{
	struct zmq_rx *rx = &c->rx;
	struct zmq_frame_hdr h;
	size_t took = 0;
	int len = zmq_rx_decode(rx, &h);

	while (!len && took < n) {
		rx->hdr[rx->hdr_have++] = p[took++];
		len = zmq_rx_decode(rx, &h);
	}
	if (len == ZMQ_FRAME_HDR_SHORT && zmq_rx_suspect(c, h))
		len = zmq_rx_lost_flag(rx, p, n, &took, &h);
	if (len < 0)
		zmq_conn_fail(c, ZMQ_R_FRAME_MALFORMED);
	if (len <= 0 || !zmq_rx_begin(c, h))
		return took;
	rx->hdr_have -= len;
	memmove(rx->hdr, rx->hdr + len, rx->hdr_have);
	return took;
}

/*
 * Read a header and begin its frame: zmq_rx.frame is set. Returns the bytes
 * taken. A header in one piece, the usual case, is looked at where it lies.
 */
static size_t zmq_rx_header(struct zmq_conn *c, const u8 *p, size_t n)
{
	struct zmq_rx *rx = &c->rx;
	struct zmq_frame_hdr h;
	int len;

	if (zmq_rx_must_stop(c))
		return 0;
	if (unlikely(rx->hdr_have | rx->old))
		return zmq_rx_gather(c, p, n);
	len = zmq_frame_hdr_get(p, n, &h);
	/* What was spliced into a connection its sender can still change: from
	 * here on only what was decoded counts.
	 */
	barrier();
	if (unlikely(len < 0)) {
		zmq_conn_fail(c, ZMQ_R_FRAME_MALFORMED);
		return 0;
	}
	if (unlikely(!len || zmq_rx_suspect(c, h)))
		return zmq_rx_gather(c, p, n);
	return zmq_rx_begin(c, h) ? len : 0;
}

/* Bytes of the frame's body. Returns the bytes taken. */
static size_t zmq_rx_body(struct zmq_conn *c, const u8 *p, size_t n)
{
	ssize_t took = zmq_frame_append(c->rx.frame, p, n, GFP_ATOMIC);

	if (unlikely(took <= 0)) {
		c->rx.starved = true;
		return 0;
	}
	/* One message that is never finished must not starve all others. */
	c->rx.bytes += took;
	if (unlikely(c->rx.bytes > zmq_mem_max() / 2))
		zmq_conn_fail(c, ZMQ_R_NO_MEMORY);
	return took;
}

/*
 * Take what can be taken of some bytes. Fewer than offered means stop: the
 * pipe is full, memory is short, the connection has failed, or there is a command
 * for zmq_conn_rx_command().
 */
static ssize_t zmq_rx_feed(void *arg, const u8 *p, size_t n)
{
	struct zmq_conn *c = arg;
	struct zmq_rx *rx = &c->rx;
	size_t done = 0;

	/* Bytes of a frame that takes long are a sign of life, too. */
	if (!READ_ONCE(c->heard))
		WRITE_ONCE(c->heard, true);
	while (c->phase != ZMQ_PHASE_FAILED && !rx->starved) {
		struct zmq_frame *f = rx->frame;
		size_t took;

		if (f && f->got == f->len) {
			if (unlikely(c->phase == ZMQ_PHASE_HANDSHAKE))
				break;
			zmq_rx_frame(c);
			continue;
		}
		if (done == n && (f || !rx->hdr_have))
			break;
		if (f)
			took = zmq_rx_body(c, p + done, n - done);
		else if (c->phase == ZMQ_PHASE_GREETING)
			took = zmq_conn_rx_greeting(c, p + done, n - done);
		else
			took = zmq_rx_header(c, p + done, n - done);
		if (!took && !rx->frame)
			break;
		done += took;
	}
	return done;
}

static void zmq_rx_read(struct zmq_conn *c, zmq_tran_feed_t feed)
{
	enum zmq_reason why = c->tran->read(&c->lower, feed, c);

	if (unlikely(why != ZMQ_R_NONE))
		zmq_conn_fail(c, why);
}

/* Is the pipe really full? Then its reader resumes us. */
static bool zmq_rx_stopped(struct zmq_conn *c)
{
	struct zmq_pipe *p = c->pipe;
	bool full;

	spin_lock_bh(&c->zs->lock);
	full = zmq_queue_full(&p->in);
	p->stopped = full;
	spin_unlock_bh(&c->zs->lock);
	return full;
}

/**
 * zmq_conn_rx_deliver() - hand over the messages that are whole
 * @c: the connection, its lower socket's lock held
 */
void zmq_conn_rx_deliver(struct zmq_conn *c)
{
	struct zmq_rx *rx = &c->rx;
	struct zmq_frame *msgs = rx->done;
	enum zmq_reason why;

	if (!msgs)
		return;
	*rx->done_tail = NULL;
	rx->done = NULL;
	rx->done_tail = &rx->done;

	set_bit(ZMQ_CONN_ANSWERED, &c->flags);
	why = zmq_sock_deliver(c->zs, c->pipe, msgs);
	if (unlikely(why != ZMQ_R_NONE))
		zmq_conn_fail(c, why);
}

/**
 * zmq_conn_rx_frame() - a frame that came sealed was opened
 * @c: a connection in phase TRAFFIC, its lower socket's lock held; its
 *	zmq_rx.credit is the pipe's
 * @f: the frame; consumed. Where it ends a message, that is to be delivered
 *
 * Its bytes count now, as those of frames that are read do.
 */
void zmq_conn_rx_frame(struct zmq_conn *c, struct zmq_frame *f)
{
	struct zmq_rx *rx = &c->rx;
	const struct zmq_frame_hdr h = {
		.len = f->len,
		.flags = f->seg.flags,
	};

	if (unlikely(h.flags & ZMQ_FRAME_COMMAND && h.len > ZMQ_RX_CONTROL_MAX))
		zmq_conn_fail(c, ZMQ_R_FRAME_TOO_BIG);
	if (c->phase == ZMQ_PHASE_FAILED || (!h.len && zmq_rx_delimiter(c, h))) {
		zmq_frame_free(f);
		return;
	}
	zmq_rx_delimit(rx, f);
	rx->bytes += f->len;
	if (unlikely(rx->bytes > zmq_mem_max() / 2))
		zmq_conn_fail(c, ZMQ_R_NO_MEMORY);
	zmq_rx_traffic(c, f);
}

/* Was something in the way that is not any more? */
static __always_inline bool zmq_rx_again(struct zmq_conn *c)
{
	const struct zmq_rx *rx = &c->rx;

	if (unlikely(c->phase != ZMQ_PHASE_TRAFFIC))
		return zmq_conn_rx_command(c);
	return !rx->starved && !rx->credit && !rx->sealed && !rx->msg &&
	       !zmq_rx_stopped(c);
}

/* Until there is no more, or no more room. */
static void zmq_rx_run(struct zmq_conn *c)
{
	struct zmq_rx *rx = &c->rx;

	do {
		if (c->phase == ZMQ_PHASE_FAILED || c->phase == ZMQ_PHASE_CLOSED)
			return;
		if (c->phase == ZMQ_PHASE_TRAFFIC) {
			/* A mute peer is not served, but must be able to send
			 * and to go, else it could not read from us either.
			 */
			if (c->pipe->mute) {
				zmq_rx_read(c, zmq_conn_ignore);
				return;
			}
			rx->credit = c->sealed ? zmq_sealed_admit(c) :
				     zmq_queue_credit(&c->pipe->in);
		}
		/* A frame that could not be begun for lack of memory. */
		if (rx->hdr_have)
			zmq_rx_feed(c, NULL, 0);
		zmq_rx_read(c, c->raw ? zmq_rx_raw_feed : zmq_rx_feed);
		if (unlikely(c->raw) && c->rx.frame)
			zmq_rx_raw_message(rx);
		zmq_conn_rx_deliver(c);
	} while (zmq_rx_again(c));
}

/**
 * zmq_conn_rx() - read what has arrived
 * @c: the connection, its lower socket's lock held by this context
 *
 * What it allocates is charged to the cgroup of who made the socket. During traffic
 * it never sleeps, not even in the session's work: the bytes are looked at where the
 * lower socket has them, mapped.
 *
 * Context: callbacks during traffic; otherwise the session's work, where commands of
 * the handshake may sleep.
 */
void zmq_conn_rx(struct zmq_conn *c)
{
	struct mem_cgroup *old = set_active_memcg(c->zs->sk.sk_memcg);

	c->rx.starved = false;
	zmq_rx_run(c);
	set_active_memcg(old);
}
