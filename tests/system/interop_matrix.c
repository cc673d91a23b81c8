// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every legal pair of socket types, each side binding once, each side on stock libzmq or
 * on the shim, over tcp and ipc.
 */
#include "talk.h"
#include "zpair.h"

static const struct tk_pair pairs[] = {
	{ ZMQ_PAIR, ZMQ_PAIR },
	{ ZMQ_PUB, ZMQ_SUB }, { ZMQ_PUB, ZMQ_SUB, true },
	{ ZMQ_PUB, ZMQ_XSUB }, { ZMQ_PUB, ZMQ_XSUB, true },
	{ ZMQ_XPUB, ZMQ_SUB }, { ZMQ_XPUB, ZMQ_SUB, true },
	{ ZMQ_XPUB, ZMQ_XSUB }, { ZMQ_XPUB, ZMQ_XSUB, true },
	{ ZMQ_REQ, ZMQ_REP }, { ZMQ_REQ, ZMQ_REP, true },
	{ ZMQ_REQ, ZMQ_ROUTER }, { ZMQ_REQ, ZMQ_ROUTER, true },
	{ ZMQ_DEALER, ZMQ_REP }, { ZMQ_DEALER, ZMQ_REP, true },
	{ ZMQ_DEALER, ZMQ_DEALER },
	{ ZMQ_DEALER, ZMQ_ROUTER }, { ZMQ_DEALER, ZMQ_ROUTER, true },
	{ ZMQ_ROUTER, ZMQ_ROUTER },
	{ ZMQ_PUSH, ZMQ_PULL }, { ZMQ_PUSH, ZMQ_PULL, true },
	{ ZMQ_STREAM, ZMQ_STREAM },
};

static void run_side(struct zp_side *side, bool binds)
{
	struct tk_talk t;

	tk_open(&t, side->ctx, side->peer, side->arg, binds);
	if (binds)
		za_bind(t.s, side->ep);
	else
		za_connect(t.s, side->ep);
	tk_talk(&t);
	za_close(t.s);
}

static void side_bind(struct zp_side *side)
{
	run_side(side, true);
}

static void side_conn(struct zp_side *side)
{
	run_side(side, false);
}

int main(int argc, char **argv)
{
	static struct zp_scenario scenarios[ZT_ARRAY(pairs)];
	static char names[ZT_ARRAY(pairs)][64];
	size_t i;

	for (i = 0; i < ZT_ARRAY(pairs); i++) {
		const struct tk_pair *pair = &pairs[i];

		snprintf(names[i], sizeof(names[i]), "%s_binds_%s_connects",
			 za_type_name(pair->lead_binds ? pair->lead : pair->follow),
			 za_type_name(pair->lead_binds ? pair->follow : pair->lead));
		scenarios[i] = (struct zp_scenario) {
			.name = names[i], .bind = side_bind, .conn = side_conn, .arg = pair,
			.ipc = true,
		};
	}
	return zp_main(argc, argv, scenarios, ZT_ARRAY(pairs));
}
