/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses written in numbers. */
#ifndef _ZMQ_RESOLVE_LITERAL_H
#define _ZMQ_RESOLVE_LITERAL_H

#include <linux/types.h>

struct in_addr;
struct net;
struct sockaddr_storage;

bool zmq_literal_inet4(const char *s, struct in_addr *out);
int zmq_literal_parse(struct net *net, const char *s,
		      struct sockaddr_storage *out);

#endif /* _ZMQ_RESOLVE_LITERAL_H */
