// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session: one end of a connection, made and remade.
 *
 * connect() creates a session that tries until it is told to end; a listener
 * creates one for each connection it accepts, which ends with it. One work
 * item runs the state machine, so a session never has to be locked against
 * itself, and whoever wants something of it sets a bit and kicks the work.
 */
#include <linux/cred.h>
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "conn/listener.h"
#include "conn/session.h"
#include "mem.h"
#include "pattern/pattern.h"
#include "resolve/view.h"
#include "sock.h"
#include "trace.h"

/* How long we wait for a peer to confirm the last bytes; TCP goes on trying. */
#define ZMQ_DRAIN_MS		30000
/* Reading that lacks memory is tried again so often and so long. */
#define ZMQ_STARVED_MS		100
#define ZMQ_STARVED_MAX		50

static void zmq_session_run(struct zmq_session *s);

static void zmq_session_work(struct work_struct *work)
{
	struct zmq_session *s = container_of(to_delayed_work(work),
					     struct zmq_session, work);

	mutex_lock(&s->run);
	zmq_session_run(s);
	mutex_unlock(&s->run);
	zmq_session_put(s);
}

/**
 * zmq_session_put() - drop a reference
 * @s: the session
 *
 * Context: may sleep.
 */
void zmq_session_put(struct zmq_session *s)
{
	if (!refcount_dec_and_test(&s->ref))
		return;
	if (s->view)
		zmq_view_put(s->view);
	kfree(s->ep);
	zmq_options_put(s->opt);
	zmq_mem_uncharge(s->zs->mem, ZMQ_MEM_ENDPOINT);
	sock_put(&s->zs->sk);
	kfree(s);
}

static void zmq_session_limit(struct zmq_session *s, int ms)
{
	s->limited = ms > 0;
	s->deadline = jiffies + msecs_to_jiffies(ms);
}

static bool zmq_session_late(const struct zmq_session *s)
{
	return s->limited && time_after_eq(jiffies, s->deadline);
}

static bool zmq_session_linger_over(struct zmq_session *s)
{
	bool over;

	spin_lock_bh(&s->zs->lock);
	over = s->linger_limited && time_after_eq(jiffies, s->linger_until);
	spin_unlock_bh(&s->zs->lock);
	return over;
}

/* Asked while a name is looked up. */
static bool zmq_session_stopped(void *arg)
{
	struct zmq_session *s = arg;

	return test_bit(ZMQ_SESSION_STOP, &s->flags) ||
	       (test_bit(ZMQ_SESSION_CLOSING, &s->flags) &&
		zmq_session_linger_over(s));
}

static void zmq_session_release(struct socket *sock)
{
	if (sock)
		sock_release(sock);
}

/* No way back; see &struct zmq_session. */
static void zmq_session_end(struct zmq_session *s)
{
	struct zmq_sock *zs = s->zs;

	s->state = ZMQ_SESSION_DEAD;
	zmq_session_release(zmq_conn_end(&s->conn));
	zmq_sock_pipe_down(zs, &s->conn);
	zmq_session_release(s->spare);
	s->spare = NULL;
	zmq_sock_detach_pipe(zs, &s->conn);

	spin_lock_bh(&zs->lock);
	if (!list_empty(&s->node)) {
		list_del_init(&s->node);
		zs->nr_sessions--;
	}
	spin_unlock_bh(&zs->lock);
	zmq_sock_wake(zs, ZMQ_WAKE_ALL);
	zmq_session_put(s);
}

static void zmq_session_count(struct zmq_session *s, enum zmq_reason why)
{
	struct zmq_sock *zs = s->zs;

	trace_zmq_lost(s, why);
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
	struct socket *sock = zmq_conn_end(&s->conn);

	zmq_sock_pipe_down(s->zs, &s->conn);
	if (!sock)
		return;
	if (s->ep && s->tran->recycle && !s->tran->recycle(sock))
		s->spare = sock;
	else
		sock_release(sock);
}

/*
 * The one place that decides what follows a failure. Every failure leads to
 * another attempt after a pause, protocol errors included: libzmq gives up for
 * ever there, and users find their client dead after a server's bad day
 * (Documentation/use.rst, "Differences"). The pause grows until a handshake
 * succeeds.
 */
static void zmq_session_lost(struct zmq_session *s, enum zmq_reason why)
{
	int delay;

	zmq_session_count(s, why);
	if (!s->ep) {
		zmq_session_end(s);
		return;
	}

	zmq_session_disconnect(s);
	if (s->opt->immediate)
		zmq_sock_detach_pipe(s->zs, &s->conn);
	delay = zmq_backoff_next(&s->backoff, s->opt->reconnect_ivl,
				 s->opt->reconnect_ivl_max, get_random_u32());
	if (delay < 0) {
		zmq_session_end(s);
		return;
	}
	s->state = ZMQ_SESSION_WAITING;
	zmq_session_limit(s, max(delay, 1));
}

static int zmq_session_make_pipe(struct zmq_session *s)
{
	struct zmq_pipe *p;

	if (s->conn.pipe)
		return 0;
	p = zmq_pipe_alloc(&s->zs->lock, s, s->opt->rcvhwm, s->opt->sndhwm);
	if (!p)
		return -ENOMEM;
	WRITE_ONCE(s->conn.pipe, p);
	zmq_sock_attach_pipe(s->zs, p);
	return 0;
}

static void zmq_session_traffic(struct zmq_session *s)
{
	struct zmq_conn *c = &s->conn;

	zmq_conn_read(c);
	if (zmq_conn_phase(c) == ZMQ_PHASE_FAILED) {
		zmq_session_lost(s, c->why);
		return;
	}
	if (READ_ONCE(c->rx.starved)) {
		/* Kicks don't count, only time does. */
		if (s->limited && !zmq_session_late(s))
			return;
		if (++s->starved > ZMQ_STARVED_MAX)
			zmq_session_lost(s, ZMQ_R_NO_MEMORY);
		else
			zmq_session_limit(s, ZMQ_STARVED_MS);
		return;
	}
	s->starved = 0;
	s->limited = false;
	if (zmq_conn_eof(c))
		zmq_session_lost(s, ZMQ_R_PEER_CLOSED);
	else if (READ_ONCE(c->tx.failed))
		zmq_session_lost(s, ZMQ_R_CONNECTION_LOST);
}

static void zmq_session_ready(struct zmq_session *s)
{
	struct zmq_sock *zs = s->zs;

	if (zmq_session_make_pipe(s)) {
		zmq_session_lost(s, ZMQ_R_NO_MEMORY);
		return;
	}
	zmq_backoff_reset(&s->backoff);
	s->state = ZMQ_SESSION_TRAFFIC;
	s->limited = false;
	s->starved = 0;
	spin_lock_bh(&zs->lock);
	zs->stats.connects++;
	spin_unlock_bh(&zs->lock);
	zmq_sock_pipe_up(zs, &s->conn);
	zmq_conn_traffic(&s->conn);
	/* It may all be sent by now. */
	zmq_session_written(s);
	/* And the peer may have said all it has to say, and gone: nobody would
	 * tell us again.
	 */
	zmq_session_traffic(s);
}

static void zmq_session_handshake(struct zmq_session *s)
{
	enum zmq_reason why = zmq_conn_handshake(&s->conn);

	if (why != ZMQ_R_NONE)
		zmq_session_lost(s, why);
	else if (zmq_mech_done(&s->conn.mech))
		zmq_session_ready(s);
	else if (zmq_conn_eof(&s->conn))
		zmq_session_lost(s, ZMQ_R_HANDSHAKE_CLOSED);
	else if (zmq_session_late(s))
		zmq_session_lost(s, ZMQ_R_HANDSHAKE_TIMEOUT);
}

/* The transport has its connection. */
static void zmq_session_connected(struct zmq_session *s)
{
	s->state = ZMQ_SESSION_HANDSHAKE;
	zmq_session_limit(s, s->opt->handshake_ivl);
	if (zmq_conn_greet(&s->conn))
		zmq_session_lost(s, ZMQ_R_CONNECTION_LOST);
	else
		zmq_session_handshake(s);
}

static void zmq_session_connecting(struct zmq_session *s)
{
	int state = s->tran->state(s->conn.lower.sock->sk);

	if (state > 0)
		zmq_session_connected(s);
	else if (state < 0)
		zmq_session_lost(s, ZMQ_R_CONNECT_FAILED);
	else if (zmq_session_late(s))
		zmq_session_lost(s, ZMQ_R_CONNECT_TIMEOUT);
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

	if (s->tran->target(s->ep, s->opt, &lookup, &t))
		return ZMQ_R_RESOLVE_FAILED;
	if (zmq_session_open(s, &sock))
		return ZMQ_R_OPEN_FAILED;
	/* A source address stays bound, and can't be bound again. */
	if (s->bound)
		t.has_src = false;

	/* On loopback the callbacks come before connect() returns. */
	s->state = ZMQ_SESSION_CONNECTING;
	zmq_session_limit(s, s->opt->connect_timeout);
	zmq_conn_begin(&s->conn, s->tran, s->opt);
	zmq_conn_adopt(&s->conn, sock, NULL);
	err = s->tran->connect(sock, &t);
	if (t.has_src)
		s->bound = sock->sk->sk_userlocks &
			   (SOCK_BINDADDR_LOCK | SOCK_BINDPORT_LOCK);
	return !err || err == -EINPROGRESS ? ZMQ_R_NONE : ZMQ_R_CONNECT_FAILED;
}

/* Connect, with the rights of who called connect(). */
static void zmq_session_attempt(struct zmq_session *s)
{
	const struct cred *old = override_creds(s->view->cred);
	enum zmq_reason why = zmq_session_try(s);

	revert_creds(old);
	if (why != ZMQ_R_NONE)
		zmq_session_lost(s, why);
	else
		zmq_session_connecting(s);
}

static void zmq_session_draining(struct zmq_session *s)
{
	struct zmq_conn *c = &s->conn;

	zmq_conn_discard(c);
	if (zmq_session_late(s) || !s->tran->unacked(c->lower.sock->sk))
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
		zmq_session_end(s);
		return true;
	}
	if (s->state == ZMQ_SESSION_DRAINING)
		return false;
	if (s->state == ZMQ_SESSION_TRAFFIC)
		zmq_conn_flush(c);
	if (!zmq_conn_tx_idle(c)) {
		if (!zmq_session_linger_over(s))
			return false;
		zmq_session_count(s, ZMQ_R_LINGER_EXPIRED);
		zmq_session_end(s);
		return true;
	}
	if (s->state != ZMQ_SESSION_TRAFFIC) {
		zmq_session_end(s);
		return true;
	}
	s->state = ZMQ_SESSION_DRAINING;
	zmq_session_limit(s, ZMQ_DRAIN_MS);
	zmq_conn_drain(c);
	return false;
}

/* When does something have to happen without anybody kicking? */
static void zmq_session_arm(struct zmq_session *s)
{
	unsigned long next = s->deadline;
	bool armed = s->limited;
	long delay;

	spin_lock_bh(&s->zs->lock);
	if (s->linger_limited && s->state != ZMQ_SESSION_DRAINING &&
	    (!armed || time_before(s->linger_until, next))) {
		next = s->linger_until;
		armed = true;
	}
	spin_unlock_bh(&s->zs->lock);
	if (!armed)
		return;

	delay = next - jiffies;
	zmq_session_get(s);
	/* Not if it is queued already: then it comes sooner, and back here. */
	if (!queue_delayed_work(zmq_session_queue(s), &s->work,
				max(delay, 0L)))
		zmq_session_put_alive(s);
}

static void zmq_session_run(struct zmq_session *s)
{
	lockdep_assert_held(&s->run);
	if (s->state == ZMQ_SESSION_DEAD)
		return;
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
	case ZMQ_SESSION_HANDSHAKE:
		zmq_session_handshake(s);
		break;
	case ZMQ_SESSION_TRAFFIC:
		zmq_session_traffic(s);
		break;
	case ZMQ_SESSION_DRAINING:
		zmq_session_draining(s);
		break;
	case ZMQ_SESSION_DEAD:
		break;
	}
	if (s->state != ZMQ_SESSION_DEAD)
		zmq_session_arm(s);
}

/* On success the session has @opt, a snapshot. */
static struct zmq_session *zmq_session_alloc(struct zmq_sock *zs,
					     const struct zmq_options *opt,
					     const struct zmq_tran_ops *tran)
{
	struct zmq_session *s;

	if (!zmq_mem_charge(zs->mem, ZMQ_MEM_ENDPOINT))
		return NULL;
	s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	if (!s) {
		zmq_mem_uncharge(zs->mem, ZMQ_MEM_ENDPOINT);
		return NULL;
	}
	refcount_set(&s->ref, 1);
	s->zs = zs;
	s->opt = opt;
	s->tran = tran;
	INIT_LIST_HEAD(&s->node);
	mutex_init(&s->run);
	INIT_DELAYED_WORK(&s->work, zmq_session_work);
	zmq_conn_init(&s->conn, zs);
	sock_hold(&zs->sk);
	return s;
}

/* Into the socket's list, unless it was closed meanwhile or has too many. */
static bool zmq_session_publish(struct zmq_session *s)
{
	struct zmq_sock *zs = s->zs;
	bool ok;

	spin_lock_bh(&zs->lock);
	ok = !zs->closed && zs->nr_sessions < ZMQ_SESSIONS_MAX;
	if (ok) {
		list_add_tail(&zmq_session_get(s)->node, &zs->sessions);
		zs->nr_sessions++;
	}
	spin_unlock_bh(&zs->lock);
	return ok;
}

/**
 * zmq_session_connect() - connect() to an endpoint
 * @zs: the socket, its lock_sock held
 * @ep: the endpoint, parsed and allocated; the session's on success
 * @tran: its transport
 * @view: names and rights of the caller; the session takes a reference
 *
 * The first attempt is made here and now, with all that the caller is, unless
 * a name has to be looked up over the network.
 *
 * Return: the session, referenced; -ENOMEM; -ENOBUFS too many endpoints; or
 * why no lower socket can be made.
 */
struct zmq_session *zmq_session_connect(struct zmq_sock *zs,
					struct zmq_endpoint *ep,
					const struct zmq_tran_ops *tran,
					struct zmq_view *view)
{
	const struct zmq_options *opt = zmq_options_get(zs);
	struct zmq_session *s;
	int err;

	if (!opt)
		return ERR_PTR(-ENOMEM);
	s = zmq_session_alloc(zs, opt, tran);
	if (!s) {
		zmq_options_put(opt);
		return ERR_PTR(-ENOMEM);
	}
	if (!s->opt->immediate && zmq_session_make_pipe(s)) {
		zmq_session_put(s);
		return ERR_PTR(-ENOMEM);
	}
	/* Here and now: it is to belong to the caller's cgroup. */
	err = tran->open(sock_net(&zs->sk), s->opt, &s->spare);
	if (err) {
		s->spare = NULL;
		goto err_put;
	}
	err = -ENOBUFS;
	if (!zmq_session_publish(s))
		goto err_put;
	s->ep = ep;
	s->view = zmq_view_hold(view);
	s->waits = tran->waits(ep);

	if (s->waits) {
		zmq_session_kick(s);
	} else {
		mutex_lock(&s->run);
		zmq_session_run(s);
		mutex_unlock(&s->run);
	}
	return s;

err_put:
	zmq_sock_detach_pipe(zs, &s->conn);
	zmq_session_release(s->spare);
	zmq_session_put(s);
	return ERR_PTR(err);
}

/**
 * zmq_session_accept() - a listener has accepted a connection
 * @l: the listener
 * @sock: the lower socket; consumed
 *
 * Context: the listener's work.
 * Return: 0 or -ENOMEM.
 */
int zmq_session_accept(struct zmq_listener *l, struct socket *sock)
{
	const struct zmq_options *opt = zmq_options_hold(l->opt);
	struct zmq_session *s = zmq_session_alloc(l->zs, opt, l->tran);

	if (!s) {
		zmq_options_put(opt);
		zmq_ksock_disown(sock, &l->lower);
		sock_release(sock);
		return -ENOMEM;
	}
	s->listener = l->id;
	s->state = ZMQ_SESSION_HANDSHAKE;
	mutex_lock(&s->run);
	zmq_conn_begin(&s->conn, s->tran, s->opt);
	zmq_conn_adopt(&s->conn, sock, &l->lower);
	if (zmq_session_publish(s)) {
		zmq_session_connected(s);
		if (s->state != ZMQ_SESSION_DEAD)
			zmq_session_arm(s);
	} else {
		/* As the list's reference, which zmq_session_end() drops. */
		zmq_session_get(s);
		zmq_session_end(s);
	}
	mutex_unlock(&s->run);
	zmq_session_put(s);
	return 0;
}

/**
 * zmq_session_close() - let a session end
 * @s: the session, its socket's lock held
 * @linger: ms that it may take to send what is unsent; -1 without limit
 *
 * What was received and not read is dropped. Called again it can only shorten
 * the time.
 */
void zmq_session_close(struct zmq_session *s, int linger)
{
	unsigned long until = jiffies + msecs_to_jiffies(linger);

	zmq_sock_assert(s->zs);
	zmq_sock_unplug(s->zs, s->conn.pipe);
	if (linger > 0) {
		if (!s->linger_limited || time_before(until, s->linger_until))
			s->linger_until = until;
		s->linger_limited = true;
	}
	set_bit(linger ? ZMQ_SESSION_CLOSING : ZMQ_SESSION_STOP, &s->flags);
	zmq_session_kick(s);
}
