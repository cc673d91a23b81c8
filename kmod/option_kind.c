// SPDX-License-Identifier: GPL-2.0-only
/* Options that are numbers. Which rules there are: libzmq API page, 2.1. */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "option_kind.h"

const struct zmq_option_kind zmq_kind_absent = {};

/* An int takes 4 bytes, neither fewer nor more. */
static int zmq_int_get_arg(const struct zmq_optset *v, s64 min, s64 max,
			   int *value)
{
	if (v->len != sizeof(*value) || !v->data)
		return -EINVAL;
	memcpy(value, v->data, sizeof(*value));
	return *value < min || *value > max ? -EINVAL : 0;
}

/* Live ones are read elsewhere under another lock, hence at once. */
static void zmq_int_store(struct zmq_options *opt, const struct zmq_option *o,
			  int value)
{
	WRITE_ONCE(*(int *)zmq_option_field(opt, o), value);
}

static int zmq_int_put(const struct zmq_optget *v, int value)
{
	if (v->room != sizeof(value))
		return -EINVAL;
	memcpy(v->buf, &value, sizeof(value));
	return sizeof(value);
}

static int zmq_int_set(struct zmq_options *opt, const struct zmq_option *o,
		       const struct zmq_optset *v)
{
	int value, err = zmq_int_get_arg(v, o->min, o->max, &value);

	if (!err)
		zmq_int_store(opt, o, value);
	return err;
}

static int zmq_int_get(const struct zmq_options *opt,
		       const struct zmq_option *o, const struct zmq_optget *v)
{
	return zmq_int_put(v, *(int *)zmq_option_field(opt, o));
}

const struct zmq_option_kind zmq_kind_int = {
	.set = zmq_int_set,
	.get = zmq_int_get,
};

const struct zmq_option_kind zmq_kind_int_get = {
	.get = zmq_int_get,
};

/* Kept in multiples of a unit, rounded down. */
static int zmq_coarse_set(struct zmq_options *opt, const struct zmq_option *o,
			  const struct zmq_optset *v)
{
	int value, err = zmq_int_get_arg(v, o->min, o->max, &value);

	if (!err)
		zmq_int_store(opt, o, value - value % o->arg);
	return err;
}

const struct zmq_option_kind zmq_kind_coarse = {
	.set = zmq_coarse_set,
	.get = zmq_int_get,
};

/* Any number: 0 or not. */
static int zmq_relaxed_set(struct zmq_options *opt, const struct zmq_option *o,
			   const struct zmq_optset *v)
{
	int value, err = zmq_int_get_arg(v, INT_MIN, INT_MAX, &value);

	if (!err)
		zmq_int_store(opt, o, !!value);
	return err;
}

const struct zmq_option_kind zmq_kind_relaxed = {
	.set = zmq_relaxed_set,
	.get = zmq_int_get,
};

/* What is stored is the opposite: ZMQ_IPV4ONLY. */
static int zmq_inverse_set(struct zmq_options *opt, const struct zmq_option *o,
			   const struct zmq_optset *v)
{
	int value, err = zmq_int_get_arg(v, 0, 1, &value);

	if (!err)
		zmq_int_store(opt, o, !value);
	return err;
}

static int zmq_inverse_get(const struct zmq_options *opt,
			   const struct zmq_option *o,
			   const struct zmq_optget *v)
{
	return zmq_int_put(v, !*(int *)zmq_option_field(opt, o));
}

const struct zmq_option_kind zmq_kind_inverse = {
	.set = zmq_inverse_set,
	.get = zmq_inverse_get,
};

/* Can be switched on, but not off again: ZMQ_ROUTER_RAW. */
static int zmq_sticky_set(struct zmq_options *opt, const struct zmq_option *o,
			  const struct zmq_optset *v)
{
	int value, err = zmq_int_get_arg(v, 0, INT_MAX, &value);

	if (!err && value)
		zmq_int_store(opt, o, 1);
	return err;
}

const struct zmq_option_kind zmq_kind_sticky = {
	.set = zmq_sticky_set,
};

static int zmq_now_get(const struct zmq_options *opt,
		       const struct zmq_option *o, const struct zmq_optget *v)
{
	return zmq_int_put(v, v->now);
}

/* SO_RCVTIMEO and SO_SNDTIMEO may have set something else since. */
const struct zmq_option_kind zmq_kind_timeout = {
	.set = zmq_int_set,
	.get = zmq_now_get,
};

const struct zmq_option_kind zmq_kind_now = {
	.get = zmq_now_get,
};

/* These take any buffer that holds an int. */
static int zmq_now_lenient_get(const struct zmq_options *opt,
			       const struct zmq_option *o,
			       const struct zmq_optget *v)
{
	if (v->room < sizeof(v->now))
		return -EINVAL;
	memcpy(v->buf, &v->now, sizeof(v->now));
	return sizeof(v->now);
}

const struct zmq_option_kind zmq_kind_now_lenient = {
	.get = zmq_now_lenient_get,
};

static int zmq_wide_set(struct zmq_options *opt, const struct zmq_option *o,
			const struct zmq_optset *v)
{
	if (v->len != sizeof(s64) || !v->data)
		return -EINVAL;
	memcpy(zmq_option_field(opt, o), v->data, sizeof(s64));
	return 0;
}

static int zmq_wide_get(const struct zmq_options *opt,
			const struct zmq_option *o, const struct zmq_optget *v)
{
	if (v->room != sizeof(s64))
		return -EINVAL;
	memcpy(v->buf, zmq_option_field(opt, o), sizeof(s64));
	return sizeof(s64);
}

const struct zmq_option_kind zmq_kind_wide = {
	.set = zmq_wide_set,
	.get = zmq_wide_get,
};
