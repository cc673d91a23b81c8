// SPDX-License-Identifier: GPL-2.0-only
/*
 * Endpoints of bind() and unbind(): what is taken, what it becomes, what is refused
 * with which error. An endpoint that was made is said as HOST:PORT, with P for a port
 * that the system chose.
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "diff.h"
#include "../system/wire.h"

#define EPHEMERAL 1024

/* LAST_ENDPOINT without "tcp://", ephemeral ports as P. */
static void say_last(void *s, const char *what)
{
	char ep[256], *port;

	za_last(s, ep);
	port = strrchr(ep, ':');
	if (port && atoi(port + 1) > EPHEMERAL)
		strcpy(port, ":P");
	say("%s=%s", what, strncmp(ep, "tcp://", 6) ? ep : ep + 6);
}

/* Tries a new socket on "tcp://@address"; says what it became, or the error. */
static void say_bind(const char *address, int ipv6)
{
	void *s = zd_socket(ZMQ_PULL);
	char ep[256];

	za_set(s, ZMQ_IPV6, ipv6);
	snprintf(ep, sizeof(ep), "tcp://%s", address);
	if (zmq_bind(s, ep))
		say("%s=%s", address, zd_errno(errno));
	else
		say_last(s, address);
}

static void say_binds(const char *const *addresses, size_t count, int ipv6)
{
	size_t i;

	for (i = 0; i < count; i++)
		say_bind(addresses[i], ipv6);
}

#define BINDS(ipv6, ...) do {						\
	static const char *const list_[] = { __VA_ARGS__ };		\
									\
	say_binds(list_, ZT_ARRAY(list_), ipv6);			\
} while (0)

/* What the C library makes of a number, 0 refused. */
static void port_forms(void)
{
	BINDS(0, "127.0.0.1:*", "127.0.0.1:0", "127.0.0.1:567", "127.0.0.1:568bad",
	      "127.0.0.1:66105x", "127.0.0.1:+570", "127.0.0.1:", "127.0.0.1:abc",
	      "127.0.0.1:65536", "127.0.0.1");
}

static void port_negative(void)
{
	void *s = zd_socket(ZMQ_PULL);
	char ep[256];

	za_bind(s, "tcp://127.0.0.1:-1");
	za_last(s, ep);
	say("%s", ep);
}

static void host_forms(void)
{
	BINDS(0, "*:*", "[*]:*", "0.0.0.0:*", "lo:*", "127.0.0.2:*");
}

static void host_unknown(void)
{
	BINDS(0, ":*", "eth99:*", "256.0.0.1:*", "no-such-host.invalid:*");
}

static void ipv6_off(void)
{
	BINDS(0, "[::1]:*", "::1:*", "[::]:*");
}

static void ipv6_on(void)
{
	BINDS(1, "[::1]:*", "::1:*", "[::]:*", "*:*", "127.0.0.1:*");
}

static void ipv6_zone(void)
{
	BINDS(1, "[::1%lo]:*", "[::1%1]:*", "[::1%]:*", "[::1%0]:*", "[::1%eth99]:*");
}

/* Both families through one listener. */
static void ipv6_wildcard(void)
{
	void *pull = zd_socket(ZMQ_PULL), *four = zd_socket(ZMQ_PUSH), *six = zd_socket(ZMQ_PUSH);
	char ep[256];
	int port;

	za_set(pull, ZMQ_IPV6, 1);
	za_bind(pull, "tcp://*:*");
	za_last(pull, ep);
	port = zd_port(ep);
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	za_connect(four, ep);
	zd_put(four, "4", NULL);
	say_recv(pull);
	za_set(six, ZMQ_IPV6, 1);
	sprintf(ep, "tcp://[::1]:%d", port);
	za_connect(six, ep);
	zd_put(six, "6", NULL);
	say_recv(pull);
}

static void source_ignored(void)
{
	BINDS(0, "127.0.0.9:5;127.0.0.1:*", "lo:*;127.0.0.1:*");
}

/* It must be an address though. */
static void source_checked(void)
{
	BINDS(0, "nonsense;127.0.0.1:*", "eth99:5;127.0.0.1:*", ";127.0.0.1:*");
}

/* WHAT=BIND/CONNECT/UNBIND/DISCONNECT, each "ok" or an error. */
static void say_calls(void *s, const char *what, const char *ep)
{
	int (*const calls[])(void *s, const char *ep) = {
		zmq_bind, zmq_connect, zmq_unbind, zmq_disconnect,
	};
	char words[128] = "";
	size_t i;

	for (i = 0; i < ZT_ARRAY(calls); i++) {
		strcat(words, i ? "/" : "");
		strcat(words, zd_errno(calls[i](s, ep) ? errno : 0));
	}
	say("%s=%s", what, words);
}

static void scheme_missing(void)
{
	static const char *const eps[] = {
		"", "foo", "tcp", "tcp:", "tcp:/127.0.0.1:*", "://127.0.0.1:*", "tcp://",
	};
	void *s = zd_socket(ZMQ_PULL);
	size_t i;

	for (i = 0; i < ZT_ARRAY(eps); i++)
		say_calls(s, eps[i], eps[i]);
}

static void scheme_unknown(void)
{
	void *s = zd_socket(ZMQ_PULL);

	say_calls(s, "foo", "foo://127.0.0.1:5555");
	say_calls(s, "upper", "TCP://127.0.0.1:5555");
	say_calls(s, "blank", " tcp://127.0.0.1:5555");
}

static void null_socket(void)
{
	say_calls(NULL, "good", "tcp://127.0.0.1:5555");
	say_calls(NULL, "bad", "nonsense");
}

/* The context's end comes before what is wrong with the text. */
static void after_shutdown(void)
{
	void *s = zd_socket(ZMQ_PULL);

	zt_ok(zmq_ctx_shutdown(zd_ctx()));
	say_calls(s, "good", "tcp://127.0.0.1:5555");
	say_calls(s, "syntax", "nonsense");
	say_calls(s, "scheme", "foo://bar");
}

/* No thread comes before the syntax of an address, and after that of the scheme. */
static void no_io_thread(void)
{
	void *ctx = za_ctx(), *s;

	zt_ok(zmq_ctx_set(ctx, ZMQ_IO_THREADS, 0));
	s = za_socket(ctx, ZMQ_PULL);
	say_rc("bind", zmq_bind(s, "tcp://127.0.0.1:*"));
	say_rc("connect", zmq_connect(s, "tcp://127.0.0.1:5555"));
	say_rc("address", zmq_bind(s, "tcp://nothing"));
	say_rc("scheme", zmq_bind(s, "foo://127.0.0.1:*"));
}

static void no_matching_thread(void)
{
	void *s = zd_socket(ZMQ_PULL);
	uint64_t mask = 1ULL << 40;

	zt_ok(zmq_setsockopt(s, ZMQ_AFFINITY, &mask, sizeof(mask)));
	say_rc("bind", zmq_bind(s, "tcp://127.0.0.1:*"));
	say_rc("connect", zmq_connect(s, "tcp://127.0.0.1:5555"));
	mask = 1;
	zt_ok(zmq_setsockopt(s, ZMQ_AFFINITY, &mask, sizeof(mask)));
	say_rc("first", zmq_bind(s, "tcp://127.0.0.1:*"));
}

static void system_errors(void)
{
	void *one = zd_socket(ZMQ_PULL), *two = zd_socket(ZMQ_PULL);

	say_rc("in-use", zmq_bind(two, zd_bind(one)));
	say_rc("not-here", zmq_bind(two, "tcp://192.0.2.1:*"));
	zt_drop_root();
	say_rc("not-mine", zmq_bind(two, "tcp://127.0.0.1:80"));
	say_rc("mine", zmq_bind(two, "tcp://127.0.0.1:*"));
}

/* One socket, the same endpoint again. */
static void in_use_by_itself(void)
{
	void *s = zd_socket(ZMQ_PULL);
	const char *ep = zd_bind(s);

	say_rc("again", zmq_bind(s, ep));
	say_rc("unbind", zmq_unbind(s, ep));
	say_rc("again", zmq_unbind(s, ep));
}

/* The last success counts, of bind() or connect(). */
static void last_endpoint(void)
{
	void *s = zd_socket(ZMQ_PULL);
	const char *first, *second;
	char ep[256];

	say_last(s, "none");
	first = zd_bind(s);
	second = zd_bind(s);
	say("%s", strcmp(first, second) ? "two" : "one");
	say_rc("bad", zmq_bind(s, "tcp://nothing"));
	say_rc("in-use", zmq_bind(s, first));
	za_last(s, ep);
	say("%s", strcmp(ep, second) ? "other" : "second");
	za_connect(s, "tcp://localhost:5555");
	za_last(s, ep);
	say("%s", ep);
	zt_ok(zmq_disconnect(s, "tcp://localhost:5555"));
	za_last(s, ep);
	say("%s", ep);
}

/* Two listeners of one socket are one socket. */
static void two_listeners(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push;
	const char *first = zd_bind(pull), *second = zd_bind(pull);

	push = zd_connect(ZMQ_PUSH, first);
	zd_put(push, "1", NULL);
	say_recv(pull);
	push = zd_connect(ZMQ_PUSH, second);
	zd_put(push, "2", NULL);
	say_recv(pull);
	say_rc("unbind", zmq_unbind(pull, first));
	zd_put(push, "3", NULL);
	say_recv(pull);
}

static const struct zd_behaviour behaviours[] = {
	{ "port_forms", "API 4.2", port_forms,
	  "127.0.0.1:*=127.0.0.1:P 127.0.0.1:0=127.0.0.1:P 127.0.0.1:567=127.0.0.1:567 127.0.0.1:568bad=127.0.0.1:568 127.0.0.1:66105x=127.0.0.1:569 127.0.0.1:+570=127.0.0.1:570 127.0.0.1:=EINVAL 127.0.0.1:abc=EINVAL 127.0.0.1:65536=EINVAL 127.0.0.1=EINVAL",
	},
	{ "port_negative", "API 4.2", port_negative,
	  "tcp://127.0.0.1:65535",
	},
	{ "host_forms", "API 4.2", host_forms,
	  "*:*=0.0.0.0:P [*]:*=0.0.0.0:P 0.0.0.0:*=0.0.0.0:P lo:*=127.0.0.1:P 127.0.0.2:*=127.0.0.2:P",
	},
	{ "host_unknown", "API 4.2", host_unknown,
	  ":*=ENODEV eth99:*=ENODEV 256.0.0.1:*=ENODEV no-such-host.invalid:*=ENODEV",
	},
	{ "ipv6_off", "API 4.2", ipv6_off,
	  "[::1]:*=ENODEV ::1:*=ENODEV [::]:*=ENODEV",
	},
	{ "ipv6_on", "API 4.2", ipv6_on,
	  "[::1]:*=[::1]:P ::1:*=[::1]:P [::]:*=[::]:P *:*=[::]:P 127.0.0.1:*=[::ffff:127.0.0.1]:P",
	},
	{ "ipv6_zone", "API 4.2", ipv6_zone,
	  "[::1%lo]:*=[::1]:P [::1%1]:*=[::1]:P [::1%]:*=EINVAL [::1%0]:*=EINVAL [::1%eth99]:*=EINVAL",
	},
	{ "ipv6_wildcard", "API 4.2", ipv6_wildcard,
	  "[4] [6]",
	},
	{ "source_ignored", "API 4.2", source_ignored,
	  "127.0.0.9:5;127.0.0.1:*=127.0.0.1:P lo:*;127.0.0.1:*=127.0.0.1:P",
	},
	{ "source_checked", "API 4.2", source_checked,
	  "nonsense;127.0.0.1:*=EINVAL eth99:5;127.0.0.1:*=ENODEV ;127.0.0.1:*=EINVAL",
	  .ours =
	  "nonsense;127.0.0.1:*=127.0.0.1:P eth99:5;127.0.0.1:*=127.0.0.1:P ;127.0.0.1:*=127.0.0.1:P",
	  .why = "In a bind() endpoint the part before ';' is not looked at",
	},
	{ "scheme_missing", "API 4.1", scheme_missing,
	  "=EINVAL/EINVAL/EINVAL/EINVAL foo=EINVAL/EINVAL/EINVAL/EINVAL tcp=EINVAL/EINVAL/EINVAL/EINVAL tcp:=EINVAL/EINVAL/EINVAL/EINVAL tcp:/127.0.0.1:*=EINVAL/EINVAL/EINVAL/EINVAL ://127.0.0.1:*=EINVAL/EINVAL/EINVAL/EINVAL tcp://=EINVAL/EINVAL/EINVAL/EINVAL",
	},
	{ "scheme_unknown", "API 4.1", scheme_unknown,
	  "foo=EPROTONOSUPPORT/EPROTONOSUPPORT/EPROTONOSUPPORT/EPROTONOSUPPORT upper=EPROTONOSUPPORT/EPROTONOSUPPORT/EPROTONOSUPPORT/EPROTONOSUPPORT blank=EPROTONOSUPPORT/EPROTONOSUPPORT/EPROTONOSUPPORT/EPROTONOSUPPORT",
	},
	{ "null_socket", "API 4.1", null_socket,
	  "good=ENOTSOCK/ENOTSOCK/ENOTSOCK/ENOTSOCK bad=ENOTSOCK/ENOTSOCK/ENOTSOCK/ENOTSOCK",
	},
	{ "after_shutdown", "API 4.1", after_shutdown,
	  "good=ETERM/ETERM/ETERM/ETERM syntax=ETERM/ETERM/ETERM/ETERM scheme=ETERM/ETERM/ETERM/ETERM",
	},
	{ "no_io_thread", "API 4.1", no_io_thread,
	  "bind=EMTHREAD connect=EMTHREAD address=EMTHREAD scheme=EPROTONOSUPPORT",
	},
	{ "no_matching_thread", "API 4.1", no_matching_thread,
	  "bind=EMTHREAD connect=EMTHREAD first=ok",
	},
	{ "system_errors", "API 4.2", system_errors,
	  "in-use=EADDRINUSE not-here=EADDRNOTAVAIL not-mine=EACCES mine=ok",
	},
	{ "in_use_by_itself", "API 4.2", in_use_by_itself,
	  "again=EADDRINUSE unbind=ok again=ENOENT",
	},
	{ "last_endpoint", "API 4.2", last_endpoint,
	  "none= two bad=EINVAL in-use=EADDRINUSE second tcp://localhost:5555 tcp://localhost:5555",
	},
	{ "two_listeners", "API 4.2", two_listeners,
	  "[1] [2] unbind=ok [3]",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
