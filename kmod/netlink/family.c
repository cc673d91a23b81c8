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
#include <linux/zmq.h>
#include <linux/zmq_netlink.h>

#include "netlink/ctx.h"
#include "netlink/dump.h"
#include "netlink/netlink.h"

static const struct nla_policy zmq_socket_policy[] = {
	[ZMQ_A_SOCKET_ID] = { .type = NLA_U64 },
	[ZMQ_A_SOCKET_INODE] = { .type = NLA_U64 },
	[ZMQ_A_SOCKET_COOKIE] = { .type = NLA_U64 },
};

static const struct nla_policy zmq_endpoint_policy[] = {
	[ZMQ_A_ENDPOINT_SOCKET_ID] = { .type = NLA_U64 },
};

static const struct nla_policy zmq_peer_policy[] = {
	[ZMQ_A_PEER_SOCKET_ID] = { .type = NLA_U64 },
};

static const struct nla_policy zmq_ctx_policy[] = {
	[ZMQ_A_CTX_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[ZMQ_A_CTX_NAME] = { .type = NLA_NUL_STRING, .len = ZMQ_CTX_NAME_MAX },
	[ZMQ_A_CTX_IO_THREADS] = NLA_POLICY_MIN(NLA_S32, 0),
	[ZMQ_A_CTX_MAX_SOCKETS] = NLA_POLICY_MIN(NLA_S32, 1),
	[ZMQ_A_CTX_MAX_MSGSZ] = NLA_POLICY_MIN(NLA_S32, 0),
	[ZMQ_A_CTX_SCHED_POLICY] = NLA_POLICY_MIN(NLA_S32, 0),
	[ZMQ_A_CTX_PRIORITY] = NLA_POLICY_MIN(NLA_S32, 0),
	[ZMQ_A_CTX_IPV6] = NLA_POLICY_RANGE(NLA_S32, 0, 1),
	[ZMQ_A_CTX_BLOCKY] = NLA_POLICY_RANGE(NLA_S32, 0, 1),
};

/* Those that name a context. */
static const struct nla_policy zmq_ctx_key_policy[] = {
	[ZMQ_A_CTX_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[ZMQ_A_CTX_NAME] = { .type = NLA_NUL_STRING, .len = ZMQ_CTX_NAME_MAX },
};

/* The context of a name is that of the socket. */
static const struct nla_policy zmq_name_set_policy[] = {
	[ZMQ_A_NAME_ENDPOINT] = { .type = NLA_NUL_STRING,
				  .len = ZMQ_ENDPOINT_MAX },
	[ZMQ_A_NAME_FD] = NLA_POLICY_MIN(NLA_S32, 0),
};

static const struct nla_policy zmq_name_get_policy[] = {
	[ZMQ_A_NAME_CTX] = NLA_POLICY_MIN(NLA_U32, 1),
	[ZMQ_A_NAME_ENDPOINT] = { .type = NLA_NUL_STRING,
				  .len = ZMQ_ENDPOINT_MAX },
};

static const struct nla_policy zmq_name_watch_policy[] = {
	[ZMQ_A_NAME_CTX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* What a request may have; replies have more. */
#define ZMQ_NETLINK_MAX(policy)	(ARRAY_SIZE(policy) - 1)

static const struct genl_ops zmq_netlink_ops[] = {
	{
		.cmd = ZMQ_CMD_SOCKET_GET,
		.policy = zmq_socket_policy,
		.maxattr = ZMQ_NETLINK_MAX(zmq_socket_policy),
		.doit = zmq_socket_get,
		.start = zmq_dump_start,
		.dumpit = zmq_socket_dump,
	},
	{
		.cmd = ZMQ_CMD_ENDPOINT_GET,
		.policy = zmq_endpoint_policy,
		.maxattr = ZMQ_NETLINK_MAX(zmq_endpoint_policy),
		.doit = zmq_dump_only,
		.start = zmq_dump_start,
		.dumpit = zmq_endpoint_dump,
	},
	{
		.cmd = ZMQ_CMD_PEER_GET,
		.policy = zmq_peer_policy,
		.maxattr = ZMQ_NETLINK_MAX(zmq_peer_policy),
		.doit = zmq_dump_only,
		.start = zmq_dump_start,
		.dumpit = zmq_peer_dump,
	},
	{
		.cmd = ZMQ_CMD_CTX_NEW,
		.policy = zmq_ctx_policy,
		.maxattr = ZMQ_NETLINK_MAX(zmq_ctx_policy),
		.doit = zmq_netlink_ctx_new,
	},
	{
		.cmd = ZMQ_CMD_CTX_GET,
		.policy = zmq_ctx_key_policy,
		.maxattr = ZMQ_NETLINK_MAX(zmq_ctx_key_policy),
		.doit = zmq_netlink_ctx_get,
		.start = zmq_netlink_ctx_start,
		.dumpit = zmq_netlink_ctx_dump,
	},
	{
		.cmd = ZMQ_CMD_CTX_SET,
		.policy = zmq_ctx_policy,
		.maxattr = ZMQ_NETLINK_MAX(zmq_ctx_policy),
		.doit = zmq_netlink_ctx_set,
	},
	{
		.cmd = ZMQ_CMD_CTX_SHUTDOWN,
		.policy = zmq_ctx_key_policy,
		.maxattr = ZMQ_NETLINK_MAX(zmq_ctx_key_policy),
		.doit = zmq_netlink_ctx_shutdown,
	},
	{
		.cmd = ZMQ_CMD_CTX_TERM,
		.policy = zmq_ctx_key_policy,
		.maxattr = ZMQ_NETLINK_MAX(zmq_ctx_key_policy),
		.doit = zmq_netlink_ctx_term,
	},
	{
		.cmd = ZMQ_CMD_NAME_NEW,
		.policy = zmq_name_set_policy,
		.maxattr = ZMQ_NETLINK_MAX(zmq_name_set_policy),
		.doit = zmq_netlink_name_new,
	},
	{
		.cmd = ZMQ_CMD_NAME_DEL,
		.policy = zmq_name_set_policy,
		.maxattr = ZMQ_NETLINK_MAX(zmq_name_set_policy),
		.doit = zmq_netlink_name_del,
	},
	{
		.cmd = ZMQ_CMD_NAME_GET,
		.policy = zmq_name_get_policy,
		.maxattr = ZMQ_NETLINK_MAX(zmq_name_get_policy),
		.doit = zmq_netlink_name_get,
		.start = zmq_netlink_name_start,
		.dumpit = zmq_netlink_name_dump,
		.done = zmq_netlink_name_done,
	},
	{
		.cmd = ZMQ_CMD_NAME_WATCH,
		.policy = zmq_name_watch_policy,
		.maxattr = ZMQ_NETLINK_MAX(zmq_name_watch_policy),
		.doit = zmq_netlink_name_watch,
	},
};

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
	/* Header fields, too, are checked, for every command. */
	.resv_start_op = 0,
	.module = THIS_MODULE,
	.ops = zmq_netlink_ops,
	.n_ops = ARRAY_SIZE(zmq_netlink_ops),
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
	int err = genl_register_family(&zmq_netlink_family);

	if (err)
		return err;
	err = netlink_register_notifier(&zmq_caller_notifier);
	if (err)
		genl_unregister_family(&zmq_netlink_family);
	return err;
}

/**
 * zmq_netlink_exit() - take the family away
 *
 * Context: module exit, after the last socket.
 */
void zmq_netlink_exit(void)
{
	netlink_unregister_notifier(&zmq_caller_notifier);
	genl_unregister_family(&zmq_netlink_family);
}
