// SPDX-License-Identifier: GPL-2.0-only
/*
 * sendmsg(): one frame of a message.
 *
 * The bytes are copied before any lock is taken. Then, under the socket's
 * lock, the pattern says whether and where the message may go. The parts of a
 * multipart message are collected, so that a pipe gets the message whole.
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "conn/session.h"
#include "pattern/pattern.h"
#include "sock.h"

/* Connections that the sender of a message for many writes to itself. */
#define ZMQ_KICK_DIRECT	8

static void zmq_txn_append(struct zmq_txn *t, struct zmq_frame *f)
{
	*t->tail = f;
	t->tail = &f->next;
}

/*
 * The peer went away in the middle of the message. A caller that doesn't wait
 * is told once and starts over; for one that does, the rest is swallowed up to
 * the last part (libzmq API page, 1.3).
 */
static int zmq_send_lost(struct zmq_sock *zs, struct zmq_txn *t,
			 struct zmq_frame *f, bool nowait)
{
	bool last = !zmq_frame_more(f);

	if (last || nowait) {
		zmq_sock_drop(zs, ZMQ_R_DROP_PARTIAL, 1);
		zmq_txn_free(zs, t);
	}
	if (nowait)
		return -EAGAIN;
	zmq_frame_free(f);
	return 0;
}

static void zmq_send_commit(struct zmq_sock *zs, struct zmq_txn *t,
			    struct zmq_session **kick)
{
	zs->stats.msgs_out++;
	zs->ops->commit(zs, t, kick);
}

/* Another part of a message that was begun; it is never refused for room. */
static int zmq_send_part(struct zmq_sock *zs, struct zmq_txn *t,
			 struct zmq_frame *f, bool nowait,
			 struct zmq_session **kick)
{
	if (unlikely(t->lost))
		return zmq_send_lost(zs, t, f, nowait);
	if (unlikely(++t->parts > ZMQ_PARTS_MAX)) {
		zmq_sock_drop(zs, ZMQ_R_DROP_PARTIAL, 1);
		zmq_txn_free(zs, t);
		return -EMSGSIZE;
	}

	zs->stats.bytes_out += f->len;
	if (unlikely(t->pair))
		f->seg.flags &= ~ZMQ_FRAME_MORE;
	zmq_txn_append(t, f);
	if (zmq_frame_more(f))
		return 0;

	zmq_send_commit(zs, t, kick);
	t->head = NULL;
	t->pipe = NULL;
	zmq_txn_free(zs, t);
	return 0;
}

/* First of several parts: from now on this thread has a message under way. */
static int zmq_send_first(struct zmq_sock *zs, struct zmq_frame *f)
{
	struct zmq_txn *t = zmq_txn_store(zs, &zs->sending);
	int err;

	if (!t)
		return -ENOBUFS;
	err = zs->ops->begin(zs, t, f);
	if (err < 0) {
		zmq_txn_free(zs, t);
		return err;
	}
	if (err == ZMQ_SEND_ADDRESS) {
		zmq_frame_free(f);
		return 0;
	}
	zs->stats.bytes_out += f->len;
	zmq_txn_append(t, f);
	return 0;
}

/* A message of one part. */
static int zmq_send_single(struct zmq_sock *zs, struct zmq_frame *f,
			   struct zmq_session **kick)
{
	struct zmq_txn t = { .tail = &t.head };
	int err = zs->ops->begin(zs, &t, f);

	if (err < 0)
		return err;
	if (err == ZMQ_SEND_ADDRESS) {
		/* An address and nothing to be sent there. */
		zmq_frame_free(f);
		return 0;
	}
	zs->stats.bytes_out += f->len;
	zmq_txn_append(&t, f);
	zmq_send_commit(zs, &t, kick);
	return 0;
}

/* The first part of a message, or its only one. */
static int zmq_send_new(struct zmq_sock *zs, struct zmq_frame *f,
			struct zmq_session **kick)
{
	return zmq_frame_more(f) ? zmq_send_first(zs, f) :
				   zmq_send_single(zs, f, kick);
}

/* 0: the frame has been taken over. Otherwise it still is the caller's. */
static int zmq_send_frame(struct zmq_sock *zs, struct zmq_frame *f, bool nowait,
			  struct zmq_session **kick)
{
	struct zmq_txn *t;
	int err;

	spin_lock_bh(&zs->lock);
	err = zmq_sock_usable(zs);
	if (unlikely(err)) {
		zmq_news_seen(&zs->news, ZMQ_NEWS_ALL);
		goto out;
	}

	t = zmq_txn_find(zs, &zs->sending);
	if (t) {
		err = zmq_send_part(zs, t, f, nowait, kick);
		goto out;
	}
	if (zs->ops->lockstep && zmq_txn_find(zs, &zs->reading)) {
		err = -ZMQ_EFSM;
		goto out;
	}
	/* Whether it can be sent he will know now; what can be read, not. It is
	 * new again if that comes from looking (zmq_burst_full()).
	 */
	zmq_news_seen(&zs->news, ZMQ_NEWS_OUT | ZMQ_NEWS_OTHER);
	err = zmq_send_new(zs, f, kick);
	/* Places may be held by threads that ended meanwhile. */
	if (err == -EAGAIN && !list_empty(&zs->sending.list)) {
		if (zmq_txns_reap(zs, &zs->sending))
			zmq_txn_watch(zs);
		err = zmq_send_new(zs, f, kick);
	}
out:
	zmq_sock_unlock(zs);
	return err;
}

/**
 * zmq_sock_kick_later() - a session has something to send
 * @zs: the socket, its lock held
 * @s: the session; referenced until zmq_sock_kick_all() has kicked it
 */
void zmq_sock_kick_later(struct zmq_sock *zs, struct zmq_session *s)
{
	zmq_sock_assert(zs);
	if (list_empty(&s->kick))
		list_add_tail(&zmq_session_get(s)->kick, &zs->kicks);
}

/**
 * zmq_sock_kicked() - take a session off the list of those to be kicked
 * @zs: the socket
 *
 * Return: the session, whose reference is the caller's now, or NULL.
 */
struct zmq_session *zmq_sock_kicked(struct zmq_sock *zs)
{
	struct zmq_session *s;

	if (list_empty_careful(&zs->kicks))
		return NULL;
	spin_lock_bh(&zs->lock);
	s = list_first_entry_or_null(&zs->kicks, struct zmq_session, kick);
	if (s)
		list_del_init(&s->kick);
	spin_unlock_bh(&zs->lock);
	return s;
}

/**
 * zmq_sock_kick_all() - let sessions send that zmq_sock_kick_later() noted
 * @zs: the socket
 *
 * Several threads may be in here; each kicks what it finds. One by one: the
 * list is the socket's, and writing takes time. So the sender writes to a few
 * itself, and works to the others: what it sends next meets them on the way, and
 * goes out with this.
 *
 * Context: may sleep.
 */
void zmq_sock_kick_all(struct zmq_sock *zs)
{
	int direct = ZMQ_KICK_DIRECT;
	struct zmq_session *s;

	while ((s = zmq_sock_kicked(zs))) {
		if (direct-- > 0 || READ_ONCE(s->conn.peer))
			zmq_conn_kick(&s->conn);
		else
			zmq_conn_queue_tx(&s->conn);
		zmq_session_put(s);
	}
}

/**
 * zmq_sock_send_frames() - send a message of the kernel's own, without waiting
 * @zs: the socket, of a type that sends and has no addresses in its messages
 * @msg: all frames of the message, charged to the socket's account; consumed
 *
 * It is written by the write work, so the caller never meets the lower socket. If
 * the socket never had a peer it waits for the first one (early.c).
 *
 * Context: process context.
 * Return: 0; -EAGAIN there is no room or no peer; -ENOTSOCK closed;
 * -ZMQ_ETERM.
 */
int zmq_sock_send_frames(struct zmq_sock *zs, struct zmq_frame *msg)
{
	struct zmq_txn t = { .tail = &t.head };
	struct zmq_session *kick = NULL;
	int err;

	spin_lock_bh(&zs->lock);
	err = zmq_sock_usable(zs);
	if (!err)
		err = zs->ops->begin(zs, &t, msg);
	if (!err) {
		zs->stats.bytes_out += zmq_chain_bytes(msg);
		*t.tail = msg;
		zmq_send_commit(zs, &t, &kick);
	}
	if (err == -EAGAIN && zmq_early_keep(zs, msg))
		err = 0;
	zmq_sock_unlock(zs);

	if (err)
		zmq_chain_free(msg);
	if (!kick)
		kick = zmq_sock_kicked(zs);
	for (; kick; kick = zmq_sock_kicked(zs)) {
		zmq_conn_queue_tx(&kick->conn);
		zmq_session_put(kick);
	}
	return err;
}

/* Try again each time the socket may have become writable. */
static int zmq_send_wait(struct zmq_sock *zs, struct zmq_frame *f, long timeo,
			 struct zmq_session **kick)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	int err;

	zmq_sock_flush(zs);
	add_wait_queue(sk_sleep(&zs->sk), &wait);
	for (;;) {
		err = zmq_send_frame(zs, f, false, kick);
		if (err != -EAGAIN || !timeo)
			break;
		if (signal_pending(current)) {
			err = zmq_sock_interrupted();
			break;
		}
		timeo = wait_woken(&wait, TASK_INTERRUPTIBLE, timeo);
	}
	remove_wait_queue(sk_sleep(&zs->sk), &wait);
	return err;
}

/**
 * zmq_sock_sendmsg() - proto_ops.sendmsg: send one frame
 * @sock: the socket
 * @msg: the bytes, and MSG_MORE (more frames follow), MSG_DONTWAIT; other
 *	flags have no meaning here and are ignored
 * @len: how many bytes, 0 included
 *
 * Return: @len; -EAGAIN no room, or with MSG_DONTWAIT once after the peer of a
 * half sent message went; -ERESTARTNOHAND (EINTR); -EOPNOTSUPP the type doesn't send;
 * -ZMQ_EFSM; -ZMQ_ETERM; -EHOSTUNREACH nobody has that routing id; -ENOMEM;
 * -ENOBUFS too many messages begun; -EMSGSIZE
 * too many parts, the message is given up; -EFAULT.
 */
int zmq_sock_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	struct zmq_sock *zs = zmq_sk(sock->sk);
	bool nowait = msg->msg_flags & MSG_DONTWAIT;
	struct zmq_session *kick = NULL;
	struct zmq_frame *f;
	long timeo;
	int err;

	if (!zs->ops->begin)
		return -EOPNOTSUPP;

	f = zmq_frame_from_iter(zs->mem, &msg->msg_iter, len);
	if (IS_ERR(f))
		return PTR_ERR(f);
	if (msg->msg_flags & MSG_MORE)
		f->seg.flags = ZMQ_FRAME_MORE;

	timeo = sock_sndtimeo(sock->sk, nowait);
	err = zmq_send_frame(zs, f, !timeo, &kick);
	if (err == -EAGAIN && timeo)
		err = zmq_send_wait(zs, f, timeo, &kick);
	if (err) {
		zmq_frame_free(f);
		return err;
	}

	if (kick) {
		zmq_conn_kick(&kick->conn);
		zmq_session_put(kick);
	}
	zmq_sock_kick_all(zs);
	if (zs->ops->lockstep && !(msg->msg_flags & MSG_MORE))
		zmq_sock_turn(zs);
	return len;
}
