/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Subscriptions on the wire, RFC 37 "Publish-Subscribe": commands between
 * peers of ZMTP 3.1, messages that begin with 01 or 00 to all older ones.
 */
#ifndef _ZMQ_ZMTP_SUBSCRIPTION_H
#define _ZMQ_ZMTP_SUBSCRIPTION_H

#include <linux/types.h>
#include "zmtp/greeting.h"
#include "zmtp/wire.h"

/* First byte of a subscription that is a message. */
#define ZMQ_SUB_CANCEL		0x00
#define ZMQ_SUB_ADD		0x01

/* What zmq_sub_put() adds to a topic at most: a long header and a name. */
#define ZMQ_SUB_HDR_MAX		(ZMQ_FRAME_HDR_MAX + sizeof(ZMQ_CMD_SUBSCRIBE))

/*
 * Bytes of a topic, a peer's or our own. RFC 37 has no limit; with this one a
 * command, and the part of a message that is matched, are in one piece of
 * memory (queue/frame.c), and the number of a bit fits 16 bits (pattern/trie.h).
 */
#define ZMQ_TOPIC_MAX		4000

int zmq_sub_put(u8 *buf, size_t cap, enum zmq_peer_version version, bool add,
		const u8 *topic, size_t len);
bool zmq_sub_lost_flag(const u8 *hdr, size_t n);
unsigned int zmq_sub_command(const u8 *body, size_t len, bool *add);

#endif /* _ZMQ_ZMTP_SUBSCRIPTION_H */
