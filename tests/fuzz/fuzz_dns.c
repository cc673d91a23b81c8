// SPDX-License-Identifier: GPL-2.0-only
/*
 * DNS (kmod/resolve/dns_wire.c): an answer of any bytes gives an address or one
 * of the documented errors, and no byte beyond it is read.
 */
#include "fuzz.h"
#include "resolve/dns_wire.h"

/* The name before the first NUL of the input; the rest is the answer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zf_input in = { data, size };
	u8 how = zf_byte(&in), *query = zf_room(ZMQ_DNS_QUERY_MAX), addr[16];
	enum zmq_dns_type type = how & 1 ? ZMQ_DNS_AAAA : ZMQ_DNS_A;
	const u8 *nul = memchr(in.p, 0, in.left);
	size_t name_len = nul ? (size_t)(nul - in.p) : in.left, len;
	char *name = (char *)zf_room(name_len + 1);
	u8 *answer;
	int n, err;

	memcpy(name, in.p, name_len);
	name[name_len] = 0;
	in.p += name_len;
	in.left -= name_len;
	n = zmq_dns_query_build(query, 0x1234, name, type);
	zf_check(zmq_dns_name_ok(name) ? n > 0 && n <= ZMQ_DNS_QUERY_MAX : n == -EINVAL);
	zf_drop(name);
	if (n > 0) {
		zf_byte(&in);
		/* With bit 1 the question is given: what follows it is fuzzed. */
		len = in.left + (how & 2 ? (size_t)n : 0);
		answer = zf_room(len);
		if (how & 2)
			memcpy(answer, query, n);
		memcpy(answer + len - in.left, in.p, in.left);
		if (how & 2) {
			put_unaligned_be16(0x8180, answer + 2);
			put_unaligned_be16(how >> 2, answer + 6);
		}
		err = zmq_dns_answer_parse(answer, len, query, n, addr);
		zf_check(err == 0 || err == -ENOENT || err == -ENODATA || err == -EAGAIN ||
			 err == -EBADMSG || err == -EMSGSIZE || err == -ENOMSG);
		zf_drop(answer);
	}
	zf_drop(query);
	return 0;
}
