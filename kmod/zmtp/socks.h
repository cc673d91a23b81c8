/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The client's side of SOCKS5, RFC 1928 and 1929: what to say to a proxy so
 * that it connects us, and what its answers mean.
 */
#ifndef _ZMQ_ZMTP_SOCKS_H
#define _ZMQ_ZMTP_SOCKS_H

#include <linux/types.h>

#define ZMQ_SOCKS_STRING_MAX	255	/* bytes of a name or password */
/* The longest we send is the user name and password. */
#define ZMQ_SOCKS_OUT_MAX	(3 + 2 * ZMQ_SOCKS_STRING_MAX)

/**
 * enum zmq_socks_atyp - forms of an address, RFC 1928 section 5
 * @ZMQ_SOCKS_IPV4: 4 bytes
 * @ZMQ_SOCKS_NAME: a host name, which the proxy looks up
 * @ZMQ_SOCKS_IPV6: 16 bytes
 */
enum zmq_socks_atyp {
	ZMQ_SOCKS_IPV4 = 1,
	ZMQ_SOCKS_NAME = 3,
	ZMQ_SOCKS_IPV6 = 4,
};

/**
 * enum zmq_socks_state - what the proxy has still to say
 * @ZMQ_SOCKS_METHOD: which method of authentication it chooses
 * @ZMQ_SOCKS_AUTH: whether user name and password will do
 * @ZMQ_SOCKS_REPLY: whether it is connected
 * @ZMQ_SOCKS_DONE: nothing; what comes now is the peer's
 * @ZMQ_SOCKS_BAD_AUTH: nothing; it does not let us in
 * @ZMQ_SOCKS_REFUSED: nothing; it can't or won't connect to the destination
 * @ZMQ_SOCKS_BAD_PROTOCOL: nothing; it does not speak SOCKS5
 */
enum zmq_socks_state {
	ZMQ_SOCKS_METHOD,
	ZMQ_SOCKS_AUTH,
	ZMQ_SOCKS_REPLY,
	ZMQ_SOCKS_DONE,
	ZMQ_SOCKS_BAD_AUTH,
	ZMQ_SOCKS_REFUSED,
	ZMQ_SOCKS_BAD_PROTOCOL,
};

/**
 * struct zmq_socks_dest - where the proxy is to connect to, and as whom
 * @atyp: form of @addr
 * @addr: the address; a name is not ended by a NUL
 * @len: bytes of @addr; at most 255
 * @port: port
 * @user: user name, or NULL for no authentication
 * @user_len: bytes of @user, 1 to 255
 * @pass: password; may be NULL
 * @pass_len: bytes of @pass, at most 255
 */
struct zmq_socks_dest {
	enum zmq_socks_atyp atyp;
	const u8 *addr;
	u8 len;
	u16 port;
	const u8 *user;
	u8 user_len;
	const u8 *pass;
	u8 pass_len;
};

/**
 * struct zmq_socks - a conversation with a proxy
 * @state: what the proxy has still to say
 * @said: what belongs to @state was given to zmq_socks_output()'s caller
 * @have: bytes of the proxy's current message that were taken
 * @want: how many it has, as far as is known
 *
 * The bytes of the message are looked at as they come and not kept.
 */
struct zmq_socks {
	enum zmq_socks_state state;
	bool said;
	u16 have;
	u16 want;
};

void zmq_socks_init(struct zmq_socks *k);
size_t zmq_socks_output(struct zmq_socks *k, const struct zmq_socks_dest *d,
			u8 *buf);
size_t zmq_socks_feed(struct zmq_socks *k, const struct zmq_socks_dest *d,
		      const u8 *p, size_t n);

#endif /* _ZMQ_ZMTP_SOCKS_H */
