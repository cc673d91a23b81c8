// SPDX-License-Identifier: GPL-2.0-only
/*
 * One connection: its life.
 *
 * Who can be in a connection:
 *
 * - the session's work, one at a time, under session->run: opens, shakes hands
 *   and ends it;
 * - the lower socket's callbacks, in softirq or in whoever releases the lower
 *   socket's lock, or in the peer's system calls (ipc): during traffic that is not
 *   sealed they read; otherwise they queue work only;
 * - senders and the write work, under tx_lock;
 * - the cork timer, which only queues the write work.
 *
 * zmq_conn_end() shuts them out in that order and leaves the connection as
 * zmq_conn_init() made it.
 */
#include "compat/compat.h"
#include "conn/conn.h"
#include "conn/old.h"
#include "conn/props.h"
#include "conn/session.h"
#include "pattern/pattern.h"
#include "sock.h"
#include "trace.h"

/**
 * zmq_conn_init() - a connection without lower socket
 * @c: the connection, zeroed
 * @zs: the socket
 */
void zmq_conn_init(struct zmq_conn *c, struct zmq_sock *zs)
{
	c->zs = zs;
	c->phase = ZMQ_PHASE_CLOSED;
	c->ctl_tail = &c->ctl;
	c->tx.tail = &c->tx.head;
	c->tx.images_tail = &c->tx.images;
	mutex_init(&c->tx_lock);
	INIT_WORK(&c->tx_work, zmq_conn_tx_work);
	hrtimer_setup(&c->cork_timer, zmq_conn_cork_end, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_SOFT);
	zmq_conn_rx_reset(c);
}

/**
 * zmq_conn_set_phase() - the one place where the phase changes
 * @c: the connection, its lower socket's lock held, if it has one
 * @phase: the new phase
 */
void zmq_conn_set_phase(struct zmq_conn *c, enum zmq_phase phase)
{
	trace_zmq_phase(c, phase);
	/* Pairs with zmq_conn_phase(): what the phase promises is there. */
	smp_store_release(&c->phase, phase);
}

/**
 * zmq_conn_fail() - the connection can't go on
 * @c: the connection, its lower socket's lock held
 * @why: what happened; the first reason stays
 *
 * The session's work does the rest.
 */
void zmq_conn_fail(struct zmq_conn *c, enum zmq_reason why)
{
	if (c->phase == ZMQ_PHASE_FAILED || c->phase == ZMQ_PHASE_CLOSED)
		return;
	c->why = why;
	zmq_conn_set_phase(c, ZMQ_PHASE_FAILED);
	zmq_session_kick(zmq_conn_session(c));
}

/**
 * zmq_conn_begin() - prepare for a new peer
 * @c: a closed connection
 * @tran: its transport
 * @opt: the endpoint's options; must live as long as the connection
 *
 * Context: the session's work, or its creator.
 */
void zmq_conn_begin(struct zmq_conn *c, const struct zmq_tran_ops *tran,
		    const struct zmq_options *opt)
{
	c->tran = tran;
	c->maxmsgsize = opt->maxmsgsize;
	c->raw = opt->raw ? opt->in_batch_size : 0;
	c->sealed = false;
	c->why = ZMQ_R_NONE;
	c->heard = false;
	c->ttl_ms = 0;
	c->tx.blocked = false;
	c->tx.failed = false;
	c->tx.v1 = false;
	zmq_mech_init(&c->mech, c->zs->ops->type, opt);
	zmq_greeting_init(&c->greeting, c->mech.ops->name, c->zs->ops->type,
			  opt->routing_id_len);
	zmq_conn_set_phase(c, ZMQ_PHASE_OPENING);
}

/**
 * zmq_conn_adopt() - take a lower socket over
 * @c: the connection
 * @sock: the socket, owned by the connection from now on
 * @listener: the listener's socket, or NULL if @sock was not accepted
 *
 * From now on callbacks come in.
 */
void zmq_conn_adopt(struct zmq_conn *c, struct socket *sock,
		    const struct zmq_ksock *listener)
{
	mutex_lock(&c->tx_lock);
	zmq_ksock_attach(&c->lower, sock, c, c->tran->bare ?
			 &zmq_conn_calls_bare : &zmq_conn_calls, listener);
	mutex_unlock(&c->tx_lock);
}

/**
 * zmq_conn_read() - read in process context
 * @c: a connection with a lower socket
 *
 * Context: the session's work: the handshake, and traffic that is sealed, or that
 * softirq left because the pipe was full or memory short.
 */
void zmq_conn_read(struct zmq_conn *c)
{
	struct sock *sk = c->lower.sock->sk;

	if (c->sealed) {
		zmq_sealed_read(c);
		return;
	}
	lock_sock(sk);
	zmq_conn_rx(c);
	release_sock(sk);
}

/**
 * zmq_conn_traffic() - the handshake is complete: messages may flow
 * @c: the connection, its pipe attached
 *
 * What was sealed is read by who called this, when it has done the rest.
 *
 * Context: the session's work.
 */
void zmq_conn_traffic(struct zmq_conn *c)
{
	struct sock *sk = c->lower.sock->sk;
	enum zmq_reason why;

	lock_sock(sk);
	zmq_ksock_trim(sk);
	c->sealed = !c->raw && c->mech.ops->open;
	zmq_conn_set_phase(c, ZMQ_PHASE_TRAFFIC);
	why = zmq_old_subscribe(c);
	if (why != ZMQ_R_NONE)
		zmq_conn_fail(c, why);
	if (!c->sealed)
		zmq_conn_rx(c);
	release_sock(sk);
	zmq_conn_flush(c);
}

/**
 * zmq_conn_ignore() - what a peer gets to whom nobody listens
 * @arg: not used
 * @p: the bytes
 * @n: how many
 *
 * Return: @n.
 */
ssize_t zmq_conn_ignore(void *arg, const u8 *p, size_t n)
{
	return n;
}

/**
 * zmq_conn_discard() - read and throw away
 * @c: a connection with a lower socket
 *
 * A socket that is released with input unread resets its connection, and the
 * peer may lose what we sent.
 *
 * Context: the session's work.
 * Return: ZMQ_R_NONE; or what the peer must not send, which stays where it is:
 * only the connection's end removes it.
 */
enum zmq_reason zmq_conn_discard(struct zmq_conn *c)
{
	struct sock *sk = c->lower.sock->sk;
	enum zmq_reason why;

	lock_sock(sk);
	why = c->tran->read(&c->lower, zmq_conn_ignore, NULL);
	release_sock(sk);
	return why;
}

/**
 * zmq_conn_drain() - nothing more is to be sent: say so to the peer
 * @c: a connection with a lower socket
 *
 * Context: the session's work.
 */
void zmq_conn_drain(struct zmq_conn *c)
{
	struct sock *sk = c->lower.sock->sk;

	lock_sock(sk);
	zmq_conn_set_phase(c, ZMQ_PHASE_DRAINING);
	release_sock(sk);
	kernel_sock_shutdown(c->lower.sock, SHUT_WR);
}

/**
 * zmq_conn_stop() - nothing more is written or read
 * @c: a connection in phase TRAFFIC, or FAILED meanwhile, with a lower socket
 *
 * The lower socket stays until zmq_conn_end(), and may take bytes yet that nobody
 * would read: a peer that has closed says so only by a reset.
 *
 * Context: the session's work.
 */
void zmq_conn_stop(struct zmq_conn *c)
{
	struct sock *sk = c->lower.sock->sk;

	mutex_lock(&c->tx_lock);
	lock_sock(sk);
	zmq_conn_set_phase(c, ZMQ_PHASE_FAILED);
	release_sock(sk);
	mutex_unlock(&c->tx_lock);
}

/**
 * zmq_conn_eof() - has all been read that will ever come?
 * @c: a connection with a lower socket
 *
 * Context: the session's work.
 * Return: true if the transport has nothing more to give.
 */
bool zmq_conn_eof(struct zmq_conn *c)
{
	struct sock *sk = c->lower.sock->sk;
	bool eof;

	lock_sock(sk);
	eof = c->tran->eof(sk);
	release_sock(sk);
	return eof;
}

/**
 * zmq_conn_end() - part with the lower socket and with the peer's state
 * @c: the connection
 *
 * After the detach no callback is in here or comes; after tx_lock was had, no
 * writer has the socket; zmq_conn_tx_reset() goes through zmq_sock.lock, and
 * after that no sender starts the timer, which is stopped last. A write work
 * that is still queued finds the phase CLOSED.
 *
 * Context: the session's work.
 * Return: the lower socket, now the caller's, or NULL.
 */
struct socket *zmq_conn_end(struct zmq_conn *c)
{
	struct socket *sock;

	mutex_lock(&c->tx_lock);
	sock = zmq_ksock_detach(&c->lower);
	zmq_conn_set_phase(c, ZMQ_PHASE_CLOSED);
	zmq_conn_tx_reset(c);
	mutex_unlock(&c->tx_lock);

	hrtimer_cancel(&c->cork_timer);
	clear_bit(ZMQ_CONN_RETRY, &c->flags);
	if (test_and_clear_bit(ZMQ_CONN_CORKED, &c->flags))
		atomic_dec(&c->zs->corked);
	zmq_conn_rx_reset(c);
	zmq_mech_end(&c->mech);
	zmq_props_put(c->props);
	c->props = NULL;
	zmq_props_put(c->vouched);
	c->vouched = NULL;
	return sock;
}
