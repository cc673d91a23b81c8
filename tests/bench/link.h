/* SPDX-License-Identifier: GPL-2.0-only */
/* A libzmq socket as one end of a measurement. */
#ifndef BENCH_LINK_H
#define BENCH_LINK_H

#include <zmq.h>

#include "bench.h"

/**
 * struct link - one end
 * @ctx: the context of @sock
 * @sock: the socket
 * @shared: @ctx is that of the other end, too
 */
struct link {
	void *ctx;
	void *sock;
	int shared;
};

void link_check(int ok, const char *what);
struct link link_open(const struct bench *b, int type);
void link_bind(const struct link *l, const struct bench *b);
void link_connect(const struct link *l, const struct bench *b);
void link_close(struct link *l);

#endif /* BENCH_LINK_H */
