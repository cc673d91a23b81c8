/* SPDX-License-Identifier: GPL-2.0-only */
/* A session: one end of a connection, made and remade. */
#ifndef _ZMQ_SESSION_H
#define _ZMQ_SESSION_H

#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "conn/backoff.h"
#include "conn/conn.h"
#include "conn/halfopen.h"
#include "conn/heartbeat.h"
#include "conn/link.h"
#include "conn/proxy.h"
#include "options.h"
#include "roll.h"
#include "tran/tran.h"

/**
 * enum zmq_session_state - what a session waits for
 * @ZMQ_SESSION_WAITING: the time of the next attempt
 * @ZMQ_SESSION_CONNECTING: the transport's connection
 * @ZMQ_SESSION_PROXY: the connection of a proxy to the peer
 * @ZMQ_SESSION_HANDSHAKE: the peer's greeting and handshake commands
 * @ZMQ_SESSION_TRAFFIC: messages
 * @ZMQ_SESSION_DRAINING: the peer's confirmation of what was sent last
 * @ZMQ_SESSION_IDLE: being closed; no connection was found at the first
 *	attempt, and ZMQ_RECONNECT_IVL forbids another one
 * @ZMQ_SESSION_DEAD: nothing
 *
 *	        attempt             connected            ready
 *	WAITING -----> CONNECTING -----------> HANDSHAKE -----> TRAFFIC
 *	 ^  |  ^         |  |   ^              ^ |   ^            |  |
 *	 |  |  +- lost --+  |   | proxied      | |   |accepted    |  |
 *	 |  |               |   +----> PROXY --+ |   .            |  |
 *	 |  |               |            |       |                |  |
 *	 +--|---------------|------------+-------+--- lost -------+  |
 *	    |               |            |                           |
 *	    +---------------+------------+-- lost --> IDLE           | all sent
 *	                                                             v
 *	any ----- end -----> DEAD <---------------------------- DRAINING
 *
 * Under zmq_session.run; each arrow is one function of that name.
 */
enum zmq_session_state {
	ZMQ_SESSION_WAITING,
	ZMQ_SESSION_CONNECTING,
	ZMQ_SESSION_PROXY,
	ZMQ_SESSION_HANDSHAKE,
	ZMQ_SESSION_TRAFFIC,
	ZMQ_SESSION_DRAINING,
	ZMQ_SESSION_IDLE,
	ZMQ_SESSION_DEAD,
};

struct cred;
struct zmq_reach;
struct zmq_zap;

/* Bits of zmq_session.flags. */
#define ZMQ_SESSION_CLOSING	0	/* end when all is sent or linger is over */
#define ZMQ_SESSION_STOP	1	/* end now */

/**
 * struct zmq_session - one end of a connection
 * @ref: references: the socket's list, queued works, and users of the pointer
 * @zs: the socket; referenced until the session is freed
 * @conn: the connection, open or not
 * @opt: options at the time of bind() or connect(), a snapshot
 * @tran: transport; constant
 * @ep: where to connect to; NULL if accepted; constant
 * @proxy: through which it connects, or NULL; constant
 * @view: names and rights of who called connect() or, if accepted, bind();
 *	NULL with a linked transport; constant
 * @waits: an attempt looks a name up; constant
 * @number: of the connection or attempt, for its events; under @run
 * @listener: id of the listener that accepted it, or 0; constant
 * @half: half-open connections of that listener, referenced, or NULL; constant
 * @half_entry: its place there, as long as it is one of them
 * @why: why the last connection or attempt ended; written under @run
 * @attempts: attempts since a handshake was completed; written under @run
 * @connects: handshakes that were completed; written under @run
 * @conflate: ZMQ_CONFLATE, where it has an effect; constant
 * @zap: question about the peer that is on its way, or NULL, under @run; of a
 *	session at the handler the question that it brings, referenced, constant
 * @wanting: in zmq_name.wanting, with a reference; under zmq_ctx.lock
 * @node: in zmq_sock.sessions; under zmq_sock.lock
 * @entry: in zmq_sock.session_roll, as long as @node; under zmq_sock.lock
 * @kick: in zmq_sock.kicks, with a reference; under zmq_sock.lock
 * @flags: ZMQ_SESSION_*; atomic bits, only ever set
 * @linger_until: when lingering ends, in jiffies; under zmq_sock.lock, valid
 *	if @linger_limited
 * @linger_limited: lingering ends; under zmq_sock.lock
 * @run: serialises the state machine: the work, and the first attempt, which
 *	the caller of connect() makes (zmq_session_start())
 * @work: the state machine's work; holds a reference while queued
 * @kicked: somebody wants the work to run that has not begun to yet; without
 *	lock
 * @starting: the caller of connect() makes the first attempt, or is about to:
 *	the work must not wait for @run; without lock
 * @state: under @run
 * @spare: lower socket to be connected again, or NULL; under @run
 * @reach: in state CONNECTING: the attempt is made by an errand, or NULL; under
 *	@run
 * @bound: the lower socket is bound to the endpoint's source; under @run
 * @backoff: pause before the next attempt; under @run
 * @deadline: end of the state, in jiffies; under @run, valid if @limited
 * @limited: the state ends by time; under @run
 * @starved: how often in a row reading lacked memory; under @run
 * @refused: the user has been told that the ZAP handler refuses the peer; under
 *	@run
 * @heartbeat: signs of life of the peer; under @run, valid in state TRAFFIC
 * @flown: whole messages that had been put into the pipe, ever, when the last
 *	connection ended, if it had room for them all; else U64_MAX; under @run
 *
 * Ends in zmq_session_end(), always called by the work or before it can run:
 * zmq_conn_end() shuts callbacks, writers and the timer out; the pipe goes; the
 * session leaves the list, and the list's reference with it. Works that are
 * still queued hold references and find the state DEAD.
 */
struct zmq_session {
	refcount_t ref;
	struct zmq_sock *zs;
	struct zmq_conn conn;
	const struct zmq_options *opt;
	const struct zmq_tran_ops *tran;
	struct zmq_endpoint *ep;
	struct zmq_proxy *proxy;
	struct zmq_view *view;
	bool waits;
	u32 listener;
	u32 number;
	struct zmq_half_table *half;
	struct zmq_half_entry half_entry;
	enum zmq_reason why;
	u32 attempts;
	u32 connects;
	bool conflate;
	struct zmq_zap *zap;

	struct list_head wanting;
	struct list_head node;
	struct zmq_roll_entry entry;
	struct list_head kick;
	unsigned long flags;
	unsigned long linger_until;
	bool linger_limited;

	struct mutex run;
	struct delayed_work work;
	bool kicked;
	bool starting;
	enum zmq_session_state state;
	struct socket *spare;
	struct zmq_reach *reach;
	bool bound;
	struct zmq_backoff backoff;
	unsigned long deadline;
	bool limited;
	u32 starved;
	bool refused;
	struct zmq_heartbeat heartbeat;
	u64 flown;
};

/* Writing that no caller can do. */
extern struct workqueue_struct *zmq_io_wq;

/* queues.c */
int zmq_session_init(void);
void zmq_session_exit(void);
struct workqueue_struct *zmq_session_queue(const struct zmq_session *s);
void zmq_session_kick(struct zmq_session *s);
void zmq_session_delay(struct zmq_session *s, unsigned long delay);

/* session.c */
struct zmq_session *zmq_session_connect(struct zmq_sock *zs,
					struct zmq_endpoint *ep,
					const struct zmq_tran_ops *tran,
					struct zmq_view *view);
void zmq_session_start(struct zmq_session *s);
int zmq_session_accept(struct zmq_listener *l, struct socket *sock);
void zmq_session_bound(struct zmq_session *s, unsigned int ms);
void zmq_session_close(struct zmq_session *s, int linger, bool drop);
void zmq_session_put(struct zmq_session *s);
struct zmq_session *zmq_session_after(struct zmq_sock *zs, u64 *nr, u64 end);
const struct cred *zmq_session_assume(const struct zmq_session *s);
void zmq_session_resign(const struct cred *old);

static inline struct zmq_session *zmq_session_get(struct zmq_session *s)
{
	refcount_inc(&s->ref);
	return s;
}

/* For contexts that can't free, and know that somebody else has a reference. */
static inline void zmq_session_put_alive(struct zmq_session *s)
{
	refcount_dec(&s->ref);
}

static inline struct zmq_session *zmq_conn_session(struct zmq_conn *c)
{
	return container_of(c, struct zmq_session, conn);
}

static inline bool zmq_session_is_closing(const struct zmq_session *s)
{
	return s->flags;
}

/* End now, and drop what is unsent. Under zmq_sock.lock, or with a reference. */
static inline void zmq_session_stop(struct zmq_session *s)
{
	set_bit(ZMQ_SESSION_STOP, &s->flags);
	zmq_session_kick(s);
}

/* The socket has made room for what the peer sends. */
static inline void zmq_session_resume(struct zmq_session *s)
{
	if (READ_ONCE(s->conn.peer))
		zmq_link_resume(s);
	else
		zmq_session_kick(s);
}

/* The write work is done; somebody may have waited for it. */
static inline void zmq_session_written(struct zmq_session *s)
{
	if (test_bit(ZMQ_SESSION_CLOSING, &s->flags))
		zmq_session_kick(s);
}

#endif /* _ZMQ_SESSION_H */
