// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairs of socket types that must not talk (wire.md sections 4 and 10.1): no
 * message passes and the connection ends. Stock libzmq gives up for ever when it
 * has seen why, AF_ZMQ tries again with back-off ("Differences from libzmq" in
 * Documentation/use.rst). Each side is on stock libzmq or on the shim.
 */
#include <poll.h>

#include "relay.h"
#include "zpair.h"

#define QUIET_MS 20
/* Ten times RECONNECT_MS: silence means that nobody will try again. */
#define RECONNECT_MS 20
#define NO_RETRY_MS 200
#define TRIES_MAX 50
#define TRIES_SHIM 3

/**
 * struct pair - two socket types that have nothing to say to each other
 * @bind: type of the binding side
 * @conn: type of the connecting side
 */
struct pair {
	int bind;
	int conn;
};

static const struct pair pairs[] = {
	{ ZMQ_PAIR, ZMQ_DEALER }, { ZMQ_PUSH, ZMQ_PAIR },
	{ ZMQ_PUB, ZMQ_PUB }, { ZMQ_PUB, ZMQ_PULL }, { ZMQ_PUB, ZMQ_XPUB }, { ZMQ_XPUB, ZMQ_REQ },
	{ ZMQ_SUB, ZMQ_PUSH }, { ZMQ_XSUB, ZMQ_SUB }, { ZMQ_REP, ZMQ_SUB },
	{ ZMQ_REQ, ZMQ_REQ }, { ZMQ_REQ, ZMQ_DEALER }, { ZMQ_REP, ZMQ_REP },
	{ ZMQ_ROUTER, ZMQ_REP }, { ZMQ_ROUTER, ZMQ_PUSH }, { ZMQ_PULL, ZMQ_DEALER },
	{ ZMQ_PUSH, ZMQ_PUSH }, { ZMQ_PULL, ZMQ_PULL }, { ZMQ_DEALER, ZMQ_XSUB },
};

/*
 * Sends before there is a peer, and again when there is none any more: libzmq
 * needs a few calls to notice. Who will connect again keeps its queue.
 */
static void refused_side(struct zp_side *side, bool binds)
{
	const struct pair *pair = side->arg;
	int type = binds ? pair->bind : pair->conn;
	bool keeps = !binds && zt_lib_here() == ZT_SHIM;
	void *s = za_socket(side->ctx, type);

	za_set(s, ZMQ_RECONNECT_IVL, RECONNECT_MS);
	if (type == ZMQ_SUB)
		zt_ok(zmq_setsockopt(s, ZMQ_SUBSCRIBE, "", 0));
	if (binds)
		za_bind(s, side->ep);
	else
		za_connect(s, side->ep);
	zmq_send(s, "secret", 6, ZMQ_DONTWAIT);
	zt_tell(side->peer, "up");
	zt_expect(side->peer, "ended");
	za_quiet(s, QUIET_MS);
	if (!keeps && (type == ZMQ_PAIR || type == ZMQ_DEALER || type == ZMQ_PUSH))
		zt_until(zmq_send(s, "secret", 6, ZMQ_DONTWAIT) < 0 && errno == EAGAIN, ZA_TIMEO);
	za_close(s);
}

static void refused_bind(struct zp_side *side)
{
	refused_side(side, true);
}

static void refused_conn(struct zp_side *side)
{
	refused_side(side, false);
}

/*
 * The bound side may close before its READY has left, or the connection's end
 * overtakes it: then the other side has not seen what it connected to, and even
 * libzmq tries again.
 */
static void refused_tries(struct relay *relay, enum zt_lib conn)
{
	struct pollfd again = { .fd = relay->listener, .events = POLLIN };
	int tries = 0;

	do {
		zt_check(tries++ < TRIES_MAX);
		relay_until_end(relay);
	} while (conn == ZT_SHIM ? tries < TRIES_SHIM : poll(&again, 1, NO_RETRY_MS));
}

static void refused_drive(const struct zp_combo *combo)
{
	int bind_port = zt_port(), relay_port = zt_port();
	struct zt_proc bind, conn;
	struct relay relay;
	char ep[64];

	relay_open(&relay, relay_port, bind_port);
	snprintf(ep, sizeof(ep), "tcp://127.0.0.1:%d", bind_port);
	zp_start(&bind, combo, true, ep);
	zt_expect(bind.fd, "up");
	snprintf(ep, sizeof(ep), "tcp://127.0.0.1:%d", relay_port);
	zp_start(&conn, combo, false, ep);
	zt_expect(conn.fd, "up");
	refused_tries(&relay, combo->conn);
	zt_tell(bind.fd, "ended");
	zt_tell(conn.fd, "ended");
	zt_wait(&bind, 20000);
	zt_wait(&conn, 20000);
}

int main(int argc, char **argv)
{
	static struct zp_scenario scenarios[ZT_ARRAY(pairs)];
	static char names[ZT_ARRAY(pairs)][64];
	size_t i;

	for (i = 0; i < ZT_ARRAY(pairs); i++) {
		snprintf(names[i], sizeof(names[i]), "%s_refuses_%s",
			 za_type_name(pairs[i].bind), za_type_name(pairs[i].conn));
		scenarios[i] = (struct zp_scenario) {
			.name = names[i], .bind = refused_bind, .conn = refused_conn,
			.drive = refused_drive, .arg = &pairs[i],
		};
	}
	return zp_main(argc, argv, scenarios, ZT_ARRAY(pairs));
}
