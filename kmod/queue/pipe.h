/* SPDX-License-Identifier: GPL-2.0-only */
/* Pipes: two queues of whole messages between a socket and a session. */
#ifndef _ZMQ_PIPE_H
#define _ZMQ_PIPE_H

#include <linux/list.h>
#include <linux/spinlock.h>

#include "queue/frame.h"
#include "roll.h"

/**
 * struct zmq_queue - messages in one direction
 * @head: first frame of the first message, or NULL
 * @tail: where the next message is linked in
 * @bytes: payload of all messages in the queue
 * @put: messages written since the beginning, those begun (reserved) included
 * @got: messages read since the beginning
 * @acked: part of @got that the writer knows of
 * @held: messages begun (counted in @put) but not yet in the queue
 * @hwm: high-water mark in messages, 0 for none
 * @conflate: ZMQ_CONFLATE: holds the newest frame only, and has no mark
 *
 * Credit goes back to the writer in lumps of (hwm + 1) / 2 messages read, as
 * libzmq's does (API page, 2.3 "Low-water mark"), so a writer that has to wait
 * is woken once for many messages.
 */
struct zmq_queue {
	struct zmq_frame *head;
	struct zmq_frame **tail;
	u64 bytes;
	u64 put;
	u64 got;
	u64 acked;
	u32 held;
	u32 hwm;
	bool conflate;
};

void zmq_queue_init(struct zmq_queue *q, u32 hwm, bool conflate);
void zmq_queue_set_hwm(struct zmq_queue *q, u32 hwm);
bool zmq_queue_full(const struct zmq_queue *q);
u64 zmq_queue_credit(const struct zmq_queue *q);
void zmq_queue_reserve(struct zmq_queue *q);
void zmq_queue_cancel(struct zmq_queue *q);
void zmq_queue_commit(struct zmq_queue *q, struct zmq_frame *chain);
void zmq_queue_push(struct zmq_queue *q, struct zmq_frame *chain);
void zmq_queue_push_front(struct zmq_queue *q, struct zmq_frame *chain);
void zmq_queue_unread(struct zmq_queue *q, struct zmq_frame *chain);
struct zmq_frame *zmq_queue_read(struct zmq_queue *q, bool *acked);
u64 zmq_queue_take(struct zmq_queue *q, struct zmq_frame **junk);
u64 zmq_queue_purge(struct zmq_queue *q);

/* Whole messages in the queue. */
static inline u64 zmq_queue_depth(const struct zmq_queue *q)
{
	return q->put - q->held - q->got;
}

/**
 * struct zmq_pipe - joins a socket to one session
 * @lock: the socket's lock; it protects all other members
 * @session: the other end, or NULL once it has gone
 * @in: messages from the peer, written by the session, read by the socket
 * @out: messages to the peer, written by the socket, read by the session
 * @node: in the socket's list of all its pipes
 * @entry: in the socket's roll of pipes without session, or in none
 * @readable: member of the pattern's fair queue
 * @writable: member of the pattern's load balancer
 * @stopped: the session found @in full and waits to be resumed
 * @mute: the pattern has no use for this peer (a second one at a PAIR):
 *	nothing is read from it and nothing sent to it
 * @attached: the pattern knows this pipe
 * @balanced: joins the load balancer whenever it gets room
 * @up: the session has a peer whose handshake is complete
 * @version: the peer's &enum zmq_peer_version, if @up
 * @burst: zmq_sock.burst when @seen was taken, see zmq_burst_full()
 * @seen: @out.acked as a sender in a hurry knows it
 * @seen_at: since when, by local_clock()
 * @props: metadata of the peer whose messages are read now, or NULL
 * @epochs: metadata of later peers whose messages are behind those in @in
 *	(zmq_epoch.node)
 * @mem: account that it is charged to; constant
 * @charged: bytes; constant
 * @rcu: frees it: zmq_conn_kick() looks at it without the lock
 * @priv: the pattern's, zmq_pattern_ops.pipe_size bytes, zeroed
 *
 * Ends in two steps, in either order: the session goes (zmq_sock_detach_pipe:
 * @session becomes NULL, @out is dropped), and @in is read empty, because what
 * a peer sent before it went stays readable. The second step frees.
 */
struct zmq_pipe {
	spinlock_t *lock;
	struct zmq_session *session;
	struct zmq_queue in;
	struct zmq_queue out;
	struct list_head node;
	struct zmq_roll_entry entry;
	struct list_head readable;
	struct list_head writable;
	bool stopped;
	bool mute;
	bool attached;
	bool balanced;
	bool up;
	u8 version;
	u32 burst;
	u64 seen;
	u64 seen_at;
	struct zmq_props *props;
	struct list_head epochs;
	struct zmq_mem *mem;
	u32 charged;
	struct rcu_head rcu;
	u64 priv[];
};

/**
 * struct zmq_epoch - messages of a pipe's next peer begin
 * @node: in zmq_pipe.epochs
 * @first: zmq_queue.got when the first of them is next
 * @props: metadata of the peer, or NULL
 */
struct zmq_epoch {
	struct list_head node;
	u64 first;
	struct zmq_props *props;
};

/**
 * struct zmq_pipe_spec - what kind of pipe to make
 * @mem: account to charge
 * @in_hwm: ZMQ_RCVHWM
 * @out_hwm: ZMQ_SNDHWM
 * @conflate: ZMQ_CONFLATE, for types that have it
 * @priv_size: bytes of zmq_pipe.priv
 */
struct zmq_pipe_spec {
	struct zmq_mem *mem;
	u32 in_hwm;
	u32 out_hwm;
	bool conflate;
	size_t priv_size;
};

struct zmq_pipe *zmq_pipe_alloc(spinlock_t *lock, struct zmq_session *session,
				const struct zmq_pipe_spec *spec);
void zmq_pipe_free(struct zmq_pipe *p);

#endif /* _ZMQ_PIPE_H */
