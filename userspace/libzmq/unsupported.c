// SPDX-License-Identifier: GPL-2.0-only
/*
 * What libzmq has and this library does not. The functions exist so that
 * programs which link them load; each fails with ENOTSUP, as libzmq's own do
 * when it is built without a feature.
 */
#include "internal.h"

#define SHIM_UNSUPPORTED(type, name, args, failure)	\
type name args						\
{							\
	errno = ENOTSUP;				\
	return failure;					\
}

SHIM_UNSUPPORTED(int, zmq_proxy,
		 (void *frontend, void *backend, void *capture), -1)
SHIM_UNSUPPORTED(int, zmq_proxy_steerable,
		 (void *frontend, void *backend, void *capture, void *control),
		 -1)
SHIM_UNSUPPORTED(int, zmq_device, (int type, void *frontend, void *backend), -1)
SHIM_UNSUPPORTED(int, zmq_socket_monitor,
		 (void *socket, const char *endpoint, int events), -1)

SHIM_UNSUPPORTED(void *, zmq_timers_new, (void), NULL)
SHIM_UNSUPPORTED(int, zmq_timers_destroy, (void **timers), -1)
SHIM_UNSUPPORTED(int, zmq_timers_add,
		 (void *timers, size_t interval, zmq_timer_fn fn, void *arg),
		 -1)
SHIM_UNSUPPORTED(int, zmq_timers_cancel, (void *timers, int id), -1)
SHIM_UNSUPPORTED(int, zmq_timers_set_interval,
		 (void *timers, int id, size_t interval), -1)
SHIM_UNSUPPORTED(int, zmq_timers_reset, (void *timers, int id), -1)
SHIM_UNSUPPORTED(long, zmq_timers_timeout, (void *timers), -1)
SHIM_UNSUPPORTED(int, zmq_timers_execute, (void *timers), -1)

SHIM_UNSUPPORTED(int, zmq_curve_keypair, (char *public, char *secret), -1)
SHIM_UNSUPPORTED(int, zmq_curve_public, (char *public, const char *secret), -1)
