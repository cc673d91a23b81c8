// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options that choose the security mechanism by being set (libzmq API page,
 * 2.2).
 */
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/zmq.h>

#include "mem.h"
#include "option_kind.h"
#include "zmtp/z85.h"

#define ZMQ_CURVE_Z85_LEN	ZMQ_Z85_LEN(ZMQ_CURVE_KEY_LEN)

/* 1: a server of this mechanism. 0: no security, not "a client". */
static int zmq_server_set(struct zmq_options *opt, const struct zmq_option *o,
			  const struct zmq_optset *v)
{
	int value;

	if (v->len != sizeof(value) || !v->data)
		return -EINVAL;
	memcpy(&value, v->data, sizeof(value));
	if (value != 0 && value != 1)
		return -EINVAL;
	opt->as_server = value;
	opt->mechanism = value ? o->arg : ZMQ_NULL;
	return 0;
}

static int zmq_server_get(const struct zmq_options *opt,
			  const struct zmq_option *o,
			  const struct zmq_optget *v)
{
	int value = opt->as_server && opt->mechanism == o->arg;

	if (v->room != sizeof(value))
		return -EINVAL;
	memcpy(v->buf, &value, sizeof(value));
	return sizeof(value);
}

const struct zmq_option_kind zmq_kind_server = {
	.set = zmq_server_set,
	.get = zmq_server_get,
};

/* A name or password makes a PLAIN client; NULL takes the mechanism back. */
static int zmq_plain_set(struct zmq_options *opt, const struct zmq_option *o,
			 const struct zmq_optset *v)
{
	int err;

	if (!v->len && !v->data) {
		opt->mechanism = ZMQ_NULL;
		return 0;
	}
	err = zmq_kind_string.set(opt, o, v);
	if (err)
		return err;
	opt->as_server = 0;
	opt->mechanism = ZMQ_PLAIN;
	return 0;
}

static int zmq_plain_get(const struct zmq_options *opt,
			 const struct zmq_option *o, const struct zmq_optget *v)
{
	return zmq_kind_string.get(opt, o, v);
}

const struct zmq_option_kind zmq_kind_plain = {
	.set = zmq_plain_set,
	.get = zmq_plain_get,
};

/* 32 bytes, or 40 characters with or without a NUL behind them. */
static int zmq_curve_key_parse(u8 *key, const struct zmq_optset *v)
{
	const char *text = v->data;

	switch (v->len) {
	case ZMQ_CURVE_KEY_LEN:
		memcpy(key, v->data, ZMQ_CURVE_KEY_LEN);
		return 0;
	case ZMQ_CURVE_Z85_LEN + 1:
		if (text[ZMQ_CURVE_Z85_LEN])
			return -EINVAL;
		fallthrough;
	case ZMQ_CURVE_Z85_LEN:
		return zmq_z85_decode(key, text, ZMQ_CURVE_Z85_LEN) < 0 ?
			-EINVAL : 0;
	default:
		return -EINVAL;
	}
}

static int zmq_curve_key_set(struct zmq_options *opt,
			     const struct zmq_option *o,
			     const struct zmq_optset *v)
{
	u8 key[ZMQ_CURVE_KEY_LEN];
	int err = zmq_curve_key_parse(key, v);

	if (!err) {
		memcpy(opt->curve_key[o->arg], key, sizeof(key));
		opt->mechanism = ZMQ_CURVE;
		/* Who knows the server's key is a client. */
		if (o->arg == ZMQ_CURVE_KEY_SERVER)
			opt->as_server = 0;
	}
	memzero_explicit(key, sizeof(key));
	return err;
}

static int zmq_curve_key_get(const struct zmq_options *opt,
			     const struct zmq_option *o,
			     const struct zmq_optget *v)
{
	const u8 *key = opt->curve_key[o->arg];

	switch (v->room) {
	case ZMQ_CURVE_KEY_LEN:
		memcpy(v->buf, key, ZMQ_CURVE_KEY_LEN);
		return ZMQ_CURVE_KEY_LEN;
	case ZMQ_CURVE_Z85_LEN + 1:
		zmq_z85_encode(v->buf, key, ZMQ_CURVE_KEY_LEN);
		return ZMQ_CURVE_Z85_LEN + 1;
	default:
		return -EINVAL;
	}
}

const struct zmq_option_kind zmq_kind_curve_key = {
	.set = zmq_curve_key_set,
	.get = zmq_curve_key_get,
};
