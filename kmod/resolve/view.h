/* SPDX-License-Identifier: GPL-2.0-only */
/* The world as the process that called connect() or bind() sees it. */
#ifndef _ZMQ_RESOLVE_VIEW_H
#define _ZMQ_RESOLVE_VIEW_H

#include <linux/path.h>
#include <linux/refcount.h>
#include <linux/types.h>

struct cred;
struct net;
struct pid;

/**
 * struct zmq_view - a process's network, files and rights
 * @ref: references
 * @net: network namespace, held
 * @cred: credentials, held; with them its user namespace and LSM label
 * @root: root directory, held: its mount stays busy for umount
 * @pwd: working directory, held; @pwd.mnt is NULL unless zmq_view_keep_pwd()
 *	was called
 * @mounted: both were in a mount namespace, and not in what is left of one
 * @tgid: the process, as long as it or its number is remembered, held; with it
 *	its pid namespace
 *
 * A worker that acts for a process takes all of these from here, never from
 * its own task, whose root, rights and network are the host's. Constant after
 * zmq_view_get_current() and zmq_view_keep_pwd(), so readers need no lock.
 */
struct zmq_view {
	refcount_t ref;
	struct net *net;
	const struct cred *cred;
	struct path root;
	struct path pwd;
	bool mounted;
	struct pid *tgid;
};

struct zmq_view *zmq_view_get_current(struct net *net, gfp_t gfp);
void zmq_view_keep_pwd(struct zmq_view *v);
bool zmq_view_is_lost(const struct zmq_view *v);
struct zmq_view *zmq_view_hold(struct zmq_view *v);
void zmq_view_put(struct zmq_view *v);

int zmq_view_read_lines(struct zmq_view *v, const char *name,
			bool (*fn)(void *arg, char *line), void *arg);

#endif /* _ZMQ_RESOLVE_VIEW_H */
