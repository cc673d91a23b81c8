// SPDX-License-Identifier: GPL-2.0-only
/* Shorthands over libzmq's API. */
#include <stdlib.h>

#include "zapi.h"

const char *za_type_name(int type)
{
	static const char *const names[] = {
		"pair", "pub", "sub", "req", "rep", "dealer", "router", "pull", "push",
		"xpub", "xsub", "stream",
	};

	zt_check(type >= 0 && (size_t)type < ZT_ARRAY(names));
	return names[type];
}

void *za_ctx(void)
{
	void *ctx = zmq_ctx_new();

	zt_check(ctx);
	return ctx;
}

void *za_socket(void *ctx, int type)
{
	void *socket = zmq_socket(ctx, type);

	if (!socket)
		zt_fail("zmq_socket(%d): %s", type, zmq_strerror(errno));
	za_set(socket, ZMQ_LINGER, 0);
	za_set(socket, ZMQ_RCVTIMEO, zt_scaled(ZA_TIMEO));
	za_set(socket, ZMQ_SNDTIMEO, zt_scaled(ZA_TIMEO));
	return socket;
}

void za_close(void *socket)
{
	zt_ok(zmq_close(socket));
}

void za_term(void *ctx)
{
	zt_ok(zmq_ctx_term(ctx));
}

void za_set(void *socket, int option, int value)
{
	if (zmq_setsockopt(socket, option, &value, sizeof(value)))
		zt_fail("setsockopt(%d, %d): %s", option, value, zmq_strerror(errno));
}

int za_get(void *socket, int option)
{
	size_t size = sizeof(int);
	int value = -12345;

	if (zmq_getsockopt(socket, option, &value, &size))
		zt_fail("getsockopt(%d): %s", option, zmq_strerror(errno));
	return value;
}

void za_text(void *socket, int option, const char *text)
{
	if (zmq_setsockopt(socket, option, text, strlen(text)))
		zt_fail("setsockopt(%d, %s): %s", option, text, zmq_strerror(errno));
}

void za_last(void *socket, char *ep)
{
	size_t size = 256;

	zt_ok(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, ep, &size));
	zt_eq(size, strlen(ep) + 1);
}

void za_bind_any(void *socket, char *ep)
{
	za_bind(socket, "tcp://127.0.0.1:*");
	za_last(socket, ep);
}

void za_bind(void *socket, const char *ep)
{
	if (zmq_bind(socket, ep))
		zt_fail("bind(%s): %s", ep, zmq_strerror(errno));
}

void za_connect(void *socket, const char *ep)
{
	if (zmq_connect(socket, ep))
		zt_fail("connect(%s): %s", ep, zmq_strerror(errno));
}

void za_put(void *socket, const char *text, int flags)
{
	int rc = zmq_send(socket, text, strlen(text), flags);

	if (rc != (int)strlen(text))
		zt_fail("send(%s): %d, %s", text, rc, zmq_strerror(errno));
}

void za_want(void *socket, const char *text, int more)
{
	char buf[256];
	int rc = zmq_recv(socket, buf, sizeof(buf) - 1, 0);

	if (rc < 0)
		zt_fail("recv, waiting for '%s': %s", text, zmq_strerror(errno));
	buf[rc < 255 ? rc : 255] = 0;
	if (rc != (int)strlen(text) || memcmp(buf, text, rc))
		zt_fail("expected '%s', got '%s' (%d bytes)", text, buf, rc);
	if (za_get(socket, ZMQ_RCVMORE) != more)
		zt_fail("RCVMORE after '%s': expected %d", text, more);
}

void za_put_big(void *socket, size_t len, uint32_t seed, int flags)
{
	void *buf = malloc(len + 1);
	int rc;

	zt_check(buf);
	zt_fill(buf, len, seed);
	rc = zmq_send(socket, buf, len, flags);
	if (rc != (int)len)
		zt_fail("send of %zu: %d, %s", len, rc, zmq_strerror(errno));
	free(buf);
}

void za_want_big(void *socket, size_t len, uint32_t seed, int more)
{
	zmq_msg_t msg;

	zt_ok(zmq_msg_init(&msg));
	if (zmq_msg_recv(&msg, socket, 0) < 0)
		zt_fail("recv of %zu: %s", len, zmq_strerror(errno));
	zt_eq(zmq_msg_size(&msg), len);
	if (!zt_same(zmq_msg_data(&msg), len, seed))
		zt_fail("%zu bytes arrived changed", len);
	zt_eq(zmq_msg_more(&msg), more);
	zt_ok(zmq_msg_close(&msg));
}

void za_ready(void *socket, int mask)
{
	zt_until((za_get(socket, ZMQ_EVENTS) & mask) == mask, ZA_TIMEO);
}

void za_quiet(void *socket, int ms)
{
	zmq_pollitem_t item = { .socket = socket, .events = ZMQ_POLLIN };

	if (zmq_poll(&item, 1, ms))
		zt_fail("a message that should not be there (or errno %d)", errno);
}
