// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attempts to connect that look a path up.
 *
 * The first one the caller of connect() makes itself. The session's work can't
 * make the others: it has the root directory of another process, and could be
 * held up for ever. So an errand makes them; the session is CONNECTING meanwhile,
 * and may end without waiting for it.
 */
#include <linux/net.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "conn/machine.h"
#include "conn/session.h"
#include "resolve/errand.h"
#include "resolve/view.h"
#include "sock.h"

/**
 * struct zmq_reach - an attempt, made by an errand
 * @errand: the errand
 * @s: who is told when it is over; valid until the errand is dropped
 * @net: network namespace, kept by the errand's view
 * @tran: transport
 * @opt: options of the endpoint, held
 * @target: where to
 * @sock: the lower socket: one to be tried again, or NULL; then the errand's own
 * @why: how it ended; for others than the errand when that is over
 */
struct zmq_reach {
	struct zmq_errand errand;
	struct zmq_session *s;
	struct net *net;
	const struct zmq_tran_ops *tran;
	const struct zmq_options *opt;
	struct zmq_target target;
	struct socket *sock;
	enum zmq_reason why;
};

static void zmq_reach_run(struct zmq_errand *e)
{
	struct zmq_reach *r = container_of(e, struct zmq_reach, errand);
	int err;

	if (zmq_view_is_lost(e->view))
		return;
	if (!r->sock && r->tran->open(r->net, r->opt, &r->sock)) {
		r->sock = NULL;
		return;
	}
	err = r->tran->connect(r->sock, &r->target, e->view);
	/* Nothing was sent yet to whom it may have reached meanwhile. */
	if (!err && zmq_view_is_lost(e->view))
		err = -ENOENT;
	r->why = err ? zmq_session_why(err) : ZMQ_R_NONE;
}

static void zmq_reach_done(struct zmq_errand *e)
{
	zmq_session_kick(container_of(e, struct zmq_reach, errand)->s);
}

static void zmq_reach_free(struct zmq_errand *e)
{
	struct zmq_reach *r = container_of(e, struct zmq_reach, errand);

	if (r->sock)
		sock_release(r->sock);
	zmq_options_put(r->opt);
	kfree(r);
}

static const struct zmq_errand_ops zmq_reach_ops = {
	.run = zmq_reach_run,
	.done = zmq_reach_done,
	.free = zmq_reach_free,
};

/**
 * zmq_session_reaches() - has the next attempt to be made by an errand?
 * @s: the session
 *
 * Return: true if it looks a path up and the current task is not the caller's.
 */
bool zmq_session_reaches(const struct zmq_session *s)
{
	return (current->flags & PF_KTHREAD) && s->tran->path &&
	       s->tran->path(zmq_session_target(s));
}

/**
 * zmq_session_reach() - let an errand connect
 * @s: the session, in state WAITING
 *
 * Context: the state machine.
 */
void zmq_session_reach(struct zmq_session *s)
{
	struct zmq_reach *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r) {
		zmq_session_lost(s, ZMQ_R_NO_MEMORY);
		return;
	}
	r->s = s;
	r->net = sock_net(&s->zs->sk);
	r->tran = s->tran;
	r->opt = zmq_options_hold(s->opt);
	r->why = ZMQ_R_OPEN_FAILED;
	r->sock = s->spare;
	s->spare = NULL;
	/* Only reads what is in the endpoint: it has a path, not a name. */
	if (s->tran->target(zmq_session_target(s), s->opt, NULL, &r->target) ||
	    zmq_errand_start(&r->errand, &zmq_reach_ops, s->view)) {
		zmq_reach_free(&r->errand);
		zmq_session_lost(s, ZMQ_R_NO_MEMORY);
		return;
	}
	s->reach = r;
	s->state = ZMQ_SESSION_CONNECTING;
	zmq_session_limit(s, s->opt->connect_timeout);
}

/**
 * zmq_session_unreach() - nobody waits for the errand any more
 * @s: the session, with an errand or without
 *
 * Context: the state machine.
 */
void zmq_session_unreach(struct zmq_session *s)
{
	if (s->reach)
		zmq_errand_drop(&s->reach->errand);
	s->reach = NULL;
}

/**
 * zmq_session_reached() - has the errand connected?
 * @s: the session, with an errand
 *
 * Context: the state machine.
 * Return: true if the session has its lower socket, connected; otherwise the
 * errand goes on, or the failure was dealt with.
 */
bool zmq_session_reached(struct zmq_session *s)
{
	struct zmq_reach *r = s->reach;
	enum zmq_reason why = ZMQ_R_CONNECT_TIMEOUT;
	struct socket *sock = NULL;

	if (zmq_errand_over(&r->errand)) {
		why = r->why;
		swap(sock, r->sock);
	} else if (!zmq_session_late(s)) {
		return false;
	}
	zmq_session_unreach(s);
	if (sock)
		zmq_session_begin(s, sock);
	else if (why == ZMQ_R_OPEN_FAILED)
		s->state = ZMQ_SESSION_WAITING;
	if (why == ZMQ_R_NONE)
		return true;
	zmq_session_lost(s, why);
	return false;
}
