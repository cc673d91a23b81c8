// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipc:// (libzmq API page, 4.3): AF_UNIX stream sockets.
 *
 * They differ from TCP in ways that shape this file:
 *
 * - connect() succeeds or fails at once, but looks a path up, which can take for
 *   ever; see conn/reach.c for where that is done;
 * - a socket that was connected can't be connected again;
 * - callbacks come in the peer's system calls and without lock;
 * - recvmsg() sleeps, so what has arrived is taken from the receive queue, as
 *   buffers. We are its only reader: the lower socket has no descriptor;
 * - what the peer has not read stays charged to us, so we know when it has.
 */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/kernel.h>
#include <linux/pid.h>
#include <linux/un.h>
#include <net/af_unix.h>
#include <net/tcp_states.h>

#include "blob.h"
#include "compat/compat.h"
#include "resolve/view.h"
#include "tran/ipc.h"
#include "tran/ksock.h"
#include "tran/tran.h"

/**
 * struct zmq_ipc_peer - the other end, as the process of a view sees it
 * @cred: its rights, held: at its connect() or, seen from there, our listen();
 *	NULL if they are not known
 * @pid: its number, 0 if it can't be seen
 * @ns: what user ids mean to the view
 */
struct zmq_ipc_peer {
	const struct cred *cred;
	pid_t pid;
	struct user_namespace *ns;
};

static bool zmq_ipc_waits(const struct zmq_endpoint *ep)
{
	return false;
}

static const char *zmq_ipc_path(const struct zmq_endpoint *ep)
{
	return ep->ipc.abstract ? NULL : ep->ipc.name;
}

/**
 * zmq_ipc_addr() - an address from a path or an abstract name
 * @a: set to the address
 * @name: path or name
 * @len: its length, at most 107 bytes, with an abstract name's zero byte
 * @abstract: which of the two
 */
void zmq_ipc_addr(struct zmq_addr *a, const char *name, size_t len,
		  bool abstract)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&a->ss;

	BUILD_BUG_ON(sizeof(*un) > sizeof(a->ss));
	memset(&a->ss, 0, sizeof(a->ss));
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path + abstract, name, len);
	/* A path counts its NUL, a name its zero byte in front. */
	a->len = offsetof(struct sockaddr_un, sun_path) + len + 1;
}

static int zmq_ipc_target(const struct zmq_endpoint *ep,
			  const struct zmq_options *opt,
			  const struct zmq_lookup *lookup, struct zmq_target *t)
{
	memset(t, 0, sizeof(*t));
	zmq_ipc_addr(&t->dst, ep->ipc.name, ep->ipc.len, ep->ipc.abstract);
	return 0;
}

static int zmq_ipc_local(const struct zmq_endpoint *ep,
			 const struct zmq_options *opt,
			 const struct zmq_lookup *lookup, struct zmq_addr *a)
{
	if (!ep->ipc.wildcard) {
		zmq_ipc_addr(a, ep->ipc.name, ep->ipc.len, ep->ipc.abstract);
		return 0;
	}
	/* No name for what was made up. */
	if (lookup->narrow)
		return -ENOENT;
	memset(a, 0, sizeof(*a));
	a->ss.ss_family = AF_UNIX;
	return 0;
}

static int zmq_ipc_setup(struct socket *sock, const struct zmq_options *opt)
{
	zmq_sk_refuse_rights(sock->sk);
	return zmq_ksock_set_buffers(sock, opt->sndbuf, opt->rcvbuf);
}

static int zmq_ipc_open(struct net *net, const struct zmq_options *opt,
			struct socket **res)
{
	int err = zmq_ksock_create(net, AF_UNIX, SOCK_STREAM, 0, res);

	if (err)
		return err;
	err = zmq_ipc_setup(*res, opt);
	if (err)
		sock_release(*res);
	return err;
}

/* The caller puts zmq_ipc_peer.cred. */
static void zmq_ipc_peer_get(struct sock *sk, const struct zmq_view *view,
			     struct zmq_ipc_peer *p)
{
	spin_lock(&sk->sk_peer_lock);
	p->cred = sk->sk_peer_cred ? get_cred(sk->sk_peer_cred) : NULL;
	p->pid = pid_nr_ns(sk->sk_peer_pid, ns_of_pid(view->tgid));
	spin_unlock(&sk->sk_peer_lock);
	p->ns = view->cred->user_ns;
}

static bool zmq_ipc_has_pid(const struct zmq_ipc_peer *p, u32 id)
{
	return p->pid && p->pid == (pid_t)id;
}

static bool zmq_ipc_has_uid(const struct zmq_ipc_peer *p, u32 id)
{
	return uid_eq(p->cred->euid, make_kuid(p->ns, id));
}

/* Supplementary groups count, too. */
static bool zmq_ipc_has_gid(const struct zmq_ipc_peer *p, u32 id)
{
	const struct group_info *gi = p->cred->group_info;
	kgid_t gid = make_kgid(p->ns, id);
	int i;

	if (gid_eq(p->cred->egid, gid))
		return true;
	for (i = 0; i < gi->ngroups; i++)
		if (gid_eq(gi->gid[i], gid))
			return true;
	return false;
}

static bool zmq_ipc_any(const struct zmq_ipc_peer *p,
			const struct zmq_blob *list,
			bool (*has)(const struct zmq_ipc_peer *p, u32 id))
{
	const u32 *ids = list ? (const u32 *)list->data : NULL;
	size_t i;

	for (i = 0; list && i < list->len / sizeof(*ids); i++)
		if (has(p, ids[i]))
			return true;
	return false;
}

/* ZMQ_IPC_FILTER_*: whoever is in one of the lists, unless all are empty. */
static bool zmq_ipc_admits(struct socket *sock, const struct zmq_options *opt,
			   const struct zmq_view *view)
{
	struct zmq_ipc_peer p;
	bool ok;

	if (!opt->ipc_uid && !opt->ipc_gid && !opt->ipc_pid)
		return true;
	zmq_ipc_peer_get(sock->sk, view, &p);
	ok = p.cred && (zmq_ipc_any(&p, opt->ipc_uid, zmq_ipc_has_uid) ||
			zmq_ipc_any(&p, opt->ipc_gid, zmq_ipc_has_gid) ||
			zmq_ipc_any(&p, opt->ipc_pid, zmq_ipc_has_pid));
	put_cred(p.cred);
	return ok;
}

/* In the numbers of the machine: two users are never taken for one. */
static void zmq_ipc_source(struct socket *sock, struct zmq_source *src)
{
	struct sock *sk = sock->sk;
	uid_t uid = 0;

	spin_lock(&sk->sk_peer_lock);
	if (sk->sk_peer_cred)
		uid = from_kuid(&init_user_ns, sk->sk_peer_cred->euid);
	spin_unlock(&sk->sk_peer_lock);
	memcpy(src->id, &uid, sizeof(uid));
}

static int zmq_ipc_borrow(struct socket *sock)
{
	const struct sock *sk = sock->sk;

	if (sk->sk_family != AF_UNIX || sk->sk_type != SOCK_STREAM ||
	    READ_ONCE(sk->sk_state) != TCP_LISTEN)
		return -EINVAL;
	return 0;
}

static int zmq_ipc_bind(struct socket *sock, const struct zmq_addr *a,
			const struct zmq_options *opt, struct path *made)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)&a->ss;
	struct zmq_addr tmp;
	int err;

	if (!a->len) {
		err = zmq_ipc_file_make(opt->ipc_dir, &tmp, made);
		if (err)
			return err;
		a = &tmp;
	} else if (un->sun_path[0]) {
		zmq_ipc_file_unlink(un->sun_path);
	}
	err = kernel_bind(sock, (zmq_sa_t *)&a->ss, a->len);
	if (err)
		return err;
	return kernel_listen(sock, min(opt->backlog,
				       READ_ONCE(sock_net(sock->sk)->core.sysctl_somaxconn)));
}

/*
 * The peer sees who connected: which process that is must not depend on whether
 * it was the first attempt.
 */
static void zmq_ipc_sign(struct sock *sk, const struct zmq_view *view)
{
	struct sock *peer = unix_peer_get(sk);
	struct pid *old;

	if (!peer)
		return;
	spin_lock(&peer->sk_peer_lock);
	old = peer->sk_peer_pid;
	peer->sk_peer_pid = get_pid(view->tgid);
	spin_unlock(&peer->sk_peer_lock);
	put_pid(old);
	sock_put(peer);
}

static int zmq_ipc_connect(struct socket *sock, const struct zmq_target *t,
			   const struct zmq_view *view)
{
	int err = kernel_connect(sock, (zmq_sa_t *)&t->dst.ss, t->dst.len,
				 O_NONBLOCK);

	if (!err && (current->flags & PF_KTHREAD))
		zmq_ipc_sign(sock->sk, view);
	return err;
}

/* What never was connected can be tried again. */
static int zmq_ipc_recycle(struct socket *sock)
{
	return READ_ONCE(sock->sk->sk_state) == TCP_CLOSE ? 0 : -EISCONN;
}

static int zmq_ipc_state(struct sock *sk)
{
	return READ_ONCE(sk->sk_state) == TCP_ESTABLISHED ? 1 : -ECONNREFUSED;
}

/*
 * Descriptors would stay open as long as their buffer lies in the queue, and if
 * one of them is the socket that we belong to, for ever. Out-of-band bytes are
 * no part of a stream that the peer's libzmq would write. The counters are set
 * before the buffer is queued.
 */
static bool zmq_ipc_is_clean(const struct sock *sk)
{
	const struct unix_sock *u = unix_sk(sk);

#if IS_ENABLED(CONFIG_AF_UNIX_OOB)
	if (READ_ONCE(u->oob_skb))
		return false;
#endif
	return !atomic_read(&u->scm_stat.nr_fds);
}

/*
 * Offer what is left of the first @end bytes of a buffer; true if all of it was
 * taken. The last piece may be longer by now.
 */
static bool zmq_ipc_offer(struct zmq_ksock *k, struct sk_buff *skb,
			  unsigned int end, zmq_tran_feed_t feed, void *arg)
{
	struct skb_seq_state st;
	unsigned int done = 0, len = end - k->taken;
	const u8 *p;

	skb_prepare_seq_read(skb, k->taken, end, &st);
	while (done < len) {
		unsigned int n = skb_seq_read(done, &p, &st);
		ssize_t took;

		if (!n)
			break;
		n = min(n, len - done);
		took = feed(arg, p, n);
		if (took > 0)
			done += took;
		if (took < (ssize_t)n)
			break;
	}
	skb_abort_seq_read(&st);
	k->taken += done;
	return done == len;
}

/*
 * The next buffer to be read, and how long it is. One that was taken to its end
 * goes first; but before Linux 6.5 sendfile() adds to the last buffer, under this
 * lock, also while we read it. Freeing a buffer gives its sender room, and calls
 * the write_space of the sender's socket, which may be another lower socket of
 * ours.
 */
static struct sk_buff *zmq_ipc_next(struct zmq_ksock *k, unsigned int *len)
{
	struct sk_buff_head *q = &k->sock->sk->sk_receive_queue;
	struct sk_buff *skb, *used = NULL;

	spin_lock_bh(&q->lock);
	skb = skb_peek(q);
	if (skb && k->taken == skb->len) {
		k->taken = 0;
		used = skb;
		__skb_unlink(used, q);
		skb = skb_peek(q);
	}
	*len = skb ? skb->len : 0;
	spin_unlock_bh(&q->lock);
	if (used)
		consume_skb(used);
	return skb;
}

/*
 * The first buffer stays ours without the queue's lock: senders only add behind
 * it, or to its end.
 */
static enum zmq_reason zmq_ipc_read(struct zmq_ksock *k, zmq_tran_feed_t feed,
				    void *arg)
{
	struct sk_buff *skb;
	unsigned int len;

	while ((skb = zmq_ipc_next(k, &len))) {
		if (unlikely(!zmq_ipc_is_clean(k->sock->sk)))
			return ZMQ_R_ANCILLARY;
		if (!zmq_ipc_offer(k, skb, len, feed, arg))
			break;
	}
	return ZMQ_R_NONE;
}

static bool zmq_ipc_pending(const struct sock *sk)
{
	return !skb_queue_empty_lockless(&sk->sk_receive_queue);
}

static bool zmq_ipc_eof(struct sock *sk)
{
	if (!(READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN))
		return false;
	/* What was queued was so before the peer said that it was the last. */
	smp_rmb();
	return !zmq_ipc_pending(sk);
}

/*
 * The peer is another process: what lies in its queue it may lose, as libzmq
 * does if we close while it is behind. In the write_space of the last buffer one
 * byte is still charged.
 */
static bool zmq_ipc_unacked(const struct sock *sk)
{
	return sk_wmem_alloc_get(sk) >= SKB_TRUESIZE(0);
}

/* As AF_UNIX itself has it. */
static bool zmq_ipc_writable(const struct sock *sk)
{
	return refcount_read(&sk->sk_wmem_alloc) << 2 <= READ_ONCE(sk->sk_sndbuf);
}

/* The peer's system is ours. */
static bool zmq_ipc_answers(const struct sock *sk)
{
	return true;
}

/*
 * What libzmq has here: the host that getnameinfo() knows for AF_UNIX, and
 * SO_PEERCRED.
 */
static void zmq_ipc_peer_text(struct sock *sk, const struct zmq_view *view,
			      char *buf, size_t size)
{
	struct zmq_ipc_peer p;

	*buf = '\0';
	zmq_ipc_peer_get(sk, view, &p);
	if (p.cred)
		snprintf(buf, size, "localhost:%u:%u:%d",
			 from_kuid_munged(p.ns, p.cred->euid),
			 from_kgid_munged(p.ns, p.cred->egid), p.pid);
	put_cred(p.cred);
}

static void zmq_ipc_name(struct net *net, const struct sockaddr_storage *ss,
			 char *buf, size_t size)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)ss;
	bool abstract = !un->sun_path[0] && un->sun_path[1];

	snprintf(buf, size, "ipc://%s%.*s", abstract ? "@" : "",
		 (int)sizeof(un->sun_path) - abstract, un->sun_path + abstract);
}

const struct zmq_tran_ops zmq_ipc_ops = {
	.id = ZMQ_TRAN_IPC,
	.bare = true,
	.waits = zmq_ipc_waits,
	.path = zmq_ipc_path,
	.target = zmq_ipc_target,
	.local = zmq_ipc_local,
	.open = zmq_ipc_open,
	.source = zmq_ipc_source,
	.admits = zmq_ipc_admits,
	.borrow = zmq_ipc_borrow,
	.setup = zmq_ipc_setup,
	.bind = zmq_ipc_bind,
	.unmake = zmq_ipc_file_unmake,
	.connect = zmq_ipc_connect,
	.recycle = zmq_ipc_recycle,
	.state = zmq_ipc_state,
	.read = zmq_ipc_read,
	.pending = zmq_ipc_pending,
	.eof = zmq_ipc_eof,
	.unacked = zmq_ipc_unacked,
	.writable = zmq_ipc_writable,
	.answers = zmq_ipc_answers,
	.peer = zmq_ipc_peer_text,
	.name = zmq_ipc_name,
};
