// SPDX-License-Identifier: GPL-2.0-only
/*
 * Socket types: the table, and the steps that several of them share.
 *
 * Load balancing and fair queuing follow libzmq's (API page, 1.3): the turn
 * passes on after a complete message only, and all parts of a message go to
 * one peer or come from one.
 */
#include <linux/nospec.h>
#include <linux/sched/clock.h>

#include "conn/session.h"
#include "pattern/pattern.h"
#include "zmtp/subscription.h"

/* Sends closer together than so many writes, or this, are a burst. */
#define ZMQ_BURST_WRITES	4
#define ZMQ_BURST_GAP_NS	(20 * NSEC_PER_USEC)
/* A mark of a few messages is reached in no time: look at so many. */
#define ZMQ_BURST_MIN		16U

static const struct zmq_pattern_ops *const zmq_patterns[] = {
	[ZMQ_PAIR] = &zmq_pair_ops,
	[ZMQ_PUB] = &zmq_pub_ops,
	[ZMQ_SUB] = &zmq_sub_ops,
	[ZMQ_REQ] = &zmq_req_ops,
	[ZMQ_REP] = &zmq_rep_ops,
	[ZMQ_DEALER] = &zmq_dealer_ops,
	[ZMQ_ROUTER] = &zmq_router_ops,
	[ZMQ_PULL] = &zmq_pull_ops,
	[ZMQ_PUSH] = &zmq_push_ops,
	[ZMQ_XPUB] = &zmq_xpub_ops,
	[ZMQ_XSUB] = &zmq_xsub_ops,
	[ZMQ_STREAM] = &zmq_stream_ops,
};

/**
 * zmq_pattern_find() - operations of a socket type
 * @type: its number
 *
 * Return: the operations, or NULL for a type that there is not.
 */
const struct zmq_pattern_ops *zmq_pattern_find(int type)
{
	if (type < 0 || type >= ARRAY_SIZE(zmq_patterns))
		return NULL;
	return zmq_patterns[array_index_nospec(type, ARRAY_SIZE(zmq_patterns))];
}

/**
 * zmq_pattern_push() - hand a message to the pipe where it has a place reserved
 * @t: the message, complete; the pipe owns its frames now
 * @kick: set to the session that has something to send, referenced
 */
void zmq_pattern_push(struct zmq_txn *t, struct zmq_session **kick)
{
	struct zmq_pipe *p = t->pipe;

	lockdep_assert_held(p->lock);
	if (t->delimited)
		t->head->seg.flags |= ZMQ_FRAME_DELIMITED;
	zmq_queue_commit(&p->out, t->head);
	if (p->session)
		*kick = zmq_session_get(p->session);
}

/**
 * zmq_pattern_lose() - drop a message that has no destination
 * @zs: the socket
 * @t: the message, complete
 */
void zmq_pattern_lose(struct zmq_sock *zs, struct zmq_txn *t)
{
	zmq_chain_free(t->head);
	zmq_sock_drop(zs, ZMQ_R_DROP_NO_PEER, 1);
}

/**
 * zmq_pattern_is_sub() - is a part of a message a subscription or its cancel?
 * @f: the part, complete
 *
 * Return: true if it begins with 0 or 1 (wire page, 3.5).
 */
bool zmq_pattern_is_sub(const struct zmq_frame *f)
{
	size_t len;
	const u8 *data = zmq_frame_start(f, &len);

	return len && (*data == ZMQ_SUB_ADD || *data == ZMQ_SUB_CANCEL);
}

/**
 * zmq_raw_push() - hand bytes to a connection without ZMTP
 * @zs: the socket
 * @t: the message, complete, its pipe set and a place reserved there
 * @kick: set to the session that has something to send, referenced
 *
 * An empty message ends the connection once all before it is sent, as long as
 * ZMQ_LINGER allows (API page, 1.9).
 */
void zmq_raw_push(struct zmq_sock *zs, struct zmq_txn *t,
		  struct zmq_session **kick)
{
	struct zmq_pipe *p = t->pipe;
	struct zmq_frame *f;

	if (!zmq_chain_bytes(t->head)) {
		zmq_queue_cancel(&p->out);
		zmq_chain_free(t->head);
		t->pipe = NULL;
		zmq_session_close(p->session, zs->opt.linger, false);
		return;
	}
	for (f = t->head; f; f = f->next)
		f->seg.flags |= ZMQ_FRAME_RAW;
	zmq_pattern_push(t, kick);
}

/* The pipe whose turn it is to be written to; full ones leave the ring. */
static struct zmq_pipe *zmq_lb_next(struct zmq_sock *zs)
{
	struct list_head *hand;

	zmq_sock_assert(zs);
	while ((hand = zmq_ring_hand(&zs->lb))) {
		struct zmq_pipe *p = list_entry(hand, struct zmq_pipe, writable);

		if (!zmq_queue_full(&p->out))
			return p;
		zmq_ring_del(&zs->lb, hand);
	}
	return NULL;
}

/**
 * zmq_lb_join() - a pipe can be written to, from now on
 * @zs: the socket
 * @p: the pipe; it leaves the ring when it is full and comes back by itself
 */
void zmq_lb_join(struct zmq_sock *zs, struct zmq_pipe *p)
{
	zmq_sock_assert(zs);
	p->balanced = true;
	zmq_ring_add(&zs->lb, &p->writable);
}

/**
 * zmq_lb_ready() - is there a pipe with room?
 * @zs: the socket
 *
 * Return: true if zmq_lb_begin() would find one.
 */
bool zmq_lb_ready(struct zmq_sock *zs)
{
	return zmq_lb_next(zs);
}

/**
 * zmq_lb_begin() - pick the pipe for a message and reserve its place
 * @zs: the socket
 * @t: the message; its pipe is set
 * @f: its first part
 *
 * Return: 0, or -EAGAIN when no pipe has room.
 */
int zmq_lb_begin(struct zmq_sock *zs, struct zmq_txn *t, struct zmq_frame *f)
{
	struct zmq_pipe *p = zmq_lb_next(zs);

	if (!p)
		return -EAGAIN;
	zmq_queue_reserve(&p->out);
	t->pipe = p;
	return 0;
}

/**
 * zmq_lb_commit() - hand over a message that is complete; next pipe's turn
 * @zs: the socket
 * @t: the message, its pipe set by zmq_lb_begin()
 * @kick: set to the session that has something to send
 */
void zmq_lb_commit(struct zmq_sock *zs, struct zmq_txn *t,
		   struct zmq_session **kick)
{
	struct zmq_pipe *p = t->pipe;

	zmq_pattern_push(t, kick);
	if (zmq_ring_hand(&zs->lb) == &p->writable)
		zmq_ring_advance(&zs->lb);
}

/**
 * zmq_fq_next() - the pipe whose turn it is to be read
 * @zs: the socket
 *
 * Empty ones leave the ring.
 *
 * Return: the pipe, or NULL if there is no message.
 */
struct zmq_pipe *zmq_fq_next(struct zmq_sock *zs)
{
	struct list_head *hand;

	zmq_sock_assert(zs);
	while ((hand = zmq_ring_hand(&zs->fq))) {
		struct zmq_pipe *p = list_entry(hand, struct zmq_pipe, readable);

		if (p->in.head)
			return p;
		zmq_ring_del(&zs->fq, hand);
	}
	return NULL;
}

/**
 * zmq_fq_ready() - is there a pipe with a message?
 * @zs: the socket
 *
 * Return: true if zmq_fq_take() would find one.
 */
bool zmq_fq_ready(struct zmq_sock *zs)
{
	return zmq_fq_next(zs);
}

/**
 * zmq_fq_take() - take a message from the pipe whose turn it is
 * @zs: the socket; its @props are set to those of the message's peer
 * @msg: set to the message's frames, owned by the caller
 * @kick: set to the session that may go on reading, referenced, if any
 *
 * Return: the pipe it came from, to be used under this lock only, or NULL if
 * there is no message.
 */
struct zmq_pipe *zmq_fq_take(struct zmq_sock *zs, struct zmq_frame **msg,
			     struct zmq_session **kick)
{
	struct zmq_pipe *p = zmq_fq_next(zs);
	bool acked = false;

	if (!p)
		return NULL;
	zs->props = zmq_pipe_props(p);
	*msg = zmq_queue_read(&p->in, &acked);
	zmq_ring_advance(&zs->fq);
	if (unlikely(!p->session) && !p->in.head)
		zs->spent = p;

	if (p->stopped && acked && p->session) {
		p->stopped = false;
		*kick = zmq_session_get(p->session);
	}
	return p;
}

/**
 * zmq_fq_recv() - zmq_pattern_ops.recv of patterns that just read in turn
 * @zs: the socket
 * @msg: set to the message's frames
 * @kick: set to the session that may go on reading, if any
 *
 * Return: 0 or -EAGAIN.
 */
int zmq_fq_recv(struct zmq_sock *zs, struct zmq_frame **msg,
		struct zmq_session **kick)
{
	return zmq_fq_take(zs, msg, kick) ? 0 : -EAGAIN;
}

/**
 * zmq_fq_drop() - drop the message whose turn it is to be read
 * @zs: the socket; there is one
 * @why: a ZMQ_R_DROP_* reason
 */
void zmq_fq_drop(struct zmq_sock *zs, enum zmq_reason why)
{
	struct zmq_session *kick = NULL;
	struct zmq_frame *msg, *last;

	if (!zmq_fq_take(zs, &msg, &kick))
		return;
	for (last = msg; last->next; last = last->next)
		;
	last->next = zs->junk;
	zs->junk = msg;
	zmq_sock_drop(zs, why, 1);
	if (zs->spent)
		zmq_sock_reap(zs);
	if (kick) {
		/* In the socket's list, which has a reference. */
		zmq_session_kick(kick);
		zmq_session_put_alive(kick);
	}
}

/**
 * zmq_fq_put() - let a message of our own be read as if a peer had sent it
 * @zs: the socket
 * @p: the pipe; of a mute one nothing is read
 * @msg: the message, owned by the callee; NULL for lack of memory
 */
void zmq_fq_put(struct zmq_sock *zs, struct zmq_pipe *p, struct zmq_frame *msg)
{
	zmq_sock_assert(zs);
	if (!msg || zs->closed || p->mute) {
		zmq_sock_drop(zs, ZMQ_R_DROP_UNREAD, 1);
		zmq_chain_free(msg);
		return;
	}
	zmq_queue_push(&p->in, msg);
	zmq_ring_add(&zs->fq, &p->readable);
	zmq_sock_wake(zs, ZMQ_WAKE_IN);
}

/* How long sending so many messages takes who is in a hurry, see conn/cork.c. */
static u64 zmq_burst_time(const struct zmq_pipe *p)
{
	u64 gap = READ_ONCE(p->session->conn.write_ns) * ZMQ_BURST_WRITES;

	return max(p->out.hwm, ZMQ_BURST_MIN) *
	       max_t(u64, gap, ZMQ_BURST_GAP_NS);
}

/**
 * zmq_burst_full() - is a pipe full, as a sender in a hurry sees it?
 * @zs: the socket
 * @p: the pipe, attached
 *
 * In libzmq a sender learns what its peers have read only now and then, unless
 * it waits. So a burst longer than the high-water mark fails with EAGAIN, and
 * programs that throttle by it (XPUB with NODROP, ROUTER with MANDATORY) rely
 * on that: TCP alone takes millions of small messages (API page, 1.3, 9.1). A
 * sender that has been refused, polls, or takes its time sees the truth.
 *
 * Return: true if there is no room.
 */
bool zmq_burst_full(struct zmq_sock *zs, struct zmq_pipe *p)
{
	u64 now;

	zmq_sock_assert(zs);
	if (zmq_queue_full(&p->out)) {
		/* Whoever makes room puts it back and tells who waits. */
		zmq_ring_del(&zs->lb, &p->writable);
		return true;
	}
	/* Inproc: there the two marks are all there is. */
	if (!p->out.hwm || p->version == ZMQ_PEER_LOCAL)
		return false;
	if (p->burst == zs->burst && p->out.put - p->seen < p->out.hwm)
		return false;

	now = local_clock();
	if (p->burst != zs->burst || now - p->seen_at > zmq_burst_time(p)) {
		p->burst = zs->burst;
		p->seen = p->out.acked;
		p->seen_at = now;
		return false;
	}
	/* It has room in truth. Nothing else would tell those who wait for an
	 * edge.
	 */
	zmq_ring_add(&zs->lb, &p->writable);
	zmq_sock_wake(zs, ZMQ_WAKE_OUT);
	return true;
}

/**
 * zmq_burst_end() - the sender has been refused, or looks around
 * @zs: the socket
 */
void zmq_burst_end(struct zmq_sock *zs)
{
	zmq_sock_assert(zs);
	zs->burst++;
}

/**
 * zmq_setopt_flag() - set a type's own option that is on or off
 * @zs: the socket
 * @value: as given
 * @len: its length
 * @flag: set to what it says, under the socket's lock
 *
 * Return: 0 or -EINVAL: no int, or negative (API page, 2.1 "bool>=0").
 */
int zmq_setopt_flag(struct zmq_sock *zs, const void *value, size_t len,
		    bool *flag)
{
	int v;

	if (len != sizeof(v))
		return -EINVAL;
	memcpy(&v, value, sizeof(v));
	if (v < 0)
		return -EINVAL;
	spin_lock_bh(&zs->lock);
	*flag = v;
	spin_unlock_bh(&zs->lock);
	return 0;
}

/**
 * zmq_setopt_probe() - zmq_pattern_ops.setopt of types that greet a ROUTER
 * @zs: the socket
 * @name: ZMQ_PROBE_ROUTER, or another
 * @value: its value
 * @len: length of the value
 *
 * Return: 0, -EINVAL, -ENOPROTOOPT for another.
 */
int zmq_setopt_probe(struct zmq_sock *zs, int name, const void *value,
		     size_t len)
{
	return name == ZMQ_PROBE_ROUTER ?
	       zmq_setopt_flag(zs, value, len, &zs->probe) : -ENOPROTOOPT;
}

/**
 * zmq_getopt_count() - value of a type's own option that is a number
 * @n: the number
 * @value: where to put it, as an int
 * @len: room there, then its length
 *
 * Return: 0 or -EINVAL: no room.
 */
int zmq_getopt_count(size_t n, void *value, size_t *len)
{
	int v = min_t(size_t, n, INT_MAX);

	if (*len < sizeof(v))
		return -EINVAL;
	memcpy(value, &v, sizeof(v));
	*len = sizeof(v);
	return 0;
}
