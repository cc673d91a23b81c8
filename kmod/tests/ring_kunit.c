// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/string.h>
#include "queue/ring.h"

#define ZMQ_RING_MEMBERS	6

/**
 * struct zmq_ring_row - a ring's story
 * @what: what the row is about
 * @ops: "+a" adds a, "-a" takes it out, ">" is the next one's turn
 * @turn: the members, whose turn it is first
 */
struct zmq_ring_row {
	const char *what;
	const char *ops;
	const char *turn;
};

static const struct zmq_ring_row zmq_ring_rows[] = {
	{ "empty", "", "" },
	{ "nobody's turn in an empty one", ">>", "" },
	{ "one", "+a", "a" },
	{ "one's turn again", "+a>", "a" },
	{ "in the order they came", "+c+a+b", "cab" },
	{ "next one's turn", "+a+b+c>", "bca" },
	{ "next but one", "+a+b+c>>", "cab" },
	{ "once around", "+a+b+c>>>", "abc" },
	{ "the turn of many", "+a+b+c+d+e>>>>>>>", "cdeab" },
	{ "joins at the end, hand at the first", "+a+b+c", "abc" },
	{ "joins at the end, hand in the middle", "+a+b+c>+d", "bcda" },
	{ "joins at the end, hand at the last", "+a+b+c>>+d", "cdab" },
	{ "two join while the hand is in the middle", "+a+b+c>+d+e", "bcdea" },
	{ "joins twice", "+a+b+a", "ab" },
	{ "joins twice, its own turn", "+a+b>+b", "ba" },
	{ "joins twice, alone", "+a+a", "a" },
	{ "goes before the hand", "+a+b+c>-a", "bc" },
	{ "goes at the hand", "+a+b+c>-b", "ca" },
	{ "goes at the hand, the first", "+a+b+c-a", "bc" },
	{ "goes at the hand, the last", "+a+b+c>>-c", "ab" },
	{ "goes behind the hand", "+a+b+c-b", "ac" },
	{ "goes behind the hand, the last", "+a+b+c>-c", "ba" },
	{ "goes twice", "+a+b-a-a", "b" },
	{ "goes and never came", "+a-b", "a" },
	{ "goes from an empty ring", "-a", "" },
	{ "the only one goes", "+a-a", "" },
	{ "all go, in the order they came", "+a+b+c-a-b-c", "" },
	{ "all go, the last first", "+a+b+c>-c-b-a", "" },
	{ "joins after all went", "+a+b-a-b+c", "c" },
	{ "the turn after all went", "+a-a>", "" },
	{ "joins again at the end", "+a+b+c-a+a", "bca" },
	{ "joins again, hand behind it", "+a+b+c>>-a+a", "cab" },
	{ "a turn of each while one goes and comes", "+a+b+c>-a>+a>", "abc" },
};

static void zmq_ring_row_desc(const struct zmq_ring_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_ring_rows, zmq_ring_rows, zmq_ring_row_desc);

static void zmq_ring_play(struct zmq_ring *ring, struct list_head *members,
			  const char *ops)
{
	for (; *ops; ops++) {
		switch (*ops) {
		case '>':
			zmq_ring_advance(ring);
			break;
		case '+':
			zmq_ring_add(ring, &members[*++ops - 'a']);
			break;
		case '-':
			zmq_ring_del(ring, &members[*++ops - 'a']);
			break;
		}
	}
}

/* By the list, then by the turn: both ways to walk have to agree. */
static void zmq_ring_test_row(struct kunit *test)
{
	const struct zmq_ring_row *row = test->param_value;
	struct list_head members[ZMQ_RING_MEMBERS], *node;
	char turn[ZMQ_RING_MEMBERS + 1] = "";
	size_t len = strlen(row->turn), n = 0;
	struct zmq_ring ring;
	int i;

	zmq_ring_init(&ring);
	for (i = 0; i < ZMQ_RING_MEMBERS; i++)
		INIT_LIST_HEAD(&members[i]);
	zmq_ring_play(&ring, members, row->ops);

	list_for_each(node, &ring.list)
		n++;
	KUNIT_ASSERT_EQ(test, len, n);
	if (!len) {
		KUNIT_EXPECT_NULL(test, zmq_ring_hand(&ring));
		return;
	}
	for (i = 0; i < len; i++) {
		KUNIT_ASSERT_NOT_NULL(test, zmq_ring_hand(&ring));
		turn[i] = 'a' + (zmq_ring_hand(&ring) - members);
		zmq_ring_advance(&ring);
	}
	KUNIT_EXPECT_STREQ(test, row->turn, turn);
	KUNIT_EXPECT_EQ(test, (char)('a' + (zmq_ring_hand(&ring) - members)),
			row->turn[0]);
}

static struct kunit_case zmq_ring_cases[] = {
	KUNIT_CASE_PARAM(zmq_ring_test_row, zmq_ring_rows_gen_params),
	{}
};

static struct kunit_suite zmq_ring_suite = {
	.name = "zmq_ring",
	.test_cases = zmq_ring_cases,
};

kunit_test_suite(zmq_ring_suite);
