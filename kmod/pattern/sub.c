// SPDX-License-Identifier: GPL-2.0-only
/*
 * SUB: an XSUB whose user subscribes by options, sends nothing, and reads only
 * what was subscribed to (RFC 29). An XSUB reads all that publishers send.
 */
#include "pattern/xsub.h"

/* Messages that are dropped before others get the lock. */
#define ZMQ_SUB_PORTION	64

static int zmq_sub_setopt(struct zmq_sock *zs, int name, const void *value,
			  size_t len)
{
	int err;

	if (name != ZMQ_SUBSCRIBE && name != ZMQ_UNSUBSCRIBE)
		return -ENOPROTOOPT;
	spin_lock_bh(&zs->lock);
	err = zmq_xsub_change(zs, name == ZMQ_SUBSCRIBE, value, len,
			      ZMQ_XSUB_COMMAND);
	spin_unlock_bh(&zs->lock);
	/* A message that waits may be wanted now. */
	if (err >= 0 && name == ZMQ_SUBSCRIBE)
		zmq_sock_turn(zs);
	return min(err, 0);
}

/*
 * Is the next message one that a subscription asks for? Others are dropped,
 * whatever the publisher thought: it may know less of the subscriptions, or be
 * one of ZMTP 1.0, which doesn't filter. Looked at when it is read, as libzmq
 * does: what was subscribed to meanwhile counts.
 */
static int zmq_sub_look(struct zmq_sock *zs)
{
	struct zmq_xsub *x = zs->priv;
	struct zmq_pipe *p;
	int i;

	for (i = 0; i < ZMQ_SUB_PORTION; i++) {
		const u8 *data;
		size_t len;

		p = zmq_fq_next(zs);
		if (!p)
			return -EAGAIN;
		data = zmq_frame_start(p->in.head, &len);
		if (zmq_trie_covers(&x->topics, data, len) !=
		    !!zs->opt.invert_matching)
			return 0;
		zmq_fq_drop(zs, ZMQ_R_DROP_UNWANTED);
	}
	/* Others want the lock, too. */
	return -ERESTART;
}

static int zmq_sub_recv(struct zmq_sock *zs, struct zmq_frame **msg,
			struct zmq_session **kick)
{
	int err = zmq_sub_look(zs);

	return err ? err : zmq_fq_recv(zs, msg, kick);
}

/* After a portion without a wanted one: perhaps; who reads goes on looking. */
static bool zmq_sub_can_recv(struct zmq_sock *zs)
{
	return zmq_sub_look(zs) != -EAGAIN;
}

const struct zmq_pattern_ops zmq_sub_ops = {
	.type = ZMQ_SUB,
	.one_to_one = true,
	.conflates = true,
	.sifts = true,
	.priv_size = sizeof(struct zmq_xsub),
	.pipe_size = sizeof(struct zmq_xsub_pipe),
	.init = zmq_xsub_init,
	.greet = zmq_xsub_greet,
	.recv = zmq_sub_recv,
	.can_recv = zmq_sub_can_recv,
	.setopt = zmq_sub_setopt,
	.getopt = zmq_xsub_getopt,
	.fini = zmq_xsub_fini,
};
