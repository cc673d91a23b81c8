// SPDX-License-Identifier: GPL-2.0-only
/*
 * DNS messages: queries are built, answers are parsed. An answer is the work
 * of a stranger: every length is checked, nothing recurses, every loop is
 * bounded by the message or by a constant.
 * Pure code: no lock, no sleep, no allocation, memory from the caller.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "common.h"
#include "compat/compat.h"
#include "resolve/dns_wire.h"

#define ZMQ_DNS_LABEL_MAX 63
#define ZMQ_DNS_CLASS_IN 1

/* Second 16-bit word of the header: RFC 1035 section 4.1.1. */
#define ZMQ_DNS_QR		0x8000
#define ZMQ_DNS_OPCODE		0x7800
#define ZMQ_DNS_AA		0x0400
#define ZMQ_DNS_TC		0x0200
#define ZMQ_DNS_RD		0x0100
#define ZMQ_DNS_RA		0x0080
#define ZMQ_DNS_RCODE		0x000f
#define ZMQ_DNS_RCODE_NXDOMAIN	3

/* Name, type and class of the question are behind the query's header. */
#define ZMQ_DNS_QFIXED 4
/* Type, class, TTL and length between a record's name and its data. */
#define ZMQ_DNS_RFIXED 10

/*
 * RFC 1034 section 3.6.2 wants no chains of aliases, content networks build
 * them nevertheless. Longer ones are loops.
 */
#define ZMQ_DNS_ALIASES_MAX 16

/*
 * One pointer is enough for each name that a good server compresses. Without
 * this limit each record could make us follow thousands.
 */
#define ZMQ_DNS_POINTERS_MAX 32

struct zmq_dns_msg {
	const u8 *data;
	size_t len;
};

struct zmq_dns_record {
	u16 type;
	u16 class;
	u16 len;
	size_t pos;	/* of the data */
	u8 owner[ZMQ_DNS_WIRE_NAME_MAX];
	size_t owner_len;
};

/* What the search for an address has found out so far. */
struct zmq_dns_chase {
	u16 type;
	unsigned int aliases;
	u8 target[ZMQ_DNS_WIRE_NAME_MAX];
	size_t target_len;
	u8 *addr;
};

/* ASCII only (RFC 4343): the kernel's tolower() knows Latin-1. */
static u8 zmq_dns_lower(u8 c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool zmq_dns_char_ok(char c)
{
	u8 l = zmq_dns_lower(c);

	return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_';
}

/**
 * zmq_dns_name_ok() - can this be the name of a host?
 * @name: letters, digits, '-' and '_' in labels of 1 to 63, up to 253 in all;
 *	one dot more may stand at the end
 *
 * Return: true if so. An address in numbers may pass too.
 */
bool zmq_dns_name_ok(const char *name)
{
	size_t len = 0, label = 0;

	for (; name[len]; len++) {
		if (len > ZMQ_DNS_NAME_MAX)
			return false;
		if (name[len] == '.') {
			if (!label)
				return false;
			label = 0;
		} else if (!zmq_dns_char_ok(name[len]) ||
			   ++label > ZMQ_DNS_LABEL_MAX) {
			return false;
		}
	}
	return len && len - !label <= ZMQ_DNS_NAME_MAX;
}
EXPORT_SYMBOL_KUNIT(zmq_dns_name_ok);

/**
 * zmq_dns_query_build() - a question for one name and one type
 * @buf: the message
 * @id: random, or strangers can guess it
 * @name: name as zmq_dns_name_ok() wants it
 * @type: ZMQ_DNS_A or ZMQ_DNS_AAAA
 *
 * Return: bytes of the message, -EINVAL for a bad name.
 */
int zmq_dns_query_build(u8 buf[ZMQ_DNS_QUERY_MAX], u16 id, const char *name,
			enum zmq_dns_type type)
{
	u8 *p = buf + ZMQ_DNS_HEADER_LEN;

	if (!zmq_dns_name_ok(name))
		return -EINVAL;
	memset(buf, 0, ZMQ_DNS_HEADER_LEN);
	put_unaligned_be16(id, buf);
	put_unaligned_be16(ZMQ_DNS_RD, buf + 2);
	put_unaligned_be16(1, buf + 4);
	while (*name) {
		size_t label = strcspn(name, ".");

		*p++ = label;
		memcpy(p, name, label);
		p += label;
		name += label;
		name += *name == '.';
	}
	*p++ = 0;
	put_unaligned_be16(type, p);
	put_unaligned_be16(ZMQ_DNS_CLASS_IN, p + 2);
	return p + ZMQ_DNS_QFIXED - buf;
}
EXPORT_SYMBOL_KUNIT(zmq_dns_query_build);

/*
 * Expand the name at *pos, in lower case, to name[], and move *pos behind it.
 * Every pointer must lead to before the run of labels that it ends, so a name
 * can't contain itself (RFC 1035 section 4.1.4: "a prior occurrence").
 */
static int zmq_dns_name_read(const struct zmq_dns_msg *m, size_t *pos,
			     u8 name[ZMQ_DNS_WIRE_NAME_MAX], size_t *name_len)
{
	unsigned int pointers = 0;
	size_t p = *pos, run = p, len = 0;

	for (;;) {
		size_t i, label;

		if (p >= m->len)
			return -EBADMSG;
		label = m->data[p];
		if (label >= 0xc0) {
			if (p + 1 >= m->len)
				return -EBADMSG;
			if (!pointers++)
				*pos = p + 2;
			p = get_unaligned_be16(m->data + p) & 0x3fff;
			if (p >= run || p < ZMQ_DNS_HEADER_LEN ||
			    pointers > ZMQ_DNS_POINTERS_MAX)
				return -EBADMSG;
			run = p;
			continue;
		}
		/* Here ends what an attacker can make us read or write. */
		if (label > ZMQ_DNS_LABEL_MAX || label >= m->len - p ||
		    label >= ZMQ_DNS_WIRE_NAME_MAX - len)
			return -EBADMSG;
		for (i = 0; i <= label; i++)
			name[len++] = zmq_dns_lower(m->data[p++]);
		if (!label)
			break;
	}
	if (!pointers)
		*pos = p;
	*name_len = len;
	return 0;
}

static int zmq_dns_record_read(const struct zmq_dns_msg *m, size_t *pos,
			       struct zmq_dns_record *r)
{
	const u8 *p;
	int err;

	err = zmq_dns_name_read(m, pos, r->owner, &r->owner_len);
	if (err)
		return err;
	if (m->len - *pos < ZMQ_DNS_RFIXED)
		return -EBADMSG;
	p = m->data + *pos;
	r->type = get_unaligned_be16(p);
	r->class = get_unaligned_be16(p + 2);
	r->len = get_unaligned_be16(p + 8);
	r->pos = *pos + ZMQ_DNS_RFIXED;
	if (m->len - r->pos < r->len)
		return -EBADMSG;
	*pos = r->pos + r->len;
	return 0;
}

/* The name that we look for is an alias: look for the other name. */
static int zmq_dns_chase_alias(struct zmq_dns_chase *c,
			       const struct zmq_dns_msg *m,
			       const struct zmq_dns_record *r)
{
	size_t pos = r->pos;
	int err;

	if (++c->aliases > ZMQ_DNS_ALIASES_MAX)
		return -EBADMSG;
	err = zmq_dns_name_read(m, &pos, c->target, &c->target_len);
	if (err)
		return err;
	return pos == r->pos + r->len ? 0 : -EBADMSG;
}

static int zmq_dns_chase_take(struct zmq_dns_chase *c,
			      const struct zmq_dns_msg *m,
			      const struct zmq_dns_record *r)
{
	if (r->len != (c->type == ZMQ_DNS_AAAA ? 16 : 4))
		return -EBADMSG;
	memcpy(c->addr, m->data + r->pos, r->len);
	return 0;
}

/*
 * One pass over the answers. Aliases usually stand in order and one pass
 * follows all of them. Returns -ENODATA if it brought no address.
 */
static int zmq_dns_chase_pass(struct zmq_dns_chase *c,
			      const struct zmq_dns_msg *m, size_t pos,
			      unsigned int count)
{
	struct zmq_dns_record r;
	int err;

	while (count--) {
		err = zmq_dns_record_read(m, &pos, &r);
		if (err)
			return err;
		if (r.class != ZMQ_DNS_CLASS_IN ||
		    r.owner_len != c->target_len ||
		    memcmp(r.owner, c->target, r.owner_len))
			continue;
		if (r.type == c->type)
			return zmq_dns_chase_take(c, m, &r);
		if (r.type == ZMQ_DNS_CNAME) {
			err = zmq_dns_chase_alias(c, m, &r);
			if (err)
				return err;
		}
	}
	return -ENODATA;
}

/* Is this the answer to our question, and to no other? */
static bool zmq_dns_answer_fits(const u8 *msg, size_t len, const u8 *query,
				size_t query_len)
{
	u16 flags;
	size_t i;

	if (len < query_len || memcmp(msg, query, 2))
		return false;
	flags = get_unaligned_be16(msg + 2);
	if ((flags & (ZMQ_DNS_QR | ZMQ_DNS_OPCODE)) != ZMQ_DNS_QR)
		return false;
	if (get_unaligned_be16(msg + 4) != 1)
		return false;
	/* Lengths, type and class are no letters. */
	for (i = ZMQ_DNS_HEADER_LEN; i < query_len; i++) {
		if (zmq_dns_lower(msg[i]) != zmq_dns_lower(query[i]))
			return false;
	}
	return true;
}

/**
 * zmq_dns_answer_parse() - find the address in an answer
 * @msg: what the server sent
 * @len: bytes of @msg
 * @query: what zmq_dns_query_build() made
 * @query_len: what zmq_dns_query_build() returned
 * @addr: the first address: 4 bytes for ZMQ_DNS_A, 16 for ZMQ_DNS_AAAA
 *
 * Return:
 * * 0		- @addr is set
 * * -ENOENT	- the name does not exist
 * * -ENODATA	- the name exists, but has no address of this type
 * * -EAGAIN	- the server can't or won't tell: ask another one
 * * -EBADMSG	- malformed: ask another one
 * * -EMSGSIZE	- truncated: ask again by TCP
 * * -ENOMSG	- not an answer to @query: drop it, wait on
 */
int zmq_dns_answer_parse(const u8 *msg, size_t len, const u8 *query,
			 size_t query_len, u8 addr[16])
{
	struct zmq_dns_msg m = { .data = msg, .len = len };
	struct zmq_dns_chase c = { .addr = addr };
	unsigned int aliases, count;
	size_t pos;
	u16 flags;
	int err;

	if (!zmq_dns_answer_fits(msg, len, query, query_len))
		return -ENOMSG;
	flags = get_unaligned_be16(msg + 2);
	count = get_unaligned_be16(msg + 6);
	if ((flags & ZMQ_DNS_RCODE) == ZMQ_DNS_RCODE_NXDOMAIN)
		return -ENOENT;
	if (flags & ZMQ_DNS_RCODE)
		return -EAGAIN;
	if (flags & ZMQ_DNS_TC)
		return -EMSGSIZE;
	/* A server that is not ours to ask only refers us to others. */
	if (!count && !(flags & (ZMQ_DNS_AA | ZMQ_DNS_RA)))
		return -EAGAIN;

	pos = ZMQ_DNS_HEADER_LEN;
	err = zmq_dns_name_read(&m, &pos, c.target, &c.target_len);
	if (err)
		return err;
	c.type = get_unaligned_be16(msg + pos);
	/* A pass without a new alias is the last one. */
	do {
		aliases = c.aliases;
		err = zmq_dns_chase_pass(&c, &m, query_len, count);
	} while (err == -ENODATA && c.aliases != aliases);
	return err;
}
EXPORT_SYMBOL_KUNIT(zmq_dns_answer_parse);
