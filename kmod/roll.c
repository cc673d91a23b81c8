// SPDX-License-Identifier: GPL-2.0-only
/*
 * A roll: members in the order they came, each with a number of its own.
 *
 * An ordered tree, not a list, so that a walk finds its place again in a few
 * steps when the member it stopped at has gone.
 */
#include "common.h"
#include "roll.h"

/**
 * zmq_roll_add() - enter a member, with the next number
 * @roll: the roll
 * @entry: the member's, in no roll
 */
void zmq_roll_add(struct zmq_roll *roll, struct zmq_roll_entry *entry)
{
	/* The highest number so far goes to the right of all others. */
	struct rb_node **link = roll->newest ? &roll->newest->rb_right :
					       &roll->root.rb_node;

	entry->nr = ++roll->last;
	rb_link_node(&entry->node, roll->newest, link);
	rb_insert_color(&entry->node, &roll->root);
	roll->newest = &entry->node;
}
EXPORT_SYMBOL_KUNIT(zmq_roll_add);

/**
 * zmq_roll_del() - a member leaves
 * @roll: the roll
 * @entry: the member's; nothing happens if it is in no roll
 */
void zmq_roll_del(struct zmq_roll *roll, struct zmq_roll_entry *entry)
{
	if (!entry->nr)
		return;
	if (roll->newest == &entry->node)
		roll->newest = rb_prev(&entry->node);
	rb_erase(&entry->node, &roll->root);
	entry->nr = 0;
}
EXPORT_SYMBOL_KUNIT(zmq_roll_del);

/**
 * zmq_roll_after() - the next member
 * @roll: the roll
 * @nr: any number, 0 for the first member
 *
 * Return: the member with the lowest number above @nr, or NULL.
 */
struct zmq_roll_entry *zmq_roll_after(const struct zmq_roll *roll, u64 nr)
{
	struct rb_node *n = roll->root.rb_node;
	struct zmq_roll_entry *found = NULL;

	while (n) {
		struct zmq_roll_entry *entry =
			rb_entry(n, struct zmq_roll_entry, node);

		if (entry->nr > nr) {
			found = entry;
			n = n->rb_left;
		} else {
			n = n->rb_right;
		}
	}
	return found;
}
EXPORT_SYMBOL_KUNIT(zmq_roll_after);
