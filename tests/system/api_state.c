// SPDX-License-Identifier: GPL-2.0-only
/*
 * State machines and their errors, seen through libzmq's API. Runs on stock
 * libzmq and on the shim; both must agree.
 */
#include <dirent.h>

#include "zapi.h"

struct lonely {
	int type;
	int send;	/* expected errno, 0: accepted */
	int recv;
	int events;
};

/* A socket that never had a peer. */
static const struct lonely lonely[] = {
	{ ZMQ_PAIR, EAGAIN, EAGAIN, 0 },
	{ ZMQ_PUSH, EAGAIN, ENOTSUP, 0 },
	{ ZMQ_PULL, ENOTSUP, EAGAIN, 0 },
	{ ZMQ_REQ, EAGAIN, EFSM, 0 },
	{ ZMQ_REP, EFSM, EAGAIN, 0 },
};

static void lonely_check(void *s, const struct lonely *want)
{
	char c;

	zt_eq(za_get(s, ZMQ_EVENTS), want->events);
	zt_err(zmq_send(s, "x", 1, ZMQ_DONTWAIT), want->send);
	zt_err(zmq_send(s, "x", 1, ZMQ_DONTWAIT | ZMQ_SNDMORE), want->send);
	zt_err(zmq_send(s, NULL, 0, ZMQ_DONTWAIT), want->send);
	zt_err(zmq_recv(s, &c, 1, ZMQ_DONTWAIT), want->recv);
	zt_eq(za_get(s, ZMQ_EVENTS), want->events);
}

static void no_peer(const void *arg)
{
	const struct lonely *want = arg;
	void *ctx = za_ctx();
	void *s = za_socket(ctx, want->type);
	char ep[256];

	zt_eq(za_get(s, ZMQ_TYPE), want->type);
	lonely_check(s, want);
	/* A listener nobody has connected to changes nothing. */
	za_bind_any(s, ep);
	lonely_check(s, want);
	za_close(s);
	za_term(ctx);
}

/* Blocking calls end with EAGAIN when their time is over, not before. */
static void timeouts(const void *arg)
{
	void *ctx = za_ctx();
	void *push = za_socket(ctx, ZMQ_PUSH), *pull = za_socket(ctx, ZMQ_PULL);
	int64_t start;
	char c;

	(void)arg;
	za_set(push, ZMQ_SNDTIMEO, 250);
	za_set(pull, ZMQ_RCVTIMEO, 250);
	zt_eq(za_get(push, ZMQ_SNDTIMEO), 250);
	zt_eq(za_get(pull, ZMQ_RCVTIMEO), 250);
	start = zt_now();
	zt_err(zmq_send(push, "x", 1, 0), EAGAIN);
	zt_check(zt_now() - start >= 240 && zt_now() - start < zt_scaled(5000));
	start = zt_now();
	zt_err(zmq_recv(pull, &c, 1, 0), EAGAIN);
	zt_check(zt_now() - start >= 240 && zt_now() - start < zt_scaled(5000));
	za_set(push, ZMQ_SNDTIMEO, 0);
	za_set(pull, ZMQ_RCVTIMEO, 0);
	start = zt_now();
	zt_err(zmq_send(push, "x", 1, 0), EAGAIN);
	zt_err(zmq_recv(pull, &c, 1, 0), EAGAIN);
	zt_check(zt_now() - start < zt_scaled(5000));
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

struct couple {
	void *ctx;
	void *req;
	void *rep;
	char ep[256];
};

static void couple_make(struct couple *c)
{
	c->ctx = za_ctx();
	c->rep = za_socket(c->ctx, ZMQ_REP);
	c->req = za_socket(c->ctx, ZMQ_REQ);
	za_bind_any(c->rep, c->ep);
	za_connect(c->req, c->ep);
}

static void couple_end(struct couple *c)
{
	za_close(c->req);
	za_close(c->rep);
	za_term(c->ctx);
}

/* Every call that is out of turn gives EFSM and changes nothing. */
static void req_rep_turns(const void *arg)
{
	struct couple c;
	char buf[8];
	int round;

	(void)arg;
	couple_make(&c);
	for (round = 0; round < 3; round++) {
		zt_err(zmq_recv(c.req, buf, 8, 0), EFSM);
		zt_err(zmq_send(c.rep, "x", 1, 0), EFSM);
		za_put(c.req, "one", ZMQ_SNDMORE);
		zt_err(zmq_recv(c.req, buf, 8, 0), EFSM);
		za_put(c.req, "two", 0);
		zt_err(zmq_send(c.req, "x", 1, 0), EFSM);
		zt_err(zmq_recv(c.req, buf, 8, ZMQ_DONTWAIT), EAGAIN);
		za_want(c.rep, "one", 1);
		zt_err(zmq_send(c.rep, "x", 1, 0), EFSM);
		za_want(c.rep, "two", 0);
		zt_err(zmq_recv(c.rep, buf, 8, 0), EFSM);
		za_put(c.rep, "three", ZMQ_SNDMORE);
		zt_err(zmq_recv(c.rep, buf, 8, 0), EFSM);
		zt_err(zmq_recv(c.req, buf, 8, ZMQ_DONTWAIT), EAGAIN);
		za_put(c.rep, "four", 0);
		zt_err(zmq_send(c.rep, "x", 1, 0), EFSM);
		za_want(c.req, "three", 1);
		zt_err(zmq_send(c.req, "x", 1, 0), EFSM);
		za_want(c.req, "four", 0);
	}
	couple_end(&c);
}

/* EVENTS follow the turns. */
static void req_rep_events(const void *arg)
{
	struct couple c;

	(void)arg;
	couple_make(&c);
	za_ready(c.req, ZMQ_POLLOUT);
	zt_eq(za_get(c.req, ZMQ_EVENTS), ZMQ_POLLOUT);
	zt_eq(za_get(c.rep, ZMQ_EVENTS), 0);
	za_put(c.req, "question", 0);
	zt_eq(za_get(c.req, ZMQ_EVENTS), 0);
	za_ready(c.rep, ZMQ_POLLIN);
	zt_eq(za_get(c.rep, ZMQ_EVENTS), ZMQ_POLLIN);
	za_want(c.rep, "question", 0);
	zt_eq(za_get(c.rep, ZMQ_EVENTS), ZMQ_POLLOUT);
	za_put(c.rep, "answer", 0);
	zt_eq(za_get(c.rep, ZMQ_EVENTS), 0);
	za_ready(c.req, ZMQ_POLLIN);
	zt_eq(za_get(c.req, ZMQ_EVENTS), ZMQ_POLLIN);
	za_want(c.req, "answer", 0);
	zt_eq(za_get(c.req, ZMQ_EVENTS), ZMQ_POLLOUT);
	couple_end(&c);
}

/* A request whose server has gone for good: stuck, as libzmq's strict mode is. */
static void req_stuck(const void *arg)
{
	struct couple c;
	char buf[8];

	(void)arg;
	couple_make(&c);
	za_put(c.req, "question", 0);
	za_want(c.rep, "question", 0);
	za_close(c.rep);
	za_set(c.req, ZMQ_RCVTIMEO, 300);
	zt_err(zmq_recv(c.req, buf, 8, 0), EAGAIN);
	zt_err(zmq_send(c.req, "again", 5, ZMQ_DONTWAIT), EFSM);
	za_close(c.req);
	za_term(c.ctx);
}

/* The answer goes to the one who asked, and only there. */
static void rep_answers_asker(const void *arg)
{
	void *ctx = za_ctx();
	void *rep = za_socket(ctx, ZMQ_REP), *req[3];
	char ep[256], text[16];
	int i, len, round;

	(void)arg;
	za_bind_any(rep, ep);
	for (i = 0; i < 3; i++) {
		req[i] = za_socket(ctx, ZMQ_REQ);
		za_connect(req[i], ep);
	}
	for (round = 0; round < 10; round++) {
		for (i = 0; i < 3; i++) {
			snprintf(text, sizeof(text), "%d.%d", round, i);
			za_put(req[i], text, 0);
		}
		for (i = 0; i < 3; i++) {
			len = zmq_recv(rep, text, sizeof(text), 0);
			zt_check(len > 0);
			zt_eq(zmq_send(rep, text, len, 0), len);
		}
		for (i = 2; i >= 0; i--) {
			snprintf(text, sizeof(text), "%d.%d", round, i);
			za_want(req[i], text, 0);
		}
	}
	for (i = 0; i < 3; i++)
		za_close(req[i]);
	za_close(rep);
	za_term(ctx);
}

/* A second peer of a PAIR is accepted and never served. */
static void pair_second_peer(const void *arg)
{
	void *ctx = za_ctx();
	void *s = za_socket(ctx, ZMQ_PAIR), *first = za_socket(ctx, ZMQ_PAIR);
	void *second = za_socket(ctx, ZMQ_PAIR);
	char ep[256];

	(void)arg;
	za_bind_any(s, ep);
	za_connect(first, ep);
	za_put(first, "first", 0);
	za_want(s, "first", 0);
	za_connect(second, ep);
	za_put(second, "second", 0);
	za_put(s, "answer", 0);
	za_want(first, "answer", 0);
	za_quiet(second, zt_scaled(100));
	za_quiet(s, zt_scaled(100));
	za_close(first);
	za_close(second);
	za_close(s);
	za_term(ctx);
}

/* A receive buffer that is too small: cut, and the whole length is told. */
static void recv_truncates(const void *arg)
{
	void *ctx = za_ctx();
	void *push = za_socket(ctx, ZMQ_PUSH), *pull = za_socket(ctx, ZMQ_PULL);
	char ep[256], buf[4] = "????";

	(void)arg;
	za_bind_any(pull, ep);
	za_connect(push, ep);
	za_put(push, "abcdefgh", ZMQ_SNDMORE);
	za_put(push, "next", 0);
	zt_eq(zmq_recv(pull, buf, 3, 0), 8);
	zt_check(!memcmp(buf, "abc?", 4));
	za_want(pull, "next", 0);
	za_put(push, "abcdefgh", 0);
	zt_eq(zmq_recv(pull, NULL, 0, 0), 8);
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

/* Arguments that name no socket. */
static void null_arguments(const void *arg)
{
	void *ctx = za_ctx();
	int value = 0;
	size_t size = sizeof(value);

	(void)arg;
	zt_check(!zmq_socket(NULL, ZMQ_PAIR) && errno == EFAULT);
	zt_check(!zmq_socket(ctx, 77) && errno == EINVAL);
	zt_check(!zmq_socket(ctx, -1) && errno == EINVAL);
	zt_err(zmq_close(NULL), ENOTSOCK);
	zt_err(zmq_bind(NULL, "tcp://127.0.0.1:*"), ENOTSOCK);
	zt_err(zmq_connect(NULL, "tcp://127.0.0.1:1"), ENOTSOCK);
	zt_err(zmq_unbind(NULL, "tcp://127.0.0.1:1"), ENOTSOCK);
	zt_err(zmq_disconnect(NULL, "tcp://127.0.0.1:1"), ENOTSOCK);
	zt_err(zmq_setsockopt(NULL, ZMQ_LINGER, &value, size), ENOTSOCK);
	zt_err(zmq_getsockopt(NULL, ZMQ_LINGER, &value, &size), ENOTSOCK);
	zt_err(zmq_send(NULL, "", 0, 0), ENOTSOCK);
	zt_err(zmq_recv(NULL, NULL, 0, 0), ENOTSOCK);
	zt_err(zmq_ctx_term(NULL), EFAULT);
	za_term(ctx);
}

static int entries(const char *path)
{
	DIR *dir = opendir(path);
	int count = 0;

	zt_check(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* On the shim a socket is a descriptor, and nothing else: no thread, nothing of a context. */
static void descriptors(const void *arg)
{
	int before = entries("/proc/self/fd"), threads = entries("/proc/self/task"), i;
	bool shim = zt_lib_here() == ZT_SHIM;
	void *ctx, *pull, *push;
	static const char *const names[] = { NULL, "inproc://one" };
	char ep[256];

	(void)arg;
	for (i = 0; i < (int)ZT_ARRAY(names); i++) {
		ctx = za_ctx();
		pull = za_socket(ctx, ZMQ_PULL);
		push = za_socket(ctx, ZMQ_PUSH);
		if (names[i])
			za_bind(pull, strcpy(ep, names[i]));
		else
			za_bind_any(pull, ep);
		za_connect(push, ep);
		za_put(push, "x", 0);
		za_want(pull, "x", 0);
		if (shim)
			zt_eq(entries("/proc/self/fd"), before + 2);
		else
			zt_check(entries("/proc/self/fd") > before + 2);
		zt_eq(entries("/proc/self/task") > threads, !shim);
		za_close(pull);
		za_close(push);
		/* What lingers has its descriptor until then. */
		za_term(ctx);
		zt_until(entries("/proc/self/fd") == before, ZA_TIMEO);
	}
}

static const struct zt_case cases[] = {
	{ "no_peer_pair", no_peer, &lonely[0] },
	{ "no_peer_push", no_peer, &lonely[1] },
	{ "no_peer_pull", no_peer, &lonely[2] },
	{ "no_peer_req", no_peer, &lonely[3] },
	{ "no_peer_rep", no_peer, &lonely[4] },
	{ "timeouts", timeouts },
	{ "req_rep_turns", req_rep_turns },
	{ "req_rep_events", req_rep_events },
	{ "req_stuck_without_server", req_stuck },
	{ "rep_answers_the_asker", rep_answers_asker },
	{ "pair_second_peer_mute", pair_second_peer },
	{ "recv_truncates", recv_truncates },
	{ "null_arguments", null_arguments },
	{ "descriptors", descriptors },
};

int main(int argc, char **argv)
{
	zt_netns();
	zt_lib_check(zt_lib_here());
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
