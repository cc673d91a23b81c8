// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connections through a SOCKS5 proxy (libzmq API page, 2.2 and 9.5).
 *
 * The lower socket connects to the proxy and asks it for the destination,
 * whose name only the proxy looks up. All this comes before the greeting; the
 * peer's first byte is the one behind the proxy's last. The proxy may take
 * ZMQ_HANDSHAKE_IVL for it, or else a mute one would hold the session for ever;
 * the handshake with the peer has the same time once more.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "conn/machine.h"
#include "conn/proxy.h"
#include "conn/session.h"
#include "resolve/literal.h"
#include "sock.h"

/* Where to: in numbers if it is written so, else by name. */
static void zmq_proxy_set_dest(struct zmq_proxy *x, struct net *net,
			       const struct zmq_hostport *to)
{
	struct zmq_socks_dest *d = &x->dest;
	struct sockaddr_storage ss;

	d->port = to->port;
	d->atyp = ZMQ_SOCKS_NAME;
	d->addr = (const u8 *)to->host;
	d->len = strlen(to->host);
	/* A zone is ours and means nothing to the proxy: it gets what the user
	 * has written.
	 */
	if (strchr(to->host, '%') || zmq_literal_parse(net, to->host, &ss))
		return;
	d->addr = x->numeric;
	if (ss.ss_family == AF_INET6) {
		d->atyp = ZMQ_SOCKS_IPV6;
		d->len = sizeof(struct in6_addr);
		memcpy(x->numeric, &((struct sockaddr_in6 *)&ss)->sin6_addr,
		       d->len);
	} else {
		d->atyp = ZMQ_SOCKS_IPV4;
		d->len = sizeof(struct in_addr);
		memcpy(x->numeric, &((struct sockaddr_in *)&ss)->sin_addr,
		       d->len);
	}
}

/* As whom: the snapshot of options keeps the strings. */
static void zmq_proxy_set_user(struct zmq_proxy *x,
			       const struct zmq_options *opt)
{
	struct zmq_socks_dest *d = &x->dest;

	if (!opt->socks_username)
		return;
	d->user = opt->socks_username->data;
	d->user_len = opt->socks_username->len;
	if (!opt->socks_password)
		return;
	d->pass = opt->socks_password->data;
	d->pass_len = opt->socks_password->len;
}

static int zmq_proxy_parse(struct zmq_proxy *x, const struct zmq_session *s)
{
	const struct zmq_blob *name = s->opt->socks_proxy;
	char *uri;
	int err;

	uri = kasprintf(GFP_KERNEL, "tcp://%.*s", (int)name->len, name->data);
	if (!uri)
		return -ENOMEM;
	err = zmq_endpoint_split(&x->ep, uri, strlen(uri));
	if (!err)
		err = zmq_endpoint_parse(&x->ep, ZMQ_DIR_CONNECT);
	kfree(uri);
	return err;
}

/**
 * zmq_proxy_make() - find out whether a session needs a proxy
 * @s: a new session with options and transport; gets @s->proxy
 * @ep: its endpoint, which lives as long as @s
 *
 * Context: connect().
 * Return: 0, also where it needs none; -ENOMEM; -EINVAL if ZMQ_SOCKS_PROXY is
 * not HOST:PORT. libzmq would try that for ever.
 */
int zmq_proxy_make(struct zmq_session *s, const struct zmq_endpoint *ep)
{
	struct zmq_proxy *x;
	int err;

	if (!s->opt->socks_proxy || s->tran->id != ZMQ_TRAN_TCP)
		return 0;
	x = kzalloc(sizeof(*x), GFP_KERNEL_ACCOUNT);
	if (!x)
		return -ENOMEM;
	err = zmq_proxy_parse(x, s);
	if (err) {
		if (err != -ENOMEM)
			zmq_sock_refuse(s->zs, "ZMQ_SOCKS_PROXY is not HOST:PORT");
		kfree(x);
		return err;
	}
	x->ep.tcp.has_src = ep->tcp.has_src;
	x->ep.tcp.src = ep->tcp.src;
	zmq_proxy_set_dest(x, sock_net(&s->zs->sk), &ep->tcp.dst);
	zmq_proxy_set_user(x, s->opt);
	s->proxy = x;
	return 0;
}

static ssize_t zmq_proxy_feed(void *arg, const u8 *p, size_t n)
{
	struct zmq_proxy *x = arg;

	return zmq_socks_feed(&x->socks, &x->dest, p, n);
}

static enum zmq_reason zmq_proxy_failure(enum zmq_socks_state state)
{
	switch (state) {
	case ZMQ_SOCKS_BAD_AUTH:
		return ZMQ_R_PROXY_AUTH;
	case ZMQ_SOCKS_REFUSED:
		return ZMQ_R_PROXY_REFUSED;
	case ZMQ_SOCKS_BAD_PROTOCOL:
		return ZMQ_R_PROXY_PROTOCOL;
	default:
		return ZMQ_R_NONE;
	}
}

/* Read and speak until the proxy has to say something. */
static int zmq_proxy_talk(struct zmq_session *s)
{
	struct zmq_proxy *x = s->proxy;
	struct zmq_conn *c = &s->conn;
	struct sock *sk = c->lower.sock->sk;
	u8 buf[ZMQ_SOCKS_OUT_MAX];
	size_t n;
	int err;

	for (;;) {
		n = zmq_socks_output(&x->socks, &x->dest, buf);
		err = zmq_conn_say(c, buf, n);
		memzero_explicit(buf, n);
		if (err)
			return err;
		lock_sock(sk);
		s->tran->read(&c->lower, zmq_proxy_feed, x);
		release_sock(sk);
		if (x->socks.said)
			return 0;
	}
}

/**
 * zmq_session_proxy() - has the proxy connected us?
 * @s: the session, in state PROXY
 *
 * Context: the state machine.
 */
void zmq_session_proxy(struct zmq_session *s)
{
	enum zmq_socks_state *state = &s->proxy->socks.state;
	int err = zmq_proxy_talk(s);

	if (*state == ZMQ_SOCKS_DONE)
		zmq_session_connected(s);
	else if (zmq_proxy_failure(*state) != ZMQ_R_NONE)
		zmq_session_lost(s, zmq_proxy_failure(*state));
	else if (err || zmq_conn_eof(&s->conn))
		zmq_session_lost(s, ZMQ_R_PROXY_CLOSED);
	else if (zmq_session_late(s))
		zmq_session_lost(s, ZMQ_R_PROXY_TIMEOUT);
}

/**
 * zmq_session_proxied() - the transport has its connection, to the proxy
 * @s: the session
 *
 * Context: the state machine.
 */
void zmq_session_proxied(struct zmq_session *s)
{
	s->state = ZMQ_SESSION_PROXY;
	zmq_session_limit(s, s->opt->handshake_ivl);
	zmq_socks_init(&s->proxy->socks);
	zmq_session_proxy(s);
}
