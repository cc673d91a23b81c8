// SPDX-License-Identifier: GPL-2.0-only
/*
 * High-water marks, load balance, fair queueing, what happens to messages when
 * peers come and go. Runs on stock libzmq and on the shim; both must agree.
 */
#include "zapi.h"

#define PEERS 5
#define UNLIMITED_PROBE 10000
/* So many messages the queues of back_pressure() hold at least. */
#define QUEUED 20

static void unused_ep(char *ep)
{
	sprintf(ep, "tcp://127.0.0.1:%d", zt_port());
}

/* How many messages of @parts parts are taken without waiting? */
static unsigned int fill(void *s, unsigned int parts, unsigned int max)
{
	unsigned int n, part;
	char text[16];

	for (n = 0; n < max; n++) {
		for (part = 0; part < parts; part++) {
			snprintf(text, sizeof(text), "%u.%u", n, part);
			if (zmq_send(s, text, strlen(text), ZMQ_DONTWAIT |
				     (part + 1 < parts ? ZMQ_SNDMORE : 0)) >= 0)
				continue;
			zt_eq(errno, EAGAIN);
			/* Once the first part was taken, all are. */
			zt_eq(part, 0);
			return n;
		}
	}
	return n;
}

static void drain(void *s, unsigned int parts, unsigned int count)
{
	unsigned int n, part;
	char text[16];

	for (n = 0; n < count; n++) {
		for (part = 0; part < parts; part++) {
			snprintf(text, sizeof(text), "%u.%u", n, part);
			za_want(s, text, part + 1 < parts);
		}
	}
}

/* connect() before bind(): exactly SNDHWM messages fit, and all arrive. */
static void hwm_exact(const void *arg)
{
	static const int hwms[] = { 1, 2, 5, 100, 1000 };
	int type = *(const int *)arg;
	unsigned int i, parts;

	for (i = 0; i < ZT_ARRAY(hwms); i++) {
		void *ctx = za_ctx();
		void *s = za_socket(ctx, type), *peer;
		char ep[256];

		parts = 1 + i % 2;
		unused_ep(ep);
		za_set(s, ZMQ_SNDHWM, hwms[i]);
		za_connect(s, ep);
		zt_eq(za_get(s, ZMQ_EVENTS), ZMQ_POLLOUT);
		zt_eq(fill(s, parts, hwms[i] + 10), hwms[i]);
		zt_eq(za_get(s, ZMQ_EVENTS), 0);
		peer = za_socket(ctx, type == ZMQ_PUSH ? ZMQ_PULL : type);
		za_bind(peer, ep);
		drain(peer, parts, hwms[i]);
		za_ready(s, ZMQ_POLLOUT);
		za_close(s);
		za_close(peer);
		za_term(ctx);
	}
}

static void hwm_zero(const void *arg)
{
	void *ctx = za_ctx();
	void *push = za_socket(ctx, ZMQ_PUSH), *pull = za_socket(ctx, ZMQ_PULL);
	char ep[256];

	(void)arg;
	unused_ep(ep);
	za_set(push, ZMQ_SNDHWM, 0);
	za_connect(push, ep);
	zt_eq(fill(push, 1, UNLIMITED_PROBE), UNLIMITED_PROBE);
	za_bind(pull, ep);
	drain(pull, 1, UNLIMITED_PROBE);
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

/* HWM is live for existing pipes; less never drops what is queued. */
static void hwm_live(const void *arg)
{
	void *ctx = za_ctx();
	void *push = za_socket(ctx, ZMQ_PUSH), *pull = za_socket(ctx, ZMQ_PULL);
	char ep[256];

	(void)arg;
	unused_ep(ep);
	za_set(push, ZMQ_SNDHWM, 1);
	za_connect(push, ep);
	za_set(push, ZMQ_SNDHWM, 100);
	zt_eq(fill(push, 1, 1000), 100);
	za_set(push, ZMQ_SNDHWM, 70);
	zt_eq(za_get(push, ZMQ_SNDHWM), 70);
	zt_eq(fill(push, 1, 1000), 0);
	za_bind(pull, ep);
	drain(pull, 1, 100);
	za_quiet(pull, 20);
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

/* A reader that does not read stops its sender: memory is bounded. */
static void back_pressure(const void *arg)
{
	void *ctx = za_ctx();
	void *push = za_socket(ctx, ZMQ_PUSH), *pull = za_socket(ctx, ZMQ_PULL);
	unsigned int sent = 0, i;
	char ep[256];

	(void)arg;
	za_set(push, ZMQ_SNDHWM, 10);
	za_set(pull, ZMQ_RCVHWM, 10);
	za_set(push, ZMQ_SNDTIMEO, zt_scaled(ZA_TIMEO));
	za_bind_any(pull, ep);
	za_connect(push, ep);
	for (;;) {
		static char body[64 * 1024];

		zt_fill(body, sizeof(body), sent);
		if (zmq_send(push, body, sizeof(body), 0) < 0)
			break;
		zt_check(++sent < 2000);
		if (sent == QUEUED)
			za_set(push, ZMQ_SNDTIMEO, zt_scaled(300));
	}
	zt_eq(errno, EAGAIN);
	zt_check(sent >= QUEUED);
	for (i = 0; i < sent; i++)
		za_want_big(pull, 64 * 1024, i, 0);
	za_ready(push, ZMQ_POLLOUT);
	za_quiet(pull, 20);
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

/* PUSH that connects to five PULLs: strict rotation, also for many parts. */
static void push_rotates(const void *arg)
{
	void *ctx = za_ctx();
	void *push = za_socket(ctx, ZMQ_PUSH), *pull[PEERS];
	char ep[256], text[16];
	int i;

	(void)arg;
	for (i = 0; i < PEERS; i++) {
		pull[i] = za_socket(ctx, ZMQ_PULL);
		za_bind_any(pull[i], ep);
		za_connect(push, ep);
	}
	for (i = 0; i < 4 * PEERS; i++) {
		snprintf(text, sizeof(text), "%d", i);
		za_put(push, text, i % 2 ? ZMQ_SNDMORE : 0);
		if (i % 2)
			za_put(push, "more", 0);
	}
	for (i = 0; i < 4 * PEERS; i++) {
		snprintf(text, sizeof(text), "%d", i);
		za_want(pull[i % PEERS], text, i % 2);
		if (i % 2)
			za_want(pull[i % PEERS], "more", 0);
	}
	for (i = 0; i < PEERS; i++)
		za_quiet(pull[i], 10);
	for (i = 0; i < PEERS; i++)
		za_close(pull[i]);
	za_close(push);
	za_term(ctx);
}

/* REQ asks five REPs in the order of its connects, twice round. */
static void req_rotates(const void *arg)
{
	void *ctx = za_ctx();
	void *req = za_socket(ctx, ZMQ_REQ), *rep[PEERS];
	char ep[256], text[16];
	int i;

	(void)arg;
	for (i = 0; i < PEERS; i++) {
		rep[i] = za_socket(ctx, ZMQ_REP);
		za_bind_any(rep[i], ep);
		za_connect(req, ep);
	}
	for (i = 0; i < 2 * PEERS; i++) {
		snprintf(text, sizeof(text), "%d", i);
		za_put(req, text, 0);
		za_want(rep[i % PEERS], text, 0);
		za_put(rep[i % PEERS], text, 0);
		za_want(req, text, 0);
	}
	for (i = 0; i < PEERS; i++)
		za_close(rep[i]);
	za_close(req);
	za_term(ctx);
}

/* PULL takes one message of each PUSH before a second of any. */
static void pull_fair(const void *arg)
{
	void *ctx = za_ctx();
	void *pull = za_socket(ctx, ZMQ_PULL), *push[PEERS];
	unsigned int seen = 0;
	char ep[256], buf[8];
	int i, round;

	(void)arg;
	za_bind_any(pull, ep);
	for (i = 0; i < PEERS; i++) {
		push[i] = za_socket(ctx, ZMQ_PUSH);
		za_connect(push[i], ep);
		za_put(push[i], "up", 0);
		za_want(pull, "up", 0);
	}
	/* libzmq turns to the next peer only when it has seen that the last one has no more. */
	za_quiet(pull, 10);
	for (i = 0; i < PEERS; i++) {
		buf[0] = 'a' + i;
		for (round = 0; round < 3; round++) {
			zt_eq(zmq_send(push[i], buf, 1, ZMQ_SNDMORE), 1);
			zt_eq(zmq_send(push[i], buf, 1, 0), 1);
		}
	}
	/* Nothing tells a sender that its messages lie at the reader. */
	zt_nap(zt_scaled(300));
	for (round = 0; round < 3; round++) {
		for (i = 0, seen = 0; i < PEERS; i++) {
			zt_eq(zmq_recv(pull, buf, sizeof(buf), 0), 1);
			zt_eq(zmq_recv(pull, buf + 1, 1, 0), 1);
			zt_eq(buf[0], buf[1]);
			seen |= 1u << (buf[0] - 'a');
		}
		zt_eq(seen, (1u << PEERS) - 1);
	}
	for (i = 0; i < PEERS; i++)
		za_close(push[i]);
	za_close(pull);
	za_term(ctx);
}

/* One dead and one live peer: half of the messages wait for the dead one... */
static void immediate_off(const void *arg)
{
	void *ctx = za_ctx();
	void *push = za_socket(ctx, ZMQ_PUSH), *pull = za_socket(ctx, ZMQ_PULL);
	char ep[256], dead[256];
	int i;

	(void)arg;
	unused_ep(dead);
	za_bind_any(pull, ep);
	za_connect(push, dead);
	za_connect(push, ep);
	for (i = 0; i < 10; i++)
		za_put(push, "x", 0);
	for (i = 0; i < 5; i++)
		za_want(pull, "x", 0);
	za_quiet(pull, zt_scaled(100));
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

/* ... unless IMMEDIATE says that only a live connection counts. */
static void immediate_on(const void *arg)
{
	void *ctx = za_ctx();
	void *push = za_socket(ctx, ZMQ_PUSH), *pull = za_socket(ctx, ZMQ_PULL);
	char ep[256], dead[256];
	int i;

	(void)arg;
	unused_ep(dead);
	za_set(push, ZMQ_IMMEDIATE, 1);
	zt_eq(za_get(push, ZMQ_IMMEDIATE), 1);
	za_connect(push, dead);
	zt_err(zmq_send(push, "x", 1, ZMQ_DONTWAIT), EAGAIN);
	za_bind_any(pull, ep);
	za_connect(push, ep);
	for (i = 0; i < 10; i++)
		za_put(push, "x", 0);
	for (i = 0; i < 10; i++)
		za_want(pull, "x", 0);
	/* The connection goes, and the pipe with it. */
	za_close(pull);
	zt_until(zmq_send(push, "y", 1, ZMQ_DONTWAIT) < 0 && errno == EAGAIN, ZA_TIMEO);
	pull = za_socket(ctx, ZMQ_PULL);
	za_bind(pull, ep);
	za_put(push, "z", 0);
	za_want(pull, "z", 0);
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

/* Received messages stay readable when their sender has gone. */
static void reader_keeps(const void *arg)
{
	void *ctx = za_ctx();
	void *push = za_socket(ctx, ZMQ_PUSH), *pull = za_socket(ctx, ZMQ_PULL);
	char ep[256];
	int i;

	(void)arg;
	za_bind_any(pull, ep);
	za_set(push, ZMQ_LINGER, -1);
	za_connect(push, ep);
	for (i = 0; i < 100; i++)
		za_put(push, "x", 0);
	za_close(push);
	za_want(pull, "x", 0);
	zt_nap(zt_scaled(100));
	for (i = 1; i < 100; i++)
		za_want(pull, "x", 0);
	za_quiet(pull, 20);
	za_close(pull);
	za_term(ctx);
}

static const int type_push = ZMQ_PUSH, type_pair = ZMQ_PAIR;

static const struct zt_case cases[] = {
	{ "hwm_exact_push", hwm_exact, &type_push },
	{ "hwm_exact_pair", hwm_exact, &type_pair },
	{ "hwm_zero_is_unlimited", hwm_zero },
	{ "hwm_live_change", hwm_live },
	{ "back_pressure", back_pressure },
	{ "push_rotates_over_5", push_rotates },
	{ "req_rotates_over_5", req_rotates },
	{ "pull_is_fair_to_5", pull_fair },
	{ "immediate_off", immediate_off },
	{ "immediate_on", immediate_on },
	{ "reader_keeps_messages", reader_keeps },
};

int main(int argc, char **argv)
{
	zt_netns();
	zt_lib_check(zt_lib_here());
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
