/* SPDX-License-Identifier: GPL-2.0-only */
/* A listener: an endpoint that bind() was called with. */
#ifndef _ZMQ_LISTENER_H
#define _ZMQ_LISTENER_H

#include <linux/path.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "conn/halfopen.h"
#include "options.h"
#include "roll.h"
#include "tran/ksock.h"
#include "tran/tran.h"

/**
 * struct zmq_listener - a bound endpoint
 * @node: in zmq_sock.listeners; under lock_sock
 * @entry: in zmq_sock.listener_roll, as long as @node; under
 *	zmq_sock.lock
 * @zs: the socket; it outlives the listener, which goes when it is closed
 * @id: for sessions that it accepts, and for its events; constant, never 0
 * @opt: options at the time of bind(), a snapshot; accepted connections share it
 * @tran: transport; constant
 * @view: rights of who called bind(); accepted sockets are theirs; constant
 * @lower: the listening socket, its callbacks replaced; not if @borrowed
 * @sock: the same, for the work: @lower is emptied first
 * @half: what it has accepted and is without handshake; NULL with a linked
 *	transport; constant
 * @made: a directory that bind() has made, @made.mnt NULL if there is none;
 *	constant
 * @borrowed: @sock is a file of the caller's (ZMQ_USE_FD), which we hold;
 *	constant
 * @wait: how a borrowed socket tells of connections
 * @work: accepts
 * @name: the endpoint with its real address and port, key for unbind; constant
 */
struct zmq_listener {
	struct list_head node;
	struct zmq_roll_entry entry;
	struct zmq_sock *zs;
	u32 id;
	const struct zmq_options *opt;
	const struct zmq_tran_ops *tran;
	struct zmq_view *view;
	struct zmq_ksock lower;
	struct socket *sock;
	struct zmq_half_table *half;
	struct path made;
	bool borrowed;
	wait_queue_entry_t wait;
	struct delayed_work work;
	char name[ZMQ_ENDPOINT_MAX + 1];
};

/* For what it accepts: whose callbacks a child inherits, if they are ours. */
static inline const struct zmq_ksock *
zmq_listener_lower(const struct zmq_listener *l)
{
	return l->borrowed ? NULL : &l->lower;
}

int zmq_listener_init(void);
void zmq_listener_exit(void);

struct zmq_listener *zmq_listener_create(struct zmq_sock *zs,
					 const struct zmq_endpoint *ep,
					 const struct zmq_tran_ops *tran,
					 struct zmq_view *view);
void zmq_listener_stop(struct zmq_listener *l);

#endif /* _ZMQ_LISTENER_H */
