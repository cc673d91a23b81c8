// SPDX-License-Identifier: GPL-2.0-only
/*
 * ZMQ_NATIVE_MONITOR_STATS: events that tell how full the pipes of a socket are
 * (libzmq API page, 7.1 and 9.1).
 *
 * "Outbound" is what counts against the high-water mark, reads reported in lumps
 * included, which is what libzmq's value is. "Inbound" is exact: what a reader
 * would find.
 */
#include <linux/zmq.h>

#include "conn/session.h"
#include "event.h"
#include "monitor.h"
#include "queue/pipe.h"
#include "sock.h"

/* Return: false if the session has no pipe. */
static bool zmq_event_pipes_look(struct zmq_session *s, struct zmq_event *ev)
{
	struct zmq_sock *zs = s->zs;
	struct zmq_pipe *p;

	spin_lock_bh(&zs->lock);
	p = s->conn.pipe;
	if (p) {
		ev->value = min_t(u64, p->out.put - p->out.acked, U32_MAX);
		ev->second = min_t(u64, zmq_queue_depth(&p->in), U32_MAX);
	}
	spin_unlock_bh(&zs->lock);
	return p;
}

/*
 * The monitor's own, nothing has happened: netlink tells it when asked.
 * -EAGAIN: the session has no pipe.
 */
static int zmq_event_pipes_tell(struct zmq_session *s)
{
	char local[ZMQ_EVENT_NAME_MAX], remote[ZMQ_EVENT_NAME_MAX];
	struct zmq_event ev = { .type = ZMQ_EVENT_PIPES_STATS };

	if (!zmq_event_pipes_look(s, &ev))
		return -EAGAIN;
	/* It may be looking a path up, for ever. */
	if (mutex_lock_interruptible(&s->run))
		return -EINTR;
	zmq_event_names(s, &ev, local, remote);
	zmq_monitor_event(s->zs, &ev);
	mutex_unlock(&s->run);
	return 0;
}

/**
 * zmq_event_pipes() - raise ZMQ_EVENT_PIPES_STATS for each pipe
 * @zs: the socket, its lock_sock not held
 *
 * In the order in which they came; those that come meanwhile are left out. A
 * pipe whose session has gone has no addresses any more, and no event.
 *
 * Context: may sleep.
 * Return: 0; -EINVAL no monitor wants the event; -EAGAIN there is no pipe;
 * -EINTR.
 */
int zmq_event_pipes(struct zmq_sock *zs)
{
	struct zmq_session *s;
	int err, result = -EAGAIN;
	u64 nr = 0, end;

	if (!zmq_monitor_wants(&zs->monitor, ZMQ_EVENT_PIPES_STATS))
		return -EINVAL;
	spin_lock_bh(&zs->lock);
	end = zs->session_roll.last;
	spin_unlock_bh(&zs->lock);
	while ((s = zmq_session_after(zs, &nr, end))) {
		err = zmq_event_pipes_tell(s);
		zmq_session_put(s);
		if (err == -EINTR)
			return err;
		if (!err)
			result = 0;
		cond_resched();
	}
	return result;
}
