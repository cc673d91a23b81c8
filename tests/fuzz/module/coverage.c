// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which blocks of the module have run, in whatever context. A module made with
 * COVERAGE=1 has this file, and each of its blocks calls the function below. KCOV
 * would see the system calls of tasks that ask for it only; most of this module
 * runs in work items and softirqs.
 */
#include <linux/bitmap.h>
#include <linux/export.h>
#include <linux/kernel.h>

#include "coverage.h"

/* A bit for each address of the module's code that a call can return to. */
unsigned long zmq_coverage_hit[BITS_TO_LONGS(ZMQ_COVERAGE_BITS)];
EXPORT_SYMBOL_GPL(zmq_coverage_hit);

/**
 * zmq_coverage_base() - what bit 0 stands for
 *
 * Return: an address before all code of the module.
 */
unsigned long zmq_coverage_base(void)
{
	return (unsigned long)__sanitizer_cov_trace_pc - ZMQ_COVERAGE_BITS / 2;
}
EXPORT_SYMBOL_GPL(zmq_coverage_base);

/**
 * __sanitizer_cov_trace_pc() - a block runs
 *
 * The compiler calls it by this name, which within the module is not the kernel's.
 *
 * Context: any.
 */
void notrace __sanitizer_cov_trace_pc(void)
{
	unsigned long at = _RET_IP_ - zmq_coverage_base();

	/* To write always would have all processors wait for each other. */
	if (at < ZMQ_COVERAGE_BITS && !test_bit(at, zmq_coverage_hit))
		set_bit(at, zmq_coverage_hit);
}
