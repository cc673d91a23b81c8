// SPDX-License-Identifier: GPL-2.0-only
/*
 * When to write: at once, or together with what follows.
 *
 * An idle connection is written to by the sender itself: no worker is between
 * it and the peer. A sender in a hurry, that comes again in less time than
 * writing takes and has not heard from the peer meanwhile, is corked: its
 * messages stay in the pipe until
 *
 * - they are enough for a good batch; then the sender writes them all,
 * - the sender waits for something (zmq_sock_flush()),
 * - or some sixteen times the time of a write is over; then the work writes them.
 *
 * What a write costs is measured, not assumed: it differs by orders of
 * magnitude between machines, and so does what "in a hurry" means.
 */
#include <linux/sched/clock.h>
#include <linux/sizes.h>

#include "conn/conn.h"
#include "conn/session.h"
#include "sock.h"

/* Two sends further apart than so many writes, or this, are not a stream. */
#define ZMQ_CORK_GAP		4
#define ZMQ_CORK_GAP_MIN_NS	(20 * NSEC_PER_USEC)
/* How long a message waits for company at most: so many writes, within this. */
#define ZMQ_CORK_HOLD		16
#define ZMQ_CORK_HOLD_MIN_NS	(200 * NSEC_PER_USEC)
#define ZMQ_CORK_HOLD_MAX_NS	(2 * NSEC_PER_MSEC)
/* Enough company. */
#define ZMQ_CORK_BYTES		SZ_16K
#define ZMQ_CORK_MSGS		128

/* The cork comes off, for whatever reason. */
static bool zmq_cork_pop(struct zmq_conn *c)
{
	if (!test_and_clear_bit(ZMQ_CONN_CORKED, &c->flags))
		return false;
	atomic_dec(&c->zs->corked);
	return true;
}

/*
 * The cork goes on: the timer takes it off if nothing else does. Who takes it
 * off leaves the timer alone: it may be the next cork's already, and one that
 * comes early does no harm.
 */
static void zmq_cork_put(struct zmq_conn *c)
{
	u64 hold = clamp_t(u64, READ_ONCE(c->write_ns) * ZMQ_CORK_HOLD,
			   ZMQ_CORK_HOLD_MIN_NS, ZMQ_CORK_HOLD_MAX_NS);

	spin_lock_bh(&c->zs->lock);
	if (zmq_conn_phase(c) == ZMQ_PHASE_TRAFFIC &&
	    !test_and_set_bit(ZMQ_CONN_CORKED, &c->flags)) {
		atomic_inc(&c->zs->corked);
		hrtimer_start(&c->cork_timer, ns_to_ktime(hold),
			      HRTIMER_MODE_REL_SOFT);
	}
	spin_unlock_bh(&c->zs->lock);
}

/**
 * zmq_conn_cork_enough() - is more in the pipe than waits for company?
 * @c: the connection
 *
 * Context: any.
 * Return: true: it is written as soon as the transport takes it.
 */
bool zmq_conn_cork_enough(struct zmq_conn *c)
{
	u64 bytes, msgs;

	zmq_conn_tx_waiting(c, &bytes, &msgs);
	return bytes >= ZMQ_CORK_BYTES || msgs >= ZMQ_CORK_MSGS;
}

/* Is the sender in a hurry, and the batch not yet worth it? */
static bool zmq_cork_wanted(struct zmq_conn *c, u64 now)
{
	u64 gap;

	if (zmq_conn_cork_enough(c))
		return false;
	if (zmq_conn_corked(c))
		return true;
	gap = max_t(u64, READ_ONCE(c->write_ns) * ZMQ_CORK_GAP,
		    ZMQ_CORK_GAP_MIN_NS);
	if (now - READ_ONCE(c->sent_at) > gap)
		return false;
	zmq_cork_put(c);
	return true;
}

/* Write now, and learn what a write costs. */
static void zmq_cork_write(struct zmq_conn *c, u64 now)
{
	zmq_cork_pop(c);
	zmq_conn_flush(c);
	WRITE_ONCE(c->sent_at, local_clock());
	WRITE_ONCE(c->write_ns, min_t(u64, c->sent_at - now, NSEC_PER_MSEC));
}

/**
 * zmq_conn_kick() - a sender has put a message into the pipe
 * @c: the connection, its session referenced by the caller
 *
 * Context: the sender's; may sleep.
 */
void zmq_conn_kick(struct zmq_conn *c)
{
	u64 now;

	/* Pairs with zmq_conn_flush(): who opens or unblocks the connection
	 * looks into the pipe after that.
	 */
	smp_mb();
	if (zmq_conn_phase(c) != ZMQ_PHASE_TRAFFIC || READ_ONCE(c->tx.blocked))
		return;
	if (READ_ONCE(c->peer)) {
		zmq_conn_flush(c);
		return;
	}
	/* In a dialogue there is no hurry, and no need for a clock. */
	if (test_bit(ZMQ_CONN_ANSWERED, &c->flags)) {
		clear_bit(ZMQ_CONN_ANSWERED, &c->flags);
		zmq_conn_flush(c);
		return;
	}
	now = local_clock();
	if (zmq_cork_wanted(c, now))
		WRITE_ONCE(c->sent_at, now);
	else
		zmq_cork_write(c, now);
}

/**
 * zmq_conn_uncork() - write what is there, whether it waits for company or not
 * @c: the connection, its session referenced by the caller
 *
 * Context: may sleep.
 */
void zmq_conn_uncork(struct zmq_conn *c)
{
	zmq_cork_pop(c);
	zmq_conn_flush(c);
}

/**
 * zmq_conn_cork_end() - enough waited for company
 * @timer: zmq_conn.cork_timer
 *
 * Return: HRTIMER_NORESTART: whoever corks next starts the timer.
 */
enum hrtimer_restart zmq_conn_cork_end(struct hrtimer *timer)
{
	struct zmq_conn *c = container_of(timer, struct zmq_conn, cork_timer);

	bool due = test_and_clear_bit(ZMQ_CONN_RETRY, &c->flags);

	/* The session is there: it stops the timer before it goes. */
	if (zmq_cork_pop(c) || due)
		zmq_conn_queue_tx(c);
	return HRTIMER_NORESTART;
}
