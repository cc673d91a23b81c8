/* SPDX-License-Identifier: GPL-2.0-only */
/* /etc/hosts, see hosts(5). */
#ifndef _ZMQ_RESOLVE_HOSTS_H
#define _ZMQ_RESOLVE_HOSTS_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/types.h>

/**
 * struct zmq_hosts_query - what is looked for, and what was found
 * @name: the host name, without a dot at its end
 * @want6: an IPv6 address is welcome
 * @have4: @addr4 was found
 * @have6: @addr6 was found
 * @addr4: first IPv4 address of @name
 * @addr6: first IPv6 address of @name
 *
 * Set up with the first two fields, the rest zero.
 */
struct zmq_hosts_query {
	const char *name;
	bool want6;
	bool have4;
	bool have6;
	struct in_addr addr4;
	struct in6_addr addr6;
};

bool zmq_hosts_line(void *query, char *line);
bool zmq_hosts_is_localhost(const char *name);

#endif /* _ZMQ_RESOLVE_HOSTS_H */
