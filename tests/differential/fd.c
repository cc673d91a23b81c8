// SPDX-License-Identifier: GPL-2.0-only
/*
 * ZMQ_FD: when the descriptor rises, and what quiets it. Event loops rely on
 * both: on the first so that they don't stall, on the second not to spin.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diff.h"

#define MARK 10

/* poll() on the descriptor within @ms, which is made longer on slow machines. */
static bool rises(void *s, int ms)
{
	struct pollfd pfd = { .fd = za_get(s, ZMQ_FD), .events = POLLIN };

	return poll(&pfd, 1, zt_scaled(ms)) == 1 && (pfd.revents & POLLIN);
}

static void say_rise(const char *what, void *s)
{
	say("%s=%s", what, rises(s, ZA_TIMEO) ? "readable" : "quiet");
}

static void say_now(const char *what, void *s)
{
	say("%s=%s", what, rises(s, 0) ? "readable" : "quiet");
}

/* Looks until there is nothing new for a while. */
static void settle(void *s)
{
	do {
		za_get(s, ZMQ_EVENTS);
		zt_nap(zt_scaled(20));
	} while (rises(s, 0));
}

/* Two sockets that know each other, and have seen it. */
static void pair_of(int type_a, int type_b, void **a, void **b)
{
	*a = zd_socket(type_a);
	*b = zd_socket(type_b);
	if (type_b == ZMQ_SUB)
		zd_set_text(*b, ZMQ_SUBSCRIBE, "");
	zd_bind(*a);
	settle(*a);
	zd_link(*a, *b);
	if (!rises(*a, ZA_TIMEO))
		say("unseen");
	/* What libzmq's peers tell each other first may still be on the way. */
	zd_settle();
	settle(*a);
	settle(*b);
}

static void fresh(void)
{
	int type;

	for (type = ZMQ_PAIR; type <= ZMQ_STREAM; type++)
		if (rises(zd_socket(type), 0))
			say("%s", za_type_name(type));
	say("done");
}

/* A socket's own calls make it rise: there may be something new. */
static void own_calls(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);
	const char *ep;

	za_get(pull, ZMQ_FD);
	za_get(push, ZMQ_FD);
	ep = zd_bind(pull);
	say_now("bind", pull);
	say_events(pull);
	say_now("looked", pull);
	za_connect(push, zd_free_endpoint());
	say_now("connect", push);
	say_events(push);
	say_now("looked", push);
	zt_ok(zmq_unbind(pull, ep));
	say_rise("unbind", pull);
}

/* The first question may come late. */
static void asked_late(void)
{
	void *push = zd_connect(ZMQ_PUSH, zd_free_endpoint());

	say_now("connected", push);
	say_events(push);
	say_now("looked", push);
}

/* A call that finds nothing has looked, too. */
static void quieted_by_recv(void)
{
	void *pull = zd_connect(ZMQ_PULL, zd_free_endpoint());

	say_now("connected", pull);
	say_recv_now(pull);
	say_now("tried", pull);
}

static void quieted_by_send(void)
{
	void *push = zd_socket(ZMQ_PUSH);

	zd_bind(push);
	say_now("bound", push);
	say_send(push, "send", "x", ZMQ_DONTWAIT);
	say_now("tried", push);
}

static void quieted_by_poll(void)
{
	void *pull = zd_connect(ZMQ_PULL, zd_free_endpoint());
	zmq_pollitem_t item = { .socket = pull, .events = ZMQ_POLLIN };

	say_now("connected", pull);
	say_rc("poll", zmq_poll(&item, 1, 0));
	say_now("polled", pull);
}

/* Descriptors are looked at before sockets: the look at its socket does not quiet it too soon. */
static void polled_beside(void)
{
	void *pull = zd_connect(ZMQ_PULL, zd_free_endpoint());
	zmq_pollitem_t items[] = {
		{ .socket = pull, .events = ZMQ_POLLIN },
		{ .fd = za_get(pull, ZMQ_FD), .events = ZMQ_POLLIN },
	};
	int i;

	for (i = 0; i < 2; i++) {
		say("poll=%d", zmq_poll(items, ZT_ARRAY(items), 0));
		say("socket=%d fd=%d", items[0].revents, items[1].revents);
	}
}

/* A peer that comes is new, also where it only means that one can send. */
static void peer_comes(void)
{
	static const int types[] = { ZMQ_PUSH, ZMQ_PULL, ZMQ_DEALER, ZMQ_REQ, ZMQ_REP, ZMQ_PAIR };
	static const int peers[] = { ZMQ_PULL, ZMQ_PUSH, ZMQ_DEALER, ZMQ_REP, ZMQ_REQ, ZMQ_PAIR };
	size_t i;

	for (i = 0; i < ZT_ARRAY(types); i++) {
		void *s = zd_socket(types[i]);

		zd_bind(s);
		settle(s);
		zd_link(s, zd_socket(peers[i]));
		say_rise(za_type_name(types[i]), s);
		settle(s);
		say_events(s);
		say_now("then", s);
	}
}

static void peer_goes(void)
{
	void *push, *pull;

	pair_of(ZMQ_PUSH, ZMQ_PULL, &push, &pull);
	za_close(pull);
	say_rise("gone", push);
	zd_until_events(push, 0);
	settle(push);
	say_now("looked", push);
}

/* The rises of one message, for each type that receives. */
static void say_message(int type_a, int type_b)
{
	void *a, *b;

	pair_of(type_a, type_b, &a, &b);
	say("%s:", za_type_name(type_b));
	say_now("before", b);
	zd_put(a, "x", NULL);
	say_rise("message", b);
	say_events(b);
	say_now("looked", b);
	say_recv(b);
	say_now("read", b);
	say_events(b);
}

static void message(void)
{
	say_message(ZMQ_PUSH, ZMQ_PULL);
	say_message(ZMQ_DEALER, ZMQ_DEALER);
	say_message(ZMQ_DEALER, ZMQ_ROUTER);
	say_message(ZMQ_PAIR, ZMQ_PAIR);
	say_message(ZMQ_PUB, ZMQ_SUB);
	say_message(ZMQ_XPUB, ZMQ_SUB);
}

/* Who never asks EVENTS, and receives until there is nothing. */
static void read_without_look(void)
{
	void *push, *pull;
	int i;

	pair_of(ZMQ_PUSH, ZMQ_PULL, &push, &pull);
	for (i = 0; i < 3; i++) {
		zd_put(push, "a", "b", NULL);
		say_rise("message", pull);
		say_recv(pull);
		say_recv_now(pull);
		say_now("read", pull);
	}
}

/* Quiet once looked, however much waits. */
static void quiet_while_unread(void)
{
	void *push, *pull;
	int i;

	pair_of(ZMQ_PUSH, ZMQ_PULL, &push, &pull);
	/* Of the first one ours gives back what it can't tell yet, and that is news. */
	zd_put(push, "first", NULL);
	say_recv(pull);
	settle(pull);
	for (i = 0; i < 3; i++)
		zd_put(push, "x", NULL);
	za_ready(pull, ZMQ_POLLIN);
	zd_settle();
	say_events(pull);
	say_now("looked", pull);
	say_recv(pull);
	say_now("one", pull);
	say_events(pull);
	say_recv(pull);
	say_recv(pull);
	say_events(pull);
	say_now("all", pull);
	zd_put(push, "x", NULL);
	say_rise("next", pull);
}

/* libzmq is silent about what comes while the last message is still unread. */
static void message_while_unread(void)
{
	void *push, *pull;

	pair_of(ZMQ_PUSH, ZMQ_PULL, &push, &pull);
	zd_put(push, "1", NULL);
	za_ready(pull, ZMQ_POLLIN);
	say_now("looked", pull);
	zd_put(push, "2", NULL);
	zd_settle();
	say_now("another", pull);
	say_events(pull);
	say_now("looked", pull);
}

static void request_reply(void)
{
	void *rep, *req;
	int i;

	pair_of(ZMQ_REP, ZMQ_REQ, &rep, &req);
	for (i = 0; i < 2; i++) {
		za_put(req, "question", 0);
		say_events(req);
		say_rise("question", rep);
		za_ready(rep, ZMQ_POLLIN);
		say_events(rep);
		say_recv(rep);
		say_events(rep);
		say_now("read", rep);
		za_put(rep, "answer", 0);
		say_events(rep);
		say_rise("answer", req);
		za_ready(req, ZMQ_POLLIN);
		say_events(req);
		say_recv(req);
		say_events(req);
		say_now("done", req);
	}
}

/* A subscription is something to read for XPUB, and something new for PUB. */
static void subscription(void)
{
	void *xpub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);

	zd_bind(xpub);
	settle(xpub);
	zd_link(xpub, sub);
	say_rise("peer", xpub);
	settle(xpub);
	say_events(xpub);
	zd_set_text(sub, ZMQ_SUBSCRIBE, "topic");
	say_rise("subscribed", xpub);
	za_ready(xpub, ZMQ_POLLIN);
	say_recv(xpub);
	say_events(xpub);
	say_now("read", xpub);
	zd_set_text(sub, ZMQ_UNSUBSCRIBE, "topic");
	say_rise("cancelled", xpub);
	za_ready(xpub, ZMQ_POLLIN);
	say_recv(xpub);
}

/* Full, then drained: what is new is that one can send. By inproc: there full is full. */
static void room(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);
	char byte;
	int round;

	za_set(push, ZMQ_SNDHWM, MARK);
	za_set(pull, ZMQ_RCVHWM, MARK);
	za_bind(pull, "inproc://room");
	za_connect(push, "inproc://room");
	for (round = 0; round < 3; round++) {
		zd_until_events(push, ZMQ_POLLOUT);
		say("%d", zd_fill(push, 100));
		settle(push);
		say_events(push);
		say_now("full", push);
		while (!rises(push, 0) && zmq_recv(pull, &byte, 1, 0) == 1)
			;
		say_now("read", push);
		say_events(push);
		say_now("looked", push);
		zd_drain(pull);
	}
}

/* A loop that waits for edges, and looks and reads until there is nothing. */
static void edges(void)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET };
	int ep = epoll_create1(EPOLL_CLOEXEC), sent = 0, got = 0, rounds = 0;
	void *push, *pull;
	char byte;

	zt_ok(ep);
	pair_of(ZMQ_PUSH, ZMQ_PULL, &push, &pull);
	zt_ok(epoll_ctl(ep, EPOLL_CTL_ADD, za_get(pull, ZMQ_FD), &ev));
	while (got < 500) {
		for (; sent < 500 && sent < got + 7; sent++)
			zd_put(push, "x", NULL);
		if (epoll_wait(ep, &ev, 1, zt_scaled(ZA_TIMEO)) != 1)
			break;
		rounds++;
		while (za_get(pull, ZMQ_EVENTS) & ZMQ_POLLIN)
			got += zmq_recv(pull, &byte, 1, ZMQ_DONTWAIT) == 1;
	}
	say("got=%d", got);
	say("%s", rounds <= 500 + 2 ? "calm" : "spinning");
	say("idle=%d", epoll_wait(ep, &ev, 1, zt_scaled(100)));
}

/* One number from the first question to the end, not inherited by exec(). */
static void number(void)
{
	void *s = zd_socket(ZMQ_PULL);
	int fd = za_get(s, ZMQ_FD), other = dup(fd);

	say("%s", fcntl(fd, F_GETFD) & FD_CLOEXEC ? "cloexec" : "kept");
	zd_bind(s);
	say("%s", za_get(s, ZMQ_FD) == fd ? "same" : "other");
	say("dup=%d", poll(&(struct pollfd){ other, POLLIN }, 1, 0));
	za_get(s, ZMQ_EVENTS);
	say("looked=%d", poll(&(struct pollfd){ other, POLLIN }, 1, 0));
	za_close(s);
	/* Sooner or later. */
	zt_until(fcntl(fd, F_GETFD) < 0 && errno == EBADF, ZA_TIMEO);
	close(other);
}

/* A child has the descriptor, too; what it closes is its own. */
static void forked(void)
{
	struct pollfd pfd = { .events = POLLIN };
	void *push, *pull;
	int status;
	pid_t pid;

	pair_of(ZMQ_PUSH, ZMQ_PULL, &push, &pull);
	pfd.fd = za_get(pull, ZMQ_FD);
	zd_put(push, "1", NULL);
	pid = fork();
	zt_ok(pid);
	if (!pid) {
		if (poll(&pfd, 1, zt_scaled(ZA_TIMEO)) != 1)
			_exit(1);
		_exit(zmq_close(pull) ? 2 : 0);
	}
	zt_eq(waitpid(pid, &status, 0), pid);
	say("status=%d", status);
	say_rise("message", pull);
	za_ready(pull, ZMQ_POLLIN);
	say_recv(pull);
	settle(pull);
	zd_put(push, "2", NULL);
	say_rise("next", pull);
	say_recv(pull);
}

/* The end of the context is something to look at. */
static void terminated(void)
{
	void *ctx = za_ctx(), *s = za_socket(ctx, ZMQ_PULL);
	struct pollfd pfd = { .fd = za_get(s, ZMQ_FD), .events = POLLIN };

	say("before=%d", poll(&pfd, 1, 0));
	zt_ok(zmq_ctx_shutdown(ctx));
	say("after=%d", poll(&pfd, 1, zt_scaled(ZA_TIMEO)));
	say_events(s);
	say("told=%d", poll(&pfd, 1, 0));
	say_get(s, "fd", ZMQ_FD);
	say_recv_now(s);
	za_close(s);
	za_term(ctx);
}

static const struct zd_behaviour behaviours[] = {
	{ "fresh", "API 2.3", fresh,
	  "done",
	},
	{ "own_calls", "API 2.3, 9.2 test_poller", own_calls,
	  "bind=readable events=0 looked=quiet connect=readable events=2 looked=quiet unbind=readable",
	},
	{ "asked_late", "API 9.2 test_poller", asked_late,
	  "connected=readable events=2 looked=quiet",
	},
	{ "quieted_by_recv", "API 2.3", quieted_by_recv,
	  "connected=readable EAGAIN tried=quiet",
	},
	{ "quieted_by_send", "API 2.3", quieted_by_send,
	  "bound=readable send=EAGAIN tried=quiet",
	},
	{ "quieted_by_poll", "API 2.3", quieted_by_poll,
	  "connected=readable poll=ok polled=quiet",
	},
	{ "polled_beside", "czmq's zpoller_test", polled_beside,
	  "poll=1 socket=0 fd=1 poll=0 socket=0 fd=0",
	},
	{ "peer_comes", "API 2.3", peer_comes,
	  "push=readable events=2 then=quiet pull=readable events=0 then=quiet dealer=readable events=2 then=quiet req=readable events=2 then=quiet rep=readable events=0 then=quiet pair=readable events=2 then=quiet",
	},
	{ "peer_goes", "API 2.3", peer_goes,
	  "gone=readable looked=quiet",
	},
	{ "message", "API 2.3", message,
	  "pull: before=quiet message=readable events=1 looked=quiet [x] read=quiet events=0 dealer: before=quiet message=readable events=3 looked=quiet [x] read=quiet events=2 router: before=quiet message=readable events=3 looked=quiet [id][x] read=quiet events=2 pair: before=quiet message=readable events=3 looked=quiet [x] read=quiet events=2 sub: before=quiet message=readable events=1 looked=quiet [x] read=quiet events=0 sub: before=quiet message=readable events=1 looked=quiet [x] read=quiet events=0",
	},
	{ "read_without_look", "API 2.3", read_without_look,
	  "message=readable [a][b] EAGAIN read=quiet message=readable [a][b] EAGAIN read=quiet message=readable [a][b] EAGAIN read=quiet",
	},
	{ "quiet_while_unread", "API 2.3", quiet_while_unread,
	  "[first] events=1 looked=quiet [x] one=quiet events=1 [x] [x] events=0 all=quiet next=readable",
	},
	{ "message_while_unread", "API 2.3", message_while_unread,
	  "looked=quiet another=quiet events=1 looked=quiet",
	  "looked=quiet another=readable events=1 looked=quiet",
	  .why = "ZMQ_FD rises with every message",
	},
	{ "request_reply", "API 2.3", request_reply,
	  "events=0 question=readable events=1 [question] events=2 read=quiet events=0 answer=readable events=1 [answer] events=2 done=quiet events=0 question=readable events=1 [question] events=2 read=quiet events=0 answer=readable events=1 [answer] events=2 done=quiet",
	},
	{ "subscription", "API 2.3", subscription,
	  "peer=readable events=2 subscribed=readable [\\x01topic] events=2 read=quiet cancelled=readable [\\x00topic]",
	},
	{ "room", "API 2.3", room,
	  "20 events=0 full=quiet read=readable events=2 looked=quiet 20 events=0 full=quiet read=readable events=2 looked=quiet 20 events=0 full=quiet read=readable events=2 looked=quiet",
	},
	{ "edges", "API 2.3", edges,
	  "got=500 calm idle=0",
	},
	{ "number", "API 2.3", number,
	  "cloexec same dup=1 looked=0",
	},
	{ "forked", "API 9.2 test_fork", forked,
	  "status=0 message=readable [1] next=readable [2]",
	},
	{ "terminated", "API 3", terminated,
	  "before=0 after=1 events=ETERM told=0 fd=ETERM ETERM",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
