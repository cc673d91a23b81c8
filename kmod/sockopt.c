// SPDX-License-Identifier: GPL-2.0-only
/*
 * setsockopt() and getsockopt(): between the caller and the table of options,
 * and the options that are calls.
 */
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "conn/session.h"
#include "ctx/ctx.h"
#include "event.h"
#include "option.h"
#include "pattern/pattern.h"
#include "sock.h"

static long zmq_option_jiffies(int ms)
{
	if (ms < 0)
		return MAX_SCHEDULE_TIMEOUT;
	/* Part of the current jiffy is over, and nobody is to wake early. */
	return ms ? msecs_to_jiffies(ms) + 1 : 0;
}

static void zmq_option_timeouts(struct zmq_sock *zs)
{
	zs->sk.sk_sndtimeo = zmq_option_jiffies(zs->opt.sndtimeo);
	zs->sk.sk_rcvtimeo = zmq_option_jiffies(zs->opt.rcvtimeo);
}

/* A mark that rises makes room; pipes that were full learn of it. */
static void zmq_option_hwm(struct zmq_sock *zs)
{
	struct zmq_pipe *p;

	spin_lock_bh(&zs->lock);
	list_for_each_entry(p, &zs->pipes, node) {
		zmq_queue_set_hwm(&p->out, zs->opt.sndhwm);
		zmq_queue_set_hwm(&p->in, zs->opt.rcvhwm);
		if (p->attached && p->balanced)
			zmq_ring_add(&zs->lb, &p->writable);
		if (p->stopped && p->session) {
			p->stopped = false;
			zmq_session_kick(p->session);
		}
	}
	spin_unlock_bh(&zs->lock);
	zmq_sock_wake(zs, ZMQ_WAKE_OUT);
}

static void zmq_option_follow(struct zmq_sock *zs, enum zmq_option_live live)
{
	switch (live) {
	case ZMQ_LIVE_NONE:
		break;
	case ZMQ_LIVE_TIMEOUTS:
		zmq_option_timeouts(zs);
		break;
	case ZMQ_LIVE_HWM:
		zmq_option_hwm(zs);
		break;
	}
}

static int zmq_setsockopt_endpoint(struct zmq_sock *zs, int name, sockptr_t val,
				   unsigned int len)
{
	char *uri;
	int err;

	if (!len || len > ZMQ_ENDPOINT_MAX + 1)
		return -EINVAL;
	uri = memdup_sockptr(val, len);
	if (IS_ERR(uri))
		return PTR_ERR(uri);

	switch (name) {
	case ZMQ_NATIVE_BIND:
		err = zmq_sock_bind(zs, uri, len);
		break;
	case ZMQ_NATIVE_CONNECT:
		err = zmq_sock_connect(zs, uri, len);
		break;
	default:
		/* One shared implementation, as in libzmq (API page, 4.8). */
		err = zmq_sock_unbind(zs, uri, len);
		break;
	}
	kfree(uri);
	return err;
}

/* The value of an option that is a call. */
static int zmq_setsockopt_one(sockptr_t val, unsigned int len)
{
	int one;

	if (len != sizeof(one))
		return -EINVAL;
	if (copy_from_sockptr(&one, val, sizeof(one)))
		return -EFAULT;
	return one == 1 ? 0 : -EINVAL;
}

static int zmq_setsockopt_close(struct zmq_sock *zs, sockptr_t val,
				unsigned int len)
{
	int err = zmq_setsockopt_one(val, len);

	if (err)
		return err;
	lock_sock(&zs->sk);
	zmq_sock_close(zs);
	release_sock(&zs->sk);
	return 0;
}

static int zmq_setsockopt_monitor(struct zmq_sock *zs, sockptr_t val,
				  unsigned int len)
{
	struct zmq_monitor_req req;

	if (len != sizeof(req))
		return -EINVAL;
	if (copy_from_sockptr(&req, val, sizeof(req)))
		return -EFAULT;
	return zmq_monitor_set(zs, &req);
}

static int zmq_setsockopt_monitor_stats(struct zmq_sock *zs, sockptr_t val,
					unsigned int len)
{
	int err = zmq_setsockopt_one(val, len);

	return err ? err : zmq_event_pipes(zs);
}

static int zmq_setsockopt_ctx_of(struct zmq_sock *zs, int fd)
{
	struct socket *sock;
	int err;

	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	err = -ENOTSOCK;
	if (zmq_sock_is_ours(sock->sk)) {
		lock_sock(&zs->sk);
		err = zmq_ctx_join_sock(zs, zmq_sk(sock->sk));
		release_sock(&zs->sk);
	}
	sockfd_put(sock);
	return err;
}

static int zmq_setsockopt_ctx(struct zmq_sock *zs, int name, sockptr_t val,
			      unsigned int len)
{
	u32 value;
	int err;

	if (len != sizeof(value))
		return -EINVAL;
	if (copy_from_sockptr(&value, val, sizeof(value)))
		return -EFAULT;
	if (name == ZMQ_NATIVE_CTX_OF)
		return zmq_setsockopt_ctx_of(zs, value);
	lock_sock(&zs->sk);
	err = zmq_ctx_join_id(zs, value);
	release_sock(&zs->sk);
	return err;
}

/* Options in the table; lock_sock is held. */
static int zmq_setsockopt_stored(struct zmq_sock *zs, int name,
				 const struct zmq_optset *v)
{
	enum zmq_option_live live;
	int err;

	if (name == ZMQ_NATIVE_MULTIPART && (!list_empty(&zs->sending.list) ||
					     !list_empty(&zs->reading.list)))
		return -EBUSY;
	err = zmq_option_store(&zs->opt, name, v, &live);
	if (!err)
		zmq_option_follow(zs, live);
	return err;
}

/* What the type has goes first (API page, 2.1). */
static int zmq_setsockopt_locked(struct zmq_sock *zs, int name,
				 const struct zmq_optset *v)
{
	int err = zmq_sock_usable(zs);

	if (err)
		return err;
	err = -ENOPROTOOPT;
	if (zs->ops->setopt)
		err = zs->ops->setopt(zs, name, v->data, v->len);
	if (err == -ENOPROTOOPT)
		err = zmq_setsockopt_stored(zs, name, v);
	if (!err)
		zmq_options_changed(zs);
	return err;
}

static int zmq_setsockopt_value(struct zmq_sock *zs, int name, sockptr_t val,
				unsigned int len)
{
	struct zmq_optset v = { .mem = zs->mem, .type = zs->ops->type };
	void *copy;
	int err;

	if (len > ZMQ_OPTION_MAX)
		return -EINVAL;
	copy = memdup_sockptr_nul(val, len);
	if (IS_ERR(copy))
		return PTR_ERR(copy);
	v.data = sockptr_is_null(val) ? NULL : copy;
	v.len = len;

	lock_sock(&zs->sk);
	err = zmq_setsockopt_locked(zs, name, &v);
	release_sock(&zs->sk);
	/* A subscription has to go to the publishers. */
	zmq_sock_kick_all(zs);
	/* It may be a password. */
	kfree_sensitive(copy);
	return err;
}

/**
 * zmq_sock_setsockopt() - proto_ops.setsockopt
 * @sock: the socket
 * @level: SOL_ZMQ
 * @name: option
 * @val: value
 * @len: its length
 *
 * Return: 0; -ENOPROTOOPT another level; -EINVAL unknown option, one that the
 * type does not have, wrong length or illegal value; -ENOMEM; -ENOBUFS a list
 * that is full; -EBUSY ZMQ_NATIVE_MULTIPART while a message is half sent
 * or half read, or ZMQ_NATIVE_CTX too late; -ENOENT, -EMFILE, -EBADF,
 * -ENOTSOCK for contexts; -ZMQ_ETERM; -EFAULT; what bind(), connect() and their
 * inverses return, for the options that do the same.
 */
int zmq_sock_setsockopt(struct socket *sock, int level, int name, sockptr_t val,
			unsigned int len)
{
	struct zmq_sock *zs = zmq_sk(sock->sk);
	int err;

	if (level != SOL_ZMQ)
		return -ENOPROTOOPT;
	if (name == ZMQ_NATIVE_CLOSE)
		return zmq_setsockopt_close(zs, val, len);
	err = zmq_sock_usable(zs);
	if (err)
		return err;

	switch (name) {
	case ZMQ_NATIVE_BIND:
	case ZMQ_NATIVE_CONNECT:
	case ZMQ_NATIVE_UNBIND:
	case ZMQ_NATIVE_DISCONNECT:
		return zmq_setsockopt_endpoint(zs, name, val, len);
	case ZMQ_NATIVE_CTX:
	case ZMQ_NATIVE_CTX_OF:
		return zmq_setsockopt_ctx(zs, name, val, len);
	case ZMQ_NATIVE_MONITOR:
		return zmq_setsockopt_monitor(zs, val, len);
	case ZMQ_NATIVE_MONITOR_STATS:
		return zmq_setsockopt_monitor_stats(zs, val, len);
	default:
		return zmq_setsockopt_value(zs, name, val, len);
	}
}

/* Copy to the caller; the rest of a larger buffer is zeroed. */
static int zmq_getsockopt_copy(char __user *optval, int __user *optlen, int room,
			       const void *p, int len)
{
	if (copy_to_user(optval, p, len) ||
	    clear_user(optval + len, room - len) || put_user(len, optlen))
		return -EFAULT;
	return 0;
}

static int zmq_getsockopt_stats(struct zmq_sock *zs, char __user *optval,
				int __user *optlen, int room)
{
	struct zmq_sock_stats stats;

	spin_lock_bh(&zs->lock);
	stats = zs->stats;
	spin_unlock_bh(&zs->lock);
	room = min_t(int, room, sizeof(stats));
	return zmq_getsockopt_copy(optval, optlen, room, &stats, room);
}

static int zmq_getsockopt_ctx(struct zmq_sock *zs, char __user *optval,
			      int __user *optlen, int room)
{
	u32 id;
	int err;

	if (room < (int)sizeof(id))
		return -EINVAL;
	lock_sock(&zs->sk);
	err = zmq_ctx_need(zs);
	release_sock(&zs->sk);
	if (err)
		return err;
	id = zs->ctx->id;
	return zmq_getsockopt_copy(optval, optlen, room, &id, sizeof(id));
}

static int zmq_getsockopt_events_fd(struct zmq_sock *zs, char __user *optval,
				    int __user *optlen, int room)
{
	struct file *file;
	int fd, err;

	if (room < (int)sizeof(fd))
		return -EINVAL;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = zmq_news_file(zs);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	err = zmq_getsockopt_copy(optval, optlen, room, &fd, sizeof(fd));
	if (err) {
		put_unused_fd(fd);
		fput(file);
		return err;
	}
	fd_install(fd, file);
	return 0;
}

static int zmq_getsockopt_peer_state(struct zmq_sock *zs, char __user *optval,
				     int __user *optlen, int room)
{
	struct zmq_peer_query query;
	int events;

	if (room != sizeof(query))
		return -EINVAL;
	if (!zs->ops->peer_state)
		return -EOPNOTSUPP;
	if (copy_from_user(&query, optval, sizeof(query)))
		return -EFAULT;
	spin_lock_bh(&zs->lock);
	events = zs->ops->peer_state(zs, query.id, query.len);
	zmq_sock_unlock(zs);
	if (events < 0)
		return events;
	query.events = events;
	return zmq_getsockopt_copy(optval, optlen, room, &query, sizeof(query));
}

static int zmq_getsockopt_events(struct zmq_sock *zs)
{
	__poll_t mask;

	zmq_sock_flush(zs);
	mask = zmq_sock_look(zs);
	return (mask & EPOLLIN ? ZMQ_POLLIN : 0) |
	       (mask & EPOLLOUT ? ZMQ_POLLOUT : 0);
}

/*
 * In the unit it was set in, unless SO_RCVTIMEO or SO_SNDTIMEO has overridden
 * it since.
 */
static int zmq_getsockopt_timeout(int ms, long timeo)
{
	if (timeo == zmq_option_jiffies(ms))
		return ms;
	return timeo == MAX_SCHEDULE_TIMEOUT ? -1 : jiffies_to_msecs(timeo);
}

/*
 * Numbers that are not stored, for &zmq_optget.now; false if it is none of
 * them. No lock is held: EVENTS and RCVMORE come with every message.
 */
static bool zmq_getsockopt_now(struct zmq_sock *zs, int name, int *now)
{
	switch (name) {
	case ZMQ_RCVMORE:
		*now = READ_ONCE(zs->more);
		return true;
	case ZMQ_EVENTS:
		*now = zmq_getsockopt_events(zs);
		return true;
	case ZMQ_TYPE:
		*now = zs->ops->type;
		return true;
	case ZMQ_THREAD_SAFE:
		/* As libzmq says of these types. */
		*now = 0;
		return true;
	case ZMQ_RCVTIMEO:
		*now = zmq_getsockopt_timeout(zs->opt.rcvtimeo,
					      zs->sk.sk_rcvtimeo);
		return true;
	case ZMQ_SNDTIMEO:
		*now = zmq_getsockopt_timeout(zs->opt.sndtimeo,
					      zs->sk.sk_sndtimeo);
		return true;
	default:
		return false;
	}
}

/* Strings that are not stored, for &zmq_optget.text; lock_sock is held. */
static const char *zmq_getsockopt_text(const struct zmq_sock *zs, int name)
{
	return name == ZMQ_NATIVE_LAST_ERROR ? READ_ONCE(zs->why) :
					       zs->last_endpoint;
}

/* Bytes written to @v->buf, @size at most, or an errno. */
static int zmq_getsockopt_locked(struct zmq_sock *zs, int name,
				 struct zmq_optget *v, size_t size)
{
	size_t len = min(v->room, size);
	int err = -ENOPROTOOPT;

	if (zs->ops->getopt)
		err = zs->ops->getopt(zs, name, v->buf, &len);
	if (err != -ENOPROTOOPT)
		return err ? err : len;
	v->text = zmq_getsockopt_text(zs, name);
	return zmq_option_load(&zs->opt, name, v);
}

static int zmq_getsockopt_value(struct zmq_sock *zs, int name,
				char __user *optval, int __user *optlen,
				int room)
{
	/* Strings are the longest, and endpoints the longest of these. */
	u8 buf[ZMQ_ENDPOINT_MAX + 1];
	struct zmq_optget v = { .buf = buf, .room = room };
	int n;

	if (zmq_getsockopt_now(zs, name, &v.now)) {
		n = zmq_option_load(&zs->opt, name, &v);
	} else {
		lock_sock(&zs->sk);
		n = zmq_getsockopt_locked(zs, name, &v, sizeof(buf));
		release_sock(&zs->sk);
	}
	if (n >= 0)
		n = zmq_getsockopt_copy(optval, optlen, room, buf, n);
	/* It may be a password. */
	memzero_explicit(buf, sizeof(buf));
	return n;
}

/**
 * zmq_sock_getsockopt() - proto_ops.getsockopt
 * @sock: the socket
 * @level: SOL_ZMQ
 * @name: option
 * @optval: where to
 * @optlen: room there; length of the value on return
 *
 * Return: 0; -ENOPROTOOPT another level; -EINVAL unknown option or wrong
 * room; -EOPNOTSUPP or -EHOSTUNREACH ZMQ_NATIVE_PEER_STATE; -ZMQ_ETERM; -EFAULT;
 * -EMFILE, -ENFILE, -ENOMEM for a descriptor.
 */
int zmq_sock_getsockopt(struct socket *sock, int level, int name,
			char __user *optval, int __user *optlen)
{
	struct zmq_sock *zs = zmq_sk(sock->sk);
	int room, err;

	if (level != SOL_ZMQ)
		return -ENOPROTOOPT;
	err = zmq_sock_usable(zs);
	if (err) {
		/* He knows now, and that is no news to him any more. */
		if (name == ZMQ_EVENTS)
			zmq_sock_look(zs);
		return err;
	}
	if (get_user(room, optlen))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	if (name == ZMQ_NATIVE_CTX)
		return zmq_getsockopt_ctx(zs, optval, optlen, room);
	if (name == ZMQ_NATIVE_EVENTS_FD)
		return zmq_getsockopt_events_fd(zs, optval, optlen, room);
	if (name == ZMQ_NATIVE_STATS)
		return zmq_getsockopt_stats(zs, optval, optlen, room);
	if (name == ZMQ_NATIVE_PEER_STATE)
		return zmq_getsockopt_peer_state(zs, optval, optlen, room);
	return zmq_getsockopt_value(zs, name, optval, optlen, room);
}
