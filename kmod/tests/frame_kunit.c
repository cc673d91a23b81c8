// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "mem.h"
#include "queue/frame.h"

/* Bytes in the first allocation, and its room for the body. */
#define ZMQ_FIRST	SZ_4K
#define ZMQ_FIRST_BODY	(SZ_4K - sizeof(struct zmq_frame))

/**
 * struct zmq_frame_row - a body, and how it arrives
 * @what: what the row is about
 * @len: bytes of the body
 * @piece: bytes that arrive at a time
 */
struct zmq_frame_row {
	const char *what;
	u32 len;
	u32 piece;
};

static const struct zmq_frame_row zmq_frame_rows[] = {
	{ "nothing", 0, 1 },
	{ "one byte", 1, 1 },
	{ "64 bytes", 64, 64 },
	{ "255 bytes by one", 255, 1 },
	{ "first segment, less one", ZMQ_FIRST_BODY - 1, SZ_64K },
	{ "first segment", ZMQ_FIRST_BODY, SZ_64K },
	{ "first segment, and one", ZMQ_FIRST_BODY + 1, SZ_64K },
	{ "first segment, and one by one", ZMQ_FIRST_BODY + 1, 1 },
	{ "4 KiB", SZ_4K, SZ_4K },
	{ "4 KiB by 1460", SZ_4K, 1460 },
	{ "12 KiB by one", 3 * SZ_4K, 1 },
	{ "32 KiB", SZ_32K, SZ_32K },
	{ "32 KiB, and one, by 4096", SZ_32K + 1, SZ_4K },
	{ "64 KiB by one", SZ_64K, 1 },
	{ "100000 bytes by 7", 100000, 7 },
	{ "1 MiB by 65483", SZ_1M, 65483 },
	{ "1 MiB, and one", SZ_1M + 1, SZ_2M },
	{ "3 MiB by 1460", 3 * SZ_1M, 1460 },
};

static void zmq_frame_row_desc(const struct zmq_frame_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_frame_rows, zmq_frame_rows, zmq_frame_row_desc);

/* Bytes without a pattern of segments' size, in memory KASAN watches. */
static u8 *zmq_frame_bytes(struct kunit *test, u32 len)
{
	u8 *p = kvmalloc(len ?: 1, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p);
	for (i = 0; i < len; i++)
		p[i] = i % 251 + i / 251;
	return p;
}

/* Compare the body, and what is charged with what was allocated. */
static void zmq_frame_check(struct kunit *test, const struct zmq_frame *f,
			    const u8 *p, u32 len)
{
	size_t charge = sizeof(*f) - sizeof(f->seg), used = 0, size;
	const struct zmq_seg *seg;

	for (seg = &f->seg; seg; seg = seg->next) {
		size = struct_size(seg, data, seg->size);
		charge += size;
		KUNIT_EXPECT_LE(test, size, (size_t)SZ_32K);
		KUNIT_ASSERT_LE(test, seg->used, seg->size);
		KUNIT_ASSERT_LE(test, used + seg->used, (size_t)len);
		KUNIT_EXPECT_EQ(test, 0, memcmp(seg->data, p + used, seg->used));
		/* Only the last one has room left. */
		if (seg->next)
			KUNIT_EXPECT_EQ(test, seg->size, seg->used);
		else
			KUNIT_EXPECT_PTR_EQ(test, f->tail,
					    (struct zmq_seg *)seg);
		used += seg->used;
	}
	KUNIT_EXPECT_EQ(test, (size_t)f->got, used);
	KUNIT_EXPECT_EQ(test, (size_t)len, used);
	KUNIT_EXPECT_EQ(test, (long)charge, atomic_long_read(&f->mem->used));
}

static void zmq_frame_test_append(struct kunit *test)
{
	const struct zmq_frame_row *row = test->param_value;
	u8 *p = zmq_frame_bytes(test, row->len);
	struct zmq_mem mem = {};
	struct zmq_frame *f;
	u32 at, part;

	f = zmq_frame_alloc(&mem, row->len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f);
	KUNIT_EXPECT_EQ(test, row->len, f->len);
	KUNIT_EXPECT_EQ(test, 0, (int)f->seg.flags);
	KUNIT_EXPECT_NULL(test, f->next);
	zmq_frame_check(test, f, p, 0);
	for (at = 0; at < row->len; at += part) {
		part = min(row->piece, row->len - at);
		KUNIT_ASSERT_EQ(test, (ssize_t)part,
				zmq_frame_append(f, p + at, part, GFP_KERNEL));
		KUNIT_ASSERT_EQ(test, at + part, f->got);
		/* Memory at most doubles ahead of the bytes. */
		KUNIT_ASSERT_LE(test, atomic_long_read(&mem.used),
				ZMQ_FIRST + 2L * f->got);
	}
	/* It takes no more than it lacks. */
	KUNIT_EXPECT_EQ(test, (ssize_t)0, zmq_frame_append(f, p, 1, GFP_KERNEL));
	zmq_frame_check(test, f, p, row->len);
	zmq_frame_free(f);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&mem.used));
	kvfree(p);
}

static void zmq_frame_test_from_bytes(struct kunit *test)
{
	const struct zmq_frame_row *row = test->param_value;
	u8 *p = zmq_frame_bytes(test, row->len);
	struct zmq_mem mem = {};
	struct zmq_frame *f;

	f = zmq_frame_from_bytes(&mem, p, row->len, GFP_ATOMIC);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f);
	KUNIT_EXPECT_EQ(test, row->len, f->len);
	zmq_frame_check(test, f, p, row->len);
	zmq_frame_free(f);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&mem.used));
	kvfree(p);
}

/* All of it is there at once, in few pieces, also where the account is full. */
static void zmq_frame_test_image(struct kunit *test)
{
	const struct zmq_frame_row *row = test->param_value;
	long full = totalram_pages() << (PAGE_SHIFT - 2);
	struct zmq_mem mem = { .used = ATOMIC_LONG_INIT(full) };
	u8 *p = zmq_frame_bytes(test, row->len), *from = p;
	struct zmq_frame *f = zmq_frame_image(&mem, row->len);
	struct zmq_seg *seg;
	u32 pieces = 0;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f);
	KUNIT_EXPECT_EQ(test, ZMQ_FRAME_RAW, (int)f->seg.flags);
	for (seg = &f->seg; seg; seg = seg->next) {
		memcpy(seg->data, from, seg->used);
		from += seg->used;
		pieces++;
	}
	KUNIT_EXPECT_LE(test, pieces, 1 + DIV_ROUND_UP(row->len, SZ_32K - 64));
	atomic_long_sub(full, &mem.used);
	zmq_frame_check(test, f, p, row->len);
	zmq_frame_free(f);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&mem.used));
	kvfree(p);
}

/* What a peer announces costs nothing. */
static void zmq_frame_test_announced(struct kunit *test)
{
	static const u32 lens[] = { SZ_32K, SZ_1G, S32_MAX, U32_MAX };
	struct zmq_mem mem = {};
	struct zmq_frame *f;
	int i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		f = zmq_frame_alloc(&mem, lens[i], GFP_KERNEL);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f);
		KUNIT_EXPECT_EQ(test, (long)ZMQ_FIRST,
				atomic_long_read(&mem.used));
		KUNIT_EXPECT_EQ(test, (ssize_t)3,
				zmq_frame_append(f, "abc", 3, GFP_KERNEL));
		KUNIT_EXPECT_EQ(test, (long)ZMQ_FIRST,
				atomic_long_read(&mem.used));
		zmq_frame_free(f);
		KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&mem.used));
	}
}

/* Pieces that go beyond the end are taken as far as they belong here. */
static void zmq_frame_test_excess(struct kunit *test)
{
	struct zmq_mem mem = {};
	struct zmq_frame *f = zmq_frame_alloc(&mem, 5, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f);
	KUNIT_EXPECT_EQ(test, (ssize_t)3,
			zmq_frame_append(f, "abc", 3, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, (ssize_t)0,
			zmq_frame_append(f, "x", 0, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, (ssize_t)2,
			zmq_frame_append(f, "defg", 4, GFP_KERNEL));
	zmq_frame_check(test, f, "abcde", 5);
	zmq_frame_free(f);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&mem.used));
}

/**
 * struct zmq_limit_row - an account that is nearly full
 * @what: what the row is about
 * @len: bytes of the body
 * @room: bytes the user may still take
 * @fits: bytes of the body for which there is memory, -1: not even a frame
 */
struct zmq_limit_row {
	const char *what;
	u32 len;
	long room;
	int fits;
};

static const struct zmq_limit_row zmq_limit_rows[] = {
	{ "no room", 0, 0, -1 },
	{ "above the limit already", 0, -1, -1 },
	{ "an empty frame just fits", 0, sizeof(struct zmq_frame), 0 },
	{ "an empty frame misses one byte", 0, sizeof(struct zmq_frame) - 1,
	  -1 },
	{ "a small one just fits", 64, sizeof(struct zmq_frame) + 64, 64 },
	{ "a small one misses one byte", 64, sizeof(struct zmq_frame) + 63,
	  -1 },
	{ "only the first segment fits", SZ_64K, ZMQ_FIRST, ZMQ_FIRST_BODY },
	{ "the second one misses one byte", SZ_64K, 2 * ZMQ_FIRST - 1,
	  ZMQ_FIRST_BODY },
	{ "the second one just fits", SZ_64K, 2 * ZMQ_FIRST,
	  ZMQ_FIRST_BODY + SZ_4K - sizeof(struct zmq_seg) },
};

static void zmq_limit_row_desc(const struct zmq_limit_row *row, char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_limit_rows, zmq_limit_rows, zmq_limit_row_desc);

/* The limit is the default of the parameter user_mem_max. */
static void zmq_frame_test_limit(struct kunit *test)
{
	const struct zmq_limit_row *row = test->param_value;
	long full = (totalram_pages() << (PAGE_SHIFT - 2)) - row->room;
	u8 *p = zmq_frame_bytes(test, row->len);
	struct zmq_mem mem = { .used = ATOMIC_LONG_INIT(full) };
	struct zmq_frame *f = zmq_frame_alloc(&mem, row->len, GFP_KERNEL);

	KUNIT_EXPECT_EQ(test, row->fits < 0, !f);
	if (f) {
		KUNIT_EXPECT_EQ(test, (ssize_t)row->fits,
				zmq_frame_append(f, p, row->len, GFP_KERNEL));
		if (row->fits < row->len)
			KUNIT_EXPECT_EQ(test, (ssize_t)-ENOMEM,
					zmq_frame_append(f, p, 1, GFP_KERNEL));
		KUNIT_EXPECT_EQ(test, (u32)row->fits, f->got);
		zmq_frame_free(f);
	}
	KUNIT_EXPECT_EQ(test, full, atomic_long_read(&mem.used));

	f = zmq_frame_from_bytes(&mem, p, row->len, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, row->fits < (int)row->len, !f);
	if (f)
		zmq_frame_free(f);
	KUNIT_EXPECT_EQ(test, full, atomic_long_read(&mem.used));
	kvfree(p);
}

/* Room that comes back lets a frame go on where it stopped. */
static void zmq_frame_test_goes_on(struct kunit *test)
{
	long full = (totalram_pages() << (PAGE_SHIFT - 2)) - ZMQ_FIRST;
	struct zmq_mem mem = { .used = ATOMIC_LONG_INIT(full) };
	u8 *p = zmq_frame_bytes(test, SZ_64K);
	struct zmq_frame *f = zmq_frame_alloc(&mem, SZ_64K, GFP_KERNEL);
	ssize_t n;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f);
	n = zmq_frame_append(f, p, SZ_64K, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, (ssize_t)ZMQ_FIRST_BODY, n);
	atomic_long_sub(full, &mem.used);
	KUNIT_EXPECT_EQ(test, SZ_64K - n,
			zmq_frame_append(f, p + n, SZ_64K - n, GFP_KERNEL));
	zmq_frame_check(test, f, p, SZ_64K);
	zmq_frame_free(f);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&mem.used));
	kvfree(p);
}

static void zmq_frame_test_chain_free(struct kunit *test)
{
	struct zmq_frame *head = NULL, **tail = &head;
	struct zmq_mem mem = {};
	u8 *p = zmq_frame_bytes(test, SZ_16K);
	int i;

	zmq_chain_free(NULL);
	for (i = 0; i < 20; i++) {
		*tail = zmq_frame_from_bytes(&mem, p, i * 700, GFP_KERNEL);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, *tail);
		tail = &(*tail)->next;
	}
	KUNIT_EXPECT_GT(test, atomic_long_read(&mem.used), 190L * 700);
	zmq_chain_free(head);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&mem.used));
	kvfree(p);
}

static struct kunit_case zmq_frame_cases[] = {
	KUNIT_CASE_PARAM(zmq_frame_test_append, zmq_frame_rows_gen_params),
	KUNIT_CASE_PARAM(zmq_frame_test_from_bytes, zmq_frame_rows_gen_params),
	KUNIT_CASE_PARAM(zmq_frame_test_image, zmq_frame_rows_gen_params),
	KUNIT_CASE(zmq_frame_test_announced),
	KUNIT_CASE(zmq_frame_test_excess),
	KUNIT_CASE_PARAM(zmq_frame_test_limit, zmq_limit_rows_gen_params),
	KUNIT_CASE(zmq_frame_test_goes_on),
	KUNIT_CASE(zmq_frame_test_chain_free),
	{}
};

static struct kunit_suite zmq_frame_suite = {
	.name = "zmq_queue_frame",
	.test_cases = zmq_frame_cases,
};

kunit_test_suite(zmq_frame_suite);
