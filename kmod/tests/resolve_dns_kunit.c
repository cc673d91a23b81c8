// SPDX-License-Identifier: GPL-2.0-only
/* resolve/dns_wire.c: queries byte by byte, answers of good and bad servers. */
#include <kunit/test.h>
#include <linux/string.h>

#include "compat/compat.h"
#include "resolve/dns_wire.h"

#define ID 0x1234
#define GOOD 0x8180	/* QR RD RA */
#define HOST "host.zone"
#define QNAME "\xc0\x0c"	/* pointer to the name in the question */
#define ADDR4 "\xc0\x00\x02\x01"
#define ADDR6 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"

/* An answer that grows; the query for HOST is its head. */
struct zmq_dns_pkt {
	u8 query[ZMQ_DNS_QUERY_MAX];
	int query_len;
	u8 buf[1024];
	size_t len;
};

static void zmq_dns_pkt_start(struct zmq_dns_pkt *p, enum zmq_dns_type type,
			      u16 flags)
{
	p->query_len = zmq_dns_query_build(p->query, ID, HOST, type);
	memcpy(p->buf, p->query, p->query_len);
	p->len = p->query_len;
	put_unaligned_be16(flags, p->buf + 2);
}

static void zmq_dns_pkt_put(struct zmq_dns_pkt *p, const void *data, size_t len)
{
	memcpy(p->buf + p->len, data, len);
	p->len += len;
}

static void zmq_dns_pkt_put16(struct zmq_dns_pkt *p, u16 v)
{
	put_unaligned_be16(v, p->buf + p->len);
	p->len += 2;
}

static void zmq_dns_pkt_record(struct zmq_dns_pkt *p, const char *owner,
			       size_t owner_len, u16 type, const char *data,
			       size_t len)
{
	put_unaligned_be16(get_unaligned_be16(p->buf + 6) + 1, p->buf + 6);
	zmq_dns_pkt_put(p, owner, owner_len);
	zmq_dns_pkt_put16(p, type);
	zmq_dns_pkt_put16(p, 1);
	zmq_dns_pkt_put16(p, 0);
	zmq_dns_pkt_put16(p, 60);
	zmq_dns_pkt_put16(p, len);
	zmq_dns_pkt_put(p, data, len);
}

/* String constants hold the bytes; their NUL is not part of them. */
#define RECORD(p, owner, type, data)					\
	zmq_dns_pkt_record(p, owner, sizeof(owner) - 1, type, data,	\
			   sizeof(data) - 1)

/* In a buffer of just the size, so that KASAN sees each byte too many. */
static int zmq_dns_pkt_parse(struct kunit *test, const struct zmq_dns_pkt *p,
			     size_t len, u8 addr[16])
{
	u8 *msg = kunit_kmalloc(test, len, GFP_KERNEL);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, msg);
	memcpy(msg, p->buf, len);
	err = zmq_dns_answer_parse(msg, len, p->query, p->query_len, addr);
	kunit_kfree(test, msg);
	return err;
}

static void zmq_dns_expect(struct kunit *test, const struct zmq_dns_pkt *p,
			   int err)
{
	u8 addr[16];

	KUNIT_EXPECT_EQ(test, zmq_dns_pkt_parse(test, p, p->len, addr), err);
}

static void zmq_dns_expect_addr4(struct kunit *test,
				 const struct zmq_dns_pkt *p)
{
	u8 addr[16] = {};

	KUNIT_EXPECT_EQ(test, zmq_dns_pkt_parse(test, p, p->len, addr), 0);
	KUNIT_EXPECT_EQ(test, memcmp(addr, ADDR4, 4), 0);
}

static struct zmq_dns_pkt *zmq_dns_pkt_new(struct kunit *test,
					   enum zmq_dns_type type, u16 flags)
{
	struct zmq_dns_pkt *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	zmq_dns_pkt_start(p, type, flags);
	return p;
}

#define L50 "abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi."
#define L63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz01234567890"

static void zmq_dns_test_name_ok(struct kunit *test)
{
	static const struct {
		const char *name;
		bool ok;
	} rows[] = {
		{ "a", true },
		{ "server001", true },
		{ "A-b_c.D0", true },
		{ "a.b.", true },		/* absolute */
		{ "1.2.3.4", true },
		{ L63, true },			/* longest label */
		{ L63 "a", false },
		{ L50 L50 L50 L50 L50 "abc", true },	/* 253 */
		{ L50 L50 L50 L50 L50 "abc.", true },	/* 253 and a dot */
		{ L50 L50 L50 L50 L50 "abcd", false },
		{ L50 L50 L50 L50 L50 "abc..", false },
		{ "", false },
		{ ".", false },
		{ ".a", false },
		{ "a..b", false },
		{ "a b", false },
		{ "a:1", false },
		{ "*", false },
		{ "a%b", false },
		{ "\xe9t\xe9", false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		KUNIT_EXPECT_EQ_MSG(test, zmq_dns_name_ok(rows[i].name),
				    rows[i].ok, "row %zu", i);
}

static void zmq_dns_test_query_bytes(struct kunit *test)
{
	static const char want[] =
		"\x12\x34\x01\x00\x00\x01\0\0\0\0\0\0"
		"\x04host\x04zone\0\0\x1c\0\x01";
	u8 buf[ZMQ_DNS_QUERY_MAX];
	int len;

	len = zmq_dns_query_build(buf, ID, HOST, ZMQ_DNS_AAAA);
	KUNIT_EXPECT_EQ(test, len, (int)sizeof(want) - 1);
	KUNIT_EXPECT_EQ(test, memcmp(buf, want, sizeof(want) - 1), 0);
	/* The dot at the end changes nothing. */
	len = zmq_dns_query_build(buf, ID, HOST ".", ZMQ_DNS_AAAA);
	KUNIT_EXPECT_EQ(test, len, (int)sizeof(want) - 1);
	KUNIT_EXPECT_EQ(test, memcmp(buf, want, sizeof(want) - 1), 0);
}

static void zmq_dns_test_query_limits(struct kunit *test)
{
	u8 buf[ZMQ_DNS_QUERY_MAX];

	KUNIT_EXPECT_EQ(test, zmq_dns_query_build(buf, ID, "", ZMQ_DNS_A),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, zmq_dns_query_build(buf, ID, "a..b", ZMQ_DNS_A),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			zmq_dns_query_build(buf, ID,
					    L50 L50 L50 L50 L50 "abc.",
					    ZMQ_DNS_A),
			ZMQ_DNS_QUERY_MAX);
}

static void zmq_dns_test_answer_a(struct kunit *test)
{
	struct zmq_dns_pkt *p = zmq_dns_pkt_new(test, ZMQ_DNS_A, GOOD);

	RECORD(p, QNAME, ZMQ_DNS_A, ADDR4);
	RECORD(p, QNAME, ZMQ_DNS_A, "\x01\x02\x03\x04");
	zmq_dns_expect_addr4(test, p);
	/* A server may answer in other letters. */
	p->buf[13] = 'H';
	zmq_dns_expect_addr4(test, p);
}

static void zmq_dns_test_answer_aaaa(struct kunit *test)
{
	struct zmq_dns_pkt *p = zmq_dns_pkt_new(test, ZMQ_DNS_AAAA, GOOD);
	u8 addr[16] = {};

	RECORD(p, "\x04HOST\x04ZONE\0", ZMQ_DNS_AAAA, ADDR6);
	KUNIT_EXPECT_EQ(test, zmq_dns_pkt_parse(test, p, p->len, addr), 0);
	KUNIT_EXPECT_EQ(test, memcmp(addr, ADDR6, 16), 0);
}

/* Of other types, classes and owners nothing is taken. */
static void zmq_dns_test_answer_skips(struct kunit *test)
{
	struct zmq_dns_pkt *p = zmq_dns_pkt_new(test, ZMQ_DNS_A, GOOD);
	size_t class;

	RECORD(p, QNAME, 16, "\x03txt");
	RECORD(p, QNAME, ZMQ_DNS_AAAA, ADDR6);
	RECORD(p, "\x05other\xc0\x11", ZMQ_DNS_A, "\x01\x02\x03\x04");
	RECORD(p, "\0", ZMQ_DNS_A, "\x01\x02\x03\x04");
	class = p->len + 4;
	RECORD(p, QNAME, ZMQ_DNS_A, "\x01\x02\x03\x04");
	p->buf[class + 1] = 3;
	zmq_dns_expect(test, p, -ENODATA);
	RECORD(p, QNAME, ZMQ_DNS_A, ADDR4);
	zmq_dns_expect_addr4(test, p);
}

static void zmq_dns_test_alias(struct kunit *test)
{
	struct zmq_dns_pkt *p = zmq_dns_pkt_new(test, ZMQ_DNS_A, GOOD);

	/* host.zone -> n.zone -> p.zone: the owner points into the data */
	RECORD(p, QNAME, ZMQ_DNS_CNAME, "\x01n\xc0\x11");
	RECORD(p, "\x01n\xc0\x11", ZMQ_DNS_CNAME, "\x01p\xc0\x11");
	zmq_dns_expect(test, p, -ENODATA);
	RECORD(p, "\x01P\xc0\x11", ZMQ_DNS_A, ADDR4);
	zmq_dns_expect_addr4(test, p);
}

static void zmq_dns_test_alias_backwards(struct kunit *test)
{
	struct zmq_dns_pkt *p = zmq_dns_pkt_new(test, ZMQ_DNS_A, GOOD);

	RECORD(p, "\x01p\xc0\x11", ZMQ_DNS_A, ADDR4);
	RECORD(p, "\x01n\xc0\x11", ZMQ_DNS_CNAME, "\x01p\xc0\x11");
	RECORD(p, QNAME, ZMQ_DNS_CNAME, "\x01n\xc0\x11");
	zmq_dns_expect_addr4(test, p);
}

static void zmq_dns_test_alias_loop(struct kunit *test)
{
	struct zmq_dns_pkt *p = zmq_dns_pkt_new(test, ZMQ_DNS_A, GOOD);

	RECORD(p, QNAME, ZMQ_DNS_CNAME, "\x01n\xc0\x11");
	RECORD(p, "\x01n\xc0\x11", ZMQ_DNS_CNAME, QNAME);
	zmq_dns_expect(test, p, -EBADMSG);

	zmq_dns_pkt_start(p, ZMQ_DNS_A, GOOD);
	RECORD(p, QNAME, ZMQ_DNS_CNAME, QNAME);
	zmq_dns_expect(test, p, -EBADMSG);
}

static void zmq_dns_test_alias_data(struct kunit *test)
{
	struct zmq_dns_pkt *p = zmq_dns_pkt_new(test, ZMQ_DNS_A, GOOD);

	/* data longer than its name */
	RECORD(p, QNAME, ZMQ_DNS_CNAME, "\x01n\xc0\x11\0");
	zmq_dns_expect(test, p, -EBADMSG);
	/* the name runs on into the next record */
	zmq_dns_pkt_start(p, ZMQ_DNS_A, GOOD);
	RECORD(p, QNAME, ZMQ_DNS_CNAME, "\x01n");
	RECORD(p, QNAME, ZMQ_DNS_A, ADDR4);
	zmq_dns_expect(test, p, -EBADMSG);
	/* no data at all */
	zmq_dns_pkt_start(p, ZMQ_DNS_A, GOOD);
	RECORD(p, QNAME, ZMQ_DNS_CNAME, "");
	zmq_dns_expect(test, p, -EBADMSG);
}

static void zmq_dns_test_header(struct kunit *test)
{
	static const struct {
		u16 flags;
		int err;
	} rows[] = {
		{ 0x8183, -ENOENT },	/* NXDOMAIN */
		{ 0x8383, -ENOENT },	/* NXDOMAIN, truncated */
		{ 0x8181, -EAGAIN },	/* FORMERR */
		{ 0x8182, -EAGAIN },	/* SERVFAIL */
		{ 0x8184, -EAGAIN },	/* NOTIMP */
		{ 0x8185, -EAGAIN },	/* REFUSED */
		{ 0x818f, -EAGAIN },	/* not assigned */
		{ 0x8380, -EMSGSIZE },	/* TC */
		{ 0x8180, -ENODATA },	/* no such type */
		{ 0x8500, -ENODATA },	/* the same from an authority */
		{ 0x8100, -EAGAIN },	/* referral: neither AA nor RA */
		{ 0x0180, -ENOMSG },	/* a query */
		{ 0x9180, -ENOMSG },	/* opcode 2 */
	};
	struct zmq_dns_pkt *p;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u8 addr[16];

		p = zmq_dns_pkt_new(test, ZMQ_DNS_A, rows[i].flags);
		KUNIT_EXPECT_EQ_MSG(test,
				    zmq_dns_pkt_parse(test, p, p->len, addr),
				    rows[i].err, "row %zu", i);
	}
}

/* A change of any of these bytes makes it an answer to somebody else. */
static void zmq_dns_test_foreign(struct kunit *test)
{
	static const size_t at[] = {
		0, 1,		/* id */
		4, 5,		/* number of questions */
		13, 18, 21,	/* name */
		12, 17, 22,	/* lengths */
		23, 24, 25, 26,	/* type, class */
	};
	struct zmq_dns_pkt *p = zmq_dns_pkt_new(test, ZMQ_DNS_A, GOOD);
	u8 addr[16];
	size_t i;

	RECORD(p, QNAME, ZMQ_DNS_A, ADDR4);
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		p->buf[at[i]] ^= 0x03;
		KUNIT_EXPECT_EQ_MSG(test,
				    zmq_dns_pkt_parse(test, p, p->len, addr),
				    -ENOMSG, "byte %zu", at[i]);
		p->buf[at[i]] ^= 0x03;
	}
	zmq_dns_expect_addr4(test, p);
}

static void zmq_dns_test_cut_anywhere(struct kunit *test)
{
	struct zmq_dns_pkt *p = zmq_dns_pkt_new(test, ZMQ_DNS_A, GOOD);
	u8 addr[16];
	size_t len;

	RECORD(p, QNAME, ZMQ_DNS_CNAME, "\x01n\x03net\0");
	RECORD(p, "\x01n\x03net\0", ZMQ_DNS_A, ADDR4);
	zmq_dns_expect_addr4(test, p);
	for (len = 0; len < p->len; len++)
		KUNIT_EXPECT_EQ_MSG(test,
				    zmq_dns_pkt_parse(test, p, len, addr),
				    len < p->query_len ? -ENOMSG : -EBADMSG,
				    "cut to %zu", len);
}

static void zmq_dns_test_counts_lie(struct kunit *test)
{
	struct zmq_dns_pkt *p = zmq_dns_pkt_new(test, ZMQ_DNS_A, GOOD);

	/* 65535 answers announced, none there */
	put_unaligned_be16(0xffff, p->buf + 6);
	zmq_dns_expect(test, p, -EBADMSG);
	/* one there, of another type */
	put_unaligned_be16(0, p->buf + 6);
	RECORD(p, QNAME, 16, "");
	put_unaligned_be16(0xffff, p->buf + 6);
	zmq_dns_expect(test, p, -EBADMSG);
	/* more records than announced are not looked at */
	put_unaligned_be16(1, p->buf + 6);
	RECORD(p, QNAME, ZMQ_DNS_A, ADDR4);
	put_unaligned_be16(1, p->buf + 6);
	zmq_dns_expect(test, p, -ENODATA);
}

static void zmq_dns_test_data_length(struct kunit *test)
{
	struct zmq_dns_pkt *p = zmq_dns_pkt_new(test, ZMQ_DNS_A, GOOD);
	size_t rdlen;

	RECORD(p, QNAME, ZMQ_DNS_A, "\x01\x02\x03");
	zmq_dns_expect(test, p, -EBADMSG);
	zmq_dns_pkt_start(p, ZMQ_DNS_A, GOOD);
	RECORD(p, QNAME, ZMQ_DNS_A, ADDR6);
	zmq_dns_expect(test, p, -EBADMSG);
	/* behind the end of the message, of the wanted type and of another */
	zmq_dns_pkt_start(p, ZMQ_DNS_A, GOOD);
	rdlen = p->len + 10;
	RECORD(p, QNAME, ZMQ_DNS_A, ADDR4);
	put_unaligned_be16(0xffff, p->buf + rdlen);
	zmq_dns_expect(test, p, -EBADMSG);
	put_unaligned_be16(16, p->buf + rdlen - 8);
	zmq_dns_expect(test, p, -EBADMSG);
}

/* Names that no server writes; the first answer starts at byte 27. */
static void zmq_dns_test_bad_names(struct kunit *test)
{
	static const struct {
		const char *name;
		size_t len;
	} rows[] = {
#define ROW(s) { s, sizeof(s) - 1 }
		ROW("\xc0\x1b"),		/* points to itself */
		ROW("\xc0\x1c"),		/* forwards by one */
		ROW("\xc0\x60"),		/* forwards, behind the end */
		ROW("\xff\xff"),		/* far behind the end */
		ROW("\xc0\x00"),		/* into the header */
		ROW("\xc0\x0b"),		/* its last byte */
		ROW("\x01z\xc0\x1b"),	/* to its own start */
		ROW("\x01z\xc0\x1d"),	/* to its own pointer */
		ROW("\x40z\0"),		/* reserved label types */
		ROW("\x80z\0"),
		ROW("\x3fshort\0"),		/* label behind the end */
#undef ROW
	};
	struct zmq_dns_pkt *p = zmq_dns_pkt_new(test, ZMQ_DNS_A, GOOD);
	u8 addr[16];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		zmq_dns_pkt_start(p, ZMQ_DNS_A, GOOD);
		zmq_dns_pkt_record(p, rows[i].name, rows[i].len, ZMQ_DNS_A,
				   ADDR4, 4);
		KUNIT_EXPECT_EQ_MSG(test,
				    zmq_dns_pkt_parse(test, p, p->len, addr),
				    -EBADMSG, "row %zu", i);
	}
}

/* Each of n pointers leads to the one before it, the first to the question. */
static void zmq_dns_pkt_pointers(struct zmq_dns_pkt *p, unsigned int n)
{
	size_t to = ZMQ_DNS_HEADER_LEN, data;

	zmq_dns_pkt_start(p, ZMQ_DNS_A, GOOD);
	RECORD(p, QNAME, 16, "");
	data = p->len;
	while (--n) {
		zmq_dns_pkt_put16(p, 0xc000 | to);
		to = p->len - 2;
	}
	put_unaligned_be16(p->len - data, p->buf + data - 2);
	put_unaligned_be16(2, p->buf + 6);
	zmq_dns_pkt_put16(p, 0xc000 | to);
	zmq_dns_pkt_put(p, "\0\x01\0\x01\0\0\0\0\0\x04" ADDR4, 14);
}

static void zmq_dns_test_pointer_chain(struct kunit *test)
{
	struct zmq_dns_pkt *p = zmq_dns_pkt_new(test, ZMQ_DNS_A, GOOD);

	zmq_dns_pkt_pointers(p, 32);
	zmq_dns_expect_addr4(test, p);
	zmq_dns_pkt_pointers(p, 33);
	zmq_dns_expect(test, p, -EBADMSG);
}

/* Names of 255 bytes are legal, of 256 not, pointers followed. */
static void zmq_dns_test_name_length(struct kunit *test)
{
	struct zmq_dns_pkt *p = zmq_dns_pkt_new(test, ZMQ_DNS_A, GOOD);
	char label[64] = "\x3f" L63;
	int last, i;

	/* 3 * 64 + last + 1, then the 11 of the question */
	for (last = 51; last <= 52; last++) {
		zmq_dns_pkt_start(p, ZMQ_DNS_A, GOOD);
		for (i = 0; i < 3; i++)
			zmq_dns_pkt_put(p, label, sizeof(label));
		label[0] = last;
		zmq_dns_pkt_put(p, label, last + 1);
		label[0] = 0x3f;
		RECORD(p, QNAME, ZMQ_DNS_A, ADDR4);
		zmq_dns_expect(test, p, last == 51 ? -ENODATA : -EBADMSG);
	}
}

static struct kunit_case zmq_dns_cases[] = {
	KUNIT_CASE(zmq_dns_test_name_ok),
	KUNIT_CASE(zmq_dns_test_query_bytes),
	KUNIT_CASE(zmq_dns_test_query_limits),
	KUNIT_CASE(zmq_dns_test_answer_a),
	KUNIT_CASE(zmq_dns_test_answer_aaaa),
	KUNIT_CASE(zmq_dns_test_answer_skips),
	KUNIT_CASE(zmq_dns_test_alias),
	KUNIT_CASE(zmq_dns_test_alias_backwards),
	KUNIT_CASE(zmq_dns_test_alias_loop),
	KUNIT_CASE(zmq_dns_test_alias_data),
	KUNIT_CASE(zmq_dns_test_header),
	KUNIT_CASE(zmq_dns_test_foreign),
	KUNIT_CASE(zmq_dns_test_cut_anywhere),
	KUNIT_CASE(zmq_dns_test_counts_lie),
	KUNIT_CASE(zmq_dns_test_data_length),
	KUNIT_CASE(zmq_dns_test_bad_names),
	KUNIT_CASE(zmq_dns_test_pointer_chain),
	KUNIT_CASE(zmq_dns_test_name_length),
	{}
};

static struct kunit_suite zmq_dns_suite = {
	.name = "zmq_resolve_dns",
	.test_cases = zmq_dns_cases,
};

kunit_test_suite(zmq_dns_suite);
