// SPDX-License-Identifier: GPL-2.0-only
/*
 * Error numbers: libzmq's private ones and the kernel's stand-ins for them.
 */
#include <string.h>

#include <linux/socket.h>
#include <linux/zmq.h>

#include "api.h"

static const struct {
	int native;
	int zmq;
} shim_err_map[] = {
	{ ZMQ_EFSM, EFSM },
	{ ZMQ_ENOCOMPATPROTO, ENOCOMPATPROTO },
	{ ZMQ_ETERM, ETERM },
	{ ZMQ_EMTHREAD, EMTHREAD },
};

/**
 * shim_err() - fail with an errno
 * @err: errno as the application shall see it
 *
 * Return: -1.
 */
SHIM_COLD int shim_err(int err)
{
	errno = err;
	return -1;
}

/**
 * shim_err_native() - fail with the errno of the system call just made
 *
 * Only for calls on AF_ZMQ descriptors: other families use the same numbers for
 * what their names say.
 *
 * Return: -1, errno translated to libzmq's number.
 */
SHIM_COLD int shim_err_native(void)
{
	size_t i;

	for (i = 0; i < sizeof(shim_err_map) / sizeof(shim_err_map[0]); i++) {
		if (errno == shim_err_map[i].native)
			return shim_err(shim_err_map[i].zmq);
	}
	return -1;
}

int zmqk_errno(void)
{
	return errno;
}

const char *zmqk_strerror(int errnum)
{
	switch (errnum) {
	case EFSM:
		return "Operation cannot be accomplished in current state";
	case ENOCOMPATPROTO:
		return "The protocol is not compatible with the socket type";
	case ETERM:
		return "Context was terminated";
	case EMTHREAD:
		return "No thread available";
	case EHOSTUNREACH:
		return "Host unreachable";
	default:
		return strerror(errnum);
	}
}
