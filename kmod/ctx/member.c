// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets and their context. A socket may be put into one; otherwise it gets
 * its process' own when it first needs one, for an inproc endpoint. It never
 * changes after that, and never leaves but by being closed.
 */
#include <linux/cred.h>
#include <linux/user_namespace.h>

#include "ctx/ctx.h"
#include "mem.h"
#include "netlink/netlink.h"
#include "sock.h"

/* What new sockets inherit (API page, 3). */
static void zmq_ctx_inherit(struct zmq_sock *zs, const struct zmq_ctx_opts *o)
{
	if (o->ipv6)
		zs->opt.ipv6 = 1;
	if (!o->blocky)
		zs->opt.linger = 0;
	zmq_options_changed(zs);
}

/**
 * zmq_ctx_join() - put a socket into a context
 * @zs: the socket, its lock_sock held; it has none yet
 * @ctx: the context
 *
 * Return: 0; -ZMQ_ETERM it was shut down; -EMFILE it has ZMQ_MAX_SOCKETS; or as
 * zmq_sock_usable().
 */
int zmq_ctx_join(struct zmq_sock *zs, struct zmq_ctx *ctx)
{
	int err = zmq_sock_usable(zs);

	/* One that was closed meanwhile would never leave. */
	if (err)
		return err;
	mutex_lock(&ctx->lock);
	if (ctx->terminated) {
		err = -ZMQ_ETERM;
		goto out;
	}
	/* The first one freezes these. */
	if (!ctx->slots) {
		ctx->slots = ctx->opts.max_sockets;
		ctx->threads = ctx->opts.io_threads;
	}
	if (ctx->open >= ctx->slots) {
		err = -EMFILE;
		goto out;
	}
	refcount_inc(&ctx->ref);
	list_add_tail(&zs->ctx_node, &ctx->socks);
	ctx->open++;
	ctx->alive++;
	zmq_ctx_inherit(zs, &ctx->opts);
	WRITE_ONCE(zs->ctx, ctx);
out:
	mutex_unlock(&ctx->lock);
	return err;
}

/**
 * zmq_ctx_join_id() - ZMQ_NATIVE_CTX
 * @zs: the socket, its lock_sock held
 * @id: number of a context
 *
 * Return: 0; -ENOENT there is none, or it is another user's; -EBUSY the socket
 * has one; or as zmq_ctx_join().
 */
int zmq_ctx_join_id(struct zmq_sock *zs, u32 id)
{
	struct net *net = sock_net(&zs->sk);
	struct zmq_ctx *ctx;
	int err;

	if (zs->ctx)
		return -EBUSY;
	ctx = zmq_ctx_find(net, id);
	if (!ctx)
		return -ENOENT;
	if (uid_eq(ctx->uid, current_fsuid()) ||
	    ns_capable(net->user_ns, CAP_NET_ADMIN))
		err = zmq_ctx_join(zs, ctx);
	else
		err = -ENOENT;
	zmq_ctx_put(ctx);
	return err;
}

/**
 * zmq_ctx_join_sock() - ZMQ_NATIVE_CTX_OF: join the context of a socket
 * @zs: the socket, its lock_sock held
 * @other: the other one, of the same network namespace; whoever has its
 *	descriptor was given its context
 *
 * Return: 0; -EBUSY @zs has one; -EINVAL @other has none, or is elsewhere; or
 * as zmq_ctx_join().
 */
int zmq_ctx_join_sock(struct zmq_sock *zs, struct zmq_sock *other)
{
	/* Set once, and kept until the socket goes. */
	struct zmq_ctx *ctx = READ_ONCE(other->ctx);

	if (zs->ctx)
		return -EBUSY;
	if (!ctx || !net_eq(ctx->net, sock_net(&zs->sk)))
		return -EINVAL;
	return zmq_ctx_join(zs, ctx);
}

/**
 * zmq_ctx_need() - let a socket have a context
 * @zs: the socket, its lock_sock held
 *
 * Return: 0; -ENOMEM; -ZMQ_ETERM its process' own was shut down.
 */
int zmq_ctx_need(struct zmq_sock *zs)
{
	struct zmq_ctx *ctx;
	int err;

	if (zs->ctx)
		return 0;
	ctx = zmq_ctx_of(sock_net(&zs->sk), zs->member.tgid, zs->mem->uid);
	if (!ctx)
		return -ENOMEM;
	err = zmq_ctx_join(zs, ctx);
	zmq_ctx_put(ctx);
	return err;
}

/**
 * zmq_ctx_leave() - a socket is closed: it makes room for another
 * @zs: the socket, its lock_sock held, its listeners stopped
 *
 * It keeps the context, for what it still has to send.
 */
void zmq_ctx_leave(struct zmq_sock *zs)
{
	struct zmq_ctx *ctx = zs->ctx;

	if (!ctx)
		return;
	mutex_lock(&ctx->lock);
	list_del_init(&zs->ctx_node);
	ctx->open--;
	mutex_unlock(&ctx->lock);
}

/**
 * zmq_ctx_gone() - a socket is freed
 * @zs: the socket, closed
 *
 * Context: process context.
 */
void zmq_ctx_gone(struct zmq_sock *zs)
{
	struct zmq_ctx *ctx = zs->ctx;

	if (!ctx)
		return;
	mutex_lock(&ctx->lock);
	ctx->alive--;
	mutex_unlock(&ctx->lock);
	zmq_ctx_put(ctx);
}
