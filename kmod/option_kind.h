/* SPDX-License-Identifier: GPL-2.0-only */
/* Kinds of options: how a value is checked, stored and given back. */
#ifndef _ZMQ_OPTION_KIND_H
#define _ZMQ_OPTION_KIND_H

#include "option.h"

struct zmq_option;

/**
 * enum zmq_option_empty - what a value without bytes means
 * @ZMQ_EMPTY_REFUSED: -EINVAL
 * @ZMQ_EMPTY_IF_NULL: none, where the pointer is NULL, else -EINVAL
 * @ZMQ_EMPTY_CLEARS: none
 */
enum zmq_option_empty {
	ZMQ_EMPTY_REFUSED,
	ZMQ_EMPTY_IF_NULL,
	ZMQ_EMPTY_CLEARS,
};

/**
 * struct zmq_option_kind - a kind of options
 * @set: check a value and store it; 0, -EINVAL and nothing changed, or -ENOMEM.
 *	NULL: can't be set
 * @get: write the value to &zmq_optget.buf; bytes written, or -EINVAL where
 *	&zmq_optget.room isn't what the kind asks for. NULL: can't be read
 */
struct zmq_option_kind {
	int (*set)(struct zmq_options *opt, const struct zmq_option *o,
		   const struct zmq_optset *v);
	int (*get)(const struct zmq_options *opt, const struct zmq_option *o,
		   const struct zmq_optget *v);
};

/**
 * struct zmq_option - a row of the table
 * @name: number of the option
 * @off: where in &struct zmq_options, for kinds that store
 * @arg: for the kind: &enum zmq_option_empty of strings and messages, the
 *	mechanism of ZMQ_*_SERVER, which key of keys, the unit of coarse numbers
 * @live: what follows at once
 * @types: a bit for each socket type that can set it; 0: all can
 * @min: least value of a number
 * @max: greatest value of a number, greatest length of bytes
 * @kind: its kind
 */
struct zmq_option {
	u16 name;
	u16 off;
	u16 arg;
	enum zmq_option_live live;
	u32 types;
	s64 min;
	s64 max;
	const struct zmq_option_kind *kind;
};

static inline void *zmq_option_field(const struct zmq_options *opt,
				     const struct zmq_option *o)
{
	return (void *)opt + o->off;
}

/* Not built, of a socket type, or for the library only: -EINVAL here. */
extern const struct zmq_option_kind zmq_kind_absent;

/* Numbers (option_kind.c) */
extern const struct zmq_option_kind zmq_kind_int;
extern const struct zmq_option_kind zmq_kind_int_get;
extern const struct zmq_option_kind zmq_kind_coarse;
extern const struct zmq_option_kind zmq_kind_relaxed;
extern const struct zmq_option_kind zmq_kind_inverse;
extern const struct zmq_option_kind zmq_kind_sticky;
extern const struct zmq_option_kind zmq_kind_timeout;
extern const struct zmq_option_kind zmq_kind_wide;
extern const struct zmq_option_kind zmq_kind_now;
extern const struct zmq_option_kind zmq_kind_now_lenient;

/* Bytes (option_bytes.c) */
extern const struct zmq_option_kind zmq_kind_string;
extern const struct zmq_option_kind zmq_kind_text;
extern const struct zmq_option_kind zmq_kind_message;
extern const struct zmq_option_kind zmq_kind_routing_id;
extern const struct zmq_option_kind zmq_kind_ids;
extern const struct zmq_option_kind zmq_kind_filter;
extern const struct zmq_option_kind zmq_kind_metadata;

/* Security (option_security.c) */
extern const struct zmq_option_kind zmq_kind_server;
extern const struct zmq_option_kind zmq_kind_plain;
extern const struct zmq_option_kind zmq_kind_curve_key;

int zmq_option_put_string(const struct zmq_optget *v, const void *p,
			  size_t len);

#endif /* _ZMQ_OPTION_KIND_H */
