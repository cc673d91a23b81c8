/* SPDX-License-Identifier: GPL-2.0-only */
/* Socket events: what happens to endpoints and connections, for monitors. */
#ifndef _ZMQ_EVENT_H
#define _ZMQ_EVENT_H

#include <linux/types.h>

#include "common.h"
#include "reason.h"

struct zmq_mech;

/**
 * struct zmq_event - something that happened to an endpoint or a connection
 * @type: one of ZMQ_EVENT_*
 * @value: what belongs to @type, see linux/zmq.h
 * @second: second value, of ZMQ_EVENT_PIPES_STATS only
 * @local: own endpoint, "" if there is none yet
 * @remote: the peer's endpoint, "" if there is none yet
 * @bound: it happened to what was bound or accepted, not to what connects
 *
 * Lives on the stack of who raises it.
 */
struct zmq_event {
	u32 type;
	u32 value;
	u32 second;
	const char *local;
	const char *remote;
	bool bound;
};

/* Room for the address of a lower socket in words; the longest is ipc's. */
#define ZMQ_EVENT_NAME_MAX	128

u32 zmq_event_number(struct zmq_sock *zs);
void zmq_event_name(struct zmq_session *s, bool peer, char *buf);
void zmq_event_names(struct zmq_session *s, struct zmq_event *ev, char *local,
		     char *remote);
void zmq_event_session(struct zmq_session *s, u32 type, u32 value);
void zmq_event_ready(struct zmq_session *s);
void zmq_event_refused(struct zmq_session *s);
void zmq_event_lost(struct zmq_session *s, enum zmq_reason why);
int zmq_event_pipes(struct zmq_sock *zs);
void zmq_event_listener(struct zmq_listener *l, u32 type, u32 value);
void zmq_event_bind_failed(struct zmq_sock *zs, const char *addr, int err);
bool zmq_event_failure(const struct zmq_mech *m, enum zmq_reason why, int detail,
		       struct zmq_event *ev);

#endif /* _ZMQ_EVENT_H */
