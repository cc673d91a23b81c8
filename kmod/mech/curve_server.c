// SPDX-License-Identifier: GPL-2.0-only
/*
 * The server of CURVE (RFC 26; wire page, 5.3).
 *
 * RFC 26 lets a server forget a client between WELCOME and INITIATE, with all it
 * needs in the cookie. There is a connection anyway, a hundred times as large as
 * two keys, so we keep C' and s' in it, as libzmq does, and the cookie only has to
 * come back. Who took them from the cookie would have to remember all cookies of the
 * last minute: an INITIATE recorded on another connection would else be as good here,
 * and give the same key, with which the same nonces would be used once more.
 *
 * Each cookie has a key of its own, gone with the first INITIATE, or after a minute.
 * No key is shared between connections, so there is none to rotate, and no lock.
 */
#include <crypto/algapi.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "mech/curve.h"
#include "mech/meta.h"
#include "zmtp/command.h"

/* RFC 26: "a short interval, for example 60 seconds". */
#define ZMQ_CURVE_COOKIE_LIFE	(60 * HZ)

/**
 * enum zmq_curve_server_step - what is next (zmq_mech.step)
 * @ZMQ_CURVE_AWAIT_HELLO: the client sends HELLO
 * @ZMQ_CURVE_SAY_WELCOME: we send WELCOME
 * @ZMQ_CURVE_AWAIT_INITIATE: the client sends INITIATE
 * @ZMQ_CURVE_AWAIT_VERDICT: the ZAP handler decides, and we say it
 * @ZMQ_CURVE_SAY_READY: we send READY
 * @ZMQ_CURVE_SERVER_OVER: nothing, the handshake is complete or the client refused
 */
enum zmq_curve_server_step {
	ZMQ_CURVE_AWAIT_HELLO,
	ZMQ_CURVE_SAY_WELCOME,
	ZMQ_CURVE_AWAIT_INITIATE,
	ZMQ_CURVE_AWAIT_VERDICT,
	ZMQ_CURVE_SAY_READY,
	ZMQ_CURVE_SERVER_OVER,
};

static void zmq_curve_put_cookie(struct zmq_curve *c, u8 *cookie)
{
	u8 *box = cookie + ZMQ_CURVE_LONG_NONCE, *text = box + ZMQ_BOX_TAG;
	u8 nonce[ZMQ_BOX_NONCE];

	c->random(c->cookie_key, sizeof(c->cookie_key));
	c->cookie_until = jiffies + ZMQ_CURVE_COOKIE_LIFE;
	c->random(cookie, ZMQ_CURVE_LONG_NONCE);
	zmq_curve_long_nonce(nonce, "COOKIE--", cookie);
	memcpy(text, c->peer, ZMQ_BOX_KEY);
	memcpy(text + ZMQ_BOX_KEY, c->secret, ZMQ_BOX_KEY);
	zmq_box_seal(box, text, 2 * ZMQ_BOX_KEY, c->cookie_key, nonce);
}

static int zmq_curve_put_welcome(struct zmq_mech *m, u8 *buf, size_t cap)
{
	int at = zmq_cmd_put_name(buf, cap, ZMQ_CMD_WELCOME, ZMQ_CURVE_WELCOME);
	u8 nonce[ZMQ_BOX_NONCE], *p = buf + at, *box, *text;
	struct zmq_curve *c = m->priv;

	if (at < 0)
		return at;
	if (!zmq_curve_make_key(c))
		return -EKEYREJECTED;
	box = p + ZMQ_CURVE_WELCOME_OFF_BOX;
	text = box + ZMQ_BOX_TAG;
	memcpy(text, c->public, ZMQ_BOX_KEY);
	zmq_curve_put_cookie(c, text + ZMQ_BOX_KEY);
	c->random(p, ZMQ_CURVE_LONG_NONCE);
	zmq_curve_long_nonce(nonce, "WELCOME-", p);
	zmq_box_seal(box, text, ZMQ_CURVE_WELCOME_TEXT, c->hello, nonce);
	m->step = ZMQ_CURVE_AWAIT_INITIATE;
	return at + ZMQ_CURVE_WELCOME;
}

static int zmq_curve_put_ready(struct zmq_mech *m, u8 *buf, size_t cap)
{
	int at = zmq_cmd_put_name(buf, cap, ZMQ_CMD_READY, ZMQ_CURVE_READY), meta;
	u8 nonce[ZMQ_BOX_NONCE], *p = buf + at, *box;
	struct zmq_curve *c = m->priv;

	if (at < 0)
		return at;
	box = p + ZMQ_CURVE_READY_OFF_BOX;
	meta = zmq_mech_put_meta(m, box + ZMQ_BOX_TAG, cap - at - ZMQ_CURVE_READY);
	if (meta < 0)
		return meta;
	zmq_curve_next(c, p);
	zmq_curve_short_nonce(nonce, "CurveZMQREADY---", p);
	zmq_box_seal(box, box + ZMQ_BOX_TAG, meta, c->key, nonce);
	zmq_curve_derive(c);
	m->sent = true;
	m->step = ZMQ_CURVE_SERVER_OVER;
	return at + ZMQ_CURVE_READY + meta;
}

static int zmq_curve_put_verdict(struct zmq_mech *m, u8 *buf, size_t cap)
{
	if (m->ask != ZMQ_ASK_ANSWERED)
		return 0;
	if (m->verdict == ZMQ_ZAP_OK)
		return zmq_curve_put_ready(m, buf, cap);
	m->step = ZMQ_CURVE_SERVER_OVER;
	return zmq_mech_refuse(m, buf, cap);
}

static int zmq_curve_server_produce(struct zmq_mech *m, u8 *buf, size_t cap)
{
	zmq_curve_drop_text(m);
	switch (m->step) {
	case ZMQ_CURVE_SAY_WELCOME:
		return zmq_curve_put_welcome(m, buf, cap);
	case ZMQ_CURVE_AWAIT_VERDICT:
		return zmq_curve_put_verdict(m, buf, cap);
	case ZMQ_CURVE_SAY_READY:
		return zmq_curve_put_ready(m, buf, cap);
	default:
		return 0;
	}
}

/* Nothing is kept, and little computed, for who does not know S. */
static enum zmq_reason zmq_curve_open_hello(struct zmq_mech *m, const u8 *p)
{
	struct zmq_curve *c = zmq_curve_begin(m);
	u8 text[ZMQ_CURVE_HELLO_TEXT], nonce[ZMQ_BOX_NONCE];

	if (!c)
		return ZMQ_R_NO_MEMORY;
	if (!zmq_curve_is_new(c, p + ZMQ_CURVE_HELLO_OFF_NONCE))
		return ZMQ_R_INVALID_SEQUENCE;
	memcpy(c->peer, p + ZMQ_CURVE_HELLO_OFF_KEY, ZMQ_BOX_KEY);
	zmq_curve_short_nonce(nonce, "CurveZMQHELLO---",
			      p + ZMQ_CURVE_HELLO_OFF_NONCE);
	if (!zmq_box_agree(c->hello, m->opt->curve_key[ZMQ_CURVE_KEY_SECRET],
			   c->peer) ||
	    !zmq_box_open(text, p + ZMQ_CURVE_HELLO_OFF_BOX,
			  ZMQ_CURVE_HELLO - ZMQ_CURVE_HELLO_OFF_BOX, c->hello,
			  nonce))
		return ZMQ_R_CRYPTOGRAPHIC;
	c->got = get_unaligned_be64(p + ZMQ_CURVE_HELLO_OFF_NONCE);
	m->step = ZMQ_CURVE_SAY_WELCOME;
	return ZMQ_R_NONE;
}

/* The padding may be anything, as with libzmq. */
static enum zmq_reason zmq_curve_take_hello(struct zmq_mech *m,
					    const struct zmq_cmd *cmd)
{
	if (!zmq_cmd_is(cmd, ZMQ_CMD_HELLO))
		return zmq_curve_stray(cmd);
	if (cmd->len != ZMQ_CURVE_HELLO ||
	    cmd->data[0] != ZMQ_CURVE_VERSION_MAJOR ||
	    cmd->data[1] != ZMQ_CURVE_VERSION_MINOR)
		return ZMQ_R_MALFORMED_HELLO;
	return zmq_curve_open_hello(m, cmd->data);
}

/* Is it the one that we gave on this connection, and not too long ago? */
static bool zmq_curve_cookie_ok(struct zmq_curve *c, const u8 *cookie)
{
	u8 text[2 * ZMQ_BOX_KEY], nonce[ZMQ_BOX_NONCE];
	bool ok;

	zmq_curve_long_nonce(nonce, "COOKIE--", cookie);
	ok = zmq_box_open(text, cookie + ZMQ_CURVE_LONG_NONCE,
			  ZMQ_CURVE_COOKIE - ZMQ_CURVE_LONG_NONCE, c->cookie_key,
			  nonce) &&
	     !crypto_memneq(text, c->peer, ZMQ_BOX_KEY) &&
	     !crypto_memneq(text + ZMQ_BOX_KEY, c->secret, ZMQ_BOX_KEY) &&
	     time_before(jiffies, c->cookie_until);
	memzero_explicit(text, sizeof(text));
	memzero_explicit(c->cookie_key, sizeof(c->cookie_key));
	return ok;
}

/*
 * Does the owner of C want this connection, and with us? The box says who sealed it;
 * what is in it, for which connection and for which server. Without the latter, which
 * libzmq does not look at, another server with which the client speaks could have
 * taken the client's word to us, had it our S'.
 */
static enum zmq_reason zmq_curve_check_vouch(struct zmq_mech *m, const u8 *vouch)
{
	u8 text[2 * ZMQ_BOX_KEY], nonce[ZMQ_BOX_NONCE], key[ZMQ_BOX_KEY];
	struct zmq_curve *c = m->priv;
	bool ok;

	zmq_curve_long_nonce(nonce, "VOUCH---", vouch);
	ok = zmq_box_agree(key, c->secret, c->client) &&
	     zmq_box_open(text, vouch + ZMQ_CURVE_LONG_NONCE,
			  ZMQ_CURVE_VOUCH - ZMQ_CURVE_LONG_NONCE, key, nonce);
	memzero_explicit(key, sizeof(key));
	if (!ok)
		return ZMQ_R_CRYPTOGRAPHIC;
	/* ZMQ_CURVE_PUBLICKEY of a server need not be set. */
	if (!zmq_box_public(key, m->opt->curve_key[ZMQ_CURVE_KEY_SECRET]) ||
	    crypto_memneq(text, c->peer, ZMQ_BOX_KEY) ||
	    crypto_memneq(text + ZMQ_BOX_KEY, key, ZMQ_BOX_KEY))
		return ZMQ_R_KEY_EXCHANGE;
	return ZMQ_R_NONE;
}

/* What is in INITIATE's box goes to @text, which stays until we have answered. */
static enum zmq_reason zmq_curve_open_initiate(struct zmq_mech *m, const u8 *p,
					       size_t len)
{
	struct zmq_curve *c = m->priv;
	u8 nonce[ZMQ_BOX_NONCE];

	if (!zmq_curve_cookie_ok(c, p))
		return ZMQ_R_CRYPTOGRAPHIC;
	p += ZMQ_CURVE_INITIATE_OFF_NONCE;
	if (!zmq_curve_is_new(c, p))
		return ZMQ_R_INVALID_SEQUENCE;
	c->text = kmalloc(len - ZMQ_CURVE_INITIATE + ZMQ_CURVE_INITIATE_TEXT,
			  GFP_KERNEL_ACCOUNT);
	if (!c->text)
		return ZMQ_R_NO_MEMORY;
	zmq_curve_short_nonce(nonce, "CurveZMQINITIATE", p);
	if (!zmq_box_agree(c->key, c->secret, c->peer) ||
	    !zmq_box_open(c->text, p + ZMQ_CURVE_SHORT_NONCE,
			  len - ZMQ_CURVE_INITIATE_OFF_BOX, c->key, nonce))
		return ZMQ_R_CRYPTOGRAPHIC;
	c->got = get_unaligned_be64(p);
	memcpy(c->client, c->text, ZMQ_BOX_KEY);
	return zmq_curve_check_vouch(m, c->text + ZMQ_BOX_KEY);
}

/*
 * Is a ZAP handler to be asked? With a domain, always; without, if there is one,
 * unless ZMQ_ZAP_ENFORCE_DOMAIN says that only domains count (wire page, 6).
 */
static bool zmq_curve_asks(const struct zmq_options *opt)
{
	return opt->zap_domain || !opt->zap_enforce_domain;
}

static enum zmq_reason zmq_curve_take_initiate(struct zmq_mech *m,
					       const struct zmq_cmd *cmd)
{
	struct zmq_curve *c = m->priv;
	enum zmq_reason why;

	if (!zmq_cmd_is(cmd, ZMQ_CMD_INITIATE))
		return zmq_curve_stray(cmd);
	if (cmd->len < ZMQ_CURVE_INITIATE)
		return ZMQ_R_MALFORMED_INITIATE;
	why = zmq_curve_open_initiate(m, cmd->data, cmd->len);
	zmq_curve_forget(c);
	if (why == ZMQ_R_NONE)
		why = zmq_mech_take_meta(m, c->text + ZMQ_CURVE_INITIATE_TEXT,
					 cmd->len - ZMQ_CURVE_INITIATE);
	if (why != ZMQ_R_NONE)
		return why;
	m->received = true;
	m->step = ZMQ_CURVE_SAY_READY;
	if (!zmq_curve_asks(m->opt))
		return ZMQ_R_NONE;
	m->cred[0].data = c->client;
	m->cred[0].len = sizeof(c->client);
	m->nr_creds = 1;
	m->ask = ZMQ_ASK_WANTED;
	m->step = ZMQ_CURVE_AWAIT_VERDICT;
	return ZMQ_R_NONE;
}

static enum zmq_reason zmq_curve_server_consume(struct zmq_mech *m,
						const struct zmq_cmd *cmd)
{
	switch (m->step) {
	case ZMQ_CURVE_AWAIT_HELLO:
		return zmq_curve_take_hello(m, cmd);
	case ZMQ_CURVE_AWAIT_INITIATE:
		return zmq_curve_take_initiate(m, cmd);
	default:
		return ZMQ_R_UNSPECIFIED;
	}
}

const struct zmq_mech_ops zmq_curve_server_ops = {
	.name = "CURVE",
	.produce = zmq_curve_server_produce,
	.consume = zmq_curve_server_consume,
	.end = zmq_curve_end,
	.seal = zmq_curve_seal,
	.open = zmq_curve_open,
};
EXPORT_SYMBOL_KUNIT(zmq_curve_server_ops);
