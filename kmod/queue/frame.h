/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames: the bytes of a message, and chains of them. */
#ifndef _ZMQ_QUEUE_FRAME_H
#define _ZMQ_QUEUE_FRAME_H

#include <linux/gfp.h>
#include <linux/refcount.h>
#include <linux/uio.h>

#include "common.h"
#include "zmtp/wire.h"

/* In memory only: the bytes are a ready wire image and get no header. */
#define ZMQ_FRAME_RAW		0x80
/*
 * In memory only: an empty frame with MORE stands in front of this one, the
 * delimiter of REQ and REP, without being spelled out.
 */
#define ZMQ_FRAME_DELIMITED	0x40
/* In memory only: ZMQ_HELLO_MSG, of which a peer gets one. */
#define ZMQ_FRAME_HELLO		0x10
/* In memory only: a subscription that a peer of this machine begins with. */
#define ZMQ_FRAME_GREETING	0x08
/* In memory only: the bytes are a secret, and wiped with the frame. */
#define ZMQ_FRAME_SECRET	0x02
/* In memory only: the bytes are another frame's, see zmq_chain_share(). */
#define ZMQ_FRAME_SHARED	0x20

#define ZMQ_FRAME_ROOM		15

/* A message is walked under a spinlock, so it can't have parts without end. */
#define ZMQ_PARTS_MAX		65536

/**
 * struct zmq_seg - a piece of memory with some of a frame's bytes
 * @next: the next piece, or NULL
 * @size: bytes that fit into @data
 * @used: bytes in @data
 * @flags: of the frame, in its first segment: ZMQ_FRAME_MORE, _COMMAND, _RAW,
 *	_DELIMITED, _SHARED, _HELLO, _GREETING, _SECRET
 * @room: in the first segment the header is built at the end of it, right
 *	before @data, so that a small frame goes out as one piece
 * @data: the bytes
 */
struct zmq_seg {
	struct zmq_seg *next;
	u32 size;
	u32 used;
	u8 flags;
	u8 room[ZMQ_FRAME_ROOM];
	u8 data[];
};

/**
 * struct zmq_frame - one frame of a message
 * @next: next frame of the message or queue; owned by who owns the chain
 * @users: instead, if others share the bytes: how many; then it is in no chain
 * @mem: account that the segments are charged to
 * @tail: segment that the next byte goes to
 * @whole: instead, with ZMQ_FRAME_SHARED: the frame that has the bytes, which
 *	hang on @seg as the second segment, behind an empty one of our own
 * @len: length of the body in bytes
 * @got: bytes of the body present; equals @len once the frame is complete
 * @seg: the first segment, allocated with the frame: a small frame is one
 *	allocation
 *
 * A frame has one owner at a time, so nothing in it needs a lock; what several
 * share does not change any more. A message is a chain of frames of which all
 * but the last have MORE. The layout keeps a frame with 64 bytes in one object
 * of 128, and one that shares another's bytes in one of 64.
 */
struct zmq_frame {
	union {
		struct zmq_frame *next;
		refcount_t users;
	};
	struct zmq_mem *mem;
	union {
		struct zmq_seg *tail;
		struct zmq_frame *whole;
	};
	u32 len;
	u32 got;
	struct zmq_seg seg;
};

struct zmq_frame *zmq_frame_alloc(struct zmq_mem *mem, u32 len, gfp_t gfp);
struct zmq_frame *zmq_frame_from_iter(struct zmq_mem *mem, struct iov_iter *from,
				      u32 len);
struct zmq_frame *zmq_frame_from_bytes(struct zmq_mem *mem, const void *p,
				       size_t len, gfp_t gfp);
struct zmq_frame *zmq_frame_image(struct zmq_mem *mem, u32 len);
struct zmq_frame *zmq_frame_for_reader(struct zmq_mem *mem, const void *p,
				       u8 len);
ssize_t zmq_frame_append(struct zmq_frame *f, const u8 *p, size_t n, gfp_t gfp);
int zmq_frame_to_iter(const struct zmq_frame *f, struct iov_iter *to, size_t len);

void zmq_frame_free(struct zmq_frame *f);
void zmq_chain_free(struct zmq_frame *head);
void zmq_chain_free_slowly(struct zmq_frame *head);
u64 zmq_chain_bytes(const struct zmq_frame *head);
struct zmq_frame *zmq_chain_share(struct zmq_frame *head);
struct zmq_frame *zmq_chain_clone(const struct zmq_frame *head);

/**
 * zmq_frame_start() - the first bytes of a complete frame
 * @f: the frame
 * @n: set to how many: all, or 4 KiB less headers of a longer one
 *
 * Return: where they are.
 */
static inline const u8 *zmq_frame_start(const struct zmq_frame *f, size_t *n)
{
	const struct zmq_seg *seg = f->seg.flags & ZMQ_FRAME_SHARED ?
				    &f->whole->seg : &f->seg;

	*n = seg->used;
	return seg->data;
}

static inline bool zmq_frame_more(const struct zmq_frame *f)
{
	return f->seg.flags & ZMQ_FRAME_MORE;
}

#endif /* _ZMQ_QUEUE_FRAME_H */
