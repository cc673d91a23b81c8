// SPDX-License-Identifier: GPL-2.0-only
/*
 * ROUTER: from all peers in turn, to the one that is named (RFC 28).
 *
 * The first frame is the peer's routing id, both ways. A peer that nobody has,
 * or one that is full, loses the message; with ZMQ_ROUTER_MANDATORY that is an
 * error instead (API page, 1.8).
 */
#include "conn/session.h"
#include "pattern/pattern.h"
#include "pattern/peers.h"

/**
 * struct zmq_router - state of a ROUTER socket
 * @peers: who can be addressed
 * @mandatory: ZMQ_ROUTER_MANDATORY
 * @handover: ZMQ_ROUTER_HANDOVER
 */
struct zmq_router {
	struct zmq_peers peers;
	bool mandatory;
	bool handover;
};

static void zmq_router_init(struct zmq_sock *zs)
{
	struct zmq_router *r = zs->priv;

	zmq_peers_init(&r->peers);
}

/* The peer has a name; poll() with ZMQ_ROUTER_MANDATORY looks for its room. */
static void zmq_router_join(struct zmq_sock *zs, struct zmq_pipe *p)
{
	zmq_lb_join(zs, p);
	zmq_sock_wake(zs, ZMQ_WAKE_OUT);
}

/*
 * A peer that we connect to can have its name at once, so that messages can be
 * sent before there is a connection.
 */
static int zmq_router_attach(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_router *r = zs->priv;
	int err;

	if (p->session->listener)
		return 0;
	err = zmq_peers_add_asked(&r->peers, p);
	if (!err && zmq_pipe_peer(p)->pipe)
		zmq_router_join(zs, p);
	return err;
}

static void zmq_router_detach(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_router *r = zs->priv;

	zmq_peers_del(&r->peers, p);
}

/* Who had the id so far has to go; what it said can still be read. */
static void zmq_router_evict(struct zmq_sock *zs, struct zmq_peer *old)
{
	struct zmq_router *r = zs->priv;
	struct zmq_pipe *p = old->pipe;

	zmq_peers_rename(&r->peers, p);
	zmq_session_stop(p->session);
	zmq_sock_mute(zs, p);
}

/*
 * A name that is taken: the newcomer is ignored for ever, or with
 * ZMQ_ROUTER_HANDOVER takes it over. After a reconnect a peer keeps its name.
 */
static int zmq_router_name(struct zmq_sock *zs, struct zmq_pipe *p,
			   const u8 *id, size_t len)
{
	struct zmq_router *r = zs->priv;
	struct zmq_peer *old;
	int err;

	if (zmq_pipe_peer(p)->pipe)
		return 0;
	if (!len) {
		zmq_peers_add_auto(&r->peers, p);
		return 0;
	}
	old = zmq_peers_find(&r->peers, id, len);
	if (old && r->handover)
		zmq_router_evict(zs, old);
	err = zmq_peers_add(&r->peers, p, id, len);
	return err == -EADDRINUSE ? -EBUSY : err;
}

static void zmq_router_tell(struct zmq_sock *zs, struct zmq_pipe *p, int what)
{
	/* By inproc nothing tells of connections, as in libzmq 4.3.4. */
	if (p->version == ZMQ_PEER_LOCAL)
		return;
	/* As a STREAM does, unless told otherwise. */
	if (p->session->opt->raw || zs->opt.router_notify & what)
		zmq_fq_put(zs, p, zmq_frame_alloc(zs->mem, 0, GFP_ATOMIC));
}

static int zmq_router_up(struct zmq_sock *zs, struct zmq_pipe *p, const u8 *id,
			 size_t len)
{
	int err = zmq_router_name(zs, p, id, len);

	if (err)
		return err;
	zmq_router_join(zs, p);
	zmq_router_tell(zs, p, ZMQ_NOTIFY_CONNECT);
	return 0;
}

static void zmq_router_down(struct zmq_sock *zs, struct zmq_pipe *p)
{
	zmq_router_tell(zs, p, ZMQ_NOTIFY_DISCONNECT);
}

static int zmq_router_begin(struct zmq_sock *zs, struct zmq_txn *t,
			    struct zmq_frame *f)
{
	struct zmq_router *r = zs->priv;
	struct zmq_peer *peer;

	/* A lone id: nothing is to be sent (API page, 1.8). */
	if (!zmq_frame_more(f))
		return ZMQ_SEND_ADDRESS;
	peer = zmq_peers_addressed(&r->peers, f);
	if (!peer)
		return r->mandatory ? -EHOSTUNREACH : ZMQ_SEND_ADDRESS;

	if (r->mandatory ? zmq_burst_full(zs, peer->pipe) :
			   zmq_queue_full(&peer->pipe->out)) {
		if (!r->mandatory)
			return ZMQ_SEND_ADDRESS;
		zmq_burst_end(zs);
		return -EAGAIN;
	}
	zmq_queue_reserve(&peer->pipe->out);
	t->pipe = peer->pipe;
	return ZMQ_SEND_ADDRESS;
}

/* An empty message to a raw peer ends its connection (API page, 1.8). */
static void zmq_router_commit(struct zmq_sock *zs, struct zmq_txn *t,
			      struct zmq_session **kick)
{
	if (!t->pipe)
		zmq_pattern_lose(zs, t);
	else if (t->pipe->session->opt->raw)
		zmq_raw_push(zs, t, kick);
	else
		zmq_pattern_push(t, kick);
}

static bool zmq_router_can_send(struct zmq_sock *zs)
{
	struct zmq_router *r = zs->priv;

	return !r->mandatory || zmq_lb_ready(zs);
}

/* As a sender with ZMQ_ROUTER_MANDATORY would find the peer. */
static int zmq_router_peer_state(struct zmq_sock *zs, const u8 *id, size_t len)
{
	struct zmq_router *r = zs->priv;
	struct zmq_peer *peer;

	peer = zmq_peers_find(&r->peers, id, len);
	if (!peer)
		return -EHOSTUNREACH;
	if (!zmq_burst_full(zs, peer->pipe))
		return ZMQ_POLLOUT;
	zmq_burst_end(zs);
	return 0;
}

static int zmq_router_setopt(struct zmq_sock *zs, int name, const void *value,
			     size_t len)
{
	struct zmq_router *r = zs->priv;

	switch (name) {
	case ZMQ_ROUTER_MANDATORY:
		return zmq_setopt_flag(zs, value, len, &r->mandatory);
	case ZMQ_ROUTER_HANDOVER:
		return zmq_setopt_flag(zs, value, len, &r->handover);
	case ZMQ_CONNECT_ROUTING_ID:
		return zmq_peers_ask(zs, &r->peers, value, len);
	default:
		return zmq_setopt_probe(zs, name, value, len);
	}
}

const struct zmq_pattern_ops zmq_router_ops = {
	.type = ZMQ_ROUTER,
	.drops = true,
	.greets = true,
	.misses = true,
	.priv_size = sizeof(struct zmq_router),
	.pipe_size = sizeof(struct zmq_peer),
	.init = zmq_router_init,
	.attach = zmq_router_attach,
	.detach = zmq_router_detach,
	.pipe_fini = zmq_peer_fini,
	.routing_id = zmq_peer_routing_id,
	.peer_state = zmq_router_peer_state,
	.up = zmq_router_up,
	.down = zmq_router_down,
	.begin = zmq_router_begin,
	.commit = zmq_router_commit,
	.recv = zmq_peers_recv,
	.can_send = zmq_router_can_send,
	.can_recv = zmq_fq_ready,
	.setopt = zmq_router_setopt,
};
