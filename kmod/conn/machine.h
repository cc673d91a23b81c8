/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of a session; everybody else includes conn/session.h. */
#ifndef _ZMQ_MACHINE_H
#define _ZMQ_MACHINE_H

#include <linux/jiffies.h>

#include "conn/session.h"

/* session.c: its beginning and end */
struct zmq_session *zmq_session_alloc(struct zmq_sock *zs,
				      const struct zmq_options *opt,
				      const struct zmq_tran_ops *tran);
bool zmq_session_publish(struct zmq_session *s);
int zmq_session_make_pipe(struct zmq_session *s);
void zmq_session_end(struct zmq_session *s);

/* machine.c: the states */
void zmq_session_run(struct zmq_session *s);
void zmq_session_arm(struct zmq_session *s);
void zmq_session_connected(struct zmq_session *s);
bool zmq_session_linger_over(struct zmq_session *s);

/* lost.c: what follows when there is no peer any more */
void zmq_session_count(struct zmq_session *s, enum zmq_reason why);
void zmq_session_lost(struct zmq_session *s, enum zmq_reason why);
bool zmq_session_flown(const struct zmq_session *s);

/* admit.c: limits on what is without handshake */
int zmq_session_admit(struct zmq_session *s, struct zmq_listener *l,
		      struct socket *sock);
int zmq_session_patience(const struct zmq_session *s);

/* attempt.c: WAITING and CONNECTING */
void zmq_session_attempt(struct zmq_session *s);
void zmq_session_connecting(struct zmq_session *s);
void zmq_session_begin(struct zmq_session *s, struct socket *sock);
enum zmq_reason zmq_session_why(int err);

/* reach.c: attempts that look a path up */
bool zmq_session_reaches(const struct zmq_session *s);
void zmq_session_reach(struct zmq_session *s);
bool zmq_session_reached(struct zmq_session *s);
void zmq_session_unreach(struct zmq_session *s);

/* What the lower socket connects to. */
static inline const struct zmq_endpoint *
zmq_session_target(const struct zmq_session *s)
{
	return s->proxy ? &s->proxy->ep : s->ep;
}

/* The state ends in so many ms; not by time if 0. */
static inline void zmq_session_limit(struct zmq_session *s, int ms)
{
	s->limited = ms > 0;
	s->deadline = jiffies + msecs_to_jiffies(ms);
}

static inline bool zmq_session_late(const struct zmq_session *s)
{
	return s->limited && time_after_eq(jiffies, s->deadline);
}

#endif /* _ZMQ_MACHINE_H */
