// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands between peers that have shaken hands: heartbeats, seen by a peer made of
 * bytes, and commands that are not for the type that gets them.
 */
#include <endian.h>
#include <stdlib.h>
#include <unistd.h>

#include "diff.h"
#include "../system/wire.h"

#define PING_HEAD 7	/* 4, "PING", TTL */
#define CONTEXT_MAX 64

/* A raw PUSH at a new PULL that sends a PING every @interval ms; 0: none. */
static int raw_push(void **pull, int interval, int ttl, int timeout)
{
	int fd;

	*pull = zd_socket(ZMQ_PULL);
	za_set(*pull, ZMQ_HEARTBEAT_IVL, interval);
	za_set(*pull, ZMQ_HEARTBEAT_TTL, ttl);
	if (timeout >= 0)
		za_set(*pull, ZMQ_HEARTBEAT_TIMEOUT, timeout);
	fd = wire_connect(zd_port(zd_bind(*pull)));
	wire_handshake(fd, "PUSH");
	return fd;
}

static void send_ping(int fd, int ttl, const void *context, size_t len)
{
	uint8_t body[PING_HEAD + CONTEXT_MAX] = { 4, 'P', 'I', 'N', 'G', 0, ttl };

	memcpy(body + PING_HEAD, context, len);
	wire_frame(fd, WIRE_COMMAND, body, PING_HEAD + len);
}

static void send_pong(int fd)
{
	wire_frame(fd, WIRE_COMMAND, "\4PONG", 5);
}

/* Says the next frame: "PING/TTL" or "PONG[context]" with its flags if they are unusual. */
static void say_command(int fd)
{
	uint8_t body[256];
	uint16_t ttl;
	int flags;
	size_t len = wire_read_frame(fd, &flags, body, sizeof(body));

	if (flags != WIRE_COMMAND)
		say("flags=%#x", flags);
	if (len >= PING_HEAD && !memcmp(body, "\4PING", 5)) {
		memcpy(&ttl, body + 5, sizeof(ttl));
		say("PING/%u%s", be16toh(ttl), len > PING_HEAD ? "+" : "");
	} else if (len >= 5 && !memcmp(body, "\4PONG", 5)) {
		say("PONG%s", zd_frame(body + 5, len - 5));
	} else {
		say("%s", zd_frame(body, len));
	}
}

static void say_closes(int fd, const char *what, int ms)
{
	say("%s=%s", what, wire_closes(fd, ms) ? "closed" : "open");
}

/* --- PINGs of ours ------------------------------------------------------------- */

static void ping(void)
{
	void *pull;
	int fd = raw_push(&pull, 200, 0, 60000);

	say_command(fd);
	say_command(fd);
}

/* In tenths of a second. */
static void ping_ttl(void)
{
	void *pull;
	int fd = raw_push(&pull, 200, 1990, 60000);

	say_command(fd);
}

static void ping_off(void)
{
	void *pull;
	int fd = raw_push(&pull, 0, 1000, 100);

	/* Fails where a byte comes or the connection ends. */
	wire_silent(fd, zt_scaled(500));
	say("silent");
}

/* Not before the handshake is over. */
static void ping_after_handshake(void)
{
	void *pull = zd_socket(ZMQ_PULL);
	uint8_t body[64];
	int fd;

	za_set(pull, ZMQ_HEARTBEAT_IVL, 100);
	fd = wire_connect(zd_port(zd_bind(pull)));
	wire_greet(fd);
	/* Three intervals in which none is to come: time is the point. */
	zt_nap(zt_scaled(300));
	wire_frame(fd, WIRE_COMMAND, body, wire_ready(body, "PUSH"));
	wire_want_ready(fd);
	say_command(fd);
}

/* A listener has what was set before bind(). */
static void ping_set_late(void)
{
	void *pull = zd_socket(ZMQ_PULL);
	int fd = wire_connect(zd_port(zd_bind(pull)));

	za_set(pull, ZMQ_HEARTBEAT_IVL, 100);
	wire_handshake(fd, "PUSH");
	wire_silent(fd, zt_scaled(500));
	say("silent");
}

/* --- nobody answers --------------------------------------------------------------- */

static void timeout_of_interval(void)
{
	void *pull;

	say_closes(raw_push(&pull, 300, 0, -1), "mute", zt_scaled(ZA_TIMEO));
}

static void timeout_own(void)
{
	void *pull;
	int fd = raw_push(&pull, zt_scaled(200), 0, zt_scaled(1500));

	/* It outlives intervals without an answer. */
	say_command(fd);
	say_command(fd);
	say_command(fd);
	say_closes(fd, "then", zt_scaled(ZA_TIMEO));
}

static void answers_keep_it(void)
{
	void *pull;
	int fd = raw_push(&pull, zt_scaled(1500), 0, zt_scaled(1500)), i;

	for (i = 0; i < 4; i++) {
		say_command(fd);
		send_pong(fd);
	}
	say_closes(fd, "mute", zt_scaled(ZA_TIMEO));
}

/* Any bytes are a sign of life. */
static void messages_keep_it(void)
{
	void *pull;
	int fd = raw_push(&pull, zt_scaled(1500), 0, zt_scaled(1500)), i;

	for (i = 0; i < 3; i++) {
		say_command(fd);
		wire_frame(fd, 0, "x", 1);
	}
	say_recv_many(pull, 3);
}

/* Like any loss: the one that had connected comes again. */
static void timeout_connector(void)
{
	const char *ep = zd_free_endpoint();
	int listener = wire_listen(zd_port(ep)), fd;
	void *push = zd_socket(ZMQ_PUSH);

	za_set(push, ZMQ_HEARTBEAT_IVL, 300);
	za_connect(push, ep);
	fd = wire_accept(listener);
	wire_handshake(fd, "PULL");
	say_closes(fd, "mute", zt_scaled(ZA_TIMEO));
	say("again=%d", wire_knocks(listener, zt_scaled(ZA_TIMEO)));
}

/* --- PINGs of the peer -------------------------------------------------------------- */

static void pong(void)
{
	void *pull;
	int fd = raw_push(&pull, 0, 0, -1);

	send_ping(fd, 0, "LOL", 3);
	say_command(fd);
	send_ping(fd, 0, "", 0);
	say_command(fd);
	send_ping(fd, 0, "1234567890123456", 16);
	say_command(fd);
}

/* 16 bytes of context are all that is allowed. */
static void pong_long(void)
{
	void *pull;
	int fd = raw_push(&pull, 0, 0, -1);

	send_ping(fd, 0, "123456789012345678901234567890", 30);
	say_command(fd);
}

static void ping_too_short(void)
{
	void *pull;
	int fd = raw_push(&pull, 0, 0, -1);

	wire_frame(fd, WIRE_COMMAND, "\4PING", 5);
	say_closes(fd, "short", zt_scaled(500));
}

/* The peer asks to be given up after so long a silence. */
static void ttl_of_peer(void)
{
	void *pull;
	int fd = raw_push(&pull, 0, 0, -1);

	send_ping(fd, 5, "", 0);
	say_closes(fd, "ttl", zt_scaled(ZA_TIMEO));
	fd = raw_push(&pull, 0, 0, -1);
	send_ping(fd, 0, "", 0);
	say_closes(fd, "none", zt_scaled(800));
}

/* What follows stops the clock. */
static void ttl_stopped(void)
{
	void *pull;
	int fd = raw_push(&pull, 0, 0, -1);

	send_ping(fd, 20, "", 0);
	wire_frame(fd, 0, "x", 1);
	say_recv(pull);
	say_closes(fd, "alive", zt_scaled(2500));
}

static void messages_between(void)
{
	void *pull;
	int fd = raw_push(&pull, 0, 0, -1);

	wire_frame(fd, WIRE_MORE, "a", 1);
	send_ping(fd, 0, "mid", 3);
	say_command(fd);
	wire_frame(fd, 0, "b", 1);
	say_recv(pull);
}

/* --- commands for others --------------------------------------------------------------- */

static void unknown_command(void)
{
	void *pull;
	int fd = raw_push(&pull, 0, 0, -1);

	wire_frame(fd, WIRE_COMMAND, "\7NOTHING", 8);
	wire_frame(fd, 0, "x", 1);
	say_recv(pull);
}

/* A command that only some types know. */
static void subscribe_to_pull(void)
{
	void *pull;
	int fd = raw_push(&pull, 0, 0, -1);

	wire_frame(fd, WIRE_COMMAND, "\11SUBSCRIBEtopic", 15);
	wire_frame(fd, 0, "x", 1);
	say_recv(pull);
}

static const struct zd_behaviour behaviours[] = {
	{ "ping", "API 2.3", ping,
	  "PING/0 PING/0",
	},
	{ "ping_ttl", "API 2.3", ping_ttl,
	  "PING/19",
	},
	{ "ping_off", "API 2.3", ping_off,
	  "silent",
	},
	{ "ping_after_handshake", "API 2.3", ping_after_handshake,
	  "PING/0",
	},
	{ "ping_set_late", "API 2.3", ping_set_late,
	  "silent",
	},
	{ "timeout_of_interval", "API 2.3", timeout_of_interval,
	  "mute=closed",
	},
	{ "timeout_own", "API 2.3", timeout_own,
	  "PING/0 PING/0 PING/0 then=closed",
	},
	{ "answers_keep_it", "API 2.3", answers_keep_it,
	  "PING/0 PING/0 PING/0 PING/0 mute=closed",
	},
	{ "messages_keep_it", "API 2.3", messages_keep_it,
	  "PING/0 PING/0 PING/0 [x] [x] [x]",
	},
	{ "timeout_connector", "API 2.3", timeout_connector,
	  "mute=closed again=1",
	},
	{ "pong", "API 9.4", pong,
	  "PONG[LOL] PONG[] PONG[1234567890123456]",
	},
	{ "pong_long", "API 9.4", pong_long,
	  "PONG[1234567890123456]",
	},
	{ "ping_too_short", "API 2.3", ping_too_short,
	  "short=open",
	  "short=closed",
	  "A PING that is shorter than 7 bytes",
	},
	{ "ttl_of_peer", "API 2.3", ttl_of_peer,
	  "ttl=closed none=open",
	},
	{ "ttl_stopped", "API 2.3", ttl_stopped,
	  "[x] alive=open",
	},
	{ "messages_between", "API 2.3", messages_between,
	  "PONG[mid] [a][b]",
	},
	{ "unknown_command", "API 2.3", unknown_command,
	  "[x]",
	},
	{ "subscribe_to_pull", "API 1.1", subscribe_to_pull,
	  "[\\x09SUBSCRIBEtopic]",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
