/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzmq.so.5 on AF_ZMQ: what the files of this library share.
 *
 * The library has no threads, no queues and no protocol: a zmq socket is one
 * descriptor of the kernel's family AF_ZMQ, a call is one system call. What
 * starts with zmq_ is libzmq's API, exported by api.c; what starts with zmqk_ is
 * the same function as it works on AF_ZMQ; what starts with shim_ helps it. Where
 * AF_ZMQ is refused api.c hands the whole process to a stock library (choose.c,
 * stock.c), and nothing else here is ever called.
 *
 * Objects and lifetimes
 *
 *   context   struct shim_ctx, from zmq_ctx_new() to zmq_ctx_term(). Userspace
 *             memory, no descriptor: options for new sockets, the list of open
 *             sockets and the list of lingering ones. The first inproc name
 *             gives it a context of the kernel's, where such names live.
 *   socket    struct shim_sock, from zmq_socket() to zmq_close(). Owns its
 *             descriptor, and a second one if ZMQ_FD was asked for (fd.c).
 *             Belongs to one context, which outlives it: zmq_ctx_term() waits
 *             until the list is empty.
 *   monitor   of a socket: a socket of the kernel's that has a name and no
 *             descriptor. The monitored one keeps it until it is closed and
 *             lingers no more, so here it is a flag.
 *   lingering zmq_close() detaches the kernel's socket (ZMQ_NATIVE_CLOSE). If
 *             messages are still to be sent the shim_sock moves, descriptor
 *             included, to its context's list of lingering ones, until poll()
 *             says POLLHUP. Later zmq_socket() and zmq_close() look after the
 *             list, zmq_ctx_term() waits for it. Nobody has to: when the
 *             process ends or closes the descriptor the kernel lingers alone.
 *   peer      struct shim_props, what the kernel tells of a peer: refcounted,
 *             immutable, found by the messages that came from it.
 *   message   struct shim_msg inside the caller's zmq_msg_t; up to 33 bytes of
 *             content in it, larger content in a struct shim_block shared by
 *             reference between copies. Messages know no socket or context.
 *
 * Contexts and sockets are never given back to malloc() but kept for the next
 * zmq_ctx_new() or zmq_socket(), so a pointer that once was valid can always be
 * looked at: a tag tells what it is now. That makes the second zmq_close() an
 * ENOTSOCK and no crash. They cost what the largest number ever open at a time
 * costs, some 100 bytes a socket.
 *
 * Threads
 *
 *   Any thread may call any function. One mutex, shim_lock(), guards contexts,
 *   lists, tags and free lists; nothing waits for a peer under it. The paths
 *   that move messages, set options and poll take no lock: they read a tag and
 *   a descriptor and leave ordering to the kernel. Parts of a message are the
 *   socket's, not a thread's (ZMQ_MULTIPART_SOCKET), as in libzmq, and so is
 *   ZMQ_RCVMORE: two threads that receive multipart messages from one socket
 *   use zmq_msg_more(). One message belongs to one thread at a time; copies of
 *   it may live in different threads.
 *
 * fork()
 *
 *   A child inherits descriptors and memory. The mutex is held across fork() so
 *   that the lists are whole in the child. Sockets remember the process that
 *   made them: in another one zmq_close(), zmq_ctx_shutdown() and
 *   zmq_ctx_term() touch only that process' own copy, the parent never notices.
 */
#ifndef SHIM_INTERNAL_H
#define SHIM_INTERNAL_H

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <zmq.h>

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

/* Cold helpers stay out of the instruction cache lines of the hot paths. */
#define SHIM_COLD	__attribute__((cold, noinline))

/* Values of shim_sock.tag and shim_ctx.tag. */
#define SHIM_SOCK_ALIVE	0xbaddecafu
#define SHIM_SOCK_TERM	0xbaddecb0u	/* of a context that was shut down */
#define SHIM_CTX_ALIVE	0xabadcafeu
#define SHIM_DEAD	0xdeadbeefu	/* closed, lingering, or never used */

/*
 * Longest frame of one system call: the kernel silently shortens what is longer
 * to INT_MAX rounded down to a page (MAX_RW_COUNT).
 */
#define SHIM_FRAME_MAX	0x7ffff000

/* Longest ZMQ_THREAD_NAME_PREFIX: what Linux takes for the name of a thread. */
#define SHIM_PREFIX_MAX 16

struct shim_ctx;
struct shim_props;

/**
 * struct shim_sock - one zmq socket
 * @tag: SHIM_SOCK_ALIVE, SHIM_SOCK_TERM or SHIM_DEAD; written under
 *	shim_lock(), read without
 * @fd: the descriptor; constant while @tag is not SHIM_DEAD
 * @events_fd: what ZMQ_FD answers, -1 until somebody asks; see fd.c
 * @more: the last frame received was not the last of its message
 * @multipart: the last message begun had more than one frame, or another peer
 *	than the one before; a hint
 * @hint: bytes to have ready for the next frame; 0 as long as frames are small
 * @small: small frames in a row since @hint was set
 * @told: properties of the peer that messages came from last, a reference, or
 *	NULL: there are none, or a receiver has taken them (props.h)
 * @affinity: last ZMQ_AFFINITY set, for the I/O thread check of zmq_bind() and
 *	zmq_connect()
 * @serial: of the zmq_socket() that returned it; none is used twice
 * @owner: process that created it
 * @joined: it is in the kernel's context, and sees the names there
 * @monitored: it has a monitor, which counts as a socket; under shim_lock()
 * @ctx: its context, valid until the socket left both lists of it
 * @link: entry in a list of @ctx or in the free list; under shim_lock()
 *
 * @more, @hint and @small may be written by several receivers at a time. @hint
 * and @small only steer how memory is found, any value is right.
 */
struct shim_sock {
	_Atomic uint32_t tag;
	int fd;
	_Atomic int events_fd;
	_Atomic int more;
	_Atomic int multipart;
	_Atomic uint32_t hint;
	_Atomic uint32_t small;
	uint64_t serial;
	struct shim_props *_Atomic told;
	pid_t owner;
	_Atomic uint64_t affinity;
	_Atomic bool joined;
	bool monitored;
	struct shim_ctx *ctx;

	TAILQ_ENTRY(shim_sock) link;
};

TAILQ_HEAD(shim_sock_list, shim_sock);

/**
 * struct shim_ctx_opts - options of a context, as set and as read back
 * @io_threads: ZMQ_IO_THREADS; there are none, but 0 forbids tcp and ipc
 * @max_sockets: ZMQ_MAX_SOCKETS
 * @max_msgsz: ZMQ_MAX_MSGSZ; stored only, as in libzmq
 * @sched_policy: ZMQ_THREAD_SCHED_POLICY; stored only
 * @sched_priority: ZMQ_THREAD_PRIORITY; stored only
 * @name_prefix: ZMQ_THREAD_NAME_PREFIX as a string, "" is 0; stored only
 * @cpus: ZMQ_THREAD_AFFINITY_CPU_ADD and _REMOVE, a tree (tsearch); stored only
 * @ipv6: ZMQ_IPV6, for new sockets
 * @blocky: ZMQ_BLOCKY; without it new sockets have ZMQ_LINGER 0
 * @zero_copy: ZMQ_ZERO_COPY_RECV; stored only
 */
struct shim_ctx_opts {
	int io_threads;
	int max_sockets;
	int max_msgsz;
	int sched_policy;
	int sched_priority;
	char name_prefix[SHIM_PREFIX_MAX + 1];
	void *cpus;
	bool ipv6;
	bool blocky;
	bool zero_copy;
};

/**
 * struct shim_ctx - one context; all members under shim_lock()
 * @tag: SHIM_CTX_ALIVE or SHIM_DEAD
 * @nsocks: length of @socks
 * @nmonitors: how many of @socks are monitored
 * @socks: sockets that the application has not closed, or is just closing
 * @lingering: closed sockets with messages to be sent, oldest look first
 * @closes: futex word, counts the sockets that left @socks
 * @terminating: zmq_ctx_shutdown() or zmq_ctx_term() was called
 * @started: zmq_socket() was called: @slots and @threads are final
 * @slots: ZMQ_MAX_SOCKETS in force
 * @threads: ZMQ_IO_THREADS in force; constant once a socket exists, so it may
 *	be read without the lock by whoever holds an open socket
 * @kernel_id: number of the kernel's context, 0 as long as nobody needed one
 * @kernel_owner: process that made it
 * @opts: the options
 * @free: next in the free list
 */
struct shim_ctx {
	uint32_t tag;
	int nsocks;
	int nmonitors;
	struct shim_sock_list socks;
	struct shim_sock_list lingering;
	_Atomic uint32_t closes;
	bool terminating;
	bool started;
	int slots;
	int threads;
	uint32_t kernel_id;
	pid_t kernel_owner;
	struct shim_ctx_opts opts;
	struct shim_ctx *free;
};

/* err.c */
int shim_err(int err);
int shim_err_native(void);

/* ctx.c */
void shim_lock(void);
void shim_unlock(void);
struct shim_ctx *shim_ctx_get(void *ctx);
void shim_ctx_wake(struct shim_ctx *ctx);
unsigned int shim_ctx_forks(void);

/* ctx_opt.c */
void shim_ctx_drop_options(struct shim_ctx_opts *opts);

/* fd.c */
int shim_sock_events_fd(struct shim_sock *s);
void shim_sock_drop_events_fd(struct shim_sock *s);
void shim_sock_look(const struct shim_sock *s);
bool shim_sock_look_needed(void);

/* kctx.c */
int shim_kctx_enter(struct shim_ctx *ctx, int fd);
int shim_kctx_join(struct shim_sock *s, const char *endpoint);
void shim_kctx_end(struct shim_ctx *ctx);

/* monitor.c */
void shim_monitor_forget(struct shim_sock *s);

/* poll.c */
short shim_poll_mask(bool socket, short events);
int shim_poll_events(void *socket, short wanted, short revents);

/* socket.c */
struct shim_sock *shim_sock_reject(const struct shim_sock *s);
uint64_t shim_sock_closes(void);
int shim_sock_family(void);
int shim_sock_set_int(int fd, int option, int val);
int shim_sock_open(const struct shim_ctx_opts *opts, int type);
int shim_sock_admit(struct shim_ctx *ctx);
void shim_sock_stop_all(struct shim_ctx *ctx);
void shim_sock_drop_inherited(struct shim_ctx *ctx);
void shim_sock_sweep(struct shim_ctx *ctx);

/**
 * shim_sock_get() - the socket behind a pointer of the application
 * @p: what zmq_socket() returned, or anything else
 *
 * Return: the open socket, or NULL with errno ENOTSOCK or ETERM.
 */
static inline struct shim_sock *shim_sock_get(void *p)
{
	struct shim_sock *s = p;

	if (likely(s && atomic_load_explicit(&s->tag, memory_order_relaxed) ==
		   SHIM_SOCK_ALIVE))
		return s;
	return shim_sock_reject(s);
}

#endif /* SHIM_INTERNAL_H */
