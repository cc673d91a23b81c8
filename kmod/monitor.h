/* SPDX-License-Identifier: GPL-2.0-only */
/* The monitor of a socket: another socket that sends its events. */
#ifndef _ZMQ_MONITOR_H
#define _ZMQ_MONITOR_H

#include <linux/mutex.h>

#include "common.h"

struct zmq_event;
struct zmq_monitor_req;

/**
 * struct zmq_monitor - who sends the events of a socket
 * @lock: protects the others, and puts events in order: held while one is
 *	sent, so that nothing follows MONITOR_STOPPED
 * @to: the socket that sends them, or NULL; referenced, but not its
 *	descriptor, so that sockets that monitor each other can be closed
 * @version: of the messages
 * @events: those that are wanted; also read without the lock, as a hint
 *
 * Ends when the socket is closed, at the latest. So references between
 * sockets never form a cycle that stays.
 */
struct zmq_monitor {
	struct mutex lock;
	struct zmq_sock *to;
	u32 version;
	u32 events;
};

void zmq_monitor_init(struct zmq_monitor *m);
int zmq_monitor_set(struct zmq_sock *zs, const struct zmq_monitor_req *req);
void zmq_monitor_stop(struct zmq_sock *zs);
void zmq_monitor_event(struct zmq_sock *zs, const struct zmq_event *ev);
struct zmq_frame *zmq_monitor_encode(struct zmq_mem *mem, u32 version,
				     const struct zmq_event *ev);

/* Without the lock: who sets the monitor knows what may come before it. */
static inline bool zmq_monitor_wants(const struct zmq_monitor *m, u32 type)
{
	return READ_ONCE(m->events) & type;
}

#endif /* _ZMQ_MONITOR_H */
