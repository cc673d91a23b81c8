// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every allocation of every call fails once: the call says so with an errno, a
 * second try works, and a success is a whole success. Needs a kernel with fault
 * injection; leaks are for kmemleak to find.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nsec.h"

#define DEBUGFS "/sys/kernel/debug"
#define NTH_MAX 2000
#define NTH_EACH 50
#define NTH_STEP 16
#define BIG (1024 * 1024)

struct state;

/**
 * struct subject - a call that is made to fail
 * @prepare: makes what it needs, without faults
 * @call: the call; -1 and errno when it failed
 * @verify: a success had its full effect
 * @errors: further errno values it may give, ended by 0
 * @idle: it may do without any memory
 */
struct subject {
	void (*prepare)(struct state *s);
	int (*call)(struct state *s);
	void (*verify)(struct state *s);
	int errors[3];
	bool idle;
};

/**
 * struct state - what a call works on
 * @pair: two connected sockets
 * @fd: result of socket()
 * @port: where bind() and connect() go
 * @parts: parts of the message that have been sent
 */
struct state {
	struct nz_pair pair;
	int fd;
	int port;
	int parts;
};

static int nth_fd;

/* Copying the number itself can be what fails, then the count is used up. */
static void nth_set(unsigned int nth)
{
	char text[16];

	sprintf(text, "%u", nth);
	while (pwrite(nth_fd, text, strlen(text), 0) < 0)
		zt_eq(errno, EFAULT);
}

/* Was the fault that nth_set() asked for injected? */
static bool nth_done(void)
{
	char text[16] = "";
	bool here = pread(nth_fd, text, sizeof(text) - 1, 0) < 0;

	nth_set(0);
	/* When reading the count failed, that was the fault: the call had none. */
	return !here && !atoi(text);
}

/* Faults in every allocation, silent in the log. */
static void faults_on(void)
{
	static const char *const attributes[] = { "failslab", "fail_page_alloc" };
	char path[128];
	size_t i;

	if (access(DEBUGFS "/failslab", F_OK))
		mount("debugfs", DEBUGFS, "debugfs", 0, NULL);
	for (i = 0; i < ZT_ARRAY(attributes); i++) {
		sprintf(path, DEBUGFS "/%s/verbose", attributes[i]);
		nz_write_file(path, "0");
		sprintf(path, DEBUGFS "/%s/ignore-gfp-wait", attributes[i]);
		nz_write_file(path, "N");
	}
	nz_write_file(DEBUGFS "/fail_page_alloc/min-order", "0");
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	zt_check(nth_fd >= 0);
}

/* EFAULT: copying to and from user memory fails as well. */
static bool no_memory(int error)
{
	return error == ENOMEM || error == ENOBUFS || error == EFAULT;
}

static bool error_fits(const struct subject *subject, int error)
{
	size_t i;

	if (no_memory(error))
		return true;
	for (i = 0; i < ZT_ARRAY(subject->errors) && subject->errors[i]; i++) {
		if (error == subject->errors[i])
			return true;
	}
	return false;
}

static void run_subject(const void *arg)
{
	const struct subject *subject = arg;
	unsigned int nth, failed = 0, survived = 0;
	struct state s;
	int rc, error;
	bool injected;

	faults_on();
	/* A megabyte takes a page after the other: there, not each is tried. */
	for (nth = 1; nth < NTH_MAX; nth += nth < NTH_EACH ? 1 : NTH_STEP) {
		memset(&s, 0, sizeof(s));
		subject->prepare(&s);
		nth_set(nth);
		rc = subject->call(&s);
		error = errno;
		injected = nth_done();
		if (rc < 0) {
			if (!injected || !error_fits(subject, error))
				zt_fail("fault %u: unexpected %s", nth, strerror(error));
			failed++;
			rc = subject->call(&s);
			if (rc < 0)
				zt_fail("fault %u: the second try failed: %s", nth,
					strerror(errno));
		} else if (injected) {
			survived++;
		}
		subject->verify(&s);
		if (!injected)
			break;
	}
	printf("# %u errors, %u overcome\n", failed, survived);
	zt_check(nth < NTH_MAX);
	/* recv() needs nothing but user memory, which can fail as well */
	zt_check(subject->idle || failed + survived > 0);
}

/* socket() */

static void nothing(struct state *s)
{
	s->fd = -1;
}

static int call_socket(struct state *s)
{
	s->fd = socket(nz_family(), SOCK_SEQPACKET | SOCK_CLOEXEC, ZMQ_PAIR);
	return s->fd;
}

static void verify_socket(struct state *s)
{
	zt_eq(nz_get(s->fd, ZMQ_TYPE), ZMQ_PAIR);
	zt_ok(close(s->fd));
}

/* bind(): a peer gets in */

static void make_pull(struct state *s)
{
	s->pair.a = nz_socket(ZMQ_PULL);
	s->pair.b = nz_socket(ZMQ_PUSH);
}

static int call_bind(struct state *s)
{
	return nz_bind(s->pair.a, "tcp://127.0.0.1:*");
}

static void verify_bind(struct state *s)
{
	nz_name(s->pair.a, s->pair.ep);
	zt_ok(nz_connect(s->pair.b, s->pair.ep));
	nz_put(s->pair.b, "x", 0);
	nz_want(s->pair.a, "x", 0);
	nz_pair_close(&s->pair);
}

/* connect() and its opposite */

static void make_bound(struct state *s)
{
	make_pull(s);
	nz_bind_any(s->pair.a, s->pair.ep);
}

static int call_connect(struct state *s)
{
	return nz_connect(s->pair.b, s->pair.ep);
}

static int call_connect_name(struct state *s)
{
	char ep[64];

	sprintf(ep, "tcp://localhost:%d", nz_port_of(s->pair.ep));
	return nz_set_str(s->pair.b, ZMQ_NATIVE_CONNECT, ep);
}

static void verify_connect(struct state *s)
{
	nz_put(s->pair.b, "x", 0);
	nz_want(s->pair.a, "x", 0);
	nz_pair_close(&s->pair);
}

static void make_connected(struct state *s)
{
	nz_pair(&s->pair, ZMQ_PULL, ZMQ_PUSH);
}

static int call_disconnect(struct state *s)
{
	return nz_set_str(s->pair.b, ZMQ_NATIVE_DISCONNECT, s->pair.ep);
}

static void verify_disconnect(struct state *s)
{
	zt_err(nz_set_str(s->pair.b, ZMQ_NATIVE_DISCONNECT, s->pair.ep), ENOENT);
	nz_pair_close(&s->pair);
}

/* send() */

static int call_send(struct state *s)
{
	return send(s->pair.b, "message", 7, 0);
}

static void verify_send(struct state *s)
{
	nz_want(s->pair.a, "message", 0);
	nz_quiet(s->pair.a, 2);
	nz_pair_close(&s->pair);
}

static int call_send_parts(struct state *s)
{
	static const char *const parts[] = { "one", "two", "three" };

	for (; s->parts < 3; s->parts++) {
		if (send(s->pair.b, parts[s->parts], strlen(parts[s->parts]),
			 s->parts < 2 ? MSG_MORE : 0) < 0)
			return -1;
	}
	return 0;
}

static void verify_send_parts(struct state *s)
{
	nz_want(s->pair.a, "one", 1);
	nz_want(s->pair.a, "two", 1);
	nz_want(s->pair.a, "three", 0);
	nz_quiet(s->pair.a, 2);
	nz_pair_close(&s->pair);
}

static int call_send_big(struct state *s)
{
	static char body[BIG];

	zt_fill(body, BIG, 5);
	return send(s->pair.b, body, BIG, 0);
}

static void verify_send_big(struct state *s)
{
	nz_want_big(s->pair.a, BIG, 5, 0);
	nz_pair_close(&s->pair);
}

/* recv() */

static void make_waiting(struct state *s)
{
	make_connected(s);
	call_send_parts(s);
	s->parts = 0;
	nz_until(s->pair.a, POLLIN);
}

static int call_recv(struct state *s)
{
	char buf[16];

	for (; s->parts < 3; s->parts++) {
		if (recv(s->pair.a, buf, sizeof(buf), 0) < 0)
			return -1;
	}
	return 0;
}

static void verify_recv(struct state *s)
{
	nz_put(s->pair.b, "end", 0);
	nz_want(s->pair.a, "end", 0);
	nz_pair_close(&s->pair);
}

static void make_waiting_big(struct state *s)
{
	make_connected(s);
	call_send_big(s);
	nz_until(s->pair.a, POLLIN);
}

static int call_recv_big(struct state *s)
{
	static char body[BIG + 1];
	ssize_t n = recv(s->pair.a, body, sizeof(body), 0);

	if (n < 0)
		return -1;
	zt_check(n == BIG && zt_same(body, BIG, 5));
	return 0;
}

/* close() can't fail; what it can't allocate may not matter. */

static int call_close(struct state *s)
{
	zt_ok(close(s->pair.b));
	return 0;
}

static void verify_close(struct state *s)
{
	zt_until(!nz_poll(s->pair.a, POLLOUT, 0), NZ_TIMEO);
	close(s->pair.a);
}

static void make_two_way(struct state *s)
{
	nz_pair(&s->pair, ZMQ_PAIR, ZMQ_PAIR);
}

/* Opened before: open() may fail as well while it rains. */
static void storm(int probability, bool rains)
{
	const char *text = rains ? "20" : "0";

	while (write(probability, text, strlen(text)) < 0)
		zt_check(errno == EFAULT || errno == ENOMEM);
}

/*
 * Workers are no part of any call: they meet random faults, a bounded number.
 * Calls and connections may fail meanwhile; afterwards all works again.
 */
static void workers(const void *arg)
{
	struct nz_pair p = { .a = nz_socket(ZMQ_PULL) };
	int i, push[8], round, probability;
	char buf[16];

	(void)arg;
	faults_on();
	probability = open(DEBUGFS "/failslab/probability", O_WRONLY | O_CLOEXEC);
	zt_check(probability >= 0);
	nz_bind_any(p.a, p.ep);
	for (round = 0; round < 5; round++) {
		nz_write_file(DEBUGFS "/failslab/task-filter", "N");
		nz_write_file(DEBUGFS "/failslab/times", "60");
		nz_write_file(DEBUGFS "/failslab/interval", "1");
		storm(probability, true);
		for (i = 0; i < 8; i++) {
			push[i] = socket(nz_family(), SOCK_SEQPACKET, ZMQ_PUSH);
			if (push[i] < 0)
				continue;
			nz_set(push[i], ZMQ_RECONNECT_IVL, 10);
			nz_connect(push[i], p.ep);
			send(push[i], "storm", 5, MSG_DONTWAIT);
			recv(p.a, buf, sizeof(buf), MSG_DONTWAIT);
		}
		zt_nap(50);
		storm(probability, false);
		for (i = 0; i < 8; i++)
			close(push[i]);
		/* After the storm. */
		p.b = nz_socket(ZMQ_PUSH);
		zt_ok(nz_connect(p.b, p.ep));
		nz_put(p.b, "calm", 0);
		do
			zt_ok(recv(p.a, buf, sizeof(buf), 0));
		while (memcmp(buf, "calm", 4));
		close(p.b);
	}
	close(p.a);
}

/**
 * struct handshake - a mechanism, and how often it is tried
 * @server: makes a socket its server
 * @client: and one its client
 * @asks: a ZAP handler is asked about the client
 * @last: so many allocations of the whole machine a handshake has at most, and one
 *	message
 */
struct handshake {
	void (*server)(int fd);
	void (*client)(int fd);
	bool asks;
	int last;
};

static void no_security(int fd)
{
	(void)fd;
}

static void asking_server(int fd)
{
	zt_ok(nz_set_str(fd, ZMQ_ZAP_DOMAIN, "domain"));
}

/* The first allocation of @nth from now on fails, of all tasks and interrupts. */
static void shower(int probability, int nth)
{
	char text[16];

	sprintf(text, "%d", nth);
	nz_write_file(DEBUGFS "/failslab/task-filter", "N");
	nz_write_file(DEBUGFS "/failslab/interval", text);
	nz_write_file(DEBUGFS "/failslab/times", "1");
	while (write(probability, "100", 3) < 0)
		zt_check(errno == EFAULT || errno == ENOMEM);
}

/*
 * Most of a handshake is the work of others than the caller. One fault in it costs a
 * call, or a connection, which is made anew; a message is sent until one arrives.
 */
static void handshakes(const void *arg)
{
	const struct handshake *h = arg;
	int nth, probability, handler = h->asks ? nz_zap_open() : -1;
	struct nz_pair p;
	char buf[16];

	faults_on();
	probability = open(DEBUGFS "/failslab/probability", O_WRONLY | O_CLOEXEC);
	zt_check(probability >= 0);
	for (nth = 1; nth < h->last; nth += 1 + nth / 8) {
		p.a = nz_socket(ZMQ_PULL);
		p.b = nz_socket(ZMQ_PUSH);
		h->server(p.a);
		h->client(p.b);
		zt_ok(nz_set(p.b, ZMQ_RECONNECT_IVL, 10));
		nz_bind_any(p.a, p.ep);
		shower(probability, nth);
		while (nz_connect(p.b, p.ep) < 0)
			zt_check(no_memory(errno) || errno == ENFILE);
		do {
			if (send(p.b, "message", 7, MSG_DONTWAIT) < 0)
				zt_check(no_memory(errno) || errno == EAGAIN);
			if (h->asks && nz_poll(handler, POLLIN, 50))
				nz_zap_answer(handler, "200");
		} while (!nz_poll(p.a, POLLIN, h->asks ? 5 : 50));
		storm(probability, false);
		zt_eq(recv(p.a, buf, sizeof(buf), 0), 7);
		nz_pair_close(&p);
	}
	if (h->asks)
		close(handler);
}

static const struct handshake with_null = { no_security, no_security, false, 400 };
static const struct handshake with_curve = { nz_curve_server, nz_curve_client, false, 600 };
static const struct handshake asking_null = { asking_server, no_security, true, 600 };
static const struct handshake asking_plain = { nz_plain_server, nz_plain_client, true, 600 };
static const struct handshake asking_curve = { nz_curve_server, nz_curve_client, true, 800 };

static const struct subject subjects[] = {
	{ nothing, call_socket, verify_socket, { ENFILE } },
	/* inet_csk_get_port() has no memory for the port: "in use" */
	{ make_pull, call_bind, verify_bind, { EADDRINUSE, ENFILE } },
	{ make_bound, call_connect, verify_connect, { ENFILE } },
	{ make_bound, call_connect_name, verify_connect, { ENFILE } },
	{ make_connected, call_disconnect, verify_disconnect },
	{ make_connected, call_send, verify_send },
	{ make_connected, call_send_parts, verify_send_parts },
	{ make_connected, call_send_big, verify_send_big },
	{ make_waiting, call_recv, verify_recv },
	{ make_waiting_big, call_recv_big, verify_recv },
	{ make_two_way, call_close, verify_close, .idle = true },
};

static const struct zt_case cases[] = {
	{ "socket", run_subject, &subjects[0], 60 },
	{ "bind", run_subject, &subjects[1], 60 },
	{ "connect", run_subject, &subjects[2], 60 },
	{ "connect_to_name", run_subject, &subjects[3], 60 },
	{ "disconnect", run_subject, &subjects[4], 60 },
	{ "send", run_subject, &subjects[5], 60 },
	{ "send_parts", run_subject, &subjects[6], 60 },
	{ "send_1_mib", run_subject, &subjects[7], 60 },
	{ "recv_parts", run_subject, &subjects[8], 60 },
	{ "recv_1_mib", run_subject, &subjects[9], 60 },
	{ "close", run_subject, &subjects[10], 60 },
	{ "workers", workers, .limit = 60 },
	{ "handshakes_null", handshakes, &with_null, 60 },
	{ "handshakes_curve", handshakes, &with_curve, 60 },
	{ "handshakes_null_zap", handshakes, &asking_null, 60 },
	{ "handshakes_plain_zap", handshakes, &asking_plain, 60 },
	{ "handshakes_curve_zap", handshakes, &asking_curve, 60 },
};

int main(int argc, char **argv)
{
	int status;

	zt_netns();
	/* A socket whose LINGER could not be set must not outlive the test by long. */
	nz_set_parameter("linger_max", 1000);
	status = zt_run(argc, argv, cases, ZT_ARRAY(cases));
	nz_set_parameter("linger_max", 60000);
	return status;
}
