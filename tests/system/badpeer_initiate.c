// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hostile INITIATE commands of CURVE (wire page, 5.3 and 12), made with libsodium: a
 * client that has opened WELCOME and then spoils one thing. What becomes of the
 * connection, which counter rises, which event comes, and that the socket lives on.
 */
#include "curve_peer.h"
#include "row.h"
#include "wire.h"

#define METADATA 64
#define COMMAND_MAX 65536

enum fault {
	NO_FAULT,
	OTHER_COOKIE,
	BOX_SPOILT,
	VOUCH_SPOILT,
	VOUCH_FOR_ANOTHER,
	VOUCH_TO_ANOTHER,
	OLD_NONCE,
	OTHER_TYPE,
	BYTE_LEFT_OVER,
};

/* Whose keys commands are sealed with. */
static struct cp_side self;

static void hello(int peer)
{
	uint8_t body[CP_HELLO];

	cp_client(&self);
	wire_frame(peer, WIRE_COMMAND, body, cp_hello(&self, body, 1));
}

static void welcome(int peer)
{
	uint8_t body[512];
	int flags;

	zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), CP_WELCOME);
	zt_check(cp_take_welcome(&self, body));
}

/* C' and S, for S' to see that C has said so. */
static void vouch(uint8_t *out, enum fault fault)
{
	uint8_t text[CP_VOUCH_TEXT];

	cp_vouch_text(&self, text);
	if (fault == VOUCH_FOR_ANOTHER)
		text[0] ^= 1;
	if (fault == VOUCH_TO_ANOTHER)
		text[CP_KEY] ^= 1;
	cp_vouch(&self, out, text);
	if (fault == VOUCH_SPOILT)
		out[16] ^= 1;
}

static size_t metadata(uint8_t *out, enum fault fault)
{
	static const char push[] = ROW_TYPE("\4PUSH"), pull[] = ROW_TYPE("\4PULL");

	memcpy(out, fault == OTHER_TYPE ? pull : push, sizeof(push));
	/* The NUL of the string is the byte left over. */
	return fault == BYTE_LEFT_OVER ? sizeof(push) : sizeof(push) - 1;
}

static void initiate(int peer, enum fault fault)
{
	uint8_t text[CP_INITIATE_TEXT + METADATA], body[CP_INITIATE(sizeof(text))];
	size_t len = CP_INITIATE_TEXT;

	memcpy(text, self.pk, CP_KEY);
	vouch(text + CP_KEY, fault);
	len += metadata(text + len, fault);
	len = cp_initiate(&self, body, fault == OLD_NONCE ? 1 : 2, text, len);
	if (fault == OTHER_COOKIE)
		body[CP_INITIATE_OFF_COOKIE + CP_COOKIE - 1] ^= 1;
	if (fault == BOX_SPOILT)
		body[len - 1] ^= 1;
	wire_frame(peer, WIRE_COMMAND, body, len);
}

/* All that a client says. */
static void shake_hands(int peer, int fault)
{
	hello(peer);
	welcome(peer);
	initiate(peer, fault);
}

/* A command that nobody knows, of @len bytes, in a MESSAGE. */
static void command(int peer, int len)
{
	static uint8_t text[1 + COMMAND_MAX + 1], body[CP_MESSAGE(sizeof(text))];

	memset(text, 0, sizeof(text));
	memcpy(text, "\2\4ODDS", 6);
	wire_frame(peer, 0, body, cp_message(&self, body, 3, text, 1 + len));
}

#define SPOILS(fault) .mechanism = ROW_CURVE, .step = { ROW_GREETS, ROW_ACTS(shake_hands, fault) }
#define COMMANDS(len) .mechanism = ROW_CURVE, .ready = true, \
	.step = { ROW_GREETS, ROW_ACTS(shake_hands, NO_FAULT), ROW_READS("\5READY"), \
		  ROW_ACTS(command, len) }
#define CRYPTOGRAPHIC .counter = "cryptographic", ROW_PROTOCOL(0x11000001)
#define KEY_EXCHANGE .counter = "key_exchange", ROW_PROTOCOL(0x10000003)

static const struct row rows[] = {
	{ "good client", .mechanism = ROW_CURVE,
	  .step = { ROW_GREETS, ROW_ACTS(shake_hands, NO_FAULT), ROW_READS("\5READY") },
	  .fate = ROW_STAYS, .ready = true },
	/* cookie altered, box or vouch not opening */
	{ "cookie altered", SPOILS(OTHER_COOKIE), CRYPTOGRAPHIC },
	{ "box altered", SPOILS(BOX_SPOILT), CRYPTOGRAPHIC },
	{ "vouch altered", SPOILS(VOUCH_SPOILT), CRYPTOGRAPHIC },
	/* C' of another connection; S of another server, which libzmq takes */
	{ "vouch for another connection", SPOILS(VOUCH_FOR_ANOTHER), KEY_EXCHANGE },
	{ "vouch for another server", SPOILS(VOUCH_TO_ANOTHER), KEY_EXCHANGE },
	/* a nonce again, which libzmq takes here */
	{ "nonce of HELLO", SPOILS(OLD_NONCE), .counter = "invalid_sequence",
	  ROW_PROTOCOL(0x10000002) },
	/* bad metadata: no event to servers */
	{ "type that does not fit", SPOILS(OTHER_TYPE), .counter = "type_mismatch" },
	{ "byte left over", SPOILS(BYTE_LEFT_OVER), .counter = "invalid_metadata" },
	/* sealed, a command may be no longer than in clear */
	{ "longest command", COMMANDS(COMMAND_MAX), .fate = ROW_STAYS },
	{ "command too long", COMMANDS(COMMAND_MAX + 1), .counter = "frame_too_big" },
};

static void run_rows(const void *arg)
{
	(void)arg;
	row_run(rows, ZT_ARRAY(rows));
}

static const struct zt_case cases[] = {
	{ "initiate", run_rows, .limit = 60 },
};

int main(int argc, char **argv)
{
	zt_netns();
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
