// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random arguments to every system call of the family, and random requests to the
 * netlink family, from several threads, as an ordinary user in a network namespace
 * of his own. Nothing is expected of the single call; the kernel has to survive
 * all of them and serve on.
 *
 * Environment: ZT_SEED (default 1), ZT_CALLS (default 100000).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "fuzz_netlink.h"
#include "native.h"

#define THREADS 4
#define SOCKETS 32
#define BUFFER 65536
#define TICK_MS 20
#define USER_MEMORY (32L << 20)
/* Of a run that ZT_CALLS makes longer. */
#define LIMIT 3600

/**
 * struct fuzzer - one thread
 * @x: state of its random numbers
 * @calls: how many to make
 * @netlink: its socket for requests
 * @requests: how many of them were made
 * @buf: memory for arguments; the kernel may write far beyond what was meant,
 *	but no further than the longest frame or the longest option
 */
struct fuzzer {
	uint64_t x;
	unsigned int calls;
	struct fuzz_netlink netlink;
	unsigned int requests;
	char buf[8 * BUFFER];
};

/* Shared on purpose: threads use and close each other's sockets. */
static int sockets[SOCKETS];
static int pipes[2], file, family;

static uint32_t draw(struct fuzzer *f)
{
	f->x ^= f->x << 13;
	f->x ^= f->x >> 7;
	f->x ^= f->x << 17;
	return f->x >> 16;
}

static unsigned int below(struct fuzzer *f, unsigned int n)
{
	return draw(f) % n;
}

static bool rarely(struct fuzzer *f)
{
	return !below(f, 16);
}

static int pick_socket(struct fuzzer *f)
{
	return __atomic_load_n(&sockets[below(f, SOCKETS)], __ATOMIC_RELAXED);
}

static void *pick_bad(struct fuzzer *f)
{
	static void *const bad[] = { NULL, (void *)8, (void *)-1, (void *)(1ULL << 47),
				     (void *)0xffff888000000000ULL };

	return bad[below(f, ZT_ARRAY(bad))];
}

static void *pick_memory(struct fuzzer *f)
{
	return rarely(f) ? pick_bad(f) : f->buf + below(f, 64);
}

static size_t pick_length(struct fuzzer *f)
{
	static const size_t odd[] = { 0, 1, 255, 256, 4095, 4096, BUFFER / 2, 1ULL << 31, SIZE_MAX,
				      1ULL << 40 };

	return rarely(f) ? odd[below(f, ZT_ARRAY(odd))] : below(f, 600);
}

static int pick_number(struct fuzzer *f)
{
	static const int odd[] = { 0, 1, -1, 2, 255, 256, 0x7fffffff, -0x7fffffff - 1, 65536 };

	return below(f, 3) ? odd[below(f, ZT_ARRAY(odd))] : (int)draw(f);
}

static size_t pick_endpoint(struct fuzzer *f, char *ep)
{
	static const char *const odd[] = {
		"tcp://*:*", "tcp://lo:*", "tcp://[::1]:*", "ipc:///tmp/x", "inproc://x", "tcp://",
		"tcp://localhost:1", "tcp://a;b:c", "tcp://127.0.0.1:0;127.0.0.1:21003", "", "://",
		"udp://*:1", "tcp://no.such.host.invalid:1", "tcp://[::1%lo]:21001",
		"inproc://zeromq.zap.01",
	};
	size_t len, i;

	if (below(f, 4))
		len = sprintf(ep, "tcp://127.0.0.1:%d", 21000 + below(f, 8));
	else
		len = sprintf(ep, "%s", odd[below(f, ZT_ARRAY(odd))]);
	for (i = 0; rarely(f) && i < 4 && len; i++)
		ep[below(f, len)] = draw(f);
	return rarely(f) ? below(f, 200) : len;
}

static void fuzz_socket(struct fuzzer *f)
{
	int type = rarely(f) ? pick_number(f) : SOCK_SEQPACKET | (below(f, 4) ? SOCK_NONBLOCK : 0);
	int fd = socket(family, type, rarely(f) ? pick_number(f) : (int)below(f, 12));
	int old;

	if (fd < 0)
		return;
	old = __atomic_exchange_n(&sockets[below(f, SOCKETS)], fd, __ATOMIC_RELAXED);
	close(old);
}

static void fuzz_close(struct fuzzer *f)
{
	int fd;

	if (rarely(f)) {
		fd = dup(pick_socket(f));
		fuzz_socket(f);
		close(fd);
		return;
	}
	close(__atomic_exchange_n(&sockets[below(f, SOCKETS)], -1, __ATOMIC_RELAXED));
}

static void fuzz_address(struct fuzzer *f)
{
	struct sockaddr_storage ss = {
		.ss_family = rarely(f) ? below(f, 50) : (unsigned int)family,
	};
	size_t len = pick_endpoint(f, (char *)&ss + sizeof(sa_family_t)) + sizeof(sa_family_t);
	void *address = rarely(f) ? pick_memory(f) : &ss;
	int fd = pick_socket(f);

	if (rarely(f))
		len = pick_number(f);
	if (below(f, 2))
		bind(fd, address, len);
	else
		connect(fd, address, len);
}

static void fuzz_names(struct fuzzer *f)
{
	socklen_t len = rarely(f) ? pick_number(f) : 128;
	socklen_t *where = rarely(f) ? pick_bad(f) : &len;

	switch (below(f, 5)) {
	case 0:
		syscall(SYS_getsockname, pick_socket(f), pick_memory(f), where);
		break;
	case 1:
		syscall(SYS_getpeername, pick_socket(f), pick_memory(f), where);
		break;
	case 2:
		syscall(SYS_accept4, pick_socket(f), pick_memory(f), where, pick_number(f));
		break;
	case 3:
		listen(pick_socket(f), pick_number(f));
		break;
	default:
		/* Rarely: a socket that was shut down is good for nothing any more. */
		if (rarely(f))
			shutdown(pick_socket(f), below(f, 4));
	}
}

static int pick_option(struct fuzzer *f)
{
	return rarely(f) ? pick_number(f) : below(f, 5) ? (int)below(f, 120) :
	       10000 + (int)below(f, 17);
}

/* What options want that are no numbers: keys, names, addresses, properties. */
static size_t pick_text(struct fuzzer *f, char *text)
{
	static const char *const some[] = {
		"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7",
		"JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6",
		"user", "global", "X-a:b", "X-b:", "127.0.0.1:21000", "10.0.0.0/8", "lo", "",
	};
	size_t len, i;

	if (below(f, 4))
		return sprintf(text, "%s", some[below(f, ZT_ARRAY(some))]);
	len = below(f, 3) ? 32 : below(f, 300);
	for (i = 0; i < len; i++)
		text[i] = draw(f);
	return len;
}

static int pick_level(struct fuzzer *f)
{
	static const int levels[] = { SOL_SOCKET, IPPROTO_IP, IPPROTO_TCP, IPPROTO_IPV6, 0, -1 };

	return below(f, 4) ? SOL_ZMQ : levels[below(f, ZT_ARRAY(levels))];
}

static void fuzz_option(struct fuzzer *f)
{
	socklen_t len = rarely(f) ? pick_length(f) : 4 * (1 + below(f, 2));
	int option = pick_option(f), level = pick_level(f), *value = (int *)f->buf;
	void *where = rarely(f) ? pick_memory(f) : value;
	size_t n;

	if (below(f, 2)) {
		if (!syscall(SYS_getsockopt, pick_socket(f), level, option, where,
			     rarely(f) ? pick_bad(f) : &len) &&
		    level == SOL_ZMQ && option == ZMQ_NATIVE_EVENTS_FD && where == value)
			close(__atomic_exchange_n(&sockets[below(f, SOCKETS)], *value,
						  __ATOMIC_RELAXED));
		return;
	}
	value[0] = below(f, 3) ? (int)below(f, 100) : pick_number(f);
	value[1] = rarely(f) ? pick_number(f) : 0;
	if (option >= 10000 && below(f, 4)) {
		n = pick_endpoint(f, (char *)value);
		syscall(SYS_setsockopt, pick_socket(f), level, option, value, n);
		return;
	}
	if (!below(f, 4))
		len = pick_text(f, (char *)value);
	syscall(SYS_setsockopt, pick_socket(f), level, option, where, len);
}

/* Any socket for any other: circles, chains, and such as go meanwhile. */
static void fuzz_monitor(struct fuzzer *f)
{
	struct zmq_monitor_req req = {
		.fd = below(f, 4) ? pick_socket(f) : pick_number(f),
		.version = rarely(f) ? draw(f) : 1 + below(f, 2),
		.events = below(f, 2) ? ZMQ_EVENT_ALL : draw(f),
	};
	socklen_t len = rarely(f) ? pick_length(f) : sizeof(req);

	syscall(SYS_setsockopt, pick_socket(f), SOL_ZMQ, ZMQ_NATIVE_MONITOR,
		rarely(f) ? pick_bad(f) : &req, len);
}

static void pick_message(struct fuzzer *f, struct msghdr *msg, struct iovec *iov)
{
	size_t i;

	memset(msg, 0, sizeof(*msg));
	msg->msg_iov = iov;
	/*
	 * The kernel writes wherever it is told: random bytes may never be taken for
	 * an iovec or for a length, or it is this program that breaks.
	 */
	msg->msg_iovlen = rarely(f) ? UIO_MAXIOV + 1 + draw(f) : below(f, 5);
	if (rarely(f) && rarely(f))
		msg->msg_iov = (void *)8;
	for (i = 0; i < 4; i++) {
		iov[i].iov_base = pick_memory(f);
		iov[i].iov_len = rarely(f) ? pick_length(f) : below(f, 300);
	}
	if (rarely(f)) {
		msg->msg_control = pick_memory(f);
		msg->msg_controllen = below(f, 64);
	}
	if (rarely(f)) {
		msg->msg_name = pick_memory(f);
		msg->msg_namelen = pick_number(f);
	}
}

static int pick_flags(struct fuzzer *f)
{
	int flags = rarely(f) ? (int)draw(f) : 0;

	if (below(f, 3) == 0)
		flags |= MSG_MORE;
	if (below(f, 3) == 0)
		flags |= MSG_TRUNC;
	if (rarely(f))
		flags |= MSG_PEEK;
	return below(f, 8) ? flags | MSG_DONTWAIT : flags & ~MSG_DONTWAIT;
}

static void fuzz_send(struct fuzzer *f)
{
	struct mmsghdr many[4];
	struct iovec iov[4][4];
	int i;

	switch (below(f, 4)) {
	case 0:
		for (i = 0; i < 4; i++)
			pick_message(f, &many[i].msg_hdr, iov[i]);
		sendmmsg(pick_socket(f), many, below(f, 5), pick_flags(f));
		break;
	case 1:
		pick_message(f, &many[0].msg_hdr, iov[0]);
		sendmsg(pick_socket(f), &many[0].msg_hdr, pick_flags(f));
		break;
	case 2:
		writev(pick_socket(f), iov[0], 0);
		sendto(pick_socket(f), pick_memory(f), below(f, BUFFER / 2), pick_flags(f),
		       pick_memory(f), below(f, 130));
		break;
	default:
		send(pick_socket(f), pick_memory(f), pick_length(f), pick_flags(f));
	}
}

static void fuzz_recv(struct fuzzer *f)
{
	struct timespec ts = { 0, 1000000 };
	struct mmsghdr many[4];
	struct iovec iov[4][4];
	int i;

	switch (below(f, 3)) {
	case 0:
		for (i = 0; i < 4; i++)
			pick_message(f, &many[i].msg_hdr, iov[i]);
		recvmmsg(pick_socket(f), many, below(f, 5), pick_flags(f), &ts);
		break;
	case 1:
		pick_message(f, &many[0].msg_hdr, iov[0]);
		recvmsg(pick_socket(f), &many[0].msg_hdr, pick_flags(f));
		break;
	default:
		recv(pick_socket(f), pick_memory(f), pick_length(f), pick_flags(f));
	}
}

static void fuzz_poll(struct fuzzer *f)
{
	struct pollfd pfds[4];
	struct epoll_event ev = { .events = draw(f) };
	int i, ep;

	for (i = 0; i < 4; i++)
		pfds[i] = (struct pollfd){ .fd = pick_socket(f), .events = draw(f) };
	poll(pfds, 4, below(f, 3));
	if (rarely(f)) {
		ep = epoll_create1(EPOLL_CLOEXEC);
		epoll_ctl(ep, EPOLL_CTL_ADD, pfds[0].fd, &ev);
		epoll_ctl(ep, EPOLL_CTL_ADD, pfds[1].fd, &ev);
		epoll_wait(ep, &ev, 1, below(f, 2));
		close(ep);
	}
}

static void fuzz_other(struct fuzzer *f)
{
	loff_t offset = 0;
	void *map;

	switch (below(f, 6)) {
	case 0:
		ioctl(pick_socket(f), below(f, 2) ? draw(f) : 0x5400 + below(f, 0x60),
		      pick_memory(f));
		break;
	case 1:
		map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, below(f, 2) ? MAP_SHARED :
			   MAP_PRIVATE, pick_socket(f), 0);
		if (map != MAP_FAILED)
			munmap(map, 4096);
		break;
	case 2:
		sendfile(pick_socket(f), file, &offset, pick_length(f) % BUFFER);
		break;
	case 3:
		if (write(pipes[1], f->buf, below(f, 3000)) > 0)
			splice(pipes[0], NULL, pick_socket(f), NULL, 4096, draw(f) & 15);
		break;
	case 4:
		splice(pick_socket(f), NULL, pipes[1], NULL, 1 + below(f, 4096), draw(f) & 15);
		break;
	default:
		fcntl(pick_socket(f), F_SETFL, below(f, 4) ? O_NONBLOCK : 0);
		lseek(pick_socket(f), pick_number(f), below(f, 3));
	}
}

static void fuzz_requests(struct fuzzer *f)
{
	fuzz_netlink_ask(&f->netlink);
	f->requests++;
}

static void (*const actions[])(struct fuzzer *f) = {
	fuzz_socket, fuzz_close, fuzz_address, fuzz_address, fuzz_names, fuzz_option, fuzz_option,
	fuzz_monitor, fuzz_send, fuzz_send, fuzz_send, fuzz_recv, fuzz_recv, fuzz_poll, fuzz_other,
	fuzz_requests, fuzz_requests,
};

/* Interrupts whatever call of this thread has fallen asleep. */
static void tick_start(void)
{
	struct itimerspec every = { .it_interval.tv_nsec = TICK_MS * 1000000L };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1 };
	timer_t timer;

	every.it_value = every.it_interval;
	event._sigev_un._tid = gettid();
	zt_ok(timer_create(CLOCK_MONOTONIC, &event, &timer));
	zt_ok(timer_settime(timer, 0, &every, NULL));
}

static void on_tick(int signal)
{
	(void)signal;
}

static void *fuzz(void *arg)
{
	struct fuzzer *f = arg;
	unsigned int i;

	tick_start();
	for (i = 0; i < f->calls; i++)
		actions[below(f, ZT_ARRAY(actions))](f);
	return NULL;
}

static unsigned long number(const char *name, unsigned long fallback)
{
	const char *text = getenv(name);

	return text && strtoul(text, NULL, 0) ? strtoul(text, NULL, 0) : fallback;
}

static void pass(int from, int to)
{
	zt_until(send(from, "hello", 5, MSG_DONTWAIT) == 5, NZ_TIMEO);
	nz_want(to, "hello", 0);
}

/* As nz_pair(), but memory that was just exhausted is given back a little later. */
static void open_pair(struct nz_pair *pair, int type_a, int type_b)
{
	pair->a = nz_socket(type_a);
	pair->b = nz_socket(type_b);
	zt_until(!nz_bind(pair->a, "tcp://127.0.0.1:*"), NZ_TIMEO);
	nz_name(pair->a, pair->ep);
	zt_until(!nz_connect(pair->b, pair->ep), NZ_TIMEO);
	pass(pair->b, pair->a);
	if (type_a != ZMQ_PULL)
		pass(pair->a, pair->b);
}

static void serves_on(void)
{
	static const int types[][2] = { { ZMQ_PAIR, ZMQ_PAIR }, { ZMQ_PULL, ZMQ_PUSH },
					{ ZMQ_REP, ZMQ_REQ } };
	struct nz_pair pair;
	size_t i;

	for (i = 0; i < ZT_ARRAY(types); i++) {
		open_pair(&pair, types[i][0], types[i][1]);
		nz_pair_close(&pair);
	}
}

static void random_calls(const void *arg)
{
	static struct fuzzer fuzzers[THREADS];
	unsigned long seed = number("ZT_SEED", 1), calls = number("ZT_CALLS", 100000);
	struct sigaction action = { .sa_handler = on_tick };
	struct rlimit files = { 256, 256 };
	pthread_t threads[THREADS];
	unsigned int requests = 0;
	int i;

	(void)arg;
	printf("# ZT_SEED=%lu ZT_CALLS=%lu\n", seed, calls);
	fflush(stdout);
	family = nz_family();
	nz_set_parameter("user_mem_max", USER_MEMORY);
	nz_set_parameter("linger_max", 1000);
	zt_drop_root();
	zt_ok(setrlimit(RLIMIT_NOFILE, &files));
	zt_ok(sigaction(SIGUSR1, &action, NULL));
	zt_ok(pipe2(pipes, O_NONBLOCK | O_CLOEXEC));
	file = memfd_create("fuzz", MFD_CLOEXEC);
	zt_ok(ftruncate(file, BUFFER));
	memset(sockets, 0xff, sizeof(sockets));
	for (i = 0; i < THREADS; i++) {
		fuzzers[i].x = seed * 0x9e3779b97f4a7c15ULL + i + 1;
		fuzzers[i].calls = calls / THREADS;
		fuzz_netlink_open(&fuzzers[i].netlink, seed + i);
		zt_eq(pthread_create(&threads[i], NULL, fuzz, &fuzzers[i]), 0);
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		requests += fuzzers[i].requests;
		close(fuzzers[i].netlink.fd);
	}
	for (i = 0; i < SOCKETS; i++)
		close(sockets[i]);
	serves_on();
	printf("# %lu actions, %u of them netlink requests\n", calls / THREADS * THREADS, requests);
	fflush(stdout);
}

/* In a process of its own, so that it also runs when the first one died. */
static void others(const void *arg)
{
	(void)arg;
	nz_set_parameter("user_mem_max", 0);
	nz_set_parameter("linger_max", 60000);
	serves_on();
}

static const struct zt_case cases[] = {
	{ "random_calls", random_calls, .limit = LIMIT },
	{ "serves_others_afterwards", others },
};

int main(int argc, char **argv)
{
	zt_netns();
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
