// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the library is: beside zmqk itself, so that a build tree and any prefix
 * work alike.
 */
#include <dlfcn.h>
#include <err.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "zmqk.h"

/* From the directory of zmqk; the last one is that of a build tree. */
static const char *const zk_shim_places[] = {
	"../lib/af_zmq",
	"../lib/" ZK_MULTIARCH "/af_zmq",
	"../lib64/af_zmq",
	"../lib",
};

/* A file of that name may well be a stock library. */
static bool zk_shim_load(struct zk_shim *shim)
{
	void *handle = dlopen(shim->path, RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		return false;
	shim->choice = (void (*)(struct af_zmq_choice *choice))
		       dlsym(handle, "af_zmq_choice");
	if (!shim->choice)
		dlclose(handle);
	return shim->choice;
}

static bool zk_shim_try(const char *place, struct zk_shim *shim)
{
	shim->dir = realpath(place, NULL);
	if (!shim->dir)
		return false;
	if (asprintf(&shim->path, "%s/libzmq.so.5", shim->dir) < 0)
		err(ZK_FAILED, NULL);
	if (zk_shim_load(shim))
		return true;
	free(shim->path);
	free(shim->dir);
	return false;
}

/**
 * zk_shim_find() - find the library and load it
 * @shim: filled in
 *
 * Return: false, with a text on stderr, if there is none.
 */
bool zk_shim_find(struct zk_shim *shim)
{
	char self[PATH_MAX], path[PATH_MAX + 64];
	const char *dir;
	ssize_t n;
	size_t i;

	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n < 0) {
		warn("/proc/self/exe");
		return false;
	}
	self[n] = '\0';
	dir = dirname(self);
	for (i = 0; i < sizeof(zk_shim_places) / sizeof(*zk_shim_places); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, zk_shim_places[i]);
		if (zk_shim_try(path, shim))
			return true;
	}
	warnx("there is no libzmq.so.5 of AF_ZMQ in %s/%s or near it", dir,
	      zk_shim_places[0]);
	return false;
}
