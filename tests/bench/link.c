// SPDX-License-Identifier: GPL-2.0-only
/* The ends of a measurement: how they find each other, and how they end. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "link.h"

#define ENDPOINT_MAX	256

/* Keys of the page zmq_curve(7). */
#define SERVER_PUBLIC	"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define SERVER_SECRET	"JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"
#define CLIENT_PUBLIC	"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define CLIENT_SECRET	"D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"

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

static void set_key(const struct link *l, int option, const char *key)
{
	link_check(!zmq_setsockopt(l->sock, option, key, strlen(key)), "a key");
}

static void be_curve_server(const struct link *l)
{
	int yes = 1;

	link_check(!zmq_setsockopt(l->sock, ZMQ_CURVE_SERVER, &yes, sizeof(yes)), "CURVE_SERVER");
	set_key(l, ZMQ_CURVE_SECRETKEY, SERVER_SECRET);
}

static void be_curve_client(const struct link *l)
{
	set_key(l, ZMQ_CURVE_SERVERKEY, SERVER_PUBLIC);
	set_key(l, ZMQ_CURVE_PUBLICKEY, CLIENT_PUBLIC);
	set_key(l, ZMQ_CURVE_SECRETKEY, CLIENT_SECRET);
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
	if (b->curve)
		be_curve_server(l);
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

	if (b->curve)
		be_curve_client(l);
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
