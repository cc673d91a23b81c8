/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metadata, RFC 37 "Metadata": the properties in READY and INITIATE, and what
 * the handshake makes of them.
 */
#ifndef _ZMQ_ZMTP_META_H
#define _ZMQ_ZMTP_META_H

#include <linux/types.h>

/**
 * struct zmq_prop - one property; points into the metadata
 * @name: not ended by a NUL
 * @value: any bytes
 * @value_len: bytes of @value
 * @name_len: bytes of @name, may be 0
 */
struct zmq_prop {
	const u8 *name;
	const u8 *value;
	u32 value_len;
	u8 name_len;
};

/*
 * Properties that a peer may tell of itself. RFC 37 has no limit; these are looked
 * through for each property that a program asks for.
 */
#define ZMQ_META_PROPS_MAX	64

/**
 * struct zmq_meta_iter - where a walk over metadata stands
 * @p: next byte
 * @left: bytes from @p to the end
 */
struct zmq_meta_iter {
	const u8 *p;
	size_t left;
};

/**
 * zmq_meta_init() - start a walk
 * @it: the walk
 * @data: metadata, has to stay until the walk ends
 * @len: bytes of @data
 */
static inline void zmq_meta_init(struct zmq_meta_iter *it, const u8 *data,
				 size_t len)
{
	it->p = data;
	it->left = len;
}

int zmq_meta_next(struct zmq_meta_iter *it, struct zmq_prop *p);
int zmq_meta_put(u8 *buf, size_t cap, const char *name, const u8 *value,
		 size_t value_len);

const char *zmq_type_name(int type);
bool zmq_type_accepts(int type, const u8 *name, size_t len);
int zmq_ready_put(u8 *buf, size_t cap, int type, const u8 *id, size_t id_len);
int zmq_ready_check(int own_type, const u8 *data, size_t len, const u8 **id,
		    size_t *id_len);

#endif /* _ZMQ_ZMTP_META_H */
