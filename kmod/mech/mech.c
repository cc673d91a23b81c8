// SPDX-License-Identifier: GPL-2.0-only
/* Security mechanisms: the table, and which one an endpoint uses. */
#include <linux/string.h>
#include <linux/zmq.h>

#include "mech/curve.h"
#include "mech/mech.h"

/* By value of ZMQ_MECHANISM, client and server. NULL has no sides. */
static const struct zmq_mech_ops *const zmq_mechs[][2] = {
	[ZMQ_NULL] = { &zmq_null_ops, &zmq_null_ops },
	[ZMQ_PLAIN] = { &zmq_plain_client_ops, &zmq_plain_server_ops },
	[ZMQ_CURVE] = { &zmq_curve_client_ops, &zmq_curve_server_ops },
};

/**
 * zmq_mech_check() - can there be the security that the options ask for?
 * @opt: options of an endpoint to be
 *
 * Return: NULL, or why not, as a static text.
 */
const char *zmq_mech_check(const struct zmq_options *opt)
{
	/* There is no answer that could be right: libzmq aborts (API page, 9.6). */
	if (opt->mechanism == ZMQ_PLAIN && opt->as_server &&
	    opt->zap_enforce_domain && !opt->zap_domain)
		return "ZMQ_ZAP_ENFORCE_DOMAIN is set, and there is no ZMQ_ZAP_DOMAIN";
	return NULL;
}
EXPORT_SYMBOL_KUNIT(zmq_mech_check);

/**
 * zmq_mech_init() - begin a handshake
 * @m: the handshake
 * @type: our socket type
 * @opt: the endpoint's options, passed by zmq_mech_check(); must live as long
 *	as @m
 */
void zmq_mech_init(struct zmq_mech *m, int type, const struct zmq_options *opt)
{
	memset(m, 0, sizeof(*m));
	m->ops = zmq_mechs[opt->mechanism][opt->as_server];
	m->type = type;
	m->opt = opt;
}
EXPORT_SYMBOL_KUNIT(zmq_mech_init);

/**
 * zmq_mech_end() - forget a handshake, keys first
 * @m: the handshake, zeroed or begun; may be begun again
 *
 * Context: process context; nobody else uses @m.
 */
void zmq_mech_end(struct zmq_mech *m)
{
	if (m->ops && m->ops->end)
		m->ops->end(m);
	m->priv = NULL;
}
EXPORT_SYMBOL_KUNIT(zmq_mech_end);
