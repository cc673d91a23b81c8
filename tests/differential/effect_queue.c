// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the options of queues do: high and low water, LINGER.
 * A queue towards an endpoint at which nobody listens yet is the sender's alone,
 * so what fits can be told to the message.
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "diff.h"
#include "../system/wire.h"

#define MANY 3000
#define SOON_MS 2000

/* Sends until EAGAIN, MANY at most; says WHAT=COUNT. */
static void say_fill(void *s, const char *what)
{
	int n = zd_fill(s, MANY);

	say(n < MANY ? "%s=%d" : "%s=many", what, n);
}

/* A socket of @type that waits for somebody at a free endpoint. */
static void *alone(int type, int hwm, const char **ep)
{
	void *s = zd_socket(type);

	za_set(s, ZMQ_SNDHWM, hwm);
	*ep = zd_free_endpoint();
	za_connect(s, *ep);
	return s;
}

static void hwm_exact(void)
{
	const char *ep;

	say_fill(alone(ZMQ_PUSH, 1, &ep), "1");
	say_fill(alone(ZMQ_PUSH, 3, &ep), "3");
	say_fill(alone(ZMQ_DEALER, 100, &ep), "100");
}

static void hwm_default(void)
{
	void *s = zd_connect(ZMQ_PUSH, zd_free_endpoint());

	say_fill(s, "fit");
	say_events(s);
}

static void hwm_zero(void)
{
	const char *ep;

	say_fill(alone(ZMQ_PUSH, 0, &ep), "fit");
}

/* Parts do not count; a message that has begun goes in whole. */
static void hwm_counts_messages(void)
{
	const char *ep;
	void *s = alone(ZMQ_PUSH, 2, &ep), *pull;

	zd_put(s, "a", "b", "c", NULL);
	zd_put(s, "d", "e", "f", NULL);
	say_send(s, "third", "g", ZMQ_DONTWAIT | ZMQ_SNDMORE);
	pull = zd_bound(ZMQ_PULL, ep);
	say_recv_many(pull, 2);
}

static void hwm_is_of_each_endpoint(void)
{
	const char *ep;
	void *s = alone(ZMQ_PUSH, 2, &ep);

	say_fill(s, "one");
	za_connect(s, zd_free_endpoint());
	say_events(s);
	say_fill(s, "two");
}

static void hwm_raised_live(void)
{
	const char *ep;
	void *s = alone(ZMQ_PUSH, 2, &ep);

	zd_put(s, "x", NULL);
	za_set(s, ZMQ_SNDHWM, 5);
	say_fill(s, "more");
	say_get(s, "hwm", ZMQ_SNDHWM);
}

/* Nothing that is queued goes. */
static void hwm_lowered_live(void)
{
	const char *ep;
	void *s = alone(ZMQ_PUSH, 5, &ep), *pull;

	zd_put(s, "1", NULL);
	zd_put(s, "2", NULL);
	zd_put(s, "3", NULL);
	za_set(s, ZMQ_SNDHWM, 2);
	say_send(s, "fourth", "4", ZMQ_DONTWAIT);
	pull = zd_bound(ZMQ_PULL, ep);
	say_recv_many(pull, 3);
	say_none(pull);
}

/* What was blocked goes on once the queue moves. */
static void hwm_reopens(void)
{
	const char *ep;
	void *s = alone(ZMQ_PUSH, 3, &ep), *pull;

	say_fill(s, "fit");
	say_events(s);
	pull = zd_bound(ZMQ_PULL, ep);
	za_ready(s, ZMQ_POLLOUT);
	say_events(s);
	say_recv_many(pull, 3);
}

#define BIG (256 * 1024)

/* A raw PULL that has shaken hands, and the PUSH that it is connected to. */
static int raw_pull(void *push)
{
	const int small = 65536;
	const char *ep;
	int fd;

	za_set(push, ZMQ_SNDBUF, small);
	ep = zd_bind(push);
	fd = wire_connect(zd_port(ep));
	/* One that does not grow. */
	zt_ok(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)));
	wire_handshake(fd, "PULL");
	return fd;
}

static void raw_read(int fd, int count)
{
	static char body[BIG];
	int flags;

	while (count--)
		zt_eq(wire_read_frame(fd, &flags, body, sizeof(body)), BIG);
}

/* A full queue opens when half of it has gone, not with each message. */
static void low_water(void)
{
	void *push = zd_socket(ZMQ_PUSH);
	static char body[BIG];
	int fd;

	za_set(push, ZMQ_SNDHWM, 10);
	fd = raw_pull(push);
	za_ready(push, ZMQ_POLLOUT);
	za_set(push, ZMQ_SNDTIMEO, zt_scaled(300));
	while (zmq_send(push, body, sizeof(body), 0) >= 0)
		;
	say_events(push);
	raw_read(fd, 1);
	zd_settle();
	say_events(push);
	raw_read(fd, 8);
	za_ready(push, ZMQ_POLLOUT);
	say_events(push);
}

/* An endpoint keeps what was set when it was made. */
static void immediate_after_connect(void)
{
	const char *ep;
	void *s = alone(ZMQ_PUSH, 10, &ep);

	za_set(s, ZMQ_IMMEDIATE, 1);
	say_send(s, "old", "x", ZMQ_DONTWAIT);
	say_events(s);
}

/* Closes the socket, says how long its context needs to end: nothing, its linger, or more. */
static void say_term(void *ctx, void *s, int linger)
{
	int64_t start = zt_now(), took;

	if (s)
		say_rc("close", zmq_close(s));
	za_term(ctx);
	took = zt_now() - start;
	/* 10 ms: a timer may count from a little earlier than we do. */
	if (took > linger + zt_scaled(SOON_MS))
		say("late");
	else if (linger && took >= linger - 10)
		say("lingered");
	else
		say("soon");
}

/* A context of its own, and a socket that has sent where nobody is. */
static void *unsent(void **ctx, int linger)
{
	void *s;

	*ctx = za_ctx();
	s = za_socket(*ctx, ZMQ_PUSH);
	za_set(s, ZMQ_LINGER, linger);
	za_connect(s, zd_free_endpoint());
	za_put(s, "x", 0);
	return s;
}

static void linger_zero(void)
{
	void *ctx, *s = unsent(&ctx, 0);

	say_term(ctx, s, 0);
}

static void linger_time(void)
{
	void *ctx, *s = unsent(&ctx, 700);

	say_term(ctx, s, 700);
}

static void linger_set_late(void)
{
	void *ctx, *s = unsent(&ctx, -1);

	za_set(s, ZMQ_LINGER, 700);
	say_term(ctx, s, 700);
}

static void linger_nothing_queued(void)
{
	void *ctx = za_ctx(), *s = za_socket(ctx, ZMQ_PUSH);

	za_set(s, ZMQ_LINGER, -1);
	za_connect(s, zd_free_endpoint());
	say_term(ctx, s, 0);
}

/* Close returns at once, and what was sent arrives though. */
static void linger_delivers(void)
{
	void *ctx = za_ctx(), *s = za_socket(ctx, ZMQ_PUSH), *pull;
	const char *ep = zd_free_endpoint();

	za_set(s, ZMQ_LINGER, -1);
	za_connect(s, ep);
	zd_put(s, "a", "b", NULL);
	zd_put(s, "c", NULL);
	za_close(s);
	pull = zd_bound(ZMQ_PULL, ep);
	say_recv_many(pull, 2);
	say_term(ctx, NULL, 0);
}

static void linger_zero_drops(void)
{
	const char *ep;
	void *s = alone(ZMQ_PUSH, 10, &ep), *pull;

	zd_put(s, "x", NULL);
	za_close(s);
	/* It ends in the background, maybe after it got a connection. */
	zd_settle();
	pull = zd_bound(ZMQ_PULL, ep);
	say_none(pull);
}

static void disconnect_lingers(void)
{
	const char *ep;
	void *s = alone(ZMQ_PUSH, 10, &ep), *pull;

	za_set(s, ZMQ_LINGER, -1);
	zd_put(s, "x", NULL);
	say_rc("disconnect", zmq_disconnect(s, ep));
	pull = zd_bound(ZMQ_PULL, ep);
	say_recv(pull);
	say_send(s, "send", "y", ZMQ_DONTWAIT);
	za_set(s, ZMQ_LINGER, 0);
}

static void disconnect_linger_zero(void)
{
	const char *ep;
	void *s = alone(ZMQ_PUSH, 10, &ep), *pull;

	zd_put(s, "x", NULL);
	say_rc("disconnect", zmq_disconnect(s, ep));
	zd_settle();
	pull = zd_bound(ZMQ_PULL, ep);
	say_none(pull);
}

static const struct zd_behaviour behaviours[] = {
	{ "hwm_exact", "API 2.3", hwm_exact,
	  "1=1 3=3 100=100",
	},
	{ "hwm_default", "API 2.3", hwm_default,
	  "fit=1000 events=0",
	},
	{ "hwm_zero", "API 2.3", hwm_zero,
	  "fit=many",
	},
	{ "hwm_counts_messages", "API 2.3", hwm_counts_messages,
	  "third=EAGAIN [a][b][c] [d][e][f]",
	},
	{ "hwm_is_of_each_endpoint", "API 2.3", hwm_is_of_each_endpoint,
	  "one=2 events=2 two=2",
	},
	{ "hwm_raised_live", "API 2.3", hwm_raised_live,
	  "more=4 hwm=5",
	},
	{ "hwm_lowered_live", "API 2.3", hwm_lowered_live,
	  "fourth=EAGAIN [1] [2] [3] none",
	},
	{ "hwm_reopens", "API 2.3", hwm_reopens,
	  "fit=3 events=0 events=2 [x] [x] [x]",
	},
	{ "low_water", "API 2.3", low_water,
	  "events=0 events=0 events=2",
	},
	{ "immediate_after_connect", "API 2.3", immediate_after_connect,
	  "old=1 events=2",
	},
	{ "linger_zero", "API 2.3", linger_zero,
	  "close=ok soon",
	},
	{ "linger_time", "API 2.3", linger_time,
	  "close=ok lingered",
	},
	{ "linger_set_late", "API 2.3", linger_set_late,
	  "close=ok lingered",
	},
	{ "linger_nothing_queued", "API 2.3", linger_nothing_queued,
	  "close=ok soon",
	},
	{ "linger_delivers", "API 2.3", linger_delivers,
	  "[a][b] [c] soon",
	},
	{ "linger_zero_drops", "API 2.3", linger_zero_drops,
	  "none",
	},
	{ "disconnect_lingers", "API 2.3", disconnect_lingers,
	  "disconnect=ok [x] send=EAGAIN",
	},
	{ "disconnect_linger_zero", "API 2.3", disconnect_linger_zero,
	  "disconnect=ok none",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
