// SPDX-License-Identifier: GPL-2.0-only
#include <linux/limits.h>
#include <linux/string.h>

#include "option.h"
#include "util_kunit.h"

/**
 * struct zmq_option_row - an option that is a number (API page, 2.2)
 * @what: its name
 * @name: its number
 * @size: bytes of its value
 * @off: where it is stored
 * @live: what has to follow at once
 * @type: a socket type that can set it
 * @def: its default
 * @min: its least value
 * @max: its greatest value
 */
struct zmq_option_row {
	const char *what;
	int name;
	unsigned int size;
	size_t off;
	enum zmq_option_live live;
	int type;
	s64 def;
	s64 min;
	s64 max;
};

#define ROW_OF(name, size, field, live, type, def, min, max) \
	{ #name, name, size, offsetof(struct zmq_options, field), live, type, \
	  def, min, max }
#define INT(name, field, def, min, max) \
	ROW_OF(name, 4, field, ZMQ_LIVE_NONE, ZMQ_PUSH, def, min, max)
#define LIVE(name, field, live, def, min, max) \
	ROW_OF(name, 4, field, live, ZMQ_PUSH, def, min, max)
#define WIDE(name, field, def) \
	ROW_OF(name, 8, field, ZMQ_LIVE_NONE, ZMQ_PUSH, def, S64_MIN, S64_MAX)

static const struct zmq_option_row zmq_option_rows[] = {
	WIDE(ZMQ_AFFINITY, affinity, 0),
	INT(ZMQ_RATE, rate, 100, 1, INT_MAX),
	INT(ZMQ_RECOVERY_IVL, recovery_ivl, 10000, 0, INT_MAX),
	INT(ZMQ_SNDBUF, sndbuf, -1, -1, INT_MAX),
	INT(ZMQ_RCVBUF, rcvbuf, -1, -1, INT_MAX),
	INT(ZMQ_LINGER, linger, -1, -1, INT_MAX),
	INT(ZMQ_RECONNECT_IVL, reconnect_ivl, 100, -1, INT_MAX),
	INT(ZMQ_BACKLOG, backlog, 100, 0, INT_MAX),
	INT(ZMQ_RECONNECT_IVL_MAX, reconnect_ivl_max, 0, 0, INT_MAX),
	WIDE(ZMQ_MAXMSGSIZE, maxmsgsize, -1),
	LIVE(ZMQ_SNDHWM, sndhwm, ZMQ_LIVE_HWM, 1000, 0, INT_MAX),
	LIVE(ZMQ_RCVHWM, rcvhwm, ZMQ_LIVE_HWM, 1000, 0, INT_MAX),
	INT(ZMQ_MULTICAST_HOPS, multicast_hops, 1, 1, INT_MAX),
	LIVE(ZMQ_RCVTIMEO, rcvtimeo, ZMQ_LIVE_TIMEOUTS, -1, -1, INT_MAX),
	LIVE(ZMQ_SNDTIMEO, sndtimeo, ZMQ_LIVE_TIMEOUTS, -1, -1, INT_MAX),
	INT(ZMQ_TCP_KEEPALIVE, keepalive, -1, -1, 1),
	INT(ZMQ_TCP_KEEPALIVE_CNT, keepalive_cnt, -1, -1, INT_MAX),
	INT(ZMQ_TCP_KEEPALIVE_IDLE, keepalive_idle, -1, -1, INT_MAX),
	INT(ZMQ_TCP_KEEPALIVE_INTVL, keepalive_intvl, -1, -1, INT_MAX),
	INT(ZMQ_IMMEDIATE, immediate, 0, 0, 1),
	INT(ZMQ_IPV6, ipv6, 0, 0, 1),
	INT(ZMQ_CONFLATE, conflate, 0, 0, 1),
	INT(ZMQ_TOS, tos, 0, 0, INT_MAX),
	INT(ZMQ_HANDSHAKE_IVL, handshake_ivl, 30000, 0, INT_MAX),
	INT(ZMQ_HEARTBEAT_IVL, heartbeat_ivl, 0, 0, INT_MAX),
	/* -1 is what it is as long as nobody sets it. */
	INT(ZMQ_HEARTBEAT_TIMEOUT, heartbeat_timeout, -1, 0, INT_MAX),
	INT(ZMQ_CONNECT_TIMEOUT, connect_timeout, 0, 0, INT_MAX),
	INT(ZMQ_TCP_MAXRT, maxrt, 0, 0, INT_MAX),
	INT(ZMQ_MULTICAST_MAXTPDU, multicast_maxtpdu, 1500, 1, INT_MAX),
	INT(ZMQ_USE_FD, use_fd, -1, -1, INT_MAX),
	ROW_OF(ZMQ_ROUTER_NOTIFY, 4, router_notify, ZMQ_LIVE_NONE, ZMQ_ROUTER,
	       0, 0, 3),
	INT(ZMQ_IN_BATCH_SIZE, in_batch_size, 8192, 1, INT_MAX),
	INT(ZMQ_OUT_BATCH_SIZE, out_batch_size, 8192, 1, INT_MAX),
	INT(ZMQ_RECONNECT_STOP, reconnect_stop, 0, INT_MIN, INT_MAX),
	INT(ZMQ_PRIORITY, priority, 0, 0, INT_MAX),
	INT(ZMQ_BUSY_POLL, busy_poll, 0, INT_MIN, INT_MAX),
	INT(ZMQ_NATIVE_MULTIPART, multipart, ZMQ_MULTIPART_THREAD,
	    ZMQ_MULTIPART_THREAD, ZMQ_MULTIPART_SOCKET),
};

/* All other options that can be set; other suites try them. */
static const int zmq_option_others[] = {
	ZMQ_ROUTING_ID, ZMQ_IPV4ONLY, ZMQ_TCP_ACCEPT_FILTER, ZMQ_ROUTER_RAW,
	ZMQ_PLAIN_SERVER, ZMQ_PLAIN_USERNAME, ZMQ_PLAIN_PASSWORD,
	ZMQ_CURVE_SERVER, ZMQ_CURVE_PUBLICKEY, ZMQ_CURVE_SECRETKEY,
	ZMQ_CURVE_SERVERKEY, ZMQ_ZAP_DOMAIN, ZMQ_IPC_FILTER_PID,
	ZMQ_IPC_FILTER_UID, ZMQ_IPC_FILTER_GID, ZMQ_SOCKS_PROXY,
	ZMQ_INVERT_MATCHING, ZMQ_HEARTBEAT_TTL, ZMQ_BINDTODEVICE,
	ZMQ_ZAP_ENFORCE_DOMAIN, ZMQ_LOOPBACK_FASTPATH, ZMQ_METADATA,
	ZMQ_MULTICAST_LOOP, ZMQ_SOCKS_USERNAME, ZMQ_SOCKS_PASSWORD,
	ZMQ_HELLO_MSG, ZMQ_DISCONNECT_MSG, ZMQ_HICCUP_MSG, ZMQ_NATIVE_IPC_DIR,
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
	struct zmq_options *opt = test->priv, old = *opt;
	enum zmq_option_live live = ZMQ_LIVE_NONE;
	void *field = (void *)opt + row->off;
	u8 value[16] = {};
	struct zmq_optset set = { .type = row->type, .data = value, .len = len };
	int narrow = v;

	if (row->size == sizeof(int))
		memcpy(value, &narrow, sizeof(narrow));
	else
		memcpy(value, &v, sizeof(v));
	KUNIT_EXPECT_EQ_MSG(test, err,
			    zmq_option_store(opt, row->name, &set, &live),
			    "value %lld, length %u", v, len);
	if (!err) {
		KUNIT_EXPECT_EQ(test, v, zmq_option_value(field, row->size));
		memcpy((void *)&old + row->off, field, row->size);
	}
	KUNIT_EXPECT_EQ(test, 0, memcmp(&old, opt, sizeof(old)));
	KUNIT_EXPECT_EQ(test, err ? ZMQ_LIVE_NONE : row->live, live);
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

/* Nobody else's number does what a row does: other types, NULL. */
static void zmq_option_test_refused(struct kunit *test)
{
	const struct zmq_option_row *row = test->param_value;
	struct zmq_options *opt = test->priv, old = *opt;
	struct zmq_optset set = { .type = row->type, .len = row->size };
	enum zmq_option_live live;

	KUNIT_EXPECT_EQ(test, -EINVAL,
			zmq_option_store(opt, row->name, &set, &live));
	if (row->name == ZMQ_ROUTER_NOTIFY) {
		set.data = &row->max;
		set.type = ZMQ_DEALER;
		KUNIT_EXPECT_EQ(test, -EINVAL,
				zmq_option_store(opt, row->name, &set, &live));
	}
	KUNIT_EXPECT_EQ(test, 0, memcmp(&old, opt, sizeof(old)));
}

/* What is read is what was set, in exactly as many bytes. */
static void zmq_option_test_load(struct kunit *test)
{
	const struct zmq_option_row *row = test->param_value;
	struct zmq_options *opt = test->priv;
	u8 buf[16];
	struct zmq_optget get = { .buf = buf };

	/* These come from the socket. */
	get.now = row->max;
	zmq_option_try(test, row, row->max, row->size, 0);
	for (get.room = 0; get.room <= sizeof(buf); get.room++) {
		memset(buf, 0x55, sizeof(buf));
		KUNIT_EXPECT_EQ(test, get.room == row->size ? (int)row->size :
				-EINVAL,
				zmq_option_load(opt, row->name, &get));
		if (get.room == row->size)
			KUNIT_EXPECT_EQ(test, row->max,
					zmq_option_value(buf, row->size));
		KUNIT_EXPECT_EQ(test, 0x55, buf[row->size]);
	}
}

static bool zmq_option_known(int name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(zmq_option_rows); i++)
		if (zmq_option_rows[i].name == name)
			return true;
	for (i = 0; i < ARRAY_SIZE(zmq_option_others); i++)
		if (zmq_option_others[i] == name)
			return true;
	return false;
}

/* All numbers that a table of 16 bits could know, and some beyond. */
static void zmq_option_test_unknown(struct kunit *test)
{
	static const int beyond[] = { -1, INT_MIN, INT_MAX, 65536 + ZMQ_LINGER,
				      65536 + ZMQ_AFFINITY, ZMQ_LINGER - 65536 };
	struct zmq_options *opt = test->priv, old = *opt;
	u64 value = 1;
	struct zmq_optset set = { .type = ZMQ_ROUTER, .data = &value };
	enum zmq_option_live live = ZMQ_LIVE_NONE;
	int i;

	for (i = 0; i < 65536 + ARRAY_SIZE(beyond); i++) {
		int name = i < 65536 ? i : beyond[i - 65536];

		if (zmq_option_known(name))
			continue;
		for (set.len = 0; set.len <= 8; set.len++)
			if (zmq_option_store(opt, name, &set, &live) != -EINVAL)
				KUNIT_FAIL(test, "option %d of %zu bytes", name,
					   set.len);
	}
	KUNIT_EXPECT_EQ(test, 0, memcmp(&old, opt, sizeof(old)));
	KUNIT_EXPECT_EQ(test, ZMQ_LIVE_NONE, live);
}

/**
 * struct zmq_flag_row - a number that is not stored as it is
 * @name: option
 * @type: socket type
 * @value: set
 * @err: what that gives
 * @got: read afterwards
 */
struct zmq_flag_row {
	int name;
	int type;
	int value;
	int err;
	int got;
};

/* In this order. */
static const struct zmq_flag_row zmq_flag_rows[] = {
	{ ZMQ_INVERT_MATCHING, ZMQ_PUSH, -5, 0, 1 },
	{ ZMQ_INVERT_MATCHING, ZMQ_PUSH, 0, 0, 0 },
	{ ZMQ_INVERT_MATCHING, ZMQ_PUSH, INT_MAX, 0, 1 },
	{ ZMQ_ZAP_ENFORCE_DOMAIN, ZMQ_PUSH, 2, 0, 1 },
	{ ZMQ_ZAP_ENFORCE_DOMAIN, ZMQ_PUSH, 0, 0, 0 },
	{ ZMQ_LOOPBACK_FASTPATH, ZMQ_PUSH, -1, 0, 1 },
	{ ZMQ_MULTICAST_LOOP, ZMQ_PUSH, 0, 0, 0 },
	{ ZMQ_MULTICAST_LOOP, ZMQ_PUSH, 7, 0, 1 },
	{ ZMQ_HEARTBEAT_TTL, ZMQ_PUSH, 99, 0, 0 },
	{ ZMQ_HEARTBEAT_TTL, ZMQ_PUSH, 100, 0, 100 },
	{ ZMQ_HEARTBEAT_TTL, ZMQ_PUSH, 6553599, 0, 6553500 },
	{ ZMQ_HEARTBEAT_TTL, ZMQ_PUSH, 6553600, -EINVAL, 6553500 },
	{ ZMQ_HEARTBEAT_TTL, ZMQ_PUSH, -100, -EINVAL, 6553500 },
	{ ZMQ_HEARTBEAT_TTL, ZMQ_PUSH, -99, 0, 0 },
	{ ZMQ_IPV4ONLY, ZMQ_PUSH, 0, 0, 0 },
	{ ZMQ_IPV6, ZMQ_PUSH, 2, -EINVAL, 1 },
	{ ZMQ_IPV4ONLY, ZMQ_PUSH, 2, -EINVAL, 0 },
	{ ZMQ_IPV4ONLY, ZMQ_PUSH, 1, 0, 1 },
	{ ZMQ_IPV6, ZMQ_PUSH, -1, -EINVAL, 0 },
};

static void zmq_option_test_flags(struct kunit *test)
{
	struct zmq_options *opt = test->priv;
	enum zmq_option_live live;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(zmq_flag_rows); i++) {
		const struct zmq_flag_row *row = &zmq_flag_rows[i];
		struct zmq_optset set = { .type = row->type, .len = 4,
					  .data = &row->value };
		int got = -77;
		struct zmq_optget get = { .buf = &got, .room = 4 };

		KUNIT_EXPECT_EQ_MSG(test, row->err,
				    zmq_option_store(opt, row->name, &set, &live),
				    "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, 4,
				    zmq_option_load(opt, row->name, &get),
				    "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, row->got, got, "row %zu", i);
	}
}

/* ZMQ_ROUTER_RAW: there is no way back. REP is a ROUTER, in libzmq, too. */
static void zmq_option_test_raw(struct kunit *test)
{
	static const struct zmq_flag_row rows[] = {
		{ ZMQ_ROUTER_RAW, ZMQ_DEALER, 1, -EINVAL, 0 },
		{ ZMQ_ROUTER_RAW, ZMQ_ROUTER, -1, -EINVAL, 0 },
		{ ZMQ_ROUTER_RAW, ZMQ_REP, 0, 0, 0 },
		{ ZMQ_ROUTER_RAW, ZMQ_ROUTER, 5, 0, 1 },
		{ ZMQ_ROUTER_RAW, ZMQ_ROUTER, 0, 0, 1 },
	};
	struct zmq_options *opt = test->priv;
	enum zmq_option_live live;
	int value;
	struct zmq_optget get = { .buf = &value, .room = sizeof(value) };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct zmq_optset set = { .type = rows[i].type, .len = 4,
					  .data = &rows[i].value };

		KUNIT_EXPECT_EQ_MSG(test, rows[i].err,
				    zmq_option_store(opt, ZMQ_ROUTER_RAW, &set,
						     &live), "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, rows[i].got, opt->raw, "row %zu", i);
	}
	KUNIT_EXPECT_EQ(test, -EINVAL,
			zmq_option_load(opt, ZMQ_ROUTER_RAW, &get));
}

/* Values of the socket: some take any buffer that holds an int. */
static void zmq_option_test_now(struct kunit *test)
{
	static const struct { int name; bool lenient; } rows[] = {
		{ ZMQ_RCVMORE, true }, { ZMQ_EVENTS, true },
		{ ZMQ_THREAD_SAFE, true }, { ZMQ_TYPE, false },
	};
	u8 buf[16];
	struct zmq_optget get = { .buf = buf, .now = 0x01020304 };
	size_t i;
	bool ok;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (get.room = 0; get.room <= sizeof(buf); get.room++) {
			ok = rows[i].lenient ? get.room >= 4 : get.room == 4;
			KUNIT_EXPECT_EQ_MSG(test, ok ? 4 : -EINVAL,
					    zmq_option_load(test->priv,
							    rows[i].name, &get),
					    "option %d, room %zu", rows[i].name,
					    get.room);
		}
		KUNIT_EXPECT_EQ(test, 0x01020304, *(int *)buf);
	}
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
		KUNIT_EXPECT_EQ(test, type == ZMQ_STREAM, opt->raw);
		KUNIT_EXPECT_EQ(test, 0, (int)opt->routing_id_len);
		KUNIT_EXPECT_EQ(test, ZMQ_NULL, opt->mechanism);
		KUNIT_EXPECT_NULL(test, memchr_inv(&opt->blobs, 0,
						   sizeof(opt->blobs)));
	}
}

static struct kunit_case zmq_option_cases[] = {
	KUNIT_CASE_PARAM(zmq_option_test_default, zmq_option_rows_gen_params),
	KUNIT_CASE_PARAM(zmq_option_test_range, zmq_option_rows_gen_params),
	KUNIT_CASE_PARAM(zmq_option_test_length, zmq_option_rows_gen_params),
	KUNIT_CASE_PARAM(zmq_option_test_refused, zmq_option_rows_gen_params),
	KUNIT_CASE_PARAM(zmq_option_test_load, zmq_option_rows_gen_params),
	KUNIT_CASE(zmq_option_test_unknown),
	KUNIT_CASE(zmq_option_test_flags),
	KUNIT_CASE(zmq_option_test_raw),
	KUNIT_CASE(zmq_option_test_now),
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
	{ "empty device", ZMQ_BINDTODEVICE, "", 0, -EINVAL, 1, "me", "eth0" },
	{ "device of 16", ZMQ_BINDTODEVICE, "0123456789abcdef", 16, 0, 1, "me",
	  "0123456789abcdef" },
	{ "device of 17", ZMQ_BINDTODEVICE, "0123456789abcdefg", 17, -EINVAL, 1,
	  "me", "0123456789abcdef" },
	{ "no device", ZMQ_BINDTODEVICE, NULL, 0, 0, 1, "me", "" },
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
		KUNIT_EXPECT_STREQ_MSG(test, row->device, opt->device ?
				       (char *)opt->device->data : "", "%s",
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
		/* A jiffy more: part of the current one is over. */
		want = values[i] < 0 ? MAX_SCHEDULE_TIMEOUT :
		       values[i] ? msecs_to_jiffies(values[i]) + 1 : 0;
		KUNIT_EXPECT_EQ(test, 0, zmq_fake_set(fake, ZMQ_SNDTIMEO,
						      &values[i], sizeof(int)));
		KUNIT_EXPECT_EQ(test, want, sk->sk_sndtimeo);
		KUNIT_EXPECT_EQ(test, MAX_SCHEDULE_TIMEOUT, sk->sk_rcvtimeo);
	}
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_set(fake, ZMQ_RCVTIMEO, &values[2],
					      sizeof(int)));
	KUNIT_EXPECT_EQ(test, HZ + 1L, sk->sk_rcvtimeo);
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
