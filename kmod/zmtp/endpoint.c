// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is the same for the endpoints of all transports: the scheme, the rules
 * which socket type may use it, and the pieces that addresses are made of.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>
#include "common.h"
#include "zmtp/endpoint_priv.h"

/* Bits of the socket types 0 (PAIR) to 20 (CHANNEL), drafts included. */
#define ZMQ_TYPES_ALL		GENMASK(20, 0)
#define ZMQ_TYPES_RADIO		BIT(14)
#define ZMQ_TYPES_DISH		BIT(15)
#define ZMQ_TYPES_DGRAM		BIT(18)
/* DGRAM has no connection that a stream could be. */
#define ZMQ_TYPES_STREAM	(ZMQ_TYPES_ALL & ~ZMQ_TYPES_DGRAM)
#define ZMQ_TYPES_PUBSUB \
	(BIT(ZMQ_PUB) | BIT(ZMQ_SUB) | BIT(ZMQ_XPUB) | BIT(ZMQ_XSUB))

/**
 * struct zmq_scheme - one transport's grammar
 * @name: what stands before "://"
 * @bind: bits of the socket types that may bind to it
 * @connect: bits of the socket types that may connect to it
 * @parse: fills the union; the rest of the endpoint is set
 */
struct zmq_scheme {
	const char *name;
	u32 bind;
	u32 connect;
	int (*parse)(struct zmq_endpoint *ep, enum zmq_direction dir);
};

static const struct zmq_scheme zmq_schemes[ZMQ_TRAN_NR] = {
	[ZMQ_TRAN_TCP] = { "tcp", ZMQ_TYPES_STREAM, ZMQ_TYPES_STREAM,
			   zmq_ep_parse_tcp },
	[ZMQ_TRAN_IPC] = { "ipc", ZMQ_TYPES_STREAM, ZMQ_TYPES_STREAM,
			   zmq_ep_parse_ipc },
	[ZMQ_TRAN_INPROC] = { "inproc", ZMQ_TYPES_ALL, ZMQ_TYPES_ALL,
			      zmq_ep_parse_inproc },
	[ZMQ_TRAN_TIPC] = { "tipc", ZMQ_TYPES_STREAM, ZMQ_TYPES_STREAM,
			    zmq_ep_parse_tipc },
	[ZMQ_TRAN_VSOCK] = { "vsock", ZMQ_TYPES_STREAM, ZMQ_TYPES_STREAM,
			     zmq_ep_parse_vsock },
	[ZMQ_TRAN_VMCI] = { "vmci", ZMQ_TYPES_STREAM, ZMQ_TYPES_STREAM,
			    zmq_ep_parse_vsock },
	[ZMQ_TRAN_UDP] = { "udp", ZMQ_TYPES_DISH | ZMQ_TYPES_DGRAM,
			   ZMQ_TYPES_RADIO, zmq_ep_parse_udp },
	[ZMQ_TRAN_PGM] = { "pgm", ZMQ_TYPES_PUBSUB, ZMQ_TYPES_PUBSUB,
			   zmq_ep_parse_pgm },
	[ZMQ_TRAN_EPGM] = { "epgm", ZMQ_TYPES_PUBSUB, ZMQ_TYPES_PUBSUB,
			    zmq_ep_parse_pgm },
	[ZMQ_TRAN_NORM] = { "norm", ZMQ_TYPES_PUBSUB, ZMQ_TYPES_PUBSUB,
			    zmq_ep_parse_norm },
	[ZMQ_TRAN_WS] = { "ws", ZMQ_TYPES_STREAM, ZMQ_TYPES_STREAM,
			  zmq_ep_parse_ws },
	[ZMQ_TRAN_WSS] = { "wss", ZMQ_TYPES_STREAM, ZMQ_TYPES_STREAM,
			   zmq_ep_parse_ws },
};

/**
 * zmq_ep_atoi16() - C's atoi(), cut to 16 bits
 * @s: ended by any byte that is no digit
 *
 * libzmq reads ports this way, so "65537x" is port 1 and "-1" is 65535. Of a
 * number that a long can't hold, strtol() makes LONG_MIN or LONG_MAX, and the
 * cut the last 16 bits of that.
 *
 * Return: the port, 0 if there is no number.
 */
u16 zmq_ep_atoi16(const char *s)
{
	bool negative;
	u64 n = 0;

	while (*s == ' ' || (*s >= '\t' && *s <= '\r'))
		s++;
	negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	for (; zmq_ep_isdigit(*s); s++) {
		if (n > (S64_MAX - (*s - '0')) / 10)
			return negative ? 0 : U16_MAX;
		n = n * 10 + (*s - '0');
	}
	return negative ? -n : n;
}

/**
 * zmq_ep_u32() - read a decimal number of 32 bits
 * @s: at the first digit; moved behind the last one on success
 * @value: the number
 *
 * Return: false if there is no digit, or if the number is too large.
 */
bool zmq_ep_u32(const char **s, u32 *value)
{
	const char *p = *s;
	u64 n = 0;

	if (!zmq_ep_isdigit(*p))
		return false;
	for (; zmq_ep_isdigit(*p); p++) {
		n = n * 10 + (*p - '0');
		if (n > U32_MAX)
			return false;
	}
	*s = p;
	*value = n;
	return true;
}

/**
 * zmq_ep_host() - take a host
 * @ep: the endpoint
 * @hp: gets the host without the brackets of an IPv6 literal
 * @s: the host
 * @len: bytes of @s
 *
 * Return: 0, or -ENODEV when no host can have that name.
 */
int zmq_ep_host(struct zmq_endpoint *ep, struct zmq_hostport *hp,
		const char *s, size_t len)
{
	if (len >= 2 && s[0] == '[' && s[len - 1] == ']') {
		s++;
		len -= 2;
	}
	if (len > ZMQ_HOST_MAX)
		return zmq_ep_refuse(ep, -ENODEV, "host name is too long");
	memcpy(hp->host, s, len);
	hp->host[len] = '\0';
	return 0;
}

/**
 * zmq_ep_hostport() - take "host:port"
 * @ep: the endpoint
 * @hp: gets both
 * @s: the text; what follows it must be no digit
 * @len: bytes of @s
 *
 * The port is what follows the last colon: an IPv6 literal may come without
 * brackets.
 *
 * Return: 0; -EINVAL when there is no port or the port is wrong; -ENODEV when
 * no host can have that name.
 */
int zmq_ep_hostport(struct zmq_endpoint *ep, struct zmq_hostport *hp,
		    const char *s, size_t len)
{
	size_t colon = len;
	const char *port;

	while (colon && s[colon - 1] != ':')
		colon--;
	if (!colon)
		return zmq_ep_refuse(ep, -EINVAL, "port is missing");

	port = s + colon;
	hp->port_any = len - colon == 1 && (*port == '*' || *port == '0');
	hp->port = zmq_ep_atoi16(port);
	if (!hp->port && !hp->port_any)
		return zmq_ep_refuse(ep, -EINVAL, "port is not valid");
	return zmq_ep_host(ep, hp, s, colon - 1);
}

/**
 * zmq_endpoint_split() - take an endpoint string and find its scheme
 * @ep: the endpoint; need not be initialised
 * @uri: the string; may contain anything
 * @len: bytes of @uri, a NUL at the end may be counted
 *
 * Return: 0 and @ep with a uri, an addr and a tran; -EINVAL when the string is
 * no "scheme://address" or too long (-ENAMETOOLONG for ipc, as for any path
 * that is too long); -EPROTONOSUPPORT when libzmq knows no such scheme, upper
 * and lower case differ.
 */
int zmq_endpoint_split(struct zmq_endpoint *ep, const char *uri, size_t len)
{
	static const char ipc[] = "ipc://";
	const char *sep;
	size_t n;
	int i;

	ep->uri[0] = '\0';
	ep->addr = ep->uri;
	ep->why = NULL;
	if (len && !uri[len - 1])
		len--;
	if (memchr(uri, '\0', len))
		return zmq_ep_refuse(ep, -EINVAL, "endpoint contains a NUL");
	if (len > ZMQ_ENDPOINT_MAX)
		return zmq_ep_refuse(ep, memcmp(uri, ipc, sizeof(ipc) - 1) ?
				     -EINVAL : -ENAMETOOLONG,
				     "endpoint is too long");
	memcpy(ep->uri, uri, len);
	ep->uri[len] = '\0';

	sep = strstr(ep->uri, "://");
	if (!sep)
		return zmq_ep_refuse(ep, -EINVAL, "endpoint without ://");
	n = sep - ep->uri;
	if (!n)
		return zmq_ep_refuse(ep, -EINVAL, "transport is missing");
	ep->addr = sep + strlen("://");
	if (!*ep->addr)
		return zmq_ep_refuse(ep, -EINVAL, "address is missing");

	for (i = 0; i < ZMQ_TRAN_NR; i++) {
		if (strlen(zmq_schemes[i].name) != n ||
		    memcmp(zmq_schemes[i].name, ep->uri, n))
			continue;
		ep->tran = i;
		return 0;
	}
	return zmq_ep_refuse(ep, -EPROTONOSUPPORT, "transport is unknown");
}
EXPORT_SYMBOL_KUNIT(zmq_endpoint_split);

/**
 * zmq_endpoint_check_type() - may this type of socket use the transport?
 * @ep: the endpoint, after zmq_endpoint_split()
 * @type: number of a socket type; one that there is not may use nothing
 * @dir: bind or connect
 *
 * Return: 0 or -ZMQ_ENOCOMPATPROTO.
 */
int zmq_endpoint_check_type(struct zmq_endpoint *ep, int type,
			    enum zmq_direction dir)
{
	const struct zmq_scheme *scheme = &zmq_schemes[ep->tran];
	u32 types = dir == ZMQ_DIR_BIND ? scheme->bind : scheme->connect;

	ep->why = NULL;
	if (type < 0 || type >= BITS_PER_TYPE(types) || !(types & BIT(type)))
		return zmq_ep_refuse(ep, -ZMQ_ENOCOMPATPROTO,
				     "transport does not fit the socket type");
	return 0;
}
EXPORT_SYMBOL_KUNIT(zmq_endpoint_check_type);

/**
 * zmq_endpoint_parse() - read the address
 * @ep: the endpoint, after zmq_endpoint_split()
 * @dir: bind or connect; most transports have two grammars
 *
 * Looks at the text alone: no name is resolved, no interface looked up, and
 * options such as ZMQ_IPV6 play no part.
 *
 * Return: 0 and the union filled; -EINVAL, -ENODEV or -ENAMETOOLONG, just as
 * libzmq answers.
 */
int zmq_endpoint_parse(struct zmq_endpoint *ep, enum zmq_direction dir)
{
	int err;

	err = zmq_schemes[ep->tran].parse(ep, dir);
	if (!err)
		ep->why = NULL;	/* of a fault that libzmq lets pass */
	return err;
}
EXPORT_SYMBOL_KUNIT(zmq_endpoint_parse);
