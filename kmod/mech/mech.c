// SPDX-License-Identifier: GPL-2.0-only
/* Security mechanisms: the table, and which one an endpoint uses. */
#include <linux/string.h>

#include "mech/mech.h"

/* By value of ZMQ_MECHANISM. */
static const struct zmq_mech_ops *const zmq_mechs[] = {
	&zmq_null_ops,
};

/**
 * zmq_mech_init() - begin a handshake
 * @m: the handshake
 * @type: our socket type
 * @opt: the endpoint's options; must live as long as @m
 */
void zmq_mech_init(struct zmq_mech *m, int type, const struct zmq_options *opt)
{
	memset(m, 0, sizeof(*m));
	m->ops = zmq_mechs[0];
	m->type = type;
	m->opt = opt;
}
EXPORT_SYMBOL_KUNIT(zmq_mech_init);
