/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ZMQ_CONN_BACKOFF_H
#define _ZMQ_CONN_BACKOFF_H

#include <linux/types.h>

/**
 * struct zmq_backoff - how long one endpoint waits between its attempts
 * @cur: base of the next delay in ms; 0 = start at RECONNECT_IVL
 *
 * The owner serialises all calls.
 */
struct zmq_backoff {
	u32 cur;
};

/**
 * zmq_backoff_reset() - start growing from the beginning
 * @b: the state; to be called at set-up and when a handshake succeeded. libzmq
 *	does so when a connect did, and hammers peers that refuse it later
 */
static inline void zmq_backoff_reset(struct zmq_backoff *b)
{
	b->cur = 0;
}

int zmq_backoff_next(struct zmq_backoff *b, int ivl, int max, u32 rnd);
int zmq_backoff_refused(struct zmq_backoff *b, int ivl, int max, u32 rnd);

#endif /* _ZMQ_CONN_BACKOFF_H */
