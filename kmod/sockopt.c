// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options at level SOL_ZMQ: one table, and the few that do something at once.
 *
 * Numbers, types, ranges and length rules are libzmq's (API page, 2.1, 2.2).
 */
#include <linux/module.h>
#include <linux/uaccess.h>

#include "conn/session.h"
#include "pattern/pattern.h"
#include "sock.h"

/**
 * struct zmq_option - one option that is stored in &struct zmq_options
 * @name: its number
 * @size: bytes of the value: 4 (int) or 8 (s64, u64)
 * @off: where in &struct zmq_options
 * @min: least value that may be set
 * @max: greatest value that may be set
 * @live: what follows at once, under lock_sock; or NULL
 */
struct zmq_option {
	u16 name;
	u16 size;
	u16 off;
	s64 min;
	s64 max;
	zmq_option_live live;
};

static long zmq_option_jiffies(int ms)
{
	return ms < 0 ? MAX_SCHEDULE_TIMEOUT : msecs_to_jiffies(ms);
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
		p->out.hwm = zs->opt.sndhwm;
		p->in.hwm = zs->opt.rcvhwm;
		/* The lump in which credit goes back has changed, too: what
		 * was read of one that is not full would never be credited.
		 */
		p->out.acked = p->out.got;
		p->in.acked = p->in.got;
		if (p->attached && zs->ops->balances)
			zmq_ring_add(&zs->lb, &p->writable);
		if (p->stopped && p->session) {
			p->stopped = false;
			zmq_session_kick(p->session);
		}
	}
	spin_unlock_bh(&zs->lock);
	zmq_sock_wake(zs, ZMQ_WAKE_OUT);
}

#define ZMQ_INT(nr, field, lo, hi, fn) \
	{ .name = (nr), .size = sizeof(int), \
	  .off = offsetof(struct zmq_options, field), \
	  .min = (lo), .max = (hi), .live = (fn) }
#define ZMQ_LONG(nr, field) \
	{ .name = (nr), .size = sizeof(s64), \
	  .off = offsetof(struct zmq_options, field), \
	  .min = S64_MIN, .max = S64_MAX }

static const struct zmq_option zmq_option_table[] = {
	ZMQ_LONG(ZMQ_AFFINITY, affinity),
	ZMQ_LONG(ZMQ_MAXMSGSIZE, maxmsgsize),
	ZMQ_INT(ZMQ_SNDBUF, sndbuf, -1, INT_MAX, NULL),
	ZMQ_INT(ZMQ_RCVBUF, rcvbuf, -1, INT_MAX, NULL),
	ZMQ_INT(ZMQ_LINGER, linger, -1, INT_MAX, NULL),
	ZMQ_INT(ZMQ_RECONNECT_IVL, reconnect_ivl, -1, INT_MAX, NULL),
	ZMQ_INT(ZMQ_BACKLOG, backlog, 0, INT_MAX, NULL),
	ZMQ_INT(ZMQ_RECONNECT_IVL_MAX, reconnect_ivl_max, 0, INT_MAX, NULL),
	ZMQ_INT(ZMQ_SNDHWM, sndhwm, 0, INT_MAX, zmq_option_hwm),
	ZMQ_INT(ZMQ_RCVHWM, rcvhwm, 0, INT_MAX, zmq_option_hwm),
	ZMQ_INT(ZMQ_RCVTIMEO, rcvtimeo, -1, INT_MAX, zmq_option_timeouts),
	ZMQ_INT(ZMQ_SNDTIMEO, sndtimeo, -1, INT_MAX, zmq_option_timeouts),
	ZMQ_INT(ZMQ_TCP_KEEPALIVE, keepalive, -1, 1, NULL),
	ZMQ_INT(ZMQ_TCP_KEEPALIVE_CNT, keepalive_cnt, -1, INT_MAX, NULL),
	ZMQ_INT(ZMQ_TCP_KEEPALIVE_IDLE, keepalive_idle, -1, INT_MAX, NULL),
	ZMQ_INT(ZMQ_TCP_KEEPALIVE_INTVL, keepalive_intvl, -1, INT_MAX, NULL),
	ZMQ_INT(ZMQ_IMMEDIATE, immediate, 0, 1, NULL),
	ZMQ_INT(ZMQ_IPV6, ipv6, 0, 1, NULL),
	ZMQ_INT(ZMQ_TOS, tos, 0, INT_MAX, NULL),
	ZMQ_INT(ZMQ_HANDSHAKE_IVL, handshake_ivl, 0, INT_MAX, NULL),
	ZMQ_INT(ZMQ_CONNECT_TIMEOUT, connect_timeout, 0, INT_MAX, NULL),
	ZMQ_INT(ZMQ_TCP_MAXRT, maxrt, 0, INT_MAX, NULL),
	ZMQ_INT(ZMQ_NATIVE_MULTIPART, multipart, ZMQ_MULTIPART_THREAD,
		ZMQ_MULTIPART_SOCKET, NULL),
};

static const struct zmq_option *zmq_option_find(int name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(zmq_option_table); i++)
		if (zmq_option_table[i].name == name)
			return &zmq_option_table[i];
	return NULL;
}

/**
 * zmq_option_store() - set a stored option
 * @opt: the options
 * @name: the option's number
 * @value: its value in the option's own size
 * @len: bytes of @value
 * @live: set to what has to follow, or NULL
 *
 * Return: 0 or -EINVAL: unknown option, wrong length, value out of range.
 */
int zmq_option_store(struct zmq_options *opt, int name, const void *value,
		     unsigned int len, zmq_option_live *live)
{
	const struct zmq_option *o = zmq_option_find(name);
	s64 v;

	if (!o || len != o->size)
		return -EINVAL;
	v = o->size == sizeof(int) ? *(const int *)value : *(const s64 *)value;
	if (v < o->min || v > o->max)
		return -EINVAL;
	memcpy((void *)opt + o->off, value, o->size);
	*live = o->live;
	return 0;
}
EXPORT_SYMBOL_KUNIT(zmq_option_store);

/**
 * zmq_options_init() - default values
 * @opt: the options
 * @type: socket type
 */
void zmq_options_init(struct zmq_options *opt, int type)
{
	memset(opt, 0, sizeof(*opt));
	opt->maxmsgsize = -1;
	/* SUB and XSUB have nothing to say at the end (API page, 2.2). */
	opt->linger = type == ZMQ_SUB || type == ZMQ_XSUB ? 0 : -1;
	opt->sndhwm = 1000;
	opt->rcvhwm = 1000;
	opt->sndbuf = -1;
	opt->rcvbuf = -1;
	opt->sndtimeo = -1;
	opt->rcvtimeo = -1;
	opt->reconnect_ivl = 100;
	opt->backlog = 100;
	opt->keepalive = -1;
	opt->keepalive_cnt = -1;
	opt->keepalive_idle = -1;
	opt->keepalive_intvl = -1;
	opt->handshake_ivl = 30000;
}
EXPORT_SYMBOL_KUNIT(zmq_options_init);

/**
 * zmq_options_get() - the options as they are now, for an endpoint
 * @zs: the socket, its lock_sock held
 *
 * Return: a snapshot, to be given back by zmq_options_put(), or NULL.
 */
const struct zmq_options *zmq_options_get(struct zmq_sock *zs)
{
	struct zmq_options *opt;

	if (!zs->snapshot) {
		opt = kmemdup(&zs->opt, sizeof(zs->opt), GFP_KERNEL_ACCOUNT);
		if (!opt)
			return NULL;
		refcount_set(&opt->ref, 1);
		zs->snapshot = opt;
	}
	return zmq_options_hold(zs->snapshot);
}

/**
 * zmq_options_hold() - one more holder of a snapshot
 * @opt: the snapshot
 *
 * Return: @opt.
 */
const struct zmq_options *zmq_options_hold(const struct zmq_options *opt)
{
	refcount_inc(&((struct zmq_options *)opt)->ref);
	return opt;
}

/**
 * zmq_options_put() - give a snapshot back
 * @opt: the snapshot, or NULL
 *
 * Context: any.
 */
void zmq_options_put(const struct zmq_options *opt)
{
	if (opt && refcount_dec_and_test(&((struct zmq_options *)opt)->ref))
		kfree(opt);
}

/* The next endpoint needs a new snapshot; lock_sock is held. */
static void zmq_options_changed(struct zmq_sock *zs)
{
	zmq_options_put(zs->snapshot);
	zs->snapshot = NULL;
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

static int zmq_setsockopt_close(struct zmq_sock *zs, sockptr_t val,
				unsigned int len)
{
	int one;

	if (len != sizeof(one))
		return -EINVAL;
	if (copy_from_sockptr(&one, val, sizeof(one)))
		return -EFAULT;
	if (one != 1)
		return -EINVAL;
	lock_sock(&zs->sk);
	zmq_sock_close(zs);
	release_sock(&zs->sk);
	return 0;
}

static int zmq_setsockopt_bytes(struct zmq_sock *zs, int name, sockptr_t val,
				unsigned int len)
{
	u8 buf[ZMQ_ROUTING_ID_MAX];

	if (name == ZMQ_ROUTING_ID ? !len || len > sizeof(buf) : len > IFNAMSIZ)
		return -EINVAL;
	if (copy_from_sockptr(buf, val, len))
		return -EFAULT;
	if (name == ZMQ_BINDTODEVICE && memchr(buf, 0, len) &&
	    strnlen(buf, len) + 1 != len)
		return -EINVAL;

	lock_sock(&zs->sk);
	if (name == ZMQ_ROUTING_ID) {
		memcpy(zs->opt.routing_id, buf, len);
		zs->opt.routing_id_len = len;
	} else {
		memcpy(zs->opt.device, buf, len);
		zs->opt.device[len] = 0;
	}
	zmq_options_changed(zs);
	release_sock(&zs->sk);
	return 0;
}

/* The deprecated inverse of ZMQ_IPV6. */
static int zmq_setsockopt_ipv4only(struct zmq_sock *zs, const void *value,
				   unsigned int len)
{
	int v;

	if (len != sizeof(v))
		return -EINVAL;
	v = *(const int *)value;
	if (v != 0 && v != 1)
		return -EINVAL;
	lock_sock(&zs->sk);
	zs->opt.ipv6 = !v;
	zmq_options_changed(zs);
	release_sock(&zs->sk);
	return 0;
}

static int zmq_setsockopt_stored(struct zmq_sock *zs, int name, sockptr_t val,
				 unsigned int len)
{
	zmq_option_live live = NULL;
	u64 value;
	int err;

	if (!len || len > sizeof(value))
		return -EINVAL;
	if (copy_from_sockptr(&value, val, len))
		return -EFAULT;
	if (name == ZMQ_IPV4ONLY)
		return zmq_setsockopt_ipv4only(zs, &value, len);

	lock_sock(&zs->sk);
	if (name == ZMQ_NATIVE_MULTIPART && (!list_empty(&zs->sending.list) ||
					     !list_empty(&zs->reading.list)))
		err = -EBUSY;
	else
		err = zmq_option_store(&zs->opt, name, &value, len, &live);
	if (!err)
		zmq_options_changed(zs);
	if (!err && live)
		live(zs);
	release_sock(&zs->sk);
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
 * Return: 0; -ENOPROTOOPT another level; -EINVAL unknown option, wrong length
 * or illegal value; -EBUSY ZMQ_NATIVE_MULTIPART while a message is half sent
 * or half read; -ZMQ_ETERM; -EFAULT; what bind(), connect() and their
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
	case ZMQ_ROUTING_ID:
	case ZMQ_BINDTODEVICE:
		return zmq_setsockopt_bytes(zs, name, val, len);
	default:
		return zmq_setsockopt_stored(zs, name, val, len);
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

static int zmq_getsockopt_string(char __user *optval, int __user *optlen,
				 int room, const char *s)
{
	char buf[ZMQ_ENDPOINT_MAX + 1];
	int len = strscpy(buf, s, sizeof(buf)) + 1;

	if (room < len)
		return -EINVAL;
	return zmq_getsockopt_copy(optval, optlen, room, buf, len);
}

static int zmq_getsockopt_stored(struct zmq_sock *zs, int name,
				 char __user *optval, int __user *optlen,
				 int room)
{
	const struct zmq_option *o = zmq_option_find(name);
	u64 value = 0;

	if (!o || room != o->size)
		return -EINVAL;
	/* Through the stack: hardened usercopy forbids the socket's memory. */
	memcpy(&value, (void *)&zs->opt + o->off, o->size);
	return zmq_getsockopt_copy(optval, optlen, room, &value, o->size);
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

static int zmq_getsockopt_events(struct zmq_sock *zs)
{
	__poll_t mask;

	zmq_sock_flush(zs);
	mask = zmq_sock_events(zs);
	/* ZMQ_POLLIN 1, ZMQ_POLLOUT 2 */
	return (mask & EPOLLIN ? 1 : 0) | (mask & EPOLLOUT ? 2 : 0);
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

/* Values that are not stored; -ENOENT if it is none of them. */
static int zmq_getsockopt_value(struct zmq_sock *zs, int name, int *value)
{
	switch (name) {
	case ZMQ_RCVMORE:
		*value = READ_ONCE(zs->more);
		return 0;
	case ZMQ_EVENTS:
		*value = zmq_getsockopt_events(zs);
		return 0;
	case ZMQ_TYPE:
		*value = zs->ops->type;
		return 0;
	case ZMQ_THREAD_SAFE:
	case ZMQ_MECHANISM:
		/* As libzmq says of these types; of the mechanisms, NULL. */
		*value = 0;
		return 0;
	case ZMQ_IPV4ONLY:
		*value = !zs->opt.ipv6;
		return 0;
	case ZMQ_RCVTIMEO:
		*value = zmq_getsockopt_timeout(zs->opt.rcvtimeo,
						zs->sk.sk_rcvtimeo);
		return 0;
	case ZMQ_SNDTIMEO:
		*value = zmq_getsockopt_timeout(zs->opt.sndtimeo,
						zs->sk.sk_sndtimeo);
		return 0;
	default:
		return -ENOENT;
	}
}

/* These take any buffer that is large enough; plain ints the exact size. */
static bool zmq_getsockopt_lenient(int name)
{
	return name == ZMQ_RCVMORE || name == ZMQ_EVENTS ||
	       name == ZMQ_THREAD_SAFE;
}

static int zmq_getsockopt_locked(struct zmq_sock *zs, int name,
				 char __user *optval, int __user *optlen,
				 int room)
{
	u8 id[ZMQ_ROUTING_ID_MAX];
	int len;

	switch (name) {
	case ZMQ_LAST_ENDPOINT:
		return zmq_getsockopt_string(optval, optlen, room,
					     zs->last_endpoint);
	case ZMQ_BINDTODEVICE:
		return zmq_getsockopt_string(optval, optlen, room,
					     zs->opt.device);
	case ZMQ_NATIVE_LAST_ERROR:
		return zmq_getsockopt_string(optval, optlen, room,
					     READ_ONCE(zs->why));
	case ZMQ_NATIVE_STATS:
		return zmq_getsockopt_stats(zs, optval, optlen, room);
	case ZMQ_ROUTING_ID:
		len = zs->opt.routing_id_len;
		if (room < len)
			return -EINVAL;
		memcpy(id, zs->opt.routing_id, len);
		return zmq_getsockopt_copy(optval, optlen, room, id, len);
	default:
		return zmq_getsockopt_stored(zs, name, optval, optlen, room);
	}
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
 * room; -ZMQ_ETERM; -EFAULT.
 */
int zmq_sock_getsockopt(struct socket *sock, int level, int name,
			char __user *optval, int __user *optlen)
{
	struct zmq_sock *zs = zmq_sk(sock->sk);
	int room, value, err;

	if (level != SOL_ZMQ)
		return -ENOPROTOOPT;
	err = zmq_sock_usable(zs);
	if (err)
		return err;
	if (get_user(room, optlen))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;

	err = zmq_getsockopt_value(zs, name, &value);
	if (!err) {
		if (room < (int)sizeof(value) ||
		    (room > (int)sizeof(value) && !zmq_getsockopt_lenient(name)))
			return -EINVAL;
		return zmq_getsockopt_copy(optval, optlen, room, &value,
					   sizeof(value));
	}

	lock_sock(&zs->sk);
	err = zmq_getsockopt_locked(zs, name, optval, optlen, room);
	release_sock(&zs->sk);
	return err;
}
