// SPDX-License-Identifier: GPL-2.0-only
/*
 * zmq_proxy() and zmq_device(): what they carry, what they leave, what ends them. What
 * a control socket does is in steer.c.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "diff.h"

/* A proxy in a thread of its own, which says what it ends with. */
struct proxy {
	void *frontend, *backend, *capture;
	pthread_t thread;
};

static void *run(void *arg)
{
	struct proxy *p = arg;

	say_rc("proxy", zmq_proxy(p->frontend, p->backend, p->capture));
	return NULL;
}

static void start(struct proxy *p)
{
	zt_check(!pthread_create(&p->thread, NULL, run, p));
}

static struct proxy *begin(int front, int back)
{
	struct proxy *p = calloc(1, sizeof(*p));

	zt_check(p);
	p->frontend = zd_socket(front);
	p->backend = zd_socket(back);
	return p;
}

static void errors(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);

	say_rc("frontend", zmq_proxy(NULL, push, NULL));
	say_rc("backend", zmq_proxy(pull, NULL, NULL));
	say_rc("both", zmq_proxy(NULL, NULL, push));
	say_rc("steerable", zmq_proxy_steerable(NULL, push, NULL, pull));
}

/* libzmq's polls descriptor 0, or takes what it finds for a socket. */
static void nonsense(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH), *gone = zd_socket(ZMQ_PUSH);

	if (zt_lib_here() == ZT_STOCK)
		return;
	za_close(gone);
	say_rc("device", zmq_device(ZMQ_QUEUE, NULL, push));
	say_rc("device", zmq_device(ZMQ_QUEUE, pull, NULL));
	say_rc("backend", zmq_proxy(pull, gone, NULL));
	say_rc("capture", zmq_proxy(pull, push, gone));
	say_rc("control", zmq_proxy_steerable(pull, push, NULL, gone));
}

/* --- what is carried -------------------------------------------------------------------- */

/* ROUTER and DEALER: parts stay parts, the reply finds its way. */
static void queue(void)
{
	struct proxy *p = begin(ZMQ_ROUTER, ZMQ_DEALER);
	void *req[2], *rep;
	int i;

	rep = zd_connect(ZMQ_REP, zd_bind(p->backend));
	for (i = 0; i < 2; i++)
		req[i] = zd_connect(ZMQ_REQ, i ? "inproc://queue" : zd_bind(p->frontend));
	za_bind(p->frontend, "inproc://queue");
	start(p);
	for (i = 0; i < 4; i++) {
		zd_put(req[i % 2], i < 2 ? "one" : "two", "", "three", NULL);
		say_recv(rep);
		zd_put(rep, "reply", i % 2 ? "odd" : "even", NULL);
		say_recv(req[i % 2]);
	}
}

/* A PUSH, a proxy or device of PULL and PUSH, a PULL. */
struct stream {
	struct proxy *proxy;
	void *in, *out;
	int type;
};

static void *run_device(void *arg)
{
	struct stream *s = arg;

	zmq_device(s->type, s->proxy->frontend, s->proxy->backend);
	return NULL;
}

static struct stream stream(void *(*run)(void *arg))
{
	struct stream *s = calloc(1, sizeof(*s));
	pthread_t thread;

	zt_check(s);
	s->proxy = begin(ZMQ_PULL, ZMQ_PUSH);
	s->in = zd_connect(ZMQ_PUSH, zd_bind(s->proxy->frontend));
	s->out = zd_connect(ZMQ_PULL, zd_bind(s->proxy->backend));
	s->type = 77;
	if (run)
		zt_check(!pthread_create(&thread, NULL, run, s));
	else
		start(s->proxy);
	return *s;
}

/* The type of a device says nothing. */
static void device(void)
{
	struct stream s = stream(run_device);

	zd_put(s.in, "one", NULL);
	zd_put(s.in, "two", "parts", "", NULL);
	say_recv_many(s.out, 2);
}

/* More than a proxy moves at a time, all of them in order. */
static void thousands(void)
{
	struct stream s = stream(NULL);
	int i, number, sent = 0;

	for (i = 0; i < 5000; i++) {
		while (sent < 5000 && sent < i + 900) {
			zt_eq(zmq_send(s.in, &sent, sizeof(sent), 0), sizeof(sent));
			sent++;
		}
		zt_eq(zmq_recv(s.out, &number, sizeof(number), 0), sizeof(number));
		zt_eq(number, i);
	}
	say("all");
}

/* Frames of all sizes, one after the other through the same buffer. */
static void sizes(void)
{
	static const size_t size[] = {
		0, 1, 33, 34, 4096, 65535, 65536, 65537, 300000, 3000000, 5, 0, 1000000, 1048577,
	};
	struct stream s = stream(NULL);
	int round, last = ZT_ARRAY(size) - 1;
	size_t i;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < ZT_ARRAY(size); i++)
			za_put_big(s.in, size[i], i, round && (int)i < last ? ZMQ_SNDMORE : 0);
		for (i = 0; i < ZT_ARRAY(size); i++)
			za_want_big(s.out, size[i], i, round && (int)i < last);
	}
	say("all");
}

static void many_parts(void)
{
	struct stream s = stream(NULL);
	int i;

	for (i = 0; i < 1000; i++)
		za_put(s.in, i % 2 ? "odd" : "even", i < 999 ? ZMQ_SNDMORE : 0);
	for (i = 0; i < 1000; i++)
		za_want(s.out, i % 2 ? "odd" : "even", i < 999);
	say("all");
}

/* Subscriptions pass backwards, messages forwards. */
static void forwarder(void)
{
	struct proxy *p = begin(ZMQ_XSUB, ZMQ_XPUB);
	void *pub = zd_socket(ZMQ_PUB), *sub = zd_socket(ZMQ_SUB);

	zd_link(p->frontend, pub);
	zd_link(p->backend, sub);
	zd_set_text(sub, ZMQ_SUBSCRIBE, "a");
	start(p);
	zd_subscribed(pub, sub, "a");
	zd_put(pub, "b", "no", NULL);
	zd_put(pub, "abc", "yes", NULL);
	say_recv(sub);
}

/* A copy of what passes in either direction, parts and all. */
static void capture(void)
{
	struct proxy *p = begin(ZMQ_ROUTER, ZMQ_DEALER);
	void *dealer = zd_named("dealer"), *rep = zd_socket(ZMQ_REP), *pull = zd_socket(ZMQ_PULL);

	p->capture = zd_socket(ZMQ_PUSH);
	zd_link(p->frontend, dealer);
	zd_link(p->backend, rep);
	zd_link(p->capture, pull);
	start(p);
	zd_put(dealer, "", "ask", "more", NULL);
	say_recv(rep);
	say_recv(pull);
	zd_put(rep, "answer", NULL);
	say_recv(dealer);
	say_recv(pull);
}

/* A PUB without subscribers takes all. */
static void capture_nobody(void)
{
	struct proxy *p = begin(ZMQ_PULL, ZMQ_PUSH);
	void *push, *pull;

	p->capture = zd_socket(ZMQ_PUB);
	push = zd_connect(ZMQ_PUSH, zd_bind(p->frontend));
	pull = zd_connect(ZMQ_PULL, zd_bind(p->backend));
	start(p);
	zd_put(push, "one", NULL);
	zd_put(push, "two", NULL);
	say_recv_many(pull, 2);
}

/* As an echo. */
static void single_socket(void)
{
	struct proxy p = { .frontend = zd_socket(ZMQ_REP) };
	void *req = zd_connect(ZMQ_REQ, zd_bind(p.frontend));

	p.backend = p.frontend;
	start(&p);
	zd_put(req, "msg1", NULL);
	say_recv(req);
	zd_put(req, "msg22", NULL);
	say_recv(req);
}

/* libzmq sends the first part before it has read the last, which a REP can't. */
static void single_socket_parts(void)
{
	struct proxy p = { .frontend = zd_socket(ZMQ_REP) };
	void *req = zd_connect(ZMQ_REQ, zd_bind(p.frontend));

	p.backend = p.frontend;
	start(&p);
	zd_put(req, "a", "b", "c", NULL);
	if (zt_lib_here() == ZT_STOCK)
		pthread_join(p.thread, NULL);
	else
		say_recv(req);
}

/* --- what is left ------------------------------------------------------------------------- */

static double cpu_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * 1e3 + ts.tv_nsec / 1e6;
}

/*
 * What the process needs of a CPU in a while: a spinning proxy needs all, in every
 * while; another one has to connect first.
 */
static void say_idle(void)
{
	bool idle = false;
	double cpu;
	int i;

	for (i = 0; i < 20 && !idle; i++) {
		cpu = cpu_ms();
		zt_nap(200);
		idle = cpu_ms() - cpu < 100;
	}
	say("%s", idle ? "idle" : "spins");
}

/* Without somebody to send to a message stays with the frontend, or its peer. */
static void no_backend(void)
{
	struct proxy *p = begin(ZMQ_PULL, ZMQ_PUSH);
	void *push = zd_connect(ZMQ_PUSH, zd_bind(p->frontend));
	/* Now: the sockets are the proxy's from start() on. */
	const char *ep = zd_bind(p->backend);

	za_set(p->frontend, ZMQ_RCVHWM, 1);
	start(p);
	zd_put(push, "one", NULL);
	zd_put(push, "two", NULL);
	/* Of libzmq it can't be said: it depends on when which message came. */
	if (zt_lib_here() == ZT_SHIM)
		say_idle();
	say_recv_many(zd_connect(ZMQ_PULL, ep), 2);
}

static void no_message(void)
{
	struct stream s = stream(NULL);

	zd_put(s.in, "through", NULL);
	say_recv(s.out);
	say_idle();
}

/* It waits for the capture socket as for the other. */
static void no_capture(void)
{
	struct proxy *p = begin(ZMQ_PULL, ZMQ_PUSH);
	void *push = zd_connect(ZMQ_PUSH, zd_bind(p->frontend)), *pull, *copies;
	const char *ep;

	p->capture = zd_socket(ZMQ_PUSH);
	pull = zd_connect(ZMQ_PULL, zd_bind(p->backend));
	/* The socket is the proxy's from start() on. */
	ep = zd_bind(p->capture);
	start(p);
	zd_put(push, "one", NULL);
	say_idle();
	say_none(pull);
	copies = zd_connect(ZMQ_PULL, ep);
	say_recv(copies);
	say_recv(pull);
}

/*
 * A chain of 10 messages at each place, an XPUB that waits for its subscribers at both
 * ends: nothing is dropped, and a proxy holds one message at the most.
 */
static void high_water(void)
{
	struct proxy *p = begin(ZMQ_XSUB, ZMQ_XPUB);
	void *pub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB), *all[4];
	static char body[50000];
	int sent = 0, got = 0;
	size_t i;

	all[0] = pub;
	all[1] = p->frontend;
	all[2] = p->backend;
	all[3] = sub;
	for (i = 0; i < 4; i++) {
		za_set(all[i], ZMQ_SNDHWM, 10);
		za_set(all[i], ZMQ_RCVHWM, 10);
	}
	za_set(pub, ZMQ_XPUB_NODROP, 1);
	za_set(p->backend, ZMQ_XPUB_NODROP, 1);
	za_bind(pub, "inproc://in");
	za_connect(p->frontend, "inproc://in");
	za_bind(p->backend, "inproc://out");
	zd_set_text(sub, ZMQ_SUBSCRIBE, "");
	za_connect(sub, "inproc://out");
	start(p);
	say_recv(pub);
	/* Until nothing moves any more. */
	do {
		zt_nap(50);
		i = sent;
		while (zmq_send(pub, body, sizeof(body), ZMQ_DONTWAIT) > 0)
			sent++;
	} while (sent != (int)i);
	say("%s", sent < 20 ? "few" : sent > 41 ? "many" : "right");
	say_idle();
	za_set(sub, ZMQ_RCVTIMEO, zt_scaled(500));
	while (zmq_recv(sub, body, sizeof(body), 0) > 0)
		got++;
	say("%s", got == sent ? "all" : "lost");
	zt_eq(zmq_send(pub, "next", 4, ZMQ_DONTWAIT), 4);
	say_recv(sub);
}

/* --- the end -------------------------------------------------------------------------------- */

struct ending {
	struct proxy proxy;
	void *ctx, *push;
};

static void *close_then(void *arg)
{
	struct ending *e = arg;

	run(&e->proxy);
	za_close(e->proxy.frontend);
	za_close(e->proxy.backend);
	return NULL;
}

static void ending(struct ending *e, bool backend)
{
	char ep[256];

	e->ctx = za_ctx();
	e->proxy.frontend = za_socket(e->ctx, ZMQ_PULL);
	e->proxy.backend = za_socket(e->ctx, ZMQ_PUSH);
	e->push = za_socket(e->ctx, ZMQ_PUSH);
	za_bind_any(e->proxy.frontend, ep);
	za_connect(e->push, ep);
	if (backend)
		za_connect(e->proxy.backend, "tcp://127.0.0.1:1");
	za_put(e->push, "x", 0);
	za_ready(e->proxy.frontend, ZMQ_POLLIN);
	zt_check(!pthread_create(&e->proxy.thread, NULL, close_then, e));
	/* It should sleep by then, but what it says is the same before. */
	zt_nap(100);
}

/* With a message that can't go anywhere. */
static void ends_with_context(void)
{
	struct ending e;

	ending(&e, false);
	za_close(e.push);
	za_term(e.ctx);
	pthread_join(e.proxy.thread, NULL);
}

static void ends_with_shutdown(void)
{
	struct ending e;

	ending(&e, true);
	zt_ok(zmq_ctx_shutdown(e.ctx));
	pthread_join(e.proxy.thread, NULL);
	za_close(e.push);
	za_term(e.ctx);
}

static void ends_before(void)
{
	void *ctx = za_ctx(), *pull = za_socket(ctx, ZMQ_PULL), *push = za_socket(ctx, ZMQ_PUSH);

	zt_ok(zmq_ctx_shutdown(ctx));
	say_rc("proxy", zmq_proxy(pull, push, NULL));
}

static void interrupted(void)
{
	struct proxy *p = begin(ZMQ_ROUTER, ZMQ_DEALER);

	zd_interrupt();
	run(p);
}

/* Nobody has that id any more, and the ROUTER is to say so. */
static void socket_error(void)
{
	struct proxy *p = begin(ZMQ_ROUTER, ZMQ_DEALER);
	void *dealer = zd_connect(ZMQ_DEALER, zd_bind(p->backend));

	za_set(p->frontend, ZMQ_ROUTER_MANDATORY, 1);
	zd_connect(ZMQ_DEALER, zd_bind(p->frontend));
	zd_put(dealer, "nobody", "x", NULL);
	run(p);
}

static const struct zd_behaviour behaviours[] = {
	{ "errors", "API 6.2", errors,
	  "frontend=EFAULT backend=EFAULT both=EFAULT steerable=EFAULT",
	},
	{ "nonsense", "API 6.2", nonsense,
	  "",
	  "device=EFAULT device=EFAULT backend=ENOTSOCK capture=ENOTSOCK control=ENOTSOCK",
	  .why = "zmq_device() and zmq_proxy() refuse what is no open socket",
	},
	{ "queue", "API 9.1 test_proxy", queue,
	  "[one][][three] [reply][even] [one][][three] [reply][odd] [two][][three] [reply][even] [two][][three] [reply][odd]",
	},
	{ "device", "API 6.2", device,
	  "[one] [two][parts][]",
	},
	{ "thousands", "API 6.2", thousands,
	  "all",
	},
	{ "sizes", "API 6.2", sizes,
	  "all",
	  .limit = 40,
	},
	{ "many_parts", "API 6.2", many_parts,
	  "all",
	},
	{ "forwarder", "API 1.11", forwarder,
	  "[abc][yes]",
	},
	{ "capture", "API 6.2", capture,
	  "[ask][more] [dealer][][ask][more] [][answer] [dealer][][answer]",
	},
	{ "capture_nobody", "API 6.2", capture_nobody,
	  "[one] [two]",
	},
	{ "single_socket", "API 9.1 test_proxy_single_socket", single_socket,
	  "[msg1] [msg22]",
	},
	{ "single_socket_parts", "API 6.2", single_socket_parts,
	  "proxy=EFSM",
	  "[a][b][c]",
	  .why = "A proxy from a socket to itself carries messages of several parts",
	},
	{ "no_backend", "API 9.1 test_proxy_terminate", no_backend,
	  "[one] [two]",
	  "idle [one] [two]",
	  .why = "A proxy sleeps while its backend has no peer",
	},
	{ "no_message", "API 6.2", no_message,
	  "[through] idle",
	},
	{ "no_capture", "API 6.2", no_capture,
	  "idle none [one] [one]",
	},
	{ "high_water", "API 9.1 test_proxy_hwm", high_water,
	  "[\\x01] right idle all [next]",
	},
	{ "ends_with_context", "API 9.1 test_proxy_terminate", ends_with_context,
	  "proxy=ETERM",
	},
	{ "ends_with_shutdown", "API 3, 6.2", ends_with_shutdown,
	  "proxy=ETERM",
	},
	{ "ends_before", "API 3", ends_before,
	  "proxy=ETERM",
	},
	{ "interrupted", "API 6.2", interrupted,
	  "proxy=EINTR",
	},
	{ "socket_error", "API 6.2", socket_error,
	  "proxy=EHOSTUNREACH",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
