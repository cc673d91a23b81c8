// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dumps: a walk over all sockets that a reader may see.
 *
 * A dump takes many reads, and sockets come and go meanwhile. It goes by their
 * numbers, which are given once: a socket that is there from the first to the
 * last read is shown exactly once, one that goes is shown once or not at all,
 * one that comes is not shown. So it ends, however fast sockets are made.
 *
 * No lock is held from one socket to the next; the one that is being shown is
 * kept by a reference.
 */
#include <linux/zmq_netlink.h>

#include "compat/compat.h"
#include "conn/session.h"
#include "netlink/dump.h"
#include "netlink/netlink.h"
#include "registry.h"
#include "sock.h"

/* All sets have the same attribute first. */
static_assert((int)ZMQ_A_PEER_SOCKET_ID == (int)ZMQ_A_ENDPOINT_SOCKET_ID);
static_assert((int)ZMQ_A_PEER_SOCKET_ID == (int)ZMQ_A_SOCKET_ID);
static_assert(sizeof(struct zmq_dump) <=
	      sizeof_field(struct netlink_callback, ctx));

/**
 * zmq_dump_find() - the socket with a number
 * @net: the network namespace
 * @r: who asks
 * @nr: the number
 *
 * Context: process context.
 * Return: the socket, referenced, or NULL: there is none that they may see.
 */
struct zmq_sock *zmq_dump_find(struct net *net, const struct zmq_reader *r,
			       u64 nr)
{
	struct zmq_sock *zs = zmq_registry_after(net, nr - 1);

	if (!zs)
		return NULL;
	if (zs->member.entry.nr == nr && zmq_reader_sees(r, zs))
		return zs;
	sock_put(&zs->sk);
	return NULL;
}

/**
 * zmq_dump_only() - genl_ops.doit of what there is a dump of, and no single one
 * @skb: the request
 * @info: same
 *
 * Return: -EOPNOTSUPP.
 */
int zmq_dump_only(struct sk_buff *skb, struct genl_info *info)
{
	NL_SET_ERR_MSG(info->extack, "this is a dump (NLM_F_DUMP)");
	return -EOPNOTSUPP;
}

/**
 * zmq_dump_start() - genl_ops.start of dumps of sockets
 * @cb: the dump
 *
 * The attributes are looked at only when the first message is to be made: 6.1
 * has no place for words about an error before.
 *
 * Return: 0.
 */
int zmq_dump_start(struct netlink_callback *cb)
{
	struct zmq_dump *d = zmq_dump(cb);

	zmq_reader_init(&d->reader, cb->skb);
	d->end = zmq_registry_last(sock_net(cb->skb->sk));
	return 0;
}

/* One socket, if the request names one. */
static int zmq_dump_choose(struct netlink_callback *cb, struct zmq_dump *d)
{
	struct nlattr *id = zmq_dump_attrs(cb)[ZMQ_A_PEER_SOCKET_ID];
	struct zmq_sock *zs;

	d->begun = true;
	if (!id)
		return 0;
	d->end = nla_get_u64(id);
	d->socket = d->end - 1;
	zs = zmq_dump_find(sock_net(cb->skb->sk), &d->reader, d->end);
	if (!zs) {
		NL_SET_ERR_MSG_ATTR(cb->extack, id,
				    "no such socket, or none that you may see");
		return -ENOENT;
	}
	sock_put(&zs->sk);
	return 0;
}

/**
 * zmq_dump_begin() - begin a message of a dump
 * @skb: where to
 * @cb: the dump
 * @cmd: the command
 *
 * Return: for genlmsg_end() or genlmsg_cancel(); NULL: there is no room.
 */
void *zmq_dump_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &zmq_netlink_family, NLM_F_MULTI, cmd);
}

/**
 * zmq_dump_session() - the next session of a socket
 * @zs: the socket
 * @d: the dump; its @sub is the number of the last session that is done
 * @nr: set to the session's number
 *
 * Return: the session, referenced, or NULL: there are no more.
 */
struct zmq_session *zmq_dump_session(struct zmq_sock *zs, struct zmq_dump *d,
				     u64 *nr)
{
	if (!d->sub) {
		spin_lock_bh(&zs->lock);
		d->sub_end = zs->session_roll.last;
		spin_unlock_bh(&zs->lock);
	}
	*nr = d->sub;
	return zmq_session_after(zs, nr, d->sub_end);
}

/* The next one that the reader may see, referenced. */
static struct zmq_sock *zmq_dump_next(struct net *net, struct zmq_dump *d)
{
	struct zmq_sock *zs;
	u64 nr;

	while ((zs = zmq_registry_after(net, d->socket))) {
		nr = zs->member.entry.nr;
		if (nr <= d->end && zmq_reader_sees(&d->reader, zs))
			return zs;
		sock_put(&zs->sk);
		if (nr > d->end)
			return NULL;
		d->socket = nr;
		cond_resched();
	}
	return NULL;
}

/**
 * zmq_dump_sockets() - go on with a dump of all sockets, or of the one that is
 *	asked for
 * @skb: where to
 * @cb: the dump
 * @put: called for each socket, with zmq_dump.sub and .stage 0 at first, and
 *	as it left them when there was no room
 *
 * Return: as genl_ops.dumpit: 0 at the end, bytes in @skb if there is more,
 * -ENOENT or another errno.
 */
int zmq_dump_sockets(struct sk_buff *skb, struct netlink_callback *cb,
		     zmq_dump_put_t put)
{
	struct net *net = sock_net(cb->skb->sk);
	struct zmq_dump *d = zmq_dump(cb);
	struct zmq_sock *zs;
	int err = d->begun ? 0 : zmq_dump_choose(cb, d);

	while (!err && (zs = zmq_dump_next(net, d))) {
		err = put(skb, cb, zs);
		if (!err) {
			d->socket = zs->member.entry.nr;
			d->sub = 0;
			d->stage = 0;
		}
		sock_put(&zs->sk);
		cond_resched();
	}
	/* What does not fit into an empty one will never fit. */
	return err == -EMSGSIZE || !err ? (int)skb->len ?: err : err;
}
