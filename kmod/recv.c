// SPDX-License-Identifier: GPL-2.0-only
/*
 * recvmsg(): one frame of a message.
 *
 * A message is taken whole from its pipe, under the socket's lock; the bytes
 * are copied after unlocking. What the caller has not got yet, further parts
 * or a frame that could not be copied, stays with its thread.
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "conn/session.h"
#include "pattern/pattern.h"
#include "sock.h"

/*
 * Take the frame that is next for this thread off its message, or take a new
 * message. What follows the frame stays behind in zmq_sock.reading.
 */
static int zmq_recv_next(struct zmq_sock *zs, struct zmq_frame **frame,
			 struct zmq_session **kick)
{
	struct zmq_txn *t = zmq_txn_find(zs, &zs->reading);
	struct zmq_frame *f;
	int err;

	if (t) {
		f = t->head;
		t->head = f->next;
		if (!t->head)
			zmq_txn_free(zs, t);
		goto out;
	}

	/* A request half sent: its reply can't be read yet. */
	if (zs->ops->lockstep && zmq_txn_find(zs, &zs->sending))
		return -ZMQ_EFSM;
	err = zs->ops->recv(zs, &f, kick);
	if (err)
		return err;
	if (unlikely(zs->spent))
		zmq_sock_reap(zs);

	zs->stats.msgs_in++;
	zs->stats.bytes_in += zmq_chain_bytes(f);
	if (f->next) {
		t = zmq_txn_store(zs, &zs->reading);
		if (unlikely(!t)) {
			zmq_sock_drop(zs, ZMQ_R_DROP_UNREAD, 1);
			zmq_chain_free(f);
			return -ENOBUFS;
		}
		t->head = f->next;
	}
out:
	f->next = NULL;
	*frame = f;
	return 0;
}

/*
 * Give a frame back to the front of this thread's message. Returns @err, or
 * -ENOBUFS if the frame is lost because too many messages are open.
 */
static int zmq_recv_unread(struct zmq_sock *zs, struct zmq_frame *f, int err)
{
	bool shared = false;
	struct zmq_txn *t;

	spin_lock_bh(&zs->lock);
	t = zmq_txn_find(zs, &zs->reading);
	if (!t)
		t = zmq_txn_store(zs, &zs->reading);
	if (t) {
		f->next = t->head;
		t->head = f;
		shared = !t->owner;
	} else {
		zmq_sock_drop(zs, ZMQ_R_DROP_UNREAD, 1);
	}
	spin_unlock_bh(&zs->lock);
	if (!t) {
		zmq_frame_free(f);
		return -ENOBUFS;
	}
	/* It is the socket's message: another thread may wait for it. */
	if (shared)
		zmq_sock_wake(zs, ZMQ_WAKE_IN);
	return err;
}

static int zmq_recv_frame(struct zmq_sock *zs, struct zmq_frame **f,
			  struct zmq_session **kick)
{
	int err;

	spin_lock_bh(&zs->lock);
	err = zmq_sock_usable(zs);
	if (likely(!err))
		err = zmq_recv_next(zs, f, kick);
	spin_unlock_bh(&zs->lock);
	return err;
}

/* Is it plain, without the lock, that there is nothing to be had? */
static bool zmq_recv_hopeless(struct zmq_sock *zs)
{
	return list_empty_careful(&zs->fq.list) &&
	       list_empty_careful(&zs->reading.list) && !zmq_sock_usable(zs);
}

static int zmq_recv_wait(struct zmq_sock *zs, struct zmq_frame **f, long timeo,
			 struct zmq_session **kick)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	int err;

	zmq_sock_flush(zs);
	add_wait_queue(sk_sleep(&zs->sk), &wait);
	/* Pairs with the barrier in front of a wake-up. */
	smp_mb();
	err = -EAGAIN;
	for (;;) {
		/* Most often there is still nothing: spare the lock. */
		if (!zmq_recv_hopeless(zs))
			err = zmq_recv_frame(zs, f, kick);
		if (err != -EAGAIN || !timeo)
			break;
		if (signal_pending(current)) {
			err = -EINTR;
			break;
		}
		timeo = wait_woken(&wait, TASK_INTERRUPTIBLE, timeo);
	}
	remove_wait_queue(sk_sleep(&zs->sk), &wait);
	return err;
}

static void zmq_recv_done(struct zmq_sock *zs, struct zmq_frame *f)
{
	WRITE_ONCE(zs->more, zmq_frame_more(f));
	zmq_frame_free(f);
}

/* Copy what fits and decide whether the frame stays. */
static int zmq_recv_copy(struct zmq_sock *zs, struct zmq_frame *f,
			 struct msghdr *msg, size_t len, int flags)
{
	size_t n = min_t(u64, len, f->len);
	bool last;
	int ret;

	if ((flags & MSG_EOR) && zmq_frame_more(f))
		return zmq_recv_unread(zs, f, -ENOMSG);
	/* A frame that doesn't fit is cut for a caller who asks for it only. */
	if (n < f->len && !(flags & MSG_TRUNC))
		return zmq_recv_unread(zs, f, -EMSGSIZE);
	ret = zmq_frame_to_iter(f, &msg->msg_iter, n);
	if (ret)
		return zmq_recv_unread(zs, f, ret);

	if (n < f->len)
		msg->msg_flags |= MSG_TRUNC;
	if (!zmq_frame_more(f))
		msg->msg_flags |= MSG_EOR;
	ret = flags & MSG_TRUNC ? min_t(u64, f->len, INT_MAX) : n;

	if (flags & MSG_PEEK)
		return zmq_recv_unread(zs, f, ret);
	last = !zmq_frame_more(f);
	zmq_recv_done(zs, f);
	if (zs->ops->lockstep && last)
		zmq_sock_turn(zs);
	return ret;
}

/**
 * zmq_sock_recvmsg() - proto_ops.recvmsg: receive one frame
 * @sock: the socket
 * @msg: where to; MSG_EOR is set in msg_flags on a message's last frame
 * @len: room in bytes
 * @flags: MSG_DONTWAIT; MSG_PEEK: the frame stays; MSG_TRUNC: a frame that is
 *	longer than the room is cut, and its full length returned; MSG_EOR: only
 *	a message's last frame, for callers of recv(), which can't see msg_flags
 *
 * Return: length of the frame, 0 included; -EMSGSIZE it is longer than @len
 * and stays; -ENOMSG it is not the last one and stays; -EAGAIN; -EINTR;
 * -EOPNOTSUPP the type doesn't receive; -ZMQ_EFSM; -ZMQ_ETERM; -ENOBUFS too
 * many messages are open; -EFAULT, the frame stays.
 */
int zmq_sock_recvmsg(struct socket *sock, struct msghdr *msg, size_t len,
		     int flags)
{
	struct zmq_sock *zs = zmq_sk(sock->sk);
	struct zmq_session *kick = NULL;
	struct zmq_frame *f;
	long timeo;
	int err;

	if (!zs->ops->recv)
		return -EOPNOTSUPP;

	timeo = sock_rcvtimeo(sock->sk, flags & MSG_DONTWAIT);
	err = zmq_recv_frame(zs, &f, &kick);
	if (err == -EAGAIN) {
		if (timeo)
			err = zmq_recv_wait(zs, &f, timeo, &kick);
		else
			zmq_sock_flush(zs);
	}
	if (kick) {
		zmq_session_kick(kick);
		zmq_session_put(kick);
	}
	if (err)
		return err;

	msg->msg_namelen = 0;
	return zmq_recv_copy(zs, f, msg, len, flags);
}
