/* SPDX-License-Identifier: GPL-2.0-only */
/* What all mechanisms tell of themselves, and take from the peer. */
#ifndef _ZMQ_MECH_META_H
#define _ZMQ_MECH_META_H

#include "mech/mech.h"

int zmq_mech_put_meta(const struct zmq_mech *m, u8 *buf, size_t cap);
int zmq_mech_put_cmd(const struct zmq_mech *m, const char *name, u8 *buf,
		     size_t cap);
int zmq_mech_refuse(struct zmq_mech *m, u8 *buf, size_t cap);

enum zmq_reason zmq_mech_take_meta(struct zmq_mech *m, const u8 *data,
				   size_t len);
enum zmq_reason zmq_mech_take_error(struct zmq_mech *m, const u8 *data,
				    size_t len);

#endif /* _ZMQ_MECH_META_H */
