// SPDX-License-Identifier: GPL-2.0-only
/* DEALER: to all peers in turn, from all peers in turn (RFC 28). */
#include "pattern/pattern.h"

const struct zmq_pattern_ops zmq_dealer_ops = {
	.type = ZMQ_DEALER,
	.one_to_one = true,
	.balances = true,
	.conflates = true,
	.greets = true,
	.hiccups = true,
	.begin = zmq_lb_begin,
	.commit = zmq_lb_commit,
	.recv = zmq_fq_recv,
	.can_send = zmq_lb_ready,
	.can_recv = zmq_fq_ready,
	.setopt = zmq_setopt_probe,
};
