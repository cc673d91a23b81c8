// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contexts: shutdown, termination. internal.h tells the rules.
 */
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "api.h"

static pthread_mutex_t shim_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct shim_ctx *shim_ctx_free_list;

/** shim_lock() - enter the section that guards contexts, lists and tags */
void shim_lock(void)
{
	pthread_mutex_lock(&shim_mutex);
}

/** shim_unlock() - leave the section that shim_lock() entered */
void shim_unlock(void)
{
	pthread_mutex_unlock(&shim_mutex);
}

static _Atomic unsigned int shim_ctx_fork_count;

static void shim_ctx_forked(void)
{
	atomic_fetch_add(&shim_ctx_fork_count, 1);
	shim_unlock();
}

/**
 * shim_ctx_forks() - tell a process from those that it descends from
 *
 * Cheaper than getpid(), which is a system call.
 *
 * Return: how many fork()s are between the first process and this one.
 */
unsigned int shim_ctx_forks(void)
{
	return atomic_load_explicit(&shim_ctx_fork_count, memory_order_relaxed);
}

/*
 * A fork() while another thread is in zmq_socket() must not leave the child
 * with half a list and a mutex that nobody will ever unlock.
 */
static __attribute__((constructor)) void shim_ctx_setup(void)
{
	pthread_atfork(shim_lock, shim_unlock, shim_ctx_forked);
}

/**
 * shim_ctx_get() - the context behind a pointer of the application
 * @p: what zmq_ctx_new() returned, or anything else
 *
 * Context: under shim_lock().
 * Return: the context, or NULL with errno EFAULT.
 */
struct shim_ctx *shim_ctx_get(void *p)
{
	struct shim_ctx *ctx = p;

	if (ctx && ctx->tag == SHIM_CTX_ALIVE)
		return ctx;
	errno = EFAULT;
	return NULL;
}

/**
 * shim_ctx_wake() - tell zmq_ctx_term() that a socket left the context
 * @ctx: the context
 *
 * Context: under shim_lock().
 */
void shim_ctx_wake(struct shim_ctx *ctx)
{
	atomic_fetch_add(&ctx->closes, 1);
	if (ctx->terminating)
		syscall(SYS_futex, &ctx->closes, FUTEX_WAKE_PRIVATE, INT_MAX,
			NULL, NULL, 0);
}

void *zmqk_ctx_new(void)
{
	struct shim_ctx *ctx;

	shim_lock();
	ctx = shim_ctx_free_list;
	if (ctx)
		shim_ctx_free_list = ctx->free;
	else
		ctx = malloc(sizeof(*ctx));
	if (!ctx)
		goto out;
	*ctx = (struct shim_ctx){
		.tag = SHIM_CTX_ALIVE,
		.opts = {
			.io_threads = ZMQ_IO_THREADS_DFLT,
			.max_sockets = ZMQ_MAX_SOCKETS_DFLT,
			.max_msgsz = INT_MAX,
			.sched_policy = ZMQ_THREAD_SCHED_POLICY_DFLT,
			.sched_priority = ZMQ_THREAD_PRIORITY_DFLT,
			.blocky = true,
			.zero_copy = true,
		},
	};
	TAILQ_INIT(&ctx->socks);
	TAILQ_INIT(&ctx->lingering);
out:
	shim_unlock();
	return ctx;
}

static void shim_ctx_shutdown(struct shim_ctx *ctx)
{
	ctx->terminating = true;
	shim_sock_stop_all(ctx);
}

int zmqk_ctx_shutdown(void *p)
{
	struct shim_ctx *ctx;

	shim_lock();
	ctx = shim_ctx_get(p);
	if (ctx)
		shim_ctx_shutdown(ctx);
	shim_unlock();
	return ctx ? 0 : -1;
}

/*
 * Sleep until a socket left @ctx->socks. Called and returns with the lock held,
 * sleeps without. A bare futex and no condition variable because a signal has
 * to end the wait, as it does in libzmq: that is how Ctrl-C gets out of a
 * program that forgot to close a socket. It has a limit because one without
 * begins again after a signal whose handler has SA_RESTART.
 */
static int shim_ctx_wait_close(struct shim_ctx *ctx)
{
	static const struct timespec limit = { .tv_sec = 24 * 60 * 60 };
	uint32_t seen = atomic_load(&ctx->closes);
	long rc;

	shim_unlock();
	rc = syscall(SYS_futex, &ctx->closes, FUTEX_WAIT_PRIVATE, seen, &limit,
		     NULL, 0);
	/* EAGAIN: one was closed meanwhile; ETIMEDOUT: on to the next day. */
	if (rc < 0 && errno != EINTR)
		rc = 0;
	shim_lock();
	return rc;
}

/* Likewise until the socket first in @ctx->lingering has sent everything. */
static int shim_ctx_wait_linger(struct shim_ctx *ctx)
{
	struct pollfd pfd = { .fd = TAILQ_FIRST(&ctx->lingering)->fd };
	int rc;

	shim_unlock();
	rc = poll(&pfd, 1, -1);
	shim_lock();
	return rc < 0 ? -1 : 0;
}

int zmqk_ctx_term(void *p)
{
	struct shim_ctx *ctx;
	int rc = 0;

	shim_lock();
	ctx = shim_ctx_get(p);
	if (!ctx) {
		shim_unlock();
		return -1;
	}
	shim_ctx_shutdown(ctx);
	shim_sock_drop_inherited(ctx);
	while (!rc && ctx->tag == SHIM_CTX_ALIVE) {
		shim_sock_sweep(ctx);
		if (ctx->nsocks) {
			rc = shim_ctx_wait_close(ctx);
		} else if (!TAILQ_EMPTY(&ctx->lingering)) {
			rc = shim_ctx_wait_linger(ctx);
		} else {
			shim_kctx_end(ctx);
			shim_ctx_drop_options(&ctx->opts);
			ctx->tag = SHIM_DEAD;
			ctx->free = shim_ctx_free_list;
			shim_ctx_free_list = ctx;
		}
	}
	shim_unlock();
	return rc;
}

int zmqk_term(void *ctx)
{
	return zmqk_ctx_term(ctx);
}

int zmqk_ctx_destroy(void *ctx)
{
	return zmqk_ctx_term(ctx);
}

void *zmqk_init(int io_threads)
{
	void *ctx;

	if (io_threads < 0) {
		errno = EINVAL;
		return NULL;
	}
	ctx = zmqk_ctx_new();
	if (ctx)
		zmqk_ctx_set(ctx, ZMQ_IO_THREADS, io_threads);
	return ctx;
}
