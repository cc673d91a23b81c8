// SPDX-License-Identifier: GPL-2.0-only
/* Events of a socket's connections, by zmq_socket_monitor(). */
#include <stdlib.h>

#include "diff.h"
#include "watch.h"

#define QUIET_MS 150
/* So long that nobody sees a second attempt. */
#define ONCE_MS 600000

void *watch(void *socket)
{
	static int count;
	void *watched;
	char ep[32];

	sprintf(ep, "inproc://watch%d", count++);
	zt_ok(zmq_socket_monitor(socket, ep, ZMQ_EVENT_ALL));
	watched = zd_socket(ZMQ_PAIR);
	/* Its buffer must never be what the watched socket waits for. */
	za_set(watched, ZMQ_RCVHWM, 0);
	za_connect(watched, ep);
	return watched;
}

void *watch_new(int type, void **watched)
{
	void *s = zd_socket(type);

	za_set(s, ZMQ_RECONNECT_IVL, ONCE_MS);
	*watched = watch(s);
	return s;
}

bool watch_next(void *watched, struct watch_event *event, int ms)
{
	zmq_pollitem_t item = { .socket = watched, .events = ZMQ_POLLIN };
	uint8_t head[6];
	int n;

	if (zmq_poll(&item, 1, ms) != 1)
		return false;
	zt_eq(zmq_recv(watched, head, sizeof(head), 0), sizeof(head));
	memcpy(&event->number, head, sizeof(event->number));
	memcpy(&event->value, head + 2, sizeof(event->value));
	n = zmq_recv(watched, event->address, sizeof(event->address) - 1, 0);
	zt_check(n >= 0 && !za_get(watched, ZMQ_RCVMORE));
	event->address[n] = 0;
	return true;
}

const char *watch_name(int number)
{
	static const char *const names[] = {
		"CONNECTED", "CONNECT_DELAYED", "CONNECT_RETRIED", "LISTENING", "BIND_FAILED",
		"ACCEPTED", "ACCEPT_FAILED", "CLOSED", "CLOSE_FAILED", "DISCONNECTED",
		"MONITOR_STOPPED", "HANDSHAKE_FAILED_NO_DETAIL", "HANDSHAKE_SUCCEEDED",
		"HANDSHAKE_FAILED_PROTOCOL", "HANDSHAKE_FAILED_AUTH",
	};
	static char text[16];
	size_t i;

	for (i = 0; i < ZT_ARRAY(names); i++)
		if (number == 1 << i)
			return names[i];
	sprintf(text, "%#x", number);
	return text;
}

static void say_event(const struct watch_event *event)
{
	const char *name = watch_name(event->number);

	switch (event->number) {
	case ZMQ_EVENT_BIND_FAILED:
		say("%s=%s", name, zd_errno(event->value));
		break;
	case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
		say("%s=%#x", name, event->value);
		break;
	case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
		say("%s=%u", name, event->value);
		break;
	default:
		say("%s", name);
	}
}

void say_watched(void *watched, int count)
{
	struct watch_event event;

	for (; count; count--) {
		if (!watch_next(watched, &event, zt_scaled(ZA_TIMEO))) {
			say("nothing");
			return;
		}
		say_event(&event);
	}
}

void say_quiet(void *watched)
{
	struct watch_event event;

	if (!watch_next(watched, &event, zt_scaled(QUIET_MS)))
		say("quiet");
	else
		do
			say_event(&event);
		while (watch_next(watched, &event, 0));
}
