/* SPDX-License-Identifier: GPL-2.0-only */
/* What dumps of AF_ZMQ show, decoded. */
#ifndef TESTS_SYSTEM_ZNL_DUMP_H
#define TESTS_SYSTEM_ZNL_DUMP_H

#include "znl_msg.h"

/*
 * A row of ZMQ_CMD_SOCKET_GET; members as the attributes of their names. drop:
 * name of the one reason for drops, "" for none; gone: OWNER_GONE.
 */
struct znl_sock {
	uint64_t id;
	uint64_t inode;
	uint64_t cookie;
	uint32_t type;
	uint32_t state;
	uint32_t uid;
	uint32_t pid;
	char comm[16];
	bool gone;
	bool readable;
	bool writable;
	uint32_t sndhwm;
	uint32_t rcvhwm;
	int32_t linger;
	uint32_t sessions;
	uint32_t pipes;
	uint64_t msgs_in;
	uint64_t msgs_out;
	uint64_t bytes_in;
	uint64_t bytes_out;
	uint64_t drops;
	uint64_t connects;
	uint64_t failures;
	char drop[32];
	uint64_t dropped;
	char error[128];
	uint32_t ctx;
};

/* ZMQ_A_PEER_IN or ZMQ_A_PEER_OUT; members as the attributes of their names. */
struct znl_queue {
	uint64_t depth;
	uint64_t bytes;
	uint32_t hwm;
	uint64_t msgs;
};

/*
 * A row of ZMQ_CMD_PEER_GET; members as the attributes of their names, empty or
 * 0 where there is none. limited: there is an ms_left; id_len: bytes of
 * routing_id.
 */
struct znl_peer {
	uint64_t socket;
	uint64_t id;
	uint32_t state;
	uint32_t flags;
	char endpoint[512];
	uint32_t listener;
	char local[128];
	char remote[128];
	char type[8];
	uint8_t routing_id[255];
	size_t id_len;
	uint32_t zmtp;
	bool limited;
	uint32_t ms_left;
	uint32_t attempts;
	uint32_t connects;
	char reason[32];
	char error[128];
	struct znl_queue in;
	struct znl_queue out;
	uint64_t to;
};

/* A row of ZMQ_CMD_ENDPOINT_GET; members as the attributes of their names. */
struct znl_endpoint {
	uint64_t socket;
	uint32_t kind;
	uint32_t number;
	uint64_t peer;
	char uri[512];
};

/* The socket behind @fd, or the one with this id: 0, or an errno. */
int znl_get_sock(int nl, int fd, struct znl_sock *row);
int znl_get_id(int nl, uint64_t id, struct znl_sock *row);
/* Rows of one socket, of all for id 0; at most @max are stored, returns how many there are. */
int znl_peers(int nl, uint64_t id, struct znl_peer *rows, int max);
int znl_endpoints(int nl, uint64_t id, struct znl_endpoint *rows, int max);
/* The same for all sockets that may be seen. */
int znl_socks(int nl, struct znl_sock *rows, int max);
/* The one peer that a socket has to have. */
struct znl_peer znl_peer_of(int nl, int fd);

#endif
