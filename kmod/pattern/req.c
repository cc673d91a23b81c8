// SPDX-License-Identifier: GPL-2.0-only
/*
 * REQ: a request, its reply, the next request (RFC 28).
 *
 *	        commit                  recv
 *	READY ----------> WAITING ----------------> READY
 *	  |                  |  a reply of the peer that was asked is there
 *	recv: EFSM         begin: EFSM
 *
 * On the wire a request is an empty frame and the body; in memory that frame
 * is a flag of the body's first one (ZMQ_FRAME_DELIMITED). Replies of others, and
 * those nobody waits for, are dropped when they arrive: so the pipes hold the
 * one reply that may be read, and poll() tells the truth.
 */
#include <linux/random.h>

#include "pattern/pattern.h"

/* ZMQ_REQ_CORRELATE: a number in front of the delimiter (wire page, 3.7). */
#define ZMQ_REQ_ID_LEN	4

/**
 * struct zmq_req - state of a REQ socket
 * @asked: pipe the request went to; NULL if it has gone: then the reply never
 *	comes and the socket stays as it is, as libzmq's does (API page, 1.5)
 * @id: number of the request, with @correlate
 * @waiting: a request was sent and its reply not yet read
 * @answered: the reply is in @asked, or was when that pipe went
 * @relaxed: ZMQ_REQ_RELAXED: a new request may be sent before the reply
 * @correlate: ZMQ_REQ_CORRELATE: requests are numbered, replies checked
 */
struct zmq_req {
	struct zmq_pipe *asked;
	u32 id;
	bool waiting;
	bool answered;
	bool relaxed;
	bool correlate;
};

static void zmq_req_init(struct zmq_sock *zs)
{
	struct zmq_req *req = zs->priv;

	req->id = get_random_u32();
}

static void zmq_req_detach(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_req *req = zs->priv;

	if (req->asked == p)
		req->asked = NULL;
}

static int zmq_req_begin(struct zmq_sock *zs, struct zmq_txn *t,
			 struct zmq_frame *f)
{
	struct zmq_req *req = zs->priv;
	struct zmq_frame *id;
	int err;

	if (req->waiting && !req->relaxed)
		return -ZMQ_EFSM;
	err = zmq_lb_begin(zs, t, f);
	t->delimited = !req->correlate;
	if (err || t->delimited)
		return err;

	req->id++;
	id = zmq_frame_from_bytes(zs->mem, &req->id, ZMQ_REQ_ID_LEN,
				  GFP_ATOMIC);
	if (!id) {
		zmq_queue_cancel(&t->pipe->out);
		t->pipe = NULL;
		return -ENOMEM;
	}
	id->seg.flags = ZMQ_FRAME_MORE;
	t->head = id;
	t->tail = &id->next;
	return 0;
}

static void zmq_req_commit(struct zmq_sock *zs, struct zmq_txn *t,
			   struct zmq_session **kick)
{
	struct zmq_req *req = zs->priv;

	/* A new request discards what is readable (libzmq API page, 1.5). */
	while (zmq_fq_next(zs))
		zmq_fq_drop(zs, ZMQ_R_DROP_UNASKED);
	req->asked = t->pipe;
	req->waiting = true;
	req->answered = false;
	/* Behind the number. */
	if (!t->delimited)
		t->head->next->seg.flags |= ZMQ_FRAME_DELIMITED;
	zmq_lb_commit(zs, t, kick);
}

/* Is it the reply to our request, and not to an earlier one? */
static bool zmq_req_matches(const struct zmq_req *req, struct zmq_frame *id)
{
	size_t len;
	const u8 *data = zmq_frame_start(id, &len);

	return req->correlate && !memcmp(data, &req->id, ZMQ_REQ_ID_LEN);
}

/* The delimiter, or a number and the delimiter (wire page, 3.7). */
static bool zmq_req_well_formed(const struct zmq_frame *msg)
{
	if (msg->seg.flags & ZMQ_FRAME_DELIMITED)
		return true;
	return msg->len == ZMQ_REQ_ID_LEN && zmq_frame_more(msg) &&
	       !msg->next->len && zmq_frame_more(msg->next);
}

/* A reply without delimiter ends the connection (wire page, 3.7). */
static enum zmq_reason zmq_req_filter(struct zmq_sock *zs, struct zmq_pipe *p,
				      struct zmq_frame *msg)
{
	struct zmq_req *req = zs->priv;
	bool numbered;

	if (!zmq_req_well_formed(msg))
		return ZMQ_R_PATTERN_VIOLATION;
	numbered = !(msg->seg.flags & ZMQ_FRAME_DELIMITED);
	if (!req->waiting || req->answered || req->asked != p ||
	    numbered != req->correlate ||
	    (numbered && !zmq_req_matches(req, msg)))
		return ZMQ_R_DROP_UNASKED;
	req->answered = true;
	return ZMQ_R_NONE;
}

static int zmq_req_recv(struct zmq_sock *zs, struct zmq_frame **msg,
			struct zmq_session **kick)
{
	struct zmq_req *req = zs->priv;
	struct zmq_frame *f;
	int err;

	if (!req->waiting)
		return -ZMQ_EFSM;
	err = zmq_fq_recv(zs, msg, kick);
	if (err)
		return err;
	req->waiting = false;
	/* The filter let it pass: number and delimiter are there. */
	if (!((*msg)->seg.flags & ZMQ_FRAME_DELIMITED)) {
		f = (*msg)->next->next;
		zmq_frame_free((*msg)->next);
		zmq_frame_free(*msg);
		*msg = f;
	}
	return 0;
}

static int zmq_req_setopt(struct zmq_sock *zs, int name, const void *value,
			  size_t len)
{
	struct zmq_req *req = zs->priv;

	switch (name) {
	case ZMQ_REQ_RELAXED:
		return zmq_setopt_flag(zs, value, len, &req->relaxed);
	case ZMQ_REQ_CORRELATE:
		return zmq_setopt_flag(zs, value, len, &req->correlate);
	default:
		return zmq_setopt_probe(zs, name, value, len);
	}
}

static bool zmq_req_can_send(struct zmq_sock *zs)
{
	struct zmq_req *req = zs->priv;

	return (!req->waiting || req->relaxed) && zmq_lb_ready(zs);
}

static bool zmq_req_can_recv(struct zmq_sock *zs)
{
	struct zmq_req *req = zs->priv;

	return req->waiting && zmq_fq_ready(zs);
}

const struct zmq_pattern_ops zmq_req_ops = {
	.type = ZMQ_REQ,
	.lockstep = true,
	.delimited = true,
	.one_to_one = true,
	.balances = true,
	.greets = true,
	.priv_size = sizeof(struct zmq_req),
	.init = zmq_req_init,
	.detach = zmq_req_detach,
	.begin = zmq_req_begin,
	.commit = zmq_req_commit,
	.recv = zmq_req_recv,
	.filter = zmq_req_filter,
	.can_send = zmq_req_can_send,
	.can_recv = zmq_req_can_recv,
	.setopt = zmq_req_setopt,
};
