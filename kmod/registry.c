// SPDX-License-Identifier: GPL-2.0-only
/*
 * All sockets of a network namespace, and who made them.
 *
 * A socket is in from its creation until it is freed, so with its descriptor
 * gone it is there as long as it lingers. Readers take references one at a time
 * and hold no lock between two sockets.
 */
#include <linux/pid.h>

#include "net.h"
#include "registry.h"
#include "sock.h"

/**
 * zmq_registry_add() - a socket is complete
 * @zs: the socket
 *
 * Others can find it from now on.
 *
 * Context: process context, of who makes the socket.
 */
void zmq_registry_add(struct zmq_sock *zs)
{
	struct zmq_net *zn = zmq_net(sock_net(&zs->sk));
	struct zmq_member *m = &zs->member;

	m->tgid = get_pid(task_tgid(current));
	get_task_comm(m->comm, current);
	spin_lock(&zn->socket_lock);
	zmq_roll_add(&zn->sockets, &m->entry);
	spin_unlock(&zn->socket_lock);
}

/**
 * zmq_registry_del() - a socket is about to be freed
 * @zs: the socket; it may never have been added
 *
 * Context: process context.
 */
void zmq_registry_del(struct zmq_sock *zs)
{
	struct zmq_net *zn = zmq_net(sock_net(&zs->sk));
	struct zmq_member *m = &zs->member;

	spin_lock(&zn->socket_lock);
	zmq_roll_del(&zn->sockets, &m->entry);
	spin_unlock(&zn->socket_lock);
	put_pid(m->tgid);
}

/**
 * zmq_registry_after() - the next socket
 * @net: the network namespace
 * @nr: a number, 0 for the first socket
 *
 * Context: process context.
 * Return: the socket with the lowest number above @nr, referenced, or NULL.
 */
struct zmq_sock *zmq_registry_after(struct net *net, u64 nr)
{
	struct zmq_net *zn = zmq_net(net);
	struct zmq_sock *zs = NULL;
	struct zmq_roll_entry *e;

	spin_lock(&zn->socket_lock);
	while ((e = zmq_roll_after(&zn->sockets, nr))) {
		zs = container_of(e, struct zmq_sock, member.entry);
		/* Its last reference may have gone, and it be on its way out. */
		if (refcount_inc_not_zero(&zs->sk.sk_refcnt))
			break;
		zs = NULL;
		nr = e->nr;
	}
	spin_unlock(&zn->socket_lock);
	return zs;
}

/**
 * zmq_registry_last() - the highest number that a socket has had so far
 * @net: the network namespace
 *
 * Context: process context.
 * Return: the number; sockets made from now on have higher ones.
 */
u64 zmq_registry_last(struct net *net)
{
	struct zmq_net *zn = zmq_net(net);
	u64 last;

	spin_lock(&zn->socket_lock);
	last = zn->sockets.last;
	spin_unlock(&zn->socket_lock);
	return last;
}
