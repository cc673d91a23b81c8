// SPDX-License-Identifier: GPL-2.0-only
/*
 * zmq_poll() and zmq_ppoll(): a plain ppoll(), because a zmq socket is a plain
 * descriptor whose readiness is level triggered truth.
 */
#include <poll.h>
#include <stdlib.h>
#include <time.h>

#include "api.h"

/**
 * shim_poll_mask() - what to ask the kernel for
 * @socket: for a zmq socket; otherwise a descriptor, which may be urgent
 * @events: ZMQ_POLL*
 *
 * Return: POLL*; EPOLL* are the same numbers.
 */
short shim_poll_mask(bool socket, short events)
{
	short mask = 0;

	if (events & ZMQ_POLLIN)
		mask |= POLLIN;
	if (events & ZMQ_POLLOUT)
		mask |= POLLOUT;
	if (!socket && (events & ZMQ_POLLPRI))
		mask |= POLLPRI;
	return mask;
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

/**
 * shim_poll_events() - what the kernel says, as libzmq says it
 * @socket: the zmq socket, NULL for a descriptor
 * @wanted: ZMQ_POLL* that were asked for
 * @revents: POLL* (EPOLL* are the same numbers) that the kernel told
 *
 * Return: ZMQ_POLL*, or -1 and errno if the socket went away.
 */
int shim_poll_events(void *socket, short wanted, short revents)
{
	if (!socket)
		return shim_poll_fd_events(revents);
	if (revents & POLLNVAL)
		return shim_err(ENOTSOCK);
	/* Closed by another thread, or the context was shut down. */
	if (revents & POLLHUP)
		return shim_sock_get(socket) ? shim_err(ETERM) : -1;
	/* An error is for the call to report that the program waits to make. */
	if (revents & POLLERR)
		return wanted & (ZMQ_POLLIN | ZMQ_POLLOUT);
	return shim_poll_fd_events(revents);
}

/* Return: 0, or -1 and errno if the item's socket is closed or terminated. */
static int shim_poll_fill(struct pollfd *pfd, const zmq_pollitem_t *item)
{
	struct shim_sock *s;

	pfd->fd = item->fd;
	pfd->events = shim_poll_mask(item->socket, item->events);
	if (!item->socket)
		return 0;
	s = shim_sock_get(item->socket);
	if (!s)
		return -1;
	shim_sock_look(s);
	pfd->fd = s->fd;
	return 0;
}

/*
 * One of the descriptors may be the ZMQ_FD of one of the sockets, which the look
 * at that is going to quiet. libzmq looks at descriptors first, so do we.
 *
 * Return: how many are ready, an item's revents say so; -1 and errno: EINTR.
 */
static SHIM_COLD int shim_poll_early(struct pollfd *pfds, zmq_pollitem_t *items,
				     int n)
{
	int i, ready, fds = 0;

	for (i = 0; i < n; i++) {
		pfds[i].fd = items[i].socket ? -1 : items[i].fd;
		pfds[i].events = shim_poll_mask(false, items[i].events);
		items[i].revents = 0;
		fds += !items[i].socket;
	}
	ready = fds ? poll(pfds, n, 0) : 0;
	for (i = 0; i < n && ready > 0; i++)
		items[i].revents = shim_poll_fd_events(pfds[i].revents);
	return ready;
}

static int shim_poll(struct pollfd *pfds, zmq_pollitem_t *items, int n,
		     long timeout, const sigset_t *mask)
{
	bool early = unlikely(shim_sock_look_needed());
	struct timespec ts;
	int i, events, ready = 0;

	if (early)
		ready = shim_poll_early(pfds, items, n);
	if (ready < 0)
		return -1;
	if (ready)
		timeout = 0;
	ready = 0;
	ts.tv_sec = timeout / 1000;
	ts.tv_nsec = timeout % 1000 * 1000000;
	for (i = 0; i < n; i++) {
		if (shim_poll_fill(&pfds[i], &items[i]))
			return -1;
	}
	if (ppoll(pfds, n, timeout < 0 ? NULL : &ts, mask) < 0)
		return -1;
	for (i = 0; i < n; i++) {
		events = shim_poll_events(items[i].socket, items[i].events,
					  pfds[i].revents);
		if (events < 0)
			return -1;
		if (early)
			events |= items[i].revents;
		items[i].revents = events;
		ready += !!events;
	}
	return ready;
}

int zmqk_ppoll(zmq_pollitem_t *items, int n, long timeout,
	       const sigset_t *mask)
{
	struct pollfd few[ZMQ_POLLITEMS_DFLT], *many;
	int rc;

	if (n < 0)
		return shim_err(EINVAL);
	if (n && !items)
		return shim_err(EFAULT);
	if (n <= ZMQ_POLLITEMS_DFLT)
		return shim_poll(few, items, n, timeout, mask);
	many = calloc(n, sizeof(*many));
	if (!many)
		return shim_err(ENOMEM);
	rc = shim_poll(many, items, n, timeout, mask);
	free(many);
	return rc;
}

int zmqk_poll(zmq_pollitem_t *items, int n, long timeout)
{
	return zmqk_ppoll(items, n, timeout, NULL);
}
