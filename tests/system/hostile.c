// SPDX-License-Identifier: GPL-2.0-only
/*
 * Peers that spoil whole sessions, many at a time, against sockets of every type
 * that listen and that connect, by tcp and by ipc. After each batch a good peer
 * has to get through to each socket; in the end nothing of them may be left.
 *
 * The same seed makes the same sessions for each socket, in the same order.
 * Environment: ZT_SEED (default 1), ZT_CASES: changes of sessions to be made by
 * each case of this program (default 5000, divided by ZT_STRESS).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "hostile_session.h"
#include "nsec.h"

#define PEERS 128
#define BATCH_SESSIONS 2000
#define GATE_MS 100
#define HALF_MS 50
#define SILENT_MS 100
#define SLOW_BYTES 500
#define FASTER 20
#define MARK "good peer"

/**
 * struct scene - a socket that is attacked
 * @type: its type
 * @partner: type of a good peer
 * @fd: the socket
 * @connects: it connects to @listener, and to us
 * @listener: where it connects to, -1 if it listens itself
 * @ep: its endpoint
 * @to: the same as a lower address
 * @to_len: bytes of @to
 * @sessions: how many it had
 */
struct scene {
	int type;
	int partner;
	int fd;
	bool connects;
	int listener;
	char ep[256];
	struct sockaddr_storage to;
	socklen_t to_len;
	uint64_t sessions;
};

/**
 * struct peer - a connection in bad hands
 * @fd: the connection, -1 if there is none
 * @s: what it says
 * @sent: bytes of it that were sent
 * @gate: the next gate
 * @heard: bytes of the other side
 * @until: when it does not wait any longer
 * @ending: all was said
 * @spoken_to: the other side has said something, or has gone
 */
struct peer {
	int fd;
	struct hs_session s;
	size_t sent;
	unsigned int gate;
	size_t heard;
	int64_t until;
	bool ending;
	bool spoken_to;
};

/**
 * struct attack - one case of this program
 * @speech: what is spoken to sockets that listen
 * @speech_connects: and to those that connect
 * @ipc: by ipc; else by tcp
 * @mechanism: what the sockets use
 */
struct attack {
	enum hs_speech speech;
	enum hs_speech speech_connects;
	bool ipc;
	int mechanism;
};

static const int types[][2] = {
	{ ZMQ_PAIR, ZMQ_PAIR },	    { ZMQ_PUB, ZMQ_SUB },   { ZMQ_SUB, ZMQ_PUB },
	{ ZMQ_REQ, ZMQ_REP },	    { ZMQ_REP, ZMQ_REQ },   { ZMQ_DEALER, ZMQ_DEALER },
	{ ZMQ_ROUTER, ZMQ_DEALER }, { ZMQ_PULL, ZMQ_PUSH }, { ZMQ_PUSH, ZMQ_PULL },
	{ ZMQ_XPUB, ZMQ_SUB },	    { ZMQ_XSUB, ZMQ_PUB },
};

static struct scene scenes[2 * ZT_ARRAY(types)];
static struct peer peers[PEERS];
static unsigned long seed, cases, sessions;
/* Tells who is spoken to. */
static int watch;
/* Who is asked about peers, -1: nobody. */
static int handler = -1;

static unsigned long number(const char *name, unsigned long fallback)
{
	const char *text = getenv(name);

	return text && strtoul(text, NULL, 0) ? strtoul(text, NULL, 0) : fallback;
}

/* --- the sockets ----------------------------------------------------------------- */

/* As a server where there are sides, unless @client. */
static void use_mechanism(int fd, int mechanism, bool client)
{
	if (mechanism == ZMQ_PLAIN)
		(client ? nz_plain_client : nz_plain_server)(fd);
	else if (mechanism == ZMQ_CURVE)
		(client ? nz_curve_client : nz_curve_server)(fd);
}

static int make_socket(int type, int mechanism, bool client)
{
	int fd = nz_socket(type);

	zt_ok(nz_set(fd, ZMQ_RECONNECT_IVL, 1));
	/* Pauses grow after failed handshakes. */
	zt_ok(nz_set(fd, ZMQ_RECONNECT_IVL_MAX, 10));
	zt_ok(nz_set(fd, ZMQ_HANDSHAKE_IVL, zt_scaled(1000)));
	if (type == ZMQ_SUB)
		zt_ok(nz_set_str(fd, ZMQ_SUBSCRIBE, ""));
	if (type == ZMQ_XSUB)
		nz_put(fd, "\1", 0);
	if (type == ZMQ_REQ)
		zt_ok(nz_set(fd, ZMQ_REQ_RELAXED, 1));
	use_mechanism(fd, mechanism, client);
	return fd;
}

/* The lower address: of an ipc endpoint, or of a port, 0 for any. */
static void lower_address(struct scene *c, int port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	if (!strncmp(c->ep, "ipc://", 6)) {
		strcpy(un.sun_path, c->ep + 6);
		memcpy(&c->to, &un, sizeof(un));
		c->to_len = sizeof(un);
		return;
	}
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	memcpy(&c->to, &in, sizeof(in));
	c->to_len = sizeof(in);
}

static void listen_again(struct scene *c)
{
	socklen_t len = sizeof(c->to);
	int one = 1;

	c->listener = socket(c->to.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	zt_check(c->listener >= 0);
	if (c->to.ss_family == AF_INET)
		setsockopt(c->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	else
		unlink(c->ep + 6);
	zt_ok(bind(c->listener, (void *)&c->to, c->to_len));
	zt_ok(listen(c->listener, 8));
	zt_ok(getsockname(c->listener, (void *)&c->to, &len));
	if (c->to.ss_family == AF_INET)
		sprintf(c->ep, "tcp://127.0.0.1:%d",
			ntohs(((struct sockaddr_in *)&c->to)->sin_port));
}

static void open_scene(struct scene *c, size_t i, const struct attack *a)
{
	memset(c, 0, sizeof(*c));
	c->type = types[i / 2][0];
	c->partner = types[i / 2][1];
	c->connects = i & 1;
	c->listener = -1;
	c->fd = make_socket(c->type, a->mechanism, c->connects);
	/* Half of them have a limit for messages. */
	if (i & 2)
		zt_ok(nz_set(c->fd, ZMQ_RCVHWM, 50));
	if (a->ipc)
		sprintf(c->ep, "ipc:///tmp/hostile-%d-%zu", getpid(), i);
	else
		strcpy(c->ep, "tcp://127.0.0.1:*");
	if (c->connects) {
		lower_address(c, 0);
		listen_again(c);
		zt_ok(nz_connect(c->fd, c->ep));
	} else {
		nz_bind_on(c->fd, c->ep, c->ep);
		lower_address(c, a->ipc ? 0 : nz_port_of(c->ep));
	}
}

/* Reads what came, says something. */
static void stir(struct scene *c)
{
	char buf[4096];
	int i;

	for (i = 0; i < 64 && recv(c->fd, buf, sizeof(buf), MSG_DONTWAIT | MSG_TRUNC) >= 0; i++)
		;
	send(c->fd, "to a stranger", 13, MSG_DONTWAIT | (sessions & 8 ? MSG_MORE : 0));
}

/* --- who lets peers in ---------------------------------------------------------------- */

/* Answers what was asked: as RFC 27 has it, or else rarely in another way. */
static void answer_zap(bool fairly)
{
	static const char *const statuses[] = { "200", "300", "400", "500", "", "2000" };

	if (handler >= 0)
		nz_zap_answer(handler, fairly || sessions % 8 ? "200" :
			      statuses[sessions / 8 % ZT_ARRAY(statuses)]);
}

/* --- the peers --------------------------------------------------------------------- */

static void begin(struct peer *p, struct scene *c, int fd, const struct attack *a)
{
	uint64_t which = (seed << 40) + ((uint64_t)(c - scenes) << 32) + c->sessions++;
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = p };
	int one = 1;

	if (c->to.ss_family == AF_INET)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	p->fd = fd;
	p->sent = 0;
	p->gate = 0;
	p->heard = 0;
	p->ending = false;
	p->spoken_to = false;
	p->until = zt_now() + GATE_MS;
	zt_ok(epoll_ctl(watch, EPOLL_CTL_ADD, fd, &event));
	hs_make(&p->s, which, c->connects ? a->speech_connects : a->speech, c->type);
	cases += p->s.cases;
	sessions++;
}

static void finish(struct peer *p, bool reset)
{
	struct linger now = { .l_onoff = 1 };

	if (reset)
		setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(p->fd);
	p->fd = -1;
}

/* All was said: it goes now, or later. */
static void end(struct peer *p)
{
	p->ending = true;
	switch (p->s.end) {
	case HS_HALF:
		shutdown(p->fd, SHUT_WR);
		p->until = zt_now() + HALF_MS;
		break;
	case HS_SILENT:
		p->until = zt_now() + SILENT_MS;
		break;
	default:
		finish(p, p->s.end == HS_RESET);
	}
}

/* Reads the other side's words; false: it has gone. */
static bool hear(struct peer *p)
{
	char buf[8192];
	ssize_t n;

	while ((n = recv(p->fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0)
		p->heard += n;
	return n < 0 && errno == EAGAIN;
}

/* May it go on, or does a peer that keeps to the order wait here? */
static bool may_say(struct peer *p)
{
	const struct hs_gate *gate = &p->s.gate[p->gate];

	if (p->gate == p->s.gates || p->sent < gate->at)
		return true;
	if (p->heard <= gate->heard && zt_now() < p->until)
		return false;
	p->gate++;
	p->until = zt_now() + GATE_MS;
	return true;
}

static void say(struct peer *p)
{
	/* A handshake and some messages piece by piece; all of it would only take long. */
	size_t step = p->s.step * (p->sent < SLOW_BYTES ? 1 : FASTER);
	size_t n = p->s.len - p->sent;
	ssize_t done;

	if (p->gate < p->s.gates && p->s.gate[p->gate].at - p->sent < n)
		n = p->s.gate[p->gate].at - p->sent;
	if (step && step < n)
		n = step;
	done = send(p->fd, p->s.bytes + p->sent, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (done > 0)
		p->sent += done;
	else if (errno != EAGAIN)
		finish(p, false);
	else if (zt_now() > p->until + 10 * GATE_MS)
		finish(p, true);	/* it does not read */
	if (p->s.pause && p->sent < 200)
		usleep(200);
}

static void go_on(struct peer *p)
{
	int i;

	if (p->spoken_to && !hear(p)) {
		finish(p, false);
		return;
	}
	p->spoken_to = false;
	if (p->ending) {
		if (zt_now() > p->until)
			finish(p, false);
		return;
	}
	for (i = 0; p->fd >= 0 && i < 64 && p->sent < p->s.len && may_say(p); i++)
		say(p);
	if (p->fd >= 0 && p->sent == p->s.len)
		end(p);
}

/* A connection to, or from, a socket; -1 if there is none now. */
static int reach(struct scene *c)
{
	int fd;

	if (c->connects)
		return accept4(c->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	fd = socket(c->to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	zt_check(fd >= 0);
	if (connect(fd, (void *)&c->to, c->to_len) && errno != EINPROGRESS) {
		/* A unix socket's backlog is full: the listener is behind. */
		zt_check(errno == EAGAIN || errno == ECONNREFUSED || errno == EADDRNOTAVAIL);
		close(fd);
		return -1;
	}
	return fd;
}

/* Waits until a peer is spoken to, a millisecond at most. */
static void wait_a_little(void)
{
	struct epoll_event events[PEERS];
	int n = epoll_wait(watch, events, PEERS, 1);

	while (n-- > 0)
		((struct peer *)events[n].data.ptr)->spoken_to = true;
}

static void run_batch(const struct attack *a, unsigned long goal)
{
	unsigned long last = sessions + BATCH_SESSIONS, round = 0;
	bool busy = true;
	int i;

	while (busy) {
		struct scene *c = &scenes[round++ % ZT_ARRAY(scenes)];

		busy = sessions < last && cases < goal;
		for (i = 0; i < PEERS; i++) {
			struct peer *p = &peers[i];

			if (p->fd < 0 && sessions < last && cases < goal) {
				int fd = reach(c);

				if (fd >= 0)
					begin(p, c, fd, a);
				c = &scenes[round++ % ZT_ARRAY(scenes)];
			}
			if (p->fd >= 0)
				go_on(p);
			busy |= p->fd >= 0;
		}
		stir(c);
		answer_zap(false);
		wait_a_little();
	}
}

/* --- afterwards ---------------------------------------------------------------------- */

/* Sends the mark if it can, and sees whether it has come. Both sides do. */
static bool exchange(int fd, const char *says, const char *hears)
{
	char buf[4096];
	bool came = false;
	ssize_t n;
	int i;

	for (i = 0; i < 64; i++) {
		n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (n < 0)
			break;
		came |= n == (ssize_t)strlen(hears) && !memcmp(buf, hears, n);
	}
	send(fd, says, strlen(says), MSG_DONTWAIT);
	return came;
}

/* Either side hearing the other will do: not every type talks both ways. */
static void serves_on(struct scene *c, const struct attack *a)
{
	static unsigned int marks;
	int64_t limit = zt_now() + zt_scaled(10000);
	char mark[64];
	int fd;

	snprintf(mark, sizeof(mark), MARK " %u", marks++);
	fd = make_socket(c->partner, a->mechanism, !c->connects);
	if (c->connects) {
		close(c->listener);
		if (c->to.ss_family == AF_UNIX)
			unlink(c->ep + 6);
		zt_ok(nz_bind(fd, c->ep));
	} else {
		zt_ok(nz_connect(fd, c->ep));
	}
	while (!exchange(fd, mark, mark) && !exchange(c->fd, mark, mark)) {
		if (zt_now() > limit)
			zt_fail("type %d, %s, seed %lu, session %lu: no good peer gets through",
				c->type, c->connects ? "connecting" : "listening", seed,
				(unsigned long)c->sessions);
		answer_zap(true);
		zt_nap(1);
	}
	close(fd);
	if (c->connects)
		listen_again(c);
}

static void attack(const void *arg)
{
	const struct attack *a = arg;
	unsigned long goal = number("ZT_CASES", zt_count(5000));
	long before = nz_sockets();
	int64_t start = zt_now();
	size_t i;

	seed = number("ZT_SEED", 1);
	cases = 0;
	sessions = 0;
	watch = epoll_create1(EPOLL_CLOEXEC);
	zt_check(watch >= 0);
	for (i = 0; i < PEERS; i++)
		peers[i].fd = -1;
	if (a->mechanism != ZMQ_NULL)
		handler = nz_zap_open();
	for (i = 0; i < ZT_ARRAY(scenes); i++)
		open_scene(&scenes[i], i, a);
	while (cases < goal) {
		run_batch(a, goal);
		for (i = 0; i < ZT_ARRAY(scenes); i++)
			serves_on(&scenes[i], a);
	}
	for (i = 0; i < ZT_ARRAY(scenes); i++) {
		close(scenes[i].fd);
		if (scenes[i].connects)
			close(scenes[i].listener);
		if (a->ipc)
			unlink(scenes[i].ep + 6);
	}
	if (handler >= 0)
		close(handler);
	close(watch);
	zt_until(nz_sockets() == before, 10000);
	printf("# ZT_SEED=%lu: %lu cases in %lu sessions, %lld ms\n", seed, cases, sessions,
	       (long long)(zt_now() - start));
	fflush(stdout);
}

#define ATTACK(...) attack, &(const struct attack){ __VA_ARGS__ }, .limit = 3600

static const struct zt_case all[] = {
	{ "null_tcp", ATTACK(HS_NULL, HS_NULL) },
	{ "null_ipc", ATTACK(HS_NULL, HS_NULL, .ipc = true) },
	{ "null_30", ATTACK(HS_NULL_30, HS_NULL_30) },
	{ "v2", ATTACK(HS_V2, HS_V2) },
	{ "v1", ATTACK(HS_V1, HS_V1, .ipc = true) },
	{ "no_zmtp", ATTACK(HS_RAW, HS_RAW) },
	{ "other_mechanism", ATTACK(HS_PLAIN_CLIENT, HS_CURVE_SERVER) },
	{ "plain", ATTACK(HS_PLAIN_CLIENT, HS_PLAIN_SERVER, .mechanism = ZMQ_PLAIN) },
	{ "curve", ATTACK(HS_CURVE_CLIENT, HS_CURVE_SERVER, .mechanism = ZMQ_CURVE) },
};

int main(int argc, char **argv)
{
	zt_netns();
	return zt_run(argc, argv, all, ZT_ARRAY(all));
}
