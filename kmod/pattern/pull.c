// SPDX-License-Identifier: GPL-2.0-only
/*
 * PULL: messages of all PUSHes in turn (RFC 30).
 *
 * The shortest socket type: it shows what of the table is needed.
 */
#include "pattern/pattern.h"

const struct zmq_pattern_ops zmq_pull_ops = {
	.type = ZMQ_PULL,
	.conflates = true,
	.recv = zmq_fq_recv,
	.can_recv = zmq_fq_ready,
};
