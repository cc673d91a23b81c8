// SPDX-License-Identifier: GPL-2.0-only
/* Events of AF_ZMQ as generic netlink carries them. */
#define _GNU_SOURCE
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "znl.h"

#define ATTRS 16

struct znl_msg {
	struct nlmsghdr nl;
	struct genlmsghdr genl;
	char attrs[4096];
};

/* Sorts attributes by type; the buffer must have whole ones only. */
static void znl_sort(const void *p, size_t len, const struct nlattr **attrs, int count)
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

static const void *znl_data(const struct nlattr *a, size_t len)
{
	zt_check(a && a->nla_len == NLA_HDRLEN + len);
	return (const char *)a + NLA_HDRLEN;
}

static uint32_t znl_u32(const struct nlattr *a)
{
	uint32_t n;

	memcpy(&n, znl_data(a, sizeof(n)), sizeof(n));
	return n;
}

static uint64_t znl_u64(const struct nlattr *a)
{
	uint64_t n;

	memcpy(&n, znl_data(a, sizeof(n)), sizeof(n));
	return n;
}

static void znl_text(const struct nlattr *a, char *buf, size_t size)
{
	size_t len;

	zt_check(a && a->nla_len > NLA_HDRLEN);
	len = a->nla_len - NLA_HDRLEN;
	zt_check(len <= size);
	memcpy(buf, (const char *)a + NLA_HDRLEN, len);
	zt_check(!buf[len - 1] && strlen(buf) == len - 1);
}

/* The number of the group in CTRL_ATTR_MCAST_GROUPS. */
static int znl_group(const struct nlattr *groups)
{
	const struct nlattr *list[ATTRS], *group[CTRL_ATTR_MCAST_GRP_MAX + 1];
	char name[64];
	int i;

	zt_check(groups);
	znl_sort((const char *)groups + NLA_HDRLEN, groups->nla_len - NLA_HDRLEN, list, ATTRS);
	for (i = 0; i < ATTRS; i++) {
		if (!list[i])
			continue;
		znl_sort((const char *)list[i] + NLA_HDRLEN, list[i]->nla_len - NLA_HDRLEN, group,
			 CTRL_ATTR_MCAST_GRP_MAX + 1);
		znl_text(group[CTRL_ATTR_MCAST_GRP_NAME], name, sizeof(name));
		if (!strcmp(name, ZMQ_MCGRP_EVENTS))
			return znl_u32(group[CTRL_ATTR_MCAST_GRP_ID]);
	}
	zt_fail("the family has no group %s", ZMQ_MCGRP_EVENTS);
}

static int znl_find(int fd)
{
	const struct nlattr *attrs[CTRL_ATTR_MAX + 1];
	struct znl_msg msg = {
		.nl = { .nlmsg_type = GENL_ID_CTRL, .nlmsg_flags = NLM_F_REQUEST },
		.genl = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 },
	};
	struct nlattr *name = (void *)msg.attrs;
	ssize_t n;

	name->nla_type = CTRL_ATTR_FAMILY_NAME;
	name->nla_len = NLA_HDRLEN + sizeof(ZMQ_FAMILY_NAME);
	memcpy(msg.attrs + NLA_HDRLEN, ZMQ_FAMILY_NAME, sizeof(ZMQ_FAMILY_NAME));
	msg.nl.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN) + NLA_ALIGN(name->nla_len);
	zt_eq(send(fd, &msg, msg.nl.nlmsg_len, 0), msg.nl.nlmsg_len);
	n = recv(fd, &msg, sizeof(msg), 0);
	zt_check(n >= (ssize_t)NLMSG_LENGTH(GENL_HDRLEN) && msg.nl.nlmsg_type == GENL_ID_CTRL);
	znl_sort(msg.attrs, msg.nl.nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), attrs, CTRL_ATTR_MAX + 1);
	return znl_group(attrs[CTRL_ATTR_MCAST_GROUPS]);
}

int znl_open(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC), group, err;

	zt_check(fd >= 0);
	group = znl_find(fd);
	if (!setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return fd;
	err = errno;
	close(fd);
	errno = err;
	return -1;
}

int znl_read(int fd, struct znl_event *ev, int ms)
{
	const struct nlattr *attrs[ZMQ_A_EVENT_MAX + 1];
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	struct znl_msg msg;
	ssize_t n;

	if (!poll(&pfd, 1, ms))
		return 0;
	n = recv(fd, &msg, sizeof(msg), MSG_DONTWAIT);
	if (n < 0)
		return -1;
	zt_check(n >= (ssize_t)NLMSG_LENGTH(GENL_HDRLEN) && n == (ssize_t)msg.nl.nlmsg_len);
	zt_eq(msg.genl.cmd, ZMQ_CMD_EVENT_NTF);
	zt_eq(msg.genl.version, ZMQ_FAMILY_VERSION);
	znl_sort(msg.attrs, n - NLMSG_LENGTH(GENL_HDRLEN), attrs, ZMQ_A_EVENT_MAX + 1);
	ev->seq = znl_u64(attrs[ZMQ_A_EVENT_SEQ]);
	ev->inode = znl_u64(attrs[ZMQ_A_EVENT_SOCKET_INODE]);
	ev->cookie = znl_u64(attrs[ZMQ_A_EVENT_SOCKET_COOKIE]);
	ev->uid = znl_u32(attrs[ZMQ_A_EVENT_SOCKET_UID]);
	ev->type = znl_u32(attrs[ZMQ_A_EVENT_SOCKET_TYPE]);
	ev->event = znl_u32(attrs[ZMQ_A_EVENT_EVENT]);
	ev->value = znl_u64(attrs[ZMQ_A_EVENT_VALUE]);
	znl_text(attrs[ZMQ_A_EVENT_LOCAL], ev->local, sizeof(ev->local));
	znl_text(attrs[ZMQ_A_EVENT_REMOTE], ev->remote, sizeof(ev->remote));
	return 1;
}
