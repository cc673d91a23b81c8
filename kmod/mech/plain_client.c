// SPDX-License-Identifier: GPL-2.0-only
/*
 * The client of PLAIN (RFC 24; wire page, 5.2): HELLO with a name and a password,
 * and when the server says WELCOME, INITIATE.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "blob.h"
#include "mech/meta.h"
#include "zmtp/wire.h"

/**
 * enum zmq_plain_client_step - what is next (zmq_mech.step)
 * @ZMQ_PLAIN_SAY_HELLO: we send HELLO
 * @ZMQ_PLAIN_AWAIT_WELCOME: the server sends WELCOME
 * @ZMQ_PLAIN_SAY_INITIATE: we send INITIATE
 * @ZMQ_PLAIN_AWAIT_READY: the server sends READY
 */
enum zmq_plain_client_step {
	ZMQ_PLAIN_SAY_HELLO,
	ZMQ_PLAIN_AWAIT_WELCOME,
	ZMQ_PLAIN_SAY_INITIATE,
	ZMQ_PLAIN_AWAIT_READY,
};

/* One byte of length and up to 255 of text; an option that is not set is empty. */
static size_t zmq_plain_put(u8 *buf, const struct zmq_blob *text)
{
	buf[0] = text ? text->len : 0;
	if (text)
		memcpy(buf + 1, text->data, text->len);
	return 1 + buf[0];
}

static int zmq_plain_hello(const struct zmq_mech *m, u8 *buf, size_t cap)
{
	const struct zmq_blob *name = m->opt->plain_username;
	const struct zmq_blob *password = m->opt->plain_password;
	int n = zmq_cmd_put_name(buf, cap, ZMQ_CMD_HELLO,
				 2 + (name ? name->len : 0) +
				 (password ? password->len : 0));

	if (n < 0)
		return n;
	n += zmq_plain_put(buf + n, name);
	return n + zmq_plain_put(buf + n, password);
}

static int zmq_plain_client_produce(struct zmq_mech *m, u8 *buf, size_t cap)
{
	switch (m->step) {
	case ZMQ_PLAIN_SAY_HELLO:
		m->step = ZMQ_PLAIN_AWAIT_WELCOME;
		return zmq_plain_hello(m, buf, cap);
	case ZMQ_PLAIN_SAY_INITIATE:
		m->step = ZMQ_PLAIN_AWAIT_READY;
		m->sent = true;
		return zmq_mech_put_cmd(m, ZMQ_CMD_INITIATE, buf, cap);
	default:
		return 0;
	}
}

static enum zmq_reason zmq_plain_welcome(struct zmq_mech *m,
					 const struct zmq_cmd *cmd)
{
	if (m->step != ZMQ_PLAIN_AWAIT_WELCOME)
		return ZMQ_R_UNEXPECTED_COMMAND;
	if (cmd->len)
		return ZMQ_R_MALFORMED_WELCOME;
	m->step = ZMQ_PLAIN_SAY_INITIATE;
	return ZMQ_R_NONE;
}

static enum zmq_reason zmq_plain_ready(struct zmq_mech *m,
				       const struct zmq_cmd *cmd)
{
	enum zmq_reason why;

	if (m->step != ZMQ_PLAIN_AWAIT_READY || m->received)
		return ZMQ_R_UNEXPECTED_COMMAND;
	why = zmq_mech_take_meta(m, cmd->data, cmd->len);
	m->received = why == ZMQ_R_NONE;
	return why;
}

static enum zmq_reason zmq_plain_error(struct zmq_mech *m, const u8 *data,
				       size_t len)
{
	if (m->received || (m->step != ZMQ_PLAIN_AWAIT_WELCOME &&
			    m->step != ZMQ_PLAIN_AWAIT_READY))
		return ZMQ_R_UNEXPECTED_COMMAND;
	return zmq_mech_take_error(m, data, len);
}

/* Is that the ERROR of a libzmq, which is no command? */
static bool zmq_plain_is_error(const struct zmq_cmd *cmd)
{
	size_t n = strlen(ZMQ_CMD_PLAIN_ERROR);

	return !cmd->name && cmd->len >= n &&
	       !memcmp(cmd->data, ZMQ_CMD_PLAIN_ERROR, n);
}

static enum zmq_reason zmq_plain_client_consume(struct zmq_mech *m,
						const struct zmq_cmd *cmd)
{
	size_t n = strlen(ZMQ_CMD_PLAIN_ERROR);

	if (zmq_cmd_is(cmd, ZMQ_CMD_WELCOME))
		return zmq_plain_welcome(m, cmd);
	if (zmq_cmd_is(cmd, ZMQ_CMD_READY))
		return zmq_plain_ready(m, cmd);
	if (zmq_plain_is_error(cmd))
		return zmq_plain_error(m, cmd->data + n, cmd->len - n);
	/* As the RFC has it, and servers other than libzmq. */
	if (zmq_cmd_is(cmd, ZMQ_CMD_ERROR))
		return zmq_plain_error(m, cmd->data, cmd->len);
	return ZMQ_R_UNEXPECTED_COMMAND;
}

const struct zmq_mech_ops zmq_plain_client_ops = {
	.name = "PLAIN",
	.produce = zmq_plain_client_produce,
	.consume = zmq_plain_client_consume,
};
