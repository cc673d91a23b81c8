// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options (kmod/option*.c): any name with any value, in any order. What is
 * refused changes nothing, what is given back fits where it is wanted, and all
 * memory is accounted for.
 */
#include <linux/zmq.h>

#include "fuzz.h"
#include "blob.h"
#include "mem.h"
#include "option.h"

static void check_options(const struct zmq_options *opt)
{
	zf_check(opt->mechanism >= ZMQ_NULL && opt->mechanism <= ZMQ_CURVE);
	zf_check(opt->as_server == 0 || opt->as_server == 1);
	zf_check(!opt->metadata || opt->metadata->len <= ZMQ_METADATA_MAX);
	zf_check(opt->linger >= -1 && opt->sndhwm >= 0 && opt->rcvhwm >= 0);
}

static void set(struct zmq_options *opt, struct zmq_mem *mem, int name, struct zf_input *in, u8 how)
{
	static struct zmq_options before;
	enum zmq_option_live live = ZMQ_LIVE_NONE;
	size_t len;
	/* The value and the NUL that stands behind it. */
	u8 *value, *bytes = zf_take(in, how >> 2, &len);
	struct zmq_optset v = { .mem = mem, .type = how & 7, .len = len };
	long used = mem->used.counter;
	int err;

	value = zf_room(len + 1);
	memcpy(value, bytes, len);
	value[len] = 0;
	zf_drop(bytes);
	v.data = len || how & 1 ? value : NULL;
	before = *opt;
	err = zmq_option_store(opt, name, &v, &live);
	if (err) {
		zf_check(err == -EINVAL || err == -ENOBUFS || err == -ENOMEM);
		zf_check(!memcmp(&before, opt, sizeof(before)) && used == mem->used.counter);
	}
	zf_drop(value);
	check_options(opt);
}

static void get(const struct zmq_options *opt, int name, size_t room)
{
	u8 *buf = zf_room(room);
	struct zmq_optget v = { .buf = buf, .room = room, .now = 7, .text = "tcp://127.0.0.1:1" };
	int n = zmq_option_load(opt, name, &v);

	zf_check(n == -EINVAL || (n >= 0 && (size_t)n <= room));
	zf_drop(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zf_input in = { data, size };
	static struct zmq_options opt;
	struct zmq_mem mem = { 0 };
	size_t i;

	memset(&opt, 0, sizeof(opt));
	while (in.left) {
		int name = zf_byte(&in);
		u8 how = zf_byte(&in);

		if (how & 2)
			set(&opt, &mem, name, &in, how);
		else
			get(&opt, name, how >> 2 | (how & 1) << 8);
	}
	for (i = 0; i < ARRAY_SIZE(opt.blobs); i++)
		zmq_blob_put(opt.blobs[i]);
	zf_check(!mem.used.counter);
	return 0;
}
