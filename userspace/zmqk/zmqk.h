/* SPDX-License-Identifier: GPL-2.0-only */
/* zmqk: programs on AF_ZMQ. */
#ifndef ZMQK_H
#define ZMQK_H

#include <stdbool.h>

#include "choice.h"

/**
 * enum zk_status - exit statuses besides those of a command that was run
 * @ZK_KERNEL: status: programs run on AF_ZMQ
 * @ZK_STOCK: status: programs run on a stock library
 * @ZK_NOBODY: status: neither is there
 * @ZK_FAILED: zmqk itself failed, or was called wrongly
 * @ZK_CANNOT: the command can not be executed
 * @ZK_NOT_FOUND: there is no such command
 *
 * The last three are those of env(1).
 */
enum zk_status {
	ZK_KERNEL = 0,
	ZK_STOCK = 1,
	ZK_NOBODY = 2,
	ZK_FAILED = 125,
	ZK_CANNOT = 126,
	ZK_NOT_FOUND = 127,
};

/**
 * struct zk_shim - the libzmq.so.5 of AF_ZMQ, loaded into this process
 * @dir: its directory, absolute
 * @path: its file
 * @choice: its own answer to who would do the work
 */
struct zk_shim {
	char *dir;
	char *path;
	void (*choice)(struct af_zmq_choice *choice);
};

bool zk_shim_find(struct zk_shim *shim);
int zk_run(const struct zk_shim *shim, bool preload, char **command);
int zk_status(const struct zk_shim *shim);

#endif /* ZMQK_H */
