// SPDX-License-Identifier: GPL-2.0-only
/* zmq_ppoll(): zmq_poll() with a mask of signals for the wait. */
#include <dlfcn.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "zapi.h"

/* The stock library, which this is linked with, does not have it. */
static int (*zppoll)(zmq_pollitem_t *items, int n, long ms, const sigset_t *mask);

static void ignore(int number)
{
	(void)number;
}

static void ppoll_items(const void *arg)
{
	void *ctx = za_ctx(), *a = za_socket(ctx, ZMQ_PULL), *push = za_socket(ctx, ZMQ_PUSH);
	zmq_pollitem_t items[] = {
		{ .socket = a, .events = ZMQ_POLLIN },
		{ .fd = -1, .events = ZMQ_POLLIN },
	};
	int64_t start = zt_now();
	char ep[256];
	int ends[2];

	(void)arg;
	zt_ok(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
	items[1].fd = ends[0];
	zt_eq(zppoll(items, 2, 200, NULL), 0);
	zt_check(zt_now() - start >= 199);
	zt_eq(write(ends[1], "x", 1), 1);
	zt_eq(zppoll(items, 2, -1, NULL), 1);
	zt_eq(items[0].revents, 0);
	zt_eq(items[1].revents, ZMQ_POLLIN);
	za_bind_any(a, ep);
	za_connect(push, ep);
	za_put(push, "x", 0);
	za_ready(a, ZMQ_POLLIN);
	zt_eq(zppoll(items, 2, -1, NULL), 2);
	zt_err(zppoll(NULL, 1, 0, NULL), EFAULT);
	zt_err(zppoll(items, -1, 0, NULL), EINVAL);
	zt_eq(zppoll(NULL, 0, 0, NULL), 0);
	za_close(a);
	zt_err(zppoll(items, 2, 0, NULL), ENOTSOCK);
	za_close(push);
	za_term(ctx);
}

/* A signal that is blocked but for the wait ends it, at whatever moment it comes. */
static void ppoll_signal(const void *arg)
{
	void *ctx = za_ctx(), *pub = za_socket(ctx, ZMQ_PUB), *pull = za_socket(ctx, ZMQ_PULL);
	zmq_pollitem_t item = { .socket = pull, .events = ZMQ_POLLIN };
	struct sigaction action = { .sa_handler = ignore };
	sigset_t term, old, now;

	(void)arg;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	zt_ok(sigaction(SIGTERM, &action, NULL));
	zt_ok(sigprocmask(SIG_BLOCK, &term, &old));
	zt_ok(kill(getpid(), SIGTERM));
	zt_err(zppoll(&item, 1, -1, &old), EINTR);
	zt_ok(sigprocmask(SIG_SETMASK, NULL, &now));
	zt_check(sigismember(&now, SIGTERM));
	zt_ok(kill(getpid(), SIGTERM));
	item = (zmq_pollitem_t){ .socket = pub, .events = ZMQ_POLLOUT };
	zt_eq(zppoll(&item, 1, -1, NULL), 1);
	zt_eq(zppoll(&item, 1, -1, &term), 1);
}

static const struct zt_case cases[] = {
	{ "ppoll_items", ppoll_items },
	{ "ppoll_signal", ppoll_signal },
};

int main(int argc, char **argv)
{
	zt_netns();
	zt_lib_check(ZT_SHIM);
	*(void **)&zppoll = dlsym(RTLD_DEFAULT, "zmq_ppoll");
	zt_check(zppoll);
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
