/* SPDX-License-Identifier: GPL-2.0-only */
/* ZAP (RFC 27): the request and the reply as messages. */
#ifndef _ZMQ_ZAP_MSG_H
#define _ZMQ_ZAP_MSG_H

#include "common.h"
#include "mech/mech.h"
#include "reason.h"

struct zmq_frame;

/**
 * struct zmq_zap_verdict - what a reply says
 * @why: ZMQ_R_NONE; or what is wrong with the reply, or ZMQ_R_NO_MEMORY: then
 *	nothing else counts
 * @status: status code, ZMQ_ZAP_*
 * @vouched: the user id, and what else the handler knows of the peer; referenced
 */
struct zmq_zap_verdict {
	enum zmq_reason why;
	u16 status;
	struct zmq_props *vouched;
};

struct zmq_frame *zmq_zap_request(struct zmq_mem *mem, bool flagged,
				  const struct zmq_mech *m,
				  const char *address);
void zmq_zap_read(const struct zmq_frame *msg, int type, struct zmq_mem *mem,
		  struct zmq_zap_verdict *v);

#endif /* _ZMQ_ZAP_MSG_H */
