// SPDX-License-Identifier: GPL-2.0-only
/*
 * Malformed and hostile peers of PLAIN, row by row (wire page, 5.2 and 12): what
 * becomes of the connection, which counter rises, which event comes, and that the
 * socket lives on. Events and codes are those of a stock libzmq 4.3.4.
 */
#include <pthread.h>
#include <sys/socket.h>

#include "native.h"
#include "row.h"
#include "wire.h"

#define ZEROS_16 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define PLAIN_CLIENT .mechanism = ROW_PLAIN, .connects = true
#define HELLO ROW_READS("\5HELLO\5admin\2pw")
#define WELCOME ROW_COMMANDS("\7WELCOME")
#define INITIATE ROW_READS("\10INITIATE" ROW_TYPE("\4PULL"))
#define UNEXPECTED .counter = "unexpected_command", ROW_PROTOCOL(0x10000001)

static const struct row client[] = {
	{ "good server", PLAIN_CLIENT,
	  .step = { ROW_GREETS, HELLO, WELCOME, INITIATE, ROW_COMMANDS(ROW_READY("\4PUSH")) },
	  .fate = ROW_LIVES, .ready = true },
	{ "READY and data in one burst", PLAIN_CLIENT,
	  .step = { ROW_GREETS, HELLO, WELCOME, INITIATE, ROW_SENDS("\4\6\5READY\0\4data") },
	  .fate = ROW_LIVES, .ready = true, .delivers = "data" },
	/* another mechanism; ZMTP 2.0 */
	{ "NULL", PLAIN_CLIENT,
	  .step = { ROW_SENDS("\xff\0\0\0\0\0\0\0\1\x7f\3\1NULL" ZEROS_16 ZEROS_16 ZEROS_16) },
	  .counter = "mechanism_mismatch", ROW_PROTOCOL(0x11000002) },
	{ "ZMTP 2.0", PLAIN_CLIENT, .step = { ROW_SENDS("\xff\0\0\0\0\0\0\0\1\x7f\1\10") },
	  .counter = "old_peer" },
	{ "ZMTP 1.0", PLAIN_CLIENT, .step = { ROW_SENDS("\1\0") }, .counter = "old_peer" },
	/* another client */
	{ "HELLO of a client", PLAIN_CLIENT,
	  .step = { ROW_GREETS, HELLO, ROW_COMMANDS("\5HELLO\0\0") }, UNEXPECTED },
	/* WELCOME longer than 8, WELCOME or READY too early */
	{ "WELCOME too long", PLAIN_CLIENT,
	  .step = { ROW_GREETS, HELLO, ROW_COMMANDS("\7WELCOMEx") },
	  .counter = "malformed_welcome", ROW_PROTOCOL(0x10000017) },
	{ "WELCOME twice", PLAIN_CLIENT, .step = { ROW_GREETS, HELLO, WELCOME, INITIATE, WELCOME },
	  UNEXPECTED },
	{ "READY too early", PLAIN_CLIENT, .step = { ROW_GREETS, HELLO, ROW_COMMANDS("\5READY") },
	  UNEXPECTED },
	{ "unknown command", PLAIN_CLIENT, .step = { ROW_GREETS, HELLO, ROW_COMMANDS("\3abc") },
	  UNEXPECTED },
	{ "empty command", PLAIN_CLIENT, .step = { ROW_GREETS, HELLO, ROW_COMMANDS("") },
	  UNEXPECTED },
	{ "data", PLAIN_CLIENT, .step = { ROW_GREETS, HELLO, ROW_FRAMES(0, "data") }, UNEXPECTED },
	/* bad metadata: an event to clients */
	{ "type that does not fit", PLAIN_CLIENT,
	  .step = { ROW_GREETS, HELLO, WELCOME, INITIATE, ROW_COMMANDS(ROW_READY("\4PULL")) },
	  .counter = "type_mismatch", ROW_PROTOCOL(0x10000018) },
	{ "byte left over", PLAIN_CLIENT,
	  .step = { ROW_GREETS, HELLO, WELCOME, INITIATE, ROW_COMMANDS(ROW_READY("\4PUSH") "x") },
	  .counter = "invalid_metadata", ROW_PROTOCOL(0x10000018) },
};

static const struct row client_ends[] = {
	/* ERROR as libzmq writes it, and as RFC 24 has it */
	{ "ERROR of libzmq", PLAIN_CLIENT,
	  .step = { ROW_GREETS, HELLO, ROW_COMMANDS("^RROR\3" "400") },
	  .counter = "peer_error", ROW_AUTH(400) },
	{ "ERROR of RFC 24", PLAIN_CLIENT,
	  .step = { ROW_GREETS, HELLO, ROW_COMMANDS("\5ERROR\3" "500") },
	  .counter = "peer_error", ROW_AUTH(500) },
	{ "ERROR behind WELCOME", PLAIN_CLIENT,
	  .step = { ROW_GREETS, HELLO, WELCOME, INITIATE, ROW_COMMANDS("^RROR\3" "300") },
	  .counter = "peer_error", ROW_AUTH(300) },
	{ "ERROR text", PLAIN_CLIENT, .step = { ROW_GREETS, HELLO, ROW_COMMANDS("^RROR\3abc") },
	  .counter = "peer_error" },
	{ "ERROR cut", PLAIN_CLIENT, .step = { ROW_GREETS, HELLO, ROW_COMMANDS("^RROR\4" "400") },
	  .counter = "malformed_error", ROW_PROTOCOL(0x10000015) },
	/* silence, the end */
	{ "silence for WELCOME", PLAIN_CLIENT, .handshake_ms = 500, .step = { ROW_GREETS, HELLO },
	  .counter = "handshake_timeout", ROW_NO_DETAIL(EAGAIN) },
	{ "closes instead of WELCOME", PLAIN_CLIENT,
	  .step = { ROW_GREETS, HELLO, { .what = ROW_CLOSE } },
	  .fate = ROW_GONE, .counter = "handshake_closed", ROW_NO_DETAIL(EPIPE) },
};

#define PLAIN_SERVER .mechanism = ROW_PLAIN
#define SAY_HELLO(name) ROW_GREETS, ROW_COMMANDS("\5HELLO" name "\2pw")
#define WELCOMED SAY_HELLO("\5admin"), ROW_READS("\7WELCOME")
#define SAY_INITIATE ROW_COMMANDS("\10INITIATE" ROW_TYPE("\4PUSH"))
#define MALFORMED_HELLO .counter = "malformed_hello", ROW_PROTOCOL(0x10000013)
#define OUT_OF_TURN .counter = "out_of_turn", ROW_PROTOCOL(0x10000000)

static const struct row server[] = {
	{ "good client", PLAIN_SERVER, .step = { WELCOMED, SAY_INITIATE, ROW_READS("\5READY") },
	  .fate = ROW_LIVES, .ready = true },
	{ "INITIATE and data in one burst", PLAIN_SERVER,
	  .step = { WELCOMED, ROW_SENDS("\4\11\10INITIATE\0\4data"), ROW_READS("\5READY") },
	  .fate = ROW_LIVES, .ready = true, .delivers = "data" },
	/* another mechanism; ZMTP 2.0 and 1.0 */
	{ "NULL", PLAIN_SERVER,
	  .step = { ROW_SENDS("\xff\0\0\0\0\0\0\0\1\x7f\3\1NULL" ZEROS_16 ZEROS_16 ZEROS_16) },
	  .counter = "mechanism_mismatch", ROW_PROTOCOL(0x11000002) },
	{ "ZMTP 2.0", PLAIN_SERVER, .step = { ROW_SENDS("\xff\0\0\0\0\0\0\0\1\x7f\1\10") },
	  .counter = "old_peer" },
	{ "ZMTP 1.0", PLAIN_SERVER, .step = { ROW_SENDS("\1\0") }, .counter = "old_peer" },
	{ "ZMTP 1.0, domain", .domain = true, .step = { ROW_SENDS("\1\0") },
	  .counter = "old_peer" },
	/* another server says nothing */
	{ "a server", PLAIN_SERVER, .handshake_ms = 500, .step = { ROW_GREETS },
	  .counter = "handshake_timeout", ROW_NO_DETAIL(EAGAIN) },
	/* wrong first command */
	{ "INITIATE first", PLAIN_SERVER, .step = { ROW_GREETS, SAY_INITIATE }, UNEXPECTED },
	{ "data first", PLAIN_SERVER, .step = { ROW_GREETS, ROW_FRAMES(0, "\4data") },
	  UNEXPECTED },
	{ "empty command first", PLAIN_SERVER, .step = { ROW_GREETS, ROW_COMMANDS("") },
	  .counter = "malformed_command", ROW_PROTOCOL(0x10000011) },
	{ "name beyond the end first", PLAIN_SERVER,
	  .step = { ROW_GREETS, ROW_COMMANDS("\6HELLO") },
	  .counter = "malformed_command", ROW_PROTOCOL(0x10000011) },
	/* HELLO: bad lengths, trailing bytes */
	{ "bare HELLO", PLAIN_SERVER, .step = { ROW_GREETS, ROW_COMMANDS("\5HELLO") },
	  MALFORMED_HELLO },
	{ "HELLO without a password", PLAIN_SERVER,
	  .step = { ROW_GREETS, ROW_COMMANDS("\5HELLO\5admin") }, MALFORMED_HELLO },
	{ "name cut", PLAIN_SERVER, .step = { ROW_GREETS, ROW_COMMANDS("\5HELLO\6admin") },
	  MALFORMED_HELLO },
	{ "password cut", PLAIN_SERVER,
	  .step = { ROW_GREETS, ROW_COMMANDS("\5HELLO\5admin\3pw") }, MALFORMED_HELLO },
	{ "byte behind HELLO", PLAIN_SERVER,
	  .step = { ROW_GREETS, ROW_COMMANDS("\5HELLO\5admin\2pwx") }, MALFORMED_HELLO },
	/* the verdicts */
	{ "refused", PLAIN_SERVER, .step = { SAY_HELLO("\3" "400"), ROW_READS("^RROR\3" "400") },
	  .counter = "auth_refused", ROW_AUTH(400) },
	{ "handler's error", PLAIN_SERVER,
	  .step = { SAY_HELLO("\3" "500"), ROW_READS("^RROR\3" "500") },
	  .counter = "auth_refused", ROW_AUTH(500) },
	/* a command in a state that expects none */
	{ "INITIATE before the verdict", PLAIN_SERVER,
	  .step = { SAY_HELLO("\4wait"), SAY_INITIATE }, OUT_OF_TURN },
	{ "HELLO twice in one burst", PLAIN_SERVER,
	  .step = { ROW_GREETS, ROW_SENDS("\4\10\5HELLO\0\0\4\10\5HELLO\0\0") }, OUT_OF_TURN },
	{ "silent handler", PLAIN_SERVER, .handshake_ms = 500, .step = { SAY_HELLO("\4wait") },
	  .counter = "handshake_timeout", ROW_NO_DETAIL(EAGAIN) },
	{ "HELLO for INITIATE", PLAIN_SERVER, .step = { WELCOMED, ROW_COMMANDS("\5HELLO\0\0") },
	  UNEXPECTED },
	{ "ERROR for INITIATE", PLAIN_SERVER,
	  .step = { WELCOMED, ROW_COMMANDS("\5ERROR\3" "400") }, UNEXPECTED },
	/* bad metadata in INITIATE: no event */
	{ "type that does not fit", PLAIN_SERVER,
	  .step = { WELCOMED, ROW_COMMANDS("\10INITIATE" ROW_TYPE("\4PULL")) },
	  .counter = "type_mismatch" },
	{ "byte left over", PLAIN_SERVER,
	  .step = { WELCOMED, ROW_COMMANDS("\10INITIATEx") }, .counter = "invalid_metadata" },
};

/* A part of a request; the rest of it is cut off. Is there another one? */
static bool zap_part(int fd, char *buf, size_t size)
{
	struct iovec iov = { buf, size - 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	do {
		n = recvmsg(fd, &msg, 0);
	} while (n < 0 && errno == EAGAIN);
	zt_ok(n);
	buf[n] = 0;
	return !(msg.msg_flags & MSG_EOR);
}

/* A request: who asks, and the peer's name, "admin" where there is none, in NULL. */
static void zap_request(int fd, char *id, char *name, size_t size)
{
	char part[256];
	bool more = zap_part(fd, id, size);
	int i;

	strcpy(name, "admin");
	for (i = 1; more; i++) {
		more = zap_part(fd, part, sizeof(part));
		if (i == 8)
			memcpy(name, part, sizeof(part));
	}
}

/* Answers with the status that the peer's name is, lets "admin" in, lets "wait" wait. */
static void *zap_handler(void *arg)
{
	char id[256], name[256];
	int fd = *(int *)arg;

	for (;;) {
		zap_request(fd, id, name, sizeof(id));
		if (!strcmp(name, "wait"))
			continue;
		/* The number of a peer is binary, and has 5 bytes. */
		zt_eq(send(fd, id, 5, MSG_MORE), 5);
		nz_put(fd, "", MSG_MORE);
		nz_put(fd, "1.0", MSG_MORE);
		nz_put(fd, "1", MSG_MORE);
		nz_put(fd, strcmp(name, "admin") ? name : "200", MSG_MORE);
		nz_put(fd, "", MSG_MORE);
		nz_put(fd, name, MSG_MORE);
		nz_put(fd, "", 0);
	}
	return NULL;
}

static void run_client(const void *arg)
{
	(void)arg;
	row_run(client, ZT_ARRAY(client));
}

static void run_client_ends(const void *arg)
{
	(void)arg;
	row_run(client_ends, ZT_ARRAY(client_ends));
}

static void run_server(const void *arg)
{
	int handler = nz_socket(ZMQ_ROUTER);
	pthread_t thread;

	(void)arg;
	zt_ok(nz_bind(handler, "inproc://zeromq.zap.01"));
	zt_eq(pthread_create(&thread, NULL, zap_handler, &handler), 0);
	row_run(server, ZT_ARRAY(server));
}

static const struct zt_case cases[] = {
	{ "client", run_client, .limit = 60 },
	{ "client_ends", run_client_ends, .limit = 60 },
	{ "server", run_server, .limit = 60 },
};

int main(int argc, char **argv)
{
	zt_netns();
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
