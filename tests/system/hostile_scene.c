// SPDX-License-Identifier: GPL-2.0-only
/* The sockets that hostile attacks: of every type, listening and connecting. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#include "hostile_scene.h"
#include "hostile_session.h"
#include "nsec.h"

#define MARK "good peer"
#define FRAMES 64

static const struct {
	int type;
	int partner;
	bool raw;
} types[] = {
	{ ZMQ_PAIR, ZMQ_PAIR },	    { ZMQ_PUB, ZMQ_SUB },   { ZMQ_SUB, ZMQ_PUB },
	{ ZMQ_REQ, ZMQ_REP },	    { ZMQ_REP, ZMQ_REQ },   { ZMQ_DEALER, ZMQ_DEALER },
	{ ZMQ_ROUTER, ZMQ_DEALER }, { ZMQ_PULL, ZMQ_PUSH }, { ZMQ_PUSH, ZMQ_PULL },
	{ ZMQ_XPUB, ZMQ_SUB },	    { ZMQ_XSUB, ZMQ_PUB },
	{ ZMQ_STREAM, ZMQ_STREAM, .raw = true },
	/* With ZMQ_ROUTER_RAW. */
	{ ZMQ_ROUTER, ZMQ_STREAM, .raw = true },
};

_Static_assert(2 * ZT_ARRAY(types) == SCENES, "each type, listening and connecting");

/* --- open and close -------------------------------------------------------------- */

/* As a server where there are sides, unless @client. */
static void use_mechanism(int fd, int mechanism, bool client)
{
	if (mechanism == ZMQ_PLAIN)
		(client ? nz_plain_client : nz_plain_server)(fd);
	else if (mechanism == ZMQ_CURVE)
		(client ? nz_curve_client : nz_curve_server)(fd);
}

static int make_socket(int type, const struct scene_kind *kind, bool client)
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
	if (kind->domain)
		zt_ok(nz_set_str(fd, ZMQ_ZAP_DOMAIN, "hostile"));
	use_mechanism(fd, kind->mechanism, client);
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

void scene_open(struct scene *c, unsigned int i, const struct scene_kind *kind)
{
	memset(c, 0, sizeof(*c));
	c->type = types[i / 2].type;
	c->partner = types[i / 2].partner;
	c->raw = types[i / 2].raw;
	c->connects = i & 1;
	c->listener = -1;
	c->fd = make_socket(c->type, kind, c->connects);
	if (c->raw && c->type == ZMQ_ROUTER)
		zt_ok(nz_set(c->fd, ZMQ_ROUTER_RAW, 1));
	/* Half of them have a limit for messages. */
	if (i & 2)
		zt_ok(nz_set(c->fd, ZMQ_RCVHWM, 50));
	if (kind->ipc)
		sprintf(c->ep, "ipc:///tmp/hostile-%d-%u", getpid(), i);
	else
		strcpy(c->ep, "tcp://127.0.0.1:*");
	if (c->connects) {
		lower_address(c, 0);
		listen_again(c);
		zt_ok(nz_connect(c->fd, c->ep));
	} else {
		nz_bind_on(c->fd, c->ep, c->ep);
		lower_address(c, kind->ipc ? 0 : nz_port_of(c->ep));
	}
}

void scene_close(struct scene *c)
{
	close(c->fd);
	if (c->connects)
		close(c->listener);
	if (c->to.ss_family == AF_UNIX)
		unlink(c->ep + 6);
}

int scene_reach(struct scene *c)
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

/* --- who has got through ------------------------------------------------------------- */

uint32_t scene_session(struct scene *c)
{
	uint32_t n = c->sessions++;

	c->delivered[n % SCENE_SESSIONS / 8] &= ~(1 << n % 8);
	return n;
}

bool scene_delivered(const struct scene *c, uint32_t n)
{
	return c->delivered[n % SCENE_SESSIONS / 8] & 1 << n % 8;
}

/* A frame that our socket was given: may be a session's. */
static void look(struct scene *c, const char *frame, size_t len)
{
	const char *at = memmem(frame, len, HS_MARK, sizeof(HS_MARK) - 1);
	char number[9] = "";
	uint32_t n;

	if (!at || at + sizeof(HS_MARK) - 1 + 8 > frame + len)
		return;
	memcpy(number, at + sizeof(HS_MARK) - 1, 8);
	n = strtoul(number, NULL, 16);
	if (n < c->sessions && n + SCENE_SESSIONS >= c->sessions)
		c->delivered[n % SCENE_SESSIONS / 8] |= 1 << n % 8;
}

/* --- life goes on meanwhile ----------------------------------------------------------- */

/* A frame, or the start of a longer one: how much of it is in @buf. */
static ssize_t take(int fd, char *buf, ssize_t size, bool *more)
{
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n = recvmsg(fd, &msg, MSG_DONTWAIT | MSG_TRUNC);

	*more = !(msg.msg_flags & MSG_EOR);
	return n < size ? n : size;
}

/* The first frame of a message from a ROUTER or STREAM is a peer's routing id. */
static void take_all(struct scene *c)
{
	bool first, ids = c->type == ZMQ_ROUTER || c->type == ZMQ_STREAM;
	char buf[8192];
	ssize_t n;
	int i;

	for (i = 0; i < FRAMES; i++) {
		first = !c->inside;
		n = take(c->fd, buf, sizeof(buf), &c->inside);
		if (n < 0) {
			c->inside = !first;
			break;
		}
		if (ids && first) {
			c->id_len = n < (ssize_t)sizeof(c->id) ? n : 0;
			memcpy(c->id, buf, c->id_len);
		} else {
			look(c, buf, n);
		}
	}
}

/*
 * To the last peer heard of, or to nobody. Without ZMTP, an empty frame ends the connection;
 * who has connected does not do so again after that.
 */
static void answer(struct scene *c)
{
	if (!c->id_len || c->stirs % 4 == 3) {
		send(c->fd, "to a stranger", 13, MSG_DONTWAIT | MSG_MORE);
		send(c->fd, "", 0, MSG_DONTWAIT);
		return;
	}
	if (send(c->fd, c->id, c->id_len, MSG_DONTWAIT | MSG_MORE) < 0)
		return;
	if (c->stirs % 8 != 2 || (c->raw && c->connects))
		send(c->fd, "an answer", 9, MSG_DONTWAIT | (c->stirs & 8 ? MSG_MORE : 0));
	else
		send(c->fd, "", 0, MSG_DONTWAIT);
}

void scene_stir(struct scene *c)
{
	take_all(c);
	c->stirs++;
	if (c->type == ZMQ_ROUTER || c->type == ZMQ_STREAM)
		answer(c);
	else
		send(c->fd, "to a stranger", 13, MSG_DONTWAIT | (c->stirs & 8 ? MSG_MORE : 0));
}

/* --- a good peer ---------------------------------------------------------------------- */

/* Sends the mark if it can, and sees whether it has come. Both sides do. */
static bool exchange(int fd, const char *mark)
{
	bool came = false, more;
	char buf[4096];
	ssize_t n;
	int i;

	for (i = 0; i < FRAMES; i++) {
		n = take(fd, buf, sizeof(buf), &more);
		if (n < 0)
			break;
		came |= n == (ssize_t)strlen(mark) && !memcmp(buf, mark, n);
	}
	send(fd, mark, strlen(mark), MSG_DONTWAIT);
	return came;
}

/* The same without ZMTP: whoever shows up, or says something, gets the mark. */
static bool exchange_raw(int fd, const char *mark)
{
	char id[256], buf[8192];
	bool came = false, more;
	ssize_t id_len, n;
	int i;

	for (i = 0; i < FRAMES; i++) {
		id_len = take(fd, id, sizeof(id), &more);
		if (id_len < 0)
			break;
		n = more ? take(fd, buf, sizeof(buf), &more) : -1;
		if (n < 0)
			continue;
		came |= !!memmem(buf, n, mark, strlen(mark));
		if (send(fd, id, id_len, MSG_DONTWAIT | MSG_MORE) == id_len)
			send(fd, mark, strlen(mark), MSG_DONTWAIT);
	}
	return came;
}

/* Takes the place of those that were bad. */
static int join(struct scene *c, const struct scene_kind *kind)
{
	int fd = make_socket(c->partner, kind, !c->connects);

	if (c->connects)
		zt_ok(nz_bind(fd, c->ep));
	else
		zt_ok(nz_connect(fd, c->ep));
	return fd;
}

/*
 * Either side hearing the other will do: not every type talks both ways. A PAIR that
 * comes before the last peer has gone is ignored for ever, so another one tries.
 */
static bool gets_through(struct scene *c, const struct scene_kind *kind, const char *mark,
			 void (*meanwhile)(void))
{
	bool (*talk)(int fd, const char *mark) = c->raw ? exchange_raw : exchange;
	bool tries = c->type == ZMQ_PAIR && !c->connects, done = false;
	int64_t limit = zt_now() + zt_scaled(tries ? 500 : 10000);
	int fd = join(c, kind);

	while (!done && zt_now() < limit) {
		done = talk(fd, mark) || talk(c->fd, mark);
		meanwhile();
		zt_nap(!done);
	}
	close(fd);
	return done;
}

void scene_serves(struct scene *c, const struct scene_kind *kind, void (*meanwhile)(void))
{
	int64_t limit = zt_now() + zt_scaled(10000);
	static unsigned int marks;
	char mark[64];

	snprintf(mark, sizeof(mark), MARK " %u.", marks++);
	/* The rest of a message that was read in part. */
	take_all(c);
	if (c->connects) {
		close(c->listener);
		if (c->to.ss_family == AF_UNIX)
			unlink(c->ep + 6);
	}
	while (!gets_through(c, kind, mark, meanwhile))
		if (zt_now() > limit)
			zt_fail("type %d%s, %s, session %lu: no good peer gets through", c->type,
				c->raw ? " (raw)" : "", c->connects ? "connecting" : "listening",
				(unsigned long)c->sessions);
	if (c->connects)
		listen_again(c);
}
