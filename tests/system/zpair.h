/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scenarios of two processes, each on its own libzmq. Every scenario runs as
 * {bind side} x {connect side} out of {shim, stock}; the run with stock on both
 * sides shows that the scenario itself is right. Over tcp, and some over ipc, too.
 */
#ifndef TESTS_SYSTEM_ZPAIR_H
#define TESTS_SYSTEM_ZPAIR_H

#include "zapi.h"

/**
 * struct zp_side - what a side of a scenario gets
 * @ctx: context of this process
 * @ep: endpoint both sides use
 * @peer: for zt_tell(), zt_hear(), zt_expect(): the other side
 * @arg: of the scenario
 */
struct zp_side {
	void *ctx;
	const char *ep;
	int peer;
	const void *arg;
};

/**
 * struct zp_combo - one way to run a scenario
 * @scenario: what runs
 * @bind: library of the binding side
 * @conn: library of the connecting side
 * @ipc: over ipc, not tcp
 */
struct zp_combo {
	const struct zp_scenario *scenario;
	enum zt_lib bind;
	enum zt_lib conn;
	bool ipc;
};

/**
 * struct zp_scenario - one conversation
 * @name: without spaces
 * @bind: the binding side
 * @conn: the connecting side
 * @drive: instead of starting both sides at once and waiting for them
 * @arg: for both sides: what a table of many alike says about this one
 * @conn_shim: the connecting side promises more than stock libzmq does
 * @ipc: over ipc, too
 * @limit: seconds, 0: default
 */
struct zp_scenario {
	const char *name;
	void (*bind)(struct zp_side *side);
	void (*conn)(struct zp_side *side);
	void (*drive)(const struct zp_combo *combo);
	const void *arg;
	bool conn_shim;
	bool ipc;
	unsigned int limit;
};

/* main() of a program of scenarios. */
int zp_main(int argc, char **argv, const struct zp_scenario *scenarios, size_t count);

/* For drive(): starts one side; proc->fd talks to it. */
void zp_start(struct zt_proc *proc, const struct zp_combo *combo, bool bind,
	      const char *ep);

#endif
