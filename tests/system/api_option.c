// SPDX-License-Identifier: GPL-2.0-only
/*
 * Socket options through libzmq's API: defaults, ranges, lengths, and what
 * MAXMSGSIZE and USE_FD do. Runs on stock libzmq and the shim.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "zapi.h"

#ifndef ZMQ_BINDTODEVICE
#define ZMQ_BINDTODEVICE 92
#endif
#define BAD_MAX 3
#define END (-12345)

/**
 * struct int_option - an option of type int
 * @name: of @number, for messages
 * @number: ZMQ_*
 * @value: default
 * @good: values it takes, ended by END
 * @bad: values it refuses
 */
struct int_option {
	const char *name;
	int number;
	int value;
	int good[4];
	int bad[BAD_MAX];
};

#define OPTION(name, ...) { #name, ZMQ_##name, __VA_ARGS__ }

static const struct int_option options[] = {
	OPTION(SNDBUF, -1, { 0, 16384, -1, END }, { -2, END }),
	OPTION(RCVBUF, -1, { 0, 16384, -1, END }, { -2, END }),
	OPTION(LINGER, -1, { 0, 300, -1, END }, { -2, END }),
	OPTION(RECONNECT_IVL, 100, { 0, 1000, -1, END }, { -2, END }),
	OPTION(BACKLOG, 100, { 0, 1, 4096, END }, { -1, END }),
	OPTION(RECONNECT_IVL_MAX, 0, { 1000, 0, END }, { -1, END }),
	OPTION(SNDHWM, 1000, { 0, 1, 1000000, END }, { -1, END }),
	OPTION(RCVHWM, 1000, { 0, 1, 1000000, END }, { -1, END }),
	OPTION(RCVTIMEO, -1, { 0, 300, -1, END }, { -2, END }),
	OPTION(SNDTIMEO, -1, { 0, 300, -1, END }, { -2, END }),
	OPTION(IPV4ONLY, 1, { 0, 1, END }, { -1, 2, END }),
	OPTION(TCP_KEEPALIVE, -1, { 0, 1, -1, END }, { -2, 2, END }),
	OPTION(TCP_KEEPALIVE_CNT, -1, { 5, -1, END }, { -2, END }),
	OPTION(TCP_KEEPALIVE_IDLE, -1, { 5, -1, END }, { -2, END }),
	OPTION(TCP_KEEPALIVE_INTVL, -1, { 5, -1, END }, { -2, END }),
	OPTION(IMMEDIATE, 0, { 1, 0, END }, { -1, 2, END }),
	OPTION(IPV6, 0, { 1, 0, END }, { -1, 2, END }),
	OPTION(TOS, 0, { 0x28, 0, END }, { -1, END }),
	OPTION(HANDSHAKE_IVL, 30000, { 0, 100, END }, { -1, END }),
	OPTION(CONNECT_TIMEOUT, 0, { 100, 0, END }, { -1, END }),
	OPTION(TCP_MAXRT, 0, { 100, 0, END }, { -1, END }),
	OPTION(RATE, 100, { 1, 100000, END }, { 0, -1, END }),
	OPTION(RECOVERY_IVL, 10000, { 0, 1, END }, { -1, END }),
	OPTION(MULTICAST_HOPS, 1, { 1, 255, END }, { 0, -1, END }),
	OPTION(MULTICAST_MAXTPDU, 1500, { 1, 9000, END }, { 0, -1, END }),
	OPTION(PLAIN_SERVER, 0, { 1, 0, END }, { -1, 2, END }),
	OPTION(CURVE_SERVER, 0, { 1, 0, END }, { -1, 2, END }),
	OPTION(CONFLATE, 0, { 1, 0, END }, { -1, 2, END }),
	OPTION(HEARTBEAT_IVL, 0, { 1, 5000, END }, { -1, END }),
	OPTION(HEARTBEAT_TTL, 0, { 100, 6553500, END }, { -100, 6553600, END }),
	OPTION(HEARTBEAT_TIMEOUT, -1, { 0, 5000, END }, { -1, END }),
	OPTION(USE_FD, -1, { 3, -1, END }, { -2, END }),
};

/* How zmq_setsockopt() of a string ends, and what is read afterwards. */
struct string_option {
	const char *name;
	int number;
	int longest;
	int null;
	int empty;
	int clears;
};

static const struct string_option strings[] = {
	OPTION(PLAIN_USERNAME, 255, 0, EINVAL, 0),
	OPTION(PLAIN_PASSWORD, 255, 0, EINVAL, 0),
	OPTION(ZAP_DOMAIN, 255, EINVAL, EINVAL, 0),
	OPTION(SOCKS_PROXY, 511, 0, EINVAL, 1),
	OPTION(BINDTODEVICE, 16, 0, EINVAL, 1),
};

static int get(void *s, int option, void *value, size_t size, size_t *got)
{
	*got = size;
	return zmq_getsockopt(s, option, value, got);
}

static void option_check(void *s, const struct int_option *o)
{
	char big[16] = { 0 };
	int value = 0, i;
	size_t size;

	if (get(s, o->number, &value, sizeof(value), &size) || size != 4 || value != o->value)
		zt_fail("%s: expected default %d, got %d", o->name, o->value, value);
	for (i = 0; o->good[i] != END; i++) {
		if (zmq_setsockopt(s, o->number, &o->good[i], 4))
			zt_fail("%s = %d: %s", o->name, o->good[i], strerror(errno));
		zt_eq(za_get(s, o->number), o->good[i]);
	}
	value = za_get(s, o->number);
	for (i = 0; i < BAD_MAX && o->bad[i] != END; i++) {
		if (!zmq_setsockopt(s, o->number, &o->bad[i], 4) || errno != EINVAL)
			zt_fail("%s = %d: expected EINVAL", o->name, o->bad[i]);
		zt_eq(za_get(s, o->number), value);
	}
	for (size = 0; size < sizeof(big); size++) {
		if (size != 4 && (!zmq_setsockopt(s, o->number, big, size) || errno != EINVAL))
			zt_fail("%s set with %zu bytes: expected EINVAL", o->name, size);
	}
	zt_err(get(s, o->number, big, 3, &size), EINVAL);
	zt_err(get(s, o->number, big, 0, &size), EINVAL);
}

static void int_options(const void *arg)
{
	void *ctx = za_ctx();
	size_t i;

	(void)arg;
	for (i = 0; i < ZT_ARRAY(options); i++) {
		void *s = zmq_socket(ctx, ZMQ_PAIR);

		zt_check(s);
		option_check(s, &options[i]);
		za_close(s);
	}
	za_term(ctx);
}

static void set_string(void *s, int option, const char *text, size_t len, int err)
{
	int got = zmq_setsockopt(s, option, text, len) ? errno : 0;

	if (got != err)
		zt_fail("option %d, %zu bytes: expected errno %d, got %d", option, len, err, got);
}

static void want_string(void *s, int option, const char *want, size_t len)
{
	char text[600];
	size_t size;

	memset(text, 'z', sizeof(text));
	zt_ok(get(s, option, text, len + 1, &size));
	zt_eq(size, len + 1);
	zt_check(!memcmp(text, want, len) && !text[len]);
	zt_err(get(s, option, text, len, &size), EINVAL);
}

static void string_options(const void *arg)
{
	char text[600];
	void *ctx = za_ctx();
	size_t i;

	(void)arg;
	memset(text, 'x', sizeof(text));
	for (i = 0; i < ZT_ARRAY(strings); i++) {
		const struct string_option *o = &strings[i];
		void *s = za_socket(ctx, ZMQ_PAIR);

		want_string(s, o->number, "", 0);
		set_string(s, o->number, text, o->longest, 0);
		want_string(s, o->number, text, o->longest);
		if (o->longest < 500)
			set_string(s, o->number, text, o->longest + 1, EINVAL);
		set_string(s, o->number, "", 0, o->empty);
		want_string(s, o->number, text, o->longest);
		set_string(s, o->number, "a\0b", 3, 0);
		want_string(s, o->number, "a\0b", 3);
		set_string(s, o->number, NULL, 0, o->null);
		want_string(s, o->number, "a\0b", o->clears ? 0 : 3);
		za_close(s);
	}
	za_term(ctx);
}

static void accept_filter_syntax(const void *arg)
{
	static const char *const good[] = {
		"127.0.0.1", "127.0.0.1/32", "0.0.0.0/0", "10.0.0.0/8",
	};
	static const char *const bad[] = {
		"foo", "0.0.0.0foo", "0.0.0.0/foo", "0.0.0.0/", "0.0.0.0/-1", "0.0.0.0/33",
		"::1", "*", "/8",
	};
	static const char *const good6[] = { "::1", "[::1]/128", "::/0", "127.0.0.1/32" };
	void *ctx = za_ctx();
	void *s = za_socket(ctx, ZMQ_PULL);
	char text[16];
	size_t i, size;

	(void)arg;
	set_string(s, ZMQ_TCP_ACCEPT_FILTER, NULL, 0, 0);
	set_string(s, ZMQ_TCP_ACCEPT_FILTER, "", 0, EINVAL);
	for (i = 0; i < ZT_ARRAY(good); i++)
		set_string(s, ZMQ_TCP_ACCEPT_FILTER, good[i], strlen(good[i]), 0);
	for (i = 0; i < ZT_ARRAY(bad); i++)
		set_string(s, ZMQ_TCP_ACCEPT_FILTER, bad[i], strlen(bad[i]), EINVAL);
	za_set(s, ZMQ_IPV6, 1);
	for (i = 0; i < ZT_ARRAY(good6); i++)
		set_string(s, ZMQ_TCP_ACCEPT_FILTER, good6[i], strlen(good6[i]), 0);
	set_string(s, ZMQ_TCP_ACCEPT_FILTER, "::1/129", 7, EINVAL);
	zt_err(get(s, ZMQ_TCP_ACCEPT_FILTER, text, sizeof(text), &size), EINVAL);
	za_close(s);
	za_term(ctx);
}

static void curve_keys(const void *arg)
{
	static const int keys[] = {
		ZMQ_CURVE_PUBLICKEY, ZMQ_CURVE_SECRETKEY, ZMQ_CURVE_SERVERKEY,
	};
	static const char z85[] = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6";
	void *ctx = za_ctx();
	void *s = za_socket(ctx, ZMQ_PAIR);
	char text[64];
	uint8_t bin[32];
	size_t i, len, size;

	(void)arg;
	zt_check(zmq_z85_decode(bin, z85));
	for (i = 0; i < ZT_ARRAY(keys); i++) {
		zt_ok(get(s, keys[i], text, 41, &size));
		zt_check(!strcmp(text, "0000000000000000000000000000000000000000"));
		zt_ok(zmq_setsockopt(s, keys[i], i ? (void *)z85 : (void *)bin, i ? 39 + i : 32));
		zt_eq(za_get(s, ZMQ_MECHANISM), ZMQ_CURVE);
		zt_ok(get(s, keys[i], text, 41, &size));
		zt_check(size == 41 && !strcmp(text, z85));
		zt_ok(get(s, keys[i], text, 32, &size));
		zt_check(size == 32 && !memcmp(text, bin, 32));
		for (len = 0; len < 64; len++) {
			if (len == 32 || len == 41)
				continue;
			zt_err(get(s, keys[i], text, len, &size), EINVAL);
			if (len != 40)
				set_string(s, keys[i], z85, len < 41 ? len : 39, EINVAL);
		}
		set_string(s, keys[i], "~TKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6", 40, EINVAL);
	}
	za_set(s, ZMQ_CURVE_SERVER, 0);
	zt_eq(za_get(s, ZMQ_MECHANISM), ZMQ_NULL);
	za_close(s);
	za_term(ctx);
}

static void rounded_options(const void *arg)
{
	static const int rows[][3] = {
		{ ZMQ_HEARTBEAT_TTL, 99, 0 }, { ZMQ_HEARTBEAT_TTL, 199, 100 },
		{ ZMQ_HEARTBEAT_TTL, -99, 0 },
		{ ZMQ_HEARTBEAT_TTL, 6553599, 6553500 }, { ZMQ_INVERT_MATCHING, -3, 1 },
		{ ZMQ_INVERT_MATCHING, 0, 0 }, { ZMQ_INVERT_MATCHING, 9, 1 },
	};
	void *ctx = za_ctx();
	void *s = za_socket(ctx, ZMQ_PAIR);
	size_t i;

	(void)arg;
	for (i = 0; i < ZT_ARRAY(rows); i++) {
		za_set(s, rows[i][0], rows[i][1]);
		zt_eq(za_get(s, rows[i][0]), rows[i][2]);
	}
	za_close(s);
	za_term(ctx);
}

/* Numbers of libzmq's draft options, which Debian's build knows in part. */
static const struct int_option drafts[] = {
	{ "ZAP_ENFORCE_DOMAIN", 93, 0, { 1, 0, END }, { END } },
	{ "LOOPBACK_FASTPATH", 94, 0, { 1, 0, END }, { END } },
	{ "MULTICAST_LOOP", 96, 1, { 0, 1, END }, { END } },
	{ "IN_BATCH_SIZE", 101, 8192, { 1, 65536, END }, { 0, -1, END } },
	{ "OUT_BATCH_SIZE", 102, 8192, { 1, 65536, END }, { 0, -1, END } },
	{ "RECONNECT_STOP", 109, 0, { 1, 7, END }, { END } },
	{ "PRIORITY", 112, 0, { 1, 6, END }, { -1, END } },
	{ "BUSY_POLL", 113, 0, { 1, 50, END }, { END } },
};

static void draft_options(const void *arg)
{
	static const int not_built[] = { 62, 65, 85, 88, 90, 91, 103, 107, 117, 124 };
	void *ctx = za_ctx();
	void *s = za_socket(ctx, ZMQ_PAIR);
	char text[256];
	size_t i, size;

	(void)arg;
	for (i = 0; i < ZT_ARRAY(drafts); i++)
		option_check(s, &drafts[i]);
	zt_eq(za_get(s, 97), 0);	/* ROUTER_NOTIFY */
	set_string(s, 97, "\1\0\0\0", 4, EINVAL);
	for (i = 0; i < ZT_ARRAY(not_built); i++) {
		set_string(s, not_built[i], "\0\0\0\0", 4, EINVAL);
		zt_err(get(s, not_built[i], text, 4, &size), EINVAL);
	}
	memset(text, 'x', sizeof(text));
	for (i = 99; i <= 100; i++) {	/* SOCKS_USERNAME, SOCKS_PASSWORD */
		set_string(s, i, text, 255, 0);
		want_string(s, i, text, 255);
		set_string(s, i, text, 256, EINVAL);
		set_string(s, i, i == 99 ? NULL : "", 0, 0);
		want_string(s, i, "", 0);
	}
	/* HELLO_MSG, DISCONNECT_MSG, HICCUP_MSG */
	set_string(s, 110, "hello", 5, 0);
	set_string(s, 111, "", 0, 0);
	set_string(s, 114, NULL, 0, 0);
	zt_err(get(s, 110, text, 5, &size), EINVAL);
	set_string(s, 95, "X-key:value", 11, 0);
	set_string(s, 95, "X-key:", 6, EINVAL);
	za_close(s);
	za_term(ctx);
}

static int raw_listen(int port, char *ep)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons(port);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	zt_ok(bind(fd, (void *)&in, sizeof(in)));
	zt_ok(listen(fd, 16));
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	return fd;
}

/* Peers reach @pull by the descriptor, which goes with it; so does the rest. */
static void use_fd_taken(void *ctx, void *pull, void *push, const char *ep, int fd)
{
	za_connect(push, ep);
	za_put(push, "hello", 0);
	za_want(pull, "hello", 0);
	za_close(push);
	za_close(pull);
	za_term(ctx);
	zt_err(close(fd), EBADF);
}

/* A listening socket that the program brings; libzmq closes it. */
static void use_fd(const void *arg)
{
	void *ctx = za_ctx();
	void *pull = za_socket(ctx, ZMQ_PULL), *push = za_socket(ctx, ZMQ_PUSH);
	char ep[256], last[256];
	int fd = raw_listen(zt_port(), ep);

	(void)arg;
	za_set(pull, ZMQ_USE_FD, fd);
	za_bind(pull, ep);
	za_last(pull, last);
	zt_check(!strcmp(ep, last));
	use_fd_taken(ctx, pull, push, ep, fd);
}

/* By inproc nothing listens: the descriptor is the program's until a bind() that takes it. */
static void use_fd_kept(const void *arg)
{
	void *ctx = za_ctx();
	void *pull = za_socket(ctx, ZMQ_PULL), *push = za_socket(ctx, ZMQ_PUSH);
	char ep[256];
	int fd = raw_listen(zt_port(), ep);

	(void)arg;
	za_set(pull, ZMQ_USE_FD, fd);
	za_bind(pull, "inproc://one");
	zt_ok(fcntl(fd, F_GETFD));
	za_bind(pull, "inproc://two");
	zt_ok(fcntl(fd, F_GETFD));
	zt_err(zmq_bind(pull, "inproc://two"), EADDRINUSE);
	zt_ok(fcntl(fd, F_GETFD));
	za_bind(pull, ep);
	use_fd_taken(ctx, pull, push, ep, fd);
}

static void other_options(const void *arg)
{
	static const int unknown[] = { 0, 1, 2, 3, 10, 20, 26, 29, 30, 67, 70, 82, 83, 500, -1 };
	void *ctx = za_ctx();
	void *s = za_socket(ctx, ZMQ_PULL);
	uint64_t affinity = 7;
	int64_t max = 1;
	char text[32];
	int value = 0;
	size_t size, i;

	(void)arg;
	zt_ok(get(s, ZMQ_AFFINITY, &affinity, 8, &size));
	zt_check(!affinity && size == 8);
	affinity = 1;
	zt_ok(zmq_setsockopt(s, ZMQ_AFFINITY, &affinity, 8));
	zt_err(zmq_setsockopt(s, ZMQ_AFFINITY, &affinity, 4), EINVAL);
	zt_ok(get(s, ZMQ_MAXMSGSIZE, &max, 8, &size));
	zt_eq(max, -1);
	for (max = -2; max < 3; max++)
		zt_ok(zmq_setsockopt(s, ZMQ_MAXMSGSIZE, &max, 8));
	zt_err(zmq_setsockopt(s, ZMQ_MAXMSGSIZE, &max, 4), EINVAL);
	zt_err(get(s, ZMQ_MAXMSGSIZE, &max, 4, &size), EINVAL);
	zt_ok(zmq_setsockopt(s, ZMQ_ROUTING_ID, "name", 4));
	zt_ok(get(s, ZMQ_ROUTING_ID, text, sizeof(text), &size));
	zt_check(size == 4 && !memcmp(text, "name", 4));
	zt_err(zmq_setsockopt(s, ZMQ_ROUTING_ID, "", 0), EINVAL);
	/* Read-only and write-only ones. */
	zt_err(zmq_setsockopt(s, ZMQ_TYPE, &value, 4), EINVAL);
	zt_err(zmq_setsockopt(s, ZMQ_EVENTS, &value, 4), EINVAL);
	zt_err(zmq_setsockopt(s, ZMQ_RCVMORE, &value, 4), EINVAL);
	zt_err(zmq_setsockopt(s, ZMQ_LAST_ENDPOINT, "x", 2), EINVAL);
	zt_eq(za_get(s, ZMQ_MECHANISM), 0);
	/* Options of other types. */
	zt_err(zmq_setsockopt(s, ZMQ_ROUTER_MANDATORY, &value, 4), EINVAL);
	zt_err(zmq_setsockopt(s, ZMQ_SUBSCRIBE, "", 0), EINVAL);
	for (i = 0; i < ZT_ARRAY(unknown); i++) {
		zt_err(zmq_setsockopt(s, unknown[i], &value, 4), EINVAL);
		zt_err(get(s, unknown[i], text, 4, &size), EINVAL);
	}
	za_close(s);
	za_term(ctx);
}

/* Some gets take any buffer of at least an int and clear the rest. */
static void long_buffers(const void *arg)
{
	void *ctx = za_ctx();
	void *s = za_socket(ctx, ZMQ_PULL);
	int64_t wide = -1;
	char text[256];
	size_t size;

	(void)arg;
	zt_ok(get(s, ZMQ_RCVMORE, &wide, 8, &size));
	zt_check(!wide && size == 4);
	wide = -1;
	zt_ok(get(s, ZMQ_EVENTS, &wide, 8, &size));
	zt_check(!wide && size == 4);
	zt_err(get(s, ZMQ_RCVMORE, &wide, 2, &size), EINVAL);
	zt_ok(get(s, ZMQ_LAST_ENDPOINT, text, sizeof(text), &size));
	zt_check(size == 1 && !text[0]);
	za_bind(s, "tcp://127.0.0.1:*");
	zt_err(get(s, ZMQ_LAST_ENDPOINT, text, 10, &size), EINVAL);
	zt_ok(get(s, ZMQ_LAST_ENDPOINT, text, sizeof(text), &size));
	zt_eq(size, strlen(text) + 1);
	zt_ok(get(s, ZMQ_LAST_ENDPOINT, text, size, &size));
	zt_err(get(s, ZMQ_LAST_ENDPOINT, text, size - 1, &size), EINVAL);
	za_close(s);
	za_term(ctx);
}

/* A frame over the limit ends the connection; one at the limit passes. */
static void max_message(const void *arg)
{
	void *ctx = za_ctx();
	void *pull = za_socket(ctx, ZMQ_PULL), *push = za_socket(ctx, ZMQ_PUSH);
	int64_t max = 1000;
	char ep[256];

	(void)arg;
	zt_ok(zmq_setsockopt(pull, ZMQ_MAXMSGSIZE, &max, sizeof(max)));
	za_bind_any(pull, ep);
	za_connect(push, ep);
	za_put_big(push, 1000, 1, 0);
	za_want_big(pull, 1000, 1, 0);
	/* It counts per frame, not per message. */
	za_put_big(push, 900, 2, ZMQ_SNDMORE);
	za_put_big(push, 900, 3, 0);
	za_want_big(pull, 900, 2, 1);
	za_want_big(pull, 900, 3, 0);
	za_put_big(push, 10, 4, ZMQ_SNDMORE);
	za_put_big(push, 1001, 5, 0);
	za_quiet(pull, zt_scaled(100));
	/* For the connecting side that was a loss like any other. */
	za_put_big(push, 1000, 6, 0);
	za_want_big(pull, 1000, 6, 0);
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

static const struct zt_case cases[] = {
	{ "int_options", int_options },
	{ "string_options", string_options },
	{ "accept_filter_syntax", accept_filter_syntax },
	{ "curve_keys", curve_keys },
	{ "rounded_options", rounded_options },
	{ "use_fd", use_fd },
	{ "use_fd_kept_by_inproc", use_fd_kept },
	{ "other_options", other_options },
	{ "buffer_lengths", long_buffers },
	{ "maxmsgsize", max_message },
	{ "draft_options", draft_options },
};

int main(int argc, char **argv)
{
	size_t count = ZT_ARRAY(cases);

	zt_netns();
	zt_lib_check(zt_lib_here());
	/* The last one is of the draft part, which stock libzmq does not have. */
	if (zt_lib_here() == ZT_STOCK)
		count--;
	return zt_run(argc, argv, cases, count);
}
