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

#include "conn/props.h"
#include "conn/session.h"
#include "pattern/pattern.h"
#include "sock.h"

/**
 * struct zmq_got - what a call of recvmsg() has got
 * @room: bytes that fit
 * @known: number of the metadata that the caller knows, 0: it doesn't matter
 * @control: the caller has room for metadata
 * @look: that, or it will come again for the frame
 * @untold: the message's metadata is other than what @known stands for; with
 *	@control, @known is its number then
 * @frame: the frame
 * @props: metadata of its message, referenced, or NULL; also NULL where it is
 *	plain that nobody will ask for it
 * @kick: session to be resumed, referenced, or NULL
 */
struct zmq_got {
	size_t room;
	u32 known;
	bool control;
	bool look;
	bool untold;
	struct zmq_frame *frame;
	struct zmq_props *props;
	struct zmq_session *kick;
};

/* Does the caller have to be told of the message's metadata? */
static bool zmq_recv_untold(struct zmq_sock *zs, struct zmq_got *got,
			    struct zmq_props *props)
{
	if (!got->known || zmq_told_knows(&zs->told, props, got->known))
		return false;
	got->untold = true;
	if (got->control)
		got->known = zmq_told_tell(&zs->told, props);
	return true;
}

/* A new message: its first frame, and what follows into zmq_sock.reading. */
static int zmq_recv_new(struct zmq_sock *zs, struct zmq_got *got)
{
	struct zmq_frame *f;
	struct zmq_txn *t;
	int err;

	/* A request half sent: its reply can't be read yet. */
	if (zs->ops->lockstep && zmq_txn_find(zs, &zs->sending))
		return -ZMQ_EFSM;
	zs->props = NULL;
	err = zs->ops->recv(zs, &f, &got->kick);
	if (err)
		return err;
	if (unlikely(zmq_recv_untold(zs, got, zs->props) || got->look ||
		     f->next || f->len > got->room))
		got->props = zmq_props_get(zs->props);
	if (unlikely(zs->spent))
		zmq_sock_reap(zs);

	zs->stats.msgs_in++;
	zs->stats.bytes_in += zmq_chain_bytes(f);
	if (f->next) {
		t = zmq_txn_store(zs, &zs->reading);
		if (unlikely(!t)) {
			zmq_sock_drop(zs, ZMQ_R_DROP_UNREAD, 1);
			zmq_chain_free(f);
			zmq_props_put(got->props);
			return -ENOBUFS;
		}
		t->head = f->next;
		t->props = zmq_props_get(got->props);
	}
	got->frame = f;
	return 0;
}

/* The frame that is next for this thread: of its message, or of a new one. */
static int zmq_recv_next(struct zmq_sock *zs, struct zmq_got *got)
{
	struct zmq_txn *t = zmq_txn_find(zs, &zs->reading);
	int err = 0;

	if (t) {
		got->frame = t->head;
		zmq_recv_untold(zs, got, t->props);
		got->props = zmq_props_get(t->props);
		t->head = t->head->next;
		if (!t->head)
			zmq_txn_free(zs, t);
	} else {
		err = zmq_recv_new(zs, got);
	}
	if (!err)
		got->frame->next = NULL;
	return err;
}

/*
 * Give a frame back to the front of this thread's message. Returns @err, or
 * -ENOBUFS if the frame is lost because too many messages are open.
 */
static int zmq_recv_unread(struct zmq_sock *zs, struct zmq_got *got, int err)
{
	struct zmq_frame *f = got->frame;
	bool shared = false;
	struct zmq_txn *t;

	spin_lock_bh(&zs->lock);
	t = zmq_txn_find(zs, &zs->reading);
	if (!t) {
		t = zmq_txn_store(zs, &zs->reading);
		if (t)
			t->props = zmq_props_get(got->props);
	}
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
	else
		zmq_news_tell(&zs->news, EPOLLIN);
	return err;
}

/*
 * To be told that there is nothing, or will be, is to have looked. So is to take the last
 * message that was news: in libzmq nothing is left to be told then.
 */
static void zmq_recv_seen(struct zmq_sock *zs, int err)
{
	bool news = atomic_read(&zs->news.kinds) & ZMQ_NEWS_IN;

	if (err == -EAGAIN || err == -ZMQ_ETERM ||
	    (!err && news && !zmq_sock_readable(zs)))
		zmq_news_seen(&zs->news, ZMQ_NEWS_ALL);
}

static int zmq_recv_frame(struct zmq_sock *zs, struct zmq_got *got)
{
	int err;

	do {
		spin_lock_bh(&zs->lock);
		err = zmq_sock_usable(zs);
		if (likely(!err))
			err = zmq_recv_next(zs, got);
		if (zmq_news_wanted(&zs->news))
			zmq_recv_seen(zs, err);
		zmq_sock_unlock(zs);
	} while (unlikely(err == -ERESTART));
	return err;
}

/* Is it plain, without the lock, that there is nothing to be had? */
static bool zmq_recv_hopeless(struct zmq_sock *zs)
{
	return !zs->ops->notices && list_empty_careful(&zs->fq.list) &&
	       list_empty_careful(&zs->reading.list) && !zmq_sock_usable(zs);
}

static int zmq_recv_wait(struct zmq_sock *zs, struct zmq_got *got, long timeo)
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
			err = zmq_recv_frame(zs, got);
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

static void zmq_recv_done(struct zmq_sock *zs, struct zmq_frame *f)
{
	WRITE_ONCE(zs->more, zmq_frame_more(f));
	zmq_frame_free(f);
}

/*
 * Is there room for all that is to be told? Who keeps count of it must not miss
 * any.
 */
static bool zmq_recv_room(const struct zmq_got *got, const struct msghdr *msg)
{
	size_t need = CMSG_SPACE(sizeof(got->known));

	if (got->props)
		need += CMSG_LEN(got->props->len);
	return got->control && msg->msg_controllen >= need;
}

/* What control data says of the message's peer. */
static void zmq_recv_tell(struct zmq_got *got, struct msghdr *msg)
{
	if (got->known && !got->untold)
		return;
	if (got->known)
		put_cmsg(msg, SOL_ZMQ, ZMQ_CMSG_KNOWN, sizeof(got->known),
			 &got->known);
	if (got->props)
		put_cmsg(msg, SOL_ZMQ, ZMQ_CMSG_PROPS, got->props->len,
			 got->props->data);
}

/* Copy what fits and decide whether the frame stays. */
static int zmq_recv_copy(struct zmq_sock *zs, struct zmq_got *got,
			 struct msghdr *msg, size_t len, int flags)
{
	struct zmq_frame *f = got->frame;
	size_t n = min_t(u64, len, f->len);
	bool last;
	int ret;

	if ((flags & MSG_EOR) && zmq_frame_more(f))
		return zmq_recv_unread(zs, got, -ENOMSG);
	if (unlikely(got->untold && !zmq_recv_room(got, msg)))
		return zmq_recv_unread(zs, got, -ENOMSG);
	/* A frame that doesn't fit is cut for a caller who asks for it only. */
	if (n < f->len && !(flags & MSG_TRUNC))
		return zmq_recv_unread(zs, got, -EMSGSIZE);
	ret = zmq_frame_to_iter(f, &msg->msg_iter, n);
	if (ret)
		return zmq_recv_unread(zs, got, ret);

	if (n < f->len)
		msg->msg_flags |= MSG_TRUNC;
	if (!zmq_frame_more(f))
		msg->msg_flags |= MSG_EOR;
	if (unlikely(got->control))
		zmq_recv_tell(got, msg);
	ret = flags & MSG_TRUNC ? min_t(u64, f->len, INT_MAX) : n;

	if (flags & MSG_PEEK)
		return zmq_recv_unread(zs, got, ret);
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
 *	a message's last frame, for callers of recv(), which can't see msg_flags;
 *	ZMQ_RECV_KNOWN(): what the caller knows of peers
 *
 * With room for control data the frame comes with ZMQ_CMSG_PROPS: what is known
 * of the peer that sent it. With ZMQ_RECV_KNOWN() only if the caller does not
 * know it, and ZMQ_CMSG_KNOWN.
 *
 * Return: length of the frame, 0 included; -EMSGSIZE it is longer than @len
 * and stays; -ENOMSG it is not the last one, or of a peer that the caller does
 * not know, and stays; -EAGAIN; -ERESTARTNOHAND (EINTR);
 * -EOPNOTSUPP the type doesn't receive; -ZMQ_EFSM; -ZMQ_ETERM; -ENOBUFS too
 * many messages are open; -ENOMEM, -EFAULT, the frame stays.
 */
int zmq_sock_recvmsg(struct socket *sock, struct msghdr *msg, size_t len,
		     int flags)
{
	struct zmq_sock *zs = zmq_sk(sock->sk);
	struct zmq_got got = {
		.room = len,
		.known = flags / ZMQ_RECV_KNOWN(1u) & ZMQ_KNOWN_MAX,
		.control = msg->msg_control,
		.look = msg->msg_control || flags & MSG_PEEK,
	};
	long timeo;
	int ret;

	if (!zs->ops->recv)
		return -EOPNOTSUPP;

	timeo = sock_rcvtimeo(sock->sk, flags & MSG_DONTWAIT);
	ret = zmq_recv_frame(zs, &got);
	if (ret == -EAGAIN) {
		if (timeo)
			ret = zmq_recv_wait(zs, &got, timeo);
		else
			zmq_sock_flush(zs);
	}
	if (got.kick) {
		zmq_session_resume(got.kick);
		zmq_session_put(got.kick);
	}
	if (ret)
		return ret;

	msg->msg_namelen = 0;
	ret = zmq_recv_copy(zs, &got, msg, len, flags);
	/* io_uring passes it on: worth another request, or wait first? */
	if (unlikely(msg->msg_get_inq))
		msg->msg_inq = !!(zmq_sock_events(zs) & EPOLLIN);
	if (unlikely(got.props))
		zmq_props_put(got.props);
	return ret;
}
