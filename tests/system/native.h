/* SPDX-License-Identifier: GPL-2.0-only */
/* Shorthands over the system calls of AF_ZMQ. */
#ifndef TESTS_SYSTEM_NATIVE_H
#define TESTS_SYSTEM_NATIVE_H

#include <linux/zmq.h>

#include "lib.h"

/* A socket with LINGER 0 and limits of NZ_TIMEO ms (scaled) on send and recv. */
#define NZ_TIMEO 10000
int nz_socket(int type);
/* The family number in use (the module parameter may move it). */
int nz_family(void);

/* bind(2) and connect(2) with an endpoint; -1 and errno on failure. */
int nz_bind(int fd, const char *ep);
int nz_connect(int fd, const char *ep);
/* bind() to @any, an endpoint with a wildcard; @ep (256 bytes) gets what it became. */
void nz_bind_on(int fd, const char *any, char *ep);
/* The same with a free loopback port. */
void nz_bind_any(int fd, char *ep);
/* getsockname(2); @ep holds 256 bytes. */
void nz_name(int fd, char *ep);
/* The port in an endpoint that ends with one. */
int nz_port_of(const char *ep);

int nz_set(int fd, int option, int value);
int nz_get(int fd, int option);
/* String options, NATIVE_UNBIND and friends. */
int nz_set_str(int fd, int option, const char *text);

/* send(2), recv(2) of text; they fail the case when anything is wrong. */
void nz_put(int fd, const char *text, int flags);
/* @more: MSG_EOR must be absent (1) or there (0). */
void nz_want(int fd, const char *text, int more);

/**
 * struct nz_got - a frame and what came with it
 * @body: the frame
 * @number: from ZMQ_CMSG_KNOWN, 0: there was none
 * @props: from ZMQ_CMSG_PROPS
 * @props_len: bytes of it, 0: there was none
 * @flags: msg_flags; what control data there is with MSG_CTRUNC is not looked at
 */
struct nz_got {
	char body[256];
	uint32_t number;
	uint8_t props[1024];
	size_t props_len;
	int flags;
};

/* recvmsg(2) with @space bytes of room for control data, NZ_CONTROL at most; what it returns. */
#define NZ_CONTROL CMSG_SPACE(1024)
ssize_t nz_get_with(int fd, struct nz_got *got, size_t space, int flags);

void nz_put_big(int fd, size_t len, uint32_t seed, int flags);
void nz_want_big(int fd, size_t len, uint32_t seed, int more);
/* Nothing may be readable for @ms. */
void nz_quiet(int fd, int ms);

/* poll(2): what of @events holds now, or within @ms. */
int nz_poll(int fd, int events, int ms);
void nz_until(int fd, int events);

/* An epoll descriptor that has @fd with @events; what it reports within @ms, 0: nothing. */
int nz_watch(int fd, unsigned int events);
unsigned int nz_report(int ep, int ms);

/* Two connected sockets; @b has connected to @a. */
struct nz_pair {
	int a;
	int b;
	char ep[256];
};

/* Made and greeted: for types that can, a message has gone each way. */
void nz_pair(struct nz_pair *pair, int type_a, int type_b);
void nz_pair_close(struct nz_pair *pair);

/**
 * struct nz_sender - who sends numbered messages of several parts
 * @fd: on this socket, which may be others', too
 * @id: number of the sender, 0 to 7
 * @count: how many messages
 */
struct nz_sender {
	int fd;
	int id;
	unsigned int count;
};

/* A thread that does so; @arg is a struct nz_sender. */
void *nz_send_many(void *arg);
/* All that so many senders send: whole messages, each one's in order, and nothing else. */
void nz_want_many(int fd, unsigned int senders, unsigned int count);

/* A descriptor by a Unix socket, which a byte goes through. */
void nz_pass_fd(int channel, int fd);
int nz_take_fd(int channel);

/* Parameters of the module, -1 when it has no such one; setting needs root. */
long nz_parameter(const char *name);
void nz_set_parameter(const char *name, long value);

/* Sysctls of this network namespace, net.zmq.*; setting needs root. */
long nz_sysctl(const char *name);
void nz_set_sysctl(const char *name, long value);

/* The number that a file of /proc or /sys begins with, which is not negative; writing to one. */
long nz_number_in(const char *path);
void nz_write_file(const char *path, const char *text);

/* A counter of /proc/net/zmq_stat, -1 when there is no such one. */
long nz_stat(const char *name);

/* References on the module (sockets alive), from /sys/module. */
long nz_module_refs(void);
/* Sockets of this network namespace, lingering ones included: /proc/net/protocols. */
long nz_sockets(void);
/* The same, once there are only the @made ones of this test: those of others have gone. */
long nz_baseline(long made);

#endif
