/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes that several holders share: values of options. */
#ifndef _ZMQ_BLOB_H
#define _ZMQ_BLOB_H

#include <linux/refcount.h>

#include "common.h"

/**
 * struct zmq_blob - some bytes
 * @ref: holders
 * @mem: account that they are charged to; constant
 * @len: how many; constant
 * @data: the bytes and, not counted, a NUL behind them; constant
 *
 * A value that is set anew is a new blob, so readers need no lock.
 */
struct zmq_blob {
	refcount_t ref;
	struct zmq_mem *mem;
	size_t len;
	u8 data[];
};

u8 *zmq_blob_insert(struct zmq_blob **b, struct zmq_mem *mem, size_t at,
		    size_t len);
struct zmq_blob *zmq_blob_new(struct zmq_mem *mem, const void *data,
			      size_t len);
struct zmq_blob *zmq_blob_hold(struct zmq_blob *b);
void zmq_blob_put(struct zmq_blob *b);

#endif /* _ZMQ_BLOB_H */
