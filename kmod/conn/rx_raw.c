// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading from peers of STREAM sockets, who speak no ZMTP: what has arrived is a
 * message.
 */
#include <linux/minmax.h>

#include "conn/conn.h"
#include "conn/rx.h"
#include "sock.h"

/**
 * zmq_rx_raw_message() - what has come in is a message
 * @rx: of a connection whose lower socket's lock is held; it has a frame
 */
void zmq_rx_raw_message(struct zmq_rx *rx)
{
	struct zmq_frame *f = rx->frame;

	rx->frame = NULL;
	if (f->got) {
		f->len = f->got;
		zmq_rx_message(rx, f, &f->next);
	} else {
		zmq_frame_free(f);
	}
}

/**
 * zmq_rx_raw_feed() - take what can be taken of some bytes
 * @arg: the &struct zmq_conn, its lower socket's lock held
 * @p: the bytes
 * @n: how many
 *
 * Pieces are put together up to the limit, so that a message is not what the
 * network cut.
 *
 * Context: any.
 * Return: the bytes taken; fewer than @n if the pipe is full or memory is short.
 */
ssize_t zmq_rx_raw_feed(void *arg, const u8 *p, size_t n)
{
	struct zmq_conn *c = arg;
	struct zmq_rx *rx = &c->rx;
	size_t done = 0;

	while (c->phase == ZMQ_PHASE_TRAFFIC && done < n) {
		struct zmq_frame *f = rx->frame;
		ssize_t took;

		if (!f && !rx->credit)
			break;
		if (!f)
			f = zmq_frame_alloc(c->zs->mem, min_t(size_t, n - done, c->raw),
					    GFP_ATOMIC);
		else
			f->len = min_t(size_t, f->got + n - done, c->raw);
		rx->frame = f;
		took = f ? zmq_frame_append(f, p + done, n - done, GFP_ATOMIC) : 0;
		if (took <= 0) {
			rx->starved = true;
			break;
		}
		done += took;
		if (f->got == c->raw)
			zmq_rx_raw_message(rx);
	}
	return done;
}
