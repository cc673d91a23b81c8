// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metadata (kmod/zmtp/meta.c, kmod/conn/props.c): properties lie within the
 * metadata and fill them, and are the same when written anew; what a message
 * shows of a peer has nothing that the peer may not say.
 */
#include "fuzz.h"
#include "conn/props.h"
#include "mem.h"
#include "zmtp/meta.h"
#include "zmtp/wire.h"

/* Writes a property anew and compares; a name with a NUL can't be written. */
static void check_again(const struct zmq_prop *p, const u8 *was, size_t len)
{
	char name[256];
	u8 *buf;

	memcpy(name, p->name, p->name_len);
	name[p->name_len] = 0;
	if (strlen(name) != p->name_len)
		return;
	buf = zf_room(len);
	zf_check(zmq_meta_put(buf, len, name, p->value, p->value_len) == (int)len);
	zf_check(!memcmp(buf, was, len));
	zf_check(zmq_meta_put(buf, len - 1, name, p->value, p->value_len) == -EMSGSIZE);
	zf_drop(buf);
}

/* Returns whether the metadata are whole. */
static bool check_walk(const u8 *meta, size_t len)
{
	struct zmq_meta_iter it;
	struct zmq_prop p;
	int more;

	zmq_meta_init(&it, meta, len);
	for (;;) {
		const u8 *was = it.p;

		more = zmq_meta_next(&it, &p);
		if (more <= 0)
			break;
		zf_check(zf_within(p.name, p.name_len, meta, len));
		zf_check(zf_within(p.value, p.value_len, meta, len));
		zf_check(it.p == p.value + p.value_len && it.p > was);
		zf_check(it.left == len - (it.p - meta));
		check_again(&p, was, it.p - was);
	}
	zf_check(zmq_meta_next(&it, &p) == more);
	zf_check(more || it.p == meta + len);
	return !more;
}

static void check_ready(int type, const u8 *meta, size_t len, bool whole)
{
	const u8 *id;
	size_t id_len;
	int err = zmq_ready_check(type, meta, len, &id, &id_len);

	zf_check(err == 0 || err == -EPROTO || err == -EPROTOTYPE);
	zf_check(whole || err);
	zf_check(!id == !id_len || id_len == 0);
	zf_check(id_len <= ZMQ_IDENTITY_MAX);
	if (id)
		zf_check(zf_within(id, id_len, meta, len));
}

static void check_props(const u8 *meta, size_t len)
{
	static const char address[] = "127.0.0.1";
	struct zmq_mem mem = { 0 };
	struct zmq_props *props = zmq_props_make(&mem, meta, len, address, GFP_KERNEL);
	struct zmq_prop p;

	if (!props)
		return;
	zf_check(props->len <= len + 64);
	zf_check(zmq_props_find(props, ZMQ_PROP_PEER_ADDRESS, &p));
	zf_check(p.value_len == strlen(address) && !memcmp(p.value, address, p.value_len));
	zf_check(!zmq_props_find(props, ZMQ_PROP_USER_ID, &p));
	zmq_props_put(zmq_props_get(props));
	zmq_props_put(props);
	zf_check(!mem.used.counter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zf_input in = { data, size };
	int type = (s8)zf_byte(&in);
	const u8 *meta = zf_copy(in.p, in.left);
	bool whole = check_walk(meta, in.left);

	check_ready(type, meta, in.left, whole);
	if (whole)
		check_props(meta, in.left);
	zmq_type_accepts(type, meta, in.left);
	zf_check(!zmq_type_name(type) || (type >= 0 && type <= 20));
	zf_drop(meta);
	return 0;
}
