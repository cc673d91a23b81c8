// SPDX-License-Identifier: GPL-2.0-only
/*
 * ZAP (RFC 27): the request and the reply as messages. As libzmq has them: an
 * empty part goes in front of each, and the request's id is always the same,
 * since a pipe carries one request only (wire page, 6).
 */
#include <linux/sizes.h>
#include <linux/string.h>

#include "blob.h"
#include "conn/props.h"
#include "conn/zap_msg.h"
#include "queue/frame.h"
#include "zmtp/meta.h"

#define ZMQ_ZAP_VERSION		"1.0"
#define ZMQ_ZAP_ID		"1"

/*
 * Longest user id, and longest metadata; as much as a peer may say of itself
 * (ZMQ_RX_COMMAND_MAX), so that all of it together is below ZMQ_PROPS_MAX. In
 * a frame of this size all bytes are in its first segment.
 */
#define ZMQ_ZAP_PART_MAX	SZ_2K

/* Parts of a reply, behind the empty one. */
enum zmq_zap_part {
	ZMQ_ZAP_PART_VERSION,
	ZMQ_ZAP_PART_ID,
	ZMQ_ZAP_PART_STATUS,
	ZMQ_ZAP_PART_TEXT,
	ZMQ_ZAP_PART_USER,
	ZMQ_ZAP_PART_META,
	ZMQ_ZAP_PARTS
};

/**
 * struct zmq_zap_writer - a message in the making
 * @mem: account to charge
 * @head: the parts so far
 * @last: the last of these, or NULL
 * @failed: there was no memory for one
 */
struct zmq_zap_writer {
	struct zmq_mem *mem;
	struct zmq_frame *head;
	struct zmq_frame *last;
	bool failed;
};

static void zmq_zap_part(struct zmq_zap_writer *w, const void *p, size_t len)
{
	struct zmq_frame *f = zmq_frame_from_bytes(w->mem, p, len, GFP_KERNEL);

	if (!f) {
		w->failed = true;
		return;
	}
	if (w->last) {
		w->last->seg.flags |= ZMQ_FRAME_MORE;
		w->last->next = f;
	} else {
		w->head = f;
	}
	w->last = f;
}

static void zmq_zap_text(struct zmq_zap_writer *w, const char *text)
{
	zmq_zap_part(w, text, strlen(text));
}

/**
 * zmq_zap_request() - ask about a peer
 * @mem: account to charge
 * @flagged: the handler's type has the empty first part as a flag
 *	(ZMQ_FRAME_DELIMITED)
 * @m: the handshake, with the peer's credentials
 * @address: the peer's address
 *
 * The credentials are wiped when they are freed, read or not.
 *
 * Context: may sleep.
 * Return: the message, or NULL for lack of memory.
 */
struct zmq_frame *zmq_zap_request(struct zmq_mem *mem, bool flagged,
				  const struct zmq_mech *m,
				  const char *address)
{
	const struct zmq_blob *domain = m->opt->zap_domain;
	struct zmq_zap_writer w = { .mem = mem };
	int i;

	if (!flagged)
		zmq_zap_text(&w, "");
	zmq_zap_text(&w, ZMQ_ZAP_VERSION);
	if (flagged && w.head)
		w.head->seg.flags |= ZMQ_FRAME_DELIMITED;
	zmq_zap_text(&w, ZMQ_ZAP_ID);
	zmq_zap_part(&w, domain ? domain->data : NULL, domain ? domain->len : 0);
	zmq_zap_text(&w, address);
	/* Not the peer's, whatever the RFC may mean: libzmq's own. */
	zmq_zap_part(&w, m->opt->routing_id, m->opt->routing_id_len);
	zmq_zap_text(&w, m->ops->name);
	for (i = 0; i < m->nr_creds; i++) {
		zmq_zap_part(&w, m->cred[i].data, m->cred[i].len);
		/* It is short, so all of it is in the first segment. */
		if (!w.failed)
			w.last->seg.flags |= ZMQ_FRAME_SECRET;
	}
	if (!w.failed)
		return w.head;
	zmq_chain_free(w.head);
	return NULL;
}
EXPORT_SYMBOL_KUNIT(zmq_zap_request);

/* The parts behind the empty one. */
static enum zmq_reason zmq_zap_split(const struct zmq_frame *f,
				     const struct zmq_frame *parts[ZMQ_ZAP_PARTS])
{
	const struct zmq_frame *empty = NULL;
	int i;

	if (!(f->seg.flags & ZMQ_FRAME_DELIMITED)) {
		empty = f;
		f = f->next;
	}
	for (i = 0; f && i < ZMQ_ZAP_PARTS; i++, f = f->next)
		parts[i] = f;
	if (i < ZMQ_ZAP_PARTS || f)
		return ZMQ_R_ZAP_MALFORMED_REPLY;
	return empty && empty->len ? ZMQ_R_ZAP_UNSPECIFIED : ZMQ_R_NONE;
}

static bool zmq_zap_is(const struct zmq_frame *f, const char *text)
{
	size_t n;
	const u8 *p = zmq_frame_start(f, &n);

	return f->len == strlen(text) && !memcmp(p, text, f->len);
}

/* 0 for one that there is not. */
static u16 zmq_zap_status(const struct zmq_frame *f)
{
	if (zmq_zap_is(f, "200"))
		return ZMQ_ZAP_OK;
	if (zmq_zap_is(f, "300"))
		return ZMQ_ZAP_TEMPORARY;
	if (zmq_zap_is(f, "400"))
		return ZMQ_ZAP_DENIED;
	if (zmq_zap_is(f, "500"))
		return ZMQ_ZAP_INTERNAL;
	return 0;
}

/*
 * What the handler says of the peer. As in libzmq a Socket-Type has to fit here,
 * too.
 */
static enum zmq_reason zmq_zap_vouch(const struct zmq_frame *user,
				     const struct zmq_frame *meta, int type,
				     struct zmq_mem *mem,
				     struct zmq_props **vouched)
{
	struct zmq_prop id;
	size_t meta_len, id_len;
	const u8 *p, *peer_id;

	if (user->len > ZMQ_ZAP_PART_MAX || meta->len > ZMQ_ZAP_PART_MAX)
		return ZMQ_R_ZAP_INVALID_METADATA;
	id.value = zmq_frame_start(user, &id_len);
	id.value_len = id_len;
	p = zmq_frame_start(meta, &meta_len);
	if (zmq_ready_check(type, p, meta_len, &peer_id, &id_len))
		return ZMQ_R_ZAP_INVALID_METADATA;
	*vouched = zmq_props_vouch(mem, id.value, id.value_len, p, meta_len);
	return *vouched ? ZMQ_R_NONE : ZMQ_R_NO_MEMORY;
}

/**
 * zmq_zap_read() - what does the handler say?
 * @msg: its reply
 * @type: type of the socket that asked
 * @mem: account of that socket, for the properties
 * @v: set to what it says
 *
 * Context: any.
 */
void zmq_zap_read(const struct zmq_frame *msg, int type, struct zmq_mem *mem,
		  struct zmq_zap_verdict *v)
{
	const struct zmq_frame *part[ZMQ_ZAP_PARTS];

	v->vouched = NULL;
	v->status = 0;
	v->why = zmq_zap_split(msg, part);
	if (v->why != ZMQ_R_NONE)
		return;
	v->status = zmq_zap_status(part[ZMQ_ZAP_PART_STATUS]);
	if (!zmq_zap_is(part[ZMQ_ZAP_PART_VERSION], ZMQ_ZAP_VERSION))
		v->why = ZMQ_R_ZAP_BAD_VERSION;
	else if (!zmq_zap_is(part[ZMQ_ZAP_PART_ID], ZMQ_ZAP_ID))
		v->why = ZMQ_R_ZAP_BAD_REQUEST_ID;
	else if (!v->status)
		v->why = ZMQ_R_ZAP_INVALID_STATUS;
	else
		v->why = zmq_zap_vouch(part[ZMQ_ZAP_PART_USER],
				       part[ZMQ_ZAP_PART_META], type, mem,
				       &v->vouched);
}
EXPORT_SYMBOL_KUNIT(zmq_zap_read);
