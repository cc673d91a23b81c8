/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink: contexts and their names, between ctx.c, name.c and caller.c. */
#ifndef _ZMQ_NETLINK_CTX_H
#define _ZMQ_NETLINK_CTX_H

#include <net/genetlink.h>

#include "ctx/ctx.h"

/* Callers that one context has at most. */
#define ZMQ_CTX_CALLERS_MAX	64

/**
 * struct zmq_ctx_caller - a netlink socket that is to be told of something
 * @node: in zmq_ctx.callers; under zmq_ctx.lock
 * @entry: in zmq_net.callers; under zmq_net.caller_lock
 * @ctx: the context; not referenced, since that frees its callers
 * @portid: its address in the context's network namespace
 * @seq: of the request
 * @watches: the context's names; false: waits for its end
 * @released: the netlink socket was closed while the context was about to go; under
 *	zmq_net.caller_lock
 *
 * It goes with the netlink socket, whose address somebody else may have next.
 */
struct zmq_ctx_caller {
	struct list_head node;
	struct rb_node entry;
	struct zmq_ctx *ctx;
	u32 portid;
	u32 seq;
	bool watches;
	bool released;
};

/* ctx.c */
int zmq_netlink_ctx_new(struct sk_buff *skb, struct genl_info *info);
int zmq_netlink_ctx_get(struct sk_buff *skb, struct genl_info *info);
int zmq_netlink_ctx_start(struct netlink_callback *cb);
int zmq_netlink_ctx_dump(struct sk_buff *skb, struct netlink_callback *cb);
int zmq_netlink_ctx_set(struct sk_buff *skb, struct genl_info *info);
int zmq_netlink_ctx_shutdown(struct sk_buff *skb, struct genl_info *info);
int zmq_netlink_ctx_term(struct sk_buff *skb, struct genl_info *info);
struct zmq_ctx *zmq_netlink_ctx_asked(struct sk_buff *skb,
				      struct genl_info *info,
				      const struct nlattr *id,
				      const struct nlattr *name);

/* name.c */
int zmq_netlink_name_new(struct sk_buff *skb, struct genl_info *info);
int zmq_netlink_name_del(struct sk_buff *skb, struct genl_info *info);
int zmq_netlink_name_get(struct sk_buff *skb, struct genl_info *info);
int zmq_netlink_name_watch(struct sk_buff *skb, struct genl_info *info);
int zmq_netlink_name_start(struct netlink_callback *cb);
int zmq_netlink_name_dump(struct sk_buff *skb, struct netlink_callback *cb);
int zmq_netlink_name_done(struct netlink_callback *cb);
int zmq_netlink_put_name(struct sk_buff *skb, const struct zmq_ctx *ctx,
			 const struct zmq_listener *l, bool bound);

/* caller.c */
extern struct notifier_block zmq_caller_notifier;

int zmq_netlink_ctx_call(struct zmq_ctx *ctx, const struct genl_info *info,
			 bool watches);

#endif /* _ZMQ_NETLINK_CTX_H */
