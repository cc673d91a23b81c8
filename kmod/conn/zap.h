/* SPDX-License-Identifier: GPL-2.0-only */
/* Questions to the ZAP handler (RFC 27): may this peer come in? */
#ifndef _ZMQ_ZAP_H
#define _ZMQ_ZAP_H

#include "conn/session.h"

/* Where the handler is bound, in the context of who asks. */
#define ZMQ_ZAP_ENDPOINT	"inproc://zeromq.zap.01"

extern const struct zmq_tran_ops zmq_zap_ops;

/* Is it a question's session at the handler? */
static inline bool zmq_zap_serves(const struct zmq_session *s)
{
	return s->tran == &zmq_zap_ops;
}

enum zmq_reason zmq_zap_ask(struct zmq_session *s);
enum zmq_reason zmq_zap_look(struct zmq_session *s);
void zmq_zap_drain(struct zmq_session *b);
void zmq_zap_run(struct zmq_session *b);
void zmq_zap_leave(struct zmq_session *s);
void zmq_zap_put(struct zmq_zap *q);
struct zmq_sock *zmq_zap_asker(struct zmq_session *b);

#endif /* _ZMQ_ZAP_H */
