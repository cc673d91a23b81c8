// SPDX-License-Identifier: GPL-2.0-only
/*
 * Endpoints of connect(), disconnect() and unbind(): what is taken, which text names
 * what was made, and what goes with it.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "diff.h"
#include "watch.h"
#include "../system/wire.h"

/* "tcp://@host:PORT" with the port of @ep. Valid until the next call. */
static const char *with_host(const char *host, const char *ep)
{
	static char text[256];

	snprintf(text, sizeof(text), "tcp://%s:%d", host, zd_port(ep));
	return text;
}

static void say_connect(const char *address)
{
	char ep[256], what[64], *p;

	snprintf(ep, sizeof(ep), "tcp://%s", address);
	snprintf(what, sizeof(what), "%s", address);
	for (p = what; *p; p++)
		if (*p == ' ')
			*p = '_';
	say_rc(what, zmq_connect(zd_socket(ZMQ_PUSH), ep));
}

static void say_connects(const char *const *addresses, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		say_connect(addresses[i]);
}

#define CONNECTS(...) do {						\
	static const char *const list_[] = { __VA_ARGS__ };		\
									\
	say_connects(list_, ZT_ARRAY(list_));				\
} while (0)

static void connect_refused(void)
{
	CONNECTS("h", "h:", "h:*", "h:-1", "h:5/x", "*:5", "-a:5", "_a:5", "in val id:5", "a,b:5");
}

static void connect_source_refused(void)
{
	CONNECTS(";127.0.0.1:5", "*:0;127.0.0.1:5", "127.0.0.1:0;h:*", "127.0.0.1:0;h:5/x");
}

/* Nothing is looked up yet. */
static void connect_accepted(void)
{
	CONNECTS("localhost:5", "lo:5", ":5", "h:65536", "h:5x", "[::1]:5", "no-such.invalid:5");
}

/* A PUSH that connects to @ep gets a message through to the PULL. */
static void say_passes(void *pull, const char *ep)
{
	void *push = zd_connect(ZMQ_PUSH, ep);

	zd_put(push, "x", NULL);
	say_recv(pull);
	za_close(push);
}

/* Names and wildcards lead to loopback. */
static void connect_hosts(void)
{
	void *pull = zd_socket(ZMQ_PULL);
	char ep[256];

	za_bind(pull, "tcp://*:*");
	za_last(pull, ep);
	say_passes(pull, ep);
	say_passes(pull, with_host("localhost", ep));
	say_passes(pull, with_host("127.0.0.7", ep));
}

static void connect_source(void)
{
	void *pull = zd_socket(ZMQ_PULL);
	const char *ep = zd_bind(pull);

	say_passes(pull, with_host("127.0.0.1:0;127.0.0.1", ep));
	say_passes(pull, with_host("127.0.0.1:*;localhost", ep));
	say_passes(pull, with_host("lo:0;127.0.0.1", ep));
}

/* Where a connection that comes to @listener is from. */
static void say_source(int listener)
{
	struct sockaddr_in in;
	socklen_t len = sizeof(in);
	int fd = wire_accept(listener);

	zt_ok(getpeername(fd, (void *)&in, &len));
	say("%s:%d", inet_ntoa(in.sin_addr), ntohs(in.sin_port));
}

/* One port for several destinations. */
static void connect_source_port(void)
{
	void *s = zd_socket(ZMQ_PUSH);
	const char *one = zd_free_endpoint(), *two;
	int first = wire_listen(zd_port(one)), second;

	two = zd_free_endpoint();
	second = wire_listen(zd_port(two));
	za_connect(s, with_host("127.0.0.5:7777;127.0.0.1", one));
	say_source(first);
	za_connect(s, with_host("127.0.0.5:7777;127.0.0.1", two));
	say_source(second);
}

static void bind_after_connect(void)
{
	const char *ep = zd_free_endpoint();
	void *push = zd_connect(ZMQ_PUSH, ep), *pull = zd_socket(ZMQ_PULL);

	zd_put(push, "1", NULL);
	zd_put(push, "2", NULL);
	zd_put(push, "3", NULL);
	za_bind(pull, ep);
	say_recv_many(pull, 3);
}

/* How many connections a socket makes that is told twice? */
static void connect_twice(void)
{
	static const char *const names[] = {
		"PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL", "PUSH", "XPUB",
		"XSUB", "STREAM",
	};
	int listeners[ZT_ARRAY(names)];
	int64_t end;
	size_t type;

	for (type = 0; type < ZT_ARRAY(names); type++) {
		const char *ep = zd_free_endpoint();
		void *s;

		listeners[type] = wire_listen(zd_port(ep));
		s = zd_connect(type, ep);
		zt_ok(zmq_connect(s, ep));
	}
	for (type = 0; type < ZT_ARRAY(names); type++)
		wire_accept(listeners[type]);
	/* They wait together for one more that may not come. */
	end = zt_now() + zt_scaled(3000);
	for (type = 0; type < ZT_ARRAY(names); type++) {
		int64_t left = end - zt_now();
		int n;

		for (n = 1; n < 3 && wire_knocks(listeners[type], left > 0 ? left : 0); n++)
			accept(listeners[type], NULL, NULL);
		say("%s=%d", names[type], n);
	}
}

/* Its own listener is an endpoint of that name, too. */
static void connect_to_itself(void)
{
	void *dealer = zd_socket(ZMQ_DEALER), *push = zd_socket(ZMQ_PUSH);
	const char *ep = zd_bind(dealer);

	say_rc("dealer", zmq_connect(dealer, ep));
	say_events(dealer);
	ep = zd_bind(push);
	say_rc("push", zmq_connect(push, ep));
}

/* All that has the name goes at once. */
static void disconnect_all(void)
{
	void *s = zd_socket(ZMQ_PUSH);
	const char *ep = zd_free_endpoint();

	za_connect(s, ep);
	za_connect(s, ep);
	za_connect(s, ep);
	say_rc("first", zmq_disconnect(s, ep));
	say_rc("second", zmq_disconnect(s, ep));
	say_send(s, "send", "x", ZMQ_DONTWAIT);
}

/* Either call removes either kind. */
static void either_call(void)
{
	void *s = zd_socket(ZMQ_PULL);
	const char *ep = zd_bind(s);

	say_rc("disconnect", zmq_disconnect(s, ep));
	say_rc("again", zmq_unbind(s, ep));
	ep = zd_free_endpoint();
	za_connect(s, ep);
	say_rc("unbind", zmq_unbind(s, ep));
	say_rc("again", zmq_disconnect(s, ep));
}

/* Unbinds a new socket, bound to @bound, by "tcp://@by:PORT". */
static void say_unbind(const char *bound, const char *by)
{
	void *s = zd_socket(ZMQ_PULL);
	char ep[256], what[64];

	snprintf(ep, sizeof(ep), "tcp://%s:*", bound);
	za_bind(s, ep);
	za_last(s, ep);
	snprintf(what, sizeof(what), "%s/%s", bound, by);
	say_rc(what, zmq_unbind(s, with_host(by, ep)));
}

static void unbind_names(void)
{
	say_unbind("*", "*");
	say_unbind("*", "0.0.0.0");
	say_unbind("*", "127.0.0.1");
	say_unbind("127.0.0.1", "localhost");
	say_unbind("127.0.0.1", "lo");
	say_unbind("lo", "lo");
	say_unbind("lo", "127.0.0.1");
}

/* A port that was left open is no name. */
static void unbind_wildcard(void)
{
	void *s = zd_socket(ZMQ_PULL);
	char ep[256];

	za_bind(s, "tcp://127.0.0.1:*");
	za_last(s, ep);
	say_rc("star", zmq_unbind(s, "tcp://127.0.0.1:*"));
	say_rc("zero", zmq_unbind(s, "tcp://127.0.0.1:0"));
	say_rc("last", zmq_unbind(s, ep));
}

static void say_disconnect(const char *to, const char *by)
{
	const char *ep = zd_free_endpoint();
	void *s = zd_connect(ZMQ_PUSH, with_host(to, ep));
	char what[64];

	snprintf(what, sizeof(what), "%s/%s", to, by);
	say_rc(what, zmq_disconnect(s, with_host(by, ep)));
}

static void disconnect_names(void)
{
	say_disconnect("127.0.0.1", "127.0.0.1");
	say_disconnect("localhost", "localhost");
	say_disconnect("localhost", "127.0.0.1");
	say_disconnect("127.0.0.1", "localhost");
	say_disconnect("127.0.0.1:0;127.0.0.1", "127.0.0.1:0;127.0.0.1");
	say_disconnect("127.0.0.1:0;127.0.0.1", "127.0.0.1");
}

/* What has come and was not read goes with the connection. */
static void disconnect_discards(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull;
	const char *ep = zd_bind(push);

	pull = zd_connect(ZMQ_PULL, ep);
	zd_put(push, "1", NULL);
	zd_put(push, "2", NULL);
	say_recv(pull);
	za_ready(pull, ZMQ_POLLIN);
	say_rc("disconnect", zmq_disconnect(pull, ep));
	say_events(pull);
	say_recv_now(pull);
}

/* What came through a listener stays when that goes. */
static void unbind_keeps(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push;
	const char *ep = zd_bind(pull);

	push = zd_connect(ZMQ_PUSH, ep);
	zd_put(push, "1", NULL);
	za_ready(pull, ZMQ_POLLIN);
	say_rc("unbind", zmq_unbind(pull, ep));
	zd_attend(pull, zt_scaled(300));
	say_recv_now(pull);
	say_recv_now(pull);
}

/* The peer is the one who leaves: what it has sent stays. */
static void peer_leaves(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push;

	push = zd_connect(ZMQ_PUSH, zd_bind(pull));
	za_set(push, ZMQ_LINGER, -1);
	zd_put(push, "1", NULL);
	zd_put(push, "2", NULL);
	say_recv(pull);
	za_ready(pull, ZMQ_POLLIN);
	za_close(push);
	zd_settle();
	say_recv_now(pull);
	say_recv_now(pull);
}

/* unbind() ends the connections that came through the listener, and frees the port. */
static void unbind_cuts(void)
{
	void *pull = zd_socket(ZMQ_PULL), *other = zd_socket(ZMQ_PULL);
	const char *ep = zd_bind(pull);
	int fd = wire_connect(zd_port(ep));
	bool closed = false;
	int64_t end;

	wire_handshake(fd, "PUSH");
	say_rc("unbind", zmq_unbind(pull, ep));
	end = zt_now() + zt_scaled(ZA_TIMEO);
	while (!closed && zt_now() < end) {
		zd_attend(pull, 1);
		closed = wire_closes(fd, 5);
	}
	say("peer=%s", closed ? "closed" : "open");
	say_rc("bind", zmq_bind(other, ep));
}

static bool is_lost(void *watched)
{
	struct zm_event event = { 0 };

	while (event.number != ZMQ_EVENT_DISCONNECTED && zm_next(watched, &event, 0))
		;
	return event.number == ZMQ_EVENT_DISCONNECTED;
}

/* The one that had connected comes back to whoever is there now. */
static void unbind_and_bind(void)
{
	void *first = zd_socket(ZMQ_PULL), *second = zd_socket(ZMQ_PULL);
	void *push = zd_socket(ZMQ_PUSH), *watched = watch(push);
	const char *ep = zd_bind(first);

	za_connect(push, ep);
	zd_put(push, "1", NULL);
	say_recv(first);
	zt_ok(zmq_unbind(first, ep));
	/* What is sent before it notices is lost. */
	zt_until((za_get(first, ZMQ_EVENTS), is_lost(watched)), ZA_TIMEO);
	zd_bind_again(second, ep);
	zd_put(push, "2", NULL);
	say_recv(second);
}

static void disconnect_then_send(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);
	const char *ep = zd_bind(pull);

	za_connect(push, ep);
	zd_put(push, "1", NULL);
	say_recv(pull);
	say_rc("disconnect", zmq_disconnect(push, ep));
	say_events(push);
	say_send(push, "send", "2", ZMQ_DONTWAIT);
	za_connect(push, ep);
	zd_put(push, "3", NULL);
	say_recv(pull);
}

/* The sender's own end: nobody is left to send to. */
static void unbind_then_send(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull;
	const char *ep = zd_bind(push);

	pull = zd_connect(ZMQ_PULL, ep);
	zd_put(push, "1", NULL);
	say_recv(pull);
	say_rc("unbind", zmq_unbind(push, ep));
	zd_until_events(push, 0);
	say_events(push);
	say_send(push, "send", "2", ZMQ_DONTWAIT);
	say_recv_now(pull);
}

/* The name of a wildcard is where one can connect, and how it is called later. */
static void wildcard_name(void)
{
	static const char *const hosts[] = { "*:*", "127.0.0.1:*", "*:*", "[::1]:*" };
	size_t i;

	for (i = 0; i < ZT_ARRAY(hosts); i++) {
		void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);
		char ep[256];

		za_set(pull, ZMQ_IPV6, i >= 2);
		za_set(push, ZMQ_IPV6, i >= 2);
		snprintf(ep, sizeof(ep), "tcp://%s", hosts[i]);
		za_bind(pull, ep);
		za_last(pull, ep);
		za_connect(push, ep);
		zd_put(push, "x", NULL);
		say_recv(pull);
		say_rc("disconnect", zmq_disconnect(push, ep));
		say_rc("unbind", zmq_unbind(pull, ep));
	}
}

static void not_found(void)
{
	void *s = zd_socket(ZMQ_PULL);

	say_rc("unbind", zmq_unbind(s, "tcp://127.0.0.1:5555"));
	say_rc("disconnect", zmq_disconnect(s, "tcp://127.0.0.1:5555"));
	say_rc("syntax", zmq_disconnect(s, "tcp://nothing"));
	say_rc("name", zmq_disconnect(s, "tcp://no-such-host.invalid:5"));
	say_rc("null", zmq_unbind(s, NULL));
	say_rc("null", zmq_disconnect(s, NULL));
}

static const struct zd_behaviour behaviours[] = {
	{ "connect_refused", "API 4.2", connect_refused,
	  "h=EINVAL h:=EINVAL h:*=EINVAL h:-1=EINVAL h:5/x=EINVAL *:5=EINVAL -a:5=EINVAL _a:5=EINVAL in_val_id:5=EINVAL a,b:5=EINVAL",
	},
	{ "connect_source_refused", "API 4.2", connect_source_refused,
	  ";127.0.0.1:5=EINVAL *:0;127.0.0.1:5=EINVAL 127.0.0.1:0;h:*=EINVAL 127.0.0.1:0;h:5/x=EINVAL",
	},
	{ "connect_accepted", "API 4.2", connect_accepted,
	  "localhost:5=ok lo:5=ok :5=ok h:65536=ok h:5x=ok [::1]:5=ok no-such.invalid:5=ok",
	},
	{ "connect_hosts", "API 4.2", connect_hosts,
	  "[x] [x] [x]",
	},
	{ "connect_source", "API 4.2", connect_source,
	  "[x] [x] [x]",
	},
	{ "connect_source_port", "API 4.2", connect_source_port,
	  "127.0.0.5:7777 127.0.0.5:7777",
	},
	{ "bind_after_connect", "API 9.3", bind_after_connect,
	  "[1] [2] [3]",
	},
	{ "connect_twice", "API 4.8", connect_twice,
	  "PAIR=2 PUB=1 SUB=1 REQ=1 REP=2 DEALER=1 ROUTER=2 PULL=2 PUSH=2 XPUB=2 XSUB=2 STREAM=2",
	},
	{ "connect_to_itself", "API 4.8", connect_to_itself,
	  "dealer=ok events=0 push=ok",
	},
	{ "disconnect_all", "API 4.8", disconnect_all,
	  "first=ok second=ENOENT send=EAGAIN",
	},
	{ "either_call", "API 4.8", either_call,
	  "disconnect=ok again=ENOENT unbind=ok again=ENOENT",
	},
	{ "unbind_names", "API 4.8", unbind_names,
	  "*/*=ENOENT */0.0.0.0=ok */127.0.0.1=ENOENT 127.0.0.1/localhost=ok 127.0.0.1/lo=ENOENT lo/lo=ENOENT lo/127.0.0.1=ok",
	},
	{ "unbind_wildcard", "API 4.8", unbind_wildcard,
	  "star=ENOENT zero=ENOENT last=ok",
	},
	{ "disconnect_names", "API 4.8", disconnect_names,
	  "127.0.0.1/127.0.0.1=ok localhost/localhost=ok localhost/127.0.0.1=ENOENT 127.0.0.1/localhost=ok 127.0.0.1:0;127.0.0.1/127.0.0.1:0;127.0.0.1=ok 127.0.0.1:0;127.0.0.1/127.0.0.1=ENOENT",
	},
	{ "disconnect_discards", "API 4.8", disconnect_discards,
	  "[1] disconnect=ok events=0 EAGAIN",
	},
	{ "unbind_keeps", "API 4.8", unbind_keeps,
	  "unbind=ok [1] EAGAIN",
	},
	{ "peer_leaves", "API 4.8", peer_leaves,
	  "[1] [2] EAGAIN",
	},
	{ "unbind_cuts", "API 4.8", unbind_cuts,
	  "unbind=ok peer=closed bind=ok",
	},
	{ "unbind_and_bind", "API 4.8", unbind_and_bind,
	  "[1] [2]",
	},
	{ "disconnect_then_send", "API 4.8", disconnect_then_send,
	  "[1] disconnect=ok events=0 send=EAGAIN [3]",
	},
	{ "unbind_then_send", "API 9.3", unbind_then_send,
	  "[1] unbind=ok events=0 send=EAGAIN EAGAIN",
	},
	{ "wildcard_name", "API 9.3", wildcard_name,
	  "[x] disconnect=ok unbind=ok [x] disconnect=ok unbind=ok [x] disconnect=ok unbind=ok [x] disconnect=ok unbind=ok",
	},
	{ "not_found", "API 4.8", not_found,
	  "unbind=ENOENT disconnect=ENOENT syntax=ENOENT name=ENOENT null=EINVAL null=EINVAL",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
