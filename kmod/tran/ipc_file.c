// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of ipc listeners (libzmq API page, 4.3): the socket that an earlier
 * run has left at a path goes before bind(); the directory of a wildcard goes
 * with its listener.
 *
 * Files are removed by their dentry, not by their name: the name may be another
 * file's by then. All is done with the rights of who called bind().
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/un.h>
#include <net/af_unix.h>

#include "blob.h"
#include "compat/compat.h"
#include "resolve/errand.h"
#include "resolve/view.h"
#include "tran/ipc.h"

/* Directories of wildcards are "tmp" and so many random characters. */
#define ZMQ_IPC_RANDOM		6
/* So many taken names in a row are no accident. */
#define ZMQ_IPC_TRIES		100
/* Where directories go if ZMQ_NATIVE_IPC_DIR says nothing. */
#define ZMQ_IPC_DIR		"/tmp"

/**
 * struct zmq_ipc_trash - what is to be removed by an errand
 * @errand: the errand
 * @dir: directory, held
 * @file: the socket in it, held, or NULL
 */
struct zmq_ipc_trash {
	struct zmq_errand errand;
	struct path dir;
	struct dentry *file;
};

/* Is it still the one in this directory, the directory locked? */
static bool zmq_ipc_is_in(struct dentry *dentry, struct dentry *dir)
{
	return dentry->d_parent == dir && !d_unhashed(dentry) &&
	       d_is_positive(dentry);
}

/* Remove a file from a directory, if it is there. */
static void zmq_ipc_remove_file(struct path *dir, struct dentry *file)
{
	struct inode *inode = d_inode(dir->dentry);

	if (mnt_want_write(dir->mnt))
		return;
	inode_lock_nested(inode, I_MUTEX_PARENT);
	if (zmq_ipc_is_in(file, dir->dentry) && !security_path_unlink(dir, file))
		vfs_unlink(zmq_mnt_map(dir->mnt), inode, file, NULL);
	inode_unlock(inode);
	mnt_drop_write(dir->mnt);
}

/* Remove a directory, if it is empty. There is no security_path_rmdir() for us. */
static void zmq_ipc_remove_dir(struct path *dir)
{
	struct dentry *parent = dget_parent(dir->dentry);
	struct inode *inode = d_inode(parent);

	if (mnt_want_write(dir->mnt))
		goto out;
	inode_lock_nested(inode, I_MUTEX_PARENT);
	if (zmq_ipc_is_in(dir->dentry, parent))
		zmq_vfs_rmdir(zmq_mnt_map(dir->mnt), inode, dir->dentry);
	inode_unlock(inode);
	mnt_drop_write(dir->mnt);
out:
	dput(parent);
}

/**
 * zmq_ipc_file_unlink() - remove a socket that is in the way
 * @name: path, as the current process sees it
 *
 * As libzmq does, but only if it is a socket, and a name in a directory: where a
 * mount begins, its parent is not what the path says. If it can't be removed,
 * bind() will tell.
 *
 * Context: the caller of bind().
 */
void zmq_ipc_file_unlink(const char *name)
{
	struct path path, dir;

	if (kern_path(name, 0, &path))
		return;
	if (S_ISSOCK(d_inode(path.dentry)->i_mode) &&
	    path.dentry != path.mnt->mnt_root) {
		dir.mnt = path.mnt;
		dir.dentry = dget_parent(path.dentry);
		zmq_ipc_remove_file(&dir, path.dentry);
		dput(dir.dentry);
	}
	path_put(&path);
}

static bool zmq_ipc_is_dir(const char *name)
{
	struct path path;

	if (kern_path(name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path))
		return false;
	path_put(&path);
	return true;
}

/* As mkdir(2); *@made is the directory, held. */
static int zmq_ipc_mkdir(const char *name, struct path *made)
{
	struct path parent;
	struct dentry *dentry;
	int err;

	dentry = kern_path_create(AT_FDCWD, name, &parent, LOOKUP_DIRECTORY);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	err = security_path_mkdir(&parent, dentry, 0700);
	if (!err)
		err = zmq_vfs_mkdir(zmq_mnt_map(parent.mnt),
				    d_inode(parent.dentry), &dentry, 0700);
	/* A file system may have put another dentry in its place. */
	if (!err && !zmq_ipc_is_in(dentry, parent.dentry))
		err = -ESTALE;
	if (!err) {
		made->mnt = mntget(parent.mnt);
		made->dentry = dget(dentry);
	}
	done_path_create(&parent, dentry);
	return err;
}

/*
 * Where the directory goes: a prefix, "" for the current directory. Returns its
 * length, which may be more than there is room for.
 */
static int zmq_ipc_base(const struct zmq_blob *dir, char *buf, size_t size)
{
	const char *name = dir ? (const char *)dir->data : ZMQ_IPC_DIR;

	*buf = '\0';
	if (!*name || !strcmp(name, ".") || !zmq_ipc_is_dir(name))
		return 0;
	return snprintf(buf, size, "%s%s", name,
			name[strlen(name) - 1] == '/' ? "" : "/");
}

static void zmq_ipc_random(char *buf)
{
	static const char set[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	int i;

	for (i = 0; i < ZMQ_IPC_RANDOM; i++)
		buf[i] = set[get_random_u32() % (sizeof(set) - 1)];
	buf[i] = '\0';
}

/**
 * zmq_ipc_file_make() - a directory, and the path of a socket in it
 * @dir: ZMQ_NATIVE_IPC_DIR, not empty; or NULL
 * @a: set to the path
 * @made: set to the directory, held
 *
 * Context: the caller of bind().
 * Return: 0, -ENAMETOOLONG, or what mkdir() says.
 */
int zmq_ipc_file_make(const struct zmq_blob *dir, struct zmq_addr *a,
		      struct path *made)
{
	char base[UNIX_PATH_MAX], path[UNIX_PATH_MAX];
	char name[ZMQ_IPC_RANDOM + 1];
	int i, err = -EEXIST;

	if (zmq_ipc_base(dir, base, sizeof(base)) + strlen("tmp") +
	    ZMQ_IPC_RANDOM + strlen("/socket") >= sizeof(path))
		return -ENAMETOOLONG;
	for (i = 0; i < ZMQ_IPC_TRIES && err == -EEXIST; i++) {
		zmq_ipc_random(name);
		snprintf(path, sizeof(path), "%stmp%s", base, name);
		err = zmq_ipc_mkdir(path, made);
	}
	if (err)
		return err;
	strlcat(path, "/socket", sizeof(path));
	zmq_ipc_addr(a, path, strlen(path), false);
	return 0;
}

static void zmq_ipc_trash_run(struct zmq_errand *e)
{
	struct zmq_ipc_trash *t = container_of(e, struct zmq_ipc_trash, errand);

	if (t->file)
		zmq_ipc_remove_file(&t->dir, t->file);
	zmq_ipc_remove_dir(&t->dir);
}

static void zmq_ipc_trash_free(struct zmq_errand *e)
{
	struct zmq_ipc_trash *t = container_of(e, struct zmq_ipc_trash, errand);

	dput(t->file);
	path_put(&t->dir);
	kfree(t);
}

static const struct zmq_errand_ops zmq_ipc_trash_ops = {
	.run = zmq_ipc_trash_run,
	.free = zmq_ipc_trash_free,
};

/**
 * zmq_ipc_file_unmake() - remove what zmq_ipc_file_make() has made
 * @sock: the socket that was bound there, or was to be
 * @view: who bound it
 * @made: the directory; dropped
 *
 * A task that exits has no root directory any more, which security modules ask
 * for, and a worker has the host's; it may also be the one that closes files for
 * the whole system, which a file system that never answers must not stop. In both
 * it is left to an errand. If there are too many of these the files stay, as those
 * of a process that was killed do with libzmq.
 *
 * Context: may sleep.
 */
void zmq_ipc_file_unmake(struct socket *sock, struct zmq_view *view,
			 struct path *made)
{
	struct zmq_ipc_trash *t = kzalloc(sizeof(*t), GFP_KERNEL_ACCOUNT);

	if (!t) {
		path_put(made);
		return;
	}
	t->dir = *made;
	t->file = dget(unix_sk(sock->sk)->path.dentry);
	if (current->fs && !(current->flags & PF_KTHREAD)) {
		const struct cred *old = override_creds(view->cred);

		zmq_ipc_trash_run(&t->errand);
		revert_creds(old);
		zmq_ipc_trash_free(&t->errand);
	} else if (zmq_errand_start(&t->errand, &zmq_ipc_trash_ops, view)) {
		zmq_ipc_trash_free(&t->errand);
	} else {
		zmq_errand_drop(&t->errand);
	}
}
