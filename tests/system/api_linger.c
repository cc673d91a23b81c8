// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of unsent messages under each LINGER, and what zmq_ctx_term()
 * and zmq_ctx_shutdown() wait for. Runs on stock libzmq and on the shim.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <pthread.h>

#include "zapi.h"

#define UNSENT 20

/* Sockets that wait for a peer: more than the shim looks at in one call. */
#define STUCK 150
/* Sockets closed after them whose peer is there. */
#define BEHIND 30

/* Upper bound (ms, scaled) of what does not wait: the machine may have other work. */
#define AT_ONCE 5000

/* A context whose PUSH was closed with messages for a peer that is not there. */
static void *left_behind(int linger, char *ep)
{
	void *ctx = za_ctx();
	void *push = za_socket(ctx, ZMQ_PUSH);
	int i;

	sprintf(ep, "tcp://127.0.0.1:%d", zt_port());
	za_set(push, ZMQ_LINGER, linger);
	zt_eq(za_get(push, ZMQ_LINGER), linger);
	za_connect(push, ep);
	for (i = 0; i < UNSENT; i++)
		za_put(push, "x", 0);
	za_close(push);
	return ctx;
}

static void *receiver(void *ctx, const char *ep)
{
	void *pull = za_socket(ctx, ZMQ_PULL);

	za_bind(pull, ep);
	return pull;
}

static void linger_zero(const void *arg)
{
	void *ctx2 = za_ctx(), *pull, *ctx;
	int64_t start = zt_now();
	char ep[256];

	(void)arg;
	ctx = left_behind(0, ep);
	za_term(ctx);
	zt_check(zt_now() - start < zt_scaled(AT_ONCE));
	pull = receiver(ctx2, ep);
	za_quiet(pull, zt_scaled(300));
	za_close(pull);
	za_term(ctx2);
}

static void linger_expires(const void *arg)
{
	void *ctx2 = za_ctx(), *pull, *ctx;
	int64_t start = zt_now();
	char ep[256];

	(void)arg;
	/* ZMQ_LINGER begins with the zmq_close() in here. */
	ctx = left_behind(300, ep);
	za_term(ctx);
	zt_check(zt_now() - start >= 250 && zt_now() - start < zt_scaled(AT_ONCE));
	pull = receiver(ctx2, ep);
	za_quiet(pull, zt_scaled(300));
	za_close(pull);
	za_term(ctx2);
}

static void *terminate(void *ctx)
{
	za_term(ctx);
	return NULL;
}

/* zmq_ctx_term() waits until the late peer has everything. */
static void linger_delivers(const void *arg)
{
	int linger = *(const int *)arg;
	void *ctx2 = za_ctx(), *pull, *ctx;
	pthread_t thread;
	char ep[256];
	int i;

	ctx = left_behind(linger < 0 ? linger : (int)zt_scaled(linger), ep);
	zt_eq(pthread_create(&thread, NULL, terminate, ctx), 0);
	zt_nap(200);
	zt_eq(pthread_tryjoin_np(thread, NULL), EBUSY);
	pull = receiver(ctx2, ep);
	for (i = 0; i < UNSENT; i++)
		za_want(pull, "x", 0);
	zt_until(!pthread_tryjoin_np(thread, NULL), ZA_TIMEO);
	za_quiet(pull, 20);
	za_close(pull);
	za_term(ctx2);
}

/* LINGER is live: what counts is its value at close. */
static void linger_live(const void *arg)
{
	void *ctx = za_ctx();
	void *push = za_socket(ctx, ZMQ_PUSH);
	char ep[256];
	int64_t start;

	(void)arg;
	sprintf(ep, "tcp://127.0.0.1:%d", zt_port());
	za_set(push, ZMQ_LINGER, -1);
	za_connect(push, ep);
	za_put(push, "x", 0);
	za_set(push, ZMQ_LINGER, 0);
	start = zt_now();
	za_close(push);
	za_term(ctx);
	zt_check(zt_now() - start < zt_scaled(AT_ONCE));
}

/* Nothing unsent: no LINGER makes anybody wait. */
static void linger_nothing_unsent(const void *arg)
{
	void *ctx = za_ctx();
	void *push = za_socket(ctx, ZMQ_PUSH);
	char ep[256];
	int64_t start;

	(void)arg;
	sprintf(ep, "tcp://127.0.0.1:%d", zt_port());
	za_set(push, ZMQ_LINGER, -1);
	za_connect(push, ep);
	start = zt_now();
	za_close(push);
	za_term(ctx);
	zt_check(zt_now() - start < zt_scaled(AT_ONCE));
}

/*
 * What was sent while there was a peer went to it: nobody waits for another one.
 * (libzmq's I/O thread has written it before it hears of the peer's zmq_close().)
 */
static void linger_peer_gone(const void *arg)
{
	int i, j;

	(void)arg;
	for (i = 0; i < 50; i++) {
		void *ctx = za_ctx(), *pull = za_socket(ctx, ZMQ_PULL);
		void *push = za_socket(ctx, ZMQ_PUSH);
		char ep[256];

		za_bind_any(pull, ep);
		za_set(push, ZMQ_LINGER, -1);
		za_connect(push, ep);
		za_put(push, "first", 0);
		za_want(pull, "first", 0);
		for (j = 0; j < 5; j++)
			za_put(push, "x", 0);
		za_close(pull);
		/* It may hear of that now, or later. */
		if (i % 2)
			zt_nap(5);
		za_close(push);
		za_term(ctx);
	}
}

/* disconnect() lingers as well: what was queued still goes out. */
static void linger_disconnect(const void *arg)
{
	void *ctx = za_ctx();
	void *push = za_socket(ctx, ZMQ_PUSH), *pull = za_socket(ctx, ZMQ_PULL);
	char ep[256];
	int i;

	(void)arg;
	za_set(push, ZMQ_LINGER, -1);
	za_bind_any(pull, ep);
	za_connect(push, ep);
	for (i = 0; i < UNSENT; i++)
		za_put(push, "x", 0);
	zt_ok(zmq_disconnect(push, ep));
	zt_err(zmq_send(push, "y", 1, ZMQ_DONTWAIT), EAGAIN);
	for (i = 0; i < UNSENT; i++)
		za_want(pull, "x", 0);
	za_quiet(pull, 20);
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

/* A PUSH that is closed with one message to be sent, however long that takes. */
static void leave(void *ctx, const char *ep)
{
	void *push = za_socket(ctx, ZMQ_PUSH);

	za_set(push, ZMQ_LINGER, -1);
	za_connect(push, ep);
	za_put(push, "x", 0);
	za_close(push);
}

static int descriptors(void)
{
	DIR *all = opendir("/proc/self/fd");
	int n = 0;

	zt_check(all);
	while (readdir(all))
		n++;
	closedir(all);
	return n;
}

/* Who has sent everything costs nothing, also behind many who wait for a peer. */
static void linger_behind_others(const void *arg)
{
	void *ctx = za_ctx(), *ctx2 = za_ctx(), *pull = za_socket(ctx2, ZMQ_PULL), *late;
	char ep[256], nobody[256];
	int i, before;

	(void)arg;
	za_bind_any(pull, ep);
	sprintf(nobody, "tcp://127.0.0.1:%d", zt_port());
	for (i = 0; i < STUCK; i++)
		leave(ctx, nobody);
	before = descriptors();
	for (i = 0; i < BEHIND; i++)
		leave(ctx, ep);
	for (i = 0; i < BEHIND; i++)
		za_want(pull, "x", 0);
	/* The shim looks after them when sockets are made and closed. */
	zt_until((za_close(za_socket(ctx, ZMQ_PULL)), descriptors() <= before), ZA_TIMEO);
	late = receiver(ctx2, nobody);
	for (i = 0; i < STUCK; i++)
		za_want(late, "x", 0);
	za_term(ctx);
	za_close(late);
	za_close(pull);
	za_term(ctx2);
}

static void *blocked_recv(void *s)
{
	char c;

	zt_err(zmq_recv(s, &c, 1, 0), ETERM);
	za_close(s);
	return NULL;
}

static void *blocked_send(void *s)
{
	zt_err(zmq_send(s, "x", 1, 0), ETERM);
	za_close(s);
	return NULL;
}

static void *blocked_poll(void *s)
{
	zmq_pollitem_t item = { .socket = s, .events = ZMQ_POLLIN };

	zt_err(zmq_poll(&item, 1, -1), ETERM);
	za_close(s);
	return NULL;
}

/* zmq_ctx_term() wakes every blocked call with ETERM and waits for the closes. */
static void term_wakes(const void *arg)
{
	void *ctx = za_ctx();
	void *pull = za_socket(ctx, ZMQ_PULL), *push = za_socket(ctx, ZMQ_PUSH);
	void *polled = za_socket(ctx, ZMQ_PULL), *idle = za_socket(ctx, ZMQ_PAIR);
	pthread_t threads[4];
	int value = 0;
	char c;

	(void)arg;
	za_set(pull, ZMQ_RCVTIMEO, -1);
	za_set(push, ZMQ_SNDTIMEO, -1);
	zt_eq(pthread_create(&threads[0], NULL, blocked_recv, pull), 0);
	zt_eq(pthread_create(&threads[1], NULL, blocked_send, push), 0);
	zt_eq(pthread_create(&threads[2], NULL, blocked_poll, polled), 0);
	zt_until(zt_others_asleep(), ZA_TIMEO);
	zt_eq(pthread_create(&threads[3], NULL, terminate, ctx), 0);
	zt_until(!pthread_tryjoin_np(threads[0], NULL), ZA_TIMEO);
	zt_until(!pthread_tryjoin_np(threads[1], NULL), ZA_TIMEO);
	zt_until(!pthread_tryjoin_np(threads[2], NULL), ZA_TIMEO);
	/* One socket is still open: the context has to wait for it. */
	zt_nap(50);
	zt_eq(pthread_tryjoin_np(threads[3], NULL), EBUSY);
	zt_err(zmq_recv(idle, &c, 1, 0), ETERM);
	zt_err(zmq_send(idle, "x", 1, 0), ETERM);
	zt_err(zmq_bind(idle, "tcp://127.0.0.1:*"), ETERM);
	zt_err(zmq_connect(idle, "tcp://127.0.0.1:1"), ETERM);
	zt_err(zmq_setsockopt(idle, ZMQ_LINGER, &value, sizeof(value)), ETERM);
	za_close(idle);
	zt_until(!pthread_tryjoin_np(threads[3], NULL), ZA_TIMEO);
}

/* zmq_ctx_shutdown() does the same without waiting, any number of times. */
static void shutdown_context(const void *arg)
{
	void *ctx = za_ctx();
	void *pull = za_socket(ctx, ZMQ_PULL);
	pthread_t thread;

	(void)arg;
	za_set(pull, ZMQ_RCVTIMEO, -1);
	zt_eq(pthread_create(&thread, NULL, blocked_recv, pull), 0);
	zt_until(zt_others_asleep(), ZA_TIMEO);
	zt_ok(zmq_ctx_shutdown(ctx));
	zt_ok(zmq_ctx_shutdown(ctx));
	zt_until(!pthread_tryjoin_np(thread, NULL), ZA_TIMEO);
	zt_check(!zmq_socket(ctx, ZMQ_PAIR) && errno == ETERM);
	za_term(ctx);
}

static const int forever = -1, enough = 10000;

static const struct zt_case cases[] = {
	{ "linger_zero_drops", linger_zero },
	{ "linger_300_expires", linger_expires },
	{ "linger_forever_delivers", linger_delivers, &forever },
	{ "linger_enough_delivers", linger_delivers, &enough },
	{ "linger_is_live", linger_live },
	{ "linger_nothing_unsent", linger_nothing_unsent },
	{ "linger_peer_gone", linger_peer_gone },
	{ "linger_behind_others", linger_behind_others },
	{ "disconnect_lingers", linger_disconnect },
	{ "term_wakes_and_waits", term_wakes },
	{ "shutdown_wakes", shutdown_context },
};

int main(int argc, char **argv)
{
	zt_netns();
	zt_lib_check(zt_lib_here());
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
