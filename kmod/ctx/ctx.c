// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contexts: made by netlink, or by the first socket of a process that needs
 * one; found by number or by name; shut down and ended.
 *
 * A context that was made by netlink stays until it is ended, or until the
 * process that made it has gone and so have its sockets. Nothing tells a module
 * of a process' end, so a work looks now and then, as long as there are such
 * contexts. One that a process got without asking goes with its last socket.
 *
 * Who may have a context: its owner, by effective user id, and who has
 * CAP_NET_ADMIN over the network namespace. To give one to somebody else, give
 * them a socket of it (zmq_ctx_join_sock()).
 */
#include <linux/cred.h>
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "ctx/ctx.h"
#include "ctx/names.h"
#include "mem.h"
#include "net.h"
#include "netlink/netlink.h"
#include "sock.h"

/* How often to look for contexts whose process has gone. */
#define ZMQ_CTX_REAP	(10 * HZ)
/* How many of them at a time. */
#define ZMQ_CTX_REAP_PORTION	64
/* Contexts that one user may have made: others look through them, too. */
#define ZMQ_CTX_PER_USER	4096

/**
 * zmq_ctx_opts_init() - default values
 * @opts: the options
 */
void zmq_ctx_opts_init(struct zmq_ctx_opts *opts)
{
	*opts = (struct zmq_ctx_opts){
		.io_threads = 1,
		.max_sockets = ZMQ_CTX_MAX_SOCKETS,
		.max_msgsz = INT_MAX,
		.sched_policy = -1,
		.priority = -1,
		.blocky = 1,
	};
}

static struct hlist_head *zmq_ctx_bucket(struct zmq_net *zn,
					 const struct pid *owner)
{
	return &zn->ctx_owners[hash_ptr(owner, HASH_BITS(zn->ctx_owners))];
}

static void zmq_ctx_free(struct zmq_ctx *ctx)
{
	if (ctx->counted)
		atomic_dec(&ctx->mem->ctxs);
	zmq_mem_uncharge(ctx->mem, ZMQ_MEM_ENDPOINT);
	zmq_mem_put(ctx->mem);
	put_pid(ctx->owner);
	kfree(ctx);
}

static struct zmq_ctx *zmq_ctx_alloc(struct net *net, struct pid *owner,
				     kuid_t uid,
				     const struct zmq_ctx_opts *opts)
{
	struct zmq_mem *mem = zmq_mem_get(uid);
	struct zmq_ctx *ctx;

	if (!mem)
		return NULL;
	if (!zmq_mem_charge(mem, ZMQ_MEM_ENDPOINT))
		goto err_mem;
	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL_ACCOUNT);
	if (!ctx)
		goto err_charge;
	refcount_set(&ctx->ref, 1);
	ctx->net = net;
	ctx->uid = uid;
	ctx->mem = mem;
	ctx->owner = get_pid(owner);
	mutex_init(&ctx->lock);
	INIT_LIST_HEAD(&ctx->socks);
	INIT_LIST_HEAD(&ctx->callers);
	ctx->names = RB_ROOT;
	ctx->opts = *opts;
	return ctx;

err_charge:
	zmq_mem_uncharge(mem, ZMQ_MEM_ENDPOINT);
err_mem:
	zmq_mem_put(mem);
	return NULL;
}

/* Under zmq_net.ctx_lock. */
static int zmq_ctx_publish(struct zmq_net *zn, struct zmq_ctx *ctx)
{
	int id = idr_alloc_cyclic(&zn->ctxs, ctx, 1, 0, GFP_KERNEL);

	if (id < 0)
		return id;
	ctx->id = id;
	hlist_add_head(&ctx->node, zmq_ctx_bucket(zn, ctx->owner));
	return 0;
}

/**
 * zmq_ctx_put() - drop a reference
 * @ctx: the context
 *
 * Context: may sleep; no zmq_ctx.lock is held.
 */
void zmq_ctx_put(struct zmq_ctx *ctx)
{
	struct zmq_net *zn = zmq_net(ctx->net);

	if (!refcount_dec_and_mutex_lock(&ctx->ref, &zn->ctx_lock))
		return;
	idr_remove(&zn->ctxs, ctx->id);
	hlist_del(&ctx->node);
	mutex_unlock(&zn->ctx_lock);
	zmq_netlink_ctx_gone(ctx);
	zmq_ctx_free(ctx);
}

/*
 * A name is the owner's: two users may have the same. "" is nobody's. Under
 * ctx_lock.
 */
static struct zmq_ctx *zmq_ctx_by_name(struct zmq_net *zn, const char *name,
				       kuid_t uid)
{
	struct zmq_ctx *ctx;
	int id;

	if (!*name)
		return NULL;
	idr_for_each_entry(&zn->ctxs, ctx, id)
		if (uid_eq(ctx->uid, uid) &&
		    !strcmp(ctx->name, name))
			return ctx;
	return NULL;
}

/**
 * zmq_ctx_make() - a new context of the caller's
 * @net: the network namespace
 * @uid: whose it is to be
 * @name: its name, "" for none
 * @opts: its options
 *
 * Context: the process that shall own it.
 * Return: the context, referenced; -EEXIST the user has one of that name;
 * -EMFILE the user has too many; -ENOMEM.
 */
struct zmq_ctx *zmq_ctx_make(struct net *net, kuid_t uid, const char *name,
			     const struct zmq_ctx_opts *opts)
{
	struct zmq_net *zn = zmq_net(net);
	struct zmq_ctx *ctx;
	int err;

	ctx = zmq_ctx_alloc(net, task_tgid(current), uid, opts);
	if (!ctx)
		return ERR_PTR(-ENOMEM);
	ctx->counted = true;
	if (atomic_inc_return(&ctx->mem->ctxs) > ZMQ_CTX_PER_USER) {
		zmq_ctx_free(ctx);
		return ERR_PTR(-EMFILE);
	}
	strscpy(ctx->name, name, sizeof(ctx->name));
	ctx->made = true;

	mutex_lock(&zn->ctx_lock);
	err = zmq_ctx_by_name(zn, name, ctx->uid) ? -EEXIST :
						    zmq_ctx_publish(zn, ctx);
	if (!err)
		refcount_inc(&ctx->ref);
	mutex_unlock(&zn->ctx_lock);
	if (err) {
		zmq_ctx_free(ctx);
		return ERR_PTR(err);
	}
	schedule_delayed_work(&zn->reap, ZMQ_CTX_REAP);
	return ctx;
}

/**
 * zmq_ctx_of() - the context of a process whose sockets never asked for one
 * @net: the network namespace
 * @owner: the process (thread group)
 * @uid: owner of the socket that needs it; a process that changed its user has
 *	one for each
 *
 * Return: the context, referenced, made now if there was none; or NULL.
 */
struct zmq_ctx *zmq_ctx_of(struct net *net, struct pid *owner, kuid_t uid)
{
	struct zmq_net *zn = zmq_net(net);
	struct zmq_ctx_opts opts;
	struct zmq_ctx *ctx;

	mutex_lock(&zn->ctx_lock);
	hlist_for_each_entry(ctx, zmq_ctx_bucket(zn, owner), node)
		if (ctx->owner == owner && !ctx->made &&
		    uid_eq(ctx->uid, uid) && refcount_inc_not_zero(&ctx->ref))
			goto out;
	zmq_ctx_opts_init(&opts);
	/* Nobody could raise it before the first socket. */
	opts.max_sockets = INT_MAX;
	ctx = zmq_ctx_alloc(net, owner, uid, &opts);
	if (ctx && zmq_ctx_publish(zn, ctx)) {
		zmq_ctx_free(ctx);
		ctx = NULL;
	}
out:
	mutex_unlock(&zn->ctx_lock);
	return ctx;
}

/**
 * zmq_ctx_find() - a context by its number
 * @net: the network namespace
 * @id: the number
 *
 * Return: the context, referenced, or NULL. Whether the caller may have it is
 * for the caller to ask.
 */
struct zmq_ctx *zmq_ctx_find(struct net *net, u32 id)
{
	struct zmq_net *zn = zmq_net(net);
	struct zmq_ctx *ctx;

	mutex_lock(&zn->ctx_lock);
	ctx = idr_find(&zn->ctxs, id);
	if (ctx && !refcount_inc_not_zero(&ctx->ref))
		ctx = NULL;
	mutex_unlock(&zn->ctx_lock);
	return ctx;
}

/**
 * zmq_ctx_named() - a context by its name
 * @net: the network namespace
 * @name: the name; no context has ""
 * @uid: whose context
 *
 * Return: the context, referenced, or NULL.
 */
struct zmq_ctx *zmq_ctx_named(struct net *net, const char *name, kuid_t uid)
{
	struct zmq_net *zn = zmq_net(net);
	struct zmq_ctx *ctx;

	mutex_lock(&zn->ctx_lock);
	ctx = zmq_ctx_by_name(zn, name, uid);
	if (ctx && !refcount_inc_not_zero(&ctx->ref))
		ctx = NULL;
	mutex_unlock(&zn->ctx_lock);
	return ctx;
}

/**
 * zmq_ctx_next() - walk all contexts of a network namespace
 * @net: the network namespace
 * @id: start with this number or the next one there is; set to what was found
 *
 * Contexts may come and go between two calls.
 *
 * Return: the context, referenced, or NULL at the end.
 */
struct zmq_ctx *zmq_ctx_next(struct net *net, u32 *id)
{
	struct zmq_net *zn = zmq_net(net);
	unsigned long at = *id;
	struct zmq_ctx *ctx;

	mutex_lock(&zn->ctx_lock);
	/* Any number will do, also one that idr_get_next() warns of. */
	do {
		ctx = idr_get_next_ul(&zn->ctxs, &at);
		*id = at;
		at++;
	} while (ctx && !refcount_inc_not_zero(&ctx->ref));
	mutex_unlock(&zn->ctx_lock);
	return ctx;
}

/**
 * zmq_ctx_shutdown() - every call on a context's sockets fails with ZMQ_ETERM
 * @ctx: the context
 *
 * Idempotent. Sockets are to be closed nevertheless. Messages for names that
 * nobody was bound to are given up.
 *
 * Context: may sleep.
 */
void zmq_ctx_shutdown(struct zmq_ctx *ctx)
{
	struct zmq_sock *zs;

	mutex_lock(&ctx->lock);
	WRITE_ONCE(ctx->terminated, true);
	list_for_each_entry(zs, &ctx->socks, ctx_node)
		zmq_sock_terminate(zs);
	zmq_names_kick(ctx);
	mutex_unlock(&ctx->lock);
}

/**
 * zmq_ctx_end() - shut a context down and let it go with its last socket
 * @ctx: the context, referenced by the caller
 *
 * Its number and name are free once its last socket, lingering ones included,
 * has gone.
 *
 * Context: may sleep.
 */
void zmq_ctx_end(struct zmq_ctx *ctx)
{
	struct zmq_net *zn = zmq_net(ctx->net);
	bool made;

	zmq_ctx_shutdown(ctx);
	mutex_lock(&zn->ctx_lock);
	made = ctx->made;
	ctx->made = false;
	mutex_unlock(&zn->ctx_lock);
	if (made)
		zmq_ctx_put(ctx);
}

static bool zmq_ctx_orphaned(const struct zmq_ctx *ctx)
{
	bool gone;

	if (!ctx->made || READ_ONCE(ctx->alive))
		return false;
	rcu_read_lock();
	gone = !pid_task(ctx->owner, PIDTYPE_TGID);
	rcu_read_unlock();
	return gone;
}

/* Returns whether the context is to be looked after. */
static bool zmq_ctx_reap_one(struct zmq_net *zn, struct zmq_ctx *ctx)
{
	bool made, orphaned;

	mutex_lock(&zn->ctx_lock);
	made = ctx->made;
	orphaned = zmq_ctx_orphaned(ctx);
	mutex_unlock(&zn->ctx_lock);
	if (orphaned)
		zmq_ctx_end(ctx);
	return made;
}

/* Some at a time: they may be many, and become more meanwhile. */
static void zmq_ctx_reap(struct work_struct *work)
{
	struct zmq_net *zn = container_of(to_delayed_work(work),
					  struct zmq_net, reap);
	struct zmq_ctx *ctx;
	int i;

	for (i = 0; i < ZMQ_CTX_REAP_PORTION; i++) {
		ctx = zmq_ctx_next(zn->net, &zn->reap_next);
		if (!ctx)
			break;
		zn->reap_left |= zmq_ctx_reap_one(zn, ctx);
		zmq_ctx_put(ctx);
		zn->reap_next++;
	}
	if (i == ZMQ_CTX_REAP_PORTION) {
		schedule_delayed_work(&zn->reap, 1);
		return;
	}
	if (zn->reap_left)
		schedule_delayed_work(&zn->reap, ZMQ_CTX_REAP);
	zn->reap_next = 0;
	zn->reap_left = false;
}

/**
 * zmq_ctx_net_init() - a network namespace begins
 * @net: the network namespace
 */
void zmq_ctx_net_init(struct net *net)
{
	struct zmq_net *zn = zmq_net(net);

	mutex_init(&zn->ctx_lock);
	idr_init(&zn->ctxs);
	hash_init(zn->ctx_owners);
	mutex_init(&zn->caller_lock);
	zn->callers = RB_ROOT;
	INIT_DELAYED_WORK(&zn->reap, zmq_ctx_reap);
}

/**
 * zmq_ctx_net_exit() - a network namespace, or the module, ends
 * @net: the network namespace
 *
 * There are no sockets any more, and netlink makes no more contexts, so what is
 * left are those made by netlink and not ended.
 */
void zmq_ctx_net_exit(struct net *net)
{
	struct zmq_net *zn = zmq_net(net);
	struct zmq_ctx *ctx;
	u32 id = 0;

	cancel_delayed_work_sync(&zn->reap);
	for (; (ctx = zmq_ctx_next(net, &id)); id++) {
		zmq_ctx_end(ctx);
		zmq_ctx_put(ctx);
	}
	WARN_ON_ONCE(!idr_is_empty(&zn->ctxs));
	idr_destroy(&zn->ctxs);
}
