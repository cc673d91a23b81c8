/* SPDX-License-Identifier: GPL-2.0-only */
/* A ZMTP peer byte by byte, over a plain tcp socket: good, bad and in between. */
#ifndef TESTS_SYSTEM_WIRE_H
#define TESTS_SYSTEM_WIRE_H

#include "lib.h"

#define WIRE_GREETING 64
#define WIRE_MORE 1
#define WIRE_LONG 2
#define WIRE_COMMAND 4

/* A connection to a loopback port. */
int wire_connect(int port);
/* A listener on @port, and a connection accepted from it within 10 s. */
int wire_listen(int port);
int wire_accept(int listener);
/* Does a connection attempt come within @ms? It is left in the backlog. */
bool wire_knocks(int listener, int ms);

void wire_send(int fd, const void *bytes, size_t len);
/* Sends although the other side may have closed already. */
void wire_try_send(int fd, const void *bytes, size_t len);
/* Exactly @len bytes within 10 s (scaled). */
void wire_recv(int fd, void *bytes, size_t len);
/* Does anything arrive (or the end) within @ms? It stays to be read. */
bool wire_readable(int fd, int ms);
/* Is the next thing to be read the end? */
bool wire_ended(int fd);
/* Nothing arrives, and the connection stays, for @ms. */
void wire_silent(int fd, int ms);
/* Reads away whatever comes until the other side closes, for up to @ms. */
bool wire_closes(int fd, int ms);
/* The same; staying open fails the case. */
void wire_closed(int fd, int ms);
/* Closes with a reset. */
void wire_reset(int fd);

/* A 3.1 greeting with mechanism NULL, to be spoilt. */
void wire_greeting(uint8_t *greeting);
/* Builds a READY command's body; returns its length. */
size_t wire_ready(uint8_t *body, const char *socket_type);

void wire_frame(int fd, int flags, const void *body, size_t len);
/* Long form with an announced size of its own and @len bytes of body. */
void wire_frame_long(int fd, int flags, uint64_t announced, const void *body, size_t len);
/* Reads a frame of at most @size bytes; returns its length. */
size_t wire_read_frame(int fd, int *flags, void *body, size_t size);

/* Exchange of greetings, nothing checked but the signature. */
void wire_greet(int fd);
/* Reads the other side's READY. */
void wire_want_ready(int fd);
/* All of it: greeting and READY in both directions. */
void wire_handshake(int fd, const char *socket_type);

#endif
