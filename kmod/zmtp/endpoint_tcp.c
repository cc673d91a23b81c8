// SPDX-License-Identifier: GPL-2.0-only
/*
 * tcp://[source;]host:port and ws://host:port[/path]. The grammar is that of
 * libzmq's code, which differs between bind and connect.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/string.h>
#include "common.h"
#include "zmtp/endpoint_priv.h"

/* The C locale's isalnum(): the kernel's takes Latin-1 letters too. */
static bool zmq_tcp_isalnum(char c)
{
	return isascii(c) && isalnum(c);
}

/*
 * A "%zone" has to be there if the '%' is; a number must not be 0. Whether
 * there is an interface with that name is a matter of resolution.
 */
static int zmq_tcp_check_zone(struct zmq_endpoint *ep, const char *host)
{
	const char *zone = strrchr(host, '%');

	if (!zone)
		return 0;
	zone++;
	if (isascii(*zone) && isalpha(*zone))
		return 0;
	if (!zmq_ep_atoi16(zone))
		return zmq_ep_refuse(ep, -EINVAL, "zone is not valid");
	return 0;
}

static int zmq_tcp_parse_bind(struct zmq_endpoint *ep)
{
	const char *s = strrchr(ep->addr, ';');
	int err;

	s = s ? s + 1 : ep->addr;
	err = zmq_ep_hostport(ep, &ep->tcp.dst, s, strlen(s));
	if (err)
		return err;
	err = zmq_tcp_check_zone(ep, ep->tcp.dst.host);
	if (err)
		return err;
	if (!ep->tcp.dst.host[0])
		return zmq_ep_refuse(ep, -ENODEV, "host is missing");
	return 0;
}

/* libzmq's sanity check of an address to connect to, neither more nor less. */
static bool zmq_tcp_connect_is_sane(const char *s)
{
	const char *colon = strrchr(s, ':');

	if (!zmq_tcp_isalnum(*s) && *s != '[' && *s != ':')
		return false;
	for (s++; *s; s++)
		if (!zmq_tcp_isalnum(*s) && !strchr(".-:%;[]_*", *s))
			return false;
	return colon && zmq_ep_isdigit(colon[1]);
}

static int zmq_tcp_parse_connect(struct zmq_endpoint *ep)
{
	const char *dst, *semicolon = strrchr(ep->addr, ';');
	struct zmq_ep_inet *tcp = &ep->tcp;
	bool dead = false;

	if (!zmq_tcp_connect_is_sane(ep->addr))
		return zmq_ep_refuse(ep, -EINVAL, "address is not valid");

	tcp->has_src = semicolon;
	dst = ep->addr;
	if (semicolon) {
		dst = semicolon + 1;
		dead = zmq_ep_hostport(ep, &tcp->src, ep->addr,
				       semicolon - ep->addr);
	}
	if (zmq_ep_hostport(ep, &tcp->dst, dst, strlen(dst)) || dead)
		tcp->dst.port = 0;
	/* "0" and "*" are a choice for the own side only. */
	tcp->dst.port_any = false;
	return 0;
}

/**
 * zmq_ep_parse_tcp() - read tcp://[source;]host:port
 * @ep: the endpoint
 * @dir: bind, where a source is ignored, or connect
 *
 * Return: 0; -EINVAL for a bad port, zone or (connect) character; -ENODEV for
 * a host that can't be bound to.
 */
int zmq_ep_parse_tcp(struct zmq_endpoint *ep, enum zmq_direction dir)
{
	memset(&ep->tcp, 0, sizeof(ep->tcp));
	if (dir == ZMQ_DIR_BIND)
		return zmq_tcp_parse_bind(ep);
	return zmq_tcp_parse_connect(ep);
}

/**
 * zmq_ep_parse_ws() - read ws://host:port[/path] and wss://
 * @ep: the endpoint
 * @dir: bind, where the path has one '/', or connect, which resolves at once
 *	in libzmq and so wants a host and a port
 *
 * Return: 0; -EINVAL for a bad port, path or (connect) host; -ENODEV for a
 * host that can't be bound to.
 */
int zmq_ep_parse_ws(struct zmq_endpoint *ep, enum zmq_direction dir)
{
	const char *slash = strchr(ep->addr, '/');
	bool bind = dir == ZMQ_DIR_BIND;
	struct zmq_ep_ws *ws = &ep->ws;
	size_t len;
	int err;

	memset(ws, 0, sizeof(*ws));
	ws->path = slash ? slash : "/";
	len = slash ? slash - ep->addr : strlen(ep->addr);
	if (bind && slash && strchr(slash + 1, '/'))
		return zmq_ep_refuse(ep, -EINVAL, "path has a second /");
	err = zmq_ep_hostport(ep, &ws->dst, ep->addr, len);
	if (err)
		return bind ? err : -EINVAL;
	err = zmq_tcp_check_zone(ep, ws->dst.host);
	if (err)
		return err;
	if (!bind && ws->dst.port_any)
		return zmq_ep_refuse(ep, -EINVAL, "port is not valid");
	if (!ws->dst.host[0])
		return zmq_ep_refuse(ep, bind ? -ENODEV : -EINVAL,
				     "host is missing");
	return 0;
}
