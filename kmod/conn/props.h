/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of a peer: its metadata, and where it is. */
#ifndef _ZMQ_PROPS_H
#define _ZMQ_PROPS_H

#include <linux/gfp.h>
#include <linux/refcount.h>
#include <linux/zmq.h>

#include "common.h"
#include "zmtp/meta.h"

/**
 * struct zmq_props - properties of a peer, immutable
 * @ref: its users
 * @mem: account that it is charged to; it does not outlive the socket
 * @len: bytes of @data
 * @data: metadata in the form of RFC 37: length of the name in 1 byte, name,
 *	length of the value in 4, value. The first property of a name counts
 *
 * First what the ZAP handler has said: User-Id, and its metadata, which counts
 * more than the peer's, as in libzmq. Then what the peer said in its handshake,
 * as it said it: Socket-Type, Identity, X-*; then what we know ourselves:
 * Peer-Address. That and User-Id nobody else can claim. A peer of ZMTP 1.0 or
 * 2.0, or without ZMTP, has said nothing.
 */
struct zmq_props {
	refcount_t ref;
	struct zmq_mem *mem;
	u32 len;
	u8 data[];
};

struct zmq_props *zmq_props_make(struct zmq_mem *mem, const u8 *meta,
				 size_t meta_len, const char *address,
				 gfp_t gfp);
struct zmq_props *zmq_props_vouch(struct zmq_mem *mem, const u8 *user,
				  size_t user_len, const u8 *meta,
				  size_t meta_len);
struct zmq_props *zmq_props_join(const struct zmq_props *first,
				 const struct zmq_props *then);
bool zmq_props_find(const struct zmq_props *p, const char *name,
		    struct zmq_prop *found);
struct zmq_props *zmq_props_get(struct zmq_props *p);
void zmq_props_put(struct zmq_props *p);

#endif /* _ZMQ_PROPS_H */
