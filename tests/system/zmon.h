/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens to the connections of a socket, by zmq_socket_monitor(). */
#ifndef TESTS_SYSTEM_ZMON_H
#define TESTS_SYSTEM_ZMON_H

#include "zapi.h"

/**
 * struct zm_event - one event
 * @number: ZMQ_EVENT_*
 * @value: descriptor, errno, delay or code
 * @address: of the listener, or of what was connected to
 */
struct zm_event {
	uint16_t number;
	uint32_t value;
	char address[256];
};

/* A socket to read the events of @socket from. */
void *zm_open(void *ctx, void *socket);
/* Ends it. libzmq blocks when it has something to tell and nobody listens any more. */
void zm_close(void *monitor, void *socket);
/* The next event; false when none comes within @ms. */
bool zm_next(void *monitor, struct zm_event *event, int ms);
/* Waits for an event with this number; returns its value. */
uint32_t zm_until(void *monitor, int number);

#endif
