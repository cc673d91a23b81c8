// SPDX-License-Identifier: GPL-2.0-only
/*
 * Heartbeats between two processes, each on stock libzmq or on the shim: they
 * keep what lives and find what has vanished.
 */
#include <poll.h>
#include <unistd.h>

#include "relay.h"
#include "zpair.h"

#define IVL_MS 50
/* Scaled; no stall of the machine must look like a dead peer. */
#define TIMEOUT_MS 500

static void *beating(struct zp_side *side, int type, int ivl)
{
	void *s = za_socket(side->ctx, type);

	za_set(s, ZMQ_HEARTBEAT_IVL, ivl);
	za_set(s, ZMQ_HEARTBEAT_TIMEOUT, zt_scaled(TIMEOUT_MS));
	za_set(s, ZMQ_HEARTBEAT_TTL, zt_scaled(TIMEOUT_MS));
	return s;
}

/* A REP whose REQ was lost meanwhile answers nobody. */
static void answer_late(struct zp_side *side, int ivl)
{
	void *s = beating(side, ZMQ_REP, ivl);

	za_bind(s, side->ep);
	za_want(s, "question", 0);
	za_quiet(s, 2 * zt_scaled(TIMEOUT_MS));
	za_put(s, "answer", 0);
	zt_expect(side->peer, "got");
	za_close(s);
}

static void ask(struct zp_side *side, int ivl)
{
	void *s = beating(side, ZMQ_REQ, ivl);

	za_connect(s, side->ep);
	za_put(s, "question", 0);
	za_want(s, "answer", 0);
	zt_tell(side->peer, "got");
	za_close(s);
}

static void both_bind(struct zp_side *side)
{
	answer_late(side, IVL_MS);
}

static void both_conn(struct zp_side *side)
{
	ask(side, IVL_MS);
}

static void one_bind(struct zp_side *side)
{
	answer_late(side, 0);
}

static void one_conn(struct zp_side *side)
{
	ask(side, 0);
}

/* The network between the two goes silent, without a word to either. */
static void wait_bind(struct zp_side *side)
{
	void *s = za_socket(side->ctx, ZMQ_PULL);

	za_bind(s, side->ep);
	zt_expect(side->peer, "end");
	za_close(s);
}

static void beat_conn(struct zp_side *side)
{
	void *s = beating(side, ZMQ_PUSH, IVL_MS);

	za_connect(s, side->ep);
	zt_expect(side->peer, "end");
	za_close(s);
}

static void vanish_drive(const struct zp_combo *combo)
{
	int port = zt_port(), to_port = zt_port();
	struct zt_proc bind, conn;
	struct relay relay;
	struct pollfd pfd;
	char ep[64];

	relay_open(&relay, port, to_port);
	sprintf(ep, "tcp://127.0.0.1:%d", to_port);
	zp_start(&bind, combo, true, ep);
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	zp_start(&conn, combo, false, ep);
	/* Greeting, READY, and a good many PINGs. */
	relay_until(&relay, 0, 300);
	pfd = (struct pollfd) { relay.listener, POLLIN };
	zt_check(poll(&pfd, 1, zt_scaled(10000)) == 1);
	zt_tell(conn.fd, "end");
	zt_tell(bind.fd, "end");
	zt_wait(&conn, 20000);
	zt_wait(&bind, 20000);
}

static const struct zp_scenario scenarios[] = {
	{ "both_beat_and_stay", both_bind, both_conn },
	{ "binding_side_beats", both_bind, one_conn },
	{ "connecting_side_beats", one_bind, both_conn },
	{ "vanished_peer_is_found", wait_bind, beat_conn, vanish_drive },
};

int main(int argc, char **argv)
{
	return zp_main(argc, argv, scenarios, ZT_ARRAY(scenarios));
}
