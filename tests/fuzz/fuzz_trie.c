// SPDX-License-Identifier: GPL-2.0-only
/*
 * Subscriptions in memory (kmod/pattern/trie.c): peers choose the topics. A
 * list that is searched from end to end says what the tree has to say.
 */
#include "fuzz.h"
#include "mem.h"
#include "pattern/trie.h"

#define TOPICS 32

/**
 * struct entry - a topic in the list
 * @p: its bytes
 * @len: how many
 * @users: how many; 0: the entry is free
 */
struct entry {
	u8 p[24];
	size_t len;
	unsigned int users;
};

static struct entry list[TOPICS];

static struct entry *find(const u8 *p, size_t len)
{
	int i;

	for (i = 0; i < TOPICS; i++)
		if (list[i].users && list[i].len == len && !memcmp(list[i].p, p, len))
			return &list[i];
	return NULL;
}

static void add(struct zmq_trie *trie, const u8 *key, size_t len)
{
	struct entry *e = find(key, len);
	struct zmq_topic *t;
	int i;

	for (i = 0; !e && i < TOPICS; i++)
		if (!list[i].users)
			e = &list[i];
	if (!e)
		return;
	memcpy(e->p, key, len);
	e->len = len;
	e->users++;
	t = zmq_trie_insert(trie, key, len);
	zf_check(t && t->len == len && !memcmp(t->key, key, len));
	zmq_topic_get(trie, t);
	zf_check(t->count == e->users);
}

static void take_out(struct zmq_trie *trie, const u8 *key, size_t len)
{
	struct entry *e = find(key, len);
	struct zmq_topic *t = zmq_trie_find(trie, key, len);

	zf_check(!e == !t);
	if (!e)
		return;
	zf_check(t->count == e->users);
	e->users--;
	zmq_topic_put(trie, t);
}

static void match(const struct zmq_trie *trie, const u8 *msg, size_t len)
{
	struct zmq_trie_walk walk;
	struct zmq_topic *t;
	int found = 0, want = 0, i;
	size_t last = 0;

	for (i = 0; i < TOPICS; i++)
		want += list[i].users && list[i].len <= len && !memcmp(list[i].p, msg, list[i].len);
	zmq_trie_walk_init(&walk, trie, msg, len);
	while ((t = zmq_trie_match(&walk))) {
		zf_check(find(t->key, t->len) && t->len <= len && !memcmp(t->key, msg, t->len));
		zf_check(!found++ || t->len > last);
		last = t->len;
	}
	zf_check(found == want && zmq_trie_covers(trie, msg, len) == !!want);
}

static void check_order(const struct zmq_trie *trie)
{
	struct zmq_topic *t = zmq_trie_next(trie, NULL), *last = NULL;
	size_t seen = 0, want = 0;
	int i;

	for (i = 0; i < TOPICS; i++)
		want += !!list[i].users;
	for (; t; last = t, t = zmq_trie_next(trie, t), seen++) {
		int diff = last ? memcmp(last->key, t->key, min(last->len, t->len)) : -1;

		zf_check(diff < 0 || (!diff && last->len < t->len));
	}
	zf_check(seen == want);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zf_input in = { data, size };
	struct zmq_mem mem = { 0 };
	struct zmq_trie trie;
	size_t len, topics = 0;
	int i;

	memset(list, 0, sizeof(list));
	zmq_trie_init(&trie, &mem);
	while (in.left) {
		u8 how = zf_byte(&in);
		const u8 *key = zf_take(&in, how >> 2 & 15, &len);

		if ((how & 3) < 2)
			add(&trie, key, len);
		else if ((how & 3) == 2)
			take_out(&trie, key, len);
		else
			match(&trie, key, len);
		zf_drop(key);
	}
	check_order(&trie);
	for (i = 0; i < TOPICS; i++)
		topics += !!list[i].users;
	zf_check(trie.topics == topics && (size_t)mem.used.counter == trie.bytes);
	zmq_trie_clear(&trie);
	zf_check(!mem.used.counter && !trie.root);
	return 0;
}
