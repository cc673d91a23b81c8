/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CURVE (RFC 26, CurveZMQ): what client and server have in common. Names as in the
 * RFC: S and s are the server's permanent keys, S' and s' those of one connection,
 * C, c, C' and c' the client's; small letters are secret.
 */
#ifndef _ZMQ_MECH_CURVE_H
#define _ZMQ_MECH_CURVE_H

#include "compat/compat.h"
#include "mech/box.h"
#include "mech/mech.h"
#include "zmtp/wire.h"

#define ZMQ_CURVE_VERSION_MAJOR	1
#define ZMQ_CURVE_VERSION_MINOR	0

#define ZMQ_CURVE_SHORT_NONCE	8
#define ZMQ_CURVE_LONG_NONCE	16

/*
 * What stands behind the names of commands: offsets and sizes in bytes (wire page,
 * 5.3). A box of n bytes takes ZMQ_BOX_TAG + n.
 */
#define ZMQ_CURVE_COOKIE	(ZMQ_CURVE_LONG_NONCE + ZMQ_BOX_TAG + 2 * ZMQ_BOX_KEY)
#define ZMQ_CURVE_VOUCH		(ZMQ_CURVE_LONG_NONCE + ZMQ_BOX_TAG + 2 * ZMQ_BOX_KEY)

#define ZMQ_CURVE_HELLO_OFF_KEY		74	/* behind version and padding */
#define ZMQ_CURVE_HELLO_OFF_NONCE	106
#define ZMQ_CURVE_HELLO_OFF_BOX		114
#define ZMQ_CURVE_HELLO_TEXT		64	/* zeros */
#define ZMQ_CURVE_HELLO			194

#define ZMQ_CURVE_WELCOME_OFF_BOX	16
#define ZMQ_CURVE_WELCOME_TEXT		(ZMQ_BOX_KEY + ZMQ_CURVE_COOKIE)
#define ZMQ_CURVE_WELCOME		160

#define ZMQ_CURVE_INITIATE_OFF_NONCE	96	/* behind the cookie */
#define ZMQ_CURVE_INITIATE_OFF_BOX	104
#define ZMQ_CURVE_INITIATE_TEXT		(ZMQ_BOX_KEY + ZMQ_CURVE_VOUCH)
#define ZMQ_CURVE_INITIATE		248	/* and metadata */

#define ZMQ_CURVE_READY_OFF_BOX		8
#define ZMQ_CURVE_READY			24	/* and metadata */

/**
 * struct zmq_curve - one side of a connection with CURVE
 * @got: short nonce of the peer's last box; what comes has to be greater. Under
 *	the lower socket's lock, and once the handshake is over, zmq_session.run
 * @server: we are the server
 * @random: fills memory with random bytes; tests have a predictable one
 * @secret: our secret key of this connection; until @key is there
 * @public: the public key to it
 * @peer: the peer's public key of this connection
 * @hello: key of HELLO's and WELCOME's boxes; until @key is there
 * @cookie: of a client: what WELCOME gave it, to be given back
 * @cookie_key: of a server: key of its cookie, until that has come back
 * @cookie_until: when the server stops accepting it, in jiffies
 * @client: of a server: the client's permanent key, a credential
 * @text: what a command had in its box, until the next command of ours; or NULL
 * @key: the connection's key, of INITIATE and READY, in both directions; until
 *	@ours is there
 * @theirs: what follows from it for each MESSAGE of the peer
 * @ours: and for each of ours; both once the handshake is over
 * @sent: short nonce of our last box. Under zmq_conn.tx_lock once the handshake is
 *	over
 *
 * It is zmq_mech.priv; see there for who may use it.
 */
struct zmq_curve {
	u64 got;
	bool server;
	void (*random)(void *buf, size_t len);
	u8 secret[ZMQ_BOX_KEY];
	u8 public[ZMQ_BOX_KEY];
	u8 peer[ZMQ_BOX_KEY];
	u8 hello[ZMQ_BOX_KEY];
	union {
		u8 cookie[ZMQ_CURVE_COOKIE];
		struct {
			u8 cookie_key[ZMQ_BOX_KEY];
			unsigned long cookie_until;
		};
	};
	u8 client[ZMQ_BOX_KEY];
	u8 *text;
	u8 key[ZMQ_BOX_KEY];
	u8 theirs[ZMQ_BOX_KEY];
	u8 ours[ZMQ_BOX_KEY];
	u64 sent;
};

extern const struct zmq_mech_ops zmq_curve_client_ops;
extern const struct zmq_mech_ops zmq_curve_server_ops;

struct zmq_curve *zmq_curve_begin(struct zmq_mech *m);
bool zmq_curve_make_key(struct zmq_curve *c);
void zmq_curve_forget(struct zmq_curve *c);
void zmq_curve_drop_text(struct zmq_mech *m);
void zmq_curve_end(struct zmq_mech *m);

void zmq_curve_short_nonce(u8 *nonce, const char *prefix, const u8 *explicit);
void zmq_curve_long_nonce(u8 *nonce, const char *prefix, const u8 *explicit);

void zmq_curve_derive(struct zmq_curve *c);
struct zmq_frame *zmq_curve_seal(struct zmq_mech *m, const struct zmq_frame *f,
				 u8 flags);
enum zmq_reason zmq_curve_open(struct zmq_mech *m, struct zmq_frame *f);

/**
 * zmq_curve_next() - the short nonce of our next box
 * @c: our side
 * @explicit: where it goes as it is sent, ZMQ_CURVE_SHORT_NONCE bytes
 *
 * Never the same twice: 2^64 boxes are more than a connection can send.
 */
static inline void zmq_curve_next(struct zmq_curve *c, u8 *explicit)
{
	put_unaligned_be64(++c->sent, explicit);
}

/**
 * zmq_curve_is_new() - is a short nonce greater than all before?
 * @c: our side
 * @explicit: the nonce as it came
 *
 * RFC 26 wants this of all boxes; libzmq looks at MESSAGE's only (wire page, 5.3).
 *
 * Return: false if a box with it must not be opened.
 */
static inline bool zmq_curve_is_new(const struct zmq_curve *c, const u8 *explicit)
{
	return get_unaligned_be64(explicit) > c->got;
}

/**
 * zmq_curve_stray() - what is wrong with a command of another name than expected
 * @cmd: the command
 *
 * What has no name, or is one byte, libzmq takes for no command at all.
 *
 * Return: the reason.
 */
static inline enum zmq_reason zmq_curve_stray(const struct zmq_cmd *cmd)
{
	return cmd->name && cmd->name_len + cmd->len ? ZMQ_R_UNEXPECTED_COMMAND :
						       ZMQ_R_MALFORMED_COMMAND;
}

#endif /* _ZMQ_MECH_CURVE_H */
