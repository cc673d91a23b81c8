/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters of one network namespace: /proc/net/zmq_stat. */
#ifndef _ZMQ_STATS_H
#define _ZMQ_STATS_H

#include <net/net_namespace.h>

#include "reason.h"

/**
 * struct zmq_stats - one CPU's share of a namespace's counters
 * @reason: how often each reason came up, see reason.h
 *
 * Never reset. Messages and bytes are counted per socket instead, where the
 * socket's lock is held anyway.
 */
struct zmq_stats {
	u64 reason[ZMQ_REASON_NR];
};

int zmq_stats_init(void);
void zmq_stats_exit(void);

void zmq_stats_count(struct net *net, enum zmq_reason r, u64 n);

#endif /* _ZMQ_STATS_H */
