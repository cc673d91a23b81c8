/* SPDX-License-Identifier: GPL-2.0-only */
/* Who subscribed to what: topics of peers, as PUB and XPUB keep them. */
#ifndef _ZMQ_PATTERN_SUBS_H
#define _ZMQ_PATTERN_SUBS_H

#include <linux/rbtree.h>

#include "pattern/trie.h"
#include "queue/pipe.h"

struct net;

/**
 * struct zmq_sub - a pipe has subscribed to a topic
 * @node: in the pipe's tree, by address of @topic
 * @peer: in the topic's list of subscribers
 * @topic: the topic
 * @pipe: the pipe
 * @since: number of the message that was begun last before it
 */
struct zmq_sub {
	struct rb_node node;
	struct hlist_node peer;
	struct zmq_topic *topic;
	struct zmq_pipe *pipe;
	u64 since;
};

/**
 * struct zmq_subs - what a pipe has subscribed to
 * @root: the subscriptions (zmq_sub.node)
 * @count: how many
 * @bytes: what they take, topics that they share with other pipes included
 * @max_count: limit on @count
 * @max_bytes: limit on @bytes
 */
struct zmq_subs {
	struct rb_root root;
	u32 count;
	u32 max_count;
	size_t bytes;
	size_t max_bytes;
};

void zmq_subs_init(struct zmq_subs *own, const struct net *net);

static inline bool zmq_subs_empty(const struct zmq_subs *own)
{
	return RB_EMPTY_ROOT(&own->root);
}

/*
 * A set, not a multiset: repeats add nothing and one cancel removes, as in
 * libzmq (wire page, 3.5). Under the socket's lock.
 */
int zmq_subs_add(struct zmq_trie *trie, struct zmq_subs *own, struct zmq_pipe *p,
		 const u8 *key, size_t len, u64 since);
int zmq_subs_del(struct zmq_trie *trie, struct zmq_subs *own,
		 const u8 *key, size_t len);
void zmq_subs_free(struct zmq_trie *trie, struct zmq_subs *own,
		   struct zmq_sub *sub);

#endif /* _ZMQ_PATTERN_SUBS_H */
