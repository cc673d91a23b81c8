// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/string.h>
#include <linux/zmq.h>

#include "blob.h"
#include "mech/mech.h"
#include "mem.h"

/* Bytes of a string literal that may contain NULs. */
#define ZMQ_BYTES(s)	.body = (s), .len = sizeof(s) - 1

#define ZMQ_META(type)	"\13Socket-Type\0\0\0" type
#define ZMQ_HELLO	"\5HELLO\5admin\2pw"
#define ZMQ_WELCOME	"\7WELCOME"
#define ZMQ_INITIATE	"\10INITIATE" ZMQ_META("\4PUSH")
#define ZMQ_READY	"\5READY" ZMQ_META("\4PULL")

/**
 * struct zmq_plain_test - both sides of a handshake
 * @mem: account of the options
 * @opt: options of client and server
 * @m: client and server
 * @buf: a command
 */
struct zmq_plain_test {
	struct zmq_mem mem;
	struct zmq_options opt[2];
	struct zmq_mech m[2];
	u8 buf[ZMQ_MECH_CMD_MAX];
};

enum { ZMQ_CLIENT_SIDE, ZMQ_SERVER_SIDE };

static void zmq_plain_begin(struct zmq_plain_test *t, int side)
{
	zmq_mech_end(&t->m[side]);
	zmq_mech_init(&t->m[side], side ? ZMQ_PULL : ZMQ_PUSH, &t->opt[side]);
}

static int zmq_plain_test_init(struct kunit *test)
{
	struct zmq_plain_test *t;
	int side;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t);
	test->priv = t;
	for (side = 0; side < 2; side++) {
		t->opt[side].mechanism = ZMQ_PLAIN;
		t->opt[side].as_server = side;
		zmq_plain_begin(t, side);
	}
	t->opt[0].plain_username = zmq_blob_new(&t->mem, "admin", 5);
	t->opt[0].plain_password = zmq_blob_new(&t->mem, "pw", 2);
	KUNIT_ASSERT_NOT_NULL(test, t->opt[0].plain_username);
	KUNIT_ASSERT_NOT_NULL(test, t->opt[0].plain_password);
	return 0;
}

static void zmq_plain_test_exit(struct kunit *test)
{
	struct zmq_plain_test *t = test->priv;

	if (!t)
		return;
	zmq_blob_put(t->opt[0].plain_username);
	zmq_blob_put(t->opt[0].plain_password);
	zmq_mech_end(&t->m[0]);
	zmq_mech_end(&t->m[1]);
}

static enum zmq_reason zmq_plain_take(struct zmq_mech *m, const void *body,
				      size_t len)
{
	struct zmq_cmd cmd;
	enum zmq_reason why;
	void *copy;

	/* As in life: it goes when it was taken. */
	copy = kmemdup(body, len, GFP_KERNEL);
	if (zmq_cmd_parse(&cmd, copy, len))
		zmq_cmd_nameless(&cmd, copy, len);
	why = m->ops->consume(m, &cmd);
	kfree_sensitive(copy);
	return why;
}

/* The next command is exactly this, and fits into not a byte less. */
static void zmq_plain_want(struct kunit *test, int side, const char *body,
			   size_t len)
{
	struct zmq_plain_test *t = test->priv;
	struct zmq_mech *m = &t->m[side], was = *m;

	if (len) {
		KUNIT_EXPECT_EQ(test, -EMSGSIZE,
				m->ops->produce(m, t->buf, len - 1));
		*m = was;
	}
	KUNIT_ASSERT_EQ(test, (int)len,
			m->ops->produce(m, t->buf, len ? len : sizeof(t->buf)));
	KUNIT_EXPECT_EQ(test, 0, memcmp(t->buf, body, len));
	KUNIT_EXPECT_EQ(test, 0, m->ops->produce(m, t->buf, sizeof(t->buf)));
}

#define ZMQ_TAKE(m, s)		zmq_plain_take(m, s, sizeof(s) - 1)
#define ZMQ_WANT(test, side, s)	zmq_plain_want(test, side, s, sizeof(s) - 1)

/* How far a handshake has come before something is sent. */
enum zmq_plain_stage {
	ZMQ_STAGE_GREETED,	/* nothing sent */
	ZMQ_STAGE_HELLO,	/* HELLO sent; nobody asked yet */
	ZMQ_STAGE_ASKED,	/* the handler is asked */
	ZMQ_STAGE_WELCOME,	/* the client has its WELCOME */
	ZMQ_STAGE_INITIATE,	/* INITIATE sent */
	ZMQ_STAGE_READY,	/* READY sent */
};

static void zmq_plain_advance(struct kunit *test, int side, int stage)
{
	struct zmq_plain_test *t = test->priv;
	struct zmq_mech *m = &t->m[side];

	zmq_plain_begin(t, side);
	if (side == ZMQ_CLIENT_SIDE) {
		if (stage >= ZMQ_STAGE_HELLO)
			ZMQ_WANT(test, side, ZMQ_HELLO);
		if (stage >= ZMQ_STAGE_WELCOME)
			KUNIT_EXPECT_EQ(test, ZMQ_R_NONE,
					ZMQ_TAKE(m, ZMQ_WELCOME));
		if (stage >= ZMQ_STAGE_INITIATE)
			ZMQ_WANT(test, side, ZMQ_INITIATE);
		if (stage >= ZMQ_STAGE_READY)
			KUNIT_EXPECT_EQ(test, ZMQ_R_NONE,
					ZMQ_TAKE(m, ZMQ_READY));
		return;
	}
	if (stage >= ZMQ_STAGE_HELLO)
		KUNIT_EXPECT_EQ(test, ZMQ_R_NONE,
				ZMQ_TAKE(m, ZMQ_HELLO));
	if (stage >= ZMQ_STAGE_ASKED)
		m->ask = ZMQ_ASK_PENDING;
	if (stage >= ZMQ_STAGE_WELCOME) {
		m->ask = ZMQ_ASK_ANSWERED;
		m->verdict = ZMQ_ZAP_OK;
		ZMQ_WANT(test, side, ZMQ_WELCOME);
	}
	if (stage >= ZMQ_STAGE_INITIATE)
		KUNIT_EXPECT_EQ(test, ZMQ_R_NONE,
				ZMQ_TAKE(m, ZMQ_INITIATE));
	if (stage >= ZMQ_STAGE_READY)
		ZMQ_WANT(test, side, ZMQ_READY);
}

/* All that is sent, byte for byte (wire page, 5.2), and what each side knows. */
static void zmq_plain_test_whole(struct kunit *test)
{
	struct zmq_plain_test *t = test->priv;
	struct zmq_mech *c = &t->m[0], *s = &t->m[1];

	KUNIT_EXPECT_STREQ(test, "PLAIN", c->ops->name);
	KUNIT_EXPECT_STREQ(test, "PLAIN", s->ops->name);
	zmq_plain_advance(test, 0, ZMQ_STAGE_INITIATE);
	KUNIT_EXPECT_TRUE(test, c->sent);
	KUNIT_EXPECT_FALSE(test, zmq_mech_done(c));
	zmq_plain_advance(test, 0, ZMQ_STAGE_READY);
	KUNIT_EXPECT_TRUE(test, zmq_mech_done(c));

	ZMQ_WANT(test, 1, "");
	zmq_plain_advance(test, 1, ZMQ_STAGE_HELLO);
	KUNIT_EXPECT_EQ(test, ZMQ_ASK_WANTED, s->ask);
	KUNIT_ASSERT_EQ(test, 2, (int)s->nr_creds);
	KUNIT_ASSERT_EQ(test, 5, (int)s->cred[0].len);
	KUNIT_ASSERT_EQ(test, 2, (int)s->cred[1].len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(s->cred[0].data, "admin", 5));
	KUNIT_EXPECT_EQ(test, 0, memcmp(s->cred[1].data, "pw", 2));
	/* Nobody has answered. */
	ZMQ_WANT(test, 1, "");
	zmq_plain_advance(test, 1, ZMQ_STAGE_ASKED);
	ZMQ_WANT(test, 1, "");
	zmq_plain_advance(test, 1, ZMQ_STAGE_WELCOME);
	KUNIT_EXPECT_NULL(test, s->priv);
	KUNIT_EXPECT_EQ(test, 0, (int)s->nr_creds);
	zmq_plain_advance(test, 1, ZMQ_STAGE_INITIATE);
	KUNIT_EXPECT_TRUE(test, s->received);
	KUNIT_EXPECT_FALSE(test, zmq_mech_done(s));
	zmq_plain_advance(test, 1, ZMQ_STAGE_READY);
	KUNIT_EXPECT_TRUE(test, zmq_mech_done(s));
	KUNIT_EXPECT_FALSE(test, s->refused);
}

/* ERROR in libzmq's form; for now: nothing. */
static void zmq_plain_test_refused(struct kunit *test)
{
	static const struct {
		u16 verdict;
		const char *body;
		size_t len;
	} rows[] = {
		{ ZMQ_ZAP_TEMPORARY, ZMQ_BYTES("") },
		{ ZMQ_ZAP_DENIED, ZMQ_BYTES("\x5eRROR\003400") },
		{ ZMQ_ZAP_INTERNAL, ZMQ_BYTES("\x5eRROR\003500") },
	};
	struct zmq_plain_test *t = test->priv;
	struct zmq_mech *s = &t->m[1];
	int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		zmq_plain_advance(test, 1, ZMQ_STAGE_ASKED);
		s->ask = ZMQ_ASK_ANSWERED;
		s->verdict = rows[i].verdict;
		KUNIT_ASSERT_EQ(test, (int)rows[i].len,
				s->ops->produce(s, t->buf, sizeof(t->buf)));
		KUNIT_EXPECT_EQ(test, 0, memcmp(t->buf, rows[i].body,
						rows[i].len));
		KUNIT_EXPECT_TRUE(test, s->refused);
		KUNIT_EXPECT_NULL(test, s->priv);
		KUNIT_EXPECT_FALSE(test, s->sent);
		KUNIT_EXPECT_EQ(test, 0, s->ops->produce(s, t->buf,
							 sizeof(t->buf)));
		KUNIT_EXPECT_EQ(test, ZMQ_R_UNSPECIFIED,
				ZMQ_TAKE(s, ZMQ_INITIATE));
		KUNIT_EXPECT_FALSE(test, zmq_mech_done(s));
	}
}

/**
 * struct zmq_plain_row - something that a peer sends
 * @what: what the row is about
 * @side: who takes it
 * @stage: when
 * @body: the command
 * @len: bytes of @body
 * @why: how it is judged
 * @status: what an ERROR says
 */
struct zmq_plain_row {
	const char *what;
	int side;
	enum zmq_plain_stage stage;
	const char *body;
	size_t len;
	enum zmq_reason why;
	u16 status;
};

#define ZMQ_C(at)	.side = ZMQ_CLIENT_SIDE, .stage = ZMQ_STAGE_##at
#define ZMQ_S(at)	.side = ZMQ_SERVER_SIDE, .stage = ZMQ_STAGE_##at

/* As a stock libzmq 4.3.4 judges, but for the ERROR of RFC 24. */
static const struct zmq_plain_row zmq_plain_rows[] = {
	{ "server: no command", ZMQ_S(GREETED), ZMQ_BYTES("\5HEL"),
	  ZMQ_R_MALFORMED_COMMAND },
	{ "server: name beyond the end", ZMQ_S(GREETED), ZMQ_BYTES("\6HELLO"),
	  ZMQ_R_MALFORMED_COMMAND },
	{ "server: empty", ZMQ_S(GREETED), ZMQ_BYTES(""), ZMQ_R_MALFORMED_COMMAND },
	{ "server: empty name", ZMQ_S(GREETED), ZMQ_BYTES("\0"),
	  ZMQ_R_MALFORMED_COMMAND },
	{ "server: empty name, data", ZMQ_S(GREETED), ZMQ_BYTES("\0x"),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "server: other name", ZMQ_S(GREETED), ZMQ_BYTES("\5HELL0\0\0"),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "server: lower case", ZMQ_S(GREETED), ZMQ_BYTES("\5hello\0\0"),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "server: INITIATE first", ZMQ_S(GREETED), ZMQ_BYTES(ZMQ_INITIATE),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "server: READY first", ZMQ_S(GREETED), ZMQ_BYTES("\5READY"),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "server: ERROR first", ZMQ_S(GREETED), ZMQ_BYTES("\5ERROR\003400"),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "server: bare HELLO", ZMQ_S(GREETED), ZMQ_BYTES("\5HELLO"),
	  ZMQ_R_MALFORMED_HELLO },
	{ "server: no password", ZMQ_S(GREETED), ZMQ_BYTES("\5HELLO\5admin"),
	  ZMQ_R_MALFORMED_HELLO },
	{ "server: name cut", ZMQ_S(GREETED), ZMQ_BYTES("\5HELLO\6admin"),
	  ZMQ_R_MALFORMED_HELLO },
	{ "server: name takes all", ZMQ_S(GREETED),
	  ZMQ_BYTES("\5HELLO\7admin\2p"), ZMQ_R_MALFORMED_HELLO },
	{ "server: longest name, cut", ZMQ_S(GREETED),
	  ZMQ_BYTES("\5HELLO\377admin\2pw"), ZMQ_R_MALFORMED_HELLO },
	{ "server: password cut", ZMQ_S(GREETED),
	  ZMQ_BYTES("\5HELLO\5admin\3pw"), ZMQ_R_MALFORMED_HELLO },
	{ "server: byte left over", ZMQ_S(GREETED),
	  ZMQ_BYTES("\5HELLO\5admin\2pwx"), ZMQ_R_MALFORMED_HELLO },
	{ "server: both empty", ZMQ_S(GREETED), ZMQ_BYTES("\5HELLO\0\0"),
	  ZMQ_R_NONE },
	{ "server: NUL in a name", ZMQ_S(GREETED),
	  ZMQ_BYTES("\5HELLO\3a\0b\0"), ZMQ_R_NONE },
	{ "server: HELLO again", ZMQ_S(HELLO), ZMQ_BYTES(ZMQ_HELLO),
	  ZMQ_R_UNSPECIFIED },
	{ "server: INITIATE too early", ZMQ_S(ASKED), ZMQ_BYTES(ZMQ_INITIATE),
	  ZMQ_R_UNSPECIFIED },
	{ "server: ERROR too early", ZMQ_S(ASKED), ZMQ_BYTES("\5ERROR\003400"),
	  ZMQ_R_UNSPECIFIED },
	{ "server: no command too early", ZMQ_S(ASKED), ZMQ_BYTES("\5x"),
	  ZMQ_R_UNSPECIFIED },
	{ "server: HELLO for INITIATE", ZMQ_S(WELCOME), ZMQ_BYTES(ZMQ_HELLO),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "server: ERROR for INITIATE", ZMQ_S(WELCOME),
	  ZMQ_BYTES("\5ERROR\003400"), ZMQ_R_UNEXPECTED_COMMAND },
	{ "server: READY for INITIATE", ZMQ_S(WELCOME), ZMQ_BYTES("\5READY"),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "server: empty for INITIATE", ZMQ_S(WELCOME), ZMQ_BYTES(""),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "server: no command for INITIATE", ZMQ_S(WELCOME), ZMQ_BYTES("\6abc"),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "server: bare INITIATE", ZMQ_S(WELCOME), ZMQ_BYTES("\10INITIATE"),
	  ZMQ_R_NONE },
	{ "server: type does not fit", ZMQ_S(WELCOME),
	  ZMQ_BYTES("\10INITIATE" ZMQ_META("\4PULL")), ZMQ_R_TYPE_MISMATCH },
	{ "server: property cut", ZMQ_S(WELCOME),
	  ZMQ_BYTES("\10INITIATE" ZMQ_META("\5PUSH")), ZMQ_R_INVALID_METADATA },
	{ "server: byte behind metadata", ZMQ_S(WELCOME),
	  ZMQ_BYTES(ZMQ_INITIATE "x"), ZMQ_R_INVALID_METADATA },

	{ "client: WELCOME too early", ZMQ_C(GREETED), ZMQ_BYTES(ZMQ_WELCOME),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "client: ERROR too early", ZMQ_C(GREETED),
	  ZMQ_BYTES("\x5eRROR\003400"), ZMQ_R_UNEXPECTED_COMMAND },
	{ "client: HELLO of a client", ZMQ_C(HELLO), ZMQ_BYTES(ZMQ_HELLO),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "client: READY too early", ZMQ_C(HELLO), ZMQ_BYTES(ZMQ_READY),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "client: malformed READY too early", ZMQ_C(HELLO),
	  ZMQ_BYTES("\5READYx"), ZMQ_R_UNEXPECTED_COMMAND },
	{ "client: WELCOME too long", ZMQ_C(HELLO), ZMQ_BYTES(ZMQ_WELCOME "x"),
	  ZMQ_R_MALFORMED_WELCOME },
	{ "client: empty", ZMQ_C(HELLO), ZMQ_BYTES(""), ZMQ_R_UNEXPECTED_COMMAND },
	{ "client: no command", ZMQ_C(HELLO), ZMQ_BYTES("\40abc"),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "client: unknown", ZMQ_C(HELLO), ZMQ_BYTES("\3abc"),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "client: ERROR 400", ZMQ_C(HELLO), ZMQ_BYTES("\x5eRROR\003400"),
	  ZMQ_R_PEER_ERROR, 400 },
	{ "client: ERROR 300", ZMQ_C(HELLO), ZMQ_BYTES("\x5eRROR\003300"),
	  ZMQ_R_PEER_ERROR, 300 },
	{ "client: ERROR text", ZMQ_C(HELLO), ZMQ_BYTES("\x5eRROR\003abc"),
	  ZMQ_R_PEER_ERROR },
	{ "client: ERROR and more", ZMQ_C(HELLO), ZMQ_BYTES("\x5eRROR\003400x"),
	  ZMQ_R_PEER_ERROR, 400 },
	{ "client: ERROR, no reason", ZMQ_C(HELLO), ZMQ_BYTES("\x5eRROR"),
	  ZMQ_R_MALFORMED_ERROR },
	{ "client: ERROR, reason cut", ZMQ_C(HELLO), ZMQ_BYTES("\x5eRROR\004400"),
	  ZMQ_R_MALFORMED_ERROR },
	{ "client: ERROR cut", ZMQ_C(HELLO), ZMQ_BYTES("\x5eRRO"),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "client: RFC's ERROR 500", ZMQ_C(HELLO), ZMQ_BYTES("\5ERROR\003500"),
	  ZMQ_R_PEER_ERROR, 500 },
	{ "client: RFC's ERROR, no reason", ZMQ_C(HELLO), ZMQ_BYTES("\5ERROR"),
	  ZMQ_R_MALFORMED_ERROR },
	{ "client: WELCOME twice in one go", ZMQ_C(WELCOME),
	  ZMQ_BYTES(ZMQ_WELCOME), ZMQ_R_UNEXPECTED_COMMAND },
	{ "client: READY before INITIATE", ZMQ_C(WELCOME), ZMQ_BYTES(ZMQ_READY),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "client: WELCOME for READY", ZMQ_C(INITIATE), ZMQ_BYTES(ZMQ_WELCOME),
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "client: ERROR for READY", ZMQ_C(INITIATE),
	  ZMQ_BYTES("\x5eRROR\003400"), ZMQ_R_PEER_ERROR, 400 },
	{ "client: bare READY", ZMQ_C(INITIATE), ZMQ_BYTES("\5READY"), ZMQ_R_NONE },
	{ "client: type does not fit", ZMQ_C(INITIATE),
	  ZMQ_BYTES("\5READY" ZMQ_META("\4PUSH")), ZMQ_R_TYPE_MISMATCH },
	{ "client: byte behind metadata", ZMQ_C(INITIATE),
	  ZMQ_BYTES(ZMQ_READY "x"), ZMQ_R_INVALID_METADATA },
	{ "client: READY again", ZMQ_C(READY), ZMQ_BYTES(ZMQ_READY),
	  ZMQ_R_UNEXPECTED_COMMAND },
};

static void zmq_plain_row_desc(const struct zmq_plain_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_plain_rows, zmq_plain_rows, zmq_plain_row_desc);

static void zmq_plain_test_row(struct kunit *test)
{
	const struct zmq_plain_row *row = test->param_value;
	struct zmq_plain_test *t = test->priv;
	struct zmq_mech *m = &t->m[row->side];
	bool done;

	zmq_plain_advance(test, row->side, row->stage);
	done = zmq_mech_done(m);
	KUNIT_EXPECT_EQ(test, row->why, zmq_plain_take(m, row->body, row->len));
	KUNIT_EXPECT_EQ(test, row->status, m->status);
	/* Who failed is not told that all is well. */
	if (row->why != ZMQ_R_NONE && row->stage != ZMQ_STAGE_GREETED &&
	    row->stage != ZMQ_STAGE_WELCOME)
		KUNIT_EXPECT_EQ(test, 0, m->ops->produce(m, t->buf,
							 sizeof(t->buf)));
	if (row->why != ZMQ_R_NONE)
		KUNIT_EXPECT_EQ(test, done, zmq_mech_done(m));
}

/* No options, and the longest ones, which the server shows to the handler. */
static void zmq_plain_test_lengths(struct kunit *test)
{
	struct zmq_plain_test *t = test->priv;
	struct zmq_mech *c = &t->m[0], *s = &t->m[1];
	struct zmq_options *opt = &t->opt[0];
	u8 *text;

	zmq_blob_put(opt->plain_username);
	zmq_blob_put(opt->plain_password);
	opt->plain_username = NULL;
	opt->plain_password = NULL;
	zmq_plain_begin(t, 0);
	ZMQ_WANT(test, 0, "\5HELLO\0\0");

	text = kunit_kzalloc(test, 2 * 255, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, text);
	memset(text, 'u', 255);
	memset(text + 255, 'p', 255);
	opt->plain_username = zmq_blob_new(&t->mem, text, 255);
	opt->plain_password = zmq_blob_new(&t->mem, text + 255, 255);
	KUNIT_ASSERT_NOT_NULL(test, opt->plain_username);
	KUNIT_ASSERT_NOT_NULL(test, opt->plain_password);
	zmq_plain_begin(t, 0);
	zmq_plain_begin(t, 1);
	KUNIT_ASSERT_EQ(test, 6 + 2 * 256,
			c->ops->produce(c, t->buf, sizeof(t->buf)));
	KUNIT_EXPECT_EQ(test, ZMQ_R_NONE,
			zmq_plain_take(s, t->buf, 6 + 2 * 256));
	KUNIT_ASSERT_EQ(test, 255, (int)s->cred[0].len);
	KUNIT_ASSERT_EQ(test, 255, (int)s->cred[1].len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(s->cred[0].data, text, 255));
	KUNIT_EXPECT_EQ(test, 0, memcmp(s->cred[1].data, text + 255, 255));
}

static struct kunit_case zmq_plain_cases[] = {
	KUNIT_CASE(zmq_plain_test_whole),
	KUNIT_CASE(zmq_plain_test_refused),
	KUNIT_CASE_PARAM(zmq_plain_test_row, zmq_plain_rows_gen_params),
	KUNIT_CASE(zmq_plain_test_lengths),
	{}
};

static struct kunit_suite zmq_plain_suite = {
	.name = "zmq_mech_plain",
	.init = zmq_plain_test_init,
	.exit = zmq_plain_test_exit,
	.test_cases = zmq_plain_cases,
};

kunit_test_suite(zmq_plain_suite);
