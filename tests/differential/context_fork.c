// SPDX-License-Identifier: GPL-2.0-only
/* Contexts and fork(): API 3. */
#include <sys/wait.h>
#include <unistd.h>

#include "diff.h"

static void say_child(pid_t pid)
{
	int status;

	zt_ok(waitpid(pid, &status, 0));
	say("child=%d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

/* The child leaves without a word: nothing of the parent's is closed by it. */
static void fork_child_exits(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);
	pid_t pid;

	zd_link(pull, push);
	pid = fork();
	if (!pid)
		_exit(3);
	say_child(pid);
	zd_put(push, "parent", NULL);
	say_recv(pull);
}

static void fork_child_closes(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);
	pid_t pid;

	zd_link(pull, push);
	zd_put(push, "1", NULL);
	say_recv(pull);
	pid = fork();
	if (!pid) {
		alarm(20);
		_exit(zmq_close(push) || zmq_close(pull) ? 1 : 4);
	}
	say_child(pid);
	zd_put(push, "2", NULL);
	say_recv(pull);
}

/* A message of a child, in a context of its own. */
static void speak(const char *ep)
{
	void *ctx = za_ctx(), *push = za_socket(ctx, ZMQ_PUSH);

	za_set(push, ZMQ_LINGER, -1);
	za_connect(push, ep);
	za_put(push, "child", 0);
	za_close(push);
	za_term(ctx);
}

/* With a context of its own it is a process like any other. */
static void fork_child_speaks(void)
{
	void *pull = zd_socket(ZMQ_PULL);
	const char *ep = zd_bind(pull);
	pid_t pid = fork();

	if (!pid) {
		alarm(20);
		speak(ep);
		_exit(5);
	}
	say_recv(pull);
	say_child(pid);
}

/* Before there is anything to inherit. */
static void fork_first(void)
{
	const char *ep = zd_ipc("a");
	pid_t pid = fork();
	void *s;

	if (!pid) {
		alarm(20);
		s = zd_connect(ZMQ_REQ, ep);
		za_put(s, "child", 0);
		za_want(s, "parent", 0);
		_exit(6);
	}
	s = zd_bound(ZMQ_REP, ep);
	say_recv(s);
	zd_put(s, "parent", NULL);
	say_child(pid);
}

/* A child may end what it inherited; the parent does not notice. */
static void fork_child_ends(void)
{
	void *pull = zd_socket(ZMQ_PULL), *push;
	const char *ep = zd_bind(pull);
	pid_t pid;

	pid = fork();
	if (!pid) {
		alarm(20);
		zt_ok(zmq_close(pull));
		/* libzmq says EINTR here. */
		zmq_ctx_term(zd_ctx());
		speak(ep);
		_exit(7);
	}
	say_recv(pull);
	say_child(pid);
	push = zd_connect(ZMQ_PUSH, ep);
	zd_put(push, "parent", NULL);
	say_recv(pull);
}

static const struct zd_behaviour behaviours[] = {
	{ "fork_child_exits", "API 3, test_fork", fork_child_exits,
	  "child=3 [parent]",
	},
	{ "fork_child_closes", "API 3, test_fork", fork_child_closes,
	  "[1] child=4 [2]",
	},
	{ "fork_child_ends", "API 3", fork_child_ends,
	  "[child] child=7 [parent]",
	},
	{ "fork_child_speaks", "API 3, test_fork", fork_child_speaks,
	  "[child] child=5",
	},
	{ "fork_first", "API 3", fork_first,
	  "[child] child=6",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
