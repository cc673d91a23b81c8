/* SPDX-License-Identifier: GPL-2.0-only */
/* A ZAP handler made of an AF_ZMQ socket, and peers it is asked about. */
#ifndef TESTS_SYSTEM_NATIVE_ZAP_H
#define TESTS_SYSTEM_NATIVE_ZAP_H

#include "native_test.h"

#include "wire.h"

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define ZAP_DOMAIN "global"

/**
 * struct zap - a server and who is asked about its peers
 * @handler: REP or ROUTER bound to ZAP_ENDPOINT, or -1
 * @type: of @handler
 * @server: a PULL with ZAP_DOMAIN
 * @ep: its endpoint
 * @id: ROUTER: the last request's routing id
 * @id_len: bytes of @id
 */
struct zap {
	int handler;
	int type;
	int server;
	char ep[256];
	char id[256];
	ssize_t id_len;
};

static inline void zap_bind_handler(struct zap *z, int type)
{
	z->type = type;
	z->handler = nz_socket(type);
	zt_ok(nz_bind(z->handler, ZAP_ENDPOINT));
}

static inline void zap_serve(struct zap *z, int handshake_ms)
{
	z->server = nz_socket(ZMQ_PULL);
	zt_ok(nz_set_str(z->server, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN));
	zt_ok(nz_set(z->server, ZMQ_HANDSHAKE_IVL, handshake_ms));
	nz_bind_any(z->server, z->ep);
}

/* @type: of the handler, -1 for none. */
static inline void zap_open(struct zap *z, int type)
{
	z->handler = -1;
	if (type >= 0)
		zap_bind_handler(z, type);
	zap_serve(z, zt_scaled(60000));
}

static inline void zap_close(struct zap *z)
{
	close(z->server);
	if (z->handler >= 0)
		close(z->handler);
}

/* A peer of bytes that has said all that NULL asks for. */
static inline int zap_knock(const struct zap *z)
{
	int fd = wire_connect(nz_port_of(z->ep));
	uint8_t body[64];

	wire_greet(fd);
	wire_frame(fd, WIRE_COMMAND, body, wire_ready(body, "PUSH"));
	return fd;
}

/* What stands in front of a request: the routing id of a ROUTER's peer, and a delimiter. */
static inline void zap_take_id(struct zap *z)
{
	if (z->type != ZMQ_ROUTER)
		return;
	z->id_len = recv(z->handler, z->id, sizeof(z->id), 0);
	zt_ok(z->id_len);
	nz_want(z->handler, "", 1);
}

/* The next request is about a peer of @z->server at @address. */
static inline void zap_take_from(struct zap *z, const char *address)
{
	zap_take_id(z);
	nz_want(z->handler, "1.0", 1);
	nz_want(z->handler, "1", 1);
	nz_want(z->handler, ZAP_DOMAIN, 1);
	nz_want(z->handler, address, 1);
	nz_want(z->handler, "", 1);
	nz_want(z->handler, "NULL", 0);
}

static inline void zap_take(struct zap *z)
{
	zap_take_from(z, "127.0.0.1");
}

static inline void zap_put_id(const struct zap *z)
{
	if (z->type != ZMQ_ROUTER)
		return;
	zt_eq(send(z->handler, z->id, z->id_len, MSG_MORE), z->id_len);
	nz_put(z->handler, "", MSG_MORE);
}

static inline void zap_put(const struct zap *z, const char *status, const char *user)
{
	zap_put_id(z);
	nz_put(z->handler, "1.0", MSG_MORE);
	nz_put(z->handler, "1", MSG_MORE);
	nz_put(z->handler, status, MSG_MORE);
	nz_put(z->handler, "text", MSG_MORE);
	nz_put(z->handler, user, MSG_MORE);
	nz_put(z->handler, "", 0);
}

/* The peer is let in: its message arrives. */
static inline void zap_welcome(const struct zap *z, int fd)
{
	wire_want_ready(fd);
	wire_frame(fd, 0, "good", 4);
	nz_want(z->server, "good", 0);
}

/* All of it, with another peer: the handler, the server and the way between them work. */
static inline void zap_works(struct zap *z)
{
	int fd = zap_knock(z);

	zap_take(z);
	zap_put(z, "200", "");
	zap_welcome(z, fd);
	close(fd);
}

#endif
