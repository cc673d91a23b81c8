/* SPDX-License-Identifier: GPL-2.0-only */
/* What each network namespace has of the module's. */
#ifndef _ZMQ_NET_H
#define _ZMQ_NET_H

#include <linux/hashtable.h>
#include <linux/idr.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "roll.h"

/**
 * struct zmq_net - what a network namespace has
 * @net: the network namespace
 * @event_lock: makes the order of the events' numbers that of the messages; a
 *	leaf but for netlink's own locks
 * @event_seq: number of the last event; under @event_lock
 * @socket_lock: protects @sockets; a leaf
 * @sockets: all sockets (zmq_member.entry)
 * @ctx_lock: protects @ctxs and @ctx_owners; taken inside lock_sock(zmq)
 * @ctxs: all contexts by number
 * @ctx_owners: the same (zmq_ctx.node) by process
 * @reap: looks for contexts whose process has gone
 * @reap_next: number of the context that it looks at next; the work's
 * @reap_left: it has met contexts to be looked after; the work's
 * @caller_lock: protects @callers; taken inside zmq_ctx.lock, and outside
 *	netlink's locks
 * @callers: who waits for something of a context (zmq_ctx_caller.entry), by
 *	netlink address
 */
struct zmq_net {
	struct net *net;
	spinlock_t event_lock;
	u64 event_seq;
	spinlock_t socket_lock;
	struct zmq_roll sockets;
	struct mutex ctx_lock;
	struct idr ctxs;
	DECLARE_HASHTABLE(ctx_owners, 6);
	struct delayed_work reap;
	u32 reap_next;
	bool reap_left;
	struct mutex caller_lock;
	struct rb_root callers;
};

struct zmq_net *zmq_net(const struct net *net);

int zmq_net_init(void);
void zmq_net_exit(void);

#endif /* _ZMQ_NET_H */
