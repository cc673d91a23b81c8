/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pollers: what their two files share.
 */
#ifndef SHIM_POLLER_H
#define SHIM_POLLER_H

#include "internal.h"

#define SHIM_POLLER_ALIVE	0xca11ab1e

/**
 * struct shim_poller_item - something registered
 * @socket: the zmq socket, NULL for a descriptor
 * @fd: the descriptor, also that of @socket
 * @serial: of @socket
 * @data: the application's
 * @events: ZMQ_POLL* that it waits for
 * @listed: epoll knows it
 * @always: a file, which epoll does not take because it is always ready
 * @link: entry in shim_poller.items
 *
 * The tree looks at @socket, and without one at @fd.
 */
struct shim_poller_item {
	struct shim_sock *socket;
	int fd;
	uint64_t serial;
	void *data;
	short events;
	bool listed;
	bool always;

	TAILQ_ENTRY(shim_poller_item) link;
};

TAILQ_HEAD(shim_poller_items, shim_poller_item);

/**
 * struct shim_poller - a poller
 * @tag: SHIM_POLLER_ALIVE until zmq_poller_destroy()
 * @epfd: the epoll descriptor
 * @forks: shim_ctx_forks() of the process whose set @epfd is
 * @count: how many items there are
 * @pollable: of these, those that wait for something
 * @files: those that are always ready
 * @dead: sockets that were closed
 * @turn: files came first in the last wait
 * @closes: shim_sock_closes() when @dead was counted
 * @tree: of items (tsearch)
 * @items: the same as a list
 */
struct shim_poller {
	uint32_t tag;
	int epfd;
	unsigned int forks;
	int count;
	int pollable;
	int files;
	int dead;
	bool turn;
	uint64_t closes;
	void *tree;
	struct shim_poller_items items;
};

struct shim_poller *shim_poller_get(void *p);

/* The memory of sockets is never given back, but may be another's by now. */
static inline bool shim_poller_item_dead(const struct shim_poller_item *item)
{
	struct shim_sock *s = item->socket;

	return s && (atomic_load(&s->tag) == SHIM_DEAD ||
		     s->serial != item->serial);
}

#endif /* SHIM_POLLER_H */
