/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Properties of peers, as zmq_msg_gets() shows them.
 *
 * The kernel tells them when they change, under a number (ZMQ_CMSG_KNOWN). The
 * socket keeps the last ones, and each message of that peer a reference to them.
 * A receiver takes the socket's reference away for the length of its call. Who
 * comes meanwhile, as no program for stock libzmq may, finds none and is told
 * again: number and properties always belong together, without a lock.
 */
#ifndef SHIM_PROPS_H
#define SHIM_PROPS_H

#include <sys/socket.h>

#include <linux/zmq.h>

#include "internal.h"

/**
 * struct shim_props - properties of a peer, immutable
 * @refs: messages that have them, and the socket that has them as its last
 * @number: the kernel's for them, as long as they are its socket's last
 * @text: name and value by turns, each ended by a NUL; an empty name ends it
 */
struct shim_props {
	_Atomic uint32_t refs;
	uint32_t number;
	char text[];
};

bool shim_props_update(struct shim_props **told, struct msghdr *hdr);
const char *shim_props_find(const struct shim_props *props, const char *name);
void shim_props_free(struct shim_props *props);

/* What ZMQ_RECV_KNOWN() is to say of @props, which may be NULL. */
static inline int shim_props_known(const struct shim_props *props)
{
	return ZMQ_RECV_KNOWN(props ? props->number : ZMQ_KNOWN_NONE);
}

/* Another reference to @props, which may be NULL. Return: @props. */
static inline struct shim_props *shim_props_get(struct shim_props *props)
{
	if (props)
		atomic_fetch_add_explicit(&props->refs, 1, memory_order_relaxed);
	return props;
}

/* Drop a reference to @props, which may be NULL. */
static inline void shim_props_put(struct shim_props *props)
{
	if (props && atomic_fetch_sub(&props->refs, 1) == 1)
		shim_props_free(props);
}

/* Return: the reference that @s has, now the caller's, or NULL. */
static inline struct shim_props *shim_props_take(struct shim_sock *s)
{
	return atomic_exchange(&s->told, NULL);
}

/* Give @s the caller's reference to @props; another receiver's is dropped. */
static inline void shim_props_give(struct shim_sock *s, struct shim_props *props)
{
	if (props)
		shim_props_put(atomic_exchange(&s->told, props));
}

#endif /* SHIM_PROPS_H */
