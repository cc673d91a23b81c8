// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event loops on ZMQ_FD, bare: epoll on the descriptors, nothing is done but when one
 * rises. Many messages each way, none lost, no stall, no turn too many. The wake-ups
 * are counted.
 */
#include <sys/epoll.h>
#include <unistd.h>

#include "zapi.h"

#define MESSAGES 10000
#define SIZE 64
#define QUIET_MS 200

/**
 * struct kind - a pair of peers and how they talk
 * @types: of the sockets of both sides, for sending and for receiving; one for both
 *	if they are the same
 * @ahead: messages that a side may have sent more than received
 * @count: messages each way, if not MESSAGES
 * @hwm: ZMQ_SNDHWM and ZMQ_RCVHWM, 0 for libzmq's default
 * @edge: EPOLLET
 */
struct kind {
	int types[2][2];
	int ahead[2];
	unsigned int count;
	int hwm;
	bool edge;
};

/**
 * struct side - one of the two peers
 * @out: socket that sends
 * @in: socket that receives, may be the same
 * @type: of @out
 * @count: messages to be sent, and to be received
 * @ahead: as in the kind
 * @sent: how many
 * @got: how many
 * @id: for a ROUTER: whom to answer
 * @id_size: its length, 0 if unknown
 */
struct side {
	void *out;
	void *in;
	int type;
	unsigned int count;
	int ahead;
	int sent;
	int got;
	char id[16];
	int id_size;
};

/* An XPUB hears of its subscriber first. */
static bool may_send(const struct side *s)
{
	if (s->sent == (int)s->count || s->sent - s->got >= s->ahead)
		return false;
	return s->id_size || (s->type != ZMQ_ROUTER && s->type != ZMQ_XPUB);
}

static void send_one(struct side *s)
{
	char body[SIZE];

	if (s->type == ZMQ_ROUTER)
		zt_eq(zmq_send(s->out, s->id, s->id_size, ZMQ_DONTWAIT | ZMQ_SNDMORE), s->id_size);
	zt_fill(body, SIZE, s->sent++);
	zt_eq(zmq_send(s->out, body, SIZE, ZMQ_DONTWAIT), SIZE);
}

static void receive_one(struct side *s)
{
	char body[SIZE];

	if (s->type == ZMQ_ROUTER) {
		s->id_size = zmq_recv(s->in, s->id, sizeof(s->id), ZMQ_DONTWAIT);
		zt_check(s->id_size > 0);
	}
	zt_eq(zmq_recv(s->in, body, SIZE, ZMQ_DONTWAIT), SIZE);
	zt_check(zt_same(body, SIZE, s->got++));
}

/*
 * What libzmq asks of a loop: after each call see what is possible now. One look at a
 * socket, and all that it said: the next one would quiet what came in between.
 */
static void serve(struct side *s)
{
	int in, out;
	bool busy;

	do {
		busy = false;
		in = za_get(s->in, ZMQ_EVENTS);
		out = s->out == s->in ? in : za_get(s->out, ZMQ_EVENTS);
		if (s->type == ZMQ_XPUB && (out & ZMQ_POLLIN)) {
			s->id_size = zmq_recv(s->out, s->id, sizeof(s->id), ZMQ_DONTWAIT);
			zt_eq(s->id_size, 1);
			busy = true;
		}
		if (in & ZMQ_POLLIN) {
			receive_one(s);
			busy = true;
		}
		/* A reply is possible after the look only. */
		if (s->out == s->in && busy)
			continue;
		if ((out & ZMQ_POLLOUT) && may_send(s)) {
			send_one(s);
			busy = true;
		}
	} while (busy);
}

static void *make(void *ctx, int type, const struct kind *kind)
{
	void *s = za_socket(ctx, type);

	if (kind->hwm) {
		za_set(s, ZMQ_SNDHWM, kind->hwm);
		za_set(s, ZMQ_RCVHWM, kind->hwm);
	}
	if (type == ZMQ_SUB)
		zt_ok(zmq_setsockopt(s, ZMQ_SUBSCRIBE, "", 0));
	return s;
}

static void join(void *binder, void *connector)
{
	char ep[256];

	za_bind_any(binder, ep);
	za_connect(connector, ep);
}

/* Before the sockets are connected, as programs do. */
static void watch(int ep, struct side *s, const struct kind *kind)
{
	struct epoll_event ev = {
		.events = kind->edge ? EPOLLIN | EPOLLET : EPOLLIN,
		.data.ptr = s,
	};

	zt_ok(epoll_ctl(ep, EPOLL_CTL_ADD, za_get(s->in, ZMQ_FD), &ev));
	if (s->out != s->in)
		zt_ok(epoll_ctl(ep, EPOLL_CTL_ADD, za_get(s->out, ZMQ_FD), &ev));
}

static bool finished(const struct side sides[2], unsigned int count)
{
	return sides[0].got == (int)count && sides[1].got == (int)count;
}

/* Turns that were needed; a side is served only when a descriptor of its own rises. */
static unsigned int run(int ep, struct side sides[2], unsigned int count)
{
	struct epoll_event ev;
	unsigned int turns = 0;

	while (!finished(sides, count)) {
		if (epoll_wait(ep, &ev, 1, zt_scaled(ZA_TIMEO)) != 1)
			zt_fail("stall: %d and %d sent, %d and %d received", sides[0].sent,
				sides[1].sent, sides[0].got, sides[1].got);
		serve(ev.data.ptr);
		turns++;
	}
	return turns;
}

/* What is left to be told may come after the last message, but then there is silence. */
static void want_silence(int ep, struct side sides[2])
{
	int64_t end = zt_now() + zt_scaled(ZA_TIMEO);
	struct epoll_event ev;

	do {
		zt_check(zt_now() < end);
		serve(&sides[0]);
		serve(&sides[1]);
	} while (epoll_wait(ep, &ev, 1, zt_scaled(QUIET_MS)));
}

static void loop(const void *arg)
{
	const struct kind *kind = arg;
	unsigned int count = zt_count(kind->count ? kind->count : MESSAGES), turns;
	int ep = epoll_create1(EPOLL_CLOEXEC), i;
	struct side sides[2] = { 0 };
	void *ctx = za_ctx();

	zt_ok(ep);
	for (i = 0; i < 2; i++) {
		struct side *s = &sides[i];

		s->count = count;
		s->ahead = kind->ahead[i];
		s->type = kind->types[i][0];
		s->out = make(ctx, kind->types[i][0], kind);
		s->in = kind->types[i][0] == kind->types[i][1] ? s->out :
			make(ctx, kind->types[i][1], kind);
		watch(ep, s, kind);
	}
	join(sides[0].out, sides[1].in);
	if (sides[0].in != sides[0].out)
		join(sides[1].out, sides[0].in);
	turns = run(ep, sides, count);
	/* Each message may be something new to both, and a little more. */
	if (turns > 4 * count + 100)
		zt_fail("%u turns for %u messages each way", turns, count);
	want_silence(ep, sides);
	close(ep);
	for (i = 0; i < 2; i++) {
		za_close(sides[i].out);
		if (sides[i].in != sides[i].out)
			za_close(sides[i].in);
	}
	za_term(ctx);
}

#define BOTH(type) { type, type }

static const struct kind req_rep = {
	.types = { BOTH(ZMQ_REP), BOTH(ZMQ_REQ) },
	.ahead = { 0, 1 },
	/* Threads that wake each other, on two emulated processors: slow. */
	.count = 2000,
}, dealer_router = {
	.types = { BOTH(ZMQ_ROUTER), BOTH(ZMQ_DEALER) },
	.ahead = { 100, 100 },
}, dealer_edges = {
	.types = { BOTH(ZMQ_DEALER), BOTH(ZMQ_DEALER) },
	.ahead = { 100, 100 },
	.edge = true,
}, push_pull = {
	.types = { { ZMQ_PUSH, ZMQ_PULL }, { ZMQ_PUSH, ZMQ_PULL } },
	.ahead = { 400, 400 },
	.hwm = 10,
}, push_pull_edges = {
	.types = { { ZMQ_PUSH, ZMQ_PULL }, { ZMQ_PUSH, ZMQ_PULL } },
	.ahead = { 400, 400 },
	.hwm = 10,
	.edge = true,
}, pub_sub = {
	.types = { { ZMQ_XPUB, ZMQ_SUB }, { ZMQ_XPUB, ZMQ_SUB } },
	.ahead = { 100, 100 },
};

static const struct zt_case cases[] = {
	{ "req_rep", loop, &req_rep, 60 },
	{ "dealer_router", loop, &dealer_router, 60 },
	{ "dealer_edges", loop, &dealer_edges, 60 },
	{ "push_pull", loop, &push_pull, 60 },
	{ "push_pull_edges", loop, &push_pull_edges, 60 },
	{ "pub_sub", loop, &pub_sub, 60 },
};

int main(int argc, char **argv)
{
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
