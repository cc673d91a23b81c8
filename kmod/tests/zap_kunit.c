// SPDX-License-Identifier: GPL-2.0-only
/* ZAP (RFC 27): the request, and what is made of replies. */
#include <kunit/test.h>
#include <linux/string.h>
#include <linux/zmq.h>

#include "blob.h"
#include "conn/props.h"
#include "conn/zap_msg.h"
#include "mem.h"
#include "queue/frame.h"

#define ZMQ_PART_MAX	8
#define ZMQ_USER_BOB	"\7User-Id\0\0\0\3bob"

/**
 * struct zmq_part - a part of a message
 * @data: its bytes, NULL behind the last part
 * @len: how many
 */
struct zmq_part {
	const char *data;
	size_t len;
};

#define P(s)	{ s, sizeof(s) - 1 }

/**
 * struct zmq_reply_row - a reply, and what is made of it
 * @what: what the row is about
 * @flagged: the empty part in front is a flag
 * @part: the parts
 * @why: how it is judged
 * @status: the status code
 * @props: what is known then, if it is good
 * @len: bytes of @props
 */
struct zmq_reply_row {
	const char *what;
	bool flagged;
	struct zmq_part part[ZMQ_PART_MAX + 1];
	enum zmq_reason why;
	u16 status;
	const char *props;
	size_t len;
};

#define ZMQ_GOOD(code, s) \
	.status = (code), .props = (s), .len = sizeof(s) - 1
#define ZMQ_REPLY(...)		{ P(""), P("1.0"), P("1"), __VA_ARGS__ }

static const struct zmq_reply_row zmq_reply_rows[] = {
	{ "200", false, ZMQ_REPLY(P("200"), P("OK"), P("bob"), P("")),
	  ZMQ_GOOD(200, ZMQ_USER_BOB) },
	{ "200 of a REP", true,
	  { P("1.0"), P("1"), P("200"), P(""), P("bob"), P("") },
	  ZMQ_GOOD(200, ZMQ_USER_BOB) },
	{ "300", false, ZMQ_REPLY(P("300"), P(""), P(""), P("")),
	  ZMQ_GOOD(300, "\7User-Id\0\0\0\0") },
	{ "400", false, ZMQ_REPLY(P("400"), P(""), P(""), P("")),
	  ZMQ_GOOD(400, "\7User-Id\0\0\0\0") },
	{ "500", false, ZMQ_REPLY(P("500"), P("why"), P(""), P("")),
	  ZMQ_GOOD(500, "\7User-Id\0\0\0\0") },
	{ "metadata", false,
	  ZMQ_REPLY(P("200"), P(""), P("bob"), P("\1a\0\0\0\1b\1c\0\0\0\0")),
	  ZMQ_GOOD(200, ZMQ_USER_BOB "\1a\0\0\0\1b\1c\0\0\0\0") },
	{ "another user in the metadata", false,
	  ZMQ_REPLY(P("200"), P(""), P("bob"), P("\7User-Id\0\0\0\4root")),
	  ZMQ_GOOD(200, ZMQ_USER_BOB) },
	{ "an address in the metadata", false,
	  ZMQ_REPLY(P("200"), P(""), P("bob"), P("\14Peer-Address\0\0\0\1x")),
	  ZMQ_GOOD(200, ZMQ_USER_BOB) },
	{ "a type that fits", false,
	  ZMQ_REPLY(P("200"), P(""), P("bob"), P("\13Socket-Type\0\0\0\4PUSH")),
	  ZMQ_GOOD(200, ZMQ_USER_BOB "\13Socket-Type\0\0\0\4PUSH") },
	{ "a type that does not fit", false,
	  ZMQ_REPLY(P("200"), P(""), P("bob"), P("\13Socket-Type\0\0\0\4PULL")),
	  ZMQ_R_ZAP_INVALID_METADATA },
	{ "metadata cut off", false,
	  ZMQ_REPLY(P("200"), P(""), P(""), P("\1a\0\0\0\2b")),
	  ZMQ_R_ZAP_INVALID_METADATA },
	{ "trailing byte in metadata", false,
	  ZMQ_REPLY(P("200"), P(""), P(""), P("\1a\0\0\0\1bX")),
	  ZMQ_R_ZAP_INVALID_METADATA },
	{ "bad metadata of a refusal", false,
	  ZMQ_REPLY(P("400"), P(""), P(""), P("X")), ZMQ_R_ZAP_INVALID_METADATA },
	{ "other version", false,
	  { P(""), P("1.1"), P("1"), P("200"), P(""), P(""), P("") },
	  ZMQ_R_ZAP_BAD_VERSION },
	{ "longer version", false,
	  { P(""), P("1.0\0"), P("1"), P("200"), P(""), P(""), P("") },
	  ZMQ_R_ZAP_BAD_VERSION },
	{ "no version", false,
	  { P(""), P(""), P("1"), P("200"), P(""), P(""), P("") },
	  ZMQ_R_ZAP_BAD_VERSION },
	{ "other id", false,
	  { P(""), P("1.0"), P("2"), P("200"), P(""), P(""), P("") },
	  ZMQ_R_ZAP_BAD_REQUEST_ID },
	{ "no id", false,
	  { P(""), P("1.0"), P(""), P("200"), P(""), P(""), P("") },
	  ZMQ_R_ZAP_BAD_REQUEST_ID },
	{ "version counts more than id", false,
	  { P(""), P("2.0"), P("2"), P("200"), P(""), P(""), P("") },
	  ZMQ_R_ZAP_BAD_VERSION },
	{ "status 201", false, ZMQ_REPLY(P("201"), P(""), P(""), P("")),
	  ZMQ_R_ZAP_INVALID_STATUS },
	{ "status 100", false, ZMQ_REPLY(P("100"), P(""), P(""), P("")),
	  ZMQ_R_ZAP_INVALID_STATUS },
	{ "status 600", false, ZMQ_REPLY(P("600"), P(""), P(""), P("")),
	  ZMQ_R_ZAP_INVALID_STATUS },
	{ "status 2000", false, ZMQ_REPLY(P("2000"), P(""), P(""), P("")),
	  ZMQ_R_ZAP_INVALID_STATUS },
	{ "status 20", false, ZMQ_REPLY(P("20"), P(""), P(""), P("")),
	  ZMQ_R_ZAP_INVALID_STATUS },
	{ "no status", false, ZMQ_REPLY(P(""), P(""), P(""), P("")),
	  ZMQ_R_ZAP_INVALID_STATUS },
	{ "status in words", false, ZMQ_REPLY(P("yes"), P(""), P(""), P("")),
	  ZMQ_R_ZAP_INVALID_STATUS },
	{ "one part more", false,
	  ZMQ_REPLY(P("200"), P(""), P(""), P(""), P("")),
	  ZMQ_R_ZAP_MALFORMED_REPLY },
	{ "one part less", false, ZMQ_REPLY(P("200"), P(""), P("")),
	  ZMQ_R_ZAP_MALFORMED_REPLY },
	{ "one part more of a REP", true,
	  ZMQ_REPLY(P("200"), P(""), P(""), P("")), ZMQ_R_ZAP_MALFORMED_REPLY },
	{ "one part alone", false, { P("200") }, ZMQ_R_ZAP_MALFORMED_REPLY },
	{ "one part alone of a REP", true, { P("") }, ZMQ_R_ZAP_MALFORMED_REPLY },
	{ "no empty part", false,
	  { P("1.0"), P("1"), P("200"), P(""), P(""), P("") },
	  ZMQ_R_ZAP_MALFORMED_REPLY },
	{ "first part not empty", false,
	  { P("x"), P("1.0"), P("1"), P("200"), P(""), P(""), P("") },
	  ZMQ_R_ZAP_UNSPECIFIED },
};

static void zmq_reply_row_desc(const struct zmq_reply_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_reply_rows, zmq_reply_rows, zmq_reply_row_desc);

static struct zmq_frame *zmq_zap_parts(struct kunit *test, struct zmq_mem *mem,
				       bool flagged, const struct zmq_part *part)
{
	struct zmq_frame *head = NULL, **link = &head;

	for (; part->data; part++, link = &(*link)->next) {
		*link = zmq_frame_from_bytes(mem, part->data, part->len,
					     GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, *link);
		if (part[1].data)
			(*link)->seg.flags |= ZMQ_FRAME_MORE;
	}
	if (flagged)
		head->seg.flags |= ZMQ_FRAME_DELIMITED;
	return head;
}

/* To a PULL, whose account gets back all that was charged. */
static void zmq_zap_test_reply(struct kunit *test)
{
	const struct zmq_reply_row *row = test->param_value;
	struct zmq_mem mem = {};
	struct zmq_frame *msg = zmq_zap_parts(test, &mem, row->flagged, row->part);
	struct zmq_zap_verdict v;

	zmq_zap_read(msg, ZMQ_PULL, &mem, &v);
	zmq_chain_free(msg);
	KUNIT_EXPECT_EQ(test, row->why, v.why);
	KUNIT_EXPECT_EQ(test, row->why == ZMQ_R_NONE, !!v.vouched);
	if (row->why == ZMQ_R_NONE)
		KUNIT_EXPECT_EQ(test, row->status, v.status);
	if (v.vouched) {
		KUNIT_EXPECT_EQ(test, row->len, (size_t)v.vouched->len);
		if (row->len == v.vouched->len)
			KUNIT_EXPECT_EQ(test, 0, memcmp(row->props, v.vouched->data,
							row->len));
	}
	zmq_props_put(v.vouched);
	KUNIT_EXPECT_EQ(test, 0, (int)atomic_long_read(&mem.used));
}

/* A user id, and metadata, of so many bytes. */
static enum zmq_reason zmq_zap_sized(struct kunit *test, size_t user, size_t value)
{
	struct zmq_mem mem = {};
	u8 *data = kunit_kzalloc(test, SZ_8K, GFP_KERNEL);
	struct zmq_part part[] = {
		P(""), P("1.0"), P("1"), P("200"), P(""),
		{ data, user }, { data + SZ_4K, value }, {}
	};
	struct zmq_zap_verdict v;
	struct zmq_frame *msg;

	KUNIT_ASSERT_NOT_NULL(test, data);
	data[SZ_4K] = 1;
	data[SZ_4K + 4] = (value - 6) >> 8;
	data[SZ_4K + 5] = value - 6;
	msg = zmq_zap_parts(test, &mem, false, part);
	zmq_zap_read(msg, ZMQ_PULL, &mem, &v);
	zmq_chain_free(msg);
	zmq_props_put(v.vouched);
	KUNIT_EXPECT_EQ(test, 0, (int)atomic_long_read(&mem.used));
	return v.why;
}

static void zmq_zap_test_size(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ZMQ_R_NONE, zmq_zap_sized(test, SZ_2K, SZ_2K));
	KUNIT_EXPECT_EQ(test, ZMQ_R_ZAP_INVALID_METADATA,
			zmq_zap_sized(test, SZ_2K + 1, SZ_2K));
	KUNIT_EXPECT_EQ(test, ZMQ_R_ZAP_INVALID_METADATA,
			zmq_zap_sized(test, SZ_2K, SZ_2K + 1));
}

/* What the handler says counts more than what the peer says. */
static void zmq_zap_test_join(struct kunit *test)
{
	struct zmq_mem mem = {};
	struct zmq_props *vouched, *said, *all;
	struct zmq_prop p;

	vouched = zmq_props_vouch(&mem, "bob", 3, "\1a\0\0\0\1z", 7);
	KUNIT_ASSERT_NOT_NULL(test, vouched);
	said = zmq_props_make(&mem, "\1a\0\0\0\1p\1b\0\0\0\1p", 14, "1.2.3.4",
			      GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, said);
	all = zmq_props_join(vouched, said);
	zmq_props_put(vouched);
	zmq_props_put(said);
	KUNIT_ASSERT_NOT_NULL(test, all);
	KUNIT_EXPECT_TRUE(test, zmq_props_find(all, "a", &p));
	KUNIT_EXPECT_EQ(test, 'z', *p.value);
	KUNIT_EXPECT_TRUE(test, zmq_props_find(all, "b", &p));
	KUNIT_EXPECT_EQ(test, 'p', *p.value);
	KUNIT_EXPECT_TRUE(test, zmq_props_find(all, "User-Id", &p));
	KUNIT_EXPECT_EQ(test, 3, p.value_len);
	KUNIT_EXPECT_TRUE(test, zmq_props_find(all, "Peer-Address", &p));
	KUNIT_EXPECT_EQ(test, 7, p.value_len);
	zmq_props_put(all);
	KUNIT_EXPECT_EQ(test, 0, (int)atomic_long_read(&mem.used));
}

/**
 * struct zmq_request_row - a handshake, and the request that it makes
 * @what: what the row is about
 * @flagged: the empty part in front is to be a flag
 * @domain: ZMQ_ZAP_DOMAIN or NULL
 * @id: ZMQ_ROUTING_ID
 * @cred: credentials
 * @part: the parts
 */
struct zmq_request_row {
	const char *what;
	bool flagged;
	const char *domain;
	const char *id;
	struct zmq_mech_cred cred[ZMQ_MECH_CREDS];
	struct zmq_part part[ZMQ_PART_MAX + 2];
};

static const struct zmq_request_row zmq_request_rows[] = {
	{ "to a ROUTER", false, "global", "me", {},
	  { P(""), P("1.0"), P("1"), P("global"), P("1.2.3.4"), P("me"),
	    P("NULL") } },
	{ "to a REP", true, "global", "", {},
	  { P("1.0"), P("1"), P("global"), P("1.2.3.4"), P(""), P("NULL") } },
	{ "no domain", true, NULL, "", {},
	  { P("1.0"), P("1"), P(""), P("1.2.3.4"), P(""), P("NULL") } },
	{ "two credentials", false, "d", "", { { "bob", 3 }, { "pw", 2 } },
	  { P(""), P("1.0"), P("1"), P("d"), P("1.2.3.4"), P(""), P("NULL"),
	    P("bob"), P("pw") } },
	{ "an empty one and zeroes", false, "d", "", { { "", 0 }, { "\0\0", 2 } },
	  { P(""), P("1.0"), P("1"), P("d"), P("1.2.3.4"), P(""), P("NULL"),
	    P(""), P("\0\0") } },
};

static void zmq_request_row_desc(const struct zmq_request_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_request_rows, zmq_request_rows, zmq_request_row_desc);

static void zmq_zap_test_request(struct kunit *test)
{
	const struct zmq_request_row *row = test->param_value;
	struct zmq_options *opt = kunit_kzalloc(test, sizeof(*opt), GFP_KERNEL);
	struct zmq_mem mem = {};
	const struct zmq_part *part = row->part;
	struct zmq_frame *msg, *f;
	struct zmq_mech m = { .ops = &zmq_null_ops, .opt = opt };
	int secrets = 0;

	KUNIT_ASSERT_NOT_NULL(test, opt);
	opt->routing_id_len = strlen(row->id);
	memcpy(opt->routing_id, row->id, opt->routing_id_len);
	if (row->domain)
		opt->zap_domain = zmq_blob_new(&mem, row->domain,
					       strlen(row->domain));
	memcpy(m.cred, row->cred, sizeof(m.cred));
	while (m.nr_creds < ZMQ_MECH_CREDS && row->cred[m.nr_creds].data)
		m.nr_creds++;
	msg = zmq_zap_request(&mem, row->flagged, &m, "1.2.3.4");
	KUNIT_ASSERT_NOT_NULL(test, msg);
	KUNIT_EXPECT_EQ(test, row->flagged,
			!!(msg->seg.flags & ZMQ_FRAME_DELIMITED));
	for (f = msg; f && part->data; f = f->next, part++) {
		KUNIT_EXPECT_EQ(test, part->len, (size_t)f->len);
		KUNIT_EXPECT_EQ(test, 0, memcmp(part->data, f->seg.data,
						min_t(size_t, part->len, f->len)));
		KUNIT_EXPECT_EQ(test, !!f->next, zmq_frame_more(f));
		secrets += !!(f->seg.flags & ZMQ_FRAME_SECRET);
	}
	KUNIT_EXPECT_NULL(test, f);
	KUNIT_EXPECT_NULL(test, part->data);
	KUNIT_EXPECT_EQ(test, m.nr_creds, secrets);
	zmq_chain_free(msg);
	zmq_blob_put(opt->zap_domain);
	KUNIT_EXPECT_EQ(test, 0, (int)atomic_long_read(&mem.used));
}

static struct kunit_case zmq_zap_cases[] = {
	KUNIT_CASE_PARAM(zmq_zap_test_request, zmq_request_rows_gen_params),
	KUNIT_CASE_PARAM(zmq_zap_test_reply, zmq_reply_rows_gen_params),
	KUNIT_CASE(zmq_zap_test_size),
	KUNIT_CASE(zmq_zap_test_join),
	{}
};

static struct kunit_suite zmq_zap_suite = {
	.name = "zmq_zap",
	.test_cases = zmq_zap_cases,
};

kunit_test_suite(zmq_zap_suite);
