// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages: everything but sending and receiving them, which is in io.c.
 */
#include <stdlib.h>

#include "api.h"
#include "msg.h"

/**
 * shim_block_init() - memory with content becomes a block
 * @block: the memory, from malloc(); it gets one reference
 */
void shim_block_init(struct shim_block *block)
{
	atomic_init(&block->refs, 1);
	block->ffn = NULL;
}

/**
 * shim_block_alloc() - memory for content
 * @size: bytes of content
 *
 * Return: a block with one reference, or NULL with errno ENOMEM.
 */
struct shim_block *shim_block_alloc(size_t size)
{
	struct shim_block *block = NULL;

	if (size <= SIZE_MAX - sizeof(*block))
		block = malloc(sizeof(*block) + size);
	if (!block) {
		errno = ENOMEM;
		return NULL;
	}
	shim_block_init(block);
	return block;
}

/**
 * shim_msg_put_block() - drop a message's reference to its block
 * @m: a message of kind SHIM_MSG_BLOCK
 *
 * A block that was never copied has one owner and needs no atomic operation.
 */
void shim_msg_put_block(struct shim_msg *m)
{
	struct shim_block *block = m->block;

	if ((m->flags & SHIM_MSG_SHARED) &&
	    atomic_fetch_sub(&block->refs, 1) != 1)
		return;
	if (block->ffn)
		block->ffn(m->data, block->hint);
	free(block);
}

int zmqk_msg_init(zmq_msg_t *msg)
{
	shim_msg_reset((struct shim_msg *)msg);
	return 0;
}

int zmqk_msg_init_size(zmq_msg_t *msg, size_t size)
{
	struct shim_msg *m = (struct shim_msg *)msg;
	struct shim_block *block;

	if (size <= SHIM_MSG_INLINE_MAX) {
		shim_msg_reset(m);
		m->len = size;
		return 0;
	}
	block = shim_block_alloc(size);
	if (!block)
		return -1;
	shim_msg_own(m, block, size);
	return 0;
}

/* Without @ffn nobody ever frees @data, which makes the message a constant. */
int zmqk_msg_init_data(zmq_msg_t *msg, void *data, size_t size, zmq_free_fn *ffn,
		       void *hint)
{
	struct shim_msg *m = (struct shim_msg *)msg;
	struct shim_block *block = NULL;

	if (ffn) {
		block = shim_block_alloc(0);
		if (!block)
			return -1;
		block->ffn = ffn;
		block->hint = hint;
	}
	m->data = data;
	m->size = size;
	m->block = block;
	shim_msg_set(m, block ? SHIM_MSG_BLOCK : SHIM_MSG_CONST);
	return 0;
}

int zmqk_msg_init_buffer(zmq_msg_t *msg, const void *buf, size_t size)
{
	if (zmqk_msg_init_size(msg, size))
		return -1;
	if (size)
		memcpy(zmqk_msg_data(msg), buf, size);
	return 0;
}

int zmqk_msg_close(zmq_msg_t *msg)
{
	struct shim_msg *m = shim_msg_get(msg);

	if (!m)
		return shim_err(EFAULT);
	shim_msg_put(m);
	m->kind = 0;
	return 0;
}

int zmqk_msg_move(zmq_msg_t *dest, zmq_msg_t *src)
{
	struct shim_msg *from = shim_msg_get(src);
	struct shim_msg *to = shim_msg_get(dest);

	if (!from || !to)
		return shim_err(EFAULT);
	if (from == to)
		return 0;
	shim_msg_put(to);
	*to = *from;
	shim_msg_reset(from);
	return 0;
}

int zmqk_msg_copy(zmq_msg_t *dest, zmq_msg_t *src)
{
	struct shim_msg *from = shim_msg_get(src);
	struct shim_msg *to = shim_msg_get(dest);

	if (!from || !to)
		return shim_err(EFAULT);
	if (from == to)
		return 0;
	if (from->kind == SHIM_MSG_BLOCK) {
		from->flags |= SHIM_MSG_SHARED;
		atomic_fetch_add(&from->block->refs, 1);
	}
	shim_props_get(from->props);
	if (from->group)
		atomic_fetch_add(&from->group->refs, 1);
	shim_msg_put(to);
	*to = *from;
	return 0;
}

void *zmqk_msg_data(zmq_msg_t *msg)
{
	struct shim_msg *m = shim_msg_get(msg);

	return m ? shim_msg_data(m) : NULL;
}

size_t zmqk_msg_size(const zmq_msg_t *msg)
{
	const struct shim_msg *m = shim_msg_get(msg);

	return m ? shim_msg_size(m) : 0;
}

int zmqk_msg_more(const zmq_msg_t *msg)
{
	const struct shim_msg *m = shim_msg_get(msg);

	return m && (m->flags & SHIM_MSG_MORE);
}

/*
 * ZMQ_SRCFD is always absent: the connection is the kernel's own. A descriptor
 * for it, the connection itself, would let the program write into the middle of
 * ZMTP, and somebody would have to close it in each process that has the socket.
 */
int zmqk_msg_get(const zmq_msg_t *msg, int property)
{
	const struct shim_msg *m = shim_msg_get(msg);

	switch (property) {
	case ZMQ_MORE:
		return zmqk_msg_more(msg);
	case ZMQ_SHARED:
		return m && (m->kind == SHIM_MSG_CONST ||
			     (m->flags & SHIM_MSG_SHARED));
	default:
		return shim_err(EINVAL);
	}
}

/* No property can be set, in libzmq neither. */
int zmqk_msg_set(zmq_msg_t *msg, int property, int value)
{
	return shim_err(EINVAL);
}

/* A peer's routing id is what ZMTP calls its identity (API page, 8). */
const char *zmqk_msg_gets(const zmq_msg_t *msg, const char *property)
{
	const struct shim_msg *m = shim_msg_get(msg);
	const char *value = NULL;

	if (m && property) {
		value = shim_props_find(m->props, property);
		if (!value && !strcmp(property, "Routing-Id"))
			value = shim_props_find(m->props, "Identity");
	}
	if (!value)
		errno = EINVAL;
	return value;
}
