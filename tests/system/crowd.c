// SPDX-License-Identifier: GPL-2.0-only
/* A crowd of peers that connect and never complete their handshake. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crowd.h"
#include "wire.h"

/* What differs between members of a crowd: how much of their greeting they send at once. */
static const unsigned int kinds[] = { 0, 11, WIRE_GREETING, 1 };

#define SLOW 3

/* Body of a HELLO of CURVE. */
#define HELLO 200

static int connect_from(int port, unsigned int host)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	zt_check(fd >= 0);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + host);
	zt_ok(bind(fd, (void *)&in, sizeof(in)));
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons(port);
	zt_ok(connect(fd, (void *)&in, sizeof(in)));
	return fd;
}

/* A byte of each slow one's greeting, again and again; in the end they are complete. */
static void *drip(void *arg)
{
	struct crowd *crowd = arg;
	uint8_t greeting[WIRE_GREETING];
	unsigned int at, i;

	wire_greeting(greeting);
	for (at = 1; at < sizeof(greeting); at++) {
		for (i = SLOW; !crowd->hello && i < crowd->count; i += ZT_ARRAY(kinds))
			send(crowd->fds[i], greeting + at, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (__atomic_load_n(&crowd->stop, __ATOMIC_RELAXED))
			break;
		zt_nap(20);
	}
	return NULL;
}

/* What a member of the crowd has to say at once, in @buf; returns its length. */
static size_t opening(const struct crowd *crowd, unsigned int member, uint8_t *buf)
{
	wire_greeting(buf);
	if (!crowd->hello)
		return kinds[member % ZT_ARRAY(kinds)];
	memcpy(buf + 12, "CURVE", 5);
	buf[WIRE_GREETING] = WIRE_COMMAND;
	buf[WIRE_GREETING + 1] = HELLO;
	memcpy(buf + WIRE_GREETING + 2, crowd->hello, HELLO);
	return WIRE_GREETING + 2 + HELLO;
}

static void room_for(unsigned int count)
{
	struct rlimit limit = { count + 1000, count + 1000 };

	zt_ok(setrlimit(RLIMIT_NOFILE, &limit));
}

void crowd_come(struct crowd *crowd, int port, unsigned int count, unsigned int first,
		unsigned int each)
{
	uint8_t buf[WIRE_GREETING + 2 + HELLO];
	unsigned int i;

	room_for(count);
	crowd->fds = calloc(count, sizeof(*crowd->fds));
	zt_check(crowd->fds);
	crowd->count = count;
	crowd->stop = false;
	for (i = 0; i < count; i++) {
		crowd->fds[i] = connect_from(port, first + i / each);
		/* It may have been thrown out already. */
		send(crowd->fds[i], buf, opening(crowd, i, buf), MSG_NOSIGNAL);
	}
	/* Greeted or thrown out, but not waiting to be accepted. */
	for (i = 0; i < count; i++)
		zt_check(wire_readable(crowd->fds[i], zt_scaled(20000)));
	zt_eq(pthread_create(&crowd->drip, NULL, drip, crowd), 0);
}

unsigned int crowd_standing(const struct crowd *crowd)
{
	unsigned int i, standing = 0;
	char buf[256];
	ssize_t got;

	for (i = 0; i < crowd->count; i++) {
		do
			got = recv(crowd->fds[i], buf, sizeof(buf), MSG_DONTWAIT);
		while (got > 0);
		standing += got < 0 && errno == EAGAIN;
	}
	return standing;
}

unsigned int crowd_answered(const struct crowd *crowd, int bytes)
{
	unsigned int i, answered = 0;
	int have;

	for (i = 0; i < crowd->count; i++) {
		zt_ok(ioctl(crowd->fds[i], FIONREAD, &have));
		answered += have >= bytes;
	}
	return answered;
}

void crowd_go(struct crowd *crowd)
{
	unsigned int i;

	__atomic_store_n(&crowd->stop, true, __ATOMIC_RELAXED);
	zt_eq(pthread_join(crowd->drip, NULL), 0);
	for (i = 0; i < crowd->count; i++)
		close(crowd->fds[i]);
	free(crowd->fds);
}

static void *blow(void *arg)
{
	struct storm *storm = arg;
	uint8_t greeting[WIRE_GREETING];
	int fds[STORM], i;

	wire_greeting(greeting);
	memset(fds, -1, sizeof(fds));
	while (!__atomic_load_n(&storm->stop, __ATOMIC_RELAXED)) {
		i = storm->count++ % STORM;
		if (fds[i] >= 0)
			wire_reset(fds[i]);
		fds[i] = connect_from(storm->port, 1);
		send(fds[i], greeting, sizeof(greeting) / 2, MSG_NOSIGNAL);
	}
	for (i = 0; i < STORM; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return NULL;
}

void storm_begin(struct storm *storm, int port)
{
	storm->port = port;
	storm->count = 0;
	storm->stop = false;
	zt_eq(pthread_create(&storm->thread, NULL, blow, storm), 0);
}

unsigned int storm_end(struct storm *storm)
{
	__atomic_store_n(&storm->stop, true, __ATOMIC_RELAXED);
	zt_eq(pthread_join(storm->thread, NULL), 0);
	return storm->count;
}
