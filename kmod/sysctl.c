// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits of one network namespace: /proc/sys/net/zmq.
 *
 * Who owns a user namespace may write the values of its network namespaces, so
 * one of these can only be stricter than the machine's own, which is that of
 * the initial namespace, and also the module's parameter.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysctl.h>
#include <net/netns/generic.h>

#include "compat/compat.h"
#include "mem.h"
#include "sysctl.h"

/* What the machine allows; 0: not set when the module was loaded. */
static uint zmq_limits[ZMQ_LIMIT_NR] = {
	[ZMQ_LIMIT_LINGER] = 60000,
	[ZMQ_LIMIT_HANDSHAKE] = 300000,
	[ZMQ_LIMIT_PEER_SUBS] = 1000000,
};

module_param_named(linger_max, zmq_limits[ZMQ_LIMIT_LINGER], uint, 0644);
MODULE_PARM_DESC(linger_max,
		 "Milliseconds that unsent messages may outlive their last descriptor (also net.zmq.linger_max)");
module_param_named(handshake_max, zmq_limits[ZMQ_LIMIT_HANDSHAKE], uint, 0644);
MODULE_PARM_DESC(handshake_max,
		 "Milliseconds that an accepted connection has for its handshake at most (also net.zmq.handshake_max)");
module_param_named(half_open_max, zmq_limits[ZMQ_LIMIT_HALF_OPEN], uint, 0644);
MODULE_PARM_DESC(half_open_max,
		 "Connections of one listener that may be without complete handshake (also net.zmq.half_open_max)");
module_param_named(half_open_source_max, zmq_limits[ZMQ_LIMIT_HALF_OPEN_SOURCE], uint, 0644);
MODULE_PARM_DESC(half_open_source_max,
		 "How many of these may be of one IPv4 address, IPv6 /64, or user (also net.zmq.half_open_source_max)");

module_param_named(peer_subs_max, zmq_limits[ZMQ_LIMIT_PEER_SUBS], uint, 0644);
MODULE_PARM_DESC(peer_subs_max,
		 "Subscriptions that one peer of a PUB or XPUB may have (also net.zmq.peer_subs_max)");
module_param_named(peer_subs_bytes_max, zmq_limits[ZMQ_LIMIT_PEER_SUBS_BYTES], uint, 0644);
MODULE_PARM_DESC(peer_subs_bytes_max,
		 "Bytes that these may take (also net.zmq.peer_subs_bytes_max)");

/* What half-open connections of one listener may have of a user's account. */
#define ZMQ_HALF_OPEN_SHARE	8
/* The same for subscriptions of one peer; those to one socket have twice that. */
#define ZMQ_PEER_SUBS_SHARE	8
/* Where there is much memory. */
#define ZMQ_HALF_OPEN_MOST	4096
/* Where there is little. */
#define ZMQ_HALF_OPEN_LEAST	64
/* What one source may have of that. */
#define ZMQ_HALF_OPEN_SOURCES	4

/**
 * struct zmq_sysctl_net - the limits of a namespace
 * @header: the registered table
 * @limits: by &enum zmq_limit; of no meaning in the initial namespace
 */
struct zmq_sysctl_net {
	struct ctl_table_header *header;
	unsigned int limits[ZMQ_LIMIT_NR];
};

static unsigned int zmq_sysctl_net_id __read_mostly;

#define ZMQ_SYSCTL(which, name, least) \
	[which] = { \
		.procname = name, \
		.maxlen = sizeof(unsigned int), \
		.mode = 0644, \
		.proc_handler = proc_douintvec_minmax, \
		.extra1 = least, \
		.extra2 = SYSCTL_INT_MAX, \
	}

/* By &enum zmq_limit. The last one is empty: older kernels want to see the end. */
static const struct ctl_table zmq_sysctl_table[ZMQ_LIMIT_NR + 1] = {
	ZMQ_SYSCTL(ZMQ_LIMIT_LINGER, "linger_max", SYSCTL_ZERO),
	ZMQ_SYSCTL(ZMQ_LIMIT_HANDSHAKE, "handshake_max", SYSCTL_ONE),
	ZMQ_SYSCTL(ZMQ_LIMIT_HALF_OPEN, "half_open_max", SYSCTL_ONE),
	ZMQ_SYSCTL(ZMQ_LIMIT_HALF_OPEN_SOURCE, "half_open_source_max", SYSCTL_ONE),
	ZMQ_SYSCTL(ZMQ_LIMIT_PEER_SUBS, "peer_subs_max", SYSCTL_ONE),
	ZMQ_SYSCTL(ZMQ_LIMIT_PEER_SUBS_BYTES, "peer_subs_bytes_max", SYSCTL_ONE),
};

/**
 * zmq_limit() - a limit for the sockets of a namespace
 * @net: the namespace
 * @which: the limit
 *
 * Context: any.
 * Return: the value now in force. A module's parameter can be 0 also where a
 * sysctl can't.
 */
int zmq_limit(const struct net *net, enum zmq_limit which)
{
	unsigned int max = READ_ONCE(zmq_limits[which]);

	if (!net_eq(net, &init_net)) {
		struct zmq_sysctl_net *sn = net_generic(net, zmq_sysctl_net_id);

		max = min(max, READ_ONCE(sn->limits[which]));
	}
	return min_t(unsigned int, max, INT_MAX);
}

static int __net_init zmq_sysctl_net_init(struct net *net)
{
	struct zmq_sysctl_net *sn = net_generic(net, zmq_sysctl_net_id);
	struct ctl_table *table;
	int i;

	table = kmemdup(zmq_sysctl_table, sizeof(zmq_sysctl_table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < ZMQ_LIMIT_NR; i++) {
		sn->limits[i] = READ_ONCE(zmq_limits[i]);
		table[i].data = net_eq(net, &init_net) ? &zmq_limits[i] :
							 &sn->limits[i];
	}
	sn->header = zmq_register_net_sysctl(net, "net/zmq", table,
					     ZMQ_LIMIT_NR);
	if (!sn->header) {
		kfree(table);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit zmq_sysctl_net_exit(struct net *net)
{
	struct zmq_sysctl_net *sn = net_generic(net, zmq_sysctl_net_id);
	const struct ctl_table *table = sn->header->ctl_table_arg;

	unregister_net_sysctl_table(sn->header);
	kfree(table);
}

static struct pernet_operations zmq_sysctl_net_ops = {
	.init = zmq_sysctl_net_init,
	.exit = zmq_sysctl_net_exit,
	.id = &zmq_sysctl_net_id,
	.size = sizeof(struct zmq_sysctl_net),
};

/* Limits that depend on how much memory there is, unless they were given. */
static void __init zmq_sysctl_defaults(void)
{
	unsigned long share = zmq_mem_max() / ZMQ_HALF_OPEN_SHARE;
	uint *half_open = &zmq_limits[ZMQ_LIMIT_HALF_OPEN];
	uint *source = &zmq_limits[ZMQ_LIMIT_HALF_OPEN_SOURCE];
	uint *subs = &zmq_limits[ZMQ_LIMIT_PEER_SUBS_BYTES];

	if (!*half_open)
		*half_open = clamp(share / ZMQ_MEM_ENDPOINT,
				   (ulong)ZMQ_HALF_OPEN_LEAST,
				   (ulong)ZMQ_HALF_OPEN_MOST);
	if (!*source)
		*source = DIV_ROUND_UP(*half_open, ZMQ_HALF_OPEN_SOURCES);
	if (!*subs)
		*subs = min_t(ulong, zmq_mem_max() / ZMQ_PEER_SUBS_SHARE, INT_MAX);
}

/**
 * zmq_sysctl_init() - /proc/sys/net/zmq in every namespace
 *
 * Context: module init, before the first socket.
 * Return: 0 or a negative errno.
 */
int __init zmq_sysctl_init(void)
{
	zmq_sysctl_defaults();
	return register_pernet_subsys(&zmq_sysctl_net_ops);
}

/**
 * zmq_sysctl_exit() - take it away
 *
 * Context: module exit, after the last socket.
 */
void zmq_sysctl_exit(void)
{
	unregister_pernet_subsys(&zmq_sysctl_net_ops);
}
