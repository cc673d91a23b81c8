// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/zmq.h>

#include "mech/curve.h"
#include "mem.h"
#include "tests/curve_vectors.h"
#include "zmtp/command.h"

/**
 * struct zmq_curve_side - one side of a handshake
 * @opt: its options
 * @m: the handshake
 * @buf: the command it produced last
 * @len: bytes of @buf
 */
struct zmq_curve_side {
	struct zmq_options opt;
	struct zmq_mech m;
	u8 buf[ZMQ_MECH_CMD_MAX];
	int len;
};

/**
 * struct zmq_curve_test - both sides
 * @client: a DEALER
 * @server: a ROUTER
 * @mem: account of blobs
 */
struct zmq_curve_test {
	struct zmq_curve_side client;
	struct zmq_curve_side server;
	struct zmq_mem mem;
};

/* What is random in the vectors, in the order in which it is asked for. */
static const struct zmq_curve_draw {
	const u8 *data;
	size_t len;
} zmq_curve_draws[] = {
	{ zmq_curve_client_transient, sizeof(zmq_curve_client_transient) },
	{ zmq_curve_server_transient, sizeof(zmq_curve_server_transient) },
	{ zmq_curve_cookie_key, sizeof(zmq_curve_cookie_key) },
	{ zmq_curve_cookie_nonce, sizeof(zmq_curve_cookie_nonce) },
	{ zmq_curve_welcome_nonce, sizeof(zmq_curve_welcome_nonce) },
	{ zmq_curve_vouch_nonce, sizeof(zmq_curve_vouch_nonce) },
};

static size_t zmq_curve_drawn;

/* What is asked for beyond the list, or in another size, is zero. */
static void zmq_curve_draw(void *buf, size_t len)
{
	const struct zmq_curve_draw *d = zmq_curve_draws + zmq_curve_drawn;

	memset(buf, 0, len);
	if (zmq_curve_drawn < ARRAY_SIZE(zmq_curve_draws) && d->len == len)
		memcpy(buf, d->data, len);
	zmq_curve_drawn++;
}

static void zmq_curve_side_begin(struct kunit *test, struct zmq_curve_side *side,
				 bool server)
{
	struct zmq_curve *c;

	if (side->m.ops)
		zmq_mech_end(&side->m);
	memset(&side->m, 0, sizeof(side->m));
	side->m.ops = server ? &zmq_curve_server_ops : &zmq_curve_client_ops;
	side->m.type = server ? ZMQ_ROUTER : ZMQ_DEALER;
	side->m.opt = &side->opt;
	c = zmq_curve_begin(&side->m);
	KUNIT_ASSERT_NOT_NULL(test, c);
	c->random = zmq_curve_draw;
}

/* A new connection of the same sockets. */
static void zmq_curve_begin_both(struct kunit *test)
{
	struct zmq_curve_test *t = test->priv;

	zmq_curve_drawn = 0;
	zmq_curve_side_begin(test, &t->client, false);
	zmq_curve_side_begin(test, &t->server, true);
}

static int zmq_curve_test_init(struct kunit *test)
{
	struct zmq_curve_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	memcpy(t->server.opt.curve_key[ZMQ_CURVE_KEY_SECRET],
	       zmq_curve_server_secret, ZMQ_CURVE_KEY_LEN);
	memcpy(t->client.opt.curve_key[ZMQ_CURVE_KEY_SERVER],
	       zmq_curve_server_public, ZMQ_CURVE_KEY_LEN);
	memcpy(t->client.opt.curve_key[ZMQ_CURVE_KEY_PUBLIC],
	       zmq_curve_client_public, ZMQ_CURVE_KEY_LEN);
	memcpy(t->client.opt.curve_key[ZMQ_CURVE_KEY_SECRET],
	       zmq_curve_client_secret, ZMQ_CURVE_KEY_LEN);
	/* No domain, and only domains count: nobody is asked. */
	t->server.opt.zap_enforce_domain = 1;
	zmq_curve_begin_both(test);
	return 0;
}

static void zmq_curve_test_exit(struct kunit *test)
{
	struct zmq_curve_test *t = test->priv;

	zmq_mech_end(&t->client.m);
	zmq_mech_end(&t->server.m);
}

static int zmq_curve_say(struct zmq_curve_side *side)
{
	side->len = side->m.ops->produce(&side->m, side->buf, sizeof(side->buf));
	return side->len;
}

static enum zmq_reason zmq_curve_hear(struct zmq_curve_side *side,
				      const void *body, size_t len)
{
	struct zmq_cmd cmd;

	if (zmq_cmd_parse(&cmd, body, len))
		zmq_cmd_nameless(&cmd, body, len);
	return side->m.ops->consume(&side->m, &cmd);
}

/* One side speaks, the other hears it. */
static enum zmq_reason zmq_curve_pass(struct kunit *test,
				      struct zmq_curve_side *from,
				      struct zmq_curve_side *to)
{
	KUNIT_ASSERT_GT(test, zmq_curve_say(from), 0);
	return zmq_curve_hear(to, from->buf, from->len);
}

/* So many commands of a good handshake, which has four. */
static void zmq_curve_go(struct kunit *test, int commands)
{
	struct zmq_curve_test *t = test->priv;
	int i;

	zmq_curve_begin_both(test);
	for (i = 0; i < commands; i++)
		KUNIT_ASSERT_EQ(test, ZMQ_R_NONE,
				i % 2 ? zmq_curve_pass(test, &t->server, &t->client) :
					zmq_curve_pass(test, &t->client, &t->server));
}

static void zmq_curve_expect(struct kunit *test, const struct zmq_curve_side *side,
			     const u8 *body, size_t len)
{
	KUNIT_ASSERT_EQ(test, (int)len, side->len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(body, side->buf, len));
}

/* Byte for byte, both roles. */
static void zmq_curve_test_vectors(struct kunit *test)
{
	struct zmq_curve_test *t = test->priv;
	struct zmq_curve *c = t->client.m.priv, *s = t->server.m.priv;
	struct zmq_curve want = {};

	KUNIT_EXPECT_EQ(test, 0, zmq_curve_say(&t->server));
	KUNIT_EXPECT_EQ(test, ZMQ_R_NONE,
			zmq_curve_pass(test, &t->client, &t->server));
	zmq_curve_expect(test, &t->client, zmq_curve_hello, sizeof(zmq_curve_hello));
	KUNIT_EXPECT_EQ(test, 0, zmq_curve_say(&t->client));
	KUNIT_EXPECT_EQ(test, ZMQ_R_NONE,
			zmq_curve_pass(test, &t->server, &t->client));
	zmq_curve_expect(test, &t->server, zmq_curve_welcome, sizeof(zmq_curve_welcome));
	KUNIT_EXPECT_EQ(test, 0, zmq_curve_say(&t->server));
	KUNIT_EXPECT_EQ(test, ZMQ_R_NONE,
			zmq_curve_pass(test, &t->client, &t->server));
	zmq_curve_expect(test, &t->client, zmq_curve_initiate, sizeof(zmq_curve_initiate));
	KUNIT_EXPECT_TRUE(test, t->client.m.sent);
	KUNIT_ASSERT_EQ(test, sizeof(zmq_curve_client_meta), t->server.m.meta_len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(zmq_curve_client_meta, t->server.m.meta,
					t->server.m.meta_len));
	KUNIT_EXPECT_EQ(test, ZMQ_ASK_NOTHING, t->server.m.ask);
	KUNIT_EXPECT_EQ(test, ZMQ_R_NONE,
			zmq_curve_pass(test, &t->server, &t->client));
	zmq_curve_expect(test, &t->server, zmq_curve_ready, sizeof(zmq_curve_ready));
	KUNIT_ASSERT_EQ(test, sizeof(zmq_curve_server_meta), t->client.m.meta_len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(zmq_curve_server_meta, t->client.m.meta,
					t->client.m.meta_len));
	KUNIT_EXPECT_TRUE(test, zmq_mech_done(&t->client.m));
	KUNIT_EXPECT_TRUE(test, zmq_mech_done(&t->server.m));
	KUNIT_EXPECT_EQ(test, 0, zmq_curve_say(&t->client));
	KUNIT_EXPECT_EQ(test, 0, zmq_curve_say(&t->server));
	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(zmq_curve_draws), zmq_curve_drawn);

	memcpy(want.key, zmq_curve_key, sizeof(want.key));
	zmq_curve_derive(&want);
	KUNIT_EXPECT_EQ(test, 0, memcmp(c->ours, want.ours, sizeof(want.ours)));
	KUNIT_EXPECT_EQ(test, 0, memcmp(c->theirs, want.theirs, sizeof(want.theirs)));
	KUNIT_EXPECT_EQ(test, 0, memcmp(s->ours, want.theirs, sizeof(want.theirs)));
	KUNIT_EXPECT_EQ(test, 0, memcmp(s->theirs, want.ours, sizeof(want.ours)));
	KUNIT_EXPECT_NULL(test, memchr_inv(c->key, 0, sizeof(c->key)));
	KUNIT_EXPECT_NULL(test, memchr_inv(s->key, 0, sizeof(s->key)));
	KUNIT_EXPECT_NULL(test, memchr_inv(c->secret, 0, sizeof(c->secret)));
	KUNIT_EXPECT_NULL(test, memchr_inv(s->secret, 0, sizeof(s->secret)));
	KUNIT_EXPECT_NULL(test, memchr_inv(s->cookie_key, 0, sizeof(s->cookie_key)));
	KUNIT_EXPECT_NULL(test, c->text);
	KUNIT_EXPECT_NULL(test, s->text);
}

/* A bit of each byte of a command is wrong; the last bytes are of a box. */
static enum zmq_reason zmq_curve_flip_why(int commands, size_t at, size_t name)
{
	if (!at)
		return commands % 2 ? ZMQ_R_UNEXPECTED_COMMAND : ZMQ_R_NONE;
	if (at < name)
		return ZMQ_R_UNEXPECTED_COMMAND;
	if (commands || at >= 80)
		return ZMQ_R_CRYPTOGRAPHIC;
	return at < 8 ? ZMQ_R_MALFORMED_HELLO : ZMQ_R_NONE;
}

static void zmq_curve_flip(struct kunit *test, int commands, size_t name)
{
	struct zmq_curve_test *t = test->priv;
	struct zmq_curve_side *from = commands % 2 ? &t->server : &t->client;
	struct zmq_curve_side *to = commands % 2 ? &t->client : &t->server;
	struct zmq_curve before, *c = to->m.priv;
	struct zmq_mech m;
	int i;

	zmq_curve_go(test, commands);
	c = to->m.priv;
	KUNIT_ASSERT_GT(test, zmq_curve_say(from), 0);
	KUNIT_EXPECT_EQ(test, 0, zmq_curve_say(to));
	before = *c;
	m = to->m;
	for (i = 1; i < from->len; i++) {
		from->buf[i] ^= 4;
		KUNIT_EXPECT_EQ_MSG(test, zmq_curve_flip_why(commands, i, name),
				    zmq_curve_hear(to, from->buf, from->len),
				    "command %d, byte %d", commands, i);
		from->buf[i] ^= 4;
		zmq_curve_drop_text(&to->m);
		*c = before;
		to->m = m;
	}
	KUNIT_EXPECT_EQ(test, ZMQ_R_NONE,
			zmq_curve_hear(to, from->buf, from->len));
}

static void zmq_curve_test_flips(struct kunit *test)
{
	zmq_curve_flip(test, 0, 6);
	zmq_curve_flip(test, 1, 8);
	zmq_curve_flip(test, 2, 9);
	zmq_curve_flip(test, 3, 6);
}

/**
 * struct zmq_curve_row - a command that comes wrong
 * @what: what the row is about
 * @commands: of a good handshake before it
 * @server: it comes to the server
 * @name: its start
 * @len: bytes of it
 * @why: how it is judged
 */
struct zmq_curve_row {
	const char *what;
	int commands;
	bool server;
	const char *name;
	size_t len;
	enum zmq_reason why;
};

static const struct zmq_curve_row zmq_curve_rows[] = {
	{ "HELLO, short", 0, true, "\5HELLO\1", 199, ZMQ_R_MALFORMED_HELLO },
	{ "HELLO, long", 0, true, "\5HELLO\1", 201, ZMQ_R_MALFORMED_HELLO },
	{ "HELLO, nothing", 0, true, "\5HELLO", 6, ZMQ_R_MALFORMED_HELLO },
	{ "HELLO, version 2", 0, true, "\5HELLO\2", 200, ZMQ_R_MALFORMED_HELLO },
	{ "HELLO, all zero", 0, true, "\5HELLO\1", 200, ZMQ_R_INVALID_SEQUENCE },
	{ "HELLO with another name", 0, true, "\5HELLX\1", 200,
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "INITIATE first", 0, true, "\10INITIATE", 300, ZMQ_R_UNEXPECTED_COMMAND },
	{ "READY first", 0, true, "\5READY", 43, ZMQ_R_UNEXPECTED_COMMAND },
	{ "no command", 0, true, "\5HEL", 4, ZMQ_R_MALFORMED_COMMAND },
	{ "nothing", 0, true, "", 0, ZMQ_R_MALFORMED_COMMAND },
	{ "an empty name", 0, true, "", 1, ZMQ_R_MALFORMED_COMMAND },
	{ "an empty name and a byte", 0, true, "", 2, ZMQ_R_UNEXPECTED_COMMAND },
	{ "HELLO again, before WELCOME", 1, true, "\5HELLO\1", 200,
	  ZMQ_R_UNSPECIFIED },
	{ "HELLO again", 2, true, "\5HELLO\1", 200, ZMQ_R_UNEXPECTED_COMMAND },
	{ "INITIATE, short", 2, true, "\10INITIATE", 256,
	  ZMQ_R_MALFORMED_INITIATE },
	{ "INITIATE, all zero", 2, true, "\10INITIATE", 257, ZMQ_R_CRYPTOGRAPHIC },
	{ "INITIATE again, before READY", 3, true, "\10INITIATE", 257,
	  ZMQ_R_UNSPECIFIED },
	{ "INITIATE again", 4, true, "\10INITIATE", 257, ZMQ_R_UNSPECIFIED },
	{ "ERROR from a client", 0, true, "\5ERROR\003400", 10,
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "WELCOME before HELLO", 0, false, "\7WELCOME", 168,
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "ERROR before HELLO", 0, false, "\5ERROR\003400", 10,
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "WELCOME, short", 1, false, "\7WELCOME", 167, ZMQ_R_CRYPTOGRAPHIC },
	{ "WELCOME, long", 1, false, "\7WELCOME", 169, ZMQ_R_CRYPTOGRAPHIC },
	{ "WELCOME, all zero", 1, false, "\7WELCOME", 168, ZMQ_R_CRYPTOGRAPHIC },
	{ "READY before WELCOME", 1, false, "\5READY", 65,
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "ERROR for HELLO", 1, false, "\5ERROR\003400", 10, ZMQ_R_PEER_ERROR },
	{ "HELLO to a client", 1, false, "\5HELLO\1", 200,
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "WELCOME again, before INITIATE", 2, false, "\7WELCOME", 168,
	  ZMQ_R_UNEXPECTED_COMMAND },
	{ "WELCOME again", 3, false, "\7WELCOME", 168, ZMQ_R_UNEXPECTED_COMMAND },
	{ "READY, short", 3, false, "\5READY", 29, ZMQ_R_MALFORMED_READY },
	{ "READY, nonce 0", 3, false, "\5READY", 30, ZMQ_R_INVALID_SEQUENCE },
	{ "READY that does not open", 3, false, "\5READY\1", 30,
	  ZMQ_R_CRYPTOGRAPHIC },
	{ "ERROR for INITIATE", 3, false, "\5ERROR\003500", 10, ZMQ_R_PEER_ERROR },
	{ "no command to a client", 3, false, "\5REA", 4, ZMQ_R_MALFORMED_COMMAND },
	{ "ERROR at the end", 4, false, "\5ERROR\003400", 10,
	  ZMQ_R_UNEXPECTED_COMMAND },
};

static void zmq_curve_row_desc(const struct zmq_curve_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_curve_rows, zmq_curve_rows, zmq_curve_row_desc);

static void zmq_curve_test_wrong(struct kunit *test)
{
	const struct zmq_curve_row *row = test->param_value;
	struct zmq_curve_test *t = test->priv;
	struct zmq_curve_side *side = row->server ? &t->server : &t->client;
	u8 body[301] = {};

	zmq_curve_go(test, row->commands);
	/* Who has to send meanwhile has done so. */
	if (!row->server && row->commands % 2 == 1)
		KUNIT_EXPECT_EQ(test, 0, zmq_curve_say(side));
	memcpy(body, row->name, strlen(row->name));
	KUNIT_EXPECT_EQ(test, row->why, zmq_curve_hear(side, body, row->len));
	if (row->why == ZMQ_R_PEER_ERROR)
		KUNIT_EXPECT_EQ(test, (body[7] - '0') * 100, (int)side->m.status);
}

/* Numbers must rise from the first box on, in each direction. */
static void zmq_curve_test_nonces(struct kunit *test)
{
	struct zmq_curve_test *t = test->priv;

	((struct zmq_curve *)t->client.m.priv)->sent = U64_MAX;
	KUNIT_EXPECT_EQ(test, ZMQ_R_INVALID_SEQUENCE,
			zmq_curve_pass(test, &t->client, &t->server));

	zmq_curve_go(test, 2);
	((struct zmq_curve *)t->client.m.priv)->sent = 0;
	KUNIT_EXPECT_EQ(test, ZMQ_R_INVALID_SEQUENCE,
			zmq_curve_pass(test, &t->client, &t->server));

	zmq_curve_go(test, 3);
	((struct zmq_curve *)t->server.m.priv)->sent = U64_MAX;
	KUNIT_EXPECT_EQ(test, ZMQ_R_INVALID_SEQUENCE,
			zmq_curve_pass(test, &t->server, &t->client));

	/* Gaps are allowed. */
	zmq_curve_begin_both(test);
	((struct zmq_curve *)t->client.m.priv)->sent = U64_MAX - 2;
	KUNIT_EXPECT_EQ(test, ZMQ_R_NONE,
			zmq_curve_pass(test, &t->client, &t->server));
}

/* Keys that don't belong together (libzmq API page, 9.5). */
static void zmq_curve_test_keys(struct kunit *test)
{
	struct zmq_curve_test *t = test->priv;
	u8 (*key)[ZMQ_CURVE_KEY_LEN] = t->client.opt.curve_key;

	memset(key[ZMQ_CURVE_KEY_SERVER], 0, ZMQ_CURVE_KEY_LEN);
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, zmq_curve_say(&t->client));
	memcpy(key[ZMQ_CURVE_KEY_SERVER], zmq_curve_client_public,
	       ZMQ_CURVE_KEY_LEN);
	KUNIT_EXPECT_EQ(test, ZMQ_R_CRYPTOGRAPHIC,
			zmq_curve_pass(test, &t->client, &t->server));
	memcpy(key[ZMQ_CURVE_KEY_SERVER], zmq_curve_server_public,
	       ZMQ_CURVE_KEY_LEN);

	memset(key[ZMQ_CURVE_KEY_PUBLIC], 0, ZMQ_CURVE_KEY_LEN);
	zmq_curve_go(test, 2);
	KUNIT_EXPECT_EQ(test, ZMQ_R_CRYPTOGRAPHIC,
			zmq_curve_pass(test, &t->client, &t->server));
	memcpy(key[ZMQ_CURVE_KEY_PUBLIC], zmq_curve_server_public,
	       ZMQ_CURVE_KEY_LEN);
	zmq_curve_go(test, 2);
	KUNIT_EXPECT_EQ(test, ZMQ_R_CRYPTOGRAPHIC,
			zmq_curve_pass(test, &t->client, &t->server));
	memcpy(key[ZMQ_CURVE_KEY_PUBLIC], zmq_curve_client_public,
	       ZMQ_CURVE_KEY_LEN);

	memset(key[ZMQ_CURVE_KEY_SECRET], 0, ZMQ_CURVE_KEY_LEN);
	zmq_curve_go(test, 2);
	KUNIT_EXPECT_EQ(test, ZMQ_R_CRYPTOGRAPHIC,
			zmq_curve_pass(test, &t->client, &t->server));
}

/* A vouch for another connection, and one for another server. */
static void zmq_curve_test_vouch(struct kunit *test)
{
	struct zmq_curve_test *t = test->priv;

	zmq_curve_go(test, 2);
	((struct zmq_curve *)t->client.m.priv)->public[0] ^= 1;
	KUNIT_EXPECT_EQ(test, ZMQ_R_KEY_EXCHANGE,
			zmq_curve_pass(test, &t->client, &t->server));

	zmq_curve_go(test, 2);
	t->client.opt.curve_key[ZMQ_CURVE_KEY_SERVER][0] ^= 1;
	KUNIT_EXPECT_EQ(test, ZMQ_R_KEY_EXCHANGE,
			zmq_curve_pass(test, &t->client, &t->server));
	KUNIT_EXPECT_FALSE(test, t->server.m.received);
}

/* That of another connection, with other keys or another key's, and a late one. */
static void zmq_curve_test_cookie(struct kunit *test)
{
	struct zmq_curve_test *t = test->priv;

	zmq_curve_go(test, 2);
	((struct zmq_curve *)t->server.m.priv)->peer[0] ^= 1;
	KUNIT_EXPECT_EQ(test, ZMQ_R_CRYPTOGRAPHIC,
			zmq_curve_pass(test, &t->client, &t->server));
	zmq_curve_go(test, 2);
	((struct zmq_curve *)t->server.m.priv)->secret[0] ^= 1;
	KUNIT_EXPECT_EQ(test, ZMQ_R_CRYPTOGRAPHIC,
			zmq_curve_pass(test, &t->client, &t->server));
	zmq_curve_go(test, 2);
	((struct zmq_curve *)t->server.m.priv)->cookie_key[0] ^= 1;
	KUNIT_EXPECT_EQ(test, ZMQ_R_CRYPTOGRAPHIC,
			zmq_curve_pass(test, &t->client, &t->server));
	zmq_curve_go(test, 2);
	((struct zmq_curve *)t->server.m.priv)->cookie_until = jiffies - 1;
	KUNIT_EXPECT_EQ(test, ZMQ_R_CRYPTOGRAPHIC,
			zmq_curve_pass(test, &t->client, &t->server));
}

/* When a ZAP handler is asked, and what follows its verdict: wire page, 6. */
static void zmq_curve_test_verdicts(struct kunit *test)
{
	static const struct {
		u16 verdict;
		const char *error;
	} rows[] = {
		{ ZMQ_ZAP_TEMPORARY, "" },
		{ ZMQ_ZAP_DENIED, "\5ERROR\003400" },
		{ ZMQ_ZAP_INTERNAL, "\5ERROR\003500" },
	};
	struct zmq_curve_test *t = test->priv;
	struct zmq_mech *m = &t->server.m;
	size_t i;

	t->server.opt.zap_domain = zmq_blob_new(&t->mem, "global", 6);
	KUNIT_ASSERT_NOT_NULL(test, t->server.opt.zap_domain);
	zmq_curve_go(test, 3);
	KUNIT_EXPECT_EQ(test, ZMQ_ASK_WANTED, m->ask);
	zmq_blob_put(t->server.opt.zap_domain);
	t->server.opt.zap_domain = NULL;
	t->server.opt.zap_enforce_domain = 0;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		zmq_curve_go(test, 3);
		KUNIT_EXPECT_EQ(test, ZMQ_ASK_WANTED, m->ask);
		KUNIT_ASSERT_EQ(test, 1, (int)m->nr_creds);
		KUNIT_ASSERT_EQ(test, ZMQ_CURVE_KEY_LEN, (int)m->cred[0].len);
		KUNIT_EXPECT_EQ(test, 0, zmq_curve_say(&t->server));
		KUNIT_EXPECT_EQ(test, 0, memcmp(m->cred[0].data,
						zmq_curve_client_public,
						ZMQ_CURVE_KEY_LEN));
		KUNIT_EXPECT_EQ(test, ZMQ_R_UNSPECIFIED,
				zmq_curve_hear(&t->server, "\4PING\0\0", 7));
		m->ask = ZMQ_ASK_ANSWERED;
		m->verdict = rows[i].verdict;
		KUNIT_EXPECT_EQ(test, (int)strlen(rows[i].error),
				zmq_curve_say(&t->server));
		KUNIT_EXPECT_EQ(test, 0, memcmp(rows[i].error, t->server.buf,
						strlen(rows[i].error)));
		KUNIT_EXPECT_TRUE(test, m->refused);
		KUNIT_EXPECT_FALSE(test, zmq_mech_done(m));
		KUNIT_EXPECT_EQ(test, 0, zmq_curve_say(&t->server));
	}

	zmq_curve_go(test, 3);
	m->ask = ZMQ_ASK_ANSWERED;
	m->verdict = ZMQ_ZAP_OK;
	KUNIT_EXPECT_EQ(test, ZMQ_R_NONE,
			zmq_curve_pass(test, &t->server, &t->client));
	KUNIT_EXPECT_TRUE(test, zmq_mech_done(m));
	KUNIT_EXPECT_FALSE(test, m->refused);
}

/* What is in the boxes is judged as in clear commands; the longest fits. */
static void zmq_curve_test_meta(struct kunit *test)
{
	struct zmq_curve_test *t = test->priv;
	static u8 meta[ZMQ_METADATA_MAX];
	int len;

	zmq_curve_go(test, 2);
	t->server.m.type = ZMQ_PULL;
	KUNIT_EXPECT_EQ(test, ZMQ_R_TYPE_MISMATCH,
			zmq_curve_pass(test, &t->client, &t->server));
	KUNIT_EXPECT_FALSE(test, t->server.m.received);
	zmq_curve_go(test, 3);
	t->client.m.type = ZMQ_PULL;
	KUNIT_EXPECT_EQ(test, ZMQ_R_TYPE_MISMATCH,
			zmq_curve_pass(test, &t->server, &t->client));

	/* A property with an empty name, which takes all the room there is. */
	memcpy(meta, "\0\0\0\1\xfb", 5);
	t->client.opt.metadata = zmq_blob_new(&t->mem, meta, sizeof(meta));
	KUNIT_ASSERT_NOT_NULL(test, t->client.opt.metadata);
	t->client.opt.routing_id_len = ZMQ_ROUTING_ID_MAX;
	memset(t->client.opt.routing_id, 'i', ZMQ_ROUTING_ID_MAX);
	zmq_curve_go(test, 2);
	/* INITIATE; Socket-Type; Identity; ZMQ_METADATA. */
	len = 257 + 22 + 13 + ZMQ_ROUTING_ID_MAX + ZMQ_METADATA_MAX;
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			t->client.m.ops->produce(&t->client.m, t->client.buf,
						 len - 1));
	KUNIT_EXPECT_EQ(test, ZMQ_R_NONE,
			zmq_curve_pass(test, &t->client, &t->server));
	KUNIT_EXPECT_EQ(test, len, t->client.len);
	KUNIT_EXPECT_EQ(test, ZMQ_ROUTING_ID_MAX, (int)t->server.m.peer_id_len);
	zmq_blob_put(t->client.opt.metadata);
	t->client.opt.metadata = NULL;
}

static struct kunit_case zmq_curve_cases[] = {
	KUNIT_CASE(zmq_curve_test_vectors),
	KUNIT_CASE(zmq_curve_test_flips),
	KUNIT_CASE_PARAM(zmq_curve_test_wrong, zmq_curve_rows_gen_params),
	KUNIT_CASE(zmq_curve_test_nonces),
	KUNIT_CASE(zmq_curve_test_keys),
	KUNIT_CASE(zmq_curve_test_vouch),
	KUNIT_CASE(zmq_curve_test_cookie),
	KUNIT_CASE(zmq_curve_test_verdicts),
	KUNIT_CASE(zmq_curve_test_meta),
	{}
};

static struct kunit_suite zmq_curve_suite = {
	.name = "zmq_curve",
	.init = zmq_curve_test_init,
	.exit = zmq_curve_test_exit,
	.test_cases = zmq_curve_cases,
};

kunit_test_suite(zmq_curve_suite);
