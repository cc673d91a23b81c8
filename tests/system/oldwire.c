// SPDX-License-Identifier: GPL-2.0-only
/* Peers of every version of ZMTP, made of bytes. */
#define _GNU_SOURCE
#include <endian.h>
#include <stdlib.h>
#include <unistd.h>

#include "oldwire.h"

#define SIDES 2
/* Cases at the same time: they mostly wait. */
#define AT_ONCE 4
#define SIGNATURE 10
#define REVISION 11
#define HEAD_MAX 10
#define HELLO_MAX 512

static const char *const version_names[] = { "1.0", "1.0-rev0", "2.0", "3.0", "3.1" };

static void run_case(const void *arg)
{
	const struct ow_case *c = arg;

	c->test->run(c);
}

int ow_main(int argc, char **argv, const struct ow_test *tests, size_t count)
{
	const size_t max = count * ZT_ARRAY(version_names) * SIDES;
	struct zt_case *cases = calloc(max, sizeof(*cases));
	struct ow_case *args = calloc(max, sizeof(*args));
	size_t i, n = 0;

	for (i = 0; i < max; i++) {
		struct ow_case *c = &args[n];
		char *name;

		c->connects = i % SIDES;
		c->version = i / SIDES % ZT_ARRAY(version_names);
		c->test = &tests[i / SIDES / ZT_ARRAY(version_names)];
		if (!(c->test->versions & OW_BIT(c->version)))
			continue;
		if (c->test->shim && zt_lib_here() != ZT_SHIM)
			continue;
		if (asprintf(&name, "%s/%s/%s", c->test->name, version_names[c->version],
			     c->connects ? "connects" : "binds") < 0)
			return 1;
		cases[n++] = (struct zt_case) { .name = name, .run = run_case, .arg = c };
	}
	zt_lib_check(zt_lib_here());
	zt_netns();
	return zt_run_crowd(argc, argv, cases, n, AT_ONCE);
}

void ow_open(struct ow_link *l, const struct ow_case *c, int type)
{
	*l = (struct ow_link) {
		.version = c->version, .connects = c->connects, .type = type,
		.ctx = za_ctx(), .listener = -1, .fd = -1,
	};
	l->s = za_socket(l->ctx, type);
}

void ow_meet(struct ow_link *l)
{
	char ep[256];

	if (!l->port && l->connects) {
		l->port = zt_port();
		l->listener = wire_listen(l->port);
		snprintf(ep, sizeof(ep), "tcp://127.0.0.1:%d", l->port);
		za_connect(l->s, ep);
	} else if (!l->port) {
		za_bind_any(l->s, ep);
		l->port = atoi(strrchr(ep, ':') + 1);
	}
	l->fd = l->connects ? wire_accept(l->listener) : wire_connect(l->port);
}

void ow_close(struct ow_link *l)
{
	za_close(l->s);
	za_term(l->ctx);
	if (l->fd >= 0)
		close(l->fd);
	if (l->listener >= 0)
		close(l->listener);
}

static bool is_v1(enum ow_version version)
{
	return version == OW_V10 || version == OW_REV0;
}

size_t ow_head_long(enum ow_version version, int flags, uint64_t len, uint8_t *head)
{
	uint64_t size = htobe64(is_v1(version) ? len + 1 : len);

	memcpy(head + 1, &size, sizeof(size));
	head[0] = is_v1(version) ? 0xff : flags | WIRE_LONG;
	if (!is_v1(version))
		return 1 + sizeof(size);
	head[1 + sizeof(size)] = flags;
	return 2 + sizeof(size);
}

size_t ow_head(enum ow_version version, int flags, uint64_t len, uint8_t *head)
{
	/* 1.0 counts the flags, and FF is not a length (wire.md 2.2). */
	if (len > (is_v1(version) ? 253 : 255))
		return ow_head_long(version, flags, len, head);
	head[0] = is_v1(version) ? len + 1 : (uint64_t)flags;
	head[1] = is_v1(version) ? (uint64_t)flags : len;
	return 2;
}

void ow_put(struct ow_link *l, int flags, const void *body, size_t len)
{
	uint8_t *frame = malloc(HEAD_MAX + len);
	size_t n;

	zt_check(frame);
	n = ow_head(l->version, flags, len, frame);
	memcpy(frame + n, body, len);
	wire_send(l->fd, frame, n + len);
	free(frame);
}

void ow_want(struct ow_link *l, int flags, const void *body, size_t len)
{
	uint8_t head[HEAD_MAX], got[HEAD_MAX], *rest = malloc(len + 1);
	size_t i, n = ow_head(l->version, flags, len, head);

	zt_check(rest);
	wire_recv(l->fd, got, n);
	for (i = 0; i < n; i++) {
		if (head[i] != got[i])
			zt_fail("byte %zu of a frame's head: expected %02x, got %02x", i, head[i],
				got[i]);
	}
	wire_recv(l->fd, rest, len);
	if (memcmp(rest, body, len))
		zt_fail("expected a frame '%.*s', got '%.*s'", (int)len, (const char *)body,
			(int)len, rest);
	free(rest);
}

static void property(uint8_t *body, size_t *n, const char *name, const char *value)
{
	uint32_t len = htobe32(strlen(value));

	body[(*n)++] = strlen(name);
	memcpy(body + *n, name, strlen(name));
	*n += strlen(name);
	memcpy(body + *n, &len, sizeof(len));
	*n += sizeof(len);
	memcpy(body + *n, value, strlen(value));
	*n += strlen(value);
}

/* READY; REQ, DEALER and ROUTER name themselves (wire.md 3.1). */
static size_t ready(int type, const char *id, uint8_t *body)
{
	char name[16];
	size_t i, n = 6;

	snprintf(name, sizeof(name), "%s", za_type_name(type));
	for (i = 0; name[i]; i++)
		name[i] -= 'a' - 'A';
	memcpy(body, "\5READY", n);
	property(body, &n, "Socket-Type", name);
	if (type == ZMQ_REQ || type == ZMQ_DEALER || type == ZMQ_ROUTER)
		property(body, &n, "Identity", id);
	return n;
}

static void signature(const char *id, uint8_t *bytes)
{
	uint64_t size = htobe64(strlen(id) + 1);

	bytes[0] = 0xff;
	memcpy(bytes + 1, &size, sizeof(size));
	bytes[9] = 0x7f;
}

/* A frame of @body behind @n bytes; their new number. */
static size_t append(enum ow_version version, int flags, const void *body, size_t len,
		     uint8_t *bytes, size_t n)
{
	n += ow_head(version, flags, len, bytes + n);
	memcpy(bytes + n, body, len);
	return n + len;
}

size_t ow_hello(enum ow_version version, int peer_type, const char *id, uint8_t *bytes)
{
	uint8_t body[HELLO_MAX];

	if (version == OW_V10)
		return append(version, 0, id, strlen(id), bytes, 0);
	if (version == OW_V30 || version == OW_V31) {
		wire_greeting(bytes);
		bytes[REVISION] = version == OW_V31;
		return append(version, WIRE_COMMAND, body, ready(peer_type, id, body), bytes,
			      WIRE_GREETING);
	}
	signature(id, bytes);
	bytes[SIGNATURE] = version == OW_V20;
	bytes[REVISION] = peer_type;
	return append(version, 0, id, strlen(id), bytes, 12);
}

/* The next bytes must be these. */
static void want_bytes(struct ow_link *l, const void *bytes, size_t len, const char *what)
{
	uint8_t got[HELLO_MAX];

	wire_recv(l->fd, got, len);
	if (memcmp(got, bytes, len))
		zt_fail("%s is different", what);
}

/*
 * Step by step, and the socket's answer to each (wire.md 1.2). It never goes
 * ahead: what it would say next depends on what it has read.
 */
void ow_shake(struct ow_link *l, int peer_type, const char *id, const char *my_id)
{
	uint8_t hello[HELLO_MAX], want[HELLO_MAX];
	size_t len = ow_hello(l->version, peer_type, id, hello), n;

	signature(my_id, want);
	want_bytes(l, want, SIGNATURE, "the signature");
	if (l->version == OW_V10) {
		/* The signature was the head of this frame. */
		wire_send(l->fd, hello, len);
		want_bytes(l, my_id, strlen(my_id), "the routing id");
		return;
	}
	wire_send(l->fd, hello, SIGNATURE);
	want_bytes(l, "\3", 1, "the version");
	wire_send(l->fd, hello + SIGNATURE, 1);
	if (l->version == OW_REV0 || l->version == OW_V20) {
		want[0] = l->type;
		want_bytes(l, want, 1, "the socket type");
		wire_send(l->fd, hello + SIGNATURE + 1, 1);
		ow_wants(l, 0, my_id);
		wire_send(l->fd, hello + 12, len - 12);
		return;
	}
	wire_greeting(want);
	want_bytes(l, want + REVISION, WIRE_GREETING - REVISION, "the rest of the greeting");
	wire_send(l->fd, hello + REVISION, WIRE_GREETING - REVISION);
	n = ready(l->type, my_id, want);
	ow_want(l, WIRE_COMMAND, want, n);
	wire_send(l->fd, hello + WIRE_GREETING, len - WIRE_GREETING);
}

void ow_up(struct ow_link *l, const struct ow_case *c, int type, int peer_type)
{
	ow_open(l, c, type);
	ow_meet(l);
	ow_shake(l, peer_type, "", "");
}
