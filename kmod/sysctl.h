/* SPDX-License-Identifier: GPL-2.0-only */
/* Limits of one network namespace: /proc/sys/net/zmq. */
#ifndef _ZMQ_SYSCTL_H
#define _ZMQ_SYSCTL_H

#include <net/net_namespace.h>

int zmq_sysctl_init(void);
void zmq_sysctl_exit(void);

int zmq_linger_max(const struct net *net);

#endif /* _ZMQ_SYSCTL_H */
