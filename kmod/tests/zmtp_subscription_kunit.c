// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/string.h>
#include "zmtp/frame.h"
#include "zmtp/subscription.h"

/**
 * struct zmq_sub_row - a subscription to a short topic
 * @what: what the row is about
 * @version: of the peer
 * @add: subscribe
 * @topic: the topic
 * @bytes: on the wire
 * @n: bytes of @bytes
 */
struct zmq_sub_row {
	const char *what;
	enum zmq_peer_version version;
	bool add;
	const char *topic;
	const char *bytes;
	size_t n;
};

/* A string literal that may contain NULs. */
#define ZMQ_WIRE(s)	.bytes = (s), .n = sizeof(s) - 1

/* Wire page, 3.5; the v1 form is RFC 13's frame. */
static const struct zmq_sub_row zmq_sub_rows[] = {
	{ "3.1 add", ZMQ_PEER_V31, true, "ab",
	  ZMQ_WIRE("\4\14\11SUBSCRIBEab") },
	{ "3.1 add all", ZMQ_PEER_V31, true, "",
	  ZMQ_WIRE("\4\12\11SUBSCRIBE") },
	{ "3.1 cancel", ZMQ_PEER_V31, false, "ab",
	  ZMQ_WIRE("\4\11\6CANCELab") },
	{ "3.1 cancel all", ZMQ_PEER_V31, false, "",
	  ZMQ_WIRE("\4\7\6CANCEL") },
	{ "3.0 add", ZMQ_PEER_V30, true, "ab", ZMQ_WIRE("\0\3\1ab") },
	{ "3.0 cancel", ZMQ_PEER_V30, false, "ab", ZMQ_WIRE("\0\3\0ab") },
	{ "3.0 add all", ZMQ_PEER_V30, true, "", ZMQ_WIRE("\0\1\1") },
	{ "2.0 add", ZMQ_PEER_V2, true, "ab", ZMQ_WIRE("\0\3\1ab") },
	{ "2.0 cancel all", ZMQ_PEER_V2, false, "", ZMQ_WIRE("\0\1\0") },
	{ "rev 0 add", ZMQ_PEER_V1_REV0, true, "ab",
	  ZMQ_WIRE("\4\0\1ab") },
	{ "1.0 add", ZMQ_PEER_V1, true, "ab", ZMQ_WIRE("\4\0\1ab") },
	{ "1.0 cancel", ZMQ_PEER_V1, false, "ab", ZMQ_WIRE("\4\0\0ab") },
	{ "1.0 cancel all", ZMQ_PEER_V1, false, "", ZMQ_WIRE("\2\0\0") },
};

static void zmq_sub_row_desc(const struct zmq_sub_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_sub_rows, zmq_sub_rows, zmq_sub_row_desc);

static void zmq_sub_test_put(struct kunit *test)
{
	const struct zmq_sub_row *row = test->param_value;
	size_t len = strlen(row->topic), cap;
	u8 buf[32];

	for (cap = 0; cap < row->n; cap++)
		KUNIT_EXPECT_EQ(test, -EMSGSIZE,
				zmq_sub_put(buf, cap, row->version, row->add,
					    (const u8 *)row->topic, len));
	memset(buf, 0xaa, sizeof(buf));
	KUNIT_ASSERT_EQ(test, (int)row->n,
			zmq_sub_put(buf, cap, row->version, row->add,
				    (const u8 *)row->topic, len));
	KUNIT_EXPECT_EQ(test, 0, memcmp(buf, row->bytes, row->n));
	KUNIT_EXPECT_EQ(test, 0xaa, buf[row->n]);
}

/* What a decoder of the peer's version makes of it. */
static int zmq_sub_decode(enum zmq_peer_version version, const u8 *p, size_t n,
			  struct zmq_frame_hdr *h)
{
	return version == ZMQ_PEER_V1 ? zmq_frame_v1_get(p, n, h) :
					zmq_frame_hdr_get(p, n, h);
}

/* Around the lengths where the header changes, which libzmq gets wrong. */
static void zmq_sub_test_lengths(struct kunit *test)
{
	static const enum zmq_peer_version versions[] = {
		ZMQ_PEER_V1, ZMQ_PEER_V2, ZMQ_PEER_V30, ZMQ_PEER_V31,
	};
	size_t cap = ZMQ_TOPIC_MAX + ZMQ_SUB_HDR_MAX, len;
	u8 *buf = kunit_kzalloc(test, 2 * cap, GFP_KERNEL);
	u8 *topic;
	int i, hdr, n;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	topic = buf + cap;
	memset(topic, 't', ZMQ_TOPIC_MAX);
	for (i = 0; i < ARRAY_SIZE(versions) * 2; i++) {
		enum zmq_peer_version v = versions[i / 2];
		size_t prefix = v != ZMQ_PEER_V31 ? 1 : i % 2 ? 10 : 7;

		for (len = 240; len <= ZMQ_TOPIC_MAX;
		     len += len < 260 ? 1 : 1000) {
			struct zmq_frame_hdr h;

			n = zmq_sub_put(buf, len + ZMQ_SUB_HDR_MAX, v, i % 2,
					topic, len);
			KUNIT_ASSERT_GT(test, n, 0);
			hdr = zmq_sub_decode(v, buf, n, &h);
			KUNIT_ASSERT_GT(test, hdr, 0);
			KUNIT_EXPECT_EQ(test, (u64)prefix + len, h.len);
			KUNIT_EXPECT_EQ(test, n, hdr + (int)h.len);
			KUNIT_EXPECT_EQ(test, 0, memcmp(buf + hdr + prefix,
							topic, len));
		}
	}
}

static void zmq_sub_test_too_long(struct kunit *test)
{
	u8 buf[1];

	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			zmq_sub_put(buf, SIZE_MAX, ZMQ_PEER_V31, true, buf,
				    INT_MAX));
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			zmq_sub_put(buf, SIZE_MAX, ZMQ_PEER_V30, true, buf,
				    SIZE_MAX));
}

/**
 * struct zmq_sub_command_row - the body of a command
 * @what: what the row is about
 * @bytes: the body
 * @n: bytes of @bytes
 * @prefix: what zmq_sub_command() returns
 * @add: what it sets
 */
struct zmq_sub_command_row {
	const char *what;
	const char *bytes;
	size_t n;
	unsigned int prefix;
	bool add;
};

static const struct zmq_sub_command_row zmq_sub_command_rows[] = {
	{ "SUBSCRIBE", ZMQ_WIRE("\11SUBSCRIBE:"), .prefix = 10, .add = true },
	{ "SUBSCRIBE to all", ZMQ_WIRE("\11SUBSCRIBE"), .prefix = 10, .add = true },
	{ "CANCEL", ZMQ_WIRE("\6CANCEL:"), .prefix = 7 },
	{ "CANCEL all", ZMQ_WIRE("\6CANCEL"), .prefix = 7 },
	{ "misspelt", ZMQ_WIRE("\11SUBSCRIBF") },
	{ "cut off", ZMQ_WIRE("\11SUBSCRIB") },
	{ "name too short", ZMQ_WIRE("\10SUBSCRIBE") },
	{ "name too long", ZMQ_WIRE("\7CANCEL:") },
	{ "another one", ZMQ_WIRE("\4PING\0\0") },
	{ "no name", ZMQ_WIRE("\0") },
	{ "empty", ZMQ_WIRE("") },
};

static void zmq_sub_command_desc(const struct zmq_sub_command_row *row,
				 char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_sub_command_rows, zmq_sub_command_rows,
		  zmq_sub_command_desc);

static void zmq_sub_test_command(struct kunit *test)
{
	const struct zmq_sub_command_row *row = test->param_value;
	bool add = !row->add;

	KUNIT_ASSERT_EQ(test, row->prefix,
			zmq_sub_command((const u8 *)row->bytes, row->n, &add));
	if (row->prefix)
		KUNIT_EXPECT_EQ(test, row->add, add);
	else
		KUNIT_EXPECT_EQ(test, !row->add, add);
}

/* 4.3.4's SUBSCRIBE to 246..255 bytes, CANCEL of 249..255; and what is not. */
static void zmq_sub_test_lost_flag(struct kunit *test)
{
	u8 hdr[ZMQ_FRAME_HDR_MAX] = { 4, 0, 0, 0, 0, 0, 0, 1 };
	int n, size;

	for (size = 0; size <= U8_MAX; size++) {
		hdr[8] = size;
		KUNIT_EXPECT_EQ(test, 246 + size <= 255,
				zmq_sub_lost_flag(hdr, sizeof(hdr)));
	}
	hdr[8] = 0;
	for (n = 1; n <= sizeof(hdr); n++) {
		KUNIT_EXPECT_TRUE(test, zmq_sub_lost_flag(hdr, n));
		if (n == sizeof(hdr))
			break;
		hdr[n] ^= 0x10;
		KUNIT_EXPECT_FALSE(test, zmq_sub_lost_flag(hdr, n + 1));
		hdr[n] ^= 0x10;
	}
}

static struct kunit_case zmq_sub_cases[] = {
	KUNIT_CASE_PARAM(zmq_sub_test_put, zmq_sub_rows_gen_params),
	KUNIT_CASE(zmq_sub_test_lengths),
	KUNIT_CASE(zmq_sub_test_too_long),
	KUNIT_CASE_PARAM(zmq_sub_test_command,
			 zmq_sub_command_rows_gen_params),
	KUNIT_CASE(zmq_sub_test_lost_flag),
	{}
};

static struct kunit_suite zmq_sub_suite = {
	.name = "zmq_subscription",
	.test_cases = zmq_sub_cases,
};

kunit_test_suite(zmq_sub_suite);
