// SPDX-License-Identifier: GPL-2.0-only
/*
 * An attempt of a session to connect: the name's address, the lower socket, the
 * transport's connection.
 */
#include <linux/cred.h>

#include "conn/machine.h"
#include "conn/session.h"
#include "event.h"
#include "resolve/view.h"
#include "sock.h"

/* Asked while a name is looked up: does nobody want the connection any more? */
static bool zmq_session_stopped(void *arg)
{
	struct zmq_session *s = arg;

	return test_bit(ZMQ_SESSION_STOP, &s->flags) ||
	       (test_bit(ZMQ_SESSION_CLOSING, &s->flags) &&
		(zmq_session_linger_over(s) || zmq_conn_tx_idle(&s->conn)));
}

/*
 * The lower socket for an attempt: the last one again. Only if that could not
 * be used any more there is a new one, then in the worker's cgroup.
 */
static int zmq_session_open(struct zmq_session *s, struct socket **sock)
{
	*sock = s->spare;
	s->spare = NULL;
	if (*sock)
		return 0;
	s->bound = false;
	return s->tran->open(sock_net(&s->zs->sk), s->opt, sock);
}

/**
 * zmq_session_why() - what to call it that there is no connection
 * @err: what the transport said
 *
 * Return: the reason.
 */
enum zmq_reason zmq_session_why(int err)
{
	return err == -ECONNREFUSED ? ZMQ_R_CONNECT_REFUSED :
				      ZMQ_R_CONNECT_FAILED;
}

/* What no attempt can reach: see &struct zmq_ep_inet. */
static bool zmq_session_hopeless(const struct zmq_session *s)
{
	return s->proxy && (!s->proxy->dest.len || !s->proxy->dest.port);
}

/**
 * zmq_session_begin() - the session has a lower socket to connect with
 * @s: the session
 * @sock: the socket; the session's
 *
 * Context: the state machine.
 */
void zmq_session_begin(struct zmq_session *s, struct socket *sock)
{
	s->state = ZMQ_SESSION_CONNECTING;
	zmq_conn_begin(&s->conn, s->tran, s->opt);
	zmq_conn_adopt(&s->conn, sock, NULL);
	s->number = zmq_event_number(s->zs);
}

static enum zmq_reason zmq_session_try(struct zmq_session *s)
{
	struct zmq_lookup lookup = {
		.view = s->view,
		.stop = zmq_session_stopped,
		.arg = s,
	};
	struct zmq_target t;
	struct socket *sock;
	int err;

	if (zmq_session_hopeless(s) ||
	    s->tran->target(zmq_session_target(s), s->opt, &lookup, &t))
		return ZMQ_R_RESOLVE_FAILED;
	if (zmq_session_open(s, &sock))
		return ZMQ_R_OPEN_FAILED;
	/* A source address stays bound, and can't be bound again. */
	if (s->bound)
		t.has_src = false;

	/* On loopback the callbacks come before connect() returns. */
	zmq_session_limit(s, s->opt->connect_timeout);
	zmq_session_begin(s, sock);
	err = s->tran->connect(sock, &t, s->view);
	if (err == -EINPROGRESS)
		zmq_event_session(s, ZMQ_EVENT_CONNECT_DELAYED, EINPROGRESS);
	if (t.has_src)
		s->bound = sock->sk->sk_userlocks &
			   (SOCK_BINDADDR_LOCK | SOCK_BINDPORT_LOCK);
	return !err || err == -EINPROGRESS ? ZMQ_R_NONE : zmq_session_why(err);
}

/**
 * zmq_session_connecting() - has the transport its connection?
 * @s: the session, in state CONNECTING
 *
 * Context: the state machine.
 */
void zmq_session_connecting(struct zmq_session *s)
{
	int state;

	if (s->reach && !zmq_session_reached(s))
		return;
	state = s->tran->state(s->conn.lower.sock->sk);
	if (state > 0 && s->proxy)
		zmq_session_proxied(s);
	else if (state > 0)
		zmq_session_connected(s);
	else if (state < 0)
		zmq_session_lost(s, zmq_session_why(state));
	else if (zmq_session_late(s))
		zmq_session_lost(s, ZMQ_R_CONNECT_TIMEOUT);
}

/**
 * zmq_session_attempt() - connect, with the rights of who called connect()
 * @s: the session, in state WAITING
 *
 * Context: the state machine.
 */
void zmq_session_attempt(struct zmq_session *s)
{
	const struct cred *old;
	enum zmq_reason why;

	WRITE_ONCE(s->attempts, s->attempts + 1);
	if (zmq_session_reaches(s)) {
		zmq_session_reach(s);
		return;
	}
	old = override_creds(s->view->cred);
	why = zmq_session_try(s);
	revert_creds(old);
	if (why != ZMQ_R_NONE)
		zmq_session_lost(s, why);
	else
		zmq_session_connecting(s);
}
