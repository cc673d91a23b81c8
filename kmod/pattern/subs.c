// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who subscribed to what: topics of peers, as PUB and XPUB keep them.
 *
 * Each subscription is in two places: in its topic's list, to be found by
 * messages, and in its pipe's tree, to be found when it comes again or when
 * the pipe goes. The latter is ordered by topic, so that a peer with many
 * topics, or a topic with many peers, costs a look-up and no walk, and what goes
 * with a pipe goes in the order that libzmq has.
 */
#include <linux/overflow.h>
#include <linux/slab.h>

#include "mem.h"
#include "pattern/subs.h"
#include "sysctl.h"

/* Part of the user's account that subscriptions to one socket may have. */
#define ZMQ_SUBS_SHARE	4

static int zmq_subs_compare(const struct zmq_topic *a, const struct zmq_topic *b)
{
	int diff = memcmp(a->key, b->key, min(a->len, b->len));

	return diff ? diff : (int)a->len - (int)b->len;
}

/* What a subscription takes, as if nobody else had it. */
static size_t zmq_sub_cost(const struct zmq_topic *topic)
{
	return sizeof(struct zmq_sub) + struct_size(topic, key, topic->len);
}

/**
 * zmq_subs_init() - a pipe without subscriptions
 * @own: its subscriptions
 * @net: namespace of its socket, whose limits now in force are the pipe's
 */
void zmq_subs_init(struct zmq_subs *own, const struct net *net)
{
	memset(own, 0, sizeof(*own));
	own->root = RB_ROOT;
	own->max_count = zmq_limit(net, ZMQ_LIMIT_PEER_SUBS);
	own->max_bytes = zmq_limit(net, ZMQ_LIMIT_PEER_SUBS_BYTES);
}

/* The subscription to @topic among @own, or where it would be. */
static struct zmq_sub *zmq_subs_find(struct zmq_subs *own,
				     const struct zmq_topic *topic,
				     struct rb_node **up,
				     struct rb_node ***link)
{
	struct rb_node **at = &own->root.rb_node;

	*up = NULL;
	while (*at) {
		struct zmq_sub *sub = rb_entry(*at, struct zmq_sub, node);

		if (sub->topic == topic)
			return sub;
		*up = *at;
		at = zmq_subs_compare(topic, sub->topic) < 0 ?
		     &(*at)->rb_left : &(*at)->rb_right;
	}
	*link = at;
	return NULL;
}

/**
 * zmq_subs_add() - a peer subscribes
 * @trie: all topics
 * @own: the pipe's subscriptions
 * @p: the pipe
 * @key: the topic
 * @len: its length, at most ZMQ_TOPIC_MAX
 * @since: number of the message that was begun last
 *
 * Return: 1 if it is the topic's first subscriber, 0 if there are others,
 * -EEXIST if it is one already, -ENOMEM also for a limit.
 */
int zmq_subs_add(struct zmq_trie *trie, struct zmq_subs *own, struct zmq_pipe *p,
		 const u8 *key, size_t len, u64 since)
{
	struct zmq_topic *topic = zmq_trie_insert(trie, key, len);
	struct rb_node *up, **link;
	struct zmq_sub *sub;
	bool first;

	if (!topic)
		return -ENOMEM;
	if (zmq_subs_find(own, topic, &up, &link))
		return -EEXIST;

	first = !topic->count;
	/* From here on the topic goes by zmq_topic_put(). */
	zmq_topic_get(trie, topic);
	if (own->count >= own->max_count ||
	    own->bytes + zmq_sub_cost(topic) > own->max_bytes ||
	    trie->bytes + sizeof(*sub) > zmq_mem_max() / ZMQ_SUBS_SHARE ||
	    !zmq_mem_charge(trie->mem, sizeof(*sub)))
		goto err_topic;
	trie->bytes += sizeof(*sub);
	sub = kmalloc(sizeof(*sub), GFP_ATOMIC | __GFP_ACCOUNT | __GFP_NOWARN);
	if (!sub)
		goto err_charge;
	sub->topic = topic;
	sub->pipe = p;
	sub->since = since;
	rb_link_node(&sub->node, up, link);
	rb_insert_color(&sub->node, &own->root);
	own->count++;
	own->bytes += zmq_sub_cost(topic);
	hlist_add_head(&sub->peer, &topic->subs);
	return first;

err_charge:
	trie->bytes -= sizeof(*sub);
	zmq_mem_uncharge(trie->mem, sizeof(*sub));
err_topic:
	zmq_topic_put(trie, topic);
	return -ENOMEM;
}

/**
 * zmq_subs_free() - a subscription goes
 * @trie: all topics
 * @own: the subscriptions of its pipe
 * @sub: the subscription; the topic goes with its last one
 */
void zmq_subs_free(struct zmq_trie *trie, struct zmq_subs *own,
		   struct zmq_sub *sub)
{
	rb_erase(&sub->node, &own->root);
	own->count--;
	own->bytes -= zmq_sub_cost(sub->topic);
	hlist_del(&sub->peer);
	zmq_topic_put(trie, sub->topic);
	kfree(sub);
	trie->bytes -= sizeof(*sub);
	zmq_mem_uncharge(trie->mem, sizeof(*sub));
}

/**
 * zmq_subs_del() - a peer cancels
 * @trie: all topics
 * @own: the pipe's subscriptions
 * @key: the topic
 * @len: its length
 *
 * Return: 1 if it was the topic's last subscriber, 0 if there are others,
 * -ENOENT if it was none.
 */
int zmq_subs_del(struct zmq_trie *trie, struct zmq_subs *own,
		 const u8 *key, size_t len)
{
	struct zmq_topic *topic = zmq_trie_find(trie, key, len);
	struct rb_node *up, **link;
	struct zmq_sub *sub;
	bool last;

	sub = topic ? zmq_subs_find(own, topic, &up, &link) : NULL;
	if (!sub)
		return -ENOENT;
	last = topic->count == 1;
	zmq_subs_free(trie, own, sub);
	return last;
}
