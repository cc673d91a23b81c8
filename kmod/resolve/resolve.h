/* SPDX-License-Identifier: GPL-2.0-only */
/* Host names to addresses, as the process that called connect() sees them. */
#ifndef _ZMQ_RESOLVE_RESOLVE_H
#define _ZMQ_RESOLVE_RESOLVE_H

#include <linux/types.h>

struct sockaddr_storage;
struct zmq_view;

int zmq_resolve(struct zmq_view *v, const char *host, bool ipv6,
		struct sockaddr_storage *out, bool (*stop)(void *arg),
		void *arg);

#endif /* _ZMQ_RESOLVE_RESOLVE_H */
