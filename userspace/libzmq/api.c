// SPDX-License-Identifier: GPL-2.0-only
/*
 * The exported functions, all of them.
 */
#include "api.h"

#define SHIM_EXPORT __attribute__((visibility("default")))

#define SHIM_API_EXPORT(type, name, params, args, failure)	\
	type zmq_##name params					\
	{							\
		return zmqk_##name args;			\
	}

/* What zmq.h does not declare, being younger. */
SHIM_EXPORT int zmq_disconnect_peer(void *sock, uint32_t id);
SHIM_EXPORT int zmq_ppoll(zmq_pollitem_t *items, int n, long timeout,
			  const sigset_t *mask);

SHIM_API_LIST(SHIM_API_EXPORT, SHIM_API_EXPORT)
