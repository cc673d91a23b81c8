/* SPDX-License-Identifier: GPL-2.0-only */
/* Whose properties a socket has reported last, and under which number. */
#ifndef _ZMQ_TOLD_H
#define _ZMQ_TOLD_H

#include <linux/zmq.h>

#include "common.h"

struct zmq_props;

/**
 * struct zmq_told - what ZMQ_CMSG_KNOWN has said last
 * @props: the properties, referenced, or NULL: nothing was said yet
 * @number: theirs, from ZMQ_KNOWN_NONE + 1 to ZMQ_KNOWN_MAX
 *
 * Under the socket's lock. Of one peer only: a socket with many would have to
 * keep what it has told of each, and so would the caller.
 */
struct zmq_told {
	struct zmq_props *props;
	u32 number;
};

/**
 * zmq_told_knows() - does the caller know of whom a message is?
 * @told: the socket's
 * @props: the message's, or NULL: there are none
 * @known: the number that the caller passes; anything
 *
 * Who passes a number that is not the last one may mean other properties by
 * it: a socket can be another process', too.
 *
 * Return: true if there is nothing to be told.
 */
static inline bool zmq_told_knows(const struct zmq_told *told,
				  const struct zmq_props *props, u32 known)
{
	if (!props)
		return known == ZMQ_KNOWN_NONE;
	return props == told->props && known == told->number;
}

u32 zmq_told_tell(struct zmq_told *told, struct zmq_props *props);
void zmq_told_fini(struct zmq_told *told);

#endif /* _ZMQ_TOLD_H */
