// SPDX-License-Identifier: GPL-2.0-only
/* The ends of a measurement: how they find each other, and how they end. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "link.h"

#define ENDPOINT_MAX	256

/**
 * link_check() - end this process if a call has failed
 * @ok: it has not
 * @what: name of the call
 */
void link_check(int ok, const char *what)
{
	if (!ok)
		bench_fail("%s: %s", what, zmq_strerror(zmq_errno()));
}

static void *shared_ctx;

static void make_shared_ctx(void)
{
	shared_ctx = zmq_ctx_new();
}

/**
 * link_open() - a socket of this end
 * @b: the measurement
 * @type: the socket's
 *
 * Return: the end, neither bound nor connected.
 */
struct link link_open(const struct bench *b, int type)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct link l = { .shared = !strcmp(b->transport, "inproc") };

	if (l.shared)
		pthread_once(&once, make_shared_ctx);
	l.ctx = l.shared ? shared_ctx : zmq_ctx_new();
	link_check(!!l.ctx, "zmq_ctx_new");
	l.sock = zmq_socket(l.ctx, type);
	link_check(!!l.sock, "zmq_socket");
	return l;
}

/**
 * link_bind() - wait for the other end, and tell it where
 * @l: this end
 * @b: the measurement
 */
void link_bind(const struct link *l, const struct bench *b)
{
	char endpoint[ENDPOINT_MAX] = "tcp://127.0.0.1:*";
	size_t size = sizeof(endpoint);

	if (strcmp(b->transport, "tcp"))
		snprintf(endpoint, sizeof(endpoint), "%s://@bench-%d", b->transport, getpid());
	link_check(!zmq_bind(l->sock, endpoint), "zmq_bind");
	link_check(!zmq_getsockopt(l->sock, ZMQ_LAST_ENDPOINT, endpoint, &size),
		   "ZMQ_LAST_ENDPOINT");
	bench_tell(b, endpoint);
}

/**
 * link_connect() - connect to where the other end is bound
 * @l: this end
 * @b: the measurement
 */
void link_connect(const struct link *l, const struct bench *b)
{
	char endpoint[ENDPOINT_MAX];

	bench_ask(b, endpoint, sizeof(endpoint));
	link_check(!zmq_connect(l->sock, endpoint), "zmq_connect");
}

/**
 * link_close() - the end of an end
 * @l: the end
 *
 * LINGER stays at its default: what was sent leaves before this returns. A
 * shared context lives until the process ends.
 */
void link_close(struct link *l)
{
	link_check(!zmq_close(l->sock), "zmq_close");
	if (!l->shared)
		link_check(!zmq_ctx_term(l->ctx), "zmq_ctx_term");
}
