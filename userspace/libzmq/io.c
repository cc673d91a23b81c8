// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sending and receiving: one frame, one system call.
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <linux/socket.h>
#include <linux/zmq.h>

#include "api.h"
#include "msg.h"

/*
 * Frames up to here are received on the stack and copied: that is cheaper than
 * asking for the length first, and the message gets memory of the right size.
 */
#define SHIM_IO_SMALL 4096

/*
 * Small frames in a row after which a socket stops to expect a large one. Must
 * be more than the small parts of a usual multipart message.
 */
#define SHIM_IO_SMALL_RUN 16

/*
 * Largest frame to expect. Beyond, asking for the length costs nothing compared
 * with the copy, and a receiver that waits should not hold such memory.
 */
#define SHIM_IO_HINT_MAX (1024 * 1024)

static inline int shim_io_send_flags(int flags)
{
	int native = MSG_NOSIGNAL;

	if (flags & ZMQ_DONTWAIT)
		native |= MSG_DONTWAIT;
	if (flags & ZMQ_SNDMORE)
		native |= MSG_MORE;
	return native;
}

static inline int shim_load(_Atomic int *p)
{
	return atomic_load_explicit(p, memory_order_relaxed);
}

static inline void shim_store(_Atomic int *p, int value)
{
	atomic_store_explicit(p, value, memory_order_relaxed);
}

static inline int shim_io_send(struct shim_sock *s, const void *buf, size_t len,
			       int flags)
{
	ssize_t n;

	if (unlikely(len > SHIM_FRAME_MAX))
		return shim_err(EMSGSIZE);
	n = send(s->fd, buf, len, shim_io_send_flags(flags));
	if (unlikely(n < 0))
		return shim_err_native();
	return n;
}

/*
 * Receive one frame, @native adds to the flags of recvmsg(). *@more tells about
 * this frame; @s->more may be another thread's by the time of return.
 *
 * recv() costs less than recvmsg() but can't tell whether more frames follow.
 * So it asks for a last frame (MSG_EOR), as long as messages have one frame.
 *
 * Return: the frame's length, or -1 with the kernel's errno.
 */
static inline ssize_t shim_io_recv(struct shim_sock *s, void *buf, size_t len,
				   int flags, int native, bool *more)
{
	struct iovec iov = { .iov_base = buf, .iov_len = len };
	struct msghdr hdr = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (flags & ZMQ_DONTWAIT)
		native |= MSG_DONTWAIT;
	if (likely(!shim_load(&s->more) && !shim_load(&s->multipart))) {
		*more = false;
		n = recv(s->fd, buf, len, native | MSG_EOR);
		if (likely(n >= 0) || errno != ENOMSG)
			return n;
	}
	n = recvmsg(s->fd, &hdr, native);
	if (unlikely(n < 0))
		return n;
	*more = !(hdr.msg_flags & MSG_EOR);
	if (!shim_load(&s->more))
		shim_store(&s->multipart, *more);
	shim_store(&s->more, *more);
	return n;
}

int zmqk_send(void *p, const void *buf, size_t len, int flags)
{
	struct shim_sock *s = shim_sock_get(p);

	if (unlikely(!s))
		return -1;
	return shim_io_send(s, buf, len, flags);
}

/* The kernel copies in any case: nothing to gain from constant data. */
int zmqk_send_const(void *p, const void *buf, size_t len, int flags)
{
	return zmqk_send(p, buf, len, flags);
}

int zmqk_recv(void *p, void *buf, size_t len, int flags)
{
	struct shim_sock *s = shim_sock_get(p);
	bool more;
	ssize_t n;

	if (unlikely(!s))
		return -1;
	n = shim_io_recv(s, buf, len, flags, MSG_TRUNC, &more);
	if (unlikely(n < 0))
		return shim_err_native();
	return n;
}

/* The content has left for the kernel: a free function is called in here. */
int zmqk_msg_send(zmq_msg_t *msg, void *p, int flags)
{
	struct shim_sock *s = shim_sock_get(p);
	struct shim_msg *m = shim_msg_get(msg);
	int n;

	if (unlikely(!s))
		return -1;
	if (unlikely(!m))
		return shim_err(EFAULT);
	n = shim_io_send(s, shim_msg_data(m), shim_msg_size(m), flags);
	if (unlikely(n < 0))
		return -1;
	shim_msg_put(m);
	shim_msg_reset(m);
	return n;
}

/*
 * Replace the content of @m by a copy of a frame. Out of memory here loses the
 * frame, as it is off the socket's queue already.
 */
static inline int shim_io_fill(struct shim_msg *m, const void *buf, size_t len,
			       bool more)
{
	struct shim_block *block;

	if (len <= SHIM_MSG_INLINE_MAX) {
		shim_msg_put(m);
		memcpy(m->bytes, buf, len);
		shim_msg_reset(m);
		m->len = len;
	} else {
		block = shim_block_alloc(len);
		if (!block)
			return -1;
		memcpy(block->bytes, buf, len);
		shim_msg_put(m);
		shim_msg_own(m, block, len);
	}
	if (more)
		m->flags = SHIM_MSG_MORE;
	return len;
}

/* Length of the next frame, which stays queued. */
static ssize_t shim_io_peek(struct shim_sock *s, int flags)
{
	int native = MSG_PEEK | MSG_TRUNC;

	if (flags & ZMQ_DONTWAIT)
		native |= MSG_DONTWAIT;
	return recv(s->fd, NULL, 0, native);
}

/* Learn from a frame of @len bytes what to expect as the next. */
static void shim_io_learn(struct shim_sock *s, size_t len)
{
	uint32_t hint = atomic_load(&s->hint);

	if (len <= SHIM_IO_SMALL) {
		if (atomic_fetch_add(&s->small, 1) < SHIM_IO_SMALL_RUN)
			return;
		hint = 0;
	} else if (len > SHIM_IO_HINT_MAX) {
		return;
	} else if (len > hint) {
		hint = len;
	} else {
		hint -= (hint - len) / 16;
	}
	atomic_store(&s->small, 0);
	atomic_store(&s->hint, hint);
}

/*
 * Receive the next frame into a block of its own. The block has the size of
 * frames before, or that of the frame asked for; either may be wrong, in the
 * latter case because another thread took that frame.
 *
 * Return: the block and in *@len the frame's length, or NULL and errno.
 */
static struct shim_block *shim_io_recv_block(struct shim_sock *s, int flags,
					     size_t *len, bool *more)
{
	size_t size = atomic_load(&s->hint);
	struct shim_block *block;
	ssize_t n;

	for (;; size = 0) {
		if (!size) {
			n = shim_io_peek(s, flags);
			if (n < 0)
				break;
			size = n;
		}
		block = shim_block_alloc(size);
		if (!block)
			return NULL;
		n = shim_io_recv(s, block->bytes, size, flags, 0, more);
		if (n >= 0) {
			*len = n;
			return block;
		}
		free(block);
		if (errno != EMSGSIZE)
			break;
	}
	shim_err_native();
	return NULL;
}

/* zmq_msg_recv() where large frames are, or may be, in the queue. */
static SHIM_COLD int shim_io_recv_large(struct shim_sock *s, struct shim_msg *m,
					int flags)
{
	struct shim_block *block, *fit;
	size_t len;
	bool more;
	int rc;

	block = shim_io_recv_block(s, flags, &len, &more);
	if (!block)
		return -1;
	shim_io_learn(s, len);
	if (len <= SHIM_IO_SMALL) {
		rc = shim_io_fill(m, block->bytes, len, more);
		free(block);
		return rc;
	}
	/* Programs keep messages: give back what the guess was too large by. */
	fit = realloc(block, sizeof(*block) + len);
	shim_msg_put(m);
	shim_msg_own(m, fit ? fit : block, len);
	if (more)
		m->flags = SHIM_MSG_MORE;
	return len;
}

/* A failure leaves the message as it was. */
int zmqk_msg_recv(zmq_msg_t *msg, void *p, int flags)
{
	struct shim_sock *s = shim_sock_get(p);
	struct shim_msg *m = shim_msg_get(msg);
	unsigned char buf[SHIM_IO_SMALL];
	bool more;
	ssize_t n;

	if (unlikely(!s))
		return -1;
	if (unlikely(!m))
		return shim_err(EFAULT);
	if (atomic_load_explicit(&s->hint, memory_order_relaxed))
		return shim_io_recv_large(s, m, flags);
	n = shim_io_recv(s, buf, sizeof(buf), flags, 0, &more);
	if (likely(n >= 0))
		return shim_io_fill(m, buf, n, more);
	if (errno == EMSGSIZE)
		return shim_io_recv_large(s, m, flags);
	return shim_err_native();
}

int zmqk_sendmsg(void *s, zmq_msg_t *msg, int flags)
{
	return zmqk_msg_send(msg, s, flags);
}

int zmqk_recvmsg(void *s, zmq_msg_t *msg, int flags)
{
	return zmqk_msg_recv(msg, s, flags);
}

/* ZMQ_SNDMORE holds between the parts, the last one ends the message. */
int zmqk_sendiov(void *p, struct iovec *iov, size_t count, int flags)
{
	struct shim_sock *s = shim_sock_get(p);
	size_t i;
	int rc = 0;

	if (!s)
		return -1;
	if (!iov || !count)
		return shim_err(EINVAL);
	for (i = 0; i < count && rc >= 0; i++) {
		if (i == count - 1)
			flags &= ~ZMQ_SNDMORE;
		rc = shim_io_send(s, iov[i].iov_base, iov[i].iov_len, flags);
	}
	return rc;
}

/*
 * One frame into memory that the caller frees. Return: whether more frames of
 * its message follow, or -1 and errno.
 */
static int shim_io_recv_iov(struct shim_sock *s, struct iovec *iov, int flags)
{
	zmq_msg_t msg;
	int more = -1;

	zmqk_msg_init(&msg);
	if (zmqk_msg_recv(&msg, s, flags) < 0)
		return -1;
	iov->iov_len = zmqk_msg_size(&msg);
	iov->iov_base = malloc(iov->iov_len ? iov->iov_len : 1);
	if (iov->iov_base) {
		memcpy(iov->iov_base, zmqk_msg_data(&msg), iov->iov_len);
		more = zmqk_msg_more(&msg);
	} else {
		errno = ENOMEM;
	}
	zmqk_msg_close(&msg);
	return more;
}

/* Return: number of parts received, also in *@count. */
int zmqk_recviov(void *p, struct iovec *iov, size_t *count, int flags)
{
	struct shim_sock *s = shim_sock_get(p);
	int rc = 1, n = 0;
	size_t max;

	if (!s)
		return -1;
	if (!iov || !count || !*count)
		return shim_err(EINVAL);
	max = *count;
	for (*count = 0; rc > 0 && *count < max; ++*count) {
		rc = shim_io_recv_iov(s, &iov[*count], flags);
		if (rc < 0)
			return -1;
		n++;
	}
	return n;
}
