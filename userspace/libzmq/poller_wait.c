// SPDX-License-Identifier: GPL-2.0-only
/*
 * zmq_poller_wait(): what is ready in a set that poller.c has made.
 */
#include <stdlib.h>
#include <sys/epoll.h>

#include "api.h"
#include "poller.h"

/* Events that a wait has on the stack. */
#define SHIM_POLLER_FEW 16

/* Count the closed sockets again, if any was closed since. */
static void shim_poller_bury(struct shim_poller *poller)
{
	uint64_t closes = shim_sock_closes();
	struct shim_poller_item *item;

	if (poller->closes == closes)
		return;
	poller->closes = closes;
	poller->dead = 0;
	TAILQ_FOREACH(item, &poller->items, link)
		poller->dead += shim_poller_item_dead(item);
}

/* As zmq_poll() does for each socket. */
static void shim_poller_look(struct shim_poller *poller)
{
	struct shim_poller_item *item;

	if (!shim_sock_look_needed())
		return;
	TAILQ_FOREACH(item, &poller->items, link)
		if (item->socket)
			shim_sock_look(item->socket);
}

/* Return: how many events of files were stored, no more than @n. */
static int shim_poller_take_files(struct shim_poller *poller,
				  zmq_poller_event_t *events, int n)
{
	struct shim_poller_item *item;
	short ready;
	int got = 0;

	if (!poller->files)
		return 0;
	TAILQ_FOREACH(item, &poller->items, link) {
		ready = item->events & (ZMQ_POLLIN | ZMQ_POLLOUT);
		if (!item->always || !ready || got == n)
			continue;
		events[got++] = (zmq_poller_event_t){
			.fd = item->fd,
			.user_data = item->data,
			.events = ready,
		};
	}
	return got;
}

/* Return: how many events there are, no more than @n; -1 and errno. */
static int shim_poller_take(struct epoll_event *ready, int n,
			    zmq_poller_event_t *events)
{
	const struct shim_poller_item *item;
	int i, told, got = 0;

	for (i = 0; i < n; i++) {
		item = ready[i].data.ptr;
		told = shim_poll_events(item->socket, item->events,
					ready[i].events);
		if (told < 0)
			return -1;
		if (!told)
			continue;
		events[got++] = (zmq_poller_event_t){
			.socket = item->socket,
			.fd = item->socket ? -1 : item->fd,
			.user_data = item->data,
			.events = told,
		};
	}
	return got;
}

/* epoll_wait() for a time that an int of milliseconds may not hold. */
static int shim_poller_epoll(struct shim_poller *poller,
			     struct epoll_event *ready, int n, long timeout)
{
	int rc, step;

	do {
		step = timeout > INT_MAX ? INT_MAX : (int)timeout;
		rc = epoll_wait(poller->epfd, ready, n, timeout < 0 ? -1 : step);
		timeout -= step;
	} while (!rc && timeout > 0);
	return rc;
}

static int shim_poller_wait_epoll(struct shim_poller *poller,
				  zmq_poller_event_t *events, int n,
				  long timeout)
{
	struct epoll_event few[SHIM_POLLER_FEW], *ready = few;
	int rc;

	if (!n)
		return 0;
	if (n > SHIM_POLLER_FEW)
		ready = malloc(n * sizeof(*ready));
	if (!ready)
		return shim_err(ENOMEM);
	rc = shim_poller_epoll(poller, ready, n, timeout);
	if (rc > 0)
		rc = shim_poller_take(ready, rc, events);
	if (ready != few)
		free(ready);
	return rc;
}

/*
 * Files are ready all the time: they and the others come first in turns, so that
 * a caller who has room for one event sees all.
 */
static int shim_poller_wait(struct shim_poller *poller,
			    zmq_poller_event_t *events, int n, long timeout)
{
	zmq_poller_event_t file;
	int rc, got = 0;

	if (shim_poller_take_files(poller, &file, 1)) {
		timeout = 0;
		poller->turn = !poller->turn;
		if (poller->turn)
			got = shim_poller_take_files(poller, events, n);
	}
	rc = shim_poller_wait_epoll(poller, events + got, n - got, timeout);
	if (rc < 0)
		return -1;
	if (!got)
		rc += shim_poller_take_files(poller, events + rc, n - rc);
	return got + rc;
}

/*
 * Return: how many events were stored, at least one; -1 and errno: EAGAIN time is
 * up; EFAULT there is nothing to wait for; ENOTSOCK a socket of the set is closed;
 * ETERM; EINTR; ENOMEM.
 */
int zmqk_poller_wait_all(void *p, zmq_poller_event_t *events, int n,
			 long timeout)
{
	struct shim_poller *poller = shim_poller_get(p);
	int rc;

	if (!poller)
		return -1;
	if (n < 0)
		return shim_err(EINVAL);
	if (n && !events)
		return shim_err(EFAULT);
	if (timeout < 0 && (!n || !poller->pollable))
		return shim_err(EFAULT);
	shim_poller_bury(poller);
	if (poller->dead)
		return shim_err(ENOTSOCK);
	shim_poller_look(poller);
	if (n)
		rc = shim_poller_wait(poller, events, n, timeout);
	else
		rc = zmqk_poll(NULL, 0, timeout);
	return rc ? rc : shim_err(EAGAIN);
}

int zmqk_poller_wait(void *p, zmq_poller_event_t *event, long timeout)
{
	if (shim_poller_get(p) && !event)
		return shim_err(EFAULT);
	if (zmqk_poller_wait_all(p, event, 1, timeout) > 0)
		return 0;
	if (event)
		*event = (zmq_poller_event_t){ .fd = -1 };
	return -1;
}
