// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "zmtp/z85.h"

/**
 * struct zmq_z85_row - bytes and characters
 * @data: the bytes
 * @len: how many
 * @text: the characters
 */
struct zmq_z85_row {
	const char *data;
	size_t len;
	const char *text;
};

/* The first one is RFC 32's test case. */
static const struct zmq_z85_row zmq_z85_rows[] = {
	{ "\x86\x4f\xd2\x6f\xb5\x59\xf7\x5b", 8, "HelloWorld" },
	{ "", 0, "" },
	{ "\0\0\0\0", 4, "00000" },
	{ "\xff\xff\xff\xff", 4, "%nSc0" },
	{ "\x8e\x0b\xdd\x69\x76\x28\xb9\x1d\x8f\x24\x55\x87\xee\x95\xc5\xb0"
	  "\x4d\x48\x96\x3f\x79\x25\x98\x77\xb4\x9c\xd9\x06\x3a\xea\xd3\xb7",
	  32, "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6" },
};

static void zmq_z85_test_rows(struct kunit *test)
{
	char text[64];
	u8 data[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(zmq_z85_rows); i++) {
		const struct zmq_z85_row *row = &zmq_z85_rows[i];

		memset(text, 'z', sizeof(text));
		zmq_z85_encode(text, row->data, row->len);
		KUNIT_EXPECT_STREQ(test, row->text, text);
		KUNIT_EXPECT_EQ(test, 'z', (int)text[ZMQ_Z85_LEN(row->len) + 1]);

		memset(data, 0x55, sizeof(data));
		KUNIT_EXPECT_EQ(test, (int)row->len,
				zmq_z85_decode(data, row->text,
					       strlen(row->text)));
		KUNIT_EXPECT_EQ(test, 0, memcmp(row->data, data, row->len));
		KUNIT_EXPECT_EQ(test, 0x55, data[row->len]);
	}
}

/* A wrong length, more than 32 bits, characters that are none. */
static void zmq_z85_test_bad(struct kunit *test)
{
	static const char *const bad[] = { "0", "0000", "000000", "#####",
					   "%nSc1", "0000~", "0000 ", "0000\"",
					   "0000\x80", "00000HelloWorl" };
	u8 data[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    zmq_z85_decode(data, bad[i],
						   strlen(bad[i])),
				    "%s", bad[i]);
	/* The NUL behind the digits is none. */
	KUNIT_EXPECT_EQ(test, -EINVAL, zmq_z85_decode(data, "0000", 5));
}

/* Each digit stands for its place in the alphabet. */
static void zmq_z85_test_digits(struct kunit *test)
{
	char text[8];
	u8 data[4], back[4];
	u32 v;

	for (v = 0; v < 85; v++) {
		data[0] = 0;
		data[1] = 0;
		data[2] = 0;
		data[3] = v;
		zmq_z85_encode(text, data, 4);
		KUNIT_EXPECT_EQ(test, 0, memcmp(text, "0000", 4));
		KUNIT_EXPECT_EQ(test, 4, zmq_z85_decode(back, text, 5));
		KUNIT_EXPECT_EQ(test, 0, memcmp(data, back, 4));
	}
}

static struct kunit_case zmq_z85_cases[] = {
	KUNIT_CASE(zmq_z85_test_rows),
	KUNIT_CASE(zmq_z85_test_bad),
	KUNIT_CASE(zmq_z85_test_digits),
	{}
};

static struct kunit_suite zmq_z85_suite = {
	.name = "zmq_z85",
	.test_cases = zmq_z85_cases,
};

kunit_test_suite(zmq_z85_suite);
