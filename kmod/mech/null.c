// SPDX-License-Identifier: GPL-2.0-only
/*
 * NULL: both sides send READY at once, and that is all (RFC 37).
 *
 * The shortest mechanism: it shows what the table asks for.
 */
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/zmq.h>

#include "mech/mech.h"
#include "zmtp/meta.h"
#include "zmtp/wire.h"

/* Only these announce an identity (wire page, 3.1). */
static bool zmq_null_has_id(int type)
{
	return type == ZMQ_REQ || type == ZMQ_DEALER || type == ZMQ_ROUTER;
}

static int zmq_null_produce(struct zmq_mech *m, u8 *buf, size_t cap)
{
	const struct zmq_blob *app = m->opt->metadata;
	int n;

	if (m->sent)
		return 0;
	m->sent = true;
	n = zmq_cmd_put_ready(buf, cap, zmq_type_name(m->type),
			      m->opt->routing_id, m->opt->routing_id_len,
			      zmq_null_has_id(m->type));
	if (n < 0 || !app)
		return n;
	if (cap - n < app->len)
		return -EMSGSIZE;
	/* ZMQ_METADATA is kept as it is sent. */
	memcpy(buf + n, app->data, app->len);
	return n + app->len;
}

static enum zmq_reason zmq_null_ready(struct zmq_mech *m,
				      const struct zmq_cmd *cmd)
{
	const u8 *id = NULL;
	size_t id_len = 0;
	int err = zmq_ready_check(m->type, cmd->data, cmd->len, &id, &id_len);

	if (err == -EPROTOTYPE)
		return ZMQ_R_TYPE_MISMATCH;
	if (err || id_len > sizeof(m->peer_id))
		return ZMQ_R_INVALID_METADATA;

	m->peer_id_len = id_len;
	if (id_len)
		memcpy(m->peer_id, id, id_len);
	m->meta = cmd->data;
	m->meta_len = cmd->len;
	m->received = true;
	return ZMQ_R_NONE;
}

static enum zmq_reason zmq_null_consume(struct zmq_mech *m,
					const struct zmq_cmd *cmd)
{
	const u8 *text;
	size_t len;

	if (zmq_cmd_is(cmd, ZMQ_CMD_READY) && !m->received)
		return zmq_null_ready(m, cmd);
	if (zmq_cmd_is(cmd, ZMQ_CMD_ERROR)) {
		if (zmq_cmd_parse_error(cmd, &text, &len))
			return ZMQ_R_MALFORMED_COMMAND;
		m->status = zmq_cmd_status(text, len);
		return ZMQ_R_PEER_ERROR;
	}
	return ZMQ_R_UNEXPECTED_COMMAND;
}

const struct zmq_mech_ops zmq_null_ops = {
	.name = "NULL",
	.produce = zmq_null_produce,
	.consume = zmq_null_consume,
};
EXPORT_SYMBOL_KUNIT(zmq_null_ops);
