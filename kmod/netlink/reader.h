/* SPDX-License-Identifier: GPL-2.0-only */
/* Who asks, and what they may see. */
#ifndef _ZMQ_NETLINK_READER_H
#define _ZMQ_NETLINK_READER_H

#include <linux/skbuff.h>
#include <linux/uidgid.h>

#include "common.h"

/**
 * struct zmq_reader - who sent a request
 * @uid: whose sockets they see; invalid for nobody's
 * @all: they see everybody's
 */
struct zmq_reader {
	kuid_t uid;
	bool all;
};

void zmq_reader_init(struct zmq_reader *r, const struct sk_buff *request);
bool zmq_reader_sees(const struct zmq_reader *r, const struct zmq_sock *zs);
bool zmq_reader_has(const struct zmq_reader *r, const struct zmq_ctx *ctx);

#endif /* _ZMQ_NETLINK_READER_H */
