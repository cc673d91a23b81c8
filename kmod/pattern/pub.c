// SPDX-License-Identifier: GPL-2.0-only
/* PUB: an XPUB whose user hears nothing of its subscribers (RFC 29). */
#include "pattern/xpub.h"

const struct zmq_pattern_ops zmq_pub_ops = {
	.type = ZMQ_PUB,
	.one_to_one = true,
	.drops = true,
	.conflates = true,
	.subscribable = true,
	.priv_size = sizeof(struct zmq_xpub),
	.pipe_size = sizeof(struct zmq_xpub_pipe),
	.init = zmq_xpub_init,
	.attach = zmq_xpub_attach,
	.detach = zmq_xpub_detach,
	.shed = zmq_xpub_shed,
	.begin = zmq_dist_begin,
	.commit = zmq_dist_commit,
	.filter = zmq_xpub_filter,
	.can_send = zmq_dist_can_send,
	.setopt = zmq_xpub_setopt,
	.getopt = zmq_xpub_getopt,
	.fini = zmq_xpub_fini,
};
