// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's side of a context. inproc names live in kernel contexts, which
 * generic netlink makes and ends; sockets join by number. A program that never
 * uses inproc, and never asks for security, never comes here, so it needs no
 * netlink.
 */
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/socket.h>
#include <linux/zmq.h>
#include <linux/zmq_netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "internal.h"

/* Room for any answer: netlink never sends more at a time. */
#define SHIM_KCTX_BUF 8192

static const char shim_kctx_scheme[] = "inproc://";

/* What an answer is looked through for. */
struct shim_kctx_attr {
	size_t header;
	uint16_t type;
	uint32_t value;
};

static int shim_kctx_attr_cb(const struct nlattr *attr, void *data)
{
	struct shim_kctx_attr *want = data;

	if (mnl_attr_get_type(attr) != want->type)
		return MNL_CB_OK;
	if (mnl_attr_get_payload_len(attr) >= sizeof(uint32_t))
		want->value = mnl_attr_get_u32(attr);
	else
		want->value = mnl_attr_get_u16(attr);
	return MNL_CB_STOP;
}

static int shim_kctx_msg_cb(const struct nlmsghdr *nlh, void *data)
{
	struct shim_kctx_attr *want = data;

	mnl_attr_parse(nlh, want->header, shim_kctx_attr_cb, want);
	return MNL_CB_OK;
}

/*
 * Send one request and read until it is answered. @want, if there is one, is
 * looked for in what comes before. Return: 0, or -1 with errno.
 */
static int shim_kctx_talk(struct mnl_socket *nl, struct nlmsghdr *nlh,
			  struct shim_kctx_attr *want)
{
	char buf[SHIM_KCTX_BUF];
	ssize_t n;
	int rc;

	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = 1;
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -1;
	do {
		do
			n = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		while (n < 0 && errno == EINTR);
		if (n < 0)
			return -1;
		rc = mnl_cb_run(buf, n, nlh->nlmsg_seq,
				mnl_socket_get_portid(nl),
				want ? shim_kctx_msg_cb : NULL, want);
	} while (rc > 0);
	return rc;
}

static struct nlmsghdr *shim_kctx_begin(char *buf, uint16_t type, uint8_t cmd,
					uint8_t version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

/* The number that the family "zmq" has; 0 with errno if there is none. */
static uint16_t shim_kctx_family(struct mnl_socket *nl)
{
	struct shim_kctx_attr want = {
		.header = sizeof(struct genlmsghdr),
		.type = CTRL_ATTR_FAMILY_ID,
	};
	char buf[SHIM_KCTX_BUF];
	struct nlmsghdr *nlh;

	nlh = shim_kctx_begin(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, ZMQ_FAMILY_NAME);
	return shim_kctx_talk(nl, nlh, &want) ? 0 : want.value;
}

static struct mnl_socket *shim_kctx_open(uint16_t *family)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);

	if (!nl)
		return NULL;
	if (!mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID)) {
		*family = shim_kctx_family(nl);
		if (*family)
			return nl;
	}
	mnl_socket_close(nl);
	return NULL;
}

/* A new kernel context; its number, or 0 with errno. */
static uint32_t shim_kctx_new(void)
{
	struct shim_kctx_attr want = {
		.header = sizeof(struct genlmsghdr),
		.type = ZMQ_A_CTX_ID,
	};
	char buf[SHIM_KCTX_BUF];
	struct mnl_socket *nl;
	struct nlmsghdr *nlh;
	uint16_t family;

	nl = shim_kctx_open(&family);
	if (!nl)
		return 0;
	nlh = shim_kctx_begin(buf, family, ZMQ_CMD_CTX_NEW, ZMQ_FAMILY_VERSION);
	/* What is counted here is counted by ctx.c. */
	mnl_attr_put_u32(nlh, ZMQ_A_CTX_MAX_SOCKETS, INT_MAX);
	if (shim_kctx_talk(nl, nlh, &want))
		want.value = 0;
	mnl_socket_close(nl);
	return want.value;
}

/**
 * shim_kctx_end() - a context is freed: end its kernel context
 * @ctx: the context, without sockets
 *
 * If it can't be told, the kernel finds out when the process has ended. In a
 * child the kernel context is still the parent's.
 *
 * Context: under shim_lock().
 */
void shim_kctx_end(struct shim_ctx *ctx)
{
	char buf[SHIM_KCTX_BUF];
	struct mnl_socket *nl;
	struct nlmsghdr *nlh;
	uint16_t family;

	if (!ctx->kernel_id || ctx->kernel_owner != getpid())
		return;
	nl = shim_kctx_open(&family);
	if (!nl)
		return;
	nlh = shim_kctx_begin(buf, family, ZMQ_CMD_CTX_TERM,
			      ZMQ_FAMILY_VERSION);
	mnl_attr_put_u32(nlh, ZMQ_A_CTX_ID, ctx->kernel_id);
	shim_kctx_talk(nl, nlh, NULL);
	mnl_socket_close(nl);
}

/* The number of the context's kernel context, made by the first who asks. */
static uint32_t shim_kctx_get(struct shim_ctx *ctx)
{
	uint32_t id;

	shim_lock();
	if (!ctx->kernel_id || ctx->kernel_owner != getpid()) {
		ctx->kernel_id = shim_kctx_new();
		ctx->kernel_owner = getpid();
	}
	id = ctx->kernel_id;
	shim_unlock();
	return id;
}

/**
 * shim_kctx_enter() - put a descriptor into the kernel's context
 * @ctx: the context
 * @fd: a socket's descriptor
 *
 * Return: 0, or -1 with errno.
 */
int shim_kctx_enter(struct shim_ctx *ctx, int fd)
{
	uint32_t id = shim_kctx_get(ctx);

	if (!id)
		return -1;
	/* EBUSY: another thread, or the parent process, was faster. */
	if (setsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_CTX, &id, sizeof(id)) &&
	    errno != EBUSY)
		return shim_err_native();
	return 0;
}

static bool shim_kctx_is_server(int fd, int option)
{
	int value = 0;
	socklen_t len = sizeof(value);

	return !getsockopt(fd, SOL_ZMQ, option, &value, &len) && value;
}

/* Could the ZAP handler, which is an inproc name, be asked about peers? */
static bool shim_kctx_may_ask(int fd)
{
	char domain[256];
	socklen_t len = sizeof(domain);

	return shim_kctx_is_server(fd, ZMQ_CURVE_SERVER) ||
	       shim_kctx_is_server(fd, ZMQ_PLAIN_SERVER) ||
	       (!getsockopt(fd, SOL_ZMQ, ZMQ_ZAP_DOMAIN, domain, &len) && len > 1);
}

/**
 * shim_kctx_join() - let a socket see the inproc names of its context
 * @s: the socket
 * @endpoint: what it is about to bind or connect to; nothing happens unless
 *	that is an inproc name, or peers there may have to be asked about
 *
 * Sockets that a parent process made stay where they are.
 *
 * Return: 0, or -1 with errno.
 */
int shim_kctx_join(struct shim_sock *s, const char *endpoint)
{
	if (atomic_load(&s->joined) ||
	    (strncmp(endpoint, shim_kctx_scheme, strlen(shim_kctx_scheme)) &&
	     !shim_kctx_may_ask(s->fd)))
		return 0;
	if (shim_kctx_enter(s->ctx, s->fd))
		return -1;
	atomic_store(&s->joined, true);
	return 0;
}
