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
#include "ctx/ctx.h"
#include "mem.h"
#include "pattern/pattern.h"
#include "sock.h"
#include "trace.h"

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
	INIT_DELAYED_WORK(&zs->txn_watch, zmq_txn_watch_work);
	INIT_LIST_HEAD(&zs->listeners);
	zmq_ring_init(&zs->fq);
	zmq_ring_init(&zs->lb);
	zmq_options_init(&zs->opt, ops->type);
	INIT_LIST_HEAD(&zs->kicks);
	zmq_queue_init(&zs->early.queue, 0, false);
	INIT_LIST_HEAD(&zs->ctx_node);
	INIT_LIST_HEAD(&zs->guests);
	zmq_monitor_init(&zs->monitor);
	zmq_news_init(&zs->news);
	zs->why = zmq_reason_text(ZMQ_R_NONE);

	zs->mem = zmq_mem_get(zs->sk.sk_uid);
	if (!zs->mem)
		return -ENOMEM;
	if (ops->priv_size) {
		zs->priv = kzalloc(ops->priv_size, GFP_KERNEL_ACCOUNT);
		if (!zs->priv)
			return -ENOMEM;
	}
	if (ops->init)
		ops->init(zs);
	zmq_registry_add(zs);
	return 0;
}

static bool zmq_sock_hosts(struct zmq_sock *zs, const struct zmq_mem *mem)
{
	struct zmq_guest *g;

	if (mem == zs->mem)
		return true;
	list_for_each_entry(g, &zs->guests, node)
		if (g->mem == mem)
			return true;
	return false;
}

/**
 * zmq_sock_host() - frames charged to an account may come to a socket
 * @zs: the socket
 * @mem: the account, held by somebody else meanwhile
 *
 * The socket holds the account until it is freed: there are few users in a
 * context.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int zmq_sock_host(struct zmq_sock *zs, struct zmq_mem *mem)
{
	struct zmq_guest *g;

	if (likely(mem == zs->mem))
		return 0;
	g = kmalloc(sizeof(*g), GFP_KERNEL_ACCOUNT);
	if (!g)
		return -ENOMEM;
	g->mem = mem;
	zmq_mem_hold(mem);
	spin_lock_bh(&zs->lock);
	if (!zmq_sock_hosts(zs, mem)) {
		list_add(&g->node, &zs->guests);
		g = NULL;
	}
	spin_unlock_bh(&zs->lock);
	if (g) {
		zmq_mem_put(mem);
		kfree(g);
	}
	return 0;
}

static void zmq_sock_drop_guests(struct zmq_sock *zs)
{
	struct zmq_guest *g, *next;

	list_for_each_entry_safe(g, next, &zs->guests, node) {
		zmq_mem_put(g->mem);
		kfree(g);
	}
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

	zmq_registry_del(zs);
	zmq_txns_free(zs, &zs->sending);
	zmq_txns_free(zs, &zs->reading);
	if (zs->priv && zs->ops->fini)
		zs->ops->fini(zs);
	kfree(zs->priv);
	zmq_told_fini(&zs->told);
	zmq_options_put(zs->snapshot);
	zmq_options_drop(&zs->opt);
	zmq_sock_drop_guests(zs);
	zmq_ctx_gone(zs);
	if (zs->mem)
		zmq_mem_put(zs->mem);
	sock_prot_inuse_add(sock_net(sk), sk->sk_prot, -1);
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
	zs->dropped[why - ZMQ_R_DROP_UNSENT] += n;
	zmq_stats_count(sock_net(&zs->sk), why, n);
}

/**
 * zmq_sock_drop_one() - count a message that is dropped
 * @zs: the socket, its lock not held
 * @why: a ZMQ_R_DROP_* reason
 *
 * Context: any.
 */
void zmq_sock_drop_one(struct zmq_sock *zs, enum zmq_reason why)
{
	spin_lock_bh(&zs->lock);
	zmq_sock_drop(zs, why, 1);
	spin_unlock_bh(&zs->lock);
}

/* Who waits at the socket itself: in a call, or for its descriptor. */
static void zmq_sock_wake_waiters(struct zmq_sock *zs, __poll_t events)
{
	struct socket_wq *wq;

	rcu_read_lock();
	wq = rcu_dereference(zs->sk.sk_wq);
	if (skwq_has_sleeper(wq))
		wake_up_interruptible_sync_poll(&wq->wait, events);
	if (events & EPOLLIN)
		sk_wake_async(&zs->sk, SOCK_WAKE_WAITD, POLL_IN);
	if (events & EPOLLOUT)
		sk_wake_async(&zs->sk, SOCK_WAKE_IO, POLL_OUT);
	rcu_read_unlock();
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
	zmq_news_tell(&zs->news, events);
	zmq_sock_wake_waiters(zs, events);
}

/**
 * zmq_sock_turn() - a type that takes turns has finished one direction
 * @zs: the socket
 *
 * What came meanwhile for the other direction woke nobody, since it could not
 * be had; now it can, and edge-triggered waiters have to learn of it. That it
 * is possible now to send is the caller's own doing and no news.
 */
void zmq_sock_turn(struct zmq_sock *zs)
{
	bool news = zmq_news_wanted(&zs->news);
	__poll_t events;

	if (!wq_has_sleeper(sk_sleep(&zs->sk)) && !news)
		return;
	events = zmq_sock_events(zs);
	zmq_sock_wake_waiters(zs, events);
	if (news && (events & EPOLLIN))
		zmq_news_tell(&zs->news, EPOLLIN);
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
	if (unlikely(junk))
		zmq_chain_free_slowly(junk);
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

	if (likely(!atomic_read(&zs->corked)))
		return;
	spin_lock_bh(&zs->lock);
	list_for_each_entry(s, &zs->sessions, node)
		if (zmq_conn_corked(&s->conn))
			zmq_sock_kick_later(zs, s);
	spin_unlock_bh(&zs->lock);
	while ((s = zmq_sock_kicked(zs))) {
		zmq_conn_uncork(&s->conn);
		zmq_session_put(s);
	}
}

/* zmq_sock_readable() for a caller that knows what the thread has begun. */
static bool zmq_sock_can_recv(struct zmq_sock *zs, bool reading, bool sending)
{
	const struct zmq_pattern_ops *ops = zs->ops;

	if (reading)
		return true;
	if (!ops->can_recv || (ops->lockstep && sending))
		return false;
	return ops->can_recv(zs);
}

/**
 * zmq_sock_readable() - would this thread get something if it received?
 * @zs: the socket, its lock held; it is open
 *
 * Return: true: a whole message, or the rest of one.
 */
bool zmq_sock_readable(struct zmq_sock *zs)
{
	return zmq_sock_can_recv(zs, zmq_txn_find(zs, &zs->reading),
				 zmq_txn_find(zs, &zs->sending));
}

/* Level-triggered truth for poll(); see zmq_sock_events(). */
static __poll_t zmq_sock_events_locked(struct zmq_sock *zs)
{
	const struct zmq_pattern_ops *ops = zs->ops;
	bool reading, sending, others;
	__poll_t mask = 0;

	if (zs->closed)
		return list_empty(&zs->sessions) ?
			EPOLLHUP | EPOLLIN | EPOLLOUT : 0;
	if (zs->terminated)
		return EPOLLHUP | EPOLLIN | EPOLLRDNORM | EPOLLRDHUP |
		       EPOLLOUT | EPOLLWRNORM;

	zmq_burst_end(zs);
	reading = zmq_txn_find(zs, &zs->reading);
	sending = zmq_txn_find(zs, &zs->sending);
	others = !sending && !list_empty(&zs->sending.list) &&
		 zmq_txns_reap(zs, &zs->sending);
	if (zmq_sock_can_recv(zs, reading, sending))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (ops->can_send && !(ops->lockstep && reading) &&
	    (sending || ops->can_send(zs)))
		mask |= EPOLLOUT | EPOLLWRNORM;
	else if (others)
		zmq_txn_watch(zs);
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
	/* A SUB drops what it has not subscribed to, while it looks. */
	zmq_sock_unlock(zs);
	return mask;
}
EXPORT_SYMBOL_KUNIT(zmq_sock_events);

/**
 * zmq_sock_look() - zmq_sock_events(), for a user who asks ZMQ_EVENTS
 * @zs: the socket
 *
 * Return: the same. There are no news until something else happens.
 */
__poll_t zmq_sock_look(struct zmq_sock *zs)
{
	__poll_t mask;

	spin_lock_bh(&zs->lock);
	mask = zmq_sock_events_locked(zs);
	zmq_news_seen(&zs->news, ZMQ_NEWS_ALL);
	zmq_sock_unlock(zs);
	return mask;
}
