/* SPDX-License-Identifier: GPL-2.0-only */
/* Accepted connections whose handshake is not complete, of one listener. */
#ifndef _ZMQ_HALFOPEN_H
#define _ZMQ_HALFOPEN_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

#include "reason.h"
#include "tran/tran.h"

/**
 * struct zmq_half_source - a source that has half-open connections
 * @node: in zmq_half_table.sources
 * @id: the source; constant
 * @entries: its connections (zmq_half_entry.kin), the oldest first
 * @count: how many
 */
struct zmq_half_source {
	struct rb_node node;
	struct zmq_source id;
	struct list_head entries;
	u32 count;
};

/**
 * struct zmq_half_entry - a half-open connection
 * @all: in zmq_half_table.all, or empty
 * @kin: in zmq_half_source.entries, as long as @all
 * @source: where it comes from, as long as @all
 */
struct zmq_half_entry {
	struct list_head all;
	struct list_head kin;
	struct zmq_half_source *source;
};

/**
 * struct zmq_half_table - half-open connections of one listener
 * @ref: the listener, and all sessions that it has accepted, which may outlive it
 * @lock: protects the rest, and entries and sources; a leaf
 * @all: the connections (zmq_half_entry.all), the oldest first
 * @sources: where they come from (zmq_half_source.node); none is without
 *	connections
 * @count: how many connections
 */
struct zmq_half_table {
	refcount_t ref;
	spinlock_t lock;
	struct list_head all;
	struct rb_root sources;
	u32 count;
};

struct zmq_half_table *zmq_half_table_make(void);
struct zmq_half_table *zmq_half_table_get(struct zmq_half_table *t);
void zmq_half_table_put(struct zmq_half_table *t);

int zmq_half_enter(struct zmq_half_table *t, struct zmq_half_entry *e,
		   const struct zmq_source *id);
void zmq_half_leave(struct zmq_half_table *t, struct zmq_half_entry *e);
struct zmq_half_entry *zmq_half_excess(struct zmq_half_table *t,
				       const struct zmq_half_entry *e,
				       u32 max, u32 source_max,
				       enum zmq_reason *why);

#endif /* _ZMQ_HALFOPEN_H */
