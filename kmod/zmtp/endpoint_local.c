// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transports whose addresses are no IP addresses: ipc, inproc, tipc, vsock and
 * vmci.
 */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>
#include "common.h"
#include "zmtp/endpoint_priv.h"

#define ZMQ_IPC_PATH_MAX	107	/* sun_path without its NUL */
#define ZMQ_TIPC_TYPE_MIN	64	/* TIPC_RESERVED_TYPES */
#define ZMQ_VSOCK_CID_HOST	2	/* VMADDR_CID_HOST */

/**
 * zmq_ep_parse_ipc() - read ipc://path and ipc://@name
 * @ep: the endpoint
 * @dir: bind makes a wildcard of a leading '*', connect takes it literally
 *
 * Return: 0; -ENAMETOOLONG when it does not fit into a sockaddr_un; -EINVAL
 * for an abstract name without characters.
 */
int zmq_ep_parse_ipc(struct zmq_endpoint *ep, enum zmq_direction dir)
{
	struct zmq_ep_ipc *ipc = &ep->ipc;
	size_t len = strlen(ep->addr);

	memset(ipc, 0, sizeof(*ipc));
	ipc->name = ep->addr;
	if (dir == ZMQ_DIR_BIND && ep->addr[0] == '*') {
		ipc->wildcard = true;
		return 0;
	}
	if (len > ZMQ_IPC_PATH_MAX)
		return zmq_ep_refuse(ep, -ENAMETOOLONG, "path is too long");
	ipc->abstract = ep->addr[0] == '@';
	if (ipc->abstract && len == 1)
		return zmq_ep_refuse(ep, -EINVAL, "abstract name is empty");
	ipc->name += ipc->abstract;
	ipc->len = len - ipc->abstract;
	return 0;
}

/**
 * zmq_ep_parse_inproc() - read inproc://name
 * @ep: the endpoint
 * @dir: makes no difference
 *
 * Return: 0; any name will do, and zmq_endpoint_split() refused the empty one.
 */
int zmq_ep_parse_inproc(struct zmq_endpoint *ep, enum zmq_direction dir)
{
	ep->inproc.name = ep->addr;
	ep->inproc.len = strlen(ep->addr);
	return 0;
}

/* Reads "z.c.n", the old notation of a node: 8, 12 and 12 bits. */
static bool zmq_tipc_node(const char **s, u32 *node)
{
	u32 z, c, n;

	if (!zmq_ep_u32(s, &z) || *(*s)++ != '.' ||
	    !zmq_ep_u32(s, &c) || *(*s)++ != '.' || !zmq_ep_u32(s, &n))
		return false;
	if (z > 0xff || c > 0xfff || n > 0xfff)
		return false;
	*node = z << 24 | c << 12 | n;
	return true;
}

/* Reads a number with blanks before it: getsockname() prints "{t, l, u}". */
static bool zmq_tipc_number(const char **s, u32 *value)
{
	while (**s == ' ')
		(*s)++;
	return zmq_ep_u32(s, value);
}

/* Reads "{type,lower,upper}" or "{type,instance}[@z.c.n]". */
static bool zmq_tipc_service(struct zmq_ep_tipc *tipc, const char *s)
{
	if (*s++ != '{' || !zmq_tipc_number(&s, &tipc->type) || *s++ != ',' ||
	    !zmq_tipc_number(&s, &tipc->lower))
		return false;
	tipc->form = ZMQ_TIPC_SERVICE;
	tipc->upper = tipc->lower;
	if (*s == ',') {
		s++;
		tipc->form = ZMQ_TIPC_RANGE;
		if (!zmq_tipc_number(&s, &tipc->upper))
			return false;
	}
	if (*s++ != '}')
		return false;
	if (*s == '@' && tipc->form == ZMQ_TIPC_SERVICE) {
		s++;
		if (!zmq_tipc_node(&s, &tipc->node))
			return false;
	}
	return !*s && tipc->type >= ZMQ_TIPC_TYPE_MIN &&
	       tipc->lower <= tipc->upper;
}

/* Reads "<z.c.n:ref>" or "<*>". */
static bool zmq_tipc_port(struct zmq_ep_tipc *tipc, const char *s)
{
	if (!strcmp(s, "<*>")) {
		tipc->form = ZMQ_TIPC_RANDOM;
		return true;
	}
	tipc->form = ZMQ_TIPC_PORT;
	return *s++ == '<' && zmq_tipc_node(&s, &tipc->node) &&
	       *s++ == ':' && zmq_ep_u32(&s, &tipc->ref) && !strcmp(s, ">");
}

/**
 * zmq_ep_parse_tipc() - read one of the four forms of a TIPC address
 * @ep: the endpoint
 * @dir: a range or <*> is to be bound to, a service or a port connected to
 *
 * Return: 0, or -EINVAL for anything else.
 */
int zmq_ep_parse_tipc(struct zmq_endpoint *ep, enum zmq_direction dir)
{
	struct zmq_ep_tipc *tipc = &ep->tipc;
	bool ok;

	memset(tipc, 0, sizeof(*tipc));
	if (ep->addr[0] == '{')
		ok = zmq_tipc_service(tipc, ep->addr);
	else
		ok = zmq_tipc_port(tipc, ep->addr);
	if (!ok)
		return zmq_ep_refuse(ep, -EINVAL, "TIPC address is not valid");

	if (tipc->form == ZMQ_TIPC_RANGE || tipc->form == ZMQ_TIPC_RANDOM)
		ok = dir == ZMQ_DIR_BIND;
	else
		ok = dir == ZMQ_DIR_CONNECT;
	if (!ok)
		return zmq_ep_refuse(ep, -EINVAL, dir == ZMQ_DIR_BIND ?
				     "TIPC address can't be bound to" :
				     "TIPC address can't be connected to");
	return 0;
}

/* Reads all of a number of @len bytes; "*" and "-1" stand for any. */
static bool zmq_vsock_number(const char *s, size_t len, u32 *value)
{
	const char *end = s;

	if ((len == 1 && *s == '*') || (len == 2 && !memcmp(s, "-1", 2))) {
		*value = U32_MAX;
		return true;
	}
	return zmq_ep_u32(&end, value) && end == s + len;
}

/**
 * zmq_ep_parse_vsock() - read vsock://cid:port and vmci://cid:port
 * @ep: the endpoint
 * @dir: makes no difference
 *
 * "@" is the host on vsock; on vmci it is this machine, whose number the
 * caller has to ask for.
 *
 * Return: 0, or -EINVAL when a part is missing or no number.
 */
int zmq_ep_parse_vsock(struct zmq_endpoint *ep, enum zmq_direction dir)
{
	const char *colon = strrchr(ep->addr, ':');
	struct zmq_ep_vsock *vsock = &ep->vsock;
	size_t len;

	memset(vsock, 0, sizeof(*vsock));
	if (!colon)
		return zmq_ep_refuse(ep, -EINVAL, "port is missing");
	len = colon - ep->addr;
	if (len == 1 && ep->addr[0] == '@') {
		vsock->local = ep->tran == ZMQ_TRAN_VMCI;
		vsock->cid = vsock->local ? U32_MAX : ZMQ_VSOCK_CID_HOST;
	} else if (!zmq_vsock_number(ep->addr, len, &vsock->cid)) {
		return zmq_ep_refuse(ep, -EINVAL, "context id is not valid");
	}
	if (!zmq_vsock_number(colon + 1, strlen(colon + 1), &vsock->port))
		return zmq_ep_refuse(ep, -EINVAL, "port is not valid");
	return 0;
}
