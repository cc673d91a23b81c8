/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What native programs share on top of the kernel's test harness. Included
 * once a program, after everything else; ends with TEST_HARNESS_MAIN.
 */
#ifndef TESTS_SYSTEM_NATIVE_TEST_H
#define TESTS_SYSTEM_NATIVE_TEST_H

#include <kselftest_harness.h>

#include "native.h"

/*
 * A hung test is one that passed every limit of its own; this one has to be
 * long enough for the debug kernel and has to be a constant.
 */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 180

static void __attribute__((constructor)) native_own_net(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	zt_netns();
}

#endif
