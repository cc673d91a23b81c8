/* SPDX-License-Identifier: GPL-2.0-only */
/* The conversation with the kernel. */
#ifndef ZMQSS_NL_H
#define ZMQSS_NL_H

#include <libmnl/libmnl.h>
#include <stdint.h>

/**
 * struct zss_nl - a netlink socket and what is known of the family
 * @sock: the socket
 * @family: number of the family "zmq"
 * @group: number of its multicast group "events"
 */
struct zss_nl {
	struct mnl_socket *sock;
	uint16_t family;
	uint32_t group;
};

/* All of them end the program, with a message, when something goes wrong. */

void zss_nl_open(struct zss_nl *nl);
void zss_nl_close(struct zss_nl *nl);
/* @cb is called for each row; @id asks for one socket, 0 for all. */
void zss_nl_dump(struct zss_nl *nl, int cmd, uint64_t id, mnl_cb_t cb, void *arg);
/* @cb is called for each event, for ever; @lost each time that some were lost. */
void zss_nl_follow(struct zss_nl *nl, mnl_cb_t cb, void (*lost)(void), void *arg);

#endif
