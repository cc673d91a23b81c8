// SPDX-License-Identifier: GPL-2.0-only
/* What dumps of AF_ZMQ show, decoded. */
#define _GNU_SOURCE
#include <sys/socket.h>

#include "znl_dump.h"

/* Rows that a dump fills. */
struct znl_rows {
	void *rows;
	int max;
	int count;
};

/* The place of the next row, or NULL. */
static void *znl_next(struct znl_rows *r, size_t size)
{
	int i = r->count++;

	return i < r->max ? memset((char *)r->rows + i * size, 0, size) : NULL;
}

static void znl_maybe(const struct nlattr *a, char *buf, size_t size)
{
	if (a)
		znl_text(a, buf, size);
}

static uint32_t znl_number(const struct nlattr *a)
{
	return a ? znl_u32(a) : 0;
}

static void znl_read_counters(const struct nlattr **a, struct znl_sock *s)
{
	const struct nlattr *drop[ZNL_ATTRS];

	s->msgs_in = znl_u64(a[ZMQ_A_SOCKET_MSGS_IN]);
	s->msgs_out = znl_u64(a[ZMQ_A_SOCKET_MSGS_OUT]);
	s->bytes_in = znl_u64(a[ZMQ_A_SOCKET_BYTES_IN]);
	s->bytes_out = znl_u64(a[ZMQ_A_SOCKET_BYTES_OUT]);
	s->drops = znl_u64(a[ZMQ_A_SOCKET_DROPS]);
	s->connects = znl_u64(a[ZMQ_A_SOCKET_CONNECTS]);
	s->failures = znl_u64(a[ZMQ_A_SOCKET_FAILURES]);
	if (!a[ZMQ_A_SOCKET_DROP])
		return;
	znl_nested(a[ZMQ_A_SOCKET_DROP], drop);
	znl_text(drop[ZMQ_A_DROP_REASON], s->drop, sizeof(s->drop));
	zt_check(drop[ZMQ_A_DROP_TEXT]);
	s->dropped = znl_u64(drop[ZMQ_A_DROP_COUNT]);
}

static void znl_read_sock(const struct nlattr **a, void *arg)
{
	struct znl_sock *s = znl_next(arg, sizeof(*s));

	if (!s)
		return;
	s->id = znl_u64(a[ZMQ_A_SOCKET_ID]);
	s->inode = znl_u64(a[ZMQ_A_SOCKET_INODE]);
	s->cookie = znl_u64(a[ZMQ_A_SOCKET_COOKIE]);
	s->type = znl_u32(a[ZMQ_A_SOCKET_TYPE]);
	s->state = znl_u32(a[ZMQ_A_SOCKET_STATE]);
	s->uid = znl_u32(a[ZMQ_A_SOCKET_UID]);
	s->pid = znl_u32(a[ZMQ_A_SOCKET_PID]);
	znl_text(a[ZMQ_A_SOCKET_COMM], s->comm, sizeof(s->comm));
	s->gone = a[ZMQ_A_SOCKET_OWNER_GONE];
	s->readable = a[ZMQ_A_SOCKET_READABLE];
	s->writable = a[ZMQ_A_SOCKET_WRITABLE];
	s->sndhwm = znl_u32(a[ZMQ_A_SOCKET_SNDHWM]);
	s->rcvhwm = znl_u32(a[ZMQ_A_SOCKET_RCVHWM]);
	s->linger = znl_u32(a[ZMQ_A_SOCKET_LINGER]);
	s->sessions = znl_u32(a[ZMQ_A_SOCKET_SESSIONS]);
	s->pipes = znl_u32(a[ZMQ_A_SOCKET_PIPES]);
	znl_text(a[ZMQ_A_SOCKET_ERROR], s->error, sizeof(s->error));
	s->ctx = znl_number(a[ZMQ_A_SOCKET_CTX]);
	znl_read_counters(a, s);
}

static void znl_read_queue(const struct nlattr *nest, struct znl_queue *q)
{
	const struct nlattr *a[ZNL_ATTRS];

	if (!nest)
		return;
	znl_nested(nest, a);
	q->depth = znl_u64(a[ZMQ_A_QUEUE_DEPTH]);
	q->bytes = znl_u64(a[ZMQ_A_QUEUE_BYTES]);
	q->hwm = znl_u32(a[ZMQ_A_QUEUE_HWM]);
	q->msgs = znl_u64(a[ZMQ_A_QUEUE_MSGS]);
}

static void znl_read_peer(const struct nlattr **a, void *arg)
{
	struct znl_peer *p = znl_next(arg, sizeof(*p));
	const struct nlattr *id = a[ZMQ_A_PEER_ROUTING_ID];

	if (!p)
		return;
	p->socket = znl_u64(a[ZMQ_A_PEER_SOCKET_ID]);
	p->id = znl_u64(a[ZMQ_A_PEER_ID]);
	p->state = znl_u32(a[ZMQ_A_PEER_STATE]);
	p->flags = znl_u32(a[ZMQ_A_PEER_FLAGS]);
	znl_maybe(a[ZMQ_A_PEER_ENDPOINT], p->endpoint, sizeof(p->endpoint));
	p->listener = znl_number(a[ZMQ_A_PEER_LISTENER]);
	znl_maybe(a[ZMQ_A_PEER_LOCAL], p->local, sizeof(p->local));
	znl_maybe(a[ZMQ_A_PEER_REMOTE], p->remote, sizeof(p->remote));
	znl_maybe(a[ZMQ_A_PEER_TYPE], p->type, sizeof(p->type));
	if (id) {
		p->id_len = id->nla_len - NLA_HDRLEN;
		zt_check(p->id_len <= sizeof(p->routing_id));
		memcpy(p->routing_id, (const char *)id + NLA_HDRLEN, p->id_len);
	}
	p->zmtp = znl_number(a[ZMQ_A_PEER_ZMTP]);
	p->limited = a[ZMQ_A_PEER_MS_LEFT];
	p->ms_left = znl_number(a[ZMQ_A_PEER_MS_LEFT]);
	p->attempts = znl_number(a[ZMQ_A_PEER_ATTEMPTS]);
	p->connects = znl_number(a[ZMQ_A_PEER_CONNECTS]);
	znl_maybe(a[ZMQ_A_PEER_REASON], p->reason, sizeof(p->reason));
	znl_maybe(a[ZMQ_A_PEER_ERROR], p->error, sizeof(p->error));
	znl_read_queue(a[ZMQ_A_PEER_IN], &p->in);
	znl_read_queue(a[ZMQ_A_PEER_OUT], &p->out);
	if (a[ZMQ_A_PEER_TO_SOCKET_ID])
		p->to = znl_u64(a[ZMQ_A_PEER_TO_SOCKET_ID]);
}

static void znl_read_endpoint(const struct nlattr **a, void *arg)
{
	struct znl_endpoint *e = znl_next(arg, sizeof(*e));

	if (!e)
		return;
	e->socket = znl_u64(a[ZMQ_A_ENDPOINT_SOCKET_ID]);
	e->kind = znl_u32(a[ZMQ_A_ENDPOINT_KIND]);
	e->number = znl_number(a[ZMQ_A_ENDPOINT_NUMBER]);
	if (a[ZMQ_A_ENDPOINT_PEER_ID])
		e->peer = znl_u64(a[ZMQ_A_ENDPOINT_PEER_ID]);
	znl_text(a[ZMQ_A_ENDPOINT_URI], e->uri, sizeof(e->uri));
}

static int znl_get(int nl, int attr, uint64_t value, struct znl_sock *row)
{
	struct znl_rows rows = { .rows = row, .max = 1 };
	struct znl_answer answer;
	struct znl_msg msg;

	znl_request(&msg, nl, ZMQ_CMD_SOCKET_GET, NLM_F_ACK);
	znl_add_u64(&msg, attr, value);
	answer = znl_ask(nl, &msg, znl_read_sock, &rows);
	zt_eq(rows.count, !answer.err);
	zt_check(!answer.err || answer.text[0]);
	return answer.err;
}

int znl_get_sock(int nl, int fd, struct znl_sock *row)
{
	uint64_t cookie;
	socklen_t len = sizeof(cookie);

	zt_ok(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len));
	return znl_get(nl, ZMQ_A_SOCKET_COOKIE, cookie, row);
}

int znl_get_id(int nl, uint64_t id, struct znl_sock *row)
{
	return znl_get(nl, ZMQ_A_SOCKET_ID, id, row);
}

static int znl_dump(int nl, int cmd, uint64_t id, znl_each_t each, void *rows, int max)
{
	struct znl_rows r = { .rows = rows, .max = max };
	struct znl_msg msg;

	znl_request(&msg, nl, cmd, NLM_F_DUMP);
	if (id)
		znl_add_u64(&msg, ZMQ_A_PEER_SOCKET_ID, id);
	zt_eq(znl_ask(nl, &msg, each, &r).err, 0);
	return r.count;
}

int znl_socks(int nl, struct znl_sock *rows, int max)
{
	return znl_dump(nl, ZMQ_CMD_SOCKET_GET, 0, znl_read_sock, rows, max);
}

int znl_peers(int nl, uint64_t id, struct znl_peer *rows, int max)
{
	return znl_dump(nl, ZMQ_CMD_PEER_GET, id, znl_read_peer, rows, max);
}

int znl_endpoints(int nl, uint64_t id, struct znl_endpoint *rows, int max)
{
	return znl_dump(nl, ZMQ_CMD_ENDPOINT_GET, id, znl_read_endpoint, rows, max);
}

struct znl_peer znl_peer_of(int nl, int fd)
{
	struct znl_sock sock;
	struct znl_peer peer;

	zt_eq(znl_get_sock(nl, fd, &sock), 0);
	zt_eq(znl_peers(nl, sock.id, &peer, 1), 1);
	zt_eq(peer.socket, sock.id);
	return peer;
}
