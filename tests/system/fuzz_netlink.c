// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random requests to the generic netlink family "zmq": every command, attributes
 * of its own and of others, missing, doubled, nested, cut, of any length and value.
 */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz_netlink.h"
#include "znl_msg.h"

static uint32_t draw(struct fuzz_netlink *n, uint32_t limit)
{
	n->x ^= n->x << 13;
	n->x ^= n->x >> 7;
	n->x ^= n->x << 17;
	return (uint32_t)(n->x >> 16) % limit;
}

void fuzz_netlink_open(struct fuzz_netlink *n, uint64_t seed)
{
	n->fd = znl_socket();
	n->family = znl_family(n->fd, NULL);
	n->x = seed * 0x9e3779b97f4a7c15ULL | 1;
}

/* A value; returns its length. Small numbers are descriptors and contexts, too. */
static size_t pick_value(struct fuzz_netlink *n, char *value)
{
	static const char *const texts[] = {
		"a", "b", "a longer name", "tcp://127.0.0.1:21000", "inproc://x", "", "ipc:///tmp/x",
		"inproc://zeromq.zap.01",
	};
	static const uint64_t odd[] = { 0, 1, UINT32_MAX, INT32_MAX, INT64_MAX, UINT64_MAX };
	uint64_t number = draw(n, 3) ? draw(n, 40) : odd[draw(n, ZT_ARRAY(odd))];
	size_t len, i;

	switch (draw(n, 6)) {
	case 0:
	case 1:
		memcpy(value, &number, 4);
		return 4;
	case 2:
		memcpy(value, &number, 8);
		return 8;
	case 3:
	case 4:
		strcpy(value, texts[draw(n, ZT_ARRAY(texts))]);
		return strlen(value) + !!draw(n, 8);
	default:
		len = draw(n, 4) ? draw(n, 16) : draw(n, 700);
		for (i = 0; i < len; i++)
			value[i] = draw(n, 256);
		return len;
	}
}

/* One more attribute at @at; returns where the next one goes. */
static size_t add(struct fuzz_netlink *n, struct znl_msg *msg, size_t at)
{
	char value[1024];
	size_t len = pick_value(n, value);
	struct nlattr a = {
		.nla_type = draw(n, 8) ? draw(n, 14) : draw(n, 65536),
		.nla_len = NLA_HDRLEN + len,
	};

	if (at + NLA_HDRLEN + NLA_ALIGN(len) > sizeof(msg->data))
		return at;
	/* Rarely one that says it is longer, or shorter than its own header. */
	if (!draw(n, 32))
		a.nla_len = draw(n, 2) ? draw(n, 4) : draw(n, 65536);
	if (!draw(n, 32))
		a.nla_type |= NLA_F_NESTED;
	memset(msg->data + at, 0, NLA_HDRLEN + NLA_ALIGN(len));
	memcpy(msg->data + at, &a, sizeof(a));
	memcpy(msg->data + at + NLA_HDRLEN, value, len);
	return at + NLA_HDRLEN + NLA_ALIGN(len);
}

static void drain(struct fuzz_netlink *n)
{
	static __thread char answer[32768];
	int i;

	for (i = 0; i < 16 && recv(n->fd, answer, sizeof(answer), MSG_DONTWAIT) >= 0; i++)
		;
}

void fuzz_netlink_ask(struct fuzz_netlink *n)
{
	struct znl_msg msg;
	size_t at = 0;
	int attrs = draw(n, 6);

	memset(&msg, 0, sizeof(msg.nl) + sizeof(msg.genl));
	msg.nl.nlmsg_type = n->family;
	msg.nl.nlmsg_flags = NLM_F_REQUEST | (draw(n, 3) ? NLM_F_ACK : NLM_F_DUMP);
	if (!draw(n, 16))
		msg.nl.nlmsg_flags |= draw(n, 65536);
	msg.genl.cmd = draw(n, 8) ? 1 + draw(n, ZMQ_CMD_NAME_GET + 1) : draw(n, 256);
	msg.genl.version = draw(n, 16) ? 1 : draw(n, 256);
	while (attrs--)
		at = add(n, &msg, at);
	if (at && !draw(n, 32))
		at = draw(n, at);
	msg.nl.nlmsg_len = sizeof(msg.nl) + sizeof(msg.genl) + at;
	send(n->fd, &msg, msg.nl.nlmsg_len, MSG_DONTWAIT);
	drain(n);
}
