// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of handshakes and connections that fail, as a monitor tells them.
 */
#include <stdlib.h>
#include <unistd.h>

#include "diff.h"
#include "watch.h"
#include "../system/wire.h"

/* A raw connection to a new listener that is watched; its events so far are said. */
static int raw_client(int type, void **s, void **watched)
{
	int fd;

	*s = watch_new(type, watched);
	fd = wire_connect(zd_port(zd_bind(*s)));
	say_watched(*watched, 2);
	return fd;
}

/* A raw server, and what connects to it; it is connected. */
static int raw_server(int type, void **s, void **watched, int *listener)
{
	const char *ep = zd_free_endpoint();
	int fd;

	*listener = wire_listen(zd_port(ep));
	*s = watch_new(type, watched);
	za_connect(*s, ep);
	fd = wire_accept(*listener);
	say_watched(*watched, 2);
	return fd;
}

static void other_mechanism(int fd)
{
	uint8_t greeting[WIRE_GREETING];

	wire_greeting(greeting);
	memcpy(greeting + 12, "OTHER", 5);
	wire_send(fd, greeting, sizeof(greeting));
}

static void client_of_other_mechanism(void)
{
	void *s, *watched;
	int fd = raw_client(ZMQ_PULL, &s, &watched);

	other_mechanism(fd);
	say_watched(watched, 2);
	say_quiet(watched);
	close(fd);
}

static void server_of_other_mechanism(void)
{
	void *s, *watched;
	int listener, fd = raw_server(ZMQ_PUSH, &s, &watched, &listener);

	other_mechanism(fd);
	say_watched(watched, 2);
	say_quiet(watched);
	close(fd);
}

static void types_differ(void)
{
	void *ours, *theirs;
	void *server = watch_new(ZMQ_PULL, &ours), *client = watch_new(ZMQ_REQ, &theirs);

	zd_link(server, client);
	say_watched(ours, 3);
	say_quiet(ours);
	say_watched(theirs, 3);
	say_quiet(theirs);
}

static void peer_sends_http(void)
{
	static const char text[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
	void *s, *watched;
	int fd = raw_client(ZMQ_PULL, &s, &watched);

	wire_send(fd, text, sizeof(text) - 1);
	close(fd);
	say_watched(watched, 2);
	say_quiet(watched);
}

static void peer_closes_at_once(void)
{
	void *s, *watched;
	int fd = raw_client(ZMQ_PULL, &s, &watched);

	close(fd);
	say_watched(watched, 2);
	say_quiet(watched);
}

static void peer_closes_after_greeting(void)
{
	void *s, *watched;
	int fd = raw_client(ZMQ_PULL, &s, &watched);

	wire_greet(fd);
	close(fd);
	say_watched(watched, 2);
	say_quiet(watched);
}

static void server_closes_in_handshake(void)
{
	void *s, *watched;
	int listener, fd = raw_server(ZMQ_PUSH, &s, &watched, &listener);

	wire_greet(fd);
	close(fd);
	say_watched(watched, 3);
	say_quiet(watched);
}

static void handshake_timeout(void)
{
	void *watched, *pull = watch_new(ZMQ_PULL, &watched);
	int fd;

	za_set(pull, ZMQ_HANDSHAKE_IVL, 300);
	fd = wire_connect(zd_port(zd_bind(pull)));
	say_watched(watched, 4);
	say_quiet(watched);
	close(fd);
}

/* A raw client that says @body instead of READY, as a frame with @flags: @events. */
static void instead_of_ready(int flags, const void *body, size_t len, int events)
{
	void *s, *watched;
	int fd = raw_client(ZMQ_PULL, &s, &watched);

	wire_greet(fd);
	wire_frame(fd, flags, body, len);
	say_watched(watched, events);
	say_quiet(watched);
	close(fd);
}

static void unknown_command(void)
{
	instead_of_ready(WIRE_COMMAND, "\7NOTHING", 8, 2);
}

static void data_in_handshake(void)
{
	instead_of_ready(0, "data", 4, 2);
}

/* The value of a property is longer than the command. */
static void metadata_cut_short(void)
{
	uint8_t body[64];
	size_t len = wire_ready(body, "PUSH");

	instead_of_ready(WIRE_COMMAND, body, len - 2, 1);
}

static void wrong_type(void)
{
	uint8_t body[64];
	size_t len = wire_ready(body, "REQ");

	instead_of_ready(WIRE_COMMAND, body, len, 1);
}

static void ready_twice(void)
{
	void *s, *watched;
	int fd = raw_client(ZMQ_PULL, &s, &watched);
	uint8_t body[64];

	wire_handshake(fd, "PUSH");
	say_watched(watched, 1);
	wire_frame(fd, WIRE_COMMAND, body, wire_ready(body, "PUSH"));
	say_quiet(watched);
	close(fd);
}

/* What a server answers that lets nobody in. */
static void error_command(void)
{
	void *s, *watched;
	int listener, fd = raw_server(ZMQ_PUSH, &s, &watched, &listener);

	wire_greet(fd);
	wire_want_ready(fd);
	wire_frame(fd, WIRE_COMMAND, "\5ERROR\003400", 10);
	say_watched(watched, 2);
	say_quiet(watched);
	close(fd);
}

static void error_command_300(void)
{
	void *s, *watched;
	int listener, fd = raw_server(ZMQ_PUSH, &s, &watched, &listener);

	wire_greet(fd);
	wire_want_ready(fd);
	wire_frame(fd, WIRE_COMMAND, "\5ERROR\003300", 10);
	say_watched(watched, 2);
	say_quiet(watched);
	close(fd);
}

/* --- connections that fail later -------------------------------------------------------- */

static void frame_too_large(void)
{
	void *s, *watched;
	int64_t max = 100;
	char body[101] = "";
	int fd;

	s = watch_new(ZMQ_PULL, &watched);
	zt_ok(zmq_setsockopt(s, ZMQ_MAXMSGSIZE, &max, sizeof(max)));
	fd = wire_connect(zd_port(zd_bind(s)));
	wire_handshake(fd, "PUSH");
	wire_frame(fd, 0, body, sizeof(body));
	say_watched(watched, 4);
	say_quiet(watched);
	close(fd);
}

static void heartbeat_expires(void)
{
	void *watched, *pull = watch_new(ZMQ_PULL, &watched);
	int fd;

	za_set(pull, ZMQ_HEARTBEAT_IVL, 200);
	fd = wire_connect(zd_port(zd_bind(pull)));
	wire_handshake(fd, "PUSH");
	say_watched(watched, 4);
	say_quiet(watched);
	close(fd);
}

static void filtered_out(void)
{
	void *watched, *pull = watch_new(ZMQ_PULL, &watched);
	int fd;

	zd_set_text(pull, ZMQ_TCP_ACCEPT_FILTER, "10.0.0.0/8");
	fd = wire_connect(zd_port(zd_bind(pull)));
	say_watched(watched, 2);
	say_quiet(watched);
	close(fd);
}

static const struct zd_behaviour behaviours[] = {
	{ "client_of_other_mechanism", "API 7.2", client_of_other_mechanism,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED quiet",
	},
	{ "server_of_other_mechanism", "API 7.2", server_of_other_mechanism,
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED quiet",
	  .ours =
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_PROTOCOL=0x11000002 DISCONNECTED CONNECT_RETRIED",
	  .why = "After a protocol error",
	},
	{ "types_differ", "API 7.2", types_differ,
	  "LISTENING ACCEPTED DISCONNECTED quiet CONNECT_DELAYED CONNECTED DISCONNECTED quiet",
	  .ours =
	  "LISTENING ACCEPTED DISCONNECTED quiet CONNECT_DELAYED CONNECTED DISCONNECTED CONNECT_RETRIED",
	  .why = "After a protocol error",
	},
	{ "peer_sends_http", "API 7.2", peer_sends_http,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED quiet",
	},
	{ "peer_closes_at_once", "API 7.2", peer_closes_at_once,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED quiet",
	},
	{ "peer_closes_after_greeting", "API 7.2", peer_closes_after_greeting,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED quiet",
	},
	{ "server_closes_in_handshake", "API 7.2", server_closes_in_handshake,
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED CONNECT_RETRIED quiet",
	},
	{ "handshake_timeout", "API 7.2", handshake_timeout,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_NO_DETAIL DISCONNECTED quiet",
	},
	{ "unknown_command", "API 7.2", unknown_command,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x10000001 DISCONNECTED quiet",
	},
	{ "data_in_handshake", "API 7.2", data_in_handshake,
	  "LISTENING ACCEPTED HANDSHAKE_FAILED_PROTOCOL=0x10000001 DISCONNECTED quiet",
	},
	{ "metadata_cut_short", "API 7.2", metadata_cut_short,
	  "LISTENING ACCEPTED DISCONNECTED quiet",
	},
	{ "wrong_type", "API 7.2", wrong_type,
	  "LISTENING ACCEPTED DISCONNECTED quiet",
	},
	{ "ready_twice", "API 7.2", ready_twice,
	  "LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "error_command", "API 7.2", error_command,
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED quiet",
	  .ours =
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=400 DISCONNECTED CONNECT_RETRIED",
	  .why = "After a protocol error",
	},
	{ "error_command_300", "API 7.2", error_command_300,
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=300 DISCONNECTED quiet",
	  .ours =
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_FAILED_AUTH=300 DISCONNECTED CONNECT_RETRIED",
	  .why = "After a protocol error",
	},
	{ "frame_too_large", "API 7.2", frame_too_large,
	  "LISTENING ACCEPTED HANDSHAKE_SUCCEEDED DISCONNECTED quiet",
	},
	{ "heartbeat_expires", "API 7.2", heartbeat_expires,
	  "LISTENING ACCEPTED HANDSHAKE_SUCCEEDED DISCONNECTED quiet",
	},
	{ "filtered_out", "API 7.2", filtered_out,
	  "LISTENING ACCEPT_FAILED quiet",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
