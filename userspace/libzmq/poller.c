// SPDX-License-Identifier: GPL-2.0-only
/*
 * zmq_poller_*(): a set of sockets and descriptors to wait for; poller_wait.c
 * waits.
 *
 * The set is an epoll descriptor, so that a wait costs what is ready and not what
 * is registered. epoll forgets a descriptor that was closed, or remembers it for
 * ever when another process has a copy; so each wait makes sure that the sockets
 * of the set still are the ones that were registered. That needs a look at one
 * number, as long as nobody closes sockets.
 *
 * A poller belongs to one thread at a time, as in libzmq.
 */
#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "api.h"
#include "poller.h"

#define SHIM_POLLER_EVENTS \
	(ZMQ_POLLIN | ZMQ_POLLOUT | ZMQ_POLLERR | ZMQ_POLLPRI)

static int shim_poller_compare(const void *a, const void *b)
{
	const struct shim_poller_item *x = a, *y = b;

	if (x->socket != y->socket)
		return x->socket < y->socket ? -1 : 1;
	if (x->socket)
		return 0;
	return (x->fd > y->fd) - (x->fd < y->fd);
}

/* Return: the item of @socket, or of @fd without one, or NULL. */
static struct shim_poller_item *shim_poller_find(struct shim_poller *poller,
						 void *socket, int fd)
{
	struct shim_poller_item key = { .socket = socket, .fd = fd }, **found;

	found = tfind(&key, &poller->tree, shim_poller_compare);
	return found ? *found : NULL;
}

/* --- what epoll knows --- */

/* A socket without events is still told of the end of its context. */
static int shim_poller_list(int epfd, struct shim_poller_item *item,
			    short events)
{
	struct epoll_event ev = {
		.events = shim_poll_mask(item->socket, events),
		.data.ptr = item,
	};
	bool wanted = item->socket || events;

	if (!wanted && item->listed &&
	    epoll_ctl(epfd, EPOLL_CTL_DEL, item->fd, NULL))
		return -1;
	if (!wanted || item->always) {
		item->listed = false;
		return 0;
	}
	if (!epoll_ctl(epfd, item->listed ? EPOLL_CTL_MOD : EPOLL_CTL_ADD,
		       item->fd, &ev)) {
		item->listed = true;
		return 0;
	}
	if (errno == EPERM) {
		item->always = true;
		return 0;
	}
	/* A descriptor of a socket that is here itself. */
	return errno == EEXIST ? shim_err(EINVAL) : -1;
}

/*
 * Begin anew without what is dead: of a descriptor that is closed there is no name
 * left to call it by, though epoll still knows it if there is a copy.
 */
static int shim_poller_rebuild(struct shim_poller *poller)
{
	struct shim_poller_item *item;
	int epfd, err = 0;

	epfd = epoll_create1(EPOLL_CLOEXEC);
	if (epfd < 0)
		return -1;
	TAILQ_FOREACH(item, &poller->items, link) {
		item->listed = false;
		if (shim_poller_item_dead(item))
			continue;
		if (shim_poller_list(epfd, item, item->events) &&
		    (item->socket || errno != EBADF))
			err = errno;
	}
	if (dup3(epfd, poller->epfd, O_CLOEXEC) < 0)
		err = errno;
	close(epfd);
	return err ? shim_err(err) : 0;
}

/**
 * shim_poller_get() - the poller behind a pointer of the application
 * @p: what zmq_poller_new() returned, or anything else
 *
 * A child process shares the set with its parent, whose addresses are in it: it
 * gets one of its own.
 *
 * Return: the poller, or NULL with errno: EFAULT it is none, EMFILE, ENFILE, ENOMEM.
 */
struct shim_poller *shim_poller_get(void *p)
{
	struct shim_poller *poller = p;

	if (!poller || poller->tag != SHIM_POLLER_ALIVE) {
		errno = EFAULT;
		return NULL;
	}
	if (unlikely(poller->forks != shim_ctx_forks())) {
		if (shim_poller_rebuild(poller))
			return NULL;
		poller->forks = shim_ctx_forks();
	}
	return poller;
}

/* --- registration --- */

/*
 * Of a context that was shut down as well: zmq_poller_wait() is who tells.
 * Return: the socket, or NULL with errno ENOTSOCK.
 */
static struct shim_sock *shim_poller_sock(void *p)
{
	struct shim_sock *s = p;

	if (s && atomic_load(&s->tag) == SHIM_SOCK_TERM)
		return s;
	return shim_sock_get(p);
}

static void shim_poller_count(struct shim_poller *poller,
			      const struct shim_poller_item *item, int step)
{
	poller->count += step;
	if (item->events)
		poller->pollable += step;
	if (item->always)
		poller->files += step;
}

static void shim_poller_forget(struct shim_poller *poller,
			       struct shim_poller_item *item)
{
	shim_poller_count(poller, item, -1);
	TAILQ_REMOVE(&poller->items, item, link);
	tdelete(item, &poller->tree, shim_poller_compare);
	free(item);
}

static int shim_poller_remove(struct shim_poller *poller,
			      struct shim_poller_item *item)
{
	bool gone = shim_poller_item_dead(item);

	if (item->listed && !gone)
		gone = epoll_ctl(poller->epfd, EPOLL_CTL_DEL, item->fd, NULL);
	shim_poller_forget(poller, item);
	if (!gone)
		return 0;
	poller->closes = 0;
	return shim_poller_rebuild(poller);
}

static int shim_poller_add(struct shim_poller *poller,
			   const struct shim_poller_item *proto)
{
	struct shim_poller_item *item;
	int rc;

	item = shim_poller_find(poller, proto->socket, proto->fd);
	if (item && !shim_poller_item_dead(item))
		return shim_err(EINVAL);
	/* A closed socket, whose memory has become this one. */
	if (item && shim_poller_remove(poller, item))
		return -1;
	item = malloc(sizeof(*item));
	if (!item)
		return shim_err(ENOMEM);
	*item = *proto;
	rc = shim_poller_list(poller->epfd, item, item->events);
	if (!rc && !tsearch(item, &poller->tree, shim_poller_compare)) {
		epoll_ctl(poller->epfd, EPOLL_CTL_DEL, item->fd, NULL);
		rc = shim_err(ENOMEM);
	}
	if (rc) {
		free(item);
		return -1;
	}
	TAILQ_INSERT_TAIL(&poller->items, item, link);
	shim_poller_count(poller, item, 1);
	return 0;
}

static bool shim_poller_valid(short events)
{
	return !(events & ~SHIM_POLLER_EVENTS);
}

/* Of @socket, or of @fd without one. */
static int shim_poller_modify(struct shim_poller *poller, void *socket, int fd,
			      short events)
{
	struct shim_poller_item *item;
	int rc;

	if (!shim_poller_valid(events))
		return shim_err(EINVAL);
	item = shim_poller_find(poller, socket, fd);
	if (!item || shim_poller_item_dead(item))
		return shim_err(EINVAL);
	shim_poller_count(poller, item, -1);
	rc = shim_poller_list(poller->epfd, item, events);
	if (!rc || !events)
		item->events = events;
	shim_poller_count(poller, item, 1);
	/* It was closed, and is not to be heard of again. */
	if (rc && !events && !socket)
		rc = shim_poller_rebuild(poller);
	return rc;
}

/* --- libzmq's functions --- */

void *zmqk_poller_new(void)
{
	struct shim_poller *poller = calloc(1, sizeof(*poller));

	if (!poller)
		return NULL;
	poller->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (poller->epfd < 0) {
		free(poller);
		return NULL;
	}
	TAILQ_INIT(&poller->items);
	poller->forks = shim_ctx_forks();
	poller->tag = SHIM_POLLER_ALIVE;
	return poller;
}

int zmqk_poller_destroy(void **p)
{
	struct shim_poller *poller;

	if (!p)
		return shim_err(EFAULT);
	poller = shim_poller_get(*p);
	if (!poller)
		return -1;
	while (!TAILQ_EMPTY(&poller->items))
		shim_poller_forget(poller, TAILQ_FIRST(&poller->items));
	close(poller->epfd);
	poller->tag = SHIM_DEAD;
	free(poller);
	*p = NULL;
	return 0;
}

int zmqk_poller_size(void *p)
{
	struct shim_poller *poller = shim_poller_get(p);

	return poller ? poller->count : -1;
}

int zmqk_poller_add(void *p, void *sock, void *data, short events)
{
	struct shim_poller *poller = shim_poller_get(p);
	struct shim_sock *s;

	if (!poller)
		return -1;
	s = shim_poller_sock(sock);
	if (!s)
		return -1;
	if (!shim_poller_valid(events))
		return shim_err(EINVAL);
	return shim_poller_add(poller, &(struct shim_poller_item){
		.socket = s,
		.fd = s->fd,
		.serial = s->serial,
		.data = data,
		.events = events,
	});
}

int zmqk_poller_add_fd(void *p, zmq_fd_t fd, void *data, short events)
{
	struct shim_poller *poller = shim_poller_get(p);

	if (!poller)
		return -1;
	if (fd < 0)
		return shim_err(EBADF);
	if (!shim_poller_valid(events))
		return shim_err(EINVAL);
	return shim_poller_add(poller, &(struct shim_poller_item){
		.fd = fd,
		.data = data,
		.events = events,
	});
}

int zmqk_poller_modify(void *p, void *sock, short events)
{
	struct shim_poller *poller = shim_poller_get(p);

	if (!poller)
		return -1;
	if (!shim_poller_sock(sock))
		return -1;
	return shim_poller_modify(poller, sock, -1, events);
}

int zmqk_poller_modify_fd(void *p, zmq_fd_t fd, short events)
{
	struct shim_poller *poller = shim_poller_get(p);

	if (!poller)
		return -1;
	if (fd < 0)
		return shim_err(EBADF);
	return shim_poller_modify(poller, NULL, fd, events);
}

/* Also of a socket that was closed meanwhile: there is no other way to be rid of it. */
int zmqk_poller_remove(void *p, void *sock)
{
	struct shim_poller *poller = shim_poller_get(p);
	struct shim_poller_item *item;

	if (!poller)
		return -1;
	if (!sock)
		return shim_err(ENOTSOCK);
	item = shim_poller_find(poller, sock, -1);
	if (item)
		return shim_poller_remove(poller, item);
	return shim_poller_sock(sock) ? shim_err(EINVAL) : -1;
}

int zmqk_poller_remove_fd(void *p, zmq_fd_t fd)
{
	struct shim_poller_item *item;

	if (!shim_poller_get(p))
		return -1;
	if (fd < 0)
		return shim_err(EBADF);
	item = shim_poller_find(p, NULL, fd);
	return item ? shim_poller_remove(p, item) : shim_err(EINVAL);
}

/* As in libzmq, the descriptor of a set without such sockets is nobody's to use. */
int zmqk_poller_fd(void *p, zmq_fd_t *fd)
{
	struct shim_poller *poller = shim_poller_get(p);
	struct shim_poller_item *item;
	size_t len = sizeof(int);
	int safe;

	if (!poller)
		return -1;
	if (!fd)
		return shim_err(EFAULT);
	TAILQ_FOREACH(item, &poller->items, link) {
		if (!item->socket ||
		    zmqk_getsockopt(item->socket, ZMQ_THREAD_SAFE, &safe, &len) ||
		    !safe)
			continue;
		*fd = poller->epfd;
		return 0;
	}
	return shim_err(EINVAL);
}
