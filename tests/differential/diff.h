/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differential tests: a behaviour is a small program that says what it sees, as
 * one line of short words (its transcript). Each runs on the stock library and
 * on the shim, in a process of its own each time, and both must say what is
 * expected.
 *
 * Environment: ZT_SHIM names the directory of our libzmq.so.5; without it only
 * the stock library runs, so that a host without the module is enough to write
 * a behaviour. ZT_NO_CONTROL leaves the stock library out. ZT_SCALE stretches
 * every time limit.
 */
#ifndef TESTS_DIFFERENTIAL_DIFF_H
#define TESTS_DIFFERENTIAL_DIFF_H

#include "../system/zapi.h"

/**
 * struct zd_behaviour - one rule of libzmq's API, as something to be seen
 * @name: unique in its program, without spaces
 * @rule: where the rule is written: section of the API page, libzmq's own test
 * @run: says the transcript; returning is its end, nothing has to be closed
 * @want: the transcript of the stock library, and of the shim
 * @ours: transcript of the shim where we differ on purpose; NULL: @want
 * @why: with @ours, as ".why = ": what the entry in Documentation/use.rst,
 *	 "Differences from libzmq", begins with; tests/lint/run looks for it
 * @limit: seconds until it counts as hung, 0: 20 (scaled by ZT_SCALE)
 */
struct zd_behaviour {
	const char *name;
	const char *rule;
	void (*run)(void);
	const char *want;
	const char *ours;
	const char *why;
	unsigned int limit;
};

/*
 * main() of a group of behaviours. PROGRAM [NAME-PART] runs those whose name
 * contains NAME-PART on both libraries, PROGRAM list prints the names, PROGRAM
 * one NAME runs that one in this process and prints its transcript.
 */
int zd_main(int argc, char **argv, const struct zd_behaviour *behaviours, size_t count);

/* --- the transcript ---------------------------------------------------------- */

/* Adds words to the transcript. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* "EFSM", "ok" for 0. */
const char *zd_errno(int number);
/* Adds WHAT=RC, WHAT=ok for 0, or WHAT=ERRNO-NAME when @rc is negative. */
void say_rc(const char *what, int rc);
/*
 * A frame for the transcript: "[text]", other bytes as \xNN, 5 bytes with a
 * leading zero (an id that a ROUTER or STREAM made up) as "[id]", more than 32
 * bytes as their number, "[<5000>]". Valid until the 8th call after it.
 */
const char *zd_frame(const void *data, size_t size);

/* --- sockets ------------------------------------------------------------------ */

/* The context of this process. */
void *zd_ctx(void);
/* A socket of it: LINGER 0, calls end after ZA_TIMEO (scaled). */
void *zd_socket(int type);
/* bind() to a free loopback port; returns the endpoint, which stays valid. */
const char *zd_bind(void *socket);
/* bind() where somebody has just gone: libzmq closes later than it says. */
void zd_bind_again(void *socket, const char *ep);
/* A loopback endpoint nobody listens at. */
const char *zd_free_endpoint(void);
/* A new socket of @type that is bound to @ep. */
void *zd_bound(int type, const char *ep);
/* A directory of this process, and an ipc endpoint in it. Wildcards go there, too. */
const char *zd_directory(void);
const char *zd_ipc(const char *name);
/* Removes that directory: for the end of the process. */
void zd_tidy(void);
/* The port of an endpoint. */
int zd_port(const char *ep);
/* Both sockets of a connection: @binder must be new or bound by zd_bind(). */
void zd_link(void *binder, void *connector);
/* A new socket connected to @ep. */
void *zd_connect(int type, const char *ep);

/* A DEALER called @name; connected to @router, which has heard (and says) its "hello". */
void *zd_named(const char *name);
void *zd_known(void *router, const char *name);

/* Option with bytes for value, as long as the string. */
void zd_set_text(void *socket, int option, const char *text);
/* Says NAME=ok or NAME=ERRNO. */
void say_set(void *socket, const char *name, int option, int value);
void say_set_bytes(void *socket, const char *name, int option, const void *value, size_t size);
/* Says NAME=VALUE or NAME=ERRNO. */
void say_get(void *socket, const char *name, int option);
void say_events(void *socket);

/* From now on a signal comes to this thread every 200 ms, whose handler does nothing. */
void zd_interrupt(void);

/* --- messages ----------------------------------------------------------------- */

/* A message of the given frames; NULL ends the list. */
void zd_put(void *socket, const char *frame, ...) __attribute__((sentinel));
/* Tries to send one frame; says WHAT=SIZE or WHAT=ERRNO. */
void say_send(void *socket, const char *what, const char *frame, int flags);
/* Sends one-byte messages until one does not fit, at most @limit; returns how many. */
int zd_fill(void *socket, int limit);
/* Takes the messages that are there now; returns how many. */
int zd_drain(void *socket);
/* Waits until EVENTS is just this. */
void zd_until_events(void *socket, int events);
/* Waits for the next message, says its frames: "[a][b]", or the errno's name. */
void say_recv(void *socket);
/*
 * The same, while @other is called again and again: what a libzmq socket has to
 * do happens in calls of the application.
 */
void say_recv_from(void *socket, void *other);
/* say_recv() for @count messages. */
void say_recv_many(void *socket, int count);
/* Says two messages that may come in either order, sorted. */
void say_recv_two(void *socket);
/* Says the frames of the next message if one is there now, or the errno's name. */
void say_recv_now(void *socket);
/*
 * For absence: gives messages that should not come the time to come, then says
 * "none", or what has come.
 */
void say_none(void *socket);
/* Time for things to happen that nothing shows; only where absence is the rule. */
void zd_settle(void);
/* The same with calls on the socket: libzmq finishes what unbind() began in these only. */
void zd_attend(void *socket, int64_t ms);

/*
 * Returns after the subscriber's subscription to @topic (or what it sent) is
 * known to the publisher. What was sent to find out has been read again.
 */
void zd_subscribed(void *pub, void *sub, const char *topic);

#endif
