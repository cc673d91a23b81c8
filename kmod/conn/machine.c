// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state machine of a session.
 *
 * One work item runs it, so a session never has to be locked against itself,
 * and whoever wants something of it sets a bit and kicks the work.
 */
#include <linux/jiffies.h>
#include <linux/zmq.h>

#include "conn/inproc.h"
#include "conn/machine.h"
#include "conn/session.h"
#include "conn/zap.h"
#include "event.h"
#include "queue/pipe.h"
#include "sock.h"

/* Reading that lacks memory is tried again so often and so long. */
#define ZMQ_STARVED_MS		100
#define ZMQ_STARVED_MAX		50

/* Time for a peer to read why it is refused, where the transport has no limit. */
#define ZMQ_DISMISS_MS		10000

/**
 * zmq_session_linger_over() - is there no more time to send what is unsent?
 * @s: the session
 *
 * Return: true if it was closed and its time is over.
 */
bool zmq_session_linger_over(struct zmq_session *s)
{
	bool over;

	spin_lock_bh(&s->zs->lock);
	over = s->linger_limited && time_after_eq(jiffies, s->linger_until);
	spin_unlock_bh(&s->zs->lock);
	return over;
}

/*
 * A peer that we don't read from is not dead for that: what it says waits for
 * the user, or for memory, or is thrown away. Neither is one that lets us wait
 * with our bytes, as long as its system answers.
 */
static bool zmq_session_heard(struct zmq_session *s)
{
	struct zmq_conn *c = &s->conn;
	const struct zmq_pipe *p = c->pipe;
	bool heard = READ_ONCE(c->heard);

	if (heard)
		WRITE_ONCE(c->heard, false);
	return heard || READ_ONCE(p->stopped) || READ_ONCE(p->mute) ||
	       READ_ONCE(c->rx.starved) ||
	       (READ_ONCE(c->tx.blocked) && s->tran->answers(c->lower.sock->sk));
}

static void zmq_session_beat(struct zmq_session *s)
{
	struct zmq_heartbeat *h = &s->heartbeat;
	struct zmq_conn *c = &s->conn;

	switch (zmq_heartbeat_check(h, zmq_session_heard(s),
				    READ_ONCE(c->ttl_ms), jiffies)) {
	case ZMQ_BEAT_NONE:
		break;
	case ZMQ_BEAT_PING:
		/* One that could not be written yet will do. */
		if ((READ_ONCE(c->tx.blocked) && READ_ONCE(c->ctl)) ||
		    !zmq_conn_ping(c, h->ttl))
			zmq_heartbeat_asked(h, jiffies);
		break;
	case ZMQ_BEAT_LOST:
		zmq_session_lost(s, ZMQ_R_HEARTBEAT_TIMEOUT);
		break;
	}
}

/* Kicks don't count, only time does. */
static void zmq_session_starved(struct zmq_session *s)
{
	if (!s->limited || zmq_session_late(s)) {
		if (++s->starved > ZMQ_STARVED_MAX) {
			zmq_session_lost(s, ZMQ_R_NO_MEMORY);
			return;
		}
		zmq_session_limit(s, ZMQ_STARVED_MS);
	}
	zmq_session_beat(s);
}

/*
 * Where sending has failed, what the peer sent before it went is still to be
 * read: with a full pipe, when its reader has made room. That may be now, and then
 * what was left is still where it was, and the reader's kick on its way.
 */
static void zmq_session_traffic(struct zmq_session *s)
{
	struct zmq_conn *c = &s->conn;

	zmq_conn_read(c);
	if (zmq_conn_phase(c) == ZMQ_PHASE_FAILED) {
		zmq_session_lost(s, c->why);
		return;
	}
	if (READ_ONCE(c->rx.starved)) {
		zmq_session_starved(s);
		return;
	}
	s->starved = 0;
	s->limited = false;
	if (zmq_conn_eof(c))
		zmq_session_lost(s, ZMQ_R_PEER_CLOSED);
	else if (READ_ONCE(c->tx.failed) && !READ_ONCE(c->pipe->stopped) &&
		 !s->tran->pending(c->lower.sock->sk))
		zmq_session_lost(s, ZMQ_R_CONNECTION_LOST);
	else
		zmq_session_beat(s);
}

static void zmq_session_ready(struct zmq_session *s)
{
	struct zmq_sock *zs = s->zs;

	if (zmq_session_make_pipe(s) || zmq_sock_pipe_up(zs, &s->conn)) {
		zmq_session_lost(s, ZMQ_R_NO_MEMORY);
		return;
	}
	zmq_half_leave(s->half, &s->half_entry);
	zmq_backoff_reset(&s->backoff);
	WRITE_ONCE(s->attempts, 0);
	WRITE_ONCE(s->connects, s->connects + 1);
	s->state = ZMQ_SESSION_TRAFFIC;
	s->limited = false;
	s->starved = 0;
	zmq_heartbeat_start(&s->heartbeat, s->opt,
			    s->conn.greeting.version >= ZMQ_PEER_V30, jiffies);
	spin_lock_bh(&zs->lock);
	zs->stats.connects++;
	spin_unlock_bh(&zs->lock);
	zmq_event_ready(s);
	zmq_conn_traffic(&s->conn);
	/* It may all be sent by now. */
	zmq_session_written(s);
	/* And the peer may have said all it has to say, and gone: nobody would
	 * tell us again.
	 */
	zmq_session_traffic(s);
}

/*
 * Descriptors in our queue end it: they may be what keeps us and the peer, who
 * then would wait for each other.
 */
static void zmq_session_draining(struct zmq_session *s)
{
	struct zmq_conn *c = &s->conn;
	enum zmq_reason why = zmq_conn_discard(c);

	if (why != ZMQ_R_NONE)
		zmq_session_count(s, why);
	if (why != ZMQ_R_NONE || zmq_session_late(s) || zmq_session_linger_over(s) ||
	    !s->tran->unacked(c->lower.sock->sk))
		zmq_session_end(s);
}

/*
 * The ZAP handler refuses the peer, who hears of it by ERROR: what it has sent
 * meanwhile is thrown away, lest a reset overtakes that (wire page, 6). One that
 * we connect to is tried again.
 */
static void zmq_session_dismiss(struct zmq_session *s)
{
	int ms = min(s->tran->drain_ms ? : ZMQ_DISMISS_MS,
		     zmq_session_patience(s));

	if (s->ep) {
		zmq_conn_discard(&s->conn);
		zmq_session_lost(s, ZMQ_R_AUTH_REFUSED);
		return;
	}
	zmq_session_count(s, ZMQ_R_AUTH_REFUSED);
	zmq_event_lost(s, ZMQ_R_AUTH_REFUSED);
	s->state = ZMQ_SESSION_DRAINING;
	/* Accepted, so there is a limit: no more time than for the handshake. */
	if (!s->limited ||
	    time_before(jiffies + msecs_to_jiffies(ms), s->deadline))
		zmq_session_limit(s, ms);
	zmq_conn_drain(&s->conn);
	/* It may have read all of it by now, and nobody would tell us again. */
	zmq_session_draining(s);
}

/* Who is refused for now is not told, and may stay as long as it is silent. */
static void zmq_session_refused(struct zmq_session *s)
{
	if (!s->refused)
		zmq_event_refused(s);
	s->refused = true;
	if (s->conn.mech.verdict != ZMQ_ZAP_TEMPORARY)
		zmq_session_dismiss(s);
	else if (zmq_conn_eof(&s->conn) || zmq_session_late(s))
		zmq_session_lost(s, ZMQ_R_AUTH_REFUSED);
}

/* As zmq_conn_handshake(), with questions to the ZAP handler. */
static enum zmq_reason zmq_session_shake(struct zmq_session *s)
{
	struct zmq_conn *c = &s->conn;
	enum zmq_reason why = zmq_zap_look(s);

	if (why == ZMQ_R_NONE)
		why = zmq_conn_handshake(c);
	if (why == ZMQ_R_NONE && c->mech.ask == ZMQ_ASK_WANTED) {
		why = zmq_zap_ask(s);
		/* Nobody needs to be asked, or the peer may have gone on before
		 * it can know the verdict.
		 */
		if (why == ZMQ_R_NONE)
			why = zmq_conn_handshake(c);
	}
	if (why == ZMQ_R_NONE && zmq_mech_done(&c->mech))
		why = zmq_conn_vouch(c);
	return why;
}

static void zmq_session_handshake(struct zmq_session *s)
{
	enum zmq_reason why = zmq_session_shake(s);

	if (why != ZMQ_R_NONE)
		zmq_session_lost(s, why);
	else if (s->conn.mech.refused)
		zmq_session_refused(s);
	else if (zmq_mech_done(&s->conn.mech))
		zmq_session_ready(s);
	else if (zmq_conn_eof(&s->conn))
		zmq_session_lost(s, ZMQ_R_HANDSHAKE_CLOSED);
	else if (zmq_session_late(s))
		zmq_session_lost(s, ZMQ_R_HANDSHAKE_TIMEOUT);
}

/**
 * zmq_session_connected() - the transport has its connection
 * @s: the session
 *
 * The work that accepts has others to accept, and does not compute keys.
 *
 * Context: the state machine.
 */
void zmq_session_connected(struct zmq_session *s)
{
	s->state = ZMQ_SESSION_HANDSHAKE;
	s->refused = false;
	zmq_session_limit(s, zmq_session_patience(s));
	zmq_event_session(s, s->ep ? ZMQ_EVENT_CONNECTED : ZMQ_EVENT_ACCEPTED,
			  s->number);
	if (zmq_conn_greet(&s->conn))
		zmq_session_lost(s, ZMQ_R_CONNECTION_LOST);
	else if (s->ep || !s->conn.mech.ops->seal)
		zmq_session_handshake(s);
	else
		zmq_session_kick(s);
}

/*
 * Told to end. Who waits for a connection by disconnect() hears that there will be
 * none (libzmq's test_reconnect_options); close() says it of the whole socket.
 */
static void zmq_session_leave(struct zmq_session *s)
{
	if (s->ep && s->attempts && s->state < ZMQ_SESSION_HANDSHAKE &&
	    !READ_ONCE(s->zs->closed))
		zmq_event_session(s, ZMQ_EVENT_CLOSED, s->number);
	zmq_session_end(s);
}

/*
 * The session is to end. Returns false if it has to go on first, because there
 * is something to be sent and time for it.
 */
static bool zmq_session_closing(struct zmq_session *s)
{
	struct zmq_conn *c = &s->conn;

	if (test_bit(ZMQ_SESSION_STOP, &s->flags)) {
		zmq_session_leave(s);
		return true;
	}
	if (s->state == ZMQ_SESSION_DRAINING)
		return false;
	/* Nothing would ever be sent, or nothing is for anybody but who has gone. */
	if (s->state == ZMQ_SESSION_IDLE ||
	    (s->state < ZMQ_SESSION_HANDSHAKE && zmq_session_flown(s))) {
		zmq_session_leave(s);
		return true;
	}
	if (s->state == ZMQ_SESSION_TRAFFIC)
		zmq_conn_flush(c);
	if (!zmq_conn_tx_idle(c)) {
		if (!zmq_session_linger_over(s))
			return false;
		zmq_session_count(s, ZMQ_R_LINGER_EXPIRED);
		zmq_session_leave(s);
		return true;
	}
	if (s->state != ZMQ_SESSION_TRAFFIC) {
		zmq_session_leave(s);
		return true;
	}
	s->state = ZMQ_SESSION_DRAINING;
	zmq_session_limit(s, s->tran->drain_ms);
	zmq_conn_drain(c);
	return false;
}

/**
 * zmq_session_arm() - when does something have to happen without a kick?
 * @s: the session, not DEAD
 *
 * Context: the state machine.
 */
void zmq_session_arm(struct zmq_session *s)
{
	unsigned long next = s->deadline, beat;
	bool armed = s->limited;
	long delay;

	if (s->state == ZMQ_SESSION_TRAFFIC &&
	    zmq_heartbeat_next(&s->heartbeat, &beat) &&
	    (!armed || time_before(beat, next))) {
		next = beat;
		armed = true;
	}
	spin_lock_bh(&s->zs->lock);
	if (s->linger_limited &&
	    (!armed || time_before(s->linger_until, next))) {
		next = s->linger_until;
		armed = true;
	}
	spin_unlock_bh(&s->zs->lock);
	if (!armed)
		return;

	delay = next - jiffies;
	zmq_session_delay(s, max(delay, 0L));
}

/**
 * zmq_session_run() - do what the state asks for
 * @s: the session
 *
 * Context: the session's work, or connect() for the first attempt; under
 * @s->run.
 */
void zmq_session_run(struct zmq_session *s)
{
	lockdep_assert_held(&s->run);
	if (s->state == ZMQ_SESSION_DEAD)
		return;
	if (s->tran->linked) {
		if (zmq_zap_serves(s))
			zmq_zap_run(s);
		else
			zmq_inproc_run(s);
		return;
	}
	if ((test_bit(ZMQ_SESSION_CLOSING, &s->flags) ||
	     test_bit(ZMQ_SESSION_STOP, &s->flags)) && zmq_session_closing(s))
		return;

	switch (s->state) {
	case ZMQ_SESSION_WAITING:
		if (!s->limited || zmq_session_late(s))
			zmq_session_attempt(s);
		break;
	case ZMQ_SESSION_CONNECTING:
		zmq_session_connecting(s);
		break;
	case ZMQ_SESSION_PROXY:
		zmq_session_proxy(s);
		break;
	case ZMQ_SESSION_HANDSHAKE:
		zmq_session_handshake(s);
		break;
	case ZMQ_SESSION_TRAFFIC:
		zmq_session_traffic(s);
		break;
	case ZMQ_SESSION_DRAINING:
		zmq_session_draining(s);
		break;
	case ZMQ_SESSION_IDLE:
	case ZMQ_SESSION_DEAD:
		break;
	}
	if (s->state != ZMQ_SESSION_DEAD)
		zmq_session_arm(s);
}
