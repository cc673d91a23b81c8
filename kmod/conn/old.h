/* SPDX-License-Identifier: GPL-2.0-only */
/* Peers of ZMTP 1.0 and 2.0. */
#ifndef _ZMQ_OLD_H
#define _ZMQ_OLD_H

#include "common.h"
#include "reason.h"

enum zmq_reason zmq_old_begin(struct zmq_conn *c);
int zmq_old_output(struct zmq_conn *c, u8 *buf);
enum zmq_reason zmq_old_id(struct zmq_conn *c, const struct zmq_frame *f);
enum zmq_reason zmq_old_subscribe(struct zmq_conn *c);

#endif /* _ZMQ_OLD_H */
