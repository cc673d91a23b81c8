/* SPDX-License-Identifier: GPL-2.0-only */
/* Connections through a SOCKS5 proxy (ZMQ_SOCKS_PROXY). */
#ifndef _ZMQ_PROXY_H
#define _ZMQ_PROXY_H

#include "zmtp/endpoint.h"
#include "zmtp/socks.h"

struct zmq_session;

/**
 * struct zmq_proxy - a session's proxy
 * @ep: the proxy's own address, with the source of the session's endpoint
 * @dest: what the proxy is asked for; constant
 * @numeric: the address in @dest, if it is written in numbers
 * @socks: the conversation; under the session's run
 *
 * Made by connect() and freed with its session.
 */
struct zmq_proxy {
	struct zmq_endpoint ep;
	struct zmq_socks_dest dest;
	u8 numeric[16];
	struct zmq_socks socks;
};

int zmq_proxy_make(struct zmq_session *s, const struct zmq_endpoint *ep);
void zmq_session_proxied(struct zmq_session *s);
void zmq_session_proxy(struct zmq_session *s);

#endif /* _ZMQ_PROXY_H */
