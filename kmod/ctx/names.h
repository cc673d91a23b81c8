/* SPDX-License-Identifier: GPL-2.0-only */
/* inproc names of a context. */
#ifndef _ZMQ_NAMES_H
#define _ZMQ_NAMES_H

#include <linux/list.h>
#include <linux/rbtree.h>

#include "common.h"

struct zmq_ctx;
struct zmq_options;

/**
 * struct zmq_name - a name that is bound, or that somebody wants
 * @node: in zmq_ctx.names
 * @bound: the listener, or NULL
 * @wanting: sessions that connected to it and found it not bound
 *	(zmq_session.wanting), each with a reference
 * @text: the endpoint
 *
 * Under zmq_ctx.lock. It goes when it is neither bound nor wanted. Its memory
 * is part of what a listener, or a session, is charged.
 */
struct zmq_name {
	struct rb_node node;
	struct zmq_listener *bound;
	struct list_head wanting;
	char text[];
};

/**
 * struct zmq_bound - what a session connects to
 * @zs: the socket, referenced
 * @opt: the listener's options, held
 * @listener: its id
 */
struct zmq_bound {
	struct zmq_sock *zs;
	const struct zmq_options *opt;
	u32 listener;
};

int zmq_name_bind(struct zmq_listener *l);
void zmq_name_unbind(struct zmq_listener *l);
struct zmq_session *zmq_name_wanted(struct zmq_listener *l);
int zmq_name_want(struct zmq_session *s, struct zmq_bound *bound);
bool zmq_name_look(struct zmq_ctx *ctx, const char *text,
		   struct zmq_bound *bound);
void zmq_name_forget(struct zmq_session *s);
void zmq_names_kick(struct zmq_ctx *ctx);
struct zmq_listener *zmq_name_bound(struct zmq_ctx *ctx, const char *text);
struct zmq_name *zmq_name_first(struct zmq_ctx *ctx, const char *after);

#endif /* _ZMQ_NAMES_H */
