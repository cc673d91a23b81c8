/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Command bodies, RFC 37 "Commands": a short name, then data. The frame
 * header in front of them is frame.h's.
 */
#ifndef _ZMQ_ZMTP_COMMAND_H
#define _ZMQ_ZMTP_COMMAND_H

#include <linux/types.h>

/**
 * struct zmq_cmd - a parsed command; points into the frame's body
 * @name: not ended by a NUL; NULL after zmq_cmd_nameless()
 * @data: what follows the name
 * @len: bytes of @data
 * @name_len: bytes of @name, may be 0
 */
struct zmq_cmd {
	const u8 *name;
	const u8 *data;
	size_t len;
	u8 name_len;
};

int zmq_cmd_parse(struct zmq_cmd *c, const u8 *body, size_t len);
void zmq_cmd_nameless(struct zmq_cmd *c, const u8 *body, size_t len);
bool zmq_cmd_is(const struct zmq_cmd *c, const char *name);
int zmq_cmd_parse_error(const struct zmq_cmd *c, const u8 **reason,
			size_t *len);
int zmq_cmd_status(const u8 *reason, size_t len);
int zmq_cmd_parse_ping(const struct zmq_cmd *c, u16 *ttl, const u8 **ctx,
		       size_t *ctx_len);

int zmq_cmd_put_name(u8 *buf, size_t cap, const char *name, size_t data_len);
int zmq_cmd_put_error(u8 *buf, size_t cap, const u8 *reason, size_t len);
int zmq_cmd_put_ping(u8 *buf, size_t cap, u16 ttl, const u8 *ctx,
		     size_t ctx_len);
int zmq_cmd_put_pong(u8 *buf, size_t cap, const u8 *ctx, size_t ctx_len);
int zmq_cmd_put_subscribe(u8 *buf, size_t cap, const u8 *topic, size_t len);
int zmq_cmd_put_cancel(u8 *buf, size_t cap, const u8 *topic, size_t len);

#endif /* _ZMQ_ZMTP_COMMAND_H */
