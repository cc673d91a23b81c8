// SPDX-License-Identifier: GPL-2.0-only
/*
 * What libzmq has and this library does not. The functions exist so that
 * programs which link them load; each fails with ENOTSUP, as libzmq's own do
 * when it is built without a feature.
 */
#include "api.h"

#define SHIM_UNSUPPORTED(type, name, params, failure)	\
type zmqk_##name params					\
{							\
	errno = ENOTSUP;				\
	return failure;					\
}

SHIM_UNSUPPORTED(int, msg_init_buffer,
		 (zmq_msg_t *msg, const void *buf, size_t size), -1)
SHIM_UNSUPPORTED(int, msg_set_routing_id, (zmq_msg_t *msg, uint32_t id), -1)
SHIM_UNSUPPORTED(uint32_t, msg_routing_id, (zmq_msg_t *msg), 0)
SHIM_UNSUPPORTED(int, msg_set_group, (zmq_msg_t *msg, const char *group), -1)
SHIM_UNSUPPORTED(const char *, msg_group, (zmq_msg_t *msg), "")

SHIM_UNSUPPORTED(uint32_t, connect_peer, (void *sock, const char *endpoint), 0)
SHIM_UNSUPPORTED(int, disconnect_peer, (void *sock, uint32_t id), -1)
SHIM_UNSUPPORTED(int, join, (void *sock, const char *group), -1)
SHIM_UNSUPPORTED(int, leave, (void *sock, const char *group), -1)
SHIM_UNSUPPORTED(int, socket_get_peer_state,
		 (void *sock, const void *id, size_t len), -1)
