/* SPDX-License-Identifier: GPL-2.0-only */
/* Security mechanisms: who sends which handshake command, and what follows. */
#ifndef _ZMQ_MECH_H
#define _ZMQ_MECH_H

#include "common.h"
#include "options.h"
#include "reason.h"
#include "zmtp/command.h"

/*
 * Longest handshake command that we send. The largest is READY, of name (6),
 * Socket-Type (22), Identity (268) and ZMQ_METADATA_MAX.
 */
#define ZMQ_MECH_CMD_MAX	1024

struct zmq_mech_ops;

/**
 * struct zmq_mech - one side of one handshake
 * @ops: the mechanism
 * @type: our socket type
 * @opt: the endpoint's options
 * @sent: all that has to be sent was produced
 * @received: all that has to come was consumed
 * @status: status code that the peer refused us with, or 0
 * @meta: metadata that came in the command just consumed, or NULL; points into
 *	that command
 * @meta_len: bytes of @meta
 * @peer_id_len: length of @peer_id
 * @peer_id: the peer's routing id
 *
 * Pure state: no lock of its own, the connection's serialises.
 */
struct zmq_mech {
	const struct zmq_mech_ops *ops;
	int type;
	const struct zmq_options *opt;
	bool sent;
	bool received;
	u16 status;
	const u8 *meta;
	size_t meta_len;
	u8 peer_id_len;
	u8 peer_id[ZMQ_ROUTING_ID_MAX];
};

/**
 * struct zmq_mech_ops - a security mechanism
 * @name: as in the greeting (RFC 37)
 * @produce: write the next command body to @buf; its length, 0 when nothing is
 *	to be sent until the peer speaks, or -EMSGSIZE
 * @consume: take a command of the peer; ZMQ_R_NONE or why the handshake fails
 */
struct zmq_mech_ops {
	const char *name;
	int (*produce)(struct zmq_mech *m, u8 *buf, size_t cap);
	enum zmq_reason (*consume)(struct zmq_mech *m, const struct zmq_cmd *cmd);
};

extern const struct zmq_mech_ops zmq_null_ops;

const char *zmq_mech_check(const struct zmq_options *opt);
void zmq_mech_init(struct zmq_mech *m, int type, const struct zmq_options *opt);

static inline bool zmq_mech_done(const struct zmq_mech *m)
{
	return m->sent && m->received;
}

#endif /* _ZMQ_MECH_H */
