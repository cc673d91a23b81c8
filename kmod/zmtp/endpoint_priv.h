/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parsers of the transports share; for zmtp/endpoint*.c only. */
#ifndef _ZMQ_ZMTP_ENDPOINT_PRIV_H
#define _ZMQ_ZMTP_ENDPOINT_PRIV_H

#include "zmtp/endpoint.h"

/**
 * zmq_ep_refuse() - say no
 * @ep: the endpoint
 * @err: negative errno
 * @why: static text
 *
 * Return: @err.
 */
static inline int zmq_ep_refuse(struct zmq_endpoint *ep, int err,
				const char *why)
{
	ep->why = why;
	return err;
}

/* Is it a digit, whatever the kernel's Latin-1 ctype thinks? */
static inline bool zmq_ep_isdigit(char c)
{
	return c >= '0' && c <= '9';
}

u16 zmq_ep_atoi16(const char *s);
bool zmq_ep_u32(const char **s, u32 *value);
int zmq_ep_host(struct zmq_endpoint *ep, struct zmq_hostport *hp,
		const char *s, size_t len);
int zmq_ep_hostport(struct zmq_endpoint *ep, struct zmq_hostport *hp,
		    const char *s, size_t len);

int zmq_ep_parse_tcp(struct zmq_endpoint *ep, enum zmq_direction dir);
int zmq_ep_parse_ws(struct zmq_endpoint *ep, enum zmq_direction dir);
int zmq_ep_parse_ipc(struct zmq_endpoint *ep, enum zmq_direction dir);
int zmq_ep_parse_inproc(struct zmq_endpoint *ep, enum zmq_direction dir);
int zmq_ep_parse_tipc(struct zmq_endpoint *ep, enum zmq_direction dir);
int zmq_ep_parse_vsock(struct zmq_endpoint *ep, enum zmq_direction dir);
int zmq_ep_parse_udp(struct zmq_endpoint *ep, enum zmq_direction dir);
int zmq_ep_parse_pgm(struct zmq_endpoint *ep, enum zmq_direction dir);
int zmq_ep_parse_norm(struct zmq_endpoint *ep, enum zmq_direction dir);

#endif /* _ZMQ_ZMTP_ENDPOINT_PRIV_H */
