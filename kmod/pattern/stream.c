// SPDX-License-Identifier: GPL-2.0-only
/*
 * STREAM: plain TCP connections, addressed by routing id (API page, 1.9).
 *
 * There is no ZMTP: what a peer sends comes in chunks as it arrives, each with
 * the peer's id in front; an empty chunk tells that a connection was made or
 * has ended, and sent, ends it.
 */
#include "conn/session.h"
#include "pattern/pattern.h"
#include "pattern/peers.h"

/**
 * struct zmq_stream - state of a STREAM socket
 * @peers: who can be addressed
 * @quiet: ZMQ_STREAM_NOTIFY is 0: no empty chunks
 * @last_len: bytes of @last
 * @last: the id given last, for ZMQ_ROUTING_ID
 */
struct zmq_stream {
	struct zmq_peers peers;
	bool quiet;
	u8 last_len;
	u8 last[ZMQ_ROUTING_ID_MAX];
};

static void zmq_stream_init(struct zmq_sock *zs)
{
	struct zmq_stream *st = zs->priv;

	zmq_peers_init(&st->peers);
}

/* Who connects learns the id right after that, by ZMQ_ROUTING_ID. */
static int zmq_stream_attach(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_peer *peer = zmq_pipe_peer(p);
	struct zmq_stream *st = zs->priv;
	int err = 0;

	if (!p->session->listener)
		err = zmq_peers_add_asked(&st->peers, p);
	if (err)
		return err;
	if (!peer->pipe)
		zmq_peers_add_auto(&st->peers, p);
	zmq_lb_join(zs, p);
	st->last_len = peer->len;
	memcpy(st->last, zmq_peer_id(peer), peer->len);
	return 0;
}

static void zmq_stream_detach(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_stream *st = zs->priv;

	zmq_peers_del(&st->peers, p);
}

static void zmq_stream_tell(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_stream *st = zs->priv;

	/* By inproc nothing tells of connections, as in libzmq 4.3.4. */
	if (!st->quiet && p->version != ZMQ_PEER_LOCAL)
		zmq_fq_put(zs, p, zmq_frame_alloc(zs->mem, 0, GFP_ATOMIC));
}

static int zmq_stream_up(struct zmq_sock *zs, struct zmq_pipe *p, const u8 *id,
			 size_t len)
{
	zmq_stream_tell(zs, p);
	return 0;
}

static int zmq_stream_begin(struct zmq_sock *zs, struct zmq_txn *t,
			    struct zmq_frame *f)
{
	struct zmq_stream *st = zs->priv;
	struct zmq_peer *peer;

	if (!zmq_frame_more(f))
		return ZMQ_SEND_ADDRESS;
	peer = zmq_peers_addressed(&st->peers, f);
	if (!peer)
		return -EHOSTUNREACH;
	if (zmq_queue_full(&peer->pipe->out)) {
		/* Who makes room puts it back there, and wakes us. */
		zmq_ring_del(&zs->lb, &peer->pipe->writable);
		return -EAGAIN;
	}
	zmq_queue_reserve(&peer->pipe->out);
	t->pipe = peer->pipe;
	/* The second part is the last one, whatever its MORE says. */
	t->pair = true;
	return ZMQ_SEND_ADDRESS;
}

static void zmq_stream_commit(struct zmq_sock *zs, struct zmq_txn *t,
			      struct zmq_session **kick)
{
	if (t->pipe)
		zmq_raw_push(zs, t, kick);
	else
		zmq_pattern_lose(zs, t);
}

static bool zmq_stream_can_send(struct zmq_sock *zs)
{
	return true;
}

static int zmq_stream_setopt(struct zmq_sock *zs, int name, const void *value,
			     size_t len)
{
	struct zmq_stream *st = zs->priv;
	int v;

	switch (name) {
	case ZMQ_CONNECT_ROUTING_ID:
		return zmq_peers_ask(zs, &st->peers, value, len);
	case ZMQ_STREAM_NOTIFY:
		if (len != sizeof(v))
			return -EINVAL;
		memcpy(&v, value, sizeof(v));
		if (v != 0 && v != 1)
			return -EINVAL;
		WRITE_ONCE(st->quiet, !v);
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

static int zmq_stream_getopt(struct zmq_sock *zs, int name, void *value,
			     size_t *len)
{
	struct zmq_stream *st = zs->priv;
	int err = 0;

	if (name != ZMQ_ROUTING_ID)
		return -ENOPROTOOPT;
	spin_lock_bh(&zs->lock);
	if (*len < st->last_len) {
		err = -EINVAL;
	} else {
		memcpy(value, st->last, st->last_len);
		*len = st->last_len;
	}
	spin_unlock_bh(&zs->lock);
	return err;
}

const struct zmq_pattern_ops zmq_stream_ops = {
	.type = ZMQ_STREAM,
	.drops = true,
	.priv_size = sizeof(struct zmq_stream),
	.pipe_size = sizeof(struct zmq_peer),
	.init = zmq_stream_init,
	.attach = zmq_stream_attach,
	.detach = zmq_stream_detach,
	.pipe_fini = zmq_peer_fini,
	.routing_id = zmq_peer_routing_id,
	.up = zmq_stream_up,
	.down = zmq_stream_tell,
	.begin = zmq_stream_begin,
	.commit = zmq_stream_commit,
	.recv = zmq_peers_recv,
	.can_send = zmq_stream_can_send,
	.can_recv = zmq_fq_ready,
	.setopt = zmq_stream_setopt,
	.getopt = zmq_stream_getopt,
};
