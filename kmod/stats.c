// SPDX-License-Identifier: GPL-2.0-only
/* Counters of one network namespace: /proc/net/zmq_stat. */
#include <linux/percpu.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <net/netns/generic.h>

#include "stats.h"

#define R(name, key, text) [ZMQ_R_##name] = { key, text },
static const struct {
	const char *key;
	const char *text;
} zmq_reasons[ZMQ_REASON_NR] = {
	ZMQ_REASONS(R)
};

#undef R

struct zmq_stats_net {
	struct zmq_stats __percpu *stats;
};

static unsigned int zmq_stats_net_id __read_mostly;

/**
 * zmq_reason_key() - the name of a reason in /proc and traces
 * @r: the reason
 *
 * Return: a static string without spaces.
 */
const char *zmq_reason_key(enum zmq_reason r)
{
	return zmq_reasons[r].key;
}

/**
 * zmq_reason_text() - a reason in words
 * @r: the reason
 *
 * Return: a static string.
 */
const char *zmq_reason_text(enum zmq_reason r)
{
	return zmq_reasons[r].text;
}

/**
 * zmq_stats_count() - count a reason
 * @net: namespace of the socket it happened to
 * @r: the reason
 * @n: how often
 *
 * Context: any.
 */
void zmq_stats_count(struct net *net, enum zmq_reason r, u64 n)
{
	struct zmq_stats_net *sn = net_generic(net, zmq_stats_net_id);

	this_cpu_add(sn->stats->reason[r], n);
}

static int zmq_stats_show(struct seq_file *seq, void *v)
{
	struct zmq_stats_net *sn = net_generic(seq_file_single_net(seq),
					       zmq_stats_net_id);
	int r, cpu;

	for (r = ZMQ_R_NONE + 1; r < ZMQ_REASON_NR; r++) {
		u64 sum = 0;

		for_each_possible_cpu(cpu)
			sum += per_cpu_ptr(sn->stats, cpu)->reason[r];
		seq_printf(seq, "%-20s %llu\n", zmq_reasons[r].key, sum);
	}
	return 0;
}

static int __net_init zmq_stats_net_init(struct net *net)
{
	struct zmq_stats_net *sn = net_generic(net, zmq_stats_net_id);

	sn->stats = alloc_percpu(struct zmq_stats);
	if (!sn->stats)
		return -ENOMEM;

	if (!proc_create_net_single("zmq_stat", 0444, net->proc_net,
				    zmq_stats_show, NULL)) {
		free_percpu(sn->stats);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit zmq_stats_net_exit(struct net *net)
{
	struct zmq_stats_net *sn = net_generic(net, zmq_stats_net_id);

	remove_proc_entry("zmq_stat", net->proc_net);
	free_percpu(sn->stats);
}

static struct pernet_operations zmq_stats_net_ops = {
	.init = zmq_stats_net_init,
	.exit = zmq_stats_net_exit,
	.id = &zmq_stats_net_id,
	.size = sizeof(struct zmq_stats_net),
};

/**
 * zmq_stats_init() - counters and /proc/net/zmq_stat in every namespace
 *
 * Context: module init, before the first socket.
 * Return: 0 or a negative errno.
 */
int __init zmq_stats_init(void)
{
	return register_pernet_subsys(&zmq_stats_net_ops);
}

/**
 * zmq_stats_exit() - take them away
 *
 * Context: module exit, after the last socket.
 */
void zmq_stats_exit(void)
{
	unregister_pernet_subsys(&zmq_stats_net_ops);
}
