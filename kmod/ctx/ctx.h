/* SPDX-License-Identifier: GPL-2.0-only */
/* Contexts: which sockets belong together, and see the same inproc names. */
#ifndef _ZMQ_CTX_H
#define _ZMQ_CTX_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/uidgid.h>
#include <linux/zmq_netlink.h>

#include "common.h"

struct net;
struct pid;

/**
 * struct zmq_ctx_opts - options of a context (libzmq API page, 3)
 * @io_threads: ZMQ_IO_THREADS; there are none, but 0 forbids all but inproc
 * @max_sockets: ZMQ_MAX_SOCKETS
 * @max_msgsz: ZMQ_MAX_MSGSZ; stored, as in libzmq
 * @sched_policy: ZMQ_THREAD_SCHED_POLICY; stored
 * @priority: ZMQ_THREAD_PRIORITY; stored
 * @ipv6: ZMQ_IPV6 of new sockets, 0 or 1
 * @blocky: ZMQ_BLOCKY, 0 or 1; without it new sockets have ZMQ_LINGER 0
 */
struct zmq_ctx_opts {
	int io_threads;
	int max_sockets;
	int max_msgsz;
	int sched_policy;
	int priority;
	int ipv6;
	int blocky;
};

/**
 * struct zmq_ctx - a context
 * @ref: itself, if it was made by netlink; its sockets; users of the pointer
 * @id: its number in the network namespace; constant, not 0
 * @net: the network namespace. Not referenced: sockets hold it, and a context
 *	without any goes with it (zmq_ctx_net_exit())
 * @uid: whose it is; constant
 * @mem: account of the owner; constant
 * @owner: process (thread group) that made it, referenced; constant
 * @made: made by netlink, so it stays without sockets; under zmq_net.ctx_lock
 * @counted: in zmq_mem.ctxs; constant
 * @node: in zmq_net.ctx_owners
 * @name: what it was named, or ""; constant
 * @lock: protects all below; taken in process context, inside lock_sock(zmq)
 *	and zmq_session.run
 * @socks: open sockets (zmq_sock.ctx_node)
 * @open: how many
 * @alive: sockets, those that linger included
 * @names: inproc names (zmq_name.node)
 * @terminated: shut down; also read without the lock
 * @opts: options as set
 * @slots: max_sockets in force, from the first socket on
 * @threads: io_threads in force, from the first socket on; read without lock
 *	by who has a socket in it
 * @callers: who waits for its end, or watches its names (zmq_ctx_caller.node)
 * @nr_callers: how many
 */
struct zmq_ctx {
	refcount_t ref;
	u32 id;
	struct net *net;
	kuid_t uid;
	struct zmq_mem *mem;
	struct pid *owner;
	bool made;
	bool counted;
	struct hlist_node node;
	char name[ZMQ_CTX_NAME_MAX + 1];

	struct mutex lock;
	struct list_head socks;
	u32 open;
	u32 alive;
	struct rb_root names;
	bool terminated;
	struct zmq_ctx_opts opts;
	int slots;
	int threads;
	struct list_head callers;
	u32 nr_callers;
};

/* ctx.c: a context's life */
struct zmq_ctx *zmq_ctx_make(struct net *net, kuid_t uid, const char *name,
			     const struct zmq_ctx_opts *opts);
struct zmq_ctx *zmq_ctx_of(struct net *net, struct pid *owner, kuid_t uid);
struct zmq_ctx *zmq_ctx_find(struct net *net, u32 id);
struct zmq_ctx *zmq_ctx_named(struct net *net, const char *name, kuid_t uid);
struct zmq_ctx *zmq_ctx_next(struct net *net, u32 *id);
void zmq_ctx_put(struct zmq_ctx *ctx);
void zmq_ctx_shutdown(struct zmq_ctx *ctx);
void zmq_ctx_end(struct zmq_ctx *ctx);
void zmq_ctx_opts_init(struct zmq_ctx_opts *opts);
void zmq_ctx_net_init(struct net *net);
void zmq_ctx_net_exit(struct net *net);

/* member.c: sockets and their context */
int zmq_ctx_join(struct zmq_sock *zs, struct zmq_ctx *ctx);
int zmq_ctx_join_id(struct zmq_sock *zs, u32 id);
int zmq_ctx_join_sock(struct zmq_sock *zs, struct zmq_sock *other);
int zmq_ctx_need(struct zmq_sock *zs);
void zmq_ctx_leave(struct zmq_sock *zs);
void zmq_ctx_gone(struct zmq_sock *zs);

#endif /* _ZMQ_CTX_H */
