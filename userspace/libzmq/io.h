/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sending and receiving: what io.c and iov.c share.
 */
#ifndef SHIM_IO_H
#define SHIM_IO_H

#include <sys/socket.h>

#include "internal.h"
#include "props.h"

/*
 * Frames up to here are received on the stack and copied: that is cheaper than
 * asking for the length first, and the message gets memory of the right size.
 */
#define SHIM_IO_SMALL 4096

/**
 * struct shim_got - a frame that was received
 * @len: its length in bytes
 * @more: further frames of its message follow
 * @props: properties of its peer, a reference for the caller, or NULL
 */
struct shim_got {
	size_t len;
	bool more;
	struct shim_props *props;
};

int shim_io_recv_small(struct shim_sock *s, void *buf, int flags,
		       struct shim_got *got);
void *shim_io_recv_alloc(struct shim_sock *s, size_t head, int flags,
			 struct shim_got *got);

static inline int shim_io_send(struct shim_sock *s, const void *buf, size_t len,
			       int flags)
{
	int native = MSG_NOSIGNAL;
	ssize_t n;

	if (unlikely(len > SHIM_FRAME_MAX))
		return shim_err(EMSGSIZE);
	if (flags & ZMQ_DONTWAIT)
		native |= MSG_DONTWAIT;
	if (flags & ZMQ_SNDMORE)
		native |= MSG_MORE;
	n = send(s->fd, buf, len, native);
	if (unlikely(n < 0))
		return shim_err_native();
	return n;
}

#endif /* SHIM_IO_H */
