// SPDX-License-Identifier: GPL-2.0-only
/* REQ and REP, and their envelopes as a ROUTER or DEALER sees them: API 1.5, 1.6. */

#include "../system/wire.h"
#include "diff.h"
#include "watch.h"

static void req_turns(void)
{
	void *req = zd_socket(ZMQ_REQ), *rep = zd_socket(ZMQ_REP);
	char c;

	zd_link(rep, req);
	say_events(req);
	say_rc("recv", zmq_recv(req, &c, 1, 0));
	say_send(req, "1", "1", ZMQ_SNDMORE);
	say_rc("recv", zmq_recv(req, &c, 1, 0));
	say_send(req, "2", "2", 0);
	say_send(req, "3", "3", 0);
	say_events(req);
	say_recv(rep);
	zd_put(rep, "a", "b", NULL);
	za_ready(req, ZMQ_POLLIN);
	say_events(req);
	zt_eq(zmq_recv(req, &c, 1, 0), 1);
	say_send(req, "4", "4", 0);
	say_events(req);
	zt_eq(zmq_recv(req, &c, 1, 0), 1);
	say_events(req);
	say_rc("recv", zmq_recv(req, &c, 1, 0));
	say_send(req, "5", "5", 0);
}

static void rep_turns(void)
{
	void *req = zd_socket(ZMQ_REQ), *rep = zd_socket(ZMQ_REP);
	char c;

	zd_link(rep, req);
	say_events(rep);
	say_send(rep, "x", "x", 0);
	zd_put(req, "1", "2", NULL);
	za_ready(rep, ZMQ_POLLIN);
	say_events(rep);
	say_send(rep, "x", "x", 0);
	zt_eq(zmq_recv(rep, &c, 1, 0), 1);
	say_send(rep, "x", "x", 0);
	say_events(rep);
	zt_eq(zmq_recv(rep, &c, 1, 0), 1);
	say_events(rep);
	say_rc("recv", zmq_recv(rep, &c, 1, 0));
	say_send(rep, "a", "a", ZMQ_SNDMORE);
	say_rc("recv", zmq_recv(rep, &c, 1, 0));
	say_send(rep, "b", "b", 0);
	say_events(rep);
	say_send(rep, "x", "x", 0);
	say_recv(req);
}

static void req_rotates(void)
{
	void *req = zd_socket(ZMQ_REQ), *rep[3];
	int i;

	for (i = 0; i < 3; i++) {
		rep[i] = zd_socket(ZMQ_REP);
		zd_link(rep[i], req);
	}
	for (i = 0; i < 4; i++) {
		zd_put(req, "ABC", "DEF", NULL);
		say_recv(rep[i % 3]);
		zd_put(rep[i % 3], "foo", "bar", NULL);
		say_recv(req);
	}
}

static void req_envelope(void)
{
	void *req = zd_socket(ZMQ_REQ), *router = zd_socket(ZMQ_ROUTER);
	char id[8];
	int len;

	zd_link(router, req);
	zd_put(req, "ABC", "DEF", NULL);
	len = zmq_recv(router, id, sizeof(id), 0);
	say("%s", zd_frame(id, len));
	say_recv(router);
	zt_eq(zmq_send(router, id, len, ZMQ_SNDMORE), len);
	zd_put(router, "", "GHI", NULL);
	say_recv(req);
}

/* A reply that does not begin with an empty frame is none. */
static void req_reply_without_delimiter(void)
{
	void *req = zd_socket(ZMQ_REQ), *router = zd_socket(ZMQ_ROUTER);
	char id[8];
	int len;

	zd_link(router, req);
	zd_put(req, "ask", NULL);
	len = zmq_recv(router, id, sizeof(id), 0);
	say_recv(router);
	zt_eq(zmq_send(router, id, len, ZMQ_SNDMORE), len);
	zd_put(router, "bare", NULL);
	say_none(req);
	say_send(req, "send", "x", ZMQ_DONTWAIT);
}

/* It is a protocol error: the connection ends. */
static void req_bad_reply(void)
{
	const char *ep = zd_free_endpoint();
	int listener = wire_listen(zd_port(ep)), fd, flags, i;
	void *req = zd_connect(ZMQ_REQ, ep);
	char body[8];
	size_t len;

	fd = wire_accept(listener);
	wire_handshake(fd, "REP");
	zd_put(req, "ask", NULL);
	for (i = 0; i < 2; i++) {
		len = wire_read_frame(fd, &flags, body, sizeof(body));
		say("%d%s", flags, zd_frame(body, len));
	}
	wire_frame(fd, 0, "bare", 4);
	say("%s", wire_closes(fd, zt_scaled(5000)) ? "closed" : "open");
	say_recv_now(req);
	say_send(req, "send", "x", ZMQ_DONTWAIT);
}

/* The request is lost with the peer, and the REQ waits on. */
static void req_peer_lost(void)
{
	void *req = zd_socket(ZMQ_REQ), *rep = zd_socket(ZMQ_REP), *watched = watch(req);
	const char *ep = zd_bind(rep);

	za_set(req, ZMQ_RECONNECT_IVL, 20);
	za_connect(req, ep);
	zd_put(req, "1", NULL);
	say_recv(rep);
	za_close(rep);
	zm_until(watched, ZMQ_EVENT_DISCONNECTED);
	say_events(req);
	say_send(req, "send", "x", ZMQ_DONTWAIT);
	rep = zd_socket(ZMQ_REP);
	zd_bind_again(rep, ep);
	say_none(req);
	say_none(rep);
}

/* Replies of others than the one who was asked are skipped. */
static void req_unasked_reply(void)
{
	void *req = zd_socket(ZMQ_REQ), *a = zd_socket(ZMQ_ROUTER), *b = zd_socket(ZMQ_ROUTER);

	zd_set_text(req, ZMQ_ROUTING_ID, "me");
	zd_link(a, req);
	zd_link(b, req);
	zd_put(req, "1", NULL);
	say_recv(a);
	zd_put(a, "me", "", "one", NULL);
	say_recv(req);
	zd_put(req, "2", NULL);
	say_recv(b);
	zd_put(a, "me", "", "wrong", NULL);
	say_none(req);
	zd_put(b, "me", "", "two", NULL);
	say_recv(req);
}

/* Before a new request, what has come without being asked for is thrown away. */
static void req_discards_stale(void)
{
	void *req = zd_socket(ZMQ_REQ), *a = zd_socket(ZMQ_ROUTER);

	zd_set_text(req, ZMQ_ROUTING_ID, "me");
	zd_link(a, req);
	zd_put(req, "1", NULL);
	say_recv(a);
	zd_put(a, "me", "", "one", NULL);
	zd_put(a, "me", "", "stale", NULL);
	say_recv(req);
	zd_settle();
	zd_put(req, "2", NULL);
	say_recv(a);
	say_none(req);
	zd_put(a, "me", "", "two", "parts", NULL);
	say_recv(req);
}

/* Reads one request; its id into @number. Says the number of frames. */
static void take_correlated(void *router, uint32_t *number)
{
	char id[8], rest[64];
	int n = 0;

	zt_ok(zmq_recv(router, id, sizeof(id), 0));
	zt_eq(zmq_recv(router, number, sizeof(*number), 0), 4);
	while (za_get(router, ZMQ_RCVMORE)) {
		zt_ok(zmq_recv(router, rest, sizeof(rest), 0));
		n++;
	}
	say("id+%d", n);
}

static void answer_correlated(void *router, uint32_t number, const char *text)
{
	za_put(router, "me", ZMQ_SNDMORE);
	zt_eq(zmq_send(router, &number, 4, ZMQ_SNDMORE), 4);
	zd_put(router, "", text, NULL);
}

static void req_correlate(void)
{
	void *req = zd_socket(ZMQ_REQ), *router = zd_socket(ZMQ_ROUTER);
	uint32_t first, second;

	say_set(req, "set", ZMQ_REQ_CORRELATE, 1);
	zd_set_text(req, ZMQ_ROUTING_ID, "me");
	zd_link(router, req);
	zd_put(req, "ABC", "DEF", NULL);
	take_correlated(router, &first);
	answer_correlated(router, first + 1, "wrong");
	zd_put(router, "me", "", "none", NULL);
	say_none(req);
	answer_correlated(router, first, "right");
	say_recv(req);
	zd_put(req, "G", NULL);
	take_correlated(router, &second);
	say("+%u", second - first);
	answer_correlated(router, first, "old");
	answer_correlated(router, second, "new");
	say_recv(req);
}

static void req_relaxed(void)
{
	void *req = zd_socket(ZMQ_REQ), *router = zd_socket(ZMQ_ROUTER);
	uint32_t first, second;

	say_set(req, "relaxed", ZMQ_REQ_RELAXED, 1);
	say_set(req, "correlate", ZMQ_REQ_CORRELATE, 1);
	zd_set_text(req, ZMQ_ROUTING_ID, "me");
	zd_link(router, req);
	zd_put(req, "1", NULL);
	say_events(req);
	take_correlated(router, &first);
	say_send(req, "again", "2", 0);
	take_correlated(router, &second);
	answer_correlated(router, first, "late");
	say_none(req);
	answer_correlated(router, second, "good");
	say_recv(req);
	say_send(req, "again", "3", 0);
	say_rc("recv", zmq_recv(req, NULL, 0, ZMQ_DONTWAIT));
}

/* Each new request goes to the next peer; answers of the last one are skipped. */
static void req_relaxed_rotates(void)
{
	void *req = zd_socket(ZMQ_REQ), *rep[3];
	int i;

	za_set(req, ZMQ_REQ_RELAXED, 1);
	za_set(req, ZMQ_REQ_CORRELATE, 1);
	for (i = 0; i < 3; i++) {
		rep[i] = zd_socket(ZMQ_REP);
		zd_link(rep[i], req);
	}
	for (i = 0; i < 3; i++)
		zd_put(req, i ? i > 1 ? "two" : "one" : "zero", NULL);
	for (i = 0; i < 3; i++) {
		say_recv(rep[i]);
		zd_put(rep[i], i ? i > 1 ? "good" : "BAD" : "WRONG", NULL);
	}
	say_recv(req);
	say_none(req);
}

/* Relaxed, but not correlated: the peer is all that tells an answer. */
static void req_relaxed_alone(void)
{
	void *req = zd_socket(ZMQ_REQ), *router = zd_socket(ZMQ_ROUTER);

	za_set(req, ZMQ_REQ_RELAXED, 1);
	zd_set_text(req, ZMQ_ROUTING_ID, "me");
	zd_link(router, req);
	zd_put(req, "1", NULL);
	zd_put(req, "2", NULL);
	say_recv_many(router, 2);
	zd_put(router, "me", "", "a1", NULL);
	say_recv(req);
	say_rc("recv", zmq_recv(req, NULL, 0, ZMQ_DONTWAIT));
}

/* Both requests wait for a ROUTER that comes late; the last one has the answer. */
static void req_relaxed_late_peer(void)
{
	void *req = zd_socket(ZMQ_REQ), *router = zd_socket(ZMQ_ROUTER);
	const char *ep = zd_free_endpoint();
	uint32_t first, second;

	za_set(req, ZMQ_REQ_RELAXED, 1);
	za_set(req, ZMQ_REQ_CORRELATE, 1);
	zd_set_text(req, ZMQ_ROUTING_ID, "me");
	za_connect(req, ep);
	zd_put(req, "TO_BE_DISCARDED", NULL);
	zd_put(req, "TO_BE_ANSWERED", NULL);
	za_bind(router, ep);
	take_correlated(router, &first);
	take_correlated(router, &second);
	answer_correlated(router, first, "R1");
	answer_correlated(router, second, "R2");
	say_recv(req);
}

/* A lone id frame from the ROUTER is thrown away, the next message is not. */
static void invalid_rep(void)
{
	void *req = zd_socket(ZMQ_REQ), *router = zd_socket(ZMQ_ROUTER);
	char id[8];
	int len;

	zd_link(router, req);
	zd_put(req, "r", NULL);
	len = zmq_recv(router, id, sizeof(id), 0);
	say_recv(router);
	say_rc("lone", zmq_send(router, id, len, 0));
	zt_eq(zmq_send(router, id, len, ZMQ_SNDMORE), len);
	zd_put(router, "", "b", NULL);
	say_recv(req);
}

/* The frames up to the empty one come back as they are, unseen by the REP. */
static void rep_envelope(void)
{
	void *dealer = zd_socket(ZMQ_DEALER), *rep = zd_socket(ZMQ_REP);

	zd_link(rep, dealer);
	zd_put(dealer, "", "A", NULL);
	say_recv(rep);
	zd_put(rep, "A", NULL);
	say_recv(dealer);
	zd_put(dealer, "X", "Y", "", "A", "", "B", NULL);
	say_recv(rep);
	zd_put(rep, "", "C", NULL);
	say_recv(dealer);
}

static void rep_fair(void)
{
	void *rep = zd_socket(ZMQ_REP), *req[3];
	int i, k;

	for (i = 0; i < 3; i++) {
		req[i] = zd_socket(ZMQ_REQ);
		zd_link(rep, req[i]);
	}
	for (k = 0; k < 2; k++) {
		zd_put(req[0], "A", NULL);
		say_recv(rep);
		zd_put(rep, "a", NULL);
		say_recv(req[0]);
	}
	for (i = 0; i < 3; i++)
		zd_put(req[i], "B", NULL);
	for (i = 0; i < 3; i++) {
		say_recv(rep);
		zd_put(rep, "b", NULL);
	}
	for (i = 0; i < 3; i++)
		say_recv(req[i]);
}

/* Nobody is there to read the reply: it is dropped, and all goes on. */
static void rep_peer_gone(void)
{
	void *rep = zd_socket(ZMQ_REP), *req = zd_socket(ZMQ_REQ), *next = zd_socket(ZMQ_REQ);

	zd_link(rep, req);
	zd_put(req, "1", NULL);
	say_recv(rep);
	za_close(req);
	zd_settle();
	say_send(rep, "more", "x", ZMQ_SNDMORE);
	say_send(rep, "last", "x", 0);
	zd_link(rep, next);
	zd_put(next, "2", NULL);
	say_recv(rep);
	zd_put(rep, "3", NULL);
	say_recv(next);
}

/* A request that was read in part, of a peer that goes then. */
static void rep_peer_gone_midway(void)
{
	void *rep = zd_socket(ZMQ_REP), *req = zd_socket(ZMQ_REQ);
	char c;

	zd_link(rep, req);
	zd_put(req, "1", "2", NULL);
	zt_eq(zmq_recv(rep, &c, 1, 0), 1);
	za_close(req);
	zd_settle();
	say_events(rep);
	say_recv(rep);
	say_send(rep, "send", "x", 0);
	say_recv_now(rep);
}

static void rep_takes_router_options(void)
{
	void *rep = zd_socket(ZMQ_REP), *req = zd_socket(ZMQ_REQ);

	say_set(rep, "mandatory", ZMQ_ROUTER_MANDATORY, 1);
	say_set(rep, "handover", ZMQ_ROUTER_HANDOVER, 1);
	say_set(rep, "probe", ZMQ_PROBE_ROUTER, 1);
	say_set_bytes(rep, "rid", ZMQ_CONNECT_ROUTING_ID, "x", 1);
	say_set(rep, "correlate", ZMQ_REQ_CORRELATE, 1);
	say_set(req, "req:mandatory", ZMQ_ROUTER_MANDATORY, 1);
	say_set(req, "req:handover", ZMQ_ROUTER_HANDOVER, 1);
	say_set(req, "req:probe", ZMQ_PROBE_ROUTER, 1);
	say_set(req, "req:correlate", ZMQ_REQ_CORRELATE, 1);
	say_set(req, "req:correlate", ZMQ_REQ_CORRELATE, -1);
	say_set(req, "req:relaxed", ZMQ_REQ_RELAXED, 2);
	say_get(req, "get:relaxed", ZMQ_REQ_RELAXED);
	say_get(req, "get:correlate", ZMQ_REQ_CORRELATE);
}

static void req_empty_parts(void)
{
	void *req = zd_socket(ZMQ_REQ), *rep = zd_socket(ZMQ_REP);

	zd_link(rep, req);
	zd_put(req, "", NULL);
	say_recv(rep);
	zd_put(rep, "", "", NULL);
	say_recv(req);
	zd_put(req, "", "", "x", NULL);
	say_recv(rep);
	zd_put(rep, "", NULL);
	say_recv(req);
}

/* A chain of REQ, ROUTER-DEALER and REP, passed on by hand. */
static void through_a_device(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *dealer = zd_socket(ZMQ_DEALER);
	void *req = zd_socket(ZMQ_REQ), *rep = zd_socket(ZMQ_REP);
	void *from[2] = { router, dealer }, *to[2] = { dealer, router };
	zmq_msg_t msg;
	int i, more;

	zd_link(router, req);
	zd_link(dealer, rep);
	zd_put(req, "A", "B", NULL);
	zt_ok(zmq_msg_init(&msg));
	for (i = 0; i < 2; i++) {
		do {
			zt_ok(zmq_msg_recv(&msg, from[i], 0));
			more = zmq_msg_more(&msg);
			say("%s", zd_frame(zmq_msg_data(&msg), zmq_msg_size(&msg)));
			zt_ok(zmq_msg_send(&msg, to[i], more ? ZMQ_SNDMORE : 0));
		} while (more);
		if (!i) {
			say_recv(rep);
			zd_put(rep, "C", NULL);
		}
	}
	say_recv(req);
}

static const struct zd_behaviour behaviours[] = {
	{ "req_turns", "API 1.5", req_turns,
	  "events=2 recv=EFSM 1=1 recv=EFSM 2=1 3=EFSM events=0 [1][2] events=1 4=EFSM events=1 events=2 recv=EFSM 5=1",
	},
	{ "rep_turns", "API 1.6", rep_turns,
	  "events=0 x=EFSM events=1 x=EFSM x=EFSM events=1 events=2 recv=EFSM a=1 recv=EFSM b=1 events=0 x=EFSM [a][b]",
	},
	{ "req_rotates", "API 1.5, 9.1", req_rotates,
	  "[ABC][DEF] [foo][bar] [ABC][DEF] [foo][bar] [ABC][DEF] [foo][bar] [ABC][DEF] [foo][bar]",
	},
	{ "req_envelope", "API 1.5, 9.1", req_envelope,
	  "[id] [][ABC][DEF] [GHI]",
	},
	{ "req_reply_without_delimiter", "API 1.5", req_reply_without_delimiter,
	  "[][ask] none send=EFSM",
	},
	{ "req_peer_lost", "API 1.5", req_peer_lost,
	  "[1] events=0 send=EFSM none none",
	},
	{ "req_unasked_reply", "API 1.5", req_unasked_reply,
	  "[me][][1] [one] [me][][2] none [two]",
	},
	{ "req_discards_stale", "API 1.5", req_discards_stale,
	  "[me][][1] [one] [me][][2] none [two][parts]",
	},
	{ "req_correlate", "API 1.5, 9.4", req_correlate,
	  "set=ok id+3 none [right] id+2 +1 [new]",
	},
	{ "req_relaxed", "API 1.5, 9.4", req_relaxed,
	  "relaxed=ok correlate=ok events=2 id+2 again=1 id+2 none [good] again=1 recv=EAGAIN",
	},
	{ "req_relaxed_rotates", "API 1.5, 9.4", req_relaxed_rotates,
	  "[zero] [one] [two] [good] none",
	},
	{ "req_relaxed_alone", "API 1.5", req_relaxed_alone,
	  "[me][][1] [me][][2] [a1] recv=EFSM",
	},
	{ "req_relaxed_late_peer", "API 1.5, 9.4", req_relaxed_late_peer,
	  "id+2 id+2 [R2]",
	},
	{ "invalid_rep", "API 1.5, 9.4", invalid_rep,
	  "[][r] lone=5 [b]",
	},
	{ "rep_envelope", "API 1.6, 9.1", rep_envelope,
	  "[A] [][A] [A][][B] [X][Y][][][C]",
	},
	{ "rep_fair", "API 1.6, 9.1", rep_fair,
	  "[A] [a] [A] [a] [B] [B] [B] [b] [b] [b]",
	},
	{ "rep_peer_gone", "API 1.6", rep_peer_gone,
	  "[1] more=1 last=1 [2] [3]",
	},
	{ "rep_peer_gone_midway", "API 1.6", rep_peer_gone_midway,
	  "events=1 [2] send=1 EAGAIN",
	},
	{ "rep_takes_router_options", "API 1.6", rep_takes_router_options,
	  "mandatory=ok handover=ok probe=ok rid=ok correlate=EINVAL req:mandatory=EINVAL req:handover=EINVAL req:probe=ok req:correlate=ok req:correlate=EINVAL req:relaxed=ok get:relaxed=EINVAL get:correlate=EINVAL",
	},
	{ "req_empty_parts", "API 1.5", req_empty_parts,
	  "[] [][] [][][x] []",
	},
	{ "through_a_device", "API 1.5", through_a_device,
	  "[id] [] [A] [B] [A][B] [id] [] [C] [C]",
	},
	{ "req_bad_reply", "API 1.5", req_bad_reply,
	  "1[] 0[ask] closed EAGAIN send=EFSM",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
