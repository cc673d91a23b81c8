// SPDX-License-Identifier: GPL-2.0-only
/* zmq_poll() over several sockets and plain descriptors; messages as objects. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "zapi.h"

#define PULLS 4

static void several(const void *arg)
{
	void *ctx = za_ctx(), *push[PULLS];
	zmq_pollitem_t items[PULLS + 1] = { 0 };
	char ep[256], c = 'x';
	int fds[2], i;

	(void)arg;
	for (i = 0; i < PULLS; i++) {
		items[i].socket = za_socket(ctx, ZMQ_PULL);
		items[i].events = ZMQ_POLLIN;
		za_bind_any(items[i].socket, ep);
		push[i] = za_socket(ctx, ZMQ_PUSH);
		za_connect(push[i], ep);
	}
	zt_ok(socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	items[PULLS].fd = fds[0];
	items[PULLS].events = ZMQ_POLLIN;
	zt_eq(zmq_poll(items, PULLS + 1, 0), 0);
	for (i = 0; i < PULLS; i++) {
		za_put(push[i], "x", 0);
		zt_eq(zmq_poll(items, PULLS + 1, zt_scaled(ZA_TIMEO)), 1);
		zt_eq(items[i].revents, ZMQ_POLLIN);
		/* Level-triggered: still true until it was read. */
		zt_eq(zmq_poll(items, PULLS + 1, -1), 1);
		za_want(items[i].socket, "x", 0);
		zt_eq(zmq_poll(items, PULLS + 1, 0), 0);
		zt_eq(items[i].revents, 0);
	}
	zt_eq(write(fds[1], &c, 1), 1);
	zt_eq(zmq_poll(items, PULLS + 1, zt_scaled(ZA_TIMEO)), 1);
	zt_eq(items[PULLS].revents, ZMQ_POLLIN);
	za_put(push[2], "y", 0);
	za_ready(items[2].socket, ZMQ_POLLIN);
	zt_eq(zmq_poll(items, PULLS + 1, -1), 2);
	zt_eq(items[2].revents, ZMQ_POLLIN);
	for (i = 0; i < PULLS; i++) {
		za_close(items[i].socket);
		za_close(push[i]);
	}
	za_term(ctx);
}

static void timing_and_errors(const void *arg)
{
	void *ctx = za_ctx();
	void *pull = za_socket(ctx, ZMQ_PULL), *push = za_socket(ctx, ZMQ_PUSH);
	zmq_pollitem_t items[] = {
		{ .socket = pull, .events = ZMQ_POLLIN },
		{ .socket = push, .events = ZMQ_POLLOUT },
	};
	int64_t start = zt_now();
	char ep[256];

	(void)arg;
	zt_eq(zmq_poll(items, 2, 200), 0);
	zt_check(zt_now() - start >= 190 && zt_now() - start < zt_scaled(5000));
	start = zt_now();
	zt_eq(zmq_poll(NULL, 0, 100), 0);
	zt_check(zt_now() - start >= 90);
	zt_err(zmq_poll(NULL, 1, 0), EFAULT);
	zt_err(zmq_poll(items, -1, 0), EINVAL);
	/* connect() alone makes a PUSH writable: messages queue. */
	za_bind_any(pull, ep);
	za_connect(push, ep);
	zt_eq(zmq_poll(items, 2, zt_scaled(ZA_TIMEO)), 1);
	zt_eq(items[1].revents, ZMQ_POLLOUT);
	/* Not asked for, not told. */
	items[1].events = 0;
	za_put(push, "x", 0);
	zt_eq(zmq_poll(items, 2, zt_scaled(ZA_TIMEO)), 1);
	zt_eq(items[0].revents, ZMQ_POLLIN);
	zt_eq(items[1].revents, 0);
	za_close(pull);
	za_close(push);
	za_term(ctx);
}

/* A whole message counts, not its first part. */
static void whole_messages(const void *arg)
{
	void *ctx = za_ctx();
	void *a = za_socket(ctx, ZMQ_PAIR), *b = za_socket(ctx, ZMQ_PAIR);
	zmq_pollitem_t item = { .socket = a, .events = ZMQ_POLLIN };
	char ep[256];

	(void)arg;
	za_bind_any(a, ep);
	za_connect(b, ep);
	za_put(b, "one", ZMQ_SNDMORE);
	zt_eq(zmq_poll(&item, 1, zt_scaled(100)), 0);
	za_put(b, "two", 0);
	zt_eq(zmq_poll(&item, 1, zt_scaled(ZA_TIMEO)), 1);
	za_want(a, "one", 1);
	zt_eq(zmq_poll(&item, 1, 0), 1);
	za_want(a, "two", 0);
	zt_eq(zmq_poll(&item, 1, 0), 0);
	za_close(a);
	za_close(b);
	za_term(ctx);
}

static int freed;

static void count_free(void *data, void *hint)
{
	zt_eq(*(int *)hint, 77);
	free(data);
	__atomic_add_fetch(&freed, 1, __ATOMIC_SEQ_CST);
}

/* zmq_msg_t: who owns what after send, move, copy and close. */
static void messages(const void *arg)
{
	void *ctx = za_ctx();
	void *push = za_socket(ctx, ZMQ_PUSH), *pull = za_socket(ctx, ZMQ_PULL);
	zmq_msg_t msg, copy;
	char ep[256];
	int hint = 77;

	(void)arg;
	za_bind_any(pull, ep);
	za_connect(push, ep);
	zt_ok(zmq_msg_init_data(&msg, strcpy(malloc(8), "payload"), 7, count_free, &hint));
	zt_ok(zmq_msg_init(&copy));
	zt_ok(zmq_msg_copy(&copy, &msg));
	zt_eq(zmq_msg_send(&msg, push, 0), 7);
	zt_eq(zmq_msg_size(&msg), 0);
	za_want(pull, "payload", 0);
	zt_eq(freed, 0);
	zt_check(!memcmp(zmq_msg_data(&copy), "payload", 7));
	zt_eq(zmq_msg_send(&copy, push, ZMQ_SNDMORE), 7);
	zt_ok(zmq_msg_init_size(&msg, 300));
	memset(zmq_msg_data(&msg), 'm', 300);
	zt_ok(zmq_msg_move(&copy, &msg));
	zt_eq(zmq_msg_size(&copy), 300);
	zt_eq(zmq_msg_size(&msg), 0);
	zt_eq(zmq_msg_send(&copy, push, 0), 300);
	zt_until(freed == 1, ZA_TIMEO);
	zt_eq(zmq_msg_recv(&msg, pull, 0), 7);
	zt_eq(zmq_msg_get(&msg, ZMQ_MORE), 1);
	zt_eq(zmq_msg_recv(&msg, pull, 0), 300);
	zt_eq(zmq_msg_more(&msg), 0);
	/* A send that fails leaves the message with its owner. */
	zt_err(zmq_msg_send(&msg, pull, 0), ENOTSUP);
	zt_eq(zmq_msg_size(&msg), 300);
	zt_ok(zmq_msg_close(&msg));
	zt_ok(zmq_msg_close(&copy));
	zt_err(zmq_msg_close(&msg), EFAULT);
	zt_eq(zmq_send_const(push, "const", 5, 0), 5);
	za_want(pull, "const", 0);
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

static const struct zt_case cases[] = {
	{ "poll_several_sockets_and_fd", several },
	{ "poll_timing_and_errors", timing_and_errors },
	{ "poll_whole_messages", whole_messages },
	{ "message_ownership", messages },
};

int main(int argc, char **argv)
{
	zt_netns();
	zt_lib_check(zt_lib_here());
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
