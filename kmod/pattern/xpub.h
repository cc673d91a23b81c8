/* SPDX-License-Identifier: GPL-2.0-only */
/* PUB and XPUB: what they share. */
#ifndef _ZMQ_PATTERN_XPUB_H
#define _ZMQ_PATTERN_XPUB_H

#include "pattern/pattern.h"
#include "pattern/subs.h"

/**
 * struct zmq_notice - something that an XPUB's user is to read
 * @node: in zmq_xpub.notices
 * @own: in the pipe's zmq_xpub_pipe.notices
 * @msg: the message: a subscription, or what a peer sent upstream
 * @pipe: whose it is, for ZMQ_XPUB_MANUAL; NULL if that has gone
 * @props: metadata of the peer, referenced, or NULL
 */
struct zmq_notice {
	struct list_head node;
	struct list_head own;
	struct zmq_frame *msg;
	struct zmq_pipe *pipe;
	struct zmq_props *props;
};

/**
 * struct zmq_xpub_pipe - what an XPUB knows of one pipe; its priv
 * @subs: what it is subscribed to
 * @asked: with ZMQ_XPUB_MANUAL: what it asked for
 * @notices: those not yet read (zmq_notice.own)
 * @match: in the list of who gets the message that is sent now
 * @seen: zmq_xpub.looked when it was put into @match last
 */
struct zmq_xpub_pipe {
	struct zmq_subs subs;
	struct zmq_subs asked;
	struct list_head notices;
	struct list_head match;
	u64 seen;
};

/**
 * struct zmq_xpub - state of a PUB or XPUB socket
 * @subs: topics that messages are matched with
 * @asked: with ZMQ_XPUB_MANUAL: topics that peers asked for
 * @notices: for the user (zmq_notice.node); XPUB only
 * @notice_bytes: what @notices take in memory
 * @read: message that recv() handed out last, its metadata, referenced
 * @last: with ZMQ_XPUB_MANUAL: pipe of the notice that was read last, or NULL
 * @welcome: ZMQ_XPUB_WELCOME_MSG, or NULL
 * @begun: number of the message that was begun last
 * @looked: number of the last search for who wants a message
 * @verbose: ZMQ_XPUB_VERBOSE: each subscription is told
 * @verbose_cancel: ZMQ_XPUB_VERBOSER: each cancel is told, too
 * @manual: ZMQ_XPUB_MANUAL: the user decides what a peer gets
 * @last_value: ZMQ_XPUB_MANUAL_LAST_VALUE: the next message is for @last only
 * @nodrop: ZMQ_XPUB_NODROP: who is full stops the sender
 * @only_first: ZMQ_ONLY_FIRST_SUBSCRIBE: later parts are no subscriptions
 *
 * All under the socket's lock.
 */
struct zmq_xpub {
	struct zmq_trie subs;
	struct zmq_trie asked;
	struct list_head notices;
	u64 notice_bytes;
	struct zmq_props *read;
	struct zmq_pipe *last;
	struct zmq_frame *welcome;
	u64 begun;
	u64 looked;
	bool verbose;
	bool verbose_cancel;
	bool manual;
	bool last_value;
	bool nodrop;
	bool only_first;
};

static inline struct zmq_xpub_pipe *zmq_xpub_pipe(struct zmq_pipe *p)
{
	return (struct zmq_xpub_pipe *)p->priv;
}

static inline struct zmq_pipe *zmq_xpub_owner(struct zmq_xpub_pipe *xp)
{
	return container_of((u64 *)xp, struct zmq_pipe, priv[0]);
}

/* xpub.c: subscriptions of peers, and what the user learns of them */
void zmq_xpub_init(struct zmq_sock *zs);
int zmq_xpub_attach(struct zmq_sock *zs, struct zmq_pipe *p);
void zmq_xpub_detach(struct zmq_sock *zs, struct zmq_pipe *p);
bool zmq_xpub_shed(struct zmq_sock *zs, struct zmq_pipe *p);
enum zmq_reason zmq_xpub_filter(struct zmq_sock *zs, struct zmq_pipe *p,
				struct zmq_frame *msg);
void zmq_xpub_fini(struct zmq_sock *zs);

/* dist.c: a message to all who want it */
int zmq_dist_begin(struct zmq_sock *zs, struct zmq_txn *t, struct zmq_frame *f);
void zmq_dist_commit(struct zmq_sock *zs, struct zmq_txn *t,
		     struct zmq_session **kick);
bool zmq_dist_can_send(struct zmq_sock *zs);

/* xpub_opt.c */
int zmq_xpub_setopt(struct zmq_sock *zs, int name, const void *value,
		    size_t len);
int zmq_xpub_getopt(struct zmq_sock *zs, int name, void *value, size_t *len);

#endif /* _ZMQ_PATTERN_XPUB_H */
