/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes of queued messages, charged to the user who owns the socket. */
#ifndef _ZMQ_MEM_H
#define _ZMQ_MEM_H

#include <linux/atomic.h>
#include <linux/sizes.h>
#include <linux/uidgid.h>

#include "common.h"

/**
 * struct zmq_mem - what one user's sockets hold
 * @used: bytes charged now
 * @uid: the user; constant
 * @sockets: sockets and contexts that use this account; under zmq_mem_lock
 * @ctxs: contexts that the user has made by netlink
 * @node: in the list of all accounts; under zmq_mem_lock
 *
 * One for each user with an open or lingering socket. Frames point to it and
 * never outlive the socket whose pipe they are in, so it is enough that this
 * one holds it (zmq_sock.guests for those that came by inproc).
 */
struct zmq_mem {
	atomic_long_t used;
	kuid_t uid;
	unsigned int sockets;
	atomic_t ctxs;
	struct list_head node;
};

/*
 * What an endpoint is charged, beside its messages: itself and, roughly, its
 * lower socket. There is no descriptor that would count these.
 */
#define ZMQ_MEM_ENDPOINT	SZ_8K

struct zmq_mem *zmq_mem_get(kuid_t uid);
void zmq_mem_hold(struct zmq_mem *mem);
void zmq_mem_put(struct zmq_mem *mem);

unsigned long zmq_mem_max(void);
bool zmq_mem_charge(struct zmq_mem *mem, size_t bytes);

/**
 * zmq_mem_charge_over() - charge bytes even beyond the limit
 * @mem: the account
 * @bytes: how many; few, and for what gives more back
 *
 * Context: any.
 */
static inline void zmq_mem_charge_over(struct zmq_mem *mem, size_t bytes)
{
	atomic_long_add(bytes, &mem->used);
}

/**
 * zmq_mem_uncharge() - give charged bytes back
 * @mem: the account
 * @bytes: as charged before
 *
 * Context: any.
 */
static inline void zmq_mem_uncharge(struct zmq_mem *mem, size_t bytes)
{
	atomic_long_sub(bytes, &mem->used);
}

#endif /* _ZMQ_MEM_H */
