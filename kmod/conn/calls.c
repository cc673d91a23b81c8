// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the lower socket tells its connection: something has arrived, there is room,
 * its state has changed. See conn/conn.c on who else is in a connection.
 */
#include "compat/compat.h"
#include "conn/conn.h"
#include "conn/session.h"

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

const struct zmq_ksock_calls zmq_conn_calls = {
	.data_ready = zmq_conn_data_ready,
	.write_space = zmq_conn_write_space,
	.state_change = zmq_conn_state_change,
	.error_report = zmq_conn_state_change,
};

const struct zmq_ksock_calls zmq_conn_calls_bare = {
	.data_ready = zmq_conn_data_ready_bare,
	.write_space = zmq_conn_write_space,
	.state_change = zmq_conn_state_change,
	.error_report = zmq_conn_state_change,
};
