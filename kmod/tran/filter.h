/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses that may connect to a listener: ZMQ_TCP_ACCEPT_FILTER. */
#ifndef _ZMQ_FILTER_H
#define _ZMQ_FILTER_H

#include <linux/in6.h>

#include "common.h"

struct sockaddr_storage;
struct zmq_blob;

/**
 * struct zmq_filter - a range of addresses
 * @addr: an address of it; IPv4 ones are mapped (::ffff:a.b.c.d)
 * @bits: leading bits of @addr that count, 0 to 128; 96 more for IPv4
 */
struct zmq_filter {
	struct in6_addr addr;
	u32 bits;
};

int zmq_filter_parse(struct zmq_filter *f, const char *s, bool ipv6);
void zmq_filter_map(struct in6_addr *out, const struct sockaddr_storage *ss);
bool zmq_filter_passes(const struct zmq_blob *list,
		       const struct sockaddr_storage *ss);

#endif /* _ZMQ_FILTER_H */
