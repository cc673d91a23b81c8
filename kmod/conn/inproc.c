// SPDX-License-Identifier: GPL-2.0-only
/*
 * inproc: sessions whose peer is in the same context.
 *
 * connect() looks the name up. If somebody is bound to it, a session is made
 * for that socket, too, and the two are linked (link.c). If not, the session
 * is WAITING, its messages in its pipe, until somebody binds; also when its
 * own socket has been closed (libzmq API page, 4.4). There is no way back from
 * TRAFFIC: when one end goes, so does the other.
 *
 * Who links two sessions holds the run of both. The connecting one's comes
 * first; the other is new and nobody else's yet.
 */
#include <linux/err.h>

#include "conn/inproc.h"
#include "conn/link.h"
#include "conn/listener.h"
#include "conn/machine.h"
#include "conn/zap.h"
#include "ctx/ctx.h"
#include "ctx/names.h"
#include "pattern/pattern.h"
#include "sock.h"

/* Pause when there is no memory for a link. */
#define ZMQ_INPROC_RETRY_MS	100

/* No lower socket, so nothing of it but its name. */
const struct zmq_tran_ops zmq_inproc_ops = {
	.id = ZMQ_TRAN_INPROC,
	.linked = true,
};

/**
 * zmq_inproc_visit() - the session of a socket that somebody connects to
 * @bound: who is bound
 * @tran: how
 * @zap: its question, or NULL; the session's, also if there is none then
 *
 * Context: may sleep; the run of the session that connects is held.
 * Return: the session, referenced, its run held; -ENOMEM; -ENOTCONN the socket
 * was closed meanwhile, or has too many.
 */
struct zmq_session *zmq_inproc_visit(const struct zmq_bound *bound,
				     const struct zmq_tran_ops *tran,
				     struct zmq_zap *zap)
{
	struct zmq_session *b = zmq_session_alloc(bound->zs, bound->opt, tran);

	if (!b) {
		zmq_zap_put(zap);
		return ERR_PTR(-ENOMEM);
	}
	zmq_options_hold(bound->opt);
	b->listener = bound->listener;
	b->zap = zap;
	mutex_lock_nested(&b->run, SINGLE_DEPTH_NESTING);
	if (zmq_session_publish(b))
		return b;
	mutex_unlock(&b->run);
	zmq_session_put(b);
	return ERR_PTR(-ENOTCONN);
}

/*
 * Has the pattern refused our own pipe, a PAIR's that has a peer? close() mutes
 * it, too, and makes it a closing one's, both under the lock: who bind()s at that
 * moment must not take what has been sent for something that nobody wants.
 */
static bool zmq_inproc_refused(struct zmq_session *s)
{
	bool refused;

	spin_lock_bh(&s->zs->lock);
	refused = s->conn.pipe->mute && !zmq_session_is_closing(s);
	spin_unlock_bh(&s->zs->lock);
	return refused;
}

/*
 * Link a session with the socket that is bound to its name. One that wants no
 * more peers, a PAIR that has one, ends it; else 0, -ENOMEM, or -ENOTCONN where
 * the socket was closed meanwhile.
 */
static int zmq_inproc_link(struct zmq_session *s, const struct zmq_bound *bound)
{
	struct zmq_session *b;
	int err;

	if (zmq_inproc_refused(s)) {
		zmq_session_end(s);
		return 0;
	}
	b = zmq_inproc_visit(bound, &zmq_inproc_ops, NULL);
	if (IS_ERR(b))
		return PTR_ERR(b);
	/* Who connects decides for both (API page, 2.3 "CONFLATE"). */
	b->conflate = s->conflate;
	err = zmq_session_make_pipe(b);
	if (!err && b->conn.pipe->mute) {
		zmq_session_end(b);
		zmq_session_end(s);
		goto out;
	}
	if (!err)
		err = zmq_link_join(s, b);
	if (err) {
		zmq_session_end(b);
		goto out;
	}
	b->state = ZMQ_SESSION_TRAFFIC;
	s->state = ZMQ_SESSION_TRAFFIC;
	s->limited = false;
out:
	mutex_unlock(&b->run);
	zmq_session_put(b);
	return err;
}

/* Is somebody bound by now? */
static void zmq_inproc_look(struct zmq_session *s)
{
	struct zmq_bound bound;
	int ret = zmq_name_want(s, &bound);

	if (ret > 0) {
		ret = zmq_inproc_link(s, &bound);
		zmq_options_put(bound.opt);
		sock_put(&bound.zs->sk);
	}
	if (ret)
		zmq_session_limit(s, ZMQ_INPROC_RETRY_MS);
}

static void zmq_inproc_run_now(struct zmq_session *s)
{
	mutex_lock(&s->run);
	zmq_session_run(s);
	mutex_unlock(&s->run);
}

/**
 * zmq_inproc_connect() - connect() to a name
 * @zs: the socket, its lock_sock held; it has a context
 * @ep: the endpoint, parsed and allocated; the session's on success
 *
 * Return: the session, referenced; -ENOMEM; -ENOBUFS too many endpoints; or
 * why the pattern refuses the pipe.
 */
struct zmq_session *zmq_inproc_connect(struct zmq_sock *zs,
				       struct zmq_endpoint *ep)
{
	const struct zmq_options *opt = zmq_options_get(zs);
	struct zmq_session *s;
	int err;

	if (!opt)
		return ERR_PTR(-ENOMEM);
	s = zmq_session_alloc(zs, opt, &zmq_inproc_ops);
	if (!s) {
		zmq_options_put(opt);
		return ERR_PTR(-ENOMEM);
	}
	s->ep = ep;
	/* Whatever ZMQ_IMMEDIATE says. */
	err = zmq_session_make_pipe(s);
	if (!err && !zmq_session_publish(s))
		err = -ENOBUFS;
	if (err) {
		s->ep = NULL;
		zmq_sock_detach_pipe(zs, &s->conn);
		zmq_session_put(s);
		return ERR_PTR(err);
	}
	zmq_inproc_run_now(s);
	return s;
}

/**
 * zmq_inproc_adopt() - link all sessions that waited for a name
 * @l: the listener that is bound to it now
 *
 * In the order in which they connected, and before bind() returns: what they
 * have sent can be received then.
 *
 * Context: may sleep; the socket's lock_sock is not held.
 */
void zmq_inproc_adopt(struct zmq_listener *l)
{
	struct zmq_session *s;

	while ((s = zmq_name_wanted(l))) {
		zmq_inproc_run_now(s);
		zmq_session_put(s);
	}
}

/* The endpoint's, and not told to end yet? */
static bool zmq_inproc_is_at(const struct zmq_session *s, const char *uri)
{
	return s->tran->linked && s->ep && !zmq_session_is_closing(s) &&
	       !strcmp(s->ep->uri, uri);
}

/* Ends the session and returns its peer, referenced, which is about to. */
static struct zmq_session *zmq_inproc_end(struct zmq_session *s)
{
	struct zmq_sock *zs = s->zs;
	struct zmq_session *peer;

	mutex_lock(&s->run);
	peer = zmq_link_peer(s);
	spin_lock_bh(&zs->lock);
	zmq_session_close(s, zs->opt.linger, true);
	zmq_sock_unlock(zs);
	zmq_session_run(s);
	mutex_unlock(&s->run);
	return peer;
}

/**
 * zmq_inproc_disconnect() - end the sessions of an endpoint, and their peers
 * @zs: the socket, its lock_sock held
 * @uri: the endpoint
 *
 * Their works would do that as well, later. But in libzmq the peer's next call
 * knows of a disconnect() that has returned: it sends nothing to who has left
 * (pyzmq's tests rely on it).
 *
 * Context: may sleep.
 * Return: how many sessions of @zs there were.
 */
int zmq_inproc_disconnect(struct zmq_sock *zs, const char *uri)
{
	struct zmq_session *s, *peer;
	u64 nr = 0;
	int n = 0;

	while ((s = zmq_session_after(zs, &nr, U64_MAX))) {
		peer = NULL;
		if (zmq_inproc_is_at(s, uri)) {
			peer = zmq_inproc_end(s);
			n++;
		}
		if (peer) {
			zmq_inproc_run_now(peer);
			zmq_session_put(peer);
		}
		zmq_session_put(s);
		cond_resched();
	}
	return n;
}

/**
 * zmq_inproc_leave() - a session ends: nobody finds it, or moves its messages
 * @s: the session
 */
void zmq_inproc_leave(struct zmq_session *s)
{
	zmq_name_forget(s);
	zmq_link_cut(s);
	/* A bind() may end it outside of its work, which waits for the end of
	 * lingering then, with a reference.
	 */
	if (delayed_work_pending(&s->work))
		zmq_session_kick(s);
}

/*
 * There will be no peer that could have what is unsent, or there is nothing.
 * ZMQ_LINGER does not count: to libzmq a message that waits in a pipe has been
 * sent.
 */
static bool zmq_inproc_hopeless(struct zmq_session *s)
{
	return READ_ONCE(s->zs->ctx->terminated) ||
	       READ_ONCE(s->zs->terminated) || zmq_conn_tx_idle(&s->conn) ||
	       zmq_session_linger_over(s);
}

static void zmq_inproc_waiting(struct zmq_session *s)
{
	if (zmq_session_is_closing(s) && zmq_inproc_hopeless(s)) {
		zmq_session_end(s);
		return;
	}
	if (!s->limited || zmq_session_late(s)) {
		s->limited = false;
		zmq_inproc_look(s);
	}
}

/**
 * zmq_inproc_run() - do what the state asks for
 * @s: the session, not DEAD
 *
 * Context: the session's work, connect(), disconnect(), or the bind() of the
 * name; under @s->run.
 */
void zmq_inproc_run(struct zmq_session *s)
{
	lockdep_assert_held(&s->run);
	if (s->state == ZMQ_SESSION_WAITING)
		zmq_inproc_waiting(s);
	if (s->state == ZMQ_SESSION_TRAFFIC) {
		if (!READ_ONCE(s->conn.peer)) {
			zmq_session_end(s);
		} else if (zmq_session_is_closing(s)) {
			zmq_link_finish(&s->conn);
			zmq_session_end(s);
		} else {
			zmq_link_resume(s);
		}
	}
	if (s->state != ZMQ_SESSION_DEAD)
		zmq_session_arm(s);
}
