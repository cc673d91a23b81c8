// SPDX-License-Identifier: GPL-2.0-only
/* Messages, limits, ends, and what else is alike on tcp, ipc and inproc. */
#include <stdlib.h>

#include "transport.h"

/* test_hwm_pubsub: a limit that comes later than the peer. */
static void xpub_hwm_late(void)
{
	void *pub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);
	int i;

	zd_set_text(sub, ZMQ_SUBSCRIBE, "");
	transport_couple(pub, sub);
	za_set(pub, ZMQ_SNDHWM, 100);
	say_recv(pub);
	say("sent=%d", zd_fill(pub, 100));
	for (i = 0; i < 100; i++)
		za_want(sub, "x", 0);
	say("got=%d", i);
	say_none(sub);
}

/* What was refused was not sent, what was not refused arrives. */
static void xpub_nodrop(void)
{
	void *pub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);
	int sent = 0, i;

	za_set(pub, ZMQ_XPUB_NODROP, 1);
	za_set(pub, ZMQ_SNDHWM, 2000);
	za_set(sub, ZMQ_RCVHWM, 1000);
	zd_set_text(sub, ZMQ_SUBSCRIBE, "");
	transport_couple(pub, sub);
	say_recv(pub);
	for (i = 0; i < 6000; i++)
		sent += zmq_send(pub, "x", 1, ZMQ_DONTWAIT) == 1;
	for (i = 0; i < sent; i++)
		za_want(sub, "x", 0);
	say("all");
	say_none(sub);
}

static void conflate(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);
	char text[8] = "";
	int i, n;

	za_set(push, ZMQ_CONFLATE, 1);
	za_set(pull, ZMQ_CONFLATE, 1);
	transport_couple(pull, push);
	for (i = 0; i < 100; i++) {
		sprintf(text, "%d", i);
		zd_put(push, text, NULL);
	}
	/* Some are seen, the last for sure. */
	for (i = 0; atoi(text) != 99 || !i; i++) {
		n = zmq_recv(pull, text, sizeof(text) - 1, 0);
		zt_check(n > 0);
		text[n] = 0;
	}
	say("[%s]", text);
	say_none(pull);
}

static void big_messages(void)
{
	static const size_t sizes[] = { 0, 1, 255, 256, 8191, 65536, 1 << 20 };
	void *push, *pull = transport_pair(ZMQ_PULL, ZMQ_PUSH, &push);
	size_t i;

	for (i = 0; i < ZT_ARRAY(sizes); i++)
		za_put_big(push, sizes[i], i, i + 1 < ZT_ARRAY(sizes) ? ZMQ_SNDMORE : 0);
	for (i = 0; i < ZT_ARRAY(sizes); i++)
		za_want_big(pull, sizes[i], i, i + 1 < ZT_ARRAY(sizes));
	say("whole");
}

static void truncated(void)
{
	void *push, *pull = transport_pair(ZMQ_PULL, ZMQ_PUSH, &push);
	char text[4] = "";

	zd_put(push, "longer", "b", NULL);
	say_rc("recv", zmq_recv(pull, text, 3, 0));
	say("[%s]", text);
	say_get(pull, "more", ZMQ_RCVMORE);
	say_recv(pull);
	say_get(pull, "more", ZMQ_RCVMORE);
}

static void timeouts(void)
{
	void *push, *pull = transport_pair(ZMQ_PULL, ZMQ_PUSH, &push);
	int64_t start = zt_now();
	char byte;

	za_set(pull, ZMQ_RCVTIMEO, 250);
	say_rc("recv", zmq_recv(pull, &byte, 1, 0));
	say("%s", zt_now() - start >= 220 ? "late" : "early");
	say_rc("now", zmq_recv(pull, &byte, 1, ZMQ_DONTWAIT));
	zd_put(push, "x", NULL);
	za_set(pull, ZMQ_RCVTIMEO, -1);
	say_rc("recv", zmq_recv(pull, &byte, 1, 0));
}

static void poll_two(void)
{
	void *push[2], *pull[2];
	zmq_pollitem_t items[2];
	int i;

	for (i = 0; i < 2; i++) {
		pull[i] = transport_pair(ZMQ_PULL, ZMQ_PUSH, &push[i]);
		items[i] = (zmq_pollitem_t){ .socket = pull[i], .events = ZMQ_POLLIN };
	}
	say("%d", zmq_poll(items, 2, 0));
	zd_put(push[1], "x", NULL);
	say("%d", zmq_poll(items, 2, zt_scaled(ZA_TIMEO)));
	say("%d%d", items[0].revents, items[1].revents);
	say_recv(pull[1]);
	say("%d", zmq_poll(items, 2, 0));
}

/* What was sent is sent, also by who has closed at once. */
static void close_delivers(void)
{
	void *push, *pull = transport_pair(ZMQ_PULL, ZMQ_PUSH, &push);

	za_set(push, ZMQ_LINGER, -1);
	zd_put(push, "1", NULL);
	zd_put(push, "2", "b", NULL);
	zd_put(push, "3", NULL);
	za_put(push, "half", ZMQ_SNDMORE);
	za_close(push);
	say_recv_many(pull, 3);
	say_none(pull);
}

static void undo(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);
	const char *ep = transport_bind(pull);

	say_rc("nothing", zmq_disconnect(push, ep));
	za_connect(push, ep);
	zd_put(push, "1", NULL);
	say_recv(pull);
	say_rc("disconnect", zmq_disconnect(push, ep));
	say_rc("again", zmq_disconnect(push, ep));
	say_send(push, "send", "2", ZMQ_DONTWAIT);
	say_rc("unbind", zmq_unbind(pull, ep));
	say_rc("again", zmq_unbind(pull, ep));
	zt_until(!zmq_bind(pull, ep), ZA_TIMEO);
	za_connect(push, ep);
	zd_put(push, "3", NULL);
	say_recv(pull);
}

/* One socket, and peers by every transport. */
static void all_at_once(void)
{
	static const char *const all[] = { "tcp", "ipc", "inproc" };
	void *router = zd_socket(ZMQ_ROUTER), *dealer[3];
	const char *first = transport_name();
	char text[8];
	int i;

	for (i = 0; i < 3; i++) {
		transport_choose(all[i]);
		dealer[i] = zd_named(all[i]);
		transport_couple(router, dealer[i]);
		zd_put(dealer[i], "hello", NULL);
		say_recv(router);
	}
	/* The one this is about goes; the others stay. */
	for (i = 0; i < 3; i++)
		if (!strcmp(all[i], first))
			za_close(dealer[i]);
	for (i = 0; i < 3; i++) {
		if (!strcmp(all[i], first))
			continue;
		zd_put(router, all[i], "answer", NULL);
		zt_eq(zmq_recv(dealer[i], text, sizeof(text), 0), 6);
	}
	say("others");
}

static const struct transport_row rows[] = {
	{ "xpub_hwm_late", "API 9.1 test_hwm_pubsub", xpub_hwm_late,
	  "[\\x01] sent=100 got=100 none",
	},
	{ "xpub_nodrop", "API 9.1 test_hwm_pubsub", xpub_nodrop,
	  "[\\x01] all none",
	},
	{ "conflate", "API 2.3 CONFLATE", conflate,
	  "[99] none",
	},
	{ "big_messages", "API 6.2", big_messages,
	  "whole",
	},
	{ "truncated", "API 6.2", truncated,
	  "recv=6 [lon] more=1 [b] more=0",
	},
	{ "timeouts", "API 9.2 test_timeo", timeouts,
	  "recv=EAGAIN late now=EAGAIN recv=1",
	},
	{ "poll_two", "API 6.2", poll_two,
	  "0 1 01 [x] 0",
	},
	{ "close_delivers", "API 2.3 LINGER", close_delivers,
	  "[1] [2][b] [3] none",
	},
	{ "undo", "API 4.8", undo,
	  "nothing=ENOENT [1] disconnect=ok again=ENOENT send=EAGAIN unbind=ok again=ENOENT [3]",
	},
	{ "all_at_once", "API 4.1", all_at_once,
	  "[tcp][hello] [ipc][hello] [inproc][hello] others",
	},
};

int main(int argc, char **argv)
{
	return transport_main(argc, argv, rows, ZT_ARRAY(rows));
}
