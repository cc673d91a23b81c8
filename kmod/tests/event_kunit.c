// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/string.h>
#include <linux/zmq.h>

#include "compat/compat.h"
#include "event.h"
#include "mech/mech.h"
#include "mem.h"
#include "monitor.h"
#include "queue/frame.h"

/**
 * struct zmq_failure_row - a failed handshake
 * @what: what the row is about
 * @why: the reason
 * @detail: status code or errno
 * @type: the event, 0 for none
 * @value: its value
 */
struct zmq_failure_row {
	const char *what;
	enum zmq_reason why;
	int detail;
	u32 type;
	u32 value;
};

/* libzmq API page, 7.2 and 7.3. */
static const struct zmq_failure_row zmq_failure_rows[] = {
	{ "mechanism", ZMQ_R_MECHANISM, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x11000002 },
	{ "unexpected command", ZMQ_R_UNEXPECTED_COMMAND, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x10000001 },
	{ "malformed command", ZMQ_R_MALFORMED_COMMAND, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x10000011 },
	{ "out of turn", ZMQ_R_UNSPECIFIED, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x10000000 },
	{ "malformed HELLO", ZMQ_R_MALFORMED_HELLO, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x10000013 },
	{ "malformed WELCOME", ZMQ_R_MALFORMED_WELCOME, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x10000017 },
	{ "malformed INITIATE", ZMQ_R_MALFORMED_INITIATE, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x10000014 },
	{ "malformed READY", ZMQ_R_MALFORMED_READY, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x10000016 },
	{ "malformed MESSAGE", ZMQ_R_MALFORMED_MESSAGE, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x10000012 },
	{ "nonce", ZMQ_R_INVALID_SEQUENCE, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x10000002 },
	{ "box", ZMQ_R_CRYPTOGRAPHIC, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x11000001 },
	{ "ZAP reply", ZMQ_R_ZAP_MALFORMED_REPLY, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x20000001 },
	{ "ZAP request id", ZMQ_R_ZAP_BAD_REQUEST_ID, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x20000002 },
	{ "ZAP version", ZMQ_R_ZAP_BAD_VERSION, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x20000003 },
	{ "ZAP status", ZMQ_R_ZAP_INVALID_STATUS, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x20000004 },
	{ "ZAP metadata", ZMQ_R_ZAP_INVALID_METADATA, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x20000005 },
	{ "no ZAP handler", ZMQ_R_ZAP_MISSING, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, 14 },
	{ "refused", ZMQ_R_AUTH_REFUSED, 400,
	  ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 400 },
	{ "malformed ERROR", ZMQ_R_MALFORMED_ERROR, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x10000015 },
	{ "malformed ERROR, socket error", ZMQ_R_MALFORMED_ERROR, ECONNRESET,
	  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, 0x10000015 },
	{ "ERROR 300", ZMQ_R_PEER_ERROR, 300,
	  ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 300 },
	{ "ERROR 500", ZMQ_R_PEER_ERROR, 500,
	  ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 500 },
	{ "ERROR text", ZMQ_R_PEER_ERROR },
	{ "timeout", ZMQ_R_HANDSHAKE_TIMEOUT, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, 11 },
	{ "closed", ZMQ_R_HANDSHAKE_CLOSED, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, 32 },
	{ "reset", ZMQ_R_HANDSHAKE_CLOSED, 104,
	  ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, 104 },
	{ "lost", ZMQ_R_CONNECTION_LOST, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, 32 },
	{ "memory", ZMQ_R_NO_MEMORY, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, 12 },
	{ "half-open limit", ZMQ_R_HALF_OPEN_LIMIT, 0,
	  ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, ENOBUFS },
	{ "source limit", ZMQ_R_SOURCE_LIMIT, 32,
	  ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, ENOBUFS },
	{ "type", ZMQ_R_TYPE_MISMATCH },
	{ "metadata", ZMQ_R_INVALID_METADATA },
	{ "frame too big", ZMQ_R_FRAME_TOO_BIG },
	{ "frame malformed", ZMQ_R_FRAME_MALFORMED },
};

static void zmq_failure_row_desc(const struct zmq_failure_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_failure_rows, zmq_failure_rows, zmq_failure_row_desc);

static void zmq_event_test_failure(struct kunit *test)
{
	const struct zmq_failure_row *row = test->param_value;
	static const struct zmq_options opt;
	const struct zmq_mech m = { .opt = &opt };
	struct zmq_event ev = {};

	KUNIT_EXPECT_EQ(test, !!row->type,
			zmq_event_failure(&m, row->why, row->detail, &ev));
	if (!row->type)
		return;
	KUNIT_EXPECT_EQ(test, row->type, ev.type);
	KUNIT_EXPECT_EQ(test, row->value, ev.value);
}

/* Metadata are an event to clients only, and not to NULL's. */
static void zmq_event_test_metadata(struct kunit *test)
{
	static const enum zmq_reason why[] = { ZMQ_R_TYPE_MISMATCH,
					       ZMQ_R_INVALID_METADATA };
	struct zmq_options *opt = kunit_kzalloc(test, sizeof(*opt), GFP_KERNEL);
	struct zmq_mech m = { .opt = opt };
	struct zmq_event ev = {};
	int i, side, mech;

	KUNIT_ASSERT_NOT_NULL(test, opt);
	for (i = 0; i < ARRAY_SIZE(why); i++) {
		for (mech = ZMQ_NULL; mech <= ZMQ_CURVE; mech++) {
			for (side = 0; side < 2; side++) {
				opt->mechanism = mech;
				opt->as_server = side;
				KUNIT_EXPECT_EQ(test, mech != ZMQ_NULL && !side,
						zmq_event_failure(&m, why[i], 0,
								  &ev));
			}
		}
	}
	KUNIT_EXPECT_EQ(test, ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, ev.type);
	KUNIT_EXPECT_EQ(test, 0x10000018U, ev.value);
}

/* The next frame of a message must be this; returns what follows. */
static struct zmq_frame *zmq_event_frame(struct kunit *test,
					 struct zmq_frame *f, const void *body,
					 size_t len, bool more)
{
	KUNIT_ASSERT_NOT_NULL(test, f);
	KUNIT_ASSERT_EQ(test, (u32)len, f->len);
	KUNIT_EXPECT_EQ(test, f->len, f->got);
	KUNIT_EXPECT_EQ(test, 0, memcmp(f->seg.data, body, len));
	KUNIT_EXPECT_EQ(test, more, zmq_frame_more(f));
	KUNIT_EXPECT_EQ(test, more, !!f->next);
	return f->next;
}

static void zmq_event_test_version_1(struct kunit *test)
{
	struct zmq_mem mem = {};
	struct zmq_event ev = {
		.type = ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
		.value = 0x12345678,
		.local = "tcp://127.0.0.1:1",
		.remote = "tcp://127.0.0.1:22",
	};
	struct zmq_frame *msg, *f;
	u8 head[6];

	/* Host order, no pad between the two. */
	*(u16 *)head = 0x2000;
	put_unaligned(0x12345678, (u32 *)(head + 2));
	msg = zmq_monitor_encode(&mem, 1, &ev);
	f = zmq_event_frame(test, msg, head, sizeof(head), true);
	zmq_event_frame(test, f, ev.remote, strlen(ev.remote), false);
	zmq_chain_free(msg);

	ev.bound = true;
	msg = zmq_monitor_encode(&mem, 1, &ev);
	f = zmq_event_frame(test, msg, head, sizeof(head), true);
	zmq_event_frame(test, f, ev.local, strlen(ev.local), false);
	zmq_chain_free(msg);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&mem.used));
}

static void zmq_event_test_version_2(struct kunit *test)
{
	struct zmq_mem mem = {};
	struct zmq_event ev = {
		.type = ZMQ_EVENT_LISTENING,
		.value = 0xfedcba98,
		.local = "tcp://127.0.0.1:1",
		.remote = "",
	};
	static const u64 head[] = { 8, 1, 0xfedcba98 };
	struct zmq_frame *msg, *f;
	size_t i;

	msg = zmq_monitor_encode(&mem, 2, &ev);
	f = msg;
	for (i = 0; i < ARRAY_SIZE(head); i++)
		f = zmq_event_frame(test, f, &head[i], sizeof(u64), true);
	f = zmq_event_frame(test, f, ev.local, strlen(ev.local), true);
	zmq_event_frame(test, f, "", 0, false);
	zmq_chain_free(msg);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&mem.used));
}

/* The only event with two values. */
static void zmq_event_test_two_values(struct kunit *test)
{
	static const struct zmq_event ev = {
		.type = ZMQ_EVENT_PIPES_STATS,
		.value = 500,
		.second = 7,
		.local = "tcp://127.0.0.1:1",
		.remote = "tcp://127.0.0.1:22",
	};
	static const u64 head[] = { 0x10000, 2, 500, 7 };
	struct zmq_mem mem = {};
	struct zmq_frame *msg, *f;
	size_t i;

	msg = zmq_monitor_encode(&mem, 2, &ev);
	f = msg;
	for (i = 0; i < ARRAY_SIZE(head); i++)
		f = zmq_event_frame(test, f, &head[i], sizeof(u64), true);
	f = zmq_event_frame(test, f, ev.local, strlen(ev.local), true);
	zmq_event_frame(test, f, ev.remote, strlen(ev.remote), false);
	zmq_chain_free(msg);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&mem.used));
}

/* However little there is left: no part of the message stays charged. */
static void zmq_event_test_no_memory(struct kunit *test)
{
	static const struct zmq_event ev = { .local = "here", .remote = "there" };
	struct zmq_mem mem = {};
	struct zmq_frame *msg;
	long left, full;
	int refused = 0;

	for (left = 0;; left += 32) {
		KUNIT_ASSERT_LT(test, left, 4096);
		full = zmq_mem_max() - left;
		atomic_long_set(&mem.used, full);
		msg = zmq_monitor_encode(&mem, 2, &ev);
		if (msg)
			break;
		refused++;
		KUNIT_EXPECT_EQ(test, full, atomic_long_read(&mem.used));
	}
	KUNIT_EXPECT_GE(test, refused, 5);
	zmq_chain_free(msg);
	KUNIT_EXPECT_EQ(test, full, atomic_long_read(&mem.used));
}

static struct kunit_case zmq_event_cases[] = {
	KUNIT_CASE_PARAM(zmq_event_test_failure, zmq_failure_rows_gen_params),
	KUNIT_CASE(zmq_event_test_metadata),
	KUNIT_CASE(zmq_event_test_version_1),
	KUNIT_CASE(zmq_event_test_version_2),
	KUNIT_CASE(zmq_event_test_two_values),
	KUNIT_CASE(zmq_event_test_no_memory),
	{}
};

static struct kunit_suite zmq_event_suite = {
	.name = "zmq_event",
	.test_cases = zmq_event_cases,
};

kunit_test_suite(zmq_event_suite);
