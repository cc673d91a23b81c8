/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only file that knows kernel versions: it gives 6.1 the names and types
 * of later kernels. Stable trees carry backports both ways, so a feature is
 * found by looking into the headers (Kbuild's ZMQ_HAVE_*), not by number.
 */
#ifndef _ZMQ_COMPAT_H
#define _ZMQ_COMPAT_H

#include <linux/version.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/hrtimer.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/net.h>
#include <linux/sched/mm.h>
#include <linux/socket.h>
#include <linux/workqueue.h>
#include <net/sock.h>
#ifdef ZMQ_HAVE_LINUX_UNALIGNED
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "af_zmq needs Linux 6.1 or later"
#endif

/* Address argument of bind, connect and their kernel_ twins. */
#ifdef ZMQ_HAVE_SOCKADDR_UNSIZED
typedef struct sockaddr_unsized zmq_sa_t;
#else
typedef struct sockaddr zmq_sa_t;
#endif

/* 7.2 folded hrtimer_init() and the function pointer into one call. */
#ifndef ZMQ_HAVE_HRTIMER_SETUP
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*fn)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = fn;
}
#endif

/* A task's root and working directory: 7.2 folded lock and counter into one. */
#ifdef ZMQ_HAVE_FS_SEQLOCK
#define zmq_fs_lock(fs)		write_seqlock(&(fs)->seq)
#define zmq_fs_unlock(fs)	write_sequnlock(&(fs)->seq)
#else
static inline void zmq_fs_lock(struct fs_struct *fs)
{
	spin_lock(&fs->lock);
	write_seqcount_begin(&fs->seq);
}

static inline void zmq_fs_unlock(struct fs_struct *fs)
{
	write_seqcount_end(&fs->seq);
	spin_unlock(&fs->lock);
}
#endif

/* Mounts map ids by a struct of their own since 6.3. */
#ifdef ZMQ_HAVE_MNT_IDMAP
#define zmq_mnt_map(mnt)	mnt_idmap(mnt)
#define zmq_mnt_map_t		struct mnt_idmap
#else
#define zmq_mnt_map(mnt)	mnt_user_ns(mnt)
#define zmq_mnt_map_t		struct user_namespace
#endif

/* Creating a file by its path: renamed in 6.17. */
#ifdef ZMQ_HAVE_START_CREATING_PATH
#define kern_path_create(dfd, name, path, flags) \
	start_creating_path(dfd, name, path, flags)
#define done_path_create(path, dentry)	end_creating_path(path, dentry)
#endif

/*
 * Removing and making directories: delegations of directories (6.19) added an
 * argument; 6.15 gave the new directory's dentry back, or an error.
 * zmq_vfs_mkdir() is 0 or an errno, and leaves in @dentry what
 * done_path_create() is to have.
 */
#ifdef ZMQ_HAVE_DELEGATED_INODE
#define zmq_vfs_rmdir(map, dir, dentry)	vfs_rmdir(map, dir, dentry, NULL)
#define zmq_vfs_mkdir_raw(map, dir, dentry, mode) \
	vfs_mkdir(map, dir, dentry, mode, NULL)
#else
#define zmq_vfs_rmdir(map, dir, dentry)	vfs_rmdir(map, dir, dentry)
#define zmq_vfs_mkdir_raw(map, dir, dentry, mode) \
	vfs_mkdir(map, dir, dentry, mode)
#endif
#if defined(ZMQ_HAVE_DELEGATED_INODE) || defined(ZMQ_HAVE_VFS_MKDIR_DENTRY)
static inline int zmq_vfs_mkdir(zmq_mnt_map_t *map, struct inode *dir,
				struct dentry **dentry, umode_t mode)
{
	*dentry = zmq_vfs_mkdir_raw(map, dir, *dentry, mode);
	return PTR_ERR_OR_ZERO(*dentry);
}
#else
static inline int zmq_vfs_mkdir(zmq_mnt_map_t *map, struct inode *dir,
				struct dentry **dentry, umode_t mode)
{
	return zmq_vfs_mkdir_raw(map, dir, *dentry, mode);
}
#endif

/* AF_UNIX can refuse descriptors to who would send them since 6.17. */
#ifdef ZMQ_HAVE_SK_SCM_RIGHTS
#define zmq_sk_refuse_rights(sk)	((sk)->sk_scm_rights = 0)
#else
#define zmq_sk_refuse_rights(sk)	do { } while (0)
#endif

#ifdef ZMQ_HAVE_TRACE_SK_DATA_READY
#include <trace/events/sock.h>
#else
#define trace_sk_data_ready(sk) do { } while (0)
#endif

/* A table of @n entries and an empty one: 6.1 looks for that, others count. */
#ifdef ZMQ_HAVE_NET_SYSCTL_SZ
#define zmq_register_net_sysctl(net, path, table, n) \
	register_net_sysctl_sz(net, path, table, n)
#else
#define zmq_register_net_sysctl(net, path, table, n) \
	register_net_sysctl(net, path, table)
#endif

/* __assign_str() lost its second argument. */
#ifdef ZMQ_HAVE_ASSIGN_STR_1
#define zmq_assign_str(dst, src) __assign_str(dst)
#else
#define zmq_assign_str(dst, src) __assign_str(dst, src)
#endif

/* Attributes of the request that began a dump. */
#ifdef ZMQ_HAVE_GENL_INFO_DUMP
#define zmq_dump_attrs(cb) (genl_info_dump(cb)->attrs)
#else
#define zmq_dump_attrs(cb) (genl_dumpit_info(cb)->attrs)
#endif

#endif /* _ZMQ_COMPAT_H */
