/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens to the connections of a socket, told as words: LISTENING, CONNECTED...
 * with the value where it is an errno or a code ("BIND_FAILED=EADDRINUSE"). A test of
 * sequences knows nothing of how they are carried.
 */
#ifndef TESTS_DIFFERENTIAL_WATCH_H
#define TESTS_DIFFERENTIAL_WATCH_H

#include "../system/zmon.h"

/* From now on; returns what the other functions take. */
void *watch(void *socket);
/* A new socket that is watched, and pauses for ever after its first failure. */
void *watch_new(int type, void **watched);
/* Says the next @count events; "nothing" for one that does not come. */
void say_watched(void *watched, int count);
/* Says "quiet", or what happens although nothing should. */
void say_quiet(void *watched);

/* Name of an event. Valid until the next call. */
const char *watch_name(int number);

#endif
