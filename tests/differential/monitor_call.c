// SPDX-License-Identifier: GPL-2.0-only
/*
 * zmq_socket_monitor() itself, and the values and addresses of events.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "diff.h"
#include "watch.h"

/* The next event must be @number; it is read into the result. */
static struct zm_event next(void *watched, int number)
{
	struct zm_event event;

	if (!zm_next(watched, &event, zt_scaled(ZA_TIMEO)))
		zt_fail("no %s", watch_name(number));
	if (event.number != number)
		zt_fail("%s, expected another event", watch_name(event.number));
	return event;
}

/* Says WHAT=fd for an open descriptor, and whose address it has. */
static void say_fd_event(const struct zm_event *event, const char *ep)
{
	say("%s=%s/%s", watch_name(event->number),
	    fcntl(event->value, F_GETFD) >= 0 ? "fd" : "other",
	    strcmp(event->address, ep) ? event->address : "endpoint");
}

static void values_of_connector(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH), *watched = watch(push);
	const char *ep = zd_bind(pull);
	struct zm_event event;

	za_connect(push, ep);
	event = next(watched, ZMQ_EVENT_CONNECT_DELAYED);
	say("%s %s", zd_errno(event.value), strcmp(event.address, ep) ? "other" : "endpoint");
	event = next(watched, ZMQ_EVENT_CONNECTED);
	say_fd_event(&event, ep);
	event = next(watched, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
	say("%u %s", event.value, strcmp(event.address, ep) ? "other" : "endpoint");
}

static void values_of_binder(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH), *watched = watch(pull);
	const char *ep = zd_bind(pull);
	struct zm_event event;

	event = next(watched, ZMQ_EVENT_LISTENING);
	say_fd_event(&event, ep);
	za_connect(push, ep);
	event = next(watched, ZMQ_EVENT_ACCEPTED);
	say_fd_event(&event, ep);
	event = next(watched, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
	say("%u %s", event.value, strcmp(event.address, ep) ? "other" : "endpoint");
}

/* The pause that was chosen. */
static void value_of_retry(void)
{
	void *push = zd_socket(ZMQ_PUSH), *watched = watch(push);
	const char *ep = zd_free_endpoint();
	struct zm_event event;

	za_set(push, ZMQ_RECONNECT_IVL, 300);
	za_connect(push, ep);
	next(watched, ZMQ_EVENT_CONNECT_DELAYED);
	event = next(watched, ZMQ_EVENT_CLOSED);
	say("closed=%s", strcmp(event.address, ep) ? event.address : "endpoint");
	event = next(watched, ZMQ_EVENT_CONNECT_RETRIED);
	say("%s %s", event.value >= 300 && event.value < 600 ? "in-range" : "other",
	    strcmp(event.address, ep) ? event.address : "endpoint");
}

static void value_of_bind_failed(void)
{
	void *pull = zd_socket(ZMQ_PULL), *watched = watch(pull);
	struct zm_event event;

	zmq_bind(pull, "tcp://eth99:5555");
	event = next(watched, ZMQ_EVENT_BIND_FAILED);
	say("%s [%s]", zd_errno(event.value), event.address);
}

static void value_of_stop(void)
{
	void *pull = zd_socket(ZMQ_PULL), *watched = watch(pull);
	struct zm_event event;

	say_rc("stop", zmq_socket_monitor(pull, NULL, 0));
	event = next(watched, ZMQ_EVENT_MONITOR_STOPPED);
	say("%u [%s]", event.value, event.address);
	say_rc("again", zmq_socket_monitor(pull, NULL, 0));
	zd_bind(pull);
	say_quiet(watched);
}

static void refused(void)
{
	void *pull = zd_socket(ZMQ_PULL), *other = zd_socket(ZMQ_PULL);

	say_rc("tcp", zmq_socket_monitor(pull, "tcp://127.0.0.1:5555", ZMQ_EVENT_ALL));
	say_rc("syntax", zmq_socket_monitor(pull, "nonsense", ZMQ_EVENT_ALL));
	say_rc("empty", zmq_socket_monitor(pull, "inproc://", ZMQ_EVENT_ALL));
	say_rc("first", zmq_socket_monitor(other, "inproc://x", ZMQ_EVENT_ALL));
	say_rc("taken", zmq_socket_monitor(pull, "inproc://x", ZMQ_EVENT_ALL));
	say_rc("null", zmq_socket_monitor(NULL, "inproc://y", ZMQ_EVENT_ALL));
	zt_ok(zmq_ctx_shutdown(zd_ctx()));
	say_rc("ended", zmq_socket_monitor(pull, "inproc://z", ZMQ_EVENT_ALL));
}

/* A second call ends the first. */
static void replaced(void)
{
	void *pull = zd_socket(ZMQ_PULL), *first = watch(pull), *second = watch(pull);

	say_watched(first, 1);
	zd_bind(pull);
	say_watched(second, 1);
	say_quiet(first);
}

/* Only what was asked for; the end is told if that was asked for, too. */
static void filtered(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH), *watched;

	zt_ok(zmq_socket_monitor(push, "inproc://few",
				 ZMQ_EVENT_CONNECTED | ZMQ_EVENT_DISCONNECTED));
	watched = zd_connect(ZMQ_PAIR, "inproc://few");
	zd_link(pull, push);
	say_watched(watched, 1);
	say_quiet(watched);
	za_close(pull);
	say_watched(watched, 1);
	za_close(push);
	say_quiet(watched);
}

static void *reader(void *result)
{
	/* That what happens meanwhile is not lost is the point. */
	zd_settle();
	*(void **)result = zd_connect(ZMQ_PAIR, "inproc://first");
	return NULL;
}

/* As the example of zmq_socket_monitor(3): a thread that reads may begin later. */
static void first_reader(void)
{
	void *pull = zd_socket(ZMQ_PULL), *watched;
	pthread_t thread;

	zt_ok(zmq_socket_monitor(pull, "inproc://first", ZMQ_EVENT_ALL));
	zt_check(!pthread_create(&thread, NULL, reader, &watched));
	zt_ok(zmq_bind(pull, "tcp://127.0.0.1:*"));
	zt_check(!pthread_join(thread, NULL));
	say_watched(watched, 1);
	za_close(pull);
	say_watched(watched, 2);
}

/* What was told stays when the socket goes. */
static void read_after_close(void)
{
	void *pull = zd_socket(ZMQ_PULL), *watched = watch(pull);

	zd_bind(pull);
	za_close(pull);
	zd_settle();
	say_watched(watched, 3);
}

static const struct zd_behaviour behaviours[] = {
	{ "values_of_connector", "API 7.1", values_of_connector,
	  "EINPROGRESS endpoint CONNECTED=fd/endpoint 0 endpoint",
	  .ours = "EINPROGRESS endpoint CONNECTED=other/endpoint 0 endpoint",
	  .why = "Where events of libzmq have a descriptor as their value",
	},
	{ "values_of_binder", "API 7.1", values_of_binder,
	  "LISTENING=fd/endpoint ACCEPTED=fd/endpoint 0 endpoint",
	  .ours = "LISTENING=other/endpoint ACCEPTED=other/endpoint 0 endpoint",
	  .why = "Where events of libzmq have a descriptor as their value",
	},
	{ "value_of_retry", "API 7.1", value_of_retry,
	  "closed=endpoint in-range endpoint",
	},
	{ "value_of_bind_failed", "API 7.1", value_of_bind_failed,
	  "ENODEV [eth99:5555]",
	},
	{ "value_of_stop", "API 7.1", value_of_stop,
	  "stop=ok 0 [] again=ok quiet",
	},
	{ "refused", "API 7.1", refused,
	  "tcp=EPROTONOSUPPORT syntax=EINVAL empty=EINVAL first=ok taken=EADDRINUSE null=ENOTSOCK ended=ETERM",
	},
	{ "replaced", "API 7.1", replaced,
	  "MONITOR_STOPPED LISTENING quiet",
	},
	{ "first_reader", "API 7.1", first_reader,
	  "LISTENING CLOSED MONITOR_STOPPED",
	},
	{ "filtered", "API 7.1", filtered,
	  "CONNECTED quiet DISCONNECTED quiet",
	},
	{ "read_after_close", "API 7.1", read_after_close,
	  "LISTENING CLOSED MONITOR_STOPPED",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
