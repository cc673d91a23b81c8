// SPDX-License-Identifier: GPL-2.0-only
/* What RECONNECT_IVL, MAXMSGSIZE and HANDSHAKE_IVL do, seen by a peer made of bytes. */
#include <stdlib.h>
#include <unistd.h>

#include "diff.h"
#include "watch.h"
#include "../system/wire.h"

/* A raw listener; *@ep is where it is. */
static int raw_listener(const char **ep)
{
	*ep = zd_free_endpoint();
	return wire_listen(zd_port(*ep));
}

/* A raw connection to a new socket of @type, with @option set before bind(). */
static int raw_client(int type, int option, int value)
{
	void *s = zd_socket(type);

	za_set(s, option, value);
	return wire_connect(zd_port(zd_bind(s)));
}

static void say_knock(int listener, const char *what)
{
	say("%s=%s", what, wire_knocks(listener, zt_scaled(ZA_TIMEO)) ? "yes" : "no");
}

static void say_no_knock(int listener, const char *what)
{
	say("%s=%s", what, wire_knocks(listener, zt_scaled(500)) ? "yes" : "no");
}

static void say_closed(int fd, const char *what)
{
	say("%s=%s", what, wire_closes(fd, zt_scaled(ZA_TIMEO)) ? "closed" : "open");
}

static void say_open(int fd, const char *what)
{
	say("%s=%s", what, wire_closes(fd, zt_scaled(500)) ? "closed" : "open");
}

/* --- RECONNECT_IVL ------------------------------------------------------------- */

/* Time between the end of a connection and the next one. */
static int64_t next_knock(int listener)
{
	int fd = wire_accept(listener);
	int64_t start = zt_now();

	close(fd);
	if (!wire_knocks(listener, zt_scaled(ZA_TIMEO)))
		return -1;
	return zt_now() - start;
}

/* Not before the interval has passed, each time. */
static void reconnect_ivl(void)
{
	void *s = zd_socket(ZMQ_PUSH);
	int early = 0, again = 0, fd, i;
	const char *ep;

	fd = raw_listener(&ep);
	za_set(s, ZMQ_RECONNECT_IVL, 300);
	za_connect(s, ep);
	say_knock(fd, "first");
	for (i = 0; i < 3; i++) {
		int64_t ms = next_knock(fd);

		again += ms >= 0;
		/* 30 ms: timers may be rounded. */
		early += ms < 270;
	}
	say("again=%d early=%d", again, early);
}

/* libzmq 4.3.4 has no use for it, newer ones and we have. */
static void reconnect_max_below_ivl(void)
{
	void *s = zd_socket(ZMQ_PUSH);
	const char *ep;
	int fd = raw_listener(&ep);

	za_set(s, ZMQ_RECONNECT_IVL, 2000);
	za_set(s, ZMQ_RECONNECT_IVL_MAX, 50);
	za_connect(s, ep);
	say_knock(fd, "first");
	say("second=%s", next_knock(fd) < 1990 ? "early" : "late");
}

static void reconnect_never(int interval)
{
	void *s = zd_socket(ZMQ_PUSH);
	const char *ep;
	int fd = raw_listener(&ep);

	za_set(s, ZMQ_RECONNECT_IVL, interval);
	za_connect(s, ep);
	say_knock(fd, "first");
	close(wire_accept(fd));
	say_no_knock(fd, "second");
	/* The endpoint went with the connection. */
	say_rc("disconnect", zmq_disconnect(s, ep));
	za_connect(s, ep);
	say_knock(fd, "anew");
}

static void reconnect_ivl_minus_1(void)
{
	reconnect_never(-1);
}

static void reconnect_ivl_0(void)
{
	reconnect_never(0);
}

/* Nobody there the first time: no second time. */
static void reconnect_never_refused(void)
{
	void *s = zd_socket(ZMQ_PUSH), *watched = watch(s);
	const char *ep = zd_free_endpoint();

	za_set(s, ZMQ_RECONNECT_IVL, -1);
	za_connect(s, ep);
	zm_until(watched, ZMQ_EVENT_CLOSED);
	say_no_knock(wire_listen(zd_port(ep)), "second");
}

/* A connection keeps what was set when it was asked for. */
static void reconnect_ivl_set_late(void)
{
	void *s = zd_socket(ZMQ_PUSH);
	const char *ep;
	int fd = raw_listener(&ep);

	za_connect(s, ep);
	say_knock(fd, "first");
	za_set(s, ZMQ_RECONNECT_IVL, -1);
	close(wire_accept(fd));
	say_knock(fd, "second");
}

/* A message from @a to @b, which does not come. */
static void say_lost(void *a, void *b, const char *text)
{
	za_set(a, ZMQ_SNDTIMEO, zt_scaled(300));
	za_set(b, ZMQ_RCVTIMEO, zt_scaled(300));
	zmq_send(a, text, strlen(text), 0);
	say_recv(b);
}

/* A PAIR that does not come again takes who is sent to it anew. */
static void reconnect_never_pair(void)
{
	void *binder = zd_socket(ZMQ_PAIR), *connector = zd_socket(ZMQ_PAIR);
	const char *ep = zd_bind(binder);

	za_set(connector, ZMQ_RECONNECT_IVL, -1);
	za_connect(connector, ep);
	zd_put(connector, "1", NULL);
	say_recv(binder);
	zt_ok(zmq_unbind(binder, ep));
	zt_until(!(za_get(binder, ZMQ_EVENTS) & ZMQ_POLLOUT) &&
		 !(za_get(connector, ZMQ_EVENTS) & ZMQ_POLLOUT), ZA_TIMEO);
	say_lost(connector, binder, "2");
	zd_bind_again(binder, ep);
	say_lost(connector, binder, "3");
	za_connect(connector, ep);
	za_ready(connector, ZMQ_POLLOUT);
	za_ready(binder, ZMQ_POLLOUT);
	za_set(binder, ZMQ_RCVTIMEO, zt_scaled(ZA_TIMEO));
	zd_put(binder, "4", NULL);
	say_recv(connector);
	zd_put(connector, "5", NULL);
	say_recv(binder);
}

/* --- MAXMSGSIZE ------------------------------------------------------------------ */

static void set_max(void *s, int64_t max)
{
	zt_ok(zmq_setsockopt(s, ZMQ_MAXMSGSIZE, &max, sizeof(max)));
}

static int raw_push(void *pull, int64_t max)
{
	int fd;

	set_max(pull, max);
	fd = wire_connect(zd_port(zd_bind(pull)));
	wire_handshake(fd, "PUSH");
	return fd;
}

static void maxmsgsize_at_limit(void)
{
	void *pull = zd_socket(ZMQ_PULL);
	char body[101] = "";
	int fd = raw_push(pull, 100);

	wire_frame(fd, WIRE_MORE, body, 100);
	wire_frame(fd, 0, body, 100);
	say_recv(pull);
	wire_frame(fd, 0, body, 101);
	say_closed(fd, "above");
	say_none(pull);
}

/* The part before it goes, too. */
static void maxmsgsize_in_later_part(void)
{
	void *pull = zd_socket(ZMQ_PULL);
	char body[101] = "";
	int fd = raw_push(pull, 100);

	wire_frame(fd, WIRE_MORE, "a", 1);
	wire_frame(fd, 0, body, 101);
	say_closed(fd, "above");
	say_none(pull);
}

/* An announcement is enough. */
static void maxmsgsize_long_frame(void)
{
	void *pull = zd_socket(ZMQ_PULL);
	int fd = raw_push(pull, 100);

	wire_frame_long(fd, 0, 1ULL << 40, "", 0);
	say_closed(fd, "above");
}

/* The handshake's commands count, too: 64 bytes are enough for NULL, 10 are not. */
static void maxmsgsize_handshake(void)
{
	static const int64_t limits[] = { 64, 10, 0 };
	uint8_t body[64];
	size_t i;

	for (i = 0; i < ZT_ARRAY(limits); i++) {
		void *pull = zd_socket(ZMQ_PULL);
		int fd;

		set_max(pull, limits[i]);
		fd = wire_connect(zd_port(zd_bind(pull)));
		wire_greet(fd);
		wire_frame(fd, WIRE_COMMAND, body, wire_ready(body, "PUSH"));
		if (i)
			say_closed(fd, i == 1 ? "10" : "0");
		else
			say_open(fd, "64");
	}
}

static void maxmsgsize_not_for_sending(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);
	static char body[5000];

	set_max(push, 64);
	zd_link(pull, push);
	zt_ok(zmq_send(push, body, sizeof(body), 0));
	say_recv(pull);
}

/* Too much of what a connecting socket got ends that endpoint in libzmq. */
static void maxmsgsize_connector(void)
{
	void *pull = zd_socket(ZMQ_PULL);
	char body[101] = "";
	const char *ep;
	int listener = raw_listener(&ep), fd;

	set_max(pull, 100);
	za_connect(pull, ep);
	fd = wire_accept(listener);
	wire_handshake(fd, "PUSH");
	wire_frame(fd, 0, body, 101);
	say_closed(fd, "above");
	say_no_knock(listener, "again");
}

/* --- HANDSHAKE_IVL --------------------------------------------------------------- */

static void handshake_silent(void)
{
	say_closed(raw_client(ZMQ_PULL, ZMQ_HANDSHAKE_IVL, 300), "silent");
}

/* The greeting alone is not a handshake. */
static void handshake_half(void)
{
	int fd = raw_client(ZMQ_PULL, ZMQ_HANDSHAKE_IVL, zt_scaled(1500));

	wire_greet(fd);
	say_closed(fd, "half");
}

static void handshake_zero(void)
{
	say_open(raw_client(ZMQ_PULL, ZMQ_HANDSHAKE_IVL, 0), "silent");
}

static void handshake_done(void)
{
	int fd = raw_client(ZMQ_PULL, ZMQ_HANDSHAKE_IVL, zt_scaled(1500));

	wire_handshake(fd, "PUSH");
	/* The limit passes, and nothing is to happen. */
	zt_nap(zt_scaled(1500));
	say_open(fd, "done");
}

static void handshake_connector(void)
{
	void *s = zd_socket(ZMQ_PUSH);
	const char *ep;
	int listener = raw_listener(&ep), fd;

	za_set(s, ZMQ_HANDSHAKE_IVL, 300);
	za_connect(s, ep);
	fd = wire_accept(listener);
	say_closed(fd, "silent");
	say_knock(listener, "again");
}

static const struct zd_behaviour behaviours[] = {
	{ "reconnect_ivl", "API 2.3", reconnect_ivl,
	  "first=yes again=3 early=0",
	},
	{ "reconnect_max_below_ivl", "API 2.3", reconnect_max_below_ivl,
	  "first=yes second=late",
	  "first=yes second=early",
	  "The pause between attempts",
	},
	{ "reconnect_ivl_minus_1", "API 2.3", reconnect_ivl_minus_1,
	  "first=yes second=no disconnect=ENOENT anew=yes",
	},
	{ "reconnect_ivl_0", "API 2.3", reconnect_ivl_0,
	  "first=yes second=no disconnect=ENOENT anew=yes",
	},
	{ "reconnect_never_refused", "API 2.3", reconnect_never_refused,
	  "second=no",
	},
	{ "reconnect_never_pair", "API 9.1", reconnect_never_pair,
	  "[1] EAGAIN EAGAIN [4] [5]",
	},
	{ "reconnect_ivl_set_late", "API 2.3", reconnect_ivl_set_late,
	  "first=yes second=yes",
	},
	{ "maxmsgsize_at_limit", "API 2.3", maxmsgsize_at_limit,
	  "[<100>][<100>] above=closed none",
	},
	{ "maxmsgsize_in_later_part", "API 2.3", maxmsgsize_in_later_part,
	  "above=closed none",
	},
	{ "maxmsgsize_long_frame", "API 2.3", maxmsgsize_long_frame,
	  "above=closed",
	},
	{ "maxmsgsize_handshake", "API 2.3", maxmsgsize_handshake,
	  "64=open 10=closed 0=closed",
	},
	{ "maxmsgsize_not_for_sending", "API 2.3", maxmsgsize_not_for_sending,
	  "[<5000>]",
	},
	{ "maxmsgsize_connector", "API 2.3", maxmsgsize_connector,
	  "above=closed again=no",
	  "above=closed again=yes",
	  "After a protocol error",
	},
	{ "handshake_silent", "API 2.3", handshake_silent,
	  "silent=closed",
	},
	{ "handshake_half", "API 2.3", handshake_half,
	  "half=closed",
	},
	{ "handshake_zero", "API 2.3", handshake_zero,
	  "silent=open",
	},
	{ "handshake_done", "API 2.3", handshake_done,
	  "done=open",
	},
	{ "handshake_connector", "API 2.3", handshake_connector,
	  "silent=closed again=yes",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
