// SPDX-License-Identifier: GPL-2.0-only
/*
 * NULL: both sides send READY at once, and that is all (RFC 37). Who has a ZAP
 * domain asks about the peer before (wire page, 6), on either side.
 *
 * The shortest mechanism: it shows what the table asks for.
 */
#include "mech/meta.h"
#include "zmtp/wire.h"

static int zmq_null_produce(struct zmq_mech *m, u8 *buf, size_t cap)
{
	if (m->sent || m->refused)
		return 0;
	if (m->opt->zap_domain) {
		if (m->ask == ZMQ_ASK_NOTHING)
			m->ask = ZMQ_ASK_WANTED;
		if (m->ask != ZMQ_ASK_ANSWERED)
			return 0;
		if (m->verdict != ZMQ_ZAP_OK)
			return zmq_mech_refuse(m, buf, cap);
	}
	m->sent = true;
	return zmq_mech_put_cmd(m, ZMQ_CMD_READY, buf, cap);
}

static enum zmq_reason zmq_null_consume(struct zmq_mech *m,
					const struct zmq_cmd *cmd)
{
	enum zmq_reason why;

	/* READY is a peer's last word until it has seen ours. */
	if (m->received)
		return ZMQ_R_UNEXPECTED_COMMAND;
	if (zmq_cmd_is(cmd, ZMQ_CMD_ERROR))
		return zmq_mech_take_error(m, cmd->data, cmd->len);
	if (!zmq_cmd_is(cmd, ZMQ_CMD_READY))
		return ZMQ_R_UNEXPECTED_COMMAND;
	why = zmq_mech_take_meta(m, cmd->data, cmd->len);
	m->received = why == ZMQ_R_NONE;
	return why;
}

const struct zmq_mech_ops zmq_null_ops = {
	.name = "NULL",
	.in_turn = true,
	.produce = zmq_null_produce,
	.consume = zmq_null_consume,
};
EXPORT_SYMBOL_KUNIT(zmq_null_ops);
