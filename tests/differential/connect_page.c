// SPDX-License-Identifier: GPL-2.0-only
/* The manual page zmq_connect(3): its example, and each of the errors that it names. */
#include <stdlib.h>

#include "diff.h"

static void say_connect(void *socket, const char *ep)
{
	int rc = zmq_connect(socket, ep);

	say("%s=%s", ep, zd_errno(rc ? errno : 0));
}

/*
 * Its lines, with what is at the other end of the first. Nobody is called server001
 * here: both calls succeed all the same.
 */
static void example(void)
{
	void *context = zd_ctx(), *publisher = zd_bound(ZMQ_PUB, "inproc://my_publisher");

	/* Create a ZMQ_SUB socket */
	void *socket = zmq_socket(context, ZMQ_SUB);
	int rc;

	zt_check(socket);
	/* Connect it to an in-process transport with the address 'my_publisher' */
	rc = zmq_connect(socket, "inproc://my_publisher");
	say("inproc=%d", rc);
	/* Connect it to the host server001, port 5555 using a TCP transport */
	rc = zmq_connect(socket, "tcp://server001:5555");
	say("tcp=%d", rc);
	za_set(socket, ZMQ_LINGER, 0);
	za_set(socket, ZMQ_RCVTIMEO, zt_scaled(ZA_TIMEO));
	zd_set_text(socket, ZMQ_SUBSCRIBE, "news");
	zd_subscribed(publisher, socket, "news");
	zd_put(publisher, "news", "hello", NULL);
	say_recv(socket);
}

static void einval(void)
{
	static const char *const eps[] = {
		"", "server001", "tcp:", "tcp:/server001:5555", "tcp://", "tcp://server001",
		"tcp://server001:", "tcp://server001:port", "tcp://:", "tcp://*:5555", "://x", "ipc://",
		"ipc://@", "inproc://", "inproc:",
	};
	void *socket = zd_socket(ZMQ_SUB);
	size_t i;

	for (i = 0; i < ZT_ARRAY(eps); i++)
		say_connect(socket, eps[i]);
}

static void eprotonosupport(void)
{
	static const char *const eps[] = { "nope://x", "TCP://server001:5555", "http://x:80", "tcp4://x:1" };
	void *socket = zd_socket(ZMQ_SUB);
	size_t i;

	for (i = 0; i < ZT_ARRAY(eps); i++)
		say_connect(socket, eps[i]);
}

/* A protocol that only other types speak. */
static void enocompatproto(void)
{
	static const int types[] = { ZMQ_SUB, ZMQ_PUSH, ZMQ_REQ, ZMQ_ROUTER };
	size_t i;

	for (i = 0; i < ZT_ARRAY(types); i++)
		say_connect(zd_socket(types[i]), "udp://127.0.0.1:5555");
}

static void eterm(void)
{
	static const char *const eps[] = {
		"tcp://server001:5555", "ipc://@x", "inproc://x", "nope://x", "",
	};
	void *socket = zd_socket(ZMQ_SUB);
	size_t i;

	zt_ok(zmq_ctx_shutdown(zd_ctx()));
	/* libzmq believes it when a call that looks for news has been told. */
	say_get(socket, "events", ZMQ_EVENTS);
	for (i = 0; i < ZT_ARRAY(eps); i++)
		say_connect(socket, eps[i]);
}

static void enotsock(void)
{
	static char nothing[4096];
	void *socket = zd_socket(ZMQ_SUB);

	za_close(socket);
	say("closed");
	say_connect(socket, "tcp://server001:5555");
	say("null");
	say_connect(NULL, "tcp://server001:5555");
	say_connect(NULL, "");
	say("else");
	say_connect(nothing, "tcp://server001:5555");
}

static void emthread(void)
{
	static const char *const eps[] = {
		"tcp://server001:5555", "ipc://@x", "inproc://x",
		/* Looked at first. */
		"tcp://", "nope://x", "udp://127.0.0.1:5555",
		/* Only with a thread would anybody see this. */
		"tcp://server001:port",
	};
	void *ctx = za_ctx(), *socket;
	size_t i;

	zt_ok(zmq_ctx_set(ctx, ZMQ_IO_THREADS, 0));
	socket = za_socket(ctx, ZMQ_SUB);
	for (i = 0; i < ZT_ARRAY(eps); i++)
		say_connect(socket, eps[i]);
}

/* No call that failed has left anything behind. */
static void goes_on(void)
{
	void *socket = zd_socket(ZMQ_SUB), *publisher = zd_bound(ZMQ_XPUB, "inproc://my_publisher");

	say_connect(socket, "tcp://server001:port");
	say_connect(socket, "nope://x");
	say_connect(socket, "udp://127.0.0.1:5555");
	say_rc("disconnect", zmq_disconnect(socket, "nope://x"));
	say_rc("disconnect", zmq_disconnect(socket, "tcp://server001:port"));
	zd_set_text(socket, ZMQ_SUBSCRIBE, "");
	say_connect(socket, "inproc://my_publisher");
	say_recv(publisher);
	zd_put(publisher, "x", NULL);
	say_recv(socket);
}

static const struct zd_behaviour behaviours[] = {
	{ "example", "zmq_connect(3)", example,
	  "inproc=0 tcp=0 [news][hello]",
	},
	{ "EINVAL", "zmq_connect(3), API 4.1", einval,
	  "=EINVAL server001=EINVAL tcp:=EINVAL tcp:/server001:5555=EINVAL tcp://=EINVAL tcp://server001=EINVAL tcp://server001:=EINVAL tcp://server001:port=EINVAL tcp://:=EINVAL tcp://*:5555=EINVAL ://x=EINVAL ipc://=EINVAL ipc://@=EINVAL inproc://=EINVAL inproc:=EINVAL",
	},
	{ "EPROTONOSUPPORT", "zmq_connect(3), API 4.1", eprotonosupport,
	  "nope://x=EPROTONOSUPPORT TCP://server001:5555=EPROTONOSUPPORT http://x:80=EPROTONOSUPPORT tcp4://x:1=EPROTONOSUPPORT",
	},
	{ "ENOCOMPATPROTO", "zmq_connect(3), API 4.1", enocompatproto,
	  "udp://127.0.0.1:5555=ENOCOMPATPROTO udp://127.0.0.1:5555=ENOCOMPATPROTO udp://127.0.0.1:5555=ENOCOMPATPROTO udp://127.0.0.1:5555=ENOCOMPATPROTO",
	},
	{ "ETERM", "zmq_connect(3), API 3", eterm,
	  "events=ETERM tcp://server001:5555=ETERM ipc://@x=ETERM inproc://x=ETERM nope://x=ETERM =ETERM",
	},
	{ "ENOTSOCK", "zmq_connect(3), API 6.2", enotsock,
	  "closed tcp://server001:5555=ENOTSOCK null tcp://server001:5555=ENOTSOCK =ENOTSOCK else tcp://server001:5555=ENOTSOCK",
	},
	{ "EMTHREAD", "zmq_connect(3), API 3", emthread,
	  "tcp://server001:5555=EMTHREAD ipc://@x=EMTHREAD inproc://x=ok tcp://=EINVAL nope://x=EPROTONOSUPPORT udp://127.0.0.1:5555=ENOCOMPATPROTO tcp://server001:port=EMTHREAD",
	},
	{ "goes_on", "zmq_connect(3)", goes_on,
	  "tcp://server001:port=EINVAL nope://x=EPROTONOSUPPORT udp://127.0.0.1:5555=ENOCOMPATPROTO disconnect=EPROTONOSUPPORT disconnect=ENOENT inproc://my_publisher=ok [\\x01] [x]",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
