// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/inet.h>
#include <linux/string.h>

#include "blob.h"
#include "mem.h"
#include "tran/filter.h"

/**
 * struct zmq_filter_row - a range, and peers (API page, 2.2 and 9.3)
 * @text: the range
 * @ipv6: ZMQ_IPV6
 * @err: what parsing it gives
 * @in: a peer that is in it
 * @out: a peer that is not, or NULL where there is none
 */
struct zmq_filter_row {
	const char *text;
	bool ipv6;
	int err;
	const char *in;
	const char *out;
};

static const struct zmq_filter_row zmq_filter_rows[] = {
	{ "127.0.0.1", false, 0, "127.0.0.1", "127.0.0.2" },
	{ "127.0.0.1/32", false, 0, "127.0.0.1", "127.0.0.0" },
	{ "127.0.0.255/32", false, 0, "127.0.0.255", "127.0.0.1" },
	{ "10.1.2.3/8", false, 0, "10.255.0.1", "11.1.2.3" },
	{ "10.128.0.0/9", false, 0, "10.129.0.1", "10.127.255.255" },
	{ "192.168.1.130/31", false, 0, "192.168.1.131", "192.168.1.132" },
	{ "128.0.0.0/1", false, 0, "255.1.1.1", "127.255.255.255" },
	{ "0.0.0.0/0", false, 0, "203.0.113.9", "2001:db8::1" },
	{ "10.1.2.3/8", true, 0, "::ffff:10.9.9.9", "::ffff:11.1.2.3" },
	{ "10.1.2.3/8", true, 0, "10.9.9.9", "::10.9.9.9" },
	{ "0.0.0.0/0", true, 0, "::ffff:1.2.3.4", "2001:db8::1" },
	{ "::1", true, 0, "::1", "::2" },
	{ "[::1]", true, 0, "::1", "::" },
	{ "[2001:db8::]/32", true, 0, "2001:db8:ffff::", "2001:db9::" },
	{ "2001:db8::/33", true, 0, "2001:db8:7fff::", "2001:db8:8000::" },
	{ "::/0", true, 0, "2001:db8::1", NULL },
	{ "::/0", true, 0, "10.0.0.1", NULL },
	{ "::ffff:1.2.3.4/120", true, 0, "1.2.3.5", "1.2.4.4" },
	{ "fe80::/10", true, 0, "febf::1", "fec0::1" },
	{ "::1", false, -EINVAL },
	{ "::/0", false, -EINVAL },
	{ "", false, -EINVAL },
	{ "/", false, -EINVAL },
	{ "/8", false, -EINVAL },
	{ "foo", false, -EINVAL },
	{ "*", false, -EINVAL },
	{ "lo", false, -EINVAL },
	{ "0.0.0.0foo", false, -EINVAL },
	{ "0.0.0.0/foo", false, -EINVAL },
	{ "0.0.0.0/", false, -EINVAL },
	{ "0.0.0.0/-1", false, -EINVAL },
	{ "0.0.0.0/+1", false, -EINVAL },
	{ "0.0.0.0/33", false, -EINVAL },
	{ "0.0.0.0/256", false, -EINVAL },
	{ "0.0.0.0/264", false, -EINVAL },
	{ "0.0.0.0/8x", false, -EINVAL },
	{ "0.0.0.0/8/8", false, -EINVAL },
	{ "0.0.0.0/8 ", false, -EINVAL },
	{ "0.0.0.0/33", true, -EINVAL },
	{ "::1/129", true, -EINVAL },
	{ "[::1", true, -EINVAL },
	{ "[", true, -EINVAL },
	{ "[]", true, -EINVAL },
	{ "[127.0.0.1]", true, -EINVAL },
	{ "[::1]/", true, -EINVAL },
	{ "fe80::1%lo/64", true, -EINVAL },
};

static void zmq_filter_row_desc(const struct zmq_filter_row *row, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s'%s%s", row->text,
		 row->ipv6 ? " with IPv6 " : " ", row->in ? row->in : "");
}

KUNIT_ARRAY_PARAM(zmq_filter_rows, zmq_filter_rows, zmq_filter_row_desc);

static bool zmq_filter_ask(struct kunit *test, const struct zmq_blob *list,
			   const char *peer)
{
	struct sockaddr_storage ss = {};

	if (strchr(peer, ':')) {
		struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&ss;

		ss.ss_family = AF_INET6;
		KUNIT_ASSERT_EQ(test, 1, in6_pton(peer, -1,
						  sin6->sin6_addr.s6_addr, -1,
						  NULL));
	} else {
		struct sockaddr_in *sin = (struct sockaddr_in *)&ss;

		ss.ss_family = AF_INET;
		KUNIT_ASSERT_EQ(test, 1, in4_pton(peer, -1,
						  (u8 *)&sin->sin_addr, -1,
						  NULL));
	}
	return zmq_filter_passes(list, &ss);
}

static void zmq_filter_test_rows(struct kunit *test)
{
	const struct zmq_filter_row *row = test->param_value;
	struct zmq_filter f[2] = {};
	struct zmq_mem mem = {};
	struct zmq_blob *one, *two;

	KUNIT_ASSERT_EQ(test, row->err,
			zmq_filter_parse(&f[1], row->text, row->ipv6));
	if (row->err)
		return;
	/* In front of it a range that has none of the peers. */
	KUNIT_ASSERT_EQ(test, 0, zmq_filter_parse(&f[0], "192.0.2.1", false));
	one = zmq_blob_new(&mem, &f[1], sizeof(f[1]));
	two = zmq_blob_new(&mem, f, sizeof(f));
	KUNIT_EXPECT_TRUE(test, one && zmq_filter_ask(test, one, row->in));
	KUNIT_EXPECT_TRUE(test, two && zmq_filter_ask(test, two, row->in));
	if (row->out) {
		KUNIT_EXPECT_FALSE(test, zmq_filter_ask(test, one, row->out));
		KUNIT_EXPECT_FALSE(test, zmq_filter_ask(test, two, row->out));
	}
	zmq_blob_put(one);
	zmq_blob_put(two);
	KUNIT_EXPECT_EQ(test, 0, atomic_long_read(&mem.used));
}

/* No filter lets all in; a filter none but IP addresses. */
static void zmq_filter_test_families(struct kunit *test)
{
	struct sockaddr_storage ss = { .ss_family = AF_UNIX };
	struct zmq_mem mem = {};
	struct zmq_filter all;
	struct zmq_blob *list;

	KUNIT_ASSERT_EQ(test, 0, zmq_filter_parse(&all, "::/0", true));
	list = zmq_blob_new(&mem, &all, sizeof(all));
	KUNIT_ASSERT_NOT_NULL(test, list);
	KUNIT_EXPECT_TRUE(test, zmq_filter_passes(NULL, &ss));
	KUNIT_EXPECT_FALSE(test, zmq_filter_passes(list, &ss));
	zmq_blob_put(list);
}

static struct kunit_case zmq_filter_cases[] = {
	KUNIT_CASE_PARAM(zmq_filter_test_rows, zmq_filter_rows_gen_params),
	KUNIT_CASE(zmq_filter_test_families),
	{}
};

static struct kunit_suite zmq_filter_suite = {
	.name = "zmq_filter",
	.test_cases = zmq_filter_cases,
};

kunit_test_suite(zmq_filter_suite);
