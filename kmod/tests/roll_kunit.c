// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/string.h>

#include "roll.h"

#define ZMQ_ROLL_MEMBERS	6

/**
 * struct zmq_roll_row - a roll's story
 * @what: what the row is about
 * @ops: "+a" enters a, "-a" takes it out
 * @walk: the members as a walk from the start meets them
 * @last: the highest number given
 */
struct zmq_roll_row {
	const char *what;
	const char *ops;
	const char *walk;
	u64 last;
};

static const struct zmq_roll_row zmq_roll_rows[] = {
	{ "empty", "", "", 0 },
	{ "one", "+a", "a", 1 },
	{ "in the order they came", "+c+a+b", "cab", 3 },
	{ "many", "+f+e+d+c+b+a", "fedcba", 6 },
	{ "the first goes", "+a+b+c-a", "bc", 3 },
	{ "one in the middle goes", "+a+b+c-b", "ac", 3 },
	{ "the newest goes", "+a+b+c-c", "ab", 3 },
	{ "after the newest went", "+a+b+c-c+d", "abd", 4 },
	{ "all but the first go", "+a+b+c-c-b+d", "ad", 4 },
	{ "all go", "+a+b-a-b", "", 2 },
	{ "after all went", "+a+b-b-a+c", "c", 3 },
	{ "comes again, as the newest", "+a+b+c-a+a", "bca", 4 },
	{ "goes and never came", "+a-b", "a", 1 },
	{ "goes twice", "+a+b-a-a", "b", 2 },
	{ "goes from an empty one", "-a", "", 0 },
};

static void zmq_roll_row_desc(const struct zmq_roll_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_roll_rows, zmq_roll_rows, zmq_roll_row_desc);

static void zmq_roll_play(struct zmq_roll *roll,
			  struct zmq_roll_entry *members, const char *ops)
{
	for (; *ops; ops += 2) {
		if (*ops == '+')
			zmq_roll_add(roll, &members[ops[1] - 'a']);
		else
			zmq_roll_del(roll, &members[ops[1] - 'a']);
	}
}

static void zmq_roll_test_walk(struct kunit *test)
{
	struct zmq_roll_entry members[ZMQ_ROLL_MEMBERS] = {}, *e;
	const struct zmq_roll_row *row = test->param_value;
	char walk[ZMQ_ROLL_MEMBERS + 1] = "";
	struct zmq_roll roll = {};
	u64 nr = 0;
	int n = 0;

	zmq_roll_play(&roll, members, row->ops);
	while ((e = zmq_roll_after(&roll, nr)) && n < ZMQ_ROLL_MEMBERS) {
		KUNIT_EXPECT_GT(test, e->nr, nr);
		nr = e->nr;
		walk[n++] = 'a' + (e - members);
	}
	KUNIT_EXPECT_NULL(test, e);
	KUNIT_EXPECT_STREQ(test, walk, row->walk);
	KUNIT_EXPECT_EQ(test, roll.last, row->last);
	KUNIT_EXPECT_NULL(test, zmq_roll_after(&roll, U64_MAX));
}

/* A walk goes on behind a member that went, and meets those that came. */
static void zmq_roll_test_resume(struct kunit *test)
{
	struct zmq_roll_entry m[ZMQ_ROLL_MEMBERS] = {};
	struct zmq_roll roll = {};
	u64 stood;

	zmq_roll_play(&roll, m, "+a+b+c+d");
	stood = m[1].nr;
	zmq_roll_play(&roll, m, "-b-c");
	KUNIT_EXPECT_PTR_EQ(test, zmq_roll_after(&roll, stood), &m[3]);
	zmq_roll_play(&roll, m, "-d");
	KUNIT_EXPECT_NULL(test, zmq_roll_after(&roll, stood));
	zmq_roll_play(&roll, m, "+b");
	KUNIT_EXPECT_PTR_EQ(test, zmq_roll_after(&roll, stood), &m[1]);
	KUNIT_EXPECT_GT(test, m[1].nr, stood);
}

/* Thousands, of which every third stays: each is met once, in few steps. */
static void zmq_roll_test_many(struct kunit *test)
{
	const int n = 3000;
	struct zmq_roll_entry *m = kunit_kcalloc(test, n, sizeof(*m),
						 GFP_KERNEL), *e;
	struct zmq_roll roll = {};
	int i, met = 0;
	u64 nr = 0;

	KUNIT_ASSERT_NOT_NULL(test, m);
	for (i = 0; i < n; i++)
		zmq_roll_add(&roll, &m[i]);
	for (i = 0; i < n; i++)
		if (i % 3)
			zmq_roll_del(&roll, &m[i]);
	while ((e = zmq_roll_after(&roll, nr))) {
		KUNIT_ASSERT_PTR_EQ(test, e, &m[3 * met]);
		nr = e->nr;
		met++;
	}
	KUNIT_EXPECT_EQ(test, met, n / 3);
}

static struct kunit_case zmq_roll_cases[] = {
	KUNIT_CASE_PARAM(zmq_roll_test_walk, zmq_roll_rows_gen_params),
	KUNIT_CASE(zmq_roll_test_resume),
	KUNIT_CASE(zmq_roll_test_many),
	{}
};

static struct kunit_suite zmq_roll_suite = {
	.name = "zmq_roll",
	.test_cases = zmq_roll_cases,
};

kunit_test_suite(zmq_roll_suite);
