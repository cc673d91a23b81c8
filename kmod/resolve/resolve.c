// SPDX-License-Identifier: GPL-2.0-only
/*
 * Host names to addresses: numbers, then /etc/hosts, then DNS, which is
 * "hosts: files dns" of Debian's nsswitch.conf.
 * Why the module does this by itself: Documentation/resolving.rst.
 */
#include <linux/cred.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "common.h"
#include "compat/compat.h"
#include "resolve/dns_client.h"
#include "resolve/dns_wire.h"
#include "resolve/hosts.h"
#include "resolve/literal.h"
#include "resolve/resolv_conf.h"
#include "resolve/resolve.h"
#include "resolve/view.h"

/* All servers, names and attempts together. */
#define ZMQ_RESOLVE_MAX (30 * HZ)

static int zmq_resolve_literal(struct zmq_view *v, const char *host, bool ipv6,
			       struct sockaddr_storage *out)
{
	int err = zmq_literal_parse(v->net, host, out);

	if (!err && out->ss_family == AF_INET6 && !ipv6)
		return -EAFNOSUPPORT;
	return err;
}

/*
 * A file that is missing, forbidden or no file says nothing, as in glibc. A
 * file that could not be read just now might have said something.
 */
static int zmq_resolve_read(struct zmq_view *v, const char *name,
			    bool (*fn)(void *arg, char *line), void *arg)
{
	int err = zmq_view_read_lines(v, name, fn, arg);

	switch (err) {
	case -ENOMEM:
	case -EAGAIN:
	case -EINTR:
		return err;
	case -ERESTARTSYS:
		return -EINTR;
	}
	return 0;
}

static void zmq_resolve_set4(struct sockaddr_storage *out, __be32 addr)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)out;

	memset(out, 0, sizeof(*out));
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = addr;
}

static void zmq_resolve_set6(struct sockaddr_storage *out,
			     const struct in6_addr *addr)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	sin6->sin6_family = AF_INET6;
	sin6->sin6_addr = *addr;
}

/* /etc/hosts, and the names that have an address without being there. */
static int zmq_resolve_files(struct zmq_view *v, const char *host, bool ipv6,
			     struct sockaddr_storage *out)
{
	char name[ZMQ_DNS_NAME_MAX + 2];
	struct zmq_hosts_query q = { .name = name, .want6 = ipv6 };
	ssize_t len = strscpy(name, host, sizeof(name));
	int err;

	/* "host." is "host" in a place without search lists. */
	if (len > 0 && name[len - 1] == '.')
		name[len - 1] = '\0';
	err = zmq_resolve_read(v, "etc/hosts", zmq_hosts_line, &q);
	if (err)
		return err;
	if (q.have6)
		zmq_resolve_set6(out, &q.addr6);
	else if (q.have4)
		zmq_resolve_set4(out, q.addr4.s_addr);
	else if (!zmq_hosts_is_localhost(name))
		return -ENOENT;
	else if (ipv6)
		zmq_resolve_set6(out, &in6addr_loopback);
	else
		zmq_resolve_set4(out, htonl(INADDR_LOOPBACK));
	return 0;
}

static int zmq_resolve_dns(struct zmq_view *v, const char *host, bool ipv6,
			   struct sockaddr_storage *out,
			   const struct zmq_dns_wait *wait)
{
	struct zmq_resolv_conf *conf;
	int err;

	conf = kmalloc(sizeof(*conf), GFP_KERNEL_ACCOUNT);
	if (!conf)
		return -ENOMEM;
	/* Read each time: a laptop moves, a VPN comes up. */
	zmq_resolv_conf_init(conf, v->net);
	err = zmq_resolve_read(v, "etc/resolv.conf", zmq_resolv_conf_line,
			       conf);
	if (!err) {
		zmq_resolv_conf_finish(conf);
		err = zmq_dns_lookup(v->net, conf, host, ipv6, out, wait);
	}
	kfree(conf);
	return err;
}

/**
 * zmq_resolve() - find a host's address in the view of a process
 * @v: whose network, files and rights count; the caller holds a reference
 * @host: host name or address in numbers (IPv6 without brackets)
 * @ipv6: the ZMQ_IPV6 option: prefer IPv6, else only IPv4 is acceptable
 * @out: struct sockaddr_in or sockaddr_in6, port 0; undefined on failure
 * @stop: returns true when nobody wants the answer any more; called at least
 *	every 200 ms while servers are waited for; may be NULL
 * @arg: passed to @stop
 *
 * Reads the files and asks the servers at each call; nothing is cached.
 *
 * Context: process: the process itself or a worker; sleeps, up to 30 seconds
 * for the servers and as long as the file system of @v likes; takes socket
 * locks, so none may be held.
 * Return:
 * * 0			- @out is set
 * * -ENOENT		- no such host, or no address of an acceptable family
 * * -EAGAIN		- no server gave an answer; may work later
 * * -EAFNOSUPPORT	- IPv6 address in numbers, but not @ipv6
 * * -EINVAL		- can't be a host's name, or the zone does not exist
 * * -EINTR		- @stop returned true, or a signal is pending
 * * -ENOMEM		- no memory
 */
int zmq_resolve(struct zmq_view *v, const char *host, bool ipv6,
		struct sockaddr_storage *out, bool (*stop)(void *arg),
		void *arg)
{
	struct zmq_dns_wait wait = {
		.stop = stop,
		.arg = arg,
		.deadline = jiffies + ZMQ_RESOLVE_MAX,
	};
	const struct cred *old;
	int err;

	err = zmq_resolve_literal(v, host, ipv6, out);
	if (err != -ENOENT)
		return err;
	if (!zmq_dns_name_ok(host))
		return -EINVAL;

	old = override_creds(v->cred);
	err = zmq_resolve_files(v, host, ipv6, out);
	if (err == -ENOENT)
		err = zmq_resolve_dns(v, host, ipv6, out, &wait);
	revert_creds(old);
	return err;
}
