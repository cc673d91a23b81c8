// SPDX-License-Identifier: GPL-2.0-only
/*
 * Heartbeats (RFC 37 "Connection Heartbeating"; wire page, 10.3): a peer that
 * says nothing is asked now and then, and is taken for dead if it does not
 * answer in time; and a peer may say itself how long its silence can last.
 *
 * Nothing here knows clocks or connections.
 */
#include <linux/jiffies.h>
#include <linux/minmax.h>

#include "common.h"
#include "conn/heartbeat.h"

/**
 * zmq_heartbeat_start() - the handshake is complete
 * @h: the timers, in any state
 * @opt: ZMQ_HEARTBEAT_IVL, _TIMEOUT and _TTL
 * @ask: the peer understands PING
 * @now: the time in jiffies
 */
void zmq_heartbeat_start(struct zmq_heartbeat *h, const struct zmq_options *opt,
			 bool ask, unsigned long now)
{
	int timeout = opt->heartbeat_timeout;

	h->ivl = ask ? msecs_to_jiffies(opt->heartbeat_ivl) : 0;
	h->timeout = timeout < 0 ? h->ivl : msecs_to_jiffies(timeout);
	h->ttl = min(opt->heartbeat_ttl / 100, ZMQ_HEARTBEAT_TTL_MAX);
	h->waiting = false;
	h->ping_at = now + h->ivl;
	h->heard_at = now;
	h->patience = 0;
}
EXPORT_SYMBOL_KUNIT(zmq_heartbeat_start);

/**
 * zmq_heartbeat_check() - what has to be done now?
 * @h: the timers
 * @heard: the peer has given a sign of life since the last check
 * @ttl_ms: TTL of the PING that was the last frame, in ms, or 0
 * @now: the time in jiffies
 *
 * PINGs are sent regardless of traffic, as libzmq does it; then a peer that
 * only reads still sees that we live.
 *
 * Return: ZMQ_BEAT_PING at most once an interval.
 */
enum zmq_beat zmq_heartbeat_check(struct zmq_heartbeat *h, bool heard,
				  u32 ttl_ms, unsigned long now)
{
	unsigned long patience = msecs_to_jiffies(ttl_ms);

	/* The first TTL is news from the peer, whatever @heard says. */
	if (heard || (patience && !h->patience)) {
		h->heard_at = now;
		h->waiting = false;
	}
	h->patience = patience;
	if (patience && time_after_eq(now, h->heard_at + patience))
		return ZMQ_BEAT_LOST;
	if (h->waiting && time_after_eq(now, h->lost_at))
		return ZMQ_BEAT_LOST;
	if (!h->ivl || time_before(now, h->ping_at))
		return ZMQ_BEAT_NONE;
	/* Nobody needs those that were missed. */
	h->ping_at += h->ivl;
	if (time_after_eq(now, h->ping_at))
		h->ping_at = now + h->ivl;
	return ZMQ_BEAT_PING;
}
EXPORT_SYMBOL_KUNIT(zmq_heartbeat_check);

/**
 * zmq_heartbeat_asked() - a PING was sent
 * @h: the timers
 * @now: the time in jiffies
 *
 * Time runs from the first PING that is not answered.
 */
void zmq_heartbeat_asked(struct zmq_heartbeat *h, unsigned long now)
{
	if (h->waiting || !h->timeout)
		return;
	h->waiting = true;
	h->lost_at = now + h->timeout;
}
EXPORT_SYMBOL_KUNIT(zmq_heartbeat_asked);

static void zmq_heartbeat_earlier(bool *found, unsigned long *when,
				  unsigned long at)
{
	if (!*found || time_before(at, *when))
		*when = at;
	*found = true;
}

/**
 * zmq_heartbeat_next() - when is the next check due?
 * @h: the timers
 * @when: set to the time in jiffies
 *
 * Return: false if none is.
 */
bool zmq_heartbeat_next(const struct zmq_heartbeat *h, unsigned long *when)
{
	bool found = false;

	if (h->ivl)
		zmq_heartbeat_earlier(&found, when, h->ping_at);
	if (h->waiting)
		zmq_heartbeat_earlier(&found, when, h->lost_at);
	if (h->patience)
		zmq_heartbeat_earlier(&found, when, h->heard_at + h->patience);
	return found;
}
EXPORT_SYMBOL_KUNIT(zmq_heartbeat_next);
