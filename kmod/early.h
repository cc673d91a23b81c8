/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages of the kernel's own that wait for a socket's first peer. */
#ifndef _ZMQ_EARLY_H
#define _ZMQ_EARLY_H

#include "queue/pipe.h"

/**
 * struct zmq_early - what waits for a socket's first peer
 * @queue: the messages
 * @met: there was a peer: from now on nothing waits
 *
 * Under zmq_sock.lock.
 */
struct zmq_early {
	struct zmq_queue queue;
	bool met;
};

bool zmq_early_keep(struct zmq_sock *zs, struct zmq_frame *msg);
void zmq_early_deliver(struct zmq_sock *zs, struct zmq_pipe *p);
void zmq_early_drop(struct zmq_sock *zs);

#endif /* _ZMQ_EARLY_H */
