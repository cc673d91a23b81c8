/* SPDX-License-Identifier: GPL-2.0-only */
/* io_uring by its system calls: a ring, requests, completions. */
#ifndef TESTS_SYSTEM_URING_H
#define TESTS_SYSTEM_URING_H

#include <linux/io_uring.h>

#include "lib.h"

#define URING_ENTRIES 64

/**
 * struct uring - a ring
 * @fd: its descriptor
 * @params: what the kernel said of it
 * @sq: memory of the submission ring; the completion ring lies in it, too
 * @size: of @sq in bytes
 * @sqes: the requests
 * @tail: requests filled in so far
 */
struct uring {
	int fd;
	struct io_uring_params params;
	char *sq;
	size_t size;
	struct io_uring_sqe *sqes;
	unsigned int tail;
};

/* @flags: IORING_SETUP_* */
void uring_open(struct uring *u, unsigned int flags);
void uring_close(struct uring *u);

/* The next request, zeroed but for these; it goes out with uring_submit(). */
struct io_uring_sqe *uring_sqe(struct uring *u, int opcode, int fd, uint64_t id);
/* A send, recv, read or write of @len bytes. */
struct io_uring_sqe *uring_io(struct uring *u, int opcode, int fd, const void *buf, size_t len,
			      uint64_t id);
void uring_submit(struct uring *u);

/* The next completion within @ms: 1, or 0. */
int uring_take(struct uring *u, struct io_uring_cqe *cqe, int ms);
/* The next one is that of @id; returns its result. */
int uring_want(struct uring *u, uint64_t id);

#endif
