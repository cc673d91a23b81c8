// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink: events of all sockets of a network namespace, to the
 * multicast group "events".
 *
 * Addresses of other users' sockets are none of everybody's business. The
 * group is open to who has CAP_NET_ADMIN over the namespace: a multicast can't
 * be filtered by listener. Others monitor their own sockets, see monitor.c.
 *
 * Documentation/netlink/specs/zmq.yaml describes the family.
 */
#include <linux/sock_diag.h>
#include <linux/zmq_netlink.h>

#include "event.h"
#include "mem.h"
#include "net.h"
#include "netlink/netlink.h"
#include "pattern/pattern.h"
#include "sock.h"

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
	    nla_put_u64_64bit(skb, ZMQ_A_EVENT_SOCKET_ID, zs->member.entry.nr,
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
	/* Five numbers of 64 bits, padded, and three of 32 bits. */
	size_t size = 5 * nla_total_size_64bit(sizeof(u64)) +
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
	struct zmq_net *zn = zmq_net(net);
	struct sk_buff *skb;
	void *hdr;

	if (!zmq_netlink_heard(net))
		return;
	skb = zmq_netlink_build(zs, ev, &hdr);
	spin_lock(&zn->event_lock);
	zn->event_seq++;
	if (skb && !nla_put_u64_64bit(skb, ZMQ_A_EVENT_SEQ, zn->event_seq,
				      ZMQ_A_EVENT_PAD)) {
		genlmsg_end(skb, hdr);
		genlmsg_multicast_netns(&zmq_netlink_family, net, skb, 0,
					ZMQ_NETLINK_EVENTS, GFP_ATOMIC);
		skb = NULL;
	}
	spin_unlock(&zn->event_lock);
	nlmsg_free(skb);
}
