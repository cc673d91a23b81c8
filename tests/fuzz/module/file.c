// SPDX-License-Identifier: GPL-2.0-only
/*
 * af_zmq_coverage.ko: /sys/kernel/debug/af_zmq_coverage has a line for each block
 * of af_zmq that has run, "function+0x1/0x2": where its call of
 * __sanitizer_cov_trace_pc() returns to. tests/fuzz/coverage.py sums them up.
 */
#include <linux/bitops.h>
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "coverage.h"

static struct dentry *zmq_coverage_file;

static int zmq_coverage_show(struct seq_file *m, void *v)
{
	unsigned long at;

	for_each_set_bit(at, zmq_coverage_hit, ZMQ_COVERAGE_BITS)
		seq_printf(m, "%pS\n", (void *)(zmq_coverage_base() + at));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(zmq_coverage);

static int __init zmq_coverage_init(void)
{
	zmq_coverage_file = debugfs_create_file("af_zmq_coverage", 0400, NULL, NULL,
						&zmq_coverage_fops);
	return PTR_ERR_OR_ZERO(zmq_coverage_file);
}

static void __exit zmq_coverage_exit(void)
{
	debugfs_remove(zmq_coverage_file);
}

module_init(zmq_coverage_init);
module_exit(zmq_coverage_exit);

MODULE_AUTHOR("The af_zmq developers");
MODULE_DESCRIPTION("Which blocks of af_zmq have run");
MODULE_LICENSE("GPL");
