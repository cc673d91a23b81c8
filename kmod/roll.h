/* SPDX-License-Identifier: GPL-2.0-only */
/* A roll: members in the order they came, each with a number of its own. */
#ifndef _ZMQ_ROLL_H
#define _ZMQ_ROLL_H

#include <linux/rbtree.h>
#include <linux/types.h>

/**
 * struct zmq_roll - a roll; all zero is an empty one
 * @root: the members by number
 * @newest: the member that came last, or NULL
 * @last: the highest number given so far
 *
 * For walks that stop and go on later, while members come and go: who has seen
 * the member with one number asks for the next higher one. Numbers are never
 * given twice, so each member that stays is met exactly once, and whoever
 * remembers @last when they begin can end, however many come.
 *
 * Locking: by the caller.
 */
struct zmq_roll {
	struct rb_root root;
	struct rb_node *newest;
	u64 last;
};

/**
 * struct zmq_roll_entry - what a member has of its roll
 * @node: in zmq_roll.root
 * @nr: its number, 0 as long as it is in no roll
 *
 * All zero before it is entered.
 */
struct zmq_roll_entry {
	struct rb_node node;
	u64 nr;
};

void zmq_roll_add(struct zmq_roll *roll, struct zmq_roll_entry *entry);
void zmq_roll_del(struct zmq_roll *roll, struct zmq_roll_entry *entry);
struct zmq_roll_entry *zmq_roll_after(const struct zmq_roll *roll, u64 nr);

#endif /* _ZMQ_ROLL_H */
