// SPDX-License-Identifier: GPL-2.0-only
/*
 * Properties of peers by number, so that a receiver who keeps them is told of
 * each change only, and recv(), which can tell nothing, can be used in between.
 */
#include "conn/props.h"
#include "told.h"

/**
 * zmq_told_tell() - the caller will be told of these properties
 * @told: the socket's, its lock held
 * @props: the properties, or NULL
 *
 * Another receiver, who was told of the same ones, keeps the number.
 *
 * Return: their number.
 */
u32 zmq_told_tell(struct zmq_told *told, struct zmq_props *props)
{
	if (!props)
		return ZMQ_KNOWN_NONE;
	if (props == told->props)
		return told->number;
	zmq_props_put(told->props);
	told->props = zmq_props_get(props);
	told->number++;
	if (told->number > ZMQ_KNOWN_MAX || told->number <= ZMQ_KNOWN_NONE)
		told->number = ZMQ_KNOWN_NONE + 1;
	return told->number;
}

/**
 * zmq_told_fini() - forget what was told
 * @told: of a socket that nobody uses any more
 */
void zmq_told_fini(struct zmq_told *told)
{
	zmq_props_put(told->props);
}
