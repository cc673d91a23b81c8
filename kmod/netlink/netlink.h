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

/* socket.c */
int zmq_socket_get(struct sk_buff *skb, struct genl_info *info);
int zmq_socket_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* endpoint.c, peer.c */
int zmq_endpoint_dump(struct sk_buff *skb, struct netlink_callback *cb);
int zmq_peer_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* caller.c */
void zmq_netlink_ctx_gone(struct zmq_ctx *ctx);
void zmq_netlink_name(struct zmq_ctx *ctx, const struct zmq_listener *l,
		      bool bound);

/* event.c */
bool zmq_netlink_heard(struct net *net);
void zmq_netlink_event(struct zmq_sock *zs, const struct zmq_event *ev);

#endif /* _ZMQ_NETLINK_H */
