// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who asks, and what they may see: their own sockets, or those of the whole
 * network namespace with CAP_NET_ADMIN over it.
 *
 * A descriptor can be given away, or be the standard output of a program with
 * more rights. So both count, who opened the netlink socket and who sends the
 * request, and together they see what each of them may. (Who names the kernel as
 * the address of a request knows what they do; then the capability of the
 * opener is not asked for, as everywhere in netlink.)
 */
#include <linux/cred.h>
#include <linux/netlink.h>
#include <net/net_namespace.h>

#include "ctx/ctx.h"
#include "mem.h"
#include "netlink/reader.h"
#include "sock.h"

/**
 * zmq_reader_init() - who sent a request
 * @r: the reader
 * @request: the request
 *
 * Context: the system call that sent @request.
 */
void zmq_reader_init(struct zmq_reader *r, const struct sk_buff *request)
{
	const struct sock *sk = NETLINK_CB(request).sk;
	struct user_namespace *ns = sock_net(sk)->user_ns;

	r->all = netlink_ns_capable(request, ns, CAP_NET_ADMIN);
	/* A socket belongs to the fsuid that opened it: ours and theirs. */
	r->uid = uid_eq(sk->sk_uid, current_fsuid()) ? sk->sk_uid : INVALID_UID;
}

/**
 * zmq_reader_sees() - may they know of a socket?
 * @r: the reader
 * @zs: the socket, in the network namespace of the request
 *
 * Context: any.
 * Return: false: to them it does not exist.
 */
bool zmq_reader_sees(const struct zmq_reader *r, const struct zmq_sock *zs)
{
	return r->all || uid_eq(zs->mem->uid, r->uid);
}

/**
 * zmq_reader_has() - may they use a context, and know of it?
 * @r: the reader
 * @ctx: the context, in the network namespace of the request
 *
 * Context: any.
 * Return: false: to them it does not exist.
 */
bool zmq_reader_has(const struct zmq_reader *r, const struct zmq_ctx *ctx)
{
	return r->all || uid_eq(ctx->uid, r->uid);
}
