/* SPDX-License-Identifier: GPL-2.0-only */
/* Work that is done with the files of a process, after its system call. */
#ifndef _ZMQ_RESOLVE_ERRAND_H
#define _ZMQ_RESOLVE_ERRAND_H

#include <linux/list.h>
#include <linux/refcount.h>

#include "common.h"

struct zmq_errand;
struct zmq_errand_user;

/**
 * struct zmq_errand_ops - what an errand is about
 * @run: do it. Called once, by a thread whose root, working directory and rights
 *	are those of the view; may sleep for ever. Not called if no such thread
 *	can be made
 * @done: it is over. Under a spinlock, and not after zmq_errand_drop(). May be
 *	NULL
 * @free: the last reference is gone; may sleep
 */
struct zmq_errand_ops {
	void (*run)(struct zmq_errand *e);
	void (*done)(struct zmq_errand *e);
	void (*free)(struct zmq_errand *e);
};

/**
 * struct zmq_errand - one piece of work
 * @ops: what it is about; constant
 * @view: whose files and rights; held
 * @user: whose limit it counts for, until it is over
 * @node: in zmq_errand_user.waiting, until a thread takes it
 * @ref: its owner's, until dropped, and one until it is over
 * @dropped: nobody waits for it
 * @over: it is over; read without lock
 *
 * @user, @node, @dropped and @over are under zmq_errand_lock. Part of a larger
 * object, which whoever comes last frees: a file system may keep the thread for
 * ever, and nobody else is to wait for that.
 */
struct zmq_errand {
	const struct zmq_errand_ops *ops;
	struct zmq_view *view;
	struct zmq_errand_user *user;
	struct list_head node;
	refcount_t ref;
	bool dropped;
	bool over;
};

int zmq_errand_init(void);
void zmq_errand_exit(void);

int zmq_errand_start(struct zmq_errand *e, const struct zmq_errand_ops *ops,
		     struct zmq_view *view);
bool zmq_errand_over(const struct zmq_errand *e);
void zmq_errand_drop(struct zmq_errand *e);

#endif /* _ZMQ_RESOLVE_ERRAND_H */
