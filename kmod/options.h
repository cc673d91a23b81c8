/* SPDX-License-Identifier: GPL-2.0-only */
/* Options of a socket, as endpoints copy them. */
#ifndef _ZMQ_OPTIONS_H
#define _ZMQ_OPTIONS_H

#include <linux/if.h>
#include <linux/refcount.h>
#include <linux/types.h>

#define ZMQ_ROUTING_ID_MAX	255

struct zmq_sock;

/* What else has to happen when a live option has got a new value. */
typedef void (*zmq_option_live)(struct zmq_sock *zs);

/**
 * struct zmq_options - values of setsockopt(SOL_ZMQ)
 * @ref: holders of a snapshot; without meaning in the socket's own copy
 * @maxmsgsize: ZMQ_MAXMSGSIZE in bytes, negative for none
 * @affinity: ZMQ_AFFINITY; stored, there are no I/O threads
 * @linger: ZMQ_LINGER in ms, -1 for ever; live
 * @sndhwm: ZMQ_SNDHWM in messages, 0 for none; live
 * @rcvhwm: ZMQ_RCVHWM in messages, 0 for none; live
 * @sndbuf: ZMQ_SNDBUF in bytes, -1 for the system's default
 * @rcvbuf: ZMQ_RCVBUF in bytes, -1 for the system's default
 * @sndtimeo: ZMQ_SNDTIMEO in ms, -1 for ever; live
 * @rcvtimeo: ZMQ_RCVTIMEO in ms, -1 for ever; live
 * @reconnect_ivl: ZMQ_RECONNECT_IVL in ms
 * @reconnect_ivl_max: ZMQ_RECONNECT_IVL_MAX in ms, 0 for a constant interval
 * @backlog: ZMQ_BACKLOG
 * @ipv6: ZMQ_IPV6
 * @keepalive: ZMQ_TCP_KEEPALIVE, -1 for the system's default
 * @keepalive_cnt: ZMQ_TCP_KEEPALIVE_CNT, -1 for the system's default
 * @keepalive_idle: ZMQ_TCP_KEEPALIVE_IDLE in s, -1 for the system's default
 * @keepalive_intvl: ZMQ_TCP_KEEPALIVE_INTVL in s, -1 for the system's default
 * @maxrt: ZMQ_TCP_MAXRT in ms, 0 for the system's default
 * @immediate: ZMQ_IMMEDIATE
 * @tos: ZMQ_TOS
 * @handshake_ivl: ZMQ_HANDSHAKE_IVL in ms, 0 for no limit
 * @connect_timeout: ZMQ_CONNECT_TIMEOUT in ms, 0 for the system's default
 * @multipart: ZMQ_NATIVE_MULTIPART; live
 * @device: ZMQ_BINDTODEVICE, "" for none
 * @routing_id_len: length of @routing_id
 * @routing_id: ZMQ_ROUTING_ID
 *
 * The socket's own copy is under its lock_sock. bind() and connect() give the
 * endpoint a snapshot, which never changes, so a later setsockopt() affects
 * later endpoints only, except for options marked live (libzmq API page, 2.1
 * "When"). Endpoints made without a setsockopt() between them share one.
 */
struct zmq_options {
	refcount_t ref;
	s64 maxmsgsize;
	u64 affinity;
	int linger;
	int sndhwm;
	int rcvhwm;
	int sndbuf;
	int rcvbuf;
	int sndtimeo;
	int rcvtimeo;
	int reconnect_ivl;
	int reconnect_ivl_max;
	int backlog;
	int ipv6;
	int keepalive;
	int keepalive_cnt;
	int keepalive_idle;
	int keepalive_intvl;
	int maxrt;
	int immediate;
	int tos;
	int handshake_ivl;
	int connect_timeout;
	int multipart;
	char device[IFNAMSIZ + 1];
	u8 routing_id_len;
	u8 routing_id[ZMQ_ROUTING_ID_MAX];
};

#endif /* _ZMQ_OPTIONS_H */
