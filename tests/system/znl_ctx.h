/* SPDX-License-Identifier: GPL-2.0-only */
/* Contexts and inproc names of AF_ZMQ by netlink. */
#ifndef TESTS_SYSTEM_ZNL_CTX_H
#define TESTS_SYSTEM_ZNL_CTX_H

#include "znl_msg.h"

/*
 * struct znl_ctx - a row of ZMQ_CMD_CTX_GET
 *
 * Members as the attributes of their names; @name is "" where there is none.
 */
struct znl_ctx {
	uint32_t id;
	char name[ZMQ_CTX_NAME_MAX + 1];
	int32_t io_threads;
	int32_t max_sockets;
	int32_t max_msgsz;
	int32_t sched_policy;
	int32_t priority;
	int32_t ipv6;
	int32_t blocky;
	uint32_t uid;
	uint32_t pid;
	uint32_t open;
	uint32_t alive;
	bool terminated;
};

/*
 * struct znl_name - a row of ZMQ_CMD_NAME_GET
 *
 * Members as the attributes of their names.
 */
struct znl_name {
	uint32_t ctx;
	char endpoint[512];
	uint64_t socket;
	bool bound;
};

/**
 * struct znl_note - ZMQ_CMD_CTX_NTF or ZMQ_CMD_NAME_NTF
 * @cmd: which of the two
 * @seq: of the request that it belongs to
 * @ctx: of ZMQ_CMD_CTX_NTF
 * @name: of ZMQ_CMD_NAME_NTF
 */
struct znl_note {
	int cmd;
	uint32_t seq;
	uint32_t ctx;
	struct znl_name name;
};

/* These return 0 or an errno; @row may be NULL, and so may the name of a new context. */
int znl_ctx_new(int nl, const char *name, struct znl_ctx *row);
int znl_ctx_get(int nl, uint32_t id, struct znl_ctx *row);
int znl_ctx_find(int nl, const char *name, struct znl_ctx *row);
int znl_ctx_set(int nl, uint32_t id, int attr, int value);
int znl_ctx_shutdown(int nl, uint32_t id);
/* The request has the number @seq; the note may be there before this returns. */
int znl_ctx_term(int nl, uint32_t id, uint32_t seq);
/* How many contexts may be seen; at most @max are stored. */
int znl_ctxs(int nl, struct znl_ctx *rows, int max);

int znl_name_new(int nl, int fd, const char *endpoint);
int znl_name_del(int nl, int fd, const char *endpoint);
int znl_name_get(int nl, uint32_t ctx, const char *endpoint, struct znl_name *row);
int znl_name_watch(int nl, uint32_t ctx, uint32_t seq);
/* Names of one context, of all for 0. */
int znl_names(int nl, uint32_t ctx, struct znl_name *rows, int max);

/* The next note within @ms: true, or false when there was none. */
bool znl_note(int nl, struct znl_note *note, int ms);
/* The context ends, which the request @seq is told of within @ms. */
void znl_ctx_ended(int nl, uint32_t id, uint32_t seq, int ms);

#endif
