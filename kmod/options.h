/* SPDX-License-Identifier: GPL-2.0-only */
/* Options of a socket, and snapshots of them, which endpoints hold. */
#ifndef _ZMQ_OPTIONS_H
#define _ZMQ_OPTIONS_H

#include <linux/refcount.h>
#include <linux/types.h>

#include "blob.h"

#define ZMQ_ROUTING_ID_MAX	255
#define ZMQ_CURVE_KEY_LEN	32
/* Metadata of all ZMQ_METADATA options, which has to fit into READY. */
#define ZMQ_METADATA_MAX	512

/**
 * enum zmq_curve_key - keys of the mechanism CURVE
 * @ZMQ_CURVE_KEY_PUBLIC: ZMQ_CURVE_PUBLICKEY
 * @ZMQ_CURVE_KEY_SECRET: ZMQ_CURVE_SECRETKEY
 * @ZMQ_CURVE_KEY_SERVER: ZMQ_CURVE_SERVERKEY
 * @ZMQ_CURVE_KEY_NR: how many
 */
enum zmq_curve_key {
	ZMQ_CURVE_KEY_PUBLIC,
	ZMQ_CURVE_KEY_SECRET,
	ZMQ_CURVE_KEY_SERVER,
	ZMQ_CURVE_KEY_NR
};

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
 * @reconnect_stop: ZMQ_RECONNECT_STOP, bits ZMQ_RECONNECT_STOP_*
 * @backlog: ZMQ_BACKLOG
 * @ipv6: ZMQ_IPV6
 * @keepalive: ZMQ_TCP_KEEPALIVE, -1 for the system's default
 * @keepalive_cnt: ZMQ_TCP_KEEPALIVE_CNT, -1 for the system's default
 * @keepalive_idle: ZMQ_TCP_KEEPALIVE_IDLE in s, -1 for the system's default
 * @keepalive_intvl: ZMQ_TCP_KEEPALIVE_INTVL in s, -1 for the system's default
 * @maxrt: ZMQ_TCP_MAXRT in ms, 0 for the system's default
 * @immediate: ZMQ_IMMEDIATE
 * @tos: ZMQ_TOS
 * @priority: ZMQ_PRIORITY, 0 for the system's default
 * @busy_poll: ZMQ_BUSY_POLL in us, 0 for the system's default
 * @fastpath: ZMQ_LOOPBACK_FASTPATH; stored, it is for Windows
 * @use_fd: ZMQ_USE_FD, -1 for none
 * @handshake_ivl: ZMQ_HANDSHAKE_IVL in ms, 0 for no limit
 * @connect_timeout: ZMQ_CONNECT_TIMEOUT in ms, 0 for the system's default
 * @heartbeat_ivl: ZMQ_HEARTBEAT_IVL in ms, 0 for none
 * @heartbeat_ttl: ZMQ_HEARTBEAT_TTL in ms, a multiple of 100
 * @heartbeat_timeout: ZMQ_HEARTBEAT_TIMEOUT in ms, -1 for @heartbeat_ivl
 * @multipart: ZMQ_NATIVE_MULTIPART; live
 * @conflate: ZMQ_CONFLATE
 * @invert_matching: ZMQ_INVERT_MATCHING; live
 * @router_notify: ZMQ_ROUTER_NOTIFY, bits ZMQ_NOTIFY_*
 * @raw: no ZMTP: ZMQ_STREAM, or ZMQ_ROUTER_RAW
 * @in_batch_size: ZMQ_IN_BATCH_SIZE in bytes
 * @out_batch_size: ZMQ_OUT_BATCH_SIZE in bytes
 * @rate: ZMQ_RATE in kbit/s, for multicast
 * @recovery_ivl: ZMQ_RECOVERY_IVL in ms, for multicast
 * @multicast_hops: ZMQ_MULTICAST_HOPS
 * @multicast_maxtpdu: ZMQ_MULTICAST_MAXTPDU in bytes
 * @multicast_loop: ZMQ_MULTICAST_LOOP
 * @mechanism: ZMQ_MECHANISM, follows from other options
 * @as_server: ZMQ_PLAIN_SERVER or ZMQ_CURVE_SERVER, by @mechanism
 * @zap_enforce_domain: ZMQ_ZAP_ENFORCE_DOMAIN
 * @curve_key: ZMQ_CURVE_PUBLICKEY, _SECRETKEY and _SERVERKEY
 * @blobs: all below together; NULL is none
 * @device: ZMQ_BINDTODEVICE
 * @socks_proxy: ZMQ_SOCKS_PROXY
 * @socks_username: ZMQ_SOCKS_USERNAME
 * @socks_password: ZMQ_SOCKS_PASSWORD
 * @plain_username: ZMQ_PLAIN_USERNAME
 * @plain_password: ZMQ_PLAIN_PASSWORD
 * @zap_domain: ZMQ_ZAP_DOMAIN
 * @accept_filter: ZMQ_TCP_ACCEPT_FILTER, an array of &struct zmq_filter
 * @ipc_pid: ZMQ_IPC_FILTER_PID, an array of pid_t
 * @ipc_uid: ZMQ_IPC_FILTER_UID, an array of uid_t
 * @ipc_gid: ZMQ_IPC_FILTER_GID, an array of gid_t
 * @ipc_dir: ZMQ_NATIVE_IPC_DIR
 * @metadata: ZMQ_METADATA, as it goes into READY (RFC 37 "Metadata")
 * @hello: ZMQ_HELLO_MSG
 * @disconnect_msg: ZMQ_DISCONNECT_MSG
 * @hiccup: ZMQ_HICCUP_MSG
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
	int reconnect_stop;
	int backlog;
	int ipv6;
	int keepalive;
	int keepalive_cnt;
	int keepalive_idle;
	int keepalive_intvl;
	int maxrt;
	int immediate;
	int tos;
	int priority;
	int busy_poll;
	int fastpath;
	int use_fd;
	int handshake_ivl;
	int connect_timeout;
	int heartbeat_ivl;
	int heartbeat_ttl;
	int heartbeat_timeout;
	int multipart;
	int conflate;
	int invert_matching;
	int router_notify;
	int raw;
	int in_batch_size;
	int out_batch_size;
	int rate;
	int recovery_ivl;
	int multicast_hops;
	int multicast_maxtpdu;
	int multicast_loop;
	int mechanism;
	int as_server;
	int zap_enforce_domain;
	u8 curve_key[ZMQ_CURVE_KEY_NR][ZMQ_CURVE_KEY_LEN];
	union {
		struct zmq_blob *blobs[16];
		struct {
			struct zmq_blob *device;
			struct zmq_blob *socks_proxy;
			struct zmq_blob *socks_username;
			struct zmq_blob *socks_password;
			struct zmq_blob *plain_username;
			struct zmq_blob *plain_password;
			struct zmq_blob *zap_domain;
			struct zmq_blob *accept_filter;
			struct zmq_blob *ipc_pid;
			struct zmq_blob *ipc_uid;
			struct zmq_blob *ipc_gid;
			struct zmq_blob *ipc_dir;
			struct zmq_blob *metadata;
			struct zmq_blob *hello;
			struct zmq_blob *disconnect_msg;
			struct zmq_blob *hiccup;
		};
	};
	u8 routing_id_len;
	u8 routing_id[ZMQ_ROUTING_ID_MAX];
};

void zmq_options_init(struct zmq_options *opt, int type);
void zmq_options_drop(struct zmq_options *opt);
const struct zmq_options *zmq_options_get(struct zmq_sock *zs);
const struct zmq_options *zmq_options_hold(const struct zmq_options *opt);
void zmq_options_put(const struct zmq_options *opt);
void zmq_options_changed(struct zmq_sock *zs);

#endif /* _ZMQ_OPTIONS_H */
