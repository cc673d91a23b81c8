// SPDX-License-Identifier: GPL-2.0-only
/* ZMQ_CMD_ENDPOINT_GET: what sockets are bound and connected to. */
#include <linux/zmq_netlink.h>

#include "conn/listener.h"
#include "conn/session.h"
#include "netlink/dump.h"
#include "netlink/netlink.h"
#include "registry.h"
#include "sock.h"

static int zmq_endpoint_put(struct sk_buff *skb, struct netlink_callback *cb,
			    struct zmq_sock *zs, u32 kind, const char *uri,
			    u64 id)
{
	void *hdr = zmq_dump_begin(skb, cb, ZMQ_CMD_ENDPOINT_GET);
	bool bound = kind == ZMQ_ENDPOINT_KIND_BIND;

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u64_64bit(skb, ZMQ_A_ENDPOINT_SOCKET_ID,
			      zs->member.entry.nr, ZMQ_A_ENDPOINT_PAD) ||
	    nla_put_u32(skb, ZMQ_A_ENDPOINT_KIND, kind) ||
	    nla_put_string(skb, ZMQ_A_ENDPOINT_URI, uri) ||
	    (bound ? nla_put_u32(skb, ZMQ_A_ENDPOINT_NUMBER, id) :
		     nla_put_u64_64bit(skb, ZMQ_A_ENDPOINT_PEER_ID, id,
				       ZMQ_A_ENDPOINT_PAD))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/*
 * Under the spinlock: who has lock_sock may wait for a file system, or for a
 * module that waits for netlink.
 */
static int zmq_endpoint_dump_bound(struct sk_buff *skb,
				   struct netlink_callback *cb,
				   struct zmq_sock *zs)
{
	struct zmq_dump *d = zmq_dump(cb);
	struct zmq_roll_entry *e;
	struct zmq_listener *l;
	int err = 0;

	do {
		spin_lock_bh(&zs->lock);
		if (!d->sub)
			d->sub_end = zs->listener_roll.last;
		e = zmq_roll_after(&zs->listener_roll, d->sub);
		if (e && e->nr <= d->sub_end) {
			l = container_of(e, struct zmq_listener, entry);
			err = zmq_endpoint_put(skb, cb, zs,
					       ZMQ_ENDPOINT_KIND_BIND, l->name,
					       l->id);
			if (!err)
				d->sub = e->nr;
		} else {
			e = NULL;
		}
		spin_unlock_bh(&zs->lock);
	} while (e && !err);
	return err;
}

/* A session that ends is no endpoint any more, though it may linger. */
static int zmq_endpoint_dump_connected(struct sk_buff *skb,
				       struct netlink_callback *cb,
				       struct zmq_sock *zs)
{
	struct zmq_dump *d = zmq_dump(cb);
	struct zmq_session *s;
	int err = 0;
	u64 nr;

	while (!err && (s = zmq_dump_session(zs, d, &nr))) {
		if (s->ep && !zmq_session_is_closing(s))
			err = zmq_endpoint_put(skb, cb, zs,
					       ZMQ_ENDPOINT_KIND_CONNECT,
					       s->ep->uri, nr);
		if (!err)
			d->sub = nr;
		zmq_session_put(s);
		cond_resched();
	}
	return err;
}

static int zmq_endpoint_dump_one(struct sk_buff *skb,
				 struct netlink_callback *cb,
				 struct zmq_sock *zs)
{
	struct zmq_dump *d = zmq_dump(cb);
	int err;

	if (!d->stage) {
		err = zmq_endpoint_dump_bound(skb, cb, zs);
		if (err)
			return err;
		d->stage = 1;
		d->sub = 0;
	}
	return zmq_endpoint_dump_connected(skb, cb, zs);
}

/**
 * zmq_endpoint_dump() - genl_ops.dumpit of ZMQ_CMD_ENDPOINT_GET
 * @skb: where to
 * @cb: the dump
 *
 * Return: as zmq_dump_sockets().
 */
int zmq_endpoint_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return zmq_dump_sockets(skb, cb, zmq_endpoint_dump_one);
}
