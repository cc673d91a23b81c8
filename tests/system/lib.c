// SPDX-License-Identifier: GPL-2.0-only
/* TAP, time and content helpers of the system tests. */
#define _GNU_SOURCE
#include <dirent.h>
#include <grp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib.h"

#define DEFAULT_LIMIT 20
#define PORT_FIRST 20000	/* below the ephemeral range */
#define PORTS_PER_CASE 16
#define NOBODY 65534

static int case_index;
static int ports_used;

static int env_number(const char *name, int fallback)
{
	const char *value = getenv(name);

	return value && atoi(value) > 0 ? atoi(value) : fallback;
}

int64_t zt_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t zt_scaled(int64_t ms)
{
	return ms * env_number("ZT_SCALE", 1);
}

unsigned int zt_count(unsigned int n)
{
	n /= env_number("ZT_STRESS", 1);
	return n ? n : 1;
}

void zt_nap(unsigned int ms)
{
	struct timespec ts = { ms / 1000, (ms % 1000) * 1000000L };

	nanosleep(&ts, NULL);
}

/* 'S' in the third field of /proc/self/task/TID/stat. */
static bool asleep(const char *tid)
{
	char path[300], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%s/stat", tid);
	file = fopen(path, "re");
	/* It has ended. */
	if (!file)
		return true;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(file);
	return state == 'S';
}

bool zt_others_asleep(void)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *entry;
	bool all = true;

	zt_check(tasks);
	while ((entry = readdir(tasks))) {
		if (atoi(entry->d_name) && atoi(entry->d_name) != gettid())
			all = all && asleep(entry->d_name);
	}
	closedir(tasks);
	return all;
}

void zt_die(const char *file, int line, const char *fmt, ...)
{
	const char *base = strrchr(file, '/');
	char text[512];
	va_list args;
	int n;

	va_start(args, fmt);
	n = snprintf(text, sizeof(text), "# %s:%d: ", base ? base + 1 : file, line);
	vsnprintf(text + n, sizeof(text) - n - 1, fmt, args);
	va_end(args);
	strcat(text, "\n");
	fflush(stdout);
	/* One write: roles of one case share the output. */
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		_exit(2);
	_exit(1);
}

void zt_fill(void *buf, size_t len, uint32_t seed)
{
	unsigned char *p = buf;
	uint32_t x = seed * 2654435761u + 1;
	size_t i;

	for (i = 0; i < len; i++) {
		x = x * 1664525u + 1013904223u;
		p[i] = x >> 24;
	}
}

bool zt_same(const void *buf, size_t len, uint32_t seed)
{
	const unsigned char *p = buf;
	uint32_t x = seed * 2654435761u + 1;
	size_t i;

	for (i = 0; i < len; i++) {
		x = x * 1664525u + 1013904223u;
		if (p[i] != x >> 24)
			return false;
	}
	return true;
}

int zt_port(void)
{
	zt_check(ports_used < PORTS_PER_CASE);
	return PORT_FIRST + case_index * PORTS_PER_CASE + ports_used++;
}

void zt_netns(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd;

	if (unshare(CLONE_NEWNET))
		return;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	zt_check(fd >= 0);
	zt_ok(ioctl(fd, SIOCGIFFLAGS, &ifr));
	ifr.ifr_flags |= IFF_UP;
	zt_ok(ioctl(fd, SIOCSIFFLAGS, &ifr));
	close(fd);
}

void zt_drop_root(void)
{
	if (geteuid())
		return;
	zt_ok(setgroups(0, NULL));
	zt_ok(setgid(NOBODY));
	zt_ok(setuid(NOBODY));
	/* /proc/self belongs to root otherwise */
	zt_ok(prctl(PR_SET_DUMPABLE, 1));
}

static void case_child(const struct zt_case *c, unsigned int limit)
{
	setpgid(0, 0);
	signal(SIGPIPE, SIG_IGN);
	alarm(limit);
	c->run(c->arg);
	_exit(0);
}

/**
 * struct running - a case that runs
 * @c: the case; NULL: none does
 * @number: its number
 * @pid: process
 * @out: what it prints, to be shown when it has ended; -1: it prints itself
 * @start: when it began
 * @end: when it is killed
 */
struct running {
	const struct zt_case *c;
	int number;
	pid_t pid;
	int out;
	int64_t start;
	int64_t end;
};

static void case_start(struct running *r, const struct zt_case *c, int number, bool alone)
{
	unsigned int limit = zt_scaled(c->limit ? c->limit : DEFAULT_LIMIT);

	*r = (struct running) { .c = c, .number = number, .out = -1, .start = zt_now() };
	r->end = r->start + limit * 1000LL + 2000;
	if (!alone)
		zt_ok(r->out = memfd_create("out", MFD_CLOEXEC));
	case_index = number - 1;
	fflush(stdout);
	r->pid = fork();
	if (!r->pid) {
		if (!alone && (dup2(r->out, STDOUT_FILENO) < 0 || dup2(r->out, STDERR_FILENO) < 0))
			_exit(2);
		case_child(c, limit);
	}
	setpgid(r->pid, r->pid);
}

/* What the case has printed goes in front of its result. */
static void case_print(struct running *r)
{
	char text[4096];
	ssize_t n;

	if (r->out < 0)
		return;
	zt_ok(lseek(r->out, 0, SEEK_SET));
	while ((n = read(r->out, text, sizeof(text))) > 0)
		fwrite(text, 1, n, stdout);
	close(r->out);
}

/* Has it ended? Whatever it left behind in its group is killed. *@ok: it passed. */
static bool case_ended(struct running *r, bool *ok)
{
	int status;

	if (waitpid(r->pid, &status, WNOHANG) != r->pid) {
		if (zt_now() <= r->end)
			return false;
		kill(-r->pid, SIGKILL);
		waitpid(r->pid, &status, 0);
	}
	kill(-r->pid, SIGKILL);
	case_print(r);
	*ok = WIFEXITED(status) && !WEXITSTATUS(status);
	if (WIFSIGNALED(status))
		printf("# %s: signal %d%s\n", r->c->name, WTERMSIG(status),
		       WTERMSIG(status) == SIGALRM ? " (hung)" : "");
	printf("%sok %d - %s # %d ms\n", *ok ? "" : "not ", r->number, r->c->name,
	       (int)(zt_now() - r->start));
	fflush(stdout);
	r->c = NULL;
	return true;
}

int zt_run_crowd(int argc, char **argv, const struct zt_case *cases, size_t count,
		 size_t at_once)
{
	const char *filter = argc > 1 ? argv[1] : "";
	struct running running[at_once];
	size_t i, k, wanted = 0, begun = 0, ended = 0;
	int failed = 0;
	bool ok;

	memset(running, 0, sizeof(running));
	for (i = 0; i < count; i++)
		wanted += !!strstr(cases[i].name, filter);
	printf("TAP version 13\n1..%zu\n", wanted);
	for (i = 0; ended < wanted; zt_nap(2)) {
		for (k = 0; k < at_once; k++) {
			if (running[k].c && case_ended(&running[k], &ok)) {
				failed += !ok;
				ended++;
			}
			if (running[k].c)
				continue;
			while (i < count && !strstr(cases[i].name, filter))
				i++;
			if (i < count)
				case_start(&running[k], &cases[i++], ++begun, at_once == 1);
		}
	}
	return failed ? 1 : 0;
}

int zt_run(int argc, char **argv, const struct zt_case *cases, size_t count)
{
	return zt_run_crowd(argc, argv, cases, count, 1);
}
