// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/string.h>
#include <linux/zmq.h>
#include "zmtp/meta.h"
#include "zmtp/wire.h"

/* Bytes of a string literal that may contain NULs. */
#define ZMQ_BYTES(s) .data = (const u8 *)(s), .len = sizeof(s) - 1

#define ZMQ_TYPE_DEALER	"\13Socket-Type\0\0\0\6DEALER"
#define ZMQ_ID_EMPTY	"\10Identity\0\0\0\0"

/**
 * struct zmq_meta_row - metadata as a DEALER receives them
 * @what: what the row is about
 * @data: the bytes
 * @len: bytes of @data
 * @props: properties before the end or the error
 * @end: what zmq_meta_next() says then
 * @ready: what zmq_ready_check() says
 * @id: the Identity, NULL if there is none
 */
struct zmq_meta_row {
	const char *what;
	const u8 *data;
	size_t len;
	int props;
	int end;
	int ready;
	const char *id;
};

static const struct zmq_meta_row zmq_meta_rows[] = {
	{ "a DEALER's own", ZMQ_BYTES(ZMQ_TYPE_DEALER ZMQ_ID_EMPTY), 2, 0, 0,
	  "" },
	{ "id", ZMQ_BYTES(ZMQ_TYPE_DEALER "\10Identity\0\0\0\2me"), 2, 0, 0,
	  "me" },
	{ "id first", ZMQ_BYTES("\10Identity\0\0\0\2me" ZMQ_TYPE_DEALER), 2, 0,
	  0, "me" },
	{ "two ids: the first counts",
	  ZMQ_BYTES("\10Identity\0\0\0\1a\10Identity\0\0\0\1b"), 2, 0, 0, "a" },
	{ "two ids: an empty first counts",
	  ZMQ_BYTES(ZMQ_ID_EMPTY "\10Identity\0\0\0\1b"), 2, 0, 0, "" },
	{ "nothing at all", ZMQ_BYTES(""), 0, 0, 0, NULL },
	{ "no Socket-Type", ZMQ_BYTES(ZMQ_ID_EMPTY), 1, 0, 0, "" },
	{ "user's property", ZMQ_BYTES(ZMQ_TYPE_DEALER "\3X-a\0\0\0\1b"), 2, 0,
	  0, NULL },
	{ "empty name", ZMQ_BYTES("\0\0\0\0\1x" ZMQ_TYPE_DEALER), 2, 0, 0,
	  NULL },
	{ "empty name and value", ZMQ_BYTES("\0\0\0\0\0"), 1, 0, 0, NULL },
	{ "names differ in case: not looked at",
	  ZMQ_BYTES("\13socket-type\0\0\0\3PUB\10identity\0\0\0\1a"), 2, 0, 0,
	  NULL },
	{ "wrong type", ZMQ_BYTES("\13Socket-Type\0\0\0\3PUB"), 1, 0,
	  -EPROTOTYPE, NULL },
	{ "unknown type", ZMQ_BYTES("\13Socket-Type\0\0\0\3FOO"), 1, 0,
	  -EPROTOTYPE, NULL },
	{ "type in wrong case", ZMQ_BYTES("\13Socket-Type\0\0\0\6Dealer"), 1, 0,
	  -EPROTOTYPE, NULL },
	{ "start of a type", ZMQ_BYTES("\13Socket-Type\0\0\0\5DEALE"), 1, 0,
	  -EPROTOTYPE, NULL },
	{ "type with a NUL", ZMQ_BYTES("\13Socket-Type\0\0\0\7DEALER\0"), 1, 0,
	  -EPROTOTYPE, NULL },
	{ "empty type", ZMQ_BYTES("\13Socket-Type\0\0\0\0"), 1, 0,
	  -EPROTOTYPE, NULL },
	{ "two types, both are checked",
	  ZMQ_BYTES(ZMQ_TYPE_DEALER "\13Socket-Type\0\0\0\3PUB"), 2, 0,
	  -EPROTOTYPE, NULL },
	{ "a byte left over", ZMQ_BYTES(ZMQ_TYPE_DEALER "\10"), 1, -EPROTO,
	  -EPROTO, NULL },
	{ "a zero byte left over", ZMQ_BYTES(ZMQ_TYPE_DEALER "\0"), 1, -EPROTO,
	  -EPROTO, NULL },
	{ "name beyond the end", ZMQ_BYTES("\14Socket-Type"), 0, -EPROTO,
	  -EPROTO, NULL },
	{ "name length 255", ZMQ_BYTES("\377Socket-Type\0\0\0\0"), 0, -EPROTO,
	  -EPROTO, NULL },
	{ "no value length", ZMQ_BYTES("\13Socket-Type"), 0, -EPROTO, -EPROTO,
	  NULL },
	{ "value length cut", ZMQ_BYTES("\13Socket-Type\0\0\0"), 0, -EPROTO,
	  -EPROTO, NULL },
	{ "value cut", ZMQ_BYTES("\13Socket-Type\0\0\0\6DEALE"), 0, -EPROTO,
	  -EPROTO, NULL },
	{ "value length 2^31", ZMQ_BYTES("\1a\200\0\0\0xyz"), 0, -EPROTO,
	  -EPROTO, NULL },
	{ "value length 2^32 - 1", ZMQ_BYTES("\1a\377\377\377\377xyz"), 0,
	  -EPROTO, -EPROTO, NULL },
	{ "a bad property behind a good id",
	  ZMQ_BYTES("\10Identity\0\0\0\2me\5abc"), 1, -EPROTO, -EPROTO, "me" },
};

static void zmq_meta_row_desc(const struct zmq_meta_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_meta_rows, zmq_meta_rows, zmq_meta_row_desc);

/* A copy that ends where KASAN notices each byte read beyond. */
static u8 *zmq_meta_copy(struct kunit *test, const struct zmq_meta_row *row)
{
	u8 *copy = kunit_kzalloc(test, row->len ? row->len : 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, copy);
	memcpy(copy, row->data, row->len);
	return copy;
}

static void zmq_meta_test_next(struct kunit *test)
{
	const struct zmq_meta_row *row = test->param_value;
	u8 *data = zmq_meta_copy(test, row);
	struct zmq_meta_iter it;
	struct zmq_prop p;
	size_t total = 0;
	int i;

	zmq_meta_init(&it, data, row->len);
	for (i = 0; i < row->props; i++) {
		KUNIT_ASSERT_EQ(test, 1, zmq_meta_next(&it, &p));
		total += 1 + p.name_len + 4 + p.value_len;
		KUNIT_EXPECT_PTR_EQ(test, p.value + p.value_len,
				    (const u8 *)data + total);
	}
	KUNIT_EXPECT_EQ(test, row->end, zmq_meta_next(&it, &p));
	/* It stays at its end. */
	KUNIT_EXPECT_EQ(test, row->end, zmq_meta_next(&it, &p));
}

static void zmq_meta_test_ready(struct kunit *test)
{
	const struct zmq_meta_row *row = test->param_value;
	u8 *data = zmq_meta_copy(test, row);
	size_t id_len = 99;
	const u8 *id;

	KUNIT_ASSERT_EQ(test, row->ready,
			zmq_ready_check(ZMQ_DEALER, data, row->len, &id,
					&id_len));
	if (!row->id) {
		KUNIT_EXPECT_TRUE(test, !id);
		KUNIT_EXPECT_EQ(test, (size_t)0, id_len);
		return;
	}
	KUNIT_ASSERT_TRUE(test, id);
	KUNIT_ASSERT_EQ(test, strlen(row->id), id_len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(row->id, id, id_len));
}

/* RFC 37 allows 255 bytes of Identity. */
static void zmq_meta_test_id_limit(struct kunit *test)
{
	size_t id_len;
	const u8 *id;
	u8 *value, *buf;
	int n;

	value = kunit_kzalloc(test, 256, GFP_KERNEL);
	buf = kunit_kzalloc(test, 300, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, value);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);

	/* Starts with a zero byte, which libzmq accepts. */
	n = zmq_meta_put(buf, 300, ZMQ_PROP_IDENTITY, value, 255);
	KUNIT_ASSERT_EQ(test, 1 + 8 + 4 + 255, n);
	KUNIT_EXPECT_EQ(test, 0, zmq_ready_check(ZMQ_ROUTER, buf, n, &id,
						 &id_len));
	KUNIT_EXPECT_EQ(test, (size_t)255, id_len);

	n = zmq_meta_put(buf, 300, ZMQ_PROP_IDENTITY, value, 256);
	KUNIT_ASSERT_EQ(test, 1 + 8 + 4 + 256, n);
	KUNIT_EXPECT_EQ(test, -EPROTO,
			zmq_ready_check(ZMQ_ROUTER, buf, n, &id, &id_len));
}

static void zmq_meta_test_put(struct kunit *test)
{
	static const u8 want[] = "\3X-a\0\0\0\2bc";
	static const u8 value[] = "bc";
	u8 buf[16];
	size_t cap;

	for (cap = 0; cap < sizeof(want) - 1; cap++) {
		memset(buf, 0xaa, sizeof(buf));
		KUNIT_EXPECT_EQ(test, -EMSGSIZE,
				zmq_meta_put(buf, cap, "X-a", value, 2));
		KUNIT_EXPECT_EQ(test, 0xaa, buf[cap]);
	}
	KUNIT_ASSERT_EQ(test, 10, zmq_meta_put(buf, 10, "X-a", value, 2));
	KUNIT_EXPECT_EQ(test, 0, memcmp(buf, want, 10));
	/* The sum must not wrap. */
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			zmq_meta_put(buf, sizeof(buf), "X-a", value,
				     SIZE_MAX - 4));
}

/**
 * struct zmq_meta_type_row - a socket type
 * @name: on the wire
 * @peers: names of the types that it talks to, separated by blanks
 */
struct zmq_meta_type_row {
	const char *name;
	const char *peers;
};

/* By type number; wire compatibility as RFC 37 and libzmq have it. */
static const struct zmq_meta_type_row zmq_meta_types[] = {
	{ "PAIR", "PAIR" },
	{ "PUB", "SUB XSUB" },
	{ "SUB", "PUB XPUB" },
	{ "REQ", "REP ROUTER" },
	{ "REP", "REQ DEALER" },
	{ "DEALER", "REP DEALER ROUTER" },
	{ "ROUTER", "REQ DEALER ROUTER" },
	{ "PULL", "PUSH" },
	{ "PUSH", "PULL" },
	{ "XPUB", "SUB XSUB" },
	{ "XSUB", "PUB XPUB" },
	{ "STREAM", "" },
	{ "SERVER", "CLIENT" },
	{ "CLIENT", "SERVER" },
	{ "RADIO", "DISH" },
	{ "DISH", "RADIO" },
	{ "GATHER", "SCATTER" },
	{ "SCATTER", "GATHER" },
	{ "DGRAM", "DGRAM" },
	{ "PEER", "PEER" },
	{ "CHANNEL", "CHANNEL" },
};

/* Is @name one of the words of @list? */
static bool zmq_meta_listed(const char *list, const char *name)
{
	size_t len = strlen(name);
	const char *p = list;

	while ((p = strstr(p, name))) {
		if ((p == list || p[-1] == ' ') && (!p[len] || p[len] == ' '))
			return true;
		p += len;
	}
	return false;
}

static void zmq_meta_test_types(struct kunit *test)
{
	const struct zmq_meta_type_row *own, *peer;
	int i, k;

	for (i = 0; i < ARRAY_SIZE(zmq_meta_types); i++) {
		own = &zmq_meta_types[i];
		KUNIT_EXPECT_STREQ(test, own->name, zmq_type_name(i));
		for (k = 0; k < ARRAY_SIZE(zmq_meta_types); k++) {
			peer = &zmq_meta_types[k];
			KUNIT_EXPECT_EQ_MSG(test,
					    zmq_meta_listed(own->peers,
							    peer->name),
					    zmq_type_accepts(i,
							     (u8 *)peer->name,
							     strlen(peer->name)),
					    "%s and %s", own->name, peer->name);
		}
	}
}

static void zmq_meta_test_types_out_of_range(struct kunit *test)
{
	static const int types[] = { -1, 21, 32, INT_MIN, INT_MAX };
	int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		KUNIT_EXPECT_TRUE(test, !zmq_type_name(types[i]));
		KUNIT_EXPECT_FALSE(test,
				   zmq_type_accepts(types[i], (u8 *)"PAIR", 4));
	}
}

/* Empty properties are the smallest, so that they fit a command. */
static void zmq_meta_test_count_limit(struct kunit *test)
{
	u8 buf[(ZMQ_META_PROPS_MAX + 1) * 6];
	size_t id_len, n = 0;
	const u8 *id;
	int i;

	for (i = 0; i <= ZMQ_META_PROPS_MAX; i++)
		n += zmq_meta_put(buf + n, sizeof(buf) - n, "x", NULL, 0);
	KUNIT_ASSERT_EQ(test, sizeof(buf), n);
	KUNIT_EXPECT_EQ(test, -EPROTO,
			zmq_ready_check(ZMQ_ROUTER, buf, n, &id, &id_len));
	KUNIT_EXPECT_EQ(test, 0,
			zmq_ready_check(ZMQ_ROUTER, buf, n - 6, &id, &id_len));
}

static struct kunit_case zmq_meta_cases[] = {
	KUNIT_CASE_PARAM(zmq_meta_test_next, zmq_meta_rows_gen_params),
	KUNIT_CASE_PARAM(zmq_meta_test_ready, zmq_meta_rows_gen_params),
	KUNIT_CASE(zmq_meta_test_id_limit),
	KUNIT_CASE(zmq_meta_test_count_limit),
	KUNIT_CASE(zmq_meta_test_put),
	KUNIT_CASE(zmq_meta_test_types),
	KUNIT_CASE(zmq_meta_test_types_out_of_range),
	{}
};

static struct kunit_suite zmq_meta_suite = {
	.name = "zmq_meta",
	.test_cases = zmq_meta_cases,
};

kunit_test_suite(zmq_meta_suite);
