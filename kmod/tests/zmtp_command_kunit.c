// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/string.h>
#include "zmtp/command.h"
#include "zmtp/wire.h"

/* Bytes of a string literal that may contain NULs. */
#define ZMQ_BYTES(s) .body = (const u8 *)(s), .len = sizeof(s) - 1

/**
 * struct zmq_command_row - a command's body
 * @what: what the row is about
 * @body: the bytes
 * @len: bytes of @body
 * @err: what zmq_cmd_parse() says; the rest counts only when that is 0
 * @name: the command's name
 * @data_len: bytes of its data
 */
struct zmq_command_row {
	const char *what;
	const u8 *body;
	size_t len;
	int err;
	const char *name;
	size_t data_len;
};

static const struct zmq_command_row zmq_command_rows[] = {
	{ "no data", ZMQ_BYTES("\5READY"), 0, "READY", 0 },
	{ "data", ZMQ_BYTES("\4PING\0\0ctx"), 0, "PING", 5 },
	{ "unknown name", ZMQ_BYTES("\5HELLO"), 0, "HELLO", 0 },
	{ "wrong case", ZMQ_BYTES("\5ready"), 0, "ready", 0 },
	{ "name shorter than its length says", ZMQ_BYTES("\6READYx"), 0,
	  "READYx", 0 },
	{ "empty name", ZMQ_BYTES("\0"), 0, "", 0 },
	{ "empty name, then data", ZMQ_BYTES("\0READY"), 0, "", 5 },
	{ "empty command", ZMQ_BYTES(""), -EPROTO },
	{ "name is missing", ZMQ_BYTES("\5"), -EPROTO },
	{ "name a byte short", ZMQ_BYTES("\5READ"), -EPROTO },
	{ "name length 255", ZMQ_BYTES("\xffREADY"), -EPROTO },
};

static void zmq_command_row_desc(const struct zmq_command_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_command_rows, zmq_command_rows, zmq_command_row_desc);

static void zmq_command_test_parse(struct kunit *test)
{
	static const char *const names[] = {
		ZMQ_CMD_READY, ZMQ_CMD_ERROR, ZMQ_CMD_PING, ZMQ_CMD_PONG,
		ZMQ_CMD_SUBSCRIBE, ZMQ_CMD_CANCEL,
	};
	const struct zmq_command_row *row = test->param_value;
	struct zmq_cmd c;
	int i;

	KUNIT_ASSERT_EQ(test, row->err,
			zmq_cmd_parse(&c, row->body, row->len));
	if (row->err)
		return;
	KUNIT_EXPECT_TRUE(test, zmq_cmd_is(&c, row->name));
	KUNIT_EXPECT_EQ(test, row->data_len, c.len);
	KUNIT_EXPECT_PTR_EQ(test, row->body + row->len, c.data + c.len);
	/* It is no other command. */
	for (i = 0; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_EQ(test, !strcmp(row->name, names[i]),
				zmq_cmd_is(&c, names[i]));
}

/* A name that is the start of another one is not that other one. */
static void zmq_command_test_is_exact(struct kunit *test)
{
	static const u8 body[] = { 4, 'R', 'E', 'A', 'D', 'Y' };
	struct zmq_cmd c;

	KUNIT_ASSERT_EQ(test, 0, zmq_cmd_parse(&c, body, sizeof(body)));
	KUNIT_EXPECT_TRUE(test, zmq_cmd_is(&c, "READ"));
	KUNIT_EXPECT_FALSE(test, zmq_cmd_is(&c, "READY"));
	KUNIT_EXPECT_FALSE(test, zmq_cmd_is(&c, "REA"));
	KUNIT_EXPECT_FALSE(test, zmq_cmd_is(&c, ""));
}

/**
 * struct zmq_command_data_row - a command that has a grammar of its own
 * @what: what the row is about
 * @body: the bytes
 * @len: bytes of @body
 * @err: what its parser says; the rest counts only when that is 0
 * @text: reason or context
 * @ttl: of a PING
 */
struct zmq_command_data_row {
	const char *what;
	const u8 *body;
	size_t len;
	int err;
	const char *text;
	u16 ttl;
};

static const struct zmq_command_data_row zmq_command_errors[] = {
	{ "reason 400", ZMQ_BYTES("\5ERROR\003400"), 0, "400" },
	{ "other reason", ZMQ_BYTES("\5ERROR\013no such man"), 0,
	  "no such man" },
	{ "empty reason", ZMQ_BYTES("\5ERROR\0"), 0, "" },
	{ "bytes behind the reason", ZMQ_BYTES("\5ERROR\003400x"), 0, "400" },
	{ "no reason length", ZMQ_BYTES("\5ERROR"), -EPROTO },
	{ "reason is missing", ZMQ_BYTES("\5ERROR\1"), -EPROTO },
	{ "reason beyond the end", ZMQ_BYTES("\5ERROR\004400"), -EPROTO },
	{ "reason length 255", ZMQ_BYTES("\5ERROR\377400"), -EPROTO },
};

static const struct zmq_command_data_row zmq_command_pings[] = {
	{ "libzmq's own", ZMQ_BYTES("\4PING\0\0"), 0, "", 0 },
	{ "time to live", ZMQ_BYTES("\4PING\x02\x8f"), 0, "", 655 },
	{ "largest time to live", ZMQ_BYTES("\4PING\xff\xff"), 0, "", 65535 },
	{ "context", ZMQ_BYTES("\4PING\0\0LOL"), 0, "LOL", 0 },
	{ "longest context", ZMQ_BYTES("\4PING\0\0ghijklmnopqrstuv"), 0,
	  "ghijklmnopqrstuv", 0 },
	{ "longer context is cut", ZMQ_BYTES("\4PING\0\0ghijklmnopqrstuvX"),
	  0, "ghijklmnopqrstuv", 0 },
	{ "no time to live", ZMQ_BYTES("\4PING"), -EPROTO },
	{ "half a time to live", ZMQ_BYTES("\4PING\0"), -EPROTO },
};

static void zmq_command_data_row_desc(const struct zmq_command_data_row *row,
				      char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_command_errors, zmq_command_errors,
		  zmq_command_data_row_desc);
KUNIT_ARRAY_PARAM(zmq_command_pings, zmq_command_pings,
		  zmq_command_data_row_desc);

static void zmq_command_test_parse_error(struct kunit *test)
{
	const struct zmq_command_data_row *row = test->param_value;
	const u8 *reason;
	struct zmq_cmd c;
	size_t len;

	KUNIT_ASSERT_EQ(test, 0, zmq_cmd_parse(&c, row->body, row->len));
	KUNIT_ASSERT_TRUE(test, zmq_cmd_is(&c, ZMQ_CMD_ERROR));
	KUNIT_ASSERT_EQ(test, row->err, zmq_cmd_parse_error(&c, &reason, &len));
	if (row->err)
		return;
	KUNIT_ASSERT_EQ(test, strlen(row->text), len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(row->text, reason, len));
}

/* Only these three are status codes, everything else is text. */
static void zmq_command_test_status(struct kunit *test)
{
	static const char *const texts[] = { "", "4", "40", "4000", "200",
					     "600", "401", "410", "400 ", "abc" };
	size_t i;

	KUNIT_EXPECT_EQ(test, 300, zmq_cmd_status((const u8 *)"300", 3));
	KUNIT_EXPECT_EQ(test, 400, zmq_cmd_status((const u8 *)"400", 3));
	KUNIT_EXPECT_EQ(test, 500, zmq_cmd_status((const u8 *)"500", 3));
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		KUNIT_EXPECT_EQ(test, 0, zmq_cmd_status((const u8 *)texts[i],
							strlen(texts[i])));
}

static void zmq_command_test_parse_ping(struct kunit *test)
{
	const struct zmq_command_data_row *row = test->param_value;
	struct zmq_cmd c;
	const u8 *ctx;
	size_t len;
	u16 ttl;

	KUNIT_ASSERT_EQ(test, 0, zmq_cmd_parse(&c, row->body, row->len));
	KUNIT_ASSERT_TRUE(test, zmq_cmd_is(&c, ZMQ_CMD_PING));
	KUNIT_ASSERT_EQ(test, row->err,
			zmq_cmd_parse_ping(&c, &ttl, &ctx, &len));
	if (row->err)
		return;
	KUNIT_EXPECT_EQ(test, row->ttl, ttl);
	KUNIT_ASSERT_EQ(test, strlen(row->text), len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(row->text, ctx, len));
}

/* Bytes that are no command have a name that nobody asks for. */
static void zmq_command_test_nameless(struct kunit *test)
{
	static const u8 body[] = "\5REA";
	struct zmq_cmd c;

	KUNIT_EXPECT_EQ(test, -EPROTO, zmq_cmd_parse(&c, body, 4));
	zmq_cmd_nameless(&c, body, 4);
	KUNIT_EXPECT_FALSE(test, zmq_cmd_is(&c, ZMQ_CMD_READY));
	KUNIT_EXPECT_PTR_EQ(test, (const u8 *)body, c.data);
	KUNIT_EXPECT_EQ(test, (size_t)4, c.len);
}

enum zmq_command_put {
	ZMQ_PUT_NAME,
	ZMQ_PUT_ERROR,
	ZMQ_PUT_PING,
	ZMQ_PUT_PONG,
	ZMQ_PUT_SUBSCRIBE,
	ZMQ_PUT_CANCEL,
};

/**
 * struct zmq_command_put_row - a command to build
 * @what: what the row is about
 * @body: what has to come out
 * @len: bytes of @body
 * @put: which function
 * @text: its argument
 */
struct zmq_command_put_row {
	const char *what;
	const u8 *body;
	size_t len;
	enum zmq_command_put put;
	const char *text;
};

static const struct zmq_command_put_row zmq_command_puts[] = {
	{ "name", ZMQ_BYTES("\5READY"), ZMQ_PUT_NAME, "" },
	{ "ERROR", ZMQ_BYTES("\5ERROR\003400"), ZMQ_PUT_ERROR, "400" },
	{ "ERROR without a reason", ZMQ_BYTES("\5ERROR\0"), ZMQ_PUT_ERROR, "" },
	{ "PING", ZMQ_BYTES("\4PING\x02\x8f"), ZMQ_PUT_PING, "" },
	{ "PING with a context", ZMQ_BYTES("\4PING\x02\x8fLOL"), ZMQ_PUT_PING,
	  "LOL" },
	{ "PONG", ZMQ_BYTES("\4PONG"), ZMQ_PUT_PONG, "" },
	{ "PONG with a context", ZMQ_BYTES("\4PONGLOL"), ZMQ_PUT_PONG, "LOL" },
	{ "SUBSCRIBE", ZMQ_BYTES("\11SUBSCRIBEA"), ZMQ_PUT_SUBSCRIBE, "A" },
	{ "SUBSCRIBE to everything", ZMQ_BYTES("\11SUBSCRIBE"),
	  ZMQ_PUT_SUBSCRIBE, "" },
	{ "CANCEL", ZMQ_BYTES("\6CANCELA"), ZMQ_PUT_CANCEL, "A" },
};

static void zmq_command_put_row_desc(const struct zmq_command_put_row *row,
				     char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_command_puts, zmq_command_puts, zmq_command_put_row_desc);

static int zmq_command_put(const struct zmq_command_put_row *row, u8 *buf,
			   size_t cap)
{
	size_t len = strlen(row->text);
	const u8 *text = len ? (const u8 *)row->text : NULL;

	switch (row->put) {
	case ZMQ_PUT_NAME:
		return zmq_cmd_put_name(buf, cap, ZMQ_CMD_READY, len);
	case ZMQ_PUT_ERROR:
		return zmq_cmd_put_error(buf, cap, text, len);
	case ZMQ_PUT_PING:
		return zmq_cmd_put_ping(buf, cap, 655, text, len);
	case ZMQ_PUT_PONG:
		return zmq_cmd_put_pong(buf, cap, text, len);
	case ZMQ_PUT_SUBSCRIBE:
		return zmq_cmd_put_subscribe(buf, cap, text, len);
	case ZMQ_PUT_CANCEL:
		return zmq_cmd_put_cancel(buf, cap, text, len);
	}
	return -EINVAL;
}

/* Fits exactly, is refused with any byte less, writes none beyond. */
static void zmq_command_test_put(struct kunit *test)
{
	const struct zmq_command_put_row *row = test->param_value;
	u8 buf[64];
	size_t cap;

	KUNIT_ASSERT_LT(test, row->len, sizeof(buf));
	for (cap = 0; cap < row->len; cap++) {
		memset(buf, 0xaa, sizeof(buf));
		KUNIT_EXPECT_EQ(test, -EMSGSIZE,
				zmq_command_put(row, buf, cap));
		KUNIT_EXPECT_EQ(test, 0xaa, buf[cap]);
	}
	memset(buf, 0xaa, sizeof(buf));
	KUNIT_ASSERT_EQ(test, (int)row->len,
			zmq_command_put(row, buf, row->len));
	KUNIT_EXPECT_EQ(test, 0, memcmp(buf, row->body, row->len));
	KUNIT_EXPECT_EQ(test, 0xaa, buf[row->len]);
}

/* What RFC 37 does not allow is not sent, however large the buffer. */
static void zmq_command_test_put_limits(struct kunit *test)
{
	static const u8 text[256];
	u8 buf[300];

	KUNIT_EXPECT_EQ(test, 1 + 5 + 1 + 255,
			zmq_cmd_put_error(buf, sizeof(buf), text, 255));
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			zmq_cmd_put_error(buf, sizeof(buf), text, 256));
	KUNIT_EXPECT_EQ(test, 1 + 4 + 2 + 16,
			zmq_cmd_put_ping(buf, sizeof(buf), 0, text, 16));
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			zmq_cmd_put_ping(buf, sizeof(buf), 0, text, 17));
	KUNIT_EXPECT_EQ(test, 1 + 4 + 16,
			zmq_cmd_put_pong(buf, sizeof(buf), text, 16));
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			zmq_cmd_put_pong(buf, sizeof(buf), text, 17));
	/* The sum must not wrap. */
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			zmq_cmd_put_subscribe(buf, sizeof(buf), text,
					      SIZE_MAX - 8));
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			zmq_cmd_put_cancel(buf, SIZE_MAX, text, INT_MAX));
	/* Room for the data is asked for, too. */
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			zmq_cmd_put_name(buf, 7, ZMQ_CMD_READY, 2));
	KUNIT_EXPECT_EQ(test, 6, zmq_cmd_put_name(buf, 8, ZMQ_CMD_READY, 2));
}

static struct kunit_case zmq_command_cases[] = {
	KUNIT_CASE_PARAM(zmq_command_test_parse, zmq_command_rows_gen_params),
	KUNIT_CASE(zmq_command_test_is_exact),
	KUNIT_CASE_PARAM(zmq_command_test_parse_error,
			 zmq_command_errors_gen_params),
	KUNIT_CASE(zmq_command_test_status),
	KUNIT_CASE_PARAM(zmq_command_test_parse_ping,
			 zmq_command_pings_gen_params),
	KUNIT_CASE(zmq_command_test_nameless),
	KUNIT_CASE_PARAM(zmq_command_test_put, zmq_command_puts_gen_params),
	KUNIT_CASE(zmq_command_test_put_limits),
	{}
};

static struct kunit_suite zmq_command_suite = {
	.name = "zmq_command",
	.test_cases = zmq_command_cases,
};

kunit_test_suite(zmq_command_suite);
