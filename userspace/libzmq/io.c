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
#include "io.h"
#include "msg.h"

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

/* Room for what the kernel tells of peers: of most, and of any. */
#define SHIM_IO_CONTROL 512
#define SHIM_IO_CONTROL_MAX \
	(CMSG_SPACE(sizeof(uint32_t)) + CMSG_SPACE(ZMQ_PROPS_MAX))

static inline int shim_load(_Atomic int *p)
{
	return atomic_load_explicit(p, memory_order_relaxed);
}

static inline void shim_store(_Atomic int *p, int value)
{
	atomic_store_explicit(p, value, memory_order_relaxed);
}

/* What takes part in a call of recvmsg(), see shim_io_recv(). */
static ssize_t shim_io_recvmsg_with(struct shim_sock *s, struct iovec *iov,
				    int native, struct shim_props **told,
				    void *control, size_t room, bool *more)
{
	struct msghdr hdr = { .msg_iov = iov, .msg_iovlen = 1 };
	bool other = false;
	ssize_t n;

	if (control) {
		hdr.msg_control = control;
		hdr.msg_controllen = room;
		native |= shim_props_known(*told);
	}
	n = recvmsg(s->fd, &hdr, native);
	if (unlikely(n < 0))
		return n;
	if (control && hdr.msg_controllen)
		other = shim_props_update(told, &hdr);
	*more = !(hdr.msg_flags & MSG_EOR);
	if (!shim_load(&s->more))
		shim_store(&s->multipart, *more || other);
	shim_store(&s->more, *more);
	return n;
}

/*
 * A peer that has a lot to say of itself. Without memory the message comes
 * without it: the program waits for the message.
 */
static SHIM_COLD ssize_t shim_io_recvmsg_long(struct shim_sock *s,
					      struct iovec *iov, int native,
					      struct shim_props **told,
					      bool *more)
{
	void *control = malloc(SHIM_IO_CONTROL_MAX);
	ssize_t n;

	if (!control) {
		shim_props_put(*told);
		*told = NULL;
	}
	n = shim_io_recvmsg_with(s, iov, native, told, control,
				 SHIM_IO_CONTROL_MAX, more);
	free(control);
	return n;
}

static ssize_t shim_io_recvmsg(struct shim_sock *s, void *buf, size_t len,
			       int native, struct shim_props **told, bool *more)
{
	unsigned char control[SHIM_IO_CONTROL] __attribute__((aligned(8)));
	struct iovec iov = { .iov_base = buf, .iov_len = len };
	ssize_t n;

	n = shim_io_recvmsg_with(s, &iov, native, told, told ? control : NULL,
				 sizeof(control), more);
	if (unlikely(n < 0) && told && errno == ENOMSG)
		n = shim_io_recvmsg_long(s, &iov, native, told, more);
	return n;
}

/*
 * Receive one frame, @native adds to the flags of recvmsg(). *@more tells about
 * this frame; @s->more may be another thread's by the time of return. @told is
 * NULL where nobody will ask for properties of the peer; otherwise a reference,
 * replaced if the frame's are others.
 *
 * recv() costs less than recvmsg() but can't tell whether more frames follow,
 * nor from whom the frame is. So it asks for a last frame (MSG_EOR) of the same
 * peer, as long as messages have one frame and one sender.
 *
 * Return: the frame's length, or -1 with the kernel's errno.
 */
static inline ssize_t shim_io_recv(struct shim_sock *s, void *buf, size_t len,
				   int flags, int native,
				   struct shim_props **told, bool *more)
{
	int known = told ? shim_props_known(*told) : 0;
	ssize_t n;

	if (flags & ZMQ_DONTWAIT)
		native |= MSG_DONTWAIT;
	if (likely(!shim_load(&s->more) && !shim_load(&s->multipart))) {
		*more = false;
		n = recv(s->fd, buf, len, native | MSG_EOR | known);
		if (likely(n >= 0) || errno != ENOMSG)
			return n;
	}
	return shim_io_recvmsg(s, buf, len, native, told, more);
}

/* The same with what a message has to know. Return: 0, or -1 and errno. */
static inline int shim_io_recv_got(struct shim_sock *s, void *buf, size_t len,
				   int flags, struct shim_got *got)
{
	struct shim_props *told = shim_props_take(s);
	ssize_t n;

	n = shim_io_recv(s, buf, len, flags, 0, &told, &got->more);
	if (likely(n >= 0)) {
		got->len = n;
		got->props = shim_props_get(told);
	}
	shim_props_give(s, told);
	return n < 0 ? -1 : 0;
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
	n = shim_io_recv(s, buf, len, flags, MSG_TRUNC, NULL, &more);
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

/* Whose frame is in @m, which has its content already. */
static inline int shim_io_mark(struct shim_msg *m, const struct shim_got *got)
{
	m->props = got->props;
	if (got->more)
		m->flags = SHIM_MSG_MORE;
	return got->len;
}

/*
 * Replace the content of @m by a copy of a frame. Out of memory here loses the
 * frame, as it is off the socket's queue already.
 */
static inline int shim_io_fill(struct shim_msg *m, const void *buf,
			       const struct shim_got *got)
{
	struct shim_block *block;

	if (got->len <= SHIM_MSG_INLINE_MAX) {
		shim_msg_put(m);
		memcpy(m->bytes, buf, got->len);
		shim_msg_reset(m);
		m->len = got->len;
	} else {
		block = shim_block_alloc(got->len);
		if (!block) {
			shim_props_put(got->props);
			return -1;
		}
		memcpy(block->bytes, buf, got->len);
		shim_msg_put(m);
		shim_msg_own(m, block, got->len);
	}
	return shim_io_mark(m, got);
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
 * Receive the next frame into memory of its own, @head bytes into it. The size
 * is that of frames before, or that of the frame asked for; either may be wrong,
 * in the latter case because another thread took that frame.
 *
 * Return: the memory, or NULL and errno.
 */
static void *shim_io_recv_guess(struct shim_sock *s, size_t head, int flags,
				struct shim_got *got)
{
	size_t size = atomic_load(&s->hint);
	ssize_t n;
	char *mem;

	for (;; size = 0) {
		if (!size) {
			n = shim_io_peek(s, flags);
			if (n < 0)
				break;
			/* No call can take it; the next one would ask again. */
			if (n > SHIM_FRAME_MAX) {
				errno = EMSGSIZE;
				break;
			}
			size = n;
		}
		mem = malloc(head + size);
		if (!mem) {
			errno = ENOMEM;
			return NULL;
		}
		if (!shim_io_recv_got(s, mem + head, size, flags, got))
			return mem;
		free(mem);
		if (errno != EMSGSIZE)
			break;
	}
	shim_err_native();
	return NULL;
}

/*
 * Programs keep messages: give back what the guess was too large by. realloc()
 * would leave a small frame a page of its own where malloc() had mapped memory,
 * and malloc() would never learn to do without.
 */
static void *shim_io_fit(void *mem, size_t size)
{
	void *fit;

	if (size > SHIM_IO_SMALL) {
		fit = realloc(mem, size);
		return fit ? fit : mem;
	}
	fit = malloc(size ? size : 1);
	if (!fit)
		return mem;
	memcpy(fit, mem, size);
	free(mem);
	return fit;
}

/**
 * shim_io_recv_alloc() - receive a frame where large ones are, or may be
 * @s: the socket
 * @head: bytes to leave in front of the frame
 * @flags: ZMQ_DONTWAIT
 * @got: set on success
 *
 * Return: memory from malloc() with the frame, or NULL and errno.
 */
SHIM_COLD void *shim_io_recv_alloc(struct shim_sock *s, size_t head, int flags,
				   struct shim_got *got)
{
	void *mem = shim_io_recv_guess(s, head, flags, got);

	if (!mem)
		return NULL;
	shim_io_learn(s, got->len);
	return shim_io_fit(mem, head + got->len);
}

/**
 * shim_io_recv_small() - receive a frame where small ones are expected
 * @s: the socket
 * @buf: SHIM_IO_SMALL bytes for it
 * @flags: ZMQ_DONTWAIT
 * @got: set on success
 *
 * Return: 0, or -1 and errno; EMSGSIZE: shim_io_recv_alloc() is to be used.
 */
int shim_io_recv_small(struct shim_sock *s, void *buf, int flags,
		       struct shim_got *got)
{
	if (atomic_load_explicit(&s->hint, memory_order_relaxed))
		return shim_err(EMSGSIZE);
	if (likely(!shim_io_recv_got(s, buf, SHIM_IO_SMALL, flags, got)))
		return 0;
	return shim_err_native();
}

/*
 * Nothing came: what the message had is gone all the same, as in libzmq. Other
 * failures leave it as it was.
 */
static SHIM_COLD int shim_io_recv_none(struct shim_msg *m)
{
	if (errno == EAGAIN || errno == EINTR) {
		shim_msg_put(m);
		shim_msg_reset(m);
	}
	return -1;
}

/* zmq_msg_recv() where large frames are, or may be, in the queue. */
static SHIM_COLD int shim_io_recv_large(struct shim_sock *s, struct shim_msg *m,
					int flags)
{
	struct shim_block *block;
	struct shim_got got;
	int rc;

	block = shim_io_recv_alloc(s, sizeof(*block), flags, &got);
	if (!block)
		return shim_io_recv_none(m);
	if (got.len <= SHIM_MSG_INLINE_MAX) {
		rc = shim_io_fill(m, block->bytes, &got);
		free(block);
		return rc;
	}
	shim_block_init(block);
	shim_msg_put(m);
	shim_msg_own(m, block, got.len);
	return shim_io_mark(m, &got);
}

int zmqk_msg_recv(zmq_msg_t *msg, void *p, int flags)
{
	struct shim_sock *s = shim_sock_get(p);
	struct shim_msg *m = shim_msg_get(msg);
	unsigned char buf[SHIM_IO_SMALL];
	struct shim_got got;

	if (unlikely(!s))
		return -1;
	if (unlikely(!m))
		return shim_err(EFAULT);
	if (likely(!shim_io_recv_small(s, buf, flags, &got)))
		return shim_io_fill(m, buf, &got);
	if (errno == EMSGSIZE)
		return shim_io_recv_large(s, m, flags);
	return shim_io_recv_none(m);
}

int zmqk_sendmsg(void *s, zmq_msg_t *msg, int flags)
{
	return zmqk_msg_send(msg, s, flags);
}

int zmqk_recvmsg(void *s, zmq_msg_t *msg, int flags)
{
	return zmqk_msg_recv(msg, s, flags);
}
