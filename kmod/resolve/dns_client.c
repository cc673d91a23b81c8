// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stub resolver's talk with its name servers: RFC 1035 section 7, in the
 * order that glibc keeps (res_search, res_send).
 *
 * All sockets are made with kern=0 under the credentials of the process that
 * wants to know: its network namespace is held, its LSM and firewall rules
 * (uid) apply. Each query has a socket of its own, so that besides the id a
 * forger has to guess the port (RFC 5452), and the socket is connected, so
 * that nobody but the server is heard.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/random.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/sock.h>

#include "common.h"
#include "compat/compat.h"
#include "resolve/dns_client.h"
#include "resolve/dns_wire.h"
#include "resolve/resolv_conf.h"

/* No sleep is longer, so that close() of the socket never waits for us. */
#define ZMQ_DNS_SLICE msecs_to_jiffies(200)

/*
 * Answers by TCP may have 64 KiB. We want one address, and memory is not given
 * away because somebody announces a length.
 */
#define ZMQ_DNS_TCP_MAX 8192

/**
 * struct zmq_dns_client - one look-up
 * @net: network namespace
 * @conf: servers and patience
 * @wait: when to give up
 * @until: jiffies at which the present server has had its time
 * @type: what the present query asks for
 * @query_len: bytes of the query
 * @frame: for TCP the query's length (RFC 1035 section 4.2.2), and the query
 * @answer: for UDP
 * @addr: the address found, 4 or 16 bytes by @type
 */
struct zmq_dns_client {
	struct net *net;
	const struct zmq_resolv_conf *conf;
	const struct zmq_dns_wait *wait;
	unsigned long until;
	enum zmq_dns_type type;
	int query_len;
	struct {
		__be16 len;
		u8 query[ZMQ_DNS_QUERY_MAX];
	} __packed frame;
	u8 answer[ZMQ_DNS_UDP_MAX];
	u8 addr[16];
};

/* Asked before each sleep. -ETIMEDOUT is about this server only. */
static int zmq_dns_may_wait(const struct zmq_dns_client *c)
{
	const struct zmq_dns_wait *w = c->wait;

	if (signal_pending(current) || (w->stop && w->stop(w->arg)))
		return -EINTR;
	return time_before(jiffies, c->until) ? 0 : -ETIMEDOUT;
}

static struct socket *zmq_dns_open(const struct zmq_dns_client *c, int family,
				   int type, int protocol)
{
	struct socket *sock;
	int err;

	err = __sock_create(c->net, family, type, protocol, &sock, 0);
	if (err)
		return ERR_PTR(err);
	/* current->task_frag can be in use further up the stack. */
	sock->sk->sk_use_task_frag = false;
	sock->sk->sk_rcvtimeo = ZMQ_DNS_SLICE;
	sock->sk->sk_sndtimeo = ZMQ_DNS_SLICE;
	return sock;
}

static int zmq_dns_connect(const struct zmq_dns_client *c, struct socket *sock,
			   const struct sockaddr_storage *server)
{
	struct sockaddr_storage to = *server;
	int err, len = to.ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
						  sizeof(struct sockaddr_in);

	do {
		err = zmq_dns_may_wait(c);
		if (err)
			return err;
		/* The slice is over (-EINPROGRESS): goes on where it was. */
		err = kernel_connect(sock, (zmq_sa_t *)&to, len, 0);
	} while (err == -EINPROGRESS || err == -EALREADY);
	return err;
}

static int zmq_dns_send(struct socket *sock, void *data, size_t len)
{
	struct msghdr msg = { .msg_flags = MSG_NOSIGNAL };
	struct kvec vec = { .iov_base = data, .iov_len = len };
	int n;

	n = kernel_sendmsg(sock, &msg, &vec, 1, len);
	if (n < 0)
		return n;
	/* So little fits into every new socket. */
	return n == len ? 0 : -EIO;
}

/* Returns bytes, 0 only at the end of a stream. *flags: MSG_TRUNC. */
static int zmq_dns_recv(const struct zmq_dns_client *c, struct socket *sock,
			void *buf, size_t size, int *flags)
{
	struct kvec vec = { .iov_base = buf, .iov_len = size };
	struct msghdr msg = {};
	int n;

	do {
		n = zmq_dns_may_wait(c);
		if (n)
			return n;
		n = kernel_recvmsg(sock, &msg, &vec, 1, size, 0);
	} while (n == -EAGAIN);
	*flags = msg.msg_flags;
	return n;
}

/*
 * Foreign datagrams (late, forged) are dropped. Nobody can hold us longer
 * than a good server may: the time is checked after each.
 */
static int zmq_dns_udp_answer(struct zmq_dns_client *c, struct socket *sock)
{
	int n, err, flags;

	do {
		n = zmq_dns_recv(c, sock, c->answer, sizeof(c->answer), &flags);
		if (n < 0)
			return n;
		err = zmq_dns_answer_parse(c->answer, n, c->frame.query,
					   c->query_len, c->addr);
		cond_resched();
	} while (err == -ENOMSG);
	/* Cut off here and not by the server: the same remedy. */
	if (err == -EBADMSG && (flags & MSG_TRUNC))
		err = -EMSGSIZE;
	return err;
}

static int zmq_dns_udp(struct zmq_dns_client *c,
		       const struct sockaddr_storage *server)
{
	struct socket *sock;
	int err;

	sock = zmq_dns_open(c, server->ss_family, SOCK_DGRAM, IPPROTO_UDP);
	if (IS_ERR(sock))
		return PTR_ERR(sock);
	err = zmq_dns_connect(c, sock, server);
	if (!err)
		err = zmq_dns_send(sock, c->frame.query, c->query_len);
	if (!err)
		err = zmq_dns_udp_answer(c, sock);
	sock_release(sock);
	return err;
}

static int zmq_dns_recv_all(const struct zmq_dns_client *c,
			    struct socket *sock, u8 *buf, size_t len)
{
	int n, flags;

	while (len) {
		n = zmq_dns_recv(c, sock, buf, len, &flags);
		if (n <= 0)
			return n ?: -ECONNRESET;
		buf += n;
		len -= n;
	}
	return 0;
}

static int zmq_dns_tcp_answer(struct zmq_dns_client *c, struct socket *sock)
{
	__be16 prefix;
	size_t len;
	u8 *buf;
	int err;

	err = zmq_dns_recv_all(c, sock, (u8 *)&prefix, sizeof(prefix));
	if (err)
		return err;
	len = be16_to_cpu(prefix);
	if (len > ZMQ_DNS_TCP_MAX)
		return -EBADMSG;
	buf = kvmalloc(ZMQ_DNS_TCP_MAX, GFP_KERNEL_ACCOUNT);
	if (!buf)
		return -ENOMEM;
	err = zmq_dns_recv_all(c, sock, buf, len);
	if (!err)
		err = zmq_dns_answer_parse(buf, len, c->frame.query,
					   c->query_len, c->addr);
	kvfree(buf);
	return err;
}

static int zmq_dns_tcp(struct zmq_dns_client *c,
		       const struct sockaddr_storage *server)
{
	struct socket *sock;
	int err;

	sock = zmq_dns_open(c, server->ss_family, SOCK_STREAM, IPPROTO_TCP);
	if (IS_ERR(sock))
		return PTR_ERR(sock);
	err = zmq_dns_connect(c, sock, server);
	if (!err)
		err = zmq_dns_send(sock, &c->frame,
				   sizeof(c->frame.len) + c->query_len);
	if (!err)
		err = zmq_dns_tcp_answer(c, sock);
	sock_release(sock);
	return err;
}

/* glibc's waiting times: doubled in each round, shared by the servers. */
static unsigned long zmq_dns_patience(const struct zmq_resolv_conf *conf,
				      unsigned int round)
{
	unsigned int secs = conf->timeout << round;

	if (round)
		secs /= conf->nr_servers;
	return max(secs, 1U) * HZ;
}

static unsigned long zmq_dns_earlier(unsigned long a, unsigned long b)
{
	return time_before(a, b) ? a : b;
}

static int zmq_dns_ask(struct zmq_dns_client *c,
		       const struct sockaddr_storage *server,
		       unsigned int round)
{
	unsigned long patience = zmq_dns_patience(c->conf, round);
	int err;

	c->until = zmq_dns_earlier(jiffies + patience, c->wait->deadline);
	err = zmq_dns_udp(c, server);
	if (err == -EMSGSIZE) {
		c->until = zmq_dns_earlier(jiffies + patience,
					   c->wait->deadline);
		err = zmq_dns_tcp(c, server);
	}
	/* The socket layer's word for a signal is not for our callers. */
	return err == -ERESTARTSYS ? -EINTR : err;
}

/*
 * Ask all servers for one name and one type. Returns 0, -ENOENT, -ENODATA,
 * -EINTR, -ENOMEM; -EAGAIN if a server answered that it can't tell,
 * -ETIMEDOUT if nobody answered at all.
 */
static int zmq_dns_query(struct zmq_dns_client *c, const char *name,
			 enum zmq_dns_type type)
{
	const struct zmq_resolv_conf *conf = c->conf;
	unsigned int i, round;
	int err, ret = -ETIMEDOUT;

	c->type = type;
	for (round = 0; round < conf->attempts; round++) {
		for (i = 0; i < conf->nr_servers; i++) {
			c->query_len = zmq_dns_query_build(c->frame.query,
							   get_random_u16(),
							   name, type);
			if (c->query_len < 0)
				return c->query_len;
			c->frame.len = cpu_to_be16(c->query_len);
			err = zmq_dns_ask(c, &conf->servers[i], round);
			if (!err || err == -ENOENT || err == -ENODATA ||
			    err == -EINTR || err == -ENOMEM)
				return err;
			if (err == -EAGAIN)
				ret = err;
		}
	}
	return ret;
}

static void zmq_dns_result(const struct zmq_dns_client *c,
			   struct sockaddr_storage *out)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)out;
	struct sockaddr_in *sin = (struct sockaddr_in *)out;

	memset(out, 0, sizeof(*out));
	if (c->type == ZMQ_DNS_AAAA) {
		sin6->sin6_family = AF_INET6;
		memcpy(&sin6->sin6_addr, c->addr, sizeof(sin6->sin6_addr));
	} else {
		sin->sin_family = AF_INET;
		memcpy(&sin->sin_addr, c->addr, sizeof(sin->sin_addr));
	}
}

/* One full name. A server that fails at AAAA may still know an A. */
static int zmq_dns_candidate(struct zmq_dns_client *c, const char *name,
			     bool ipv6)
{
	int err, err6 = -ENODATA;

	if (ipv6) {
		err6 = zmq_dns_query(c, name, ZMQ_DNS_AAAA);
		if (err6 != -ENODATA && err6 != -EAGAIN)
			return err6;
	}
	err = zmq_dns_query(c, name, ZMQ_DNS_A);
	return err == -ENODATA ? err6 : err;
}

/* Try the names that the search list makes of one, until one is there. */
static int zmq_dns_search(struct zmq_dns_client *c, const char *name,
			  bool ipv6)
{
	char full[ZMQ_DNS_NAME_MAX + 1];
	int err, ret = -ENOENT;
	unsigned int i;

	for (i = 0; ; i++) {
		err = zmq_resolv_conf_candidate(c->conf, name, i, full);
		if (err == -ENOENT)
			return ret;
		if (err)
			continue;
		err = zmq_dns_candidate(c, full, ipv6);
		switch (err) {
		case -ENOENT:
		case -ENODATA:
			break;
		case -EAGAIN:
			ret = -EAGAIN;
			break;
		case -ETIMEDOUT:
			/* Nobody will answer the other names either. */
			return -EAGAIN;
		default:
			return err;
		}
	}
}

/**
 * zmq_dns_lookup() - ask the name servers for a host's address
 * @net: network namespace to ask in; held by the caller
 * @conf: servers, search list and options
 * @name: host name that zmq_dns_name_ok() accepted
 * @ipv6: prefer an IPv6 address; else only IPv4 is asked for
 * @out: the address, port 0; changed on success only
 * @wait: when to give up
 *
 * Context: process, sleeps; under override_creds() of the one who asks; no
 * socket lock held.
 * Return: 0; -ENOENT if there is no such host or it has no address; -EAGAIN if
 * that could not be found out now; -EINTR if stopped or a signal is pending;
 * -ENOMEM.
 */
int zmq_dns_lookup(struct net *net, const struct zmq_resolv_conf *conf,
		   const char *name, bool ipv6, struct sockaddr_storage *out,
		   const struct zmq_dns_wait *wait)
{
	struct zmq_dns_client *c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);
	int err;

	if (!c)
		return -ENOMEM;
	c->net = net;
	c->conf = conf;
	c->wait = wait;
	err = zmq_dns_search(c, name, ipv6);
	if (!err)
		zmq_dns_result(c, out);
	kfree(c);
	return err;
}
