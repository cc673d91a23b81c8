// SPDX-License-Identifier: GPL-2.0-only
/*
 * zmq_socket_monitor_versioned() and zmq_socket_monitor_pipes_stats(), as libzmq's own
 * tests use them, and what a monitor costs.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

#include "zapi.h"

#define PIPES_STATS 0x10000
#define ALL_V2 0x1ffff
/* A type that can not send events: CLIENT. */
#define CLIENT 13

static int (*versioned)(void *socket, const char *ep, uint64_t events, int version, int type);
static int (*pipes_stats)(void *socket);

static void find_functions(void)
{
	*(void **)&versioned = dlsym(RTLD_DEFAULT, "zmq_socket_monitor_versioned");
	*(void **)&pipes_stats = dlsym(RTLD_DEFAULT, "zmq_socket_monitor_pipes_stats");
	zt_check(versioned && pipes_stats);
}

/* An event of version 2. */
struct event {
	uint64_t event;
	uint64_t count;
	uint64_t value[2];
	char local[256];
	char remote[256];
};

static uint64_t number(void *watched)
{
	uint64_t n;

	zt_eq(zmq_recv(watched, &n, sizeof(n), 0), sizeof(n));
	zt_check(za_get(watched, ZMQ_RCVMORE));
	return n;
}

static void text(void *watched, char buf[256], bool more)
{
	int n = zmq_recv(watched, buf, 255, 0);

	zt_check(n >= 0);
	buf[n] = 0;
	zt_eq(za_get(watched, ZMQ_RCVMORE), more);
}

static struct event next(void *watched)
{
	struct event e = {};
	size_t i;

	e.event = number(watched);
	e.count = number(watched);
	zt_check(e.count == 1 || e.count == 2);
	for (i = 0; i < e.count; i++)
		e.value[i] = number(watched);
	text(watched, e.local, true);
	text(watched, e.remote, false);
	return e;
}

static struct event want(void *watched, uint64_t event, const char *local, const char *remote)
{
	struct event e = next(watched);

	if (e.event != event || (local && strcmp(local, e.local)) ||
	    (remote && strcmp(remote, e.remote)))
		zt_fail("expected %#llx '%s' '%s', got %#llx '%s' '%s'",
			(unsigned long long)event, local ?: "*", remote ?: "*",
			(unsigned long long)e.event, e.local, e.remote);
	return e;
}

static void begins(const char *address, const char *part)
{
	if (strncmp(address, part, strlen(part)))
		zt_fail("expected %s..., got %s", part, address);
}

/* A monitor of @type, and what reads it. */
static void *watch(void *ctx, void *socket, int type, uint64_t events)
{
	static const int reads[] = {
		[ZMQ_PAIR] = ZMQ_PAIR,
		[ZMQ_PUB] = ZMQ_SUB,
		[ZMQ_PUSH] = ZMQ_PULL,
	};
	static int count;
	void *watched = za_socket(ctx, reads[type]);
	char ep[32];

	sprintf(ep, "inproc://watched%d", count++);
	if (type == ZMQ_PUB)
		zt_ok(zmq_setsockopt(watched, ZMQ_SUBSCRIBE, "", 0));
	zt_ok(versioned(socket, ep, events, 2, type));
	za_connect(watched, ep);
	return watched;
}

static void refused(const void *arg)
{
	void *ctx = za_ctx(), *pull = za_socket(ctx, ZMQ_PULL);

	(void)arg;
	find_functions();
	zt_err(versioned(NULL, "inproc://x", 1, 2, ZMQ_PAIR), ENOTSOCK);
	zt_err(versioned(pull, "inproc://x", 1, 2, CLIENT), EINVAL);
	zt_err(versioned(pull, "inproc://x", 1, 2, ZMQ_SUB), EINVAL);
	zt_err(versioned(pull, "inproc://x", 1, 0, ZMQ_PAIR), EINVAL);
	zt_err(versioned(pull, "inproc://x", 1, 3, ZMQ_PAIR), EINVAL);
	zt_err(versioned(pull, "inproc://x", ALL_V2, 1, ZMQ_PAIR), EINVAL);
	zt_err(versioned(pull, "tcp://127.0.0.1:*", 1, 2, ZMQ_PAIR), EPROTONOSUPPORT);
	zt_ok(versioned(pull, "inproc://x", ALL_V2, 2, ZMQ_PAIR));
	zt_ok(versioned(pull, NULL, 0, 2, ZMQ_PAIR));
	zt_err(pipes_stats(NULL), ENOTSOCK);
	zt_err(pipes_stats(pull), EINVAL);
	za_close(pull);
	zt_err(pipes_stats(pull), ENOTSOCK);
	za_term(ctx);
}

/**
 * struct way - a monitor and a transport
 * @type: of the monitor
 * @bind: where the server is bound
 * @local: what the address of a client begins with
 */
struct way {
	int type;
	const char *bind;
	const char *local;
};

/* Both sockets are closed before an event is read. */
static void events(const void *arg)
{
	const struct way *way = arg;
	void *ctx = za_ctx(), *server = za_socket(ctx, ZMQ_DEALER);
	void *client = za_socket(ctx, ZMQ_DEALER), *at_server, *at_client;
	struct event e;
	char ep[256];

	find_functions();
	za_set(server, ZMQ_IPV6, !!strchr(way->bind, '['));
	za_set(client, ZMQ_IPV6, !!strchr(way->bind, '['));
	at_server = watch(ctx, server, way->type, ALL_V2);
	at_client = watch(ctx, client, way->type, ALL_V2);
	za_bind(server, way->bind);
	za_last(server, ep);
	za_connect(client, ep);
	za_put(client, "hello", 0);
	za_want(server, "hello", 0);
	za_put(server, "hi", 0);
	za_want(client, "hi", 0);
	za_close(client);
	za_close(server);

	want(at_server, ZMQ_EVENT_LISTENING, ep, "");
	e = want(at_server, ZMQ_EVENT_ACCEPTED, ep, NULL);
	begins(e.remote, way->local);
	want(at_server, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, ep, e.remote);
	do
		e = next(at_server);
	while (e.event == ZMQ_EVENT_DISCONNECTED || e.event == ZMQ_EVENT_CLOSED);
	zt_eq(e.event, ZMQ_EVENT_MONITOR_STOPPED);
	zt_check(!*e.local && !*e.remote);

	e = next(at_client);
	if (e.event == ZMQ_EVENT_CONNECT_DELAYED) {
		zt_check(!*e.local && !strcmp(e.remote, ep));
		e = next(at_client);
	}
	zt_eq(e.event, ZMQ_EVENT_CONNECTED);
	zt_check(!strcmp(e.remote, ep) && strcmp(e.local, ep));
	begins(e.local, way->local);
	want(at_client, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, e.local, ep);
	/* The server's end may be seen by who has not seen the client's own yet. */
	do
		e = next(at_client);
	while (e.event == ZMQ_EVENT_DISCONNECTED);
	zt_eq(e.event, ZMQ_EVENT_MONITOR_STOPPED);
	zt_check(!*e.local && !*e.remote);
	za_close(at_server);
	za_close(at_client);
	za_term(ctx);
}

static const struct way ways[] = {
	{ ZMQ_PAIR, "tcp://127.0.0.1:*", "tcp://127.0.0.1:" },
	{ ZMQ_PUB, "tcp://[::1]:*", "tcp://[::1]:" },
	{ ZMQ_PUSH, "ipc://*", "ipc://" },
};

/* native_keep has more of it. */
static void stats(const void *arg)
{
	void *ctx = za_ctx(), *push = za_socket(ctx, ZMQ_PUSH), *pull = za_socket(ctx, ZMQ_PULL);
	void *watched;
	struct event e;
	char ep[256];
	int i;

	(void)arg;
	find_functions();
	sprintf(ep, "tcp://127.0.0.1:%d", zt_port());
	watched = watch(ctx, push, ZMQ_PAIR, PIPES_STATS);
	zt_err(pipes_stats(push), EAGAIN);
	za_connect(push, ep);
	for (i = 0; i < 3; i++) {
		zt_ok(pipes_stats(push));
		e = want(watched, PIPES_STATS, "", ep);
		zt_eq(e.count, 2);
		zt_eq(e.value[0], i);
		zt_eq(e.value[1], 0);
		za_put(push, "x", 0);
	}
	za_bind(pull, ep);
	for (i = 0; i < 3; i++)
		za_want(pull, "x", 0);
	zt_ok(pipes_stats(push));
	e = want(watched, PIPES_STATS, NULL, ep);
	zt_check(!strncmp(e.local, "tcp://127.0.0.1:", 16) && strcmp(e.local, ep));
	za_close(watched);
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

/* The only descriptors are those of the sockets that the application made. */
static int descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	zt_check(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void costs_no_descriptor(const void *arg)
{
	void *ctx = za_ctx(), *pull = za_socket(ctx, ZMQ_PULL), *watched;
	int before = descriptors();

	(void)arg;
	find_functions();
	watched = watch(ctx, pull, ZMQ_PAIR, ALL_V2);
	zt_eq(descriptors(), before + 1);
	za_close(watched);
	za_close(pull);
	za_term(ctx);
}

static const struct zt_case cases[] = {
	{ "refused", refused },
	{ "events_pair_tcp", events, &ways[0] },
	{ "events_pub_tcp6", events, &ways[1] },
	{ "events_push_ipc", events, &ways[2] },
	{ "stats", stats },
	{ "costs_no_descriptor", costs_no_descriptor },
};

int main(int argc, char **argv)
{
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
