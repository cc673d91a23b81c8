// SPDX-License-Identifier: GPL-2.0-only
/*
 * A listener: an endpoint that bind() was called with.
 *
 * Connections are accepted by a work, a few at a time so that one busy
 * listener doesn't hold up others, and with the rights of who called bind(),
 * so that the accepted sockets belong to them and not to a kernel thread.
 */
#include <linux/cred.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <net/tcp_states.h>

#include "compat/compat.h"
#include "conn/inproc.h"
#include "conn/listener.h"
#include "conn/session.h"
#include "ctx/names.h"
#include "event.h"
#include "mech/mech.h"
#include "mem.h"
#include "resolve/view.h"
#include "sock.h"

/* Connections accepted in one go. */
#define ZMQ_ACCEPT_QUOTA	16
/* Pause when there is no memory for one more. */
#define ZMQ_ACCEPT_RETRY_MS	100

static struct workqueue_struct *zmq_accept_wq;

static void zmq_listener_data_ready(struct sock *sk)
{
	struct zmq_listener *l;

	trace_sk_data_ready(sk);
	read_lock_bh(&sk->sk_callback_lock);
	/* NULL for a child that nobody has accepted yet. One that is being
	 * adopted while we come in belongs to a connection, and has another
	 * callback; what has arrived will be read by who adopts it.
	 */
	l = sk->sk_data_ready == zmq_listener_data_ready ?
		zmq_ksock_owner(sk) : NULL;
	if (l)
		mod_delayed_work(zmq_accept_wq, &l->work, 0);
	read_unlock_bh(&sk->sk_callback_lock);
}

/* Children inherit these until they are accepted; there is nothing to do. */
static void zmq_listener_ignore(struct sock *sk)
{
}

static const struct zmq_ksock_calls zmq_listener_calls = {
	.data_ready = zmq_listener_data_ready,
	.write_space = zmq_listener_ignore,
	.state_change = zmq_listener_ignore,
	.error_report = zmq_listener_ignore,
};

/* A borrowed socket keeps its callbacks, which its children have, too. */
static int zmq_listener_woken(wait_queue_entry_t *wait, unsigned int mode,
			      int flags, void *key)
{
	struct zmq_listener *l = container_of(wait, struct zmq_listener, wait);

	mod_delayed_work(zmq_accept_wq, &l->work, 0);
	return 0;
}

static void zmq_listener_reject(struct zmq_listener *l, struct socket *sock)
{
	zmq_ksock_disown(sock, zmq_listener_lower(l));
	sock_release(sock);
}

static int zmq_listener_accept_one(struct zmq_listener *l)
{
	struct socket *sock;
	int err = kernel_accept(l->sock, &sock, O_NONBLOCK);

	if (err)
		return err;
	zmq_ksock_mark(sock->sk, false);
	zmq_ksock_adopt(sock->sk);
	if (l->tran->admits && !l->tran->admits(sock, l->opt, l->view)) {
		zmq_stats_count(sock_net(&l->zs->sk), ZMQ_R_ACCEPT_FILTERED, 1);
		zmq_event_listener(l, ZMQ_EVENT_ACCEPT_FAILED, EACCES);
		zmq_listener_reject(l, sock);
		return 0;
	}
	err = l->tran->setup(sock, l->opt);
	if (err) {
		zmq_listener_reject(l, sock);
		return err;
	}
	return zmq_session_accept(l, sock);
}

static void zmq_listener_work(struct work_struct *work)
{
	struct zmq_listener *l = container_of(to_delayed_work(work),
					      struct zmq_listener, work);
	const struct cred *old = override_creds(l->view->cred);
	struct mem_cgroup *memcg = set_active_memcg(l->zs->sk.sk_memcg);
	int i, err = 0;

	for (i = 0; i < ZMQ_ACCEPT_QUOTA && !err; i++)
		err = zmq_listener_accept_one(l);
	set_active_memcg(memcg);
	revert_creds(old);

	if (!err) {
		queue_delayed_work(zmq_accept_wq, &l->work, 0);
	} else if (err != -EAGAIN &&
		   READ_ONCE(l->sock->sk->sk_state) == TCP_LISTEN) {
		/* One connection failed; there may be more behind it, unless
		 * the owner of a borrowed socket has ended its listening.
		 */
		zmq_stats_count(sock_net(&l->zs->sk), ZMQ_R_ACCEPT_FAILED, 1);
		zmq_event_listener(l, ZMQ_EVENT_ACCEPT_FAILED, -err);
		queue_delayed_work(zmq_accept_wq, &l->work,
				   err == -ECONNABORTED ? 0 :
				   msecs_to_jiffies(ZMQ_ACCEPT_RETRY_MS));
	}
}

static int zmq_listener_name(struct zmq_listener *l)
{
	struct sockaddr_storage ss;
	int err = zmq_ksock_name(l->sock, false, &ss);

	if (err)
		return err;
	l->tran->name(sock_net(&l->zs->sk), &ss, l->name, sizeof(l->name));
	return 0;
}

static void zmq_listener_free(struct zmq_listener *l)
{
	bool opened = l->sock;

	if (l->made.mnt)
		l->tran->unmake(l->sock, l->view, &l->made);
	if (l->borrowed) {
		sockfd_put(l->sock);
	} else if (l->sock) {
		zmq_ksock_mark(l->sock->sk, false);
		sock_release(l->sock);
	}
	if (opened)
		zmq_event_listener(l, ZMQ_EVENT_CLOSED, l->id);
	zmq_half_table_put(l->half);
	zmq_view_put(l->view);
	zmq_options_put(l->opt);
	zmq_mem_uncharge(l->zs->mem, ZMQ_MEM_ENDPOINT);
	kfree(l);
}

/* With the options as they are now. */
static int zmq_listener_set_options(struct zmq_listener *l)
{
	const char *why;

	lock_sock(&l->zs->sk);
	l->opt = zmq_options_get(l->zs);
	release_sock(&l->zs->sk);
	if (!l->opt)
		return -ENOMEM;
	if (!l->tran->linked) {
		l->half = zmq_half_table_make();
		if (!l->half)
			return -ENOMEM;
	}
	why = l->tran->linked ? NULL : zmq_mech_check(l->opt);
	if (!why)
		return 0;
	zmq_sock_refuse(l->zs, why);
	return -EPROTONOSUPPORT;
}

/*
 * Accept from a socket of the caller's, who bound it and made it listen; they
 * may keep their descriptor. Its callbacks stay as they are: children inherit
 * them, and whoever else has the socket can accept some of these.
 */
static int zmq_listener_borrow(struct zmq_listener *l, int fd)
{
	struct socket *sock;
	int err;

	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	err = -EINVAL;
	if (l->tran->borrow && net_eq(sock_net(sock->sk), sock_net(&l->zs->sk)))
		err = l->tran->borrow(sock);
	if (err) {
		sockfd_put(sock);
		return err;
	}
	l->sock = sock;
	l->borrowed = true;
	return 0;
}

/* ZMQ_USE_FD is for one bind() that succeeds. */
static void zmq_listener_used_fd(struct zmq_listener *l)
{
	struct zmq_sock *zs = l->zs;

	lock_sock(&zs->sk);
	if (zs->opt.use_fd == l->opt->use_fd)
		zs->opt.use_fd = -1;
	zmq_options_changed(zs);
	release_sock(&zs->sk);
}

/* Find the address, bind, listen. */
static int zmq_listener_bind(struct zmq_listener *l,
			     const struct zmq_endpoint *ep)
{
	struct zmq_lookup lookup = { .view = l->view };
	struct zmq_addr a;
	int err;

	err = l->tran->local(ep, l->opt, &lookup, &a);
	if (err)
		return err;
	err = l->tran->open(sock_net(&l->zs->sk), l->opt, &l->sock);
	if (err) {
		l->sock = NULL;
		return err;
	}
	/* Needs no looking up, so it is known even if bind() fails. */
	if (l->tran->path && a.len)
		l->tran->name(sock_net(&l->zs->sk), &a.ss, l->name,
			      sizeof(l->name));
	zmq_ksock_mark(l->sock->sk, true);
	return l->tran->bind(l->sock, &a, l->opt, &l->made);
}

static int zmq_listener_open(struct zmq_listener *l,
			     const struct zmq_endpoint *ep)
{
	int err = zmq_listener_set_options(l);

	if (err)
		return err;
	if (l->tran->linked) {
		strscpy(l->name, ep->uri, sizeof(l->name));
		err = zmq_name_bind(l);
		if (err)
			zmq_sock_refuse(l->zs, "the name is bound already");
		return err;
	}
	if (l->opt->use_fd >= 0) {
		err = zmq_listener_borrow(l, l->opt->use_fd);
		if (err)
			zmq_sock_refuse(l->zs, "ZMQ_USE_FD is no listening socket that fits");
		else
			zmq_listener_used_fd(l);
	} else {
		err = zmq_listener_bind(l, ep);
		if (err)
			zmq_sock_refuse(l->zs, "the address can't be bound");
	}
	return err ? err : zmq_listener_name(l);
}

static void zmq_listener_watch(struct zmq_listener *l)
{
	if (l->tran->linked) {
		zmq_inproc_adopt(l);
		return;
	}
	if (l->borrowed)
		add_wait_queue(sk_sleep(l->sock->sk), &l->wait);
	else
		zmq_ksock_attach(&l->lower, l->sock, l, &zmq_listener_calls,
				 NULL);
	/* Somebody may have come before. */
	queue_delayed_work(zmq_accept_wq, &l->work, 0);
}

/**
 * zmq_listener_create() - bind() to an endpoint
 * @zs: the socket; its lock_sock is not held, since looking up a name may take
 *	long
 * @ep: the endpoint, parsed
 * @tran: its transport
 * @view: names and rights of the caller; the listener takes a reference
 *
 * Context: the caller of bind(), so rights are checked as for any socket.
 * Return: the listener, accepting, or an errno.
 */
struct zmq_listener *zmq_listener_create(struct zmq_sock *zs,
					 const struct zmq_endpoint *ep,
					 const struct zmq_tran_ops *tran,
					 struct zmq_view *view)
{
	struct zmq_listener *l;
	int err;

	if (!zmq_mem_charge(zs->mem, ZMQ_MEM_ENDPOINT))
		return ERR_PTR(-ENOMEM);
	l = kzalloc(sizeof(*l), GFP_KERNEL_ACCOUNT);
	if (!l) {
		zmq_mem_uncharge(zs->mem, ZMQ_MEM_ENDPOINT);
		return ERR_PTR(-ENOMEM);
	}
	l->zs = zs;
	l->tran = tran;
	l->view = zmq_view_hold(view);
	INIT_DELAYED_WORK(&l->work, zmq_listener_work);
	init_waitqueue_func_entry(&l->wait, zmq_listener_woken);
	l->id = zmq_event_number(zs);

	err = zmq_listener_open(l, ep);
	if (err) {
		zmq_listener_free(l);
		return ERR_PTR(err);
	}
	/* Nobody accepts yet, so it comes before the first ACCEPTED. */
	if (!tran->linked)
		zmq_event_listener(l, ZMQ_EVENT_LISTENING, l->id);
	zmq_listener_watch(l);
	return l;
}

/**
 * zmq_listener_stop() - accept no more, and give the address back
 * @l: the listener, out of the socket's list; freed
 *
 * When it returns the address can be bound again. The work takes no lock_sock,
 * so the caller may hold the socket's while waiting for it.
 *
 * Context: may sleep.
 */
void zmq_listener_stop(struct zmq_listener *l)
{
	if (l->tran->linked)
		zmq_name_unbind(l);
	else if (l->borrowed)
		remove_wait_queue(sk_sleep(l->sock->sk), &l->wait);
	else
		zmq_ksock_detach(&l->lower);
	cancel_delayed_work_sync(&l->work);
	zmq_listener_free(l);
}

/**
 * zmq_listener_init() - the workqueue that accepts
 *
 * Context: module init, before the first socket.
 * Return: 0 or -ENOMEM.
 */
int __init zmq_listener_init(void)
{
	zmq_accept_wq = alloc_workqueue("zmq_accept", WQ_UNBOUND, 0);
	return zmq_accept_wq ? 0 : -ENOMEM;
}

/**
 * zmq_listener_exit() - undo zmq_listener_init()
 *
 * Context: module exit, after the last listener was stopped.
 */
void zmq_listener_exit(void)
{
	destroy_workqueue(zmq_accept_wq);
}
