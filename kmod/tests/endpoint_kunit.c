// SPDX-License-Identifier: GPL-2.0-only
/*
 * The endpoint grammar. Expectations are libzmq's behaviour, most of it seen
 * on the running library, oddities included.
 */
#include <kunit/test.h>
#include <linux/string.h>
#include "zmtp_endpoint_kunit.h"

/**
 * struct zmq_endpoint_split_row - a string and its parts
 * @what: what the row is about
 * @uri: the string
 * @err: expected result; the rest counts only when it is 0
 * @tran: the transport
 * @addr: the address
 */
struct zmq_endpoint_split_row {
	const char *what;
	const char *uri;
	int err;
	enum zmq_tran_id tran;
	const char *addr;
};

static const struct zmq_endpoint_split_row zmq_endpoint_splits[] = {
	{ "tcp", "tcp://h:1", 0, ZMQ_TRAN_TCP, "h:1" },
	{ "ipc", "ipc://p", 0, ZMQ_TRAN_IPC, "p" },
	{ "inproc", "inproc://n", 0, ZMQ_TRAN_INPROC, "n" },
	{ "tipc", "tipc://<*>", 0, ZMQ_TRAN_TIPC, "<*>" },
	{ "vsock", "vsock://2:1", 0, ZMQ_TRAN_VSOCK, "2:1" },
	{ "vmci", "vmci://2:1", 0, ZMQ_TRAN_VMCI, "2:1" },
	{ "udp", "udp://h:1", 0, ZMQ_TRAN_UDP, "h:1" },
	{ "pgm", "pgm://i;g:1", 0, ZMQ_TRAN_PGM, "i;g:1" },
	{ "epgm", "epgm://i;g:1", 0, ZMQ_TRAN_EPGM, "i;g:1" },
	{ "norm", "norm://g:1", 0, ZMQ_TRAN_NORM, "g:1" },
	{ "ws", "ws://h:1/p", 0, ZMQ_TRAN_WS, "h:1/p" },
	{ "wss", "wss://h:1/p", 0, ZMQ_TRAN_WSS, "h:1/p" },
	{ "first separator counts", "inproc://a://b", 0, ZMQ_TRAN_INPROC,
	  "a://b" },
	{ "address may be odd", "inproc:///", 0, ZMQ_TRAN_INPROC, "/" },
	{ "empty", "", -EINVAL },
	{ "no separator", "tcp", -EINVAL },
	{ "half a separator", "tcp:/h:1", -EINVAL },
	{ "separator cut short", "tcp:/", -EINVAL },
	{ "separator only", "://", -EINVAL },
	{ "no transport", "://h:1", -EINVAL },
	{ "no address", "tcp://", -EINVAL },
	{ "no address is noticed first", "foo://", -EINVAL },
	{ "upper case", "TCP://h:1", -EPROTONOSUPPORT },
	{ "unknown", "invalid://localhost:1234", -EPROTONOSUPPORT },
	{ "start of a known one", "tc://h:1", -EPROTONOSUPPORT },
	{ "known one and more", "tcpx://h:1", -EPROTONOSUPPORT },
	{ "blank in front", " tcp://h:1", -EPROTONOSUPPORT },
};

static void zmq_endpoint_split_desc(const struct zmq_endpoint_split_row *row,
				    char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_endpoint_splits, zmq_endpoint_splits,
		  zmq_endpoint_split_desc);

static void zmq_endpoint_test_split(struct kunit *test)
{
	const struct zmq_endpoint_split_row *row = test->param_value;
	struct zmq_endpoint *ep = zmq_endpoint_alloc(test);
	size_t len = strlen(row->uri);
	int nul;

	/* The NUL may be counted or not. */
	for (nul = 0; nul <= 1; nul++) {
		KUNIT_ASSERT_EQ(test, row->err,
				zmq_endpoint_split(ep, row->uri, len + nul));
		KUNIT_EXPECT_EQ(test, !row->err, !ep->why);
		if (row->err)
			continue;
		KUNIT_EXPECT_EQ(test, row->tran, ep->tran);
		KUNIT_EXPECT_STREQ(test, row->uri, ep->uri);
		KUNIT_EXPECT_STREQ(test, row->addr, ep->addr);
		KUNIT_EXPECT_PTR_EQ(test, ep->uri + len - strlen(row->addr),
				    (char *)ep->addr);
	}
}

static void zmq_endpoint_test_split_nul(struct kunit *test)
{
	struct zmq_endpoint *ep = zmq_endpoint_alloc(test);

	KUNIT_EXPECT_EQ(test, -EINVAL,
			zmq_endpoint_split(ep, "inproc://a\0b", 12));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			zmq_endpoint_split(ep, "inproc://a\0\0", 12));
	KUNIT_EXPECT_EQ(test, -EINVAL, zmq_endpoint_split(ep, "\0\0", 2));
	KUNIT_EXPECT_EQ(test, -EINVAL, zmq_endpoint_split(ep, "\0", 1));
	KUNIT_EXPECT_EQ(test, -EINVAL, zmq_endpoint_split(ep, "x", 0));
}

static void zmq_endpoint_test_split_length(struct kunit *test)
{
	struct zmq_endpoint *ep = zmq_endpoint_alloc(test);
	char *uri = kunit_kzalloc(test, ZMQ_ENDPOINT_MAX + 3, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, uri);
	memset(uri, 'a', ZMQ_ENDPOINT_MAX + 1);
	memcpy(uri, "inproc://", 9);
	KUNIT_EXPECT_EQ(test, 0, zmq_endpoint_split(ep, uri, ZMQ_ENDPOINT_MAX));
	KUNIT_EXPECT_EQ(test, 0, zmq_endpoint_parse(ep, ZMQ_BIND));
	KUNIT_EXPECT_EQ(test, ZMQ_ENDPOINT_MAX - 9, (int)ep->inproc.len);
	KUNIT_EXPECT_EQ(test, -EINVAL,
			zmq_endpoint_split(ep, uri, ZMQ_ENDPOINT_MAX + 1));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			zmq_endpoint_split(ep, uri, ZMQ_ENDPOINT_MAX + 2));
	/* Any ipc path of that length has the same fault. */
	memcpy(uri, "ipc://aaa", 9);
	KUNIT_EXPECT_EQ(test, -ENAMETOOLONG,
			zmq_endpoint_split(ep, uri, ZMQ_ENDPOINT_MAX + 1));
	/* The NUL does not count. */
	uri[ZMQ_ENDPOINT_MAX] = '\0';
	KUNIT_EXPECT_EQ(test, 0,
			zmq_endpoint_split(ep, uri, ZMQ_ENDPOINT_MAX + 1));
}

/**
 * struct zmq_endpoint_type_row - who may use a transport
 * @uri: an endpoint of it
 * @bind: bits of the types that may bind
 * @connect: bits of the types that may connect
 */
struct zmq_endpoint_type_row {
	const char *uri;
	u32 bind;
	u32 connect;
};

static const struct zmq_endpoint_type_row zmq_endpoint_types[] = {
	/* Streams: all but DGRAM (18). */
	{ "tcp://h:1", 0x1bffff, 0x1bffff },
	{ "ipc://p", 0x1bffff, 0x1bffff },
	{ "tipc://<*>", 0x1bffff, 0x1bffff },
	{ "vsock://2:1", 0x1bffff, 0x1bffff },
	{ "vmci://2:1", 0x1bffff, 0x1bffff },
	{ "ws://h:1", 0x1bffff, 0x1bffff },
	{ "wss://h:1", 0x1bffff, 0x1bffff },
	/* All. */
	{ "inproc://n", 0x1fffff, 0x1fffff },
	/* PUB (1), SUB (2), XPUB (9), XSUB (10). */
	{ "pgm://i;g:1", 0x606, 0x606 },
	{ "epgm://i;g:1", 0x606, 0x606 },
	{ "norm://g:1", 0x606, 0x606 },
	/* DISH (15) and DGRAM (18) bind, RADIO (14) connects. */
	{ "udp://h:1", 0x48000, 0x4000 },
};

static void zmq_endpoint_type_desc(const struct zmq_endpoint_type_row *row,
				   char *desc)
{
	strscpy(desc, row->uri, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_endpoint_types, zmq_endpoint_types,
		  zmq_endpoint_type_desc);

static void zmq_endpoint_test_check_type(struct kunit *test)
{
	const struct zmq_endpoint_type_row *row = test->param_value;
	struct zmq_endpoint *ep = zmq_endpoint_alloc(test);
	int type;
	u32 bit;

	KUNIT_ASSERT_EQ(test, 0,
			zmq_endpoint_split(ep, row->uri, strlen(row->uri)));
	for (type = -2; type < 70; type++) {
		bit = type >= 0 && type < 32 ? 1U << type : 0;
		KUNIT_EXPECT_EQ(test,
				row->bind & bit ? 0 : -ZMQ_ENOCOMPATPROTO,
				zmq_endpoint_check_type(ep, type, ZMQ_BIND));
		KUNIT_EXPECT_EQ(test, !(row->bind & bit), !!ep->why);
		KUNIT_EXPECT_EQ(test,
				row->connect & bit ? 0 : -ZMQ_ENOCOMPATPROTO,
				zmq_endpoint_check_type(ep, type, ZMQ_CONN));
		KUNIT_EXPECT_EQ(test, !(row->connect & bit), !!ep->why);
	}
}

static const struct zmq_endpoint_inet_row zmq_endpoint_tcps[] = {
	{ "IPv4", "tcp://127.0.0.1:5555", ZMQ_BIND, 0, "127.0.0.1", 5555 },
	{ "wildcards", "tcp://*:*", ZMQ_BIND, 0, "*", -1 },
	{ "wildcard in brackets", "tcp://[*]:5", ZMQ_BIND, 0, "*", 5 },
	{ "port 0", "tcp://*:0", ZMQ_BIND, 0, "*", -1 },
	{ "interface", "tcp://lo:5", ZMQ_BIND, 0, "lo", 5 },
	{ "name", "tcp://localhost:5", ZMQ_BIND, 0, "localhost", 5 },
	{ "IPv6", "tcp://[::1]:5", ZMQ_BIND, 0, "::1", 5 },
	{ "IPv6 without brackets", "tcp://::1:5", ZMQ_BIND, 0, "::1", 5 },
	{ "IPv6 wildcard", "tcp://[::]:*", ZMQ_BIND, 0, "::", -1 },
	{ "zone by name", "tcp://[fe80::1%lo]:5", ZMQ_BIND, 0, "fe80::1%lo",
	  5 },
	{ "zone by number", "tcp://[fe80::1%1]:5", ZMQ_BIND, 0, "fe80::1%1",
	  5 },
	{ "zone is empty", "tcp://[fe80::1%]:5", ZMQ_BIND, -EINVAL },
	{ "zone 0", "tcp://[fe80::1%0]:5", ZMQ_BIND, -EINVAL },
	{ "zone is no name", "tcp://[fe80::1%-]:5", ZMQ_BIND, -EINVAL },
	{ "source is ignored", "tcp://1.2.3.4:1;lo:5", ZMQ_BIND, 0, "lo", 5 },
	{ "source is not looked at", "tcp://? ?;lo:5", ZMQ_BIND, 0, "lo", 5 },
	{ "empty source", "tcp://;lo:5", ZMQ_BIND, 0, "lo", 5 },
	{ "nothing behind the source", "tcp://lo:5;", ZMQ_BIND, -EINVAL },
	{ "no port", "tcp://lo", ZMQ_BIND, -EINVAL },
	{ "no port, brackets", "tcp://[]", ZMQ_BIND, -EINVAL },
	{ "port is empty", "tcp://lo:", ZMQ_BIND, -EINVAL },
	{ "port is no number", "tcp://lo:abc", ZMQ_BIND, -EINVAL },
	{ "port 65535", "tcp://lo:65535", ZMQ_BIND, 0, "lo", 65535 },
	{ "port 65536 is 0", "tcp://lo:65536", ZMQ_BIND, -EINVAL },
	{ "atoi: cut to 16 bits", "tcp://lo:65537x", ZMQ_BIND, 0, "lo", 1 },
	{ "atoi: stops", "tcp://lo:567bad", ZMQ_BIND, 0, "lo", 567 },
	{ "atoi: sign", "tcp://lo:-1", ZMQ_BIND, 0, "lo", 65535 },
	{ "atoi: plus", "tcp://lo:+7", ZMQ_BIND, 0, "lo", 7 },
	{ "atoi: two signs", "tcp://lo:+-7", ZMQ_BIND, -EINVAL },
	{ "atoi: blanks", "tcp://lo: \t7", ZMQ_BIND, 0, "lo", 7 },
	{ "atoi: 00 is no 0", "tcp://lo:00", ZMQ_BIND, -EINVAL },
	{ "atoi: leading zeros", "tcp://lo:0080", ZMQ_BIND, 0, "lo", 80 },
	{ "atoi: no range", "tcp://lo:5-9", ZMQ_BIND, 0, "lo", 5 },
	{ "atoi: no wildcard", "tcp://lo:*5", ZMQ_BIND, -EINVAL },
	{ "atoi: largest long", "tcp://lo:99999999999999999999", ZMQ_BIND, 0,
	  "lo", 65535 },
	{ "atoi: smallest long", "tcp://lo:-99999999999999999999", ZMQ_BIND,
	  -EINVAL },
	{ "host is empty", "tcp://:5", ZMQ_BIND, -ENODEV },
	{ "host is empty, brackets", "tcp://[]:5", ZMQ_BIND, -ENODEV },
	{ "port is checked first", "tcp://:x", ZMQ_BIND, -EINVAL },
	{ "host is for resolution", "tcp://in val id:5", ZMQ_BIND, 0,
	  "in val id", 5 },
	{ "half a pair of brackets stays", "tcp://[::1:5", ZMQ_BIND, 0, "[::1",
	  5 },
	{ "IPv4", "tcp://127.0.0.1:5555", ZMQ_CONN, 0, "127.0.0.1", 5555 },
	{ "name", "tcp://localhost:1234", ZMQ_CONN, 0, "localhost", 1234 },
	{ "name with all that is allowed", "tcp://a-B_c.d%1:5", ZMQ_CONN, 0,
	  "a-B_c.d%1", 5 },
	{ "IPv6", "tcp://[::1]:1234", ZMQ_CONN, 0, "::1", 1234 },
	{ "IPv6 without brackets", "tcp://::1:5", ZMQ_CONN, 0, "::1", 5 },
	{ "zone", "tcp://[fe80::1%lo]:5", ZMQ_CONN, 0, "fe80::1%lo", 5 },
	{ "zone is for resolution", "tcp://[fe80::1%]:5", ZMQ_CONN, 0,
	  "fe80::1%", 5 },
	{ "host is empty", "tcp://:5", ZMQ_CONN, 0, "", 5 },
	{ "wildcard in brackets is a name", "tcp://[*]:5", ZMQ_CONN, 0, "*",
	  5 },
	{ "port stops", "tcp://h:5x", ZMQ_CONN, 0, "h", 5 },
	{ "port is cut", "tcp://h:65537", ZMQ_CONN, 0, "h", 1 },
	{ "port 65536: dead", "tcp://h:65536", ZMQ_CONN, 0, NULL, 0 },
	{ "port 0: dead", "tcp://h:0", ZMQ_CONN, 0, NULL, 0 },
	{ "port 00: dead", "tcp://h:00", ZMQ_CONN, 0, NULL, 0 },
	{ "source", "tcp://127.0.0.1:0;127.0.0.1:5555", ZMQ_CONN, 0,
	  "127.0.0.1", 5555, "127.0.0.1", -1 },
	{ "source with a port", "tcp://127.0.0.1:5564;h:5", ZMQ_CONN, 0, "h",
	  5, "127.0.0.1", 5564 },
	{ "source is a name", "tcp://localhost:5555;localhost:1235", ZMQ_CONN,
	  0, "localhost", 1235, "localhost", 5555 },
	{ "source is an interface", "tcp://lo:*;localhost:1235", ZMQ_CONN, 0,
	  "localhost", 1235, "lo", -1 },
	{ "source is IPv6", "tcp://[::1]:0;[::1]:5", ZMQ_CONN, 0, "::1", 5,
	  "::1", -1 },
	{ "source is a wildcard", "tcp://[*]:7;h:5", ZMQ_CONN, 0, "h", 5, "*",
	  7 },
	{ "last semicolon counts", "tcp://a;b:1;c:2", ZMQ_CONN, 0, "c", 2,
	  "a;b", 1 },
	{ "source without port: dead", "tcp://lo;h:5", ZMQ_CONN, 0, NULL, 0 },
	{ "source's port: dead", "tcp://lo:x;h:5", ZMQ_CONN, 0, NULL, 0 },
	{ "no destination: dead", "tcp://lo:5;", ZMQ_CONN, 0, NULL, 0 },
	{ "port in the source only: dead", "tcp://lo:5;h", ZMQ_CONN, 0, NULL,
	  0 },
	{ "no port", "tcp://h", ZMQ_CONN, -EINVAL },
	{ "port is empty", "tcp://h:", ZMQ_CONN, -EINVAL },
	{ "port is a wildcard", "tcp://h:*", ZMQ_CONN, -EINVAL },
	{ "port is a wildcard", "tcp://192.168.0.200:*", ZMQ_CONN, -EINVAL },
	{ "port is no number", "tcp://localhost:invalid", ZMQ_CONN, -EINVAL },
	{ "port is negative", "tcp://h:-1", ZMQ_CONN, -EINVAL },
	{ "slash", "tcp://h:5/x", ZMQ_CONN, -EINVAL },
	{ "wildcard", "tcp://*:5", ZMQ_CONN, -EINVAL },
	{ "dash in front", "tcp://-a:5", ZMQ_CONN, -EINVAL },
	{ "underscore in front", "tcp://_a:5", ZMQ_CONN, -EINVAL },
	{ "blank", "tcp://a b:5", ZMQ_CONN, -EINVAL },
	{ "blanks", "tcp://in val id:1234", ZMQ_CONN, -EINVAL },
	{ "semicolon in front", "tcp://;h:5", ZMQ_CONN, -EINVAL },
	{ "Latin-1 letter in front", "tcp://\xe9:5", ZMQ_CONN, -EINVAL },
	{ "Latin-1 letter", "tcp://a\xe9:5", ZMQ_CONN, -EINVAL },
	{ "control character", "tcp://a\n:5", ZMQ_CONN, -EINVAL },
};

KUNIT_ARRAY_PARAM(zmq_endpoint_tcps, zmq_endpoint_tcps,
		  zmq_endpoint_inet_desc);

static void zmq_endpoint_test_tcp(struct kunit *test)
{
	const struct zmq_endpoint_inet_row *row = test->param_value;
	struct zmq_endpoint *ep = zmq_endpoint_alloc(test);

	zmq_endpoint_read(test, ep, row->uri, row->dir, row->err);
	zmq_endpoint_check_inet(test, row, &ep->tcp);
}

/* DNS has no longer names: to bind fails now, to connect each time. */
static void zmq_endpoint_test_tcp_long_host(struct kunit *test)
{
	struct zmq_endpoint *ep = zmq_endpoint_alloc(test);
	char *uri = kunit_kzalloc(test, 300, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, uri);
	memset(uri, 'a', 6 + ZMQ_HOST_MAX);
	memcpy(uri, "tcp://", 6);
	strcpy(uri + 6 + ZMQ_HOST_MAX, ":5");
	zmq_endpoint_read(test, ep, uri, ZMQ_BIND, 0);
	KUNIT_EXPECT_EQ(test, (size_t)ZMQ_HOST_MAX, strlen(ep->tcp.dst.host));
	zmq_endpoint_read(test, ep, uri, ZMQ_CONN, 0);
	KUNIT_EXPECT_EQ(test, 5, (int)ep->tcp.dst.port);

	strcpy(uri + 6 + ZMQ_HOST_MAX, "a:5");
	zmq_endpoint_read(test, ep, uri, ZMQ_BIND, -ENODEV);
	zmq_endpoint_read(test, ep, uri, ZMQ_CONN, 0);
	KUNIT_EXPECT_EQ(test, 0, (int)ep->tcp.dst.port);
}

/**
 * struct zmq_endpoint_ws_row - an endpoint of ws or wss
 * @what: what the row is about
 * @uri: the endpoint
 * @dir: what to do with it
 * @err: expected result; the rest counts only when it is 0
 * @host: destination
 * @port: its port, -1 = any
 * @path: of the request
 */
struct zmq_endpoint_ws_row {
	const char *what;
	const char *uri;
	enum zmq_direction dir;
	int err;
	const char *host;
	int port;
	const char *path;
};

static const struct zmq_endpoint_ws_row zmq_endpoint_wss[] = {
	{ "path", "ws://*:*/path", ZMQ_BIND, 0, "*", -1, "/path" },
	{ "no path", "wss://127.0.0.1:80", ZMQ_BIND, 0, "127.0.0.1", 80, "/" },
	{ "empty path", "ws://[::1]:80/", ZMQ_BIND, 0, "::1", 80, "/" },
	{ "a colon in the path", "ws://h:80/a:b", ZMQ_BIND, 0, "h", 80,
	  "/a:b" },
	{ "second slash", "ws://*:80/a/b", ZMQ_BIND, -EINVAL },
	{ "double slash", "ws://*:80//", ZMQ_BIND, -EINVAL },
	{ "no port", "ws://*/path", ZMQ_BIND, -EINVAL },
	{ "port is empty", "ws://*:/path", ZMQ_BIND, -EINVAL },
	{ "zone 0", "ws://[fe80::1%0]:80", ZMQ_BIND, -EINVAL },
	{ "host is empty", "ws://:80", ZMQ_BIND, -ENODEV },
	{ "path", "ws://h:80/path", ZMQ_CONN, 0, "h", 80, "/path" },
	{ "long path", "ws://h:80/a/b", ZMQ_CONN, 0, "h", 80, "/a/b" },
	{ "IPv6", "wss://[::1]:443", ZMQ_CONN, 0, "::1", 443, "/" },
	{ "no port", "ws://h", ZMQ_CONN, -EINVAL },
	{ "port is in the path", "ws://h/:80", ZMQ_CONN, -EINVAL },
	{ "any port", "ws://h:*", ZMQ_CONN, -EINVAL },
	{ "port 0", "ws://h:0/path", ZMQ_CONN, -EINVAL },
	{ "host is empty", "ws://:80", ZMQ_CONN, -EINVAL },
};

static void zmq_endpoint_ws_desc(const struct zmq_endpoint_ws_row *row,
				 char *desc)
{
	zmq_endpoint_desc(desc, row->uri, row->dir, row->what);
}

KUNIT_ARRAY_PARAM(zmq_endpoint_wss, zmq_endpoint_wss, zmq_endpoint_ws_desc);

static void zmq_endpoint_test_ws(struct kunit *test)
{
	const struct zmq_endpoint_ws_row *row = test->param_value;
	struct zmq_endpoint *ep = zmq_endpoint_alloc(test);

	zmq_endpoint_read(test, ep, row->uri, row->dir, row->err);
	if (row->err)
		return;
	zmq_endpoint_expect(test, &ep->ws.dst, row->host, row->port);
	KUNIT_EXPECT_STREQ(test, row->path, ep->ws.path);
}

static struct kunit_case zmq_endpoint_cases[] = {
	KUNIT_CASE_PARAM(zmq_endpoint_test_split,
			 zmq_endpoint_splits_gen_params),
	KUNIT_CASE(zmq_endpoint_test_split_nul),
	KUNIT_CASE(zmq_endpoint_test_split_length),
	KUNIT_CASE_PARAM(zmq_endpoint_test_check_type,
			 zmq_endpoint_types_gen_params),
	KUNIT_CASE_PARAM(zmq_endpoint_test_tcp, zmq_endpoint_tcps_gen_params),
	KUNIT_CASE(zmq_endpoint_test_tcp_long_host),
	KUNIT_CASE_PARAM(zmq_endpoint_test_ws, zmq_endpoint_wss_gen_params),
	{}
};

static struct kunit_suite zmq_endpoint_suite = {
	.name = "zmq_endpoint",
	.test_cases = zmq_endpoint_cases,
};

kunit_test_suite(zmq_endpoint_suite);
