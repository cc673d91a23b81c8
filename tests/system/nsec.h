/* SPDX-License-Identifier: GPL-2.0-only */
/* AF_ZMQ sockets with security, keys that everybody knows, and a ZAP handler. */
#ifndef TESTS_SYSTEM_NSEC_H
#define TESTS_SYSTEM_NSEC_H

#include "native.h"

/* The socket is a server of PLAIN, or a client of one. */
void nz_plain_server(int fd);
void nz_plain_client(int fd);
/* The socket is a CURVE server, or a client of that one. */
void nz_curve_server(int fd);
void nz_curve_client(int fd);
/* That server's keys as bytes, NZ_KEY of them; @secret may be NULL. */
#define NZ_KEY 32
void nz_curve_keys(uint8_t *public, uint8_t *secret);
/* Two sockets joined by CURVE; the server @pair->a is bound to @any, see nz_bind_on(). */
void nz_curve_pair(struct nz_pair *pair, int type_a, int type_b, const char *any);

/* The handler of this process's context: a socket to be closed. */
int nz_zap_open(void);
/*
 * If the handler is asked about a peer now, answers with @status, and returns true. Calls
 * that fail for lack of memory are made again.
 */
bool nz_zap_answer(int handler, const char *status);

#endif
