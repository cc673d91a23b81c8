/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages: what lies in the caller's opaque zmq_msg_t.
 */
#ifndef SHIM_MSG_H
#define SHIM_MSG_H

#include <string.h>

#include "internal.h"
#include "props.h"

/* Longest content kept in the zmq_msg_t itself: libzmq's number. */
#define SHIM_MSG_INLINE_MAX 33

/* Values of shim_msg.kind. Unlikely bytes, to tell messages from garbage. */
#define SHIM_MSG_INLINE	101	/* content in shim_msg.bytes */
#define SHIM_MSG_BLOCK	102	/* content belongs to a struct shim_block */
#define SHIM_MSG_CONST	103	/* content is nobody's: never freed */

/* Values of shim_msg.flags. */
#define SHIM_MSG_MORE	0x01	/* received with more frames to follow */
#define SHIM_MSG_SHARED	0x02	/* the block has been copied by reference */

/**
 * struct shim_block - content of messages, shared by reference
 * @refs: messages that point here
 * @ffn: called once with @data and @hint when the last of them goes, or NULL if
 *	the content is @bytes
 * @hint: for @ffn
 * @bytes: the content without @ffn
 */
struct shim_block {
	_Atomic uint32_t refs;
	zmq_free_fn *ffn;
	void *hint;
	unsigned char bytes[] __attribute__((aligned(16)));
};

/**
 * struct shim_group - group of messages, shared by reference
 * @refs: messages that point here
 * @name: its name, ZMQ_GROUP_MAX_LENGTH bytes at most
 */
struct shim_group {
	_Atomic uint32_t refs;
	char name[];
};

/**
 * struct shim_msg - a message
 * @bytes: the content, if @kind is SHIM_MSG_INLINE
 * @data: the content otherwise
 * @size: its length in bytes
 * @block: its owner, if @kind is SHIM_MSG_BLOCK
 * @len: length of @bytes in use
 * @kind: SHIM_MSG_*; anything else is no message
 * @flags: SHIM_MSG_MORE, SHIM_MSG_SHARED
 * @routing_id: zmq_msg_routing_id(), 0 for none
 * @props: properties of the peer it came from, referenced, or NULL
 * @group: zmq_msg_group(), referenced, or NULL
 */
struct shim_msg {
	union {
		unsigned char bytes[SHIM_MSG_INLINE_MAX];
		struct {
			void *data;
			size_t size;
			struct shim_block *block;
		};
	};
	uint8_t len;
	uint8_t kind;
	uint8_t flags;
	uint32_t routing_id;
	struct shim_props *props;
	struct shim_group *group;
};

_Static_assert(sizeof(struct shim_msg) <= sizeof(zmq_msg_t), "must fit");
_Static_assert(__alignof__(struct shim_msg) <= __alignof__(zmq_msg_t), "must align");

/* Make @m, which holds nothing, a message of this kind. */
static inline void shim_msg_set(struct shim_msg *m, uint8_t kind)
{
	m->len = 0;
	m->kind = kind;
	m->flags = 0;
	m->routing_id = 0;
	m->props = NULL;
	m->group = NULL;
}

static inline void shim_msg_reset(struct shim_msg *m)
{
	shim_msg_set(m, SHIM_MSG_INLINE);
}

/* Return: the message in @msg, or NULL if there is none. */
static inline struct shim_msg *shim_msg_get(const zmq_msg_t *msg)
{
	struct shim_msg *m = (struct shim_msg *)msg;

	if (likely(m && m->kind >= SHIM_MSG_INLINE &&
		   m->kind <= SHIM_MSG_CONST))
		return m;
	return NULL;
}

static inline void *shim_msg_data(struct shim_msg *m)
{
	return m->kind == SHIM_MSG_INLINE ? m->bytes : m->data;
}

static inline size_t shim_msg_size(const struct shim_msg *m)
{
	return m->kind == SHIM_MSG_INLINE ? m->len : m->size;
}

void shim_msg_put_block(struct shim_msg *m);
struct shim_block *shim_block_alloc(size_t size);
void shim_block_init(struct shim_block *block);
void shim_group_put(struct shim_group *group);

/* Give up what @m holds. Leaves it undefined, to be set or reset. */
static inline void shim_msg_put(struct shim_msg *m)
{
	shim_props_put(m->props);
	if (unlikely(m->group))
		shim_group_put(m->group);
	if (m->kind == SHIM_MSG_BLOCK)
		shim_msg_put_block(m);
}

/* Make @m, which holds nothing, the only owner of @block. */
static inline void shim_msg_own(struct shim_msg *m, struct shim_block *block,
				size_t size)
{
	m->data = block->bytes;
	m->size = size;
	m->block = block;
	shim_msg_set(m, SHIM_MSG_BLOCK);
}

#endif /* SHIM_MSG_H */
