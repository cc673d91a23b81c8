// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of options at level SOL_ZMQ.
 *
 * Numbers, types, ranges and length rules are libzmq's (API page, 2.1, 2.2);
 * the table has its options in the order of their numbers.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/if.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/un.h>
#include <linux/zmq.h>

#include "option_kind.h"

#define ZMQ_ROW(nr, how, ...) \
	{ .name = (nr), .kind = &zmq_kind_##how, __VA_ARGS__ }
#define ZMQ_FIELD(nr, how, field, ...) \
	ZMQ_ROW(nr, how, .off = offsetof(struct zmq_options, field), \
		__VA_ARGS__)
#define ZMQ_INT(nr, field, lo, hi) \
	ZMQ_FIELD(nr, int, field, .min = (lo), .max = (hi))
#define ZMQ_BYTES(nr, how, field, longest, empty) \
	ZMQ_FIELD(nr, how, field, .max = (longest), .arg = (empty))

/* What only some types have is theirs: &zmq_pattern_ops.setopt and .getopt. */
#define ZMQ_OF_TYPE(nr)		ZMQ_ROW(nr, absent)
/* libzmq has them if built with a library for it, and says EINVAL if not. */
#define ZMQ_NOT_BUILT(nr)	ZMQ_ROW(nr, absent)
/* Made by the library, of ZMQ_NATIVE_EVENTS_FD. */
#define ZMQ_OF_LIBRARY(nr)	ZMQ_ROW(nr, absent)

static const struct zmq_option zmq_option_table[] = {
	ZMQ_FIELD(ZMQ_AFFINITY, wide, affinity),
	ZMQ_ROW(ZMQ_ROUTING_ID, routing_id),
	ZMQ_OF_TYPE(ZMQ_SUBSCRIBE),
	ZMQ_OF_TYPE(ZMQ_UNSUBSCRIBE),
	ZMQ_INT(ZMQ_RATE, rate, 1, INT_MAX),
	ZMQ_INT(ZMQ_RECOVERY_IVL, recovery_ivl, 0, INT_MAX),
	ZMQ_INT(ZMQ_SNDBUF, sndbuf, -1, INT_MAX),
	ZMQ_INT(ZMQ_RCVBUF, rcvbuf, -1, INT_MAX),
	ZMQ_ROW(ZMQ_RCVMORE, now_lenient),
	ZMQ_OF_LIBRARY(ZMQ_FD),
	ZMQ_ROW(ZMQ_EVENTS, now_lenient),
	ZMQ_ROW(ZMQ_TYPE, now),
	ZMQ_INT(ZMQ_LINGER, linger, -1, INT_MAX),
	ZMQ_INT(ZMQ_RECONNECT_IVL, reconnect_ivl, -1, INT_MAX),
	ZMQ_INT(ZMQ_BACKLOG, backlog, 0, INT_MAX),
	ZMQ_INT(ZMQ_RECONNECT_IVL_MAX, reconnect_ivl_max, 0, INT_MAX),
	ZMQ_FIELD(ZMQ_MAXMSGSIZE, wide, maxmsgsize),
	ZMQ_FIELD(ZMQ_SNDHWM, int, sndhwm, .min = 0, .max = INT_MAX,
		  .live = ZMQ_LIVE_HWM),
	ZMQ_FIELD(ZMQ_RCVHWM, int, rcvhwm, .min = 0, .max = INT_MAX,
		  .live = ZMQ_LIVE_HWM),
	ZMQ_INT(ZMQ_MULTICAST_HOPS, multicast_hops, 1, INT_MAX),
	ZMQ_FIELD(ZMQ_RCVTIMEO, timeout, rcvtimeo, .min = -1, .max = INT_MAX,
		  .live = ZMQ_LIVE_TIMEOUTS),
	ZMQ_FIELD(ZMQ_SNDTIMEO, timeout, sndtimeo, .min = -1, .max = INT_MAX,
		  .live = ZMQ_LIVE_TIMEOUTS),
	ZMQ_FIELD(ZMQ_IPV4ONLY, inverse, ipv6),
	ZMQ_ROW(ZMQ_LAST_ENDPOINT, text),
	ZMQ_OF_TYPE(ZMQ_ROUTER_MANDATORY),
	ZMQ_INT(ZMQ_TCP_KEEPALIVE, keepalive, -1, 1),
	ZMQ_INT(ZMQ_TCP_KEEPALIVE_CNT, keepalive_cnt, -1, INT_MAX),
	ZMQ_INT(ZMQ_TCP_KEEPALIVE_IDLE, keepalive_idle, -1, INT_MAX),
	ZMQ_INT(ZMQ_TCP_KEEPALIVE_INTVL, keepalive_intvl, -1, INT_MAX),
	ZMQ_FIELD(ZMQ_TCP_ACCEPT_FILTER, filter, accept_filter, .max = U8_MAX),
	ZMQ_INT(ZMQ_IMMEDIATE, immediate, 0, 1),
	ZMQ_OF_TYPE(ZMQ_XPUB_VERBOSE),
	ZMQ_FIELD(ZMQ_ROUTER_RAW, sticky, raw,
		  .types = BIT(ZMQ_ROUTER) | BIT(ZMQ_REP)),
	ZMQ_INT(ZMQ_IPV6, ipv6, 0, 1),
	ZMQ_FIELD(ZMQ_MECHANISM, int_get, mechanism),
	ZMQ_ROW(ZMQ_PLAIN_SERVER, server, .arg = ZMQ_PLAIN),
	ZMQ_BYTES(ZMQ_PLAIN_USERNAME, plain, plain_username, U8_MAX,
		  ZMQ_EMPTY_REFUSED),
	ZMQ_BYTES(ZMQ_PLAIN_PASSWORD, plain, plain_password, U8_MAX,
		  ZMQ_EMPTY_REFUSED),
	ZMQ_ROW(ZMQ_CURVE_SERVER, server, .arg = ZMQ_CURVE),
	ZMQ_ROW(ZMQ_CURVE_PUBLICKEY, curve_key, .arg = ZMQ_CURVE_KEY_PUBLIC),
	ZMQ_ROW(ZMQ_CURVE_SECRETKEY, curve_key, .arg = ZMQ_CURVE_KEY_SECRET),
	ZMQ_ROW(ZMQ_CURVE_SERVERKEY, curve_key, .arg = ZMQ_CURVE_KEY_SERVER),
	ZMQ_OF_TYPE(ZMQ_PROBE_ROUTER),
	ZMQ_OF_TYPE(ZMQ_REQ_CORRELATE),
	ZMQ_OF_TYPE(ZMQ_REQ_RELAXED),
	ZMQ_INT(ZMQ_CONFLATE, conflate, 0, 1),
	ZMQ_BYTES(ZMQ_ZAP_DOMAIN, string, zap_domain, U8_MAX,
		  ZMQ_EMPTY_REFUSED),
	ZMQ_OF_TYPE(ZMQ_ROUTER_HANDOVER),
	ZMQ_INT(ZMQ_TOS, tos, 0, INT_MAX),
	ZMQ_FIELD(ZMQ_IPC_FILTER_PID, ids, ipc_pid),
	ZMQ_FIELD(ZMQ_IPC_FILTER_UID, ids, ipc_uid),
	ZMQ_FIELD(ZMQ_IPC_FILTER_GID, ids, ipc_gid),
	ZMQ_OF_TYPE(ZMQ_CONNECT_ROUTING_ID),
	ZMQ_NOT_BUILT(ZMQ_GSSAPI_SERVER),
	ZMQ_NOT_BUILT(ZMQ_GSSAPI_PRINCIPAL),
	ZMQ_NOT_BUILT(ZMQ_GSSAPI_SERVICE_PRINCIPAL),
	ZMQ_NOT_BUILT(ZMQ_GSSAPI_PLAINTEXT),
	ZMQ_INT(ZMQ_HANDSHAKE_IVL, handshake_ivl, 0, INT_MAX),
	ZMQ_BYTES(ZMQ_SOCKS_PROXY, string, socks_proxy, ZMQ_ENDPOINT_MAX,
		  ZMQ_EMPTY_IF_NULL),
	ZMQ_OF_TYPE(ZMQ_XPUB_NODROP),
	ZMQ_OF_TYPE(ZMQ_XPUB_MANUAL),
	ZMQ_OF_TYPE(ZMQ_XPUB_WELCOME_MSG),
	ZMQ_OF_TYPE(ZMQ_STREAM_NOTIFY),
	ZMQ_FIELD(ZMQ_INVERT_MATCHING, relaxed, invert_matching),
	ZMQ_INT(ZMQ_HEARTBEAT_IVL, heartbeat_ivl, 0, INT_MAX),
	/* On the wire in 16 bits, of tenths of a second; libzmq rounds first. */
	ZMQ_FIELD(ZMQ_HEARTBEAT_TTL, coarse, heartbeat_ttl, .min = -99,
		  .max = U16_MAX * 100 + 99, .arg = 100),
	ZMQ_INT(ZMQ_HEARTBEAT_TIMEOUT, heartbeat_timeout, 0, INT_MAX),
	ZMQ_OF_TYPE(ZMQ_XPUB_VERBOSER),
	ZMQ_INT(ZMQ_CONNECT_TIMEOUT, connect_timeout, 0, INT_MAX),
	ZMQ_INT(ZMQ_TCP_MAXRT, maxrt, 0, INT_MAX),
	ZMQ_ROW(ZMQ_THREAD_SAFE, now_lenient),
	ZMQ_INT(ZMQ_MULTICAST_MAXTPDU, multicast_maxtpdu, 1, INT_MAX),
	ZMQ_NOT_BUILT(ZMQ_VMCI_BUFFER_SIZE),
	ZMQ_NOT_BUILT(ZMQ_VMCI_BUFFER_MIN_SIZE),
	ZMQ_NOT_BUILT(ZMQ_VMCI_BUFFER_MAX_SIZE),
	ZMQ_NOT_BUILT(ZMQ_VMCI_CONNECT_TIMEOUT),
	ZMQ_INT(ZMQ_USE_FD, use_fd, -1, INT_MAX),
	ZMQ_NOT_BUILT(ZMQ_GSSAPI_PRINCIPAL_NAMETYPE),
	ZMQ_NOT_BUILT(ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE),
	ZMQ_BYTES(ZMQ_BINDTODEVICE, string, device, IFNAMSIZ,
		  ZMQ_EMPTY_IF_NULL),
	ZMQ_FIELD(ZMQ_ZAP_ENFORCE_DOMAIN, relaxed, zap_enforce_domain),
	ZMQ_FIELD(ZMQ_LOOPBACK_FASTPATH, relaxed, fastpath),
	ZMQ_FIELD(ZMQ_METADATA, metadata, metadata, .max = ZMQ_METADATA_MAX),
	ZMQ_FIELD(ZMQ_MULTICAST_LOOP, relaxed, multicast_loop),
	ZMQ_FIELD(ZMQ_ROUTER_NOTIFY, int, router_notify, .min = 0,
		  .max = ZMQ_NOTIFY_CONNECT | ZMQ_NOTIFY_DISCONNECT,
		  .types = BIT(ZMQ_ROUTER) | BIT(ZMQ_REP)),
	ZMQ_OF_TYPE(ZMQ_XPUB_MANUAL_LAST_VALUE),
	ZMQ_BYTES(ZMQ_SOCKS_USERNAME, string, socks_username, U8_MAX,
		  ZMQ_EMPTY_CLEARS),
	ZMQ_BYTES(ZMQ_SOCKS_PASSWORD, string, socks_password, U8_MAX,
		  ZMQ_EMPTY_CLEARS),
	ZMQ_INT(ZMQ_IN_BATCH_SIZE, in_batch_size, 1, INT_MAX),
	ZMQ_INT(ZMQ_OUT_BATCH_SIZE, out_batch_size, 1, INT_MAX),
	ZMQ_NOT_BUILT(ZMQ_WSS_KEY_PEM),
	ZMQ_NOT_BUILT(ZMQ_WSS_CERT_PEM),
	ZMQ_NOT_BUILT(ZMQ_WSS_TRUST_PEM),
	ZMQ_NOT_BUILT(ZMQ_WSS_HOSTNAME),
	ZMQ_NOT_BUILT(ZMQ_WSS_TRUST_SYSTEM),
	ZMQ_OF_TYPE(ZMQ_ONLY_FIRST_SUBSCRIBE),
	ZMQ_INT(ZMQ_RECONNECT_STOP, reconnect_stop, INT_MIN, INT_MAX),
	ZMQ_BYTES(ZMQ_HELLO_MSG, message, hello, ZMQ_OPTION_MAX,
		  ZMQ_EMPTY_CLEARS),
	ZMQ_BYTES(ZMQ_DISCONNECT_MSG, message, disconnect_msg, ZMQ_OPTION_MAX,
		  ZMQ_EMPTY_CLEARS),
	ZMQ_INT(ZMQ_PRIORITY, priority, 0, INT_MAX),
	ZMQ_INT(ZMQ_BUSY_POLL, busy_poll, INT_MIN, INT_MAX),
	ZMQ_BYTES(ZMQ_HICCUP_MSG, message, hiccup, ZMQ_OPTION_MAX,
		  ZMQ_EMPTY_CLEARS),
	ZMQ_OF_TYPE(ZMQ_XSUB_VERBOSE_UNSUBSCRIBE),
	ZMQ_OF_TYPE(ZMQ_TOPICS_COUNT),
	ZMQ_NOT_BUILT(ZMQ_NORM_MODE),
	ZMQ_NOT_BUILT(ZMQ_NORM_UNICAST_NACK),
	ZMQ_NOT_BUILT(ZMQ_NORM_BUFFER_SIZE),
	ZMQ_NOT_BUILT(ZMQ_NORM_SEGMENT_SIZE),
	ZMQ_NOT_BUILT(ZMQ_NORM_BLOCK_SIZE),
	ZMQ_NOT_BUILT(ZMQ_NORM_NUM_PARITY),
	ZMQ_NOT_BUILT(ZMQ_NORM_NUM_AUTOPARITY),
	ZMQ_NOT_BUILT(ZMQ_NORM_PUSH),
	ZMQ_ROW(ZMQ_NATIVE_LAST_ERROR, text),
	ZMQ_INT(ZMQ_NATIVE_MULTIPART, multipart, ZMQ_MULTIPART_THREAD,
		ZMQ_MULTIPART_SOCKET),
	ZMQ_BYTES(ZMQ_NATIVE_IPC_DIR, string, ipc_dir, UNIX_PATH_MAX - 1,
		  ZMQ_EMPTY_CLEARS),
};

static const struct zmq_option *zmq_option_find(int name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(zmq_option_table); i++)
		if (zmq_option_table[i].name == name)
			return &zmq_option_table[i];
	return NULL;
}

/**
 * zmq_option_store() - set an option
 * @opt: the options
 * @name: the option's number
 * @v: the value
 * @live: set to what has to follow
 *
 * Return: 0; -EINVAL: unknown option, one that can't be set or not for this
 * type, wrong length, illegal value; -ENOMEM; -ENOBUFS: the list is full.
 * Unless 0, nothing has changed.
 */
int zmq_option_store(struct zmq_options *opt, int name,
		     const struct zmq_optset *v, enum zmq_option_live *live)
{
	const struct zmq_option *o = zmq_option_find(name);
	int err;

	if (!o || !o->kind->set || (o->types && !(o->types & BIT(v->type))))
		return -EINVAL;
	err = o->kind->set(opt, o, v);
	if (!err)
		*live = o->live;
	return err;
}
EXPORT_SYMBOL_KUNIT(zmq_option_store);

/**
 * zmq_option_load() - read an option
 * @opt: the options
 * @name: the option's number
 * @v: where to, and the value of options that aren't stored
 *
 * Return: bytes written; -EINVAL: unknown option, one that can't be read, or
 * the room isn't what it asks for.
 */
int zmq_option_load(const struct zmq_options *opt, int name,
		    const struct zmq_optget *v)
{
	const struct zmq_option *o = zmq_option_find(name);

	if (!o || !o->kind->get)
		return -EINVAL;
	return o->kind->get(opt, o, v);
}
EXPORT_SYMBOL_KUNIT(zmq_option_load);
