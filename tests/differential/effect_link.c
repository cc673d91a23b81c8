// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the options of links do: CONNECT_TIMEOUT, TOS and keepalive in the system's
 * own eyes, TCP_ACCEPT_FILTER, USE_FD, BINDTODEVICE, ROUTING_ID.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "diff.h"
#include "../system/wire.h"

/* --- the system's table of connections --------------------------------------- */

/**
 * struct tcp_line - a connection in the system's table
 * @local: its port on our side, 0: there is none
 * @timer: 2: keepalive runs
 * @seconds: until that timer
 */
struct tcp_line {
	int local;
	int timer;
	int seconds;
};

/* The connection to port @remote that is in @state (1: established, 2: SYN sent). */
static struct tcp_line tcp_line(int remote, int state)
{
	struct tcp_line found = { 0 };
	unsigned int local, port, st, timer, when;
	char line[512];
	FILE *f = fopen("/proc/self/net/tcp", "r");

	zt_check(f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %*d: %*x:%x %*x:%x %x %*x:%*x %x:%x",
			   &local, &port, &st, &timer, &when) != 5)
			continue;
		if ((int)port == remote && (int)st == state)
			found = (struct tcp_line){ local, timer, when / sysconf(_SC_CLK_TCK) };
	}
	fclose(f);
	return found;
}

/* A listener that answers nobody: its backlog is full. */
static const char *deaf_listener(void)
{
	const char *ep = zd_free_endpoint();
	int fd = wire_listen(zd_port(ep));

	zt_ok(listen(fd, 0));
	wire_connect(zd_port(ep));
	return ep;
}

/* Local port of the attempt under way, or of the next one if that is @but. */
static int attempt(const char *ep, int but, int ms)
{
	int64_t end = zt_now() + ms;
	int port;

	do {
		port = tcp_line(zd_port(ep), 2).local;
		if (port && port != but)
			return port;
		zt_nap(5);
	} while (zt_now() < end);
	return 0;
}

static void connect_timeout(void)
{
	void *s = zd_socket(ZMQ_PUSH);
	const char *ep = deaf_listener();
	int port;

	za_set(s, ZMQ_CONNECT_TIMEOUT, 300);
	za_connect(s, ep);
	port = attempt(ep, 0, zt_scaled(ZA_TIMEO));
	say("first=%s", port ? "yes" : "no");
	say("anew=%s", attempt(ep, port, zt_scaled(ZA_TIMEO)) ? "yes" : "no");
}

static void connect_timeout_zero(void)
{
	void *s = zd_socket(ZMQ_PUSH);
	const char *ep = deaf_listener();
	int port;

	za_connect(s, ep);
	port = attempt(ep, 0, zt_scaled(ZA_TIMEO));
	say("first=%s", port ? "yes" : "no");
	say("anew=%s", attempt(ep, port, 1000) ? "yes" : "no");
}

/* A PUSH with @option set, connected to a PULL; its line in the table. */
static struct tcp_line keepalive_line(int keepalive, int option, int value)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);
	const char *ep = zd_bind(pull);

	za_set(push, ZMQ_TCP_KEEPALIVE, keepalive);
	if (option)
		za_set(push, option, value);
	za_connect(push, ep);
	za_put(push, "x", 0);
	za_want(pull, "x", 0);
	/* Until what was sent is confirmed, that timer is the one shown. */
	zt_until(tcp_line(zd_port(ep), 1).timer != 1, ZA_TIMEO);
	return tcp_line(zd_port(ep), 1);
}

static void say_keepalive(const char *what, struct tcp_line line)
{
	if (line.timer == 2)
		say("%s=%ds", what, (line.seconds + 9) / 10 * 10);
	else
		say("%s=off", what);
}

static void tcp_keepalive(void)
{
	say_keepalive("default", keepalive_line(-1, 0, 0));
	say_keepalive("0", keepalive_line(0, 0, 0));
	say_keepalive("1", keepalive_line(1, 0, 0));
	say_keepalive("idle", keepalive_line(1, ZMQ_TCP_KEEPALIVE_IDLE, 100));
	say_keepalive("without", keepalive_line(-1, ZMQ_TCP_KEEPALIVE_IDLE, 100));
}

/* Says the TOS of the first packet of the next connection, which is returned. */
static int say_tos(int listener, const char *what)
{
	struct iphdr head[8];
	socklen_t len = sizeof(head);
	int fd = wire_accept(listener);

	zt_ok(getsockopt(fd, IPPROTO_TCP, TCP_SAVED_SYN, head, &len));
	say("%s=%#x", what, head[0].tos);
	return fd;
}

static void tos_connector(void)
{
	const char *ep = zd_free_endpoint();
	int fd = wire_listen(zd_port(ep)), one = 1, first;
	void *s = zd_socket(ZMQ_PUSH);

	zt_ok(setsockopt(fd, IPPROTO_TCP, TCP_SAVE_SYN, &one, sizeof(one)));
	za_set(s, ZMQ_TOS, 0x28);
	za_connect(s, ep);
	first = say_tos(fd, "tos");
	za_set(s, ZMQ_TOS, 0x58);
	close(first);
	say_tos(fd, "again");
	say_rc("disconnect", zmq_disconnect(s, ep));
	za_connect(s, ep);
	say_tos(fd, "anew");
}

static void tos_both_ends(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);

	za_set(pull, ZMQ_TOS, 0x28);
	za_set(push, ZMQ_TOS, 0x58);
	zd_link(pull, push);
	zd_put(push, "x", NULL);
	say_recv(pull);
}

/* --- who may come in ------------------------------------------------------------ */

/* Who is let in is greeted, who is not sees the end. */
static void say_let_in(const char *what, const char *ep)
{
	int fd = wire_connect(zd_port(ep));

	zt_check(wire_readable(fd, zt_scaled(ZA_TIMEO)));
	say("%s=%s", what, wire_ended(fd) ? "closed" : "open");
}

/* Does a PULL with these filters let 127.0.0.1 in? */
static void say_filtered(const char *what, const char *one, const char *two)
{
	void *pull = zd_socket(ZMQ_PULL);

	zd_set_text(pull, ZMQ_TCP_ACCEPT_FILTER, one);
	if (two)
		zd_set_text(pull, ZMQ_TCP_ACCEPT_FILTER, two);
	say_let_in(what, zd_bind(pull));
}

static void accept_filter(void)
{
	say_filtered("one", "127.0.0.1/32", NULL);
	say_filtered("all", "0.0.0.0/0", NULL);
	say_filtered("other", "127.0.0.255/32", NULL);
	say_filtered("net", "127.0.0.0/8", NULL);
	say_filtered("either", "10.0.0.0/8", "127.0.0.1");
	say_filtered("neither", "10.0.0.0/8", "192.168.0.0/16");
}

/* What a listener has, it keeps. */
static void accept_filter_live(void)
{
	void *pull = zd_socket(ZMQ_PULL);
	const char *first, *second;

	zd_set_text(pull, ZMQ_TCP_ACCEPT_FILTER, "10.0.0.1");
	first = zd_bind(pull);
	zt_ok(zmq_setsockopt(pull, ZMQ_TCP_ACCEPT_FILTER, NULL, 0));
	second = zd_bind(pull);
	say_let_in("first", first);
	say_let_in("second", second);
}

static void use_fd(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);
	const char *ep = zd_free_endpoint();
	char last[256];

	za_set(pull, ZMQ_USE_FD, wire_listen(zd_port(ep)));
	/* The address is the descriptor's, whatever is asked for. */
	za_bind(pull, "tcp://127.0.0.1:*");
	za_last(pull, last);
	say("%s", strcmp(last, ep) ? "other" : "same");
	za_connect(push, ep);
	zd_put(push, "x", NULL);
	say_recv(pull);
}

static void bindtodevice(void)
{
	void *push = zd_socket(ZMQ_PUSH), *pull = zd_socket(ZMQ_PULL);

	zd_set_text(pull, ZMQ_BINDTODEVICE, "lo");
	zd_set_text(push, ZMQ_BINDTODEVICE, "lo");
	zd_link(pull, push);
	zd_put(push, "x", NULL);
	say_recv(pull);
	zd_set_text(pull, ZMQ_BINDTODEVICE, "eth99");
	say_rc("unknown", zmq_bind(pull, "tcp://127.0.0.1:*"));
}

/* --- ROUTING_ID ------------------------------------------------------------------- */

static void routing_id_before(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *dealer = zd_socket(ZMQ_DEALER);

	zd_set_text(dealer, ZMQ_ROUTING_ID, "one");
	zd_link(router, dealer);
	zd_put(dealer, "x", NULL);
	say_recv(router);
	zd_set_text(dealer, ZMQ_ROUTING_ID, "two");
	zd_put(dealer, "y", NULL);
	say_recv(router);
}

/* What was set after the connection was asked for is for the next one. */
static void routing_id_after(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *second = zd_socket(ZMQ_ROUTER);
	void *dealer = zd_socket(ZMQ_DEALER);
	const char *ep = zd_bind(router);

	za_connect(dealer, ep);
	zd_set_text(dealer, ZMQ_ROUTING_ID, "late");
	zd_put(dealer, "x", NULL);
	say_recv(router);
	say_rc("disconnect", zmq_disconnect(dealer, ep));
	zd_link(second, dealer);
	zd_put(dealer, "y", NULL);
	say_recv(second);
}

/* A listener has a name for those who come, too. */
static void routing_id_of_binder(void)
{
	void *router = zd_socket(ZMQ_ROUTER), *dealer = zd_socket(ZMQ_DEALER);

	zd_set_text(dealer, ZMQ_ROUTING_ID, "bound");
	zd_link(dealer, router);
	zd_put(dealer, "x", NULL);
	say_recv(router);
}

static const struct zd_behaviour behaviours[] = {
	{ "connect_timeout", "API 2.3", connect_timeout,
	  "first=yes anew=yes",
	},
	{ "connect_timeout_zero", "API 2.3", connect_timeout_zero,
	  "first=yes anew=no",
	},
	{ "tcp_keepalive", "API 2.3", tcp_keepalive,
	  "default=off 0=off 1=7200s idle=100s without=off",
	},
	{ "tos_connector", "API 2.3", tos_connector,
	  "tos=0x28 again=0x28 disconnect=ok anew=0x58",
	},
	{ "tos_both_ends", "API 2.3", tos_both_ends,
	  "[x]",
	},
	{ "accept_filter", "API 2.3", accept_filter,
	  "one=open all=open other=closed net=open either=open neither=closed",
	},
	{ "accept_filter_live", "API 2.3", accept_filter_live,
	  "first=closed second=open",
	},
	{ "use_fd", "API 2.3", use_fd,
	  "same [x]",
	},
	{ "bindtodevice", "API 2.3", bindtodevice,
	  "[x] unknown=ENODEV",
	},
	{ "routing_id_before", "API 2.3", routing_id_before,
	  "[one][x] [one][y]",
	},
	{ "routing_id_after", "API 2.3", routing_id_after,
	  "[id][x] disconnect=ok [late][y]",
	},
	{ "routing_id_of_binder", "API 2.3", routing_id_of_binder,
	  "[bound][x]",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
