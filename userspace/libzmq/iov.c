// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of several parts in one call of the program's.
 *
 * It is one system call a part all the same. sendmmsg() would have to copy a
 * header of 64 bytes for each, which costs as much as the call it saves, and
 * recvmmsg() does not stop at the end of a message (Documentation/bench.rst).
 */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "io.h"

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
 * One frame into memory that the program frees: a large one at once, a small
 * one by way of the stack. Out of memory then loses the frame, as it is off the
 * socket's queue already.
 *
 * Return: whether more frames of its message follow, or -1 and errno.
 */
static int shim_iov_recv(struct shim_sock *s, struct iovec *iov, int flags)
{
	unsigned char buf[SHIM_IO_SMALL];
	struct shim_got got;
	void *mem = NULL;

	if (shim_io_recv_small(s, buf, flags, &got)) {
		if (errno == EMSGSIZE)
			mem = shim_io_recv_alloc(s, 0, flags, &got);
		if (!mem)
			return -1;
	} else {
		mem = malloc(got.len ? got.len : 1);
		if (mem)
			memcpy(mem, buf, got.len);
	}
	shim_props_put(got.props);
	if (!mem)
		return shim_err(ENOMEM);
	iov->iov_base = mem;
	iov->iov_len = got.len;
	return got.more;
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
		rc = shim_iov_recv(s, &iov[*count], flags);
		if (rc < 0)
			return -1;
		n++;
	}
	return n;
}
