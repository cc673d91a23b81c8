// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transports that know groups: udp, pgm, epgm and norm. Their "interface;"
 * part names no port, only where the group is joined.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "common.h"
#include "zmtp/endpoint_priv.h"

/* What can be told of a host without resolving it? */
enum zmq_host_kind {
	ZMQ_HOST_NAME,		/* of an interface or in DNS; or nonsense */
	ZMQ_HOST_WILDCARD,
	ZMQ_HOST_UNICAST4,
	ZMQ_HOST_UNICAST6,
	ZMQ_HOST_GROUP4,	/* 224.0.0.0/4 */
	ZMQ_HOST_GROUP6,	/* ff00::/8 */
};

/* Is it a dotted quad? Gives its first byte. */
static bool zmq_host_is_ipv4(const char *s, u32 *first)
{
	u32 byte;
	int i;

	for (i = 0; i < 4; i++) {
		if (i && *s++ != '.')
			return false;
		if (!zmq_ep_u32(&s, &byte) || byte > U8_MAX)
			return false;
		if (!i)
			*first = byte;
	}
	return !*s;
}

static enum zmq_host_kind zmq_host_kind(const char *host)
{
	u32 first;

	if (!strcmp(host, "*"))
		return ZMQ_HOST_WILDCARD;
	if (zmq_host_is_ipv4(host, &first))
		return first >= 224 && first < 240 ? ZMQ_HOST_GROUP4 :
						     ZMQ_HOST_UNICAST4;
	if (!strchr(host, ':'))
		return ZMQ_HOST_NAME;
	if (tolower(host[0]) == 'f' && tolower(host[1]) == 'f' &&
	    isxdigit(host[2]) && isxdigit(host[3]) && host[4] == ':')
		return ZMQ_HOST_GROUP6;
	return ZMQ_HOST_UNICAST6;
}

static bool zmq_host_is_group(enum zmq_host_kind kind)
{
	return kind == ZMQ_HOST_GROUP4 || kind == ZMQ_HOST_GROUP6;
}

/* A source is an interface or a local address, and only a group needs one. */
static int zmq_udp_check_source(struct zmq_endpoint *ep,
				enum zmq_host_kind dst, bool bind)
{
	enum zmq_host_kind src = zmq_host_kind(ep->udp.src.host);

	if (!ep->udp.src.host[0])
		return zmq_ep_refuse(ep, -ENODEV, "source is missing");
	if (zmq_host_is_group(src))
		return zmq_ep_refuse(ep, -EINVAL, "source is a group");
	/* Only connect asks DNS; the answer may still be a group there. */
	if (!zmq_host_is_group(dst) && (bind || dst != ZMQ_HOST_NAME))
		return zmq_ep_refuse(ep, -EINVAL,
				     "source without a multicast group");
	/* IPv6 joins by interface index: an address does not give one. */
	if (dst == ZMQ_HOST_GROUP6 &&
	    (src == ZMQ_HOST_UNICAST4 || src == ZMQ_HOST_UNICAST6))
		return zmq_ep_refuse(ep, -ENODEV, "source is no interface");
	return 0;
}

/**
 * zmq_ep_parse_udp() - read udp://[source;]host:port
 * @ep: the endpoint
 * @dir: bind, or connect, which resolves at once in libzmq and so wants a host
 *	and a port
 *
 * Return: 0; -EINVAL for a bad port or combination; -ENODEV for a source or
 * (bind) host that can't be.
 */
int zmq_ep_parse_udp(struct zmq_endpoint *ep, enum zmq_direction dir)
{
	const char *dst, *semicolon = strrchr(ep->addr, ';');
	struct zmq_ep_inet *udp = &ep->udp;
	bool bind = dir == ZMQ_DIR_BIND;
	enum zmq_host_kind kind;
	int err;

	memset(udp, 0, sizeof(*udp));
	dst = ep->addr;
	if (semicolon) {
		dst = semicolon + 1;
		udp->has_src = true;
		err = zmq_ep_host(ep, &udp->src, ep->addr,
				  semicolon - ep->addr);
		if (err)
			return err;
	}
	err = zmq_ep_hostport(ep, &udp->dst, dst, strlen(dst));
	if (err)
		return bind ? err : -EINVAL;
	kind = zmq_host_kind(udp->dst.host);
	if (!bind && udp->dst.port_any)
		return zmq_ep_refuse(ep, -EINVAL, "port is not valid");
	if (!bind && kind == ZMQ_HOST_WILDCARD)
		return zmq_ep_refuse(ep, -EINVAL, "can't connect to *");
	if (!udp->dst.host[0])
		return zmq_ep_refuse(ep, bind ? -ENODEV : -EINVAL,
				     "host is missing");
	return udp->has_src ? zmq_udp_check_source(ep, kind, bind) : 0;
}

/*
 * Reads the "host:port" at the end of a group's address. Unlike with udp,
 * every fault is -EINVAL and no port is chosen for the caller.
 */
static int zmq_mcast_dst(struct zmq_endpoint *ep, struct zmq_hostport *dst,
			 const char *s)
{
	if (zmq_ep_hostport(ep, dst, s, strlen(s)))
		return -EINVAL;
	if (dst->port_any)
		return zmq_ep_refuse(ep, -EINVAL, "port is not valid");
	if (!dst->host[0])
		return zmq_ep_refuse(ep, -EINVAL, "group is missing");
	return 0;
}

/**
 * zmq_ep_parse_pgm() - read pgm://interface;group:port and epgm://
 * @ep: the endpoint
 * @dir: makes no difference
 *
 * Return: 0, or -EINVAL when malformed.
 */
int zmq_ep_parse_pgm(struct zmq_endpoint *ep, enum zmq_direction dir)
{
	const char *semicolon = strchr(ep->addr, ';');
	struct zmq_ep_inet *pgm = &ep->pgm;
	enum zmq_host_kind kind;
	int err;

	memset(pgm, 0, sizeof(*pgm));
	if (!semicolon)
		return zmq_ep_refuse(ep, -EINVAL, "interface is missing");
	pgm->has_src = true;
	if (zmq_ep_host(ep, &pgm->src, ep->addr, semicolon - ep->addr))
		return -EINVAL;
	err = zmq_mcast_dst(ep, &pgm->dst, semicolon + 1);
	if (err)
		return err;
	kind = zmq_host_kind(pgm->dst.host);
	if (!zmq_host_is_group(kind) && kind != ZMQ_HOST_NAME)
		return zmq_ep_refuse(ep, -EINVAL, "not a multicast group");
	if (strchr(pgm->dst.host, ';'))
		return zmq_ep_refuse(ep, -EINVAL, "more than one group");
	return 0;
}

/**
 * zmq_ep_parse_norm() - read norm://[id,][interface;]host:port
 * @ep: the endpoint
 * @dir: makes no difference
 *
 * Return: 0, or -EINVAL when malformed.
 */
int zmq_ep_parse_norm(struct zmq_endpoint *ep, enum zmq_direction dir)
{
	struct zmq_ep_norm *norm = &ep->norm;
	const char *s = ep->addr, *end;

	memset(norm, 0, sizeof(*norm));
	norm->has_id = strchr(s, ',');
	if (norm->has_id) {
		if (!zmq_ep_u32(&s, &norm->id) || *s++ != ',')
			return zmq_ep_refuse(ep, -EINVAL,
					     "node id is not valid");
	}
	end = strchr(s, ';');
	if (end) {
		norm->inet.has_src = true;
		if (zmq_ep_host(ep, &norm->inet.src, s, end - s))
			return -EINVAL;
		s = end + 1;
	}
	return zmq_mcast_dst(ep, &norm->inet.dst, s);
}
