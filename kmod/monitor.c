// SPDX-License-Identifier: GPL-2.0-only
/*
 * The monitor of a socket: another socket that sends its events, as
 * zmq_socket_monitor() of libzmq wants it.
 *
 * Sending never waits. An event that the monitor can't take at once, for want
 * of room, of memory or, once it had one, of a peer, is dropped and counted: libzmq
 * would block there, and with it the socket that is monitored (libzmq API page, 7.1).
 */
#include <linux/file.h>
#include <linux/net.h>
#include <linux/sched/mm.h>
#include <linux/string.h>

#include "event.h"
#include "monitor.h"
#include "pattern/pattern.h"
#include "queue/frame.h"
#include "sock.h"

/* Protects zmq_monitor.keeps and .kept of all sockets. */
static DEFINE_SPINLOCK(zmq_monitor_keep_lock);

/* The frame with event and value of version 1: libzmq's layout, host order. */
struct zmq_monitor_v1 {
	u16 event;
	u32 value;
} __packed;

/**
 * zmq_monitor_init() - no monitor
 * @m: the monitor, zeroed
 */
void zmq_monitor_init(struct zmq_monitor *m)
{
	mutex_init(&m->lock);
}

/*
 * One more frame at the end of a message; false and no message any more if
 * there is no memory. Nobody may have to wait for memory that belongs to the
 * owner of another socket.
 */
static bool zmq_monitor_add(struct zmq_mem *mem, struct zmq_frame **msg,
			    const void *p, size_t len)
{
	struct zmq_frame *f = zmq_frame_from_bytes(mem, p, len, GFP_NOWAIT);

	if (!f) {
		zmq_chain_free(*msg);
		*msg = NULL;
		return false;
	}
	while (*msg) {
		(*msg)->seg.flags = ZMQ_FRAME_MORE;
		msg = &(*msg)->next;
	}
	*msg = f;
	return true;
}

static bool zmq_monitor_text(struct zmq_mem *mem, struct zmq_frame **msg,
			     const char *text)
{
	return zmq_monitor_add(mem, msg, text, strlen(text));
}

static bool zmq_monitor_u64(struct zmq_mem *mem, struct zmq_frame **msg, u64 n)
{
	return zmq_monitor_add(mem, msg, &n, sizeof(n));
}

/**
 * zmq_monitor_encode() - the message that tells of an event
 * @mem: account to charge
 * @version: 1 or 2, see &struct zmq_monitor_req
 * @ev: the event
 *
 * Context: any.
 * Return: the frames, or NULL.
 */
struct zmq_frame *zmq_monitor_encode(struct zmq_mem *mem, u32 version,
				     const struct zmq_event *ev)
{
	const struct zmq_monitor_v1 v1 = {
		.event = ev->type,
		.value = ev->value,
	};
	bool ok, two = ev->type == ZMQ_EVENT_PIPES_STATS;
	struct zmq_frame *msg = NULL;

	if (version == 1)
		ok = zmq_monitor_add(mem, &msg, &v1, sizeof(v1)) &&
		     zmq_monitor_text(mem, &msg,
				      ev->bound ? ev->local : ev->remote);
	else
		ok = zmq_monitor_u64(mem, &msg, ev->type) &&
		     zmq_monitor_u64(mem, &msg, two ? 2 : 1) &&
		     zmq_monitor_u64(mem, &msg, ev->value) &&
		     (!two || zmq_monitor_u64(mem, &msg, ev->second)) &&
		     zmq_monitor_text(mem, &msg, ev->local) &&
		     zmq_monitor_text(mem, &msg, ev->remote);
	return ok ? msg : NULL;
}
EXPORT_SYMBOL_KUNIT(zmq_monitor_encode);

static void zmq_monitor_send(struct zmq_sock *zs, const struct zmq_event *ev)
{
	const struct zmq_teller *by = &zs->monitor.by;
	struct mem_cgroup *old;
	struct zmq_frame *msg;

	lockdep_assert_held(&zs->monitor.lock);
	if (!by->to || !(by->events & ev->type))
		return;
	/* The frames are charged to who owns the socket where they wait. */
	old = set_active_memcg(by->to->sk.sk_memcg);
	msg = zmq_monitor_encode(by->to->mem, by->version, ev);
	set_active_memcg(old);
	if (msg && !zmq_sock_send_frames(by->to, msg))
		return;

	spin_lock_bh(&zs->lock);
	zmq_sock_drop(zs, ZMQ_R_DROP_EVENT, 1);
	spin_unlock_bh(&zs->lock);
}

/**
 * zmq_monitor_event() - tell the monitor, if there is one
 * @zs: the socket that the event is about
 * @ev: the event
 *
 * Context: process context; waits for other events of the socket only.
 */
void zmq_monitor_event(struct zmq_sock *zs, const struct zmq_event *ev)
{
	if (!zmq_monitor_wants(&zs->monitor, ev->type))
		return;
	mutex_lock(&zs->monitor.lock);
	zmq_monitor_send(zs, ev);
	mutex_unlock(&zs->monitor.lock);
}

/* May a socket hold the file of another? Then it counts as done. */
static bool zmq_monitor_keep(struct zmq_sock *zs, struct zmq_sock *to)
{
	bool ok;

	spin_lock(&zmq_monitor_keep_lock);
	ok = !zs->monitor.kept && !to->monitor.keeps;
	if (ok) {
		zs->monitor.keeps++;
		to->monitor.kept++;
	}
	spin_unlock(&zmq_monitor_keep_lock);
	return ok;
}

/*
 * Give up what zmq_monitor_find() has found. A file that nobody else holds is
 * closed by the caller on its way back from the system call, or by a work: here
 * are locks of the monitored socket.
 */
static void zmq_monitor_drop(struct zmq_sock *zs, const struct zmq_teller *by)
{
	if (!by->to)
		return;
	if (by->file) {
		spin_lock(&zmq_monitor_keep_lock);
		zs->monitor.keeps--;
		by->to->monitor.kept--;
		spin_unlock(&zmq_monitor_keep_lock);
		fput(by->file);
	}
	sock_put(&by->to->sk);
}

/* The old monitor, if any, is told that it was the last event. */
static void zmq_monitor_replace(struct zmq_sock *zs,
				const struct zmq_teller *by)
{
	const struct zmq_event stopped = {
		.type = ZMQ_EVENT_MONITOR_STOPPED,
		.local = "",
		.remote = "",
	};
	struct zmq_monitor *m = &zs->monitor;
	struct zmq_teller old;

	mutex_lock(&m->lock);
	zmq_monitor_send(zs, &stopped);
	old = m->by;
	m->by.to = by->to;
	m->by.file = by->file;
	m->by.version = by->version;
	WRITE_ONCE(m->by.events, by->events);
	mutex_unlock(&m->lock);
	zmq_monitor_drop(zs, &old);
}

/**
 * zmq_monitor_stop() - the socket has no monitor any more
 * @zs: the socket; its lock_sock held, or closed so that it gets no other one
 *
 * Context: process context.
 */
void zmq_monitor_stop(struct zmq_sock *zs)
{
	const struct zmq_teller none = {};

	zmq_monitor_replace(zs, &none);
}

/* May this socket send the events of that one? */
static int zmq_monitor_check(const struct zmq_sock *zs, const struct sock *sk,
			     u32 version)
{
	const struct zmq_sock *to = zmq_sk(sk);

	if (!zmq_sock_is_ours(sk))
		return -ENOTSOCK;
	if (to == zs)
		return -EINVAL;
	if (to->ops->type != ZMQ_PAIR &&
	    (version == 1 || (to->ops->type != ZMQ_PUSH &&
			      to->ops->type != ZMQ_PUB)))
		return -EINVAL;
	return zmq_sock_usable(to);
}

/* The socket that is to send the events, for zmq_monitor_drop(); or an errno. */
static int zmq_monitor_find(struct zmq_sock *zs,
			    const struct zmq_monitor_req *req,
			    struct zmq_teller *by)
{
	bool keep = req->version & ZMQ_MONITOR_KEEP;
	struct socket *sock;
	int err;

	by->version = req->version & ~ZMQ_MONITOR_KEEP;
	by->events = req->events;
	if ((by->version != 1 && by->version != 2) ||
	    (by->version == 1 && req->events > U16_MAX))
		return -EINVAL;
	sock = sockfd_lookup(req->fd, &err);
	if (!sock)
		return err;
	err = zmq_monitor_check(zs, sock->sk, by->version);
	if (!err && keep && !zmq_monitor_keep(zs, zmq_sk(sock->sk)))
		err = -ELOOP;
	if (!err) {
		by->to = zmq_sk(sock->sk);
		sock_hold(sock->sk);
	}
	if (!err && keep)
		by->file = sock->file;
	else
		sockfd_put(sock);
	return err;
}

/**
 * zmq_monitor_set() - ZMQ_NATIVE_MONITOR
 * @zs: the socket, its lock_sock not held
 * @req: which socket is to send which of its events
 *
 * Context: process context, the descriptor is the caller's.
 * Return: 0; -EINVAL a version there is not, an event that version 1 can't
 * tell, a type that is not to send events, or the socket itself; -EBADF,
 * -ENOTSOCK; -ELOOP one of them would both keep and be kept; -ZMQ_ETERM.
 */
int zmq_monitor_set(struct zmq_sock *zs, const struct zmq_monitor_req *req)
{
	struct zmq_teller by = {};
	int err = 0;

	if (req->fd != -1)
		err = zmq_monitor_find(zs, req, &by);
	if (err)
		return err;
	lock_sock(&zs->sk);
	/* Who closes the socket does so under the same lock. */
	err = zmq_sock_usable(zs);
	if (!err)
		zmq_monitor_replace(zs, &by);
	release_sock(&zs->sk);
	if (err)
		zmq_monitor_drop(zs, &by);
	return err;
}
