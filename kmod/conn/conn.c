// SPDX-License-Identifier: GPL-2.0-only
/*
 * One connection: its life, its handshake, and the lower socket's callbacks.
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
 * zmq_conn_learn() - note what is known of the peer
 * @c: a connection without zmq_conn.props, its lower socket's lock held
 * @meta: metadata from the peer's handshake, well formed; NULL for none
 * @len: bytes of @meta
 *
 * Return: ZMQ_R_NONE, or ZMQ_R_NO_MEMORY.
 */
enum zmq_reason zmq_conn_learn(struct zmq_conn *c, const u8 *meta, size_t len)
{
	char address[ZMQ_PEER_TEXT_MAX];

	c->tran->peer(c->lower.sock->sk, zmq_conn_session(c)->view, address,
		      sizeof(address));
	c->props = zmq_props_make(c->zs->mem, meta, len, address, GFP_ATOMIC);
	return c->props ? ZMQ_R_NONE : ZMQ_R_NO_MEMORY;
}

/*
 * Something sealed has arrived. Who kicked the work before it has begun speaks for
 * what comes meanwhile: the work has the lower socket's lock after that.
 */
static void zmq_conn_arrived_sealed(struct zmq_conn *c)
{
	struct zmq_session *s = zmq_conn_session(c);

	if (!READ_ONCE(s->kicked))
		zmq_session_kick(s);
}

/**
 * zmq_conn_vouch() - add what the ZAP handler knows of the peer
 * @c: the connection, its handshake complete
 *
 * Context: the session's work; nobody has the properties yet.
 * Return: ZMQ_R_NONE, or ZMQ_R_NO_MEMORY.
 */
enum zmq_reason zmq_conn_vouch(struct zmq_conn *c)
{
	struct zmq_props *all;

	if (!c->vouched)
		return ZMQ_R_NONE;
	all = zmq_props_join(c->vouched, c->props);
	if (!all)
		return ZMQ_R_NO_MEMORY;
	zmq_props_put(c->props);
	c->props = all;
	return ZMQ_R_NONE;
}

/* Something has arrived; the lower socket's lock makes us the only reader. */
static __always_inline void zmq_conn_arrived(struct zmq_conn *c)
{
	if (likely(zmq_conn_phase(c) == ZMQ_PHASE_TRAFFIC)) {
		if (unlikely(c->sealed)) {
			zmq_conn_arrived_sealed(c);
			return;
		}
		zmq_conn_rx(c);
	}
	/* Handshakes are for the work, and so is having to try again for lack
	 * of memory.
	 */
	if (unlikely(zmq_conn_phase(c) != ZMQ_PHASE_TRAFFIC || c->rx.starved))
		zmq_session_kick(zmq_conn_session(c));
}

/*
 * TCP holds its lock here: as a spinlock in softirq, or as the owner's while it
 * works off its backlog.
 */
static void zmq_conn_data_ready(struct sock *sk)
{
	struct zmq_conn *c;

	trace_sk_data_ready(sk);
	read_lock_bh(&sk->sk_callback_lock);
	c = zmq_ksock_owner(sk);
	if (c)
		zmq_conn_arrived(c);
	read_unlock_bh(&sk->sk_callback_lock);
}

/*
 * AF_UNIX comes in the sender's context, after it has queued the bytes, and
 * holds nothing. Who is here waits for the lock, rather than leaving the bytes
 * to its holder, who may have looked before they came: so whatever was queued is
 * seen by who queued it. Only if the session's work owns the lock it is told to
 * look again; it does so after it has let go.
 *
 * sk_callback_lock stays free: see zmq_ksock_shut_out().
 */
static void zmq_conn_data_ready_bare(struct sock *sk)
{
	struct zmq_conn *c;

	trace_sk_data_ready(sk);
	spin_lock_bh(&sk->sk_lock.slock);
	c = zmq_ksock_owner(sk);
	if (c) {
		if (likely(!sock_owned_by_user(sk)))
			zmq_conn_arrived(c);
		else
			zmq_session_kick(zmq_conn_session(c));
	}
	spin_unlock_bh(&sk->sk_lock.slock);
}

/*
 * AF_UNIX calls it for each buffer that the peer has read, so it must be quick
 * to see that nobody waits.
 */
static void zmq_conn_write_space(struct sock *sk)
{
	struct zmq_conn *c;

	read_lock_bh(&sk->sk_callback_lock);
	c = zmq_ksock_owner(sk);
	if (!c)
		goto out;
	/* Pairs with zmq_tx_blocked(). */
	smp_mb();
	if (test_bit(SOCK_NOSPACE, &sk->sk_socket->flags) &&
	    c->tran->writable(sk)) {
		clear_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
		zmq_conn_queue_tx(c);
	}
	if (unlikely(zmq_conn_phase(c) == ZMQ_PHASE_DRAINING) &&
	    !c->tran->unacked(sk))
		zmq_session_kick(zmq_conn_session(c));
out:
	read_unlock_bh(&sk->sk_callback_lock);
}

static void zmq_conn_state_change(struct sock *sk)
{
	struct zmq_conn *c;

	read_lock_bh(&sk->sk_callback_lock);
	c = zmq_ksock_owner(sk);
	if (c)
		zmq_session_kick(zmq_conn_session(c));
	read_unlock_bh(&sk->sk_callback_lock);
}

static const struct zmq_ksock_calls zmq_conn_calls = {
	.data_ready = zmq_conn_data_ready,
	.write_space = zmq_conn_write_space,
	.state_change = zmq_conn_state_change,
	.error_report = zmq_conn_state_change,
};

static const struct zmq_ksock_calls zmq_conn_calls_bare = {
	.data_ready = zmq_conn_data_ready_bare,
	.write_space = zmq_conn_write_space,
	.state_change = zmq_conn_state_change,
	.error_report = zmq_conn_state_change,
};

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

/* A peer that speaks no ZMTP: there is nothing to wait for. */
static int zmq_conn_greet_raw(struct zmq_conn *c)
{
	struct sock *sk = c->lower.sock->sk;
	enum zmq_reason why;

	lock_sock(sk);
	zmq_conn_set_phase(c, ZMQ_PHASE_HANDSHAKE);
	c->mech.sent = true;
	c->mech.received = true;
	why = zmq_conn_learn(c, NULL, 0);
	release_sock(sk);
	return why == ZMQ_R_NONE ? 0 : -ENOMEM;
}

/**
 * zmq_conn_greet() - the transport is connected: send the first of the greeting
 * @c: the connection
 *
 * Context: the session's work.
 * Return: 0, or an errno if not even that could be sent.
 */
int zmq_conn_greet(struct zmq_conn *c)
{
	struct sock *sk = c->lower.sock->sk;
	u8 buf[ZMQ_GREETING_LEN];
	size_t n;

	if (c->raw)
		return zmq_conn_greet_raw(c);
	lock_sock(sk);
	zmq_conn_set_phase(c, ZMQ_PHASE_GREETING);
	n = zmq_greeting_output(&c->greeting, buf);
	release_sock(sk);
	return zmq_conn_tx_raw(c, buf, n);
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

/* The mechanism's command that is next, or what older peers have instead. */
static int zmq_conn_next_command(struct zmq_conn *c, u8 *buf)
{
	u8 *cmd = buf + ZMQ_FRAME_HDR_MAX;
	unsigned int hdr;
	int n;

	if (c->rx.old)
		return zmq_old_output(c, buf);
	n = c->mech.ops->produce(&c->mech, cmd, ZMQ_MECH_CMD_MAX);
	if (n < 0)
		zmq_conn_fail(c, n == -EKEYREJECTED ? ZMQ_R_CRYPTOGRAPHIC :
						      ZMQ_R_NO_MEMORY);
	if (n <= 0)
		return n;
	hdr = zmq_frame_hdr_put(buf, ZMQ_FRAME_COMMAND, n);
	memmove(buf + hdr, cmd, n);
	return hdr + n;
}

/*
 * What has to be sent now, in order: the rest of the greeting, then a command.
 * In one go: a peer that has our greeting may follow its READY with messages,
 * and is right if ours is on the way. Returns the number of bytes, 0 for
 * nothing.
 */
static int zmq_conn_output(struct zmq_conn *c, u8 *buf)
{
	int greeting, n;

	if (c->raw)
		return 0;
	greeting = zmq_greeting_output(&c->greeting, buf);
	/* A peer whose type does not fit ours has to see that, too, or it takes
	 * this for a broken connection.
	 */
	if (c->phase != ZMQ_PHASE_HANDSHAKE && c->why != ZMQ_R_TYPE_MISMATCH)
		return greeting;
	n = zmq_conn_next_command(c, buf + greeting);
	return n < 0 ? n : greeting + n;
}

/**
 * zmq_conn_handshake() - take the handshake as far as it goes
 * @c: a connection in phase GREETING or HANDSHAKE, or FAILED meanwhile
 *
 * All that has arrived is read before our last command goes out. So a peer
 * that sends messages without having seen our READY is found out, which libzmq
 * treats as an error, too (wire page, 3.1).
 *
 * Context: the session's work.
 * Return: ZMQ_R_NONE, and zmq_mech_done() says whether it is complete,
 * zmq_mech.refused whether it never will be; or why it failed.
 */
enum zmq_reason zmq_conn_handshake(struct zmq_conn *c)
{
	struct sock *sk = c->lower.sock->sk;
	u8 buf[ZMQ_GREETING_LEN + ZMQ_FRAME_HDR_MAX + ZMQ_MECH_CMD_MAX];
	enum zmq_reason why;
	int n, err;

	for (;;) {
		zmq_conn_read(c);

		lock_sock(sk);
		/* Also after a failure: a peer with another mechanism has to
		 * see ours, or it takes this for a broken connection.
		 */
		n = zmq_conn_output(c, buf);
		why = c->why;
		release_sock(sk);

		if (!n)
			return why;
		err = n < 0 ? n : zmq_conn_tx_raw(c, buf, n);
		/* It may have been a password. */
		memzero_explicit(buf, sizeof(buf));
		if (err)
			return why ? why : ZMQ_R_CONNECTION_LOST;
		if (zmq_mech_done(&c->mech) || c->mech.refused)
			return ZMQ_R_NONE;
	}
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
