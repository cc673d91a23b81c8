// SPDX-License-Identifier: GPL-2.0-only
/*
 * What all mechanisms tell of themselves, and take from the peer: metadata and
 * ERROR (RFC 37).
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "blob.h"
#include "mech/meta.h"
#include "zmtp/meta.h"
#include "zmtp/wire.h"

/**
 * zmq_mech_put_meta() - our metadata
 * @m: the handshake
 * @buf: where to put them
 * @cap: bytes of @buf
 *
 * Return: bytes written, or -EMSGSIZE.
 */
int zmq_mech_put_meta(const struct zmq_mech *m, u8 *buf, size_t cap)
{
	const struct zmq_blob *app = m->opt->metadata;
	int n = zmq_ready_put(buf, cap, m->type, m->opt->routing_id,
			      m->opt->routing_id_len);

	if (n < 0 || !app)
		return n;
	if (cap - n < app->len)
		return -EMSGSIZE;
	/* ZMQ_METADATA is kept as it is sent. */
	memcpy(buf + n, app->data, app->len);
	return n + app->len;
}

/**
 * zmq_mech_put_cmd() - a command whose data are just our metadata
 * @m: the handshake
 * @name: its name
 * @buf: where to put it
 * @cap: bytes of @buf
 *
 * Return: bytes written, or -EMSGSIZE.
 */
int zmq_mech_put_cmd(const struct zmq_mech *m, const char *name, u8 *buf,
		     size_t cap)
{
	int at = zmq_cmd_put_name(buf, cap, name, 0), n;

	if (at < 0)
		return at;
	n = zmq_mech_put_meta(m, buf + at, cap - at);
	return n < 0 ? n : at + n;
}

/**
 * zmq_mech_refuse() - the verdict is against the peer
 * @m: the handshake, its verdict other than ZMQ_ZAP_OK
 * @buf: where to put the ERROR command that says so
 * @cap: bytes of @buf
 *
 * A peer that is refused for now hears nothing, and comes back (wire page, 6).
 *
 * Return: bytes written, 0 for none, or -EMSGSIZE.
 */
int zmq_mech_refuse(struct zmq_mech *m, u8 *buf, size_t cap)
{
	u8 text[3] = { '0' + m->verdict / 100, '0', '0' };

	m->refused = true;
	if (m->verdict == ZMQ_ZAP_TEMPORARY)
		return 0;
	return zmq_cmd_put_error(buf, cap, text, sizeof(text));
}

/**
 * zmq_mech_take_meta() - the peer's metadata
 * @m: the handshake; learns who the peer is
 * @data: the metadata; have to stay until consume() has returned and the
 *	connection has looked at zmq_mech.meta
 * @len: bytes of @data
 *
 * Return: ZMQ_R_NONE, or what is wrong with them.
 */
enum zmq_reason zmq_mech_take_meta(struct zmq_mech *m, const u8 *data,
				   size_t len)
{
	const u8 *id = NULL;
	size_t id_len = 0;
	int err = zmq_ready_check(m->type, data, len, &id, &id_len);

	if (err == -EPROTOTYPE)
		return ZMQ_R_TYPE_MISMATCH;
	if (err || id_len > sizeof(m->peer_id))
		return ZMQ_R_INVALID_METADATA;

	m->peer_id_len = id_len;
	if (id_len)
		memcpy(m->peer_id, id, id_len);
	m->meta = data;
	m->meta_len = len;
	return ZMQ_R_NONE;
}

/**
 * zmq_mech_take_error() - the peer refuses us
 * @m: the handshake; learns the status code
 * @data: what follows the name of its ERROR command
 * @len: bytes of @data
 *
 * Return: ZMQ_R_PEER_ERROR, or ZMQ_R_MALFORMED_ERROR.
 */
enum zmq_reason zmq_mech_take_error(struct zmq_mech *m, const u8 *data,
				    size_t len)
{
	const struct zmq_cmd cmd = { .data = data, .len = len };
	const u8 *text;

	if (zmq_cmd_parse_error(&cmd, &text, &len))
		return ZMQ_R_MALFORMED_ERROR;
	m->status = zmq_cmd_status(text, len);
	return ZMQ_R_PEER_ERROR;
}
