// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accepted connections whose handshake is not complete, of one listener.
 *
 * They cost memory, and nobody knows yet who they are. So there is a limit for
 * all, and a lower one for those of one source. Who comes when a limit is
 * reached is let in, and the oldest one goes: a peer that means it is done in a
 * few round trips, so the oldest is the one that does not. To refuse who comes
 * would let anybody close a listener by opening connections and saying nothing.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "common.h"
#include "conn/halfopen.h"

/**
 * zmq_half_table_make() - a table without connections
 *
 * Return: the table, with one reference, or NULL.
 */
struct zmq_half_table *zmq_half_table_make(void)
{
	struct zmq_half_table *t = kzalloc(sizeof(*t), GFP_KERNEL_ACCOUNT);

	if (!t)
		return NULL;
	refcount_set(&t->ref, 1);
	spin_lock_init(&t->lock);
	INIT_LIST_HEAD(&t->all);
	t->sources = RB_ROOT;
	return t;
}
EXPORT_SYMBOL_KUNIT(zmq_half_table_make);

/**
 * zmq_half_table_get() - take a reference
 * @t: the table
 *
 * Return: @t.
 */
struct zmq_half_table *zmq_half_table_get(struct zmq_half_table *t)
{
	refcount_inc(&t->ref);
	return t;
}

/**
 * zmq_half_table_put() - drop a reference
 * @t: the table, or NULL
 */
void zmq_half_table_put(struct zmq_half_table *t)
{
	if (t && refcount_dec_and_test(&t->ref))
		kfree(t);
}
EXPORT_SYMBOL_KUNIT(zmq_half_table_put);

/* The source @id, or where it would be. */
static struct zmq_half_source *zmq_half_find(struct zmq_half_table *t,
					     const struct zmq_source *id,
					     struct rb_node **up,
					     struct rb_node ***link)
{
	struct rb_node **at = &t->sources.rb_node;

	*up = NULL;
	while (*at) {
		struct zmq_half_source *src = rb_entry(*at, struct zmq_half_source,
						       node);
		int diff = memcmp(id, &src->id, sizeof(*id));

		if (!diff)
			return src;
		*up = *at;
		at = diff < 0 ? &(*at)->rb_left : &(*at)->rb_right;
	}
	*link = at;
	return NULL;
}

/**
 * zmq_half_enter() - a connection was accepted
 * @t: the table
 * @e: the connection's entry, in no table
 * @id: where it comes from
 *
 * It may now be one too many: see zmq_half_excess().
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int zmq_half_enter(struct zmq_half_table *t, struct zmq_half_entry *e,
		   const struct zmq_source *id)
{
	struct zmq_half_source *fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
	struct zmq_half_source *src;
	struct rb_node *up, **link;

	if (!fresh)
		return -ENOMEM;
	fresh->id = *id;
	INIT_LIST_HEAD(&fresh->entries);

	spin_lock(&t->lock);
	src = zmq_half_find(t, id, &up, &link);
	if (!src) {
		src = fresh;
		fresh = NULL;
		rb_link_node(&src->node, up, link);
		rb_insert_color(&src->node, &t->sources);
	}
	e->source = src;
	list_add_tail(&e->kin, &src->entries);
	src->count++;
	list_add_tail(&e->all, &t->all);
	t->count++;
	spin_unlock(&t->lock);
	kfree(fresh);
	return 0;
}
EXPORT_SYMBOL_KUNIT(zmq_half_enter);

/**
 * zmq_half_leave() - a connection is not half-open any more
 * @t: the table, or NULL
 * @e: the connection's entry; it may be in no table
 */
void zmq_half_leave(struct zmq_half_table *t, struct zmq_half_entry *e)
{
	struct zmq_half_source *src = NULL;

	if (!t)
		return;
	spin_lock(&t->lock);
	if (!list_empty(&e->all)) {
		list_del_init(&e->all);
		t->count--;
		list_del(&e->kin);
		src = e->source;
		e->source = NULL;
		if (--src->count)
			src = NULL;
		else
			rb_erase(&src->node, &t->sources);
	}
	spin_unlock(&t->lock);
	kfree(src);
}
EXPORT_SYMBOL_KUNIT(zmq_half_leave);

/**
 * zmq_half_excess() - is there a connection too many?
 * @t: the table, its lock held
 * @e: the connection that was accepted last
 * @max: how many there may be
 * @source_max: how many there may be of one source
 * @why: set to which limit it is, if any
 *
 * That of the source comes first, so one source costs others nothing. It is not
 * @e as long as there is another one.
 *
 * Return: the connection that has to go, or NULL.
 */
struct zmq_half_entry *zmq_half_excess(struct zmq_half_table *t,
				       const struct zmq_half_entry *e,
				       u32 max, u32 source_max,
				       enum zmq_reason *why)
{
	lockdep_assert_held(&t->lock);
	if (list_empty(&e->all))
		return NULL;
	if (e->source->count > source_max && e->source->count > 1) {
		*why = ZMQ_R_SOURCE_LIMIT;
		return list_first_entry(&e->source->entries,
					struct zmq_half_entry, kin);
	}
	if (t->count > max && t->count > 1) {
		*why = ZMQ_R_HALF_OPEN_LIMIT;
		return list_first_entry(&t->all, struct zmq_half_entry, all);
	}
	return NULL;
}
EXPORT_SYMBOL_KUNIT(zmq_half_excess);
