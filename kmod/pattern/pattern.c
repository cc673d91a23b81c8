// SPDX-License-Identifier: GPL-2.0-only
/*
 * Socket types: the table, and the steps that several of them share.
 *
 * Load balancing and fair queuing follow libzmq's (API page, 1.3): the turn
 * passes on after a complete message only, and all parts of a message go to
 * one peer or come from one.
 */
#include "conn/session.h"
#include "pattern/pattern.h"

static const struct zmq_pattern_ops *const zmq_patterns[] = {
	&zmq_pair_ops,
	&zmq_push_ops,
	&zmq_pull_ops,
	&zmq_req_ops,
	&zmq_rep_ops,
};

/**
 * zmq_pattern_find() - operations of a socket type
 * @type: its number
 *
 * Return: the operations, or NULL for a type that there is not.
 */
const struct zmq_pattern_ops *zmq_pattern_find(int type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(zmq_patterns); i++)
		if (zmq_patterns[i]->type == type)
			return zmq_patterns[i];
	return NULL;
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
 *
 * Return: 0, or -EAGAIN when no pipe has room.
 */
int zmq_lb_begin(struct zmq_sock *zs, struct zmq_txn *t)
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

/* The pipe whose turn it is to be read; empty ones leave the ring. */
static struct zmq_pipe *zmq_fq_next(struct zmq_sock *zs)
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
 * @zs: the socket
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
