// SPDX-License-Identifier: GPL-2.0-only
/* Processes with a choice of libzmq, and the conversation with them. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib.h"

#define ROLE_MARK "--role"
#define ARGS_MAX 12
#define SILENCE_MS 60000

const char *zt_lib_name(enum zt_lib lib)
{
	return lib == ZT_SHIM ? "shim" : "stock";
}

enum zt_lib zt_lib_here(void)
{
	const char *dir = getenv("ZT_SHIM"), *path = getenv("LD_LIBRARY_PATH");

	return dir && path && !strcmp(dir, path) ? ZT_SHIM : ZT_STOCK;
}

/*
 * LD_LIBRARY_PATH is only a wish: a missing file or a wrong SONAME silently
 * gives the other library, and every test of the pair would pass for nothing.
 */
void zt_lib_check(enum zt_lib lib)
{
	const char *dir = getenv("ZT_SHIM");
	void *version = dlsym(RTLD_DEFAULT, "zmq_version");
	const bool wanted = lib == ZT_SHIM;
	bool shim;
	Dl_info info;

	if (!version)
		return;
	zt_check(dladdr(version, &info) && info.dli_fname);
	shim = dir && !strncmp(info.dli_fname, dir, strlen(dir));
	if (shim != wanted)
		zt_fail("wanted libzmq %s, runs on %s", zt_lib_name(lib), info.dli_fname);
}

void zt_roles(int argc, char **argv, const struct zt_role *roles, size_t count)
{
	size_t i;

	if (argc < 3 || strcmp(argv[1], ROLE_MARK))
		return;
	signal(SIGPIPE, SIG_IGN);
	zt_lib_check(zt_lib_here());
	for (i = 0; i < count; i++) {
		if (strcmp(roles[i].name, argv[2]))
			continue;
		roles[i].run(argc - 3, argv + 3);
		_exit(0);
	}
	zt_fail("no role %s", argv[2]);
}

static void child_exec(enum zt_lib lib, int fd, char *const argv[])
{
	const char *dir = getenv("ZT_SHIM");

	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		_exit(126);
	if (fd == ZT_PEER)
		fcntl(fd, F_SETFD, 0);
	else
		dup2(fd, ZT_PEER);
	if (lib == ZT_SHIM && dir)
		setenv("LD_LIBRARY_PATH", dir, 1);
	else
		unsetenv("LD_LIBRARY_PATH");
	execv("/proc/self/exe", argv);
	_exit(127);
}

void zt_spawn_fd(struct zt_proc *proc, enum zt_lib lib, int fd, char *const argv[])
{
	proc->fd = -1;
	proc->pid = fork();
	zt_check(proc->pid >= 0);
	if (!proc->pid)
		child_exec(lib, fd, argv);
}

void zt_spawn(struct zt_proc *proc, enum zt_lib lib, const char *role,
	      const char *arg, ...)
{
	char *argv[ARGS_MAX] = { "test", ROLE_MARK, (char *)role };
	int pair[2], n = 3;
	va_list args;

	va_start(args, arg);
	for (; arg && n < ARGS_MAX - 1; arg = va_arg(args, const char *))
		argv[n++] = (char *)arg;
	va_end(args);
	zt_ok(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	zt_spawn_fd(proc, lib, pair[1], argv);
	close(pair[1]);
	proc->fd = pair[0];
}

void zt_wait(struct zt_proc *proc, unsigned int ms)
{
	int status;

	zt_until(waitpid(proc->pid, &status, WNOHANG) == proc->pid, ms);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		zt_fail("role ended with status %#x", status);
	proc->pid = 0;
	if (proc->fd >= 0)
		close(proc->fd);
	proc->fd = -1;
}

void zt_kill(struct zt_proc *proc)
{
	zt_ok(kill(proc->pid, SIGKILL));
	zt_eq(waitpid(proc->pid, NULL, 0), proc->pid);
	proc->pid = 0;
	if (proc->fd >= 0)
		close(proc->fd);
	proc->fd = -1;
}

void zt_tell(int fd, const char *fmt, ...)
{
	char line[512];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(line, sizeof(line) - 1, fmt, args);
	va_end(args);
	line[n++] = '\n';
	if (send(fd, line, n, MSG_NOSIGNAL) != n)
		zt_fail("other side has gone");
}

void zt_hear(int fd, char *line, size_t size)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	size_t n = 0;
	char c;

	for (;;) {
		if (poll(&pfd, 1, (int)zt_scaled(SILENCE_MS)) != 1)
			zt_fail("other side is silent");
		if (read(fd, &c, 1) != 1)
			zt_fail("other side has ended");
		if (c == '\n')
			break;
		if (n + 1 < size)
			line[n++] = c;
	}
	line[n] = 0;
}

void zt_expect(int fd, const char *want)
{
	char line[512];

	zt_hear(fd, line, sizeof(line));
	if (strcmp(line, want))
		zt_fail("expected to hear '%s', got '%s'", want, line);
}
