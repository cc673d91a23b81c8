// SPDX-License-Identifier: GPL-2.0-only
/* What happens to the connections of a socket, by zmq_socket_monitor(). */
#include "zmon.h"

void *zm_open(void *ctx, void *socket)
{
	static int count;
	void *monitor;
	char ep[32];

	sprintf(ep, "inproc://monitor%d", count++);
	zt_ok(zmq_socket_monitor(socket, ep, ZMQ_EVENT_ALL));
	monitor = za_socket(ctx, ZMQ_PAIR);
	/* Its buffer must never be what the watched socket waits for. */
	za_set(monitor, ZMQ_RCVHWM, 0);
	za_connect(monitor, ep);
	return monitor;
}

void zm_close(void *monitor, void *socket)
{
	zt_ok(zmq_socket_monitor(socket, NULL, 0));
	za_close(monitor);
}

bool zm_next(void *monitor, struct zm_event *event, int ms)
{
	zmq_pollitem_t item = { .socket = monitor, .events = ZMQ_POLLIN };
	uint8_t head[6];
	int n;

	if (zmq_poll(&item, 1, ms) != 1)
		return false;
	zt_eq(zmq_recv(monitor, head, sizeof(head), 0), sizeof(head));
	memcpy(&event->number, head, sizeof(event->number));
	memcpy(&event->value, head + 2, sizeof(event->value));
	n = zmq_recv(monitor, event->address, sizeof(event->address) - 1, 0);
	zt_check(n >= 0 && !za_get(monitor, ZMQ_RCVMORE));
	event->address[n] = 0;
	return true;
}

uint32_t zm_until(void *monitor, int number)
{
	struct zm_event event = { 0 };

	do {
		if (!zm_next(monitor, &event, zt_scaled(ZA_TIMEO)))
			zt_fail("event %#x does not come, the last was %#x, %#x", number,
				event.number, event.value);
	} while (event.number != number);
	return event.value;
}
