// SPDX-License-Identifier: GPL-2.0-only
/* ipc: which addresses there are, and what bind() and connect() do with files: API 4.3, 4.8. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diff.h"
#include "watch.h"

/* The place of this process: its directory, its wildcards, where it is. */
static const char *place(const char *name)
{
	const char *ep = zd_ipc(name);

	zt_ok(chdir(zd_directory()));
	return ep;
}

static const char *path_of(const char *ep)
{
	return ep + strlen("ipc://");
}

static void say_file(const char *what, const char *path)
{
	struct stat st;

	if (lstat(path, &st))
		say("%s=%s", what, zd_errno(errno));
	else
		say("%s=%s", what, S_ISSOCK(st.st_mode) ? "socket" : S_ISREG(st.st_mode) ? "file" :
		    S_ISDIR(st.st_mode) ? "directory" : "other");
}

/* LAST_ENDPOINT; the directory of this process is DIR there. */
static void say_last(const char *what, void *s)
{
	const char *dir = zd_directory();
	char ep[256], *at;

	za_last(s, ep);
	at = strstr(ep, dir);
	if (at)
		say("%s=%.*sDIR%s", what, (int)(at - ep), ep, at + strlen(dir));
	else
		say("%s=%s", what, ep);
}

/* Can the second say something to the first? */
static void say_passes(void *pull, void *push)
{
	zd_put(push, "hello", NULL);
	say_recv(pull);
}

static void bind_path(void)
{
	const char *ep = place("a");
	void *pull = zd_bound(ZMQ_PULL, ep), *push;

	say_file("bound", path_of(ep));
	say_last("last", pull);
	push = zd_connect(ZMQ_PUSH, ep);
	say_passes(pull, push);
}

static void connect_first(void)
{
	const char *ep = place("a");
	void *push = zd_connect(ZMQ_PUSH, ep), *pull;

	zd_put(push, "1", NULL);
	zd_put(push, "2a", "2b", NULL);
	say_file("connected", path_of(ep));
	pull = zd_bound(ZMQ_PULL, ep);
	say_recv_many(pull, 2);
}

/* The name stays when the listener goes; the next bind does not mind. */
static void file_stays(void)
{
	const char *ep = place("a");
	void *pull = zd_bound(ZMQ_PULL, ep), *push = zd_socket(ZMQ_PUSH), *watched = watch(push);

	say_rc("unbind", zmq_unbind(pull, ep));
	za_connect(push, ep);
	zd_put(push, "1", NULL);
	say_none(pull);
	say_file("unbound", path_of(ep));
	za_bind(pull, ep);
	say_recv(pull);
	za_close(pull);
	zm_until(watched, ZMQ_EVENT_DISCONNECTED);
	zd_settle();
	say_file("closed", path_of(ep));
	pull = zd_bound(ZMQ_PULL, ep);
	zd_put(push, "2", NULL);
	say_recv(pull);
}

/* What lies there gives way to libzmq; to us only a socket does. */
static void file_replaced(void)
{
	const char *ep = place("a");
	int fd = open("a", O_CREAT | O_WRONLY, 0600);

	zt_ok(fd);
	close(fd);
	say_file("before", path_of(ep));
	say_rc("bind", zmq_bind(zd_socket(ZMQ_PULL), ep));
	say_file("after", path_of(ep));
}

static void directory_stays(void)
{
	const char *ep = place("a");

	zt_ok(mkdir("a", 0700));
	say_rc("bind", zmq_bind(zd_socket(ZMQ_PULL), ep));
	say_file("there", path_of(ep));
	say_rc("connect", zmq_connect(zd_socket(ZMQ_PUSH), ep));
}

static void symlink_replaced(void)
{
	const char *ep = place("a");

	zt_ok(symlink("b", "a"));
	say_rc("bind", zmq_bind(zd_socket(ZMQ_PULL), ep));
	say_file("a", "a");
	say_file("b", "b");
}

/* A second bind takes the name; connections of the first one live on. */
static void path_stolen(void)
{
	const char *ep = place("a");
	void *first = zd_bound(ZMQ_PULL, ep), *old = zd_connect(ZMQ_PUSH, ep), *second, *new;

	say_passes(first, old);
	second = zd_socket(ZMQ_PULL);
	say_rc("bind", zmq_bind(second, ep));
	new = zd_connect(ZMQ_PUSH, ep);
	zd_put(new, "new", NULL);
	zd_put(old, "old", NULL);
	say_recv(second);
	say_recv(first);
	say_none(first);
	say_none(second);
}

static void missing_directory(void)
{
	const char *ep = place("none/a");
	void *push = zd_connect(ZMQ_PUSH, ep), *pull = zd_socket(ZMQ_PULL);

	say_rc("bind", zmq_bind(pull, ep));
	zd_put(push, "1", NULL);
	zt_ok(mkdir("none", 0700));
	say_rc("bind", zmq_bind(pull, ep));
	say_recv(pull);
}

static void no_permission(void)
{
	const char *ep;
	void *pull;

	/* Not after the library has begun: its threads would stay what they are. */
	zt_drop_root();
	ep = place("shut/a");
	zt_ok(mkdir("shut", 0700));
	pull = zd_socket(ZMQ_PULL);
	zt_ok(chmod("shut", 0500));
	say_rc("unwritable", zmq_bind(pull, ep));
	zt_ok(chmod("shut", 0));
	say_rc("closed", zmq_bind(pull, ep));
	say_rc("connect", zmq_connect(zd_socket(ZMQ_PUSH), ep));
	zt_ok(chmod("shut", 0700));
	say_rc("open", zmq_bind(pull, ep));
}

static void relative_path(void)
{
	void *pull, *push;

	place("");
	pull = zd_bound(ZMQ_PULL, "ipc://here");
	say_last("last", pull);
	say_file("here", "here");
	push = zd_connect(ZMQ_PUSH, "ipc://./here");
	say_passes(pull, push);
	say_rc("unbind", zmq_unbind(pull, "ipc://here"));
}

/* As long as sun_path, its last byte left out. */
static void long_paths(void)
{
	static const int sizes[] = { 106, 107, 108, 200, 505, 506, 507, 1000 };
	size_t i;

	for (i = 0; i < ZT_ARRAY(sizes); i++) {
		void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);
		char ep[1024];
		int n = sprintf(ep, "%s", place("x")) - strlen("ipc://");

		memset(ep + strlen("ipc://") + n, 'x', sizes[i] - n);
		ep[strlen("ipc://") + sizes[i]] = 0;
		say("%d", sizes[i]);
		say_rc("bind", zmq_bind(pull, ep));
		say_rc("connect", zmq_connect(push, ep));
		if (sizes[i] < 108)
			say_passes(pull, push);
	}
}

static void long_abstract(void)
{
	static const int sizes[] = { 106, 107, 108, 200, 505, 506, 507, 1000 };
	size_t i;

	for (i = 0; i < ZT_ARRAY(sizes); i++) {
		void *pull = zd_socket(ZMQ_PULL), *push = zd_socket(ZMQ_PUSH);
		char ep[1024];
		int n = sprintf(ep, "ipc://@%d", getpid()) - strlen("ipc://");

		memset(ep + strlen("ipc://") + n, 'x', sizes[i] - n);
		ep[strlen("ipc://") + sizes[i]] = 0;
		say("%d", sizes[i]);
		say_rc("bind", zmq_bind(pull, ep));
		say_rc("connect", zmq_connect(push, ep));
		if (sizes[i] < 108)
			say_passes(pull, push);
	}
}

static void bad_addresses(void)
{
	static const char *const eps[] = { "ipc://", "ipc://@", "ipc:/a", "ipc:", "IPC://a" };
	size_t i;

	place("");
	for (i = 0; i < ZT_ARRAY(eps); i++) {
		void *s = zd_socket(ZMQ_DEALER);

		say("%s", eps[i]);
		say_rc("bind", zmq_bind(s, eps[i]));
		say_rc("connect", zmq_connect(s, eps[i]));
		say_rc("unbind", zmq_unbind(s, eps[i]));
	}
}

/* --- names without a file ---------------------------------------------------------- */

static const char *abstract(void)
{
	static char ep[64];

	sprintf(ep, "ipc://@diff-%d", getpid());
	return ep;
}

static void bind_abstract(void)
{
	const char *ep = abstract();
	void *pull = zd_bound(ZMQ_PULL, ep), *push = zd_connect(ZMQ_PUSH, ep);
	char last[256];

	say_passes(pull, push);
	za_last(pull, last);
	say("last=%s", strcmp(last, ep) ? last : "same");
	say_rc("unbind", zmq_unbind(pull, ep));
	say_rc("again", zmq_unbind(pull, ep));
}

static void abstract_taken(void)
{
	void *first = zd_bound(ZMQ_PULL, abstract()), *second = zd_socket(ZMQ_PULL);

	say_rc("second", zmq_bind(second, abstract()));
	zt_ok(zmq_unbind(first, abstract()));
	zt_until(!zmq_bind(second, abstract()), ZA_TIMEO);
	say("free");
	say_passes(second, zd_connect(ZMQ_PUSH, abstract()));
}

static void abstract_connect_first(void)
{
	void *push = zd_connect(ZMQ_PUSH, abstract()), *pull;

	zd_put(push, "1", NULL);
	pull = zd_bound(ZMQ_PULL, abstract());
	say_recv(pull);
}

/* --- names that are made ------------------------------------------------------------- */

/* The part that is made up is as long as another. */
static void say_made(void *s)
{
	char ep[256], text[256];
	size_t head;
	char *p;

	za_last(s, ep);
	head = strlen("ipc://") + strlen(zd_directory());
	zt_check(strlen(ep) > head);
	strcpy(text, ep + head);
	if (!strncmp(text, "/tmp", 4))
		for (p = text + 4; *p && *p != '/'; p++)
			*p = 'X';
	say("DIR%s", text);
}

static void wildcard(void)
{
	char ep[256], path[256];
	void *pull, *push;

	place("");
	pull = zd_bound(ZMQ_PULL, "ipc://*");
	say_made(pull);
	za_last(pull, ep);
	strcpy(path, path_of(ep));
	say_file("bound", path);
	push = zd_connect(ZMQ_PUSH, ep);
	say_passes(pull, push);
	za_close(pull);
	zt_until(access(path, F_OK), ZA_TIMEO);
	*strrchr(path, '/') = 0;
	zt_until(access(path, F_OK), ZA_TIMEO);
	say("gone");
}

/* Whatever follows the star says nothing. */
static void wildcard_text(void)
{
	void *pull = zd_socket(ZMQ_PULL);

	place("");
	say_rc("bind", zmq_bind(pull, "ipc://*name"));
	say_made(pull);
}

static void wildcard_unbind(void)
{
	void *pull = zd_socket(ZMQ_PULL);
	char ep[256];

	place("");
	za_bind(pull, "ipc://*");
	za_last(pull, ep);
	say_rc("star", zmq_unbind(pull, "ipc://*"));
	say_rc("last", zmq_unbind(pull, ep));
	say_rc("again", zmq_unbind(pull, ep));
}

/* The first of these variables that names a directory has it, else where one is. */
static void wildcard_place(void)
{
	void *pull = zd_socket(ZMQ_PULL);

	place("");
	zt_ok(mkdir("one", 0700));
	zt_ok(mkdir("two", 0700));
	zt_ok(setenv("TMPDIR", "no-such-directory", 1));
	zt_ok(setenv("TEMPDIR", "one", 1));
	zt_ok(setenv("TMP", "two", 1));
	za_bind(pull, "ipc://*");
	say_file("one", "one");
	say("%s", rmdir("one") ? "used" : "empty");
	zt_ok(unsetenv("TMPDIR"));
	za_bind(pull, "ipc://*");
	zt_ok(unsetenv("TEMPDIR"));
	za_bind(pull, "ipc://*");
	say("%s %s", rmdir("one") ? "used" : "empty", rmdir("two") ? "used" : "empty");
}

/* A file called so, nothing else. */
static void connect_star(void)
{
	void *push, *pull;

	place("");
	push = zd_connect(ZMQ_PUSH, "ipc://*");
	pull = zd_bound(ZMQ_PULL, "ipc://*");
	zd_put(push, "x", NULL);
	say_none(pull);
	za_bind(pull, "ipc://./*");
	say_recv(pull);
}

/* --- undoing, twice --------------------------------------------------------------------- */

static void undo(void)
{
	const char *ep = place("a");
	void *pull = zd_bound(ZMQ_PULL, ep), *push = zd_connect(ZMQ_PUSH, ep);
	char other[256];

	say_passes(pull, push);
	sprintf(other, "ipc://%s/./a", zd_directory());
	say_rc("other-text", zmq_unbind(pull, other));
	say_rc("other-text", zmq_disconnect(push, other));
	say_rc("unknown", zmq_unbind(pull, "ipc://unknown"));
	say_rc("disconnect", zmq_disconnect(push, ep));
	say_rc("again", zmq_disconnect(push, ep));
	say_rc("unbind", zmq_unbind(pull, ep));
	say_rc("again", zmq_unbind(pull, ep));
}

/* Some types connect to one endpoint once. */
static void connect_twice(void)
{
	const char *ep = place("a"), *b = zd_ipc("b");
	void *router = zd_bound(ZMQ_ROUTER, ep), *dealer = zd_connect(ZMQ_DEALER, ep);
	void *pull = zd_bound(ZMQ_PULL, b), *push = zd_connect(ZMQ_PUSH, b);

	say_rc("dealer", zmq_connect(dealer, ep));
	zd_put(dealer, "x", NULL);
	say_recv(router);
	zt_ok(zmq_disconnect(dealer, ep));
	say_events(dealer);
	say_rc("push", zmq_connect(push, b));
	say_passes(pull, push);
	zt_ok(zmq_disconnect(push, b));
	say_rc("again", zmq_disconnect(push, b));
	say_events(push);
}

static void two_addresses(void)
{
	const char *a = place("a"), *b = zd_ipc("b");
	void *pull = zd_bound(ZMQ_PULL, a);

	za_bind(pull, b);
	say_last("last", pull);
	say_passes(pull, zd_connect(ZMQ_PUSH, a));
	say_passes(pull, zd_connect(ZMQ_PUSH, b));
	zt_ok(zmq_unbind(pull, a));
	say_passes(pull, zd_connect(ZMQ_PUSH, b));
}

static void last_endpoint(void)
{
	const char *ep = place("a");
	void *push = zd_socket(ZMQ_PUSH);

	say_last("new", push);
	za_connect(push, ep);
	say_last("connected", push);
	say_rc("bad", zmq_connect(push, "ipc://"));
	say_last("after", push);
}

static const struct zd_behaviour behaviours[] = {
	{ "bind_path", "API 4.3", bind_path,
	  "bound=socket last=ipc://DIR/a [hello]",
	},
	{ "connect_first", "API 4.3", connect_first,
	  "connected=ENOENT [1] [2a][2b]",
	},
	{ "file_stays", "API 4.3, test_rebind_ipc", file_stays,
	  "unbind=ok none unbound=socket [1] closed=socket [2]",
	},
	{ "file_replaced", "API 4.3", file_replaced,
	  "before=file bind=ok after=socket",
	  "before=file bind=EADDRINUSE after=file",
	  .why = "An ipc bind() removes a socket that lies at its path, and nothing else",
	},
	{ "directory_stays", "API 4.3", directory_stays,
	  "bind=EADDRINUSE there=directory connect=ok",
	},
	{ "symlink_replaced", "API 4.3", symlink_replaced,
	  "bind=ok a=socket b=ENOENT",
	  "bind=EADDRINUSE a=other b=ENOENT",
	  .why = "An ipc bind() removes a socket that lies at its path, and nothing else",
	},
	{ "path_stolen", "API 4.3", path_stolen,
	  "[hello] bind=ok [new] [old] none none",
	},
	{ "missing_directory", "API 4.3", missing_directory,
	  "bind=ENOENT bind=ok [1]",
	},
	{ "no_permission", "API 4.3", no_permission,
	  "unwritable=EACCES closed=EACCES connect=ok open=ok",
	},
	{ "relative_path", "API 4.3", relative_path,
	  "last=ipc://here here=socket [hello] unbind=ok",
	},
	{ "long_paths", "API 4.3", long_paths,
	  "106 bind=ok connect=ok [hello] 107 bind=ok connect=ok [hello] 108 bind=ENAMETOOLONG connect=ENAMETOOLONG 200 bind=ENAMETOOLONG connect=ENAMETOOLONG 505 bind=ENAMETOOLONG connect=ENAMETOOLONG 506 bind=ENAMETOOLONG connect=ENAMETOOLONG 507 bind=ENAMETOOLONG connect=ENAMETOOLONG 1000 bind=ENAMETOOLONG connect=ENAMETOOLONG",
	},
	{ "long_abstract", "API 4.3", long_abstract,
	  "106 bind=ok connect=ok [hello] 107 bind=ok connect=ok [hello] 108 bind=ENAMETOOLONG connect=ENAMETOOLONG 200 bind=ENAMETOOLONG connect=ENAMETOOLONG 505 bind=ENAMETOOLONG connect=ENAMETOOLONG 506 bind=ENAMETOOLONG connect=ENAMETOOLONG 507 bind=ENAMETOOLONG connect=ENAMETOOLONG 1000 bind=ENAMETOOLONG connect=ENAMETOOLONG",
	},
	{ "bad_addresses", "API 4.1, 4.3", bad_addresses,
	  "ipc:// bind=EINVAL connect=EINVAL unbind=EINVAL ipc://@ bind=EINVAL connect=EINVAL unbind=ENOENT ipc:/a bind=EINVAL connect=EINVAL unbind=EINVAL ipc: bind=EINVAL connect=EINVAL unbind=EINVAL IPC://a bind=EPROTONOSUPPORT connect=EPROTONOSUPPORT unbind=EPROTONOSUPPORT",
	},
	{ "bind_abstract", "API 4.3, test_abstract_ipc", bind_abstract,
	  "[hello] last=same unbind=ok again=ENOENT",
	},
	{ "abstract_taken", "API 4.3", abstract_taken,
	  "second=EADDRINUSE free [hello]",
	},
	{ "abstract_connect_first", "API 4.3", abstract_connect_first,
	  "[1]",
	},
	{ "wildcard", "API 4.3, test_ipc_wildcard", wildcard,
	  "DIR/tmpXXXXXX/socket bound=socket [hello] gone",
	},
	{ "wildcard_text", "API 4.3", wildcard_text,
	  "bind=ok DIR/tmpXXXXXX/socket",
	},
	{ "wildcard_unbind", "API 4.8", wildcard_unbind,
	  "star=ENOENT last=ok again=ENOENT",
	},
	{ "wildcard_place", "API 4.3", wildcard_place,
	  "one=directory used used used",
	},
	{ "connect_star", "API 4.3", connect_star,
	  "none [x]",
	},
	{ "undo", "API 4.8", undo,
	  "[hello] other-text=ENOENT other-text=ENOENT unknown=ENOENT disconnect=ok again=ENOENT unbind=ok again=ENOENT",
	},
	{ "connect_twice", "API 4.8", connect_twice,
	  "dealer=ok [id][x] events=0 push=ok [hello] again=ENOENT events=0",
	},
	{ "two_addresses", "API 4.3", two_addresses,
	  "last=ipc://DIR/b [hello] [hello] [hello]",
	},
	{ "last_endpoint", "API 4.3, test_last_endpoint", last_endpoint,
	  "new= connected=ipc://DIR/a bad=EINVAL after=ipc://DIR/a",
	},
};

int main(int argc, char **argv)
{
	return zd_main(argc, argv, behaviours, ZT_ARRAY(behaviours));
}
