// SPDX-License-Identifier: GPL-2.0-only
/*
 * Show sockets to people: a table, and below each socket its endpoints, peers
 * and troubles.
 */
#include <inttypes.h>
#include <linux/zmq_netlink.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "print.h"
#include "text.h"

/* Longest cell of the table; a comm of 15 bytes may have all of them escaped. */
#define ZSS_CELL_MAX	64
/* An endpoint of 511 bytes, all of them escaped. */
#define ZSS_LINE_MAX	2200
/* Widest column of addresses. */
#define ZSS_PLACE_WIDTH	40

/* Columns of the table. */
enum {
	ZSS_ID,
	ZSS_TYPE,
	ZSS_STATE,
	ZSS_USER,
	ZSS_PID,
	ZSS_COMM,
	ZSS_QUEUED,
	ZSS_RECEIVED,
	ZSS_SENT,
	ZSS_DROPS,
	ZSS_COLUMNS
};

static const char *const titles[ZSS_COLUMNS] = {
	"ID", "TYPE", "STATE", "USER", "PID", "COMMAND", "QUEUED", "RECEIVED", "SENT", "DROPPED",
};

const char *zss_user(uint32_t uid, bool numeric, char *buf)
{
	struct passwd *pw = numeric ? NULL : getpwuid(uid);

	if (pw)
		zss_text_escape(buf, ZSS_USER_MAX, pw->pw_name, strlen(pw->pw_name));
	else
		snprintf(buf, ZSS_USER_MAX, "%u", uid);
	return buf;
}

/* Messages, and how large they are together. */
static void zss_cell_amount(char *cell, uint64_t msgs, uint64_t bytes)
{
	char size[ZSS_SIZE_MAX];

	if (msgs)
		snprintf(cell, ZSS_CELL_MAX, "%" PRIu64 " (%s)", msgs, zss_text_size(size, bytes));
	else
		strcpy(cell, "0");
}

static void zss_row(const struct zss_socket *s, const struct zss_style *style,
		    char cells[ZSS_COLUMNS][ZSS_CELL_MAX])
{
	char name[ZSS_NAME_MAX], user[ZSS_USER_MAX];

	sprintf(cells[ZSS_ID], "%" PRIu64, s->id);
	strcpy(cells[ZSS_TYPE], zss_name(&zss_types, s->type, name));
	strcpy(cells[ZSS_STATE], zss_name(&zss_socket_states, s->state, name));
	strcpy(cells[ZSS_USER], zss_user(s->uid, style->numeric, user));
	/* A process that can't be seen has no number; one that has ended, a mark. */
	if (s->pid)
		sprintf(cells[ZSS_PID], "%u%s", s->pid, s->gone ? "+" : "");
	else
		strcpy(cells[ZSS_PID], "-");
	zss_text_escape(cells[ZSS_COMM], ZSS_CELL_MAX, s->comm ? s->comm : "",
			s->comm ? strlen(s->comm) : 0);
	sprintf(cells[ZSS_QUEUED], "%" PRIu64 "/%" PRIu64, s->queued_in, s->queued_out);
	zss_cell_amount(cells[ZSS_RECEIVED], s->msgs_in, s->bytes_in);
	zss_cell_amount(cells[ZSS_SENT], s->msgs_out, s->bytes_out);
	sprintf(cells[ZSS_DROPS], "%" PRIu64, s->drops);
}

static void zss_widen(int widths[ZSS_COLUMNS], const char *const cells[ZSS_COLUMNS])
{
	int i;

	for (i = 0; i < ZSS_COLUMNS; i++)
		if ((int)strlen(cells[i]) > widths[i])
			widths[i] = strlen(cells[i]);
}

static void zss_print_row(const int widths[ZSS_COLUMNS], const char *const cells[ZSS_COLUMNS])
{
	int i;

	for (i = 0; i < ZSS_COLUMNS - 1; i++)
		printf("%-*s  ", widths[i], cells[i]);
	printf("%s\n", cells[i]);
}

static void zss_pointers(char cells[ZSS_COLUMNS][ZSS_CELL_MAX], const char *p[ZSS_COLUMNS])
{
	int i;

	for (i = 0; i < ZSS_COLUMNS; i++)
		p[i] = cells[i];
}

static void zss_print_text_of(const char *text)
{
	char buf[ZSS_LINE_MAX];

	fputs(zss_text_escape(buf, sizeof(buf), text, strlen(text)), stdout);
}

/* Where a peer is: for what connects, the endpoint that it was given. */
static const char *zss_peer_place(const struct zss_peer *p)
{
	return p->endpoint ? p->endpoint : p->remote ? p->remote : "-";
}

static const char *zss_peer_arrow(const struct zss_peer *p)
{
	return p->endpoint ? "->" : p->listener ? "<-" : "  ";
}

static void zss_print_queue(const char *name, const struct zss_queue *q)
{
	char size[ZSS_SIZE_MAX];

	printf("  %s %" PRIu64 "/", name, q->depth);
	if (q->hwm)
		printf("%u", q->hwm);
	else
		printf("inf");
	if (q->bytes)
		printf(" %s", zss_text_size(size, q->bytes));
}

static void zss_print_flags(const struct zss_peer *p)
{
	uint32_t flags = p->flags, bit;
	char name[ZSS_NAME_MAX];

	for (bit = 1; bit && flags; bit <<= 1) {
		if (flags & bit)
			printf("  %s", zss_bit_name(&zss_peer_flags, bit, name));
		flags &= ~bit;
	}
}

static void zss_print_trouble(const struct zss_peer *p)
{
	bool ready = p->state == ZMQ_PEER_STATE_READY;

	if (p->state == ZMQ_PEER_STATE_WAITING && p->limited)
		printf("  next attempt in %u ms", p->ms_left);
	else if (p->limited)
		printf("  %u ms left", p->ms_left);
	if (!ready && p->attempts)
		printf("  attempt %u", p->attempts);
	if (p->endpoint && p->connects > 1)
		printf("  reconnected %u times", p->connects - 1);
	if (p->error) {
		printf(ready ? "  before: " : ": ");
		zss_print_text_of(p->error);
	}
}

static void zss_print_peer(const struct zss_peer *p, int width)
{
	char name[ZSS_NAME_MAX], id[ZSS_ESCAPED(255)], place[ZSS_LINE_MAX];

	zss_text_escape(place, sizeof(place), zss_peer_place(p), strlen(zss_peer_place(p)));
	printf("    %s %-*s  %-10s", zss_peer_arrow(p), width, place,
	       zss_name(&zss_peer_states, p->state, name));
	if (p->to)
		printf("  socket %" PRIu64, p->to);
	if (p->type) {
		printf("  ");
		zss_print_text_of(p->type);
	}
	if (p->routing_id.len)
		printf("  \"%s\"", zss_text_escape(id, sizeof(id), p->routing_id.p,
						   p->routing_id.len));
	if (p->queues) {
		zss_print_queue("in", &p->in);
		zss_print_queue("out", &p->out);
	}
	zss_print_flags(p);
	zss_print_trouble(p);
	putchar('\n');
}

/* So that states stand below each other, but for a few long addresses. */
static int zss_peer_width(const struct zss_socket *s)
{
	size_t i, width = 0;

	for (i = 0; i < s->peers.count; i++) {
		size_t n = strlen(zss_peer_place(zss_peer_at(s, i)));

		if (n > width && n <= ZSS_PLACE_WIDTH)
			width = n;
	}
	return width;
}

static void zss_print_details(const struct zss_socket *s)
{
	int width = zss_peer_width(s);
	size_t i;

	for (i = 0; i < s->endpoints.count; i++) {
		if (zss_endpoint_at(s, i)->kind != ZMQ_ENDPOINT_KIND_BIND)
			continue;
		printf("    == ");
		zss_print_text_of(zss_endpoint_at(s, i)->uri);
		putchar('\n');
	}
	for (i = 0; i < s->peers.count; i++)
		zss_print_peer(zss_peer_at(s, i), width);
	for (i = 0; i < s->dropped.count; i++) {
		printf("     ! %" PRIu64 " dropped: ", zss_drop_at(s, i)->count);
		zss_print_text_of(zss_drop_at(s, i)->text);
		putchar('\n');
	}
	if (s->error && strcmp(s->error, "no error")) {
		printf("     ! last error: ");
		zss_print_text_of(s->error);
		putchar('\n');
	}
}

void zss_print_text(const struct zss_model *m, const struct zss_filter *f,
		    const struct zss_style *style)
{
	char cells[ZSS_COLUMNS][ZSS_CELL_MAX];
	const char *row[ZSS_COLUMNS];
	int widths[ZSS_COLUMNS] = {};
	size_t i;

	zss_pointers(cells, row);
	if (!style->headless)
		zss_widen(widths, titles);
	for (i = 0; i < m->sockets.count; i++) {
		if (!zss_filter_socket(f, zss_socket_at(m, i)))
			continue;
		zss_row(zss_socket_at(m, i), style, cells);
		zss_widen(widths, row);
	}
	if (!style->headless)
		zss_print_row(widths, titles);
	for (i = 0; i < m->sockets.count; i++) {
		if (!zss_filter_socket(f, zss_socket_at(m, i)))
			continue;
		zss_row(zss_socket_at(m, i), style, cells);
		zss_print_row(widths, row);
		if (!style->brief)
			zss_print_details(zss_socket_at(m, i));
	}
}
