// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames in memory (kmod/queue/frame.c): what is put in by pieces comes out
 * whole, shared or copied, and every byte of the account is given back.
 */
#include "fuzz.h"
#include "mem.h"
#include "queue/frame.h"

#define LONGEST	20000
#define PARTS	4

/* What is in each part: a byte tells where it belongs. */
static u8 content[PARTS][LONGEST];

static void fill_content(void)
{
	size_t part, i;

	if (content[0][1])
		return;
	for (part = 0; part < PARTS; part++)
		for (i = 0; i < LONGEST; i++)
			content[part][i] = (part + 1) * 31 + i * 7 + (i >> 8);
}

static struct zmq_frame *make(struct zmq_mem *mem, struct zf_input *in, size_t part)
{
	size_t len = zf_number(in, 2) % LONGEST, step = 1 + zf_number(in, 2) % LONGEST;
	struct zmq_frame *f = zmq_frame_alloc(mem, len, GFP_KERNEL);
	const u8 *piece = content[part];

	zf_check(f && f->len == len && !f->got);
	while (f->got < len) {
		size_t at = f->got, n = min(step, (size_t)LONGEST - at);
		const u8 *copy = zf_copy(piece + at, n);
		ssize_t done = zmq_frame_append(f, copy, n, GFP_KERNEL);

		zf_drop(copy);
		zf_check(done == (ssize_t)min(n, len - at) && f->got == at + done);
	}
	zf_check(zmq_frame_append(f, piece, 1, GFP_KERNEL) == 0);
	return f;
}

static void check_frame(const struct zmq_frame *f, size_t part, size_t wanted)
{
	size_t n = min_t(size_t, wanted, f->len), first;
	u8 *room = zf_room(n);
	struct iov_iter to = { room, n };
	const u8 *start = zmq_frame_start(f, &first);

	zf_check(!zmq_frame_to_iter(f, &to, n) && !to.count);
	zf_check(!memcmp(room, content[part], n));
	zf_check(first <= f->len && (first == f->len || first >= 3800));
	zf_check(!memcmp(start, content[part], first));
	zf_drop(room);
}

static void check_chain(const struct zmq_frame *f, u64 bytes, size_t wanted)
{
	size_t part;

	zf_check(zmq_chain_bytes(f) == bytes);
	for (part = 0; f; f = f->next, part++) {
		zf_check(zmq_frame_more(f) == !!f->next);
		check_frame(f, part, wanted);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zf_input in = { data, size };
	struct zmq_frame *head = NULL, **tail = &head, *clone, *again;
	size_t parts = 1 + zf_byte(&in) % PARTS, i, wanted = zf_number(&in, 2);
	u8 how = zf_byte(&in);
	struct zmq_mem mem = { 0 };
	u64 bytes = 0;

	fill_content();
	for (i = 0; i < parts; i++) {
		*tail = make(&mem, &in, i);
		(*tail)->seg.flags |= i + 1 < parts ? ZMQ_FRAME_MORE : 0;
		bytes += (*tail)->len;
		tail = &(*tail)->next;
	}
	zf_check((u64)mem.used.counter >= bytes);
	check_chain(head, bytes, wanted);
	if (how & 1)
		head = zmq_chain_share(head);
	clone = zmq_chain_clone(head);
	again = zmq_chain_clone(how & 2 ? clone : head);
	zf_check(clone && again);
	check_chain(clone, bytes, wanted);
	if (how & 4)
		zmq_chain_free(head);
	else
		zmq_chain_free_slowly(clone);
	check_chain(again, bytes, U16_MAX);
	zmq_chain_free(again);
	check_chain(how & 4 ? clone : head, bytes, wanted);
	zmq_chain_free(how & 4 ? clone : head);
	zf_check(!mem.used.counter);
	return 0;
}
