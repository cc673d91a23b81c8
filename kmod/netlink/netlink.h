/* SPDX-License-Identifier: GPL-2.0-only */
/* The generic netlink family "zmq". */
#ifndef _ZMQ_NETLINK_H
#define _ZMQ_NETLINK_H

#include <net/genetlink.h>

#include "common.h"

struct zmq_event;

/* family.c */
extern struct genl_family zmq_netlink_family;

/* Index of the multicast group ZMQ_MCGRP_EVENTS. */
#define ZMQ_NETLINK_EVENTS	0

int zmq_netlink_init(void);
void zmq_netlink_exit(void);

/* event.c */
bool zmq_netlink_heard(struct net *net);
void zmq_netlink_event(struct zmq_sock *zs, const struct zmq_event *ev);

#endif /* _ZMQ_NETLINK_H */
