/* SPDX-License-Identifier: GPL-2.0-only */
/* Lower sockets: the kernel sockets that carry connections. */
#ifndef _ZMQ_KSOCK_H
#define _ZMQ_KSOCK_H

#include <net/sock.h>

/**
 * struct zmq_ksock_calls - callbacks of a &struct sock
 * @data_ready: there is something to read or accept
 * @write_space: there is room again
 * @state_change: connected, or closed by the peer
 * @error_report: the connection broke
 */
struct zmq_ksock_calls {
	void (*data_ready)(struct sock *sk);
	void (*write_space)(struct sock *sk);
	void (*state_change)(struct sock *sk);
	void (*error_report)(struct sock *sk);
};

/**
 * struct zmq_ksock - a lower socket with its callbacks replaced
 * @sock: the socket, or NULL
 * @saved: the callbacks it was born with
 * @taken: bytes read of the first buffer in the receive queue, where the
 *	transport does not count them itself; under the lower socket's lock
 */
struct zmq_ksock {
	struct socket *sock;
	struct zmq_ksock_calls saved;
	size_t taken;
};

void zmq_ksock_adopt(struct sock *sk);
void zmq_ksock_trim(struct sock *sk);
int zmq_ksock_create(struct net *net, int family, int type, int protocol,
		     struct socket **res);
void zmq_ksock_mark(struct sock *sk, bool on);
void zmq_ksock_attach(struct zmq_ksock *k, struct socket *sock, void *owner,
		      const struct zmq_ksock_calls *calls,
		      const struct zmq_ksock *listener);
struct socket *zmq_ksock_detach(struct zmq_ksock *k);
int zmq_ksock_name(struct socket *sock, bool peer, struct sockaddr_storage *ss);
int zmq_ksock_set(struct socket *sock, int level, int name, int value);
int zmq_ksock_set_buffers(struct socket *sock, int sndbuf, int rcvbuf);
void zmq_ksock_disown(struct socket *sock, const struct zmq_ksock *listener);

/**
 * zmq_ksock_owner() - whom a lower socket belongs to, in its callbacks
 * @sk: the lower socket, its sk_callback_lock or the spinlock in its sk_lock
 *	held: each keeps the owner from leaving
 *
 * Return: the owner, or NULL.
 */
static inline void *zmq_ksock_owner(struct sock *sk)
{
	void *owner;

	rcu_read_lock();
	owner = rcu_dereference_sk_user_data(sk);
	rcu_read_unlock();
	return owner;
}

#endif /* _ZMQ_KSOCK_H */
