// SPDX-License-Identifier: GPL-2.0-only
/* Generic netlink, byte by byte: requests as wrong as they have to be. */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "znl_msg.h"

/* As much as the kernel sends in one read. */
#define ZNL_READ 65536
#define ZNL_TIMEO 10000

void znl_sort(const void *p, size_t len, const struct nlattr **attrs, int count)
{
	const struct nlattr *a = p;

	memset(attrs, 0, count * sizeof(*attrs));
	while (len) {
		int type = a->nla_type & NLA_TYPE_MASK;
		size_t step = NLA_ALIGN(a->nla_len);

		zt_check(len >= sizeof(*a) && a->nla_len >= sizeof(*a) && a->nla_len <= len);
		if (type < count)
			attrs[type] = a;
		len -= step < len ? step : len;
		a = (const void *)((const char *)a + step);
	}
}

void znl_nested(const struct nlattr *nest, const struct nlattr **attrs)
{
	zt_check(nest);
	znl_sort((const char *)nest + NLA_HDRLEN, nest->nla_len - NLA_HDRLEN, attrs, ZNL_ATTRS);
}

static const void *znl_data(const struct nlattr *a, size_t len)
{
	zt_check(a && a->nla_len == NLA_HDRLEN + len);
	return (const char *)a + NLA_HDRLEN;
}

uint32_t znl_u32(const struct nlattr *a)
{
	uint32_t n;

	memcpy(&n, znl_data(a, sizeof(n)), sizeof(n));
	return n;
}

uint64_t znl_u64(const struct nlattr *a)
{
	uint64_t n;

	memcpy(&n, znl_data(a, sizeof(n)), sizeof(n));
	return n;
}

void znl_text(const struct nlattr *a, char *buf, size_t size)
{
	size_t len;

	zt_check(a && a->nla_len > NLA_HDRLEN);
	len = a->nla_len - NLA_HDRLEN;
	zt_check(len <= size);
	memcpy(buf, (const char *)a + NLA_HDRLEN, len);
	zt_check(!buf[len - 1] && strlen(buf) == len - 1);
}

bool znl_is(const struct nlattr *a, const char *text)
{
	char buf[1024];

	if (!a)
		return false;
	znl_text(a, buf, sizeof(buf));
	return !strcmp(buf, text);
}

int znl_socket(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC), on = 1;

	zt_check(fd >= 0);
	zt_ok(setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)));
	zt_ok(setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)));
	return fd;
}

/* The number of the group in CTRL_ATTR_MCAST_GROUPS. */
static int znl_group(const struct nlattr *groups)
{
	const struct nlattr *list[ZNL_ATTRS], *group[ZNL_ATTRS];
	int i;

	znl_nested(groups, list);
	for (i = 0; i < ZNL_ATTRS; i++) {
		if (!list[i])
			continue;
		znl_nested(list[i], group);
		if (znl_is(group[CTRL_ATTR_MCAST_GRP_NAME], ZMQ_MCGRP_EVENTS))
			return znl_u32(group[CTRL_ATTR_MCAST_GRP_ID]);
	}
	zt_fail("the family has no group %s", ZMQ_MCGRP_EVENTS);
}

int znl_family(int fd, int *group)
{
	const struct nlattr *attrs[ZNL_ATTRS];
	struct znl_msg msg = {
		.nl = { NLMSG_LENGTH(GENL_HDRLEN), GENL_ID_CTRL, NLM_F_REQUEST },
		.genl = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 },
	};
	uint16_t id;
	ssize_t n;

	znl_add(&msg, CTRL_ATTR_FAMILY_NAME, ZMQ_FAMILY_NAME, sizeof(ZMQ_FAMILY_NAME));
	znl_send(fd, &msg);
	n = recv(fd, &msg, sizeof(msg), 0);
	zt_check(n >= (ssize_t)NLMSG_LENGTH(GENL_HDRLEN) && msg.nl.nlmsg_type == GENL_ID_CTRL);
	znl_sort(msg.data, msg.nl.nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), attrs, ZNL_ATTRS);
	if (group)
		*group = znl_group(attrs[CTRL_ATTR_MCAST_GROUPS]);
	memcpy(&id, znl_data(attrs[CTRL_ATTR_FAMILY_ID], sizeof(id)), sizeof(id));
	return id;
}

void znl_request(struct znl_msg *msg, int fd, int cmd, int flags)
{
	static int family;

	if (!family)
		family = znl_family(fd, NULL);
	memset(msg, 0, sizeof(*msg));
	msg->nl.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	msg->nl.nlmsg_type = family;
	msg->nl.nlmsg_flags = NLM_F_REQUEST | flags;
	msg->genl.cmd = cmd;
	msg->genl.version = ZMQ_FAMILY_VERSION;
}

void znl_add(struct znl_msg *msg, int type, const void *data, size_t len)
{
	char *end = (char *)msg + msg->nl.nlmsg_len;
	struct nlattr a = { .nla_type = type, .nla_len = NLA_HDRLEN + len };

	zt_check(msg->nl.nlmsg_len + NLA_ALIGN(a.nla_len) <= sizeof(*msg));
	memcpy(end, &a, sizeof(a));
	memcpy(end + NLA_HDRLEN, data, len);
	msg->nl.nlmsg_len += NLA_ALIGN(a.nla_len);
}

void znl_add_u64(struct znl_msg *msg, int type, uint64_t n)
{
	znl_add(msg, type, &n, sizeof(n));
}

void znl_send(int fd, const struct znl_msg *msg)
{
	/* Without an address, so that who opened the socket counts, too. */
	zt_eq(send(fd, msg, msg->nl.nlmsg_len, 0), msg->nl.nlmsg_len);
}

/* NLMSG_ERROR, or NLMSG_DONE, whose errno may be followed by words, too. */
static void znl_end(const struct nlmsghdr *h, struct znl_answer *answer)
{
	bool done = h->nlmsg_type == NLMSG_DONE;
	size_t skip = done ? NLMSG_LENGTH(sizeof(int)) : NLMSG_LENGTH(sizeof(struct nlmsgerr));
	const struct nlattr *attrs[ZNL_ATTRS];
	int err;

	memset(answer, 0, sizeof(*answer));
	zt_check(h->nlmsg_len >= NLMSG_LENGTH(sizeof(int)));
	memcpy(&err, (const char *)h + NLMSG_HDRLEN, sizeof(err));
	answer->err = -err;
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	zt_check(done || h->nlmsg_flags & NLM_F_CAPPED);
	znl_sort((const char *)h + skip, h->nlmsg_len - skip, attrs, ZNL_ATTRS);
	if (attrs[NLMSGERR_ATTR_MSG])
		znl_text(attrs[NLMSGERR_ATTR_MSG], answer->text, sizeof(answer->text));
}

bool znl_more(int fd, znl_each_t each, void *arg, struct znl_answer *answer)
{
	static char buf[ZNL_READ] __attribute__((aligned(8)));
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	const struct nlattr *attrs[ZNL_ATTRS];
	struct nlmsghdr *h = (void *)buf;
	ssize_t n;

	zt_check(poll(&pfd, 1, zt_scaled(ZNL_TIMEO)) == 1);
	n = recv(fd, buf, sizeof(buf), 0);
	zt_check(n > 0);
	for (; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
		if (h->nlmsg_type == NLMSG_ERROR || h->nlmsg_type == NLMSG_DONE) {
			znl_end(h, answer);
			return false;
		}
		zt_check(h->nlmsg_len >= NLMSG_LENGTH(GENL_HDRLEN) && each);
		znl_sort((char *)h + NLMSG_LENGTH(GENL_HDRLEN),
			 h->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), attrs, ZNL_ATTRS);
		each(attrs, arg);
	}
	zt_eq(n, 0);
	return true;
}

struct znl_answer znl_ask(int fd, const struct znl_msg *msg, znl_each_t each, void *arg)
{
	struct znl_answer answer;

	znl_send(fd, msg);
	while (znl_more(fd, each, arg, &answer))
		;
	return answer;
}
