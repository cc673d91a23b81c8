// SPDX-License-Identifier: GPL-2.0-only
/* tcp:// (libzmq API page, 4.2): its lower sockets. */
#include <linux/sizes.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "compat/compat.h"
#include "tran/filter.h"
#include "tran/ksock.h"
#include "tran/tcp.h"

/*
 * Bytes that TCP takes and can't send yet, half of them once more before it
 * asks for more. It would take megabytes, which the high-water mark does not
 * count, and which are lost with their connection while messages in the pipe
 * wait for the next one.
 */
#define ZMQ_TCP_NOTSENT		SZ_128K

/*
 * How long we wait for a peer to confirm the last bytes, if lingering does not
 * end before; TCP goes on trying.
 */
#define ZMQ_TCP_DRAIN_MS	30000

static int zmq_tcp_set_keepalive(struct socket *sock,
				 const struct zmq_options *opt)
{
	int err;

	if (opt->keepalive < 0)
		return 0;
	err = zmq_ksock_set(sock, SOL_SOCKET, SO_KEEPALIVE, opt->keepalive);
	if (!opt->keepalive)
		return err;
	if (!err && opt->keepalive_cnt > 0)
		err = zmq_ksock_set(sock, SOL_TCP, TCP_KEEPCNT,
				    opt->keepalive_cnt);
	if (!err && opt->keepalive_idle > 0)
		err = zmq_ksock_set(sock, SOL_TCP, TCP_KEEPIDLE,
				    opt->keepalive_idle);
	if (!err && opt->keepalive_intvl > 0)
		err = zmq_ksock_set(sock, SOL_TCP, TCP_KEEPINTVL,
				    opt->keepalive_intvl);
	return err;
}

static int zmq_tcp_set_tos(struct socket *sock, int tos)
{
	int err = zmq_ksock_set(sock, SOL_IP, IP_TOS, tos);

	if (!err && sock->sk->sk_family == AF_INET6)
		err = zmq_ksock_set(sock, SOL_IPV6, IPV6_TCLASS, tos);
	return err;
}

/* What may be refused to this user, or by this kernel. */
static int zmq_tcp_set_privileged(struct socket *sock,
				  const struct zmq_options *opt)
{
	int err = 0;

	if (opt->priority)
		err = zmq_ksock_set(sock, SOL_SOCKET, SO_PRIORITY, opt->priority);
	if (!err && opt->busy_poll > 0)
		err = zmq_ksock_set(sock, SOL_SOCKET, SO_BUSY_POLL,
				    opt->busy_poll);
	return err;
}

/*
 * The table of options knows libzmq's limits, TCP has its own: 127 probes at
 * most, for example. What TCP refuses, bind() or connect() fails with.
 */
static int zmq_tcp_setup(struct socket *sock, const struct zmq_options *opt)
{
	int err;

	tcp_sock_set_nodelay(sock->sk);
	WRITE_ONCE(tcp_sk(sock->sk)->notsent_lowat, ZMQ_TCP_NOTSENT);
	err = zmq_ksock_set_buffers(sock, opt->sndbuf, opt->rcvbuf);
	if (!err)
		err = zmq_tcp_set_keepalive(sock, opt);
	if (!err && opt->maxrt)
		err = zmq_ksock_set(sock, SOL_TCP, TCP_USER_TIMEOUT, opt->maxrt);
	if (!err && opt->tos)
		err = zmq_tcp_set_tos(sock, opt->tos);
	return err ? err : zmq_tcp_set_privileged(sock, opt);
}

static int zmq_tcp_set_device(struct socket *sock, const struct zmq_blob *dev)
{
	return sock_setsockopt(sock, SOL_SOCKET, SO_BINDTODEVICE,
			       KERNEL_SOCKPTR((void *)dev->data), dev->len);
}

static int zmq_tcp_open(struct net *net, const struct zmq_options *opt,
			struct socket **res)
{
	int err = zmq_ksock_create(net, opt->ipv6 ? AF_INET6 : AF_INET,
				   SOCK_STREAM, IPPROTO_TCP, res);

	if (err)
		return err;
	err = zmq_tcp_setup(*res, opt);
	if (!err && opt->device)
		err = zmq_tcp_set_device(*res, opt->device);
	if (err)
		sock_release(*res);
	return err;
}

static void zmq_tcp_source(struct socket *sock, struct zmq_source *src)
{
	struct sockaddr_storage ss;
	struct in6_addr addr;

	BUILD_BUG_ON(sizeof(src->id) != sizeof(addr));
	/* Who has gone already has no address. */
	if (kernel_getpeername(sock, (struct sockaddr *)&ss) < 0)
		return;
	zmq_filter_map(&addr, &ss);
	memcpy(src->id, &addr, ipv6_addr_v4mapped(&addr) ? sizeof(addr) :
							   sizeof(addr) / 2);
}

static bool zmq_tcp_admits(struct socket *sock, const struct zmq_options *opt,
			   const struct zmq_view *view)
{
	struct sockaddr_storage ss;

	/* Who has gone already has no address, and needs no admission. */
	return !opt->accept_filter ||
	       (kernel_getpeername(sock, (struct sockaddr *)&ss) >= 0 &&
		zmq_filter_passes(opt->accept_filter, &ss));
}

/* Neither MPTCP nor a protocol on top: what is accepted has to be plain TCP. */
static int zmq_tcp_borrow(struct socket *sock)
{
	const struct sock *sk = sock->sk;

	if (sk->sk_family != AF_INET && sk->sk_family != AF_INET6)
		return -EINVAL;
	if (sk->sk_protocol != IPPROTO_TCP ||
	    READ_ONCE(sk->sk_state) != TCP_LISTEN ||
	    inet_csk(sk)->icsk_ulp_ops)
		return -EINVAL;
	return 0;
}

static int zmq_tcp_bind(struct socket *sock, const struct zmq_addr *a,
			const struct zmq_options *opt, struct path *made)
{
	int err;

	sock_set_reuseaddr(sock->sk);
	/* One wildcard socket serves both families. */
	if (a->ss.ss_family == AF_INET6)
		zmq_ksock_set(sock, SOL_IPV6, IPV6_V6ONLY, 0);
	err = kernel_bind(sock, (zmq_sa_t *)&a->ss, a->len);
	if (err)
		return err;
	/* kernel_listen() lets any value pass. */
	return kernel_listen(sock, min(opt->backlog,
				       READ_ONCE(sock_net(sock->sk)->core.sysctl_somaxconn)));
}

static int zmq_tcp_connect(struct socket *sock, const struct zmq_target *t,
			   const struct zmq_view *view)
{
	int err;

	if (t->has_src) {
		sock_set_reuseaddr(sock->sk);
		err = kernel_bind(sock, (zmq_sa_t *)&t->src.ss, t->src.len);
		if (err)
			return err;
	}
	return kernel_connect(sock, (zmq_sa_t *)&t->dst.ss, t->dst.len,
			      O_NONBLOCK);
}

/*
 * The same socket connects again: it keeps the uid, cgroup and label of who
 * made it, which a socket born in a worker would not have.
 */
static int zmq_tcp_recycle(struct socket *sock)
{
	struct sockaddr_storage ss = { .ss_family = AF_UNSPEC };

	return kernel_connect(sock, (zmq_sa_t *)&ss, sizeof(ss), O_NONBLOCK);
}

/*
 * A connect to an ephemeral port of this host that nobody listens at can meet
 * itself. It would shake hands with its own mirror image and keep the port
 * from the server that is to come.
 */
static bool zmq_tcp_is_self(struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);

	if (inet->inet_sport != inet->inet_dport)
		return false;
	if (sk->sk_family == AF_INET6)
		return ipv6_addr_equal(&sk->sk_v6_rcv_saddr, &sk->sk_v6_daddr);
	return inet->inet_rcv_saddr == inet->inet_daddr;
}

static int zmq_tcp_state(struct sock *sk)
{
	int err;

	switch (READ_ONCE(sk->sk_state)) {
	case TCP_SYN_SENT:
	case TCP_SYN_RECV:
		return 0;
	case TCP_CLOSE:
		err = sock_error(sk);
		return err ? err : -ECONNREFUSED;
	default:
		return zmq_tcp_is_self(sk) ? -ECONNREFUSED : 1;
	}
}

struct zmq_tcp_read {
	zmq_tran_feed_t feed;
	void *arg;
};

static int zmq_tcp_actor(read_descriptor_t *desc, struct sk_buff *skb,
			 unsigned int offset, size_t len)
{
	struct zmq_tcp_read *rd = desc->arg.data;
	struct skb_seq_state st;
	size_t done = 0;
	const u8 *p;

	skb_prepare_seq_read(skb, offset, offset + len, &st);
	while (done < len) {
		unsigned int n = skb_seq_read(done, &p, &st);
		ssize_t took;

		if (!n)
			return done;
		took = rd->feed(rd->arg, p, n);
		if (took > 0)
			done += took;
		if (took < (ssize_t)n) {
			desc->count = 0;
			break;
		}
	}
	skb_abort_seq_read(&st);
	return done;
}

static enum zmq_reason zmq_tcp_read(struct zmq_ksock *k, zmq_tran_feed_t feed,
				    void *arg)
{
	struct sock *sk = k->sock->sk;
	struct zmq_tcp_read rd = { .feed = feed, .arg = arg };
	read_descriptor_t desc = { .arg.data = &rd, .count = 1 };

	/* Urgent data would stop the reading for ever; ZMTP has none, so the
	 * byte is read as any other.
	 */
	WRITE_ONCE(tcp_sk(sk)->urg_data, 0);
	tcp_read_sock(sk, &desc, zmq_tcp_actor);
	return ZMQ_R_NONE;
}

static bool zmq_tcp_pending(const struct sock *sk)
{
	return !skb_queue_empty_lockless(&sk->sk_receive_queue) &&
	       READ_ONCE(tcp_sk(sk)->copied_seq) != READ_ONCE(tcp_sk(sk)->rcv_nxt);
}

static bool zmq_tcp_eof(struct sock *sk)
{
	if (zmq_tcp_pending(sk))
		return false;
	return sk->sk_state == TCP_CLOSE || sk->sk_err ||
	       (sk->sk_shutdown & RCV_SHUTDOWN);
}

static bool zmq_tcp_unacked(const struct sock *sk)
{
	switch (READ_ONCE(sk->sk_state)) {
	case TCP_FIN_WAIT1:
	case TCP_CLOSING:
	case TCP_LAST_ACK:
	case TCP_ESTABLISHED:
	case TCP_CLOSE_WAIT:
		return READ_ONCE(tcp_sk(sk)->snd_una) !=
		       READ_ONCE(tcp_sk(sk)->write_seq);
	default:
		return false;
	}
}

/*
 * One retransmission or window probe that has no answer yet is nothing unusual;
 * two in a row are. An answer sets both back to 0.
 */
static bool zmq_tcp_answers(const struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);

	return READ_ONCE(icsk->icsk_retransmits) < 2 &&
	       READ_ONCE(icsk->icsk_probes_out) < 2;
}

const struct zmq_tran_ops zmq_tcp_ops = {
	.id = ZMQ_TRAN_TCP,
	.drain_ms = ZMQ_TCP_DRAIN_MS,
	.waits = zmq_tcp_waits,
	.target = zmq_tcp_target,
	.local = zmq_tcp_local,
	.open = zmq_tcp_open,
	.source = zmq_tcp_source,
	.admits = zmq_tcp_admits,
	.borrow = zmq_tcp_borrow,
	.setup = zmq_tcp_setup,
	.bind = zmq_tcp_bind,
	.connect = zmq_tcp_connect,
	.recycle = zmq_tcp_recycle,
	.state = zmq_tcp_state,
	.read = zmq_tcp_read,
	.pending = zmq_tcp_pending,
	.eof = zmq_tcp_eof,
	.unacked = zmq_tcp_unacked,
	.writable = sk_stream_is_writeable,
	.answers = zmq_tcp_answers,
	.peer = zmq_tcp_peer,
	.name = zmq_tcp_name,
};
