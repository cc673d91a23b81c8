/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of options at level SOL_ZMQ. */
#ifndef _ZMQ_OPTION_H
#define _ZMQ_OPTION_H

#include "options.h"

/**
 * enum zmq_option_live - what has to follow when an option has a new value
 * @ZMQ_LIVE_NONE: nothing
 * @ZMQ_LIVE_TIMEOUTS: the socket's timeouts
 * @ZMQ_LIVE_HWM: the high-water marks of pipes
 */
enum zmq_option_live {
	ZMQ_LIVE_NONE,
	ZMQ_LIVE_TIMEOUTS,
	ZMQ_LIVE_HWM,
};

/**
 * struct zmq_optset - a value to be set
 * @mem: account to charge for what is kept; it outlives the options
 * @type: socket type
 * @data: the value, a NUL behind it; NULL if the caller passed NULL
 * @len: bytes of @data
 */
struct zmq_optset {
	struct zmq_mem *mem;
	int type;
	const void *data;
	size_t len;
};

/**
 * struct zmq_optget - where a value is wanted
 * @buf: where to
 * @room: bytes of @buf; many options ask for a certain number
 * @now: value of an option that is no stored number
 * @text: value of an option that is no stored string
 */
struct zmq_optget {
	void *buf;
	size_t room;
	int now;
	const char *text;
};

int zmq_option_store(struct zmq_options *opt, int name,
		     const struct zmq_optset *v, enum zmq_option_live *live);
int zmq_option_load(const struct zmq_options *opt, int name,
		    const struct zmq_optget *v);

#endif /* _ZMQ_OPTION_H */
