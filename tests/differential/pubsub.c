// SPDX-License-Identifier: GPL-2.0-only
/* PUB, SUB, XPUB, XSUB: subscriptions, and what passes by them: API 1.10, 1.11. */
#include "diff.h"

static void subscribe(void *sub, const char *topic)
{
	zd_set_text(sub, ZMQ_SUBSCRIBE, topic);
}

static void unsubscribe(void *sub, const char *topic)
{
	zd_set_text(sub, ZMQ_UNSUBSCRIBE, topic);
}

/* XPUB and a SUB that is connected to it. */
static void *couple(void **sub)
{
	void *xpub = zd_socket(ZMQ_XPUB);

	*sub = zd_socket(ZMQ_SUB);
	zd_link(xpub, *sub);
	return xpub;
}

/* A SUB with @topic that @xpub knows. */
static void *subscriber(void *xpub, const char *topic)
{
	void *sub = zd_socket(ZMQ_SUB);

	subscribe(sub, topic);
	zd_link(xpub, sub);
	say_recv(xpub);
	return sub;
}

static void prefixes(void)
{
	void *pub = zd_socket(ZMQ_PUB), *sub = zd_socket(ZMQ_SUB);

	subscribe(sub, "ab");
	subscribe(sub, "c");
	zd_link(pub, sub);
	zd_subscribed(pub, sub, "ab");
	zd_put(pub, "a", NULL);
	zd_put(pub, "ab", NULL);
	zd_put(pub, "abc", "part", NULL);
	zd_put(pub, "b", "c", NULL);
	zd_put(pub, "", NULL);
	zd_put(pub, "cab", NULL);
	say_recv_many(sub, 3);
	say_none(sub);
}

/* The empty topic is everything, empty messages too. */
static void everything(void)
{
	void *pub = zd_socket(ZMQ_PUB), *sub = zd_socket(ZMQ_SUB);

	say_set_bytes(sub, "null", ZMQ_SUBSCRIBE, NULL, 0);
	zd_link(pub, sub);
	zd_subscribed(pub, sub, "");
	zd_put(pub, "", NULL);
	zd_put(pub, "x", "", NULL);
	say_recv_many(sub, 2);
}

static void no_subscription(void)
{
	void *sub, *xpub = couple(&sub);

	zd_settle();
	zd_put(xpub, "x", NULL);
	say_none(sub);
	say_none(xpub);
}

/* Only the first part of a message is matched. */
static void first_part(void)
{
	void *xpub = zd_socket(ZMQ_XPUB), *sub = subscriber(xpub, "t");

	zd_put(xpub, "x", "t", NULL);
	zd_put(xpub, "t", "x", NULL);
	say_recv(sub);
	say_none(sub);
}

static void sub_errors(void)
{
	void *sub = zd_socket(ZMQ_SUB);

	say_set_bytes(zd_socket(ZMQ_PUB), "pub", ZMQ_SUBSCRIBE, "", 0);
	say_set_bytes(zd_socket(ZMQ_XPUB), "xpub", ZMQ_SUBSCRIBE, "", 0);
	say_set_bytes(zd_socket(ZMQ_XSUB), "xsub", ZMQ_SUBSCRIBE, "", 0);
	say_set_bytes(zd_socket(ZMQ_PULL), "pull", ZMQ_SUBSCRIBE, "", 0);
	say_set_bytes(zd_socket(ZMQ_XPUB), "xpub", ZMQ_UNSUBSCRIBE, "", 0);
	say_set_bytes(sub, "unknown", ZMQ_UNSUBSCRIBE, "x", 1);
	say_get(sub, "get", ZMQ_SUBSCRIBE);
	say_get(zmq_socket(zd_ctx(), ZMQ_SUB), "sub:linger", ZMQ_LINGER);
	say_get(zmq_socket(zd_ctx(), ZMQ_XSUB), "xsub:linger", ZMQ_LINGER);
	say_get(zmq_socket(zd_ctx(), ZMQ_PUB), "pub:linger", ZMQ_LINGER);
	say_get(zmq_socket(zd_ctx(), ZMQ_XPUB), "xpub:linger", ZMQ_LINGER);
}

/* Twice subscribed is subscribed until twice unsubscribed. */
static void multiset(void)
{
	void *sub, *xpub = couple(&sub);

	za_set(xpub, ZMQ_XPUB_VERBOSER, 1);
	subscribe(sub, "A");
	say_recv(xpub);
	subscribe(sub, "A");
	say_recv(xpub);
	unsubscribe(sub, "A");
	say_none(xpub);
	zd_put(xpub, "A1", NULL);
	say_recv(sub);
	unsubscribe(sub, "A");
	say_recv(xpub);
	zd_put(xpub, "A2", NULL);
	say_none(sub);
	unsubscribe(sub, "A");
	unsubscribe(sub, "B");
	say_none(xpub);
}

/* One topic within the other: each comes and goes for itself. */
static void nested_topics(void)
{
	void *sub, *xpub = couple(&sub);

	subscribe(sub, "ab");
	say_recv(xpub);
	subscribe(sub, "a");
	say_recv(xpub);
	subscribe(sub, "abc");
	say_recv(xpub);
	zd_put(xpub, "abcd", NULL);
	say_recv(sub);
	unsubscribe(sub, "a");
	say_recv(xpub);
	zd_put(xpub, "a1", NULL);
	zd_put(xpub, "ab1", NULL);
	say_recv(sub);
	unsubscribe(sub, "ab");
	say_recv(xpub);
	zd_put(xpub, "ab2", NULL);
	zd_put(xpub, "abc2", NULL);
	say_recv(sub);
	say_none(sub);
}

/* An XPUB hears of the first subscriber of a topic and of the last. */
static void xpub_default(void)
{
	void *one, *xpub = couple(&one), *two = zd_socket(ZMQ_SUB);

	zd_link(xpub, two);
	subscribe(one, "A");
	say_recv(xpub);
	subscribe(one, "A");
	subscribe(two, "A");
	say_none(xpub);
	unsubscribe(one, "A");
	unsubscribe(one, "A");
	say_none(xpub);
	unsubscribe(two, "A");
	say_recv(xpub);
	say_none(xpub);
}

static void xpub_verbose(void)
{
	void *one, *xpub = couple(&one), *two = zd_socket(ZMQ_SUB);

	zd_link(xpub, two);
	subscribe(one, "A");
	say_recv(xpub);
	say_set(xpub, "verbose", ZMQ_XPUB_VERBOSE, 1);
	subscribe(one, "A");
	say_recv(xpub);
	subscribe(two, "A");
	say_recv(xpub);
	unsubscribe(two, "A");
	say_none(xpub);
	unsubscribe(one, "A");
	unsubscribe(one, "A");
	say_recv(xpub);
	say_set(xpub, "off", ZMQ_XPUB_VERBOSE, 0);
	subscribe(one, "A");
	say_recv(xpub);
	subscribe(two, "A");
	say_none(xpub);
}

static void xpub_verboser(void)
{
	void *one, *xpub = couple(&one), *two = zd_socket(ZMQ_SUB);

	zd_link(xpub, two);
	say_set(xpub, "verboser", ZMQ_XPUB_VERBOSER, 1);
	subscribe(one, "A");
	say_recv(xpub);
	subscribe(two, "A");
	say_recv(xpub);
	unsubscribe(one, "A");
	say_recv(xpub);
	unsubscribe(two, "A");
	say_recv(xpub);
	unsubscribe(two, "A");
	say_none(xpub);
	/* VERBOSE turns the half for unsubscribing off. */
	say_set(xpub, "verbose", ZMQ_XPUB_VERBOSE, 1);
	subscribe(one, "B");
	subscribe(two, "B");
	say_recv_many(xpub, 2);
	unsubscribe(one, "B");
	say_none(xpub);
	unsubscribe(two, "B");
	say_recv(xpub);
}

/* Topics whose last subscriber went with its connection are reported. */
static void xpub_peer_lost(void)
{
	void *xpub = zd_socket(ZMQ_XPUB), *one = subscriber(xpub, "A"), *two;

	subscribe(one, "B");
	say_recv(xpub);
	two = zd_socket(ZMQ_SUB);
	subscribe(two, "C");
	subscribe(two, "B");
	zd_link(xpub, two);
	say_recv(xpub);
	za_close(one);
	say_recv(xpub);
	say_none(xpub);
	unsubscribe(two, "C");
	say_recv(xpub);
	za_close(two);
	say_recv(xpub);
	say_none(xpub);
}

static void xpub_peer_lost_verboser(void)
{
	void *xpub = zd_socket(ZMQ_XPUB), *one, *two;

	za_set(xpub, ZMQ_XPUB_VERBOSER, 1);
	one = subscriber(xpub, "A");
	two = subscriber(xpub, "A");
	za_close(one);
	say_recv(xpub);
	zd_put(xpub, "A1", NULL);
	say_recv(two);
	za_close(two);
	say_recv(xpub);
}

/* A SUB that disconnects: the same. */
static void xpub_peer_disconnects(void)
{
	void *xpub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);
	const char *ep = zd_bind(xpub);

	subscribe(sub, "A");
	za_connect(sub, ep);
	say_recv(xpub);
	say_rc("disconnect", zmq_disconnect(sub, ep));
	say_recv_from(xpub, sub);
	say_rc("connect", zmq_connect(sub, ep));
	say_recv_from(xpub, sub);
	zd_put(xpub, "A1", NULL);
	say_recv(sub);
}

/* What is neither 0 nor 1 first is the application's, to and through an XPUB. */
static void user_messages(void)
{
	void *xpub = zd_socket(ZMQ_XPUB), *xsub = zd_socket(ZMQ_XSUB);

	zd_link(xpub, xsub);
	zd_put(xsub, "\2A", NULL);
	say_recv(xpub);
	zd_put(xsub, "hello", "there", NULL);
	say_recv(xpub);
	say_get(xpub, "more", ZMQ_RCVMORE);
	zd_put(xsub, "", NULL);
	say_recv(xpub);
	zd_put(xsub, "\1T", NULL);
	say_recv(xpub);
	zd_put(xpub, "T1", "x", NULL);
	say_recv(xsub);
}

/* A PUB drops what comes from below. */
static void user_messages_to_pub(void)
{
	void *pub = zd_socket(ZMQ_PUB), *xsub = zd_socket(ZMQ_XSUB);
	char c;

	zd_link(pub, xsub);
	zd_put(xsub, "hello", NULL);
	zd_put(xsub, "\1T", NULL);
	zd_subscribed(pub, xsub, "T");
	say_rc("recv", zmq_recv(pub, &c, 1, ZMQ_DONTWAIT));
	say_events(pub);
}

/* Every frame of a message is looked at, not only the first; all are passed on. */
static void subscription_in_parts(void)
{
	void *xpub = zd_socket(ZMQ_XPUB), *xsub = zd_socket(ZMQ_XSUB);

	zd_link(xpub, xsub);
	za_put(xsub, "\2ABC", ZMQ_SNDMORE);
	za_put(xsub, "\1B", 0);
	say_recv(xpub);
	say_none(xpub);
	zd_put(xpub, "B1", NULL);
	say_none(xsub);
}

static void xsub_subscribes(void)
{
	void *xpub = zd_socket(ZMQ_XPUB), *xsub = zd_socket(ZMQ_XSUB);

	zd_link(xpub, xsub);
	zd_put(xsub, "\1A", NULL);
	say_recv(xpub);
	zd_put(xsub, "\1A", NULL);
	say_none(xpub);
	zd_put(xpub, "A1", NULL);
	zd_put(xpub, "B1", NULL);
	zt_eq(zmq_send(xsub, "\0A", 2, 0), 2);
	say_none(xpub);
	zt_eq(zmq_send(xsub, "\0A", 2, 0), 2);
	say_recv(xpub);
	zt_eq(zmq_send(xsub, "\0A", 2, 0), 2);
	say_none(xpub);
	zt_eq(zmq_send(xsub, "\1", 1, 0), 1);
	say_recv(xpub);
	zd_put(xpub, "C", NULL);
	say_recv(xsub);
}

/* Subscriptions are sent again on a connection that was made again. */
static void replay(void)
{
	void *xpub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);
	const char *ep = zd_bind(xpub);

	za_set(sub, ZMQ_RECONNECT_IVL, 20);
	subscribe(sub, "A");
	subscribe(sub, "A");
	za_connect(sub, ep);
	say_recv(xpub);
	subscribe(sub, "other");
	say_recv(xpub);
	unsubscribe(sub, "other");
	say_recv(xpub);
	za_close(xpub);
	zd_settle();
	xpub = zd_socket(ZMQ_XPUB);
	za_set(xpub, ZMQ_XPUB_VERBOSE, 1);
	za_bind(xpub, ep);
	say_recv_from(xpub, sub);
	say_none(xpub);
	zd_put(xpub, "A1", NULL);
	say_recv(sub);
}

/* On each connection, also of a SUB that binds. */
static void replay_to_all(void)
{
	void *sub = zd_socket(ZMQ_SUB), *one = zd_socket(ZMQ_XPUB), *two = zd_socket(ZMQ_XPUB);

	subscribe(sub, "A");
	zd_link(sub, one);
	say_recv_from(one, sub);
	zd_link(sub, two);
	say_recv_from(two, sub);
	zd_put(two, "A2", NULL);
	say_recv(sub);
	zd_put(one, "A1", NULL);
	say_recv(sub);
}

/* How many copies come when @connector has connected twice to the same endpoint? */
static void copies(const char *name, int binder, int connector)
{
	const bool sends = connector == ZMQ_PUB || connector == ZMQ_XPUB;
	void *b = zd_socket(binder), *c = zd_socket(connector);
	const char *ep = zd_bind(b);
	int n = 1;

	if (binder == ZMQ_XPUB)
		za_set(b, ZMQ_XPUB_VERBOSE, 1);
	if (connector == ZMQ_SUB)
		subscribe(c, "A");
	if (sends)
		subscribe(b, "A");
	say("%s", name);
	say_rc("connect", zmq_connect(c, ep));
	say_rc("connect", zmq_connect(c, ep));
	if (connector == ZMQ_XSUB)
		zd_put(c, "\1A", NULL);
	if (sends) {
		zd_settle();
		za_get(b, ZMQ_EVENTS);
		zd_settle();
		zd_put(c, "A1", NULL);
	}
	say_recv(b);
	zd_settle();
	while (zmq_recv(b, NULL, 0, ZMQ_DONTWAIT) >= 0)
		n++;
	say("%d", n);
}

/* For PUB and SUB it is the same connection. */
static void connect_twice(void)
{
	copies("sub", ZMQ_XPUB, ZMQ_SUB);
	copies("xsub", ZMQ_XPUB, ZMQ_XSUB);
	copies("pub", ZMQ_SUB, ZMQ_PUB);
	copies("xpub", ZMQ_SUB, ZMQ_XPUB);
}

/* Up to where a command that carries the topic has a short frame. */
static void long_topics(void)
{
	static const size_t sizes[] = { 1, 127, 128, 244, 245 };
	static char topic[256], got[256];
	void *sub, *xpub = couple(&sub);
	size_t i;

	memset(topic, 't', sizeof(topic));
	for (i = 0; i < ZT_ARRAY(sizes); i++) {
		zt_ok(zmq_setsockopt(sub, ZMQ_SUBSCRIBE, topic, sizes[i]));
		say("%d", zmq_recv(xpub, got, sizeof(got), 0));
		zt_check(got[0] == 1 && !memcmp(got + 1, topic, sizes[i]));
		zt_eq(zmq_send(xpub, topic, sizes[i], 0), (int)sizes[i]);
		say("%d", zmq_recv(sub, got, sizeof(got), 0));
		zt_ok(zmq_setsockopt(sub, ZMQ_UNSUBSCRIBE, topic, sizes[i]));
		say("%d", zmq_recv(xpub, got, sizeof(got), 0));
		zt_check(got[0] == 0 && !memcmp(got + 1, topic, sizes[i]));
	}
}

static const struct zd_behaviour behaviours[] = {
	{ "prefixes", "API 1.10", prefixes,
	  "[ab] [abc][part] [cab] none",
	},
	{ "everything", "API 1.11", everything,
	  "null=ok [] [x][]",
	},
	{ "no_subscription", "API 1.11", no_subscription,
	  "none none",
	},
	{ "first_part", "API 1.11", first_part,
	  "[\\x01t] [t][x] none",
	},
	{ "sub_errors", "API 1.11", sub_errors,
	  "pub=EINVAL xpub=EINVAL xsub=EINVAL pull=EINVAL xpub=EINVAL unknown=ok get=EINVAL sub:linger=0 xsub:linger=0 pub:linger=-1 xpub:linger=-1",
	},
	{ "multiset", "API 1.11", multiset,
	  "[\\x01A] [\\x01A] none [A1] [\\x00A] none none",
	},
	{ "nested_topics", "API 1.10", nested_topics,
	  "[\\x01ab] [\\x01a] [\\x01abc] [abcd] [\\x00a] [ab1] [\\x00ab] [abc2] none",
	},
	{ "xpub_default", "API 1.10, 9.4", xpub_default,
	  "[\\x01A] none none [\\x00A] none",
	},
	{ "xpub_verbose", "API 1.10, 9.4", xpub_verbose,
	  "[\\x01A] verbose=ok [\\x01A] [\\x01A] none [\\x00A] off=ok [\\x01A] none",
	},
	{ "xpub_verboser", "API 1.10, 9.4", xpub_verboser,
	  "verboser=ok [\\x01A] [\\x01A] [\\x00A] [\\x00A] none verbose=ok [\\x01B] [\\x01B] none [\\x00B]",
	},
	{ "xpub_peer_lost", "API 1.10", xpub_peer_lost,
	  "[\\x01A] [\\x01B] [\\x01C] [\\x00A] none [\\x00C] [\\x00B] none",
	},
	{ "xpub_peer_lost_verboser", "API 1.10", xpub_peer_lost_verboser,
	  "[\\x01A] [\\x01A] [\\x00A] [A1] [\\x00A]",
	},
	{ "xpub_peer_disconnects", "API 1.10", xpub_peer_disconnects,
	  "[\\x01A] disconnect=ok [\\x00A] connect=ok [\\x01A] [A1]",
	},
	{ "user_messages", "API 1.10", user_messages,
	  "[\\x02A] [hello][there] more=0 [] [\\x01T] [T1][x]",
	},
	{ "user_messages_to_pub", "API 1.10", user_messages_to_pub,
	  "recv=ENOTSUP events=2",
	},
	{ "subscription_in_parts", "API 1.10", subscription_in_parts,
	  "[\\x02ABC][\\x01B] none [B1]",
	},
	{ "xsub_subscribes", "API 1.11", xsub_subscribes,
	  "[\\x01A] none none [\\x00A] none [\\x01] [A1]",
	},
	{ "replay", "API 1.11", replay,
	  "[\\x01A] [\\x01other] [\\x00other] [\\x01A] none [A1]",
	},
	{ "replay_to_all", "API 1.11", replay_to_all,
	  "[\\x01A] [\\x01A] [A2] [A1]",
	},
	{ "long_topics", "API 1.10, 9.4", long_topics,
	  "2 1 2 128 127 128 129 128 129 245 244 245 246 245 246",
	},
	{ "connect_twice", "API 4.8", connect_twice,
	  "sub connect=ok connect=ok [\\x01A] 1 xsub connect=ok connect=ok [\\x01A] 2 pub connect=ok connect=ok [A1] 1 xpub connect=ok connect=ok [A1] 2",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
