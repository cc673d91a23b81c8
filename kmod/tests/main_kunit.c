// SPDX-License-Identifier: GPL-2.0-only
/*
 * The KUnit module: the suites of this folder. What they test is in
 * af_zmq.ko, because 6.1 runs suites before their own module's init.
 */
#include <linux/module.h>

MODULE_DESCRIPTION("Tests of af_zmq");
MODULE_LICENSE("GPL");
