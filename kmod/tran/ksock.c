// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lower sockets: the kernel sockets that carry connections.
 *
 * They are created as user sockets (kern = 0) under the credentials of who
 * called bind() or connect(): so rights are checked, LSM labels and uids are
 * right, and the network namespace is held. The last point also keeps the TCP
 * timers going after the close, without which unacknowledged data would never
 * be sent again.
 */
#include <linux/net.h>

#include "compat/compat.h"
#include "tran/ksock.h"

/*
 * Classes of their own: user space takes a TCP socket's lock and then faults
 * pages in; we take it inside our own locks and never do. In one class the two
 * would look like a cycle.
 */
static struct lock_class_key zmq_ksock_keys[3][2];
static const char *const zmq_ksock_names[3][2] = {
	{ "slock-AF_INET-ZMQ", "sk_lock-AF_INET-ZMQ" },
	{ "slock-AF_INET6-ZMQ", "sk_lock-AF_INET6-ZMQ" },
	{ "slock-AF_UNIX-ZMQ", "sk_lock-AF_UNIX-ZMQ" },
};

static int zmq_ksock_class(const struct sock *sk)
{
	switch (sk->sk_family) {
	case AF_INET6:
		return 1;
	case AF_UNIX:
		return 2;
	default:
		return 0;
	}
}

/*
 * Only for a socket that nobody else can know: the lock is initialised anew.
 * What is accepted can't be treated so, packets may be coming in; see
 * zmq_ksock_mark().
 */
static void zmq_ksock_reclassify(struct sock *sk)
{
	int i = zmq_ksock_class(sk);

	if (sock_allow_reclassification(sk))
		sock_lock_init_class_and_name(sk, zmq_ksock_names[i][0],
					      &zmq_ksock_keys[i][0],
					      zmq_ksock_names[i][1],
					      &zmq_ksock_keys[i][1]);
}

/**
 * zmq_ksock_mark() - let children be born with the class of kernel sockets
 * @sk: a socket that listens; or any, to undo it
 * @on: true before listening; false for what was accepted, and for the
 *	listener before its release, since otherwise they are user's sockets
 *
 * The mark has no other meaning from creation to release.
 */
void zmq_ksock_mark(struct sock *sk, bool on)
{
	sk->sk_kern_sock = on;
}

/**
 * zmq_ksock_adopt() - undo what a child has from its listener and must not have
 * @sk: a socket that was accepted
 *
 * A listener may be the user's own (ZMQ_USE_FD). SO_LINGER would let a worker
 * wait in the release, SO_RCVLOWAT keep a handshake from being noticed.
 *
 * Context: may sleep.
 */
void zmq_ksock_adopt(struct sock *sk)
{
	lock_sock(sk);
	sock_reset_flag(sk, SOCK_LINGER);
	WRITE_ONCE(sk->sk_rcvlowat, 1);
	/* We write from system calls that may have their own fragment in use. */
	sk->sk_use_task_frag = false;
	release_sock(sk);
}

/**
 * zmq_ksock_trim() - give back what a socket keeps for its next send
 * @sk: the socket, locked; it may be idle for long
 *
 * With sk_use_task_frag off, TCP keeps a piece of 32 KiB for each socket that
 * has ever sent: for most connections of a large server that was the handshake.
 *
 * Context: process context.
 */
void zmq_ksock_trim(struct sock *sk)
{
	if (!sk->sk_frag.page)
		return;
	put_page(sk->sk_frag.page);
	sk->sk_frag.page = NULL;
}

/**
 * zmq_ksock_create() - make a lower socket
 * @net: the socket's namespace, not the worker's
 * @family: address family
 * @type: SOCK_*
 * @protocol: of the family
 * @res: set to the socket
 *
 * Context: may sleep; the current credentials are those of the caller.
 * Return: 0 or an errno.
 */
int zmq_ksock_create(struct net *net, int family, int type, int protocol,
		     struct socket **res)
{
	int err = __sock_create(net, family, type, protocol, res, 0);

	if (err)
		return err;
	zmq_ksock_reclassify((*res)->sk);
	/* We write from system calls that may have their own fragment in use. */
	(*res)->sk->sk_use_task_frag = false;
	return 0;
}

/*
 * Callbacks use their owner under sk_callback_lock; the one of AF_UNIX that
 * reads under the spinlock of sk_lock instead, since it calls the write_space
 * of another socket, which takes sk_callback_lock: readers of two such locks
 * could wait for each other, each behind a writer.
 */
static void zmq_ksock_shut_out(struct sock *sk)
	__acquires(&sk->sk_lock.slock)
	__acquires(&sk->sk_callback_lock)
{
	spin_lock_bh(&sk->sk_lock.slock);
	write_lock(&sk->sk_callback_lock);
}

static void zmq_ksock_let_in(struct sock *sk)
	__releases(&sk->sk_callback_lock)
	__releases(&sk->sk_lock.slock)
{
	write_unlock(&sk->sk_callback_lock);
	spin_unlock_bh(&sk->sk_lock.slock);
}

/**
 * zmq_ksock_attach() - take a socket's callbacks over
 * @k: where to remember it
 * @sock: the socket
 * @owner: what the callbacks find
 * @calls: the callbacks
 * @listener: what @sock was accepted from, or NULL. A child inherits the
 *	listener's callbacks, ours; what it was born with is what the listener
 *	was born with
 *
 * Context: process context.
 */
void zmq_ksock_attach(struct zmq_ksock *k, struct socket *sock, void *owner,
		      const struct zmq_ksock_calls *calls,
		      const struct zmq_ksock *listener)
{
	struct sock *sk = sock->sk;

	zmq_ksock_shut_out(sk);
	k->taken = 0;
	if (listener) {
		k->saved = listener->saved;
	} else {
		k->saved.data_ready = sk->sk_data_ready;
		k->saved.write_space = sk->sk_write_space;
		k->saved.state_change = sk->sk_state_change;
		k->saved.error_report = sk->sk_error_report;
	}
	k->sock = sock;
	/* Not copied to children: they have to be accepted first. */
	__rcu_assign_sk_user_data_with_flags(sk, owner, SK_USER_DATA_NOCOPY);
	sk->sk_data_ready = calls->data_ready;
	sk->sk_write_space = calls->write_space;
	sk->sk_state_change = calls->state_change;
	sk->sk_error_report = calls->error_report;
	zmq_ksock_let_in(sk);
}

/**
 * zmq_ksock_detach() - give a socket its callbacks back
 * @k: the socket
 *
 * When it returns no callback runs in the owner, and none will: they look for
 * the owner, and use it, under one of the two locks.
 *
 * Context: process context.
 * Return: the socket, now the caller's, or NULL if there was none.
 */
struct socket *zmq_ksock_detach(struct zmq_ksock *k)
{
	struct socket *sock = k->sock;
	struct sock *sk;

	if (!sock)
		return NULL;
	sk = sock->sk;
	zmq_ksock_shut_out(sk);
	rcu_assign_sk_user_data(sk, NULL);
	sk->sk_data_ready = k->saved.data_ready;
	sk->sk_write_space = k->saved.write_space;
	sk->sk_state_change = k->saved.state_change;
	sk->sk_error_report = k->saved.error_report;
	k->sock = NULL;
	zmq_ksock_let_in(sk);
	return sock;
}

/**
 * zmq_ksock_name() - the address of one end of a connection
 * @sock: the socket
 * @peer: the other end's, not our own
 * @ss: set to the address
 *
 * Context: may sleep; takes the socket's lock.
 * Return: 0 or an errno.
 */
int zmq_ksock_name(struct socket *sock, bool peer, struct sockaddr_storage *ss)
{
	int len;

	/* Names of AF_UNIX need not end with a NUL. */
	memset(ss, 0, sizeof(*ss));
	/* 2 is the peer also of a connection that has just ended. */
	len = sock->ops->getname(sock, (struct sockaddr *)ss, peer ? 2 : 0);

	return min(len, 0);
}

/**
 * zmq_ksock_set() - set an option
 * @sock: the socket
 * @level: of the option
 * @name: of the option
 * @value: an int
 *
 * Context: may sleep; the current credentials decide.
 * Return: 0 or an errno.
 */
int zmq_ksock_set(struct socket *sock, int level, int name, int value)
{
	sockptr_t val = KERNEL_SOCKPTR(&value);

	if (level == SOL_SOCKET)
		return sock_setsockopt(sock, level, name, val, sizeof(value));
	return sock->ops->setsockopt(sock, level, name, val, sizeof(value));
}

/**
 * zmq_ksock_set_buffers() - set the sizes of buffers
 * @sock: the socket
 * @sndbuf: ZMQ_SNDBUF in bytes; -1: as the system has it
 * @rcvbuf: ZMQ_RCVBUF; same
 *
 * A limit of the system is applied silently, as it is for other sockets.
 *
 * Return: 0 or an errno.
 */
int zmq_ksock_set_buffers(struct socket *sock, int sndbuf, int rcvbuf)
{
	int err = 0;

	if (sndbuf >= 0)
		err = zmq_ksock_set(sock, SOL_SOCKET, SO_SNDBUF, sndbuf);
	if (!err && rcvbuf >= 0)
		err = zmq_ksock_set(sock, SOL_SOCKET, SO_RCVBUF, rcvbuf);
	return err;
}

/**
 * zmq_ksock_disown() - give a child the callbacks back that are not ours
 * @sock: a socket that was accepted and never attached
 * @listener: what it was accepted from; NULL if that has its own callbacks
 *
 * It may live on for long after its release, longer than this module.
 */
void zmq_ksock_disown(struct socket *sock, const struct zmq_ksock *listener)
{
	struct zmq_ksock k;

	if (!listener)
		return;
	zmq_ksock_attach(&k, sock, NULL, &listener->saved, listener);
	zmq_ksock_detach(&k);
}
