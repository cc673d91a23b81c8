// SPDX-License-Identifier: GPL-2.0-only
/* resolve/lines.c, hosts.c, resolv_conf.c, literal.c: text that users write. */
#include <kunit/test.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "resolve/hosts.h"
#include "resolve/lines.h"
#include "resolve/literal.h"
#include "resolve/resolv_conf.h"

/* Read a whole text in pieces of a given size. */
static void zmq_text_read(struct kunit *test, const char *text, size_t len,
			  size_t piece, bool (*fn)(void *arg, char *line),
			  void *arg)
{
	struct zmq_lines *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);
	size_t at, n;

	KUNIT_ASSERT_NOT_NULL(test, l);
	zmq_lines_init(l, fn, arg);
	for (at = 0; at < len; at += n) {
		n = min(piece, len - at);
		if (!zmq_lines_feed(l, text + at, n))
			return;
	}
	zmq_lines_end(l);
}

/* Collects lines, each in brackets; stops at "stop". */
static bool zmq_lines_collect(void *arg, char *line)
{
	char *out = arg;

	if (strlen(line) > 20)
		line[20] = '\0';
	strcat(strcat(strcat(out, "["), line), "]");
	return strcmp(line, "stop");
}

static void zmq_lines_test_pieces(struct kunit *test)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "", "" },
		{ "\n", "[]" },
		{ "a", "[a]" },			/* no newline at the end */
		{ "a\n", "[a]" },
		{ "a\n\nb c\r\nd", "[a][][b c\r][d]" },
		{ "a\nstop\nb\n", "[a][stop]" },
	};
	size_t i, piece;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (piece = 1; piece <= 4; piece++) {
			char out[256] = "";

			zmq_text_read(test, rows[i].text, strlen(rows[i].text),
				      piece, zmq_lines_collect, out);
			KUNIT_EXPECT_STREQ(test, out, rows[i].want);
		}
	}
}

/* The longest line is read, one byte more and it is dropped as a whole. */
static void zmq_lines_test_too_long(struct kunit *test)
{
	size_t size = 3 * ZMQ_LINE_MAX, len;
	char *text = kunit_kzalloc(test, size, GFP_KERNEL);
	char out[256];

	KUNIT_ASSERT_NOT_NULL(test, text);
	for (len = ZMQ_LINE_MAX; len <= ZMQ_LINE_MAX + 1; len++) {
		memset(text, 'x', len);
		strcpy(text + len, "\nb\n");
		out[0] = '\0';
		zmq_text_read(test, text, strlen(text), 1000,
			      zmq_lines_collect, out);
		KUNIT_EXPECT_STREQ(test, out, len == ZMQ_LINE_MAX ?
				   "[xxxxxxxxxxxxxxxxxxxx][b]" : "[b]");
	}
	/* without an end */
	memset(text, 'x', size - 1);
	out[0] = '\0';
	zmq_text_read(test, text, size - 1, 1000, zmq_lines_collect, out);
	KUNIT_EXPECT_STREQ(test, out, "");
}

static void zmq_literal_test_inet4(struct kunit *test)
{
	static const struct {
		const char *s;
		bool ok;
		u32 addr;
	} rows[] = {
		{ "127.0.0.1", true, 0x7f000001 },
		{ "0.0.0.0", true, 0 },
		{ "255.255.255.255", true, 0xffffffff },
		/* short and in other bases, as getaddrinfo() takes them */
		{ "127.1", true, 0x7f000001 },
		{ "10.1.2", true, 0x0a010002 },
		{ "10.1.65535", true, 0x0a01ffff },
		{ "10.16777215", true, 0x0affffff },
		{ "4294967295", true, 0xffffffff },
		{ "0x7f.0.0.0x1", true, 0x7f000001 },
		{ "0177.0.0.010", true, 0x7f000008 },
		{ "0", true, 0 },
		/* out of range for their place */
		{ "256.0.0.1", false },
		{ "1.2.3.256", false },
		{ "10.1.65536", false },
		{ "10.16777216", false },
		{ "4294967296", false },
		{ "99999999999999999999999999", false },
		/* no address at all */
		{ "", false },
		{ ".", false },
		{ "1.2.3.4.", false },
		{ "1.2.3.4.5", false },
		{ "1..2", false },
		{ ".1", false },
		{ "1.2.3.4x", false },
		{ "08.1.1.1", false },
		{ "0x", false },
		{ "0x.1", false },
		{ "-1", false },
		{ " 1.2.3.4", false },
		{ "1.2.3.4:5", false },
		{ "a.b", false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct in_addr addr = { .s_addr = htonl(0x01010101) };

		KUNIT_EXPECT_EQ_MSG(test, zmq_literal_inet4(rows[i].s, &addr),
				    rows[i].ok, "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, ntohl(addr.s_addr), rows[i].ok ?
				    rows[i].addr : 0x01010101, "row %zu", i);
	}
}

static void zmq_literal_test_parse(struct kunit *test)
{
	static const struct {
		const char *s;
		int err, family;
		u32 scope, last;
	} rows[] = {
		{ "10.0.0.5", 0, AF_INET, 0, 0x0a000005 },
		{ "::1", 0, AF_INET6, 0, 1 },
		{ "2001:db8::5", 0, AF_INET6, 0, 5 },
		{ "::ffff:1.2.3.4", 0, AF_INET6, 0, 0x01020304 },
		{ "fe80::1%7", 0, AF_INET6, 7, 1 },
		{ "fe80::1%lo", 0, AF_INET6, 1, 1 },
		{ "::1%1", 0, AF_INET6, 1, 1 },
		{ "fe80::1%", -EINVAL },
		{ "fe80::1%0", -EINVAL },
		{ "fe80::1%nosuchif", -EINVAL },
		{ "fe80::1%7x", -EINVAL },
		{ "fe80::1%4294967296", -EINVAL },
		{ "server001", -ENOENT },
		{ "", -ENOENT },
		{ ":", -ENOENT },
		{ "[::1]", -ENOENT },
		{ "1:2", -ENOENT },
		{ "::1.2.3.4:5", -ENOENT },
		{ "1.2.3.4%lo", -ENOENT },
	};
	struct sockaddr_storage ss;
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&ss;
	struct sockaddr_in *sin = (struct sockaddr_in *)&ss;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		int err = zmq_literal_parse(&init_net, rows[i].s, &ss);
		__be32 last;

		KUNIT_EXPECT_EQ_MSG(test, err, rows[i].err, "row %zu", i);
		if (err)
			continue;
		KUNIT_EXPECT_EQ(test, ss.ss_family, rows[i].family);
		KUNIT_EXPECT_EQ(test, ntohs(sin->sin_port), 0);
		if (ss.ss_family == AF_INET6) {
			last = sin6->sin6_addr.s6_addr32[3];
			KUNIT_EXPECT_EQ(test, sin6->sin6_scope_id,
					rows[i].scope);
		} else {
			last = sin->sin_addr.s_addr;
		}
		KUNIT_EXPECT_EQ_MSG(test, ntohl(last), rows[i].last, "row %zu",
				    i);
	}
}

static const char zmq_hosts_text[] =
	"# comment\n"
	"127.0.0.1\tlocalhost\n"
	"::1 localhost ip6-localhost\n"
	"  10.0.0.1 \t server001.example.com  Server001 # alias\n"
	"10.0.0.2 server001\n"
	"10.0.0.3 #hidden\n"
	"10.0.0.3 x#hidden\n"
	"10.0.0.4\n"
	"\n"
	"300.0.0.1 bad\n"
	"fe80::1%lo bad\n"
	"not-an-address bad\n"
	"10.0.0.6 bad\n"
	"2001:db8::7 only6\r\n"
	"10.0.0.8 dual\n"
	"2001:db8::8 dual\n"
	"10.0.0.9 last";

static void zmq_hosts_test_lookup(struct kunit *test)
{
	static const struct {
		const char *name;
		u32 want4, want6;	/* last four bytes, 0 = none */
	} rows[] = {
		{ "localhost", 0x7f000001, 1 },
		{ "server001", 0x0a000001, 0 },		/* first line wins */
		{ "SERVER001.example.COM", 0x0a000001, 0 },
		{ "server00", 0, 0 },			/* no prefix match */
		{ "hidden", 0, 0 },
		{ "alias", 0, 0 },
		{ "x", 0x0a000003, 0 },
		{ "10.0.0.4", 0, 0 },			/* no name itself */
		{ "bad", 0x0a000006, 0 },		/* bad lines skipped */
		{ "only6", 0, 7 },
		{ "dual", 0x0a000008, 8 },
		{ "last", 0x0a000009, 0 },		/* no newline */
		{ "absent", 0, 0 },
	};
	size_t i;
	int want6;

	for (i = 0; i < 2 * ARRAY_SIZE(rows); i++) {
		struct zmq_hosts_query q = {};
		size_t row = i / 2;

		want6 = i % 2;
		q.name = rows[row].name;
		q.want6 = want6;
		zmq_text_read(test, zmq_hosts_text, sizeof(zmq_hosts_text) - 1,
			      7, zmq_hosts_line, &q);
		KUNIT_EXPECT_EQ_MSG(test, q.have4, !!rows[row].want4, "row %zu",
				    row);
		KUNIT_EXPECT_EQ_MSG(test, q.have6, want6 && rows[row].want6,
				    "row %zu", row);
		if (q.have4)
			KUNIT_EXPECT_EQ(test, ntohl(q.addr4.s_addr),
					rows[row].want4);
		if (q.have6)
			KUNIT_EXPECT_EQ(test, ntohl(q.addr6.s6_addr32[3]),
					rows[row].want6);
	}
}

static void zmq_hosts_test_is_localhost(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, zmq_hosts_is_localhost("localhost"));
	KUNIT_EXPECT_TRUE(test, zmq_hosts_is_localhost("LocalHost"));
	KUNIT_EXPECT_TRUE(test, zmq_hosts_is_localhost("a.localhost"));
	KUNIT_EXPECT_FALSE(test, zmq_hosts_is_localhost("alocalhost"));
	KUNIT_EXPECT_FALSE(test, zmq_hosts_is_localhost("localhost.a"));
	KUNIT_EXPECT_FALSE(test, zmq_hosts_is_localhost("ocalhost"));
	KUNIT_EXPECT_FALSE(test, zmq_hosts_is_localhost(""));
}

static struct zmq_resolv_conf *zmq_resolv_conf_read(struct kunit *test,
						    const char *text)
{
	struct zmq_resolv_conf *conf = kunit_kzalloc(test, sizeof(*conf),
						     GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, conf);
	zmq_resolv_conf_init(conf, &init_net);
	zmq_text_read(test, text, strlen(text), 64, zmq_resolv_conf_line, conf);
	zmq_resolv_conf_finish(conf);
	return conf;
}

static void zmq_resolv_conf_test_empty(struct kunit *test)
{
	struct zmq_resolv_conf *conf = zmq_resolv_conf_read(test, "");
	struct sockaddr_in *sin = (struct sockaddr_in *)&conf->servers[0];

	KUNIT_EXPECT_EQ(test, conf->nr_servers, 1U);
	KUNIT_EXPECT_EQ(test, sin->sin_family, AF_INET);
	KUNIT_EXPECT_EQ(test, ntohl(sin->sin_addr.s_addr), INADDR_LOOPBACK);
	KUNIT_EXPECT_EQ(test, ntohs(sin->sin_port), 53);
	KUNIT_EXPECT_EQ(test, conf->nr_search, 0U);
	KUNIT_EXPECT_EQ(test, conf->ndots, 1U);
	KUNIT_EXPECT_EQ(test, conf->timeout, 5U);
	KUNIT_EXPECT_EQ(test, conf->attempts, 2U);
}

static void zmq_resolv_conf_test_servers(struct kunit *test)
{
	struct zmq_resolv_conf *conf = zmq_resolv_conf_read(test,
		"# nameserver 9.9.9.1\n"
		"; nameserver 9.9.9.2\n"
		" nameserver 9.9.9.3\n"		/* must start the line */
		"nameserver\n"
		"nameserver dns.example\n"
		"nameservers 9.9.9.4\n"
		"nameserver\t10.0.0.1 trailing\n"
		"nameserver fe80::5%3\n"
		"nameserver fe80::5%nosuchif\n"
		"nameserver 10.0.0.2\n"
		"nameserver 10.0.0.3\n");	/* one too many */
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&conf->servers[1];
	struct sockaddr_in *sin = (struct sockaddr_in *)&conf->servers[0];

	KUNIT_ASSERT_EQ(test, conf->nr_servers, 3U);
	KUNIT_EXPECT_EQ(test, ntohl(sin->sin_addr.s_addr), 0x0a000001U);
	KUNIT_EXPECT_EQ(test, sin6->sin6_family, AF_INET6);
	KUNIT_EXPECT_EQ(test, ntohs(sin6->sin6_port), 53);
	KUNIT_EXPECT_EQ(test, sin6->sin6_scope_id, 3U);
	sin = (struct sockaddr_in *)&conf->servers[2];
	KUNIT_EXPECT_EQ(test, ntohl(sin->sin_addr.s_addr), 0x0a000002U);
}

static void zmq_resolv_conf_test_search(struct kunit *test)
{
	struct zmq_resolv_conf *conf;

	conf = zmq_resolv_conf_read(test, "search a.example b.example.  c\n");
	KUNIT_EXPECT_EQ(test, conf->nr_search, 3U);
	KUNIT_EXPECT_STREQ(test, conf->search[0], "a.example");
	KUNIT_EXPECT_STREQ(test, conf->search[1], "b.example");
	KUNIT_EXPECT_STREQ(test, conf->search[2], "c");
	/* the last of search and domain counts; domain takes one */
	conf = zmq_resolv_conf_read(test, "search a b\ndomain c d\n");
	KUNIT_EXPECT_EQ(test, conf->nr_search, 1U);
	KUNIT_EXPECT_STREQ(test, conf->search[0], "c");
	conf = zmq_resolv_conf_read(test, "domain c\nsearch a b\n");
	KUNIT_EXPECT_EQ(test, conf->nr_search, 2U);
	conf = zmq_resolv_conf_read(test, "search a b\nsearch\n");
	KUNIT_EXPECT_EQ(test, conf->nr_search, 0U);
	/* limits, and words that are no domain */
	conf = zmq_resolv_conf_read(test, "search . a* 1 2 3 4 5 6 7 8\n");
	KUNIT_EXPECT_EQ(test, conf->nr_search, 6U);
	KUNIT_EXPECT_STREQ(test, conf->search[5], "6");
}

static void zmq_resolv_conf_test_options(struct kunit *test)
{
	static const struct {
		const char *text;
		unsigned int ndots, timeout, attempts;
	} rows[] = {
		{ "options ndots:2 timeout:3 attempts:4\n", 2, 3, 4 },
		{ "options ndots:2\noptions timeout:3\n", 2, 3, 2 },
		{ "options ndots:99 timeout:99 attempts:99\n", 15, 30, 5 },
		{ "options ndots:0 timeout:0 attempts:0\n", 0, 1, 1 },
		{ "options rotate use-vc edns0 debug\n", 1, 5, 2 },
		{ "options ndots: timeout:x attempts:-1\n", 1, 5, 2 },
		{ "options ndots timeout: :3 :\n", 1, 5, 2 },
		{ "options ndots:4294967297\n", 1, 5, 2 },
		{ "options\n", 1, 5, 2 },
	};
	struct zmq_resolv_conf *conf;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		conf = zmq_resolv_conf_read(test, rows[i].text);
		KUNIT_EXPECT_EQ_MSG(test, conf->ndots, rows[i].ndots,
				    "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, conf->timeout, rows[i].timeout,
				    "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, conf->attempts, rows[i].attempts,
				    "row %zu", i);
	}
}

static void zmq_resolv_conf_test_candidates(struct kunit *test)
{
	static const struct {
		const char *text, *name, *want[4];
	} rows[] = {
		{ "", "host", { "host" } },
		{ "search a b\n", "host", { "host.a", "host.b", "host" } },
		{ "search a b\n", "host.x", { "host.x", "host.x.a",
					      "host.x.b" } },
		{ "search a b\n", "host.", { "host" } },
		{ "search a b\n", "host.x.", { "host.x" } },
		{ "search a\noptions ndots:2\n", "h.x", { "h.x.a", "h.x" } },
		{ "search a\noptions ndots:2\n", "h.x.y", { "h.x.y",
							    "h.x.y.a" } },
		{ "search a\noptions ndots:0\n", "h", { "h", "h.a" } },
	};
	char out[ZMQ_DNS_NAME_MAX + 1];
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct zmq_resolv_conf *conf;
		int err;

		conf = zmq_resolv_conf_read(test, rows[i].text);
		for (j = 0; j < 4; j++) {
			err = zmq_resolv_conf_candidate(conf, rows[i].name, j,
							out);
			KUNIT_EXPECT_EQ_MSG(test, err, rows[i].want[j] ?
					    0 : -ENOENT, "row %zu", i);
			if (!err && rows[i].want[j])
				KUNIT_EXPECT_STREQ(test, out, rows[i].want[j]);
		}
	}
}

/* A name that gets too long by its domain is left out, the others stay. */
static void zmq_resolv_conf_test_too_long(struct kunit *test)
{
	struct zmq_resolv_conf *conf = zmq_resolv_conf_read(test,
							    "search ab a\n");
	char name[ZMQ_DNS_NAME_MAX - 1], out[ZMQ_DNS_NAME_MAX + 1];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	KUNIT_EXPECT_EQ(test, zmq_resolv_conf_candidate(conf, name, 0, out),
			-ENAMETOOLONG);
	KUNIT_EXPECT_EQ(test, zmq_resolv_conf_candidate(conf, name, 1, out), 0);
	KUNIT_EXPECT_EQ(test, strlen(out), (size_t)ZMQ_DNS_NAME_MAX);
	KUNIT_EXPECT_EQ(test, zmq_resolv_conf_candidate(conf, name, 2, out), 0);
	KUNIT_EXPECT_STREQ(test, out, name);
	KUNIT_EXPECT_EQ(test, zmq_resolv_conf_candidate(conf, name, 3, out),
			-ENOENT);
}

static struct kunit_case zmq_resolve_files_cases[] = {
	KUNIT_CASE(zmq_lines_test_pieces),
	KUNIT_CASE(zmq_lines_test_too_long),
	KUNIT_CASE(zmq_literal_test_inet4),
	KUNIT_CASE(zmq_literal_test_parse),
	KUNIT_CASE(zmq_hosts_test_lookup),
	KUNIT_CASE(zmq_hosts_test_is_localhost),
	KUNIT_CASE(zmq_resolv_conf_test_empty),
	KUNIT_CASE(zmq_resolv_conf_test_servers),
	KUNIT_CASE(zmq_resolv_conf_test_search),
	KUNIT_CASE(zmq_resolv_conf_test_options),
	KUNIT_CASE(zmq_resolv_conf_test_candidates),
	KUNIT_CASE(zmq_resolv_conf_test_too_long),
	{}
};

static struct kunit_suite zmq_resolve_files_suite = {
	.name = "zmq_resolve_files",
	.test_cases = zmq_resolve_files_cases,
};

kunit_test_suite(zmq_resolve_files_suite);
