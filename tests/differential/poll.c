// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting: RCVTIMEO and SNDTIMEO, zmq_poll() over sockets and descriptors, EVENTS and
 * ZMQ_FD. Times are told as "early", "timely" or "late" (many seconds).
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diff.h"

#define LATE_MS 5000
/* Clocks of timers may be coarse. */
#define EARLY_MS 30

/* Whether what began at @start took @ms. */
static void say_took(int64_t start, int ms)
{
	int64_t took = zt_now() - start;

	say("%s", took < ms - EARLY_MS ? "early" :
	    took > ms + zt_scaled(LATE_MS) ? "late" : "timely");
}

static void *timed(int type, int option, int value)
{
	void *s = zd_socket(type);

	za_set(s, option, value);
	return s;
}

static void rcvtimeo(void)
{
	void *s = timed(ZMQ_PULL, ZMQ_RCVTIMEO, 300);
	int64_t start = zt_now();
	char byte;

	say_rc("recv", zmq_recv(s, &byte, 1, 0));
	say_took(start, 300);
	za_set(s, ZMQ_RCVTIMEO, 0);
	start = zt_now();
	say_rc("zero", zmq_recv(s, &byte, 1, 0));
	say_took(start, 0);
	za_set(s, ZMQ_RCVTIMEO, 60000);
	start = zt_now();
	say_rc("dontwait", zmq_recv(s, &byte, 1, ZMQ_DONTWAIT));
	say_took(start, 0);
}

static void sndtimeo(void)
{
	void *s = timed(ZMQ_PUSH, ZMQ_SNDTIMEO, 300);
	int64_t start = zt_now();

	say_rc("send", zmq_send(s, "x", 1, 0));
	say_took(start, 300);
	za_set(s, ZMQ_SNDTIMEO, 0);
	start = zt_now();
	say_rc("zero", zmq_send(s, "x", 1, 0));
	say_took(start, 0);
	za_set(s, ZMQ_SNDTIMEO, 60000);
	start = zt_now();
	say_rc("dontwait", zmq_send(s, "x", 1, ZMQ_DONTWAIT));
	say_took(start, 0);
}

/* A message that comes in time ends the wait. */
static void *send_later(void *ep)
{
	void *push = zd_connect(ZMQ_PUSH, ep);

	/* That the other side waits so long is what it says. */
	zt_nap(300);
	zd_put(push, "late", NULL);
	return NULL;
}

static void in_background(void *(*run)(void *arg), void *arg)
{
	pthread_t thread;

	zt_check(!pthread_create(&thread, NULL, run, arg));
}

static void rcvtimeo_forever(void)
{
	void *s = timed(ZMQ_PULL, ZMQ_RCVTIMEO, -1);
	const char *ep = zd_bind(s);
	int64_t start = zt_now();

	in_background(send_later, (void *)ep);
	say_recv(s);
	say_took(start, 300);
}

static void *bind_later(void *ep)
{
	void *pull = zd_socket(ZMQ_PULL);

	/* As above. */
	zt_nap(300);
	za_bind(pull, ep);
	za_want(pull, "1", 0);
	za_want(pull, "2", 0);
	return NULL;
}

static void sndtimeo_forever(void)
{
	const char *ep = zd_free_endpoint();
	void *s = timed(ZMQ_PUSH, ZMQ_SNDTIMEO, -1);
	int64_t start = zt_now();

	za_set(s, ZMQ_SNDHWM, 1);
	za_connect(s, ep);
	in_background(bind_later, (void *)ep);
	say_send(s, "first", "1", 0);
	say_send(s, "second", "2", 0);
	say_took(start, 300);
}

/* A signal ends every wait. */
static void interrupted(void)
{
	void *pull = timed(ZMQ_PULL, ZMQ_RCVTIMEO, -1), *push = timed(ZMQ_PUSH, ZMQ_SNDTIMEO, -1);
	zmq_pollitem_t item = { .socket = pull, .events = ZMQ_POLLIN };
	char byte;

	zd_interrupt();
	say_rc("recv", zmq_recv(pull, &byte, 1, 0));
	say_rc("send", zmq_send(push, "x", 1, 0));
	say_rc("poll", zmq_poll(&item, 1, -1));
}

/* Stopped once, and continued. */
static pid_t stop_soon(void)
{
	pid_t self = getpid(), pid = fork();

	zt_check(pid >= 0);
	if (pid)
		return pid;
	zt_nap(200);
	zt_ok(kill(self, SIGSTOP));
	zt_nap(50);
	zt_ok(kill(self, SIGCONT));
	_exit(0);
}

/* There is no handler to run: that is no end of a wait. */
static void stopped(void)
{
	void *pull = timed(ZMQ_PULL, ZMQ_RCVTIMEO, 1500);
	void *push = timed(ZMQ_PUSH, ZMQ_SNDTIMEO, 1500);
	pid_t pid = stop_soon();
	char byte;

	say_rc("recv", zmq_recv(pull, &byte, 1, 0));
	zt_eq(waitpid(pid, NULL, 0), pid);
	pid = stop_soon();
	say_rc("send", zmq_send(push, "x", 1, 0));
	zt_eq(waitpid(pid, NULL, 0), pid);
}

/* --- zmq_poll() --------------------------------------------------------------------- */

static void say_poll(const char *what, zmq_pollitem_t *items, int count, long ms)
{
	int i;

	say_rc(what, zmq_poll(items, count, ms));
	for (i = 0; i < count; i++)
		say("%d", items[i].revents);
}

static void poll_errors(void)
{
	zmq_pollitem_t item = { .socket = zd_socket(ZMQ_PULL), .events = ZMQ_POLLIN };

	say_rc("null", zmq_poll(NULL, 1, 0));
	say_rc("negative", zmq_poll(&item, -1, 0));
	say_rc("none", zmq_poll(NULL, 0, 0));
	say_rc("empty", zmq_poll(&item, 0, 0));
	za_close(item.socket);
	say_rc("closed", zmq_poll(&item, 1, 0));
}

static void poll_sleeps(void)
{
	zmq_pollitem_t item = { .socket = zd_socket(ZMQ_PULL), .events = ZMQ_POLLIN };
	int64_t start = zt_now();

	say_rc("nothing", zmq_poll(NULL, 0, 300));
	say_took(start, 300);
	start = zt_now();
	say_rc("nobody", zmq_poll(&item, 1, 300));
	say_took(start, 300);
}

/* Only what was asked for is told. */
static void poll_masks(void)
{
	void *a = zd_socket(ZMQ_PAIR), *b = zd_socket(ZMQ_PAIR);
	zmq_pollitem_t items[] = {
		{ .socket = a, .events = ZMQ_POLLIN },
		{ .socket = a, .events = ZMQ_POLLOUT },
		{ .socket = a, .events = ZMQ_POLLIN | ZMQ_POLLOUT },
		{ .socket = a, .events = 0 },
		{ .socket = a, .events = ZMQ_POLLERR | ZMQ_POLLPRI },
	};

	say_poll("alone", items, 5, 0);
	zd_link(a, b);
	zd_put(b, "x", NULL);
	za_ready(a, ZMQ_POLLIN | ZMQ_POLLOUT);
	say_poll("both", items, 5, 0);
	say_recv(a);
	say_poll("read", items, 5, 0);
}

static void poll_wakes(void)
{
	void *pull = zd_socket(ZMQ_PULL), *idle = zd_socket(ZMQ_PULL);
	zmq_pollitem_t items[] = {
		{ .socket = idle, .events = ZMQ_POLLIN },
		{ .socket = pull, .events = ZMQ_POLLIN },
	};

	in_background(send_later, (void *)zd_bind(pull));
	say_poll("poll", items, 2, -1);
	say_recv(pull);
}

/* What was ready before it began is told, however short the wait. */
static void poll_many_ready(void)
{
	void *pull[5];
	zmq_pollitem_t items[5];
	int i;

	for (i = 0; i < 5; i++) {
		pull[i] = zd_socket(ZMQ_PULL);
		items[i] = (zmq_pollitem_t){ .socket = pull[i], .events = ZMQ_POLLIN };
		if (i == 2)
			continue;
		zd_put(zd_connect(ZMQ_PUSH, zd_bind(pull[i])), "x", NULL);
		za_ready(pull[i], ZMQ_POLLIN);
	}
	say_poll("ready", items, 5, 0);
	say_poll("again", items, 5, -1);
	say_recv(pull[4]);
	say_poll("less", items, 5, 0);
}

/* Descriptors beside sockets; only for these there is POLLERR. */
static void poll_descriptors(void)
{
	void *pull = zd_socket(ZMQ_PULL);
	zmq_pollitem_t items[] = {
		{ .socket = pull, .events = ZMQ_POLLIN },
		{ .fd = -1, .events = ZMQ_POLLIN },
		{ .fd = -1, .events = ZMQ_POLLOUT },
	};
	int ends[2];

	zt_ok(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	items[1].fd = ends[0];
	items[2].fd = ends[0];
	say_poll("quiet", items, 3, 0);
	zt_eq(write(ends[1], "x", 1), 1);
	say_poll("readable", items, 3, -1);
	zd_put(zd_connect(ZMQ_PUSH, zd_bind(pull)), "x", NULL);
	za_ready(pull, ZMQ_POLLIN);
	say_poll("both", items, 3, -1);
}

/* A socket is found by its pointer first. */
static void poll_socket_before_fd(void)
{
	int ends[2];
	zmq_pollitem_t item = { .socket = zd_socket(ZMQ_PULL), .events = ZMQ_POLLIN };

	zt_ok(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	zt_eq(write(ends[1], "x", 1), 1);
	item.fd = ends[0];
	say_poll("poll", &item, 1, 100);
}

/* --- EVENTS and FD -------------------------------------------------------------------- */

/* A level: it stays until what it tells of has gone. */
static void events_level(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);

	say_events(pull);
	say_events(push);
	zd_link(pull, push);
	say_events(push);
	zd_put(push, "a", "b", NULL);
	za_ready(pull, ZMQ_POLLIN);
	say_events(pull);
	say_events(pull);
	za_want(pull, "a", 1);
	say_events(pull);
	za_want(pull, "b", 0);
	say_events(pull);
}

static void say_fd(const char *what, void *s, int ms)
{
	struct pollfd pfd = { .fd = za_get(s, ZMQ_FD), .events = POLLIN };

	say("%s=%s", what, poll(&pfd, 1, ms) == 1 ? "readable" : "quiet");
}

/* The descriptor rises with what happens; EVENTS tells what, and quiets it. */
static void fd_rises(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);

	say_fd("new", pull, 0);
	zd_link(pull, push);
	zd_put(push, "1", NULL);
	say_fd("message", pull, zt_scaled(ZA_TIMEO));
	za_ready(pull, ZMQ_POLLIN);
	say_recv(pull);
	say_events(pull);
	say_fd("read", pull, 0);
	zd_put(push, "2", NULL);
	say_fd("next", pull, zt_scaled(ZA_TIMEO));
	za_ready(pull, ZMQ_POLLIN);
	say_events(pull);
}

/* Who reads until EAGAIN whenever the descriptor rises misses nothing. */
static void fd_loop(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);
	struct pollfd pfd = { .fd = za_get(pull, ZMQ_FD), .events = POLLIN };
	int sent = 0, got = 0;
	char byte;

	zd_link(pull, push);
	while (got < 500) {
		for (; sent < 500 && sent < got + 7; sent++)
			zd_put(push, "x", NULL);
		if (poll(&pfd, 1, zt_scaled(ZA_TIMEO)) != 1)
			break;
		while (za_get(pull, ZMQ_EVENTS) & ZMQ_POLLIN)
			got += zmq_recv(pull, &byte, 1, ZMQ_DONTWAIT) == 1;
	}
	say("got=%d", got);
}

static const struct zd_behaviour behaviours[] = {
	{ "rcvtimeo", "API 2.2", rcvtimeo,
	  "recv=EAGAIN timely zero=EAGAIN timely dontwait=EAGAIN timely",
	},
	{ "sndtimeo", "API 2.2", sndtimeo,
	  "send=EAGAIN timely zero=EAGAIN timely dontwait=EAGAIN timely",
	},
	{ "rcvtimeo_forever", "API 2.2", rcvtimeo_forever,
	  "[late] timely",
	},
	{ "sndtimeo_forever", "API 2.2", sndtimeo_forever,
	  "first=1 second=1 timely",
	},
	{ "interrupted", "API 6.2", interrupted,
	  "recv=EINTR send=EINTR poll=EINTR",
	},
	{ "stopped", "API 6.2", stopped,
	  "recv=EAGAIN send=EAGAIN",
	},
	{ "poll_errors", "API 6.2", poll_errors,
	  "null=EFAULT negative=EINVAL none=ok empty=ok closed=ENOTSOCK",
	},
	{ "poll_sleeps", "API 6.2", poll_sleeps,
	  "nothing=ok timely nobody=ok timely",
	},
	{ "poll_masks", "API 6.2", poll_masks,
	  "alone=ok 0 0 0 0 0 both=3 1 2 3 0 0 [x] read=2 0 2 2 0 0",
	},
	{ "poll_wakes", "API 6.2", poll_wakes,
	  "poll=1 0 1 [late]",
	},
	{ "poll_many_ready", "API 6.2", poll_many_ready,
	  "ready=4 1 1 0 1 1 again=4 1 1 0 1 1 [x] less=3 1 1 0 1 0",
	},
	{ "poll_descriptors", "API 6.2", poll_descriptors,
	  "quiet=1 0 0 2 readable=2 0 1 2 both=3 1 1 2",
	},
	{ "poll_socket_before_fd", "API 6.2", poll_socket_before_fd,
	  "poll=ok 0",
	},
	{ "events_level", "API 2.3", events_level,
	  "events=0 events=0 events=2 events=1 events=1 events=1 events=0",
	},
	{ "fd_rises", "API 2.3", fd_rises,
	  "new=quiet message=readable [1] events=0 read=quiet next=readable events=1",
	},
	{ "fd_loop", "API 2.3", fd_loop,
	  "got=500",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
