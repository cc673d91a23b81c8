// SPDX-License-Identifier: GPL-2.0-only
/* ZeroMQ sockets as a Linux socket family. */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "af_zmq.h"
#include "conn/listener.h"
#include "conn/session.h"
#include "net.h"
#include "netlink/netlink.h"
#include "resolve/errand.h"
#include "stats.h"
#include "sysctl.h"

/* ORDER: sockets can be made from the moment the family is there, so it comes
 * last, and goes first.
 */
static int __init zmq_init(void)
{
	int err;

	err = zmq_stats_init();
	if (err)
		return err;
	err = zmq_net_init();
	if (err)
		goto err_stats;
	err = zmq_sysctl_init();
	if (err)
		goto err_net;
	err = zmq_netlink_init();
	if (err)
		goto err_sysctl;
	err = zmq_errand_init();
	if (err)
		goto err_netlink;
	err = zmq_session_init();
	if (err)
		goto err_errand;
	err = zmq_listener_init();
	if (err)
		goto err_session;
	err = zmq_family_register();
	if (err)
		goto err_listener;
	return 0;

err_listener:
	zmq_listener_exit();
err_session:
	zmq_session_exit();
err_errand:
	zmq_errand_exit();
err_netlink:
	zmq_netlink_exit();
err_sysctl:
	zmq_sysctl_exit();
err_net:
	zmq_net_exit();
err_stats:
	zmq_stats_exit();
	return err;
}

/*
 * Every socket, lingering ones included, holds the module, so there is none.
 * Works that dropped the last one may still be returning: destroying the
 * workqueues waits for them. Callbacks of lower sockets may still be returning
 * in preemptible context, and pipes wait to be freed.
 */
static void __exit zmq_exit(void)
{
	zmq_family_unregister();
	zmq_listener_exit();
	zmq_session_exit();
	zmq_errand_exit();
	zmq_netlink_exit();
	synchronize_rcu_tasks();
	rcu_barrier();
	zmq_proto_exit();
	zmq_sysctl_exit();
	zmq_net_exit();
	zmq_stats_exit();
}

module_init(zmq_init);
module_exit(zmq_exit);

MODULE_AUTHOR("The af_zmq developers");
MODULE_DESCRIPTION("ZeroMQ sockets");
MODULE_LICENSE("GPL");
