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

/* Longest value of an option; libzmq has no limit for some of them. */
#define ZMQ_OPTION_MAX		4096

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
#define ZMQ_SUBSCRIBE 6
#define ZMQ_UNSUBSCRIBE 7
#define ZMQ_RATE 8
#define ZMQ_RECOVERY_IVL 9
#define ZMQ_SNDBUF 11
#define ZMQ_RCVBUF 12
#define ZMQ_RCVMORE 13
#define ZMQ_FD 14
#define ZMQ_EVENTS 15
#define ZMQ_TYPE 16
#define ZMQ_LINGER 17
#define ZMQ_RECONNECT_IVL 18
#define ZMQ_BACKLOG 19
#define ZMQ_RECONNECT_IVL_MAX 21
#define ZMQ_MAXMSGSIZE 22
#define ZMQ_SNDHWM 23
#define ZMQ_RCVHWM 24
#define ZMQ_MULTICAST_HOPS 25
#define ZMQ_RCVTIMEO 27
#define ZMQ_SNDTIMEO 28
#define ZMQ_IPV4ONLY 31
#define ZMQ_LAST_ENDPOINT 32
#define ZMQ_ROUTER_MANDATORY 33
#define ZMQ_TCP_KEEPALIVE 34
#define ZMQ_TCP_KEEPALIVE_CNT 35
#define ZMQ_TCP_KEEPALIVE_IDLE 36
#define ZMQ_TCP_KEEPALIVE_INTVL 37
#define ZMQ_TCP_ACCEPT_FILTER 38
#define ZMQ_IMMEDIATE 39
#define ZMQ_XPUB_VERBOSE 40
#define ZMQ_ROUTER_RAW 41
#define ZMQ_IPV6 42
#define ZMQ_MECHANISM 43
#define ZMQ_PLAIN_SERVER 44
#define ZMQ_PLAIN_USERNAME 45
#define ZMQ_PLAIN_PASSWORD 46
#define ZMQ_CURVE_SERVER 47
#define ZMQ_CURVE_PUBLICKEY 48
#define ZMQ_CURVE_SECRETKEY 49
#define ZMQ_CURVE_SERVERKEY 50
#define ZMQ_PROBE_ROUTER 51
#define ZMQ_REQ_CORRELATE 52
#define ZMQ_REQ_RELAXED 53
#define ZMQ_CONFLATE 54
#define ZMQ_ZAP_DOMAIN 55
#define ZMQ_ROUTER_HANDOVER 56
#define ZMQ_TOS 57
#define ZMQ_IPC_FILTER_PID 58
#define ZMQ_IPC_FILTER_UID 59
#define ZMQ_IPC_FILTER_GID 60
#define ZMQ_CONNECT_ROUTING_ID 61
#define ZMQ_GSSAPI_SERVER 62
#define ZMQ_GSSAPI_PRINCIPAL 63
#define ZMQ_GSSAPI_SERVICE_PRINCIPAL 64
#define ZMQ_GSSAPI_PLAINTEXT 65
#define ZMQ_HANDSHAKE_IVL 66
#define ZMQ_SOCKS_PROXY 68
#define ZMQ_XPUB_NODROP 69
#define ZMQ_XPUB_MANUAL 71
#define ZMQ_XPUB_WELCOME_MSG 72
#define ZMQ_STREAM_NOTIFY 73
#define ZMQ_INVERT_MATCHING 74
#define ZMQ_HEARTBEAT_IVL 75
#define ZMQ_HEARTBEAT_TTL 76
#define ZMQ_HEARTBEAT_TIMEOUT 77
#define ZMQ_XPUB_VERBOSER 78
#define ZMQ_CONNECT_TIMEOUT 79
#define ZMQ_TCP_MAXRT 80
#define ZMQ_THREAD_SAFE 81
#define ZMQ_MULTICAST_MAXTPDU 84
#define ZMQ_VMCI_BUFFER_SIZE 85
#define ZMQ_VMCI_BUFFER_MIN_SIZE 86
#define ZMQ_VMCI_BUFFER_MAX_SIZE 87
#define ZMQ_VMCI_CONNECT_TIMEOUT 88
#define ZMQ_USE_FD 89
#define ZMQ_GSSAPI_PRINCIPAL_NAMETYPE 90
#define ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE 91
#define ZMQ_BINDTODEVICE 92
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#define ZMQ_LOOPBACK_FASTPATH 94
#define ZMQ_METADATA 95
#define ZMQ_MULTICAST_LOOP 96
#define ZMQ_ROUTER_NOTIFY 97
#define ZMQ_XPUB_MANUAL_LAST_VALUE 98
#define ZMQ_SOCKS_USERNAME 99
#define ZMQ_SOCKS_PASSWORD 100
#define ZMQ_IN_BATCH_SIZE 101
#define ZMQ_OUT_BATCH_SIZE 102
#define ZMQ_WSS_KEY_PEM 103
#define ZMQ_WSS_CERT_PEM 104
#define ZMQ_WSS_TRUST_PEM 105
#define ZMQ_WSS_HOSTNAME 106
#define ZMQ_WSS_TRUST_SYSTEM 107
#define ZMQ_ONLY_FIRST_SUBSCRIBE 108
#define ZMQ_RECONNECT_STOP 109
#define ZMQ_HELLO_MSG 110
#define ZMQ_DISCONNECT_MSG 111
#define ZMQ_PRIORITY 112
#define ZMQ_BUSY_POLL 113
#define ZMQ_HICCUP_MSG 114
#define ZMQ_XSUB_VERBOSE_UNSUBSCRIBE 115
#define ZMQ_TOPICS_COUNT 116
#define ZMQ_NORM_MODE 117
#define ZMQ_NORM_UNICAST_NACK 118
#define ZMQ_NORM_BUFFER_SIZE 119
#define ZMQ_NORM_SEGMENT_SIZE 120
#define ZMQ_NORM_BLOCK_SIZE 121
#define ZMQ_NORM_NUM_PARITY 122
#define ZMQ_NORM_NUM_AUTOPARITY 123
#define ZMQ_NORM_PUSH 124

/* Values of ZMQ_MECHANISM. */
#define ZMQ_NULL 0
#define ZMQ_PLAIN 1
#define ZMQ_CURVE 2
#define ZMQ_GSSAPI 3

/*
 * Bits of ZMQ_RECONNECT_STOP. libzmq 4.3.4 had 0x3 for the last one, so that it
 * could not be told from the first two.
 */
#define ZMQ_RECONNECT_STOP_CONN_REFUSED 0x1
#define ZMQ_RECONNECT_STOP_HANDSHAKE_FAILED 0x2
#ifndef ZMQ_RECONNECT_STOP_AFTER_DISCONNECT
#define ZMQ_RECONNECT_STOP_AFTER_DISCONNECT 0x4
#endif

/* Bits of ZMQ_EVENTS. */
#define ZMQ_POLLIN 1
#define ZMQ_POLLOUT 2

/* Bits of ZMQ_ROUTER_NOTIFY. */
#define ZMQ_NOTIFY_CONNECT 1
#define ZMQ_NOTIFY_DISCONNECT 2

/* Options that libzmq does not have; endpoints are strings. */
#define ZMQ_NATIVE_BIND 10000		/* set: bind to a long endpoint */
#define ZMQ_NATIVE_CONNECT 10001	/* set: connect to a long endpoint */
#define ZMQ_NATIVE_UNBIND 10002		/* set: undo a bind() */
#define ZMQ_NATIVE_DISCONNECT 10003	/* set: undo a connect() */
#define ZMQ_NATIVE_LAST_ERROR 10004	/* get: why the last call failed */
#define ZMQ_NATIVE_MULTIPART 10005	/* get, set: ZMQ_MULTIPART_* */
#define ZMQ_NATIVE_STATS 10006		/* get: struct zmq_sock_stats */
#define ZMQ_NATIVE_CLOSE 10007		/* set 1: close, but keep the descriptor */
#define ZMQ_NATIVE_MONITOR 10008	/* set: struct zmq_monitor_req */
#define ZMQ_NATIVE_IPC_DIR 10009	/* get, set: where bind() makes up paths of ipc */
#define ZMQ_NATIVE_CTX 10010		/* get, set: number of the context, u32 */
#define ZMQ_NATIVE_CTX_OF 10011		/* set: join the context of this socket */
#define ZMQ_NATIVE_EVENTS_FD 10012	/* get: a new descriptor, see below */
#define ZMQ_NATIVE_PEER_STATE 10013	/* get: struct zmq_peer_query */
#define ZMQ_NATIVE_MONITOR_STATS 10016	/* set 1: raise ZMQ_EVENT_PIPES_STATS */

/*
 * ZMQ_NATIVE_CLOSE does to the socket what close() does: endpoints go, unread
 * input is dropped, unsent messages linger. The descriptor stays, and poll()
 * reports POLLHUP on it as soon as nothing is left to be sent.
 */

/*
 * The descriptor that ZMQ_NATIVE_EVENTS_FD makes (close-on-exec, for poll()
 * only) is what ZMQ_FD is in libzmq: it polls for POLLIN when something has
 * changed, also if the change is that messages can be sent, and not any more
 * once ZMQ_EVENTS was asked. After each send and recv ZMQ_EVENTS has to be asked
 * again. After shutdown() it polls for POLLIN until a call has failed with
 * ZMQ_ETERM, and when the socket is closed for POLLIN and POLLHUP. All such
 * descriptors of a socket tell the same.
 *
 * libzmq.so.5 on AF_ZMQ answers ZMQ_FD with such a descriptor. Under this number
 * zmq_getsockopt() there gives the socket's own, whose readiness is what
 * ZMQ_EVENTS says, and which belongs to zmq_close(); the kernel doesn't know it.
 */
#define ZMQ_NATIVE_FD 10900		/* get, zmq_getsockopt() only */

/*
 * A socket belongs to one context for ever: the one that it was put into before
 * its first inproc endpoint, by number (ZMQ_NATIVE_CTX, of a context of the same
 * user) or by the descriptor of another of its sockets (ZMQ_NATIVE_CTX_OF);
 * otherwise the one of the process that made it. Contexts are made, named,
 * configured and ended by netlink, see <linux/zmq_netlink.h>.
 */

/*
 * Control message (level SOL_ZMQ) of recvmsg(): what is known of the peer that
 * sent the message, as properties in the form of RFC 37: length of the name in
 * 1 byte, the name, length of the value in 4 bytes (big-endian), the value.
 */
#define ZMQ_CMSG_PROPS		1

/* Bytes of it at most. */
#define ZMQ_PROPS_MAX		8192

/*
 * Who keeps the properties of a peer need not be told with each message. He
 * adds ZMQ_RECV_KNOWN(number) to the flags of recv() or recvmsg(): the number
 * of those that he was told last, ZMQ_KNOWN_NONE if there were none.
 *
 * If a frame has the same ones, no control message comes. Otherwise recvmsg()
 * with room for it gives ZMQ_CMSG_KNOWN, their number as __u32, and
 * ZMQ_CMSG_PROPS, if it has any; without enough room, as in recv(), the call
 * fails with ENOMSG and the frame stays.
 *
 * A number is good for this socket until others were told; after 8,190 changes
 * it comes again.
 */
#define ZMQ_CMSG_KNOWN		2

#define ZMQ_KNOWN_NONE		1
#define ZMQ_KNOWN_MAX		0x1fff
/* Bits that neither recvmsg() nor recvmmsg() gives a meaning. */
#define ZMQ_RECV_KNOWN(number)	((number) << 17)

/**
 * struct zmq_peer_query - value of ZMQ_NATIVE_PEER_STATE: could a peer be sent to?
 * @len: in: bytes of @id
 * @events: out: ZMQ_POLLOUT if a message would not have to wait, or 0
 * @id: in: routing id of the peer
 *
 * Of a ROUTER; other types answer EOPNOTSUPP. EHOSTUNREACH: nobody has the id.
 */
struct zmq_peer_query {
	__u32 len;
	__u32 events;
	__u8 id[256];
};

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

/**
 * struct zmq_monitor_req - value of ZMQ_NATIVE_MONITOR: who is told of events
 * @fd: the descriptor of an AF_ZMQ socket that sends them: a PAIR, or with
 *	version 2 a PUSH or PUB, and not the socket itself; -1 for nobody, the
 *	other members are not looked at then
 * @version: of the messages, 1 or 2; ZMQ_MONITOR_KEEP may be added
 * @events: which events: ZMQ_EVENT_*, with version 1 only those in the lower
 *	16 bits
 *
 * Messages of version 1 have the frames [__u16 event, __u32 value, packed to 6
 * bytes][address], those of version 2 [__u64 event][__u64 number of values]
 * [__u64 value]... [local address][remote address], all in host byte order.
 *
 * An event that the descriptor's socket can't take at once is dropped. The
 * descriptor may be closed, but what it would have sent then is dropped, too,
 * unless the monitored socket keeps it: with ZMQ_MONITOR_KEEP it is closed when
 * both its descriptors and the monitored socket, or its monitor, have ended. A
 * socket that is kept can keep none.
 *
 * A socket that is closed raises events as long as it lingers, and ends with
 * ZMQ_EVENT_MONITOR_STOPPED.
 */
struct zmq_monitor_req {
	__s32 fd;
	__u32 version;
	__u64 events;
};

#define ZMQ_MONITOR_KEEP	0x100

/*
 * Events and, in brackets, their values. Where libzmq's have a descriptor they
 * have the number of the connection, attempt or bound endpoint: it is the same
 * in all events of one and unique in the socket. It begins with the bit
 * ZMQ_EVENT_NUMBER, so it never is a descriptor by chance.
 */
#define ZMQ_EVENT_CONNECTED 0x0001		/* [number] */
#define ZMQ_EVENT_CONNECT_DELAYED 0x0002	/* [errno] */
#define ZMQ_EVENT_CONNECT_RETRIED 0x0004	/* [ms until the next attempt] */
#define ZMQ_EVENT_LISTENING 0x0008		/* [number] */
#define ZMQ_EVENT_BIND_FAILED 0x0010		/* [errno] */
#define ZMQ_EVENT_ACCEPTED 0x0020		/* [number] */
#define ZMQ_EVENT_ACCEPT_FAILED 0x0040		/* [errno] */
#define ZMQ_EVENT_CLOSED 0x0080			/* [number] */
#define ZMQ_EVENT_CLOSE_FAILED 0x0100		/* [errno]; never raised */
#define ZMQ_EVENT_DISCONNECTED 0x0200		/* [number] */
#define ZMQ_EVENT_MONITOR_STOPPED 0x0400	/* [0] */
#define ZMQ_EVENT_ALL 0xFFFF
#define ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL 0x0800	/* [errno] */
#define ZMQ_EVENT_HANDSHAKE_SUCCEEDED 0x1000		/* [0] */
#define ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL 0x2000	/* [ZMQ_PROTOCOL_ERROR_*] */
#define ZMQ_EVENT_HANDSHAKE_FAILED_AUTH 0x4000		/* [300, 400 or 500] */

/*
 * Only for monitors of version 2, and only if asked for (ZMQ_NATIVE_MONITOR_STATS):
 * one for each peer, in the order in which they came. [messages on their way to it
 * that count against ZMQ_SNDHWM] [messages from it that wait to be received]. What
 * was sent counts until a lump of half the mark is complete.
 */
#define ZMQ_EVENT_PIPES_STATS 0x10000
#ifndef ZMQ_EVENT_ALL_V2
#define ZMQ_EVENT_ALL_V2 0x1FFFF
#endif

#define ZMQ_EVENT_NUMBER 0x40000000

/* Values of ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, as in libzmq's header. */
#define ZMQ_PROTOCOL_ERROR_ZMTP_UNSPECIFIED 0x10000000
#define ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND 0x10000001
#define ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_SEQUENCE 0x10000002
#define ZMQ_PROTOCOL_ERROR_ZMTP_KEY_EXCHANGE 0x10000003
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED 0x10000011
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_MESSAGE 0x10000012
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_HELLO 0x10000013
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_INITIATE 0x10000014
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_ERROR 0x10000015
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_READY 0x10000016
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_WELCOME 0x10000017
#define ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_METADATA 0x10000018
#define ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC 0x11000001
#define ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH 0x11000002
#define ZMQ_PROTOCOL_ERROR_ZAP_UNSPECIFIED 0x20000000
#define ZMQ_PROTOCOL_ERROR_ZAP_MALFORMED_REPLY 0x20000001
#define ZMQ_PROTOCOL_ERROR_ZAP_BAD_REQUEST_ID 0x20000002
#define ZMQ_PROTOCOL_ERROR_ZAP_BAD_VERSION 0x20000003
#define ZMQ_PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE 0x20000004
#define ZMQ_PROTOCOL_ERROR_ZAP_INVALID_METADATA 0x20000005

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
