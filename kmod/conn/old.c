// SPDX-License-Identifier: GPL-2.0-only
/*
 * Peers of ZMTP 1.0 and 2.0 (RFC 13, RFC 15; wire page, 1.3).
 *
 * They know no handshake: each side sends one frame with its routing id, and
 * then messages. There are no commands, so no heartbeats, and nobody is told
 * the other's socket type (but for the number in a 2.0 greeting, which libzmq
 * doesn't look at). The handshake ends, and with it its time limit, when both
 * frames went: zmq_mech.sent and .received stand for them.
 */
#include "conn/conn.h"
#include "conn/old.h"
#include "pattern/pattern.h"
#include "sock.h"
#include "zmtp/subscription.h"

/**
 * zmq_old_begin() - the greeting has shown an old peer
 * @c: the connection, its lower socket's lock held
 *
 * Security needs a handshake, so who asks for it can't have such a peer.
 *
 * Return: ZMQ_R_NONE, or ZMQ_R_OLD_PEER if it is not welcome.
 */
enum zmq_reason zmq_old_begin(struct zmq_conn *c)
{
	const struct zmq_greeting *g = &c->greeting;

	if (c->mech.ops != &zmq_null_ops || c->mech.opt->zap_domain)
		return ZMQ_R_OLD_PEER;
	c->rx.old = g->version;
	c->tx.v1 = g->version != ZMQ_PEER_V2;
	/* No greeting: these are its first frame's. */
	if (g->version == ZMQ_PEER_V1) {
		memcpy(c->rx.hdr, g->in, g->have);
		c->rx.hdr_have = g->have;
	}
	return ZMQ_R_NONE;
}

/**
 * zmq_old_output() - the frame with our routing id, if it was not sent yet
 * @c: the connection, its lower socket's lock held
 * @buf: room for it
 *
 * Return: bytes to be sent, 0 for none.
 */
int zmq_old_output(struct zmq_conn *c, u8 *buf)
{
	const struct zmq_options *opt = c->mech.opt;
	unsigned int hdr = 0;

	if (c->mech.sent)
		return 0;
	c->mech.sent = true;
	/* Without a greeting our signature was the header. */
	if (c->rx.old == ZMQ_PEER_V1_REV0)
		hdr = zmq_frame_v1_put(buf, 0, opt->routing_id_len);
	else if (c->rx.old == ZMQ_PEER_V2)
		hdr = zmq_frame_hdr_put(buf, 0, opt->routing_id_len);
	memcpy(buf + hdr, opt->routing_id, opt->routing_id_len);
	return hdr + opt->routing_id_len;
}

/**
 * zmq_old_id() - the peer's first frame is in
 * @c: the connection, its lower socket's lock held
 * @f: the frame, complete
 *
 * Return: ZMQ_R_NONE, or why the handshake fails.
 */
enum zmq_reason zmq_old_id(struct zmq_conn *c, const struct zmq_frame *f)
{
	struct zmq_mech *m = &c->mech;

	if (f->len > sizeof(m->peer_id))
		return ZMQ_R_INVALID_METADATA;
	m->peer_id_len = f->len;
	memcpy(m->peer_id, f->seg.data, f->len);
	m->received = true;
	return zmq_conn_learn(c, NULL, 0);
}

/**
 * zmq_old_subscribe() - subscribe on behalf of a peer that does not do so
 * @c: a connection in phase TRAFFIC, its lower socket's lock held
 *
 * A subscriber of ZMTP 1.0 gets everything and filters for itself. One that
 * shows a signature is newer than its protocol, and subscribes.
 *
 * Return: ZMQ_R_NONE, or why the connection must end.
 */
enum zmq_reason zmq_old_subscribe(struct zmq_conn *c)
{
	static const u8 all[] = { ZMQ_SUB_ADD };
	struct zmq_frame *f;

	if (c->rx.old != ZMQ_PEER_V1 || !c->zs->ops->subscribable)
		return ZMQ_R_NONE;
	f = zmq_frame_from_bytes(c->zs->mem, all, sizeof(all), GFP_KERNEL);
	if (!f)
		return ZMQ_R_NO_MEMORY;
	return zmq_sock_deliver(c->zs, c->pipe, f);
}
