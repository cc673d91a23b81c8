// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/string.h>
#include "zmtp/greeting.h"

/* Greeting of a stock libzmq without a routing id. */
static const u8 zmq_greeting_v31[ZMQ_GREETING_LEN] = {
	0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1, 'N', 'U', 'L', 'L',
};

/**
 * struct zmq_greeting_row - one byte of a good greeting changed
 * @what: what the row is about
 * @off: offset of the byte
 * @value: its value
 * @err: what zmq_greeting_feed() says: 0 or an error
 * @version: the peer's
 * @have: bytes that are taken
 * @sent: bytes of our greeting that such a peer gets
 */
struct zmq_greeting_row {
	const char *what;
	u8 off;
	u8 value;
	int err;
	enum zmq_peer_version version;
	u8 have;
	u8 sent;
};

static const struct zmq_greeting_row zmq_greeting_rows[] = {
	{ "3.1", 11, 1, 0, ZMQ_PEER_V31, 64, 64 },
	{ "3.0", 11, 0, 0, ZMQ_PEER_V30, 64, 64 },
	{ "3.2, newer minor", 11, 2, 0, ZMQ_PEER_V31, 64, 64 },
	{ "3.255", 11, 255, 0, ZMQ_PEER_V31, 64, 64 },
	{ "major 2 is taken for 3.1", 10, 2, 0, ZMQ_PEER_V31, 64, 64 },
	{ "major 4", 10, 4, 0, ZMQ_PEER_V31, 64, 64 },
	{ "major 255", 10, 255, 0, ZMQ_PEER_V31, 64, 64 },
	{ "major 1: ZMTP 2.0", 10, 1, 0, ZMQ_PEER_V2, 12, 12 },
	{ "major 0: ZMTP 1.0 behind a signature", 10, 0, 0, ZMQ_PEER_V1_REV0,
	  12, 12 },
	{ "first byte 0: ZMTP 1.0", 0, 0, 0, ZMQ_PEER_V1, 1, 10 },
	{ "first byte 1: ZMTP 1.0, empty id", 0, 1, 0, ZMQ_PEER_V1, 1, 10 },
	{ "first byte G: an HTTP client", 0, 'G', 0, ZMQ_PEER_V1, 1, 10 },
	{ "first byte FE", 0, 0xfe, 0, ZMQ_PEER_V1, 1, 10 },
	{ "tenth byte 0: ZMTP 1.0, long id", 9, 0, 0, ZMQ_PEER_V1, 10, 10 },
	{ "tenth byte even", 9, 0x7e, 0, ZMQ_PEER_V1, 10, 10 },
	{ "tenth byte odd but not 7F", 9, 0x01, 0, ZMQ_PEER_V31, 64, 64 },
	{ "tenth byte FF", 9, 0xff, 0, ZMQ_PEER_V31, 64, 64 },
	{ "padding is junk", 4, 0xaa, 0, ZMQ_PEER_V31, 64, 64 },
	{ "as-server is set", 32, 1, 0, ZMQ_PEER_V31, 64, 64 },
	{ "as-server is junk", 32, 0xaa, 0, ZMQ_PEER_V31, 64, 64 },
	{ "filler is junk", 63, 0xaa, 0, ZMQ_PEER_V31, 64, 64 },
	{ "mechanism in wrong case", 12, 'n', -EPROTO, ZMQ_PEER_UNKNOWN, 64,
	  64 },
	{ "mechanism cut short", 15, 0, -EPROTO, ZMQ_PEER_UNKNOWN, 64, 64 },
	{ "mechanism too long", 16, 'L', -EPROTO, ZMQ_PEER_UNKNOWN, 64, 64 },
	{ "junk behind the mechanism's NUL", 20, 'x', -EPROTO,
	  ZMQ_PEER_UNKNOWN, 64, 64 },
	{ "junk in the mechanism's last byte", 31, 'x', -EPROTO,
	  ZMQ_PEER_UNKNOWN, 64, 64 },
	{ "no mechanism", 12, 0, -EPROTO, ZMQ_PEER_UNKNOWN, 64, 64 },
};

static void zmq_greeting_row_desc(const struct zmq_greeting_row *row,
				  char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_greeting_rows, zmq_greeting_rows, zmq_greeting_row_desc);

/* Our type, which only a peer of ZMTP 2.0 and its like gets to see. */
#define ZMQ_GREETING_TYPE	5

/* All that may be sent now; checks that it is our greeting, in order. */
static u8 zmq_greeting_drain(struct kunit *test, struct zmq_greeting *g)
{
	u8 buf[ZMQ_GREETING_LEN], want[ZMQ_GREETING_LEN];
	u8 before = g->sent;
	size_t n;

	memcpy(want, zmq_greeting_v31, sizeof(want));
	if (g->have > 10 && g->in[10] < 2)
		want[11] = ZMQ_GREETING_TYPE;
	n = zmq_greeting_output(g, buf);
	KUNIT_ASSERT_LE(test, before + n, (size_t)ZMQ_GREETING_LEN);
	KUNIT_EXPECT_EQ(test, 0, memcmp(buf, want + before, n));
	/* Handed out once. */
	KUNIT_EXPECT_EQ(test, (size_t)0, zmq_greeting_output(g, buf));
	return n;
}

static void zmq_greeting_check(struct kunit *test, struct zmq_greeting *g,
			       const struct zmq_greeting_row *row)
{
	KUNIT_EXPECT_EQ(test, row->have, g->have);
	KUNIT_EXPECT_EQ(test, row->version, g->version);
	KUNIT_EXPECT_EQ(test, !row->err, zmq_greeting_done(g));
}

/* The peer's greeting in two pieces, behind it a frame that is not ours. */
static void zmq_greeting_feed_split(struct kunit *test,
				    const struct zmq_greeting_row *row,
				    size_t at)
{
	u8 in[ZMQ_GREETING_LEN + 2] = {};
	struct zmq_greeting g;
	u8 sent;
	int n;

	memcpy(in, zmq_greeting_v31, ZMQ_GREETING_LEN);
	in[row->off] = row->value;
	zmq_greeting_init(&g, "NULL", ZMQ_GREETING_TYPE, 0);
	sent = zmq_greeting_drain(test, &g);
	KUNIT_EXPECT_EQ(test, 10, sent);

	n = zmq_greeting_feed(&g, in, at);
	if (at < row->have) {
		KUNIT_EXPECT_EQ(test, (int)at, n);
		KUNIT_EXPECT_FALSE(test, zmq_greeting_done(&g));
		sent += zmq_greeting_drain(test, &g);
		n = zmq_greeting_feed(&g, in + at, sizeof(in) - at);
		KUNIT_EXPECT_EQ(test, row->err ? row->err : row->have - (int)at,
				n);
	} else {
		KUNIT_EXPECT_EQ(test, row->err ? row->err : row->have, n);
	}
	sent += zmq_greeting_drain(test, &g);
	KUNIT_EXPECT_EQ(test, row->sent, sent);
	zmq_greeting_check(test, &g, row);
	KUNIT_EXPECT_EQ(test, 0, memcmp(g.in, in, row->have));

	/* What comes later is not for us, and an error stays one. */
	KUNIT_EXPECT_EQ(test, row->err, zmq_greeting_feed(&g, in, sizeof(in)));
	zmq_greeting_check(test, &g, row);
}

/* Whole (at 64 and behind it), and cut at each byte. */
static void zmq_greeting_test_split(struct kunit *test)
{
	size_t at;

	for (at = 0; at <= ZMQ_GREETING_LEN + 2; at++)
		zmq_greeting_feed_split(test, test->param_value, at);
}

/* Bytes of ours that a peer may have seen after @have bytes of its own. */
static u8 zmq_greeting_stage(const struct zmq_greeting_row *row, u8 have)
{
	u8 stage = have < 10 ? 10 : have < 11 ? 11 : 64;

	return min(stage, row->sent);
}

static void zmq_greeting_test_bytewise(struct kunit *test)
{
	const struct zmq_greeting_row *row = test->param_value;
	u8 in[ZMQ_GREETING_LEN];
	struct zmq_greeting g;
	u8 i, sent;
	int n;

	memcpy(in, zmq_greeting_v31, sizeof(in));
	in[row->off] = row->value;
	zmq_greeting_init(&g, "NULL", ZMQ_GREETING_TYPE, 0);
	sent = zmq_greeting_drain(test, &g);
	for (i = 0; i < row->have; i++) {
		KUNIT_EXPECT_FALSE(test, zmq_greeting_done(&g));
		KUNIT_EXPECT_EQ(test, zmq_greeting_stage(row, i), sent);
		n = zmq_greeting_feed(&g, in + i, 1);
		KUNIT_EXPECT_EQ(test, i == 63 && row->err ? row->err : 1, n);
		sent += zmq_greeting_drain(test, &g);
	}
	KUNIT_EXPECT_EQ(test, row->sent, sent);
	zmq_greeting_check(test, &g, row);
}

/* Our own bytes, for a peer that reads the padding as an identity's size. */
static void zmq_greeting_test_routing_id(struct kunit *test)
{
	static const u8 empty[10] = { 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f };
	static const u8 longest[10] = { 0xff, 0, 0, 0, 0, 0, 0, 1, 0, 0x7f };
	u8 buf[ZMQ_GREETING_LEN];
	struct zmq_greeting g;

	zmq_greeting_init(&g, "NULL", ZMQ_GREETING_TYPE, 0);
	KUNIT_ASSERT_EQ(test, (size_t)10, zmq_greeting_output(&g, buf));
	KUNIT_EXPECT_EQ(test, 0, memcmp(buf, empty, sizeof(empty)));

	zmq_greeting_init(&g, "NULL", ZMQ_GREETING_TYPE, 255);
	KUNIT_ASSERT_EQ(test, (size_t)10, zmq_greeting_output(&g, buf));
	KUNIT_EXPECT_EQ(test, 0, memcmp(buf, longest, sizeof(longest)));
}

/* Nothing asked for in between: all that is due comes in one piece. */
static void zmq_greeting_test_late_output(struct kunit *test)
{
	u8 buf[ZMQ_GREETING_LEN];
	struct zmq_greeting g;

	zmq_greeting_init(&g, "NULL", ZMQ_GREETING_TYPE, 0);
	KUNIT_EXPECT_EQ(test, 64, zmq_greeting_feed(&g, zmq_greeting_v31, 64));
	KUNIT_ASSERT_EQ(test, (size_t)64, zmq_greeting_output(&g, buf));
	KUNIT_EXPECT_EQ(test, 0, memcmp(buf, zmq_greeting_v31, 64));
}

/* The minor number of a later major one says nothing about 3.0. */
static void zmq_greeting_test_newer_major(struct kunit *test)
{
	struct zmq_greeting us, peer;

	zmq_greeting_init(&us, "NULL", ZMQ_GREETING_TYPE, 0);
	zmq_greeting_init(&peer, "NULL", ZMQ_GREETING_TYPE, 0);
	peer.out[ZMQ_GREETING_OFF_MAJOR] = 4;
	peer.out[ZMQ_GREETING_OFF_MINOR] = 0;
	KUNIT_EXPECT_EQ(test, 64, zmq_greeting_feed(&us, peer.out, 64));
	KUNIT_EXPECT_EQ(test, ZMQ_PEER_V31, us.version);
}

/* Another mechanism, on either side; a name may fill its field. */
static void zmq_greeting_test_mechanism(struct kunit *test)
{
	static const char *const names[] = {
		"NULL", "PLAIN", "CURVE", "GSSAPI", "ABCDEFGHIJKLMNOPQRST",
	};
	struct zmq_greeting us, peer;
	int i, k;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		for (k = 0; k < ARRAY_SIZE(names); k++) {
			zmq_greeting_init(&us, names[i], ZMQ_GREETING_TYPE, 0);
			zmq_greeting_init(&peer, names[k], ZMQ_GREETING_TYPE, 5);
			KUNIT_EXPECT_EQ(test, i == k ? 64 : -EPROTO,
					zmq_greeting_feed(&us, peer.out, 64));
			KUNIT_EXPECT_EQ(test, i == k, zmq_greeting_done(&us));
		}
	}
}

static struct kunit_case zmq_greeting_cases[] = {
	KUNIT_CASE_PARAM(zmq_greeting_test_split, zmq_greeting_rows_gen_params),
	KUNIT_CASE_PARAM(zmq_greeting_test_bytewise,
			 zmq_greeting_rows_gen_params),
	KUNIT_CASE(zmq_greeting_test_routing_id),
	KUNIT_CASE(zmq_greeting_test_late_output),
	KUNIT_CASE(zmq_greeting_test_newer_major),
	KUNIT_CASE(zmq_greeting_test_mechanism),
	{}
};

static struct kunit_suite zmq_greeting_suite = {
	.name = "zmq_greeting",
	.test_cases = zmq_greeting_cases,
};

kunit_test_suite(zmq_greeting_suite);
