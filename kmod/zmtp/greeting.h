/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ZMTP greeting, RFC 37 "Greeting", sent in libzmq's stages so that a
 * peer of any version understands the part of it that it gets to see.
 */
#ifndef _ZMQ_ZMTP_GREETING_H
#define _ZMQ_ZMTP_GREETING_H

#include <linux/types.h>
#include "zmtp/wire.h"

/**
 * enum zmq_peer_version - what a peer speaks
 * @ZMQ_PEER_UNKNOWN: not enough bytes yet
 * @ZMQ_PEER_V1: ZMTP 1.0: no signature
 * @ZMQ_PEER_V1_REV0: signature, then ZMTP 1.0
 * @ZMQ_PEER_V2: ZMTP 2.0
 * @ZMQ_PEER_V30: ZMTP 3.0
 * @ZMQ_PEER_V31: ZMTP 3.1, or a version that is newer
 * @ZMQ_PEER_LOCAL: no ZMTP: a socket of the same context
 */
enum zmq_peer_version {
	ZMQ_PEER_UNKNOWN,
	ZMQ_PEER_V1,
	ZMQ_PEER_V1_REV0,
	ZMQ_PEER_V2,
	ZMQ_PEER_V30,
	ZMQ_PEER_V31,
	ZMQ_PEER_LOCAL,
};

/**
 * struct zmq_greeting - state of one connection's greeting, both directions
 * @in: what the peer sent, @in[0..@have)
 * @out: our own greeting
 * @have: bytes in @in
 * @sent: bytes of @out that zmq_greeting_output() has handed out
 * @type: our socket type's number
 * @version: the peer's, ZMQ_PEER_UNKNOWN until zmq_greeting_done()
 *
 * The owner serialises all calls.
 */
struct zmq_greeting {
	u8 in[ZMQ_GREETING_LEN];
	u8 out[ZMQ_GREETING_LEN];
	u8 have;
	u8 sent;
	u8 type;
	enum zmq_peer_version version;
};

/**
 * zmq_greeting_done() - is the version of the peer settled?
 * @g: the greeting
 *
 * Return: true when the 64 bytes of a ZMTP 3 peer are in and its mechanism is
 * ours, or when the peer turned out to be an older one and its greeting is in.
 */
static inline bool zmq_greeting_done(const struct zmq_greeting *g)
{
	return g->version != ZMQ_PEER_UNKNOWN;
}

/**
 * zmq_peer_is_old() - is it a peer without handshake and commands?
 * @v: what it speaks
 *
 * Return: true for ZMTP 1.0 and 2.0.
 */
static inline bool zmq_peer_is_old(enum zmq_peer_version v)
{
	return v > ZMQ_PEER_UNKNOWN && v < ZMQ_PEER_V30;
}

void zmq_greeting_init(struct zmq_greeting *g, const char *mechanism, u8 type,
		       size_t routing_id_len);
int zmq_greeting_feed(struct zmq_greeting *g, const u8 *p, size_t n);
size_t zmq_greeting_output(struct zmq_greeting *g, u8 buf[ZMQ_GREETING_LEN]);

#endif /* _ZMQ_ZMTP_GREETING_H */
