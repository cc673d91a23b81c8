/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * AF_ZMQ: ZeroMQ sockets as a Linux socket family.
 *
 * This header is ABI: numbers are only ever appended. It can be included
 * together with libzmq's zmq.h; names they share have equal definitions.
 */
#ifndef _UAPI_LINUX_ZMQ_H
#define _UAPI_LINUX_ZMQ_H

#include <linux/socket.h>
#include <linux/types.h>
#ifndef __KERNEL__
#include <sys/socket.h>
#endif

/*
 * An out-of-tree family has to live in a number below AF_MAX that no kernel
 * uses: 18 is AF_ASH, never implemented by anybody. The module parameter
 * "family" overrides it; /sys/module/af_zmq/parameters/family tells.
 */
#define AF_ZMQ			18
#define PF_ZMQ			AF_ZMQ

/* Level for setsockopt() and getsockopt(). */
#define SOL_ZMQ			390

/**
 * struct sockaddr_zmq - address for bind(), connect() and getsockname()
 * @szmq_family: AF_ZMQ
 * @szmq_endpoint: endpoint as libzmq writes it ("tcp://127.0.0.1:5555"); the
 *	length of the address delimits it, a NUL at the end is allowed
 *
 * The kernel takes at most sizeof(struct sockaddr_storage) bytes of address,
 * so 126 bytes of endpoint. Longer ones go by ZMQ_NATIVE_BIND and
 * ZMQ_NATIVE_CONNECT below.
 */
struct sockaddr_zmq {
	__kernel_sa_family_t szmq_family;
	char szmq_endpoint[];
};

/* Longest endpoint that any interface takes, without the NUL. */
#define ZMQ_ENDPOINT_MAX	511

/* Socket types: the protocol argument of socket(). */
#define ZMQ_PAIR 0
#define ZMQ_PUB 1
#define ZMQ_SUB 2
#define ZMQ_REQ 3
#define ZMQ_REP 4
#define ZMQ_DEALER 5
#define ZMQ_ROUTER 6
#define ZMQ_PULL 7
#define ZMQ_PUSH 8
#define ZMQ_XPUB 9
#define ZMQ_XSUB 10
#define ZMQ_STREAM 11

/* Options at level SOL_ZMQ: libzmq's numbers, types and rules. */
#define ZMQ_AFFINITY 4
#define ZMQ_ROUTING_ID 5
#define ZMQ_SNDBUF 11
#define ZMQ_RCVBUF 12
#define ZMQ_RCVMORE 13
#define ZMQ_EVENTS 15
#define ZMQ_TYPE 16
#define ZMQ_LINGER 17
#define ZMQ_RECONNECT_IVL 18
#define ZMQ_BACKLOG 19
#define ZMQ_RECONNECT_IVL_MAX 21
#define ZMQ_MAXMSGSIZE 22
#define ZMQ_SNDHWM 23
#define ZMQ_RCVHWM 24
#define ZMQ_RCVTIMEO 27
#define ZMQ_SNDTIMEO 28
#define ZMQ_IPV4ONLY 31
#define ZMQ_LAST_ENDPOINT 32
#define ZMQ_TCP_KEEPALIVE 34
#define ZMQ_TCP_KEEPALIVE_CNT 35
#define ZMQ_TCP_KEEPALIVE_IDLE 36
#define ZMQ_TCP_KEEPALIVE_INTVL 37
#define ZMQ_IMMEDIATE 39
#define ZMQ_IPV6 42
#define ZMQ_MECHANISM 43
#define ZMQ_TOS 57
#define ZMQ_HANDSHAKE_IVL 66
#define ZMQ_CONNECT_TIMEOUT 79
#define ZMQ_TCP_MAXRT 80
#define ZMQ_THREAD_SAFE 81
#define ZMQ_BINDTODEVICE 92

/* Options that libzmq does not have; endpoints are strings. */
#define ZMQ_NATIVE_BIND 10000		/* set: bind to a long endpoint */
#define ZMQ_NATIVE_CONNECT 10001	/* set: connect to a long endpoint */
#define ZMQ_NATIVE_UNBIND 10002		/* set: undo a bind() */
#define ZMQ_NATIVE_DISCONNECT 10003	/* set: undo a connect() */
#define ZMQ_NATIVE_LAST_ERROR 10004	/* get: why the last call failed */
#define ZMQ_NATIVE_MULTIPART 10005	/* get, set: ZMQ_MULTIPART_* */
#define ZMQ_NATIVE_STATS 10006		/* get: struct zmq_sock_stats */
#define ZMQ_NATIVE_CLOSE 10007		/* set 1: close, but keep the descriptor */

/*
 * ZMQ_NATIVE_CLOSE does to the socket what close() does: endpoints go, unread
 * input is dropped, unsent messages linger. The descriptor stays, and poll()
 * reports POLLHUP on it as soon as nothing is left to be sent.
 */

/* Values of ZMQ_NATIVE_MULTIPART: whose parts make up one message? */
#define ZMQ_MULTIPART_THREAD 0	/* each thread's own; the default */
#define ZMQ_MULTIPART_SOCKET 1	/* the socket's, as in libzmq */

/**
 * struct zmq_sock_stats - counters of one socket since its creation
 * @msgs_in: whole messages that recvmsg() began to hand out
 * @msgs_out: whole messages accepted from sendmsg()
 * @bytes_in: payload bytes of @msgs_in
 * @bytes_out: payload bytes of @msgs_out
 * @drops: messages discarded, for whatever reason
 * @connects: connections that finished their handshake
 * @disconnects: connections that ended after their handshake
 * @failures: connections that ended before it, failed attempts included
 *
 * getsockopt() copies as much as the caller's buffer holds: new members are
 * only appended.
 */
struct zmq_sock_stats {
	__u64 msgs_in;
	__u64 msgs_out;
	__u64 bytes_in;
	__u64 bytes_out;
	__u64 drops;
	__u64 connects;
	__u64 disconnects;
	__u64 failures;
};

/*
 * libzmq's private errno values lie above the 4095 that a system call can
 * return. Each has one native errno, which no call of the family uses for
 * anything else.
 */
#define ZMQ_EFSM		77	/* EBADFD: not in this state */
#define ZMQ_ENOCOMPATPROTO	91	/* EPROTOTYPE: transport and type */
#define ZMQ_ETERM		108	/* ESHUTDOWN: context was terminated */
#define ZMQ_EMTHREAD		49	/* EUNATCH: no thread available */

#endif /* _UAPI_LINUX_ZMQ_H */
