// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pipes: two queues of whole messages between a socket and a session.
 *
 * A queue only ever holds whole messages. Who assembles one reserves its place
 * first, so that the high-water mark is exact and later parts are accepted
 * whatever happens meanwhile; taking back a half message is cancelling the
 * reservation, so a partial message can't be seen by anybody.
 */
#include <linux/slab.h>

#include "mem.h"
#include "queue/pipe.h"

/**
 * zmq_queue_init() - an empty queue
 * @q: the queue
 * @hwm: high-water mark in messages, 0 for none
 * @conflate: hold the newest frame only; @hwm has no meaning then
 */
void zmq_queue_init(struct zmq_queue *q, u32 hwm, bool conflate)
{
	memset(q, 0, sizeof(*q));
	q->tail = &q->head;
	q->hwm = conflate ? 0 : hwm;
	q->conflate = conflate;
}
EXPORT_SYMBOL_KUNIT(zmq_queue_init);

/**
 * zmq_queue_set_hwm() - another high-water mark for a queue in use
 * @q: the queue
 * @hwm: the mark, 0 for none
 *
 * The lump in which credit goes back changes, too: what was read of one that
 * is not full would never be credited, so it is now.
 */
void zmq_queue_set_hwm(struct zmq_queue *q, u32 hwm)
{
	if (q->conflate)
		return;
	WRITE_ONCE(q->hwm, hwm);
	q->acked = q->got;
}

/**
 * zmq_queue_credit() - how many messages may be begun
 * @q: the queue
 *
 * Return: the number, U64_MAX without a high-water mark.
 */
u64 zmq_queue_credit(const struct zmq_queue *q)
{
	u64 under_way = q->put - q->acked;
	/* Readers of the wire look without the lock. */
	u32 hwm = READ_ONCE(q->hwm);

	if (!hwm)
		return U64_MAX;
	/* A mark that was lowered meanwhile drops nothing. */
	return under_way < hwm ? hwm - under_way : 0;
}
EXPORT_SYMBOL_KUNIT(zmq_queue_credit);

/**
 * zmq_queue_full() - has the high-water mark been reached?
 * @q: the queue
 *
 * Return: true if no message may be begun; never without a mark.
 */
bool zmq_queue_full(const struct zmq_queue *q)
{
	return q->hwm && q->put - q->acked >= q->hwm;
}
EXPORT_SYMBOL_KUNIT(zmq_queue_full);

/**
 * zmq_queue_reserve() - begin a message
 * @q: a queue that is not full
 */
void zmq_queue_reserve(struct zmq_queue *q)
{
	q->put++;
	q->held++;
}
EXPORT_SYMBOL_KUNIT(zmq_queue_reserve);

/**
 * zmq_queue_cancel() - give up a message that was begun
 * @q: the queue
 */
void zmq_queue_cancel(struct zmq_queue *q)
{
	q->put--;
	q->held--;
}
EXPORT_SYMBOL_KUNIT(zmq_queue_cancel);

/* The newest frame takes the place of all (API page, 2.3 "CONFLATE"). */
static struct zmq_frame *zmq_queue_conflate(struct zmq_queue *q,
					    struct zmq_frame *chain)
{
	zmq_queue_purge(q);
	while (chain->next) {
		struct zmq_frame *next = chain->next;

		zmq_frame_free(chain);
		chain = next;
	}
	chain->seg.flags &= ~ZMQ_FRAME_MORE;
	return chain;
}

/**
 * zmq_queue_commit() - put a message that was begun into the queue
 * @q: the queue
 * @chain: all its frames; the queue owns them now
 */
void zmq_queue_commit(struct zmq_queue *q, struct zmq_frame *chain)
{
	if (unlikely(q->conflate))
		chain = zmq_queue_conflate(q, chain);
	*q->tail = chain;
	for (;;) {
		q->bytes += chain->len;
		if (!chain->next)
			break;
		chain = chain->next;
	}
	q->tail = &chain->next;
	q->held--;
}
EXPORT_SYMBOL_KUNIT(zmq_queue_commit);

/**
 * zmq_queue_push() - put a message into the queue, whatever the mark says
 * @q: the queue
 * @chain: all its frames; the queue owns them now
 */
void zmq_queue_push(struct zmq_queue *q, struct zmq_frame *chain)
{
	zmq_queue_reserve(q);
	zmq_queue_commit(q, chain);
}
EXPORT_SYMBOL_KUNIT(zmq_queue_push);

/**
 * zmq_queue_push_front() - let a message be the next, whatever the mark says
 * @q: the queue
 * @chain: all its frames; the queue owns them now
 */
void zmq_queue_push_front(struct zmq_queue *q, struct zmq_frame *chain)
{
	struct zmq_frame *last;

	for (last = chain;; last = last->next) {
		q->bytes += last->len;
		if (!last->next)
			break;
	}
	last->next = q->head;
	if (!q->head)
		q->tail = &last->next;
	q->head = chain;
	q->put++;
}
EXPORT_SYMBOL_KUNIT(zmq_queue_push_front);

/**
 * zmq_queue_read() - take the first message
 * @q: the queue
 * @acked: set to true if the writer got credit back by it, otherwise untouched
 *
 * Return: the message's frames, owned by the caller; NULL if there is none.
 */
struct zmq_frame *zmq_queue_read(struct zmq_queue *q, bool *acked)
{
	struct zmq_frame *head = q->head, *last = head;
	u32 lump = q->hwm / 2 + (q->hwm & 1);

	if (!head)
		return NULL;
	for (q->bytes -= last->len; zmq_frame_more(last); q->bytes -= last->len)
		last = last->next;

	q->head = last->next;
	if (!q->head)
		q->tail = &q->head;
	last->next = NULL;

	q->got++;
	if (q->got - q->acked >= lump) {
		q->acked = q->got;
		*acked = true;
	}
	return head;
}
EXPORT_SYMBOL_KUNIT(zmq_queue_read);

/**
 * zmq_queue_unread() - put messages back to the front
 * @q: the queue
 * @chain: frames of one or more messages that were read from @q, in order
 *
 * For messages that were under way when their connection broke. They count
 * again, so for a moment the queue may be above its mark by what was on the
 * way.
 */
void zmq_queue_unread(struct zmq_queue *q, struct zmq_frame *chain)
{
	struct zmq_frame *f, *last;

	for (f = chain; f; f = f->next) {
		last = f;
		q->bytes += f->len;
		if (!zmq_frame_more(f))
			q->got--;
	}
	last->next = q->head;
	if (!q->head)
		q->tail = &last->next;
	q->head = chain;
	q->acked = min(q->acked, q->got);
}
EXPORT_SYMBOL_KUNIT(zmq_queue_unread);

/**
 * zmq_queue_take() - drop all messages, but don't free them yet
 * @q: the queue
 * @junk: chain that their frames are put in front of, to be freed where there
 *	is no lock and no hurry: there may be millions
 *
 * Return: how many messages there were.
 */
u64 zmq_queue_take(struct zmq_queue *q, struct zmq_frame **junk)
{
	u64 depth = zmq_queue_depth(q);

	if (q->head) {
		*q->tail = *junk;
		*junk = q->head;
	}
	q->head = NULL;
	q->tail = &q->head;
	q->bytes = 0;
	q->got += depth;
	q->acked = q->got;
	return depth;
}
EXPORT_SYMBOL_KUNIT(zmq_queue_take);

/**
 * zmq_queue_purge() - drop all messages
 * @q: the queue
 *
 * Return: how many there were.
 */
u64 zmq_queue_purge(struct zmq_queue *q)
{
	struct zmq_frame *junk = NULL;
	u64 depth = zmq_queue_take(q, &junk);

	zmq_chain_free(junk);
	return depth;
}
EXPORT_SYMBOL_KUNIT(zmq_queue_purge);

/**
 * zmq_pipe_alloc() - a pipe between a socket and a session
 * @lock: the socket's lock
 * @session: the session
 * @spec: what kind
 *
 * Context: may sleep.
 * Return: the pipe, not yet known to the socket, or NULL.
 */
struct zmq_pipe *zmq_pipe_alloc(spinlock_t *lock, struct zmq_session *session,
				const struct zmq_pipe_spec *spec)
{
	size_t words = DIV_ROUND_UP(spec->priv_size, sizeof(u64));
	struct zmq_pipe *p;
	u32 bytes = struct_size(p, priv, words);

	/* It may outlive its session, which is charged for much more. */
	if (!zmq_mem_charge(spec->mem, bytes))
		return NULL;
	p = kzalloc(bytes, GFP_KERNEL_ACCOUNT);
	if (!p) {
		zmq_mem_uncharge(spec->mem, bytes);
		return NULL;
	}
	p->mem = spec->mem;
	p->charged = bytes;
	p->lock = lock;
	p->session = session;
	zmq_queue_init(&p->in, spec->in_hwm, spec->conflate);
	zmq_queue_init(&p->out, spec->out_hwm, spec->conflate);
	INIT_LIST_HEAD(&p->epochs);
	INIT_LIST_HEAD(&p->node);
	INIT_LIST_HEAD(&p->readable);
	INIT_LIST_HEAD(&p->writable);
	return p;
}
EXPORT_SYMBOL_KUNIT(zmq_pipe_alloc);

/**
 * zmq_pipe_free() - free a pipe that nobody knows any more
 * @p: the pipe, in no list
 */
void zmq_pipe_free(struct zmq_pipe *p)
{
	zmq_queue_purge(&p->in);
	zmq_queue_purge(&p->out);
	zmq_mem_uncharge(p->mem, p->charged);
	kfree_rcu(p, rcu);
}
EXPORT_SYMBOL_KUNIT(zmq_pipe_free);
