// SPDX-License-Identifier: GPL-2.0-only
#include <linux/limits.h>
#include <linux/string.h>

#include "util_kunit.h"

/**
 * struct zmq_option_row - an option (API page, 2.2)
 * @what: its name
 * @name: its number
 * @size: bytes of its value
 * @off: where it is stored
 * @live: something has to follow at once
 * @def: its default
 * @min: its least value
 * @max: its greatest value
 */
struct zmq_option_row {
	const char *what;
	int name;
	unsigned int size;
	size_t off;
	bool live;
	s64 def;
	s64 min;
	s64 max;
};

#define ROW(name, size, field, live, def, min, max) \
	{ #name, name, size, offsetof(struct zmq_options, field), live, def, \
	  min, max }

static const struct zmq_option_row zmq_option_rows[] = {
	ROW(ZMQ_AFFINITY, 8, affinity, false, 0, S64_MIN, S64_MAX),
	ROW(ZMQ_SNDBUF, 4, sndbuf, false, -1, -1, INT_MAX),
	ROW(ZMQ_RCVBUF, 4, rcvbuf, false, -1, -1, INT_MAX),
	ROW(ZMQ_LINGER, 4, linger, false, -1, -1, INT_MAX),
	ROW(ZMQ_RECONNECT_IVL, 4, reconnect_ivl, false, 100, -1, INT_MAX),
	ROW(ZMQ_BACKLOG, 4, backlog, false, 100, 0, INT_MAX),
	ROW(ZMQ_RECONNECT_IVL_MAX, 4, reconnect_ivl_max, false, 0, 0, INT_MAX),
	ROW(ZMQ_MAXMSGSIZE, 8, maxmsgsize, false, -1, S64_MIN, S64_MAX),
	ROW(ZMQ_SNDHWM, 4, sndhwm, true, 1000, 0, INT_MAX),
	ROW(ZMQ_RCVHWM, 4, rcvhwm, true, 1000, 0, INT_MAX),
	ROW(ZMQ_RCVTIMEO, 4, rcvtimeo, true, -1, -1, INT_MAX),
	ROW(ZMQ_SNDTIMEO, 4, sndtimeo, true, -1, -1, INT_MAX),
	ROW(ZMQ_TCP_KEEPALIVE, 4, keepalive, false, -1, -1, 1),
	ROW(ZMQ_TCP_KEEPALIVE_CNT, 4, keepalive_cnt, false, -1, -1, INT_MAX),
	ROW(ZMQ_TCP_KEEPALIVE_IDLE, 4, keepalive_idle, false, -1, -1, INT_MAX),
	ROW(ZMQ_TCP_KEEPALIVE_INTVL, 4, keepalive_intvl, false, -1, -1, INT_MAX),
	ROW(ZMQ_IMMEDIATE, 4, immediate, false, 0, 0, 1),
	ROW(ZMQ_IPV6, 4, ipv6, false, 0, 0, 1),
	ROW(ZMQ_TOS, 4, tos, false, 0, 0, INT_MAX),
	ROW(ZMQ_HANDSHAKE_IVL, 4, handshake_ivl, false, 30000, 0, INT_MAX),
	ROW(ZMQ_CONNECT_TIMEOUT, 4, connect_timeout, false, 0, 0, INT_MAX),
	ROW(ZMQ_TCP_MAXRT, 4, maxrt, false, 0, 0, INT_MAX),
	ROW(ZMQ_NATIVE_MULTIPART, 4, multipart, false, ZMQ_MULTIPART_THREAD,
	    ZMQ_MULTIPART_THREAD, ZMQ_MULTIPART_SOCKET),
};

static void zmq_option_row_desc(const struct zmq_option_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_option_rows, zmq_option_rows, zmq_option_row_desc);

/* Value of an option, as stored or to be stored. */
static s64 zmq_option_value(const void *p, unsigned int size)
{
	return size == sizeof(int) ? *(const int *)p : *(const s64 *)p;
}

/* Set @v in @len bytes; nothing but the option may change, and only for @err 0. */
static void zmq_option_try(struct kunit *test, const struct zmq_option_row *row,
			   s64 v, unsigned int len, int err)
{
	zmq_option_live live = NULL;
	struct zmq_options *opt = test->priv, old = *opt;
	void *field = (void *)opt + row->off;
	u8 value[16] = {};
	int narrow = v;

	if (row->size == sizeof(int))
		memcpy(value, &narrow, sizeof(narrow));
	else
		memcpy(value, &v, sizeof(v));
	KUNIT_EXPECT_EQ_MSG(test, err,
			    zmq_option_store(opt, row->name, value, len, &live),
			    "value %lld, length %u", v, len);
	if (!err) {
		KUNIT_EXPECT_EQ(test, v, zmq_option_value(field, row->size));
		memcpy((void *)&old + row->off, field, row->size);
	}
	KUNIT_EXPECT_EQ(test, 0, memcmp(&old, opt, sizeof(old)));
	KUNIT_EXPECT_EQ(test, !err && row->live, !!live);
}

static int zmq_option_init(struct kunit *test)
{
	struct zmq_options *opt = kunit_kzalloc(test, sizeof(*opt), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, opt);
	zmq_options_init(opt, ZMQ_PUSH);
	test->priv = opt;
	return 0;
}

static void zmq_option_test_default(struct kunit *test)
{
	const struct zmq_option_row *row = test->param_value;

	KUNIT_EXPECT_EQ(test, row->def,
			zmq_option_value(test->priv + row->off, row->size));
}

static void zmq_option_test_range(struct kunit *test)
{
	const struct zmq_option_row *row = test->param_value;
	bool wide = row->size == sizeof(s64);

	zmq_option_try(test, row, row->min, row->size, 0);
	zmq_option_try(test, row, row->max, row->size, 0);
	zmq_option_try(test, row, row->def, row->size, 0);
	zmq_option_try(test, row, 1, row->size, 0);
	if (row->min > (wide ? S64_MIN : INT_MIN)) {
		zmq_option_try(test, row, row->min - 1, row->size, -EINVAL);
		zmq_option_try(test, row, INT_MIN, row->size, -EINVAL);
	}
	if (row->max < (wide ? S64_MAX : INT_MAX)) {
		zmq_option_try(test, row, row->max + 1, row->size, -EINVAL);
		zmq_option_try(test, row, INT_MAX, row->size, -EINVAL);
	}
}

static void zmq_option_test_length(struct kunit *test)
{
	const struct zmq_option_row *row = test->param_value;
	unsigned int len;

	for (len = 0; len <= 16; len++)
		zmq_option_try(test, row, 1, len,
			       len == row->size ? 0 : -EINVAL);
	zmq_option_try(test, row, 1, UINT_MAX, -EINVAL);
	zmq_option_try(test, row, 1, row->size + 65536, -EINVAL);
}

/* All numbers that a table of 16 bits could know, and some beyond. */
static void zmq_option_test_unknown(struct kunit *test)
{
	static const int beyond[] = { -1, INT_MIN, INT_MAX, 65536 + ZMQ_LINGER,
				      65536 + ZMQ_AFFINITY, ZMQ_LINGER - 65536 };
	zmq_option_live live = NULL;
	struct zmq_options *opt = test->priv, old = *opt;
	u64 value = 1;
	int i, r;

	for (i = 0; i < 65536 + ARRAY_SIZE(beyond); i++) {
		int name = i < 65536 ? i : beyond[i - 65536];

		for (r = 0; r < ARRAY_SIZE(zmq_option_rows); r++)
			if (zmq_option_rows[r].name == name)
				break;
		if (r < ARRAY_SIZE(zmq_option_rows))
			continue;
		if (zmq_option_store(opt, name, &value, 4, &live) != -EINVAL ||
		    zmq_option_store(opt, name, &value, 8, &live) != -EINVAL)
			KUNIT_FAIL(test, "option %d", name);
	}
	KUNIT_EXPECT_EQ(test, 0, memcmp(&old, opt, sizeof(old)));
	KUNIT_EXPECT_NULL(test, live);
}

/* SUB and XSUB don't linger (API page, 2.2). */
static void zmq_option_test_linger(struct kunit *test)
{
	struct zmq_options *opt = test->priv;
	int type;

	for (type = ZMQ_PAIR; type <= ZMQ_STREAM; type++) {
		memset(opt, 0x55, sizeof(*opt));
		zmq_options_init(opt, type);
		KUNIT_EXPECT_EQ(test, opt->linger, type == ZMQ_SUB ||
				type == ZMQ_XSUB ? 0 : -1);
		KUNIT_EXPECT_EQ(test, 0, (int)opt->routing_id_len);
		KUNIT_EXPECT_STREQ(test, "", opt->device);
	}
}

static struct kunit_case zmq_option_cases[] = {
	KUNIT_CASE_PARAM(zmq_option_test_default, zmq_option_rows_gen_params),
	KUNIT_CASE_PARAM(zmq_option_test_range, zmq_option_rows_gen_params),
	KUNIT_CASE_PARAM(zmq_option_test_length, zmq_option_rows_gen_params),
	KUNIT_CASE(zmq_option_test_unknown),
	KUNIT_CASE(zmq_option_test_linger),
	{}
};

static struct kunit_suite zmq_option_suite = {
	.name = "zmq_option",
	.init = zmq_option_init,
	.test_cases = zmq_option_cases,
};

/**
 * struct zmq_set_row - a setsockopt() of what is not in the table
 * @what: what the row is about
 * @name: option
 * @value: value
 * @len: bytes of @value
 * @err: what setsockopt() says
 * @ipv6: ZMQ_IPV6 afterwards
 * @id: routing id afterwards
 * @device: device afterwards
 */
struct zmq_set_row {
	const char *what;
	int name;
	const char *value;
	unsigned int len;
	int err;
	int ipv6;
	const char *id;
	const char *device;
};

#define ZMQ_LONG_ID \
	"0123456789012345678901234567890123456789012345678901234567890123" \
	"0123456789012345678901234567890123456789012345678901234567890123" \
	"0123456789012345678901234567890123456789012345678901234567890123" \
	"012345678901234567890123456789012345678901234567890123456789012"

/* In this order, on one socket; ints are little-endian. */
static const struct zmq_set_row zmq_set_rows[] = {
	{ "ipv4only 0", ZMQ_IPV4ONLY, "\0\0\0\0", 4, 0, 1, "", "" },
	{ "ipv4only 2", ZMQ_IPV4ONLY, "\2\0\0\0", 4, -EINVAL, 1, "", "" },
	{ "ipv4only -1", ZMQ_IPV4ONLY, "\377\377\377\377", 4, -EINVAL, 1, "",
	  "" },
	{ "ipv4only of 3", ZMQ_IPV4ONLY, "\1\0\0\0", 3, -EINVAL, 1, "", "" },
	{ "ipv4only of 8", ZMQ_IPV4ONLY, "\1\0\0\0\0\0\0\0", 8, -EINVAL, 1, "",
	  "" },
	{ "ipv4only 1", ZMQ_IPV4ONLY, "\1\0\0\0", 4, 0, 0, "", "" },
	{ "ipv6 1", ZMQ_IPV6, "\1\0\0\0", 4, 0, 1, "", "" },
	{ "id of 0", ZMQ_ROUTING_ID, "", 0, -EINVAL, 1, "", "" },
	{ "id of 1", ZMQ_ROUTING_ID, "x", 1, 0, 1, "x", "" },
	{ "id of 255", ZMQ_ROUTING_ID, ZMQ_LONG_ID, 255, 0, 1, ZMQ_LONG_ID,
	  "" },
	{ "id of 256", ZMQ_ROUTING_ID, ZMQ_LONG_ID "3", 256, -EINVAL, 1,
	  ZMQ_LONG_ID, "" },
	{ "id of 2", ZMQ_ROUTING_ID, "me", 2, 0, 1, "me", "" },
	{ "device", ZMQ_BINDTODEVICE, "eth0", 4, 0, 1, "me", "eth0" },
	{ "device with NUL", ZMQ_BINDTODEVICE, "lo", 3, 0, 1, "me", "lo" },
	{ "device of 16", ZMQ_BINDTODEVICE, "0123456789abcdef", 16, 0, 1, "me",
	  "0123456789abcdef" },
	{ "device of 17", ZMQ_BINDTODEVICE, "0123456789abcdefg", 17, -EINVAL, 1,
	  "me", "0123456789abcdef" },
	{ "no device", ZMQ_BINDTODEVICE, "", 0, 0, 1, "me", "" },
	{ "only to get", ZMQ_TYPE, "\1\0\0\0", 4, -EINVAL, 1, "me", "" },
	{ "unknown", 9999, "\1\0\0\0", 4, -EINVAL, 1, "me", "" },
	{ "close 0", ZMQ_NATIVE_CLOSE, "\0\0\0\0", 4, -EINVAL, 1, "me", "" },
	{ "close of 1", ZMQ_NATIVE_CLOSE, "\1", 1, -EINVAL, 1, "me", "" },
	{ "close", ZMQ_NATIVE_CLOSE, "\1\0\0\0", 4, 0, 1, "me", "" },
	{ "set after close", ZMQ_IPV6, "\0\0\0\0", 4, -ENOTSOCK, 1, "me", "" },
	{ "close again", ZMQ_NATIVE_CLOSE, "\1\0\0\0", 4, 0, 1, "me", "" },
};

static void zmq_set_test_rows(struct kunit *test)
{
	struct zmq_fake *fake = test->priv;
	const struct zmq_set_row *row;
	struct zmq_options *opt;
	int i;

	zmq_fake_open(fake, ZMQ_REQ);
	opt = &fake->zs->opt;
	for (i = 0; i < ARRAY_SIZE(zmq_set_rows); i++) {
		row = &zmq_set_rows[i];
		KUNIT_EXPECT_EQ_MSG(test, row->err,
				    zmq_fake_set(fake, row->name, row->value,
						 row->len), "%s", row->what);
		KUNIT_EXPECT_EQ_MSG(test, row->ipv6, opt->ipv6, "%s",
				    row->what);
		KUNIT_EXPECT_STREQ_MSG(test, row->device, opt->device, "%s",
				       row->what);
		KUNIT_ASSERT_EQ_MSG(test, strlen(row->id),
				    (size_t)opt->routing_id_len, "%s",
				    row->what);
		KUNIT_EXPECT_EQ_MSG(test, 0, memcmp(row->id, opt->routing_id,
						    strlen(row->id)),
				    "%s", row->what);
	}
}

static void zmq_set_test_level(struct kunit *test)
{
	struct zmq_fake *fake = test->priv;
	int one = 1;

	zmq_fake_open(fake, ZMQ_PUSH);
	KUNIT_EXPECT_EQ(test, -ENOPROTOOPT,
			fake->sock->ops->setsockopt(fake->sock, SOL_ZMQ + 1,
						    ZMQ_IPV6,
						    KERNEL_SOCKPTR(&one),
						    sizeof(one)));
}

/* Every call fails after shutdown(), but closing. */
static void zmq_set_test_terminated(struct kunit *test)
{
	struct zmq_fake *fake = test->priv;
	int one = 1;

	zmq_fake_open(fake, ZMQ_PUSH);
	KUNIT_EXPECT_EQ(test, 0, kernel_sock_shutdown(fake->sock, SHUT_RDWR));
	KUNIT_EXPECT_EQ(test, -ZMQ_ETERM,
			zmq_fake_set(fake, ZMQ_IPV6, &one, sizeof(one)));
	KUNIT_EXPECT_EQ(test, 0, fake->zs->opt.ipv6);
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_set(fake, ZMQ_NATIVE_CLOSE, &one,
					      sizeof(one)));
}

/* The timeouts of the socket follow at once; 0 doesn't wait, -1 has no end. */
static void zmq_set_test_timeouts(struct kunit *test)
{
	static const int values[] = { 0, 1, 1000, INT_MAX, -1 };
	struct zmq_fake *fake = test->priv;
	struct sock *sk;
	long want;
	int i;

	zmq_fake_open(fake, ZMQ_REQ);
	sk = fake->sock->sk;
	for (i = 0; i < ARRAY_SIZE(values); i++) {
		want = values[i] < 0 ? MAX_SCHEDULE_TIMEOUT :
				       msecs_to_jiffies(values[i]);
		KUNIT_EXPECT_EQ(test, 0, zmq_fake_set(fake, ZMQ_SNDTIMEO,
						      &values[i], sizeof(int)));
		KUNIT_EXPECT_EQ(test, want, sk->sk_sndtimeo);
		KUNIT_EXPECT_EQ(test, MAX_SCHEDULE_TIMEOUT, sk->sk_rcvtimeo);
	}
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_set(fake, ZMQ_RCVTIMEO, &values[2],
					      sizeof(int)));
	KUNIT_EXPECT_EQ(test, (long)HZ, sk->sk_rcvtimeo);
	KUNIT_EXPECT_EQ(test, MAX_SCHEDULE_TIMEOUT, sk->sk_sndtimeo);
}

static struct kunit_case zmq_set_cases[] = {
	KUNIT_CASE(zmq_set_test_rows),
	KUNIT_CASE(zmq_set_test_level),
	KUNIT_CASE(zmq_set_test_terminated),
	KUNIT_CASE(zmq_set_test_timeouts),
	{}
};

static struct kunit_suite zmq_set_suite = {
	.name = "zmq_setsockopt",
	.init = zmq_fake_init,
	.exit = zmq_fake_exit,
	.test_cases = zmq_set_cases,
};

kunit_test_suites(&zmq_option_suite, &zmq_set_suite);
