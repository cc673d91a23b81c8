// SPDX-License-Identifier: GPL-2.0-only
/* The set of topics beside a plain array, over thousands of random steps. */
#include <kunit/test.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "mem.h"
#include "pattern/trie.h"

/* Topics at a time; few, so that most steps find something to do. */
#define ZMQ_MODEL_MAX	96
#define ZMQ_MODEL_STEPS	6000

/**
 * struct zmq_model - what has to be in the set
 * @test: the test
 * @rnd: where numbers come from
 * @n: how many topics there are
 * @topic: them, in no order
 * @count: how often each is used
 * @key: one that is tried now
 * @len: its bytes
 */
struct zmq_model {
	struct kunit *test;
	struct rnd_state rnd;
	int n;
	struct zmq_topic *topic[ZMQ_MODEL_MAX];
	u32 count[ZMQ_MODEL_MAX];
	u8 key[ZMQ_TOPIC_MAX];
	size_t len;
};

static u32 zmq_model_random(struct zmq_model *m, u32 below)
{
	return prandom_u32_state(&m->rnd) % below;
}

/* The ways to make keys that have much or little in common. */
static void zmq_model_key(struct zmq_model *m, int way)
{
	size_t i, near = zmq_model_random(m, 12);

	switch (way) {
	case 0: /* few short ones: most are there already */
		m->len = zmq_model_random(m, 6);
		for (i = 0; i < m->len; i++)
			m->key[i] = 'a' + zmq_model_random(m, 2);
		break;
	case 1: /* any bytes */
		m->len = zmq_model_random(m, 4);
		for (i = 0; i < m->len; i++)
			m->key[i] = zmq_model_random(m, 256);
		break;
	case 2: /* long ones that differ in the last bytes, or at the start */
		m->len = ZMQ_TOPIC_MAX - near;
		memset(m->key, 0, m->len);
		m->key[zmq_model_random(m, 2) ? m->len - 1 : 0] = near;
		break;
	default: /* one that is there, with a change */
		m->len = 0;
		if (m->n) {
			const struct zmq_topic *t =
				m->topic[zmq_model_random(m, m->n)];

			m->len = t->len;
			memcpy(m->key, t->key, t->len);
		}
		i = zmq_model_random(m, 3);
		if (!i && m->len < ZMQ_TOPIC_MAX)
			m->key[m->len++] = zmq_model_random(m, 256);
		else if (i == 1 && m->len)
			m->len -= 1 + zmq_model_random(m, m->len);
		else if (m->len)
			m->key[zmq_model_random(m, m->len)] ^= 1 << near % 8;
	}
}

static int zmq_model_cmp(const struct zmq_topic *t, const u8 *key, size_t len)
{
	return memcmp(t->key, key, min_t(size_t, t->len, len)) ?:
	       (int)t->len - (int)len;
}

static int zmq_model_find(const struct zmq_model *m)
{
	int i;

	for (i = 0; i < m->n; i++)
		if (!zmq_model_cmp(m->topic[i], m->key, m->len))
			return i;
	return -1;
}

/* Add, use, or leave the key that is tried, or another one if there is none. */
static void zmq_model_step(struct zmq_model *m, struct zmq_trie *trie)
{
	int i = zmq_model_find(m);

	if (zmq_model_random(m, 8) < 5) {
		if (i < 0 && m->n == ZMQ_MODEL_MAX)
			return;
		if (i < 0) {
			i = m->n++;
			m->topic[i] = zmq_trie_insert(trie, m->key, m->len);
			KUNIT_ASSERT_NOT_NULL(m->test, m->topic[i]);
			m->count[i] = 0;
		}
		KUNIT_ASSERT_PTR_EQ(m->test, m->topic[i],
				    zmq_trie_insert(trie, m->key, m->len));
		/* Some stay without a user for a while. */
		if (zmq_model_random(m, 4)) {
			zmq_topic_get(trie, m->topic[i]);
			m->count[i]++;
		}
	} else if (m->n) {
		if (i < 0)
			i = zmq_model_random(m, m->n);
		if (!m->count[i])
			return;
		zmq_topic_put(trie, m->topic[i]);
		if (!--m->count[i]) {
			m->n--;
			m->topic[i] = m->topic[m->n];
			m->count[i] = m->count[m->n];
		}
	}
}

/* What the set says of a message that is the key, and what it should. */
static void zmq_model_compare(struct zmq_model *m, const struct zmq_trie *trie)
{
	struct zmq_topic *t, *after = NULL, *same = NULL;
	size_t topics = 0, bytes = 0, match = 0, got = 0;
	/* Of just this size, so that KASAN sees what reads beyond. */
	u8 *data = kmemdup(m->key, m->len, GFP_KERNEL);
	struct zmq_trie_walk walk;
	int i, cmp, last = -1;

	KUNIT_ASSERT_NOT_NULL(m->test, data);
	for (i = 0; i < m->n; i++) {
		t = m->topic[i];
		bytes += struct_size(t, key, t->len);
		KUNIT_ASSERT_EQ(m->test, m->count[i], t->count);
		if (!t->count)
			continue;
		topics++;
		match += t->len <= m->len && !memcmp(t->key, data, t->len);
		cmp = zmq_model_cmp(t, data, m->len);
		if (!cmp)
			same = t;
		if (cmp > 0 && (!after || zmq_model_cmp(after, t->key, t->len) > 0))
			after = t;
	}
	KUNIT_ASSERT_EQ(m->test, topics, trie->topics);
	KUNIT_ASSERT_EQ(m->test, bytes, trie->bytes);
	KUNIT_ASSERT_PTR_EQ(m->test, same, zmq_trie_find(trie, data, m->len));
	KUNIT_ASSERT_PTR_EQ(m->test, after, zmq_trie_after(trie, data, m->len));
	KUNIT_ASSERT_EQ(m->test, !!match, zmq_trie_covers(trie, data, m->len));
	zmq_trie_walk_init(&walk, trie, data, m->len);
	for (; (t = zmq_trie_match(&walk)); last = t->len, got++) {
		KUNIT_ASSERT_GT(m->test, (int)t->len, last);
		KUNIT_ASSERT_LE(m->test, (size_t)t->len, m->len);
		KUNIT_ASSERT_EQ(m->test, 0, memcmp(t->key, data, t->len));
	}
	KUNIT_ASSERT_EQ(m->test, match, got);
	kfree(data);
}

/* Each topic once, and in order. */
static void zmq_model_walk(struct zmq_model *m, const struct zmq_trie *trie)
{
	struct zmq_topic *t, *before = NULL;
	size_t n = 0;

	for (; (t = zmq_trie_next(trie, before)); before = t, n++)
		if (before)
			KUNIT_ASSERT_GT(m->test, zmq_model_cmp(t, before->key,
							       before->len), 0);
	KUNIT_ASSERT_EQ(m->test, trie->topics, n);
}

static const u64 zmq_trie_seeds[] = { 1, 22, 333, 4444 };

static void zmq_trie_seed_desc(const u64 *seed, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "seed %llu", *seed);
}

KUNIT_ARRAY_PARAM(zmq_trie_seeds, zmq_trie_seeds, zmq_trie_seed_desc);

static void zmq_trie_test_model(struct kunit *test)
{
	struct zmq_model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	const u64 *seed = test->param_value;
	struct zmq_mem mem = {};
	struct zmq_trie trie;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, m);
	zmq_trie_init(&trie, &mem);
	m->test = test;
	prandom_seed_state(&m->rnd, *seed);
	for (i = 0; i < ZMQ_MODEL_STEPS; i++) {
		/* Now all of one kind, now mixed. */
		zmq_model_key(m, i % 1000 < 500 ? i / 1000 % 4 :
				 zmq_model_random(m, 4));
		zmq_model_step(m, &trie);
		zmq_model_compare(m, &trie);
		if (i % 50 == 0)
			zmq_model_walk(m, &trie);
	}
	KUNIT_EXPECT_EQ(test, (long)trie.bytes, atomic_long_read(&mem.used));
	zmq_trie_clear(&trie);
	KUNIT_EXPECT_NULL(test, trie.root);
	KUNIT_EXPECT_EQ(test, (size_t)0, trie.topics);
	KUNIT_EXPECT_EQ(test, (size_t)0, trie.bytes);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&mem.used));
}

static struct kunit_case zmq_trie_model_cases[] = {
	KUNIT_CASE_PARAM(zmq_trie_test_model, zmq_trie_seeds_gen_params),
	{}
};

static struct kunit_suite zmq_trie_model_suite = {
	.name = "zmq_pattern_trie_model",
	.test_cases = zmq_trie_model_cases,
};

kunit_test_suite(zmq_trie_model_suite);
