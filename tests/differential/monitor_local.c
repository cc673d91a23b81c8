// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of ipc in their order, and none of inproc, as a monitor tells them.
 */
#include "diff.h"
#include "watch.h"

static void ipc_connect(void)
{
	const char *ep = zd_ipc("a");
	void *watched, *push = watch_new(ZMQ_PUSH, &watched);

	zd_bound(ZMQ_PULL, ep);
	za_connect(push, ep);
	say_watched(watched, 2);
	say_quiet(watched);
}

static void ipc_accept(void)
{
	const char *ep = zd_ipc("a");
	void *watched, *pull = watch_new(ZMQ_PULL, &watched), *push;

	za_bind(pull, ep);
	push = zd_connect(ZMQ_PUSH, ep);
	say_watched(watched, 3);
	za_close(push);
	say_watched(watched, 1);
	say_quiet(watched);
}

/* Nobody is asked to wait: there is no DELAYED. */
static void ipc_missing(void)
{
	void *watched, *push = watch_new(ZMQ_PUSH, &watched);

	za_connect(push, zd_ipc("nobody"));
	say_watched(watched, 2);
	say_quiet(watched);
}

static void ipc_no_directory(void)
{
	void *watched, *pull = watch_new(ZMQ_PULL, &watched);

	/* errno is sometimes EAGAIN in libzmq: that of telling the monitor. */
	say("bind=%s", zmq_bind(pull, zd_ipc("none/a")) ? "fails" : "0");
	say_watched(watched, 2);
	say_quiet(watched);
}

static void ipc_unbind(void)
{
	const char *ep = zd_ipc("a");
	void *watched, *pull = watch_new(ZMQ_PULL, &watched);

	za_bind(pull, ep);
	say_watched(watched, 1);
	zt_ok(zmq_unbind(pull, ep));
	say_watched(watched, 1);
	say_quiet(watched);
}

static void ipc_binder_closes(void)
{
	const char *ep = zd_ipc("a");
	void *watched, *push = watch_new(ZMQ_PUSH, &watched), *pull = zd_bound(ZMQ_PULL, ep);

	za_connect(push, ep);
	say_watched(watched, 2);
	za_close(pull);
	say_watched(watched, 2);
}

/* libzmq 4.3.4 even goes on for ever. */
static void ipc_disconnect_in_vain(void)
{
	const char *ep = zd_ipc("nobody");
	void *watched, *sub = watch_new(ZMQ_SUB, &watched);

	za_set(sub, ZMQ_RECONNECT_IVL, 300);
	za_connect(sub, ep);
	say_watched(watched, 2);
	say_rc("disconnect", zmq_disconnect(sub, ep));
	say_watched(watched, 1);
}

static void inproc_quiet(void)
{
	void *watched, *pull = watch_new(ZMQ_PULL, &watched), *push;

	za_bind(pull, "inproc://name");
	push = zd_connect(ZMQ_PUSH, "inproc://name");
	zd_put(push, "x", NULL);
	say_recv(pull);
	za_close(push);
	zt_ok(zmq_unbind(pull, "inproc://name"));
	say_quiet(watched);
	za_close(pull);
	say_watched(watched, 1);
}

static const struct zd_behaviour behaviours[] = {
	{ "ipc_connect", "API 7.2", ipc_connect,
	  "CONNECTED HANDSHAKE_SUCCEEDED quiet",
	},
	{ "ipc_accept", "API 7.2", ipc_accept,
	  "LISTENING ACCEPTED HANDSHAKE_SUCCEEDED DISCONNECTED quiet",
	},
	{ "ipc_missing", "API 7.2", ipc_missing,
	  "CLOSED CONNECT_RETRIED quiet",
	},
	{ "ipc_no_directory", "API 7.2", ipc_no_directory,
	  "bind=fails CLOSED BIND_FAILED=ENOENT quiet",
	},
	{ "ipc_unbind", "API 7.2", ipc_unbind,
	  "LISTENING CLOSED quiet",
	},
	{ "ipc_binder_closes", "API 7.2", ipc_binder_closes,
	  "CONNECTED HANDSHAKE_SUCCEEDED DISCONNECTED CONNECT_RETRIED",
	},
	{ "ipc_disconnect_in_vain", "API 9.1 test_reconnect_options", ipc_disconnect_in_vain,
	  "CLOSED CONNECT_RETRIED disconnect=ok CLOSED",
	},
	{ "inproc_quiet", "API 4.4", inproc_quiet,
	  "[x] quiet MONITOR_STOPPED",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
