// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "mem.h"
#include "queue/pipe.h"
#include "util_kunit.h"

/**
 * struct zmq_pipe_test - a queue, and an account of its own for its messages
 * @mem: the account
 * @q: the queue
 */
struct zmq_pipe_test {
	struct zmq_mem mem;
	struct zmq_queue q;
};

static int zmq_pipe_init(struct kunit *test)
{
	struct zmq_pipe_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t);
	zmq_queue_init(&t->q, 0, false);
	test->priv = t;
	return 0;
}

/* Nothing is left once the queue is empty. */
static void zmq_pipe_exit(struct kunit *test)
{
	struct zmq_pipe_test *t = test->priv;

	if (!t)
		return;
	zmq_queue_purge(&t->q);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&t->mem.used));
}

static void zmq_pipe_put(struct kunit *test, const char *text)
{
	struct zmq_pipe_test *t = test->priv;

	zmq_queue_reserve(&t->q);
	zmq_queue_commit(&t->q, zmq_fake_msgs(test, &t->mem, text));
}

static void zmq_pipe_expect(struct kunit *test, const char *want)
{
	struct zmq_pipe_test *t = test->priv;
	bool acked = false;
	char text[32];

	KUNIT_EXPECT_STREQ(test, want,
			   zmq_fake_text(text, sizeof(text),
					 zmq_queue_read(&t->q, &acked), true) ?:
			   "(none)");
}

/**
 * struct zmq_hwm_row - a mark
 * @what: what the row is about
 * @hwm: the mark
 * @fill: messages to put
 * @lump: messages read until credit comes back (API page, 2.3)
 */
struct zmq_hwm_row {
	const char *what;
	u32 hwm;
	u64 fill;
	u64 lump;
};

static const struct zmq_hwm_row zmq_hwm_rows[] = {
	{ "1", 1, 1, 1 },
	{ "2", 2, 2, 1 },
	{ "3", 3, 3, 2 },
	{ "4", 4, 4, 2 },
	{ "5", 5, 5, 3 },
	{ "1000, libzmq's default", 1000, 1000, 500 },
	{ "1001", 1001, 1001, 501 },
	{ "none", 0, 3000, 1 },
	{ "greatest", INT_MAX, 20, INT_MAX / 2 + 1 },
};

static void zmq_hwm_row_desc(const struct zmq_hwm_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_hwm_rows, zmq_hwm_rows, zmq_hwm_row_desc);

static u64 zmq_hwm_credit(const struct zmq_hwm_row *row, u64 under_way)
{
	return row->hwm ? row->hwm - under_way : U64_MAX;
}

/* Filled and read empty, three times: the sums go on from where they stand. */
static void zmq_pipe_test_hwm(struct kunit *test)
{
	const struct zmq_hwm_row *row = test->param_value;
	struct zmq_pipe_test *t = test->priv;
	u64 put = 0, got = 0, known = 0;
	struct zmq_frame *msg;
	int round, want;
	bool acked;

	zmq_queue_init(&t->q, row->hwm, false);
	for (round = 0; round < 3; round++) {
		while (put - got < row->fill &&
		       (!row->hwm || put - known < row->hwm)) {
			KUNIT_ASSERT_FALSE(test, zmq_queue_full(&t->q));
			zmq_pipe_put(test, "msg");
			put++;
			KUNIT_ASSERT_EQ(test, zmq_hwm_credit(row, put - known),
					zmq_queue_credit(&t->q));
			KUNIT_ASSERT_EQ(test, put - got,
					zmq_queue_depth(&t->q));
		}
		KUNIT_EXPECT_EQ(test, row->hwm && put - known == row->hwm,
				zmq_queue_full(&t->q));
		KUNIT_EXPECT_EQ(test, 3 * (put - got), t->q.bytes);

		while (got < put) {
			acked = false;
			msg = zmq_queue_read(&t->q, &acked);
			KUNIT_ASSERT_NOT_NULL(test, msg);
			zmq_chain_free(msg);
			got++;
			want = got - known == row->lump;
			known = want ? got : known;
			KUNIT_ASSERT_EQ(test, want, (int)acked);
			KUNIT_ASSERT_EQ(test, zmq_hwm_credit(row, put - known),
					zmq_queue_credit(&t->q));
		}
		KUNIT_EXPECT_NULL(test, zmq_queue_read(&t->q, &acked));
		KUNIT_EXPECT_EQ(test, 0ULL, zmq_queue_depth(&t->q));
		KUNIT_EXPECT_EQ(test, 0ULL, t->q.bytes);
	}
}

/* A message that was begun counts, and nobody sees it. */
static void zmq_pipe_test_reserve(struct kunit *test)
{
	struct zmq_pipe_test *t = test->priv;

	zmq_queue_init(&t->q, 2, false);
	zmq_pipe_put(test, "a");
	zmq_queue_reserve(&t->q);
	KUNIT_EXPECT_TRUE(test, zmq_queue_full(&t->q));
	KUNIT_EXPECT_EQ(test, 0ULL, zmq_queue_credit(&t->q));
	KUNIT_EXPECT_EQ(test, 1ULL, zmq_queue_depth(&t->q));
	zmq_pipe_expect(test, "a");
	KUNIT_EXPECT_EQ(test, 0ULL, zmq_queue_depth(&t->q));
	zmq_pipe_expect(test, "(none)");
	KUNIT_EXPECT_EQ(test, 1ULL, zmq_queue_credit(&t->q));
	zmq_queue_commit(&t->q, zmq_fake_msgs(test, &t->mem, "b"));
	zmq_pipe_expect(test, "b");
}

/* Rolled back: as if it had not been begun. */
static void zmq_pipe_test_cancel(struct kunit *test)
{
	struct zmq_pipe_test *t = test->priv;
	int i;

	zmq_queue_init(&t->q, 1, false);
	for (i = 0; i < 5; i++) {
		zmq_queue_reserve(&t->q);
		KUNIT_EXPECT_TRUE(test, zmq_queue_full(&t->q));
		zmq_queue_cancel(&t->q);
		KUNIT_EXPECT_FALSE(test, zmq_queue_full(&t->q));
		KUNIT_EXPECT_EQ(test, 0ULL, zmq_queue_depth(&t->q));
	}
	zmq_pipe_put(test, "a");
	KUNIT_EXPECT_TRUE(test, zmq_queue_full(&t->q));
	zmq_pipe_expect(test, "a");
	KUNIT_EXPECT_FALSE(test, zmq_queue_full(&t->q));
}

/* Two threads begin; the second one is done first, the first one gives up. */
static void zmq_pipe_test_two_begun(struct kunit *test)
{
	struct zmq_pipe_test *t = test->priv;

	zmq_queue_init(&t->q, 2, false);
	zmq_queue_reserve(&t->q);
	zmq_queue_reserve(&t->q);
	KUNIT_EXPECT_TRUE(test, zmq_queue_full(&t->q));
	zmq_queue_commit(&t->q, zmq_fake_msgs(test, &t->mem, "second"));
	KUNIT_EXPECT_EQ(test, 1ULL, zmq_queue_depth(&t->q));
	zmq_queue_cancel(&t->q);
	KUNIT_EXPECT_EQ(test, 1ULL, zmq_queue_credit(&t->q));
	KUNIT_EXPECT_EQ(test, 1ULL, zmq_queue_depth(&t->q));
	zmq_pipe_expect(test, "second");
	zmq_pipe_expect(test, "(none)");
}

/* A message counts as one, whatever its parts, and is read whole. */
static void zmq_pipe_test_multipart(struct kunit *test)
{
	struct zmq_pipe_test *t = test->priv;

	zmq_queue_init(&t->q, 3, false);
	zmq_pipe_put(test, "a|bb|ccc");
	zmq_pipe_put(test, "||");
	zmq_pipe_put(test, "~d");
	KUNIT_EXPECT_TRUE(test, zmq_queue_full(&t->q));
	KUNIT_EXPECT_EQ(test, 3ULL, zmq_queue_depth(&t->q));
	KUNIT_EXPECT_EQ(test, 7ULL, t->q.bytes);
	zmq_pipe_expect(test, "a|bb|ccc");
	KUNIT_EXPECT_EQ(test, 1ULL, t->q.bytes);
	zmq_pipe_expect(test, "||");
	zmq_pipe_expect(test, "~d");
	zmq_pipe_expect(test, "(none)");
	KUNIT_EXPECT_EQ(test, 0ULL, t->q.bytes);
}

/**
 * struct zmq_unread_row - messages that have to be sent again
 * @what: what the row is about
 * @put: messages put before
 * @read: how many of them were read, and are put back
 * @late: message put afterwards, or NULL
 * @all: all, in the order they must be read then
 */
struct zmq_unread_row {
	const char *what;
	const char *put;
	int read;
	const char *late;
	const char *all;
};

static const struct zmq_unread_row zmq_unread_rows[] = {
	{ "one, alone", "a", 1, NULL, "a" },
	{ "one, alone, another follows", "a", 1, "b", "a;b" },
	{ "one, in front of others", "a;b;c", 1, "d", "a;b;c;d" },
	{ "several, in front of others", "a;b;c;d", 3, NULL, "a;b;c;d" },
	{ "all of several", "a;b;c", 3, "d", "a;b;c;d" },
	{ "of several parts", "a|b;c|d|e;f", 2, "g|h", "a|b;c|d|e;f;g|h" },
	{ "empty and delimited", ";~a|;b", 2, NULL, ";~a|;b" },
};

static void zmq_unread_row_desc(const struct zmq_unread_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_unread_rows, zmq_unread_rows, zmq_unread_row_desc);

/* Calls back for each message of a text. */
static u64 zmq_pipe_each(struct kunit *test, const char *text,
			 void (*fn)(struct kunit *test, const char *msg))
{
	char buf[32], *rest = buf, *msg;
	u64 n = 0;

	strscpy(buf, text, sizeof(buf));
	while ((msg = strsep(&rest, ";"))) {
		fn(test, msg);
		n++;
	}
	return n;
}

static void zmq_pipe_test_unread(struct kunit *test)
{
	const struct zmq_unread_row *row = test->param_value;
	struct zmq_pipe_test *t = test->priv;
	struct zmq_frame *chain = NULL, **tail = &chain;
	bool acked = false;
	u64 n, bytes;
	int i;

	n = zmq_pipe_each(test, row->put, zmq_pipe_put);
	t->q.hwm = n;
	bytes = t->q.bytes;
	for (i = 0; i < row->read; i++) {
		*tail = zmq_queue_read(&t->q, &acked);
		while (*tail)
			tail = &(*tail)->next;
	}

	zmq_queue_unread(&t->q, chain);
	KUNIT_EXPECT_EQ(test, n, zmq_queue_depth(&t->q));
	KUNIT_EXPECT_EQ(test, bytes, t->q.bytes);
	KUNIT_EXPECT_TRUE(test, zmq_queue_full(&t->q));
	/* Credit that was given for them may have been used: never refused. */
	if (row->late)
		zmq_pipe_put(test, row->late);
	KUNIT_EXPECT_TRUE(test, zmq_queue_full(&t->q));

	n = zmq_pipe_each(test, row->all, zmq_pipe_expect);
	zmq_pipe_expect(test, "(none)");
	KUNIT_EXPECT_EQ(test, n, t->q.got);
	KUNIT_EXPECT_EQ(test, 0ULL, t->q.bytes);
	KUNIT_EXPECT_FALSE(test, zmq_queue_full(&t->q));
}

static void zmq_pipe_test_purge(struct kunit *test)
{
	struct zmq_pipe_test *t = test->priv;

	zmq_queue_init(&t->q, 4, false);
	KUNIT_EXPECT_EQ(test, 0ULL, zmq_queue_purge(&t->q));
	zmq_pipe_put(test, "a|b");
	zmq_pipe_put(test, "c");
	zmq_pipe_put(test, "d");
	zmq_pipe_expect(test, "a|b");
	zmq_queue_reserve(&t->q);
	KUNIT_EXPECT_TRUE(test, zmq_queue_full(&t->q));
	KUNIT_EXPECT_EQ(test, 2ULL, zmq_queue_purge(&t->q));
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&t->mem.used));
	KUNIT_EXPECT_EQ(test, 0ULL, zmq_queue_depth(&t->q));
	KUNIT_EXPECT_EQ(test, 0ULL, t->q.bytes);
	zmq_pipe_expect(test, "(none)");
	/* The message that was begun still has its place. */
	KUNIT_EXPECT_EQ(test, 3ULL, zmq_queue_credit(&t->q));
	zmq_queue_commit(&t->q, zmq_fake_msgs(test, &t->mem, "e"));
	zmq_pipe_put(test, "f");
	zmq_pipe_expect(test, "e");
	zmq_pipe_expect(test, "f");
}

/**
 * struct zmq_live_row - a mark that changes
 * @what: what the row is about
 * @from: the mark before
 * @put: messages put
 * @read: messages read
 * @to: the mark afterwards
 * @credit: messages that may be begun then
 * @more: of the messages left, how many have to be read until one may be begun
 */
struct zmq_live_row {
	const char *what;
	u32 from;
	int put;
	int read;
	u32 to;
	u64 credit;
	int more;
};

/* The new mark holds at once, but drops nothing (API page, 2.3). */
static const struct zmq_live_row zmq_live_rows[] = {
	{ "raised, full", 1, 1, 0, 5, 4, 0 },
	{ "raised, half full", 4, 2, 0, 6, 4, 0 },
	{ "raised, empty", 1, 0, 0, 2, 2, 0 },
	{ "to none, full", 2, 2, 0, 0, U64_MAX, 0 },
	{ "from none, above the mark", 0, 7, 0, 5, 0, 3 },
	{ "from none, read meanwhile", 0, 7, 4, 5, 2, 0 },
	{ "from none, at the mark", 0, 5, 0, 5, 0, 3 },
	{ "lowered, full", 5, 5, 0, 2, 0, 4 },
	{ "lowered, below the mark", 5, 1, 0, 2, 1, 0 },
	{ "lowered while a lump is being read", 1000, 1000, 400, 1, 0, 600 },
	{ "lowered, empty before the lump was whole", 1000, 999, 999, 100, 100,
	  0 },
	{ "lowered to one, empty", 3, 3, 3, 1, 1, 0 },
	{ "lowered, nearly empty", 1000, 499, 498, 2, 1, 0 },
};

static void zmq_live_row_desc(const struct zmq_live_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_live_rows, zmq_live_rows, zmq_live_row_desc);

/* By ZMQ_SNDHWM; the messages are numbered. */
static void zmq_pipe_test_live(struct kunit *test)
{
	const struct zmq_live_row *row = test->param_value;
	struct zmq_fake *fake = test->priv;
	int i, got = 0, hwm = row->to, peer;
	struct zmq_queue *q;
	char text[16];

	zmq_fake_open(fake, ZMQ_PUSH);
	q = &zmq_fake_join(fake, 0, row->from)->out;
	for (i = 0; i < row->put; i++) {
		snprintf(text, sizeof(text), "%d", i);
		KUNIT_EXPECT_EQ(test, 0, zmq_fake_send(fake, text, &peer));
	}
	for (; got < row->read; got++)
		zmq_fake_take(fake, 0);

	KUNIT_EXPECT_EQ(test, 0, zmq_fake_set(fake, ZMQ_SNDHWM, &hwm,
					      sizeof(hwm)));
	KUNIT_EXPECT_EQ(test, row->credit, zmq_queue_credit(q));
	KUNIT_EXPECT_EQ(test, !row->credit, zmq_queue_full(q));
	KUNIT_EXPECT_STREQ(test, row->credit ? "O" : "", zmq_fake_poll(fake));
	KUNIT_EXPECT_EQ(test, (u64)row->put - row->read, zmq_queue_depth(q));

	for (i = 0; got < row->put; i++, got++) {
		KUNIT_EXPECT_EQ_MSG(test, i >= row->more, !zmq_queue_full(q),
				    "after %d more", i);
		snprintf(text, sizeof(text), "%d", got);
		KUNIT_EXPECT_STREQ(test, text, zmq_fake_take(fake, 0));
	}
	KUNIT_EXPECT_STREQ(test, "O", zmq_fake_poll(fake));
}

static struct kunit_case zmq_pipe_cases[] = {
	KUNIT_CASE_PARAM(zmq_pipe_test_hwm, zmq_hwm_rows_gen_params),
	KUNIT_CASE(zmq_pipe_test_reserve),
	KUNIT_CASE(zmq_pipe_test_cancel),
	KUNIT_CASE(zmq_pipe_test_two_begun),
	KUNIT_CASE(zmq_pipe_test_multipart),
	KUNIT_CASE_PARAM(zmq_pipe_test_unread, zmq_unread_rows_gen_params),
	KUNIT_CASE(zmq_pipe_test_purge),
	{}
};

static struct kunit_suite zmq_pipe_suite = {
	.name = "zmq_pipe",
	.init = zmq_pipe_init,
	.exit = zmq_pipe_exit,
	.test_cases = zmq_pipe_cases,
};

static struct kunit_case zmq_pipe_live_cases[] = {
	KUNIT_CASE_PARAM(zmq_pipe_test_live, zmq_live_rows_gen_params),
	{}
};

static struct kunit_suite zmq_pipe_live_suite = {
	.name = "zmq_pipe_live",
	.init = zmq_fake_init,
	.exit = zmq_fake_exit,
	.test_cases = zmq_pipe_live_cases,
};

kunit_test_suites(&zmq_pipe_suite, &zmq_pipe_live_suite);
