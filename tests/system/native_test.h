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
 * Seconds: a hung test is one that passed every limit of its own. It has to be a
 * constant, so it is for a kernel of ordinary speed; slower ones have LIMIT_SCALED.
 */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 180
#define LIMIT_SCALED 60

static void __attribute__((constructor)) native_own_net(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	zt_netns();
}

/* The harness, when all tests have been registered. */
static inline int native_run(int argc, char **argv)
{
	struct __fixture_metadata *f;
	struct __test_metadata *t;
	int limit = zt_scaled(LIMIT_SCALED);

	for (f = __fixture_list; f; f = f->next)
		for (t = f->tests; t; t = t->next)
			if (t->timeout < limit)
				t->timeout = limit;
	return test_harness_run(argc, argv);
}

/* TEST_HARNESS_MAIN calls it. */
#define test_harness_run native_run

#endif
