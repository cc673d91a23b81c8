// SPDX-License-Identifier: GPL-2.0-only
/* ZMQ_CMSG_PROPS: what recvmsg() tells of the peer that a message is from. */
#define _GNU_SOURCE
#include <endian.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_test.h"

#include "wire.h"

#define LOCAL "Peer-Address=127.0.0.1;"

/**
 * struct got - a frame and what came with it
 * @body: the frame
 * @props: the properties, "Name=value;" each
 * @flags: msg_flags
 */
struct got {
	char body[256];
	char props[1024];
	int flags;
};

/* RFC 37: length of the name, name, length of the value in 4 bytes, value. */
static void props_text(char *text, const uint8_t *p, size_t left)
{
	while (left) {
		uint32_t len;
		size_t name = p[0];

		zt_check(left >= 1 + name + 4);
		memcpy(&len, p + 1 + name, 4);
		len = be32toh(len);
		zt_check(left - 5 - name >= len);
		text += sprintf(text, "%.*s=%.*s;", (int)name, p + 1, (int)len, p + 5 + name);
		p += 5 + name + len;
		left -= 5 + name + len;
	}
}

static void get(int fd, struct got *got, size_t space, int flags)
{
	struct nz_got raw;

	if (nz_get_with(fd, &raw, space, flags) < 0)
		zt_fail("recvmsg: %s", strerror(errno));
	zt_eq(raw.number, 0);
	memset(got, 0, sizeof(*got));
	memcpy(got->body, raw.body, sizeof(raw.body));
	got->flags = raw.flags;
	props_text(got->props, raw.props, raw.props_len);
}

/* The next frame has to be this one, and to come with these properties. */
static void want(int fd, const char *body, const char *props)
{
	struct got got;

	get(fd, &got, NZ_CONTROL, 0);
	if (body && strcmp(got.body, body))
		zt_fail("expected '%s', got '%s'", body, got.body);
	if (strcmp(got.props, props))
		zt_fail("'%s': expected '%s', got '%s'", got.body, props, got.props);
	zt_eq(got.flags & MSG_CTRUNC, 0);
}

static void router_and_dealer(struct nz_pair *p, const char *any)
{
	p->a = nz_socket(ZMQ_ROUTER);
	p->b = nz_socket(ZMQ_DEALER);
	/* With it, the address of an IPv4 peer is ::ffff:127.0.0.1, as libzmq has it. */
	zt_ok(nz_set(p->a, ZMQ_IPV6, !!strchr(any, '[')));
	zt_ok(nz_set(p->b, ZMQ_IPV6, !!strchr(any, '[')));
	zt_ok(nz_set_str(p->a, ZMQ_ROUTING_ID, "alice"));
	zt_ok(nz_set_str(p->b, ZMQ_ROUTING_ID, "bob"));
	zt_ok(nz_bind(p->a, any));
	nz_name(p->a, p->ep);
	zt_ok(nz_connect(p->b, p->ep));
}

/* All parts, the id that a ROUTER puts in front included, both ways. */
static void every_part(const char *any, const char *address)
{
	char dealer[128], router[128];
	struct nz_pair p;

	sprintf(dealer, "Socket-Type=DEALER;Identity=bob;Peer-Address=%s;", address);
	sprintf(router, "Socket-Type=ROUTER;Identity=alice;Peer-Address=%s;", address);
	router_and_dealer(&p, any);
	nz_put(p.b, "1", MSG_MORE);
	nz_put(p.b, "2", MSG_MORE);
	nz_put(p.b, "3", 0);
	want(p.a, "bob", dealer);
	want(p.a, "1", dealer);
	want(p.a, "2", dealer);
	want(p.a, "3", dealer);
	nz_put(p.a, "bob", MSG_MORE);
	nz_put(p.a, "x", MSG_MORE);
	nz_put(p.a, "y", 0);
	want(p.b, "x", router);
	want(p.b, "y", router);
	nz_pair_close(&p);
}

TEST(every_part_ipv4)
{
	every_part("tcp://127.0.0.1:*", "127.0.0.1");
}

TEST(every_part_ipv6)
{
	every_part("tcp://[::1]:*", "::1");
}

/* Parts read with and without room for control data, by turns. */
TEST(asked_for_in_the_middle)
{
	static const char dealer[] = "Socket-Type=DEALER;Identity=bob;" LOCAL;
	struct nz_pair p;

	router_and_dealer(&p, "tcp://127.0.0.1:*");
	nz_put(p.b, "1", MSG_MORE);
	nz_put(p.b, "2", MSG_MORE);
	nz_put(p.b, "3", 0);
	nz_want(p.a, "bob", 1);
	want(p.a, "1", dealer);
	nz_want(p.a, "2", 1);
	want(p.a, "3", dealer);
	nz_pair_close(&p);
}

/* Too little room: cut and told, the message arrives; none: nothing to tell. */
TEST(truncated)
{
	static const size_t room[] = { CMSG_LEN(0), CMSG_LEN(1), CMSG_LEN(20) };
	struct nz_pair p;
	struct got got;
	size_t i;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	for (i = 0; i < ZT_ARRAY(room); i++) {
		nz_put(p.b, "text", 0);
		get(p.a, &got, room[i], 0);
		EXPECT_STREQ("text", got.body);
		EXPECT_TRUE(got.flags & MSG_CTRUNC);
		EXPECT_TRUE(got.flags & MSG_EOR);
	}
	nz_put(p.b, "text", 0);
	want(p.a, "text", "Socket-Type=PUSH;" LOCAL);
	nz_pair_close(&p);
}

/* MSG_PEEK, a frame that did not fit, and one that was no last one keep them. */
TEST(kept)
{
	static const char push[] = "Socket-Type=PUSH;" LOCAL;
	struct nz_pair p;
	struct got got;
	char c;
	int i;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	nz_put(p.b, "one", MSG_MORE);
	nz_put(p.b, "two", 0);
	for (i = 0; i < 2; i++) {
		get(p.a, &got, NZ_CONTROL, MSG_PEEK);
		EXPECT_STREQ("one", got.body);
		EXPECT_STREQ(push, got.props);
	}
	zt_err(recv(p.a, &c, 1, 0), EMSGSIZE);
	want(p.a, "one", push);
	want(p.a, "two", push);
	nz_put(p.b, "single", 0);
	zt_err(recv(p.a, &c, 1, 0), EMSGSIZE);
	want(p.a, "single", push);
	nz_put(p.b, "single", 0);
	get(p.a, &got, 0, MSG_PEEK);
	want(p.a, "single", push);
	nz_pair_close(&p);
}

/* What a peer says of itself besides, in the order it does. */
TEST(metadata_of_the_user)
{
	int pull = nz_socket(ZMQ_PULL), push = nz_socket(ZMQ_PUSH);
	char ep[256];

	nz_bind_any(pull, ep);
	ASSERT_EQ(0, nz_set_str(push, ZMQ_METADATA, "X-hello:world"));
	ASSERT_EQ(0, nz_connect(push, ep));
	nz_put(push, "text", 0);
	want(pull, "text", "Socket-Type=PUSH;X-hello=world;" LOCAL);
	close(pull);
	close(push);
}

/* The peer that subscribed, and the one that has gone. */
TEST(subscriptions)
{
	int xpub = nz_socket(ZMQ_XPUB), sub = nz_socket(ZMQ_SUB);
	char ep[256];

	nz_bind_any(xpub, ep);
	ASSERT_EQ(0, nz_set_str(sub, ZMQ_SUBSCRIBE, "a"));
	ASSERT_EQ(0, nz_connect(sub, ep));
	want(xpub, "\1a", "Socket-Type=SUB;" LOCAL);
	nz_put(xpub, "a", 0);
	want(sub, "a", "Socket-Type=XPUB;" LOCAL);
	close(sub);
	/* Its first byte is 0. */
	want(xpub, "", "Socket-Type=SUB;" LOCAL);
	close(xpub);
}

/* READY of a PUSH that names itself. */
static void shake(int fd, const char *name)
{
	uint8_t body[128];
	uint32_t len = htobe32(strlen(name));
	size_t n = wire_ready(body, "PUSH");

	wire_greet(fd);
	n += sprintf((char *)body + n, "%cIdentity", 8);
	memcpy(body + n, &len, 4);
	memcpy(body + n + 4, name, strlen(name));
	wire_frame(fd, WIRE_COMMAND, body, n + 4 + strlen(name));
	wire_want_ready(fd);
}

/* Messages that wait keep their peer's properties when another has come. */
TEST(after_a_reconnect)
{
	static const char *const names[] = { "one", "two", "three" };
	int port = zt_port(), listener = wire_listen(port), fd = -1;
	int pull = nz_socket(ZMQ_PULL);
	char ep[64], body[8], props[64];
	size_t i, k;

	sprintf(ep, "tcp://127.0.0.1:%d", port);
	ASSERT_EQ(0, nz_connect(pull, ep));
	for (i = 0; i < ZT_ARRAY(names); i++) {
		fd = wire_accept(listener);
		shake(fd, names[i]);
		for (k = 0; k < 2; k++) {
			sprintf(body, "%zu.%zu", i, k);
			wire_frame(fd, 0, body, strlen(body));
		}
		if (i + 1 < ZT_ARRAY(names))
			close(fd);
	}
	for (i = 0; i < ZT_ARRAY(names); i++) {
		sprintf(props, "Socket-Type=PUSH;Identity=%s;" LOCAL, names[i]);
		for (k = 0; k < 2; k++) {
			sprintf(body, "%zu.%zu", i, k);
			want(pull, body, props);
		}
	}
	close(fd);
	close(listener);
	close(pull);
}

/* A peer of ZMTP 2.0 or 1.0 says nothing; its address is known all the same. */
TEST(old_peers)
{
	static const char v20[] = "\xff\0\0\0\0\0\0\0\1\x7f\1\10\0\0\0\4text";
	static const char v10[] = "\1\0\5\0text";
	int pull = nz_socket(ZMQ_PULL), fd;
	char ep[256];

	nz_bind_any(pull, ep);
	fd = wire_connect(nz_port_of(ep));
	wire_send(fd, v20, sizeof(v20) - 1);
	want(pull, "text", LOCAL);
	close(fd);
	fd = wire_connect(nz_port_of(ep));
	wire_send(fd, v10, sizeof(v10) - 1);
	want(pull, "text", LOCAL);
	close(fd);
	close(pull);
}

/* STREAM: on the id and on the chunk, from beginning to end. */
TEST(stream)
{
	int stream = nz_socket(ZMQ_STREAM), fd;
	char ep[256];

	nz_bind_any(stream, ep);
	fd = wire_connect(nz_port_of(ep));
	want(stream, NULL, LOCAL);
	want(stream, "", LOCAL);
	wire_send(fd, "hello", 5);
	want(stream, NULL, LOCAL);
	want(stream, "hello", LOCAL);
	close(fd);
	want(stream, NULL, LOCAL);
	want(stream, "", LOCAL);
	close(stream);
}

TEST_HARNESS_MAIN
