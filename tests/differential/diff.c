// SPDX-License-Identifier: GPL-2.0-only
/* Runs behaviours on both libraries, a few at a time, and compares. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diff.h"

#define DEFAULT_LIMIT 20
#define PARALLEL 4
#define TRANSCRIPT_MAX 4096

/**
 * struct column - what one library has said about one behaviour
 * @pid: its process while it runs
 * @fd: its output while it runs, else -1
 * @wanted: is this library to run at all?
 * @done: it has ended
 * @deadline: when it counts as hung (ms, zt_now())
 * @len: bytes of @text
 * @text: the transcript, with "!" and the reason where it ended badly
 */
struct column {
	pid_t pid;
	int fd;
	bool wanted;
	bool done;
	int64_t deadline;
	size_t len;
	char text[TRANSCRIPT_MAX];
};

/**
 * struct row - a behaviour and its columns
 * @what: the behaviour
 * @column: what each library has said
 */
struct row {
	const struct zd_behaviour *what;
	struct column column[2];
};

static unsigned int limit_of(const struct zd_behaviour *b)
{
	return zt_scaled(b->limit ? b->limit : DEFAULT_LIMIT);
}

static void column_exec(enum zt_lib lib, int fd, const char *name)
{
	char *const argv[] = { "differential", "one", (char *)name, NULL };

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || dup2(fd, STDOUT_FILENO) < 0)
		_exit(126);
	if (lib == ZT_SHIM)
		setenv("LD_LIBRARY_PATH", getenv("ZT_SHIM"), 1);
	else
		unsetenv("LD_LIBRARY_PATH");
	execv("/proc/self/exe", argv);
	_exit(127);
}

static void column_start(struct column *c, enum zt_lib lib, const struct zd_behaviour *b)
{
	int pair[2];

	zt_ok(pipe2(pair, O_CLOEXEC));
	fflush(stdout);
	c->pid = fork();
	zt_check(c->pid >= 0);
	if (!c->pid)
		column_exec(lib, pair[1], b->name);
	close(pair[1]);
	c->fd = pair[0];
	/* Its own alarm comes first, and tells how far it got. */
	c->deadline = zt_now() + limit_of(b) * 1000LL + 5000;
}

static void column_add(struct column *c, const char *text)
{
	size_t n = strnlen(text, sizeof(c->text) - 1 - c->len);

	memcpy(c->text + c->len, text, n);
	c->len += n;
	c->text[c->len] = 0;
}

/* Notes of zt_die() come on lines of their own; the transcript is one line. */
static void column_end(struct column *c)
{
	char reason[64] = "";
	int status;
	char *p;

	close(c->fd);
	c->fd = -1;
	c->done = true;
	waitpid(c->pid, &status, 0);
	if (WIFSIGNALED(status))
		snprintf(reason, sizeof(reason), " !%s",
			 WTERMSIG(status) == SIGALRM ? "hung" : strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		snprintf(reason, sizeof(reason), " !status %d", WEXITSTATUS(status));
	column_add(c, reason);
	for (p = c->text; *p; p++)
		if (*p == '\n' || *p == '#')
			*p = ' ';
	while (c->len && c->text[c->len - 1] == ' ')
		c->text[--c->len] = 0;
}

/* Takes what there is to read; the end of output is the end of the process. */
static void column_read(struct column *c)
{
	char buf[512];
	ssize_t n = read(c->fd, buf, sizeof(buf) - 1);

	if (n > 0) {
		buf[n] = 0;
		column_add(c, buf);
	} else if (!n) {
		column_end(c);
	}
}

static bool row_done(const struct row *r)
{
	return (!r->column[ZT_STOCK].wanted || r->column[ZT_STOCK].done) &&
	       (!r->column[ZT_SHIM].wanted || r->column[ZT_SHIM].done);
}

static bool row_right(const struct row *r)
{
	const struct column *stock = &r->column[ZT_STOCK], *shim = &r->column[ZT_SHIM];
	const struct zd_behaviour *b = r->what;

	return (!stock->wanted || !strcmp(stock->text, b->want)) &&
	       (!shim->wanted || !strcmp(shim->text, b->ours ? b->ours : b->want));
}

/* TAP; the lines with what was wanted come before the one that has failed. */
static bool row_print(const struct row *r, size_t number)
{
	const struct zd_behaviour *b = r->what;
	bool right = row_right(r);

	if (!right)
		printf("# %s (%s) wants: %s\n", b->name, b->rule, b->want);
	if (!right && b->ours)
		printf("# and of af_zmq: %s\n", b->ours);
	printf("%sok %zu - %s", right ? "" : "not ", number, b->name);
	if (r->column[ZT_STOCK].wanted)
		printf(" | stock: %s", r->column[ZT_STOCK].text);
	if (r->column[ZT_SHIM].wanted)
		printf(" | af_zmq: %s", r->column[ZT_SHIM].text);
	if (b->ours && r->column[ZT_SHIM].wanted)
		printf(" | differs: %s", b->why);
	printf("\n");
	fflush(stdout);
	return right;
}

/* The next column to start, in the order of the rows; NULL: all have started. */
static struct column *next_column(struct row *rows, size_t count, struct row **row)
{
	static const enum zt_lib order[] = { ZT_STOCK, ZT_SHIM };
	size_t i, k;

	for (i = 0; i < count; i++) {
		for (k = 0; k < ZT_ARRAY(order); k++) {
			struct column *c = &rows[i].column[order[k]];

			if (c->wanted && !c->pid) {
				*row = &rows[i];
				return c;
			}
		}
	}
	return NULL;
}

/* Waits until one of those that run says something, or is past its time. */
static void attend(struct row *rows, size_t count, int *running)
{
	struct column *who[PARALLEL];
	struct pollfd pfd[PARALLEL];
	size_t i, n = 0;
	int k;

	for (i = 0; i < count; i++) {
		for (k = 0; k < 2; k++) {
			struct column *c = &rows[i].column[k];

			if (!c->pid || c->done)
				continue;
			if (zt_now() > c->deadline)
				kill(c->pid, SIGKILL);
			pfd[n] = (struct pollfd){ .fd = c->fd, .events = POLLIN };
			who[n++] = c;
		}
	}
	if (poll(pfd, n, 1000) <= 0)
		return;
	for (i = 0; i < n; i++) {
		if (!pfd[i].revents)
			continue;
		column_read(who[i]);
		*running -= who[i]->done;
	}
}

static int run_rows(struct row *rows, size_t count)
{
	size_t printed = 0;
	struct column *c;
	int running = 0;
	int failed = 0;
	struct row *row;

	printf("TAP version 13\n1..%zu\n", count);
	while (printed < count) {
		while (running < PARALLEL && (c = next_column(rows, count, &row))) {
			column_start(c, c == &row->column[ZT_SHIM] ? ZT_SHIM : ZT_STOCK, row->what);
			running++;
		}
		if (running)
			attend(rows, count, &running);
		for (; printed < count && row_done(&rows[printed]); printed++)
			failed += !row_print(&rows[printed], printed + 1);
	}
	return failed ? 1 : 0;
}

static int run_all(const char *filter, const struct zd_behaviour *behaviours, size_t count)
{
	struct row *rows = calloc(count, sizeof(*rows));
	size_t i, n = 0;

	zt_check(rows);
	for (i = 0; i < count; i++) {
		if (!strstr(behaviours[i].name, filter))
			continue;
		rows[n].what = &behaviours[i];
		rows[n].column[ZT_STOCK].wanted = !getenv("ZT_NO_CONTROL");
		rows[n].column[ZT_SHIM].wanted = !!getenv("ZT_SHIM");
		n++;
	}
	return run_rows(rows, n);
}

/* In a network of its own, ports and what happens at them are nobody else's. */
static void run_one(const struct zd_behaviour *b)
{
	signal(SIGPIPE, SIG_IGN);
	zt_lib_check(zt_lib_here());
	zt_netns();
	alarm(limit_of(b));
	b->run();
	zd_tidy();
	_exit(0);
}

static int list(const struct zd_behaviour *behaviours, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		printf("%s\n", behaviours[i].name);
	return 0;
}

int zd_main(int argc, char **argv, const struct zd_behaviour *behaviours, size_t count)
{
	const char *word = argc > 1 ? argv[1] : "";
	size_t i;

	if (!strcmp(word, "list"))
		return list(behaviours, count);
	if (argc < 3 || strcmp(word, "one"))
		return run_all(word, behaviours, count);
	for (i = 0; i < count; i++)
		if (!strcmp(argv[2], behaviours[i].name))
			run_one(&behaviours[i]);
	zt_fail("no behaviour %s", argv[2]);
}
