/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of the ipc transport. */
#ifndef _ZMQ_TRAN_IPC_H
#define _ZMQ_TRAN_IPC_H

#include "tran/tran.h"

struct zmq_blob;

/* ipc.c */
void zmq_ipc_addr(struct zmq_addr *a, const char *name, size_t len,
		  bool abstract);

/* ipc_file.c */
void zmq_ipc_file_unlink(const char *name);
int zmq_ipc_file_make(const struct zmq_blob *dir, struct zmq_addr *a,
		      struct path *made);
void zmq_ipc_file_unmake(struct socket *sock, struct zmq_view *view,
			 struct path *made);

#endif /* _ZMQ_TRAN_IPC_H */
