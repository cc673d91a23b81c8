// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/string.h>

#include "mech/curve.h"
#include "mem.h"
#include "queue/frame.h"
#include "zmtp/frame.h"

/* What follows the handshake of curve_vectors.h: the connection's key. */
static const u8 zmq_sealed_key[] = {
	0xfa, 0xd9, 0x7f, 0x4c, 0x55, 0x29, 0x99, 0xbd, 0xed, 0x1d, 0x58, 0x87,
	0x89, 0x6d, 0xc8, 0x49, 0xad, 0x1b, 0xa9, 0x48, 0x5b, 0x61, 0x61, 0x88,
	0xa9, 0xdf, 0x62, 0xdc, 0xe1, 0x2b, 0x46, 0x03,
};

/* "hello" */
static const u8 zmq_sealed_to_server_3[] = {
	0x07, 0x4d, 0x45, 0x53, 0x53, 0x41, 0x47, 0x45, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x03, 0xd5, 0x09, 0xaf, 0x6b, 0x93, 0x3a, 0x25, 0x6e,
	0xbf, 0x82, 0xf7, 0x0f, 0xba, 0x5f, 0x11, 0xbf, 0x0f, 0x7b, 0xc7, 0x3a,
	0x21, 0x0c,
};

/* MORE, "part1" */
static const u8 zmq_sealed_to_client_2[] = {
	0x07, 0x4d, 0x45, 0x53, 0x53, 0x41, 0x47, 0x45, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x02, 0x9d, 0x97, 0x51, 0x6d, 0x19, 0xfa, 0xd1, 0xbe,
	0x95, 0x45, 0x0d, 0x0f, 0xc7, 0x7f, 0x78, 0xc2, 0x09, 0xf0, 0x7d, 0x36,
	0x77, 0x08,
};

/* Empty */
static const u8 zmq_sealed_to_client_3[] = {
	0x07, 0x4d, 0x45, 0x53, 0x53, 0x41, 0x47, 0x45, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x03, 0x55, 0x13, 0x9b, 0x74, 0xac, 0xad, 0xda, 0x63,
	0xba, 0x98, 0x1a, 0xdd, 0x63, 0xae, 0x05, 0xce, 0x8a,
};

/* COMMAND, PING */
static const u8 zmq_sealed_to_server_4[] = {
	0x07, 0x4d, 0x45, 0x53, 0x53, 0x41, 0x47, 0x45, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x04, 0xe0, 0xd7, 0x36, 0x34, 0x1e, 0x5e, 0x89, 0xaa,
	0xa3, 0x63, 0x47, 0xdd, 0xa7, 0x05, 0xcd, 0xe8, 0xb6, 0x97, 0x8b, 0xd7,
	0x2b, 0xe1, 0x61, 0x88, 0xde, 0xcd, 0x08,
};

/* COMMAND, PONG */
static const u8 zmq_sealed_to_client_4[] = {
	0x07, 0x4d, 0x45, 0x53, 0x53, 0x41, 0x47, 0x45, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x04, 0x34, 0x4d, 0xa8, 0x92, 0xd8, 0x18, 0xa8, 0xc6,
	0xe3, 0x2d, 0xc1, 0x77, 0xba, 0xf8, 0xe7, 0x15, 0x0c, 0x83, 0x3d, 0x84,
	0xc4, 0x83, 0x07, 0x25, 0x3a,
};

/* COMMAND, SUBSCRIBE */
static const u8 zmq_sealed_to_server_5[] = {
	0x07, 0x4d, 0x45, 0x53, 0x53, 0x41, 0x47, 0x45, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x05, 0xcb, 0xef, 0x4f, 0x71, 0x42, 0x0a, 0xc7, 0x6d,
	0x17, 0x19, 0xaf, 0x3f, 0x3d, 0xce, 0x01, 0xec, 0x02, 0x1f, 0x85, 0x76,
	0xbc, 0x21, 0x79, 0xb5, 0xda, 0x5c, 0x68, 0xe0, 0x8e, 0x3e,
};

/* Around a header, a first segment, an image's first, and several more. */
static const u32 zmq_sealed_lens[] = {
	0, 1, 30, 31, 32, 33, 64, 221, 222, 223, 3900, 3976, 3977, 4008, 4009, 4010,
	4011, 4043, 4100, 8000, 32000, 32676, 32677, 32678, 32700, 40000, 100000,
};

/**
 * struct zmq_sealed_test - both sides, after their handshake
 * @client: ours
 * @server: ours
 * @mem: account of all frames
 */
struct zmq_sealed_test {
	struct zmq_mech client;
	struct zmq_mech server;
	struct zmq_mem mem;
};

static void zmq_sealed_begin(struct kunit *test, struct zmq_mech *m, u64 sent)
{
	struct zmq_curve *c;

	m->ops = m == &((struct zmq_sealed_test *)test->priv)->server ?
		 &zmq_curve_server_ops : &zmq_curve_client_ops;
	c = zmq_curve_begin(m);
	KUNIT_ASSERT_NOT_NULL(test, c);
	memcpy(c->key, zmq_sealed_key, sizeof(c->key));
	zmq_curve_derive(c);
	c->sent = sent;
}

static int zmq_sealed_init(struct kunit *test)
{
	struct zmq_sealed_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	zmq_sealed_begin(test, &t->client, 2);
	zmq_sealed_begin(test, &t->server, 1);
	return 0;
}

static void zmq_sealed_exit(struct kunit *test)
{
	struct zmq_sealed_test *t = test->priv;

	zmq_mech_end(&t->client);
	zmq_mech_end(&t->server);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&t->mem.used));
}

static struct zmq_frame *zmq_sealed_frame(struct kunit *test, const void *p,
					  size_t len)
{
	struct zmq_sealed_test *t = test->priv;
	struct zmq_frame *f = zmq_frame_from_bytes(&t->mem, p, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	return f;
}

/* Every byte of a frame, in order. */
static void zmq_sealed_bytes(struct kunit *test, const struct zmq_frame *f, u8 *buf)
{
	const struct zmq_seg *seg;
	u32 n = 0;

	for (seg = &f->seg; seg; seg = seg->next) {
		memcpy(buf + n, seg->data, seg->used);
		n += seg->used;
	}
	KUNIT_EXPECT_EQ(test, f->len, n);
	KUNIT_EXPECT_EQ(test, f->len, f->got);
}

/* The frame that the peer makes of an image; frees that. */
static struct zmq_frame *zmq_sealed_travel(struct kunit *test,
					   struct zmq_frame *image)
{
	u8 *buf = kunit_kzalloc(test, image->len, GFP_KERNEL);
	struct zmq_frame_hdr h = {};
	int hdr;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_EXPECT_TRUE(test, image->seg.flags & ZMQ_FRAME_RAW);
	zmq_sealed_bytes(test, image, buf);
	hdr = zmq_frame_hdr_get(buf, image->len, &h);
	KUNIT_EXPECT_EQ(test, 0, (int)h.flags);
	KUNIT_ASSERT_EQ(test, (u64)image->len, hdr + h.len);
	zmq_frame_free(image);
	return zmq_sealed_frame(test, buf + hdr, h.len);
}

/**
 * struct zmq_sealed_row - a message of the vectors
 * @server: the server sends it
 * @flags: ZMQ_SEAL_*
 * @text: what is in it
 * @len: bytes of @text
 * @body: the frame's body
 * @body_len: bytes of @body
 */
struct zmq_sealed_row {
	bool server;
	u8 flags;
	const char *text;
	size_t len;
	const u8 *body;
	size_t body_len;
};

/* In each direction in the order of their numbers. */
static const struct zmq_sealed_row zmq_sealed_rows[] = {
	{ false, 0, "hello", sizeof("hello") - 1,
	  zmq_sealed_to_server_3, sizeof(zmq_sealed_to_server_3) },
	{ true, ZMQ_SEAL_MORE, "part1", sizeof("part1") - 1,
	  zmq_sealed_to_client_2, sizeof(zmq_sealed_to_client_2) },
	{ true, 0, "", sizeof("") - 1,
	  zmq_sealed_to_client_3, sizeof(zmq_sealed_to_client_3) },
	{ false, ZMQ_SEAL_COMMAND, "\4PING\0\144ctx", sizeof("\4PING\0\144ctx") - 1,
	  zmq_sealed_to_server_4, sizeof(zmq_sealed_to_server_4) },
	{ true, ZMQ_SEAL_COMMAND, "\4PONGctx", sizeof("\4PONGctx") - 1,
	  zmq_sealed_to_client_4, sizeof(zmq_sealed_to_client_4) },
	{ false, ZMQ_SEAL_COMMAND, "\11SUBSCRIBEabc", sizeof("\11SUBSCRIBEabc") - 1,
	  zmq_sealed_to_server_5, sizeof(zmq_sealed_to_server_5) },
};

static void zmq_sealed_test_vectors(struct kunit *test)
{
	struct zmq_sealed_test *t = test->priv;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(zmq_sealed_rows); i++) {
		const struct zmq_sealed_row *row = zmq_sealed_rows + i;
		struct zmq_mech *from = row->server ? &t->server : &t->client;
		struct zmq_mech *to = row->server ? &t->client : &t->server;
		struct zmq_frame *f = zmq_sealed_frame(test, row->text, row->len);
		struct zmq_frame *image = from->ops->seal(from, f, row->flags);
		u8 flags = 0;

		zmq_frame_free(f);
		KUNIT_ASSERT_NOT_NULL(test, image);
		f = zmq_sealed_travel(test, image);
		KUNIT_ASSERT_EQ(test, row->body_len, (size_t)f->len);
		KUNIT_EXPECT_EQ(test, 0, memcmp(row->body, f->seg.data, f->len));

		KUNIT_EXPECT_EQ(test, ZMQ_R_NONE, to->ops->open(to, f));
		KUNIT_ASSERT_EQ(test, row->len, (size_t)f->len);
		KUNIT_EXPECT_EQ(test, 0, memcmp(row->text, f->seg.data, f->len));
		if (row->flags & ZMQ_SEAL_MORE)
			flags |= ZMQ_FRAME_MORE;
		if (row->flags & ZMQ_SEAL_COMMAND)
			flags |= ZMQ_FRAME_COMMAND;
		KUNIT_EXPECT_EQ(test, flags, f->seg.flags);
		zmq_frame_free(f);
	}
}

/* Is all moved up: is a segment full before the next one begins? */
static bool zmq_sealed_dense(const struct zmq_frame *f)
{
	const struct zmq_seg *seg;

	for (seg = &f->seg; seg->next; seg = seg->next)
		if (seg->next->used && seg->used != seg->size)
			return false;
	return true;
}

/* There and back; @shared: the bytes are other peers', too. */
static void zmq_sealed_round(struct kunit *test, u8 *text, u32 len, bool shared)
{
	struct zmq_sealed_test *t = test->priv;
	struct zmq_frame *f = zmq_sealed_frame(test, text, len), *image;
	u8 *buf = kunit_kzalloc(test, len + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	if (shared)
		f = zmq_chain_share(f);
	image = t->client.ops->seal(&t->client, f, ZMQ_SEAL_MORE);
	KUNIT_ASSERT_NOT_NULL(test, image);
	zmq_sealed_bytes(test, f, buf);
	KUNIT_EXPECT_EQ_MSG(test, 0, memcmp(text, buf, len), "sealing %u", len);
	zmq_frame_free(f);

	f = zmq_sealed_travel(test, image);
	KUNIT_EXPECT_EQ(test, len + 33, f->len);
	f->seg.flags = ZMQ_FRAME_COMMAND;
	KUNIT_EXPECT_EQ_MSG(test, ZMQ_R_NONE, t->server.ops->open(&t->server, f),
			    "opening %u", len);
	KUNIT_ASSERT_EQ(test, len, f->len);
	zmq_sealed_bytes(test, f, buf);
	KUNIT_EXPECT_EQ_MSG(test, 0, memcmp(text, buf, len), "opening %u", len);
	KUNIT_EXPECT_TRUE(test, zmq_sealed_dense(f));
	KUNIT_EXPECT_EQ(test, ZMQ_FRAME_MORE, (int)f->seg.flags);
	zmq_frame_free(f);
	kunit_kfree(test, buf);
}

static void zmq_sealed_test_lens(struct kunit *test)
{
	u32 max = zmq_sealed_lens[ARRAY_SIZE(zmq_sealed_lens) - 1], i;
	u8 *text = kunit_kzalloc(test, max, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, text);
	for (i = 0; i < max; i++)
		text[i] = i * 7 + i / 256;
	for (i = 0; i < ARRAY_SIZE(zmq_sealed_lens); i++) {
		zmq_sealed_round(test, text, zmq_sealed_lens[i], false);
		zmq_sealed_round(test, text, zmq_sealed_lens[i], true);
	}
}

static enum zmq_reason zmq_sealed_judge(struct kunit *test, const void *p,
					size_t len)
{
	struct zmq_sealed_test *t = test->priv;
	struct zmq_frame *f = zmq_sealed_frame(test, p, len);
	enum zmq_reason why = t->server.ops->open(&t->server, f);

	zmq_frame_free(f);
	return why;
}

/* A bit of each byte is wrong, the frame is cut or longer, or comes again. */
static void zmq_sealed_test_wrong(struct kunit *test)
{
	u8 body[sizeof(zmq_sealed_to_server_3) + 1] = {};
	size_t len = sizeof(body) - 1, i;
	enum zmq_reason why;

	memcpy(body, zmq_sealed_to_server_3, len);
	for (i = 0; i < len; i++) {
		body[i] ^= 4;
		why = i < 8 ? ZMQ_R_UNEXPECTED_COMMAND : ZMQ_R_CRYPTOGRAPHIC;
		KUNIT_EXPECT_EQ_MSG(test, why, zmq_sealed_judge(test, body, len),
				    "byte %zu", i);
		body[i] ^= 4;
	}
	for (i = 0; i < len; i++) {
		if (i < 8)
			why = ZMQ_R_MALFORMED_COMMAND;
		else
			why = i < 33 ? ZMQ_R_MALFORMED_MESSAGE :
				       ZMQ_R_CRYPTOGRAPHIC;
		KUNIT_EXPECT_EQ_MSG(test, why, zmq_sealed_judge(test, body, i),
				    "%zu bytes", i);
	}
	KUNIT_EXPECT_EQ(test, ZMQ_R_CRYPTOGRAPHIC,
			zmq_sealed_judge(test, body, len + 1));
	KUNIT_EXPECT_EQ(test, ZMQ_R_MALFORMED_COMMAND,
			zmq_sealed_judge(test, "\0", 1));
	KUNIT_EXPECT_EQ(test, ZMQ_R_UNEXPECTED_COMMAND,
			zmq_sealed_judge(test, "\4PING\0\0", 7));
	/* Sealed by our own side, and sent back. */
	KUNIT_EXPECT_EQ(test, ZMQ_R_CRYPTOGRAPHIC,
			zmq_sealed_judge(test, zmq_sealed_to_client_3,
					 sizeof(zmq_sealed_to_client_3)));

	/* None of that has used its number up. */
	KUNIT_EXPECT_EQ(test, ZMQ_R_NONE, zmq_sealed_judge(test, body, len));
	KUNIT_EXPECT_EQ(test, ZMQ_R_INVALID_SEQUENCE,
			zmq_sealed_judge(test, body, len));
	/* Gaps are allowed, but there is no way back. */
	KUNIT_EXPECT_EQ(test, ZMQ_R_NONE,
			zmq_sealed_judge(test, zmq_sealed_to_server_5,
					 sizeof(zmq_sealed_to_server_5)));
	KUNIT_EXPECT_EQ(test, ZMQ_R_INVALID_SEQUENCE,
			zmq_sealed_judge(test, zmq_sealed_to_server_4,
					 sizeof(zmq_sealed_to_server_4)));
}

static struct kunit_case zmq_sealed_cases[] = {
	KUNIT_CASE(zmq_sealed_test_vectors),
	KUNIT_CASE(zmq_sealed_test_lens),
	KUNIT_CASE(zmq_sealed_test_wrong),
	{}
};

static struct kunit_suite zmq_sealed_suite = {
	.name = "zmq_curve_message",
	.init = zmq_sealed_init,
	.exit = zmq_sealed_exit,
	.test_cases = zmq_sealed_cases,
};

kunit_test_suite(zmq_sealed_suite);
