// SPDX-License-Identifier: GPL-2.0-only
/*
 * XSUB: messages of all publishers, subscriptions to all of them (RFC 29).
 *
 * Subscriptions are a multiset: what was subscribed to twice has to be
 * cancelled twice (API page, 1.11). Each publisher that comes, or comes back,
 * is told all of it; changes follow as they are made.
 * They are ready wire images, in the form that the peer's version asks for, so
 * they go with their connection and are not sent to the next one.
 */
#include <linux/slab.h>

#include "conn/session.h"
#include "pattern/xsub.h"
#include "zmtp/subscription.h"

/**
 * zmq_xsub_init() - zmq_pattern_ops.init
 * @zs: the socket
 */
void zmq_xsub_init(struct zmq_sock *zs)
{
	struct zmq_xsub *x = zs->priv;

	zmq_trie_init(&x->topics, zs->mem);
}

/*
 * Put topics behind those that the peer knows already into a frame, as many as
 * it holds. Returns false when that were all; then the pipe is up.
 */
static bool zmq_xsub_tell_some(struct zmq_sock *zs, struct zmq_pipe *p,
			       struct zmq_frame *f)
{
	struct zmq_xsub_pipe *xp = zmq_xsub_pipe(p);
	struct zmq_xsub *x = zs->priv;
	struct zmq_topic *t, *last = NULL;
	int n;

	t = xp->told_len == SIZE_MAX ? zmq_trie_next(&x->topics, NULL) :
	    zmq_trie_after(&x->topics, xp->told, xp->told_len);
	while (t) {
		n = zmq_sub_put(f->seg.data + f->seg.used,
				f->seg.size - f->seg.used, p->version, true,
				t->key, t->len);
		if (n < 0)
			break;
		f->seg.used += n;
		last = t;
		t = zmq_trie_next(&x->topics, t);
		/* Here each is a message, not a part of a wire image. */
		if (p->version == ZMQ_PEER_LOCAL)
			break;
	}
	if (last) {
		memcpy(xp->told, last->key, last->len);
		xp->told_len = last->len;
	}
	if (!t) {
		p->up = true;
		kfree(xp->told);
		xp->told = NULL;
	}
	return t;
}

/* Images that an earlier peer did not get any more: this one gets all anew. */
static void zmq_xsub_drop_images(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_frame *msg, *keep = NULL, **tail = &keep;
	bool acked;

	while ((msg = zmq_queue_read(&p->out, &acked))) {
		if (msg->seg.flags & (ZMQ_FRAME_RAW | ZMQ_FRAME_GREETING)) {
			zmq_frame_free(msg);
			continue;
		}
		*tail = msg;
		while (*tail)
			tail = &(*tail)->next;
	}
	if (keep)
		zmq_queue_unread(&p->out, keep);
}

/*
 * Queue what zmq_xsub_tell_some() wrote into *@frame, which is NULL then unless
 * it is not needed: nothing was written, or a local peer got as many bytes as
 * there are.
 */
static int zmq_xsub_tell(struct zmq_sock *zs, struct zmq_pipe *p,
			 struct zmq_frame **frame)
{
	struct zmq_frame *f = *frame;

	if (!f->seg.used)
		return 0;
	if (p->version == ZMQ_PEER_LOCAL) {
		f = zmq_frame_from_bytes(zs->mem, f->seg.data, f->seg.used,
					 GFP_ATOMIC);
		if (!f)
			return -ENOMEM;
		f->seg.flags = ZMQ_FRAME_GREETING;
	} else {
		f->seg.flags = ZMQ_FRAME_RAW;
		f->len = f->seg.used;
		f->got = f->len;
		*frame = NULL;
	}
	zmq_queue_push(&p->out, f);
	return 0;
}

/**
 * zmq_xsub_greet() - zmq_pattern_ops.greet: tell a new peer all topics
 * @zs: the socket
 * @p: the pipe
 *
 * A frame's worth at a time, since there may be many. A topic that is changed
 * meanwhile is announced by zmq_xsub_change() if the peer was told of it, and
 * here if not.
 *
 * Context: may sleep, no lock is held.
 * Return: 0 or -ENOMEM.
 */
int zmq_xsub_greet(struct zmq_sock *zs, struct zmq_pipe *p)
{
	const u32 room = ZMQ_TOPIC_MAX + ZMQ_SUB_HDR_MAX;
	struct zmq_xsub_pipe *xp = zmq_xsub_pipe(p);
	u8 *told = kmalloc(ZMQ_TOPIC_MAX, GFP_KERNEL_ACCOUNT);
	struct zmq_frame *f;
	bool more;
	int err;

	if (!told)
		return -ENOMEM;
	spin_lock_bh(&zs->lock);
	xp->told = told;
	xp->told_len = SIZE_MAX;
	zmq_xsub_drop_images(zs, p);
	spin_unlock_bh(&zs->lock);

	do {
		f = zmq_frame_alloc(zs->mem, room, GFP_KERNEL);
		if (!f)
			goto err_memory;
		spin_lock_bh(&zs->lock);
		more = zmq_xsub_tell_some(zs, p, f);
		err = zmq_xsub_tell(zs, p, &f);
		/* It begins anew then. */
		if (err)
			p->up = false;
		spin_unlock_bh(&zs->lock);
		if (f)
			zmq_frame_free(f);
		if (err)
			goto err_memory;
		cond_resched();
	} while (more);
	return 0;

err_memory:
	spin_lock_bh(&zs->lock);
	xp->told = NULL;
	spin_unlock_bh(&zs->lock);
	kfree(told);
	return -ENOMEM;
}

/* Is a change of this topic news for a peer? */
static bool zmq_xsub_is_news(struct zmq_pipe *p, const u8 *key, size_t len)
{
	struct zmq_xsub_pipe *xp = zmq_xsub_pipe(p);
	size_t both;
	int diff;

	if (!p->attached)
		return false;
	if (p->up)
		return true;
	if (!xp->told || xp->told_len == SIZE_MAX)
		return false;
	both = min(len, xp->told_len);
	diff = memcmp(key, xp->told, both);
	return diff ? diff < 0 : len <= xp->told_len;
}

/* The image of a change for one peer. */
static struct zmq_frame *zmq_xsub_image(struct zmq_sock *zs, u8 version,
					bool add, const u8 *key, size_t len)
{
	struct zmq_frame *f = zmq_frame_alloc(zs->mem, len + ZMQ_SUB_HDR_MAX,
					      GFP_ATOMIC);

	if (!f)
		return NULL;
	f->seg.used = zmq_sub_put(f->seg.data, f->seg.size, version, add, key,
				  len);
	if (version != ZMQ_PEER_LOCAL)
		f->seg.flags = ZMQ_FRAME_RAW;
	f->len = f->seg.used;
	f->got = f->len;
	return f;
}

/*
 * Tell all peers of a change. First all images, then all pipes, so that for
 * lack of memory nothing has happened.
 */
static int zmq_xsub_announce(struct zmq_sock *zs, bool add, const u8 *key,
			     size_t len, enum zmq_xsub_tell tell)
{
	struct zmq_frame *images = NULL, **tail = &images, *f;
	struct zmq_pipe *p;

	if (tell == ZMQ_XSUB_QUIET)
		return 0;
	list_for_each_entry(p, &zs->pipes, node) {
		u8 version = p->version;

		if (!zmq_xsub_is_news(p, key, len))
			continue;
		if (tell == ZMQ_XSUB_MESSAGE && version == ZMQ_PEER_V31)
			version = ZMQ_PEER_V30;
		*tail = zmq_xsub_image(zs, version, add, key, len);
		if (!*tail) {
			zmq_chain_free(images);
			return -ENOMEM;
		}
		tail = &(*tail)->next;
	}

	list_for_each_entry(p, &zs->pipes, node) {
		if (!images || !zmq_xsub_is_news(p, key, len))
			continue;
		f = images;
		images = f->next;
		f->next = NULL;
		zmq_queue_push(&p->out, f);
		zmq_sock_kick_later(zs, p->session);
	}
	return 0;
}

/* Repeats are told, too: libzmq's publishers may show them, by VERBOSE. */
static int zmq_xsub_subscribe(struct zmq_sock *zs, const u8 *key, size_t len,
			      enum zmq_xsub_tell tell)
{
	struct zmq_xsub *x = zs->priv;
	struct zmq_topic *t = zmq_trie_insert(&x->topics, key, len);
	int err;

	if (!t)
		return -ENOMEM;
	zmq_topic_get(&x->topics, t);
	err = zmq_xsub_announce(zs, true, key, len, tell);
	if (err)
		zmq_topic_put(&x->topics, t);
	return err ? err : 1;
}

static int zmq_xsub_cancel(struct zmq_sock *zs, const u8 *key, size_t len,
			   enum zmq_xsub_tell tell)
{
	struct zmq_xsub *x = zs->priv;
	struct zmq_topic *t = zmq_trie_find(&x->topics, key, len);
	bool news = x->verbose_cancel || (t && t->count == 1);
	int err = news ? zmq_xsub_announce(zs, false, key, len, tell) : 0;

	if (!err && t)
		zmq_topic_put(&x->topics, t);
	return err ? err : news;
}

/**
 * zmq_xsub_change() - subscribe or cancel
 * @zs: the socket, its lock held
 * @add: subscribe
 * @key: the topic
 * @len: its length
 * @tell: how the publishers are told
 *
 * Cancelling what was never subscribed to has no effect.
 *
 * Return: 1 if the publishers have to know; 0; -EINVAL longer than
 * ZMQ_TOPIC_MAX; -ENOMEM nothing has changed.
 */
int zmq_xsub_change(struct zmq_sock *zs, bool add, const u8 *key, size_t len,
		    enum zmq_xsub_tell tell)
{
	zmq_sock_assert(zs);
	if (len > ZMQ_TOPIC_MAX)
		return -EINVAL;
	return add ? zmq_xsub_subscribe(zs, key, len, tell) :
		     zmq_xsub_cancel(zs, key, len, tell);
}

/**
 * zmq_xsub_getopt() - zmq_pattern_ops.getopt
 * @zs: the socket
 * @name: the option
 * @value: where to put its value
 * @len: room there, then its length
 *
 * Return: 0, -EINVAL, -ENOPROTOOPT.
 */
int zmq_xsub_getopt(struct zmq_sock *zs, int name, void *value, size_t *len)
{
	struct zmq_xsub *x = zs->priv;

	return name == ZMQ_TOPICS_COUNT ?
	       zmq_getopt_count(x->topics.topics, value, len) : -ENOPROTOOPT;
}

/**
 * zmq_xsub_fini() - zmq_pattern_ops.fini
 * @zs: the socket
 */
void zmq_xsub_fini(struct zmq_sock *zs)
{
	struct zmq_xsub *x = zs->priv;

	zmq_trie_clear(&x->topics);
}

static int zmq_xsub_begin(struct zmq_sock *zs, struct zmq_txn *t,
			  struct zmq_frame *f)
{
	return 0;
}

/* A part that is a subscription. Returns whether publishers have to know. */
static bool zmq_xsub_take(struct zmq_sock *zs, const struct zmq_frame *f,
			  enum zmq_xsub_tell tell)
{
	size_t len;
	const u8 *data = zmq_frame_start(f, &len);
	int ret = zmq_xsub_change(zs, *data == ZMQ_SUB_ADD, data + 1,
				  f->len - 1, tell);

	if (ret < 0)
		zmq_sock_drop(zs, ZMQ_R_DROP_SUBSCRIPTION, 1);
	return ret > 0;
}

/* What is no subscription goes to all publishers; who is full loses it. */
static void zmq_xsub_send_all(struct zmq_sock *zs, struct zmq_frame *msg)
{
	struct zmq_frame *clone;
	struct zmq_pipe *p;

	msg = zmq_chain_share(msg);
	list_for_each_entry(p, &zs->pipes, node) {
		if (!p->attached)
			continue;
		clone = zmq_queue_full(&p->out) ? NULL : zmq_chain_clone(msg);
		if (!clone) {
			zmq_sock_drop(zs, ZMQ_R_DROP_FULL, 1);
			continue;
		}
		zmq_queue_push(&p->out, clone);
		zmq_sock_kick_later(zs, p->session);
	}
	zmq_chain_free(msg);
}

/*
 * A message of several parts stays together, whatever they are: the parts that
 * are subscriptions take effect here and go to the publishers with the rest.
 */
static struct zmq_frame *zmq_xsub_sort(struct zmq_sock *zs,
				       struct zmq_frame *msg)
{
	struct zmq_frame *out = NULL, **tail = &out, *last = NULL, *next;
	struct zmq_xsub *x = zs->priv;
	bool look = true, is_sub;

	for (; msg; msg = next) {
		next = msg->next;
		msg->next = NULL;
		is_sub = look && zmq_pattern_is_sub(msg);
		look = look && (!x->only_first || is_sub);
		if (is_sub && !zmq_xsub_take(zs, msg, ZMQ_XSUB_QUIET)) {
			zmq_frame_free(msg);
			continue;
		}
		*tail = msg;
		tail = &msg->next;
		last = msg;
	}
	if (last)
		last->seg.flags &= ~ZMQ_FRAME_MORE;
	return out;
}

static void zmq_xsub_commit(struct zmq_sock *zs, struct zmq_txn *t,
			    struct zmq_session **kick)
{
	struct zmq_frame *msg = t->head;

	if (!msg->next && zmq_pattern_is_sub(msg)) {
		zmq_xsub_take(zs, msg, ZMQ_XSUB_MESSAGE);
		zmq_frame_free(msg);
		return;
	}
	if (msg->next)
		msg = zmq_xsub_sort(zs, msg);
	if (msg)
		zmq_xsub_send_all(zs, msg);
}

static bool zmq_xsub_can_send(struct zmq_sock *zs)
{
	return true;
}

static int zmq_xsub_setopt(struct zmq_sock *zs, int name, const void *value,
			   size_t len)
{
	struct zmq_xsub *x = zs->priv;

	switch (name) {
	case ZMQ_ONLY_FIRST_SUBSCRIBE:
		return zmq_setopt_flag(zs, value, len, &x->only_first);
	case ZMQ_XSUB_VERBOSE_UNSUBSCRIBE:
		return zmq_setopt_flag(zs, value, len, &x->verbose_cancel);
	default:
		return -ENOPROTOOPT;
	}
}

const struct zmq_pattern_ops zmq_xsub_ops = {
	.type = ZMQ_XSUB,
	.drops = true,
	.priv_size = sizeof(struct zmq_xsub),
	.pipe_size = sizeof(struct zmq_xsub_pipe),
	.init = zmq_xsub_init,
	.greet = zmq_xsub_greet,
	.begin = zmq_xsub_begin,
	.commit = zmq_xsub_commit,
	.recv = zmq_fq_recv,
	.can_send = zmq_xsub_can_send,
	.can_recv = zmq_fq_ready,
	.setopt = zmq_xsub_setopt,
	.getopt = zmq_xsub_getopt,
	.fini = zmq_xsub_fini,
};
