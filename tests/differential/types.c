// SPDX-License-Identifier: GPL-2.0-only
/* What each type does without a peer, and whom it talks to: API 1.1, 1.2. */
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
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
