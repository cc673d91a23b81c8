/* SPDX-License-Identifier: GPL-2.0-only */
/* The family: proto_ops and create(). */
#ifndef _AF_ZMQ_H
#define _AF_ZMQ_H

int zmq_family_register(void);
void zmq_family_unregister(void);
void zmq_proto_exit(void);

#endif /* _AF_ZMQ_H */
