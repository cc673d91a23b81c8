/* SPDX-License-Identifier: GPL-2.0-only */
/* SUB and XSUB: what they share. */
#ifndef _ZMQ_PATTERN_XSUB_H
#define _ZMQ_PATTERN_XSUB_H

#include "pattern/pattern.h"
#include "pattern/trie.h"

/**
 * struct zmq_xsub_pipe - what an XSUB knows of one pipe; its priv
 * @told: while a new peer is told all topics: those up to this one it knows;
 *	NULL at other times
 * @told_len: bytes of @told
 */
struct zmq_xsub_pipe {
	u8 *told;
	size_t told_len;
};

/**
 * struct zmq_xsub - state of a SUB or XSUB socket
 * @topics: what is subscribed to, and how often (zmq_topic.count)
 * @verbose_cancel: ZMQ_XSUB_VERBOSE_UNSUBSCRIBE: all cancels go upstream
 * @only_first: ZMQ_ONLY_FIRST_SUBSCRIBE: later parts are no subscriptions
 *
 * Under the socket's lock.
 */
struct zmq_xsub {
	struct zmq_trie topics;
	bool verbose_cancel;
	bool only_first;
};

/**
 * enum zmq_xsub_tell - how publishers are told of a change
 * @ZMQ_XSUB_COMMAND: by a command, where the peer's version has it
 * @ZMQ_XSUB_MESSAGE: by a message: the user has sent one (wire page, 3.5)
 * @ZMQ_XSUB_QUIET: not at all, it is part of a message that they get
 */
enum zmq_xsub_tell {
	ZMQ_XSUB_COMMAND,
	ZMQ_XSUB_MESSAGE,
	ZMQ_XSUB_QUIET,
};

static inline struct zmq_xsub_pipe *zmq_xsub_pipe(struct zmq_pipe *p)
{
	return (struct zmq_xsub_pipe *)p->priv;
}

void zmq_xsub_init(struct zmq_sock *zs);
int zmq_xsub_greet(struct zmq_sock *zs, struct zmq_pipe *p);
int zmq_xsub_change(struct zmq_sock *zs, bool add, const u8 *key, size_t len,
		    enum zmq_xsub_tell tell);
int zmq_xsub_getopt(struct zmq_sock *zs, int name, void *value, size_t *len);
void zmq_xsub_fini(struct zmq_sock *zs);

#endif /* _ZMQ_PATTERN_XSUB_H */
