// SPDX-License-Identifier: GPL-2.0-only
/*
 * Socket events: which one is raised when, with which value (libzmq API page,
 * 7.1 to 7.3).
 *
 * They are raised where the thing happens, in process context: by sessions
 * under their run lock, by the accept work, and by callers of bind() and
 * close(). An event is built only if somebody wants it, so that without
 * listeners it costs two tests.
 */
#include <linux/zmq.h>

#include "conn/listener.h"
#include "conn/session.h"
#include "event.h"
#include "monitor.h"
#include "netlink/netlink.h"
#include "sock.h"

/* Raised while there is no connection, so without a local address. */
#define ZMQ_EVENTS_UNCONNECTED \
	(ZMQ_EVENT_CONNECT_DELAYED | ZMQ_EVENT_CONNECT_RETRIED | ZMQ_EVENT_CLOSED)

static bool zmq_event_wanted(struct zmq_sock *zs, u32 type)
{
	return zmq_monitor_wants(&zs->monitor, type) ||
	       zmq_netlink_heard(sock_net(&zs->sk));
}

static void zmq_event_raise(struct zmq_sock *zs, const struct zmq_event *ev)
{
	zmq_monitor_event(zs, ev);
	zmq_netlink_event(zs, ev);
}

/**
 * zmq_event_number() - a number for a connection, an attempt, or a listener
 * @zs: the socket
 *
 * It stands where libzmq's events have a descriptor.
 *
 * Return: the number, never one that a descriptor can have, unique in the
 * socket until a billion later ones were given.
 */
u32 zmq_event_number(struct zmq_sock *zs)
{
	u32 n = atomic_inc_return(&zs->numbers);

	return ZMQ_EVENT_NUMBER | (n & (ZMQ_EVENT_NUMBER - 1));
}

/**
 * zmq_event_name() - the address of a session's lower socket
 * @s: the session
 * @peer: the peer's address, not our own
 * @buf: ZMQ_EVENT_NAME_MAX bytes for the endpoint, "" if there is none
 *
 * Context: process context, under zmq_session.run, no lock of a lower socket.
 */
void zmq_event_name(struct zmq_session *s, bool peer, char *buf)
{
	struct socket *sock = s->conn.lower.sock;
	struct sockaddr_storage ss;

	*buf = 0;
	if (sock && !zmq_ksock_name(sock, peer, &ss))
		s->tran->name(sock_net(&s->zs->sk), &ss, buf,
			      ZMQ_EVENT_NAME_MAX);
}

/**
 * zmq_event_names() - the addresses in an event of a session
 * @s: the session
 * @ev: the event; its type is set, the addresses will be
 * @local: ZMQ_EVENT_NAME_MAX bytes that they may be put into
 * @remote: the same
 *
 * Context: as zmq_event_name().
 */
void zmq_event_names(struct zmq_session *s, struct zmq_event *ev, char *local,
		     char *remote)
{
	*local = 0;
	if (!(ev->type & ZMQ_EVENTS_UNCONNECTED))
		zmq_event_name(s, false, local);
	ev->local = local;
	ev->bound = !s->ep;
	if (s->ep) {
		ev->remote = s->ep->uri;
	} else {
		zmq_event_name(s, true, remote);
		ev->remote = remote;
	}
}

/**
 * zmq_event_session() - something happened to a session
 * @s: the session
 * @type: the event
 * @value: its value
 *
 * Context: process context, under zmq_session.run, no lock of a lower socket.
 */
void zmq_event_session(struct zmq_session *s, u32 type, u32 value)
{
	char local[ZMQ_EVENT_NAME_MAX], remote[ZMQ_EVENT_NAME_MAX];
	struct zmq_event ev = {
		.type = type,
		.value = value,
	};

	if (!zmq_event_wanted(s->zs, type))
		return;
	zmq_event_names(s, &ev, local, remote);
	zmq_event_raise(s->zs, &ev);
}

/* Codes of ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL by reason; 0 for other events. */
static const u32 zmq_event_codes[ZMQ_REASON_NR] = {
	[ZMQ_R_MECHANISM] = ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH,
	[ZMQ_R_UNEXPECTED_COMMAND] = ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND,
	[ZMQ_R_UNSPECIFIED] = ZMQ_PROTOCOL_ERROR_ZMTP_UNSPECIFIED,
	[ZMQ_R_MALFORMED_COMMAND] = ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED,
	[ZMQ_R_MALFORMED_ERROR] = ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_ERROR,
	[ZMQ_R_MALFORMED_HELLO] = ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_HELLO,
	[ZMQ_R_MALFORMED_WELCOME] = ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_WELCOME,
	[ZMQ_R_MALFORMED_INITIATE] = ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_INITIATE,
	[ZMQ_R_MALFORMED_READY] = ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_READY,
	[ZMQ_R_MALFORMED_MESSAGE] = ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_MESSAGE,
	[ZMQ_R_INVALID_SEQUENCE] = ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_SEQUENCE,
	[ZMQ_R_KEY_EXCHANGE] = ZMQ_PROTOCOL_ERROR_ZMTP_KEY_EXCHANGE,
	[ZMQ_R_CRYPTOGRAPHIC] = ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC,
	[ZMQ_R_ZAP_UNSPECIFIED] = ZMQ_PROTOCOL_ERROR_ZAP_UNSPECIFIED,
	[ZMQ_R_ZAP_MALFORMED_REPLY] = ZMQ_PROTOCOL_ERROR_ZAP_MALFORMED_REPLY,
	[ZMQ_R_ZAP_BAD_REQUEST_ID] = ZMQ_PROTOCOL_ERROR_ZAP_BAD_REQUEST_ID,
	[ZMQ_R_ZAP_BAD_VERSION] = ZMQ_PROTOCOL_ERROR_ZAP_BAD_VERSION,
	[ZMQ_R_ZAP_INVALID_STATUS] = ZMQ_PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE,
	[ZMQ_R_ZAP_INVALID_METADATA] = ZMQ_PROTOCOL_ERROR_ZAP_INVALID_METADATA,
};

/**
 * zmq_event_failure() - what a failed handshake is called
 * @m: the handshake
 * @why: the reason
 * @detail: status code for ZMQ_R_PEER_ERROR and ZMQ_R_AUTH_REFUSED; errno of the
 *	lower socket for a connection that broke; 0 if there is none
 * @ev: its type and value are set
 *
 * Malformed metadata and types that don't fit are an event to clients of PLAIN
 * and CURVE only, frames that are too big never (libzmq API page, 7.2; wire page,
 * 12).
 *
 * Return: true if there is an event for it.
 */
bool zmq_event_failure(const struct zmq_mech *m, enum zmq_reason why, int detail,
		       struct zmq_event *ev)
{
	if (zmq_event_codes[why]) {
		ev->type = ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL;
		ev->value = zmq_event_codes[why];
		return true;
	}
	ev->type = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL;
	switch (why) {
	case ZMQ_R_TYPE_MISMATCH:
	case ZMQ_R_INVALID_METADATA:
		ev->type = ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL;
		ev->value = ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_METADATA;
		return m->opt->mechanism != ZMQ_NULL && !m->opt->as_server;
	case ZMQ_R_PEER_ERROR:
	case ZMQ_R_AUTH_REFUSED:
		ev->type = ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
		ev->value = detail;
		return detail;
	case ZMQ_R_HANDSHAKE_TIMEOUT:
		/* What libzmq finds in errno then. */
		ev->value = EAGAIN;
		return true;
	case ZMQ_R_HALF_OPEN_LIMIT:
	case ZMQ_R_SOURCE_LIMIT:
		/* libzmq has no such limits. */
		ev->value = ENOBUFS;
		return true;
	case ZMQ_R_HANDSHAKE_CLOSED:
	case ZMQ_R_PEER_CLOSED:
	case ZMQ_R_CONNECTION_LOST:
		ev->value = detail ? detail : EPIPE;
		return true;
	case ZMQ_R_NO_MEMORY:
		ev->value = ENOMEM;
		return true;
	case ZMQ_R_ZAP_MISSING:
		ev->value = EFAULT;
		return true;
	default:
		return false;
	}
}
EXPORT_SYMBOL_KUNIT(zmq_event_failure);

static void zmq_event_handshake_failed(struct zmq_session *s,
				       enum zmq_reason why)
{
	const struct zmq_conn *c = &s->conn;
	struct zmq_event ev;
	int detail;

	if (why == ZMQ_R_PEER_ERROR)
		detail = c->mech.status;
	else if (why == ZMQ_R_AUTH_REFUSED)
		detail = c->mech.verdict;
	else
		detail = READ_ONCE(c->lower.sock->sk->sk_err);
	if (zmq_event_failure(&c->mech, why, detail, &ev))
		zmq_event_session(s, ev.type, ev.value);
}

/*
 * Is there a handshake at all? With peers of ZMTP 1.0 and 2.0, and without
 * ZMTP, there is none that could succeed, and libzmq takes the end of such a
 * connection for a failure of it (wire page, 1.3 and 7). So do we: programs
 * count these events.
 */
static bool zmq_event_handshakes(const struct zmq_session *s)
{
	return !s->opt->raw && s->conn.greeting.version >= ZMQ_PEER_V30;
}

/**
 * zmq_event_ready() - messages may flow
 * @s: the session
 *
 * Context: as zmq_event_session().
 */
void zmq_event_ready(struct zmq_session *s)
{
	if (zmq_event_handshakes(s))
		zmq_event_session(s, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, 0);
}

/**
 * zmq_event_refused() - the ZAP handler refuses the peer
 * @s: the session
 *
 * The connection may stay for a while.
 *
 * Context: as zmq_event_session().
 */
void zmq_event_refused(struct zmq_session *s)
{
	zmq_event_handshake_failed(s, ZMQ_R_AUTH_REFUSED);
}

/* What CURVE finds wrong later has the same event (wire page, 12). */
static bool zmq_event_sealed(const struct zmq_session *s, enum zmq_reason why)
{
	return s->conn.sealed && zmq_event_codes[why];
}

/**
 * zmq_event_lost() - a connection or an attempt at one has failed
 * @s: the session, still in the state in which that happened, and with its
 *	lower socket
 * @why: the reason; ZMQ_R_AUTH_REFUSED the user was told (zmq_event_refused())
 *
 * An attempt that had no lower socket yet raises nothing: the pause that
 * follows has an event of its own.
 *
 * Context: as zmq_event_session().
 */
void zmq_event_lost(struct zmq_session *s, enum zmq_reason why)
{
	switch (s->state) {
	case ZMQ_SESSION_CONNECTING:
	case ZMQ_SESSION_PROXY:
		zmq_event_session(s, ZMQ_EVENT_CLOSED, s->number);
		break;
	case ZMQ_SESSION_HANDSHAKE:
	case ZMQ_SESSION_TRAFFIC:
		if (why != ZMQ_R_AUTH_REFUSED &&
		    (s->state == ZMQ_SESSION_HANDSHAKE ||
		     !zmq_event_handshakes(s) || zmq_event_sealed(s, why)))
			zmq_event_handshake_failed(s, why);
		zmq_event_session(s, ZMQ_EVENT_DISCONNECTED, s->number);
		break;
	default:
		break;
	}
}

/**
 * zmq_event_listener() - something happened to a listener
 * @l: the listener
 * @type: the event
 * @value: its value
 *
 * Context: process context.
 */
void zmq_event_listener(struct zmq_listener *l, u32 type, u32 value)
{
	const struct zmq_event ev = {
		.type = type,
		.value = value,
		.local = l->name,
		.remote = "",
		.bound = true,
	};

	if (zmq_event_wanted(l->zs, type))
		zmq_event_raise(l->zs, &ev);
}

/**
 * zmq_event_bind_failed() - bind() fails because of its address
 * @zs: the socket
 * @addr: the endpoint without its scheme, which is how libzmq reports it
 * @err: negative errno
 *
 * Context: process context.
 */
void zmq_event_bind_failed(struct zmq_sock *zs, const char *addr, int err)
{
	const struct zmq_event ev = {
		.type = ZMQ_EVENT_BIND_FAILED,
		.value = -err,
		.local = addr,
		.remote = "",
		.bound = true,
	};

	if (zmq_event_wanted(zs, ev.type))
		zmq_event_raise(zs, &ev);
}
