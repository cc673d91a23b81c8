// SPDX-License-Identifier: GPL-2.0-only
/* Ask the kernel for everything: three dumps, joined by the sockets' numbers. */
#include <linux/zmq_netlink.h>

#include "attr.h"
#include "query.h"

#define SOCK(kind, attr, member) ZSS_FIELD(kind, ZMQ_A_SOCKET_##attr, struct zss_socket, member)
#define EP(kind, attr, member) ZSS_FIELD(kind, ZMQ_A_ENDPOINT_##attr, struct zss_endpoint, member)
#define PEER(kind, attr, member) ZSS_FIELD(kind, ZMQ_A_PEER_##attr, struct zss_peer, member)
#define QUEUE(kind, attr, member) ZSS_FIELD(kind, ZMQ_A_QUEUE_##attr, struct zss_queue, member)
#define DROP(kind, attr, member) ZSS_FIELD(kind, ZMQ_A_DROP_##attr, struct zss_drop, member)

static const struct zss_field drop_fields[] = {
	DROP(ZSS_TEXT, REASON, reason),
	DROP(ZSS_TEXT, TEXT, text),
	DROP(ZSS_U64, COUNT, count),
	{}
};

static const struct zss_field socket_fields[] = {
	SOCK(ZSS_U64, ID, id),
	SOCK(ZSS_U64, INODE, inode),
	SOCK(ZSS_U64, COOKIE, cookie),
	SOCK(ZSS_U32, TYPE, type),
	SOCK(ZSS_U32, STATE, state),
	SOCK(ZSS_U32, UID, uid),
	SOCK(ZSS_U32, PID, pid),
	SOCK(ZSS_U32, CTX, ctx),
	SOCK(ZSS_U32, SNDHWM, sndhwm),
	SOCK(ZSS_U32, RCVHWM, rcvhwm),
	SOCK(ZSS_U32, LINGER, linger),
	SOCK(ZSS_FLAG, OWNER_GONE, gone),
	SOCK(ZSS_FLAG, READABLE, readable),
	SOCK(ZSS_FLAG, WRITABLE, writable),
	SOCK(ZSS_TEXT, COMM, comm),
	SOCK(ZSS_TEXT, ERROR, error),
	SOCK(ZSS_U64, MSGS_IN, msgs_in),
	SOCK(ZSS_U64, MSGS_OUT, msgs_out),
	SOCK(ZSS_U64, BYTES_IN, bytes_in),
	SOCK(ZSS_U64, BYTES_OUT, bytes_out),
	SOCK(ZSS_U64, DROPS, drops),
	SOCK(ZSS_U64, CONNECTS, connects),
	SOCK(ZSS_U64, DISCONNECTS, disconnects),
	SOCK(ZSS_U64, FAILURES, failures),
	{ ZMQ_A_SOCKET_DROP, ZSS_ROWS, offsetof(struct zss_socket, dropped), drop_fields,
	  sizeof(struct zss_drop) },
	{}
};

static const struct zss_field endpoint_fields[] = {
	EP(ZSS_U64, SOCKET_ID, socket),
	EP(ZSS_U32, KIND, kind),
	EP(ZSS_U32, NUMBER, number),
	EP(ZSS_U64, PEER_ID, peer),
	EP(ZSS_TEXT, URI, uri),
	{}
};

static const struct zss_field queue_fields[] = {
	QUEUE(ZSS_U64, DEPTH, depth),
	QUEUE(ZSS_U64, BYTES, bytes),
	QUEUE(ZSS_U64, MSGS, msgs),
	QUEUE(ZSS_U32, HWM, hwm),
	{}
};

static const struct zss_field peer_fields[] = {
	PEER(ZSS_U64, SOCKET_ID, socket),
	PEER(ZSS_U64, ID, id),
	PEER(ZSS_U64, TO_SOCKET_ID, to),
	PEER(ZSS_U32, STATE, state),
	PEER(ZSS_U32, FLAGS, flags),
	PEER(ZSS_U32, LISTENER, listener),
	PEER(ZSS_U32, NUMBER, number),
	PEER(ZSS_U32, ZMTP, zmtp),
	PEER(ZSS_U32, MECHANISM, mechanism),
	PEER(ZSS_U32, MS_LEFT, ms_left),
	PEER(ZSS_FLAG, MS_LEFT, limited),
	PEER(ZSS_U32, ATTEMPTS, attempts),
	PEER(ZSS_U32, CONNECTS, connects),
	PEER(ZSS_TEXT, ENDPOINT, endpoint),
	PEER(ZSS_TEXT, LOCAL, local),
	PEER(ZSS_TEXT, REMOTE, remote),
	PEER(ZSS_TEXT, TYPE, type),
	PEER(ZSS_TEXT, REASON, reason),
	PEER(ZSS_TEXT, ERROR, error),
	PEER(ZSS_BYTES, ROUTING_ID, routing_id),
	PEER(ZSS_FLAG, IN, queues),
	{ ZMQ_A_PEER_IN, ZSS_NEST, offsetof(struct zss_peer, in), queue_fields },
	{ ZMQ_A_PEER_OUT, ZSS_NEST, offsetof(struct zss_peer, out), queue_fields },
	{}
};

static int zss_query_socket(const struct nlmsghdr *nlh, void *arg)
{
	struct zss_model *m = arg;

	zss_attr_read(nlh, socket_fields, zss_list_add(&m->sockets, sizeof(struct zss_socket)));
	return MNL_CB_OK;
}

static int zss_query_endpoint(const struct nlmsghdr *nlh, void *arg)
{
	struct zss_endpoint e = {};

	zss_attr_read(nlh, endpoint_fields, &e);
	zss_model_add_endpoint(arg, &e);
	return MNL_CB_OK;
}

static int zss_query_peer(const struct nlmsghdr *nlh, void *arg)
{
	struct zss_peer p = {};

	zss_attr_read(nlh, peer_fields, &p);
	zss_model_add_peer(arg, &p);
	return MNL_CB_OK;
}

void zss_query(struct zss_nl *nl, uint64_t id, struct zss_model *m)
{
	zss_nl_dump(nl, ZMQ_CMD_SOCKET_GET, id, zss_query_socket, m);
	zss_nl_dump(nl, ZMQ_CMD_ENDPOINT_GET, id, zss_query_endpoint, m);
	zss_nl_dump(nl, ZMQ_CMD_PEER_GET, id, zss_query_peer, m);
}
