// SPDX-License-Identifier: GPL-2.0-only
/*
 * Monitors of sockets: zmq_socket_monitor() and its younger relatives.
 *
 * The kernel raises the events, and its monitor sends them by another socket,
 * never waiting (see ZMQ_NATIVE_MONITOR in linux/zmq.h). Here that other socket is
 * made and bound to the inproc name where the application will look for it. The
 * monitored one keeps it, so its descriptor can be closed at once, and neither
 * zmq_close() nor fork() nor zmq_ctx_term() have anything to do with it.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/socket.h>
#include <linux/zmq.h>

#include "api.h"

/**
 * shim_monitor_forget() - a socket has no monitor any more
 * @s: the socket
 *
 * Context: under shim_lock().
 */
void shim_monitor_forget(struct shim_sock *s)
{
	if (s->monitored)
		s->ctx->nmonitors--;
	s->monitored = false;
}

/* What libzmq refuses before it looks at the endpoint. */
static bool shim_monitor_possible(uint64_t events, int version, int type)
{
	switch (version) {
	case 1:
		return type == ZMQ_PAIR && events <= UINT16_MAX;
	case 2:
		return type == ZMQ_PAIR || type == ZMQ_PUB || type == ZMQ_PUSH;
	default:
		return false;
	}
}

/* Return: 0 if it is an inproc name, else -1 and errno. */
static int shim_monitor_check(const char *endpoint)
{
	const char *sep = strstr(endpoint, "://");

	if (!sep || sep == endpoint || !sep[3] ||
	    strlen(endpoint) > ZMQ_ENDPOINT_MAX)
		return shim_err(EINVAL);
	if (strncmp(endpoint, "inproc://", 9))
		return shim_err(EPROTONOSUPPORT);
	return 0;
}

static int shim_monitor_set(struct shim_sock *s, const struct zmq_monitor_req *req)
{
	if (setsockopt(s->fd, SOL_ZMQ, ZMQ_NATIVE_MONITOR, req, sizeof(*req)))
		return shim_err_native();
	return 0;
}

static int shim_monitor_stop(struct shim_sock *s)
{
	const struct zmq_monitor_req none = { .fd = -1 };

	if (shim_monitor_set(s, &none))
		return -1;
	shim_lock();
	shim_monitor_forget(s);
	shim_unlock();
	return 0;
}

/* Return: the descriptor of a socket for a monitor, which counts from now on. */
static int shim_monitor_open(struct shim_sock *s, int type)
{
	struct shim_ctx *ctx = s->ctx;
	int fd = -1;

	shim_lock();
	/* Two threads at a time: the one that comes last replaces the other. */
	if (s->monitored || !shim_sock_admit(ctx))
		fd = shim_sock_open(&ctx->opts, type);
	if (fd >= 0 && !s->monitored) {
		s->monitored = true;
		ctx->nmonitors++;
	}
	shim_unlock();
	return fd;
}

/* Linger 0: events nobody came to read keep no context from ending. */
static int shim_monitor_bind(struct shim_ctx *ctx, int fd, const char *endpoint)
{
	if (shim_sock_set_int(fd, ZMQ_LINGER, 0) || shim_kctx_enter(ctx, fd))
		return -1;
	if (setsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_BIND, endpoint, strlen(endpoint)))
		return shim_err_native();
	return 0;
}

static int shim_monitor_start(struct shim_sock *s, const char *endpoint,
			      uint64_t events, int version, int type)
{
	struct zmq_monitor_req req = {
		.fd = shim_monitor_open(s, type),
		.version = version | ZMQ_MONITOR_KEEP,
		.events = events,
	};
	int err = 0;

	if (req.fd < 0)
		return -1;
	if (shim_monitor_bind(s->ctx, req.fd, endpoint) ||
	    shim_monitor_set(s, &req))
		err = errno;
	close(req.fd);
	if (!err)
		return 0;
	shim_lock();
	shim_monitor_forget(s);
	shim_unlock();
	return shim_err(err);
}

int zmqk_socket_monitor_versioned(void *p, const char *endpoint, uint64_t events,
				  int version, int type)
{
	struct shim_sock *s = shim_sock_get(p);

	if (!s)
		return -1;
	if (!shim_monitor_possible(events, version, type))
		return shim_err(EINVAL);
	if (!endpoint)
		return shim_monitor_stop(s);
	if (shim_monitor_check(endpoint))
		return -1;
	/* It may have the very name that is wanted. */
	if (shim_monitor_stop(s))
		return -1;
	return shim_monitor_start(s, endpoint, events, version, type);
}

int zmqk_socket_monitor(void *p, const char *endpoint, int events)
{
	return zmqk_socket_monitor_versioned(p, endpoint, events, 1, ZMQ_PAIR);
}

int zmqk_socket_monitor_pipes_stats(void *p)
{
	struct shim_sock *s = shim_sock_get(p);

	if (!s)
		return -1;
	return shim_sock_set_int(s->fd, ZMQ_NATIVE_MONITOR_STATS, 1);
}
