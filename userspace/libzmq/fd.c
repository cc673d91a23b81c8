// SPDX-License-Identifier: GPL-2.0-only
/*
 * ZMQ_FD, for event loops: a descriptor beside the socket's own, because what
 * libzmq promises is another thing than readiness. It polls for input when
 * something has changed, also when that is a chance to send, and is quiet once
 * ZMQ_EVENTS was asked, also while messages wait. With the socket's own a loop
 * would spin in the second case and not hear of the first.
 *
 * Most programs never ask, so it is made for the first who does.
 */
#include <sys/socket.h>
#include <unistd.h>

#include <linux/socket.h>
#include <linux/zmq.h>

#include "api.h"

/* Sockets whose ZMQ_FD somebody has asked for, so far. */
static _Atomic unsigned int shim_fd_asked;

/**
 * shim_sock_events_fd() - what ZMQ_FD answers
 * @s: the socket
 *
 * It is the same at each call, inherited by fork(), and closed by zmq_close().
 *
 * Return: the descriptor, or -1 and errno: EMFILE, ENFILE, ENOMEM, ETERM.
 */
int shim_sock_events_fd(struct shim_sock *s)
{
	int fd = atomic_load(&s->events_fd), none = -1;
	socklen_t len = sizeof(fd);

	if (fd >= 0)
		return fd;
	if (getsockopt(s->fd, SOL_ZMQ, ZMQ_NATIVE_EVENTS_FD, &fd, &len))
		return shim_err_native();
	/* Another thread may have been faster. */
	if (!atomic_compare_exchange_strong(&s->events_fd, &none, fd)) {
		close(fd);
		return none;
	}
	atomic_fetch_add(&shim_fd_asked, 1);
	return fd;
}

/**
 * shim_sock_drop_events_fd() - the socket is closed, and its ZMQ_FD with it
 * @s: the socket, which nobody uses any more
 */
void shim_sock_drop_events_fd(struct shim_sock *s)
{
	int fd = atomic_exchange(&s->events_fd, -1);

	if (fd >= 0)
		close(fd);
}

/**
 * shim_sock_look() - zmq_poll() and its like are about to look at a socket
 * @s: the socket
 *
 * That quiets ZMQ_FD, as ZMQ_EVENTS does: what happens from here on is new.
 */
void shim_sock_look(const struct shim_sock *s)
{
	int events;
	socklen_t len = sizeof(events);

	if (unlikely(atomic_load_explicit(&s->events_fd,
					  memory_order_relaxed) >= 0))
		getsockopt(s->fd, SOL_ZMQ, ZMQ_EVENTS, &events, &len);
}

/**
 * shim_sock_look_needed() - is shim_sock_look() worth a walk over sockets?
 *
 * Return: false if no socket of this process ever was asked for its ZMQ_FD.
 */
bool shim_sock_look_needed(void)
{
	return atomic_load_explicit(&shim_fd_asked, memory_order_relaxed);
}
