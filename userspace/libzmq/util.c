// SPDX-License-Identifier: GPL-2.0-only
/*
 * Helpers of libzmq's API that have nothing to do with sockets.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "api.h"

void zmqk_version(int *major, int *minor, int *patch)
{
	if (major)
		*major = ZMQ_VERSION_MAJOR;
	if (minor)
		*minor = ZMQ_VERSION_MINOR;
	if (patch)
		*patch = ZMQ_VERSION_PATCH;
}

/*
 * Names of what a libzmq may be built without; tcp, inproc and plain are not
 * among them and give 0 in libzmq, too. "draft" is 0 although the functions of
 * libzmq's draft part are here: programs ask it to learn whether they may use
 * the draft socket types, which AF_ZMQ does not have.
 */
int zmqk_has(const char *capability)
{
	return capability && (!strcmp(capability, "ipc") || !strcmp(capability, "curve"));
}

static uint64_t shim_util_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void *zmqk_stopwatch_start(void)
{
	uint64_t *watch = malloc(sizeof(*watch));

	if (watch)
		*watch = shim_util_now_us();
	return watch;
}

unsigned long zmqk_stopwatch_intermediate(void *watch)
{
	return watch ? shim_util_now_us() - *(uint64_t *)watch : 0;
}

unsigned long zmqk_stopwatch_stop(void *watch)
{
	unsigned long us = zmqk_stopwatch_intermediate(watch);

	free(watch);
	return us;
}

void zmqk_sleep(int seconds)
{
	sleep(seconds);
}

struct shim_thread {
	pthread_t id;
	zmq_thread_fn *func;
	void *arg;
};

static void *shim_util_thread(void *p)
{
	struct shim_thread *thread = p;

	thread->func(thread->arg);
	return NULL;
}

/*
 * As in libzmq the thread starts with all signals blocked. Here and below NULL
 * does nothing, where libzmq's would crash.
 */
void *zmqk_threadstart(zmq_thread_fn *func, void *arg)
{
	struct shim_thread *thread;
	sigset_t all, old;
	int err;

	if (!func) {
		errno = EFAULT;
		return NULL;
	}
	thread = malloc(sizeof(*thread));
	if (!thread)
		return NULL;
	thread->func = func;
	thread->arg = arg;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&thread->id, NULL, shim_util_thread, thread);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (err) {
		free(thread);
		errno = err;
		return NULL;
	}
	return thread;
}

void zmqk_threadclose(void *p)
{
	struct shim_thread *thread = p;

	if (!thread)
		return;
	pthread_join(thread->id, NULL);
	free(thread);
}

void *zmqk_atomic_counter_new(void)
{
	_Atomic int *counter = malloc(sizeof(*counter));

	if (counter)
		atomic_init(counter, 0);
	return counter;
}

void zmqk_atomic_counter_set(void *counter, int value)
{
	if (counter)
		atomic_store((_Atomic int *)counter, value);
}

/* Return: the value before. */
int zmqk_atomic_counter_inc(void *counter)
{
	return counter ? atomic_fetch_add((_Atomic int *)counter, 1) : 0;
}

/* Return: 1 as long as the counter is not 0 after the step. */
int zmqk_atomic_counter_dec(void *counter)
{
	return counter && atomic_fetch_sub((_Atomic int *)counter, 1) != 1;
}

int zmqk_atomic_counter_value(void *counter)
{
	return counter ? atomic_load((_Atomic int *)counter) : 0;
}

void zmqk_atomic_counter_destroy(void **counter)
{
	if (!counter)
		return;
	free(*counter);
	*counter = NULL;
}
