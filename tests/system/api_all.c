// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every function that libzmq.so.5 exports, at least once and to some purpose:
 * one program, compiled with Debian's zmq.h, that runs unchanged on the stock
 * library and on ours. The Makefile does not build it when a function is
 * missing; that there are none which say nothing but ENOTSUP is what it is for.
 *
 * Here: contexts, sockets, options, polling. all_*.c have the rest.
 */
#include <unistd.h>

#include "all.h"

void all_pipeline(void *ctx, void **pull, void **push)
{
	char ep[256];

	*pull = za_socket(ctx, ZMQ_PULL);
	*push = za_socket(ctx, ZMQ_PUSH);
	za_bind_any(*pull, ep);
	za_connect(*push, ep);
}

static void versions_and_errors(const void *arg)
{
	int major = 0, minor = 0, patch = 0;

	(void)arg;
	zmq_version(&major, &minor, &patch);
	zt_eq(ZMQ_MAKE_VERSION(major, minor, patch), ZMQ_VERSION);
	zt_eq(zmq_has("ipc"), 1);
	zt_eq(zmq_has("no such thing"), 0);

	zt_err(zmq_close(NULL), ENOTSOCK);
	zt_eq(zmq_errno(), ENOTSOCK);
	zt_check(!strcmp(zmq_strerror(EAGAIN), strerror(EAGAIN)));
	zt_check(!strcmp(zmq_strerror(ETERM), "Context was terminated"));
	zt_check(!strcmp(zmq_strerror(EMTHREAD), "No thread available"));
	zt_check(!strcmp(zmq_strerror(EFSM),
			 "Operation cannot be accomplished in current state"));
	zt_check(!strcmp(zmq_strerror(ENOCOMPATPROTO),
			 "The protocol is not compatible with the socket type"));
}

static void contexts(const void *arg)
{
	void *ctx = zmq_ctx_new(), *sock;

	(void)arg;
	zt_check(ctx);
	zt_eq(zmq_ctx_get(ctx, ZMQ_IO_THREADS), ZMQ_IO_THREADS_DFLT);
	zt_eq(zmq_ctx_get(ctx, ZMQ_MAX_SOCKETS), ZMQ_MAX_SOCKETS_DFLT);
	zt_eq(zmq_ctx_get(ctx, ZMQ_MSG_T_SIZE), sizeof(zmq_msg_t));
	zt_ok(zmq_ctx_set(ctx, ZMQ_IO_THREADS, 2));
	zt_eq(zmq_ctx_get(ctx, ZMQ_IO_THREADS), 2);
	zt_err(zmq_ctx_set(ctx, ZMQ_MAX_SOCKETS, 0), EINVAL);
	zt_err(zmq_ctx_get(ctx, 4711), EINVAL);
	zt_ok(zmq_ctx_set(ctx, ZMQ_MAX_SOCKETS, 1));
	sock = zmq_socket(ctx, ZMQ_DEALER);
	zt_check(sock);
	zt_check(!zmq_socket(ctx, ZMQ_DEALER));
	zt_eq(errno, EMFILE);
	zt_ok(zmq_ctx_shutdown(ctx));
	zt_check(!zmq_socket(ctx, ZMQ_DEALER));
	zt_eq(errno, ETERM);
	zt_err(zmq_send(sock, "x", 1, 0), ETERM);
	zt_ok(zmq_close(sock));
	zt_ok(zmq_ctx_term(ctx));
	zt_err(zmq_ctx_term(NULL), EFAULT);

	/* The names of old. */
	ctx = zmq_init(3);
	zt_check(ctx);
	zt_eq(zmq_ctx_get(ctx, ZMQ_IO_THREADS), 3);
	zt_ok(zmq_term(ctx));
	ctx = zmq_ctx_new();
	zt_check(ctx);
	zt_ok(zmq_ctx_destroy(ctx));
	zt_check(!zmq_init(-1));
	zt_eq(errno, EINVAL);
}

static void options_and_endpoints(const void *arg)
{
	void *ctx = za_ctx();
	void *rep = za_socket(ctx, ZMQ_REP), *req = za_socket(ctx, ZMQ_REQ);
	char id[16] = "", ep[256];
	size_t size = sizeof(id);
	int small = 5;

	(void)arg;
	zt_ok(zmq_setsockopt(req, ZMQ_ROUTING_ID, "myself", 6));
	zt_ok(zmq_getsockopt(req, ZMQ_ROUTING_ID, id, &size));
	zt_eq(size, 6);
	zt_check(!memcmp(id, "myself", 6));
	zt_eq(za_get(req, ZMQ_TYPE), ZMQ_REQ);
	zt_err(zmq_setsockopt(req, ZMQ_SUBSCRIBE, "", 0), EINVAL);
	zt_err(zmq_setsockopt(req, ZMQ_SNDHWM, &small, 3), EINVAL);

	zt_err(zmq_bind(rep, "nonsense"), EINVAL);
	zt_err(zmq_bind(rep, "nonsense://x"), EPROTONOSUPPORT);
	zt_ok(zmq_bind(rep, "tcp://127.0.0.1:*"));
	za_last(rep, ep);
	zt_ok(zmq_connect(req, ep));
	za_put(req, "question", 0);
	zt_err(zmq_send(req, "again", 5, 0), EFSM);
	za_want(rep, "question", 0);
	za_put(rep, "answer", 0);
	za_want(req, "answer", 0);

	zt_ok(zmq_disconnect(req, ep));
	zt_err(zmq_disconnect(req, ep), ENOENT);
	zt_err(zmq_send(req, "x", 1, ZMQ_DONTWAIT), EAGAIN);
	zt_ok(zmq_unbind(rep, ep));
	zt_err(zmq_unbind(rep, ep), ENOENT);
	/* The port is free again. */
	zt_until(!zmq_bind(req, ep), ZA_TIMEO);
	za_close(req);
	za_close(rep);
	za_term(ctx);
}

/* One call waits for two sockets and a pipe, and tells them apart. */
static void poll_mixed(const void *arg)
{
	void *ctx = za_ctx(), *pull, *push;
	zmq_pollitem_t items[3] = { 0 };
	char c = 'x';
	int fds[2];

	(void)arg;
	all_pipeline(ctx, &pull, &push);
	zt_ok(pipe(fds));
	items[0].socket = pull;
	items[0].events = ZMQ_POLLIN;
	items[1].fd = fds[0];
	items[1].events = ZMQ_POLLIN;
	items[2].socket = push;
	items[2].events = ZMQ_POLLIN;
	zt_eq(zmq_poll(items, 3, 50), 0);

	zt_eq(write(fds[1], &c, 1), 1);
	zt_eq(zmq_poll(items, 3, -1), 1);
	zt_eq(items[0].revents, 0);
	zt_eq(items[1].revents, ZMQ_POLLIN);
	zt_eq(items[2].revents, 0);
	zt_eq(read(fds[0], &c, 1), 1);

	za_put(push, "hello", 0);
	zt_eq(zmq_poll(items, 3, -1), 1);
	zt_eq(items[0].revents, ZMQ_POLLIN);
	zt_eq(items[1].revents, 0);
	za_want(pull, "hello", 0);
	items[2].events = ZMQ_POLLOUT;
	zt_eq(zmq_poll(items, 3, -1), 1);
	zt_eq(items[2].revents, ZMQ_POLLOUT);
	zt_err(zmq_poll(NULL, 1, 0), EFAULT);
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

static const struct zt_case cases[] = {
	{ "versions_and_errors", versions_and_errors },
	{ "contexts", contexts },
	{ "options_and_endpoints", options_and_endpoints },
	{ "poll_mixed", poll_mixed },
	{ "message_objects", all_message_objects },
	{ "message_copies", all_message_copies },
	{ "message_exchange", all_message_exchange },
	{ "buffers", all_buffers },
	{ "iov", all_iov },
	{ "proxy", all_proxy },
	{ "proxy_steerable", all_proxy_steerable },
	{ "device", all_device },
	{ "monitor", all_monitor },
	{ "keys", all_keys },
	{ "counters", all_counters },
	{ "timers", all_timers },
	{ "clock_and_threads", all_clock },
};

int main(int argc, char **argv)
{
	zt_netns();
	zt_lib_check(zt_lib_here());
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
