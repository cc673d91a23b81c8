// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "zmq": events of all sockets of a network
 * namespace, to its multicast group "events".
 *
 * Addresses of other users' sockets are none of everybody's business. The
 * group is open to who has CAP_NET_ADMIN over the namespace: a multicast can't
 * be filtered by listener. Others monitor their own sockets, see monitor.c.
 *
 * Documentation/netlink/specs/zmq.yaml describes the family.
 */
#include <linux/sock_diag.h>
#include <linux/zmq_netlink.h>
#include <net/genetlink.h>
#include <net/netns/generic.h>

#include "event.h"
#include "mem.h"
#include "netlink.h"
#include "pattern/pattern.h"
#include "sock.h"

/**
 * struct zmq_netlink_net - what a network namespace has of the family
 * @lock: makes the order of the numbers that of the messages; a leaf but for
 *	netlink's own locks
 * @seq: number of the last event
 */
struct zmq_netlink_net {
	spinlock_t lock;
	u64 seq;
};

static unsigned int zmq_netlink_net_id __read_mostly;

/* Index in zmq_netlink_groups[]. */
#define ZMQ_NETLINK_EVENTS	0

static const struct genl_multicast_group zmq_netlink_groups[] = {
	[ZMQ_NETLINK_EVENTS] = {
		.name = ZMQ_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

static struct genl_family zmq_netlink_family __ro_after_init = {
	.name = ZMQ_FAMILY_NAME,
	.version = ZMQ_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.mcgrps = zmq_netlink_groups,
	.n_mcgrps = ARRAY_SIZE(zmq_netlink_groups),
};

/**
 * zmq_netlink_heard() - may there be a listener for events?
 * @net: the network namespace
 *
 * Context: any.
 * Return: false if there is none; one in another namespace may count, too.
 */
bool zmq_netlink_heard(struct net *net)
{
	return genl_has_listeners(&zmq_netlink_family, net, ZMQ_NETLINK_EVENTS);
}

static int zmq_netlink_put_socket(struct sk_buff *skb, struct zmq_sock *zs)
{
	struct sock *sk = &zs->sk;
	u32 cookie[2];
	u32 uid;

	sock_diag_save_cookie(sk, cookie);
	uid = from_kuid_munged(sock_net(sk)->user_ns, zs->mem->uid);
	if (nla_put_u64_64bit(skb, ZMQ_A_EVENT_SOCKET_INODE, sock_i_ino(sk),
			      ZMQ_A_EVENT_PAD) ||
	    nla_put_u64_64bit(skb, ZMQ_A_EVENT_SOCKET_COOKIE,
			      cookie[0] | (u64)cookie[1] << 32,
			      ZMQ_A_EVENT_PAD) ||
	    nla_put_u32(skb, ZMQ_A_EVENT_SOCKET_UID, uid) ||
	    nla_put_u32(skb, ZMQ_A_EVENT_SOCKET_TYPE, zs->ops->type))
		return -EMSGSIZE;
	return 0;
}

static int zmq_netlink_put_event(struct sk_buff *skb,
				 const struct zmq_event *ev)
{
	if (nla_put_u32(skb, ZMQ_A_EVENT_EVENT, ev->type) ||
	    nla_put_u64_64bit(skb, ZMQ_A_EVENT_VALUE, ev->value,
			      ZMQ_A_EVENT_PAD) ||
	    nla_put_string(skb, ZMQ_A_EVENT_LOCAL, ev->local) ||
	    nla_put_string(skb, ZMQ_A_EVENT_REMOTE, ev->remote))
		return -EMSGSIZE;
	return 0;
}

/* All but the number; NULL if there is no memory. */
static struct sk_buff *zmq_netlink_build(struct zmq_sock *zs,
					 const struct zmq_event *ev, void **hdr)
{
	/* Four numbers of 64 bits, padded, and three of 32 bits. */
	size_t size = 4 * nla_total_size_64bit(sizeof(u64)) +
		      3 * nla_total_size(sizeof(u32)) +
		      nla_total_size(strlen(ev->local) + 1) +
		      nla_total_size(strlen(ev->remote) + 1);
	struct sk_buff *skb = genlmsg_new(size, GFP_KERNEL);

	if (!skb)
		return NULL;
	*hdr = genlmsg_put(skb, 0, 0, &zmq_netlink_family, 0,
			   ZMQ_CMD_EVENT_NTF);
	if (*hdr && !zmq_netlink_put_socket(skb, zs) &&
	    !zmq_netlink_put_event(skb, ev))
		return skb;
	nlmsg_free(skb);
	return NULL;
}

/**
 * zmq_netlink_event() - tell the namespace's listeners, if there are any
 * @zs: the socket that the event is about
 * @ev: the event
 *
 * A listener that does not keep up loses events: it sees ENOBUFS and a gap in
 * the numbers. Nobody waits for it.
 *
 * Context: process context.
 */
void zmq_netlink_event(struct zmq_sock *zs, const struct zmq_event *ev)
{
	struct net *net = sock_net(&zs->sk);
	struct zmq_netlink_net *nn = net_generic(net, zmq_netlink_net_id);
	struct sk_buff *skb;
	void *hdr;

	if (!zmq_netlink_heard(net))
		return;
	skb = zmq_netlink_build(zs, ev, &hdr);
	spin_lock(&nn->lock);
	nn->seq++;
	if (skb && !nla_put_u64_64bit(skb, ZMQ_A_EVENT_SEQ, nn->seq,
				      ZMQ_A_EVENT_PAD)) {
		genlmsg_end(skb, hdr);
		genlmsg_multicast_netns(&zmq_netlink_family, net, skb, 0,
					ZMQ_NETLINK_EVENTS, GFP_ATOMIC);
		skb = NULL;
	}
	spin_unlock(&nn->lock);
	nlmsg_free(skb);
}

static int __net_init zmq_netlink_net_init(struct net *net)
{
	struct zmq_netlink_net *nn = net_generic(net, zmq_netlink_net_id);

	spin_lock_init(&nn->lock);
	return 0;
}

static struct pernet_operations zmq_netlink_net_ops = {
	.init = zmq_netlink_net_init,
	.id = &zmq_netlink_net_id,
	.size = sizeof(struct zmq_netlink_net),
};

/**
 * zmq_netlink_init() - register the family
 *
 * Context: module init, before the first socket.
 * Return: 0 or a negative errno.
 */
int __init zmq_netlink_init(void)
{
	int err = register_pernet_subsys(&zmq_netlink_net_ops);

	if (err)
		return err;
	err = genl_register_family(&zmq_netlink_family);
	if (err)
		unregister_pernet_subsys(&zmq_netlink_net_ops);
	return err;
}

/**
 * zmq_netlink_exit() - take the family away
 *
 * Context: module exit, after the last socket.
 */
void zmq_netlink_exit(void)
{
	genl_unregister_family(&zmq_netlink_family);
	unregister_pernet_subsys(&zmq_netlink_net_ops);
}
