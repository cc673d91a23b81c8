/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages of the kernel's own that wait for a socket's first peer. */
#ifndef _ZMQ_EARLY_H
#define _ZMQ_EARLY_H

#include "common.h"

/**
 * struct zmq_early - what waits for a socket's first peer
 * @head: the messages, or NULL
 * @tail: where the next one is linked in, if there is one
 * @nr: how many messages
 * @met: there was a peer: from now on nothing waits
 *
 * Under zmq_sock.lock.
 */
struct zmq_early {
	struct zmq_frame *head;
	struct zmq_frame **tail;
	u32 nr;
	bool met;
};

bool zmq_early_keep(struct zmq_sock *zs, struct zmq_frame *msg);
void zmq_early_deliver(struct zmq_sock *zs, struct zmq_pipe *p);
void zmq_early_drop(struct zmq_sock *zs);

#endif /* _ZMQ_EARLY_H */
