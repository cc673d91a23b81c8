// SPDX-License-Identifier: GPL-2.0-only
/*
 * When a monitor begins and ends: calls that replace it or fail, sockets that linger, what
 * it counts for, and a child that closes its copy of the socket.
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diff.h"
#include "watch.h"

/* What must arrive within the time that say_quiet() waits, and then some. */
#define LINGER_MS 500

/* With a consumer: libzmq waits for one that never came. */
static void *monitored(void *socket, const char *ep)
{
	zt_ok(zmq_socket_monitor(socket, ep, ZMQ_EVENT_ALL));
	return zd_connect(ZMQ_PAIR, ep);
}

static void order_of_checks(void)
{
	void *pull = zd_socket(ZMQ_PULL), *closed = zd_socket(ZMQ_PULL);

	za_close(closed);
	say_rc("closed", zmq_socket_monitor(closed, "nonsense", 0x10000));
	say_rc("event", zmq_socket_monitor(pull, "nonsense", 0x10000));
	say_rc("negative", zmq_socket_monitor(pull, "inproc://x", -1));
	say_rc("event/stop", zmq_socket_monitor(pull, NULL, 0x10000));
	say_rc("stop", zmq_socket_monitor(pull, NULL, ZMQ_EVENT_ALL));
	say_rc("none", zmq_socket_monitor(pull, "inproc://x", 0));
	say_rc("scheme", zmq_socket_monitor(pull, "INPROC://y", ZMQ_EVENT_ALL));
	say_rc("empty", zmq_socket_monitor(pull, "", ZMQ_EVENT_ALL));
	say_rc("other", zmq_socket_monitor(pull, "other://y", ZMQ_EVENT_ALL));
	zt_ok(zmq_ctx_shutdown(zd_ctx()));
	say_recv_now(pull);
	say_rc("ended", zmq_socket_monitor(pull, "nonsense", 0x10000));
	say_rc("ended/stop", zmq_socket_monitor(pull, NULL, 0));
}

/* Refused for its arguments a call changes nothing; later it has stopped the old one. */
static void failed_call(void)
{
	void *pull = zd_socket(ZMQ_PULL), *watched = monitored(pull, "inproc://first");

	zd_bound(ZMQ_PAIR, "inproc://taken");
	say_rc("tcp", zmq_socket_monitor(pull, "tcp://127.0.0.1:5555", ZMQ_EVENT_ALL));
	say_rc("syntax", zmq_socket_monitor(pull, "nonsense", ZMQ_EVENT_ALL));
	say_quiet(watched);
	say_rc("taken", zmq_socket_monitor(pull, "inproc://taken", ZMQ_EVENT_ALL));
	say_watched(watched, 1);
	zd_bind(pull);
	say_quiet(watched);
}

/* Under the name it has already; libzmq gives it up later than it says. */
static void same_name(void)
{
	const char *name = "inproc://name";
	void *pull = zd_socket(ZMQ_PULL), *first = monitored(pull, name), *second;

	zt_until(!zmq_socket_monitor(pull, name, ZMQ_EVENT_ALL), ZA_TIMEO);
	second = zd_connect(ZMQ_PAIR, name);
	say_watched(first, 1);
	zd_bind(pull);
	say_watched(second, 1);
}

static void counts_as_socket(void)
{
	void *ctx = zd_ctx(), *pull, *other;

	zt_ok(zmq_ctx_set(ctx, ZMQ_MAX_SOCKETS, 2));
	pull = zd_socket(ZMQ_PULL);
	other = zd_socket(ZMQ_PULL);
	say_rc("full", zmq_socket_monitor(pull, "inproc://x", 0));
	za_close(other);
	/* libzmq closes later than it says. */
	zt_until(!zmq_socket_monitor(pull, "inproc://x", 0), ZA_TIMEO);
	say("socket=%s", zmq_socket(ctx, ZMQ_PULL) ? "ok" : zd_errno(errno));
	zt_ok(zmq_socket_monitor(pull, NULL, 0));
	zt_until((other = zmq_socket(ctx, ZMQ_PULL)), ZA_TIMEO);
	za_close(other);
	zt_until(!zmq_socket_monitor(pull, "inproc://x", 0), ZA_TIMEO);
	za_close(pull);
	zt_until((other = zmq_socket(ctx, ZMQ_PULL)), ZA_TIMEO);
	zt_until(zmq_socket(ctx, ZMQ_PULL), ZA_TIMEO);
	say("all=%s", zmq_socket(ctx, ZMQ_PULL) ? "ok" : zd_errno(errno));
}

/* The application can not close it, so nobody waits for that. */
static void context_ends(void)
{
	void *pull = zd_socket(ZMQ_PULL), *watched;

	zt_ok(zmq_socket_monitor(pull, "inproc://few", ZMQ_EVENT_LISTENING));
	watched = zd_connect(ZMQ_PAIR, "inproc://few");
	zd_bind(pull);
	za_close(watched);
	za_close(pull);
	say_rc("term", zmq_ctx_term(zd_ctx()));
}

static void context_shut_down(void)
{
	void *pull = zd_socket(ZMQ_PULL), *watched = monitored(pull, "inproc://all");

	zd_bind(pull);
	zt_ok(zmq_ctx_shutdown(zd_ctx()));
	say_rc("monitor", zmq_socket_monitor(pull, "inproc://more", ZMQ_EVENT_ALL));
	za_close(watched);
	za_close(pull);
	say_rc("term", zmq_ctx_term(zd_ctx()));
}

/* --- lingering ------------------------------------------------------------------------- */

static void lingers_in_vain(void)
{
	void *watched, *push = watch_new(ZMQ_PUSH, &watched);

	za_set(push, ZMQ_LINGER, zt_scaled(LINGER_MS));
	za_connect(push, zd_free_endpoint());
	zd_put(push, "x", NULL);
	say_watched(watched, 3);
	za_close(push);
	say_quiet(watched);
	say_watched(watched, 1);
}

/* It connects after it was closed. */
static void lingers_and_sends(void)
{
	const char *ep = zd_free_endpoint();
	void *watched, *push = watch_new(ZMQ_PUSH, &watched), *pull = zd_socket(ZMQ_PULL);

	za_set(push, ZMQ_LINGER, -1);
	/* The listener is there before the pause is over. */
	za_set(push, ZMQ_RECONNECT_IVL, zt_scaled(2000));
	za_connect(push, ep);
	zd_put(push, "x", NULL);
	say_watched(watched, 3);
	za_close(push);
	za_bind(pull, ep);
	say_recv(pull);
	say_watched(watched, 4);
	say_quiet(watched);
}

/* The peer does not read: CLOSED now, and the rest when time is over. */
static void binder_lingers(void)
{
	void *watched, *push = watch_new(ZMQ_PUSH, &watched), *pull = zd_socket(ZMQ_PULL);
	static char body[1000000];
	const char *ep;
	int i;

	za_set(push, ZMQ_LINGER, zt_scaled(LINGER_MS));
	za_set(push, ZMQ_SNDBUF, 4096);
	za_set(pull, ZMQ_RCVBUF, 4096);
	za_set(pull, ZMQ_RCVHWM, 1);
	ep = zd_bind(push);
	za_connect(pull, ep);
	say_watched(watched, 3);
	for (i = 0; i < 10; i++)
		zt_eq(zmq_send(push, body, sizeof(body), 0), sizeof(body));
	za_close(push);
	say_watched(watched, 1);
	say_quiet(watched);
	say_watched(watched, 1);
}

static void nothing_to_send(void)
{
	void *pull = zd_socket(ZMQ_PULL), *watched, *push = watch_new(ZMQ_PUSH, &watched);

	za_set(push, ZMQ_LINGER, -1);
	zd_link(pull, push);
	say_watched(watched, 3);
	za_close(push);
	say_watched(watched, 1);
	say_quiet(watched);
}

/* --- fork() ---------------------------------------------------------------------------- */

static void child_closes(void)
{
	void *pull = zd_socket(ZMQ_PULL), *watched = monitored(pull, "inproc://forked");
	int status;
	pid_t pid = fork();

	zt_check(pid >= 0);
	if (!pid) {
		zmq_close(pull);
		zmq_close(watched);
		zmq_ctx_term(zd_ctx());
		_exit(0);
	}
	zt_eq(waitpid(pid, &status, 0), pid);
	zt_eq(status, 0);
	say_quiet(watched);
	zd_bind(pull);
	say_watched(watched, 1);
	za_close(pull);
	say_watched(watched, 2);
}

static const struct zd_behaviour behaviours[] = {
	{ "order_of_checks", "API 6.2", order_of_checks,
	  "closed=ENOTSOCK event=EINVAL negative=EINVAL event/stop=EINVAL stop=ok none=ok scheme=EPROTONOSUPPORT empty=EINVAL other=EPROTONOSUPPORT ETERM ended=ETERM ended/stop=ETERM",
	},
	{ "failed_call", "API 7.1", failed_call,
	  "tcp=EPROTONOSUPPORT syntax=EINVAL quiet taken=EADDRINUSE MONITOR_STOPPED quiet",
	},
	{ "same_name", "API 7.1", same_name,
	  "MONITOR_STOPPED LISTENING",
	},
	{ "counts_as_socket", "API 3", counts_as_socket,
	  "full=EMFILE socket=EMFILE all=EMFILE",
	},
	{ "context_ends", "API 3", context_ends,
	  "term=ok",
	},
	{ "context_shut_down", "API 3", context_shut_down,
	  "monitor=ETERM term=ok",
	},
	{ "lingers_in_vain", "API 7.2", lingers_in_vain,
	  "CONNECT_DELAYED CLOSED CONNECT_RETRIED quiet MONITOR_STOPPED",
	},
	{ "lingers_and_sends", "API 7.2", lingers_and_sends,
	  "CONNECT_DELAYED CLOSED CONNECT_RETRIED [x] CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED MONITOR_STOPPED quiet",
	},
	{ "binder_lingers", "API 7.2", binder_lingers,
	  "LISTENING ACCEPTED HANDSHAKE_SUCCEEDED CLOSED quiet MONITOR_STOPPED",
	},
	{ "nothing_to_send", "API 7.2", nothing_to_send,
	  "CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED MONITOR_STOPPED quiet",
	},
	{ "child_closes", "API 3", child_closes,
	  "quiet LISTENING CLOSED MONITOR_STOPPED",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
