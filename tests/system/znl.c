// SPDX-License-Identifier: GPL-2.0-only
/* Events of AF_ZMQ as generic netlink carries them. */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "znl.h"
#include "znl_msg.h"

int znl_open(void)
{
	int fd = znl_socket(), group, err;

	znl_family(fd, &group);
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
	znl_sort(msg.data, n - NLMSG_LENGTH(GENL_HDRLEN), attrs, ZMQ_A_EVENT_MAX + 1);
	ev->seq = znl_u64(attrs[ZMQ_A_EVENT_SEQ]);
	ev->inode = znl_u64(attrs[ZMQ_A_EVENT_SOCKET_INODE]);
	ev->cookie = znl_u64(attrs[ZMQ_A_EVENT_SOCKET_COOKIE]);
	ev->id = znl_u64(attrs[ZMQ_A_EVENT_SOCKET_ID]);
	ev->uid = znl_u32(attrs[ZMQ_A_EVENT_SOCKET_UID]);
	ev->type = znl_u32(attrs[ZMQ_A_EVENT_SOCKET_TYPE]);
	ev->event = znl_u32(attrs[ZMQ_A_EVENT_EVENT]);
	ev->value = znl_u64(attrs[ZMQ_A_EVENT_VALUE]);
	znl_text(attrs[ZMQ_A_EVENT_LOCAL], ev->local, sizeof(ev->local));
	znl_text(attrs[ZMQ_A_EVENT_REMOTE], ev->remote, sizeof(ev->remote));
	return 1;
}
