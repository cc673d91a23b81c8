// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <linux/zmq.h>

#include "mem.h"
#include "option.h"
#include "tran/filter.h"

/**
 * struct zmq_bytes_fake - options and their account
 * @opt: the options
 * @mem: the account
 */
struct zmq_bytes_fake {
	struct zmq_options opt;
	struct zmq_mem mem;
};

static int zmq_bytes_init(struct kunit *test)
{
	struct zmq_bytes_fake *fake;

	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake);
	zmq_options_init(&fake->opt, ZMQ_PUSH);
	test->priv = fake;
	return 0;
}

/* All that was set is charged, until it is dropped. */
static void zmq_bytes_exit(struct kunit *test)
{
	struct zmq_bytes_fake *fake = test->priv;

	zmq_options_drop(&fake->opt);
	KUNIT_EXPECT_EQ(test, 0, atomic_long_read(&fake->mem.used));
}

static int zmq_bytes_store(struct zmq_bytes_fake *fake, int name,
			   const void *data, size_t len)
{
	struct zmq_optset set = { .mem = &fake->mem, .type = ZMQ_PUSH,
				  .data = data, .len = len };
	enum zmq_option_live live;

	return zmq_option_store(&fake->opt, name, &set, &live);
}

static int zmq_bytes_load(struct zmq_bytes_fake *fake, int name, void *buf,
			  size_t room)
{
	struct zmq_optget get = { .buf = buf, .room = room };

	return zmq_option_load(&fake->opt, name, &get);
}

/**
 * struct zmq_string_row - an option that is a string (API page, 2.2)
 * @what: its name
 * @name: its number
 * @max: longest value
 * @null: what (NULL, 0) gives
 * @empty: what ("", 0) gives
 * @keeps: (NULL, 0) does not clear the value
 */
struct zmq_string_row {
	const char *what;
	int name;
	size_t max;
	int null;
	int empty;
	bool keeps;
};

#define STRING(name, ...) { #name, name, __VA_ARGS__ }

static const struct zmq_string_row zmq_string_rows[] = {
	STRING(ZMQ_PLAIN_USERNAME, 255, 0, -EINVAL, true),
	STRING(ZMQ_PLAIN_PASSWORD, 255, 0, -EINVAL, true),
	STRING(ZMQ_ZAP_DOMAIN, 255, -EINVAL, -EINVAL, true),
	STRING(ZMQ_SOCKS_PROXY, ZMQ_ENDPOINT_MAX, 0, -EINVAL),
	STRING(ZMQ_SOCKS_USERNAME, 255, 0, 0),
	STRING(ZMQ_SOCKS_PASSWORD, 255, 0, 0),
	STRING(ZMQ_BINDTODEVICE, 16, 0, -EINVAL),
};

static void zmq_string_row_desc(const struct zmq_string_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_string_rows, zmq_string_rows, zmq_string_row_desc);

/* Read @want, in a buffer that just fits and in no smaller one. */
static void zmq_string_want(struct kunit *test, int name, const char *want,
			    size_t len)
{
	char buf[ZMQ_ENDPOINT_MAX + 2];
	size_t room;

	for (room = 0; room < sizeof(buf); room++) {
		memset(buf, 'z', sizeof(buf));
		KUNIT_EXPECT_EQ(test, room > len ? (int)len + 1 : -EINVAL,
				zmq_bytes_load(test->priv, name, buf, room));
		if (room <= len)
			continue;
		KUNIT_EXPECT_EQ(test, 0, memcmp(want, buf, len));
		KUNIT_EXPECT_EQ(test, 0, (int)buf[len]);
		KUNIT_EXPECT_EQ(test, 'z', (int)buf[len + 1]);
	}
}

static void zmq_bytes_test_strings(struct kunit *test)
{
	const struct zmq_string_row *row = test->param_value;
	char text[ZMQ_ENDPOINT_MAX + 2];

	memset(text, 'x', sizeof(text));
	zmq_string_want(test, row->name, "", 0);
	KUNIT_EXPECT_EQ(test, 0, zmq_bytes_store(test->priv, row->name, text,
						 row->max));
	zmq_string_want(test, row->name, text, row->max);
	KUNIT_EXPECT_EQ(test, -EINVAL,
			zmq_bytes_store(test->priv, row->name, text,
					row->max + 1));
	zmq_string_want(test, row->name, text, row->max);
	KUNIT_EXPECT_EQ(test, 0, zmq_bytes_store(test->priv, row->name, "a\0b",
						 3));
	zmq_string_want(test, row->name, "a\0b", 3);

	KUNIT_EXPECT_EQ(test, row->empty,
			zmq_bytes_store(test->priv, row->name, "", 0));
	zmq_string_want(test, row->name, "a\0b", row->empty ? 3 : 0);
	KUNIT_EXPECT_EQ(test, 0, zmq_bytes_store(test->priv, row->name, "c", 1));
	KUNIT_EXPECT_EQ(test, row->null,
			zmq_bytes_store(test->priv, row->name, NULL, 0));
	zmq_string_want(test, row->name, "c", row->keeps ? 1 : 0);
}

/* No limit but that of the call, no get, nothing that clears but length 0. */
static void zmq_bytes_test_messages(struct kunit *test)
{
	static const int names[] = { ZMQ_HELLO_MSG, ZMQ_DISCONNECT_MSG,
				     ZMQ_HICCUP_MSG };
	struct zmq_bytes_fake *fake = test->priv;
	struct zmq_blob **fields[] = { &fake->opt.hello,
				       &fake->opt.disconnect_msg,
				       &fake->opt.hiccup };
	u8 *long_one = kunit_kzalloc(test, ZMQ_OPTION_MAX, GFP_KERNEL);
	u8 buf[8];
	size_t i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, long_one);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		struct zmq_blob **b = fields[i];

		KUNIT_EXPECT_EQ(test, 0, zmq_bytes_store(fake, names[i], "\0x",
							 2));
		KUNIT_ASSERT_NOT_NULL(test, *b);
		KUNIT_EXPECT_EQ(test, (size_t)2, (*b)->len);
		KUNIT_EXPECT_EQ(test, 0, memcmp((*b)->data, "\0x", 2));
		KUNIT_EXPECT_EQ(test, -EINVAL,
				zmq_bytes_load(fake, names[i], buf, 2));
		KUNIT_EXPECT_EQ(test, 0, zmq_bytes_store(fake, names[i],
							 long_one,
							 ZMQ_OPTION_MAX));
		KUNIT_EXPECT_EQ(test, (size_t)ZMQ_OPTION_MAX, (*b)->len);
		KUNIT_EXPECT_EQ(test, 0, zmq_bytes_store(fake, names[i],
							 i ? "" : NULL, 0));
		KUNIT_EXPECT_NULL(test, *b);
	}
}

static void zmq_bytes_test_routing_id(struct kunit *test)
{
	u8 id[256], buf[256];

	memset(id, 0, sizeof(id));
	id[254] = 1;
	KUNIT_EXPECT_EQ(test, 0, zmq_bytes_load(test->priv, ZMQ_ROUTING_ID, buf,
						0));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			zmq_bytes_store(test->priv, ZMQ_ROUTING_ID, NULL, 0));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			zmq_bytes_store(test->priv, ZMQ_ROUTING_ID, id, 256));
	KUNIT_EXPECT_EQ(test, 0,
			zmq_bytes_store(test->priv, ZMQ_ROUTING_ID, id, 255));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			zmq_bytes_load(test->priv, ZMQ_ROUTING_ID, buf, 254));
	KUNIT_EXPECT_EQ(test, 255,
			zmq_bytes_load(test->priv, ZMQ_ROUTING_ID, buf, 256));
	KUNIT_EXPECT_EQ(test, 0, memcmp(id, buf, 255));
}

/* A list has an entry once, and comes to an end. */
static void zmq_bytes_test_ids(struct kunit *test)
{
	static const int names[] = { ZMQ_IPC_FILTER_PID, ZMQ_IPC_FILTER_UID,
				     ZMQ_IPC_FILTER_GID };
	struct zmq_bytes_fake *fake = test->priv;
	struct zmq_blob **fields[] = { &fake->opt.ipc_pid, &fake->opt.ipc_uid,
				       &fake->opt.ipc_gid };
	u32 id;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		struct zmq_blob **b = fields[i];

		for (id = 0; id < 1024; id++)
			KUNIT_ASSERT_EQ(test, 0, zmq_bytes_store(fake, names[i],
								 &id, 4));
		KUNIT_ASSERT_NOT_NULL(test, *b);
		KUNIT_EXPECT_EQ(test, (size_t)4096, (*b)->len);
		KUNIT_EXPECT_EQ(test, -ENOBUFS, zmq_bytes_store(fake, names[i],
								&id, 4));
		id = 500;
		KUNIT_EXPECT_EQ(test, 0, zmq_bytes_store(fake, names[i], &id,
							 4));
		KUNIT_EXPECT_EQ(test, (size_t)4096, (*b)->len);
		KUNIT_EXPECT_EQ(test, -EINVAL, zmq_bytes_store(fake, names[i],
							       &id, 2));
		KUNIT_EXPECT_EQ(test, -EINVAL, zmq_bytes_store(fake, names[i],
							       "", 0));
		KUNIT_EXPECT_NOT_NULL(test, *b);
		KUNIT_EXPECT_EQ(test, 0, zmq_bytes_store(fake, names[i], NULL,
							 0));
		KUNIT_EXPECT_NULL(test, *b);
	}
}

static void zmq_bytes_test_filters(struct kunit *test)
{
	struct zmq_bytes_fake *fake = test->priv;
	struct zmq_blob **b = &fake->opt.accept_filter;
	char text[300];

	KUNIT_EXPECT_EQ(test, 0, zmq_bytes_store(fake, ZMQ_TCP_ACCEPT_FILTER,
						 "10.0.0.0/8", 10));
	KUNIT_EXPECT_EQ(test, 0, zmq_bytes_store(fake, ZMQ_TCP_ACCEPT_FILTER,
						 "10.0.0.0/8", 10));
	KUNIT_EXPECT_EQ(test, 0, zmq_bytes_store(fake, ZMQ_TCP_ACCEPT_FILTER,
						 "127.0.0.1", 9));
	KUNIT_ASSERT_NOT_NULL(test, *b);
	KUNIT_EXPECT_EQ(test, 2 * sizeof(struct zmq_filter), (*b)->len);

	KUNIT_EXPECT_EQ(test, -EINVAL,
			zmq_bytes_store(fake, ZMQ_TCP_ACCEPT_FILTER, "", 0));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			zmq_bytes_store(fake, ZMQ_TCP_ACCEPT_FILTER,
					"10.0.0.0\0/8", 11));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			zmq_bytes_store(fake, ZMQ_TCP_ACCEPT_FILTER, "::1", 3));
	memset(text, '1', sizeof(text));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			zmq_bytes_store(fake, ZMQ_TCP_ACCEPT_FILTER, text, 256));
	KUNIT_EXPECT_EQ(test, 2 * sizeof(struct zmq_filter), (*b)->len);
	fake->opt.ipv6 = 1;
	KUNIT_EXPECT_EQ(test, 0,
			zmq_bytes_store(fake, ZMQ_TCP_ACCEPT_FILTER, "::1", 3));
	KUNIT_EXPECT_EQ(test, 3 * sizeof(struct zmq_filter), (*b)->len);
	KUNIT_EXPECT_EQ(test, 0,
			zmq_bytes_store(fake, ZMQ_TCP_ACCEPT_FILTER, NULL, 0));
	KUNIT_EXPECT_NULL(test, *b);
}

/**
 * struct zmq_metadata_row - a setsockopt() of ZMQ_METADATA
 * @text: its value
 * @err: what it gives
 */
struct zmq_metadata_row {
	const char *text;
	int err;
};

static const struct zmq_metadata_row zmq_metadata_rows[] = {
	{ "X-hello:hello", 0 },
	{ "X-connection:primary", 0 },
	{ "X-bin:009c6", 0 },
	{ "X-hello:again", 0 },
	{ "X-:1", -EINVAL },	/* of 4 bytes */
	{ "X-:12", 0 },
	{ "X-c:a:b", 0 },
	{ ":", -EINVAL },
	{ "key:", -EINVAL },
	{ "X-key:", -EINVAL },
	{ ":value", -EINVAL },
	{ "keyvalue", -EINVAL },
	{ "X-keyvalue", -EINVAL },
	{ "x-key:value", -EINVAL },
	{ "X:value", -EINVAL },
	{ "", -EINVAL },
};

#define PROP(name_len, name, len, value) name_len name "\0\0\0" len value

/* In the order in which libzmq sends them. */
static const char zmq_metadata_want[] =
	PROP("\002", "X-", "\002", "12")
	PROP("\005", "X-bin", "\005", "009c6")
	PROP("\003", "X-c", "\003", "a:b")
	PROP("\014", "X-connection", "\007", "primary")
	PROP("\007", "X-hello", "\005", "hello");

static void zmq_bytes_test_metadata(struct kunit *test)
{
	struct zmq_bytes_fake *fake = test->priv;
	struct zmq_blob **b = &fake->opt.metadata;
	size_t want = sizeof(zmq_metadata_want) - 1, i;

	for (i = 0; i < ARRAY_SIZE(zmq_metadata_rows); i++) {
		const struct zmq_metadata_row *row = &zmq_metadata_rows[i];

		KUNIT_EXPECT_EQ_MSG(test, row->err,
				    zmq_bytes_store(fake, ZMQ_METADATA,
						    row->text,
						    strlen(row->text)),
				    "%s", row->text);
	}
	KUNIT_EXPECT_EQ(test, -EINVAL,
			zmq_bytes_store(fake, ZMQ_METADATA, NULL, 0));
	KUNIT_ASSERT_NOT_NULL(test, *b);
	KUNIT_ASSERT_EQ(test, want, (*b)->len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(zmq_metadata_want, (*b)->data, want));
}

/* A name of 255 bytes passes, and all together ZMQ_METADATA_MAX. */
static void zmq_bytes_test_metadata_max(struct kunit *test)
{
	struct zmq_bytes_fake *fake = test->priv;
	char text[ZMQ_METADATA_MAX];

	memset(text, 'n', sizeof(text));
	memcpy(text, "X-", 2);
	text[256] = ':';
	KUNIT_EXPECT_EQ(test, -EINVAL,
			zmq_bytes_store(fake, ZMQ_METADATA, text, 258));
	text[255] = ':';
	KUNIT_EXPECT_EQ(test, 0,
			zmq_bytes_store(fake, ZMQ_METADATA, text, 257));
	KUNIT_EXPECT_EQ(test, (size_t)(1 + 255 + 4 + 1),
			fake->opt.metadata->len);
	/* What is left: 251 bytes, 8 of them for "X-a" and lengths. */
	text[2] = 'a';
	text[3] = ':';
	KUNIT_EXPECT_EQ(test, -ENOBUFS,
			zmq_bytes_store(fake, ZMQ_METADATA, text, 4 + 244));
	KUNIT_EXPECT_EQ(test, 0,
			zmq_bytes_store(fake, ZMQ_METADATA, text, 4 + 243));
	KUNIT_EXPECT_EQ(test, (size_t)ZMQ_METADATA_MAX,
			fake->opt.metadata->len);
}

static struct kunit_case zmq_bytes_cases[] = {
	KUNIT_CASE_PARAM(zmq_bytes_test_strings, zmq_string_rows_gen_params),
	KUNIT_CASE(zmq_bytes_test_messages),
	KUNIT_CASE(zmq_bytes_test_routing_id),
	KUNIT_CASE(zmq_bytes_test_ids),
	KUNIT_CASE(zmq_bytes_test_filters),
	KUNIT_CASE(zmq_bytes_test_metadata),
	KUNIT_CASE(zmq_bytes_test_metadata_max),
	{}
};

static struct kunit_suite zmq_bytes_suite = {
	.name = "zmq_option_bytes",
	.init = zmq_bytes_init,
	.exit = zmq_bytes_exit,
	.test_cases = zmq_bytes_cases,
};

/* Security: what is set chooses the mechanism. */

#define KEY_BIN	"01234567890123456789012345678901"
#define KEY_Z85	"fFLssg=mfIi5@VEgby:AhA9PQfFLssg=mfIi5@VE"

/**
 * struct zmq_secure_row - a step of a story about mechanisms
 * @name: option to be set
 * @data: value
 * @len: bytes of @data
 * @err: what that gives
 * @mechanism: ZMQ_MECHANISM afterwards
 * @plain: ZMQ_PLAIN_SERVER afterwards
 * @curve: ZMQ_CURVE_SERVER afterwards
 */
struct zmq_secure_row {
	int name;
	const char *data;
	size_t len;
	int err;
	int mechanism;
	int plain;
	int curve;
};

static const struct zmq_secure_row zmq_secure_rows[] = {
	{ ZMQ_PLAIN_SERVER, "\1\0\0\0", 4, 0, ZMQ_PLAIN, 1, 0 },
	{ ZMQ_PLAIN_SERVER, "\2\0\0\0", 4, -EINVAL, ZMQ_PLAIN, 1, 0 },
	{ ZMQ_PLAIN_SERVER, "\1\0\0", 3, -EINVAL, ZMQ_PLAIN, 1, 0 },
	{ ZMQ_PLAIN_SERVER, "\0\0\0\0", 4, 0, ZMQ_NULL, 0, 0 },
	{ ZMQ_PLAIN_USERNAME, "me", 2, 0, ZMQ_PLAIN, 0, 0 },
	{ ZMQ_PLAIN_USERNAME, "", 0, -EINVAL, ZMQ_PLAIN, 0, 0 },
	{ ZMQ_PLAIN_USERNAME, NULL, 0, 0, ZMQ_NULL, 0, 0 },
	{ ZMQ_PLAIN_SERVER, "\1\0\0\0", 4, 0, ZMQ_PLAIN, 1, 0 },
	{ ZMQ_PLAIN_PASSWORD, "pw", 2, 0, ZMQ_PLAIN, 0, 0 },
	{ ZMQ_CURVE_SERVER, "\1\0\0\0", 4, 0, ZMQ_CURVE, 0, 1 },
	{ ZMQ_MECHANISM, "\0\0\0\0", 4, -EINVAL, ZMQ_CURVE, 0, 1 },
	{ ZMQ_CURVE_SECRETKEY, KEY_BIN, 32, 0, ZMQ_CURVE, 0, 1 },
	{ ZMQ_CURVE_SERVERKEY, KEY_Z85, 40, 0, ZMQ_CURVE, 0, 0 },
	{ ZMQ_CURVE_SERVER, "\0\0\0\0", 4, 0, ZMQ_NULL, 0, 0 },
	{ ZMQ_CURVE_PUBLICKEY, KEY_Z85, 39, -EINVAL, ZMQ_NULL, 0, 0 },
	{ ZMQ_CURVE_PUBLICKEY, KEY_BIN, 31, -EINVAL, ZMQ_NULL, 0, 0 },
	{ ZMQ_CURVE_PUBLICKEY, KEY_Z85 "x", 41, -EINVAL, ZMQ_NULL, 0, 0 },
	{ ZMQ_CURVE_PUBLICKEY, NULL, 0, -EINVAL, ZMQ_NULL, 0, 0 },
	{ ZMQ_CURVE_PUBLICKEY, "~" KEY_Z85, 40, -EINVAL, ZMQ_NULL, 0, 0 },
	{ ZMQ_CURVE_PUBLICKEY, KEY_Z85, 41, 0, ZMQ_CURVE, 0, 0 },
	/* Taking the mechanism back leaves the side as it was. */
	{ ZMQ_PLAIN_SERVER, "\1\0\0\0", 4, 0, ZMQ_PLAIN, 1, 0 },
	{ ZMQ_PLAIN_USERNAME, NULL, 0, 0, ZMQ_NULL, 0, 0 },
	{ ZMQ_CURVE_PUBLICKEY, KEY_BIN, 32, 0, ZMQ_CURVE, 0, 1 },
};

static int zmq_secure_int(struct kunit *test, int name)
{
	int value = -77;

	KUNIT_EXPECT_EQ(test, 4, zmq_bytes_load(test->priv, name, &value, 4));
	return value;
}

static void zmq_secure_test_story(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(zmq_secure_rows); i++) {
		const struct zmq_secure_row *row = &zmq_secure_rows[i];

		KUNIT_EXPECT_EQ_MSG(test, row->err,
				    zmq_bytes_store(test->priv, row->name,
						    row->data, row->len),
				    "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, row->mechanism,
				    zmq_secure_int(test, ZMQ_MECHANISM),
				    "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, row->plain,
				    zmq_secure_int(test, ZMQ_PLAIN_SERVER),
				    "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, row->curve,
				    zmq_secure_int(test, ZMQ_CURVE_SERVER),
				    "row %zu", i);
	}
}

/* Keys are zeros until they are set, each has a place of its own. */
static void zmq_secure_test_keys(struct kunit *test)
{
	static const int names[] = { ZMQ_CURVE_PUBLICKEY, ZMQ_CURVE_SECRETKEY,
				     ZMQ_CURVE_SERVERKEY };
	static const u8 zeros[32];
	char buf[64];
	size_t i, room;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		KUNIT_EXPECT_EQ(test, 32, zmq_bytes_load(test->priv, names[i],
							 buf, 32));
		KUNIT_EXPECT_EQ(test, 0, memcmp(buf, zeros, 32));
		KUNIT_EXPECT_EQ(test, 0, zmq_bytes_store(test->priv, names[i],
							 i % 2 ? KEY_Z85 :
							 KEY_BIN,
							 i % 2 ? 40 : 32));
		for (room = 0; room < sizeof(buf); room++)
			KUNIT_EXPECT_EQ(test,
					room == 32 || room == 41 ? (int)room :
					-EINVAL,
					zmq_bytes_load(test->priv, names[i],
						       buf, room));
		zmq_bytes_load(test->priv, names[i], buf, 41);
		KUNIT_EXPECT_STREQ(test, KEY_Z85, buf);
		zmq_bytes_load(test->priv, names[i], buf, 32);
		KUNIT_EXPECT_EQ(test, 0, memcmp(buf, KEY_BIN, 32));
	}
}

static struct kunit_case zmq_secure_cases[] = {
	KUNIT_CASE(zmq_secure_test_story),
	KUNIT_CASE(zmq_secure_test_keys),
	{}
};

static struct kunit_suite zmq_secure_suite = {
	.name = "zmq_option_security",
	.init = zmq_bytes_init,
	.exit = zmq_bytes_exit,
	.test_cases = zmq_secure_cases,
};

kunit_test_suites(&zmq_bytes_suite, &zmq_secure_suite);
