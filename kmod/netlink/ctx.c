// SPDX-License-Identifier: GPL-2.0-only
/*
 * ZMQ_CMD_CTX_*: contexts are made, looked at, configured and ended.
 *
 * A context is named by its number, or by its name, which is one of the
 * caller's own. One that the caller may not have does not exist to them.
 */
#include <linux/pid_namespace.h>
#include <linux/user_namespace.h>

#include "compat/compat.h"
#include "netlink/ctx.h"
#include "netlink/netlink.h"
#include "netlink/reader.h"

/* Where in &struct zmq_ctx_opts the value of an attribute lies. */
static const struct {
	int attr;
	size_t at;
} zmq_ctx_fields[] = {
	{ ZMQ_A_CTX_IO_THREADS, offsetof(struct zmq_ctx_opts, io_threads) },
	{ ZMQ_A_CTX_MAX_SOCKETS, offsetof(struct zmq_ctx_opts, max_sockets) },
	{ ZMQ_A_CTX_MAX_MSGSZ, offsetof(struct zmq_ctx_opts, max_msgsz) },
	{ ZMQ_A_CTX_SCHED_POLICY, offsetof(struct zmq_ctx_opts, sched_policy) },
	{ ZMQ_A_CTX_PRIORITY, offsetof(struct zmq_ctx_opts, priority) },
	{ ZMQ_A_CTX_IPV6, offsetof(struct zmq_ctx_opts, ipv6) },
	{ ZMQ_A_CTX_BLOCKY, offsetof(struct zmq_ctx_opts, blocky) },
};

/**
 * zmq_netlink_ctx_asked() - the context that a request is about
 * @skb: the request
 * @info: same
 * @id: its attribute with the number, or NULL
 * @name: its attribute with the name, or NULL
 *
 * Return: the context, referenced; -EINVAL the request names none, or one
 * twice; -ENOENT there is none, or it is another user's.
 */
struct zmq_ctx *zmq_netlink_ctx_asked(struct sk_buff *skb,
				      struct genl_info *info,
				      const struct nlattr *id,
				      const struct nlattr *name)
{
	struct net *net = genl_info_net(info);
	struct zmq_ctx *ctx;
	struct zmq_reader r;

	/* "" is the name of those that have none. */
	if (!id == !name || (name && !*(const char *)nla_data(name))) {
		NL_SET_ERR_MSG(info->extack, "a context has to be named, once");
		return ERR_PTR(-EINVAL);
	}
	zmq_reader_init(&r, skb);
	ctx = id ? zmq_ctx_find(net, nla_get_u32(id)) :
		   zmq_ctx_named(net, nla_data(name), r.uid);
	if (ctx && zmq_reader_has(&r, ctx))
		return ctx;
	if (ctx)
		zmq_ctx_put(ctx);
	NL_SET_ERR_MSG(info->extack, "there is no such context of yours");
	return ERR_PTR(-ENOENT);
}

/* Same, by the attributes of ZMQ_CMD_CTX_*. */
static struct zmq_ctx *zmq_ctx_asked(struct sk_buff *skb,
				     struct genl_info *info)
{
	return zmq_netlink_ctx_asked(skb, info, info->attrs[ZMQ_A_CTX_ID],
				     info->attrs[ZMQ_A_CTX_NAME]);
}

static void zmq_ctx_opts_take(struct zmq_ctx_opts *opts,
			      struct nlattr *const *attrs)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(zmq_ctx_fields); i++) {
		const struct nlattr *a = attrs[zmq_ctx_fields[i].attr];

		if (a)
			*(int *)((char *)opts + zmq_ctx_fields[i].at) =
				nla_get_s32(a);
	}
}

static int zmq_ctx_put_opts(struct sk_buff *skb,
			    const struct zmq_ctx_opts *opts)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(zmq_ctx_fields); i++)
		if (nla_put_s32(skb, zmq_ctx_fields[i].attr,
				*(const int *)((const char *)opts +
					       zmq_ctx_fields[i].at)))
			return -EMSGSIZE;
	return 0;
}

static int zmq_ctx_put_owner(struct sk_buff *skb, const struct zmq_ctx *ctx)
{
	u32 uid = from_kuid_munged(current_user_ns(), ctx->uid);

	if (nla_put_u32(skb, ZMQ_A_CTX_UID, uid) ||
	    nla_put_u32(skb, ZMQ_A_CTX_PID, pid_vnr(ctx->owner)))
		return -EMSGSIZE;
	return 0;
}

/* One message; -EMSGSIZE: no room, and nothing was put. */
static int zmq_ctx_put_all(struct sk_buff *skb, u32 portid, u32 seq, int flags,
			   u8 cmd, struct zmq_ctx *ctx)
{
	void *hdr = genlmsg_put(skb, portid, seq, &zmq_netlink_family, flags,
				cmd);
	bool ok;

	if (!hdr)
		return -EMSGSIZE;
	mutex_lock(&ctx->lock);
	ok = !nla_put_u32(skb, ZMQ_A_CTX_ID, ctx->id) &&
	     (!*ctx->name ||
	      !nla_put_string(skb, ZMQ_A_CTX_NAME, ctx->name)) &&
	     !zmq_ctx_put_opts(skb, &ctx->opts) &&
	     !zmq_ctx_put_owner(skb, ctx) &&
	     !nla_put_u32(skb, ZMQ_A_CTX_OPEN, ctx->open) &&
	     !nla_put_u32(skb, ZMQ_A_CTX_ALIVE, ctx->alive) &&
	     (!ctx->terminated || !nla_put_flag(skb, ZMQ_A_CTX_TERMINATED));
	mutex_unlock(&ctx->lock);
	if (!ok) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int zmq_ctx_reply(struct genl_info *info, u8 cmd, struct zmq_ctx *ctx)
{
	struct sk_buff *msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	int err;

	if (!msg)
		return -ENOMEM;
	err = zmq_ctx_put_all(msg, info->snd_portid, info->snd_seq, 0, cmd,
			      ctx);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

/**
 * zmq_netlink_ctx_new() - ZMQ_CMD_CTX_NEW
 * @skb: the request
 * @info: its attributes: options, and a name
 *
 * Answers with the context. It stays until ZMQ_CMD_CTX_TERM, or until the
 * calling process has gone and so have the context's sockets.
 *
 * Return: 0; -EINVAL the number is not the caller's to choose; -EEXIST the
 * caller has one of that name; -EMFILE too many; -EPERM the netlink socket is
 * another user's; -ENOMEM.
 */
int zmq_netlink_ctx_new(struct sk_buff *skb, struct genl_info *info)
{
	const char *name = "";
	struct zmq_ctx_opts opts;
	struct zmq_reader r;
	struct zmq_ctx *ctx;
	int err;

	if (info->attrs[ZMQ_A_CTX_ID]) {
		NL_SET_ERR_MSG(info->extack, "a new context gets its number");
		return -EINVAL;
	}
	if (info->attrs[ZMQ_A_CTX_NAME])
		name = nla_data(info->attrs[ZMQ_A_CTX_NAME]);
	zmq_reader_init(&r, skb);
	if (!uid_valid(r.uid)) {
		NL_SET_ERR_MSG(info->extack,
			       "the netlink socket is another user's");
		return -EPERM;
	}
	zmq_ctx_opts_init(&opts);
	zmq_ctx_opts_take(&opts, info->attrs);
	ctx = zmq_ctx_make(genl_info_net(info), r.uid, name, &opts);
	if (IS_ERR(ctx)) {
		if (PTR_ERR(ctx) == -EMFILE)
			NL_SET_ERR_MSG(info->extack, "you have too many");
		if (PTR_ERR(ctx) == -EEXIST)
			NL_SET_ERR_MSG(info->extack,
				       "you have a context of that name");
		if (PTR_ERR(ctx) == -ENOMEM)
			NL_SET_ERR_MSG(info->extack,
				       "no memory, or your account is full");
		return PTR_ERR(ctx);
	}
	err = zmq_ctx_reply(info, ZMQ_CMD_CTX_NEW, ctx);
	/* Nobody would know of it. */
	if (err)
		zmq_ctx_end(ctx);
	zmq_ctx_put(ctx);
	return err;
}

/**
 * zmq_netlink_ctx_get() - ZMQ_CMD_CTX_GET of one context
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0; -ENOMEM; or as zmq_netlink_ctx_asked().
 */
int zmq_netlink_ctx_get(struct sk_buff *skb, struct genl_info *info)
{
	struct zmq_ctx *ctx = zmq_ctx_asked(skb, info);
	int err;

	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	err = zmq_ctx_reply(info, ZMQ_CMD_CTX_GET, ctx);
	zmq_ctx_put(ctx);
	return err;
}

/**
 * struct zmq_ctx_dump - where a dump of contexts stands
 * @reader: who asked
 * @begun: the attributes were looked at
 * @id: number of the context that is next
 */
struct zmq_ctx_dump {
	struct zmq_reader reader;
	bool begun;
	u32 id;
};

static_assert(sizeof(struct zmq_ctx_dump) <=
	      sizeof_field(struct netlink_callback, ctx));

static struct zmq_ctx_dump *zmq_ctx_dump(struct netlink_callback *cb)
{
	return (struct zmq_ctx_dump *)cb->ctx;
}

/**
 * zmq_netlink_ctx_start() - ZMQ_CMD_CTX_GET of many: it begins
 * @cb: where the dump stands
 *
 * Return: 0.
 */
int zmq_netlink_ctx_start(struct netlink_callback *cb)
{
	zmq_reader_init(&zmq_ctx_dump(cb)->reader, cb->skb);
	return 0;
}

/* 6.1 has no place for words about an error in zmq_netlink_ctx_start(). */
static int zmq_ctx_dump_check(struct netlink_callback *cb)
{
	struct nlattr *const *attrs = zmq_dump_attrs(cb);

	zmq_ctx_dump(cb)->begun = true;
	if (!attrs[ZMQ_A_CTX_ID] && !attrs[ZMQ_A_CTX_NAME])
		return 0;
	NL_SET_ERR_MSG(cb->extack, "a dump is of all contexts");
	return -EINVAL;
}

/**
 * zmq_netlink_ctx_dump() - ZMQ_CMD_CTX_GET of all that the caller may have
 * @skb: where to put them
 * @cb: where the dump stands
 *
 * By number, and numbers come back only after a long while: a context that
 * stays is shown once.
 *
 * Return: bytes put, 0 at the end; -EINVAL a context: that is one.
 */
int zmq_netlink_ctx_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct zmq_ctx_dump *d = zmq_ctx_dump(cb);
	struct net *net = sock_net(skb->sk);
	int err = d->begun ? 0 : zmq_ctx_dump_check(cb);
	struct zmq_ctx *ctx;

	if (err)
		return err;
	while (!err && (ctx = zmq_ctx_next(net, &d->id))) {
		if (zmq_reader_has(&d->reader, ctx))
			err = zmq_ctx_put_all(skb, NETLINK_CB(cb->skb).portid,
					      cb->nlh->nlmsg_seq, NLM_F_MULTI,
					      ZMQ_CMD_CTX_GET, ctx);
		zmq_ctx_put(ctx);
		if (!err)
			d->id++;
	}
	return skb->len;
}

/**
 * zmq_netlink_ctx_set() - ZMQ_CMD_CTX_SET
 * @skb: the request
 * @info: its attributes: the context, and options
 *
 * Options are for sockets that come later; ZMQ_IO_THREADS and ZMQ_MAX_SOCKETS
 * have no effect after the first (API page, 3).
 *
 * Return: 0, or as zmq_netlink_ctx_asked().
 */
int zmq_netlink_ctx_set(struct sk_buff *skb, struct genl_info *info)
{
	struct zmq_ctx *ctx = zmq_ctx_asked(skb, info);

	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	mutex_lock(&ctx->lock);
	zmq_ctx_opts_take(&ctx->opts, info->attrs);
	mutex_unlock(&ctx->lock);
	zmq_ctx_put(ctx);
	return 0;
}

/**
 * zmq_netlink_ctx_shutdown() - ZMQ_CMD_CTX_SHUTDOWN
 * @skb: the request
 * @info: its attributes
 *
 * Return: 0, also if it was before; or as zmq_netlink_ctx_asked().
 */
int zmq_netlink_ctx_shutdown(struct sk_buff *skb, struct genl_info *info)
{
	struct zmq_ctx *ctx = zmq_ctx_asked(skb, info);

	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	zmq_ctx_shutdown(ctx);
	zmq_ctx_put(ctx);
	return 0;
}

/**
 * zmq_netlink_ctx_term() - ZMQ_CMD_CTX_TERM
 * @skb: the request
 * @info: its attributes
 *
 * Shuts the context down. It goes with its last socket, and then, when its number
 * and name are free, a message ZMQ_CMD_CTX_NTF with the number of this request tells
 * the caller, at once if there are no sockets. Nobody waits in here; who gives up
 * waiting may ask again.
 *
 * Return: 0; -EBUSY too many wait; -ENOMEM; or as zmq_netlink_ctx_asked().
 */
int zmq_netlink_ctx_term(struct sk_buff *skb, struct genl_info *info)
{
	struct zmq_ctx *ctx = zmq_ctx_asked(skb, info);
	int err;

	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	err = zmq_netlink_ctx_call(ctx, info, false);
	if (!err)
		zmq_ctx_end(ctx);
	zmq_ctx_put(ctx);
	return err;
}
