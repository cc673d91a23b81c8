/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of tcp://; everybody else includes tran/tran.h. */
#ifndef _ZMQ_TCP_H
#define _ZMQ_TCP_H

#include "tran/tran.h"

/* tcp_addr.c: from endpoints to addresses, and back */
bool zmq_tcp_waits(const struct zmq_endpoint *ep);
int zmq_tcp_target(const struct zmq_endpoint *ep, const struct zmq_options *opt,
		   const struct zmq_lookup *lookup, struct zmq_target *t);
int zmq_tcp_local(const struct zmq_endpoint *ep, const struct zmq_options *opt,
		  const struct zmq_lookup *lookup, struct zmq_addr *a);
void zmq_tcp_peer(struct sock *sk, const struct zmq_view *view, char *buf,
		  size_t size);
void zmq_tcp_name(struct net *net, const struct sockaddr_storage *ss,
		  char *buf, size_t size);

#endif /* _ZMQ_TCP_H */
