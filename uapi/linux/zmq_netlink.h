/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The generic netlink family of AF_ZMQ. Documentation/netlink/specs/zmq.yaml
 * describes it; this is what follows from that. ABI: numbers are only ever
 * appended.
 */
#ifndef _UAPI_LINUX_ZMQ_NETLINK_H
#define _UAPI_LINUX_ZMQ_NETLINK_H

#define ZMQ_FAMILY_NAME		"zmq"
#define ZMQ_FAMILY_VERSION	1

/* Values of ZMQ_A_SOCKET_STATE. */
enum zmq_socket_state {
	ZMQ_SOCKET_STATE_OPEN,
	ZMQ_SOCKET_STATE_TERMINATED,
	ZMQ_SOCKET_STATE_LINGERING,
};

/* Values of ZMQ_A_ENDPOINT_KIND. */
enum zmq_endpoint_kind {
	ZMQ_ENDPOINT_KIND_BIND,
	ZMQ_ENDPOINT_KIND_CONNECT,
};

/* Values of ZMQ_A_PEER_STATE. */
enum zmq_peer_state {
	ZMQ_PEER_STATE_WAITING,
	ZMQ_PEER_STATE_CONNECTING,
	ZMQ_PEER_STATE_PROXY,
	ZMQ_PEER_STATE_HANDSHAKE,
	ZMQ_PEER_STATE_READY,
	ZMQ_PEER_STATE_DRAINING,
	ZMQ_PEER_STATE_IDLE,
	ZMQ_PEER_STATE_GONE,
};

/* Bits of ZMQ_A_PEER_FLAGS. */
enum zmq_peer_flag {
	ZMQ_PEER_FLAG_CLOSING = 1,
	ZMQ_PEER_FLAG_BLOCKED = 2,
	ZMQ_PEER_FLAG_STOPPED = 4,
	ZMQ_PEER_FLAG_STARVED = 8,
	ZMQ_PEER_FLAG_MUTE = 16,
};

/* Attributes of ZMQ_CMD_EVENT_NTF. */
enum {
	ZMQ_A_EVENT_PAD = 1,
	ZMQ_A_EVENT_SEQ,		/* u64 */
	ZMQ_A_EVENT_SOCKET_INODE,	/* u64 */
	ZMQ_A_EVENT_SOCKET_COOKIE,	/* u64 */
	ZMQ_A_EVENT_SOCKET_UID,		/* u32 */
	ZMQ_A_EVENT_SOCKET_TYPE,	/* u32, ZMQ_PAIR... */
	ZMQ_A_EVENT_EVENT,		/* u32, ZMQ_EVENT_* */
	ZMQ_A_EVENT_VALUE,		/* u64, may be there more than once */
	ZMQ_A_EVENT_LOCAL,		/* string */
	ZMQ_A_EVENT_REMOTE,		/* string */
	ZMQ_A_EVENT_SOCKET_ID,		/* u64 */

	__ZMQ_A_EVENT_MAX,
	ZMQ_A_EVENT_MAX = (__ZMQ_A_EVENT_MAX - 1)
};

/* Attributes of ZMQ_CMD_SOCKET_GET; the first three also name a socket. */
enum {
	ZMQ_A_SOCKET_ID = 1,		/* u64 */
	ZMQ_A_SOCKET_INODE,		/* u64 */
	ZMQ_A_SOCKET_COOKIE,		/* u64 */
	ZMQ_A_SOCKET_PAD,
	ZMQ_A_SOCKET_TYPE,		/* u32, ZMQ_PAIR... */
	ZMQ_A_SOCKET_STATE,		/* u32, ZMQ_SOCKET_STATE_* */
	ZMQ_A_SOCKET_UID,		/* u32 */
	ZMQ_A_SOCKET_PID,		/* u32 */
	ZMQ_A_SOCKET_COMM,		/* string */
	ZMQ_A_SOCKET_OWNER_GONE,	/* flag */
	ZMQ_A_SOCKET_READABLE,		/* flag */
	ZMQ_A_SOCKET_WRITABLE,		/* flag */
	ZMQ_A_SOCKET_SNDHWM,		/* u32 */
	ZMQ_A_SOCKET_RCVHWM,		/* u32 */
	ZMQ_A_SOCKET_LINGER,		/* s32 */
	ZMQ_A_SOCKET_SESSIONS,		/* u32 */
	ZMQ_A_SOCKET_PIPES,		/* u32 */
	ZMQ_A_SOCKET_MSGS_IN,		/* u64 */
	ZMQ_A_SOCKET_MSGS_OUT,		/* u64 */
	ZMQ_A_SOCKET_BYTES_IN,		/* u64 */
	ZMQ_A_SOCKET_BYTES_OUT,		/* u64 */
	ZMQ_A_SOCKET_DROPS,		/* u64 */
	ZMQ_A_SOCKET_DROP,		/* ZMQ_A_DROP_*, one for each reason */
	ZMQ_A_SOCKET_CONNECTS,		/* u64 */
	ZMQ_A_SOCKET_DISCONNECTS,	/* u64 */
	ZMQ_A_SOCKET_FAILURES,		/* u64 */
	ZMQ_A_SOCKET_ERROR,		/* string */
	ZMQ_A_SOCKET_CTX,		/* u32 */

	__ZMQ_A_SOCKET_MAX,
	ZMQ_A_SOCKET_MAX = (__ZMQ_A_SOCKET_MAX - 1)
};

/* Attributes of ZMQ_A_SOCKET_DROP. */
enum {
	ZMQ_A_DROP_PAD = 1,
	ZMQ_A_DROP_REASON,		/* string, as in /proc/net/zmq_stat */
	ZMQ_A_DROP_TEXT,		/* string */
	ZMQ_A_DROP_COUNT,		/* u64 */

	__ZMQ_A_DROP_MAX,
	ZMQ_A_DROP_MAX = (__ZMQ_A_DROP_MAX - 1)
};

/* Attributes of ZMQ_CMD_ENDPOINT_GET; the first one also asks for one socket. */
enum {
	ZMQ_A_ENDPOINT_SOCKET_ID = 1,	/* u64 */
	ZMQ_A_ENDPOINT_PAD,
	ZMQ_A_ENDPOINT_KIND,		/* u32, ZMQ_ENDPOINT_KIND_* */
	ZMQ_A_ENDPOINT_PEER_ID,		/* u64, of what connects */
	ZMQ_A_ENDPOINT_URI,		/* string */
	ZMQ_A_ENDPOINT_NUMBER,		/* u32, of what is bound */

	__ZMQ_A_ENDPOINT_MAX,
	ZMQ_A_ENDPOINT_MAX = (__ZMQ_A_ENDPOINT_MAX - 1)
};

/* Attributes of ZMQ_CMD_PEER_GET; the first one also asks for one socket. */
enum {
	ZMQ_A_PEER_SOCKET_ID = 1,	/* u64 */
	ZMQ_A_PEER_PAD,
	ZMQ_A_PEER_ID,			/* u64 */
	ZMQ_A_PEER_STATE,		/* u32, ZMQ_PEER_STATE_* */
	ZMQ_A_PEER_FLAGS,		/* u32, ZMQ_PEER_FLAG_* */
	ZMQ_A_PEER_ENDPOINT,		/* string */
	ZMQ_A_PEER_LISTENER,		/* u32 */
	ZMQ_A_PEER_NUMBER,		/* u32 */
	ZMQ_A_PEER_LOCAL,		/* string */
	ZMQ_A_PEER_REMOTE,		/* string */
	ZMQ_A_PEER_TYPE,		/* string */
	ZMQ_A_PEER_ROUTING_ID,		/* binary */
	ZMQ_A_PEER_ZMTP,		/* u32 */
	ZMQ_A_PEER_MECHANISM,		/* u32, ZMQ_NULL... */
	ZMQ_A_PEER_MS_LEFT,		/* u32 */
	ZMQ_A_PEER_ATTEMPTS,		/* u32 */
	ZMQ_A_PEER_CONNECTS,		/* u32 */
	ZMQ_A_PEER_REASON,		/* string, as in /proc/net/zmq_stat */
	ZMQ_A_PEER_ERROR,		/* string */
	ZMQ_A_PEER_IN,			/* ZMQ_A_QUEUE_* */
	ZMQ_A_PEER_OUT,			/* ZMQ_A_QUEUE_* */
	ZMQ_A_PEER_TO_SOCKET_ID,	/* u64 */

	__ZMQ_A_PEER_MAX,
	ZMQ_A_PEER_MAX = (__ZMQ_A_PEER_MAX - 1)
};

/* Attributes of ZMQ_A_PEER_IN and ZMQ_A_PEER_OUT. */
enum {
	ZMQ_A_QUEUE_PAD = 1,
	ZMQ_A_QUEUE_DEPTH,		/* u64 */
	ZMQ_A_QUEUE_BYTES,		/* u64 */
	ZMQ_A_QUEUE_HWM,		/* u32 */
	ZMQ_A_QUEUE_MSGS,		/* u64 */

	__ZMQ_A_QUEUE_MAX,
	ZMQ_A_QUEUE_MAX = (__ZMQ_A_QUEUE_MAX - 1)
};

/* Bytes of a context's name, without the NUL. */
#define ZMQ_CTX_NAME_MAX	63

/* ZMQ_MAX_SOCKETS of a new context. */
#define ZMQ_CTX_MAX_SOCKETS	1023

/* Attributes of the commands ZMQ_CMD_CTX_*. */
enum {
	ZMQ_A_CTX_ID = 1,		/* u32 */
	ZMQ_A_CTX_NAME,			/* string */
	ZMQ_A_CTX_IO_THREADS,		/* s32 */
	ZMQ_A_CTX_MAX_SOCKETS,		/* s32 */
	ZMQ_A_CTX_MAX_MSGSZ,		/* s32 */
	ZMQ_A_CTX_SCHED_POLICY,		/* s32 */
	ZMQ_A_CTX_PRIORITY,		/* s32 */
	ZMQ_A_CTX_IPV6,			/* s32, 0 or 1 */
	ZMQ_A_CTX_BLOCKY,		/* s32, 0 or 1 */
	ZMQ_A_CTX_UID,			/* u32 */
	ZMQ_A_CTX_PID,			/* u32 */
	ZMQ_A_CTX_OPEN,			/* u32 */
	ZMQ_A_CTX_ALIVE,		/* u32 */
	ZMQ_A_CTX_TERMINATED,		/* flag */

	__ZMQ_A_CTX_MAX,
	ZMQ_A_CTX_MAX = (__ZMQ_A_CTX_MAX - 1)
};

/* Attributes of the commands ZMQ_CMD_NAME_*. */
enum {
	ZMQ_A_NAME_CTX = 1,		/* u32 */
	ZMQ_A_NAME_ENDPOINT,		/* string, "inproc://..." */
	ZMQ_A_NAME_FD,			/* s32, a socket of the caller's */
	ZMQ_A_NAME_PAD,
	ZMQ_A_NAME_SOCKET_ID,		/* u64 */
	ZMQ_A_NAME_BOUND,		/* flag */

	__ZMQ_A_NAME_MAX,
	ZMQ_A_NAME_MAX = (__ZMQ_A_NAME_MAX - 1)
};

enum {
	ZMQ_CMD_EVENT_NTF = 1,
	ZMQ_CMD_SOCKET_GET,
	ZMQ_CMD_ENDPOINT_GET,
	ZMQ_CMD_PEER_GET,
	ZMQ_CMD_CTX_NEW,
	ZMQ_CMD_CTX_GET,
	ZMQ_CMD_CTX_SET,
	ZMQ_CMD_CTX_SHUTDOWN,
	ZMQ_CMD_CTX_TERM,
	ZMQ_CMD_CTX_NTF,
	ZMQ_CMD_NAME_NEW,
	ZMQ_CMD_NAME_DEL,
	ZMQ_CMD_NAME_GET,
	ZMQ_CMD_NAME_WATCH,
	ZMQ_CMD_NAME_NTF,

	__ZMQ_CMD_MAX,
	ZMQ_CMD_MAX = (__ZMQ_CMD_MAX - 1)
};

#define ZMQ_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_ZMQ_NETLINK_H */
