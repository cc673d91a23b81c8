/* SPDX-License-Identifier: GPL-2.0-only */
/* When to ask a peer for a sign of life, and when to give it up. */
#ifndef _ZMQ_HEARTBEAT_H
#define _ZMQ_HEARTBEAT_H

#include <linux/types.h>

#include "options.h"

/* libzmq computes in 16 bits of milliseconds how long it waits for us (wire
 * page, 3.3): 656 tenths of a second would be 64 ms.
 */
#define ZMQ_HEARTBEAT_TTL_MAX	655

/**
 * enum zmq_beat - what has to be done
 * @ZMQ_BEAT_NONE: nothing
 * @ZMQ_BEAT_PING: send a PING
 * @ZMQ_BEAT_LOST: give the peer up
 */
enum zmq_beat {
	ZMQ_BEAT_NONE,
	ZMQ_BEAT_PING,
	ZMQ_BEAT_LOST,
};

/**
 * struct zmq_heartbeat - timers of one connection, in jiffies
 * @ivl: between two PINGs; 0 for none
 * @timeout: from a PING to the next sign of life; 0 for ever
 * @ttl: announced in PINGs, in tenths of a second
 * @waiting: the peer was asked and has not been heard since
 * @ping_at: when the next PING is due; valid if @ivl
 * @lost_at: when the peer is given up; valid if @waiting
 * @heard_at: the last sign of life that was noticed
 * @patience: how long the peer wants us to wait for the next one; 0 for ever
 *
 * The owner serialises all calls, and passes the time.
 */
struct zmq_heartbeat {
	unsigned long ivl;
	unsigned long timeout;
	u16 ttl;
	bool waiting;
	unsigned long ping_at;
	unsigned long lost_at;
	unsigned long heard_at;
	unsigned long patience;
};

void zmq_heartbeat_start(struct zmq_heartbeat *h, const struct zmq_options *opt,
			 bool ask, unsigned long now);
enum zmq_beat zmq_heartbeat_check(struct zmq_heartbeat *h, bool heard,
				  u32 ttl_ms, unsigned long now);
void zmq_heartbeat_asked(struct zmq_heartbeat *h, unsigned long now);
bool zmq_heartbeat_next(const struct zmq_heartbeat *h, unsigned long *when);

#endif /* _ZMQ_HEARTBEAT_H */
