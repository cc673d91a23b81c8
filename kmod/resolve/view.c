// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process's view, kept for work that is done later and elsewhere, and the
 * reading of its small text files.
 *
 * The reader opens files with the process's rights but in the context of a
 * worker. What a process could do to itself by a strange file it must not be
 * able to do to the worker, hence the care in zmq_view_open().
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "common.h"
#include "compat/compat.h"
#include "resolve/lines.h"
#include "resolve/view.h"

/* What is behind this in a file is not read. */
#define ZMQ_VIEW_FILE_MAX SZ_1M
#define ZMQ_VIEW_CHUNK 1024

struct zmq_view_reader {
	struct zmq_lines lines;
	char chunk[ZMQ_VIEW_CHUNK];
};

static bool zmq_path_is_mounted(const struct path *path)
{
	return !(READ_ONCE(path->mnt->mnt_flags) & MNT_UMOUNT);
}

/**
 * zmq_view_get_current() - keep how the calling process sees the world
 * @net: network namespace of its socket
 * @gfp: allocation flags
 *
 * Context: process, of the caller of connect() or bind(); @net is held by its
 * socket.
 * Return: the view with one reference, or ERR_PTR(-ENOMEM).
 */
struct zmq_view *zmq_view_get_current(struct net *net, gfp_t gfp)
{
	struct zmq_view *v = kmalloc(sizeof(*v), gfp);

	if (!v)
		return ERR_PTR(-ENOMEM);
	refcount_set(&v->ref, 1);
	v->net = get_net(net);
	v->cred = get_current_cred();
	get_fs_root(current->fs, &v->root);
	memset(&v->pwd, 0, sizeof(v->pwd));
	v->mounted = zmq_path_is_mounted(&v->root);
	v->tgid = get_pid(task_tgid(current));
	return v;
}

/**
 * zmq_view_keep_pwd() - keep the working directory, too
 * @v: what zmq_view_get_current() has just returned to the same process
 *
 * Only for relative paths: as long as the view is there the mount can't be
 * unmounted, which is a surprise if the process has left it.
 */
void zmq_view_keep_pwd(struct zmq_view *v)
{
	get_fs_pwd(current->fs, &v->pwd);
	v->mounted = v->mounted && zmq_path_is_mounted(&v->pwd);
}

/**
 * zmq_view_is_lost() - has the mount namespace gone?
 * @v: the view
 *
 * With the last process in it, for example. The directories stay, as we hold
 * them, but what was mounted below them is gone, and what it had covered would be
 * seen: files that the process could not reach.
 *
 * Context: process. To be asked after a path was looked up, too: then no answer
 * but "no" means that all of its mounts were there.
 * Return: true if paths lead elsewhere now.
 */
bool zmq_view_is_lost(const struct zmq_view *v)
{
	return v->mounted && !(zmq_path_is_mounted(&v->root) &&
			       (!v->pwd.mnt || zmq_path_is_mounted(&v->pwd)));
}

/**
 * zmq_view_hold() - take one reference more
 * @v: the view; the caller has a reference
 *
 * Context: any.
 * Return: @v
 */
struct zmq_view *zmq_view_hold(struct zmq_view *v)
{
	refcount_inc(&v->ref);
	return v;
}

/**
 * zmq_view_put() - drop a reference
 * @v: the view; the last reference ends it
 *
 * Context: process, may sleep: the root can be the last one of its mount.
 */
void zmq_view_put(struct zmq_view *v)
{
	if (!refcount_dec_and_test(&v->ref))
		return;
	path_put(&v->root);
	path_put(&v->pwd);
	put_pid(v->tgid);
	put_cred(v->cred);
	put_net(v->net);
	kfree(v);
}

/*
 * Opening alone can do something to a device or wait for ever at a FIFO, so
 * the path is opened first, with O_PATH, and looked at.
 *
 * The file must lie below the root: a link into /proc/self leads to the root
 * directory and the descriptors of the worker, which are the host's.
 */
static int zmq_view_check(const struct zmq_view *v, struct file *path)
{
	if (!S_ISREG(file_inode(path)->i_mode))
		return -EINVAL;
	if (!path_is_under(&path->f_path, &v->root))
		return -EXDEV;
	return file_permission(path, MAY_OPEN | MAY_READ);
}

/*
 * O_NONBLOCK: somebody can hold a lease on the file, and would make us wait
 * up to /proc/sys/fs/lease-break-time.
 */
static struct file *zmq_view_open(const struct zmq_view *v, const char *name)
{
	struct file *path, *file;
	int err;

	path = file_open_root(&v->root, name, O_PATH, 0);
	if (IS_ERR(path))
		return path;
	err = zmq_view_check(v, path);
	if (err)
		file = ERR_PTR(err);
	else
		file = dentry_open(&path->f_path,
				   O_RDONLY | O_NONBLOCK | O_LARGEFILE,
				   v->cred);
	fput(path);
	if (IS_ERR(file))
		return file;
	/* kernel_read() would complain about such files of proc in the log. */
	if (!file->f_op->read_iter || file->f_op->read) {
		fput(file);
		return ERR_PTR(-EINVAL);
	}
	return file;
}

static int zmq_view_read(struct file *file, struct zmq_view_reader *r)
{
	loff_t pos = 0;

	while (pos < ZMQ_VIEW_FILE_MAX) {
		ssize_t n = kernel_read(file, r->chunk, sizeof(r->chunk), &pos);

		if (n < 0)
			return n;
		if (!n) {
			zmq_lines_end(&r->lines);
			return 0;
		}
		if (!zmq_lines_feed(&r->lines, r->chunk, n))
			return 0;
		cond_resched();
	}
	return 0;
}

/**
 * zmq_view_read_lines() - read a text file as the process would find it
 * @v: the view
 * @name: path below its root, without a slash in front
 * @fn: called for each line as struct zmq_lines says; false ends the reading
 * @arg: passed to @fn
 *
 * Absolute links and ".." stay inside the root. Only regular files are read,
 * their first MiB, and no line longer than ZMQ_LINE_MAX.
 *
 * Context: process, sleeps as long as the file system does; the caller runs
 * under override_creds(@v->cred).
 * Return: 0, -ENOMEM, or what opening or reading the file said.
 */
int zmq_view_read_lines(struct zmq_view *v, const char *name,
			bool (*fn)(void *arg, char *line), void *arg)
{
	struct zmq_view_reader *r;
	struct file *file;
	int err;

	file = zmq_view_open(v, name);
	if (IS_ERR(file))
		return PTR_ERR(file);
	r = kmalloc(sizeof(*r), GFP_KERNEL_ACCOUNT);
	if (!r) {
		err = -ENOMEM;
		goto out_file;
	}
	zmq_lines_init(&r->lines, fn, arg);
	err = zmq_view_read(file, r);
	kfree(r);
out_file:
	fput(file);
	return err;
}
