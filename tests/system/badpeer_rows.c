// SPDX-License-Identifier: GPL-2.0-only
/*
 * Malformed and hostile input, row by row: what becomes of the connection, which
 * counter rises, which event comes, and that the socket lives on. The comment at
 * each group is the row of the wire page, 12, that it stands for. (badpeer_listen,
 * badpeer_data, badpeer_connect and badpeer_old have more of them, for what is
 * delivered; PLAIN is badpeer_plain's, ZAP replies are native_zap's.)
 */
#include "native.h"
#include "row.h"
#include "wire.h"

#define SIGNATURE "\xff\0\0\0\0\0\0\0\1\x7f"
#define ZEROS_15 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define ZEROS_16 ZEROS_15 "\0"
#define NAMED(name, zeros) SIGNATURE "\3\1" name zeros ZEROS_16 ZEROS_16
#define GREETING NAMED("NULL", ZEROS_16)
#define PUSH ROW_READY("\4PUSH")
/* The same as a frame. */
#define PUSH_FRAME "\4\32" PUSH
#define HANDSHAKE ROW_GREETS, ROW_COMMANDS(PUSH), ROW_READS("\5READY")

static const struct row greetings[] = {
	/* first byte not FF: a length of ZMTP 1.0, 0 is none */
	{ "first byte 00", .step = { ROW_SENDS("\0") }, .counter = "frame_malformed" },
	{ "first byte 47, and no more", .step = { ROW_SENDS("GET / HTTP/1.1\r\n\r\n") },
	  .handshake_ms = 500, .counter = "handshake_timeout", ROW_NO_DETAIL(EAGAIN) },
	/* FF, tenth byte even: identity of ZMTP 1.0, long form */
	{ "tenth byte even", .step = { ROW_SENDS("\xff\0\0\0\0\0\0\0\1\x7e"), ROW_TAKES(10) },
	  .fate = ROW_STAYS },
	/* tenth byte odd but not 7F, padding */
	{ "tenth byte 01", .step = { ROW_SENDS("\xff\1\2\3\4\5\6\7\10\1\3\1NULL" ZEROS_16 ZEROS_16
					       ZEROS_16), ROW_TAKES(64), ROW_COMMANDS(PUSH),
				     ROW_READS("\5READY") },
	  .fate = ROW_LIVES, .ready = true },
	/* major 2, >= 4, as-server, filler */
	{ "major 2", .step = { ROW_SENDS(SIGNATURE "\2\1NULL" ZEROS_16 ZEROS_16 ZEROS_16),
			       ROW_TAKES(64), ROW_COMMANDS(PUSH), ROW_READS("\5READY") },
	  .fate = ROW_LIVES, .ready = true },
	{ "major 9, filler", .step = { ROW_SENDS(SIGNATURE "\11\1NULL" ZEROS_16 "\1xxxxxxxxxxxxxxx"
						 ZEROS_16), ROW_TAKES(64), ROW_COMMANDS(PUSH),
				      ROW_READS("\5READY") },
	  .fate = ROW_LIVES, .ready = true },
	/* other mechanism, wrong case, junk behind the NUL */
	{ "mechanism PLAIN", .step = { ROW_SENDS(NAMED("PLAIN", ZEROS_15)) },
	  .counter = "mechanism_mismatch", ROW_PROTOCOL(0x11000002) },
	{ "mechanism null", .step = { ROW_SENDS(NAMED("null", ZEROS_16)) },
	  .counter = "mechanism_mismatch", ROW_PROTOCOL(0x11000002) },
	{ "junk behind NULL", .step = { ROW_SENDS(SIGNATURE "\3\1NULL\0x" ZEROS_16 ZEROS_16
						  ZEROS_16) },
	  .counter = "mechanism_mismatch", ROW_PROTOCOL(0x11000002) },
	{ "mechanism CURVE of a server", .connects = true,
	  .step = { ROW_SENDS(NAMED("CURVE", ZEROS_15)) },
	  .counter = "mechanism_mismatch", ROW_PROTOCOL(0x11000002) },
	/* silence before the end of the handshake */
	{ "silence", .handshake_ms = 500, .counter = "handshake_timeout", ROW_NO_DETAIL(EAGAIN) },
	{ "silence behind the greeting", .handshake_ms = 500, .step = { ROW_GREETS },
	  .counter = "handshake_timeout", ROW_NO_DETAIL(EAGAIN) },
	{ "silence of a server", .connects = true, .handshake_ms = 500,
	  .counter = "handshake_timeout", ROW_NO_DETAIL(EAGAIN) },
	/* peer closes during the handshake */
	{ "closes in the greeting", .step = { ROW_SENDS(SIGNATURE), ROW_TAKES(11),
					      { .what = ROW_CLOSE } },
	  .fate = ROW_GONE, .counter = "handshake_closed", ROW_NO_DETAIL(EPIPE) },
	{ "closes behind the greeting", .step = { ROW_GREETS, ROW_READS("\5READY"),
						   { .what = ROW_CLOSE } },
	  .fate = ROW_GONE, .counter = "handshake_closed", ROW_NO_DETAIL(EPIPE) },
	{ "server closes", .connects = true,
	  .step = { ROW_GREETS, ROW_READS("\5READY"), { .what = ROW_CLOSE } },
	  .fate = ROW_GONE, .counter = "handshake_closed", ROW_NO_DETAIL(EPIPE) },
	{ "resets behind the greeting", .step = { ROW_GREETS, ROW_READS("\5READY"),
						   { .what = ROW_RESET } },
	  .fate = ROW_GONE, .counter = "handshake_closed", ROW_NO_DETAIL(ECONNRESET) },
};

static const struct row first_commands[] = {
	/* READY without Socket-Type */
	{ "READY without a type", .step = { ROW_GREETS, ROW_COMMANDS("\5READY"),
					     ROW_READS("\5READY") },
	  .fate = ROW_LIVES, .ready = true },
	/* READY with a wrong or unknown type */
	{ "type that does not fit", .step = { ROW_GREETS, ROW_COMMANDS(ROW_READY("\4PULL")) },
	  .counter = "type_mismatch" },
	{ "unknown type", .step = { ROW_GREETS, ROW_COMMANDS(ROW_READY("\4NONE")) },
	  .counter = "type_mismatch" },
	{ "server's type", .connects = true,
	  .step = { ROW_GREETS, ROW_COMMANDS(ROW_READY("\4PULL")) }, .counter = "type_mismatch" },
	/* property truncated, trailing byte, value beyond the end */
	{ "property cut", .step = { ROW_GREETS, ROW_COMMANDS("\5READY\13Socket-Type\0\0") },
	  .counter = "invalid_metadata" },
	{ "byte left over", .step = { ROW_GREETS, ROW_COMMANDS(PUSH "x") },
	  .counter = "invalid_metadata" },
	{ "value beyond the end", .connects = true,
	  .step = { ROW_GREETS, ROW_COMMANDS(ROW_READY("\5PUSH")) },
	  .counter = "invalid_metadata" },
	/* READY without COMMAND, with MORE, reserved bits, in long form */
	{ "READY as data", .step = { ROW_GREETS, ROW_FRAMES(0, PUSH), ROW_READS("\5READY") },
	  .fate = ROW_LIVES, .ready = true },
	{ "READY with all bits", .step = { ROW_GREETS, ROW_FRAMES(0xfd, PUSH),
					   ROW_READS("\5READY") },
	  .fate = ROW_LIVES, .ready = true },
	{ "READY in long form", .step = { ROW_GREETS, ROW_ANNOUNCES(WIRE_COMMAND, 26, PUSH),
					  ROW_READS("\5READY") },
	  .fate = ROW_LIVES, .ready = true },
	/* data or another command before READY, empty command, PING */
	{ "data first", .step = { ROW_GREETS, ROW_FRAMES(0, "data") },
	  .counter = "unexpected_command", ROW_PROTOCOL(0x10000001) },
	{ "HELLO first", .step = { ROW_GREETS, ROW_COMMANDS("\5HELLO") },
	  .counter = "unexpected_command", ROW_PROTOCOL(0x10000001) },
	{ "empty command first", .step = { ROW_GREETS, ROW_COMMANDS("") },
	  .counter = "unexpected_command", ROW_PROTOCOL(0x10000001) },
	{ "name beyond the end first", .step = { ROW_GREETS, ROW_COMMANDS("\11READY") },
	  .counter = "unexpected_command", ROW_PROTOCOL(0x10000001) },
	{ "PING first", .connects = true, .step = { ROW_GREETS, ROW_COMMANDS("\4PING\0\0") },
	  .counter = "unexpected_command", ROW_PROTOCOL(0x10000001) },
	/* ERROR without a length, or one beyond the end */
	{ "ERROR without a reason", .step = { ROW_GREETS, ROW_COMMANDS("\5ERROR") },
	  .counter = "malformed_error", ROW_PROTOCOL(0x10000015) },
	{ "ERROR cut", .connects = true, .step = { ROW_GREETS, ROW_COMMANDS("\5ERROR\4" "400") },
	  .counter = "malformed_error", ROW_PROTOCOL(0x10000015) },
	/* ERROR with a status, with another text */
	{ "ERROR 300", .connects = true, .step = { ROW_GREETS, ROW_COMMANDS("\5ERROR\3" "300") },
	  .counter = "peer_error", ROW_AUTH(300) },
	{ "ERROR 400", .step = { ROW_GREETS, ROW_COMMANDS("\5ERROR\3" "400") },
	  .counter = "peer_error", ROW_AUTH(400) },
	{ "ERROR text", .step = { ROW_GREETS, ROW_COMMANDS("\5ERROR\4late") },
	  .counter = "peer_error" },
	/* data in one burst with greeting and READY */
	{ "all in one burst", .step = { ROW_SENDS(GREETING PUSH_FRAME "\0\4data") },
	  .counter = "unexpected_command", ROW_PROTOCOL(0x10000001) },
	/* a frame above MAXMSGSIZE, in the handshake */
	{ "READY above MAXMSGSIZE", .max = 64,
	  .step = { ROW_GREETS, ROW_ANNOUNCES(WIRE_COMMAND, 65, "\5READY") },
	  .counter = "frame_too_big" },
	{ "READY of 2^63 bytes", .step = { ROW_GREETS, ROW_ANNOUNCES(WIRE_COMMAND, 1ULL << 63,
								      "\5READY") },
	  .counter = "frame_malformed" },
};

static const struct row traffic[] = {
	/* READY again, ERROR, unknown and empty commands, name beyond the end */
	{ "READY again", .step = { HANDSHAKE, ROW_COMMANDS(PUSH) }, .fate = ROW_LIVES,
	  .ready = true },
	{ "ERROR", .step = { HANDSHAKE, ROW_COMMANDS("\5ERROR\3" "400") }, .fate = ROW_LIVES,
	  .ready = true },
	{ "unknown command", .step = { HANDSHAKE, ROW_COMMANDS("\3abcdef") }, .fate = ROW_LIVES,
	  .ready = true },
	{ "empty command", .step = { HANDSHAKE, ROW_COMMANDS("") }, .fate = ROW_LIVES,
	  .ready = true },
	{ "name beyond the end", .step = { HANDSHAKE, ROW_COMMANDS("\11abc") }, .fate = ROW_LIVES,
	  .ready = true },
	/* a command with MORE */
	{ "PING with MORE", .step = { HANDSHAKE, ROW_FRAMES(WIRE_COMMAND | WIRE_MORE, "\4PING\0\0"),
				      ROW_READS("\4PONG"), ROW_FRAMES(0, "data") },
	  .fate = ROW_LIVES, .ready = true, .delivers = "data" },
	/* PING shorter than 7 bytes: libzmq answers with stray bytes */
	{ "PING without TTL", .step = { HANDSHAKE, ROW_COMMANDS("\4PING") }, .ready = true,
	  .counter = "malformed_command" },
	/* PING with a context above 16 bytes */
	{ "PING with a long context",
	  .step = { HANDSHAKE, ROW_COMMANDS("\4PING\0\0" "0123456789abcdefXYZ"),
		    ROW_READS("\4PONG0123456789abcdef") },
	  .fate = ROW_LIVES, .ready = true },
	/* a frame above MAXMSGSIZE; sizes that there are not */
	{ "frame above MAXMSGSIZE", .max = 64, .step = { HANDSHAKE, ROW_ANNOUNCES(0, 65, "x") },
	  .ready = true, .counter = "frame_too_big" },
	{ "frame of 2^63 bytes", .step = { HANDSHAKE, ROW_ANNOUNCES(0, 1ULL << 63, "x") },
	  .ready = true, .counter = "frame_malformed" },
	{ "frame of 2^64 - 1 bytes", .step = { HANDSHAKE, ROW_ANNOUNCES(0, ~0ULL, "x") },
	  .ready = true, .counter = "frame_malformed" },
	/* SUBSCRIBE to a type without subscribers: data */
	{ "SUBSCRIBE to a PULL", .step = { HANDSHAKE, ROW_COMMANDS("\11SUBSCRIBEab") },
	  .fate = ROW_LIVES, .ready = true, .delivers = "\11SUBSCRIBEab" },
	/* CANCEL, or a message 00, for an unknown topic */
	{ "CANCEL of an unknown topic", .type = ZMQ_XPUB,
	  .step = { ROW_GREETS, ROW_COMMANDS(ROW_READY("\3SUB")), ROW_READS("\5READY"),
		    ROW_COMMANDS("\6CANCELab") },
	  .fate = ROW_LIVES, .ready = true },
	/* data to a type that does not receive */
	{ "data to a PUSH", .type = ZMQ_PUSH,
	  .step = { ROW_GREETS, ROW_COMMANDS(ROW_READY("\4PULL")), ROW_READS("\5READY"),
		    ROW_FRAMES(0, "data") },
	  .fate = ROW_LIVES, .ready = true, .counter = "drop_not_read" },
	{ "data to a PUB", .type = ZMQ_PUB,
	  .step = { ROW_GREETS, ROW_COMMANDS(ROW_READY("\3SUB")), ROW_READS("\5READY"),
		    ROW_FRAMES(0, "data") },
	  .fate = ROW_LIVES, .ready = true, .counter = "drop_not_read" },
	/* REP: a request without a delimiter */
	{ "request without a delimiter", .type = ZMQ_REP,
	  .step = { ROW_GREETS, ROW_COMMANDS(ROW_READY("\3REQ")), ROW_READS("\5READY"),
		    ROW_FRAMES(0, "request") },
	  .fate = ROW_LIVES, .ready = true, .counter = "drop_no_delimiter" },
	/* REQ: a reply without a delimiter */
	{ "reply without a delimiter", .type = ZMQ_REQ,
	  .step = { ROW_GREETS, ROW_COMMANDS(ROW_READY("\3REP")), ROW_READS("\5READY"),
		    ROW_ASKS("question"), ROW_READS(""), ROW_READS("question"),
		    ROW_FRAMES(0, "answer") },
	  .ready = true, .counter = "pattern_violation" },
	/* an Identity twice at a ROUTER */
	{ "identity of another", .type = ZMQ_ROUTER, .twice = true,
	  .step = { ROW_GREETS, ROW_COMMANDS(ROW_READY("\6DEALER") "\10Identity\0\0\0\2id"),
		    ROW_READS("\5READY") },
	  .fate = ROW_STAYS, .ready = true },
	/* a second peer at a PAIR */
	{ "second peer of a PAIR", .pair = true, .twice = true,
	  .step = { ROW_GREETS, ROW_COMMANDS(ROW_READY("\4PAIR")), ROW_READS("\5READY") },
	  .fate = ROW_STAYS, .ready = true },
};

static void run_greetings(const void *arg)
{
	(void)arg;
	row_run(greetings, ZT_ARRAY(greetings));
}

static void run_first_commands(const void *arg)
{
	(void)arg;
	row_run(first_commands, ZT_ARRAY(first_commands));
}

static void run_traffic(const void *arg)
{
	(void)arg;
	row_run(traffic, ZT_ARRAY(traffic));
}

static const struct zt_case cases[] = {
	{ "greetings", run_greetings, .limit = 60 },
	{ "first_commands", run_first_commands, .limit = 60 },
	{ "traffic", run_traffic, .limit = 60 },
};

int main(int argc, char **argv)
{
	zt_netns();
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
