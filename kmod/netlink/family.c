// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "zmq": its commands and its multicast group.
 *
 * It checks strictly: unknown attributes, wrong lengths, trailing bytes and set
 * reserved fields are errors, each with a text for the caller (extack), so that
 * all of them stay free for a meaning of their own.
 *
 * Documentation/netlink/specs/zmq.yaml describes the family.
 */
#include <linux/zmq_netlink.h>

#include "netlink/netlink.h"

static const struct genl_multicast_group zmq_netlink_groups[] = {
	[ZMQ_NETLINK_EVENTS] = {
		.name = ZMQ_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family zmq_netlink_family __ro_after_init = {
	.name = ZMQ_FAMILY_NAME,
	.version = ZMQ_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.mcgrps = zmq_netlink_groups,
	.n_mcgrps = ARRAY_SIZE(zmq_netlink_groups),
};

/**
 * zmq_netlink_init() - register the family
 *
 * Context: module init, before the first socket, after zmq_net_init().
 * Return: 0 or a negative errno.
 */
int __init zmq_netlink_init(void)
{
	return genl_register_family(&zmq_netlink_family);
}

/**
 * zmq_netlink_exit() - take the family away
 *
 * Context: module exit, after the last socket.
 */
void zmq_netlink_exit(void)
{
	genl_unregister_family(&zmq_netlink_family);
}
