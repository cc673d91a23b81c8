// SPDX-License-Identifier: GPL-2.0-only
/*
 * getsockopt(): the table of options, and what is not stored there: what the socket
 * is and does now, and descriptors.
 */
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/uaccess.h>

#include "ctx/ctx.h"
#include "news.h"
#include "option.h"
#include "pattern/pattern.h"
#include "sock.h"

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
	if (timeo == zmq_timeout_jiffies(ms))
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
