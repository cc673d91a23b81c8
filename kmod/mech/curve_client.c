// SPDX-License-Identifier: GPL-2.0-only
/*
 * The client of CURVE (RFC 26; wire page, 5.3). It knows the server's key S before,
 * so who answers is that server or nobody: HELLO and WELCOME agree on keys of this
 * connection, and INITIATE says, for the server's eyes only, who we are.
 */
#include <crypto/algapi.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "mech/curve.h"
#include "mech/meta.h"
#include "zmtp/command.h"

/**
 * enum zmq_curve_client_step - what is next (zmq_mech.step)
 * @ZMQ_CURVE_SAY_HELLO: we send HELLO
 * @ZMQ_CURVE_AWAIT_WELCOME: the server sends WELCOME
 * @ZMQ_CURVE_SAY_INITIATE: we send INITIATE
 * @ZMQ_CURVE_AWAIT_READY: the server sends READY
 * @ZMQ_CURVE_CLIENT_OVER: nothing, the handshake is complete
 */
enum zmq_curve_client_step {
	ZMQ_CURVE_SAY_HELLO,
	ZMQ_CURVE_AWAIT_WELCOME,
	ZMQ_CURVE_SAY_INITIATE,
	ZMQ_CURVE_AWAIT_READY,
	ZMQ_CURVE_CLIENT_OVER,
};

/* Zeros in a box: who sends it has c', and knows S. */
static int zmq_curve_put_hello(struct zmq_mech *m, u8 *buf, size_t cap)
{
	struct zmq_curve *c = zmq_curve_begin(m);
	int at = zmq_cmd_put_name(buf, cap, ZMQ_CMD_HELLO, ZMQ_CURVE_HELLO);
	u8 nonce[ZMQ_BOX_NONCE], *p = buf + at, *box;

	if (at < 0)
		return at;
	if (!c)
		return -ENOMEM;
	/* All zero, for one, is no key. */
	if (!zmq_curve_make_key(c) ||
	    !zmq_box_agree(c->hello, c->secret,
			   m->opt->curve_key[ZMQ_CURVE_KEY_SERVER]))
		return -EKEYREJECTED;

	memset(p, 0, ZMQ_CURVE_HELLO);
	p[0] = ZMQ_CURVE_VERSION_MAJOR;
	p[1] = ZMQ_CURVE_VERSION_MINOR;
	memcpy(p + ZMQ_CURVE_HELLO_OFF_KEY, c->public, ZMQ_BOX_KEY);
	zmq_curve_next(c, p + ZMQ_CURVE_HELLO_OFF_NONCE);
	zmq_curve_short_nonce(nonce, "CurveZMQHELLO---",
			      p + ZMQ_CURVE_HELLO_OFF_NONCE);
	box = p + ZMQ_CURVE_HELLO_OFF_BOX;
	zmq_box_seal(box, box + ZMQ_BOX_TAG, ZMQ_CURVE_HELLO_TEXT, c->hello, nonce);
	m->step = ZMQ_CURVE_AWAIT_WELCOME;
	return at + ZMQ_CURVE_HELLO;
}

/* C' and S in a box from C to S': the owner of C wants this very connection. */
static bool zmq_curve_put_vouch(const struct zmq_mech *m, u8 *vouch)
{
	struct zmq_curve *c = m->priv;
	u8 key[ZMQ_BOX_KEY], nonce[ZMQ_BOX_NONCE];
	u8 *box = vouch + ZMQ_CURVE_LONG_NONCE, *text = box + ZMQ_BOX_TAG;
	bool ok = zmq_box_agree(key, m->opt->curve_key[ZMQ_CURVE_KEY_SECRET],
				c->peer);

	c->random(vouch, ZMQ_CURVE_LONG_NONCE);
	zmq_curve_long_nonce(nonce, "VOUCH---", vouch);
	memcpy(text, c->public, ZMQ_BOX_KEY);
	memcpy(text + ZMQ_BOX_KEY, m->opt->curve_key[ZMQ_CURVE_KEY_SERVER],
	       ZMQ_BOX_KEY);
	zmq_box_seal(box, text, 2 * ZMQ_BOX_KEY, key, nonce);
	memzero_explicit(key, sizeof(key));
	return ok;
}

static int zmq_curve_put_initiate(struct zmq_mech *m, u8 *buf, size_t cap)
{
	struct zmq_curve *c = m->priv;
	int at = zmq_cmd_put_name(buf, cap, ZMQ_CMD_INITIATE, ZMQ_CURVE_INITIATE);
	u8 nonce[ZMQ_BOX_NONCE], *p = buf + at, *box, *text;
	int meta;

	if (at < 0)
		return at;
	meta = zmq_mech_put_meta(m, p + ZMQ_CURVE_INITIATE,
				 cap - at - ZMQ_CURVE_INITIATE);
	if (meta < 0)
		return meta;
	memcpy(p, c->cookie, ZMQ_CURVE_COOKIE);
	box = p + ZMQ_CURVE_INITIATE_OFF_BOX;
	text = box + ZMQ_BOX_TAG;
	memcpy(text, m->opt->curve_key[ZMQ_CURVE_KEY_PUBLIC], ZMQ_BOX_KEY);
	if (!zmq_curve_put_vouch(m, text + ZMQ_BOX_KEY))
		return -EKEYREJECTED;
	zmq_curve_next(c, p + ZMQ_CURVE_INITIATE_OFF_NONCE);
	zmq_curve_short_nonce(nonce, "CurveZMQINITIATE",
			      p + ZMQ_CURVE_INITIATE_OFF_NONCE);
	zmq_box_seal(box, text, ZMQ_CURVE_INITIATE_TEXT + meta, c->key, nonce);
	zmq_curve_forget(c);
	m->sent = true;
	m->step = ZMQ_CURVE_AWAIT_READY;
	return at + ZMQ_CURVE_INITIATE + meta;
}

static int zmq_curve_client_produce(struct zmq_mech *m, u8 *buf, size_t cap)
{
	zmq_curve_drop_text(m);
	switch (m->step) {
	case ZMQ_CURVE_SAY_HELLO:
		return zmq_curve_put_hello(m, buf, cap);
	case ZMQ_CURVE_SAY_INITIATE:
		return zmq_curve_put_initiate(m, buf, cap);
	default:
		return 0;
	}
}

/*
 * libzmq has no other word for a WELCOME of the wrong size, and its users' programs
 * wait for that one (wire page, 5.3).
 */
static enum zmq_reason zmq_curve_take_welcome(struct zmq_mech *m,
					      const struct zmq_cmd *cmd)
{
	u8 text[ZMQ_CURVE_WELCOME_TEXT], nonce[ZMQ_BOX_NONCE];
	struct zmq_curve *c = m->priv;
	bool ok;

	if (m->step != ZMQ_CURVE_AWAIT_WELCOME)
		return ZMQ_R_UNEXPECTED_COMMAND;
	if (cmd->len != ZMQ_CURVE_WELCOME)
		return ZMQ_R_CRYPTOGRAPHIC;
	zmq_curve_long_nonce(nonce, "WELCOME-", cmd->data);
	ok = zmq_box_open(text, cmd->data + ZMQ_CURVE_WELCOME_OFF_BOX,
			  ZMQ_CURVE_WELCOME - ZMQ_CURVE_WELCOME_OFF_BOX, c->hello,
			  nonce);
	memcpy(c->peer, text, ZMQ_BOX_KEY);
	memcpy(c->cookie, text + ZMQ_BOX_KEY, ZMQ_CURVE_COOKIE);
	memzero_explicit(text, sizeof(text));
	if (!ok || !zmq_box_agree(c->key, c->secret, c->peer))
		return ZMQ_R_CRYPTOGRAPHIC;
	m->step = ZMQ_CURVE_SAY_INITIATE;
	return ZMQ_R_NONE;
}

static enum zmq_reason zmq_curve_take_ready(struct zmq_mech *m,
					    const struct zmq_cmd *cmd)
{
	struct zmq_curve *c = m->priv;
	u8 nonce[ZMQ_BOX_NONCE];
	enum zmq_reason why;

	if (m->step != ZMQ_CURVE_AWAIT_READY)
		return ZMQ_R_UNEXPECTED_COMMAND;
	if (cmd->len < ZMQ_CURVE_READY)
		return ZMQ_R_MALFORMED_READY;
	if (!zmq_curve_is_new(c, cmd->data))
		return ZMQ_R_INVALID_SEQUENCE;
	c->text = kmalloc(cmd->len - ZMQ_CURVE_READY + 1, GFP_KERNEL_ACCOUNT);
	if (!c->text)
		return ZMQ_R_NO_MEMORY;
	zmq_curve_short_nonce(nonce, "CurveZMQREADY---", cmd->data);
	if (!zmq_box_open(c->text, cmd->data + ZMQ_CURVE_READY_OFF_BOX,
			  cmd->len - ZMQ_CURVE_READY_OFF_BOX, c->key, nonce))
		return ZMQ_R_CRYPTOGRAPHIC;
	c->got = get_unaligned_be64(cmd->data);
	why = zmq_mech_take_meta(m, c->text, cmd->len - ZMQ_CURVE_READY);
	if (why != ZMQ_R_NONE)
		return why;
	zmq_curve_derive(c);
	m->received = true;
	m->step = ZMQ_CURVE_CLIENT_OVER;
	return ZMQ_R_NONE;
}

/* In the clear: anybody on the way can refuse us, as he can cut the connection. */
static enum zmq_reason zmq_curve_take_error(struct zmq_mech *m,
					    const struct zmq_cmd *cmd)
{
	if (m->step != ZMQ_CURVE_AWAIT_WELCOME && m->step != ZMQ_CURVE_AWAIT_READY)
		return ZMQ_R_UNEXPECTED_COMMAND;
	return zmq_mech_take_error(m, cmd->data, cmd->len);
}

static enum zmq_reason zmq_curve_client_consume(struct zmq_mech *m,
						const struct zmq_cmd *cmd)
{
	if (zmq_cmd_is(cmd, ZMQ_CMD_WELCOME))
		return zmq_curve_take_welcome(m, cmd);
	if (zmq_cmd_is(cmd, ZMQ_CMD_READY))
		return zmq_curve_take_ready(m, cmd);
	if (zmq_cmd_is(cmd, ZMQ_CMD_ERROR))
		return zmq_curve_take_error(m, cmd);
	return zmq_curve_stray(cmd);
}

const struct zmq_mech_ops zmq_curve_client_ops = {
	.name = "CURVE",
	.produce = zmq_curve_client_produce,
	.consume = zmq_curve_client_consume,
	.end = zmq_curve_end,
	.seal = zmq_curve_seal,
	.open = zmq_curve_open,
};
EXPORT_SYMBOL_KUNIT(zmq_curve_client_ops);
