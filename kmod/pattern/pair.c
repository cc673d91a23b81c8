// SPDX-License-Identifier: GPL-2.0-only
/*
 * PAIR: one peer at a time (RFC 31).
 *
 * A second peer completes its handshake but is mute, and is not adopted when
 * the first one leaves (libzmq API page, 1.4).
 */
#include "pattern/pattern.h"

struct zmq_pair {
	struct zmq_pipe *peer;
};

static int zmq_pair_attach(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_pair *pair = zs->priv;

	if (pair->peer)
		return -EBUSY;
	pair->peer = p;
	return 0;
}

static void zmq_pair_detach(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_pair *pair = zs->priv;

	if (pair->peer == p)
		pair->peer = NULL;
}

const struct zmq_pattern_ops zmq_pair_ops = {
	.type = ZMQ_PAIR,
	.balances = true,
	.priv_size = sizeof(struct zmq_pair),
	.attach = zmq_pair_attach,
	.detach = zmq_pair_detach,
	.begin = zmq_lb_begin,
	.commit = zmq_lb_commit,
	.recv = zmq_fq_recv,
	.can_send = zmq_lb_ready,
	.can_recv = zmq_fq_ready,
};
