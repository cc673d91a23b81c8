/* SPDX-License-Identifier: GPL-2.0-only */
/* A ring of pipes that are ready, and whose turn it is. */
#ifndef _ZMQ_RING_H
#define _ZMQ_RING_H

#include <linux/list.h>

/**
 * struct zmq_ring - members in the order they became ready, and a hand
 * @list: the members
 * @hand: the member whose turn it is, or @list itself when there is none
 *
 * Fair queuing (readable pipes) and load balancing (writable pipes) are two
 * uses of it. The hand moves only after a complete message; a new member joins
 * at the end of the ring, wherever the hand stands (libzmq API page, 1.3).
 *
 * Locking: by the caller, the owning socket's lock.
 */
struct zmq_ring {
	struct list_head list;
	struct list_head *hand;
};

void zmq_ring_init(struct zmq_ring *ring);
void zmq_ring_add(struct zmq_ring *ring, struct list_head *member);
void zmq_ring_del(struct zmq_ring *ring, struct list_head *member);
void zmq_ring_advance(struct zmq_ring *ring);

/**
 * zmq_ring_hand() - whose turn it is
 * @ring: the ring
 *
 * Return: the member, or NULL if there is none.
 */
static inline struct list_head *zmq_ring_hand(const struct zmq_ring *ring)
{
	return ring->hand == &ring->list ? NULL : ring->hand;
}

#endif /* _ZMQ_RING_H */
