// SPDX-License-Identifier: GPL-2.0-only
/* ZMQ_CMD_SOCKET_GET: the sockets, and what they have counted. */
#include <linux/pid_namespace.h>
#include <linux/sock_diag.h>
#include <linux/zmq_netlink.h>

#include "compat/compat.h"
#include "ctx/ctx.h"
#include "mem.h"
#include "netlink/dump.h"
#include "netlink/netlink.h"
#include "pattern/pattern.h"
#include "registry.h"
#include "sock.h"

/**
 * struct zmq_socket_row - a socket at one moment
 * @state: ZMQ_SOCKET_STATE_*
 * @events: what poll() would say
 * @sndhwm: ZMQ_SNDHWM
 * @rcvhwm: ZMQ_RCVHWM
 * @sessions: sessions
 * @pipes: pipes
 * @stats: counters
 * @dropped: zmq_sock_stats.drops by reason
 */
struct zmq_socket_row {
	u32 state;
	__poll_t events;
	u32 sndhwm;
	u32 rcvhwm;
	u32 sessions;
	u32 pipes;
	struct zmq_sock_stats stats;
	u64 dropped[ZMQ_DROP_NR];
};

/*
 * As zmq_sock_events(), but nobody is about to act on it: a message that any
 * thread has begun counts, and a SUB drops nothing, so what it has may be
 * unwanted.
 */
static __poll_t zmq_socket_events(struct zmq_sock *zs)
{
	const struct zmq_pattern_ops *ops = zs->ops;
	bool reading = !list_empty(&zs->reading.list);
	bool sending = !list_empty(&zs->sending.list);
	__poll_t mask = 0;

	if (zs->closed || zs->terminated)
		return 0;
	if (ops->can_recv && !(ops->lockstep && sending) &&
	    (reading || (ops->sifts ? zmq_fq_ready(zs) : ops->can_recv(zs))))
		mask |= EPOLLIN;
	if (ops->can_send && !(ops->lockstep && reading) &&
	    (sending || ops->can_send(zs)))
		mask |= EPOLLOUT;
	return mask;
}

static void zmq_socket_look(struct zmq_sock *zs, struct zmq_socket_row *row)
{
	spin_lock_bh(&zs->lock);
	row->state = zs->closed ? ZMQ_SOCKET_STATE_LINGERING :
		     zs->terminated ? ZMQ_SOCKET_STATE_TERMINATED :
				      ZMQ_SOCKET_STATE_OPEN;
	row->events = zmq_socket_events(zs);
	row->sndhwm = zs->opt.sndhwm;
	row->rcvhwm = zs->opt.rcvhwm;
	row->sessions = zs->nr_sessions;
	row->pipes = zs->nr_pipes;
	row->stats = zs->stats;
	memcpy(row->dropped, zs->dropped, sizeof(row->dropped));
	zmq_sock_unlock(zs);
}

static int zmq_socket_put_owner(struct sk_buff *skb, struct zmq_sock *zs)
{
	const struct zmq_member *m = &zs->member;
	u32 uid = from_kuid_munged(current_user_ns(), zs->mem->uid);
	u32 pid = pid_nr_ns(m->tgid, task_active_pid_ns(current));

	if (nla_put_u32(skb, ZMQ_A_SOCKET_UID, uid) ||
	    nla_put_u32(skb, ZMQ_A_SOCKET_PID, pid) ||
	    nla_put_string(skb, ZMQ_A_SOCKET_COMM, m->comm))
		return -EMSGSIZE;
	if (!pid_has_task(m->tgid, PIDTYPE_TGID) &&
	    nla_put_flag(skb, ZMQ_A_SOCKET_OWNER_GONE))
		return -EMSGSIZE;
	return 0;
}

static int zmq_socket_put_drops(struct sk_buff *skb,
				const struct zmq_socket_row *row)
{
	enum zmq_reason r;
	struct nlattr *nest;

	for (r = ZMQ_R_DROP_UNSENT; r < ZMQ_REASON_NR; r++) {
		u64 count = row->dropped[r - ZMQ_R_DROP_UNSENT];

		if (!count)
			continue;
		nest = nla_nest_start(skb, ZMQ_A_SOCKET_DROP);
		if (!nest ||
		    nla_put_string(skb, ZMQ_A_DROP_REASON, zmq_reason_key(r)) ||
		    nla_put_string(skb, ZMQ_A_DROP_TEXT, zmq_reason_text(r)) ||
		    nla_put_u64_64bit(skb, ZMQ_A_DROP_COUNT, count,
				      ZMQ_A_DROP_PAD))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int zmq_socket_put_counters(struct sk_buff *skb,
				   const struct zmq_sock_stats *st)
{
	const struct {
		int attr;
		u64 value;
	} counters[] = {
		{ ZMQ_A_SOCKET_MSGS_IN, st->msgs_in },
		{ ZMQ_A_SOCKET_MSGS_OUT, st->msgs_out },
		{ ZMQ_A_SOCKET_BYTES_IN, st->bytes_in },
		{ ZMQ_A_SOCKET_BYTES_OUT, st->bytes_out },
		{ ZMQ_A_SOCKET_DROPS, st->drops },
		{ ZMQ_A_SOCKET_CONNECTS, st->connects },
		{ ZMQ_A_SOCKET_DISCONNECTS, st->disconnects },
		{ ZMQ_A_SOCKET_FAILURES, st->failures },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(counters); i++)
		if (nla_put_u64_64bit(skb, counters[i].attr, counters[i].value,
				      ZMQ_A_SOCKET_PAD))
			return -EMSGSIZE;
	return 0;
}

static int zmq_socket_put_state(struct sk_buff *skb, struct zmq_sock *zs,
				const struct zmq_socket_row *row)
{
	const struct zmq_ctx *ctx = READ_ONCE(zs->ctx);

	if (nla_put_u32(skb, ZMQ_A_SOCKET_TYPE, zs->ops->type) ||
	    nla_put_u32(skb, ZMQ_A_SOCKET_STATE, row->state) ||
	    nla_put_u32(skb, ZMQ_A_SOCKET_SNDHWM, row->sndhwm) ||
	    nla_put_u32(skb, ZMQ_A_SOCKET_RCVHWM, row->rcvhwm) ||
	    nla_put_s32(skb, ZMQ_A_SOCKET_LINGER, READ_ONCE(zs->opt.linger)) ||
	    nla_put_u32(skb, ZMQ_A_SOCKET_SESSIONS, row->sessions) ||
	    nla_put_u32(skb, ZMQ_A_SOCKET_PIPES, row->pipes) ||
	    nla_put_string(skb, ZMQ_A_SOCKET_ERROR, READ_ONCE(zs->why)))
		return -EMSGSIZE;
	/* Kept by the socket, once it has one. */
	if (ctx && nla_put_u32(skb, ZMQ_A_SOCKET_CTX, ctx->id))
		return -EMSGSIZE;
	if (row->events & EPOLLIN && nla_put_flag(skb, ZMQ_A_SOCKET_READABLE))
		return -EMSGSIZE;
	if (row->events & EPOLLOUT && nla_put_flag(skb, ZMQ_A_SOCKET_WRITABLE))
		return -EMSGSIZE;
	return 0;
}

static int zmq_socket_put_name(struct sk_buff *skb, struct zmq_sock *zs)
{
	u32 cookie[2];

	sock_diag_save_cookie(&zs->sk, cookie);
	if (nla_put_u64_64bit(skb, ZMQ_A_SOCKET_ID, zs->member.entry.nr,
			      ZMQ_A_SOCKET_PAD) ||
	    nla_put_u64_64bit(skb, ZMQ_A_SOCKET_INODE, sock_i_ino(&zs->sk),
			      ZMQ_A_SOCKET_PAD) ||
	    nla_put_u64_64bit(skb, ZMQ_A_SOCKET_COOKIE,
			      cookie[0] | (u64)cookie[1] << 32,
			      ZMQ_A_SOCKET_PAD))
		return -EMSGSIZE;
	return 0;
}

/* What follows the header @hdr; takes it back where there is no room. */
static int zmq_socket_put(struct sk_buff *skb, void *hdr, struct zmq_sock *zs)
{
	struct zmq_socket_row row;

	if (!hdr)
		return -EMSGSIZE;
	zmq_socket_look(zs, &row);
	if (zmq_socket_put_name(skb, zs) ||
	    zmq_socket_put_owner(skb, zs) ||
	    zmq_socket_put_state(skb, zs, &row) ||
	    zmq_socket_put_counters(skb, &row.stats) ||
	    zmq_socket_put_drops(skb, &row)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int zmq_socket_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
			       struct zmq_sock *zs)
{
	return zmq_socket_put(skb, zmq_dump_begin(skb, cb, ZMQ_CMD_SOCKET_GET),
			      zs);
}

/**
 * zmq_socket_dump() - genl_ops.dumpit of ZMQ_CMD_SOCKET_GET
 * @skb: where to
 * @cb: the dump
 *
 * Return: as zmq_dump_sockets(); -EINVAL: only one of them is looked up by
 * inode or cookie.
 */
int zmq_socket_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr **attrs = zmq_dump_attrs(cb);
	struct nlattr *other = attrs[ZMQ_A_SOCKET_INODE] ?:
			       attrs[ZMQ_A_SOCKET_COOKIE];

	if (other) {
		NL_SET_ERR_MSG_ATTR(cb->extack, other,
				    "a dump is of all sockets, or of one id");
		return -EINVAL;
	}
	return zmq_dump_sockets(skb, cb, zmq_socket_dump_one);
}

static bool zmq_socket_is(struct zmq_sock *zs, int attr, u64 value)
{
	if (attr == ZMQ_A_SOCKET_INODE)
		return sock_i_ino(&zs->sk) == value;
	return atomic64_read(&zs->sk.sk_cookie) == value;
}

/* By inode or cookie: no index, this is for people. */
static struct zmq_sock *zmq_socket_search(struct net *net,
					  const struct zmq_reader *r, int attr,
					  u64 value)
{
	u64 nr = 0, end = zmq_registry_last(net);
	struct zmq_sock *zs;

	/* What has no inode or cookie says 0. */
	if (!value)
		return NULL;
	while (nr < end && (zs = zmq_registry_after(net, nr))) {
		nr = zs->member.entry.nr;
		if (zmq_reader_sees(r, zs) && zmq_socket_is(zs, attr, value))
			return zs;
		sock_put(&zs->sk);
		cond_resched();
	}
	return NULL;
}

/* The one attribute that names the socket, or NULL. */
static struct nlattr *zmq_socket_named(struct genl_info *info)
{
	struct nlattr *found = NULL;
	int i;

	for (i = ZMQ_A_SOCKET_ID; i <= ZMQ_A_SOCKET_COOKIE; i++) {
		if (!info->attrs[i])
			continue;
		if (found)
			return NULL;
		found = info->attrs[i];
	}
	return found;
}

static struct zmq_sock *zmq_socket_find(struct sk_buff *skb,
					struct genl_info *info)
{
	struct nlattr *attr = zmq_socket_named(info);
	struct net *net = genl_info_net(info);
	struct zmq_reader reader;
	struct zmq_sock *zs;

	if (!attr) {
		GENL_SET_ERR_MSG(info, "name one socket: by id, by inode or by cookie");
		return ERR_PTR(-EINVAL);
	}
	zmq_reader_init(&reader, skb);
	if (nla_type(attr) == ZMQ_A_SOCKET_ID)
		zs = zmq_dump_find(net, &reader, nla_get_u64(attr));
	else
		zs = zmq_socket_search(net, &reader, nla_type(attr),
				       nla_get_u64(attr));
	if (zs)
		return zs;
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "no such socket, or none that you may see");
	return ERR_PTR(-ENOENT);
}

/**
 * zmq_socket_get() - genl_ops.doit of ZMQ_CMD_SOCKET_GET
 * @skb: the request
 * @info: the same
 *
 * Return: 0; -EINVAL it names none or several; -ENOENT; -ENOMEM.
 */
int zmq_socket_get(struct sk_buff *skb, struct genl_info *info)
{
	struct zmq_sock *zs = zmq_socket_find(skb, info);
	struct sk_buff *reply;
	int err;

	if (IS_ERR(zs))
		return PTR_ERR(zs);
	reply = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply) {
		sock_put(&zs->sk);
		return -ENOMEM;
	}
	err = zmq_socket_put(reply,
			     genlmsg_put_reply(reply, info, &zmq_netlink_family,
					       0, ZMQ_CMD_SOCKET_GET), zs);
	sock_put(&zs->sk);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return genlmsg_reply(reply, info);
}
