/* SPDX-License-Identifier: GPL-2.0-only */
/* Security of a socket in one call; CURVE keys that everybody knows. */
#ifndef TESTS_SYSTEM_ZSEC_H
#define TESTS_SYSTEM_ZSEC_H

#include "zapi.h"

/**
 * struct zs_keys - a pair of keys of CURVE, in Z85
 * @public: ZMQ_CURVE_PUBLICKEY
 * @secret: ZMQ_CURVE_SECRETKEY
 */
struct zs_keys {
	const char *public;
	const char *secret;
};

/* Those of the page zmq_curve(7). */
extern const struct zs_keys zs_server_keys, zs_client_keys;
/* A third pair that belongs to nobody. */
const struct zs_keys *zs_other_keys(void);

#define ZS_USER "admin"
#define ZS_PASSWORD "secret"

void zs_plain_server(void *socket);
void zs_plain_client(void *socket, const char *user, const char *password);
void zs_curve_server(void *socket);
/* @keys of its own; it takes the server for @server. */
void zs_curve_client(void *socket, const struct zs_keys *keys, const char *server);

/* @mechanism, ZMQ_NULL, ZMQ_PLAIN or ZMQ_CURVE, with the right credentials. */
void zs_server(void *socket, int mechanism);
void zs_client(void *socket, int mechanism);
const char *zs_name(int mechanism);

#endif
