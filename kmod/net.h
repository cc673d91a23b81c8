/* SPDX-License-Identifier: GPL-2.0-only */
/* What each network namespace has of the module's. */
#ifndef _ZMQ_NET_H
#define _ZMQ_NET_H

#include <linux/spinlock.h>
#include <net/net_namespace.h>

#include "roll.h"

/**
 * struct zmq_net - what a network namespace has
 * @event_lock: makes the order of the events' numbers that of the messages; a
 *	leaf but for netlink's own locks
 * @event_seq: number of the last event; under @event_lock
 * @socket_lock: protects @sockets; a leaf
 * @sockets: all sockets (zmq_member.entry)
 */
struct zmq_net {
	spinlock_t event_lock;
	u64 event_seq;
	spinlock_t socket_lock;
	struct zmq_roll sockets;
};

struct zmq_net *zmq_net(const struct net *net);

int zmq_net_init(void);
void zmq_net_exit(void);

#endif /* _ZMQ_NET_H */
