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
	return zm_open(zd_ctx(), socket);
}

void *watch_new(int type, void **watched)
{
	void *s = zd_socket(type);

	za_set(s, ZMQ_RECONNECT_IVL, ONCE_MS);
	*watched = watch(s);
	return s;
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

static void say_event(const struct zm_event *event)
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
	struct zm_event event;

	for (; count; count--) {
		if (!zm_next(watched, &event, zt_scaled(ZA_TIMEO))) {
			say("nothing");
			return;
		}
		say_event(&event);
	}
}

void say_quiet(void *watched)
{
	struct zm_event event;

	if (!zm_next(watched, &event, zt_scaled(QUIET_MS)))
		say("quiet");
	else
		do
			say_event(&event);
		while (zm_next(watched, &event, 0));
}
