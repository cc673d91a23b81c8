// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets: creation, close, lingering. internal.h tells the rules.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/socket.h>
#include <linux/zmq.h>

#include "api.h"
#include "props.h"

#define SHIM_FAMILY_FILE "/sys/module/af_zmq/parameters/family"

/* Highest socket type of libzmq, ZMQ_CHANNEL of its draft part. */
#define SHIM_TYPE_MAX 20

/*
 * Lingering sockets looked at by one zmq_close() or zmq_socket(): bounds what
 * the call costs when thousands wait for a peer that never comes back.
 */
#define SHIM_SWEEP_BATCH 64

static struct shim_sock_list shim_sock_free_list =
	TAILQ_HEAD_INITIALIZER(shim_sock_free_list);

/* Calls of zmq_socket() and zmq_close() so far; written under shim_lock(). */
static uint64_t shim_sock_serial;
static _Atomic uint64_t shim_sock_closed;

/**
 * shim_sock_reject() - say why a pointer is no open socket
 * @s: the pointer, NULL allowed
 *
 * Who is told of the end has seen it: a loop that waits for ZMQ_FD and goes on
 * nevertheless is not to spin.
 *
 * Return: NULL, errno is ETERM for a socket whose context was shut down and
 * ENOTSOCK otherwise.
 */
SHIM_COLD struct shim_sock *shim_sock_reject(const struct shim_sock *s)
{
	if (s && atomic_load(&s->tag) == SHIM_SOCK_TERM) {
		shim_sock_look(s);
		errno = ETERM;
	} else {
		errno = ENOTSOCK;
	}
	return NULL;
}

/**
 * shim_sock_closes() - has a socket been closed?
 *
 * Return: how many have been, in this process and those it was forked from.
 */
uint64_t shim_sock_closes(void)
{
	return atomic_load(&shim_sock_closed);
}

/**
 * shim_sock_family() - number of the socket family
 *
 * The module's parameter tells if it had to take another one than AF_ZMQ. It is
 * asked again until the module is there.
 *
 * Return: the number.
 */
int shim_sock_family(void)
{
	static _Atomic int known;
	int family = atomic_load(&known);
	char buf[16];
	ssize_t n;
	int fd;

	if (family)
		return family;
	fd = open(SHIM_FAMILY_FILE, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return AF_ZMQ;
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (n <= 0)
		return AF_ZMQ;
	buf[n] = '\0';
	family = atoi(buf);
	atomic_store(&known, family);
	return family ? family : AF_ZMQ;
}

/**
 * shim_sock_set_int() - set an option of the kernel's socket
 * @fd: its descriptor
 * @option: ZMQ_*
 * @val: the value
 *
 * Return: 0, or -1 with errno.
 */
int shim_sock_set_int(int fd, int option, int val)
{
	if (setsockopt(fd, SOL_ZMQ, option, &val, sizeof(val)))
		return shim_err_native();
	return 0;
}

/* What a new socket has to know of its context and of libzmq's ways. */
static int shim_sock_set_defaults(int fd, const struct shim_ctx_opts *opts)
{
	if (shim_sock_set_int(fd, ZMQ_NATIVE_MULTIPART, ZMQ_MULTIPART_SOCKET))
		return -1;
	if (opts->ipv6 && shim_sock_set_int(fd, ZMQ_IPV6, 1))
		return -1;
	if (!opts->blocky && shim_sock_set_int(fd, ZMQ_LINGER, 0))
		return -1;
	return 0;
}

/**
 * shim_sock_open() - a new socket of the kernel's
 * @opts: options of its context, which tell the defaults
 * @type: socket type
 *
 * Context: under shim_lock(), which guards @opts.
 * Return: the descriptor, or -1 with errno.
 */
int shim_sock_open(const struct shim_ctx_opts *opts, int type)
{
	int fd, err;

	fd = socket(shim_sock_family(), SOCK_SEQPACKET | SOCK_CLOEXEC, type);
	if (fd < 0) {
		/* A type that libzmq has and this kernel module does not. */
		if (errno == EPROTONOSUPPORT || errno == ESOCKTNOSUPPORT)
			return shim_err(ENOTSUP);
		return shim_err_native();
	}
	if (shim_sock_set_defaults(fd, opts)) {
		err = errno;
		close(fd);
		return shim_err(err);
	}
	return fd;
}

static struct shim_sock *shim_sock_alloc(void)
{
	struct shim_sock *s = TAILQ_FIRST(&shim_sock_free_list);

	if (s)
		TAILQ_REMOVE(&shim_sock_free_list, s, link);
	else
		s = calloc(1, sizeof(*s));
	return s;
}

/* Oldest first out, so that a stale pointer stays recognisable for longer. */
static void shim_sock_free(struct shim_sock *s)
{
	TAILQ_INSERT_TAIL(&shim_sock_free_list, s, link);
}

/**
 * shim_sock_admit() - has a context room for one more socket?
 * @ctx: the context
 *
 * Context: under shim_lock().
 * Return: 0, or -1 with errno ETERM or EMFILE.
 */
int shim_sock_admit(struct shim_ctx *ctx)
{
	if (ctx->terminating)
		return shim_err(ETERM);
	if (!ctx->started) {
		ctx->started = true;
		ctx->slots = ctx->opts.max_sockets;
		ctx->threads = ctx->opts.io_threads;
	}
	if (ctx->nsocks + ctx->nmonitors >= ctx->slots)
		return shim_err(EMFILE);
	return 0;
}

static struct shim_sock *shim_sock_create(struct shim_ctx *ctx, int type)
{
	struct shim_sock *s;
	int fd;

	if (shim_sock_admit(ctx))
		return NULL;
	if (type < 0 || type > SHIM_TYPE_MAX) {
		errno = EINVAL;
		return NULL;
	}
	shim_sock_sweep(ctx);
	fd = shim_sock_open(&ctx->opts, type);
	if (fd < 0)
		return NULL;
	s = shim_sock_alloc();
	if (!s) {
		close(fd);
		errno = ENOMEM;
		return NULL;
	}
	s->fd = fd;
	atomic_init(&s->events_fd, -1);
	atomic_init(&s->more, 0);
	atomic_init(&s->multipart, 0);
	atomic_init(&s->hint, 0);
	atomic_init(&s->small, 0);
	atomic_init(&s->affinity, 0);
	atomic_init(&s->joined, false);
	s->monitored = false;
	s->serial = ++shim_sock_serial;
	/* Of a receiver that was there when it was closed. */
	shim_props_put(shim_props_take(s));
	s->owner = getpid();
	s->ctx = ctx;
	TAILQ_INSERT_TAIL(&ctx->socks, s, link);
	ctx->nsocks++;
	atomic_store(&s->tag, SHIM_SOCK_ALIVE);
	return s;
}

void *zmqk_socket(void *p, int type)
{
	struct shim_sock *s = NULL;
	struct shim_ctx *ctx;

	shim_lock();
	ctx = shim_ctx_get(p);
	if (ctx)
		s = shim_sock_create(ctx, type);
	shim_unlock();
	return s;
}

/*
 * Take the kernel's socket out of service: listeners stop, input is dropped,
 * what is unsent lingers. Return: false if something is left to be sent.
 */
static bool shim_sock_detach(int fd)
{
	struct pollfd pfd = { .fd = fd };

	if (shim_sock_set_int(fd, ZMQ_NATIVE_CLOSE, 1))
		return true;
	/* A signal is no news of it. */
	return poll(&pfd, 1, 0) > 0;
}

/*
 * Take @s out of @ctx->socks; its descriptor is closed unless it lingers, which
 * only a socket of this process does.
 */
static void shim_sock_leave(struct shim_ctx *ctx, struct shim_sock *s,
			    bool lingers)
{
	TAILQ_REMOVE(&ctx->socks, s, link);
	ctx->nsocks--;
	shim_monitor_forget(s);
	shim_props_put(shim_props_take(s));
	if (lingers) {
		TAILQ_INSERT_TAIL(&ctx->lingering, s, link);
		/* shim_sock_stop_all() may have come while it was in no list. */
		if (ctx->terminating)
			shutdown(s->fd, SHUT_RDWR);
	} else {
		shim_sock_free(s);
	}
	shim_ctx_wake(ctx);
}

int zmqk_close(void *p)
{
	struct shim_sock *s = p;
	bool lingers = false;
	struct shim_ctx *ctx;
	int fd;

	/* Whoever writes SHIM_DEAD owns the rest: a second close() fails. */
	shim_lock();
	if (!s || (s->tag != SHIM_SOCK_ALIVE && s->tag != SHIM_SOCK_TERM)) {
		shim_unlock();
		return shim_err(ENOTSOCK);
	}
	s->tag = SHIM_DEAD;
	atomic_fetch_add(&shim_sock_closed, 1);
	ctx = s->ctx;
	shim_unlock();

	/* Still in ctx->socks, so zmq_ctx_term() waits and ctx stays. */
	shim_sock_drop_events_fd(s);
	if (s->owner == getpid())
		lingers = !shim_sock_detach(s->fd);
	if (!lingers) {
		/* In a child made right now the number may be another file's. */
		fd = s->fd;
		s->fd = -1;
		close(fd);
	}

	shim_lock();
	shim_sock_sweep(ctx);
	shim_sock_leave(ctx, s, lingers);
	shim_unlock();
	return 0;
}

/**
 * shim_sock_stop_all() - make every call on a context's sockets fail with ETERM
 * @ctx: the context
 *
 * Calls that sleep in the kernel return; sockets that a parent process shares
 * with us are only marked here.
 *
 * Context: under shim_lock().
 */
void shim_sock_stop_all(struct shim_ctx *ctx)
{
	pid_t self = getpid();
	struct shim_sock *s;

	TAILQ_FOREACH(s, &ctx->socks, link) {
		if (s->tag != SHIM_SOCK_ALIVE)
			continue;
		s->tag = SHIM_SOCK_TERM;
		if (s->owner == self)
			shutdown(s->fd, SHUT_RDWR);
	}
	/* What waits for a name to be bound is not waited for any more. */
	TAILQ_FOREACH(s, &ctx->lingering, link)
		if (s->owner == self)
			shutdown(s->fd, SHUT_RDWR);
}

/**
 * shim_sock_drop_inherited() - forget the sockets that a parent process made
 * @ctx: the context
 *
 * In a child the application owes no zmq_close() for them and their messages
 * are the parent's to send, so zmq_ctx_term() must not wait.
 *
 * Context: under shim_lock().
 */
void shim_sock_drop_inherited(struct shim_ctx *ctx)
{
	struct shim_sock *s, *next;
	pid_t self = getpid();

	for (s = TAILQ_FIRST(&ctx->socks); s; s = next) {
		next = TAILQ_NEXT(s, link);
		if (s->owner == self)
			continue;
		s->tag = SHIM_DEAD;
		atomic_fetch_add(&shim_sock_closed, 1);
		shim_sock_drop_events_fd(s);
		close(s->fd);
		shim_sock_leave(ctx, s, false);
	}
	for (s = TAILQ_FIRST(&ctx->lingering); s; s = next) {
		next = TAILQ_NEXT(s, link);
		if (s->owner == self)
			continue;
		close(s->fd);
		TAILQ_REMOVE(&ctx->lingering, s, link);
		shim_sock_free(s);
	}
}

/**
 * shim_sock_sweep() - close the lingering sockets that have sent everything
 * @ctx: the context
 *
 * Looks at the SHIM_SWEEP_BATCH sockets that waited longest since their last
 * look, in one system call.
 *
 * Context: under shim_lock(); does not sleep.
 */
void shim_sock_sweep(struct shim_ctx *ctx)
{
	struct pollfd pfds[SHIM_SWEEP_BATCH];
	struct shim_sock *s;
	int i, n = 0;

	TAILQ_FOREACH(s, &ctx->lingering, link) {
		if (n == SHIM_SWEEP_BATCH)
			break;
		pfds[n++] = (struct pollfd){ .fd = s->fd };
	}
	if (!n || poll(pfds, n, 0) < 0)
		return;
	for (i = 0; i < n; i++) {
		s = TAILQ_FIRST(&ctx->lingering);
		TAILQ_REMOVE(&ctx->lingering, s, link);
		if (pfds[i].revents) {
			close(s->fd);
			shim_sock_free(s);
		} else {
			TAILQ_INSERT_TAIL(&ctx->lingering, s, link);
		}
	}
}
