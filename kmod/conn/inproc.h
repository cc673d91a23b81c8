/* SPDX-License-Identifier: GPL-2.0-only */
/* inproc: sessions whose peer is in the same context. */
#ifndef _ZMQ_INPROC_H
#define _ZMQ_INPROC_H

#include "common.h"

struct zmq_bound;
struct zmq_tran_ops;
struct zmq_zap;

struct zmq_session *zmq_inproc_connect(struct zmq_sock *zs,
				       struct zmq_endpoint *ep);
void zmq_inproc_adopt(struct zmq_listener *l);
struct zmq_session *zmq_inproc_visit(const struct zmq_bound *bound,
				     const struct zmq_tran_ops *tran,
				     struct zmq_zap *zap);
int zmq_inproc_disconnect(struct zmq_sock *zs, const char *uri);
void zmq_inproc_run(struct zmq_session *s);
void zmq_inproc_leave(struct zmq_session *s);

#endif /* _ZMQ_INPROC_H */
