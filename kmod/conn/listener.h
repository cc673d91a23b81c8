/* SPDX-License-Identifier: GPL-2.0-only */
/* A listener: an endpoint that bind() was called with. */
#ifndef _ZMQ_LISTENER_H
#define _ZMQ_LISTENER_H

#include <linux/workqueue.h>

#include "options.h"
#include "tran/ksock.h"
#include "tran/tran.h"

/**
 * struct zmq_listener - a bound endpoint
 * @node: in zmq_sock.listeners; under lock_sock
 * @zs: the socket; it outlives the listener, which goes when it is closed
 * @id: for sessions that it accepts; constant, never 0
 * @opt: options at the time of bind(), a snapshot; accepted connections share it
 * @tran: transport; constant
 * @view: rights of who called bind(); accepted sockets are theirs; constant
 * @lower: the listening socket, its callbacks replaced
 * @sock: the same, for the work: @lower is emptied first
 * @work: accepts
 * @name: the endpoint with its real address and port, key for unbind; constant
 */
struct zmq_listener {
	struct list_head node;
	struct zmq_sock *zs;
	u32 id;
	const struct zmq_options *opt;
	const struct zmq_tran_ops *tran;
	struct zmq_view *view;
	struct zmq_ksock lower;
	struct socket *sock;
	struct delayed_work work;
	char name[ZMQ_ENDPOINT_MAX + 1];
};

int zmq_listener_init(void);
void zmq_listener_exit(void);

struct zmq_listener *zmq_listener_create(struct zmq_sock *zs,
					 const struct zmq_endpoint *ep,
					 const struct zmq_tran_ops *tran,
					 struct zmq_view *view);
void zmq_listener_stop(struct zmq_listener *l);

#endif /* _ZMQ_LISTENER_H */
