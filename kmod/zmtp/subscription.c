// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include "common.h"
#include "zmtp/command.h"
#include "zmtp/frame.h"
#include "zmtp/subscription.h"

/* Length of the frame's body in front of the topic. */
static size_t zmq_sub_prefix(enum zmq_peer_version version, bool add)
{
	if (version != ZMQ_PEER_V31)
		return 1;
	/* The NUL of the literal makes room for the name's length. */
	return add ? sizeof(ZMQ_CMD_SUBSCRIBE) : sizeof(ZMQ_CMD_CANCEL);
}

/* Writes the header; returns its bytes. */
static unsigned int zmq_sub_header(u8 *buf, enum zmq_peer_version version,
				   u64 len)
{
	switch (version) {
	case ZMQ_PEER_LOCAL:
		return 0;
	case ZMQ_PEER_V31:
		return zmq_frame_hdr_put(buf, ZMQ_FRAME_COMMAND, len);
	case ZMQ_PEER_V1:
	case ZMQ_PEER_V1_REV0:
		return zmq_frame_v1_put(buf, 0, len);
	default:
		return zmq_frame_hdr_put(buf, 0, len);
	}
}

/**
 * zmq_sub_put() - build a subscription or its cancellation, header included
 * @buf: where to put it
 * @cap: bytes of @buf; @len + ZMQ_SUB_HDR_MAX is always enough
 * @version: what the peer speaks: the form depends on it (wire page, 3.5); a
 *	local one gets the body of a message
 * @add: subscribe; false: cancel
 * @topic: prefix of the messages that are wanted; may be NULL when @len is 0
 * @len: bytes of @topic
 *
 * Return: bytes written, or -EMSGSIZE.
 */
int zmq_sub_put(u8 *buf, size_t cap, enum zmq_peer_version version, bool add,
		const u8 *topic, size_t len)
{
	size_t prefix = zmq_sub_prefix(version, add);
	u8 hdr[ZMQ_FRAME_V1_HDR_MAX];
	unsigned int n;

	if (len > INT_MAX - ZMQ_SUB_HDR_MAX)
		return -EMSGSIZE;
	n = zmq_sub_header(hdr, version, prefix + len);
	if (cap < n + prefix + len)
		return -EMSGSIZE;
	memcpy(buf, hdr, n);
	if (version == ZMQ_PEER_V31) {
		int body = add ? zmq_cmd_put_subscribe(buf + n, cap - n, topic,
						       len) :
				 zmq_cmd_put_cancel(buf + n, cap - n, topic,
						    len);

		return body < 0 ? body : n + body;
	}
	buf[n++] = add ? ZMQ_SUB_ADD : ZMQ_SUB_CANCEL;
	if (len)
		memcpy(buf + n, topic, len);
	return n + len;
}
EXPORT_SYMBOL_KUNIT(zmq_sub_put);

/**
 * zmq_sub_lost_flag() - can these bytes begin a subscription without its flag?
 * @hdr: first bytes of a frame, the first of them ZMQ_FRAME_COMMAND
 * @n: how many, at most ZMQ_FRAME_HDR_MAX
 *
 * libzmq 4.3.4 forgets ZMQ_FRAME_LARGE where the topic has up to 255 bytes and
 * the command more, but writes the size of a long frame: 256 and up to nine
 * more bytes (wire page, 3.5). Else it is an empty command, which nobody sends,
 * and then two empty messages and one of a byte.
 *
 * Return: true if @hdr is the beginning of such a header; with @n of
 * ZMQ_FRAME_HDR_MAX it is one.
 */
bool zmq_sub_lost_flag(const u8 *hdr, size_t n)
{
	static const u8 size[] = { ZMQ_FRAME_COMMAND, 0, 0, 0, 0, 0, 0, 1 };

	if (memcmp(hdr, size, min(n, sizeof(size))))
		return false;
	return n <= sizeof(size) ||
	       hdr[sizeof(size)] < sizeof(ZMQ_CMD_SUBSCRIBE);
}
EXPORT_SYMBOL_KUNIT(zmq_sub_lost_flag);

/**
 * zmq_sub_command() - is a command a subscription?
 * @body: body of a command frame
 * @len: bytes of @body that are there; the start of the body will do
 * @add: SUBSCRIBE; false: CANCEL. Unchanged when it is neither
 *
 * Return: bytes in front of the topic, or 0 if it is another command.
 */
unsigned int zmq_sub_command(const u8 *body, size_t len, bool *add)
{
	struct zmq_cmd cmd;

	if (zmq_cmd_parse(&cmd, body, len))
		return 0;
	if (zmq_cmd_is(&cmd, ZMQ_CMD_SUBSCRIBE))
		*add = true;
	else if (zmq_cmd_is(&cmd, ZMQ_CMD_CANCEL))
		*add = false;
	else
		return 0;
	return 1 + cmd.name_len;
}
EXPORT_SYMBOL_KUNIT(zmq_sub_command);
