// SPDX-License-Identifier: GPL-2.0-only
/* Endpoints of the transports that know groups: udp, pgm, epgm and norm. */
#include "zmtp_endpoint_kunit.h"

static const struct zmq_endpoint_inet_row zmq_endpoint_udps[] = {
	{ "unicast", "udp://127.0.0.1:5556", ZMQ_BIND, 0, "127.0.0.1", 5556 },
	{ "unicast", "udp://127.0.0.1:5556", ZMQ_CONN, 0, "127.0.0.1", 5556 },
	{ "wildcard", "udp://*:5556", ZMQ_BIND, 0, "*", 5556 },
	{ "wildcard", "udp://*:5556", ZMQ_CONN, -EINVAL },
	{ "any port", "udp://127.0.0.1:*", ZMQ_BIND, 0, "127.0.0.1", -1 },
	{ "any port", "udp://127.0.0.1:*", ZMQ_CONN, -EINVAL },
	{ "port 0", "udp://127.0.0.1:0", ZMQ_CONN, -EINVAL },
	{ "group", "udp://239.0.0.1:5555", ZMQ_BIND, 0, "239.0.0.1", 5555 },
	{ "group", "udp://239.0.0.1:5555", ZMQ_CONN, 0, "239.0.0.1", 5555 },
	{ "interface", "udp://lo;239.0.0.1:5555", ZMQ_BIND, 0, "239.0.0.1",
	  5555, "lo" },
	{ "local address", "udp://10.0.0.1;224.0.0.1:5", ZMQ_CONN, 0,
	  "224.0.0.1", 5, "10.0.0.1" },
	{ "IPv6 group", "udp://*;[ff02::1]:5", ZMQ_BIND, 0, "ff02::1", 5,
	  "*" },
	{ "IPv6 group", "udp://eth0;[FF05::1]:5", ZMQ_CONN, 0, "FF05::1", 5,
	  "eth0" },
	{ "name may be a group's", "udp://lo;example.org:5", ZMQ_CONN, 0,
	  "example.org", 5, "lo" },
	{ "no DNS in bind", "udp://lo;example.org:5", ZMQ_BIND, -EINVAL },
	{ "interface without a group", "udp://lo;127.0.0.1:5", ZMQ_BIND,
	  -EINVAL },
	{ "interface without a group", "udp://lo;127.0.0.1:5", ZMQ_CONN,
	  -EINVAL },
	{ "interface and wildcard", "udp://lo;*:5", ZMQ_BIND, -EINVAL },
	{ "just below the groups", "udp://lo;223.255.255.255:5", ZMQ_BIND,
	  -EINVAL },
	{ "just above the groups", "udp://lo;240.0.0.0:5", ZMQ_BIND, -EINVAL },
	{ "just below IPv6's groups", "udp://lo;[feff::1]:5", ZMQ_BIND,
	  -EINVAL },
	{ "group as source", "udp://239.0.0.2;239.0.0.1:5", ZMQ_BIND,
	  -EINVAL },
	{ "IPv6 group as source", "udp://[ff02::2];[ff02::1]:5", ZMQ_BIND,
	  -EINVAL },
	{ "IPv6 needs an interface", "udp://[fe80::1];[ff02::1]:5", ZMQ_BIND,
	  -ENODEV },
	{ "source is empty", "udp://;239.0.0.1:5", ZMQ_BIND, -ENODEV },
	{ "host is empty", "udp://:5", ZMQ_BIND, -ENODEV },
	{ "host is empty", "udp://:5", ZMQ_CONN, -EINVAL },
	{ "no port", "udp://127.0.0.1", ZMQ_BIND, -EINVAL },
	{ "port is no number", "udp://127.0.0.1:x", ZMQ_CONN, -EINVAL },
};

static const struct zmq_endpoint_inet_row zmq_endpoint_pgms[] = {
	{ "interface", "epgm://eth0;239.192.1.1:5555", ZMQ_BIND, 0,
	  "239.192.1.1", 5555, "eth0" },
	{ "address", "pgm://10.0.0.1;239.192.1.1:5", ZMQ_CONN, 0,
	  "239.192.1.1", 5, "10.0.0.1" },
	{ "default interface", "pgm://;239.192.1.1:5", ZMQ_CONN, 0,
	  "239.192.1.1", 5, "" },
	{ "IPv6", "pgm://eth0;[ff08::1]:5", ZMQ_BIND, 0, "ff08::1", 5,
	  "eth0" },
	{ "no interface", "pgm://239.192.1.1:5", ZMQ_BIND, -EINVAL },
	{ "no port", "pgm://eth0;239.192.1.1", ZMQ_CONN, -EINVAL },
	{ "port is empty", "pgm://eth0;239.192.1.1:", ZMQ_CONN, -EINVAL },
	{ "port 0", "pgm://eth0;239.192.1.1:0", ZMQ_BIND, -EINVAL },
	{ "any port", "pgm://eth0;239.192.1.1:*", ZMQ_BIND, -EINVAL },
	{ "no group", "epgm://eth0;:5", ZMQ_BIND, -EINVAL },
	{ "unicast", "epgm://eth0;10.0.0.1:5", ZMQ_BIND, -EINVAL },
	{ "wildcard", "epgm://eth0;*:5", ZMQ_BIND, -EINVAL },
	{ "two groups", "pgm://eth0;a;b:5", ZMQ_BIND, -EINVAL },
};

KUNIT_ARRAY_PARAM(zmq_endpoint_udps, zmq_endpoint_udps,
		  zmq_endpoint_inet_desc);
KUNIT_ARRAY_PARAM(zmq_endpoint_pgms, zmq_endpoint_pgms,
		  zmq_endpoint_inet_desc);

static void zmq_endpoint_test_udp(struct kunit *test)
{
	const struct zmq_endpoint_inet_row *row = test->param_value;
	struct zmq_endpoint *ep = zmq_endpoint_alloc(test);

	zmq_endpoint_read(test, ep, row->uri, row->dir, row->err);
	zmq_endpoint_check_inet(test, row, &ep->udp);
}

static void zmq_endpoint_test_pgm(struct kunit *test)
{
	const struct zmq_endpoint_inet_row *row = test->param_value;
	struct zmq_endpoint *ep = zmq_endpoint_alloc(test);

	zmq_endpoint_read(test, ep, row->uri, row->dir, row->err);
	zmq_endpoint_check_inet(test, row, &ep->pgm);
}

/**
 * struct zmq_endpoint_norm_row - an endpoint of norm
 * @inet: all but the id
 * @id: node id, -1 = none
 */
struct zmq_endpoint_norm_row {
	struct zmq_endpoint_inet_row inet;
	s64 id;
};

static const struct zmq_endpoint_norm_row zmq_endpoint_norms[] = {
	{ { "group", "norm://224.1.2.3:5", ZMQ_BIND, 0, "224.1.2.3", 5 }, -1 },
	{ { "interface", "norm://eth0;224.1.2.3:5", ZMQ_CONN, 0, "224.1.2.3", 5,
	    "eth0" }, -1 },
	{ { "id", "norm://7,224.1.2.3:5", ZMQ_BIND, 0, "224.1.2.3", 5 }, 7 },
	{ { "all", "norm://4294967295,eth0;224.1.2.3:5", ZMQ_BIND, 0,
	    "224.1.2.3", 5, "eth0" }, U32_MAX },
	{ { "unicast", "norm://127.0.0.1:5", ZMQ_CONN, 0, "127.0.0.1", 5 },
	  -1 },
	{ { "id is empty", "norm://,224.1.2.3:5", ZMQ_BIND, -EINVAL } },
	{ { "id is no number", "norm://x,224.1.2.3:5", ZMQ_BIND, -EINVAL } },
	{ { "id is too large", "norm://4294967296,224.1.2.3:5", ZMQ_BIND,
	    -EINVAL } },
	{ { "no port", "norm://224.1.2.3", ZMQ_BIND, -EINVAL } },
	{ { "port 0", "norm://224.1.2.3:0", ZMQ_CONN, -EINVAL } },
	{ { "no group", "norm://eth0;:5", ZMQ_CONN, -EINVAL } },
};

static void zmq_endpoint_norm_desc(const struct zmq_endpoint_norm_row *row,
				   char *desc)
{
	zmq_endpoint_inet_desc(&row->inet, desc);
}

KUNIT_ARRAY_PARAM(zmq_endpoint_norms, zmq_endpoint_norms,
		  zmq_endpoint_norm_desc);

static void zmq_endpoint_test_norm(struct kunit *test)
{
	const struct zmq_endpoint_norm_row *row = test->param_value;
	struct zmq_endpoint *ep = zmq_endpoint_alloc(test);

	zmq_endpoint_read(test, ep, row->inet.uri, row->inet.dir,
			  row->inet.err);
	if (row->inet.err)
		return;
	zmq_endpoint_check_inet(test, &row->inet, &ep->norm.inet);
	KUNIT_ASSERT_EQ(test, row->id >= 0, ep->norm.has_id);
	if (row->id >= 0)
		KUNIT_EXPECT_EQ(test, row->id, (s64)ep->norm.id);
}

static struct kunit_case zmq_endpoint_group_cases[] = {
	KUNIT_CASE_PARAM(zmq_endpoint_test_udp, zmq_endpoint_udps_gen_params),
	KUNIT_CASE_PARAM(zmq_endpoint_test_pgm, zmq_endpoint_pgms_gen_params),
	KUNIT_CASE_PARAM(zmq_endpoint_test_norm, zmq_endpoint_norms_gen_params),
	{}
};

static struct kunit_suite zmq_endpoint_group_suite = {
	.name = "zmq_endpoint_group",
	.test_cases = zmq_endpoint_group_cases,
};

kunit_test_suite(zmq_endpoint_group_suite);
