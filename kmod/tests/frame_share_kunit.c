// SPDX-License-Identifier: GPL-2.0-only
/* Messages that several pipes have: sharing of frames, clones, lack of memory. */
#include <kunit/test.h>

#include "mem.h"
#include "queue/frame.h"

/* One more byte, and clones of a frame share its bytes. */
#define SMALL	192

/**
 * struct zmq_share_case - a message
 * @what: what it is about
 * @len: lengths of its frames, 0 behind the last
 * @shared: bit for each frame that is shared
 */
struct zmq_share_case {
	const char *what;
	size_t len[4];
	unsigned int shared;
};

static const struct zmq_share_case zmq_share_cases[] = {
	{ "one byte", { 1 }, 0 },
	{ "largest that is copied", { SMALL }, 0 },
	{ "smallest that is shared", { SMALL + 1 }, 1 },
	{ "several segments", { 100000 }, 1 },
	{ "copied and shared parts", { 1, 1000, SMALL, 5000 }, 0xa },
};

static struct zmq_mem *zmq_share_mem(struct kunit *test)
{
	return kunit_kzalloc(test, sizeof(struct zmq_mem), GFP_KERNEL);
}

static u8 zmq_share_byte(size_t part, size_t at)
{
	return part * 31 + at % 251;
}

static struct zmq_frame *zmq_share_message(struct kunit *test,
					   struct zmq_mem *mem,
					   const struct zmq_share_case *c)
{
	struct zmq_frame *head = NULL, **tail = &head, *f;
	size_t part, at;
	u8 byte;

	for (part = 0; part < ARRAY_SIZE(c->len) && c->len[part]; part++) {
		f = zmq_frame_alloc(mem, c->len[part], GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, f);
		for (at = 0; at < c->len[part]; at++) {
			byte = zmq_share_byte(part, at);
			zmq_frame_append(f, &byte, 1, GFP_KERNEL);
		}
		KUNIT_EXPECT_EQ(test, f->len, f->got);
		f->seg.flags = ZMQ_FRAME_MORE;
		*tail = f;
		tail = &f->next;
	}
	container_of(tail, struct zmq_frame, next)->seg.flags = 0;
	return head;
}

/* Segments of a frame, as a writer walks them: the first may have no bytes. */
static bool zmq_share_same(const struct zmq_frame *f, size_t part)
{
	const struct zmq_seg *seg;
	size_t at = 0;
	u32 i;

	for (seg = &f->seg; seg; seg = seg->next)
		for (i = 0; i < seg->used; i++)
			if (seg->data[i] != zmq_share_byte(part, at++))
				return false;
	return at == f->len && f->got == f->len;
}

static void zmq_share_check(struct kunit *test, const struct zmq_frame *msg,
			    const struct zmq_share_case *c)
{
	const struct zmq_frame *f = msg;
	size_t part, n;
	const u8 *data;

	for (part = 0; part < ARRAY_SIZE(c->len) && c->len[part]; part++) {
		KUNIT_ASSERT_NOT_NULL(test, f);
		KUNIT_EXPECT_EQ(test, (u32)c->len[part], f->len);
		KUNIT_EXPECT_EQ(test, !!(c->shared & BIT(part)),
				!!(f->seg.flags & ZMQ_FRAME_SHARED));
		KUNIT_EXPECT_EQ(test, !!f->next, zmq_frame_more(f));
		KUNIT_EXPECT_TRUE(test, zmq_share_same(f, part));
		data = zmq_frame_start(f, &n);
		KUNIT_EXPECT_GE(test, n, min_t(size_t, c->len[part], 4000));
		KUNIT_EXPECT_EQ(test, zmq_share_byte(part, n - 1), data[n - 1]);
		f = f->next;
	}
	KUNIT_EXPECT_NULL(test, f);
}

static void zmq_share_desc(const struct zmq_share_case *c, char *desc)
{
	strscpy(desc, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_share_cases, zmq_share_cases, zmq_share_desc);

/* Four of a message; freed in another order than made, the rest stays whole. */
static void zmq_share_test_clones(struct kunit *test)
{
	const struct zmq_share_case *c = test->param_value;
	struct zmq_mem *mem = zmq_share_mem(test);
	struct zmq_frame *msg[4];
	int i;

	KUNIT_ASSERT_NOT_NULL(test, mem);
	msg[0] = zmq_chain_share(zmq_share_message(test, mem, c));
	zmq_share_check(test, msg[0], c);
	/* Shared once more it is what it was. */
	KUNIT_EXPECT_PTR_EQ(test, msg[0], zmq_chain_share(msg[0]));
	msg[1] = zmq_chain_clone(msg[0]);
	KUNIT_ASSERT_NOT_NULL(test, msg[1]);
	zmq_chain_free(msg[0]);
	zmq_share_check(test, msg[1], c);
	msg[2] = zmq_chain_clone(msg[1]);
	msg[3] = zmq_chain_clone(msg[1]);
	KUNIT_ASSERT_NOT_NULL(test, msg[2]);
	KUNIT_ASSERT_NOT_NULL(test, msg[3]);
	for (i = 2; i < 4; i++)
		zmq_share_check(test, msg[i], c);
	zmq_chain_free(msg[2]);
	zmq_share_check(test, msg[1], c);
	zmq_chain_free(msg[1]);
	zmq_share_check(test, msg[3], c);
	zmq_chain_free(msg[3]);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&mem->used));
}

/* A clone that shares costs the same, however long the message is. */
static void zmq_share_test_price(struct kunit *test)
{
	static const struct zmq_share_case lengths[] = {
		{ "", { SMALL + 1 } }, { "", { 100000 } },
	};
	struct zmq_mem *mem = zmq_share_mem(test);
	struct zmq_frame *msg, *clone;
	long price[2];
	int i;

	KUNIT_ASSERT_NOT_NULL(test, mem);
	for (i = 0; i < 2; i++) {
		msg = zmq_share_message(test, mem, &lengths[i]);
		msg = zmq_chain_share(msg);
		price[i] = -atomic_long_read(&mem->used);
		clone = zmq_chain_clone(msg);
		price[i] += atomic_long_read(&mem->used);
		zmq_chain_free(clone);
		zmq_chain_free(msg);
	}
	KUNIT_EXPECT_EQ(test, (long)sizeof(struct zmq_frame), price[0]);
	KUNIT_EXPECT_EQ(test, price[0], price[1]);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&mem->used));
}

/* Leave @left bytes of the account; returns what it takes to undo that. */
static long zmq_share_fill(struct zmq_mem *mem, long left)
{
	long more = zmq_mem_max() - left - atomic_long_read(&mem->used);

	atomic_long_add(more, &mem->used);
	return more;
}

/* Without memory to share: as it was, and a clone would be a copy. */
static void zmq_share_test_full_share(struct kunit *test)
{
	const struct zmq_share_case c = { "", { 1000, 2000 }, 0 };
	struct zmq_mem *mem = zmq_share_mem(test);
	struct zmq_frame *msg, *clone;
	long more;

	KUNIT_ASSERT_NOT_NULL(test, mem);
	msg = zmq_share_message(test, mem, &c);
	more = zmq_share_fill(mem, sizeof(*msg) - 1);
	msg = zmq_chain_share(msg);
	zmq_share_check(test, msg, &c);
	KUNIT_EXPECT_NULL(test, zmq_chain_clone(msg));
	KUNIT_EXPECT_EQ(test, (long)zmq_mem_max() - (long)sizeof(*msg) + 1,
			atomic_long_read(&mem->used));
	atomic_long_sub(more, &mem->used);
	clone = zmq_chain_clone(msg);
	KUNIT_ASSERT_NOT_NULL(test, clone);
	zmq_chain_free(msg);
	zmq_share_check(test, clone, &c);
	zmq_chain_free(clone);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&mem->used));
}

/* The second part finds no memory: the clone goes, the message stays. */
static void zmq_share_test_full_clone(struct kunit *test)
{
	static const struct zmq_share_case cases[] = {
		{ "", { 1000, 100 }, 1 }, { "", { 100, 1000 }, 2 },
		{ "", { 1000, 1000 }, 3 }, { "", { 100, 150 }, 0 },
	};
	struct zmq_mem *mem = zmq_share_mem(test);
	struct zmq_frame *msg;
	long more, full, part;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, mem);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		msg = zmq_chain_share(zmq_share_message(test, mem, &cases[i]));
		part = sizeof(*msg);
		if (!(cases[i].shared & 1))
			part += msg->len;
		more = zmq_share_fill(mem, part);
		full = atomic_long_read(&mem->used);
		KUNIT_EXPECT_NULL_MSG(test, zmq_chain_clone(msg), "case %d", i);
		KUNIT_EXPECT_EQ(test, full, atomic_long_read(&mem->used));
		zmq_share_check(test, msg, &cases[i]);
		zmq_chain_free(msg);
		atomic_long_sub(more, &mem->used);
		KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&mem->used));
	}
}

static struct kunit_case zmq_share_tests[] = {
	KUNIT_CASE_PARAM(zmq_share_test_clones, zmq_share_cases_gen_params),
	KUNIT_CASE(zmq_share_test_price),
	KUNIT_CASE(zmq_share_test_full_share),
	KUNIT_CASE(zmq_share_test_full_clone),
	{}
};

static struct kunit_suite zmq_share_suite = {
	.name = "zmq_frame_share",
	.test_cases = zmq_share_tests,
};

kunit_test_suite(zmq_share_suite);
