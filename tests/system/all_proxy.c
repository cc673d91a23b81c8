// SPDX-License-Identifier: GPL-2.0-only
/* api_all: proxies, each in a thread that ends when it does, and the monitor. */
#include "all.h"

/**
 * struct hub - a proxy and its thread
 * @run: the call that does not return as long as it forwards
 * @front: its frontend
 * @back: its backend
 * @capture: gets copies, or NULL
 * @control: commands come from here, or NULL
 * @thread: runs @run
 * @rc: what it returned
 * @err: its errno then
 */
struct hub {
	int (*run)(struct hub *hub);
	void *front;
	void *back;
	void *capture;
	void *control;
	void *thread;
	int rc;
	int err;
};

static void hub_thread(void *arg)
{
	struct hub *hub = arg;

	hub->rc = hub->run(hub);
	hub->err = zmq_errno();
}

static void hub_start(struct hub *hub, int (*run)(struct hub *hub))
{
	hub->run = run;
	hub->thread = zmq_threadstart(hub_thread, hub);
	zt_check(hub->thread);
}

/* From a PUSH by way of the hub to a PULL. */
static void hub_streams(struct hub *hub, void *ctx, void **push, void **pull)
{
	char ep[256];

	hub->front = za_socket(ctx, ZMQ_PULL);
	hub->back = za_socket(ctx, ZMQ_PUSH);
	*push = za_socket(ctx, ZMQ_PUSH);
	za_bind_any(hub->front, ep);
	za_connect(*push, ep);
	*pull = za_socket(ctx, ZMQ_PULL);
	za_bind_any(hub->back, ep);
	za_connect(*pull, ep);
}

/* What can still be received has been: the rest ends with the context. */
static void hub_end(struct hub *hub, void *ctx)
{
	zt_ok(zmq_ctx_shutdown(ctx));
	zmq_threadclose(hub->thread);
	zt_eq(hub->rc, -1);
	zt_eq(hub->err, ETERM);
	za_close(hub->front);
	za_close(hub->back);
}

static int run_proxy(struct hub *hub)
{
	return zmq_proxy(hub->front, hub->back, hub->capture);
}

static int run_steerable(struct hub *hub)
{
	return zmq_proxy_steerable(hub->front, hub->back, hub->capture, hub->control);
}

static int run_device(struct hub *hub)
{
	return zmq_device(ZMQ_STREAMER, hub->front, hub->back);
}

/* A PAIR bound to an inproc name, and the one connected to it. */
static void pair(void *ctx, const char *ep, void **near, void **far)
{
	*near = za_socket(ctx, ZMQ_PAIR);
	*far = za_socket(ctx, ZMQ_PAIR);
	za_bind(*near, ep);
	za_connect(*far, ep);
}

/* Requests and replies go through, and copies of both to the capture socket. */
void all_proxy(const void *arg)
{
	void *ctx = za_ctx(), *req, *rep, *copies;
	struct hub hub = { 0 };
	char ep[256];

	(void)arg;
	hub.front = za_socket(ctx, ZMQ_ROUTER);
	hub.back = za_socket(ctx, ZMQ_DEALER);
	pair(ctx, "inproc://capture", &hub.capture, &copies);
	req = za_socket(ctx, ZMQ_REQ);
	zt_ok(zmq_setsockopt(req, ZMQ_ROUTING_ID, "client", 6));
	za_bind_any(hub.front, ep);
	za_connect(req, ep);
	rep = za_socket(ctx, ZMQ_REP);
	za_bind_any(hub.back, ep);
	za_connect(rep, ep);
	hub_start(&hub, run_proxy);

	za_put(req, "question", 0);
	za_want(rep, "question", 0);
	za_put(rep, "answer", 0);
	za_want(req, "answer", 0);
	za_want(copies, "client", 1);
	za_want(copies, "", 1);
	za_want(copies, "question", 0);
	za_want(copies, "client", 1);
	za_want(copies, "", 1);
	za_want(copies, "answer", 0);

	hub_end(&hub, ctx);
	za_close(hub.capture);
	za_close(copies);
	za_close(req);
	za_close(rep);
	za_term(ctx);
}

/* Messages in, bytes in, messages out, bytes out: of the frontend, of the backend. */
static void want_statistics(void *control, const uint64_t want[8])
{
	uint64_t got;
	int i;

	za_put(control, "STATISTICS", 0);
	for (i = 0; i < 8; i++) {
		zt_eq(zmq_recv(control, &got, sizeof(got), 0), sizeof(got));
		zt_eq(za_get(control, ZMQ_RCVMORE), i < 7);
		zt_eq(got, want[i]);
	}
}

void all_proxy_steerable(const void *arg)
{
	static const uint64_t none[8], two[8] = { 2, 6, 0, 0, 0, 0, 2, 6 };
	void *ctx = za_ctx(), *control, *push, *pull;
	struct hub hub = { 0 };

	(void)arg;
	hub_streams(&hub, ctx, &push, &pull);
	pair(ctx, "inproc://control", &hub.control, &control);
	hub_start(&hub, run_steerable);

	/* Commands are obeyed in turn: what answers has been told to pause. */
	za_put(control, "PAUSE", 0);
	want_statistics(control, none);
	za_put(push, "one", 0);
	za_put(push, "two", 0);
	za_quiet(pull, 100);
	za_put(control, "RESUME", 0);
	za_want(pull, "one", 0);
	za_want(pull, "two", 0);
	want_statistics(control, two);
	za_put(control, "TERMINATE", 0);
	zmq_threadclose(hub.thread);
	zt_eq(hub.rc, 0);

	za_close(hub.front);
	za_close(hub.back);
	za_close(hub.control);
	za_close(control);
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

void all_device(const void *arg)
{
	void *ctx = za_ctx(), *push, *pull;
	struct hub hub = { 0 };

	(void)arg;
	hub_streams(&hub, ctx, &push, &pull);
	hub_start(&hub, run_device);
	za_put(push, "two", ZMQ_SNDMORE);
	za_put(push, "parts", 0);
	za_want(pull, "two", 1);
	za_want(pull, "parts", 0);
	hub_end(&hub, ctx);
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

/* The next event must be this one, with this address. */
static void want_event(void *events, int event, const char *ep)
{
	unsigned char frame[16];
	uint16_t got;

	zt_eq(zmq_recv(events, frame, sizeof(frame), 0), 6);
	zt_eq(za_get(events, ZMQ_RCVMORE), 1);
	memcpy(&got, frame, sizeof(got));
	zt_eq(got, event);
	za_want(events, ep, 0);
}

void all_monitor(const void *arg)
{
	void *ctx = za_ctx(), *events = za_socket(ctx, ZMQ_PAIR);
	void *pull = za_socket(ctx, ZMQ_PULL), *push = za_socket(ctx, ZMQ_PUSH);
	char ep[256];

	(void)arg;
	zt_err(zmq_socket_monitor(pull, "tcp://127.0.0.1:1", ZMQ_EVENT_ALL),
	       EPROTONOSUPPORT);
	zt_ok(zmq_socket_monitor(pull, "inproc://events", ZMQ_EVENT_ALL));
	za_connect(events, "inproc://events");
	za_bind_any(pull, ep);
	want_event(events, ZMQ_EVENT_LISTENING, ep);
	za_connect(push, ep);
	want_event(events, ZMQ_EVENT_ACCEPTED, ep);
	want_event(events, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, ep);
	za_close(push);
	want_event(events, ZMQ_EVENT_DISCONNECTED, ep);
	zt_ok(zmq_socket_monitor(pull, NULL, 0));
	want_event(events, ZMQ_EVENT_MONITOR_STOPPED, "");
	za_quiet(events, 50);
	za_close(events);
	za_close(pull);
	za_term(ctx);
}
