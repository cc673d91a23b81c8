/* SPDX-License-Identifier: GPL-2.0-only */
/* Limits of one network namespace: /proc/sys/net/zmq. */
#ifndef _ZMQ_SYSCTL_H
#define _ZMQ_SYSCTL_H

#include <net/net_namespace.h>

/**
 * enum zmq_limit - what a namespace limits
 * @ZMQ_LIMIT_LINGER: milliseconds that unsent messages may outlive the last
 *	descriptor of their socket
 * @ZMQ_LIMIT_HANDSHAKE: milliseconds that an accepted connection has for its
 *	handshake, whatever ZMQ_HANDSHAKE_IVL says
 * @ZMQ_LIMIT_HALF_OPEN: connections of one listener whose handshake is not
 *	complete
 * @ZMQ_LIMIT_HALF_OPEN_SOURCE: how many of them may be of one source
 * @ZMQ_LIMIT_PEER_SUBS: subscriptions of one peer of a PUB or XPUB
 * @ZMQ_LIMIT_PEER_SUBS_BYTES: what they take in memory
 * @ZMQ_LIMIT_NR: how many limits there are
 */
enum zmq_limit {
	ZMQ_LIMIT_LINGER,
	ZMQ_LIMIT_HANDSHAKE,
	ZMQ_LIMIT_HALF_OPEN,
	ZMQ_LIMIT_HALF_OPEN_SOURCE,
	ZMQ_LIMIT_PEER_SUBS,
	ZMQ_LIMIT_PEER_SUBS_BYTES,
	ZMQ_LIMIT_NR
};

int zmq_sysctl_init(void);
void zmq_sysctl_exit(void);

int zmq_limit(const struct net *net, enum zmq_limit which);

#endif /* _ZMQ_SYSCTL_H */
