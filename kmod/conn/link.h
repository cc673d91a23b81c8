/* SPDX-License-Identifier: GPL-2.0-only */
/* Two sessions of one machine, joined without a wire (inproc). */
#ifndef _ZMQ_LINK_H
#define _ZMQ_LINK_H

#include "common.h"

int zmq_link_join(struct zmq_session *a, struct zmq_session *b);
struct zmq_session *zmq_link_peer(struct zmq_session *s);
void zmq_link_cut(struct zmq_session *s);
bool zmq_link_drain(struct zmq_conn *c, int batches);
void zmq_link_finish(struct zmq_conn *c);
void zmq_link_resume(struct zmq_session *s);

#endif /* _ZMQ_LINK_H */
