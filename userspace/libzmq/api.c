// SPDX-License-Identifier: GPL-2.0-only
/*
 * The exported functions, all of them.
 */
#include "api.h"

#define SHIM_API_EXPORT(type, name, params, args, failure)	\
	type zmq_##name params					\
	{							\
		return zmqk_##name args;			\
	}

SHIM_API_LIST(SHIM_API_EXPORT, SHIM_API_EXPORT)
