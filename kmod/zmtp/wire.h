/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Constants of ZMTP 3.x. "23" and "37" are the RFC numbers: 23/ZMTP is
 * version 3.0, 37/ZMTP is version 3.1 (rfc.zeromq.org).
 */
#ifndef _ZMQ_ZMTP_WIRE_H
#define _ZMQ_ZMTP_WIRE_H

/* Greeting, RFC 37 "Greeting": offsets and sizes in bytes. */
#define ZMQ_GREETING_LEN		64
#define ZMQ_GREETING_SIGNATURE_LEN	10	/* FF, 8 bytes padding, 7F */
#define ZMQ_GREETING_OFF_PADDING	1
#define ZMQ_GREETING_OFF_SIGNATURE_END	9
#define ZMQ_GREETING_OFF_MAJOR		10
#define ZMQ_GREETING_OFF_MINOR		11
/* RFC 15 (ZMTP 2.0): behind the revision comes the type, and that is all. */
#define ZMQ_GREETING_OFF_TYPE		11
#define ZMQ_GREETING_OLD_LEN		12
#define ZMQ_GREETING_OFF_MECHANISM	12
#define ZMQ_GREETING_MECHANISM_LEN	20

#define ZMQ_SIGNATURE_FIRST		0xff
#define ZMQ_SIGNATURE_LAST		0x7f
/* RFC 37 "Backwards Interoperability": this bit of the tenth byte tells. */
#define ZMQ_SIGNATURE_VERSIONED		0x01

#define ZMQ_VERSION_MAJOR_REV0		0	/* ZMTP 1.0 behind a signature */
#define ZMQ_VERSION_MAJOR_V2		1	/* RFC 15 (ZMTP 2.0) revision */
#define ZMQ_VERSION_MAJOR		3
#define ZMQ_VERSION_MINOR		1

/* Frames, RFC 37 "Framing". Bits 3..7 are reserved: sent 0, not looked at. */
#define ZMQ_FRAME_MORE			0x01	/* more frames of the message */
#define ZMQ_FRAME_LARGE			0x02	/* the size takes 8 bytes */
#define ZMQ_FRAME_COMMAND		0x04	/* a command, not a message */

#define ZMQ_FRAME_HDR_SHORT		2
#define ZMQ_FRAME_HDR_MAX		9
#define ZMQ_FRAME_SHORT_MAX		255	/* longest body of a short frame */

/* Frames of ZMTP 1.0, RFC 13 "Framing": the size counts the flags, too. */
#define ZMQ_FRAME_V1_LONG		0xff	/* the size takes 8 bytes more */
#define ZMQ_FRAME_V1_HDR_MAX		10
#define ZMQ_FRAME_V1_SHORT_MAX		253	/* longest body of a short frame */

/* Command names, RFC 24 (PLAIN) and RFC 26 (CURVE). */
#define ZMQ_CMD_HELLO			"HELLO"
#define ZMQ_CMD_WELCOME			"WELCOME"
#define ZMQ_CMD_INITIATE		"INITIATE"
#define ZMQ_CMD_MESSAGE			"MESSAGE"
/*
 * How libzmq's PLAIN begins an ERROR: the length of the name and its first letter
 * have become one byte, 5E (since 4.3.0; wire page, 5.2).
 */
#define ZMQ_CMD_PLAIN_ERROR		"^RROR"

/* Command names, RFC 37 "Commands" and "The NULL Security Mechanism". */
#define ZMQ_CMD_READY			"READY"
#define ZMQ_CMD_ERROR			"ERROR"
#define ZMQ_CMD_PING			"PING"
#define ZMQ_CMD_PONG			"PONG"
#define ZMQ_CMD_SUBSCRIBE		"SUBSCRIBE"
#define ZMQ_CMD_CANCEL			"CANCEL"

#define ZMQ_CMD_REASON_MAX		255	/* bytes of an ERROR's reason */
#define ZMQ_PING_CONTEXT_MAX		16	/* bytes of a PING's context */

/* Metadata, RFC 37 "Metadata". */
#define ZMQ_PROP_SOCKET_TYPE		"Socket-Type"
#define ZMQ_PROP_IDENTITY		"Identity"
#define ZMQ_PROP_PEER_ADDRESS		"Peer-Address"	/* never sent */
#define ZMQ_PROP_USER_ID		"User-Id"	/* never sent */
#define ZMQ_PROP_VALUE_LEN_SIZE		4	/* of the value's length field */
#define ZMQ_IDENTITY_MAX		255	/* bytes of an Identity */

/* The mechanism without security, RFC 37 "The NULL Security Mechanism". */
#define ZMQ_MECH_NAME_NULL		"NULL"

#endif /* _ZMQ_ZMTP_WIRE_H */
