/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frame headers. ZMTP 2.0 to 3.1 (v2), RFC 37 "Framing": flags, then the size
 * of the body in 1 or 8 bytes. ZMTP 1.0 (v1), RFC 13: the size of flags and
 * body in 1 byte, or in 8 behind an FF, then flags. Inline: they run once for
 * every frame.
 */
#ifndef _ZMQ_ZMTP_FRAME_H
#define _ZMQ_ZMTP_FRAME_H

#include <linux/types.h>
#include <linux/errno.h>
#include "compat/compat.h"
#include "zmtp/wire.h"

/**
 * struct zmq_frame_hdr - a decoded frame header
 * @len: bytes of the body, at most S64_MAX
 * @flags: ZMQ_FRAME_MORE and ZMQ_FRAME_COMMAND, nothing else
 */
struct zmq_frame_hdr {
	u64 len;
	u8 flags;
};

/**
 * zmq_frame_hdr_put() - encode a frame header
 * @buf: room for ZMQ_FRAME_HDR_MAX bytes
 * @flags: ZMQ_FRAME_MORE or ZMQ_FRAME_COMMAND or 0; ZMQ_FRAME_LARGE follows
 *	from @len and is not the caller's to set
 * @len: bytes of the body, at most S64_MAX
 *
 * Return: bytes written, 2 or 9.
 */
static inline unsigned int zmq_frame_hdr_put(u8 *buf, u8 flags, u64 len)
{
	if (len <= ZMQ_FRAME_SHORT_MAX) {
		buf[0] = flags & ~ZMQ_FRAME_LARGE;
		buf[1] = len;
		return ZMQ_FRAME_HDR_SHORT;
	}
	buf[0] = flags | ZMQ_FRAME_LARGE;
	put_unaligned_be64(len, buf + 1);
	return ZMQ_FRAME_HDR_MAX;
}

/**
 * zmq_frame_hdr_get() - decode a frame header
 * @p: received bytes
 * @n: how many there are
 * @h: the header; unchanged unless the return value is positive
 *
 * As lenient as libzmq: reserved flags are not looked at, and the long form
 * may carry a size that the short one could.
 *
 * Return: bytes that the header takes (2 or 9); 0 when it is not complete;
 * -EPROTO when the size exceeds RFC 37's limit of 2^63 - 1.
 */
static inline int zmq_frame_hdr_get(const u8 *p, size_t n,
				    struct zmq_frame_hdr *h)
{
	if (n < ZMQ_FRAME_HDR_SHORT)
		return 0;
	if (!(p[0] & ZMQ_FRAME_LARGE)) {
		h->len = p[1];
		h->flags = p[0] & (ZMQ_FRAME_MORE | ZMQ_FRAME_COMMAND);
		return ZMQ_FRAME_HDR_SHORT;
	}
	/* The top bit is in the first byte of the size: no need to wait. */
	if (p[1] & 0x80)
		return -EPROTO;
	if (n < ZMQ_FRAME_HDR_MAX)
		return 0;
	h->len = get_unaligned_be64(p + 1);
	h->flags = p[0] & (ZMQ_FRAME_MORE | ZMQ_FRAME_COMMAND);
	return ZMQ_FRAME_HDR_MAX;
}

/**
 * zmq_frame_v1_put() - encode a frame header of ZMTP 1.0
 * @buf: room for ZMQ_FRAME_V1_HDR_MAX bytes
 * @flags: ZMQ_FRAME_MORE or 0; there are no others
 * @len: bytes of the body, less than S64_MAX
 *
 * Return: bytes written, 2 or 10.
 */
static inline unsigned int zmq_frame_v1_put(u8 *buf, u8 flags, u64 len)
{
	if (len <= ZMQ_FRAME_V1_SHORT_MAX) {
		buf[0] = len + 1;
		buf[1] = flags;
		return ZMQ_FRAME_HDR_SHORT;
	}
	buf[0] = ZMQ_FRAME_V1_LONG;
	put_unaligned_be64(len + 1, buf + 1);
	buf[ZMQ_FRAME_V1_HDR_MAX - 1] = flags;
	return ZMQ_FRAME_V1_HDR_MAX;
}

/**
 * zmq_frame_v1_get() - decode a frame header of ZMTP 1.0
 * @p: received bytes
 * @n: how many there are
 * @h: the header; unchanged unless the return value is positive
 *
 * As lenient as libzmq: other flags than MORE are not looked at, and the long
 * form may carry a size that the short one could.
 *
 * Return: bytes that the header takes (2 or 10); 0 when it is not complete;
 * -EPROTO when the size is 0, which has no room for the flags, or exceeds
 * 2^63 - 1.
 */
static inline int zmq_frame_v1_get(const u8 *p, size_t n,
				   struct zmq_frame_hdr *h)
{
	u64 size;

	if (!n)
		return 0;
	if (p[0] != ZMQ_FRAME_V1_LONG) {
		if (!p[0])
			return -EPROTO;
		if (n < ZMQ_FRAME_HDR_SHORT)
			return 0;
		h->len = p[0] - 1;
		h->flags = p[1] & ZMQ_FRAME_MORE;
		return ZMQ_FRAME_HDR_SHORT;
	}
	/* All but the flags will do to see what is wrong. */
	if (n < ZMQ_FRAME_V1_HDR_MAX - 1)
		return 0;
	size = get_unaligned_be64(p + 1);
	if (!size || size > S64_MAX)
		return -EPROTO;
	if (n < ZMQ_FRAME_V1_HDR_MAX)
		return 0;
	h->len = size - 1;
	h->flags = p[ZMQ_FRAME_V1_HDR_MAX - 1] & ZMQ_FRAME_MORE;
	return ZMQ_FRAME_V1_HDR_MAX;
}

#endif /* _ZMQ_ZMTP_FRAME_H */
