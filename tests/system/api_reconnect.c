// SPDX-License-Identifier: GPL-2.0-only
/*
 * What ZMQ_RECONNECT_IVL and ZMQ_RECONNECT_IVL_MAX do. Runs on stock libzmq and
 * the shim.
 */
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire.h"
#include "zmon.h"

/* A listener whose endpoint is @ep (64 bytes). */
static int listener(char *ep)
{
	int port = zt_port();

	sprintf(ep, "tcp://127.0.0.1:%d", port);
	return wire_listen(port);
}

/*
 * Time until the next connection attempt, -1: none within @ms. The attempt is refused, and
 * *@refused is when: the pause begins then, or a bit later.
 */
static int64_t attempt(int fd, int ms, int64_t *refused)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int64_t start = *refused, now;

	if (!poll(&pfd, 1, ms))
		return -1;
	now = zt_now();
	*refused = now;
	close(accept(fd, NULL, NULL));
	return now - start;
}

/* RECONNECT_IVL + a random part below it, fresh each time; a close counts. */
static void reconnect_interval(const void *arg)
{
	void *ctx = za_ctx();
	void *s = za_socket(ctx, ZMQ_PUSH);
	int64_t ms, refused = 0;
	char ep[64];
	int fd = listener(ep), i;

	(void)arg;
	za_set(s, ZMQ_RECONNECT_IVL, 100);
	za_connect(s, ep);
	zt_check(attempt(fd, zt_scaled(ZA_TIMEO), &refused) >= 0);
	for (i = 0; i < 5; i++) {
		ms = attempt(fd, zt_scaled(ZA_TIMEO), &refused);
		/* Late is the machine's load; early is a fault. */
		if (ms < 90)
			zt_fail("attempt %d after %d ms, expected 100 at least", i, (int)ms);
	}
	close(fd);
	za_close(s);
	za_term(ctx);
}

static void reconnect_never(const void *arg)
{
	int interval = *(const int *)arg;
	void *ctx = za_ctx();
	void *s = za_socket(ctx, ZMQ_PUSH);
	int64_t refused = 0;
	char ep[64];
	int fd = listener(ep);

	za_set(s, ZMQ_RECONNECT_IVL, interval);
	za_connect(s, ep);
	zt_check(attempt(fd, zt_scaled(ZA_TIMEO), &refused) >= 0);
	zt_eq(attempt(fd, 500, &refused), -1);
	/* The same endpoint can be connected again. */
	zmq_disconnect(s, ep);
	za_connect(s, ep);
	zt_check(attempt(fd, zt_scaled(ZA_TIMEO), &refused) >= 0);
	close(fd);
	za_close(s);
	za_term(ctx);
}

/*
 * The delay grows to RECONNECT_IVL_MAX and not beyond, but for a random part below
 * RECONNECT_IVL that libzmq 4.3.4 adds. The events tell, not a clock.
 */
static void reconnect_max(const void *arg)
{
	void *ctx = za_ctx();
	void *s = za_socket(ctx, ZMQ_PUSH), *monitor;
	unsigned int delay = 0;
	int64_t refused = 0;
	char ep[64];
	int port = zt_port(), fd, i;

	(void)arg;
	za_set(s, ZMQ_RECONNECT_IVL, 20);
	za_set(s, ZMQ_RECONNECT_IVL_MAX, 300);
	sprintf(ep, "tcp://127.0.0.1:%d", port);
	monitor = zm_open(ctx, s);
	za_connect(s, ep);
	/* Doubled so many times, it would be 2560 without limit. */
	for (i = 0; i < 8; i++) {
		delay = zm_until(monitor, ZMQ_EVENT_CONNECT_RETRIED);
		if (delay >= 320)
			zt_fail("pause %d is to be %u ms", i, delay);
	}
	zt_check(delay >= 300);
	fd = wire_listen(port);
	zt_check(attempt(fd, zt_scaled(ZA_TIMEO), &refused) >= 0);
	close(fd);
	zm_close(monitor, s);
	za_close(s);
	za_term(ctx);
}

static const int zero = 0, minus = -1;

static const struct zt_case cases[] = {
	{ "reconnect_interval", reconnect_interval },
	{ "reconnect_ivl_0_never", reconnect_never, &zero },
	{ "reconnect_ivl_minus_1_never", reconnect_never, &minus },
	{ "reconnect_ivl_max", reconnect_max },
};

int main(int argc, char **argv)
{
	zt_netns();
	zt_lib_check(zt_lib_here());
	return zt_run(argc, argv, cases, ZT_ARRAY(cases));
}
