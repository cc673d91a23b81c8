/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows of a table: what a peer of bytes does, and what has to come of it for the
 * connection, the counters, the events, and the next good peer.
 */
#ifndef TESTS_SYSTEM_ROW_H
#define TESTS_SYSTEM_ROW_H

#include <linux/zmq.h>

#include "lib.h"

enum row_mechanism { ROW_NULL, ROW_PLAIN, ROW_CURVE };

/* What a step does; every row ends with ROW_END, which is 0. */
enum row_do {
	ROW_END,
	ROW_RAW,	/* bytes, as they are */
	ROW_GREET,	/* a greeting for the row's mechanism; theirs is read, too */
	ROW_FRAME,	/* a frame with .flags */
	ROW_LONG,	/* the head of a frame that announces .announced bytes, and bytes */
	ROW_TAKE,	/* .announced bytes of theirs, whatever they are */
	ROW_ASK,	/* our socket sends the bytes */
	ROW_ACT,	/* what .act does, given .flags */
	ROW_READ,	/* a frame of theirs, whose body begins with the bytes */
	ROW_CLOSE,
	ROW_RESET,
};

/**
 * struct row_step - something that the peer does
 * @what: the kind
 * @flags: of a frame, or for @act
 * @announced: of a frame's head, or bytes to be read
 * @act: something that takes a program
 * @bytes: what is sent, or read
 * @len: how many
 */
struct row_step {
	enum row_do what;
	int flags;
	uint64_t announced;
	void (*act)(int peer, int how);
	const char *bytes;
	size_t len;
};

#define ROW_BYTES(s) .bytes = (s), .len = sizeof(s) - 1
#define ROW_SENDS(s) { .what = ROW_RAW, ROW_BYTES(s) }
#define ROW_GREETS { .what = ROW_GREET }
#define ROW_COMMANDS(s) { .what = ROW_FRAME, .flags = WIRE_COMMAND, ROW_BYTES(s) }
#define ROW_FRAMES(f, s) { .what = ROW_FRAME, .flags = (f), ROW_BYTES(s) }
#define ROW_ANNOUNCES(f, n, s) { .what = ROW_LONG, .flags = (f), .announced = (n), ROW_BYTES(s) }
#define ROW_TAKES(n) { .what = ROW_TAKE, .announced = (n) }
#define ROW_ASKS(s) { .what = ROW_ASK, ROW_BYTES(s) }
#define ROW_ACTS(f, how) { .what = ROW_ACT, .act = (f), .flags = (how) }
#define ROW_READS(s) { .what = ROW_READ, ROW_BYTES(s) }

#define ROW_TYPE(type) "\13Socket-Type\0\0\0" type
#define ROW_READY(type) "\5READY" ROW_TYPE(type)

/* What becomes of the connection. */
enum row_fate {
	ROW_ENDS,	/* we close it */
	ROW_LIVES,	/* it answers PING */
	ROW_STAYS,	/* it is open, and says nothing */
	ROW_GONE,	/* the peer has closed it */
};

/**
 * struct row - a row
 * @name: what the peer does; printed
 * @type: our socket's type, 0 (PAIR) where .pair is not set: PULL
 * @pair: our socket is a PAIR
 * @mechanism: our socket's
 * @domain: it has a ZAP domain
 * @connects: it connects, and the peer accepts
 * @handshake_ms: ZMQ_HANDSHAKE_IVL, 0: its default
 * @max: ZMQ_MAXMSGSIZE, 0: none
 * @twice: a peer that did the same before is still there
 * @step: what the peer does
 * @fate: what becomes of the connection
 * @ready: the handshake was complete
 * @counter: the one counter of /proc/net/zmq_stat that rises, by one; NULL: none
 * @event: the event that the failure is, 0: none
 * @value: its value
 * @delivers: a message that our socket gets, NULL: none
 */
struct row {
	const char *name;
	int type;
	bool pair;
	enum row_mechanism mechanism;
	bool domain;
	bool connects;
	int handshake_ms;
	int64_t max;
	bool twice;
	struct row_step step[8];
	enum row_fate fate;
	bool ready;
	const char *counter;
	uint32_t event;
	uint32_t value;
	const char *delivers;
};

#define ROW_PROTOCOL(code) .event = ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, .value = (code)
#define ROW_AUTH(status) .event = ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, .value = (status)
#define ROW_NO_DETAIL(err) .event = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, .value = (err)

/* Runs all of them; the first failure ends the case. */
void row_run(const struct row *rows, size_t count);

#endif
