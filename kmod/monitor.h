/* SPDX-License-Identifier: GPL-2.0-only */
/* The monitor of a socket: another socket that sends its events. */
#ifndef _ZMQ_MONITOR_H
#define _ZMQ_MONITOR_H

#include <linux/mutex.h>

#include "common.h"

struct file;
struct zmq_event;
struct zmq_monitor_req;

/**
 * struct zmq_teller - a socket that sends the events of another
 * @to: the socket, referenced, or NULL for none
 * @file: its file, referenced: the socket is not closed before this ends
 *	(ZMQ_MONITOR_KEEP); or NULL
 * @version: of the messages
 * @events: those that are wanted
 */
struct zmq_teller {
	struct zmq_sock *to;
	struct file *file;
	u32 version;
	u32 events;
};

/**
 * struct zmq_monitor - who sends the events of a socket
 * @lock: protects @by, and puts events in order: held while one is sent, so
 *	that nothing follows MONITOR_STOPPED
 * @by: the socket that sends them; @by.events is also read without the lock, as
 *	a hint
 * @keeps: files of others that this socket holds; 2 for a moment, while one
 *	takes the place of another
 * @kept: others that hold the file of this socket; as @keeps under
 *	zmq_monitor_keep_lock
 *
 * Ends when the socket was closed and its last session has ended. So references
 * between sockets never form a cycle that stays. Files could: a socket whose
 * file is held is not closed. Hence one of @keeps and @kept is 0.
 */
struct zmq_monitor {
	struct mutex lock;
	struct zmq_teller by;
	u32 keeps;
	u32 kept;
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
	return READ_ONCE(m->by.events) & type;
}

#endif /* _ZMQ_MONITOR_H */
