// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/limits.h>
#include "conn/backoff.h"

/**
 * struct zmq_backoff_row - six delays in a row
 * @what: what the row is about
 * @ivl: RECONNECT_IVL
 * @max: RECONNECT_IVL_MAX
 * @rnd: the random number of each call
 * @delay: what to expect
 */
struct zmq_backoff_row {
	const char *what;
	int ivl;
	int max;
	u32 rnd;
	int delay[6];
};

static const struct zmq_backoff_row zmq_backoff_rows[] = {
	{ "libzmq's defaults, no jitter drawn", 100, 0, 0,
	  { 100, 100, 100, 100, 100, 100 } },
	{ "without a maximum: most jitter", 100, 0, 99,
	  { 199, 199, 199, 199, 199, 199 } },
	{ "without a maximum: jitter wraps at the interval", 100, 0, 100,
	  { 100, 100, 100, 100, 100, 100 } },
	{ "with a maximum: doubles up to it", 100, 1000, 0,
	  { 100, 200, 400, 800, 1000, 1000 } },
	{ "with a maximum: jitter stays below it", 100, 1000, 50,
	  { 150, 250, 450, 850, 1000, 1000 } },
	{ "with a maximum: the largest random number", 100, 1000, U32_MAX,
	  { 195, 295, 495, 895, 1000, 1000 } },
	{ "maximum equals the interval", 100, 100, 99,
	  { 100, 100, 100, 100, 100, 100 } },
	{ "maximum below the interval: always the maximum", 100, 30, 99,
	  { 30, 30, 30, 30, 30, 30 } },
	{ "negative maximum: as none", 100, -1, 7,
	  { 107, 107, 107, 107, 107, 107 } },
	{ "interval 1 has no room for jitter", 1, 0, U32_MAX,
	  { 1, 1, 1, 1, 1, 1 } },
	{ "interval 1 doubles", 1, 20, U32_MAX, { 1, 2, 4, 8, 16, 20 } },
	{ "interval 0: never", 0, 0, 5, { -1, -1, -1, -1, -1, -1 } },
	{ "interval 0 with a maximum: never", 0, 100, 5,
	  { -1, -1, -1, -1, -1, -1 } },
	{ "interval -1: never", -1, 0, 5, { -1, -1, -1, -1, -1, -1 } },
	{ "smallest interval: never", INT_MIN, 0, 5,
	  { -1, -1, -1, -1, -1, -1 } },
	{ "largest interval, no overflow", INT_MAX, 0, INT_MAX - 1,
	  { INT_MAX, INT_MAX, INT_MAX, INT_MAX, INT_MAX, INT_MAX } },
	{ "largest of both", INT_MAX, INT_MAX, INT_MAX - 1,
	  { INT_MAX, INT_MAX, INT_MAX, INT_MAX, INT_MAX, INT_MAX } },
	{ "doubling stops at the largest maximum", INT_MAX / 2, INT_MAX, 0,
	  { INT_MAX / 2, INT_MAX - 1, INT_MAX, INT_MAX, INT_MAX, INT_MAX } },
};

static void zmq_backoff_row_desc(const struct zmq_backoff_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_backoff_rows, zmq_backoff_rows, zmq_backoff_row_desc);

static void zmq_backoff_test_row(struct kunit *test)
{
	const struct zmq_backoff_row *row = test->param_value;
	struct zmq_backoff b;
	int i;

	zmq_backoff_reset(&b);
	for (i = 0; i < ARRAY_SIZE(row->delay); i++)
		KUNIT_EXPECT_EQ(test, row->delay[i],
				zmq_backoff_next(&b, row->ivl, row->max,
						 row->rnd));
}

/* Failed handshakes have a maximum, whether the user sets one or not. */
static void zmq_backoff_test_refused(struct kunit *test)
{
	static const int delays[] = { 150, 250, 450, 850, 1650, 3250, 5000, 5000 };
	struct zmq_backoff b;
	int i;

	zmq_backoff_reset(&b);
	for (i = 0; i < ARRAY_SIZE(delays); i++)
		KUNIT_EXPECT_EQ(test, delays[i],
				zmq_backoff_refused(&b, 100, 0, 50));
	/* A server that is not there is no refusal, and makes nothing be forgotten. */
	KUNIT_EXPECT_EQ(test, 150, zmq_backoff_next(&b, 100, 0, 50));
	KUNIT_EXPECT_EQ(test, 5000, zmq_backoff_refused(&b, 100, -1, 50));
	KUNIT_EXPECT_EQ(test, 300, zmq_backoff_refused(&b, 100, 300, 50));
	zmq_backoff_reset(&b);
	KUNIT_EXPECT_EQ(test, 6050, zmq_backoff_refused(&b, 6000, 0, 50));
	KUNIT_EXPECT_EQ(test, 6050, zmq_backoff_refused(&b, 6000, 0, 50));
	KUNIT_EXPECT_EQ(test, -1, zmq_backoff_refused(&b, 0, 0, 50));
}

/* A handshake that succeeds ends the growth. */
static void zmq_backoff_test_reset(struct kunit *test)
{
	struct zmq_backoff b;

	zmq_backoff_reset(&b);
	KUNIT_EXPECT_EQ(test, 100, zmq_backoff_next(&b, 100, 1000, 0));
	KUNIT_EXPECT_EQ(test, 200, zmq_backoff_next(&b, 100, 1000, 0));
	zmq_backoff_reset(&b);
	KUNIT_EXPECT_EQ(test, 100, zmq_backoff_next(&b, 100, 1000, 0));
}

/* setsockopt() may come between two attempts. */
static void zmq_backoff_test_options_change(struct kunit *test)
{
	struct zmq_backoff b;

	zmq_backoff_reset(&b);
	KUNIT_EXPECT_EQ(test, 400, zmq_backoff_next(&b, 400, 10000, 0));
	/* A smaller maximum holds at once. */
	KUNIT_EXPECT_EQ(test, 500, zmq_backoff_next(&b, 400, 500, 0));
	/* A larger interval too. */
	KUNIT_EXPECT_EQ(test, 900, zmq_backoff_next(&b, 900, 10000, 0));
	/* Without a maximum nothing grows, and nothing is forgotten. */
	KUNIT_EXPECT_EQ(test, 900, zmq_backoff_next(&b, 900, 0, 0));
	KUNIT_EXPECT_EQ(test, 1800, zmq_backoff_next(&b, 900, 10000, 0));
}

/* No pair of options and no random number gives a delay out of bounds. */
static void zmq_backoff_test_bounds(struct kunit *test)
{
	static const int edges[] = { 1, 2, 3, 99, 100, 32767, 65536,
				     INT_MAX / 2, INT_MAX / 2 + 1,
				     INT_MAX - 1, INT_MAX };
	static const u32 rnds[] = { 0, 1, 98, INT_MAX, 0x80000000, U32_MAX };
	struct zmq_backoff b;
	int i, m, r, n, delay;

	for (i = 0; i < ARRAY_SIZE(edges); i++) {
		for (m = 0; m < ARRAY_SIZE(edges); m++) {
			zmq_backoff_reset(&b);
			for (n = 0; n < 40; n++) {
				r = n % ARRAY_SIZE(rnds);
				delay = zmq_backoff_next(&b, edges[i], edges[m],
							 rnds[r]);
				KUNIT_EXPECT_GE(test, delay,
						min(edges[i], edges[m]));
				KUNIT_EXPECT_LE(test, delay, edges[m]);
			}
		}
	}
}

static struct kunit_case zmq_backoff_cases[] = {
	KUNIT_CASE_PARAM(zmq_backoff_test_row, zmq_backoff_rows_gen_params),
	KUNIT_CASE(zmq_backoff_test_refused),
	KUNIT_CASE(zmq_backoff_test_reset),
	KUNIT_CASE(zmq_backoff_test_options_change),
	KUNIT_CASE(zmq_backoff_test_bounds),
	{}
};

static struct kunit_suite zmq_backoff_suite = {
	.name = "zmq_backoff",
	.test_cases = zmq_backoff_cases,
};

kunit_test_suite(zmq_backoff_suite);
