// SPDX-License-Identifier: GPL-2.0-only
/* Peers are let in or not, as a ZAP handler says (RFC 27). */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_zap.h"

FIXTURE(zap) {
	struct zap z;
};

FIXTURE_VARIANT(zap) {
	int type;
};

FIXTURE_VARIANT_ADD(zap, rep) {
	.type = ZMQ_REP,
};

FIXTURE_VARIANT_ADD(zap, router) {
	.type = ZMQ_ROUTER,
};

FIXTURE_SETUP(zap)
{
	zap_open(&self->z, variant->type);
}

FIXTURE_TEARDOWN(zap)
{
	zap_close(&self->z);
}

/* Does the next message's peer have this property? */
static bool has_prop(int fd, const char *name, const char *value)
{
	char body[16], control[CMSG_SPACE(1024)] __attribute__((aligned(8))), want[64];
	struct iovec iov = { body, sizeof(body) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg;
	size_t n;

	zt_ok(recvmsg(fd, &msg, 0));
	cmsg = CMSG_FIRSTHDR(&msg);
	zt_check(cmsg && cmsg->cmsg_type == ZMQ_CMSG_PROPS);
	n = sprintf(want, "%c%s", (int)strlen(name), name);
	memcpy(want + n, "\0\0", 3);
	want[n + 3] = strlen(value);
	memcpy(want + n + 4, value, strlen(value));
	return memmem(CMSG_DATA(cmsg), cmsg->cmsg_len - CMSG_LEN(0), want,
		      n + 4 + strlen(value));
}

/* 200: nothing is sent before, then READY; messages tell who the peer is. */
TEST_F(zap, allowed)
{
	struct zap *z = &self->z;
	int fd = zap_knock(z);

	zap_take(z);
	wire_silent(fd, 20);
	zap_put(z, "200", "bob");
	wire_want_ready(fd);
	wire_frame(fd, 0, "x", 1);
	EXPECT_TRUE(has_prop(z->server, "User-Id", "bob"));
	close(fd);
	zap_works(z);
}

/* 400 and 500: the peer hears it, then the end; it counts once. */
TEST_F(zap, refused)
{
	static const char *const status[] = { "400", "500" };
	struct zap *z = &self->z;
	size_t i;

	for (i = 0; i < ZT_ARRAY(status); i++) {
		long before = nz_stat("auth_refused");
		int fd = zap_knock(z), flags;
		char body[16];

		zap_take(z);
		zap_put(z, status[i], "bob");
		zt_eq(wire_read_frame(fd, &flags, body, sizeof(body)), 10);
		EXPECT_EQ(WIRE_COMMAND, flags);
		EXPECT_EQ(0, memcmp(body, "\5ERROR\003", 7));
		EXPECT_EQ(0, memcmp(body + 7, status[i], 3));
		EXPECT_TRUE(wire_ended(fd));
		zt_until(nz_stat("auth_refused") == before + 1, 2000);
		close(fd);
	}
	zap_works(z);
}

/* By ipc: the address is who connects, and a refusal is heard, too. */
TEST_F(zap, ipc)
{
	long refused = nz_stat("auth_refused"), heard = nz_stat("peer_error");
	char path[64], address[64];
	struct zap *z = &self->z;
	int push = nz_socket(ZMQ_PUSH), i;

	sprintf(path, "ipc://@zap-%d", getpid());
	sprintf(address, "localhost:%d:%d:%d", geteuid(), getegid(), getpid());
	zt_ok(nz_bind(z->server, path));
	zt_ok(nz_connect(push, path));
	for (i = 0; i < 2; i++) {
		zap_take_from(z, address);
		zap_put(z, i ? "200" : "400", "");
	}
	nz_put(push, "x", 0);
	nz_want(z->server, "x", 0);
	EXPECT_EQ(refused + 1, nz_stat("auth_refused"));
	EXPECT_EQ(heard + 1, nz_stat("peer_error"));
	close(push);
}

/* 300: nothing is sent; the peer is left alone until it goes. */
TEST_F(zap, refused_for_now)
{
	long before = nz_stat("auth_refused");
	struct zap *z = &self->z;
	int fd = zap_knock(z);

	zap_take(z);
	zap_put(z, "300", "bob");
	wire_silent(fd, 50);
	EXPECT_EQ(before, nz_stat("auth_refused"));
	close(fd);
	zt_until(nz_stat("auth_refused") == before + 1, 2000);
	zap_works(z);
}

/* 300, and the time of the handshake. */
TEST_F(zap, refused_until_late)
{
	long before = nz_stat("auth_refused");
	struct zap *z = &self->z;
	int fd;

	close(z->server);
	zap_serve(z, zt_scaled(500));
	fd = zap_knock(z);
	zap_take(z);
	zap_put(z, "300", "bob");
	wire_closed(fd, zt_scaled(5000));
	zt_until(nz_stat("auth_refused") == before + 1, 2000);
	close(fd);
}

/**
 * struct bad - a reply that is none
 * @reason: what counts it
 * @parts: behind the empty one, NULL at the end
 */
struct bad {
	const char *reason;
	const char *parts[8];
};

static const struct bad bad[] = {
	{ "zap_bad_version", { "1.1", "1", "200", "", "", "" } },
	{ "zap_bad_request_id", { "1.0", "2", "200", "", "", "" } },
	{ "zap_invalid_status", { "1.0", "1", "201", "", "", "" } },
	{ "zap_invalid_metadata", { "1.0", "1", "200", "", "", "X" } },
	{ "zap_malformed_reply", { "1.0", "1", "200", "", "" } },
	{ "zap_malformed_reply", { "1.0", "1", "200", "", "", "", "" } },
	{ "zap_malformed_reply", { "200" } },
};

/* Nothing is sent, the connection ends, the reason counts once. */
TEST_F(zap, bad_replies)
{
	struct zap *z = &self->z;
	size_t i;
	int j;

	for (i = 0; i < ZT_ARRAY(bad); i++) {
		long before = nz_stat(bad[i].reason);
		int fd = zap_knock(z);

		zap_take(z);
		zap_put_id(z);
		for (j = 0; bad[i].parts[j]; j++)
			nz_put(z->handler, bad[i].parts[j],
			       bad[i].parts[j + 1] ? MSG_MORE : 0);
		zt_check(wire_readable(fd, zt_scaled(5000)));
		EXPECT_TRUE(wire_ended(fd));
		zt_until(nz_stat(bad[i].reason) == before + 1, 2000);
		close(fd);
	}
	zap_works(z);
}

/* The first answer counts. A REP can't give a second one. */
TEST(two_answers)
{
	struct zap z;
	int fd;

	zap_open(&z, ZMQ_ROUTER);
	fd = zap_knock(&z);
	zap_take(&z);
	zap_put(&z, "200", "bob");
	zap_put(&z, "400", "bob");
	zap_welcome(&z, fd);
	close(fd);
	zap_works(&z);
	zap_close(&z);
}

/* What a handler wants to say to peers that come, or to hear of those that go. */
TEST(manners)
{
	struct zap z;

	zap_open(&z, -1);
	z.type = ZMQ_ROUTER;
	z.handler = nz_socket(ZMQ_ROUTER);
	ASSERT_EQ(0, nz_set_str(z.handler, ZMQ_HELLO_MSG, "hello"));
	ASSERT_EQ(0, nz_set_str(z.handler, ZMQ_DISCONNECT_MSG, "bye"));
	ASSERT_EQ(0, nz_set(z.handler, ZMQ_PROBE_ROUTER, 1));
	ASSERT_EQ(0, nz_bind(z.handler, ZAP_ENDPOINT));
	zap_works(&z);
	zap_works(&z);
	nz_quiet(z.handler, 20);
	zap_close(&z);
}

/* Behind an empty part that is not empty. */
TEST(no_delimiter)
{
	long before = nz_stat("zap_unspecified");
	struct zap z;
	int fd;

	zap_open(&z, ZMQ_ROUTER);
	fd = zap_knock(&z);
	zap_take(&z);
	zt_eq(send(z.handler, z.id, z.id_len, MSG_MORE), z.id_len);
	nz_put(z.handler, "x", MSG_MORE);
	z.type = ZMQ_REP;
	zap_put(&z, "200", "");
	wire_closed(fd, zt_scaled(5000));
	zt_until(nz_stat("zap_unspecified") == before + 1, 2000);
	close(fd);
	z.type = ZMQ_ROUTER;
	zap_works(&z);
	zap_close(&z);
}

/* Nobody is bound, or somebody who can't answer: ZMQ_ZAP_ENFORCE_DOMAIN decides. */
TEST(nobody)
{
	long before = nz_stat("zap_missing");
	struct zap z;
	int fd, other;

	zap_open(&z, -1);
	fd = zap_knock(&z);
	zap_welcome(&z, fd);
	close(fd);
	EXPECT_EQ(before, nz_stat("zap_missing"));

	zt_ok(nz_set(z.server, ZMQ_ZAP_ENFORCE_DOMAIN, 1));
	nz_bind_any(z.server, z.ep);
	fd = zap_knock(&z);
	wire_closed(fd, zt_scaled(5000));
	zt_until(nz_stat("zap_missing") == before + 1, 2000);
	close(fd);
	close(z.server);

	/* Who could answer somebody else's question does not count as nobody. */
	zap_serve(&z, zt_scaled(60000));
	other = nz_socket(ZMQ_DEALER);
	ASSERT_EQ(0, nz_bind(other, ZAP_ENDPOINT));
	fd = zap_knock(&z);
	wire_closed(fd, zt_scaled(5000));
	zt_until(nz_stat("zap_missing") == before + 2, 2000);
	close(fd);
	close(other);
	zap_bind_handler(&z, ZMQ_REP);
	zap_works(&z);
	zap_close(&z);
}

/* Who connects may ask, too; it tries again, and asks again. */
TEST_F(zap, connecting)
{
	long before = nz_stat("auth_refused");
	struct zap *z = &self->z;
	int pull = nz_socket(ZMQ_PULL), push = nz_socket(ZMQ_PUSH);
	char ep[256];

	nz_bind_any(pull, ep);
	ASSERT_EQ(0, nz_set_str(push, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN));
	ASSERT_EQ(0, nz_connect(push, ep));
	zap_take(z);
	zap_put(z, "400", "");
	zap_take(z);
	EXPECT_EQ(before + 1, nz_stat("auth_refused"));
	zap_put(z, "200", "");
	nz_put(push, "x", 0);
	nz_want(pull, "x", 0);
	close(pull);
	close(push);
}

/*
 * What it sends when it was closed is for whom the handler lets in, also when that has
 * gone, as it does with its process.
 */
TEST_F(zap, closed_like_its_handler)
{
	int pull = nz_socket(ZMQ_PULL), push = nz_socket(ZMQ_PUSH);
	long before = nz_stat("zap_missing");
	struct zap *z = &self->z;
	char ep[256];

	nz_bind_any(pull, ep);
	ASSERT_EQ(0, nz_set_str(push, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN));
	ASSERT_EQ(0, nz_set(push, ZMQ_HANDSHAKE_IVL, zt_scaled(300)));
	ASSERT_EQ(0, nz_set(push, ZMQ_LINGER, zt_scaled(5000)));
	ASSERT_EQ(0, nz_connect(push, ep));
	zap_take(z);
	zap_put(z, "400", "");
	nz_put(push, "secret", 0);
	close(push);
	close(z->handler);
	z->handler = -1;
	zt_until(nz_stat("zap_missing") >= before + 2, 5000);
	nz_quiet(pull, 0);
	close(pull);
}

TEST_HARNESS_MAIN
