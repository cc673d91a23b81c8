// SPDX-License-Identifier: GPL-2.0-only
/*
 * Peers by routing id: what ROUTER and STREAM address messages with.
 *
 * A peer names itself in its handshake, or we name it: after what the user
 * asked for (ZMQ_CONNECT_ROUTING_ID), or by a number (API page, 1.8).
 */
#include <linux/random.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "pattern/pattern.h"
#include "pattern/peers.h"

/**
 * zmq_peers_init() - nobody is there
 * @peers: the peers, zeroed
 */
void zmq_peers_init(struct zmq_peers *peers)
{
	peers->root = RB_ROOT;
	peers->next = get_random_u32();
}

static int zmq_peer_compare(const struct zmq_peer *peer, const u8 *id,
			    size_t len)
{
	int diff = memcmp(id, zmq_peer_id(peer), min_t(size_t, len, peer->len));

	return diff ? diff : (int)len - peer->len;
}

/**
 * zmq_peers_find() - who has this routing id?
 * @peers: the peers
 * @id: the id
 * @len: its length in bytes
 *
 * Return: the peer or NULL.
 */
struct zmq_peer *zmq_peers_find(const struct zmq_peers *peers, const u8 *id,
				size_t len)
{
	struct rb_node *n = peers->root.rb_node;

	if (len > ZMQ_ROUTING_ID_MAX)
		return NULL;
	while (n) {
		struct zmq_peer *peer = rb_entry(n, struct zmq_peer, node);
		int diff = zmq_peer_compare(peer, id, len);

		if (!diff)
			return peer;
		n = diff < 0 ? n->rb_left : n->rb_right;
	}
	return NULL;
}

/**
 * zmq_peers_addressed() - whom does the first frame of a message name?
 * @peers: the peers
 * @f: the frame
 *
 * Return: the peer or NULL.
 */
struct zmq_peer *zmq_peers_addressed(const struct zmq_peers *peers,
				     const struct zmq_frame *f)
{
	size_t len;
	const u8 *id = zmq_frame_start(f, &len);

	/* One in several pieces is longer than any id. */
	return f->len == len ? zmq_peers_find(peers, id, len) : NULL;
}

static int zmq_peer_name(struct zmq_peer *peer, const u8 *id, size_t len)
{
	u8 *large;

	if (len > ZMQ_ID_INLINE) {
		large = kmemdup(id, len, GFP_ATOMIC | __GFP_ACCOUNT |
				__GFP_NOWARN);
		if (!large)
			return -ENOMEM;
		peer->large = large;
	} else {
		memcpy(peer->small, id, len);
	}
	peer->len = len;
	return 0;
}

/**
 * zmq_peers_add() - a pipe's peer gets a routing id
 * @peers: the peers
 * @p: the pipe, without an id so far
 * @id: the id
 * @len: its length, 1 to 255 bytes
 *
 * Return: 0, -EADDRINUSE somebody has that id, -ENOMEM.
 */
int zmq_peers_add(struct zmq_peers *peers, struct zmq_pipe *p, const u8 *id,
		  size_t len)
{
	struct rb_node **link = &peers->root.rb_node, *up = NULL;
	struct zmq_peer *peer = zmq_pipe_peer(p);
	int err;

	while (*link) {
		int diff;

		up = *link;
		diff = zmq_peer_compare(rb_entry(up, struct zmq_peer, node), id,
					len);
		if (!diff)
			return -EADDRINUSE;
		link = diff < 0 ? &up->rb_left : &up->rb_right;
	}
	err = zmq_peer_name(peer, id, len);
	if (err)
		return err;
	peer->pipe = p;
	rb_link_node(&peer->node, up, link);
	rb_insert_color(&peer->node, &peers->root);
	return 0;
}

/**
 * zmq_peers_add_auto() - a pipe's peer gets a routing id of our choice
 * @peers: the peers
 * @p: the pipe, without an id so far
 */
void zmq_peers_add_auto(struct zmq_peers *peers, struct zmq_pipe *p)
{
	u8 id[ZMQ_AUTO_ID_LEN] = {};

	/* Such ids are ours, but nothing keeps a peer from taking one. They are
	 * short, so memory is no reason.
	 */
	do {
		put_unaligned_be32(peers->next++, id + 1);
	} while (zmq_peers_add(peers, p, id, sizeof(id)));
}

/**
 * zmq_peers_add_asked() - a pipe's peer gets the id that the user asked for
 * @peers: the peers
 * @p: the pipe, of a connect(), without an id so far
 *
 * Return: 0, also if the user asked for none; -EADDRINUSE; -ENOMEM.
 */
int zmq_peers_add_asked(struct zmq_peers *peers, struct zmq_pipe *p)
{
	u8 len = peers->asked_len;

	peers->asked_len = 0;
	return len ? zmq_peers_add(peers, p, peers->asked, len) : 0;
}

/**
 * zmq_peers_del() - a peer can't be addressed any more
 * @peers: the peers
 * @p: its pipe; it keeps the id, for messages not yet read
 */
void zmq_peers_del(struct zmq_peers *peers, struct zmq_pipe *p)
{
	struct zmq_peer *peer = zmq_pipe_peer(p);

	if (!peer->pipe)
		return;
	peer->pipe = NULL;
	rb_erase(&peer->node, &peers->root);
}

/**
 * zmq_peer_routing_id() - zmq_pattern_ops.routing_id
 * @p: the pipe
 * @len: set to the length of the id, 0 for none
 *
 * Return: the id.
 */
const u8 *zmq_peer_routing_id(struct zmq_pipe *p, size_t *len)
{
	struct zmq_peer *peer = zmq_pipe_peer(p);

	*len = peer->len;
	return zmq_peer_id(peer);
}

/**
 * zmq_peer_fini() - zmq_pattern_ops.pipe_fini: a pipe is freed
 * @p: the pipe, not among the peers any more
 */
void zmq_peer_fini(struct zmq_pipe *p)
{
	struct zmq_peer *peer = zmq_pipe_peer(p);

	if (peer->len > ZMQ_ID_INLINE)
		kfree(peer->large);
	peer->len = 0;
}

/**
 * zmq_peers_rename() - a peer loses its id to another and gets one of ours
 * @peers: the peers
 * @p: its pipe
 *
 * Its unread messages are read under the new id.
 */
void zmq_peers_rename(struct zmq_peers *peers, struct zmq_pipe *p)
{
	zmq_peers_del(peers, p);
	zmq_peer_fini(p);
	zmq_peers_add_auto(peers, p);
}

/**
 * zmq_peers_ask() - set ZMQ_CONNECT_ROUTING_ID
 * @zs: the socket
 * @peers: its peers
 * @id: the id
 * @len: its length
 *
 * Context: lock_sock is held.
 * Return: 0 or -EINVAL: empty or too long.
 */
int zmq_peers_ask(struct zmq_sock *zs, struct zmq_peers *peers,
		  const void *id, size_t len)
{
	if (!len || len > sizeof(peers->asked))
		return -EINVAL;
	spin_lock_bh(&zs->lock);
	memcpy(peers->asked, id, len);
	peers->asked_len = len;
	spin_unlock_bh(&zs->lock);
	return 0;
}

/**
 * zmq_peers_recv() - zmq_pattern_ops.recv: the id in front of the message
 * @zs: the socket
 * @msg: set to the message's frames
 * @kick: set to the session that may go on reading, if any
 *
 * Return: 0, -EAGAIN, or -ENOMEM and the message stays.
 */
int zmq_peers_recv(struct zmq_sock *zs, struct zmq_frame **msg,
		   struct zmq_session **kick)
{
	struct zmq_pipe *p = zmq_fq_next(zs);
	struct zmq_peer *peer;
	struct zmq_frame *id;

	if (!p)
		return -EAGAIN;
	peer = zmq_pipe_peer(p);
	id = zmq_frame_for_reader(zs->mem, zmq_peer_id(peer), peer->len);
	if (!id)
		return -ENOMEM;
	id->seg.flags = ZMQ_FRAME_MORE;
	zmq_fq_take(zs, &id->next, kick);
	*msg = id;
	return 0;
}
