/* SPDX-License-Identifier: GPL-2.0-only */
/* Events of AF_ZMQ as generic netlink carries them. */
#ifndef TESTS_SYSTEM_ZNL_H
#define TESTS_SYSTEM_ZNL_H

#include <linux/zmq_netlink.h>

#include "lib.h"

/**
 * struct znl_event - a notification, decoded
 * @seq: number of the event
 * @inode: of the socket
 * @cookie: of the socket
 * @id: of the socket, as dumps have it
 * @uid: its owner
 * @type: its type
 * @event: ZMQ_EVENT_*
 * @value: what belongs to it
 * @local: own endpoint
 * @remote: the peer's endpoint
 */
struct znl_event {
	uint64_t seq;
	uint64_t inode;
	uint64_t cookie;
	uint64_t id;
	uint32_t uid;
	uint32_t type;
	uint32_t event;
	uint64_t value;
	char local[512];
	char remote[512];
};

/* A socket that hears the events of its network namespace; -1 and errno. */
int znl_open(void);
/* The next event within @ms: 1; 0 when there was none; -1 and errno. */
int znl_read(int fd, struct znl_event *ev, int ms);

#endif
