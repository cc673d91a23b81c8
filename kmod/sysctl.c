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
#include "sysctl.h"

static uint zmq_linger_max_ms = 60000;
module_param_named(linger_max, zmq_linger_max_ms, uint, 0644);
MODULE_PARM_DESC(linger_max,
		 "Milliseconds that unsent messages may outlive their last descriptor (also net.zmq.linger_max)");

/**
 * struct zmq_sysctl_net - the limits of a namespace
 * @header: the registered table
 * @linger_max: milliseconds; of no meaning in the initial namespace
 */
struct zmq_sysctl_net {
	struct ctl_table_header *header;
	unsigned int linger_max;
};

static unsigned int zmq_sysctl_net_id __read_mostly;

/* The last one is empty: older kernels want to see the end. */
static const struct ctl_table zmq_sysctl_table[] = {
	{
		.procname = "linger_max",
		.data = &zmq_linger_max_ms,
		.maxlen = sizeof(zmq_linger_max_ms),
		.mode = 0644,
		.proc_handler = proc_douintvec_minmax,
		.extra1 = SYSCTL_ZERO,
		.extra2 = SYSCTL_INT_MAX,
	},
	{ }
};

/**
 * zmq_linger_max() - how long unsent messages may outlive their descriptor
 * @net: namespace of their socket
 *
 * Return: milliseconds, 0 included.
 */
int zmq_linger_max(const struct net *net)
{
	unsigned int max = READ_ONCE(zmq_linger_max_ms);

	if (!net_eq(net, &init_net)) {
		struct zmq_sysctl_net *sn = net_generic(net, zmq_sysctl_net_id);

		max = min(max, READ_ONCE(sn->linger_max));
	}
	return min_t(unsigned int, max, INT_MAX);
}

static int __net_init zmq_sysctl_net_init(struct net *net)
{
	struct zmq_sysctl_net *sn = net_generic(net, zmq_sysctl_net_id);
	struct ctl_table *table;

	table = kmemdup(zmq_sysctl_table, sizeof(zmq_sysctl_table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	if (!net_eq(net, &init_net)) {
		sn->linger_max = READ_ONCE(zmq_linger_max_ms);
		table[0].data = &sn->linger_max;
	}
	sn->header = zmq_register_net_sysctl(net, "net/zmq", table,
					     ARRAY_SIZE(zmq_sysctl_table) - 1);
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

/**
 * zmq_sysctl_init() - /proc/sys/net/zmq in every namespace
 *
 * Context: module init, before the first socket.
 * Return: 0 or a negative errno.
 */
int __init zmq_sysctl_init(void)
{
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
