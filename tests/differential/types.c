// SPDX-License-Identifier: GPL-2.0-only
/* What each type does without a peer, and whom it talks to: API 1.1, 1.2. */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <unistd.h>

#include "../system/wire.h"
#include "diff.h"

static void lonely(void *s)
{
	char c;

	say_events(s);
	say_send(s, "send", "x", ZMQ_DONTWAIT);
	say_rc("recv", zmq_recv(s, &c, 1, ZMQ_DONTWAIT));
	say_events(s);
}

/* A row of the table. SNDMORE on a new socket: it may be the second part else. */
static void no_peer(int type)
{
	void *s = zd_socket(type), *more = zd_socket(type);

	say_get(s, "type", ZMQ_TYPE);
	lonely(s);
	say_send(more, "more", "x", ZMQ_DONTWAIT | ZMQ_SNDMORE);
	say("bound");
	zd_bind(s);
	lonely(s);
}

#define NO_PEER(name, type) static void name##_no_peer(void) { no_peer(type); }

NO_PEER(pair, ZMQ_PAIR)
NO_PEER(pub, ZMQ_PUB)
NO_PEER(sub, ZMQ_SUB)
NO_PEER(req, ZMQ_REQ)
NO_PEER(rep, ZMQ_REP)
NO_PEER(dealer, ZMQ_DEALER)
NO_PEER(router, ZMQ_ROUTER)
NO_PEER(pull, ZMQ_PULL)
NO_PEER(push, ZMQ_PUSH)
NO_PEER(xpub, ZMQ_XPUB)
NO_PEER(xsub, ZMQ_XSUB)
NO_PEER(stream, ZMQ_STREAM)

static void unknown_type(void)
{
	static const int types[] = { -1, 21, 255, 1 << 20 };
	size_t i;

	for (i = 0; i < ZT_ARRAY(types); i++) {
		errno = 0;
		say("%d=%s", types[i], zmq_socket(zd_ctx(), types[i]) ? "made" : zd_errno(errno));
	}
}

/*
 * A peer made of bytes that says it is of @type (NULL: no type at all). One that
 * fits gets an answer to its PING, any other one sees the end.
 */
static bool stays(int port, const char *type)
{
	static const char ping[] = "\4\7\4PING\0";	/* and a second byte of TTL */
	uint8_t body[64];
	char got[512];
	size_t n = 0;
	ssize_t more;
	int fd = wire_connect(port);

	wire_greet(fd);
	if (type)
		wire_frame(fd, WIRE_COMMAND, body, wire_ready(body, type));
	else
		wire_frame(fd, WIRE_COMMAND, "\5READY", 6);
	wire_try_send(fd, ping, sizeof(ping));
	while (n < sizeof(got) && !memmem(got, n, "\4PONG", 5)) {
		more = recv(fd, got + n, sizeof(got) - n, 0);
		if (more <= 0)
			break;
		n += more;
	}
	close(fd);
	return !!memmem(got, n, "\4PONG", 5);
}

static void peers(int type)
{
	static const char *const names[] = {
		"PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL", "PUSH",
		"XPUB", "XSUB", "NONSENSE", "pair", NULL,
	};
	int port = zd_port(zd_bind(zd_socket(type)));
	size_t i;

	for (i = 0; i < ZT_ARRAY(names); i++)
		if (stays(port, names[i]))
			say("%s", names[i] ? names[i] : "none");
}

#define PEERS(name, type) static void name##_peers(void) { peers(type); }

PEERS(pair, ZMQ_PAIR)
PEERS(pub, ZMQ_PUB)
PEERS(sub, ZMQ_SUB)
PEERS(req, ZMQ_REQ)
PEERS(rep, ZMQ_REP)
PEERS(dealer, ZMQ_DEALER)
PEERS(router, ZMQ_ROUTER)
PEERS(pull, ZMQ_PULL)
PEERS(push, ZMQ_PUSH)
PEERS(xpub, ZMQ_XPUB)
PEERS(xsub, ZMQ_XSUB)

/* A connection of types that do not fit carries nothing. */
static void no_fit_no_data(void)
{
	void *push = zd_socket(ZMQ_PUSH), *sub = zd_socket(ZMQ_SUB);

	zd_set_text(sub, ZMQ_SUBSCRIBE, "");
	zd_link(sub, push);
	/* It may have been refused before, and have nobody to send to. */
	zmq_send(push, "x", 1, ZMQ_DONTWAIT);
	say_none(sub);
	say_recv_now(sub);
}

static void aliases(void)
{
	say("XREQ=%d XREP=%d", ZMQ_XREQ, ZMQ_XREP);
	say_get(zd_socket(ZMQ_XREQ), "type", ZMQ_TYPE);
	say_get(zd_socket(ZMQ_XREP), "type", ZMQ_TYPE);
}

static const struct zd_behaviour behaviours[] = {
	{ "pair_no_peer", "API 1.2", pair_no_peer,
	  "type=0 events=0 send=EAGAIN recv=EAGAIN events=0 more=EAGAIN bound events=0 send=EAGAIN recv=EAGAIN events=0",
	},
	{ "pub_no_peer", "API 1.2", pub_no_peer,
	  "type=1 events=2 send=1 recv=ENOTSUP events=2 more=1 bound events=2 send=1 recv=ENOTSUP events=2",
	},
	{ "sub_no_peer", "API 1.2", sub_no_peer,
	  "type=2 events=0 send=ENOTSUP recv=EAGAIN events=0 more=ENOTSUP bound events=0 send=ENOTSUP recv=EAGAIN events=0",
	},
	{ "req_no_peer", "API 1.2", req_no_peer,
	  "type=3 events=0 send=EAGAIN recv=EFSM events=0 more=EAGAIN bound events=0 send=EAGAIN recv=EFSM events=0",
	},
	{ "rep_no_peer", "API 1.2", rep_no_peer,
	  "type=4 events=0 send=EFSM recv=EAGAIN events=0 more=EFSM bound events=0 send=EFSM recv=EAGAIN events=0",
	},
	{ "dealer_no_peer", "API 1.2", dealer_no_peer,
	  "type=5 events=0 send=EAGAIN recv=EAGAIN events=0 more=EAGAIN bound events=0 send=EAGAIN recv=EAGAIN events=0",
	},
	{ "router_no_peer", "API 1.2", router_no_peer,
	  "type=6 events=2 send=1 recv=EAGAIN events=2 more=1 bound events=2 send=1 recv=EAGAIN events=2",
	},
	{ "pull_no_peer", "API 1.2", pull_no_peer,
	  "type=7 events=0 send=ENOTSUP recv=EAGAIN events=0 more=ENOTSUP bound events=0 send=ENOTSUP recv=EAGAIN events=0",
	},
	{ "push_no_peer", "API 1.2", push_no_peer,
	  "type=8 events=0 send=EAGAIN recv=ENOTSUP events=0 more=EAGAIN bound events=0 send=EAGAIN recv=ENOTSUP events=0",
	},
	{ "xpub_no_peer", "API 1.2", xpub_no_peer,
	  "type=9 events=2 send=1 recv=EAGAIN events=2 more=1 bound events=2 send=1 recv=EAGAIN events=2",
	},
	{ "xsub_no_peer", "API 1.2", xsub_no_peer,
	  "type=10 events=2 send=1 recv=EAGAIN events=2 more=1 bound events=2 send=1 recv=EAGAIN events=2",
	},
	{ "stream_no_peer", "API 1.2", stream_no_peer,
	  "type=11 events=2 send=1 recv=EAGAIN events=2 more=EHOSTUNREACH bound events=2 send=1 recv=EAGAIN events=2",
	},
	{ "unknown_type", "API 1.1", unknown_type,
	  "-1=EINVAL 21=EINVAL 255=EINVAL 1048576=EINVAL",
	},
	{ "pair_peers", "API 1.1", pair_peers,
	  "PAIR none",
	},
	{ "pub_peers", "API 1.1", pub_peers,
	  "SUB XSUB none",
	},
	{ "sub_peers", "API 1.1", sub_peers,
	  "PUB XPUB none",
	},
	{ "req_peers", "API 1.1", req_peers,
	  "REP ROUTER none",
	},
	{ "rep_peers", "API 1.1", rep_peers,
	  "REQ DEALER none",
	},
	{ "dealer_peers", "API 1.1", dealer_peers,
	  "REP DEALER ROUTER none",
	},
	{ "router_peers", "API 1.1", router_peers,
	  "REQ DEALER ROUTER none",
	},
	{ "pull_peers", "API 1.1", pull_peers,
	  "PUSH none",
	},
	{ "push_peers", "API 1.1", push_peers,
	  "PULL none",
	},
	{ "xpub_peers", "API 1.1", xpub_peers,
	  "SUB XSUB none",
	},
	{ "xsub_peers", "API 1.1", xsub_peers,
	  "PUB XPUB none",
	},
	{ "no_fit_no_data", "API 1.1", no_fit_no_data,
	  "none EAGAIN",
	},
	{ "aliases", "API 1.1", aliases,
	  "XREQ=5 XREP=6 type=5 type=6",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
