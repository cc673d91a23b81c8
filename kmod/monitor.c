// SPDX-License-Identifier: GPL-2.0-only
/*
 * The monitor of a socket: another socket that sends its events, as
 * zmq_socket_monitor() of libzmq wants it.
 *
 * Sending never waits. An event that the monitor can't take at once, for want
 * of a peer, of room or of memory, is dropped and counted: libzmq would block
 * there, and with it the socket that is monitored (libzmq API page, 7.1).
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
	struct zmq_frame *msg = NULL;
	bool ok;

	if (version == 1)
		ok = zmq_monitor_add(mem, &msg, &v1, sizeof(v1)) &&
		     zmq_monitor_text(mem, &msg,
				      ev->bound ? ev->local : ev->remote);
	else
		ok = zmq_monitor_u64(mem, &msg, ev->type) &&
		     zmq_monitor_u64(mem, &msg, 1) &&
		     zmq_monitor_u64(mem, &msg, ev->value) &&
		     zmq_monitor_text(mem, &msg, ev->local) &&
		     zmq_monitor_text(mem, &msg, ev->remote);
	return ok ? msg : NULL;
}
EXPORT_SYMBOL_KUNIT(zmq_monitor_encode);

static void zmq_monitor_send(struct zmq_sock *zs, const struct zmq_event *ev)
{
	struct zmq_monitor *m = &zs->monitor;
	struct mem_cgroup *old;
	struct zmq_frame *msg;

	lockdep_assert_held(&m->lock);
	if (!m->to || !(m->events & ev->type))
		return;
	/* The frames are charged to who owns the socket where they wait. */
	old = set_active_memcg(m->to->sk.sk_memcg);
	msg = zmq_monitor_encode(m->to->mem, m->version, ev);
	set_active_memcg(old);
	if (msg && !zmq_sock_send_frames(m->to, msg))
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

/* The old monitor, if any, is told that it was the last event. */
static void zmq_monitor_replace(struct zmq_sock *zs, struct zmq_sock *to,
				u32 version, u32 events)
{
	const struct zmq_event stopped = {
		.type = ZMQ_EVENT_MONITOR_STOPPED,
		.local = "",
		.remote = "",
	};
	struct zmq_monitor *m = &zs->monitor;
	struct zmq_sock *old;

	mutex_lock(&m->lock);
	zmq_monitor_send(zs, &stopped);
	old = m->to;
	m->to = to;
	m->version = version;
	WRITE_ONCE(m->events, events);
	mutex_unlock(&m->lock);
	if (old)
		sock_put(&old->sk);
}

/**
 * zmq_monitor_stop() - the socket has no monitor any more
 * @zs: the socket, its lock_sock held
 *
 * Context: process context.
 */
void zmq_monitor_stop(struct zmq_sock *zs)
{
	zmq_monitor_replace(zs, NULL, 0, 0);
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

/* The socket that is to send the events, referenced, or an errno. */
static struct zmq_sock *zmq_monitor_find(const struct zmq_sock *zs,
					 const struct zmq_monitor_req *req)
{
	struct socket *sock;
	struct zmq_sock *to;
	int err;

	if ((req->version != 1 && req->version != 2) ||
	    (req->version == 1 && req->events > U16_MAX))
		return ERR_PTR(-EINVAL);
	sock = sockfd_lookup(req->fd, &err);
	if (!sock)
		return ERR_PTR(err);
	err = zmq_monitor_check(zs, sock->sk, req->version);
	to = err ? ERR_PTR(err) : zmq_sk(sock->sk);
	if (!err)
		sock_hold(sock->sk);
	sockfd_put(sock);
	return to;
}

/**
 * zmq_monitor_set() - ZMQ_NATIVE_MONITOR
 * @zs: the socket, its lock_sock not held
 * @req: which socket is to send which of its events
 *
 * Context: process context, the descriptor is the caller's.
 * Return: 0; -EINVAL a version there is not, an event that version 1 can't
 * tell, a type that is not to send events, or the socket itself; -EBADF,
 * -ENOTSOCK; -ZMQ_ETERM.
 */
int zmq_monitor_set(struct zmq_sock *zs, const struct zmq_monitor_req *req)
{
	struct zmq_sock *to = NULL;
	int err;

	if (req->fd != -1) {
		to = zmq_monitor_find(zs, req);
		if (IS_ERR(to))
			return PTR_ERR(to);
	}
	lock_sock(&zs->sk);
	/* Who closes the socket stops its monitor under the same lock. */
	err = zmq_sock_usable(zs);
	if (!err && to)
		zmq_monitor_replace(zs, to, req->version, req->events);
	else if (!err)
		zmq_monitor_stop(zs);
	release_sock(&zs->sk);
	if (err && to)
		sock_put(&to->sk);
	return err;
}
