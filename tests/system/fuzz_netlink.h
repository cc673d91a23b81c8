/* SPDX-License-Identifier: GPL-2.0-only */
/* Random requests to the generic netlink family "zmq". */
#ifndef TESTS_SYSTEM_FUZZ_NETLINK_H
#define TESTS_SYSTEM_FUZZ_NETLINK_H

#include <stdint.h>

/**
 * struct fuzz_netlink - a socket for them
 * @fd: the socket
 * @family: number of the family
 * @x: state of the random numbers
 */
struct fuzz_netlink {
	int fd;
	int family;
	uint64_t x;
};

void fuzz_netlink_open(struct fuzz_netlink *n, uint64_t seed);
/* One request; what is answered is read away. */
void fuzz_netlink_ask(struct fuzz_netlink *n);

#endif
