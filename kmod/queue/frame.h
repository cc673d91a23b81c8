/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames: the bytes of a message, and chains of them. */
#ifndef _ZMQ_QUEUE_FRAME_H
#define _ZMQ_QUEUE_FRAME_H

#include <linux/gfp.h>
#include <linux/uio.h>

#include "common.h"
#include "zmtp/wire.h"

/**
 * struct zmq_seg - a piece of memory with some of a frame's bytes
 * @next: the next piece, or NULL
 * @size: bytes that fit into @data
 * @used: bytes in @data
 * @room: in a frame's first segment the header is built here, right before
 *	@data, so that a small frame goes out as one piece
 * @data: the bytes
 */
struct zmq_seg {
	struct zmq_seg *next;
	u32 size;
	u32 used;
	u8 room[16];
	u8 data[];
};

/* In memory only: the bytes are a ready wire image and get no header. */
#define ZMQ_FRAME_RAW		0x80

/**
 * struct zmq_frame - one frame of a message
 * @next: next frame of the message or queue; owned by who owns the chain
 * @mem: account that @charge is charged to
 * @len: length of the body in bytes
 * @got: bytes of the body present; equals @len once the frame is complete
 * @tail: segment that the next byte goes to
 * @charge: bytes allocated and charged, all segments together
 * @flags: ZMQ_FRAME_MORE, _COMMAND, _RAW
 * @seg: the first segment, allocated with the frame: a small frame is one
 *	allocation
 *
 * A frame has one owner at a time and is not shared, so nothing in it needs a
 * lock. A message is a chain of frames of which all but the last have MORE.
 */
struct zmq_frame {
	struct zmq_frame *next;
	struct zmq_mem *mem;
	u64 len;
	u64 got;
	struct zmq_seg *tail;
	u32 charge;
	u8 flags;
	struct zmq_seg seg;
};

struct zmq_frame *zmq_frame_alloc(struct zmq_mem *mem, u64 len, gfp_t gfp);
struct zmq_frame *zmq_frame_from_iter(struct zmq_mem *mem, struct iov_iter *from,
				      size_t len);
struct zmq_frame *zmq_frame_from_bytes(struct zmq_mem *mem, const void *p,
				       size_t len, gfp_t gfp);
ssize_t zmq_frame_append(struct zmq_frame *f, const u8 *p, size_t n, gfp_t gfp);
int zmq_frame_to_iter(const struct zmq_frame *f, struct iov_iter *to, size_t len);

void zmq_frame_free(struct zmq_frame *f);
void zmq_chain_free(struct zmq_frame *head);
u64 zmq_chain_bytes(const struct zmq_frame *head);

static inline bool zmq_frame_more(const struct zmq_frame *f)
{
	return f->flags & ZMQ_FRAME_MORE;
}

#endif /* _ZMQ_QUEUE_FRAME_H */
