// SPDX-License-Identifier: GPL-2.0-only
/* Watching a socket both ways: by a monitor socket and by netlink. */
#define _GNU_SOURCE
#include <asm/socket.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "monitor.h"

struct told {
	uint32_t event;
	uint64_t value;
	char local[512];
	char remote[512];
};

int monitor_set(int fd, int monitor, unsigned int version, uint64_t events)
{
	struct zmq_monitor_req req = { .fd = monitor, .version = version, .events = events };

	return setsockopt(fd, SOL_ZMQ, ZMQ_NATIVE_MONITOR, &req, sizeof(req));
}

void monitor_open(struct monitor *m, int fd, int version)
{
	socklen_t len = sizeof(m->cookie);

	m->fd = fd;
	m->version = version;
	zt_ok(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &m->cookie, &len));
	nz_pair(&m->pair, ZMQ_PAIR, ZMQ_PAIR);
	zt_ok(nz_set(m->pair.a, ZMQ_LINGER, -1));
	m->nl = znl_open();
	zt_ok(m->nl);
	zt_ok(monitor_set(fd, m->pair.a, version, ZMQ_EVENT_ALL));
}

void monitor_close(struct monitor *m)
{
	nz_pair_close(&m->pair);
	close(m->nl);
}

/* A frame of the event's message; returns its length. */
static size_t frame(struct monitor *m, void *buf, size_t size, bool more)
{
	struct iovec iov = { buf, size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n = recvmsg(m->pair.b, &msg, 0);

	if (n < 0)
		zt_fail("waiting for an event: %s", strerror(errno));
	zt_eq(!(msg.msg_flags & MSG_EOR), more);
	return n;
}

static void frame_text(struct monitor *m, char *buf, size_t size, bool more)
{
	buf[frame(m, buf, size - 1, more)] = 0;
}

static uint64_t frame_u64(struct monitor *m)
{
	uint64_t n;

	zt_eq(frame(m, &n, sizeof(n), true), sizeof(n));
	return n;
}

static void hear(struct monitor *m, struct told *t, bool bound)
{
	struct __attribute__((packed)) {
		uint16_t event;
		uint32_t value;
	} head;

	memset(t, 0, sizeof(*t));
	if (m->version == 1) {
		zt_eq(frame(m, &head, sizeof(head), true), 6);
		t->event = head.event;
		t->value = head.value;
		frame_text(m, bound ? t->local : t->remote, sizeof(t->local), false);
		return;
	}
	t->event = frame_u64(m);
	zt_eq(frame_u64(m), 1);
	t->value = frame_u64(m);
	frame_text(m, t->local, sizeof(t->local), true);
	frame_text(m, t->remote, sizeof(t->remote), false);
}

/* The next one that is about our socket. */
static bool hear_nl(struct monitor *m, struct znl_event *ev, int ms)
{
	int64_t end = zt_now() + ms;

	for (;;) {
		int64_t left = end - zt_now();
		int rc = znl_read(m->nl, ev, left > 0 ? left : 0);

		if (rc < 0)
			zt_fail("netlink: %s", strerror(errno));
		if (!rc)
			return false;
		if (ev->cookie == m->cookie)
			return true;
	}
}

static bool fits(const char *got, const char *want)
{
	size_t n = strlen(want);

	if (n && want[n - 1] == '*')
		return !strncmp(got, want, n - 1) && strlen(got) >= n;
	return !strcmp(got, want);
}

static bool value_fits(uint64_t got, int64_t want)
{
	if (want == MONITOR_NUMBER)
		return got >= ZMQ_EVENT_NUMBER && got < 2ULL * ZMQ_EVENT_NUMBER;
	return want == MONITOR_ANY || got == (uint64_t)want;
}

uint64_t monitor_want(struct monitor *m, uint32_t event, int64_t value, const char *local,
		      const char *remote, bool bound)
{
	struct znl_event ev;
	struct told t;

	hear(m, &t, bound);
	if (t.event != event || !value_fits(t.value, value) ||
	    ((m->version == 2 || bound) && !fits(t.local, local)) ||
	    ((m->version == 2 || !bound) && !fits(t.remote, remote)))
		zt_fail("expected event %#x, %#llx, '%s', '%s', got %#x, %#llx, '%s', '%s'",
			event, (long long)value, local, remote, t.event, (long long)t.value,
			t.local, t.remote);

	if (!hear_nl(m, &ev, zt_scaled(NZ_TIMEO)))
		zt_fail("no event %#x on netlink", event);
	if (ev.event != event || ev.value != t.value || !fits(ev.local, local) ||
	    !fits(ev.remote, remote))
		zt_fail("netlink: not %#x, %#llx, '%s', '%s', but %#x, %#llx, '%s', '%s'",
			event, (long long)t.value, local, remote, ev.event,
			(long long)ev.value, ev.local, ev.remote);
	return t.value;
}

uint64_t monitor_connector(struct monitor *m, uint32_t event, int64_t value, const char *remote)
{
	bool apart = event & (ZMQ_EVENT_CONNECT_DELAYED | ZMQ_EVENT_CONNECT_RETRIED |
			      ZMQ_EVENT_CLOSED);

	return monitor_want(m, event, value, apart ? "" : "tcp://127.0.0.1:*", remote, false);
}

uint64_t monitor_binder(struct monitor *m, uint32_t event, int64_t value, const char *local)
{
	bool alone = event & (ZMQ_EVENT_LISTENING | ZMQ_EVENT_BIND_FAILED |
			      ZMQ_EVENT_ACCEPT_FAILED | ZMQ_EVENT_CLOSED);

	return monitor_want(m, event, value, local, alone ? "" : "tcp://127.0.0.1:*", true);
}

void monitor_want_stopped(struct monitor *m)
{
	struct told t;

	hear(m, &t, false);
	if (t.event != ZMQ_EVENT_MONITOR_STOPPED || t.value || *t.local || *t.remote)
		zt_fail("expected the end, got event %#x, %#llx, '%s', '%s'", t.event,
			(long long)t.value, t.local, t.remote);
}

void monitor_quiet(struct monitor *m, int ms)
{
	struct znl_event ev;
	struct told t;

	if (nz_poll(m->pair.b, POLLIN, ms)) {
		hear(m, &t, false);
		zt_fail("unexpected event %#x, %#llx", t.event, (long long)t.value);
	}
	if (hear_nl(m, &ev, 0))
		zt_fail("netlink: unexpected event %#x, %#llx", ev.event, (long long)ev.value);
}
