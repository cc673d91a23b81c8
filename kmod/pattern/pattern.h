/* SPDX-License-Identifier: GPL-2.0-only */
/* Socket types: who gets a message, and when. */
#ifndef _ZMQ_PATTERN_H
#define _ZMQ_PATTERN_H

#include "queue/pipe.h"
#include "sock.h"

/* zmq_pattern_ops.begin: the frame was an address and is no part of the message. */
#define ZMQ_SEND_ADDRESS	1

/**
 * struct zmq_pattern_ops - operations of one socket type
 * @type: its number, the protocol argument of socket()
 * @lockstep: sending and receiving take turns, so a message half read or half
 *	sent by this thread forbids the other direction
 * @delimited: messages of peers begin with an empty frame, which becomes the
 *	flag ZMQ_FRAME_DELIMITED of the next one
 * @one_to_one: a connect() to an endpoint that is there already is ignored
 * @balances: messages go to one of all pipes in turn: pipes join zmq_sock.lb
 * @drops: a message whose destination goes away is dropped, sending succeeds
 * @conflates: ZMQ_CONFLATE has an effect
 * @subscribable: SUBSCRIBE and CANCEL commands of peers are messages
 * @greets: ZMQ_HELLO_MSG has an effect
 * @misses: ZMQ_DISCONNECT_MSG has an effect
 * @hiccups: ZMQ_HICCUP_MSG has an effect
 * @sifts: @can_recv drops messages that nobody wants, until it finds another
 * @notices: what is received waits in a queue of the pattern, not in pipes
 * @priv_size: bytes of zmq_sock.priv
 * @pipe_size: bytes of zmq_pipe.priv
 * @init: set up @priv, which is zeroed. NULL: nothing to do
 * @attach: a pipe appears; -EBUSY makes it mute, another errno fails the
 *	connect(). NULL takes all
 * @detach: a pipe that was attached goes away; its input may still be read
 * @shed: free some of what hangs on a pipe that was detached; true: there is
 *	more, the lock will be dropped before the next call. NULL: nothing does
 * @pipe_fini: free what hangs on a pipe's priv; nobody knows the pipe any more
 * @greet: a peer has finished its handshake: put into the pipe what it has to
 *	know first, and set zmq_pipe.up under the lock. The only one that may
 *	sleep and runs without the lock, in the session's work. 0 or -ENOMEM
 * @up: a peer has finished its handshake and calls itself @id; -EBUSY makes
 *	the pipe mute
 * @down: that peer has gone; the pipe may get another
 * @begin: first part of a message is there, @f, not yet linked to @t: may it
 *	be sent? Sets @t->pipe and reserves a place there, if the message has
 *	one destination already, and may put frames in front (@t->head). 0;
 *	ZMQ_SEND_ADDRESS; or an errno and nothing changed; -EAGAIN waits for
 *	writability. NULL: does not send
 * @commit: the message is complete in @t->head, which the pattern takes over.
 *	If @t->pipe is set, its reservation is still there. Sets @kick to the
 *	session that has something to send now, or uses zmq_sock_kick_later()
 * @recv: take the next message whole; *@kick is a session to be resumed, if
 *	any. -EAGAIN or another errno; -ERESTART: call again, the lock should
 *	be dropped before. NULL: does not receive
 * @filter: a message arrived at a pipe: ZMQ_R_NONE to keep it, ZMQ_R_TAKEN if
 *	the pattern has taken it over, a ZMQ_R_DROP_* reason to drop it, another
 *	reason to end the connection. NULL keeps all
 * @can_send: poll: would @begin succeed?
 * @can_recv: poll: would @recv succeed?
 * @setopt: an option of this type was set: @value is in kernel memory.
 *	-ENOPROTOOPT: not one of this type's, the general table has a look
 * @getopt: value of an option of this type: at most *@len bytes are written,
 *	*@len is set. -ENOPROTOOPT as @setopt
 * @routing_id: the id that a pipe's peer is addressed by, *@len bytes, maybe
 *	0. NULL: peers have none
 * @peer_state: ZMQ_NATIVE_PEER_STATE: events of the peer with this id, or
 *	-EHOSTUNREACH. NULL: not of this type
 * @fini: free what hangs on @priv; there are no pipes any more
 *
 * All but @greet, @setopt, @getopt (these run under lock_sock only), @init and
 * @fini are called under zmq_sock.lock, also in softirq, and never sleep.
 * Sessions handed out by *@kick are referenced; the caller kicks and puts them
 * after unlocking.
 */
struct zmq_pattern_ops {
	u8 type;
	bool lockstep;
	bool delimited;
	bool one_to_one;
	bool balances;
	bool drops;
	bool conflates;
	bool subscribable;
	bool greets;
	bool misses;
	bool hiccups;
	bool sifts;
	bool notices;
	size_t priv_size;
	size_t pipe_size;
	void (*init)(struct zmq_sock *zs);
	int (*attach)(struct zmq_sock *zs, struct zmq_pipe *p);
	void (*detach)(struct zmq_sock *zs, struct zmq_pipe *p);
	bool (*shed)(struct zmq_sock *zs, struct zmq_pipe *p);
	void (*pipe_fini)(struct zmq_pipe *p);
	int (*greet)(struct zmq_sock *zs, struct zmq_pipe *p);
	int (*up)(struct zmq_sock *zs, struct zmq_pipe *p, const u8 *id,
		  size_t len);
	void (*down)(struct zmq_sock *zs, struct zmq_pipe *p);
	int (*begin)(struct zmq_sock *zs, struct zmq_txn *t,
		     struct zmq_frame *f);
	void (*commit)(struct zmq_sock *zs, struct zmq_txn *t,
		       struct zmq_session **kick);
	int (*recv)(struct zmq_sock *zs, struct zmq_frame **msg,
		    struct zmq_session **kick);
	enum zmq_reason (*filter)(struct zmq_sock *zs, struct zmq_pipe *p,
				  struct zmq_frame *msg);
	bool (*can_send)(struct zmq_sock *zs);
	bool (*can_recv)(struct zmq_sock *zs);
	int (*setopt)(struct zmq_sock *zs, int name, const void *value,
		      size_t len);
	int (*getopt)(struct zmq_sock *zs, int name, void *value, size_t *len);
	const u8 *(*routing_id)(struct zmq_pipe *p, size_t *len);
	int (*peer_state)(struct zmq_sock *zs, const u8 *id, size_t len);
	void (*fini)(struct zmq_sock *zs);
};

extern const struct zmq_pattern_ops zmq_pair_ops;
extern const struct zmq_pattern_ops zmq_pub_ops;
extern const struct zmq_pattern_ops zmq_sub_ops;
extern const struct zmq_pattern_ops zmq_req_ops;
extern const struct zmq_pattern_ops zmq_rep_ops;
extern const struct zmq_pattern_ops zmq_dealer_ops;
extern const struct zmq_pattern_ops zmq_router_ops;
extern const struct zmq_pattern_ops zmq_pull_ops;
extern const struct zmq_pattern_ops zmq_push_ops;
extern const struct zmq_pattern_ops zmq_xpub_ops;
extern const struct zmq_pattern_ops zmq_xsub_ops;
extern const struct zmq_pattern_ops zmq_stream_ops;

const struct zmq_pattern_ops *zmq_pattern_find(int type);

/* Steps that several patterns share. */
bool zmq_lb_ready(struct zmq_sock *zs);
int zmq_lb_begin(struct zmq_sock *zs, struct zmq_txn *t, struct zmq_frame *f);
void zmq_lb_commit(struct zmq_sock *zs, struct zmq_txn *t,
		   struct zmq_session **kick);
struct zmq_pipe *zmq_fq_next(struct zmq_sock *zs);
bool zmq_fq_ready(struct zmq_sock *zs);
int zmq_fq_recv(struct zmq_sock *zs, struct zmq_frame **msg,
		struct zmq_session **kick);
struct zmq_pipe *zmq_fq_take(struct zmq_sock *zs, struct zmq_frame **msg,
			     struct zmq_session **kick);
void zmq_fq_drop(struct zmq_sock *zs, enum zmq_reason why);
void zmq_fq_put(struct zmq_sock *zs, struct zmq_pipe *p, struct zmq_frame *msg);
void zmq_pattern_push(struct zmq_txn *t, struct zmq_session **kick);
void zmq_raw_push(struct zmq_sock *zs, struct zmq_txn *t,
		  struct zmq_session **kick);
bool zmq_burst_full(struct zmq_sock *zs, struct zmq_pipe *p);
void zmq_burst_end(struct zmq_sock *zs);
bool zmq_pattern_is_sub(const struct zmq_frame *f);
void zmq_pattern_lose(struct zmq_sock *zs, struct zmq_txn *t);
void zmq_lb_join(struct zmq_sock *zs, struct zmq_pipe *p);
int zmq_setopt_probe(struct zmq_sock *zs, int name, const void *value,
		     size_t len);
int zmq_setopt_flag(struct zmq_sock *zs, const void *value, size_t len,
		    bool *flag);
int zmq_getopt_count(size_t n, void *value, size_t *len);

#endif /* _ZMQ_PATTERN_H */
