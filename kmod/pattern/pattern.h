/* SPDX-License-Identifier: GPL-2.0-only */
/* Socket types: who gets a message, and when. */
#ifndef _ZMQ_PATTERN_H
#define _ZMQ_PATTERN_H

#include "queue/pipe.h"
#include "sock.h"

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
 * @subscribable: SUBSCRIBE and CANCEL commands of peers are messages
 * @priv_size: bytes of zmq_sock.priv
 * @attach: a pipe appears; -EBUSY makes it mute. NULL takes all
 * @detach: a pipe that was attached goes away; its input may still be read
 * @begin: first part of a message is there: may it be sent? Sets @t->pipe and
 *	reserves a place there, if the message has one destination already, and
 *	may put frames in front (@t->head). 0, or an errno and nothing changed;
 *	-EAGAIN waits for writability. NULL: does not send
 * @commit: the message is complete in @t->head, which the pattern takes over.
 *	If @t->pipe is set, its reservation is still there. Sets @kick to the
 *	session that has something to send now, if any
 * @recv: take the next message whole; *@kick is a session to be resumed, if
 *	any. -EAGAIN or another errno. NULL: does not receive
 * @filter: a message arrived at a pipe: ZMQ_R_NONE to keep it, a ZMQ_R_DROP_*
 *	reason to drop it, another reason to end the connection. NULL keeps all
 * @can_send: poll: would @begin succeed?
 * @can_recv: poll: would @recv succeed?
 * @setopt: an option of this type was set: @value is in kernel memory.
 *	-ENOPROTOOPT: not one of this type's, the general table has a look
 * @getopt: value of an option of this type: at most *@len bytes are written,
 *	*@len is set. -ENOPROTOOPT as @setopt
 * @fini: free what hangs on @priv
 *
 * All but @setopt and @getopt, which run under lock_sock only, are called under
 * zmq_sock.lock, also in softirq, and never sleep.
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
	bool subscribable;
	size_t priv_size;
	int (*attach)(struct zmq_sock *zs, struct zmq_pipe *p);
	void (*detach)(struct zmq_sock *zs, struct zmq_pipe *p);
	int (*begin)(struct zmq_sock *zs, struct zmq_txn *t);
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
	void (*fini)(struct zmq_sock *zs);
};

extern const struct zmq_pattern_ops zmq_pair_ops;
extern const struct zmq_pattern_ops zmq_push_ops;
extern const struct zmq_pattern_ops zmq_pull_ops;
extern const struct zmq_pattern_ops zmq_req_ops;
extern const struct zmq_pattern_ops zmq_rep_ops;

const struct zmq_pattern_ops *zmq_pattern_find(int type);

/* Steps that several patterns share. */
bool zmq_lb_ready(struct zmq_sock *zs);
int zmq_lb_begin(struct zmq_sock *zs, struct zmq_txn *t);
void zmq_lb_commit(struct zmq_sock *zs, struct zmq_txn *t,
		   struct zmq_session **kick);
bool zmq_fq_ready(struct zmq_sock *zs);
int zmq_fq_recv(struct zmq_sock *zs, struct zmq_frame **msg,
		struct zmq_session **kick);
struct zmq_pipe *zmq_fq_take(struct zmq_sock *zs, struct zmq_frame **msg,
			     struct zmq_session **kick);
void zmq_pattern_push(struct zmq_txn *t, struct zmq_session **kick);

#endif /* _ZMQ_PATTERN_H */
