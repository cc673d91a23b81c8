// SPDX-License-Identifier: GPL-2.0-only
/*
 * Closing: by close(), by ZMQ_NATIVE_CLOSE, and shutdown().
 *
 * Nothing here waits for the network. What is unsent goes on in the sessions,
 * which keep the socket as long as ZMQ_LINGER allows, also when its process
 * has gone; then for linger_max at most, since nobody is left who could give
 * up.
 */
#include "conn/listener.h"
#include "conn/session.h"
#include "ctx/ctx.h"
#include "queue/pipe.h"
#include "sock.h"
#include "sysctl.h"

static void zmq_sock_stop_listeners(struct zmq_sock *zs)
{
	struct zmq_listener *l, *next;

	list_for_each_entry_safe(l, next, &zs->listeners, node) {
		zmq_sock_forget_listener(zs, l);
		zmq_listener_stop(l);
	}
}

/* Messages half sent or half read go; places reserved are given back. */
static void zmq_sock_drop_txns(struct zmq_sock *zs)
{
	struct zmq_txn *t, *next;

	spin_lock_bh(&zs->lock);
	list_for_each_entry_safe(t, next, &zs->sending.list, node) {
		zmq_sock_drop(zs, ZMQ_R_DROP_PARTIAL, 1);
		zmq_txn_free(zs, t);
	}
	list_for_each_entry_safe(t, next, &zs->reading.list, node) {
		zmq_sock_drop(zs, ZMQ_R_DROP_UNREAD, 1);
		zmq_txn_free(zs, t);
	}
	spin_unlock_bh(&zs->lock);
}

static void zmq_sock_drop_early(struct zmq_sock *zs)
{
	spin_lock_bh(&zs->lock);
	zmq_early_drop(zs);
	zmq_sock_unlock(zs);
}

/* Drop what nobody will read; pipes without session go by it. */
static void zmq_sock_drop_input(struct zmq_sock *zs)
{
	struct zmq_pipe *p, *next;

	spin_lock_bh(&zs->lock);
	list_for_each_entry_safe(p, next, &zs->pipes, node) {
		zmq_sock_drop_unread(zs, p);
		if (!p->session) {
			zs->spent = p;
			zmq_sock_reap(zs);
		}
	}
	zmq_sock_unlock(zs);
}

/* Tell each session to end; it leaves the list in its own work. */
static void zmq_sock_close_sessions(struct zmq_sock *zs)
{
	struct zmq_session *s;

	spin_lock_bh(&zs->lock);
	list_for_each_entry(s, &zs->sessions, node)
		zmq_session_close(s, zs->opt.linger, true);
	zmq_sock_unlock(zs);
}

/* Sessions that end have no longer than that. */
static void zmq_sock_bound_sessions(struct zmq_sock *zs, unsigned int ms)
{
	struct zmq_session *s;

	spin_lock_bh(&zs->lock);
	list_for_each_entry(s, &zs->sessions, node) {
		zmq_session_bound(s, ms);
		zmq_session_kick(s);
	}
	spin_unlock_bh(&zs->lock);
}

/**
 * zmq_sock_close() - the user wants no more of the socket
 * @zs: the socket, its lock_sock held
 *
 * Idempotent. No session can be added from now on: listeners are gone, and
 * connect() looks at zmq_sock.closed under the same lock.
 */
void zmq_sock_close(struct zmq_sock *zs)
{
	bool last;

	if (zs->closed)
		return;
	zmq_sock_stop_listeners(zs);
	spin_lock_bh(&zs->lock);
	zs->closed = true;
	last = list_empty(&zs->sessions);
	spin_unlock_bh(&zs->lock);
	/* Otherwise the last session does it (zmq_session_end()). */
	if (last)
		zmq_monitor_stop(zs);
	zmq_ctx_leave(zs);
	zmq_sock_drop_txns(zs);
	zmq_sock_drop_early(zs);
	zmq_sock_drop_input(zs);
	zmq_sock_close_sessions(zs);
	zmq_sock_wake(zs, ZMQ_WAKE_ALL);
}

/**
 * zmq_sock_terminate() - every call fails with ZMQ_ETERM from now on
 * @zs: the socket
 *
 * Context: any that may take the socket's lock.
 */
void zmq_sock_terminate(struct zmq_sock *zs)
{
	struct zmq_session *s;

	spin_lock_bh(&zs->lock);
	zs->terminated = true;
	/* Whoever could still bind to a name that is wanted is not to. */
	list_for_each_entry(s, &zs->sessions, node)
		if (s->tran->linked)
			zmq_session_kick(s);
	spin_unlock_bh(&zs->lock);
	zmq_sock_wake(zs, ZMQ_WAKE_ALL);
}

/**
 * zmq_sock_release() - proto_ops.release: the last descriptor has gone
 * @sock: the socket
 *
 * Return: 0.
 */
int zmq_sock_release(struct socket *sock)
{
	struct sock *sk = sock->sk;
	struct zmq_sock *zs;

	if (!sk)
		return 0;
	zs = zmq_sk(sk);
	lock_sock(sk);
	zmq_sock_close(zs);
	/* Nobody can shorten the time any more. */
	zmq_sock_bound_sessions(zs, zmq_limit(sock_net(sk), ZMQ_LIMIT_LINGER));
	release_sock(sk);

	sock_orphan(sk);
	sock->sk = NULL;
	sock_put(sk);
	return 0;
}
