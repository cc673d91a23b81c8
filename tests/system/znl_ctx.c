// SPDX-License-Identifier: GPL-2.0-only
/* Contexts and inproc names of AF_ZMQ by netlink. */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/socket.h>

#include "znl_ctx.h"

/* Notes that came while something else was asked. */
#define KEPT 16

/**
 * struct answer - what becomes of the messages of an answer
 * @rows: where to put them
 * @size: of a row
 * @max: how many there is room for
 * @count: how many there were
 * @decode: fills a row
 */
struct answer {
	void *rows;
	size_t size;
	int max;
	int count;
	void (*decode)(const struct nlattr **a, void *row);
};

static void one_row(const struct nlattr **a, void *arg)
{
	struct answer *answer = arg;
	int i = answer->count++;

	if (i < answer->max)
		answer->decode(a, (char *)answer->rows + i * answer->size);
}

static int32_t s32(const struct nlattr *a)
{
	return znl_u32(a);
}

static void decode_ctx(const struct nlattr **a, void *p)
{
	struct znl_ctx *row = p;

	memset(row, 0, sizeof(*row));
	row->id = znl_u32(a[ZMQ_A_CTX_ID]);
	if (a[ZMQ_A_CTX_NAME])
		znl_text(a[ZMQ_A_CTX_NAME], row->name, sizeof(row->name));
	row->io_threads = s32(a[ZMQ_A_CTX_IO_THREADS]);
	row->max_sockets = s32(a[ZMQ_A_CTX_MAX_SOCKETS]);
	row->max_msgsz = s32(a[ZMQ_A_CTX_MAX_MSGSZ]);
	row->sched_policy = s32(a[ZMQ_A_CTX_SCHED_POLICY]);
	row->priority = s32(a[ZMQ_A_CTX_PRIORITY]);
	row->ipv6 = s32(a[ZMQ_A_CTX_IPV6]);
	row->blocky = s32(a[ZMQ_A_CTX_BLOCKY]);
	row->uid = znl_u32(a[ZMQ_A_CTX_UID]);
	row->pid = znl_u32(a[ZMQ_A_CTX_PID]);
	row->open = znl_u32(a[ZMQ_A_CTX_OPEN]);
	row->alive = znl_u32(a[ZMQ_A_CTX_ALIVE]);
	row->terminated = a[ZMQ_A_CTX_TERMINATED];
}

static void decode_name(const struct nlattr **a, void *p)
{
	struct znl_name *row = p;

	memset(row, 0, sizeof(*row));
	row->ctx = znl_u32(a[ZMQ_A_NAME_CTX]);
	znl_text(a[ZMQ_A_NAME_ENDPOINT], row->endpoint, sizeof(row->endpoint));
	row->socket = znl_u64(a[ZMQ_A_NAME_SOCKET_ID]);
	row->bound = a[ZMQ_A_NAME_BOUND];
}

static void add_u32(struct znl_msg *msg, int type, uint32_t n)
{
	znl_add(msg, type, &n, sizeof(n));
}

static void add_text(struct znl_msg *msg, int type, const char *text)
{
	znl_add(msg, type, text, strlen(text) + 1);
}

/* A request that one row answers, or none when @row is NULL. */
static int ask_ctx(int nl, const struct znl_msg *msg, struct znl_ctx *row)
{
	struct answer rows = { row, sizeof(*row), !!row, 0, decode_ctx };
	struct znl_answer a = znl_ask(nl, msg, one_row, &rows);

	if (a.err)
		zt_check(!rows.count);
	else
		zt_eq(rows.count, 1);
	return a.err;
}

int znl_ctx_new(int nl, const char *name, struct znl_ctx *row)
{
	struct znl_msg msg;

	znl_request(&msg, nl, ZMQ_CMD_CTX_NEW, NLM_F_ACK);
	if (name)
		add_text(&msg, ZMQ_A_CTX_NAME, name);
	return ask_ctx(nl, &msg, row);
}

int znl_ctx_get(int nl, uint32_t id, struct znl_ctx *row)
{
	struct znl_msg msg;

	znl_request(&msg, nl, ZMQ_CMD_CTX_GET, NLM_F_ACK);
	add_u32(&msg, ZMQ_A_CTX_ID, id);
	return ask_ctx(nl, &msg, row);
}

int znl_ctx_find(int nl, const char *name, struct znl_ctx *row)
{
	struct znl_msg msg;

	znl_request(&msg, nl, ZMQ_CMD_CTX_GET, NLM_F_ACK);
	add_text(&msg, ZMQ_A_CTX_NAME, name);
	return ask_ctx(nl, &msg, row);
}

int znl_ctx_set(int nl, uint32_t id, int attr, int value)
{
	struct znl_msg msg;

	znl_request(&msg, nl, ZMQ_CMD_CTX_SET, NLM_F_ACK);
	add_u32(&msg, ZMQ_A_CTX_ID, id);
	add_u32(&msg, attr, value);
	return znl_ask(nl, &msg, NULL, NULL).err;
}

int znl_ctx_shutdown(int nl, uint32_t id)
{
	struct znl_msg msg;

	znl_request(&msg, nl, ZMQ_CMD_CTX_SHUTDOWN, NLM_F_ACK);
	add_u32(&msg, ZMQ_A_CTX_ID, id);
	return znl_ask(nl, &msg, NULL, NULL).err;
}

int znl_ctxs(int nl, struct znl_ctx *rows, int max)
{
	struct answer answer = { rows, sizeof(*rows), max, 0, decode_ctx };
	struct znl_msg msg;

	znl_request(&msg, nl, ZMQ_CMD_CTX_GET, NLM_F_DUMP);
	zt_eq(znl_ask(nl, &msg, one_row, &answer).err, 0);
	return answer.count;
}

static int name_do(int nl, int cmd, int fd, const char *endpoint)
{
	struct znl_msg msg;

	znl_request(&msg, nl, cmd, NLM_F_ACK);
	add_text(&msg, ZMQ_A_NAME_ENDPOINT, endpoint);
	add_u32(&msg, ZMQ_A_NAME_FD, fd);
	return znl_ask(nl, &msg, NULL, NULL).err;
}

int znl_name_new(int nl, int fd, const char *endpoint)
{
	return name_do(nl, ZMQ_CMD_NAME_NEW, fd, endpoint);
}

int znl_name_del(int nl, int fd, const char *endpoint)
{
	return name_do(nl, ZMQ_CMD_NAME_DEL, fd, endpoint);
}

int znl_name_get(int nl, uint32_t ctx, const char *endpoint, struct znl_name *row)
{
	struct answer rows = { row, sizeof(*row), !!row, 0, decode_name };
	struct znl_answer a;
	struct znl_msg msg;

	znl_request(&msg, nl, ZMQ_CMD_NAME_GET, NLM_F_ACK);
	add_u32(&msg, ZMQ_A_NAME_CTX, ctx);
	add_text(&msg, ZMQ_A_NAME_ENDPOINT, endpoint);
	a = znl_ask(nl, &msg, one_row, &rows);
	zt_eq(rows.count, !a.err);
	return a.err;
}

int znl_names(int nl, uint32_t ctx, struct znl_name *rows, int max)
{
	struct answer answer = { rows, sizeof(*rows), max, 0, decode_name };
	struct znl_msg msg;

	znl_request(&msg, nl, ZMQ_CMD_NAME_GET, NLM_F_DUMP);
	if (ctx)
		add_u32(&msg, ZMQ_A_NAME_CTX, ctx);
	zt_eq(znl_ask(nl, &msg, one_row, &answer).err, 0);
	return answer.count;
}

static struct znl_note kept[KEPT];
static int kept_by[KEPT];
static int kept_count;

/* One message within @ms, decoded; the errno of one that ends an answer is in *@err. */
static bool read_one(int nl, struct znl_note *note, int *err, int ms)
{
	const struct nlattr *attrs[ZNL_ATTRS];
	struct pollfd pfd = { .fd = nl, .events = POLLIN };
	struct znl_msg msg;
	ssize_t n;
	int e;

	if (!poll(&pfd, 1, ms))
		return false;
	n = recv(nl, &msg, sizeof(msg), 0);
	zt_check(n >= (ssize_t)NLMSG_LENGTH(GENL_HDRLEN) && n == (ssize_t)msg.nl.nlmsg_len);
	memset(note, 0, sizeof(*note));
	note->seq = msg.nl.nlmsg_seq;
	if (msg.nl.nlmsg_type == NLMSG_ERROR) {
		memcpy(&e, (const char *)&msg + NLMSG_HDRLEN, sizeof(e));
		*err = -e;
		return true;
	}
	note->cmd = msg.genl.cmd;
	znl_sort(msg.data, n - NLMSG_LENGTH(GENL_HDRLEN), attrs, ZNL_ATTRS);
	if (note->cmd == ZMQ_CMD_CTX_NTF) {
		note->ctx = znl_u32(attrs[ZMQ_A_CTX_ID]);
	} else {
		zt_eq(note->cmd, ZMQ_CMD_NAME_NTF);
		decode_name(attrs, &note->name);
	}
	return true;
}

/* A request whose notes may come before its end. */
static int ask_notes(int nl, struct znl_msg *msg, uint32_t seq)
{
	struct znl_note note;
	int err = 0;

	msg->nl.nlmsg_seq = seq;
	znl_send(nl, msg);
	for (;;) {
		zt_check(read_one(nl, &note, &err, zt_scaled(10000)));
		if (!note.cmd)
			break;
		zt_check(kept_count < KEPT);
		kept_by[kept_count] = nl;
		kept[kept_count++] = note;
	}
	zt_eq(note.seq, seq);
	return err;
}

int znl_ctx_term(int nl, uint32_t id, uint32_t seq)
{
	struct znl_msg msg;

	znl_request(&msg, nl, ZMQ_CMD_CTX_TERM, NLM_F_ACK);
	add_u32(&msg, ZMQ_A_CTX_ID, id);
	return ask_notes(nl, &msg, seq);
}

int znl_name_watch(int nl, uint32_t ctx, uint32_t seq)
{
	struct znl_msg msg;

	znl_request(&msg, nl, ZMQ_CMD_NAME_WATCH, NLM_F_ACK);
	add_u32(&msg, ZMQ_A_NAME_CTX, ctx);
	return ask_notes(nl, &msg, seq);
}

bool znl_note(int nl, struct znl_note *note, int ms)
{
	int err = 0, i;

	for (i = 0; i < kept_count; i++) {
		if (kept_by[i] != nl)
			continue;
		*note = kept[i];
		kept_count--;
		memmove(kept + i, kept + i + 1, (kept_count - i) * sizeof(*kept));
		memmove(kept_by + i, kept_by + i + 1, (kept_count - i) * sizeof(*kept_by));
		return true;
	}
	if (!read_one(nl, note, &err, ms))
		return false;
	zt_check(note->cmd);
	return true;
}

void znl_ctx_ended(int nl, uint32_t id, uint32_t seq, int ms)
{
	struct znl_note note;

	if (!znl_note(nl, &note, ms))
		zt_fail("context %u has not ended within %d ms", id, ms);
	zt_eq(note.cmd, ZMQ_CMD_CTX_NTF);
	zt_eq(note.ctx, id);
	zt_eq(note.seq, seq);
}
