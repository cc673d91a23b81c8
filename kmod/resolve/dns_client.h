/* SPDX-License-Identifier: GPL-2.0-only */
/* A stub resolver's talk with its name servers. */
#ifndef _ZMQ_RESOLVE_DNS_CLIENT_H
#define _ZMQ_RESOLVE_DNS_CLIENT_H

#include <linux/types.h>

struct net;
struct sockaddr_storage;
struct zmq_resolv_conf;

/**
 * struct zmq_dns_wait - how long an answer is worth waiting for
 * @stop: returns true when nobody wants it any more; called at least every
 *	200 ms, in process context, without locks; may be NULL
 * @arg: passed to @stop
 * @deadline: jiffies at which everything ends
 */
struct zmq_dns_wait {
	bool (*stop)(void *arg);
	void *arg;
	unsigned long deadline;
};

int zmq_dns_lookup(struct net *net, const struct zmq_resolv_conf *conf,
		   const char *name, bool ipv6, struct sockaddr_storage *out,
		   const struct zmq_dns_wait *wait);

#endif /* _ZMQ_RESOLVE_DNS_CLIENT_H */
