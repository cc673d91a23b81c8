// SPDX-License-Identifier: GPL-2.0-only
/*
 * zmq_proxy(), zmq_proxy_steerable(), zmq_device(): messages carried between two
 * sockets by the thread that calls.
 *
 * A message is only read when it can be sent, so that those nobody wants stay
 * where zmq_close() and ZMQ_RCVHWM find them. Readiness is a level, so waiting
 * for "readable and writable" at once would spin while only one of them holds:
 * the proxy waits for what is missing, and then looks at everything again.
 *
 * A message that had been read when the last room went is held, one a direction;
 * its proxy still obeys. poll() can't tell when a held message goes: an XPUB with
 * ZMQ_XPUB_NODROP and a ROUTER with ZMQ_ROUTER_MANDATORY always poll as writable
 * (API page, 1.8 and 1.10). But each wakes up its waiters when there is room,
 * and edge-triggered epoll counts wake-ups.
 */
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "api.h"
#include "frames.h"

/* Messages of one direction until the other and the control socket have a turn. */
#define SHIM_PROXY_BURST 1000

/* Longest command of a control socket. */
#define SHIM_PROXY_COMMAND 10

/* Places in shim_proxy.socks and in the items to be polled. */
enum shim_proxy_who {
	SHIM_FRONTEND,
	SHIM_BACKEND,
	SHIM_CAPTURE,
	SHIM_CONTROL,
	SHIM_HELD,	/* the epoll descriptor, instead of a socket */
	SHIM_ITEMS,
};

/**
 * struct shim_traffic - what passed a socket
 * @msgs_in: messages received
 * @bytes_in: bytes of all their parts
 * @msgs_out: messages sent
 * @bytes_out: bytes of all their parts
 */
struct shim_traffic {
	uint64_t msgs_in;
	uint64_t bytes_in;
	uint64_t msgs_out;
	uint64_t bytes_out;
};

/**
 * struct shim_way - one direction
 * @from: place of the socket it reads from
 * @to: place of the socket it sends to
 * @message: on its way, or empty
 * @captured: @message has been copied to the capture socket
 * @full: who had no room for @message, SHIM_HELD: it has not been tried
 */
struct shim_way {
	enum shim_proxy_who from;
	enum shim_proxy_who to;
	struct shim_frames message;
	bool captured;
	enum shim_proxy_who full;
};

/**
 * struct shim_proxy - a proxy, on the stack of its thread
 * @sock: the sockets; capture and control may be NULL
 * @traffic: of frontend and backend
 * @way: there and back; from a socket to itself there is no back
 * @ways: 1 or 2
 * @events: ZMQ_POLLIN and ZMQ_POLLOUT of each socket as of the last look
 * @epfd: epoll descriptor that hears of room for held messages, -1 until needed
 * @paused: by PAUSE
 * @replies: the control socket has to answer each command
 */
struct shim_proxy {
	struct shim_sock *sock[SHIM_HELD];
	struct shim_traffic traffic[SHIM_BACKEND + 1];
	struct shim_way way[2];
	int ways;
	short events[SHIM_HELD];
	int epfd;
	bool paused;
	bool replies;
};

static bool shim_way_holds(const struct shim_way *w)
{
	return w->message.count;
}

static bool shim_proxy_holds(const struct shim_proxy *p)
{
	return shim_way_holds(&p->way[0]) || shim_way_holds(&p->way[1]);
}

/* Is there a socket which can't do @events now? */
static bool shim_proxy_lacks(const struct shim_proxy *p,
			     enum shim_proxy_who who, short events)
{
	return p->sock[who] && (p->events[who] & events) != events;
}

/* A reply is for whom a request came from: REP can't send before it has read. */
static bool shim_way_blocked(const struct shim_proxy *p,
			     const struct shim_way *w)
{
	return (w->from != w->to &&
		shim_proxy_lacks(p, w->to, ZMQ_POLLOUT)) ||
	       shim_proxy_lacks(p, SHIM_CAPTURE, ZMQ_POLLOUT);
}

/*
 * Poll what there is. An item without events ends it when its context does.
 *
 * Return: 0, or -1 and errno.
 */
static int shim_proxy_poll(struct shim_proxy *p, zmq_pollitem_t *items,
			   long timeout)
{
	zmq_pollitem_t used[SHIM_ITEMS];
	int i, n = 0;

	for (i = 0; i < SHIM_HELD; i++) {
		if (!p->sock[i])
			continue;
		items[i].socket = p->sock[i];
		used[n++] = items[i];
	}
	if (shim_proxy_holds(p) && !p->paused)
		used[n++] = items[SHIM_HELD];
	if (zmqk_poll(used, n, timeout) < 0)
		return -1;
	for (i = 0, n = 0; i < SHIM_HELD; i++) {
		if (p->sock[i])
			items[i].revents = used[n++].revents;
	}
	return 0;
}

/* See what all sockets can do now. */
static int shim_proxy_look(struct shim_proxy *p)
{
	zmq_pollitem_t items[SHIM_ITEMS] = {
		[SHIM_FRONTEND].events = ZMQ_POLLIN | ZMQ_POLLOUT,
		[SHIM_BACKEND].events = ZMQ_POLLIN | ZMQ_POLLOUT,
		[SHIM_CAPTURE].events = ZMQ_POLLOUT,
		[SHIM_CONTROL].events = ZMQ_POLLIN,
		[SHIM_HELD].fd = -1,
	};
	int i;

	if (shim_proxy_poll(p, items, 0))
		return -1;
	for (i = 0; i < SHIM_HELD; i++)
		p->events[i] = items[i].revents;
	return 0;
}

/* Add what @w waits for: the message first, because that rarely takes long. */
static void shim_way_want(const struct shim_proxy *p, const struct shim_way *w,
			  zmq_pollitem_t *items)
{
	if (shim_way_holds(w))
		items[SHIM_HELD].events = ZMQ_POLLIN;
	else if (shim_proxy_lacks(p, w->from, ZMQ_POLLIN))
		items[w->from].events |= ZMQ_POLLIN;
	else if (w->from != w->to && shim_proxy_lacks(p, w->to, ZMQ_POLLOUT))
		items[w->to].events |= ZMQ_POLLOUT;
	else
		items[SHIM_CAPTURE].events |= ZMQ_POLLOUT;
}

/* Sleep until something has changed that kept messages from moving. */
static int shim_proxy_wait(struct shim_proxy *p)
{
	zmq_pollitem_t items[SHIM_ITEMS] = {
		[SHIM_CONTROL].events = ZMQ_POLLIN,
		[SHIM_HELD].fd = p->epfd,
	};
	int i;

	for (i = 0; i < p->ways && !p->paused; i++)
		shim_way_want(p, &p->way[i], items);
	return shim_proxy_poll(p, items, -1);
}

/* --- messages --- */

/*
 * Let p->epfd be readable when there may be room in @s, which it is at once where
 * the socket polls as writable: no wake-up between the attempt to send and this is
 * missed, and there is one attempt too many.
 */
static int shim_proxy_listen(struct shim_proxy *p, struct shim_sock *s)
{
	struct epoll_event ev = { .events = EPOLLOUT | EPOLLET };

	if (p->epfd < 0)
		p->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (p->epfd < 0)
		return -1;
	if (!epoll_ctl(p->epfd, EPOLL_CTL_ADD, s->fd, &ev))
		return 0;
	return errno == EEXIST ? epoll_ctl(p->epfd, EPOLL_CTL_MOD, s->fd, &ev) : -1;
}

/* Forget the wake-ups so far: all held messages are tried after this. */
static int shim_proxy_woken(struct shim_proxy *p)
{
	struct epoll_event ev[SHIM_HELD];

	return epoll_wait(p->epfd, ev, SHIM_HELD, 0) < 0 ? -1 : 0;
}

/* Return: 1 sent, 0 there is no room, -1 and errno. */
static int shim_way_send(struct shim_proxy *p, struct shim_way *w,
			 enum shim_proxy_who who)
{
	if (!shim_frames_send(&w->message, p->sock[who]))
		return 1;
	if (errno != EAGAIN)
		return -1;
	if (w->full == who)
		return 0;
	w->full = who;
	return shim_proxy_listen(p, p->sock[who]);
}

/* Return: 1 the message is where it should be, 0 it is held, -1 and errno. */
static int shim_way_deliver(struct shim_proxy *p, struct shim_way *w)
{
	struct shim_traffic *out = &p->traffic[w->to];
	int rc;

	if (p->sock[SHIM_CAPTURE] && !w->captured) {
		rc = shim_way_send(p, w, SHIM_CAPTURE);
		if (rc <= 0)
			return rc;
		w->captured = true;
	}
	rc = shim_way_send(p, w, w->to);
	if (rc <= 0)
		return rc;
	out->msgs_out++;
	out->bytes_out += w->message.bytes;
	w->captured = false;
	w->full = SHIM_HELD;
	shim_frames_drop(&w->message);
	return 1;
}

/* Return: 1 there is a message to be delivered, 0 there is none, -1 and errno. */
static int shim_way_read(struct shim_proxy *p, struct shim_way *w)
{
	struct shim_traffic *in = &p->traffic[w->from];

	if (shim_frames_recv(&w->message, p->sock[w->from])) {
		if (errno != EAGAIN)
			return -1;
		p->events[w->from] &= ~ZMQ_POLLIN;
		return 0;
	}
	in->msgs_in++;
	in->bytes_in += w->message.bytes;
	return 1;
}

/*
 * Move messages, no more than SHIM_PROXY_BURST.
 *
 * Return: 1 if there may be more to be moved, 0 if it has to be waited for
 * something, -1 and errno.
 */
static int shim_way_move(struct shim_proxy *p, struct shim_way *w)
{
	int i, rc;

	if (shim_way_holds(w))
		return shim_way_deliver(p, w);
	if (shim_proxy_lacks(p, w->from, ZMQ_POLLIN) || shim_way_blocked(p, w))
		return 0;
	for (i = 0; i < SHIM_PROXY_BURST; i++) {
		rc = shim_way_read(p, w);
		if (rc > 0)
			rc = shim_way_deliver(p, w);
		if (rc <= 0)
			return rc;
	}
	return 1;
}

/* Return: as shim_way_move(). */
static int shim_proxy_move(struct shim_proxy *p)
{
	int i, rc, more = 0;

	if (p->paused)
		return 0;
	if (shim_proxy_holds(p) && shim_proxy_woken(p))
		return -1;
	for (i = 0; i < p->ways; i++) {
		rc = shim_way_move(p, &p->way[i]);
		if (rc < 0)
			return -1;
		more |= rc;
	}
	return more;
}

/* --- commands --- */

/*
 * Whoever asks and doesn't read the answers goes without. Return: 0, 1 if it was
 * not sent for that, or -1 and errno.
 */
static int shim_proxy_answer(struct shim_proxy *p, const void *buf, size_t len,
			     int flags)
{
	void *control = p->sock[SHIM_CONTROL];

	if (zmqk_send(control, buf, len, flags | ZMQ_DONTWAIT) < 0)
		return errno == EAGAIN ? 1 : -1;
	return 0;
}

static int shim_proxy_statistics(struct shim_proxy *p)
{
	const struct shim_traffic *f = &p->traffic[SHIM_FRONTEND];
	const struct shim_traffic *b = &p->traffic[SHIM_BACKEND];
	uint64_t numbers[] = {
		f->msgs_in, f->bytes_in, f->msgs_out, f->bytes_out,
		b->msgs_in, b->bytes_in, b->msgs_out, b->bytes_out,
	};
	int i, rc = 0, last = sizeof(numbers) / sizeof(numbers[0]) - 1;

	for (i = 0; i <= last && !rc; i++)
		rc = shim_proxy_answer(p, &numbers[i], sizeof(numbers[i]),
				       i < last ? ZMQ_SNDMORE : 0);
	return rc < 0 ? -1 : 0;
}

/* Read a command; what is none, or has more than one part, becomes "". */
static int shim_proxy_command(struct shim_proxy *p,
			      char command[SHIM_PROXY_COMMAND + 1])
{
	struct shim_frames f = { 0 };

	command[0] = '\0';
	if (shim_frames_recv(&f, p->sock[SHIM_CONTROL])) {
		shim_frames_free(&f);
		return -1;
	}
	if (f.count == 1 && f.bytes <= SHIM_PROXY_COMMAND) {
		memcpy(command, f.data, f.bytes);
		command[f.bytes] = '\0';
	}
	shim_frames_free(&f);
	return 0;
}

/*
 * Obey the control socket. What is no command is ignored: libzmq aborts the
 * process.
 *
 * Return: 1 go on, 0 TERMINATE, -1 and errno.
 */
static int shim_proxy_steer(struct shim_proxy *p)
{
	char command[SHIM_PROXY_COMMAND + 1];

	if (shim_proxy_command(p, command))
		return errno == EAGAIN ? 1 : -1;
	if (!strcmp(command, "STATISTICS"))
		return shim_proxy_statistics(p) ? -1 : 1;
	if (!strcmp(command, "PAUSE"))
		p->paused = true;
	else if (!strcmp(command, "RESUME"))
		p->paused = false;
	if (p->replies && shim_proxy_answer(p, "", 0, 0) < 0)
		return -1;
	return strcmp(command, "TERMINATE") ? 1 : 0;
}

static int shim_proxy_run(struct shim_proxy *p)
{
	int rc;

	for (;;) {
		if (shim_proxy_look(p))
			return -1;
		if (p->events[SHIM_CONTROL]) {
			rc = shim_proxy_steer(p);
			if (rc <= 0)
				return rc;
			continue;
		}
		rc = shim_proxy_move(p);
		if (rc < 0 || (!rc && shim_proxy_wait(p)))
			return -1;
	}
}

/* --- libzmq's functions --- */

/* Return: 0, or -1 and errno if one of the sockets is none. */
static int shim_proxy_init(struct shim_proxy *p, void **sockets)
{
	size_t len = sizeof(int);
	int i, type = -1;

	for (i = 0; i < SHIM_HELD; i++) {
		if (!sockets[i])
			continue;
		p->sock[i] = shim_sock_get(sockets[i]);
		if (!p->sock[i])
			return -1;
	}
	if (p->sock[SHIM_CONTROL] &&
	    zmqk_getsockopt(p->sock[SHIM_CONTROL], ZMQ_TYPE, &type, &len))
		return -1;
	p->replies = type == ZMQ_REP;
	p->ways = sockets[SHIM_FRONTEND] == sockets[SHIM_BACKEND] ? 1 : 2;
	p->way[0].from = SHIM_FRONTEND;
	p->way[0].to = p->ways == 1 ? SHIM_FRONTEND : SHIM_BACKEND;
	p->way[1].from = SHIM_BACKEND;
	p->way[1].to = SHIM_FRONTEND;
	p->way[0].full = SHIM_HELD;
	p->way[1].full = SHIM_HELD;
	return 0;
}

/*
 * Ends with TERMINATE, with the context, or when a socket fails. EINTR, too: a
 * program that wants to go on calls again. A message that is held then is lost, as
 * in libzmq, whose proxy waits with it in its hands.
 */
int zmqk_proxy_steerable(void *frontend, void *backend, void *capture,
			 void *control)
{
	void *sockets[] = { frontend, backend, capture, control };
	struct shim_proxy p = { .epfd = -1 };
	int rc, err;

	if (!frontend || !backend)
		return shim_err(EFAULT);
	if (shim_proxy_init(&p, sockets))
		return -1;
	rc = shim_proxy_run(&p);
	err = errno;
	shim_frames_free(&p.way[0].message);
	shim_frames_free(&p.way[1].message);
	if (p.epfd >= 0)
		close(p.epfd);
	errno = err;
	return rc;
}

int zmqk_proxy(void *frontend, void *backend, void *capture)
{
	return zmqk_proxy_steerable(frontend, backend, capture, NULL);
}

/* The type says nothing: the sockets know what they are. */
int zmqk_device(int type, void *frontend, void *backend)
{
	return zmqk_proxy_steerable(frontend, backend, NULL, NULL);
}
