// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session: one end of a connection, made and remade.
 *
 * connect() creates a session that tries until it is told to end; a listener
 * creates one for each connection it accepts, which ends with it. What happens
 * between is in machine.c.
 */
#include <linux/cred.h>
#include <linux/jiffies.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "conn/inproc.h"
#include "conn/listener.h"
#include "conn/machine.h"
#include "conn/session.h"
#include "conn/zap.h"
#include "event.h"
#include "mem.h"
#include "pattern/pattern.h"
#include "resolve/view.h"
#include "sock.h"

/**
 * zmq_session_assume() - take the rights of the session's owner
 * @s: the session, referenced until zmq_session_resign()
 *
 * AF_UNIX vouches for the writer of each buffer (SCM_CREDENTIALS), and security
 * modules judge by it: what a user has written must not come from a worker,
 * which is root.
 *
 * Context: a work.
 * Return: for zmq_session_resign().
 */
const struct cred *zmq_session_assume(const struct zmq_session *s)
{
	return s->view ? override_creds(s->view->cred) : NULL;
}

/**
 * zmq_session_resign() - undo zmq_session_assume()
 * @old: what that has returned
 */
void zmq_session_resign(const struct cred *old)
{
	if (old)
		revert_creds(old);
}

/*
 * The caller of connect() may be looking a path up under @run, for ever, and a
 * work that waited for that would be one less for all other sessions. So it goes
 * away; zmq_session_start() looks again.
 */
static bool zmq_session_lock(struct zmq_session *s)
{
	if (mutex_trylock(&s->run))
		return true;
	/* Pairs with zmq_session_start(): either we see that it is over, or it
	 * sees that we were here.
	 */
	smp_store_mb(s->kicked, true);
	if (READ_ONCE(s->starting))
		return false;
	mutex_lock(&s->run);
	return true;
}

static void zmq_session_work(struct work_struct *work)
{
	struct zmq_session *s = container_of(to_delayed_work(work),
					     struct zmq_session, work);
	struct mem_cgroup *memcg;
	const struct cred *old;

	if (!zmq_session_lock(s)) {
		zmq_session_put(s);
		return;
	}
	/* Whoever kicks from now on is seen by zmq_session_delay(), who did
	 * before is served by what follows.
	 */
	smp_store_mb(s->kicked, false);
	old = zmq_session_assume(s);
	memcg = set_active_memcg(s->zs->sk.sk_memcg);
	zmq_session_run(s);
	set_active_memcg(memcg);
	zmq_session_resign(old);
	mutex_unlock(&s->run);
	zmq_session_put(s);
}

/**
 * zmq_session_put() - drop a reference
 * @s: the session
 *
 * Context: may sleep.
 */
void zmq_session_put(struct zmq_session *s)
{
	if (!refcount_dec_and_test(&s->ref))
		return;
	if (s->view)
		zmq_view_put(s->view);
	kfree(s->ep);
	kfree(s->proxy);
	zmq_half_table_put(s->half);
	zmq_zap_put(s->zap);
	zmq_options_put(s->opt);
	zmq_mem_uncharge(s->zs->mem, ZMQ_MEM_ENDPOINT);
	sock_put(&s->zs->sk);
	kfree(s);
}

/**
 * zmq_session_after() - the session that came next
 * @zs: the socket, its lock not held
 * @nr: number of the last one, 0 for the first; becomes that of the next
 * @end: the highest number that counts
 *
 * Context: any. Who has to do with all of them has to do with none twice, whoever
 * comes and goes meanwhile.
 * Return: the session, referenced, or NULL: there are no more.
 */
struct zmq_session *zmq_session_after(struct zmq_sock *zs, u64 *nr, u64 end)
{
	struct zmq_session *s = NULL;
	struct zmq_roll_entry *e;

	spin_lock_bh(&zs->lock);
	e = zmq_roll_after(&zs->session_roll, *nr);
	if (e && e->nr <= end) {
		*nr = e->nr;
		s = zmq_session_get(container_of(e, struct zmq_session, entry));
	}
	spin_unlock_bh(&zs->lock);
	return s;
}

static void zmq_session_release(struct socket *sock)
{
	if (sock)
		sock_release(sock);
}

/**
 * zmq_session_end() - no way back; see &struct zmq_session
 * @s: the session
 *
 * Context: the state machine, under @s->run.
 */
void zmq_session_end(struct zmq_session *s)
{
	struct zmq_sock *zs = s->zs;
	bool last = false;

	s->state = ZMQ_SESSION_DEAD;
	zmq_half_leave(s->half, &s->half_entry);
	zmq_zap_leave(s);
	if (s->tran->linked)
		zmq_inproc_leave(s);
	zmq_session_unreach(s);
	zmq_session_release(zmq_conn_end(&s->conn));
	zmq_sock_pipe_down(zs, &s->conn);
	zmq_session_release(s->spare);
	s->spare = NULL;
	zmq_sock_detach_pipe(zs, &s->conn);

	spin_lock_bh(&zs->lock);
	if (!list_empty(&s->node)) {
		list_del_init(&s->node);
		zmq_roll_del(&zs->session_roll, &s->entry);
		zs->nr_sessions--;
		last = zs->closed && list_empty(&zs->sessions);
	}
	spin_unlock_bh(&zs->lock);
	/* Before who waits for the end of lingering hears of it. */
	if (last)
		zmq_monitor_stop(zs);
	zmq_sock_wake(zs, ZMQ_WAKE_ALL);
	zmq_session_put(s);
}

/**
 * zmq_session_make_pipe() - the session's pipe, unless it has one
 * @s: the session
 *
 * Context: the state machine, or connect() before there is one.
 * Return: 0, -ENOMEM, or why the pattern refuses the pipe.
 */
int zmq_session_make_pipe(struct zmq_session *s)
{
	const struct zmq_pattern_ops *ops = s->zs->ops;
	const struct zmq_pipe_spec spec = {
		.mem = s->zs->mem,
		.in_hwm = s->opt->rcvhwm,
		.out_hwm = s->opt->sndhwm,
		.conflate = s->conflate,
		.priv_size = ops->pipe_size,
	};
	struct zmq_pipe *p;
	int err;

	if (s->conn.pipe)
		return 0;
	p = zmq_pipe_alloc(&s->zs->lock, s, &spec);
	if (!p)
		return -ENOMEM;
	WRITE_ONCE(s->conn.pipe, p);
	err = zmq_sock_attach_pipe(s->zs, p);
	if (err) {
		WRITE_ONCE(s->conn.pipe, NULL);
		zmq_pipe_free(p);
	}
	return err;
}

/**
 * zmq_session_alloc() - a session that nobody knows yet
 * @zs: the socket
 * @opt: options of its endpoint, a snapshot; the session's on success
 * @tran: transport
 *
 * Return: the session, or NULL for lack of memory.
 */
struct zmq_session *zmq_session_alloc(struct zmq_sock *zs,
				      const struct zmq_options *opt,
				      const struct zmq_tran_ops *tran)
{
	struct zmq_session *s;

	if (!zmq_mem_charge(zs->mem, ZMQ_MEM_ENDPOINT))
		return NULL;
	s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	if (!s) {
		zmq_mem_uncharge(zs->mem, ZMQ_MEM_ENDPOINT);
		return NULL;
	}
	refcount_set(&s->ref, 1);
	s->zs = zs;
	s->opt = opt;
	s->tran = tran;
	s->conflate = opt->conflate && zs->ops->conflates;
	INIT_LIST_HEAD(&s->node);
	INIT_LIST_HEAD(&s->kick);
	INIT_LIST_HEAD(&s->wanting);
	INIT_LIST_HEAD(&s->half_entry.all);
	mutex_init(&s->run);
	INIT_DELAYED_WORK(&s->work, zmq_session_work);
	zmq_conn_init(&s->conn, zs);
	sock_hold(&zs->sk);
	return s;
}

/**
 * zmq_session_publish() - enter a session into its socket's list
 * @s: the session
 *
 * Return: false if the socket was closed meanwhile, or has too many.
 */
bool zmq_session_publish(struct zmq_session *s)
{
	struct zmq_sock *zs = s->zs;
	bool ok;

	spin_lock_bh(&zs->lock);
	ok = !zs->closed && zs->nr_sessions < ZMQ_SESSIONS_MAX &&
	     zs->nr_pipes < ZMQ_SESSIONS_MAX;
	if (ok) {
		list_add_tail(&zmq_session_get(s)->node, &zs->sessions);
		zmq_roll_add(&zs->session_roll, &s->entry);
		zs->nr_sessions++;
	}
	spin_unlock_bh(&zs->lock);
	return ok;
}

/**
 * zmq_session_connect() - connect() to an endpoint
 * @zs: the socket, its lock_sock held
 * @ep: the endpoint, parsed and allocated; the session's on success
 * @tran: its transport
 * @view: names and rights of the caller; the session takes a reference
 *
 * The caller calls zmq_session_start() without the lock_sock.
 *
 * Return: the session, referenced; -ENOMEM; -ENOBUFS too many endpoints;
 * -EINVAL malformed ZMQ_SOCKS_PROXY; or why no lower socket can be made.
 */
struct zmq_session *zmq_session_connect(struct zmq_sock *zs,
					struct zmq_endpoint *ep,
					const struct zmq_tran_ops *tran,
					struct zmq_view *view)
{
	const struct zmq_options *opt = zmq_options_get(zs);
	struct zmq_session *s;
	int err;

	if (!opt)
		return ERR_PTR(-ENOMEM);
	s = zmq_session_alloc(zs, opt, tran);
	if (!s) {
		zmq_options_put(opt);
		return ERR_PTR(-ENOMEM);
	}
	err = zmq_proxy_make(s, ep);
	if (err)
		goto err_put;
	err = s->opt->immediate ? 0 : zmq_session_make_pipe(s);
	if (err)
		goto err_put;
	/* Here and now: it is to belong to the caller's cgroup. */
	err = tran->open(sock_net(&zs->sk), s->opt, &s->spare);
	if (err) {
		s->spare = NULL;
		goto err_put;
	}
	s->ep = ep;
	s->view = zmq_view_hold(view);
	s->waits = tran->waits(zmq_session_target(s));
	s->starting = true;
	if (zmq_session_publish(s))
		return s;
	err = -ENOBUFS;
	/* Still the caller's. */
	s->ep = NULL;

err_put:
	zmq_sock_detach_pipe(zs, &s->conn);
	zmq_session_release(s->spare);
	zmq_session_put(s);
	return ERR_PTR(err);
}

/**
 * zmq_session_start() - make the first attempt
 * @s: what zmq_session_connect() has returned, referenced
 *
 * Here and now, with all that the caller is, unless a name has to be looked up
 * over the network. No other lock is held: looking a path up may take for ever,
 * and whoever closes the socket then must not have to wait. If they were faster,
 * the work may have made this attempt, or ended the session.
 *
 * Context: the caller of connect().
 */
void zmq_session_start(struct zmq_session *s)
{
	if (!s->waits) {
		mutex_lock(&s->run);
		zmq_session_run(s);
		mutex_unlock(&s->run);
	}
	/* Pairs with zmq_session_lock(). */
	smp_store_mb(s->starting, false);
	if (s->waits || READ_ONCE(s->kicked))
		zmq_session_kick(s);
}

/**
 * zmq_session_accept() - a listener has accepted a connection
 * @l: the listener
 * @sock: the lower socket; consumed
 *
 * Context: the listener's work.
 * Return: 0 or -ENOMEM.
 */
int zmq_session_accept(struct zmq_listener *l, struct socket *sock)
{
	const struct zmq_options *opt = zmq_options_hold(l->opt);
	struct zmq_session *s = zmq_session_alloc(l->zs, opt, l->tran);

	if (!s) {
		zmq_options_put(opt);
		goto err_sock;
	}
	if (zmq_session_admit(s, l, sock)) {
		zmq_session_put(s);
		goto err_sock;
	}
	s->listener = l->id;
	s->view = zmq_view_hold(l->view);
	s->number = zmq_event_number(l->zs);
	s->state = ZMQ_SESSION_HANDSHAKE;
	mutex_lock(&s->run);
	zmq_conn_begin(&s->conn, s->tran, s->opt);
	zmq_conn_adopt(&s->conn, sock, zmq_listener_lower(l));
	if (zmq_session_publish(s)) {
		zmq_session_connected(s);
		if (s->state != ZMQ_SESSION_DEAD)
			zmq_session_arm(s);
	} else {
		/* As the list's reference, which zmq_session_end() drops. */
		zmq_session_get(s);
		zmq_session_end(s);
	}
	mutex_unlock(&s->run);
	zmq_session_put(s);
	return 0;

err_sock:
	zmq_ksock_disown(sock, zmq_listener_lower(l));
	sock_release(sock);
	return -ENOMEM;
}

/**
 * zmq_session_bound() - give up what is unsent after a time
 * @s: the session, its socket's lock held; it is to end, and has to be kicked
 * @ms: how long; an earlier bound stays
 */
void zmq_session_bound(struct zmq_session *s, unsigned int ms)
{
	unsigned long until = jiffies + msecs_to_jiffies(ms);

	zmq_sock_assert(s->zs);
	if (!s->linger_limited || time_before(until, s->linger_until))
		s->linger_until = until;
	s->linger_limited = true;
}

/**
 * zmq_session_close() - let a session end
 * @s: the session, its socket's lock held
 * @linger: ms that it may take to send what is unsent; -1 without limit
 * @drop: drop what was received and not read
 *
 * Nothing more is received. Called again it can only shorten the time. To sessions of
 * inproc ZMQ_LINGER is nothing: what waits there for somebody to bind has been sent
 * (API page, 4.4). See zmq_session_bound() for what ends that.
 */
void zmq_session_close(struct zmq_session *s, int linger, bool drop)
{
	zmq_sock_assert(s->zs);
	if (s->tran->linked)
		linger = -1;
	if (s->conn.pipe)
		zmq_sock_mute(s->zs, s->conn.pipe);
	if (s->conn.pipe && drop)
		zmq_sock_drop_unread(s->zs, s->conn.pipe);
	if (linger > 0)
		zmq_session_bound(s, linger);
	set_bit(linger ? ZMQ_SESSION_CLOSING : ZMQ_SESSION_STOP, &s->flags);
	zmq_session_kick(s);
}
