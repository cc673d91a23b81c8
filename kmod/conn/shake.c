// SPDX-License-Identifier: GPL-2.0-only
/*
 * The handshake of a connection: greetings (conn/old.c has those of older peers), then
 * the mechanism's commands, in and out, in the session's work.
 */
#include <linux/string.h>

#include "conn/conn.h"
#include "conn/old.h"
#include "conn/props.h"
#include "conn/session.h"
#include "sock.h"

/**
 * zmq_conn_learn() - note what is known of the peer
 * @c: a connection without zmq_conn.props, its lower socket's lock held
 * @meta: metadata from the peer's handshake, well formed; NULL for none
 * @len: bytes of @meta
 *
 * Return: ZMQ_R_NONE, or ZMQ_R_NO_MEMORY.
 */
enum zmq_reason zmq_conn_learn(struct zmq_conn *c, const u8 *meta, size_t len)
{
	char address[ZMQ_PEER_TEXT_MAX];

	c->tran->peer(c->lower.sock->sk, zmq_conn_session(c)->view, address,
		      sizeof(address));
	c->props = zmq_props_make(c->zs->mem, meta, len, address, GFP_ATOMIC);
	return c->props ? ZMQ_R_NONE : ZMQ_R_NO_MEMORY;
}

/**
 * zmq_conn_vouch() - add what the ZAP handler knows of the peer
 * @c: the connection, its handshake complete
 *
 * Context: the session's work; nobody has the properties yet.
 * Return: ZMQ_R_NONE, or ZMQ_R_NO_MEMORY.
 */
enum zmq_reason zmq_conn_vouch(struct zmq_conn *c)
{
	struct zmq_props *all;

	if (!c->vouched)
		return ZMQ_R_NONE;
	all = zmq_props_join(c->vouched, c->props);
	if (!all)
		return ZMQ_R_NO_MEMORY;
	zmq_props_put(c->props);
	c->props = all;
	return ZMQ_R_NONE;
}

/**
 * zmq_conn_say() - write a piece of the handshake
 * @c: the connection
 * @p: the bytes
 * @n: how many; may be 0
 *
 * The lower socket's buffer is empty but for a few such pieces, so if they
 * don't fit at once something is wrong with the connection.
 *
 * Context: the session's work.
 * Return: 0 or an errno.
 */
int zmq_conn_say(struct zmq_conn *c, const void *p, size_t n)
{
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	struct kvec iov = { .iov_base = (void *)p, .iov_len = n };
	int ret;

	if (!n)
		return 0;
	mutex_lock(&c->tx_lock);
	ret = kernel_sendmsg(c->lower.sock, &msg, &iov, 1, n);
	mutex_unlock(&c->tx_lock);
	if (ret < 0)
		return ret;
	return ret == n ? 0 : -ENOBUFS;
}

/**
 * zmq_conn_rx_greeting() - bytes of the greeting; the phase moves on with the last
 * @c: the connection, its lower socket's lock held
 * @p: the bytes
 * @n: how many
 *
 * Context: any.
 * Return: how many were taken; 0 if it has failed.
 */
size_t zmq_conn_rx_greeting(struct zmq_conn *c, const u8 *p, size_t n)
{
	int took = zmq_greeting_feed(&c->greeting, p, n);
	enum zmq_reason why = ZMQ_R_NONE;

	if (took < 0) {
		zmq_conn_fail(c, ZMQ_R_MECHANISM);
		return 0;
	}
	if (zmq_greeting_done(&c->greeting)) {
		if (zmq_peer_is_old(c->greeting.version))
			why = zmq_old_begin(c);
		if (why != ZMQ_R_NONE)
			zmq_conn_fail(c, why);
		else
			zmq_conn_set_phase(c, ZMQ_PHASE_HANDSHAKE);
	}
	return took;
}

/*
 * libzmq doesn't ask for the COMMAND flag here, so neither do we (wire page,
 * 2.1). A peer may speak again only after it has seen our READY.
 */
static enum zmq_reason zmq_conn_consume(struct zmq_conn *c,
					const struct zmq_frame *f)
{
	enum zmq_reason why;
	struct zmq_cmd cmd;

	if (zmq_cmd_parse(&cmd, f->seg.data, f->seg.used))
		zmq_cmd_nameless(&cmd, f->seg.data, f->seg.used);
	why = c->mech.ops->consume(&c->mech, &cmd);
	if (why == ZMQ_R_NONE && c->mech.meta)
		why = zmq_conn_learn(c, c->mech.meta, c->mech.meta_len);
	c->mech.meta = NULL;
	return why;
}

/**
 * zmq_conn_rx_command() - take a command of the handshake, if there is a whole one
 * @c: the connection, its lower socket's lock held
 *
 * Not where it was read: a mechanism may compute for long, and there what the lower
 * socket has is mapped, and the processor ours alone.
 *
 * Context: may sleep in phase HANDSHAKE, otherwise any.
 * Return: true if there was one.
 */
bool zmq_conn_rx_command(struct zmq_conn *c)
{
	struct zmq_rx *rx = &c->rx;
	struct zmq_frame *f = rx->frame;
	enum zmq_reason why;

	if (c->phase != ZMQ_PHASE_HANDSHAKE || !f || f->got < f->len)
		return false;
	rx->frame = NULL;
	rx->bytes -= f->len;
	why = rx->old ? zmq_old_id(c, f) : zmq_conn_consume(c, f);
	if (why != ZMQ_R_NONE)
		zmq_conn_fail(c, why);
	/* It may have been a password. */
	f->seg.flags |= ZMQ_FRAME_SECRET;
	zmq_frame_free(f);
	return true;
}

/* A peer that speaks no ZMTP: there is nothing to wait for. */
static int zmq_conn_greet_raw(struct zmq_conn *c)
{
	struct sock *sk = c->lower.sock->sk;
	enum zmq_reason why;

	lock_sock(sk);
	zmq_conn_set_phase(c, ZMQ_PHASE_HANDSHAKE);
	c->mech.sent = true;
	c->mech.received = true;
	why = zmq_conn_learn(c, NULL, 0);
	release_sock(sk);
	return why == ZMQ_R_NONE ? 0 : -ENOMEM;
}

/**
 * zmq_conn_greet() - the transport is connected: send the first of the greeting
 * @c: the connection
 *
 * Context: the session's work.
 * Return: 0, or an errno if not even that could be sent.
 */
int zmq_conn_greet(struct zmq_conn *c)
{
	struct sock *sk = c->lower.sock->sk;
	u8 buf[ZMQ_GREETING_LEN];
	size_t n;

	if (c->raw)
		return zmq_conn_greet_raw(c);
	lock_sock(sk);
	zmq_conn_set_phase(c, ZMQ_PHASE_GREETING);
	n = zmq_greeting_output(&c->greeting, buf);
	release_sock(sk);
	return zmq_conn_say(c, buf, n);
}

/* The mechanism's command that is next, or what older peers have instead. */
static int zmq_conn_next_command(struct zmq_conn *c, u8 *buf)
{
	u8 *cmd = buf + ZMQ_FRAME_HDR_MAX;
	unsigned int hdr;
	int n;

	if (c->rx.old)
		return zmq_old_output(c, buf);
	n = c->mech.ops->produce(&c->mech, cmd, ZMQ_MECH_CMD_MAX);
	if (n < 0)
		zmq_conn_fail(c, n == -EKEYREJECTED ? ZMQ_R_CRYPTOGRAPHIC :
						      ZMQ_R_NO_MEMORY);
	if (n <= 0)
		return n;
	hdr = zmq_frame_hdr_put(buf, ZMQ_FRAME_COMMAND, n);
	memmove(buf + hdr, cmd, n);
	return hdr + n;
}

/*
 * What has to be sent now, in order: the rest of the greeting, then a command.
 * In one go: a peer that has our greeting may follow its READY with messages,
 * and is right if ours is on the way. Returns the number of bytes, 0 for
 * nothing.
 */
static int zmq_conn_output(struct zmq_conn *c, u8 *buf)
{
	int greeting, n;

	if (c->raw)
		return 0;
	greeting = zmq_greeting_output(&c->greeting, buf);
	/* A peer whose type does not fit ours has to see that, too, or it takes
	 * this for a broken connection.
	 */
	if (c->phase != ZMQ_PHASE_HANDSHAKE && c->why != ZMQ_R_TYPE_MISMATCH)
		return greeting;
	n = zmq_conn_next_command(c, buf + greeting);
	return n < 0 ? n : greeting + n;
}

/**
 * zmq_conn_handshake() - take the handshake as far as it goes
 * @c: a connection in phase GREETING or HANDSHAKE, or FAILED meanwhile
 *
 * All that has arrived is read before our last command goes out. So a peer
 * that sends messages without having seen our READY is found out, which libzmq
 * treats as an error, too (wire page, 3.1).
 *
 * Context: the session's work.
 * Return: ZMQ_R_NONE, and zmq_mech_done() says whether it is complete,
 * zmq_mech.refused whether it never will be; or why it failed.
 */
enum zmq_reason zmq_conn_handshake(struct zmq_conn *c)
{
	struct sock *sk = c->lower.sock->sk;
	u8 buf[ZMQ_GREETING_LEN + ZMQ_FRAME_HDR_MAX + ZMQ_MECH_CMD_MAX];
	enum zmq_reason why;
	int n, err;

	for (;;) {
		zmq_conn_read(c);
		/* The peer waits for us: nobody would tell us to try again. */
		if (READ_ONCE(c->rx.starved))
			return ZMQ_R_NO_MEMORY;

		lock_sock(sk);
		/* Also after a failure: a peer with another mechanism has to
		 * see ours, or it takes this for a broken connection.
		 */
		n = zmq_conn_output(c, buf);
		why = c->why;
		release_sock(sk);

		if (!n)
			return why;
		err = n < 0 ? n : zmq_conn_say(c, buf, n);
		/* It may have been a password. */
		memzero_explicit(buf, sizeof(buf));
		if (err)
			return why ? why : ZMQ_R_CONNECTION_LOST;
		if (zmq_mech_done(&c->mech) || c->mech.refused)
			return ZMQ_R_NONE;
	}
}
