// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include "common.h"
#include "compat/compat.h"
#include "zmtp/command.h"
#include "zmtp/wire.h"

#define ZMQ_PING_TTL_SIZE	2

/**
 * zmq_cmd_parse() - split a command's body into name and data
 * @c: the command, pointing into @body
 * @body: body of a command frame
 * @len: bytes of @body
 *
 * Return: 0, or -EPROTO when there is no name length, or when the name goes
 * beyond the end.
 */
int zmq_cmd_parse(struct zmq_cmd *c, const u8 *body, size_t len)
{
	if (!len || body[0] > len - 1)
		return -EPROTO;
	c->name_len = body[0];
	c->name = body + 1;
	c->data = c->name + c->name_len;
	c->len = len - 1 - c->name_len;
	return 0;
}
EXPORT_SYMBOL_KUNIT(zmq_cmd_parse);

/**
 * zmq_cmd_nameless() - take a body for a command that zmq_cmd_parse() refused
 * @c: the command, pointing into @body; its name is NULL, and none of ZMQ_CMD_*
 * @body: body of a command frame
 * @len: bytes of @body
 *
 * For who knows peers that write their names wrongly.
 */
void zmq_cmd_nameless(struct zmq_cmd *c, const u8 *body, size_t len)
{
	c->name = NULL;
	c->name_len = 0;
	c->data = body;
	c->len = len;
}
EXPORT_SYMBOL_KUNIT(zmq_cmd_nameless);

/**
 * zmq_cmd_is() - does a command have this name?
 * @c: the command
 * @name: one of ZMQ_CMD_*; upper and lower case differ
 *
 * Return: true if the names are equal.
 */
bool zmq_cmd_is(const struct zmq_cmd *c, const char *name)
{
	return c->name_len == strlen(name) &&
	       !memcmp(c->name, name, c->name_len);
}
EXPORT_SYMBOL_KUNIT(zmq_cmd_is);

/**
 * zmq_cmd_parse_error() - the reason in an ERROR command
 * @c: a command named ERROR
 * @reason: start of the reason; not ended by a NUL, any bytes
 * @len: bytes of @reason, 0 to 255
 *
 * Bytes behind the reason are ignored, as in libzmq.
 *
 * Return: 0, or -EPROTO when there is no reason length, or when the reason
 * goes beyond the end.
 */
int zmq_cmd_parse_error(const struct zmq_cmd *c, const u8 **reason,
			size_t *len)
{
	if (!c->len || c->data[0] > c->len - 1)
		return -EPROTO;
	*reason = c->data + 1;
	*len = c->data[0];
	return 0;
}
EXPORT_SYMBOL_KUNIT(zmq_cmd_parse_error);

/**
 * zmq_cmd_status() - the status code that a reason is
 * @reason: reason of an ERROR command
 * @len: bytes of @reason
 *
 * Return: 300, 400 or 500 (RFC 27), or 0 for any other text.
 */
int zmq_cmd_status(const u8 *reason, size_t len)
{
	if (len != 3 || reason[0] < '3' || reason[0] > '5' ||
	    reason[1] != '0' || reason[2] != '0')
		return 0;
	return (reason[0] - '0') * 100;
}
EXPORT_SYMBOL_KUNIT(zmq_cmd_status);

/**
 * zmq_cmd_parse_ping() - what a PING command asks for
 * @c: a command named PING
 * @ttl: time to live in tenths of a second, 0 = none
 * @ctx: context to send back in a PONG
 * @ctx_len: bytes of @ctx, 0 to 16; RFC 37 allows no more, libzmq echoes the
 *	first 16 of a longer one, and so do we
 *
 * Return: 0, or -EPROTO when the time to live is not complete. (libzmq then
 * answers with bytes from behind its buffer.)
 */
int zmq_cmd_parse_ping(const struct zmq_cmd *c, u16 *ttl, const u8 **ctx,
		       size_t *ctx_len)
{
	if (c->len < ZMQ_PING_TTL_SIZE)
		return -EPROTO;
	*ttl = get_unaligned_be16(c->data);
	*ctx = c->data + ZMQ_PING_TTL_SIZE;
	*ctx_len = min_t(size_t, c->len - ZMQ_PING_TTL_SIZE,
			 ZMQ_PING_CONTEXT_MAX);
	return 0;
}
EXPORT_SYMBOL_KUNIT(zmq_cmd_parse_ping);

/**
 * zmq_cmd_put_name() - begin the body of a command
 * @buf: where to put it
 * @cap: bytes of @buf
 * @name: one of ZMQ_CMD_*
 * @data_len: bytes that will be put behind the name
 *
 * Return: bytes of the name and its length field, or -EMSGSIZE if that and the
 * data don't fit.
 */
int zmq_cmd_put_name(u8 *buf, size_t cap, const char *name, size_t data_len)
{
	size_t name_len = strlen(name);

	if (data_len > INT_MAX - 1 - name_len || cap < 1 + name_len + data_len)
		return -EMSGSIZE;
	buf[0] = name_len;
	memcpy(buf + 1, name, name_len);
	return 1 + name_len;
}
EXPORT_SYMBOL_KUNIT(zmq_cmd_put_name);

/* Writes a command whose data are just @data. */
static int zmq_cmd_put(u8 *buf, size_t cap, const char *name, const u8 *data,
		       size_t len)
{
	int n = zmq_cmd_put_name(buf, cap, name, len);

	if (n < 0)
		return n;
	if (len)
		memcpy(buf + n, data, len);
	return n + len;
}

/**
 * zmq_cmd_put_error() - build the body of an ERROR command
 * @buf: where to put it
 * @cap: bytes of @buf
 * @reason: the reason; a libzmq peer knows "300", "400" and "500"
 * @len: bytes of @reason, at most 255
 *
 * Return: bytes written, or -EMSGSIZE.
 */
int zmq_cmd_put_error(u8 *buf, size_t cap, const u8 *reason, size_t len)
{
	int n;

	if (len > ZMQ_CMD_REASON_MAX)
		return -EMSGSIZE;
	n = zmq_cmd_put_name(buf, cap, ZMQ_CMD_ERROR, 1 + len);
	if (n < 0)
		return n;
	buf[n++] = len;
	if (len)
		memcpy(buf + n, reason, len);
	return n + len;
}
EXPORT_SYMBOL_KUNIT(zmq_cmd_put_error);

/**
 * zmq_cmd_put_ping() - build the body of a PING command
 * @buf: where to put it
 * @cap: bytes of @buf
 * @ttl: time to live in tenths of a second, 0 = none. libzmq computes it in
 *	16 bits of ms: of 656 it makes 64 ms
 * @ctx: bytes that the peer is to send back
 * @ctx_len: bytes of @ctx, at most 16
 *
 * Return: bytes written, or -EMSGSIZE.
 */
int zmq_cmd_put_ping(u8 *buf, size_t cap, u16 ttl, const u8 *ctx,
		     size_t ctx_len)
{
	int n;

	if (ctx_len > ZMQ_PING_CONTEXT_MAX)
		return -EMSGSIZE;
	n = zmq_cmd_put_name(buf, cap, ZMQ_CMD_PING,
			     ZMQ_PING_TTL_SIZE + ctx_len);
	if (n < 0)
		return n;
	put_unaligned_be16(ttl, buf + n);
	n += ZMQ_PING_TTL_SIZE;
	if (ctx_len)
		memcpy(buf + n, ctx, ctx_len);
	return n + ctx_len;
}
EXPORT_SYMBOL_KUNIT(zmq_cmd_put_ping);

/**
 * zmq_cmd_put_pong() - build the body of a PONG command
 * @buf: where to put it
 * @cap: bytes of @buf
 * @ctx: context of the PING, see zmq_cmd_parse_ping()
 * @ctx_len: bytes of @ctx, at most 16
 *
 * Return: bytes written, or -EMSGSIZE.
 */
int zmq_cmd_put_pong(u8 *buf, size_t cap, const u8 *ctx, size_t ctx_len)
{
	if (ctx_len > ZMQ_PING_CONTEXT_MAX)
		return -EMSGSIZE;
	return zmq_cmd_put(buf, cap, ZMQ_CMD_PONG, ctx, ctx_len);
}
EXPORT_SYMBOL_KUNIT(zmq_cmd_put_pong);

/**
 * zmq_cmd_put_subscribe() - build the body of a SUBSCRIBE command
 * @buf: where to put it
 * @cap: bytes of @buf
 * @topic: prefix of the messages that are wanted
 * @len: bytes of @topic
 *
 * For ZMTP 3.1 peers only: older ones get a message that starts with 01.
 *
 * Return: bytes written, or -EMSGSIZE.
 */
int zmq_cmd_put_subscribe(u8 *buf, size_t cap, const u8 *topic, size_t len)
{
	return zmq_cmd_put(buf, cap, ZMQ_CMD_SUBSCRIBE, topic, len);
}
EXPORT_SYMBOL_KUNIT(zmq_cmd_put_subscribe);

/**
 * zmq_cmd_put_cancel() - build the body of a CANCEL command
 * @buf: where to put it
 * @cap: bytes of @buf
 * @topic: prefix of the messages that are no longer wanted
 * @len: bytes of @topic
 *
 * For ZMTP 3.1 peers only: older ones get a message that starts with 00.
 *
 * Return: bytes written, or -EMSGSIZE.
 */
int zmq_cmd_put_cancel(u8 *buf, size_t cap, const u8 *topic, size_t len)
{
	return zmq_cmd_put(buf, cap, ZMQ_CMD_CANCEL, topic, len);
}
EXPORT_SYMBOL_KUNIT(zmq_cmd_put_cancel);
