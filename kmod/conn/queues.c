// SPDX-License-Identifier: GPL-2.0-only
/*
 * The workqueues of sessions: one for the state machines, one for those that
 * may block for long, one for writing that no caller can do.
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/workqueue.h>

#include "conn/session.h"

struct workqueue_struct *zmq_io_wq;

static struct workqueue_struct *zmq_session_wq;
/* For attempts that look names up: that can block a work for long. */
static struct workqueue_struct *zmq_name_wq;

/**
 * zmq_session_queue() - where the work goes now: only an attempt can be long
 * @s: the session
 *
 * Return: the workqueue.
 */
struct workqueue_struct *zmq_session_queue(const struct zmq_session *s)
{
	if (s->waits && READ_ONCE(s->state) == ZMQ_SESSION_WAITING)
		return zmq_name_wq;
	return zmq_session_wq;
}

/**
 * zmq_session_kick() - let the work look at the session
 * @s: the session; something keeps it from going meanwhile
 *
 * Context: any.
 */
void zmq_session_kick(struct zmq_session *s)
{
	zmq_session_get(s);
	/* Pairs with zmq_session_delay(). */
	smp_store_mb(s->kicked, true);
	if (mod_delayed_work(zmq_session_queue(s), &s->work, 0))
		zmq_session_put_alive(s);
}

/**
 * zmq_session_delay() - let the work look at the session after some time
 * @s: the session
 * @delay: in jiffies
 *
 * The work may be queued already: for a time that is later, which this one
 * replaces (whoever was the machine before, the caller of connect() perhaps,
 * waited for something else), or because of a kick, which it must not.
 *
 * Context: the state machine.
 */
void zmq_session_delay(struct zmq_session *s, unsigned long delay)
{
	zmq_session_get(s);
	if (mod_delayed_work(zmq_session_queue(s), &s->work, delay))
		zmq_session_put_alive(s);
	/* Pairs with zmq_session_kick(): either we see that there was one, or
	 * its work is queued after ours.
	 */
	smp_mb();
	if (READ_ONCE(s->kicked))
		zmq_session_kick(s);
}

/**
 * zmq_session_init() - the workqueues of sessions
 *
 * Context: module init, before the first socket.
 * Return: 0 or -ENOMEM.
 */
int __init zmq_session_init(void)
{
	zmq_io_wq = alloc_workqueue("zmq_io", WQ_UNBOUND | WQ_HIGHPRI, 0);
	if (!zmq_io_wq)
		return -ENOMEM;
	zmq_session_wq = alloc_workqueue("zmq", WQ_UNBOUND, 0);
	if (!zmq_session_wq)
		goto err_io;
	zmq_name_wq = alloc_workqueue("zmq_name", WQ_UNBOUND,
				      WQ_UNBOUND_MAX_ACTIVE);
	if (!zmq_name_wq)
		goto err_session;
	return 0;

err_session:
	destroy_workqueue(zmq_session_wq);
err_io:
	destroy_workqueue(zmq_io_wq);
	return -ENOMEM;
}

/**
 * zmq_session_exit() - undo zmq_session_init()
 *
 * Context: module exit; waits for works that have put their session already.
 */
void zmq_session_exit(void)
{
	destroy_workqueue(zmq_name_wq);
	destroy_workqueue(zmq_session_wq);
	destroy_workqueue(zmq_io_wq);
}
