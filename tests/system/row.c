// SPDX-License-Identifier: GPL-2.0-only
/* Rows of a table: what a peer of bytes does, and what has to come of it. */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native.h"
#include "nsec.h"
#include "row.h"
#include "wire.h"

#define COUNTERS 128
#define CLOSED_MS ((int)zt_scaled(5000))
/* Nothing is to happen for so long: it would have by then, as a rule. */
#define STAYS_MS 60
#define EVENTS (ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | \
		ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | \
		ZMQ_EVENT_DISCONNECTED)

static const char *const mechanisms[] = {
	[ROW_NULL] = "NULL", [ROW_PLAIN] = "PLAIN", [ROW_CURVE] = "CURVE",
};

/**
 * struct counters - /proc/net/zmq_stat
 * @count: used of the rest
 * @name: of each counter
 * @value: of each
 */
struct counters {
	int count;
	char name[COUNTERS][64];
	long value[COUNTERS];
};

static void count(struct counters *c)
{
	FILE *f = fopen("/proc/net/zmq_stat", "re");

	zt_check(f);
	c->count = 0;
	while (c->count < COUNTERS &&
	       fscanf(f, "%63s %ld", c->name[c->count], &c->value[c->count]) == 2)
		c->count++;
	fclose(f);
	zt_check(c->count && c->count < COUNTERS);
}

/*
 * Just @name has risen, by one. The good peer of the row before may be gone late, and
 * what was for it dropped.
 */
static void counted(const struct row *row, const struct counters *before)
{
	struct counters now;
	int i;

	count(&now);
	zt_eq(now.count, before->count);
	for (i = 0; i < now.count; i++) {
		bool wanted = row->counter && !strcmp(now.name[i], row->counter);
		long rose = now.value[i] - before->value[i];

		if (!wanted && (!strcmp(now.name[i], "peer_closed") ||
				!strcmp(now.name[i], "connection_lost") ||
				!strcmp(now.name[i], "drop_unsent")))
			continue;
		if (rose != wanted)
			zt_fail("%s rose by %ld", now.name[i], rose);
	}
}

/**
 * struct stage - what a row plays on
 * @row: the row
 * @fd: our socket
 * @events: receives its events
 * @teller: sends them
 * @port: of our socket, or of the peer
 * @listener: the peer's, if our socket connects
 */
struct stage {
	const struct row *row;
	int fd;
	int events;
	int teller;
	int port;
	int listener;
};

static void watch(struct stage *st)
{
	struct zmq_monitor_req req = { .version = 1, .events = EVENTS };
	struct nz_pair pair;

	nz_pair(&pair, ZMQ_PAIR, ZMQ_PAIR);
	st->teller = pair.a;
	st->events = pair.b;
	req.fd = pair.a;
	zt_ok(setsockopt(st->fd, SOL_ZMQ, ZMQ_NATIVE_MONITOR, &req, sizeof(req)));
}

static void want_event(struct stage *st, uint32_t event, uint32_t value)
{
	struct __attribute__((packed)) {
		uint16_t event;
		uint32_t value;
	} head;
	char address[256];

	if (recv(st->events, &head, sizeof(head), 0) != sizeof(head))
		zt_fail("event %#x never came", event);
	zt_ok(recv(st->events, address, sizeof(address), 0));
	if (head.event != event || (event != ZMQ_EVENT_DISCONNECTED && head.value != value))
		zt_fail("event %#x, %#x instead of %#x, %#x", head.event, head.value, event, value);
}

static void secure_plain(const struct stage *st)
{
	if (st->row->connects) {
		zt_ok(nz_set_str(st->fd, ZMQ_PLAIN_USERNAME, "admin"));
		zt_ok(nz_set_str(st->fd, ZMQ_PLAIN_PASSWORD, "pw"));
	} else {
		zt_ok(nz_set(st->fd, ZMQ_PLAIN_SERVER, 1));
	}
}

static void secure(const struct stage *st)
{
	const struct row *row = st->row;

	if (row->domain)
		zt_ok(nz_set_str(st->fd, ZMQ_ZAP_DOMAIN, "global"));
	if (row->mechanism == ROW_PLAIN)
		secure_plain(st);
	else if (row->mechanism == ROW_CURVE && row->connects)
		nz_curve_client(st->fd);
	else if (row->mechanism == ROW_CURVE)
		nz_curve_server(st->fd);
}

static void open_stage(struct stage *st, const struct row *row)
{
	char ep[256];

	st->row = row;
	st->listener = -1;
	st->fd = nz_socket(row->type || row->pair ? row->type : ZMQ_PULL);
	if (row->handshake_ms)
		zt_ok(nz_set(st->fd, ZMQ_HANDSHAKE_IVL, zt_scaled(row->handshake_ms)));
	if (row->max)
		zt_ok(setsockopt(st->fd, SOL_ZMQ, ZMQ_MAXMSGSIZE, &row->max, sizeof(row->max)));
	zt_ok(nz_set(st->fd, ZMQ_RECONNECT_IVL, 10));
	zt_ok(nz_set(st->fd, ZMQ_RECONNECT_IVL_MAX, 20));
	secure(st);
	watch(st);
	if (row->connects) {
		st->port = zt_port();
		st->listener = wire_listen(st->port);
		snprintf(ep, sizeof(ep), "tcp://127.0.0.1:%d", st->port);
		zt_ok(nz_connect(st->fd, ep));
	} else {
		nz_bind_any(st->fd, ep);
		st->port = nz_port_of(ep);
	}
}

static void close_stage(struct stage *st)
{
	close(st->fd);
	close(st->teller);
	close(st->events);
	if (st->listener >= 0)
		close(st->listener);
}

static int meet(const struct stage *st)
{
	return st->listener < 0 ? wire_connect(st->port) : wire_accept(st->listener);
}

static void greet(const struct row *row, int peer)
{
	uint8_t ours[WIRE_GREETING], theirs[WIRE_GREETING];
	const char *name = mechanisms[row->mechanism];

	wire_greeting(ours);
	memcpy(ours + 12, name, strlen(name) + 1);
	wire_send(peer, ours, sizeof(ours));
	wire_recv(peer, theirs, sizeof(theirs));
	zt_check(!memcmp(theirs + 12, ours + 12, 20));
}

static void read_frame(int peer, const char *bytes, size_t len)
{
	uint8_t body[1024];
	int flags;
	size_t n = wire_read_frame(peer, &flags, body, sizeof(body));

	if (n < len || memcmp(body, bytes, len))
		zt_fail("a frame of %zu bytes does not begin with %.*s", n, (int)len, bytes);
}

/* What the peer does, in order; false if it has closed. */
static bool play(const struct stage *st, int peer)
{
	const struct row_step *s;
	uint8_t bytes[64];

	for (s = st->row->step; s->what != ROW_END; s++) {
		switch (s->what) {
		case ROW_RAW:
			wire_try_send(peer, s->bytes, s->len);
			break;
		case ROW_GREET:
			greet(st->row, peer);
			break;
		case ROW_FRAME:
			wire_frame(peer, s->flags, s->bytes, s->len);
			break;
		case ROW_LONG:
			wire_frame_long(peer, s->flags, s->announced, s->bytes, s->len);
			break;
		case ROW_TAKE:
			zt_check(s->announced <= sizeof(bytes));
			wire_recv(peer, bytes, s->announced);
			break;
		case ROW_ASK:
			nz_put(st->fd, s->bytes, 0);
			break;
		case ROW_ACT:
			s->act(peer, s->flags);
			break;
		case ROW_READ:
			read_frame(peer, s->bytes, s->len);
			break;
		case ROW_CLOSE:
			close(peer);
			return false;
		case ROW_RESET:
			wire_reset(peer);
			return false;
		case ROW_END:
			break;
		}
	}
	return true;
}

/* In PLAIN the peer that accepts is the server. */
static void good_plain(const struct row *row, int peer)
{
	greet(row, peer);
	if (row->connects) {
		read_frame(peer, "\5HELLO\5admin\2pw", 15);
		wire_frame(peer, WIRE_COMMAND, "\7WELCOME", 8);
		read_frame(peer, "\10INITIATE", 9);
		wire_frame(peer, WIRE_COMMAND, "\5READY", 6);
	} else {
		wire_frame(peer, WIRE_COMMAND, "\5HELLO\5admin\2pw", 15);
		read_frame(peer, "\7WELCOME", 8);
		wire_frame(peer, WIRE_COMMAND, "\10INITIATE", 9);
		read_frame(peer, "\5READY", 6);
	}
}

static void good_null(const struct row *row, int peer)
{
	greet(row, peer);
	wire_frame(peer, WIRE_COMMAND, "\5READY", 6);
	wire_want_ready(peer);
}

/* A peer of CURVE has to be a socket. */
static void good_curve(struct stage *st)
{
	int peer = nz_socket(ZMQ_PUSH);
	char ep[64];

	snprintf(ep, sizeof(ep), "tcp://127.0.0.1:%d", st->port);
	if (st->row->connects) {
		close(st->listener);
		st->listener = -1;
		nz_curve_server(peer);
		zt_ok(nz_bind(peer, ep));
	} else {
		nz_curve_client(peer);
		zt_ok(nz_connect(peer, ep));
	}
	nz_put(peer, "good", 0);
	nz_want(st->fd, "good", 0);
	close(peer);
}

/* The socket lives on: another peer gets through. */
static void good_peer(struct stage *st)
{
	int peer;

	if (st->row->mechanism == ROW_CURVE) {
		good_curve(st);
		return;
	}
	peer = meet(st);
	if (st->row->mechanism == ROW_PLAIN)
		good_plain(st->row, peer);
	else
		good_null(st->row, peer);
	if (!st->row->type && !st->row->pair) {
		wire_frame(peer, 0, "good", 4);
		nz_want(st->fd, "good", 0);
	}
	close(peer);
}

static void alive(int peer)
{
	wire_frame(peer, WIRE_COMMAND, "\4PING\0\0row", 10);
	read_frame(peer, "\4PONGrow", 8);
}

static void judge(struct stage *st, int peer)
{
	const struct row *row = st->row;

	if (row->delivers)
		nz_want(st->fd, row->delivers, 0);
	if (row->ready)
		want_event(st, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, 0);
	switch (row->fate) {
	case ROW_ENDS:
		wire_closed(peer, CLOSED_MS);
		break;
	case ROW_LIVES:
		alive(peer);
		break;
	case ROW_STAYS:
		wire_silent(peer, STAYS_MS);
		break;
	case ROW_GONE:
		break;
	}
	if (row->event)
		want_event(st, row->event, row->value);
	if (row->fate == ROW_ENDS || row->fate == ROW_GONE)
		want_event(st, ZMQ_EVENT_DISCONNECTED, 0);
	/* One failure is one event. */
	zt_check(!nz_poll(st->events, POLLIN, 0));
}

static void run(const struct row *row)
{
	struct counters before;
	int first = -1, peer;
	struct stage st;

	printf("# %s\n", row->name);
	open_stage(&st, row);
	if (row->twice) {
		first = meet(&st);
		play(&st, first);
		if (row->ready)
			want_event(&st, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, 0);
	}
	count(&before);
	peer = meet(&st);
	if (!play(&st, peer))
		peer = -1;
	judge(&st, peer);
	counted(row, &before);
	if (first >= 0)
		close(first);
	if (peer >= 0 && row->fate != ROW_ENDS)
		close(peer);
	if (!row->pair)
		good_peer(&st);
	close_stage(&st);
}

void row_run(const struct row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		run(&rows[i]);
}
