// SPDX-License-Identifier: GPL-2.0-only
/*
 * The resolver's files (kmod/resolve/{lines,resolv_conf,hosts}.c), which the
 * caller of connect() may have written: the same in any pieces, and all that is
 * found stays within its limits.
 */
#include "fuzz.h"
#include "resolve/hosts.h"
#include "resolve/lines.h"
#include "resolve/resolv_conf.h"

static void feed(struct zmq_lines *l, const u8 *data, size_t len, size_t step)
{
	size_t at, n;

	for (at = 0; at < len; at += n) {
		const u8 *piece;
		bool more;

		n = min(step, len - at);
		piece = zf_copy(data + at, n);
		more = zmq_lines_feed(l, (const char *)piece, n);
		zf_drop(piece);
		if (!more)
			return;
	}
	zmq_lines_end(l);
}

static void read_conf(struct zmq_resolv_conf *conf, const u8 *data, size_t len, size_t step)
{
	static struct zmq_lines l;

	memset(conf, 0, sizeof(*conf));
	zmq_resolv_conf_init(conf, &init_net);
	zmq_lines_init(&l, zmq_resolv_conf_line, conf);
	feed(&l, data, len, step);
	zmq_resolv_conf_finish(conf);
}

static void check_conf(const struct zmq_resolv_conf *conf)
{
	static const char *const names[] = { "a", "a.b", "a.b.c.d.e", "a.b." };
	char out[ZMQ_DNS_NAME_MAX + 1];
	unsigned int i, j;

	zf_check(conf->nr_servers >= 1 && conf->nr_servers <= ZMQ_RESOLV_SERVERS);
	zf_check(conf->nr_search <= ZMQ_RESOLV_SEARCH);
	zf_check(conf->ndots <= 15);
	zf_check(conf->timeout >= 1 && conf->timeout <= 30);
	zf_check(conf->attempts >= 1 && conf->attempts <= 5);
	for (i = 0; i < conf->nr_search; i++)
		zf_check(zmq_dns_name_ok(conf->search[i]));
	for (i = 0; i < ARRAY_SIZE(names); i++)
		for (j = 0; j <= ZMQ_RESOLV_SEARCH + 1; j++) {
			int err = zmq_resolv_conf_candidate(conf, names[i], j, out);

			zf_check(!err || err == -ENOENT || err == -ENAMETOOLONG);
			zf_check(err || zmq_dns_name_ok(out));
			zf_check(err != -ENOENT || j > 0);
		}
}

static void read_hosts(struct zmq_hosts_query *q, const u8 *data, size_t len, size_t step)
{
	static struct zmq_lines l;

	zmq_lines_init(&l, zmq_hosts_line, q);
	feed(&l, data, len, step);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct zmq_resolv_conf whole, bytes;
	struct zmq_hosts_query a = { .name = "a" }, b = a;

	read_conf(&whole, data, size, size);
	read_conf(&bytes, data, size, 1);
	zf_check(!memcmp(&whole, &bytes, sizeof(whole)));
	check_conf(&whole);
	a.want6 = size & 1;
	b.want6 = size & 1;
	read_hosts(&a, data, size, size);
	read_hosts(&b, data, size, 1);
	zf_check(!memcmp(&a, &b, sizeof(a)));
	zf_check(!a.have6 || a.want6);
	return 0;
}
