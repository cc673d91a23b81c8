/* SPDX-License-Identifier: GPL-2.0-only */
/* DNS messages, RFC 1035 section 4, as far as a stub resolver needs them. */
#ifndef _ZMQ_RESOLVE_DNS_WIRE_H
#define _ZMQ_RESOLVE_DNS_WIRE_H

#include <linux/types.h>

/* Text of the longest name, without the dot at its end and the NUL. */
#define ZMQ_DNS_NAME_MAX 253
/* The same with length bytes and root label: RFC 1035 section 2.3.4. */
#define ZMQ_DNS_WIRE_NAME_MAX 255
#define ZMQ_DNS_HEADER_LEN 12
#define ZMQ_DNS_QUERY_MAX (ZMQ_DNS_HEADER_LEN + ZMQ_DNS_WIRE_NAME_MAX + 4)
/* No longer answer comes by UDP to a query without EDNS: section 4.2.1. */
#define ZMQ_DNS_UDP_MAX 512

/**
 * enum zmq_dns_type - record types: RFC 1035 section 3.2.2, RFC 3596 section 2.1
 * @ZMQ_DNS_A: an IPv4 address
 * @ZMQ_DNS_CNAME: the name is another one's alias
 * @ZMQ_DNS_AAAA: an IPv6 address
 */
enum zmq_dns_type {
	ZMQ_DNS_A	= 1,
	ZMQ_DNS_CNAME	= 5,
	ZMQ_DNS_AAAA	= 28,
};

bool zmq_dns_name_ok(const char *name);
int zmq_dns_query_build(u8 buf[ZMQ_DNS_QUERY_MAX], u16 id, const char *name,
			enum zmq_dns_type type);
int zmq_dns_answer_parse(const u8 *msg, size_t len, const u8 *query,
			 size_t query_len, u8 addr[16]);

#endif /* _ZMQ_RESOLVE_DNS_WIRE_H */
