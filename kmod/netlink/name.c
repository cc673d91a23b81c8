// SPDX-License-Identifier: GPL-2.0-only
/*
 * ZMQ_CMD_NAME_*: the inproc names of a context, in the same registry that
 * bind() and connect() use.
 */
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/zmq.h>

#include "compat/compat.h"
#include "conn/listener.h"
#include "ctx/names.h"
#include "netlink/ctx.h"
#include "netlink/netlink.h"
#include "netlink/reader.h"
#include "pattern/pattern.h"
#include "sock.h"

static const char zmq_name_scheme[] = "inproc://";

/**
 * zmq_netlink_put_name() - attributes of a name
 * @skb: where to put them
 * @ctx: the context, its lock held
 * @l: who is, or was, bound to it
 * @bound: which of the two
 *
 * Return: 0 or -EMSGSIZE.
 */
int zmq_netlink_put_name(struct sk_buff *skb, const struct zmq_ctx *ctx,
			 const struct zmq_listener *l, bool bound)
{
	if (nla_put_u32(skb, ZMQ_A_NAME_CTX, ctx->id) ||
	    nla_put_string(skb, ZMQ_A_NAME_ENDPOINT, l->name) ||
	    nla_put_u64_64bit(skb, ZMQ_A_NAME_SOCKET_ID,
			      l->zs->member.entry.nr, ZMQ_A_NAME_PAD) ||
	    (bound && nla_put_flag(skb, ZMQ_A_NAME_BOUND)))
		return -EMSGSIZE;
	return 0;
}

/* The name of a request, or NULL. */
static const char *zmq_name_asked(struct genl_info *info)
{
	const struct nlattr *a = info->attrs[ZMQ_A_NAME_ENDPOINT];

	if (!a) {
		NL_SET_ERR_MSG(info->extack, "the endpoint is missing");
		return NULL;
	}
	if (strncmp(nla_data(a), zmq_name_scheme, strlen(zmq_name_scheme))) {
		NL_SET_ERR_MSG_ATTR(info->extack, a, "no inproc endpoint");
		return NULL;
	}
	return nla_data(a);
}

/* The caller's socket, its file referenced, or an errno. */
static struct socket *zmq_name_socket(struct genl_info *info)
{
	const struct nlattr *a = info->attrs[ZMQ_A_NAME_FD];
	struct socket *sock;
	int err;

	if (!a) {
		NL_SET_ERR_MSG(info->extack, "the socket is missing");
		return ERR_PTR(-EINVAL);
	}
	sock = sockfd_lookup(nla_get_s32(a), &err);
	if (!sock) {
		NL_SET_ERR_MSG_ATTR(info->extack, a, "no socket");
		return ERR_PTR(err);
	}
	if (zmq_sock_is_ours(sock->sk) &&
	    net_eq(sock_net(sock->sk), genl_info_net(info)))
		return sock;
	sockfd_put(sock);
	NL_SET_ERR_MSG_ATTR(info->extack, a,
			    "no AF_ZMQ socket of this network namespace");
	return ERR_PTR(-ENOTSOCK);
}

typedef int (*zmq_name_call_t)(struct zmq_sock *zs, const char *uri,
			       size_t len);

/* What a socket can do itself, for a name and a descriptor in a request. */
static int zmq_name_do(struct genl_info *info, zmq_name_call_t call)
{
	const char *uri = zmq_name_asked(info);
	struct socket *sock;
	int err;

	if (!uri)
		return -EINVAL;
	sock = zmq_name_socket(info);
	if (IS_ERR(sock))
		return PTR_ERR(sock);
	err = call(zmq_sk(sock->sk), uri, strlen(uri));
	if (err)
		NL_SET_ERR_MSG(info->extack,
			       "refused; ZMQ_NATIVE_LAST_ERROR of the socket says why");
	sockfd_put(sock);
	return err;
}

/**
 * zmq_netlink_name_new() - ZMQ_CMD_NAME_NEW: as bind() of the socket
 * @skb: the request
 * @info: its attributes: a name, a descriptor
 *
 * Return: 0; -EINVAL, -EBADF, -ENOTSOCK; or as zmq_sock_bind().
 */
int zmq_netlink_name_new(struct sk_buff *skb, struct genl_info *info)
{
	return zmq_name_do(info, zmq_sock_bind);
}

/**
 * zmq_netlink_name_del() - ZMQ_CMD_NAME_DEL: as ZMQ_NATIVE_UNBIND
 * @skb: the request
 * @info: its attributes: a name, a descriptor
 *
 * Return: 0; -EINVAL, -EBADF, -ENOTSOCK; or as zmq_sock_unbind().
 */
int zmq_netlink_name_del(struct sk_buff *skb, struct genl_info *info)
{
	return zmq_name_do(info, zmq_sock_unbind);
}

static int zmq_name_put_all(struct sk_buff *skb, u32 portid, u32 seq, int flags,
			    const struct zmq_ctx *ctx,
			    const struct zmq_listener *l)
{
	void *hdr = genlmsg_put(skb, portid, seq, &zmq_netlink_family, flags,
				ZMQ_CMD_NAME_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (zmq_netlink_put_name(skb, ctx, l, true)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * zmq_netlink_name_get() - ZMQ_CMD_NAME_GET of one name: who is bound to it?
 * @skb: the request
 * @info: its attributes: a context, a name
 *
 * Return: 0; -ENOENT nobody is; -EINVAL; -ENOMEM; or as
 * zmq_netlink_ctx_asked().
 */
int zmq_netlink_name_get(struct sk_buff *skb, struct genl_info *info)
{
	const char *uri = zmq_name_asked(info);
	struct zmq_listener *l;
	struct sk_buff *msg;
	struct zmq_ctx *ctx;
	int err = -ENOENT;

	if (!uri)
		return -EINVAL;
	ctx = zmq_netlink_ctx_asked(skb, info, info->attrs[ZMQ_A_NAME_CTX],
				    NULL);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	mutex_lock(&ctx->lock);
	l = zmq_name_bound(ctx, uri);
	if (!msg)
		err = -ENOMEM;
	else if (l)
		err = zmq_name_put_all(msg, info->snd_portid, info->snd_seq, 0,
				       ctx, l);
	else
		NL_SET_ERR_MSG(info->extack, "nobody is bound to this name");
	mutex_unlock(&ctx->lock);
	zmq_ctx_put(ctx);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

/**
 * zmq_netlink_name_watch() - ZMQ_CMD_NAME_WATCH
 * @skb: the request
 * @info: its attributes: a context
 *
 * From now on each name that is bound, or not any more, is told by a message
 * ZMQ_CMD_NAME_NTF with the number of this request, as long as the netlink
 * socket and the context are there.
 *
 * Return: 0, or as zmq_netlink_ctx_call() and zmq_netlink_ctx_asked().
 */
int zmq_netlink_name_watch(struct sk_buff *skb, struct genl_info *info)
{
	struct zmq_ctx *ctx;
	int err;

	ctx = zmq_netlink_ctx_asked(skb, info, info->attrs[ZMQ_A_NAME_CTX],
				    NULL);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	err = zmq_netlink_ctx_call(ctx, info, true);
	zmq_ctx_put(ctx);
	return err;
}

/**
 * struct zmq_name_dump - where a dump of names stands
 * @reader: who asked
 * @begun: the attributes were looked at
 * @only: number of the one context that is asked for, or 0
 * @ctx: number of the context whose names are next
 * @after: the name in it that was shown last, or ""
 */
struct zmq_name_dump {
	struct zmq_reader reader;
	bool begun;
	u32 only;
	u32 ctx;
	char after[ZMQ_ENDPOINT_MAX + 1];
};

/**
 * zmq_netlink_name_start() - ZMQ_CMD_NAME_GET of many: it begins
 * @cb: where the dump stands
 *
 * The attributes are looked at only when the first message is to be made: 6.1
 * has no place for words about an error before.
 *
 * Return: 0; -ENOMEM.
 */
int zmq_netlink_name_start(struct netlink_callback *cb)
{
	struct zmq_name_dump *d = kzalloc(sizeof(*d), GFP_KERNEL_ACCOUNT);

	if (!d)
		return -ENOMEM;
	zmq_reader_init(&d->reader, cb->skb);
	cb->args[0] = (long)d;
	return 0;
}

/* One context, if the request names one; the reader has to have it. */
static int zmq_name_choose(struct netlink_callback *cb, struct zmq_name_dump *d)
{
	struct nlattr *const *attrs = zmq_dump_attrs(cb);
	const struct nlattr *id = attrs[ZMQ_A_NAME_CTX];
	struct zmq_ctx *ctx;
	bool has;

	d->begun = true;
	if (attrs[ZMQ_A_NAME_ENDPOINT]) {
		NL_SET_ERR_MSG(cb->extack, "a dump is of one context, or all");
		return -EINVAL;
	}
	if (!id)
		return 0;
	d->only = nla_get_u32(id);
	d->ctx = d->only;
	ctx = zmq_ctx_find(sock_net(cb->skb->sk), d->only);
	has = ctx && zmq_reader_has(&d->reader, ctx);
	if (ctx)
		zmq_ctx_put(ctx);
	if (has)
		return 0;
	NL_SET_ERR_MSG_ATTR(cb->extack, id, "there is no such context of yours");
	return -ENOENT;
}

/* The names of one context from @d->after on. */
static int zmq_name_dump_ctx(struct sk_buff *skb, struct netlink_callback *cb,
			     struct zmq_ctx *ctx, struct zmq_name_dump *d)
{
	struct zmq_name *n;
	int err = 0;

	mutex_lock(&ctx->lock);
	while ((n = zmq_name_first(ctx, d->after))) {
		err = zmq_name_put_all(skb, NETLINK_CB(cb->skb).portid,
				       cb->nlh->nlmsg_seq, NLM_F_MULTI, ctx,
				       n->bound);
		if (err)
			break;
		strscpy(d->after, n->text, sizeof(d->after));
	}
	mutex_unlock(&ctx->lock);
	return err;
}

/**
 * zmq_netlink_name_dump() - ZMQ_CMD_NAME_GET of many
 * @skb: where to put them
 * @cb: where the dump stands
 *
 * In their order, so a name that stays bound is shown once.
 *
 * Return: bytes put, 0 at the end; -EINVAL a name: that is one; -ENOENT there is
 * no such context of the caller's.
 */
int zmq_netlink_name_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct zmq_name_dump *d = (struct zmq_name_dump *)cb->args[0];
	struct net *net = sock_net(skb->sk);
	struct zmq_ctx *ctx;
	int err = d->begun ? 0 : zmq_name_choose(cb, d);
	u32 was;

	if (err)
		return err;
	for (;;) {
		cond_resched();
		was = d->ctx;
		ctx = zmq_ctx_next(net, &d->ctx);
		if (!ctx || (d->only && d->ctx != d->only)) {
			if (ctx)
				zmq_ctx_put(ctx);
			break;
		}
		/* The one whose names were begun has gone meanwhile. */
		if (d->ctx != was)
			*d->after = '\0';
		if (zmq_reader_has(&d->reader, ctx))
			err = zmq_name_dump_ctx(skb, cb, ctx, d);
		zmq_ctx_put(ctx);
		if (err)
			break;
		*d->after = '\0';
		d->ctx++;
	}
	return skb->len;
}

/**
 * zmq_netlink_name_done() - ZMQ_CMD_NAME_GET of many: it ends
 * @cb: where the dump stood
 *
 * Return: 0.
 */
int zmq_netlink_name_done(struct netlink_callback *cb)
{
	kfree((void *)cb->args[0]);
	return 0;
}
