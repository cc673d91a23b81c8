// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "mem.h"
#include "pattern/trie.h"

/**
 * struct zmq_fake_trie - a set of topics, and its account
 * @trie: the set
 * @mem: the account
 * @text: what zmq_fake_list() and zmq_fake_match() found
 */
struct zmq_fake_trie {
	struct zmq_trie trie;
	struct zmq_mem mem;
	char text[256];
};

static int zmq_trie_test_init(struct kunit *test)
{
	struct zmq_fake_trie *ft = kunit_kzalloc(test, sizeof(*ft), GFP_KERNEL);

	if (!ft)
		return -ENOMEM;
	zmq_trie_init(&ft->trie, &ft->mem);
	test->priv = ft;
	return 0;
}

/* Whatever a test did: nothing is left, and nothing charged. */
static void zmq_trie_test_exit(struct kunit *test)
{
	struct zmq_fake_trie *ft = test->priv;

	if (!ft)
		return;
	zmq_trie_clear(&ft->trie);
	KUNIT_EXPECT_NULL(test, ft->trie.root);
	KUNIT_EXPECT_EQ(test, (size_t)0, ft->trie.topics);
	KUNIT_EXPECT_EQ(test, (size_t)0, ft->trie.bytes);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&ft->mem.used));
}

static struct zmq_topic *zmq_fake_add(struct kunit *test, const void *key,
				      size_t len)
{
	struct zmq_fake_trie *ft = test->priv;
	struct zmq_topic *t = zmq_trie_insert(&ft->trie, key, len);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t);
	KUNIT_ASSERT_EQ(test, len, (size_t)t->len);
	KUNIT_ASSERT_EQ(test, 0, memcmp(t->key, key, len));
	zmq_topic_get(&ft->trie, t);
	return t;
}

/* Bytes in memory of just their size, so that KASAN sees what reads beyond. */
static u8 *zmq_fake_bytes(struct kunit *test, const void *p, size_t len)
{
	u8 *copy = kmemdup(p, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	return copy;
}

/* Append a topic to the text: words with a blank in between, "-" if empty. */
static void zmq_fake_word(struct zmq_fake_trie *ft, const struct zmq_topic *t)
{
	size_t at = strlen(ft->text);

	scnprintf(ft->text + at, sizeof(ft->text) - at, "%s%.*s",
		  at ? " " : "", t->len ?: 1, t->len ? (char *)t->key : "-");
}

static const char *zmq_fake_list(struct zmq_fake_trie *ft)
{
	struct zmq_topic *t = NULL;

	ft->text[0] = 0;
	while ((t = zmq_trie_next(&ft->trie, t)))
		zmq_fake_word(ft, t);
	return ft->text;
}

static const char *zmq_fake_match(struct kunit *test, const char *message)
{
	struct zmq_fake_trie *ft = test->priv;
	size_t len = strlen(message);
	u8 *data = zmq_fake_bytes(test, message, len);
	struct zmq_trie_walk walk;
	struct zmq_topic *t;

	ft->text[0] = 0;
	zmq_trie_walk_init(&walk, &ft->trie, data, len);
	while ((t = zmq_trie_match(&walk)))
		zmq_fake_word(ft, t);
	KUNIT_EXPECT_NULL(test, zmq_trie_match(&walk));
	KUNIT_EXPECT_EQ(test, !!ft->text[0],
			zmq_trie_covers(&ft->trie, data, len));
	kfree(data);
	return ft->text;
}

/**
 * struct zmq_trie_row - topics, and a message
 * @what: what the row is about
 * @topics: in the order of their bytes, a blank in between; "-" is the empty
 *	one
 * @message: what is looked for
 * @match: topics that it begins with
 * @after: the first topic that is greater, "" for none
 */
struct zmq_trie_row {
	const char *what;
	const char *topics;
	const char *message;
	const char *match;
	const char *after;
};

static const struct zmq_trie_row zmq_trie_rows[] = {
	{ "no topic", "", "abc", "", "" },
	{ "no topic, no byte", "", "", "", "" },
	{ "everything", "-", "abc", "-", "" },
	{ "everything, no byte", "-", "", "-", "" },
	{ "one topic, the same", "abc", "abc", "abc", "" },
	{ "one topic, a longer message", "abc", "abcd", "abc", "" },
	{ "one topic, a shorter message", "abc", "ab", "", "abc" },
	{ "one topic, no byte", "abc", "", "", "abc" },
	{ "one topic, a smaller message", "abc", "abb", "", "abc" },
	{ "one topic, a greater message", "abc", "abd", "", "" },
	{ "one topic, greater early", "abc", "bbc", "", "" },
	{ "each begins the next one", "- a aa aaa aaaa", "aaa", "- a aa aaa",
	  "aaaa" },
	{ "each begins the next one, a stranger", "- a aa aaa aaaa", "aab",
	  "- a aa", "" },
	{ "the empty one and a stranger", "- abc", "xyz", "-", "" },
	{ "siblings", "aa ab ac ba", "abx", "ab", "ac" },
	{ "between siblings", "aa ac", "ab", "", "ac" },
	{ "before all", "b ba c", "a", "", "b" },
	{ "behind all", "b ba c", "d", "", "" },
	{ "into a long one that ends elsewhere", "abcdefgh abcdefgx",
	  "abcdxxxx", "", "" },
	{ "a message shorter than any fork", "abcdefgh abcdefgx", "abc", "",
	  "abcdefgh" },
	{ "a message that ends at the fork", "abcdefgh abcdefgx", "abcdefg",
	  "", "abcdefgh" },
	{ "forks on the way, the end differs", "a abc abcde abcdefgh",
	  "abcdx", "a abc", "" },
	{ "a gap on the way", "a abcde", "abcd", "a", "abcde" },
	{ "bit 0", "b c", "c", "c", "" },
	{ "bit 6", "! a", "a", "a", "" },
	{ "bit 7", "a \xe1", "\xe1", "\xe1", "" },
	{ "bytes are unsigned", "z \x80 \xff", "\x7f", "", "\x80" },
	{ "one byte differs below a skipped one", "xaaaa xaaab", "yaaab", "",
	  "" },
	{ "one byte less below a skipped one", "xaaaa xaaab", "waaab", "",
	  "xaaaa" },
	{ "words", "news news.eu news.eu.de news.us weather", "news.eu.fr",
	  "news news.eu", "news.us" },
};

static void zmq_trie_row_desc(const struct zmq_trie_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_trie_rows, zmq_trie_rows, zmq_trie_row_desc);

/* Words of a text; "-" is an empty one. */
static int zmq_fake_words(const char *text, const char **word, size_t *len)
{
	int n = 0;

	while (*text) {
		word[n] = text;
		len[n] = strcspn(text, " ");
		text += len[n];
		text += *text == ' ';
		if (len[n] == 1 && *word[n] == '-')
			len[n] = 0;
		n++;
	}
	return n;
}

/* A row's answers don't depend on the order in which topics come and go. */
static void zmq_trie_test_rows(struct kunit *test)
{
	const struct zmq_trie_row *row = test->param_value;
	struct zmq_fake_trie *ft = test->priv;
	const char *word[8];
	struct zmq_topic *t;
	size_t len[8];
	int i, j, n = zmq_fake_words(row->topics, word, len);

	for (i = 0; i < max(n, 1) * 2; i++) {
		for (j = 0; j < n; j++) {
			int k = (i + (i < n ? j : n - j)) % n;

			zmq_fake_add(test, word[k], len[k]);
		}
		KUNIT_EXPECT_EQ(test, (size_t)n, ft->trie.topics);
		KUNIT_EXPECT_STREQ(test, row->topics, zmq_fake_list(ft));
		KUNIT_EXPECT_STREQ(test, row->match,
				   zmq_fake_match(test, row->message));
		t = zmq_trie_after(&ft->trie, (const u8 *)row->message,
				   strlen(row->message));
		KUNIT_EXPECT_EQ(test, !*row->after, !t);
		ft->text[0] = 0;
		if (t)
			zmq_fake_word(ft, t);
		KUNIT_EXPECT_STREQ(test, row->after, ft->text);
		for (j = 0; j < n; j++) {
			t = zmq_trie_find(&ft->trie, (const u8 *)word[j],
					  len[j]);
			KUNIT_ASSERT_NOT_NULL(test, t);
			zmq_topic_put(&ft->trie, t);
			KUNIT_EXPECT_NULL(test,
					  zmq_trie_find(&ft->trie,
							(const u8 *)word[j],
							len[j]));
		}
		KUNIT_EXPECT_NULL(test, ft->trie.root);
	}
}

static void zmq_trie_test_counts(struct kunit *test)
{
	struct zmq_fake_trie *ft = test->priv;
	struct zmq_topic *t = zmq_trie_insert(&ft->trie, "ab", 2);

	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_EXPECT_TRUE(test, hlist_empty(&t->subs));
	/* There, but nobody's. */
	KUNIT_EXPECT_EQ(test, 0u, t->count);
	KUNIT_EXPECT_EQ(test, (size_t)0, ft->trie.topics);
	KUNIT_EXPECT_NULL(test, zmq_trie_find(&ft->trie, "ab", 2));
	KUNIT_EXPECT_STREQ(test, "", zmq_fake_list(ft));
	KUNIT_EXPECT_STREQ(test, "", zmq_fake_match(test, "abc"));
	zmq_fake_add(test, "a", 1);
	zmq_fake_add(test, "abc", 3);
	KUNIT_EXPECT_STREQ(test, "a abc", zmq_fake_list(ft));
	KUNIT_EXPECT_STREQ(test, "a abc", zmq_fake_match(test, "abc"));

	KUNIT_EXPECT_PTR_EQ(test, t, zmq_trie_insert(&ft->trie, "ab", 2));
	zmq_topic_get(&ft->trie, t);
	zmq_topic_get(&ft->trie, t);
	KUNIT_EXPECT_EQ(test, 2u, t->count);
	KUNIT_EXPECT_EQ(test, (size_t)3, ft->trie.topics);
	KUNIT_EXPECT_STREQ(test, "a ab abc", zmq_fake_list(ft));
	zmq_topic_put(&ft->trie, t);
	KUNIT_EXPECT_PTR_EQ(test, t, zmq_trie_find(&ft->trie, "ab", 2));
	KUNIT_EXPECT_EQ(test, (size_t)3, ft->trie.topics);
	zmq_topic_put(&ft->trie, t);
	KUNIT_EXPECT_NULL(test, zmq_trie_find(&ft->trie, "ab", 2));
	KUNIT_EXPECT_STREQ(test, "a abc", zmq_fake_list(ft));
}

/* A walk goes on where it stopped, although that topic has gone meanwhile. */
static void zmq_trie_test_resume(struct kunit *test)
{
	struct zmq_fake_trie *ft = test->priv;
	struct zmq_topic *t;

	zmq_fake_add(test, "a", 1);
	t = zmq_fake_add(test, "b", 1);
	zmq_fake_add(test, "c", 1);
	zmq_topic_put(&ft->trie, t);
	t = zmq_trie_after(&ft->trie, "b", 1);
	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_EXPECT_EQ(test, 'c', t->key[0]);
	zmq_fake_add(test, "ba", 2);
	t = zmq_trie_after(&ft->trie, "b", 1);
	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_EXPECT_EQ(test, (u16)2, t->len);
}

/* What a topic costs: 32 bytes and its own, and nothing stays behind. */
static void zmq_trie_test_charge(struct kunit *test)
{
	static const size_t lens[] = { 0, 1, 8, 31, 32, 33, 255, ZMQ_TOPIC_MAX };
	u8 *key = kunit_kzalloc(test, ZMQ_TOPIC_MAX + 1, GFP_KERNEL);
	struct zmq_fake_trie *ft = test->priv;
	size_t sum = 0;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, key);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		zmq_fake_add(test, key, lens[i]);
		zmq_fake_add(test, key, lens[i]);
		sum += 32 + lens[i];
		KUNIT_EXPECT_EQ(test, sum, ft->trie.bytes);
		KUNIT_EXPECT_EQ(test, (long)sum, atomic_long_read(&ft->mem.used));
	}
	KUNIT_EXPECT_NULL(test, zmq_trie_insert(&ft->trie, key,
						ZMQ_TOPIC_MAX + 1));
	KUNIT_EXPECT_NULL(test, zmq_trie_find(&ft->trie, key,
					      ZMQ_TOPIC_MAX + 1));
	KUNIT_EXPECT_NULL(test, zmq_trie_insert(&ft->trie, key, SIZE_MAX));
	KUNIT_EXPECT_EQ(test, sum, ft->trie.bytes);
}

/* The limit is the default of the parameter user_mem_max. */
static void zmq_trie_test_limit(struct kunit *test)
{
	long full = (totalram_pages() << (PAGE_SHIFT - 2)) - 2 * 34;
	struct zmq_fake_trie *ft = test->priv;
	struct zmq_topic *t;

	/* Room for two topics of two bytes. */
	atomic_long_set(&ft->mem.used, full);
	t = zmq_fake_add(test, "ab", 2);
	zmq_fake_add(test, "ac", 2);
	KUNIT_EXPECT_NULL(test, zmq_trie_insert(&ft->trie, "", 0));
	KUNIT_EXPECT_NULL(test, zmq_trie_insert(&ft->trie, "ad", 2));
	KUNIT_EXPECT_STREQ(test, "ab ac", zmq_fake_list(ft));
	KUNIT_EXPECT_EQ(test, (size_t)2 * 34, ft->trie.bytes);
	/* One that is there needs none. */
	KUNIT_EXPECT_PTR_EQ(test, t, zmq_trie_insert(&ft->trie, "ab", 2));
	zmq_topic_put(&ft->trie, t);
	KUNIT_EXPECT_NULL(test, zmq_trie_insert(&ft->trie, "abc", 3));
	zmq_fake_add(test, "a", 1);
	KUNIT_EXPECT_STREQ(test, "a ac", zmq_fake_list(ft));
	atomic_long_sub(full, &ft->mem.used);
}

/* As many forks of one byte as there can be. */
static void zmq_trie_test_bytes(struct kunit *test)
{
	struct zmq_fake_trie *ft = test->priv;
	struct zmq_topic *t = NULL;
	struct zmq_trie_walk walk;
	int i;

	for (i = 0; i < 256; i++) {
		/* Any order: an odd factor misses none. */
		u8 key = i * 91;

		zmq_fake_add(test, &key, 1);
	}
	zmq_fake_add(test, NULL, 0);
	KUNIT_EXPECT_EQ(test, (size_t)257, ft->trie.topics);
	t = zmq_trie_next(&ft->trie, NULL);
	KUNIT_EXPECT_EQ(test, (u16)0, t->len);
	for (i = 0; i < 256; i++) {
		u8 data[2] = { i, i };

		t = zmq_trie_next(&ft->trie, t);
		KUNIT_ASSERT_NOT_NULL(test, t);
		KUNIT_EXPECT_EQ(test, i, (int)t->key[0]);
		KUNIT_EXPECT_PTR_EQ(test, t, zmq_trie_find(&ft->trie, data, 1));
		KUNIT_EXPECT_NULL(test, zmq_trie_find(&ft->trie, data, 2));
		zmq_trie_walk_init(&walk, &ft->trie, data, 2);
		KUNIT_EXPECT_PTR_EQ(test, zmq_trie_next(&ft->trie, NULL),
				    zmq_trie_match(&walk));
		KUNIT_EXPECT_PTR_EQ(test, t, zmq_trie_match(&walk));
		KUNIT_EXPECT_NULL(test, zmq_trie_match(&walk));
	}
	KUNIT_EXPECT_NULL(test, zmq_trie_next(&ft->trie, t));
}

/* The deepest tree: each topic begins the next one. */
static void zmq_trie_test_chain(struct kunit *test)
{
	u8 *key = kunit_kzalloc(test, ZMQ_TOPIC_MAX, GFP_KERNEL);
	struct zmq_fake_trie *ft = test->priv;
	struct zmq_trie_walk walk;
	struct zmq_topic *t;
	int i, lens[] = { 0, 1, 1000, ZMQ_TOPIC_MAX - 1, ZMQ_TOPIC_MAX };

	KUNIT_ASSERT_NOT_NULL(test, key);
	memset(key, 0xff, ZMQ_TOPIC_MAX);
	for (i = ZMQ_TOPIC_MAX; i >= 0; i -= 2)
		zmq_fake_add(test, key, i);
	for (i = 1; i <= ZMQ_TOPIC_MAX; i += 2)
		zmq_fake_add(test, key, i);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		int want = 0;

		zmq_trie_walk_init(&walk, &ft->trie, key, lens[i]);
		while ((t = zmq_trie_match(&walk)))
			KUNIT_ASSERT_EQ(test, want++, (int)t->len);
		KUNIT_EXPECT_EQ(test, lens[i] + 1, want);
	}
	t = zmq_trie_find(&ft->trie, key, ZMQ_TOPIC_MAX);
	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_EXPECT_NULL(test, zmq_trie_next(&ft->trie, t));
	t = zmq_trie_after(&ft->trie, key, ZMQ_TOPIC_MAX - 1);
	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_EXPECT_EQ(test, (u16)ZMQ_TOPIC_MAX, t->len);
}

static struct kunit_case zmq_trie_cases[] = {
	KUNIT_CASE_PARAM(zmq_trie_test_rows, zmq_trie_rows_gen_params),
	KUNIT_CASE(zmq_trie_test_counts),
	KUNIT_CASE(zmq_trie_test_resume),
	KUNIT_CASE(zmq_trie_test_charge),
	KUNIT_CASE(zmq_trie_test_limit),
	KUNIT_CASE(zmq_trie_test_bytes),
	KUNIT_CASE(zmq_trie_test_chain),
	{}
};

static struct kunit_suite zmq_trie_suite = {
	.name = "zmq_pattern_trie",
	.init = zmq_trie_test_init,
	.exit = zmq_trie_test_exit,
	.test_cases = zmq_trie_cases,
};

kunit_test_suite(zmq_trie_suite);
