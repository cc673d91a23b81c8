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
#include <linux/hrtimer.h>
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
