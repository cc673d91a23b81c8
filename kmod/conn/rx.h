/* SPDX-License-Identifier: GPL-2.0-only */
/* Between rx.c and rx_raw.c: what both do with the bytes that came. */
#ifndef _ZMQ_CONN_RX_H
#define _ZMQ_CONN_RX_H

#include "conn/conn.h"

/**
 * zmq_rx_message() - a message is whole, and to be delivered
 * @rx: of a connection whose lower socket's lock is held
 * @msg: its frames, owned by @rx from now on
 * @last: links the last of these to what follows
 */
static inline void zmq_rx_message(struct zmq_rx *rx, struct zmq_frame *msg,
				  struct zmq_frame **last)
{
	*rx->done_tail = msg;
	rx->done_tail = last;
	/* The mark may have been lowered in the middle of the message. */
	if (rx->credit)
		rx->credit--;
}

ssize_t zmq_rx_raw_feed(void *arg, const u8 *p, size_t n);
void zmq_rx_raw_message(struct zmq_rx *rx);

#endif /* _ZMQ_CONN_RX_H */
