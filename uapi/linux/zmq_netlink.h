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

	__ZMQ_A_EVENT_MAX,
	ZMQ_A_EVENT_MAX = (__ZMQ_A_EVENT_MAX - 1)
};

enum {
	ZMQ_CMD_EVENT_NTF = 1,

	__ZMQ_CMD_MAX,
	ZMQ_CMD_MAX = (__ZMQ_CMD_MAX - 1)
};

#define ZMQ_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_ZMQ_NETLINK_H */
