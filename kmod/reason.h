/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why a connection ended, an attempt failed or a message was dropped: one
 * list for the enum, the counters of /proc/net/zmq_stat, the tracepoints and
 * the texts of the last error, so that they can't drift apart.
 *
 * R(name, "name in /proc and traces", "text for people")
 */
#ifndef _ZMQ_REASON_H
#define _ZMQ_REASON_H

#include <linux/types.h>

#define ZMQ_REASONS(R) \
	R(NONE,			"none",			"no error") \
	/* Attempts to connect or accept */ \
	R(CONNECT_REFUSED,	"connect_refused",	"connection refused") \
	R(CONNECT_FAILED,	"connect_failed",	"no connection: unreachable, or not allowed") \
	R(CONNECT_TIMEOUT,	"connect_timeout",	"no answer within ZMQ_CONNECT_TIMEOUT") \
	R(RESOLVE_FAILED,	"resolve_failed",	"host name does not resolve") \
	R(PROXY_AUTH,		"proxy_auth",		"SOCKS proxy refuses ZMQ_SOCKS_USERNAME, or wants one") \
	R(PROXY_REFUSED,	"proxy_refused",	"SOCKS proxy can't or won't connect to the endpoint") \
	R(PROXY_PROTOCOL,	"proxy_protocol",	"what is at ZMQ_SOCKS_PROXY does not speak SOCKS5") \
	R(PROXY_CLOSED,		"proxy_closed",		"SOCKS proxy closed the connection") \
	R(PROXY_TIMEOUT,	"proxy_timeout",	"no answer from the SOCKS proxy within ZMQ_HANDSHAKE_IVL") \
	R(OPEN_FAILED,		"open_failed",		"no lower socket could be made or bound") \
	R(ACCEPT_FAILED,	"accept_failed",	"a connection could not be accepted") \
	R(ACCEPT_FILTERED,	"accept_filtered",	"peer is not in ZMQ_TCP_ACCEPT_FILTER, or in no ZMQ_IPC_FILTER_*") \
	/* Handshake */ \
	R(HANDSHAKE_TIMEOUT,	"handshake_timeout",	"no handshake within ZMQ_HANDSHAKE_IVL") \
	R(HALF_OPEN_LIMIT,	"half_open_limit",	"net.zmq.half_open_max newer connections came, and no handshake") \
	R(SOURCE_LIMIT,		"source_limit",		"net.zmq.half_open_source_max newer connections of that source came, and no handshake") \
	R(HANDSHAKE_CLOSED,	"handshake_closed",	"peer closed during the handshake") \
	R(MECHANISM,		"mechanism_mismatch",	"peer uses another security mechanism") \
	R(OLD_PEER,		"old_peer",		"peer speaks ZMTP 1.0 or 2.0") \
	R(UNEXPECTED_COMMAND,	"unexpected_command",	"peer sent something else than the handshake asks for") \
	R(MALFORMED_COMMAND,	"malformed_command",	"peer sent a malformed command") \
	R(MALFORMED_ERROR,	"malformed_error",	"peer sent a malformed ERROR") \
	R(UNSPECIFIED,		"out_of_turn",		"peer sent a command while none was due") \
	R(MALFORMED_HELLO,	"malformed_hello",	"peer sent a malformed HELLO") \
	R(MALFORMED_WELCOME,	"malformed_welcome",	"peer sent a malformed WELCOME") \
	R(MALFORMED_INITIATE,	"malformed_initiate",	"peer sent a malformed INITIATE") \
	R(MALFORMED_READY,	"malformed_ready",	"peer sent a malformed READY") \
	R(CRYPTOGRAPHIC,	"cryptographic",	"what the peer sent does not open with our keys") \
	R(KEY_EXCHANGE,		"key_exchange",		"peer's INITIATE is for another connection or server") \
	R(AUTH_REFUSED,		"auth_refused",		"the ZAP handler refused the peer") \
	R(ZAP_MISSING,		"zap_missing",		"no ZAP handler is there, and one is required") \
	R(ZAP_UNSPECIFIED,	"zap_unspecified",	"the ZAP handler's reply does not begin with an empty part") \
	R(ZAP_MALFORMED_REPLY,	"zap_malformed_reply",	"the ZAP handler's reply is not one") \
	R(ZAP_BAD_REQUEST_ID,	"zap_bad_request_id",	"the ZAP handler's reply is to another request") \
	R(ZAP_BAD_VERSION,	"zap_bad_version",	"the ZAP handler's reply is of another version") \
	R(ZAP_INVALID_STATUS,	"zap_invalid_status",	"the ZAP handler's reply has no known status code") \
	R(ZAP_INVALID_METADATA,	"zap_invalid_metadata",	"the ZAP handler's reply has malformed metadata") \
	R(INVALID_METADATA,	"invalid_metadata",	"peer sent malformed metadata") \
	R(TYPE_MISMATCH,	"type_mismatch",	"peer's socket type does not fit") \
	R(PEER_ERROR,		"peer_error",		"peer answered with an ERROR command") \
	/* Traffic */ \
	R(PEER_CLOSED,		"peer_closed",		"peer closed the connection") \
	R(CONNECTION_LOST,	"connection_lost",	"connection broke") \
	R(HEARTBEAT_TIMEOUT,	"heartbeat_timeout",	"no sign of life within ZMQ_HEARTBEAT_TIMEOUT or the peer's TTL") \
	R(MALFORMED_MESSAGE,	"malformed_message",	"peer sent a malformed MESSAGE") \
	R(INVALID_SEQUENCE,	"invalid_sequence",	"peer used a nonce again") \
	R(FRAME_TOO_BIG,	"frame_too_big",	"peer sent a frame above ZMQ_MAXMSGSIZE, or a command that is too long") \
	R(FRAME_MALFORMED,	"frame_malformed",	"peer sent a malformed frame") \
	R(TOO_MANY_PARTS,	"too_many_parts",	"peer sent a message of more than 65536 parts") \
	R(ANCILLARY,		"ancillary",		"peer sent file descriptors or out-of-band bytes") \
	R(PATTERN_VIOLATION,	"pattern_violation",	"peer sent a message that the socket type forbids") \
	R(NO_MEMORY,		"no_memory",		"no memory for the connection") \
	/* Our own doing */ \
	R(LINGER_EXPIRED,	"linger_expired",	"ZMQ_LINGER expired with messages unsent") \
	/* Not the end of anything: the pattern has taken a message over */ \
	R(TAKEN,		"taken",		"message taken over") \
	/* Messages dropped */ \
	R(DROP_UNSENT,		"drop_unsent",		"messages unsent when their connection ended for good") \
	R(DROP_UNREAD,		"drop_unread",		"messages unread at close or disconnect") \
	R(DROP_PARTIAL,		"drop_partial",		"messages cut off by the end of their connection") \
	R(DROP_NO_PEER,		"drop_no_peer",		"replies whose peer has gone or is full") \
	R(DROP_UNASKED,		"drop_unasked",		"replies that nobody waits for") \
	R(DROP_NO_DELIMITER,	"drop_no_delimiter",	"requests and replies without an empty delimiter") \
	R(DROP_SUBSCRIPTION,	"drop_subscription",	"subscriptions of peers that are too long or have no room") \
	R(DROP_FULL,		"drop_full",		"messages for peers at their high-water mark") \
	R(DROP_NO_MEMORY,	"drop_no_memory",	"messages for which there was no memory") \
	R(DROP_UNWANTED,	"drop_unwanted",	"messages that no subscription asks for") \
	R(DROP_SEALED_COMMAND,	"drop_sealed_command",	"sealed messages in a frame that says it is a command") \
	R(DROP_NOT_READ,	"drop_not_read",	"messages for a type that does not receive") \
	R(DROP_EVENT,		"drop_event",		"events that the monitor did not take")

#define R(name, key, text) ZMQ_R_##name,
enum zmq_reason {
	ZMQ_REASONS(R)
	ZMQ_REASON_NR
};

#undef R

/* Reasons to drop messages come last: ZMQ_R_DROP_UNSENT and what follows. */
#define ZMQ_DROP_NR	(ZMQ_REASON_NR - ZMQ_R_DROP_UNSENT)

const char *zmq_reason_key(enum zmq_reason r);
const char *zmq_reason_text(enum zmq_reason r);

#endif /* _ZMQ_REASON_H */
