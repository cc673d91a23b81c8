// SPDX-License-Identifier: GPL-2.0-only
/* inproc: what bind(), connect() and their opposites do: API 4.4, 4.8. */
#include "diff.h"

#define NAME "inproc://name"
#define OTHER "inproc://other"

static void bind_first(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *push = zd_connect(ZMQ_PUSH, NAME);

	zd_put(push, "a", "b", NULL);
	zd_put(push, "", NULL);
	say_recv_many(pull, 2);
}

static void connect_first(void)
{
	void *push = zd_connect(ZMQ_PUSH, NAME), *pull;

	say_events(push);
	zd_put(push, "1", NULL);
	zd_put(push, "2a", "2b", NULL);
	pull = zd_bound(ZMQ_PULL, NAME);
	say_recv_now(pull);
	say_recv_now(pull);
	zd_put(push, "3", NULL);
	say_recv(pull);
}

/* A message half sent before the bind is completed after it. */
static void connect_first_midway(void)
{
	void *push = zd_connect(ZMQ_PUSH, NAME), *pull;

	zd_put(push, "1", NULL);
	za_put(push, "2a", ZMQ_SNDMORE);
	pull = zd_bound(ZMQ_PULL, NAME);
	say_recv_now(pull);
	say_recv_now(pull);
	za_put(push, "2b", 0);
	say_recv(pull);
}

static void connect_first_many(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push[10];
	char text[2] = "0";
	int i;

	for (i = 0; i < 10; i++, text[0]++) {
		push[i] = zd_connect(ZMQ_PUSH, NAME);
		zd_put(push[i], text, NULL);
	}
	za_bind(pull, NAME);
	say_recv_many(pull, 10);
}

/* Those who wait for one name don't get another. */
static void connect_first_names(void)
{
	void *a = zd_connect(ZMQ_PUSH, NAME), *b = zd_connect(ZMQ_PUSH, OTHER), *pull;

	zd_put(a, "name", NULL);
	zd_put(b, "other", NULL);
	pull = zd_bound(ZMQ_PULL, OTHER);
	say_recv(pull);
	say_none(pull);
	za_bind(pull, NAME);
	say_recv(pull);
}

/* Only the name goes: who is connected stays so, both ways. */
static void unbind_keeps_peers(void)
{
	void *a = zd_bound(ZMQ_PAIR, NAME), *b = zd_connect(ZMQ_PAIR, NAME);

	zd_put(a, "a1", NULL);
	zd_put(b, "b1", NULL);
	say_rc("unbind", zmq_unbind(a, NAME));
	say_recv(a);
	say_recv(b);
	zd_put(a, "a2", NULL);
	zd_put(b, "b2", NULL);
	say_recv(a);
	say_recv(b);
	say_rc("again", zmq_unbind(a, NAME));
	say_events(a);
	say_events(b);
}

/* Somebody else may have the name then, and newcomers go there. */
static void unbind_frees_name(void)
{
	void *first = zd_bound(ZMQ_PULL, NAME), *old = zd_connect(ZMQ_PUSH, NAME);
	void *second, *new;

	zt_ok(zmq_unbind(first, NAME));
	second = zd_bound(ZMQ_PULL, NAME);
	new = zd_connect(ZMQ_PUSH, NAME);
	zd_put(old, "old", NULL);
	zd_put(new, "new", NULL);
	say_recv(first);
	say_recv(second);
	say_none(first);
	say_none(second);
}

static void rebind(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *old = zd_connect(ZMQ_PUSH, NAME), *new;

	zt_ok(zmq_unbind(pull, NAME));
	say_rc("rebind", zmq_bind(pull, NAME));
	new = zd_connect(ZMQ_PUSH, NAME);
	zd_put(old, "old", NULL);
	say_recv(pull);
	zd_put(new, "new", NULL);
	say_recv(pull);
}

static void connect_after_unbind(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *push;

	zt_ok(zmq_unbind(pull, NAME));
	push = zd_connect(ZMQ_PUSH, NAME);
	zd_put(push, "1", NULL);
	say_none(pull);
	za_bind(pull, NAME);
	say_recv(pull);
}

/* Either call undoes either kind. */
static void undone_by_the_other(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *push = zd_connect(ZMQ_PUSH, NAME);

	say_rc("unbind-connected", zmq_unbind(push, NAME));
	say_send(push, "send", "1", ZMQ_DONTWAIT);
	say_rc("again", zmq_disconnect(push, NAME));
	say_rc("disconnect-bound", zmq_disconnect(pull, NAME));
	say_rc("again", zmq_unbind(pull, NAME));
	say_rc("rebind", zmq_bind(pull, NAME));
}

static void undo_errors(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *other = zd_socket(ZMQ_PULL);

	say_rc("unbind-unknown", zmq_unbind(pull, OTHER));
	say_rc("disconnect-unknown", zmq_disconnect(pull, OTHER));
	say_rc("unbind-foreign", zmq_unbind(other, NAME));
	say_rc("disconnect-foreign", zmq_disconnect(other, NAME));
	say_rc("unbind-empty", zmq_unbind(pull, "inproc://"));
	say_rc("disconnect-empty", zmq_disconnect(pull, "inproc://"));
	say_rc("unbind-null", zmq_unbind(pull, NULL));
	say_rc("unbind-other-case", zmq_unbind(pull, "inproc://Name"));
}

static void disconnect(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *push = zd_connect(ZMQ_PUSH, NAME);

	zd_put(push, "1", NULL);
	say_rc("disconnect", zmq_disconnect(push, NAME));
	say_send(push, "send", "2", ZMQ_DONTWAIT);
	say_rc("again", zmq_disconnect(push, NAME));
	za_connect(push, NAME);
	zd_put(push, "3", NULL);
	say_recv_many(pull, 2);
}

static void disconnect_waiting(void)
{
	void *push = zd_connect(ZMQ_PUSH, NAME);

	say_rc("disconnect", zmq_disconnect(push, NAME));
	say_rc("again", zmq_disconnect(push, NAME));
	say_events(push);
	say_send(push, "send", "1", ZMQ_DONTWAIT);
}

/* All connections to the name go at once. */
static void disconnect_all(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *push = zd_connect(ZMQ_PUSH, NAME);

	za_connect(push, NAME);
	za_connect(push, NAME);
	zd_put(push, "1", NULL);
	say_recv(pull);
	say_rc("disconnect", zmq_disconnect(push, NAME));
	say_events(push);
	say_rc("again", zmq_disconnect(push, NAME));
}

/* Other endpoints of the socket go on. */
static void disconnect_one(void)
{
	void *a = zd_bound(ZMQ_PULL, NAME), *b = zd_bound(ZMQ_PULL, OTHER);
	void *push = zd_connect(ZMQ_PUSH, NAME);

	za_connect(push, OTHER);
	zt_ok(zmq_disconnect(push, NAME));
	zd_put(push, "1", NULL);
	zd_put(push, "2", NULL);
	say_recv_many(b, 2);
	say_none(a);
}

/* What the binder has sent and we have not read is gone; what we sent is not. */
static void disconnect_discards(void)
{
	void *a = zd_bound(ZMQ_DEALER, NAME), *b = zd_connect(ZMQ_DEALER, NAME);

	zd_put(b, "b1", NULL);
	say_recv(a);
	zd_put(a, "a1", NULL);
	zd_put(a, "a2", NULL);
	say_recv(b);
	zd_put(b, "b2", NULL);
	say_rc("disconnect", zmq_disconnect(b, NAME));
	say_none(b);
	say_recv(a);
	zd_until_events(a, 0);
	say_events(b);
}

/* Every connect() is a connection, also of the types that TCP connects once. */
static void connect_twice(int binder, int connector)
{
	void *a = zd_bound(binder, NAME), *b = zd_connect(connector, NAME);
	char id[2][16];
	int i, size[2];

	say_rc("again", zmq_connect(b, NAME));
	for (i = 0; i < 2; i++) {
		zd_put(b, "x", NULL);
		size[i] = zmq_recv(a, id[i], sizeof(id[i]), 0);
		say_recv(a);
	}
	say("%s", size[0] == size[1] && !memcmp(id[0], id[1], size[0]) ? "one" : "two");
}

static void connect_twice_dealer(void) { connect_twice(ZMQ_ROUTER, ZMQ_DEALER); }

static void connect_twice_sub(void)
{
	void *pub = zd_bound(ZMQ_XPUB, NAME), *sub = zd_socket(ZMQ_SUB);

	zd_set_text(sub, ZMQ_SUBSCRIBE, "");
	za_connect(sub, NAME);
	za_connect(sub, NAME);
	say_recv(pub);
	say_none(pub);
	zd_put(pub, "m", NULL);
	say_recv_many(sub, 2);
	say_none(sub);
}

static void connect_to_itself(void)
{
	void *dealer = zd_bound(ZMQ_DEALER, NAME), *pair = zd_bound(ZMQ_PAIR, OTHER);

	say_rc("dealer", zmq_connect(dealer, NAME));
	zd_put(dealer, "back", NULL);
	say_recv(dealer);
	say_rc("pair", zmq_connect(pair, OTHER));
	say_send(pair, "send", "x", ZMQ_DONTWAIT);
}

/* Nobody compares types. */
static void any_types(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *pair = zd_connect(ZMQ_PAIR, NAME), *req;

	zd_put(pair, "x", NULL);
	say_recv(pull);
	pair = zd_bound(ZMQ_PAIR, OTHER);
	req = zd_connect(ZMQ_REQ, OTHER);
	zd_put(req, "q", NULL);
	say_recv(pair);
	zd_put(pair, "no delimiter", NULL);
	zd_put(pair, "", "r", NULL);
	say_recv(req);
}

static void two_contexts(void)
{
	void *other = za_ctx(), *a = zd_bound(ZMQ_PULL, NAME), *b = za_socket(other, ZMQ_PULL);
	void *to_a = zd_connect(ZMQ_PUSH, NAME), *to_b = za_socket(other, ZMQ_PUSH);

	say_rc("bind", zmq_bind(b, NAME));
	za_connect(to_b, NAME);
	zd_put(to_a, "a", NULL);
	zd_put(to_b, "b", NULL);
	say_recv(a);
	say_recv(b);
	say_none(a);
	say_none(b);
}

/* Waits in its own context for ever, whoever binds in another. */
static void contexts_apart(void)
{
	void *push = zd_connect(ZMQ_PUSH, NAME), *pull = za_socket(za_ctx(), ZMQ_PULL);

	zd_put(push, "1", NULL);
	za_bind(pull, NAME);
	say_none(pull);
	pull = zd_bound(ZMQ_PULL, NAME);
	say_recv(pull);
}

static void big_message(void)
{
	void *pull = zd_bound(ZMQ_PULL, NAME), *push = zd_connect(ZMQ_PUSH, NAME);
	int64_t limit = 10;

	/* Says nothing here. */
	zt_ok(zmq_setsockopt(pull, ZMQ_MAXMSGSIZE, &limit, sizeof(limit)));
	za_put_big(push, 3 << 20, 1, ZMQ_SNDMORE);
	za_put_big(push, 100000, 2, 0);
	za_want_big(pull, 3 << 20, 1, 1);
	za_want_big(pull, 100000, 2, 0);
	say("whole");
}

static void say_gets(zmq_msg_t *msg, const char *name)
{
	const char *value;

	errno = 0;
	value = zmq_msg_gets(msg, name);
	say("%s=%s", name, value ? value : zd_errno(errno));
}

static void no_metadata(void)
{
	void *router = zd_bound(ZMQ_ROUTER, NAME), *dealer = zd_named("me");
	zmq_msg_t msg;
	int i;

	za_connect(dealer, NAME);
	zd_put(dealer, "x", NULL);
	for (i = 0; i < 2; i++) {
		zt_ok(zmq_msg_init(&msg));
		zt_ok(zmq_msg_recv(&msg, router, 0));
		say_gets(&msg, "Peer-Address");
		say_gets(&msg, "Socket-Type");
		say_gets(&msg, "Identity");
		say("more=%d", zmq_msg_more(&msg));
	}
}

static const struct zd_behaviour behaviours[] = {
	{ "bind_first", "API 4.4", bind_first,
	  "[a][b] []",
	},
	{ "connect_first", "API 4.4, test_inproc_connect", connect_first,
	  "events=2 [1] [2a][2b] [3]",
	},
	{ "connect_first_midway", "API 4.4", connect_first_midway,
	  "[1] EAGAIN [2a][2b]",
	},
	{ "connect_first_many", "API 9.1 test_inproc_connect", connect_first_many,
	  "[0] [1] [2] [3] [4] [5] [6] [7] [8] [9]",
	},
	{ "connect_first_names", "API 4.4", connect_first_names,
	  "[other] none [name]",
	},
	{ "unbind_keeps_peers", "test_unbind_inproc", unbind_keeps_peers,
	  "unbind=ok [b1] [a1] [b2] [a2] again=ENOENT events=2 events=2",
	},
	{ "unbind_frees_name", "API 4.4, test_unbind_inproc", unbind_frees_name,
	  "[old] [new] none none",
	},
	{ "rebind", "API 4.4", rebind,
	  "rebind=ok [old] [new]",
	},
	{ "connect_after_unbind", "API 4.4", connect_after_unbind,
	  "none [1]",
	},
	{ "undone_by_the_other", "API 4.8", undone_by_the_other,
	  "unbind-connected=ok send=EAGAIN again=ENOENT disconnect-bound=ok again=ENOENT rebind=ok",
	},
	{ "undo_errors", "API 4.8", undo_errors,
	  "unbind-unknown=ENOENT disconnect-unknown=ENOENT unbind-foreign=ENOENT disconnect-foreign=ENOENT unbind-empty=EINVAL disconnect-empty=EINVAL unbind-null=EINVAL unbind-other-case=ENOENT",
	},
	{ "disconnect", "API 4.8", disconnect,
	  "disconnect=ok send=EAGAIN again=ENOENT [1] [3]",
	},
	{ "disconnect_waiting", "API 4.8", disconnect_waiting,
	  "disconnect=ok again=ENOENT events=0 send=EAGAIN",
	},
	{ "disconnect_all", "API 4.8", disconnect_all,
	  "[1] disconnect=ok events=0 again=ENOENT",
	},
	{ "disconnect_one", "API 4.8", disconnect_one,
	  "[1] [2] none",
	},
	{ "disconnect_discards", "API 4.8", disconnect_discards,
	  "[b1] [a1] disconnect=ok none [b2] events=0",
	},
	{ "connect_twice_dealer", "API 4.8", connect_twice_dealer,
	  "again=ok [x] [x] two",
	},
	{ "connect_twice_sub", "API 4.8", connect_twice_sub,
	  "[\\x01] none [m] [m] none",
	},
	{ "connect_to_itself", "API 4.4", connect_to_itself,
	  "dealer=ok [back] pair=ok send=EAGAIN",
	},
	{ "any_types", "API 1.1, 1.5", any_types,
	  "[x] [][q] [r]",
	},
	{ "two_contexts", "API 3", two_contexts,
	  "bind=ok [a] [b] none none",
	},
	{ "contexts_apart", "API 3", contexts_apart,
	  "none [1]",
	},
	{ "big_message", "API 4.4", big_message,
	  "whole",
	},
	{ "no_metadata", "API 4.4, 8", no_metadata,
	  "Peer-Address=EINVAL Socket-Type=EINVAL Identity=EINVAL more=1 Peer-Address=EINVAL Socket-Type=EINVAL Identity=EINVAL more=0",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
