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
#include "conn/session.h"
#include "pattern/pattern.h"

/**
 * struct zmq_req - state of a REQ socket
 * @asked: pipe the request went to; NULL if it has gone: then the reply never
 *	comes and the socket stays as it is, as libzmq's does (API page, 1.5)
 * @waiting: a request was sent and its reply not yet read
 * @answered: the reply is in @asked, or was when that pipe went
 */
struct zmq_req {
	struct zmq_pipe *asked;
	bool waiting;
	bool answered;
};

static void zmq_req_detach(struct zmq_sock *zs, struct zmq_pipe *p)
{
	struct zmq_req *req = zs->priv;

	if (req->asked == p)
		req->asked = NULL;
}

static int zmq_req_begin(struct zmq_sock *zs, struct zmq_txn *t)
{
	struct zmq_req *req = zs->priv;

	return req->waiting ? -ZMQ_EFSM : zmq_lb_begin(zs, t);
}

/*
 * A new request discards what is readable (libzmq API page, 1.5). Normally
 * nothing is; but two threads may have begun a request each.
 */
static void zmq_req_discard(struct zmq_sock *zs)
{
	struct zmq_session *kick = NULL;
	struct zmq_frame *msg;

	while (zmq_fq_take(zs, &msg, &kick)) {
		zmq_chain_free(msg);
		zmq_sock_drop(zs, ZMQ_R_DROP_UNASKED, 1);
		if (zs->spent)
			zmq_sock_reap(zs);
		if (kick) {
			/* In the socket's list, which has a reference. */
			zmq_session_kick(kick);
			zmq_session_put_alive(kick);
			kick = NULL;
		}
	}
}

static void zmq_req_commit(struct zmq_sock *zs, struct zmq_txn *t,
			   struct zmq_session **kick)
{
	struct zmq_req *req = zs->priv;

	zmq_req_discard(zs);
	req->asked = t->pipe;
	req->waiting = true;
	req->answered = false;
	t->delimited = true;
	zmq_lb_commit(zs, t, kick);
}

/* A reply without delimiter ends the connection (wire page, 3.7). */
static enum zmq_reason zmq_req_filter(struct zmq_sock *zs, struct zmq_pipe *p,
				      struct zmq_frame *msg)
{
	struct zmq_req *req = zs->priv;

	if (!(msg->seg.flags & ZMQ_FRAME_DELIMITED))
		return ZMQ_R_PATTERN_VIOLATION;
	if (!req->waiting || req->answered || req->asked != p)
		return ZMQ_R_DROP_UNASKED;
	req->answered = true;
	return ZMQ_R_NONE;
}

static int zmq_req_recv(struct zmq_sock *zs, struct zmq_frame **msg,
			struct zmq_session **kick)
{
	struct zmq_req *req = zs->priv;
	int err;

	if (!req->waiting)
		return -ZMQ_EFSM;
	err = zmq_fq_recv(zs, msg, kick);
	if (!err)
		req->waiting = false;
	return err;
}

static bool zmq_req_can_send(struct zmq_sock *zs)
{
	struct zmq_req *req = zs->priv;

	return !req->waiting && zmq_lb_ready(zs);
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
	.priv_size = sizeof(struct zmq_req),
	.detach = zmq_req_detach,
	.begin = zmq_req_begin,
	.commit = zmq_req_commit,
	.recv = zmq_req_recv,
	.filter = zmq_req_filter,
	.can_send = zmq_req_can_send,
	.can_recv = zmq_req_can_recv,
};
