// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fifty processes with sockets of all types in the middle of what they do, killed
 * at random and replaced. Afterwards no socket is left and the module can go. That
 * no memory is left either is for others to say: the account of a user warns when
 * its last socket goes and bytes do not, and kmemleak scans after the run.
 *
 * 15 seconds and 50 processes, both divided by ZT_STRESS; with ZT_STORM_SECONDS that long,
 * and all 50.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

#define PROCESSES 50
#define PROCESSES_MIN 12
#define SECONDS 15
#define SECONDS_MIN 6
#define SOCKETS 3
#define SLOTS 6

/**
 * struct kind - two sides that talk to each other
 * @binds: type of those that bind
 * @connects: type of the others
 */
struct kind {
	int binds;
	int connects;
};

static const struct kind kinds[] = {
	{ ZMQ_PULL, ZMQ_PUSH },	    { ZMQ_PUSH, ZMQ_PULL },   { ZMQ_PUB, ZMQ_SUB },
	{ ZMQ_XPUB, ZMQ_XSUB },	    { ZMQ_REP, ZMQ_REQ },     { ZMQ_ROUTER, ZMQ_DEALER },
	{ ZMQ_DEALER, ZMQ_REP },    { ZMQ_PAIR, ZMQ_PAIR },   { ZMQ_ROUTER, ZMQ_REQ },
};

FIXTURE(storm)
{
	long sockets;
	long refs;
	int port;
};

/* @format: of an endpoint, with its number */
FIXTURE_VARIANT(storm)
{
	const char *format;
};

FIXTURE_VARIANT_ADD(storm, tcp)
{
	.format = "tcp://127.0.0.1:%d",
};

FIXTURE_VARIANT_ADD(storm, ipc)
{
	.format = "ipc:///tmp/zmq-storm-%d",
};

FIXTURE_VARIANT_ADD(storm, inproc)
{
	.format = "inproc://storm-%d",
};

FIXTURE_SETUP(storm)
{
	self->sockets = nz_baseline(0);
	self->refs = nz_module_refs();
	self->port = 21000;
}

FIXTURE_TEARDOWN(storm)
{
}

static unsigned int dice(unsigned int *seed, unsigned int n)
{
	return rand_r(seed) % n;
}

/* One of the endpoints of a kind; who binds it first has it. */
static void endpoint(char *ep, const char *format, int port, unsigned int kind,
		     unsigned int *seed)
{
	sprintf(ep, format, port + kind * SLOTS + dice(seed, SLOTS));
}

static void act(int fd, unsigned int *seed)
{
	static char body[20000];
	unsigned int n;

	for (n = dice(seed, 6); n; n--)
		send(fd, body, dice(seed, 20) ? dice(seed, 300) : dice(seed, sizeof(body)),
		     MSG_DONTWAIT | (dice(seed, 3) ? 0 : MSG_MORE));
	for (n = dice(seed, 6); n; n--)
		recv(fd, body, sizeof(body), MSG_DONTWAIT);
	/* To be killed while it sleeps in each of these, too. */
	switch (dice(seed, 12)) {
	case 0:
		send(fd, "x", 1, 0);
		break;
	case 1:
		recv(fd, body, sizeof(body), 0);
		break;
	case 2:
		nz_poll(fd, POLLIN, 20);
		break;
	}
}

static void open_one(int *fd, const char *format, int port, unsigned int *seed)
{
	unsigned int k = dice(seed, ZT_ARRAY(kinds)), i;
	bool binds = dice(seed, 2);
	int type = binds ? kinds[k].binds : kinds[k].connects;
	char ep[64];

	*fd = nz_socket(type);
	nz_set(*fd, ZMQ_LINGER, dice(seed, 2) ? -1 : 100);
	nz_set(*fd, ZMQ_SNDTIMEO, 50);
	nz_set(*fd, ZMQ_RCVTIMEO, 50);
	nz_set(*fd, ZMQ_RECONNECT_IVL, 5);
	nz_set(*fd, ZMQ_SNDHWM, 1 + dice(seed, 50));
	if (type == ZMQ_SUB)
		nz_set_str(*fd, ZMQ_SUBSCRIBE, "");
	if (type == ZMQ_XSUB)
		send(*fd, "\1", 1, MSG_DONTWAIT);
	for (i = 0; i < 2; i++) {
		endpoint(ep, format, port, k, seed);
		if (binds)
			nz_bind(*fd, ep);
		else
			nz_connect(*fd, ep);
	}
}

/* Talks until it is killed. */
static void __attribute__((noreturn)) live(const char *format, int port, unsigned int seed)
{
	int fd[SOCKETS], i;

	for (i = 0; i < SOCKETS; i++)
		open_one(&fd[i], format, port, &seed);
	/* Two processes use them, and one may die in the middle of a message. */
	if (!dice(&seed, 2))
		fork();
	for (;;) {
		i = dice(&seed, SOCKETS);
		act(fd[i], &seed);
		if (!dice(&seed, 200)) {
			close(fd[i]);
			open_one(&fd[i], format, port, &seed);
		}
	}
}

/* A group of its own, so that what it forks dies with it. */
static pid_t spawn(const char *format, int port, unsigned int seed)
{
	pid_t pid = fork();

	zt_check(pid >= 0);
	if (!pid) {
		setpgid(0, 0);
		live(format, port, seed);
	}
	setpgid(pid, pid);
	return pid;
}

static void slay(pid_t pid)
{
	zt_ok(kill(-pid, SIGKILL));
	zt_eq(waitpid(pid, NULL, 0), pid);
}

static int seconds(void)
{
	const char *text = getenv("ZT_STORM_SECONDS");
	int n = zt_count(SECONDS);

	if (text)
		return atoi(text);
	return n < SECONDS_MIN ? SECONDS_MIN : n;
}

/* All of them where it counts; as many as a slow kernel can bear elsewhere. */
static unsigned int processes(void)
{
	unsigned int n = getenv("ZT_STORM_SECONDS") ? PROCESSES : zt_count(PROCESSES);

	return n < PROCESSES_MIN ? PROCESSES_MIN : n;
}

TEST_F_TIMEOUT(storm, kill, 1000)
{
	unsigned int seed = 1, killed = 0, count = processes(), i;
	long linger_max = -1;
	pid_t pids[PROCESSES];
	int64_t end;

	if (!geteuid()) {
		linger_max = nz_parameter("linger_max");
		nz_set_parameter("linger_max", 2000);
	}
	for (i = 0; i < count; i++)
		pids[i] = spawn(variant->format, self->port, ++seed);
	end = zt_now() + seconds() * 1000LL;
	while (zt_now() < end) {
		i = dice(&seed, count);
		slay(pids[i]);
		pids[i] = spawn(variant->format, self->port, ++seed + killed++);
		zt_nap(dice(&seed, 20));
	}
	EXPECT_GT(killed, 0);
	EXPECT_GT(nz_sockets(), self->sockets);
	for (i = 0; i < count; i++)
		slay(pids[i]);
	TH_LOG("%u processes killed", killed + count);
	zt_until(nz_sockets() == self->sockets, 2 * NZ_TIMEO);
	/* With lockdep the lower sockets hold the module, as long as TCP goes on. */
	zt_until(nz_module_refs() <= self->refs, 6 * NZ_TIMEO);
	if (linger_max >= 0)
		nz_set_parameter("linger_max", linger_max);
}

TEST_HARNESS_MAIN
