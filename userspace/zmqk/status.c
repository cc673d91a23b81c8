// SPDX-License-Identifier: GPL-2.0-only
/* What a program would run on, and why. The library is asked for its own answers. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "zmqk.h"

#define ZK_MODULE_DIR "/sys/module/af_zmq"

/* The answer to another wish than the one that is in the environment. */
static struct af_zmq_choice zk_status_ask(const struct zk_shim *shim,
					  const char *wish)
{
	struct af_zmq_choice choice;

	if (setenv("AF_ZMQ", wish, 1))
		err(ZK_FAILED, NULL);
	shim->choice(&choice);
	return choice;
}

static const char *zk_status_wish(const struct af_zmq_choice *choice)
{
	static const char *const names[] = {
		[AF_ZMQ_AUTO] = "auto",
		[AF_ZMQ_KERNEL] = "kernel",
		[AF_ZMQ_STOCK] = "stock",
	};

	return choice->wish_unknown ? "auto (the variable has another value)" :
				      names[choice->wish];
}

static enum zk_status zk_status_result(const struct af_zmq_choice *choice)
{
	switch (choice->uses) {
	case AF_ZMQ_KERNEL:
		puts("programs run on  the kernel");
		return ZK_KERNEL;
	case AF_ZMQ_STOCK:
		puts("programs run on  the stock library");
		return ZK_STOCK;
	default:
		puts("programs run on  nothing: zmq_socket() fails");
		return ZK_NOBODY;
	}
}

/**
 * zk_status() - say what a program would run on
 * @shim: the library
 *
 * The variable AF_ZMQ has other values afterwards.
 *
 * Return: an exit status: ZK_KERNEL, ZK_STOCK, ZK_NOBODY.
 */
int zk_status(const struct zk_shim *shim)
{
	struct af_zmq_choice now, kernel, stock;

	shim->choice(&now);
	kernel = zk_status_ask(shim, "kernel");
	stock = zk_status_ask(shim, "stock");

	printf("module           %s\n",
	       access(ZK_MODULE_DIR, F_OK) ? "not loaded" : "loaded");
	printf("socket family    %d, %s\n", kernel.family,
	       kernel.refused ? strerror(kernel.refused) : "usable");
	printf("library          %s\n", shim->path);
	if (stock.stock)
		printf("stock library    %s, version %d.%d.%d\n", stock.stock,
		       stock.stock_version[0], stock.stock_version[1],
		       stock.stock_version[2]);
	else
		puts("stock library    none");
	printf("AF_ZMQ           %s\n", zk_status_wish(&now));
	return zk_status_result(&now);
}
