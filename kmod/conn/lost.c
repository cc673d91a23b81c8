// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a session loses its peer, and what follows: another attempt after a pause, or its
 * end.
 */
#include <linux/random.h>
#include <linux/zmq.h>

#include "conn/machine.h"
#include "conn/session.h"
#include "conn/zap.h"
#include "event.h"
#include "queue/pipe.h"
#include "sock.h"
#include "trace.h"

/**
 * zmq_session_count() - note why a connection has ended
 * @s: the session
 * @why: the reason
 *
 * Context: the state machine.
 */
void zmq_session_count(struct zmq_session *s, enum zmq_reason why)
{
	struct zmq_sock *zs = s->zs;

	trace_zmq_lost(s, why);
	WRITE_ONCE(s->why, why);
	zmq_stats_count(sock_net(&zs->sk), why, 1);
	zmq_sock_refuse(zs, zmq_reason_text(why));
	spin_lock_bh(&zs->lock);
	if (s->state == ZMQ_SESSION_TRAFFIC)
		zs->stats.disconnects++;
	else
		zs->stats.failures++;
	spin_unlock_bh(&zs->lock);
}

/*
 * Part with the peer. A connecting session keeps its lower socket, if the
 * transport can use it again: it has the identity of who called connect().
 */
static void zmq_session_disconnect(struct zmq_session *s)
{
	struct socket *sock;

	zmq_zap_leave(s);
	sock = zmq_conn_end(&s->conn);
	zmq_sock_pipe_down(s->zs, &s->conn);
	if (!sock)
		return;
	if (s->ep && s->tran->recycle && !s->tran->recycle(sock))
		s->spare = sock;
	else
		sock_release(sock);
}

/*
 * Does this failure end the endpoint? With a proxy it was the proxy that
 * refused, which says nothing about the peer. libzmq stops with tcp only.
 */
static bool zmq_session_stops(const struct zmq_session *s, enum zmq_reason why)
{
	int stop = s->opt->reconnect_stop;

	if (why == ZMQ_R_CONNECT_REFUSED && !s->proxy &&
	    s->tran->id == ZMQ_TRAN_TCP)
		return stop & ZMQ_RECONNECT_STOP_CONN_REFUSED;
	if (s->state == ZMQ_SESSION_HANDSHAKE)
		return stop & ZMQ_RECONNECT_STOP_HANDSHAKE_FAILED;
	return false;
}

/*
 * There is to be no other attempt. Without any connection so far the endpoint
 * stays, and the messages for it; a connection that was lost takes its endpoint
 * along (libzmq API page, 2.3 "IVL").
 */
static void zmq_session_give_up(struct zmq_session *s,
				enum zmq_session_state was)
{
	if (was >= ZMQ_SESSION_HANDSHAKE) {
		zmq_session_end(s);
		return;
	}
	if (s->spare)
		sock_release(s->spare);
	s->spare = NULL;
	s->state = ZMQ_SESSION_IDLE;
	s->limited = false;
}

/* Whole messages that were ever put into the pipe; under the socket's lock. */
static u64 zmq_session_sent(const struct zmq_session *s)
{
	const struct zmq_queue *q = &s->conn.pipe->out;

	return q->put - q->held;
}

/*
 * The connection is about to end. Is all that is unsent on its way to the peer?
 * If the transport has room it is, but for waiting for company (cork.c). The next
 * peer gets it when this one has gone, but who closes the socket does not wait for
 * one: in libzmq it has been written, and was lost with the connection.
 */
static void zmq_session_note_flight(struct zmq_session *s)
{
	struct zmq_conn *c = &s->conn;

	if (s->state != ZMQ_SESSION_TRAFFIC)
		return;
	spin_lock_bh(&s->zs->lock);
	s->flown = READ_ONCE(c->tx.blocked) || zmq_conn_cork_enough(c) ?
		   U64_MAX : zmq_session_sent(s);
	spin_unlock_bh(&s->zs->lock);
}

/**
 * zmq_session_flown() - is nothing to be sent but what was for the peer that has gone?
 * @s: the session
 *
 * Context: the state machine.
 * Return: true if so.
 */
bool zmq_session_flown(const struct zmq_session *s)
{
	bool flown;

	if (!s->conn.pipe)
		return false;
	spin_lock_bh(&s->zs->lock);
	flown = s->flown == zmq_session_sent(s);
	spin_unlock_bh(&s->zs->lock);
	return flown;
}

/* How long to wait before the next attempt, in ms; negative for ever. */
static int zmq_session_pause(struct zmq_session *s, enum zmq_session_state was)
{
	int (*next)(struct zmq_backoff *b, int ivl, int max, u32 rnd);

	next = was == ZMQ_SESSION_HANDSHAKE ? zmq_backoff_refused :
					      zmq_backoff_next;
	return next(&s->backoff, s->opt->reconnect_ivl,
		    s->opt->reconnect_ivl_max, get_random_u32());
}

/**
 * zmq_session_lost() - the one place that decides what follows a failure
 * @s: the session
 * @why: what happened
 *
 * Every failure leads to another attempt after a pause, protocol errors
 * included: libzmq gives up for ever there, and users find their client dead
 * after a server's bad day (Documentation/use.rst, "Differences"). The pause
 * grows until a handshake succeeds. Who wants it otherwise says so by
 * ZMQ_RECONNECT_STOP and ZMQ_RECONNECT_IVL.
 *
 * Context: the state machine.
 */
void zmq_session_lost(struct zmq_session *s, enum zmq_reason why)
{
	enum zmq_session_state was = s->state;
	int delay;

	zmq_session_note_flight(s);
	/* Who hears of it sends to the next peer, not into what is broken. */
	if (was == ZMQ_SESSION_TRAFFIC)
		zmq_conn_stop(&s->conn);
	zmq_session_count(s, why);
	zmq_event_lost(s, why);
	if (!s->ep || zmq_session_stops(s, why) ||
	    (zmq_session_is_closing(s) && zmq_session_flown(s))) {
		zmq_session_end(s);
		return;
	}

	zmq_session_disconnect(s);
	if (s->opt->immediate)
		zmq_sock_detach_pipe(s->zs, &s->conn);
	delay = zmq_session_pause(s, was);
	if (delay < 0) {
		zmq_session_give_up(s, was);
		return;
	}
	delay = max(delay, 1);
	s->state = ZMQ_SESSION_WAITING;
	zmq_session_limit(s, delay);
	zmq_event_session(s, ZMQ_EVENT_CONNECT_RETRIED, delay);
}
