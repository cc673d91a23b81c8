/* SPDX-License-Identifier: GPL-2.0-only */
/* The generic netlink family "zmq". */
#ifndef _ZMQ_NETLINK_H
#define _ZMQ_NETLINK_H

#include <linux/types.h>

#include "common.h"

struct net;
struct zmq_event;

int zmq_netlink_init(void);
void zmq_netlink_exit(void);

bool zmq_netlink_heard(struct net *net);
void zmq_netlink_event(struct zmq_sock *zs, const struct zmq_event *ev);

#endif /* _ZMQ_NETLINK_H */
