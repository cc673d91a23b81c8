// SPDX-License-Identifier: GPL-2.0-only
/*
 * The delay between two attempts to connect: one policy for every failure
 * path, so that no path can retry in a tight loop or in step with others.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include "common.h"
#include "conn/backoff.h"

/* Pauses after failed handshakes grow up to so many ms where the user sets no maximum. */
#define ZMQ_BACKOFF_REFUSED_MAX	5000

/**
 * zmq_backoff_next() - delay before the next attempt
 * @b: the state
 * @ivl: ZMQ_RECONNECT_IVL in ms; 0 or less = never reconnect
 * @max: ZMQ_RECONNECT_IVL_MAX in ms; 0 or less = no growth
 * @rnd: a random number, fresh for each call
 *
 * @ivl and @max may differ between two calls. libzmq leaves out the jitter when @max is set; we
 * do not, because a thousand clients of one restarted server would come back
 * in the same millisecond otherwise.
 *
 * Return: the delay in ms, or -1 when there is to be no further attempt.
 */
int zmq_backoff_next(struct zmq_backoff *b, int ivl, int max, u32 rnd)
{
	u64 base, delay;

	if (ivl <= 0)
		return -1;

	delay = rnd % (u32)ivl;
	if (max <= 0)
		return min_t(u64, delay + ivl, INT_MAX);
	/* libzmq's manual says ignored, its code says this. */
	if (max < ivl)
		return max;

	/* @cur may come from larger or smaller options than today's. */
	base = clamp_t(u64, b->cur, ivl, max);
	b->cur = min_t(u64, base * 2, max);
	return min_t(u64, base + delay, max);
}
EXPORT_SYMBOL_KUNIT(zmq_backoff_next);

/**
 * zmq_backoff_refused() - delay before the next attempt, after a failed handshake
 * @b: the state
 * @ivl: ZMQ_RECONNECT_IVL in ms; 0 or less = never reconnect
 * @max: ZMQ_RECONNECT_IVL_MAX in ms; 0 or less: five seconds, or @ivl if longer
 * @rnd: a random number, fresh for each call
 *
 * The peer is there, and does not want us: a wrong password does not become right
 * by being said ten times a second. Nor can it be told from a peer that is about
 * to be repaired, so we go on; libzmq stops for ever if it was told the reason, and
 * hammers if it was not, as by a CURVE server that does not like its key.
 *
 * Return: the delay in ms, or -1 when there is to be no further attempt.
 */
int zmq_backoff_refused(struct zmq_backoff *b, int ivl, int max, u32 rnd)
{
	if (max <= 0 && ivl < ZMQ_BACKOFF_REFUSED_MAX)
		max = ZMQ_BACKOFF_REFUSED_MAX;
	return zmq_backoff_next(b, ivl, max, rnd);
}
EXPORT_SYMBOL_KUNIT(zmq_backoff_refused);
