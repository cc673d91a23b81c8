// SPDX-License-Identifier: GPL-2.0-only
/*
 * Socket types: scripts of what peers and the user do, each step with what
 * poll() says afterwards, which zmq_fake_run() compares.
 */
#include <linux/uio.h>

#include "util_kunit.h"

static const struct zmq_fake_script zmq_scripts[] = {
	{ "PAIR: no peer", ZMQ_PAIR, 2, 0,
	  { NOSEND(-EAGAIN, ""), NORECV(-EAGAIN, "") } },
	{ "PAIR: both ways", ZMQ_PAIR, 2, 0,
	  { JOIN(0, "O"), NORECV(-EAGAIN, "O"), SEND(0, "a|b", "O"),
	    TAKE(0, "a|b", "O"), GIVE(0, "c|d", "IO"), GIVE(0, "e;f", "IO"),
	    RECV("c|d", "IO"), RECV("e", "IO"), RECV("f", "O"),
	    NORECV(-EAGAIN, "O"), TAKE(0, NULL, "O") } },
	{ "PAIR: full", ZMQ_PAIR, 2, 0,
	  { JOIN(0, "O"), SEND(0, "a", "O"), SEND(0, "b", ""),
	    NOSEND(-EAGAIN, ""), TAKE(0, "a", "O"), SEND(0, "c", ""),
	    TAKE(0, "b", "O"), TAKE(0, "c", "O") } },
	/* Two of the second peer's, two that the first one did not get. */
	{ "PAIR: second peer is mute, and not adopted", ZMQ_PAIR, 2, 4,
	  { JOIN(0, "O"), JOIN(1, "O"), SEND(0, "a", "O"), SEND(0, "b", ""),
	    NOSEND(-EAGAIN, ""), GIVE(1, "x", ""), NORECV(-EAGAIN, ""),
	    LEAVE(0, ""), NOSEND(-EAGAIN, ""), GIVE(1, "y", ""),
	    NORECV(-EAGAIN, ""), JOIN(2, "O"), SEND(2, "c", "O"),
	    TAKE(1, NULL, "O"), GIVE(2, "z", "IO"), RECV("z", "O"),
	    LEAVE(1, "O"), SEND(2, "d", "") } },
	{ "PAIR: what a peer said outlives it", ZMQ_PAIR, 2, 0,
	  { JOIN(0, "O"), GIVE(0, "a;b", "IO"), LEAVE(0, "I"),
	    RECV("a", "I"), JOIN(1, "IO"), RECV("b", "O"),
	    GIVE(1, "c", "IO"), RECV("c", "O") } },
	{ "PUSH: no peer", ZMQ_PUSH, 0, 0, { NOSEND(-EAGAIN, "") } },
	{ "PUSH: five peers in turn", ZMQ_PUSH, 0, 0,
	  { JOIN(0, "O"), JOIN(1, "O"), JOIN(2, "O"), JOIN(3, "O"),
	    JOIN(4, "O"), SEND(0, "a", "O"), SEND(1, "b", "O"),
	    SEND(2, "c", "O"), SEND(3, "d", "O"), SEND(4, "e", "O"),
	    SEND(0, "f", "O"), SEND(1, "g", "O"), SEND(2, "h", "O"),
	    SEND(3, "i", "O"), SEND(4, "j", "O"), SEND(0, "k", "O"),
	    TAKE(0, "a", "O"), TAKE(0, "f", "O"), TAKE(0, "k", "O") } },
	{ "PUSH: who comes gets its turn last", ZMQ_PUSH, 0, 0,
	  { JOIN(0, "O"), JOIN(1, "O"), JOIN(2, "O"), SEND(0, "a", "O"),
	    JOIN(3, "O"), SEND(1, "b", "O"), SEND(2, "c", "O"),
	    SEND(3, "d", "O"), SEND(0, "e", "O"), SEND(1, "f", "O") } },
	{ "PUSH: five peers, full ones are skipped", ZMQ_PUSH, 1, 0,
	  { JOIN(0, "O"), JOIN(1, "O"), JOIN(2, "O"), JOIN(3, "O"),
	    JOIN(4, "O"), SEND(0, "a", "O"), SEND(1, "b", "O"),
	    SEND(2, "c", "O"), SEND(3, "d", "O"), SEND(4, "e", ""),
	    NOSEND(-EAGAIN, ""), TAKE(1, "b", "O"), SEND(1, "f", ""),
	    TAKE(3, "d", "O"), TAKE(0, "a", "O"), SEND(3, "g", "O"),
	    SEND(0, "h", ""), NOSEND(-EAGAIN, "") } },
	{ "PUSH: one of three stays full", ZMQ_PUSH, 2, 0,
	  { JOIN(0, "O"), JOIN(1, "O"), JOIN(2, "O"), SEND(0, "a", "O"),
	    SEND(1, "b", "O"), SEND(2, "c", "O"), SEND(0, "d", "O"),
	    TAKE(0, "a", "O"), TAKE(0, "d", "O"), SEND(1, "e", "O"),
	    SEND(2, "f", "O"), TAKE(2, "c", "O"), SEND(0, "g", "O"),
	    SEND(2, "h", "O"), SEND(0, "i", ""), NOSEND(-EAGAIN, ""),
	    TAKE(1, "b", "O"), SEND(1, "j", "") } },
	{ "PUSH: credit comes in lumps", ZMQ_PUSH, 4, 0,
	  { JOIN(0, "O"), SEND(0, "a", "O"), SEND(0, "b", "O"),
	    SEND(0, "c", "O"), SEND(0, "d", ""), TAKE(0, "a", ""),
	    NOSEND(-EAGAIN, ""), TAKE(0, "b", "O"), SEND(0, "e", "O"),
	    SEND(0, "f", ""), NOSEND(-EAGAIN, "") } },
	{ "PUSH: all parts to one peer", ZMQ_PUSH, 0, 0,
	  { JOIN(0, "O"), JOIN(1, "O"), SEND(0, "a|b|c", "O"),
	    SEND(1, "d|", "O"), SEND(0, "", "O"), TAKE(0, "a|b|c", "O"),
	    TAKE(0, "", "O"), TAKE(0, NULL, "O"), TAKE(1, "d|", "O"),
	    TAKE(1, NULL, "O") } },
	{ "PUSH: peers leave, at the hand and elsewhere", ZMQ_PUSH, 0, 4,
	  { JOIN(0, "O"), JOIN(1, "O"), JOIN(2, "O"), SEND(0, "a", "O"),
	    LEAVE(1, "O"), SEND(2, "b", "O"), SEND(0, "c", "O"),
	    LEAVE(0, "O"), SEND(2, "d", "O"), LEAVE(2, ""),
	    NOSEND(-EAGAIN, "") } },
	{ "PUSH: reads nothing", ZMQ_PUSH, 0, 3,
	  { JOIN(0, "O"), GIVE(0, "a|b;c", "O"), GIVE(0, "~d", "O"),
	    NORECV(-EOPNOTSUPP, "O") } },
	{ "PULL: sends nothing", ZMQ_PULL, 2, 0,
	  { JOIN(0, ""), NOSEND(-EOPNOTSUPP, ""), NORECV(-EAGAIN, "") } },
	{ "PULL: peers in turn, by messages", ZMQ_PULL, 0, 0,
	  { JOIN(0, ""), JOIN(1, ""), JOIN(2, ""), GIVE(0, "a;b;c", "I"),
	    GIVE(1, "x;y", "I"), GIVE(2, "m|n", "I"), RECV("a", "I"),
	    RECV("x", "I"), RECV("m|n", "I"), RECV("b", "I"),
	    RECV("y", "I"), RECV("c", ""), NORECV(-EAGAIN, "") } },
	{ "PULL: who becomes readable gets its turn last", ZMQ_PULL, 0, 0,
	  { JOIN(0, ""), JOIN(1, ""), JOIN(2, ""), GIVE(0, "a;b;c", "I"),
	    GIVE(1, "x", "I"), RECV("a", "I"), GIVE(2, "m", "I"),
	    RECV("x", "I"), RECV("m", "I"), RECV("b", "I"),
	    GIVE(1, "y", "I"), RECV("c", "I"), RECV("y", ""),
	    GIVE(1, "z", "I"), RECV("z", "") } },
	{ "PULL: what a peer said outlives it", ZMQ_PULL, 0, 0,
	  { JOIN(0, ""), JOIN(1, ""), GIVE(0, "a;b", "I"), GIVE(1, "x", "I"),
	    LEAVE(0, "I"), RECV("a", "I"), RECV("x", "I"), RECV("b", ""),
	    JOIN(2, ""), GIVE(2, "c", "I"), RECV("c", "") } },
	{ "PULL: closed with messages of present and gone peers", ZMQ_PULL, 0, 0,
	  { JOIN(0, ""), JOIN(1, ""), GIVE(0, "a;b", "I"), GIVE(1, "x|y", "I"),
	    LEAVE(0, "I"), RECV("a", "I") } },
};

static const struct zmq_fake_script zmq_lockstep_scripts[] = {
	{ "REQ: no peer", ZMQ_REQ, 2, 0,
	  { NOSEND(-EAGAIN, ""), NORECV(-ZMQ_EFSM, "") } },
	{ "REQ: turns", ZMQ_REQ, 2, 0,
	  { JOIN(0, "O"), NORECV(-ZMQ_EFSM, "O"), SEND(0, "a", ""),
	    NOSEND(-ZMQ_EFSM, ""), NORECV(-EAGAIN, ""), TAKE(0, "~a", ""),
	    GIVE(0, "~b", "I"), NOSEND(-ZMQ_EFSM, "I"), RECV("b", "O"),
	    NORECV(-ZMQ_EFSM, "O"), SEND(0, "c|d", ""), TAKE(0, "~c|d", ""),
	    GIVE(0, "~e|f", "I"), RECV("e|f", "O"), SEND(0, "", ""),
	    TAKE(0, "~", "") } },
	{ "REQ: asks peers in turn", ZMQ_REQ, 2, 0,
	  { JOIN(0, "O"), JOIN(1, "O"), JOIN(2, "O"), SEND(0, "a", ""),
	    GIVE(0, "~A", "I"), RECV("A", "O"), SEND(1, "b", ""),
	    GIVE(1, "~B", "I"), RECV("B", "O"), SEND(2, "c", ""),
	    GIVE(2, "~C", "I"), RECV("C", "O"), SEND(0, "d", ""),
	    GIVE(0, "~D", "I"), RECV("D", "O") } },
	{ "REQ: replies of others, and too early", ZMQ_REQ, 2, 3,
	  { JOIN(0, "O"), JOIN(1, "O"), GIVE(0, "~early", "O"),
	    SEND(0, "a", ""), GIVE(1, "~x;~y", ""), NORECV(-EAGAIN, ""),
	    GIVE(0, "~b", "I"), RECV("b", "O") } },
	{ "REQ: second reply", ZMQ_REQ, 2, 3,
	  { JOIN(0, "O"), SEND(0, "a", ""), GIVE(0, "~b;~c", "I"),
	    GIVE(0, "~d", "I"), RECV("b", "O"), NORECV(-ZMQ_EFSM, "O"),
	    GIVE(0, "~e", "O"), SEND(0, "f", ""), NORECV(-EAGAIN, "") } },
	{ "REQ: no delimiter", ZMQ_REQ, 2, 0,
	  { JOIN(0, "O"), JOIN(1, "O"), BREAK(0, "b", "O"), SEND(0, "a", ""),
	    BREAK(1, "b", ""), BREAK(0, "b;~c", ""), BREAK(0, "id||b", ""),
	    NORECV(-EAGAIN, ""), BREAK(0, "~b;c;~d", "I"), RECV("b", "O") } },
	/* A request that was not sent, and a reply of a peer not asked. */
	{ "REQ: the peer that was asked goes", ZMQ_REQ, 2, 2,
	  { JOIN(0, "O"), JOIN(1, "O"), SEND(0, "a", ""), LEAVE(0, ""),
	    NOSEND(-ZMQ_EFSM, ""), NORECV(-EAGAIN, ""), GIVE(1, "~x", ""),
	    NORECV(-EAGAIN, ""), JOIN(2, ""), NOSEND(-ZMQ_EFSM, "") } },
	{ "REQ: the peer that was asked goes after its reply", ZMQ_REQ, 2, 0,
	  { JOIN(0, "O"), SEND(0, "a", ""), TAKE(0, "~a", ""),
	    GIVE(0, "~b", "I"), LEAVE(0, "I"), NOSEND(-ZMQ_EFSM, "I"),
	    RECV("b", ""), NOSEND(-EAGAIN, ""), JOIN(1, "O"),
	    SEND(1, "c", "") } },
	{ "REQ: another peer goes", ZMQ_REQ, 2, 0,
	  { JOIN(0, "O"), JOIN(1, "O"), SEND(0, "a", ""), LEAVE(1, ""),
	    GIVE(0, "~b", "I"), RECV("b", "O"), SEND(0, "c", "") } },
	{ "REQ: full", ZMQ_REQ, 1, 0,
	  { JOIN(0, "O"), SEND(0, "a", ""), GIVE(0, "~b", "I"), RECV("b", ""),
	    NOSEND(-EAGAIN, ""), NORECV(-ZMQ_EFSM, ""), TAKE(0, "~a", "O"),
	    SEND(0, "c", "") } },
	{ "REQ: closed with a reply", ZMQ_REQ, 2, 0,
	  { JOIN(0, "O"), SEND(0, "a", ""), GIVE(0, "~b|c", "I") } },
	{ "REP: turns", ZMQ_REP, 2, 0,
	  { JOIN(0, ""), NOSEND(-ZMQ_EFSM, ""), NORECV(-EAGAIN, ""),
	    GIVE(0, "~a", "I"), NOSEND(-ZMQ_EFSM, "I"), RECV("a", "O"),
	    NORECV(-ZMQ_EFSM, "O"), GIVE(0, "~b|c", "O"), SEND(0, "x", "I"),
	    NOSEND(-ZMQ_EFSM, "I"), TAKE(0, "~x", "I"), RECV("b|c", "O"),
	    SEND(0, "y|z", ""), TAKE(0, "~y|z", ""), GIVE(0, "~", "I"),
	    RECV("", "O"), SEND(0, "", ""), TAKE(0, "~", "") } },
	{ "REP: envelopes", ZMQ_REP, 2, 0,
	  { JOIN(0, ""), GIVE(0, "id||a", "I"), RECV("a", "O"),
	    SEND(0, "x|y", ""), TAKE(0, "id||x|y", ""),
	    GIVE(0, "X|Y||a|b", "I"), RECV("a|b", "O"), SEND(0, "z", ""),
	    TAKE(0, "X|Y||z", "") } },
	{ "REP: the first empty frame ends the envelope", ZMQ_REP, 2, 0,
	  { JOIN(0, ""), GIVE(0, "~|a", "I"), RECV("|a", "O"),
	    SEND(0, "x", ""), TAKE(0, "~x", ""), GIVE(0, "id|||", "I"),
	    RECV("|", "O"), SEND(0, "|y", ""), TAKE(0, "id|||y", "") } },
	{ "REP: no delimiter", ZMQ_REP, 2, 7,
	  { JOIN(0, ""), GIVE(0, "a", ""), GIVE(0, "id|a", ""),
	    GIVE(0, "id|", ""), GIVE(0, "", ""), NORECV(-EAGAIN, ""),
	    GIVE(0, "a;~b;c", "I"), RECV("b", "O"), GIVE(0, "a", "O"),
	    SEND(0, "x", ""), TAKE(0, "~x", "") } },
	{ "REP: peers in turn, each gets its own reply", ZMQ_REP, 2, 0,
	  { JOIN(0, ""), JOIN(1, ""), GIVE(0, "~a;id||b", "I"),
	    GIVE(1, "~x", "I"), RECV("a", "O"), SEND(0, "A", "I"),
	    RECV("x", "O"), SEND(1, "X", "I"), RECV("b", "O"),
	    SEND(0, "B", ""), TAKE(0, "~A", ""), TAKE(0, "id||B", ""),
	    TAKE(1, "~X", "") } },
	{ "REP: the peer goes before the reply", ZMQ_REP, 2, 1,
	  { JOIN(0, ""), GIVE(0, "id||a", "I"), RECV("a", "O"), LEAVE(0, "O"),
	    JOIN(1, "O"), NORECV(-ZMQ_EFSM, "O"), LOSE("x", ""),
	    NOSEND(-ZMQ_EFSM, ""), TAKE(1, NULL, ""), GIVE(1, "~b", "I"),
	    RECV("b", "O"), SEND(1, "y", ""), TAKE(1, "~y", "") } },
	{ "REP: the peer goes before its request is read", ZMQ_REP, 2, 1,
	  { JOIN(0, ""), GIVE(0, "~a", "I"), LEAVE(0, "I"), RECV("a", "O"),
	    LOSE("x", ""), NORECV(-EAGAIN, "") } },
	{ "REP: the peer is full", ZMQ_REP, 1, 1,
	  { JOIN(0, ""), GIVE(0, "~a;id||b", "I"), RECV("a", "O"),
	    SEND(0, "x", "I"), RECV("b", "O"), LOSE("y|z", ""),
	    NOSEND(-ZMQ_EFSM, ""), TAKE(0, "~x", ""), TAKE(0, NULL, ""),
	    GIVE(0, "~c", "I"), RECV("c", "O"), SEND(0, "z", "") } },
	{ "REP: closed with an envelope and a request", ZMQ_REP, 2, 0,
	  { JOIN(0, ""), GIVE(0, "X|Y||a;~b", "I"), RECV("a", "O") } },
};

static void zmq_script_desc(const struct zmq_fake_script *script, char *desc)
{
	strscpy(desc, script->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_scripts, zmq_scripts, zmq_script_desc);
KUNIT_ARRAY_PARAM(zmq_lockstep_scripts, zmq_lockstep_scripts, zmq_script_desc);

static void zmq_pattern_test_script(struct kunit *test)
{
	zmq_fake_run(test->priv, test->param_value);
}

static void zmq_pattern_test_lockstep(struct kunit *test)
{
	zmq_fake_run(test->priv, test->param_value);
}

/* One part through sendmsg(); the last part of a message only if nobody is kicked. */
static int zmq_pattern_send(struct zmq_fake *fake, const char *text, int flags)
{
	struct kvec vec = { .iov_base = (void *)text, .iov_len = strlen(text) };
	struct msghdr msg = { .msg_flags = flags };

	return kernel_sendmsg(fake->sock, &msg, &vec, 1, vec.iov_len);
}

static int zmq_pattern_recv(struct zmq_fake *fake, char *text, size_t size)
{
	struct kvec vec = { .iov_base = text, .iov_len = size };
	struct msghdr msg = {};

	return kernel_recvmsg(fake->sock, &msg, &vec, 1, size, MSG_DONTWAIT);
}

/* Without waiting: told once, then it starts over (API page, 1.3). */
static void zmq_pattern_test_lost_nowait(struct kunit *test)
{
	const int more = MSG_MORE | MSG_DONTWAIT;
	struct zmq_fake *fake = test->priv;
	struct zmq_txn *t;

	zmq_fake_open(fake, ZMQ_PUSH);
	zmq_fake_join(fake, 0, 1);
	zmq_fake_join(fake, 1, 1);
	KUNIT_EXPECT_EQ(test, 1, zmq_pattern_send(fake, "a", more));
	KUNIT_EXPECT_EQ(test, 1, zmq_pattern_send(fake, "b", more));
	t = list_first_entry(&fake->zs->sending.list, struct zmq_txn, node);
	KUNIT_EXPECT_PTR_EQ(test, zmq_fake_pipe(fake, 0), t->pipe);
	KUNIT_EXPECT_FALSE(test, t->lost);
	/* Its place is taken, though the message is not in the queue. */
	KUNIT_EXPECT_TRUE(test, zmq_queue_full(&zmq_fake_pipe(fake, 0)->out));
	KUNIT_EXPECT_NULL(test, zmq_fake_take(fake, 0));

	zmq_fake_leave(fake, 0);
	KUNIT_EXPECT_TRUE(test, t->lost);
	KUNIT_EXPECT_NULL(test, t->pipe);
	KUNIT_EXPECT_STREQ(test, "O", zmq_fake_poll(fake));
	KUNIT_EXPECT_EQ(test, -EAGAIN, zmq_pattern_send(fake, "c", more));
	KUNIT_EXPECT_EQ(test, 1ULL, fake->zs->stats.drops);
	KUNIT_EXPECT_TRUE(test, list_empty(&fake->zs->sending.list));

	KUNIT_EXPECT_EQ(test, 1, zmq_pattern_send(fake, "a", more));
	KUNIT_ASSERT_FALSE(test, list_empty(&fake->zs->sending.list));
	KUNIT_EXPECT_PTR_EQ(test, zmq_fake_pipe(fake, 1), t->pipe);
	KUNIT_EXPECT_FALSE(test, t->lost);
	/* Half a message is left for close(). */
}

/* Waiting: the rest is swallowed up to the last part (API page, 1.3). */
static void zmq_pattern_test_lost_wait(struct kunit *test)
{
	struct zmq_fake *fake = test->priv;
	struct zmq_pipe *other;

	zmq_fake_open(fake, ZMQ_PUSH);
	zmq_fake_join(fake, 0, 1);
	other = zmq_fake_join(fake, 1, 1);
	KUNIT_EXPECT_EQ(test, 1, zmq_pattern_send(fake, "a", MSG_MORE));
	zmq_fake_leave(fake, 0);
	KUNIT_EXPECT_EQ(test, 2, zmq_pattern_send(fake, "bb", MSG_MORE));
	KUNIT_EXPECT_FALSE(test, list_empty(&fake->zs->sending.list));
	KUNIT_EXPECT_EQ(test, 3, zmq_pattern_send(fake, "ccc", 0));
	KUNIT_EXPECT_TRUE(test, list_empty(&fake->zs->sending.list));
	KUNIT_EXPECT_EQ(test, 1ULL, fake->zs->stats.drops);
	KUNIT_EXPECT_EQ(test, 0ULL, other->out.put);
	KUNIT_EXPECT_STREQ(test, "O", zmq_fake_poll(fake));
}

/* The reply of a REP: dropped, and sending it succeeds (API page, 1.6). */
static void zmq_pattern_test_lost_reply(struct kunit *test)
{
	struct zmq_fake *fake = test->priv;
	const char *text;
	int kicked;

	zmq_fake_open(fake, ZMQ_REP);
	zmq_fake_join(fake, 0, 1);
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_give(fake, 0, "id||a"));
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_recv(fake, &text, &kicked));
	KUNIT_EXPECT_EQ(test, 1, zmq_pattern_send(fake, "x", MSG_MORE));
	zmq_fake_leave(fake, 0);
	KUNIT_EXPECT_STREQ(test, "O", zmq_fake_poll(fake));
	KUNIT_EXPECT_EQ(test, 1, zmq_pattern_send(fake, "y", MSG_MORE |
							     MSG_DONTWAIT));
	KUNIT_EXPECT_EQ(test, 1, zmq_pattern_send(fake, "z", MSG_DONTWAIT));
	KUNIT_EXPECT_TRUE(test, list_empty(&fake->zs->sending.list));
	KUNIT_EXPECT_EQ(test, 1ULL, fake->zs->stats.drops);
	KUNIT_EXPECT_STREQ(test, "", zmq_fake_poll(fake));
}

/* A request half sent: its reply can't be read. */
static void zmq_pattern_test_half_sent(struct kunit *test)
{
	struct zmq_fake *fake = test->priv;
	char text[8];

	zmq_fake_open(fake, ZMQ_REQ);
	zmq_fake_join(fake, 0, 1);
	KUNIT_EXPECT_EQ(test, 1, zmq_pattern_send(fake, "a", MSG_MORE));
	KUNIT_EXPECT_STREQ(test, "O", zmq_fake_poll(fake));
	KUNIT_EXPECT_EQ(test, -ZMQ_EFSM,
			zmq_pattern_recv(fake, text, sizeof(text)));
	KUNIT_EXPECT_EQ(test, 1, zmq_pattern_send(fake, "b", MSG_MORE));
	KUNIT_EXPECT_NULL(test, zmq_fake_take(fake, 0));
}

/* A request half read: it can't be replied to. */
static void zmq_pattern_test_half_read(struct kunit *test)
{
	struct zmq_fake *fake = test->priv;
	char text[8] = "";

	zmq_fake_open(fake, ZMQ_REP);
	zmq_fake_join(fake, 0, 1);
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_give(fake, 0, "id||a|bb"));
	KUNIT_EXPECT_EQ(test, 1, zmq_pattern_recv(fake, text, sizeof(text)));
	KUNIT_EXPECT_STREQ(test, "a", text);
	KUNIT_EXPECT_TRUE(test, fake->zs->more);
	KUNIT_EXPECT_STREQ(test, "I", zmq_fake_poll(fake));
	KUNIT_EXPECT_EQ(test, -ZMQ_EFSM, zmq_pattern_send(fake, "x", 0));
	KUNIT_EXPECT_EQ(test, 2, zmq_pattern_recv(fake, text, sizeof(text)));
	KUNIT_EXPECT_STREQ(test, "bb", text);
	KUNIT_EXPECT_FALSE(test, fake->zs->more);
	KUNIT_EXPECT_STREQ(test, "O", zmq_fake_poll(fake));
}

/* A session that found no room is told when there is a lump of it. */
static void zmq_pattern_test_resume(struct kunit *test)
{
	static const int kicked[] = { -1, 0, -1, -1 };
	struct zmq_fake *fake = test->priv;
	const char *text;
	int i, peer;

	zmq_fake_open(fake, ZMQ_PULL);
	zmq_fake_join(fake, 0, 4);
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_give(fake, 0, "a;b;c;d"));
	KUNIT_EXPECT_TRUE(test, zmq_queue_full(&zmq_fake_pipe(fake, 0)->in));
	zmq_fake_pipe(fake, 0)->stopped = true;
	for (i = 0; i < ARRAY_SIZE(kicked); i++) {
		KUNIT_EXPECT_EQ(test, 0, zmq_fake_recv(fake, &text, &peer));
		KUNIT_EXPECT_EQ_MSG(test, kicked[i], peer, "message %d", i);
	}
	KUNIT_EXPECT_FALSE(test, zmq_fake_pipe(fake, 0)->stopped);
}

static struct kunit_case zmq_pattern_cases[] = {
	KUNIT_CASE_PARAM(zmq_pattern_test_script, zmq_scripts_gen_params),
	KUNIT_CASE_PARAM(zmq_pattern_test_lockstep,
			 zmq_lockstep_scripts_gen_params),
	KUNIT_CASE(zmq_pattern_test_lost_nowait),
	KUNIT_CASE(zmq_pattern_test_lost_wait),
	KUNIT_CASE(zmq_pattern_test_lost_reply),
	KUNIT_CASE(zmq_pattern_test_half_sent),
	KUNIT_CASE(zmq_pattern_test_half_read),
	KUNIT_CASE(zmq_pattern_test_resume),
	{}
};

static struct kunit_suite zmq_pattern_suite = {
	.name = "zmq_pattern",
	.init = zmq_fake_init,
	.exit = zmq_fake_exit,
	.test_cases = zmq_pattern_cases,
};

kunit_test_suite(zmq_pattern_suite);
