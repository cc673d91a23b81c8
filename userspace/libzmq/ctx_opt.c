// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of contexts. Most are only kept to be read back, for there are no
 * threads that they could be about.
 */
#include "api.h"

#define SHIM_SOCKET_LIMIT 65535

static bool shim_ctx_remove_cpu(cpu_set_t *cpus, int cpu)
{
	if (cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, cpus))
		return false;
	CPU_CLR(cpu, cpus);
	return true;
}

static bool shim_ctx_add_cpu(cpu_set_t *cpus, int cpu)
{
	if (cpu >= CPU_SETSIZE)
		return false;
	CPU_SET(cpu, cpus);
	return true;
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
		return shim_ctx_add_cpu(&opts->cpus, val);
	case ZMQ_THREAD_AFFINITY_CPU_REMOVE:
		return shim_ctx_remove_cpu(&opts->cpus, val);
	case ZMQ_THREAD_NAME_PREFIX:
		opts->name_prefix = val;
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

static int shim_ctx_get_option(const struct shim_ctx_opts *opts, int option)
{
	switch (option) {
	case ZMQ_IO_THREADS:
		return opts->io_threads;
	case ZMQ_MAX_SOCKETS:
		return opts->max_sockets;
	case ZMQ_SOCKET_LIMIT:	/* the number that sets ZMQ_THREAD_PRIORITY */
		return SHIM_SOCKET_LIMIT;
	case ZMQ_THREAD_SCHED_POLICY:
		return opts->sched_policy;
	case ZMQ_MAX_MSGSZ:
		return opts->max_msgsz;
	case ZMQ_MSG_T_SIZE:
		return sizeof(zmq_msg_t);
	case ZMQ_THREAD_NAME_PREFIX:
		return opts->name_prefix;
	case ZMQ_ZERO_COPY_RECV:
		return opts->zero_copy;
	case ZMQ_IPV6:
		return opts->ipv6;
	case ZMQ_BLOCKY:
		return opts->blocky;
	default:
		return shim_err(EINVAL);
	}
}

int zmqk_ctx_get(void *p, int option)
{
	struct shim_ctx *ctx;
	int rc = -1;

	shim_lock();
	ctx = shim_ctx_get(p);
	if (ctx)
		rc = shim_ctx_get_option(&ctx->opts, option);
	shim_unlock();
	return rc;
}
