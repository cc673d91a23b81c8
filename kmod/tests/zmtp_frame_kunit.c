// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/string.h>
#include "zmtp/frame.h"

/**
 * struct zmq_frame_row - a header in both forms
 * @what: what the row is about
 * @bytes: on the wire
 * @n: bytes of @bytes
 * @ret: what zmq_frame_hdr_get() returns
 * @flags: of the header
 * @len: of the body
 */
struct zmq_frame_row {
	const char *what;
	u8 bytes[ZMQ_FRAME_V1_HDR_MAX];
	u8 n;
	int ret;
	u8 flags;
	u64 len;
};

/* What we send, and so have to understand. */
static const struct zmq_frame_row zmq_frame_canonical[] = {
	{ "empty message", { 0x00, 0x00 }, 2, 2, 0, 0 },
	{ "one byte", { 0x00, 0x01 }, 2, 2, 0, 1 },
	{ "more to come", { 0x01, 0x05 }, 2, 2, ZMQ_FRAME_MORE, 5 },
	{ "command", { 0x04, 0x29 }, 2, 2, ZMQ_FRAME_COMMAND, 0x29 },
	{ "longest short form", { 0x00, 0xff }, 2, 2, 0, 255 },
	{ "shortest long form", { 0x02, 0, 0, 0, 0, 0, 0, 0x01, 0x00 }, 9, 9,
	  0, 256 },
	{ "long with more", { 0x03, 0, 0, 0, 0, 0, 0, 0x01, 0x00 }, 9, 9,
	  ZMQ_FRAME_MORE, 256 },
	{ "long command", { 0x06, 0, 0, 0, 0, 0, 0x01, 0x02, 0x03 }, 9, 9,
	  ZMQ_FRAME_COMMAND, 0x010203 },
	{ "8 MiB", { 0x02, 0, 0, 0, 0, 0, 0x80, 0, 0 }, 9, 9, 0, 8 << 20 },
	{ "beyond 32 bits", { 0x02, 0, 0, 0, 0x01, 0, 0, 0, 0 }, 9, 9, 0,
	  1ULL << 32 },
	{ "RFC 37's limit, 2^63 - 1",
	  { 0x02, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 9, 9, 0,
	  S64_MAX },
};

/* What peers may send although we never do. */
static const struct zmq_frame_row zmq_frame_received[] = {
	{ "reserved bits are ignored", { 0xf8, 0x03 }, 2, 2, 0, 3 },
	{ "reserved bits on a command", { 0xfc, 0x03 }, 2, 2,
	  ZMQ_FRAME_COMMAND, 3 },
	{ "reserved bits on a long one", { 0xfa, 0, 0, 0, 0, 0, 0, 1, 0 }, 9, 9,
	  0, 256 },
	{ "MORE on a command is the caller's to ignore", { 0x05, 0x03 }, 2, 2,
	  ZMQ_FRAME_COMMAND | ZMQ_FRAME_MORE, 3 },
	{ "long form of a small size", { 0x02, 0, 0, 0, 0, 0, 0, 0, 5 }, 9, 9,
	  0, 5 },
	{ "long form of size 0", { 0x06, 0, 0, 0, 0, 0, 0, 0, 0 }, 9, 9,
	  ZMQ_FRAME_COMMAND, 0 },
	{ "size 2^63", { 0x02, 0x80, 0, 0, 0, 0, 0, 0, 0 }, 9, -EPROTO },
	{ "size 2^64 - 1",
	  { 0x02, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 9,
	  -EPROTO },
	{ "size 2^63 shows in its first byte", { 0x02, 0x80 }, 2, -EPROTO },
	{ "nothing", { 0 }, 0, 0 },
	{ "flags only", { 0x00 }, 1, 0 },
	{ "flags of a long one only", { 0x02 }, 1, 0 },
	{ "long one, a byte of the size", { 0x02, 0x00 }, 2, 0 },
	{ "long one, all but a byte", { 0x02, 0, 0, 0, 0, 0, 0, 0 }, 8, 0 },
};

static void zmq_frame_row_desc(const struct zmq_frame_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_frame_canonical, zmq_frame_canonical,
		  zmq_frame_row_desc);
KUNIT_ARRAY_PARAM(zmq_frame_received, zmq_frame_received, zmq_frame_row_desc);

static void zmq_frame_check_get(struct kunit *test,
				const struct zmq_frame_row *row)
{
	struct zmq_frame_hdr h = { .len = 4711, .flags = 0x55 };

	KUNIT_ASSERT_EQ(test, row->ret,
			zmq_frame_hdr_get(row->bytes, row->n, &h));
	if (row->ret > 0) {
		KUNIT_EXPECT_EQ(test, row->len, h.len);
		KUNIT_EXPECT_EQ(test, row->flags, h.flags);
	} else {
		KUNIT_EXPECT_EQ(test, 4711ULL, h.len);
		KUNIT_EXPECT_EQ(test, 0x55, h.flags);
	}
}

static void zmq_frame_test_get(struct kunit *test)
{
	zmq_frame_check_get(test, test->param_value);
}

static void zmq_frame_test_put(struct kunit *test)
{
	const struct zmq_frame_row *row = test->param_value;
	u8 buf[ZMQ_FRAME_HDR_MAX + 1];

	memset(buf, 0xaa, sizeof(buf));
	KUNIT_ASSERT_EQ(test, row->n,
			zmq_frame_hdr_put(buf, row->flags, row->len));
	KUNIT_EXPECT_EQ(test, 0, memcmp(buf, row->bytes, row->n));
	/* Nothing behind what it says. */
	KUNIT_EXPECT_EQ(test, 0xaa, buf[row->n]);
}

/* The caller has no say in the form. */
static void zmq_frame_test_put_ignores_large(struct kunit *test)
{
	u64 len = ZMQ_FRAME_SHORT_MAX;
	u8 buf[ZMQ_FRAME_HDR_MAX];

	KUNIT_ASSERT_EQ(test, 2U, zmq_frame_hdr_put(buf, ZMQ_FRAME_LARGE, len));
	KUNIT_EXPECT_EQ(test, 0, buf[0]);
	len++;
	KUNIT_ASSERT_EQ(test, 9U, zmq_frame_hdr_put(buf, ZMQ_FRAME_LARGE, len));
	KUNIT_EXPECT_EQ(test, ZMQ_FRAME_LARGE, buf[0]);
}

/* A header that comes in pieces is no header until the last one is there. */
static void zmq_frame_test_get_pieces(struct kunit *test)
{
	const struct zmq_frame_row *row = test->param_value;
	struct zmq_frame_hdr h;
	int n;

	for (n = 0; n < row->n; n++)
		KUNIT_EXPECT_EQ(test, 0, zmq_frame_hdr_get(row->bytes, n, &h));
	zmq_frame_check_get(test, row);
}

/* ZMTP 1.0: the size counts the flags. */
static const struct zmq_frame_row zmq_frame_v1_canonical[] = {
	{ "empty message", { 0x01, 0x00 }, 2, 2, 0, 0 },
	{ "one byte", { 0x02, 0x00 }, 2, 2, 0, 1 },
	{ "more to come", { 0x06, 0x01 }, 2, 2, ZMQ_FRAME_MORE, 5 },
	{ "longest short form", { 0xfe, 0x00 }, 2, 2, 0, 253 },
	{ "shortest long form", { 0xff, 0, 0, 0, 0, 0, 0, 0, 0xff, 0x00 }, 10,
	  10, 0, 254 },
	{ "long with more", { 0xff, 0, 0, 0, 0, 0, 0, 0x01, 0x00, 0x01 }, 10,
	  10, ZMQ_FRAME_MORE, 255 },
	{ "beyond 32 bits", { 0xff, 0, 0, 0, 0x01, 0, 0, 0, 0, 0 }, 10, 10, 0,
	  (1ULL << 32) - 1 },
	{ "size 2^63 - 1",
	  { 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0 }, 10, 10,
	  0, S64_MAX - 1 },
};

static const struct zmq_frame_row zmq_frame_v1_received[] = {
	{ "other flags are ignored", { 0x04, 0xfe }, 2, 2, 0, 3 },
	{ "other flags beside MORE", { 0x04, 0xff }, 2, 2, ZMQ_FRAME_MORE, 3 },
	{ "long form of a small size", { 0xff, 0, 0, 0, 0, 0, 0, 0, 6, 0 }, 10,
	  10, 0, 5 },
	{ "signature as an identity", { 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f },
	  10, 10, ZMQ_FRAME_MORE, 0 },
	{ "size 0", { 0x00, 0x00 }, 2, -EPROTO },
	{ "size 0 shows at once", { 0x00 }, 1, -EPROTO },
	{ "long size 0", { 0xff }, 10, -EPROTO },
	{ "long size 0 shows before the flags", { 0xff }, 9, -EPROTO },
	{ "long size 2^63", { 0xff, 0x80 }, 10, -EPROTO },
	{ "nothing", { 0 }, 0, 0 },
};

KUNIT_ARRAY_PARAM(zmq_frame_v1_canonical, zmq_frame_v1_canonical,
		  zmq_frame_row_desc);
KUNIT_ARRAY_PARAM(zmq_frame_v1_received, zmq_frame_v1_received,
		  zmq_frame_row_desc);

static void zmq_frame_test_v1_get(struct kunit *test)
{
	const struct zmq_frame_row *row = test->param_value;
	struct zmq_frame_hdr h = { .len = 4711, .flags = 0x55 };

	KUNIT_ASSERT_EQ(test, row->ret,
			zmq_frame_v1_get(row->bytes, row->n, &h));
	KUNIT_EXPECT_EQ(test, row->ret > 0 ? row->len : 4711, h.len);
	KUNIT_EXPECT_EQ(test, row->ret > 0 ? row->flags : 0x55, h.flags);
}

static void zmq_frame_test_v1_put(struct kunit *test)
{
	const struct zmq_frame_row *row = test->param_value;
	u8 buf[ZMQ_FRAME_V1_HDR_MAX + 1];
	struct zmq_frame_hdr h;
	int n;

	memset(buf, 0xaa, sizeof(buf));
	KUNIT_ASSERT_EQ(test, row->n,
			zmq_frame_v1_put(buf, row->flags, row->len));
	KUNIT_EXPECT_EQ(test, 0, memcmp(buf, row->bytes, row->n));
	KUNIT_EXPECT_EQ(test, 0xaa, buf[row->n]);
	for (n = 0; n < row->n; n++)
		KUNIT_EXPECT_EQ(test, 0, zmq_frame_v1_get(buf, n, &h));
	zmq_frame_test_v1_get(test);
}

static struct kunit_case zmq_frame_cases[] = {
	KUNIT_CASE_PARAM(zmq_frame_test_put, zmq_frame_canonical_gen_params),
	KUNIT_CASE_PARAM(zmq_frame_test_get_pieces,
			 zmq_frame_canonical_gen_params),
	KUNIT_CASE_PARAM(zmq_frame_test_get, zmq_frame_received_gen_params),
	KUNIT_CASE(zmq_frame_test_put_ignores_large),
	KUNIT_CASE_PARAM(zmq_frame_test_v1_put,
			 zmq_frame_v1_canonical_gen_params),
	KUNIT_CASE_PARAM(zmq_frame_test_v1_get,
			 zmq_frame_v1_received_gen_params),
	{}
};

static struct kunit_suite zmq_frame_suite = {
	.name = "zmq_frame",
	.test_cases = zmq_frame_cases,
};

kunit_test_suite(zmq_frame_suite);
