// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses of tcp:// (libzmq API page, 4.2).
 *
 * Hosts are "*", an interface, an address in numbers or a name; which of them
 * are allowed where is the difference between bind() and connect().
 */
#include <linux/if_addr.h>
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/ipv6.h>

#include "compat/compat.h"
#include "resolve/literal.h"
#include "resolve/resolve.h"
#include "resolve/view.h"
#include "tran/tcp.h"

static void zmq_tcp_set_port(struct zmq_addr *a, u16 port)
{
	if (a->ss.ss_family == AF_INET6) {
		((struct sockaddr_in6 *)&a->ss)->sin6_port = htons(port);
		a->len = sizeof(struct sockaddr_in6);
	} else {
		((struct sockaddr_in *)&a->ss)->sin_port = htons(port);
		a->len = sizeof(struct sockaddr_in);
	}
}

static void zmq_tcp_any(struct zmq_addr *a, bool ipv6)
{
	memset(&a->ss, 0, sizeof(a->ss));
	/* All zero is the wildcard in both families. */
	a->ss.ss_family = ipv6 ? AF_INET6 : AF_INET;
}

/*
 * With ZMQ_IPV6 all lower sockets are IPv6, and an IPv4 address becomes
 * ::ffff:a.b.c.d. So a socket made before the address is known fits it.
 */
static void zmq_tcp_fit(struct zmq_addr *a, const struct zmq_options *opt)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)&a->ss;
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&a->ss;
	__be32 v4 = sin->sin_addr.s_addr;

	if (!opt->ipv6 || a->ss.ss_family != AF_INET)
		return;
	zmq_tcp_any(a, true);
	ipv6_addr_set_v4mapped(v4, &sin6->sin6_addr);
}

static bool zmq_tcp_dev_inet(struct net_device *dev, struct zmq_addr *a)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;

	ifa = in_dev ? rcu_dereference(in_dev->ifa_list) : NULL;
	if (!ifa)
		return false;
	zmq_tcp_any(a, false);
	((struct sockaddr_in *)&a->ss)->sin_addr.s_addr = ifa->ifa_local;
	return true;
}

static bool zmq_tcp_dev_inet6(struct net_device *dev, struct zmq_addr *a)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&a->ss;
	struct inet6_dev *idev = __in6_dev_get(dev);
	struct inet6_ifaddr *ifa;
	bool found = false;

	if (!idev)
		return false;
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifa, &idev->addr_list, if_list) {
		if (ifa->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED))
			continue;
		zmq_tcp_any(a, true);
		sin6->sin6_addr = ifa->addr;
		if (ifa->scope == IFA_LINK)
			sin6->sin6_scope_id = dev->ifindex;
		found = true;
		break;
	}
	read_unlock_bh(&idev->lock);
	return found;
}

/* First address of an interface; false if there is no such interface. */
static bool zmq_tcp_device(struct net *net, const char *name, bool ipv6,
			   struct zmq_addr *a)
{
	struct net_device *dev;
	bool found = false;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(net, name);
	if (dev)
		found = (ipv6 && zmq_tcp_dev_inet6(dev, a)) ||
			zmq_tcp_dev_inet(dev, a);
	rcu_read_unlock();
	return found;
}

/* A host of either side, without its port. -ENODEV: there is no such host. */
static int zmq_tcp_host(const char *host, bool local, bool ipv6,
			const struct zmq_lookup *l, struct zmq_addr *a)
{
	int err;

	if (!*host)
		return -ENODEV;
	if (local && !l->narrow) {
		if (!strcmp(host, "*")) {
			zmq_tcp_any(a, ipv6);
			return 0;
		}
		if (zmq_tcp_device(l->view->net, host, ipv6, a))
			return 0;
	}
	memset(&a->ss, 0, sizeof(a->ss));
	err = zmq_resolve(l->view, host, ipv6, &a->ss, l->stop, l->arg);
	if (err == -EINTR || err == -ENOMEM)
		return err;
	/* A bad zone is malformed, a bad name just isn't there. */
	if (err == -EINVAL && strchr(host, ':'))
		return err;
	return err ? -ENODEV : 0;
}

/* Or an interface; the namespace only matters for %zone. */
static bool zmq_tcp_is_name(const char *host)
{
	struct sockaddr_storage ss;

	return zmq_literal_parse(&init_net, host, &ss) == -ENOENT;
}

/**
 * zmq_tcp_waits() - zmq_tran_ops.waits
 * @ep: the endpoint
 *
 * Return: true if a host of it is a name.
 */
bool zmq_tcp_waits(const struct zmq_endpoint *ep)
{
	const struct zmq_ep_inet *in = &ep->tcp;

	return zmq_tcp_is_name(in->dst.host) ||
	       (in->has_src && strcmp(in->src.host, "*") &&
		zmq_tcp_is_name(in->src.host));
}

/**
 * zmq_tcp_target() - zmq_tran_ops.target
 * @ep: the endpoint
 * @opt: its options
 * @lookup: in whose view
 * @t: set
 *
 * Context: may sleep.
 * Return: 0 or an errno.
 */
int zmq_tcp_target(const struct zmq_endpoint *ep, const struct zmq_options *opt,
		   const struct zmq_lookup *lookup, struct zmq_target *t)
{
	const struct zmq_ep_inet *in = &ep->tcp;
	int err;

	/* What libzmq accepts but never reaches: "h:0", "h:65536", "h:5x". */
	if (!in->dst.port)
		return -EINVAL;
	memset(t, 0, sizeof(*t));
	err = zmq_tcp_host(in->dst.host, false, opt->ipv6, lookup, &t->dst);
	if (err)
		return err;
	zmq_tcp_fit(&t->dst, opt);
	zmq_tcp_set_port(&t->dst, in->dst.port);
	if (!in->has_src)
		return 0;

	err = zmq_tcp_host(in->src.host, true, opt->ipv6, lookup, &t->src);
	if (err)
		return err;
	zmq_tcp_fit(&t->src, opt);
	zmq_tcp_set_port(&t->src, in->src.port_any ? 0 : in->src.port);
	t->has_src = true;
	return 0;
}

/**
 * zmq_tcp_local() - zmq_tran_ops.local
 * @ep: the endpoint
 * @opt: its options
 * @lookup: in whose view
 * @a: set
 *
 * Context: may sleep.
 * Return: 0 or an errno.
 */
int zmq_tcp_local(const struct zmq_endpoint *ep, const struct zmq_options *opt,
		  const struct zmq_lookup *lookup, struct zmq_addr *a)
{
	const struct zmq_hostport *hp = &ep->tcp.dst;
	int err = zmq_tcp_host(hp->host, true, opt->ipv6, lookup, a);

	if (err)
		return err;
	zmq_tcp_fit(a, opt);
	zmq_tcp_set_port(a, hp->port_any ? 0 : hp->port);
	return 0;
}

/* "%eth0" for an address of one link, else nothing. */
static void zmq_tcp_zone(struct net *net, int ifindex, char *buf, size_t size)
{
	struct net_device *dev;

	*buf = '\0';
	if (!ifindex)
		return;
	rcu_read_lock();
	dev = dev_get_by_index_rcu(net, ifindex);
	if (dev)
		snprintf(buf, size, "%%%s", dev->name);
	rcu_read_unlock();
}

/**
 * zmq_tcp_peer() - zmq_tran_ops.peer: as getnameinfo() writes it
 * @sk: the lower socket, its lock held
 * @view: not used: an address is the same for everybody
 * @buf: where to write it
 * @size: bytes of @buf
 *
 * libzmq's "Peer-Address".
 */
void zmq_tcp_peer(struct sock *sk, const struct zmq_view *view, char *buf,
		  size_t size)
{
	char zone[IFNAMSIZ + 1] = "";

	if (sk->sk_family != AF_INET6) {
		snprintf(buf, size, "%pI4", &inet_sk(sk)->inet_daddr);
		return;
	}
	if (ipv6_addr_type(&sk->sk_v6_daddr) & IPV6_ADDR_LINKLOCAL)
		zmq_tcp_zone(sock_net(sk), READ_ONCE(sk->sk_bound_dev_if),
			     zone, sizeof(zone));
	snprintf(buf, size, "%pI6c%s", &sk->sk_v6_daddr, zone);
}

/**
 * zmq_tcp_name() - zmq_tran_ops.name
 * @net: the namespace
 * @ss: the address
 * @buf: where to write its endpoint
 * @size: bytes of @buf
 */
void zmq_tcp_name(struct net *net, const struct sockaddr_storage *ss,
		  char *buf, size_t size)
{
	const struct sockaddr_in *sin = (const struct sockaddr_in *)ss;
	const struct sockaddr_in6 *sin6 = (const struct sockaddr_in6 *)ss;
	char zone[IFNAMSIZ + 1];

	if (ss->ss_family == AF_INET) {
		snprintf(buf, size, "tcp://%pI4:%u", &sin->sin_addr,
			 ntohs(sin->sin_port));
		return;
	}
	zmq_tcp_zone(net, sin6->sin6_scope_id, zone, sizeof(zone));
	snprintf(buf, size, "tcp://[%pI6c%s]:%u", &sin6->sin6_addr, zone,
		 ntohs(sin6->sin6_port));
}
