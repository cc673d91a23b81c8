// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/string.h>
#include <linux/zmq.h>

#include "mech/mech.h"
#include "mem.h"
#include "zmtp/meta.h"

/* Bytes of a string literal that may contain NULs. */
#define ZMQ_BYTES(s)	.body = (s), .len = sizeof(s) - 1

#define ZMQ_READY(type)	"\5READY\13Socket-Type\0\0\0" type
#define ZMQ_ID(id)	"\10Identity\0\0\0" id

#define ZMQ_255 \
	"0123456789012345678901234567890123456789012345678901234567890123" \
	"0123456789012345678901234567890123456789012345678901234567890123" \
	"0123456789012345678901234567890123456789012345678901234567890123" \
	"012345678901234567890123456789012345678901234567890123456789012"

/**
 * struct zmq_produce_row - the READY of a socket
 * @what: what the row is about
 * @type: its type
 * @id: its routing id
 * @body: the command
 * @len: bytes of @body
 */
struct zmq_produce_row {
	const char *what;
	int type;
	const char *id;
	const char *body;
	size_t len;
};

/* Who announces an Identity: wire page, 3.1. */
static const struct zmq_produce_row zmq_produce_rows[] = {
	{ "PAIR", ZMQ_PAIR, "", ZMQ_BYTES(ZMQ_READY("\4PAIR")) },
	{ "PAIR, id", ZMQ_PAIR, "me", ZMQ_BYTES(ZMQ_READY("\4PAIR")) },
	{ "PUSH", ZMQ_PUSH, "", ZMQ_BYTES(ZMQ_READY("\4PUSH")) },
	{ "PUSH, id", ZMQ_PUSH, "me", ZMQ_BYTES(ZMQ_READY("\4PUSH")) },
	{ "PULL", ZMQ_PULL, "", ZMQ_BYTES(ZMQ_READY("\4PULL")) },
	{ "PULL, id", ZMQ_PULL, "me", ZMQ_BYTES(ZMQ_READY("\4PULL")) },
	{ "REP", ZMQ_REP, "", ZMQ_BYTES(ZMQ_READY("\3REP")) },
	{ "REP, id", ZMQ_REP, "me", ZMQ_BYTES(ZMQ_READY("\3REP")) },
	{ "REQ", ZMQ_REQ, "", ZMQ_BYTES(ZMQ_READY("\3REQ") ZMQ_ID("\0")) },
	{ "REQ, id", ZMQ_REQ, "me",
	  ZMQ_BYTES(ZMQ_READY("\3REQ") ZMQ_ID("\2me")) },
	{ "REQ, longest id", ZMQ_REQ, ZMQ_255,
	  ZMQ_BYTES(ZMQ_READY("\3REQ") ZMQ_ID("\377" ZMQ_255)) },
};

static void zmq_produce_row_desc(const struct zmq_produce_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_produce_rows, zmq_produce_rows, zmq_produce_row_desc);

/**
 * struct zmq_mech_test - a handshake
 * @opt: options of the endpoint
 * @m: the handshake
 * @buf: a command
 */
struct zmq_mech_test {
	struct zmq_options opt;
	struct zmq_mech m;
	u8 buf[ZMQ_MECH_CMD_MAX];
};

static int zmq_mech_test_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, 2 * sizeof(struct zmq_mech_test),
				   GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, test->priv);
	return 0;
}

static void zmq_mech_begin(struct zmq_mech_test *t, int type, const char *id)
{
	t->opt.routing_id_len = strlen(id);
	memcpy(t->opt.routing_id, id, strlen(id));
	zmq_mech_init(&t->m, type, &t->opt);
}

static enum zmq_reason zmq_mech_take(struct kunit *test, struct zmq_mech *m,
				     const void *body, size_t len)
{
	struct zmq_cmd cmd = {};

	KUNIT_EXPECT_EQ(test, 0, zmq_cmd_parse(&cmd, body, len));
	return m->ops->consume(m, &cmd);
}

static void zmq_mech_test_produce(struct kunit *test)
{
	const struct zmq_produce_row *row = test->param_value;
	struct zmq_mech_test *t = test->priv;
	size_t cap;

	zmq_mech_begin(t, row->type, row->id);
	KUNIT_EXPECT_STREQ(test, "NULL", t->m.ops->name);
	KUNIT_ASSERT_EQ(test, (int)row->len,
			t->m.ops->produce(&t->m, t->buf, sizeof(t->buf)));
	KUNIT_EXPECT_EQ(test, 0, memcmp(row->body, t->buf, row->len));
	KUNIT_EXPECT_TRUE(test, t->m.sent);
	KUNIT_EXPECT_FALSE(test, zmq_mech_done(&t->m));
	/* Nothing more, whatever comes. */
	KUNIT_EXPECT_EQ(test, 0, t->m.ops->produce(&t->m, t->buf,
						   sizeof(t->buf)));

	for (cap = 0; cap < row->len; cap++) {
		zmq_mech_begin(t, row->type, row->id);
		KUNIT_EXPECT_EQ(test, -EMSGSIZE,
				t->m.ops->produce(&t->m, t->buf, cap));
	}
	zmq_mech_begin(t, row->type, row->id);
	KUNIT_EXPECT_EQ(test, (int)row->len,
			t->m.ops->produce(&t->m, t->buf, row->len));
}

/* ZMQ_METADATA follows, also when all is as long as it may be. */
static void zmq_mech_test_metadata(struct kunit *test)
{
	static const char ready[] = ZMQ_READY("\6DEALER") ZMQ_ID("\377" ZMQ_255);
	struct zmq_mech_test *t = test->priv;
	size_t len = sizeof(ready) - 1 + ZMQ_METADATA_MAX;
	struct zmq_mem mem = {};
	u8 meta[ZMQ_METADATA_MAX];

	memset(meta, 'm', sizeof(meta));
	t->opt.metadata = zmq_blob_new(&mem, meta, sizeof(meta));
	KUNIT_ASSERT_NOT_NULL(test, t->opt.metadata);
	zmq_mech_begin(t, ZMQ_DEALER, ZMQ_255);
	KUNIT_EXPECT_EQ(test, (int)len,
			t->m.ops->produce(&t->m, t->buf, sizeof(t->buf)));
	KUNIT_EXPECT_EQ(test, 0, memcmp(ready, t->buf, sizeof(ready) - 1));
	KUNIT_EXPECT_EQ(test, 0, memcmp(meta, t->buf + sizeof(ready) - 1,
					sizeof(meta)));
	zmq_mech_begin(t, ZMQ_DEALER, ZMQ_255);
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			t->m.ops->produce(&t->m, t->buf, len - 1));
	zmq_blob_put(t->opt.metadata);
}

/* What is not built, and what PLAIN can't be without. */
static void zmq_mech_test_check(struct kunit *test)
{
	struct zmq_mech_test *t = test->priv;
	struct zmq_mem mem = {};

	KUNIT_EXPECT_NULL(test, zmq_mech_check(&t->opt));
	t->opt.mechanism = ZMQ_PLAIN;
	KUNIT_EXPECT_NULL(test, zmq_mech_check(&t->opt));
	t->opt.as_server = 1;
	KUNIT_EXPECT_NULL(test, zmq_mech_check(&t->opt));
	t->opt.zap_enforce_domain = 1;
	KUNIT_EXPECT_NOT_NULL(test, zmq_mech_check(&t->opt));
	t->opt.zap_domain = zmq_blob_new(&mem, "global", 6);
	KUNIT_EXPECT_NULL(test, zmq_mech_check(&t->opt));
	zmq_blob_put(t->opt.zap_domain);
	t->opt.zap_domain = NULL;
	t->opt.as_server = 0;
	t->opt.zap_enforce_domain = 0;
	t->opt.mechanism = ZMQ_CURVE;
	KUNIT_EXPECT_NULL(test, zmq_mech_check(&t->opt));
	t->opt.mechanism = ZMQ_NULL;
	t->opt.zap_enforce_domain = 1;
	KUNIT_EXPECT_NULL(test, zmq_mech_check(&t->opt));
	t->opt.zap_domain = zmq_blob_new(&mem, "global", 6);
	KUNIT_EXPECT_NULL(test, zmq_mech_check(&t->opt));
	zmq_blob_put(t->opt.zap_domain);
}

/**
 * struct zmq_consume_row - a command of a peer
 * @what: what the row is about
 * @type: our type
 * @body: the command
 * @len: bytes of @body
 * @why: how it is judged
 * @id: the peer's id, if it is good
 */
struct zmq_consume_row {
	const char *what;
	int type;
	const char *body;
	size_t len;
	enum zmq_reason why;
	const char *id;
};

static const struct zmq_consume_row zmq_consume_rows[] = {
	{ "READY", ZMQ_PULL, ZMQ_BYTES(ZMQ_READY("\4PUSH")), ZMQ_R_NONE, "" },
	{ "empty id", ZMQ_REP, ZMQ_BYTES(ZMQ_READY("\3REQ") ZMQ_ID("\0")),
	  ZMQ_R_NONE, "" },
	{ "id", ZMQ_REP, ZMQ_BYTES(ZMQ_READY("\6DEALER") ZMQ_ID("\2me")),
	  ZMQ_R_NONE, "me" },
	{ "id of a type that has none", ZMQ_PULL,
	  ZMQ_BYTES(ZMQ_READY("\4PUSH") ZMQ_ID("\2me")), ZMQ_R_NONE, "me" },
	{ "longest id", ZMQ_REP,
	  ZMQ_BYTES(ZMQ_READY("\3REQ") ZMQ_ID("\377" ZMQ_255)), ZMQ_R_NONE,
	  ZMQ_255 },
	{ "id too long", ZMQ_REP,
	  ZMQ_BYTES(ZMQ_READY("\3REQ") "\10Identity\0\0\1\0" ZMQ_255 "3"),
	  ZMQ_R_INVALID_METADATA, NULL },
	{ "other properties", ZMQ_REQ,
	  ZMQ_BYTES(ZMQ_READY("\6ROUTER") "\3X-a\0\0\0\1b"), ZMQ_R_NONE, "" },
	{ "no properties", ZMQ_REQ, ZMQ_BYTES("\5READY"), ZMQ_R_NONE, "" },
	{ "type does not fit", ZMQ_PULL, ZMQ_BYTES(ZMQ_READY("\4PULL")),
	  ZMQ_R_TYPE_MISMATCH, NULL },
	{ "no such type", ZMQ_PULL, ZMQ_BYTES(ZMQ_READY("\4PUSK")),
	  ZMQ_R_TYPE_MISMATCH, NULL },
	{ "empty type", ZMQ_PULL, ZMQ_BYTES(ZMQ_READY("\0")),
	  ZMQ_R_TYPE_MISMATCH, NULL },
	{ "property cut", ZMQ_PULL, ZMQ_BYTES(ZMQ_READY("\5PUSH")),
	  ZMQ_R_INVALID_METADATA, NULL },
	{ "id cut", ZMQ_REP, ZMQ_BYTES(ZMQ_READY("\3REQ") ZMQ_ID("\3me")),
	  ZMQ_R_INVALID_METADATA, NULL },
	{ "byte left over", ZMQ_PULL, ZMQ_BYTES(ZMQ_READY("\4PUSH") "\0"),
	  ZMQ_R_INVALID_METADATA, NULL },
	{ "ERROR", ZMQ_PULL, ZMQ_BYTES("\5ERROR\003400"), ZMQ_R_PEER_ERROR,
	  NULL },
	{ "ERROR, empty reason", ZMQ_PULL, ZMQ_BYTES("\5ERROR\0"),
	  ZMQ_R_PEER_ERROR, NULL },
	{ "ERROR, no reason", ZMQ_PULL, ZMQ_BYTES("\5ERROR"),
	  ZMQ_R_MALFORMED_ERROR, NULL },
	{ "ERROR, reason cut", ZMQ_PULL, ZMQ_BYTES("\5ERROR\004400"),
	  ZMQ_R_MALFORMED_ERROR, NULL },
	{ "HELLO of PLAIN", ZMQ_PULL, ZMQ_BYTES("\5HELLO\1a\1b"),
	  ZMQ_R_UNEXPECTED_COMMAND, NULL },
	{ "PING too early", ZMQ_PULL, ZMQ_BYTES("\4PING\0\0"),
	  ZMQ_R_UNEXPECTED_COMMAND, NULL },
	{ "name in lower case", ZMQ_PULL, ZMQ_BYTES("\5ready"),
	  ZMQ_R_UNEXPECTED_COMMAND, NULL },
	{ "start of a name", ZMQ_PULL, ZMQ_BYTES("\4READ"),
	  ZMQ_R_UNEXPECTED_COMMAND, NULL },
	{ "longer name", ZMQ_PULL, ZMQ_BYTES("\6READY2"),
	  ZMQ_R_UNEXPECTED_COMMAND, NULL },
	{ "empty name", ZMQ_PULL, ZMQ_BYTES("\0"), ZMQ_R_UNEXPECTED_COMMAND,
	  NULL },
};

static void zmq_consume_row_desc(const struct zmq_consume_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_consume_rows, zmq_consume_rows, zmq_consume_row_desc);

/* Whether our own command has been sent makes no difference. */
static void zmq_mech_test_consume(struct kunit *test)
{
	const struct zmq_consume_row *row = test->param_value;
	struct zmq_mech_test *t = test->priv;
	bool good = row->why == ZMQ_R_NONE;
	int sent;

	for (sent = 0; sent < 2; sent++) {
		zmq_mech_begin(t, row->type, "own");
		if (sent)
			t->m.ops->produce(&t->m, t->buf, sizeof(t->buf));
		KUNIT_EXPECT_EQ(test, row->why,
				zmq_mech_take(test, &t->m, row->body,
					      row->len));
		KUNIT_EXPECT_EQ(test, good, t->m.received);
		KUNIT_EXPECT_EQ(test, good && sent, zmq_mech_done(&t->m));
		if (!good)
			continue;
		KUNIT_ASSERT_EQ(test, strlen(row->id),
				(size_t)t->m.peer_id_len);
		KUNIT_EXPECT_EQ(test, 0, memcmp(row->id, t->m.peer_id,
						strlen(row->id)));
	}
}

/* Behind a READY. */
static void zmq_mech_test_second(struct kunit *test)
{
	static const struct zmq_consume_row rows[] = {
		{ "READY", ZMQ_REP, ZMQ_BYTES(ZMQ_READY("\3REQ") ZMQ_ID("\1b")),
		  ZMQ_R_UNEXPECTED_COMMAND, NULL },
		{ "malformed READY", ZMQ_REP, ZMQ_BYTES("\5READY\1"),
		  ZMQ_R_UNEXPECTED_COMMAND, NULL },
		{ "ERROR", ZMQ_REP, ZMQ_BYTES("\5ERROR\003500"),
		  ZMQ_R_UNEXPECTED_COMMAND, NULL },
		{ "another", ZMQ_REP, ZMQ_BYTES("\5HELLO"),
		  ZMQ_R_UNEXPECTED_COMMAND, NULL },
	};
	static const char ready[] = ZMQ_READY("\3REQ") ZMQ_ID("\1a");
	struct zmq_mech_test *t = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		zmq_mech_begin(t, rows[i].type, "");
		KUNIT_EXPECT_EQ(test, ZMQ_R_NONE,
				zmq_mech_take(test, &t->m, ready,
					      sizeof(ready) - 1));
		KUNIT_EXPECT_EQ_MSG(test, rows[i].why,
				    zmq_mech_take(test, &t->m, rows[i].body,
						  rows[i].len),
				    "%s", rows[i].what);
		KUNIT_EXPECT_EQ(test, 1, (int)t->m.peer_id_len);
		KUNIT_EXPECT_EQ(test, 'a', (char)t->m.peer_id[0]);
	}
}

/* Both sides of each pair of types: they agree (RFC 37, "Socket-Type"). */
static void zmq_mech_test_types(struct kunit *test)
{
	static const int peer[] = {
		[ZMQ_PAIR] = ZMQ_PAIR, [ZMQ_REQ] = ZMQ_REP,
		[ZMQ_REP] = ZMQ_REQ, [ZMQ_PULL] = ZMQ_PUSH,
		[ZMQ_PUSH] = ZMQ_PULL,
	};
	static const int types[] = { ZMQ_PAIR, ZMQ_REQ, ZMQ_REP, ZMQ_PULL,
				     ZMQ_PUSH };
	struct zmq_mech_test *t = test->priv;
	enum zmq_reason want;
	int i, j, a, b, n;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		for (j = 0; j < ARRAY_SIZE(types); j++) {
			a = types[i];
			b = types[j];
			want = peer[a] == b ? ZMQ_R_NONE : ZMQ_R_TYPE_MISMATCH;
			zmq_mech_begin(&t[0], a, "a");
			zmq_mech_begin(&t[1], b, "b");
			n = t[0].m.ops->produce(&t[0].m, t[0].buf,
						sizeof(t[0].buf));
			KUNIT_EXPECT_EQ_MSG(test, want,
					    zmq_mech_take(test, &t[1].m,
							  t[0].buf, n),
					    "%s to %s", zmq_type_name(a),
					    zmq_type_name(b));
			n = t[1].m.ops->produce(&t[1].m, t[1].buf,
						sizeof(t[1].buf));
			KUNIT_EXPECT_EQ(test, want,
					zmq_mech_take(test, &t[0].m, t[1].buf,
						      n));
			KUNIT_EXPECT_EQ(test, want == ZMQ_R_NONE,
					zmq_mech_done(&t[0].m));
			KUNIT_EXPECT_EQ(test, want == ZMQ_R_NONE,
					zmq_mech_done(&t[1].m));
		}
	}
}

/* With a domain READY waits for the verdict; the peer's may come meanwhile. */
static void zmq_mech_test_domain(struct kunit *test)
{
	static const struct {
		u16 verdict;
		const char *body;
		size_t len;
	} rows[] = {
		{ ZMQ_ZAP_OK, ZMQ_BYTES(ZMQ_READY("\4PULL")) },
		{ ZMQ_ZAP_TEMPORARY, ZMQ_BYTES("") },
		{ ZMQ_ZAP_DENIED, ZMQ_BYTES("\5ERROR\003400") },
		{ ZMQ_ZAP_INTERNAL, ZMQ_BYTES("\5ERROR\003500") },
	};
	static const char ready[] = ZMQ_READY("\4PUSH");
	struct zmq_mech_test *t = test->priv;
	struct zmq_mem mem = {};
	struct zmq_mech *m = &t->m;
	int i;

	t->opt.zap_domain = zmq_blob_new(&mem, "global", 6);
	KUNIT_ASSERT_NOT_NULL(test, t->opt.zap_domain);
	for (i = 0; i < 2 * ARRAY_SIZE(rows); i++) {
		bool good = rows[i / 2].verdict == ZMQ_ZAP_OK;

		zmq_mech_begin(t, ZMQ_PULL, "");
		KUNIT_EXPECT_EQ(test, 0, m->ops->produce(m, t->buf, sizeof(t->buf)));
		KUNIT_EXPECT_EQ(test, ZMQ_ASK_WANTED, m->ask);
		KUNIT_EXPECT_EQ(test, 0, (int)m->nr_creds);
		m->ask = ZMQ_ASK_PENDING;
		if (i % 2)
			zmq_mech_take(test, m, ready, sizeof(ready) - 1);
		KUNIT_EXPECT_EQ(test, 0, m->ops->produce(m, t->buf, sizeof(t->buf)));
		KUNIT_EXPECT_FALSE(test, m->sent);
		m->ask = ZMQ_ASK_ANSWERED;
		m->verdict = rows[i / 2].verdict;
		KUNIT_ASSERT_EQ(test, (int)rows[i / 2].len,
				m->ops->produce(m, t->buf, sizeof(t->buf)));
		KUNIT_EXPECT_EQ(test, 0, memcmp(rows[i / 2].body, t->buf,
						rows[i / 2].len));
		KUNIT_EXPECT_EQ(test, good, m->sent);
		KUNIT_EXPECT_EQ(test, !good, m->refused);
		KUNIT_EXPECT_EQ(test, 0, m->ops->produce(m, t->buf, sizeof(t->buf)));
		KUNIT_EXPECT_EQ(test, good && i % 2, zmq_mech_done(m));
	}
	zmq_blob_put(t->opt.zap_domain);
}

static struct kunit_case zmq_mech_cases[] = {
	KUNIT_CASE_PARAM(zmq_mech_test_produce, zmq_produce_rows_gen_params),
	KUNIT_CASE(zmq_mech_test_metadata),
	KUNIT_CASE(zmq_mech_test_check),
	KUNIT_CASE_PARAM(zmq_mech_test_consume, zmq_consume_rows_gen_params),
	KUNIT_CASE(zmq_mech_test_second),
	KUNIT_CASE(zmq_mech_test_types),
	KUNIT_CASE(zmq_mech_test_domain),
	{}
};

static struct kunit_suite zmq_mech_suite = {
	.name = "zmq_mech_null",
	.init = zmq_mech_test_init,
	.test_cases = zmq_mech_cases,
};

kunit_test_suite(zmq_mech_suite);
