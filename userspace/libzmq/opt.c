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

/*
 * ZMQ_FD is the socket itself. poll() on it tells what ZMQ_EVENTS tells, level
 * triggered, while libzmq's descriptor signals changes and always polls for
 * input: a program that waits for POLLIN here and then asks ZMQ_EVENTS works
 * for receiving; to wait for a chance to send it has to ask for POLLOUT or to
 * use zmq_poll().
 */
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
		return shim_opt_return_int(s->fd, val, len);
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
