/* SPDX-License-Identifier: GPL-2.0-only */
/* Shorthands over libzmq's API; each fails the running case on an error. */
#ifndef TESTS_SYSTEM_ZAPI_H
#define TESTS_SYSTEM_ZAPI_H

#include <zmq.h>

#include "lib.h"

/* "pair", "pub", ...: a ZMQ socket type in words. */
const char *za_type_name(int type);
/* A context; the limit keeps a lost peer from hanging zmq_ctx_term(). */
void *za_ctx(void);
/* A socket with LINGER 0 and send/recv limits of @ZA_TIMEO ms (scaled). */
#define ZA_TIMEO 10000
void *za_socket(void *ctx, int type);
void za_close(void *socket);
void za_term(void *ctx);

void za_set(void *socket, int option, int value);
int za_get(void *socket, int option);
/* An option that is bytes, as many as @text has. */
void za_text(void *socket, int option, const char *text);
/* LAST_ENDPOINT into @ep, which holds 256 bytes. */
void za_last(void *socket, char *ep);

/* bind() to a free loopback port; @ep (256 bytes) gets the real endpoint. */
void za_bind_any(void *socket, char *ep);
void za_bind(void *socket, const char *ep);
void za_connect(void *socket, const char *ep);

/* One frame of text. */
void za_put(void *socket, const char *text, int flags);
/* Next frame must be @text, with RCVMORE = @more. */
void za_want(void *socket, const char *text, int more);
/* One frame with zt_fill() content, and its check. */
void za_put_big(void *socket, size_t len, uint32_t seed, int flags);
void za_want_big(void *socket, size_t len, uint32_t seed, int more);

/* Waits until EVENTS has all of @mask. */
void za_ready(void *socket, int mask);
/* Nothing may arrive for @ms. */
void za_quiet(void *socket, int ms);

#endif
