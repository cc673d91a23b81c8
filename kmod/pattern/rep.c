// SPDX-License-Identifier: GPL-2.0-only
/*
 * REP: a request, its reply, the next request (RFC 28).
 *
 *	        recv                   commit
 *	READY ---------> REPLYING ----------------> READY
 *	  |                 |
 *	begin: EFSM       recv: EFSM
 *
 * The frames up to and including the first empty one are the way back: they
 * are kept and go in front of the reply. Of a REQ that is the empty one alone,
 * which is but a flag of the next frame (ZMQ_FRAME_DELIMITED). A reply whose
 * peer has gone, or is full, is dropped and counts as sent (libzmq API page,
 * 1.6). The options of ROUTER can be set (1.6): they are about naming peers and
 * messages that can't be routed, which there is nothing of here.
 */
#include "pattern/pattern.h"

/**
 * struct zmq_rep - state of a REP socket
 * @asker: pipe the request came from; NULL if it has gone
 * @envelope: frames of the way back; NULL for a bare delimiter
 * @replying: a request was read and its reply not yet begun
 */
struct zmq_rep {
	struct zmq_pipe *asker;
	struct zmq_frame *envelope;
	bool replying;
};

static void zmq_rep_detach(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_rep *rep = zs->priv;

	if (rep->asker == p)
		rep->asker = NULL;
}

static int zmq_rep_begin(struct zmq_sock *zs, struct zmq_txn *t,
			 struct zmq_frame *f)
{
	struct zmq_rep *rep = zs->priv;
	struct zmq_pipe *p = rep->asker;

	if (!rep->replying)
		return -ZMQ_EFSM;
	if (p && !zmq_queue_full(&p->out)) {
		zmq_queue_reserve(&p->out);
		t->pipe = p;
	}
	t->delimited = !rep->envelope;
	t->head = rep->envelope;
	while (*t->tail)
		t->tail = &(*t->tail)->next;

	/* If several threads reply it is the first one's now. */
	rep->replying = false;
	rep->asker = NULL;
	rep->envelope = NULL;
	return 0;
}

static void zmq_rep_commit(struct zmq_sock *zs, struct zmq_txn *t,
			   struct zmq_session **kick)
{
	if (t->pipe)
		zmq_pattern_push(t, kick);
	else
		zmq_pattern_lose(zs, t);
}

/* Where the link to the body is: behind the first empty frame with MORE. */
static struct zmq_frame **zmq_rep_body(struct zmq_frame *msg)
{
	for (; zmq_frame_more(msg); msg = msg->next)
		if (!msg->len)
			return &msg->next;
	return NULL;
}

static enum zmq_reason zmq_rep_filter(struct zmq_sock *zs, struct zmq_pipe *p,
				      struct zmq_frame *msg)
{
	if (msg->seg.flags & ZMQ_FRAME_DELIMITED || zmq_rep_body(msg))
		return ZMQ_R_NONE;
	return ZMQ_R_DROP_NO_DELIMITER;
}

static int zmq_rep_recv(struct zmq_sock *zs, struct zmq_frame **msg,
			struct zmq_session **kick)
{
	struct zmq_rep *rep = zs->priv;
	struct zmq_frame **body;
	struct zmq_pipe *p;

	if (rep->replying)
		return -ZMQ_EFSM;
	p = zmq_fq_take(zs, msg, kick);
	if (!p)
		return -EAGAIN;

	/* The filter lets nothing pass that has no delimiter. */
	if (!((*msg)->seg.flags & ZMQ_FRAME_DELIMITED)) {
		body = zmq_rep_body(*msg);
		rep->envelope = *msg;
		*msg = *body;
		*body = NULL;
	}
	/* One that was detached already would not tell us when it goes. */
	rep->asker = p->attached ? p : NULL;
	rep->replying = true;
	return 0;
}

static int zmq_rep_setopt(struct zmq_sock *zs, int name, const void *value,
			  size_t len)
{
	bool on;

	switch (name) {
	case ZMQ_ROUTER_MANDATORY:
	case ZMQ_ROUTER_HANDOVER:
		return zmq_setopt_flag(zs, value, len, &on);
	case ZMQ_CONNECT_ROUTING_ID:
		return len && len <= ZMQ_ROUTING_ID_MAX ? 0 : -EINVAL;
	default:
		return zmq_setopt_probe(zs, name, value, len);
	}
}

static bool zmq_rep_can_send(struct zmq_sock *zs)
{
	struct zmq_rep *rep = zs->priv;

	return rep->replying;
}

static bool zmq_rep_can_recv(struct zmq_sock *zs)
{
	struct zmq_rep *rep = zs->priv;

	return !rep->replying && zmq_fq_ready(zs);
}

static void zmq_rep_fini(struct zmq_sock *zs)
{
	struct zmq_rep *rep = zs->priv;

	zmq_chain_free(rep->envelope);
	rep->envelope = NULL;
}

const struct zmq_pattern_ops zmq_rep_ops = {
	.type = ZMQ_REP,
	.lockstep = true,
	.delimited = true,
	.drops = true,
	.greets = true,
	.priv_size = sizeof(struct zmq_rep),
	.detach = zmq_rep_detach,
	.begin = zmq_rep_begin,
	.commit = zmq_rep_commit,
	.recv = zmq_rep_recv,
	.filter = zmq_rep_filter,
	.can_send = zmq_rep_can_send,
	.can_recv = zmq_rep_can_recv,
	.setopt = zmq_rep_setopt,
	.fini = zmq_rep_fini,
};
