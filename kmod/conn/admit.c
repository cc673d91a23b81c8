// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits on connections that were accepted and have not shaken hands: how many
 * there are (conn/halfopen.c), and for how long.
 */
#include "conn/listener.h"
#include "conn/machine.h"
#include "conn/session.h"
#include "sock.h"
#include "sysctl.h"

/* The session that has to go for @s, out of the table, referenced, or NULL. */
static struct zmq_session *zmq_admit_excess(struct zmq_session *s,
					    enum zmq_reason *why)
{
	const struct net *net = sock_net(&s->zs->sk);
	struct zmq_session *old = NULL;
	struct zmq_half_entry *e;

	spin_lock(&s->half->lock);
	e = zmq_half_excess(s->half, &s->half_entry,
			    zmq_limit(net, ZMQ_LIMIT_HALF_OPEN),
			    zmq_limit(net, ZMQ_LIMIT_HALF_OPEN_SOURCE), why);
	/* It leaves the table before its last reference goes. */
	if (e)
		old = zmq_session_get(container_of(e, struct zmq_session,
						   half_entry));
	spin_unlock(&s->half->lock);
	if (old)
		zmq_half_leave(old->half, &old->half_entry);
	return old;
}

/*
 * Here, and not in its work: there are never more connections than the limit says,
 * however fast they come. It may have completed its handshake meanwhile. One that
 * is refused, and does not confirm that, counts until it is gone.
 */
static void zmq_admit_evict(struct zmq_session *old, enum zmq_reason why)
{
	mutex_lock(&old->run);
	if (old->state == ZMQ_SESSION_HANDSHAKE)
		zmq_session_lost(old, why);
	else if (old->state == ZMQ_SESSION_DRAINING && old->refused)
		zmq_session_end(old);
	mutex_unlock(&old->run);
	/* Its work waits for the deadline, with a reference. */
	zmq_session_kick(old);
	zmq_session_put(old);
}

/**
 * zmq_session_admit() - a connection was accepted: make room for its handshake
 * @s: its session, not published yet and not locked
 * @l: the listener
 * @sock: the lower socket
 *
 * Context: the listener's work, the only one that adds to its table.
 * Return: 0 or -ENOMEM.
 */
int zmq_session_admit(struct zmq_session *s, struct zmq_listener *l,
		      struct socket *sock)
{
	struct zmq_source src = {};
	struct zmq_session *old;
	enum zmq_reason why;

	l->tran->source(sock, &src);
	if (zmq_half_enter(l->half, &s->half_entry, &src))
		return -ENOMEM;
	s->half = zmq_half_table_get(l->half);
	while ((old = zmq_admit_excess(s, &why)))
		zmq_admit_evict(old, why);
	return 0;
}

/**
 * zmq_session_patience() - how long a peer has for its handshake
 * @s: the session
 *
 * Who connects waits for a peer of his choice, and as long as he likes.
 *
 * Return: milliseconds, 0 for ever.
 */
int zmq_session_patience(const struct zmq_session *s)
{
	int ivl = s->opt->handshake_ivl, max;

	if (s->ep)
		return ivl;
	max = max(zmq_limit(sock_net(&s->zs->sk), ZMQ_LIMIT_HANDSHAKE), 1);
	return ivl > 0 ? min(ivl, max) : max;
}
