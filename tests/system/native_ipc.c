// SPDX-License-Identifier: GPL-2.0-only
/* ipc://: addresses, files, filters, and messages; see native_ipc_peer for other peers. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"

/* A directory of our own, which we are in. */
static void own_dir(void)
{
	char dir[] = P_tmpdir "/nipcXXXXXX";

	zt_check(mkdtemp(dir));
	zt_ok(chmod(dir, 0755));
	zt_ok(chdir(dir));
}

static void where(char *ep, const char *name)
{
	char cwd[256];

	zt_check(getcwd(cwd, sizeof(cwd)));
	zt_check(snprintf(ep, 256, "ipc://%s/%s", cwd, name) < 256);
}

static bool exists(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}

static int entries(const char *dir)
{
	DIR *d = opendir(dir);
	int n = -2;	/* . and .. */

	zt_check(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void bounce(int a, int b)
{
	nz_put(a, "there", MSG_MORE);
	nz_put(a, "and", 0);
	nz_want(b, "there", 1);
	nz_want(b, "and", 0);
	nz_put(b, "back", 0);
	nz_want(a, "back", 0);
}

static void addresses(const char *bind_to, const char *connect_to, const char *name)
{
	int a = nz_socket(ZMQ_PAIR), b = nz_socket(ZMQ_PAIR);
	char ep[256];

	zt_ok(nz_bind(a, bind_to));
	nz_name(a, ep);
	zt_check(!strcmp(ep, name));
	zt_ok(nz_connect(b, connect_to));
	bounce(a, b);
	close(a);
	close(b);
}

TEST(names)
{
	char ep[256], longest[128] = "ipc://@", rel[128] = "ipc://";

	own_dir();
	where(ep, "sock");
	addresses(ep, ep, ep);
	addresses("ipc://rel", "ipc://rel", "ipc://rel");
	addresses("ipc://./rel", "ipc://rel", "ipc://./rel");
	addresses("ipc://@tmp-tester", "ipc://@tmp-tester", "ipc://@tmp-tester");
	/* A name is as long as it is: this one is another. */
	addresses("ipc://@tmp-test", "ipc://@tmp-test", "ipc://@tmp-test");
	memset(longest + 7, 'n', 106);
	addresses(longest, longest, longest);
	memset(rel + 6, 'p', 107);
	addresses(rel, rel, rel);
}

TEST(refused)
{
	char ep[256] = "ipc://";
	int fd = nz_socket(ZMQ_PAIR), other = nz_socket(ZMQ_PAIR);

	own_dir();
	zt_err(nz_bind(fd, "ipc://@"), EINVAL);
	zt_err(nz_connect(fd, "ipc://@"), EINVAL);
	zt_err(nz_bind(fd, "ipc://"), EINVAL);
	memset(ep + 6, 'a', 108);
	zt_err(nz_bind(fd, ep), ENAMETOOLONG);
	zt_err(nz_connect(fd, ep), ENAMETOOLONG);
	ep[6] = '@';
	zt_err(nz_bind(fd, ep), ENAMETOOLONG);
	zt_err(nz_bind(fd, "ipc:///nonexistent/x"), ENOENT);
	zt_err(nz_bind(fd, "ipc:///tmp"), EADDRINUSE);
	zt_err(nz_bind(fd, "ipc:///proc/x"), ENOENT);
	zt_ok(nz_bind(other, "ipc://@taken"));
	zt_err(nz_bind(fd, "ipc://@taken"), EADDRINUSE);
	close(other);
	zt_ok(nz_bind(fd, "ipc://@taken"));
	zt_err(nz_set_str(fd, ZMQ_NATIVE_UNBIND, "ipc://taken"), ENOENT);
	zt_ok(nz_set_str(fd, ZMQ_NATIVE_UNBIND, "ipc://@taken"));
	/* Nobody there: that is no error, now or later. */
	zt_ok(nz_connect(fd, "ipc://none"));
	zt_ok(nz_connect(fd, "ipc://@none"));
	zt_ok(nz_connect(fd, "ipc:///nonexistent/x"));
	zt_ok(nz_connect(fd, "ipc://*"));
	zt_ok(nz_set_str(fd, ZMQ_NATIVE_DISCONNECT, "ipc://none"));
	zt_err(nz_set_str(fd, ZMQ_NATIVE_DISCONNECT, "ipc://none"), ENOENT);
	close(fd);
	zt_drop_root();
	fd = nz_socket(ZMQ_PAIR);
	zt_err(nz_bind(fd, "ipc:///root/x"), EACCES);
	close(fd);
}

/* As libzmq: the new listener takes the path from the old one. */
TEST(path_is_taken_over)
{
	int push = nz_socket(ZMQ_PUSH), old = nz_socket(ZMQ_PULL), new = nz_socket(ZMQ_PULL);
	char ep[256];

	own_dir();
	where(ep, "sock");
	ASSERT_EQ(0, nz_bind(old, ep));
	ASSERT_EQ(0, nz_connect(push, ep));
	nz_put(push, "one", 0);
	nz_want(old, "one", 0);
	ASSERT_EQ(0, nz_bind(new, ep));
	/* Who was connected stays so. */
	nz_put(push, "two", 0);
	nz_want(old, "two", 0);
	nz_quiet(new, 50);
	close(old);
	nz_until(push, POLLOUT);
	zt_until(({ send(push, "three", 5, MSG_DONTWAIT); nz_poll(new, POLLIN, 20); }), NZ_TIMEO);
	nz_want(new, "three", 0);
	/* The file is left behind, and in nobody's way. */
	close(new);
	EXPECT_TRUE(exists("sock"));
	new = nz_socket(ZMQ_PULL);
	ASSERT_EQ(0, nz_bind(new, ep));
	close(new);
	close(push);
}

TEST(only_sockets_are_removed)
{
	int fd = nz_socket(ZMQ_PULL), file;
	struct stat st;

	own_dir();
	file = open("plain", O_CREAT | O_WRONLY, 0600);
	ASSERT_EQ(4, write(file, "data", 4));
	close(file);
	zt_err(nz_bind(fd, "ipc://plain"), EADDRINUSE);
	ASSERT_EQ(0, stat("plain", &st));
	EXPECT_EQ(4, st.st_size);
	ASSERT_EQ(0, symlink("plain", "link"));
	zt_err(nz_bind(fd, "ipc://link"), EADDRINUSE);
	EXPECT_TRUE(exists("link"));
	ASSERT_EQ(0, mkdir("dir", 0700));
	zt_err(nz_bind(fd, "ipc://dir"), EADDRINUSE);
	EXPECT_TRUE(exists("dir"));
	/* The mode follows the umask, as bind(2) has it. */
	umask(027);
	ASSERT_EQ(0, nz_bind(fd, "ipc://sock"));
	ASSERT_EQ(0, stat("sock", &st));
	EXPECT_EQ(S_IFSOCK | 0750, st.st_mode);
	close(fd);
}

/* Another user's socket stays where the directory says so. */
TEST(not_those_of_others)
{
	int fd = nz_socket(ZMQ_PULL);

	own_dir();
	zt_ok(chmod(".", 01777));
	ASSERT_EQ(0, nz_bind(fd, "ipc://sock"));
	zt_drop_root();
	close(fd);
	fd = nz_socket(ZMQ_PULL);
	zt_err(nz_bind(fd, "ipc://sock"), EADDRINUSE);
	EXPECT_TRUE(exists("sock"));
	close(fd);
}

/* The directory part of an endpoint that bind() has made up. */
static void made_in(int fd, char *dir)
{
	char ep[256];

	nz_name(fd, ep);
	zt_check(!strncmp(ep, "ipc://", 6));
	strcpy(dir, ep + 6);
	*strrchr(dir, '/') = 0;
}

TEST(wildcard)
{
	int a = nz_socket(ZMQ_PAIR), b = nz_socket(ZMQ_PAIR);
	char ep[256], dir[256], two[256];
	struct stat st;

	own_dir();
	ASSERT_EQ(0, nz_bind(a, "ipc://*"));
	made_in(a, dir);
	EXPECT_EQ(0, strncmp(dir, P_tmpdir "/tmp", 8));
	EXPECT_EQ(strlen(P_tmpdir "/tmpXXXXXX"), strlen(dir));
	ASSERT_EQ(0, stat(dir, &st));
	EXPECT_EQ(S_IFDIR | 0700, st.st_mode);
	nz_name(a, ep);
	ASSERT_EQ(0, nz_connect(b, ep));
	bounce(a, b);
	zt_err(nz_set_str(a, ZMQ_NATIVE_UNBIND, "ipc://*"), ENOENT);
	ASSERT_EQ(0, nz_bind(a, "ipc://*and-more"));
	made_in(a, two);
	ASSERT_EQ(0, nz_set_str(a, ZMQ_NATIVE_UNBIND, ep));
	EXPECT_FALSE(exists(dir));
	EXPECT_TRUE(exists(two));
	close(a);
	EXPECT_FALSE(exists(two));
	close(b);
}

TEST(wildcard_elsewhere)
{
	int fd = nz_socket(ZMQ_PAIR);
	char dir[256], longest[108];

	own_dir();
	ASSERT_EQ(0, mkdir("base", 0700));
	ASSERT_EQ(0, nz_set_str(fd, ZMQ_NATIVE_IPC_DIR, "base"));
	ASSERT_EQ(0, nz_bind(fd, "ipc://*"));
	made_in(fd, dir);
	EXPECT_EQ(0, strncmp(dir, "base/tmp", 8));
	EXPECT_EQ(1, entries("base"));
	/* No directory: the current one. */
	ASSERT_EQ(0, nz_set_str(fd, ZMQ_NATIVE_IPC_DIR, "nothing"));
	ASSERT_EQ(0, nz_bind(fd, "ipc://*"));
	made_in(fd, dir);
	EXPECT_EQ(0, strncmp(dir, "tmp", 3));
	ASSERT_EQ(0, nz_set_str(fd, ZMQ_NATIVE_IPC_DIR, "."));
	ASSERT_EQ(0, nz_bind(fd, "ipc://*"));
	made_in(fd, dir);
	EXPECT_EQ(0, strncmp(dir, "tmp", 3));
	EXPECT_EQ(3, entries("."));
	/* Too long for the socket in it. */
	memset(longest, '/', sizeof(longest));
	longest[100] = 0;
	ASSERT_EQ(0, nz_set_str(fd, ZMQ_NATIVE_IPC_DIR, longest));
	zt_err(nz_bind(fd, "ipc://*"), ENAMETOOLONG);
	memset(longest, 'x', sizeof(longest));
	zt_err(setsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_IPC_DIR, longest, sizeof(longest)), EINVAL);
	close(fd);
	EXPECT_EQ(0, entries("base"));
	EXPECT_EQ(1, entries("."));
}

/* Not what has come into its directory, or taken its name. */
TEST(wildcard_removes_its_own)
{
	int one = nz_socket(ZMQ_PAIR), two = nz_socket(ZMQ_PAIR);
	char dir[256], path[300];

	own_dir();
	ASSERT_EQ(0, nz_set_str(one, ZMQ_NATIVE_IPC_DIR, "."));
	ASSERT_EQ(0, nz_bind(one, "ipc://*"));
	made_in(one, dir);
	snprintf(path, sizeof(path), "%s/other", dir);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	close(one);
	EXPECT_TRUE(exists(path));
	snprintf(path, sizeof(path), "%s/socket", dir);
	EXPECT_FALSE(exists(path));

	ASSERT_EQ(0, nz_set_str(two, ZMQ_NATIVE_IPC_DIR, "."));
	ASSERT_EQ(0, nz_bind(two, "ipc://*"));
	made_in(two, dir);
	snprintf(path, sizeof(path), "%s/socket", dir);
	ASSERT_EQ(0, rename(path, "moved"));
	close(open(path, O_CREAT | O_WRONLY, 0600));
	close(two);
	EXPECT_TRUE(exists("moved"));
	EXPECT_TRUE(exists(path));
}

/* Nobody has closed it; as an ordinary user, with the rights of that one. */
TEST(wildcard_of_the_killed)
{
	char dir[256] = "";
	int fd, tell[2];
	pid_t pid;

	own_dir();
	zt_ok(chmod(".", 0777));
	zt_ok(pipe(tell));
	pid = fork();
	if (!pid) {
		zt_drop_root();
		fd = nz_socket(ZMQ_PAIR);
		zt_ok(nz_set_str(fd, ZMQ_NATIVE_IPC_DIR, "."));
		zt_ok(nz_bind(fd, "ipc://*"));
		made_in(fd, dir);
		zt_eq(write(tell[1], dir, sizeof(dir)), sizeof(dir));
		pause();
	}
	ASSERT_EQ(sizeof(dir), read(tell[0], dir, sizeof(dir)));
	EXPECT_TRUE(exists(dir));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	zt_until(!exists(dir), NZ_TIMEO);
}

static void admitted(int option, unsigned int id, bool yes)
{
	int a = nz_socket(ZMQ_PAIR), b = nz_socket(ZMQ_PAIR), c;
	long filtered = nz_stat("accept_filtered");

	nz_set(b, ZMQ_RECONNECT_IVL, -1);
	zt_ok(setsockopt(a, SOL_ZMQ, option, &id, sizeof(id)));
	zt_ok(nz_bind(a, "ipc://@filter"));
	zt_ok(nz_connect(b, "ipc://@filter"));
	if (yes) {
		bounce(a, b);
		zt_eq(nz_stat("accept_filtered"), filtered);
	} else {
		zt_until(nz_stat("accept_filtered") == filtered + 1, NZ_TIMEO);
		nz_quiet(a, 20);
		zt_check(!nz_poll(a, POLLOUT, 0));
		/* The PAIR is still free for one who passes. */
		zt_ok(setsockopt(a, SOL_ZMQ, option, NULL, 0));
		zt_ok(nz_bind(a, "ipc://@open"));
		c = nz_socket(ZMQ_PAIR);
		zt_ok(nz_connect(c, "ipc://@open"));
		bounce(a, c);
		close(c);
	}
	close(a);
	close(b);
}

TEST(filters)
{
	gid_t groups[] = { 4711, 4712 };

	ASSERT_EQ(0, setgroups(2, groups));
	admitted(ZMQ_IPC_FILTER_UID, geteuid(), true);
	admitted(ZMQ_IPC_FILTER_UID, geteuid() + 1, false);
	admitted(ZMQ_IPC_FILTER_GID, getegid(), true);
	admitted(ZMQ_IPC_FILTER_GID, 4712, true);
	admitted(ZMQ_IPC_FILTER_GID, 4713, false);
	admitted(ZMQ_IPC_FILTER_PID, getpid(), true);
	admitted(ZMQ_IPC_FILTER_PID, getpid() + 1, false);
	admitted(ZMQ_IPC_FILTER_PID, 0, false);
}

static void big(size_t len, int sndbuf)
{
	int push = nz_socket(ZMQ_PUSH), pull = nz_socket(ZMQ_PULL);
	pid_t pid;
	int i, status;

	nz_set(push, ZMQ_SNDBUF, sndbuf);
	zt_ok(nz_bind(pull, "ipc://@big"));
	zt_ok(nz_connect(push, "ipc://@big"));
	pid = fork();
	if (!pid) {
		for (i = 0; i < 3; i++)
			nz_put_big(push, len, i, 0);
		_exit(0);
	}
	for (i = 0; i < 3; i++)
		nz_want_big(pull, len, i, 0);
	zt_eq(waitpid(pid, &status, 0), pid);
	zt_eq(status, 0);
	close(push);
	close(pull);
}

TEST(big_messages)
{
	big(16 << 20, -1);
	big(1 << 20, 4096);
}

/* Numbered messages, as many as there is room for. */
static unsigned int fill(int fd, char *text, size_t len, unsigned int from)
{
	unsigned int n = 0;

	while (sprintf(text, "%u", from + n) && send(fd, text, len, MSG_DONTWAIT) == (ssize_t)len)
		n++;
	zt_eq(errno, EAGAIN);
	return n;
}

/* A reader that is behind stops the writer, and nothing gets lost. */
TEST(back_pressure)
{
	int push = nz_socket(ZMQ_PUSH), pull = nz_socket(ZMQ_PULL);
	unsigned int sent = 0, full, got;
	char text[1000];

	nz_set(push, ZMQ_SNDHWM, 10);
	nz_set(pull, ZMQ_RCVHWM, 10);
	ASSERT_EQ(0, nz_bind(pull, "ipc://@pressure"));
	ASSERT_EQ(0, nz_connect(push, "ipc://@pressure"));
	nz_until(push, POLLOUT);
	memset(text, 'x', sizeof(text));
	/* Until nothing goes any more, for a while. */
	do {
		sent += fill(push, text, sizeof(text), sent);
	} while (nz_poll(push, POLLOUT, sent > 20 ? 50 : zt_scaled(NZ_TIMEO)));
	full = sent;
	EXPECT_GT(full, 20);
	EXPECT_LT(full, 2000);
	for (got = 0; got < sent; got++) {
		ASSERT_EQ(sizeof(text), recv(pull, text, sizeof(text), 0));
		ASSERT_EQ(got, (unsigned int)atoi(text));
		if (got >= 5 * full)
			continue;
		/* What was read makes room, but nobody says when. */
		if (got + 1 == sent)
			nz_until(push, POLLOUT);
		sent += fill(push, text, sizeof(text), sent);
	}
	EXPECT_GT(sent, 5 * full);
	close(push);
	close(pull);
}

TEST(many_peers)
{
	int router = nz_socket(ZMQ_ROUTER), dealers[300], i, round;
	int n = zt_count(ZT_ARRAY(dealers));
	char id[16], text[16];

	/* More than a listener's backlog: those have to come again. */
	nz_set(router, ZMQ_BACKLOG, 10);
	ASSERT_EQ(0, nz_bind(router, "ipc://@many"));
	for (i = 0; i < n; i++) {
		dealers[i] = nz_socket(ZMQ_DEALER);
		ASSERT_EQ(0, nz_connect(dealers[i], "ipc://@many"));
	}
	for (round = 0; round < 3; round++) {
		for (i = 0; i < n; i++)
			nz_put(dealers[i], "ask", 0);
		for (i = 0; i < n; i++) {
			ASSERT_EQ(5, recv(router, id, sizeof(id), 0));
			nz_want(router, "ask", 0);
			ASSERT_EQ(5, send(router, id, 5, MSG_MORE));
			nz_put(router, "reply", 0);
		}
		for (i = 0; i < n; i++)
			ASSERT_EQ(5, recv(dealers[i], text, sizeof(text), 0));
	}
	for (i = 0; i < n; i++)
		close(dealers[i]);
	close(router);
}

/* Accepted by send(), closed at once, the reader far behind. */
TEST(close_loses_nothing)
{
	int push = nz_socket(ZMQ_PUSH), pull = nz_socket(ZMQ_PULL);
	unsigned int i, n = zt_count(200000);
	char text[64];

	nz_set(push, ZMQ_LINGER, -1);
	nz_set(push, ZMQ_SNDHWM, 0);
	ASSERT_EQ(0, nz_bind(pull, "ipc://@close"));
	ASSERT_EQ(0, nz_connect(push, "ipc://@close"));
	for (i = 0; i < n; i++) {
		sprintf(text, "%u", i);
		ASSERT_EQ(sizeof(text), send(push, text, sizeof(text), 0));
	}
	close(push);
	for (i = 0; i < n; i++) {
		ASSERT_EQ(sizeof(text), recv(pull, text, sizeof(text), 0));
		ASSERT_EQ(i, (unsigned int)atoi(text));
	}
	close(pull);
}

TEST(reconnect)
{
	int push = nz_socket(ZMQ_PUSH), pull, i;
	char ep[256], text[16];

	own_dir();
	where(ep, "sock");
	nz_set(push, ZMQ_RECONNECT_IVL, 10);
	nz_set(push, ZMQ_IMMEDIATE, 1);
	ASSERT_EQ(0, nz_connect(push, ep));
	for (i = 0; i < 5; i++) {
		pull = nz_socket(ZMQ_PULL);
		ASSERT_EQ(0, nz_bind(pull, ep));
		sprintf(text, "%d", i);
		nz_put(push, text, 0);
		nz_want(pull, text, 0);
		close(pull);
		zt_until(!nz_poll(push, POLLOUT, 0), NZ_TIMEO);
	}
	close(push);
}

TEST(use_fd)
{
	int zfd = nz_socket(ZMQ_PAIR), peer = nz_socket(ZMQ_PAIR);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), dgram = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "mine" };
	char ep[256];

	own_dir();
	zt_ok(bind(fd, (void *)&un, sizeof(un)));
	ASSERT_EQ(0, nz_set(zfd, ZMQ_USE_FD, fd));
	zt_err(nz_bind(zfd, "ipc://mine"), EINVAL);	/* does not listen */
	zt_ok(listen(fd, 16));
	ASSERT_EQ(0, nz_bind(zfd, "ipc://mine"));
	nz_name(zfd, ep);
	EXPECT_STREQ("ipc://mine", ep);
	close(fd);
	ASSERT_EQ(0, nz_connect(peer, "ipc://mine"));
	bounce(zfd, peer);
	un.sun_path[0] = 'x';
	zt_ok(bind(dgram, (void *)&un, sizeof(un)));
	zt_ok(listen(dgram, 16));
	ASSERT_EQ(0, nz_set(zfd, ZMQ_USE_FD, dgram));
	zt_err(nz_bind(zfd, "ipc://mine"), EINVAL);
	close(zfd);
	close(peer);
	EXPECT_TRUE(exists("mine"));
}

TEST_HARNESS_MAIN
