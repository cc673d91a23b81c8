/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers that every system test shares: test cases with a time limit each,
 * TAP output, waiting on conditions, processes with a choice of libzmq.
 *
 * Environment: ZT_SCALE multiplies every time limit (slow kernels), ZT_SHIM
 * names the directory of our libzmq.so.5, ZT_STRESS divides the stress counts
 * that no requirement fixes.
 */
#ifndef TESTS_SYSTEM_LIB_H
#define TESTS_SYSTEM_LIB_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#define ZT_ARRAY(a) (sizeof(a) / sizeof((a)[0]))

/**
 * struct zt_case - one line of TAP
 * @name: what it proves, without spaces
 * @run: runs in a child of its own; returning is success
 * @arg: for @run
 * @limit: seconds before it counts as hung, 0: 20 (scaled by ZT_SCALE)
 */
struct zt_case {
	const char *name;
	void (*run)(const void *arg);
	const void *arg;
	unsigned int limit;
};

/* Runs all cases, or those whose name contains argv[1]; returns exit status. */
int zt_run(int argc, char **argv, const struct zt_case *cases, size_t count);
/*
 * The same, up to @at_once of them at the same time: for cases that mostly wait, and
 * have nothing in common but the network. What each prints is kept together.
 */
int zt_run_crowd(int argc, char **argv, const struct zt_case *cases, size_t count,
		 size_t at_once);

/* Fails the running case; never returns. */
void zt_die(const char *file, int line, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 3, 4)));

#define zt_fail(...) zt_die(__FILE__, __LINE__, __VA_ARGS__)

#define zt_check(cond) do {						\
	if (!(cond))							\
		zt_fail("expected %s (errno %d)", #cond, errno);	\
} while (0)

#define zt_eq(expr, want) do {						\
	long long zt_got_ = (long long)(expr), zt_want_ = (long long)(want); \
									\
	if (zt_got_ != zt_want_)					\
		zt_fail("%s: expected %s = %lld, got %lld (errno %d)",	\
			#expr, #want, zt_want_, zt_got_, errno);	\
} while (0)

/* The call returns -1 (or whatever is negative) with this errno. */
#define zt_err(expr, want) do {						\
	long long zt_got_;						\
									\
	errno = 0;							\
	zt_got_ = (long long)(expr);					\
	if (zt_got_ >= 0)						\
		zt_fail("%s: expected %s, got success %lld", #expr, #want, zt_got_); \
	if (errno != (want))						\
		zt_fail("%s: expected %s = %d, got errno %d (%s)", #expr, #want, \
			(int)(want), errno, strerror(errno));		\
} while (0)

#define zt_ok(expr) do {						\
	errno = 0;							\
	if ((long long)(expr) < 0)					\
		zt_fail("%s: errno %d (%s)", #expr, errno, strerror(errno)); \
} while (0)

/* Milliseconds, CLOCK_MONOTONIC. */
int64_t zt_now(void);
/* @ms stretched for slow kernels: for upper bounds only. */
int64_t zt_scaled(int64_t ms);
/*
 * By so much a time that the kernel counts in ticks may be too short, by our clock: one of
 * them had begun, and while the host lets the processor that counts them wait, up to five
 * of 4 ms are missing.
 */
#define ZT_EARLY_MS 40
/* A stress count: @n, less on slow kernels (ZT_STRESS), at least 1. */
unsigned int zt_count(unsigned int n);
void zt_nap(unsigned int ms);
/* Do all other threads of this process sleep now, in a call that waits? */
bool zt_others_asleep(void);

/* Waits until @cond holds; the case fails when it does not within @ms (scaled). */
#define zt_until(cond, ms) do {						\
	int64_t zt_end_ = zt_now() + zt_scaled(ms);			\
									\
	while (!(cond)) {						\
		if (zt_now() > zt_end_)					\
			zt_fail("not within %d ms: %s", (int)(ms), #cond); \
		zt_nap(2);						\
	}								\
} while (0)

/* Position-dependent content: a lost, doubled or moved byte shows. */
void zt_fill(void *buf, size_t len, uint32_t seed);
bool zt_same(const void *buf, size_t len, uint32_t seed);

/* A port that no other case of this program uses. */
int zt_port(void);
/* A network namespace of our own with lo up; stays where it is when it may not. */
void zt_netns(void);
/* Becomes an ordinary user without any capability. */
void zt_drop_root(void);

/* Whose libzmq a process runs on. */
enum zt_lib { ZT_STOCK, ZT_SHIM };

const char *zt_lib_name(enum zt_lib lib);
/* Is the library in this process really @lib? Fails the case when not. */
void zt_lib_check(enum zt_lib lib);
/* The library this process was started on. */
enum zt_lib zt_lib_here(void);

/**
 * struct zt_proc - a role running in a process of its own
 * @pid: process, 0 when it was waited for
 * @fd: line-wise conversation with it, -1 when given to somebody else
 */
struct zt_proc {
	pid_t pid;
	int fd;
};

/**
 * struct zt_role - something a child process can be
 * @name: how zt_spawn() asks for it
 * @run: returning is success
 */
struct zt_role {
	const char *name;
	void (*run)(int argc, char **argv);
};

/*
 * Call first in main(): when this process is a child that zt_spawn() made, it
 * runs the role and never returns.
 */
void zt_roles(int argc, char **argv, const struct zt_role *roles, size_t count);

/* Starts @role on @lib; fd 3 of the child is the other end of proc->fd. */
void zt_spawn(struct zt_proc *proc, enum zt_lib lib, const char *role,
	      const char *arg, ...) __attribute__((sentinel));
/* Same, the child's fd 3 is @fd (kept open here). */
void zt_spawn_fd(struct zt_proc *proc, enum zt_lib lib, int fd, char *const argv[]);
/* Waits for the end with status 0 within @ms; anything else fails the case. */
void zt_wait(struct zt_proc *proc, unsigned int ms);
void zt_kill(struct zt_proc *proc);

/* One line to or from the other side; in a role, fd is 3. */
#define ZT_PEER 3
void zt_tell(int fd, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Reads a line (without newline) into @line; EOF or 60 s of silence fail. */
void zt_hear(int fd, char *line, size_t size);
/* The next line must be @want. */
void zt_expect(int fd, const char *want);

#endif
