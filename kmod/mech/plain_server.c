// SPDX-License-Identifier: GPL-2.0-only
/*
 * The server of PLAIN (RFC 24; wire page, 5.2): it shows the name and password of
 * a HELLO to the ZAP handler, and compares nothing itself.
 */
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "mech/meta.h"
#include "zmtp/wire.h"

/**
 * enum zmq_plain_server_step - what is next (zmq_mech.step)
 * @ZMQ_PLAIN_AWAIT_HELLO: the client sends HELLO
 * @ZMQ_PLAIN_AWAIT_VERDICT: the ZAP handler decides, and we say it
 * @ZMQ_PLAIN_AWAIT_INITIATE: the client sends INITIATE
 * @ZMQ_PLAIN_SAY_READY: we send READY
 * @ZMQ_PLAIN_OVER: nothing, the handshake is complete or the client refused
 */
enum zmq_plain_server_step {
	ZMQ_PLAIN_AWAIT_HELLO,
	ZMQ_PLAIN_AWAIT_VERDICT,
	ZMQ_PLAIN_AWAIT_INITIATE,
	ZMQ_PLAIN_SAY_READY,
	ZMQ_PLAIN_OVER,
};

/*
 * ERROR as libzmq writes it, wrong as it is: its clients know no other, and would
 * take the right one for a breach of the protocol instead of a refusal.
 */
static int zmq_plain_refuse(struct zmq_mech *m, u8 *buf, size_t cap)
{
	int n = zmq_mech_refuse(m, buf, cap);

	if (n > 0)
		memmove(buf, buf + 1, --n);
	if (n > 0)
		buf[0] = ZMQ_CMD_PLAIN_ERROR[0];
	return n;
}

/* Nobody will look at the credentials again. */
static void zmq_plain_forget(struct zmq_mech *m)
{
	m->nr_creds = 0;
	kfree_sensitive(m->priv);
	m->priv = NULL;
}

static int zmq_plain_verdict(struct zmq_mech *m, u8 *buf, size_t cap)
{
	bool ok = m->verdict == ZMQ_ZAP_OK;
	int n;

	if (m->ask != ZMQ_ASK_ANSWERED)
		return 0;
	n = ok ? zmq_cmd_put_name(buf, cap, ZMQ_CMD_WELCOME, 0) :
		 zmq_plain_refuse(m, buf, cap);
	if (n < 0)
		return n;
	m->step = ok ? ZMQ_PLAIN_AWAIT_INITIATE : ZMQ_PLAIN_OVER;
	zmq_plain_forget(m);
	return n;
}

static int zmq_plain_server_produce(struct zmq_mech *m, u8 *buf, size_t cap)
{
	switch (m->step) {
	case ZMQ_PLAIN_AWAIT_VERDICT:
		return zmq_plain_verdict(m, buf, cap);
	case ZMQ_PLAIN_SAY_READY:
		m->step = ZMQ_PLAIN_OVER;
		m->sent = true;
		return zmq_mech_put_cmd(m, ZMQ_CMD_READY, buf, cap);
	default:
		return 0;
	}
}

/* A name and a password, each with its length in front, and nothing behind. */
static bool zmq_plain_split(const struct zmq_cmd *cmd, struct zmq_mech_cred *cred)
{
	const u8 *p = cmd->data, *end = p + cmd->len;
	int i;

	for (i = 0; i < ZMQ_MECH_CREDS; i++) {
		if (p == end || *p > end - p - 1)
			return false;
		cred[i].len = *p++;
		cred[i].data = p;
		p += cred[i].len;
	}
	return p == end;
}

static enum zmq_reason zmq_plain_hello(struct zmq_mech *m,
				       const struct zmq_cmd *cmd)
{
	struct zmq_mech_cred cred[ZMQ_MECH_CREDS];
	u8 *copy;
	int i;

	/* Only of the first command libzmq asks whether it is one. */
	if (!cmd->name || !(cmd->name_len + cmd->len))
		return ZMQ_R_MALFORMED_COMMAND;
	if (!zmq_cmd_is(cmd, ZMQ_CMD_HELLO))
		return ZMQ_R_UNEXPECTED_COMMAND;
	if (!zmq_plain_split(cmd, cred))
		return ZMQ_R_MALFORMED_HELLO;
	/* The command goes before the handler is asked. */
	copy = kmemdup(cmd->data, cmd->len, GFP_KERNEL_ACCOUNT);
	if (!copy)
		return ZMQ_R_NO_MEMORY;
	m->priv = copy;
	for (i = 0; i < ZMQ_MECH_CREDS; i++) {
		m->cred[i].data = copy + (cred[i].data - cmd->data);
		m->cred[i].len = cred[i].len;
	}
	m->nr_creds = ZMQ_MECH_CREDS;
	m->ask = ZMQ_ASK_WANTED;
	m->step = ZMQ_PLAIN_AWAIT_VERDICT;
	return ZMQ_R_NONE;
}

static enum zmq_reason zmq_plain_initiate(struct zmq_mech *m,
					  const struct zmq_cmd *cmd)
{
	enum zmq_reason why;

	if (!zmq_cmd_is(cmd, ZMQ_CMD_INITIATE))
		return ZMQ_R_UNEXPECTED_COMMAND;
	why = zmq_mech_take_meta(m, cmd->data, cmd->len);
	if (why != ZMQ_R_NONE)
		return why;
	m->received = true;
	m->step = ZMQ_PLAIN_SAY_READY;
	return ZMQ_R_NONE;
}

static enum zmq_reason zmq_plain_server_consume(struct zmq_mech *m,
						const struct zmq_cmd *cmd)
{
	switch (m->step) {
	case ZMQ_PLAIN_AWAIT_HELLO:
		return zmq_plain_hello(m, cmd);
	case ZMQ_PLAIN_AWAIT_INITIATE:
		return zmq_plain_initiate(m, cmd);
	default:
		return ZMQ_R_UNSPECIFIED;
	}
}

static void zmq_plain_server_end(struct zmq_mech *m)
{
	kfree_sensitive(m->priv);
}

const struct zmq_mech_ops zmq_plain_server_ops = {
	.name = "PLAIN",
	.produce = zmq_plain_server_produce,
	.consume = zmq_plain_server_consume,
	.end = zmq_plain_server_end,
};
