// SPDX-License-Identifier: GPL-2.0-only
/* Bytes that several holders share: values of options. */
#include <linux/slab.h>
#include <linux/string.h>

#include "blob.h"
#include "mem.h"

/* With one holder, all zero; NULL: no memory, or too much for this user. */
static struct zmq_blob *zmq_blob_alloc(struct zmq_mem *mem, size_t len)
{
	struct zmq_blob *b;
	size_t size = struct_size(b, data, len + 1);

	if (!zmq_mem_charge(mem, size))
		return NULL;
	b = kzalloc(size, GFP_KERNEL_ACCOUNT);
	if (!b) {
		zmq_mem_uncharge(mem, size);
		return NULL;
	}
	refcount_set(&b->ref, 1);
	b->mem = mem;
	b->len = len;
	return b;
}

/**
 * zmq_blob_new() - a new blob
 * @mem: account to charge; it outlives the blob
 * @data: what is to be in it
 * @len: bytes of @data
 *
 * Context: may sleep.
 * Return: the blob with one holder, or NULL: no memory, or the user has
 * reached their limit.
 */
struct zmq_blob *zmq_blob_new(struct zmq_mem *mem, const void *data, size_t len)
{
	struct zmq_blob *b = zmq_blob_alloc(mem, len);

	if (b)
		memcpy(b->data, data, len);
	return b;
}
EXPORT_SYMBOL_KUNIT(zmq_blob_new);

/**
 * zmq_blob_insert() - replace a blob by a longer one
 * @b: the caller's blob, or NULL for an empty one; set to the new one. Other
 *	holders keep the old one as it is
 * @mem: account to charge; it outlives the blob
 * @at: where in it; its length to append
 * @len: bytes to be inserted
 *
 * Context: may sleep.
 * Return: the bytes inserted, to be filled before anybody else gets to know
 * the blob, or NULL as zmq_blob_new(), and nothing has changed.
 */
u8 *zmq_blob_insert(struct zmq_blob **b, struct zmq_mem *mem, size_t at,
		    size_t len)
{
	struct zmq_blob *old = *b, *new;

	new = zmq_blob_alloc(mem, (old ? old->len : 0) + len);
	if (!new)
		return NULL;
	if (old) {
		memcpy(new->data, old->data, at);
		memcpy(new->data + at + len, old->data + at, old->len - at);
	}
	zmq_blob_put(old);
	*b = new;
	return new->data + at;
}

/**
 * zmq_blob_hold() - one more holder
 * @b: the blob, or NULL
 *
 * Context: any.
 * Return: @b.
 */
struct zmq_blob *zmq_blob_hold(struct zmq_blob *b)
{
	if (b)
		refcount_inc(&b->ref);
	return b;
}

/**
 * zmq_blob_put() - one holder less
 * @b: the blob, or NULL; the last one frees it, and leaves no trace: it may
 *	have been a password
 *
 * Context: any.
 */
void zmq_blob_put(struct zmq_blob *b)
{
	if (!b || !refcount_dec_and_test(&b->ref))
		return;
	zmq_mem_uncharge(b->mem, struct_size(b, data, b->len + 1));
	kfree_sensitive(b);
}
EXPORT_SYMBOL_KUNIT(zmq_blob_put);
