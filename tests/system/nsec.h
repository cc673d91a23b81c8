/* SPDX-License-Identifier: GPL-2.0-only */
/* AF_ZMQ sockets with security, and keys that everybody knows. */
#ifndef TESTS_SYSTEM_NSEC_H
#define TESTS_SYSTEM_NSEC_H

#include "native.h"

/* The socket is a CURVE server, or a client of that one. */
void nz_curve_server(int fd);
void nz_curve_client(int fd);
/* Two sockets joined by CURVE; the server @pair->a is bound to @any, see nz_bind_on(). */
void nz_curve_pair(struct nz_pair *pair, int type_a, int type_b, const char *any);

#endif
