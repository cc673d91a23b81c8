/* SPDX-License-Identifier: GPL-2.0-only */
/* Peers by routing id: what ROUTER and STREAM address messages with. */
#ifndef _ZMQ_PATTERN_PEERS_H
#define _ZMQ_PATTERN_PEERS_H

#include <linux/rbtree.h>

#include "options.h"
#include "queue/pipe.h"

/* Ids that we give: a zero byte and a number (API page, 1.8). */
#define ZMQ_AUTO_ID_LEN		5
/* Ids up to so many bytes take no memory of their own. */
#define ZMQ_ID_INLINE		16

/**
 * struct zmq_peer - one peer; lies in its pipe's priv
 * @node: in zmq_peers.root, or cleared while it has no id
 * @pipe: the pipe it lies in
 * @len: bytes of the id, 0 for none
 * @small: the id, if it is short
 * @large: the id, if it is not; charged to nobody, 255 bytes for each endpoint
 *	that was charged
 */
struct zmq_peer {
	struct rb_node node;
	struct zmq_pipe *pipe;
	u8 len;
	union {
		u8 small[ZMQ_ID_INLINE];
		u8 *large;
	};
};

/**
 * struct zmq_peers - all peers of a socket that have an id
 * @root: by id: an ordered tree, since peers choose their ids and could make
 *	any hash collide
 * @next: number of the next id that we give
 * @asked: ZMQ_CONNECT_ROUTING_ID for the next connect()
 * @asked_len: bytes of @asked, 0 for none
 *
 * Under the socket's lock.
 */
struct zmq_peers {
	struct rb_root root;
	u32 next;
	u8 asked_len;
	u8 asked[ZMQ_ROUTING_ID_MAX];
};

static inline struct zmq_peer *zmq_pipe_peer(struct zmq_pipe *p)
{
	return (struct zmq_peer *)p->priv;
}

static inline const u8 *zmq_peer_id(const struct zmq_peer *peer)
{
	return peer->len > ZMQ_ID_INLINE ? peer->large : peer->small;
}

void zmq_peers_init(struct zmq_peers *peers);
struct zmq_peer *zmq_peers_find(const struct zmq_peers *peers, const u8 *id,
				size_t len);
struct zmq_peer *zmq_peers_addressed(const struct zmq_peers *peers,
				     const struct zmq_frame *f);
int zmq_peers_add(struct zmq_peers *peers, struct zmq_pipe *p, const u8 *id,
		  size_t len);
void zmq_peers_add_auto(struct zmq_peers *peers, struct zmq_pipe *p);
int zmq_peers_add_asked(struct zmq_peers *peers, struct zmq_pipe *p);
void zmq_peers_del(struct zmq_peers *peers, struct zmq_pipe *p);
void zmq_peers_rename(struct zmq_peers *peers, struct zmq_pipe *p);
const u8 *zmq_peer_routing_id(struct zmq_pipe *p, size_t *len);
void zmq_peer_fini(struct zmq_pipe *p);
int zmq_peers_ask(struct zmq_sock *zs, struct zmq_peers *peers,
		  const void *id, size_t len);
int zmq_peers_recv(struct zmq_sock *zs, struct zmq_frame **msg,
		   struct zmq_session **kick);

#endif /* _ZMQ_PATTERN_PEERS_H */
