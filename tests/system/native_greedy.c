// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a peer may tell us, and how much of it we keep: subscriptions, commands,
 * metadata. Each limit has a counter, and others are served.
 */
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_test.h"
#include "wire.h"

#define CLOSED_MS ((int)zt_scaled(3000))
#define COMMAND_MAX 65536
#define HANDSHAKE_MAX 2048
#define SUBS 20

FIXTURE(greedy)
{
	int fd;
	int port;
};

FIXTURE_SETUP(greedy)
{
	char ep[256];

	if (geteuid())
		SKIP(return, "needs root");
	nz_set_sysctl("peer_subs_max", SUBS);
	nz_set_sysctl("peer_subs_bytes_max", nz_parameter("peer_subs_bytes_max"));
	self->fd = nz_socket(ZMQ_XPUB);
	nz_bind_any(self->fd, ep);
	self->port = nz_port_of(ep);
}

FIXTURE_TEARDOWN(greedy)
{
	close(self->fd);
}

static int subscriber(int port)
{
	int peer = wire_connect(port);

	wire_handshake(peer, "SUB");
	return peer;
}

static void say(int peer, const char *name, const char *topic, size_t len)
{
	size_t head = 1 + strlen(name);
	uint8_t body[64 + 4000];

	body[0] = head - 1;
	memcpy(body + 1, name, head - 1);
	memcpy(body + head, topic, len);
	if (head + len > 255)
		wire_frame_long(peer, WIRE_COMMAND, head + len, body, head + len);
	else
		wire_frame(peer, WIRE_COMMAND, body, head + len);
}

/* The user reads that @topic was subscribed to (1) or cancelled (0). */
static void told(int fd, char what, const char *topic)
{
	char buf[64];

	zt_eq(recv(fd, buf, sizeof(buf), 0), 1 + strlen(topic));
	zt_check(buf[0] == what && !memcmp(buf + 1, topic, strlen(topic)));
}

/* Who subscribed to @topic gets it, and nothing else before. */
static void gets(int fd, int peer, const char *topic)
{
	char body[64];
	int flags;

	nz_put(fd, topic, 0);
	zt_eq(wire_read_frame(peer, &flags, body, sizeof(body)), strlen(topic));
	zt_check(!memcmp(body, topic, strlen(topic)));
}

TEST_F(greedy, subscriptions)
{
	int peer = subscriber(self->port), other = subscriber(self->port);
	long drops = nz_stat("drop_subscription");
	char topic[16];
	int i;

	for (i = 0; i < SUBS; i++) {
		sprintf(topic, "topic %d", i);
		say(peer, "SUBSCRIBE", topic, strlen(topic));
		told(self->fd, 1, topic);
	}
	EXPECT_EQ(drops, nz_stat("drop_subscription"));
	say(peer, "SUBSCRIBE", "one more", 8);
	say(peer, "SUBSCRIBE", "and more", 8);
	/* What it has already costs nothing. */
	say(peer, "SUBSCRIBE", "topic 3", 7);
	zt_until(nz_stat("drop_subscription") == drops + 2, NZ_TIMEO);
	nz_put(self->fd, "one more", 0);
	gets(self->fd, peer, "topic 3");
	/* Others have limits of their own. */
	say(other, "SUBSCRIBE", "one more", 8);
	told(self->fd, 1, "one more");
	gets(self->fd, other, "one more");
	/* There is room again. */
	say(peer, "CANCEL", "topic 3", 7);
	told(self->fd, 0, "topic 3");
	say(peer, "SUBSCRIBE", "and more", 8);
	told(self->fd, 1, "and more");
	gets(self->fd, peer, "and more");
	EXPECT_EQ(drops + 2, nz_stat("drop_subscription"));
	close(peer);
	close(other);
}

TEST_F(greedy, subscription_bytes)
{
	long drops = nz_stat("drop_subscription");
	char topic[1000], got[1 + sizeof(topic)];
	int peer, i;

	nz_set_sysctl("peer_subs_bytes_max", 4500);
	peer = subscriber(self->port);
	for (i = 0; i < 7; i++) {
		memset(topic, 'a' + i, sizeof(topic));
		say(peer, "SUBSCRIBE", topic, sizeof(topic));
	}
	zt_until(nz_stat("drop_subscription") == drops + 3, NZ_TIMEO);
	/* Small ones still fit. */
	say(peer, "SUBSCRIBE", "x", 1);
	zt_until(nz_poll(self->fd, POLLIN, 0), NZ_TIMEO);
	for (i = 0; i < 4; i++)
		ASSERT_EQ((ssize_t)sizeof(got), recv(self->fd, got, sizeof(got), 0));
	told(self->fd, 1, "x");
	close(peer);
}

/* A command that nobody knows is ignored, if it is not too long for that. */
TEST_F(greedy, commands)
{
	static const uint8_t body[COMMAND_MAX] = "\5NEVER";
	int peer = subscriber(self->port), other = subscriber(self->port);
	long why = nz_stat("frame_too_big");

	wire_frame_long(peer, WIRE_COMMAND, COMMAND_MAX, body, COMMAND_MAX);
	say(peer, "SUBSCRIBE", "after", 5);
	told(self->fd, 1, "after");
	EXPECT_EQ(why, nz_stat("frame_too_big"));
	wire_frame_long(peer, WIRE_COMMAND, COMMAND_MAX + 1, body, 6);
	wire_closed(peer, CLOSED_MS);
	EXPECT_EQ(why + 1, nz_stat("frame_too_big"));
	told(self->fd, 0, "after");
	say(other, "SUBSCRIBE", "x", 1);
	told(self->fd, 1, "x");
	close(peer);
	close(other);
}

/* A READY with @props properties X and, the last one, a value that makes it @len. */
static size_t ready_with(uint8_t *body, unsigned int props, size_t len)
{
	size_t n = wire_ready(body, "SUB"), rest;

	/* Its Socket-Type is one. */
	for (props--; props--; n += 6) {
		memcpy(body + n, "\1X\0\0\0\0", 6);
		if (props)
			continue;
		rest = len > n + 6 ? len - n - 6 : 0;
		body[n + 4] = rest >> 8;
		body[n + 5] = rest;
		memset(body + n + 6, 'x', rest);
		n += rest;
	}
	return n;
}

/* Introduces itself by such a READY. */
static int introduced(int port, unsigned int props, size_t len)
{
	uint8_t body[HANDSHAKE_MAX + 512];
	int peer = wire_connect(port);

	wire_greet(peer);
	len = ready_with(body, props, len);
	wire_frame_long(peer, WIRE_COMMAND, len, body, len);
	return peer;
}

static void refused(struct __test_metadata *_metadata, int port, unsigned int props, size_t len,
		    const char *reason)
{
	long why = nz_stat(reason);
	int peer = introduced(port, props, len);

	wire_closed(peer, CLOSED_MS);
	close(peer);
	EXPECT_EQ(why + 1, nz_stat(reason));
}

static void admitted(int fd, int port, unsigned int props, size_t len)
{
	int peer = introduced(port, props, len);

	wire_want_ready(peer);
	say(peer, "SUBSCRIBE", "x", 1);
	told(fd, 1, "x");
	close(peer);
	told(fd, 0, "x");
}

TEST_F(greedy, metadata)
{
	admitted(self->fd, self->port, 64, 0);
	refused(_metadata, self->port, 65, 0, "invalid_metadata");
	admitted(self->fd, self->port, 2, HANDSHAKE_MAX);
	refused(_metadata, self->port, 2, HANDSHAKE_MAX + 1, "frame_too_big");
}

TEST_HARNESS_MAIN
