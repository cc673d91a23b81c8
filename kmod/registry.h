/* SPDX-License-Identifier: GPL-2.0-only */
/* All sockets of a network namespace, and who made them. */
#ifndef _ZMQ_REGISTRY_H
#define _ZMQ_REGISTRY_H

#include <linux/sched.h>

#include "roll.h"

struct net;
struct pid;
struct zmq_sock;

/**
 * struct zmq_member - a socket in the registry of its network namespace
 * @entry: in zmq_net.sockets; under zmq_net.socket_lock, the number constant
 * @tgid: process that made the socket, referenced; constant
 * @comm: the name it had then; constant
 */
struct zmq_member {
	struct zmq_roll_entry entry;
	struct pid *tgid;
	char comm[TASK_COMM_LEN];
};

void zmq_registry_add(struct zmq_sock *zs);
void zmq_registry_del(struct zmq_sock *zs);
struct zmq_sock *zmq_registry_after(struct net *net, u64 nr);
u64 zmq_registry_last(struct net *net);

#endif /* _ZMQ_REGISTRY_H */
