// SPDX-License-Identifier: GPL-2.0-only
/*
 * Endpoints (kmod/zmtp/endpoint*.c): whatever a user writes is refused with an
 * errno of the API and a reason, or gives an address whose parts lie within it.
 */
#include "fuzz.h"
#include "zmtp/endpoint.h"

static void check_host(const struct zmq_hostport *hp)
{
	zf_check(strnlen(hp->host, sizeof(hp->host)) <= ZMQ_HOST_MAX);
	zf_check(!hp->port_any || !hp->port);
}

static bool within(const struct zmq_endpoint *ep, const char *p, size_t len)
{
	return zf_within(p, len + 1, ep->uri, strlen(ep->uri) + 1) && !p[len];
}

static void check_parsed(const struct zmq_endpoint *ep, enum zmq_direction dir)
{
	switch (ep->tran) {
	case ZMQ_TRAN_TCP:
		check_host(&ep->tcp.dst);
		if (ep->tcp.has_src)
			check_host(&ep->tcp.src);
		zf_check(dir == ZMQ_DIR_CONNECT || ep->tcp.dst.host[0]);
		zf_check(dir == ZMQ_DIR_BIND || !ep->tcp.dst.port_any);
		break;
	case ZMQ_TRAN_IPC:
		if (ep->ipc.wildcard)
			break;
		zf_check(within(ep, ep->ipc.name, ep->ipc.len));
		zf_check(ep->ipc.len < sizeof(((struct sockaddr_un *)0)->sun_path));
		break;
	case ZMQ_TRAN_INPROC:
		zf_check(within(ep, ep->inproc.name, ep->inproc.len));
		break;
	case ZMQ_TRAN_TIPC:
		zf_check(ep->tipc.form == ZMQ_TIPC_PORT || ep->tipc.form == ZMQ_TIPC_RANDOM ||
			 (ep->tipc.type >= 64 && ep->tipc.lower <= ep->tipc.upper));
		break;
	case ZMQ_TRAN_UDP:
		check_host(&ep->udp.dst);
		break;
	case ZMQ_TRAN_PGM:
	case ZMQ_TRAN_EPGM:
		check_host(&ep->pgm.dst);
		break;
	case ZMQ_TRAN_NORM:
		check_host(&ep->norm.inet.dst);
		break;
	case ZMQ_TRAN_WS:
	case ZMQ_TRAN_WSS:
		check_host(&ep->ws.dst);
		zf_check(ep->ws.path[0] == '/' && strlen(ep->ws.path) <= ZMQ_ENDPOINT_MAX);
		break;
	default:
		zf_check(ep->tran < ZMQ_TRAN_NR);
	}
}

/* Twice into different memory: nothing may depend on what was there. */
static int read_endpoint(struct zmq_endpoint *ep, int fill, const u8 *uri, size_t len, int type,
			 enum zmq_direction dir)
{
	int err;

	memset(ep, fill, sizeof(*ep));
	err = zmq_endpoint_split(ep, (const char *)uri, len);
	if (!err) {
		zf_check(!ep->why && ep->tran < ZMQ_TRAN_NR && *ep->addr);
		err = zmq_endpoint_check_type(ep, type, dir);
		zf_check(!err || err == -ZMQ_ENOCOMPATPROTO);
		err = zmq_endpoint_parse(ep, dir);
	}
	zf_check(!err == !ep->why);
	return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct zmq_endpoint one, other;
	struct zf_input in = { data, size };
	u8 how = zf_byte(&in);
	enum zmq_direction dir = how & 1 ? ZMQ_DIR_BIND : ZMQ_DIR_CONNECT;
	int type = (s8)how >> 1, err;
	const u8 *uri = zf_copy(in.p, in.left);

	err = read_endpoint(&one, 0, uri, in.left, type, dir);
	zf_check(err == read_endpoint(&other, 0xaa, uri, in.left, type, dir));
	zf_check(one.why == other.why && !strcmp(one.uri, other.uri));
	zf_check(strlen(one.uri) <= ZMQ_ENDPOINT_MAX);
	zf_check(err == 0 || err == -EINVAL || err == -ENODEV || err == -ENAMETOOLONG ||
		 err == -EPROTONOSUPPORT);
	zf_drop(uri);
	if (!err) {
		check_parsed(&one, dir);
		check_parsed(&other, dir);
	}
	return 0;
}
