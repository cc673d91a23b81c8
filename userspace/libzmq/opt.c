// SPDX-License-Identifier: GPL-2.0-only
/*
 * Socket options. The kernel knows libzmq's options and their rules; what is
 * answered here is what only this library can know.
 */
#include <string.h>
#include <sys/socket.h>

#include <linux/socket.h>
#include <linux/zmq.h>

#include "api.h"

int zmqk_setsockopt(void *p, int option, const void *val, size_t len)
{
	struct shim_sock *s = shim_sock_get(p);
	uint64_t affinity;

	if (!s)
		return -1;
	/* NULL is a value of its own where it is allowed, and never a pointer. */
	if (!val && len)
		return shim_err(EINVAL);
	/* Native options would change the socket behind this library's back. */
	if (len > INT_MAX || option >= ZMQ_NATIVE_BIND)
		return shim_err(EINVAL);
	if (setsockopt(s->fd, SOL_ZMQ, option, val, len))
		return shim_err_native();
	if (option == ZMQ_AFFINITY && len == sizeof(affinity)) {
		memcpy(&affinity, val, sizeof(affinity));
		atomic_store(&s->affinity, affinity);
	}
	return 0;
}

/* libzmq's rule for its run-time values: any buffer that holds an int. */
static int shim_opt_return_int(int answer, void *val, size_t *len)
{
	if (*len < sizeof(answer))
		return shim_err(EINVAL);
	memset(val, 0, *len);
	memcpy(val, &answer, sizeof(answer));
	*len = sizeof(answer);
	return 0;
}

/* Of the native options the one that takes nothing out of our hands. */
static int shim_opt_return_fd(struct shim_sock *s, int option, void *val,
			      size_t *len)
{
	int fd = option == ZMQ_FD ? shim_sock_events_fd(s) : s->fd;

	return fd < 0 ? -1 : shim_opt_return_int(fd, val, len);
}

int zmqk_getsockopt(void *p, int option, void *val, size_t *len)
{
	struct shim_sock *s = shim_sock_get(p);
	socklen_t klen;

	if (!s)
		return -1;
	if (!val || !len)
		return shim_err(EINVAL);
	switch (option) {
	case ZMQ_FD:
	case ZMQ_NATIVE_FD:
		return shim_opt_return_fd(s, option, val, len);
	case ZMQ_RCVMORE:
		return shim_opt_return_int(atomic_load(&s->more), val, len);
	default:
		klen = *len > INT_MAX ? INT_MAX : *len;
		if (getsockopt(s->fd, SOL_ZMQ, option, val, &klen))
			return shim_err_native();
		*len = klen;
		return 0;
	}
}
