// SPDX-License-Identifier: GPL-2.0-only
/*
 * Filters and addresses in numbers (kmod/tran/filter.c, kmod/resolve/literal.c):
 * an address is in the range that it names, IPv4 is what libc takes it for.
 */
#include <arpa/inet.h>

#include "fuzz.h"
#include "blob.h"
#include "mem.h"
#include "resolve/literal.h"
#include "tran/filter.h"

static void check_literal(const char *text)
{
	struct sockaddr_storage ss;
	struct in_addr ours = { 0 }, libc;
	int err = zmq_literal_parse(&init_net, text, &ss);
	bool is = zmq_literal_inet4(text, &ours);

	zf_check(err == 0 || err == -ENOENT || err == -EINVAL);
	if (is)
		zf_check(inet_aton(text, &libc) && libc.s_addr == ours.s_addr);
	if (inet_pton(AF_INET, text, &libc) == 1)
		zf_check(!err && is && ss.ss_family == AF_INET);
	if (!err && ss.ss_family == AF_INET)
		zf_check(is && ((struct sockaddr_in *)&ss)->sin_addr.s_addr == ours.s_addr);
}

/* The range lets its own address in, and none beside it. */
static void check_range(const struct zmq_filter *f)
{
	struct zmq_mem mem = { 0 };
	struct zmq_blob *list = zmq_blob_new(&mem, f, sizeof(*f));
	struct sockaddr_in6 who = { .sin6_family = AF_INET6, .sin6_addr = f->addr };
	struct sockaddr_storage ss = { 0 };

	zf_check(list && f->bits <= 128);
	memcpy(&ss, &who, sizeof(who));
	zf_check(zmq_filter_passes(list, &ss));
	if (f->bits) {
		who.sin6_addr.s6_addr[(f->bits - 1) / 8] ^= 0x80 >> (f->bits - 1) % 8;
		memcpy(&ss, &who, sizeof(who));
		zf_check(!zmq_filter_passes(list, &ss));
	}
	ss.ss_family = AF_UNIX;
	zf_check(!zmq_filter_passes(list, &ss) && zmq_filter_passes(NULL, &ss));
	zmq_blob_put(list);
	zf_check(!mem.used.counter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zf_input in = { data, size };
	bool ipv6 = zf_byte(&in) & 1;
	char *text = (char *)zf_room(in.left + 1);
	struct zmq_filter f;
	int err;

	memcpy(text, in.p, in.left);
	text[in.left] = 0;
	check_literal(text);
	err = zmq_filter_parse(&f, text, ipv6);
	zf_check(!err || err == -EINVAL);
	if (!err)
		check_range(&f);
	zf_drop(text);
	return 0;
}
