// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pipes of a socket: they come with sessions, get peers and lose them,
 * bring messages, and outlive their session until they are read empty.
 *
 * All runs under zmq_sock.lock, from system calls, from workers, and in
 * softirq when a lower socket has data.
 */
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "blob.h"
#include "conn/props.h"
#include "conn/session.h"
#include "pattern/pattern.h"
#include "sock.h"

/* Messages that a filter looks at before others get the lock. */
#define ZMQ_FILTER_PORTION	16

/* An empty message that a ROUTER learns our routing id by (API page, 1.8). */
static int zmq_pipe_probe(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_frame *f = zmq_frame_alloc(zs->mem, 0, GFP_ATOMIC);

	if (!f)
		return -ENOMEM;
	zmq_queue_push(&p->out, f);
	return 0;
}

/* 0, or an errno: the pattern has not heard of the pipe. */
static int zmq_pipe_attach(struct zmq_sock *zs, struct zmq_pipe *p)
{
	const struct zmq_pattern_ops *ops = zs->ops;
	int err;

	/* Mute already: the session is to end. */
	if (zs->closed || p->mute || zmq_session_is_closing(p->session))
		return -EBUSY;
	if (zs->probe && !p->session->opt->raw) {
		err = zmq_pipe_probe(zs, p);
		if (err)
			return err;
	}
	err = ops->attach ? ops->attach(zs, p) : 0;
	if (err)
		return err;
	p->attached = true;
	if (ops->balances)
		zmq_lb_join(zs, p);
	zmq_early_deliver(zs, p);
	return 0;
}

/**
 * zmq_sock_attach_pipe() - a session brings a pipe
 * @zs: the socket
 * @p: the pipe, in no list yet
 *
 * Context: process context.
 * Return: 0; the pipe may be mute. -ENOMEM, or the pattern's refusal: the pipe
 * still is the caller's.
 */
int zmq_sock_attach_pipe(struct zmq_sock *zs, struct zmq_pipe *p)
{
	int err;

	spin_lock_bh(&zs->lock);
	err = zmq_pipe_attach(zs, p);
	if (err == -EBUSY) {
		p->mute = true;
		err = 0;
	}
	if (!err) {
		list_add_tail(&p->node, &zs->pipes);
		zs->nr_pipes++;
	}
	spin_unlock_bh(&zs->lock);

	if (!err && zs->ops->balances)
		zmq_sock_wake(zs, ZMQ_WAKE_OUT);
	else if (!err)
		zmq_news_tell(&zs->news, 0);
	return err;
}
EXPORT_SYMBOL_KUNIT(zmq_sock_attach_pipe);

/* Messages being sent to a pipe that goes away will never be whole. */
static void zmq_sock_lose_pipe(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_txn *t;

	list_for_each_entry(t, &zs->sending.list, node) {
		if (t->pipe != p)
			continue;
		zmq_queue_cancel(&p->out);
		t->pipe = NULL;
		t->lost = !zs->ops->drops;
	}
}

static void zmq_epoch_free(struct zmq_epoch *e)
{
	list_del(&e->node);
	zmq_props_put(e->props);
	kfree(e);
}

/*
 * Messages from now on are a new peer's. Those of the last one may be unread:
 * what is known of it stays until they are.
 */
static int zmq_pipe_new_peer(struct zmq_pipe *p, struct zmq_props *props)
{
	/* What is queued now, and as many as that have been read. */
	u64 first = p->in.got + zmq_queue_depth(&p->in);
	struct zmq_epoch *e;

	zmq_pipe_props(p);
	if (!p->in.head) {
		zmq_props_put(p->props);
		p->props = zmq_props_get(props);
		return 0;
	}
	/* Peers that come and go and say nothing must not add up. */
	e = list_empty(&p->epochs) ? NULL :
	    list_last_entry(&p->epochs, struct zmq_epoch, node);
	if (e && e->first == first) {
		zmq_props_put(e->props);
		e->props = zmq_props_get(props);
		return 0;
	}
	e = kmalloc(sizeof(*e), GFP_ATOMIC | __GFP_ACCOUNT | __GFP_NOWARN);
	if (!e)
		return -ENOMEM;
	e->first = first;
	e->props = zmq_props_get(props);
	list_add_tail(&e->node, &p->epochs);
	return 0;
}

/**
 * zmq_pipe_props() - metadata of the peer whose message is next
 * @p: the pipe, its socket's lock held
 *
 * Return: the metadata, which the pipe keeps until it is asked again, or NULL.
 */
struct zmq_props *zmq_pipe_props(struct zmq_pipe *p)
{
	struct zmq_epoch *e;

	while (unlikely(!list_empty(&p->epochs))) {
		e = list_first_entry(&p->epochs, struct zmq_epoch, node);
		if (e->first > p->in.got)
			break;
		swap(e->props, p->props);
		zmq_epoch_free(e);
	}
	return p->props;
}

/* Nobody knows the pipe any more but its list. */
static void zmq_sock_free_pipe(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_epoch *e, *next;

	list_for_each_entry_safe(e, next, &p->epochs, node)
		zmq_epoch_free(e);
	zmq_props_put(p->props);
	if (zs->ops->pipe_fini)
		zs->ops->pipe_fini(p);
	zmq_ring_del(&zs->fq, &p->readable);
	list_del(&p->node);
	zmq_roll_del(&zs->left_roll, &p->entry);
	zs->nr_pipes--;
	zmq_pipe_free(p);
}

/* The pattern forgets the pipe; what is in it can still be sent and read. */
static void zmq_sock_forget_pipe(struct zmq_sock *zs, struct zmq_pipe *p)
{
	zmq_sock_assert(zs);
	if (!p->attached)
		return;
	p->attached = false;
	p->balanced = false;
	zmq_ring_del(&zs->lb, &p->writable);
	zmq_sock_lose_pipe(zs, p);
	if (zs->ops->detach)
		zs->ops->detach(zs, p);
}

/**
 * zmq_pipe_writable() - a pipe has room again
 * @zs: the socket, its lock held
 * @p: the pipe, whose reader has given credit back
 *
 * Return: true if writers that wait have to learn of it.
 */
bool zmq_pipe_writable(struct zmq_sock *zs, struct zmq_pipe *p)
{
	zmq_sock_assert(zs);
	if (!p->attached || !p->balanced || !list_empty(&p->writable))
		return false;
	zmq_ring_add(&zs->lb, &p->writable);
	return true;
}

/**
 * zmq_sock_drop_unread() - drop what was received and not read
 * @zs: the socket, its lock held
 * @p: the pipe
 */
void zmq_sock_drop_unread(struct zmq_sock *zs, struct zmq_pipe *p)
{
	zmq_sock_assert(zs);
	zmq_sock_drop(zs, ZMQ_R_DROP_UNREAD, zmq_queue_take(&p->in, &zs->junk));
}

/**
 * zmq_sock_mute() - nothing more is to come from a peer, or go to it
 * @zs: the socket, its lock held
 * @p: the pipe; what it has received can still be read, and what is in it be
 *	sent
 */
void zmq_sock_mute(struct zmq_sock *zs, struct zmq_pipe *p)
{
	zmq_sock_forget_pipe(zs, p);
	p->mute = true;
}

/* What a pattern knows of a pipe may be much: in portions. */
static void zmq_sock_shed(struct zmq_sock *zs, struct zmq_pipe *p)
	__must_hold(&zs->lock)
{
	while (zs->ops->shed && zs->ops->shed(zs, p)) {
		zmq_sock_unlock(zs);
		cond_resched();
		spin_lock_bh(&zs->lock);
	}
}

/**
 * zmq_sock_detach_pipe() - a session takes its leave
 * @zs: the socket
 * @c: the session's connection, ended; its pipe is not to be used any more
 *
 * Context: the session's work.
 */
void zmq_sock_detach_pipe(struct zmq_sock *zs, struct zmq_conn *c)
{
	struct zmq_pipe *p;

	spin_lock_bh(&zs->lock);
	p = c->pipe;
	if (p) {
		WRITE_ONCE(c->pipe, NULL);
		zmq_sock_forget_pipe(zs, p);
		/* The session still is there, so nobody else frees it. */
		zmq_sock_shed(zs, p);
		p->session = NULL;
		zmq_sock_drop(zs, ZMQ_R_DROP_UNSENT,
			      zmq_queue_take(&p->out, &zs->junk));
		if (!p->in.head)
			zmq_sock_free_pipe(zs, p);
		else
			zmq_roll_add(&zs->left_roll, &p->entry);
		/* Who waits for this one's room has to look again. */
		zmq_sock_wake(zs, ZMQ_WAKE_OUT);
	}
	zmq_sock_unlock(zs);
}
EXPORT_SYMBOL_KUNIT(zmq_sock_detach_pipe);

/* ZMQ_HELLO_MSG goes before all that waits (wire page, 3.6). */
static void zmq_pipe_hello(struct zmq_sock *zs, struct zmq_pipe *p)
{
	const struct zmq_blob *hello = p->session->opt->hello;
	struct zmq_frame *f;

	if (!hello || !zs->ops->greets || p->session->opt->raw)
		return;
	/* The last peer did not get it any more. */
	if (p->out.head && p->out.head->seg.flags & ZMQ_FRAME_HELLO)
		return;
	f = zmq_frame_from_bytes(zs->mem, hello->data, hello->len, GFP_ATOMIC);
	if (!f)
		return;
	f->seg.flags = ZMQ_FRAME_HELLO;
	zmq_queue_push_front(&p->out, f);
}

static int zmq_pipe_up(struct zmq_sock *zs, struct zmq_pipe *p,
		       const struct zmq_conn *c)
{
	const struct zmq_pattern_ops *ops = zs->ops;
	int err = zmq_pipe_new_peer(p, c->props);

	if (err)
		return err;
	p->up = true;
	if (!p->attached)
		return 0;
	zmq_pipe_hello(zs, p);
	err = ops->up ? ops->up(zs, p, c->mech.peer_id, c->mech.peer_id_len) :
			0;
	if (err != -EBUSY)
		return err;
	zmq_sock_mute(zs, p);
	return 0;
}

/**
 * zmq_sock_pipe_up() - the handshake of a session is complete
 * @zs: the socket
 * @c: the session's connection; it has a pipe, and what it learned of the peer
 *
 * Context: the session's work, before the first message is read or written.
 * Return: 0 or -ENOMEM: the connection can't be used.
 */
int zmq_sock_pipe_up(struct zmq_sock *zs, struct zmq_conn *c)
{
	const struct zmq_pattern_ops *ops = zs->ops;
	struct mem_cgroup *old = set_active_memcg(zs->sk.sk_memcg);
	struct zmq_pipe *p = c->pipe;
	int err = 0;

	p->version = c->greeting.version;
	if (ops->greet)
		err = ops->greet(zs, p);
	if (!err) {
		spin_lock_bh(&zs->lock);
		err = zmq_pipe_up(zs, p, c);
		spin_unlock_bh(&zs->lock);
	}
	set_active_memcg(old);
	return err;
}
EXPORT_SYMBOL_KUNIT(zmq_sock_pipe_up);

/*
 * What the user wants to be told of a peer's leave (API page, 1.14). REQ and REP
 * have these options, too, but read nothing without an envelope.
 */
static void zmq_pipe_farewell(struct zmq_sock *zs, struct zmq_pipe *p)
{
	const struct zmq_options *opt = p->session->opt;
	const struct zmq_blob *text = NULL;

	if (p->session->listener && zs->ops->misses)
		text = opt->disconnect_msg;
	else if (!p->session->listener && zs->ops->hiccups)
		text = opt->hiccup;

	if (text)
		zmq_fq_put(zs, p, zmq_frame_from_bytes(zs->mem, text->data,
						       text->len, GFP_ATOMIC));
}

/**
 * zmq_sock_pipe_down() - a connection has ended
 * @zs: the socket
 * @c: the connection; its pipe, if it has one, may wait for the next peer
 *
 * Context: the session's work, after the last message was read. Nothing
 * happens if the handshake had not been completed.
 */
void zmq_sock_pipe_down(struct zmq_sock *zs, struct zmq_conn *c)
{
	struct mem_cgroup *old = set_active_memcg(zs->sk.sk_memcg);
	struct zmq_pipe *p = c->pipe;

	spin_lock_bh(&zs->lock);
	if (p && p->up) {
		p->up = false;
		if (p->attached && zs->ops->down)
			zs->ops->down(zs, p);
		if (p->attached)
			zmq_pipe_farewell(zs, p);
	}
	spin_unlock_bh(&zs->lock);
	set_active_memcg(old);
}
EXPORT_SYMBOL_KUNIT(zmq_sock_pipe_down);

/**
 * zmq_sock_reap() - free the pipe that was read empty and has no session
 * @zs: the socket, its lock held, zmq_sock.spent set
 */
void zmq_sock_reap(struct zmq_sock *zs)
{
	zmq_sock_assert(zs);
	zmq_sock_free_pipe(zs, zs->spent);
	zs->spent = NULL;
}
EXPORT_SYMBOL_KUNIT(zmq_sock_reap);

/**
 * zmq_chain_cut() - cut the first message off a chain of messages
 * @msgs: the chain, at least one; set to the rest
 *
 * Return: the message.
 */
struct zmq_frame *zmq_chain_cut(struct zmq_frame **msgs)
{
	struct zmq_frame *msg = *msgs, *last = msg;

	while (zmq_frame_more(last))
		last = last->next;
	*msgs = last->next;
	last->next = NULL;
	return msg;
}

/**
 * zmq_sock_deliver() - messages have arrived
 * @zs: the socket
 * @p: the pipe of the session they arrived at
 * @msgs: frames of one or more whole messages, owned by the callee
 *
 * Context: any, the lower socket's lock held.
 * Return: ZMQ_R_NONE, or why the connection must end.
 */
enum zmq_reason zmq_sock_deliver(struct zmq_sock *zs, struct zmq_pipe *p,
				 struct zmq_frame *msgs)
{
	enum zmq_reason why = ZMQ_R_NONE;
	unsigned int looked = 0;
	bool woken = false;

	spin_lock_bh(&zs->lock);
	while (msgs) {
		struct zmq_frame *msg = zmq_chain_cut(&msgs);

		/* A filter may have much to do for each. */
		if (zs->ops->filter && ++looked % ZMQ_FILTER_PORTION == 0) {
			spin_unlock_bh(&zs->lock);
			spin_lock_bh(&zs->lock);
		}

		if (zs->closed || p->mute)
			why = ZMQ_R_DROP_UNREAD;
		else if (zs->ops->filter)
			why = zs->ops->filter(zs, p, msg);

		if (likely(why == ZMQ_R_NONE)) {
			zmq_queue_push(&p->in, msg);
			woken = true;
			continue;
		}
		if (why == ZMQ_R_TAKEN) {
			why = ZMQ_R_NONE;
			continue;
		}
		zmq_chain_free(msg);
		if (why < ZMQ_R_DROP_UNSENT)
			break;
		zmq_sock_drop(zs, why, 1);
		why = ZMQ_R_NONE;
	}
	if (woken)
		zmq_ring_add(&zs->fq, &p->readable);
	spin_unlock_bh(&zs->lock);

	zmq_chain_free(msgs);
	if (woken)
		zmq_sock_wake(zs, ZMQ_WAKE_IN);
	return why;
}
EXPORT_SYMBOL_KUNIT(zmq_sock_deliver);
