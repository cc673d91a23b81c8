// SPDX-License-Identifier: GPL-2.0-only
/* SUB: an XSUB whose user subscribes by options, and sends nothing (RFC 29). */
#include "pattern/xsub.h"

static int zmq_sub_setopt(struct zmq_sock *zs, int name, const void *value,
			  size_t len)
{
	int err;

	if (name != ZMQ_SUBSCRIBE && name != ZMQ_UNSUBSCRIBE)
		return -ENOPROTOOPT;
	spin_lock_bh(&zs->lock);
	err = zmq_xsub_change(zs, name == ZMQ_SUBSCRIBE, value, len, false);
	spin_unlock_bh(&zs->lock);
	/* A message that waits may be wanted now. */
	if (!err && name == ZMQ_SUBSCRIBE)
		zmq_sock_turn(zs);
	return err;
}

const struct zmq_pattern_ops zmq_sub_ops = {
	.type = ZMQ_SUB,
	.one_to_one = true,
	.conflates = true,
	.priv_size = sizeof(struct zmq_xsub),
	.pipe_size = sizeof(struct zmq_xsub_pipe),
	.init = zmq_xsub_init,
	.greet = zmq_xsub_greet,
	.recv = zmq_xsub_recv,
	.can_recv = zmq_xsub_can_recv,
	.setopt = zmq_sub_setopt,
	.getopt = zmq_xsub_getopt,
	.fini = zmq_xsub_fini,
};
