// SPDX-License-Identifier: GPL-2.0-only
/*
 * What libzmq's draft socket types add to messages and sockets: routing ids of
 * SERVER and PEER, groups of RADIO and DISH.
 *
 * There is no socket of these types yet, so the calls on sockets answer as
 * libzmq's do for the other ones (API page, 1.12 and 1.13).
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/socket.h>
#include <linux/zmq.h>

#include "api.h"
#include "msg.h"

int zmqk_msg_set_routing_id(zmq_msg_t *msg, uint32_t id)
{
	struct shim_msg *m = shim_msg_get(msg);

	if (!m)
		return shim_err(EFAULT);
	if (!id)
		return shim_err(EINVAL);
	m->routing_id = id;
	return 0;
}

uint32_t zmqk_msg_routing_id(zmq_msg_t *msg)
{
	const struct shim_msg *m = shim_msg_get(msg);

	return m ? m->routing_id : 0;
}

/**
 * shim_group_put() - drop a message's reference to its group
 * @group: the group
 */
SHIM_COLD void shim_group_put(struct shim_group *group)
{
	if (atomic_fetch_sub(&group->refs, 1) == 1)
		free(group);
}

/* A name that is too long is cut, whatever libzmq's manual says (API page, 6.2). */
int zmqk_msg_set_group(zmq_msg_t *msg, const char *name)
{
	struct shim_msg *m = shim_msg_get(msg);
	struct shim_group *group;
	size_t len;

	if (!m)
		return shim_err(EFAULT);
	if (!name)
		return shim_err(EINVAL);
	len = strnlen(name, ZMQ_GROUP_MAX_LENGTH);
	group = malloc(sizeof(*group) + len + 1);
	if (!group)
		return shim_err(ENOMEM);
	atomic_init(&group->refs, 1);
	memcpy(group->name, name, len);
	group->name[len] = '\0';
	/* Last: @name may be the old group's. */
	if (m->group)
		shim_group_put(m->group);
	m->group = group;
	return 0;
}

const char *zmqk_msg_group(zmq_msg_t *msg)
{
	const struct shim_msg *m = shim_msg_get(msg);

	return m && m->group ? m->group->name : "";
}

/* Return: -1 with errno: @sock is none, or of none of the types meant. */
static int shim_draft_refuse(void *sock)
{
	if (!shim_sock_get(sock))
		return -1;
	return shim_err(ENOTSUP);
}

uint32_t zmqk_connect_peer(void *sock, const char *endpoint)
{
	shim_draft_refuse(sock);
	return 0;
}

int zmqk_disconnect_peer(void *sock, uint32_t id)
{
	return shim_draft_refuse(sock);
}

int zmqk_join(void *sock, const char *group)
{
	return shim_draft_refuse(sock);
}

int zmqk_leave(void *sock, const char *group)
{
	return shim_draft_refuse(sock);
}

/* Return: ZMQ_POLLOUT, if a message to the peer would not have to wait, or 0. */
int zmqk_socket_get_peer_state(void *sock, const void *id, size_t len)
{
	struct shim_sock *s = shim_sock_get(sock);
	struct zmq_peer_query query = { .len = len };
	socklen_t size = sizeof(query);

	if (!s)
		return -1;
	if (!id && len)
		return shim_err(EINVAL);
	/* The kernel says what it says of all ids that nobody has. */
	if (len > sizeof(query.id))
		query.len = UINT32_MAX;
	else if (len)
		memcpy(query.id, id, len);
	if (getsockopt(s->fd, SOL_ZMQ, ZMQ_NATIVE_PEER_STATE, &query, &size))
		return shim_err_native();
	return query.events;
}
