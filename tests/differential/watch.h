/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens to the connections of a socket, told as words: LISTENING, CONNECTED...
 * with the value where it is an errno or a code ("BIND_FAILED=EADDRINUSE"). A test of
 * sequences knows nothing of how they are carried.
 */
#ifndef TESTS_DIFFERENTIAL_WATCH_H
#define TESTS_DIFFERENTIAL_WATCH_H

#include <stdint.h>

/* From now on; returns what the other functions take. */
void *watch(void *socket);
/* A new socket that is watched, and pauses for ever after its first failure. */
void *watch_new(int type, void **watched);
/* Says the next @count events; "nothing" for one that does not come. */
void say_watched(void *watched, int count);
/* Says "quiet", or what happens although nothing should. */
void say_quiet(void *watched);

/**
 * struct watch_event - one event
 * @number: ZMQ_EVENT_*
 * @value: descriptor, errno, delay or code
 * @address: of the listener, or of what was connected to
 */
struct watch_event {
	uint16_t number;
	uint32_t value;
	char address[256];
};

/* The next event; false when none comes within @ms. */
bool watch_next(void *watched, struct watch_event *event, int ms);
/* Name of an event. Valid until the next call. */
const char *watch_name(int number);

#endif
