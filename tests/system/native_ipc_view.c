// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipc:// paths are looked up as the process that called connect() sees them,
 * then and at each later attempt. What that means, a plain AF_UNIX socket of the
 * same process says.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_test.h"
#include "wire.h"

#define SOCK	"/srv/zv/sock"
#define EP	"ipc://" SOCK
#define JAIL	"/srv/zjail"
#define OTHER	"/srv/zother"
#define MUTE	"/srv/zmute"

static void make_dir(const char *path)
{
	if (mkdir(path, 0755))
		zt_eq(errno, EEXIST);
}

/* Directories, fresh, and in a mount namespace of this case's own. */
static void places(void)
{
	zt_ok(unshare(CLONE_NEWNS));
	zt_ok(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	zt_ok(mount("none", "/srv", "tmpfs", 0, NULL));
	make_dir("/srv/zv");
	make_dir(JAIL);
	make_dir(JAIL "/srv");
	make_dir(JAIL "/srv/zv");
	make_dir(JAIL "/proc");
	zt_ok(mount("none", JAIL "/proc", "proc", 0, NULL));
	make_dir(OTHER);
}

/* --- ways to see it differently --------------------------------------------------------- */

static void in_jail(void)
{
	zt_ok(chroot(JAIL));
	zt_ok(chdir("/"));
}

/* A mount namespace in which something else lies at the path. */
static void in_namespace(void)
{
	zt_ok(unshare(CLONE_NEWNS));
	zt_ok(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	zt_ok(mount(OTHER, "/srv/zv", NULL, MS_BIND, NULL));
}

/* --- who answers there ------------------------------------------------------------------ */

/* Binds there, and tells its name to whoever connects. */
static pid_t serve(const char *path, const char *name)
{
	int ready[2], fd;
	char ep[128], ok = 0;
	pid_t pid;

	zt_ok(pipe(ready));
	pid = fork();
	zt_ok(pid);
	if (!pid) {
		umask(0);
		fd = nz_socket(ZMQ_PUSH);
		nz_set(fd, ZMQ_SNDHWM, 1);
		nz_set(fd, ZMQ_SNDTIMEO, -1);
		nz_set(fd, ZMQ_SNDBUF, 1);
		snprintf(ep, sizeof(ep), "ipc://%s", path);
		zt_ok(nz_bind(fd, ep));
		zt_eq(write(ready[1], "y", 1), 1);
		while (send(fd, name, strlen(name), MSG_NOSIGNAL) > 0)
			;
		_exit(1);
	}
	close(ready[1]);
	zt_eq(read(ready[0], &ok, 1), 1);
	close(ready[0]);
	return pid;
}

static void end(pid_t pid)
{
	zt_ok(kill(pid, SIGKILL));
	zt_eq(waitpid(pid, NULL, 0), pid);
}

/* --- what a plain socket finds ---------------------------------------------------------- */

static int plain_connect(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), err;

	strncpy(un.sun_path, path, sizeof(un.sun_path) - 1);
	if (!connect(fd, (void *)&un, sizeof(un)))
		return fd;
	err = errno;
	close(fd);
	return -err;
}

static void plain_fails(const char *path, int err)
{
	zt_eq(plain_connect(path), -err);
}

static void plain_hears(const char *path, const char *want)
{
	int fd = plain_connect(path), flags;
	char name[64];
	size_t len;

	zt_ok(fd);
	wire_handshake(fd, "PULL");
	len = wire_read_frame(fd, &flags, name, sizeof(name) - 1);
	name[len] = 0;
	if (strcmp(name, want))
		zt_fail("plain: expected %s, got %s", want, name);
	close(fd);
}

/* --- what an AF_ZMQ socket finds -------------------------------------------------------- */

static void dial(int fd, const char *path)
{
	char ep[128];

	nz_set(fd, ZMQ_RCVHWM, 1);
	nz_set(fd, ZMQ_RECONNECT_IVL, 20);
	snprintf(ep, sizeof(ep), "ipc://%s", path);
	zt_ok(nz_connect(fd, ep));
}

/* The next name, after what is left of @old. */
static void hears(int fd, const char *want, const char *old)
{
	char name[64];
	ssize_t n;

	do {
		n = recv(fd, name, sizeof(name) - 1, 0);
		zt_ok(n);
		name[n] = 0;
	} while (old && !strcmp(name, old));
	if (strcmp(name, want))
		zt_fail("expected %s, got %s", want, name);
}

static long attempts(void)
{
	return nz_stat("connect_failed") + nz_stat("connect_refused") + nz_stat("open_failed");
}

/* After what is left of @old nothing, but attempts that reach nobody. */
static void hears_nobody(int fd, const char *old)
{
	long before = attempts();
	char name[64];
	ssize_t n;

	zt_until(({
		while ((n = recv(fd, name, sizeof(name) - 1, MSG_DONTWAIT)) > 0) {
			name[n] = 0;
			zt_check(old && !strcmp(name, old));
		}
		attempts() >= before + 3;
	}), NZ_TIMEO);
	zt_check(!nz_poll(fd, POLLIN, 0));
}

/* --- cases ------------------------------------------------------------------------------ */

/* Two processes that take turns. */
struct turns {
	int mine[2];
	int theirs[2];
};

static void turns_init(struct turns *t)
{
	zt_ok(pipe(t->mine));
	zt_ok(pipe(t->theirs));
}

static void turn_to(int fd)
{
	zt_eq(write(fd, "t", 1), 1);
}

static void turn_wait(int fd)
{
	char c;

	zt_eq(read(fd, &c, 1), 1);
}

/*
 * For a process that has entered a view @path is what the others know as
 * @bind_to, although "host" answers at the same path of the host.
 */
static void same_as_plain(void (*enter)(void), const char *path, const char *bind_to)
{
	pid_t host, other, pid;
	struct turns t;
	int fd, status;

	turns_init(&t);
	host = serve(SOCK, "host");
	other = serve(bind_to, "first");
	pid = fork();
	if (!pid) {
		enter();
		plain_hears(path, "first");
		fd = nz_socket(ZMQ_PULL);
		dial(fd, path);
		hears(fd, "first", NULL);
		turn_to(t.mine[1]);
		turn_wait(t.theirs[0]);

		plain_fails(path, ECONNREFUSED);
		hears_nobody(fd, "first");
		turn_to(t.mine[1]);
		turn_wait(t.theirs[0]);

		plain_hears(path, "second");
		hears(fd, "second", NULL);
		_exit(0);
	}
	turn_wait(t.mine[0]);
	end(other);
	turn_to(t.theirs[1]);
	turn_wait(t.mine[0]);
	other = serve(bind_to, "second");
	turn_to(t.theirs[1]);
	zt_eq(waitpid(pid, &status, 0), pid);
	zt_eq(status, 0);
	end(other);
	end(host);
}

TEST(root_directory)
{
	places();
	ASSERT_EQ(0, symlink("/srv/zv/sock", JAIL "/link"));
	same_as_plain(in_jail, SOCK, JAIL SOCK);
	same_as_plain(in_jail, "/../../../srv/zv/../zv/sock", JAIL SOCK);
	same_as_plain(in_jail, "/link", JAIL SOCK);
	same_as_plain(in_jail, "srv/zv/sock", JAIL SOCK);
	same_as_plain(in_jail, "../../srv/zv/sock", JAIL SOCK);
	same_as_plain(in_jail, "/proc/self/root/srv/zv/sock", JAIL SOCK);
}

TEST(mount_namespace)
{
	places();
	same_as_plain(in_namespace, SOCK, OTHER "/sock");
	same_as_plain(in_namespace, "/srv/zv/../zv/sock", OTHER "/sock");
}

/* Where there is nobody, while at the host's path there is. */
TEST(nobody_there)
{
	pid_t host, pid;
	int fd, status;

	places();
	host = serve(SOCK, "host");
	pid = fork();
	if (!pid) {
		in_jail();
		plain_fails(SOCK, ENOENT);
		fd = nz_socket(ZMQ_PULL);
		dial(fd, SOCK);
		hears_nobody(fd, NULL);
		_exit(0);
	}
	zt_eq(waitpid(pid, &status, 0), pid);
	zt_eq(status, 0);
	end(host);
}

/* Relative to where the process was, wherever it has gone since. */
TEST(working_directory)
{
	int fd = nz_socket(ZMQ_PULL);
	pid_t host, other;

	places();
	host = serve(SOCK, "host");
	other = serve(OTHER "/sock", "first");
	zt_ok(chdir(OTHER));
	plain_hears("sock", "first");
	dial(fd, "sock");
	hears(fd, "first", NULL);
	zt_ok(chdir("/srv/zv"));
	end(other);
	plain_hears("sock", "host");
	hears_nobody(fd, "first");
	other = serve(OTHER "/sock", "second");
	hears(fd, "second", NULL);
	/* A directory that has moved is still the same. */
	zt_ok(rename(OTHER, "/srv/moved"));
	end(other);
	hears_nobody(fd, "second");
	other = serve("/srv/moved/sock", "third");
	hears(fd, "third", NULL);
	end(other);
	end(host);
	close(fd);
}

/* The process that has connected is gone, its socket is not. */
TEST(process_has_gone)
{
	int fd = nz_socket(ZMQ_PULL), status;
	pid_t host, other, pid;

	places();
	host = serve(SOCK, "host");
	other = serve(JAIL SOCK, "first");
	pid = fork();
	if (!pid) {
		in_jail();
		dial(fd, SOCK);
		_exit(0);
	}
	zt_eq(waitpid(pid, &status, 0), pid);
	zt_eq(status, 0);
	hears(fd, "first", NULL);
	end(other);
	hears_nobody(fd, "first");
	other = serve(JAIL SOCK, "second");
	hears(fd, "second", NULL);
	end(other);
	end(host);
	close(fd);
}

/*
 * With its mount namespace: what was mounted there no longer covers anything. On
 * the root's own file system, since /srv goes with the namespace.
 */
TEST(namespace_has_gone)
{
	int fd = nz_socket(ZMQ_PULL), status;
	pid_t host, other, pid;

	places();
	make_dir("/zcovered");
	host = serve("/zcovered/sock", "host");
	other = serve(OTHER "/sock", "first");
	pid = fork();
	if (!pid) {
		zt_ok(unshare(CLONE_NEWNS));
		zt_ok(mount(OTHER, "/zcovered", NULL, MS_BIND, NULL));
		plain_hears("/zcovered/sock", "first");
		dial(fd, "/zcovered/sock");
		_exit(0);
	}
	zt_eq(waitpid(pid, &status, 0), pid);
	zt_eq(status, 0);
	hears(fd, "first", NULL);
	end(other);
	hears_nobody(fd, "first");
	other = serve(OTHER "/sock", "second");
	hears_nobody(fd, NULL);
	end(other);
	end(host);
	close(fd);
}

/* Rights are those of connect(), of the directories and of the file. */
TEST(unprivileged)
{
	struct turns t;
	pid_t other, pid;
	int fd, status;

	places();
	turns_init(&t);
	other = serve(SOCK, "first");
	zt_ok(chmod("/srv/zv", 0700));
	pid = fork();
	if (!pid) {
		zt_drop_root();
		plain_fails(SOCK, EACCES);
		fd = nz_socket(ZMQ_PULL);
		dial(fd, SOCK);
		hears_nobody(fd, NULL);
		turn_to(t.mine[1]);
		turn_wait(t.theirs[0]);

		/* Later attempts have no more rights than the first. */
		plain_fails(SOCK, EACCES);
		hears_nobody(fd, NULL);
		turn_to(t.mine[1]);
		turn_wait(t.theirs[0]);

		plain_hears(SOCK, "first");
		hears(fd, "first", NULL);
		turn_to(t.mine[1]);
		turn_wait(t.theirs[0]);

		plain_fails(SOCK, EACCES);
		hears_nobody(fd, "first");
		turn_to(t.mine[1]);
		turn_wait(t.theirs[0]);

		plain_hears(SOCK, "second");
		hears(fd, "second", NULL);
		_exit(0);
	}
	turn_wait(t.mine[0]);
	zt_ok(chmod(SOCK, 0600));
	zt_ok(chmod("/srv/zv", 0755));
	turn_to(t.theirs[1]);
	turn_wait(t.mine[0]);
	zt_ok(chmod(SOCK, 0666));
	turn_to(t.theirs[1]);
	turn_wait(t.mine[0]);
	zt_ok(chmod("/srv/zv", 0700));
	end(other);
	other = serve(SOCK, "second");
	turn_to(t.theirs[1]);
	turn_wait(t.mine[0]);
	zt_ok(chmod("/srv/zv", 0755));
	turn_to(t.theirs[1]);
	zt_eq(waitpid(pid, &status, 0), pid);
	zt_eq(status, 0);
	end(other);
}

/* Who the peer is told to be talking to does not change with the attempt. */
TEST(same_peer_again)
{
	int push, pull = nz_socket(ZMQ_PULL), pid = getpid(), i;

	places();
	dial(pull, SOCK);
	for (i = 0; i < 3; i++) {
		push = nz_socket(ZMQ_PUSH);
		zt_ok(setsockopt(push, SOL_ZMQ, ZMQ_IPC_FILTER_PID, &pid, sizeof(pid)));
		zt_ok(nz_bind(push, "ipc://" SOCK));
		nz_put(push, "hello", 0);
		nz_want(pull, "hello", 0);
		close(push);
	}
	close(pull);
}

/* --- a file system that does not answer -------------------------------------------------- */

#define FUSE_BUF 65536

/*
 * Mounted, and mute from then on. Returns its descriptor: closing it ends it. It is
 * shown at @dir when it has answered once: who comes before learns too late that
 * several names can be looked up at the same time, and waits for who asks.
 */
static int mute_fuse(const char *dir)
{
	int fd, loaded = system("modprobe -q fuse");
	struct {
		struct fuse_out_header h;
		struct fuse_init_out init;
	} reply = { .h = { .len = sizeof(reply) }, .init = { .major = FUSE_KERNEL_VERSION,
		    .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = 4096,
		    .flags = FUSE_PARALLEL_DIROPS } };
	char opts[128], buf[FUSE_BUF];

	/* It may be built in. */
	(void)loaded;
	fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -1;
	snprintf(opts, sizeof(opts), "fd=%d,rootmode=40755,user_id=0,group_id=0,allow_other", fd);
	make_dir(MUTE);
	zt_ok(mount("mute", MUTE, "fuse", 0, opts));
	zt_ok(read(fd, buf, sizeof(buf)));
	reply.h.unique = ((struct fuse_in_header *)buf)->unique;
	zt_eq(write(fd, &reply, sizeof(reply)), sizeof(reply));
	zt_ok(mount(MUTE, dir, NULL, MS_BIND, NULL));
	return fd;
}

/* The next request for a file's name, within @ms; nothing else is answered. */
static bool fuse_asked(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char buf[FUSE_BUF];

	while (poll(&p, 1, ms) == 1) {
		zt_ok(read(fd, buf, sizeof(buf)));
		if (((struct fuse_in_header *)buf)->opcode == FUSE_LOOKUP)
			return true;
	}
	return false;
}

/* It holds up who asked, and nobody else: not others, not close(), not the module. */
TEST(path_that_stalls)
{
	int stuck[10], fuse, fd, status;
	char path[64];
	pid_t other, pid;
	size_t i;

	places();
	other = serve(SOCK, "first");
	for (i = 0; i < ZT_ARRAY(stuck); i++) {
		stuck[i] = nz_socket(ZMQ_PULL);
		snprintf(path, sizeof(path), OTHER "/%zu", i);
		dial(stuck[i], path);
	}
	fd = nz_socket(ZMQ_PULL);
	pid = fork();
	if (!pid) {
		/* As another user; the socket is the parent's, too. */
		zt_drop_root();
		dial(fd, SOCK);
		_exit(0);
	}
	zt_eq(waitpid(pid, &status, 0), pid);
	hears(fd, "first", NULL);

	fuse = mute_fuse(OTHER);
	if (fuse < 0)
		SKIP(return, "no FUSE here");
	/* Four of them ask and get no answer, the others wait for these. */
	for (i = 0; i < 4; i++)
		EXPECT_TRUE(fuse_asked(fuse, zt_scaled(NZ_TIMEO)));
	EXPECT_FALSE(fuse_asked(fuse, 100));
	end(other);
	other = serve(SOCK, "second");
	hears(fd, "second", "first");
	for (i = 0; i < ZT_ARRAY(stuck); i++)
		close(stuck[i]);
	close(fd);
	end(other);
	/* Threads hold the module as long as they have to. */
	EXPECT_LT(0, nz_module_refs());
	close(fuse);
	zt_until(!nz_module_refs(), NZ_TIMEO);
}

TEST_HARNESS_MAIN
