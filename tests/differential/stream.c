// SPDX-License-Identifier: GPL-2.0-only
/* STREAM: tcp without ZMTP, with an id for each connection: API 1.9. */
#include <unistd.h>

#include "../system/wire.h"
#include "diff.h"

#define ID 5

/**
 * struct couple - a STREAM that has accepted a plain connection
 * @s: the STREAM
 * @fd: the other end
 * @id: its id, read from the notice of the connection
 * @have: bytes in @rest
 * @rest: what chunks had more than gather() was asked for
 */
struct couple {
	void *s;
	int fd;
	char id[ID];
	size_t have;
	char rest[65536];
};

/* The notice is read: [id][]. */
static void accept_one(struct couple *c)
{
	c->s = zd_socket(ZMQ_STREAM);
	c->fd = wire_connect(zd_port(zd_bind(c->s)));
	zt_eq(zmq_recv(c->s, c->id, ID, 0), ID);
	zt_eq(zmq_recv(c->s, NULL, 0, 0), 0);
	zt_eq(za_get(c->s, ZMQ_RCVMORE), 0);
}

static int send_to(const void *id, void *s, const char *text, int flags)
{
	zt_eq(zmq_send(s, id, ID, ZMQ_SNDMORE), ID);
	return zmq_send(s, text, strlen(text), flags);
}

/* Reads [id][chunk] until there are @len bytes; ids must be that of @c. */
static void gather(struct couple *c, void *bytes, size_t len)
{
	zmq_msg_t msg;
	char id[ID];

	zt_ok(zmq_msg_init(&msg));
	while (c->have < len) {
		zt_eq(zmq_recv(c->s, id, ID, 0), ID);
		zt_check(!memcmp(id, c->id, ID));
		zt_check(zmq_msg_recv(&msg, c->s, 0) > 0 && !zmq_msg_more(&msg));
		zt_check(c->have + zmq_msg_size(&msg) <= sizeof(c->rest));
		memcpy(c->rest + c->have, zmq_msg_data(&msg), zmq_msg_size(&msg));
		c->have += zmq_msg_size(&msg);
	}
	zmq_msg_close(&msg);
	memcpy(bytes, c->rest, len);
	c->have -= len;
	memmove(c->rest, c->rest + len, c->have);
}

static void notices(void)
{
	void *s = zd_socket(ZMQ_STREAM);
	int fd = wire_connect(zd_port(zd_bind(s)));

	say_recv(s);
	wire_send(fd, "abc", 3);
	say_recv(s);
	close(fd);
	say_recv(s);
	say_none(s);
}

static void no_notices(void)
{
	void *s = zd_socket(ZMQ_STREAM);
	int fd;

	say_set(s, "0", ZMQ_STREAM_NOTIFY, 0);
	fd = wire_connect(zd_port(zd_bind(s)));
	say_none(s);
	wire_send(fd, "abc", 3);
	say_recv(s);
	close(fd);
	say_none(s);
}

static void notify_option(void)
{
	void *s = zd_socket(ZMQ_STREAM);

	say_set(s, "0", ZMQ_STREAM_NOTIFY, 0);
	say_set(s, "1", ZMQ_STREAM_NOTIFY, 1);
	say_set(s, "2", ZMQ_STREAM_NOTIFY, 2);
	say_set(s, "-1", ZMQ_STREAM_NOTIFY, -1);
	say_get(s, "get", ZMQ_STREAM_NOTIFY);
	say_set(zd_socket(ZMQ_ROUTER), "router", ZMQ_STREAM_NOTIFY, 1);
	say_set(zd_socket(ZMQ_DEALER), "dealer", ZMQ_STREAM_NOTIFY, 1);
}

static void both_ways(void)
{
	struct couple c;
	char bytes[16];

	accept_one(&c);
	say("%s", zd_frame(c.id, ID));
	say_rc("send", send_to(c.id, c.s, "hello", 0));
	wire_recv(c.fd, bytes, 5);
	say("%s", zd_frame(bytes, 5));
	wire_send(c.fd, "hi", 2);
	say_recv(c.s);
	say_events(c.s);
}

/* SNDMORE on the data means nothing: the next frame is an id again. */
static void data_with_more(void)
{
	struct couple c;
	char bytes[8];

	accept_one(&c);
	say_rc("send", send_to(c.id, c.s, "ab", ZMQ_SNDMORE));
	say_rc("send", send_to(c.id, c.s, "cd", 0));
	wire_recv(c.fd, bytes, 4);
	say("%s", zd_frame(bytes, 4));
}

/* Nobody's id, and what follows a first part that is alone is its data. */
static void unknown_id(void)
{
	struct couple c;

	accept_one(&c);
	say_send(c.s, "id", "xxxxx", ZMQ_SNDMORE);
	say_send(c.s, "id", "", ZMQ_SNDMORE);
	say_rc("send", send_to(c.id, c.s, "x", 0));
	say_send(c.s, "lone", "xxxxx", 0);
	say_send(c.s, "data", "y", 0);
	say_rc("lone", zmq_send(c.s, c.id, ID, 0));
	say_send(c.s, "data", "y", 0);
	say_rc("send", send_to(c.id, c.s, "z", 0));
	wire_recv(c.fd, c.id, 2);
	say("%s", zd_frame(c.id, 2));
}

/* An empty data part closes; who did it gets no notice. */
static void close_by_empty(void)
{
	struct couple c;

	accept_one(&c);
	say_rc("empty", send_to(c.id, c.s, "", 0));
	zt_until((za_get(c.s, ZMQ_EVENTS), wire_closes(c.fd, 5)), 5000);
	say("closed");
	say_none(c.s);
	say_rc("id", zmq_send(c.s, c.id, ID, ZMQ_SNDMORE));
}

/* Data sent before is delivered before the end. */
static void close_after_data(void)
{
	struct couple c;
	char bytes[8];

	accept_one(&c);
	say_rc("send", send_to(c.id, c.s, "last", 0));
	wire_recv(c.fd, bytes, 4);
	say("%s", zd_frame(bytes, 4));
	say_rc("empty", send_to(c.id, c.s, "", 0));
	zt_until((za_get(c.s, ZMQ_EVENTS), wire_closes(c.fd, 5)), 5000);
	say("closed");
}

static void peer_closes(void)
{
	struct couple c;

	accept_one(&c);
	wire_send(c.fd, "bye", 3);
	close(c.fd);
	say_recv(c.s);
	say_recv(c.s);
	say_none(c.s);
	say_none(c.s);
	say_rc("id", zmq_send(c.s, c.id, ID, ZMQ_SNDMORE | ZMQ_DONTWAIT));
}

static void two_connections(void)
{
	struct couple c;
	char id[ID], bytes[8];
	int fd;

	accept_one(&c);
	fd = wire_connect(zd_port(zd_bind(c.s)));
	zt_eq(zmq_recv(c.s, id, ID, 0), ID);
	say_recv(c.s);
	say("%s", memcmp(id, c.id, ID) ? "other" : "same");
	say_rc("send", send_to(id, c.s, "two", 0));
	say_rc("send", send_to(c.id, c.s, "one", 0));
	wire_recv(fd, bytes, 3);
	say("%s", zd_frame(bytes, 3));
	wire_recv(c.fd, bytes, 3);
	say("%s", zd_frame(bytes, 3));
	wire_send(fd, "2", 1);
	zt_eq(zmq_recv(c.s, bytes, ID, 0), ID);
	say("%s", memcmp(bytes, id, ID) ? "other" : "same");
	say_recv(c.s);
}

/* A stream has no frames: chunks of up to 8192 bytes, all bytes in order. */
static void chunks(void)
{
	static char out[30000], in[30000];
	size_t have = 0;
	struct couple c;
	zmq_msg_t msg;
	bool small = true;

	accept_one(&c);
	zt_fill(out, sizeof(out), 1);
	wire_send(c.fd, out, sizeof(out));
	zt_ok(zmq_msg_init(&msg));
	while (have < sizeof(in)) {
		zt_eq(zmq_msg_recv(&msg, c.s, 0), ID);
		zt_ok(zmq_msg_recv(&msg, c.s, 0));
		small = small && zmq_msg_size(&msg) <= 8192;
		zt_check(have + zmq_msg_size(&msg) <= sizeof(in));
		memcpy(in + have, zmq_msg_data(&msg), zmq_msg_size(&msg));
		have += zmq_msg_size(&msg);
	}
	say("%s", small ? "small" : "large");
	say("%s", memcmp(in, out, sizeof(in)) ? "changed" : "same");
}

static void large_send(void)
{
	static char out[1000000], in[1000000];
	struct couple c;

	accept_one(&c);
	zt_fill(out, sizeof(out), 2);
	zt_eq(zmq_send(c.s, c.id, ID, ZMQ_SNDMORE), ID);
	say_rc("send", zmq_send(c.s, out, sizeof(out), 0));
	wire_recv(c.fd, in, sizeof(in));
	say("%s", memcmp(in, out, sizeof(in)) ? "changed" : "same");
}

/* The peer does not read: in the end its id is refused, never the data. */
static void full(void)
{
	static char out[65536];
	struct couple c;
	int n;

	accept_one(&c);
	za_set(c.s, ZMQ_SNDHWM, 1);
	do {
		for (n = 0; zmq_send(c.s, c.id, ID, ZMQ_SNDMORE | ZMQ_DONTWAIT) == ID; n++)
			zt_eq(zmq_send(c.s, out, sizeof(out), ZMQ_DONTWAIT), sizeof(out));
		zd_settle();
	} while (n);
	say_rc("id", zmq_send(c.s, c.id, ID, ZMQ_SNDMORE | ZMQ_DONTWAIT));
	say_events(c.s);
}

/* A connecting STREAM: the id is there at once, the notice when it is connected. */
static void connecting(void)
{
	const char *ep = zd_free_endpoint();
	int listener = wire_listen(zd_port(ep)), fd;
	void *s = zd_connect(ZMQ_STREAM, ep);
	char id[16], got[ID], bytes[8];
	size_t size = sizeof(id);

	say_rc("get", zmq_getsockopt(s, ZMQ_ROUTING_ID, id, &size));
	say("%zu%s", size, zd_frame(id, size));
	fd = wire_accept(listener);
	zt_eq(zmq_recv(s, got, ID, 0), ID);
	say("%s", memcmp(id, got, ID) ? "other" : "same");
	say_recv(s);
	say_rc("send", send_to(id, s, "hello", 0));
	wire_recv(fd, bytes, 5);
	say("%s", zd_frame(bytes, 5));
	wire_send(fd, "x", 1);
	say_recv(s);
}

/* With a name of our own for the connection. */
static void connect_routing_id(void)
{
	const char *ep = zd_free_endpoint();
	int listener = wire_listen(zd_port(ep)), fd;
	void *s = zd_socket(ZMQ_STREAM);
	char bytes[8];

	say_set_bytes(s, "set", ZMQ_CONNECT_ROUTING_ID, "conn1", 5);
	za_connect(s, ep);
	fd = wire_accept(listener);
	say_recv(s);
	zt_eq(zmq_send(s, "conn1", 5, ZMQ_SNDMORE), 5);
	say_send(s, "send", "hi", 0);
	wire_recv(fd, bytes, 2);
	say("%s", zd_frame(bytes, 2));
	wire_send(fd, "x", 1);
	say_recv(s);
}

static void stream_to_stream(void)
{
	void *server = zd_socket(ZMQ_STREAM), *client = zd_socket(ZMQ_STREAM);
	char id[ID], own[16];
	size_t size = sizeof(own);

	zd_link(server, client);
	zt_eq(zmq_recv(server, id, ID, 0), ID);
	say_recv(server);
	say_recv(client);
	zt_ok(zmq_getsockopt(client, ZMQ_ROUTING_ID, own, &size));
	say_rc("send", send_to(own, client, "ping", 0));
	say_recv(server);
	say_rc("send", send_to(id, server, "pong", 0));
	say_recv(client);
	say_rc("empty", send_to(id, server, "", 0));
	zt_until(za_get(server, ZMQ_EVENTS) && (za_get(client, ZMQ_EVENTS) & ZMQ_POLLIN), 5000);
	say_recv(client);
}

/* What a DEALER says first, byte by byte. */
static void dealer_greets(void)
{
	void *dealer = zd_socket(ZMQ_DEALER);
	unsigned char bytes[64];
	struct couple c = { .s = zd_socket(ZMQ_STREAM) };
	int i;

	za_connect(dealer, zd_bind(c.s));
	zt_eq(zmq_recv(c.s, c.id, ID, 0), ID);
	zt_eq(zmq_recv(c.s, bytes, sizeof(bytes), 0), 0);
	gather(&c, bytes, 10);
	for (i = 0; i < 10; i++)
		say("%02x", bytes[i]);
}

/* Options of other types, and where a STREAM can not go. */
static void limits(void)
{
	void *s = zd_socket(ZMQ_STREAM);

	say_set(s, "mandatory", ZMQ_ROUTER_MANDATORY, 1);
	say_set(s, "raw", ZMQ_ROUTER_RAW, 1);
	say_set(s, "handover", ZMQ_ROUTER_HANDOVER, 1);
	say_set(s, "probe", ZMQ_PROBE_ROUTER, 1);
	say_set_bytes(s, "subscribe", ZMQ_SUBSCRIBE, "", 0);
	say_set_bytes(s, "rid", ZMQ_CONNECT_ROUTING_ID, "", 0);
	say_get(s, "type", ZMQ_TYPE);
	say_events(s);
}

/* Greeting and READY of a DEALER, answered by hand: then its message comes. */
static void dealer_by_hand(void)
{
	void *dealer = zd_socket(ZMQ_DEALER);
	struct couple c = { .s = zd_socket(ZMQ_STREAM) };
	uint8_t greeting[WIRE_GREETING], ready[64] = { 4 }, bytes[256];
	size_t len = wire_ready(ready + 2, "DEALER");

	ready[1] = len;
	za_connect(dealer, zd_bind(c.s));
	zt_eq(zmq_recv(c.s, c.id, ID, 0), ID);
	zt_eq(zmq_recv(c.s, bytes, sizeof(bytes), 0), 0);
	wire_greeting(greeting);
	zt_eq(zmq_send(c.s, c.id, ID, ZMQ_SNDMORE), ID);
	zt_eq(zmq_send(c.s, greeting, sizeof(greeting), 0), sizeof(greeting));
	gather(&c, bytes, WIRE_GREETING);
	say("%02x%02x%02x%02x", bytes[0], bytes[9] & 1, bytes[10], bytes[11]);
	say("%s", (char *)bytes + 12);
	zt_eq(zmq_send(c.s, c.id, ID, ZMQ_SNDMORE), ID);
	zt_eq(zmq_send(c.s, ready, len + 2, 0), len + 2);
	gather(&c, bytes, 2);
	say("%02x%02x", bytes[0], bytes[1]);
	gather(&c, bytes, bytes[1]);
	say("%.5s %.11s %.6s %.8s", bytes + 1, bytes + 7, bytes + 22, bytes + 29);
	zd_put(dealer, "Hello", NULL);
	gather(&c, bytes, 7);
	say("%s", zd_frame(bytes, 7));
}

static const struct zd_behaviour behaviours[] = {
	{ "notices", "API 1.9, 9.4", notices,
	  "[id][] [id][abc] [id][] none",
	},
	{ "no_notices", "API 1.9", no_notices,
	  "0=ok none [id][abc] none",
	},
	{ "notify_option", "API 1.9", notify_option,
	  "0=ok 1=ok 2=EINVAL -1=EINVAL get=EINVAL router=EINVAL dealer=EINVAL",
	},
	{ "both_ways", "API 1.9", both_ways,
	  "[id] send=5 [hello] [id][hi] events=2",
	},
	{ "data_with_more", "API 1.9", data_with_more,
	  "send=2 send=2 [abcd]",
	},
	{ "unknown_id", "API 1.9", unknown_id,
	  "id=EHOSTUNREACH id=EHOSTUNREACH send=1 lone=5 data=1 lone=5 data=1 send=1 [xz]",
	},
	{ "close_by_empty", "API 1.9", close_by_empty,
	  "empty=ok closed none id=EHOSTUNREACH",
	},
	{ "close_after_data", "API 1.9, 9.4", close_after_data,
	  "send=4 [last] empty=ok closed",
	},
	{ "peer_closes", "API 1.9", peer_closes,
	  "[id][bye] [id][] none none id=EHOSTUNREACH",
	},
	{ "two_connections", "API 1.9", two_connections,
	  "[] other send=3 send=3 [two] [one] same [2]",
	},
	{ "chunks", "API 1.9, 9.4", chunks,
	  "small same",
	},
	{ "large_send", "API 1.9", large_send,
	  "send=1000000 same",
	},
	{ "connecting", "API 1.9", connecting,
	  "get=ok 5[id] same [] send=5 [hello] [id][x]",
	},
	{ "connect_routing_id", "API 1.9, 9.4", connect_routing_id,
	  "set=ok [conn1][] send=2 [hi] [conn1][x]",
	},
	{ "stream_to_stream", "API 1.9, 9.4", stream_to_stream,
	  "[] [id][] send=4 [id][ping] send=4 [id][pong] empty=ok [id][]",
	},
	{ "dealer_greets", "API 1.9, 9.4", dealer_greets,
	  "ff 00 00 00 00 00 00 00 01 7f",
	},
	{ "limits", "API 1.9", limits,
	  "mandatory=EINVAL raw=EINVAL handover=EINVAL probe=EINVAL subscribe=EINVAL rid=EINVAL type=11 events=2",
	},
	{ "dealer_by_hand", "API 1.9, 9.4", dealer_by_hand,
	  "ff010301 NULL 0429 READY Socket-Type DEALER Identity [\\x00\\x05Hello]",
	},
	{ "full", "API 1.9", full,
	  "id=EAGAIN events=2",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
