// SPDX-License-Identifier: GPL-2.0-only
/* Options that are bytes: strings, messages, lists (libzmq API page, 2.2). */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "compat/compat.h"
#include "mem.h"
#include "option_kind.h"
#include "tran/filter.h"
#include "zmtp/meta.h"
#include "zmtp/wire.h"

/* Entries of a list: it is copied for each one that is added, and walked. */
#define ZMQ_LIST_MAX	1024

/* Does a value without bytes clear the option? -EINVAL if it is none. */
static int zmq_bytes_empty(const struct zmq_option *o,
			   const struct zmq_optset *v)
{
	if (o->arg == ZMQ_EMPTY_CLEARS ||
	    (o->arg == ZMQ_EMPTY_IF_NULL && !v->data))
		return 0;
	return -EINVAL;
}

static int zmq_bytes_set(struct zmq_options *opt, const struct zmq_option *o,
			 const struct zmq_optset *v)
{
	struct zmq_blob **field = zmq_option_field(opt, o);
	struct zmq_blob *new = NULL;
	int err;

	if (!v->len) {
		err = zmq_bytes_empty(o, v);
		if (err)
			return err;
	} else {
		if (v->len > o->max)
			return -EINVAL;
		new = zmq_blob_new(v->mem, v->data, v->len);
		if (!new)
			return -ENOMEM;
	}
	zmq_blob_put(*field);
	*field = new;
	return 0;
}

/**
 * zmq_option_put_string() - give a string to a caller
 * @v: where to
 * @p: the string
 * @len: bytes of it; they may contain NULs, as they do in libzmq
 *
 * Return: bytes written, the NUL behind the string counted; -EINVAL: no room.
 */
int zmq_option_put_string(const struct zmq_optget *v, const void *p, size_t len)
{
	if (v->room <= len)
		return -EINVAL;
	memcpy(v->buf, p, len);
	((u8 *)v->buf)[len] = 0;
	return len + 1;
}

static int zmq_string_get(const struct zmq_options *opt,
			  const struct zmq_option *o,
			  const struct zmq_optget *v)
{
	struct zmq_blob *const *field = zmq_option_field(opt, o);

	if (!*field)
		return zmq_option_put_string(v, "", 0);
	return zmq_option_put_string(v, (*field)->data, (*field)->len);
}

const struct zmq_option_kind zmq_kind_string = {
	.set = zmq_bytes_set,
	.get = zmq_string_get,
};

static int zmq_text_get(const struct zmq_options *opt,
			const struct zmq_option *o, const struct zmq_optget *v)
{
	return zmq_option_put_string(v, v->text, strlen(v->text));
}

const struct zmq_option_kind zmq_kind_text = {
	.get = zmq_text_get,
};

const struct zmq_option_kind zmq_kind_message = {
	.set = zmq_bytes_set,
};

static int zmq_routing_id_set(struct zmq_options *opt,
			      const struct zmq_option *o,
			      const struct zmq_optset *v)
{
	if (!v->len || v->len > sizeof(opt->routing_id))
		return -EINVAL;
	memcpy(opt->routing_id, v->data, v->len);
	opt->routing_id_len = v->len;
	return 0;
}

/* As it is: no NUL is added. */
static int zmq_routing_id_get(const struct zmq_options *opt,
			      const struct zmq_option *o,
			      const struct zmq_optget *v)
{
	if (v->room < opt->routing_id_len)
		return -EINVAL;
	memcpy(v->buf, opt->routing_id, opt->routing_id_len);
	return opt->routing_id_len;
}

const struct zmq_option_kind zmq_kind_routing_id = {
	.set = zmq_routing_id_set,
	.get = zmq_routing_id_get,
};

/* Append an entry to a list, unless it is there. */
static int zmq_list_add(struct zmq_blob **list, struct zmq_mem *mem,
			const void *entry, size_t size)
{
	size_t len = *list ? (*list)->len : 0, i;
	u8 *p;

	for (i = 0; i < len; i += size)
		if (!memcmp((*list)->data + i, entry, size))
			return 0;
	if (len / size >= ZMQ_LIST_MAX)
		return -ENOBUFS;
	p = zmq_blob_insert(list, mem, len, size);
	if (!p)
		return -ENOMEM;
	memcpy(p, entry, size);
	return 0;
}

static void zmq_list_clear(struct zmq_blob **list)
{
	zmq_blob_put(*list);
	*list = NULL;
}

/* Numbers of processes, users or groups. */
static int zmq_ids_set(struct zmq_options *opt, const struct zmq_option *o,
		       const struct zmq_optset *v)
{
	struct zmq_blob **list = zmq_option_field(opt, o);

	if (!v->len && !v->data) {
		zmq_list_clear(list);
		return 0;
	}
	if (v->len != sizeof(u32))
		return -EINVAL;
	return zmq_list_add(list, v->mem, v->data, sizeof(u32));
}

const struct zmq_option_kind zmq_kind_ids = {
	.set = zmq_ids_set,
};

static int zmq_filter_set(struct zmq_options *opt, const struct zmq_option *o,
			  const struct zmq_optset *v)
{
	struct zmq_blob **list = zmq_option_field(opt, o);
	struct zmq_filter filter;
	int err;

	if (!v->len && !v->data) {
		zmq_list_clear(list);
		return 0;
	}
	/* A NUL would hide what follows it. */
	if (!v->len || v->len > o->max || strnlen(v->data, v->len) != v->len)
		return -EINVAL;
	err = zmq_filter_parse(&filter, v->data, opt->ipv6);
	if (err)
		return err;
	return zmq_list_add(list, v->mem, &filter, sizeof(filter));
}

const struct zmq_option_kind zmq_kind_filter = {
	.set = zmq_filter_set,
};

static int zmq_name_compare(const struct zmq_prop *p, const u8 *name,
			    size_t len)
{
	int diff = memcmp(p->name, name, min_t(size_t, p->name_len, len));

	return diff ? diff : p->name_len - (int)len;
}

/*
 * Where a property belongs: names are sorted, as libzmq sends them. -EEXIST:
 * there is one of this name.
 */
static int zmq_metadata_find(const struct zmq_blob *b, const u8 *name,
			     size_t len)
{
	struct zmq_meta_iter it;
	struct zmq_prop p;
	int diff;

	if (!b)
		return 0;
	zmq_meta_init(&it, b->data, b->len);
	while (zmq_meta_next(&it, &p) > 0) {
		diff = zmq_name_compare(&p, name, len);
		if (!diff)
			return -EEXIST;
		if (diff > 0)
			return p.name - 1 - b->data;
	}
	return b->len;
}

/* "X-name:value": RFC 37 leaves names with X- to applications. */
static int zmq_metadata_set(struct zmq_options *opt, const struct zmq_option *o,
			    const struct zmq_optset *v)
{
	struct zmq_blob **list = zmq_option_field(opt, o);
	const u8 *name = v->data, *colon, *value;
	size_t name_len, value_len, size;
	int at;
	u8 *p;

	/* libzmq takes what has the size of an int for one, and refuses it. */
	colon = v->len == sizeof(int) || !v->len ? NULL :
		memchr(name, ':', v->len);
	if (!colon)
		return -EINVAL;
	value = colon + 1;
	name_len = colon - name;
	value_len = v->len - name_len - 1;
	if (name_len < 2 || memcmp(name, "X-", 2) || name_len > U8_MAX ||
	    !value_len)
		return -EINVAL;
	at = zmq_metadata_find(*list, name, name_len);
	if (at < 0)	/* the first value of a name counts */
		return 0;

	size = 1 + name_len + ZMQ_PROP_VALUE_LEN_SIZE + value_len;
	if ((*list ? (*list)->len : 0) + size > o->max)
		return -ENOBUFS;
	p = zmq_blob_insert(list, v->mem, at, size);
	if (!p)
		return -ENOMEM;
	*p++ = name_len;
	memcpy(p, name, name_len);
	put_unaligned_be32(value_len, p + name_len);
	memcpy(p + name_len + ZMQ_PROP_VALUE_LEN_SIZE, value, value_len);
	return 0;
}

const struct zmq_option_kind zmq_kind_metadata = {
	.set = zmq_metadata_set,
};
