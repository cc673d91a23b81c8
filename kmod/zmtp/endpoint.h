/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Endpoints: from the string of bind() and connect() to a tagged union.
 *
 * Three steps, in libzmq's order of checks, so that a string with several
 * faults gives libzmq's errno: zmq_endpoint_split() knows the scheme,
 * zmq_endpoint_check_type() whether the socket type may use it, and
 * zmq_endpoint_parse() reads the address. Between the steps the caller looks
 * whether the transport is built. Names are not resolved here.
 */
#ifndef _ZMQ_ZMTP_ENDPOINT_H
#define _ZMQ_ZMTP_ENDPOINT_H

#include <linux/types.h>
#include <linux/zmq.h>

#define ZMQ_HOST_MAX	255	/* RFC 1035 2.3.4: octets in a name */

/**
 * enum zmq_tran_id - the transports that endpoints can name
 * @ZMQ_TRAN_TCP: "tcp"
 * @ZMQ_TRAN_IPC: "ipc"
 * @ZMQ_TRAN_INPROC: "inproc"
 * @ZMQ_TRAN_TIPC: "tipc"
 * @ZMQ_TRAN_VSOCK: "vsock"
 * @ZMQ_TRAN_VMCI: "vmci"
 * @ZMQ_TRAN_UDP: "udp"
 * @ZMQ_TRAN_PGM: "pgm"
 * @ZMQ_TRAN_EPGM: "epgm"
 * @ZMQ_TRAN_NORM: "norm"
 * @ZMQ_TRAN_WS: "ws"
 * @ZMQ_TRAN_WSS: "wss"
 * @ZMQ_TRAN_NR: how many there are
 *
 * Which of them are built is another question: see &zmq_tran_ops.
 */
enum zmq_tran_id {
	ZMQ_TRAN_TCP,
	ZMQ_TRAN_IPC,
	ZMQ_TRAN_INPROC,
	ZMQ_TRAN_TIPC,
	ZMQ_TRAN_VSOCK,
	ZMQ_TRAN_VMCI,
	ZMQ_TRAN_UDP,
	ZMQ_TRAN_PGM,
	ZMQ_TRAN_EPGM,
	ZMQ_TRAN_NORM,
	ZMQ_TRAN_WS,
	ZMQ_TRAN_WSS,
	ZMQ_TRAN_NR
};

/**
 * enum zmq_direction - which call an endpoint was given to: rules differ
 * @ZMQ_DIR_BIND: bind(), or taking one back
 * @ZMQ_DIR_CONNECT: connect(), or disconnecting
 */
enum zmq_direction {
	ZMQ_DIR_BIND,
	ZMQ_DIR_CONNECT,
};

/**
 * struct zmq_hostport - a host, not yet resolved, and a port
 * @host: address, interface or DNS name without the brackets of an IPv6
 *	literal; "%zone" is kept; "*" is the wildcard where one is bound to,
 *	and a name that nobody has where one is connected to
 * @port: in host byte order
 * @port_any: the port was "*" or "0": take a free one; @port is 0
 */
struct zmq_hostport {
	char host[ZMQ_HOST_MAX + 1];
	u16 port;
	bool port_any;
};

/**
 * struct zmq_ep_inet - address of the IP transports
 * @src: local side; only valid when @has_src
 * @dst: what to bind to or to connect to
 * @has_src: the endpoint has a "source;" part
 *
 * libzmq checks little of a tcp address to connect to and retries one that
 * can't work for ever. So do we: such an endpoint (destination port 0 after
 * libzmq's truncation to 16 bits, a part without a port, a host longer than
 * ZMQ_HOST_MAX) has a @dst.port of 0 and every attempt has to fail.
 */
struct zmq_ep_inet {
	struct zmq_hostport src;
	struct zmq_hostport dst;
	bool has_src;
};

/**
 * struct zmq_ep_ipc - address of an AF_UNIX socket
 * @name: path, or abstract name without the '@'; inside the endpoint's uri
 * @len: bytes of @name, without the NUL that follows it
 * @abstract: @name lies in the abstract namespace
 * @wildcard: bind to a path of our own choice; @name has no meaning
 */
struct zmq_ep_ipc {
	const char *name;
	u8 len;
	bool abstract;
	bool wildcard;
};

/**
 * struct zmq_ep_inproc - a name within a context
 * @name: any string; inside the endpoint's uri
 * @len: bytes of @name, without the NUL that follows it
 */
struct zmq_ep_inproc {
	const char *name;
	u16 len;
};

/**
 * enum zmq_tipc_form - ways to write a TIPC address
 * @ZMQ_TIPC_RANGE: {type,lower,upper}
 * @ZMQ_TIPC_SERVICE: {type,instance}[@node]
 * @ZMQ_TIPC_PORT: <node:ref>
 * @ZMQ_TIPC_RANDOM: <*>
 */
enum zmq_tipc_form {
	ZMQ_TIPC_RANGE,
	ZMQ_TIPC_SERVICE,
	ZMQ_TIPC_PORT,
	ZMQ_TIPC_RANDOM,
};

/**
 * struct zmq_ep_tipc - address of a TIPC socket
 * @form: which of the members have a meaning
 * @type: service type, at least 64 (those below are TIPC's own)
 * @lower: first instance, or the only one
 * @upper: last instance
 * @node: z.c.n packed as TIPC packs it; 0 = anywhere
 * @ref: port number on @node
 */
struct zmq_ep_tipc {
	enum zmq_tipc_form form;
	u32 type;
	u32 lower;
	u32 upper;
	u32 node;
	u32 ref;
};

/**
 * struct zmq_ep_vsock - address of a vsock or VMCI socket
 * @cid: context id; U32_MAX (VMADDR_CID_ANY) = any
 * @port: port; U32_MAX (VMADDR_PORT_ANY) = any
 * @local: vmci "@": the caller fills in the context id of this machine
 */
struct zmq_ep_vsock {
	u32 cid;
	u32 port;
	bool local;
};

/**
 * struct zmq_ep_norm - address of a NORM session
 * @inet: interface (@inet.src.host, no port) and group
 * @id: NORM node id
 * @has_id: the endpoint has an "id," part; otherwise NORM chooses
 */
struct zmq_ep_norm {
	struct zmq_ep_inet inet;
	u32 id;
	bool has_id;
};

/**
 * struct zmq_ep_ws - address of a WebSocket
 * @dst: what to bind to or to connect to
 * @path: of the request, with the leading '/'; inside the endpoint's uri, or
 *	static when that has none
 */
struct zmq_ep_ws {
	struct zmq_hostport dst;
	const char *path;
};

/**
 * struct zmq_endpoint - an endpoint in its parsed form
 * @uri: the string as given, ended by a NUL
 * @addr: within @uri, what follows "://"
 * @tran: which member of the union is valid after zmq_endpoint_parse()
 * @why: static text, reason of the last refusal; NULL when there was none
 * @tcp: tcp://
 * @ipc: ipc://
 * @inproc: inproc://
 * @tipc: tipc://
 * @vsock: vsock:// and vmci://
 * @udp: udp://; @udp.src has a host only
 * @pgm: pgm:// and epgm://; @pgm.src is the interface, its host may be empty
 * @norm: norm://
 * @ws: ws:// and wss://
 *
 * Points into itself: never copy one by assignment. It takes more than 1 KiB,
 * too much for a kernel stack that others share.
 */
struct zmq_endpoint {
	char uri[ZMQ_ENDPOINT_MAX + 1];
	const char *addr;
	enum zmq_tran_id tran;
	const char *why;
	union {
		struct zmq_ep_inet tcp;
		struct zmq_ep_ipc ipc;
		struct zmq_ep_inproc inproc;
		struct zmq_ep_tipc tipc;
		struct zmq_ep_vsock vsock;
		struct zmq_ep_inet udp;
		struct zmq_ep_inet pgm;
		struct zmq_ep_norm norm;
		struct zmq_ep_ws ws;
	};
};

int zmq_endpoint_split(struct zmq_endpoint *ep, const char *uri, size_t len);
int zmq_endpoint_check_type(struct zmq_endpoint *ep, int type,
			    enum zmq_direction dir);
int zmq_endpoint_parse(struct zmq_endpoint *ep, enum zmq_direction dir);

#endif /* _ZMQ_ZMTP_ENDPOINT_H */
