// SPDX-License-Identifier: GPL-2.0-only
/*
 * Peers that connect and never complete their handshake: how many a listener has
 * at a time, whom that harms, and what they cost.
 *
 * ZT_HALF_OPEN is how many come in the large cases, 10000 in the figures of
 * SECURITY.md.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"
#include "crowd.h"

/* Keys, and a HELLO that is good for the server with these. */
#define u8 uint8_t
#include "../../kmod/tests/curve_vectors.h"

/* What a CURVE server has said after HELLO: greeting, and WELCOME with its header. */
#define WELCOMED (64 + 2 + 168)

#define CROWD 120
#define SOURCE_MAX 10
#define MAX 30

static const char *const limits[] = { "half_open_max", "half_open_source_max", "user_mem_max" };

FIXTURE(halfopen)
{
	long refs;
	long machine[ZT_ARRAY(limits)];
	int server;
	int port;
	char ep[256];
};

static int server_on(int port, char *ep)
{
	int fd = nz_socket(ZMQ_REP);

	/* Nothing but limits on their number is to end a connection. */
	zt_ok(nz_set(fd, ZMQ_HANDSHAKE_IVL, 0));
	zt_ok(nz_set(fd, ZMQ_BACKLOG, 1000));
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	zt_ok(nz_bind(fd, ep));
	return fd;
}

FIXTURE_SETUP(halfopen)
{
	size_t i;

	if (geteuid())
		SKIP(return, "needs root");
	for (i = 0; i < ZT_ARRAY(limits); i++)
		self->machine[i] = nz_parameter(limits[i]);
	self->refs = nz_module_refs();
	self->port = zt_port();
	self->server = server_on(self->port, self->ep);
	nz_set_sysctl("handshake_max", 300000);
	nz_set_sysctl("half_open_max", MAX);
	nz_set_sysctl("half_open_source_max", SOURCE_MAX);
}

FIXTURE_TEARDOWN(halfopen)
{
	size_t i;

	close(self->server);
	/* Each session holds its socket, so all have gone. */
	zt_until(nz_module_refs() == self->refs, NZ_TIMEO);
	for (i = 0; i < ZT_ARRAY(limits); i++)
		nz_set_parameter(limits[i], self->machine[i]);
}

static int client_from(int port, unsigned int host, bool curve)
{
	int fd = nz_socket(ZMQ_REQ);
	char ep[64];

	if (curve) {
		zt_ok(setsockopt(fd, SOL_ZMQ, ZMQ_CURVE_SERVERKEY, zmq_curve_server_public, 32));
		zt_ok(setsockopt(fd, SOL_ZMQ, ZMQ_CURVE_PUBLICKEY, zmq_curve_client_public, 32));
		zt_ok(setsockopt(fd, SOL_ZMQ, ZMQ_CURVE_SECRETKEY, zmq_curve_client_secret, 32));
	}
	sprintf(ep, "tcp://127.0.0.%u:0;127.0.0.1:%d", host, port);
	zt_ok(nz_connect(fd, ep));
	return fd;
}

static void exchange(int client, int server)
{
	nz_put(client, "question", 0);
	nz_want(server, "question", 0);
	nz_put(server, "answer", 0);
	nz_want(client, "answer", 0);
}

/* Who gets an answer was let in; returns the ms that it took. */
static int64_t served_by(int server, int port, unsigned int host, bool curve)
{
	int64_t start = zt_now();
	int fd = client_from(port, host, curve);

	exchange(fd, server);
	close(fd);
	return zt_now() - start;
}

static void served(int server, int port, unsigned int host)
{
	served_by(server, port, host, false);
}

/* One address takes what it may have, and costs nobody else anything. */
TEST_F(halfopen, one_source)
{
	struct crowd crowd = { 0 };
	int early = client_from(self->port, 1, false);
	long why = nz_stat("source_limit"), all = nz_stat("half_open_limit");

	exchange(early, self->server);
	crowd_come(&crowd, self->port, CROWD, 1, CROWD);
	EXPECT_EQ(SOURCE_MAX, crowd_standing(&crowd));
	EXPECT_EQ(CROWD - SOURCE_MAX, nz_stat("source_limit") - why);
	exchange(early, self->server);
	served(self->server, self->port, 2);
	/* Those were not the oldest of anything. */
	EXPECT_EQ(SOURCE_MAX, crowd_standing(&crowd));
	/* Of the same address: the oldest makes room, and comes back in the end. */
	served(self->server, self->port, 1);
	EXPECT_EQ(SOURCE_MAX - 1, crowd_standing(&crowd));
	EXPECT_EQ(CROWD - SOURCE_MAX + 1, nz_stat("source_limit") - why);
	EXPECT_EQ(0, nz_stat("half_open_limit") - all);
	exchange(early, self->server);
	crowd_go(&crowd);
	close(early);
}

/* Many addresses: the listener's limit, and the oldest of all goes. */
TEST_F(halfopen, many_sources)
{
	long why = nz_stat("half_open_limit"), source = nz_stat("source_limit");
	struct crowd crowd = { 0 };

	crowd_come(&crowd, self->port, CROWD, 1, 3);
	EXPECT_EQ(MAX, crowd_standing(&crowd));
	EXPECT_EQ(CROWD - MAX, nz_stat("half_open_limit") - why);
	served(self->server, self->port, 200);
	EXPECT_EQ(MAX - 1, crowd_standing(&crowd));
	/* Now there is room. */
	served(self->server, self->port, 1);
	EXPECT_EQ(MAX - 1, crowd_standing(&crowd));
	EXPECT_EQ(CROWD - MAX + 1, nz_stat("half_open_limit") - why);
	EXPECT_EQ(0, nz_stat("source_limit") - source);
	crowd_go(&crowd);
}

/* Listeners have limits of their own, also two of one socket. */
TEST_F(halfopen, each_listener)
{
	int other = zt_port();
	struct crowd crowd = { 0 }, crowd2 = { 0 };
	char ep[256];

	sprintf(ep, "tcp://127.0.0.1:%d", other);
	zt_ok(nz_bind(self->server, ep));
	crowd_come(&crowd, self->port, SOURCE_MAX, 1, SOURCE_MAX);
	crowd_come(&crowd2, other, SOURCE_MAX, 1, SOURCE_MAX);
	served(self->server, self->port, 2);
	EXPECT_EQ(SOURCE_MAX, crowd_standing(&crowd));
	EXPECT_EQ(SOURCE_MAX, crowd_standing(&crowd2));
	/* A listener that goes takes its own along. */
	zt_ok(nz_set_str(self->server, ZMQ_NATIVE_UNBIND, ep));
	zt_until(!crowd_standing(&crowd2), NZ_TIMEO);
	EXPECT_EQ(SOURCE_MAX, crowd_standing(&crowd));
	crowd_go(&crowd2);
	crowd_go(&crowd);
}

/* A limit that is lowered counts from the next connection on. */
TEST_F(halfopen, lowered)
{
	struct crowd crowd = { 0 };

	crowd_come(&crowd, self->port, SOURCE_MAX, 1, SOURCE_MAX);
	served(self->server, self->port, 2);
	EXPECT_EQ(SOURCE_MAX, crowd_standing(&crowd));
	nz_set_sysctl("half_open_max", 1);
	served(self->server, self->port, 2);
	EXPECT_EQ(0, crowd_standing(&crowd));
	crowd_go(&crowd);
}

/* ZMQ_HANDSHAKE_IVL 0, as server_on() has it, is for ever, within the namespace's limit. */
TEST_F(halfopen, deadline)
{
	long why = nz_stat("handshake_timeout");
	struct crowd crowd = { 0 };
	int other;

	/* All have to come within it. */
	nz_set_sysctl("handshake_max", zt_scaled(2000));
	other = zt_port();
	sprintf(self->ep, "tcp://127.0.0.1:%d", other);
	zt_ok(nz_bind(self->server, self->ep));
	crowd_come(&crowd, other, 8, 1, 8);
	EXPECT_EQ(8, crowd_standing(&crowd));
	zt_until(!crowd_standing(&crowd), NZ_TIMEO);
	EXPECT_EQ(8, nz_stat("handshake_timeout") - why);
	crowd_go(&crowd);
}

/* ipc: a source is a user. */
static int ipc_connect(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	zt_check(fd >= 0);
	/* The abstract name of the same length. */
	memcpy(un.sun_path + 1, path + 1, strlen(path) - 1);
	zt_ok(connect(fd, (void *)&un, offsetof(struct sockaddr_un, sun_path) + strlen(path)));
	return fd;
}

static void ipc_crowd(const char *path, unsigned int count)
{
	while (count--)
		ipc_connect(path);
}

TEST_F(halfopen, ipc_users)
{
	char ep[64], *path = ep + strlen("ipc://");
	long why = nz_stat("source_limit"), all = nz_stat("half_open_limit");
	int client = nz_socket(ZMQ_REQ), mine, hold[2];
	pid_t pid;

	sprintf(ep, "ipc://@halfopen-%d", getpid());
	zt_ok(nz_bind(self->server, ep));
	mine = ipc_connect(path);
	ASSERT_EQ(0, pipe(hold));
	pid = fork();
	ASSERT_GE(pid, 0);
	if (!pid) {
		close(hold[1]);
		zt_drop_root();
		ipc_crowd(path, 3 * SOURCE_MAX);
		_exit(read(hold[0], ep, 1));
	}
	close(hold[0]);
	zt_until(nz_stat("source_limit") - why == 2 * SOURCE_MAX, NZ_TIMEO);
	zt_ok(nz_connect(client, ep));
	exchange(client, self->server);
	/* It is as old as none of the other user's, and stays. */
	EXPECT_EQ(2 * SOURCE_MAX, nz_stat("source_limit") - why);
	EXPECT_EQ(0, nz_stat("half_open_limit") - all);
	close(hold[1]);
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	close(mine);
	close(client);
}

static unsigned int failures(int fd)
{
	struct zmq_sock_stats stats;
	socklen_t len = sizeof(stats);

	zt_ok(getsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_STATS, &stats, &len));
	return stats.failures;
}

/* They come without end: who has another address gets in at the first attempt. */
TEST_F(halfopen, storm)
{
	long why = nz_stat("source_limit");
	unsigned int count, i;
	struct storm storm;
	int fd;

	nz_set_sysctl("half_open_max", 200);
	nz_set_sysctl("half_open_source_max", 100);
	storm_begin(&storm, self->port);
	for (i = 0; i < 20; i++) {
		fd = client_from(self->port, 2 + i, false);
		exchange(fd, self->server);
		EXPECT_EQ(0, failures(fd));
		close(fd);
	}
	zt_until(nz_stat("source_limit") - why > 100, NZ_TIMEO);
	served(self->server, self->port, 1);
	count = storm_end(&storm);
	printf("# %u came, %ld were thrown out\n", count, nz_stat("source_limit") - why);
	EXPECT_GT(count, 200);
}

/* KiB of memory that the kernel's objects take. */
static long slab_kib(void)
{
	FILE *file = fopen("/proc/meminfo", "re");
	long kib, sum = 0;
	char line[256];

	zt_check(file);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "Slab: %ld", &kib) == 1 || sscanf(line, "Percpu: %ld", &kib) == 1)
			sum += kib;
	fclose(file);
	return sum;
}

/* All may stand, and count as half-open. */
static void allow(unsigned int count)
{
	nz_set_parameter("user_mem_max", 400L << 20);
	nz_set_parameter("half_open_max", count);
	nz_set_parameter("half_open_source_max", count);
	nz_set_sysctl("half_open_max", count);
	nz_set_sysctl("half_open_source_max", count);
}

/* The server is one of CURVE at endpoints bound from now on; returns the port of one. */
static int curve_server(int fd)
{
	int port = zt_port();
	char ep[64];

	zt_ok(nz_set(fd, ZMQ_CURVE_SERVER, 1));
	zt_ok(setsockopt(fd, SOL_ZMQ, ZMQ_CURVE_SECRETKEY, zmq_curve_server_secret, 32));
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	zt_ok(nz_bind(fd, ep));
	return port;
}

/*
 * What does a crowd cost of which all may stand, who gets through, and is all given
 * back?
 */
static void large(struct __test_metadata *_metadata, int server, int port, bool curve,
		  unsigned int count)
{
	struct crowd crowd = { .hello = curve ? zmq_curve_hello : NULL };
	long before = slab_kib(), cost;
	int64_t start = zt_now(), other, same;

	allow(count + 10);
	crowd_come(&crowd, port, count, 1, count);
	if (curve)
		zt_until(crowd_answered(&crowd, WELCOMED) == count, 60000);
	EXPECT_EQ(count, crowd_standing(&crowd));
	printf("# %u came within %d ms\n", count, (int)(zt_now() - start));
	cost = slab_kib() - before;
	other = served_by(server, port, 2, curve);
	same = served_by(server, port, 1, curve);
	EXPECT_EQ(count, crowd_standing(&crowd));
	printf("# served: from another address in %d ms, from theirs in %d ms\n", (int)other,
	       (int)same);
	printf("# memory: %ld bytes each, both ends and their files\n", cost * 1024 / count);
	crowd_go(&crowd);
	served_by(server, port, 1, curve);
	/*
	 * What the kernel keeps for the next of its own objects is not ours. One that looks
	 * for errors keeps more.
	 */
	if (zt_count(100) == 100)
		zt_until(slab_kib() - before < cost / 2 + 1024, NZ_TIMEO);
	printf("# memory: %ld of %ld KiB are still there now\n", slab_kib() - before, cost);
}

static unsigned int large_count(unsigned int usual)
{
	const char *text = getenv("ZT_HALF_OPEN");

	return text ? (unsigned int)atoi(text) : zt_count(usual);
}

TEST_F(halfopen, large)
{
	large(_metadata, self->server, self->port, false, large_count(1000));
}

/* Each has made the server compute, and lets it wait for INITIATE. */
TEST_F(halfopen, large_curve)
{
	large(_metadata, self->server, curve_server(self->server), true, large_count(200));
}

/* The same with limits: computing for many throws nobody out who was there first. */
TEST_F(halfopen, curve)
{
	int port = curve_server(self->server);
	struct crowd crowd = { .hello = zmq_curve_hello };
	long why = nz_stat("source_limit");

	crowd_come(&crowd, port, CROWD, 1, CROWD);
	EXPECT_EQ(SOURCE_MAX, crowd_standing(&crowd));
	EXPECT_EQ(CROWD - SOURCE_MAX, nz_stat("source_limit") - why);
	served_by(self->server, port, 2, true);
	EXPECT_EQ(SOURCE_MAX, crowd_standing(&crowd));
	served_by(self->server, port, 1, true);
	EXPECT_EQ(SOURCE_MAX - 1, crowd_standing(&crowd));
	crowd_go(&crowd);
}

TEST_HARNESS_MAIN
