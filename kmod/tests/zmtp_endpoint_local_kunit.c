// SPDX-License-Identifier: GPL-2.0-only
/* Endpoints without IP addresses: ipc, inproc, tipc, vsock and vmci. */
#include <linux/limits.h>
#include "zmtp_endpoint_kunit.h"

/* What an ipc or inproc endpoint can be. */
enum zmq_endpoint_name_kind {
	ZMQ_NAME_PLAIN,
	ZMQ_NAME_ABSTRACT,
	ZMQ_NAME_WILDCARD,
};

/**
 * struct zmq_endpoint_name_row - an endpoint that is a name
 * @what: what the row is about
 * @uri: the endpoint
 * @dir: what to do with it
 * @err: expected result; the rest counts only when it is 0
 * @kind: which flags are set
 * @name: the name
 */
struct zmq_endpoint_name_row {
	const char *what;
	const char *uri;
	enum zmq_direction dir;
	int err;
	enum zmq_endpoint_name_kind kind;
	const char *name;
};

static const struct zmq_endpoint_name_row zmq_endpoint_ipcs[] = {
	{ "path", "ipc:///run/a b", ZMQ_BIND, 0, ZMQ_NAME_PLAIN, "/run/a b" },
	{ "path", "ipc:///run/a b", ZMQ_CONN, 0, ZMQ_NAME_PLAIN, "/run/a b" },
	{ "relative path", "ipc://a", ZMQ_BIND, 0, ZMQ_NAME_PLAIN, "a" },
	{ "abstract", "ipc://@tmp-tester", ZMQ_BIND, 0, ZMQ_NAME_ABSTRACT,
	  "tmp-tester" },
	{ "abstract", "ipc://@tmp-tester", ZMQ_CONN, 0, ZMQ_NAME_ABSTRACT,
	  "tmp-tester" },
	{ "@ within a path", "ipc://a@b", ZMQ_CONN, 0, ZMQ_NAME_PLAIN, "a@b" },
	{ "abstract name of @", "ipc://@@", ZMQ_BIND, 0, ZMQ_NAME_ABSTRACT,
	  "@" },
	{ "wildcard", "ipc://*", ZMQ_BIND, 0, ZMQ_NAME_WILDCARD },
	{ "wildcard and more", "ipc://*abc", ZMQ_BIND, 0, ZMQ_NAME_WILDCARD },
	{ "wildcard is a name", "ipc://*", ZMQ_CONN, 0, ZMQ_NAME_PLAIN, "*" },
	{ "no abstract name", "ipc://@", ZMQ_BIND, -EINVAL },
	{ "no abstract name", "ipc://@", ZMQ_CONN, -EINVAL },
};

static const struct zmq_endpoint_name_row zmq_endpoint_inprocs[] = {
	{ "name", "inproc://a", ZMQ_BIND, 0, ZMQ_NAME_PLAIN, "a" },
	{ "name", "inproc://a", ZMQ_CONN, 0, ZMQ_NAME_PLAIN, "a" },
	{ "any characters", "inproc://*:@ /\n\xff", ZMQ_BIND, 0,
	  ZMQ_NAME_PLAIN, "*:@ /\n\xff" },
};

static void zmq_endpoint_name_desc(const struct zmq_endpoint_name_row *row,
				   char *desc)
{
	zmq_endpoint_desc(desc, row->uri, row->dir, row->what);
}

KUNIT_ARRAY_PARAM(zmq_endpoint_ipcs, zmq_endpoint_ipcs, zmq_endpoint_name_desc);
KUNIT_ARRAY_PARAM(zmq_endpoint_inprocs, zmq_endpoint_inprocs,
		  zmq_endpoint_name_desc);

static void zmq_endpoint_test_ipc(struct kunit *test)
{
	const struct zmq_endpoint_name_row *row = test->param_value;
	struct zmq_endpoint *ep = zmq_endpoint_alloc(test);

	zmq_endpoint_read(test, ep, row->uri, row->dir, row->err);
	if (row->err)
		return;
	KUNIT_EXPECT_EQ(test, row->kind == ZMQ_NAME_ABSTRACT,
			ep->ipc.abstract);
	KUNIT_EXPECT_EQ(test, row->kind == ZMQ_NAME_WILDCARD,
			ep->ipc.wildcard);
	if (row->kind == ZMQ_NAME_WILDCARD)
		return;
	KUNIT_EXPECT_STREQ(test, row->name, ep->ipc.name);
	KUNIT_EXPECT_EQ(test, strlen(row->name), (size_t)ep->ipc.len);
}

static void zmq_endpoint_test_inproc(struct kunit *test)
{
	const struct zmq_endpoint_name_row *row = test->param_value;
	struct zmq_endpoint *ep = zmq_endpoint_alloc(test);

	zmq_endpoint_read(test, ep, row->uri, row->dir, row->err);
	KUNIT_EXPECT_STREQ(test, row->name, ep->inproc.name);
	KUNIT_EXPECT_EQ(test, strlen(row->name), (size_t)ep->inproc.len);
}

/* sun_path has 108 bytes; libzmq wants one of them for a NUL or the '@'. */
static void zmq_endpoint_test_ipc_length(struct kunit *test)
{
	static const enum zmq_direction dirs[] = { ZMQ_BIND, ZMQ_CONN };
	struct zmq_endpoint *ep = zmq_endpoint_alloc(test);
	char *uri = kunit_kzalloc(test, 128, GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, uri);
	memset(uri, 'a', 6 + 108);
	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		memcpy(uri, "ipc://a", 7);
		uri[6 + 107] = 'a';
		zmq_endpoint_read(test, ep, uri, dirs[i], -ENAMETOOLONG);
		uri[6 + 107] = '\0';
		zmq_endpoint_read(test, ep, uri, dirs[i], 0);
		KUNIT_EXPECT_EQ(test, 107, (int)ep->ipc.len);

		uri[6] = '@';
		zmq_endpoint_read(test, ep, uri, dirs[i], 0);
		KUNIT_EXPECT_EQ(test, 106, (int)ep->ipc.len);
		uri[6 + 107] = 'a';
		zmq_endpoint_read(test, ep, uri, dirs[i], -ENAMETOOLONG);
	}
	/* A wildcard stands for a path that will fit. */
	uri[6] = '*';
	zmq_endpoint_read(test, ep, uri, ZMQ_BIND, 0);
	zmq_endpoint_read(test, ep, uri, ZMQ_CONN, -ENAMETOOLONG);
}

/**
 * struct zmq_endpoint_tipc_row - an endpoint of tipc
 * @what: what the row is about
 * @uri: the endpoint
 * @dir: what to do with it
 * @err: expected result; the rest counts only when it is 0
 * @tipc: the address
 */
struct zmq_endpoint_tipc_row {
	const char *what;
	const char *uri;
	enum zmq_direction dir;
	int err;
	struct zmq_ep_tipc tipc;
};

static const struct zmq_endpoint_tipc_row zmq_endpoint_tipcs[] = {
	{ "range", "tipc://{5560,1,9}", ZMQ_BIND, 0,
	  { .form = ZMQ_TIPC_RANGE, .type = 5560, .lower = 1, .upper = 9 } },
	{ "as getsockname() prints it", "tipc://{5560, 0, 0}", ZMQ_BIND, 0,
	  { .form = ZMQ_TIPC_RANGE, .type = 5560 } },
	{ "lowest and highest", "tipc://{64,0,4294967295}", ZMQ_BIND, 0,
	  { .form = ZMQ_TIPC_RANGE, .type = 64, .upper = U32_MAX } },
	{ "random", "tipc://<*>", ZMQ_BIND, 0, { .form = ZMQ_TIPC_RANDOM } },
	{ "service", "tipc://{5560,7}", ZMQ_CONN, 0,
	  { .form = ZMQ_TIPC_SERVICE, .type = 5560, .lower = 7, .upper = 7 } },
	{ "service anywhere", "tipc://{5560,0}@0.0.0", ZMQ_CONN, 0,
	  { .form = ZMQ_TIPC_SERVICE, .type = 5560 } },
	{ "service on a node", "tipc://{5560,7}@1.2.3", ZMQ_CONN, 0,
	  { .form = ZMQ_TIPC_SERVICE, .type = 5560, .lower = 7, .upper = 7,
	    .node = 0x01002003 } },
	{ "port", "tipc://<1.2.3:123123>", ZMQ_CONN, 0,
	  { .form = ZMQ_TIPC_PORT, .node = 0x01002003, .ref = 123123 } },
	{ "last node", "tipc://<255.4095.4095:1>", ZMQ_CONN, 0,
	  { .form = ZMQ_TIPC_PORT, .node = U32_MAX, .ref = 1 } },
	{ "range", "tipc://{5560,1,9}", ZMQ_CONN, -EINVAL },
	{ "random", "tipc://<*>", ZMQ_CONN, -EINVAL },
	{ "service", "tipc://{5560,7}", ZMQ_BIND, -EINVAL },
	{ "port", "tipc://<1.2.3:123123>", ZMQ_BIND, -EINVAL },
	{ "type is TIPC's own", "tipc://{63,0,0}", ZMQ_BIND, -EINVAL },
	{ "empty range", "tipc://{5560,9,1}", ZMQ_BIND, -EINVAL },
	{ "number too large", "tipc://{4294967296,0,0}", ZMQ_BIND, -EINVAL },
	{ "number is negative", "tipc://{5560,-1,0}", ZMQ_BIND, -EINVAL },
	{ "number is missing", "tipc://{5560,,0}", ZMQ_BIND, -EINVAL },
	{ "brace is missing", "tipc://{5560,0,0", ZMQ_BIND, -EINVAL },
	{ "type only", "tipc://{5560}", ZMQ_CONN, -EINVAL },
	{ "brace only", "tipc://{", ZMQ_BIND, -EINVAL },
	{ "four numbers", "tipc://{5560,0,0,0}", ZMQ_BIND, -EINVAL },
	{ "more behind it", "tipc://{5560,0,0}x", ZMQ_BIND, -EINVAL },
	{ "range on a node", "tipc://{5560,0,0}@1.2.3", ZMQ_BIND, -EINVAL },
	{ "node is missing", "tipc://{5560,0}@", ZMQ_CONN, -EINVAL },
	{ "node cut short", "tipc://{5560,0}@1.2", ZMQ_CONN, -EINVAL },
	{ "node and more", "tipc://{5560,0}@1.2.3x", ZMQ_CONN, -EINVAL },
	{ "node out of range", "tipc://{5560,0}@256.0.0", ZMQ_CONN, -EINVAL },
	{ "port without a number", "tipc://<1.2.3>", ZMQ_CONN, -EINVAL },
	{ "port cut short", "tipc://<1.2.3:4", ZMQ_CONN, -EINVAL },
	{ "something else", "tipc://5560", ZMQ_BIND, -EINVAL },
};

static void zmq_endpoint_tipc_desc(const struct zmq_endpoint_tipc_row *row,
				   char *desc)
{
	zmq_endpoint_desc(desc, row->uri, row->dir, row->what);
}

KUNIT_ARRAY_PARAM(zmq_endpoint_tipcs, zmq_endpoint_tipcs,
		  zmq_endpoint_tipc_desc);

static void zmq_endpoint_test_tipc(struct kunit *test)
{
	const struct zmq_endpoint_tipc_row *row = test->param_value;
	struct zmq_endpoint *ep = zmq_endpoint_alloc(test);

	zmq_endpoint_read(test, ep, row->uri, row->dir, row->err);
	if (row->err)
		return;
	KUNIT_EXPECT_EQ(test, row->tipc.form, ep->tipc.form);
	KUNIT_EXPECT_EQ(test, row->tipc.type, ep->tipc.type);
	KUNIT_EXPECT_EQ(test, row->tipc.lower, ep->tipc.lower);
	KUNIT_EXPECT_EQ(test, row->tipc.upper, ep->tipc.upper);
	KUNIT_EXPECT_EQ(test, row->tipc.node, ep->tipc.node);
	KUNIT_EXPECT_EQ(test, row->tipc.ref, ep->tipc.ref);
}

/**
 * struct zmq_endpoint_vsock_row - an endpoint of vsock or vmci
 * @what: what the row is about
 * @uri: the endpoint
 * @err: expected result; the rest counts only when it is 0
 * @cid: context id
 * @port: port
 * @local: the caller fills in the context id
 */
struct zmq_endpoint_vsock_row {
	const char *what;
	const char *uri;
	int err;
	u32 cid;
	u32 port;
	bool local;
};

static const struct zmq_endpoint_vsock_row zmq_endpoint_vsocks[] = {
	{ "numbers", "vsock://3:5555", 0, 3, 5555, false },
	{ "any port", "vsock://3:*", 0, 3, U32_MAX, false },
	{ "any port by number", "vsock://3:-1", 0, 3, U32_MAX, false },
	{ "any of both", "vsock://*:*", 0, U32_MAX, U32_MAX, false },
	{ "any machine by number", "vsock://-1:5", 0, U32_MAX, 5, false },
	{ "the host", "vsock://@:5", 0, 2, 5, false },
	{ "vmci: numbers", "vmci://3:5555", 0, 3, 5555, false },
	{ "vmci: this machine", "vmci://@:5", 0, U32_MAX, 5, true },
	{ "vmci: any", "vmci://*:*", 0, U32_MAX, U32_MAX, false },
	{ "largest port", "vsock://3:4294967295", 0, 3, U32_MAX, false },
	{ "no port", "vsock://3", -EINVAL },
	{ "port is empty", "vsock://3:", -EINVAL },
	{ "machine is empty", "vsock://:5", -EINVAL },
	{ "both are empty", "vsock://:", -EINVAL },
	{ "machine is no number", "vsock://x:5", -EINVAL },
	{ "machine is negative", "vsock://-2:5", -EINVAL },
	{ "machine and more", "vsock://3x:5", -EINVAL },
	{ "two colons", "vsock://3:4:5", -EINVAL },
	{ "port is no number", "vsock://3:x", -EINVAL },
	{ "port is too large", "vsock://3:4294967296", -EINVAL },
	{ "machine is too large", "vmci://4294967296:5", -EINVAL },
	{ "the host and more", "vsock://@2:5", -EINVAL },
};

static void zmq_endpoint_vsock_desc(const struct zmq_endpoint_vsock_row *row,
				    char *desc)
{
	strscpy(desc, row->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zmq_endpoint_vsocks, zmq_endpoint_vsocks,
		  zmq_endpoint_vsock_desc);

/* One grammar for both directions. */
static void zmq_endpoint_test_vsock(struct kunit *test)
{
	static const enum zmq_direction dirs[] = { ZMQ_BIND, ZMQ_CONN };
	const struct zmq_endpoint_vsock_row *row = test->param_value;
	struct zmq_endpoint *ep = zmq_endpoint_alloc(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		zmq_endpoint_read(test, ep, row->uri, dirs[i], row->err);
		if (row->err)
			continue;
		KUNIT_EXPECT_EQ(test, row->cid, ep->vsock.cid);
		KUNIT_EXPECT_EQ(test, row->port, ep->vsock.port);
		KUNIT_EXPECT_EQ(test, row->local, ep->vsock.local);
	}
}

static struct kunit_case zmq_endpoint_local_cases[] = {
	KUNIT_CASE_PARAM(zmq_endpoint_test_ipc, zmq_endpoint_ipcs_gen_params),
	KUNIT_CASE(zmq_endpoint_test_ipc_length),
	KUNIT_CASE_PARAM(zmq_endpoint_test_inproc,
			 zmq_endpoint_inprocs_gen_params),
	KUNIT_CASE_PARAM(zmq_endpoint_test_tipc, zmq_endpoint_tipcs_gen_params),
	KUNIT_CASE_PARAM(zmq_endpoint_test_vsock,
			 zmq_endpoint_vsocks_gen_params),
	{}
};

static struct kunit_suite zmq_endpoint_local_suite = {
	.name = "zmq_endpoint_local",
	.test_cases = zmq_endpoint_local_cases,
};

kunit_test_suite(zmq_endpoint_local_suite);
