// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks for a stock libzmq: the file that AF_ZMQ_STOCK names, and no other if it
 * does; else one that the process has loaded already (a program that brings its
 * own, under a name that the program's other libraries ask for); else one in the
 * system's library directories.
 *
 * It is loaded without RTLD_DEEPBIND, because a program may replace malloc() or
 * operator new, and memory goes from the library to the program. So where the
 * library calls its own zmq_ functions it may well get to ours, and from there
 * through the table that has just been filled back to its own.
 */
#include <dlfcn.h>
#include <glob.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

#include "choose.h"
#include "internal.h"

/* Any name that begins so: a distribution may have put the stock file aside. */
#define SHIM_STOCK_FILES "/libzmq.so.5*"

static const char *const shim_stock_dirs[] = {
	"/usr/lib/" SHIM_MULTIARCH,
	"/usr/lib64",
	"/usr/lib",
	"/usr/local/lib/" SHIM_MULTIARCH,
	"/usr/local/lib64",
	"/usr/local/lib",
};

/*
 * Is it a libzmq that programs for libzmq.so.5 can use, and no copy of us? From
 * 4.1 on messages have the size that zmq.h gives them now.
 */
static bool shim_stock_usable(void *handle, struct af_zmq_choice *choice)
{
	void (*version)(int *major, int *minor, int *patch);
	int *v = choice->stock_version;
	Dl_info info;

	if (dlsym(handle, "af_zmq_choice") || !dlsym(handle, "zmq_ctx_new"))
		return false;
	version = (void (*)(int *, int *, int *))dlsym(handle, "zmq_version");
	if (!version || !dladdr((void *)version, &info))
		return false;
	version(&v[0], &v[1], &v[2]);
	if (v[0] != 4 || v[1] < 1)
		return false;
	choice->stock = info.dli_fname;
	choice->stock_handle = handle;
	return true;
}

/* Return: true if @path was one, and now is ours to use. */
static bool shim_stock_open(const char *path, int flags,
			    struct af_zmq_choice *choice)
{
	void *handle = dlopen(path, flags | RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		return false;
	if (shim_stock_usable(handle, choice))
		return true;
	dlclose(handle);
	return false;
}

/**
 * struct shim_stock_object - a question to dl_iterate_phdr()
 * @index: which object; counts down to it
 * @name: its file, to be freed; NULL if there is no such object
 */
struct shim_stock_object {
	size_t index;
	char *name;
};

static int shim_stock_object_cb(struct dl_phdr_info *info, size_t size,
				void *data)
{
	struct shim_stock_object *object = data;

	if (object->index--)
		return 0;
	object->name = strdup(info->dlpi_name);
	return 1;
}

/*
 * An object's functions are also found through those that depend on it. The file
 * that has them is the one to be opened.
 */
static bool shim_stock_in_object(const char *name, struct af_zmq_choice *choice)
{
	bool found = false;
	void *handle, *symbol;
	Dl_info info;

	handle = dlopen(name, RTLD_NOLOAD | RTLD_LAZY | RTLD_LOCAL);
	if (!handle)
		return false;
	symbol = dlsym(handle, "zmq_ctx_new");
	if (symbol && dladdr(symbol, &info))
		found = shim_stock_open(info.dli_fname, RTLD_NOLOAD, choice);
	dlclose(handle);
	return found;
}

/*
 * One object a time, because inside of dl_iterate_phdr() a lock is held that
 * dlopen() in another thread wants while it holds the one that we would need.
 */
static bool shim_stock_in_process(struct af_zmq_choice *choice)
{
	struct shim_stock_object object;
	bool found = false;
	size_t i;

	for (i = 0; !found; i++) {
		object = (struct shim_stock_object){ .index = i };
		dl_iterate_phdr(shim_stock_object_cb, &object);
		if (!object.name)
			break;
		/* The program itself has no name; what it has, it calls. */
		if (*object.name)
			found = shim_stock_in_object(object.name, choice);
		free(object.name);
	}
	return found;
}

static bool shim_stock_in_dir(const char *dir, struct af_zmq_choice *choice)
{
	char pattern[128] = "";
	bool found = false;
	glob_t files;
	size_t i;

	strncat(pattern, dir, sizeof(pattern) - sizeof(SHIM_STOCK_FILES));
	strcat(pattern, SHIM_STOCK_FILES);
	if (!glob(pattern, 0, NULL, &files)) {
		for (i = 0; i < files.gl_pathc && !found; i++)
			found = shim_stock_open(files.gl_pathv[i], 0, choice);
		globfree(&files);
	}
	return found;
}

/**
 * shim_stock_find() - look for a stock libzmq and load it
 * @choice: what begins with stock is filled in; @choice->stock stays NULL if
 *	there is none
 *
 * Context: any thread, several at a time; changes errno.
 */
void shim_stock_find(struct af_zmq_choice *choice)
{
	size_t i;

	choice->stock_named = secure_getenv("AF_ZMQ_STOCK");
	if (choice->stock_named && *choice->stock_named) {
		shim_stock_open(choice->stock_named, 0, choice);
		return;
	}
	choice->stock_named = NULL;
	if (shim_stock_in_process(choice))
		return;
	for (i = 0; i < sizeof(shim_stock_dirs) / sizeof(*shim_stock_dirs); i++)
		if (shim_stock_in_dir(shim_stock_dirs[i], choice))
			return;
}

/**
 * shim_stock_drop() - another thread was faster: give back what was found
 * @choice: a choice that does not come into force
 */
void shim_stock_drop(struct af_zmq_choice *choice)
{
	if (choice->stock_handle)
		dlclose(choice->stock_handle);
	choice->stock_handle = NULL;
	choice->stock = NULL;
}
