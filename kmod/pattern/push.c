// SPDX-License-Identifier: GPL-2.0-only
/* PUSH: each message to the next PULL that has room (RFC 30). */
#include "pattern/pattern.h"

/* A PUSH never reads; what a peer sends all the same is counted and dropped. */
static enum zmq_reason zmq_push_filter(struct zmq_sock *zs, struct zmq_pipe *p,
				       struct zmq_frame *msg)
{
	return ZMQ_R_DROP_NOT_READ;
}

const struct zmq_pattern_ops zmq_push_ops = {
	.type = ZMQ_PUSH,
	.balances = true,
	.conflates = true,
	.begin = zmq_lb_begin,
	.commit = zmq_lb_commit,
	.filter = zmq_push_filter,
	.can_send = zmq_lb_ready,
};
