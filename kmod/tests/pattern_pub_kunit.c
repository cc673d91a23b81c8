// SPDX-License-Identifier: GPL-2.0-only
/*
 * PUB, XPUB, SUB and XSUB: scripts, see util_kunit.h. In these '+' and '-' at
 * the beginning of a message subscribe and cancel.
 */
#include "mem.h"
#include "pattern/xpub.h"
#include "pattern/xsub.h"
#include "util_kunit.h"
#include "zmtp/subscription.h"

/* What a publisher of ZMTP 3.1 is told of a topic of one byte. */
#define WANT_1(topic)	"\4\13\11SUBSCRIBE" topic
#define WANT(topic)	"^" WANT_1(topic)
#define DONT(topic)	"^\4\10\6CANCEL" topic

static const struct zmq_fake_script zmq_pub_scripts[] = {
	{ "XPUB: first, last and same subscriber", ZMQ_XPUB, 2, 0,
	  { JOIN(0, "O"), JOIN(1, "O"), GIVE(0, "+a", "IO"), GIVE(1, "+a", "IO"),
	    GIVE(0, "+a", "IO"), RECV("+a", "O"), NORECV(-EAGAIN, "O"),
	    CAST(3, "ab|c", "O"), TAKE(0, "ab|c", "O"), TAKE(1, "ab|c", "O"),
	    LOSE("b", "O"), GIVE(0, "-a", "O"), CAST(2, "a", "O"),
	    TAKE(1, "a", "O"), GIVE(1, "-a", "IO"), RECV("-a", "O"),
	    LOSE("a", "O"), GIVE(1, "-a", "IO"), RECV("-a", "O"),
	    COUNT("0", "O") } },
	{ "XPUB: who matches by two topics gets one", ZMQ_XPUB, 4, 0,
	  { JOIN(0, "O"), GIVE(0, "+;+a;+ab;+b", "IO"), COUNT("4", "IO"),
	    CAST(1, "abc", "IO"), TAKE(0, "abc", "IO"), TAKE(0, NULL, "IO"),
	    CAST(1, "", "IO"), TAKE(0, "", "IO"), RECV("+", "IO"),
	    RECV("+a", "IO"), RECV("+ab", "IO"), RECV("+b", "O") } },
	{ "XPUB: peers leave", ZMQ_XPUB, 4, 0,
	  { JOIN(0, "O"), JOIN(1, "O"), GIVE(0, "+a", "IO"),
	    GIVE(1, "+a", "IO"), RECV("+a", "O"), LEAVE(0, "O"),
	    LEAVE(1, "IO"), RECV("-a", "O"), NORECV(-EAGAIN, "O"),
	    COUNT("0", "O") } },
	{ "XPUB: VERBOSE", ZMQ_XPUB, 4, 0,
	  { FLAG(ZMQ_XPUB_VERBOSE, "1", 0, "O"), JOIN(0, "O"), JOIN(1, "O"),
	    GIVE(0, "+a", "IO"), GIVE(1, "+a", "IO"), GIVE(0, "+a", "IO"),
	    RECV("+a", "IO"), RECV("+a", "IO"), RECV("+a", "O"),
	    GIVE(0, "-a", "O"), GIVE(1, "-a", "IO"), RECV("-a", "O"),
	    FLAG(ZMQ_XPUB_VERBOSE, "0", 0, "O"), GIVE(0, "+a", "IO"),
	    GIVE(1, "+a", "IO"), RECV("+a", "O") } },
	{ "XPUB: VERBOSER", ZMQ_XPUB, 4, 0,
	  { FLAG(ZMQ_XPUB_VERBOSER, "1", 0, "O"), JOIN(0, "O"), JOIN(1, "O"),
	    JOIN(2, "O"), GIVE(0, "+a", "IO"), GIVE(1, "+a", "IO"),
	    GIVE(2, "+a", "IO"), RECV("+a", "IO"), RECV("+a", "IO"),
	    RECV("+a", "O"), GIVE(0, "-a", "IO"), RECV("-a", "O"),
	    LEAVE(1, "IO"), RECV("-a", "O"),
	    /* VERBOSE switches the half of VERBOSER off that it has not. */
	    GIVE(0, "+a", "IO"), RECV("+a", "O"),
	    FLAG(ZMQ_XPUB_VERBOSE, "1", 0, "O"), GIVE(0, "-a", "O"),
	    LEAVE(2, "IO"), RECV("-a", "O") } },
	/* What was given to who left, unsent. */
	{ "XPUB: MANUAL", ZMQ_XPUB, 4, 1,
	  { SET(ZMQ_SUBSCRIBE, "x", -EINVAL, "O"),
	    FLAG(ZMQ_XPUB_MANUAL, "1", 0, "O"), JOIN(0, "O"), JOIN(1, "O"),
	    GIVE(0, "+a", "IO"), SET(ZMQ_SUBSCRIBE, "b", 0, "IO"),
	    COUNT("0", "IO"), RECV("+a", "O"),
	    SET(ZMQ_SUBSCRIBE, "x", 0, "O"), LOSE("a", "O"),
	    CAST(1, "x1", "O"), COUNT("1", "O"), GIVE(0, "-a", "IO"),
	    CAST(1, "x2", "IO"), RECV("-a", "O"),
	    SET(ZMQ_UNSUBSCRIBE, "x", 0, "O"), LOSE("x3", "O"),
	    SET(ZMQ_UNSUBSCRIBE, "x", 0, "O"), TAKE(0, "x1", "O"),
	    GIVE(0, "+a", "IO"), RECV("+a", "O"),
	    SET(ZMQ_SUBSCRIBE, "y", 0, "O"), LEAVE(0, "IO"),
	    RECV("-a", "O"), LOSE("y", "O"), COUNT("0", "O") } },
	{ "XPUB: MANUAL, the peer has gone", ZMQ_XPUB, 4, 0,
	  { FLAG(ZMQ_XPUB_MANUAL, "1", 0, "O"), JOIN(0, "O"),
	    GIVE(0, "+a;+b", "IO"), RECV("+a", "IO"), LEAVE(0, "IO"),
	    SET(ZMQ_SUBSCRIBE, "a", 0, "IO"), RECV("+b", "IO"),
	    SET(ZMQ_SUBSCRIBE, "b", 0, "IO"), LOSE("a", "IO"),
	    LOSE("b", "IO"), COUNT("0", "IO") } },
	{ "XPUB: LAST_VALUE", ZMQ_XPUB, 4, 0,
	  { FLAG(ZMQ_XPUB_MANUAL_LAST_VALUE, "1", 0, "O"), JOIN(0, "O"),
	    JOIN(1, "O"), GIVE(0, "+a", "IO"), RECV("+a", "O"),
	    SET(ZMQ_SUBSCRIBE, "a", 0, "O"), GIVE(1, "+a", "IO"),
	    RECV("+a", "O"), SET(ZMQ_SUBSCRIBE, "a", 0, "O"),
	    CAST(2, "a1", "O"), CAST(3, "a2", "O"), TAKE(0, "a2", "O"),
	    TAKE(1, "a1", "O"), TAKE(1, "a2", "O") } },
	{ "XPUB: NODROP", ZMQ_XPUB, 1, 0,
	  { FLAG(ZMQ_XPUB_NODROP, "1", 0, "O"), JOIN(0, "O"), JOIN(1, "O"),
	    GIVE(0, "+a", "IO"), GIVE(1, "+b", "IO"), RECV("+a", "IO"),
	    RECV("+b", "O"), CAST(1, "a1", "O"), FAIL("a2", -EAGAIN, "O"),
	    CAST(2, "b1", "O"), FAIL("b2", -EAGAIN, "O"), LOSE("c", "O"),
	    TAKE(0, "a1", "O"), CAST(1, "a2", "O"), GIVE(0, "-a", "IO"),
	    LOSE("a3", "IO") } },
	{ "XPUB: WELCOME_MSG", ZMQ_XPUB, 4, 0,
	  { SET(ZMQ_XPUB_WELCOME_MSG, "hi", 0, "O"), JOIN(0, "O"),
	    JOIN(1, "O"), TAKE(0, "hi", "O"), TAKE(1, "hi", "O"),
	    SET(ZMQ_XPUB_WELCOME_MSG, "ho", 0, "O"), JOIN(2, "O"),
	    TAKE(2, "ho", "O"), SET(ZMQ_XPUB_WELCOME_MSG, NULL, 0, "O"),
	    JOIN(3, "O"), TAKE(3, NULL, "O") } },
	/* Two were in the pipe of a peer that went. */
	{ "XPUB: INVERT_MATCHING", ZMQ_XPUB, 4, 2,
	  { FLAG(ZMQ_INVERT_MATCHING, "1", 0, "O"), JOIN(0, "O"),
	    JOIN(1, "O"), GIVE(0, "+a", "IO"), RECV("+a", "O"),
	    CAST(2, "ab", "O"), CAST(3, "b", "O"), LEAVE(1, "O"),
	    LOSE("ab", "O") } },
	{ "XPUB: messages of subscribers", ZMQ_XPUB, 4, 0,
	  { JOIN(0, "O"), GIVE(0, "x|y", "IO"), RECV("x|y", "O"),
	    GIVE(0, "x|+a|y", "IO"), RECV("x|+a", "IO"), RECV("y", "O"),
	    COUNT("1", "O"), GIVE(0, "x|+a|y", "IO"), RECV("x|y", "O"),
	    GIVE(0, "|", "IO"), RECV("|", "O"), GIVE(0, "", "IO"),
	    RECV("", "O") } },
	{ "XPUB: ONLY_FIRST_SUBSCRIBE", ZMQ_XPUB, 4, 0,
	  { FLAG(ZMQ_ONLY_FIRST_SUBSCRIBE, "1", 0, "O"), JOIN(0, "O"),
	    GIVE(0, "x|+b", "IO"), RECV("x|+b", "O"), COUNT("0", "O"),
	    GIVE(0, "+c|+d|x|+e", "IO"), RECV("+c", "IO"), RECV("+d", "IO"),
	    RECV("x|+e", "O"), COUNT("2", "O") } },
	{ "PUB: full, and again from the low-water mark on", ZMQ_PUB, 4, 3,
	  { JOIN(0, "O"), GIVE(0, "+", "O"), CAST(1, "1", "O"),
	    CAST(1, "2", "O"), CAST(1, "3", "O"), CAST(1, "4", "O"),
	    LOSE("5", "O"), TAKE(0, "1", "O"), LOSE("6", "O"),
	    TAKE(0, "2", "O"), CAST(1, "7", "O"), CAST(1, "8", "O"),
	    LOSE("9", "O"), TAKE(0, "3", "O"), TAKE(0, "4", "O"),
	    TAKE(0, "7", "O"), TAKE(0, "8", "O") } },
	{ "PUB: one of two is full", ZMQ_PUB, 1, 1,
	  { JOIN(0, "O"), JOIN(1, "O"), GIVE(0, "+a", "O"),
	    GIVE(1, "+", "O"), CAST(2, "b", "O"), CAST(1, "a", "O"),
	    TAKE(1, "b", "O"), TAKE(0, "a", "O"), CAST(3, "a", "O") } },
	{ "PUB: reads nothing", ZMQ_PUB, 4, 1,
	  { JOIN(0, "O"), GIVE(0, "x|+a|y", "O"), NORECV(-EOPNOTSUPP, "O"),
	    COUNT("1", "O"), CAST(1, "a", "O"), TAKE(0, "a", "O") } },
	{ "PUB: CONFLATE", ZMQ_PUB, 1, 0,
	  { FLAG(ZMQ_CONFLATE, "1", 0, "O"), JOIN(0, "O"), GIVE(0, "+", "O"),
	    CAST(1, "1", "O"), CAST(1, "2", "O"), TAKE(0, "2", "O"),
	    TAKE(0, NULL, "O") } },
};

static const struct zmq_fake_script zmq_sub_scripts[] = {
	{ "SUB: counts, and tells", ZMQ_SUB, 0, 0,
	  { SET(ZMQ_SUBSCRIBE, "a", 0, ""), JOIN(0, ""), TAKE(0, NULL, ""),
	    UP(0, "", ""), TAKE(0, WANT("a"), ""),
	    SET(ZMQ_SUBSCRIBE, "a", 0, ""), TAKE(0, WANT("a"), ""),
	    SET(ZMQ_UNSUBSCRIBE, "a", 0, ""), TAKE(0, NULL, ""),
	    COUNT("1", ""), SET(ZMQ_UNSUBSCRIBE, "a", 0, ""),
	    TAKE(0, DONT("a"), ""), COUNT("0", ""),
	    SET(ZMQ_UNSUBSCRIBE, "a", 0, ""), TAKE(0, NULL, ""),
	    NOSEND(-EOPNOTSUPP, "") } },
	{ "SUB: each new peer is told all, and nothing twice", ZMQ_SUB, 0, 0,
	  { JOIN(0, ""), UP(0, "", ""), TAKE(0, NULL, ""),
	    SET(ZMQ_SUBSCRIBE, "a", 0, ""), SET(ZMQ_SUBSCRIBE, "b", 0, ""),
	    TAKE(0, WANT("a"), ""), DOWN(0, ""),
	    SET(ZMQ_UNSUBSCRIBE, "a", 0, ""), SET(ZMQ_SUBSCRIBE, "c", 0, ""),
	    UP(0, "", ""), TAKE(0, "^" WANT_1("b") WANT_1("c"), ""),
	    TAKE(0, NULL, "") } },
	{ "SUB: filters when it is read", ZMQ_SUB, 0, 3,
	  { SET(ZMQ_SUBSCRIBE, "a", 0, ""), JOIN(0, ""), UP(0, "", ""),
	    GIVE(0, "b;ab|c;x", "I"), RECV("ab|c", ""), NORECV(-EAGAIN, ""),
	    GIVE(0, "a1;b1;a2", "I"), SET(ZMQ_SUBSCRIBE, "b", 0, "I"),
	    RECV("a1", "I"), SET(ZMQ_UNSUBSCRIBE, "a", 0, "I"),
	    RECV("b1", ""), NORECV(-EAGAIN, "") } },
	{ "SUB: INVERT_MATCHING", ZMQ_SUB, 0, 1,
	  { FLAG(ZMQ_INVERT_MATCHING, "1", 0, ""),
	    SET(ZMQ_SUBSCRIBE, "a", 0, ""), JOIN(0, ""), UP(0, "", ""),
	    GIVE(0, "a1;b1", "I"), RECV("b1", "") } },
	{ "SUB: CONFLATE", ZMQ_SUB, 1, 0,
	  { FLAG(ZMQ_CONFLATE, "1", 0, ""), SET(ZMQ_SUBSCRIBE, "", 0, ""),
	    JOIN(0, ""), GIVE(0, "1;2;3|4", "I"), RECV("4", "") } },
	{ "XSUB: subscribes by messages", ZMQ_XSUB, 0, 0,
	  { JOIN(0, "O"), UP(0, "", "O"), CAST(1, "+a", "O"),
	    TAKE(0, "^-\2+a", "O"), CAST(1, "+a", "O"),
	    TAKE(0, "^-\2+a", "O"), LOSE("-a", "O"), CAST(1, "-a", "O"),
	    TAKE(0, "^-\2-a", "O"), LOSE("-a", "O"),
	    FLAG(ZMQ_XSUB_VERBOSE_UNSUBSCRIBE, "1", 0, "O"),
	    CAST(1, "-a", "O"), TAKE(0, "^-\2-a", "O"), COUNT("0", "O") } },
	{ "XSUB: other messages, to all", ZMQ_XSUB, 1, 1,
	  { JOIN(0, "O"), CAST(1, "x|y", "O"), JOIN(1, "O"),
	    CAST(2, "z", "O"), TAKE(0, "x|y", "O"), TAKE(1, "z", "O"),
	    CAST(3, "", "O"), TAKE(0, "", "O"), TAKE(1, "", "O") } },
	{ "XSUB: subscriptions among parts", ZMQ_XSUB, 0, 0,
	  { JOIN(0, "O"), UP(0, "", "O"), CAST(1, "x|+a", "O"),
	    TAKE(0, "x|+a", "O"), COUNT("1", "O"), CAST(1, "x|-b", "O"),
	    TAKE(0, "x", "O"), LOSE("-b|-c", "O"),
	    FLAG(ZMQ_ONLY_FIRST_SUBSCRIBE, "1", 0, "O"),
	    CAST(1, "x|+b", "O"), TAKE(0, "x|+b", "O"), COUNT("1", "O") } },
	{ "XSUB: reads all", ZMQ_XSUB, 0, 0,
	  { JOIN(0, "O"), UP(0, "", "O"), GIVE(0, "b|c", "IO"),
	    RECV("b|c", "O"), NORECV(-EAGAIN, "O") } },
};

static void zmq_pub_desc(const struct zmq_fake_script *script, char *desc)
{
	strscpy(desc, script->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_pub_scripts, zmq_pub_scripts, zmq_pub_desc);
KUNIT_ARRAY_PARAM(zmq_sub_scripts, zmq_sub_scripts, zmq_pub_desc);

static void zmq_pub_test_script(struct kunit *test)
{
	zmq_fake_run(test->priv, test->param_value);
}

static void zmq_pub_test_sub_script(struct kunit *test)
{
	zmq_fake_run(test->priv, test->param_value);
}

/* One part through sendmsg(). */
static int zmq_pub_send(struct zmq_fake *fake, const void *data, size_t len,
			int flags)
{
	struct kvec vec = { .iov_base = (void *)data, .iov_len = len };
	struct msghdr msg = { .msg_flags = flags };

	return kernel_sendmsg(fake->sock, &msg, &vec, 1, len);
}

/* Who subscribes when a message was begun waits for the next one. */
static void zmq_pub_test_begun(struct kunit *test)
{
	struct zmq_fake *fake = test->priv;

	zmq_fake_open(fake, ZMQ_PUB);
	zmq_fake_join(fake, 0, 4);
	KUNIT_EXPECT_EQ(test, 1, zmq_pub_send(fake, "a", 1, MSG_MORE));
	KUNIT_EXPECT_EQ(test, 0, zmq_fake_give(fake, 0, "+a"));
	KUNIT_EXPECT_EQ(test, 1, zmq_pub_send(fake, "b", 1, 0));
	KUNIT_EXPECT_NULL(test, zmq_fake_take(fake, 0));
	KUNIT_EXPECT_EQ(test, 1, zmq_pub_send(fake, "a", 1, MSG_MORE));
	KUNIT_EXPECT_EQ(test, 1, zmq_pub_send(fake, "c", 1, 0));
	KUNIT_EXPECT_STREQ(test, "a|c", zmq_fake_take(fake, 0));
}

static void zmq_pub_join_some(struct zmq_fake *fake, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		zmq_fake_join(fake, i, 4);
		KUNIT_EXPECT_EQ(fake->test, 0, zmq_fake_give(fake, i, "+"));
	}
}

/* A large body is one for all, a small one is copied; both go in the end. */
static void zmq_pub_test_shared(struct kunit *test)
{
	static const size_t sizes[] = { 100, 192, 193, 5000, 70000 };
	struct zmq_fake *fake = test->priv;
	u8 *body = kunit_kzalloc(test, 70000, GFP_KERNEL);
	long before, held;
	int i, j;

	KUNIT_ASSERT_NOT_NULL(test, body);
	memset(body, 'x', 70000);
	zmq_fake_open(fake, ZMQ_PUB);
	zmq_pub_join_some(fake, 3);
	before = atomic_long_read(&fake->zs->mem->used);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		KUNIT_EXPECT_EQ(test, (int)sizes[i],
				zmq_pub_send(fake, body, sizes[i], 0));
		held = atomic_long_read(&fake->zs->mem->used) - before;
		if (sizes[i] <= 192)
			KUNIT_EXPECT_GE(test, held, 3 * (long)sizes[i]);
		else
			KUNIT_EXPECT_LT(test, held, (long)sizes[i] + 1000);
		for (j = 0; j < 3; j++)
			KUNIT_EXPECT_NOT_NULL(test, zmq_fake_take(fake, j));
		KUNIT_EXPECT_EQ(test, before,
				atomic_long_read(&fake->zs->mem->used));
	}
	/* What peers have left when they go, in any order. */
	KUNIT_EXPECT_EQ(test, 500, zmq_pub_send(fake, body, 500, 0));
	zmq_fake_leave(fake, 1);
	KUNIT_EXPECT_NOT_NULL(test, zmq_fake_take(fake, 2));
	zmq_fake_leave(fake, 0);
	KUNIT_EXPECT_EQ(test, 2ULL, fake->zs->stats.drops);
}

#define ZMQ_PUB_TOPICS	500

static void zmq_pub_give_topics(struct zmq_fake *fake, int peer)
{
	char text[8];
	int i;

	for (i = 0; i < ZMQ_PUB_TOPICS; i++) {
		snprintf(text, sizeof(text), "+%03d", i);
		KUNIT_EXPECT_EQ(fake->test, 0, zmq_fake_give(fake, peer, text));
	}
}

/* Notices there are, all of the kind, each of a topic of its own. */
static void zmq_pub_read_topics(struct zmq_fake *fake, char kind)
{
	DECLARE_BITMAP(seen, ZMQ_PUB_TOPICS);
	const char *text;
	int i, peer, n;

	bitmap_zero(seen, ZMQ_PUB_TOPICS);
	for (i = 0; i < ZMQ_PUB_TOPICS; i++) {
		KUNIT_ASSERT_EQ(fake->test, 0, zmq_fake_recv(fake, &text, &peer));
		KUNIT_EXPECT_EQ(fake->test, kind, text[0]);
		KUNIT_ASSERT_EQ(fake->test, 0, kstrtoint(text + 1, 10, &n));
		KUNIT_ASSERT_LT(fake->test, n, ZMQ_PUB_TOPICS);
		set_bit(n, seen);
	}
	KUNIT_EXPECT_TRUE(fake->test, bitmap_full(seen, ZMQ_PUB_TOPICS));
	KUNIT_EXPECT_EQ(fake->test, -EAGAIN, zmq_fake_recv(fake, &text, &peer));
}

/* More topics of a peer that leaves than are freed in one go, read and unread. */
static void zmq_pub_test_shed(struct kunit *test)
{
	struct zmq_fake *fake = test->priv;
	struct zmq_xpub *x;

	zmq_fake_open(fake, ZMQ_XPUB);
	x = fake->zs->priv;
	zmq_fake_join(fake, 0, 0);
	zmq_pub_give_topics(fake, 0);
	KUNIT_EXPECT_EQ(test, (size_t)ZMQ_PUB_TOPICS, x->subs.topics);
	zmq_pub_read_topics(fake, '+');
	zmq_fake_leave(fake, 0);
	KUNIT_EXPECT_EQ(test, (size_t)0, x->subs.topics);
	KUNIT_EXPECT_EQ(test, 0U, fake->zs->nr_pipes);
	zmq_pub_read_topics(fake, '-');
	KUNIT_EXPECT_EQ(test, 0ULL, x->notice_bytes);

	zmq_fake_join(fake, 1, 0);
	zmq_pub_give_topics(fake, 1);
	zmq_fake_leave(fake, 1);
	/* Nobody reads; close() has to free both kinds. */
	KUNIT_EXPECT_STREQ(test, "IO", zmq_fake_poll(fake));
	KUNIT_EXPECT_EQ(test, 0U, fake->zs->nr_pipes);
}

/* How many topics the images in a frame are of; all have to be subscriptions. */
static int zmq_sub_count(struct kunit *test, const struct zmq_frame *f,
			 enum zmq_peer_version version, int first)
{
	u8 image[ZMQ_SUB_HDR_MAX + 100], topic[100];
	size_t at = 0;
	int n;

	KUNIT_EXPECT_TRUE(test, f->seg.flags & ZMQ_FRAME_RAW);
	KUNIT_EXPECT_EQ(test, f->len, f->seg.used);
	memset(topic, 'x', sizeof(topic));
	for (; at < f->seg.used; first++) {
		snprintf(topic, sizeof(topic), "%03d", first);
		topic[3] = 'x';
		n = zmq_sub_put(image, sizeof(image), version, true, topic,
				sizeof(topic));
		KUNIT_ASSERT_GT(test, n, 0);
		KUNIT_ASSERT_LE(test, at + n, (size_t)f->seg.used);
		KUNIT_ASSERT_EQ(test, 0, memcmp(f->seg.data + at, image, n));
		at += n;
	}
	return first;
}

/* A new peer of each version is told all topics in order, several frames of them. */
static void zmq_sub_test_replay(struct kunit *test)
{
	const enum zmq_peer_version *version = test->param_value;
	struct zmq_fake *fake = test->priv;
	struct zmq_frame *f;
	u8 topic[100];
	int i, told = 0, frames = 0;
	bool acked;

	zmq_fake_open(fake, ZMQ_SUB);
	fake->version = *version;
	memset(topic, 'x', sizeof(topic));
	for (i = 199; i >= 0; i--) {
		snprintf(topic, sizeof(topic), "%03d", i);
		topic[3] = 'x';
		KUNIT_ASSERT_EQ(test, 0, zmq_fake_set(fake, ZMQ_SUBSCRIBE, topic,
						      sizeof(topic)));
	}
	zmq_fake_join(fake, 0, 1);
	KUNIT_ASSERT_EQ(test, 0, zmq_fake_up(fake, 0, ""));
	spin_lock_bh(&fake->zs->lock);
	f = zmq_queue_read(&zmq_fake_pipe(fake, 0)->out, &acked);
	spin_unlock_bh(&fake->zs->lock);
	while (f) {
		told = zmq_sub_count(test, f, *version, told);
		zmq_chain_free(f);
		frames++;
		spin_lock_bh(&fake->zs->lock);
		f = zmq_queue_read(&zmq_fake_pipe(fake, 0)->out, &acked);
		spin_unlock_bh(&fake->zs->lock);
	}
	KUNIT_EXPECT_EQ(test, 200, told);
	KUNIT_EXPECT_GT(test, frames, 4);
}

static const enum zmq_peer_version zmq_sub_versions[] = {
	ZMQ_PEER_V1, ZMQ_PEER_V2, ZMQ_PEER_V30, ZMQ_PEER_V31,
};

static void zmq_sub_version_desc(const enum zmq_peer_version *version, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "version %d", *version);
}

KUNIT_ARRAY_PARAM(zmq_sub_versions, zmq_sub_versions, zmq_sub_version_desc);

/* While a peer is told all topics, only of those it knows are changes news. */
static void zmq_sub_test_told(struct kunit *test)
{
	static const struct {
		const char *told, *topic;
		bool news;
	} cases[] = {
		{ NULL, "a", false }, { "b", "a", true }, { "b", "b", true },
		{ "b", "", true }, { "b", "ba", false }, { "b", "c", false },
		{ "", "", true }, { "", "a", false },
	};
	struct zmq_fake *fake = test->priv;
	struct zmq_xsub_pipe *xp;
	int i;

	zmq_fake_open(fake, ZMQ_SUB);
	xp = zmq_xsub_pipe(zmq_fake_join(fake, 0, 0));
	zmq_fake_pipe(fake, 0)->version = ZMQ_PEER_V31;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		xp->told = (u8 *)(cases[i].told ?: "?");
		xp->told_len = SIZE_MAX;
		if (cases[i].told)
			xp->told_len = strlen(cases[i].told);
		KUNIT_EXPECT_EQ(test, 0, zmq_fake_set(fake, ZMQ_SUBSCRIBE,
						      cases[i].topic,
						      strlen(cases[i].topic)));
		KUNIT_EXPECT_EQ_MSG(test, cases[i].news,
				    !!zmq_fake_take(fake, 0), "case %d", i);
	}
	xp->told = NULL;
}

static struct kunit_case zmq_pub_cases[] = {
	KUNIT_CASE_PARAM(zmq_pub_test_script, zmq_pub_scripts_gen_params),
	KUNIT_CASE_PARAM(zmq_pub_test_sub_script, zmq_sub_scripts_gen_params),
	KUNIT_CASE(zmq_pub_test_begun),
	KUNIT_CASE(zmq_pub_test_shared),
	KUNIT_CASE(zmq_pub_test_shed),
	KUNIT_CASE_PARAM(zmq_sub_test_replay, zmq_sub_versions_gen_params),
	KUNIT_CASE(zmq_sub_test_told),
	{}
};

static struct kunit_suite zmq_pub_suite = {
	.name = "zmq_pattern_pub",
	.init = zmq_fake_init,
	.exit = zmq_fake_exit,
	.test_cases = zmq_pub_cases,
};

kunit_test_suite(zmq_pub_suite);
