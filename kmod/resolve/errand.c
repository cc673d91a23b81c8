// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work that is done with the files of a process, after its system call.
 *
 * AF_UNIX looks paths up from the root and working directory of the current
 * task and with its rights. A worker has those of the host's first process, and
 * shares them with it, so they can't be changed there. Hence threads of their
 * own, which live as long as there is something to do: each has an fs_struct
 * that nobody shares, and takes the root, the working directory and the rights of
 * the view for one errand at a time.
 *
 * A path may lie on a file system that answers never. That holds up its thread;
 * so a user has a few threads only, and errands beyond that wait in the user's
 * own queue. Whoever has user namespaces is still one user.
 */
#include <linux/cred.h>
#include <linux/fs_struct.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>

#include "compat/compat.h"
#include "resolve/errand.h"
#include "resolve/view.h"

/* Errands that run at the same time: of one user, and of all. */
#define ZMQ_ERRAND_USER_MAX	4
#define ZMQ_ERRAND_MAX		256
/* Errands of one user that wait and that nobody waits for. */
#define ZMQ_ERRAND_WAITING_MAX	1024
/* Pause after there was no memory for a thread. */
#define ZMQ_ERRAND_RETRY	HZ

/**
 * struct zmq_errand_user - a user who has errands
 * @node: in zmq_errand_users
 * @uid: who; constant
 * @ns: of a container: who within it is all the same; otherwise NULL. Only
 *	compared: the errands' views keep it; constant
 * @net: of root without user namespace, who may be in a container; otherwise
 *	NULL. As @ns
 * @running: errands that a thread has taken
 * @waiting: the others
 * @nr_waiting: how many these are
 *
 * Under zmq_errand_lock; there as long as one of the two is not empty.
 */
struct zmq_errand_user {
	struct list_head node;
	kuid_t uid;
	const struct user_namespace *ns;
	const struct net *net;
	unsigned int running;
	struct list_head waiting;
	unsigned int nr_waiting;
};

/* Protects this file's objects. A leaf but for what zmq_errand_ops.done takes. */
static DEFINE_SPINLOCK(zmq_errand_lock);
static LIST_HEAD(zmq_errand_users);
static unsigned int zmq_errand_threads;

static struct workqueue_struct *zmq_errand_wq;
/*
 * Makes the threads. Not the caller: who is being killed can't, and who holds
 * locks should not.
 */
static struct delayed_work zmq_errand_work;

static void zmq_errand_put(struct zmq_errand *e)
{
	struct zmq_view *view = e->view;

	if (!refcount_dec_and_test(&e->ref))
		return;
	e->ops->free(e);
	zmq_view_put(view);
}

/* Whose turn is it? Users take turns, so one with many errands delays nobody. */
static struct zmq_errand_user *zmq_errand_turn(void)
{
	struct zmq_errand_user *u;

	lockdep_assert_held(&zmq_errand_lock);
	list_for_each_entry(u, &zmq_errand_users, node)
		if (!list_empty(&u->waiting) && u->running < ZMQ_ERRAND_USER_MAX)
			return u;
	return NULL;
}

/* The next errand, or NULL: then the thread counts no more. */
static struct zmq_errand *zmq_errand_take(void)
{
	struct zmq_errand_user *u;
	struct zmq_errand *e = NULL;

	spin_lock_bh(&zmq_errand_lock);
	u = zmq_errand_turn();
	if (u) {
		e = list_first_entry(&u->waiting, struct zmq_errand, node);
		list_del_init(&e->node);
		u->nr_waiting--;
		u->running++;
		list_move_tail(&u->node, &zmq_errand_users);
	} else {
		zmq_errand_threads--;
	}
	spin_unlock_bh(&zmq_errand_lock);
	return e;
}

static void zmq_errand_user_idle(struct zmq_errand_user *u)
{
	lockdep_assert_held(&zmq_errand_lock);
	if (u->running || !list_empty(&u->waiting))
		return;
	list_del(&u->node);
	kfree(u);
}

static void zmq_errand_swap(struct path *root, struct path *pwd)
{
	struct fs_struct *fs = current->fs;

	zmq_fs_lock(fs);
	swap(fs->root, *root);
	swap(fs->pwd, *pwd);
	zmq_fs_unlock(fs);
}

/*
 * The references are the fs_struct's own while they are in it: pivot_root() of
 * somebody else may exchange the directories there.
 */
static void zmq_errand_run(struct zmq_errand *e)
{
	const struct zmq_view *v = e->view;
	const struct cred *old = override_creds(v->cred);
	struct path root = v->root;
	struct path pwd = v->pwd.mnt ? v->pwd : v->root;

	path_get(&root);
	path_get(&pwd);
	zmq_errand_swap(&root, &pwd);
	e->ops->run(e);
	zmq_errand_swap(&root, &pwd);
	path_put(&pwd);
	path_put(&root);
	revert_creds(old);
}

static void zmq_errand_end(struct zmq_errand *e)
{
	spin_lock_bh(&zmq_errand_lock);
	e->user->running--;
	zmq_errand_user_idle(e->user);
	/* Pairs with zmq_errand_over(): what was done is seen. */
	smp_store_release(&e->over, true);
	if (!e->dropped && e->ops->done)
		e->ops->done(e);
	spin_unlock_bh(&zmq_errand_lock);
	zmq_errand_put(e);
	module_put(THIS_MODULE);
}

/* Errands are done in nobody's fs_struct but the thread's own. */
static int zmq_errand_thread(void *unused)
{
	bool alone = !unshare_fs_struct() && current->fs->users == 1;
	struct zmq_errand *e;

	while ((e = zmq_errand_take())) {
		if (alone)
			zmq_errand_run(e);
		zmq_errand_end(e);
	}
	module_put_and_kthread_exit(0);
}

/* Count one thread more, if there is something for it to do. */
static bool zmq_errand_reserve(void)
{
	bool want;

	spin_lock_bh(&zmq_errand_lock);
	want = zmq_errand_threads < ZMQ_ERRAND_MAX && zmq_errand_turn();
	zmq_errand_threads += want;
	spin_unlock_bh(&zmq_errand_lock);
	return want;
}

static void zmq_errand_hire(struct work_struct *work)
{
	struct task_struct *task;

	if (!zmq_errand_reserve())
		return;
	__module_get(THIS_MODULE);
	task = kthread_run(zmq_errand_thread, NULL, "zmq_errand");
	if (!IS_ERR(task)) {
		/* It takes one; there may be more, of other users. */
		queue_delayed_work(zmq_errand_wq, &zmq_errand_work, 1);
		return;
	}
	module_put(THIS_MODULE);
	spin_lock_bh(&zmq_errand_lock);
	zmq_errand_threads--;
	spin_unlock_bh(&zmq_errand_lock);
	queue_delayed_work(zmq_errand_wq, &zmq_errand_work, ZMQ_ERRAND_RETRY);
}

/*
 * Whose limit is it? In a user namespace anybody can be many users, so it is that
 * of who made the outermost one; of root's, each has its own, or whoever is root
 * in a container could hold up the host's. A container without one shows by its
 * network, which only root's says: others' may be any that they have made.
 */
static void zmq_errand_user_init(struct zmq_errand_user *u,
				 const struct zmq_view *view)
{
	const struct user_namespace *ns = view->cred->user_ns;

	u->uid = view->cred->euid;
	if (ns == &init_user_ns && uid_eq(u->uid, GLOBAL_ROOT_UID))
		u->net = view->net;
	for (; ns != &init_user_ns; ns = ns->parent) {
		u->uid = ns->owner;
		u->ns = uid_eq(ns->owner, GLOBAL_ROOT_UID) ? ns : NULL;
	}
	INIT_LIST_HEAD(&u->waiting);
}

/* Who is the same user as @who? */
static struct zmq_errand_user *
zmq_errand_user_find(const struct zmq_errand_user *who)
{
	struct zmq_errand_user *u;

	lockdep_assert_held(&zmq_errand_lock);
	list_for_each_entry(u, &zmq_errand_users, node)
		if (uid_eq(u->uid, who->uid) && u->ns == who->ns &&
		    u->net == who->net)
			return u;
	return NULL;
}

/* Enter an errand into its user's queue; *@new is NULL if that became its user. */
static int zmq_errand_queue(struct zmq_errand *e, struct zmq_errand_user **new)
{
	struct zmq_errand_user *u = zmq_errand_user_find(*new);

	if (u && !e->ops->done && u->nr_waiting >= ZMQ_ERRAND_WAITING_MAX)
		return -ENOBUFS;
	if (!u) {
		u = *new;
		*new = NULL;
		list_add_tail(&u->node, &zmq_errand_users);
	}
	e->user = u;
	list_add_tail(&e->node, &u->waiting);
	u->nr_waiting++;
	return 0;
}

/**
 * zmq_errand_start() - have something done
 * @e: the errand, zeroed; dropped by the caller in the end
 * @ops: what it is about
 * @view: whose files and rights; the errand takes a reference
 *
 * Those that somebody waits for are as many as there are sessions; the others
 * outlive what they were charged for, so they have a limit.
 *
 * Context: process context, also of a task that is being killed; something
 * holds the module.
 * Return: 0; or -ENOMEM or -ENOBUFS, and the errand has no reference to anything.
 */
int zmq_errand_start(struct zmq_errand *e, const struct zmq_errand_ops *ops,
		     struct zmq_view *view)
{
	struct zmq_errand_user *new = kzalloc(sizeof(*new), GFP_KERNEL_ACCOUNT);
	int err;

	if (!new)
		return -ENOMEM;
	zmq_errand_user_init(new, view);
	e->ops = ops;

	spin_lock_bh(&zmq_errand_lock);
	err = zmq_errand_queue(e, &new);
	if (!err) {
		__module_get(THIS_MODULE);
		e->view = zmq_view_hold(view);
		refcount_set(&e->ref, 2);
	}
	spin_unlock_bh(&zmq_errand_lock);

	kfree(new);
	if (!err)
		mod_delayed_work(zmq_errand_wq, &zmq_errand_work, 0);
	return err;
}

/**
 * zmq_errand_over() - is it over?
 * @e: an errand that was started
 *
 * Return: true, and what it did can be seen; or false.
 */
bool zmq_errand_over(const struct zmq_errand *e)
{
	/* Pairs with zmq_errand_end(). */
	return smp_load_acquire(&e->over);
}

/**
 * zmq_errand_drop() - the caller's interest and reference end
 * @e: an errand that was started; gone after this, for the caller
 *
 * What no thread has begun is not done any more, unless it has no
 * zmq_errand_ops.done: then nobody waits for it, and it is done for its own
 * sake.
 *
 * Context: may sleep.
 */
void zmq_errand_drop(struct zmq_errand *e)
{
	bool idle = false;

	spin_lock_bh(&zmq_errand_lock);
	e->dropped = true;
	if (!list_empty(&e->node) && e->ops->done) {
		list_del_init(&e->node);
		e->user->nr_waiting--;
		zmq_errand_user_idle(e->user);
		idle = true;
	}
	spin_unlock_bh(&zmq_errand_lock);
	if (idle) {
		zmq_errand_put(e);
		module_put(THIS_MODULE);
	}
	zmq_errand_put(e);
}

/**
 * zmq_errand_init() - be ready for errands
 *
 * Context: module init.
 * Return: 0 or -ENOMEM.
 */
int __init zmq_errand_init(void)
{
	zmq_errand_wq = alloc_workqueue("zmq_errand", WQ_UNBOUND, 0);
	INIT_DELAYED_WORK(&zmq_errand_work, zmq_errand_hire);
	return zmq_errand_wq ? 0 : -ENOMEM;
}

/**
 * zmq_errand_exit() - undo zmq_errand_init()
 *
 * Context: module exit: errands and their threads hold the module, so there are
 * none.
 */
void zmq_errand_exit(void)
{
	cancel_delayed_work_sync(&zmq_errand_work);
	destroy_workqueue(zmq_errand_wq);
}
