// SPDX-License-Identifier: GPL-2.0-only
/*
 * bind(), connect(), unbind and disconnect: an endpoint string becomes a
 * listener or a session, and is found again by it.
 *
 * The order of checks is libzmq's (API page, 4.1), since programs look at the
 * errno: well-formed at all, transport there, transport fit for the type, and
 * only then the address.
 */
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/zmq.h>

#include "conn/inproc.h"
#include "conn/listener.h"
#include "conn/session.h"
#include "ctx/ctx.h"
#include "event.h"
#include "mech/mech.h"
#include "pattern/pattern.h"
#include "resolve/view.h"
#include "sock.h"
#include "zmtp/endpoint.h"

/*
 * inproc needs a context, all else one with I/O threads (API page, 3). It is also
 * where the ZAP handler is, if there may be need of one.
 */
static int zmq_endpoint_check_ctx(struct zmq_sock *zs, struct zmq_endpoint *ep,
				  const struct zmq_tran_ops *tran)
{
	struct zmq_ctx *ctx;
	int err;

	lock_sock(&zs->sk);
	err = zmq_sock_usable(zs);
	if (!err && (tran->linked || zmq_mech_may_ask(&zs->opt)))
		err = zmq_ctx_need(zs);
	ctx = zs->ctx;
	release_sock(&zs->sk);
	if (err) {
		ep->why = "there is no context";
		return err;
	}
	if (tran->linked || !ctx || ctx->threads)
		return 0;
	ep->why = "the context has ZMQ_IO_THREADS 0";
	return -ZMQ_EMTHREAD;
}

/*
 * Keys are made of random numbers, and right after boot there may be none yet that
 * nobody can guess. Here it is a caller who waits; there it would be a worker.
 */
static int zmq_endpoint_wait_random(const struct zmq_sock *zs,
				    const struct zmq_tran_ops *tran)
{
	if (tran->linked || READ_ONCE(zs->opt.mechanism) != ZMQ_CURVE)
		return 0;
	return wait_for_random_bytes();
}

/* Find the transport; the caller frees *@res. */
static int zmq_endpoint_open(struct zmq_sock *zs, const char *uri, size_t len,
			     enum zmq_direction dir, struct zmq_endpoint **res,
			     const struct zmq_tran_ops **tran)
{
	struct zmq_endpoint *ep = kzalloc(sizeof(*ep), GFP_KERNEL_ACCOUNT);
	int err;

	if (!ep)
		return -ENOMEM;
	err = zmq_endpoint_split(ep, uri, len);
	if (err)
		goto err_why;
	/* First: libzmq has udp, and says of other types that they don't fit. */
	err = zmq_endpoint_check_type(ep, zs->ops->type, dir);
	if (err)
		goto err_why;
	*tran = zmq_tran_find(ep->tran);
	if (!*tran) {
		ep->why = "this transport is not built";
		err = -EPROTONOSUPPORT;
		goto err_why;
	}
	err = zmq_endpoint_check_ctx(zs, ep, *tran);
	if (err)
		goto err_why;
	err = zmq_endpoint_wait_random(zs, *tran);
	if (err) {
		ep->why = "interrupted while there are no random numbers yet";
		goto err_why;
	}
	*res = ep;
	return 0;

err_why:
	zmq_sock_refuse(zs, ep->why ? ep->why : "malformed endpoint");
	kfree(ep);
	return err;
}

/* Read the address, for one direction. */
static int zmq_endpoint_read(struct zmq_sock *zs, struct zmq_endpoint *ep,
			     enum zmq_direction dir)
{
	int err = zmq_endpoint_parse(ep, dir);

	if (err)
		zmq_sock_refuse(zs, ep->why ? ep->why : "malformed endpoint");
	return err;
}

/* Both; the caller frees *@res. */
static int zmq_endpoint_get(struct zmq_sock *zs, const char *uri, size_t len,
			    enum zmq_direction dir, struct zmq_endpoint **res,
			    const struct zmq_tran_ops **tran)
{
	int err = zmq_endpoint_open(zs, uri, len, dir, res, tran);

	if (err)
		return err;
	err = zmq_endpoint_read(zs, *res, dir);
	if (err)
		kfree(*res);
	return err;
}

/* Does the socket have this endpoint, as it was given or as it was bound? */
static bool zmq_endpoint_known(struct zmq_sock *zs, const char *uri)
{
	struct zmq_listener *l;
	struct zmq_session *s;
	bool known = false;

	list_for_each_entry(l, &zs->listeners, node)
		if (!strcmp(l->name, uri))
			return true;

	spin_lock_bh(&zs->lock);
	list_for_each_entry(s, &zs->sessions, node)
		if (s->ep && !zmq_session_is_closing(s) &&
		    !strcmp(s->ep->uri, uri))
			known = true;
	spin_unlock_bh(&zs->lock);
	return known;
}

/**
 * zmq_sock_forget_listener() - a listener is a socket's no more
 * @zs: the socket, its lock_sock held
 * @l: the listener; the caller stops it
 */
void zmq_sock_forget_listener(struct zmq_sock *zs, struct zmq_listener *l)
{
	list_del(&l->node);
	spin_lock_bh(&zs->lock);
	zmq_roll_del(&zs->listener_roll, &l->entry);
	spin_unlock_bh(&zs->lock);
}

/* The listener is there already; the socket may have been closed meanwhile. */
static int zmq_sock_add_listener(struct zmq_sock *zs, struct zmq_listener *l)
{
	int err;

	lock_sock(&zs->sk);
	err = zmq_sock_usable(zs);
	if (!err) {
		list_add_tail(&l->node, &zs->listeners);
		spin_lock_bh(&zs->lock);
		zmq_roll_add(&zs->listener_roll, &l->entry);
		spin_unlock_bh(&zs->lock);
		strscpy(zs->last_endpoint, l->name, sizeof(zs->last_endpoint));
	}
	release_sock(&zs->sk);
	if (err)
		zmq_listener_stop(l);
	return err;
}

/* From here on a failure is the address's, and an event. */
static int zmq_sock_listen(struct zmq_sock *zs, struct zmq_endpoint *ep,
			   const struct zmq_tran_ops *tran)
{
	struct zmq_listener *l;
	struct zmq_view *view;
	int err = zmq_endpoint_read(zs, ep, ZMQ_DIR_BIND);

	if (err)
		return err;
	view = zmq_view_get_current(sock_net(&zs->sk), GFP_KERNEL_ACCOUNT);
	if (IS_ERR(view))
		return PTR_ERR(view);
	l = zmq_listener_create(zs, ep, tran, view);
	if (IS_ERR(l))
		err = PTR_ERR(l);
	else
		err = zmq_sock_add_listener(zs, l);
	zmq_view_put(view);
	return err;
}

/**
 * zmq_sock_bind() - accept connections at an endpoint
 * @zs: the socket
 * @uri: the endpoint, not necessarily terminated
 * @len: its length
 *
 * Context: may sleep; the caller is who binds.
 * Return: 0, or an errno of libzmq API page 4.1 and 4.2; -EADDRINUSE, -EACCES
 * and others of bind(2) and listen(2).
 */
int zmq_sock_bind(struct zmq_sock *zs, const char *uri, size_t len)
{
	const struct zmq_tran_ops *tran;
	struct zmq_endpoint *ep;
	int err = zmq_sock_usable(zs);

	if (err)
		return err;
	err = zmq_endpoint_open(zs, uri, len, ZMQ_DIR_BIND, &ep, &tran);
	if (err)
		return err;
	err = zmq_sock_listen(zs, ep, tran);
	if (!err)
		zmq_news_tell(&zs->news, 0);
	else if (!tran->linked)
		zmq_event_bind_failed(zs, ep->addr, err);
	kfree(ep);
	return err;
}

/* On success *@res is the session, referenced, and has @ep; or NULL. */
static int zmq_sock_connect_locked(struct zmq_sock *zs, struct zmq_endpoint **ep,
				   const struct zmq_tran_ops *tran,
				   struct zmq_view *view,
				   struct zmq_session **res)
{
	const char *why = tran->linked ? NULL : zmq_mech_check(&zs->opt);
	struct zmq_session *s;
	int err = zmq_sock_usable(zs);

	if (err)
		return err;
	if (why) {
		zmq_sock_refuse(zs, why);
		return -EPROTONOSUPPORT;
	}
	if (zs->ops->one_to_one && !tran->linked && zmq_endpoint_known(zs, (*ep)->uri))
		return 0;

	strscpy(zs->last_endpoint, (*ep)->uri, sizeof(zs->last_endpoint));
	s = tran->linked ? zmq_inproc_connect(zs, *ep) :
			  zmq_session_connect(zs, *ep, tran, view);
	if (IS_ERR(s))
		return PTR_ERR(s);
	*ep = NULL;
	*res = s;
	return 0;
}

/* Names and rights of the caller, as far as this endpoint needs them. */
static struct zmq_view *zmq_sock_view(struct zmq_sock *zs,
				      const struct zmq_endpoint *ep,
				      const struct zmq_tran_ops *tran)
{
	struct zmq_view *view = zmq_view_get_current(sock_net(&zs->sk),
						     GFP_KERNEL_ACCOUNT);
	const char *path = tran->path ? tran->path(ep) : NULL;

	if (!IS_ERR(view) && path && *path != '/')
		zmq_view_keep_pwd(view);
	return view;
}

/**
 * zmq_sock_connect() - connect to an endpoint, now and again until told not to
 * @zs: the socket
 * @uri: the endpoint, not necessarily terminated
 * @len: its length
 *
 * Context: may sleep, but doesn't wait for the network; the caller is whose
 * names and rights all attempts use.
 * Return: 0, also when nobody is there, or an errno of libzmq API page 4.1
 * and 4.2.
 */
int zmq_sock_connect(struct zmq_sock *zs, const char *uri, size_t len)
{
	const struct zmq_tran_ops *tran;
	struct zmq_session *s = NULL;
	struct zmq_endpoint *ep;
	struct zmq_view *view;
	int err = zmq_sock_usable(zs);

	if (err)
		return err;
	err = zmq_endpoint_get(zs, uri, len, ZMQ_DIR_CONNECT, &ep, &tran);
	if (err)
		return err;
	view = zmq_sock_view(zs, ep, tran);
	if (IS_ERR(view)) {
		err = PTR_ERR(view);
	} else {
		lock_sock(&zs->sk);
		err = zmq_sock_connect_locked(zs, &ep, tran, view, &s);
		release_sock(&zs->sk);
		zmq_view_put(view);
	}
	kfree(ep);
	if (!s)
		return err;
	if (!tran->linked)
		zmq_session_start(s);
	zmq_session_put(s);
	zmq_news_tell(&zs->news, 0);
	return 0;
}

/*
 * End all sessions of a listener, or of an endpoint; only what was received by
 * the latter is dropped, as libzmq does. Returns how many.
 */
static int zmq_sessions_close(struct zmq_sock *zs, u32 listener, const char *uri)
{
	struct zmq_session *s;
	int n = 0;

	spin_lock_bh(&zs->lock);
	list_for_each_entry(s, &zs->sessions, node) {
		if (zmq_session_is_closing(s))
			continue;
		if (uri ? !s->ep || strcmp(s->ep->uri, uri) :
			  s->listener != listener)
			continue;
		zmq_session_close(s, zs->opt.linger, uri);
		n++;
	}
	zmq_sock_unlock(zs);
	return n;
}

/* All that has this key goes at once (API page, 4.8). */
static int zmq_sock_remove(struct zmq_sock *zs, const char *key)
{
	struct zmq_listener *l, *next;
	bool named = false;
	int n = 0;

	lock_sock(&zs->sk);
	list_for_each_entry_safe(l, next, &zs->listeners, node) {
		u32 id = l->tran->linked ? 0 : l->id;

		if (strcmp(l->name, key))
			continue;
		zmq_sock_forget_listener(zs, l);
		zmq_listener_stop(l);
		/* A name goes alone, in libzmq 4.3.4. */
		if (id)
			zmq_sessions_close(zs, id, NULL);
		else
			named = true;
		n++;
	}
	if (!named) {
		n += zmq_inproc_disconnect(zs, key);
		n += zmq_sessions_close(zs, 0, key);
	}
	release_sock(&zs->sk);
	if (n)
		zmq_news_tell(&zs->news, 0);
	return n;
}

/*
 * What the endpoint would resolve to, as a key, in one direction. A wildcard
 * or an interface is no name for what it was bound to (API page, 4.8).
 */
static int zmq_endpoint_resolved(struct zmq_sock *zs, const char *uri,
				 size_t len, enum zmq_direction dir, char *key)
{
	const struct zmq_tran_ops *tran;
	struct zmq_lookup lookup = { .narrow = true };
	struct zmq_endpoint *ep;
	struct zmq_target t;
	int err;

	err = zmq_endpoint_get(zs, uri, len, dir, &ep, &tran);
	if (err)
		return err;
	lookup.view = zmq_view_get_current(sock_net(&zs->sk), GFP_KERNEL);
	if (IS_ERR(lookup.view)) {
		err = PTR_ERR(lookup.view);
		goto out;
	}
	if (dir == ZMQ_DIR_CONNECT)
		err = tran->target(ep, &zs->opt, &lookup, &t);
	else
		err = tran->local(ep, &zs->opt, &lookup, &t.dst);
	if (!err)
		tran->name(sock_net(&zs->sk), &t.dst.ss, key,
			   ZMQ_ENDPOINT_MAX + 1);
	zmq_view_put(lookup.view);
out:
	kfree(ep);
	return err;
}

/**
 * zmq_sock_unbind() - undo bind() or connect()
 * @zs: the socket
 * @uri: the string given to connect(), or ZMQ_LAST_ENDPOINT after bind(); what
 *	it resolves to is tried second
 * @len: its length
 *
 * What is unsent lingers; what is unread is dropped. When it returns the
 * address can be bound again.
 *
 * Return: 0; -ENOENT there is no such endpoint; or as zmq_sock_bind() for what
 * is none.
 */
int zmq_sock_unbind(struct zmq_sock *zs, const char *uri, size_t len)
{
	const struct zmq_tran_ops *tran;
	struct zmq_endpoint *ep;
	char *key;
	int err = zmq_sock_usable(zs);

	if (err)
		return err;
	ep = kzalloc(sizeof(*ep), GFP_KERNEL_ACCOUNT);
	key = kzalloc(ZMQ_ENDPOINT_MAX + 1, GFP_KERNEL_ACCOUNT);
	if (!ep || !key) {
		err = -ENOMEM;
		goto out;
	}
	err = zmq_endpoint_split(ep, uri, len);
	if (err) {
		zmq_sock_refuse(zs, ep->why);
		goto out;
	}
	tran = zmq_tran_find(ep->tran);
	if (!tran) {
		zmq_sock_refuse(zs, "this transport is not built");
		err = -EPROTONOSUPPORT;
		goto out;
	}

	if (zmq_sock_remove(zs, ep->uri))
		goto out;
	if (tran->linked)
		goto none;
	if (!zmq_endpoint_resolved(zs, uri, len, ZMQ_DIR_CONNECT, key) &&
	    zmq_sock_remove(zs, key))
		goto out;
	if (!zmq_endpoint_resolved(zs, uri, len, ZMQ_DIR_BIND, key) &&
	    zmq_sock_remove(zs, key))
		goto out;
none:
	zmq_sock_refuse(zs, "no such endpoint");
	err = -ENOENT;
out:
	kfree(key);
	kfree(ep);
	return err;
}
