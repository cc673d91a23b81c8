// SPDX-License-Identifier: GPL-2.0-only
/* ipc: connections that come and go, with processes, too; who may connect: API 2.3, 4.3. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diff.h"

static const char *path_of(const char *ep)
{
	return ep + strlen("ipc://");
}

/* The connecting side comes back as soon as it is allowed to. */
static void *quick(int type)
{
	void *s = zd_socket(type);

	za_set(s, ZMQ_RECONNECT_IVL, 20);
	return s;
}

static void binder_restarts(void)
{
	const char *ep = zd_ipc("a");
	void *pull = zd_bound(ZMQ_PULL, ep), *push = quick(ZMQ_PUSH);

	za_connect(push, ep);
	zd_put(push, "1", NULL);
	say_recv(pull);
	za_close(pull);
	zd_settle();
	zd_put(push, "2", NULL);
	pull = zd_bound(ZMQ_PULL, ep);
	say_recv(pull);
	zd_put(push, "3", NULL);
	say_recv(pull);
}

static void connector_restarts(void)
{
	const char *ep = zd_ipc("a");
	void *router = zd_bound(ZMQ_ROUTER, ep), *dealer = zd_named("me");
	int i;

	for (i = 0; i < 3; i++) {
		za_connect(dealer, ep);
		zd_put(dealer, "hello", NULL);
		say_recv(router);
		zd_put(router, "me", "answer", NULL);
		say_recv(dealer);
		za_close(dealer);
		/* Its id is free once the router has noticed. */
		za_set(router, ZMQ_ROUTER_MANDATORY, 1);
		zd_until_events(router, 0);
		dealer = zd_named("me");
	}
}

/* Those who came by it go, too, and come back. */
static void unbind_disconnects(void)
{
	const char *ep = zd_ipc("a");
	void *pull = zd_bound(ZMQ_PULL, ep), *push = quick(ZMQ_PUSH);

	za_set(push, ZMQ_IMMEDIATE, 1);
	za_connect(push, ep);
	zd_put(push, "1", NULL);
	say_recv(pull);
	say_rc("unbind", zmq_unbind(pull, ep));
	zt_until((za_get(pull, ZMQ_EVENTS), !(za_get(push, ZMQ_EVENTS) & ZMQ_POLLOUT)), ZA_TIMEO);
	say_send(push, "send", "2", ZMQ_DONTWAIT);
	za_bind(pull, ep);
	zd_put(push, "3", NULL);
	say_recv(pull);
}

/* test_reconnect_ivl: who may not try again has to be told to. */
static void no_reconnect(void)
{
	const char *ep = zd_ipc("a");
	void *a = zd_bound(ZMQ_PAIR, ep), *b = zd_socket(ZMQ_PAIR);

	za_set(b, ZMQ_RECONNECT_IVL, -1);
	za_connect(b, ep);
	zd_put(b, "1", NULL);
	say_recv(a);
	zt_ok(zmq_unbind(a, ep));
	zt_until((za_get(a, ZMQ_EVENTS), !(za_get(b, ZMQ_EVENTS) & ZMQ_POLLOUT)), ZA_TIMEO);
	za_bind(a, ep);
	zd_settle();
	say_send(b, "send", "2", ZMQ_DONTWAIT);
	say_rc("connect", zmq_connect(b, ep));
	zd_put(b, "3", NULL);
	say_recv(a);
}

/* Nobody listens at the file any more: a connection that lives does not care. */
static void file_deleted(void)
{
	const char *ep = zd_ipc("a");
	void *pull = zd_bound(ZMQ_PULL, ep), *push = quick(ZMQ_PUSH), *late;

	za_connect(push, ep);
	zd_put(push, "1", NULL);
	say_recv(pull);
	zt_ok(unlink(path_of(ep)));
	late = quick(ZMQ_PUSH);
	za_connect(late, ep);
	zd_put(late, "late", NULL);
	zd_put(push, "2", NULL);
	say_recv(pull);
	say_none(pull);
	say_rc("unbind", zmq_unbind(pull, ep));
	za_bind(pull, ep);
	say_recv(pull);
}

/* --- messages that wait ------------------------------------------------------------------ */

static void hwm_alone(void)
{
	static const int hwm[] = { 1, 3, 100 };
	size_t i;

	for (i = 0; i < ZT_ARRAY(hwm); i++) {
		void *push = zd_socket(ZMQ_PUSH);

		za_set(push, ZMQ_SNDHWM, hwm[i]);
		za_connect(push, zd_ipc("nobody"));
		say("%d:%d", hwm[i], zd_fill(push, 1000));
	}
}

static void immediate(void)
{
	const char *ep = zd_ipc("a");
	void *push = quick(ZMQ_PUSH), *pull;

	za_set(push, ZMQ_IMMEDIATE, 1);
	za_connect(push, ep);
	say_events(push);
	say_send(push, "send", "1", ZMQ_DONTWAIT);
	pull = zd_bound(ZMQ_PULL, ep);
	za_ready(push, ZMQ_POLLOUT);
	zd_put(push, "2", NULL);
	say_recv(pull);
}

static void linger(void)
{
	void *ctx = za_ctx(), *push = za_socket(ctx, ZMQ_PUSH);
	int64_t start;

	za_set(push, ZMQ_LINGER, 300);
	za_connect(push, zd_ipc("nobody"));
	zd_put(push, "1", NULL);
	/* ZMQ_LINGER begins in here. */
	start = zt_now();
	za_close(push);
	za_term(ctx);
	say("%s", zt_now() - start >= 250 ? "waited" : "at once");
	ctx = za_ctx();
	push = za_socket(ctx, ZMQ_PUSH);
	za_connect(push, zd_ipc("nobody"));
	zd_put(push, "1", NULL);
	za_close(push);
	za_term(ctx);
	say("over");
}

static void linger_delivers(void)
{
	const char *ep = zd_ipc("a");
	void *push = quick(ZMQ_PUSH), *pull;

	za_set(push, ZMQ_LINGER, -1);
	za_connect(push, ep);
	zd_put(push, "1", NULL);
	zd_put(push, "2a", "2b", NULL);
	za_close(push);
	pull = zd_bound(ZMQ_PULL, ep);
	say_recv_many(pull, 2);
	say_none(pull);
}

static void disconnect_waiting(void)
{
	const char *ep = zd_ipc("a");
	void *push = quick(ZMQ_PUSH), *pull;

	za_connect(push, ep);
	zd_put(push, "1", NULL);
	say_rc("disconnect", zmq_disconnect(push, ep));
	say_send(push, "send", "2", ZMQ_DONTWAIT);
	pull = zd_bound(ZMQ_PULL, ep);
	say_none(pull);
	za_connect(push, ep);
	zd_put(push, "3", NULL);
	say_recv(pull);
}

static void big_messages(void)
{
	const char *ep = zd_ipc("a");
	void *pull = zd_bound(ZMQ_PULL, ep), *push = zd_connect(ZMQ_PUSH, ep);
	static const size_t sizes[] = { 0, 255, 256, 8192, 65535, 65536, 3 << 20 };
	size_t i;

	for (i = 0; i < ZT_ARRAY(sizes); i++)
		za_put_big(push, sizes[i], i, i + 1 < ZT_ARRAY(sizes) ? ZMQ_SNDMORE : 0);
	for (i = 0; i < ZT_ARRAY(sizes); i++)
		za_want_big(pull, sizes[i], i, i + 1 < ZT_ARRAY(sizes));
	say("whole");
}

static void many_messages(void)
{
	const char *ep = zd_ipc("a");
	void *pull = zd_bound(ZMQ_PULL, ep), *push = zd_connect(ZMQ_PUSH, ep);
	char text[16];
	int i, k;

	/* Fewer at a time than either queue holds: the sender may not wait here. */
	for (i = 0; i < 5000; i += 500) {
		for (k = 0; k < 500; k++) {
			sprintf(text, "%d", i + k);
			za_put(push, text, 0);
		}
		for (k = 0; k < 500; k++) {
			sprintf(text, "%d", i + k);
			za_want(pull, text, 0);
		}
	}
	say("all");
}

/* --- processes ---------------------------------------------------------------------------- */

/* A child with a libzmq of its own; fork() comes before the first context. */
static pid_t child(void (*run)(const char *ep), const char *ep)
{
	pid_t pid = fork();

	zt_check(pid >= 0);
	if (pid)
		return pid;
	alarm(60);
	run(ep);
	_exit(0);
}

static void say_ended(pid_t pid)
{
	int status;

	zt_ok(waitpid(pid, &status, 0));
	say("child=%d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static void echo_twice(const char *ep)
{
	void *rep = zd_bound(ZMQ_REP, ep);
	char text[64];
	int i, n;

	for (i = 0; i < 2; i++) {
		n = zmq_recv(rep, text, sizeof(text), 0);
		zt_check(n >= 0);
		zt_eq(zmq_send(rep, text, n, 0), n);
	}
	/* The last reply is not lost: it is closed and waited for. */
	za_set(rep, ZMQ_LINGER, -1);
	za_close(rep);
	za_term(zd_ctx());
}

static void between_processes(void)
{
	const char *ep = zd_ipc("a");
	pid_t pid = child(echo_twice, ep);
	void *req = zd_connect(ZMQ_REQ, ep);

	zd_put(req, "one", NULL);
	say_recv(req);
	zd_put(req, "two", NULL);
	say_recv(req);
	say_ended(pid);
}

static void pull_for_ever(const char *ep)
{
	void *pull = zd_bound(ZMQ_PULL, ep), *done = zd_connect(ZMQ_PUSH, zd_ipc("done"));
	char text[16];

	for (;;) {
		int n = zmq_recv(pull, text, sizeof(text), 0);

		zt_check(n >= 0);
		zt_eq(zmq_send(done, text, n, 0), n);
	}
}

/* SIGKILL leaves a file and no listener. */
static void binder_killed(void)
{
	const char *ep = zd_ipc("a"), *done_ep = zd_ipc("done");
	pid_t pid = child(pull_for_ever, ep);
	void *done = zd_bound(ZMQ_PULL, done_ep), *push = quick(ZMQ_PUSH), *pull;
	int status;

	za_set(push, ZMQ_IMMEDIATE, 1);
	za_connect(push, ep);
	zd_put(push, "1", NULL);
	say_recv(done);
	zt_ok(kill(pid, SIGKILL));
	zt_ok(waitpid(pid, &status, 0));
	zd_until_events(push, 0);
	say("left=%s", access(path_of(ep), F_OK) ? "nothing" : "file");
	pull = zd_bound(ZMQ_PULL, ep);
	zd_put(push, "2", NULL);
	say_recv(pull);
}

static void push_once(const char *ep)
{
	void *push = zd_connect(ZMQ_PUSH, ep);

	za_put(push, "from child", 0);
	za_set(push, ZMQ_LINGER, -1);
	za_close(push);
	za_term(zd_ctx());
}

static void connector_exits(void)
{
	const char *ep = zd_ipc("a");
	pid_t pid = child(push_once, ep);
	void *pull = zd_bound(ZMQ_PULL, ep);

	say_recv(pull);
	say_ended(pid);
	say_none(pull);
}

/* --- who may connect ------------------------------------------------------------------------ */

static void filtered(int option, unsigned int value, unsigned int own)
{
	const char *ep = zd_ipc("a");
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);

	za_set(pull, option, value);
	za_bind(pull, ep);
	za_connect(push, ep);
	zd_put(push, "hello", NULL);
	if (value == own)
		say_recv(pull);
	else
		say_none(pull);
}

static void filter_pid(void) { filtered(ZMQ_IPC_FILTER_PID, getpid(), getpid()); }
static void filter_other_pid(void) { filtered(ZMQ_IPC_FILTER_PID, getppid(), getpid()); }
static void filter_uid(void) { filtered(ZMQ_IPC_FILTER_UID, getuid(), getuid()); }
static void filter_other_uid(void) { filtered(ZMQ_IPC_FILTER_UID, getuid() + 1, getuid()); }
static void filter_gid(void) { filtered(ZMQ_IPC_FILTER_GID, getgid(), getgid()); }
static void filter_other_gid(void) { filtered(ZMQ_IPC_FILTER_GID, getgid() + 1, getgid()); }

/* One that fits is enough. */
static void filter_any(void)
{
	const char *ep = zd_ipc("a");
	void *pull = zd_socket(ZMQ_PULL), *push;

	za_set(pull, ZMQ_IPC_FILTER_PID, getppid());
	za_set(pull, ZMQ_IPC_FILTER_GID, getgid() + 1);
	za_set(pull, ZMQ_IPC_FILTER_UID, getuid());
	za_bind(pull, ep);
	push = zd_connect(ZMQ_PUSH, ep);
	zd_put(push, "hello", NULL);
	say_recv(pull);
}

/* They are those of the bind. */
static void filter_late(void)
{
	const char *a = zd_ipc("a"), *b = zd_ipc("b");
	void *pull = zd_bound(ZMQ_PULL, a), *push;

	za_set(pull, ZMQ_IPC_FILTER_UID, getuid() + 1);
	za_bind(pull, b);
	push = zd_connect(ZMQ_PUSH, b);
	zd_put(push, "b", NULL);
	push = zd_connect(ZMQ_PUSH, a);
	zd_put(push, "a", NULL);
	say_recv(pull);
	say_none(pull);
}

static const struct zd_behaviour behaviours[] = {
	{ "binder_restarts", "API 2.3", binder_restarts,
	  "[1] [2] [3]",
	},
	{ "connector_restarts", "API 1.8", connector_restarts,
	  "[me][hello] [answer] [me][hello] [answer] [me][hello] [answer]",
	},
	{ "unbind_disconnects", "API 4.8", unbind_disconnects,
	  "[1] unbind=ok send=EAGAIN [3]",
	},
	{ "no_reconnect", "API 9.1 test_reconnect_ivl", no_reconnect,
	  "[1] send=EAGAIN connect=ok [3]",
	},
	{ "file_deleted", "API 4.3", file_deleted,
	  "[1] [2] none unbind=ok [late]",
	},
	{ "hwm_alone", "API 2.3", hwm_alone,
	  "1:1 3:3 100:100",
	},
	{ "immediate", "API 2.3 IMMEDIATE", immediate,
	  "events=0 send=EAGAIN [2]",
	},
	{ "linger", "API 2.3 LINGER", linger,
	  "waited over",
	},
	{ "linger_delivers", "API 2.3 LINGER", linger_delivers,
	  "[1] [2a][2b] none",
	},
	{ "disconnect_waiting", "API 4.8", disconnect_waiting,
	  "disconnect=ok send=EAGAIN none [3]",
	},
	{ "big_messages", "API 4.3", big_messages,
	  "whole",
	},
	{ "many_messages", "API 4.3", many_messages,
	  "all",
	},
	{ "between_processes", "API 9.2 test_reqrep_ipc", between_processes,
	  "[one] [two] child=0",
	},
	{ "binder_killed", "API 2.3", binder_killed,
	  "[1] left=file [2]",
	},
	{ "connector_exits", "API 2.3 LINGER", connector_exits,
	  "[from\\x20child] child=0 none",
	},
	{ "filter_pid", "API 2.2, test_filter_ipc", filter_pid,
	  "[hello]",
	},
	{ "filter_other_pid", "API 2.2, test_filter_ipc", filter_other_pid,
	  "none",
	},
	{ "filter_uid", "API 2.2, test_filter_ipc", filter_uid,
	  "[hello]",
	},
	{ "filter_other_uid", "API 2.2, test_filter_ipc", filter_other_uid,
	  "none",
	},
	{ "filter_gid", "API 2.2, test_filter_ipc", filter_gid,
	  "[hello]",
	},
	{ "filter_other_gid", "API 2.2, test_filter_ipc", filter_other_gid,
	  "none",
	},
	{ "filter_any", "API 2.2, test_filter_ipc", filter_any,
	  "[hello]",
	},
	{ "filter_late", "API 2.2", filter_late,
	  "[a] none",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
