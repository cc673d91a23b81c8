// SPDX-License-Identifier: GPL-2.0-only
/* Show sockets to programs. The manual page lists the members. */
#include <linux/zmq_netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <err.h>

#include "json.h"
#include "names.h"
#include "print.h"
#include "text.h"

static void zss_json_endpoint(const struct zss_endpoint *e)
{
	char name[ZSS_NAME_MAX];

	zss_json_object(NULL);
	zss_json_text("kind", zss_name(&zss_endpoint_kinds, e->kind, name));
	zss_json_text("uri", e->uri);
	if (e->kind == ZMQ_ENDPOINT_KIND_BIND)
		zss_json_u64("number", e->number);
	else
		zss_json_u64("peer", e->peer);
	zss_json_object_end();
}

static void zss_json_queue(const char *name, const struct zss_queue *q)
{
	zss_json_object(name);
	zss_json_u64("depth", q->depth);
	zss_json_u64("bytes", q->bytes);
	zss_json_u64("hwm", q->hwm);
	zss_json_u64("messages", q->msgs);
	zss_json_object_end();
}

static void zss_json_flags(const struct zss_peer *p)
{
	uint32_t flags = p->flags, bit;
	char name[ZSS_NAME_MAX];

	zss_json_array("flags");
	for (bit = 1; bit && flags; bit <<= 1) {
		if (flags & bit)
			zss_json_text(NULL, zss_bit_name(&zss_peer_flags, bit, name));
		flags &= ~bit;
	}
	zss_json_array_end();
}

static void zss_json_routing_id(const struct zss_bytes *id)
{
	char *text;

	if (!id->p)
		return;
	text = malloc(ZSS_ESCAPED(id->len));
	if (!text)
		err(1, "%zu bytes", id->len);
	zss_json_text("routing_id",
		      zss_text_escape(text, ZSS_ESCAPED(id->len), id->p, id->len));
	zss_json_hex("routing_id_hex", id->p, id->len);
	free(text);
}

static void zss_json_peer(const struct zss_peer *p)
{
	char name[ZSS_NAME_MAX];

	zss_json_object(NULL);
	zss_json_u64("id", p->id);
	zss_json_text("state", zss_name(&zss_peer_states, p->state, name));
	zss_json_flags(p);
	zss_json_text("endpoint", p->endpoint);
	if (p->listener)
		zss_json_u64("listener", p->listener);
	if (p->number)
		zss_json_u64("number", p->number);
	zss_json_text("local", p->local);
	zss_json_text("remote", p->remote);
	zss_json_text("type", p->type);
	if (p->to)
		zss_json_u64("socket", p->to);
	zss_json_routing_id(&p->routing_id);
	if (p->zmtp) {
		snprintf(name, sizeof(name), "%u.%u", p->zmtp >> 8, p->zmtp & 0xff);
		zss_json_text("zmtp", name);
	}
	zss_json_text("mechanism", zss_name(&zss_mechanisms, p->mechanism, name));
	if (p->limited)
		zss_json_u64("ms_left", p->ms_left);
	zss_json_u64("attempts", p->attempts);
	zss_json_u64("connects", p->connects);
	zss_json_text("reason", p->reason);
	zss_json_text("error", p->error);
	if (p->queues) {
		zss_json_queue("in", &p->in);
		zss_json_queue("out", &p->out);
	}
	zss_json_object_end();
}

static void zss_json_drops(const struct zss_socket *s)
{
	size_t i;

	zss_json_array("dropped");
	for (i = 0; i < s->dropped.count; i++) {
		zss_json_object(NULL);
		zss_json_text("reason", zss_drop_at(s, i)->reason);
		zss_json_text("text", zss_drop_at(s, i)->text);
		zss_json_u64("count", zss_drop_at(s, i)->count);
		zss_json_object_end();
	}
	zss_json_array_end();
}

static void zss_json_counters(const struct zss_socket *s)
{
	zss_json_u64("messages_in", s->msgs_in);
	zss_json_u64("messages_out", s->msgs_out);
	zss_json_u64("bytes_in", s->bytes_in);
	zss_json_u64("bytes_out", s->bytes_out);
	zss_json_u64("queued_in", s->queued_in);
	zss_json_u64("queued_out", s->queued_out);
	zss_json_u64("connects", s->connects);
	zss_json_u64("disconnects", s->disconnects);
	zss_json_u64("failures", s->failures);
	zss_json_u64("drops", s->drops);
	zss_json_drops(s);
}

static void zss_json_details(const struct zss_socket *s)
{
	size_t i;

	zss_json_array("endpoints");
	for (i = 0; i < s->endpoints.count; i++)
		zss_json_endpoint(zss_endpoint_at(s, i));
	zss_json_array_end();
	zss_json_array("peers");
	for (i = 0; i < s->peers.count; i++)
		zss_json_peer(zss_peer_at(s, i));
	zss_json_array_end();
}

static void zss_json_socket(const struct zss_socket *s, const struct zss_style *style)
{
	char name[ZSS_NAME_MAX], user[ZSS_USER_MAX];

	zss_json_object(NULL);
	zss_json_u64("id", s->id);
	zss_json_text("type", zss_name(&zss_types, s->type, name));
	zss_json_text("state", zss_name(&zss_socket_states, s->state, name));
	zss_json_u64("inode", s->inode);
	zss_json_u64("cookie", s->cookie);
	zss_json_u64("uid", s->uid);
	zss_json_text("user", zss_user(s->uid, style->numeric, user));
	zss_json_u64("pid", s->pid);
	zss_json_bool("process_gone", s->gone);
	zss_json_text("command", s->comm);
	if (s->ctx)
		zss_json_u64("context", s->ctx);
	zss_json_bool("readable", s->readable);
	zss_json_bool("writable", s->writable);
	zss_json_u64("sndhwm", s->sndhwm);
	zss_json_u64("rcvhwm", s->rcvhwm);
	zss_json_s64("linger", s->linger);
	zss_json_text("error", s->error);
	zss_json_counters(s);
	if (!style->brief)
		zss_json_details(s);
	zss_json_object_end();
}

void zss_print_json(const struct zss_model *m, const struct zss_filter *f,
		    const struct zss_style *style)
{
	size_t i;

	zss_json_object(NULL);
	zss_json_array("sockets");
	for (i = 0; i < m->sockets.count; i++)
		if (zss_filter_socket(f, zss_socket_at(m, i)))
			zss_json_socket(zss_socket_at(m, i), style);
	zss_json_array_end();
	zss_json_object_end();
	zss_json_end();
}
