// SPDX-License-Identifier: GPL-2.0-only
/*
 * The exported functions, all of them. Each calls on through one pointer, to the
 * table of the library that does the work of this process.
 *
 * The pointer is written once, by the first call of any function; messages and
 * sockets of two libraries never meet. Before, it points to functions that make
 * the choice. Nothing happens when the library is loaded: LD_PRELOAD brings it
 * into processes that never use it.
 *
 * Threads that call first at the same time all choose, and the first to write
 * the pointer decides; nobody waits for anybody. A lock here would be held over
 * dlopen(), which takes locks of its own and runs other people's constructors,
 * and would be in unknown state in the child of a fork(). The loader's own locks
 * are: who fork()s while another thread is in its first call, and that loads a
 * stock library, has a child that can't load anything (library.rst).
 */
#include <dlfcn.h>
#include <stdlib.h>

#include "api.h"
#include "choose.h"

/* AF_ZMQ does the work. */
#define SHIM_API_ENTRY_NATIVE(type, name, params, args, failure)	\
	.zmq_##name = zmqk_##name,

static const struct shim_api shim_api_native = {
	SHIM_API_LIST(SHIM_API_ENTRY_NATIVE, SHIM_API_ENTRY_NATIVE)
};

/* What a stock library does not have. */
#define SHIM_API_LACKING(type, name, params, args, failure)	\
	static type shim_lacking_##name params			\
	{							\
		errno = ENOTSUP;				\
		return failure;					\
	}

#define SHIM_API_ENTRY_LACKING(type, name, params, args, failure)	\
	.zmq_##name = shim_lacking_##name,

SHIM_API_LIST(SHIM_API_LACKING, SHIM_API_LACKING)

static const struct shim_api shim_api_lacking = {
	SHIM_API_LIST(SHIM_API_ENTRY_LACKING, SHIM_API_ENTRY_LACKING)
};

static void *shim_api_symbol(void *handle, const char *name, void *lacking)
{
	void *symbol = dlsym(handle, name);

	return symbol ? symbol : lacking;
}

#define SHIM_API_ENTRY_STOCK(type, name, params, args, failure)		\
	.zmq_##name = (typeof(zmqk_##name) *)shim_api_symbol(handle,	\
			"zmq_" #name, (void *)shim_lacking_##name),

static void shim_api_fill(struct shim_api *api, void *handle)
{
	*api = (struct shim_api){
		SHIM_API_LIST(SHIM_API_ENTRY_STOCK, SHIM_API_ENTRY_STOCK)
	};
}

/*
 * The table for a choice. Whoever demands a stock library where there is none
 * must not get kernel sockets: all works but zmq_socket(). Where the kernel
 * refuses sockets itself its errno is the better answer. Return: NULL without
 * memory.
 */
static const struct shim_api *shim_api_make(const struct af_zmq_choice *choice)
{
	struct shim_api *api;

	if (choice->uses == AF_ZMQ_KERNEL ||
	    (choice->uses == AF_ZMQ_NOBODY && choice->refused))
		return &shim_api_native;
	api = malloc(sizeof(*api));
	if (!api)
		return NULL;
	if (choice->uses == AF_ZMQ_STOCK) {
		shim_api_fill(api, choice->stock_handle);
	} else {
		*api = shim_api_native;
		api->zmq_socket = shim_lacking_socket;
	}
	return api;
}

static const struct shim_api *shim_api_choose(void);

#define SHIM_API_FIRST(type, name, params, args, failure)	\
	static type shim_first_##name params			\
	{							\
		return shim_api_choose()->zmq_##name args;	\
	}

#define SHIM_API_ENTRY_FIRST(type, name, params, args, failure)	\
	.zmq_##name = shim_first_##name,

SHIM_API_LIST(SHIM_API_FIRST, SHIM_API_FIRST)

static const struct shim_api shim_api_first = {
	SHIM_API_LIST(SHIM_API_ENTRY_FIRST, SHIM_API_ENTRY_FIRST)
};

static const struct shim_api *_Atomic shim_api = &shim_api_first;

/*
 * The first call of any function, errno untouched: it may be zmq_errno(). If
 * there is no memory for a table this call fails and the next one tries again.
 */
static SHIM_COLD const struct shim_api *shim_api_choose(void)
{
	const struct shim_api *expected = &shim_api_first, *api;
	struct af_zmq_choice choice;
	int err = errno;

	af_zmq_choice(&choice);
	api = shim_api_make(&choice);
	if (!api) {
		shim_stock_drop(&choice);
		api = &shim_api_lacking;
	} else if (atomic_compare_exchange_strong(&shim_api, &expected, api)) {
		shim_choose_announce(&choice);
	} else {
		if (api != &shim_api_native)
			free((void *)api);
		shim_stock_drop(&choice);
		api = expected;
	}
	errno = err;
	return api;
}

#define SHIM_API_EXPORT(type, name, params, args, failure)		\
	type zmq_##name params						\
	{								\
		return atomic_load_explicit(&shim_api,			\
					    memory_order_acquire)->zmq_##name args; \
	}

SHIM_API_LIST(SHIM_API_EXPORT, SHIM_API_EXPORT)
