// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hostile INITIATE commands of CURVE (wire page, 5.3 and 12), made with libsodium: a
 * client that has opened WELCOME and then spoils one thing. What becomes of the
 * connection, which counter rises, which event comes, and that the socket lives on.
 */
#include <sodium.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nsec.h"
#include "row.h"
#include "wire.h"

#define KEY crypto_box_PUBLICKEYBYTES
#define TAG crypto_box_MACBYTES
#define NONCE crypto_box_NONCEBYTES
#define COOKIE 96
#define VOUCH (16 + TAG + 2 * KEY)
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

/**
 * struct client - one connection's keys
 * @server: the server's public key
 * @pk: the client's public key
 * @sk: and its secret one
 * @tpk: public key of this connection
 * @tsk: and the secret one
 * @welcome: what was in WELCOME: the server's key of this connection, and the cookie
 */
struct client {
	uint8_t server[KEY];
	uint8_t pk[KEY], sk[KEY];
	uint8_t tpk[KEY], tsk[KEY];
	uint8_t welcome[KEY + COOKIE];
};

/* A nonce in short form: 16 bytes of text and a number. */
static void short_nonce(uint8_t *nonce, const char *text, uint8_t number)
{
	memset(nonce, 0, NONCE);
	memcpy(nonce, text, 16);
	nonce[NONCE - 1] = number;
}

static void long_nonce(uint8_t *nonce, const char *text, const uint8_t *rest)
{
	memcpy(nonce, text, 8);
	memcpy(nonce + 8, rest, 16);
}

/* The key that nsec.c gives to clients, as bytes. */
static void server_key(uint8_t *key)
{
	int fd = nz_socket(ZMQ_PUSH);
	socklen_t len = KEY;

	nz_curve_client(fd);
	zt_ok(getsockopt(fd, SOL_ZMQ, ZMQ_CURVE_SERVERKEY, key, &len));
	zt_eq(len, KEY);
	close(fd);
}

static void hello(int peer, struct client *c)
{
	uint8_t body[200] = "\5HELLO\1", nonce[NONCE], zeros[64] = { 0 };

	server_key(c->server);
	crypto_box_keypair(c->pk, c->sk);
	crypto_box_keypair(c->tpk, c->tsk);
	memcpy(body + 80, c->tpk, KEY);
	body[119] = 1;
	short_nonce(nonce, "CurveZMQHELLO---", 1);
	zt_eq(crypto_box_easy(body + 120, zeros, sizeof(zeros), nonce, c->server, c->tsk), 0);
	wire_frame(peer, WIRE_COMMAND, body, sizeof(body));
}

static void welcome(int peer, struct client *c)
{
	uint8_t body[512], nonce[NONCE];
	int flags;

	zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), 168);
	zt_check(!memcmp(body, "\7WELCOME", 8));
	long_nonce(nonce, "WELCOME-", body + 8);
	zt_eq(crypto_box_open_easy(c->welcome, body + 24, 144, nonce, c->server, c->tsk), 0);
}

/* C' and S, for S' to see that C has said so. */
static void vouch(uint8_t *out, const struct client *c, enum fault fault)
{
	uint8_t plain[2 * KEY], nonce[NONCE];

	memcpy(plain, c->tpk, KEY);
	memcpy(plain + KEY, c->server, KEY);
	if (fault == VOUCH_FOR_ANOTHER)
		plain[0] ^= 1;
	if (fault == VOUCH_TO_ANOTHER)
		plain[KEY] ^= 1;
	randombytes_buf(out, 16);
	long_nonce(nonce, "VOUCH---", out);
	zt_eq(crypto_box_easy(out + 16, plain, sizeof(plain), nonce, c->welcome, c->sk), 0);
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

static void initiate(int peer, const struct client *c, enum fault fault)
{
	uint8_t plain[KEY + VOUCH + METADATA], body[9 + COOKIE + 8 + TAG + sizeof(plain)];
	uint8_t number = fault == OLD_NONCE ? 1 : 2, nonce[NONCE];
	uint8_t *box = body + 9 + COOKIE + 8;
	size_t len = KEY + VOUCH;

	memcpy(plain, c->pk, KEY);
	vouch(plain + KEY, c, fault);
	len += metadata(plain + len, fault);
	memset(body, 0, sizeof(body));
	memcpy(body, "\10INITIATE", 9);
	memcpy(body + 9, c->welcome + KEY, COOKIE);
	if (fault == OTHER_COOKIE)
		body[9 + COOKIE - 1] ^= 1;
	box[-1] = number;
	short_nonce(nonce, "CurveZMQINITIATE", number);
	zt_eq(crypto_box_easy(box, plain, len, nonce, c->welcome, c->tsk), 0);
	if (fault == BOX_SPOILT)
		box[TAG + len - 1] ^= 1;
	wire_frame(peer, WIRE_COMMAND, body, 9 + COOKIE + 8 + TAG + len);
}

/* Whose keys commands are sealed with. */
static struct client self;

/* All that a client says. */
static void shake_hands(int peer, int fault)
{
	hello(peer, &self);
	welcome(peer, &self);
	initiate(peer, &self, fault);
}

/* A command that nobody knows, of @len bytes, in a MESSAGE. */
static void command(int peer, int len)
{
	static uint8_t plain[1 + COMMAND_MAX + 1], body[16 + TAG + sizeof(plain)];
	uint8_t nonce[NONCE];

	memset(plain, 0, sizeof(plain));
	memcpy(plain, "\2\4ODDS", 6);
	memset(body, 0, 16);
	memcpy(body, "\7MESSAGE", 8);
	body[15] = 3;
	short_nonce(nonce, "CurveZMQMESSAGEC", 3);
	zt_eq(crypto_box_easy(body + 16, plain, 1 + len, nonce, self.welcome, self.tsk), 0);
	wire_frame(peer, 0, body, 16 + TAG + 1 + len);
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
	zt_check(sodium_init() >= 0);
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
