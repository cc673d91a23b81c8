// SPDX-License-Identifier: GPL-2.0-only
/*
 * zmq_poll(): a plain ppoll(), because a zmq socket is a plain descriptor whose
 * readiness is level triggered truth.
 */
#include <poll.h>
#include <stdlib.h>
#include <time.h>

#include "api.h"

/* Return: 0, or -1 and errno if the item's socket is closed or terminated. */
static int shim_poll_fill(struct pollfd *pfd, const zmq_pollitem_t *item)
{
	struct shim_sock *s;

	pfd->fd = item->fd;
	pfd->events = 0;
	if (item->events & ZMQ_POLLIN)
		pfd->events |= POLLIN;
	if (item->events & ZMQ_POLLOUT)
		pfd->events |= POLLOUT;
	if (!item->socket) {
		if (item->events & ZMQ_POLLPRI)
			pfd->events |= POLLPRI;
		return 0;
	}
	s = shim_sock_get(item->socket);
	if (!s)
		return -1;
	shim_sock_look(s);
	pfd->fd = s->fd;
	return 0;
}

static short shim_poll_fd_events(short revents)
{
	short events = 0;

	if (revents & POLLIN)
		events |= ZMQ_POLLIN;
	if (revents & POLLOUT)
		events |= ZMQ_POLLOUT;
	if (revents & POLLPRI)
		events |= ZMQ_POLLPRI;
	if (revents & ~(POLLIN | POLLOUT | POLLPRI))
		events |= ZMQ_POLLERR;
	return events;
}

/* Return: the item's events, or -1 and errno if its socket went away. */
static int shim_poll_result(const struct pollfd *pfd,
			    const zmq_pollitem_t *item)
{
	if (!item->socket)
		return shim_poll_fd_events(pfd->revents);
	if (pfd->revents & POLLNVAL)
		return shim_err(ENOTSOCK);
	/* Closed by another thread, or the context was shut down. */
	if (pfd->revents & POLLHUP)
		return shim_sock_get(item->socket) ? shim_err(ETERM) : -1;
	/* An error is for the call to report that the program waits to make. */
	if (pfd->revents & POLLERR)
		return item->events & (ZMQ_POLLIN | ZMQ_POLLOUT);
	return shim_poll_fd_events(pfd->revents);
}

static int shim_poll(struct pollfd *pfds, zmq_pollitem_t *items, int n,
		     long timeout)
{
	struct timespec ts = {
		.tv_sec = timeout / 1000,
		.tv_nsec = timeout % 1000 * 1000000,
	};
	int i, events, ready = 0;

	for (i = 0; i < n; i++) {
		if (shim_poll_fill(&pfds[i], &items[i]))
			return -1;
	}
	if (ppoll(pfds, n, timeout < 0 ? NULL : &ts, NULL) < 0)
		return -1;
	for (i = 0; i < n; i++) {
		events = shim_poll_result(&pfds[i], &items[i]);
		if (events < 0)
			return -1;
		items[i].revents = events;
		ready += !!events;
	}
	return ready;
}

int zmqk_poll(zmq_pollitem_t *items, int n, long timeout)
{
	struct pollfd few[ZMQ_POLLITEMS_DFLT], *many;
	int rc;

	if (n < 0)
		return shim_err(EINVAL);
	if (n && !items)
		return shim_err(EFAULT);
	if (n <= ZMQ_POLLITEMS_DFLT)
		return shim_poll(few, items, n, timeout);
	many = calloc(n, sizeof(*many));
	if (!many)
		return shim_err(ENOMEM);
	rc = shim_poll(many, items, n, timeout);
	free(many);
	return rc;
}
