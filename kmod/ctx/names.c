// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registry of a context's inproc names: who is bound to which, and who
 * connected to one that nobody is bound to yet (libzmq API page, 4.4).
 */
#include <linux/slab.h>

#include "conn/listener.h"
#include "conn/session.h"
#include "ctx/ctx.h"
#include "ctx/names.h"
#include "netlink/netlink.h"
#include "sock.h"

/* The name; or NULL, and where it would be. */
static struct zmq_name *zmq_name_find(struct zmq_ctx *ctx, const char *text,
				      struct rb_node **up,
				      struct rb_node ***link)
{
	struct rb_node **at = &ctx->names.rb_node;

	lockdep_assert_held(&ctx->lock);
	*up = NULL;
	while (*at) {
		struct zmq_name *n = rb_entry(*at, struct zmq_name, node);
		int diff = strcmp(text, n->text);

		if (!diff)
			return n;
		*up = *at;
		at = diff < 0 ? &(*at)->rb_left : &(*at)->rb_right;
	}
	*link = at;
	return NULL;
}

/* The name, made if there is none; NULL for lack of memory. */
static struct zmq_name *zmq_name_get(struct zmq_ctx *ctx, const char *text)
{
	struct rb_node *up, **link;
	struct zmq_name *n = zmq_name_find(ctx, text, &up, &link);
	size_t len = strlen(text) + 1;

	if (n)
		return n;
	n = kmalloc(struct_size(n, text, len), GFP_KERNEL_ACCOUNT);
	if (!n)
		return NULL;
	n->bound = NULL;
	INIT_LIST_HEAD(&n->wanting);
	memcpy(n->text, text, len);
	rb_link_node(&n->node, up, link);
	rb_insert_color(&n->node, &ctx->names);
	return n;
}

static void zmq_name_put(struct zmq_ctx *ctx, struct zmq_name *n)
{
	if (n->bound || !list_empty(&n->wanting))
		return;
	rb_erase(&n->node, &ctx->names);
	kfree(n);
}

/**
 * zmq_name_bind() - a listener gets its name
 * @l: the listener; its socket has a context
 *
 * Return: 0, -EADDRINUSE, -ENOMEM.
 */
int zmq_name_bind(struct zmq_listener *l)
{
	struct zmq_ctx *ctx = l->zs->ctx;
	struct zmq_name *n;
	int err = 0;

	mutex_lock(&ctx->lock);
	n = zmq_name_get(ctx, l->name);
	if (!n)
		err = -ENOMEM;
	else if (n->bound)
		err = -EADDRINUSE;
	else
		n->bound = l;
	if (!err)
		zmq_netlink_name(ctx, l, true);
	mutex_unlock(&ctx->lock);
	return err;
}

/**
 * zmq_name_unbind() - a listener gives its name back
 * @l: the listener; it need not have one
 *
 * When it returns nobody finds the listener any more. Who is connected stays.
 */
void zmq_name_unbind(struct zmq_listener *l)
{
	struct zmq_ctx *ctx = l->zs->ctx;
	struct rb_node *up, **link;
	struct zmq_name *n;

	if (!ctx)
		return;
	mutex_lock(&ctx->lock);
	n = zmq_name_find(ctx, l->name, &up, &link);
	if (n && n->bound == l) {
		n->bound = NULL;
		zmq_name_put(ctx, n);
		zmq_netlink_name(ctx, l, false);
	}
	mutex_unlock(&ctx->lock);
}

/**
 * zmq_name_wanted() - take the first session that waits for a name
 * @l: the listener that is bound to it now
 *
 * Return: the session, whose reference is the caller's now, or NULL.
 */
struct zmq_session *zmq_name_wanted(struct zmq_listener *l)
{
	struct zmq_ctx *ctx = l->zs->ctx;
	struct zmq_session *s = NULL;
	struct rb_node *up, **link;
	struct zmq_name *n;

	mutex_lock(&ctx->lock);
	n = zmq_name_find(ctx, l->name, &up, &link);
	if (n)
		s = list_first_entry_or_null(&n->wanting, struct zmq_session,
					     wanting);
	if (s)
		list_del_init(&s->wanting);
	mutex_unlock(&ctx->lock);
	return s;
}

/* Under the context's lock. */
static void zmq_name_found(struct zmq_listener *l, struct zmq_bound *bound)
{
	/* A listener leaves before its socket goes. */
	sock_hold(&l->zs->sk);
	bound->zs = l->zs;
	bound->opt = zmq_options_hold(l->opt);
	bound->listener = l->id;
}

/**
 * zmq_name_look() - who is bound to a name now?
 * @ctx: the context
 * @text: the endpoint
 * @bound: set to what was found, to be given back by the caller
 *
 * Context: may sleep.
 * Return: true if somebody is.
 */
bool zmq_name_look(struct zmq_ctx *ctx, const char *text,
		   struct zmq_bound *bound)
{
	struct zmq_listener *l;

	mutex_lock(&ctx->lock);
	l = zmq_name_bound(ctx, text);
	if (l)
		zmq_name_found(l, bound);
	mutex_unlock(&ctx->lock);
	return l;
}

/**
 * zmq_name_want() - find who is bound to the name that a session connects to
 * @s: the session
 * @bound: set to what was found, to be given back by the caller
 *
 * Return: 1 if somebody is bound; 0 if not: then the session is among those
 * that want the name, until zmq_name_wanted() or zmq_name_forget(); -ENOMEM.
 */
int zmq_name_want(struct zmq_session *s, struct zmq_bound *bound)
{
	struct zmq_ctx *ctx = s->zs->ctx;
	struct zmq_listener *l;
	struct zmq_name *n;
	int ret = -ENOMEM;

	mutex_lock(&ctx->lock);
	n = zmq_name_get(ctx, s->ep->uri);
	if (!n)
		goto out;
	l = n->bound;
	ret = l ? 1 : 0;
	if (l)
		zmq_name_found(l, bound);
	else if (list_empty(&s->wanting))
		list_add_tail(&zmq_session_get(s)->wanting, &n->wanting);
out:
	mutex_unlock(&ctx->lock);
	return ret;
}

/**
 * zmq_name_forget() - a session ends, and wants no name any more
 * @s: the session; it need not have wanted one
 *
 * Context: the caller has a reference.
 */
void zmq_name_forget(struct zmq_session *s)
{
	struct zmq_ctx *ctx = s->zs->ctx;
	struct rb_node *up, **link;
	bool wanted;

	if (!s->ep)
		return;
	mutex_lock(&ctx->lock);
	wanted = !list_empty(&s->wanting);
	if (wanted) {
		list_del_init(&s->wanting);
		zmq_name_put(ctx, zmq_name_find(ctx, s->ep->uri, &up, &link));
	}
	mutex_unlock(&ctx->lock);
	if (wanted)
		zmq_session_put_alive(s);
}

/**
 * zmq_names_kick() - let all sessions that want names look at their context
 * @ctx: the context, its lock held
 */
void zmq_names_kick(struct zmq_ctx *ctx)
{
	struct zmq_session *s;
	struct zmq_name *n;
	struct rb_node *at;

	lockdep_assert_held(&ctx->lock);
	for (at = rb_first(&ctx->names); at; at = rb_next(at)) {
		n = rb_entry(at, struct zmq_name, node);
		list_for_each_entry(s, &n->wanting, wanting)
			zmq_session_kick(s);
	}
}

/**
 * zmq_name_bound() - who is bound to a name?
 * @ctx: the context, its lock held
 * @text: the endpoint
 *
 * Return: the listener, which stays as long as the lock is held, or NULL.
 */
struct zmq_listener *zmq_name_bound(struct zmq_ctx *ctx, const char *text)
{
	struct rb_node *up, **link;
	struct zmq_name *n = zmq_name_find(ctx, text, &up, &link);

	return n ? n->bound : NULL;
}

/**
 * zmq_name_first() - the first bound name behind another, in their order
 * @ctx: the context, its lock held
 * @after: the other, or "" for the first of all
 *
 * Return: the name, or NULL.
 */
struct zmq_name *zmq_name_first(struct zmq_ctx *ctx, const char *after)
{
	struct rb_node *at = ctx->names.rb_node;
	struct zmq_name *n, *found = NULL;

	lockdep_assert_held(&ctx->lock);
	while (at) {
		n = rb_entry(at, struct zmq_name, node);
		if (strcmp(n->text, after) > 0) {
			found = n;
			at = at->rb_left;
		} else {
			at = at->rb_right;
		}
	}
	while (found && !found->bound) {
		at = rb_next(&found->node);
		found = at ? rb_entry(at, struct zmq_name, node) : NULL;
	}
	return found;
}
