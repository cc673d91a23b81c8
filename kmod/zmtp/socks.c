// SPDX-License-Identifier: GPL-2.0-only
/*
 * The client's side of SOCKS5, RFC 1928 and 1929.
 *
 * Three questions and answers; each answer is taken byte by byte, in whatever
 * pieces it comes, and not a byte more: what follows the last one is the
 * peer's greeting.
 */
#include <linux/string.h>

#include "common.h"
#include "compat/compat.h"
#include "zmtp/socks.h"

#define ZMQ_SOCKS_VERSION	5	/* RFC 1928 section 3 */
#define ZMQ_SOCKS_NO_AUTH	0
#define ZMQ_SOCKS_PASSWORD	2
#define ZMQ_SOCKS_CONNECT	1	/* RFC 1928 section 4 */
#define ZMQ_SOCKS_AUTH_VERSION	1	/* RFC 1929 section 2 */

/* A reply, RFC 1928 section 6: version, reply, reserved, type; address; port */
#define ZMQ_SOCKS_REPLY_HEAD	4
#define ZMQ_SOCKS_PORT_LEN	2

static void zmq_socks_enter(struct zmq_socks *k, enum zmq_socks_state state,
			    u16 want)
{
	k->state = state;
	k->said = false;
	k->have = 0;
	k->want = want;
}

/**
 * zmq_socks_init() - begin a conversation
 * @k: the conversation
 */
void zmq_socks_init(struct zmq_socks *k)
{
	zmq_socks_enter(k, ZMQ_SOCKS_METHOD, 2);
}
EXPORT_SYMBOL_KUNIT(zmq_socks_init);

/* One method only, as libzmq: who has a password wants it to be asked for. */
static u8 zmq_socks_method(const struct zmq_socks_dest *d)
{
	return d->user ? ZMQ_SOCKS_PASSWORD : ZMQ_SOCKS_NO_AUTH;
}

static size_t zmq_socks_put_string(u8 *buf, const u8 *s, u8 len)
{
	buf[0] = len;
	if (len)
		memcpy(buf + 1, s, len);
	return 1 + len;
}

static size_t zmq_socks_put_auth(u8 *buf, const struct zmq_socks_dest *d)
{
	size_t n = 1;

	buf[0] = ZMQ_SOCKS_AUTH_VERSION;
	n += zmq_socks_put_string(buf + n, d->user, d->user_len);
	n += zmq_socks_put_string(buf + n, d->pass, d->pass_len);
	return n;
}

static size_t zmq_socks_put_request(u8 *buf, const struct zmq_socks_dest *d)
{
	size_t n = 4;

	buf[0] = ZMQ_SOCKS_VERSION;
	buf[1] = ZMQ_SOCKS_CONNECT;
	buf[2] = 0;
	buf[3] = d->atyp;
	if (d->atyp == ZMQ_SOCKS_NAME) {
		n += zmq_socks_put_string(buf + n, d->addr, d->len);
	} else {
		memcpy(buf + n, d->addr, d->len);
		n += d->len;
	}
	put_unaligned_be16(d->port, buf + n);
	return n + ZMQ_SOCKS_PORT_LEN;
}

/**
 * zmq_socks_output() - what has to be sent now
 * @k: the conversation
 * @d: where to and as whom; the same in all calls
 * @buf: at least ZMQ_SOCKS_OUT_MAX bytes
 *
 * Return: bytes written to @buf, to be sent before the next call; 0 for none.
 */
size_t zmq_socks_output(struct zmq_socks *k, const struct zmq_socks_dest *d,
			u8 *buf)
{
	if (k->said)
		return 0;
	k->said = true;
	switch (k->state) {
	case ZMQ_SOCKS_METHOD:
		buf[0] = ZMQ_SOCKS_VERSION;
		buf[1] = 1;
		buf[2] = zmq_socks_method(d);
		return 3;
	case ZMQ_SOCKS_AUTH:
		return zmq_socks_put_auth(buf, d);
	case ZMQ_SOCKS_REPLY:
		return zmq_socks_put_request(buf, d);
	default:
		return 0;
	}
}
EXPORT_SYMBOL_KUNIT(zmq_socks_output);

static bool zmq_socks_open(const struct zmq_socks *k)
{
	return k->state < ZMQ_SOCKS_DONE;
}

/* Byte @i of the choice of a method, RFC 1928 section 3. */
static void zmq_socks_take_method(struct zmq_socks *k,
				  const struct zmq_socks_dest *d, u16 i, u8 b)
{
	if (i == 0 && b != ZMQ_SOCKS_VERSION)
		k->state = ZMQ_SOCKS_BAD_PROTOCOL;
	else if (i == 1 && b != zmq_socks_method(d))
		k->state = ZMQ_SOCKS_BAD_AUTH;
	else if (i == 1 && d->user)
		zmq_socks_enter(k, ZMQ_SOCKS_AUTH, 2);
	else if (i == 1)
		zmq_socks_enter(k, ZMQ_SOCKS_REPLY, ZMQ_SOCKS_REPLY_HEAD);
}

/* Byte @i of what is said about user and password, RFC 1929 section 2. */
static void zmq_socks_take_auth(struct zmq_socks *k, u16 i, u8 b)
{
	if (i == 0 && b != ZMQ_SOCKS_AUTH_VERSION)
		k->state = ZMQ_SOCKS_BAD_PROTOCOL;
	else if (i == 1 && b)
		k->state = ZMQ_SOCKS_BAD_AUTH;
	else if (i == 1)
		zmq_socks_enter(k, ZMQ_SOCKS_REPLY, ZMQ_SOCKS_REPLY_HEAD);
}

/*
 * Byte @i of the reply, RFC 1928 section 6. The address it ends with is the
 * proxy's side of the connection, which nobody wants to know. A refusal is one
 * whatever follows: some proxies cut it short.
 */
static void zmq_socks_take_reply(struct zmq_socks *k, u16 i, u8 b)
{
	if (i == 0 && b != ZMQ_SOCKS_VERSION) {
		k->state = ZMQ_SOCKS_BAD_PROTOCOL;
	} else if (i == 1 && b) {
		k->state = ZMQ_SOCKS_REFUSED;
	} else if (i == 2 && b) {
		k->state = ZMQ_SOCKS_BAD_PROTOCOL;
	} else if (i == 3) {
		k->want += ZMQ_SOCKS_PORT_LEN;
		if (b == ZMQ_SOCKS_IPV4)
			k->want += 4;
		else if (b == ZMQ_SOCKS_IPV6)
			k->want += 16;
		else if (b == ZMQ_SOCKS_NAME)
			k->want += 1;
		else
			k->state = ZMQ_SOCKS_BAD_PROTOCOL;
	} else if (i == ZMQ_SOCKS_REPLY_HEAD &&
		   k->want == ZMQ_SOCKS_REPLY_HEAD + 1 + ZMQ_SOCKS_PORT_LEN) {
		/* Only a name has a length, and only one byte by now. */
		k->want += b;
	}
	if (k->state == ZMQ_SOCKS_REPLY && k->have == k->want)
		k->state = ZMQ_SOCKS_DONE;
}

/**
 * zmq_socks_feed() - the proxy has said something
 * @k: the conversation
 * @d: where to and as whom; the same in all calls
 * @p: the bytes
 * @n: how many
 *
 * An answer to what was not asked yet is none: it stops there until
 * zmq_socks_output() was called.
 *
 * Return: bytes taken; @k->state says what they meant.
 */
size_t zmq_socks_feed(struct zmq_socks *k, const struct zmq_socks_dest *d,
		      const u8 *p, size_t n)
{
	size_t done = 0;

	while (done < n && k->said && zmq_socks_open(k)) {
		u8 b = p[done++];
		u16 i = k->have++;

		switch (k->state) {
		case ZMQ_SOCKS_METHOD:
			zmq_socks_take_method(k, d, i, b);
			break;
		case ZMQ_SOCKS_AUTH:
			zmq_socks_take_auth(k, i, b);
			break;
		default:
			zmq_socks_take_reply(k, i, b);
			break;
		}
	}
	return done;
}
EXPORT_SYMBOL_KUNIT(zmq_socks_feed);
