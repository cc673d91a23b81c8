// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/zmq.h>
#include "common.h"
#include "compat/compat.h"
#include "zmtp/meta.h"
#include "zmtp/wire.h"

/* Types that have no constant in the uapi header yet; they have names. */
enum {
	ZMQ_TYPE_SERVER = 12,
	ZMQ_TYPE_CLIENT,
	ZMQ_TYPE_RADIO,
	ZMQ_TYPE_DISH,
	ZMQ_TYPE_GATHER,
	ZMQ_TYPE_SCATTER,
	ZMQ_TYPE_DGRAM,
	ZMQ_TYPE_PEER,
	ZMQ_TYPE_CHANNEL,
};

/**
 * struct zmq_type_row - what the handshake knows of a socket type
 * @name: value of its Socket-Type property
 * @peers: a bit for each type that it talks to
 */
struct zmq_type_row {
	const char *name;
	u32 peers;
};

/* RFC 37 "The Socket-Type Property"; STREAM speaks no ZMTP. */
static const struct zmq_type_row zmq_types[] = {
	[ZMQ_PAIR] = { "PAIR", BIT(ZMQ_PAIR) },
	[ZMQ_PUB] = { "PUB", BIT(ZMQ_SUB) | BIT(ZMQ_XSUB) },
	[ZMQ_SUB] = { "SUB", BIT(ZMQ_PUB) | BIT(ZMQ_XPUB) },
	[ZMQ_REQ] = { "REQ", BIT(ZMQ_REP) | BIT(ZMQ_ROUTER) },
	[ZMQ_REP] = { "REP", BIT(ZMQ_REQ) | BIT(ZMQ_DEALER) },
	[ZMQ_DEALER] = { "DEALER", BIT(ZMQ_REP) | BIT(ZMQ_DEALER) |
				   BIT(ZMQ_ROUTER) },
	[ZMQ_ROUTER] = { "ROUTER", BIT(ZMQ_REQ) | BIT(ZMQ_DEALER) |
				   BIT(ZMQ_ROUTER) },
	[ZMQ_PULL] = { "PULL", BIT(ZMQ_PUSH) },
	[ZMQ_PUSH] = { "PUSH", BIT(ZMQ_PULL) },
	[ZMQ_XPUB] = { "XPUB", BIT(ZMQ_SUB) | BIT(ZMQ_XSUB) },
	[ZMQ_XSUB] = { "XSUB", BIT(ZMQ_PUB) | BIT(ZMQ_XPUB) },
	[ZMQ_STREAM] = { "STREAM", 0 },
	[ZMQ_TYPE_SERVER] = { "SERVER", BIT(ZMQ_TYPE_CLIENT) },
	[ZMQ_TYPE_CLIENT] = { "CLIENT", BIT(ZMQ_TYPE_SERVER) },
	[ZMQ_TYPE_RADIO] = { "RADIO", BIT(ZMQ_TYPE_DISH) },
	[ZMQ_TYPE_DISH] = { "DISH", BIT(ZMQ_TYPE_RADIO) },
	[ZMQ_TYPE_GATHER] = { "GATHER", BIT(ZMQ_TYPE_SCATTER) },
	[ZMQ_TYPE_SCATTER] = { "SCATTER", BIT(ZMQ_TYPE_GATHER) },
	[ZMQ_TYPE_DGRAM] = { "DGRAM", BIT(ZMQ_TYPE_DGRAM) },
	[ZMQ_TYPE_PEER] = { "PEER", BIT(ZMQ_TYPE_PEER) },
	[ZMQ_TYPE_CHANNEL] = { "CHANNEL", BIT(ZMQ_TYPE_CHANNEL) },
};

static bool zmq_meta_equal(const u8 *p, size_t len, const char *s)
{
	return len == strlen(s) && !memcmp(p, s, len);
}

/**
 * zmq_type_name() - name of a socket type on the wire
 * @type: any number
 *
 * Return: the name, or NULL when there is no such type.
 */
const char *zmq_type_name(int type)
{
	if (type < 0 || type >= ARRAY_SIZE(zmq_types))
		return NULL;
	return zmq_types[type].name;
}
EXPORT_SYMBOL_KUNIT(zmq_type_name);

/**
 * zmq_type_accepts() - may a socket talk to a peer of this type?
 * @type: type of our socket, any number
 * @name: the peer's Socket-Type; upper and lower case differ
 * @len: bytes of @name
 *
 * Return: true if RFC 37 allows the combination.
 */
bool zmq_type_accepts(int type, const u8 *name, size_t len)
{
	unsigned int i;

	if (type < 0 || type >= ARRAY_SIZE(zmq_types))
		return false;
	for (i = 0; i < ARRAY_SIZE(zmq_types); i++)
		if ((zmq_types[type].peers & BIT(i)) &&
		    zmq_meta_equal(name, len, zmq_types[i].name))
			return true;
	return false;
}
EXPORT_SYMBOL_KUNIT(zmq_type_accepts);

/**
 * zmq_meta_next() - take the next property
 * @it: the walk, see zmq_meta_init()
 * @p: the property; unchanged unless the return value is 1
 *
 * As lenient as libzmq: a name may be empty, of any bytes, and come twice.
 *
 * Return: 1 and a property; 0 at the end; -EPROTO when what is left is no
 * whole property, and again at each further call.
 */
int zmq_meta_next(struct zmq_meta_iter *it, struct zmq_prop *p)
{
	const u8 *value;
	size_t left;
	u32 len;

	if (!it->left)
		return 0;
	left = it->left - 1;
	if (left < (size_t)it->p[0] + ZMQ_PROP_VALUE_LEN_SIZE)
		return -EPROTO;
	left -= (size_t)it->p[0] + ZMQ_PROP_VALUE_LEN_SIZE;
	value = it->p + 1 + it->p[0] + ZMQ_PROP_VALUE_LEN_SIZE;
	len = get_unaligned_be32(value - ZMQ_PROP_VALUE_LEN_SIZE);
	if (left < len)
		return -EPROTO;

	p->name = it->p + 1;
	p->name_len = it->p[0];
	p->value = value;
	p->value_len = len;
	it->p = value + len;
	it->left = left - len;
	return 1;
}
EXPORT_SYMBOL_KUNIT(zmq_meta_next);

/**
 * zmq_meta_put() - append a property
 * @buf: where to put it
 * @cap: bytes of @buf
 * @name: its name, at most 255 bytes
 * @value: its value; may be NULL when @value_len is 0
 * @value_len: bytes of @value
 *
 * Return: bytes written, or -EMSGSIZE.
 */
int zmq_meta_put(u8 *buf, size_t cap, const char *name, const u8 *value,
		 size_t value_len)
{
	size_t name_len = strlen(name);
	size_t head = 1 + name_len + ZMQ_PROP_VALUE_LEN_SIZE;

	if (name_len > U8_MAX || value_len > INT_MAX - head ||
	    cap < head + value_len)
		return -EMSGSIZE;
	buf[0] = name_len;
	memcpy(buf + 1, name, name_len);
	put_unaligned_be32(value_len, buf + 1 + name_len);
	if (value_len)
		memcpy(buf + head, value, value_len);
	return head + value_len;
}
EXPORT_SYMBOL_KUNIT(zmq_meta_put);

/**
 * zmq_ready_put() - build the metadata of a READY or INITIATE
 * @buf: where to put it
 * @cap: bytes of @buf
 * @type: type of our socket, one that has a name
 * @id: our routing id; may be NULL when @id_len is 0
 * @id_len: bytes of @id
 *
 * REQ, DEALER and ROUTER announce their Identity, even an empty one; all others
 * keep it to themselves (wire page, 3.1).
 *
 * Return: bytes written, or -EMSGSIZE.
 */
int zmq_ready_put(u8 *buf, size_t cap, int type, const u8 *id, size_t id_len)
{
	const char *name = zmq_type_name(type);
	int at, n;

	at = zmq_meta_put(buf, cap, ZMQ_PROP_SOCKET_TYPE, (const u8 *)name,
			  strlen(name));
	if (at < 0 ||
	    (type != ZMQ_REQ && type != ZMQ_DEALER && type != ZMQ_ROUTER))
		return at;
	n = zmq_meta_put(buf + at, cap - at, ZMQ_PROP_IDENTITY, id, id_len);
	return n < 0 ? n : at + n;
}
EXPORT_SYMBOL_KUNIT(zmq_ready_put);

/**
 * zmq_ready_check() - judge the metadata of a READY or INITIATE
 * @own_type: type of our socket
 * @data: the metadata
 * @len: bytes of @data
 * @id: the peer's Identity, within @data; NULL when it sent none
 * @id_len: bytes of @id, 0 to 255; an empty one is as good as none
 *
 * Every Socket-Type has to fit, the first Identity counts. Libzmq lets a peer
 * leave out its Socket-Type and takes names by exact bytes, so that a
 * "socket-type" is unknown and goes unchecked; being stricter would only lock
 * out peers that libzmq serves. The limit on the Identity is RFC 37's: libzmq
 * has none on receipt, but none of its peers can send more.
 *
 * Return: 0; -EPROTO when the metadata are malformed, too many, or the Identity
 * is too long; -EPROTOTYPE when the peer's type does not fit ours.
 */
int zmq_ready_check(int own_type, const u8 *data, size_t len, const u8 **id,
		    size_t *id_len)
{
	struct zmq_meta_iter it;
	struct zmq_prop p;
	int more, props = 0;

	*id = NULL;
	*id_len = 0;
	zmq_meta_init(&it, data, len);
	while ((more = zmq_meta_next(&it, &p)) > 0) {
		if (++props > ZMQ_META_PROPS_MAX)
			return -EPROTO;
		if (zmq_meta_equal(p.name, p.name_len, ZMQ_PROP_SOCKET_TYPE)) {
			if (!zmq_type_accepts(own_type, p.value, p.value_len))
				return -EPROTOTYPE;
		} else if (!*id && zmq_meta_equal(p.name, p.name_len,
						  ZMQ_PROP_IDENTITY)) {
			if (p.value_len > ZMQ_IDENTITY_MAX)
				return -EPROTO;
			*id = p.value;
			*id_len = p.value_len;
		}
	}
	return more;
}
EXPORT_SYMBOL_KUNIT(zmq_ready_check);
