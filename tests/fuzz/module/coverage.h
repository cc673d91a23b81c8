/* SPDX-License-Identifier: GPL-2.0-only */
/* Blocks of the module that have run: between the module and who shows them. */
#ifndef _ZMQ_COVERAGE_H
#define _ZMQ_COVERAGE_H

#include <linux/types.h>

/* The module's code is within half as many bytes before and behind coverage.c's. */
#define ZMQ_COVERAGE_BITS	(4UL << 20)

extern unsigned long zmq_coverage_hit[];

unsigned long zmq_coverage_base(void);
void __sanitizer_cov_trace_pc(void);

#endif /* _ZMQ_COVERAGE_H */
