/* SPDX-License-Identifier: GPL-2.0-only */
/* What the suites of the endpoint grammar share. */
#ifndef _ZMQ_TESTS_ZMTP_ENDPOINT_KUNIT_H
#define _ZMQ_TESTS_ZMTP_ENDPOINT_KUNIT_H

#include <kunit/test.h>
#include <linux/string.h>
#include "zmtp/endpoint.h"

#define ZMQ_BIND	ZMQ_DIR_BIND
#define ZMQ_CONN	ZMQ_DIR_CONNECT

static inline struct zmq_endpoint *zmq_endpoint_alloc(struct kunit *test)
{
	struct zmq_endpoint *ep = kunit_kzalloc(test, sizeof(*ep), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ep);
	/* Nothing may depend on what was there before. */
	memset(ep, 0xaa, sizeof(*ep));
	return ep;
}

/* Reads, compares the result, and sees that a refusal has its reason. */
static inline void zmq_endpoint_read(struct kunit *test,
				     struct zmq_endpoint *ep, const char *uri,
				     enum zmq_direction dir, int want)
{
	int err = zmq_endpoint_split(ep, uri, strlen(uri));

	if (!err)
		err = zmq_endpoint_parse(ep, dir);
	KUNIT_ASSERT_EQ(test, want, err);
	KUNIT_EXPECT_EQ(test, !err, !ep->why);
	KUNIT_EXPECT_STREQ(test, uri, (char *)ep->uri);
}

static inline void zmq_endpoint_desc(char *desc, const char *uri,
				     enum zmq_direction dir, const char *what)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s %s: %s",
		 dir == ZMQ_BIND ? "bind" : "connect", uri, what);
}

/**
 * struct zmq_endpoint_inet_row - an endpoint of an IP transport
 * @what: what the row is about
 * @uri: the endpoint
 * @dir: what to do with it
 * @err: expected result; the rest counts only when it is 0
 * @host: destination, NULL = dead: port 0 says so and nothing else
 * @port: its port, -1 = any
 * @src: host of the source, NULL = there is none
 * @src_port: its port, -1 = any
 */
struct zmq_endpoint_inet_row {
	const char *what;
	const char *uri;
	enum zmq_direction dir;
	int err;
	const char *host;
	int port;
	const char *src;
	int src_port;
};

static inline void
zmq_endpoint_inet_desc(const struct zmq_endpoint_inet_row *row, char *desc)
{
	zmq_endpoint_desc(desc, row->uri, row->dir, row->what);
}

static inline void zmq_endpoint_expect(struct kunit *test,
				       const struct zmq_hostport *hp,
				       const char *host, int port)
{
	KUNIT_EXPECT_STREQ(test, host, (const char *)hp->host);
	KUNIT_EXPECT_EQ(test, port < 0 ? 0 : port, (int)hp->port);
	KUNIT_EXPECT_EQ(test, port < 0, hp->port_any);
}

static inline void
zmq_endpoint_check_inet(struct kunit *test,
			const struct zmq_endpoint_inet_row *row,
			const struct zmq_ep_inet *inet)
{
	if (row->err)
		return;
	if (!row->host) {
		KUNIT_EXPECT_EQ(test, 0, (int)inet->dst.port);
		KUNIT_EXPECT_FALSE(test, inet->dst.port_any);
		return;
	}
	zmq_endpoint_expect(test, &inet->dst, row->host, row->port);
	KUNIT_ASSERT_EQ(test, !!row->src, inet->has_src);
	if (row->src)
		zmq_endpoint_expect(test, &inet->src, row->src, row->src_port);
}

#endif /* _ZMQ_TESTS_ZMTP_ENDPOINT_KUNIT_H */
