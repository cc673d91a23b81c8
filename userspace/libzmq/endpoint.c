// SPDX-License-Identifier: GPL-2.0-only
/*
 * Endpoints: zmq_bind(), zmq_connect() and their opposites.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/socket.h>
#include <linux/zmq.h>

#include "api.h"

/* Longest endpoint in an address: sockaddr_storage bounds what bind() takes. */
#define SHIM_SOCKADDR_ENDPOINT_MAX \
	(sizeof(struct sockaddr_storage) - sizeof(struct sockaddr_zmq))

struct shim_addr {
	socklen_t len;
	union {
		struct sockaddr_storage storage;
		struct sockaddr_zmq zmq;
	};
};

/*
 * libzmq refuses tcp and ipc if ZMQ_AFFINITY allows no I/O thread of the
 * context (EMTHREAD). The kernel has no such threads and can't tell, so the
 * rule lives here. ZMQ_AFFINITY counts the first 64 threads.
 */
static bool shim_endpoint_has_thread(struct shim_sock *s, const char *endpoint)
{
	uint64_t affinity = atomic_load(&s->affinity);
	int threads = s->ctx->threads;
	uint64_t mask;

	if (strncmp(endpoint, "tcp://", 6) && strncmp(endpoint, "ipc://", 6))
		return true;
	if (!endpoint[6])
		return true;	/* EINVAL comes first; the kernel's */
	if (!affinity)
		return threads > 0;
	mask = threads < 64 ? (UINT64_C(1) << threads) - 1 : UINT64_MAX;
	return affinity & mask;
}

static int shim_endpoint_result(int rc)
{
	return rc ? shim_err_native() : 0;
}

/* Return: false if @endpoint is too long for an address. */
static bool shim_endpoint_to_addr(struct shim_addr *addr, const char *endpoint)
{
	size_t len = strlen(endpoint);

	if (len > SHIM_SOCKADDR_ENDPOINT_MAX)
		return false;
	addr->zmq.szmq_family = shim_sock_family();
	memcpy(addr->zmq.szmq_endpoint, endpoint, len);
	addr->len = sizeof(addr->zmq) + len;
	return true;
}

static int shim_endpoint_set(void *p, int option, const char *endpoint)
{
	struct shim_sock *s = shim_sock_get(p);

	if (!s)
		return -1;
	if (!endpoint)
		return shim_err(EINVAL);
	return shim_endpoint_result(setsockopt(s->fd, SOL_ZMQ, option, endpoint,
					       strlen(endpoint)));
}

/*
 * bind() or connect(): by system call, which is what strace and security
 * modules know, or by @option if the endpoint is too long for an address.
 */
static int shim_endpoint_add(void *p, const char *endpoint, int option,
			     int (*call)(int, const struct sockaddr *,
					 socklen_t))
{
	struct shim_sock *s = shim_sock_get(p);
	struct shim_addr addr;

	if (!s)
		return -1;
	if (!endpoint)
		return shim_err(EINVAL);
	if (!shim_endpoint_has_thread(s, endpoint))
		return shim_err(EMTHREAD);
	if (shim_kctx_join(s, endpoint))
		return -1;
	if (!shim_endpoint_to_addr(&addr, endpoint))
		return shim_endpoint_set(s, option, endpoint);
	return shim_endpoint_result(call(s->fd,
					 (struct sockaddr *)&addr.storage,
					 addr.len));
}

/*
 * *@fd is the descriptor that the next zmq_bind() is to take over, or -1.
 * Return: false if there is no telling.
 */
static bool shim_endpoint_use_fd(void *p, int *fd)
{
	struct shim_sock *s = shim_sock_get(p);
	socklen_t len = sizeof(*fd);

	return s && !getsockopt(s->fd, SOL_ZMQ, ZMQ_USE_FD, fd, &len);
}

/* The first of libzmq's variables that names a directory, or the current one. */
static const char *shim_endpoint_tmp(void)
{
	static const char *const names[] = { "TMPDIR", "TEMPDIR", "TMP" };
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *dir = getenv(names[i]);

		if (dir && !stat(dir, &st) && S_ISDIR(st.st_mode))
			return dir;
	}
	return ".";
}

/* The kernel does not know the environment. Return: 0 or an errno. */
static int shim_endpoint_set_tmp(void *p, const char *endpoint)
{
	struct shim_sock *s = shim_sock_get(p);
	const char *dir;

	if (!s || !endpoint || strncmp(endpoint, "ipc://*", 7))
		return 0;
	dir = shim_endpoint_tmp();
	/* What the option does not take is too long for a path, too. */
	return setsockopt(s->fd, SOL_ZMQ, ZMQ_NATIVE_IPC_DIR, dir, strlen(dir)) ?
	       ENAMETOOLONG : 0;
}

/*
 * With ZMQ_USE_FD the descriptor becomes libzmq's, which closes it with the
 * listener. The kernel has its own reference, so here it can go at once; but only
 * if the kernel took it, which an inproc name does not.
 */
int zmqk_bind(void *p, const char *endpoint)
{
	int err = shim_endpoint_set_tmp(p, endpoint), fd = -1, left;
	bool lent = shim_endpoint_use_fd(p, &fd) && fd >= 0;

	if (err)
		return shim_err(err);
	if (shim_endpoint_add(p, endpoint, ZMQ_NATIVE_BIND, bind))
		return -1;
	if (lent && shim_endpoint_use_fd(p, &left) && left < 0)
		close(fd);
	return 0;
}

int zmqk_connect(void *p, const char *endpoint)
{
	return shim_endpoint_add(p, endpoint, ZMQ_NATIVE_CONNECT, connect);
}

int zmqk_unbind(void *p, const char *endpoint)
{
	return shim_endpoint_set(p, ZMQ_NATIVE_UNBIND, endpoint);
}

int zmqk_disconnect(void *p, const char *endpoint)
{
	return shim_endpoint_set(p, ZMQ_NATIVE_DISCONNECT, endpoint);
}
