// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses written in numbers: answered without a look-up. The spellings are
 * those of getaddrinfo(), through which libzmq passes its host names.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/inet.h>
#include <linux/kernel.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "common.h"
#include "resolve/literal.h"

static int zmq_literal_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One number in C notation. Returns what follows it, NULL if it is none. */
static const char *zmq_literal_number(const char *s, u64 *out)
{
	int base = 10;
	u64 v = 0;

	if (s[0] == '0' && (s[1] | 0x20) == 'x') {
		base = 16;
		s += 2;
	} else if (s[0] == '0') {
		base = 8;
	}
	if (zmq_literal_digit(*s) < 0 || zmq_literal_digit(*s) >= base)
		return NULL;
	for (; *s && *s != '.'; s++) {
		int digit = zmq_literal_digit(*s);

		if (digit < 0 || digit >= base)
			return NULL;
		v = v * base + digit;
		if (v > U32_MAX)
			return NULL;
	}
	*out = v;
	return s;
}

/**
 * zmq_literal_inet4() - parse an IPv4 address as inet_aton(3) does
 * @s: "a.b.c.d", "a.b.c", "a.b" or "a", each number decimal, 0octal or 0xhex;
 *	the last one fills the bytes that are left
 * @out: the address; unchanged on failure
 *
 * Return: true if all of @s is an address.
 */
bool zmq_literal_inet4(const char *s, struct in_addr *out)
{
	u32 addr = 0;
	u64 part;
	int n;

	for (n = 0; n < 4; n++) {
		s = zmq_literal_number(s, &part);
		if (!s)
			return false;
		if (!*s) {
			if (part > U32_MAX >> (8 * n))
				return false;
			out->s_addr = htonl(addr | (u32)part);
			return true;
		}
		if (part > 255)
			return false;
		addr |= (u32)part << (24 - 8 * n);
		s++;
	}
	return false;
}
EXPORT_SYMBOL_KUNIT(zmq_literal_inet4);

/* libzmq's rule: an interface's name, else its number; never 0. */
static u32 zmq_literal_zone(struct net *net, const char *zone)
{
	struct net_device *dev;
	u32 index = 0;

	if (!*zone)
		return 0;
	rcu_read_lock();
	dev = dev_get_by_name_rcu(net, zone);
	if (dev)
		index = dev->ifindex;
	rcu_read_unlock();
	if (!index && kstrtou32(zone, 10, &index))
		return 0;
	return index;
}

static int zmq_literal_inet6(struct net *net, const char *s,
			     struct sockaddr_in6 *out)
{
	const char *end;

	out->sin6_family = AF_INET6;
	if (!in6_pton(s, -1, out->sin6_addr.s6_addr, '%', &end))
		return -ENOENT;
	if (*end == '%') {
		out->sin6_scope_id = zmq_literal_zone(net, end + 1);
		return out->sin6_scope_id ? 0 : -EINVAL;
	}
	/* in6_pton() is content with "::1.2.3.4:x". */
	return *end ? -ENOENT : 0;
}

/**
 * zmq_literal_parse() - parse an address written in numbers
 * @net: where the interface named by a zone is looked for
 * @s: IPv4 address, or IPv6 address without brackets, with or without %zone
 * @out: the address with port 0; changed in any case
 *
 * Context: any.
 * Return: 0; -ENOENT if @s is something else; -EINVAL if its zone is empty, 0
 * or no interface.
 */
int zmq_literal_parse(struct net *net, const char *s,
		      struct sockaddr_storage *out)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)out;

	memset(out, 0, sizeof(*out));
	if (strchr(s, ':'))
		return zmq_literal_inet6(net, s, (struct sockaddr_in6 *)out);
	if (!zmq_literal_inet4(s, &sin->sin_addr))
		return -ENOENT;
	sin->sin_family = AF_INET;
	return 0;
}
EXPORT_SYMBOL_KUNIT(zmq_literal_parse);
