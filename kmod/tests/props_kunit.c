// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "conn/props.h"
#include "mem.h"

#define ZMQ_REQ_TYPE	"\13Socket-Type\0\0\0\3REQ"
#define ZMQ_ID		"\10Identity\0\0\0\2me"
#define ZMQ_CLAIM	"\14Peer-Address\0\0\0\4fake"
#define ZMQ_ADDRESS	"\14Peer-Address\0\0\0\011127.0.0.1"

/**
 * struct zmq_props_row - what a peer said, and what becomes of it
 * @what: what the row is about
 * @meta: metadata of the handshake
 * @meta_len: bytes of @meta
 * @data: the properties
 * @len: bytes of @data
 */
struct zmq_props_row {
	const char *what;
	const char *meta;
	size_t meta_len;
	const char *data;
	size_t len;
};

#define ZMQ_SAID(s)	.meta = (s), .meta_len = sizeof(s) - 1
#define ZMQ_KEPT(s)	.data = (s ZMQ_ADDRESS), .len = sizeof(s ZMQ_ADDRESS) - 1

static const struct zmq_props_row zmq_props_rows[] = {
	{ "nothing", .meta = NULL, ZMQ_KEPT("") },
	{ "a type", ZMQ_SAID(ZMQ_REQ_TYPE), ZMQ_KEPT(ZMQ_REQ_TYPE) },
	{ "type and identity", ZMQ_SAID(ZMQ_REQ_TYPE ZMQ_ID),
	  ZMQ_KEPT(ZMQ_REQ_TYPE ZMQ_ID) },
	{ "in its own order", ZMQ_SAID(ZMQ_ID ZMQ_REQ_TYPE),
	  ZMQ_KEPT(ZMQ_ID ZMQ_REQ_TYPE) },
	{ "one of its own", ZMQ_SAID(ZMQ_REQ_TYPE "\3X-k\0\0\0\1v"),
	  ZMQ_KEPT(ZMQ_REQ_TYPE "\3X-k\0\0\0\1v") },
	{ "empty values", ZMQ_SAID("\1a\0\0\0\0\0\0\0\0\0"),
	  ZMQ_KEPT("\1a\0\0\0\0\0\0\0\0\0") },
	{ "an address it claims", ZMQ_SAID(ZMQ_REQ_TYPE ZMQ_CLAIM ZMQ_ID),
	  ZMQ_KEPT(ZMQ_REQ_TYPE ZMQ_ID) },
	{ "a user it claims", ZMQ_SAID("\7User-Id\0\0\0\4root" ZMQ_REQ_TYPE),
	  ZMQ_KEPT(ZMQ_REQ_TYPE) },
	{ "claims only", ZMQ_SAID(ZMQ_CLAIM ZMQ_CLAIM), ZMQ_KEPT("") },
	{ "almost a claim", ZMQ_SAID("\7user-id\0\0\0\4root"),
	  ZMQ_KEPT("\7user-id\0\0\0\4root") },
};

static void zmq_props_row_desc(const struct zmq_props_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_props_rows, zmq_props_rows, zmq_props_row_desc);

static void zmq_props_test_make(struct kunit *test)
{
	const struct zmq_props_row *row = test->param_value;
	struct zmq_mem mem = {};
	struct zmq_props *p;

	p = zmq_props_make(&mem, (const u8 *)row->meta, row->meta_len,
			   "127.0.0.1", GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, (long)(sizeof(*p) + row->len),
			atomic_long_read(&mem.used));
	KUNIT_EXPECT_EQ(test, row->len, (size_t)p->len);
	if (p->len == row->len)
		KUNIT_EXPECT_EQ(test, 0, memcmp(p->data, row->data, row->len));
	/* The last user frees. */
	KUNIT_EXPECT_PTR_EQ(test, p, zmq_props_get(p));
	zmq_props_put(p);
	KUNIT_EXPECT_NE(test, 0L, atomic_long_read(&mem.used));
	zmq_props_put(p);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&mem.used));
}

static void zmq_props_test_null(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, zmq_props_get(NULL));
	zmq_props_put(NULL);
}

/* A property that fills the limit, and one byte more. */
static void zmq_props_test_limit(struct kunit *test)
{
	size_t ours = sizeof(ZMQ_ADDRESS) - 1, len = ZMQ_PROPS_MAX - ours;
	u8 *meta = kunit_kzalloc(test, len + 1, GFP_KERNEL);
	struct zmq_mem mem = {};
	struct zmq_props *p;

	KUNIT_ASSERT_NOT_NULL(test, meta);
	meta[0] = 1;
	meta[1] = 'a';
	meta[4] = (len - 6) >> 8;
	meta[5] = (len - 6) & 0xff;
	p = zmq_props_make(&mem, meta, len, "127.0.0.1", GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, (u32)ZMQ_PROPS_MAX, p->len);
	zmq_props_put(p);
	meta[5]++;
	KUNIT_EXPECT_NULL(test, zmq_props_make(&mem, meta, len + 1, "127.0.0.1",
					       GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&mem.used));
}

static struct kunit_case zmq_props_cases[] = {
	KUNIT_CASE_PARAM(zmq_props_test_make, zmq_props_rows_gen_params),
	KUNIT_CASE(zmq_props_test_null),
	KUNIT_CASE(zmq_props_test_limit),
	{}
};

static struct kunit_suite zmq_props_suite = {
	.name = "zmq_props",
	.test_cases = zmq_props_cases,
};

kunit_test_suite(zmq_props_suite);
