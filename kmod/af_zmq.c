// SPDX-License-Identifier: GPL-2.0-only
/* The family: proto_ops and create(), nothing else. */
#include <linux/module.h>
#include <linux/poll.h>

#include "af_zmq.h"
#include "compat/compat.h"
#include "pattern/pattern.h"
#include "sock.h"

static int zmq_family = AF_ZMQ;
module_param_named(family, zmq_family, int, 0444);
MODULE_PARM_DESC(family, "Address family number, one that no protocol uses (default 18)");

static struct proto zmq_proto = {
	.name = "ZMQ",
	.owner = THIS_MODULE,
	.obj_size = sizeof(struct zmq_sock),
};

/* The endpoint in a sockaddr_zmq; the caller's length delimits it. */
static int zmq_addr_uri(const zmq_sa_t *addr, int len, const char **uri)
{
	const int off = offsetof(struct sockaddr_zmq, szmq_endpoint);

	if (len <= off)
		return -EINVAL;
	if (addr->sa_family != zmq_family)
		return -EAFNOSUPPORT;
	*uri = (const char *)addr + off;
	return len - off;
}

static int zmq_bind(struct socket *sock, zmq_sa_t *addr, int len)
{
	const char *uri;
	int n = zmq_addr_uri(addr, len, &uri);

	return n < 0 ? n : zmq_sock_bind(zmq_sk(sock->sk), uri, n);
}

static int zmq_connect(struct socket *sock, zmq_sa_t *addr, int len, int flags)
{
	const char *uri;
	int n = zmq_addr_uri(addr, len, &uri);

	return n < 0 ? n : zmq_sock_connect(zmq_sk(sock->sk), uri, n);
}

/* The last endpoint, as far as it fits; ZMQ_LAST_ENDPOINT has it whole. */
static int zmq_getname(struct socket *sock, struct sockaddr *addr, int peer)
{
	const int off = offsetof(struct sockaddr_zmq, szmq_endpoint);
	struct sockaddr_zmq *sz = (struct sockaddr_zmq *)addr;
	struct zmq_sock *zs = zmq_sk(sock->sk);
	char *uri = (char *)addr + off;
	size_t n;

	if (peer)
		return -EOPNOTSUPP;
	lock_sock(sock->sk);
	n = min(strlen(zs->last_endpoint),
		sizeof(struct sockaddr_storage) - off);
	memcpy(uri, zs->last_endpoint, n);
	release_sock(sock->sk);
	sz->szmq_family = zmq_family;
	return off + n;
}

static __poll_t zmq_poll(struct file *file, struct socket *sock,
			 poll_table *wait)
{
	struct zmq_sock *zs = zmq_sk(sock->sk);

	sock_poll_wait(file, sock, wait);
	/* Who polls is about to wait, so nothing more comes to a batch. */
	zmq_sock_flush(zs);
	return zmq_sock_events(zs);
}

/* Terminates: as libzmq's context does to its sockets. */
static int zmq_shutdown(struct socket *sock, int how)
{
	if (how != SHUT_RDWR)
		return -EOPNOTSUPP;
	zmq_sock_terminate(zmq_sk(sock->sk));
	return 0;
}

static const struct proto_ops zmq_ops = {
	.family = PF_ZMQ,
	.owner = THIS_MODULE,
	.release = zmq_sock_release,
	.bind = zmq_bind,
	.connect = zmq_connect,
	.socketpair = sock_no_socketpair,
	.accept = sock_no_accept,
	.getname = zmq_getname,
	.poll = zmq_poll,
	.ioctl = sock_no_ioctl,
	.gettstamp = sock_gettstamp,
	.listen = sock_no_listen,
	.shutdown = zmq_shutdown,
	.setsockopt = zmq_sock_setsockopt,
	.getsockopt = zmq_sock_getsockopt,
	.sendmsg = zmq_sock_sendmsg,
	.recvmsg = zmq_sock_recvmsg,
	.mmap = sock_no_mmap,
};

/**
 * zmq_sock_is_ours() - is a socket of any family one of this module?
 * @sk: the socket
 *
 * Return: true if zmq_sk() may be used.
 */
bool zmq_sock_is_ours(const struct sock *sk)
{
	return sk->sk_prot == &zmq_proto;
}

static int zmq_create(struct net *net, struct socket *sock, int protocol,
		      int kern)
{
	const struct zmq_pattern_ops *ops;
	struct sock *sk;
	int err;

	if (sock->type != SOCK_SEQPACKET)
		return -ESOCKTNOSUPPORT;
	ops = zmq_pattern_find(protocol);
	if (!ops)
		return -EPROTONOSUPPORT;

	sk = sk_alloc(net, zmq_family, GFP_KERNEL, &zmq_proto, kern);
	if (!sk)
		return -ENOMEM;
	sock_init_data(sock, sk);
	sock->ops = &zmq_ops;
	sk->sk_protocol = protocol;
	sk->sk_destruct = zmq_sock_destruct;
	/* Until nothing of it is left: the column "sockets" of /proc/net/protocols */
	sock_prot_inuse_add(net, &zmq_proto, 1);

	err = zmq_sock_init(zmq_sk(sk), ops);
	if (err) {
		sock_orphan(sk);
		sock->sk = NULL;
		sock_put(sk);
	}
	return err;
}

static struct net_proto_family zmq_net_family = {
	.owner = THIS_MODULE,
	.create = zmq_create,
};

/**
 * zmq_family_register() - make socket(AF_ZMQ) work
 *
 * Return: 0; -EINVAL the module parameter is no family number; -EEXIST
 * somebody has that number.
 */
int __init zmq_family_register(void)
{
	int err;

	if (zmq_family <= AF_UNSPEC || zmq_family >= AF_MAX) {
		pr_err("af_zmq: family=%d is not between 1 and %d\n",
		       zmq_family, AF_MAX - 1);
		return -EINVAL;
	}
	err = proto_register(&zmq_proto, 1);
	if (err)
		return err;

	zmq_net_family.family = zmq_family;
	err = sock_register(&zmq_net_family);
	if (err) {
		pr_err("af_zmq: address family %d is taken; load with family=N for a free N (errno %d)\n",
		       zmq_family, -err);
		proto_unregister(&zmq_proto);
	}
	return err;
}

/**
 * zmq_family_unregister() - no new sockets from here on
 *
 * Context: module exit. There are no sockets then: each holds the module.
 */
void zmq_family_unregister(void)
{
	sock_unregister(zmq_family);
}

/**
 * zmq_proto_exit() - the last sockets have gone
 */
void zmq_proto_exit(void)
{
	proto_unregister(&zmq_proto);
}
