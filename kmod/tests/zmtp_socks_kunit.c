// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/string.h>
#include "zmtp/socks.h"

/* What a conversation is about. */
#define ZMQ_DEST(type, a) \
	.atyp = (type), .addr = (const u8 *)(a), .len = sizeof(a) - 1, \
	.port = 0x1234
#define ZMQ_USER(u, p) \
	.user = (const u8 *)(u), .user_len = sizeof(u) - 1, \
	.pass = (const u8 *)(p), .pass_len = sizeof(p) - 1

static const struct zmq_socks_dest zmq_socks_name = {
	ZMQ_DEST(ZMQ_SOCKS_NAME, "host"),
};

static const struct zmq_socks_dest zmq_socks_v4 = {
	ZMQ_DEST(ZMQ_SOCKS_IPV4, "\177\0\0\1"),
};

static const struct zmq_socks_dest zmq_socks_v6 = {
	ZMQ_DEST(ZMQ_SOCKS_IPV6, "ABCDEFGHIJKLMNOP"),
};

static const struct zmq_socks_dest zmq_socks_user = {
	ZMQ_DEST(ZMQ_SOCKS_NAME, "host"), ZMQ_USER("me", "secret"),
};

static const struct zmq_socks_dest zmq_socks_no_pass = {
	ZMQ_DEST(ZMQ_SOCKS_NAME, "host"), .user = (const u8 *)"me", .user_len = 2,
};

/**
 * struct zmq_socks_turn - bytes
 * @bytes: them
 * @len: how many
 */
struct zmq_socks_turn {
	const char *bytes;
	size_t len;
};

#define B(s) { (s), sizeof(s) - 1 }

/**
 * struct zmq_socks_row - one conversation
 * @what: what it is about
 * @dest: where to and as whom
 * @ours: what we say, in turns
 * @theirs: what the proxy says after each of them
 * @state: how it ends
 * @left: bytes of the proxy's last turn that are not taken
 */
struct zmq_socks_row {
	const char *what;
	const struct zmq_socks_dest *dest;
	struct zmq_socks_turn ours[4];
	struct zmq_socks_turn theirs[4];
	enum zmq_socks_state state;
	size_t left;
};

#define HELLO		B("\5\1\0")
#define HELLO_USER	B("\5\1\2")
#define ASK_NAME	B("\5\1\0\3\4host\x12\x34")
#define YES		B("\5\0\0\1\0\0\0\0\0\0")

static const struct zmq_socks_row zmq_socks_rows[] = {
	{ "a name", &zmq_socks_name, { HELLO, ASK_NAME },
	  { B("\5\0"), YES }, ZMQ_SOCKS_DONE },
	{ "an IPv4 address", &zmq_socks_v4,
	  { HELLO, B("\5\1\0\1\177\0\0\1\x12\x34") },
	  { B("\5\0"), YES }, ZMQ_SOCKS_DONE },
	{ "an IPv6 address", &zmq_socks_v6,
	  { HELLO, B("\5\1\0\4ABCDEFGHIJKLMNOP\x12\x34") },
	  { B("\5\0"), YES }, ZMQ_SOCKS_DONE },
	{ "user and password", &zmq_socks_user,
	  { HELLO_USER, B("\1\2me\6secret"), ASK_NAME },
	  { B("\5\2"), B("\1\0"), YES }, ZMQ_SOCKS_DONE },
	{ "user without password", &zmq_socks_no_pass,
	  { HELLO_USER, B("\1\2me\0"), ASK_NAME },
	  { B("\5\2"), B("\1\0"), YES }, ZMQ_SOCKS_DONE },
	{ "the peer's greeting follows at once", &zmq_socks_name,
	  { HELLO, ASK_NAME },
	  { B("\5\0"), B("\5\0\0\1\0\0\0\0\0\0\377\0\0") },
	  ZMQ_SOCKS_DONE, 3 },
	{ "reply with an IPv6 address", &zmq_socks_name, { HELLO, ASK_NAME },
	  { B("\5\0"), B("\5\0\0\4ABCDEFGHIJKLMNOP\0\0\377") },
	  ZMQ_SOCKS_DONE, 1 },
	{ "reply with a name", &zmq_socks_name, { HELLO, ASK_NAME },
	  { B("\5\0"), B("\5\0\0\3\5proxy\0\0\377") }, ZMQ_SOCKS_DONE, 1 },
	{ "reply with an empty name", &zmq_socks_name, { HELLO, ASK_NAME },
	  { B("\5\0"), B("\5\0\0\3\0\0\0\377") }, ZMQ_SOCKS_DONE, 1 },
	{ "reply with a name of 4 bytes", &zmq_socks_name, { HELLO, ASK_NAME },
	  { B("\5\0"), B("\5\0\0\3\4host\0\0\377") }, ZMQ_SOCKS_DONE, 1 },
	{ "reply that is cut", &zmq_socks_name, { HELLO, ASK_NAME },
	  { B("\5\0"), B("\5\0\0\1\0\0\0\0\0") }, ZMQ_SOCKS_REPLY },
	{ "silence", &zmq_socks_name, { HELLO }, { B("") }, ZMQ_SOCKS_METHOD },
	{ "no method will do", &zmq_socks_name, { HELLO }, { B("\5\377") },
	  ZMQ_SOCKS_BAD_AUTH },
	{ "a method that was not offered", &zmq_socks_name, { HELLO },
	  { B("\5\2") }, ZMQ_SOCKS_BAD_AUTH },
	{ "no authentication, where it was asked for", &zmq_socks_user,
	  { HELLO_USER }, { B("\5\0") }, ZMQ_SOCKS_BAD_AUTH },
	{ "wrong password", &zmq_socks_user,
	  { HELLO_USER, B("\1\2me\6secret") }, { B("\5\2"), B("\1\1") },
	  ZMQ_SOCKS_BAD_AUTH },
	{ "wrong version of the password's answer", &zmq_socks_user,
	  { HELLO_USER, B("\1\2me\6secret") }, { B("\5\2"), B("\5\0") },
	  ZMQ_SOCKS_BAD_PROTOCOL, 1 },
	{ "connection refused", &zmq_socks_name, { HELLO, ASK_NAME },
	  { B("\5\0"), B("\5\5\0\1\0\0\0\0\0\0") }, ZMQ_SOCKS_REFUSED, 8 },
	{ "refused and cut", &zmq_socks_name, { HELLO, ASK_NAME },
	  { B("\5\0"), B("\5\1") }, ZMQ_SOCKS_REFUSED },
	{ "an unknown refusal", &zmq_socks_name, { HELLO, ASK_NAME },
	  { B("\5\0"), B("\5\377\0\1") }, ZMQ_SOCKS_REFUSED, 2 },
	{ "SOCKS4", &zmq_socks_name, { HELLO }, { B("\4\0") },
	  ZMQ_SOCKS_BAD_PROTOCOL, 1 },
	{ "HTTP", &zmq_socks_name, { HELLO }, { B("HTTP/1.1 400\r\n") },
	  ZMQ_SOCKS_BAD_PROTOCOL, 13 },
	{ "wrong version of the reply", &zmq_socks_name, { HELLO, ASK_NAME },
	  { B("\5\0"), B("\4\0\0\1") }, ZMQ_SOCKS_BAD_PROTOCOL, 3 },
	{ "reserved byte of the reply", &zmq_socks_name, { HELLO, ASK_NAME },
	  { B("\5\0"), B("\5\0\1\1") }, ZMQ_SOCKS_BAD_PROTOCOL, 1 },
	{ "type of the reply's address", &zmq_socks_name, { HELLO, ASK_NAME },
	  { B("\5\0"), B("\5\0\0\2\0\0") }, ZMQ_SOCKS_BAD_PROTOCOL, 2 },
	{ "answers to what was not asked", &zmq_socks_name, { HELLO },
	  { B("\5\0\5\0\0\1\0\0\0\0\0\0") }, ZMQ_SOCKS_REPLY, 10 },
};

static void zmq_socks_row_desc(const struct zmq_socks_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_socks_rows, zmq_socks_rows, zmq_socks_row_desc);

/* The proxy's bytes come @piece at a time. */
static void zmq_socks_talk(struct kunit *test, const struct zmq_socks_row *row,
			   size_t piece)
{
	u8 buf[ZMQ_SOCKS_OUT_MAX];
	struct zmq_socks k;
	size_t n, off, took, left = 0;
	int i;

	zmq_socks_init(&k);
	for (i = 0; row->ours[i].bytes; i++) {
		const struct zmq_socks_turn *us = &row->ours[i];
		const struct zmq_socks_turn *them = &row->theirs[i];

		n = zmq_socks_output(&k, row->dest, buf);
		KUNIT_ASSERT_EQ(test, us->len, n);
		KUNIT_EXPECT_EQ(test, 0, memcmp(us->bytes, buf, n));
		for (off = 0; off < them->len; off += took) {
			n = min(piece, them->len - off);
			took = zmq_socks_feed(&k, row->dest,
					      (const u8 *)them->bytes + off, n);
			if (took < n) {
				off += took;
				break;
			}
		}
		left = them->len - off;
		if (row->ours[i + 1].bytes)
			KUNIT_EXPECT_EQ(test, 0, left);
	}
	KUNIT_EXPECT_EQ(test, row->state, k.state);
	KUNIT_EXPECT_EQ(test, row->left, left);
	/* Only where an answer is complete is there a next question. */
	n = zmq_socks_output(&k, row->dest, buf);
	KUNIT_EXPECT_EQ(test, k.state == ZMQ_SOCKS_REPLY && row->left, n > 0);
}

static void zmq_socks_test_row(struct kunit *test)
{
	const struct zmq_socks_row *row = test->param_value;

	zmq_socks_talk(test, row, SIZE_MAX);
	zmq_socks_talk(test, row, 1);
	zmq_socks_talk(test, row, 3);
}

/* The longest of everything fits. */
static void zmq_socks_test_bounds(struct kunit *test)
{
	static const u8 bytes[ZMQ_SOCKS_STRING_MAX];
	const struct zmq_socks_dest dest = {
		.atyp = ZMQ_SOCKS_NAME,
		.addr = bytes, .len = sizeof(bytes), .port = U16_MAX,
		.user = bytes, .user_len = sizeof(bytes),
		.pass = bytes, .pass_len = sizeof(bytes),
	};
	u8 *reply, *buf = kunit_kzalloc(test, ZMQ_SOCKS_OUT_MAX, GFP_KERNEL);
	struct zmq_socks k;

	reply = kunit_kzalloc(test, 5 + 255 + 2 + 1, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_ASSERT_NOT_NULL(test, reply);
	zmq_socks_init(&k);
	KUNIT_EXPECT_EQ(test, 3, zmq_socks_output(&k, &dest, buf));
	KUNIT_EXPECT_EQ(test, 2, zmq_socks_feed(&k, &dest, "\5\2", 2));
	KUNIT_EXPECT_EQ(test, ZMQ_SOCKS_OUT_MAX,
			zmq_socks_output(&k, &dest, buf));
	KUNIT_EXPECT_EQ(test, 2, zmq_socks_feed(&k, &dest, "\1\0", 2));
	KUNIT_EXPECT_EQ(test, 5 + 255 + 2, zmq_socks_output(&k, &dest, buf));
	reply[0] = 5;
	reply[3] = ZMQ_SOCKS_NAME;
	reply[4] = 255;
	KUNIT_EXPECT_EQ(test, 5 + 255 + 2,
			zmq_socks_feed(&k, &dest, reply, 5 + 255 + 2 + 1));
	KUNIT_EXPECT_EQ(test, ZMQ_SOCKS_DONE, k.state);
}

/* Random bytes end somewhere, and are never taken beyond an end. */
static void zmq_socks_test_random(struct kunit *test)
{
	u8 buf[ZMQ_SOCKS_OUT_MAX], junk[64];
	struct zmq_socks k;
	u32 x = 1;
	int i, j;

	for (i = 0; i < 2000; i++) {
		zmq_socks_init(&k);
		for (j = 0; j < sizeof(junk); j++) {
			x = x * 1664525 + 1013904223;
			/* Mostly plausible. */
			junk[j] = x >> 29 ? "\5\0\0\1\0\2\3\4"[(x >> 20) % 8] :
					    x >> 16;
		}
		for (j = 0; j < 4; j++) {
			zmq_socks_output(&k, &zmq_socks_user, buf);
			zmq_socks_feed(&k, &zmq_socks_user, junk, sizeof(junk));
		}
		if (k.state >= ZMQ_SOCKS_DONE)
			KUNIT_EXPECT_EQ(test, 0,
					zmq_socks_feed(&k, &zmq_socks_user,
						       junk, sizeof(junk)));
		KUNIT_EXPECT_LE(test, k.have, 5 + 255 + 2);
	}
}

static struct kunit_case zmq_socks_cases[] = {
	KUNIT_CASE_PARAM(zmq_socks_test_row, zmq_socks_rows_gen_params),
	KUNIT_CASE(zmq_socks_test_bounds),
	KUNIT_CASE(zmq_socks_test_random),
	{}
};

static struct kunit_suite zmq_socks_suite = {
	.name = "zmq_socks",
	.test_cases = zmq_socks_cases,
};

kunit_test_suite(zmq_socks_suite);
