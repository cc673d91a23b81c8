// SPDX-License-Identifier: GPL-2.0-only
/* Half-open connections of a listener: who has to go for whom. */
#include <kunit/test.h>
#include "conn/halfopen.h"

#define ZMQ_HALF_ENTRIES	12

/**
 * struct zmq_half_test - a table and its entries
 * @t: the table
 * @e: entries; who is in the table is told by @e[i].all
 */
struct zmq_half_test {
	struct zmq_half_table *t;
	struct zmq_half_entry e[ZMQ_HALF_ENTRIES];
};

static int zmq_half_test_init(struct kunit *test)
{
	struct zmq_half_test *h = kunit_kzalloc(test, sizeof(*h), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, h);
	h->t = zmq_half_table_make();
	KUNIT_ASSERT_NOT_NULL(test, h->t);
	for (i = 0; i < ZMQ_HALF_ENTRIES; i++)
		INIT_LIST_HEAD(&h->e[i].all);
	test->priv = h;
	return 0;
}

static void zmq_half_test_exit(struct kunit *test)
{
	struct zmq_half_test *h = test->priv;
	int i;

	for (i = 0; i < ZMQ_HALF_ENTRIES; i++)
		zmq_half_leave(h->t, &h->e[i]);
	KUNIT_EXPECT_EQ(test, 0U, h->t->count);
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&h->t->sources));
	zmq_half_table_put(h->t);
}

/* Entry @i comes from the source @from. */
static void zmq_half_come(struct kunit *test, int i, u8 from)
{
	struct zmq_half_test *h = test->priv;
	const struct zmq_source id = { .id = { [15] = from } };

	KUNIT_ASSERT_EQ(test, 0, zmq_half_enter(h->t, &h->e[i], &id));
}

/* Who has to go for @i with these limits, or -1. */
static int zmq_half_goes(struct kunit *test, int i, u32 max, u32 source_max,
			 enum zmq_reason *why)
{
	struct zmq_half_test *h = test->priv;
	struct zmq_half_entry *e;

	*why = ZMQ_R_NONE;
	spin_lock(&h->t->lock);
	e = zmq_half_excess(h->t, &h->e[i], max, source_max, why);
	spin_unlock(&h->t->lock);
	return e ? e - h->e : -1;
}

/* The oldest of the source, though others are older. */
static void zmq_half_test_source(struct kunit *test)
{
	struct zmq_half_test *h = test->priv;
	enum zmq_reason why;
	int i;

	zmq_half_come(test, 0, 1);
	for (i = 1; i < 5; i++)
		zmq_half_come(test, i, 2);
	KUNIT_EXPECT_EQ(test, -1, zmq_half_goes(test, 4, 5, 4, &why));
	KUNIT_EXPECT_EQ(test, 1, zmq_half_goes(test, 4, 5, 3, &why));
	KUNIT_EXPECT_EQ(test, (int)ZMQ_R_SOURCE_LIMIT, (int)why);
	/* Both are reached: its own source first. */
	KUNIT_EXPECT_EQ(test, 1, zmq_half_goes(test, 4, 4, 3, &why));
	zmq_half_leave(h->t, &h->e[1]);
	KUNIT_EXPECT_EQ(test, -1, zmq_half_goes(test, 4, 4, 3, &why));
	KUNIT_EXPECT_EQ(test, 2, zmq_half_goes(test, 4, 4, 2, &why));
}

/* The oldest of all. */
static void zmq_half_test_all(struct kunit *test)
{
	struct zmq_half_test *h = test->priv;
	enum zmq_reason why;
	int i;

	for (i = 0; i < 6; i++)
		zmq_half_come(test, i, 6 - i);
	KUNIT_EXPECT_EQ(test, -1, zmq_half_goes(test, 5, 6, 1, &why));
	KUNIT_EXPECT_EQ(test, 0, zmq_half_goes(test, 5, 5, 1, &why));
	KUNIT_EXPECT_EQ(test, (int)ZMQ_R_HALF_OPEN_LIMIT, (int)why);
	zmq_half_leave(h->t, &h->e[0]);
	zmq_half_leave(h->t, &h->e[2]);
	KUNIT_EXPECT_EQ(test, 1, zmq_half_goes(test, 5, 3, 1, &why));
}

/* Who came last is never the one to go, and limits of 0 let one in. */
static void zmq_half_test_last(struct kunit *test)
{
	enum zmq_reason why;

	zmq_half_come(test, 0, 1);
	KUNIT_EXPECT_EQ(test, -1, zmq_half_goes(test, 0, 0, 0, &why));
	zmq_half_come(test, 1, 2);
	KUNIT_EXPECT_EQ(test, 0, zmq_half_goes(test, 1, 0, 0, &why));
	zmq_half_come(test, 2, 2);
	KUNIT_EXPECT_EQ(test, 1, zmq_half_goes(test, 2, 0, 0, &why));
	KUNIT_EXPECT_EQ(test, (int)ZMQ_R_SOURCE_LIMIT, (int)why);
}

/* Whoever has shaken hands meanwhile has left; to leave again does nothing. */
static void zmq_half_test_leave(struct kunit *test)
{
	struct zmq_half_test *h = test->priv;
	enum zmq_reason why;

	zmq_half_come(test, 0, 1);
	zmq_half_come(test, 1, 1);
	zmq_half_leave(h->t, &h->e[1]);
	zmq_half_leave(h->t, &h->e[1]);
	KUNIT_EXPECT_EQ(test, 1U, h->t->count);
	KUNIT_EXPECT_EQ(test, -1, zmq_half_goes(test, 1, 0, 0, &why));
	/* It comes again, as the youngest. */
	zmq_half_come(test, 1, 1);
	KUNIT_EXPECT_EQ(test, 0, zmq_half_goes(test, 1, 1, 1, &why));
}

static struct kunit_case zmq_half_cases[] = {
	KUNIT_CASE(zmq_half_test_source),
	KUNIT_CASE(zmq_half_test_all),
	KUNIT_CASE(zmq_half_test_last),
	KUNIT_CASE(zmq_half_test_leave),
	{}
};

static struct kunit_suite zmq_half_suite = {
	.name = "zmq_halfopen",
	.init = zmq_half_test_init,
	.exit = zmq_half_test_exit,
	.test_cases = zmq_half_cases,
};

kunit_test_suite(zmq_half_suite);
