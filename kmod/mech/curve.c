// SPDX-License-Identifier: GPL-2.0-only
/* CURVE: keys and nonces, as client and server need them. */
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "mech/curve.h"

/**
 * zmq_curve_begin() - our side of a new connection
 * @m: the handshake; gets zmq_mech.priv, unless a test has put it there
 *
 * Context: may sleep.
 * Return: it, or NULL.
 */
struct zmq_curve *zmq_curve_begin(struct zmq_mech *m)
{
	struct zmq_curve *c = m->priv;

	if (c)
		return c;
	c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);
	if (!c)
		return NULL;
	c->server = m->ops == &zmq_curve_server_ops;
	c->random = get_random_bytes;
	m->priv = c;
	return c;
}
EXPORT_SYMBOL_KUNIT(zmq_curve_begin);

/**
 * zmq_curve_make_key() - the keys of this connection
 * @c: our side; @secret and @public are new
 *
 * Context: process context; slow.
 * Return: false if there are none.
 */
bool zmq_curve_make_key(struct zmq_curve *c)
{
	c->random(c->secret, sizeof(c->secret));
	return zmq_box_public(c->public, c->secret);
}

/**
 * zmq_curve_forget() - wipe what only the handshake needs
 * @c: our side
 *
 * So who reads our memory later can't open what was recorded on the wire of
 * connections that have ended.
 */
void zmq_curve_forget(struct zmq_curve *c)
{
	memzero_explicit(c->secret, sizeof(c->secret));
	memzero_explicit(c->hello, sizeof(c->hello));
	memzero_explicit(c->cookie, sizeof(c->cookie));
}

/**
 * zmq_curve_drop_text() - free what came in the last box
 * @m: the handshake; zmq_mech.meta has been looked at
 */
void zmq_curve_drop_text(struct zmq_mech *m)
{
	struct zmq_curve *c = m->priv;

	if (!c || !c->text)
		return;
	kfree_sensitive(c->text);
	c->text = NULL;
}
EXPORT_SYMBOL_KUNIT(zmq_curve_drop_text);

/**
 * zmq_curve_end() - wipe and free our side
 * @m: the handshake
 */
void zmq_curve_end(struct zmq_mech *m)
{
	zmq_curve_drop_text(m);
	kfree_sensitive(m->priv);
}

/**
 * zmq_curve_short_nonce() - a nonce of a prefix and a number
 * @nonce: the nonce, ZMQ_BOX_NONCE bytes
 * @prefix: 16 characters
 * @explicit: the number as it travels, ZMQ_CURVE_SHORT_NONCE bytes
 */
void zmq_curve_short_nonce(u8 *nonce, const char *prefix, const u8 *explicit)
{
	memcpy(nonce, prefix, ZMQ_BOX_NONCE - ZMQ_CURVE_SHORT_NONCE);
	memcpy(nonce + ZMQ_BOX_NONCE - ZMQ_CURVE_SHORT_NONCE, explicit,
	       ZMQ_CURVE_SHORT_NONCE);
}

/**
 * zmq_curve_long_nonce() - a nonce of a prefix and random bytes
 * @nonce: the nonce, ZMQ_BOX_NONCE bytes
 * @prefix: 8 characters
 * @explicit: the random bytes, ZMQ_CURVE_LONG_NONCE of them
 */
void zmq_curve_long_nonce(u8 *nonce, const char *prefix, const u8 *explicit)
{
	memcpy(nonce, prefix, ZMQ_BOX_NONCE - ZMQ_CURVE_LONG_NONCE);
	memcpy(nonce + ZMQ_BOX_NONCE - ZMQ_CURVE_LONG_NONCE, explicit,
	       ZMQ_CURVE_LONG_NONCE);
}
