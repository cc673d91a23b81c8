// SPDX-License-Identifier: GPL-2.0-only
/*
 * library_bundle PLUGIN: knows nothing of libzmq, but loads what brings its own, in the
 * way of an interpreter: its names are seen by nobody else.
 */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	void *plugin = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
	int (*exchange)(void);

	if (!plugin) {
		fprintf(stderr, "library_bundle: %s\n", dlerror());
		return 2;
	}
	exchange = (int (*)(void))dlsym(plugin, "library_exchange");
	return exchange ? exchange() : 2;
}
