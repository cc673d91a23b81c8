// SPDX-License-Identifier: GPL-2.0-only
/* io_uring by its system calls: a ring, requests, completions. */
#define _GNU_SOURCE
#include <linux/time_types.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "native.h"
#include "uring.h"

void uring_open(struct uring *u, unsigned int flags)
{
	memset(u, 0, sizeof(*u));
	u->params.flags = flags;
	u->fd = syscall(SYS_io_uring_setup, URING_ENTRIES, &u->params);
	zt_ok(u->fd);
	zt_check(u->params.features & IORING_FEAT_SINGLE_MMAP);
	zt_check(u->params.features & IORING_FEAT_EXT_ARG);
	u->size = u->params.cq_off.cqes + u->params.cq_entries * sizeof(struct io_uring_cqe);
	u->sq = mmap(NULL, u->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, u->fd,
		     IORING_OFF_SQ_RING);
	zt_check(u->sq != MAP_FAILED);
	u->sqes = mmap(NULL, u->params.sq_entries * sizeof(*u->sqes), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_POPULATE, u->fd, IORING_OFF_SQES);
	zt_check(u->sqes != MAP_FAILED);
}

void uring_close(struct uring *u)
{
	munmap(u->sq, u->size);
	munmap(u->sqes, u->params.sq_entries * sizeof(*u->sqes));
	close(u->fd);
}

static unsigned int *word(struct uring *u, unsigned int offset)
{
	return (unsigned int *)(u->sq + offset);
}

struct io_uring_sqe *uring_sqe(struct uring *u, int opcode, int fd, uint64_t id)
{
	unsigned int slot = u->tail++ & (u->params.sq_entries - 1);
	struct io_uring_sqe *sqe = &u->sqes[slot];

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = opcode;
	sqe->fd = fd;
	sqe->user_data = id;
	word(u, u->params.sq_off.array)[slot] = slot;
	return sqe;
}

struct io_uring_sqe *uring_io(struct uring *u, int opcode, int fd, const void *buf, size_t len,
			      uint64_t id)
{
	struct io_uring_sqe *sqe = uring_sqe(u, opcode, fd, id);

	sqe->addr = (uintptr_t)buf;
	sqe->len = len;
	return sqe;
}

void uring_submit(struct uring *u)
{
	unsigned int *tail = word(u, u->params.sq_off.tail), count = u->tail - *tail;
	unsigned int flags = u->params.flags & IORING_SETUP_SQPOLL ? IORING_ENTER_SQ_WAKEUP : 0;
	long done;

	__atomic_store_n(tail, u->tail, __ATOMIC_RELEASE);
	done = syscall(SYS_io_uring_enter, u->fd, count, 0, flags, NULL, 0);
	zt_eq(done, count);
}

int uring_take(struct uring *u, struct io_uring_cqe *cqe, int ms)
{
	unsigned int *head = word(u, u->params.cq_off.head);
	unsigned int *tail = word(u, u->params.cq_off.tail);
	struct io_uring_cqe *cqes = (void *)(u->sq + u->params.cq_off.cqes);
	struct __kernel_timespec ts = { ms / 1000, ms % 1000 * 1000000LL };
	struct io_uring_getevents_arg arg = { .ts = (uintptr_t)&ts };

	/* Also what has to run in this thread to complete anything. */
	if (syscall(SYS_io_uring_enter, u->fd, 0, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG,
		    &arg, sizeof(arg)) < 0)
		zt_check(errno == ETIME || errno == EINTR);
	if (*head == __atomic_load_n(tail, __ATOMIC_ACQUIRE))
		return 0;
	*cqe = cqes[*head & (u->params.cq_entries - 1)];
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return 1;
}

int uring_want(struct uring *u, uint64_t id)
{
	struct io_uring_cqe cqe;

	if (!uring_take(u, &cqe, zt_scaled(NZ_TIMEO)))
		zt_fail("request %d does not complete", (int)id);
	if (cqe.user_data != id)
		zt_fail("request %d completed (%d), not %d", (int)cqe.user_data, cqe.res, (int)id);
	return cqe.res;
}
