// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is known of a peer: its metadata, and where it is. Messages show it to
 * their receiver (zmq_msg_gets(), API page, 5).
 */
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "conn/props.h"
#include "mem.h"
#include "zmtp/meta.h"
#include "zmtp/wire.h"

/* Ours to say: who reads these wants to rely on them. */
static bool zmq_props_reserved(const struct zmq_prop *p)
{
	static const char *const names[] = {
		ZMQ_PROP_PEER_ADDRESS, ZMQ_PROP_USER_ID,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (p->name_len == strlen(names[i]) &&
		    !memcmp(p->name, names[i], p->name_len))
			return true;
	return false;
}

/* Copies what a peer may say, or just measures it for NULL; returns the bytes. */
static size_t zmq_props_copy(u8 *buf, const u8 *meta, size_t len)
{
	struct zmq_meta_iter it;
	struct zmq_prop p;
	size_t n = 0;

	zmq_meta_init(&it, meta, len);
	for (;;) {
		const u8 *from = it.p;

		if (zmq_meta_next(&it, &p) <= 0)
			return n;
		if (zmq_props_reserved(&p))
			continue;
		if (buf)
			memcpy(buf + n, from, it.p - from);
		n += it.p - from;
	}
}

/* NULL: it is too much, or there is no memory. */
static struct zmq_props *zmq_props_alloc(struct zmq_mem *mem, size_t len,
					 gfp_t gfp)
{
	struct zmq_props *p;
	size_t bytes = struct_size(p, data, len);

	if (len > ZMQ_PROPS_MAX || !zmq_mem_charge(mem, bytes))
		return NULL;
	p = kmalloc(bytes, gfp | __GFP_ACCOUNT | __GFP_NOWARN);
	if (!p) {
		zmq_mem_uncharge(mem, bytes);
		return NULL;
	}
	refcount_set(&p->ref, 1);
	p->mem = mem;
	p->len = len;
	return p;
}

/**
 * zmq_props_make() - note what is known of a peer
 * @mem: account to charge
 * @meta: metadata of its handshake, checked by zmq_ready_check() or the like;
 *	may be NULL when @meta_len is 0
 * @meta_len: bytes of @meta
 * @address: its address in text
 * @gfp: GFP_KERNEL or GFP_ATOMIC
 *
 * Return: the properties, with one reference, or NULL: they are too long, or
 * there is no memory.
 */
struct zmq_props *zmq_props_make(struct zmq_mem *mem, const u8 *meta,
				 size_t meta_len, const char *address,
				 gfp_t gfp)
{
	size_t said = zmq_props_copy(NULL, meta, meta_len);
	size_t len = said + sizeof(ZMQ_PROP_PEER_ADDRESS) +
		     ZMQ_PROP_VALUE_LEN_SIZE + strlen(address);
	struct zmq_props *p = zmq_props_alloc(mem, len, gfp);

	if (!p)
		return NULL;
	zmq_props_copy(p->data, meta, meta_len);
	zmq_meta_put(p->data + said, len - said, ZMQ_PROP_PEER_ADDRESS,
		     (const u8 *)address, strlen(address));
	return p;
}
EXPORT_SYMBOL_KUNIT(zmq_props_make);

/**
 * zmq_props_vouch() - note what the ZAP handler knows of a peer
 * @mem: account to charge
 * @user: the user id, may be empty
 * @user_len: bytes of @user
 * @meta: metadata, well formed; it can't name the user again, nor the address
 * @meta_len: bytes of @meta
 *
 * Context: any.
 * Return: as zmq_props_make().
 */
struct zmq_props *zmq_props_vouch(struct zmq_mem *mem, const u8 *user,
				  size_t user_len, const u8 *meta,
				  size_t meta_len)
{
	size_t id = sizeof(ZMQ_PROP_USER_ID) + ZMQ_PROP_VALUE_LEN_SIZE + user_len;
	size_t len = id + zmq_props_copy(NULL, meta, meta_len);
	struct zmq_props *p = zmq_props_alloc(mem, len, GFP_ATOMIC);

	if (!p)
		return NULL;
	zmq_meta_put(p->data, id, ZMQ_PROP_USER_ID, user, user_len);
	zmq_props_copy(p->data + id, meta, meta_len);
	return p;
}
EXPORT_SYMBOL_KUNIT(zmq_props_vouch);

/**
 * zmq_props_join() - put properties together
 * @first: these, which count more
 * @then: and these; the account is theirs
 *
 * Context: may sleep.
 * Return: as zmq_props_make().
 */
struct zmq_props *zmq_props_join(const struct zmq_props *first,
				 const struct zmq_props *then)
{
	struct zmq_props *p = zmq_props_alloc(then->mem, first->len + then->len,
					      GFP_KERNEL);

	if (!p)
		return NULL;
	memcpy(p->data, first->data, first->len);
	memcpy(p->data + first->len, then->data, then->len);
	return p;
}
EXPORT_SYMBOL_KUNIT(zmq_props_join);

/**
 * zmq_props_find() - one property by name
 * @p: the properties
 * @name: the name; upper and lower case differ
 * @found: set to the first property of that name; points into @p
 *
 * Context: any.
 * Return: is there one?
 */
bool zmq_props_find(const struct zmq_props *p, const char *name,
		    struct zmq_prop *found)
{
	struct zmq_meta_iter it;

	zmq_meta_init(&it, p->data, p->len);
	while (zmq_meta_next(&it, found) > 0)
		if (found->name_len == strlen(name) &&
		    !memcmp(found->name, name, found->name_len))
			return true;
	return false;
}
EXPORT_SYMBOL_KUNIT(zmq_props_find);

/**
 * zmq_props_get() - take a reference
 * @p: the properties, or NULL
 *
 * Context: any.
 * Return: @p.
 */
struct zmq_props *zmq_props_get(struct zmq_props *p)
{
	if (p)
		refcount_inc(&p->ref);
	return p;
}
EXPORT_SYMBOL_KUNIT(zmq_props_get);

/**
 * zmq_props_put() - drop a reference
 * @p: the properties, or NULL
 *
 * Context: any.
 */
void zmq_props_put(struct zmq_props *p)
{
	if (!p || !refcount_dec_and_test(&p->ref))
		return;
	zmq_mem_uncharge(p->mem, struct_size(p, data, p->len));
	kfree(p);
}
EXPORT_SYMBOL_KUNIT(zmq_props_put);
