// SPDX-License-Identifier: GPL-2.0-only
/*
 * Malformed and hostile peers in the handshake of CURVE, row by row (wire page, 5.3
 * and 12): what becomes of the connection, which counter rises, which event comes, and
 * that the socket lives on. What needs the keys of both sides is in badpeer_initiate.c
 * and curve_kunit.c, what comes behind the handshake in native_curve_wire.c.
 */
#include <errno.h>

#include "native.h"
#include "row.h"
#include "wire.h"

#define ZEROS_8 "\0\0\0\0\0\0\0\0"
#define ZEROS_24 ZEROS_8 ZEROS_8 ZEROS_8
#define ZEROS_72 ZEROS_24 ZEROS_24 ZEROS_24
#define ZEROS_144 ZEROS_72 ZEROS_72
#define ZEROS_240 ZEROS_144 ZEROS_72 ZEROS_24

/*
 * HELLO of a client whose secret key of this connection counts from 1 to 32: the public
 * one, and the box for the server of the page zmq_curve(7) with the number 1.
 */
#define HELLO_KEY \
	"\x07\xa3\x7c\xbc\x14\x20\x93\xc8\xb7\x55\xdc\x1b\x10\xe8\x6c\xb4" \
	"\x26\x37\x4a\xd1\x6a\xa8\x53\xed\x0b\xdf\xc0\xb2\xb8\x6d\x1c\x7c"
#define NUMBER(n) "\0\0\0\0\0\0\0" n
#define HELLO_BOX_BUT_ONE \
	"\x6e\x3f\x26\xf7\x2f\xe2\xf0\x5d\xb2\x0d\xe7\x88\x1e\xe6\xa0\x8f" \
	"\xc4\x32\xaf\xe7\x3b\x13\x82\x26\xf5\x93\x08\x79\xc9\x3b\xdd\x4d" \
	"\x85\x86\x42\x5a\x3a\x8d\x6b\xc5\xd8\x35\x98\xa3\x01\x7e\x0f\x17" \
	"\x92\xff\x03\x81\x36\x0d\x16\x8b\x6f\xe1\xc5\xe0\xbb\x75\x2b\x0d" \
	"\x36\x5e\x13\xea\x8e\x8a\x29\xce\x1c\x50\x52\xc8\xc6\x3e\xce"
#define HELLO_BOX HELLO_BOX_BUT_ONE "\xd7"
#define HELLO_TAIL HELLO_KEY NUMBER("\1") HELLO_BOX

#define UNEXPECTED .counter = "unexpected_command", ROW_PROTOCOL(0x10000001)
#define INVALID_SEQUENCE .counter = "invalid_sequence", ROW_PROTOCOL(0x10000002)
#define NO_COMMAND .counter = "malformed_command", ROW_PROTOCOL(0x10000011)
#define MALFORMED_HELLO .counter = "malformed_hello", ROW_PROTOCOL(0x10000013)
#define CRYPTOGRAPHIC .counter = "cryptographic", ROW_PROTOCOL(0x11000001)

#define CURVE_SERVER .mechanism = ROW_CURVE
#define SAY_HELLO ROW_COMMANDS("\5HELLO\1\0" ZEROS_72 HELLO_TAIL)
#define WELCOMED ROW_GREETS, SAY_HELLO, ROW_READS("\7WELCOME")

static const struct row server[] = {
	/* another mechanism; ZMTP 2.0 and 1.0; another server */
	{ "NULL", CURVE_SERVER,
	  .step = { ROW_SENDS("\xff\0\0\0\0\0\0\0\1\x7f\3\1NULL" ZEROS_24 ZEROS_24) },
	  .counter = "mechanism_mismatch", ROW_PROTOCOL(0x11000002) },
	{ "ZMTP 2.0", CURVE_SERVER, .step = { ROW_SENDS("\xff\0\0\0\0\0\0\0\1\x7f\1\10") },
	  .counter = "old_peer" },
	{ "ZMTP 1.0", CURVE_SERVER, .step = { ROW_SENDS("\1\0") }, .counter = "old_peer" },
	{ "a server", CURVE_SERVER, .handshake_ms = 500, .step = { ROW_GREETS },
	  .counter = "handshake_timeout", ROW_NO_DETAIL(EAGAIN) },
	/* wrong first command */
	{ "INITIATE first", CURVE_SERVER, .step = { ROW_GREETS, ROW_COMMANDS("\10INITIATE") },
	  UNEXPECTED },
	{ "another name than HELLO", CURVE_SERVER,
	  .step = { ROW_GREETS, ROW_COMMANDS("\5HELLX\1\0" ZEROS_72 HELLO_TAIL) }, UNEXPECTED },
	{ "ERROR first", CURVE_SERVER,
	  .step = { ROW_GREETS, ROW_COMMANDS("\5ERROR\003400") }, UNEXPECTED },
	{ "data first", CURVE_SERVER, .step = { ROW_GREETS, ROW_FRAMES(0, "\4data") },
	  UNEXPECTED },
	{ "empty command first", CURVE_SERVER, .step = { ROW_GREETS, ROW_COMMANDS("") },
	  NO_COMMAND },
	{ "empty name first", CURVE_SERVER, .step = { ROW_GREETS, ROW_COMMANDS("\0") },
	  NO_COMMAND },
	{ "name beyond the end first", CURVE_SERVER,
	  .step = { ROW_GREETS, ROW_COMMANDS("\6HELLO") }, NO_COMMAND },
	/* HELLO of another length or version, for another server, with a used number */
	{ "bare HELLO", CURVE_SERVER, .step = { ROW_GREETS, ROW_COMMANDS("\5HELLO") },
	  MALFORMED_HELLO },
	{ "HELLO too short", CURVE_SERVER,
	  .step = { ROW_GREETS, ROW_COMMANDS("\5HELLO\1\0" ZEROS_72 HELLO_KEY NUMBER("\1")
					     HELLO_BOX_BUT_ONE) }, MALFORMED_HELLO },
	{ "HELLO too long", CURVE_SERVER,
	  .step = { ROW_GREETS, ROW_COMMANDS("\5HELLO\1\0" ZEROS_72 HELLO_TAIL "x") },
	  MALFORMED_HELLO },
	{ "HELLO of version 2.0", CURVE_SERVER,
	  .step = { ROW_GREETS, ROW_COMMANDS("\5HELLO\2\0" ZEROS_72 HELLO_TAIL) },
	  MALFORMED_HELLO },
	{ "HELLO of version 1.1", CURVE_SERVER,
	  .step = { ROW_GREETS, ROW_COMMANDS("\5HELLO\1\1" ZEROS_72 HELLO_TAIL) },
	  MALFORMED_HELLO },
	{ "HELLO that does not open", CURVE_SERVER,
	  .step = { ROW_GREETS, ROW_COMMANDS("\5HELLO\1\0" ZEROS_72 HELLO_KEY NUMBER("\1")
					     HELLO_BOX_BUT_ONE "x") }, CRYPTOGRAPHIC },
	{ "HELLO with another number", CURVE_SERVER,
	  .step = { ROW_GREETS, ROW_COMMANDS("\5HELLO\1\0" ZEROS_72 HELLO_KEY NUMBER("\2")
					     HELLO_BOX) }, CRYPTOGRAPHIC },
	{ "HELLO with a key of small order", CURVE_SERVER,
	  .step = { ROW_GREETS, ROW_COMMANDS("\5HELLO\1\0" ZEROS_72 ZEROS_24 ZEROS_8
					     NUMBER("\1") HELLO_BOX) }, CRYPTOGRAPHIC },
	{ "HELLO with the number 0", CURVE_SERVER,
	  .step = { ROW_GREETS, ROW_COMMANDS("\5HELLO\1\0" ZEROS_72 HELLO_KEY NUMBER("\0")
					     HELLO_BOX) }, INVALID_SEQUENCE },
	/* behind WELCOME */
	{ "padding of HELLO does not count, HELLO twice", CURVE_SERVER,
	  .step = { ROW_GREETS, ROW_COMMANDS("\5HELLO\1\0padding!" ZEROS_24 ZEROS_24 ZEROS_8
					     ZEROS_8 HELLO_TAIL),
		    ROW_READS("\7WELCOME"), SAY_HELLO }, UNEXPECTED },
	{ "bare INITIATE", CURVE_SERVER, .step = { WELCOMED, ROW_COMMANDS("\10INITIATE") },
	  .counter = "malformed_initiate", ROW_PROTOCOL(0x10000014) },
	{ "INITIATE too short", CURVE_SERVER,
	  .step = { WELCOMED,
		    ROW_COMMANDS("\10INITIATE" ZEROS_240 "\0\0\0\0\0\0\0") },
	  .counter = "malformed_initiate", ROW_PROTOCOL(0x10000014) },
	{ "INITIATE with another cookie", CURVE_SERVER,
	  .step = { WELCOMED, ROW_COMMANDS("\10INITIATE" ZEROS_240 ZEROS_8) }, CRYPTOGRAPHIC },
	{ "empty command behind WELCOME", CURVE_SERVER, .step = { WELCOMED, ROW_COMMANDS("") },
	  NO_COMMAND },
	{ "silence behind WELCOME", CURVE_SERVER, .handshake_ms = 500, .step = { WELCOMED },
	  .counter = "handshake_timeout", ROW_NO_DETAIL(EAGAIN) },
	{ "closes behind WELCOME", CURVE_SERVER, .step = { WELCOMED, { .what = ROW_CLOSE } },
	  .fate = ROW_GONE, .counter = "handshake_closed", ROW_NO_DETAIL(EPIPE) },
};

#define CURVE_CLIENT .mechanism = ROW_CURVE, .connects = true
#define HELLO ROW_GREETS, ROW_READS("\5HELLO\1\0" ZEROS_72)

static const struct row client[] = {
	{ "NULL", CURVE_CLIENT,
	  .step = { ROW_SENDS("\xff\0\0\0\0\0\0\0\1\x7f\3\1NULL" ZEROS_24 ZEROS_24) },
	  .counter = "mechanism_mismatch", ROW_PROTOCOL(0x11000002) },
	{ "ZMTP 2.0", CURVE_CLIENT, .step = { ROW_SENDS("\xff\0\0\0\0\0\0\0\1\x7f\1\10") },
	  .counter = "old_peer" },
	{ "HELLO of a client", CURVE_CLIENT, .step = { HELLO, SAY_HELLO }, UNEXPECTED },
	/* libzmq has no code for a WELCOME of another length */
	{ "bare WELCOME", CURVE_CLIENT, .step = { HELLO, ROW_COMMANDS("\7WELCOME") },
	  CRYPTOGRAPHIC },
	{ "WELCOME too short", CURVE_CLIENT,
	  .step = { HELLO, ROW_COMMANDS("\7WELCOME" ZEROS_144 ZEROS_8 "\0\0\0\0\0\0\0") },
	  CRYPTOGRAPHIC },
	{ "WELCOME that does not open", CURVE_CLIENT,
	  .step = { HELLO, ROW_COMMANDS("\7WELCOME" ZEROS_144 ZEROS_8 ZEROS_8) },
	  CRYPTOGRAPHIC },
	{ "READY too early", CURVE_CLIENT,
	  .step = { HELLO, ROW_COMMANDS("\5READY" ZEROS_24 ZEROS_24) }, UNEXPECTED },
	{ "unknown command", CURVE_CLIENT, .step = { HELLO, ROW_COMMANDS("\3abc") },
	  UNEXPECTED },
	{ "empty command", CURVE_CLIENT, .step = { HELLO, ROW_COMMANDS("") }, NO_COMMAND },
	{ "ERROR 400", CURVE_CLIENT, .step = { HELLO, ROW_COMMANDS("\5ERROR\003400") },
	  .counter = "peer_error", ROW_AUTH(400) },
	{ "ERROR text", CURVE_CLIENT, .step = { HELLO, ROW_COMMANDS("\5ERROR\003abc") },
	  .counter = "peer_error" },
	{ "ERROR cut", CURVE_CLIENT, .step = { HELLO, ROW_COMMANDS("\5ERROR\004400") },
	  .counter = "malformed_error", ROW_PROTOCOL(0x10000015) },
	{ "silence for WELCOME", CURVE_CLIENT, .handshake_ms = 500, .step = { HELLO },
	  .counter = "handshake_timeout", ROW_NO_DETAIL(EAGAIN) },
	{ "closes instead of WELCOME", CURVE_CLIENT,
	  .step = { HELLO, { .what = ROW_CLOSE } },
	  .fate = ROW_GONE, .counter = "handshake_closed", ROW_NO_DETAIL(EPIPE) },
};

static void run_client(const void *arg)
{
	(void)arg;
	row_run(client, ZT_ARRAY(client));
}

static void run_server(const void *arg)
{
	(void)arg;
	row_run(server, ZT_ARRAY(server));
}

static const struct zt_case cases[] = {
	{ "client", run_client, .limit = 60 },
	{ "server", run_server, .limit = 60 },
};

int main(int argc, char **argv)
{
	zt_netns();
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
