// SPDX-License-Identifier: GPL-2.0-only
/*
 * setsockopt(): between the caller and the table of options, what changes at once
 * with some of these, and the options that are calls.
 */
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "conn/session.h"
#include "ctx/ctx.h"
#include "event.h"
#include "option.h"
#include "pattern/pattern.h"
#include "sock.h"

/**
 * zmq_timeout_jiffies() - a timeout option, as struct sock has it
 * @ms: milliseconds; below 0 is for ever
 *
 * Return: jiffies, or MAX_SCHEDULE_TIMEOUT.
 */
long zmq_timeout_jiffies(int ms)
{
	if (ms < 0)
		return MAX_SCHEDULE_TIMEOUT;
	/* Part of the current jiffy is over, and nobody is to wake early. */
	return ms ? msecs_to_jiffies(ms) + 1 : 0;
}

static void zmq_option_timeouts(struct zmq_sock *zs)
{
	zs->sk.sk_sndtimeo = zmq_timeout_jiffies(zs->opt.sndtimeo);
	zs->sk.sk_rcvtimeo = zmq_timeout_jiffies(zs->opt.rcvtimeo);
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

	if (!len)
		return -EINVAL;
	/* Of one that is too long enough to find that out. */
	len = min_t(unsigned int, len, ZMQ_ENDPOINT_MAX + 2);
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
