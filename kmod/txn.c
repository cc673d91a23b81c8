// SPDX-License-Identifier: GPL-2.0-only
/*
 * Multipart messages under way: each thread of a socket has its own, so parts
 * of two threads never mix.
 */
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "conn/props.h"
#include "conn/session.h"
#include "pattern/pattern.h"
#include "sock.h"

/* Multipart messages that may be open at once on one socket, each way. */
#define ZMQ_TXN_MAX	128
/* How often somebody looks whether their threads are alive. */
#define ZMQ_TXN_WATCH	(HZ / 10)

/*
 * Whose message is it that this call is about? A worker of io_uring, any of
 * several, stands for its process, whose struct pid is the main thread's.
 * Nothing tells which thread asked it to.
 */
static struct pid *zmq_txn_owner(const struct zmq_sock *zs)
{
	if (zs->opt.multipart != ZMQ_MULTIPART_THREAD)
		return NULL;
	if (unlikely(current->flags & PF_IO_WORKER))
		return task_tgid(current);
	return task_pid(current);
}

/**
 * zmq_txn_find() - the message that this thread has under way
 * @zs: the socket, its lock held
 * @txns: zmq_sock.sending or .reading
 *
 * Return: the message or NULL.
 */
struct zmq_txn *zmq_txn_find(struct zmq_sock *zs, struct zmq_txns *txns)
{
	struct pid *owner;
	struct zmq_txn *t;

	zmq_sock_assert(zs);
	if (likely(list_empty(&txns->list)))
		return NULL;
	owner = zmq_txn_owner(zs);
	list_for_each_entry(t, &txns->list, node)
		if (t->owner == owner)
			return t;
	return NULL;
}

/*
 * A process has ended with its last thread, also if nobody has waited for it yet;
 * its main thread may have gone before, and still stand for it. Under RCU.
 */
static bool zmq_txn_orphaned(const struct zmq_txn *t)
{
	const struct task_struct *task;

	if (!t->owner)
		return false;
	task = pid_task(t->owner, PIDTYPE_PID);
	return !task || !atomic_read(&task->signal->live);
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
		if (zmq_txn_orphaned(t)) {
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
 * zmq_txn_watch() - who waits for a place may wait for a thread that ends
 * @zs: the socket, its lock held; some messages are half sent
 *
 * Nothing tells a module of the end of a thread.
 */
void zmq_txn_watch(struct zmq_sock *zs)
{
	zmq_sock_assert(zs);
	sock_hold(&zs->sk);
	if (!queue_delayed_work(zmq_io_wq, &zs->txn_watch, ZMQ_TXN_WATCH))
		__sock_put(&zs->sk);
}

/**
 * zmq_txn_watch_work() - look whether threads of half sent messages ended
 * @work: zmq_sock.txn_watch
 *
 * Goes on as long as there are such messages, and somebody sleeps.
 */
void zmq_txn_watch_work(struct work_struct *work)
{
	struct zmq_sock *zs = container_of(to_delayed_work(work),
					   struct zmq_sock, txn_watch);

	spin_lock_bh(&zs->lock);
	/* Until the socket is closed, and then there are none, it has a queue
	 * of sleepers.
	 */
	if (zmq_txns_reap(zs, &zs->sending) &&
	    (zmq_news_wanted(&zs->news) || wq_has_sleeper(sk_sleep(&zs->sk))))
		zmq_txn_watch(zs);
	zmq_sock_unlock(zs);
	sock_put(&zs->sk);
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
	t->owner = get_pid(zmq_txn_owner(zs));
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
		if (p->attached && p->balanced) {
			zmq_ring_add(&zs->lb, &p->writable);
			zmq_sock_wake(zs, ZMQ_WAKE_OUT);
		}
	}
	list_del(&t->node);
	zmq_chain_free(t->head);
	zmq_props_put(t->props);
	put_pid(t->owner);
	if (t->spare)
		t->spare = false;
	else
		kfree(t);
}
