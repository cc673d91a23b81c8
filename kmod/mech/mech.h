/* SPDX-License-Identifier: GPL-2.0-only */
/* Security mechanisms: who sends which handshake command, and what follows. */
#ifndef _ZMQ_MECH_H
#define _ZMQ_MECH_H

#include "common.h"
#include "options.h"
#include "reason.h"
#include "zmtp/command.h"

/*
 * Longest handshake command that we send. The largest is INITIATE of CURVE: 257,
 * Socket-Type (22), Identity (268) and ZMQ_METADATA_MAX.
 */
#define ZMQ_MECH_CMD_MAX	1088

struct zmq_frame;
struct zmq_mech_ops;

/**
 * enum zmq_ask - what a handshake wants of the ZAP handler (RFC 27)
 * @ZMQ_ASK_NOTHING: nothing, or nothing yet
 * @ZMQ_ASK_WANTED: an answer, before it goes on; set by the mechanism, which has
 *	filled in zmq_mech.cred
 * @ZMQ_ASK_PENDING: the request is on its way; set by the connection
 * @ZMQ_ASK_ANSWERED: zmq_mech.verdict is there; set by the connection
 *
 * Until the answer the mechanism produces nothing, and what the peer sends to a
 * server is an error (wire page, 6).
 */
enum zmq_ask {
	ZMQ_ASK_NOTHING,
	ZMQ_ASK_WANTED,
	ZMQ_ASK_PENDING,
	ZMQ_ASK_ANSWERED,
};

/* Status codes of ZAP. */
#define ZMQ_ZAP_OK		200
#define ZMQ_ZAP_TEMPORARY	300
#define ZMQ_ZAP_DENIED		400
#define ZMQ_ZAP_INTERNAL	500

/* PLAIN has two: name and password. */
#define ZMQ_MECH_CREDS		2

/**
 * struct zmq_mech_cred - a credential that the peer has shown
 * @data: the bytes; the mechanism's, until it has told the peer the verdict
 * @len: how many
 */
struct zmq_mech_cred {
	const u8 *data;
	u8 len;
};

/**
 * struct zmq_mech - one side of one handshake
 * @ops: the mechanism
 * @type: our socket type
 * @opt: the endpoint's options; .as_server says which side we are
 * @sent: all that has to be sent was produced
 * @received: all that has to come was consumed
 * @refused: the last command produced, if any, tells the peer that the verdict
 *	is against it; the connection ends with ZMQ_R_AUTH_REFUSED
 * @ask: what is wanted of the ZAP handler
 * @verdict: its status code, ZMQ_ZAP_*; 0 before @ask is ANSWERED
 * @status: status code that the peer refused us with, or 0
 * @nr_creds: used of @cred
 * @cred: what the request is to show of the peer
 * @meta: metadata that came in the command just consumed, or NULL; points into
 *	that command
 * @meta_len: bytes of @meta
 * @peer_id_len: length of @peer_id
 * @peer_id: the peer's routing id
 * @step: the mechanism's own: where it stands; 0 at the start
 * @priv: the mechanism's own state, or NULL; wiped and freed by zmq_mech_end(), or
 *	by the mechanism itself when nothing needs it any more
 *
 * Pure state: no lock of its own, the connection's serialises. After the
 * handshake seal() runs under zmq_conn.tx_lock and open() under
 * zmq_session.run, at the same time: what they change in @priv is not shared.
 */
struct zmq_mech {
	const struct zmq_mech_ops *ops;
	int type;
	const struct zmq_options *opt;
	bool sent;
	bool received;
	bool refused;
	enum zmq_ask ask;
	u16 verdict;
	u16 status;
	u8 nr_creds;
	struct zmq_mech_cred cred[ZMQ_MECH_CREDS];
	const u8 *meta;
	size_t meta_len;
	u8 peer_id_len;
	u8 peer_id[ZMQ_ROUTING_ID_MAX];
	u8 step;
	void *priv;
};

/* What a sealed frame says of itself inside (RFC 26, "MESSAGE"; wire page, 5.3). */
#define ZMQ_SEAL_MORE		0x01
#define ZMQ_SEAL_COMMAND	0x02

/**
 * struct zmq_mech_ops - one side of a security mechanism
 * @name: as in the greeting (RFC 37)
 * @in_turn: a peer whose handshake is complete must not go on before ours is;
 *	libzmq's servers of other mechanisms than NULL let it
 * @produce: write the next command body to @buf; its length, 0 when nothing is
 *	to be sent until the peer or the ZAP handler speaks, -EMSGSIZE, -ENOMEM
 *	or -EKEYREJECTED if the keys that the options have are none.
 *	Process context, under the lower socket's lock: may be slow, may sleep
 * @consume: take a command of the peer; ZMQ_R_NONE or why the handshake fails.
 *	A body that is none comes without a name, see zmq_cmd_nameless().
 *	Context as of @produce
 * @end: wipe and free zmq_mech.priv; NULL if there is none
 * @seal: NULL, with @open, if frames travel as they are. A frame as it goes over
 *	the wire, header included, with ZMQ_FRAME_RAW, made by
 *	zmq_frame_image() for the account of @f; @f, whose bytes may be shared,
 *	stays as it is. @flags: ZMQ_SEAL_*, instead of what @f's flags say. NULL
 *	for lack of memory: then nothing has happened. May sleep
 * @open: a whole frame as it came becomes what was sealed, in place, with its
 *	flags replaced by ZMQ_FRAME_MORE and _COMMAND; the bytes move up, so that
 *	again a segment is full before the next one begins. ZMQ_R_NONE, or why
 *	the connection has to end. May sleep; a large frame may reschedule
 */
struct zmq_mech_ops {
	const char *name;
	bool in_turn;
	int (*produce)(struct zmq_mech *m, u8 *buf, size_t cap);
	enum zmq_reason (*consume)(struct zmq_mech *m, const struct zmq_cmd *cmd);
	void (*end)(struct zmq_mech *m);
	struct zmq_frame *(*seal)(struct zmq_mech *m, const struct zmq_frame *f,
				  u8 flags);
	enum zmq_reason (*open)(struct zmq_mech *m, struct zmq_frame *f);
};

extern const struct zmq_mech_ops zmq_null_ops;
extern const struct zmq_mech_ops zmq_plain_client_ops;
extern const struct zmq_mech_ops zmq_plain_server_ops;

const char *zmq_mech_check(const struct zmq_options *opt);
void zmq_mech_init(struct zmq_mech *m, int type, const struct zmq_options *opt);
void zmq_mech_end(struct zmq_mech *m);

/* Could a peer of such an endpoint be a question for the ZAP handler? */
static inline bool zmq_mech_may_ask(const struct zmq_options *opt)
{
	return opt->zap_domain || opt->as_server;
}

static inline bool zmq_mech_done(const struct zmq_mech *m)
{
	return m->sent && m->received;
}

#endif /* _ZMQ_MECH_H */
