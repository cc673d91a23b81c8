// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink sockets that a context tells of its end, or of its names, by messages
 * to them alone.
 */
#include <linux/slab.h>

#include "conn/listener.h"
#include "netlink/ctx.h"
#include "netlink/netlink.h"

static void zmq_caller_free(struct zmq_ctx *ctx, struct zmq_ctx_caller *caller)
{
	list_del(&caller->node);
	ctx->nr_callers--;
	kfree(caller);
}

/**
 * zmq_netlink_ctx_call() - note a caller
 * @ctx: the context
 * @info: the request
 * @watches: see &struct zmq_ctx_caller
 *
 * Who asks twice is told once, by the later number.
 *
 * Return: 0, -EBUSY there are too many, -ENOMEM.
 */
int zmq_netlink_ctx_call(struct zmq_ctx *ctx, const struct genl_info *info,
			 bool watches)
{
	struct zmq_ctx_caller *caller;
	int err = 0;

	mutex_lock(&ctx->lock);
	list_for_each_entry(caller, &ctx->callers, node)
		if (caller->portid == info->snd_portid &&
		    caller->watches == watches)
			goto found;
	if (ctx->nr_callers >= ZMQ_CTX_CALLERS_MAX) {
		NL_SET_ERR_MSG(info->extack, "too many wait for this context");
		err = -EBUSY;
		goto out;
	}
	caller = kmalloc(sizeof(*caller), GFP_KERNEL_ACCOUNT);
	if (!caller) {
		err = -ENOMEM;
		goto out;
	}
	caller->portid = info->snd_portid;
	caller->watches = watches;
	list_add_tail(&caller->node, &ctx->callers);
	ctx->nr_callers++;
found:
	caller->seq = info->snd_seq;
out:
	mutex_unlock(&ctx->lock);
	return err;
}

/* A message to a caller, without attributes yet; NULL for lack of memory. */
static struct sk_buff *zmq_caller_begin(const struct zmq_ctx_caller *caller,
					u8 cmd, void **hdr)
{
	struct sk_buff *msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put(msg, caller->portid, caller->seq,
			   &zmq_netlink_family, 0, cmd);
	return msg;
}

static void zmq_caller_tell_end(struct zmq_ctx *ctx,
				const struct zmq_ctx_caller *caller)
{
	struct sk_buff *msg;
	void *hdr;

	msg = zmq_caller_begin(caller, ZMQ_CMD_CTX_NTF, &hdr);
	if (!msg)
		return;
	if (nla_put_u32(msg, ZMQ_A_CTX_ID, ctx->id)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, hdr);
	genlmsg_unicast(ctx->net, msg, caller->portid);
}

/**
 * zmq_netlink_ctx_idle() - a context has no sockets
 * @ctx: the context, its lock held
 *
 * If it was ended this tells who waits.
 */
void zmq_netlink_ctx_idle(struct zmq_ctx *ctx)
{
	struct zmq_ctx_caller *caller, *next;

	lockdep_assert_held(&ctx->lock);
	if (ctx->alive)
		return;
	list_for_each_entry_safe(caller, next, &ctx->callers, node) {
		if (caller->watches)
			continue;
		zmq_caller_tell_end(ctx, caller);
		zmq_caller_free(ctx, caller);
	}
}

/**
 * zmq_netlink_ctx_gone() - a context is freed
 * @ctx: the context; nobody else has it
 */
void zmq_netlink_ctx_gone(struct zmq_ctx *ctx)
{
	struct zmq_ctx_caller *caller, *next;

	list_for_each_entry_safe(caller, next, &ctx->callers, node)
		zmq_caller_free(ctx, caller);
}

/**
 * zmq_netlink_name() - a name is bound, or not any more
 * @ctx: the context, its lock held
 * @l: who is, or was, bound to it
 * @bound: which of the two
 *
 * Who does not keep up misses some (ENOBUFS); who has gone is forgotten.
 */
void zmq_netlink_name(struct zmq_ctx *ctx, const struct zmq_listener *l,
		      bool bound)
{
	struct zmq_ctx_caller *caller, *next;
	struct sk_buff *msg;
	void *hdr;

	lockdep_assert_held(&ctx->lock);
	list_for_each_entry_safe(caller, next, &ctx->callers, node) {
		if (!caller->watches)
			continue;
		msg = zmq_caller_begin(caller, ZMQ_CMD_NAME_NTF, &hdr);
		if (!msg)
			continue;
		if (zmq_netlink_put_name(msg, ctx, l, bound)) {
			nlmsg_free(msg);
			continue;
		}
		genlmsg_end(msg, hdr);
		if (genlmsg_unicast(ctx->net, msg, caller->portid) ==
		    -ECONNREFUSED)
			zmq_caller_free(ctx, caller);
	}
}
