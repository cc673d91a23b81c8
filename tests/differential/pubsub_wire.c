// SPDX-License-Identifier: GPL-2.0-only
/* Publishers and subscribers made of bytes: API 1.10, 1.11. */
#include "../system/wire.h"
#include "diff.h"

/* A peer made of bytes, which sends what nobody has asked for. */
static void unasked(void *s, const char *type)
{
	int fd = wire_connect(zd_port(zd_bind(s)));

	wire_handshake(fd, type);
	wire_frame(fd, 0, "B1", 2);
	wire_frame(fd, WIRE_MORE, "B2", 2);
	wire_frame(fd, 0, "A", 1);
	wire_frame(fd, WIRE_MORE, "A1", 2);
	wire_frame(fd, 0, "B", 1);
	wire_frame(fd, 0, "", 0);
	wire_frame(fd, 0, "A2", 2);
}

static void sub_filters(void)
{
	void *sub = zd_socket(ZMQ_SUB);

	zd_set_text(sub, ZMQ_SUBSCRIBE, "A");
	unasked(sub, "PUB");
	say_recv_many(sub, 2);
	say_none(sub);
}

static void xsub_does_not_filter(void)
{
	void *xsub = zd_socket(ZMQ_XSUB);

	zd_put(xsub, "\1A", NULL);
	unasked(xsub, "XPUB");
	say_recv_many(xsub, 5);
	say_none(xsub);
}

/* Longer ones, as messages by hand: a SUB of libzmq 4.3.4 spoils its commands. */
static void longer_topics(void)
{
	static const size_t sizes[] = { 246, 253, 254, 255, 256, 1000, 4000 };
	static char topic[4001], got[4001];
	void *xpub = zd_socket(ZMQ_XPUB);
	int fd = wire_connect(zd_port(zd_bind(xpub))), flags;
	size_t i;

	memset(topic, 't', sizeof(topic));
	wire_handshake(fd, "SUB");
	for (i = 0; i < ZT_ARRAY(sizes); i++) {
		topic[0] = 1;
		wire_frame(fd, 0, topic, sizes[i] + 1);
		say("%d", zmq_recv(xpub, got, sizeof(got), 0));
		zt_check(!memcmp(got, topic, sizes[i] + 1));
		zt_eq(zmq_send(xpub, topic + 1, sizes[i], 0), (int)sizes[i]);
		say("%zu", wire_read_frame(fd, &flags, got, sizeof(got)));
		topic[0] = 0;
		wire_frame(fd, 0, topic, sizes[i] + 1);
		say("%d", zmq_recv(xpub, got, sizeof(got), 0));
		zt_check(!memcmp(got, topic, sizes[i] + 1));
	}
}

/* Longer than any: refused at our own SUB, and not counted when a peer says it. */
static void topic_limit(void)
{
	static char topic[4002], got[4002];
	void *sub = zd_socket(ZMQ_SUB), *xpub = zd_socket(ZMQ_XPUB);
	int fd = wire_connect(zd_port(zd_bind(xpub)));

	memset(topic, 't', sizeof(topic));
	say_set_bytes(sub, "4000", ZMQ_SUBSCRIBE, topic, 4000);
	say_set_bytes(sub, "4001", ZMQ_SUBSCRIBE, topic, 4001);
	wire_handshake(fd, "SUB");
	topic[0] = 1;
	wire_frame(fd, 0, topic, 4002);
	wire_frame(fd, 0, "\1A", 2);
	say("%d", zmq_recv(xpub, got, sizeof(got), 0));
	say_none(xpub);
}

/* Subscriptions by hand, on one connection: as message and as command. */
static void mock_subscriber(void)
{
	void *xpub = zd_socket(ZMQ_XPUB);
	int port = zd_port(zd_bind(xpub)), fd = wire_connect(port), flags;
	char body[8];

	wire_handshake(fd, "SUB");
	wire_frame(fd, 0, "\1A", 2);
	say_recv(xpub);
	wire_frame(fd, WIRE_COMMAND, "\11SUBSCRIBEB", 11);
	say_recv(xpub);
	zd_put(xpub, "ALOL", NULL);
	zt_eq(wire_read_frame(fd, &flags, body, sizeof(body)), 4);
	say("%d%s", flags, zd_frame(body, 4));
	zd_put(xpub, "BLOL", NULL);
	zt_eq(wire_read_frame(fd, &flags, body, sizeof(body)), 4);
	say("%d%s", flags, zd_frame(body, 4));
	wire_frame(fd, WIRE_COMMAND, "\6CANCELB", 8);
	say_recv(xpub);
	wire_frame(fd, 0, "\0A", 2);
	say_recv(xpub);
}

/* How a SUB says it to a 3.1 peer. */
static void mock_publisher(void)
{
	void *sub = zd_socket(ZMQ_SUB);
	int fd, flags, i;
	char body[32];
	size_t len;

	fd = wire_connect(zd_port(zd_bind(sub)));
	wire_handshake(fd, "PUB");
	zd_set_text(sub, ZMQ_SUBSCRIBE, "A");
	zt_until((za_get(sub, ZMQ_EVENTS), wire_knocks(fd, 5)), ZA_TIMEO);
	zd_set_text(sub, ZMQ_UNSUBSCRIBE, "A");
	for (i = 0; i < 2; i++) {
		len = wire_read_frame(fd, &flags, body, sizeof(body));
		say("%d%s", flags, zd_frame(body, len));
	}
}

static const struct zd_behaviour behaviours[] = {
	{ "sub_filters", "API 1.11", sub_filters,
	  "[A1][B] [A2] none",
	},
	{ "xsub_does_not_filter", "API 1.11", xsub_does_not_filter,
	  "[B1] [B2][A] [A1][B] [] [A2] none",
	},
	{ "longer_topics", "API 1.10", longer_topics,
	  "247 246 247 254 253 254 255 254 255 256 255 256 257 256 257 1001 1000 1001 4001 4000 4001",
	},
	{ "topic_limit", "API 1.10", topic_limit,
	  "4000=ok 4001=ok 4002 [\\x01A]",
	  .ours = "4000=ok 4001=EINVAL 2 none",
	  .why = "A topic has 4000 bytes at most",
	},
	{ "mock_subscriber", "API 1.10, 9.4", mock_subscriber,
	  "[\\x01A] [\\x01B] 0[ALOL] 0[BLOL] [\\x00B] [\\x00A]",
	},
	{ "mock_publisher", "API 1.11, 9.4", mock_publisher,
	  "4[\\x09SUBSCRIBEA] 4[\\x06CANCELA]",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
