// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink sockets that a context tells of its end, or of its names, by messages
 * to them alone.
 */
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "conn/listener.h"
#include "net.h"
#include "netlink/ctx.h"
#include "netlink/netlink.h"

/* By address; those of one address are neighbours. Under caller_lock. */
static void zmq_caller_enter(struct zmq_net *zn, struct zmq_ctx_caller *caller)
{
	struct rb_node **at = &zn->callers.rb_node, *up = NULL;

	while (*at) {
		up = *at;
		at = caller->portid < rb_entry(up, struct zmq_ctx_caller,
					       entry)->portid ?
		     &up->rb_left : &up->rb_right;
	}
	rb_link_node(&caller->entry, up, at);
	rb_insert_color(&caller->entry, &zn->callers);
}

/* The first one of an address, or NULL. Under caller_lock. */
static struct rb_node *zmq_caller_first(struct zmq_net *zn, u32 portid)
{
	struct rb_node *at = zn->callers.rb_node, *found = NULL;

	while (at) {
		u32 here = rb_entry(at, struct zmq_ctx_caller, entry)->portid;

		if (here == portid)
			found = at;
		at = here < portid ? at->rb_right : at->rb_left;
	}
	return found;
}

static void zmq_caller_free(struct zmq_ctx *ctx, struct zmq_ctx_caller *caller)
{
	struct zmq_net *zn = zmq_net(ctx->net);

	mutex_lock(&zn->caller_lock);
	rb_erase(&caller->entry, &zn->callers);
	mutex_unlock(&zn->caller_lock);
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
	struct zmq_net *zn = zmq_net(ctx->net);
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
		NL_SET_ERR_MSG(info->extack, "no memory");
		err = -ENOMEM;
		goto out;
	}
	caller->ctx = ctx;
	caller->portid = info->snd_portid;
	caller->watches = watches;
	caller->released = false;
	list_add_tail(&caller->node, &ctx->callers);
	ctx->nr_callers++;
	mutex_lock(&zn->caller_lock);
	zmq_caller_enter(zn, caller);
	mutex_unlock(&zn->caller_lock);
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
 * zmq_netlink_ctx_gone() - a context is freed: tell who waits for that
 * @ctx: the context; nobody else has it, and its number and name are free
 *
 * Context: may sleep.
 */
void zmq_netlink_ctx_gone(struct zmq_ctx *ctx)
{
	struct zmq_net *zn = zmq_net(ctx->net);
	struct zmq_ctx_caller *caller, *next;

	/* Against zmq_caller_released(), which can not take the context any more. */
	mutex_lock(&zn->caller_lock);
	list_for_each_entry(caller, &ctx->callers, node)
		if (!caller->watches && !caller->released)
			zmq_caller_tell_end(ctx, caller);
	mutex_unlock(&zn->caller_lock);
	list_for_each_entry_safe(caller, next, &ctx->callers, node)
		zmq_caller_free(ctx, caller);
}

/**
 * zmq_netlink_name() - a name is bound, or not any more
 * @ctx: the context, its lock held
 * @l: who is, or was, bound to it
 * @bound: which of the two
 *
 * Who does not keep up misses some (ENOBUFS).
 */
void zmq_netlink_name(struct zmq_ctx *ctx, const struct zmq_listener *l,
		      bool bound)
{
	struct zmq_ctx_caller *caller;
	struct sk_buff *msg;
	void *hdr;

	lockdep_assert_held(&ctx->lock);
	list_for_each_entry(caller, &ctx->callers, node) {
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
		genlmsg_unicast(ctx->net, msg, caller->portid);
	}
}

/* A context that a netlink socket waits for, referenced, or NULL. */
static struct zmq_ctx *zmq_caller_ctx(struct zmq_net *zn, u32 portid)
{
	struct zmq_ctx_caller *caller;
	struct zmq_ctx *ctx = NULL;
	struct rb_node *at;

	mutex_lock(&zn->caller_lock);
	for (at = zmq_caller_first(zn, portid); at && !ctx; at = rb_next(at)) {
		caller = rb_entry(at, struct zmq_ctx_caller, entry);
		if (caller->portid != portid)
			break;
		/* One that goes by itself frees its callers. */
		if (refcount_inc_not_zero(&caller->ctx->ref))
			ctx = caller->ctx;
		else
			caller->released = true;
	}
	mutex_unlock(&zn->caller_lock);
	return ctx;
}

static void zmq_caller_forget(struct zmq_ctx *ctx, u32 portid)
{
	struct zmq_ctx_caller *caller, *next;

	mutex_lock(&ctx->lock);
	list_for_each_entry_safe(caller, next, &ctx->callers, node)
		if (caller->portid == portid)
			zmq_caller_free(ctx, caller);
	mutex_unlock(&ctx->lock);
}

/* Whoever has the address next must not hear of the contexts of this one. */
static int zmq_caller_released(struct notifier_block *nb, unsigned long event,
			       void *data)
{
	const struct netlink_notify *n = data;
	struct zmq_ctx *ctx;

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	while ((ctx = zmq_caller_ctx(zmq_net(n->net), n->portid))) {
		zmq_caller_forget(ctx, n->portid);
		zmq_ctx_put(ctx);
		cond_resched();
	}
	return NOTIFY_DONE;
}

/* Called when a netlink socket is closed. */
struct notifier_block zmq_caller_notifier = {
	.notifier_call = zmq_caller_released,
};
