/* SPDX-License-Identifier: GPL-2.0-only */
/* Dumps: a walk over all sockets that a reader may see. */
#ifndef _ZMQ_NETLINK_DUMP_H
#define _ZMQ_NETLINK_DUMP_H

#include <net/genetlink.h>

#include "netlink/reader.h"

/**
 * struct zmq_dump - where a dump stands; lies in netlink_callback.ctx
 * @reader: who asked
 * @begun: the request has been looked at
 * @stage: which of the socket's rolls is walked
 * @socket: number of the last socket that is done
 * @end: number of the last socket to be shown
 * @sub: number of the last member of the roll that is done
 * @sub_end: number of the last one to be shown; set where @sub is 0
 *
 * All under the lock that netlink has for each dump.
 */
struct zmq_dump {
	struct zmq_reader reader;
	bool begun;
	u8 stage;
	u64 socket;
	u64 end;
	u64 sub;
	u64 sub_end;
};

static inline struct zmq_dump *zmq_dump(struct netlink_callback *cb)
{
	return (struct zmq_dump *)cb->ctx;
}

/* Puts what there is of a socket; -EMSGSIZE: no room for the next message. */
typedef int (*zmq_dump_put_t)(struct sk_buff *skb, struct netlink_callback *cb,
			      struct zmq_sock *zs);

int zmq_dump_only(struct sk_buff *skb, struct genl_info *info);
int zmq_dump_start(struct netlink_callback *cb);
int zmq_dump_sockets(struct sk_buff *skb, struct netlink_callback *cb,
		     zmq_dump_put_t put);
void *zmq_dump_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);
struct zmq_session *zmq_dump_session(struct zmq_sock *zs, struct zmq_dump *d,
				     u64 *nr);
struct zmq_sock *zmq_dump_find(struct net *net, const struct zmq_reader *r,
			       u64 nr);

#endif /* _ZMQ_NETLINK_DUMP_H */
