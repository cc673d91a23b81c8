// SPDX-License-Identifier: GPL-2.0-only
/* A ZAP handler in a thread of its own. */
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "zgate.h"

/**
 * struct zg - a handler
 * @ctx: its context
 * @type: of its socket
 * @judge: how it answers, NULL: everybody is let in
 * @told: [0] is ours: requests come out, orders go in; [1] is the thread's
 * @thread: runs handle()
 */
struct zg {
	void *ctx;
	int type;
	zg_judge judge;
	int told[2];
	pthread_t thread;
};

const char *zg_text(const struct zg_request *request, enum zg_field field)
{
	int i = request->first + field;

	return i < request->parts ? request->part[i] : "";
}

static void hear_request(struct zg *gate, void *s, struct zg_request *r)
{
	int more = 1, n;

	memset(r, 0, sizeof(*r));
	r->first = gate->type == ZMQ_ROUTER ? 2 : 0;
	for (; more; r->parts++) {
		zt_check(r->parts < ZG_PARTS);
		n = zmq_recv(s, r->part[r->parts], ZG_PART_MAX - 1, 0);
		zt_check(n >= 0 && n < ZG_PART_MAX);
		r->len[r->parts] = n;
		more = za_get(s, ZMQ_RCVMORE);
	}
	zt_eq(write(gate->told[1], r, sizeof(*r)), sizeof(*r));
}

static void put_reply(void *s, const struct zg_request *r, const struct zg_reply *reply)
{
	const char *const part[] = {
		reply->version, reply->id, reply->status, reply->text, reply->user, reply->meta, "",
	};
	int i;

	if (r->first)
		zt_eq(zmq_send(s, r->part[0], r->len[0], ZMQ_SNDMORE), r->len[0]);
	if (r->first && reply->delimiter)
		za_put(s, reply->delimiter, ZMQ_SNDMORE);
	for (i = 0; i < reply->parts; i++) {
		size_t len = i == 5 ? reply->meta_len : strlen(part[i]);

		zt_eq(zmq_send(s, part[i], len, i + 1 < reply->parts ? ZMQ_SNDMORE : 0), len);
	}
}

/* Returns whether the handler stays. */
static bool judge_request(struct zg *gate, void *s, struct zg_request *r,
			  struct zg_reply *reply)
{
	hear_request(gate, s, r);
	*reply = (struct zg_reply) {
		.delimiter = "", .version = "1.0", .id = zg_text(r, ZG_ID), .status = "200",
		.text = "OK", .user = "", .meta = "", .parts = 6,
	};
	if (gate->judge)
		gate->judge(r, reply);
	if (reply->manner == ZG_ANSWER)
		put_reply(s, r, reply);
	return reply->manner != ZG_LEAVE;
}

static void *handle(void *arg)
{
	struct zg *gate = arg;
	void *s = za_socket(gate->ctx, gate->type);
	zmq_pollitem_t items[] = {
		{ .socket = s, .events = ZMQ_POLLIN },
		{ .fd = gate->told[1], .events = ZMQ_POLLIN },
	};
	struct zg_request request;
	struct zg_reply reply;
	bool stays = true;
	char order;

	/* In libzmq the name of one that was closed is free a little later. */
	zt_until(!zmq_bind(s, ZG_ENDPOINT), ZA_TIMEO);
	zt_eq(write(gate->told[1], "", 1), 1);
	/* The end of the context is the other way out. */
	while (stays && zmq_poll(items, ZT_ARRAY(items), -1) > 0) {
		if (items[0].revents)
			stays = judge_request(gate, s, &request, &reply);
		if (!items[1].revents)
			continue;
		zt_eq(read(gate->told[1], &order, 1), 1);
		if (order == 'g')
			put_reply(s, &request, &reply);
		else
			stays = false;
	}
	za_close(s);
	close(gate->told[1]);
	return NULL;
}

/* What the thread tells; false when nothing comes within @ms, or it has gone. */
static bool hear(struct zg *gate, void *what, size_t len, int ms)
{
	struct pollfd told = { .fd = gate->told[0], .events = POLLIN };

	return poll(&told, 1, ms) == 1 && read(told.fd, what, len) == (ssize_t)len;
}

struct zg *zg_start(void *ctx, int type, zg_judge judge)
{
	struct zg *gate = calloc(1, sizeof(*gate));
	char bound;

	zt_check(gate);
	gate->ctx = ctx;
	gate->type = type;
	gate->judge = judge;
	zt_ok(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, gate->told));
	zt_check(!pthread_create(&gate->thread, NULL, handle, gate));
	zt_check(hear(gate, &bound, 1, zt_scaled(ZA_TIMEO)));
	return gate;
}

bool zg_next(struct zg *gate, struct zg_request *request, int ms)
{
	return hear(gate, request, sizeof(*request), ms);
}

void zg_go(struct zg *gate)
{
	zt_eq(write(gate->told[0], "g", 1), 1);
}

void zg_stop(struct zg *gate)
{
	/* It may have left already. */
	send(gate->told[0], "s", 1, MSG_NOSIGNAL);
	pthread_join(gate->thread, NULL);
	close(gate->told[0]);
	free(gate);
}
