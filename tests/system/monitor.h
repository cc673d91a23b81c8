/* SPDX-License-Identifier: GPL-2.0-only */
/* Watching a socket both ways: by a monitor socket and by netlink. */
#ifndef TESTS_SYSTEM_MONITOR_H
#define TESTS_SYSTEM_MONITOR_H

#include "native.h"
#include "znl.h"

/**
 * struct monitor - who watches a socket
 * @fd: the socket that is watched
 * @version: of the messages
 * @pair: @pair.a sends the events, @pair.b receives them
 * @nl: hears the namespace's events
 * @cookie: of @fd
 */
struct monitor {
	int fd;
	int version;
	struct nz_pair pair;
	int nl;
	uint64_t cookie;
};

/* An expected value: some number of a connection, returned; or any value. */
#define MONITOR_NUMBER (-1LL)
#define MONITOR_ANY (-2LL)

int monitor_set(int fd, int monitor, unsigned int version, uint64_t events);
void monitor_open(struct monitor *m, int fd, int version);
void monitor_close(struct monitor *m);

/*
 * The next event, from both; returns its value. An address that ends with '*' is the
 * beginning of the one that is expected. @bound: version 1 tells @local, not @remote.
 */
uint64_t monitor_want(struct monitor *m, uint32_t event, int64_t value, const char *local,
		      const char *remote, bool bound);
/* What a connecting socket says; @remote is its endpoint. */
uint64_t monitor_connector(struct monitor *m, uint32_t event, int64_t value, const char *remote);
/* What a bound socket says; @local is its endpoint. */
uint64_t monitor_binder(struct monitor *m, uint32_t event, int64_t value, const char *local);
/* MONITOR_STOPPED, which is not for netlink. */
void monitor_want_stopped(struct monitor *m);
/* No event for @ms. */
void monitor_quiet(struct monitor *m, int ms);

#endif
