// SPDX-License-Identifier: GPL-2.0-only
/* Options of PUB and XPUB; inverse matching; PUB against high-water marks: API 1.10, 1.11, 9.1. */
#include "diff.h"

/* zmq.h hides it; Debian's library has it. */
#ifndef ZMQ_XPUB_MANUAL_LAST_VALUE
#define ZMQ_XPUB_MANUAL_LAST_VALUE 98
#endif

static void say_sub(void *xpub, const char *what, int option, const char *topic)
{
	say_set_bytes(xpub, what, option, topic, strlen(topic));
}

/* XPUB with MANUAL, and an XSUB: that one takes all it is sent. */
static void *manual_xsub(void **xsub)
{
	void *xpub = zd_socket(ZMQ_XPUB);

	za_set(xpub, ZMQ_XPUB_MANUAL, 1);
	*xsub = zd_socket(ZMQ_XSUB);
	zd_link(xpub, *xsub);
	return xpub;
}

/* An application's own topics, instead of those that were asked for. */
static void manual_maps(void)
{
	void *xsub, *xpub = manual_xsub(&xsub);

	zd_put(xsub, "\1A", NULL);
	say_recv(xpub);
	zd_put(xpub, "A0", NULL);
	say_sub(xpub, "sub", ZMQ_SUBSCRIBE, "B");
	zd_put(xpub, "A", NULL);
	zd_put(xpub, "B", NULL);
	say_recv(xsub);
	say_none(xsub);
	say_sub(xpub, "unsub", ZMQ_UNSUBSCRIBE, "B");
	zd_put(xpub, "B", NULL);
	say_none(xsub);
}

/* Nothing is applied unless the application does it. */
static void manual_ignored(void)
{
	void *xsub, *xpub = manual_xsub(&xsub);

	zd_put(xsub, "\1A", NULL);
	say_recv(xpub);
	zd_put(xpub, "A", NULL);
	say_none(xsub);
	say_sub(xpub, "sub", ZMQ_SUBSCRIBE, "A");
	zt_eq(zmq_send(xsub, "\0A", 2, 0), 2);
	say_recv(xpub);
	zd_put(xpub, "A1", NULL);
	say_recv(xsub);
	say_sub(xpub, "unsub", ZMQ_UNSUBSCRIBE, "A");
	zd_put(xpub, "A2", NULL);
	say_none(xsub);
}

/* Two subscribers: a topic goes to the one that was read of last. */
static void manual_two_peers(void)
{
	void *one, *xpub = manual_xsub(&one), *two = zd_socket(ZMQ_XSUB);

	zd_link(xpub, two);
	zd_put(one, "\1A", NULL);
	say_recv(xpub);
	say_sub(xpub, "sub", ZMQ_SUBSCRIBE, "XA");
	zd_put(two, "\1B", NULL);
	say_recv(xpub);
	say_sub(xpub, "sub", ZMQ_SUBSCRIBE, "XB");
	zd_put(xpub, "A", NULL);
	zd_put(xpub, "B", NULL);
	zd_put(xpub, "XA", NULL);
	zd_put(xpub, "XB", NULL);
	say_recv(one);
	say_recv(two);
	say_none(one);
	say_none(two);
}

/* Each subscribe and unsubscribe is reported, as with VERBOSER. */
static void manual_reports_all(void)
{
	void *one, *xpub = manual_xsub(&one), *two = zd_socket(ZMQ_XSUB);

	zd_link(xpub, two);
	zd_put(one, "\1A", NULL);
	say_recv(xpub);
	zd_put(two, "\1A", NULL);
	say_recv(xpub);
	zd_put(one, "\1A", NULL);
	say_none(xpub);
	zt_eq(zmq_send(two, "\0A", 2, 0), 2);
	say_recv(xpub);
}

/* A peer that goes: its own topics are reported; the mapped one can be removed. */
static void manual_peer_lost(void)
{
	void *one, *xpub = manual_xsub(&one), *two = zd_socket(ZMQ_XSUB);

	zd_put(one, "\1A", NULL);
	say_recv(xpub);
	say_sub(xpub, "sub", ZMQ_SUBSCRIBE, "XA");
	za_close(one);
	say_recv(xpub);
	say_sub(xpub, "unsub", ZMQ_UNSUBSCRIBE, "XA");
	say_sub(xpub, "sub", ZMQ_SUBSCRIBE, "XB");
	zd_link(xpub, two);
	zd_put(two, "\1B", NULL);
	say_recv(xpub);
	say_sub(xpub, "sub", ZMQ_SUBSCRIBE, "B");
	zd_put(xpub, "XA", NULL);
	zd_put(xpub, "XB", NULL);
	zd_put(xpub, "B", NULL);
	say_recv(two);
	say_none(two);
}

static void manual_both_lost(void)
{
	void *one, *xpub = manual_xsub(&one), *two = zd_socket(ZMQ_XSUB);

	zd_link(xpub, two);
	zd_put(one, "\1A", NULL);
	say_recv(xpub);
	say_sub(xpub, "sub", ZMQ_SUBSCRIBE, "A");
	zd_put(two, "\1A", NULL);
	say_recv(xpub);
	say_sub(xpub, "sub", ZMQ_SUBSCRIBE, "A");
	zd_put(xpub, "A1", NULL);
	say_recv(one);
	say_recv(two);
	za_close(one);
	za_close(two);
	say_recv_many(xpub, 2);
	say_none(xpub);
}

static void manual_user_message(void)
{
	void *xsub, *xpub = manual_xsub(&xsub);

	zd_put(xsub, "\2A", NULL);
	say_recv(xpub);
	zd_put(xsub, "x", "y", NULL);
	say_recv(xpub);
}

/* Without MANUAL it is no option of an XPUB; a SUB's filter stays its own. */
static void manual_and_sub(void)
{
	void *xpub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);

	zd_link(xpub, sub);
	say_sub(xpub, "automatic", ZMQ_SUBSCRIBE, "A");
	za_set(xpub, ZMQ_XPUB_MANUAL, 1);
	zd_set_text(sub, ZMQ_SUBSCRIBE, "A");
	say_recv(xpub);
	say_sub(xpub, "manual", ZMQ_SUBSCRIBE, "");
	zd_put(xpub, "C", NULL);
	zd_put(xpub, "A", NULL);
	say_recv(sub);
	say_none(sub);
}

/* The next message is for the one that was read of last, alone. */
static void manual_last_value(void)
{
	void *one, *xpub = manual_xsub(&one), *two = zd_socket(ZMQ_XSUB);

	say_set(xpub, "set", ZMQ_XPUB_MANUAL_LAST_VALUE, 1);
	zd_link(xpub, two);
	zd_put(one, "\1A", NULL);
	say_recv(xpub);
	say_sub(xpub, "sub", ZMQ_SUBSCRIBE, "A");
	zd_put(xpub, "A1", NULL);
	say_recv(one);
	zd_put(two, "\1A", NULL);
	say_recv(xpub);
	say_sub(xpub, "sub", ZMQ_SUBSCRIBE, "A");
	zd_put(xpub, "A2", NULL);
	say_recv(two);
	say_none(one);
	zd_put(xpub, "A3", NULL);
	say_recv(one);
	say_recv(two);
}

static void welcome(void)
{
	void *xpub = zd_socket(ZMQ_XPUB), *one = zd_socket(ZMQ_SUB), *two = zd_socket(ZMQ_SUB);

	say_sub(xpub, "set", ZMQ_XPUB_WELCOME_MSG, "W");
	zd_set_text(one, ZMQ_SUBSCRIBE, "W");
	zd_link(xpub, one);
	say_recv(xpub);
	say_recv(one);
	say_none(one);
	/* A filter takes it like any message. */
	zd_set_text(two, ZMQ_SUBSCRIBE, "x");
	zd_link(xpub, two);
	say_recv(xpub);
	say_none(two);
}

static void welcome_cleared(void)
{
	void *pub = zd_socket(ZMQ_PUB), *sub = zd_socket(ZMQ_SUB);

	say_sub(pub, "set", ZMQ_XPUB_WELCOME_MSG, "W");
	say_sub(pub, "clear", ZMQ_XPUB_WELCOME_MSG, "");
	zd_set_text(sub, ZMQ_SUBSCRIBE, "");
	zd_link(pub, sub);
	zd_subscribed(pub, sub, "x");
	say_none(sub);
}

/* To each new peer, whichever side connects. */
static void welcome_to_each(void)
{
	void *xpub = zd_socket(ZMQ_XPUB), *one = zd_socket(ZMQ_XSUB), *two = zd_socket(ZMQ_XSUB);

	say_sub(xpub, "set", ZMQ_XPUB_WELCOME_MSG, "hello");
	zd_link(one, xpub);
	say_recv_from(one, xpub);
	za_connect(two, zd_bind(xpub));
	say_recv_from(two, xpub);
	say_none(one);
}

/* INVERT_MATCHING on both sides: what matches does not come. */
static void invert(void)
{
	void *pub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);

	zd_set_text(sub, ZMQ_SUBSCRIBE, "prefix");
	zd_link(pub, sub);
	say_recv(pub);
	say_set(pub, "pub", ZMQ_INVERT_MATCHING, 1);
	say_set(sub, "sub", ZMQ_INVERT_MATCHING, 7);
	say_get(sub, "sub", ZMQ_INVERT_MATCHING);
	zd_put(pub, "prefix1", NULL);
	zd_put(pub, "p1", NULL);
	zd_put(pub, "", NULL);
	zd_put(pub, "this is not", "prefix", NULL);
	say_recv_many(sub, 3);
	say_none(sub);
	say_set(pub, "pub", ZMQ_INVERT_MATCHING, 0);
	say_set(sub, "sub", ZMQ_INVERT_MATCHING, 0);
	zd_put(pub, "p1", NULL);
	zd_put(pub, "prefix2", NULL);
	say_recv(sub);
	say_none(sub);
}

/* On one side only: the other one's filter lets nothing through. */
static void invert_one_side(void)
{
	void *pub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);

	zd_set_text(sub, ZMQ_SUBSCRIBE, "A");
	zd_link(pub, sub);
	say_recv(pub);
	za_set(pub, ZMQ_INVERT_MATCHING, 1);
	zd_put(pub, "A", NULL);
	zd_put(pub, "B", NULL);
	say_none(sub);
	za_set(pub, ZMQ_INVERT_MATCHING, 0);
	za_set(sub, ZMQ_INVERT_MATCHING, 1);
	zd_put(pub, "A", NULL);
	zd_put(pub, "B", NULL);
	say_none(sub);
}

/* Everyone but those who match, when there are several. */
static void invert_two_peers(void)
{
	void *pub = zd_socket(ZMQ_XPUB), *one = zd_socket(ZMQ_SUB), *two = zd_socket(ZMQ_SUB);

	zd_set_text(one, ZMQ_SUBSCRIBE, "A");
	zd_set_text(two, ZMQ_SUBSCRIBE, "B");
	zd_link(pub, one);
	say_recv(pub);
	zd_link(pub, two);
	say_recv(pub);
	za_set(pub, ZMQ_INVERT_MATCHING, 1);
	za_set(one, ZMQ_INVERT_MATCHING, 1);
	za_set(two, ZMQ_INVERT_MATCHING, 1);
	zd_put(pub, "A1", NULL);
	zd_put(pub, "B1", NULL);
	zd_put(pub, "C1", NULL);
	say_recv_many(one, 2);
	say_recv_many(two, 2);
	say_none(one);
	say_none(two);
}

/* The mark is set when all is connected: that many are accepted and arrive. */
static void hwm_after_connect(void)
{
	static const int marks[] = { 1000, 100 };
	size_t i;

	for (i = 0; i < ZT_ARRAY(marks); i++) {
		void *pub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);
		char buf[16];
		int sent = 0, got = 0;

		zd_set_text(sub, ZMQ_SUBSCRIBE, "");
		zd_link(pub, sub);
		say_recv(pub);
		za_set(pub, ZMQ_SNDHWM, marks[i]);
		while (sent < marks[i] && zmq_send(pub, "test message", 13, ZMQ_DONTWAIT) == 13)
			sent++;
		while (got < sent && zmq_recv(sub, buf, sizeof(buf), 0) == 13)
			got++;
		say("%d %d", sent, got);
		say_none(sub);
	}
}

/* Far fewer than the mark at a time are all received. */
static void hwm_not_reached(void)
{
	void *pub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);
	static const int counts[] = { 9999, 1100 };
	char buf[16];
	size_t i;

	za_set(pub, ZMQ_SNDHWM, 11024);
	za_set(sub, ZMQ_RCVHWM, 11024);
	zd_set_text(sub, ZMQ_SUBSCRIBE, "");
	zd_link(pub, sub);
	say_recv(pub);
	for (i = 0; i < ZT_ARRAY(counts); i++) {
		int sent = 0, got = 0;

		while (sent < counts[i] && zmq_send(pub, "test message", 13, ZMQ_DONTWAIT) == 13)
			sent++;
		while (got < sent && zmq_recv(sub, buf, sizeof(buf), 0) == 13)
			got++;
		say("%d %d", sent, got);
		say_none(sub);
	}
}

/* NODROP: a full peer that would get it makes the send fail; what passed arrives. */
static void nodrop(void)
{
	void *pub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);
	int sent = 0, refused = 0, got = 0, i;
	char body[1000] = "";

	/* So that TCP holds little, and half of it all does not fit. */
	za_set(pub, ZMQ_SNDBUF, 32768);
	za_set(sub, ZMQ_RCVBUF, 32768);
	za_set(pub, ZMQ_SNDHWM, 2000);
	say_set(pub, "set", ZMQ_XPUB_NODROP, 1);
	za_set(sub, ZMQ_RCVHWM, 1000);
	zd_set_text(sub, ZMQ_SUBSCRIBE, "");
	zd_link(pub, sub);
	say_recv(pub);
	for (i = 0; i < 6000; i++) {
		if (zmq_send(pub, body, sizeof(body), ZMQ_DONTWAIT) > 0)
			sent++;
		else if (errno == EAGAIN)
			refused++;
	}
	say_events(pub);
	while (got < sent && zmq_recv(sub, body, sizeof(body), 0) == sizeof(body))
		got++;
	say("%s", sent + refused == 6000 ? "counted" : "lost count");
	say("%s", refused ? "refused" : "all taken");
	say("%s", got == sent ? "all arrived" : "some lost");
	say_none(sub);
}

/* A large message that a peer does not read fills it up in the end. */
static void nodrop_full(void)
{
	void *pub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);
	static char big[1 << 20];
	int n = 0;

	za_set(pub, ZMQ_SNDHWM, 2);
	za_set(sub, ZMQ_RCVHWM, 2);
	za_set(pub, ZMQ_XPUB_NODROP, 1);
	zd_set_text(sub, ZMQ_SUBSCRIBE, "");
	zd_link(pub, sub);
	say_recv(pub);
	do {
		n = 0;
		while (zmq_send(pub, big, sizeof(big), ZMQ_DONTWAIT) > 0)
			n++;
		zd_settle();
	} while (n);
	say_rc("send", zmq_send(pub, "t", 1, ZMQ_DONTWAIT));
	say_events(pub);
	za_set(pub, ZMQ_SNDTIMEO, 100);
	say_rc("send", zmq_send(pub, "t", 1, 0));
	za_set(pub, ZMQ_XPUB_NODROP, 0);
	say_rc("dropped", zmq_send(pub, "t", 1, ZMQ_DONTWAIT));
	say_recv(sub);
}

static void options(void)
{
	static const struct {
		const char *name;
		int option;
	} list[] = {
		{ "verbose", ZMQ_XPUB_VERBOSE }, { "verboser", ZMQ_XPUB_VERBOSER },
		{ "nodrop", ZMQ_XPUB_NODROP }, { "manual", ZMQ_XPUB_MANUAL },
	};
	static const int types[] = { ZMQ_XPUB, ZMQ_PUB, ZMQ_SUB, ZMQ_XSUB, ZMQ_PUSH };
	size_t i, k;

	for (k = 0; k < ZT_ARRAY(types); k++) {
		void *s = zd_socket(types[k]);

		say("type%d", types[k]);
		for (i = 0; i < ZT_ARRAY(list); i++)
			say_set(s, list[i].name, list[i].option, 1);
		say_sub(s, "welcome", ZMQ_XPUB_WELCOME_MSG, "x");
	}
}

static void option_values(void)
{
	void *s = zd_socket(ZMQ_XPUB);
	char byte = 1;

	say_set(s, "verbose:2", ZMQ_XPUB_VERBOSE, 2);
	say_set(s, "verbose:-1", ZMQ_XPUB_VERBOSE, -1);
	say_set(s, "nodrop:-1", ZMQ_XPUB_NODROP, -1);
	say_set(s, "manual:-1", ZMQ_XPUB_MANUAL, -1);
	say_set(s, "verboser:-1", ZMQ_XPUB_VERBOSER, -1);
	say_set_bytes(s, "verbose:byte", ZMQ_XPUB_VERBOSE, &byte, 1);
	say_get(s, "verbose", ZMQ_XPUB_VERBOSE);
	say_get(s, "nodrop", ZMQ_XPUB_NODROP);
	say_get(s, "invert", ZMQ_INVERT_MATCHING);
	say_set(s, "invert", ZMQ_INVERT_MATCHING, -5);
	say_get(s, "invert", ZMQ_INVERT_MATCHING);
}

/* XSUB and XPUB in the middle, passed on by hand. */
static void forwarder(void)
{
	void *pub = zd_socket(ZMQ_PUB), *xsub = zd_socket(ZMQ_XSUB);
	void *xpub = zd_socket(ZMQ_XPUB), *sub = zd_socket(ZMQ_SUB);
	char buf[32];
	int len;

	zd_link(pub, xsub);
	zd_link(xpub, sub);
	zd_set_text(sub, ZMQ_SUBSCRIBE, "t");
	len = zmq_recv(xpub, buf, sizeof(buf), 0);
	say("%s", zd_frame(buf, len));
	zt_eq(zmq_send(xsub, buf, len, 0), len);
	zd_subscribed(pub, xsub, "t");
	zd_put(pub, "t1", NULL);
	len = zmq_recv(xsub, buf, sizeof(buf), 0);
	say("%s", zd_frame(buf, len));
	zt_eq(zmq_send(xpub, buf, len, 0), len);
	say_recv(sub);
}

static const struct zd_behaviour behaviours[] = {
	{ "manual_maps", "API 1.10, 9.4", manual_maps,
	  "[\\x01A] sub=ok [B] none unsub=ok none",
	},
	{ "manual_ignored", "API 1.10", manual_ignored,
	  "[\\x01A] none sub=ok [\\x00A] [A1] unsub=ok none",
	},
	{ "manual_two_peers", "API 1.10, 9.4", manual_two_peers,
	  "[\\x01A] sub=ok [\\x01B] sub=ok [XA] [XB] none none",
	},
	{ "manual_reports_all", "API 1.10", manual_reports_all,
	  "[\\x01A] [\\x01A] [\\x01A] [\\x00A]",
	},
	{ "manual_peer_lost", "API 1.10, 9.4", manual_peer_lost,
	  "[\\x01A] sub=ok [\\x00A] unsub=ok sub=ok [\\x01B] sub=ok [B] none",
	},
	{ "manual_both_lost", "API 1.10, 9.4", manual_both_lost,
	  "[\\x01A] sub=ok [\\x01A] sub=ok [A1] [A1] [\\x00A] [\\x00A] none",
	},
	{ "manual_user_message", "API 1.10, 9.4", manual_user_message,
	  "[\\x02A] [x][y]",
	},
	{ "manual_and_sub", "API 1.10", manual_and_sub,
	  "automatic=EINVAL [\\x01A] manual=ok [A] none",
	},
	{ "welcome", "API 1.10, 9.4", welcome,
	  "set=ok [\\x01W] [W] none [\\x01x] none",
	},
	{ "welcome_cleared", "API 1.10", welcome_cleared,
	  "set=ok clear=ok none",
	},
	{ "welcome_to_each", "API 1.10", welcome_to_each,
	  "set=ok [hello] [hello] none",
	},
	{ "invert", "API 1.11, 9.4", invert,
	  "[\\x01prefix] pub=ok sub=ok sub=1 [p1] [] [this\\x20is\\x20not][prefix] none pub=ok sub=ok [prefix2] none",
	},
	{ "invert_one_side", "API 1.11", invert_one_side,
	  "[\\x01A] none none",
	},
	{ "invert_two_peers", "API 1.11", invert_two_peers,
	  "[\\x01A] [\\x01B] [B1] [C1] [A1] [C1] none none",
	},
	{ "hwm_after_connect", "API 1.10, 9.1", hwm_after_connect,
	  "[\\x01] 1000 1000 none [\\x01] 100 100 none",
	},
	{ "hwm_not_reached", "API 1.10, 9.1", hwm_not_reached,
	  "[\\x01] 9999 9999 none 1100 1100 none",
	},
	{ "nodrop", "API 1.10, 9.1", nodrop,
	  "set=ok [\\x01] events=2 counted refused all arrived none",
	},
	{ "nodrop_full", "API 1.10", nodrop_full,
	  "[\\x01] send=EAGAIN events=2 send=EAGAIN dropped=1 [<1048576>]",
	},
	{ "options", "API 1.10", options,
	  "type9 verbose=ok verboser=ok nodrop=ok manual=ok welcome=ok type1 verbose=ok verboser=ok nodrop=ok manual=ok welcome=ok type2 verbose=EINVAL verboser=EINVAL nodrop=EINVAL manual=EINVAL welcome=EINVAL type10 verbose=EINVAL verboser=EINVAL nodrop=EINVAL manual=EINVAL welcome=EINVAL type8 verbose=EINVAL verboser=EINVAL nodrop=EINVAL manual=EINVAL welcome=EINVAL",
	},
	{ "option_values", "API 1.10", option_values,
	  "verbose:2=ok verbose:-1=EINVAL nodrop:-1=EINVAL manual:-1=EINVAL verboser:-1=EINVAL verbose:byte=EINVAL verbose=EINVAL nodrop=EINVAL invert=0 invert=ok invert=1",
	},
	{ "forwarder", "API 1.10, 9.4", forwarder,
	  "[\\x01t] [t1] [t1]",
	},
	{ "manual_last_value", "API 1.10, 9.4", manual_last_value,
	  "set=ok [\\x01A] sub=ok [A1] [\\x01A] sub=ok [A2] none [A3] [A3]",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
