// SPDX-License-Identifier: GPL-2.0-only
/* zmq_poller_*(), as libzmq's own tests use them (API page, 9.2), and beyond. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define ZMQ_BUILD_DRAFT_API
#include "zapi.h"

/* The stock library, which this is linked with, has none of them. */
static struct {
	void *(*new)(void);
	int (*destroy)(void **poller);
	int (*size)(void *poller);
	int (*add)(void *poller, void *socket, void *data, short events);
	int (*modify)(void *poller, void *socket, short events);
	int (*remove)(void *poller, void *socket);
	int (*wait)(void *poller, zmq_poller_event_t *event, long ms);
	int (*wait_all)(void *poller, zmq_poller_event_t *events, int n, long ms);
	int (*fd)(void *poller, int *fd);
	int (*add_fd)(void *poller, int fd, void *data, short events);
	int (*modify_fd)(void *poller, int fd, short events);
	int (*remove_fd)(void *poller, int fd);
} z;

static void find(const char *name, void *place)
{
	void *function = dlsym(RTLD_DEFAULT, name);

	if (!function)
		zt_fail("no %s()", name);
	memcpy(place, &function, sizeof(function));
}

static void find_functions(void)
{
	find("zmq_poller_new", &z.new);
	find("zmq_poller_destroy", &z.destroy);
	find("zmq_poller_size", &z.size);
	find("zmq_poller_add", &z.add);
	find("zmq_poller_modify", &z.modify);
	find("zmq_poller_remove", &z.remove);
	find("zmq_poller_wait", &z.wait);
	find("zmq_poller_wait_all", &z.wait_all);
	find("zmq_poller_fd", &z.fd);
	find("zmq_poller_add_fd", &z.add_fd);
	find("zmq_poller_modify_fd", &z.modify_fd);
	find("zmq_poller_remove_fd", &z.remove_fd);
}

/* No poller: nothing, something else, one that is gone. */
static void no_poller(const void *arg)
{
	uint64_t other[32] = { 0 };
	void *null = NULL, *p = other, *bad[] = { NULL, other };
	zmq_poller_event_t event;
	int fd;
	size_t i;

	(void)arg;
	zt_err(z.destroy(NULL), EFAULT);
	zt_err(z.destroy(&null), EFAULT);
	zt_err(z.destroy(&p), EFAULT);
	for (i = 0; i < ZT_ARRAY(bad); i++) {
		zt_err(z.size(bad[i]), EFAULT);
		zt_err(z.add(bad[i], other, NULL, ZMQ_POLLIN), EFAULT);
		zt_err(z.modify(bad[i], other, ZMQ_POLLIN), EFAULT);
		zt_err(z.remove(bad[i], other), EFAULT);
		zt_err(z.add_fd(bad[i], 0, NULL, ZMQ_POLLIN), EFAULT);
		zt_err(z.modify_fd(bad[i], 0, ZMQ_POLLIN), EFAULT);
		zt_err(z.remove_fd(bad[i], 0), EFAULT);
		zt_err(z.wait(bad[i], &event, 0), EFAULT);
		zt_err(z.wait_all(bad[i], &event, 1, 0), EFAULT);
		zt_err(z.fd(bad[i], &fd), EFAULT);
	}
	p = z.new();
	zt_check(p);
	zt_eq(z.destroy(&p), 0);
	zt_check(!p);
}

static void registration(const void *arg)
{
	void *ctx = za_ctx(), *p = z.new(), *a = za_socket(ctx, ZMQ_PAIR);
	void *b = za_socket(ctx, ZMQ_PAIR);
	int ends[2], fd;

	(void)arg;
	zt_ok(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	zt_err(z.add(p, NULL, NULL, ZMQ_POLLIN), ENOTSOCK);
	zt_err(z.modify(p, NULL, ZMQ_POLLIN), ENOTSOCK);
	zt_err(z.remove(p, NULL), ENOTSOCK);
	zt_err(z.add_fd(p, -1, NULL, ZMQ_POLLIN), EBADF);
	zt_err(z.modify_fd(p, -1, ZMQ_POLLIN), EBADF);
	zt_err(z.remove_fd(p, -1), EBADF);
	zt_err(z.add_fd(p, 4000, NULL, ZMQ_POLLIN), EBADF);
	zt_err(z.modify(p, a, ZMQ_POLLIN), EINVAL);
	zt_err(z.remove(p, a), EINVAL);
	zt_err(z.modify_fd(p, ends[0], ZMQ_POLLIN), EINVAL);
	zt_err(z.remove_fd(p, ends[0]), EINVAL);
	zt_err(z.add(p, a, NULL, SHRT_MAX), EINVAL);
	zt_err(z.add(p, a, NULL, 16), EINVAL);
	zt_err(z.add_fd(p, ends[0], NULL, SHRT_MAX), EINVAL);
	zt_eq(z.size(p), 0);

	zt_eq(z.add(p, a, NULL, ZMQ_POLLIN), 0);
	zt_err(z.add(p, a, NULL, ZMQ_POLLIN), EINVAL);
	zt_err(z.modify(p, a, SHRT_MAX), EINVAL);
	zt_eq(z.add(p, b, NULL, 0), 0);
	zt_eq(z.add_fd(p, ends[0], NULL, ZMQ_POLLIN), 0);
	zt_err(z.add_fd(p, ends[0], NULL, ZMQ_POLLOUT), EINVAL);
	zt_eq(z.add_fd(p, ends[1], NULL, 0), 0);
	zt_err(z.modify_fd(p, ends[0], SHRT_MAX), EINVAL);
	zt_eq(z.size(p), 4);
	zt_err(z.fd(p, NULL), EFAULT);
	/* None that more than one thread may use. */
	zt_err(z.fd(p, &fd), EINVAL);
	zt_eq(z.remove(p, a), 0);
	zt_err(z.remove(p, a), EINVAL);
	zt_eq(z.remove_fd(p, ends[1]), 0);
	zt_err(z.remove_fd(p, ends[1]), EINVAL);
	zt_eq(z.size(p), 2);
	zt_eq(z.add(p, a, NULL, ZMQ_POLLIN), 0);
	zt_eq(z.size(p), 3);
	zt_eq(z.destroy(&p), 0);
	za_close(a);
	za_close(b);
	za_term(ctx);
}

static void nothing_to_wait_for(const void *arg)
{
	void *ctx = za_ctx(), *p = z.new(), *a = za_socket(ctx, ZMQ_PAIR);
	zmq_poller_event_t event = { .socket = p, .fd = 77, .events = 5 };
	int64_t start = zt_now();

	(void)arg;
	zt_err(z.wait(p, &event, 0), EAGAIN);
	zt_check(!event.socket && event.fd == -1 && !event.user_data && !event.events);
	zt_err(z.wait(p, &event, 200), EAGAIN);
	zt_check(zt_now() - start >= 199);
	zt_err(z.wait(p, &event, -1), EFAULT);
	zt_err(z.wait(p, NULL, 0), EFAULT);
	zt_err(z.wait_all(p, &event, -1, 0), EINVAL);
	zt_err(z.wait_all(p, NULL, 1, 0), EFAULT);
	zt_err(z.wait_all(p, &event, 0, 0), EAGAIN);
	zt_err(z.wait_all(p, &event, 0, -1), EFAULT);
	zt_eq(z.add(p, a, NULL, 0), 0);
	zt_err(z.wait(p, &event, -1), EFAULT);
	zt_err(z.wait(p, &event, 10), EAGAIN);
	zt_eq(z.modify(p, a, ZMQ_POLLIN), 0);
	start = zt_now();
	zt_err(z.wait_all(p, &event, 1, 200), EAGAIN);
	zt_check(zt_now() - start >= 199);
	zt_eq(z.destroy(&p), 0);
	za_close(a);
	za_term(ctx);
}

static void want_event(void *p, void *socket, int fd, void *data, short events)
{
	zmq_poller_event_t event = { 0 };

	zt_eq(z.wait(p, &event, zt_scaled(ZA_TIMEO)), 0);
	zt_check(event.socket == socket);
	zt_eq(event.fd, fd);
	zt_check(event.user_data == data);
	zt_eq(event.events, events);
}

static void readiness(const void *arg)
{
	void *ctx = za_ctx(), *p = z.new(), *a = za_socket(ctx, ZMQ_PAIR);
	void *b = za_socket(ctx, ZMQ_PAIR);
	zmq_poller_event_t event[4];
	char ep[256];
	int ends[2];

	(void)arg;
	zt_ok(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	za_bind_any(a, ep);
	za_connect(b, ep);
	zt_eq(z.add(p, a, ep, ZMQ_POLLIN), 0);
	zt_eq(z.add_fd(p, ends[0], ends, ZMQ_POLLIN), 0);
	zt_err(z.wait(p, &event[0], 0), EAGAIN);
	za_put(b, "x", 0);
	want_event(p, a, -1, ep, ZMQ_POLLIN);
	/* A level. */
	want_event(p, a, -1, ep, ZMQ_POLLIN);
	zt_eq(z.modify(p, a, ZMQ_POLLIN | ZMQ_POLLOUT), 0);
	want_event(p, a, -1, ep, ZMQ_POLLIN | ZMQ_POLLOUT);
	zt_eq(z.modify(p, a, ZMQ_POLLOUT), 0);
	want_event(p, a, -1, ep, ZMQ_POLLOUT);
	zt_eq(z.modify(p, a, 0), 0);
	zt_err(z.wait(p, &event[0], 0), EAGAIN);
	zt_eq(write(ends[1], "x", 1), 1);
	want_event(p, NULL, ends[0], ends, ZMQ_POLLIN);
	zt_eq(z.modify(p, a, ZMQ_POLLIN), 0);
	zt_eq(z.wait_all(p, event, 4, -1), 2);
	zt_eq(z.wait_all(p, event, 1, -1), 1);
	zt_eq(z.modify_fd(p, ends[0], 0), 0);
	want_event(p, a, -1, ep, ZMQ_POLLIN);
	za_want(a, "x", 0);
	zt_err(z.wait(p, &event[0], 0), EAGAIN);
	zt_eq(z.modify_fd(p, ends[0], ZMQ_POLLIN | ZMQ_POLLOUT), 0);
	want_event(p, NULL, ends[0], ends, ZMQ_POLLIN | ZMQ_POLLOUT);
	/* Not asked for, told as zmq_poll() does. */
	zt_eq(z.modify_fd(p, ends[0], ZMQ_POLLERR), 0);
	close(ends[1]);
	want_event(p, NULL, ends[0], ends, ZMQ_POLLERR);
	zt_eq(z.remove_fd(p, ends[0]), 0);
	zt_err(z.wait(p, &event[0], 0), EAGAIN);
	zt_eq(z.destroy(&p), 0);
	za_close(a);
	za_close(b);
	za_term(ctx);
}

/* ZMQ_FD of a socket tells of a connection, too. */
static void descriptor_of_socket(const void *arg)
{
	void *ctx = za_ctx(), *p = z.new(), *pull = za_socket(ctx, ZMQ_PULL);
	void *push = za_socket(ctx, ZMQ_PUSH);
	zmq_poller_event_t event;
	char ep[256];

	(void)arg;
	za_bind_any(pull, ep);
	zt_eq(z.add_fd(p, za_get(pull, ZMQ_FD), ep, ZMQ_POLLIN), 0);
	za_connect(push, ep);
	za_put(push, "x", 0);
	want_event(p, NULL, za_get(pull, ZMQ_FD), ep, ZMQ_POLLIN);
	za_want(pull, "x", 0);
	zt_eq(z.add(p, push, NULL, ZMQ_POLLOUT), 0);
	zt_until(!z.wait(p, &event, 0) && event.socket == push, ZA_TIMEO);
	zt_eq(z.destroy(&p), 0);
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

/* epoll does not take a file, which is always ready; nor does it hide the others. */
static void file(const void *arg)
{
	void *ctx = za_ctx(), *p = z.new(), *pub = za_socket(ctx, ZMQ_PUB);
	int fd = open("/proc/self/exe", O_RDONLY), seen = 0, i;
	zmq_poller_event_t event[3];

	(void)arg;
	zt_ok(fd);
	zt_eq(z.add_fd(p, fd, &fd, 0), 0);
	zt_err(z.wait(p, &event[0], -1), EFAULT);
	zt_eq(z.modify_fd(p, fd, ZMQ_POLLIN), 0);
	want_event(p, NULL, fd, &fd, ZMQ_POLLIN);
	zt_eq(z.add(p, pub, p, ZMQ_POLLOUT), 0);
	zt_eq(z.wait_all(p, event, 3, -1), 2);
	for (i = 0; i < 4; i++) {
		zt_eq(z.wait(p, &event[0], -1), 0);
		seen |= event[0].socket ? 1 : 2;
	}
	zt_eq(seen, 3);
	zt_eq(z.modify_fd(p, fd, 0), 0);
	want_event(p, pub, -1, p, ZMQ_POLLOUT);
	zt_eq(z.remove_fd(p, fd), 0);
	zt_eq(z.size(p), 1);
	zt_eq(z.destroy(&p), 0);
	za_close(pub);
	za_term(ctx);
}

#define MANY 300

/* Who is ready is found among many, also by one who asks for fewer. */
static void many(const void *arg)
{
	void *ctx = za_ctx(), *p = z.new(), *push[MANY], *pull[MANY];
	zmq_poller_event_t event[MANY];
	int seen[MANY] = { 0 }, i, n, rounds, all = 0;

	(void)arg;
	for (i = 0; i < MANY; i++) {
		char ep[64];

		sprintf(ep, "inproc://many-%d", i);
		pull[i] = za_socket(ctx, ZMQ_PULL);
		push[i] = za_socket(ctx, ZMQ_PUSH);
		za_bind(pull[i], ep);
		za_connect(push[i], ep);
		zt_eq(z.add(p, pull[i], &seen[i], ZMQ_POLLIN), 0);
	}
	zt_eq(z.size(p), MANY);
	za_put(push[123], "x", 0);
	want_event(p, pull[123], -1, &seen[123], ZMQ_POLLIN);
	za_want(pull[123], "x", 0);
	for (i = 0; i < MANY; i++)
		za_put(push[i], "x", 0);
	zt_until(z.wait_all(p, event, MANY, 0) == MANY, ZA_TIMEO);
	/* Nobody is forgotten. */
	for (rounds = 0; all < MANY && rounds < 10 * MANY; rounds++) {
		n = z.wait_all(p, event, 7, 0);
		zt_eq(n, 7);
		while (n--)
			all += !(*(int *)event[n].user_data)++;
	}
	zt_eq(all, MANY);
	for (i = 0; i < MANY; i += 2)
		zt_eq(z.remove(p, pull[i]), 0);
	zt_eq(z.wait_all(p, event, MANY, 0), MANY / 2);
	zt_eq(z.destroy(&p), 0);
	for (i = 0; i < MANY; i++) {
		za_close(push[i]);
		za_close(pull[i]);
	}
	za_term(ctx);
}

/* A socket that is closed before it is removed: an error until it is. */
static void closed_socket(const void *arg)
{
	void *ctx = za_ctx(), *p = z.new(), *a = za_socket(ctx, ZMQ_PUB);
	void *b = za_socket(ctx, ZMQ_PUB), *c;
	zmq_poller_event_t event;

	(void)arg;
	zt_eq(z.add(p, a, NULL, ZMQ_POLLOUT), 0);
	zt_eq(z.add(p, b, NULL, ZMQ_POLLOUT), 0);
	zt_eq(z.wait(p, &event, -1), 0);
	za_close(a);
	zt_err(z.wait(p, &event, -1), ENOTSOCK);
	zt_err(z.modify(p, a, ZMQ_POLLIN), ENOTSOCK);
	zt_err(z.add(p, a, NULL, ZMQ_POLLIN), ENOTSOCK);
	/* Its descriptor's number is another's now, perhaps its memory as well. */
	c = za_socket(ctx, ZMQ_PUB);
	zt_eq(z.add(p, c, ctx, ZMQ_POLLOUT), 0);
	if (c != a) {
		zt_err(z.wait(p, &event, -1), ENOTSOCK);
		zt_eq(z.remove(p, a), 0);
		zt_err(z.remove(p, a), ENOTSOCK);
	}
	zt_eq(z.size(p), 2);
	zt_eq(z.remove(p, b), 0);
	want_event(p, c, -1, ctx, ZMQ_POLLOUT);
	zt_eq(z.remove(p, c), 0);
	zt_err(z.wait(p, &event, 0), EAGAIN);
	zt_eq(z.destroy(&p), 0);
	za_close(b);
	za_close(c);
	za_term(ctx);
}

/* The same while a child has copies of the descriptors, which epoll goes on to watch. */
static void closed_copy(const void *arg)
{
	void *ctx = za_ctx(), *p = z.new(), *a = za_socket(ctx, ZMQ_PUB);
	void *b = za_socket(ctx, ZMQ_PULL);
	zmq_poller_event_t event;
	int ends[2];
	pid_t child;
	char byte;

	(void)arg;
	zt_ok(pipe(ends));
	zt_eq(z.add(p, a, NULL, ZMQ_POLLOUT), 0);
	zt_eq(z.add(p, b, NULL, ZMQ_POLLIN), 0);
	child = fork();
	if (!child) {
		close(ends[1]);
		_exit(read(ends[0], &byte, 1) != 0);
	}
	zt_ok(child);
	close(ends[0]);
	za_close(a);
	zt_err(z.wait(p, &event, -1), ENOTSOCK);
	zt_eq(z.remove(p, a), 0);
	zt_err(z.wait(p, &event, 50), EAGAIN);
	close(ends[1]);
	zt_ok(waitpid(child, NULL, 0));
	zt_eq(z.destroy(&p), 0);
	za_close(b);
	za_term(ctx);
}

/* epoll goes on with a file that has another name; the poller must not. */
static void closed_descriptor(const void *arg)
{
	void *p = z.new();
	zmq_poller_event_t event;
	int pair[2], copy;

	zt_ok(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	copy = dup(pair[0]);
	zt_ok(z.add_fd(p, pair[0], pair, ZMQ_POLLIN));
	close(pair[0]);
	if (arg)
		zt_ok(z.modify_fd(p, pair[0], 0));
	zt_ok(z.remove_fd(p, pair[0]));
	zt_eq(z.size(p), 0);
	zt_eq(write(pair[1], "x", 1), 1);
	zt_err(z.wait(p, &event, 50), EAGAIN);
	zt_ok(z.destroy(&p));
	close(copy);
	close(pair[1]);
}

/* What a child does to its copy of a poller is not the parent's business. */
static void child_process(const void *arg)
{
	void *p = z.new();
	zmq_poller_event_t event;
	int a[2], b[2], status;
	pid_t pid;

	(void)arg;
	zt_ok(pipe(a));
	zt_ok(pipe(b));
	zt_ok(z.add_fd(p, a[0], a, ZMQ_POLLIN));
	pid = fork();
	if (!pid) {
		zt_ok(z.add_fd(p, b[0], b, ZMQ_POLLIN));
		zt_ok(z.remove_fd(p, a[0]));
		zt_eq(write(b[1], "x", 1), 1);
		zt_ok(z.wait(p, &event, ZA_TIMEO));
		zt_eq(event.fd, b[0]);
		zt_ok(z.destroy(&p));
		_exit(0);
	}
	zt_eq(waitpid(pid, &status, 0), pid);
	zt_eq(status, 0);
	zt_err(z.wait(p, &event, 50), EAGAIN);
	zt_eq(write(a[1], "x", 1), 1);
	zt_ok(z.wait(p, &event, ZA_TIMEO));
	zt_eq(event.fd, a[0]);
	zt_ok(z.destroy(&p));
}

static void *wait_forever(void *p)
{
	zmq_poller_event_t event;

	zt_err(z.wait(p, &event, -1), ETERM);
	zt_err(z.wait(p, &event, 0), ETERM);
	return NULL;
}

/* With and without events of the socket. */
static void shutdown_ends_wait(const void *arg)
{
	void *ctx = za_ctx(), *p = z.new(), *a = za_socket(ctx, ZMQ_PAIR);
	pthread_t thread;
	int ends[2];

	zt_ok(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	zt_eq(z.add(p, a, NULL, arg ? ZMQ_POLLIN : 0), 0);
	zt_eq(z.add_fd(p, ends[0], NULL, ZMQ_POLLIN), 0);
	zt_check(!pthread_create(&thread, NULL, wait_forever, p));
	zt_until(zt_others_asleep(), ZA_TIMEO);
	zt_ok(zmq_ctx_shutdown(ctx));
	zt_check(!pthread_join(thread, NULL));
	zt_eq(z.destroy(&p), 0);
	za_close(a);
	za_term(ctx);
}

/* Sockets of a context that was shut down come and go as others: who waits is told. */
static void shutdown_registration(const void *arg)
{
	void *ctx = za_ctx(), *p = z.new(), *a = za_socket(ctx, ZMQ_PAIR);
	void *b = za_socket(ctx, ZMQ_PAIR);
	zmq_poller_event_t event;

	(void)arg;
	zt_ok(zmq_ctx_shutdown(ctx));
	zt_err(z.modify(p, a, ZMQ_POLLIN), EINVAL);
	zt_err(z.remove(p, a), EINVAL);
	zt_err(z.add(p, a, NULL, 16), EINVAL);
	zt_ok(z.add(p, a, NULL, ZMQ_POLLIN));
	zt_err(z.add(p, a, NULL, ZMQ_POLLIN), EINVAL);
	zt_ok(z.add(p, b, NULL, 0));
	zt_err(z.wait(p, &event, -1), ETERM);
	zt_ok(z.modify(p, b, ZMQ_POLLIN));
	zt_ok(z.modify(p, a, 0));
	zt_err(z.wait(p, &event, -1), ETERM);
	zt_ok(z.remove(p, a));
	zt_err(z.wait(p, &event, 0), ETERM);
	zt_ok(z.remove(p, b));
	zt_err(z.wait(p, &event, 0), EAGAIN);
	za_close(a);
	zt_err(z.add(p, a, NULL, ZMQ_POLLIN), ENOTSOCK);
	zt_ok(z.destroy(&p));
	za_close(b);
	za_term(ctx);
}

static void ignore(int number)
{
	(void)number;
}

static void interrupted(const void *arg)
{
	void *ctx = za_ctx(), *p = z.new(), *a = za_socket(ctx, ZMQ_PAIR);
	struct sigaction action = { .sa_handler = ignore };
	struct itimerval often = { { 0, 200000 }, { 0, 200000 } };
	zmq_poller_event_t event;

	(void)arg;
	zt_ok(sigaction(SIGVTALRM, &action, NULL));
	zt_ok(sigaction(SIGALRM, &action, NULL));
	zt_eq(z.add(p, a, NULL, ZMQ_POLLIN), 0);
	zt_ok(setitimer(ITIMER_REAL, &often, NULL));
	zt_err(z.wait(p, &event, -1), EINTR);
	zt_eq(z.destroy(&p), 0);
}

static const struct zt_case cases[] = {
	{ "no_poller", no_poller },
	{ "registration", registration },
	{ "nothing_to_wait_for", nothing_to_wait_for },
	{ "readiness", readiness },
	{ "descriptor_of_socket", descriptor_of_socket },
	{ "file", file },
	{ "many", many },
	{ "closed_socket", closed_socket },
	{ "closed_copy", closed_copy },
	{ "closed_descriptor", closed_descriptor },
	{ "closed_descriptor_without_events", closed_descriptor, "modify" },
	{ "child_process", child_process },
	{ "shutdown_ends_wait", shutdown_ends_wait, "events" },
	{ "shutdown_without_events", shutdown_ends_wait },
	{ "shutdown_registration", shutdown_registration },
	{ "interrupted", interrupted },
};

int main(int argc, char **argv)
{
	zt_netns();
	zt_lib_check(ZT_SHIM);
	find_functions();
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
