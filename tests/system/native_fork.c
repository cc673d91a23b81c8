// SPDX-License-Identifier: GPL-2.0-only
/*
 * A descriptor in many hands: fork, dup, exec, SCM_RIGHTS; one a socket, and what
 * happens when there are no more.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

#define PARTS 3
#define EXEC_FD "NATIVE_FORK_FD"

/* What this program is after exec: it sends by the descriptor, if it has it. */
static void __attribute__((constructor)) after_exec(void)
{
	const char *text = getenv(EXEC_FD);

	if (!text)
		return;
	_exit(send(atoi(text), "after exec", 10, 0) == 10 ? 0 : errno);
}

static pid_t start(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	zt_check(pid >= 0);
	return pid;
}

static int ended(pid_t pid)
{
	int status;

	zt_eq(waitpid(pid, &status, 0), pid);
	return status;
}

/* Two processes, one socket */

static void send_many(int fd, int who, unsigned int count)
{
	unsigned int i, part;
	char text[32];

	for (i = 0; i < count; i++) {
		for (part = 0; part < PARTS; part++) {
			sprintf(text, "%d %u %u", who, i, part);
			nz_put(fd, text, part + 1 < PARTS ? MSG_MORE : 0);
		}
	}
}

/* Whole messages of two senders, each one's in order. */
static void want_many(int fd, unsigned int count)
{
	unsigned int next[2] = { 0 }, i, part;
	char text[32], want[32];
	int who;

	for (i = 0; i < 2 * count; i++) {
		memset(text, 0, sizeof(text));
		zt_check(recv(fd, text, sizeof(text) - 1, 0) > 0);
		who = *text - '0';
		zt_check(who == 0 || who == 1);
		for (part = 0; part < PARTS; part++) {
			sprintf(want, "%d %u %u", who, next[who], part);
			if (part)
				nz_want(fd, want, part + 1 < PARTS);
			else
				zt_check(!strcmp(text, want));
		}
		next[who]++;
	}
	zt_eq(next[0], next[1]);
}

/* Two processes send; one of them is the other's child, and one ends first. */
static void both_send(bool child_first)
{
	unsigned int count = zt_count(1000);
	pid_t parent, child;
	struct nz_pair p;
	int alive[2];
	char c;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	zt_ok(nz_set(p.b, ZMQ_LINGER, -1));
	zt_ok(pipe(alive));
	parent = start();
	if (!parent) {
		close(p.a);
		child = start();
		close(alive[child ? 0 : 1]);
		send_many(p.b, child ? 0 : 1, count);
		if (child && child_first)
			zt_eq(ended(child), 0);
		if (!child && !child_first)
			zt_eq(read(alive[0], &c, 1), 0);
		if (!child != child_first)
			nz_put(p.b, "last", 0);
		_exit(0);
	}
	close(p.b);
	close(alive[0]);
	close(alive[1]);
	want_many(p.a, count);
	nz_want(p.a, "last", 0);
	zt_eq(ended(parent), 0);
	nz_quiet(p.a, 0);
	close(p.a);
}

TEST(child_goes_first)
{
	both_send(true);
}

TEST(parent_goes_first)
{
	both_send(false);
}

static unsigned int read_many(int fd)
{
	char first[32], text[32];
	unsigned int got, part;
	ssize_t n;

	for (got = 0;; got++) {
		n = recv(fd, first, sizeof(first) - 1, 0);
		zt_check(n > 0);
		first[n] = 0;
		if (!strcmp(first, "end"))
			return got;
		for (part = 1; part < PARTS; part++) {
			n = recv(fd, text, sizeof(text) - 1, 0);
			zt_check(n > 0);
			text[n] = 0;
			first[strlen(first) - 1] = '0' + part;
			zt_check(!strcmp(first, text));
		}
	}
}

/* Each gets whole messages, together they get all. */
TEST(both_read)
{
	unsigned int count = zt_count(2000), got, theirs;
	int result[2];
	struct nz_pair p;
	pid_t reader, sender;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	ASSERT_EQ(0, pipe(result));
	reader = start();
	if (!reader) {
		got = read_many(p.a);
		zt_eq(write(result[1], &got, sizeof(got)), sizeof(got));
		_exit(0);
	}
	sender = start();
	if (!sender) {
		send_many(p.b, 0, count);
		nz_put(p.b, "end", 0);
		nz_put(p.b, "end", 0);
		_exit(0);
	}
	got = read_many(p.a);
	ASSERT_EQ(sizeof(theirs), read(result[0], &theirs, sizeof(theirs)));
	EXPECT_EQ(count, got + theirs);
	EXPECT_EQ(0, ended(reader));
	EXPECT_EQ(0, ended(sender));
	close(result[0]);
	close(result[1]);
	nz_pair_close(&p);
}

/* One asks, the other one hears the answer. */
TEST(turns_are_the_sockets)
{
	struct nz_pair p;
	pid_t child;

	nz_pair(&p, ZMQ_REP, ZMQ_REQ);
	child = start();
	if (!child) {
		nz_put(p.b, "question", 0);
		_exit(0);
	}
	ASSERT_EQ(0, ended(child));
	nz_want(p.a, "question", 0);
	nz_put(p.a, "answer", 0);
	nz_want(p.b, "answer", 0);
	nz_pair_close(&p);
}

/* A child that is killed in the middle of a message */

/* It begins a message, or has begun to read one, and stays there. */
static pid_t begin(int fd, bool reads)
{
	int ready[2];
	pid_t pid;
	char c;

	zt_ok(pipe(ready));
	pid = start();
	if (!pid) {
		if (reads)
			nz_want(fd, "one", 1);
		else
			nz_put(fd, "one", MSG_MORE);
		zt_eq(write(ready[1], "x", 1), 1);
		for (;;)
			pause();
	}
	zt_eq(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* A socket with room for one message, and nobody to take it. */
static int room_for_one(void)
{
	int fd = nz_socket(ZMQ_PUSH);

	zt_ok(nz_set(fd, ZMQ_SNDHWM, 1));
	zt_ok(nz_connect(fd, "tcp://127.0.0.1:9"));
	return fd;
}

TEST(half_sent_by_the_dead)
{
	int fd = room_for_one();
	pid_t pid = begin(fd, false);

	EXPECT_EQ(0, nz_poll(fd, POLLOUT, 0));
	zt_err(send(fd, "mine", 4, MSG_DONTWAIT), EAGAIN);
	kill(pid, SIGKILL);
	ended(pid);
	EXPECT_EQ(POLLOUT, nz_poll(fd, POLLOUT, 0));
	nz_put(fd, "mine", MSG_DONTWAIT);
	close(fd);
}

/* It has ended, though nobody has waited for it: so has its message. */
TEST(half_sent_by_a_zombie)
{
	int fd = room_for_one();
	pid_t pid = begin(fd, false);
	siginfo_t info;

	kill(pid, SIGKILL);
	ASSERT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	nz_put(fd, "mine", 0);
	ended(pid);
	close(fd);
}

static void *put_mine(void *arg)
{
	nz_put(*(int *)arg, "mine", 0);
	return NULL;
}

static void *poll_out(void *arg)
{
	nz_until(*(int *)arg, POLLOUT);
	return NULL;
}

static void somebody_waits(void *(*wait)(void *arg))
{
	int fd = room_for_one();
	pid_t pid = begin(fd, false);
	pthread_t thread;

	zt_eq(pthread_create(&thread, NULL, wait, &fd), 0);
	zt_until(zt_others_asleep(), NZ_TIMEO);
	kill(pid, SIGKILL);
	ended(pid);
	zt_until(!pthread_tryjoin_np(thread, NULL), NZ_TIMEO / 2);
	close(fd);
}

TEST(sender_waits_for_the_dead)
{
	somebody_waits(put_mine);
}

TEST(poll_waits_for_the_dead)
{
	somebody_waits(poll_out);
}

TEST(half_read_by_the_dead)
{
	struct nz_pair p;
	pid_t pid;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	nz_put(p.b, "one", MSG_MORE);
	nz_put(p.b, "two", 0);
	nz_put(p.b, "next", 0);
	pid = begin(p.a, true);
	kill(pid, SIGKILL);
	ended(pid);
	nz_want(p.a, "next", 0);
	nz_quiet(p.a, 0);
	nz_pair_close(&p);
}

/* Copies of a descriptor */

TEST(dup2_and_flags)
{
	long before = nz_baseline(0);
	struct nz_pair p, q;
	int copy;
	char c;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	nz_pair(&q, ZMQ_PULL, ZMQ_PUSH);
	/* What was there is closed. */
	ASSERT_EQ(q.b, dup2(p.b, q.b));
	zt_until(nz_sockets() == before + 3, NZ_TIMEO);
	nz_put(q.b, "by the copy", 0);
	nz_want(p.a, "by the copy", 0);
	copy = fcntl(p.a, F_DUPFD_CLOEXEC, 100);
	ASSERT_GE(copy, 100);
	EXPECT_EQ(FD_CLOEXEC, fcntl(copy, F_GETFD));
	/* The state is the socket's, whoever changes it. */
	ASSERT_EQ(0, fcntl(copy, F_SETFL, O_NONBLOCK));
	zt_err(recv(p.a, &c, 1, 0), EAGAIN);
	close(p.a);
	close(p.b);
	EXPECT_EQ(before + 3, nz_sockets());
	nz_put(q.b, "between copies", 0);
	nz_until(copy, POLLIN);
	nz_want(copy, "between copies", 0);
	close(copy);
	nz_pair_close(&q);
	zt_until(nz_sockets() == before, NZ_TIMEO);
}

/* The child's status: 0, or the errno that it met. */
static int exec_with(int fd)
{
	char text[32], *env[] = { NULL, NULL }, *args[] = { "native_fork", NULL };
	int status;
	pid_t pid;

	sprintf(text, EXEC_FD "=%d", fd);
	env[0] = text;
	pid = start();
	if (!pid) {
		execve("/proc/self/exe", args, env);
		_exit(255);
	}
	status = ended(pid);
	zt_check(WIFEXITED(status));
	return WEXITSTATUS(status);
}

TEST(exec)
{
	long before = nz_baseline(0);
	struct nz_pair p;

	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	EXPECT_EQ(EBADF, exec_with(p.b));
	ASSERT_EQ(0, fcntl(p.b, F_SETFD, 0));
	EXPECT_EQ(0, exec_with(p.b));
	nz_want(p.a, "after exec", 0);
	nz_pair_close(&p);
	zt_until(nz_sockets() == before, NZ_TIMEO);
}

/* Descriptors on their way */

static void pass(int channel, const int *fds, int count)
{
	char space[CMSG_SPACE(4 * sizeof(int))] = "", c = 'x';
	struct iovec iov = { &c, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = space };
	struct cmsghdr *cmsg = (void *)space;

	msg.msg_controllen = CMSG_SPACE(count * sizeof(int));
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(cmsg), fds, count * sizeof(int));
	zt_eq(sendmsg(channel, &msg, 0), 1);
}

/* Its maker has exited, nobody has a descriptor: what arrives meanwhile is kept. */
TEST(passed_by_a_process_that_exits)
{
	int channel[2], push = nz_socket(ZMQ_PUSH), pull;
	char ep[256] = "";
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	pid = start();
	if (!pid) {
		pull = nz_socket(ZMQ_PULL);
		nz_bind_any(pull, ep);
		zt_eq(write(channel[1], ep, sizeof(ep)), sizeof(ep));
		pass(channel[1], &pull, 1);
		_exit(0);
	}
	ASSERT_EQ(0, ended(pid));
	ASSERT_EQ(sizeof(ep), read(channel[0], ep, sizeof(ep)));
	ASSERT_EQ(0, nz_connect(push, ep));
	nz_put(push, "on the way", 0);
	pull = nz_take_fd(channel[0]);
	nz_want(pull, "on the way", 0);
	close(pull);
	close(push);
	close(channel[0]);
	close(channel[1]);
}

TEST(passed_and_never_taken)
{
	long before = nz_baseline(0);
	struct nz_pair p;
	int channel[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	nz_pair(&p, ZMQ_PULL, ZMQ_PUSH);
	pass(channel[0], &p.a, 1);
	pass(channel[0], &p.b, 1);
	nz_pair_close(&p);
	EXPECT_EQ(before + 2, nz_sockets());
	close(channel[0]);
	EXPECT_EQ(before + 2, nz_sockets());
	close(channel[1]);
	zt_until(nz_sockets() == before, NZ_TIMEO);
}

/* Only a UNIX socket on its way through itself knows of it: garbage. */
TEST(passed_in_a_circle)
{
	long before = nz_baseline(0);
	int channel[2], fds[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	fds[0] = channel[1];
	fds[1] = nz_socket(ZMQ_PULL);
	pass(channel[0], fds, 2);
	close(fds[1]);
	close(channel[0]);
	close(channel[1]);
	EXPECT_EQ(before + 1, nz_sockets());
	/* Closing any UNIX socket looks for such. */
	do
		close(socket(AF_UNIX, SOCK_STREAM, 0));
	while (nz_sockets() != before);
}

/* How many descriptors? */

static int entries(const char *path)
{
	DIR *dir = opendir(path);
	int count = 0;

	zt_check(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

TEST(one_descriptor_a_socket)
{
	static const char *const any[] = { "tcp://127.0.0.1:*", "inproc://one" };
	int before = entries("/proc/self/fd"), threads = entries("/proc/self/task");
	int pull, push[4], i, k;
	char ep[256];

	for (k = 0; k < (int)ZT_ARRAY(any); k++) {
		pull = nz_socket(ZMQ_PULL);
		EXPECT_EQ(before + 1, entries("/proc/self/fd"));
		nz_bind_on(pull, any[k], ep);
		for (i = 0; i < (int)ZT_ARRAY(push); i++) {
			push[i] = nz_socket(ZMQ_PUSH);
			ASSERT_EQ(0, nz_connect(push[i], ep));
			nz_put(push[i], "x", 0);
			nz_want(pull, "x", 0);
		}
		EXPECT_EQ(before + 5, entries("/proc/self/fd"));
		EXPECT_EQ(threads, entries("/proc/self/task"));
		for (i = 0; i < (int)ZT_ARRAY(push); i++)
			close(push[i]);
		close(pull);
		EXPECT_EQ(before, entries("/proc/self/fd"));
	}
}

/* At the limit a socket can't be made, but those that there are work, and accept. */
TEST(no_more_descriptors)
{
	struct rlimit old, limit;
	struct nz_pair p;
	int fd, first;

	first = nz_socket(ZMQ_PUSH);
	p.a = nz_socket(ZMQ_PULL);
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
	limit = old;
	limit.rlim_cur = p.a + 1;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	while ((fd = socket(nz_family(), SOCK_SEQPACKET, ZMQ_PULL)) >= 0)
		;
	EXPECT_EQ(EMFILE, errno);
	nz_bind_any(p.a, p.ep);
	ASSERT_EQ(0, nz_connect(first, p.ep));
	nz_put(first, "at the limit", 0);
	nz_want(p.a, "at the limit", 0);
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
	close(first);
	close(p.a);
}

/* The machine's limit, which binds ordinary users. */
TEST(no_more_files)
{
	static const char path[] = "/proc/sys/fs/file-max";
	unsigned long long old;
	int status, fd, many[500];
	FILE *file;
	size_t i;
	pid_t pid;

	if (geteuid())
		SKIP(return, "needs root");
	/* The kernel counts roughly. */
	for (i = 0; i < ZT_ARRAY(many); i++)
		zt_ok(many[i] = open("/dev/null", O_RDONLY | O_CLOEXEC));
	file = fopen(path, "r+e");
	ASSERT_TRUE(file);
	ASSERT_EQ(1, fscanf(file, "%llu", &old));
	rewind(file);
	ASSERT_LT(0, fprintf(file, "1"));
	ASSERT_EQ(0, fflush(file));
	pid = start();
	if (!pid) {
		zt_drop_root();
		fd = socket(nz_family(), SOCK_SEQPACKET, ZMQ_PULL);
		_exit(fd < 0 ? errno : 0);
	}
	status = ended(pid);
	rewind(file);
	ASSERT_LT(0, fprintf(file, "%llu", old));
	ASSERT_EQ(0, fclose(file));
	EXPECT_EQ(ENFILE, WEXITSTATUS(status));
	for (i = 0; i < ZT_ARRAY(many); i++)
		close(many[i]);
}

TEST_HARNESS_MAIN
