// SPDX-License-Identifier: GPL-2.0-only
/*
 * DEALER, ROUTER and STREAM, what REQ and REP have of their own, and what all
 * types do with ZMQ_HELLO_MSG and its kin: scripts, see util_kunit.h. Ids that
 * a ROUTER gives are "-ABCD", "-ABCE" and so on.
 */
#include "conn/props.h"
#include "util_kunit.h"

static const struct zmq_fake_script zmq_route_scripts[] = {
	{ "DEALER: in turn, both ways", ZMQ_DEALER, 2, 0,
	  { NOSEND(-EAGAIN, ""), JOIN(0, "O"), JOIN(1, "O"),
	    SEND(0, "a|b", "O"), SEND(1, "c", "O"), GIVE(0, "x|y", "IO"),
	    GIVE(1, "z", "IO"), RECV("x|y", "IO"), RECV("z", "O"),
	    TAKE(0, "a|b", "O"), TAKE(1, "c", "O"), NORECV(-EAGAIN, "O") } },
	{ "DEALER: PROBE_ROUTER", ZMQ_DEALER, 2, 0,
	  { FLAG(ZMQ_PROBE_ROUTER, "1", 0, ""), JOIN(0, "O"),
	    TAKE(0, "", "O"), SEND(0, "a", "O"), TAKE(0, "a", "O"),
	    FLAG(ZMQ_PROBE_ROUTER, "0", 0, "O"), JOIN(1, "O"),
	    TAKE(1, NULL, "O") } },
	{ "ROUTER: ids, ours and theirs", ZMQ_ROUTER, 2, 0,
	  { JOIN(0, "O"), JOIN(1, "O"), UP(0, "", "O"), UP(1, "bob", "O"),
	    GIVE(0, "x", "IO"), GIVE(1, "y|z", "IO"), RECV("-ABCD|x", "IO"),
	    RECV("bob|y|z", "O"), SEND(1, "bob|hi", "O"),
	    SEND(0, "-ABCD||a|b", "O"), TAKE(1, "hi", "O"),
	    TAKE(0, "|a|b", "O") } },
	{ "ROUTER: a long id, and one of ours that a peer has", ZMQ_ROUTER, 2, 0,
	  { JOIN(0, "O"), JOIN(1, "O"), JOIN(2, "O"),
	    UP(0, "an id of more than 16 bytes", "O"), UP(1, "-ABCD", "O"),
	    GIVE(0, "x", "IO"), RECV("an id of more than 16 bytes|x", "O"),
	    SEND(0, "an id of more than 16 bytes|y", "O"), UP(2, "", "O"),
	    SEND(1, "-ABCD|y", "O"), SEND(2, "-ABCE|z", "O"),
	    TAKE(0, "y", "O") } },
	/* The third one was in the pipe of a peer that went. */
	{ "ROUTER: nobody, nobody yet, nothing to be sent", ZMQ_ROUTER, 2, 4,
	  { LOSE("bob|x", "O"), JOIN(0, "O"), LOSE("bob|x|y", "O"),
	    LOSE("bob", "O"), UP(0, "bob", "O"), LOSE("bob", "O"),
	    TAKE(0, NULL, "O"), SEND(0, "bob|x", "O"), LEAVE(0, "O"),
	    LOSE("bob|x", "O") } },
	{ "ROUTER: full", ZMQ_ROUTER, 1, 1,
	  { JOIN(0, "O"), UP(0, "a", "O"), SEND(0, "a|1", "O"),
	    LOSE("a|2", "O"), TAKE(0, "1", "O"), SEND(0, "a|3", "O"),
	    TAKE(0, "3", "O") } },
	{ "ROUTER: MANDATORY", ZMQ_ROUTER, 1, 1,
	  { FLAG(ZMQ_ROUTER_MANDATORY, "1", 0, ""),
	    FAIL("a|x", -EHOSTUNREACH, ""), JOIN(0, ""), UP(0, "a", "O"),
	    SEND(0, "a|1", ""), FAIL("a|2", -EAGAIN, ""),
	    FAIL("b|x", -EHOSTUNREACH, ""), LOSE("a", ""), TAKE(0, "1", "O"),
	    SEND(0, "a|3", ""), JOIN(1, ""), UP(1, "b", "O"),
	    FAIL("a|4", -EAGAIN, "O"), SEND(1, "b|5", ""), LEAVE(0, ""),
	    FAIL("a|x", -EHOSTUNREACH, ""), TAKE(1, "5", "O"),
	    FLAG(ZMQ_ROUTER_MANDATORY, "0", 0, "O"),
	    FLAG(ZMQ_ROUTER_MANDATORY, "-1", -EINVAL, "O") } },
	/* Unread, unsent, to nobody, unread. */
	{ "ROUTER: an id that is taken", ZMQ_ROUTER, 2, 4,
	  { JOIN(0, "O"), JOIN(1, "O"), UP(0, "a", "O"), UP(1, "a", "O"),
	    GIVE(1, "x", "O"), NORECV(-EAGAIN, "O"), SEND(0, "a|1", "O"),
	    LEAVE(0, "O"), LOSE("a|2", "O"), GIVE(1, "y", "O"),
	    TAKE(1, NULL, "O"), JOIN(2, "O"), UP(2, "a", "O"),
	    SEND(2, "a|3", "O") } },
	{ "ROUTER: HANDOVER", ZMQ_ROUTER, 4, 1,
	  { FLAG(ZMQ_ROUTER_HANDOVER, "1", 0, "O"), JOIN(0, "O"),
	    UP(0, "a", "O"), GIVE(0, "old", "IO"), SEND(0, "a|1", "IO"),
	    JOIN(1, "IO"), UP(1, "a", "IO"), SEND(1, "a|2", "IO"),
	    TAKE(1, "2", "IO"), TAKE(0, "1", "IO"), GIVE(0, "late", "IO"),
	    RECV("-ABCD|old", "O"), LEAVE(0, "O"), SEND(1, "a|3", "O"),
	    GIVE(1, "new", "IO"), RECV("a|new", "O") } },
	{ "ROUTER: HANDOVER from who has gone already", ZMQ_ROUTER, 4, 0,
	  { FLAG(ZMQ_ROUTER_HANDOVER, "1", 0, "O"), JOIN(0, "O"),
	    UP(0, "a", "O"), GIVE(0, "old", "IO"), LEAVE(0, "IO"),
	    JOIN(1, "IO"), UP(1, "a", "IO"), GIVE(1, "new", "IO"),
	    RECV("a|old", "IO"), RECV("a|new", "O"),
	    SEND(1, "a|x", "O") } },
	{ "ROUTER: CONNECT_ROUTING_ID", ZMQ_ROUTER, 4, 1,
	  { SET(ZMQ_CONNECT_ROUTING_ID, "me", 0, "O"), DIAL(0, 0, "O"),
	    SEND(0, "me|1", "O"), UP(0, "other", "O"), GIVE(0, "x", "IO"),
	    RECV("me|x", "O"), LOSE("other|y", "O"),
	    SET(ZMQ_CONNECT_ROUTING_ID, "me", 0, "O"),
	    DIAL(1, -EADDRINUSE, "O"), DIAL(1, 0, "O"), UP(1, "", "O"),
	    SEND(1, "-ABCD|z", "O"), DOWN(0, "O"), SEND(0, "me|2", "O"),
	    UP(0, "another", "O"), SEND(0, "me|3", "O"),
	    TAKE(0, "1", "O"), SET(ZMQ_CONNECT_ROUTING_ID, NULL, -EINVAL, "O") } },
	{ "ROUTER: CONNECT_ROUTING_ID is not for who connects to us", ZMQ_ROUTER, 4, 1,
	  { SET(ZMQ_CONNECT_ROUTING_ID, "me", 0, "O"), JOIN(0, "O"),
	    UP(0, "a", "O"), LOSE("me|1", "O"), SEND(0, "a|2", "O"),
	    DIAL(1, 0, "O"), SEND(1, "me|3", "O") } },
	{ "ROUTER: NOTIFY", ZMQ_ROUTER, 4, 0,
	  { FLAG(ZMQ_ROUTER_NOTIFY, "3", 0, "O"), JOIN(0, "O"),
	    UP(0, "a", "IO"), RECV("a|", "O"), GIVE(0, "x", "IO"),
	    LEAVE(0, "IO"), RECV("a|x", "IO"), RECV("a|", "O"),
	    FLAG(ZMQ_ROUTER_NOTIFY, "2", 0, "O"), JOIN(1, "O"),
	    UP(1, "b", "O"), LEAVE(1, "IO"), RECV("b|", "O"), JOIN(2, "O"),
	    LEAVE(2, "O"), NORECV(-EAGAIN, "O") } },
	{ "STREAM: chunks", ZMQ_STREAM, 4, 0,
	  { JOIN(0, "O"), UP(0, "", "IO"), RECV("-ABCD|", "O"),
	    GIVE(0, "hello", "IO"), RECV("-ABCD|hello", "O"),
	    SEND(0, "-ABCD|x", "O"), TAKE(0, "^x", "O"),
	    FAIL("nobody|x", -EHOSTUNREACH, "O"), LOSE("lone", "O"),
	    GIVE(0, "end", "IO"), LEAVE(0, "IO"), RECV("-ABCD|end", "IO"),
	    RECV("-ABCD|", "O"), FAIL("-ABCD|x", -EHOSTUNREACH, "O") } },
	{ "STREAM: an empty chunk ends the connection", ZMQ_STREAM, 4, 1,
	  { FLAG(ZMQ_STREAM_NOTIFY, "0", 0, "O"), JOIN(0, "O"),
	    UP(0, "", "O"), GIVE(0, "unread", "IO"),
	    SEND(0, "-ABCD|last", "IO"), LOSE("-ABCD|", "IO"),
	    TAKE(0, "^last", "IO"), FAIL("-ABCD|y", -EHOSTUNREACH, "IO"),
	    GIVE(0, "late", "IO"), RECV("-ABCD|unread", "O"), LEAVE(0, "O"),
	    NORECV(-EAGAIN, "O"),
	    FLAG(ZMQ_STREAM_NOTIFY, "2", -EINVAL, "O") } },
	{ "STREAM: full", ZMQ_STREAM, 1, 0,
	  { FLAG(ZMQ_STREAM_NOTIFY, "0", 0, "O"), JOIN(0, "O"),
	    UP(0, "", "O"), SEND(0, "-ABCD|1", "O"),
	    FAIL("-ABCD|2", -EAGAIN, "O"), TAKE(0, "^1", "O"),
	    SEND(0, "-ABCD|3", "O") } },
	{ "STREAM: CONNECT_ROUTING_ID", ZMQ_STREAM, 4, 0,
	  { SET(ZMQ_CONNECT_ROUTING_ID, "me", 0, "O"), DIAL(0, 0, "O"),
	    SEND(0, "me|1", "O"), TAKE(0, "^1", "O"), UP(0, "", "IO"),
	    RECV("me|", "O"), SET(ZMQ_CONNECT_ROUTING_ID, "me", 0, "O"),
	    DIAL(1, -EADDRINUSE, "O") } },
};

static const struct zmq_fake_script zmq_extra_scripts[] = {
	{ "REQ: RELAXED", ZMQ_REQ, 4, 2,
	  { FLAG(ZMQ_REQ_RELAXED, "1", 0, ""), JOIN(0, "O"), JOIN(1, "O"),
	    SEND(0, "a", "O"), SEND(1, "b", "O"), GIVE(0, "~A", "O"),
	    GIVE(1, "~B", "IO"), RECV("B", "O"), NORECV(-ZMQ_EFSM, "O"),
	    SEND(0, "c", "O"), GIVE(0, "~C", "IO"), SEND(1, "d", "O"),
	    NORECV(-EAGAIN, "O"), GIVE(1, "~D", "IO"), RECV("D", "O") } },
	{ "REQ: RELAXED, and the peer goes", ZMQ_REQ, 4, 1,
	  { FLAG(ZMQ_REQ_RELAXED, "1", 0, ""), JOIN(0, "O"), SEND(0, "a", "O"),
	    LEAVE(0, ""), NOSEND(-EAGAIN, ""), NORECV(-EAGAIN, ""),
	    JOIN(1, "O"), SEND(1, "b", "O"), GIVE(1, "~B", "IO"),
	    RECV("B", "O") } },
	{ "PUSH: CONFLATE", ZMQ_PUSH, 1, 0,
	  { FLAG(ZMQ_CONFLATE, "1", 0, ""), JOIN(0, "O"), SEND(0, "a", "O"),
	    SEND(0, "b", "O"), SEND(0, "c|d", "O"), TAKE(0, "d", "O"),
	    TAKE(0, NULL, "O"), SEND(0, "e", "O"), TAKE(0, "e", "O") } },
	{ "PULL: CONFLATE", ZMQ_PULL, 1, 0,
	  { FLAG(ZMQ_CONFLATE, "1", 0, ""), JOIN(0, ""), JOIN(1, ""),
	    GIVE(0, "a;b;c", "I"), GIVE(1, "x", "I"), RECV("c", "I"),
	    GIVE(1, "y", "I"), RECV("y", ""), NORECV(-EAGAIN, "") } },
	{ "ROUTER: CONFLATE has no effect", ZMQ_ROUTER, 4, 0,
	  { FLAG(ZMQ_CONFLATE, "1", 0, "O"), JOIN(0, "O"), UP(0, "a", "O"),
	    GIVE(0, "1;2", "IO"), RECV("a|1", "IO"), RECV("a|2", "O") } },
	{ "DEALER: HELLO before all that waits", ZMQ_DEALER, 4, 0,
	  { SET(ZMQ_HELLO_MSG, "hi", 0, ""), JOIN(0, "O"), SEND(0, "a", "O"),
	    UP(0, "", "O"), TAKE(0, "hi", "O"), TAKE(0, "a", "O"),
	    DOWN(0, "O"), UP(0, "", "O"), TAKE(0, "hi", "O"),
	    TAKE(0, NULL, "O"), SET(ZMQ_HELLO_MSG, NULL, 0, "O"),
	    DOWN(0, "O"), UP(0, "", "O"), TAKE(0, NULL, "O") } },
	{ "PUSH: no HELLO", ZMQ_PUSH, 4, 0,
	  { SET(ZMQ_HELLO_MSG, "hi", 0, ""), JOIN(0, "O"), UP(0, "", "O"),
	    TAKE(0, NULL, "O") } },
	{ "ROUTER: DISCONNECT_MSG of who connected to us", ZMQ_ROUTER, 4, 0,
	  { SET(ZMQ_DISCONNECT_MSG, "bye", 0, "O"),
	    SET(ZMQ_HICCUP_MSG, "hic", 0, "O"), JOIN(0, "O"),
	    UP(0, "a", "O"), GIVE(0, "x", "IO"), LEAVE(0, "IO"),
	    RECV("a|x", "IO"), RECV("a|bye", "O"), JOIN(1, "O"),
	    LEAVE(1, "O"), NORECV(-EAGAIN, "O") } },
	{ "DEALER: HICCUP_MSG of whom we connected to", ZMQ_DEALER, 4, 0,
	  { SET(ZMQ_DISCONNECT_MSG, "bye", 0, ""),
	    SET(ZMQ_HICCUP_MSG, "hic", 0, ""), DIAL(0, 0, "O"),
	    DOWN(0, "O"), UP(0, "", "O"), DOWN(0, "IO"), RECV("hic", "O"),
	    JOIN(1, "O"), UP(1, "", "O"), LEAVE(1, "O") } },
	{ "REP: neither, for lack of an envelope", ZMQ_REP, 4, 0,
	  { SET(ZMQ_DISCONNECT_MSG, "bye", 0, ""),
	    SET(ZMQ_HICCUP_MSG, "hic", 0, ""), JOIN(0, ""), UP(0, "", ""),
	    LEAVE(0, ""), NORECV(-EAGAIN, ""), DIAL(1, 0, ""),
	    UP(1, "", ""), DOWN(1, ""), NORECV(-EAGAIN, "") } },
	{ "REQ: neither, for lack of an envelope", ZMQ_REQ, 4, 1,
	  { SET(ZMQ_DISCONNECT_MSG, "bye", 0, ""),
	    SET(ZMQ_HICCUP_MSG, "hic", 0, ""), DIAL(0, 0, "O"),
	    UP(0, "", "O"), SEND(0, "a", ""), DOWN(0, ""),
	    NORECV(-EAGAIN, ""), UP(0, "", ""), GIVE(0, "~b", "I"),
	    RECV("b", "O"), JOIN(1, "O"), UP(1, "", "O"), LEAVE(1, "O"),
	    LEAVE(0, "") } },
};

static void zmq_route_desc(const struct zmq_fake_script *script, char *desc)
{
	strscpy(desc, script->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_route_scripts, zmq_route_scripts, zmq_route_desc);
KUNIT_ARRAY_PARAM(zmq_extra_scripts, zmq_extra_scripts, zmq_route_desc);

static void zmq_route_test_script(struct kunit *test)
{
	zmq_fake_run(test->priv, test->param_value);
}

static void zmq_route_test_extra(struct kunit *test)
{
	zmq_fake_run(test->priv, test->param_value);
}

/* Types that read nothing keep nothing to be read, nor its pipe. */
static void zmq_route_test_farewell(struct kunit *test)
{
	const int *type = test->param_value;
	struct zmq_fake *fake = test->priv;

	zmq_fake_open(fake, *type);
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_set(fake, ZMQ_DISCONNECT_MSG, "x", 1));
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_set(fake, ZMQ_HICCUP_MSG, "x", 1));
	zmq_fake_join(fake, 0, 1);
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_dial(fake, 1, 1));
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_up(fake, 0, ""));
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_up(fake, 1, ""));
	KUNIT_EXPECT_EQ(test, 2U, fake->zs->nr_pipes);
	zmq_fake_leave(fake, 0);
	zmq_fake_leave(fake, 1);
	KUNIT_EXPECT_EQ(test, 0U, fake->zs->nr_pipes);
}

static const int zmq_farewells[] = { ZMQ_PUB, ZMQ_XPUB, ZMQ_PUSH, ZMQ_REP };

static void zmq_farewell_desc(const int *type, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "type %d", *type);
}

KUNIT_ARRAY_PARAM(zmq_farewells, zmq_farewells, zmq_farewell_desc);

/* ZMQ_REQ_CORRELATE: the number goes out in front and has to come back. */
static void zmq_route_test_correlate(struct kunit *test)
{
	struct zmq_fake *fake = test->priv;
	const int one = 1;
	char sent[16], reply[24];
	const char *text;
	u32 number;
	int peer;

	zmq_fake_open(fake, ZMQ_REQ);
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_set(fake, ZMQ_REQ_CORRELATE, &one,
					      sizeof(one)));
	/* Behind zmq_req.asked: so that the first request gets "ABCD". */
	memcpy(&number, "ABCD", sizeof(number));
	number--;
	memcpy(fake->zs->priv + sizeof(void *), &number, sizeof(number));
	zmq_fake_join(fake, 0, 4);
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_send(fake, "a|b", &peer));
	text = zmq_fake_take(fake, 0);
	KUNIT_ASSERT_NOT_NULL(test, text);
	strscpy(sent, text, sizeof(sent));
	KUNIT_EXPECT_STREQ(test, "ABCD|~a|b", sent);

	KUNIT_EXPECT_EQ(test, 0, zmq_fake_give(fake, 0, "~plain;ABCE||other"));
	KUNIT_EXPECT_STREQ(test, "", zmq_fake_poll(fake));
	KUNIT_EXPECT_EQ(test, 2ULL, fake->zs->stats.drops);
	KUNIT_EXPECT_EQ(test, ZMQ_R_PATTERN_VIOLATION,
			zmq_fake_give(fake, 0, "ABCD|x|y"));
	KUNIT_EXPECT_EQ(test, ZMQ_R_PATTERN_VIOLATION,
			zmq_fake_give(fake, 0, "ABC||y"));
	snprintf(reply, sizeof(reply), "%.4s||c|d", sent);
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_give(fake, 0, reply));
	KUNIT_EXPECT_STREQ(test, "I", zmq_fake_poll(fake));
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_recv(fake, &text, &peer));
	KUNIT_EXPECT_STREQ(test, "c|d", text);
	KUNIT_EXPECT_STREQ(test, "O", zmq_fake_poll(fake));
}

/* Messages of three successive peers wait in a pipe, each with its own's props. */
static void zmq_route_test_epochs(struct kunit *test)
{
	static const char *const want[][2] = {
		{ "1", "first" }, { "2", "first" }, { "3", "second" },
		{ "4", "third" }, { "5", "third" },
	};
	struct zmq_fake *fake = test->priv;
	const char *text;
	int i, peer;

	zmq_fake_open(fake, ZMQ_PULL);
	KUNIT_ASSERT_EQ(test, 0, zmq_fake_dial(fake, 0, 0));
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_up(fake, 0, "first"));
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_give(fake, 0, "0;1;2"));
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_recv(fake, &text, &peer));
	KUNIT_EXPECT_STREQ(test, "first", fake->from);
	zmq_fake_down(fake, 0);
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_up(fake, 0, "second"));
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_give(fake, 0, "3"));
	zmq_fake_down(fake, 0);
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_up(fake, 0, "silent"));
	zmq_fake_down(fake, 0);
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_up(fake, 0, "third"));
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_give(fake, 0, "4;5"));
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		KUNIT_EXPECT_EQ(test, 0, zmq_fake_recv(fake, &text, &peer));
		KUNIT_EXPECT_STREQ_MSG(test, want[i][0], text, "message %d", i);
		KUNIT_EXPECT_STREQ_MSG(test, want[i][1], fake->from,
				       "message %d", i);
	}
	zmq_fake_down(fake, 0);
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_up(fake, 0, "last"));
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_give(fake, 0, "6;7"));
	zmq_fake_leave(fake, 0);
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_recv(fake, &text, &peer));
	KUNIT_EXPECT_STREQ(test, "last", fake->from);
	/* One message is left to close(), with what is known of its peer. */
}

static struct kunit_case zmq_route_cases[] = {
	KUNIT_CASE_PARAM(zmq_route_test_script, zmq_route_scripts_gen_params),
	KUNIT_CASE_PARAM(zmq_route_test_extra, zmq_extra_scripts_gen_params),
	KUNIT_CASE_PARAM(zmq_route_test_farewell, zmq_farewells_gen_params),
	KUNIT_CASE(zmq_route_test_correlate),
	KUNIT_CASE(zmq_route_test_epochs),
	{}
};

static struct kunit_suite zmq_route_suite = {
	.name = "zmq_pattern_route",
	.init = zmq_fake_init,
	.exit = zmq_fake_exit,
	.test_cases = zmq_route_cases,
};

kunit_test_suite(zmq_route_suite);
