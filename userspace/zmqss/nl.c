// SPDX-License-Identifier: GPL-2.0-only
/* The conversation with the kernel. */
#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/zmq_netlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "nl.h"
#include "text.h"

/* What the kernel sends at a time at most. */
#define ZSS_NL_BUF	(64 * 1024)
/* Events that wait for us, in bytes; more are lost. */
#define ZSS_NL_RCVBUF	(1024 * 1024)

/**
 * struct zss_ack - how a request ended
 * @err: 0 or an errno
 * @text: the kernel's words about it, or ""
 */
struct zss_ack {
	int err;
	char text[256];
};

static struct zss_ack last;

/* The words behind @skip bytes of an error or of the end of a dump. */
static void zss_nl_words(const struct nlmsghdr *nlh, size_t skip)
{
	const struct nlattr *a;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	mnl_attr_for_each(a, nlh, skip)
		if (mnl_attr_get_type(a) == NLMSGERR_ATTR_MSG)
			zss_text_escape(last.text, sizeof(last.text), mnl_attr_get_payload(a),
					strnlen(mnl_attr_get_payload(a),
						mnl_attr_get_payload_len(a)));
}

static int zss_nl_ended(const struct nlmsghdr *nlh, void *arg)
{
	const int *code = mnl_nlmsg_get_payload(nlh);
	bool done = nlh->nlmsg_type == NLMSG_DONE;

	(void)arg;
	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(*code))
		last.err = -*code;
	zss_nl_words(nlh, done ? sizeof(*code) : sizeof(struct nlmsgerr));
	return MNL_CB_STOP;
}

/* Not const: libmnl wants it so. */
static mnl_cb_t zss_nl_control[NLMSG_MIN_TYPE] = {
	[NLMSG_ERROR] = zss_nl_ended,
	[NLMSG_DONE] = zss_nl_ended,
};

/* Sends a request and hands what answers it to @cb. */
static struct zss_ack zss_nl_ask(struct zss_nl *nl, struct nlmsghdr *nlh, mnl_cb_t cb, void *arg)
{
	unsigned int port = mnl_socket_get_portid(nl->sock);
	static char buf[ZSS_NL_BUF];
	int n;

	memset(&last, 0, sizeof(last));
	if (mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0)
		err(1, "netlink request");
	do {
		n = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
		if (n < 0)
			err(1, "netlink answer");
		n = mnl_cb_run2(buf, n, nlh->nlmsg_seq, port, cb, arg, zss_nl_control,
				MNL_ARRAY_SIZE(zss_nl_control));
		if (n < 0)
			err(1, "netlink answer");
	} while (n != MNL_CB_STOP);
	return last;
}

static struct nlmsghdr *zss_nl_request(char *buf, int type, int cmd, int version, int flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;
	static uint32_t seq;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

/* One group of CTRL_ATTR_MCAST_GROUPS. */
static void zss_nl_group(const struct nlattr *nest, struct zss_nl *nl)
{
	const struct nlattr *a;
	bool ours = false;
	uint32_t id = 0;

	mnl_attr_for_each_nested(a, nest) {
		if (mnl_attr_get_type(a) == CTRL_ATTR_MCAST_GRP_ID)
			id = mnl_attr_get_u32(a);
		if (mnl_attr_get_type(a) == CTRL_ATTR_MCAST_GRP_NAME)
			ours = !strcmp(mnl_attr_get_str(a), ZMQ_MCGRP_EVENTS);
	}
	if (ours)
		nl->group = id;
}

static int zss_nl_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *a, *group;
	struct zss_nl *nl = arg;

	mnl_attr_for_each(a, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(a) == CTRL_ATTR_FAMILY_ID)
			nl->family = mnl_attr_get_u16(a);
		if (mnl_attr_get_type(a) == CTRL_ATTR_MCAST_GROUPS)
			mnl_attr_for_each_nested(group, a)
				zss_nl_group(group, nl);
	}
	return MNL_CB_OK;
}

void zss_nl_open(struct zss_nl *nl)
{
	char buf[256] = {};
	struct nlmsghdr *nlh;
	struct zss_ack ack;
	int on = 1;

	nl->sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl->sock || mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0)
		err(1, "netlink");
	/* Only better words are lost without these. */
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &on, sizeof(on));
	nlh = zss_nl_request(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, NLM_F_ACK);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, ZMQ_FAMILY_NAME);
	ack = zss_nl_ask(nl, nlh, zss_nl_family, nl);
	if (ack.err == ENOENT)
		errx(1, "the module af_zmq is not loaded");
	if (ack.err)
		errx(1, "netlink family %s: %s", ZMQ_FAMILY_NAME, strerror(ack.err));
}

void zss_nl_close(struct zss_nl *nl)
{
	mnl_socket_close(nl->sock);
}

void zss_nl_dump(struct zss_nl *nl, int cmd, uint64_t id, mnl_cb_t cb, void *arg)
{
	char buf[256] = {};
	struct nlmsghdr *nlh = zss_nl_request(buf, nl->family, cmd, ZMQ_FAMILY_VERSION,
					      NLM_F_DUMP);
	struct zss_ack ack;

	/* The same number in all three. */
	if (id)
		mnl_attr_put_u64(nlh, ZMQ_A_SOCKET_ID, id);
	ack = zss_nl_ask(nl, nlh, cb, arg);
	/* It may go between two dumps. */
	if (ack.err == ENOENT && cmd != ZMQ_CMD_SOCKET_GET)
		return;
	if (ack.err)
		errx(1, "%s", ack.text[0] ? ack.text : strerror(ack.err));
}

static void zss_nl_join(struct zss_nl *nl)
{
	int size = ZSS_NL_RCVBUF;

	/* As much as is allowed. */
	setsockopt(mnl_socket_get_fd(nl->sock), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (!mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &nl->group,
				   sizeof(nl->group)))
		return;
	if (errno == EPERM)
		errx(1, "following events takes CAP_NET_ADMIN: they show the sockets of all users");
	err(1, "following events");
}

void zss_nl_follow(struct zss_nl *nl, mnl_cb_t cb, void (*lost)(void), void *arg)
{
	static char buf[ZSS_NL_BUF];
	int n;

	zss_nl_join(nl);
	for (;;) {
		n = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
		if (n < 0 && errno == ENOBUFS) {
			lost();
			continue;
		}
		if (n < 0)
			err(1, "netlink event");
		if (mnl_cb_run(buf, n, 0, 0, cb, arg) < 0)
			err(1, "netlink event");
	}
}
