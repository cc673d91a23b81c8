// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames: the bytes of a message, and chains of them.
 *
 * A frame's memory grows with the bytes that are there, never with a length
 * that a peer announced: the first segment holds up to ZMQ_SEG_FIRST bytes,
 * each later one doubles what there is, up to ZMQ_SEG_MAX.
 */
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "mem.h"
#include "queue/frame.h"

/* With the headers in front, the allocations are 4 KiB and 32 KiB. */
#define ZMQ_SEG_FIRST	(SZ_4K - sizeof(struct zmq_frame))
#define ZMQ_SEG_IMAGE	(SZ_32K - sizeof(struct zmq_frame))
#define ZMQ_SEG_MAX	(SZ_32K - sizeof(struct zmq_seg))
#define ZMQ_SEG_MIN	(SZ_4K - sizeof(struct zmq_seg))

/* Up to so many bytes a copy costs less than two pieces on the wire. */
#define ZMQ_SHARE_MIN	192

/* The frame's memory is charged already; for lack of any that is undone. */
static struct zmq_frame *zmq_frame_new(struct zmq_mem *mem, u32 len, u32 size,
				       gfp_t gfp)
{
	struct zmq_frame *f;
	u32 bytes = struct_size(f, seg.data, size);

	f = kmalloc(bytes, gfp | __GFP_ACCOUNT | __GFP_NOWARN);
	if (!f) {
		zmq_mem_uncharge(mem, bytes);
		return NULL;
	}

	f->next = NULL;
	f->mem = mem;
	f->len = len;
	f->got = 0;
	f->tail = &f->seg;
	f->seg.next = NULL;
	f->seg.flags = 0;
	f->seg.size = size;
	f->seg.used = 0;
	return f;
}

/**
 * zmq_frame_alloc() - an empty frame
 * @mem: account to charge
 * @len: length of the body to come; memory for its first 4 KiB at most is
 *	allocated now
 * @gfp: GFP_KERNEL or GFP_ATOMIC; cgroup accounting is added here
 *
 * Return: the frame, or NULL.
 */
struct zmq_frame *zmq_frame_alloc(struct zmq_mem *mem, u32 len, gfp_t gfp)
{
	u32 size = min_t(u32, len, ZMQ_SEG_FIRST);
	struct zmq_frame *f;

	if (!zmq_mem_charge(mem, struct_size(f, seg.data, size)))
		return NULL;
	return zmq_frame_new(mem, len, size, gfp);
}
EXPORT_SYMBOL_KUNIT(zmq_frame_alloc);

/*
 * Large blocks where there are any, small ones where there are not. @over: also
 * beyond the account's limit.
 */
static struct zmq_seg *zmq_frame_grow(struct zmq_frame *f, gfp_t gfp, bool over)
{
	u32 left = f->len - f->got;
	u32 size = clamp_t(u32, f->got, ZMQ_SEG_MIN, ZMQ_SEG_MAX);
	struct zmq_seg *seg;

	size = min(size, left);
	for (;;) {
		u32 bytes = struct_size(seg, data, size);

		if (over)
			zmq_mem_charge_over(f->mem, bytes);
		else if (!zmq_mem_charge(f->mem, bytes))
			return NULL;
		seg = kmalloc(bytes, gfp | __GFP_ACCOUNT | __GFP_NOWARN |
			      (size > ZMQ_SEG_MIN ? __GFP_NORETRY : 0));
		if (seg)
			break;
		zmq_mem_uncharge(f->mem, bytes);
		if (size <= ZMQ_SEG_MIN)
			return NULL;
		size = ZMQ_SEG_MIN;
	}

	seg->next = NULL;
	seg->size = size;
	seg->used = 0;
	f->tail->next = seg;
	f->tail = seg;
	return seg;
}

/* The segment with room for the next byte; NULL when there is no memory. */
static struct zmq_seg *zmq_frame_room(struct zmq_frame *f, gfp_t gfp)
{
	if (likely(f->tail->used < f->tail->size))
		return f->tail;
	return zmq_frame_grow(f, gfp, false);
}

/**
 * zmq_frame_append() - add received bytes to a frame
 * @f: an incomplete frame
 * @p: the bytes
 * @n: how many; the frame takes no more than it lacks
 * @gfp: GFP_KERNEL or GFP_ATOMIC
 *
 * Return: bytes taken, or -ENOMEM if not even one could be.
 */
ssize_t zmq_frame_append(struct zmq_frame *f, const u8 *p, size_t n, gfp_t gfp)
{
	size_t want = min_t(size_t, n, f->len - f->got);
	size_t done = 0;

	while (done < want) {
		struct zmq_seg *seg = zmq_frame_room(f, gfp);
		size_t part;

		if (!seg)
			return done ? done : -ENOMEM;
		part = min_t(size_t, want - done, seg->size - seg->used);
		memcpy(seg->data + seg->used, p + done, part);
		seg->used += part;
		f->got += part;
		done += part;
	}
	return done;
}
EXPORT_SYMBOL_KUNIT(zmq_frame_append);

/**
 * zmq_frame_from_bytes() - a complete frame with the given body
 * @mem: account to charge
 * @p: the body
 * @len: its length
 * @gfp: GFP_KERNEL or GFP_ATOMIC
 *
 * Return: the frame, or NULL.
 */
struct zmq_frame *zmq_frame_from_bytes(struct zmq_mem *mem, const void *p,
				       size_t len, gfp_t gfp)
{
	struct zmq_frame *f = zmq_frame_alloc(mem, len, gfp);

	if (f && len && zmq_frame_append(f, p, len, gfp) != len) {
		zmq_frame_free(f);
		return NULL;
	}
	return f;
}
EXPORT_SYMBOL_KUNIT(zmq_frame_from_bytes);

/**
 * zmq_frame_for_reader() - a short frame that helps to read a message
 * @mem: account to charge, also beyond its limit: reading must be possible when
 *	it is full, since that empties it
 * @p: the body
 * @len: its length, at most 255
 *
 * Context: any.
 * Return: the frame, or NULL.
 */
struct zmq_frame *zmq_frame_for_reader(struct zmq_mem *mem, const void *p,
				       u8 len)
{
	struct zmq_frame *f;

	zmq_mem_charge_over(mem, struct_size(f, seg.data, len));
	f = zmq_frame_new(mem, len, len, GFP_ATOMIC);
	if (!f)
		return NULL;
	memcpy(f->seg.data, p, len);
	f->seg.used = len;
	f->got = len;
	return f;
}

/* An image's first segment, with room for so many bytes. */
static struct zmq_frame *zmq_image_begin(struct zmq_mem *mem, u32 len, u32 size,
					 gfp_t gfp)
{
	zmq_mem_charge_over(mem, sizeof(struct zmq_frame) + size);
	return zmq_frame_new(mem, len, size, gfp);
}

/**
 * zmq_frame_image() - memory for a wire image
 * @mem: account to charge, also beyond its limit, up to twice that: sending must be
 *	possible when it is full, since that empties it. But many peers may have
 *	images of one message, and none of them read
 * @len: bytes of the image
 *
 * A few large segments, since all of the bytes are there to be written.
 *
 * Context: may sleep.
 * Return: a frame that counts as complete, with ZMQ_FRAME_RAW and @len bytes that
 * are yet to be written; or NULL.
 */
struct zmq_frame *zmq_frame_image(struct zmq_mem *mem, u32 len)
{
	u32 size = min_t(u32, len, ZMQ_SEG_IMAGE);
	bool large = size > ZMQ_SEG_FIRST;
	struct zmq_frame *f;

	if (atomic_long_read(&mem->used) + (s64)len > 2 * (s64)zmq_mem_max())
		return NULL;
	f = zmq_image_begin(mem, len, size,
			    GFP_KERNEL | (large ? __GFP_NORETRY : 0));
	if (!f && large)
		f = zmq_image_begin(mem, len, ZMQ_SEG_FIRST, GFP_KERNEL);
	if (!f)
		return NULL;
	f->seg.flags = ZMQ_FRAME_RAW;
	for (;;) {
		f->tail->used = f->tail->size;
		f->got += f->tail->used;
		if (f->got == len)
			return f;
		if (!zmq_frame_grow(f, GFP_KERNEL, true))
			break;
	}
	zmq_frame_free(f);
	return NULL;
}
EXPORT_SYMBOL_KUNIT(zmq_frame_image);

/**
 * zmq_frame_from_iter() - a complete frame with bytes of the caller
 * @mem: account to charge
 * @from: where the bytes are, usually in user space
 * @len: how many
 *
 * Context: may sleep; holds no lock, since the copy can wait for ever.
 * Return: the frame, or -ENOMEM, -EFAULT.
 */
struct zmq_frame *zmq_frame_from_iter(struct zmq_mem *mem, struct iov_iter *from,
				      u32 len)
{
	struct zmq_frame *f = zmq_frame_alloc(mem, len, GFP_KERNEL);

	if (!f)
		return ERR_PTR(-ENOMEM);

	while (f->got < len) {
		struct zmq_seg *seg = zmq_frame_room(f, GFP_KERNEL);
		size_t part;

		if (!seg) {
			zmq_frame_free(f);
			return ERR_PTR(-ENOMEM);
		}
		part = min_t(size_t, len - f->got, seg->size);
		if (!copy_from_iter_full(seg->data, part, from)) {
			zmq_frame_free(f);
			return ERR_PTR(-EFAULT);
		}
		seg->used = part;
		f->got += part;
	}
	return f;
}

/**
 * zmq_frame_to_iter() - copy the start of a frame to the caller
 * @f: a complete frame
 * @to: where to
 * @len: how many bytes, at most the frame's length
 *
 * Context: may sleep; holds no lock.
 * Return: 0 or -EFAULT.
 */
int zmq_frame_to_iter(const struct zmq_frame *f, struct iov_iter *to, size_t len)
{
	const struct zmq_seg *seg;

	for (seg = &f->seg; len; seg = seg->next) {
		size_t part = min_t(size_t, len, seg->used);

		if (copy_to_iter(seg->data, part, to) != part)
			return -EFAULT;
		len -= part;
	}
	return 0;
}

/* A frame that has its own bytes. */
static void zmq_frame_free_own(struct zmq_frame *f)
{
	size_t bytes = struct_size(f, seg.data, f->seg.size);
	struct zmq_seg *seg = f->seg.next;

	if (unlikely(f->seg.flags & ZMQ_FRAME_SECRET))
		memzero_explicit(f->seg.data, f->seg.used);
	while (unlikely(seg)) {
		struct zmq_seg *next = seg->next;

		bytes += struct_size(seg, data, seg->size);
		kfree(seg);
		seg = next;
	}
	zmq_mem_uncharge(f->mem, bytes);
	kfree(f);
}

/**
 * zmq_frame_free() - free one frame
 * @f: the frame; its @next is not looked at
 *
 * Context: any.
 */
void zmq_frame_free(struct zmq_frame *f)
{
	struct zmq_frame *whole;

	if (unlikely(f->seg.flags & ZMQ_FRAME_SHARED)) {
		whole = f->whole;
		zmq_mem_uncharge(f->mem, sizeof(*f));
		kfree(f);
		if (!refcount_dec_and_test(&whole->users))
			return;
		f = whole;
	}
	zmq_frame_free_own(f);
}
EXPORT_SYMBOL_KUNIT(zmq_frame_free);

/**
 * zmq_chain_free() - free all frames of a chain
 * @head: first frame, or NULL
 *
 * Context: any.
 */
void zmq_chain_free(struct zmq_frame *head)
{
	while (head) {
		struct zmq_frame *next = head->next;

		zmq_frame_free(head);
		head = next;
	}
}
EXPORT_SYMBOL_KUNIT(zmq_chain_free);

/**
 * zmq_chain_free_slowly() - free a chain that may be very long
 * @head: first frame, or NULL
 *
 * Context: may sleep.
 */
void zmq_chain_free_slowly(struct zmq_frame *head)
{
	while (head) {
		struct zmq_frame *next = head->next;

		zmq_frame_free(head);
		head = next;
		cond_resched();
	}
}

/* One more frame with the bytes of @whole, which is in no chain. */
static struct zmq_frame *zmq_frame_refer(struct zmq_frame *whole, u8 flags)
{
	struct zmq_frame *f = zmq_frame_alloc(whole->mem, 0, GFP_ATOMIC);

	if (!f)
		return NULL;
	f->len = whole->len;
	f->got = whole->len;
	f->whole = whole;
	f->seg.next = &whole->seg;
	f->seg.flags = flags | ZMQ_FRAME_SHARED;
	return f;
}

/**
 * zmq_chain_share() - make a message one that can be cloned cheaply
 * @head: its frames, complete; consumed
 *
 * Frames with many bytes are replaced by ones that refer to them. Where memory
 * lacks they stay as they are, and clones are copies.
 *
 * Context: any.
 * Return: the message.
 */
struct zmq_frame *zmq_chain_share(struct zmq_frame *head)
{
	struct zmq_frame **link = &head, *f, *ref;

	for (; (f = *link); link = &(*link)->next) {
		if (f->len <= ZMQ_SHARE_MIN || f->seg.flags & ZMQ_FRAME_SHARED)
			continue;
		ref = zmq_frame_refer(f, f->seg.flags);
		if (!ref)
			continue;
		ref->next = f->next;
		refcount_set(&f->users, 1);
		*link = ref;
	}
	return head;
}
EXPORT_SYMBOL_KUNIT(zmq_chain_share);

/* Bytes of a frame that has them in one piece or more, once more. */
static struct zmq_frame *zmq_frame_copy(const struct zmq_frame *f)
{
	struct zmq_frame *copy = zmq_frame_alloc(f->mem, f->len, GFP_ATOMIC);
	const struct zmq_seg *seg;

	if (!copy)
		return NULL;
	copy->seg.flags = f->seg.flags;
	for (seg = &f->seg; seg; seg = seg->next) {
		if (!seg->used || zmq_frame_append(copy, seg->data, seg->used,
						   GFP_ATOMIC) == seg->used)
			continue;
		zmq_frame_free(copy);
		return NULL;
	}
	return copy;
}

static struct zmq_frame *zmq_frame_clone(const struct zmq_frame *f)
{
	struct zmq_frame *clone;

	if (!(f->seg.flags & ZMQ_FRAME_SHARED))
		return zmq_frame_copy(f);
	clone = zmq_frame_refer(f->whole, f->seg.flags);
	if (clone)
		refcount_inc(&f->whole->users);
	return clone;
}

/**
 * zmq_chain_clone() - a message once more
 * @head: its frames, as zmq_chain_share() left them
 *
 * Context: any.
 * Return: the new message, or NULL.
 */
struct zmq_frame *zmq_chain_clone(const struct zmq_frame *head)
{
	struct zmq_frame *clone = NULL, **tail = &clone;

	for (; head; head = head->next) {
		*tail = zmq_frame_clone(head);
		if (!*tail) {
			zmq_chain_free(clone);
			return NULL;
		}
		tail = &(*tail)->next;
	}
	return clone;
}
EXPORT_SYMBOL_KUNIT(zmq_chain_clone);

/**
 * zmq_chain_bytes() - payload of a chain
 * @head: first frame, or NULL
 *
 * Return: sum of the frames' lengths in bytes.
 */
u64 zmq_chain_bytes(const struct zmq_frame *head)
{
	u64 sum = 0;

	for (; head; head = head->next)
		sum += head->len;
	return sum;
}
