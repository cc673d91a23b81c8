// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses that may connect to a listener: ZMQ_TCP_ACCEPT_FILTER.
 *
 * IPv4 addresses are kept and compared as mapped ones, so a filter means the
 * same on an IPv6 socket. libzmq counts the bits of "10.0.0.0/8" from the left
 * end of ::ffff:10.0.0.0 there, so that everybody matches.
 */
#include <linux/errno.h>
#include <linux/in.h>
#include <linux/kernel.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>

#include "blob.h"
#include "resolve/literal.h"
#include "tran/filter.h"

#define ZMQ_FILTER_TEXT_MAX	255

/**
 * zmq_filter_map() - an address in the form that all are compared in
 * @out: the address, mapped if it is of IPv4
 * @ss: an address of AF_INET or AF_INET6
 */
void zmq_filter_map(struct in6_addr *out, const struct sockaddr_storage *ss)
{
	if (ss->ss_family == AF_INET6)
		*out = ((const struct sockaddr_in6 *)ss)->sin6_addr;
	else
		ipv6_addr_set_v4mapped(((const struct sockaddr_in *)ss)->sin_addr.s_addr,
				       out);
}

/* Brackets are allowed around an IPv6 address, and only there. */
static int zmq_filter_address(char *s, struct sockaddr_storage *ss)
{
	size_t len = strlen(s);

	/* The interface of a peer isn't compared, so don't look as if. */
	if (strchr(s, '%'))
		return -EINVAL;
	if (*s == '[') {
		if (s[len - 1] != ']' || !strchr(s, ':'))
			return -EINVAL;
		s[len - 1] = 0;
		s++;
	}
	return zmq_literal_parse(&init_net, s, ss) ? -EINVAL : 0;
}

/**
 * zmq_filter_parse() - parse a range of addresses
 * @f: the range; undefined on failure
 * @s: an address in numbers, and "/bits" unless all count
 * @ipv6: IPv6 addresses are allowed
 *
 * Return: 0 or -EINVAL.
 */
int zmq_filter_parse(struct zmq_filter *f, const char *s, bool ipv6)
{
	char host[ZMQ_FILTER_TEXT_MAX + 1];
	struct sockaddr_storage ss;
	unsigned int max;
	char *slash;
	u8 bits;

	if (strscpy(host, s, sizeof(host)) < 0)
		return -EINVAL;
	slash = strrchr(host, '/');
	if (slash)
		*slash = 0;
	if (zmq_filter_address(host, &ss))
		return -EINVAL;
	if (ss.ss_family == AF_INET6 && !ipv6)
		return -EINVAL;

	max = ss.ss_family == AF_INET6 ? 128 : 32;
	bits = max;
	/* kstrtou8() would take "+8". */
	if (slash && (slash[1] == '+' || kstrtou8(slash + 1, 10, &bits) ||
		      bits > max))
		return -EINVAL;
	memset(f, 0, sizeof(*f));
	zmq_filter_map(&f->addr, &ss);
	f->bits = bits + 128 - max;
	return 0;
}
EXPORT_SYMBOL_KUNIT(zmq_filter_parse);

/**
 * zmq_filter_passes() - may this peer connect?
 * @list: ranges, an array of &struct zmq_filter; NULL lets everybody in
 * @ss: the peer's address
 *
 * Context: any.
 * Return: true if it is in one of the ranges.
 */
bool zmq_filter_passes(const struct zmq_blob *list,
		       const struct sockaddr_storage *ss)
{
	const struct zmq_filter *f;
	struct in6_addr addr;
	size_t i;

	if (!list)
		return true;
	if (ss->ss_family != AF_INET && ss->ss_family != AF_INET6)
		return false;
	zmq_filter_map(&addr, ss);
	f = (const struct zmq_filter *)list->data;
	for (i = 0; i < list->len / sizeof(*f); i++)
		if (ipv6_prefix_equal(&addr, &f[i].addr, f[i].bits))
			return true;
	return false;
}
EXPORT_SYMBOL_KUNIT(zmq_filter_passes);
