// SPDX-License-Identifier: GPL-2.0-only
/* Options of PUB and XPUB (API page, 1.10). */
#include "conn/session.h"
#include "pattern/xpub.h"

/* NODROP needs to know when a full pipe has got room; see zmq_dist_begin(). */
static void zmq_xpub_balance(struct zmq_sock *zs)
{
	struct zmq_xpub *x = zs->priv;
	struct zmq_pipe *p;

	list_for_each_entry(p, &zs->pipes, node)
		p->balanced = p->attached && x->nodrop;
}

static int zmq_xpub_set_flag(struct zmq_sock *zs, int name, bool on)
{
	struct zmq_xpub *x = zs->priv;

	switch (name) {
	case ZMQ_XPUB_VERBOSE:
		x->verbose = on;
		x->verbose_cancel = false;
		return 0;
	case ZMQ_XPUB_VERBOSER:
		x->verbose = on;
		x->verbose_cancel = on;
		return 0;
	case ZMQ_XPUB_MANUAL:
		x->manual = on;
		return 0;
	case ZMQ_XPUB_MANUAL_LAST_VALUE:
		x->manual = on;
		x->last_value = on;
		return 0;
	case ZMQ_XPUB_NODROP:
		x->nodrop = on;
		zmq_xpub_balance(zs);
		return 0;
	case ZMQ_ONLY_FIRST_SUBSCRIBE:
		x->only_first = on;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

/* An empty message is none. */
static int zmq_xpub_set_welcome(struct zmq_sock *zs, const void *value,
				size_t len)
{
	struct zmq_frame *welcome = NULL;
	struct zmq_xpub *x = zs->priv;

	if (len) {
		welcome = zmq_frame_from_bytes(zs->mem, value, len, GFP_KERNEL);
		if (!welcome)
			return -ENOMEM;
	}
	spin_lock_bh(&zs->lock);
	swap(x->welcome, welcome);
	spin_unlock_bh(&zs->lock);
	zmq_chain_free(welcome);
	return 0;
}

/*
 * With ZMQ_XPUB_MANUAL: what the peer whose subscription was read last is to
 * get. If it has gone there is nothing to be done.
 */
static int zmq_xpub_manual(struct zmq_sock *zs, bool add, const void *key,
			   size_t len)
{
	struct zmq_xpub *x = zs->priv;
	struct zmq_xpub_pipe *xp;
	int ret = 0;

	if (len > ZMQ_TOPIC_MAX)
		return -EINVAL;
	spin_lock_bh(&zs->lock);
	if (!x->manual) {
		ret = -EINVAL;
	} else if (x->last) {
		xp = zmq_xpub_pipe(x->last);
		ret = add ? zmq_subs_add(&x->subs, &xp->subs, x->last, key, len,
				   x->begun) :
			    zmq_subs_del(&x->subs, &xp->subs, key, len);
	}
	spin_unlock_bh(&zs->lock);
	return ret == -ENOMEM || ret == -EINVAL ? ret : 0;
}

/**
 * zmq_xpub_setopt() - zmq_pattern_ops.setopt
 * @zs: the socket
 * @name: the option
 * @value: its value
 * @len: length of the value
 *
 * Return: 0, -EINVAL, -ENOMEM, -ENOPROTOOPT.
 */
int zmq_xpub_setopt(struct zmq_sock *zs, int name, const void *value,
		    size_t len)
{
	bool on;
	int err;

	switch (name) {
	case ZMQ_SUBSCRIBE:
	case ZMQ_UNSUBSCRIBE:
		return zmq_xpub_manual(zs, name == ZMQ_SUBSCRIBE, value, len);
	case ZMQ_XPUB_WELCOME_MSG:
		return zmq_xpub_set_welcome(zs, value, len);
	case ZMQ_XPUB_VERBOSE:
	case ZMQ_XPUB_VERBOSER:
	case ZMQ_XPUB_MANUAL:
	case ZMQ_XPUB_MANUAL_LAST_VALUE:
	case ZMQ_XPUB_NODROP:
	case ZMQ_ONLY_FIRST_SUBSCRIBE:
		err = zmq_setopt_flag(zs, value, len, &on);
		if (err)
			return err;
		spin_lock_bh(&zs->lock);
		err = zmq_xpub_set_flag(zs, name, on);
		spin_unlock_bh(&zs->lock);
		zmq_sock_wake(zs, ZMQ_WAKE_OUT);
		return err;
	default:
		return -ENOPROTOOPT;
	}
}

/**
 * zmq_xpub_getopt() - zmq_pattern_ops.getopt
 * @zs: the socket
 * @name: the option
 * @value: where to put its value
 * @len: room there, then its length
 *
 * Return: 0, -EINVAL, -ENOPROTOOPT.
 */
int zmq_xpub_getopt(struct zmq_sock *zs, int name, void *value, size_t *len)
{
	struct zmq_xpub *x = zs->priv;

	return name == ZMQ_TOPICS_COUNT ?
	       zmq_getopt_count(x->subs.topics, value, len) : -ENOPROTOOPT;
}
