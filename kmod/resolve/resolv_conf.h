/* SPDX-License-Identifier: GPL-2.0-only */
/* /etc/resolv.conf, see resolv.conf(5). */
#ifndef _ZMQ_RESOLVE_RESOLV_CONF_H
#define _ZMQ_RESOLVE_RESOLV_CONF_H

#include <linux/socket.h>
#include <linux/types.h>

#include "resolve/dns_wire.h"

#define ZMQ_RESOLV_SERVERS 3	/* MAXNS */
#define ZMQ_RESOLV_SEARCH 6

struct net;

/**
 * struct zmq_resolv_conf - whom to ask, and for which names
 * @net: where the interface in a server's %zone is looked for
 * @nr_servers: entries in @servers, at least 1 when complete
 * @nr_search: entries in @search
 * @ndots: with so many dots a name is first tried as it is; 0..15
 * @timeout: seconds to wait for a server in the first round; 1..30
 * @attempts: rounds through all servers; 1..5
 * @servers: addresses with port
 * @search: domains that are appended to short names, no dot at the end
 */
struct zmq_resolv_conf {
	struct net *net;
	unsigned int nr_servers;
	unsigned int nr_search;
	unsigned int ndots;
	unsigned int timeout;
	unsigned int attempts;
	struct sockaddr_storage servers[ZMQ_RESOLV_SERVERS];
	char search[ZMQ_RESOLV_SEARCH][ZMQ_DNS_NAME_MAX + 1];
};

void zmq_resolv_conf_init(struct zmq_resolv_conf *conf, struct net *net);
bool zmq_resolv_conf_line(void *conf, char *line);
void zmq_resolv_conf_finish(struct zmq_resolv_conf *conf);

int zmq_resolv_conf_candidate(const struct zmq_resolv_conf *conf,
			      const char *name, unsigned int i,
			      char out[ZMQ_DNS_NAME_MAX + 1]);

#endif /* _ZMQ_RESOLVE_RESOLV_CONF_H */
