/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The socket: what patterns, pipes and endpoints hang on.
 *
 * Locks, outermost first (Documentation/locking.rst has the reasons):
 *
 *	lock_sock(zmq)		endpoints, options; may sleep
 *	session->run		the session's state machine; may sleep
 *	conn->tx_lock		writing to the lower socket; may sleep
 *	monitor->lock		order of the socket's events; may sleep
 *	lock_sock(lower)	the lower socket's own lock, class of its own
 *	sk_callback_lock	of the lower socket
 *	zmq_sock->lock		pattern, pipes, messages: a leaf, taken with
 *				bottom halves off, also in softirq
 *
 * Sending and receiving take zmq_sock->lock only. Nothing sleeps or calls
 * into a lower socket under it.
 */
#ifndef _ZMQ_SOCK_H
#define _ZMQ_SOCK_H

#include <linux/list.h>
#include <linux/zmq.h>
#include <net/sock.h>

#include "common.h"
#include "early.h"
#include "monitor.h"
#include "news.h"
#include "options.h"
#include "queue/ring.h"
#include "reason.h"
#include "registry.h"
#include "roll.h"
#include "stats.h"
#include "told.h"

struct zmq_pattern_ops;

/**
 * struct zmq_txn - a multipart message that a thread sends or reads part by part
 * @node: in zmq_sock.sending or .reading
 * @owner: thread it belongs to, referenced; NULL if the socket has one for all
 * @head: frames sent so far, or frames left to be read
 * @tail: where the next part is linked in
 * @pipe: sending: where a place is reserved; NULL if the pattern needs none
 * @number: sending: of a PUB or XPUB, in the order in which they were begun
 * @parts: sending: how many there are
 * @lost: sending: the pipe went away meanwhile, what follows is swallowed
 * @pair: sending: the part that follows is the last one (STREAM)
 * @delimited: sending: the first frame gets ZMQ_FRAME_DELIMITED
 * @props: reading: metadata of the message, referenced, or NULL
 * @spare: part of the socket, not allocated
 *
 * A message of one part needs none of this when it is sent: it lives on the
 * stack.
 */
struct zmq_txn {
	struct list_head node;
	struct pid *owner;
	struct zmq_frame *head;
	struct zmq_frame **tail;
	struct zmq_pipe *pipe;
	struct zmq_props *props;
	u64 number;
	u32 parts;
	bool lost;
	bool pair;
	bool delimited;
	bool spare;
};

/**
 * struct zmq_txns - all messages under way in one direction
 * @list: the messages (zmq_txn.node)
 * @spare: for the first one: a socket used by one thread needs no allocation,
 *	and so can't lose a message for lack of memory
 */
struct zmq_txns {
	struct list_head list;
	struct zmq_txn spare;
};

/**
 * struct zmq_guest - another user's account, whose frames a socket may have
 * @node: in zmq_sock.guests
 * @mem: the account, held
 */
struct zmq_guest {
	struct list_head node;
	struct zmq_mem *mem;
};

/**
 * struct zmq_sock - a ZeroMQ socket
 * @sk: the generic part; must be first
 * @ops: the socket type's operations; constant
 * @mem: account of the owner; constant
 * @lock: protects the members up to @stats and all of the pattern's state; a
 *	leaf (see above)
 * @pipes: all pipes (zmq_pipe.node), those of gone sessions with unread input
 *	included
 * @sessions: all sessions (zmq_session.node)
 * @fq: readable pipes
 * @lb: writable pipes
 * @sending: multipart messages being sent
 * @reading: multipart messages being read
 * @priv: state of the pattern, zmq_pattern_ops.priv_size bytes
 * @spent: pipe without session that was read empty just now, or NULL
 * @props: metadata of the message that was taken just now, or NULL; belongs to
 *	its pipe
 * @told: metadata that receivers know already
 * @kicks: sessions that have something to send (zmq_session.kick), besides
 *	those that commit hands out; referenced
 * @burst: counts bursts of sends, see zmq_burst_full()
 * @junk: frames to be freed after unlocking, by zmq_sock_unlock()
 * @nr_sessions: sessions in @sessions
 * @nr_pipes: pipes in @pipes
 * @more: RCVMORE: the part that was read last has a successor
 * @probe: ZMQ_PROBE_ROUTER
 * @terminated: shutdown() was called: every call fails with ZMQ_ETERM
 * @closed: no user any more, only lingering
 * @corked: pipes with messages that wait for company (see conn/cork.c)
 * @news: what has changed since the user looked, for ZMQ_NATIVE_EVENTS_FD
 * @stats: counters for ZMQ_NATIVE_STATS
 * @dropped: zmq_sock_stats.drops by reason, from ZMQ_R_DROP_UNSENT on; under
 *	@lock
 * @session_roll: @sessions (zmq_session.entry); under @lock
 * @left_roll: pipes in @pipes that lost their session (zmq_pipe.entry); under
 *	@lock
 * @early: what waits for the first peer; under @lock
 * @opt: options; under lock_sock, the live ones also read under @lock
 * @snapshot: what @opt was when an endpoint was made last, or NULL if it has
 *	changed since; under lock_sock
 * @listeners: bound endpoints (zmq_listener.node); under lock_sock
 * @listener_roll: the same (zmq_listener.entry); under @lock
 * @last_endpoint: ZMQ_LAST_ENDPOINT; under lock_sock
 * @why: static text for ZMQ_NATIVE_LAST_ERROR; written with WRITE_ONCE
 * @monitor: who sends the socket's events; has its own lock
 * @ctx: its context, referenced, or NULL; set once, under lock_sock and
 *	zmq_ctx.lock
 * @ctx_node: in zmq_ctx.socks; under zmq_ctx.lock
 * @txn_watch: looks for owners of @sending that ended; holds a reference while
 *	queued
 * @guests: accounts of other users whose frames it may have
 *	(zmq_guest.node); under @lock
 * @judged: a ZAP handler was asked about a peer; set by works
 * @numbers: how many numbers zmq_event_number() has given
 * @member: its place among all sockets, and who made it
 *
 * References: one from the descriptor, dropped by zmq_sock_release(), and one
 * from each session. The last one frees, so a lingering session keeps the
 * socket, by it the network namespace, and by the protocol's module count the
 * module.
 */
struct zmq_sock {
	struct sock sk;
	const struct zmq_pattern_ops *ops;
	struct zmq_mem *mem;

	spinlock_t lock;
	struct list_head pipes;
	struct list_head sessions;
	struct zmq_ring fq;
	struct zmq_ring lb;
	struct zmq_txns sending;
	struct zmq_txns reading;
	void *priv;
	struct zmq_pipe *spent;
	struct zmq_props *props;
	struct zmq_told told;
	struct list_head kicks;
	u32 burst;
	struct zmq_frame *junk;
	u32 nr_sessions;
	u32 nr_pipes;
	bool more;
	bool probe;
	bool terminated;
	bool closed;
	atomic_t corked;
	struct zmq_news news;
	struct zmq_sock_stats stats;
	u64 dropped[ZMQ_DROP_NR];
	struct zmq_roll session_roll;
	struct zmq_roll left_roll;
	struct zmq_early early;

	struct zmq_options opt;
	const struct zmq_options *snapshot;
	struct list_head listeners;
	struct zmq_roll listener_roll;
	char last_endpoint[ZMQ_ENDPOINT_MAX + 1];
	const char *why;
	struct zmq_monitor monitor;
	bool judged;
	atomic_t numbers;
	struct zmq_member member;
	struct zmq_ctx *ctx;
	struct list_head ctx_node;
	struct delayed_work txn_watch;
	struct list_head guests;
};

static inline struct zmq_sock *zmq_sk(const struct sock *sk)
{
	return container_of(sk, struct zmq_sock, sk);
}

/* Sessions, and pipes, a socket may have: they are walked under a spinlock. */
#define ZMQ_SESSIONS_MAX	65536

/* What waiters may have asked for. */
#define ZMQ_WAKE_IN		(EPOLLIN | EPOLLRDNORM)
#define ZMQ_WAKE_OUT		(EPOLLOUT | EPOLLWRNORM)
#define ZMQ_WAKE_ALL		(ZMQ_WAKE_IN | ZMQ_WAKE_OUT | EPOLLHUP | EPOLLRDHUP)

/*
 * A signal has ended the wait of a call. As poll(2), where libzmq waits, it goes on
 * if there was no handler to run (SIGCONT, a tracer), with the whole of its timeout
 * again. Workers of io_uring translate other errors for their users.
 */
static inline int zmq_sock_interrupted(void)
{
	return current->flags & PF_IO_WORKER ? -EINTR : -ERESTARTNOHAND;
}

/* Patterns and pipes are touched under the socket's lock only. */
static inline void zmq_sock_assert(const struct zmq_sock *zs)
{
	lockdep_assert_held(&zs->lock);
}

/* sock.c: life, waiting and waking, and what sessions need */
int zmq_sock_init(struct zmq_sock *zs, const struct zmq_pattern_ops *ops);
void zmq_sock_destruct(struct sock *sk);
int zmq_sock_usable(const struct zmq_sock *zs);
void zmq_sock_refuse(struct zmq_sock *zs, const char *why);
void zmq_sock_drop(struct zmq_sock *zs, enum zmq_reason why, u64 n);
void zmq_sock_drop_one(struct zmq_sock *zs, enum zmq_reason why);
void zmq_sock_wake(struct zmq_sock *zs, __poll_t events);
void zmq_sock_turn(struct zmq_sock *zs);
void zmq_sock_unlock(struct zmq_sock *zs) __releases(&zs->lock);
void zmq_sock_flush(struct zmq_sock *zs);
bool zmq_sock_readable(struct zmq_sock *zs);
__poll_t zmq_sock_events(struct zmq_sock *zs);
__poll_t zmq_sock_look(struct zmq_sock *zs);
int zmq_sock_host(struct zmq_sock *zs, struct zmq_mem *mem);

/* af_zmq.c */
bool zmq_sock_is_ours(const struct sock *sk);

/* pipes.c */
int zmq_sock_attach_pipe(struct zmq_sock *zs, struct zmq_pipe *p);
void zmq_sock_drop_unread(struct zmq_sock *zs, struct zmq_pipe *p);
void zmq_sock_detach_pipe(struct zmq_sock *zs, struct zmq_conn *c);
int zmq_sock_pipe_up(struct zmq_sock *zs, struct zmq_conn *c);
void zmq_sock_pipe_down(struct zmq_sock *zs, struct zmq_conn *c);
void zmq_sock_mute(struct zmq_sock *zs, struct zmq_pipe *p);
struct zmq_props *zmq_pipe_props(struct zmq_pipe *p);
bool zmq_pipe_writable(struct zmq_sock *zs, struct zmq_pipe *p);
struct zmq_frame *zmq_chain_cut(struct zmq_frame **msgs);
enum zmq_reason zmq_sock_deliver(struct zmq_sock *zs, struct zmq_pipe *p,
				 struct zmq_frame *msgs);
void zmq_sock_reap(struct zmq_sock *zs);

/* txn.c */
struct zmq_txn *zmq_txn_find(struct zmq_sock *zs, struct zmq_txns *txns);
struct zmq_txn *zmq_txn_store(struct zmq_sock *zs, struct zmq_txns *txns);
size_t zmq_txns_reap(struct zmq_sock *zs, struct zmq_txns *txns);
void zmq_txn_watch(struct zmq_sock *zs);
void zmq_txn_watch_work(struct work_struct *work);
void zmq_txn_free(struct zmq_sock *zs, struct zmq_txn *t);

/* send.c, recv.c */
void zmq_sock_kick_later(struct zmq_sock *zs, struct zmq_session *s);
struct zmq_session *zmq_sock_kicked(struct zmq_sock *zs);
void zmq_sock_kick_all(struct zmq_sock *zs);
int zmq_sock_sendmsg(struct socket *sock, struct msghdr *msg, size_t len);
int zmq_sock_recvmsg(struct socket *sock, struct msghdr *msg, size_t len,
		     int flags);
int zmq_sock_send_frames(struct zmq_sock *zs, struct zmq_frame *msg);

/* setsockopt.c */
int zmq_sock_setsockopt(struct socket *sock, int level, int optname,
			sockptr_t optval, unsigned int optlen);
long zmq_timeout_jiffies(int ms);

/* getsockopt.c */
int zmq_sock_getsockopt(struct socket *sock, int level, int optname,
			char __user *optval, int __user *optlen);

/* endpoints.c */
int zmq_sock_bind(struct zmq_sock *zs, const char *uri, size_t len);
int zmq_sock_connect(struct zmq_sock *zs, const char *uri, size_t len);
int zmq_sock_unbind(struct zmq_sock *zs, const char *uri, size_t len);
void zmq_sock_forget_listener(struct zmq_sock *zs, struct zmq_listener *l);

/* close.c */
void zmq_sock_close(struct zmq_sock *zs);
void zmq_sock_terminate(struct zmq_sock *zs);
int zmq_sock_release(struct socket *sock);

#endif /* _ZMQ_SOCK_H */
