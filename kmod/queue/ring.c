// SPDX-License-Identifier: GPL-2.0-only
/* A ring of pipes that are ready, and whose turn it is. */
#include "common.h"
#include "queue/ring.h"

/**
 * zmq_ring_init() - an empty ring
 * @ring: the ring
 */
void zmq_ring_init(struct zmq_ring *ring)
{
	INIT_LIST_HEAD(&ring->list);
	ring->hand = &ring->list;
}
EXPORT_SYMBOL_KUNIT(zmq_ring_init);

/**
 * zmq_ring_add() - let a pipe take part
 * @ring: the ring
 * @member: its node, initialised; nothing happens if it is in a ring already
 */
void zmq_ring_add(struct zmq_ring *ring, struct list_head *member)
{
	if (!list_empty(member))
		return;
	list_add_tail(member, &ring->list);
	if (ring->hand == &ring->list)
		ring->hand = member;
}
EXPORT_SYMBOL_KUNIT(zmq_ring_add);

/**
 * zmq_ring_advance() - the next one's turn
 * @ring: the ring
 */
void zmq_ring_advance(struct zmq_ring *ring)
{
	if (list_empty(&ring->list))
		return;
	ring->hand = ring->hand->next;
	if (ring->hand == &ring->list)
		ring->hand = ring->list.next;
}
EXPORT_SYMBOL_KUNIT(zmq_ring_advance);

/**
 * zmq_ring_del() - take a pipe out
 * @ring: the ring
 * @member: its node; nothing happens if it is in no ring
 *
 * If it was its turn, the next one gets it.
 */
void zmq_ring_del(struct zmq_ring *ring, struct list_head *member)
{
	if (list_empty(member))
		return;
	if (ring->hand == member)
		zmq_ring_advance(ring);
	if (ring->hand == member)
		ring->hand = &ring->list;
	list_del_init(member);
}
EXPORT_SYMBOL_KUNIT(zmq_ring_del);
