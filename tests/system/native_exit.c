// SPDX-License-Identifier: GPL-2.0-only
/*
 * After the end: what send() accepted is delivered when the socket was closed and
 * its process has exited or was killed; but for a limited time, whatever the peer
 * does, and then nothing of it is left.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

#include "wire.h"

#define PARTS 3
#define CGROUP "/sys/fs/cgroup/zmq_exit"
#define MIB (1024L * 1024)

/* What a process that is killed has to say to the one that kills it. */
struct told {
	unsigned int accepted;
	bool ready;
};

static struct told *told;

FIXTURE(exit)
{
	long before;
};

FIXTURE_VARIANT(exit)
{
	const char *any;
};

FIXTURE_VARIANT_ADD(exit, tcp)
{
	.any = "tcp://127.0.0.1:*",
};

FIXTURE_VARIANT_ADD(exit, ipc)
{
	.any = "ipc:///tmp/zmq-exit-test",
};

FIXTURE_SETUP(exit)
{
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, told);
	self->before = nz_baseline(0);
}

FIXTURE_TEARDOWN(exit)
{
	/* What this test made has gone, the kernel's part included. */
	zt_until(nz_sockets() == self->before, 2 * NZ_TIMEO);
	munmap(told, sizeof(*told));
}

static unsigned int accepted(void)
{
	return __atomic_load_n(&told->accepted, __ATOMIC_ACQUIRE);
}

/* Message number @i: parts of many lengths, one piece of memory and several. */
static size_t part_len(unsigned int i, unsigned int part)
{
	return 8 + (i * 37 + part * 101) % (i % 16 ? 300 : 9000);
}

/* Sends whole messages and counts them, until it is refused or there are @count. */
static void send_counting(int fd, unsigned int count, int flags)
{
	static char body[16384];
	unsigned int i, part;

	for (i = 0; i < count; i++) {
		for (part = 0; part < PARTS; part++) {
			size_t len = part_len(i, part);

			zt_fill(body, len, i * PARTS + part);
			if (send(fd, body, len, flags | (part + 1 < PARTS ? MSG_MORE : 0)) < 0)
				return;
		}
		__atomic_store_n(&told->accepted, i + 1, __ATOMIC_RELEASE);
	}
}

static void want_message(int fd, unsigned int i)
{
	unsigned int part;

	for (part = 0; part < PARTS; part++)
		nz_want_big(fd, part_len(i, part), i * PARTS + part, part + 1 < PARTS);
}

static int sender(const char *ep, int linger, int hwm)
{
	int fd = nz_socket(ZMQ_PUSH);

	zt_ok(nz_set(fd, ZMQ_LINGER, linger));
	zt_ok(nz_set(fd, ZMQ_SNDHWM, hwm));
	zt_ok(nz_connect(fd, ep));
	return fd;
}

static int reader(const char *any, char *ep)
{
	int fd = nz_socket(ZMQ_PULL);

	zt_ok(nz_set(fd, ZMQ_RCVHWM, 2));
	nz_bind_on(fd, any, ep);
	return fd;
}

static pid_t start(void)
{
	pid_t pid = fork();

	zt_check(pid >= 0);
	return pid;
}

static void finish(pid_t pid, bool killed)
{
	int status;

	if (killed)
		zt_ok(kill(pid, SIGKILL));
	zt_eq(waitpid(pid, &status, 0), pid);
	zt_eq(killed ? WIFSIGNALED(status) : status == 0, 1);
}

/* The peer is slow: most of it waits in the kernel when the socket is closed. */
TEST_F(exit, close_delivers)
{
	unsigned int i, count = zt_count(2000);
	int pull, push;
	char ep[256];

	pull = reader(variant->any, ep);
	push = sender(ep, -1, 0);
	send_counting(push, count, 0);
	ASSERT_EQ(count, accepted());
	close(push);
	EXPECT_EQ(self->before + 2, nz_sockets());
	for (i = 0; i < count; i++)
		want_message(pull, i);
	zt_until(nz_sockets() == self->before + 1, NZ_TIMEO);
	nz_quiet(pull, 0);
	close(pull);
}

/* The same with the process gone. */
TEST_F(exit, exit_delivers)
{
	unsigned int i, count = zt_count(2000);
	char ep[256];
	pid_t pid;
	int pull;

	pull = reader(variant->any, ep);
	pid = start();
	if (!pid) {
		send_counting(sender(ep, -1, 0), count, 0);
		_exit(0);
	}
	finish(pid, false);
	ASSERT_EQ(count, accepted());
	for (i = 0; i < count; i++)
		want_message(pull, i);
	zt_until(nz_sockets() == self->before + 1, NZ_TIMEO);
	nz_quiet(pull, 0);
	close(pull);
}

/* Killed anywhere in a send: the one under way may count, nothing else may differ. */
TEST_F(exit, kill_delivers)
{
	unsigned int i, round, rounds = zt_count(30);
	char ep[256];
	pid_t pid;
	int pull;

	for (round = 0; round < rounds; round++) {
		told->accepted = 0;
		pull = reader(variant->any, ep);
		pid = start();
		if (!pid) {
			/* Without and with a mark that it runs into. */
			send_counting(sender(ep, -1, round % 2 ? 20 : 0), 1000000, 0);
			_exit(1);
		}
		zt_until(accepted() > 10 + round * 3, NZ_TIMEO);
		finish(pid, true);
		for (i = 0; i < accepted(); i++)
			want_message(pull, i);
		zt_until(nz_sockets() == self->before + 1, NZ_TIMEO);
		/* TCP confirms bytes before it says that they are there. */
		if (nz_poll(pull, POLLIN, 20))
			want_message(pull, i);
		nz_quiet(pull, 0);
		close(pull);
	}
}

/* Killed in the middle of a message: nobody sees its beginning. */
TEST_F(exit, half_a_message_is_none)
{
	char ep[256];
	pid_t pid;
	int pull;

	pull = reader(variant->any, ep);
	pid = start();
	if (!pid) {
		int fd = sender(ep, -1, 10);

		send_counting(fd, 3, 0);
		nz_put(fd, "one", MSG_MORE);
		nz_put(fd, "two", MSG_MORE);
		__atomic_store_n(&told->ready, true, __ATOMIC_RELEASE);
		pause();
	}
	zt_until(__atomic_load_n(&told->ready, __ATOMIC_ACQUIRE), NZ_TIMEO);
	finish(pid, true);
	want_message(pull, 0);
	want_message(pull, 1);
	want_message(pull, 2);
	zt_until(nz_sockets() == self->before + 1, NZ_TIMEO);
	nz_quiet(pull, 0);
	close(pull);
}

/* The peer comes when the sender has long gone. */
TEST_F(exit, late_peer)
{
	unsigned int i, count = zt_count(500);
	char ep[256];
	pid_t pid;
	int pull;

	pull = reader(variant->any, ep);
	ASSERT_EQ(0, nz_set_str(pull, ZMQ_NATIVE_UNBIND, ep));
	pid = start();
	if (!pid) {
		int fd = nz_socket(ZMQ_PUSH);

		nz_set(fd, ZMQ_LINGER, -1);
		nz_set(fd, ZMQ_SNDHWM, 0);
		nz_set(fd, ZMQ_RECONNECT_IVL, 20);
		zt_ok(nz_connect(fd, ep));
		send_counting(fd, count, 0);
		_exit(0);
	}
	finish(pid, false);
	zt_until(!nz_bind(pull, ep), NZ_TIMEO);
	for (i = 0; i < count; i++)
		want_message(pull, i);
	zt_until(nz_sockets() == self->before + 1, NZ_TIMEO);
	close(pull);
}

/* LINGER counts from the end of the process, and is over when it is over. */
TEST_F(exit, linger_is_kept)
{
	int linger = zt_scaled(700), pull;
	int64_t killed;
	char ep[256];
	pid_t pid;

	pull = reader(variant->any, ep);
	ASSERT_EQ(0, nz_set_str(pull, ZMQ_NATIVE_UNBIND, ep));
	pid = start();
	if (!pid) {
		send_counting(sender(ep, linger, 0), 10, 0);
		pause();
	}
	zt_until(accepted() == 10, NZ_TIMEO);
	killed = zt_now();
	finish(pid, true);
	EXPECT_EQ(self->before + 2, nz_sockets());
	zt_until(nz_sockets() == self->before + 1, NZ_TIMEO);
	EXPECT_GE(zt_now() - killed, linger - ZT_EARLY_MS);
	close(pull);
}

/* Peers that will never take a byte: @fd is connected, then sends. */

static void nobody(int fd)
{
	zt_ok(nz_connect(fd, "tcp://127.0.0.1:9"));
}

/* What a SYN gets for an answer from an address that routers drop. */
static void black_hole(int fd)
{
	int port = zt_port(), full = wire_listen(port), i;
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	char ep[64];

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	zt_ok(listen(full, 0));
	for (i = 0; i < 8; i++)
		connect(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), (void *)&in, sizeof(in));
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	zt_ok(nz_connect(fd, ep));
}

static int connected(int fd)
{
	int port = zt_port(), listener = wire_listen(port);
	char ep[64];

	sprintf(ep, "tcp://127.0.0.1:%d", port);
	zt_ok(nz_connect(fd, ep));
	return wire_accept(listener);
}

static void never_greets(int fd)
{
	connected(fd);
}

static void never_reads(int fd)
{
	wire_handshake(connected(fd), "PULL");
}

FIXTURE(dead)
{
	long before;
	long linger_max;
};

FIXTURE_VARIANT(dead)
{
	void (*peer)(int fd);
};

FIXTURE_VARIANT_ADD(dead, nobody)
{
	.peer = nobody,
};

FIXTURE_VARIANT_ADD(dead, black_hole)
{
	.peer = black_hole,
};

FIXTURE_VARIANT_ADD(dead, never_greets)
{
	.peer = never_greets,
};

FIXTURE_VARIANT_ADD(dead, never_reads)
{
	.peer = never_reads,
};

FIXTURE_SETUP(dead)
{
	if (geteuid())
		SKIP(return, "needs root");
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, told);
	if (mkdir(CGROUP, 0755) && errno != EEXIST)
		SKIP(return, "no cgroups");
	self->before = nz_baseline(0);
	self->linger_max = nz_parameter("linger_max");
}

FIXTURE_TEARDOWN(dead)
{
	nz_set_parameter("linger_max", self->linger_max);
	zt_until(!rmdir(CGROUP), NZ_TIMEO);
}

/* The peer is a process of its own: it lives on, and is no part of the cgroup. */
static pid_t start_peer(const int *channel, void (*peer)(int fd))
{
	pid_t pid = start();
	char byte;
	int fd;

	if (pid)
		return pid;
	close(channel[0]);
	fd = nz_socket(ZMQ_PUSH);
	zt_ok(nz_set(fd, ZMQ_LINGER, -1));
	zt_ok(nz_set(fd, ZMQ_SNDHWM, 0));
	peer(fd);
	pid = start();
	if (!pid) {
		static char body[65536];
		long sent;

		nz_write_file(CGROUP "/cgroup.procs", "0");
		for (sent = 0; sent < 16 * MIB; sent += sizeof(body))
			zt_eq(send(fd, body, sizeof(body), 0), sizeof(body));
		__atomic_store_n(&told->ready, true, __ATOMIC_RELEASE);
		pause();
	}
	close(fd);
	zt_until(__atomic_load_n(&told->ready, __ATOMIC_ACQUIRE), NZ_TIMEO);
	finish(pid, true);
	zt_eq(write(channel[1], "x", 1), 1);
	/* Until the other side is closed. */
	zt_eq(read(channel[1], &byte, 1), 0);
	_exit(0);
}

/*
 * LINGER -1, 16 MiB, and the process is killed: it all stays, for linger_max, and
 * then nothing is left of it.
 */
TEST_F(dead, peer)
{
	int channel[2];
	int64_t killed;
	pid_t peer;
	char c;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel));
	nz_set_parameter("linger_max", zt_scaled(1000));
	peer = start_peer(channel, variant->peer);
	close(channel[1]);
	ASSERT_EQ(1, read(channel[0], &c, 1));
	killed = zt_now();
	EXPECT_EQ(self->before + 1, nz_sockets());
	EXPECT_GT(nz_number_in(CGROUP "/memory.current"), 15 * MIB);
	zt_until(nz_sockets() == self->before, NZ_TIMEO);
	TH_LOG("gone after %d ms", (int)(zt_now() - killed));
	/* Deferred frees, and what a processor keeps in stock. */
	zt_until(nz_number_in(CGROUP "/memory.current") < 2 * MIB, NZ_TIMEO);
	close(channel[0]);
	finish(peer, false);
}

TEST_HARNESS_MAIN
