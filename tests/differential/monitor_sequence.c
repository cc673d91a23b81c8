// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of connections in their order, as a monitor tells them.
 */
#include "diff.h"
#include "watch.h"

static void connect_ok(void)
{
	void *pull = zd_socket(ZMQ_PULL), *watched, *push = watch_new(ZMQ_PUSH, &watched);

	zd_link(pull, push);
	say_watched(watched, 3);
	say_quiet(watched);
}

static void accept_ok(void)
{
	void *push = zd_socket(ZMQ_PUSH), *watched, *pull = watch_new(ZMQ_PULL, &watched);

	zd_link(pull, push);
	say_watched(watched, 3);
	say_quiet(watched);
}

static void connect_refused(void)
{
	void *watched, *push = watch_new(ZMQ_PUSH, &watched);

	za_connect(push, zd_free_endpoint());
	say_watched(watched, 3);
	say_quiet(watched);
}

static void connect_refused_again(void)
{
	void *watched, *push = watch_new(ZMQ_PUSH, &watched);

	za_set(push, ZMQ_RECONNECT_IVL, 20);
	za_connect(push, zd_free_endpoint());
	say_watched(watched, 6);
}

static void connect_refused_never(void)
{
	void *watched, *push = watch_new(ZMQ_PUSH, &watched);

	za_set(push, ZMQ_RECONNECT_IVL, -1);
	za_connect(push, zd_free_endpoint());
	say_watched(watched, 2);
	say_quiet(watched);
}

static void connect_unresolvable(void)
{
	void *watched, *push = watch_new(ZMQ_PUSH, &watched);

	za_connect(push, "tcp://no-such.invalid:5555");
	say_watched(watched, 1);
	say_quiet(watched);
}

static void bind_in_use(void)
{
	void *other = zd_socket(ZMQ_PULL), *watched, *pull = watch_new(ZMQ_PULL, &watched);

	zt_eq(zmq_bind(pull, zd_bind(other)), -1);
	say_watched(watched, 2);
	say_quiet(watched);
}

static void bind_unresolvable(void)
{
	void *watched, *pull = watch_new(ZMQ_PULL, &watched);

	/* The monitor overwrites errno. */
	zt_eq(zmq_bind(pull, "tcp://eth99:5555"), -1);
	say_watched(watched, 1);
	say_quiet(watched);
}

static void bind_syntax(void)
{
	void *watched, *pull = watch_new(ZMQ_PULL, &watched);

	zt_eq(zmq_bind(pull, "tcp://nothing"), -1);
	say_watched(watched, 1);
	say_quiet(watched);
}

static void connect_syntax(void)
{
	void *watched, *push = watch_new(ZMQ_PUSH, &watched);

	say_rc("connect", zmq_connect(push, "tcp://nothing"));
	say_quiet(watched);
}

/* The binding side goes: the other one pauses before it comes again. */
static void peer_closes_connector(void)
{
	void *pull = zd_socket(ZMQ_PULL), *watched, *push = watch_new(ZMQ_PUSH, &watched);

	zd_link(pull, push);
	say_watched(watched, 3);
	za_close(pull);
	say_watched(watched, 2);
	say_quiet(watched);
}

static void peer_comes_back(void)
{
	void *pull = zd_socket(ZMQ_PULL), *watched, *push = watch_new(ZMQ_PUSH, &watched);
	const char *ep = zd_bind(pull);

	/* The listener is back before the pause is over. */
	za_set(push, ZMQ_RECONNECT_IVL, zt_scaled(2000));
	za_connect(push, ep);
	say_watched(watched, 3);
	za_close(pull);
	say_watched(watched, 2);
	pull = zd_socket(ZMQ_PULL);
	zd_bind_again(pull, ep);
	say_watched(watched, 3);
	say_quiet(watched);
}

static void peer_closes_binder(void)
{
	void *push = zd_socket(ZMQ_PUSH), *watched, *pull = watch_new(ZMQ_PULL, &watched);

	zd_link(pull, push);
	say_watched(watched, 3);
	za_close(push);
	say_watched(watched, 1);
	say_quiet(watched);
}

/* Whoever ends it himself is told nothing; the other side is. */
static void own_disconnect(void)
{
	void *ours, *theirs;
	void *push = watch_new(ZMQ_PUSH, &ours), *pull = watch_new(ZMQ_PULL, &theirs);
	const char *ep = zd_bind(pull);

	za_connect(push, ep);
	say_watched(ours, 3);
	say_watched(theirs, 3);
	say_rc("disconnect", zmq_disconnect(push, ep));
	zd_attend(push, zt_scaled(300));
	say_watched(theirs, 1);
	say_quiet(ours);
}

static void own_unbind(void)
{
	void *ours, *theirs;
	void *pull = watch_new(ZMQ_PULL, &ours), *push = watch_new(ZMQ_PUSH, &theirs);
	const char *ep = zd_bind(pull);

	za_connect(push, ep);
	say_watched(ours, 3);
	say_watched(theirs, 3);
	say_rc("unbind", zmq_unbind(pull, ep));
	say_watched(ours, 1);
	zd_attend(pull, zt_scaled(300));
	say_watched(theirs, 2);
	say_quiet(ours);
}

static void own_close_binder(void)
{
	void *push = zd_socket(ZMQ_PUSH), *watched, *pull = watch_new(ZMQ_PULL, &watched);

	zd_bind(pull);
	zd_bind(pull);
	say_watched(watched, 2);
	za_close(pull);
	say_watched(watched, 3);
	say_quiet(watched);
	za_close(push);
}

static void own_close_connector(void)
{
	void *pull = zd_socket(ZMQ_PULL), *watched, *push = watch_new(ZMQ_PUSH, &watched);

	zd_link(pull, push);
	say_watched(watched, 3);
	za_close(push);
	say_watched(watched, 1);
	say_quiet(watched);
}

static const struct zd_behaviour behaviours[] = {
	{ "connect_ok", "API 7.2", connect_ok,
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "accept_ok", "API 7.2", accept_ok,
	  "LISTENING ACCEPTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "connect_refused", "API 7.2", connect_refused,
	  "CONNECT_DELAYED CLOSED CONNECT_RETRIED quiet",
	},
	{ "connect_refused_again", "API 7.2", connect_refused_again,
	  "CONNECT_DELAYED CLOSED CONNECT_RETRIED CONNECT_DELAYED CLOSED CONNECT_RETRIED",
	},
	{ "connect_refused_never", "API 7.2", connect_refused_never,
	  "CONNECT_DELAYED CLOSED quiet",
	},
	{ "connect_unresolvable", "API 7.2", connect_unresolvable,
	  "CONNECT_RETRIED quiet",
	},
	{ "bind_in_use", "API 7.2", bind_in_use,
	  "CLOSED BIND_FAILED=EADDRINUSE quiet",
	},
	{ "bind_unresolvable", "API 7.2", bind_unresolvable,
	  "BIND_FAILED=ENODEV quiet",
	},
	{ "bind_syntax", "API 7.2", bind_syntax,
	  "BIND_FAILED=EINVAL quiet",
	},
	{ "connect_syntax", "API 7.2", connect_syntax,
	  "connect=EINVAL quiet",
	},
	{ "peer_closes_connector", "API 7.2", peer_closes_connector,
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED DISCONNECTED CONNECT_RETRIED quiet",
	},
	{ "peer_comes_back", "API 7.2", peer_comes_back,
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED DISCONNECTED CONNECT_RETRIED CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "peer_closes_binder", "API 7.2", peer_closes_binder,
	  "LISTENING ACCEPTED HANDSHAKE_SUCCEEDED DISCONNECTED quiet",
	},
	{ "own_disconnect", "API 7.2", own_disconnect,
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED LISTENING ACCEPTED HANDSHAKE_SUCCEEDED disconnect=ok DISCONNECTED quiet",
	},
	{ "own_unbind", "API 7.2", own_unbind,
	  "LISTENING ACCEPTED HANDSHAKE_SUCCEEDED CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED unbind=ok CLOSED DISCONNECTED CONNECT_RETRIED quiet",
	},
	{ "own_close_binder", "API 7.2", own_close_binder,
	  "LISTENING LISTENING CLOSED CLOSED MONITOR_STOPPED quiet",
	},
	{ "own_close_connector", "API 7.2", own_close_connector,
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED MONITOR_STOPPED quiet",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
