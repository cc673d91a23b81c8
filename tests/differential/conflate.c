// SPDX-License-Identifier: GPL-2.0-only
/* CONFLATE and IMMEDIATE: API 2.3. */
#include "../system/wire.h"
#include "diff.h"
#include "watch.h"

/*
 * Says the last of @count messages, that fewer have come, and that none follows. Most
 * of the time it is the only one, but those before it may be read when they are late.
 */
static void say_last(void *socket, const char *last, int count)
{
	char text[8];
	int n = 0, len;

	zd_settle();
	do {
		len = zmq_recv(socket, text, sizeof(text) - 1, 0);
		zt_check(len >= 0);
		text[len] = 0;
		n++;
	} while (strcmp(text, last));
	say("[%s] %s", text, n < count ? "fewer" : "all");
	say_none(socket);
}

/* One slot, the last one wins: also when the sender knows nothing of it. */
static void conflate_receiver(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);
	char text[] = "00";
	int i;

	say_set(pull, "set", ZMQ_CONFLATE, 1);
	zd_link(pull, push);
	for (i = 0; i < 20; i++) {
		text[0] = '0' + i / 10;
		text[1] = '0' + i % 10;
		zd_put(push, text, NULL);
	}
	say_last(pull, "19", 20);
	zd_put(push, "x", NULL);
	say_recv(pull);
}

/* For a peer that is not there yet; no high-water mark. */
static void conflate_sender(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);
	const char *ep = zd_free_endpoint();
	char text[] = "0";

	za_set(push, ZMQ_CONFLATE, 1);
	za_set(push, ZMQ_SNDHWM, 2);
	za_connect(push, ep);
	for (; text[0] <= '9'; text[0]++)
		say_send(push, text, text, ZMQ_DONTWAIT);
	say_events(push);
	za_bind(pull, ep);
	say_recv(pull);
	say_none(pull);
}

/* DEALER, both ways. */
static void conflate_dealer(void)
{
	void *a = zd_socket(ZMQ_DEALER), *b = zd_socket(ZMQ_DEALER);
	int i;

	za_set(a, ZMQ_CONFLATE, 1);
	zd_link(a, b);
	for (i = 0; i < 20; i++)
		zd_put(b, i < 19 ? "old" : "new", NULL);
	say_last(a, "new", 20);
	zd_put(a, "reply", NULL);
	say_recv(b);
}

static void conflate_sub(void)
{
	void *xpub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);
	int i;

	za_set(sub, ZMQ_CONFLATE, 1);
	zd_set_text(sub, ZMQ_SUBSCRIBE, "");
	zd_link(xpub, sub);
	say_recv(xpub);
	for (i = 0; i < 20; i++)
		zd_put(xpub, i < 19 ? "old" : "new", NULL);
	say_last(sub, "new", 20);
}

/* Where it does not apply it is taken and changes nothing. */
static void conflate_elsewhere(void)
{
	static const int types[] = { ZMQ_PAIR, ZMQ_ROUTER, ZMQ_REQ, ZMQ_REP, ZMQ_STREAM, ZMQ_XPUB };
	void *a = zd_socket(ZMQ_PAIR), *b = zd_socket(ZMQ_PAIR);
	size_t i;

	for (i = 0; i < ZT_ARRAY(types); i++)
		say_set(zd_socket(types[i]), "set", ZMQ_CONFLATE, 1);
	za_set(a, ZMQ_CONFLATE, 1);
	zd_link(a, b);
	zd_put(b, "1", NULL);
	zd_put(b, "2", "3", NULL);
	zd_settle();
	say_recv_many(a, 2);
}

/* Set after connect() it is for later connections. */
static void conflate_late(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);

	zd_link(pull, push);
	say_set(pull, "set", ZMQ_CONFLATE, 1);
	say_get(pull, "get", ZMQ_CONFLATE);
	say_set(pull, "2", ZMQ_CONFLATE, 2);
	say_set(pull, "-1", ZMQ_CONFLATE, -1);
	zd_put(push, "1", NULL);
	zd_put(push, "2", NULL);
	zd_settle();
	say_recv_many(pull, 2);
}

/* Half of what is sent waits for one that never comes. */
static void not_immediate(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);
	int i;

	say_get(push, "default", ZMQ_IMMEDIATE);
	za_connect(push, zd_free_endpoint());
	zd_link(pull, push);
	for (i = 0; i < 10; i++)
		zd_put(push, "x", NULL);
	say_recv_many(pull, 5);
	say_none(pull);
}

/* Only peers that are there get something; the first send waits for one. */
static void immediate(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);
	int i;

	say_set(push, "set", ZMQ_IMMEDIATE, 1);
	za_connect(push, zd_free_endpoint());
	zd_link(pull, push);
	for (i = 0; i < 10; i++)
		zd_put(push, "x", NULL);
	say_recv_many(pull, 10);
	say_none(pull);
}

static void immediate_nobody(void)
{
	void *push = zd_socket(ZMQ_PUSH);

	za_set(push, ZMQ_IMMEDIATE, 1);
	za_connect(push, zd_free_endpoint());
	say_events(push);
	say_send(push, "send", "x", ZMQ_DONTWAIT);
	za_set(push, ZMQ_SNDTIMEO, 100);
	say_send(push, "send", "x", 0);
}

/* A connection is one after the handshake, not before. */
static void immediate_handshake(void)
{
	const char *ep = zd_free_endpoint();
	int listener = wire_listen(zd_port(ep)), fd, flags;
	void *push = zd_socket(ZMQ_PUSH);
	uint8_t body[64];

	za_set(push, ZMQ_IMMEDIATE, 1);
	za_connect(push, ep);
	fd = wire_accept(listener);
	wire_greet(fd);
	zd_settle();
	say_events(push);
	say_send(push, "send", "x", ZMQ_DONTWAIT);
	wire_frame(fd, WIRE_COMMAND, body, wire_ready(body, "PULL"));
	wire_want_ready(fd);
	za_ready(push, ZMQ_POLLOUT);
	say_send(push, "send", "x", ZMQ_DONTWAIT);
	zt_eq(wire_read_frame(fd, &flags, body, sizeof(body)), 1);
	say("%s", zd_frame(body, 1));
}

/* The peer goes: nobody is there. It comes back: both ways again. */
static void immediate_reconnect(void)
{
	void *a = zd_socket(ZMQ_DEALER), *b = zd_socket(ZMQ_DEALER);
	const char *ep = zd_bind(a);

	za_set(b, ZMQ_IMMEDIATE, 1);
	za_set(b, ZMQ_RECONNECT_IVL, 20);
	za_connect(b, ep);
	zd_put(b, "1", NULL);
	say_recv(a);
	zd_put(a, "2", NULL);
	say_recv(b);
	za_close(a);
	zt_until(zmq_send(b, "lost", 4, ZMQ_DONTWAIT) < 0, ZA_TIMEO);
	say("%s", zd_errno(errno));
	say_events(b);
	a = zd_socket(ZMQ_DEALER);
	zd_bind_again(a, ep);
	zd_put(b, "3", NULL);
	say_recv(a);
	zd_put(a, "4", NULL);
	say_recv(b);
}

/* Without IMMEDIATE the queue stays through a reconnection. */
static void queue_stays(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL), *watched = watch(push);
	const char *ep = zd_bind(pull);

	za_set(push, ZMQ_RECONNECT_IVL, 20);
	za_connect(push, ep);
	zd_put(push, "1", NULL);
	say_recv(pull);
	za_close(pull);
	/* What is sent before it notices is lost. */
	zm_until(watched, ZMQ_EVENT_DISCONNECTED);
	say_events(push);
	zd_put(push, "2", NULL);
	zd_put(push, "3", "a", NULL);
	pull = zd_socket(ZMQ_PULL);
	zd_bind_again(pull, ep);
	say_recv_many(pull, 2);
}

/* Sent before the other side binds. */
static void queue_before_bind(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);
	const char *ep = zd_free_endpoint();

	za_connect(push, ep);
	say_events(push);
	zd_put(push, "1", NULL);
	zd_put(push, "2", NULL);
	zd_put(push, "3", NULL);
	za_bind(pull, ep);
	say_recv_many(pull, 3);
}

static void immediate_option(void)
{
	void *s = zd_socket(ZMQ_PUSH);

	say_get(s, "default", ZMQ_IMMEDIATE);
	say_set(s, "2", ZMQ_IMMEDIATE, 2);
	say_set(s, "-1", ZMQ_IMMEDIATE, -1);
	say_set(s, "1", ZMQ_IMMEDIATE, 1);
	say_get(s, "get", ZMQ_IMMEDIATE);
	say_get(s, "delay", ZMQ_DELAY_ATTACH_ON_CONNECT);
}

/* The accepting side has its peers when they are there, either way. */
static void immediate_binder(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);

	za_set(push, ZMQ_IMMEDIATE, 1);
	zd_link(push, pull);
	zd_put(push, "1", NULL);
	say_recv(pull);
	za_close(pull);
	zt_until(!(za_get(push, ZMQ_EVENTS) & ZMQ_POLLOUT), ZA_TIMEO);
	say_send(push, "send", "x", ZMQ_DONTWAIT);
}

static const struct zd_behaviour behaviours[] = {
	{ "conflate_receiver", "API 2.3, 9.4", conflate_receiver,
	  "set=ok [19] fewer none [x]",
	},
	{ "conflate_sender", "API 2.3", conflate_sender,
	  "0=1 1=1 2=1 3=1 4=1 5=1 6=1 7=1 8=1 9=1 events=2 [9] none",
	},
	{ "conflate_dealer", "API 2.3", conflate_dealer,
	  "[new] fewer none [reply]",
	},
	{ "conflate_sub", "API 2.3", conflate_sub,
	  "[\\x01] [new] fewer none",
	},
	{ "conflate_elsewhere", "API 2.3", conflate_elsewhere,
	  "set=ok set=ok set=ok set=ok set=ok set=ok [1] [2][3]",
	},
	{ "conflate_late", "API 2.3", conflate_late,
	  "set=ok get=1 2=EINVAL -1=EINVAL [1] [2]",
	},
	{ "not_immediate", "API 2.3, 9.1", not_immediate,
	  "default=0 [x] [x] [x] [x] [x] none",
	},
	{ "immediate", "API 2.3, 9.1", immediate,
	  "set=ok [x] [x] [x] [x] [x] [x] [x] [x] [x] [x] none",
	},
	{ "immediate_nobody", "API 2.3", immediate_nobody,
	  "events=0 send=EAGAIN send=EAGAIN",
	},
	{ "immediate_handshake", "API 2.3", immediate_handshake,
	  "events=0 send=EAGAIN send=1 [x]",
	},
	{ "immediate_reconnect", "API 2.3, 9.1", immediate_reconnect,
	  "[1] [2] EAGAIN events=0 [3] [4]",
	},
	{ "queue_stays", "API 2.3", queue_stays,
	  "[1] events=2 [2] [3][a]",
	},
	{ "queue_before_bind", "API 2.3", queue_before_bind,
	  "events=2 [1] [2] [3]",
	},
	{ "immediate_option", "API 2.3", immediate_option,
	  "default=0 2=EINVAL -1=EINVAL 1=ok get=1 delay=1",
	},
	{ "immediate_binder", "API 2.3", immediate_binder,
	  "[1] send=EAGAIN",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
