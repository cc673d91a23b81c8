// SPDX-License-Identifier: GPL-2.0-only
/*
 * Questions to the ZAP handler (RFC 27): may this peer come in?
 *
 * The handler is a socket of the user's, REP or ROUTER, that is bound to
 * ZMQ_ZAP_ENDPOINT in the context of the socket that asks; maybe another
 * process'. A question is a session and a pipe at the handler, as if a DEALER
 * had connected, but at the other end there is no socket: the request is put
 * into the pipe, and what the handler sends there is read as the reply, by the
 * handler itself when it sends. One pipe for each question, so nobody's answer
 * can be taken for another one's, and a high-water mark stops nobody.
 *
 * Who asks goes on with its handshake when it is kicked. A question is over
 * when it was answered or when who asked has gone: then its session ends, and
 * a request that was not read yet is dropped. So there are no more of these
 * than half-open connections. If the handler goes first nobody answers, and the
 * handshake ends by its time limit, or by the peer, as in libzmq (API page,
 * 9.5).
 *
 *	asking session                          handler's session
 *	  zmq_zap_ask() ---- request ----------> pipe in ---> recv()
 *	  zmq_zap_look() <-- kick, verdict ----- pipe out <-- send()
 *	                     zmq_zap_drain()
 */
#include <linux/err.h>
#include <linux/slab.h>

#include "blob.h"
#include "conn/inproc.h"
#include "conn/machine.h"
#include "conn/props.h"
#include "conn/zap.h"
#include "conn/zap_msg.h"
#include "ctx/names.h"
#include "pattern/pattern.h"
#include "sock.h"

/**
 * struct zmq_zap - a question
 * @ref: held by both sessions
 * @lock: protects all below; a leaf, but sessions are kicked under it
 * @asker: the session that asks; NULL once it has the verdict, or wants none any
 *	more
 * @desk: the session at the handler; NULL once it has ended
 * @answered: @verdict is there
 * @verdict: the first answer; what is vouched for is charged to @asker's socket,
 *	and goes before @asker does
 *
 * Neither session is referenced: each clears its pointer before it ends
 * (zmq_zap_leave()), under @lock.
 */
struct zmq_zap {
	refcount_t ref;
	spinlock_t lock;
	struct zmq_session *asker;
	struct zmq_session *desk;
	bool answered;
	struct zmq_zap_verdict verdict;
};

/* Its sessions have nothing below them but a pipe; see zmq_zap_run(). */
const struct zmq_tran_ops zmq_zap_ops = {
	.id = ZMQ_TRAN_INPROC,
	.linked = true,
};

static struct zmq_zap *zmq_zap_get(struct zmq_zap *q)
{
	refcount_inc(&q->ref);
	return q;
}

/**
 * zmq_zap_put() - drop a reference
 * @q: the question, or NULL
 *
 * Context: any.
 */
void zmq_zap_put(struct zmq_zap *q)
{
	if (q && refcount_dec_and_test(&q->ref))
		kfree(q);
}

static struct zmq_zap *zmq_zap_make(struct zmq_session *s)
{
	struct zmq_zap *q = kzalloc(sizeof(*q), GFP_KERNEL_ACCOUNT);

	if (!q)
		return NULL;
	refcount_set(&q->ref, 1);
	spin_lock_init(&q->lock);
	q->asker = s;
	return q;
}

/* What the handler's options send to whoever comes is no reply. */
static void zmq_zap_hush(struct zmq_session *b)
{
	struct zmq_sock *zs = b->zs;

	spin_lock_bh(&zs->lock);
	zmq_queue_take(&b->conn.pipe->out, &zs->junk);
	zmq_sock_unlock(zs);
}

/* Under its run: the request goes into the handler's queue. */
static int zmq_zap_deliver(struct zmq_session *b, struct zmq_frame *request)
{
	struct zmq_conn *c = &b->conn;
	int err;

	c->greeting.version = ZMQ_PEER_LOCAL;
	err = zmq_session_make_pipe(b);
	if (!err)
		err = zmq_sock_pipe_up(b->zs, c);
	if (err) {
		zmq_chain_free(request);
		return err;
	}
	zmq_zap_hush(b);
	mutex_lock(&c->tx_lock);
	zmq_conn_set_phase(c, ZMQ_PHASE_TRAFFIC);
	mutex_unlock(&c->tx_lock);
	b->state = ZMQ_SESSION_TRAFFIC;
	/* A handler that is closed meanwhile drops it. */
	zmq_sock_deliver(b->zs, c->pipe, request);
	return 0;
}

/* The question's session at the handler. 0 or an errno; @request is consumed. */
static int zmq_zap_visit(struct zmq_zap *q, const struct zmq_bound *bound,
			 struct zmq_frame *request)
{
	struct zmq_session *b;
	int err;

	b = zmq_inproc_visit(bound, &zmq_zap_ops, zmq_zap_get(q));
	if (IS_ERR(b)) {
		zmq_chain_free(request);
		return PTR_ERR(b);
	}
	spin_lock(&q->lock);
	q->desk = b;
	spin_unlock(&q->lock);
	err = zmq_zap_deliver(b, request);
	if (err)
		zmq_session_end(b);
	mutex_unlock(&b->run);
	zmq_session_put(b);
	return err;
}

static struct zmq_frame *zmq_zap_compose(struct zmq_session *s,
					 const struct zmq_sock *handler)
{
	struct sock *sk = s->conn.lower.sock->sk;
	char address[ZMQ_PEER_TEXT_MAX];

	lock_sock(sk);
	s->tran->peer(sk, s->view, address, sizeof(address));
	release_sock(sk);
	return zmq_zap_request(handler->mem, handler->ops->delimited,
			       &s->conn.mech, address);
}

/* Others can't answer whom they choose: a verdict might be for somebody else. */
static bool zmq_zap_can_answer(const struct zmq_sock *handler)
{
	return handler->ops->type == ZMQ_REP || handler->ops->type == ZMQ_ROUTER;
}

static enum zmq_reason zmq_zap_submit(struct zmq_session *s,
				      const struct zmq_bound *bound)
{
	struct zmq_frame *request;
	struct zmq_zap *q;
	int err;

	if (!zmq_zap_can_answer(bound->zs))
		return ZMQ_R_ZAP_MISSING;
	request = zmq_zap_compose(s, bound->zs);
	if (!request)
		return ZMQ_R_NO_MEMORY;
	q = zmq_zap_make(s);
	if (!q) {
		zmq_chain_free(request);
		return ZMQ_R_NO_MEMORY;
	}
	/* Before anybody can answer: zmq_zap_leave() undoes all of it. */
	s->zap = q;
	err = zmq_zap_visit(q, bound, request);
	/* The handler may have been closed since it was found. */
	if (err)
		return err == -ENOTCONN ? ZMQ_R_ZAP_MISSING : ZMQ_R_NO_MEMORY;
	return ZMQ_R_NONE;
}

/*
 * Nobody is bound: who insists on an answer lets nobody in (wire page, 6). Neither
 * does a socket that lingers and had a handler, which may have ended with its
 * process: libzmq would have ended, too.
 */
static bool zmq_zap_optional(const struct zmq_session *s)
{
	if (READ_ONCE(s->zs->judged) && READ_ONCE(s->zs->closed))
		return false;
	return s->opt->mechanism != ZMQ_PLAIN && !s->opt->zap_enforce_domain;
}

static void zmq_zap_tell(struct zmq_session *s, enum zmq_ask ask, u16 status)
{
	struct sock *sk = s->conn.lower.sock->sk;

	lock_sock(sk);
	s->conn.mech.verdict = status;
	s->conn.mech.ask = ask;
	release_sock(sk);
}

/**
 * zmq_zap_ask() - ask the handler about the peer
 * @s: a session in state HANDSHAKE, whose mechanism wants to know
 *	(ZMQ_ASK_WANTED)
 *
 * There has to be a handler now: nobody waits for one. On success the answer is
 * there already, because none is needed; or the session will be kicked when it
 * has come.
 *
 * Context: the session's work.
 * Return: ZMQ_R_NONE, or why the handshake fails.
 */
enum zmq_reason zmq_zap_ask(struct zmq_session *s)
{
	struct zmq_ctx *ctx = READ_ONCE(s->zs->ctx);
	struct zmq_bound bound;
	enum zmq_reason why;

	/* bind() and connect() saw to it that there is a context. */
	if (!ctx)
		return ZMQ_R_ZAP_MISSING;
	if (!zmq_name_look(ctx, ZMQ_ZAP_ENDPOINT, &bound)) {
		if (!zmq_zap_optional(s))
			return ZMQ_R_ZAP_MISSING;
		zmq_zap_tell(s, ZMQ_ASK_ANSWERED, ZMQ_ZAP_OK);
		return ZMQ_R_NONE;
	}
	WRITE_ONCE(s->zs->judged, true);
	why = zmq_zap_submit(s, &bound);
	zmq_options_put(bound.opt);
	sock_put(&bound.zs->sk);
	if (why == ZMQ_R_NONE)
		zmq_zap_tell(s, ZMQ_ASK_PENDING, 0);
	return why;
}

/**
 * zmq_zap_look() - has the handler answered?
 * @s: a session in state HANDSHAKE
 *
 * The mechanism learns the verdict, the connection what comes with it.
 *
 * Context: the session's work.
 * Return: ZMQ_R_NONE, or what is wrong with the answer.
 */
enum zmq_reason zmq_zap_look(struct zmq_session *s)
{
	struct zmq_zap *q = s->zap;
	struct zmq_zap_verdict v;
	bool answered;

	if (!q)
		return ZMQ_R_NONE;
	spin_lock(&q->lock);
	answered = q->answered;
	v = q->verdict;
	q->verdict.vouched = NULL;
	spin_unlock(&q->lock);
	if (!answered)
		return ZMQ_R_NONE;
	zmq_zap_leave(s);
	s->conn.vouched = v.vouched;
	if (v.why == ZMQ_R_NONE)
		zmq_zap_tell(s, ZMQ_ASK_ANSWERED, v.status);
	return v.why;
}

/* Is it still to be answered? */
static bool zmq_zap_open(struct zmq_zap *q)
{
	bool open;

	spin_lock(&q->lock);
	open = q->asker && !q->answered;
	spin_unlock(&q->lock);
	return open;
}

/* Returns false for an answer that nobody waits for: the first one counts. */
static bool zmq_zap_answer(struct zmq_zap *q, struct zmq_frame *reply)
{
	struct zmq_session *s;
	bool open;

	spin_lock(&q->lock);
	s = q->asker;
	open = s && !q->answered;
	if (open) {
		zmq_zap_read(reply, s->zs->ops->type, s->zs->mem, &q->verdict);
		q->answered = true;
		zmq_session_kick(s);
	}
	spin_unlock(&q->lock);
	return open;
}

/* What the handler has sent next, or NULL. */
static struct zmq_frame *zmq_zap_take(struct zmq_session *b)
{
	struct zmq_sock *zs = b->zs;
	struct zmq_frame *msg;
	bool wake = false, acked;

	spin_lock_bh(&zs->lock);
	msg = zmq_queue_read(&b->conn.pipe->out, &acked);
	if (msg)
		wake = zmq_pipe_writable(zs, b->conn.pipe);
	spin_unlock_bh(&zs->lock);
	if (wake)
		zmq_sock_wake(zs, ZMQ_WAKE_OUT);
	return msg;
}

/**
 * zmq_zap_drain() - read what the handler has sent
 * @b: the question's session at the handler, in phase TRAFFIC, its tx_lock held
 *
 * Context: may sleep; most often the handler's send().
 */
void zmq_zap_drain(struct zmq_session *b)
{
	struct zmq_frame *msg;

	lockdep_assert_held(&b->conn.tx_lock);
	while ((msg = zmq_zap_take(b))) {
		if (!zmq_zap_answer(b->zap, msg))
			zmq_sock_drop_one(b->zs, ZMQ_R_DROP_UNASKED);
		zmq_chain_free(msg);
		/* It has done what it is for. */
		zmq_session_kick(b);
	}
}

/* What was sent before the handler was closed counts. */
static void zmq_zap_finish(struct zmq_session *b)
{
	struct zmq_conn *c = &b->conn;

	mutex_lock(&c->tx_lock);
	zmq_zap_drain(b);
	mutex_unlock(&c->tx_lock);
}

/* Nobody wants to know any more, and the handler is not told that a peer goes. */
static void zmq_zap_withdraw(struct zmq_session *b)
{
	struct zmq_sock *zs = b->zs;

	spin_lock_bh(&zs->lock);
	zmq_sock_mute(zs, b->conn.pipe);
	zmq_sock_drop_unread(zs, b->conn.pipe);
	zmq_sock_unlock(zs);
}

/**
 * zmq_zap_run() - do what the state asks for
 * @b: the question's session at the handler, not DEAD
 *
 * Context: the session's work, under @b->run.
 */
void zmq_zap_run(struct zmq_session *b)
{
	bool open;

	lockdep_assert_held(&b->run);
	zmq_zap_finish(b);
	open = zmq_zap_open(b->zap);
	if (!open)
		zmq_zap_withdraw(b);
	if (!open || zmq_session_is_closing(b))
		zmq_session_end(b);
}

/* Whose question it is wants no answer any more, or has it. */
static void zmq_zap_cancel(struct zmq_session *s)
{
	struct zmq_props *vouched;
	struct zmq_zap *q = s->zap;

	s->zap = NULL;
	spin_lock(&q->lock);
	q->asker = NULL;
	vouched = q->verdict.vouched;
	q->verdict.vouched = NULL;
	if (q->desk)
		zmq_session_kick(q->desk);
	spin_unlock(&q->lock);
	zmq_props_put(vouched);
	zmq_zap_put(q);
}

/**
 * zmq_zap_leave() - a session parts with its question, if it has one
 * @s: the session, of who asks or at the handler; its run is held
 */
void zmq_zap_leave(struct zmq_session *s)
{
	struct zmq_zap *q = s->zap;

	if (!q)
		return;
	if (!zmq_zap_serves(s)) {
		zmq_zap_cancel(s);
		return;
	}
	/* It is read until the connection has ended, so the pointer stays. */
	spin_lock(&q->lock);
	q->desk = NULL;
	spin_unlock(&q->lock);
}

/**
 * zmq_zap_asker() - the socket that asks
 * @b: the question's session at the handler
 *
 * Return: the socket, referenced, or NULL.
 */
struct zmq_sock *zmq_zap_asker(struct zmq_session *b)
{
	struct zmq_zap *q = b->zap;
	struct zmq_sock *zs = NULL;

	spin_lock(&q->lock);
	if (q->asker) {
		zs = q->asker->zs;
		sock_hold(&zs->sk);
	}
	spin_unlock(&q->lock);
	return zs;
}
