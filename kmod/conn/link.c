// SPDX-License-Identifier: GPL-2.0-only
/*
 * A link: two sessions of one machine hand each other their messages, frame by
 * frame as they were sent, without a wire.
 *
 * Each direction goes from the outgoing queue of one pipe to the incoming one
 * of the other, so both sockets' high-water marks count and add up, as they do
 * in libzmq (API page, 1.3). Who moves messages holds the sender's tx_lock, so
 * they stay in order; the two sockets' locks are never held together. That is
 * most often the sender, in its system call, and the receiver's when it has
 * made room.
 *
 * zmq_conn.peer points to the other end and holds a reference. It is set once
 * and cleared once, under the connection's tx_lock and its socket's lock; either
 * is enough for who reads it. While a mover holds tx_lock, its peer's pipe
 * stays: who ends a session cuts the link first, which takes that lock.
 */
#include <linux/sched.h>

#include "conn/link.h"
#include "conn/session.h"
#include "pattern/pattern.h"
#include "sock.h"

/* Messages moved under one lock, and frames: one more message at most. */
#define ZMQ_LINK_BATCH	64
#define ZMQ_LINK_FRAMES	1024

/*
 * How many messages the peer takes now. Who stops for lack of room says so
 * under the peer's lock, where room is made: blocked first, then stopped, so
 * that whoever finds the pipe stopped can undo both.
 */
static u64 zmq_link_room(struct zmq_conn *c)
{
	struct zmq_session *to = c->peer;
	struct zmq_pipe *p = to->conn.pipe;
	u64 room = 0;

	spin_lock_bh(&to->zs->lock);
	/* What was sent before its socket was closed arrives, whatever the
	 * mark says: there will be no other time.
	 */
	if (zmq_session_is_closing(zmq_conn_session(c)))
		room = U64_MAX;
	else if (!p->mute)
		room = zmq_queue_credit(&p->in);
	if (!room) {
		WRITE_ONCE(c->tx.blocked, true);
		p->stopped = true;
	}
	spin_unlock_bh(&to->zs->lock);
	return room;
}

/* The next messages, @room at most; NULL if there is none. */
static struct zmq_frame *zmq_link_take(struct zmq_conn *c, u64 room)
{
	struct zmq_frame *msgs = NULL, **tail = &msgs;
	struct zmq_sock *zs = c->zs;
	int n, frames = 0;
	bool acked, wake;

	spin_lock_bh(&zs->lock);
	for (n = 0; n < ZMQ_LINK_BATCH && n < room &&
	     frames < ZMQ_LINK_FRAMES; n++) {
		*tail = zmq_queue_read(&c->pipe->out, &acked);
		if (!*tail)
			break;
		for (; *tail; tail = &(*tail)->next)
			frames++;
	}
	/* What has moved counts there. */
	c->pipe->out.acked = c->pipe->out.got;
	wake = n && zmq_pipe_writable(zs, c->pipe);
	spin_unlock_bh(&zs->lock);
	if (wake)
		zmq_sock_wake(zs, ZMQ_WAKE_OUT);
	return msgs;
}

/*
 * The delimiter of REQ and REP is a flag with those who know it, as long as it
 * stands first, and an empty frame for all others and behind a number
 * (ZMQ_REQ_CORRELATE). NULL for lack of memory; the message is freed then.
 */
static struct zmq_frame *zmq_link_spell(struct zmq_frame *msg, bool first_too)
{
	struct zmq_frame **at, *f, *empty;

	for (at = first_too ? &msg : &msg->next; (f = *at); at = &f->next) {
		if (!(f->seg.flags & ZMQ_FRAME_DELIMITED))
			continue;
		empty = zmq_frame_alloc(msg->mem, 0, GFP_KERNEL);
		if (!empty) {
			zmq_chain_free(msg);
			return NULL;
		}
		f->seg.flags &= ~ZMQ_FRAME_DELIMITED;
		empty->seg.flags = ZMQ_FRAME_MORE;
		empty->next = f;
		*at = empty;
	}
	return msg;
}

static struct zmq_frame *zmq_link_fit(struct zmq_sock *to,
				      struct zmq_frame *msg)
{
	struct zmq_frame *body;

	msg = zmq_link_spell(msg, !to->ops->delimited);
	if (!msg || !to->ops->delimited || msg->len || !zmq_frame_more(msg) ||
	    msg->seg.flags & ZMQ_FRAME_DELIMITED)
		return msg;
	body = msg->next;
	body->seg.flags |= ZMQ_FRAME_DELIMITED;
	msg->next = NULL;
	zmq_frame_free(msg);
	return body;
}

/*
 * One by one where a type looks at messages, since here nothing ends for one
 * that it does not like (API page, 9.4 "test_invalid_rep"), and where either
 * side knows the delimiter's flag.
 */
static void zmq_link_deliver(struct zmq_conn *c, struct zmq_frame *msgs)
{
	struct zmq_pipe *p = c->peer->conn.pipe;
	struct zmq_sock *to = c->peer->zs;
	enum zmq_reason why;

	if (!to->ops->filter && !to->ops->delimited && !c->zs->ops->delimited) {
		zmq_sock_deliver(to, p, msgs);
		return;
	}
	while (msgs) {
		struct zmq_frame *msg = zmq_chain_cut(&msgs);

		msg = zmq_link_fit(to, msg);
		why = msg ? zmq_sock_deliver(to, p, msg) :
			    ZMQ_R_DROP_NO_MEMORY;
		if (why == ZMQ_R_NONE)
			continue;
		if (why < ZMQ_R_DROP_UNSENT)
			why = ZMQ_R_DROP_NO_DELIMITER;
		zmq_sock_drop_one(to, why);
	}
}

/**
 * zmq_link_drain() - move what is in the pipe to the peer
 * @c: a connection in phase TRAFFIC, its tx_lock held
 * @batches: do so much at most
 *
 * Context: may sleep.
 * Return: false if there is more, and room for it.
 */
bool zmq_link_drain(struct zmq_conn *c, int batches)
{
	struct zmq_frame *msgs;
	u64 room;

	lockdep_assert_held(&c->tx_lock);
	while (zmq_conn_tx_any(c)) {
		if (!batches--)
			return false;
		room = zmq_link_room(c);
		if (!room)
			break;
		msgs = zmq_link_take(c, room);
		if (msgs)
			zmq_link_deliver(c, msgs);
	}
	return true;
}

/**
 * zmq_link_finish() - move all there is, as far as there is room
 * @c: the connection; for one of a session that is closing there is
 *
 * Context: the session's run is held, or its peer's.
 */
void zmq_link_finish(struct zmq_conn *c)
{
	bool done;

	do {
		mutex_lock(&c->tx_lock);
		done = !c->peer || zmq_link_drain(c, 1);
		mutex_unlock(&c->tx_lock);
		cond_resched();
	} while (!done);
	/* Who sent or made room meanwhile found the lock taken, and has left it
	 * to us.
	 */
	zmq_conn_flush(c);
}

/**
 * zmq_link_peer() - the other end
 * @s: a session
 *
 * Return: the session @s is linked with, referenced, or NULL.
 */
struct zmq_session *zmq_link_peer(struct zmq_session *s)
{
	struct zmq_session *peer;

	spin_lock_bh(&s->zs->lock);
	peer = s->conn.peer;
	if (peer)
		zmq_session_get(peer);
	spin_unlock_bh(&s->zs->lock);
	return peer;
}

/**
 * zmq_link_resume() - a session's socket has made room
 * @s: the session; what its peer holds back is moved
 *
 * Context: may sleep.
 */
void zmq_link_resume(struct zmq_session *s)
{
	struct zmq_session *peer = zmq_link_peer(s);

	if (!peer)
		return;
	/* Pairs with zmq_link_room(). */
	WRITE_ONCE(peer->conn.tx.blocked, false);
	zmq_conn_flush(&peer->conn);
	zmq_session_put(peer);
}

static void zmq_link_point(struct zmq_session *s, struct zmq_session *peer)
{
	struct zmq_conn *c = &s->conn;

	mutex_lock(&c->tx_lock);
	spin_lock_bh(&s->zs->lock);
	WRITE_ONCE(c->peer, zmq_session_get(peer));
	c->tx.blocked = false;
	s->zs->stats.connects++;
	spin_unlock_bh(&s->zs->lock);
	zmq_conn_set_phase(c, ZMQ_PHASE_TRAFFIC);
	mutex_unlock(&c->tx_lock);
}

/* Idempotent: both ends may do it at the same time. */
static void zmq_link_unpoint(struct zmq_session *s, struct zmq_session *peer)
{
	struct zmq_conn *c = &s->conn;
	bool mine;

	mutex_lock(&c->tx_lock);
	spin_lock_bh(&s->zs->lock);
	mine = c->peer == peer;
	if (mine) {
		WRITE_ONCE(c->peer, NULL);
		s->zs->stats.disconnects++;
	}
	spin_unlock_bh(&s->zs->lock);
	if (mine)
		zmq_conn_set_phase(c, ZMQ_PHASE_CLOSED);
	mutex_unlock(&c->tx_lock);
	if (mine)
		zmq_session_put(peer);
}

/**
 * zmq_link_cut() - part two sessions
 * @s: one of them; nothing happens if it has no peer
 *
 * When it returns nobody moves messages from or to @s, and the other one's work
 * is about to learn of it.
 *
 * Context: @s's run is held, no tx_lock.
 */
void zmq_link_cut(struct zmq_session *s)
{
	struct zmq_session *peer = zmq_link_peer(s);

	if (!peer)
		return;
	zmq_link_unpoint(peer, s);
	zmq_link_unpoint(s, peer);
	zmq_session_kick(peer);
	zmq_session_put(peer);
}

/* What a handshake would have told @s of its peer. */
static void zmq_link_meet(struct zmq_session *s, const struct zmq_session *peer)
{
	struct zmq_conn *c = &s->conn;

	c->greeting.version = ZMQ_PEER_LOCAL;
	c->mech.peer_id_len = peer->opt->routing_id_len;
	memcpy(c->mech.peer_id, peer->opt->routing_id,
	       peer->opt->routing_id_len);
}

/**
 * zmq_link_join() - let two sessions have each other as peers
 * @a: the one that connected; its run is held
 * @b: the one that was bound; its run is held
 *
 * Both have a pipe. What waits in these is moved at once.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; then @b has to be ended, and @a is as before.
 */
int zmq_link_join(struct zmq_session *a, struct zmq_session *b)
{
	int err;

	/* Frames are charged to who sent them, wherever they are. */
	err = zmq_sock_host(a->zs, b->zs->mem);
	if (!err)
		err = zmq_sock_host(b->zs, a->zs->mem);
	if (err)
		return err;
	zmq_link_meet(a, b);
	zmq_link_meet(b, a);
	err = zmq_sock_pipe_up(b->zs, &b->conn);
	if (err)
		return err;
	err = zmq_sock_pipe_up(a->zs, &a->conn);
	if (err)
		return err;
	zmq_link_point(a, b);
	zmq_link_point(b, a);
	/* All of it, however much: bind() says that it is there. */
	zmq_link_finish(&a->conn);
	zmq_link_finish(&b->conn);
	return 0;
}
