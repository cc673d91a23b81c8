// SPDX-License-Identifier: GPL-2.0-only
/*
 * Endpoints as libzmq takes them: the order of checks, the grammar of tcp,
 * LAST_ENDPOINT, unbind and disconnect. Runs on stock libzmq and on the shim.
 */
#include "zapi.h"

/* What of a row holds where: the shim has only tcp so far. */
enum row_for { ROW_BOTH, ROW_SHIM };

struct row {
	const char *ep;
	int error;	/* 0: accepted */
	enum row_for who;
};

static const struct row bind_rows[] = {
	/* no "://", empty protocol, empty address */
	{ "", EINVAL }, { "tcp", EINVAL }, { "tcp:", EINVAL }, { "tcp:/", EINVAL },
	{ "tcp:/127.0.0.1:5000", EINVAL }, { "tcp://", EINVAL }, { "://", EINVAL },
	{ "://127.0.0.1:5000", EINVAL }, { "127.0.0.1:5000", EINVAL },
	/* unknown protocols; lower case only */
	{ "TCP://127.0.0.1:*", EPROTONOSUPPORT }, { "Tcp://127.0.0.1:*", EPROTONOSUPPORT },
	{ "udpx://127.0.0.1:*", EPROTONOSUPPORT }, { "invalid://x", EPROTONOSUPPORT },
	{ " tcp://127.0.0.1:*", EPROTONOSUPPORT }, { "sctp://127.0.0.1:1", EPROTONOSUPPORT },
	/* known ones; some are not built yet */
	{ "tipc://{1000,0,1}", EPROTONOSUPPORT, ROW_SHIM },
	{ "vsock://*:1", EPROTONOSUPPORT, ROW_SHIM },
	{ "ws://127.0.0.1:*", EPROTONOSUPPORT, ROW_SHIM },
	/* known, and for other types */
	{ "udp://127.0.0.1:1", ENOCOMPATPROTO },
	{ "inproc://x", 0 }, { "inproc://", EINVAL },
	/* ports */
	{ "tcp://127.0.0.1", EINVAL }, { "tcp://127.0.0.1:", EINVAL },
	{ "tcp://127.0.0.1:abc", EINVAL }, { "tcp://127.0.0.1:65536", EINVAL },
	{ "tcp://127.0.0.1:*", 0 }, { "tcp://127.0.0.1:0", 0 }, { "tcp://*:*", 0 },
	{ "tcp://*:0", 0 }, { "tcp://127.0.0.1:65537x", 0 }, { "tcp://127.0.0.1:-1", 0 },
	{ "tcp://127.0.0.1:20777bad", 0 }, { "tcp://[*]:*", 0 },
	/* hosts */
	{ "tcp://lo:*", 0 }, { "tcp://0.0.0.0:*", 0 }, { "tcp://127.0.0.77:*", 0 },
	{ "tcp://127.0.0.1:0;127.0.0.1:*", 0 }, { "tcp://:5000", ENODEV },
	{ "tcp://nosuchif:5000", ENODEV }, { "tcp://no such:5000", ENODEV },
	{ "tcp://256.0.0.1:5000", ENODEV }, { "tcp://[::1]:*", ENODEV },
	{ "tcp://::1:*", ENODEV }, { "tcp://192.0.2.1:5000", EADDRNOTAVAIL },
	/* paths and names */
	{ "ipc://@", EINVAL }, { "ipc:///nonexistent/x", ENOENT }, { "ipc:///tmp", EADDRINUSE },
	{ "ipc:///tmp/zt-endpoint", 0 }, { "ipc://@zt-endpoint", 0 }, { "ipc://*", 0 },
};

static const struct row connect_rows[] = {
	{ "", EINVAL }, { "tcp", EINVAL }, { "tcp://", EINVAL }, { "://x:1", EINVAL },
	{ "TCP://127.0.0.1:1", EPROTONOSUPPORT }, { "invalid://localhost:1", EPROTONOSUPPORT },
	{ "udp://127.0.0.1:1", ENOCOMPATPROTO },
	{ "inproc://x", 0 }, { "inproc://", EINVAL },
	{ "tcp://h:*", EINVAL }, { "tcp://*:5", EINVAL }, { "tcp://-a:5", EINVAL },
	{ "tcp://_a:5", EINVAL }, { "tcp://a b:5", EINVAL }, { "tcp://h:-1", EINVAL },
	{ "tcp://h:5/x", EINVAL }, { "tcp://h", EINVAL }, { "tcp://;h:5", EINVAL },
	{ "tcp://localhost:invalid", EINVAL }, { "tcp://in val id:1234", EINVAL },
	{ "tcp://192.168.0.200:*", EINVAL }, { "tcp://h:", EINVAL },
	/* nonsense that is only found out later, again and again */
	{ "tcp://127.0.0.1:1", 0 }, { "tcp://localhost:1234", 0 }, { "tcp://[::1]:1234", 0 },
	{ "tcp://:5", 0 }, { "tcp://lo:5", 0 }, { "tcp://127.0.0.1:65536", 0 },
	{ "tcp://127.0.0.1:5x", 0 },
	{ "ipc:///nonexistent/x", 0 }, { "ipc://@zt-none", 0 }, { "ipc://*", 0 },
	{ "ipc://@", EINVAL },
	/* stock blocks zmq_ctx_term() for as long as it looks for a name server */
	{ "tcp://h:65536", 0, ROW_SHIM }, { "tcp://no.such.host.invalid:5", 0, ROW_SHIM },
	 { "tcp://0.0.0.0:5", 0 },
	{ "tcp://127.0.0.1:0;localhost:1234", 0 }, { "tcp://localhost:20778;localhost:1235", 0 },
	{ "tcp://lo:20779;localhost:1235", 0 },
};

static void rows_check(int (*call)(void *, const char *), const struct row *rows, size_t count,
		       const char *what)
{
	void *ctx = za_ctx();
	size_t i;

	for (i = 0; i < count; i++) {
		void *s;
		int rc;

		if (rows[i].who == ROW_SHIM && zt_lib_here() != ZT_SHIM)
			continue;
		s = za_socket(ctx, ZMQ_PULL);
		errno = 0;
		rc = call(s, rows[i].ep);
		if (rows[i].error ? rc != -1 || errno != rows[i].error : rc)
			zt_fail("%s(\"%s\"): expected errno %d (%s), got %d, errno %d (%s)", what,
				rows[i].ep, rows[i].error, strerror(rows[i].error), rc, errno,
				zmq_strerror(errno));
		za_close(s);
	}
	za_term(ctx);
}

static void bind_grammar(const void *arg)
{
	(void)arg;
	rows_check(zmq_bind, bind_rows, ZT_ARRAY(bind_rows), "bind");
}

static void connect_grammar(const void *arg)
{
	(void)arg;
	rows_check(zmq_connect, connect_rows, ZT_ARRAY(connect_rows), "connect");
}

static void null_endpoint(const void *arg)
{
	void *ctx = za_ctx();
	void *s = za_socket(ctx, ZMQ_PULL);

	(void)arg;
	/* libzmq 4.3.4 aborts the process here. */
	if (zt_lib_here() == ZT_SHIM) {
		zt_err(zmq_bind(s, NULL), EINVAL);
		zt_err(zmq_connect(s, NULL), EINVAL);
		zt_err(zmq_unbind(s, NULL), EINVAL);
		zt_err(zmq_disconnect(s, NULL), EINVAL);
	}
	zt_err(zmq_unbind(s, "nonsense"), EINVAL);
	zt_err(zmq_disconnect(s, "invalid://x"), EPROTONOSUPPORT);
	za_close(s);
	za_term(ctx);
}

/* A message from @from reaches @to. */
static void passes(void *from, void *to)
{
	za_put(from, "x", 0);
	za_want(to, "x", 0);
}

/* LAST_ENDPOINT: numeric with the real port for bind, as given for connect. */
static void last_endpoint(const void *arg)
{
	void *ctx = za_ctx();
	void *pull = za_socket(ctx, ZMQ_PULL), *push;
	char ep[256], want[256];
	int port = zt_port();

	(void)arg;
	za_last(pull, ep);
	zt_check(!strcmp(ep, ""));
	sprintf(want, "tcp://127.0.0.1:%d", port);
	za_bind(pull, want);
	za_last(pull, ep);
	zt_check(!strcmp(ep, want));
	za_bind(pull, "tcp://lo:*");
	za_last(pull, ep);
	zt_check(!strncmp(ep, "tcp://127.0.0.1:", 16) && strcmp(ep, want));
	push = za_socket(ctx, ZMQ_PUSH);
	za_connect(push, ep);
	passes(push, pull);
	za_close(push);
	za_bind(pull, "tcp://*:*");
	za_last(pull, ep);
	zt_check(!strncmp(ep, "tcp://0.0.0.0:", 14));
	/* Connecting to the wildcard address reaches loopback. */
	push = za_socket(ctx, ZMQ_PUSH);
	za_connect(push, ep);
	passes(push, pull);
	sprintf(want, "tcp://localhost:%d", port);
	za_connect(push, want);
	za_last(push, ep);
	zt_check(!strcmp(ep, want));
	/* A bind that failed leaves it alone. */
	za_last(pull, ep);
	zt_err(zmq_bind(pull, "tcp://127.0.0.1:abc"), EINVAL);
	za_last(pull, want);
	zt_check(!strcmp(ep, want));
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

static void address_in_use(const void *arg)
{
	void *ctx = za_ctx();
	void *a = za_socket(ctx, ZMQ_PULL), *b = za_socket(ctx, ZMQ_PULL);
	char ep[256];

	(void)arg;
	za_bind_any(a, ep);
	zt_err(zmq_bind(b, ep), EADDRINUSE);
	zt_err(zmq_bind(a, ep), EADDRINUSE);
	zt_ok(zmq_unbind(a, ep));
	/* libzmq's listener closes on another thread. */
	zt_until(!zmq_bind(b, ep), ZA_TIMEO);
	za_close(a);
	za_close(b);
	za_term(ctx);
}

static void ipv6(const void *arg)
{
	void *ctx = za_ctx();
	void *pull = za_socket(ctx, ZMQ_PULL), *push = za_socket(ctx, ZMQ_PUSH);
	void *plain = za_socket(ctx, ZMQ_PUSH);
	char ep[256], v4[300];

	(void)arg;
	za_set(pull, ZMQ_IPV6, 1);
	za_set(push, ZMQ_IPV6, 1);
	zt_eq(za_get(pull, ZMQ_IPV4ONLY), 0);
	za_bind(pull, "tcp://[::1]:*");
	za_last(pull, ep);
	zt_check(!strncmp(ep, "tcp://[::1]:", 12));
	za_connect(push, ep);
	passes(push, pull);
	zt_ok(zmq_disconnect(push, ep));
	za_bind(pull, "tcp://127.0.0.1:*");
	za_last(pull, ep);
	zt_check(!strncmp(ep, "tcp://[::ffff:127.0.0.1]:", 25));
	/* Dual-stack wildcard: an IPv4 client comes in as well. */
	za_bind(pull, "tcp://*:*");
	za_last(pull, ep);
	zt_check(!strncmp(ep, "tcp://[::]:", 11));
	sprintf(v4, "tcp://127.0.0.1:%s", ep + 11);
	za_connect(plain, v4);
	passes(plain, pull);
	za_connect(push, ep);
	passes(push, pull);
	zt_err(zmq_bind(pull, "tcp://[::1%]:*"), EINVAL);
	za_close(plain);
	za_close(push);
	za_close(pull);
	za_term(ctx);
}

/* The local address and port of a connection can be chosen. */
static void source_address(const void *arg)
{
	void *ctx = za_ctx();
	void *pull[2], *push[2];
	int port = zt_port(), i;
	char ep[256], full[512];

	(void)arg;
	/* One source port towards two destinations. */
	for (i = 0; i < 2; i++) {
		pull[i] = za_socket(ctx, ZMQ_PULL);
		push[i] = za_socket(ctx, ZMQ_PUSH);
		za_bind_any(pull[i], ep);
		sprintf(full, "tcp://127.0.0.1:%d;%s", port, ep + 6);
		za_connect(push[i], full);
		passes(push[i], pull[i]);
		za_last(push[i], ep);
		zt_check(!strcmp(ep, full));
	}
	zt_ok(zmq_disconnect(push[1], full));
	zt_err(zmq_disconnect(push[1], full), ENOENT);
	for (i = 0; i < 2; i++) {
		za_close(push[i]);
		za_close(pull[i]);
	}
	za_term(ctx);
}

/* What names a binding: its LAST_ENDPOINT, or what resolves to it. */
static void unbind(const void *arg)
{
	void *ctx = za_ctx();
	void *s = za_socket(ctx, ZMQ_PULL), *push = za_socket(ctx, ZMQ_PUSH);
	int port = zt_port();
	char ep[256], last[256];

	(void)arg;
	sprintf(ep, "tcp://*:%d", port);
	za_bind(s, ep);
	zt_err(zmq_unbind(s, ep), ENOENT);
	sprintf(ep, "tcp://0.0.0.0:%d", port);
	zt_ok(zmq_unbind(s, ep));
	zt_err(zmq_unbind(s, ep), ENOENT);
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	zt_until(!zmq_bind(s, ep), ZA_TIMEO);
	sprintf(ep, "tcp://localhost:%d", port);
	zt_ok(zmq_unbind(s, ep));
	sprintf(ep, "tcp://lo:%d", port);
	zt_until(!zmq_bind(s, ep), ZA_TIMEO);
	zt_err(zmq_unbind(s, ep), ENOENT);
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	/* disconnect() does the same. */
	zt_ok(zmq_disconnect(s, ep));
	za_bind(s, "tcp://127.0.0.1:*");
	zt_err(zmq_unbind(s, "tcp://127.0.0.1:*"), ENOENT);
	za_last(s, last);
	/* unbind() cuts the connections that came in through it. */
	za_connect(push, last);
	passes(push, s);
	zt_ok(zmq_unbind(s, last));
	za_set(push, ZMQ_IMMEDIATE, 1);
	za_put(push, "x", ZMQ_DONTWAIT);
	za_quiet(s, zt_scaled(200));
	za_close(push);
	za_close(s);
	za_term(ctx);
}

static void disconnect(const void *arg)
{
	void *ctx = za_ctx();
	void *push = za_socket(ctx, ZMQ_PUSH), *req = za_socket(ctx, ZMQ_REQ);
	int port = zt_port();
	char ep[256], other[256];

	(void)arg;
	sprintf(ep, "tcp://localhost:%d", port);
	sprintf(other, "tcp://127.0.0.1:%d", port);
	zt_err(zmq_disconnect(push, ep), ENOENT);
	za_connect(push, ep);
	zt_err(zmq_disconnect(push, other), ENOENT);
	zt_ok(zmq_disconnect(push, ep));
	za_connect(push, other);
	zt_ok(zmq_disconnect(push, ep));
	/* Three connections to one endpoint go at once. */
	za_connect(push, ep);
	za_connect(push, ep);
	za_connect(push, ep);
	zt_ok(zmq_disconnect(push, ep));
	zt_err(zmq_disconnect(push, ep), ENOENT);
	zt_err(zmq_send(push, "x", 1, ZMQ_DONTWAIT), EAGAIN);
	/* REQ takes a second connect to the same endpoint for the first. */
	za_connect(req, ep);
	za_connect(req, ep);
	zt_ok(zmq_disconnect(req, ep));
	zt_err(zmq_disconnect(req, ep), ENOENT);
	za_close(push);
	za_close(req);
	za_term(ctx);
}

/* A PUSH with two connections to one endpoint really has two. */
static void connect_twice(const void *arg)
{
	void *ctx = za_ctx();
	void *push = za_socket(ctx, ZMQ_PUSH), *req = za_socket(ctx, ZMQ_REQ);
	char ep[256];
	int sent;

	(void)arg;
	sprintf(ep, "tcp://127.0.0.1:%d", zt_port());
	za_set(push, ZMQ_SNDHWM, 3);
	za_connect(push, ep);
	za_connect(push, ep);
	for (sent = 0; zmq_send(push, "x", 1, ZMQ_DONTWAIT) == 1; sent++)
		;
	zt_eq(sent, 6);
	za_close(push);
	za_close(req);
	za_term(ctx);
}

static const struct zt_case cases[] = {
	{ "bind_grammar", bind_grammar },
	{ "connect_grammar", connect_grammar },
	{ "null_and_malformed", null_endpoint },
	{ "last_endpoint", last_endpoint },
	{ "address_in_use", address_in_use },
	{ "ipv6", ipv6 },
	{ "source_address", source_address },
	{ "unbind", unbind },
	{ "disconnect", disconnect },
	{ "connect_twice", connect_twice },
};

int main(int argc, char **argv)
{
	zt_netns();
	zt_lib_check(zt_lib_here());
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
