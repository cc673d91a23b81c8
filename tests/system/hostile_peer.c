// SPDX-License-Identifier: GPL-2.0-only
/* Connections in bad hands, many at a time: they say their sessions, and go. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hostile_peer.h"
#include "hostile_tally.h"
#include "lib.h"

#define HALF_MS 50
#define SILENT_MS 100
/* Who does not read for so long is left. */
#define FULL_MS 1000
#define SLOW_BYTES 500
/* Who pauses does so for as long, since rounds are slow where all is. */
#define PAUSES_MS 1000
#define FASTER 20

struct peer peers[PEERS];
unsigned long peer_cases;
/* Tells who is spoken to. */
static int watch;

void peers_open(void)
{
	int i;

	watch = epoll_create1(EPOLL_CLOEXEC);
	zt_check(watch >= 0);
	for (i = 0; i < PEERS; i++)
		peers[i].fd = -1;
}

void peers_close(void)
{
	close(watch);
}

void peers_wait(void)
{
	struct epoll_event events[PEERS];
	int n = epoll_wait(watch, events, PEERS, 1);

	while (n-- > 0)
		((struct peer *)events[n].data.ptr)->spoken_to = true;
}

void peer_begin(struct peer *p, struct scene *c, int fd, uint64_t seed, enum hs_speech speech,
		uint32_t number)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = p };
	int one = 1;

	if (c->to.ss_family == AF_INET)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	p->fd = fd;
	p->c = c;
	p->sent = 0;
	p->gate = 0;
	p->ending = false;
	p->spoken_to = false;
	zt_ok(epoll_ctl(watch, EPOLL_CTL_ADD, fd, &event));
	hs_make(&p->s, seed, speech, c->type, number);
	hs_ear_open(&p->ear, speech);
	p->began = zt_now();
	p->until = p->began + p->s.patience;
	peer_cases += p->s.cases;
}

static void finish(struct peer *p, bool reset)
{
	struct linger now = { .l_onoff = 1 };

	if (reset)
		setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(p->fd);
	p->fd = -1;
	tally_session(p->c, &p->s, &p->ear, p->sent);
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
	uint8_t buf[8192];
	ssize_t n;

	while ((n = recv(p->fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0)
		hs_listen(&p->ear, buf, n);
	return n < 0 && errno == EAGAIN;
}

/* May it go on, or does a peer that keeps to the order wait here? */
static bool may_say(struct peer *p)
{
	const struct hs_gate *gate = &p->s.gate[p->gate];

	if (p->gate >= p->s.gates || p->sent < gate->at)
		return true;
	if (!(p->ear.heard & gate->heard) && zt_now() < p->until)
		return false;
	p->gate++;
	p->until = zt_now() + p->s.patience;
	return true;
}

/* False: not more for now. */
static bool say(struct peer *p)
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
	if (done > 0) {
		p->sent += done;
		return !p->s.pause || zt_now() > p->began + PAUSES_MS;
	}
	if (errno != EAGAIN)
		finish(p, false);
	else if (zt_now() > p->until + FULL_MS)
		finish(p, true);	/* it does not read */
	return false;
}

/* What comes next is made when the other side has said its word, unless that takes too long. */
static void reply(struct peer *p)
{
	unsigned int before = p->s.cases;

	if (hs_go_on(&p->s, &p->ear)) {
		p->until = zt_now() + p->s.patience;
		peer_cases += p->s.cases - before;
	} else if (zt_now() > p->until) {
		end(p);
	}
}

void peer_go_on(struct peer *p)
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
	if (p->sent >= p->s.len && p->s.open)
		reply(p);
	for (i = 0; p->fd >= 0 && i < 64 && p->sent < p->s.len && may_say(p); i++)
		if (!say(p))
			return;
	if (p->fd >= 0 && p->sent >= p->s.len && !p->s.open && !p->ending)
		end(p);
}
