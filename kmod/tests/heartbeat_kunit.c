// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/limits.h>

#include "conn/heartbeat.h"

/**
 * struct zmq_beat_step - one look at the timers
 * @at: ms since the handshake
 * @heard: the peer was heard since the last look
 * @ttl: ms of a TTL that holds
 * @beat: what is to be done; a PING is sent
 * @next: ms since the handshake of the next look; -1 for none
 */
struct zmq_beat_step {
	int at;
	bool heard;
	u32 ttl;
	enum zmq_beat beat;
	int next;
};

/**
 * struct zmq_beat_row - a story
 * @what: what it is about
 * @ivl: HEARTBEAT_IVL
 * @timeout: HEARTBEAT_TIMEOUT
 * @no_ping: the peer knows no PING
 * @step: the story; ends where @next is 0
 */
struct zmq_beat_row {
	const char *what;
	int ivl;
	int timeout;
	bool no_ping;
	struct zmq_beat_step step[8];
};

#define NONE ZMQ_BEAT_NONE
#define PING ZMQ_BEAT_PING
#define LOST ZMQ_BEAT_LOST

static const struct zmq_beat_row zmq_beat_rows[] = {
	{ "off", 0, -1, .step = {
		{ 0, false, 0, NONE, -1 },
		{ 1000, true, 0, NONE, -1 } } },
	{ "a peer that answers", 1000, -1, .step = {
		{ 0, true, 0, NONE, 1000 },
		{ 1000, false, 0, PING, 2000 },
		{ 1500, true, 0, NONE, 2000 },
		{ 2000, false, 0, PING, 3000 },
		{ 3000, true, 0, PING, 4000 } } },
	{ "a peer that does not: the interval is the time-out", 1000, -1, .step = {
		{ 1000, false, 0, PING, 2000 },
		{ 2000, false, 0, LOST, 2000 } } },
	{ "PINGs go on until a longer time-out", 1000, 2500, .step = {
		{ 1000, false, 0, PING, 2000 },
		{ 2000, false, 0, PING, 3000 },
		{ 3000, false, 0, PING, 3500 },
		{ 3490, false, 0, NONE, 3500 },
		{ 3500, false, 0, LOST, 3500 } } },
	{ "a shorter time-out", 1000, 200, .step = {
		{ 1000, false, 0, PING, 1200 },
		{ 1200, false, 0, LOST, 1200 } } },
	{ "time runs from the first PING without answer", 1000, 1500, .step = {
		{ 1000, false, 0, PING, 2000 },
		{ 2000, true, 0, PING, 3000 },
		{ 3000, false, 0, PING, 3500 },
		{ 3500, false, 0, LOST, 3500 } } },
	{ "traffic does not put PINGs off", 1000, -1, .step = {
		{ 900, true, 0, NONE, 1000 },
		{ 1000, true, 0, PING, 2000 } } },
	{ "heard at the last moment", 1000, -1, .step = {
		{ 1000, false, 0, PING, 2000 },
		{ 2000, true, 0, PING, 3000 },
		{ 3000, false, 0, LOST, 3000 } } },
	{ "time-out 0: PINGs only", 1000, 0, .step = {
		{ 1000, false, 0, PING, 2000 },
		{ 2000, false, 0, PING, 3000 } } },
	{ "a late look sends one PING, not three", 1000, 10000, .step = {
		{ 3500, false, 0, PING, 4500 },
		{ 4500, false, 0, PING, 5500 } } },
	{ "a look that is a little late keeps the pace", 1000, 10000, .step = {
		{ 1300, false, 0, PING, 2000 },
		{ 2000, false, 0, PING, 3000 } } },
	{ "the peer's TTL", 0, -1, .step = {
		{ 500, true, 300, NONE, 800 },
		{ 790, false, 300, NONE, 800 },
		{ 800, false, 300, LOST, 800 } } },
	{ "the next PING prolongs it", 0, -1, .step = {
		{ 500, true, 300, NONE, 800 },
		{ 700, true, 300, NONE, 1000 },
		{ 1000, false, 300, LOST, 1000 } } },
	{ "with another TTL", 0, -1, .step = {
		{ 500, true, 300, NONE, 800 },
		{ 700, true, 5000, NONE, 5700 },
		{ 1000, true, 100, NONE, 1100 } } },
	{ "another frame ends it", 0, -1, .step = {
		{ 500, true, 300, NONE, 800 },
		{ 600, true, 0, NONE, -1 },
		{ 5000, false, 0, NONE, -1 } } },
	{ "the first TTL counts from when it is seen", 0, -1, .step = {
		{ 9000, false, 300, NONE, 9300 },
		{ 9300, false, 300, LOST, 9300 } } },
	{ "the largest TTL", 0, -1, .step = {
		{ 0, true, 6553500, NONE, 6553500 },
		{ 6553500, false, 6553500, LOST, 6553500 } } },
	{ "both timers: the earlier one", 1000, -1, .step = {
		{ 1000, false, 0, PING, 2000 },
		{ 1500, true, 100, NONE, 1600 },
		{ 1600, false, 100, LOST, 1600 } } },
	{ "a peer that knows no PING", 1000, -1, true, .step = {
		{ 1000, false, 0, NONE, -1 },
		{ 9000, false, 0, NONE, -1 } } },
};

static void zmq_beat_row_desc(const struct zmq_beat_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_beat_rows, zmq_beat_rows, zmq_beat_row_desc);

/* Tells the story from @start on. */
static void zmq_beat_tell(struct kunit *test, const struct zmq_beat_row *row,
			  unsigned long start)
{
	struct zmq_options opt = {
		.heartbeat_ivl = row->ivl,
		.heartbeat_timeout = row->timeout,
	};
	const struct zmq_beat_step *step;
	struct zmq_heartbeat h;
	enum zmq_beat beat;

	zmq_heartbeat_start(&h, &opt, !row->no_ping, start);
	for (step = row->step; step->next; step++) {
		unsigned long now = start + msecs_to_jiffies(step->at), when;
		bool armed;

		beat = zmq_heartbeat_check(&h, step->heard, step->ttl, now);
		KUNIT_EXPECT_EQ_MSG(test, step->beat, beat, "at %d", step->at);
		if (beat == ZMQ_BEAT_PING)
			zmq_heartbeat_asked(&h, now);
		armed = zmq_heartbeat_next(&h, &when);
		KUNIT_EXPECT_EQ_MSG(test, step->next >= 0, armed, "at %d",
				    step->at);
		if (armed)
			KUNIT_EXPECT_EQ_MSG(test, msecs_to_jiffies(step->next),
					    when - start, "at %d", step->at);
	}
}

static void zmq_beat_test_row(struct kunit *test)
{
	const struct zmq_beat_row *row = test->param_value;

	zmq_beat_tell(test, row, 0);
	/* Jiffies wrap in the middle of it. */
	zmq_beat_tell(test, row, -msecs_to_jiffies(1200));
}

/* What is announced is what libzmq can compute. */
static void zmq_beat_test_ttl(struct kunit *test)
{
	static const int ttl[][2] = {
		{ 0, 0 }, { 100, 1 }, { 1200, 12 }, { 65500, 655 },
		{ 65600, 655 }, { 6553500, 655 },
	};
	struct zmq_heartbeat h;
	int i;

	for (i = 0; i < ARRAY_SIZE(ttl); i++) {
		struct zmq_options opt = { .heartbeat_ttl = ttl[i][0] };

		zmq_heartbeat_start(&h, &opt, true, 0);
		KUNIT_EXPECT_EQ(test, ttl[i][1], (int)h.ttl);
	}
}

/* Largest values neither overflow nor expire at once. */
static void zmq_beat_test_bounds(struct kunit *test)
{
	struct zmq_options opt = {
		.heartbeat_ivl = INT_MAX,
		.heartbeat_timeout = INT_MAX,
		.heartbeat_ttl = 6553500,
	};
	struct zmq_heartbeat h;
	unsigned long when;

	zmq_heartbeat_start(&h, &opt, true, 5);
	zmq_heartbeat_asked(&h, 5);
	KUNIT_EXPECT_EQ(test, (int)ZMQ_BEAT_NONE,
			(int)zmq_heartbeat_check(&h, false, 6553500, 5));
	KUNIT_EXPECT_EQ(test, (int)ZMQ_BEAT_NONE,
			(int)zmq_heartbeat_check(&h, false, 6553500, 6));
	KUNIT_ASSERT_TRUE(test, zmq_heartbeat_next(&h, &when));
	KUNIT_EXPECT_EQ(test, 5 + msecs_to_jiffies(6553500), when);
}

static struct kunit_case zmq_beat_cases[] = {
	KUNIT_CASE_PARAM(zmq_beat_test_row, zmq_beat_rows_gen_params),
	KUNIT_CASE(zmq_beat_test_ttl),
	KUNIT_CASE(zmq_beat_test_bounds),
	{}
};

static struct kunit_suite zmq_beat_suite = {
	.name = "zmq_heartbeat",
	.test_cases = zmq_beat_cases,
};

kunit_test_suite(zmq_beat_suite);
