// SPDX-License-Identifier: GPL-2.0-only
/* What each network namespace has of the module's. */
#include <net/netns/generic.h>

#include "ctx/ctx.h"
#include "net.h"

static unsigned int zmq_net_id __read_mostly;

/**
 * zmq_net() - what a network namespace has
 * @net: the network namespace
 *
 * Context: any, between zmq_net_init() and zmq_net_exit().
 * Return: lives as long as @net.
 */
struct zmq_net *zmq_net(const struct net *net)
{
	return net_generic(net, zmq_net_id);
}

static int __net_init zmq_net_enter(struct net *net)
{
	struct zmq_net *zn = zmq_net(net);

	zn->net = net;
	spin_lock_init(&zn->event_lock);
	spin_lock_init(&zn->socket_lock);
	zmq_ctx_net_init(net);
	return 0;
}

static void __net_exit zmq_net_leave(struct net *net)
{
	zmq_ctx_net_exit(net);
}

static struct pernet_operations zmq_net_ops = {
	.init = zmq_net_enter,
	.exit = zmq_net_leave,
	.id = &zmq_net_id,
	.size = sizeof(struct zmq_net),
};

/**
 * zmq_net_init() - a &struct zmq_net in every network namespace
 *
 * Context: module init, before netlink and the first socket.
 * Return: 0 or a negative errno.
 */
int __init zmq_net_init(void)
{
	return register_pernet_subsys(&zmq_net_ops);
}

/**
 * zmq_net_exit() - take them away
 *
 * Context: module exit, after the last socket and after netlink.
 */
void zmq_net_exit(void)
{
	unregister_pernet_subsys(&zmq_net_ops);
}
