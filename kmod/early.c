// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of the kernel's own that wait for a socket's first peer: events of a
 * monitor that nobody has connected to yet.
 *
 * In libzmq such a message blocks the thread that raises it, so who sets a
 * monitor, lets another thread connect to it, and goes on, misses nothing: the
 * example of zmq_socket_monitor(3) does so. Here nobody is blocked (monitor.c),
 * so what comes before the first peer is kept for that one. Later ones get what
 * comes while they are there, as in libzmq.
 */
#include "early.h"
#include "queue/pipe.h"
#include "reason.h"
#include "sock.h"

/* As many as ZMQ_SNDHWM says; if that is no limit, so many. */
#define ZMQ_EARLY_MAX	1000

/**
 * zmq_early_keep() - keep a message for the first peer
 * @zs: the socket that is to send it, its lock held
 * @msg: all frames of the message, charged to the socket's account
 *
 * Return: true if the message belongs to the socket now; false if there was a
 * peer, or too many wait.
 */
bool zmq_early_keep(struct zmq_sock *zs, struct zmq_frame *msg)
{
	struct zmq_early *e = &zs->early;

	zmq_sock_assert(zs);
	if (e->met ||
	    zmq_queue_depth(&e->queue) >= (zs->opt.sndhwm ? : ZMQ_EARLY_MAX))
		return false;
	zmq_queue_push(&e->queue, msg);
	return true;
}

/**
 * zmq_early_deliver() - there is a peer: send it what waits
 * @zs: the socket, its lock held
 * @p: the peer's pipe, new
 *
 * As many as the mark allows, so the pipe has room for them.
 */
void zmq_early_deliver(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_early *e = &zs->early;
	struct zmq_frame *msg;
	bool acked;

	zmq_sock_assert(zs);
	e->met = true;
	while ((msg = zmq_queue_read(&e->queue, &acked))) {
		zs->stats.msgs_out++;
		zs->stats.bytes_out += zmq_chain_bytes(msg);
		zmq_queue_push(&p->out, msg);
	}
}

/**
 * zmq_early_drop() - the socket is closed: nobody will come any more
 * @zs: the socket, its lock held, to be given up by zmq_sock_unlock()
 */
void zmq_early_drop(struct zmq_sock *zs)
{
	u64 n = zmq_queue_take(&zs->early.queue, &zs->junk);

	zmq_sock_assert(zs);
	zs->early.met = true;
	zmq_sock_drop(zs, ZMQ_R_DROP_EVENT, n);
}
