// SPDX-License-Identifier: GPL-2.0-only
/*
 * XPUB and PUB: subscriptions of peers, and what the user learns of them.
 *
 * Subscriptions take effect when they arrive, whether the user reads or not.
 * What the user is to read of them waits in one queue for all peers, in order
 * of arrival (API page, 1.10). A user who never reads, as most are, must not
 * let it grow without end: above a share of the memory account notices are
 * dropped and counted, the subscriptions themselves stay.
 */
#include <linux/slab.h>

#include "conn/props.h"
#include "mem.h"
#include "pattern/xpub.h"
#include "zmtp/subscription.h"

/* Part of the user's account that one socket's notices may have. */
#define ZMQ_NOTICE_SHARE	8
/* Subscriptions of a pipe that are freed without a pause. */
#define ZMQ_SHED_PORTION	128

/**
 * zmq_xpub_init() - zmq_pattern_ops.init
 * @zs: the socket
 */
void zmq_xpub_init(struct zmq_sock *zs)
{
	struct zmq_xpub *x = zs->priv;

	zmq_trie_init(&x->subs, zs->mem);
	zmq_trie_init(&x->asked, zs->mem);
	INIT_LIST_HEAD(&x->notices);
}

/**
 * zmq_xpub_attach() - zmq_pattern_ops.attach
 * @zs: the socket
 * @p: the pipe
 *
 * The welcome message goes out first (API page, 1.10).
 *
 * Return: 0 or -ENOMEM.
 */
int zmq_xpub_attach(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_xpub_pipe *xp = zmq_xpub_pipe(p);
	struct zmq_xpub *x = zs->priv;
	struct zmq_frame *hello;

	zmq_subs_init(&xp->subs, sock_net(&zs->sk));
	zmq_subs_init(&xp->asked, sock_net(&zs->sk));
	INIT_LIST_HEAD(&xp->notices);
	p->balanced = x->nodrop;
	if (x->welcome) {
		hello = zmq_chain_clone(x->welcome);
		if (!hello)
			return -ENOMEM;
		zmq_queue_push(&p->out, hello);
	}
	return 0;
}

/**
 * zmq_xpub_detach() - zmq_pattern_ops.detach
 * @zs: the socket
 * @p: the pipe; it matches nothing any more, zmq_xpub_shed() does the rest
 */
void zmq_xpub_detach(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_xpub *x = zs->priv;

	if (x->last == p)
		x->last = NULL;
}

/* What a notice with this message takes of the socket's share. */
static u64 zmq_notice_size(const struct zmq_frame *msg)
{
	u64 bytes = sizeof(struct zmq_notice);

	for (; msg; msg = msg->next)
		bytes += struct_size(msg, seg.data, msg->len);
	return bytes;
}

/* Of its message only the pointer goes. */
static void zmq_notice_free(struct zmq_sock *zs, struct zmq_notice *n)
{
	struct zmq_mem *mem = zs->mem;
	struct zmq_xpub *x = zs->priv;

	list_del(&n->node);
	list_del(&n->own);
	x->notice_bytes -= zmq_notice_size(n->msg);
	zmq_props_put(n->props);
	zmq_mem_uncharge(mem, sizeof(*n));
	kfree(n);
}

/* Let the user read @msg; NULL if there was no memory for it. */
static void zmq_xpub_tell(struct zmq_sock *zs, struct zmq_pipe *p,
			  struct zmq_frame *msg)
{
	struct zmq_xpub *x = zs->priv;
	struct zmq_notice *n = NULL;
	u64 bytes = zmq_notice_size(msg);

	if (msg && !zs->closed &&
	    x->notice_bytes + bytes <= zmq_mem_max() / ZMQ_NOTICE_SHARE &&
	    zmq_mem_charge(zs->mem, sizeof(*n))) {
		n = kmalloc(sizeof(*n), GFP_ATOMIC | __GFP_ACCOUNT |
			    __GFP_NOWARN);
		if (!n)
			zmq_mem_uncharge(zs->mem, sizeof(*n));
	}
	if (!n) {
		zmq_sock_drop(zs, ZMQ_R_DROP_UNREAD, 1);
		zmq_chain_free(msg);
		return;
	}
	n->msg = msg;
	n->pipe = p;
	n->props = zmq_props_get(p->props);
	x->notice_bytes += bytes;
	list_add_tail(&n->node, &x->notices);
	list_add_tail(&n->own, &zmq_xpub_pipe(p)->notices);
	zmq_sock_wake(zs, ZMQ_WAKE_IN);
}

/* A topic that is cancelled, in the form that it has as a message. */
static void zmq_xpub_tell_cancel(struct zmq_sock *zs, struct zmq_pipe *p,
				 const struct zmq_topic *topic)
{
	const u8 head = ZMQ_SUB_CANCEL;
	struct zmq_frame *f = zmq_frame_alloc(zs->mem, topic->len + 1,
					      GFP_ATOMIC);

	if (f) {
		zmq_frame_append(f, &head, 1, GFP_ATOMIC);
		zmq_frame_append(f, topic->key, topic->len, GFP_ATOMIC);
	}
	zmq_xpub_tell(zs, p, f);
}

/* A peer subscribes or cancels. Returns whether an XPUB's user is told. */
static bool zmq_xpub_subscribe(struct zmq_sock *zs, struct zmq_pipe *p,
			       bool add, const u8 *key, size_t len)
{
	struct zmq_xpub_pipe *xp = zmq_xpub_pipe(p);
	struct zmq_xpub *x = zs->priv;
	struct zmq_trie *trie = x->manual ? &x->asked : &x->subs;
	struct zmq_subs *own = x->manual ? &xp->asked : &xp->subs;
	int ret;

	ret = -ENOMEM;
	if (len <= ZMQ_TOPIC_MAX)
		ret = add ? zmq_subs_add(trie, own, p, key, len, x->begun) :
			    zmq_subs_del(trie, own, key, len);
	/* It may be the one that a sender waits for. */
	if (!add && x->nodrop)
		zmq_sock_wake(zs, ZMQ_WAKE_OUT);
	if (ret == -ENOMEM) {
		zmq_sock_drop(zs, ZMQ_R_DROP_SUBSCRIPTION, 1);
		return false;
	}
	/* A cancel of what nobody subscribed to is told, as by libzmq. */
	return x->manual || ret == 1 || ret == -ENOENT ||
	       (add ? x->verbose : x->verbose_cancel);
}

/* A part that is a subscription takes effect; true: the user is to read it. */
static bool zmq_xpub_take_sub(struct zmq_sock *zs, struct zmq_pipe *p,
			      struct zmq_frame *f)
{
	size_t len;
	const u8 *data = zmq_frame_start(f, &len);

	/* One in several segments is refused for its length. */
	return zmq_xpub_subscribe(zs, p, *data == ZMQ_SUB_ADD, data + 1,
				  f->len - 1) && zs->ops->type == ZMQ_XPUB;
}

/* What was sent upstream, for the user of an XPUB and nobody else. */
static bool zmq_xpub_take_user(struct zmq_sock *zs, struct zmq_frame *f)
{
	if (zs->ops->type == ZMQ_XPUB)
		return true;
	if (!zmq_frame_more(f))
		zmq_sock_drop(zs, ZMQ_R_DROP_NOT_READ, 1);
	return false;
}

/**
 * zmq_xpub_filter() - zmq_pattern_ops.filter
 * @zs: the socket
 * @p: the pipe
 * @msg: message of a peer
 *
 * Each part that begins with 0 or 1 is a subscription, unless
 * ZMQ_ONLY_FIRST_SUBSCRIBE says that only the first can be. What the user reads
 * of a message with such parts and others keeps their order; a subscription
 * ends a message, as it does in libzmq.
 *
 * Return: ZMQ_R_TAKEN.
 */
enum zmq_reason zmq_xpub_filter(struct zmq_sock *zs, struct zmq_pipe *p,
				struct zmq_frame *msg)
{
	struct zmq_frame *out = NULL, **tail = &out, *last = NULL, *next;
	struct zmq_xpub *x = zs->priv;
	bool look = true, is_sub, tell;

	for (; msg; msg = next) {
		next = msg->next;
		msg->next = NULL;
		is_sub = look && zmq_pattern_is_sub(msg);
		look = look && (!x->only_first || is_sub);
		tell = is_sub ? zmq_xpub_take_sub(zs, p, msg) :
				zmq_xpub_take_user(zs, msg);
		if (!tell) {
			zmq_frame_free(msg);
			continue;
		}
		*tail = msg;
		tail = &msg->next;
		last = msg;
		if (!is_sub)
			continue;
		msg->seg.flags &= ~ZMQ_FRAME_MORE;
		zmq_xpub_tell(zs, p, out);
		out = NULL;
		tail = &out;
	}
	if (out) {
		last->seg.flags &= ~ZMQ_FRAME_MORE;
		zmq_xpub_tell(zs, p, out);
	}
	return ZMQ_R_TAKEN;
}

/* What the pipe was the last subscriber of is told as cancelled. */
static void zmq_xpub_drop_sub(struct zmq_sock *zs, struct zmq_pipe *p,
			      struct zmq_trie *trie, struct zmq_subs *own,
			      bool tell)
{
	struct zmq_sub *sub = rb_entry(rb_first(&own->root), struct zmq_sub, node);
	struct zmq_xpub *x = zs->priv;
	struct zmq_topic *topic = sub->topic;

	if (tell && zs->ops->type == ZMQ_XPUB &&
	    (topic->count == 1 || x->verbose_cancel || x->manual))
		zmq_xpub_tell_cancel(zs, p, topic);
	zmq_subs_free(trie, own, sub);
}

/**
 * zmq_xpub_shed() - zmq_pattern_ops.shed
 * @zs: the socket
 * @p: a pipe that was detached
 *
 * With ZMQ_XPUB_MANUAL the user hears of what the peer had asked for, not of
 * what it was given instead.
 *
 * Return: true if there is more to be done.
 */
bool zmq_xpub_shed(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_xpub_pipe *xp = zmq_xpub_pipe(p);
	struct zmq_xpub *x = zs->priv;
	struct zmq_notice *n, *next;
	int i;

	/* It was mute from the beginning. */
	if (!xp->notices.next)
		return false;
	for (i = 0; i < ZMQ_SHED_PORTION; i++) {
		if (!zmq_subs_empty(&xp->asked))
			zmq_xpub_drop_sub(zs, p, &x->asked, &xp->asked, true);
		else if (!zmq_subs_empty(&xp->subs))
			zmq_xpub_drop_sub(zs, p, &x->subs, &xp->subs,
					  !x->manual);
		else
			break;
	}
	list_for_each_entry_safe(n, next, &xp->notices, own) {
		if (++i > 2 * ZMQ_SHED_PORTION)
			return true;
		n->pipe = NULL;
		list_del_init(&n->own);
	}
	return !zmq_subs_empty(&xp->asked) || !zmq_subs_empty(&xp->subs);
}

static int zmq_xpub_recv(struct zmq_sock *zs, struct zmq_frame **msg,
			 struct zmq_session **kick)
{
	struct zmq_xpub *x = zs->priv;
	struct zmq_notice *n;

	n = list_first_entry_or_null(&x->notices, struct zmq_notice, node);
	if (!n)
		return -EAGAIN;
	*msg = n->msg;
	zmq_props_put(x->read);
	x->read = zmq_props_get(n->props);
	zs->props = x->read;
	if (x->manual)
		x->last = n->pipe && n->pipe->attached ? n->pipe : NULL;
	zmq_notice_free(zs, n);
	return 0;
}

static bool zmq_xpub_can_recv(struct zmq_sock *zs)
{
	struct zmq_xpub *x = zs->priv;

	return !list_empty(&x->notices);
}

/**
 * zmq_xpub_fini() - zmq_pattern_ops.fini
 * @zs: the socket
 */
void zmq_xpub_fini(struct zmq_sock *zs)
{
	struct zmq_xpub *x = zs->priv;
	struct zmq_notice *n, *next;

	list_for_each_entry_safe(n, next, &x->notices, node) {
		struct zmq_frame *msg = n->msg;

		zmq_notice_free(zs, n);
		zmq_chain_free(msg);
	}
	zmq_props_put(x->read);
	zmq_chain_free(x->welcome);
	zmq_trie_clear(&x->subs);
	zmq_trie_clear(&x->asked);
}

const struct zmq_pattern_ops zmq_xpub_ops = {
	.type = ZMQ_XPUB,
	.drops = true,
	.subscribable = true,
	.notices = true,
	.priv_size = sizeof(struct zmq_xpub),
	.pipe_size = sizeof(struct zmq_xpub_pipe),
	.init = zmq_xpub_init,
	.attach = zmq_xpub_attach,
	.detach = zmq_xpub_detach,
	.shed = zmq_xpub_shed,
	.begin = zmq_dist_begin,
	.commit = zmq_dist_commit,
	.recv = zmq_xpub_recv,
	.filter = zmq_xpub_filter,
	.can_send = zmq_dist_can_send,
	.can_recv = zmq_xpub_can_recv,
	.setopt = zmq_xpub_setopt,
	.getopt = zmq_xpub_getopt,
	.fini = zmq_xpub_fini,
};
