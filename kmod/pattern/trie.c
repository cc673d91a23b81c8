// SPDX-License-Identifier: GPL-2.0-only
/*
 * Subscriptions: a set of topics, asked which of them a message begins with.
 *
 * A PATRICIA tree (Morrison 1968), which compresses away every bit by which no
 * two topics differ. A topic is read as a string of bits: for each byte a 1,
 * "there is one more", and its eight bits; then a 0 for ever. So no topic is
 * the beginning of another one, and their order is that of their bytes.
 *
 * n topics need n - 1 forks. Each topic is one fork as well (the root's decides
 * nothing), so a topic is a single allocation, whole and for good: to add one
 * allocates just it, to remove one allocates nothing and can not fail, and no
 * other one is moved. A fork is entered from above only, and bits increase on
 * the way down; a topic is reached from the last fork on its way, by a link to
 * a fork with a smaller bit, or back to the same one. "ab", then "a", then "b":
 *
 *	     ab         root
 *	      |
 *	      b         the one but last bit of byte 0
 *	   0 / \ 1
 *	    a  [b]      is there a byte 1?
 *	 0 / \ 1
 *	 [a] [ab]
 *
 * What lies below a fork shares all bits before the fork's, and the topic that
 * the fork is a part of lies below it. So every fork has the bytes at hand that
 * all below it begin with, and a search can compare as it goes.
 *
 * Peers choose the topics, and so the shape. No way is longer than nine forks
 * for each byte of what is looked for or found, and nothing here recurses.
 */
#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "mem.h"
#include "pattern/trie.h"

/* Index of the byte that a bit belongs to, and the first bit of a byte. */
#define ZMQ_BIT_BYTE(bit)	((bit) >> 4)
#define ZMQ_BIT_THERE(byte)	((byte) << 4 | 1)

static_assert(ZMQ_BIT_THERE(ZMQ_TOPIC_MAX) <= U16_MAX);

/* Where a key goes at a fork: its bit, 0 in the root. */
static unsigned int zmq_topic_side(unsigned int bit, const u8 *key, size_t len)
{
	size_t at = ZMQ_BIT_BYTE(bit);

	/* With the 1 of "there is one" in front of the byte's bits. */
	return at < len ? (0x100 | key[at]) >> (9 - (bit & 15)) & 1 : 0;
}

/* The first bit by which a key differs from a topic, 0 if it does not. */
static unsigned int zmq_topic_diff(const struct zmq_topic *t, const u8 *key,
				   size_t len)
{
	size_t both = min_t(size_t, t->len, len), at = 0;

	while (at < both && t->key[at] == key[at])
		at++;
	if (at < both)
		return at << 4 | (10 - fls(t->key[at] ^ key[at]));
	return t->len == len ? 0 : ZMQ_BIT_THERE(at);
}

/*
 * A topic that has as many bits in common with a key as any: the key itself if
 * it is there. The way ends where all topics are longer than the key, or a
 * short key would pay for the length of theirs.
 */
static struct zmq_topic *zmq_trie_closest(const struct zmq_trie *trie,
					  const u8 *key, size_t len)
{
	struct zmq_topic *t = trie->root;
	unsigned int bit;

	do {
		bit = t->bit;
		t = t->kid[zmq_topic_side(bit, key, len)];
	} while (t->bit > bit && ZMQ_BIT_BYTE(t->bit) <= len);
	return t;
}

/**
 * zmq_trie_init() - make an empty set
 * @trie: what to initialize; whatever is in it is forgotten
 * @mem: account that topics are charged to
 */
void zmq_trie_init(struct zmq_trie *trie, struct zmq_mem *mem)
{
	memset(trie, 0, sizeof(*trie));
	trie->mem = mem;
}
EXPORT_SYMBOL_KUNIT(zmq_trie_init);

static struct zmq_topic *zmq_topic_alloc(struct zmq_trie *trie, const u8 *key,
					 size_t len)
{
	struct zmq_topic *t;
	size_t bytes = struct_size(t, key, len);

	if (!zmq_mem_charge(trie->mem, bytes))
		return NULL;
	t = kmalloc(bytes, GFP_ATOMIC | __GFP_ACCOUNT | __GFP_NOWARN);
	if (!t) {
		zmq_mem_uncharge(trie->mem, bytes);
		return NULL;
	}
	trie->bytes += bytes;
	INIT_HLIST_HEAD(&t->subs);
	t->count = 0;
	t->len = len;
	memcpy(t->key, key, len);
	return t;
}

/**
 * zmq_trie_insert() - the topic of a key, made if need be
 * @trie: the set
 * @key: the bytes; may be NULL if @len is 0
 * @len: how many
 *
 * A new topic has no user, and nothing but this function finds it: the caller
 * goes on with zmq_topic_get().
 *
 * Context: any, under the owner's lock.
 * Return: the topic; NULL, and nothing has changed, if @len is above
 * ZMQ_TOPIC_MAX or there is no memory.
 */
struct zmq_topic *zmq_trie_insert(struct zmq_trie *trie, const u8 *key,
				  size_t len)
{
	struct zmq_topic **link = &trie->root, *t;
	unsigned int bit = 0, above, side;

	if (len > ZMQ_TOPIC_MAX)
		return NULL;
	if (*link) {
		t = zmq_trie_closest(trie, key, len);
		bit = zmq_topic_diff(t, key, len);
		if (!bit)
			return t;
	}
	t = zmq_topic_alloc(trie, key, len);
	if (!t)
		return NULL;

	/* The new fork's place is before the first greater bit. */
	while (*link) {
		above = (*link)->bit;
		link = &(*link)->kid[zmq_topic_side(above, key, len)];
		if ((*link)->bit <= above || (*link)->bit > bit)
			break;
	}
	t->bit = bit;
	side = zmq_topic_side(bit, key, len);
	t->kid[side] = t;
	t->kid[!side] = *link;
	*link = t;
	return t;
}
EXPORT_SYMBOL_KUNIT(zmq_trie_insert);

/**
 * zmq_trie_find() - look a topic up
 * @trie: the set
 * @key: its bytes
 * @len: how many
 *
 * Return: the topic with exactly this key, if it has users; else NULL.
 */
struct zmq_topic *zmq_trie_find(const struct zmq_trie *trie, const u8 *key,
				size_t len)
{
	struct zmq_topic *t;

	if (!trie->root)
		return NULL;
	t = zmq_trie_closest(trie, key, len);
	return t->count && !zmq_topic_diff(t, key, len) ? t : NULL;
}
EXPORT_SYMBOL_KUNIT(zmq_trie_find);

/*
 * Take a topic out and free it. The last fork on its way, which has one way
 * less now, leaves its place to the other one. If that fork is part of another
 * topic, it takes the place of the fork that is freed with this one.
 */
static void zmq_trie_remove(struct zmq_trie *trie, struct zmq_topic *t)
{
	struct zmq_topic **link = &trie->root, **mine = NULL, *last;
	size_t bytes = struct_size(t, key, t->len);
	unsigned int side;

	for (;;) {
		last = *link;
		if (last == t)
			mine = link;
		side = zmq_topic_side(last->bit, t->key, t->len);
		if (last->kid[side]->bit <= last->bit)
			break;
		link = &last->kid[side];
	}
	/* Only a root that is alone has no other way. */
	*link = last->kid[!side];
	if (last != t) {
		*mine = last;
		last->kid[0] = t->kid[0];
		last->kid[1] = t->kid[1];
		last->bit = t->bit;
	}
	trie->bytes -= bytes;
	zmq_mem_uncharge(trie->mem, bytes);
	kfree(t);
}

/**
 * zmq_trie_clear() - free all topics, whoever uses them
 * @trie: the set; nobody else sees it any more. It is empty afterwards
 *
 * Takes time in proportion to the bytes of all keys.
 *
 * Context: may sleep. What hangs on zmq_topic.subs has gone.
 */
void zmq_trie_clear(struct zmq_trie *trie)
{
	while (trie->root) {
		zmq_trie_remove(trie, trie->root);
		cond_resched();
	}
	trie->topics = 0;
}
EXPORT_SYMBOL_KUNIT(zmq_trie_clear);

/**
 * zmq_topic_get() - a topic has one more user
 * @trie: the set
 * @t: a topic of it
 *
 * Context: any, under the owner's lock.
 */
void zmq_topic_get(struct zmq_trie *trie, struct zmq_topic *t)
{
	if (!t->count++)
		trie->topics++;
}
EXPORT_SYMBOL_KUNIT(zmq_topic_get);

/**
 * zmq_topic_put() - a topic has one user less
 * @trie: the set
 * @t: a topic of it, with users; freed with the last one of them
 *
 * Context: any, under the owner's lock.
 */
void zmq_topic_put(struct zmq_trie *trie, struct zmq_topic *t)
{
	if (--t->count)
		return;
	trie->topics--;
	zmq_trie_remove(trie, t);
}
EXPORT_SYMBOL_KUNIT(zmq_topic_put);

/**
 * zmq_trie_walk_init() - begin to look for what a message begins with
 * @walk: what to initialize, for zmq_trie_match()
 * @trie: the set
 * @data: the message, or as much of it as is at hand: ZMQ_TOPIC_MAX bytes
 *	will do
 * @len: its length
 */
void zmq_trie_walk_init(struct zmq_trie_walk *walk, const struct zmq_trie *trie,
			const u8 *data, size_t len)
{
	walk->at = trie->root ? trie->root->kid[0] : NULL;
	walk->data = data;
	walk->len = len;
	walk->same = 0;
	walk->bit = 0;
}
EXPORT_SYMBOL_KUNIT(zmq_trie_walk_init);

/* Does a topic begin like the data? The first @same bytes are known to. */
static bool zmq_topic_same(const struct zmq_topic *t, const u8 *data,
			   size_t same, size_t len)
{
	return !memcmp(t->key + same, data + same, len - same);
}

/**
 * zmq_trie_match() - the next topic that a message begins with
 * @walk: the search
 *
 * Topics come from the shortest to the longest one. All calls together look at
 * no more than nine forks for each byte of the message.
 *
 * Context: any, under the owner's lock.
 * Return: a topic with users, or NULL if there are no more.
 */
struct zmq_topic *zmq_trie_match(struct zmq_trie_walk *walk)
{
	const u8 *data = walk->data;
	struct zmq_topic *t = walk->at, *end;
	size_t len = walk->len, same = walk->same, at;
	unsigned int bit, above = walk->bit;

	for (; t; above = bit) {
		bit = t->bit;
		if (bit <= above)
			break;
		/* All topics below share, and have, the bytes before this. */
		at = ZMQ_BIT_BYTE(bit);
		if (at > len)
			goto none;
		if (at > same) {
			if (!zmq_topic_same(t, data, same, at))
				goto none;
			same = at;
		}
		if (bit != ZMQ_BIT_THERE(at) || at == len) {
			t = t->kid[zmq_topic_side(bit, data, len)];
			continue;
		}
		/* One topic ends here, where the message goes on. */
		end = t->kid[0];
		t = t->kid[1];
		if (end->count) {
			walk->at = t;
			walk->same = same;
			walk->bit = bit;
			return end;
		}
	}
	walk->at = NULL;
	if (t && t->count && t->len <= len && zmq_topic_same(t, data, same, t->len))
		return t;
	return NULL;
none:
	walk->at = NULL;
	return NULL;
}
EXPORT_SYMBOL_KUNIT(zmq_trie_match);

/**
 * zmq_trie_covers() - does a message begin with any of the topics?
 * @trie: the set
 * @data: the message, or its first ZMQ_TOPIC_MAX bytes
 * @len: its length
 *
 * Context: any, under the owner's lock.
 * Return: true if it does.
 */
bool zmq_trie_covers(const struct zmq_trie *trie, const u8 *data, size_t len)
{
	struct zmq_trie_walk walk;

	zmq_trie_walk_init(&walk, trie, data, len);
	return zmq_trie_match(&walk);
}
EXPORT_SYMBOL_KUNIT(zmq_trie_covers);

/* The smallest topic below a link that leads there from bit @above. */
static struct zmq_topic *zmq_trie_first(struct zmq_topic *t, unsigned int above)
{
	while (t->bit > above) {
		above = t->bit;
		t = t->kid[0];
	}
	return t;
}

/* zmq_trie_after(), for topics without users as well. */
static struct zmq_topic *zmq_trie_above(const struct zmq_trie *trie,
					const u8 *key, size_t len)
{
	struct zmq_topic *t = trie->root, *kid, *fork = NULL;
	unsigned int bit, side;

	if (!t)
		return NULL;
	bit = zmq_topic_diff(zmq_trie_closest(trie, key, len), key, len);
	/* On to the key, or to where it would be. */
	for (;; t = kid) {
		side = zmq_topic_side(t->bit, key, len);
		if (!side && t->bit)
			fork = t;
		kid = t->kid[side];
		if (kid->bit <= t->bit || (bit && kid->bit > bit))
			break;
	}
	if (bit && !zmq_topic_side(bit, key, len))
		return zmq_trie_first(kid, t->bit);
	return fork ? zmq_trie_first(fork->kid[1], fork->bit) : NULL;
}

/**
 * zmq_trie_after() - the next topic in the order of bytes
 * @trie: the set
 * @key: any bytes, no matter whether there is such a topic
 * @len: how many
 *
 * Context: any, under the owner's lock, which may have been dropped since the
 * topic before.
 * Return: the smallest topic with users that is greater than @key, or NULL.
 */
struct zmq_topic *zmq_trie_after(const struct zmq_trie *trie, const u8 *key,
				 size_t len)
{
	struct zmq_topic *t = zmq_trie_above(trie, key, len);

	while (t && !t->count)
		t = zmq_trie_above(trie, t->key, t->len);
	return t;
}
EXPORT_SYMBOL_KUNIT(zmq_trie_after);

/**
 * zmq_trie_next() - walk through all topics in the order of bytes
 * @trie: the set
 * @t: a topic of it, or NULL to begin
 *
 * Context: any, under the owner's lock.
 * Return: the topic with users that follows, or NULL.
 */
struct zmq_topic *zmq_trie_next(const struct zmq_trie *trie,
				struct zmq_topic *t)
{
	if (!t && trie->root) {
		t = zmq_trie_first(trie->root->kid[0], 0);
		if (t->count)
			return t;
	}
	return t ? zmq_trie_after(trie, t->key, t->len) : NULL;
}
EXPORT_SYMBOL_KUNIT(zmq_trie_next);
