// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything at once: threads that send, receive, subscribe, connect, disconnect
 * and close at random, on sockets that others use meanwhile. What matters is that
 * the kernel stays whole and nothing is left behind; calls may fail as they like.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_test.h"

#include "wire.h"

#define SOCKETS 4
#define THREADS 6
/* Milliseconds that each test runs, more on slow kernels; ZT_STORM_SECONDS says otherwise. */
#define RUN_MS 1500

struct storm;

/**
 * struct side - sockets of one type
 * @type: the type
 * @binds: they bind, each to its own port; else they connect to any of the others'
 * @fd: the sockets; whoever takes one out closes it
 * @prepare: sets options of a new socket, or NULL
 * @act: does something that only this type can, or NULL
 */
struct side {
	int type;
	bool binds;
	int fd[SOCKETS];
	void (*prepare)(int fd, unsigned int *seed);
	void (*act)(int fd, unsigned int *seed);
};

/**
 * struct storm - a test
 * @side: the two sides
 * @port: first of SOCKETS ports
 * @inproc: what is bound are names
 * @visit: threads that do this instead, with a port, or NULL
 * @stop: the time is over
 */
struct storm {
	struct side side[2];
	int port;
	bool inproc;
	void (*visit)(int port, unsigned int *seed);
	bool stop;
};

static const char *const ids[] = { "a", "bb", "an id that does not fit inside" };

static unsigned int dice(unsigned int *seed, unsigned int n)
{
	return rand_r(seed) % n;
}

static void endpoint(const struct storm *s, char *ep, int slot)
{
	sprintf(ep, s->inproc ? "inproc://%d" : "tcp://127.0.0.1:%d", s->port + slot);
}

static void send_some(int fd, int type, unsigned int *seed)
{
	unsigned int parts = 1 + dice(seed, 3);
	char body[700];

	zt_fill(body, sizeof(body), *seed);
	if (type == ZMQ_ROUTER) {
		const char *id = ids[dice(seed, ZT_ARRAY(ids))];

		if (send(fd, id, strlen(id), MSG_MORE | MSG_DONTWAIT) < 0)
			return;
	}
	body[0] = 'a' + dice(seed, 4);
	while (parts--) {
		int flags = MSG_DONTWAIT | (parts ? MSG_MORE : 0);

		if (send(fd, body, dice(seed, sizeof(body)), flags) < 0)
			return;
	}
}

static void recv_some(int fd, unsigned int *seed)
{
	char body[700], control[256];
	struct iovec iov = { body, sizeof(body) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int n = 1 + dice(seed, 20);

	while (n--) {
		msg.msg_control = n & 1 ? control : NULL;
		msg.msg_controllen = n & 1 ? sizeof(control) : 0;
		if (recvmsg(fd, &msg, MSG_DONTWAIT | (dice(seed, 8) ? 0 : MSG_PEEK)) < 0)
			return;
	}
}

static void link_up(struct storm *s, struct side *side, int fd, unsigned int *seed)
{
	int slot = dice(seed, SOCKETS);
	char ep[64];

	endpoint(s, ep, slot);
	if (side->binds)
		nz_bind(fd, ep);
	else
		nz_connect(fd, ep);
}

static void link_down(struct storm *s, struct side *side, int fd, unsigned int *seed)
{
	char ep[64];

	endpoint(s, ep, dice(seed, SOCKETS));
	nz_set_str(fd, side->binds ? ZMQ_NATIVE_UNBIND : ZMQ_NATIVE_DISCONNECT, ep);
}

/* A new socket in a slot; what was there is closed. */
static void renew(struct storm *s, struct side *side, unsigned int *seed)
{
	int fd = nz_socket(side->type), slot = dice(seed, SOCKETS), old;

	nz_set(fd, ZMQ_RCVTIMEO, 20);
	nz_set(fd, ZMQ_SNDTIMEO, 20);
	nz_set(fd, ZMQ_LINGER, dice(seed, 2) ? 0 : 20);
	nz_set(fd, ZMQ_RECONNECT_IVL, 1);
	nz_set(fd, ZMQ_SNDHWM, 1 + dice(seed, 20));
	if (side->prepare)
		side->prepare(fd, seed);
	link_up(s, side, fd, seed);
	link_up(s, side, fd, seed);
	old = __atomic_exchange_n(&side->fd[slot], fd, __ATOMIC_ACQ_REL);
	if (old >= 0)
		close(old);
}

static void step(struct storm *s, unsigned int *seed)
{
	struct side *side = &s->side[dice(seed, 2)];
	int fd = __atomic_load_n(&side->fd[dice(seed, SOCKETS)], __ATOMIC_ACQUIRE);

	switch (dice(seed, 32)) {
	case 0:
		renew(s, side, seed);
		break;
	case 1:
	case 2:
		link_up(s, side, fd, seed);
		break;
	case 3:
		link_down(s, side, fd, seed);
		break;
	case 4:
		nz_poll(fd, POLLIN | POLLOUT, dice(seed, 5));
		break;
	case 5 ... 14:
		send_some(fd, side->type, seed);
		break;
	case 15 ... 24:
		recv_some(fd, seed);
		break;
	default:
		if (side->act)
			side->act(fd, seed);
	}
}

/**
 * struct worker - a thread
 * @s: its test
 * @seed: of its dice
 * @visits: it is a visitor
 */
struct worker {
	struct storm *s;
	unsigned int seed;
	bool visits;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	struct storm *s = w->s;

	while (!__atomic_load_n(&s->stop, __ATOMIC_RELAXED)) {
		if (w->visits)
			s->visit(s->port + dice(&w->seed, SOCKETS), &w->seed);
		else
			step(s, &w->seed);
	}
	return NULL;
}

/* The counters can be read, and what is there makes sense. */
static void check_counters(void)
{
	FILE *file = fopen("/proc/net/zmq_stat", "re");
	char name[64];
	long long n;
	int lines = 0;

	zt_check(file);
	while (fscanf(file, "%63s %lld", name, &n) == 2) {
		zt_check(n >= 0);
		lines++;
	}
	fclose(file);
	zt_check(lines > 10);
}

static unsigned int run_ms(void)
{
	const char *text = getenv("ZT_STORM_SECONDS");

	return text ? atoi(text) * 1000 : zt_scaled(RUN_MS);
}

static void storm(struct storm *s)
{
	struct worker workers[THREADS];
	pthread_t threads[THREADS];
	long before = nz_module_refs(), linger_max = nz_parameter("linger_max");
	int i, k;

	/* Visitors write to who has closed. */
	signal(SIGPIPE, SIG_IGN);
	/* What waits for a name to be bound is not to wait for it after the end. */
	nz_set_parameter("linger_max", 1000);
	s->port = zt_port();
	for (i = 1; i < SOCKETS; i++)
		zt_port();
	for (i = 0; i < 2; i++)
		for (k = 0; k < SOCKETS; k++)
			s->side[i].fd[k] = -1;
	for (i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ s, i + 1, s->visit && i < THREADS / 2 };
		renew(s, &s->side[i % 2], &workers[i].seed);
		zt_check(!pthread_create(&threads[i], NULL, work, &workers[i]));
	}
	zt_nap(run_ms());
	check_counters();
	__atomic_store_n(&s->stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < 2; i++)
		for (k = 0; k < SOCKETS; k++)
			close(s->side[i].fd[k]);
	zt_until(nz_module_refs() <= before, NZ_TIMEO);
	nz_set_parameter("linger_max", linger_max);
	check_counters();
}

static void topic(int fd, int option, unsigned int *seed)
{
	char text[3] = { 'a' + dice(seed, 4), 'a' + dice(seed, 26), 0 };

	nz_set_str(fd, option, text + dice(seed, 3));
}

static void act_sub(int fd, unsigned int *seed)
{
	topic(fd, dice(seed, 2) ? ZMQ_SUBSCRIBE : ZMQ_UNSUBSCRIBE, seed);
}

static void act_pub(int fd, unsigned int *seed)
{
	nz_set(fd, ZMQ_XPUB_NODROP, !dice(seed, 4));
	nz_set(fd, ZMQ_INVERT_MATCHING, !dice(seed, 8));
}

static void act_xpub(int fd, unsigned int *seed)
{
	static const int flags[] = { ZMQ_XPUB_VERBOSE, ZMQ_XPUB_VERBOSER, ZMQ_XPUB_MANUAL,
				     ZMQ_XPUB_MANUAL_LAST_VALUE, ZMQ_XPUB_NODROP,
				     ZMQ_ONLY_FIRST_SUBSCRIBE };

	if (dice(seed, 4))
		topic(fd, dice(seed, 4) ? ZMQ_SUBSCRIBE : ZMQ_UNSUBSCRIBE, seed);
	else
		nz_set(fd, flags[dice(seed, ZT_ARRAY(flags))], dice(seed, 2));
	if (!dice(seed, 8))
		nz_set_str(fd, ZMQ_XPUB_WELCOME_MSG, dice(seed, 2) ? "a welcome" : "");
}

static void act_xsub(int fd, unsigned int *seed)
{
	char text[3] = { dice(seed, 3) ? 1 : 0, 'a' + dice(seed, 4), 'a' + dice(seed, 26) };

	send(fd, text, 1 + dice(seed, 3), MSG_DONTWAIT | (dice(seed, 8) ? 0 : MSG_MORE));
}

TEST(pub_and_sub)
{
	struct storm s = { .side = { { .type = ZMQ_PUB, .binds = true, .act = act_pub },
				     { .type = ZMQ_SUB, .act = act_sub } } };

	storm(&s);
}

TEST(xpub_and_xsub)
{
	struct storm s = { .side = { { .type = ZMQ_XPUB, .binds = true, .act = act_xpub },
				     { .type = ZMQ_XSUB, .act = act_xsub } } };

	storm(&s);
}

/* Many with the same few names, who take them from each other. */
static void prepare_dealer(int fd, unsigned int *seed)
{
	nz_set_str(fd, ZMQ_ROUTING_ID, ids[dice(seed, ZT_ARRAY(ids))]);
	nz_set(fd, ZMQ_PROBE_ROUTER, dice(seed, 2));
}

static void prepare_router(int fd, unsigned int *seed)
{
	nz_set(fd, ZMQ_ROUTER_HANDOVER, 1);
	nz_set(fd, ZMQ_ROUTER_NOTIFY, dice(seed, 4));
	nz_set(fd, ZMQ_ROUTER_MANDATORY, dice(seed, 2));
	nz_set_str(fd, ZMQ_DISCONNECT_MSG, "gone");
}

static void act_router(int fd, unsigned int *seed)
{
	nz_set(fd, ZMQ_ROUTER_HANDOVER, !!dice(seed, 4));
	nz_set(fd, ZMQ_ROUTER_MANDATORY, dice(seed, 2));
}

TEST(router_and_dealer_handover)
{
	struct storm s = { .side = { { .type = ZMQ_ROUTER, .binds = true, .prepare = prepare_router,
				       .act = act_router },
				     { .type = ZMQ_DEALER, .prepare = prepare_dealer } } };

	storm(&s);
}

/* A plain connection, opened and left in one of several ways. */
static int dial(int port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd >= 0 && connect(fd, (void *)&in, sizeof(in))) {
		close(fd);
		return -1;
	}
	return fd;
}

static void leave(int fd, unsigned int *seed)
{
	if (dice(seed, 3))
		close(fd);
	else
		wire_reset(fd);
}

static void visit_stream(int port, unsigned int *seed)
{
	int fd = dial(port), n = dice(seed, 6);
	char body[3000] = "";

	if (fd < 0)
		return;
	while (n--) {
		wire_try_send(fd, body, 1 + dice(seed, sizeof(body)));
		if (recv(fd, body, sizeof(body), MSG_DONTWAIT) == 0)
			break;
	}
	leave(fd, seed);
}

/* Answers who spoke last, or shows it the door. */
static void act_stream(int fd, unsigned int *seed)
{
	char id[8], body[8192];
	ssize_t n = recv(fd, id, sizeof(id), MSG_DONTWAIT), len;

	if (n <= 0)
		return;
	len = recv(fd, body, sizeof(body), MSG_DONTWAIT);
	if (send(fd, id, n, MSG_MORE | MSG_DONTWAIT) == n)
		send(fd, body, dice(seed, 4) && len > 0 ? len : 0, MSG_DONTWAIT);
}

TEST(stream_and_peers_that_close)
{
	struct storm s = { .side = { { .type = ZMQ_STREAM, .binds = true, .act = act_stream },
				     { .type = ZMQ_STREAM, .act = act_stream } },
			   .visit = visit_stream };

	storm(&s);
}

static void act_req(int fd, unsigned int *seed)
{
	char c;

	if (!dice(seed, 16)) {
		nz_set(fd, ZMQ_REQ_RELAXED, dice(seed, 2));
		nz_set(fd, ZMQ_REQ_CORRELATE, dice(seed, 2));
	}
	if (send(fd, "q", 1, dice(seed, 2) ? MSG_DONTWAIT : 0) == 1)
		recv(fd, &c, 1, 0);
}

static void act_rep(int fd, unsigned int *seed)
{
	char body[700];

	if (recv(fd, body, sizeof(body), dice(seed, 2) ? MSG_DONTWAIT : 0) >= 0)
		send(fd, "reply", 5, MSG_DONTWAIT);
}

TEST(req_of_several_threads)
{
	struct storm s = { .side = { { .type = ZMQ_REP, .binds = true, .act = act_rep },
				     { .type = ZMQ_REQ, .act = act_req } } };

	storm(&s);
}

TEST(inproc_pub_and_sub)
{
	struct storm s = { .inproc = true,
			   .side = { { .type = ZMQ_XPUB, .binds = true, .act = act_xpub },
				     { .type = ZMQ_SUB, .act = act_sub } } };

	storm(&s);
}

TEST(inproc_xsub_and_pub)
{
	struct storm s = { .inproc = true,
			   .side = { { .type = ZMQ_XSUB, .binds = true, .act = act_xsub },
				     { .type = ZMQ_PUB, .act = act_pub } } };

	storm(&s);
}

TEST(inproc_router_and_dealer)
{
	struct storm s = { .inproc = true,
			   .side = { { .type = ZMQ_ROUTER, .binds = true, .prepare = prepare_router,
				       .act = act_router },
				     { .type = ZMQ_DEALER, .prepare = prepare_dealer } } };

	storm(&s);
}

TEST(inproc_req_and_rep)
{
	struct storm s = { .inproc = true,
			   .side = { { .type = ZMQ_REP, .binds = true, .act = act_rep },
				     { .type = ZMQ_REQ, .act = act_req } } };

	storm(&s);
}

/* A PAIR has one peer; who comes second is turned away. */
TEST(inproc_pairs)
{
	struct storm s = { .inproc = true,
			   .side = { { .type = ZMQ_PAIR, .binds = true }, { .type = ZMQ_PAIR } } };

	storm(&s);
}

/* Types that do not fit: nobody looks. */
TEST(inproc_stream_and_push)
{
	struct storm s = { .inproc = true,
			   .side = { { .type = ZMQ_STREAM, .binds = true, .act = act_stream },
				     { .type = ZMQ_PUSH } } };

	storm(&s);
}

/* As far into a handshake as the dice say. */
static void visit_handshake(int port, unsigned int *seed)
{
	uint8_t greeting[WIRE_GREETING], body[64];
	size_t some = dice(seed, sizeof(greeting));
	int fd = dial(port);

	if (fd < 0)
		return;
	wire_greeting(greeting);
	wire_try_send(fd, greeting, dice(seed, 2) ? sizeof(greeting) : some);
	if (dice(seed, 2)) {
		body[0] = WIRE_COMMAND;
		body[1] = wire_ready(body + 2, dice(seed, 4) ? "PUSH" : "PUB");
		wire_try_send(fd, body, 2 + body[1]);
		wire_try_send(fd, "\0\4text", dice(seed, 7));
	}
	if (dice(seed, 2))
		wire_readable(fd, 2);
	leave(fd, seed);
}

static void act_rebind(int fd, unsigned int *seed)
{
	char ep[256];
	socklen_t len = sizeof(ep);

	(void)seed;
	if (getsockopt(fd, SOL_ZMQ, ZMQ_LAST_ENDPOINT, ep, &len) || !*ep)
		return;
	nz_set_str(fd, ZMQ_NATIVE_UNBIND, ep);
	nz_bind(fd, ep);
}

TEST(unbind_while_peers_shake_hands)
{
	struct storm s = { .side = { { .type = ZMQ_PULL, .binds = true, .act = act_rebind },
				     { .type = ZMQ_PUSH } },
			   .visit = visit_handshake };

	storm(&s);
}

/* Sends or reads a part of a message, and is never seen again. */
static void *half(void *arg)
{
	int fd = *(int *)arg;
	char body[700];

	if (send(fd, "a", 1, MSG_MORE | MSG_DONTWAIT) == 1)
		send(fd, "half", 4, MSG_MORE | MSG_DONTWAIT);
	recv(fd, body, sizeof(body), MSG_DONTWAIT);
	return NULL;
}

static void act_half(int fd, unsigned int *seed)
{
	pthread_t thread;

	(void)seed;
	if (!pthread_create(&thread, NULL, half, &fd))
		pthread_join(thread, NULL);
}

TEST(threads_end_in_the_middle)
{
	struct storm s = { .side = { { .type = ZMQ_ROUTER, .binds = true, .prepare = prepare_router,
				       .act = act_half },
				     { .type = ZMQ_DEALER, .prepare = prepare_dealer,
				       .act = act_half } } };

	storm(&s);
}

TEST(threads_end_in_the_middle_of_pub_and_sub)
{
	struct storm s = { .side = { { .type = ZMQ_XPUB, .binds = true, .act = act_half },
				     { .type = ZMQ_XSUB, .act = act_half } } };

	storm(&s);
}

TEST_HARNESS_MAIN
