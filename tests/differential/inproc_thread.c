// SPDX-License-Identifier: GPL-2.0-only
/* inproc between threads: who waits is woken, and nothing is lost when all happens at once. */
#define _GNU_SOURCE
#include <pthread.h>

#include "diff.h"

#define NAME "inproc://name"
#define THREADS 30
#define RACES 50

struct sleeper {
	void *socket;
	int rc;
	int error;
};

static void *sleep_in_send(void *arg)
{
	struct sleeper *s = arg;

	s->rc = zmq_send(s->socket, "late", 4, 0);
	s->error = errno;
	return NULL;
}

static void *sleep_in_recv(void *arg)
{
	struct sleeper *s = arg;
	char text[16];

	s->rc = zmq_recv(s->socket, text, sizeof(text), 0);
	s->error = errno;
	return NULL;
}

static void start(pthread_t *thread, struct sleeper *s, void *(*run)(void *arg), void *socket)
{
	*s = (struct sleeper){ .socket = socket };
	za_set(socket, ZMQ_SNDTIMEO, -1);
	za_set(socket, ZMQ_RCVTIMEO, -1);
	zt_check(!pthread_create(thread, NULL, run, s));
	/* Nothing shows that it sleeps; awake it would do the same. */
	zd_settle();
}

static void say_woken(pthread_t thread, const struct sleeper *s)
{
	zt_check(!pthread_join(thread, NULL));
	errno = s->error;
	say_rc("woken", s->rc);
}

static void bind_wakes_send(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);
	struct sleeper s;
	pthread_t thread;

	za_set(pull, ZMQ_RCVHWM, 1);
	za_set(push, ZMQ_SNDHWM, 1);
	za_connect(push, NAME);
	say("fit=%d", zd_fill(push, 100));
	start(&thread, &s, sleep_in_send, push);
	za_bind(pull, NAME);
	/* libzmq's sender wakes for what is read only. */
	say_recv(pull);
	say_woken(thread, &s);
	say_recv(pull);
}

static void connect_wakes_send(void)
{
	void *push = zd_bound(ZMQ_PUSH, NAME), *pull;
	struct sleeper s;
	pthread_t thread;

	start(&thread, &s, sleep_in_send, push);
	pull = zd_connect(ZMQ_PULL, NAME);
	say_woken(thread, &s);
	say_recv(pull);
}

static void recv_wakes_send(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);
	struct sleeper s;
	pthread_t thread;

	za_set(pull, ZMQ_RCVHWM, 1);
	za_set(push, ZMQ_SNDHWM, 1);
	za_bind(pull, NAME);
	za_connect(push, NAME);
	say("fit=%d", zd_fill(push, 100));
	start(&thread, &s, sleep_in_send, push);
	say_recv_many(pull, 2);
	say_woken(thread, &s);
	say_recv(pull);
}

static void send_wakes_recv(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *push = zd_connect(ZMQ_PUSH, NAME);
	struct sleeper s;
	pthread_t thread;

	start(&thread, &s, sleep_in_recv, pull);
	za_put(push, "hello", 0);
	say_woken(thread, &s);
}

/* A message that waited with its sender wakes a reader that waits without a peer. */
static void connect_wakes_recv(void)
{
	void *push = zd_bound(ZMQ_PUSH, NAME), *pull = zd_socket(ZMQ_PULL);
	struct sleeper s;
	pthread_t thread;

	za_connect(pull, NAME);
	start(&thread, &s, sleep_in_recv, pull);
	za_put(push, "hello", 0);
	say_woken(thread, &s);
}

static void *shut_down(void *ctx)
{
	zt_ok(zmq_ctx_shutdown(ctx));
	return NULL;
}

static void shutdown_wakes(void *(*run)(void *arg), void *socket)
{
	struct sleeper s;
	pthread_t thread;

	start(&thread, &s, run, socket);
	shut_down(zd_ctx());
	say_woken(thread, &s);
}

static void shutdown_wakes_recv(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME);

	zd_connect(ZMQ_PUSH, NAME);
	shutdown_wakes(sleep_in_recv, pull);
}

static void shutdown_wakes_waiting_send(void)
{
	void *push = zd_socket(ZMQ_PUSH);

	za_set(push, ZMQ_SNDHWM, 1);
	za_connect(push, NAME);
	zd_fill(push, 100);
	shutdown_wakes(sleep_in_send, push);
}

static void *say_one(void *arg)
{
	void *push = zd_connect(ZMQ_PUSH, NAME);

	(void)arg;
	za_put(push, "x", 0);
	za_close(push);
	return NULL;
}

/* Threads that connect, send and close while the name is being bound. */
static void bind_among_connects(void)
{
	void *pull = zd_socket(ZMQ_PULL);
	pthread_t thread[THREADS];
	int i;

	for (i = 0; i < THREADS; i++) {
		zt_check(!pthread_create(&thread[i], NULL, say_one, NULL));
		if (i == THREADS / 2)
			za_bind(pull, NAME);
	}
	for (i = 0; i < THREADS; i++)
		za_want(pull, "x", 0);
	for (i = 0; i < THREADS; i++)
		zt_check(!pthread_join(thread[i], NULL));
	say("all");
	say_none(pull);
}

static void *bind_and_take(void *arg)
{
	void *pull = zd_bound(ZMQ_PULL, arg);

	za_want(pull, "x", 0);
	za_close(pull);
	return NULL;
}

static void *connect_and_give(void *arg)
{
	void *push = zd_connect(ZMQ_PUSH, arg);

	za_put(push, "x", 0);
	za_close(push);
	return NULL;
}

/* Both ends of many names at the same time. */
static void bind_races_connect(void)
{
	static char name[RACES][24];
	pthread_t thread[RACES][2];
	int i;

	zd_ctx();
	for (i = 0; i < RACES; i++) {
		sprintf(name[i], "inproc://race%d", i);
		zt_check(!pthread_create(&thread[i][i % 2], NULL, bind_and_take, name[i]));
		zt_check(!pthread_create(&thread[i][!(i % 2)], NULL, connect_and_give, name[i]));
	}
	for (i = 0; i < RACES; i++) {
		zt_check(!pthread_join(thread[i][0], NULL));
		zt_check(!pthread_join(thread[i][1], NULL));
	}
	say("all");
}

static void *echo(void *arg)
{
	void *rep = zd_bound(ZMQ_REP, arg);
	char text[16];
	int i, n;

	for (i = 0; i < 200; i++) {
		n = zmq_recv(rep, text, sizeof(text), 0);
		zt_check(n > 0);
		zt_eq(zmq_send(rep, text, n, 0), n);
	}
	za_close(rep);
	return NULL;
}

static void threads_talk(void)
{
	void *req = zd_connect(ZMQ_REQ, NAME);
	pthread_t thread;
	char text[16];
	int i;

	zt_check(!pthread_create(&thread, NULL, echo, NAME));
	for (i = 0; i < 200; i++) {
		sprintf(text, "%d", i);
		za_put(req, text, 0);
		za_want(req, text, 0);
	}
	zt_check(!pthread_join(thread, NULL));
	say("all");
}

static const struct zd_behaviour behaviours[] = {
	{ "bind_wakes_send", "API 2.3", bind_wakes_send,
	  "fit=1 [x] woken=4 [late]",
	},
	{ "connect_wakes_send", "API 1.1", connect_wakes_send,
	  "woken=4 [late]",
	},
	{ "recv_wakes_send", "API 2.3", recv_wakes_send,
	  "fit=2 [x] [x] woken=4 [late]",
	},
	{ "send_wakes_recv", "API 6.2", send_wakes_recv,
	  "woken=5",
	},
	{ "connect_wakes_recv", "API 6.2", connect_wakes_recv,
	  "woken=5",
	},
	{ "shutdown_wakes_recv", "API 3, test_ctx_destroy", shutdown_wakes_recv,
	  "woken=ETERM",
	},
	{ "shutdown_wakes_waiting_send", "API 3", shutdown_wakes_waiting_send,
	  "woken=ETERM",
	},
	{ "bind_among_connects", "API 9.1 test_inproc_connect", bind_among_connects,
	  "all none",
	},
	{ "bind_races_connect", "API 9.1 test_inproc_connect", bind_races_connect,
	  "all",
	},
	{ "threads_talk", "API 9.2 test_reqrep_inproc", threads_talk,
	  "all",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
