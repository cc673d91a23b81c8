// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of contexts. Most are only kept to be read back, for there are no
 * threads that they could be about.
 */
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"

#define SHIM_SOCKET_LIMIT 65535

/* Numbers of processors are kept in place of pointers to them. */
static void *shim_ctx_cpu(int cpu)
{
	return (void *)(intptr_t)cpu;
}

static int shim_ctx_compare_cpus(const void *a, const void *b)
{
	return ((intptr_t)a > (intptr_t)b) - ((intptr_t)a < (intptr_t)b);
}

static bool shim_ctx_remove_cpu(struct shim_ctx_opts *opts, int cpu)
{
	return tdelete(shim_ctx_cpu(cpu), &opts->cpus, shim_ctx_compare_cpus);
}

/* Any number, as in libzmq, which asks only when it makes a thread. */
static bool shim_ctx_add_cpu(struct shim_ctx_opts *opts, int cpu)
{
	return tsearch(shim_ctx_cpu(cpu), &opts->cpus, shim_ctx_compare_cpus);
}

static void shim_ctx_free_cpu(void *cpu)
{
}

/**
 * shim_ctx_drop_options() - a context ends: free what its options need
 * @opts: the options
 *
 * Context: under shim_lock().
 */
void shim_ctx_drop_options(struct shim_ctx_opts *opts)
{
	tdestroy(opts->cpus, shim_ctx_free_cpu);
	opts->cpus = NULL;
}

/* Return: false if libzmq has no such option or not such a value for it. */
static bool shim_ctx_set_option(struct shim_ctx_opts *opts, int option, int val)
{
	/* The prefix is any number to libzmq. */
	if (val < 0 && option != ZMQ_THREAD_NAME_PREFIX)
		return false;
	switch (option) {
	case ZMQ_IO_THREADS:
		opts->io_threads = val;
		return true;
	case ZMQ_MAX_SOCKETS:
		if (!val)
			return false;
		opts->max_sockets = val;
		return true;
	case ZMQ_THREAD_PRIORITY:
		opts->sched_priority = val;
		return true;
	case ZMQ_THREAD_SCHED_POLICY:
		opts->sched_policy = val;
		return true;
	case ZMQ_MAX_MSGSZ:
		opts->max_msgsz = val;
		return true;
	case ZMQ_THREAD_AFFINITY_CPU_ADD:
		return shim_ctx_add_cpu(opts, val);
	case ZMQ_THREAD_AFFINITY_CPU_REMOVE:
		return shim_ctx_remove_cpu(opts, val);
	case ZMQ_THREAD_NAME_PREFIX:
		snprintf(opts->name_prefix, sizeof(opts->name_prefix), "%d",
			 val);
		return true;
	case ZMQ_ZERO_COPY_RECV:
		opts->zero_copy = val;
		return true;
	case ZMQ_IPV6:
		opts->ipv6 = val;
		return true;
	case ZMQ_BLOCKY:
		opts->blocky = val;
		return true;
	default:
		return false;
	}
}

/*
 * Options may be set at any time and read back so. ZMQ_IO_THREADS and
 * ZMQ_MAX_SOCKETS have no effect after the first socket: libzmq's rule.
 */
int zmqk_ctx_set(void *p, int option, int val)
{
	struct shim_ctx *ctx;
	int rc = -1;

	shim_lock();
	ctx = shim_ctx_get(p);
	if (ctx) {
		rc = 0;
		if (!shim_ctx_set_option(&ctx->opts, option, val))
			rc = shim_err(EINVAL);
	}
	shim_unlock();
	return rc;
}

/* Return: false if libzmq has no such option, or it can't be read. */
static bool shim_ctx_get_option(const struct shim_ctx_opts *opts, int option,
				int *val)
{
	switch (option) {
	case ZMQ_IO_THREADS:
		*val = opts->io_threads;
		return true;
	case ZMQ_MAX_SOCKETS:
		*val = opts->max_sockets;
		return true;
	case ZMQ_SOCKET_LIMIT:	/* the number that sets ZMQ_THREAD_PRIORITY */
		*val = SHIM_SOCKET_LIMIT;
		return true;
	case ZMQ_THREAD_SCHED_POLICY:
		*val = opts->sched_policy;
		return true;
	case ZMQ_MAX_MSGSZ:
		*val = opts->max_msgsz;
		return true;
	case ZMQ_MSG_T_SIZE:
		*val = sizeof(zmq_msg_t);
		return true;
	case ZMQ_THREAD_NAME_PREFIX:
		*val = strtol(opts->name_prefix, NULL, 10);
		return true;
	case ZMQ_ZERO_COPY_RECV:
		*val = opts->zero_copy;
		return true;
	case ZMQ_IPV6:
		*val = opts->ipv6;
		return true;
	case ZMQ_BLOCKY:
		*val = opts->blocky;
		return true;
	default:
		return false;
	}
}

int zmqk_ctx_get(void *p, int option)
{
	struct shim_ctx *ctx;
	int val = -1;

	shim_lock();
	ctx = shim_ctx_get(p);
	if (ctx && !shim_ctx_get_option(&ctx->opts, option, &val))
		errno = EINVAL;
	shim_unlock();
	return val;
}

/*
 * Values that are no int, of which there is one: ZMQ_THREAD_NAME_PREFIX as a
 * string, with or without its NUL. What has the size of an int is one.
 */
static bool shim_ctx_set_text(struct shim_ctx_opts *opts, int option,
			      const char *val, size_t len)
{
	if (option != ZMQ_THREAD_NAME_PREFIX || !len || len > SHIM_PREFIX_MAX)
		return false;
	memset(opts->name_prefix, 0, sizeof(opts->name_prefix));
	memcpy(opts->name_prefix, val, len);
	return true;
}

static bool shim_ctx_get_text(const struct shim_ctx_opts *opts, int option,
			      char *val, size_t *len)
{
	size_t size = strlen(opts->name_prefix) + 1;

	if (option != ZMQ_THREAD_NAME_PREFIX || *len < size)
		return false;
	memcpy(val, opts->name_prefix, size);
	*len = size;
	return true;
}

static bool shim_ctx_get_value(const struct shim_ctx_opts *opts, int option,
			       void *val, size_t *len)
{
	int number;

	if (!val || !len)
		return false;
	if (*len != sizeof(number))
		return shim_ctx_get_text(opts, option, val, len);
	if (!shim_ctx_get_option(opts, option, &number))
		return false;
	memcpy(val, &number, sizeof(number));
	return true;
}

int zmqk_ctx_set_ext(void *p, int option, const void *val, size_t len)
{
	struct shim_ctx *ctx;
	bool valid = false;
	int number;

	if (val && len == sizeof(number)) {
		memcpy(&number, val, len);
		return zmqk_ctx_set(p, option, number);
	}
	shim_lock();
	ctx = shim_ctx_get(p);
	if (ctx) {
		valid = val && shim_ctx_set_text(&ctx->opts, option, val, len);
		if (!valid)
			errno = EINVAL;
	}
	shim_unlock();
	return valid ? 0 : -1;
}

int zmqk_ctx_get_ext(void *p, int option, void *val, size_t *len)
{
	struct shim_ctx *ctx;
	bool valid = false;

	shim_lock();
	ctx = shim_ctx_get(p);
	if (ctx) {
		valid = shim_ctx_get_value(&ctx->opts, option, val, len);
		if (!valid)
			errno = EINVAL;
	}
	shim_unlock();
	return valid ? 0 : -1;
}
