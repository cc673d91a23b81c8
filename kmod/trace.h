/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints: /sys/kernel/tracing/events/zmq. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM zmq

#if !defined(_ZMQ_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _ZMQ_TRACE_H

#include <linux/tracepoint.h>

#include "conn/session.h"
#include "reason.h"
#include "sock.h"

#define ZMQ_PHASES(P) \
	P(CLOSED,	"closed") \
	P(OPENING,	"opening") \
	P(GREETING,	"greeting") \
	P(HANDSHAKE,	"handshake") \
	P(TRAFFIC,	"traffic") \
	P(DRAINING,	"draining") \
	P(FAILED,	"failed")

/* The values go to user space, which decodes the binary trace. */
#undef ZMQ_TRACE_PHASE
#undef ZMQ_TRACE_REASON
#define ZMQ_TRACE_PHASE(name, key)		TRACE_DEFINE_ENUM(ZMQ_PHASE_##name);
#define ZMQ_TRACE_REASON(name, key, text)	TRACE_DEFINE_ENUM(ZMQ_R_##name);
ZMQ_PHASES(ZMQ_TRACE_PHASE)
ZMQ_REASONS(ZMQ_TRACE_REASON)

#undef ZMQ_TRACE_PHASE
#undef ZMQ_TRACE_REASON
#define ZMQ_TRACE_PHASE(name, key)		{ ZMQ_PHASE_##name, key },
#define ZMQ_TRACE_REASON(name, key, text)	{ ZMQ_R_##name, key },

#define zmq_show_phase(v) \
	__print_symbolic(v, ZMQ_PHASES(ZMQ_TRACE_PHASE) { -1, "" })
#define zmq_show_reason(v) \
	__print_symbolic(v, ZMQ_REASONS(ZMQ_TRACE_REASON) { -1, "" })

/* A connection enters a phase. */
TRACE_EVENT(zmq_phase,
	TP_PROTO(struct zmq_conn *c, enum zmq_phase phase),
	TP_ARGS(c, phase),
	TP_STRUCT__entry(
		__field(const void *, session)
		__field(int, type)
		__field(int, from)
		__field(int, to)
	),
	TP_fast_assign(
		__entry->session = zmq_conn_session(c);
		__entry->type = c->zs->sk.sk_protocol;
		__entry->from = c->phase;
		__entry->to = phase;
	),
	TP_printk("session=%p type=%d %s -> %s", __entry->session,
		  __entry->type,
		  zmq_show_phase(__entry->from),
		  zmq_show_phase(__entry->to))
);

/* A connection, or an attempt at one, came to an end. */
TRACE_EVENT(zmq_lost,
	TP_PROTO(struct zmq_session *s, enum zmq_reason why),
	TP_ARGS(s, why),
	TP_STRUCT__entry(
		__field(const void *, session)
		__field(int, type)
		__field(int, why)
		__string(endpoint, s->ep ? s->ep->uri : "accepted")
	),
	TP_fast_assign(
		__entry->session = s;
		__entry->type = s->zs->sk.sk_protocol;
		__entry->why = why;
		zmq_assign_str(endpoint, s->ep ? s->ep->uri : "accepted");
	),
	TP_printk("session=%p type=%d endpoint=%s why=%s", __entry->session,
		  __entry->type, __get_str(endpoint),
		  zmq_show_reason(__entry->why))
);

/* Messages are dropped. */
TRACE_EVENT(zmq_drop,
	TP_PROTO(struct zmq_sock *zs, enum zmq_reason why, u64 n),
	TP_ARGS(zs, why, n),
	TP_STRUCT__entry(
		__field(const void *, sock)
		__field(int, type)
		__field(int, why)
		__field(u64, n)
	),
	TP_fast_assign(
		__entry->sock = zs;
		__entry->type = zs->sk.sk_protocol;
		__entry->why = why;
		__entry->n = n;
	),
	TP_printk("sock=%p type=%d why=%s n=%llu", __entry->sock,
		  __entry->type,
		  zmq_show_reason(__entry->why),
		  __entry->n)
);

#endif /* _ZMQ_TRACE_H */

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
