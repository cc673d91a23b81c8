// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draft functions of libzmq about messages and peers. And receivers side by side,
 * which libzmq forbids.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "zapi.h"

static struct {
	int (*init_buffer)(zmq_msg_t *msg, const void *buf, size_t size);
	int (*set_routing_id)(zmq_msg_t *msg, uint32_t id);
	uint32_t (*routing_id)(zmq_msg_t *msg);
	int (*set_group)(zmq_msg_t *msg, const char *group);
	const char *(*group)(zmq_msg_t *msg);
	int (*join)(void *sock, const char *group);
	int (*leave)(void *sock, const char *group);
	uint32_t (*connect_peer)(void *sock, const char *endpoint);
	int (*disconnect_peer)(void *sock, uint32_t id);
	int (*peer_state)(void *sock, const void *id, size_t len);
} draft;

static const struct {
	const char *name;
	void **address;
} functions[] = {
	{ "zmq_msg_init_buffer", (void **)&draft.init_buffer },
	{ "zmq_msg_set_routing_id", (void **)&draft.set_routing_id },
	{ "zmq_msg_routing_id", (void **)&draft.routing_id },
	{ "zmq_msg_set_group", (void **)&draft.set_group },
	{ "zmq_msg_group", (void **)&draft.group },
	{ "zmq_join", (void **)&draft.join },
	{ "zmq_leave", (void **)&draft.leave },
	{ "zmq_connect_peer", (void **)&draft.connect_peer },
	{ "zmq_disconnect_peer", (void **)&draft.disconnect_peer },
	{ "zmq_socket_get_peer_state", (void **)&draft.peer_state },
};

static void find_functions(void)
{
	size_t i;

	for (i = 0; i < ZT_ARRAY(functions); i++) {
		*functions[i].address = dlsym(RTLD_DEFAULT, functions[i].name);
		zt_check(*functions[i].address);
	}
}

static void wants(zmq_msg_t *msg, uint32_t id, const char *group)
{
	zt_eq(draft.routing_id(msg), id);
	zt_check(!strcmp(draft.group(msg), group));
}

static void buffers(const void *arg)
{
	char text[100] = "text";
	zmq_msg_t msg;
	size_t size;

	(void)arg;
	for (size = 0; size <= sizeof(text); size += 20) {
		zt_ok(draft.init_buffer(&msg, size ? text : NULL, size));
		zt_eq(zmq_msg_size(&msg), size);
		zt_check(zmq_msg_data(&msg) != text);
		zt_check(!memcmp(zmq_msg_data(&msg), text, size));
		wants(&msg, 0, "");
		zt_ok(zmq_msg_close(&msg));
	}
	zt_err(draft.init_buffer(&msg, text, SIZE_MAX), ENOMEM);
}

/* They are the message's, whatever it holds, and go along with it. */
static void kept(const void *arg)
{
	zmq_msg_t msg, copy, moved;

	(void)arg;
	zt_ok(zmq_msg_init(&msg));
	zt_err(draft.set_routing_id(&msg, 0), EINVAL);
	wants(&msg, 0, "");
	zt_ok(draft.set_routing_id(&msg, 7));
	zt_ok(draft.set_group(&msg, "first"));
	zt_ok(draft.set_group(&msg, "group"));
	wants(&msg, 7, "group");
	zt_ok(zmq_msg_init(&copy));
	zt_ok(zmq_msg_init_size(&moved, 100));
	zt_ok(draft.set_group(&moved, "old"));
	zt_ok(zmq_msg_copy(&copy, &msg));
	zt_ok(zmq_msg_move(&moved, &msg));
	wants(&msg, 0, "");
	wants(&copy, 7, "group");
	wants(&moved, 7, "group");
	/* Their own ones from now on. */
	zt_ok(draft.set_group(&copy, ""));
	zt_ok(draft.set_routing_id(&copy, UINT32_MAX));
	wants(&copy, UINT32_MAX, "");
	wants(&moved, 7, "group");
	zt_ok(draft.set_group(&moved, draft.group(&moved) + 1));
	wants(&moved, 7, "roup");
	zt_ok(zmq_msg_close(&moved));
	zt_ok(zmq_msg_close(&copy));
	zt_ok(zmq_msg_close(&msg));
	zt_err(draft.set_routing_id(&msg, 1), EFAULT);
	zt_err(draft.set_group(&msg, "x"), EFAULT);
	wants(&msg, 0, "");
}

/* 255 bytes at most: the rest is cut off (API page, 6.2). */
static void long_group(const void *arg)
{
	char name[300];
	zmq_msg_t msg;

	(void)arg;
	memset(name, 'g', sizeof(name));
	name[255] = 0;
	zt_ok(zmq_msg_init(&msg));
	zt_ok(draft.set_group(&msg, name));
	wants(&msg, 0, name);
	name[255] = 'g';
	name[299] = 0;
	zt_ok(draft.set_group(&msg, name));
	name[255] = 0;
	wants(&msg, 0, name);
	zt_ok(zmq_msg_close(&msg));
}

/* What was received has none, and what was sent leaves none behind. */
static void received(const void *arg)
{
	void *ctx, *pull, *push;
	zmq_msg_t msg;
	char ep[256];

	(void)arg;
	ctx = za_ctx();
	pull = za_socket(ctx, ZMQ_PULL);
	push = za_socket(ctx, ZMQ_PUSH);
	za_bind_any(pull, ep);
	za_connect(push, ep);
	zt_ok(zmq_msg_init_size(&msg, 1));
	zt_ok(draft.set_routing_id(&msg, 7));
	zt_ok(draft.set_group(&msg, "group"));
	zt_ok(zmq_msg_send(&msg, push, 0));
	wants(&msg, 0, "");
	zt_ok(draft.set_routing_id(&msg, 7));
	zt_ok(draft.set_group(&msg, "group"));
	zt_ok(zmq_msg_recv(&msg, pull, 0));
	wants(&msg, 0, "");
	zt_ok(zmq_msg_close(&msg));
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

/* Sockets of other types, and what is none. */
static void refused(const void *arg)
{
	void *ctx, *pair;

	(void)arg;
	ctx = za_ctx();
	pair = za_socket(ctx, ZMQ_PAIR);
	zt_err(draft.join(pair, "group"), ENOTSUP);
	zt_err(draft.leave(pair, "group"), ENOTSUP);
	zt_err(draft.disconnect_peer(pair, 1), ENOTSUP);
	zt_err(draft.peer_state(pair, "x", 1), ENOTSUP);
	zt_eq(draft.connect_peer(pair, "inproc://x"), 0);
	zt_eq(errno, ENOTSUP);
	za_close(pair);
	zt_err(draft.join(pair, "group"), ENOTSOCK);
	zt_err(draft.leave(pair, "group"), ENOTSOCK);
	zt_err(draft.disconnect_peer(pair, 1), ENOTSOCK);
	zt_err(draft.peer_state(NULL, "x", 1), ENOTSOCK);
	zt_eq(draft.connect_peer(NULL, "inproc://x"), 0);
	zt_eq(errno, ENOTSOCK);
	za_term(ctx);
}

/* The one peer reads, the other does not: it loses POLLOUT, the first one never does. */
static void peer_state(const void *arg)
{
	void *ctx, *router, *peer[2];
	static const char *const ids[] = { "a", "b" };
	char ep[256];
	int i, sent;

	(void)arg;
	ctx = za_ctx();
	router = za_socket(ctx, ZMQ_ROUTER);
	za_set(router, ZMQ_SNDHWM, 100);
	za_set(router, ZMQ_ROUTER_MANDATORY, 1);
	za_bind_any(router, ep);
	for (i = 0; i < 2; i++) {
		peer[i] = za_socket(ctx, ZMQ_DEALER);
		za_set(peer[i], ZMQ_RCVHWM, 100);
		zt_ok(zmq_setsockopt(peer[i], ZMQ_ROUTING_ID, ids[i], 1));
		za_connect(peer[i], ep);
		za_put(peer[i], "hello", 0);
		za_want(router, ids[i], 1);
		za_want(router, "hello", 0);
	}
	zt_err(draft.peer_state(router, "c", 1), EHOSTUNREACH);
	zt_err(draft.peer_state(router, ep, 256), EHOSTUNREACH);
	zt_err(draft.peer_state(router, ep, 1 << 20), EHOSTUNREACH);
	for (sent = 0; draft.peer_state(router, "b", 1) == ZMQ_POLLOUT; sent++) {
		zt_check(sent < 10000);
		za_put(router, "b", ZMQ_SNDMORE | ZMQ_DONTWAIT);
		za_put_big(router, 65536, sent, 0);
		/* Whoever never looks around sees full peers sooner. */
		za_get(router, ZMQ_EVENTS);
		zt_eq(draft.peer_state(router, "a", 1), ZMQ_POLLOUT);
		za_put(router, "a", ZMQ_SNDMORE | ZMQ_DONTWAIT);
		za_put(router, "y", 0);
		za_want(peer[0], "y", 0);
	}
	zt_check(sent >= 100);
	zt_eq(draft.peer_state(router, "a", 1), ZMQ_POLLOUT);
	za_close(peer[1]);
	za_close(peer[0]);
	za_close(router);
	za_term(ctx);
}

/* --- several receivers of one socket ---------------------------------------------- */

#define NR_PEERS 3
#define ROUNDS 60

/* A DEALER with peers called "a", "b" and so on, which send their names. */
struct crowd {
	void *ctx;
	void *sock;
	void *peer[NR_PEERS];
};

static void crowd_make(struct crowd *c)
{
	char ep[256], name[] = "a";
	int i;

	c->ctx = za_ctx();
	c->sock = za_socket(c->ctx, ZMQ_DEALER);
	za_bind_any(c->sock, ep);
	for (i = 0; i < NR_PEERS; i++, name[0]++) {
		c->peer[i] = za_socket(c->ctx, ZMQ_DEALER);
		zt_ok(zmq_setsockopt(c->peer[i], ZMQ_ROUTING_ID, name, 1));
		za_connect(c->peer[i], ep);
	}
}

/* Runs of one peer's messages, and changes. */
static void crowd_send(const struct crowd *c)
{
	char name[] = "a";
	int i, k;

	for (i = 0; i < ROUNDS; i++) {
		name[0] = 'a' + i % NR_PEERS;
		for (k = 0; k < NR_PEERS; k++)
			za_put(c->peer[i % NR_PEERS], name, 0);
	}
}

static void crowd_end(struct crowd *c)
{
	int i;

	for (i = 0; i < NR_PEERS; i++)
		za_close(c->peer[i]);
	za_close(c->sock);
	za_term(c->ctx);
}

/* Receives its share; each message has its own sender's name. */
static void *crowd_read(void *sock)
{
	const char *id;
	zmq_msg_t msg;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		zt_ok(zmq_msg_init(&msg));
		zt_ok(zmq_msg_recv(&msg, sock, 0));
		id = zmq_msg_gets(&msg, "Identity");
		zt_check(id && !id[1]);
		zt_eq(*id, *(char *)zmq_msg_data(&msg));
		zt_ok(zmq_msg_close(&msg));
	}
	return NULL;
}

static void receivers(const void *arg)
{
	pthread_t thread[NR_PEERS];
	struct crowd c;
	int i;

	(void)arg;
	crowd_make(&c);
	for (i = 0; i < NR_PEERS; i++)
		zt_check(!pthread_create(&thread[i], NULL, crowd_read, c.sock));
	crowd_send(&c);
	for (i = 0; i < NR_PEERS; i++)
		pthread_join(thread[i], NULL);
	crowd_end(&c);
}

/* Processes take turns at it: each is told what the others were told meanwhile. */
static void processes(const void *arg)
{
	struct crowd c;
	int i, status;
	pid_t pid;

	(void)arg;
	crowd_make(&c);
	crowd_send(&c);
	crowd_read(c.sock);
	for (i = 0; i < 2; i++) {
		pid = fork();
		if (!pid) {
			crowd_read(c.sock);
			_exit(0);
		}
		zt_eq(waitpid(pid, &status, 0), pid);
		zt_eq(status, 0);
		if (!i) {
			crowd_send(&c);
			crowd_read(c.sock);
		}
	}
	crowd_end(&c);
}

static const struct zt_case cases[] = {
	{ "msg_init_buffer", buffers },
	{ "group_and_routing_id_kept", kept },
	{ "long_group", long_group },
	{ "sent_and_received", received },
	{ "other_types_refuse", refused },
	{ "peer_state", peer_state },
	{ "receivers_side_by_side", receivers },
	{ "receivers_in_processes", processes },
};

int main(int argc, char **argv)
{
	find_functions();
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
