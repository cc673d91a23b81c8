/* SPDX-License-Identifier: GPL-2.0-only */
/* Subscriptions: a set of topics, asked which of them a message begins with. */
#ifndef _ZMQ_PATTERN_TRIE_H
#define _ZMQ_PATTERN_TRIE_H

#include <linux/list.h>

#include "common.h"
#include "zmtp/subscription.h"

/**
 * struct zmq_topic - a topic, and a fork of the tree
 * @kid: what is below the fork: where bit @bit is 0, and where it is 1. A kid
 *	whose @bit is not greater than ours is the topic itself, and the end of
 *	the way; else it is the next fork
 * @subs: for the owner of the tree: who subscribed. Empty when it is made
 * @count: users of the topic, see zmq_topic_get(). 0: nobody asked for it yet,
 *	so only zmq_trie_insert() finds it
 * @len: bytes of @key
 * @bit: what the fork decides by: index of a byte times 16, plus 1 for "is
 *	there such a byte", 2 to 9 for its bits from the highest on. 0 in the
 *	root, which has no @kid[1]
 * @key: the topic's bytes
 *
 * Made by zmq_trie_insert(), freed by the last zmq_topic_put(); it stays where
 * it is meanwhile, so pointers to it are good. The caller's lock protects all
 * of it. The header is 32 bytes, so a topic of up to 32 fits an object of 64.
 */
struct zmq_topic {
	struct zmq_topic *kid[2];
	struct hlist_head subs;
	u32 count;
	u16 len;
	u16 bit;
	u8 key[];
};

/**
 * struct zmq_trie - a set of topics
 * @root: the fork above all others, or NULL
 * @mem: account that the topics are charged to
 * @topics: how many have users
 * @bytes: charged for all of them, and by the owner for what hangs on them
 *
 * All is protected by the lock of its owner. Nothing points to the struct: to
 * take all topics out from under a lock, copy it and zmq_trie_init() the old
 * one.
 */
struct zmq_trie {
	struct zmq_topic *root;
	struct zmq_mem *mem;
	size_t topics;
	size_t bytes;
};

/**
 * struct zmq_trie_walk - a search for the topics that a message begins with
 * @at: fork or topic to look at next; NULL at the end
 * @data: the message
 * @len: its bytes
 * @same: bytes that it is known to share with all topics from here on
 * @bit: of the fork above @at
 *
 * Lives on the stack. The tree must not change until it is done.
 */
struct zmq_trie_walk {
	struct zmq_topic *at;
	const u8 *data;
	size_t len;
	u16 same;
	u16 bit;
};

void zmq_trie_init(struct zmq_trie *trie, struct zmq_mem *mem);
void zmq_trie_clear(struct zmq_trie *trie);

struct zmq_topic *zmq_trie_insert(struct zmq_trie *trie, const u8 *key,
				  size_t len);
struct zmq_topic *zmq_trie_find(const struct zmq_trie *trie, const u8 *key,
				size_t len);
void zmq_topic_get(struct zmq_trie *trie, struct zmq_topic *t);
void zmq_topic_put(struct zmq_trie *trie, struct zmq_topic *t);

void zmq_trie_walk_init(struct zmq_trie_walk *walk, const struct zmq_trie *trie,
			const u8 *data, size_t len);
struct zmq_topic *zmq_trie_match(struct zmq_trie_walk *walk);
bool zmq_trie_covers(const struct zmq_trie *trie, const u8 *data, size_t len);

struct zmq_topic *zmq_trie_after(const struct zmq_trie *trie, const u8 *key,
				 size_t len);
struct zmq_topic *zmq_trie_next(const struct zmq_trie *trie,
				struct zmq_topic *t);

#endif /* _ZMQ_PATTERN_TRIE_H */
