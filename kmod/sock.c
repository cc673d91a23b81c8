// SPDX-License-Identifier: GPL-2.0-only
/*
 * The socket: its life, its pipes, and who is woken when.
 *
 * Everything here that touches pipes runs under zmq_sock.lock, from system
 * calls, from workers, and in softirq when a lower socket has data.
 */
#include <linux/pid.h>
#include <linux/slab.h>

#include "conn/session.h"
#include "mem.h"
#include "pattern/pattern.h"
#include "sock.h"
#include "trace.h"

/* Multipart messages that may be open at once on one socket, each way. */
#define ZMQ_TXN_MAX	128

/**
 * zmq_sock_init() - the part of a new socket that is ours
 * @zs: the socket, all zero behind its &struct sock
 * @ops: the socket type
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; then zmq_sock_destruct() still has to run.
 */
int zmq_sock_init(struct zmq_sock *zs, const struct zmq_pattern_ops *ops)
{
	zs->ops = ops;
	spin_lock_init(&zs->lock);
	INIT_LIST_HEAD(&zs->pipes);
	INIT_LIST_HEAD(&zs->sessions);
	INIT_LIST_HEAD(&zs->sending.list);
	INIT_LIST_HEAD(&zs->reading.list);
	INIT_LIST_HEAD(&zs->listeners);
	zmq_ring_init(&zs->fq);
	zmq_ring_init(&zs->lb);
	zmq_options_init(&zs->opt, ops->type);
	zs->why = zmq_reason_text(ZMQ_R_NONE);

	zs->mem = zmq_mem_get(zs->sk.sk_uid);
	if (!zs->mem)
		return -ENOMEM;
	if (ops->priv_size) {
		zs->priv = kzalloc(ops->priv_size, GFP_KERNEL_ACCOUNT);
		if (!zs->priv)
			return -ENOMEM;
	}
	return 0;
}

static void zmq_txns_free(struct zmq_sock *zs, struct zmq_txns *txns)
{
	struct zmq_txn *t, *next;

	list_for_each_entry_safe(t, next, &txns->list, node)
		zmq_txn_free(zs, t);
}

/**
 * zmq_sock_destruct() - the last reference has gone
 * @sk: the socket
 *
 * Nobody else can be here: sessions hold references, so there are none, and
 * with them went their pipes; the listeners went when the socket was closed.
 *
 * Context: process context.
 */
void zmq_sock_destruct(struct sock *sk)
{
	struct zmq_sock *zs = zmq_sk(sk);

	zmq_txns_free(zs, &zs->sending);
	zmq_txns_free(zs, &zs->reading);
	if (zs->priv && zs->ops->fini)
		zs->ops->fini(zs);
	kfree(zs->priv);
	zmq_options_put(zs->snapshot);
	zmq_options_drop(&zs->opt);
	if (zs->mem)
		zmq_mem_put(zs->mem);
}

/**
 * zmq_sock_usable() - may a call go on?
 * @zs: the socket
 *
 * Return: 0, -ZMQ_ETERM after shutdown(), -ENOTSOCK after ZMQ_NATIVE_CLOSE.
 */
int zmq_sock_usable(const struct zmq_sock *zs)
{
	if (unlikely(READ_ONCE(zs->closed)))
		return -ENOTSOCK;
	if (unlikely(READ_ONCE(zs->terminated)))
		return -ZMQ_ETERM;
	return 0;
}

/**
 * zmq_sock_refuse() - remember why something failed, for ZMQ_NATIVE_LAST_ERROR
 * @zs: the socket
 * @why: static text
 *
 * Context: any.
 */
void zmq_sock_refuse(struct zmq_sock *zs, const char *why)
{
	WRITE_ONCE(zs->why, why);
}

/**
 * zmq_sock_drop() - count messages that are dropped
 * @zs: the socket, its lock held
 * @why: a ZMQ_R_DROP_* reason
 * @n: how many, may be 0
 */
void zmq_sock_drop(struct zmq_sock *zs, enum zmq_reason why, u64 n)
{
	zmq_sock_assert(zs);
	if (!n)
		return;
	trace_zmq_drop(zs, why, n);
	zs->stats.drops += n;
	zmq_stats_count(sock_net(&zs->sk), why, n);
}

/**
 * zmq_sock_wake() - wake who waits for an event
 * @zs: the socket
 * @events: EPOLLIN, EPOLLOUT, EPOLLHUP
 *
 * Context: any. A waiter looks again for itself, so a wake-up too many does no
 * harm.
 */
void zmq_sock_wake(struct zmq_sock *zs, __poll_t events)
{
	struct socket_wq *wq;

	rcu_read_lock();
	wq = rcu_dereference(zs->sk.sk_wq);
	if (skwq_has_sleeper(wq))
		wake_up_interruptible_sync_poll(&wq->wait, events);
	if (events & EPOLLIN)
		sk_wake_async(&zs->sk, SOCK_WAKE_WAITD, POLL_IN);
	if (events & EPOLLOUT)
		sk_wake_async(&zs->sk, SOCK_WAKE_SPACE, POLL_OUT);
	rcu_read_unlock();
}

/**
 * zmq_sock_turn() - a type that takes turns has finished one direction
 * @zs: the socket
 *
 * What came meanwhile for the other direction woke nobody, since it could not
 * be had; now it can, and edge-triggered waiters have to learn of it.
 */
void zmq_sock_turn(struct zmq_sock *zs)
{
	if (wq_has_sleeper(sk_sleep(&zs->sk)))
		zmq_sock_wake(zs, zmq_sock_events(zs));
}

/**
 * zmq_sock_unlock() - unlock, and free what was dropped meanwhile
 * @zs: the socket, its lock held
 *
 * Context: process context.
 */
void zmq_sock_unlock(struct zmq_sock *zs)
	__releases(&zs->lock)
{
	struct zmq_frame *junk = zs->junk;

	zs->junk = NULL;
	spin_unlock_bh(&zs->lock);
	zmq_chain_free_slowly(junk);
}

/* A session whose messages wait for company, referenced, or NULL. */
static struct zmq_session *zmq_sock_corked(struct zmq_sock *zs)
{
	struct zmq_session *s;

	spin_lock_bh(&zs->lock);
	list_for_each_entry(s, &zs->sessions, node) {
		if (zmq_conn_corked(&s->conn)) {
			zmq_session_get(s);
			spin_unlock_bh(&zs->lock);
			return s;
		}
	}
	spin_unlock_bh(&zs->lock);
	return NULL;
}

/**
 * zmq_sock_flush() - send what was held back to be sent together
 * @zs: the socket
 *
 * For a thread that is about to wait: nobody will add to the batch.
 *
 * Context: may sleep.
 */
void zmq_sock_flush(struct zmq_sock *zs)
{
	struct zmq_session *s;

	while (atomic_read(&zs->corked)) {
		s = zmq_sock_corked(zs);
		if (!s)
			return;
		zmq_conn_uncork(&s->conn);
		zmq_session_put(s);
	}
}

/* Level-triggered truth for poll(); see zmq_sock_events(). */
static __poll_t zmq_sock_events_locked(struct zmq_sock *zs)
{
	const struct zmq_pattern_ops *ops = zs->ops;
	bool reading, sending;
	__poll_t mask = 0;

	if (zs->closed)
		return list_empty(&zs->sessions) ?
			EPOLLHUP | EPOLLIN | EPOLLOUT : 0;
	if (zs->terminated)
		return EPOLLHUP | EPOLLIN | EPOLLRDNORM | EPOLLRDHUP |
		       EPOLLOUT | EPOLLWRNORM;

	reading = zmq_txn_find(zs, &zs->reading);
	sending = zmq_txn_find(zs, &zs->sending);
	if (reading || (ops->can_recv && !(ops->lockstep && sending) &&
			ops->can_recv(zs)))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (ops->can_send && !(ops->lockstep && reading) &&
	    (sending || ops->can_send(zs)))
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

/**
 * zmq_sock_events() - what can be done without waiting
 * @zs: the socket
 *
 * Return: EPOLLIN: a whole message, or the rest of one, can be read.
 * EPOLLOUT: a message, or the next part of one, can be sent. EPOLLHUP: the
 * socket was shut down, or closed and nothing is left to be sent.
 */
__poll_t zmq_sock_events(struct zmq_sock *zs)
{
	__poll_t mask;

	spin_lock_bh(&zs->lock);
	mask = zmq_sock_events_locked(zs);
	spin_unlock_bh(&zs->lock);
	return mask;
}
EXPORT_SYMBOL_KUNIT(zmq_sock_events);

/**
 * zmq_sock_attach_pipe() - a session brings a pipe
 * @zs: the socket
 * @p: the pipe, in no list yet
 *
 * Context: process context.
 */
void zmq_sock_attach_pipe(struct zmq_sock *zs, struct zmq_pipe *p)
{
	const struct zmq_pattern_ops *ops = zs->ops;

	spin_lock_bh(&zs->lock);
	list_add_tail(&p->node, &zs->pipes);
	/* Mute already: the session is to end. */
	if (zs->closed || p->mute || zmq_session_is_closing(p->session) ||
	    (ops->attach && ops->attach(zs, p))) {
		p->mute = true;
	} else {
		p->attached = true;
		if (ops->balances)
			zmq_ring_add(&zs->lb, &p->writable);
	}
	spin_unlock_bh(&zs->lock);

	if (ops->balances)
		zmq_sock_wake(zs, ZMQ_WAKE_OUT);
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

/* Nobody knows the pipe any more but its list. */
static void zmq_sock_free_pipe(struct zmq_sock *zs, struct zmq_pipe *p)
{
	zmq_ring_del(&zs->fq, &p->readable);
	list_del(&p->node);
	zmq_pipe_free(p);
}

/* The pattern forgets the pipe; what is in it can still be sent and read. */
static void zmq_sock_forget_pipe(struct zmq_sock *zs, struct zmq_pipe *p)
{
	zmq_sock_assert(zs);
	if (!p->attached)
		return;
	p->attached = false;
	zmq_ring_del(&zs->lb, &p->writable);
	zmq_sock_lose_pipe(zs, p);
	if (zs->ops->detach)
		zs->ops->detach(zs, p);
}

/**
 * zmq_sock_unplug() - a session is to end, but may still have to send
 * @zs: the socket, its lock held
 * @p: the session's pipe, or NULL if it has none now
 *
 * What was received and not read is dropped, and what is still to come, too.
 */
void zmq_sock_unplug(struct zmq_sock *zs, struct zmq_pipe *p)
{
	zmq_sock_assert(zs);
	if (!p)
		return;
	zmq_sock_forget_pipe(zs, p);
	p->mute = true;
	zmq_sock_drop(zs, ZMQ_R_DROP_UNREAD, zmq_queue_take(&p->in, &zs->junk));
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
		p->session = NULL;
		zmq_sock_drop(zs, ZMQ_R_DROP_UNSENT,
			      zmq_queue_take(&p->out, &zs->junk));
		if (!p->in.head)
			zmq_sock_free_pipe(zs, p);
	}
	zmq_sock_unlock(zs);
}
EXPORT_SYMBOL_KUNIT(zmq_sock_detach_pipe);

/**
 * zmq_sock_pipe_up() - the handshake of a session is complete
 * @zs: the socket
 * @c: the session's connection; it has a pipe, and what it learned of the peer
 *
 * Context: the session's work, before the first message is read or written.
 */
void zmq_sock_pipe_up(struct zmq_sock *zs, struct zmq_conn *c)
{
	spin_lock_bh(&zs->lock);
	c->pipe->up = true;
	spin_unlock_bh(&zs->lock);
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
	spin_lock_bh(&zs->lock);
	if (c->pipe && c->pipe->up)
		c->pipe->up = false;
	spin_unlock_bh(&zs->lock);
}

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

/* Cut the first message off a chain of messages. */
static struct zmq_frame *zmq_chain_cut(struct zmq_frame **msgs)
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
	bool woken = false;

	spin_lock_bh(&zs->lock);
	while (msgs) {
		struct zmq_frame *msg = zmq_chain_cut(&msgs);

		if (zs->closed || p->mute)
			why = ZMQ_R_DROP_UNREAD;
		else if (zs->ops->filter)
			why = zs->ops->filter(zs, p, msg);

		if (likely(why == ZMQ_R_NONE)) {
			zmq_queue_reserve(&p->in);
			zmq_queue_commit(&p->in, msg);
			woken = true;
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

/**
 * zmq_txn_find() - the message that this thread has under way
 * @zs: the socket, its lock held
 * @txns: zmq_sock.sending or .reading
 *
 * Return: the message or NULL.
 */
struct zmq_txn *zmq_txn_find(struct zmq_sock *zs, struct zmq_txns *txns)
{
	struct pid *owner = NULL;
	struct zmq_txn *t;

	zmq_sock_assert(zs);
	if (likely(list_empty(&txns->list)))
		return NULL;
	if (zs->opt.multipart == ZMQ_MULTIPART_THREAD)
		owner = task_pid(current);
	list_for_each_entry(t, &txns->list, node)
		if (t->owner == owner)
			return t;
	return NULL;
}

/**
 * zmq_txns_reap() - forget messages whose thread ended in the middle of them
 * @zs: the socket, its lock held
 * @txns: zmq_sock.sending or .reading
 *
 * Return: how many messages are left.
 */
size_t zmq_txns_reap(struct zmq_sock *zs, struct zmq_txns *txns)
{
	struct zmq_txn *t, *next;
	size_t n = 0;

	rcu_read_lock();
	list_for_each_entry_safe(t, next, &txns->list, node) {
		if (t->owner && !pid_task(t->owner, PIDTYPE_PID)) {
			zmq_sock_drop(zs, ZMQ_R_DROP_PARTIAL, 1);
			zmq_txn_free(zs, t);
		} else {
			n++;
		}
	}
	rcu_read_unlock();
	return n;
}

/**
 * zmq_txn_store() - remember that this thread has a message under way
 * @zs: the socket, its lock held
 * @txns: zmq_sock.sending or .reading
 *
 * Return: the new message, in the list, or NULL if there is no memory or too
 * many messages are open.
 */
struct zmq_txn *zmq_txn_store(struct zmq_sock *zs, struct zmq_txns *txns)
{
	struct zmq_txn *t = &txns->spare;

	zmq_sock_assert(zs);
	if (!list_empty(&txns->list)) {
		if (zmq_txns_reap(zs, txns) >= ZMQ_TXN_MAX)
			return NULL;
		if (txns->spare.spare)
			t = kmalloc(sizeof(*t), GFP_ATOMIC | __GFP_ACCOUNT |
				    __GFP_NOWARN);
		if (!t)
			return NULL;
	}

	memset(t, 0, sizeof(*t));
	t->spare = t == &txns->spare;
	t->tail = &t->head;
	if (zs->opt.multipart == ZMQ_MULTIPART_THREAD)
		t->owner = get_pid(task_pid(current));
	list_add_tail(&t->node, &txns->list);
	return t;
}

/**
 * zmq_txn_free() - forget a message that is under way
 * @zs: the socket, its lock held, or known to nobody else any more
 * @t: the message, in a list; its frames are freed
 *
 * A place reserved in a pipe is given back, and may be what others wait for.
 */
void zmq_txn_free(struct zmq_sock *zs, struct zmq_txn *t)
{
	struct zmq_pipe *p = t->pipe;

	if (p) {
		zmq_queue_cancel(&p->out);
		if (p->attached && zs->ops->balances) {
			zmq_ring_add(&zs->lb, &p->writable);
			zmq_sock_wake(zs, ZMQ_WAKE_OUT);
		}
	}
	list_del(&t->node);
	zmq_chain_free(t->head);
	put_pid(t->owner);
	if (t->spare)
		t->spare = false;
	else
		kfree(t);
}
